"""Writing opportunities: one import is one transaction and one change set."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline import digest, rules
from mentor_app.core.pipeline.tables import import_mapping, opportunity, owner_digest
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.bulk import indexes_built_last
from mentor_app.core.text import Text

FIELDS = (
    "name", "owner_id", "account", "product", "stage", "status", "opened_on", "closed_on", "expected_on",
    "amount_cents",
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Why a row was not taken: its number in the file, the column, what stood there, and the reason."""

    row: int
    column: str
    value: str
    reason: Text


@dataclass
class Batch:
    """Some rows of a file, read and typed, by column. ``rows`` are row numbers; dates are ISO text or None."""

    rows: list[int]
    key: list[str]
    owner: list[str]
    columns: dict[str, list[Any]]
    problems: list[Problem]

    def drop(self, bad: Container[int]) -> None:
        """Take out the rows at these places."""
        keep = [i for i in range(len(self.rows)) if i not in bad]
        self.rows = [self.rows[i] for i in keep]
        self.key = [self.key[i] for i in keep]
        self.owner = [self.owner[i] for i in keep]
        self.columns = {name: [values[i] for i in keep] for name, values in self.columns.items()}


@dataclass
class Imported:
    """What an import did, or (dry run, rejected rows) would have done."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Problem] = field(default_factory=list)
    people_added: list[str] = field(default_factory=list)
    applied: bool = False


def import_opportunities(
    session: Session,
    actor: Actor,
    batches: Iterable[Batch],
    *,
    today: dt.date,
    only_good_rows: bool = False,
    dry_run: bool = False,
    add_people: bool = True,
    owners: dict[str, int | None] | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Imported:
    """Add new opportunities, update changed ones, leave equal ones alone.

    All rows or none, unless ``only_good_rows``. ``owners`` says which person a CRM name means (None: nobody);
    other unknown names become people when ``add_people``. ``dry_run`` does everything and takes it back.
    """
    result = Imported()
    empty = session.connection.execute(select(opportunity.c.id).limit(1)).first() is None
    book = _Owners(session, actor, result, add_people, owners or {})
    seen: dict[str, int] = {}
    touched: set[int] = set()
    with indexes_built_last(session.connection, opportunity, when=empty):
        for batch in batches:
            result.read += len(batch.rows) + len({p.row for p in batch.problems})
            result.rejected += batch.problems
            rules.reject_bad_rows(batch, seen, today, result.rejected)
            touched |= _write(session, batch, list(map(book.__getitem__, batch.owner)), result, empty)
            progress(result.read)
    digest.refresh(session.connection, touched)
    session.touch(owner_digest)
    result.rejected.sort(key=lambda problem: problem.row)
    result.applied = not dry_run and (only_good_rows or not result.rejected)
    if not result.applied:
        session.discard()
    return result


def remember_mapping(session: Session, actor: Actor, headers: str, mapping: dict[str, Any]) -> None:
    """Keep how a file with these headers (a signature) was read, for the next one."""
    found = session.connection.execute(select(import_mapping.c.id).where(import_mapping.c.headers == headers)).scalar()
    written = json.dumps(mapping, ensure_ascii=False, sort_keys=True)
    if found is None:
        session.insert(import_mapping, {"headers": headers, "mapping": written})
    else:
        session.update(import_mapping, found, {"mapping": written})


class _Owners(dict[str, int]):
    """Which crm_name row an owner's name means; looked up once for each distinct name, unknown ones are made."""

    def __init__(
        self, session: Session, actor: Actor, result: Imported, add_people: bool, chosen: dict[str, int | None]
    ) -> None:
        super().__init__()
        self._session, self._actor, self._result, self._add = session, actor, result, add_people
        self._chosen = {match_key(name): person_id for name, person_id in chosen.items()}
        statement = select(crm_name.c.match, crm_name.c.id, crm_name.c.person_id)
        rows = session.connection.execute(statement).all()
        self._ids: dict[str, int] = {row[0]: row[1] for row in rows}
        for match, row_id, person_id in rows:
            if self._chosen.get(match) is not None and person_id is None:
                session.update(crm_name, row_id, {"person_id": self._chosen[match]})

    def __missing__(self, name: str) -> int:
        found = self[name] = self._find_or_make(name)
        return found

    def _find_or_make(self, name: str) -> int:
        match = match_key(name)
        if match not in self._ids:
            if match not in self._chosen and self._add:
                add_person(self._session, self._actor, PersonDetails(name=name))
                self._result.people_added.append(name)
                statement = select(crm_name.c.id).where(crm_name.c.match == match)
                self._ids[match] = self._session.connection.execute(statement).scalar_one()
            else:
                values = {"name": name, "match": match, "person_id": self._chosen.get(match)}
                self._ids[match] = self._session.insert(crm_name, values)
        return self._ids[match]


def _write(session: Session, batch: Batch, owner_ids: list[int], result: Imported, empty: bool) -> set[int]:
    """Insert or update one batch; returns the owners whose opportunities changed."""
    columns = {**batch.columns, "owner_id": owner_ids}
    names = [name for name in FIELDS if name in columns]
    rows = list(zip(*(columns[name] for name in names), strict=True))
    existing = {} if empty else _existing(session, batch.key, names)
    if not existing:
        session.insert_many(opportunity, ["key", *names], [(k, *row) for k, row in zip(batch.key, rows, strict=True)])
        result.new += len(rows)
        return set(owner_ids)
    new, old, changed, touched = [], [], [], set()
    at = names.index("owner_id")
    for key, row in zip(batch.key, rows, strict=True):
        known = existing.get(key)
        if known is None:
            new.append((key, *row))
            touched.add(row[at])
        elif known[1:] != row:
            old.append(known)
            changed.append((known[0], *row))
            touched |= {row[at], known[1 + at]}
    session.insert_many(opportunity, ["key", *names], new)
    session.update_many(opportunity, names, old, changed)
    result.new += len(new)
    result.updated += len(changed)
    result.unchanged += len(rows) - len(new) - len(changed)
    return touched


def _existing(session: Session, keys: list[str], names: list[str]) -> dict[str, tuple[Any, ...]]:
    """key → (id, values) of the opportunities already there, dates as ISO text."""
    if not keys:
        return {}
    sqlite = session.connection.dialect.name == "sqlite"
    chosen = ", ".join(name + "::text" if name.endswith("_on") and not sqlite else name for name in names)
    statement = f"SELECT key, id, {chosen} FROM opportunity WHERE key "
    if sqlite:
        marks = ",".join("?" * len(keys))
        found = session.connection.exec_driver_sql(f"{statement} IN ({marks})", tuple(keys))
    else:
        found = session.connection.exec_driver_sql(f"{statement} = ANY(%s)", (keys,))
    return {row[0]: tuple(row[1:]) for row in found}
