"""Taking back what was done, and doing it again: by reversing its row changes, by a counter-entry, or not, with the reason.

What is taken back stays in the history, and so does the taking back, which is a change set of its own that says what it
undoes; doing again takes back the taking back. Nothing is taken back under something newer that rests on it.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, UniqueConstraint, func, or_, select
from sqlalchemy.exc import IntegrityError

from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.history.rules_kept import DERIVED, GOES_ON, KEEPERS, RESTING, follows
from mentor_app.core.people.access import require_role
from mentor_app.core.people.roles import ACCESS, permitted, roles_for
from mentor_app.core.people.rules import ROLES
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, Action, Counter, Never, action, function_of
from mentor_app.core.store.history import Operation, change, change_set, typed, undoing, undone
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import action_called
from mentor_app.core.text import N_, Text, by_user, text

UNDO, REDO = "history.undo", "history.redo"
A_ROW = dt.timedelta(minutes=10)
"""Saves of one record further apart than this are changes of their own."""
_BY_COLUMN = frozenset({"person", "team", "region", "project", "reward", "opportunity", "mentor_capacity"})
"""Tables whose columns are independent: a newer change of another column does not stand in the way."""
_WINDOW = 400  # change sets looked at for the last thing somebody did; what lies before is found in the history
_SOME = 500  # ids in one query


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Something one person did: an action, or the saves in a row that are one change; ``ids`` of its change sets, the
    newest first."""

    ids: tuple[int, ...]
    at: dt.datetime
    actor_id: int | None
    actor_name: str | None
    action: str

    @property
    def id(self) -> int:
        """What it is called by: its newest change set."""
        return self.ids[0]


class CannotUndo(UserError):
    """It can't be taken back; ``first`` (a change set) has to be taken back before, where that is the reason."""

    def __init__(self, message: Text, first: int | None = None) -> None:
        super().__init__(message)
        self.first = first

    def __reduce__(self) -> tuple[Any, ...]:
        return CannotUndo, (self.message, self.first)


class _Differs(StandsInTheWay):
    """A row does not say what was written, though nothing newer stands: something else was taken back."""


def doings(connection: Connection, actor: Actor, limit: int = _WINDOW) -> list[Doing]:
    """What this person did and stands, the newest first; without what is done in passing, and without undoing itself."""
    gone = undone(connection)
    rows = [row for row in _sets_of(connection, actor, limit) if row.id not in gone and row.action not in (UNDO, REDO)]
    return runs(connection, [row for row in rows if not action_called(row.action).aside])


def to_undo(connection: Connection, actor: Actor) -> Doing | None:
    """What an undo would take back: the last thing this person did that stands."""
    return next(iter(doings(connection, actor)), None)


def to_redo(connection: Connection, actor: Actor) -> Doing | None:
    """What this person took back last, where they have done nothing else since."""
    gone = undone(connection)
    for row in _sets_of(connection, actor, _WINDOW):
        if row.action == UNDO and row.id not in gone:
            taken = select(undoing.c.undoes_id).where(undoing.c.change_set_id == row.id)
            return doing(connection, max(connection.execute(taken).scalars()), connected=False)
        if row.id not in gone and row.action not in (UNDO, REDO) and not action_called(row.action).aside:
            return None
    return None


def doing(connection: Connection, change_set_id: int, connected: bool = True) -> Doing:
    """The doing a change set belongs to (``connected``: with the saves in a row before it). UserError where there is none."""
    row = connection.execute(select(change_set).where(change_set.c.id == change_set_id)).one_or_none()
    if row is None:
        raise UserError("There is no change number {n}.", n=change_set_id)
    if not connected or not action_called(row.action).saves:
        return _doing([row])
    gone, actor = undone(connection), Actor(row.actor_name or "", row.actor_id)
    before = [r for r in _sets_of(connection, actor, _WINDOW, change_set_id) if r.id not in gone or r.id == row.id]
    return runs(connection, before)[0]


