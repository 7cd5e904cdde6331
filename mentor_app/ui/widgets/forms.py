"""Fields every form uses: dates, texts, choices; and what somebody typed into any of them, as it was typed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from mentor_app.core.dates import out_of_range
from mentor_app.core.errors import UserError
from mentor_app.core.text import text
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import told, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import plain_tip

FIELDS: Final = (QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox, QCheckBox, QListWidget, QTableWidget)
"""What a draft can keep."""


class BadField(UserError):
    """What stands in ``field`` can't be read; said at the field."""

    def __init__(self, field: QWidget, key: str, /, **values: object) -> None:
        super().__init__(text(key, **values))
        self.field = field


_DATE = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?", re.ASCII)
"""The year first, as both languages write it; nothing else can be read in one way only."""
_FITS = 24
"""Characters for which a box has room in any form; what is longer is told by its tip, too."""
SEARCH = "search"
"""What a field to search in is called."""


def read_date(field: QLineEdit) -> dt.date | None:
    """The date in a field, None when empty; BadField when it is none, or outside living memory."""
    words = unicodedata.normalize("NFKC", field.text()).strip()
    if not words:
        return None
    try:
        found = _DATE.fullmatch(words)
        date = dt.date(*map(int, found.groups())) if found is not None else dt.date.fromisoformat(words)
    except ValueError:
        raise BadField(field, "{words} is not a date. Write dates like 2026-01-31.", words=words[:40]) from None
    reason = out_of_range(date)
    if reason is not None:
        raise BadField(field, reason.key, **dict(reason.args))
    return date


def read_time(field: QLineEdit) -> str | None:
    """The time of day in a field as HH:MM, None when empty; BadField when it is none."""
    words = unicodedata.normalize("NFKC", field.text()).strip()
    if not words:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", words, re.ASCII)
    if found is None:
        raise BadField(field, "Write times like 14:30.")
    return f"{int(found[1]):02}:{found[2]}"


def needed_date(field: QLineEdit) -> dt.date:
    """The date in a field that can't stay empty; BadField when it is none."""
    date = read_date(field)
    if date is None:
        raise BadField(field, "A date is needed.")
    return date


def needed_reason(field: QPlainTextEdit) -> str:
    """What is written in a field that can't stay empty, for it is kept for good; BadField where nothing is."""
    words = field.toPlainText()
    if not words.strip():
        raise BadField(field, "A written reason is needed.")
    return words


def read_whole(field: QLineEdit) -> int | None:
    """The whole number in a field, None when empty; BadField when it is none."""
    words = unicodedata.normalize("NFKC", field.text()).strip()
    if not words:
        return None
    try:
        return int(words)
    except ValueError:
        raise BadField(field, "{words} is not a whole number.", words=words[:40]) from None


def read_number(field: QLineEdit) -> float | None:
    """The number in a field (with a point or a comma), None when empty; BadField when it is none."""
    words = unicodedata.normalize("NFKC", field.text()).strip()
    if not words:
        return None
    try:
        return float(words.replace(",", "."))
    except ValueError:
        raise BadField(field, "{words} is not a number.", words=words[:40]) from None


def date_field(value: dt.date | None = None) -> QLineEdit:
    """A field for a date."""
    return figure_field(value.isoformat() if value else "", "2026-01-31")


def figure_field(value: str = "", example: str = "") -> QLineEdit:
    """A field for a date, a time or a number: what is typed into it says little by itself."""
    made = QLineEdit(value, placeholderText=example)
    made.setProperty("figure", True)
    return made


def is_figure(field: QWidget) -> bool:
    """Whether it holds a date, a time or a number."""
    return bool(field.property("figure"))


def whole_field(minimum: int, maximum: int, value: int | None = None) -> QSpinBox:
    """A field for a whole number, as wide as numbers are; its figure stands where the text of other fields begins."""
    box = QSpinBox(minimum=minimum, maximum=maximum)
    if value is not None:
        box.setValue(value)
    return _spaced(box)


def tenths_field(minimum: float, maximum: float, step: float) -> QDoubleSpinBox:
    """The same for a number with one decimal."""
    return _spaced(QDoubleSpinBox(minimum=minimum, maximum=maximum, decimals=1, singleStep=step))


Box = TypeVar("Box", QSpinBox, QDoubleSpinBox)


def _spaced(box: Box) -> Box:
    box.lineEdit().setTextMargins(6, 0, 6, 0)  # no style sheet moves the text inside a spin box
    return box


def search_field(words: str) -> QLineEdit:
    """A field to search in what is shown; what stands in it outlives a change of theme or language."""
    made = QLineEdit(placeholderText=words, clearButtonEnabled=True)
    made.setObjectName(SEARCH)
    made.setAccessibleName(words)
    return made


def list_field(names: Sequence[str]) -> QLineEdit:
    """A field for several names, a semicolon between them."""
    made = QLineEdit("; ".join(names))
    made.setProperty("lists", True)
    return made


