"""Dates that a spreadsheet program has taken for others.

A list whose dates begin with the day, opened where they begin with the month (or the other way round): 02/04/2024 becomes a
real date, of another day, and 15/03/2024, which there is no such date of, stays a text. Once it is saved, nothing but this tells of it:
the texts of a column are all dates in one order only, and its real dates all have a day that could be a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mentor_app.core.text import Text, text
from mentor_app.transfer.dates import day_in_words, is_real, orders_of
from mentor_app.transfer.values import Bad

SWAP, KEEP = "swap", "keep"
ANSWERS = (SWAP, KEEP)

Parse = Callable[[str], str | Bad | None]


@dataclass(frozen=True, kw_only=True)
class SwappedDates:
    """Columns whose real dates may have day and month swapped, each with such a date; and a text that shows it."""

    columns: dict[str, str]
    written: str

    def example(self, answer: str) -> Text:
        """The first of these dates as it is read by this answer."""
        day = next(iter(self.columns.values()))
        return day_in_words(day, exchanged(day) if answer == SWAP else day)


def look_at(columns: Mapping[str, Iterable[str]], parse: Parse) -> SwappedDates | None:
    """The columns of a file (header → distinct cells) that show the sign, and those of its other columns which don't show
    that they were spared; None where no column shows it."""
    found: dict[str, str] = {}
    alike: dict[str, str] = {}
    written = ""
    for header, cells in columns.items():
        texts, real = [], []
        for cell in cells:
            orders = orders_of(cell)
            if orders:
                texts.append((cell, orders))
            elif is_real(cell):
                real.append(parse(cell))
        days = [day for day in real if isinstance(day, str) and not isinstance(day, Bad)]
        told = next((day for day in days if exchanged(day) != day), None)
        if told is None or any(int(day[8:]) > 12 for day in days):
            continue
        if not texts:
            alike[header] = told
        elif all(len(orders) == 1 for _, orders in texts) and len({min(orders) for _, orders in texts}) == 1:
            found[header] = told
            written = written or texts[0][0]
    return SwappedDates(columns=found | alike, written=written) if found else None


def exchanged(day: str) -> str:
    """An ISO day with day and month exchanged, where that is a day."""
    year, month, number = day.split("-")
    return f"{year}-{number}-{month}" if int(number) <= 12 else day


def mended(parse: Parse) -> Parse:
    """A parser of dates that exchanges day and month of real ones."""

    def read(value: str) -> str | Bad | None:
        day = parse(value)
        return exchanged(day) if day and not isinstance(day, Bad) and is_real(value) else day

    return read


def question(file: str, swapped: SwappedDates, places: Iterable[str]) -> Text:
    """What has to be said of them, as the command line takes it."""
    return text(
        "{file}: a spreadsheet program may have swapped day and month in {columns}: the texts there, like {written}, all have a day above 12, the real dates all one up to 12. Say what holds for the real dates: --real-dates swap ({swapped}) or --real-dates keep ({kept}).",
        file=file,
        columns=", ".join(places),
        written=swapped.written,
        swapped=swapped.example(SWAP),
        kept=swapped.example(KEEP),
    )


def note(swapped: SwappedDates, answer: str) -> Text:
    """What was said of them, for who reads on."""
    columns, example = ", ".join(swapped.columns), swapped.example(answer)
    if answer == SWAP:
        return text(
            "Day and month of the real dates in {columns} are swapped: {example}.", columns=columns, example=example
        )
    return text("The real dates in {columns} are taken as they stand: {example}.", columns=columns, example=example)
