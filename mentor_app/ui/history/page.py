"""The history: who did what when, what each value was before and is after; one change can be taken back from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.text import by_user
from mentor_app.ui.context import Context
from mentor_app.ui.doings import in_words
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import (
    ElidedButton,
    ElidedLabel,
    button,
    label,
    on_keys,
    plain_tip,
    set_badge,
    shortened,
)
from mentor_app.ui.widgets.controls import badge as new_badge
from mentor_app.ui.widgets.file_dialogs import ask_save
from mentor_app.ui.widgets.forms import choice, date_field, read_date
from mentor_app.ui.widgets.layouts import as_high_as_needed, column_in
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import Table, plain_table
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    from mentor_app.core.history.lines import Line
    from mentor_app.core.history.reading import Entry
    from mentor_app.core.history.wanted import Wanted
    from mentor_app.core.store import Connection
    from mentor_app.core.text import Text
    from mentor_app.ui.tasks import Task

AT_ONCE = 500
"""Changes listed before one asks for more."""


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What the page shows: who ever did something (users of computers by their names), the record it is about, what was
    done."""

    doers: list[tuple[int | str, str]]
    record: Text | None
    entries: list[Entry]
    more: bool


class HistoryPage(Page):
    """What was done on the left, the newest first; what it changed on the right."""

    room = "history"
    kinds = frozenset(
        {"people", "camp", "logbook", "projects", "pairing", "playbooks", "points", "pipeline", "imports", "me"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(tr("History"))
        self._context = context
        self._record: tuple[str, int] | None = None
        self._entries: dict[int, Entry] = {}
        self._limit, self._shown = AT_ONCE, 0
        self.export = button(tr("Export…"), self._export)
        self.header.addWidget(self.export)
        self.whose = choice([(tr("Everybody"), None)])
        self.whose.setAccessibleName(tr("Who did it"))
        self.kind = choice([(tr("All kinds"), None), *_kinds()])
        self.kind.setAccessibleName(tr("Kind"))
        self.first, self.last = date_field(), date_field()
        self.first.setPlaceholderText(tr("From 2026-01-31"))
        self.last.setPlaceholderText(tr("Until 2026-01-31"))
        self.record = ElidedButton(self._all_records)
        self.record.hide()
        on_keys(self, "Escape", self._leave)
        self._later = timer(self, 300, self.refresh)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        self.whose.setMinimumWidth(120)
        self.whose.setMaximumWidth(180)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.setMinimumWidth(120)
        for box in (self.whose, self.kind):
            box.activated.connect(lambda _: self.refresh())
            filters.addWidget(box)
        for field, name in ((self.first, tr("From")), (self.last, tr("Until"))):
            field.setAccessibleName(name)
            field.setFixedWidth(140)
            field.textChanged.connect(lambda _: self._later.start())
            filters.addWidget(field)
        filters.addWidget(self.record)
        filters.addStretch()
        self.body.addLayout(filters)
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.body.addWidget(self.fault)
        self.body.addWidget(self._list_and_panel(), 1)
        self.older = button(tr("Show older changes"), self._show_older)
        self.older.hide()
        self.body.addWidget(self.older)
        self.empty = label(tr("Nothing was changed here yet."), "muted", wrap=True)
        self.empty.hide()
        self.body.addWidget(self.empty)

    def _list_and_panel(self) -> QWidget:
        columns: list[ColumnSpec[Entry]] = [
            ColumnSpec("at", tr("When"), lambda e: _moment(e.at), width=162, keep=True),
            ColumnSpec("by", tr("Who"), lambda e: e.by, width=150),
            ColumnSpec("title", tr("What"), lambda e: e.title.render(current()), width=250),
            ColumnSpec("about", tr("About"), _about, width=190),
            ColumnSpec("state", tr("State"), _fate, width=110, whole=True),
        ]
        self.model = RowsModel(columns, self._context.tasks)
        self.table = Table(self.model, tr("History"))
        self.table.offer_order(False)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        panel = QWidget()
        column = column_in(panel, 12)
        self.what = ElidedLabel("", "cardtitle")
        self.who = ElidedLabel("", "note")
        self.mark = new_badge("–")
        self.undo = button(tr("Take back"), self._take_back)
        self.stays = label("", "note", wrap=True)
        self.lines: Table[Line] = plain_table(
            self._context.tasks,
            tr("What it changed"),
            [
                ColumnSpec("record", tr("Record"), lambda line: line.record.render(current()), width=140),
                ColumnSpec("field", tr("Value"), lambda line: line.field.render(current()), width=180),
                ColumnSpec("before", tr("Before"), lambda line: _apart(line)[0], width=230),
                ColumnSpec("after", tr("After"), lambda line: _apart(line)[1], width=230),
            ],
        )
        self.lines.opened.connect(lambda _: self._open_line())
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.what)
        words.addWidget(self.who)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(words, 1)
        head.addWidget(self.mark)
        head.addWidget(self.undo)
        column.addWidget(as_high_as_needed(head))
        column.addWidget(self.lines, 1)
        column.addWidget(self.stays)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(panel)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        split.setHandleWidth(16)
        split.setChildrenCollapsible(False)
        panel.setMinimumHeight(220)
        return split

    # -- what is shown

    @override
    def open(self, place: Place) -> None:
        from mentor_app.core.history.wanted import RECORDS

        if place.what in RECORDS and place.id is not None:
            self._record = (place.what, place.id)
            for box in (self.whose, self.kind):
                box.setCurrentIndex(0)
            for field in (self.first, self.last):
                field.clear()
            self._limit = AT_ONCE
            self.refresh()
        self.table.setFocus()

    @override
    def here(self) -> Place:
        return Place("history", *self._record) if self._record is not None else Place("history")

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        return {"record": lambda: self._context.go(Place("history", "person", 1))}

    def _leave(self) -> None:
        """From one record's history back to where it was asked for."""
        if self._record is not None:
            place, self.came_from = self.came_from, None
            self._all_records()
            if place is not None:
                self._context.go(place)

    def _all_records(self) -> None:
        self._record = None
        self.table.setFocus()
        self.refresh()

    def _show_older(self) -> None:
        self._limit *= 4
        self.refresh()

    def _wanted(self) -> Wanted:
        from mentor_app.core.history.wanted import Wanted

        who = self.whose.currentData()
        return Wanted(
            person_id=who if isinstance(who, int) else None,
            user=who if isinstance(who, str) else None,
            record=self._record,
            kind=self.kind.currentData(),
            first_on=read_date(self.first),
            last_on=read_date(self.last),
        )

    @override
    def refresh(self) -> None:
        try:
            wanted = self._wanted()
        except UserError as error:
            self.fault.setText(error.render(current()))
            self.fault.show()
            return
        self.fault.hide()
        limit, actor = self._limit, self._context.actor()

        def read(connection: Connection) -> _Read:
            from mentor_app.core.history.reading import entries, record_name
            from mentor_app.core.history.wanted import doers, users

            found = entries(connection, wanted, actor, limit + 1)
            return _Read(
                doers=[*doers(connection), *((name, by_user(name)) for name in users(connection))],
                record=record_name(connection, *wanted.record) if wanted.record else None,
                entries=found[:limit],
                more=len(found) > limit,
            )

        self._context.query(read, self._show)

    def _show(self, read: _Read) -> None:
        self._list_doers(read.doers)
        self.record.setVisible(read.record is not None)
        if read.record is not None:
            name = read.record.render(current())
            self.record.say(tr("Only: {name}", name=name), "✕")
            self.record.setToolTip(plain_tip(name + "\n" + tr("Show the history of everything") + "  Esc"))
        kept = self._chosen()
        self._entries = {one.id: one for one in read.entries}
        self.model.set_ids([one.id for one in read.entries], self._entries)
        self.older.setVisible(read.more)
        filtered = any(
            (self.whose.currentData(), self.kind.currentData(), self._record, self.first.text(), self.last.text())
        )
        self.empty.setText(tr("Nothing fits these filters.") if filtered else tr("Nothing was changed here yet."))
        self.empty.setVisible(not read.entries)
        n = len(read.entries)
        self.context.setText(tr("{n}+ changes", n=f"{n:,}") if read.more else plural("{n} change", "{n} changes", n=n))
        ids = list(self._entries)
        if ids:
            self.table.choose(ids.index(kept.id) if kept is not None and kept.id in ids else 0)
        self._selected()

    def _list_doers(self, doers: list[tuple[int | str, str]]) -> None:
        chosen, me = self.whose.currentData(), self._context.me
        self.whose.clear()
        self.whose.addItem(tr("Everybody"), None)
        if me is not None:
            self.whose.addItem(tr("Mine"), me.id)
        for key, name in doers:
            if me is None or key != me.id:
                self.whose.addItem(told(name), key)
        self.whose.setCurrentIndex(max(0, self.whose.findData(chosen)))

    def _chosen(self) -> Entry | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0].row()) if rows else None

    def _selected(self) -> None:
        chosen = self._chosen()
        self.undo.setEnabled(chosen is not None and chosen.stands and chosen.stays is None)
        self.undo.setVisible(chosen is not None)
        self.export.setEnabled(bool(self._entries))
        if chosen is None:
            self.what.setText("")
            self.who.setText("")
            self.stays.setText("")
            set_badge(self.mark, "", "plain")
            self.lines.rows.show_all([])
            return
        self.what.setText(shortened(in_words(chosen), 300))
        self.who.setText(f"{chosen.by} · {_moment(chosen.at)}")
        set_badge(self.mark, _fate(chosen), "plain")
        said = chosen.stays if chosen.stays and chosen.stands else None
        self.stays.setText("\n".join(words.render(current()) for words in (chosen.fate, said) if words is not None))
        self.stays.setVisible(bool(self.stays.text()))
        actor, record = self._context.actor(), self._record

        def read(connection: Connection) -> tuple[int, list[Line]]:
            from mentor_app.core.history.lines import lines

            return chosen.id, lines(connection, chosen.ids, actor, record)

        self._context.query(read, self._show_lines)

    def _show_lines(self, read: tuple[int, list[Line]]) -> None:
        chosen = self._chosen()
        if chosen is not None and chosen.id == read[0]:
            self.lines.rows.show_all(read[1])

    # -- what can be done

    def _open_line(self) -> None:
        """Both values whole; the list shows of long ones where they differ."""
        from mentor_app.ui.history.whole_dialog import WholeDialog

        line = self.lines.rows.row(self.lines.currentIndex().row())
        if line is not None:
            heading = f"{line.record.render(current())} · {line.field.render(current())}"
            values = _value(line.before), _value(line.after)
            self._context.present(WholeDialog(self.window(), self._context, heading, *values))

    def _take_back(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.table.setFocus()
            self._context.take_back(chosen.id)

    def _export(self) -> None:
        ask_save(self, tr("Export…"), f"{tr('History')}.xlsx", "XLSX (*.xlsx);;CSV (*.csv)", self.export_to)

    def export_to(self, path: Path) -> None:
        """Write all that fits the filters, value by value."""
        wanted, context, translate, actor = self._wanted(), self._context, current(), self._context.actor()

        def work(task: Task[Path]) -> Path:
            from mentor_app.transfer.history import write_history

            with context.open_store().read() as connection:
                write_history(connection, wanted, path, actor, translate, task.report)
            return path

        context.tasks.run(work).then(lambda written: context.toast(tr("Written to {file}", file=written)))


def _kinds() -> list[tuple[str, str]]:
    from mentor_app.core.history.words import ROOMS

    return [(tr(words), key) for key, words in ROOMS.items()]


def _moment(at: dt.datetime) -> str:
    known = at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)
    return f"{known.astimezone():%Y-%m-%d %H:%M}"


def _about(one: Entry) -> str:
    return current().listed(name.render(current()) for name in one.about)


def _fate(one: Entry) -> str:
    """In a word; by whom and when stands below the list."""
    if one.fate is None:
        return ""
    return tr("taken back") if not one.stands and not one.undoes else tr("done again")


def _apart(line: Line) -> tuple[str, str]:
    from mentor_app.core.history.excerpt import apart

    return apart(_value(line.before), _value(line.after))


def _value(value: Text | str) -> str:
    return value if isinstance(value, str) else value.render(current())


PAGE = HistoryPage
