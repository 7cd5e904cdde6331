"""Opportunities: the table of all, and the way in for a CRM's export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.pipeline.rules import STATUS, is_id, shown_key
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import after, timer
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.forms import search_field
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import Table
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from mentor_app.core.pipeline.queries import Opportunity, Widest
    from mentor_app.core.store import Connection


def _day(value: dt.date | None) -> str:
    return value.isoformat() if value else "–"


def _amount(deal: Opportunity, decimals: int) -> str:
    if deal.amount_cents is None:
        return "–"
    return f"{deal.currency or ''} {deal.amount_cents / 100:,.{decimals}f}".strip()


def _read_widest(connection: Connection) -> Widest:
    from mentor_app.core.pipeline.queries import widest

    return widest(connection)


_FIRST = 200
_AT_ONCE = 60


class PipelinePage(Page):
    """Every opportunity, searchable and sortable; only the rows looked at are read."""

    room = "pipeline"
    kinds = frozenset({"people", "pipeline"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Opportunities"))

        self._context = context
        self._sort, self._descending, self._asked = "id", True, 0
        self._have_cents = True
        self.import_button = button(
            tr("Import…"), lambda: context.go(Place("imports", "opportunities")), primary=True, shortcut="Ctrl+I"
        )
        self.header.addWidget(self.import_button)
        self.search = search_field(tr("Search opportunities"))
        self._later = timer(self, 150, self._list)
        self.search.textChanged.connect(lambda _: self._later.start())
        self.body.addWidget(self.search)
        columns: list[ColumnSpec[Opportunity]] = [
            ColumnSpec(
                "key",
                tr("Identity"),
                lambda o: shown_key(o.key),
                width=120,
                whole=True,
                brief=lambda o: shown_key(o.key, beside=(o.account, o.owner)),
                yields=True,
                firm=is_id,
            ),
            ColumnSpec("account", tr("Account"), lambda o: o.account or "", width=170, first=True, cedes=True),
            ColumnSpec("product", tr("Product"), lambda o: o.product or "", width=120, spare=True),
            ColumnSpec("owner", tr("Owner"), lambda o: o.owner, width=150, first=True),
            ColumnSpec("stage", tr("Stage"), lambda o: o.stage or "", width=120, whole=True),
            ColumnSpec("status", tr("Status"), lambda o: tr(STATUS[o.status]), width=80, whole=True),
            ColumnSpec("opened_on", tr("Opened on"), lambda o: _day(o.opened_on), width=112, keep=True, spare=True),
            ColumnSpec("closed_on", tr("Closed on"), lambda o: _day(o.closed_on), width=112, keep=True),
            ColumnSpec(
                "amount",
                tr("Amount"),
                lambda o: _amount(o, 2),
                figure=True,
                width=130,
                keep=True,
                brief=lambda o: _amount(o, 2 if self._have_cents else 0),
            ),
        ]

        def fetch(ids: list[int]) -> dict[int, Opportunity]:
            from mentor_app.core.pipeline.queries import opportunities

            with context.open_store().read() as connection:
                return opportunities(connection, ids)

        def everything() -> Sequence[int]:
            from mentor_app.core.pipeline.queries import opportunity_ids

            with context.open_store().read() as connection:
                return opportunity_ids(connection, *self._shown)

        self._shown = ("", self._sort, self._descending)
        self.model = RowsModel(columns, context.tasks, fetch, everything)
        self.table = Table(self.model, tr("Opportunities"))
        self.table.offer_history("opportunity", context.go)
        self.table.sorted.connect(self._sorted)
        self.table.opened.connect(self._open)
        self.table.reach_from(self.search)
        self.body.addWidget(self.table, 1)
        self.empty = label("", "muted")
        self.empty.hide()
        self.body.addWidget(self.empty)

    @override
    def open(self, place: Place) -> None:
        """Look for the words that ``place.detail`` says."""
        self.search.setText(place.detail)
        self.refresh()

    @override
    def refresh(self) -> None:
        self._list()
        self._context.query(_read_widest, self._measure)

    def _measure(self, widest: Widest) -> None:
        """By all opportunities: the columns stay as wide while one searches and sorts."""
        says_nothing = not any(shown_key(o.key, beside=(o.account, o.owner)) for o in widest.rows)
        repeats = bool(widest.rows) and not widest.have_ids and says_nothing
        self._have_cents = widest.have_cents
        self.table.give_up(frozenset({"key"}) if repeats else frozenset(), frozenset())
        self.table.measure(widest.rows)

    def _list(self) -> None:
        words, sort, descending = self.search.text(), self._sort, self._descending
        self._shown = (words, sort, descending)
        self._asked += 1
        asked = self._asked

        def read(connection: Connection, limit: int | None) -> tuple[Sequence[int], dict[int, Opportunity]]:
            from mentor_app.core.pipeline.queries import opportunities, opportunity_ids

            ids = opportunity_ids(connection, words, sort, descending, limit)
            return ids, {} if limit is None else opportunities(connection, list(ids[:_AT_ONCE]))

        def show(found: tuple[Sequence[int], dict[int, Opportunity]], limit: int | None) -> None:
            ids, rows = found
            whole = limit is None or len(ids) < limit
            if limit is not None or len(ids) != len(self.model.ids):
                self.model.set_ids(ids, rows if limit is not None else self.model.known(ids))  # just read, both
            self.context.setText(plural("{n} opportunity", "{n} opportunities", n=len(ids)) if whole else "…")
            nothing = tr("No opportunities yet. Import your CRM's export: CSV, XLSX, XLS or ODS.")
            self.empty.setText(tr("Nothing is found.") if words else nothing)
            self.empty.setVisible(not len(ids))
            if not whole:  # the first screenful stands; now all of them
                after(250, self, lambda: ask(None))

        def ask(limit: int | None) -> None:
            def arrived(found: tuple[Sequence[int], dict[int, Opportunity]]) -> None:
                if asked == self._asked:
                    show(found, limit)

            self._context.query(lambda connection: read(connection, limit), arrived)

        ask(_FIRST)

    def _open(self, deal_id: int) -> None:
        from mentor_app.ui.pipeline.deal_dialog import DealDialog

        deal = self.model.row(self.table.currentIndex().row())
        if deal is not None and deal.id == deal_id:
            self._context.present(DealDialog(self.window(), self._context, deal, self._said(deal)))

    def _said(self, deal: Opportunity) -> list[tuple[str, str]]:
        """All that is known of a deal: under each heading of the list, and what has no room there."""
        said = [(column.heading, column.text(deal)) for column in self.model.columns]
        said.insert(1, (tr("Name"), deal.name or ""))
        said.append((tr("Person"), deal.person or ""))
        said.append((tr("Expected closing"), _day(deal.expected_on)))
        return [(heading, words) for heading, words in said if words not in ("", "–")]

    def _sorted(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._list()

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        return {"import": lambda: self._context.go(Place("imports", "opportunities"))}


PAGE = PipelinePage
