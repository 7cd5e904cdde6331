"""Dates as CRMs write them: the order of a whole file's dates, and each text read once.

A date is a date and nothing else: what stands behind it must be a time of day. Where day and month, or the place of a
year of two digits, can't be told from all the dates together, the order is asked about.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from mentor_app.core.dates import out_of_range
from mentor_app.core.resources import resource
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.clock import clock_time
from mentor_app.transfer.understood import ORDERS as ORDER_WORDS
from mentor_app.transfer.values import EMPTY, NO_LEAP_DAY, Bad, Number, plain

_TIME = (
    r"(?:[T ,]\s*(?P<before>[ap]m|[上下]午|凌晨|早上|晚上|中午)?\s*(?P<hour>\d{1,2})[:时.](?P<minute>\d{2})"
    r"(?:[:分](?P<second>\d{2})秒?(?:[.,]\d{1,9})?)?分?"
    r"\s*(?P<behind>[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|[+-](?P<zone>\d{2}):?(?P<part>\d{2}))?)?"
)
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_AFTER = r"(?:\s*[(]?(?:(?:星期|周|週)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)[)]?)?"
_END = f"{_AFTER}{_TIME}$"
_END_NAMELESS = re.sub(r"\?P<\w+>", "?:", _END)
_YMD = re.compile(
    rf"{_DAY}(\d{{4}})\s*(?:([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{1,2}})|年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日?){_END}",
    re.IGNORECASE,
)
_PARTS = re.compile(rf"{_DAY}(\d{{1,2}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}|\d{{2}}){_END}", re.IGNORECASE)
_WORDY = re.compile(
    rf"{_DAY}(?:(\d{{1,2}})(?:\.|st|nd|rd|th|er|o)?[- ]?\s?(?:de )?([^\W\d]+)(?:\.?[- ,]|\.)\s?(?:de )?(\d{{4}}|\d{{2}})(?:\s?[\u0433\u0440]\.?)?|([^\W\d]+)\.?[- ](\d{{1,2}})(?:st|nd|rd|th)?,?[- ](\d{{4}})){_END}",
    re.IGNORECASE,
)
_LONG_YEAR = re.compile(r"\d{4}\s*[-/.年]|.*[-/. ,]\d{4}(?:\D|$)|\d{8}$")
_SHORT_YEAR = re.compile(
    rf"{_DAY}\d{{1,2}}\s*[-/.]\s*\d{{1,2}}\s*[-/.]\s*\d{{2}}{_END_NAMELESS}|{_DAY}\d{{1,2}}[- .]+[^\W\d]+[- .,]+\d{{2}}{_END_NAMELESS}",
    re.IGNORECASE,
)
_ERA = re.compile(
    rf"{_DAY}(令和|平成|昭和|(?:中華|中华)?民[國国])\s*(元|\d{{1,3}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日?{_END}"
)
_ERAS = {
    # the year before the first, its first day, the day after its last
    "令和": (2018, dt.date(2019, 5, 1), dt.date.max),
    "平成": (1988, dt.date(1989, 1, 8), dt.date(2019, 5, 1)),
    "昭和": (1925, dt.date(1926, 12, 25), dt.date(1989, 1, 8)),
    "民国": (1911, dt.date(1912, 1, 1), dt.date.max),
}
"""Years as Japan and Taiwan count them."""
_WEEKDAY = re.compile(r"(?:星期|周|週)([一二三四五六日天])|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.IGNORECASE)
_WEEKDAYS = ("一mon", "二tue", "三wed", "四thu", "五fri", "六sat", "日天sun")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_EPOCH, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
ORDERS = ("dmy", "mdy", "ymd")
_NO_DAY = EMPTY | {"k. a.", "k.a.", "n. v.", "n.v.", "#nv", "offen", "keine", "keines", "未定", "待定"}
"""What stands in a column of days where there is none."""
_ENOUGH, _DECADES, _YEARS = 5, 20, 5


@dataclass(frozen=True, kw_only=True)
class DateColumns:
    """What all dates of a file together say of their order.

    ``order`` is dmy, mdy or ymd ("ymd" also where no date needs an order); None where it has to be chosen: then
    ``examples`` hold one date that could be read in several ways, or two that contradict each other.
    """

    order: str | None
    examples: tuple[str, ...] = ()
    long_years: bool = False
    """Whether any date has a year of four digits; then one of two digits is not of this kind, and is not read."""
    possible: frozenset[str] = frozenset()
    """The orders in which all of them are dates."""
    example: str | None = None
    """A date that shows the order, or any date."""
    has_texts: bool = False
    """Whether any date is a text that needs an order."""
    stated: tuple[str, str] | None = None
    """A header that states an order, and that order, where the dates or another header contradict it."""

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders worth offering: the one there is, those in which all are dates, or else some of them."""
        if self.order is not None:
            return (self.order,)
        return tuple(
            order
            for order in ORDERS
            if (order in self.possible if self.possible else self.example_of(order)[1] is not None)
        )

    def example_of(self, order: str) -> tuple[str | None, dt.date | None]:
        """A date as it is written, and the day it is in this order, where the order matters; None where none fits."""
        for written in filter(None, (*self.examples, self.example)):
            parts = _PARTS.match(_clean(written))
            if parts is None:
                return written, None
            day = _of_parts(parts, order)
            if isinstance(day, dt.date):
                return written, day
        return None, None


