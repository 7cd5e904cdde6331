"""An activities file (CSV, XLSX, XLS) into the logbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from mentor_app.core.imports import Keep, RowOutcome
from mentor_app.core.logbook import actions
from mentor_app.core.logbook.actions import Row
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, STATES, ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.queries import people_by_name
from mentor_app.core.people.rules import match_key
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import text, translator
from mentor_app.transfer.recognise import ACTIVITIES
from mentor_app.transfer.rows import BadCell, Line, RowFile, person_meant
from mentor_app.transfer.values import plain

_MORE_WORDS = {
    "shadowing": ("shadow", "客户影子", "影子", "影子学习"),
    "simulation": ("simulation", "情景模拟", "role play"),
    "quiz": ("quiz", "test", "测验", "产品测验"),
    "sales_action": ("action", "销售动作"),
    "case_study": ("case", "行业案例", "案例"),
    "teardown": ("teardown", "竞品拆解", "竞品拆解工作坊"),
    "solution_design": ("solution", "方案设计"),
    "negotiation": ("sandbox", "谈判沙盘", "战略客户谈判沙盘"),
    "project": ("project", "跨部门协作课题", "跨部门课题"),
    "visit": ("visit", "客户拜访", "拜访"),
}


def _reader(connection: Connection, fields: frozenset[str]) -> Callable[[Line], Row]:
    people = people_by_name(connection)
    return lambda line: _row(line, people)


def _row(line: Line, people: Mapping[str, list[int]]) -> Row:
    cell = line.cell

    def word(name: str) -> str | None:
        """The key meant by a word of the file: itself, or its name in either language."""
        given = cell.get(name, "")
        if not given:
            return None
        key = _known(name).get(match_key(given).replace("_", " "))
        if key is None:
            raise BadCell(name, text("{word} is not known here.", word=given))
        return key

    def number_of(name: str) -> int | None:
        given = plain(cell.get(name, ""))
        if not given:
            return None
        match = re.fullmatch(r"(\d+)(?:\.0+)?\s*(?:min|minutes|分钟|分)?", given)
        if match is None:
            raise BadCell(name, text("This is not a whole number."))
        return int(match[1])

    held = line.date("held_on")
    who = person_meant(people, "person", cell["person"])
    if who is None:
        raise BadCell("person", text("No person is given."))
    kind = word("kind")
    if kind is None:
        raise BadCell("kind", text("No kind is given."))
    state = ActivityState(word("state") or ActivityState.SUBMITTED)
    details = Details(
        kind=kind,
        held_on=held,
        at_time=plain(cell.get("at_time", ""))[:5] or None,
        minutes=number_of("minutes"),
        customer=cell.get("customer") or None,
        title=cell.get("title") or None,
        phase=word("phase"),
        part=word("part"),
        depth=number_of("depth"),
        seen=cell.get("seen") or None,
        learned=cell.get("learned") or None,
        next_step=cell.get("next_step") or None,
        host_id=person_meant(people, "host", cell.get("host", "")),
    )
    return Row(number=line.number, code=line.code, person_id=who, details=details, state=state)


@cache
def _known(field: str) -> dict[str, str]:
    """The words a file may use in a field → our keys."""
    names: dict[str, Mapping[str, str]] = {
        "kind": {key: kind.name for key, kind in KINDS.items()},
        "phase": PHASES,
        "part": PARTS,
        "state": {key: STATES[key] for key in (ActivityState.DRAFT, ActivityState.PLANNED, ActivityState.SUBMITTED)},
    }
    key_by_word: dict[str, str] = {}
    for key, name in names[field].items():
        more = _MORE_WORDS.get(key, ()) if field == "kind" else ()
        for said in (key, name, translator("zh_CN")(name), *more):
            key_by_word.setdefault(match_key(said).replace("_", " "), key)
    return key_by_word


def _write(
    store: Store, actor: Actor, rows: Sequence[Row], today: dt.date, keep: Keep, file: str
) -> Done[list[RowOutcome]]:
    return store.act(actor, actions.import_activities, rows, today, keep, file)


_FILE = RowFile(kind=ACTIVITIES, main="person", reader=_reader, write=_write)
plan, run = _FILE.plan, _FILE.run
