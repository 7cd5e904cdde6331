"""The window offers what core will do: for every action and every role the two answers are the same."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.actions import save_activity
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.access import require_role
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import Person, get_person
from mentor_app.core.people.roles import ACCESS, Role
from mentor_app.core.store import Actor, Session
from mentor_app.ui.home.page import HomePage
from mentor_app.ui.logbook.log_dialog import LogDialog
from mentor_app.ui.logbook.page import LogbookPage
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.views import View
from tests.conftest import ME
from tests.idle import wait_until_idle
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


def works_here(window: MainWindow, person_id: int | None) -> None:
    """Say who works here, as the window itself remembers it: it asks for that again whenever people change."""
    if person_id is None:
        window.context.settings.actors.pop(window._place(), None)
        window.reload()
    else:
        window.become(person_id)
    wait_until_idle(window)


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


def test_whose_entries_may_be_written_is_what_core_says(window: MainWindow, tmp_path: Path) -> None:
    store = window.store()

    def add(name: str, *roles: Role) -> int:
        details = PersonDetails(name=name, hired_on=dt.date(2020, 1, 1), roles=frozenset(roles))
        return int(store.act(ME, add_person, details).result)

    hire, both = add("Ann", Role.NEW_HIRE), add("Bo", Role.NEW_HIRE, Role.MENTOR)
    plain, mentor = add("Cy"), add("Mo", Role.MENTOR)
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    for whose in (hire, both):
        details = Details(kind="shadowing", held_on=tomorrow, customer="c", minutes=5)
        store.act(ME, save_activity, whose, details, dt.date.today(), state=ActivityState.PLANNED)
    expected = {
        None: [None, hire, both, plain, mentor],  # nobody's is proposed where several could be meant
        hire: [hire],
        both: [None, both, hire, plain, mentor],
        plain: [plain],
        mentor: [None, hire, both, mentor, plain],
    }
    for me, offered in expected.items():
        works_here(window, me)
        window.go(Place("logbook", "log"))
        wait_until_idle(window)
        dialog = window.dialog
        assert isinstance(dialog, LogDialog)
        assert [dialog.person.itemData(at) for at in range(dialog.person.count())] == offered
        dialog.done(0)
        window.go(Place("logbook"))
        page = window.pages["logbook"]
        assert isinstance(page, LogbookPage)
        page.export_calendar(tmp_path / "plan.ics")
        wait_until_idle(window)
        planned = (tmp_path / "plan.ics").read_text(encoding="utf-8").count("BEGIN:VEVENT")
        assert planned == len({hire, both} & set(offered))


def test_home_shows_the_figures_to_whoever_has_no_role_but_nobody_elses_affairs(window: MainWindow) -> None:
    store, home = window.store(), window.pages["home"]
    assert isinstance(home, HomePage)
    cases = {
        None: (True, False, False),
        (): (True, False, False),
        (Role.NEW_HIRE,): (False, False, False),
        (Role.MENTOR,): (False, True, False),
        (Role.TRAINER,): (True, True, True),
    }
    for roles, shown in cases.items():
        me = None
        if roles is not None:
            me = store.act(ME, add_person, PersonDetails(name=f"Who is {roles}", roles=frozenset(roles))).result
        works_here(window, me)
        home.refresh()
        wait_until_idle(window)
        assert tuple(not part.isHidden() for part in (home.figures, home.inbox, home.stuck)) == shown, roles
