"""Files of single rows (people, activities, projects, pairings): rows are read one by one, bad ones become problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.pipeline.actions import Imported, Problem
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import Text, text
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.recognise import FileKind
from mentor_app.transfer.values import Bad, parse_date, plain

R = TypeVar("R")
Outcome = tuple[int, str, UserError | None]
Cells = Mapping[str, str]


class BadCell(Exception):
    """A cell that can't be read: its field and why."""

    def __init__(self, field: str, reason: Text) -> None:
        super().__init__(field)
        self.field, self.reason = field, reason


@dataclass(frozen=True)
class Line:
    """One row of a file: its number, its cells by field (trimmed), and what tells it from others."""

    number: int
    cell: Cells
    code: str
    parse: Callable[[str], Any]

    def date(self, field: str) -> dt.date | None:
        """The date in a field, None where it is empty; BadCell where it is none."""
        found = self.parse(self.cell.get(field, ""))
        if isinstance(found, Bad):
            raise BadCell(field, found.reason)
        return dt.date.fromisoformat(found) if found else None


@dataclass(frozen=True)
class RowFile(Generic[R]):
    """How files of one kind are read and written.

    ``reader(session, fields)`` gives a function from a line to what an action takes (BadCell where it can't be);
    ``write(session, actor, rows, today)`` is that action and says what became of each row. ``main`` is the field under
    which a rule's complaint about a whole row is shown.
    """

    kind: FileKind
    main: str
    reader: Callable[[Session, frozenset[str]], Callable[[Line], R]]
    write: Callable[[Session, Actor, Sequence[R], dt.date], Sequence[Outcome]]

    def plan(self, store: Store, path: Path, **given: Any) -> Plan:
        """Recognise a file; see ``make_plan`` for what can be given."""
        return make_plan(self.kind, store, path, **given)

    def run(
        self,
        store: Store,
        actor: Actor,
        made: Plan,
        *,
        today: dt.date,
        only_good_rows: bool = False,
        dry_run: bool = False,
        progress: Callable[[int, int], None] = lambda rows, total: None,
    ) -> Done[Imported]:
        """Import the file as planned, all rows or (when asked) the good ones, and remember how it was read."""
        made.check()
        rows = [(n, row) for numbers, block in made.source.batches() for n, row in zip(numbers, block, strict=True)]

        def import_file(session: Session, actor: Actor) -> Imported:
            result = self._take(session, actor, made, rows, today, lambda row: progress(row, len(rows)))
            result.applied = not dry_run and (only_good_rows or not result.rejected)
            if not result.applied:
                session.discard()
            return result

        import_file.__module__ = f"mentor_app.core.{self.kind.name}"
        done = store.act(actor, import_file)
        if done.result.applied:
            made.remember(store, actor)
        return done

    def _take(
        self,
        session: Session,
        actor: Actor,
        made: Plan,
        rows: Sequence[tuple[int, list[str]]],
        today: dt.date,
        report: Callable[[int], None],
    ) -> Imported:
        result = Imported(read=len(rows))
        at, texts, headers = made.at(), dict(rows), made.source.headers
        identity = [headers.index(column) for column in made.mapping.columns.get("id", [])]
        parse = parse_date(made.mapping.date_order or "ymd")

        def reject(number: int, field: str, reason: Text) -> None:
            known = field in at
            value = texts[number][at[field]].strip() if known else ""
            result.rejected.append(Problem(number, headers[at[field]] if known else "", value, reason))

        read = self.reader(session, frozenset(at))
        good = []
        for done, (number, row) in enumerate(rows):
            if done % 100 == 0:
                report(done)
            cell = {name: row[column].strip() for name, column in at.items()}
            code = " · ".join(plain(row[column]) for column in identity)[:200]
            try:
                good.append(read(Line(number, cell, code, parse)))
            except BadCell as error:
                reject(number, error.field, error.reason)
        for number, outcome, problem in self.write(session, actor, good, today):
            if problem is not None:
                reject(number, self.main, problem.message)
            elif outcome == "new":
                result.new += 1
            elif outcome == "updated":
                result.updated += 1
            else:
                result.unchanged += 1
        result.rejected.sort(key=lambda one: one.row)
        return result


def people_by_name(session: Session) -> dict[str, list[int]]:
    """Name or CRM name, as names are compared → ids of the people it means."""
    found: dict[str, list[int]] = {}
    for name, person_id in session.connection.execute(select(person.c.name, person.c.id)):
        found.setdefault(match_key(name), []).append(person_id)
    known = select(crm_name.c.match, crm_name.c.person_id).where(crm_name.c.person_id.is_not(None))
    for match, person_id in session.connection.execute(known):
        if match not in found:
            found[match] = [person_id]
    return found


def person_meant(people: Mapping[str, list[int]], field: str, name: str) -> int | None:
    """The person a cell means, None for an empty one; BadCell where nobody or several people are called so."""
    if not name:
        return None
    found = people.get(match_key(name), [])
    if not found:
        raise BadCell(field, text("Nobody is called {name}.", name=name))
    if len(found) > 1:
        raise BadCell(field, text("{n} people are called {name}.", n=len(found), name=name))
    return found[0]
