"""What a workbook tells beside its values: hidden rows and columns, errors, formulas without a result, number formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """The workbook is not read: a message key and its values."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values


class Broken(str):
    """The text of a cell that holds an error, or a formula without its result."""


@dataclass(kw_only=True)
class Look:
    """What one sheet tells; rows count from 1, columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    faults: dict[int, list[tuple[int, Broken]]] = field(default_factory=dict)
    forms: dict[int, list[list[Any]]] = field(default_factory=dict)
    """Column → runs of rows whose numbers are shown in a format that says more than digits: first row, last row, code."""
    counts_from_1904: bool = False
    empty_formulas: int = 0
    """Formulas whose result is no text at all: such a result, or one that was never calculated."""

    def add_form(self, row: int, column: int, code: str, rows: int = 1) -> None:
        """A format from ``row`` on."""
        runs = self.forms.setdefault(column, [])
        if runs and runs[-1][2] == code and runs[-1][1] + 1 == row:
            runs[-1][1] = row + rows - 1
        else:
            runs.append([row, row + rows - 1, code])

    def add_fault(self, row: int, column: int, words: str) -> None:
        """A cell that can't be read."""
        self.faults.setdefault(row, []).append((column, Broken(words[:200])))
