"""What erasing somebody would do, in words: what goes, what stays, and each place that people may want to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from mentor_app.core.history.names import Names
from mentor_app.core.history.words import TABLES, column_words
from mentor_app.core.people.tables import person
from mentor_app.core.personal.also import Refused, as_told
from mentor_app.core.personal.definitions import WHERE, Standing
from mentor_app.core.personal.names import is_code, is_short_code, key_of
from mentor_app.core.personal.places import DOUBTFUL, Spot, spots
from mentor_app.core.personal.places import STAYS as LEFT
from mentor_app.core.personal.queries import count, hindrance
from mentor_app.core.personal.rules import GOES, STAYS
from mentor_app.core.personal.texts import PERSONAL, Replacing, Theirs, theirs
from mentor_app.core.tables import metadata
from mentor_app.core.text import ERASED, TAKEN_BACK, Text, plural_text, text

_LOOKED_AT = 200  # places that are put together where they say the same
_PLACES = 12  # in texts of others, as examples
_LEFT = 20  # that stay, as examples
_AFTERWARDS = 100  # that stay, when nobody can look for them any more
_IDLE = 12  # words for which nothing goes
_SHOWN = 3  # words in which a name stands, as examples


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What erasing somebody would do: what ``goes`` and what ``stays``, in words; ``hindrance``: why it can't be done yet; ``refused``:
    why not with the words said to mean them, too, without which it is told then.

    ``idle`` are words said for which nothing more goes from texts. ``unsure`` is what may mean them and stays, too, with what can be done before; ``left`` the same with what can be done once
    it is erased, and ``places`` how many there are.
    """

    name: str
    hindrance: Text | None
    refused: Text | None
    goes: tuple[Text, ...]
    stays: tuple[Text, ...]
    idle: Text | None
    unsure: Text | None
    left: Text | None
    places: int


def preview(connection: Connection, person_id: int, also: Sequence[str] = ()) -> Preview:
    """What erasing somebody's data, and words that ``also`` mean them, would take away, and what would stay. Gone where there is no
    such person."""
    refused: Text | None = None
    try:
        of = theirs(connection, person_id, also)
    except Refused as error:
        of, refused = theirs(connection, person_id), error.message
    name = connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar()
    goes = [
        text(
            "The name, wherever it is written in full, also inside texts of others: {names}",
            names=" · ".join(of.called),
        )
    ]
    if of.short:
        goes.append(
            text(
                "Also first and last name alone, for it is taken for the same person: {names}",
                names=" · ".join(of.short),
            )
        )
    if not of.called:
        goes = []
    if name is not None and name in of.held:
        goes.append(text("The name in this person's own record and in its history: {name}", name=name))
    replacing = Replacing(person_id, of)
    found = list(spots(connection, of, replacing))
    goes += _said(connection, of, replacing, found)
    doubtful, left = ([one for one in found if one.fate == fate and not one.said] for fate in (DOUBTFUL, LEFT))
    if doubtful:
        told = plural_text(
            "Also where it may be another word, name or number, {n} place in texts of others:",
            "Also where it may be another word, name or number, {n} places in texts of others:",
            n=len(doubtful),
        )
        goes.append(_with_places(connection, told, doubtful, _PLACES))
    numbers = _numbers(connection, of)
    said = set(map(key_of, of.also))
    unsought = [one for one in numbers if one not in (*of.codes, *of.plain_codes)]
    if numbers:
        goes.append(text("The employee number: {numbers}", numbers=" · ".join(numbers)))
    counts = {table: _with_words(connection, table, sorted(of.rows[table])) for table in GOES}
    goes += [text(words, n=counts[table]) for table, words in GOES.items() if counts[table]]
    stays = [text(words) for words in STAYS]
    if of.shared:
        stays.append(text("Playbooks that were approved, as the company's: {n}", n=len(of.shared)))
    short = [name for name in of.called if len(name) == 1]
    if short:
        stays.append(text("A name of one character, inside texts of others: {names}", names=" · ".join(short)))
    if unsought:
        stays.append(
            text("The employee number inside texts of others, for it is short: {numbers}", numbers=" · ".join(unsought))
        )
    plain_numbers = [one for one in of.plain_codes if one not in of.called and key_of(one) not in said]
    if plain_numbers:
        stays.append(
            text(
                "The employee number inside texts of others, for it has figures or letters only, or two signs, unless it stands in "
                "brackets behind the name or by itself behind a word for it: {numbers}",
                numbers=" · ".join(plain_numbers),
            )
        )
    short_numbers = [one for one in of.codes if is_short_code(one) and one not in of.called and key_of(one) not in said]
    if short_numbers:
        stays.append(
            text(
                "The employee number inside texts of others, for it is short, unless it stands beside the name or behind a word "
                "for it: {numbers}",
                numbers=" · ".join(short_numbers),
            )
        )
    stays += [_standing(one) for one in of.standing]
    held = [name for name in of.held if key_of(name) not in said]
    if held:
        stays.append(
            text(
                "Names that somebody else here has too, where others wrote them: {names}",
                names=" · ".join(held),
            )
        )
    return Preview(
        name=name or next(iter(of.names), f"{ERASED}{person_id}"),
        hindrance=hindrance(connection, person_id),
        refused=refused,
        goes=tuple(goes),
        stays=tuple(stays),
        idle=idle(of.also, found),
        unsure=_with_places(connection, _told_before(len(left)), left, _LEFT) if left else None,
        left=_with_places(connection, _told_after(len(left)), left, _AFTERWARDS, replacing) if left else None,
        places=len(left),
    )


