"""Erased on request: no word of the person is left, and everything that counts goes on as before."""

import datetime as dt
import inspect
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, Text, UniqueConstraint, select, text

from mentor_app.core.camp.queries import standings
from mentor_app.core.check import problems
from mentor_app.core.errors import Gone, UserError
from mentor_app.core.history.before_erasing import preview
from mentor_app.core.history.lines import lines
from mentor_app.core.history.reading import entries
from mentor_app.core.history.reversing import CannotUndo
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.history.wanted import Wanted
from mentor_app.core.logbook.queries import mentors as hosts
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.pairing.queries import mentors, unpaired
from mentor_app.core.pairing.watch import watch
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.personal.actions import erase, remove_person
from mentor_app.core.personal.definitions import DEFINITIONS
from mentor_app.core.personal.rules import GOES
from mentor_app.core.personal.texts import FIXED, ONCE, PERSONAL, WORDS, columns_of
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.queries import find
from mentor_app.core.points import actions as points
from mentor_app.core.points.award import settle_all
from mentor_app.core.points.ledger import verify
from mentor_app.core.points.queries import accounts, by_month
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.history import change
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team
from tests.conftest import TODAY
from tests.core.history.world import DEEDS, book, deals, part_of, person
from tests.core.points.mentoring import Camp
from tests.core.store.test_backup import kept as backup_of
from tests.core.store.test_restore import shown

NAME = "Zoëmarker Quux"
MENTOR = "墨标记"
MARK = "unmistakable-words"
TYPED = {"reason", "comment", "words", "goals", "seen", "learned", "next_step"}
"""What somebody types about people, by the names of parameters and fields."""


def marked(function: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The same, with an unmistakable word in everything typed about people."""
    bound = inspect.signature(function).bind_partial(None, None, *args, **more)
    for name, value in list(bound.arguments.items()):
        bound.arguments[name] = _marked(value, name in TYPED)
    return bound.args[2:], bound.kwargs


def _marked(value: Any, typed: bool) -> Any:
    if isinstance(value, str):
        return f"{value} {MARK}" if typed and value else value
    if isinstance(value, (list, tuple)):
        return type(value)(_marked(one, False) for one in value)
    if is_dataclass(value) and not isinstance(value, (type, Actor)):
        told = {f.name: _marked(getattr(value, f.name), f.name in TYPED) for f in fields(value) if f.init}
        return replace(value, **told)
    return value


def busy(store: Store) -> Camp:
    """A company in which everything was done that can be done, with an unmistakable word in whatever was typed."""
    at = Camp(store)
    for who, name in ((at.hire, NAME), (at.mo, MENTOR)):
        with store.read() as connection:
            known = get_person(connection, who.person_id or 0)
        told = person(name, hired_on=known.hired_on, roles=frozenset(known.roles), code=f"{name}-7")
        at.act(people.edit_person, who.person_id, told)
    act = store.act

    def typed(who: Actor, action: Any, *args: Any, **more: Any) -> Any:
        args, more = marked(action, args, more)
        return act(who, action, *args, **more)

    store.act = typed  # type: ignore[method-assign]
    done = 0
    for name in DEEDS:
        try:
            who, action, args, more = DEEDS[name](at)
            store.act(who, action, *args, **more)
            done += 1
        except (UserError, IndexError, AssertionError):  # what was done before does not allow it
            continue
    assert done > len(DEEDS) // 2
    store.act = act  # type: ignore[method-assign]
    at.act(pairing.set_goals, _running(store)[0], f"{MARK} {NAME.upper()}") if _running(store) else None
    at.act(import_opportunities, deals(f"{NAME}-1", "z", owner=NAME), today=TODAY)
    at.act(points.save_reward, f"Dinner with {NAME.casefold()}", "resource", 20)
    for one in _running(store):
        at.act(pairing.end, one, TODAY, MARK)
    return at


def _running(store: Store) -> list[int]:
    p = metadata.tables["pairing"].c
    with store.read() as connection:
        return list(connection.execute(select(p.id).where(p.ended_on.is_(None))).scalars())


def figures(store: Store) -> dict[str, Any]:
    """What is counted, by ids: ramp, camp, points, months."""
    with store.read() as connection:
        company = ramp(connection, TODAY)
        return {
            "ramp": sorted(
                str(replace(c, hire=replace(c.hire, name=str(c.hire.key), erased=False))) for c in company.curves()
            ),
            "camp": [
                (s.person.id, str(s.stage and s.stage.key), s.state)
                for s in sorted(standings(connection, TODAY), key=lambda s: s.person.id)
            ],
            "points": sorted((a.id, a.balance, a.reserved, a.earned, a.weight) for a in accounts(connection)),
            "months": by_month(connection),
            "rows": {
                name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar()
                for name in (
                    "person",
                    "activity",
                    "review",
                    "opportunity",
                    "playbook",
                    "pairing",
                    "gate_decision",
                    "redemption",
                )
            },
        }


def in_files(path: Path, *words: str) -> list[str]:
    """Which of these words stand in the bytes of the store's files, in any spelling a database or JSON might use."""
    found = []
    for file in path.parent.rglob(f"{path.name}*"):
        if file.is_file():
            held = file.read_bytes()
            lowered = held.lower()
            for word in words:
                ways = {word.encode(), word.casefold().encode(), word.upper().encode(), ascii(word)[1:-1].encode()}
                found += [f"{word} in {file.name}" for way in ways if way in held or way in lowered]
    return found


def sound(store: Store) -> None:
    with store.read() as connection:
        assert problems(connection) == []
        verdict = verify(connection)
        assert verdict.ok, str(verdict.why)


def test_every_column_of_text_is_told_apart() -> None:
    held = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (String, Text))
    }
    listed = [
        (table, column) for one in (WORDS, FIXED, DEFINITIONS) for table, columns in one.items() for column in columns
    ]
    assert sorted(listed) == sorted(held)


