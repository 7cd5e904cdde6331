"""The history in words: every table and column has its word, every record its name, and the filters find what they say."""

import datetime as dt
import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import ColumnElement

from mentor_app.core.camp import actions as camp
from mentor_app.core.errors import UserError
from mentor_app.core.history import words
from mentor_app.core.history.brought_back import Removal, removals
from mentor_app.core.history.excerpt import apart
from mentor_app.core.history.lines import lines
from mentor_app.core.history.names import figure
from mentor_app.core.history.reading import entries, record_name
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.history.wanted import RECORDS, Wanted, doers, record_of, users
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.pipeline import actions as pipeline
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.points import actions as points
from mentor_app.core.store import Actor, session
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import actions_by_name
from mentor_app.core.text import by_user, shown, translator
from tests.conftest import ME, TODAY
from tests.core.history.world import (
    DEEDS,
    asked,
    book,
    deals,
    details,
    draft,
    handed_in,
    part_of,
    past_the_gate,
    person,
)
from tests.core.points.mentoring import Camp

ALL = Wanted()
TR = translator("zh_CN")


@pytest.fixture
def at(camp: Camp) -> Camp:
    return camp


def told(at: Camp, wanted: Wanted = ALL, reader: Actor = ME, limit: int = 500) -> list[tuple[str, str, list[str]]]:
    """(who, what · to what, values as "record · field: before → after") of each change, the newest first."""
    with at.store.read() as connection:
        return [
            (
                one.by,
                " · ".join([str(one.title), *map(str, one.about)]),
                [
                    f"{line.record} · {line.field}: {line.before} → {line.after}"
                    for line in lines(connection, one.ids, reader)
                ],
            )
            for one in entries(connection, wanted, ME, limit)
        ]


def test_every_table_and_column_of_the_history_has_its_word_in_both_languages() -> None:
    actions_by_name()
    kept = {
        name: table
        for name, table in metadata.tables.items()
        if not table.info.get("derived")
        and name not in ("change", "change_set", "undoing", "change_seal", "installed_seal")
    }
    assert set(words.TABLES) == set(kept)
    assert {table.info["kind"] for table in kept.values()} <= set(words.ROOMS)
    said = [*words.TABLES.values(), *words.ROOMS.values()]
    for name, table in kept.items():
        said += [found for column in table.columns if (found := words.column_words(name, column.name)) is not None]
    assert [word for word in said if TR(word) == word] == []
    for parent, owned in RECORDS.items():
        assert parent in kept
        assert all(column in kept[table].columns for table, column in owned)


def test_no_code_is_told_where_there_is_a_word(at: Camp) -> None:
    past_the_gate(at)
    at.act(logbook.assess, handed_in(at, kind="simulation", title="Price", customer=None), [3, 3.5, 3, 3], who=at.mo)
    at.act(people.save_team, "East", "East", "Retail")
    with at.store.read() as connection:
        told = [(str(x.field), x.after) for e in entries(connection, ALL, ME) for x in lines(connection, e.ids, ME)]
        chinese = [x.after.render(TR) for e in entries(connection, ALL, ME) for x in lines(connection, e.ids, ME)
                   if str(x.field) == "Stage" and not isinstance(x.after, str)]  # fmt: skip
    assert ("Stage", "Newcomer") in [(field, str(value)) for field, value in told]
    assert chinese == ["新人"]
    assert ("Scores", "3 · 3.5 · 3 · 3") in told
    assert ("Called", "East") in [(field, str(value)) for field, value in told]
    assert TR.listed(["甲", "乙"]) == "甲、乙"


