"""Take the README's pictures anew, of the sample company as it is today: `python -m tests.screenshots`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtWidgets import QApplication

from mentor_app.core.camp.queries import Standing, standings
from mentor_app.core.location import same_for_all
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.people.queries import people
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.sample.company import fill
from mentor_app.core.store import Connection
from mentor_app.core.team import open_team
from mentor_app.ui.app import Shell
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from tests.conftest import ME, gone
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY

FOLDER = Path(__file__).parent.parent / "resources/screenshots"


def hire_near_the_gate(connection: Connection) -> Place:
    """Somebody who has passed a stage and lacks little for the next gate."""
    growing = [s for s in standings(connection, TODAY) if s.current and s.stages[0].decision and not s.ready]

    def lacking(one: Standing) -> int:
        return sum(not met.met for met in one.current.met) if one.current else 0

    return Place("camp", id=min(growing, key=lacking).person.id)


def longest_story(connection: Connection) -> Place:
    """A pairing that has run its whole cycle."""
    return Place("pairing", "pairing", next(p.id for p in pairings(connection) if p.state == "completed"))


def most_closed(connection: Connection) -> Place:
    """The new hire whose ramp-up says most."""
    company = ramp(connection, TODAY)
    hires = {s.person.id for s in standings(connection, TODAY)}
    chosen = max((c for c in company.curves() if c.hire.key in hires), key=lambda c: c.won + c.lost)
    return Place("ramp", "person", chosen.hire.key)


def suggested(page: Any) -> None:
    """Suggestions for everybody, the first explained."""
    board = page.view("assign").board
    board.suggest()
    wait_until_idle(page.window())
    board.hires.choose(board.hires.cards.items[0].id)


def asked_the_price(page: Any) -> None:
    """An answer looked for during a call."""
    page.view("search").search.setText("价格")


def first_chosen(page: Any) -> None:
    """The first row beside its entry."""
    page.table.choose(0)


def as_opened(page: Any) -> None:
    """As it is."""


PICTURES: list[tuple[str, str, str, str, Callable[[Connection], Place], Callable[[Any], object]]] = [
    ("ramp", "zh_CN", "dark", "郑培", most_closed, as_opened),
    ("gate", "en", "light", "郑培", hire_near_the_gate, as_opened),
    ("home_hire", "en", "light", "Mia Tanaka", lambda _: Place("home"), as_opened),
    ("assign", "en", "light", "李静", lambda _: Place("pairing", "assign"), suggested),
    ("pairing", "zh_CN", "dark", "李静", longest_story, as_opened),
    ("inbox", "en", "light", "陈刚", lambda _: Place("logbook", "inbox"), first_chosen),
    ("answers", "zh_CN", "light", "周一", lambda _: Place("playbooks", "search"), asked_the_price),
    ("points", "en", "light", "孙丽", lambda _: Place("points", "team"), as_opened),
]
"""Name, language, theme, who works there, the place, and what is done there."""


def main() -> None:
    """Take all of them, or those named."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance() or QApplication([])
    with TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = os.environ["XDG_CONFIG_HOME"] = folder
        store = open_team(Path(folder) / "team.sqlite")
        store.act(ME, fill, TODAY)
        with store.read() as connection:
            ids = {one.name: one.id for one in people(connection)}
            places = [place(connection) for _, _, _, _, place, _ in PICTURES]
        store.close()
        for (name, language, theme, who, _, then), place in zip(PICTURES, places, strict=True):
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            settings = Settings(language=language, theme=theme)
            where = str(Path(folder) / "team.sqlite")
            settings.actors[same_for_all(where)] = [ids[who]]
            window = Shell(app, where, settings, sample=False).window
            window.resize(1280, 800)
            window.show()
            wait_until_idle(window)
            window.go(place)
            wait_until_idle(window)
            then(window.pages[place.room])
            wait_until_idle(window)
            window.grab().save(str(FOLDER / f"{name}_{language[:2]}_{theme}.png"))
            gone(app, window)


if __name__ == "__main__":
    main()
