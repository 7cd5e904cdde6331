"""An activities file (CSV, XLSX, XLS) into the logbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from mentor_app.core.logbook import actions
from mentor_app.core.logbook.actions import Row
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, STATES
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.rules import match_key
from mentor_app.core.pipeline.actions import Imported
from mentor_app.core.store import Actor, Done, Session, Store
from mentor_app.core.text import text, translator
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.recognise import ACTIVITIES
from mentor_app.transfer.rows import BadCell, Outcome, good, people_by_name, person_meant, run_rows, take
from mentor_app.transfer.values import parse_date, plain

_MORE_WORDS = {
    "shadowing": ("shadow", "客户影子", "影子", "影子学习"), "simulation": ("simulation", "情景模拟", "role play"),
    "quiz": ("quiz", "test", "测验", "产品测验"), "sales_action": ("action", "销售动作"), "case_study": ("case", "行业案例", "案例"),
    "teardown": ("teardown", "竞品拆解", "竞品拆解工作坊"), "solution_design": ("solution", "方案设计"),
    "negotiation": ("sandbox", "谈判沙盘", "战略客户谈判沙盘"), "project": ("project", "跨部门协作课题", "跨部门课题"),
    "visit": ("visit", "客户拜访", "拜访"),
}  # fmt: skip


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise an activities file; see ``make_plan`` for what can be given."""
    return make_plan(ACTIVITIES, store, path, **given)


def run(store: Store, actor: Actor, made: Plan, *, today: dt.date, **how: Any) -> Done[Imported]:
    """Import the file as planned; see ``run_rows`` for ``how``."""
    return run_rows(store, actor, made, import_file, today, **how)


def import_file(
    session: Session, actor: Actor, made: Plan, rows: Sequence[tuple[int, list[str]]], today: dt.date, only_good_rows: bool,
    dry_run: bool, report: Callable[[int], None],
) -> Imported:  # fmt: skip
    parse = parse_date(made.mapping.date_order or "ymd")
    people = people_by_name(session)
    identity = [made.source.headers.index(column) for column in made.mapping.columns.get("id", [])]
    texts = dict(rows)

    def write(lines: Iterator[tuple[int, dict[str, str]]], bad: Callable[[int, BadCell], None]) -> Sequence[Outcome]:
        found = []
        for number, cell in lines:
            code = " · ".join(plain(texts[number][at]) for at in identity)[:200]
            try:
                found.append(_row(number, code, cell, parse, people))
            except BadCell as error:
                bad(number, error)
        return actions.import_activities(session, actor, found, today)

    return take(session, made, rows, "person", write, only_good_rows, dry_run, report)


def _row(
    number: int, code: str, cell: Mapping[str, str], parse: Callable[[str], Any], people: Mapping[str, list[int]]
) -> Row:
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

    held = good("held_on", parse(cell["held_on"]))
    who = person_meant(people, "person", cell["person"])
    if who is None:
        raise BadCell("person", text("No person is given."))
    kind = word("kind")
    if kind is None:
        raise BadCell("kind", text("No kind is given."))
    state = word("state") or "submitted"
    details = Details(
        kind=kind,
        held_on=dt.date.fromisoformat(held) if held else None,
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
    return Row(number, code, who, details, state)


@cache
def _known(field: str) -> dict[str, str]:
    """The words a file may use in a field → our keys."""
    names = {
        "kind": {key: kind.name for key, kind in KINDS.items()}, "phase": PHASES, "part": PARTS,
        "state": {key: STATES[key] for key in ("draft", "planned", "submitted")},
    }[field]  # fmt: skip
    found: dict[str, str] = {}
    for key, name in names.items():
        more = _MORE_WORDS.get(key, ()) if field == "kind" else ()
        for said in (key, name, translator("zh_CN")(name), *more):
            found.setdefault(match_key(said).replace("_", " "), key)
    return found
