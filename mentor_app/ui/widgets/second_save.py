"""Whoever saves second: what both have changed stands side by side, and is chosen field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from mentor_app.core.errors import ChangedMeanwhile, Stored, UserError
from mentor_app.core.merging import both_lists, both_texts, merge
from mentor_app.core.text import N_
from mentor_app.ui import registry
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label, labelled, shortened
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.forms import BadField, fields_of, is_list, said_in
from mentor_app.ui.widgets.layouts import scrolling

if TYPE_CHECKING:
    from typing import TypeAlias

Key: TypeAlias = "tuple[str] | tuple[str, int, int]"
"""A field by its name, or one cell of a table."""
_SHOWN = 600
"""How many characters of a text are shown; it is saved whole."""


@dataclass(frozen=True, kw_only=True)
class Contested:
    """A field both have changed: mine and theirs as they are read, and the values of both, or of both in one (None: they
    can't be)."""

    heading: str
    mine: str
    theirs: str
    written: Stored
    values: tuple[Json | None, Json | None, str | None]


def meet(dialog: Dialog, error: ChangedMeanwhile) -> None:
    """Read the record of ``dialog`` again, put both together, and ask about what both have changed. Until that is saved the
    form stays as it is."""
    place, window, context, caught = dialog.place, dialog.parentWidget(), dialog.context, False
    opener = registry.dialog(place) if place is not None else None
    if opener is None or place is None or window is None:
        return

    def arrived(fresh: QDialog) -> None:
        nonlocal caught
        if caught:
            context.present(fresh)
            return
        caught = True
        if isValid(dialog) and dialog.isVisible() and isinstance(fresh, type(dialog)) and fresh.stored:
            _put_together(dialog, fresh, error)
        else:
            fresh.deleteLater()

    opener(window, replace(context, present=arrived), place)


def _put_together(dialog: Dialog, fresh: Dialog, error: ChangedMeanwhile) -> None:
    base, mine, stored = _cells(dialog.before(), dialog.says(), fresh.before())
    made = merge(base, mine, stored)
    brought = ", ".join(dict.fromkeys(_heading(fresh, key) for key in made.brought))
    name = error.by or tr("Somebody else")
    told = tr("{name} has changed this meanwhile, and it stands, too: {fields}", name=name, fields=brought)
    told = told if brought else ""
    if not made.contested:
        fresh.go_on_from(dialog, _tables(made.values), told)
        return
    fields = {
        key: Contested(
            heading=_heading(dialog, key),
            mine=_words(dialog, key, mine.get(key)),
            theirs=_words(fresh, key, stored.get(key)),
            written=_written(dialog, key, error),
            values=(mine.get(key), stored.get(key), _both(dialog, key, base.get(key), mine.get(key), stored.get(key))),
        )
        for key in made.contested
    }
    asking = SecondSave(dialog, dialog.context, fields, name, told)
    asking.accepted.connect(lambda: fresh.go_on_from(dialog, _tables({**made.values, **asking.chosen()}), told))
    asking.rejected.connect(fresh.deleteLater)
    asking.rejected.connect(lambda: dialog.failed(UserError(_NOT_YET, name=name)))
    dialog.meeting = asking
    asking.open()


_NOT_YET = N_("Not saved yet: your words stand here. Save again to choose between them and those of {name}.")


class SecondSave(Dialog):
    """Mine and theirs, field by field; both of a text. *Esc* goes back to the form, with all that was typed."""

    def __init__(
        self, parent: QWidget, context: Context, fields: Mapping[Key, Contested], name: str, told: str = ""
    ) -> None:
        super().__init__(parent, context, tr("Changed by two"), tr("Save what is chosen"), None, 560)
        self.cancel.setText(tr("Back to the form"))
        self._fields = fields
        self._groups: dict[Key, QButtonGroup] = {}
        holder = QWidget()
        holder.setObjectName("content")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for key, field in fields.items():
            column.addWidget(label(shortened(field.heading, 120), "cardtitle", wrap=True))
            self._groups[key] = self._choice(column, field, name)
        column.addStretch()
        content = QVBoxLayout()
        content.setSpacing(12)
        words = tr("{name} has saved this while you were changing it. Choose what is to stand.", name=name)
        content.addWidget(label(words, wrap=True))
        content.addWidget(scrolling(holder), 1)
        if told:
            content.addWidget(label(told, "note", wrap=True))
        self.set_content(content)
        self.resize(
            self.width(), min(140 + holder.sizeHint().height() + 100, self.screen().availableSize().height() - 80)
        )

    @staticmethod
    def _choice(column: QVBoxLayout, field: Contested, name: str) -> QButtonGroup:
        group = QButtonGroup(column)
        at = field.written.at
        by = told(field.written.by or name)
        theirs = f"{by} · {at.astimezone():%Y-%m-%d %H:%M}" if at is not None else by
        options = [(tr("Mine"), field.mine), (theirs, field.theirs)]
        if field.values[2] is not None:
            options.append((tr("Both"), field.values[2]))
        for number, (whose, words) in enumerate(options):
            option = QRadioButton(shortened(whose, 80).replace("&", "&&"))
            option.setAccessibleName(labelled(field.heading, labelled(whose, shortened(words, _SHOWN))))
            option.setChecked(number == 2)  # of two texts no word is lost where nobody says so
            group.addButton(option, number)
            column.addWidget(option)
            shown = label(shortened(words, _SHOWN) or "–", wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setContentsMargins(26, 0, 0, 8)
            column.addWidget(shown)
        return group

    def chosen(self) -> dict[Key, Json | None]:
        """What is to stand in each field."""
        return {key: self._fields[key].values[group.checkedId()] for key, group in self._groups.items()}

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """The first choice has the focus: nothing is saved by a second Enter."""
        super().showEvent(event)
        next(iter(self._groups.values())).buttons()[0].setFocus()

    @override
    def work(self) -> None:
        for key, group in self._groups.items():
            if group.checkedId() < 0:
                first = group.buttons()[0]
                raise BadField(first, "Choose what is to stand in {field}.", field=self._fields[key].heading)
        self.accept()


# -- fields, and the cells of a table


def _cells(*forms: Mapping[str, Json]) -> list[dict[Key, Json]]:
    """The fields of each form by key: a table of the same rows in all of them cell by cell."""
    found: list[dict[Key, Json]] = [{} for _ in forms]
    for name in dict.fromkeys(name for form in forms for name in form):
        tables = [form.get(name) for form in forms]
        shapes = {_shape(table) for table in tables}
        apart = len(shapes) == 1 and None not in shapes
        for cells, table in zip(found, tables, strict=True):
            if apart and isinstance(table, list):
                rows = [row for row in table if isinstance(row, list)]
                cells.update({(name, r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row)})
            elif table is not None:
                cells[(name,)] = table
    return found


def _shape(table: Json | None) -> str | None:
    """What the rows of a table are about (its first column); None where it is no table."""
    if not isinstance(table, list) or not table or not all(isinstance(row, list) and row for row in table):
        return None
    return repr([(row[0], len(row)) for row in table if isinstance(row, list)])


def _tables(cells: Mapping[Key, Json | None]) -> dict[str, Json]:
    """The fields by name again; what says nothing is left as it is."""
    values: dict[str, Json] = {}
    rows: dict[str, dict[int, list[Json]]] = {}
    for key, value in cells.items():
        if len(key) == 3:
            rows.setdefault(key[0], {}).setdefault(key[1], []).append(value)
        elif value is not None:
            values[key[0]] = value
    return values | {name: [by_row[at] for at in sorted(by_row)] for name, by_row in rows.items()}


def _heading(dialog: Dialog, key: Key) -> str:
    """What a field is called."""
    field = fields_of(dialog).get(key[0])
    if isinstance(field, QTableWidget) and len(key) == 3:
        head, first = field.horizontalHeaderItem(key[2]), field.item(key[1], 0)
        return " · ".join(item.text() for item in (first, head) if item is not None)
    if isinstance(field, QCheckBox):
        return field.text()
    return dialog.named(key[0]) if field is None else field.accessibleName()


def _words(dialog: Dialog, key: Key, value: Json | None) -> str:
    field = fields_of(dialog).get(key[0])
    if field is not None and len(key) == 1:
        return said_in(field)
    return dialog.read_out(key[0], value)


def _both(dialog: Dialog, key: Key, base: Json | None, mine: Json | None, stored: Json | None) -> str | None:
    """Both in one, where it is a text or a list of names."""
    field = fields_of(dialog).get(key[0])
    if not (isinstance(mine, str) and isinstance(stored, str)):
        return None
    if isinstance(field, QPlainTextEdit):
        return both_texts(base if isinstance(base, str) else "", mine, stored)
    return both_lists(mine, stored) if isinstance(field, QLineEdit) and is_list(field) else None


def _written(dialog: Dialog, key: Key, error: ChangedMeanwhile) -> Stored:
    """Who has written what is stored in a field, and when."""
    root, _, last = key[0].partition(".")
    names = (dialog.stored_in.get(key[0]), dialog.stored_in.get(root), last, root)
    found = next((error.stored[name] for name in names if name is not None and name in error.stored), None)
    return found if found is not None and found.by else Stored(None, error.by, error.at)
