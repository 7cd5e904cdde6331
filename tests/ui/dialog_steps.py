"""Every dialog there is: where it opens, opening it, and ending it as a crash would."""

import datetime as dt
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from mentor_app.core.camp.queries import standings
from mentor_app.core.logbook.queries import Filter, activity_ids
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.pairing.suggest import suggest
from mentor_app.core.people.queries import people
from mentor_app.core.playbooks.queries import playbooks
from mentor_app.core.points.queries import redemptions, rewards
from mentor_app.core.projects.queries import projects
from mentor_app.core.store import Store
from mentor_app.ui import registry
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.dialogs import Dialog
from tests.idle import wait_until_idle


def everything(store: Store) -> dict[tuple[str, str], Place]:
    """A place for every dialog that opens by one, on the sample company's records."""
    today = dt.date.today()
    with store.read() as connection:
        stands = [s for s in standings(connection, today) if s.current is not None]
        passed = [s for s in stands if any(line.status == "passed" for line in s.stages)]
        running = [p for p in pairings(connection) if p.ended_on is None]
        ended = [p for p in pairings(connection) if p.ended_on is not None]
        books = playbooks(connection, today)
        entries = {state: activity_ids(connection, Filter(states=(state,))) for state in ("draft", "signed_off")}
        scored = activity_ids(connection, Filter(kinds=("simulation",), states=("submitted", "signed_off")))
        plan = suggest(connection, today)
        pairs = ",".join(f"{s.apprentice.id}:{s.mentor.id}" for s in plan.pairs)
        ids = {
            ("logbook", "change"): (entries["draft"] or [0])[0],
            ("logbook", "correct"): entries["signed_off"][0],
            ("logbook", "score"): scored[0],
            ("camp", "leave"): stands[0].person.id,
            ("camp", "move"): stands[0].person.id,
            ("projects", "change"): projects(connection)[0].id,
            ("projects", "cycle"): projects(connection)[0].id,
            ("projects", "close"): next(p.id for p in projects(connection) if p.outcome == "open"),
            ("pairing", "capacity"): running[0].mentor_id,
            ("pairing", "review"): ended[0].id,
            ("pairing", "plan"): running[0].id,
            ("playbooks", "changes"): books[0].id,
            ("playbooks", "withdraw"): books[0].id,
            ("playbooks", "compare"): books[0].id,
            ("points", "refuse"): redemptions(connection)[0].id,
            ("points", "reward"): rewards(connection)[0].id,
            ("people", "change"): people(connection)[0].id,
            ("people", "erase"): people(connection)[0].id,
            ("people", "merge"): people(connection)[0].id,
        }
        steps = {("pairing", what): running[0].id for what in ("goals", "roll_on", "reassign", "end", "complete")}
    places = {key: Place(*key, (ids | steps).get(key)) for key in registry.DIALOGS}
    places["camp", "decide"] = Place("camp", "decide", passed[0].person.id, "held")
    places["pairing", "accept"] = Place("pairing", "accept", detail=pairs)
    return places


def shown(window: MainWindow, place: Place) -> Dialog | None:
    """The dialog that opens at a place; None where that place has nothing to ask now."""
    window.dialog = None
    window.go(place)
    wait_until_idle(window)
    dialog = window.dialog
    assert dialog is None or isinstance(dialog, Dialog)
    return dialog if dialog is not None and dialog.isVisible() else None


def as_killed(dialog: Dialog) -> None:
    """The dialog is gone without having been asked: what it kept so far is what there is."""
    dialog._over = True
    dialog.autosave.forget()
    dialog.done(0)


def fill(field: Any, words: str) -> None:
    (field.setPlainText if isinstance(field, QPlainTextEdit) else field.setText)(words)


def typing_in(dialog: Any, row: int, column: int, words: str) -> QLineEdit:
    """Somebody is typing in a cell of the dialog's table and has not left it."""
    table = dialog.table
    table.setFocus()
    table.setCurrentCell(row, column)
    table.editItem(table.item(row, column))
    editor = table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.clear()
    QTest.keyClicks(editor, words)
    return editor
