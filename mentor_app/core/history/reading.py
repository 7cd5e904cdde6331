"""The history in words: who did what to which record and when, and what a value was before and after."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from mentor_app.core.errors import UserError
from mentor_app.core.history import words
from mentor_app.core.history.documents import differences, is_document
from mentor_app.core.history.many import how_many, one_by_one, rows_in
from mentor_app.core.history.names import NOTHING, OWNERS, Names, figure, main_rows
from mentor_app.core.history.undo import MORE_THAN_A_KEY, REDO, UNDO, Doing, by_key, changed_rows, runs, why_not
from mentor_app.core.people.access import roles_of
from mentor_app.core.people.roles import permitted
from mentor_app.core.people.tables import person
from mentor_app.core.store import Actor
from mentor_app.core.store.action import Counter
from mentor_app.core.store.history import RESTORED, Operation, change, change_set, undoing, undone
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import action_called
from mentor_app.core.text import N_, Text, by_user, plural_text, text

RECORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("person_role", "person_id"),
        ("crm_name", "person_id"),
        ("enrolment", "person_id"),
        ("leave", "person_id"),
        ("gate_decision", "person_id"),
        ("mentor_capacity", "person_id"),
        ("redemption", "person_id"),
        ("erasure", "person_id"),
        ("merger", "person_id"),
        ("merger", "into_id"),
    ),
    "team": (),
    "region": (),
    "project": (("project_phase", "project_id"),),
    "pairing": (("pairing_project", "pairing_id"), ("pairing_review", "pairing_id")),
    "activity": (("review", "activity_id"), ("assessment", "activity_id")),
    "playbook": (
        ("playbook_part", "playbook_id"),
        ("playbook_version", "playbook_id"),
        ("playbook_attachment", "playbook_id"),
        ("playbook_helpful", "playbook_id"),
    ),
    "playbook_kind": (),
    "programme_version": (),
    "reward": (("redemption", "reward_id"),),
    "redemption": (),
    "point_rule": (),
    "opportunity": (),
}
"""What has a history of its own, and the rows that belong to it: (table, the column that says to which)."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which changes: done by a person, or by a user of a computer (called so) while nobody was chosen to be working there,
    of a record (kind, id), of a kind of thing, from and until a day; None: all."""

    person_id: int | None = None
    user: str | None = None
    record: tuple[str, int] | None = None
    kind: str | None = None
    first_on: dt.date | None = None
    last_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that was done: when, by whom, what it is called, which records it was about, and whether it stands."""

    ids: tuple[int, ...]
    at: dt.datetime
    by_id: int | None
    by: str
    action: str
    title: Text
    about: tuple[Text, ...]
    first_is_all: bool
    """Whether the first of these stands for all others: the file that they came from."""
    stands: bool
    fate: Text | None
    """What became of it since: taken back, or done again after that, by whom and when; None where nothing did."""
    stays: Text | None
    """Why it can't be taken back (by whom it is read); None where it can."""

    @property
    def id(self) -> int:
        """What it is called by: its newest change set."""
        return self.ids[0]

    @property
    def undoes(self) -> bool:
        """Whether it took something else back."""
        return self.action == UNDO


@dataclass(frozen=True, kw_only=True)
class Line:
    """One value of a record before and after; of something done to many records at once only what, and how many."""

    record: Text
    field: Text
    before: Text | str
    after: Text | str


def entries(
    connection: Connection, wanted: Wanted, reader: Actor, limit: int = 500, before: int | None = None
) -> list[Entry]:
    """What was done, the newest first; ``before``: only what lies before the change set with this id."""
    s = change_set.c
    statement = select(s.id, s.at, s.actor_id, s.actor_name, s.action).order_by(s.id.desc())
    statement = statement.where(*_conditions(connection, wanted))
    if before is not None:
        statement = statement.where(s.id < before)
    size, found = limit, list[Doing]()
    while True:  # many saves in a row are one thing that was done
        rows = connection.execute(statement.limit(size)).all()
        found = runs(connection, rows)
        if len(found) >= limit or len(rows) < size:
            return _entries(connection, found[:limit], undone(connection), reader)
        size *= 4


