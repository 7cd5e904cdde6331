"""The ledger: what earns, once; under random sequences, crashes and requests at the same moment; and tampering is found."""

import contextlib
import datetime as dt
import shutil
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.queries import Standing, standing
from mentor_app.core.camp.rules import GateDecision
from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.kinds import KINDS, ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.points import actions, award
from mentor_app.core.points.earning import Earning
from mentor_app.core.points.ledger import verify
from mentor_app.core.points.queries import account, accounts, by_month, entries, near, redemptions, rewards, rules_of
from mentor_app.core.points.rules import AMENDED, SPENT, PointEvent, earned, rule_on
from mentor_app.core.points.tables import point_entry, redemption
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import Outcome
from mentor_app.core.ramp.outcome import LOST, WON
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from tests.conftest import FEW, ME, TODAY, one_database
from tests.core.points.mentoring import DAY, OCTOBER, Camp, D
from tests.steps import step


@pytest.fixture
def at(store: Store) -> Camp:
    return Camp(store)


def test_the_defaults_are_installed(store: Store) -> None:
    with store.read() as connection:
        assert {(r.event, r.points, r.per_month) for r in rules_of(connection)} == {
            ("session", 2, 30),
            ("feedback", 1, 15),
            ("gate", 10, None),
            ("playbook", 20, None),
            ("cycle", 30, None),
            ("first_win", 15, None),
        }
        assert rewards(connection) == []  # what points buy is the team's to say
        assert verify(connection).ok


def test_everything_a_mentor_did_earns_once(at: Camp) -> None:
    at.session(comment="good")
    assert at.said() == [("feedback", "award", 1), ("session", "award", 2)] or at.said() == [
        ("session", "award", 2),
        ("feedback", "award", 1),
    ]
    at.session(D(2026, 10, 6), at.lu)  # no comment, another host
    assert at.said(at.lu) == [("session", "award", 2)]
    columns: dict[str, list[Any]] = {
        "name": ["a", "b", "c"],
        "stage": ["x"] * 3,
        "status": [LOST, WON, WON],
        "amount_cents": [1] * 3,
        "opened_on": ["2026-10-01"] * 3,
        "closed_on": ["2026-10-10", "2026-10-12", "2026-10-20"],
    }
    batch = Batch(rows=[2, 3, 4], key=["K1", "K2", "K3"], owner=["Ann"] * 3, columns=columns, problems=[])
    for _ in range(2):  # importing again adds nothing
        at.store.act(at.lead, import_opportunities, [batch], today=TODAY)
    at.act(project_actions.close_project, at.project, "won", D(2026, 11, 1))
    at.act(pairing.complete, at.pairing, D(2026, 11, 2))
    assert sorted(at.said()) == [
        ("cycle", "award", 30),
        ("feedback", "award", 1),
        ("first_win", "award", 15),
        ("session", "award", 2),
    ]
    assert at.act(award.settle_all) == 0
    with at.store.read() as connection:
        months = by_month(connection, at.mo.person_id)
        assert ("2026-10", "first_win", 15) in months
        assert ("2026-11", "cycle", 30) in months
        assert sum(points for _, _, points in months) == at.balance() == 48
        assert problems(connection) == []


@one_database
def test_a_waived_gate_earns_nothing_and_can_still_be_earned(at: Camp) -> None:
    at.act(camp.decide, at.hire.person_id, "newcomer", "waived", D(2026, 10, 9), "why", who=at.trainer)
    assert at.said() == []  # a waiver is not a pass
    at.act(camp.decide, at.hire.person_id, "newcomer", "reopened", D(2026, 10, 9), "oh", who=at.trainer)
    with at.store.read() as connection:
        need = {(n.event, n.about, n.points) for n in near(connection, at.mo.person_id, TODAY)}  # type: ignore[arg-type]
    assert need == {("gate", "Ann", 10), ("cycle", "Ann · P", 30), ("first_win", "Ann", 15)}


