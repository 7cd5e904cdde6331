"""Two records of one person become one: everything adds up, and what two people did to each other keeps them apart."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.queries import standings
from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.history.reversing import CannotUndo
from mentor_app.core.history.undo import undo
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import called, get_person, namesakes, people_by_name
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.before_merging import merge_backed_up, preview
from mentor_app.core.personal.merging import merge
from mentor_app.core.personal.queries import pointing
from mentor_app.core.pipeline import actions as pipeline
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.queries import whole
from mentor_app.core.playbooks.tables import playbook_helpful
from mentor_app.core.points import actions as points
from mentor_app.core.points.award import settle_all
from mentor_app.core.points.ledger import verify
from mentor_app.core.points.queries import accounts, by_month
from mentor_app.core.store import Actor, Store, backup, keeping
from tests.conftest import TODAY
from tests.core.history.world import DAY, answer_of, asked, book, deals, details, past_the_gate, person
from tests.core.points.mentoring import Camp


def second(at: Camp, role: str, name: str = "Twin", **more: Any) -> Actor:
    details = person(name, **{"hired_on": dt.date(2026, 9, 1), "roles": frozenset({role}), **more})
    return Actor(name, int(at.act(people.add_person, details)))


def sound(store: Store) -> None:
    with store.read() as connection:
        assert problems(connection) == []
        assert verify(connection).ok


def totals(store: Store) -> tuple[Any, ...]:
    with store.read() as connection:
        held = accounts(connection)
        return (
            sum(a.balance for a in held),
            sum(a.earned for a in held),
            sum(a.reserved for a in held),
            by_month(connection),
            sum(c.won + c.lost for c in ramp(connection, TODAY).curves()),
        )


def test_a_record_that_was_merged_into_another_bears_no_name(store: Store) -> None:
    at = Camp(store)
    twin = second(at, "mentor", at.mo.name)
    with store.read() as connection:
        assert namesakes(connection) == {"mo": [at.mo.person_id, twin.person_id]}
    at.act(merge, twin.person_id, at.mo.person_id)
    with store.read() as connection:
        assert namesakes(connection) == {}


def test_a_mentors_two_records(store: Store) -> None:
    """Points earned and spent under both, a session signed off, a playbook approved, a reward: all of one person now."""
    at = Camp(store)
    asked(at, decided=True)
    twin = second(at, "mentor", hired_on=dt.date(2019, 1, 1), code="T-1", crm_names=("twin.crm",))
    at.session(TODAY, host=twin, comment="in time")
    at.act(pairing.set_capacity, twin.person_id, 7)
    mine = at.mo
    at.mo = twin
    book(at, "approved")
    at.mo = mine
    before = totals(store)
    at.act(merge, twin.person_id, at.mo.person_id)
    assert totals(store) == before
    sound(store)
    at.act(settle_all)
    assert totals(store) == before
    with store.read() as connection:
        found = get_person(connection, at.mo.person_id or 0)
        assert (found.code, found.crm_names, found.hired_on) == ("T-1", ("Mo", "Twin", "twin.crm"), dt.date(2020, 1, 1))
        assert "Twin" not in {p.name for p in everybody(connection)}
        assert called(connection, "Twin") == []
        assert people_by_name(connection)["twin"] == [at.mo.person_id]
        left = {
            table.name
            for table, columns in pointing()
            for column in columns
            if connection.execute(select(table).where(column == twin.person_id)).first()
        }
    assert left == {"change_set", "merger"}


def test_a_new_hires_two_records(store: Store) -> None:
    at = Camp(store)
    at.session(TODAY)
    past_the_gate(at)
    twin = second(at, "new_hire")
    at.act(camp.enrol, [twin.person_id], TODAY - DAY, who=at.trainer)
    at.act(camp.save_leave, twin.person_id, TODAY, TODAY + DAY, "home", who=at.trainer)
    at.act(pipeline.import_opportunities, deals("a", "b", owner="Twin"), today=TODAY)
    at.act(logbook.save_activity, twin.person_id, details(at), TODAY, state="submitted", who=twin)
    before = totals(store)
    at.act(merge, twin.person_id, at.hire.person_id)
    sound(store)
    balance, _, reserved, months, won = totals(store)
    assert (reserved, won) == (before[2], before[4])
    first_win = balance - before[0]  # the deals are an apprentice's now, so the mentor has earned it
    assert first_win > 0
    assert sorted(months) == sorted([*before[3], ("2026-10", "first_win", first_win)])
    with store.read() as connection:
        (stands,) = standings(connection, TODAY)
        assert stands.person.id == at.hire.person_id


def test_who_said_twice_that_an_answer_helped_said_it_once(file_store: Store) -> None:
    at = Camp(file_store)
    answer = answer_of(at, book(at, "approved"))
    twin = second(at, "mentor", hired_on=dt.date(2020, 1, 1))
    for who, helped in ((at.lu, True), (twin, False)):
        at.act(playbooks.rate, answer, helped, who=who)
    at.act(merge, twin.person_id, at.lu.person_id)
    with file_store.read() as connection:
        held = connection.execute(select(playbook_helpful.c.by_id, playbook_helpful.c.helpful)).all()
    assert held == [(at.lu.person_id, 1)]
    sound(file_store)


def test_two_who_signed_the_same_playbook_off(file_store: Store) -> None:
    at = Camp(file_store)
    made = book(at, "submitted")
    twin = second(at, "trainer", hired_on=dt.date(2020, 1, 1))
    at.act(reviewing.ask_for_changes, made, "more", who=at.trainer)
    at.act(playbooks.submit, made, who=at.mo)
    at.act(reviewing.approve, made, who=twin)
    at.act(merge, twin.person_id, at.trainer.person_id)
    with file_store.read() as connection:
        assert {said.by for said in whole(connection, made, TODAY).said} == {"Tia"}
    sound(file_store)


def test_an_apprentices_first_win_is_earned_once(store: Store) -> None:
    at = Camp(store)
    at.act(pipeline.import_opportunities, deals("a", owner="Ann"), today=TODAY)
    twin = second(at, "new_hire", name="Anna")
    assert [event for event, _, _ in at.said()].count("first_win") == 1
    before = totals(store)
    at.act(merge, at.hire.person_id, twin.person_id)
    assert totals(store) == before
    at.act(settle_all)
    assert totals(store) == before
    sound(store)


def test_merged_it_is_erased_as_one_and_not_taken_back(store: Store) -> None:
    at = Camp(store, paired=False)
    twin = second(at, "new_hire", name="Quuxley")
    done = store.act(at.lead, merge, twin.person_id, at.hire.person_id)
    with pytest.raises(CannotUndo, match="can't be told apart"):
        store.act(at.lead, undo, done.change_set_id)
    for again in ((twin.person_id, at.lu.person_id), (at.lu.person_id, twin.person_id)):
        with pytest.raises(UserError, match="merged with another before"):
            at.act(merge, *again)
    with pytest.raises(UserError, match="merged with that of Ann"):
        at.act(erase, twin.person_id)
    at.act(erase, at.hire.person_id)
    with store.read() as connection:
        assert not any("Quuxley" in str(row) for row in connection.execute(select(pointing_person())))
    with pytest.raises(UserError, match="erased on request"):
        at.act(merge, at.hire.person_id, at.lu.person_id)
    sound(store)


def pointing_person() -> Any:
    from mentor_app.core.people.tables import person as table

    return table


def paired_too(at: Camp, twin: Actor) -> None:
    at.act(pairing.pair, twin.person_id, at.lu.person_id, at.project, TODAY)


APART: dict[str, tuple[str, str, Callable[[Camp, Actor], Any]]] = {
    "two mentors": ("new_hire", "mentors at the same time", paired_too),
    "leaves": (
        "new_hire",
        "Leaves of .* overlap",
        lambda at, twin: [
            at.act(camp.save_leave, who, TODAY, TODAY + DAY, "", who=at.trainer)
            for who in (twin.person_id, at.hire.person_id)
        ],
    ),
    "hosted": (
        "mentor",
        "hosted, reviewed or decided for the other",
        lambda at, twin: at.session(TODAY, host=twin),
    ),
    "gate": (
        "trainer",
        "hosted, reviewed or decided for the other",
        lambda at, twin: at.act(camp.decide, at.hire.person_id, "newcomer", "waived", TODAY, "w", who=twin),
    ),
}


@pytest.mark.parametrize("case", APART)
def test_two_people_are_not_one(file_store: Store, case: str) -> None:
    at = Camp(file_store)
    role, reason, prepare = APART[case]
    twin = second(at, role, hired_on=dt.date(2026, 9, 1) if role == "new_hire" else dt.date(2020, 1, 1))
    prepare(at, twin)
    for pair in ((twin.person_id, at.hire.person_id), (at.hire.person_id, twin.person_id)):
        with pytest.raises(UserError, match=reason):
            at.act(merge, *pair)
    sound(file_store)


def test_rules_of_pairings_hold_for_the_two_together(file_store: Store) -> None:
    at = Camp(file_store)
    with pytest.raises(UserError, match="paired with each other"):
        at.act(merge, at.hire.person_id, at.mo.person_id)
    with pytest.raises(UserError, match="one record already"):
        at.act(merge, at.mo.person_id, at.mo.person_id)
    at.act(pairing.set_capacity, at.lu.person_id, 1)
    other = second(at, "new_hire")
    at.act(pairing.pair, other.person_id, at.lu.person_id, at.project, TODAY)
    with pytest.raises(UserError, match="Lu is full"):
        at.act(merge, at.mo.person_id, at.lu.person_id)
    late = second(at, "mentor", name="Late", hired_on=TODAY)
    with pytest.raises(UserError, match="hire date can't lie after"):
        at.act(merge, at.mo.person_id, late.person_id)
    sound(file_store)


def test_nothing_is_merged_that_is_refused_or_can_not_be_backed_up(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, now = Camp(file_store), dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    mo, lu = at.mo.person_id or 0, at.lu.person_id or 0
    with pytest.raises(UserError, match="paired with each other"):
        merge_backed_up(file_store, at.lead, at.hire.person_id or 0, mo, now)
    assert backup.listed(file_store.location) == []
    for who in (at.mo, at.lu):
        at.act(people.save_team, f"Team of {who.name}", who=who)

    def full(*_args: Any, **_more: Any) -> None:
        raise UserError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "keep", full)
        with pytest.raises(UserError, match=r"Nothing was merged.*The disk is full"):
            merge_backed_up(file_store, at.lead, lu, mo, now)
    with file_store.read() as connection:
        found = preview(connection, lu, mo)
    assert "Both have worked here under their own names." in [str(line) for line in found.against]
    assert found.hindrance is None
    kept = merge_backed_up(file_store, at.lead, lu, mo, now).result
    assert kept == backup.listed(file_store.location)[0].path


@pytest.mark.parametrize(
    ("name", "other", "is_apart"),
    [
        ("Ann Wong", "Bob Roth", True),
        ("Ann Wong", "Bob Wong", False),
        ("A. W.", "Ann Wong", False),
        ("Jörg Weiß", "joerg.weiss", False),
        ("Jonas Weber", "jweber", False),
        ("Sue-Ann Li", "Ann Roth", False),
        ("李伟", "王芳", True),
        ("李 伟明", "李伟明", False),
        ("李伟", "Li Wei", False),
        ("李伟", "Bob Roth", True),
    ],
)
def test_names_with_no_word_in_common_speak_against_it(
    file_store: Store, name: str, other: str, is_apart: bool
) -> None:
    at = Camp(file_store, paired=False)
    one, two = second(at, "mentor", name), second(at, "mentor", other)
    with file_store.read() as connection:
        for pair in ((one, two), (two, one)):
            against = [str(line) for line in preview(connection, *(who.person_id or 0 for who in pair)).against]
            names = (who.name for who in pair)
            words = "Their names have no word in common: {} and {}.".format(*names)
            assert against == ([words] if is_apart else [])


def test_other_numbers_and_dates_speak_against_it(store: Store) -> None:
    at = Camp(store, paired=False)
    one = second(at, "mentor", "Jo Roth", code="E-17", crm_names=("Pat",))
    told = [second(at, "mentor", "Pat", code=code, hired_on=day).person_id or 0 for code, day in (
        ("E-18", dt.date(2025, 2, 1)), ("e 17", dt.date(2026, 9, 1)), (None, None),
    )]  # fmt: skip
    with store.read() as connection:
        against = [preview(connection, i, one.person_id or 0).against for i in told]
    assert [[str(line) for line in lines] for lines in against] == [
        ["Their employee numbers differ: E-18 and E-17.", "Their hire dates differ: 2025-02-01 and 2026-09-01."],
        [],
        [],
    ]


def test_who_may(file_store: Store) -> None:
    at = Camp(file_store)
    with pytest.raises(UserError, match="takes the role"):
        at.act(merge, at.lu.person_id, at.mo.person_id, who=at.hire)
    at.act(points.save_reward, "Pen", "resource", 5)
