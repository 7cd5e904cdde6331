"""A store in which a check finds something, through the window: what is called sound, and what can't be read."""

import datetime as dt
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QMessageBox

from mentor_app.core.check.backups import back_up, back_up_to
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.tampering import unprotected
from tests.ui.desk import Desk
from tests.ui.test_store_in_window import choose, entry


def test_a_backup_that_is_not_sound_is_said_to_be_and_replaces_none(desk: Desk, tmp_path: Path) -> None:
    window, good = desk.window, tmp_path / "stick.sqlite"
    wait_until_idle(window)
    back_up_to(window.store(), good)
    back_up(window.store(), dt.datetime.now(dt.UTC))
    whole = good.read_bytes()
    with unprotected(window.store().location) as raw:
        raw.execute("UPDATE person SET name = 'Forged' WHERE id = 1")
    entry(window, "Back up to…").trigger()
    choose(window, good)
    (box,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    assert "Row 1 of person differs from the history" in box.informativeText()
    box.close()
    assert good.read_bytes() == whole
    assert (tmp_path / "stick-with-problems.sqlite").exists()
    window.go(Place("store", "restore"))
    wait_until_idle(window)
    dialog: Any = window.dialog
    assert dialog.list.item(0).text().endswith("made when asked\nchecked and sound")
    dialog.reject()
