"""The rows of a CRM's export as typed columns: parsed once for each distinct text, bad rows as problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.imports import Problem
from mentor_app.core.people.rules import checked_name, match_key
from mentor_app.core.pipeline.rules import MAX_KEY, Batch, shown_key
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer import garbled, short_rows
from mentor_app.transfer.deal_plan import NAMES, Block, Columns, OpportunityPlan
from mentor_app.transfer.flags import flag, possible, settled
from mentor_app.transfer.plain_names import is_no_name, names_nobody
from mentor_app.transfer.reading import Row
from mentor_app.transfer.recognise import ACTUAL, OPPORTUNITIES, chosen_by, in_order, normalise
from mentor_app.transfer.row_amounts import RowAmounts
from mentor_app.transfer.stages import is_void_by_life
from mentor_app.transfer.tidy import tidy, unescaped
from mentor_app.transfer.values import EMPTY, Bad, Memo, Number, any_placeholder, holds_mark, is_placeholder, plain


def typed_batches(plan: OpportunityPlan) -> Iterator[Batch]:
    """The records of the file, typed as the plan says."""
    typing = _Typing(plan)
    for block in plan.blocks():
        yield typing.batch(block)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows on their way: as they stand in the file by column, typed by field, and the problems of those that can't be read."""

    numbers: Sequence[int]
    columns: Columns
    typed: dict[str, list[Any]] = field(default_factory=dict)
    problems: dict[int, Problem] = field(default_factory=dict)

    def refuse(self, i: int, header: str, value: str, reason: Text) -> None:
        """Say why a row can't be taken; the first reason stands."""
        self.problems.setdefault(i, Problem(self.numbers[i], header, value, reason))


