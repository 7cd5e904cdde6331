"""Actions carry names: what is no action is refused, and no name is given twice."""

from pathlib import Path

import pytest
from sqlalchemy import select

import mentor_app.core.people.listed  # noqa: F401  registers the action of an import
from mentor_app.core.people import actions as people
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.store import Actor, Session, Store
from mentor_app.core.store.action import INVERSE, action, registered
from mentor_app.core.store.history import change_set
from tests.conftest import ME


def test_the_history_says_the_name_the_action_gave_itself(file_store: Store) -> None:
    assert file_store.act(ME, people.add_person, PersonDetails(name="Ann")).change_set_id == 1
    with file_store.read() as connection:
        assert connection.execute(select(change_set.c.action)).scalars().all() == ["people.add_person"]


def test_what_is_no_action_is_refused_before_it_runs(file_store: Store) -> None:
    def wild(session: Session, actor: Actor) -> None:
        people.add_person(session, actor, PersonDetails(name="Ann"))

    for function in (wild, lambda session, actor: None, people.add_owners):
        with pytest.raises(TypeError, match="no registered action"):
            file_store.act(ME, function)
    with file_store.read() as connection:
        assert everybody(connection) == []


def test_an_action_called_within_another_leaves_no_name_of_its_own(file_store: Store) -> None:
    file_store.act(ME, people.assign_crm_names, {"Ann": people.NEW_PERSON})
    with file_store.read() as connection:
        assert connection.execute(select(change_set.c.action)).scalars().all() == ["people.assign_crm_names"]


@pytest.mark.parametrize("name", ["people.add_person", "people.import_file"])
def test_a_name_once_given_never_changes_hands(name: str) -> None:
    before = dict(registered())
    for names in ({"name": name}, {"name": "tests.new", "formerly": (name,)}):
        with pytest.raises(ValueError, match=name):
            action(**names, title="x", undo=INVERSE)(lambda session, actor: None)  # type: ignore[arg-type]
    assert dict(registered()) == before


def test_nothing_makes_up_the_name_of_an_action() -> None:
    """The name in the history is the one registered: no module or function name is read or changed for it."""
    source = Path(__file__).parents[3] / "mentor_app"
    for file in source.rglob("*.py"):
        assert "__module__" not in file.read_text(encoding="utf-8"), file
