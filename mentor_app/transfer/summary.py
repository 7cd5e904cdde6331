"""Summaries (pivots) in a deal export's place: owners down, months or stages across, figures between them. No row of one is a deal.

They show by their shape: one column of words, or two; every other column is called a month, quarter, year, week, stage or total, or what a pivot
calls its sums, and holds nothing but figures. Without a header it is words in the first column and figures in all others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from mentor_app.core.errors import UserError
from mentor_app.core.resources import resource
from mentor_app.core.text import N_
from mentor_app.transfer import amounts, dates
from mentor_app.transfer.reading import Source
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.totals import names_totals
from mentor_app.transfer.values import EMPTY, plain

_TITLES = 3
"""So many rows may be titles above the header of a summary: "Sum of Amount", "Column Labels"."""
_DOWN, _ACROSS, _SHOWN = 2, 2, 3
_YEAR = r"(?:(?:fy|cy|gj)?\s?'?(?:19|20)?\d\d)"
_PART = (
    r"(?:q\s?[1-4]|[1-4]\s?q|[ht]\s?[1-4]|[1-4]\.?\s?(?:quartal|trimestre|trim\.?|quarter)|quarter\s?[1-4]|(?:week|wk|kw|w|cw)\s?\d{1,2}|"
    r"第?[一二三四1-4]季度?|第\d{1,2}[周週]|[上下]半年|(?:0?[1-9]|1[0-2])月份?|[一二三四五六七八九十]{1,2}月份?|month\s?\d{1,2})"
)
_PERIOD = re.compile(
    rf"{_PART}|{_YEAR}?\s?年?\s?[-/ ]?\s?{_PART}|{_PART}\s?[-/ ]?\s?{_YEAR}|(?:fy|cy|gj)\s?'?(?:19|20)?\d\d|(?:19|20)\d\d年?度?|"
    r"(?:19|20)\d\d\s?[-/.]?\s?(?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])\s?[-/.]\s?(?:19|20)\d\d"
)


@dataclass(frozen=True)
class Summary:
    """What is called so in a summary: its columns of words, and those across, as far as it has a header."""

    down: Sequence[str]
    across: Sequence[str]


def refuse_summary(source: Source, has_identity: bool) -> None:
    """UserError where a file is a summary. With two columns of words it is none where one of them is known (``has_identity``) to tell deals apart."""
    found = summary_of([source.headers, *source.sample])
    if found is None or (has_identity and len(found.down) > 1):
        return
    if not found.across:
        words = N_(
            "{file} is a summary without a header: words and figures, and no single deals. Export the list that it was made from, one row per deal, with a header, each deal's owner and its stage."
        )
        raise UserError(words, file=source.path.name)
    words = N_(
        "{file} is a summary (a pivot), and holds no single deals: {down} down, {across} across. Export the list that it was made from, one row per deal, with its owner and its stage."
    )
    across = ", ".join(found.across[:_SHOWN]) + (" …" if len(found.across) > _SHOWN else "")
    raise UserError(words, file=source.path.name, down=" + ".join(found.down) or "–", across=across)


def summary_of(rows: Sequence[Sequence[str]]) -> Summary | None:
    """What the first rows of a file are a summary of; None where they are none."""
    for at in range(min(_TITLES, len(rows) - 1)):
        found = _below(rows[at], rows[at + 1 :])
        if found is not None:
            return found
    is_bare = len(rows) > 1 and len(rows[0]) > _ACROSS and all(_is_bare(row) for row in rows)
    return Summary((), ()) if is_bare else None


def _below(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Summary | None:
    """The summary below this header, if it is one."""
    columns = [[cell for cell in column if not _is_empty(cell)] for column in zip_longest(*rows, fillvalue="")]
    named = [(cell, cells) for cell, cells in zip_longest(header, columns, fillvalue="") if cell or cells]
    down = [(str(cell), list(cells)) for cell, cells in named if not may_be_across(str(cell))]
    across = [(str(cell), list(cells)) for cell, cells in named if may_be_across(str(cell))]
    told = sum(not names_totals(cell) for cell, _ in across) >= _ACROSS or any(
        _key(cell) in _words("rows") for cell, _ in down
    )
    figures = [cell for _, cells in across for cell in cells]
    if not (1 <= len(down) <= _DOWN and across and told and figures and all(map(_is_figure, figures))):
        return None
    words = [cell for _, cells in down for cell in cells]
    if not words or any(map(_is_figure, words)):
        return None
    return Summary([cell for cell, _ in down if cell], [cell for cell, _ in across])


def may_be_across(header: str) -> bool:
    """Whether a column of a summary may be called so: a month, quarter, year or week, a stage, totals, what a pivot calls its sums."""
    key = _key(header)
    if not key:
        return False
    if _PERIOD.fullmatch(key) or names_totals(header) or stage_status(header) is not None or dates.are_days([header]):
        return True
    return key.startswith(_words("sums")) or _names_month(key)


def _names_month(key: str) -> bool:
    """Whether it is the name of a month, with a year or not: Jan, März 2024, Jan-24."""
    words = re.sub(_YEAR + r"(?=\W|$)", " ", key).strip(" -/.'")
    return words.isalpha() and dates.names_month(words)


def _is_bare(row: Sequence[str]) -> bool:
    """Whether a row is a word and figures."""
    first, *others = row
    filled = [cell for cell in others if not _is_empty(cell)]
    is_word = not _is_empty(first) and not _is_figure(first) and any(map(str.isalpha, first))
    return is_word and not dates.are_days([first]) and bool(filled) and all(map(_is_figure, filled))


def _is_empty(cell: str) -> bool:
    return plain(cell).casefold() in EMPTY


def _is_figure(cell: str) -> bool:
    return amounts.are_figures([plain(cell).removesuffix("%")])


def _key(cell: str) -> str:
    return plain(cell).casefold()


@cache
def _words(group: str) -> tuple[str, ...]:
    words: Iterable[str] = json.loads(resource("words", "columns.json").read_text(encoding="utf-8"))["summary"][group]
    return tuple(map(_key, words))
