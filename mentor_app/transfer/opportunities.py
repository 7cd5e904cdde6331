"""A CRM's export into the store: recognise, type by column, hand over in batches."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.imports import Imported, Problem
from mentor_app.core.people.queries import crm_matches
from mentor_app.core.people.rules import checked_name, match_key
from mentor_app.core.pipeline import actions
from mentor_app.core.pipeline.rules import MAX_KEY, STATUS_KEYS, Batch
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.store import Actor, Done, Store
from mentor_app.core.store.keeping import keep_before_import
from mentor_app.core.text import text
from mentor_app.transfer.plan import Plan, make_plan
from mentor_app.transfer.recognise import OPPORTUNITIES
from mentor_app.transfer.values import (
    Bad,
    Memo,
    parse_amount,
    parse_date,
    plain,
    stage_status,
)

_STATUS_NAMES = {number: name for name, number in STATUS_KEYS.items()}


@dataclass
class OpportunityPlan(Plan):
    """A CRM's export and how it will be read, with what its stage names mean."""

    def recognised(self) -> dict[str, Any]:
        """Also each stage name of the first rows."""
        return {**super().recognised(), "stages": self.stages()}

    def stages(self) -> dict[str, str]:
        """Each stage (or status) name of the file's sample, and ours for it."""
        return {**self._named(self.source.sample), **self.mapping.stages}

    def all_stages(self) -> dict[str, str]:
        """Like ``stages``, of the whole file."""
        names: dict[str, str] = {}
        for _, rows in self.source.batches():
            names.update(self._named(rows))
        return {**names, **self.mapping.stages}

    def _named(self, rows: list[list[str]]) -> dict[str, str]:
        names: set[str] = set()
        for name in ("stage", "status"):
            if name in self.mapping.columns:
                at = self.source.headers.index(self.mapping.columns[name][0])
                names |= {row[at].strip() for row in rows if at < len(row)}
        return {name: _STATUS_NAMES[self.status_of(name)] for name in sorted(names) if name}

    def status_of(self, name: str) -> int:
        """Our status for a stage name: as chosen, else as its words say."""
        chosen = self.mapping.stages.get(name.strip())
        return STATUS_KEYS[chosen] if chosen else stage_status(name)


def plan(store: Store, path: Path, **given: Any) -> OpportunityPlan:
    """Recognise a CRM's export; see ``make_plan`` for what can be given."""
    made = make_plan(OPPORTUNITIES, store, path, **given)
    return OpportunityPlan(made.kind, made.source, made.mapping)


def unknown_owners(store: Store, plan: OpportunityPlan) -> list[str]:
    """Owners of the file whose names mean nobody yet, in the order in which they appear."""
    at = plan.source.headers.index(plan.mapping.columns["owner"][0])
    names: dict[str, None] = {}
    for _, rows in plan.source.batches():
        names.update(dict.fromkeys(row[at] for row in rows if at < len(row)))
    with store.read() as connection:
        known = crm_matches(connection)
    found = {match_key(name): name.strip() for name in names if name.strip()}
    return [name for match, name in found.items() if match not in known]


def run(
    store: Store,
    actor: Actor,
    plan: OpportunityPlan,
    *,
    today: dt.date,
    only_good_rows: bool = False,
    dry_run: bool = False,
    owners: dict[str, int | None] | None = None,
    add_people: bool = True,
    progress: Callable[[int, int], None] = lambda rows, total: None,
) -> Done[Imported]:
    """Import the file as planned, and remember how it was read."""
    plan.check()
    total = plan.source.count()
    if not dry_run:
        keep_before_import(store, dt.datetime.now(dt.UTC))
    collecting = gc.isenabled()
    gc.disable()  # millions of short-lived rows, no cycles: the collector would only look at them again and again
    try:
        done = store.act(
            actor,
            actions.import_opportunities,
            _batches(plan),
            today=today,
            only_good_rows=only_good_rows,
            dry_run=dry_run,
            owners=owners,
            add_people=add_people,
            progress=lambda rows: progress(rows, total),
        )
    finally:
        if collecting:
            gc.enable()
    if done.result.applied:
        plan.remember(store, actor)
    return done


