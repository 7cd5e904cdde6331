"""Places of records that are gone: each says so; none is a crash, a form about nothing, or a click without an answer."""

from typing import Any

import pytest

from mentor_app.core.errors import UserError
from mentor_app.ui import registry
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle

NOBODY = 999_999
NO_RECORD = {
    ("home", "check"),
    ("pairing", "weights"),
    ("pairing", "accept"),
    ("people", "add"),
    ("points", "rule"),
    ("people", "teams"),
    ("people", "unmatched"),
    ("camp", "enrol"),
    ("camp", "programme"),
    ("playbooks", "begin"),
    ("logbook", "log"),
    ("logbook", "plan"),
    ("people", "removed"),
    ("store", "restore"),
    *((room, what) for room, what in registry.DIALOGS if room == "imports"),
}
"""Dialogs about no single record: they open, whatever id a place may name."""
DETAILS = {("camp", "decide"): "held"}
PLACES = [
    *(Place(room, what, NOBODY, DETAILS.get((room, what), "")) for room, what in registry.DIALOGS),
    *(Place(room, what, NOBODY) for room, what in registry.RECORDS.items()),
    Place("pairing", "mentor", NOBODY),
    Place("logbook", id=NOBODY),
    Place("camp", id=NOBODY),
    Place("playbooks", "part", NOBODY, "1"),
    Place("playbooks", "comment", NOBODY, "0: words"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.room}-{place.what}")
def test_a_record_that_is_gone_is_said_to_be(team: MainWindow, place: Place) -> None:
    failed: list[object] = []
    team.tasks.failed.connect(failed.append)
    team.told.setText("")
    team.dialog = None
    team.go(place)
    wait_until_idle(team)
    assert [error for error in failed if not isinstance(error, UserError)] == []
    dialog: Any = team.dialog
    opened = dialog is not None and dialog.isVisible()
    if (place.room, place.what) in NO_RECORD:
        assert opened or team.told.text()
    else:
        assert not opened
        assert failed or team.told.text()
    if opened:
        dialog.done(0)
