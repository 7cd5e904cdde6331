"""What was altered outside the app and set right in it is told, and is no problem any more; nothing else becomes so."""

import datetime as dt

import pytest

from mentor_app.core.check import examine
from mentor_app.core.check.problem import ONLY_RESTORE, REENTER, Problem
from mentor_app.core.history.found_wrong import called
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.people import actions as people
from mentor_app.core.store import Store
from tests.cli.command import ask, run
from tests.core.points.mentoring import Camp

RIGHT, FORGED, OTHER = dt.date(2019, 1, 1), dt.date(2001, 1, 1), dt.date(2018, 5, 5)


@pytest.fixture
def at(file_store: Store) -> Camp:
    world = Camp(file_store)
    world.store.act(world.trainer, people.confirm_hire_date, world.lu.person_id, RIGHT)
    return world


def hired(at: Camp, day: dt.date) -> None:
    at.store.act(at.trainer, people.confirm_hire_date, at.lu.person_id, day)


def alter(at: Camp, values: str = f"hired_on = '{FORGED}'") -> None:
    with at.store.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE person SET {values} WHERE name = 'Lu'")


def found(at: Camp) -> tuple[list[Problem], list[Problem]]:
    notes: list[Problem] = []
    return examine(at.store, notes=notes), notes


def test_it_is_advised_noted_and_the_store_is_sound_again(at: Camp) -> None:
    alter(at)
    (problem,), notes = found(at)
    assert (problem.advice, notes) == (REENTER, [])
    hired(at, RIGHT)
    left, (note,) = found(at)
    assert left == []
    (note,) = called(at.store, [note])
    assert f"Row {at.lu.person_id} of person was altered outside the app in hired_on" in str(note)
    assert str(note.called) == "It is: Lu."
    at.store.close()
    said = ask(at.store.location, "check")
    assert (said["ok"], [one["key"] for one in said["notes"]]) == (True, ["set_right"])
    assert "It is: Lu." in run(at.store.location, "check")
    run(at.store.location, "backup")


def test_another_value_entered_over_it_and_one_of_two_is_not_enough(at: Camp) -> None:
    alter(at)
    hired(at, OTHER)
    (problem,), notes = found(at)
    assert (problem.key, problem.advice, problem.row, notes) == ("history_broken", ONLY_RESTORE, at.lu.person_id, [])
    assert str(called(at.store, [problem])[0].called) == "It is: Lu."


def test_what_was_left_altered_is_still_told(at: Camp) -> None:
    alter(at, f"hired_on = '{FORGED}', code = 'X'")
    hired(at, RIGHT)
    (problem,), notes = found(at)
    assert (problem.key, list(problem.changed), len(notes)) == ("row_changed", ["code"], 1)


def test_taking_that_back_makes_nothing_forged_the_truth(at: Camp) -> None:
    alter(at)
    hired(at, RIGHT)
    at.store.act(at.trainer, undo)
    (problem,), notes = found(at)
    assert (problem.key, problem.changed, notes) == ("row_changed", {"hired_on": (RIGHT, FORGED)}, [])
    assert problem.advice == REENTER
    at.store.act(at.trainer, redo)
    assert found(at)[0] == []
    hired(at, FORGED)  # entered, it is as true as any date
    left, notes = found(at)
    assert (left, len(notes)) == ([], 1)