def entry(connection: Connection, doing: Doing, reader: Actor) -> Entry:
    """One doing, in words."""
    return _entries(connection, [doing], undone(connection), reader)[0]


def record_of(word: str) -> tuple[str, int]:
    """The record meant by ``KIND:ID``. UserError where it means none."""
    kind, _, number = word.partition(":")
    if kind not in RECORDS or not number.isdecimal() or len(number) > 18:
        raise UserError(
            "{word} is not a record. Say KIND:ID with one of these kinds: {kinds}.", word=word, kinds=", ".join(RECORDS)
        )
    return kind, int(number)


def lines(
    connection: Connection, ids: Sequence[int], reader: Actor, record: tuple[str, int] | None = None
) -> list[Line]:
    """What the change sets of one doing changed: each value as it was before the first and is after the last.

    With a ``record`` only what changed of that one. The words of a closing review are for those who may read it: who wrote it, and the leads.
    """
    rows = [row for set_id in sorted(ids) for row in changed_rows(connection, [set_id])[set_id]]
    if not rows and record is None:
        return _restored(connection, ids)
    if record is not None:
        own = rows_of_record(connection, *record)
        rows = [row for row in rows if row["row_id"] is None or row["row_id"] in own.get(row["table_name"], ())]
        rows = [row for row in rows if row["table_name"] in own]
        rows = [one for row in rows for one in one_by_one(connection, row, own[row["table_name"]])]
    rows = [one for row in rows for one in one_by_one(connection, row)]
    names = Names(connection, rows)
    merged: dict[tuple[str, int | None, int], dict[str, Any]] = {}
    for row in rows:
        key = (row["table_name"], row["row_id"], 0 if row["row_id"] is not None else row["id"])
        merged[key] = _joined(merged.get(key), _readable(connection, row, reader))
    first = sorted(merged.values(), key=lambda row: row["table_name"] != "imported_file")
    found = [line for row in first if row["row_id"] is not None for line in _lines_of(names, row)]
    return [_with_dashes(line) for line in (*found, *_counted(first))]


def _with_dashes(line: Line) -> Line:
    """What is not there, before or after, is a dash."""
    return replace(line, before=line.before or NOTHING, after=line.after or NOTHING)


def _restored(connection: Connection, ids: Sequence[int]) -> list[Line]:
    """Which backup was restored: the state in which somebody had left the store when it was made."""
    s = change_set.c
    restoring = connection.execute(select(s.id).where(s.id.in_(ids), s.action == RESTORED)).scalar()
    last = _who(connection, s.id < restoring) if restoring is not None else None
    if last is None:
        return []
    said = ((N_("Last change in it"), _moment(last.at)), (N_("By"), last.name or by_user(last.actor_name)))
    return [Line(record=text(N_("Backup")), field=text(label), before=NOTHING, after=words_) for label, words_ in said]


def restored_since(connection: Connection, last_id: int) -> Text | None:
    """Who has put a backup in the place of all data since the change ``last_id``, and how old that is; None: nobody."""
    s = change_set.c
    found = _who(connection, and_(s.id > last_id, s.action == RESTORED))
    if found is None:
        return None
    last, by = _who(connection, s.id < found.id), found.name or by_user(found.actor_name)
    if last is None:
        return text("{name} has restored a backup: all data was replaced by an empty store.", name=by)
    return text(
        "{name} has restored a backup: all data was replaced by how it was on {when}, last changed by {who}.",
        name=by,
        when=_moment(last.at),
        who=last.name or by_user(last.actor_name),
    )


def _who(connection: Connection, which: ColumnElement[bool]) -> Any:
    """The newest of some change sets, and who made it."""
    s = change_set.c
    wrote = select(s.id, s.at, s.actor_name, person.c.name).outerjoin(person, person.c.id == s.actor_id)
    return connection.execute(wrote.where(which).order_by(s.id.desc()).limit(1)).first()


def _moment(at: dt.datetime) -> str:
    known = at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)
    return f"{known.astimezone():%Y-%m-%d %H:%M}"


