"""Starting the window."""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
import traceback
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, QTranslator, qInstallMessageHandler
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from mentor_app.core import log
from mentor_app.core.environment import system_language, user_name
from mentor_app.ui import i18n, theme
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.settings import Settings
from mentor_app.ui.tasks import left_behind
from mentor_app.ui.widgets.layouts import FRAME
from mentor_app.ui.widgets.meant import once_meant


class Shell:
    """Holds the window, and builds it anew when language or theme change."""

    def __init__(self, app: QApplication, location: str | None, settings: Settings, sample: bool) -> None:
        self.app, self.location, self.settings, self.sample = app, location, settings, sample
        self._qt = QTranslator()
        theme.ensure_chinese_font(app)
        once_meant(app)
        self.window = self.build()

    def build(self) -> MainWindow:
        """A window in the chosen language and theme."""
        i18n.use(self.settings.language or system_language())
        self.app.removeTranslator(self._qt)
        if i18n.current().language == "zh_CN":
            self._qt.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
            self.app.installTranslator(self._qt)
        theme.apply(self.app, self.settings.theme)
        window = MainWindow(self.location, self.settings, user_name(), self.sample)
        window.restyle.connect(self.rebuild)
        window.kept.elsewhere.connect(self.open_elsewhere)
        return window

    def open_elsewhere(self, location: str) -> None:
        """Go on with another store."""
        self.location = location
        self.rebuild()

    def crashed(self, error: BaseException) -> None:
        """A bug of ours on the GUI thread: tell it with a report to copy, stay up."""
        if isinstance(error, Exception):
            error.add_note("".join(traceback.format_exception(error)))
            self.window.show_error(error)

    def rebuild(self) -> None:
        """The same place in a new window, once everything typed in the old one is stored or lies in a draft: what is
        under way there would be news to the new one."""
        old = self.window
        if not old.context.flush():  # it has said so
            return
        if old.tasks.busy():
            old.toast(i18n.tr("Waiting for the store…"))
            old.tasks.once_idle(self.rebuild)
            return
        here, typing = old.here(), _typed_into(old)
        self.window = self.build()
        self.window.take_over(old)
        self.window.setGeometry(old.normalGeometry() if old.isMaximized() else old.geometry())
        self.window.setWindowState(old.windowState())
        self.window.go(here)
        self.window.show()
        self.window.tell_again(old)
        for before, now in zip(_searches(old), _searches(self.window), strict=False):
            now.setText(before.text())
        if typing is not None:
            self.window.tasks.once_idle(partial(_go_on_typing, self.window, typing))
        old.close()
        old.deleteLater()


def _fields(window: MainWindow) -> list[QWidget]:
    """Where one can type now."""
    found: list[QWidget] = [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]
    return [field for field in found if field.isVisible()]


def _typed_into(window: MainWindow) -> int | None:
    """Which of its fields has the focus."""
    return next((at for at, field in enumerate(_fields(window)) if field is window.focusWidget()), None)


def _go_on_typing(window: MainWindow, at: int) -> None:
    """The field that had the focus has it again, once the page is there, unless one types into another by now."""
    fields = _fields(window)
    if at < len(fields) and _typed_into(window) is None:
        field = fields[at]
        field.setFocus()
        if isinstance(field, QPlainTextEdit):
            field.moveCursor(QTextCursor.MoveOperation.End)


def _searches(window: QWidget) -> list[QLineEdit]:
    from mentor_app.ui.widgets.forms import SEARCH

    return [field for field in window.findChildren(QLineEdit, SEARCH) if field.isVisible()]


def fit_screen(window: QWidget) -> None:
    """Not larger than the screen it opens on, frame and all."""
    window.resize(window.size().boundedTo(window.screen().availableSize() - FRAME))


def run(location: str | None, language: str | None, sample: bool) -> int:
    """Open the window and return the exit code when it is closed."""
    crashes = log.crash_file()
    if crashes is not None:
        faulthandler.enable(crashes)
    qInstallMessageHandler(_heard)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("mentor-app")
    settings = Settings.load()
    settings.language = language or settings.language
    with tempfile.TemporaryDirectory(prefix="mentor-app-sample-", ignore_cleanup_errors=True) as folder:
        shell = Shell(app, str(Path(folder) / "sample.sqlite") if sample else location, settings, sample)
        sys.excepthook = lambda kind, error, where: shell.crashed(error)
        fit_screen(shell.window)
        shell.window.show()
        code = app.exec()
    qInstallMessageHandler(None)
    if left_behind():
        log.close()
        os._exit(code)  # Python would wait for it; nothing half-written is committed
    return code


_SEVERITY = {
    QtMsgType.QtDebugMsg: 10,
    QtMsgType.QtInfoMsg: 20,
    QtMsgType.QtWarningMsg: 30,
    QtMsgType.QtCriticalMsg: 40,
    QtMsgType.QtFatalMsg: 50,
}
"""Qt's kinds of messages as logging's levels."""


def _heard(kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
    """What Qt says goes to the log, and to stderr as it would without us."""
    log.qt(_SEVERITY[kind], words)
    if sys.stderr is not None:  # an installed program has none
        sys.stderr.write(words + "\n")