def runs(connection: Connection, rows: Sequence[Any]) -> list[Doing]:
    """Change sets (rows with id, at, actor and action, the newest first) as doings: saves in a row are one.

    In a row: by one person, of the same record, nothing else done and nobody else writing in between. What made the
    record is a doing of its own.
    """
    saving = [row.id for row in rows if action_called(row.action).saves]
    written = _rows_written(connection, saving)
    result: list[list[Any]] = []
    for row in rows:
        last = result[-1][-1] if result else None
        if last is not None and _in_a_row(connection, row, last, written):
            result[-1].append(row)
        else:
            result.append([row])
    return [_doing(run) for run in result]


def _doing(rows: Sequence[Any]) -> Doing:
    first = rows[0]
    return Doing(
        ids=tuple(row.id for row in rows),
        at=first.at,
        actor_id=first.actor_id,
        actor_name=first.actor_name,
        action=first.action,
    )


def _in_a_row(
    connection: Connection, older: Any, newer: Any, written: Mapping[int, Mapping[tuple[str, int], str]]
) -> bool:
    if older.id not in written or newer.id not in written or older.action != newer.action:
        return False
    if (older.actor_id, older.actor_name) != (newer.actor_id, newer.actor_name) or newer.at - older.at > A_ROW:
        return False
    rows = written[newer.id]
    if any(operation != Operation.UPDATE for operation in rows.values()) or not rows.keys() <= written[older.id].keys():
        return False
    if any(written[older.id][row] != Operation.UPDATE for row in rows):
        return False
    c = change.c
    between = select(c.id).where(c.change_set_id > older.id, c.change_set_id < newer.id)
    return not any(
        connection.execute(between.where(c.table_name == name, c.row_id == row_id).limit(1)).first()
        for name, row_id in rows
    )


def _rows_written(connection: Connection, ids: Sequence[int]) -> dict[int, dict[tuple[str, int], str]]:
    """Change set → the rows it wrote, and how."""
    c = change.c
    written: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
    for at in range(0, len(ids), _SOME):
        some = select(c.change_set_id, c.table_name, c.row_id, c.operation).where(
            c.change_set_id.in_(ids[at : at + _SOME]), c.row_id.is_not(None)
        )
        for set_id, name, row_id, operation in connection.execute(some):
            written[set_id].setdefault((name, row_id), operation)
    return written


def _sets_of(connection: Connection, actor: Actor, limit: int, until: int | None = None) -> list[Any]:
    s = change_set.c
    mine = s.actor_id == actor.person_id if actor.person_id is not None else s.actor_id.is_(None)
    statement = select(s.id, s.at, s.actor_id, s.actor_name, s.action).where(mine)
    if actor.person_id is None:
        statement = statement.where(s.actor_name == actor.name)
    if until is not None:
        statement = statement.where(s.id <= until)
    return list(connection.execute(statement.order_by(s.id.desc()).limit(limit)))


# -- taking back


@action(UNDO, title=N_("Taken back"), undo=INVERSE)
def undo(session: Session, actor: Actor, change_set_id: int | None = None, trial: bool = False) -> Doing:
    """Take back the last thing the actor did, or what this change set belongs to; returns what that was. A ``trial`` leaves
    everything as it is, and only says whether it can be done.

    CannotUndo, which names what has to be taken back before, or the reason why it stays.
    """
    if trial:
        session.discard()
    connection = session.connection
    chosen = to_undo(connection, actor) if change_set_id is None else doing(connection, change_set_id)
    if chosen is None:
        raise UserError("There is nothing to take back.")
    if chosen.action in (UNDO, REDO):
        raise UserError("What was taken back is done again with redo.")
    if set(chosen.ids) & undone(connection):
        raise UserError("This has been taken back already.")
    what = action_called(chosen.action)
    if isinstance(what.undo, Never):
        raise CannotUndo(text("It stays as it was done. {reason}", reason=text(what.undo.reason)))
    _check_permitted(session, actor, chosen, what)
    with _explained(connection, chosen):
        if isinstance(what.undo, Counter):
            ids = _ids_for(connection, chosen, what.undo)
            function_of(what.undo.action)(session, actor, ids[0] if what.undo.one else ids)
        else:
            reverse(session, chosen.ids)
    session.takes_back(chosen.ids)
    return chosen


