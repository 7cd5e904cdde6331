"""Arranging widgets: areas that scroll, rows as high as they need."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mentor_app.ui.overriding import override

FRAME = QSize(16, 48)
"""Room for what the desktop puts around a window: it is known only once the window is up."""

Box = TypeVar("Box", bound=QBoxLayout)


def column_in(widget: QWidget, spacing: int = 16) -> QVBoxLayout:
    """A column that fills ``widget`` to its edges, with gaps of ``spacing`` pixels."""
    return _filling(QVBoxLayout(widget), spacing)


def row_in(widget: QWidget, spacing: int = 16) -> QHBoxLayout:
    """A row that fills ``widget`` to its edges, with gaps of ``spacing`` pixels."""
    return _filling(QHBoxLayout(widget), spacing)


def _filling(layout: Box, spacing: int) -> Box:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def as_high_as_needed(layout: QLayout) -> QWidget:
    """``layout`` in a widget that takes no more height than it needs, whatever is left below."""
    holder = _AsHigh()
    layout.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(layout)
    return holder


class _AsHigh(QWidget):
    """Also where its words need more lines, being narrow."""

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        layout = self.layout()
        if layout is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            wraps = layout.hasHeightForWidth()
            height = layout.totalHeightForWidth(self.width()) if wraps else layout.totalSizeHint().height()
            if height != self.maximumHeight():
                self.setMaximumHeight(height)
        return done


def lay_out_around(widget: QWidget) -> None:
    """Lay out everything ``widget`` lies in anew, at once: it needs another size, and the layouts' own requests go from
    one to the next outer one by events, with pictures of half-made pages in between."""
    parent = widget.parentWidget()
    while parent is not None:
        layout = parent.layout()
        if layout is not None:
            layout.activate()
        parent = parent.parentWidget()


def clear(layout: QLayout) -> None:
    """Take everything out of a layout: its widgets go, its inner layouts are cleared likewise."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def scrolling(widget: QWidget) -> QScrollArea:
    """``widget`` in an area that scrolls, without a frame."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(widget)
    return area


def show_in_scroll_area(widget: QWidget) -> None:
    """Scroll whatever area a widget lies in so that it is seen."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


class Fitting(QScrollArea):
    """As high as what is in it at this ``width`` or more, and to be scrolled where there is less room than that."""

    def __init__(self, content: QWidget | QLayout, width: int) -> None:
        super().__init__()
        self._width, self._wanted = width, QSize()
        self._holder = _AtLeast()
        self._holder.setObjectName("content")
        self._column = column_in(self._holder, 0)
        if isinstance(content, QWidget):
            self._column.addWidget(content)
        else:
            self._column.addLayout(content)
        self.setWidget(self._holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click between two fields leaves the focus where one types
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def settle(self) -> bool:
        """What was put in or taken out counts now, before its events are delivered; whether it is of another size."""
        self._column.activate()
        before, self._wanted = self._wanted, self.sizeHint()
        if before == self._wanted:
            return False
        self.updateGeometry()
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:  # an area that scrolls keeps from its dialog that more came in
            self.updateGeometry()
        return done

    def needed(self, width: int) -> int:
        """The height below which it is scrolled."""
        return self._holder.heightForWidth(width)

    @override
    def sizeHint(self) -> QSize:
        wanted = self._column.sizeHint()
        width = max(self._width, wanted.width())
        return QSize(width, max(self._column.totalHeightForWidth(width), wanted.height()))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._column.minimumSize().width(), min(self._column.minimumSize().height(), _SEEN))


_SEEN = 120
"""Pixels that are seen at least of what scrolls."""


class _AtLeast(QWidget):
    """What lies in an area that scrolls, as low as it can be: what scrolls itself in there need not be seen whole."""

    @override
    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return max(layout.totalMinimumHeightForWidth(width), layout.totalMinimumSize().height()) if layout else -1


class Pages(QStackedWidget):
    """Pages of which one is shown, and whose lists scroll: none asks for the height of all that could stand on it."""

    @override
    def hasHeightForWidth(self) -> bool:
        return False
