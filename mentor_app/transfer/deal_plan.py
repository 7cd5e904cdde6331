"""A CRM's export and how it will be read: decided from all of its rows, which are kept by column until they are imported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from mentor_app.core.imports import Imported
from mentor_app.core.people.rules import match_key
from mentor_app.core.pipeline.rules import STATUS_KEYS, DealTotals, ImportedDeals
from mentor_app.core.text import N_, Text, Translator, plural_text, text
from mentor_app.transfer import amounts, garbled, row_units, units, yen
from mentor_app.transfer.amounts import AmountColumn
from mentor_app.transfer.collector import no_collector
from mentor_app.transfer.flags import stages_by, told_by_row
from mentor_app.transfer.near_names import badly_written
from mentor_app.transfer.parts import Parts, SameDeal, Steps
from mentor_app.transfer.plain_names import is_no_name, names_nobody
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.recognise import (
    counts_by_name,
    identity_parts,
    is_owner_number,
    may_be_identity,
    may_count_by_name,
)
from mentor_app.transfer.row_amounts import named_in
from mentor_app.transfer.row_units import UnitColumn
from mentor_app.transfer.running_numbers import RunningNumbers
from mentor_app.transfer.stages import is_void_by_life, stage_status
from mentor_app.transfer.stated import currency_given, is_currency_alone, stated, unit_given
from mentor_app.transfer.tidy import is_escaped, tidy, unescaped
from mentor_app.transfer.understood import MARKS
from mentor_app.transfer.values import EMPTY, Fault, holds_mark, plain

_KEPT = 3_000_000
"""Rows that are kept in memory between the survey and the import, by column, equal texts once: 100 MB a million."""
NAMES = ("owner", "name", "account", "product")
"""Fields that hold names."""
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
    units: UnitColumn = field(default_factory=UnitColumn)
    """What a column says of the unit of each row."""
    unit_rows: Counter[str] = field(default_factory=Counter)
    """Each cell of that column and how many rows hold it."""
    beside_named: frozenset[str] = frozenset()
    """Currencies that the column of currencies names."""
    stage_rows: dict[str, Counter[str]] = field(default_factory=dict)
    """Of the stage and the status column: each name and how many rows hold it."""
    flagged: dict[str, int] = field(default_factory=dict)
    """Names of the deciding column → our status, as IsWon and IsClosed say in all of their rows."""
    told_by_row: set[str] = field(default_factory=set)
    """Names of that column of which IsWon and IsClosed say in each row how it stands."""
    life_by_status: bool = False
    """Whether the status column says no more than which deals count (正常, 作废), beside a stage column."""
    void_rows: int = 0
    """Rows that are void by that column, or by one of its own."""
    same_deal: SameDeal | None = None
    """Two rows that are parts of one deal, where rows have no identity."""
    owner_names: dict[str, str] = field(default_factory=dict)
    """Owners as names are compared → as the file writes them best, in the order in which they appear."""
    nobodies: dict[str, str] = field(default_factory=dict)
    """What stands in an owner's place and names nobody (N/A, 未分配), in the same form."""
    nobody_rows: Counter[str] = field(default_factory=Counter)
    """Of these, in the form in which names are compared, how many rows hold each."""
    proposed: str | None = None
    """A column that is different in every row and could be the identity, where the file names none."""
    counting: set[str] = field(default_factory=set)
    """Columns that only count the rows of the file, of those that are or could be the identity."""
    renamed_given: str | None = None
    """What was said of rows that may be deals of the store that were corrected: "same" (these deals), or "new"."""
    not_taken: str | None = None
    """A column that was to be the identity by its name, and counts the rows."""
    _kept: list[Block] | None = None

    def survey(self) -> None:
        """Read the whole file once: dates, amounts, stages, owners, and which columns tell every row from the others."""
        at, distinct = self.at(), self._distinct()
        self.stage_rows = {name: Counter() for name in ("stage", "status") if name in at}
        unique = _Unique(self.source.headers, self._could_be_identity())
        identity = self.mapping.columns.get("id", [])
        running = RunningNumbers(
            self.source.headers, [at["id"]] if len(identity) == 1 else sorted(self._could_be_identity())
        )
        several = [] if len(identity) == 1 else self._places(identity)
        parts, steps = Parts(self.source.headers, several, at), Steps(self.source.headers, several, at)
        self.rows, self._kept, self.unit_rows = 0, [], Counter()
        flags: dict[str, set[tuple[str, str, str]]] = {name: set() for name in self.stage_rows}
        lives: Counter[str] = Counter()
        with no_collector():
            for block, columns in self._read(distinct):
                self.rows += len(block.numbers)
                for name, counted in self.stage_rows.items():
                    counted.update(block.columns[at[name]])
                for name in flags:
                    flags[name] |= self._flags(name, block.columns)
                if "life" in at:
                    lives.update(block.columns[at["life"]])
                parts.look(block.numbers, columns)
                steps.look(block.numbers, columns)
                if "unit" in at:
                    self.unit_rows.update(map(str.strip, block.columns[at["unit"]]))
                unique.look(columns)
                running.look(columns)
                if self.rows <= _KEPT:
                    self._kept.append(block)
        if self.rows > _KEPT:
            self._kept = None
        self.decide_dates({place: distinct[place] for place in self.date_places()})
        if "unit" in at and "unit" not in self.columns_given and row_units.is_something_else(distinct[at["unit"]]):
            del self.mapping.columns["unit"]
        self._decide_amounts({name: list(distinct[i]) for name, i in self.at().items() if i in distinct})
        self._decide_escaped({name: distinct[at[name]] for name in NAMES if at.get(name) in distinct})
        self._decide_owners(distinct[at["owner"]] if "owner" in at else ())
        self._decide_life(lives)
        self.flagged = stages_by(flags.get(self.deciding or "", ()))
        self.told_by_row = told_by_row(flags.get(self.deciding or "", ()))
        self.same_deal = parts.found or steps.found
        self.counting = running.found()
        self.proposed = unique.best(but=self.counting)
        self._leave_counting()

    def _places(self, columns: Iterable[str]) -> list[int]:
        return [self.source.headers.index(column) for column in columns]

    def _decide_life(self, lives: Counter[str]) -> None:
        """How many deals are void whatever their stage, by a column of its own or by the status column, if that says nothing else."""
        names = [name for name in self.stage_rows.get("status", ()) if name.strip()]
        alone = "stage" in self.stage_rows and "life" not in self.mapping.columns
        self.life_by_status = alone and bool(names) and all(is_void_by_life(name) is not None for name in names)
        if self.life_by_status:
            lives = self.stage_rows.pop("status")
        self.void_rows = sum(rows for cell, rows in lives.items() if is_void_by_life(cell))

    def life_place(self) -> int | None:
        """The place of the column that says which deals count."""
        return self.at().get("status" if self.life_by_status else "life")

    def _decide_escaped(self, seen: Mapping[str, Collection[str]]) -> None:
        """Which columns of names are written as in a web page, each with an example."""
        self.escaped = {}
        for name, cells in seen.items():
            signs = [cell for cell in cells if "&" in cell] if "&" in "\n".join(cells) else []
            if signs and is_escaped(cells):
                self.escaped[name] = signs[0]

    def _decide_owners(self, cells: Iterable[str]) -> None:
        """Who the owners are, by name."""
        self.owner_names, self.nobodies, self.nobody_rows = {}, {}, Counter()
        written: dict[str, str] = {}
        for cell in cells:
            if isinstance(cell, Fault):
                continue
            owner = unescaped(cell) if "owner" in self.escaped else cell
            if names_nobody(owner):
                written[cell] = match_key(owner)
                self.nobodies.setdefault(match_key(owner), owner.strip())
            elif _names_somebody(owner):
                name, match = tidy(owner), match_key(owner)
                self.owner_names[match] = min(self.owner_names.get(match, name), name, key=badly_written)
        if written:
            for block in self.blocks():
                self.nobody_rows.update(written[one] for one in block.columns[self.at()["owner"]] if one in written)

    def _leave_counting(self) -> None:
        """A column that may be an identity by its name and counts the rows is none, unless somebody has said so."""
        identity, parts = self.mapping.columns.get("id", []), identity_parts(self.mapping.columns)
        counts = len(identity) == 1 and identity[0] in self.counting and may_count_by_name(identity[0])
        if counts and parts and "id" not in self.columns_given:
            self.mapping.columns["id"], self.not_taken = parts, identity[0]

    def _notes(self) -> list[Text]:
        """Also of an identity that only counts the rows."""
        found, identity = super()._notes(), self.mapping.columns.get("id", [])
        if self.not_taken is not None:
            words = N_(
                "{column} counts the rows of the file and is not taken as the identity: the number would mean another deal in another file."
            )
            found.append(text(words, column=self.not_taken))
        if len(identity) == 1 and identity[0] in self.counting and self.rows > 1:
            words = N_(
                "The identity {column} counts the rows of the file. Unless each number stays with its deal, the next file changes other deals: then choose other columns as the identity."
            )
            found.append(text(words, column=identity[0]))
        place = self.life_place()
        if self.void_rows and place is not None:
            found.append(
                plural_text(
                    "{n} row is void by its {column}, whatever its stage.",
                    "{n} rows are void by their {column}, whatever their stage.",
                    n=self.void_rows,
                    column=self.source.headers[place],
                )
            )
        said = [name for name in self._stage_names() if self._is_told_by_row(name)]
        if said:
            words = N_("What is said to be won and closed in each row says what these stages mean: {names}.")
            found.append(text(words, names=", ".join(said)))
        return found

    def _flags(self, name: str, columns: Columns) -> set[tuple[str, str, str]]:
        """Each stage (or status, by the ``name`` of the field) with what IsWon and IsClosed say beside it."""
        at = self.at()
        sides = [columns[at[name]] for name in ("is_won", "is_closed") if name in at]
        if not sides:
            return set()
        stages = columns[at[name]]
        won = columns[at["is_won"]] if "is_won" in at else [""] * len(stages)
        closed = columns[at["is_closed"]] if "is_closed" in at else [""] * len(stages)
        return set(zip(stages, won, closed, strict=True))

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
        """Columns worth looking at: only where the file has no identity of one column, and none that means something else: a
        customer with one deal today has two tomorrow."""
        at = self.at()
        if len(self.mapping.columns.get("id", [])) == 1 or not self.mapping.columns:
            return set()
        perhaps = {place for place, header in enumerate(self.source.headers) if may_be_identity(header)}
        return perhaps - {place for name, place in at.items() if name != "id"}

    def _decide_amounts(self, seen: Mapping[str, Collection[str]]) -> None:
        """Decimal mark, unit and currency of the amounts, from the distinct cells of each field."""
        self.amounts, self.units = AmountColumn(), UnitColumn()
        if "amount" not in self.mapping.columns:
            return
        kept, header = self.mapping.decimal, self.mapping.columns["amount"][0]
        notes, words_kept = (
            (*self.source.above, *self.remarks, self.source.comments.get(header, "")),
            self.mapping.units,
        )
        asked = stated(header, notes, None, words_kept)
        by_row = "unit" in self.mapping.columns and not asked.doubts
        outside = asked if by_row or self._unit_said is None else stated(header, notes, self._unit_said, words_kept)
        if "unit" in self.mapping.columns:
            self._decide_units(seen["unit"], asked.unit if asked.words else None)
        elif self._unit_said is None and self._unit_kept is not None and not outside.words and not outside.doubts:
            outside = stated(header, notes, self._unit_kept, words_kept)
            self._say_unit_kept()
        found = amounts.look_at(seen["amount"], header, self.decimal_given, outside)
        if len(found.examples) == 1 and kept is not None:
            found = amounts.look_at(seen["amount"], header, kept, outside)
            words = N_(
                "Its amounts could be read in two ways. As was said for an earlier file with these columns: {mark}."
            )
            self.by_memory.append(text(words, mark=text(MARKS[kept])))
        if found.doubts and all(words in words_kept for words in found.doubts):
            found = replace(found, doubts=())
        if self.units.given is None:
            found = replace(found, doubts=(*found.doubts, *self.units.strange))
        self.beside_named = named_in(seen.get("currency", ()))
        self.amounts = self._with_yen(found, seen)
        if self._unit_said is not None:  # what it was said to mean holds for these very words, the next time too
            before = stated(header, notes, None, {})
            doubts = amounts.look_at(seen["amount"], header, self.decimal_given, before).doubts
            worth = str(unit_given(self._unit_said))
            self.mapping.units |= dict.fromkeys((*doubts, *self.units.strange), worth)
        if found.decimal is not None:
            self.mapping.decimal = found.decimal

    def _with_yen(self, found: AmountColumn, seen: Mapping[str, Collection[str]]) -> AmountColumn:
        """What ¥ (and kr) means in this file: as was said, as the file shows, as was said before; else it has to be said."""
        beside = {units.currencies(plain(cell)) or () for cell in seen.get("currency", ())}
        by_row = bool(beside) and all(len(codes) == 1 for codes in beside)
        signs = found.signs | beside
        if by_row or not any(map(yen.is_shared, signs)):
            return found if by_row else self._with_crowns(found, signs)
        named = (found.named | self.beside_named) & set(yen.CODES)
        others = [cell for name in ("name", "account", "stage", "status") for cell in seen.get(name, ())]
        headers = (*self.source.headers, *self.source.above)
        said = currency_given(self.unit_given)
        code = said or yen.shown(headers, self.source.encoding, seen.get("owner", ()), others)
        if said is None and named:
            return replace(found, likely=code) if code in named else found
        kept = currency_given(self.mapping.unit) if code is None else None
        if kept is not None:
            code = kept
            words = N_("Its ¥ could mean two currencies. As was said for an earlier file with these columns: {code}.")
            self.by_memory.append(text(words, code=kept))
        shown = code is not None and said is None and kept is None
        return replace(found, likely=code or "", sign="" if shown else "¥", codes=() if shown else yen.CODES)

    def _with_crowns(self, found: AmountColumn, signs: Collection[tuple[str, ...]]) -> AmountColumn:
        """The same of kr, which is a sign of the North: what was said, what stands elsewhere in the file, what was said before."""
        crowns = tuple(units.words()["shared"]["kr"])
        if crowns not in signs:
            return found
        named = (found.named | self.beside_named) & set(crowns)
        elsewhere = next(iter(named)) if len(named) == 1 else None
        code = currency_given(self.unit_given) or elsewhere or currency_given(self.mapping.unit)
        if code is not None and code in crowns:
            found = replace(found, likely=code)
        return found if elsewhere else replace(found, sign="kr", codes=crowns)

    @property
    def _unit_said(self) -> str | None:
        """The unit that was said, where it was not a currency alone."""
        return None if is_currency_alone(self.unit_given) else self.unit_given

    @property
    def _unit_kept(self) -> str | None:
        """The same of what was said for an earlier file."""
        return None if is_currency_alone(self.mapping.unit) else self.mapping.unit

    def _decide_units(self, cells: Collection[str], header: Decimal | None) -> None:
        """The unit of each row; one that was said (now or before) is that of rows whose own is not known."""
        found = row_units.look_at(cells, self.mapping.units, header, None)
        lacking = bool(found.strange) or (header is None and any(plain(cell).casefold() in EMPTY for cell in cells))
        given = self._unit_said
        if given is None and lacking and not found.strange and self._unit_kept is not None:
            given = self._unit_kept
            self._say_unit_kept()
        self.units = replace(found, given=unit_given(given) if given is not None and lacking else None)

    def _say_unit_kept(self) -> None:
        words = N_("The file says nothing of a unit. As was said for an earlier file with these columns: {unit}.")
        self.by_memory.append(text(words, unit=self.mapping.unit))

    def _units_told(self) -> list[dict[str, Any]]:
        alone = "currency" not in self.mapping.columns and not self.amounts.currencies
        return row_units.told(self.units, self.unit_rows, alone)

    @property
    def unit_of_all(self) -> str | None:
        """Not one that was said for some words of a column of units: those are remembered by themselves."""
        by_row = "unit" in self.mapping.columns and "" not in self.unit_rows
        return self.unit_given if not by_row or is_currency_alone(self.unit_given) else None

    @property
    def unit_unneeded(self) -> bool:
        """Whether a unit was said though a column says that of every row."""
        is_said = self._unit_said is not None and "unit" in self.mapping.columns
        return is_said and self.units.given is None and bool(self.units.known)

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
        return [
            (name, self._status_name(name), rows)
            for name, rows in counts.most_common()
            if name and not self._is_told_by_row(name)
        ]

    def unknown_stages(self) -> list[str]:
        """Names of the deciding column that mean nothing here yet."""
        if self.deciding is None:
            return []
        return [name for name in self._stage_names() if self.status_of(name) is None and not self._is_told_by_row(name)]

    def _stage_names(self) -> list[str]:
        """The names of the deciding column, as far as they are words."""
        names: dict[str, str] = {}
        for name in self.stage_rows.get(self.deciding or "", ()):
            if plain(name) and not isinstance(name, Fault) and garbled.reason(name) is None:
                names.setdefault(plain(name), name.strip())
        return list(names.values())

    def _is_told_by_row(self, name: str) -> bool:
        """Whether a name means what IsWon and IsClosed say in each row, and nothing by itself."""
        return name.strip() in self.told_by_row and self.status_of(name) is None

    def _status_name(self, name: str) -> str | None:
        status = self.status_of(name)
        return None if status is None else _STATUS_NAMES[status]

    def status_of(self, name: str) -> int | None:
        """Our status for a stage name: as chosen, else as the reviewed list says, else as IsWon and IsClosed do."""
        chosen = self.mapping.stages.get(name.strip())
        if chosen is None and self.mapping.stages:
            chosen = {plain(one): status for one, status in self.mapping.stages.items()}.get(plain(name))
        if chosen:
            return STATUS_KEYS[chosen]
        listed = stage_status(name)
        return self.flagged.get(name.strip()) if listed is None else listed

    def numbered_owners(self) -> list[str]:
        """Owners that the file knows by a number of its CRM, not by a name."""
        column = self.mapping.columns.get("owner")
        if column is None:
            return []
        listed = is_owner_number(column[0])
        return [
            name for name in self.owner_names.values() if _NUMBER.fullmatch(name) or (listed and _MARK.fullmatch(name))
        ]

    def perhaps(self) -> dict[str, list[str]]:
        """Of amount, unit and currency: columns that look like it, where none is taken as it and nobody has said that
        there is none."""
        found: dict[str, list[str]] = {}
        for name, looks in (
            ("amount", amounts.looks_like),
            ("unit", lambda _, cells: row_units.looks_like(cells)),
            ("currency", lambda _, cells: amounts.are_codes(cells)),
        ):
            known = self.mapping.columns.keys() | self.several.keys() | set(self.mapping.without)
            if name not in known and (name == "amount" or "amount" in self.mapping.columns):
                perhaps = [one for one in self.unused() if looks(one, self.source.sample_of(one))]
                found |= {name: perhaps} if perhaps else {}
        return found

    def questions(self, but_stages: bool = False) -> list[Text]:
        """Also the amount's column, unit and decimal mark, and stages that mean nothing here."""
        file, asked = self.source.path.name, super().questions(but_stages)
        for name, perhaps in self.perhaps().items():
            words = ", ".join(map(self.source.place_of, perhaps))
            asked.append(text(_PERHAPS[name], file=file, columns=words))
        if self.same_deal is not None:
            asked.append(self.same_deal.question(file))
        asked += self._unit_questions()
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

    def _unit_questions(self) -> list[Text]:
        file, asked = self.source.path.name, []
        doubts = [words for words in self.amounts.doubts if words not in self.units.strange]
        if doubts:
            asked.append(
                text(
                    "{file}: {words} may say in which unit the amounts are. Say it (--unit 1000, 万, TEUR …), or --unit 1 where they are in full.",
                    file=file,
                    words=_short(doubts),
                )
            )
        if self.units.strange and self.units.given is None:
            asked.append(
                text(
                    "{file}: the column {column} seems to say the unit of each row, and it is not known what one is worth in: {words}. Say it (--unit 1000, 万, TEUR …), --unit 1 where such amounts are in full, or --map unit= where the column is about something else.",
                    file=file,
                    column=self.source.place_of(self.mapping.columns["unit"][0]),
                    words=_short(self.units.strange),
                )
            )
        if self.amounts.asks_currency:
            asked.append(
                text(
                    "{file}: {sign} may mean {codes}, and nothing in the file says which. Say it, as in --unit {code}.",
                    file=file,
                    sign=self.amounts.sign,
                    codes=", ".join(self.amounts.codes),
                    code=self.amounts.codes[-1],
                )
            )
        if self.unit_unneeded:
            asked.append(
                text(
                    "{file}: the column {column} says the unit of each row. Leave out --unit, or that column: --map unit=",
                    file=file,
                    column=self.source.place_of(self.mapping.columns["unit"][0]),
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
        said["unit_column"] = self.mapping.columns.get("unit", [None])[0]
        said["units"] = self._units_told() if said["unit_column"] else []
        said["identity"] = {"columns": self.mapping.columns.get("id", []), "proposed": self.proposed}
        if isinstance(result, ImportedDeals):
            said |= _totals(result.totals)
            said["renamed"] = [
                {
                    "row": one.row,
                    "name": one.name,
                    "was": one.was,
                    "changes": [self.cell_said(cell, tr) for cell in one.cells],
                }
                for one in result.renamed
            ]
            said["not_in_file"] = {"deals": result.missed_count, "names": result.missed}
            said["renamed_given"] = self.renamed_given
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


_NUMBER = re.compile(r"\d+|005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Figures, a Salesforce user, a GUID: nobody is called so."""
_MARK = re.compile(r"(?=.*\d)\S+")
_PERHAPS = {
    "amount": N_(
        '{file}: no column is taken as the amount, but it could be {columns}. Say which one it is (--map "amount=…"), or that none is (--map amount=).'
    ),
    "unit": N_(
        '{file}: {columns} may say the unit of each row. Say that it does (--map "unit=…"), or that none does (--map unit=).'
    ),
    "currency": N_(
        '{file}: {columns} may say the currency of each row. Say that it does (--map "currency=…"), or that none does (--map currency=).'
    ),
}


def _short(words: Collection[str]) -> str:
    more = f" · … ({len(words)})" if len(words) > 12 else ""
    return " · ".join(one if len(one) <= 80 else one[:79] + "…" for one in list(words)[:12]) + more


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

    def best(self, but: Container[str]) -> str | None:
        """The likeliest identity: without spaces rather than with, further left rather than right; none of ``but``."""
        if self._rows < 2:
            return None
        left = [i for i in self._seen if self._headers[i] not in but and not counts_by_name(self._headers[i])]
        order = sorted(left, key=lambda i: (any(" " in cell for cell in self._seen[i]), i))
        return self._headers[order[0]] if order else None


def _names_somebody(owner: str) -> bool:
    """Whether a cell may be somebody's name; where it is none its row is refused, and nobody is asked whom it means."""
    if not plain(owner) or is_no_name(plain(owner)):
        return False
    return not holds_mark(owner) and garbled.reason(owner, name=True) is None
