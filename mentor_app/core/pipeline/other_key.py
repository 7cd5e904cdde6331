"""Deals that come again under another identity: with ids after files without them or the reverse, or with all ids numbered anew.

A row whose identity is new, and a deal that is not in the file and says the same in every part of the row, are perhaps one deal, if they
say enough: at least one day, and three telling parts in all (name, customer, day of opening, day of closing, amount); many small deals
share two of these by chance. This is asked. So it is of those that say less, where a third or more of the rows that say enough are such deals, or where
none does and nine in ten are (three or more): then the whole file is numbered anew. So is what was changed besides: by the rules of ``renamed``, as a deal that is missed where a third or
more of the rows that are new are known deals in every part, or where it is missed once such deals count as held by the file (see ``missed``), else as one that may well be another month's, which holds also of ids of one column beside
others of that kind; of these only deals are looked at that are missed. Not asked is where an identity of several columns differs only in how its days are written
(02.01.2024 for 2024-01-02): that is the same deal, whatever else it says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from mentor_app.core.pipeline.missed import Earlier, Gone
from mentor_app.core.pipeline.renamed import DAYS, TELLING, Pair, Row, deals, in_days_of, parts, within_days_of
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.pipeline.tables import opportunity

DATES = ("opened_on", "closed_on", "expected_on")
_ENOUGH = 3
_A_THIRD, _MOSTLY, _SEVERAL = 3, 10, 3
_FIGURES = re.compile(r"\d+")
_FIRST_SERIAL = dt.date(1899, 12, 30)
"""The day that spreadsheet programs count days from."""


def same_otherwise(
    connection: Connection, names: Sequence[str], rows: Iterable[Row], in_file: Collection[str]
) -> list[Pair]:
    """Which of these rows are perhaps which deals whose keys are not ``in_file``, by the rule above; not both with an identity of
    several columns, which ``renamed`` looks at."""
    view = parts(names)
    news: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        news[view(row)].append(row)
    of = {seen: len(held) for seen, held in news.items()}
    enough, little = list[Pair](), list[Pair]()
    for row_id, row in deals(connection, names, _candidates(connection, names, news, in_file)):
        if left := news.get(seen := view(row)):
            (enough if _says_enough(seen) else little).append(Pair(new=left.pop(0), id=row_id, old=row))
    telling = sum(count for seen, count in of.items() if _says_enough(seen))
    if telling:
        anew = _A_THIRD * len(enough) >= telling
    else:
        anew = len(little) >= _SEVERAL and _MOSTLY * len(little) >= (_MOSTLY - 1) * sum(of.values())
    return enough + little if anew else enough


def to_look_at(
    connection: Connection,
    names: Sequence[str],
    rows: Sequence[Row],
    in_file: Collection[str],
    found: Sequence[Pair],
    away: Gone,
    earlier: Earlier,
) -> Gone:
    """The deals that rows which are new may be though they differ from them in more than their identity, by the rule above; ``found`` are those
    that do not, which count as held by the file; ``away`` the deals with identities of the rows' kind that are not in the file."""
    news = [*rows, *(one.new for one in found)]
    if not news:
        return Gone(missed=[], elsewhere=[])
    views = list(map(parts(names), rows))
    composed, numbered_anew = KEY_MARK in news[0][0], _A_THIRD * len(found) >= len(news)
    c = opportunity.c
    statement = select(c.id, c.key)
    if composed:
        statement = statement.where(~c.key.contains(KEY_MARK))
    elif not numbered_anew:
        statement = statement.where(c.key.contains(KEY_MARK))
    limits = within_days_of(views)
    if limits is not None and not found:
        statement = statement.where(limits)
    taken = {one.id for one in found}
    ids = [
        row_id
        for row_id, key in connection.execute(statement.order_by(c.id))
        if key not in in_file and row_id not in taken
    ]
    others = Gone(missed=[], elsewhere=ids)
    if found:
        earlier.holds(taken)
        others = earlier.apart(ids)
    if numbered_anew and rows:
        near = list(in_days_of(connection, views, others.elsewhere))
        others = Gone(missed=near, elsewhere=[]).and_those(others.but(set(near)))
    if composed:
        return away.and_those(others)
    return others if numbered_anew else others.and_those(Gone(missed=[], elsewhere=away.but(taken).missed))