def _said(connection: Connection, of: Theirs, replacing: Replacing, found: Sequence[Spot]) -> Iterator[Text]:
    """What goes for each of the words said to mean the person, and where they are a part of what others are called."""
    for words in of.also:
        places = [one for one in found if words in one.said]
        if not places:
            continue
        told = plural_text(
            "“{words}”, as you say, as whole words in any capitals: {n} place in texts",
            "“{words}”, as you say, as whole words in any capitals: {n} places in texts",
            n=len(places),
            words=words,
        )
        if replacing.also.parts[words]:
            told = text(
                "{one}. It is also a part of what others here are called, or of their numbers, and stays there: {names}. By itself it goes, whoever is meant.",
                one=told,
                names=_some(replacing.also.parts[words]),
            )
        if replacing.also.meant[words]:
            told = text(
                "{one}. It may also mean somebody else here, now or before ({names}), and goes, whoever is meant.",
                one=told,
                names=_some(replacing.also.meant[words]),
            )
        if replacing.also.in_nobodys[words]:
            told = text(
                "{one}. It also stands in CRM names that are nobody's, and stays there: {names}. Say such a name as a whole, and it goes.",
                one=told,
                names=_some(replacing.also.in_nobodys[words]),
            )
        yield _with_places(connection, told, places, _PLACES)


def idle(also: Iterable[str], found: Iterable[Spot | FoundPlace]) -> Text | None:
    """Which of these words take nothing more out of texts, of which all places are ``found``; None where each does."""
    at_work = {words for one in found for words in one.said}
    words = [f"“{one}”" for one in as_told(also) if one not in at_work]
    if not words:
        return None
    return text(
        "For these words nothing more goes from texts, for they stand in none, or only within names: {words}",
        words=" · ".join(words[:_IDLE])
        if len(words) <= _IDLE
        else text("{words} · and {n} more", words=" · ".join(words[:_IDLE]), n=len(words) - _IDLE),
    )


def _some(words: Sequence[str]) -> str:
    return " · ".join(words[:_SHOWN]) + (" …" if len(words) > _SHOWN else "")


def _told_before(n: int) -> Text:
    return plural_text(
        "{n} place that may mean this person stays. Say its words under “Also erase these words” (--also), and it goes.",
        "{n} places that may mean this person stay. Say their words under “Also erase these words” (--also), and they go.",
        n=n,
    )