def test_no_byte_is_left_of_names_and_words(tmp_path: Path) -> None:
    path = tmp_path / "team.sqlite"
    store = open_team(path)
    at = busy(store)
    before = figures(store)
    assert in_files(path, NAME, MENTOR, MARK)
    kept = backup_of(store)
    for who in (at.hire, at.mo, at.lu, at.trainer):
        assert not at.act(erase, who.person_id).again
    assert shown(store, kept.path).changes_since == 4
    store.scrub()
    assert in_files(path, NAME, "Zoëmarker", MENTOR, MARK) == []
    assert figures(store) == before
    sound(store)
    at.act(settle_all)
    assert figures(store) == before
    sound(store)
    store.close()
    assert in_files(path, NAME, "Zoëmarker", MENTOR, MARK) == []


def test_no_row_of_a_server_holds_them(store: Store) -> None:
    at = busy(store)
    before = figures(store)
    for who in (at.hire, at.mo, at.lu, at.trainer):
        at.act(erase, who.person_id)
    store.scrub()
    assert figures(store) == before
    sound(store)
    held = []
    with store.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                held += [f"{table.name}: {row}" for word in ("quux", MENTOR, MARK) if word in str(row).casefold()]
        if connection.dialect.name == "postgresql":
            index = connection.execute(text("SELECT words::text FROM answer_search")).scalars()
            samples = connection.execute(
                text(
                    "SELECT coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '') FROM pg_stats"
                )
            ).scalars()
            held += [
                words
                for words in (*index, *samples)
                if words and any(word in words.casefold() for word in ("quux", MENTOR, MARK))
            ]
    assert held == []


def test_nothing_done_before_brings_a_name_or_word_back(empty_store: Path, tmp_path: Path) -> None:
    """Every action there is: as many as one company allows after each other, the rest in the next."""
    waiting = sorted(DEEDS)
    for n in range(len(DEEDS)):
        place = Path(shutil.copy(empty_store, tmp_path / f"{n}.sqlite"))
        with closing(open_team(place)) as store:
            at = Camp(store)
            lead, (done, waiting) = at.lead, _all_done(at, waiting)
            for change_set_id in reversed(done):
                with suppress(UserError):  # with a sentence
                    store.act(lead, undo, change_set_id)
                    store.act(lead, redo)
            sound(store)
            store.scrub()
        assert in_files(place, NAME, MARK) == [], n
        if not waiting:
            return


