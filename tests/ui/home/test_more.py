"""“n more” on Home leads to just those it counts."""

import datetime as dt
from typing import Any

from mentor_app.core.pairing.queries import pairings
from mentor_app.core.pairing.rules import ALERT_KINDS
from mentor_app.core.pairing.watch import watch
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import Desk


def test_more_of_a_kind_are_the_pairings_of_that_kind(team: MainWindow) -> None:
    with team.store().read() as connection:
        alerts, everything = watch(connection, dt.date.today()), len(pairings(connection))
    kinds = [kind for kind in ("overrun", "review") if sum(a.kind == kind for a in alerts) > 3]
    assert kinds
    for kind in kinds:
        team.go(Place("home"))
        wait_until_idle(team)
        home: Any = team.pages["home"]
        words = ALERT_KINDS[kind]  # type: ignore[index]
        more = next(one for one in home.watch.buttons if one.accessibleName().endswith(f"more: {words}"))
        more.click()
        wait_until_idle(team)
        view = team.pages["pairing"].view("pairings")  # type: ignore[attr-defined]
        assert set(view.listed()) == {a.pairing_id for a in alerts if a.kind == kind}
        assert (view.filter.isVisible(), view.filter.accessibleName()) == (True, words)
        view.filter.click()
        wait_until_idle(team)
        assert (len(view.listed()), view.filter.isVisible()) == (everything, False)


def test_who_comes_next_sees_the_top_of_home(desk: Desk) -> None:
    desk.window.resize(1024, 500)
    home = desk.go(Place("home"))
    bar = home.area.verticalScrollBar()
    bar.setValue(300)
    desk.window.read_anew()
    wait_until_idle(desk.window)
    assert bar.value() == 300
    desk.window.become(desk.other.id)
    wait_until_idle(desk.window)
    assert bar.value() == 0