def moved(names: Sequence[str], doubted: Sequence[Pair]) -> int:
    """How many of these rows, which are hardly the deals of their ids, say just what another of these deals says, if they are half of
    them or more: then the ids went over to other deals."""
    view = parts(names)
    deals = Counter(seen for one in doubted if _says_enough(seen := view(one.old)))
    count = (deals & Counter(view(one.new) for one in doubted)).total()
    return count if 2 * count >= len(doubted) else 0


def _says_enough(seen: Row) -> bool:
    said = sum(seen[i] is not None for i in range(len(TELLING)))
    return said >= _ENOUGH and any(seen[i] is not None for i in DAYS)


def _candidates(
    connection: Connection, names: Sequence[str], news: Mapping[Row, list[Row]], in_file: Collection[str]
) -> list[int]:
    """The ids of deals whose owner and amount a row has, and which have a day in the time of the rows: few enough to be read whole."""
    if not news:
        return []
    c, has_amount = opportunity.c, "amount_cents" in names
    owner, amount = names.index("owner_id"), names.index("amount_cents" if has_amount else "owner_id")
    wanted = {(row[owner], row[amount]) for held in news.values() for row in held}
    statement = select(c.id, c.key, c.owner_id, c.amount_cents if has_amount else c.owner_id)
    limits = within_days_of(news)
    if limits is not None:
        statement = statement.where(limits)
    if any(KEY_MARK in row[0] for held in news.values() for row in held):
        statement = statement.where(~c.key.contains(KEY_MARK))
    rows = connection.execute(statement.order_by(c.id))
    return [row_id for row_id, key, *both in rows if tuple(both) in wanted and key not in in_file]


def written_otherwise(names: Sequence[str], rows: Iterable[Row], olds: Iterable[tuple[int, Row]]) -> list[Pair]:
    """Which of these rows are which of these deals, but for how the days in their identities are written."""
    days = [names.index(name) for name in DATES]
    found, left, here = list[Pair](), list(rows), list(olds)
    for with_time in (True, False):  # which one of both may not say
        known: dict[str, tuple[int, Row] | None] = {}
        for one in here:
            key = in_one_spelling(one[1][0], [one[1][i] for i in days], with_time)
            known[key] = None if key in known else one
        for row in left:
            old = known.pop(in_one_spelling(row[0], [row[i] for i in days], with_time), None)
            if old is not None:
                found.append(Pair(new=row, id=old[0], old=old[1]))
        taken, met = {one.new[0] for one in found}, {one.id for one in found}
        left, here = [row for row in left if row[0] not in taken], [one for one in here if one[0] not in met]
    return found


def in_one_spelling(key: str, days: Iterable[str | None], with_time: bool) -> str:
    """An identity, its parts in one order, with the days that the deal has (as ISO text) written in one way; the time behind them only if asked
    for."""
    said = [dt.date.fromisoformat(day) for day in days if day is not None]
    return KEY_MARK.join(
        sorted(
            next((iso if with_time else iso[:10] for day in said if (iso := as_day(part, day))), part)
            for part in key.split(KEY_MARK)
        )
    )


def as_day(part: str, day: dt.date) -> str | None:
    """This day in one spelling, with the time behind it, if a text names it."""
    figures = list(map(int, _FIGURES.findall(part)))
    if figures[:1] in ([int(f"{day:%Y%m%d}")], [(day - _FIRST_SERIAL).days]):
        del figures[0]
    else:
        year = day.year if day.year in figures else day.year % 100
        if year not in figures:
            return None
        figures.remove(year)
        if day.day not in figures:
            return None
        figures.remove(day.day)
        if day.month in figures:
            figures.remove(day.month)
        elif not any(one.isalpha() for one in part):
            return None
    while figures and figures[-1] == 0:
        figures.pop()
    return " ".join(map(str, [day.isoformat(), *figures]))