def _all_done(at: Camp, names: Sequence[str]) -> tuple[list[int], list[str]]:
    """Do them, and erase everybody; which change sets they were, and which of them what was done before did not allow."""
    told = person(NAME, hired_on=dt_of(at), roles=frozenset({"new_hire"}))
    at.act(people.edit_person, at.hire.person_id, told)
    done, refused = list[int](), list[str]()
    for name in names:
        try:
            who, action, args, more = DEEDS[name](at)
            args, more = marked(action, args, more)
            done.append(at.store.act(who, action, *args, **more).change_set_id or 0)
        except Exception:
            if not done:
                raise
            refused.append(name)
    for one in _running(at.store):
        at.act(pairing.end, one, TODAY, MARK)
    kept = backup_of(at.store)
    for somebody in (at.hire, at.mo, at.lu, at.trainer):
        at.act(erase, somebody.person_id)
    assert shown(at.store, kept.path).changes_since == 4  # whatever was erased, it is known as a state of this store
    return done, refused


def dt_of(at: Camp) -> Any:
    with at.store.read() as connection:
        return get_person(connection, at.hire.person_id or 0).hired_on


def test_who_was_erased_is_given_no_name_by_a_form_that_was_open(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    hire = at.hire.person_id or 0
    with file_store.read() as connection:
        read = get_person(connection, hire)
    at.act(people.assign_crm_name, "lost.crm", None)
    at.act(erase, hire)
    with file_store.read() as connection:
        erased = get_person(connection, hire)
    told = person(erased.name, hired_on=read.hired_on, roles=frozenset(read.roles), crm_names=erased.crm_names)
    for again, version in (
        (replace(told, name=read.name), read.version),
        (replace(told, crm_names=(*erased.crm_names, "quux.crm")), read.version),
        (replace(told, crm_names=("quux.crm",)), None),
        (replace(told, code="Q-7"), None),
    ):
        with pytest.raises(UserError, match="was erased on request: no names"):
            at.act(people.edit_person, hire, again, version)
    with pytest.raises(UserError, match="was erased on request: no names"):
        at.act(people.assign_crm_name, "quux.crm", hire)
    with pytest.raises(UserError, match="was erased on request: no names"):
        at.act(people.assign_crm_names, {"lost.crm": hire})
    at.act(people.edit_person, hire, replace(told, left_on=TODAY))  # days are facts, and stay facts
    with file_store.read() as connection:
        assert get_person(connection, hire).crm_names == erased.crm_names
        assert get_person(connection, hire).left_on == TODAY


def test_what_was_erased_refuses_to_be_taken_back_with_a_sentence(store: Store) -> None:
    at = Camp(store)
    renamed = store.act(at.lead, people.edit_person, at.lu.person_id, person("Lulu", roles=frozenset({"mentor"})))
    at.act(erase, at.lu.person_id)
    with pytest.raises(CannotUndo, match="erased on request"):
        store.act(at.lead, undo, renamed.change_set_id)
    erased = store.read
    with erased() as connection:
        (done,) = entries(connection, Wanted(), at.lead, limit=1)
        told = " ".join(
            str(part)
            for line in lines(connection, done.ids, at.lead)
            for part in (line.record, line.before, line.after)
        )
    assert (done.action, done.by) == ("people.erase", "Li")
    assert "Lulu" not in told
    assert "Erased person 2" in told
    (stays,) = store.act(at.lead, undo, trial=True).result.over[
        :1
    ]  # what was done before it would be taken back instead
    assert stays[0] == done.id
    assert "gone for good" in str(stays[1])


def test_who_still_mentors_or_is_mentored_is_not_erased_yet(store: Store) -> None:
    at = Camp(store)
    for who in (at.hire, at.mo):
        with pytest.raises(UserError, match="pairing of theirs is running"):
            at.act(erase, who.person_id)


def test_nobody_waits_for_who_was_erased_or_is_asked_to_count_on_them(file_store: Store) -> None:
    at = Camp(file_store)
    at.act(pairing.end, at.pairing, TODAY, "over")
    later = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=60)

    def offered() -> set[int]:
        with file_store.read() as connection:
            named = {one.person_id for one in watch(connection, later)}
            named |= {one.id for one in (*unpaired(connection, later), *mentors(connection, later))}
            return named | {one[0] for one in hosts(connection, later)}

    both = {at.hire.person_id, at.mo.person_id}
    assert both <= offered()
    for who in both:
        at.act(erase, who)
    assert not both & offered()


