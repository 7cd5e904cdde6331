"""Small pieces every page uses, so that the same thing looks and reads the same."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QPushButton, QSizePolicy, QWidget

from mentor_app.ui.i18n import told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.meant import AGAIN

_LEAST_BUTTON = 64
"""Pixels of a button whose words may be cut."""
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def label(words: str, name: str = "", wrap: bool = False) -> QLabel:
    """Plain text: what a user typed is never taken for HTML."""
    text = PlainLabel(told(words))
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setObjectName(name)
    text.setWordWrap(wrap)
    return text


class PlainLabel(QLabel):
    """Says what was erased in the window's language, also where its words come later."""

    @override
    def setText(self, words: str) -> None:
        super().setText(told(words))

    @override
    def setToolTip(self, words: str) -> None:
        super().setToolTip(told(words))


def button(
    words: str, clicked: Callable[[], object], primary: bool = False, shortcut: str = "", again: bool = False
) -> QPushButton:
    """A button with its shortcut written on it. A double click presses it once, unless it may be pressed ``again`` and
    again, as one that adds or moves a line."""
    push = _Button(f"{words}  {shortcut}" if shortcut else words)
    push.setAccessibleName(words)
    push.setProperty(AGAIN, again)
    push.clicked.connect(lambda _checked=False: clicked())
    if primary:
        push.setObjectName("primary")
    if shortcut:
        on_keys(push, shortcut, push.click)
    return push


class _Button(QPushButton):
    """Hidden or disabled, as by what it did, it leaves the focus to the list of its page. Enter presses it, on a page as in a form."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~_KEYPAD
        if enter and not isinstance(self.window(), QDialog):
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)

    @override
    def setVisible(self, visible: bool) -> None:
        if not visible:
            leave_focus(self)
        super().setVisible(visible)

    @override
    def setEnabled(self, enabled: bool) -> None:
        if not enabled:
            leave_focus(self)
        super().setEnabled(enabled)


def leave_focus(widget: QWidget) -> None:
    """Before a widget goes: where it (or something in it) has the focus, that goes to what of its page ``take_focus`` gives it
    to. Qt would hand it to whatever comes next, and a key would press that."""
    focused = widget.window().focusWidget()
    if focused is None or not (focused is widget or widget.isAncestorOf(focused)):
        return
    holder = widget
    while not hasattr(holder, "take_focus"):
        above = holder.parentWidget()
        if above is None or holder.isWindow():  # a dialog: what is behind it is no place for it
            return
        holder = above
    holder.take_focus()


def check_box(words: str, checked: bool = False) -> QCheckBox:
    """A box to tick."""
    made = QCheckBox(words)
    made.setChecked(checked)
    return made


def has_focus(widget: QWidget) -> bool:
    """Whether the next key goes to it, once its window is the active one: Qt says that it has the focus only then."""
    return widget.window().focusWidget() is widget


def on_keys(
    widget: QWidget,
    keys: str,
    call: Callable[[], object],
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
) -> QShortcut:
    """Have ``call`` made when ``keys`` (``"Ctrl+Return"``) are pressed in the window of ``widget``, or where ``context`` says."""
    shortcut = QShortcut(QKeySequence(keys), widget)
    shortcut.setContext(context)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(call)
    return shortcut


def plain_tip(words: str) -> str:
    """A tooltip that says ``words`` as they are: Qt would take what looks like HTML for HTML, and open what it names."""
    words = told(words)
    return f"<qt>{escape(words)}</qt>" if "<" in words else words


def labelled(what: str, words: str) -> str:
    """What something is and, where there are any, its words: Visit: Huayu."""
    return tr("{what}: {words}", what=what, words=words) if words else what


def shortened(words: str, limit: int) -> str:
    """``words``, cut with an ellipsis where they are longer than ``limit`` characters."""
    return words if len(words) <= limit else words[: limit - 1] + "…"


def signed(number: int) -> str:
    """A difference with its sign, minus as a minus, thousands apart."""
    return f"{number:+,d}".replace("-", "−")


def points_apart(rate: float | None, other: float | None) -> str:
    """How many percentage points a rate lies above another (both 0 to 1), with its sign; a dash where one is unknown."""
    return "–" if rate is None or other is None else signed(round((rate - other) * 100))


class ElidedLabel(QLabel):
    """One line of plain text that gives way where room is short: cut with an ellipsis (at its end, or before ``kept``, with which
    it ends), whole in its tooltip."""

    def __init__(self, words: str = "", name: str = "", kept: str = "") -> None:
        super().__init__()
        self._kept = kept
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)
        self.setText(words)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def setText(self, words: str) -> None:
        super().setText(told(words))
        self._shorten()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        metrics, right = self.fontMetrics(), Qt.TextElideMode.ElideRight
        begins = self.text().removesuffix(self._kept)
        shown = metrics.elidedText(begins, right, self.width() - metrics.horizontalAdvance(self._kept)) + self._kept
        self._shown = metrics.elidedText(shown, right, self.width())
        self.setToolTip(plain_tip(self.text() if self._shown != self.text() else ""))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.rect(),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.palette(),
            self.isEnabled(),
            self._shown,
            self.foregroundRole(),
        )


class ElidedButton(_Button):
    """As wide as its words where there is room for them, else they are cut before the mark that stands behind them."""

    def __init__(self, clicked: Callable[[], object]) -> None:
        super().__init__()
        self._words, self._mark, self._whole = "", "", QSize()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked=False: clicked())

    def say(self, words: str, mark: str) -> None:
        """Set the words, and the mark that stands behind them in any case."""
        self._words, self._mark = told(words), f"  {mark}"
        self.setAccessibleName(self._words)
        super().setText((self._words + self._mark).replace("&", "&&"))
        self._whole = super().sizeHint()
        self.updateGeometry()
        self._shorten()

    @override
    def sizeHint(self) -> QSize:
        return self._whole

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(_LEAST_BUTTON, self._whole.width()), self._whole.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        metrics = self.fontMetrics()
        lacking = max(0, self._whole.width() - self.width())
        shown = metrics.elidedText(
            self._words, Qt.TextElideMode.ElideRight, metrics.horizontalAdvance(self._words) - lacking
        )
        self.setText((shown + self._mark).replace("&", "&&"))


class LinkButton(_Button):
    """A line to click, as wide as there is room; what does not fit is in its tooltip."""

    def __init__(self, words: str, clicked: Callable[[], object]) -> None:
        super().__init__()
        self._words = words = told(words)
        self.setObjectName("link")
        self.setAccessibleName(words[:200])
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked=False: clicked())
        self.setText(words[:80].replace("&", "&&"))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width() - 8)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(plain_tip(self._words if shown != self._words else ""))


def badge(words: str = "", state: str = "plain") -> QLabel:
    """A word with a state: good, due, bad, accent or plain."""
    made = label(words)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    set_badge(made, words, state)
    return made


def set_badge(mark: QLabel, words: str, state: str) -> None:
    """Give a badge another word and state."""
    mark.setText(words)
    mark.setProperty("state", state)
    mark.style().unpolish(mark)
    mark.style().polish(mark)
    if not words or mark.parent() is not None:  # shown without a parent it would be a window of its own for a moment
        mark.setVisible(bool(words))