@action(REDO, title=N_("Done again"), undo=INVERSE)
def redo(session: Session, actor: Actor) -> Doing:
    """Do again what the actor took back last, where they have done nothing else since; returns what that was."""
    connection = session.connection
    chosen = to_redo(connection, actor)
    if chosen is None:
        raise UserError("There is nothing to do again.")
    what = action_called(chosen.action)
    _check_permitted(session, actor, chosen, what)
    gone = undone(connection)
    taking = select(undoing.c.change_set_id).where(undoing.c.undoes_id == chosen.id)
    taken_back_by = max(i for i in connection.execute(taking).scalars() if i not in gone)
    with _explained(connection, chosen):
        if _reversible(connection, taken_back_by):
            reverse(session, (taken_back_by,))
        elif isinstance(what.undo, Counter) and what.undo.again:
            function_of(what.undo.again)(session, actor, _ids_for(connection, chosen, what.undo))
        else:
            raise CannotUndo(text(N_("It takes more than a key to do this again: do it once more where you did it.")))
    session.takes_back((taken_back_by,))
    return chosen


def redoable(connection: Connection, chosen: Doing) -> bool:
    """Whether what was just taken back can be done again by ``redo``."""
    answer = action_called(chosen.action).undo
    taking = select(func.max(undoing.c.change_set_id)).where(undoing.c.undoes_id == chosen.id)
    last = connection.execute(taking).scalar()
    return last is not None and (_reversible(connection, last) or (isinstance(answer, Counter) and bool(answer.again)))


def _check_permitted(session: Session, actor: Actor, chosen: Doing, what: Action) -> None:
    for name in _needed(chosen, actor, what):
        require_role(session, actor, name)


def _needed(chosen: Doing, actor: Actor, what: Action) -> list[str]:
    """What somebody must be permitted to take this back."""
    own = chosen.actor_id == actor.person_id and (actor.person_id is not None or chosen.actor_name == actor.name)
    return [*([] if own else ["history.undo_others"]), *([what.name] if what.name in ACCESS else [])]


def why_not(chosen: Doing, actor: Actor, roles: Collection[str] | None) -> Text | None:
    """Why somebody with these roles can't take this back, whatever was done since; None where they can."""
    what = action_called(chosen.action)
    if isinstance(what.undo, Never):
        return text(what.undo.reason)
    for name in _needed(chosen, actor, what):
        if not permitted(roles, name):
            if roles is None:
                return text("Choose first who is working here: this is recorded under a person's name.")
            role = text(ROLES[roles_for(name)[0]])
            if name == "history.undo_others":
                return text("Somebody else did this: taking it back takes the role {role}.", role=role)
            return text("Taking this back takes the role {role}.", role=role)
    return None


def _ids_for(connection: Connection, chosen: Doing, answer: Counter) -> list[int]:
    """The rows of its table that the doing wrote; or, where it was done again since, those written then."""
    u = undoing.alias("u")
    again = select(undoing.c.change_set_id).join(u, u.c.change_set_id == undoing.c.undoes_id)
    later = connection.execute(again.where(u.c.undoes_id.in_(chosen.ids)).order_by(undoing.c.id.desc())).scalars()
    c = change.c
    for set_id in [*later, chosen.id]:
        written = select(c.row_id).where(c.change_set_id == set_id, c.table_name == answer.table).distinct()
        ids = list(connection.execute(written.order_by(c.row_id)).scalars())
        if ids:
            return ids
    return []


def _reversible(connection: Connection, change_set_id: int) -> bool:
    """Whether all its row changes can be turned round: it left nothing that is kept for good, but what follows."""
    written = select(change.c.table_name, change.c.after).where(change.c.change_set_id == change_set_id)
    return not any(
        metadata.tables[name].info.get("append_only") and not follows(name, json.loads(after or "{}"))
        for name, after in connection.execute(written)
    )


