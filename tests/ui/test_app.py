"""The program as it is started: what Qt says and what ends it abruptly is kept beside the log."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from mentor_app.core import log
from mentor_app.ui.app import fit_screen
from mentor_app.ui.widgets.layouts import FRAME

_SCRIPT = """
import ctypes, sys
from PySide6.QtCore import QTimer, qWarning
from mentor_app.ui import app

class Window(app.MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(0, self.said)

    def said(self):
        qWarning("Could not open file '/home/anna/x.svg'")
        if sys.argv[2] == "crash":
            ctypes.string_at(0)
        self.close()

app.MainWindow = Window
sys.exit(app.run(sys.argv[1], "en", False))
"""


@pytest.mark.parametrize(("end", "code"), [("close", 0), ("crash", -signal.SIGSEGV)])
def test_what_qt_says_and_a_crash_are_kept(tmp_path: Path, end: str, code: int) -> None:
    command = [sys.executable, "-c", _SCRIPT, str(tmp_path / "team.sqlite"), end]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Could not open file '/home/anna/x.svg'" in done.stderr  # as Qt would say it without us
    assert "WARNING Qt: Could not open file …" in (log.folder() / "mentor-app.log").read_text(encoding="utf-8")
    crashes = log.folder() / "crash.log"
    assert stat.S_IMODE(crashes.stat().st_mode) == 0o600
    assert ("Segmentation fault" in crashes.read_text(encoding="utf-8")) == (end == "crash")


def test_the_window_is_not_larger_than_the_screen(qapp: QApplication) -> None:
    screen = qapp.primaryScreen().availableSize()
    small, large = QWidget(), QWidget()
    small.resize(300, 200)
    large.resize(screen + QSize(100, 0))
    fit_screen(small)
    fit_screen(large)
    assert small.size() == QSize(300, 200)
    assert large.size() == screen - FRAME
