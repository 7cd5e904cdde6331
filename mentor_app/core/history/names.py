"""What records are called in the history, also those that are gone: read together for many changes at once."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, select

from mentor_app.core.camp.programme import Name, parse_programme
from mentor_app.core.errors import UserError
from mentor_app.core.history import words
from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.people.tables import erasure, person
from mentor_app.core.pipeline.rules import shown_key
from mentor_app.core.playbooks.rules import read_kind
from mentor_app.core.store.history import change
from mentor_app.core.store.schema import Instant, metadata
from mentor_app.core.text import ERASED, N_, TAKEN_BACK, Text, text

OWNERS = {
    "person_role": "person_id",
    "enrolment": "person_id",
    "leave": "person_id",
    "gate_decision": "person_id",
    "mentor_capacity": "person_id",
    "redemption": "person_id",
    "erasure": "person_id",
    "merger": "person_id",
    "point_entry": "person_id",
    "review": "activity_id",
    "assessment": "activity_id",
    "project_phase": "project_id",
    "pairing_project": "pairing_id",
    "pairing_review": "pairing_id",
    "playbook_version": "playbook_id",
    "playbook_review": "version_id",
    "playbook_helpful": "playbook_id",
    "playbook_attachment": "playbook_id",
}
"""What is called by what it belongs to: the column that points there."""
NOTHING = "–"
"""What stands where no value is."""
_SOME = 500
_FROM_NOUGHT = {("project_phase", "position"), ("playbook_part", "position"), ("playbook_review", "part")}
"""Places counted from nought, which people count from one."""


class Names:
    """The names of the records that some changes are about or point to."""

    def __init__(self, connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
        self._connection = connection
        self._rows: dict[tuple[str, int], dict[str, Any]] = {}
        self._known_stages: dict[str, Name] | None = None
        wanted: dict[str, set[int]] = defaultdict(set)
        for row in changes:
            if row["row_id"] is not None and row["table_name"] in metadata.tables:
                wanted[row["table_name"]].add(row["row_id"])
                for side in (row["before"], row["after"]):
                    values = json.loads(side) if side else {}
                    self._point(wanted, row["table_name"], values)
                    if row["table_name"] == "import_mapping":
                        wanted["person"] |= owners_in(values.get("mapping"))
        for _ in range(4):  # review → version → playbook → …: as many steps as names have
            wanted = self._read(wanted)
            if not wanted:
                break

    def _point(self, wanted: dict[str, set[int]], table: str, values: Mapping[str, Any]) -> None:
        for column, to in _links(table).items():
            value = values.get(column)
            if value is not None and (to, value) not in self._rows:
                wanted[to].add(value)

    def _read(self, wanted: Mapping[str, set[int]]) -> dict[str, set[int]]:
        """Read these rows, as they are or (gone) as they were last; returns what they point to and is not read yet."""
        more: dict[str, set[int]] = defaultdict(set)
        for table, ids in wanted.items():
            missing = sorted(ids)
            for at in range(0, len(missing), _SOME):
                self._read_some(table, missing[at : at + _SOME])
            for row_id in ids:
                self._point(more, table, self._rows.get((table, row_id), {}))
        return more

    def _read_some(self, table: str, ids: Sequence[int]) -> None:
        where = metadata.tables[table]
        for row in self._connection.execute(select(where).where(where.c.id.in_(ids))).mappings().all():
            self._rows[table, row["id"]] = dict(row)
        gone = [i for i in ids if (table, i) not in self._rows]
        if gone:
            c = change.c
            said = select(c.row_id, c.before, c.after).where(c.table_name == table, c.row_id.in_(gone)).order_by(c.id)
            for row_id, before, after in self._connection.execute(said):
                known = self._rows.setdefault((table, row_id), {})
                known |= json.loads(before or "{}") | json.loads(after or "{}")

    def of(self, table: str, row_id: int) -> Text:
        """What a record is called."""
        row = self._rows.get((table, row_id), {})
        if table == "crm_name" and row.get("person_id") is not None:
            return self.of("person", row["person_id"])
        if table == "redemption" and row.get("reward_id") is not None:
            reward = self.of("reward", row["reward_id"])
            return text("{name}: {reward}", name=self._person_in(row, "person_id"), reward=reward)
        if table in OWNERS and row.get(OWNERS[table]) is not None:
            return self.of(_links(table)[OWNERS[table]], row[OWNERS[table]])
        named = getattr(self, f"_{table}", self._plainly)(row, table)
        return text(words.TABLES.get(table, table)) if named is None else named

    def own_name(self, table: str, row_id: int) -> str:
        """The name that a row itself has, whatever it belongs to."""
        return str(self._rows.get((table, row_id), {}).get("name") or NOTHING)

    def _plainly(self, row: Mapping[str, Any], _table: str) -> Text | None:
        said = row.get("name") or row.get("title") or row.get("key")
        return text("{words}", words=str(said)) if said else None

    def _opportunity(self, row: Mapping[str, Any], table: str) -> Text | None:
        return self._plainly({**row, "key": shown_key(row.get("key") or "")}, table)

    def _pairing(self, row: Mapping[str, Any], _table: str) -> Text:
        two = {key: self._person_in(row, f"{key}_id") for key in ("apprentice", "mentor")}
        return text("{apprentice} with {mentor}", **two)

    def _activity(self, row: Mapping[str, Any], _table: str) -> Text:
        kind = KINDS.get(row.get("kind", ""))
        return text(
            "{kind} of {name}, {date}",
            kind=text(kind.name) if kind else "–",
            name=self._person_in(row, "person_id"),
            date=str(row.get("held_on") or "–"),
        )

    def _programme_version(self, row: Mapping[str, Any], _table: str) -> Text:
        return text("Programme, version {n}", n=row.get("number", "–"))

    def _point_rule(self, row: Mapping[str, Any], table: str) -> Text:
        return text(words.value_words(table, "event", row.get("event")) or words.TABLES[table])

    def _playbook_kind(self, row: Mapping[str, Any], _table: str) -> Text | None:
        try:
            return text("{words}", words=read_kind(row["key"], row["definition"]).name) if "definition" in row else None
        except UserError:  # another program wrote it: its key tells
            return text("{words}", words=row["key"])

    def _playbook_part(self, row: Mapping[str, Any], table: str) -> Text | None:
        if row.get("title") or row.get("playbook_id") is None:
            return self._plainly(row, table)
        return self.of("playbook", row["playbook_id"])

    def version_before(self, table: str, row_id: int, column: str) -> str | None:
        """What the version before said, of something that has numbered versions; None where there was none."""
        t, row = metadata.tables[table], self._rows.get((table, row_id), {})
        if "number" not in row:
            return None
        found = select(t.c[column]).where(t.c.number < row["number"]).order_by(t.c.number.desc()).limit(1)
        if "playbook_id" in t.c:
            found = found.where(t.c.playbook_id == row["playbook_id"])
        return self._connection.execute(found).scalar()

    def rule_before(self, event: str, first_on: str, change_set_id: int) -> dict[str, Any]:
        """The point rule in whose place one for ``event`` from ``first_on`` came, as it stood before a change set; empty
        where there was none. What was written since is reversed, for a rule still to come may have been changed or dropped."""
        t, c = metadata.tables["point_rule"], change.c
        rows = {row["id"]: dict(row) for row in self._connection.execute(select(t)).mappings()}
        since = select(c.row_id, c.before, c.after).where(
            c.table_name == t.name, c.change_set_id >= change_set_id, c.row_id.is_not(None)
        )
        for row_id, before, _after in self._connection.execute(since.order_by(c.id.desc())):
            if before is None:
                rows.pop(row_id, None)
            else:
                rows[row_id] = {**rows.get(row_id, {}), **json.loads(before)}
        day_before = str(dt.date.fromisoformat(first_on) - dt.timedelta(days=1))
        stood = [
            row
            for row in rows.values()
            if row["event"] == event
            and str(row["first_on"]) < first_on
            and (row["last_on"] is None or str(row["last_on"]) >= day_before)
        ]
        return max(stood, key=lambda row: str(row["first_on"]), default={})

    def _person_in(self, row: Mapping[str, Any], column: str) -> str:
        found = self._rows.get(("person", row.get(column) or 0), {})
        return str(found.get("name", "–"))

    def _stages(self) -> Mapping[str, Name]:
        """What the stages of all versions of the programme are called, by key; the newest name counts."""
        if self._known_stages is None:
            c = metadata.tables["programme_version"].c
            definitions = self._connection.execute(select(c.definition).order_by(c.id)).scalars()
            self._known_stages = {}
            for definition in definitions:
                with suppress(UserError):  # a draft may be unfinished
                    self._known_stages |= {one.key: one.name for one in parse_programme(definition).stages}
        return self._known_stages

    def value(self, table: str, column: str, value: Any) -> Text | str:
        """A value as a reader knows it: what it points to, what it stands for, itself."""
        if value is None:
            return NOTHING
        known = words.value_words(table, column, value)
        if known is not None:
            return text(known)
        if (table, column, value) == ("playbook_review", "words", "…"):
            return text(N_("(see the comments at its passages)"))
        where = metadata.tables[table].c[column]
        if column in _links(table):
            return self.of(_links(table)[column], value)
        if (table, column) == ("gate_decision", "stage"):
            name = self._stages().get(value)
            return str(value) if name is None else text("{words}", words=name)
        return text(N_("Taken back")) if value == TAKEN_BACK else _written(where, value)


def owners_in(mapping: str | None) -> set[int]:
    """The people whom a remembered reading of a file names as owners."""
    said = json.loads(mapping) if mapping else {}
    return {one for one in said.get("owners", {}).values() if isinstance(one, int) and one > 0}


@cache
def _links(table: str) -> dict[str, str]:
    """Column → the table it points to. An erasure tells of a person whose record may be gone, so it has no key."""
    found = {key.parent.name: key.column.table.name for key in metadata.tables[table].foreign_keys}
    return found | {erasure.c.person_id.name: person.name} if table == erasure.name else found


def _scores(value: str) -> str:
    return " · ".join(f"{score:g}" for score in json.loads(value))


_OWN_WAY: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("assessment", "scores"): _scores,
    ("opportunity", "key"): shown_key,
}
"""Texts that are stored otherwise than people write them."""


def _written(column: Column[Any], value: Any) -> Text | str:
    """A value that points to nothing and stands for nothing, as people write it."""
    at = (column.table.name, column.name)
    if isinstance(column.type, Instant):
        instant = dt.datetime.fromisoformat(value)
        known = instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
        return known.astimezone().strftime("%Y-%m-%d %H:%M")
    if column.name == "amount_cents":
        return f"{value / 100:,.2f}".replace("-", "−")
    if at in _FROM_NOUGHT:
        return figure(value + 1)
    if at in _OWN_WAY:
        value = _OWN_WAY[at](value)
    if isinstance(value, int | float):
        return figure(value)
    return text("{words}", words=value) if isinstance(value, str) and ERASED in value else str(value)


def figure(number: float) -> str:
    """A number as the history writes all of them: thousands apart, minus as a minus."""
    return f"{number:,}".replace("-", "−")


def main_rows(changes: Sequence[Mapping[str, Any]], action: str) -> list[tuple[str, int]]:
    """The rows an action (by its name) was about: those of the first table of its room, else of any, that it wrote."""
    room = action.partition(".")[0]
    order = {name: at for at, name in enumerate(words.TABLES)}
    rows = [(c["table_name"], c["row_id"]) for c in changes if c["row_id"] is not None and c["table_name"] in order]
    files = [row for row in rows if row[0] == "imported_file"]
    rows = [row for row in rows if row[0] != "imported_file"]
    own = [row for row in rows if metadata.tables[row[0]].info.get("kind") == room]
    first = min((order[name] for name, _ in own or rows), default=None)
    return [*files, *dict.fromkeys(row for row in own or rows if order[row[0]] == first)]
