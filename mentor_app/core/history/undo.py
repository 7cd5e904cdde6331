"""Taking back what was done, and doing it again: by reversing its row changes, by a counter-entry, or not, with the reason.

What is taken back stays in the history, and so does the taking back, which is a change set of its own that says what it
undoes; doing again takes back the taking back. Nothing is taken back under something newer that rests on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.history.many import rows_in
from mentor_app.core.history.reversing import CannotUndo, Differs, KeptForGood, reverse, reversible
from mentor_app.core.history.saves import Doing, as_doing, runs
from mentor_app.core.people.access import require_role, roles_of, said_roles
from mentor_app.core.people.roles import ACCESS, permitted, roles_for
from mentor_app.core.store import Actor, Session, Store
from mentor_app.core.store.action import INVERSE, Action, Counter, Never, action, function_of
from mentor_app.core.store.history import change, change_set, undoing, undone
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import action_called
from mentor_app.core.text import N_, Text, by_user, text

UNDO, REDO = "history.undo", "history.redo"
MORE_THAN_A_KEY = N_("It takes more than a key to do this again: do it once more where you did it.")
_KEPT = N_("Entries that are kept for good rest on it.")
_NOT_NOW = N_("“{action}” can't be taken back now. {reason}")
_WINDOW = 400  # change sets looked at for the last thing somebody did; what lies before is found in the history
_SOME = 500  # ids in one query


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
    return next(_to_redo(connection, actor), None)


def _to_redo(connection: Connection, actor: Actor) -> Iterator[Doing]:
    """What this person took back since they did something else, the last first."""
    gone = undone(connection)
    for row in _sets_of(connection, actor, _WINDOW):
        if row.action == UNDO and row.id not in gone:
            taken = select(undoing.c.undoes_id).where(undoing.c.change_set_id == row.id)
            yield doing(connection, max(connection.execute(taken).scalars()), connected=False)
        elif row.action not in (UNDO, REDO) and not action_called(row.action).aside:
            return


def doing(connection: Connection, change_set_id: int, connected: bool = True) -> Doing:
    """The doing a change set belongs to (``connected``: with the saves in a row before it). UserError where there is none."""
    row = connection.execute(select(change_set).where(change_set.c.id == change_set_id)).one_or_none()
    if row is None:
        raise UserError("There is no change number {n}.", n=change_set_id)
    if not connected or not action_called(row.action).saves:
        return as_doing([row])
    gone, actor = undone(connection), Actor(row.actor_name or "", row.actor_id)
    before = [r for r in _sets_of(connection, actor, _WINDOW, change_set_id) if r.id not in gone or r.id == row.id]
    return runs(connection, before)[0]


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
    """Take back what this change set belongs to, or the last thing the actor did that can be taken back; returns what that
    was, and what stays ``over`` it. A ``trial`` leaves everything as it is, and only says whether it can be done.

    CannotUndo, which names what has to be taken back before (and can be), or the reason why it stays.
    """
    if trial:
        session.discard()
    connection = session.connection
    if change_set_id is None:
        return _first_of(session, doings(connection, actor), _undo, N_("There is nothing to take back."), actor)
    chosen = doing(connection, change_set_id)
    if chosen.action in (UNDO, REDO):
        raise UserError("What was taken back is done again with redo.")
    if set(chosen.ids) & undone(connection):
        raise UserError("This has been taken back already.")
    _undo(session, actor, chosen)
    return chosen


def refusals(store: Store, actor: Actor, ids: Iterable[int]) -> dict[int, Text]:
    """Of what these change sets belong to, what taking it back would be refused now, and why: found by trying
    each by itself."""
    found = {}
    for set_id in ids:
        try:
            store.act(actor, undo, set_id, trial=True)
        except UserError as error:
            found[set_id] = error.message
    return found


@action(REDO, title=N_("Done again"), undo=INVERSE)
def redo(session: Session, actor: Actor) -> Doing:
    """Do again what the actor took back last and can be done again, where they have done nothing else since; returns what
    that was, and what stays taken back ``over`` it."""
    taken_back = _to_redo(session.connection, actor)
    return _first_of(session, taken_back, _redo, N_("There is nothing to do again."), actor)


def _first_of(
    session: Session,
    found: Iterable[Doing],
    way: Callable[[Session, Actor, Doing], None],
    nothing: str,
    actor: Actor,
) -> Doing:
    """Go one step back or on with the first of these that can go; what only waits for something newer is not passed over."""
    over: list[tuple[int, Text]] = []
    newest = None
    for chosen in found:
        newest = newest or chosen
        try:
            way(session, actor, chosen)
        except UserError as error:
            if isinstance(error, CannotUndo) and error.first is not None and way is _undo:
                raise CannotUndo(error.message, error.first, error.on, tuple(over)) from None
            over.append((chosen.id, error.message))
        else:
            return replace(chosen, over=tuple(over))
    if newest is None:
        raise UserError(nothing)
    what = action_called(newest.action)
    reason = text(what.undo.reason) if isinstance(what.undo, Never) and way is _undo else over[0][1]
    if isinstance(reason, Text) and reason.key == _NOT_NOW:  # it says itself what is meant
        raise CannotUndo(text("{nothing} {reason}", nothing=text(nothing), reason=reason))
    raise CannotUndo(
        text("{nothing} “{action}”: {reason}", nothing=text(nothing), action=text(what.title), reason=reason)
    )


def _undo(session: Session, actor: Actor, chosen: Doing) -> None:
    """Take it back; CannotUndo, of which ``first`` can be taken back now."""
    what = action_called(chosen.action)
    if isinstance(what.undo, Never):
        raise CannotUndo(
            text("“{action}” stays as it was done. {reason}", action=text(what.title), reason=text(what.undo.reason))
        )
    _check_permitted(session, actor, chosen, what)
    try:
        with session.attempt(), _explained(session.connection, chosen):
            if isinstance(what.undo, Counter):
                ids = _ids_for(session.connection, chosen, what.undo)
                function_of(what.undo.action)(session, actor, ids[0] if what.undo.one else ids)
            else:
                reverse(session, chosen.ids)
    except CannotUndo as error:
        if error.first is None:
            raise
        raise _before_all(session, actor, error, error.first) from None
    session.takes_back(chosen.ids)
    passing = _done_in_passing(session.connection, chosen)
    if passing is not None:
        with suppress(UserError, IntegrityError), session.attempt():  # what was changed since stays
            reverse(session, (passing,))


def _done_in_passing(connection: Connection, of: Doing) -> int | None:
    """What the same person did in passing right after an import: how its file was read is not to be remembered either."""
    if not of.action.endswith(".import"):
        return None
    s = change_set.c
    mine = s.actor_id == of.actor_id if of.actor_id is not None else s.actor_name == of.actor_name
    later = select(s.id, s.action).where(s.id > of.id, mine).order_by(s.id).limit(1)
    after = connection.execute(later).first()
    return after.id if after is not None and action_called(after.action).aside else None


class _Could(Exception):
    """It could be taken back."""


def _before_all(session: Session, actor: Actor, error: CannotUndo, first: int) -> CannotUndo:
    """What has to be taken back first, as something that can be: what rests on nothing else. Or, where it can't be taken
    back either, why it is that both stay."""
    newer = doing(session.connection, first)
    roles = roles_of(session.connection, actor.person_id) if actor.person_id is not None else None
    reason, stays = why_not(newer, actor, roles), N_("“{action}” ({name}, {at}) rests on it, and stays. {reason}")
    if reason is not None and not isinstance(action_called(newer.action).undo, Never):
        stays = N_("“{action}” ({name}, {at}) rests on it and has to be taken back first. {reason}")
    if reason is None:
        try:
            with session.attempt():
                _undo(session, actor, newer)
                raise _Could
        except _Could:
            return error
        except CannotUndo as why:
            if why.first is not None:
                return why
            reason = why.message
        except UserError as why:
            reason = why.message
    return CannotUndo(
        text(
            stays,
            **_described(session.connection, newer),
            reason=reason,
        )
    )


def _redo(session: Session, actor: Actor, chosen: Doing) -> None:
    connection, what = session.connection, action_called(chosen.action)
    _check_permitted(session, actor, chosen, what)
    gone = undone(connection)
    taking = select(undoing.c.change_set_id).where(undoing.c.undoes_id == chosen.id)
    taken_back_by = max(i for i in connection.execute(taking).scalars() if i not in gone)
    with session.attempt(), _explained(connection, chosen):
        if reversible(connection, taken_back_by):
            reverse(session, (taken_back_by,))
        elif isinstance(what.undo, Counter) and what.undo.again:
            function_of(what.undo.again)(session, actor, _ids_for(connection, chosen, what.undo))
        else:
            raise CannotUndo(text(MORE_THAN_A_KEY))
    session.takes_back((taken_back_by,))


def redoable(connection: Connection, chosen: Doing) -> bool:
    """Whether what was just taken back can be done again by ``redo``."""
    taking = select(func.max(undoing.c.change_set_id)).where(undoing.c.undoes_id == chosen.id)
    last = connection.execute(taking).scalar()
    return last is not None and by_key(connection, last, chosen.action)


def by_key(connection: Connection, taken_back_by: int, name: str) -> bool:
    """Whether the action called ``name``, taken back by that change set, can be done again without saying anything more."""
    answer = action_called(name).undo
    return (isinstance(answer, Counter) and bool(answer.again)) or reversible(connection, taken_back_by)


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
            role = said_roles(roles_for(name))
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


@contextmanager
def _explained(connection: Connection, chosen: Doing) -> Iterator[None]:
    """Around taking back: what stands in the way is named, as the doing it belongs to."""
    try:
        yield
    except KeptForGood as error:
        raise _kept(connection, error.rows, chosen) from None
    except StandsInTheWay as error:
        raise _blocked(connection, error.rows, chosen, isinstance(error, Differs)) from None
    except CannotUndo:
        raise
    except UserError as error:
        what = text(action_called(chosen.action).title)
        raise CannotUndo(text(_NOT_NOW, action=what, reason=error.message)) from None
    except IntegrityError as error:
        taken = text(N_("Something that was done since, such as a name given again, stands in the way."))
        raise CannotUndo(taken) from error


def _blocked(connection: Connection, rows: Sequence[tuple[str, int]], chosen: Doing, differs: bool) -> CannotUndo:
    """The newest doing that stands among those that wrote these rows since; one that stays for good before the others."""
    gone = undone(connection)
    taking = set(connection.execute(select(undoing.c.change_set_id)).scalars())
    found, for_good = set[int](), set[int]()
    for name in {name for name, _ in rows}:
        ids = {row_id for table, row_id in rows if table == name}
        wrote = ids if name == change_set.name else _writers(connection, name, ids)
        found |= wrote
        for_good |= wrote if name == change_set.name or metadata.tables[name].info.get("append_only") else set()
    standing = {one for one in found - gone - taking if one > chosen.id}
    if not standing and differs:
        words = N_("What it wrote is not there any more as it was left; the history tells what became of it.")
        return CannotUndo(text(words))
    if not standing:
        return CannotUndo(text(_KEPT))
    stay = _that_stay(connection, for_good & standing)
    return _first(connection, doing(connection, max(stay or standing), connected=False), chosen)


def _that_stay(connection: Connection, set_ids: Collection[int]) -> set[int]:
    """Those of these change sets that can't be taken back, whoever tries and whatever was done since."""
    s = change_set.c
    done = connection.execute(select(s.id, s.action).where(s.id.in_(sorted(set_ids)[:_SOME]))) if set_ids else ()
    return {set_id for set_id, name in done if isinstance(action_called(name).undo, Never)}