def test_whoever_may_not_take_it_back_is_told_why(at: Camp) -> None:
    at.act(logbook.save_activity, at.hire.person_id, details(at), TODAY, who=at.hire)
    at.session(TODAY)
    with at.store.read() as connection:
        signed, written = entries(connection, ALL, at.lu, 2)
        mine = entries(connection, ALL, at.hire, 3)[-1]
        assert mine.stays is None
        assert [one.stays for one in entries(connection, ALL, at.trainer, 2)] == [None, None]
        nobody = entries(connection, ALL, ME, 1)[0]
    assert str(written.stays) == "Somebody else did this: taking it back takes the role Trainer or Team lead."
    assert str(signed.stays) == "Somebody else did this: taking it back takes the role Trainer or Team lead."
    assert str(nobody.stays).startswith("Choose first who is working here")


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_whatever_is_done_is_told_with_what_it_was_about(at: Camp, name: str) -> None:
    who, action, args, more = DEEDS[name](at)
    at.store.act(who, action, *args, **more)
    with at.store.read() as connection:
        newest = entries(connection, ALL, who, 1)[0]
        changed = lines(connection, newest.ids, who)
    assert (newest.by, newest.action, newest.stands, newest.stays) == (who.name, name, True, None)
    assert all(str(about) not in ("", "–") for about in newest.about)
    assert newest.about or name in ("pipeline.import", "pipeline.remember_mapping")
    assert changed
    for line in changed:
        for tr in (TR, translator("en")):
            said = [one if isinstance(one, str) else one.render(tr) for one in (line.record, line.field)]
            assert all(said), said
            values = [one if isinstance(one, str) else one.render(tr) for one in (line.before, line.after)]
            assert any(one not in ("", "–") for one in values), said
            for words_ in (*said, *values):
                assert not _NO_WORDS.search(words_), words_
    fields = [one.field for one in changed if one.field.key != "{words}"]  # those are called as somebody called them
    assert all(one.render(TR) != str(one) for one in fields), fields


_NO_WORDS = re.compile(r"^…$|[a-z]_[a-z]|[{}\[\]]|\\u|\d{4}-\d\d-\d\dT|\bNone\b|\b(?:True|False)\b|^\W?\d+$(?<!\d)")
"""What is no word for people: nothing said, names of columns, JSON, instants as machines write them."""


def test_values_before_and_after_are_named_as_people_know_them(at: Camp) -> None:
    at.store.act(at.lead, people.edit_person, at.lu.person_id, person("Lu", team="North", roles=frozenset({"mentor"})))
    at.store.act(at.lead, pairing.end, at.pairing, TODAY, "moved")
    (_, what, changed), (_, renamed, values) = told(at)[:2]
    assert what == "Pairing ended early · Ann with Mo"
    assert f"Ann with Mo · Ended on: – → {TODAY}" in changed
    assert "Ann with Mo · State: Active → Ended" in changed
    assert (renamed, values) == (
        "Person changed · Lu",
        ["North · Called: – → North", "North · Region: – → North", "Lu · Team: T → North"],
    )
    past_the_gate(at)
    assert told(at)[0][:2] == ("Tia", "Decision at a gate: Passed with a waiver · Ann")
    asked(at, decided=True)
    (_, decided, changed), (_, requested, request) = told(at)[:2]
    assert (decided, requested) == ("Redemption decided: Approved · Mo: Book", "Reward asked for · Mo: Book")
    assert "Mo: Book · State: Requested → Approved" in changed
    assert "Mo · What for: – → Redemption" in changed
    assert "Mo: Book · Reward: – → Book" in request
    at.store.act(at.trainer, undo)
    assert told(at)[0][1].startswith("Taken back: Redemption decided: Approved · ")


def test_what_was_taken_back_and_done_again_says_so(at: Camp) -> None:
    at.store.act(at.lead, pairing.set_capacity, at.mo.person_id, 5)
    at.store.act(at.lead, undo)
    at.store.act(at.lead, redo)
    at.store.act(at.lead, undo)
    assert [what for _, what, _ in told(at)[:4]] == [
        "Taken back: Mentor's capacity set · Mo",
        "Done again: Mentor's capacity set · Mo",
        "Taken back: Mentor's capacity set · Mo",
        "Mentor's capacity set · Mo",
    ]
    with at.store.read() as connection:
        assert [one.stands for one in entries(connection, ALL, ME, 4)] == [True, True, False, False]


def test_a_record_has_its_own_history_also_when_it_is_gone(at: Camp) -> None:
    made = at.act(people.add_person, person("Zoë", roles=frozenset({"mentor"})), who=at.lead)
    at.act(pairing.set_capacity, made, 4, who=at.lead)
    at.act(pairing.set_capacity, at.mo.person_id, 4, who=at.lead)
    of = Wanted(record=("person", made))
    assert [what for _, what, _ in told(at, of)] == ["Mentor's capacity set · Zoë", "Person added · Zoë"]
    at.store.act(at.lead, undo)
    with at.store.read() as connection:
        sets = [one.id for one in entries(connection, of, ME)]
    at.store.act(at.lead, undo, sets[0])
    at.store.act(at.lead, undo, sets[1])
    assert [what for _, what, _ in told(at, of)][:2] == [
        "Taken back: Person added · Zoë",
        "Taken back: Mentor's capacity set · Zoë",
    ]
    with at.store.read() as connection:
        assert str(record_name(connection, "person", made)) == "Zoë"