def pass_gate(at: Camp) -> None:
    """Ann shows everything the first gate asks for, and it is passed; nobody hosts it."""

    def stands() -> Standing:
        with at.store.read() as connection:
            found = standing(connection, at.hire.person_id, TODAY)  # type: ignore[arg-type]
        assert found is not None
        return found

    for requirement in stands().stages[0].stage.requirements:
        for _ in range(requirement.count):
            details = Details(
                kind=requirement.kind, held_on=OCTOBER, minutes=5, customer="c", title="t", learned="l", depth=3
            )
            state = ActivityState.SUBMITTED
            made = at.act(logbook.save_activity, at.hire.person_id, details, TODAY, state=state, who=at.hire)
            rubric = stands().programme.rubric(requirement.kind)
            if KINDS[requirement.kind].scored and rubric is not None:
                at.act(logbook.assess, made, [rubric.top] * len(rubric.criteria), who=at.lu)
            at.act(logbook.sign_off, [made], who=at.lu)
    at.act(camp.decide, at.hire.person_id, "newcomer", GateDecision.PASSED, D(2026, 10, 9), who=at.trainer)


def win(at: Camp) -> None:
    """Ann wins a deal."""
    columns: dict[str, list[Any]] = {
        "name": ["a"],
        "stage": ["x"],
        "status": [WON],
        "amount_cents": [1],
        "opened_on": ["2026-10-01"],
        "closed_on": ["2026-10-12"],
    }
    batch = Batch(rows=[2], key=["K1"], owner=["Ann"], columns=columns, problems=[])
    at.store.act(at.lead, import_opportunities, [batch], today=TODAY)


@one_database
def test_a_gate_earns_for_who_mentored_then_and_reopening_takes_it_back(at: Camp) -> None:
    pass_gate(at)
    assert at.said() == [("gate", "award", 10)]
    reason = "the references did not hold"
    at.act(camp.decide, at.hire.person_id, "newcomer", GateDecision.REOPENED, D(2026, 10, 10), reason, who=at.trainer)
    assert at.said() == [("gate", "award", 10), ("gate", "reversal", -10)]
    assert at.act(award.settle_all) == 0


@one_database
def test_a_gate_and_a_first_win_earn_also_for_a_pairing_entered_afterwards(store: Store) -> None:
    at = Camp(store, paired=False)
    pass_gate(at)
    win(at)
    assert at.said() == []
    at.act(pairing.pair, at.hire.person_id, at.mo.person_id, at.project, D(2026, 10, 1), past=TODAY)
    assert at.said() == [("gate", "award", 10), ("first_win", "award", 15)]
    assert at.act(award.settle_all) == 0


def everything_earns(at: Camp) -> None:
    """A history in which each earning earns."""
    at.session(comment="good")
    pass_gate(at)
    win(at)
    book = at.act(playbooks.begin, "objections", "Q&A", who=at.mo)
    at.act(playbooks.save_part, book, Part(title="Too dear?", body="Than what?"), who=at.mo)
    at.act(playbooks.submit, book, who=at.mo)
    at.act(reviewing.approve, book, who=at.lead)
    at.act(project_actions.close_project, at.project, Outcome.WON, D(2026, 11, 1))
    at.act(pairing.complete, at.pairing, D(2026, 11, 2))


@pytest.mark.parametrize("without", [None, *award.EARNINGS], ids=lambda one: one.name if one else "all")
def test_each_event_is_earned_by_its_earning_alone(
    file_store: Store, monkeypatch: pytest.MonkeyPatch, without: Earning | None
) -> None:
    """With all earnings every event there is comes into the ledger as it happens; without one, its own stay away."""
    at = Camp(file_store)
    if without is not None:
        silent = replace(without, causes=lambda connection, ids: [])
        kept = tuple(silent if one is without else one for one in award.EARNINGS)
        monkeypatch.setattr(award, "EARNINGS", kept)
    everything_earns(at)
    missing = set(PointEvent) - {SPENT, AMENDED} - {event for event, _, _ in at.said()}
    assert missing == (set() if without is None else EVENTS_OF[without.name])
    assert at.act(award.settle_all) == 0


EVENTS_OF = {
    "activities": {PointEvent.SESSION, PointEvent.FEEDBACK},
    "gates": {PointEvent.GATE},
    "cycles": {PointEvent.CYCLE},
    "playbooks": {PointEvent.PLAYBOOK},
    "first wins": {PointEvent.FIRST_WIN},
}


def test_withdrawing_the_cause_reverses_and_restoring_awards_again(at: Camp) -> None:
    made = at.session(comment="x")
    assert at.balance() == 3
    at.act(logbook.withdraw, [made], who=at.mo)
    assert at.balance() == 0
    at.act(logbook.restore, [made], who=at.mo)
    assert at.balance() == 3
    assert [kind for _, kind, _ in at.said()].count("reversal") == 2
    assert at.act(award.settle_all) == 0


