"""A table over any number of rows: how it is sorted, opened, copied, exported, and how its columns share the room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView

from mentor_app.ui.i18n import told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import Tasks
from mentor_app.ui.widgets.column_widths import Wish, bold, headed, longest, most, needed, shared_out
from mentor_app.ui.widgets.controls import on_keys
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel

Row = TypeVar("Row")
_MOST_CHOSEN = 100
"""So many rows are chosen again when the list is read anew."""
_EXPORT = QKeySequence("Ctrl+Shift+E")
_MEASURED = 200
"""So many rows say how much room names need; figures, dates and states are read whole in every row."""


class _Headings(QHeaderView):
    """Draws the arrow of the order into the edge of its heading: Qt's would lie on the words of those that stand at the right."""

    shows_order = True

    @override
    def paintSection(self, painter: QPainter, rect: QRect, at: int) -> None:
        painter.save()
        super().paintSection(painter, rect, at)
        painter.restore()
        if not self.shows_order or at != self.sortIndicatorSection():
            return
        middle, up = rect.center().y(), -1 if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else 1
        ends = [(rect.right() - 8, -up), (rect.right() - 5, 2 * up), (rect.right() - 2, -up)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1.5))
        painter.drawPolyline([QPointF(x, middle + y) for x, y in ends])
        painter.restore()