class _Typing:
    """How each column is read, remembering what every distinct text came to."""

    def __init__(self, plan: OpportunityPlan) -> None:
        self._headers, self._columns, self._at = plan.source.headers, plan.mapping.columns, plan.at()
        at = self._at
        self._may_stay = _MAY_STAY if plan.keep_cells else frozenset[str]()
        self._deciding, self._of_all, self._life = plan.deciding, plan.status_of_all, plan.life_place()
        self._identity = [self._headers.index(column) for column in in_order(self._columns["id"], self._columns)]
        self._in_book = plan.source.encoding is None
        self._merged, self._source = plan.source.merged, plan.source
        self._times: dict[str, int] = {}
        self._plain = Memo(plain)
        self._holders = Memo(
            lambda value: _owner(plan.owner_names, unescaped(value) if "owner" in plan.escaped else value)
        )
        self._words = Memo(_said)
        self._lives = Memo(_void)
        self._status = Memo(lambda value: _state(plan.status_of, value))
        readings = {name: plan.date_reading(name) for name in OPPORTUNITIES.dates if name in at}
        days = {reading: Memo(plan.date_parser(reading)) for reading in readings.values()}
        self._memos = {name: days[reading] for name, reading in readings.items()}
        self._memos |= dict.fromkeys(plan.stage_rows, self._status)
        self._memos |= {name: Memo(flag) for name in ("is_won", "is_closed") if name in at}
        self._memos |= {"owner": self._holders}
        escaped = Memo(lambda value: _said(unescaped(value)))
        self._memos |= {name: escaped if name in plan.escaped else self._words for name in NAMES[1:] if name in at}
        self._amounts = None
        if "amount" in at:
            self._amounts = RowAmounts(self._headers, at, plan.amounts, plan.units, plan.beside_named)

    def batch(self, block: Block) -> Batch:
        """Some rows, typed; those that can't be are problems instead."""
        rows, at = _Rows(block.numbers, block.columns), self._at
        self._say_short(rows)
        rows.typed.update(
            {name: list(map(memo.__getitem__, rows.columns[at[name]])) for name, memo in self._memos.items()}
        )
        if any(memo.any_bad for memo in self._memos.values()):
            self._say_bad(rows)
        if self._amounts is not None:
            rows.typed["amount"], currencies = self._amounts.read(rows.columns, rows.numbers, rows.problems)
            if self._amounts.has_currency:
                rows.typed["currency"] = currencies
            self._say_shared(rows)
        keys = self._keys(rows.columns)
        self._say_missing(keys, rows)
        self._say_unclear(keys, rows)
        batch = self._put_together(rows, keys, self._states(rows))
        identity = rows.columns[self._identity[0]]
        if len(self._identity) == 1 and not "".join(identity).isascii():
            batch.written = {
                n: cell.strip()
                for n, cell, key in zip(rows.numbers, identity, keys, strict=True)
                if key and cell.strip() != key
            }
        if rows.problems:
            batch.problems = [rows.problems[i] for i in sorted(rows.problems)]
            batch.refused = [keys[i] for i in rows.problems if keys[i]]
            batch.drop(rows.problems)
        if block.wide:
            self._refuse_wide(batch, block.wide)
        return batch

    def _refuse_wide(self, batch: Batch, wide: Sequence[Row]) -> None:
        """Say of rows why they can't be taken that have more cells than the header."""
        too_many = text("The row has more cells than the header.")
        if self._in_book:
            words = N_(
                "The row has more cells than the header. If they are another table's, put an empty column before it, or import a copy without it."
            )
            too_many = text(words)
        width = len(self._headers)
        beyond = [(n, next(filter(str.strip, row[width:]), "").strip()) for n, row in wide]
        batch.problems = sorted(
            [*batch.problems, *(Problem(n, "", cell, too_many) for n, cell in beyond)], key=lambda one: one.row
        )
        cells = {place: [row[place] for _, row in wide] for place in self._identity}
        batch.refused += [key for key in self._keys(cells) if key]

    def _say_short(self, rows: _Rows) -> None:
        for i, number in enumerate(rows.numbers) if self._source.short else ():
            problem = short_rows.problem_of(self._source, number, self._at)
            if problem is not None:
                rows.refuse(i, problem.column, problem.value, problem.reason)

    def _say_bad(self, rows: _Rows) -> None:
        for name in (
            *OPPORTUNITIES.dates,
            "owner",
            "stage",
            "status",
            "is_won",
            "is_closed",
            "name",
            "account",
            "product",
        ):
            for i, value in enumerate(rows.typed.get(name, ())):
                if isinstance(value, Bad):
                    self._refuse(rows, i, name, value.reason)

    def _refuse(self, rows: _Rows, i: int, name: str, reason: Text) -> None:
        """Say why a row can't be taken, by the cell of a field."""
        place = self._at[name]
        rows.refuse(i, self._headers[place], str(rows.columns[place][i]), reason)

    def _say_shared(self, rows: _Rows) -> None:
        """An amount that is merged across rows may be that of all of them together."""
        shared = self._merged.get(self._at["amount"])
        for i, number in enumerate(rows.numbers) if shared else ():
            if shared and number in shared:
                reason = text("This amount is merged across rows. Write into each row what is its own.")
                self._refuse(rows, i, "amount", reason)

    def _keys(self, columns: Columns) -> list[str]:
        """What tells each record from the others, in plain characters; of several that look alike the later ones are numbered."""
        if len(self._identity) == 1:
            cells = columns[self._identity[0]]
            clean = str.strip if "".join(cells).isascii() else plain
            found = list(map(clean, cells))
            return ["" if is_placeholder(key) else key for key in found] if any_placeholder(found) else found
        keys = []
        parts = (map(self._plain.__getitem__, columns[i]) for i in self._identity)
        for key in map("\x1f".join, zip(*parts, strict=True)):
            if key.strip("\x1f"):
                times = self._times[key] = self._times.get(key, 0) + 1
                keys.append(key if times == 1 else f"{key}\x1f#{times}")
            else:
                keys.append("")
        return keys

    def _say_missing(self, keys: list[str], rows: _Rows) -> None:
        owner = rows.typed["owner"]
        if "" not in keys and None not in owner and max(map(len, keys), default=0) <= MAX_KEY:
            return
        for i, (key, holder) in enumerate(zip(keys, owner, strict=True)):
            if not key or len(key) > MAX_KEY:
                rows.refuse(
                    i, self._columns["id"][0], key[:80], text("The identity is too long.") if key else self._bare()
                )
            elif holder is None:
                rows.refuse(i, self._columns["owner"][0], "", _NO_OWNER)

    def _bare(self) -> Text:
        names = [self._headers[i] for i in self._identity]
        if len(names) == 1:
            return text("The row has no identity: nothing stands in {column}.", column=names[0])
        more = [*names, *self._columns["owner"][:1]]  # an owner stands in every row that is read
        return text(
            "Empty, but they tell deals apart: {columns}. Fill them in, or choose more columns as the identity: {ways}.",
            columns=", ".join(names),
            ways=f"{' + '.join(more)} ({chosen_by(more)})",
        )

    def _say_unclear(self, keys: list[str], rows: _Rows) -> None:
        """A workbook keeps 15 figures of a number: of a longer one it can't be told any more which record it names. Nor can it
        of a garbled text."""
        if not "".join(keys).isascii():
            for i, cell in enumerate(keys):
                wrong = garbled.reason(cell) if i not in rows.problems else None
                if wrong is not None:
                    rows.refuse(i, self._columns["id"][0], shown_key(cell[:80]), wrong)
        if len(self._identity) != 1 or not (self._in_book or "E+" in "".join(keys)):
            return
        reason = text(
            "Only the first 15 figures of this number were kept. Format the column as text before exporting it."
        )
        for i, cell in enumerate(rows.columns[self._identity[0]]):
            if (
                abs(cell.value) >= 1e15
                if isinstance(cell, Number)
                else "E+" in cell and _ROUNDED.fullmatch(cell.strip())
            ):
                rows.refuse(i, self._columns["id"][0], str(cell), reason)

    def _with_life(self, states: list[int], rows: _Rows) -> list[int]:
        """The states, those void whose deal does not count any more (生命状态: 作废); words that are not known are a problem."""
        if self._life is None:
            return states
        cells = rows.columns[self._life]
        found = list(map(self._lives.__getitem__, cells))
        for i, one in enumerate(found):
            if isinstance(one, Bad):
                rows.refuse(i, self._headers[self._life], str(cells[i]), one.reason)
        return [VOID if one is True else state for one, state in zip(found, states, strict=True)]

    def _states(self, rows: _Rows) -> list[int]:
        """One status for each row, from whichever columns say it; what they may not say together is a problem."""
        typed = rows.typed
        if self._deciding is None:
            count = len(rows.numbers)
            states = self._of_days(typed, count) if self._of_all is None else [self._of_all] * count
            states = self._with_flags(states, rows)
            if _NOTHING in states:
                self._say(_NOTHING, states, "is_closed", text("No stage is given."), rows)
            self._say_days(states, rows)
            return states
        states = typed[self._deciding]
        if "stage" in typed and "status" in typed:
            # A status column of its own decides where it says more than "open"; both may not say different ends.
            pairs = list(zip(typed["status"], typed["stage"], strict=True))
            states = list(map(_JOINED.__getitem__, pairs))
            self._say(_CONTRADICTION, states, "stage", _BOTH, rows)
        states = self._with_flags(states, rows)
        if "active" in self._at:
            gone = {"false", "0", "no", "否", "f"}
            active = rows.columns[self._at["active"]]
            states = [
                LOST if s == OPEN and plain(a).casefold() in gone else s for s, a in zip(states, active, strict=True)
            ]
        self._say(_NOTHING, states, self._deciding, text("No stage is given."), rows)
        self._say_days(states, rows)
        return states

    def _with_flags(self, states: list[int], rows: _Rows) -> list[int]:
        """The states where IsWon and IsClosed agree with them, or say them where nothing else does."""
        fields = [name for name in ("is_won", "is_closed") if name in rows.typed]
        if not fields:
            return states
        found = list(states)
        won, closed = (rows.typed.get(name, [None] * len(states)) for name in ("is_won", "is_closed"))
        for i, (state, one, other) in enumerate(zip(states, won, closed, strict=True)):
            left = possible(*(None if isinstance(said, Bad) else said for said in (one, other)))
            if state == _NOTHING and left:
                found[i] = _NOTHING if (status := settled(left)) is None else status
            elif state not in left and state != _CONTRADICTION:
                reason = _FLAGS if left else text("It is said to be won, and not to be closed.")
                self._refuse(rows, i, fields[-1], reason)
        return found

    def _say(self, state: int, states: list[int], name: str, reason: Text, rows: _Rows) -> None:
        """A problem for each row in this state."""
        if state in states:
            for i, one in enumerate(states):
                if one == state:
                    self._refuse(rows, i, name, reason)

    def _say_days(self, states: list[int], rows: _Rows) -> None:
        """Days that the status forbids: a day of winning for what was not won, of losing for what was not lost, of a real
        end for what is open."""
        for name, forbidden, reason in (
            ("won_on", (OPEN, LOST, VOID), text("There is a day of winning, but the deal is not won.")),
            ("lost_on", (OPEN, WON), text("There is a day of losing, but the deal is not lost.")),
            (
                "closed_on",
                (OPEN,) if self._ends_for_real() else (),
                text("There is a closing date, but the deal is open."),
            ),
        ):
            days = rows.typed.get(name)
            if not forbidden or days is None:
                continue
            for i, (state, day) in enumerate(zip(states, days, strict=True)):
                if day and state in forbidden:
                    self._refuse(rows, i, name, reason)

    def _ends_for_real(self) -> bool:
        """Whether the closing date is one that only closed deals have: many CRMs put the expected one of open deals there."""
        name = normalise(self._columns["closed_on"][0]) if "closed_on" in self._at else ""
        return self._deciding is not None and bool(ACTUAL.search(name))

    @staticmethod
    def _of_days(typed: dict[str, list[Any]], rows: int) -> list[int]:
        """Won where there is a day of winning, lost where there is one of losing."""
        if not {"won_on", "lost_on"} & typed.keys():
            return [_NOTHING] * rows
        won, lost = (typed.get(name, [None] * rows) for name in ("won_on", "lost_on"))
        return [WON if w else LOST if x else OPEN for w, x in zip(won, lost, strict=True)]

    def _put_together(self, rows: _Rows, keys: list[str], stages: list[int]) -> Batch:
        """One status, one closing date, the expected one apart. The days are those of the deals as they were before they became void."""
        states = self._with_life(stages, rows)
        typed, nothing = rows.typed, [None] * len(rows.numbers)
        closed, expected = typed.get("closed_on", nothing), typed.get("expected_on", nothing)
        if "won_on" in typed or "lost_on" in typed:
            won, lost = typed.get("won_on", nothing), typed.get("lost_on", nothing)
            closed = [
                (w if s == WON else x if s in (LOST, VOID) else None) or c
                for s, w, x, c in zip(stages, won, lost, closed, strict=True)
            ]
        # CRMs give open deals an expected date in the column of the real one.
        expected = [e or (c if s == OPEN else None) for s, c, e in zip(stages, closed, expected, strict=True)]
        closed = [c if s else None for s, c in zip(stages, closed, strict=True)]
        fields: dict[str, list[Any]] = {
            "status": states,
            "opened_on": typed.get("opened_on", nothing),
            "closed_on": closed,
            "expected_on": expected,
        }
        if "amount" in typed:
            fields["amount_cents"] = typed["amount"]
        if "currency" in typed:
            fields["currency"] = typed["currency"]
        for name in ("name", "account", "product"):
            if name in typed:
                fields[name] = typed[name]
        if "stage" in self._at:
            fields["stage"] = list(map(self._words.__getitem__, rows.columns[self._at["stage"]]))
        return Batch(
            rows=list(rows.numbers),
            key=keys,
            owner=typed["owner"],
            columns=fields,
            problems=[],
            unsaid=frozenset({"opened_on", "expected_on"} - typed.keys()) | (self._may_stay & fields.keys()),
            ends_expected="closed_on" in typed and self._columns["closed_on"] == self._columns.get("expected_on"),
        )