def look_at(values: Iterable[str]) -> DateColumns:
    """The order that the distinct texts of all date columns show."""
    possible, shown = set(ORDERS), dict[str, str]()
    open_to: dict[str, str] = {}  # by the mark between: what 13-04-2024 shows says nothing of 03/04/2024
    by_mark: dict[str, set[str]] = {}
    texts = [_clean(value) for value in values if not isinstance(value, Number)]
    long_years = any(_LONG_YEAR.match(value) for value in texts)
    matches = [match for match in map(_PARTS.match, texts) if match and (len(match[4]) == 4 or not long_years)]
    unlikely = _unlikely(matches)
    for match in matches:
        orders = _orders(match) - unlikely
        if not orders:
            continue  # no date in any order: reported with its row
        if len(orders) > 1 and not _same_in(match, orders):
            open_to.setdefault(match[2], match[0])
        by_mark[match[2]] = by_mark.get(match[2], set(ORDERS)) & orders
        for order in set(ORDERS) - orders:
            shown.setdefault(order, match[0])  # the first that forbids it
        possible &= orders
    untold = next((value for mark, value in open_to.items() if len(by_mark[mark]) > 1 < len(by_mark)), None)
    telling = (shown[order] for order in ORDERS if order in shown)  # what forbids year first alone tells least
    example = next(telling, None) or next((one for one in texts if one.casefold() not in _NO_DAY), None)

    def found(order: str | None, *examples: str) -> DateColumns:
        return DateColumns(
            order=order,
            examples=examples,
            long_years=long_years,
            possible=frozenset(possible),
            example=example,
            has_texts=bool(matches),
        )

    if not possible:
        return found(None, *tuple(dict.fromkeys(shown[order] for order in ORDERS if order in shown))[:2])
    if not shown and not open_to:
        return found("ymd")
    if untold is not None:
        return found(None, untold)
    if len(possible) == 1 or not open_to:
        return found(next(order for order in ORDERS if order in possible))
    return found(None, next(iter(open_to.values())))


def _unlikely(matches: Sequence[re.Match[str]]) -> set[str]:
    """Of years of two digits, which may stand first or last: the place where they would be from decades, while all in the other place are from
    a few years. Of few dates that says nothing."""
    short = {match[0]: (int(match[1]), int(match[4])) for match in matches if len(match[4]) == 2}
    if len(short) < _ENOUGH or not all("ymd" in (found := _orders(match)) and len(found) > 1 for match in matches):
        return set()
    first, last = (max(years) - min(years) for years in zip(*short.values(), strict=True))
    return (
        {"ymd"}
        if first > _DECADES and last < _YEARS
        else {"dmy", "mdy"}
        if last > _DECADES and first < _YEARS
        else set()
    )