class Table(QTableView, Generic[Row]):
    """The view: sorting asks the page, Enter opens, Ctrl+C copies the selected rows as shown."""

    opened = Signal(int)
    sorted = Signal(str, bool)
    needs = Signal(int)
    """The pixels in which every column can be read have changed."""

    def __init__(
        self, model: RowsModel[Row], name: str, sort: str = "", descending: bool = False, *, sortable: bool = True
    ) -> None:
        super().__init__()
        self.rows = model
        self._selected: set[int] = set()
        self._current: tuple[int, int] | None = None
        self._scrolled = 0
        self._search: QLineEdit | None = None
        self._searched = ""
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)  # rows are gone through with the arrows; Tab leaves the table
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(36)
        self._headings = header = _Headings(Qt.Orientation.Horizontal)
        self.setHorizontalHeader(header)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setFont(bold(self))  # by which it is seen whether a heading has to be shortened
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._measured_by: Sequence[Row] | None = None
        self._forget_widths()
        self._left_out = self._cut = frozenset[str]()
        keys = [column.key for column in model.columns]
        self.offer_order(sortable)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(keys.index(sort) if sort else -1, order)
        model.modelAboutToBeReset.connect(self._note_place)
        model.modelReset.connect(self._find_place)
        model.modelReset.connect(self._measure)
        model.dataChanged.connect(self._measure)
        self._fitted = True
        self._measure()
        header.sectionResized.connect(self._resized)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction(tr("Copy"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        export = QAction(f"{tr('Export this list…')}\tCtrl+Shift+E", self)  # a key of the window, wherever the focus is
        export.triggered.connect(self.export)
        self.addActions([copy, export])
        header.sortIndicatorChanged.connect(
            lambda at, order: self.sorted.emit(keys[at], order == Qt.SortOrder.DescendingOrder) if at >= 0 else None
        )
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.ids[index.row()]))
        for keys_pressed in ("Return", "Enter"):
            on_keys(self, keys_pressed, self._open, Qt.ShortcutContext.WidgetShortcut)

    def offer_order(self, can: bool) -> None:
        """Whether a click on a heading sorts the rows; where not, they stand in an order of their own, and no arrow is shown."""
        self.horizontalHeader().setSectionsClickable(can)
        self._headings.shows_order = can
        self._headings.viewport().update()

    def wrap(self) -> None:
        """A row is as high as its words need, for lists of sentences."""
        self.setWordWrap(True)
        self.verticalHeader().setMinimumSectionSize(36)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def give_up(self, left_out: frozenset[str], cut: frozenset[str]) -> None:
        """For want of room some columns are not shown, and of some the words are cut that are read whole elsewhere."""
        if (left_out, cut) == (self._left_out, self._cut):
            return
        self._left_out, self._cut = left_out, cut
        self._forget_widths()
        if self._measured_by is not None:
            self.measure(self._measured_by)
        self._measure()

    def _forget_widths(self) -> None:
        """The pixels each column needs, all its words or those in brief, wants for its names, would fill, and keeps."""
        self._least, self._briefly, self._wanted, self._full, self._firm = (
            [0] * len(self.rows.columns) for _ in range(5)
        )

    def offer_history(self, kind: str, go: Callable[[Place], object]) -> None:
        """In the menu of a row, and with Ctrl+H: the history of the record it shows, which is one of this kind."""

        self.offer(tr("History…"), lambda record_id: go(Place("history", kind, record_id)), "Ctrl+H")

    def offer(self, words: str, work: Callable[[int], object], shortcut: str = "") -> QAction:
        """In the menu of a row, and with a shortcut: ``work`` is called with the id of the record it shows."""

        def act() -> None:
            if self.currentIndex().isValid():
                work(self.rows.ids[self.currentIndex().row()])

        action = QAction(words, self)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(act)
        self.addAction(action)
        return action

    def reach_from(self, search: QLineEdit, at_once: bool = False) -> None:
        """Down goes from the field to the list; where rows are found ``at_once``, Enter opens the first one from there."""

        def go() -> None:
            if len(self.rows.ids) and not self.selectionModel().hasSelection():
                self.choose(0)
            self.setFocus()

        def enter() -> None:
            if search.text().strip() and len(self.rows.ids):
                go()
                self._open()

        self._search = search
        on_keys(search, "Down", go, Qt.ShortcutContext.WidgetShortcut)
        if at_once:
            search.returnPressed.connect(enter)

    def choose(self, row: int) -> None:
        """Select this row alone, whatever keys are held: Ctrl still is when what Ctrl+Z did is shown."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows.index(row, 0), flags.ClearAndSelect | flags.Rows)

    def _note_place(self) -> None:
        """Which rows are selected, which is the current one, and how far down one has read: by their ids, for rows come and go."""
        ids, at = self.rows.ids, self.currentIndex()
        chosen = self.selectionModel().selectedRows()
        if not chosen and not at.isValid():
            return  # what was selected may be among what is still being read
        self._selected = {ids[index.row()] for index in chosen if index.row() < len(ids)}
        self._current = (ids[at.row()], at.column()) if at.isValid() and at.row() < len(ids) else None
        self._scrolled = self.verticalScrollBar().value()

    def _find_place(self) -> None:
        """Read anew, or in another order: the same records are selected where they are shown still."""
        model, chosen = self.selectionModel(), QItemSelection()
        for key in self._selected if len(self._selected) <= _MOST_CHOSEN else ():
            row = self._row_of(key)
            if row is not None:
                chosen.select(self.rows.index(row, 0), self.rows.index(row, 0))
        row = None if self._current is None else self._row_of(self._current[0])
        if self._current is not None and row is not None:
            current = self.rows.index(row, self._current[1])
            model.setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.verticalScrollBar().setValue(self._scrolled)
        if not chosen.isEmpty():
            rows = QItemSelectionModel.SelectionFlag.Rows
            model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect | rows)
        words = self._search.text() if self._search is not None else ""
        if words != self._searched:  # of what is found the first is seen
            self._searched, self._scrolled = words, 0
            self.scrollToTop()

    def _row_of(self, key: int) -> int | None:
        try:
            return self.rows.ids.index(key)
        except ValueError:
            return None

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out by the columns' wishes, until the user sets a width."""
        super().resizeEvent(event)
        self._fit()

    def measure(self, rows: Sequence[Row]) -> None:
        """Measure the columns by ``rows``, not by those that are shown: their widths stay while one sorts and searches."""
        self._measured_by = rows
        self._use(*self._taken_in(rows[:_MEASURED], rows, [[0] * len(self.rows.columns) for _ in range(5)]))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """In a form the keys to export are the list's own."""
        if QKeySequence(event.keyCombination()) == _EXPORT:
            self.export()
        else:
            super().keyPressEvent(event)

    def _measure(self, first: QModelIndex | None = None, last: QModelIndex | None = None) -> None:
        """What the columns need for the rows that came; a list that is shortened lets them be as they are."""
        known = [*self.rows.known(self.rows.ids).values()]
        if first is not None and last is not None:  # further rows of many
            known += self.rows.read_between(first.row(), last.row())
        widths = [[*these] for these in (self._least, self._briefly, self._wanted, self._full, self._firm)]
        self._use(*self._taken_in(known[:_MEASURED] if self._measured_by is None else (), known, widths))

    def _taken_in(self, some: Sequence[Row], rows: Sequence[Row], widths: list[list[int]]) -> list[list[int]]:
        """``widths``, and more where ``some`` rows need it; what is read whole is so in all ``rows``."""
        cells = self.fontMetrics()
        least, briefly, wanted, full, firm = widths
        for at, column in enumerate(self.rows.columns):
            if column.key in self._left_out:
                continue
            whole = column.keep or (column.whole and (column.key not in self._cut or column.brief is not None))
            heading = headed(self, column.heading)
            words = [told(column.text(row)) for row in (rows if _is_read_whole(column) else some)]
            said = longest(words) if column.keep else set(words)
            all_of_it = {one: needed(cells, one, True) for one in said}
            if whole:
                least[at] = max(least[at], heading, *all_of_it.values())
            else:
                least[at] = max(least[at], heading, most(needed(cells, one, False) for one in words))
                full[at] = max(full[at], most(all_of_it[one] for one in words))
            shortened = rows if _is_read_whole(column) else some
            brief = (
                {least[at]} if column.brief is None else {needed(cells, column.brief(row), True) for row in shortened}
            )
            briefly[at] = max(briefly[at], heading, *brief)
            if column.firm is not None:
                kept = {
                    needed(cells, one, True) for one in {told(column.text(row)) for row in rows} if column.firm(one)
                }
                firm[at] = max(firm[at], *kept, 0)
                least[at], briefly[at] = max(least[at], firm[at]), max(briefly[at], firm[at])
            if column.first:
                wanted[at] = max(wanted[at], *all_of_it.values(), 0)
        return widths

    def _use(self, *widths: list[int]) -> None:
        if widths != (self._least, self._briefly, self._wanted, self._full, self._firm):
            self._least, self._briefly, self._wanted, self._full, self._firm = widths
            narrowest = (self._briefly if column.key in self._cut else self._least for column in self.rows.columns)
            needs = sum(widths[at] for at, widths in enumerate(narrowest))
            self.needs.emit(needs + self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth())
            self._fit()

    def _fit(self) -> None:
        header, room = self.horizontalHeader(), self.viewport().width()
        specs = self.rows.columns
        shown = [at for at, column in enumerate(specs) if column.key not in self._left_out]
        self.rows.cut = self._cut
        if self._asked_for(shown) > room:
            self.rows.cut = self._cut | {column.key for column in specs if column.brief is not None}
        for at in [at for at in reversed(shown) if specs[at].spare]:
            if self._asked_for(shown) > room:
                shown.remove(at)
        for at in range(header.count()):
            header.setSectionHidden(at, at not in shown)
        if self._fitted:
            wanted = shared_out(room, [self._wish(at) for at in shown])
            header.blockSignals(True)
            for at, width in zip(shown, wanted, strict=True):
                header.resizeSection(at, width)
            header.blockSignals(False)
            # A bar for rows narrows the columns; Qt decided on a bar for columns by the widths of before, and keeps it.
            self._scroll_sideways(sum(wanted) > room)
            self.viewport().update()
            header.viewport().update()
            if self.wordWrap():
                self.resizeRowsToContents()
            if self.viewport().width() < room:  # a bar for rows came meanwhile
                self._fit()

    def _asked_for(self, shown: Sequence[int]) -> int:
        """The pixels these columns need together, with the names whole."""
        return sum(self._wish(at).first for at in shown)

    def _needs(self, at: int) -> int:
        return (self._briefly if self.rows.columns[at].key in self.rows.cut else self._least)[at]

    def _wish(self, at: int) -> Wish:
        column = self.rows.columns[at]
        heading = headed(self, column.heading)
        return Wish(
            share=column.width,
            least=self._needs(at),
            keep=column.keep,
            whole=self._is_whole(column),
            heading=heading,
            wants=self._wanted[at],
            full=self._full[at],
            yields=column.yields,
            firm=self._firm[at],
            cedes=column.cedes,
        )

    def _is_whole(self, column: ColumnSpec[Row]) -> bool:
        return column.whole and (column.key not in self.rows.cut or column.brief is not None)

    def _resized(self, _at: int, _old: int, _new: int) -> None:
        dragged = self.horizontalHeader().underMouse() and QGuiApplication.mouseButtons()
        if self._fitted and dragged:  # and not just the last column's share, with the mouse resting on the heading
            self._fitted = False
            self._scroll_sideways(True)

    def _scroll_sideways(self, can: bool) -> None:
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAsNeeded if can else policy.ScrollBarAlwaysOff)

    def _open(self) -> None:
        if self.currentIndex().isValid():
            self.opened.emit(self.rows.ids[self.currentIndex().row()])

    def copy(self) -> None:
        """The selected rows, with the heading, as a spreadsheet takes them."""
        rows = [self.rows.row(index.row()) for index in self.selectionModel().selectedRows()]
        lines = ["\t".join(column.heading for column in self.rows.columns)]
        lines += [
            "\t".join(c.text(row).replace("\t", " ").replace("\n", " ") for c in self.rows.columns)
            for row in rows
            if row is not None
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def export(self) -> None:
        """The whole list in the order shown, as a workbook or CSV file: also the columns that there is no room for."""
        from mentor_app.ui.widgets.file_dialogs import ask_save

        name = f"{self.accessibleName()}.xlsx"
        ask_save(self, tr("Export this list…"), name, "XLSX (*.xlsx);;CSV (*.csv)", self.export_to)

    def export_to(self, path: Path) -> None:
        """Write every row, in the order shown, off the GUI thread."""
        self.rows.export(path, self.accessibleName())


def _is_read_whole(column: ColumnSpec[Row]) -> bool:
    """Whether none of its rows may be cut: figures, dates, states."""
    return column.keep or (column.whole and not column.yields)


def plain_table(tasks: Tasks, name: str, columns: Sequence[ColumnSpec[Row]]) -> Table[Row]:
    """A table shown in the order it is given."""
    return Table(RowsModel(columns, tasks), name, sortable=False)
