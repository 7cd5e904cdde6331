"""Arranging widgets: areas that scroll, rows as high as they need."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QLayout,
    QScrollArea,
    QSizePolicy,
    QWidget,
)


def as_high_as_needed(layout: QLayout) -> QWidget:
    """``layout`` in a widget that takes no more height than it needs, whatever is left below."""
    made = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    made.setLayout(layout)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return made


def scrolling(widget: QWidget) -> QScrollArea:
    """``widget`` in an area that scrolls, without a frame."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(widget)
    return area
