"""Cards in a list: painted, not built of widgets, so that hundreds scroll as easily as ten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mentor_app.ui.theme import THEMES

CARD = Qt.ItemDataRole.UserRole + 1
GAP, PAD = 8, 12
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class CardLook:
    """What a card says: a title with a badge, lines of notes, a bar (its share and words), whether it is greyed out."""

    title: str
    badge: tuple[str, str] = ("", "plain")
    notes: tuple[str, ...] = ()
    bar: tuple[float, str] | None = None
    quiet: bool = False
    accent: bool = False
    """Whether the last note stands out."""

    def words(self) -> str:
        """Everything on the card in one text, for a tooltip and for those who can't see it."""
        parts = [self.title, self.badge[0], *self.notes, self.bar[1] if self.bar else ""]
        return "\n".join(part for part in parts if part)


class CardDelegate(QStyledItemDelegate):
    """Paints the ``CardLook`` an item gives for the role CARD; every card is as high as the fullest may be."""

    def __init__(self, parent: QWidget, theme: str, notes: int, bar: bool) -> None:
        super().__init__(parent)
        self._colours = {role: QColor(value) for role, value in THEMES[theme].items()}
        self._notes, self._bar = notes, bar
        self._title, self._note, self._badge = QFont(parent.font()), QFont(parent.font()), QFont(parent.font())
        for font, pixels in ((self._title, 14), (self._note, 12), (self._badge, 12)):
            font.setPixelSize(pixels)
        self._title.setWeight(QFont.Weight.DemiBold)
        self._badge.setWeight(QFont.Weight.DemiBold)

    def height(self) -> int:
        """Height of a card with the gap below it."""
        line = QFontMetrics(self._note).height() + 2
        return 2 * PAD + QFontMetrics(self._title).height() + 4 + self._notes * line + (line + 4) * self._bar + GAP

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        view = self.parent()
        size = view.gridSize() if isinstance(view, QListView) else QSize()
        return size if size.isValid() and not size.isEmpty() else QSize(120, self.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look: Any = index.data(CARD)
        if not isinstance(look, CardLook):
            return
        c = self._colours
        state: Any = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(state & QStyle.StateFlag.State_HasFocus)
        rect = QRectF(option.rect).adjusted(1, 1, -1 - GAP, -1 - GAP)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(c["accent"] if chosen else c["line"], 2 if focused else 1))
        painter.setBrush(c["tint"] if chosen else c["panel"])
        painter.drawRoundedRect(rect, 8, 8)
        left, right, top = rect.left() + PAD, rect.right() - PAD, rect.top() + PAD
        room = right - left
        metrics = QFontMetrics(self._title)
        if look.badge[0]:
            room -= self._paint_badge(painter, look.badge, left, right, top, metrics.height(), chosen) + 8
        muted, plain = c["muted"], c["muted"] if look.quiet else c["text"]
        self._line(painter, look.title, self._title, plain, left, top, room)
        top += metrics.height() + 4
        note = QFontMetrics(self._note)
        for at, words in enumerate(look.notes):
            last = look.accent and at == len(look.notes) - 1
            self._line(painter, words, self._note, c["accent"] if last else muted, left, top, right - left)
            top += note.height() + 2
        if look.bar is not None:
            share, words = look.bar
            width = note.horizontalAdvance(words)
            bar = QRectF(left, top + 4 + note.height() / 2 - 3, right - left - width - 8, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(c["line"])
            painter.drawRoundedRect(bar, 3, 3)
            if share > 0:
                painter.setBrush(muted if look.quiet else c["accent"])
                painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(1.0, share), 6), 3, 3)
            self._line(painter, words, self._note, plain, right - width, top + 4, width + 2)
        painter.restore()

    def _line(
        self, painter: QPainter, words: str, font: QFont, colour: QColor, left: float, top: float, room: float
    ) -> None:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(colour)
        shown = metrics.elidedText(" ".join(words.split()), Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(left, top, room + 1, metrics.height()), int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_badge(
        self,
        painter: QPainter,
        badge: tuple[str, str],
        left: float,
        right: float,
        top: float,
        height: int,
        chosen: bool,
    ) -> float:
        """Paint a badge at the right edge, at most three fifths of the width; its width."""
        words, state = badge
        metrics = QFontMetrics(self._badge)
        most = (right - left) * 0.6
        words = metrics.elidedText(" ".join(words.split()), Qt.TextElideMode.ElideRight, int(most - 16))
        width = metrics.horizontalAdvance(words) + 16
        back, front = {"plain": ("sidebar", "muted"), "accent": ("tint", "accent")}.get(state, (f"{state}_tint", state))
        area = QRectF(right - width, top + height / 2 - 10, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours["panel" if chosen and back == "tint" else back])
        painter.drawRoundedRect(area, 9, 9)
        painter.setFont(self._badge)
        painter.setPen(self._colours[front])
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), words)
        return width