def test_who_was_erased_is_listed_neither_in_the_camp_nor_in_the_ramp_up_but_counted(file_store: Store) -> None:
    at = Camp(file_store)
    at.act(pairing.end, at.pairing, TODAY, "over")
    at.act(import_opportunities, deals("A-1", "z", owner=at.hire.name), today=TODAY)
    hire, later = at.hire.person_id or 0, dt.datetime.now(dt.UTC).date() + dt.timedelta(days=60)

    def listed() -> tuple[bool, bool, bool]:
        with file_store.read() as connection:
            company = ramp(connection, later)
            quarter = next(one.cohort for one in company.hires if one.key == hire) or ""
            return (
                hire in {one.person.id for one in standings(connection, later)},
                hire in {company.hires[i].key for i in company.listed},
                hire in {company.hires[i].key for i in company.listed_in(quarter)},
            )

    def counted() -> list[tuple[int, int, int]]:
        with file_store.read() as connection:
            return sorted((one.won, one.lost, one.open) for one in ramp(connection, later).curves())

    before = counted()
    assert any(map(any, before))
    assert listed() == (True, True, True)
    at.act(erase, hire)
    assert listed() == (False, False, False)
    assert counted() == before
    with file_store.read() as connection:
        assert standings(connection, later, [hire])[0].person.id == hire  # its record stays


def test_a_playbook_never_approved_is_theirs_one_approved_stays_the_companys(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    shared = book(at, "approved")
    mine = book(at)
    at.act(playbooks.save_part, mine, replace_part("secret title", "secret body"), part_of(at, mine), who=at.mo)
    at.act(playbooks.submit, mine, who=at.mo)
    at.act(reviewing.ask_for_changes, mine, "unkind words", [reviewing.Comment(0, "secret", "hm")], who=at.trainer)
    at.act(erase, at.mo.person_id)
    file_store.scrub()
    assert in_files(Path(file_store.location), "secret", "unkind words") == []
    with file_store.read() as connection:
        (hit,) = find(connection, "dear", TODAY)
        assert (hit.playbook_id, hit.author) == (shared, f"⌫{at.mo.person_id}")
    sound(file_store)


def replace_part(title: str, body: str) -> Any:
    from mentor_app.core.playbooks.rules import Part

    return Part(title=title, body=body)


def test_what_is_shown_before_is_what_goes(file_store: Store) -> None:
    """Rows without words are neither counted nor written; the preview's numbers are the rows that change."""
    at = busy(file_store)
    for who in (at.hire, at.mo):
        before = {table: _written(file_store, table) for table in GOES}
        with file_store.read() as connection:
            goes = {str(line) for line in preview(connection, who.person_id or 0).goes}
        at.act(erase, who.person_id)
        for table, words in GOES.items():
            now = _written(file_store, table)
            n = sum(
                1
                for row, said in now.items()
                if any(_wiped(a, b) for a, b in zip(before[table][row], said, strict=True))
            )
            told = [line for line in goes if re.fullmatch(re.escape(words).replace(r"\{n\}", r"\d+"), line)]
            assert told == ([words.format(n=n)] if n else []), table


def _wiped(before: str | None, after: str | None) -> bool:
    return before != after and after in (None, "⌫")


def _written(store: Store, name: str) -> dict[int, tuple[str | None, ...]]:
    table, personal = metadata.tables[name], PERSONAL[name]
    columns = [table.c[column] for column in (*personal.erased, *personal.emptied)]
    with store.read() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(select(table.c.id, *columns))}


