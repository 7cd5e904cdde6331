"""Which role may do what: one table, complete, and every action asks it before anything else."""

import datetime as dt
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.errors import UserError
from mentor_app.core.people.access import require_person, require_role, roles_of
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.listed import import_people
from mentor_app.core.people.roles import ACCESS, Needs, Open, Role, permitted, roles_for
from mentor_app.core.people.rules import ROLES
from mentor_app.core.people.tables import person_role
from mentor_app.core.store import Actor, Session, Store
from mentor_app.core.store.action import MARK
from mentor_app.core.team import ACTIONS, actions_by_name, open_team
from tests.conftest import ME, TODAY
from tests.steps import step

PERMISSIONS = {
    "history.undo_others",
    "home.overview",
    "logbook.for_others",
    "logbook.host",
    "logbook.withdraw_signed",
    "pairing.read_reviews",
    "people.give_roles",
    "people.read_kept",
    "playbooks.for_others",
}
BOUND = sorted(name for name, access in ACCESS.items() if isinstance(access, Needs) and name not in PERMISSIONS)
NOBODY, NONE = "nobody chosen", "no role"


def functions() -> dict[str, Any]:
    """Every action's function, by its name."""
    found = {}
    for module in ACTIONS:
        for function in vars(import_module(module)).values():
            if hasattr(function, MARK):
                found[getattr(function, MARK).name] = function
    return found


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Actor]]]:
    """A store with somebody of each role, somebody of none, and a computer's user nobody was chosen for."""
    store = open_team(tmp_path_factory.mktemp("roles") / "team.sqlite")
    people = {NOBODY: ME}
    for role in (*Role, None):
        name = role or NONE
        details = PersonDetails(name=name, roles=frozenset({role} if role else ()))
        people[name] = Actor(name, store.act(ME, add_person, details).result)
    yield store, people
    store.close()


def refused(store: Store, who: Actor, function: Any) -> bool:
    """Whether the rule about roles refuses it; whatever else may be wrong with nonsense arguments."""
    given = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty][2:]
    try:
        store.act(who, function, *([None] * len([p for p in given if p.kind == p.POSITIONAL_OR_KEYWORD])))
    except UserError as error:
        return error.message.key in (
            "{name} can't do this: it takes the role {role}.",
            "Choose first who is working here: this is recorded under a person's name.",
        )
    except Exception:
        return False
    return False


def test_every_action_stands_in_the_table_or_is_open_with_a_reason() -> None:
    assert set(ACCESS) - PERMISSIONS == set(actions_by_name()) == set(functions())
    for access in ACCESS.values():
        assert access.why.endswith(".") if isinstance(access, Open) else access.roles


@pytest.mark.parametrize("name", BOUND)
def test_an_action_asks_the_table_before_anything_else(team: tuple[Store, dict[str, Actor]], name: str) -> None:
    store, people = team
    function = functions()[name]
    for who, actor in people.items():
        roles = None if who == NOBODY else set() if who == NONE else {who}
        assert refused(store, actor, function) != permitted(roles, name), who


@given(roles=st.sets(st.sampled_from(Role)), more=st.sets(st.sampled_from(Role)), name=st.sampled_from(sorted(ACCESS)))
def test_a_further_role_never_takes_anything_away(roles: set[Role], more: set[Role], name: str) -> None:
    assert permitted(roles | more, name) >= permitted(roles, name)
    assert permitted(roles, name) == (isinstance(ACCESS[name], Open) or bool(roles & set(roles_for(name))))


def test_a_name_nobody_knows_is_our_bug() -> None:
    with pytest.raises(KeyError):
        permitted({Role.TRAINER}, "camp.invent")


def test_who_has_left_may_not_any_more(tmp_path: Path) -> None:
    store = open_team(tmp_path / "t.sqlite")
    gone = PersonDetails(name="Gone", left_on=TODAY.replace(year=2020), roles=frozenset({Role.TRAINER}))
    who = Actor("Gone", store.act(ME, add_person, gone).result)

    @step
    def ask(session: Session, actor: Actor) -> None:
        require_role(session, actor, "camp.enrol")

    with pytest.raises(UserError, match="has left"):
        store.act(who, ask)
    store.act(ME, ask)
    store.close()


def test_only_what_is_recorded_under_a_name_gives_a_person(team: tuple[Store, dict[str, Actor]]) -> None:
    store, people = team

    @step
    def ask(session: Session, actor: Actor, name: str) -> int:
        return require_person(session, actor, name)

    trainer = people[Role.TRAINER]
    assert store.act(trainer, ask, "camp.decide").result == trainer.person_id
    with pytest.raises(ValueError, match=r"camp\.enrol"):
        store.act(trainer, ask, "camp.enrol")


def test_roles_are_stored_as_ever_and_have_words_in_both_languages() -> None:
    assert set(ROLES) == set(Role)
    constraint = next(str(c.sqltext) for c in person_role.constraints if hasattr(c, "sqltext"))
    assert set(re.findall(r"'(\w+)'", constraint)) == {str(role) for role in Role}


def test_who_leaves_may_until_the_end_of_the_last_day(tmp_path: Path) -> None:
    store = open_team(tmp_path / "t.sqlite")
    today = dt.datetime.now(dt.UTC).date()
    last = PersonDetails(name="Last", left_on=today, roles=frozenset({Role.TRAINER}))
    who = Actor("Last", store.act(ME, add_person, last).result)

    @step
    def ask(session: Session, actor: Actor) -> None:
        require_role(session, actor, "camp.enrol")

    store.act(who, ask)


def test_roles_are_given_by_who_has_one_that_gives_them(file_store: Store) -> None:
    """Nobody makes themselves a trainer, by no way in; the first trainer is made by whoever sets the team up."""

    def roles(who: int) -> set[str]:
        with file_store.read() as connection:
            return set(roles_of(connection, who))

    def give(by: Actor, who: Actor, *given: Role, **more: Any) -> None:
        details = PersonDetails(name=who.name, roles=frozenset(given), **more)
        file_store.act(by, edit_person, who.person_id or 0, details)

    hire = Actor("Ana", file_store.act(ME, add_person, PersonDetails(name="Ana")).result)
    give(hire, hire, Role.NEW_HIRE)  # nobody is trainer or lead yet
    lead = Actor("Li", file_store.act(hire, add_person, PersonDetails(name="Li", roles=frozenset(Role))).result)
    for wanted in ((Role.TRAINER,), (Role.NEW_HIRE, Role.MENTOR), ()):
        with pytest.raises(UserError, match="Roles are given by trainers and team leads; Ana is neither"):
            give(hire, hire, *wanted)
    with pytest.raises(UserError, match="Roles are given"):
        give(hire, lead)
    with pytest.raises(UserError, match="Roles are given"):
        file_store.act(hire, add_person, PersonDetails(name="B", roles=frozenset({Role.MENTOR})))
    row = (2, PersonDetails(name="Ana", roles=frozenset({Role.TRAINER})), frozenset({"name", "roles"}))
    ((_, outcome, why),) = file_store.act(hire, import_people, [row]).result
    assert (outcome, "Roles are given" in str(why)) == ("rejected", True)
    give(hire, hire, Role.NEW_HIRE, code="7")  # whatever else the record says
    assert roles(hire.person_id or 0) == {"new_hire"}
    give(ME, hire, Role.NEW_HIRE, Role.MENTOR)
    give(lead, hire, Role.MENTOR)
    assert roles(hire.person_id or 0) == {"mentor"}
