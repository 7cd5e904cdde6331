"""A word in passing, where it covers nothing that can be clicked; it may offer one thing to do."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import PlainLabel, button, leave_focus, plain_tip, shortened

SHOWN_FOR, OFFERED_FOR = 5_000, 12_000
"""Milliseconds for which a word stands, and one that offers something to do."""
_ROOM = 160  # characters there is room for


_EDGE, _GAP = 12, 8
"""Pixels to the sides of the sidebar, and to what stands below."""


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
    """The last thing said, until it has been shown long enough or something else is said. It lies over the gap of the sidebar,
    ``above`` one of its entries, as high as its words need; where that would cover the one ``below`` which the gap begins, it
    stands in ``foot``, as a line that the page makes room for."""

    def __init__(self, side: QWidget, above: QWidget, below: QWidget) -> None:
        super().__init__(side)
        self._side, self._above, self._below = side, above, below
        for moved in (side, above, below):
            moved.installEventFilter(self)
        self.setObjectName("toast")
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(24, 0, 24, 12)
        self._line = line = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        line.setContentsMargins(12, 10, 12, 10)
        line.setSpacing(8)
        self.told, self.offer = _Words(), button(tr("Undo"), self._take)
        self.offer.setObjectName("undo")
        self.offer.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where one works
        self._take_back: Callable[[], object] | None = None
        line.addWidget(self.told, 1)
        line.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()
        self._end = timer(self, SHOWN_FOR, self.hide)

    def say(self, words: str, offered: Callable[[], object] | None = None, offer: str = "") -> None:
        """Say ``words``; with ``offered`` there is a button for it, called ``offer`` or Undo."""
        self.told.setText(shortened(words, _ROOM))
        self.told.setToolTip(plain_tip(words if len(words) > _ROOM else ""))
        self._take_back = offered
        self.offer.setText(offer or tr("Undo"))
        self.offer.setAccessibleName(offer or tr("Undo"))
        self.offer.setVisible(offered is not None)
        self.show()
        self._place()
        self._end.start(OFFERED_FOR if offered is not None else SHOWN_FOR)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisibleTo(self.window()):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = self._side.width() - 2 * _EDGE
        self._line.setDirection(QBoxLayout.Direction.TopToBottom)
        self._line.invalidate()
        height = self._line.totalHeightForWidth(width)
        top = self._above.y() - _GAP - height
        if self.foot.parentWidget() is not None and top < self._below.geometry().bottom() + _GAP:
            self._line.setDirection(QBoxLayout.Direction.LeftToRight)
            self.foot.addWidget(self)
        else:
            if self.parentWidget() is not self._side:
                self.foot.removeWidget(self)
                self.setParent(self._side)
            self.setGeometry(_EDGE, top, width, height)
        self.show()
        self.raise_()

    @override
    def setVisible(self, visible: bool) -> None:
        """Where its button was reached by keys, the focus goes back to the page, not on along the sidebar."""
        if not visible:
            leave_focus(self)
        super().setVisible(visible)

    def _take(self) -> None:
        self.hide()
        offered, self._take_back = self._take_back, None
        if offered is not None:
            offered()