def is_list(field: QLineEdit) -> bool:
    """Whether it holds several names."""
    return bool(field.property("lists"))


def text_field(value: str | None = None, lines: int = 3) -> QPlainTextEdit:
    """A field for a longer text; Tab goes on to the next field."""
    made = QPlainTextEdit(value or "")
    made.setTabChangesFocus(True)
    made.setFixedHeight(made.fontMetrics().lineSpacing() * lines + 18)
    return made


def choice(options: Sequence[tuple[str, object]], chosen: object = None) -> QComboBox:
    """A box to choose from (words, value)."""
    box = QComboBox()
    # A very long name among the choices must not make the form as wide as itself.
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(10)
    for words, value in options:
        box.addItem(told(words), value)
        if len(words) > _FITS:
            box.setItemData(box.count() - 1, plain_tip(words), Qt.ItemDataRole.ToolTipRole)
    if any(len(words) > _FITS for words, _ in options):
        box.currentTextChanged.connect(lambda words: box.setToolTip(plain_tip(words if len(words) > _FITS else "")))
    box.setCurrentIndex(next((i for i, (_, value) in enumerate(options) if value == chosen), 0))
    return box


# -- what is typed, field by field


def fields_of(owner: object, left_out: frozenset[str] = frozenset()) -> dict[str, QWidget]:
    """The fields that ``owner`` holds as attributes (or in its lists and dicts), by names that no language changes.

    What is private to its class (its name begins with an underscore) is none of them.
    """
    fields: dict[str, QWidget] = {}

    def take(name: str, value: object) -> None:
        if isinstance(value, FIELDS):
            if not (isinstance(value, QLineEdit | QPlainTextEdit) and value.isReadOnly()):
                fields[name] = value
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                take(f"{name}.{key}", inner)
        elif isinstance(value, list | tuple):
            for at, inner in enumerate(value):
                take(f"{name}.{at}", inner)

    for name, value in list(vars(owner).items()):
        if name not in left_out and not name.startswith("_"):
            take(name, value)
    return fields


def value_of(field: QWidget) -> Json:
    """What stands in a field, as JSON can hold it: characters as they were typed, not what they mean."""
    if isinstance(field, QLineEdit):
        return field.text()
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if isinstance(field, QComboBox):
        data = field.currentData()
        plain = isinstance(data, str | int | float | bool)
        return {"value": data} if plain and not field.isEditable() else {"words": field.currentText()}
    if isinstance(field, QSpinBox | QDoubleSpinBox):
        return field.value() if field.hasAcceptableInput() else field.lineEdit().text()
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, QListWidget):
        return [_item_key(field, at) for at in range(field.count()) if _is_checked(field, at)]
    if isinstance(field, QTableWidget):
        return [[_cell(field, row, column) for column in range(field.columnCount())] for row in range(field.rowCount())]
    raise TypeError(type(field).__name__)


def said_in(field: QWidget) -> str:
    """What stands in a field, for reading."""
    value = value_of(field)
    if isinstance(field, QComboBox):
        return field.currentText()
    if isinstance(field, QCheckBox):
        return tr("yes") if field.isChecked() else tr("no")
    if isinstance(field, QListWidget):
        return "\n".join(field.item(at).text() for at in range(field.count()) if _is_checked(field, at))
    if isinstance(value, list):
        return "\n".join(" · ".join(_cell_words(cell) for cell in row) for row in value if isinstance(row, list))
    return str(value)


def _cell_words(cell: Json) -> str:
    words = cell.get("words", cell.get("value", "")) if isinstance(cell, dict) else cell
    return "–" if words in ("", None) else str(words)


def set_value(field: QWidget, value: Json) -> None:
    """Put back what ``value_of`` said; what does not fit the field is left as it is."""
    if isinstance(field, QLineEdit) and isinstance(value, str):
        field.setText(value)
    elif isinstance(field, QPlainTextEdit) and isinstance(value, str):
        field.setPlainText(value)
        field.moveCursor(QTextCursor.MoveOperation.End)  # typing goes on where it stopped
    elif isinstance(field, QComboBox) and isinstance(value, dict):
        at = field.findData(value["value"]) if "value" in value else field.findText(str(value.get("words")))
        if at >= 0:
            field.setCurrentIndex(at)
        elif field.isEditable():
            field.setEditText(str(value.get("words", "")))
    elif isinstance(field, QDoubleSpinBox) and isinstance(value, float | int):
        field.setValue(value)
    elif isinstance(field, QSpinBox) and isinstance(value, int):
        field.setValue(min(max(value, field.minimum()), field.maximum()))
    elif isinstance(field, QSpinBox | QDoubleSpinBox) and isinstance(value, str):
        field.lineEdit().setText(value)
        field.interpretText()
    elif isinstance(field, QCheckBox) and isinstance(value, bool):
        field.setChecked(value)
    elif isinstance(field, QListWidget) and isinstance(value, list):
        for at in range(field.count()):
            if field.item(at).flags() & Qt.ItemFlag.ItemIsUserCheckable:
                ticked = _item_key(field, at) in value
                field.item(at).setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    elif isinstance(field, QTableWidget) and isinstance(value, list):
        field.setRowCount(max(field.rowCount(), len(value)) if _holds_widgets(field) else len(value))
        for row, cells in enumerate(value):
            for column, cell in enumerate(cells if isinstance(cells, list) else ()):
                _set_cell(field, row, column, cell)


