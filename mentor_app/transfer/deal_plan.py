"""A CRM's export and how it will be read: decided from all of its rows, which are kept by column until they are imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mentor_app.core.imports import Imported
from mentor_app.core.people.rules import match_key
from mentor_app.core.pipeline.rules import STATUS_KEYS, DealTotals, ImportedDeals
from mentor_app.core.text import N_, Text, Translator, text
from mentor_app.transfer import amounts, garbled
from mentor_app.transfer.amounts import AmountColumn
from mentor_app.transfer.collector import no_collector
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.recognise import OPPORTUNITIES
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.stated import stated
from mentor_app.transfer.understood import MARKS
from mentor_app.transfer.values import Fault, holds_mark, is_placeholder, plain

_KEPT = 3_000_000
"""Rows that are kept in memory between the survey and the import, by column, equal texts once: 100 MB a million."""
_STATUS_NAMES = {number: name for name, number in STATUS_KEYS.items()}


Columns = Mapping[int, Sequence[str]]


@dataclass(frozen=True)
class Block:
    """Some records by column: row numbers, the columns that mean something by their places, and which rows are too wide."""

    numbers: Sequence[int]
    columns: Columns
    wide: Sequence[int]


@dataclass(kw_only=True)
class OpportunityPlan(Plan):
    """A CRM's export and how it will be read, with what its stage names, amounts and owners mean."""

    amounts: AmountColumn = field(default_factory=AmountColumn)
    stage_rows: dict[str, Counter[str]] = field(default_factory=dict)
    """Of the stage and the status column: each name and how many rows hold it."""
    owner_names: dict[str, str] = field(default_factory=dict)
    """Owners as names are compared → as the file writes them, in the order in which they appear."""
    proposed: str | None = None
    """A column that is different in every row and could be the identity, where the file names none."""
    _kept: list[Block] | None = None

    def survey(self) -> None:
        """Read the whole file once: dates, amounts, stages, owners, and which columns tell every row from the others."""
        at, distinct = self.at(), self._distinct()
        self.stage_rows = {name: Counter() for name in ("stage", "status") if name in at}
        unique = _Unique(self.source.headers, self._could_be_identity())
        self.rows, self._kept = 0, []
        with no_collector():
            for block, columns in self._read(distinct):
                self.rows += len(block.numbers)
                for name, counted in self.stage_rows.items():
                    counted.update(block.columns[at[name]])
                unique.look(columns)
                if self.rows <= _KEPT:
                    self._kept.append(block)
        if self.rows > _KEPT:
            self._kept = None
        self.decide_order(value for i in self.date_places() for value in distinct[i])
        self._decide_amounts(distinct[at["amount"]] if "amount" in at else ())
        self.owner_names = {}
        for owner in distinct[at["owner"]] if "owner" in at else ():
            if _names_somebody(owner):
                self.owner_names.setdefault(match_key(owner), owner.strip())
        self.proposed = unique.best()

    def _distinct(self) -> dict[int, dict[str, str]]:
        """Place of each column that means something → its distinct cells, none yet; not of an identity of one column,
        in which all are distinct."""
        headers, columns = self.source.headers, self.mapping.columns
        places = {headers.index(column) for found in columns.values() for column in found}
        alone = columns.get("id", [])
        if len(alone) == 1 and sum(alone == found for found in columns.values()) == 1:
            places.discard(headers.index(alone[0]))
        return {place: {} for place in sorted(places)}

    def _read(self, distinct: dict[int, dict[str, str]]) -> Iterator[tuple[Block, list[tuple[str, ...]]]]:
        """The records in blocks of columns, equal cells being one object, which is added to ``distinct``."""
        width = len(self.source.headers)
        identity = [self.source.headers.index(column) for column in self.mapping.columns.get("id", [])]
        for numbers, rows, columns in self.records():
            wide = [i for i, row in enumerate(rows) if len(row) > width] if max(map(len, rows)) > width else []
            kept: dict[int, Sequence[str]] = {i: columns[i] for i in identity}
            kept |= {i: list(map(seen.setdefault, columns[i], columns[i])) for i, seen in distinct.items()}
            yield Block(numbers, kept, wide), columns

    def blocks(self) -> Iterator[Block]:
        """The records as they were surveyed; read again only where they were too many to be kept."""
        if self._kept is not None:
            yield from self._kept
        else:
            yield from (block for block, _ in self._read(self._distinct()))

    def _could_be_identity(self) -> set[int]:
        """Columns worth looking at: only where the file has no identity of one column, and none that means something else."""
        at = self.at()
        if len(self.mapping.columns.get("id", [])) == 1 or not self.mapping.columns:
            return set()
        taken = {at[name] for name in (*OPPORTUNITIES.dates, "owner", "stage", "status", "amount") if name in at}
        return set(range(len(self.source.headers))) - taken

    def _decide_amounts(self, seen: Collection[str]) -> None:
        if "amount" not in self.mapping.columns:
            self.amounts = AmountColumn()
            return
        kept, header = self.mapping.decimal, self.mapping.columns["amount"][0]
        notes, units = (*self.source.above, *self.remarks), self.mapping.units
        outside = stated(header, notes, self.unit_given, units)
        if self.unit_given is None and self.mapping.unit is not None and not outside.words and not outside.doubts:
            outside = stated(header, notes, self.mapping.unit, units)
            words = N_("The file says nothing of a unit. As was said for an earlier file with these columns: {unit}.")
            self.by_memory.append(text(words, unit=self.mapping.unit))
        found = amounts.look_at(seen, header, self.decimal_given, outside)
        if len(found.examples) == 1 and kept is not None:
            found = amounts.look_at(seen, header, kept, outside)
            words = N_(
                "Its amounts could be read in two ways. As was said for an earlier file with these columns: {mark}."
            )
            self.by_memory.append(text(words, mark=text(MARKS[kept])))
        if found.doubts and all(words in self.mapping.units for words in found.doubts):
            found = replace(found, doubts=())
        self.amounts = found
        if self.unit_given is not None:  # what it was said to mean holds for these very words, the next time too
            asked = stated(header, (*self.source.above, *self.remarks), None, {})
            doubts = amounts.look_at(seen, header, self.decimal_given, asked).doubts
            self.mapping.units |= dict.fromkeys(doubts, str(found.unit))
        if found.decimal is not None:
            self.mapping.decimal = found.decimal

    @property
    def deciding(self) -> str | None:
        """The column whose every name has to mean something: the status where there is one, else the stage."""
        return "status" if "status" in self.stage_rows else "stage" if "stage" in self.stage_rows else None

    def stages(self) -> dict[str, str | None]:
        """Each stage (or status) name of the file, and ours for it; None where it means nothing here yet."""
        return {name: status for name, status, _ in sorted(self.stage_counts())}

    def stage_counts(self) -> list[tuple[str, str | None, int]]:
        """Each name of the stage and the status column, our status for it, and how many rows hold it; most rows first."""
        counts: Counter[str] = Counter()
        typed: dict[str, str] = {}
        for counted in self.stage_rows.values():
            for name, rows in counted.items():
                counts[typed.setdefault(plain(name), name.strip())] += rows
        return [(name, self._status_name(name), rows) for name, rows in counts.most_common() if name]

    def unknown_stages(self) -> list[str]:
        """Names of the deciding column that mean nothing here yet."""
        if self.deciding is None:
            return []
        counted = self.stage_rows[self.deciding]
        names: dict[str, str] = {}
        for name in counted:
            if plain(name) and not isinstance(name, Fault) and garbled.reason(name) is None:
                names.setdefault(plain(name), name.strip())
        return [name for name in names.values() if self.status_of(name) is None]

    def _status_name(self, name: str) -> str | None:
        status = self.status_of(name)
        return None if status is None else _STATUS_NAMES[status]

    def status_of(self, name: str) -> int | None:
        """Our status for a stage name: as chosen, else as the reviewed list says; None where neither does."""
        chosen = self.mapping.stages.get(name.strip())
        if chosen is None and self.mapping.stages:
            chosen = {plain(one): status for one, status in self.mapping.stages.items()}.get(plain(name))
        return STATUS_KEYS[chosen] if chosen else stage_status(name)

    def perhaps_amount(self) -> list[str]:
        """Columns that look like the amount, where none is taken as it and nobody has said that there is none."""
        known = self.mapping.columns.keys() | self.several.keys()
        if "amount" in known or "amount" in self.mapping.without:
            return []
        sample, headers = self.source.sample, self.source.headers
        cells = {name: [row[i] for row in sample if i < len(row) and row[i].strip()] for i, name in enumerate(headers)}
        return [name for name in self.unused() if amounts.looks_like(name, cells[name])]

    def questions(self, but_stages: bool = False) -> list[Text]:
        """Also the amount's column, unit and decimal mark, and stages that mean nothing here."""
        file, asked = self.source.path.name, super().questions(but_stages)
        perhaps = self.perhaps_amount()
        if perhaps:
            asked.append(
                text(
                    '{file}: no column is taken as the amount, but it could be {columns}. Say which one it is (--map "amount=…"), or that none is (--map amount=).',
                    file=file,
                    columns=", ".join(map(self.source.place_of, perhaps)),
                )
            )
        if self.amounts.doubts:
            asked.append(
                text(
                    "{file}: {words} may say in which unit the amounts are. Say it (--unit 1000, 万, TEUR …), or --unit 1 where they are in full.",
                    file=file,
                    words=" · ".join(words if len(words) <= 80 else words[:79] + "…" for words in self.amounts.doubts),
                )
            )
        if self.amounts.examples:
            asked.append(
                text(
                    "{file}: {reason} Say which mark stands before the decimals (--decimal point or comma).",
                    file=file,
                    reason=amounts.describe(self.amounts),
                )
            )
        unknown = [] if but_stages else self.unknown_stages()
        if unknown:
            asked.append(
                text(
                    "{file}: it is not known what these stages mean: {names}. Say of each whether it is won, lost, void or open (--stage NAME=…).",
                    file=file,
                    names=", ".join(unknown),
                )
            )
        return asked

    def recognised(self) -> dict[str, Any]:
        """Also each stage name."""
        return {**super().recognised(), "stages": self.stages()}

    def understood(self, tr: Translator, result: Imported | None = None) -> dict[str, Any]:
        """Also stages, amounts, currencies, and (where rows were tried) how many deals are won, lost, open and void."""
        said = super().understood(tr, result)
        said["stages"] = [{"name": name, "status": status, "rows": rows} for name, status, rows in self.stage_counts()]
        said["decimal"] = self.amounts.decimal
        unit = self.amounts.unit
        said["unit"] = int(unit) if unit == int(unit) else float(unit)
        said["unit_words"] = self.amounts.unit_words
        said["identity"] = {"columns": self.mapping.columns.get("id", []), "proposed": self.proposed}
        if isinstance(result, ImportedDeals):
            said |= _totals(result.totals)
        else:
            said["currencies"] = sorted(self.amounts.named)
        return said


