"""Cards in a list: painted, not built of widgets, so that hundreds scroll as easily as ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mentor_app.ui.i18n import told
from mentor_app.ui.overriding import override
from mentor_app.ui.theme import THEMES
from mentor_app.ui.widgets.painting import one_line, paint_line

if TYPE_CHECKING:
    from mentor_app.core.matching.criteria import Mentor

CARD = Qt.ItemDataRole.UserRole + 1
GAP, PAD = 8, 12
MIME = "application/x-mentor-app-hire"
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, kw_only=True)
class CardLook:
    """What a card says: a title with a badge, lines of notes, a bar (its share and words), whether it is greyed out."""

    title: str
    badge: tuple[str, str] = ("", "plain")
    notes: tuple[str, ...] = ()
    bar: tuple[float, str] | None = None
    quiet: bool = False
    accent: bool = False
    """Whether the last note stands out."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", told(self.title))
        object.__setattr__(self, "notes", tuple(map(told, self.notes)))

    def words(self) -> str:
        """Everything on the card in one text, for a tooltip and for those who can't see it."""
        parts = [self.title, self.badge[0], *self.notes, self.bar[1] if self.bar else ""]
        return "\n".join(part for part in parts if part)


class CardDelegate(QStyledItemDelegate):
    """Paints the ``CardLook`` an item gives for the role CARD; every card is as high as the fullest may be.
    A badge for which there is no room beside the title stands on the last line of the notes."""

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

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        view = self.parent()
        size = view.gridSize() if isinstance(view, QListView) else QSize()
        return size if size.isValid() and not size.isEmpty() else QSize(120, self.height())

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look = index.data(CARD)
        if not isinstance(look, CardLook):
            return
        c = self._colours
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        rect = QRectF(option.rect).adjusted(1, 1, -1 - GAP, -1 - GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(c["accent"] if chosen else c["line"], 2 if focused else 1))
        painter.setBrush(c["tint"] if chosen else c["panel"])
        painter.drawRoundedRect(rect, 8, 8)
        left, right, top = rect.left() + PAD, rect.right() - PAD, rect.top() + PAD
        room = right - left
        metrics = QFontMetrics(self._title)
        last_room, note = room, QFontMetrics(self._note)
        if look.badge[0]:
            above = self._badge_width(look.badge[0]) + 8 + metrics.horizontalAdvance(look.title) <= room
            last = top + metrics.height() + 8 + (self._notes - 1) * (note.height() + 2)
            at, high, most = (top, metrics.height(), room) if above else (last, note.height(), 0.6 * room)
            taken = self._paint_badge(painter, look.badge, right, at, most, high, chosen) + 8
            room, last_room = (room - taken, room) if above else (room, room - taken)
        muted, plain = c["muted"], c["muted"] if look.quiet else c["text"]
        paint_line(painter, look.title, self._title, plain, left, top, room)
        top += metrics.height() + 4
        for at, words in enumerate(look.notes):
            stands_out = look.accent and at == len(look.notes) - 1
            width = last_room if at == self._notes - 1 else right - left
            paint_line(painter, words, self._note, c["accent"] if stands_out else muted, left, top, width)
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
            paint_line(painter, words, self._note, plain, right - width, top + 4, width + 2)
        painter.restore()

    def _badge_width(self, words: str) -> int:
        return QFontMetrics(self._badge).horizontalAdvance(words) + 16

    def _paint_badge(
        self,
        painter: QPainter,
        badge: tuple[str, str],
        right: float,
        top: float,
        most: float,
        height: int,
        chosen: bool,
    ) -> float:
        """Paint a badge at the right edge, ``most`` wide at most; its width."""
        words, state = badge
        words = one_line(words, self._badge, most - 16)
        width = self._badge_width(words)
        back, front = {"plain": ("sidebar", "muted"), "accent": ("tint", "accent")}.get(state, (f"{state}_tint", state))
        area = QRectF(right - width, top + height / 2 - 10, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours["panel" if chosen and back == "tint" else back])
        painter.drawRoundedRect(area, 9, 9)
        painter.setFont(self._badge)
        painter.setPen(self._colours[front])
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), words)
        return width