def test_a_deal_and_a_person_of_an_import_know_of_it(at: Camp) -> None:
    at.act(pipeline.import_opportunities, deals(*"ab", owner="New One"), today=TODAY, who=at.lead)
    at.act(pipeline.import_opportunities, deals("b", owner="New One", cents=700), today=TODAY, who=at.lead)
    with at.store.read() as connection:
        from mentor_app.core.people.queries import called

        made = called(connection, "New One")[0]
    assert [what for _, what, _ in told(at, Wanted(record=("person", made)))] == ["Opportunities imported from a file"]
    two = [len(told(at, Wanted(record=("opportunity", deal)))) for deal in (1, 2)]
    assert two == [1, 2]
    assert told(at)[0][2] == ["b · Amount: 1.00 → 7.00"]


def test_filters_find_who_what_kind_and_when(at: Camp) -> None:
    at.store.act(at.trainer, points.save_reward, "Pen", "resource", 5)
    handed_in(at)
    with at.store.read() as connection:
        everything = entries(connection, ALL, ME)
        by = entries(connection, Wanted(person_id=at.trainer.person_id), ME)
        assert [one.by for one in by] == ["Tia", "Tia"]
        assert {one.action for one in entries(connection, Wanted(kind="logbook"), ME)} == {"logbook.save_activity"}
        assert {one.action for one in entries(connection, Wanted(kind="points"), ME)} == {"points.save_reward"}
        day = everything[0].at.astimezone().date()
        assert entries(connection, Wanted(first_on=day, last_on=day), ME) == everything
        assert entries(connection, Wanted(first_on=day + dt.timedelta(days=1)), ME) == []
        assert entries(connection, Wanted(last_on=day - dt.timedelta(days=1)), ME) == []
        assert [one.id for one in entries(connection, ALL, ME, 2, before=everything[1].id)] == [
            one.id for one in everything[2:4]
        ]
        names = [name for _, name in doers(connection)]
        assert names == ["Ann", "Li", "Tia"]


def test_saves_in_a_row_are_told_as_one_with_the_first_before_and_the_last_after(at: Camp) -> None:
    made = book(at)
    for text in ("v", "va", "value?"):
        at.act(playbooks.save_part, made, Part(title="too dear", body=text), part_of(at, made), who=at.mo)
    assert told(at)[0] == (
        "Mo",
        "Part of a playbook written · too dear",
        ["too dear · Text: value → value?"],
    )


def test_as_many_are_told_as_are_asked_for_however_many_saves_they_were(at: Camp) -> None:
    made = book(at)
    for n in range(9):
        at.act(playbooks.save_part, made, Part(title="too dear", body=f"value {n}"), part_of(at, made), who=at.mo)
    assert [what.split(" · ")[0] for _, what, _ in told(at, limit=3)] == [
        "Part of a playbook written",
        "Part of a playbook written",
        "Playbook begun",
    ]


def test_the_words_of_a_closing_review_are_for_its_writer_and_the_leads(at: Camp) -> None:
    at.act(pairing.end, at.pairing, TODAY, "moved")
    at.act(pairing.review_pairing, at.pairing, "secret words", who=at.mo)
    for reader, reads in ((at.mo, True), (at.lead, True), (at.hire, False), (at.lu, False), (ME, False)):
        assert any("secret words" in line for line in told(at, reader=reader)[0][2]) == reads, reader.name


@pytest.mark.parametrize("word", ["person", "person:", "person:x", "thing:1", "person:1:2", ":1", "person:" + "9" * 30])
def test_what_is_no_record_is_refused_with_what_would_be(word: str) -> None:
    with pytest.raises(UserError, match="KIND:ID"):
        record_of(word)
    assert record_of("pairing:7") == ("pairing", 7)


def test_a_correction_is_called_by_its_activity(at: Camp) -> None:
    made = at.session(TODAY)
    at.act(logbook.correct, made, details(at, "more"), TODAY, who=at.hire)
    assert told(at)[0][1].startswith(f"Correction written · Shadowing session of Ann, {TODAY}")