def added_and_removed(at: Camp) -> int:
    made = int(at.act(people.add_person, person("Quuxley", crm_names=("Quuxley in CRM",))))
    at.act(remove_person, made)
    return made


def _entered_again(at: Camp) -> int:
    added_and_removed(at)
    return int(at.act(people.add_person, person("QUUXLEY")))


def _import_taken_back(at: Camp) -> int:
    at.act(import_opportunities, deals("a", "b", owner="Quuxley"), today=TODAY)
    with at.store.read() as connection:
        (made,) = (p.id for p in everybody(connection) if p.name == "Quuxley")
    at.store.act(at.lead, undo)
    return int(made)


def _name_taken_back(at: Camp) -> int:
    at.act(people.assign_crm_name, "Quuxley K", at.lu.person_id)
    at.store.act(at.lead, undo)
    return at.lu.person_id or 0


def _named_in_the_ledger(at: Camp) -> int:
    at.rich(50)
    reward = at.act(points.save_reward, "Dinner with Quuxley", "resource", 20)
    at.act(points.decide, at.act(points.request, reward, who=at.mo), True, who=at.trainer)
    return added_and_removed(at)


@pytest.mark.parametrize(
    "prepare", [added_and_removed, _entered_again, _import_taken_back, _name_taken_back, _named_in_the_ledger]
)
def test_records_that_are_no_more_leave_no_name_in_the_history(
    file_store: Store, prepare: Callable[[Camp], int]
) -> None:
    at = Camp(file_store)
    gone = prepare(at)
    with file_store.read() as connection:
        assert preview(connection, gone).goes
    at.act(erase, gone)
    file_store.scrub()
    assert in_files(Path(file_store.location), "Quuxley") == []
    sound(file_store)
    for step in (undo, undo, redo):
        with suppress(UserError):
            file_store.act(at.lead, step)
    sound(file_store)


def test_nobody_who_never_was_is_erased(file_store: Store) -> None:
    with pytest.raises(Gone):
        Camp(file_store).act(erase, 999)


def test_an_imports_old_values_and_a_second_time(file_store: Store) -> None:
    at = Camp(file_store)
    for account in ("Quuxley Import & Sons", "Sons"):
        (batch,) = deals(*"abc", owner="Quuxley Import")
        batch.columns["account"] = [account] * 3
        at.act(import_opportunities, [batch], today=TODAY)
    gone = at.store.act(at.lead, import_opportunities, deals(*"xyz", owner="Quuxley Import"), today=TODAY).change_set_id
    at.store.act(at.lead, undo, gone)
    with file_store.read() as connection:
        who = next(p.id for p in everybody(connection) if p.name == "Quuxley Import")
    assert at.act(erase, who).again is False
    assert at.act(erase, who).again is True
    file_store.scrub()
    assert in_files(Path(file_store.location), "Quuxley") == []
    sound(file_store)
    with file_store.read() as connection:
        assert connection.execute(select(change.c.id).where(change.c.erasure_id.is_not(None))).first() is not None


def test_columns_in_which_each_text_stands_once_are_known() -> None:
    """Two ways to write a name become one: where the database takes that only once, the second gets a number behind it."""
    found = set[tuple[str, str]]()
    for table in metadata.tables.values():
        rules = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
        rules += [one.columns for one in table.indexes if one.unique]
        alone = [next(iter(columns)).name for columns in map(list, rules) if len(columns) == 1]
        found |= {(table.name, name) for name in alone if name in columns_of(table.name)}
    of_people = {("person", "code"), ("crm_name", "match")}  # which are emptied, or made so that each is another
    assert found == {*ONCE, *of_people}