@one_database
def test_a_correction_earns_for_whom_it_names_and_not_twice(at: Camp) -> None:
    made = at.session()
    details = Details(
        kind="shadowing", held_on=D(2026, 10, 7), minutes=9, customer="c", learned="l", host_id=at.lu.person_id
    )
    later = at.act(logbook.correct, made, details, TODAY, who=at.hire)
    assert (at.balance(), at.balance(at.lu)) == (2, 0)  # the old stands until the new is signed off
    at.act(logbook.sign_off, [later], who=at.lu)
    assert (at.balance(), at.balance(at.lu)) == (0, 2)
    assert at.act(award.settle_all) == 0


@one_database
def test_feedback_counts_within_48_hours_and_once(at: Camp) -> None:
    details = Details(
        kind="shadowing", held_on=D(2026, 10, 5), minutes=5, customer="c", learned="l", host_id=at.mo.person_id
    )
    made = at.act(logbook.save_activity, at.hire.person_id, details, TODAY, state="submitted", who=at.hire)
    at.act(logbook.send_back, made, "more please", who=at.mo)
    assert at.said() == [("feedback", "award", 1)]
    at.act(logbook.submit, [made], TODAY, who=at.hire)
    at.act(logbook.sign_off, [made], "good", who=at.mo)
    assert at.said() == [("feedback", "award", 1), ("session", "award", 2)]

    @step
    def late(session: Any, actor: Actor, host: int) -> None:
        made = logbook.save_activity(session, at.hire, at.hire.person_id, details, TODAY, state="submitted")  # type: ignore[arg-type]
        session.now += dt.timedelta(hours=49)
        logbook.sign_off(session, at.mo, [made], "sorry, late")

    at.store.act(ME, late, at.mo.person_id)
    assert at.said()[2:] == [("session", "award", 2)]


@one_database
def test_a_months_limit_is_kept_and_said(at: Camp) -> None:
    at.act(actions.save_rule, "session", 20, 30, TODAY, TODAY)
    for _ in range(3):
        at.session(TODAY)
    assert at.said() == [("session", "award", 20), ("session", "award", 10), ("session", "award", 0)]
    at.session(D(2026, 10, 5))  # another month, the rule of that day
    assert at.said()[-1] == ("session", "award", 2)
    assert at.act(award.settle_all) == 0
    with at.store.read() as connection:
        rules = [r for r in rules_of(connection) if r.event == "session"]
    assert [(r.points, r.last_on) for r in rules] == [(2, TODAY - DAY), (20, None)]
    assert (rule_on(rules, "session", TODAY - DAY), rule_on(rules, "session", TODAY)) == tuple(rules)
    assert [earned(rules[1], n) for n in (0, 15, 30, 99)] == [20, 15, 0, 0]


@one_database
def test_editing_a_rule_never_changes_what_was_earned(at: Camp) -> None:
    at.session()
    with pytest.raises(UserError, match="today or later"):
        at.act(actions.save_rule, "session", 99, None, D(2026, 10, 1), TODAY)
    at.act(actions.save_rule, "session", 99, None, TODAY + 5 * DAY, TODAY)
    at.act(actions.save_rule, "session", 5, None, TODAY, TODAY)  # before one that is still to come
    with at.store.read() as connection:
        found = [(r.points, r.first_on, r.last_on) for r in rules_of(connection) if r.event == "session"]
    assert found == [
        (2, D(2000, 1, 1), TODAY - DAY),
        (5, TODAY, TODAY + 4 * DAY),
        (99, TODAY + 5 * DAY, None),
    ]
    at.act(actions.end_rule, "session", TODAY - DAY, TODAY)
    assert at.act(award.settle_all) == 0
    assert at.balance() == 2
    at.session(TODAY)
    assert at.balance() == 2
    with pytest.raises(UserError, match="role Trainer"):
        at.act(actions.save_rule, "session", 5, None, TODAY, TODAY, who=at.hire)


def test_the_database_refuses_to_change_or_remove_an_entry(at: Camp) -> None:
    at.session()
    for statement in (update(point_entry).values(points=99), delete(point_entry)):
        with pytest.raises(DBAPIError, match="append-only"), at.store.engine.begin() as connection:
            connection.execute(statement)


