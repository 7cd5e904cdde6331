"""The amount and the currency of each row: of its cell, and of the unit and the currency that stand beside it in the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mentor_app.core.imports import Problem
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer import units
from mentor_app.transfer.amounts import DOUBTFUL, AmountColumn, OtherCurrency, has_sign, known_currency, parse_amount
from mentor_app.transfer.row_units import RowUnit, UnitColumn
from mentor_app.transfer.values import EMPTY, Bad, Fault, Memo, plain


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """How an amount is read beside a currency and a unit, and which ``field`` names the row's ``currency``; or a fault of that
    field, ``always`` one even where there is no amount."""

    amounts: Memo
    currency: str = ""
    field: str = ""
    reason: Text | None = None
    always: bool = False


class RowAmounts:
    """Reads the amounts of a file, remembering what every distinct text came to."""

    def __init__(
        self,
        headers: Sequence[str],
        at: Mapping[str, int],
        column: AmountColumn,
        beside: UnitColumn,
        named: frozenset[str],
    ) -> None:
        """``at`` is the place of each field's column, ``named`` are the currencies that the file names beside amounts."""
        self._headers, self._at, self._units = headers, at, beside
        self._column = replace(column, named=column.named | named)
        self._alone = Memo(parse_amount(self._column))
        self._cents = Memo(lambda cell: _cents(self._alone[cell]))
        self._rows = Memo(self._beside)  # type: ignore[arg-type]
        self._is_alone = "currency" not in at and "unit" not in at
        self.has_currency = column.marked or not self._is_alone

    def read(
        self, columns: Mapping[int, Sequence[str]], numbers: Sequence[int], problems: dict[int, Problem]
    ) -> tuple[list[Any], list[str | None]]:
        """Cents and currency of each row; what can't be read is a problem where its row has none yet."""
        cells = columns[self._at["amount"]]
        if not self._is_alone:
            found = self._of_rows(cells, columns, numbers, problems)
            return list(map(_cents, found)), list(map(_currency, found))
        cents = list(map(self._cents.__getitem__, cells))
        if self._cents.any_bad:
            self._say_bad(cents, cells, numbers, problems)
        return cents, list(map(_currency, map(self._alone.__getitem__, cells))) if self.has_currency else []

    def _say_bad(
        self, found: Sequence[Any], cells: Sequence[str], numbers: Sequence[int], problems: dict[int, Problem]
    ) -> None:
        for i, one in enumerate(found):
            if isinstance(one, Bad) and i not in problems:
                problems[i] = Problem(numbers[i], self._headers[self._at["amount"]], str(cells[i]), one.reason)

    def _of_rows(
        self,
        cells: Sequence[str],
        columns: Mapping[int, Sequence[str]],
        numbers: Sequence[int],
        problems: dict[int, Problem],
    ) -> list[Any]:
        """Amounts beside a currency, a unit, or both."""
        nothing = [""] * len(cells)
        sides = [columns[self._at[name]] if name in self._at else nothing for name in ("currency", "unit")]
        found: list[Any] = []
        for i, (cell, pair) in enumerate(zip(cells, zip(*sides, strict=True), strict=True)):
            beside = self._rows[pair]  # type: ignore[index]
            one = beside.amounts[cell]
            found.append(one)
            if i in problems or not (beside.always or isinstance(one, Bad) or (beside.reason and one is not None)):
                continue
            field, reason = beside.field, beside.reason
            if reason is None and isinstance(one, OtherCurrency) and field:
                reason = text("The amount is in {one}, the row in {other}.", one=one.currency, other=beside.currency)
            elif reason is None:
                by_row = field and one.reason.key == DOUBTFUL and not has_sign(cell)
                field, reason = field if by_row else "amount", one.reason
            problems[i] = Problem(numbers[i], self._headers[self._at[field]], str(columns[self._at[field]][i]), reason)
        return found

    def _beside(self, pair: tuple[str, str]) -> _Beside:
        """What a row's currency and unit make of its amount."""
        column, among = self._column, self._column.currencies
        named = self._currencies(pair[0])
        if isinstance(named, Bad):
            return _Beside(amounts=self._alone, field="currency", reason=named.reason, always=True)
        both = common(among, named)
        if both is None:
            reason = text("The amount is in {one}, the row in {other}.", one=among[0], other=named[0])
            return _Beside(amounts=self._alone, field="currency", reason=reason)
        if "unit" in self._at:
            unit = self._unit(pair[1], both)
            if isinstance(unit, Text):
                return _Beside(amounts=self._alone, field="unit", reason=unit)
            both, column = unit.currencies, replace(column, unit=unit.unit)
        column = replace(column, currencies=both)
        saying = "currency" if named else "unit" if both != among else ""
        return _Beside(amounts=Memo(parse_amount(column)), currency=both[0] if both else "", field=saying)

    def _unit(self, cell: str, both: tuple[str, ...]) -> RowUnit | Text:
        """A row's unit by its cell, in one of the currencies that are left beside those said elsewhere; a reason where it has none."""
        if isinstance(cell, Fault):
            return cell.reason
        said = self._units.of(cell)
        if isinstance(said, Text):
            return said
        if said.unsaid and not both:
            words = N_("Other rows name the currency of their unit ({codes}), this one does not. Write it there.")
            return text(words, codes=", ".join(said.unsaid))
        left = common(both, said.currencies)
        if left is None:
            return text("The unit is in {one}, the row in {other}.", one=said.currencies[0], other=both[0])
        if said.unit != 1 and said.currencies and self._column.currencies and self._units.header is None:
            # 金额(元) above, 万元 in the row: which of the two?
            return text("The row is in another unit than the file says elsewhere.")
        return replace(said, currencies=left or said.likely)

    @staticmethod
    def _currencies(cell: str) -> tuple[str, ...] | Bad:
        """The currencies that a cell of the currency's column may mean; none where it is empty."""
        if isinstance(cell, Fault):
            return Bad(cell.reason)
        return currencies_of(cell)


def currencies_of(cell: str) -> tuple[str, ...] | Bad:
    """The currencies that a cell of a currency's column may mean; none where it is empty, a fault where it is no currency."""
    if plain(cell).casefold() in EMPTY:
        return ()
    named = known_currency(cell)
    if named is None:
        return Bad(text("This is not a currency."))
    return units.currencies(plain(cell)) or (named,)


def common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
    """The currencies that both may mean, all of the other where one says nothing; None where they contradict each other."""
    if not one or not other:
        return one or other
    return tuple(code for code in one if code in other) or None


def named_in(cells: Iterable[str]) -> frozenset[str]:
    """The currencies that cells of a currency's column name without a doubt."""
    found = [currencies_of(cell) for cell in cells if not isinstance(cell, Fault)]
    return frozenset(one[0] for one in found if not isinstance(one, Bad) and len(one) == 1)


def _cents(found: Any) -> Any:
    return getattr(found, "cents", found)


def _currency(found: Any) -> str | None:
    return None if isinstance(found, Bad) else getattr(found, "currency", None)