class Named(Protocol):
    """What can be a card."""

    @property
    def id(self) -> int:
        """What tells it from others."""

    @property
    def name(self) -> str:
        """What it is called."""


Item = TypeVar("Item", bound=Named)


class CardsModel(QAbstractListModel, Generic[Item]):
    """Items with an ``id`` and a ``name``, shown as cards; dragged by their id."""

    def __init__(self, look: Callable[[Item], CardLook], drag: bool) -> None:
        super().__init__()
        self.items: list[Item] = []
        self._look, self._drag = look, drag

    def show(self, items: Sequence[Item]) -> None:
        """Show these, in this order."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def redraw(self) -> None:
        """What the cards say has changed, not which there are."""
        if self.items:
            self.dataChanged.emit(self.index(0), self.index(len(self.items) - 1))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.items)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return told(item.name)
        if role == CARD:
            return self._look(item)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._look(item).words()
        if role == Qt.ItemDataRole.ToolTipRole:
            from html import escape  # a tooltip guesses that a name is HTML

            return f"<p style='white-space:pre-wrap'>{escape(self._look(item).words())}</p>"
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | (Qt.ItemFlag.ItemIsDragEnabled if self._drag else Qt.ItemFlag.ItemIsDropEnabled)

    @override
    def mimeTypes(self) -> list[str]:
        return [MIME]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, str(self.items[indexes[0].row()].id).encode())
        return data


class Cards(QListView, Generic[Item]):
    """A list of cards; Enter and a double click are told apart."""

    entered = Signal()
    doubled = Signal(int)

    def __init__(self, model: CardsModel[Item], theme: str, name: str, notes: int, bar: bool) -> None:
        super().__init__()
        self.cards = model
        self.setObjectName("cards")
        self.setModel(model)
        self.setAccessibleName(name)
        self._delegate = CardDelegate(self, theme, notes, bar)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(lambda index: self.doubled.emit(self.cards.items[index.row()].id))

    def chosen(self) -> Item | None:
        """The item selected."""
        index = self.currentIndex()
        return self.cards.items[index.row()] if index.isValid() and index.row() < len(self.cards.items) else None

    def choose(self, item_id: int | None) -> None:
        """Select the item with this id, or the first."""
        rows = [i for i, item in enumerate(self.cards.items) if item.id == item_id]
        if self.cards.items:
            self.setCurrentIndex(self.cards.index(rows[0] if rows else 0))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class MentorCards(Cards["Mentor"]):
    """Mentors side by side; a hire is dropped on one, unless ``refused(hire id, mentor)`` says why not."""

    dropped = Signal(int, int)
    turned_away = Signal(str)

    def __init__(self, model: CardsModel[Mentor], theme: str, name: str, refused: Callable[[int, Mentor], str]) -> None:
        super().__init__(model, theme, name, 2, True)
        self._refused = refused
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setWrapping(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        room = (
            self.viewport().width() - self.verticalScrollBar().sizeHint().width() - 2
        )  # Qt leaves room for the bar twice
        columns = max(1, room // 196)
        self.setGridSize(QSize(room // columns, self._delegate.height()))
        super().resizeEvent(event)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        hire, mentor = self._meant(event)
        why = self._refused(hire, mentor) if mentor is not None else ""
        if mentor is None or why:
            event.ignore()
        else:
            event.acceptProposedAction()
        self.turned_away.emit(why)  # said beside: a tooltip would come to lie under the pointer, and take the drop

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        hire, mentor = self._meant(event)
        if mentor is not None:
            why = self._refused(hire, mentor)
            self.turned_away.emit(why)
            if not why:
                event.acceptProposedAction()
                self.dropped.emit(hire, mentor.id)
                return
        event.ignore()

    def _meant(self, event: QDropEvent) -> tuple[int, Mentor | None]:
        index = self.indexAt(event.position().toPoint())
        hire = int(bytes(event.mimeData().data(MIME).data()) or b"0")
        return hire, self.cards.items[index.row()] if index.isValid() else None