def test_a_reward_goes_from_request_to_hand_over(at: Camp) -> None:
    at.rich(100)
    wanted = at.act(actions.save_reward, "Course", "resource", 60, stock=1)
    with pytest.raises(UserError, match="60 are missing"):
        at.act(actions.request, wanted, who=at.lu)
    asked = at.act(actions.request, wanted, who=at.mo)
    with at.store.read() as connection:
        found = account(connection, at.mo.person_id)  # type: ignore[arg-type]
    assert (found.balance, found.reserved, found.available) == (100, 60, 40)  # type: ignore[union-attr]
    for action, args, who, words in (
        (actions.request, (wanted,), at.mo, "out of stock"),
        (actions.decide, (asked, True), at.hire, "role Trainer"),
        (actions.decide, (asked, False, " "), at.lead, "written reason"),
        (actions.fulfil, (asked,), at.lead, "Only what is approved"),
        (actions.withdraw, (asked,), at.lu, "Only who asked"),
    ):
        with pytest.raises(UserError, match=words):
            at.act(action, *args, who=who)
    at.act(actions.decide, asked, True, who=at.lead)
    assert at.balance() == 40
    at.act(actions.fulfil, asked, who=at.trainer)
    with pytest.raises(UserError, match="decided already"):
        at.act(actions.decide, asked, False, "x", who=at.lead)
    with at.store.read() as connection:
        (kept,) = redemptions(connection)
        assert (kept.state, kept.decided_by) == ("fulfilled", "Li")
        assert next(r for r in rewards(connection) if r.id == wanted).stock == 0
        assert verify(connection).ok


@one_database
def test_a_refused_or_withdrawn_request_gives_the_points_free(at: Camp) -> None:
    at.rich(50)
    wanted = at.act(actions.save_reward, "Weight", "promotion", 50, weight=2.0)
    first = at.act(actions.request, wanted, who=at.mo)
    at.act(actions.withdraw, first, who=at.mo)
    second = at.act(actions.request, wanted, who=at.mo)
    at.act(actions.decide, second, False, "not now", who=at.lead)
    third = at.act(actions.request, wanted, who=at.mo)
    at.act(actions.save_reward, "Weight", "promotion", 70, weight=3.0, reward_id=wanted)  # asked for at the old price
    at.act(actions.decide, third, True, who=at.lead)
    at.act(actions.fulfil, third, who=at.lead)
    with at.store.read() as connection:
        found = account(connection, at.mo.person_id)  # type: ignore[arg-type]
    assert (found.balance, found.weight, found.earned) == (0, 2.0, 50)  # type: ignore[union-attr]


@one_database
def test_nobody_decides_on_their_own_request(store: Store) -> None:
    at = Camp(store)
    both = at.act(
        add_person,
        PersonDetails(
            name="Both", hired_on=D(2020, 1, 1), left_on=None, team="T", roles=frozenset({"mentor", "trainer"})
        ),
    )
    who = Actor("Both", both)
    at.act(actions.save_rule, "session", 50, None, TODAY, TODAY)
    at.session(TODAY, who)
    wanted = at.act(actions.save_reward, "Book", "resource", 10)
    asked = at.act(actions.request, wanted, who=who)
    with pytest.raises(UserError, match="their own request"):
        at.act(actions.decide, asked, True, who=who)
    with pytest.raises(DBAPIError), store.engine.begin() as connection:  # the database itself
        connection.execute(update(redemption).values(state="approved", decided_by_id=both))


def test_two_requests_at_the_same_moment_never_overdraw(at: Camp) -> None:
    at.rich(100)
    wanted = at.act(actions.save_reward, "Book", "resource", 60)
    told: list[str] = []
    start = threading.Barrier(2)

    def ask() -> None:
        start.wait()
        try:
            at.store.act(at.mo, actions.request, wanted)
            told.append("asked")
        except UserError as error:
            told.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["There are not enough points: 20 are missing.", "asked"]


