"""Pairings: optimality against brute force, and the rules over random sequences of actions."""

import contextlib
import itertools
import shutil
import threading
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions
from mentor_app.core.pairing.queries import mentors, pairings, unpaired
from mentor_app.core.pairing.suggest import suggest
from mentor_app.core.pairing.tables import pairing, pairing_project
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.queries import get_person
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.projects.tables import project
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from tests.conftest import FEW, ME, TODAY, one_database
from tests.core.pairing.office import DAY, D, Office


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


@one_database
def test_what_forbids_a_pairing_is_named(office: Office) -> None:
    hire, other, third = office.hires
    for args, words in (
        ((office.mo, office.mo, office.a, TODAY), "themselves"),
        ((hire, other, office.a, TODAY), "role Mentor"),
        ((hire, office.young, office.a, TODAY), "7th month"),
        ((hire, office.mo, office.a, D(2026, 8, 1)), "before Hire 0 was hired"),
    ):
        with pytest.raises(UserError, match=words):
            office.act(actions.pair, *args)
    office.pair(hire, office.mo)
    with pytest.raises(UserError, match="paired with Mo already"):
        office.pair(hire, office.lu)
    office.pair(other, office.mo)
    with pytest.raises(UserError, match="full: 2 of 2"):
        office.pair(third, office.mo)
    office.act(actions.set_capacity, office.mo, 3)
    office.pair(third, office.mo)
    with office.store.read() as connection:
        assert {(p.apprentice, p.mentor) for p in pairings(connection)} == {(f"Hire {i}", "Mo") for i in range(3)}
        assert problems(connection) == []
    gone = office.store.act(
        ME,
        add_person,
        PersonDetails(name="Gone", hired_on=D(2020, 1, 1), left_on=D(2026, 5, 1), roles=frozenset({"mentor"})),
    ).result
    with pytest.raises(UserError, match="has left"):
        office.pair(hire, gone)
    with pytest.raises(UserError, match="role Team lead"):
        office.act(actions.pair, hire, office.lu, office.a, TODAY, who=Actor("Hire 0", hire))


@one_database
def test_nobody_mentors_in_a_circle(office: Office) -> None:
    office.pair(office.lu, office.mo)
    with pytest.raises(UserError, match="directly or in a row"):
        office.pair(office.mo, office.lu)
    with office.store.read() as connection:
        assert all(p.mentor.id != office.lu or p.apprentice.id != office.mo for p in suggest(connection, TODAY).pairs)


def test_the_life_of_a_pairing(office: Office) -> None:
    hire = office.hires[0]
    made = office.pair(hire, office.mo)
    with pytest.raises(UserError, match="not closed yet"):
        office.act(actions.complete, made, D(2026, 11, 1))
    with pytest.raises(UserError, match="not lost"):
        office.act(actions.roll_on, made, office.b, D(2026, 11, 1))
    office.act(project_actions.close_project, office.a, "lost", D(2026, 10, 20))
    office.act(actions.roll_on, made, office.b, D(2026, 10, 25))
    with pytest.raises(UserError, match="written reason"):
        office.act(actions.reassign, made, office.lu, D(2026, 11, 5), " ")
    second = office.act(actions.reassign, made, office.lu, D(2026, 11, 5), "Mo changes region")
    office.act(project_actions.close_project, office.b, "won", D(2026, 11, 20))
    office.act(actions.complete, second, D(2026, 11, 21))
    with office.store.read() as connection:
        found = {p.id: p for p in pairings(connection)}
    assert (found[made].state, found[made].projects, found[made].reason) == (
        "reassigned",
        ("A", "B"),
        "Mo changes region",
    )
    assert (found[second].state, found[second].mentor, found[second].ended_on) == ("completed", "Lu", D(2026, 11, 21))
    with pytest.raises(UserError, match="has ended"):
        office.act(actions.end, second, TODAY, "x")
    for who, words in ((Actor("Hire 0", hire), "Learned to listen"), (Actor("Lu", office.lu), "Ready for more")):
        office.act(actions.review_pairing, second, words, who=who)
    with pytest.raises(UserError, match="already"):
        office.act(actions.review_pairing, second, "again", who=Actor("Lu", office.lu))
    with pytest.raises(UserError, match="mentor or the apprentice"):
        office.act(actions.review_pairing, second, "I say", who=office.lead)


