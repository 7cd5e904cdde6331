"""A list that is held whole: searched as one types, sorted by any column, opened with Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentor_app.core.personal.letters import finder
from mentor_app.ui.i18n import tr
from mentor_app.ui.tasks import Tasks
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.forms import search_field
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import Table

if TYPE_CHECKING:
    from _typeshed import SupportsRichComparison

    Key = Callable[["Row"], SupportsRichComparison | None]

Row = TypeVar("Row")


class HasId(Protocol):
    """A record with an id."""

    @property
    def id(self) -> int:
        """What tells it from others of its kind."""


Record = TypeVar("Record", bound=HasId)


def in_order(rows: Iterable[Row], key: Key[Row], descending: bool = False) -> list[Row]:
    """``rows`` sorted by ``key``; those whose key is None, the unknown ones, come last either way."""
    known: list[tuple[SupportsRichComparison, Row]] = []
    unknown: list[Row] = []
    for row in rows:
        value = key(row)
        if value is None:
            unknown.append(row)
        else:
            known.append((value, row))
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [row for _, row in known] + unknown


class SearchList(QWidget, Generic[Record]):
    """Rows with an ``id``, those shown that hold all words searched for; ``order`` says what a column is sorted by where that is not its attribute of the same name."""

    opened = Signal(int)

    def __init__(
        self,
        tasks: Tasks,
        name: str,
        find: str,
        columns: Sequence[ColumnSpec[Record]],
        empty: str,
        sort: str = "",
        descending: bool = False,
        order: Mapping[str, Key[Record]] | None = None,
    ) -> None:
        super().__init__()
        self._rows: list[Record] = []
        self._sort, self._descending, self._order = sort, descending, dict(order or {})
        column = column_in(self)
        self.search = search_field(find)
        self.search.textChanged.connect(lambda _: self._arrange())
        self.model = RowsModel(columns, tasks)
        self.table = Table(self.model, name, sort, descending)
        self.table.sorted.connect(self._sorted)
        self.table.opened.connect(self.opened)
        self.table.reach_from(self.search, at_once=True)
        self._nothing = empty
        self.empty = label(empty, "muted", wrap=True)
        self.empty.hide()  # that nothing is there is said once that is known
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty)

    def show_rows(self, rows: Sequence[Record]) -> None:
        """Show these, in the order chosen."""
        self._rows = list(rows)
        self.table.measure(self._rows)
        self._arrange()

    def row(self, key: int) -> Record | None:
        """The row with this id, shown or not."""
        return next((row for row in self._rows if row.id == key), None)

    def _sorted(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._arrange()

    def _arrange(self) -> None:
        typed, columns = self.search.text(), self.model.columns
        fits = finder(typed)
        rows = [r for r in self._rows if not typed.strip() or fits(" ".join(c.text(r) for c in columns))]
        if self._sort:
            attribute = self._sort
            key = self._order.get(attribute) or (lambda r: getattr(r, attribute))
            rows = in_order(rows, key, self._descending)
        self.model.set_ids([r.id for r in rows], {r.id: r for r in rows})
        self.empty.setText(tr("Nothing is found.") if self._rows else self._nothing)
        self.empty.setVisible(not rows)
