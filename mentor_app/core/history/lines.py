"""What was changed, in words: each value before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.history import words
from mentor_app.core.history.brought_back import moment, newest_of
from mentor_app.core.history.documents import differences, is_document
from mentor_app.core.history.many import how_many, one_by_one
from mentor_app.core.history.names import NOTHING, OWNERS, Names, figure
from mentor_app.core.history.undo import changed_rows
from mentor_app.core.history.wanted import rows_of_record
from mentor_app.core.people.access import roles_of
from mentor_app.core.people.roles import permitted
from mentor_app.core.store import Actor
from mentor_app.core.store.history import RESTORED, Operation, change_set
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import N_, Text, by_user, plural_text, text


@dataclass(frozen=True, kw_only=True)
class Line:
    """One value of a record before and after; of something done to many records at once only what, and how many."""

    record: Text
    field: Text
    before: Text | str
    after: Text | str


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
    if line.before and line.after:
        return line
    return replace(line, before=line.before or NOTHING, after=line.after or NOTHING)


def _restored(connection: Connection, ids: Sequence[int]) -> list[Line]:
    """Which backup was restored: the state in which somebody had left the store when it was made."""
    s = change_set.c
    restoring = connection.execute(select(s.id).where(s.id.in_(ids), s.action == RESTORED)).scalar()
    last = newest_of(connection, s.id < restoring) if restoring is not None else None
    if last is None:
        return []
    said = ((N_("Last change in it"), moment(last.at)), (N_("By"), last.name or by_user(last.actor_name)))
    return [Line(record=text(N_("Backup")), field=text(label), before=NOTHING, after=words_) for label, words_ in said]


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
    if name == "crm_name" and before.get("person_id") != after.get("person_id"):
        return _whose_name(names, row["row_id"], before.get("person_id"), after.get("person_id"))
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


def _whose_name(names: Names, row_id: int, was: int | None, now: int | None) -> list[Line]:
    """A CRM name is its person's: who has it no more, and who has it since."""
    heading = words.TABLES["crm_name"]
    called, label = names.own_name("crm_name", row_id), text(heading)
    gone = [] if was is None else [Line(record=names.of("person", was), field=label, before=called, after="")]
    come = [] if now is None else [Line(record=names.of("person", now), field=label, before="", after=called)]
    return gone + come


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
