"""What stands below a list and is no record of it: counts of its rows, and who signed it. The words are reviewed ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from mentor_app.transfer.dates import are_days
from mentor_app.transfer.list_words import words_below
from mentor_app.transfer.plain_names import is_chinese_name
from mentor_app.transfer.remarks import reads_as_name, reads_as_remark
from mentor_app.transfer.totals import FIGURE, names_totals
from mentor_app.transfer.values import Number, plain

_COUNT = r"[-+]?[€$£¥￥]?\d[\d.,' ]*\s*[^\W\d_]{0,12}"
"""A figure, and what was counted: 3, "3 sessions", 2次."""
_MOST = 4
"""So many cells at most has a row in which a list is signed."""


@lru_cache(maxsize=1 << 14)
def begins_below(cell: str) -> bool:
    """Whether a row that begins with this cell may be a count, or a signature."""
    return names_totals(cell) or bool(_counted().fullmatch(plain(cell))) or _signed(cell) is not None


def are_counts(cells: Sequence[str]) -> bool:
    """Whether these cells of a row say how much there is of something: "Total", 3, 210; "Headcount", 3; 合计, 2次."""
    first, rest = cells[0], cells[1:]
    if isinstance(first, Number) or not all(map(is_figure, rest)):
        return False
    found = _counted().fullmatch(plain(first))
    return (names_totals(first) and bool(rest)) or (found is not None and bool(found["count"] or rest))


def head_counts(cells: Sequence[str]) -> bool:
    """Whether these cells of a row, of which the first is a header, stand above counts: "Team", "Count", "Share"."""
    return len(cells) > 1 and all(plain(cell).casefold() in words_below("above counts") for cell in cells[1:])


def are_signed(cells: Sequence[str]) -> bool:
    """Whether these cells of a row say who made a list or agreed to it: "Prepared by", "Li Wei", 2026-11-20."""
    name = _signed(cells[0])
    return (
        name is not None
        and 1 < len(cells) + bool(name) <= _MOST
        and all(
            are_days([one]) or reads_as_name(one) or reads_as_remark(one) or _signed(one) is not None
            for one in cells[1:]
        )
    )


def may_sign(name: str) -> bool:
    """Whether this may be who signed a list: Li Wei, 李雷, 审核李雷; hardly Dingxin."""
    clean = plain(name)
    return bool(_signer().match(clean)) or (reads_as_name(clean) and (" " in clean or is_chinese_name(clean)))


def is_figure(cell: str) -> bool:
    """Whether this is a figure, maybe with what was counted: 3, "3 sessions"; no day."""
    clean = plain(cell)
    if isinstance(cell, Number) or clean.isdecimal() or names_totals(cell):
        return True
    return bool(FIGURE.fullmatch(clean) or re.fullmatch(_COUNT, clean)) and not are_days([clean])


def _signed(cell: str) -> str | None:
    """Who signed, by a cell that begins with a word for it: "" where nobody stands there, None where it has no such word."""
    clean = plain(cell)
    found = _signer().match(clean)
    if found is None:
        return None
    name = clean[found.end() :].strip(" :：_")
    apart, is_said = clean[found.end() :][:1], found["by"] is not None
    if not name or apart in ":：":
        return name
    is_chinese = is_chinese_name(re.sub(r"\s", "", name))
    return name if (is_said and (apart == " " or is_chinese)) or (apart == " " and is_chinese) else None


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_of('counted')})\s*[:：]?\s*(?P<count>{_COUNT})?", re.IGNORECASE)


@cache
def _signer() -> re.Pattern[str]:
    behind = r"(?![A-Za-zÀ-ž])"
    return re.compile(
        rf"(?:(?P<by>{_any_of('signed by')}|(?-i:{_any_of('signed for')}))|{_any_of('signed')}){behind}", re.IGNORECASE
    )


def _any_of(group: str) -> str:
    return "|".join(map(re.escape, sorted(words_below(group), key=len, reverse=True)))
