"""What is kept about somebody, and what rests on their record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, and_, func, or_, select

from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import crm_name, erasure, person
from mentor_app.core.personal.definitions import WHERE, Standing
from mentor_app.core.personal.places import doubtful_places, places_left
from mentor_app.core.personal.rules import GOES, OWN, STAYS, USES
from mentor_app.core.personal.texts import PERSONAL, Replacing, Theirs, theirs
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.tables import metadata
from mentor_app.core.text import ERASED, TAKEN_BACK, Text, plural_text, text

_PLACES = 12  # in texts of others, as examples
_LEFT = 20  # that stay, as examples
_SHOWN = 3  # words in which a name stands, as examples


def pointing() -> Iterator[tuple[Table, list[Column[int]]]]:
    """The tables that point to people, each with the columns that do."""
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if column.references(person.c.id)]
        if columns:
            yield table, columns


def uses(connection: Connection, person_id: int) -> list[Text]:
    """What rests on a person's record besides its own parts: how many of what; empty where it is unused."""
    counts = held(connection, person_id)
    return [text(words, n=counts[name]) for name, words in USES.items() if counts.get(name)]


def held(connection: Connection, person_id: int) -> dict[str, int]:
    """What rests on a person's record besides its own parts: table → how many of its rows."""
    counts = {
        table.name: _count(connection, table, or_(*(column == person_id for column in columns)))
        for table, columns in pointing()
        if table.name not in OWN
    }
    theirs = opportunity.c.owner_id.in_(select(crm_name.c.id).where(crm_name.c.person_id == person_id))
    counts["opportunity"] = _count(connection, opportunity, theirs)
    return counts


def _count(connection: Connection, table: Table, where: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(where)).scalar_one())  # type: ignore[arg-type]


def known_names(connection: Connection) -> dict[int, set[str]]:
    """By which names everybody is known now: their own, and those in the CRM."""
    names: dict[int, set[str]] = {row.id: {row.name} for row in connection.execute(select(person.c.id, person.c.name))}
    c = crm_name.c
    for person_id, name in connection.execute(select(c.person_id, c.name).where(c.person_id.is_not(None))):
        names[person_id].add(name)
    return names


def erased_people(connection: Connection) -> set[int]:
    """The numbers of those who were erased on request, whether their records are still there or not."""
    return set(connection.execute(select(erasure.c.person_id)).scalars())


def hindrance(connection: Connection, person_id: int) -> Text | None:
    """Why somebody can't be erased yet; None where they can."""
    p = pairing.c
    running = select(p.id).where(or_(p.apprentice_id == person_id, p.mentor_id == person_id), p.ended_on.is_(None))
    if connection.execute(running.limit(1)).first():
        return text("A pairing of theirs is running. End it or reassign the apprentice first.")
    return None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What erasing somebody would do: what ``goes`` and what ``stays``, in words; ``hindrance``: why it can't be done yet.

    ``unsure`` is what may mean them and stays, too.
    """

    name: str
    hindrance: Text | None
    goes: tuple[Text, ...]
    stays: tuple[Text, ...]
    unsure: Text | None


def preview(connection: Connection, person_id: int) -> Preview:
    """What erasing somebody's data would take away, and what would stay. Gone where there is no such person."""
    of = theirs(connection, person_id)
    name = connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar()
    goes = [
        text(
            "The name, wherever it is written in full, also inside texts of others: {names}", names=" · ".join(of.names)
        )
    ]
    if of.short:
        goes.append(
            text(
                "Also first and last name alone, for it is taken for the same person: {names}",
                names=" · ".join(of.short),
            )
        )
    if not of.names:
        goes = []
    doubtful = list(dict.fromkeys(doubtful_places(connection, of)))
    if doubtful:
        goes.append(
            plural_text(
                "Also where it may be another word, {n} place in texts of others: {places}",
                "Also where it may be another word, {n} places in texts of others: {places}",
                n=len(doubtful),
                places=" · ".join(doubtful[:_PLACES]) + (" …" if len(doubtful) > _PLACES else ""),
            )
        )
    numbers = _numbers(connection, of)
    if numbers:
        goes.append(text("The employee number: {numbers}", numbers=" · ".join(numbers)))
    counts = {table: _with_words(connection, table, sorted(of.rows[table])) for table in GOES}
    goes += [text(words, n=counts[table]) for table, words in GOES.items() if counts[table]]
    stays = [text(words) for words in STAYS]
    if of.shared:
        stays.append(text("Playbooks that were approved, as the company's: {n}", n=len(of.shared)))
    short = [name for name in of.names if len(name) == 1]
    if short:
        stays.append(text("A name of one character, inside texts of others: {names}", names=" · ".join(short)))
    stays += [_standing(one) for one in of.standing]
    if of.held:
        stays.append(
            text(
                "Names that somebody else here has too, where others wrote them: {names}",
                names=" · ".join(of.held),
            )
        )
    return Preview(
        name=name or next(iter(of.names), f"{ERASED}{person_id}"),
        hindrance=hindrance(connection, person_id),
        goes=tuple(goes),
        stays=tuple(stays),
        unsure=_unsure(places_left(connection, of, Replacing(person_id, of))),
    )


def _unsure(places: Sequence[str]) -> Text | None:
    told = list(dict.fromkeys(places))
    if not told:
        return None
    return plural_text(
        "{n} place that may mean this person stays: {places}. Such a spelling goes, too, once it is entered as a CRM name of the person "
        "and the person is erased.",
        "{n} places that may mean this person stay: {places}. Such a spelling goes, too, once it is entered as a CRM name of the person "
        "and the person is erased.",
        n=len(told),
        places=" · ".join(told[:_LEFT]) + (" …" if len(told) > _LEFT else ""),
    )


def _numbers(connection: Connection, of: Theirs) -> list[str]:
    """Their employee numbers, of now and before."""
    now = select(person.c.code).where(person.c.id.in_(of.ids), person.c.code.is_not(None))
    return sorted({*of.codes, *connection.execute(now).scalars()})


def _standing(one: Standing) -> Text:
    words = " · ".join(one.words[:_SHOWN]) + (" …" if len(one.words) > _SHOWN else "")
    return text(
        "{name} also stands in {where} ({words}), and stays there, for it may be a common word.",
        name=one.name,
        where=text(WHERE[one.table]),
        words=words,
    )


def _with_words(connection: Connection, name: str, ids: Sequence[int]) -> int:
    """How many of these rows hold words that erasing takes away."""
    table, personal = metadata.tables[name], PERSONAL[name]
    columns = [table.c[column] for column in (*personal.erased, *personal.emptied)]
    said = or_(*(and_(column.is_not(None), column.not_in(("", ERASED, TAKEN_BACK))) for column in columns))
    return sum(
        _count(connection, table, and_(table.c.id.in_(ids[at : at + 500]), said)) for at in range(0, len(ids), 500)
    )