def by_column(
    seen: Mapping[str, Iterable[str]], stated: Mapping[str, str], said: Mapping[str, str] | None = None
) -> tuple[DateColumns, dict[str, DateColumns]]:
    """The dates of the columns (header → distinct cells) that need one order together, and those of the columns that have their own:
    the one that their header states (``stated``: header → order), unless their cells contradict it. A single order stated
    holds for the others, too, where they can be of it. Columns of which somebody has ``said`` one (header → order) have their own,
    too, which says nothing of the others, and those that contradict each other while each of them shows one order alone."""
    said = said or {}
    own = {header: replace(look_at(seen[header]), order=order, examples=()) for header, order in said.items()}
    against: dict[str, str] = {}
    for header, order in stated.items():
        if header in own:
            continue
        column = look_at(seen[header])
        if order in column.possible and column.has_texts:
            own[header] = replace(column, order=order, examples=())
        elif column.has_texts:
            against.setdefault(order, header)
    rest = look_at(cell for header, cells in seen.items() if header not in own for cell in cells)
    if rest.has_texts and not rest.possible and not against:
        own |= _each_of_one(seen, own)
        rest = look_at(cell for header, cells in seen.items() if header not in own for cell in cells)
    if not rest.has_texts and own:
        return next(iter(own.values())), own
    orders = {
        column.order: header for header, column in own.items() if header not in said and column.order in rest.possible
    }
    return with_stated(
        rest, against or ({order: header for order, header in orders.items() if order} if len(orders) == 1 else {})
    ), own


def _each_of_one(seen: Mapping[str, Iterable[str]], but: Container[str]) -> dict[str, DateColumns]:
    """The columns whose dates show one order, if all that do show more than one between them."""
    found = {header: look_at(cells) for header, cells in seen.items() if header not in but}
    settled = {header: column for header, column in found.items() if column.has_texts and len(column.possible) == 1}
    torn = any(column.has_texts and not column.possible for column in found.values())
    return {} if torn or len({column.order for column in settled.values()}) < 2 else settled


def with_stated(columns: DateColumns, stated: Mapping[str, str]) -> DateColumns:
    """What the dates show together with the orders that headers state (order → header): an order stated decides, unless the dates
    contradict it, or another header does."""
    if not columns.has_texts or not stated or not columns.possible:
        return columns
    order, header = next(iter(stated.items()))
    if len(stated) == 1 and order in columns.possible:
        return replace(columns, order=order, examples=())
    wrong = next(((one, name) for one, name in stated.items() if one not in columns.possible), (order, header))
    examples = columns.examples or tuple(filter(None, [columns.example]))
    return replace(columns, order=None, examples=examples, stated=(wrong[1], wrong[0]))


def _clean(value: str) -> str:
    return plain(value)


def orders_of(value: str) -> set[str]:
    """Of a text that needs to be told whether its day or its month stands first: the orders in which it is a date."""
    match = None if isinstance(value, Number) else _PARTS.match(_clean(value))
    return _orders(match) & {"dmy", "mdy"} if match else set()


def is_real(value: str) -> bool:
    """Whether a cell is a date in no need of an order: year first, or a spreadsheet's day."""
    clean = _clean(value)
    return bool(_YMD.match(clean) or _SERIAL.fullmatch(clean))


def _orders(match: re.Match[str]) -> set[str]:
    """The orders in which three figures are a date; a year of four digits stands behind, so "ymd" needs one of two."""
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    long_year = len(match[4]) == 4
    year = c if long_year else _year_of(c)
    found = set()
    if year and _day(year, b, a):
        found.add("dmy")
    if year and _day(year, a, b):
        found.add("mdy")
    if not long_year and len(match[1]) == 2 and _year_of(a) and _day(_year_of(a), b, c):
        found.add("ymd")
    return found


def _same_in(match: re.Match[str], orders: set[str]) -> bool:
    a, b, c = match[1], match[3], match[4]
    return int(a) == int(b) and (orders == {"dmy", "mdy"} or int(a) == int(c))