def test_the_database_itself_refuses_a_second_mentor(office: Office) -> None:
    hire = office.hires[0]
    office.pair(hire, office.mo)
    values = {"apprentice_id": hire, "mentor_id": office.lu, "started_on": TODAY, "state": "active"}
    for bad in (values, {**values, "apprentice_id": office.mo, "mentor_id": office.mo}, {**values, "state": "ended"}):
        with pytest.raises((IntegrityError, DBAPIError)), office.store.engine.begin() as connection:
            connection.execute(insert(pairing).values(**bad))


def test_two_leads_at_the_same_moment_one_wins_the_other_is_told(office: Office) -> None:
    told: list[str] = []
    start = threading.Barrier(2)

    def lead(mentor: int) -> None:
        start.wait()
        try:
            office.store.act(office.lead, actions.pair, office.hires[0], mentor, office.a, TODAY)
            told.append("paired")
        except UserError as error:
            told.append(str(error))

    threads = [threading.Thread(target=lead, args=(m,)) for m in (office.mo, office.lu)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(t.split(" with")[0] for t in told) == ["Hire 0 is paired", "paired"]


@one_database
def test_suggestions_follow_region_gaps_load_and_weights(office: Office) -> None:
    for _ in range(10):  # Lu is strong in what everybody lacks
        details = Details(
            kind="shadowing", held_on=D(2026, 9, 10), minutes=5, customer="c", learned="l", host_id=office.lu
        )
        made = office.act(logbook.save_activity, office.hires[2], details, TODAY, who=Actor("Hire 2", office.hires[2]))
        office.act(logbook.submit, [made], TODAY, who=Actor("Hire 2", office.hires[2]))
        office.act(logbook.sign_off, [made], who=Actor("Lu", office.lu))
    with office.store.read() as connection:
        assert [a.name for a in unpaired(connection, TODAY)] == ["Hire 0", "Hire 1", "Hire 2"]
        assert [m.name for m in mentors(connection, TODAY) if not m.barred] == ["Mo", "Lu"]
        plan = suggest(connection, TODAY)
        again = suggest(connection, TODAY)
        only_gaps = suggest(connection, TODAY, {"region": 0, "industry": 0, "load": 0, "record": 0})
        pinned = suggest(connection, TODAY, pinned={office.hires[0]: office.lu})
    assert {p.apprentice.name: p.mentor.name for p in plan.pairs} == {"Hire 0": "Mo", "Hire 1": "Lu", "Hire 2": "Mo"}
    assert plan == again
    assert plan.total == pytest.approx(sum(sum(p.parts.values()) for p in plan.pairs))
    first = next(p for p in plan.pairs if p.apprentice.name == "Hire 0")
    assert first.parts["region"] == 3
    assert first.alternative is not None
    assert first.alternative.name == "Lu"
    assert first.score > (first.alternative_score or 0)
    assert sum(p.mentor.name == "Lu" for p in only_gaps.pairs) == 2  # as many as Lu has places for
    assert next(p for p in pinned.pairs if p.apprentice.name == "Hire 0").mentor.name == "Lu"
    with office.store.read() as connection, pytest.raises(UserError, match="not a criterion"):
        suggest(connection, TODAY, {"luck": 1})
    for mentor in (office.mo, office.lu):
        office.act(actions.set_capacity, mentor, 0)
    with office.store.read() as connection:
        empty = suggest(connection, TODAY)
    assert [str(why) for _, why in empty.unplaced] == ["Every mentor is full."] * 3


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "t.sqlite"
    store = open_team(path)
    Office(store)
    store.close()
    return path


@FEW
@given(seed=st.integers(0, 10**9))
def test_the_rules_hold_over_random_sequences(tmp_path_factory: Any, template: Path, seed: int) -> None:
    random = Random(seed)
    path = tmp_path_factory.mktemp("h") / "s.sqlite"
    shutil.copy(template, path)
    store = open_team(path)
    everybody = range(1, 8)
    for _ in range(50):
        day = D(2026, 9, 1) + random.randint(0, 80) * DAY
        some, other, one = random.choice(everybody), random.choice(everybody), random.randint(1, 6)
        tries: list[tuple[Any, tuple[Any, ...]]] = [
            (actions.pair, (some, other, random.randint(1, 3), day)),
            (actions.pair, (some, random.choice([1, 2]), 1, day)),
            (actions.complete, (one, day)),
            (actions.end, (one, day, random.choice(["", "why"]))),
            (actions.reassign, (one, other, day, "why")),
            (actions.roll_on, (one, random.randint(1, 3), day)),
            (project_actions.close_project, (random.randint(1, 3), random.choice(["won", "lost"]), day)),
            (actions.set_capacity, (random.choice([1, 2]), random.randint(1, 3))),
            (project_actions.save_project, (ProjectDetails(name=f"P{random.randint(1, 3)}", started_on=day),)),
        ]
        action, args = random.choice(tries)
        with contextlib.suppress(UserError):
            store.act(Actor("Li", 4), action, *args)
    with store.read() as connection:
        assert problems(connection) == []
        rows = connection.execute(select(pairing)).mappings().all()
        active = [row for row in rows if row["ended_on"] is None]
        assert len({row["apprentice_id"] for row in active}) == len(active)
        above = {row["apprentice_id"]: row["mentor_id"] for row in active}
        for start in above:
            at, steps = above.get(start), 0
            while at is not None:
                assert at != start
                at, steps = above.get(at), steps + 1
                assert steps < 10
        closed = {row["id"]: row["closed_on"] for row in connection.execute(select(project)).mappings()}
        for row in rows:
            assert row["apprentice_id"] != row["mentor_id"]
            mentor = get_person(connection, row["mentor_id"])
            assert "mentor" in mentor.roles
            went = (
                connection.execute(select(pairing_project).where(pairing_project.c.pairing_id == row["id"]))
                .mappings()
                .all()
            )
            assert went[0]["first_on"] == row["started_on"]
            assert went[-1]["last_on"] == row["ended_on"]
            for before, after in itertools.pairwise(went):
                assert before["last_on"] == after["first_on"]
            if row["state"] == "completed":
                assert closed[went[-1]["project_id"]] is not None
                assert closed[went[-1]["project_id"]] <= row["ended_on"]
            if row["state"] in ("ended", "reassigned"):
                assert row["reason"]
        by_person: dict[int, list[Any]] = {}
        for row in sorted(rows, key=lambda r: (r["started_on"], r["id"])):
            by_person.setdefault(row["apprentice_id"], []).append(row)
        for told in by_person.values():
            for before, after in itertools.pairwise(told):
                assert before["ended_on"] is not None
                assert before["ended_on"] <= after["started_on"]
    store.close()


@one_database
def test_a_pairing_lies_inside_both_peoples_employment(office: Office) -> None:
    made = office.pair(office.hires[0], office.mo)
    with office.store.read() as connection:
        old = get_person(connection, office.mo)
    office.act(
        edit_person,
        office.mo,
        PersonDetails(
            name="Mo", hired_on=old.hired_on, left_on=D(2026, 11, 1), team=old.team, roles=frozenset(old.roles)
        ),
    )
    with pytest.raises(UserError, match="after Mo left"):
        office.act(actions.end, made, D(2026, 11, 2), "left")
    office.act(actions.end, made, D(2026, 11, 1), "left")