def _item_key(field: QListWidget, at: int) -> str | int:
    key = field.item(at).data(Qt.ItemDataRole.UserRole)
    return key if isinstance(key, str | int) else field.item(at).text()


def _is_checked(field: QListWidget, at: int) -> bool:
    return field.item(at).checkState() == Qt.CheckState.Checked


def _holds_widgets(field: QTableWidget) -> bool:
    return any(field.cellWidget(0, column) is not None for column in range(field.columnCount()))


def _cell(field: QTableWidget, row: int, column: int) -> Json:
    widget = field.cellWidget(row, column)
    if isinstance(widget, FIELDS):
        return value_of(widget)
    item = field.item(row, column)
    if item is None:
        return ""
    editor = _open_editor(field)
    if editor is not None and (row, column) == (field.currentRow(), field.currentColumn()):
        return editor.text()  # being typed, not yet given to the item
    if item.data(Qt.ItemDataRole.CheckStateRole) is not None:
        return {"words": item.text(), "checked": item.checkState() == Qt.CheckState.Checked}
    return item.text()


def _open_editor(field: QTableWidget) -> QLineEdit | None:
    """Where a cell is being typed into now, if one is."""
    if field.state() != QAbstractItemView.State.EditingState:
        return None
    return field.viewport().findChild(QLineEdit)


def commit_cell(field: QTableWidget) -> None:
    """Give what is being typed in a cell to the cell: whoever saves means that, too."""
    line = _open_editor(field)
    if line is None:
        return
    box = line.parentWidget()
    editor = box if isinstance(box, QComboBox) else line
    delegate = field.itemDelegateForIndex(field.currentIndex())
    delegate.commitData.emit(editor)
    delegate.closeEditor.emit(editor)


def _set_cell(field: QTableWidget, row: int, column: int, value: Json) -> None:
    widget = field.cellWidget(row, column)
    if widget is not None:
        set_value(widget, value)
        return
    item = field.item(row, column)
    if item is None:
        item = QTableWidgetItem()
        field.setItem(row, column, item)
    if isinstance(value, dict):
        item.setText(str(value.get("words", "")))
        item.setCheckState(Qt.CheckState.Checked if value.get("checked") else Qt.CheckState.Unchecked)
    else:
        item.setText(str(value))


def on_change(field: QWidget, call: Callable[[], object]) -> None:
    """Have ``call`` made whenever something is typed into or chosen in a field."""
    for widget in _with_inner(field):
        if isinstance(widget, QLineEdit):
            widget.textChanged.connect(lambda _: call())
        elif isinstance(widget, QPlainTextEdit):
            widget.textChanged.connect(call)
        elif isinstance(widget, QComboBox):
            widget.currentIndexChanged.connect(lambda _: call())
        elif isinstance(widget, QSpinBox | QDoubleSpinBox):
            widget.lineEdit().textChanged.connect(lambda _: call())
            widget.valueChanged.connect(lambda _: call())  # its arrows change the number without typing
        elif isinstance(widget, QCheckBox):
            widget.toggled.connect(lambda _: call())
        elif isinstance(widget, QListWidget):
            widget.itemChanged.connect(lambda _: call())
        elif isinstance(widget, QTableWidget):
            widget.itemChanged.connect(lambda _: call())
            widget.model().rowsRemoved.connect(lambda *_: call())
            widget.model().rowsInserted.connect(lambda *_: call())
            widget.viewport().installEventFilter(_CellEditors(widget, call))


def _with_inner(field: QWidget) -> Iterator[QWidget]:
    yield field
    if isinstance(field, QComboBox) and field.isEditable():
        inner = field.lineEdit()
        assert inner is not None  # an editable box has one
        yield inner
    if isinstance(field, QTableWidget):
        for row in range(field.rowCount()):
            for column in range(field.columnCount()):
                widget = field.cellWidget(row, column)
                if isinstance(widget, FIELDS):
                    yield widget


class _CellEditors(QObject):
    """Typing in a table's cell is typing, before the cell is left."""

    def __init__(self, table: QTableWidget, call: Callable[[], object]) -> None:
        super().__init__(table)
        self._call = call

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QChildEvent) and event.type() == QEvent.Type.ChildPolished:
            child = event.child()
            line = child.lineEdit() if isinstance(child, QComboBox) and child.isEditable() else child
            if isinstance(line, QLineEdit):
                line.textChanged.connect(lambda _: self._call())
        return super().eventFilter(watched, event)