@contextmanager
def _explained(connection: Connection, chosen: Doing) -> Iterator[None]:
    """Around taking back: what stands in the way is named, as the doing it belongs to."""
    try:
        yield
    except StandsInTheWay as error:
        raise _blocked(connection, error.rows, chosen, isinstance(error, _Differs)) from None
    except CannotUndo:
        raise
    except UserError as error:
        what = text(action_called(chosen.action).title)
        raise CannotUndo(
            text("“{action}” can't be taken back now. {reason}", action=what, reason=error.message)
        ) from None
    except IntegrityError as error:
        taken = text(N_("Something that was done since, such as a name given again, stands in the way."))
        raise CannotUndo(taken) from error


def _blocked(connection: Connection, rows: Sequence[tuple[str, int]], chosen: Doing, differs: bool) -> CannotUndo:
    """The newest doing that stands among those that wrote these rows since."""
    c, gone = change.c, undone(connection)
    taking = set(connection.execute(select(undoing.c.change_set_id)).scalars())
    found: set[int] = set()
    for name, row_id in rows:
        if name == change_set.name:
            found.add(row_id)
            continue
        here = or_(c.row_id == row_id, c.row_id.is_(None))
        for set_id, row, after in connection.execute(
            select(c.change_set_id, c.row_id, c.after).where(c.table_name == name, here)
        ):
            if row is not None or any(first <= row_id <= last for first, last in json.loads(after or "[]")):
                found.add(set_id)
    standing = {one for one in found - gone - taking if one > chosen.id}
    if not standing and any(name == change_set.name for name, _ in rows):
        return CannotUndo(text(N_("Somebody it made has worked here since, which the history keeps.")))
    if not standing and differs:
        words = N_("What it wrote is not there any more as it was left; the history tells what became of it.")
        return CannotUndo(text(words))
    if not standing:
        return CannotUndo(text(N_("Entries that are kept for good rest on it.")))
    first = doing(connection, max(standing), connected=False)
    return CannotUndo(
        text(
            "“{action}” ({name}, {at}) rests on it and has to be taken back first.",
            action=text(action_called(first.action).title),
            name=_name(connection, first),
            at=first.at.astimezone().strftime("%Y-%m-%d %H:%M"),
        ),
        first.id,
    )


def _name(connection: Connection, of: Doing) -> str:
    person = metadata.tables["person"].c
    found = connection.execute(select(person.name).where(person.id == of.actor_id)).scalar() if of.actor_id else None
    return found or by_user(of.actor_name)


# -- reversing rows


def reverse(session: Session, change_set_ids: Sequence[int]) -> None:
    """Undo the row changes of these change sets (the newest first), all or none; StandsInTheWay where something newer
    rests on a row. What follows from rows, such as points, follows again by itself."""
    for set_id in change_set_ids:
        _Reversing(session, set_id, change_set_ids).run()
    for tables, keep in KEEPERS.items():
        if session.touched(tables):
            keep(session)


