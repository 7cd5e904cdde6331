"""An activities file (CSV, XLSX, XLS, ODS) into the logbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from mentor_app.core.imports import Keep, RowOutcome, Said
from mentor_app.core.logbook import actions
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.listed import Row
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.queries import names_in_use, people_by_name
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.clock import minutes_of, time_of_day
from mentor_app.transfer.dates import time_behind
from mentor_app.transfer.list_words import meaning, not_known
from mentor_app.transfer.misspelt import Names
from mentor_app.transfer.recognise import ACTIVITIES
from mentor_app.transfer.rows import BadCell, Line, RowFile, person_meant
from mentor_app.transfer.values import EMPTY, plain

T = TypeVar("T")


def _reader(connection: Connection) -> Callable[[Line], Row]:
    people = people_by_name(connection)
    return lambda line: _row(line, people)


def _row(line: Line, people: Mapping[str, list[int]]) -> Row:
    cell = line.cell

    def word(field: str, group: str) -> str | None:
        """The key meant by a word of the file; None for an empty cell."""
        given = cell.get(field, "")
        if not given:
            return None
        key = meaning(group, given)
        if key is None:
            raise BadCell(field, not_known(group, given))
        return key

    def read(field: str, reading: Callable[[str], T | None], reason: Text) -> T | None:
        """What ``reading`` makes of a cell; None for an empty one, BadCell with the ``reason`` where that is nothing."""
        given = plain(cell.get(field, ""))
        if given.casefold() in EMPTY:
            return None
        found = reading(given)
        if found is None:
            raise BadCell(field, reason)
        return found

    held = line.date("held_on")
    who = person_meant(people, "person", cell["person"])
    if who is None:
        raise BadCell("person", text("No person is given."))
    kind = word("kind", "kinds")
    if kind is None:
        raise BadCell("kind", text("No kind is given."))
    state = ActivityState(word("state", "states") or ActivityState.SUBMITTED)
    at_time = read("at_time", time_of_day, text("This is not a time of day. Write times like 14:30."))
    behind = time_behind(cell["held_on"])
    if at_time and behind and at_time != behind:
        words = N_("The date is written with another time, {time}. Correct one of the two.")
        raise BadCell("at_time", text(words, time=behind))
    details = Details(
        kind=kind,
        held_on=held,
        at_time=at_time or behind,
        minutes=read(
            "minutes",
            lambda given: minutes_of(given, line.headers.get("minutes", "")),
            text("These are not whole minutes. Write 90, 1:30 or 1 h 30 min."),
        ),
        customer=cell.get("customer") or None,
        title=cell.get("title") or None,
        phase=word("phase", "phases"),
        part=word("part", "parts"),
        depth=read("depth", _whole, text("This is not a whole number.")),
        seen=cell.get("seen") or None,
        learned=cell.get("learned") or None,
        next_step=cell.get("next_step") or None,
        host_id=person_meant(people, "host", cell.get("host", "")),
    )
    said = {"host_id" if name == "host" else name for name in line.fields}
    return Row(
        number=line.number,
        code=line.code,
        person_id=who,
        details=details,
        state=state,
        fields=frozenset(said | {"at_time"} if behind else said),
        composed=line.composed,
    )


def _whole(given: str) -> int | None:
    found = re.fullmatch(r"(\d+)(?:\.0+)?", given)
    return int(found[1]) if found else None


def _write(
    store: Store,
    actor: Actor,
    rows: Sequence[Row],
    today: dt.date,
    keep: Keep,
    file: str,
    said: Said | None = None,
) -> Done[list[RowOutcome]]:
    return store.act(actor, actions.import_activities, rows, today, keep, file, said)


_PEOPLE = Names(known=names_in_use, people=True, makes=False)
_FILE = RowFile(
    kind=ACTIVITIES, main="person", reader=_reader, write=_write, names={"person": _PEOPLE, "host": _PEOPLE}
)
plan, run = _FILE.plan, _FILE.run