def _told_after(n: int) -> Text:
    return plural_text(
        "{n} place that may mean this person stays. For it to go, too, erase the person once more, with its words under “Also erase "
        "these words” (--also).",
        "{n} places that may mean this person stay. For them to go, too, erase the person once more, with their words under “Also "
        "erase these words” (--also).",
        n=n,
    )


def _with_places(
    connection: Connection, told: Text, found: Sequence[Spot], most: int, gone: Replacing | None = None
) -> Text:
    """With one line for each place, the same line once with its count, but not more than so many; those that are no list first,
    numbers last. As it stands there once the name is ``gone``."""
    some = sorted(found, key=lambda one: (is_code(one.place), one.is_listed))[:_LOOKED_AT]
    names = Names(connection, _records(some))
    lines: dict[tuple[str, str], list[Text]] = defaultdict(list)
    for one in some:
        record, words = names.of(one.table, one.row_id), one.around()
        if gone is not None:
            record, words = _replaced(record, gone), one.once_erased(gone.neutral).around()
        lines[str(record), words].append(record)
    for (_, words), records in [*lines.items()][:most]:
        if len(records) == 1:
            told = text("{one}\n    {record}: {words}", one=told, record=records[0], words=words)
        else:
            told = text(
                "{one}\n    {record}: {words} (× {n})", one=told, record=records[0], words=words, n=len(records)
            )
    return text("{one}\n    …", one=told) if len(lines) > most or len(found) > len(some) else told


def _replaced(record: Text, gone: Replacing) -> Text:
    args = ((name, gone.mention(value) if isinstance(value, str) else value) for name, value in record.args)
    return replace(record, args=tuple(args))


def _records(found: Iterable[Spot]) -> list[dict[str, Any]]:
    """The records of these places, as the history asks for their names."""
    return [
        {"table_name": table, "row_id": row_id, "before": None, "after": None}
        for table, row_id in dict.fromkeys((one.table, one.row_id) for one in found)
    ]


def _numbers(connection: Connection, of: Theirs) -> list[str]:
    """Their employee numbers, of now and before."""
    now = select(person.c.code).where(person.c.id.in_(of.ids), person.c.code.is_not(None))
    return sorted({*of.codes, *of.plain_codes, *connection.execute(now).scalars()})


def _standing(one: Standing) -> Text:
    return text(
        "{name} also stands in {where} ({words}), and stays there, for it may be a common word.",
        name=one.name,
        where=text(WHERE[one.table]),
        words=_some(one.words),
    )


def _with_words(connection: Connection, name: str, ids: Sequence[int]) -> int:
    """How many of these rows hold words that erasing takes away."""
    table, personal = metadata.tables[name], PERSONAL[name]
    columns = [table.c[column] for column in (*personal.erased, *personal.emptied)]
    said = or_(*(and_(column.is_not(None), column.not_in(("", ERASED, TAKEN_BACK))) for column in columns))
    return sum(
        count(connection, table, and_(table.c.id.in_(ids[at : at + 500]), said)) for at in range(0, len(ids), 500)
    )


@dataclass(frozen=True, kw_only=True)
class FoundPlace:
    """A place in a text, for people to read: what happens there, in which record and field, with the words around it."""

    fate: Text
    kind: Text
    record: Text
    field: Text
    around: str
    place: str
    said: Sequence[str]
    """The words said for which it goes."""


def all_places(connection: Connection, person_id: int, also: Sequence[str] = ()) -> Iterator[FoundPlace]:
    """Each place in texts where the name of somebody, or words that ``also`` mean them, go, or that may mean them and stays. Gone where
    there is no such person, Refused where such words mean somebody else."""
    of = theirs(connection, person_id, also)
    found = list(spots(connection, of, Replacing(person_id, of)))
    names = Names(connection, _records(found))
    for one in found:
        yield FoundPlace(
            fate=text(one.fate),
            kind=text(TABLES.get(one.table, "Answer")),
            record=names.of(one.table, one.row_id),
            field=text(column_words(one.table, one.column) or "Words"),
            around=one.around(),
            place=one.place,
            said=one.said,
        )