def _readable(connection: Connection, row: dict[str, Any], reader: Actor) -> dict[str, Any]:
    after = json.loads(row["after"] or "{}")
    if row["table_name"] != "pairing_review" or after.get("by_id") == reader.person_id:
        return row
    roles = roles_of(connection, reader.person_id) if reader.person_id is not None else None
    return (
        row if permitted(roles, "pairing.read_reviews") else {**row, "after": json.dumps({**after, "words": _FOR_THEM})}
    )


_FOR_THEM = N_("(only for who wrote it and the team leads)")


def _joined(first: dict[str, Any] | None, then: dict[str, Any]) -> dict[str, Any]:
    """Two changes of one row as one."""
    if first is None:
        return dict(then)
    before, after = (json.loads(first[name]) if first[name] else {} for name in ("before", "after"))
    later_before, later_after = (json.loads(then[name]) if then[name] else {} for name in ("before", "after"))
    operation = first["operation"] if then["operation"] == Operation.UPDATE else then["operation"]
    return {
        **then,
        "operation": operation,
        "before": json.dumps({**later_before, **before}),
        "after": json.dumps({**after, **later_after}),
    }


def _lines_of(names: Names, row: Mapping[str, Any]) -> list[Line]:
    name = row["table_name"]
    if name not in words.TABLES:
        return []
    before, after = (json.loads(row[key]) if row[key] else {} for key in ("before", "after"))
    gone = row["operation"] == Operation.DELETE
    if name == "point_rule":
        before, after, gone = _beside_the_rule_before(names, row, before, after)
    if name == "playbook_review":
        before, after = map(words.as_meant, (before, after))
    record = names.of(name, row["row_id"])
    columns = [column.name for column in metadata.tables[name].columns if column.name in before or column.name in after]
    found = []
    for column in columns:
        label = None if column == OWNERS.get(name) else words.column_words(name, column)
        was, now = before.get(column), after.get(column)
        if label is None or was == now or not (was or now or _counts(name, was, now)):
            continue  # that what was not there is empty says nothing
        if is_document(name, column):
            base = names.version_before(name, row["row_id"], column) if row["operation"] == Operation.INSERT else was
            for part, then, since in differences(names, name, column, base, now):
                found.append(Line(record=record, field=part, before=then, after=since))
        else:
            values = names.value(name, column, was), names.value(name, column, now)
            found.append(Line(record=record, field=text(label), before=values[0], after=values[1]))
    if found:
        return [replace(line, after="") for line in found] if gone else found
    if row["operation"] == Operation.UPDATE:
        return []
    said = text(N_("removed")) if gone else text(N_("added"))
    return [Line(record=record, field=text(words.TABLES[name]), before="", after=said)]