@one_database
def test_points_spent_meanwhile_are_taken_back_from_the_next_ones(at: Camp) -> None:
    at.act(actions.save_rule, "session", 100, None, TODAY, TODAY)
    made = at.session(TODAY)
    wanted = at.act(actions.save_reward, "Book", "resource", 80)
    at.act(actions.decide, at.act(actions.request, wanted, who=at.mo), True, who=at.lead)
    pending = at.act(actions.save_reward, "Pen", "resource", 20)
    asked = at.act(actions.request, pending, who=at.mo)
    at.act(logbook.withdraw, [made], who=at.lead)
    assert at.balance() == 0  # 20 of the 100 were there
    with pytest.raises(UserError, match="20 are missing"):
        at.act(actions.decide, asked, True, who=at.lead)
    at.session(TODAY)
    assert at.balance() == 20  # the other 80 went back
    at.act(actions.decide, asked, True, who=at.lead)
    assert at.act(award.settle_all) == 0
    with at.store.read() as connection:
        assert problems(connection) == []


def test_replaying_a_year_of_history_adds_nothing(sample: Store) -> None:
    with sample.read() as connection:
        before, whole = len(entries(connection)), verify(connection)
        rich = accounts(connection)[0]
        story = entries(connection, rich.id)
    assert (before > 500, whole.ok, whole.entries) == (True, True, before)
    assert sum(e.points for e in story) == rich.balance == story[0].balance
    assert sample.act(ME, award.settle_all).result == 0
    with sample.read() as connection:
        assert verify(connection) == whole


