"""The growth camp and the logbook: clock, gates, sign-off; the rules hold over random histories."""

import datetime as dt
import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.programme import Requirement, Stage, read_programme, write_programme
from mentor_app.core.camp.queries import counting, decisions, published, standing, versions
from mentor_app.core.camp.rules import PASSES, Counted, evaluate, passed_stages
from mentor_app.core.camp.tables import gate_decision
from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.logbook.queries import Filter, activities, activity_ids, inbox_ids
from mentor_app.core.logbook.rules import Details
from mentor_app.core.logbook.tables import activity, review
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from tests.conftest import FEW, ME, TODAY, one_database

D = dt.date
DAY = dt.timedelta(days=1)


@given(
    st.lists(
        st.tuples(st.sampled_from(["visit", "simulation"]), st.integers(0, 9), st.none() | st.floats(0, 5)), max_size=25
    )
)
def test_an_activity_counts_for_one_stage_only(found: list[tuple[str, int, float | None]]) -> None:
    counted = [Counted(i, kind, D(2026, 1, 1) + day * DAY, score) for i, (kind, day, score) in enumerate(found)]
    needs = (Requirement("visit", 3), Requirement("simulation", 2, 3.5))
    stages = [Stage(key=k, name=None, aim=None, first_month=1, last_month=3, requirements=needs) for k in "ab"]  # type: ignore[arg-type]
    first, second = evaluate(stages, counted, used=())
    taken = [i for line in (first, second) for met in line for i in met.evidence]
    assert len(taken) == len(set(taken))
    visits = sum(a.kind == "visit" for a in counted)
    assert (first[0].done, second[0].done) == (visits, max(0, visits - 3))
    good = sum(a.kind == "simulation" and (a.score or 0) >= 3.5 for a in counted)
    assert (first[1].done, first[1].met) == (good, good >= 2)
    assert all(len(met.evidence) == min(met.done, met.requirement.count) for line in (first, second) for met in line)


class Team:
    """A store with a hire, two mentors, a trainer."""

    def __init__(self, store: Store) -> None:
        self.store = store

        def add(name: str, *roles: str) -> Actor:
            done = store.act(ME, add_person, PersonDetails(name=name, hired_on=D(2026, 3, 2), roles=frozenset(roles)))
            return Actor(name, done.result)

        self.hire = add("新人", "new_hire")
        self.mentor, self.other = add("Mentor", "mentor"), add("Other", "mentor", "new_hire")
        self.trainer = add("Trainer", "trainer")

    def log(self, state: str = "submitted", who: Actor | None = None, **values: Any) -> int:
        who = who or self.hire
        defaults: dict[str, Any] = {
            "kind": "shadowing",
            "held_on": D(2026, 3, 10),
            "customer": "华宇",
            "minutes": 30,
            "learned": "x",
            "host_id": self.mentor.person_id,
        }
        details = Details(**{**defaults, **values})
        return self.store.act(who, logbook.save_activity, who.person_id, details, TODAY, state=state).result  # type: ignore[arg-type]

    def act(self, who: Actor, action: Any, *args: Any, **more: Any) -> Any:
        return self.store.act(who, action, *args, **more).result

    def stands(self, today: dt.date = TODAY) -> Any:
        with self.store.read() as connection:
            return standing(connection, self.hire.person_id, today)  # type: ignore[arg-type]


@pytest.fixture
def team(store: Store) -> Team:
    return Team(store)


@pytest.fixture
def file_team(file_store: Store) -> Team:
    return Team(file_store)


def test_the_default_programme_is_there_in_both_languages(store: Store) -> None:
    with store.read() as connection:
        version = published(connection)
    assert version.number == 1
    assert [s.name("zh_CN") for s in version.programme.stages] == ["新人", "成长期", "资深"]
    assert [(s.first_month, s.last_month) for s in version.programme.stages] == [(1, 3), (3, 6), (6, None)]
    assert read_programme(write_programme(version.programme)) == version.programme