def test_who_removed_what_is_gone_is_told_with_how(at: Camp) -> None:
    book_id = at.act(playbooks.begin, "objections", "Price")
    first, second, third = (at.act(playbooks.save_part, book_id, Part(title=t, body=t)) for t in "abc")
    anna = Actor("Anna")
    at.store.act(ME, playbooks.remove_part, book_id, first)
    at.store.act(anna, playbooks.remove_part, book_id, second)
    with at.store.read() as connection:
        found = removals(connection, "playbook_part", [first, second, third], anna)
    assert found == {
        first: Removal(by=by_user(ME.name), back=False, own=False),
        second: Removal(by=by_user("Anna"), back=False, own=True),
    }
    done = at.store.act(ME, playbooks.save_part, book_id, Part(title="d"))
    at.store.act(ME, undo, done.change_set_id)
    with at.store.read() as connection:
        found = removals(connection, "playbook_part", [done.result], ME)
    assert found == {done.result: Removal(by=by_user(ME.name), back=True, own=True)}


def test_the_content_of_a_programme_is_told_part_by_part(at: Camp) -> None:
    at.act(camp.save_draft, draft(at), who=at.trainer)
    changed = told(at)[0][2]
    assert "Programme, version 2 · Number: – → 2" in changed
    assert "Programme, version 2 · Senior: Cross-department project: 1 × → 2 ×" in changed
    assert not any("Newcomer" in line for line in changed)  # against version 1: what is the same says nothing
    later = json.loads(draft(at))
    later["stages"][0]["name"]["en"] = "Beginner"
    at.act(camp.save_draft, json.dumps(later), who=at.trainer)
    assert "Programme, version 2 · Beginner: Name: Newcomer → Beginner" in told(at)[0][2]


def test_the_content_of_a_kind_a_version_and_a_remembered_reading_is_told(at: Camp) -> None:
    from mentor_app.core.playbooks.queries import kinds

    with at.store.read() as connection:
        known = next(kind for _, _, kind in kinds(connection))
    at.act(playbooks.save_kind, replace(known, months=known.months + 1), who=at.trainer)
    assert [line.split(" · ")[1] for line in told(at)[0][2]] == [
        f"Months it stays good: {known.months} → {known.months + 1}"
    ]
    made = book(at, "approved")
    at.act(playbooks.save_part, made, Part(title="too slow", body="faster"), who=at.mo)
    at.act(playbooks.submit, made, who=at.mo)
    assert any(line.endswith("too slow: – → faster") for line in told(at)[0][2])
    assert not any("too dear" in line for line in told(at)[0][2])
    said = {"columns": {"amount": ["Sum"]}, "stages": {"Win!": "won"}, "owners": {"M.": at.mo.person_id}, "unit": None}
    at.act(pipeline.remember_mapping, "h", said)
    at.act(pipeline.remember_mapping, "h", {**said, "columns": {"amount": ["Total"]}, "date_order": "dmy"})
    second, first = (told(at)[n][2] for n in (0, 1))
    assert [line.split(" · ")[1] for line in first] == [
        "Column for Amount: – → Sum",
        "“Win!” means: – → Won",
        "“M.” is: – → Mo",
    ]
    assert [line.split(" · ")[1] for line in second] == [
        "Column for Amount: Sum → Total",
        "Order of dates: – → day, month, year",
    ]


def test_a_crm_name_is_told_as_its_persons(at: Camp) -> None:
    for names in (("b.carter",), ("ben",), ()):
        at.act(people.edit_person, at.lu.person_id, person("Lu", crm_names=names, roles=frozenset({"mentor"})))
    given, changed, taken = (
        sorted(line for line in told(at)[n][2] if "CRM" in line or "Person" in line) for n in (2, 1, 0)
    )
    assert given == ["Lu · CRM name: – → b.carter"]
    assert changed == ["Lu · CRM name: b.carter → –", "Lu · CRM name: – → ben"]
    assert taken == ["Lu · CRM name: ben → –"]