def _year_of(two: int) -> int:
    """The year meant by two digits; 0 where the century can't be told."""
    return 2000 + two if two < 50 else 1900 + two if two >= 70 else 0


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def parse_date(
    order: str | None, counts_from_1904: bool = False, long_years: bool = False
) -> Callable[[str], str | Bad | None]:
    """A parser to ISO text for dates of the given order (None: only dates that can be read in one way).

    A bare number of five digits is a spreadsheet's day; a workbook ``counts_from_1904`` where it says so. With
    ``long_years`` a year of two digits is not read.
    """

    def parse(value: str) -> str | Bad | None:
        clean = _clean(value)
        if clean.casefold() in _NO_DAY:
            return None
        if long_years and _SHORT_YEAR.match(clean):
            return Bad(text("The year has two digits here and four elsewhere."))
        day = _date(clean, order, _EPOCH_1904 if counts_from_1904 else _EPOCH)
        if isinstance(day, Bad):
            return day
        if day is None:
            return Bad(text("This is not a date."))
        reason = out_of_range(day)
        return Bad(reason) if reason is not None else day.isoformat()

    return parse


def are_days(cells: Sequence[str]) -> bool:
    """Whether these cells are days, in whatever order."""
    return bool(cells) and all(map(_is_day, cells))


def are_mostly_days(cells: Sequence[str]) -> bool:
    """Whether most of these cells that hold something are days: the others are to be mended."""
    filled = [cell for cell in cells if plain(cell).casefold() not in _NO_DAY]
    return 2 * sum(map(_is_day, filled)) > len(filled)


def _is_day(cell: str) -> bool:
    either = (parse_date(order)(cell) for order in ("dmy", "mdy"))
    return any(isinstance(day, str) and not isinstance(day, Bad) for day in either)


def time_behind(value: str) -> str | None:
    """The time of day behind a day as HH:MM, as it is written whatever its zone; None where there is none, or midnight, which
    programs write for none."""
    clean, time = _clean(value), None
    match = _matched(clean)
    if match is not None and match["hour"]:
        time = clock_time(int(match["hour"]), int(match["minute"]), match["before"] or match["behind"] or "")
    elif match is None and _SERIAL.fullmatch(clean):
        time = clock_time(*divmod(round(float(clean) % 1 * 1440) % 1440, 60))
    return None if time == "00:00" else time


def _matched(clean: str) -> re.Match[str] | None:
    return _YMD.match(clean) or _PARTS.match(clean) or _WORDY.match(clean) or _ERA.match(clean)


def _date(clean: str, order: str | None, epoch: dt.date) -> dt.date | Bad | None:
    match = _matched(clean)
    if match is None:
        return _of_figures(clean, epoch)
    day = _of_match(match, order)
    wrong = _contradiction(match, clean, day) if isinstance(day, dt.date) else None
    return day if wrong is None else wrong


def _of_match(match: re.Match[str], order: str | None) -> dt.date | Bad | None:
    if match.re is _YMD:
        return _day(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6]))
    if match.re is _PARTS:
        return _of_parts(match, order)
    if match.re is _WORDY:
        d1, m1, y1, m2, d2, y2 = match.groups()[:6]
        month_number = _months().get((m1 or m2).casefold())
        if month_number == 0:
            return Bad(_TWO_MONTHS)
        year = int(y1 or y2)
        if len(y1 or y2) == 2:
            year = _year_of(year)
            if not year:
                return Bad(_TWO_DIGITS)
        return _day(year, month_number, int(d1 or d2)) if month_number else None
    before, first, end = _ERAS[match[1][-2:].replace("國", "国")]
    day = _day(before + (1 if match[2] == "元" else int(match[2])), int(match[3]), int(match[4]))
    return day if day is not None and first <= day < end else None


@cache
def _months() -> dict[str, int]:
    """Names of months in common languages, whole and short, as the CLDR has them; 0 for one that is another month in another language: listopad."""
    found = json.loads(resource("words", "months.json").read_text(encoding="utf-8"))
    return {name: int(number) for number, names in found.items() for name in names}


