"""What is kept about somebody, and what rests on their record."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Table, func, or_, select

from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.personal.rules import OWN, USES
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import Text, text


def pointing() -> Iterator[tuple[Table, list[Column[int]]]]:
    """The tables that point to people, each with the columns that do."""
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if column.references(person.c.id)]
        if columns:
            yield table, columns


def uses(connection: Connection, person_id: int) -> list[Text]:
    """What rests on a person's record besides its own parts: how many of what; empty where it is unused."""
    counts = {
        table.name: _count(connection, table, or_(*(column == person_id for column in columns)))
        for table, columns in pointing()
        if table.name not in OWN
    }
    theirs = opportunity.c.owner_id.in_(select(crm_name.c.id).where(crm_name.c.person_id == person_id))
    counts["opportunity"] = _count(connection, opportunity, theirs)
    return [text(words, n=counts[name]) for name, words in USES.items() if counts.get(name)]


def _count(connection: Connection, table: Table, where: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(where)).scalar_one())  # type: ignore[arg-type]
