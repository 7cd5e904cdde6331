"""What the amounts of a file are: their column, decimal mark, unit and currency, from the whole column and what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from mentor_app.core.imports import Imported
from mentor_app.core.pipeline.rules import Scaled
from mentor_app.core.text import N_, Text, Translator, text
from mentor_app.transfer import amounts, row_units, units, yen
from mentor_app.transfer.amounts import AmountColumn
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.row_amounts import named_in
from mentor_app.transfer.row_units import UnitColumn
from mentor_app.transfer.stated import currency_given, is_currency_alone, stated, unit_given
from mentor_app.transfer.understood import MARKS
from mentor_app.transfer.values import EMPTY, plain

_PERHAPS = {
    "amount": N_(
        '{file}: no column is taken as the amount, but it could be {columns}. Say which one it is (--map "amount=…"), or that none is (--map amount=).'
    ),
    "closed_on": N_(
        '{file}: no column is taken as the closing date, which deals that are won or lost need, but it could be {columns}. Say which one it is (--map "closed_on=…"), or that none is (--map closed_on=).'
    ),
    "name": N_(
        '{file}: no column is taken as the name of the deals, and nothing else is their identity, but it could be {columns}. Say which one it is (--map "name=…"), or that none is (--map name=).'
    ),
    "account": N_(
        '{file}: no column is taken as the customer, who is part of what tells deals apart, but it could be {columns}. Say which one it is (--map "account=…"), or that none is (--map account=).'
    ),
    "unit": N_(
        '{file}: {columns} may say the unit of each row. Say that it does (--map "unit=…"), or that none does (--map unit=).'
    ),
    "currency": N_(
        '{file}: {columns} may say the currency of each row. Say that it does (--map "currency=…"), or that none does (--map currency=).'
    ),
}


@dataclass(kw_only=True)
class AmountPlan(Plan):
    """A file with amounts and how they will be read."""

    amounts: AmountColumn = field(default_factory=AmountColumn)
    units: UnitColumn = field(default_factory=UnitColumn)
    """What a column says of the unit of each row."""
    unit_rows: Counter[str] = field(default_factory=Counter)
    """Each cell of that column and how many rows hold it."""
    beside_named: frozenset[str] = frozenset()
    """Currencies that the column of currencies names."""

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
    def may_be_scaled(self) -> bool:
        """Whether a unit can be said of all amounts, and was not."""
        return self._unit_said is None and "unit" not in self.mapping.columns

    def scales(self, scaled: Scaled) -> tuple[str, str]:
        """The unit in which the amounts of known deals would stay as they are, and the one in which the file is read now."""
        now = self.amounts.unit
        return f"{(now * Decimal(10) ** scaled.power).normalize():f}", f"{now.normalize():f}"

    @property
    def unit_unneeded(self) -> bool:
        """Whether a unit was said though a column says that of every row."""
        is_said = self._unit_said is not None and "unit" in self.mapping.columns
        return is_said and self.units.given is None and bool(self.units.known)

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
                perhaps = [
                    one for one in self.unused() if one not in self.beside and looks(one, self.source.sample_of(one))
                ]
                found |= {name: perhaps} if perhaps else {}
        return found

    def questions(self, but_stages: bool = False) -> list[Text]:
        """Also the amount's column, unit, currency and decimal mark."""
        file, asked = self.source.path.name, super().questions(but_stages)
        for name, perhaps in self.perhaps().items():
            words = ", ".join(map(self.source.place_of, perhaps))
            asked.append(text(_PERHAPS[name], file=file, columns=words))
        asked += self._unit_questions()
        if self.amounts.examples:
            asked.append(
                text(
                    "{file}: {reason} Say which mark stands before the decimals (--decimal point or comma).",
                    file=file,
                    reason=amounts.describe(self.amounts),
                )
            )
        return asked

    def _unit_questions(self) -> list[Text]:
        file, asked = self.source.path.name, []
        doubts = [words for words in self.amounts.doubts if words not in self.units.strange]
        if doubts:
            asked.append(
                text(
                    "{file}: {words} may say in which unit the amounts are. Say which it is (--unit 1000, 万, TEUR …), or that they are in full (--unit 1).",
                    file=file,
                    words=_short(doubts),
                )
            )
        if self.units.strange and self.units.given is None:
            asked.append(
                text(
                    "{file}: the column {column} seems to say the unit of each row, and it is not known what one is worth in: {words}. Say it (--unit 1000, 万, TEUR …), or that such amounts are in full (--unit 1), or that the column is about something else (--map unit=).",
                    file=file,
                    column=self.source.place_of(self.mapping.columns["unit"][0]),
                    words=_short(self.units.strange),
                )
            )
        if self.amounts.asks_currency:
            asked.append(
                text(
                    "{file}: {sign} may mean {codes}, and nothing in the file says which. Say which it is (--unit {code}).",
                    file=file,
                    sign=self.amounts.sign,
                    codes=", ".join(self.amounts.codes),
                    code=self.amounts.codes[-1],
                )
            )
        if self.unit_unneeded:
            asked.append(
                text(
                    "{file}: the column {column} says the unit of each row. Say no unit of your own, or leave out that column (--map unit=).",
                    file=file,
                    column=self.source.place_of(self.mapping.columns["unit"][0]),
                )
            )
        return asked

    def understood(self, tr: Translator, result: Imported | None = None) -> dict[str, Any]:
        """Also decimal mark, unit and the currencies that are named."""
        said = super().understood(tr, result)
        said["decimal"] = self.amounts.decimal
        unit = self.amounts.unit
        said["unit"] = int(unit) if unit == int(unit) else float(unit)
        said["unit_words"] = self.amounts.unit_words
        said["unit_column"] = self.mapping.columns.get("unit", [None])[0]
        said["units"] = self._units_told() if said["unit_column"] else []
        said["currencies"] = sorted(self.amounts.named)
        return said


def _short(words: Collection[str]) -> str:
    more = f" · … ({len(words)})" if len(words) > 12 else ""
    return " · ".join(one if len(one) <= 80 else one[:79] + "…" for one in list(words)[:12]) + more