def _batches(plan: OpportunityPlan) -> Iterator[Batch]:
    headers, columns = plan.source.headers, plan.mapping.columns
    at = plan.at()
    identity = itemgetter(*(headers.index(column) for column in columns["id"]))
    composed = len(columns["id"]) > 1
    dates = Memo(parse_date(plan.mapping.date_order))
    amounts = Memo(parse_amount(plan.mapping.comma))
    words = Memo(lambda value: value.replace("\0", "").strip() or None)
    holders = Memo(_owner)
    status = Memo(plan.status_of)
    width = len(headers)
    for numbers, rows in plan.source.batches():
        problems: dict[int, Problem] = {}
        if rows and max(map(len, rows)) > width:
            for i, row in enumerate(rows):
                if len(row) > width:
                    problems[i] = Problem(numbers[i], "", "", text("The row has more cells than the header."))
        columns_of = (
            list(zip(*(row[:width] for row in rows), strict=True)) if problems else list(zip(*rows, strict=True))
        )
        if composed:
            keys = ["\x1f".join(map(plain, identity(row))) for row in rows]
        else:
            keys = list(map(str.strip, columns_of[at["id"]]))

        typed = {name: _column(columns_of, at, name, dates) for name in OPPORTUNITIES.dates}
        amount = _column(columns_of, at, "amount", amounts)
        owner = list(map(holders.__getitem__, columns_of[at["owner"]]))
        if dates.any_bad or amounts.any_bad or holders.any_bad:
            for name, values in (*typed.items(), ("amount", amount), ("owner", owner)):
                for i, value in enumerate(values):
                    if isinstance(value, Bad) and i not in problems:
                        problems[i] = Problem(numbers[i], headers[at[name]], columns_of[at[name]][i], value.reason)
        if "" in keys or None in owner or max(map(len, keys), default=0) > MAX_KEY:
            for i, (key, holder) in enumerate(zip(keys, owner, strict=True)):
                if i in problems:
                    continue
                if not key or len(key) > MAX_KEY:
                    reason = text("The identity is too long.") if key else text("The row has no identity.")
                    problems[i] = Problem(numbers[i], columns["id"][0], key[:80], reason)
                elif holder is None:
                    problems[i] = Problem(numbers[i], columns["owner"][0], "", text("No owner is given."))
        batch = _typed(columns_of, at, keys, owner, numbers, typed, amount, status, words)
        if problems:
            batch.problems = [problems[i] for i in sorted(problems)]
            batch.drop(problems)
        yield batch


def _owner(value: str) -> str | Bad | None:
    try:
        return checked_name(value) if value.replace("\0", "").strip() else None
    except UserError as error:
        return Bad(error.message)


def _column(columns: list[tuple[str, ...]], at: dict[str, int], name: str, memo: Memo) -> list[Any]:
    if name not in at:
        return [None] * (len(columns[0]) if columns else 0)
    return list(map(memo.__getitem__, columns[at[name]]))


def _typed(
    columns: list[tuple[str, ...]],
    at: dict[str, int],
    keys: list[str],
    owner: list[Any],
    numbers: list[int],
    typed: dict[str, list[Any]],
    amount: list[Any],
    status: Memo,
    words: Memo,
) -> Batch:
    """Put the parsed columns together: one status, one closing date, the expected one apart."""
    rows = len(numbers)
    states: list[int] = [OPEN] * rows
    if "stage" in at:
        states = list(map(status.__getitem__, columns[at["stage"]]))
    if "status" in at:
        # A status column of its own decides where it says more than "open".
        states = [s or t for s, t in zip(map(status.__getitem__, columns[at["status"]]), states, strict=True)]
    if "active" in at:
        gone = {"false", "0", "no", "否", "f"}
        states = [
            LOST if s == OPEN and plain(a).casefold() in gone else s
            for s, a in zip(states, columns[at["active"]], strict=True)
        ]
    closed, expected = typed["closed_on"], typed["expected_on"]
    if "won_on" in at or "lost_on" in at:
        won, lost = typed["won_on"], typed["lost_on"]
        if "stage" not in at and "status" not in at:
            states = [WON if w else LOST if x else OPEN for w, x in zip(won, lost, strict=True)]
        closed = [
            (w if s == WON else x if s in (LOST, VOID) else None) or c
            for s, w, x, c in zip(states, won, lost, closed, strict=True)
        ]
    # CRMs give open deals an expected date in the column of the real one.
    expected = [e or (c if s == OPEN else None) for s, c, e in zip(states, closed, expected, strict=True)]
    closed = [c if s else None for s, c in zip(states, closed, strict=True)]
    fields: dict[str, list[Any]] = {
        "status": states,
        "opened_on": typed["opened_on"],
        "closed_on": closed,
        "expected_on": expected,
    }
    if "amount" in at:
        fields["amount_cents"] = amount
    for name in ("name", "account", "product", "stage"):
        if name in at:
            fields[name] = list(map(words.__getitem__, columns[at[name]]))
    return Batch(rows=numbers, key=keys, owner=owner, columns=fields, problems=[])
