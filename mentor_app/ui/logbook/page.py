"""The logbook: everything practised, and the list of what waits for my sign-off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter

from mentor_app.core.errors import Gone
from mentor_app.core.logbook.kinds import BRIEF, KINDS, STATES, ActivityState
from mentor_app.core.logbook.rules import EDITABLE
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import Task, timer
from mentor_app.ui.widgets.activity_panel import AT_REST, ActivityPanel
from mentor_app.ui.widgets.column_widths import EDGES
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.file_dialogs import ask_save
from mentor_app.ui.widgets.forms import choice, search_field
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import Table
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.store import Connection

_LIST, _ENTRY, _PLENTY = 516, 236, 340
"""Pixels that the list takes from the entry beside it at most, that the entry keeps in any case, and that it needs for long words."""

_NARROW, _TIGHT = 1000, 1180
"""Pixels of the page below which a column is left out, and below which a kind is said in brief."""
_KIND = 8
"""Characters of a kind that the choice of one shows at least: the room is for the words that are searched."""


class LogbookPage(Page):
    """The list on the left, the chosen entry on the right; the inbox is the same list, oldest first."""

    room = "logbook"
    kinds = frozenset({"logbook", "pairing", "people", "me"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Logbook"))
        self._context = context
        self._sort, self._descending = "held_on", True
        self._keep: int | None = None
        self._looked_for: int | None = None
        self._held: int | None = None
        """The entry shown though it is not listed any more: somebody else has answered it."""
        self._filtered = False
        self._reader = context.me.id if context.me is not None else None
        self.sign_all = button(tr("Sign off selected"), self._sign_selected)
        self.calendar = button(tr("Calendar…"), self._export_calendar)
        self.header.addWidget(self.sign_all)
        self.header.addWidget(self.calendar)
        self.header.addWidget(
            button(tr("Import…"), lambda: context.go(Place("imports", "activities")), shortcut="Ctrl+I")
        )
        self.log = button(tr("Log a session"), lambda: context.go(Place("logbook", "log")), primary=True)
        self.log.setText(tr("Log a session") + "  Ctrl+L")
        self.header.addWidget(self.log)
        self.view = choice([(tr("Entries"), "entries"), (tr("To sign off"), "inbox")])
        self.view.setAccessibleName(tr("View"))
        self.whose = choice([(tr("Everybody"), None), (tr("Mine"), "me")])
        self.whose.setAccessibleName(tr("Whose entries"))
        self.kind = choice([(tr("All kinds"), None), *((tr(k.name), key) for key, k in KINDS.items())])
        self.kind.setAccessibleName(tr("Kind"))
        self.state = choice([(tr("All states"), None), *((tr(words), key) for key, words in STATES.items())])
        self.state.setAccessibleName(tr("State"))
        self.search = search_field(tr("Search the logbook"))
        self._later = timer(self, 150, self._filter)
        self.search.textChanged.connect(lambda _: self._later.start())
        filters = QHBoxLayout()
        filters.setSpacing(8)
        for box in (self.view, self.whose, self.kind, self.state):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self._filter())
            filters.addWidget(box)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(_KIND)
        self.kind.view().setMinimumWidth(self.kind.view().sizeHintForColumn(0) + EDGES)
        filters.addWidget(self.search, 3)
        filters.addStretch()
        self.body.addLayout(filters)
        columns: list[ColumnSpec[Activity]] = [
            ColumnSpec("held_on", tr("Date"), _day, width=104, keep=True),
            ColumnSpec("person", tr("New hire"), lambda a: a.person, width=100, first=True),
            ColumnSpec("subject", tr("About"), lambda a: a.subject, width=140, whole=True, yields=True),
            ColumnSpec(
                "kind",
                tr("Kind"),
                lambda a: tr(KINDS[a.details.kind].name),
                width=185,
                whole=True,
                brief=lambda a: tr(BRIEF[a.details.kind]),
            ),
            ColumnSpec("minutes", tr("Min."), lambda a: str(a.details.minutes or ""), figure=True, width=68, keep=True),
            ColumnSpec("state", tr("State"), lambda a: tr(STATES[a.state]), width=96, keep=True),
        ]

        def fetch(ids: list[int]) -> dict[int, Activity]:
            from mentor_app.core.logbook.queries import activities

            with context.open_store().read() as connection:
                return activities(connection, ids)

        self.model = RowsModel(columns, context.tasks, fetch)
        self.table = Table(self.model, tr("Logbook"), "held_on", descending=True)
        self.table.offer_history("activity", context.go)
        self.table.sorted.connect(self._sorted)
        self.table.opened.connect(self._open)
        self.table.reach_from(self.search)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.model.dataChanged.connect(lambda *_: self._selected())
        self.panel = ActivityPanel(context)
        self.table.needs.connect(self._make_room)
        self.panel.answering.connect(self.table.setFocus)
        self.panel.rests.connect(lambda _: self._selected())
        self.panel.guard(self.sign_all)
        self._split = split = QSplitter()
        self._list_needs = 0
        split.addWidget(self.table)
        split.addWidget(self.panel)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        split.setHandleWidth(8)
        split.setChildrenCollapsible(False)
        self.body.addWidget(split, 1)
        self.empty = label("", "muted", wrap=True)
        self.body.addWidget(self.empty)
        self.sign_all.hide()

    def _make_room(self, pixels: int) -> None:
        """The entry gives way to the list, as far as it can still be read itself."""
        self._list_needs = pixels = min(pixels, _LIST)
        shown, beside = self._split.sizes()
        room = shown + beside
        if shown and (shown < pixels or beside < min(_PLENTY, room - pixels)):
            wanted = max(pixels, room * 5 // 8)
            self._split.setSizes([wanted, max(_ENTRY, room - wanted)])

    def _give_up(self) -> None:
        """In a narrow window what an entry is about is read before the rest, which the entry says as well."""
        narrow, inbox = self.width() < _NARROW, self.view.currentData() == "inbox"
        left_out = {"minutes"} if narrow else set[str]()
        if inbox:
            left_out.add("state")  # of all of them the same
        cut = {"kind"} if self.width() < _TIGHT else set[str]()
        self.table.give_up(frozenset(left_out), frozenset(cut if inbox else cut | {"subject"}))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_up()
        self._make_room(self._list_needs)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room(self._list_needs)  # the window may be of another size than when this was shown last

    @override
    def open(self, place: Place) -> None:
        if place.what == "inbox":
            self.view.setCurrentIndex(self.view.findData("inbox"))
        elif place.what == "mine":
            self.view.setCurrentIndex(0)
            self.whose.setCurrentIndex(self.whose.findData("me"))
        if place.detail:
            self._show_all(place.detail)
        self._keep = place.id
        if place.id is not None:
            self.table.setFocus()
        self.refresh()

    @override
    def here(self) -> Place:
        activity = self.panel.activity
        return Place("logbook", self.view.currentData(), activity.id if activity is not None else None)

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        go = self._context.go
        return {"inbox": lambda: go(Place("logbook", "inbox")), "log": lambda: go(Place("logbook", "log"))}

    @override
    def refresh(self) -> None:
        me, inbox = self._context.me, self.view.currentData() == "inbox"
        self._turn_to(me.id if me is not None else None)
        self.whose.setEnabled(me is not None)
        for box in (self.whose, self.kind, self.state, self.search):
            box.setVisible(not inbox)
        self.calendar.setVisible(not inbox)
        self.table.offer_order(not inbox)
        self._give_up()
        states = (self.state.currentData(),) if self.state.currentData() else ()
        kinds = (self.kind.currentData(),) if self.kind.currentData() else ()
        mine = me.id if me is not None and self.whose.currentData() == "me" else None
        words, sort, descending = self.search.text(), self._sort, self._descending

        kept = self._kept()
        wanted = self._keep

        def read(connection: Connection) -> tuple[list[int], dict[int, Activity], Activity | None]:
            from mentor_app.core.logbook import queries

            if inbox:
                ids = queries.inbox_ids(connection, me.id) if me else []
            else:
                ids = queries.activity_ids(connection, queries.Filter(mine, states, kinds, words), sort, descending)
            chosen = kept if kept in ids else ids[0] if ids else None  # its row is there as soon as the list is
            rows = queries.activities(connection, [chosen]) if chosen is not None else {}
            gone = wanted or kept
            return ids, rows, queries.activities(connection, [gone]).get(gone) if gone and gone not in ids else None

        self._context.query(read, lambda found: self._show(*found, inbox))

    def _turn_to(self, reader: int | None) -> None:
        """Somebody else works here: what was chosen from the list of whoever did before is no entry of theirs, and nobody
        has answered it."""
        if reader == self._reader:
            return
        self._reader, self._filtered, self._held = reader, True, None
        if self.view.currentData() == "inbox" or self.whose.currentData() == "me":
            self.panel.show_activity(None)
            self.model.set_ids([], {})
        else:
            self.panel.show_activity(self.panel.activity)  # what may be done with it is another thing for each

    def _filter(self) -> None:
        """Somebody chose what is listed."""
        self._filtered = True
        self.refresh()

    def _kept(self) -> int | None:
        """The entry that stays chosen when the list is set anew."""
        return self._keep or (self.panel.activity.id if self.panel.activity else None)

    def _show(self, ids: Sequence[int], rows: Mapping[int, Activity], left_out: Activity | None, inbox: bool) -> None:
        kept, wanted, self._keep = self._kept(), self._keep, None
        if wanted is not None and wanted not in ids:
            if left_out is not None and left_out.id == wanted != self._looked_for:
                self._looked_for = wanted
                self._show_all()
                if left_out.state == ActivityState.WITHDRAWN:  # listed only when asked for
                    self.state.setCurrentIndex(self.state.findData(ActivityState.WITHDRAWN))
                self._keep = wanted
                self.refresh()
                return
            self._context.tell_gone(Gone().render(current()))
            kept = None  # nor is another one meant
        self._looked_for = None
        if kept is not None and kept in ids:
            self.panel.forget_answered(kept)
        shown = left_out is not None and left_out.id == kept
        by_others = shown and not self._filtered and kept not in self.panel.answered and not self._is_mine(left_out)
        held, self._filtered = left_out if by_others else None, False
        rows_chosen = [index.row() for index in self.table.selectionModel().selectedRows()]
        row = min(rows_chosen, default=self.table.currentIndex().row())
        self.model.set_ids(ids, rows)
        self.context.setText(
            tr("{n} to sign off", n=len(ids)) if inbox else plural("{n} entry", "{n} entries", n=len(ids))
        )
        self.sign_all.setVisible(inbox and bool(ids))
        if inbox:
            self.empty.setText(
                tr("Nothing waits for you.") if self._context.me else tr("Choose at the lower left who you are.")
            )
        else:
            chosen = any(box.currentIndex() > 0 for box in (self.whose, self.kind, self.state))
            nothing = tr("Nothing is logged yet. Ctrl+L logs a session, from anywhere.")
            self.empty.setText(tr("Nothing is found.") if chosen or self.search.text().strip() else nothing)
        self.empty.setVisible(not len(ids))
        next_one = min(max(0, row), len(ids) - 1) if inbox or kept else -1
        at = ids.index(kept) if kept in ids else next_one if held is None else -1
        if at >= 0:
            self.table.choose(at)
        else:
            self.table.clearSelection()
        before, self._held = self._held, held.id if held is not None else None
        if held is None:
            self._selected()
        else:  # no key is meant for another one: it stays here until one is chosen
            self.panel.show_activity(held)
            if before != held.id:
                self._context.toast(_dealt_with(held, bool(self.panel.feedback.toPlainText().strip())))

    def _is_mine(self, answered: Activity | None) -> bool:
        """Whether whoever works here has answered it, as in a form or by redoing it."""
        me, last = self._context.me, answered.reviews[-1] if answered is not None and answered.reviews else None
        return me is not None and last is not None and last.by_id == me.id

    def _show_all(self, words: str = "") -> None:
        """Leave nothing out of the list, but what does not hold these words."""
        for box in (self.view, self.whose, self.kind, self.state):
            box.setCurrentIndex(0)  # everything; only a choice of somebody's asks anew
        self.search.blockSignals(True)
        self.search.setText(words)
        self.search.blockSignals(False)

    def _sorted(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self.refresh()

    def _chosen(self) -> list[Activity]:
        rows = [self.model.row(index.row()) for index in self.table.selectionModel().selectedRows()]
        return [row for row in rows if row is not None]

    def _selected(self) -> None:
        chosen = self._chosen()
        if not chosen and self._held is not None:
            return
        self.sign_all.setEnabled(bool(chosen) and not self.panel.resting)
        self.sign_all.setToolTip(tr(AT_REST) if self.panel.resting else "")
        if not chosen and self.table.selectionModel().hasSelection():
            return  # being read: the field stays, with the focus and what is typed into it
        self._held = None
        self.panel.show_activity(chosen[0] if chosen else None)

    def _open(self, activity_id: int) -> None:
        chosen = self._chosen()
        if chosen and chosen[0].state in EDITABLE:
            self._context.go(Place("logbook", "change", chosen[0].id))
        else:
            self.panel.feedback.setFocus()

    def _sign_selected(self) -> None:
        from mentor_app.core.logbook.actions import sign_off

        chosen = [a.id for a in self._chosen()]
        self.table.setFocus()
        said, act = plural("{n} entry signed off.", "{n} entries signed off.", n=len(chosen)), self._context.act
        self.panel.give_answer(chosen, lambda each: act(sign_off, chosen, each), said)

    def _export_calendar(self) -> None:
        ask_save(self, tr("Calendar…"), "calendar.ics", "iCalendar (*.ics)", self.export_calendar)

    def export_calendar(self, path: Path) -> None:
        """Write the planned activities shown (mine, or everybody's) as an .ics file."""
        import datetime as dt

        context, me = self._context, self._context.me
        only_mine = self.whose.currentData() == "me" or not context.may("logbook.for_others")
        mine = me.id if me is not None and only_mine else None
        translate = current()

        def work(_task: Task[int]) -> int:
            from mentor_app.core.logbook.queries import Filter, activities, activity_ids
            from mentor_app.transfer.calendar import write_calendar

            with context.open_store().read() as connection:
                ids = activity_ids(connection, Filter(mine, states=(ActivityState.PLANNED,)), descending=False)
                planned = activities(connection, ids)
            return write_calendar(path, [planned[i] for i in ids], dt.datetime.now(dt.UTC), translate)

        context.tasks.run(work).then(
            lambda n: context.toast(
                plural("{n} planned entry written to {file}", "{n} planned entries written to {file}", n=n, file=path)
            )
        )


def _day(activity: Activity) -> str:
    return activity.details.held_on.isoformat() if activity.details.held_on else "–"


def _dealt_with(held: Activity, words: bool) -> str:
    """Say that somebody else has answered an entry, and who."""
    by = (
        held.reviews[-1].by if held.reviews and held.state in (ActivityState.SIGNED_OFF, ActivityState.RETURNED) else ""
    )
    if by:
        told = tr("{name} has answered this entry: {state}.", name=by, state=tr(STATES[held.state]))
    else:
        told = tr("Somebody else has dealt with this entry.")
    return " ".join([told, tr("Your words stay here.")]) if words else told


PAGE = LogbookPage
