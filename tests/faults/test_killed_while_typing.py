"""kill -9 while somebody types steadily in the real window: at most a second of it is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.team import open_team
from mentor_app.ui.drafts import read_draft
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.faults.figures import count

TYPIST = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from mentor_app.ui.app import Shell
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings

app = QApplication([])
shell = Shell(app, sys.argv[1], Settings(language="en", theme="light"), False)
shell.window.show()
shell.window.go(Place("logbook", "log"))

def key():
    dialog = shell.window.dialog
    if dialog is None or not dialog.isVisible():
        return
    field = dialog.fields["learned"]
    QTest.keyClick(field, "a")
    print(len(field.toPlainText()), flush=True)

timer = QTimer(interval=40, timeout=key)
timer.start()
app.exec()
"""
PER_SECOND = 1000 / 40


@pytest.mark.parametrize("seed", range(3))
def test_at_most_a_second_of_typing_is_lost(tmp_path: Path, seed: int) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    store.close()
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    started = [sys.executable, "-c", TYPIST, str(place)]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True, env=environment) as typist:
        assert typist.stdout is not None
        until = None
        typed = 0
        for line in typist.stdout:
            typed = int(line)
            until = until or time.monotonic() + 1 + random.Random(seed).random()
            if time.monotonic() > until:
                break
        os.kill(typist.pid, signal.SIGKILL)
        count(kills=1)
        typed = max([typed, *(int(line) for line in typist.stdout)])
    folder = tmp_path / "data" / "mentor-app" / "drafts"
    drafts: list[Any] = [read_draft(file) for file in folder.rglob("*.json")]
    assert [draft.place for draft in drafts] == [Place("logbook", "log")]
    kept = len(drafts[0].values["fields.learned"])
    assert typed - PER_SECOND <= kept <= typed
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.rglob("*.json"))
