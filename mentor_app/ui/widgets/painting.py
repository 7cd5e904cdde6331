"""Painting text by hand, where building widgets would be too slow or too coarse."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from mentor_app.ui.i18n import told


def one_line(words: str, font: QFont, room: float) -> str:
    """``words`` on one line, cut with an ellipsis to fit into ``room`` pixels."""
    return QFontMetrics(font).elidedText(" ".join(told(words).split()), Qt.TextElideMode.ElideRight, int(room))


def paint_line(
    painter: QPainter, words: str, font: QFont, colour: QColor, left: float, top: float, room: float
) -> None:
    """Paint ``words`` on one line from (``left``, ``top``) on, cut to ``room`` pixels."""
    painter.setFont(font)
    painter.setPen(colour)
    area = QRectF(left, top, room + 1, QFontMetrics(font).height())
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), one_line(words, font, room))
