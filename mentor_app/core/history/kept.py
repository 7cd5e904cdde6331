"""What the store holds of one person: their rows as they stand, what was changed of them, and what they did."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.history.names import Names
from mentor_app.core.history.words import TABLES
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.tables import crm_name
from mentor_app.core.personal.queries import pointing
from mentor_app.core.personal.texts import theirs
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store.history import change, change_set, encode
from mentor_app.core.tables import metadata
from mentor_app.core.team import action_called
from mentor_app.core.text import Translator

CHILDREN = (
    ("review", "activity_id", "activity"),
    ("assessment", "activity_id", "activity"),
    ("pairing_project", "pairing_id", "pairing"),
    ("pairing_review", "pairing_id", "pairing"),
    ("playbook_part", "playbook_id", "playbook"),
    ("playbook_version", "playbook_id", "playbook"),
    ("playbook_attachment", "playbook_id", "playbook"),
    ("playbook_review", "version_id", "playbook_version"),
)
"""Rows that are theirs because what they belong to is: (table, column, of what)."""


class Kept:
    """What the store holds of one person."""

    def __init__(self, connection: Connection, person_id: int) -> None:
        self._connection = connection
        self.name = get_person(connection, person_id).name
        of = theirs(connection, person_id)
        self.rows = rows_of(connection, of.ids)
        held = {name: {row["id"] for row in rows} for name, rows in self.rows.items()}
        ever = {name: held.get(name, set()) | set(of.rows.get(name, ())) for name in held.keys() | of.rows.keys()}
        self.done = _changes_of(connection, ever)
        s = change_set.c
        did = select(s.id, s.at, s.action).where(s.actor_id.in_(of.ids)).order_by(s.id)
        self.did = [dict(row) for row in connection.execute(did).mappings()]
        told = [
            {"table_name": name, "row_id": row["id"], "before": None, "after": encode(row)}
            for name, rows in self.rows.items()
            for row in rows
        ]
        self.names = Names(connection, [*told, *self.done])

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Every row as it stands, with names beside what it points to."""
        return {name: [self._named(name, row) for row in rows] for name, rows in self.rows.items()}

    def _named(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        named = dict(row)
        for key in metadata.tables[table].foreign_keys:
            column = key.parent.name
            if row.get(column) is not None:
                named[f"{column.removesuffix('_id')}_name"] = str(self.names.of(key.column.table.name, row[column]))
        return named

    def actions(self, tr: Translator) -> list[dict[str, Any]]:
        """What they did: when, and what it is called; of what others' records hold, nothing."""
        return [{**row, "title": tr(action_called(row["action"]).title)} for row in self.did]

    def changes(self) -> list[dict[str, Any]]:
        """What was done to their records."""
        return [
            {**row, **{side: json.loads(row[side]) if row[side] else None for side in ("before", "after")}}
            for row in self.done
        ]


def rows_of(connection: Connection, ids: frozenset[int]) -> dict[str, list[dict[str, Any]]]:
    """Table → the rows of somebody: those that point to them, and those that belong to these."""
    found: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

    def read(name: str, column: Any, among: Any) -> None:
        table = metadata.tables[name]
        for at in range(0, len(among), 500):
            for row in connection.execute(select(table).where(column.in_(among[at : at + 500]))).mappings():
                found[name][row["id"]] = {key: value for key, value in row.items() if key != "columns"}

    read("person", metadata.tables["person"].c.id, sorted(ids))
    for table, columns in pointing():
        if table.name not in ("change_set", "team") and not table.info.get("derived"):
            for column in columns:
                read(table.name, column, sorted(ids))
    for name, column_name, parent in CHILDREN:
        owner = {"activity": "person_id", "playbook": "owner_id"}.get(parent)
        of = sorted(row["id"] for row in found[parent].values() if owner is None or row[owner] in ids)
        if parent == "playbook_version":
            books = {row["id"] for row in found["playbook"].values() if row["owner_id"] in ids}
            of = sorted(row["id"] for row in found[parent].values() if row["playbook_id"] in books)
        read(name, metadata.tables[name].c[column_name], of)
    owned = sorted(connection.execute(select(crm_name.c.id).where(crm_name.c.person_id.in_(ids))).scalars())
    read("opportunity", opportunity.c.owner_id, owned)
    hosted = {i for i, row in found["activity"].items() if row["person_id"] not in ids}
    for i in hosted:  # what an apprentice wrote of a session is theirs, not the host's
        found["activity"][i] |= dict.fromkeys(("seen", "learned", "next_step", "title"))
    order = [name for name in TABLES if found.get(name)]
    return {name: [found[name][i] for i in sorted(found[name])] for name in order}


def _changes_of(connection: Connection, rows: Mapping[str, set[int]]) -> list[dict[str, Any]]:
    c, s = change.c, change_set.c
    person = metadata.tables["person"].c
    found: list[dict[str, Any]] = []
    for name, ids in rows.items():
        wanted = sorted(ids)
        statement = (
            select(c.id, s.at, person.name.label("by"), s.actor_name, s.action, c.table_name, c.row_id, c.operation)
            .add_columns(c.before, c.after)
            .join(change_set, s.id == c.change_set_id)
            .outerjoin(metadata.tables["person"], person.id == s.actor_id)
        )
        for at in range(0, len(wanted), 500):
            some = statement.where(c.table_name == name, c.row_id.in_(wanted[at : at + 500]))
            for row in connection.execute(some).mappings():
                told = dict(row)
                told["by"] = told["by"] or told.pop("actor_name")
                told.pop("actor_name", None)
                found.append(told)
    return sorted(found, key=lambda row: int(row["id"]))
