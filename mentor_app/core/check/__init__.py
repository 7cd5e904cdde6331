"""Is the store sound? Asked of the database itself, of every row, of the history, and of everything computed from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from mentor_app.core import log
from mentor_app.core.check import history, imports, people, pipeline, playbooks, points, practice, schema, sealed
from mentor_app.core.check.problem import AGAIN, ON_SERVER, Problem, advised, first_of_each
from mentor_app.core.check.rows import Rows, read
from mentor_app.core.location import is_server
from mentor_app.core.store import Store
from mentor_app.core.store.raw import first_missing
from mentor_app.core.text import Text, text

Check: TypeAlias = Callable[[Connection, Rows], Iterable[Problem]]
Checks: TypeAlias = tuple[tuple[str, Check], ...]
Step: TypeAlias = Callable[[int, int], object]
CHECKS: Checks = (
    ("file", lambda c, _rows: schema.file(c)),
    ("schema", lambda c, _rows: schema.parts(c)),
    ("values", lambda _c, rows: rows.problems),
    ("references", schema.references),
    ("duplicates", schema.duplicates),
    ("history", history.check),
    ("seals", sealed.seals),
    ("installed", sealed.installed),
    ("imports", imports.check),
    ("people", people.people),
    ("projects", people.projects),
    ("pairings", people.pairings),
    ("camp", practice.camp),
    ("logbook", practice.logbook),
    ("ledger", points.ledger),
    ("rules", points.rules),
    ("redemptions", points.redemptions),
    ("opportunities", pipeline.opportunities),
    ("mappings", pipeline.mappings),
    ("playbooks", playbooks.playbooks),
    ("versions", playbooks.versions),
    ("reviews", playbooks.reviews),
    ("answers", playbooks.answers),
)
"""What is looked at, in this order."""
DAMAGE = frozenset({"file_damaged", "not_examined"})
"""Problems that may come of a damaged file."""


def problems(
    connection: Connection,
    location: str | None = None,
    step: Step = lambda _done, _all: None,
    notes: list[Problem] | None = None,
) -> list[Problem]:
    """Everything wrong with the store; empty when it is sound. Whatever stands in it, each check ends in an answer. What was
    removed or altered comes first, then what follows from it, then what can be repaired from the rest.

    With its ``location``, its attachments are looked at, too. ``step`` is told before each check how many of how many
    are done; it may raise to stop. What was noticed and is no problem any more goes to ``notes``.
    """
    checks = CHECKS
    if location is not None:
        checks += (("files", lambda _c, rows: playbooks.files(rows, location)),)
    found = advised([*first_of_each(_found(connection, checks, step, notes))])
    return sorted(found, key=lambda one: (one.is_computed, not one.is_cause))


def examine(store: Store, step: Step = lambda _done, _all: None, notes: list[Problem] | None = None) -> list[Problem]:
    """Everything wrong with an open store and its attachments (and ``notes``, as ``problems`` has them). Where its file is
    damaged nothing more is written to it."""
    with store.read() as connection:
        found = problems(connection, store.location, step, notes)
    if store.damaged or any(one.key in DAMAGE for one in found):
        store.look_for_damage()
    if is_server(store.location):
        return [replace(one, advice=ON_SERVER.get(one.advice, one.advice)) for one in found]
    return found


def not_looked_at(connection: Connection) -> list[Text]:
    """What the check of this store can't say anything about."""
    said = schema.comparable(connection)
    if first_missing(connection) is None:  # else the check says that it is
        said += imports.unproved(connection)
    return said


def _found(connection: Connection, checks: Checks, step: Step, notes: list[Problem] | None = None) -> Iterator[Problem]:
    rows = Rows()
    for done, (name, check) in enumerate(checks):
        step(done, len(checks))
        found: list[Problem] = []
        try:
            with connection.begin_nested():  # on a server a statement that fails ends the transaction
                if name == "values":
                    rows = read(connection)
                found.extend(check(connection, rows))
        except Exception as error:  # whatever stands there: the other checks go on
            found.append(_not_examined(name, error, connection))
        yield from found
    if notes is not None:
        notes += rows.notes
    step(len(checks), len(checks))


def _not_examined(name: str, error: Exception, connection: Connection) -> Problem:
    reason = _reason(connection, error)
    what = text("A check could not be made to its end ({check}): {reason}", check=name, reason=reason)
    return Problem(key="not_examined", what=what, advice=AGAIN)


def _reason(connection: Connection, error: Exception) -> Text:
    with suppress(DBAPIError):
        part = first_missing(connection)
        if part is not None:
            return text("{part} is missing.", part=part)
    log.bug(error)  # the log has the rest
    return text("something that it needs can't be read.")