def test_from_draft_to_sign_off(team: Team) -> None:
    team.act(team.trainer, camp.enrol, [team.hire.person_id], TODAY)
    first = team.log("draft", learned=None)
    with pytest.raises(UserError, match="What was learned is needed"):
        team.act(team.hire, logbook.submit, [first], TODAY)
    details = Details(
        kind="shadowing",
        held_on=D(2026, 3, 10),
        minutes=45,
        customer="华宇",
        learned="ask first",
        host_id=team.mentor.person_id,
    )
    team.act(
        team.hire, logbook.save_activity, team.hire.person_id, details, TODAY, state="submitted", activity_id=first
    )
    with pytest.raises(UserError, match="Take it back first"):
        team.act(team.hire, logbook.save_activity, team.hire.person_id, details, TODAY, activity_id=first)
    assert team.stands().current.met[2].done == 0  # waiting is not counting
    with team.store.read() as connection:
        assert inbox_ids(connection, team.mentor.person_id) == [first]  # type: ignore[arg-type]
        assert inbox_ids(connection, team.other.person_id) == []  # type: ignore[arg-type]
    with pytest.raises(UserError, match="comment is needed"):
        team.act(team.mentor, logbook.send_back, first, " ")
    team.act(team.mentor, logbook.send_back, first, "多写一点")
    team.act(team.hire, logbook.save_activity, team.hire.person_id, details, TODAY, activity_id=first)
    with team.store.read() as connection:
        assert activities(connection, [first])[first].state == "returned"  # while it is being mended
    team.act(team.hire, logbook.submit, [first], TODAY)
    team.act(team.mentor, logbook.sign_off, [first], "好")
    assert team.stands().current.met[2].done == 1
    with team.store.read() as connection:
        found = activities(connection, [first])[first]
        assert problems(connection) == []
    assert [(r.decision, r.comment, r.by) for r in found.reviews] == [
        ("returned", "多写一点", "Mentor"),
        ("signed_off", "好", "Mentor"),
    ]


@one_database
def test_nobody_signs_off_or_scores_their_own(team: Team) -> None:
    own = team.log(who=team.other, host_id=None)
    for action, args in (
        (logbook.sign_off, ([own],)),
        (logbook.send_back, (own, "x")),
        (logbook.assess, (own, [5.0] * 4)),
    ):
        with pytest.raises(UserError, match="Nobody"):
            team.act(team.other, action, *args)
    for stranger, words in ((team.hire, "takes the role"), (ME, "who is working here")):
        with pytest.raises(UserError, match=words):
            team.act(stranger, logbook.sign_off, [own])
    with pytest.raises(UserError, match="their own mentor"):
        team.log(who=team.other, host_id=team.other.person_id)


@one_database
def test_scored_kinds_need_a_score_and_two_assessors_scores_stand(team: Team) -> None:
    team.act(team.trainer, camp.enrol, [team.hire.person_id], TODAY)
    sim = team.log(kind="simulation", customer=None, title="价格异议", minutes=None)
    with pytest.raises(UserError, match="give one first"):
        team.act(team.mentor, logbook.sign_off, [sim])
    for bad in ([5.0, 5.0], [6.0] * 4, [-1.0] * 4):
        with pytest.raises(UserError, match=r"score|Scores"):
            team.act(team.mentor, logbook.assess, sim, bad)
    assert team.act(team.mentor, logbook.assess, sim, [3.0, 3.0, 3.0, 3.0]) == 3
    team.act(team.mentor, logbook.assess, sim, [5.0] * 4)  # mistyped
    team.act(team.mentor, logbook.assess, sim, [3.0] * 4)
    assert team.act(team.mentor, logbook.assess, sim, [3.0] * 4) == 3
    team.act(team.mentor, logbook.sign_off, [sim])
    with team.store.read() as connection:
        assert [one.score for one in activities(connection, [sim])[sim].assessments] == [3.0]
        assert [p.key for p in problems(connection)] == []
    met = team.stands().current.met[1]
    assert (met.done, met.best_score) == (0, 3.0)  # below the pass mark of 3.5
    team.act(team.other, logbook.assess, sim, [5.0, 4.0, 5.0, 4.0])
    met = team.stands().current.met[1]
    assert (met.done, met.best_score) == (1, 3.75)  # the mean of both
    with pytest.raises(UserError, match="not scored"):
        team.act(team.mentor, logbook.assess, team.log(), [1.0])


