"""The window offers what core will do: for every action and every role the two answers are the same."""

from dataclasses import replace
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.people.access import require_role
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import Person, get_person
from mentor_app.core.people.roles import ACCESS, Role
from mentor_app.core.store import Actor, Session
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.widgets.views import View
from tests.conftest import ME
from tests.steps import step


@step
def allowed(session: Session, actor: Actor) -> set[str]:
    """What core lets the actor do."""
    found = set()
    for name in ACCESS:
        try:
            require_role(session, actor, name)
        except UserError:
            continue
        found.add(name)
    return found


def test_the_window_and_core_give_the_same_answers(window: MainWindow) -> None:
    store, view = window.store(), View(window.context)
    person_id = store.act(ME, add_person, PersonDetails(name="Somebody")).result
    with store.read() as connection:
        somebody = get_person(connection, person_id)
    people: list[Person | None] = [None, somebody]
    for role in Role:
        made = store.act(ME, add_person, PersonDetails(name=role, roles=frozenset({role}))).result
        people.append(replace(somebody, id=made, name=role, roles=(role,)))
    for me in people:
        window.context.me = me
        assert {name for name in ACCESS if view.may(name)} == store.act(window.context.actor(), allowed).result
    window.context.me = None


def test_the_window_knows_no_table_of_roles_of_its_own() -> None:
    """Who carries a role may be asked; which roles may do something stands in core."""
    for file in (Path(__file__).parents[2] / "mentor_app" / "ui").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        for role in Role:
            if role != Role.MENTOR:  # also the name of a view and of columns
                assert f'"{role}"' not in source, file
        assert "Role.TRAINER" not in source, file
