"""Finding an answer while typing: the list of hits with what matched, the answer beside it, and whether it helped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.words import marks
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.theme import THEMES
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import ElidedLabel, badge, button, label, set_badge
from mentor_app.ui.widgets.forms import choice, search_field
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.painting import one_line, paint_line
from mentor_app.ui.widgets.views import View

if TYPE_CHECKING:
    from mentor_app.core.playbooks.queries import Hit
    from mentor_app.core.store import Connection

_HIT = Qt.ItemDataRole.UserRole + 2
_Index = QModelIndex | QPersistentModelIndex
_AFTER = 60  # ms after the last key


def show_markdown(view: QTextEdit, source: str) -> None:
    """Markdown shown as it will read; HTML in it stays as typed, and so do pictures: Qt would open whatever file they name."""
    view.document().setMarkdown(
        told(source).replace("![", "!\\["),
        QTextDocument.MarkdownFeature.MarkdownDialectCommonMark | QTextDocument.MarkdownFeature.MarkdownNoHTML,
    )


class Hits(QAbstractListModel):
    """What was found."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: list[Hit] = []

    def show(self, hits: list[Hit]) -> None:
        """Show these."""
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.hits)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        hit = self.hits[index.row()]
        if role == _HIT:
            return hit
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{hit.question}\n{' '.join(hit.answer.split())[:300]}"
        return None


class HitDelegate(QStyledItemDelegate):
    """A question with what matched, the beginning of its answer around the match, author and source."""

    def __init__(self, parent: QWidget, theme: str) -> None:
        super().__init__(parent)
        self.words = ""
        self.colours = {role: QColor(value) for role, value in THEMES[theme].items()}
        self._title, self._note = QFont(parent.font()), QFont(parent.font())
        self._title.setPixelSize(14)
        self._title.setWeight(QFont.Weight.DemiBold)
        self._note.setPixelSize(12)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, 24 + QFontMetrics(self._title).height() + 2 * QFontMetrics(self._note).height() + 8)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        hit: Hit | None = index.data(_HIT)
        if hit is None:
            return
        c = self.colours
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = QRectF(option.rect).adjusted(1, 1, -9, -8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(c["accent"] if chosen else c["line"], 1))
        painter.setBrush(c["tint"] if chosen else c["panel"])
        painter.drawRoundedRect(rect, 8, 8)
        left, top, room = rect.left() + 12, rect.top() + 8, rect.width() - 24
        self._line(painter, hit.question, self._title, c["text"], left, top, room)
        top += QFontMetrics(self._title).height() + 2
        answer = " ".join(hit.answer.replace("*", "").split())
        matches = marks(answer, self.words)
        if matches and matches[0][0] > 40:
            answer = "…" + answer[matches[0][0] - 20 :]
        self._line(painter, answer, self._note, c["muted"], left, top, room)
        top += QFontMetrics(self._note).height() + 2
        about = " · ".join(word for word in (hit.author, hit.playbook, hit.product, hit.industry) if word)
        self._line(painter, about, self._note, c["muted"], left, top, room, plain=True)
        painter.restore()

    def _line(
        self,
        painter: QPainter,
        words: str,
        font: QFont,
        colour: QColor,
        left: float,
        top: float,
        room: float,
        plain: bool = False,
    ) -> None:
        metrics = QFontMetrics(font)
        shown = one_line(words, font, room)
        for start, end in () if plain else marks(shown, self.words):
            x = left + metrics.horizontalAdvance(shown[:start])
            width = metrics.horizontalAdvance(shown[:end]) - metrics.horizontalAdvance(shown[:start])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colours["due_tint"])
            painter.drawRoundedRect(QRectF(x - 1, top, width + 2, metrics.height()), 3, 3)
        paint_line(painter, shown, font, colour, left, top, room)