@one_database
def test_what_somebody_else_has_removed_meanwhile_is_said_to_be_gone(team: Team) -> None:
    team.act(team.trainer, camp.enrol, [team.hire.person_id], TODAY)
    leave = team.act(team.trainer, camp.save_leave, team.hire.person_id, TODAY, None, "x")
    team.act(team.trainer, camp.remove_leave, leave)
    with pytest.raises(UserError, match="has removed this record"):
        team.act(team.trainer, camp.remove_leave, leave)


@one_database
def test_days_before_hire_after_leaving_and_in_the_future(team: Team) -> None:
    with pytest.raises(UserError, match="was hired"):
        team.log(held_on=D(2026, 3, 1))
    with pytest.raises(UserError, match="plan it instead"):
        team.log(held_on=TODAY + DAY)
    planned = team.log("planned", held_on=TODAY + DAY, minutes=None, learned=None, at_time="14:30")
    with pytest.raises(UserError, match="needed"):
        team.act(team.hire, logbook.submit, [planned], TODAY + DAY)
    gone = team.store.act(
        ME, add_person, PersonDetails(name="Gone", hired_on=D(2026, 1, 1), left_on=D(2026, 2, 1))
    ).result
    details = Details(kind="sales_action", held_on=D(2026, 2, 2), title="call")
    with pytest.raises(UserError, match="left on"):
        team.act(ME, logbook.save_activity, gone, details, TODAY, state="submitted")
    for wrong in ({"at_time": "25:00"}, {"depth": 6}, {"minutes": 0}, {"phase": "x"}, {"customer": "x" * 300}):
        with pytest.raises(UserError):
            team.log("draft", **wrong)


@one_database
def test_a_correction_stands_beside_what_it_corrects(team: Team) -> None:
    first = team.log()
    team.act(team.mentor, logbook.sign_off, [first])
    better = Details(kind="shadowing", held_on=D(2026, 3, 10), minutes=60, customer="华宇", learned="better")
    second = team.act(team.hire, logbook.correct, first, better, TODAY)
    with team.store.read() as connection:
        assert [a.id for a in counting(connection)[team.hire.person_id]] == [first]  # type: ignore[index]
    with pytest.raises(UserError, match="already a correction"):
        team.act(team.hire, logbook.correct, first, better, TODAY)
    team.act(team.mentor, logbook.sign_off, [second])
    with team.store.read() as connection:
        assert [a.id for a in counting(connection)[team.hire.person_id]] == [second]  # type: ignore[index]
        both = activities(connection, [first, second])
    assert (both[first].details.learned, both[first].revised_by, both[second].revises_id) == ("x", second, first)
    team.act(team.mentor, logbook.withdraw, [second])
    with team.store.read() as connection:
        assert [a.id for a in counting(connection)[team.hire.person_id]] == [first]  # type: ignore[index]


@one_database
def test_deleting_is_withdrawing_with_an_undo(team: Team) -> None:
    first = team.log()
    team.act(team.hire, logbook.withdraw, [first])
    with team.store.read() as connection:
        assert activity_ids(connection, Filter(team.hire.person_id)) == []
        assert activity_ids(connection, Filter(team.hire.person_id, states=("withdrawn",))) == [first]
    team.act(team.hire, logbook.restore, [first])
    team.act(team.mentor, logbook.sign_off, [first])
    with pytest.raises(UserError, match="takes the role"):
        team.act(team.hire, logbook.withdraw, [first])
    team.act(team.mentor, logbook.withdraw, [first])
    team.act(team.mentor, logbook.restore, [first])
    with team.store.read() as connection:
        assert activities(connection, [first])[first].state == "signed_off"