def test_many_activities_in_one_action_are_settled_in_blocks(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(award, "_BLOCK", 100)
    at = Camp(file_store)
    at.act(actions.save_rule, "session", 1, None, TODAY, TODAY)

    @step
    def many(session: Any, actor: Actor) -> None:
        details = Details(
            kind="shadowing", held_on=TODAY, minutes=5, customer="c", learned="l", host_id=at.mo.person_id
        )
        made = [
            logbook.save_activity(session, at.hire, at.hire.person_id, details, TODAY, state="submitted")  # type: ignore[arg-type]
            for _ in range(250)
        ]
        logbook.sign_off(session, at.mo, made)

    at.act(many)
    assert at.balance() == 250
    assert at.act(award.settle_all) == 0


# -- tampering


def _without_triggers(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path)
    for name in ("point_entry_no_update", "point_entry_no_delete"):
        raw.execute(f"DROP TRIGGER {name}")
    return raw


@pytest.mark.parametrize(
    ("deed", "where"),
    [
        ("UPDATE point_entry SET points = points + 1, balance = balance + 1 WHERE id = 2", 2),
        ("UPDATE point_entry SET note = 'x' WHERE id = 3", 3),
        ("UPDATE point_entry SET person_id = 2 WHERE id = 1", 1),
        ("DELETE FROM point_entry WHERE id = 2", 2),
        ("DELETE FROM point_entry WHERE id = 4", 4),
        ("DELETE FROM point_entry", 1),
        (
            "INSERT INTO point_entry SELECT 99, person_id, event, kind, points, balance + 2, cause || 'x', turn, rule_id, "
            "occurred_on, at, note, hash FROM point_entry WHERE id = 4",
            99,
        ),
    ],
)
def test_tampering_behind_the_apps_back_is_found(file_store: Store, deed: str, where: int) -> None:
    at = Camp(file_store)
    for day in range(4):
        at.session(D(2026, 10, 5 + day))
    with file_store.read() as connection:
        assert (verify(connection).entries, verify(connection).ok) == (4, True)
    file_store.close()
    raw = _without_triggers(Path(file_store.location))
    raw.execute(deed)
    raw.commit()
    raw.close()
    store = open_team(file_store.location)
    with store.read() as connection:
        found = verify(connection)
        assert (found.ok, found.first_bad) == (False, where)
        assert any("ledger" in str(problem) for problem in problems(connection))
    store.close()


def test_a_chain_computed_anew_differs_from_the_history(file_store: Store) -> None:
    from mentor_app.core.points.ledger import FIELDS
    from mentor_app.core.points.rules import GENESIS, chained

    at = Camp(file_store)
    for day in range(3):
        at.session(D(2026, 10, 5 + day))
    with file_store.engine.begin() as connection:
        rows = [dict(row) for row in connection.execute(select(point_entry).order_by(point_entry.c.id)).mappings()]
        for name in ("point_entry_no_update", "point_entry_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(delete(point_entry))
        before, balance = GENESIS, 0
        for row in rows:
            row["points"] += 10
            balance += row["points"]
            row["balance"] = balance
            before = row["hash"] = chained(before, [row[name] for name in FIELDS])
            connection.execute(insert(point_entry).values(**row))
    with file_store.read() as connection:
        assert verify(connection).first_bad == 1


# -- random sequences


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("points") / "t.sqlite"
    store = open_team(path)
    at = Camp(store)
    at.act(actions.save_reward, "Book", "resource", 5, stock=3)
    at.act(actions.save_reward, "Weight", "promotion", 7, weight=1.0)
    store.close()
    return path


@FEW
@given(seed=st.integers(0, 10**9))
def test_the_sum_is_the_balance_and_what_the_rules_say(tmp_path_factory: Any, template: Path, seed: int) -> None:
    random = Random(seed)
    path = tmp_path_factory.mktemp("l") / "s.sqlite"
    shutil.copy(template, path)
    store = open_team(path)
    people = {i: Actor(f"p{i}", i) for i in range(1, 6)}  # Mo, Lu, Tia, Li, Ann
    for _ in range(60):
        day = D(2026, 10, 1) + random.randrange(50) * DAY
        some = random.randrange(1, 12)
        details = Details(
            kind="shadowing", held_on=day, minutes=5, customer="c", learned="l", host_id=random.choice([1, 2, None])
        )
        who = people[random.choice([1, 2, 3, 4, 5])]
        tries: list[tuple[Any, tuple[Any, ...]]] = [
            (logbook.save_activity, (5, details, TODAY)),
            (logbook.submit, ([some], TODAY)),
            (logbook.sign_off, ([some], "ok")),
            (logbook.sign_off, ([some, some + 1], "")),
            (logbook.send_back, (some, "no")),
            (logbook.withdraw, ([some],)),
            (logbook.restore, ([some],)),
            (logbook.correct, (some, details, TODAY)),
            (actions.request, (random.randint(1, 5),)),
            (actions.decide, (random.randint(1, 4), random.random() < 0.7, "why")),
            (actions.fulfil, (random.randint(1, 4),)),
            (actions.withdraw, (random.randint(1, 4),)),
            (award.settle_all, ()),
            (actions.save_rule, ("session", random.randint(0, 9), random.choice([None, 12]), TODAY, TODAY)),
        ]
        action, args = random.choice(tries)

        @step
        def crash(session: Any, actor: Actor, action: Any = action, args: Any = args) -> None:
            action(session, actor, *args)
            raise KeyboardInterrupt  # the power goes just before the commit

        with contextlib.suppress(UserError, KeyboardInterrupt):
            if random.random() < 0.15:
                store.act(who, crash)
            else:
                store.act(who, action, *args)
    with store.read() as connection:
        assert problems(connection) == []
        rows = connection.execute(select(point_entry).order_by(point_entry.c.id)).mappings().all()
        balance: dict[int, int] = {}
        for row in rows:
            balance[row["person_id"]] = balance.get(row["person_id"], 0) + row["points"]
            assert row["balance"] == balance[row["person_id"]] >= 0
        for one in accounts(connection):
            assert one.balance == balance.get(one.id, 0)
    assert store.act(people[4], award.settle_all).result == 0
    store.close()


@one_database
def test_a_win_before_the_hire_date_is_no_first_win(at: Camp) -> None:
    columns: dict[str, list[Any]] = {
        "name": ["a", "b"],
        "stage": ["x"] * 2,
        "status": [WON] * 2,
        "amount_cents": [1] * 2,
        "opened_on": ["2026-08-01"] * 2,
        "closed_on": ["2026-08-31", "2026-10-12"],  # hired on 1 September
    }
    batch = Batch(rows=[2, 3], key=["K1", "K2"], owner=["Ann"] * 2, columns=columns, problems=[])
    at.store.act(at.lead, import_opportunities, [batch], today=TODAY)
    assert at.said() == [("first_win", "award", 15)]


@one_database
def test_a_rule_saved_as_it_stands_is_not_split(at: Camp) -> None:
    first = at.act(actions.save_rule, "session", 20, 30, TODAY, TODAY)
    with at.store.read() as connection:
        before = rules_of(connection)
    assert at.act(actions.save_rule, "session", 20, 30, TODAY + 3 * DAY, TODAY) == first
    with at.store.read() as connection:
        assert rules_of(connection) == before
    assert at.act(actions.save_rule, "session", 20, None, TODAY + 3 * DAY, TODAY) != first