class SearchView(View):
    """One field, the hits below it, the chosen answer beside them."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Find an answer")
        self._asked = 0
        column = column_in(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.search = search_field(tr("What does the customer say? 价格太高, no budget, competitor…"))
        self.search.setAccessibleName(tr("Find an answer"))
        self.product, self.industry = choice([(tr("All products"), None)]), choice([(tr("All industries"), None)])
        for box, words in ((self.product, tr("All products")), (self.industry, tr("All industries"))):
            box.setAccessibleName(words)
            box.activated.connect(lambda _: self.ask())
        row.addWidget(self.search, 1)
        row.addWidget(self.product)
        row.addWidget(self.industry)
        column.addLayout(row)
        below = QHBoxLayout()
        below.setSpacing(8)
        self.model = Hits()
        self.hits = QListView()
        self.hits.setObjectName("cards")
        self.hits.setModel(self.model)
        self.hits.setAccessibleName(tr("Answers"))
        self._delegate = HitDelegate(self.hits, context.settings.theme)
        self.hits.setItemDelegate(self._delegate)
        self.hits.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.hits.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hits.selectionModel().currentChanged.connect(lambda *_: self._show())
        self.hits.doubleClicked.connect(lambda _: self.open_source())
        left = QVBoxLayout()
        left.addWidget(self.hits, 1)
        self.empty = label("", "muted", wrap=True)
        left.addWidget(self.empty)
        below.addLayout(left, 5)
        below.addWidget(self._build_reader(), 6)
        column.addLayout(below, 1)
        self._later = timer(self, _AFTER, self.ask)
        self.search.textChanged.connect(lambda _: self._later.start())
        self.search.installEventFilter(self)

    def _build_reader(self) -> QWidget:
        self.reader = Card()
        head = QHBoxLayout()
        self.question = ElidedLabel("", "cardtitle")
        self.old = badge("–")
        head.addWidget(self.question, 1)
        head.addWidget(self.old)
        self.reader.body.addLayout(head)
        self.source = ElidedLabel("", "muted")
        self.reader.body.addWidget(self.source)
        self.answer = QTextEdit(readOnly=True)
        self.answer.setAccessibleName(tr("Answer"))
        self.reader.body.addWidget(self.answer, 1)
        row = QHBoxLayout()
        self.helped = button(tr("It helped"), lambda: self._rate(True))
        self.not_helped = button(tr("It did not help"), lambda: self._rate(False))
        self.votes = label("", "note")
        self.to_source = button(tr("Open the playbook"), self.open_source)
        for item in (self.helped, self.not_helped, self.votes):
            row.addWidget(item)
        row.addStretch()
        row.addWidget(self.to_source)
        self.reader.body.addLayout(row)
        return self.reader

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move through the hits while the words are being typed."""
        arrows = (Qt.Key.Key_Down, Qt.Key.Key_Up)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in arrows:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            at = min(max(0, self.hits.currentIndex().row() + step), self.model.rowCount() - 1)
            if at >= 0:
                self.hits.setCurrentIndex(self.model.index(at))
            return True
        return super().eventFilter(watched, event)

    @override
    def reload(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

        def read(connection: Connection) -> tuple[list[str], list[str]]:
            from mentor_app.core.playbooks.queries import tracks

            return tracks(connection)

        self._context.query(read, self._tracks)
        self.ask()

    def _tracks(self, tracks: tuple[Sequence[str], Sequence[str]]) -> None:
        for box, words in zip((self.product, self.industry), tracks, strict=True):
            kept, first = box.currentData(), box.itemText(0)
            box.clear()
            box.addItem(first, None)
            for word in words:
                box.addItem(told(word), word)
            box.setCurrentIndex(max(0, box.findData(kept)) if kept else 0)

    def ask(self) -> None:
        """Look for what is typed now."""
        self._asked += 1
        asked, words, today = self._asked, self.search.text(), self._context.today()
        product, industry = self.product.currentData(), self.industry.currentData()
        if not words.strip():
            self._found(asked, words, [])
            return

        def read(connection: Connection) -> list[Hit]:
            from mentor_app.core.playbooks.queries import find

            return find(connection, words, today, 50, product, industry)

        self._context.query(read, lambda hits: self._found(asked, words, hits))

    def _found(self, asked: int, words: str, hits: list[Hit]) -> None:
        if asked != self._asked:
            return
        kept = self._chosen()
        self._delegate.words = words
        self.model.show(hits)
        self.note = plural("{n} answer", "{n} answers", n=len(hits)) if words.strip() else ""
        self.empty.setText(
            ""
            if hits
            else tr("Nothing approved says this yet.")
            if words.strip()
            else tr("Type what the customer says.")
        )
        self.empty.setVisible(not hits)
        self.hits.setVisible(bool(hits))
        rows = [i for i, hit in enumerate(hits) if kept is not None and hit.id == kept.id]
        if hits:
            self.hits.setCurrentIndex(self.model.index(rows[0] if rows else 0))
        self._show()
        self.headed.emit()

    def _chosen(self) -> Hit | None:
        index = self.hits.currentIndex()
        return self.model.hits[index.row()] if index.isValid() and index.row() < len(self.model.hits) else None

    def _show(self) -> None:
        hit = self._chosen()
        self.reader.setVisible(hit is not None)
        if hit is None:
            return
        self.question.setText(hit.question)
        set_badge(self.old, tr("out of date") if hit.outdated else "", "due")
        self.source.setText(f"{hit.author} · {hit.playbook} · {tr('Version {n}', n=hit.version)}")
        show_markdown(self.answer, hit.answer)
        shown = self.answer.toPlainText()
        selections = []
        for start, end in marks(shown, self._delegate.words):
            selection = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            look.setBackground(self._delegate.colours["due_tint"])
            cursor = QTextCursor(self.answer.document())
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            selection.format, selection.cursor = look, cursor
            selections.append(selection)
        self.answer.setExtraSelections(selections)
        self.votes.setText(
            tr("helped {yes}, did not help {no}", yes=hit.helped, no=hit.not_helped)
            if hit.helped or hit.not_helped
            else ""
        )
        known = self._context.me is not None
        self.helped.setEnabled(known)
        self.not_helped.setEnabled(known)

    def _rate(self, helpful: bool) -> None:
        from mentor_app.core.playbooks.actions import rate

        hit = self._chosen()
        if hit is not None:
            self._context.act(rate, hit.id, helpful).then(
                lambda _: self._context.toast(tr("Thank you. The author sees it."))
            )

    def open_source(self) -> None:
        """The playbook the answer stands in."""
        hit = self._chosen()
        if hit is not None:
            self._context.go(Place("playbooks", "book", hit.playbook_id))