def _beside_the_rule_before(
    names: Names, row: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """A point rule begins, or is gone again, beside the one whose place it took: what an event earned then and earns now."""
    rule = after if row["operation"] == Operation.INSERT else before
    if row["operation"] == Operation.UPDATE or "event" not in rule:
        return before, after, False
    other = names.rule_before(rule["event"], rule["first_on"], row["change_set_id"])
    if not other:
        return before, after, row["operation"] == Operation.DELETE
    gives = {key: other[key] for key in ("points", "per_month")}
    if row["operation"] == Operation.INSERT:
        return {**before, **gives, "event": rule["event"]}, after, False
    return before, {**gives, "event": rule["event"]}, False


def _counts(table: str, was: object, now: object) -> bool:
    """Whether it says something that a value is nought."""
    return 0 in (was, now) and table != "imported_file"


def _counted(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Rows written many at once: how many of a kind."""
    return [
        Line(
            record=text(words.TABLES[name]),
            field=plural_text("{n} record", "{n} records", n=count),
            before=NOTHING,
            after=text(_DONE_TO_MANY[operation], n=figure(count)),
        )
        for (name, operation), count in how_many(rows).items()
        if name in words.TABLES
    ]


_DONE_TO_MANY = {
    Operation.INSERT_MANY: N_("{n} added"),
    Operation.UPDATE_MANY: N_("{n} changed"),
    Operation.DELETE_MANY: N_("{n} removed"),
}


def _entries(connection: Connection, doings: Sequence[Doing], gone: set[int], reader: Actor) -> list[Entry]:
    sources = _undoes(connection, [doing.id for doing in doings if doing.action in (UNDO, REDO)])
    undoes = {doing_id: action for doing_id, (_, action) in sources.items()}
    decided = _decided(connection, [(doing.id, doing.action) for doing in doings] + [*sources.values()])
    rows = _rows(connection, [i for doing in doings for i in doing.ids])
    about = [
        main_rows(
            [row for i in doing.ids for row in rows.get(i, [])], action_called(undoes.get(doing.id, doing.action)).name
        )
        for doing in doings
    ]
    names = Names(connection, [_plain(*row) for main in about for row in main[:_FIRST]])
    fates = _fates(connection, doings)
    people = _people(connection, {doing.actor_id for doing in doings if doing.actor_id is not None})
    roles = roles_of(connection, reader.person_id) if reader.person_id is not None else None
    found = []
    for doing, main in zip(doings, about, strict=True):
        what = action_called(doing.action)
        of = undoes.get(doing.id)
        title = _title(what.title, decided.get(doing.id))
        if of is not None:
            done = _title(action_called(of).title, decided.get(sources[doing.id][0]))
            undoes_it = doing.action == UNDO
            title = (
                text("Taken back: {action}", action=done) if undoes_it else text("Done again: {action}", action=done)
            )
        found.append(
            Entry(
                ids=doing.ids,
                at=doing.at,
                by_id=doing.actor_id,
                by=people.get(doing.actor_id or 0) or by_user(doing.actor_name),
                action=doing.action,
                title=title,
                about=_named(names, main),
                first_is_all=[table for table, _ in main[:2]].count("imported_file") == 1,
                stands=doing.id not in gone,
                fate=fates.get(doing.id),
                stays=_keys(connection, doing, undoes.get(doing.id))
                if doing.action in (UNDO, REDO)
                else why_not(doing, reader, roles),
            )
        )
    return found


_DECISIONS = {"points.decide": ("redemption", "state"), "camp.decide": ("gate_decision", "decision")}
"""Actions that decide something: where it stands what."""


def _decided(connection: Connection, doings: Iterable[tuple[int, str]]) -> dict[int, Text]:
    """Change set of a decision → what was decided."""
    c, found = change.c, dict[int, Text]()
    wanted = {set_id: _DECISIONS[action] for set_id, action in doings if action in _DECISIONS}
    ids = sorted(wanted)
    said = select(c.change_set_id, c.table_name, c.after).where(
        c.table_name.in_({table for table, _ in wanted.values()})
    )
    for at in range(0, len(ids), 500):
        for row in connection.execute(said.where(c.change_set_id.in_(ids[at : at + 500]))):
            table, column = wanted[row.change_set_id]
            known = words.value_words(table, column, json.loads(row.after or "{}").get(column))
            if row.table_name == table and known is not None:
                found[row.change_set_id] = text(known)
    return found


def _title(title: str, decided: Text | None) -> Text:
    """What was done; of a decision also what was decided."""
    return text(title) if decided is None else text("{action}: {decision}", action=text(title), decision=decided)


def _keys(connection: Connection, doing: Doing, of: str | None) -> Text:
    """What is said of taking back and doing again, which are not taken back from a list; ``of`` is what was taken back."""
    asked = of is not None and doing.action == UNDO and isinstance(action_called(of).undo, Counter)
    return text(words.AGAIN if not asked or by_key(connection, doing.id, of or "") else MORE_THAN_A_KEY)


def _fates(connection: Connection, doings: Sequence[Doing]) -> dict[int, Text]:
    """Doing → what became of it since."""
    taken = _takings(connection, {i: doing.id for doing in doings for i in doing.ids})
    again = _takings(connection, {row.id: doing_id for doing_id, row in taken.items()})
    actions = {doing.id: doing.action for doing in doings}
    found = {}
    for doing_id, row in taken.items():
        by = again.get(doing_id, row)
        key = N_("taken back by {name}, {at}")
        if doing_id in again:
            key = N_("taken back, then done again by {name}, {at}")
        elif actions[doing_id] == UNDO:
            key = N_("done again by {name}, {at}")
        found[doing_id] = text(key, name=by.name or by_user(by.actor_name), at=_moment(by.at))
    return found


def _takings(connection: Connection, of: Mapping[int, int]) -> dict[int, Any]:
    """What took these change sets back last, by what they stand for."""
    s, ids, found = change_set.c, sorted(of), dict[int, Any]()
    wanted = (
        select(undoing.c.undoes_id, s.id, s.at, s.actor_name, person.c.name)
        .join(change_set, s.id == undoing.c.change_set_id)
        .outerjoin(person, person.c.id == s.actor_id)
        .order_by(s.id)
    )
    for at in range(0, len(ids), 500):
        for row in connection.execute(wanted.where(undoing.c.undoes_id.in_(ids[at : at + 500]))):
            found[of[row.undoes_id]] = row
    return found


_WHAT_IT_IS = frozenset(words.TABLES.values())
"""What something without a name is called: the title of what was done to it says that already."""
_FIRST = 3  # records named in one line; of more, how many there are


def _named(names: Names, rows: Sequence[tuple[str, int]]) -> tuple[Text, ...]:
    called = [names.of(*row) for row in rows[:_FIRST]]
    first = tuple({str(one): one for one in called if one.args or one.key not in _WHAT_IT_IS}.values())
    return (*first, text("and {n} more", n=figure(len(rows) - _FIRST))) if len(rows) > _FIRST else first


def _plain(table: str, row_id: int) -> dict[str, Any]:
    return {"table_name": table, "row_id": row_id, "before": None, "after": None}


def _rows(connection: Connection, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Change set → which rows it wrote, without their values."""
    c = change.c
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for at in range(0, len(ids), 500):
        some = select(c.change_set_id, c.table_name, c.row_id).where(c.change_set_id.in_(ids[at : at + 500]))
        for row in connection.execute(some.order_by(c.id)).mappings():
            found[row["change_set_id"]].append(dict(row))
    return found


def _people(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def _undoes(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Change sets that took something back or did it again → the change set of what that was, and its action."""
    first, second = undoing.alias(), undoing.alias()
    taken = func.coalesce(second.c.undoes_id, first.c.undoes_id)
    statement = (
        select(first.c.change_set_id, change_set.c.id, change_set.c.action)
        .select_from(first)
        .outerjoin(second, second.c.change_set_id == first.c.undoes_id)
        .join(change_set, change_set.c.id == taken)
        .where(first.c.change_set_id.in_(list(ids)))
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}


def _conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    s, c = change_set.c, change.c
    found: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        found.append(s.actor_id == wanted.person_id)
    if wanted.user is not None:
        found.append(and_(s.actor_id.is_(None), s.actor_name == wanted.user))
    if wanted.first_on is not None:
        found.append(s.at >= _midnight(wanted.first_on))
    if wanted.last_on is not None:
        found.append(s.at < _midnight(wanted.last_on + dt.timedelta(days=1)))
    if wanted.kind is not None:
        tables = [name for name, table in metadata.tables.items() if table.info.get("kind") == wanted.kind]
        found.append(exists(select(c.id).where(c.change_set_id == s.id, c.table_name.in_(tables))))
    if wanted.record is not None:
        found.append(s.id.in_(sets_of_record(connection, *wanted.record)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    """When a day begins where the reader is, in UTC."""
    return dt.datetime.combine(day, dt.time()).astimezone().astimezone(dt.UTC)


def rows_of_record(connection: Connection, kind: str, record_id: int) -> dict[str, set[int]]:
    """Table → the ids of the rows that are, or ever were, the record or a part of it."""
    found: dict[str, set[int]] = defaultdict(set, {kind: {record_id}})
    for table, column in RECORDS[kind]:
        found[table] |= _owned(connection, table, column, record_id)
    for version_id in found.get("playbook_version", set()):
        found["playbook_review"] |= _owned(connection, "playbook_review", "version_id", version_id)
    return dict(found)


def _owned(connection: Connection, table: str, column: str, owner_id: int) -> set[int]:
    """Rows that say, or once said, that they belong to an owner: asked of the table, and of the history for those gone."""
    where = metadata.tables[table]
    now: Select[Any] = select(where.c.id).where(where.c[column] == owner_id)
    c = change.c
    marks = [f'"{column}":{owner_id}{end}' for end in (",", "}")]
    said = or_(*(side.contains(mark, autoescape=True) for side in (c.before, c.after) for mark in marks))
    then = select(c.row_id).where(c.table_name == table, c.row_id.is_not(None), said)
    return {row[0] for statement in (now, then) for row in connection.execute(statement)}


def sets_of_record(connection: Connection, kind: str, record_id: int) -> list[int]:
    """The change sets that wrote a record or a part of it, row by row or among many."""
    c, found = change.c, set[int]()
    for table, ids in rows_of_record(connection, kind, record_id).items():
        one = and_(c.table_name == table, c.row_id.in_(ids))
        found |= set(connection.execute(select(c.change_set_id).where(one)).scalars())
        many = select(c.change_set_id, c.operation, c.before, c.after).where(c.table_name == table, c.row_id.is_(None))
        for row in connection.execute(many):
            written = rows_in(row.operation, row.before, row.after)
            if any(i in written for i in ids):
                found.add(row.change_set_id)
    return sorted(found)


def brought_back_by(connection: Connection, table: str, row_id: int, reader: Actor) -> str | None:
    """Who else has brought a row to a former state since it was written: by taking back, doing again, or restoring a backup.
    None where nobody has, or the reader did so."""
    s, c = change_set.c, change.c
    wrote = select(func.max(c.change_set_id)).where(c.table_name == table, c.row_id == row_id)
    last = connection.execute(wrote).scalar() or 0
    found = select(s.actor_id, s.actor_name, person.c.name).outerjoin(person, person.c.id == s.actor_id)
    back = or_(and_(s.id == last, s.action.in_((UNDO, REDO))), and_(s.id > last, s.action == RESTORED))
    row = connection.execute(found.where(back).order_by(s.id.desc()).limit(1)).first()
    if row is None or _is(reader, row.actor_id, row.actor_name):
        return None
    return row.name or by_user(row.actor_name)


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Who removed a row; whether by taking something back (or doing it again), and whether that was the reader's own doing."""

    by: str
    back: bool
    own: bool


def removals(connection: Connection, table: str, ids: Collection[int], reader: Actor) -> dict[int, Removal]:
    """Who removed these rows last, by id; to be asked of rows that are gone. None of those no history tells of."""
    s, c = change_set.c, change.c
    found = (
        select(c.row_id, s.action, s.actor_id, s.actor_name, person.c.name)
        .join(change_set, s.id == c.change_set_id)
        .outerjoin(person, person.c.id == s.actor_id)
    )
    gone = and_(c.table_name == table, c.row_id.in_(ids), c.operation == Operation.DELETE)
    return {
        row.row_id: Removal(
            by=row.name or by_user(row.actor_name),
            back=row.action in (UNDO, REDO),
            own=_is(reader, row.actor_id, row.actor_name),
        )
        for row in connection.execute(found.where(gone).order_by(c.id))
    }


def _is(reader: Actor, actor_id: int | None, name: str | None) -> bool:
    return actor_id == reader.person_id and (actor_id is not None or name == reader.name)


def record_name(connection: Connection, kind: str, record_id: int) -> Text:
    """What a record is called, also one that is gone."""
    return Names(connection, [_plain(kind, record_id)]).of(kind, record_id)


def doers(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of everybody who ever did something, by name."""
    did = select(change_set.c.actor_id).where(change_set.c.actor_id.is_not(None)).distinct()
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(did)).order_by(person.c.name))
    return [(row.id, row.name) for row in rows]


def users(connection: Connection) -> list[str]:
    """What the users of computers are called who did something while nobody was chosen to be working there."""
    names = select(change_set.c.actor_name).where(change_set.c.actor_id.is_(None), change_set.c.actor_name.is_not(None))
    return sorted(connection.execute(names.distinct()).scalars())