def fulfil(team: Team, stage: int = 0) -> None:
    """Log and sign off everything a stage asks for."""
    for requirement in team.stands().stages[stage].stage.requirements:
        for _ in range(requirement.count):
            made = team.log(kind=requirement.kind, title="t", customer="c", depth=3)
            if KINDS[requirement.kind].scored:
                criteria = len(team.stands().programme.rubric(requirement.kind).criteria)
                team.act(
                    team.mentor, logbook.assess, made, [team.stands().programme.rubric(requirement.kind).top] * criteria
                )
            team.act(team.mentor, logbook.sign_off, [made])


def test_a_gate_is_passed_on_evidence_waived_in_writing_reopened_by_a_decision(team: Team) -> None:
    hire = team.hire.person_id
    team.act(team.trainer, camp.enrol, [hire], TODAY)
    with pytest.raises(UserError, match="written waiver"):
        team.act(team.trainer, camp.decide, hire, "newcomer", "passed", TODAY)
    with pytest.raises(UserError, match="reason"):
        team.act(team.trainer, camp.decide, hire, "newcomer", "waived", TODAY, " ")
    with pytest.raises(UserError, match="earlier gates"):
        team.act(team.trainer, camp.decide, hire, "growth", "waived", TODAY, "why not")
    with pytest.raises(UserError, match="takes the role"):
        team.act(team.mentor, camp.decide, hire, "newcomer", "waived", TODAY, "x")
    team.act(team.trainer, camp.decide, hire, "newcomer", "held", TODAY, "再练两周")
    assert team.stands().held.reason == "再练两周"
    fulfil(team)
    assert team.stands().ready
    team.act(team.trainer, camp.decide, hire, "newcomer", "passed", TODAY)
    stands = team.stands()
    assert (stands.stage.key, stands.held) == ("growth", None)
    assert [m.done for m in stands.stages[0].met] == [2, 3, 6, 4]
    assert all(m.done == 0 for m in stands.stages[1].met)  # used up by the first gate
    team.act(team.trainer, camp.decide, hire, "growth", "waived", TODAY, "came with ten years of experience")
    with pytest.raises(UserError, match="passed last"):
        team.act(team.trainer, camp.decide, hire, "newcomer", "reopened", TODAY, "x")
    team.act(team.trainer, camp.decide, hire, "growth", "reopened", TODAY, "references did not hold")
    team.act(team.trainer, camp.decide, hire, "growth", "waived", TODAY, "now they do")
    team.act(team.trainer, camp.decide, hire, "senior", "waived", TODAY, "done")
    stands = team.stands()
    assert (stands.state, stands.stage, stands.gate_due) == ("finished", None, None)
    with team.store.read() as connection:
        told = [(d.stage, d.decision, d.by) for d in decisions(connection)[hire]]  # type: ignore[index]
    assert told == [
        ("newcomer", "held", "Trainer"),
        ("newcomer", "passed", "Trainer"),
        ("growth", "waived", "Trainer"),
        ("growth", "reopened", "Trainer"),
        ("growth", "waived", "Trainer"),
        ("senior", "waived", "Trainer"),
    ]


def test_what_must_not_change_the_database_itself_refuses(team: Team) -> None:
    first = team.log(kind="simulation", customer=None, title="t", minutes=None)
    team.act(team.mentor, logbook.assess, first, [5.0] * 4)
    team.act(team.mentor, logbook.sign_off, [first])
    team.act(team.trainer, camp.enrol, [team.hire.person_id], TODAY)
    team.act(team.trainer, camp.decide, team.hire.person_id, "newcomer", "held", TODAY, "x")
    for table, column in (
        ("programme_version", "number"),
        ("gate_decision", "id"),
        ("review", "id"),
        ("assessment", "id"),
    ):
        for statement in (f"UPDATE {table} SET {column} = 77", f"DELETE FROM {table}"):
            with team.store.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(statement))