def _kept(connection: Connection, rows: Sequence[tuple[str, int]], chosen: Doing) -> CannotUndo:
    """That it stays, for what is kept for good rests on it; and what has left that."""
    if any(name == change_set.name for name, _ in rows):
        return CannotUndo(text(N_("Somebody it made has worked here since, which the history keeps.")))
    found = set[int]().union(*(_writers(connection, name, [row_id]) for name, row_id in rows))
    if not found:
        return CannotUndo(text(_KEPT))
    by = doing(connection, min(found), connected=False)
    if _that_stay(connection, {by.id}):
        return _first(connection, by, chosen)
    words = N_(
        "“{action}” ({name}, {at}) rests on it and has left entries that are kept for good, whatever is taken back."
    )
    return CannotUndo(text(words, **_described(connection, by)))


def _first(connection: Connection, by: Doing, chosen: Doing) -> CannotUndo:
    words = N_("“{action}” ({name}, {at}) rests on it and has to be taken back first.")
    return CannotUndo(text(words, **_described(connection, by)), by.id, chosen.id)


def _writers(connection: Connection, name: str, ids: Collection[int]) -> set[int]:
    """The change sets that wrote one of these rows of a table, by itself or among many."""
    c = change.c
    of_it = select(c.change_set_id, c.row_id, c.operation, c.before, c.after).where(c.table_name == name)
    found: set[int] = set()
    wanted = sorted(ids)
    for at in range(0, len(wanted), _SOME):
        found |= {row.change_set_id for row in connection.execute(of_it.where(c.row_id.in_(wanted[at : at + _SOME])))}
    for row in connection.execute(of_it.where(c.row_id.is_(None))):
        written = rows_in(row.operation, row.before, row.after)
        if any(row_id in written for row_id in wanted):
            found.add(row.change_set_id)
    return found


def _described(connection: Connection, of: Doing) -> dict[str, Any]:
    """What was done, by whom and when, for a message."""
    return {
        "action": text(action_called(of.action).title),
        "name": _name(connection, of),
        "at": of.at.astimezone().strftime("%Y-%m-%d %H:%M"),
    }


def _name(connection: Connection, of: Doing) -> str:
    person = metadata.tables["person"].c
    found = connection.execute(select(person.name).where(person.id == of.actor_id)).scalar() if of.actor_id else None
    return found or by_user(of.actor_name)


def changed_rows(connection: Connection, set_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Change set → its row changes, in order."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = list(set_ids)
    for at in range(0, len(wanted), _SOME):
        c = change.c
        some = select(change).where(c.change_set_id.in_(wanted[at : at + _SOME])).order_by(c.id)
        for row in connection.execute(some).mappings().all():
            found[row["change_set_id"]].append(dict(row))
    return found
