"""Fields every form uses: dates, people, texts; and a dialog that runs one action and shows its error in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)

from mentor_app.core.errors import UserError
from mentor_app.core.text import text


def read_date(field: QLineEdit) -> dt.date | None:
    """The date in a field, None when empty; UserError when it is none."""
    words = field.text().strip()
    if not words:
        return None
    try:
        return dt.date.fromisoformat(words.replace("/", "-").replace(".", "-"))
    except ValueError:
        raise UserError(text("Write dates like 2026-01-31.")) from None


def date_field(value: dt.date | None = None) -> QLineEdit:
    """A field for a date."""
    return QLineEdit(value.isoformat() if value else "", placeholderText="2026-01-31")


def text_field(value: str | None = None, lines: int = 3) -> QPlainTextEdit:
    """A field for a longer text; Tab goes on to the next field."""
    made = QPlainTextEdit(value or "")
    made.setTabChangesFocus(True)
    made.setFixedHeight(made.fontMetrics().lineSpacing() * lines + 18)
    return made


def choice(options: Sequence[tuple[str, Any]], chosen: Any = None) -> QComboBox:
    """A box to choose from (words, value)."""
    made = QComboBox()
    # A very long name among the choices must not make the form as wide as itself.
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(10)
    for words, value in options:
        made.addItem(words, value)
    made.setCurrentIndex(next((i for i, (_, value) in enumerate(options) if value == chosen), 0))
    return made
