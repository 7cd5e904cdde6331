"""What people and activities files share: rows become details one by one, bad ones become problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.pipeline.actions import Imported, Problem
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import Text, text
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.values import Bad

Outcome = tuple[int, str, UserError | None]


class BadCell(Exception):
    """A cell that can't be read: its field and why."""

    def __init__(self, field: str, reason: Text) -> None:
        super().__init__(field)
        self.field, self.reason = field, reason


def good(field: str, value: str | Bad | None) -> str | None:
    """A parsed value, or BadCell where it could not be parsed."""
    if isinstance(value, Bad):
        raise BadCell(field, value.reason)
    return value


def read_rows(made: Plan) -> list[tuple[int, list[str]]]:
    """All rows of the file with their numbers."""
    return [(n, row) for numbers, block in made.source.batches() for n, row in zip(numbers, block, strict=True)]


def cells(made: Plan, row: list[str]) -> dict[str, str]:
    """field → text of a row, trimmed."""
    return {name: row[at].strip() for name, at in made.at().items()}


def run_rows(
    store: Store,
    actor: Actor,
    made: Plan,
    write: Callable[..., Imported],
    today: dt.date,
    only_good_rows: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda rows, total: None,
) -> Done[Imported]:
    """Import a file of single rows as planned with the action ``write``, and remember how it was read."""
    made.check()
    rows = read_rows(made)
    done = store.act(actor, write, made, rows, today, only_good_rows, dry_run, lambda row: progress(row, len(rows)))
    if done.result.applied:
        made.remember(store, actor)
    return done


def take(
    session: Session,
    made: Plan,
    rows: Sequence[tuple[int, list[str]]],
    main: str,
    write: Callable[[Iterator[tuple[int, dict[str, str]]], Callable[[int, BadCell], None]], Sequence[Outcome]],
    only_good_rows: bool,
    dry_run: bool,
    report: Callable[[int], None],
) -> Imported:
    """Run ``write`` over the rows, count what it did, and leave nothing behind on a dry run or where rows are wrong.

    ``main`` is the field a rule's complaint about a whole row is shown under.
    """
    result = Imported(read=len(rows))
    at = made.at()
    texts = dict(rows)

    def reject(number: int, field: str, reason: Text) -> None:
        value = texts[number][at[field]].strip() if field in at else ""
        column = made.source.headers[at[field]] if field in at else ""
        result.rejected.append(Problem(number, column, value, reason))

    def each() -> Iterator[tuple[int, dict[str, str]]]:
        for done, (number, row) in enumerate(rows):
            if done % 100 == 0:
                report(done)
            yield number, cells(made, row)

    for number, outcome, error in write(each(), lambda n, bad: reject(n, bad.field, bad.reason)):
        if error is not None:
            reject(number, main, error.message)
        elif outcome == "new":
            result.new += 1
        elif outcome == "updated":
            result.updated += 1
        else:
            result.unchanged += 1
    result.rejected.sort(key=lambda problem: problem.row)
    result.applied = not dry_run and (only_good_rows or not result.rejected)
    if not result.applied:
        session.discard()
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
