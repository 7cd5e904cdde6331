"""Making anew what is computed from the rest: digests, answers and their search, triggers, indexes, also where the table itself
is gone. Nothing else is touched:
no row is taken for right that is not as the history has it, nor is anything computed from such a row, nor sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from mentor_app.core.check import examine, schema
from mentor_app.core.check.history import replayed
from mentor_app.core.check.past import restorations
from mentor_app.core.check.problem import COMPUTED_FROM, Problem, spoilt
from mentor_app.core.check.rows import COMPUTED
from mentor_app.core.check.sealed import last_numbers
from mentor_app.core.location import is_server
from mentor_app.core.pipeline import digest
from mentor_app.core.playbooks import published
from mentor_app.core.store import Store, derived
from mentor_app.core.store.backup import keep
from mentor_app.core.store.blueprint import Part
from mentor_app.core.store.kept import Reason
from mentor_app.core.store.query_cache import forget_answers
from mentor_app.core.store.schema import metadata
from mentor_app.core.store.search import INDEX
from mentor_app.core.text import N_, Text, text

_FILLED_WITH = {**COMPUTED, INDEX: "answers"}
"""What fills the tables that are computed."""
_CALLED = {"digest": N_("The summaries of opportunities"), "answers": N_("The answers of playbooks")}


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """What was done, what could not be, and what is still wrong with the store."""

    done: list[Text]
    failed: list[Text]
    left: list[Problem]
    notes: list[Problem] = field(default_factory=list)
    """What was set right before, and is no problem any more."""


def repair(store: Store, before: Callable[[], object]) -> Repaired:
    """Make anew what is wrong and computed from the rest; ``before`` makes a copy of the store first, where anything can be.

    Everything is done in one transaction; a part that can't be made stays as it is.
    """
    notes: list[Problem] = []
    found = examine(store, notes=notes)
    keys = {one.key for one in found if one.is_computed}
    with store.read() as connection:
        lost = {part.table for part in _wanted(connection) if part.kind in ("table", "column")}
    keys |= {_FILLED_WITH[name] for name in lost}
    failed = [*_left_alone(found, keys)]
    lost = {name for name in lost if _FILLED_WITH[name] in keys}
    with store.read() as connection:
        to_do = [*_parts(connection, lost), *_contents(keys)]
    if not to_do:
        return Repaired(done=[], failed=failed, left=found, notes=notes)
    before()
    done: list[Text] = []
    with store.rebuild() as connection:
        for words, make in to_do:
            try:
                with connection.begin_nested():
                    make(connection)
                done.append(words)
            except (DBAPIError, ValueError, KeyError, TypeError) as error:
                failed.append(text("Not done: “{what}” {reason}", what=words, reason=_reason(error)))
    forget_answers()
    return Repaired(done=done, failed=failed, left=examine(store), notes=notes)


def _left_alone(found: list[Problem], keys: set[str]) -> Iterator[Text]:
    """What is not computed again, for rows that it is computed from are not as they were written: they would become the
    truth. It is taken out of ``keys``."""
    keys |= {"answers"} if "search" in keys else set()
    for kind in COMPUTED_FROM:
        tables = spoilt(found, kind)
        if tables and kind in keys:
            keys.discard(kind)
            what = N_(
                "{what} were not made anew: in {tables} something is not as it was written. Restore a backup first."
            )
            yield text(what, what=text(_CALLED[kind]), tables=", ".join(tables))


def back_up(store: Store) -> Path | None:
    """A backup of a store's file as it is, damaged or not; None for a server, which has backups of its own.

    UserError where there can't be one.
    """
    if is_server(store.location):
        return None
    with store.whole_file() as source:
        return keep(source, store.location, Reason.REPAIR, dt.datetime.now(dt.UTC), sound=False).path


def _reason(error: Exception) -> str:
    orig = getattr(error, "orig", None) or error
    return " ".join(str(orig).split())[:200]


def _wanted(connection: Connection) -> list[Part]:
    """The parts to be made again."""
    return [part for what, part in schema.differences(connection) if what != "unknown" and schema.is_mended(part)]


def _parts(connection: Connection, lost: Collection[str]) -> Iterator[tuple[Text, Callable[[Connection], object]]]:
    """Tables that are ``lost`` and computed, triggers, indexes and constraints, and how each is made again."""
    for name in sorted(lost):
        yield text("{name} was made again.", name=name), partial(derived.make, name=name)
    order = ("function", "constraint", "index", "trigger")
    wanted = [part for part in _wanted(connection) if part.kind in order and part.table not in lost]
    for part in sorted(wanted, key=lambda one: (order.index(one.kind), one.name)):
        yield text("{name} was made again.", name=part.name), _maker(part)


def _maker(part: Part) -> Callable[[Connection], object]:
    def make(connection: Connection) -> None:
        server = connection.dialect.name == "postgresql"
        if part.kind == "constraint":
            connection.execute(sql(f'ALTER TABLE "{part.table}" DROP CONSTRAINT IF EXISTS "{part.name}"'))
        elif part.kind != "function":
            on = f' ON "{part.table}"' if part.kind == "trigger" and server else ""
            connection.execute(sql(f'DROP {part.kind.upper()} IF EXISTS "{part.name}"{on}'))
        connection.exec_driver_sql(part.made_by)

    return make


def _number_again(connection: Connection) -> None:
    past, rows = replayed(connection)
    for table, last in last_numbers(connection, past, rows).items():
        given = connection.execute(sql("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table})
        known = [seq for seq in given.scalars() if isinstance(seq, int)]
        exact = table in past.known and not restorations(connection)
        number = last if exact else max([last, *known])
        connection.execute(sql("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        if number:
            values = {"name": table, "seq": number}
            connection.execute(sql("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), values)
    there = ", ".join(f"'{name}'" for name in metadata.tables)
    connection.exec_driver_sql(f"DELETE FROM sqlite_sequence WHERE name IS NULL OR name NOT IN ({there})")


def _contents(keys: set[str]) -> Iterator[tuple[Text, Callable[[Connection], object]]]:
    if "index_damaged" in keys:
        yield text("All indexes were filled again."), lambda connection: connection.exec_driver_sql("REINDEX")
    if "digest" in keys:
        yield text("The summaries of opportunities were computed again."), digest.rebuild
    if "sequence" in keys:
        yield text("The numbers given out last were set right."), _number_again
    if "answers" in keys:
        yield text("The answers of playbooks and their search were made again."), published.publish_all
