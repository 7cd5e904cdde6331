"""Everything that is kept about one person, as one ZIP: for programs as JSON, for people as CSV, with the files attached.

Of others it holds names, where something could not be understood without them, and the words they wrote to or about this
person; nothing that was written about others.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, select

from mentor_app.core.errors import UserError
from mentor_app.core.history.names import Names
from mentor_app.core.history.words import TABLES, column_words
from mentor_app.core.people.access import roles_of
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.roles import permitted
from mentor_app.core.people.tables import crm_name
from mentor_app.core.personal.beside import drafts_of, read_draft
from mentor_app.core.personal.queries import pointing
from mentor_app.core.personal.texts import theirs
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Actor, Store, attachments
from mentor_app.core.store.history import change, change_set
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import action_called
from mentor_app.core.text import N_, Text, Translator, translator
from mentor_app.transfer.files import neutral, replacing, safe_name

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
_README = (
    N_("Everything that this store keeps about {name}, written on {date}."),
    N_("data.json: everything, complete, for programs"),
    N_("tables/…csv: the same as lists to read, one for each kind of record:"),
    N_("history/actions.csv: what this person did, and when"),
    N_("history/changes.csv: what was changed of records about this person, by whom and when"),
    N_("drafts.json: what this person typed on the computer this was written on, and has not finished"),
    N_("attachments/: the files of this person's playbooks"),
    N_(
        "Of others it holds their names, and what they wrote to or about this person. Backups, and drafts on other computers, are not in it."
    ),
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written: the file, how many records, actions, drafts and attached files it holds."""

    path: Path
    records: int
    actions: int
    drafts: int
    files: int


def write_personal(
    store: Store, actor: Actor, person_id: int, path: Path, tr: Translator, now: dt.datetime, folder: Path | None = None
) -> Written:
    """Write everything kept about somebody to ``path``, which is replaced if it exists. Drafts are those in ``folder``, else
    those of this computer. UserError where the actor may not, or nothing can be written there; then nothing is left."""
    if path.suffix.lower() != ".zip":
        raise UserError("{file}: what is kept about a person is written as .zip. Choose this ending.", file=str(path))
    with store.read() as connection:
        _check_permitted(connection, actor, person_id)
        kept = _Kept(connection, person_id)
        drafts = [said for at in drafts_of(store.location, person_id, folder) if (said := read_draft(at)) is not None]
        whole = {
            "about": {"person": kept.name, "person_id": person_id, "written_at": now},
            "records": kept.records(),
            "actions": kept.actions(translator("en")),
            "changes": kept.changes(),
            "drafts": drafts,
        }
        with replacing(path) as part:
            os.chmod(part, 0o600)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out:
                out.writestr("README.txt", _readme(kept, now))
                out.writestr("data.json", _json(whole))
                for name, rows in kept.rows.items():
                    out.writestr(f"tables/{name}.csv", _table(kept, name, rows, tr))
                out.writestr("history/actions.csv", _actions(kept, tr))
                out.writestr("history/changes.csv", _changes(kept, tr))
                out.writestr("drafts.json", _json(drafts))
                files = _attach(out, kept, store.location)
    records = sum(map(len, kept.rows.values()))
    return Written(path=path, records=records, actions=len(kept.did), drafts=len(drafts), files=files)


def _check_permitted(connection: Connection, actor: Actor, person_id: int) -> None:
    roles = roles_of(connection, actor.person_id) if actor.person_id is not None else None
    if actor.person_id != person_id and not permitted(roles, "people.read_kept"):
        raise UserError("What is kept about somebody is given to them, by them or by who runs the camp.")