def names_month(word: str) -> bool:
    """Whether a word is the name of a month, whole or short."""
    return word.casefold() in _months()


def _of_figures(clean: str, epoch: dt.date) -> dt.date | Bad | None:
    if re.fullmatch(r"\d{8}", clean):
        return _day(int(clean[:4]), int(clean[4:6]), int(clean[6:]))
    if _SERIAL.fullmatch(clean):
        number = int(float(clean))
        if epoch == _EPOCH and number <= 60:  # counted with a 29 February 1900
            return Bad(text(NO_LEAP_DAY)) if number == 60 else epoch + dt.timedelta(days=number + 1)
        return epoch + dt.timedelta(days=number)
    return None


def _contradiction(match: re.Match[str], clean: str, day: dt.date) -> Bad | None:
    """What stands beside the day and can't be: another weekday, an hour or a time zone that there is not."""
    named = _WEEKDAY.search(clean)
    if named is not None and (named[1] or named[2].lower()) not in _WEEKDAYS[day.weekday()]:
        return Bad(text("The weekday is not that of the date."))
    if match["hour"] is None:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour == 24:
        return Bad(text("24:00 could be this day or the next. Write the date alone, or 00:00."))
    morning = (match["before"] or match["behind"] or "").lower()[:1] in ("a", "上", "凌", "早")
    zone, part = int(match["zone"] or 0), match["part"] or "00"
    if hour > 24 or minute > 59 or second > 60 or (morning and hour > 12):
        return Bad(text("There is no such time of day."))
    return Bad(text("There is no such time zone.")) if zone > 14 or part not in ("00", "15", "30", "45") else None


_TWO_MONTHS = text("The name of this month means another one in another language. Write the date in figures.")
_TWO_DIGITS = text("The year has two digits, and its century can't be told. Write it with four.")


def _of_parts(match: re.Match[str], order: str | None) -> dt.date | Bad | None:
    a, b, c = int(match[1]), int(match[3]), int(match[4])
    long_year = len(match[4]) == 4
    orders = _orders(match)
    if order is None:
        if len(orders) > 1 and not _same_in(match, orders):
            return Bad(text("This date could be day first or month first."))
        order = next(iter(orders), "")
    if order not in orders:
        if not long_year and not _year_of(a if order == "ymd" else c):
            return Bad(_TWO_DIGITS)
        return Bad(text("This date does not fit the order of the others.")) if orders else None
    year = c if long_year else _year_of(a if order == "ymd" else c)
    return {"dmy": _day(year, b, a), "mdy": _day(year, a, b), "ymd": _day(year, b, c)}[order]


def reading(columns: DateColumns, order: str) -> Text | None:
    """A date of the file as it is read in this order: "01/02/2026 = 1 February 2026"; None where no order matters."""
    written, day = columns.example_of(order)
    if day is None:
        return None
    return day_in_words(written or "", day.isoformat())


def day_in_words(written: str, iso: str) -> Text:
    """A date as it is written, and the day it is read as: "01/02/2026 = 1 February 2026"."""
    day = dt.date.fromisoformat(iso)
    month = text(_MONTH_NAMES[day.month - 1])
    return text("{written} = {day} {month} {year}", written=written, day=day.day, month=month, year=day.year)


_MONTH_NAMES = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def describe(columns: DateColumns) -> Text:
    """Why the order has to be chosen, by what stands there."""
    if columns.stated is not None:
        header, order = columns.stated
        words = N_("The header {header} says {order}, but dates like {value} stand in the file.")
        return text(words, header=header, order=text(ORDER_WORDS[order]), value=columns.examples[0])
    if len(columns.examples) == 2:
        one, other = columns.examples
        return text("Its dates contradict each other: {one} and {other}.", one=one, other=other)
    if "ymd" in columns.possible:
        return text("Dates like {value} could be day, month or year first.", value=columns.examples[0])
    if len(columns.orders) == 1:
        return text(
            "Dates like {value} don't show their order, and those that do are written in another way.",
            value=columns.examples[0],
        )
    return text("Dates like {value} could be day first or month first.", value=columns.examples[0])
