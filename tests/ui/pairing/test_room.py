"""How many mentors have room is one figure, wherever it is said."""

import datetime as dt
import re
from typing import Any

from mentor_app.core.pairing.queries import mentors
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import get_person
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle


def test_mentors_with_room_are_as_many_on_the_board_as_in_the_list(team: MainWindow) -> None:
    store, today = team.store(), dt.date.today()
    with store.read() as connection:
        free = next(one for one in mentors(connection, today) if one.places)
        who = get_person(connection, free.id)
    leaving = PersonDetails(
        name=who.name,
        hired_on=who.hired_on,
        team=who.team,
        roles=frozenset(who.roles),
        left_on=today + dt.timedelta(days=20),
    )
    store.act(ME, edit_person, who.id, leaving)
    said = []
    for what in ("assign", "mentors"):
        team.go(Place("pairing", what))
        wait_until_idle(team)
        page: Any = team.pages["pairing"]
        said += re.findall(r"(\d+)(?: mentors?)? with room", page.context.text())
    with store.read() as connection:
        expected = sum(
            one.barred is None and one.leaves_on is None and one.active < one.capacity
            for one in mentors(connection, today)
        )
    assert said == [str(expected)] * 2
