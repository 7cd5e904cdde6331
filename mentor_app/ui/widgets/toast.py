"""A word in passing, where it covers nothing that can be clicked; it may offer one thing to do."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import PlainLabel, button, leave_focus, plain_tip, shortened

SHOWN_FOR, OFFERED_FOR = 5_000, 12_000
"""Milliseconds for which a word stands, and one that offers something to do."""
_ROOM, _LEAST = 160, 20
"""Characters there is room for, and that are shown in any case."""

_EDGE, _GAP = 12, 8
"""Pixels to the sides of the sidebar, and to what stands below."""
_LINES, _HIGH, _LOW, _MARGIN = 2, 1.4, 4, 20
"""Lines there is room for below the page, how much higher one is in another script, pixels above and below them, and those of
a page's empty lower margin that it may cover."""
_SIDE = 200
"""Pixels of the sidebar that are enough for what is mostly said."""


class _Words(PlainLabel):
    """Wrapped also within a word that is longer than a line, as a path or some names are."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._option = QTextOption()
        self._option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    @override
    def heightForWidth(self, width: int) -> int:
        return math.ceil(self._laid(width)[1])

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        paragraphs, height = self._laid(self.width())
        for laid in paragraphs:
            laid.draw(painter, QPointF(0, max(0.0, (self.height() - height) / 2)))

    def _laid(self, width: int) -> tuple[list[QTextLayout], float]:
        """The paragraphs in their lines, and how high they are together."""
        paragraphs, height = [], 0.0
        for words in self.text().split("\n"):
            laid = QTextLayout(words, self.font())
            laid.setTextOption(self._option)
            laid.beginLayout()
            while (line := laid.createLine()).isValid():
                line.setLineWidth(width)
                line.setPosition(QPointF(0, height))
                height += line.height()
            laid.endLayout()
            paragraphs.append(laid)
        return paragraphs, height


class Toast(QFrame):
    """The last thing said, until it has been shown long enough (unless it stays) or something else is said.

    It lies over the gap of the sidebar between the entry ``below`` which that begins and the one ``above`` which it ends, as
    high as its words need. Where the gap is too low for that, it stands in ``foot``, which keeps its place below the page also
    while nothing is said: nothing moves under somebody's pointer when a word comes or goes.
    """

    def __init__(self, side: QWidget, above: QWidget, below: QWidget) -> None:
        super().__init__(side)
        self._side, self._above, self._below = side, above, below
        self.foot = QWidget()
        self.foot.hide()
        for moved in (side, above, below, self.foot):
            moved.installEventFilter(self)
        self.setObjectName("toast")
        self._line = line = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        line.setSpacing(8)
        self.told, self.offer = _Words(), button(tr("Undo"), self._take)
        self.offer.setObjectName("undo")
        self.offer.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where one works
        self._words, self._stays = "", False
        self._take_back: Callable[[], object] | None = None
        line.addWidget(self.told, 1)
        line.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()
        self._end = timer(self, SHOWN_FOR, self.hide)

    def say(
        self, words: str, offered: Callable[[], object] | None = None, offer: str = "", stays: bool = False
    ) -> None:
        """Say ``words``; with ``offered`` there is a button for it, called ``offer`` or Undo; what ``stays`` does so until
        something else is said, and its button can be pressed again."""
        self._words, self._stays = words, stays
        self._take_back = offered
        self.offer.setText(offer or tr("Undo"))
        self.offer.setAccessibleName(offer or tr("Undo"))
        self.offer.setVisible(offered is not None)
        self.show()
        self._place()
        self._end.start(OFFERED_FOR if offered is not None else SHOWN_FOR)
        if stays:
            self._end.stop()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            if self.foot.parentWidget() is not None:
                self._keep_foot()
            if not self.isHidden():
                self._place()
        return super().eventFilter(watched, event)

    def _gap(self) -> int:
        """The pixels there are for it in the sidebar."""
        return self._above.y() - _GAP - (self._below.geometry().bottom() + _GAP)

    def _keep_foot(self) -> None:
        """The foot is there where the sidebar has no room, whether anything is said or not."""
        self.foot.setFixedHeight(self._low_room() + _GAP - _MARGIN)
        self.foot.setVisible(self._gap() < _SIDE)

    def _low_room(self) -> int:
        """The pixels there are for it below the page, its empty margin among them."""
        self.told.ensurePolished()
        lines = math.ceil(_LINES * _HIGH * self.told.fontMetrics().height())
        return max(lines, self.offer.sizeHint().height()) + 2 * _LOW

    def _place(self) -> None:
        line, low = self._line, not self.foot.isHidden()
        home = (self.foot.parentWidget() if low else None) or self._side
        if self.parentWidget() is not home:
            self.setParent(home)
        line.setDirection(QBoxLayout.Direction.LeftToRight if low else QBoxLayout.Direction.TopToBottom)
        line.setContentsMargins(12, _LOW if low else 10, 12, _LOW if low else 10)
        left = 24 if low else _EDGE
        width = home.width() - 2 * left
        height = self._fitted(width, self._low_room() if low else self._gap())
        below = self.foot.geometry().bottom() + 1 if low else self._above.y()
        self.setGeometry(left, below - _GAP - height, width, height)
        self.show()
        self.raise_()

    def _fitted(self, width: int, room: int) -> int:
        """As many of the words as there is room for, the rest on pointing at them; returns the height they need."""
        for characters in range(_ROOM, _LEAST, -4):
            self.told.setText(shortened(self._words, characters))
            self._line.invalidate()
            height = self._line.totalHeightForWidth(width)
            if height <= room:
                break
        whole = self.told.text() == self._words
        self.told.setToolTip(plain_tip("" if whole else self._words))
        return height

    @override
    def setVisible(self, visible: bool) -> None:
        """Where its button was reached by keys, the focus goes back to the page, not on along the sidebar."""
        if not visible:
            leave_focus(self)
        super().setVisible(visible)

    def _take(self) -> None:
        offered = self._take_back
        if not self._stays:
            self.hide()
            self._take_back = None
        if offered is not None:
            offered()
