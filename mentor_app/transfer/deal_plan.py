"""A CRM's export and how it will be read: decided from all of its rows, which are kept by column until they are imported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mentor_app.core.imports import Imported
from mentor_app.core.people.rules import match_key
from mentor_app.core.pipeline.rules import STATUS_KEYS, ImportedDeals
from mentor_app.core.ramp.outcome import LOST, OPEN, WON
from mentor_app.core.text import N_, Text, Translator, plural_text, text
from mentor_app.transfer import garbled, row_units, short_rows
from mentor_app.transfer.amount_plan import AmountPlan
from mentor_app.transfer.collector import no_collector
from mentor_app.transfer.dates import are_mostly_days
from mentor_app.transfer.deals_said import said_of
from mentor_app.transfer.flags import stages_by, told_by_row
from mentor_app.transfer.likely_names import may_hold_names
from mentor_app.transfer.lines import Steps
from mentor_app.transfer.near_names import badly_written
from mentor_app.transfer.parts import Parts, SameDeal, signs, without_stage
from mentor_app.transfer.plain_names import is_no_name, names_nobody
from mentor_app.transfer.reading import Row
from mentor_app.transfer.recognise import (
    IDENTITY_PARTS,
    chosen_by,
    further_identity,
    identity_parts,
    is_owner_number,
    may_be_identity,
    may_count_by_name,
    may_number_parts,
    names_closing,
)
from mentor_app.transfer.running_numbers import RunningNumbers
from mentor_app.transfer.stages import ALL_DEALS, is_void_by_life, stage_status
from mentor_app.transfer.summary import refuse_summary
from mentor_app.transfer.tidy import is_escaped, tidy, unescaped
from mentor_app.transfer.unique_columns import UniqueColumns
from mentor_app.transfer.values import Fault, holds_mark, plain

_KEPT = 3_000_000
"""Rows that are kept in memory between the survey and the import, by column, equal texts once: 100 MB a million."""
NAMES = ("owner", "name", "account", "product")
"""Fields that hold names."""
_STATUS_NAMES = {number: name for name, number in STATUS_KEYS.items()}


Columns = Mapping[int, Sequence[str]]


@dataclass(frozen=True)
class Block:
    """Some records by column: row numbers, and the columns that mean something by their places."""

    numbers: Sequence[int]
    columns: Columns
    wide: Sequence[Row] = ()
    """Rows of more cells than the header has: which cell stands where can't be told, and nothing is asked of them."""