def test_what_became_of_it_is_told_with_who_and_when(at: Camp) -> None:
    at.store.act(at.lead, pairing.set_capacity, at.mo.person_id, 5)

    def fates() -> list[str]:
        with at.store.read() as connection:
            found = entries(connection, ALL, ME, 4)
        day = found[0].at.astimezone().date()
        return ["" if one.fate is None else str(one.fate).replace(str(day), "today")[:-6] for one in found]

    at.store.act(at.lead, undo)
    assert fates()[:2] == ["", "taken back by Li, today"]
    at.store.act(at.lead, redo)
    assert fates()[:3] == ["", "done again by Li, today", "taken back, then done again by Li, today"]
    at.store.act(at.lead, undo)
    assert fates()[3] == "taken back by Li, today"


def test_a_computers_user_is_said_to_be_one(at: Camp) -> None:
    at.store.act(Actor("root"), pairing.set_capacity, at.mo.person_id, 5)
    with at.store.read() as connection:
        (one,) = entries(connection, ALL, ME, 1)
    assert shown(one.by, translator("en")) == "computer user root"
    assert shown(one.by, TR) == "本机用户 root"


@pytest.mark.parametrize(
    ("before", "after", "told_before", "told_after"),
    [
        ("short", "shorter", "short", "shorter"),
        ("a " * 60 + "old end", "a " * 60 + "new end", "… " + "a " * 12 + "old end", "… " + "a " * 12 + "new end"),
        ("客户" * 60 + "价", "客户" * 60 + "钱", "… " + "客户" * 12 + "价", "… " + "客户" * 12 + "钱"),
        ("x" + "b" * 200, "y" + "b" * 200, "x" + "b" * 24 + " …", "y" + "b" * 24 + " …"),
        ("one\ntwo", "one two", "one ⏎ two", "one two"),
        ("", "w " * 100, "", "w " * 44 + "w …"),
    ],
)
def test_long_texts_are_shown_where_they_differ(before: str, after: str, told_before: str, told_after: str) -> None:
    assert apart(before, after) == (told_before, told_after)


def test_deals_of_a_corrected_file_are_named_with_before_and_after(at: Camp) -> None:
    def read_in(*keys: str, cents: int) -> tuple[int, ...]:
        at.act(pipeline.import_opportunities, deals(*keys, owner="New One", cents=cents), today=TODAY, who=at.lead)
        with at.store.read() as connection:
            return entries(connection, ALL, ME, 1)[0].ids

    def told(ids: tuple[int, ...], record: tuple[str, int] | None = None) -> list[tuple[str, ...]]:
        with at.store.read() as connection:
            found = lines(connection, ids, ME, record)
        return [(str(o.record), str(o.field), str(o.before), str(o.after)) for o in found if str(o.field) != "Key"]

    keys = [f"k{n}" for n in range(21)]
    made = read_in(*keys, cents=100)
    first = read_in("k0", "k1", cents=250)
    second = read_in("k1", cents=300)
    assert told(first) == [("k0", "Amount", "1.00", "2.50"), ("k1", "Amount", "1.00", "2.50")]
    assert told(second) == [("k1", "Amount", "2.50", "3.00")]
    at.store.act(at.lead, undo)
    assert told(second) == [("k1", "Amount", "2.50", "3.00")]
    with at.store.read() as connection:
        back = entries(connection, ALL, ME, 1)[0].ids
        row = connection.execute(metadata.tables["opportunity"].select().where(text_is("k1"))).mappings().one()
    assert told(back) == [("k1", "Amount", "3.00", "2.50")]
    all_of_them = read_in(*keys, cents=900)
    assert told(all_of_them) == [("Opportunity", "21 records", "–", "21 changed")]
    assert told(all_of_them, ("opportunity", row["id"])) == [("k1", "Amount", "2.50", "9.00")]
    assert told(first) == [("k0", "Amount", "1.00", "2.50"), ("k1", "Amount", "1.00", "2.50")]
    assert ("Opportunity", "21 records", "–", "21 added") in told(made)
    as_made = [
        ("k1", "Identity", "–", "k1"),
        ("k1", "Owner", "–", "New One"),
        ("k1", "Status", "–", "Won"),
        ("k1", "Amount", "–", "1.00"),
    ]
    for back in range(3):  # whatever has become of it since
        own = told(made, ("opportunity", row["id"]))
        assert set(as_made) <= set(own), (back, own)
        assert {record for record, *_ in own} == {"k1"}
        at.store.act(at.lead, undo)