class _Kept:
    """What the store holds of one person."""

    def __init__(self, connection: Connection, person_id: int) -> None:
        self._connection = connection
        self.name = get_person(connection, person_id).name
        of = theirs(connection, person_id)
        self.rows = _rows(connection, of.ids)
        held = {name: {row["id"] for row in rows} for name, rows in self.rows.items()}
        ever = {name: held.get(name, set()) | set(of.rows.get(name, ())) for name in held.keys() | of.rows.keys()}
        self.done = _changes_of(connection, ever)
        s = change_set.c
        did = select(s.id, s.at, s.action).where(s.actor_id.in_(of.ids)).order_by(s.id)
        self.did = [dict(row) for row in connection.execute(did).mappings()]
        told = [
            {"table_name": name, "row_id": row["id"], "before": None, "after": _json(row)}
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


def _rows(connection: Connection, ids: frozenset[int]) -> dict[str, list[dict[str, Any]]]:
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


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=lambda d: d.isoformat())


def _csv(headers: list[str], rows: list[list[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([["" if value is None else neutral(value) for value in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _table(kept: _Kept, name: str, rows: list[dict[str, Any]], tr: Translator) -> bytes:
    columns = {key: words for key in rows[0] if (words := column_words(name, key)) is not None}
    headers = [tr("Record"), *(tr(words) for words in columns.values())]
    return _csv(
        headers,
        [
            [_said(kept.names.of(name, row["id"]), tr), *(_cell(kept, name, key, row[key], tr) for key in columns)]
            for row in rows
        ],
    )


def _cell(kept: _Kept, table: str, column: str, value: Any, tr: Translator) -> Any:
    if value is None or (isinstance(value, (int, float)) and not metadata.tables[table].c[column].foreign_keys):
        known = kept.names.value(table, column, value)
        return value if value is None or str(known) == str(value) else _said(known, tr)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(metadata.tables[table].c[column].type, Date):
        return value
    return _said(kept.names.value(table, column, value), tr)


def _said(value: Text | str, tr: Translator) -> str:
    return value if isinstance(value, str) else value.render(tr)


def _actions(kept: _Kept, tr: Translator) -> bytes:
    rows = [[row["id"], f"{row['at']:%Y-%m-%d %H:%M:%S}", row["title"]] for row in kept.actions(tr)]
    return _csv([tr("Number"), tr("When"), tr("What")], rows)


def _changes(kept: _Kept, tr: Translator) -> bytes:
    rows: list[list[Any]] = []
    for row in kept.changes():
        table = row["table_name"]
        before, after = row["before"] or {}, row["after"] or {}
        for key in before | after:
            words = column_words(table, key)
            if words is None:
                continue
            values = [
                "" if side.get(key) is None else _said(kept.names.value(table, key, side[key]), tr)
                for side in (before, after)
            ]
            head = [f"{row['at']:%Y-%m-%d %H:%M:%S}", row["by"], tr(action_called(row["action"]).title)]
            rows.append([*head, _said(kept.names.of(table, row["row_id"]), tr), tr(words), *values])
    return _csv([tr(words) for words in ("When", "Who", "What", "Record", "Value", "Before", "After")], rows)


def _attach(out: zipfile.ZipFile, kept: _Kept, location: str) -> int:
    """The files of their playbooks; one that is gone or was changed is left out, and stands in the list all the same."""
    written, taken = 0, set[str]()
    for row in kept.rows.get("playbook_attachment", ()):
        try:
            file = attachments.verified(attachments.folder_of(location), row["sha256"])
        except UserError:
            continue
        stem, _, kind = row["name"].rpartition(".")
        name, number = f"{safe_name(stem)}.{kind}", 2
        while name.casefold() in taken:
            name, number = f"{safe_name(stem)} ({number}).{kind}", number + 1
        taken.add(name.casefold())
        out.write(file, f"attachments/{name}")
        written += 1
    return written


def _readme(kept: _Kept, now: dt.datetime) -> str:
    """What each file is, in both languages."""
    parts = []
    for language in ("en", "zh_CN"):
        tr = translator(language)
        first, data, tables, *others = _README
        lines = [tr(first, name=kept.name, date=now.date()), "", tr(data), tr(tables)]
        lines += [f"  tables/{name}.csv: {tr(TABLES[name])} ({len(rows)})" for name, rows in kept.rows.items()]
        parts.append("\n".join([*lines, *map(tr, others)]))
    return "\n\n".join(parts) + "\n"
