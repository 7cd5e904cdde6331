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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mentor_app.core.drafts import read
from mentor_app.core.errors import UserError
from mentor_app.core.history.kept import Kept
from mentor_app.core.history.words import TABLES, column_words
from mentor_app.core.people.access import roles_of
from mentor_app.core.people.roles import permitted
from mentor_app.core.personal.beside import drafts_of
from mentor_app.core.store import Actor, Connection, Store, attachments
from mentor_app.core.tables import metadata
from mentor_app.core.team import action_called
from mentor_app.core.text import N_, Text, Translator, shown, translator
from mentor_app.transfer.files import neutral, replacing, safe_name

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
        kept = Kept(connection, person_id)
        typed = [said for at in drafts_of(store.location, person_id, folder) if (said := read(at)) is not None]
        whole = {
            "about": {"person": kept.name, "person_id": person_id, "written_at": now},
            "records": kept.records(),
            "actions": kept.actions(translator("en")),
            "changes": kept.changes(),
            "drafts": typed,
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
                out.writestr("drafts.json", _json(typed))
                files = _attach(out, kept, store.location)
    records = sum(map(len, kept.rows.values()))
    return Written(path=path, records=records, actions=len(kept.did), drafts=len(typed), files=files)


def _check_permitted(connection: Connection, actor: Actor, person_id: int) -> None:
    roles = roles_of(connection, actor.person_id) if actor.person_id is not None else None
    if actor.person_id != person_id and not permitted(roles, "people.read_kept"):
        raise UserError("What is kept about somebody is given to them, by them or by who runs the camp.")


def _json(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, indent=1, default=lambda d: d.isoformat())
    return shown(said, translator("en"))


def _csv(headers: list[str], rows: list[list[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([["" if value is None else neutral(value) for value in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _table(kept: Kept, name: str, rows: list[dict[str, Any]], tr: Translator) -> bytes:
    columns = {key: words for key in rows[0] if (words := column_words(name, key)) is not None}
    headers = [tr("Record"), *(tr(words) for words in columns.values())]
    return _csv(
        headers,
        [
            [_said(kept.names.of(name, row["id"]), tr), *(_cell(kept, name, key, row[key], tr) for key in columns)]
            for row in rows
        ],
    )


def _cell(kept: Kept, table: str, column: str, value: Any, tr: Translator) -> Any:
    if value is None or (isinstance(value, (int, float)) and not metadata.tables[table].c[column].foreign_keys):
        known = kept.names.value(table, column, value)
        return value if value is None or str(known) == str(value) else _said(known, tr)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dt.date):
        return value
    return _said(kept.names.value(table, column, value), tr)


def _said(value: Text | str, tr: Translator) -> str:
    return shown(value, tr) if isinstance(value, str) else value.render(tr)


def _actions(kept: Kept, tr: Translator) -> bytes:
    rows = [[row["id"], f"{row['at']:%Y-%m-%d %H:%M:%S}", row["title"]] for row in kept.actions(tr)]
    return _csv([tr("Number"), tr("When"), tr("What")], rows)


def _changes(kept: Kept, tr: Translator) -> bytes:
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
            head = [f"{row['at']:%Y-%m-%d %H:%M:%S}", shown(row["by"], tr), tr(action_called(row["action"]).title)]
            rows.append([*head, _said(kept.names.of(table, row["row_id"]), tr), tr(words), *values])
    return _csv([tr(words) for words in ("When", "Who", "What", "Record", "Value", "Before", "After")], rows)


def _attach(out: zipfile.ZipFile, kept: Kept, location: str) -> int:
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


def _readme(kept: Kept, now: dt.datetime) -> str:
    """What each file is, in both languages."""
    parts = []
    for language in ("en", "zh_CN"):
        tr = translator(language)
        first, data, tables, *others = _README
        lines = [tr(first, name=kept.name, date=now.date()), "", tr(data), tr(tables)]
        lines += [f"  tables/{name}.csv: {tr(TABLES[name])} ({len(rows)})" for name, rows in kept.rows.items()]
        parts.append("\n".join([*lines, *map(tr, others)]))
    return "\n\n".join(parts) + "\n"
