"""What an import under way has changed so far, in words: before it is committed, so that somebody can still say no."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.history import words
from mentor_app.core.history.names import Names
from mentor_app.core.imports import Cell
from mentor_app.core.people.queries import inferred_hire_date, people
from mentor_app.core.people.tables import crm_name
from mentor_app.core.store import Session
from mentor_app.core.store.history import Operation, encode
from mentor_app.core.store.session import Written
from mentor_app.core.text import Listed, Text, plural_text, text

_PLAIN = ("name", "code", "hired_on", "left_on")
_SAID = ("kind", "held_on", "at_time", "minutes", "customer", "title", "phase", "part", "depth", "seen", "learned")
FIELDS: Mapping[str, Mapping[str, str]] = {
    "person": {**{name: name for name in _PLAIN}, "team_id": "team"},
    "activity": {
        "person_id": "person",
        **{name: name for name in _SAID},
        "next_step": "next_step",
        "host_id": "host",
        "state": "state",
    },
    "project": {
        **{name: name for name in ("name", "customer", "industry", "started_on", "closed_on", "outcome")},
        "region_id": "region",
    },
    "pairing": {name: name for name in ("ended_on", "reason", "goals")},
}
"""Table → column → the field of a list that says it."""
_Key = tuple[int, str, int]


def cells(session: Session) -> list[Cell]:
    """What the parts of an import (its rows, by their numbers) changed of records that were here before it."""
    written = [one for one in session.written() if one.part is not None]
    made = {(one.table, one.row_id) for one in written if one.operation == Operation.INSERT}
    before: dict[_Key, dict[str, Any]] = {}
    after: dict[_Key, dict[str, Any]] = {}
    changed = [one for one in written if one.operation == Operation.UPDATE and one.table in FIELDS]
    for one in changed:
        if (one.table, one.row_id) not in made:
            key = (one.part or 0, one.table, one.row_id)
            before[key] = {**one.before, **before.get(key, {})}
            after[key] = {**after.get(key, {}), **one.after}
    names = _names(session.connection, changed)
    found = [
        _with_inferred(session.connection, key[2], cell)
        for key, was in before.items()
        for cell in _cells_of(names, key, was, after[key])
    ]
    found += _of_people(session.connection, written, made)
    return sorted(found, key=lambda cell: cell.row)


def _names(connection: Connection, written: list[Written]) -> Names:
    return Names(
        connection,
        [
            {
                "table_name": one.table,
                "row_id": one.row_id,
                "before": encode(dict(one.before)),
                "after": encode(dict(one.after)),
            }
            for one in written
        ],
    )


def _cells_of(names: Names, key: _Key, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Cell]:
    row, table, row_id = key
    was, now = json.loads(encode(dict(before))), json.loads(encode(dict(after)))
    for column, field in FIELDS[table].items():
        if column in was and (was[column] or None) != (now[column] or None):
            values = [
                "" if value in (None, "") else names.value(table, column, value) for value in (was[column], now[column])
            ]
            if field == "code" and not now[column]:  # no empty cell does that
                values[1] = text("(none any more)")
            yield Cell(row=row, record=names.of(table, row_id), field=field, before=values[0], after=values[1])


def _with_inferred(connection: Connection, person_id: int, cell: Cell) -> Cell:
    """Where a hire date is emptied, the one that is inferred instead."""
    if cell.field != "hired_on" or not cell.emptied:
        return cell
    inferred = inferred_hire_date(connection, person_id)
    return replace(cell, instead=text("{date} (inferred)", date=inferred) if inferred else "")


def _of_people(connection: Connection, written: list[Written], made: set[tuple[str, int]]) -> list[Cell]:
    """The roles and CRM names that somebody who was here gained or lost: each is one cell of a list."""
    gained, lost = defaultdict[_Key, list[str]](list), defaultdict[_Key, list[str]](list)
    called = _crm_names(connection) if any(one.table == "crm_name" for one in written) else {}
    for one in written:
        for values, side in ((one.before, lost), (one.after, gained)):
            if one.table in _LISTED and values.get("person_id") is not None:
                said = values["role"] if one.table == "person_role" else called[one.row_id]
                side[one.part or 0, _LISTED[one.table], values["person_id"]].append(said)
    found = []
    here = {one.id: one for one in people(connection)} if gained or lost else {}
    for key in dict.fromkeys((*lost, *gained)):
        row, field, person_id = key
        if ("person", person_id) in made:
            continue
        who = here[person_id]
        now = [str(one) for one in getattr(who, field)]
        was = [one for one in now if one not in gained[key]] + lost[key]
        if sorted(was) != sorted(now):
            record, before, after = text("{words}", words=who.name), _joined(field, was), _joined(field, now)
            found.append(Cell(row=row, record=record, field=field, before=before, after=after))
    return found


_LISTED = {"person_role": "roles", "crm_name": "crm_names"}
"""Tables whose rows together are one cell of a list, and the field that says it."""


def _crm_names(connection: Connection) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(select(crm_name.c.id, crm_name.c.name))}


def _joined(field: str, values: list[str]) -> Text | str:
    if not values:
        return ""
    if field == "crm_names":
        return "; ".join(values)
    return text("{words}", words=Listed(tuple(words.value_words("person_role", "role", one) or one for one in values)))


def follows(session: Session) -> list[Text]:
    """What came of an import beyond what its rows say, once all that follows was written: pairings that stand otherwise, points,
    playbooks owed or not owed any more."""
    written = session.written()
    names = _names(session.connection, [one for one in written if one.table in ("pairing", "playbook", "point_entry")])
    found = []
    made = {(one.table, one.row_id) for one in written if one.operation == Operation.INSERT}
    points: Counter[tuple[int, str, bool]] = Counter()
    times: Counter[tuple[int, str, bool]] = Counter()
    for one in written:
        new = (one.table, one.row_id) in made
        if one.table == "pairing" and not new and "state" in one.after:
            states = [names.value("pairing", "state", side["state"]) for side in (one.before, one.after)]
            record = names.of("pairing", one.row_id)
            found.append(text("{record}: {before} → {after}", record=record, before=states[0], after=states[1]))
        elif one.table == "playbook" and not (new and one.operation == Operation.UPDATE):
            found += _of_playbook(names, one)
        elif one.table == "point_entry" and one.operation == Operation.INSERT:
            key = (one.after["person_id"], one.after["event"], one.after["points"] >= 0)
            points[key] += one.after["points"]
            times[key] += 1
    for (person_id, event, earned), n in points.items():
        said = {
            "name": names.of("person", person_id),
            "event": names.value("point_entry", "event", event),
            "times": times[person_id, event, earned],
        }
        if earned:
            words = plural_text(
                "{name} earns {n} point: {event} ({times}×)", "{name} earns {n} points: {event} ({times}×)", n=n, **said
            )
        else:
            words = plural_text(
                "{name} loses {n} point: {event} ({times}×)",
                "{name} loses {n} points: {event} ({times}×)",
                n=-n,
                **said,
            )
        found.append(words)
    return found


def _of_playbook(names: Names, one: Written) -> list[Text]:
    title = names.of("playbook", one.row_id)
    if one.operation == Operation.DELETE:
        return [text("The playbook {title} falls away.", title=title)]
    if one.operation == Operation.INSERT:
        owner = names.of("person", one.after["owner_id"])
        return [text("{name} owes the playbook {title}.", name=owner, title=title)]
    if "due_on" in one.after:
        return [text("The playbook {title} is due on {date}.", title=title, date=str(one.after["due_on"]))]
    return []
