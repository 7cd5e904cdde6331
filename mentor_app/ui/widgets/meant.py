"""What is meant: a key held down and a double click are one wish, also where something else stands there meanwhile; a wheel scrolls, and
changes nothing that was entered."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from mentor_app.ui.overriding import override

AGAIN = "again"
"""The property of a button that may be clicked quickly, again and again."""
REST = 1000
"""Milliseconds after an answer in which no further one is taken where the next record has moved up: it is not read yet."""
READ_IN = 1.5
"""Seconds a warning needs to be read: a second press before that is still the first wish."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SAME_MOMENT = 2
"""Milliseconds. On X11 a held key comes as pairs of letting go and pressing at one and the same time, which Qt calls a
repetition only where it happens to have read both; nobody lets go of a key and presses it again that quickly."""


class _OnceMeant(QObject):
    """Watches windows before anything in them is told."""

    let_go: ClassVar[tuple[int, int]] = (0, 0)
    """The key that was let go last, in any window, and when: the one it was pressed in may be closed by now."""

    began_in: ClassVar[tuple[int, int]] = (0, 0)
    """The key that was pressed last, and in which widget: held down, it goes on only there."""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QKeyEvent):
            if kind == QEvent.Type.KeyRelease:
                _OnceMeant.let_go = event.key(), event.timestamp()
            elif not _is_held(event):
                _OnceMeant.began_in = event.key(), id(QApplication.focusWidget())
            else:
                if kind == QEvent.Type.ShortcutOverride:  # no shortcut: what is left of it is a key for a text
                    event.accept()
                    return True
                return not _repeats(event)
        elif kind == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            under = QApplication.widgetAt(event.globalPosition().toPoint())
            return isinstance(under, QAbstractButton) and not under.property(AGAIN)
        elif isinstance(event, QWheelEvent):
            if isinstance(watched, QWidget):  # a box: whatever it stands in scrolls
                event.ignore()
                return True
            self._keep(_box(QApplication.widgetAt(event.globalPosition().toPoint())))
        return super().eventFilter(watched, event)

    def _keep(self, box: QWidget | None) -> None:
        """See to it that a box is changed by keys and clicks only."""
        if box is not None:
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.removeEventFilter(self)
            box.installEventFilter(self)


def _box(under: QWidget | None) -> QWidget | None:
    """The drop-down, number or date that a widget is or stands in; its list, once open, is a window of its own."""
    while under is not None and not isinstance(under, QComboBox | QAbstractSpinBox):
        under = None if under.isWindow() else under.parentWidget()
    return under


def _is_held(event: QKeyEvent) -> bool:
    key, at = _OnceMeant.let_go
    same = at > 0 and key == event.key() and 0 <= event.timestamp() - at <= _SAME_MOMENT
    return event.isAutoRepeat() or same


def _repeats(event: QKeyEvent) -> bool:
    """Whether a key held down does what it does again: moving about and writing, but not answering."""
    key, focused = event.key(), QApplication.focusWidget()
    if _OnceMeant.began_in != (key, id(focused)):
        return False
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if key in _ENTER:
        return isinstance(focused, QPlainTextEdit) and not focused.isReadOnly() and not control
    if key == Qt.Key.Key_Space:
        return isinstance(focused, QLineEdit | QPlainTextEdit | QAbstractSpinBox)
    return key != Qt.Key.Key_Escape


def once_meant(app: QApplication) -> None:
    """From now on, in every window of the app that takes keys, held keys and double clicks answer nothing a second time, and
    the wheel changes no box."""
    if app.findChild(_OnceMeant) is not None:
        return
    watch = _OnceMeant(app)

    def install(window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(watch)
            window.installEventFilter(watch)

    app.focusWindowChanged.connect(install)
    install(app.focusWindow())