_MAY_STAY = frozenset(("opened_on", "expected_on", "amount_cents", "currency", "name", "account", "product"))
"""What a deal of the store keeps where the file's cell is empty and empty cells are to leave it."""
_NO_OWNER = text("No owner is given.")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2,3}")
_NOTHING, _CONTRADICTION = -1, -2
_BOTH = text("The stage and the status say different things.")
_FLAGS = text("The stage says something else than this column.")


def _said(value: str) -> str | Bad | None:
    """What a text says; Bad where its characters were garbled."""
    wrong = garbled.reason(value)
    return (tidy(value.replace("\0", "")) or None) if wrong is None else Bad(wrong)


def _void(cell: str) -> bool | Bad:
    """Whether a deal is void whatever its stage."""
    said = False if plain(cell).casefold() in EMPTY else is_void_by_life(cell)
    return said if said is not None else Bad(text("It is not known here whether a deal of this life status counts."))


def _state(status_of: Callable[[str], int | None], name: str) -> int | Bad:
    if not name.strip():
        return _NOTHING
    wrong = garbled.reason(name)
    if wrong is not None:
        return Bad(wrong)
    status = status_of(name)
    return _NOTHING if status is None else status


def _joined(status: int, stage: int) -> int:
    """The status of a row by its status and its stage column."""
    if stage > OPEN and status not in (_NOTHING, stage):
        return _CONTRADICTION
    if status > OPEN:
        return status
    return stage if stage > OPEN else max(status, stage)


class _Joined(dict[tuple[Any, Any], int]):
    """The status of a row by its status and its stage column; worked out once for each pair."""

    def __missing__(self, pair: tuple[Any, Any]) -> int:
        status, stage = (_NOTHING if isinstance(one, Bad) else one for one in pair)
        self[pair] = joined = _joined(status, stage)
        return joined


_JOINED = _Joined()


def _owner(best: Mapping[str, str], value: str) -> str | Bad | None:
    """The name of an owner as the file writes it ``best`` (by how names are compared), or what stands there for nobody."""
    clean = plain(value)
    if clean and is_no_name(clean):
        return Bad(_NO_OWNER)
    try:
        name = checked_name(best.get(match_key(value), value)) if value.replace("\0", "").strip() else None
    except UserError as error:
        return Bad(error.message)
    wrong = garbled.reason(value, name=True) if name is not None and not names_nobody(value) else None
    if wrong is not None:
        return Bad(wrong)
    if name is not None and holds_mark(name):
        return Bad(text("The name holds the mark of a footnote. Delete it."))
    if name is not None and "\n" in name and any(mark in name for mark in ",;\t|"):
        return Bad(text("The name holds a line break and a separator: a quotation mark is missing somewhere above."))
    return name