def _totals(totals: DealTotals) -> dict[str, Any]:
    first, last = totals.closed
    sums = [
        {
            "currency": currency,
            **{name: sums[status] / 100 for name, status in STATUS_KEYS.items() if status in sums},
        }
        for currency, sums in sorted(totals.cents.items(), key=lambda one: one[0] or "")
    ]
    return {
        "currencies": sorted(currency for currency, sums in totals.cents.items() if currency and sums),
        "totals": {name: totals.deals[STATUS_KEYS[name]] for name in ("won", "lost", "open", "void")},
        "amounts": sums,
        "closed": {"first": first, "last": last},
    }


class _Unique:
    """Columns in which no value comes twice and none is missing; a column drops out at the first that does."""

    def __init__(self, headers: list[str], places: set[int]) -> None:
        self._headers = headers
        self._seen: dict[int, set[str]] = {i: set() for i in places}
        self._rows = 0

    def look(self, columns: list[tuple[str, ...]]) -> None:
        """See some more rows, by column."""
        self._rows += len(columns[0]) if columns else 0
        for i in list(self._seen):
            seen = self._seen[i]
            seen.update(columns[i])
            if len(seen) != self._rows or "" in seen or max(map(len, columns[i])) > 64:
                del self._seen[i]

    def best(self) -> str | None:
        """The likeliest identity: without spaces rather than with, further left rather than right."""
        if self._rows < 2:
            return None
        order = sorted(self._seen, key=lambda i: (any(" " in cell for cell in self._seen[i]), i))
        return self._headers[order[0]] if order else None


def _names_somebody(owner: str) -> bool:
    """Whether a cell may be somebody's name; where it is none its row is refused, and nobody is asked whom it means."""
    if not plain(owner) or isinstance(owner, Fault) or is_placeholder(owner):
        return False
    return not holds_mark(owner) and garbled.reason(owner, name=True) is None
