"""The rows of a table: it knows the ids in order, and reads only the rows that are looked at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from mentor_app.ui.i18n import told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import Task, Tasks
from mentor_app.ui.widgets.controls import plain_tip

Row = TypeVar("Row")
_BLOCK = 100
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class ColumnSpec(Generic[Row]):
    """A column: sort key, heading, text of a row, whether it holds figures, its width in pixels beside the others', whether it
    is only as wide as what stands in it (dates, figures) while others share the room, whether its words, of a few that are
    known (kinds, states), are to be read whole, how they are said in ``brief`` where there is no room for that, whether it
    comes ``first`` (names) where there is more room than is needed, whether it can be spared where there is less (of
    several the last is spared first), whether it ``yields``: it is cut before names are, but for words that are ``firm``, and
    whether, of those that come first, it ``cedes``: others are read whole before it is."""

    key: str
    heading: str
    text: Callable[[Row], str]
    _: KW_ONLY
    figure: bool = False
    width: int = 140
    keep: bool = False
    whole: bool = False
    brief: Callable[[Row], str] | None = None
    first: bool = False
    spare: bool = False
    yields: bool = False
    firm: Callable[[str], bool] | None = None
    cedes: bool = False


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows by id. ``fetch(ids)`` runs off the GUI thread and returns {id: row}; without it all rows are given with their ids.

    Where the model holds only the first ids for a while, ``everything()`` reads all of them for an export.
    """

    def __init__(
        self,
        columns: Sequence[ColumnSpec[Row]],
        tasks: Tasks,
        fetch: Callable[[list[int]], Mapping[int, Row]] = lambda ids: {},
        everything: Callable[[], Sequence[int]] | None = None,
    ) -> None:
        super().__init__()
        self._everything = everything
        self.remark: Callable[[], str] | None = None
        """A line below the rows of an export, read when they are."""
        self.columns, self._tasks, self._fetch = columns, tasks, fetch
        self.cut = frozenset[str]()
        """The keys of columns whose words are said in brief for want of room."""
        self.ids: Sequence[int] = ()
        self._rows: dict[int, Row] = {}
        self._asked: set[int] = set()
        self._generation = 0

    def set_ids(self, ids: Sequence[int], rows: Mapping[int, Row] | None = None) -> None:
        """Show these ids, in this order; ``rows`` where they are known already."""
        self.beginResetModel()
        self.ids, self._rows, self._asked = ids, dict(rows or {}), set()
        self._generation += 1
        self.endResetModel()

    def show_all(self, rows: Sequence[Row]) -> None:
        """Show these rows, numbered from 0: rows that have no ids of their own."""
        self.set_ids(range(len(rows)), dict(enumerate(rows)))

    def shown(self, column: ColumnSpec[Row], row: Row) -> str:
        """What stands in a cell."""
        return told((column.brief if column.brief and column.key in self.cut else column.text)(row))

    def known(self, ids: Sequence[int]) -> dict[int, Row]:
        """The rows already read of those at the head of ``ids``."""
        return {i: self._rows[i] for i in ids[: 2 * _BLOCK] if i in self._rows}

    def read_between(self, first: int, last: int) -> list[Row]:
        """The rows already read from the place ``first`` to ``last``."""
        return [self._rows[i] for i in self.ids[first : last + 1] if i in self._rows]

    def row(self, index: int) -> Row | None:
        """The row at ``index`` if it has been read; otherwise it is being read now."""
        row = self._rows.get(self.ids[index])
        block = index // _BLOCK
        if row is None and block not in self._asked:
            self._asked.add(block)
            ids = list(self.ids[block * _BLOCK : (block + 1) * _BLOCK])
            generation = self._generation
            fetched = self._tasks.run(lambda _task: self._fetch(ids), only_reads=True)
            fetched.then(lambda rows: self._arrived(generation, block, rows))
        return row

    def _arrived(self, generation: int, block: int, rows: Mapping[int, Row]) -> None:
        if generation == self._generation:
            self._rows.update(rows)
            last = min(len(self.ids), (block + 1) * _BLOCK) - 1
            self.dataChanged.emit(self.index(block * _BLOCK, 0), self.index(last, len(self.columns) - 1))

    def export(self, path: Path, title: str) -> None:
        """Write all rows in their order, dates as dates, and nothing where none is; those not read yet are read in blocks."""
        from mentor_app.transfer.files import Cell, Figure, write_list

        shown, known, remark = list(self.ids), dict(self._rows), self.remark

        def cell(column: ColumnSpec[Row], row: Row) -> Cell:
            words = told(column.text(row))
            if words == "–" and (column.keep or column.figure):
                return None
            if column.keep and _DAY.fullmatch(words):
                return dt.date.fromisoformat(words)
            return Figure(words) if column.figure else words

        def rows(task: Task[Path]) -> Iterator[list[Cell]]:
            ids = shown if self._everything is None else list(self._everything())
            for at in range(0, len(ids), 5000):
                task.report(at, len(ids))
                block = ids[at : at + 5000]
                missing = [i for i in block if i not in known]
                read = {**known, **(self._fetch(missing) if missing else {})}
                yield from ([cell(column, read[i]) for column in self.columns] for i in block if i in read)
            if remark is not None:
                yield [remark()]

        def work(task: Task[Path]) -> Path:
            write_list(path, title, [column.heading for column in self.columns], rows(task))
            return path

        self._tasks.run(work).then(lambda written: self._tasks.told.emit(tr("Written to {file}", file=written)))

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.ids)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            row = self.row(index.row())
            shown = role == Qt.ItemDataRole.DisplayRole
            words = "…" if row is None else self.shown(column, row) if shown else told(column.text(row))
            return plain_tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.figure else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return self.columns[section].heading
            if role == Qt.ItemDataRole.TextAlignmentRole:
                figure = self.columns[section].figure
                side = Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None