@one_database
def test_publishing_makes_a_version_that_nobody_is_moved_to_unasked(team: Team) -> None:
    hire = team.hire.person_id
    team.act(team.trainer, camp.enrol, [hire], TODAY)
    team.act(team.trainer, camp.decide, hire, "newcomer", "waived", TODAY, "x")
    with team.store.read() as connection:
        old = json.loads(write_programme(published(connection).programme))
    old["stages"][1]["requirements"] = [{"kind": "visit", "count": 1, "pass_mark": None}]
    with pytest.raises(UserError, match="role Trainer"):
        team.act(team.mentor, camp.save_draft, json.dumps(old))
    draft = team.act(team.trainer, camp.save_draft, json.dumps(old))
    with pytest.raises(UserError, match="not published"):
        team.act(team.trainer, camp.move, [hire], draft)
    assert team.act(team.trainer, camp.publish) == 2
    assert len(team.stands().current.met) == 5
    team.act(team.trainer, camp.move, [hire], draft)
    stands = team.stands()
    assert stands.stage.key == "growth"  # the gate passed carries over
    assert [m.requirement for m in stands.current.met] == [Requirement("visit", 1)]
    with team.store.read() as connection:
        assert [v.number for v in versions(connection)] == [2, 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p["stages"].clear(),
        lambda p: p["stages"][0].update(first_month=5),
        lambda p: p["stages"][0].update(last_month=None),
        lambda p: p["stages"][1].update(key="newcomer"),
        lambda p: p["stages"][0]["requirements"][0].update(kind="juggling"),
        lambda p: p["stages"][0]["requirements"][0].update(count=0),
        lambda p: p["stages"][0]["requirements"][2].update(pass_mark=3),
        lambda p: p["stages"][0]["requirements"][0].update(pass_mark=101),
        lambda p: p["rubrics"][0].update(criteria=[]),
        lambda p: p.pop("stages"),
        lambda p: p["stages"][0].pop("name"),
    ],
)
def test_a_programme_that_can_not_be_followed_is_refused(file_team: Team, change: Any) -> None:
    with file_team.store.read() as connection:
        programme = json.loads(write_programme(published(connection).programme))
    change(programme)
    with pytest.raises(UserError):
        file_team.act(file_team.trainer, camp.save_draft, json.dumps(programme))


def test_enrolment_of_many_is_all_or_none_and_leave_stops_the_clock(team: Team) -> None:
    nobody = team.store.act(ME, add_person, PersonDetails(name="No date")).result
    with pytest.raises(UserError, match="No date has no hire date"):
        team.act(team.trainer, camp.enrol, [team.hire.person_id, nobody], TODAY)
    assert team.stands() is None
    team.act(team.trainer, camp.enrol, [team.hire.person_id], TODAY)
    with pytest.raises(UserError, match="already"):
        team.act(team.trainer, camp.enrol, [team.hire.person_id], TODAY)
    today = D(2026, 6, 5)
    assert team.stands(today).state == "behind"
    leave = team.act(team.trainer, camp.save_leave, team.hire.person_id, D(2026, 4, 1), D(2026, 4, 20), "family")
    stands = team.stands(today)
    assert (stands.state, stands.gate_due, stands.tenure_month, stands.clock_month) == ("on_time", D(2026, 6, 21), 4, 3)
    with pytest.raises(UserError, match="already a leave"):
        team.act(team.trainer, camp.save_leave, team.hire.person_id, D(2026, 4, 20))
    team.act(team.trainer, camp.save_leave, team.hire.person_id, D(2026, 4, 1), None, "longer", leave)
    assert team.stands(today).on_leave
    team.act(team.trainer, camp.remove_leave, leave)
    assert team.stands(today).state == "behind"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "t.sqlite"
    store = open_team(path)
    Team(store)
    store.close()
    return path