def test_an_identity_of_several_columns_is_told_as_people_see_it(at: Camp) -> None:
    for cents in (100, 250):
        key = KEY_MARK.join(("Acme", "2024-01-02"))
        at.act(pipeline.import_opportunities, deals(key, cents=cents), today=TODAY, who=at.lead)
    assert told(at)[0][2] == ["Acme · 2024-01-02 · Amount: 1.00 → 2.50"]
    made = told(at, Wanted(record=("opportunity", 1)))
    with at.store.read() as connection:
        (first,) = [one.ids for one in entries(connection, Wanted(record=("opportunity", 1)), ME)][1:]
        found = lines(connection, first, ME, ("opportunity", 1))
    assert len(made) == 2
    assert ("Identity", "Acme · 2024-01-02") in {(str(one.field), str(one.after)) for one in found}
    assert not any(KEY_MARK in f"{one.record}{one.before}{one.after}" for one in found)


def text_is(key: str) -> ColumnElement[bool]:
    return metadata.tables["opportunity"].c.key == key


def test_a_point_rule_is_told_beside_the_one_before_it_as_that_stood_then(at: Camp) -> None:
    day = dt.timedelta(days=1)

    def gives(most: int | None, worth: int, first_on: dt.date) -> None:
        at.act(points.save_rule, "session", worth, most, first_on, TODAY, who=at.trainer)

    def said() -> list[str]:
        return [line for line in told(at)[0][2] if "Points" in line]

    gives(None, 3, TODAY + day)
    record = said()[0].partition(" · ")[0]
    assert said() == [f"{record} · Points: 2 → 3"]
    gives(4, 5, TODAY + 2 * day)
    later = told(at)[0][2]
    assert {f"{record} · Points: 3 → 5", f"{record} · At most a month: – → 4"} <= set(later)
    gives(None, 9, TODAY + day)  # the one before is changed in its place
    assert f"{record} · Points: 3 → 9" in told(at)[0][2]
    assert told(at)[1][2] == later
    at.store.act(at.trainer, points.end_rule, "session", TODAY, TODAY)  # both are dropped
    assert told(at)[2][2] == later
    for _ in range(4):
        at.store.act(at.trainer, undo)
    assert f"{record} · Points: 3 → 2" in told(at)[0][2]


def test_figures_are_written_in_one_way_and_nothing_as_a_dash(at: Camp, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many portions the history keeps what is done to many in."""
    monkeypatch.setattr(session, "_TOGETHER", 900)
    batches = deals(*(f"k{n}" for n in range(1_500)), owner="New One", cents=-123456)
    at.act(pipeline.import_opportunities, batches, today=TODAY, who=at.lead)
    for done in (None, undo, redo):
        if done is not None:
            at.store.act(at.lead, done)
        (_, _, found), *_ = told(at, limit=1)
        how = "removed" if done is undo else "added"
        assert [line for line in found if line.startswith("Opportunity · ")] == [
            f"Opportunity · 1,500 records: – → 1,500 {how}"
        ]
        assert not any(line.endswith("→ ") or ":  →" in line for line in found)
    assert figure(-8800) == "−8,800"
    reward = at.store.act(at.trainer, points.save_reward, "Pen", "resource", 1200).result
    assert "Pen · Cost: – → 1,200" in told(at)[0][2]
    at.store.act(at.trainer, undo)
    assert (reward, "Pen · Cost: 1,200 → –" in told(at)[0][2]) == (reward, True)


def test_a_playbook_sent_back_says_so_when_that_is_taken_back(at: Camp) -> None:
    made = book(at, "in review")
    at.act(reviewing.ask_for_changes, made, "say more", who=at.trainer)
    at.store.act(at.trainer, undo)
    said = [line.split(" · ")[-1] for line in told(at)[0][2]]
    assert "Decision: – → Sending back taken back" in said
    assert not any("Comment" in line or line.startswith("Words") for line in said)


def test_what_a_computers_user_did_is_found(at: Camp) -> None:
    for room, name in enumerate(("root", "anna"), 5):
        at.store.act(Actor(name), pairing.set_capacity, at.mo.person_id, room)
    with at.store.read() as connection:
        assert {"anna", "root"} <= set(users(connection))
        found = entries(connection, Wanted(user="anna"), ME)
    assert [(one.action, shown(one.by, translator("en"))) for one in found] == [
        ("pairing.set_capacity", "computer user anna")
    ]