class _Reversing:
    """The reversal of one change set."""

    def __init__(self, session: Session, set_id: int, together: Sequence[int]) -> None:
        self._session, self._set = session, set_id
        self._connection = session.connection
        gone = undone(self._connection)
        taking = set(self._connection.execute(select(undoing.c.change_set_id)).scalars())
        self._not_counted = gone | taking | set(together)
        self._stale: set[str] = set()

    def run(self) -> None:
        """From the last row change to the first."""
        c = change.c
        erased = select(c.id).where(c.change_set_id == self._set, c.erasure_id.is_not(None)).limit(1)
        if self._connection.execute(erased).first():
            raise CannotUndo(text(N_("It holds personal data that was erased on request, and stays as it was left.")))
        found = select(change).where(c.change_set_id == self._set).order_by(c.id.desc())
        steps = [dict(step) for step in self._connection.execute(found).mappings()]
        if self._goes_on(steps):
            return
        for step in steps:
            name = step["table_name"]
            if not follows(name, json.loads(step["after"] or "{}")):
                self._refresh(unless=name)
                self._reverse(metadata.tables[name], step)
                self._stale |= {name} & DERIVED.keys()
        self._refresh()

    def _goes_on(self, steps: Sequence[Mapping[str, Any]]) -> bool:
        """Whether it was taken back without removing what it made, for that has to stay."""
        tables = {step["table_name"] for step in steps}
        if len(tables) != 1 or tables.isdisjoint(GOES_ON):
            return False
        (name,) = tables
        for step in steps:
            self._check_newer(metadata.tables[name], step)
            self._check_resting(metadata.tables[name], step)
        return GOES_ON[name](self._session, steps)

    def _check_resting(self, table: Table, step: Mapping[str, Any]) -> None:
        """StandsInTheWay where something rests on the row as it was written, though it points nowhere else."""
        if table.name in RESTING:
            StandsInTheWay.unless_none(*RESTING[table.name](self._connection, step))

    def _refresh(self, unless: str = "") -> None:
        """Compute anew what is derived from a table before another is gone on with: it may point there."""
        for name in self._stale - {unless}:
            DERIVED[name](self._session)
        self._stale &= {unless}

    def _reverse(self, table: Table, step: Mapping[str, Any]) -> None:
        if table.info.get("append_only"):
            raise CannotUndo(text(N_("It has left entries that are kept for good.")))
        before, after = (json.loads(step[name]) if step[name] else {} for name in ("before", "after"))
        operation, row_id = Operation(step["operation"]), step["row_id"]
        if operation == Operation.INSERT:
            self._check_newer(table, step)
            self._check_unused(table, Rows([(row_id, row_id)]))
            self._session.delete(table, row_id)
        elif operation == Operation.UPDATE:
            self._check_newer(table, step)
            row = self._check_standing(table, row_id, after)
            values = self._pointing(table, before)
            with self._alone(table, {**row, **values}):
                self._session.update(table, row_id, values)
        elif operation == Operation.DELETE:
            values = self._pointing(table, before)
            with self._alone(table, values):
                self._session.put_back(table, values)
        elif operation == Operation.INSERT_MANY:
            self._remove_many(table, step, Rows(after))
        elif operation == Operation.DELETE_MANY:
            rows = (dict(zip(before["columns"], row, strict=True)) for row in before["rows"])
            self._session.put_back_many(table, [typed(table, row) for row in rows])
        else:
            self._update_many(table, step, before["columns"], before["rows"])

    def _check_newer(self, table: Table, step: Mapping[str, Any]) -> None:
        """StandsInTheWay where the row was written since by something that stands."""
        c = change.c
        later = select(c.change_set_id, c.before).where(
            c.table_name == table.name, c.row_id == step["row_id"], c.id > step["id"]
        )
        columns = json.loads(step["after"] or "{}").keys()
        free = table.name in _BY_COLUMN and step["operation"] == Operation.UPDATE
        sets = [
            set_id
            for set_id, before in self._connection.execute(later)
            if set_id not in self._not_counted and not (free and columns.isdisjoint(json.loads(before or "{}")))
        ]
        if sets:
            raise StandsInTheWay((change_set.name, set_id) for set_id in sets)
        self._check_newer_many(table, step, Rows([(step["row_id"], step["row_id"])]), only_many=True)

    def _check_newer_many(self, table: Table, step: Mapping[str, Any], rows: Rows, only_many: bool = False) -> None:
        """The same for many rows, or (``only_many``) for what was written many at once."""
        c = change.c
        later = select(c.change_set_id, c.row_id, c.before).where(c.table_name == table.name, c.id > step["id"])
        many = c.operation.in_((Operation.UPDATE_MANY, Operation.DELETE_MANY))
        one = c.row_id.between(rows.ranges[0][0], rows.ranges[-1][1])
        for set_id, row_id, before in self._connection.execute(later.where(many if only_many else or_(many, one))):
            if set_id in self._not_counted:
                continue
            ids = [row_id] if row_id is not None else [row[0] for row in json.loads(before)["rows"]]
            if any(i in rows for i in ids):
                raise StandsInTheWay([(change_set.name, set_id)])

    @contextmanager
    def _alone(self, table: Table, row: Mapping[str, Any]) -> Iterator[None]:
        """Around writing a row: StandsInTheWay where another holds by now what only one may hold."""
        try:
            with self._session.attempt():
                yield
        except IntegrityError:
            others = [i for i in self._alike(table, row) if i != row["id"]]
            StandsInTheWay.unless_none(table.name, others)
            raise

    def _alike(self, table: Table, row: Mapping[str, Any]) -> Iterator[int]:
        for columns, only in _unique(table):
            same = select(table.c.id).where(*(column == row[column.name] for column in columns))
            yield from self._connection.execute(same if only is None else same.where(only)).scalars()

    def _check_standing(self, table: Table, row_id: int, after: Mapping[str, Any]) -> RowMapping:
        """The row; StandsInTheWay where it does not say what was written, or is gone."""
        row = self._connection.execute(select(table).where(table.c.id == row_id)).mappings().one_or_none()
        if row is None or any(row[name] != value for name, value in typed(table, after).items()):
            raise _Differs([(table.name, row_id)])
        return row

    def _check_unused(self, table: Table, rows: Rows) -> None:
        """StandsInTheWay where other rows point to those about to go."""
        for child, column in _pointing_to(table):
            for first, last in rows.ranges:
                here = select(child.c.id).where(child.c[column].between(first, last)).limit(20)
                ids = self._connection.execute(here).scalars().all()
                StandsInTheWay.unless_none(child.name, [i for i in ids if child is not table or i not in rows])

    def _pointing(self, table: Table, before: Mapping[str, Any]) -> dict[str, Any]:
        """The values to put back; StandsInTheWay where they point to what has gone since."""
        values = typed(table, before)
        for key in table.foreign_keys:
            value, target = values.get(key.parent.name), key.column.table
            if (
                value is not None
                and not self._connection.execute(
                    select(func.count()).select_from(target).where(target.c.id == value)
                ).scalar()
            ):
                raise StandsInTheWay([(target.name, value)])
        return values

    def _remove_many(self, table: Table, step: Mapping[str, Any], rows: Rows) -> None:
        self._check_newer_many(table, step, rows)
        self._check_unused(table, rows)
        for first, last in rows.ranges:
            there = select(table.c.id).where(table.c.id.between(first, last)).order_by(table.c.id)
            self._session.delete_many(table, list(self._connection.execute(there).scalars()))

    def _update_many(
        self, table: Table, step: Mapping[str, Any], names: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        self._check_newer_many(table, step, Rows([(row[0], row[0]) for row in rows]))
        columns = [table.c[name] for name in names]
        for at in range(0, len(rows), _SOME):
            some = sorted(rows[at : at + _SOME], key=lambda row: row[0])
            ids = [row[0] for row in some]
            now = self._connection.execute(select(*columns).where(table.c.id.in_(ids)).order_by(table.c.id)).all()
            if len(now) < len(some):
                raise StandsInTheWay((table.name, i) for i in set(ids) - {row[0] for row in now})
            self._session.update_many(table, list(names[1:]), [list(row) for row in now], [tuple(row) for row in some])


class Rows:
    """Ids of rows as ranges, [first, last] of each."""

    def __init__(self, ranges: Iterable[Sequence[int]]) -> None:
        self.ranges = sorted((first, last) for first, last in ranges)

    def __contains__(self, row_id: int) -> bool:
        at = bisect(self.ranges, (row_id, 1 << 62)) - 1
        return at >= 0 and self.ranges[at][0] <= row_id <= self.ranges[at][1]


def _unique(table: Table) -> Iterator[tuple[list[Column[Any]], Any]]:
    """What only one row may hold: (columns, the condition under which)."""
    for index in table.indexes:
        if index.unique:
            yield list(index.columns), index.dialect_kwargs.get("sqlite_where")
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns), None


def _pointing_to(table: Table) -> Iterator[tuple[Table, str]]:
    """The columns that point to rows of this table, but those of what is derived: (table, column)."""
    for child in metadata.sorted_tables:
        if not child.info.get("derived"):
            for key in child.foreign_keys:
                if key.column.table is table:
                    yield child, key.parent.name


def changed_rows(connection: Connection, set_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Change set → its row changes, in order."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = list(set_ids)
    for at in range(0, len(wanted), _SOME):
        c = change.c
        some = select(change).where(c.change_set_id.in_(wanted[at : at + _SOME])).order_by(c.id)
        for row in connection.execute(some).mappings():
            found[row["change_set_id"]].append(dict(row))
    return found
