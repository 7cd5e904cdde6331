"""What is wrong with a widget on screen: cut off, without a name, out of reach, untranslated, in colours of its own."""

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTreeView,
    QWidget,
)

from mentor_app.core.text import ERASED
from mentor_app.ui.widgets.controls import ElidedButton

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QTableView, QAbstractSpinBox, QPlainTextEdit)
# Words that are the same in every language.
SAME = re.compile(r"Ctrl\+\S+|CRM|CSV|XLSX?|ODS|PNG|SVG|PDF|team\.sqlite|English|Excel|ICS|Esc|Enter")


def looked_at(widget: QWidget) -> Iterator[str]:
    """What is wrong with one widget."""
    if widget.styleSheet():
        yield f"{widget} has colours of its own"
    if isinstance(widget, QLabel) and widget.text():
        if widget.textFormat() != Qt.TextFormat.PlainText:
            yield f"{widget.text()!r} might be taken for HTML"
        if not widget.toolTip():
            wanted = widget.sizeHint()
            need = widget.heightForWidth(widget.width()) if widget.wordWrap() else wanted.height()
            if widget.height() < need - 1 or (not widget.wordWrap() and widget.width() < wanted.width() - 1):
                yield f"{widget.text()!r} is cut off: {widget.size()} for {wanted}, {need} high"
    if (
        isinstance(widget, (QPushButton, QCheckBox))
        and not isinstance(widget, ElidedButton)
        and widget.width() < widget.sizeHint().width() - 1
    ):
        yield f"button {widget.text()!r} is cut off"
    yield from (f"{widget} says {words!r} instead of words" for words in _said(widget) if ERASED in words)
    if isinstance(widget, QTableView) and widget.model() is not None:
        header = widget.horizontalHeader()
        for at in range(header.count()):
            words = str(widget.model().headerData(at, Qt.Orientation.Horizontal))
            tip = widget.model().headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
            if not tip and header.sectionSize(at) < header.fontMetrics().horizontalAdvance(words) + 22:
                yield f"heading {words!r} is cut off"
    if isinstance(widget, CONTROLS) and not inner(widget):
        if not (widget.accessibleName() or getattr(widget, "text", str)()):
            yield f"{widget} has no accessible name"
        # of an exclusive group Qt leaves the chosen one in the tab order, arrows reach the others
        exclusive = isinstance(widget, QAbstractButton) and widget.autoExclusive()
        if widget.isEnabled() and not exclusive and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield f"{widget.accessibleName()} is outside the tab order"


def _said(widget: QWidget) -> Iterator[str]:
    """What a widget says, in its lists and tips too."""
    for name in ("text", "toPlainText", "toolTip", "accessibleName"):
        said = getattr(widget, name, None)
        words = said() if said is not None else ""
        if isinstance(words, str):
            yield words
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model, top = widget.model(), widget.rootIndex()
        columns = model.columnCount(top) if isinstance(widget, (QTableView, QTreeView)) else 1
        for row in range(min(20, model.rowCount(top))):
            for column in range(columns):
                for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                    yield str(model.index(row, column, top).data(role) or "")


def inner(widget: QWidget) -> bool:
    """Whether a control is only a part of another (the field of a combo box, its arrows)."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, CONTROLS):
            return True
        parent = parent.parentWidget()
    return False


def untranslated(widget: QWidget) -> Iterator[str]:
    """English words shown in the Chinese window of an empty store."""
    shown = [
        getattr(widget, name)()
        for name in ("text", "placeholderText", "toolTip", "accessibleName")
        if hasattr(widget, name) and not (name == "text" and isinstance(widget, QLineEdit))
    ]
    if isinstance(widget, QComboBox):
        shown += [widget.itemText(at) for at in range(widget.count())]
    if isinstance(widget, QTableView) and widget.model() is not None:
        shown += [
            str(widget.model().headerData(at, Qt.Orientation.Horizontal)) for at in range(widget.model().columnCount())
        ]
    for words in shown:
        if isinstance(words, str) and re.search(r"[A-Za-z]{3}", SAME.sub("", words)):
            yield words


def foreign_colours(source: str) -> Iterator[str]:
    """Colours that a piece of source names itself, where it should ask the theme."""
    for found in re.finditer(
        r"""#[0-9A-Fa-f]{6}\b|QColor\(["'\d]|QColor\.from|Qt\.GlobalColor|setStyleSheet""", source
    ):
        yield found.group()