@dataclass(kw_only=True)
class OpportunityPlan(AmountPlan):
    """A CRM's export and how it will be read, with what its stage names and owners mean."""

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
    same_name: str | None = None
    """What several rows say in the one column that is left to tell deals apart."""
    alike: list[Text] = field(default_factory=list)
    """What is to be said of rows that are hardly told from others, and are deals of their own."""
    same_deal: SameDeal | None = None
    """Two rows that are parts of one deal, or columns that say that all rows are."""
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
    keep_cells: bool = False
    """Whether empty cells leave what deals of the store say."""
    renamed_given: str | Mapping[str, str] | None = None
    """What was said of rows that may be deals of the store that were corrected: "same" (these deals), or "new"."""
    older_given: bool = False
    """Whether it is imported though it seems older than what is here."""
    not_taken: str | None = None
    """A column that was to be the identity by its name, and counts the rows."""
    _kept: list[Block] | None = None

    def survey(self) -> None:
        """Read the whole file once: dates, amounts, stages, owners, and which columns tell every row from the others."""
        if not (self.source.tables or self.source.twins):
            refuse_summary(self.source, "id" in self.mapping.columns)
        at, distinct = self.at(), self._distinct()
        self.stage_rows = {name: Counter() for name in ("stage", "status") if name in at}
        unique = UniqueColumns(self.source.headers, self._could_be_identity())
        identity = self.mapping.columns.get("id", [])
        running = RunningNumbers(
            self.source.headers, [at["id"]] if len(identity) == 1 else sorted(self._could_be_identity())
        )
        several = [] if len(identity) == 1 else self._places(identity)
        steps = Steps(self.source.headers, several, at)
        self.rows, self._kept, self.unit_rows = 0, [], Counter()
        flags: dict[str, set[tuple[str, str, str]]] = {name: set() for name in self.stage_rows}
        lives: Counter[str] = Counter()
        with no_collector():
            for block, columns in self._read(distinct):
                self.rows += len(block.numbers) + len(block.wide)
                for name, counted in self.stage_rows.items():
                    counted.update(block.columns[at[name]])
                for name in flags:
                    flags[name] |= self._flags(name, block.columns)
                if "life" in at:
                    lives.update(block.columns[at["life"]])
                steps.look(block.numbers, columns)
                if "unit" in at:
                    self.unit_rows.update(map(str.strip, block.columns[at["unit"]]))
                unique.look(columns)
                running.look(columns)
                if self.rows <= _KEPT:
                    self._kept.append(block)
        if self.rows > _KEPT:
            self._kept = None
        self._leave_out_short()
        self.decide_dates({place: distinct[place] for place in self.date_places()})
        if "unit" in at and "unit" not in self.columns_given and row_units.is_something_else(distinct[at["unit"]]):
            del self.mapping.columns["unit"]
        self._decide_amounts({name: list(distinct[i]) for name, i in self.at().items() if i in distinct})
        self._decide_escaped({name: distinct[at[name]] for name in NAMES if at.get(name) in distinct})
        self._decide_owners(distinct[at["owner"]] if "owner" in at else ())
        self.same_name = self._several_of_a_name()
        self._decide_life(lives)
        self.flagged = stages_by(flags.get(self.deciding or "", ()))
        self.told_by_row = told_by_row(flags.get(self.deciding or "", ()))
        self.counting = running.found()
        self.proposed = unique.best(but=self.counting)
        self._leave_counting()
        self.same_deal = self._stands_again() or steps.found or self._parts()
        self.alike = steps.alike
        if self.same_name is not None and self.same_deal and self.same_deal.may_be_several:
            self.same_deal = None  # that is asked, too, where it is asked which columns tell deals apart
        if self.same_deal and self.same_deal.kind == "equal" and "id" in self.columns_given:
            self.same_deal = None  # it has been said that they are deals of their own

    def _leave_out_short(self) -> None:
        """Count no stages of rows that are refused because they lack cells: what stands there may be another column's."""
        at, source = self.at(), self.source
        for block in self.blocks() if source.short else ():
            for i in (i for i, number in enumerate(block.numbers) if number in source.short):
                if short_rows.problem_of(source, block.numbers[i], at) is not None:
                    for name, counted in self.stage_rows.items():
                        counted[block.columns[at[name]][i]] -= 1
        self.stage_rows = {name: +counted for name, counted in self.stage_rows.items()}

    def _stands_again(self) -> SameDeal | None:
        """Two rows of one deal, of which one stands in a part of the file that holds others, too."""
        rows = self.again.partly
        return None if rows is None else SameDeal(kind="again", column="", rows=rows)

    def _parts(self) -> SameDeal | None:
        """Rows that are parts of deals, where there are such."""
        headers, at = self.source.headers, self.at()
        if "stage" in self.missing:
            return None if self.source.tables else without_stage(headers)
        stages = [at[name] for name in self.stage_rows]
        identity = self._places(self.mapping.columns.get("id", []))

        def tables() -> Iterator[tuple[Sequence[int], Columns]]:
            return ((block.numbers, block.columns) for block in self.blocks())

        def is_closed(name: str) -> bool:
            return self.status_of(name) not in (None, OPEN)

        found = Parts(headers, identity, at, stages, is_closed).find(tables)
        if found is None and identity == [at.get(name) for name in ("name", "account", "opened_on")]:
            # In some histories each step has a day of its own, which is called that of its creation.
            found = Parts(headers, identity[:2], at, stages, is_closed).find_steps(tables)
        if found is None and signs(headers) and self._may_be_of_parts():
            found = Parts(headers, self._places(identity_parts(self.mapping.columns)), at, stages, is_closed).find(
                tables
            )
            found = None if found is not None and found.may_be_several else found
        return found

    def _may_be_of_parts(self) -> bool:
        """Whether the identity may be that of parts of deals, which nobody has denied, and names tell deals apart beside it."""
        columns = self.mapping.columns
        known = {"id", "name"} <= columns.keys() and "id" not in self.columns_given
        return known and may_number_parts(columns["id"][0])

    def _places(self, columns: Iterable[str]) -> list[int]:
        return [self.source.headers.index(column) for column in columns]

    def _several_of_a_name(self) -> str | None:
        """What the first of several rows say, if one column that may say the same of many deals (a name, a customer, a day) is the
        identity and nobody has said so."""
        identity = self.mapping.columns.get("id", [])
        alone = [self.mapping.columns[name] for name in IDENTITY_PARTS if name in self.mapping.columns]
        if identity not in alone or "id" in self.columns_given:
            return None
        at = self.at()["id"]
        counts = Counter(name for block in self.blocks() for name in block.columns[at] if plain(name))
        return next((name.strip() for name, rows in counts.items() if rows > 1), None)

    def other_identity(self) -> str | Text:
        """Columns that tell deals apart better than those that are the identity now, and how the command line is told of them."""
        columns = self.mapping.columns
        now = columns.get("id", [])
        others = further_identity(columns, now)
        if others == now:
            return text(N_('those that differ in every deal (--map "id=…")'))
        return f"{' + '.join(others)} ({chosen_by(others)})"

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
        found += self.alike
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
        """Place of each column that means something, or says that rows are parts of deals → its distinct cells, none yet; not of an identity of one column,
        in which all are distinct."""
        headers, columns = self.source.headers, self.mapping.columns
        places = {headers.index(column) for found in columns.values() for column in found}
        places.update(place for _, place in signs(headers))
        alone = columns.get("id", [])
        if len(alone) == 1 and sum(alone == found for found in columns.values()) == 1:
            places.discard(headers.index(alone[0]))
        return {place: {} for place in sorted(places)}

    def _read(self, distinct: dict[int, dict[str, str]]) -> Iterator[tuple[Block, list[tuple[str, ...]]]]:
        """The records in blocks of columns, equal cells being one object, which is added to ``distinct``."""
        width = len(self.source.headers)
        identity = [self.source.headers.index(column) for column in self.mapping.columns.get("id", [])]
        for numbers, rows, columns in self.records():
            wide: list[Row] = []
            if max(map(len, rows)) > width:
                pairs = list(zip(numbers, rows, strict=True))
                wide = [(number, row) for number, row in pairs if len(row) > width]
                numbers = [number for number, row in pairs if len(row) == width]  # noqa: PLW2901
                columns = list(zip(*(row for _, row in pairs if len(row) == width), strict=True)) or [()] * width  # noqa: PLW2901
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
        """Columns worth looking at: only where the file has no identity of one column and nobody has said what it is, and none that
        means something else: a customer with one deal today has two tomorrow."""
        at = self.at()
        if len(self.mapping.columns.get("id", [])) == 1 or not self.mapping.columns or "id" in self.columns_given:
            return set()
        sample = self.source.sample_of
        perhaps = {
            place
            for place, header in enumerate(self.source.headers)
            if may_be_identity(header) and header not in self.beside and not all(map(_MOMENT.match, sample(header)))
        }
        return perhaps - {place for name, place in at.items() if name != "id"}

    @property
    def missing(self) -> list[str]:
        """Also no stage, where it was said how all deals stand; no identity, where columns could be what it is put together of."""
        is_asked = not self.several.keys().isdisjoint(IDENTITY_PARTS)
        needless = {"stage"} if self.status_of_all is not None else set[str]()
        needless |= {"id"} if is_asked else set()
        return [name for name in super().missing if name not in needless]

    @property
    def _has_stages(self) -> bool:
        return "stage" not in super().missing

    @property
    def status_of_all(self) -> int | None:
        """How all deals of a file without stages stand, as somebody has said."""
        return None if self._has_stages else STATUS_KEYS.get(self.mapping.stages.get(ALL_DEALS, ""))

    @property
    def deciding(self) -> str | None:
        """The column whose every name has to mean something: the status where there is one, else the stage."""
        return "status" if "status" in self.stage_rows else "stage" if "stage" in self.stage_rows else None

    def stages(self) -> dict[str, str | None]:
        """Each stage (or status) name of the file, and ours for it; None where it means nothing here yet."""
        return {name: status for name, status, _ in sorted(self.stage_counts())}

    def stage_counts(self) -> list[tuple[str, str | None, int]]:
        """Each name of the stage and the status column, our status for it, and how many rows hold it; most rows first. Of a file without
        them all deals under one name."""
        if not self._has_stages:
            return [(ALL_DEALS, self.mapping.stages.get(ALL_DEALS), self.rows)]
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
        """Also of the closing date, where deals that are won or lost need one: columns of days that are called like it, or the only one; and of names."""
        found, columns = super().perhaps(), self.mapping.columns
        known = columns.keys() | self.several.keys() | set(self.mapping.without)
        stands = {self.status_of(name) for name in self.stage_rows.get(self.deciding or "", ())} | {self.status_of_all}
        is_unsaid = not self._has_stages and self.status_of_all is None
        if (is_unsaid or stands & {WON, LOST}) and known.isdisjoint(("closed_on", "won_on", "lost_on")):
            days = [
                one for one in self.unused() if one not in self.beside and are_mostly_days(self.source.sample_of(one))
            ]
            perhaps = [one for one in days if names_closing(one)] or (days if len(days) == 1 and not is_unsaid else [])
            found |= {"closed_on": perhaps} if perhaps else {}
        return found | self._perhaps_names(known)

    def _perhaps_names(self, known: Container[str]) -> dict[str, list[str]]:
        """The same of the deal's name, or else the customer, where there is no identity but those."""
        identity, source = self.mapping.columns.get("id", []), self.source
        if not identity or not set(identity) <= set(identity_parts(self.mapping.columns)):
            return {}
        perhaps = [
            one
            for one in self.unused()
            if one not in self.beside and may_hold_names(one, source.sample_of(one), len(source.sample))
        ]
        lacking = next((name for name in ("name", "account") if name not in known), None)
        return {lacking: perhaps} if lacking and perhaps else {}

    def questions(self, but_stages: bool = False) -> list[Text]:
        """Also of stages that mean nothing here. Of a file that has to be exported anew nothing else is asked."""
        file = self.source.path.name
        if self.same_deal is not None:
            return [self.same_deal.question(file)]
        asked = super().questions(but_stages)
        if ALL_DEALS in self.mapping.stages and self._has_stages:
            words = N_("{file} says of each deal how it stands; it can't be said of all of them (--stage *=…).")
            asked.append(text(words, file=file))
        elif "stage" in self.missing and not self.source.tables:
            words = N_(
                '{file}: if all its deals stand alike, say how instead: won, lost, void or open (--stage "*=won").'
            )
            asked.append(text(words, file=file))
        if self.same_name is not None:
            words = N_(
                '{file}: several rows say "{name}", and nothing beside {column} is known to tell deals apart. Say which columns do: {ways}. Where such rows are steps, months or products of one deal, export one row per deal.'
            )
            column = self.mapping.columns["id"][0]
            asked.append(text(words, file=file, name=self.same_name, ways=self.other_identity(), column=column))
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
        """Also stages, the identity, and (where rows were tried) how many deals are won, lost, open and void, and of how much."""
        said = super().understood(tr, result)
        said["stages"] = [{"name": name, "status": status, "rows": rows} for name, status, rows in self.stage_counts()]
        said["identity"] = {"columns": self.mapping.columns.get("id", []), "proposed": self.proposed}
        if isinstance(result, ImportedDeals):
            said |= said_of(result, tr, self.cell_said)
            if result.kept_currencies:
                words = N_(
                    "The file names no currency: known deals keep the one that they have ({codes}), new ones have none."
                )
                said["notes"].append(text(words, codes=", ".join(result.kept_currencies)).render(tr))
        return said


_NUMBER = re.compile(r"\d+|005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Figures, a Salesforce user, a GUID: nobody is called so."""
_MOMENT = re.compile(r"\s*\d{1,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}(?!\d)")
"""A day, perhaps with a time: when something was changed last is different in every row, and another moment in the next file."""
_MARK = re.compile(r"(?=.*\d)\S+")


def _names_somebody(owner: str) -> bool:
    """Whether a cell may be somebody's name; where it is none its row is refused, and nobody is asked whom it means."""
    if not plain(owner) or is_no_name(plain(owner)):
        return False
    return not holds_mark(owner) and garbled.reason(owner, name=True) is None
