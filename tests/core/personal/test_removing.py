"""A person entered by mistake can be removed, as long as nothing rests on the record."""

import subprocess
import sys

import pytest

from mentor_app.core.errors import ChangedMeanwhile, UserError
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.personal.actions import remove_person
from mentor_app.core.personal.queries import pointing, uses
from mentor_app.core.personal.rules import OWN, USES
from mentor_app.core.pipeline import actions as pipeline
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import actions_by_name
from tests.conftest import TODAY
from tests.core.history.world import deals, looks, person
from tests.core.points.mentoring import Camp


def test_whatever_points_to_people_is_a_part_of_them_or_named() -> None:
    assert {table.name for table, _ in pointing()} == (OWN | USES.keys()) - {"opportunity"}


def test_all_tables_are_asked_in_a_process_that_has_imported_nothing_else() -> None:
    actions_by_name()
    code = "from mentor_app.core.personal import queries; print(*sorted(queries.metadata.tables))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == sorted(metadata.tables)


def test_removed_with_all_parts_and_back(store: Store) -> None:
    at = Camp(store)
    made = at.act(people.add_person, person("Zoë", crm_names=("Z",), roles=frozenset({"mentor", "trainer"})))
    at.act(pairing.set_capacity, made, 2)
    before = looks(store)
    assert at.act(remove_person, made) == "Zoë"
    with store.read() as connection:
        assert "Zoë" not in {p.name for p in everybody(connection)}
    gone = looks(store)
    store.act(at.lead, undo)
    assert looks(store) == before
    store.act(at.lead, redo)
    assert looks(store) == gone


def test_who_is_used_stays_and_it_says_by_what(store: Store) -> None:
    at = Camp(store)
    with pytest.raises(UserError, match=r"Ann can't be removed.*Enrolments in the camp: 1, Pairings: 1\."):
        at.act(remove_person, at.hire.person_id)
    with pytest.raises(UserError, match=r"Actions in the history"):
        at.act(remove_person, at.trainer.person_id)
    at.act(pipeline.import_opportunities, deals("a", "b", owner="New One"), today=TODAY)
    with store.read() as connection:
        made = next(p.id for p in everybody(connection) if p.name == "New One")
        assert [str(use) for use in uses(connection, made)] == ["Opportunities: 2"]
    with pytest.raises(UserError, match="Opportunities: 2"):
        at.act(remove_person, made)


def test_what_somebody_else_has_changed_meanwhile_is_not_removed(file_store: Store) -> None:
    at = Camp(file_store)
    made = at.act(people.add_person, person("Zoë"))
    with file_store.read() as connection:
        version = get_person(connection, made).version
    at.act(people.edit_person, made, person("Zoë Z"))
    with pytest.raises(ChangedMeanwhile):
        at.act(remove_person, made, version)
    at.act(remove_person, made, version + 1)


def test_nobody_removes_the_record_they_work_under(file_store: Store) -> None:
    at = Camp(file_store)
    made = at.act(people.add_person, person("Zoë", roles=frozenset({"team_lead"})))
    with pytest.raises(UserError, match="under which they are working"):
        at.act(remove_person, made, who=Actor("Zoë", made))