@FEW
@given(seed=st.integers(0, 10**9))
def test_the_rules_hold_over_random_histories(tmp_path_factory: Any, template: Path, seed: int) -> None:
    """Anybody tries anything at any time; whatever is refused, what stands in the store obeys the rules."""
    random = Random(seed)
    path = tmp_path_factory.mktemp("h") / "s.sqlite"
    shutil.copy(template, path)
    store = open_team(path)
    people = {n: Actor(n, i) for i, n in enumerate(["新人", "Mentor", "Other", "Trainer"], 1)}
    done = 0
    for _ in range(60):
        who = random.choice(list(people.values()))
        target = random.randint(1, 12)
        hire = random.choice([1, 3])
        day = TODAY + random.randint(-300, 5) * DAY
        details = Details(
            kind=random.choice(["shadowing", "simulation", "visit"]),
            held_on=day,
            minutes=5,
            customer="c",
            title="t",
            learned="l",
            depth=1,
            host_id=random.choice([None, 2, 3]),
        )
        tries: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
            (
                logbook.save_activity,
                (hire, details, TODAY),
                {"state": random.choice(["draft", "planned", "submitted"])},
            ),
            (logbook.save_activity, (hire, details, TODAY), {"activity_id": target}),
            (logbook.submit, ([target], TODAY), {}),
            (logbook.sign_off, ([target],), {}),
            (logbook.send_back, (target, "c"), {}),
            (logbook.assess, (target, [random.randint(2, 5)] * 4), {}),
            (logbook.withdraw, ([target],), {}),
            (logbook.restore, ([target],), {}),
            (logbook.take_back, (target,), {}),
            (logbook.correct, (target, details, TODAY), {}),
            (camp.enrol, ([hire], TODAY), {}),
            (
                camp.decide,
                (
                    hire,
                    random.choice(["newcomer", "growth", "senior"]),
                    random.choice(["passed", "waived", "held", "reopened"]),
                    TODAY,
                    random.choice(["", "why"]),
                ),
                {},
            ),
        ]
        action, args, more = random.choice(tries)
        try:
            store.act(who, action, *args, **more)
            done += 1
        except UserError:
            pass
    with store.read() as connection:
        assert problems(connection) == []
        rows = {row["id"]: row for row in connection.execute(select(activity)).mappings()}
        for row in connection.execute(select(review)).mappings():
            assert row["by_id"] != rows[row["activity_id"]]["person_id"]
        counted = counting(connection)
        for found in counted.values():
            for one in found:
                assert rows[one.id]["state"] == "signed_off"
                assert D(2026, 3, 2) <= one.held_on <= TODAY
                assert not any(r["revises_id"] == one.id and r["state"] == "signed_off" for r in rows.values())
        for row in rows.values():
            # a draft, and what was sent back and is being mended, is looked at again when it is handed in
            if row["state"] not in ("draft", "planned", "returned", "withdrawn"):
                assert D(2026, 3, 2) <= row["held_on"] <= TODAY
        order = ["newcomer", "growth", "senior"]
        for person_id, told in decisions(connection).items():
            for at, one in enumerate(told):
                before = passed_stages(told[:at])
                if one.decision in PASSES:
                    assert list(before) == order[: order.index(one.stage)]
                elif one.decision == "reopened":
                    assert list(before)[-1] == one.stage
                assert one.decision == "passed" or one.reason
            used = [i for d in passed_stages(told).values() for ids in d.evidence.values() for i in ids]
            assert len(used) == len(set(used))
            by = connection.execute(
                select(gate_decision.c.by_id).where(gate_decision.c.person_id == person_id)
            ).scalars()
            assert person_id not in set(by)
    store.close()
