"""What a workbook tells beside its values: hidden and struck-out rows, errors, formulas without a result, number formats,
what stands raised or lowered in a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Refused(Exception):
    """The workbook is not read: a message key and its values."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values


class Broken(str):
    """The text of a cell that holds an error, or a formula without its result."""


class PartlyStruck(Broken):
    """The text of a cell of which some is struck out: which part counts can't be told."""


class NoSuchDay(Broken):
    """29 February 1900, which spreadsheets count."""


class Run(NamedTuple):
    """Some characters of a text that look alike; ``place`` is "super", "sub" or nothing."""

    words: str
    place: str = ""
    struck: bool = False


_RAISED = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
)
_LOWERED = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")


def marked(run: Run) -> str:
    """Its characters, raised and lowered ones as such: the mark of a footnote is no digit of an amount. In "1st" it is no mark."""
    if not run.place or run.words.strip().lower() in ("st", "nd", "rd", "th"):
        return run.words
    return run.words.translate(_RAISED if run.place == "super" else _LOWERED)


@dataclass(kw_only=True)
class Look:
    """What one sheet tells; rows count from 1, columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    """Rows that hold a cell whose whole content is struck out."""
    words: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """Row → columns whose texts read otherwise than their bare characters."""
    faults: dict[int, list[tuple[int, Broken]]] = field(default_factory=dict)
    sixties: dict[int, list[int]] = field(default_factory=dict)
    """Row → columns that hold the number 60: where that is shown as a day, it is 29 February 1900."""
    forms: dict[int, list[list[Any]]] = field(default_factory=dict)
    """Column → runs of rows whose numbers are shown in a format that says more than digits: first row, last row, code."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Cells merged into one, where the library does not tell: first row, first column, last row, last column."""
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    """Row, column and words of comments on cells, where the format is one whose comments are read."""
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

    def add_number(self, row: int, column: int, value: float) -> None:
        """A number, if there is something to be said of it."""
        if 60 <= value < 61 and not self.counts_from_1904:
            self.sixties.setdefault(row, []).append(column)

    def add_fault(self, row: int, column: int, words: str) -> None:
        """A cell that can't be read."""
        self.faults.setdefault(row, []).append((column, Broken(words[:200])))

    def add_runs(self, rows: Iterable[int], column: int, runs: Sequence[Run]) -> None:
        """A text that is made of runs, in each of these rows."""
        words, bare = "".join(map(marked, runs)), "".join(run.words for run in runs)
        struck = {run.struck for run in runs if run.words.strip()}
        for row in rows:
            if struck == {True, False}:
                self.faults.setdefault(row, []).append((column, PartlyStruck(bare[:200])))
                continue
            if struck == {True}:
                self.struck_rows.add(row)
            if words != bare:
                self.words.setdefault(row, []).append((column, words))
