"""A project's page: its name gives way to its buttons."""

from typing import Any

from mentor_app.core.projects.queries import projects
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle


def test_a_long_name_makes_the_page_no_wider_than_a_small_screen(team: MainWindow) -> None:
    with team.store().read() as connection:
        one = max(projects(connection), key=lambda one: (one.outcome == "open", len(one.name)))
    team.go(Place("projects", id=one.id))
    wait_until_idle(team)
    page: Any = team.pages["pairing"]
    buttons = [item for item in page.view("project").buttons if item.isVisible()]
    assert (page.title.text(), len(buttons)) == (one.name, 3)
    assert page.title.toolTip() == one.name
    wait_until_idle(team)  # what came into the header is counted by the window a round of events later
    assert team.minimumSizeHint().width() <= 1024
