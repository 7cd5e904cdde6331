"""Arranging widgets: areas that scroll, rows as high as they need."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

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
    holder = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(layout)
    holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return holder


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
