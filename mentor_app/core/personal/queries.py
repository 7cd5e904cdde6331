"""What is kept about somebody, and what rests on their record."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Table, func, or_, select

from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import crm_name, erasure, person
from mentor_app.core.personal.rules import OWN, USES
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.tables import metadata
from mentor_app.core.text import Text, text


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
        table.name: count(connection, table, or_(*(column == person_id for column in columns)))
        for table, columns in pointing()
        if table.name not in OWN
    }
    theirs = opportunity.c.owner_id.in_(select(crm_name.c.id).where(crm_name.c.person_id == person_id))
    counts["opportunity"] = count(connection, opportunity, theirs)
    return counts


def count(connection: Connection, table: Table, where: object) -> int:
    """How many rows of a table these are."""
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
