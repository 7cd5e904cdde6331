"""The wizard's second step: how the file was read, what it looks like, and what could be read otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from mentor_app.ui.i18n import current, plural, tr, without_options
from mentor_app.ui.widgets.controls import label, shortened

if TYPE_CHECKING:
    from mentor_app.transfer.amounts import AmountColumn
    from mentor_app.transfer.plan import Plan

_MOST_UNSURE = 5
_UNITS = ("1", "1000", "10000", "1000000", "100000000", "0.01")


class ReadingPage(QWidget):
    """Encoding, separator, sheet, order of dates and decimal mark, each with what was recognised; the first rows below."""

    answered = Signal()
    """Another reading was chosen."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(8)
        self.summary = label("", wrap=True)
        self.encoding, self.separator, self.sheet = QComboBox(), QComboBox(), QComboBox()
        self.order, self.decimal = QComboBox(), QComboBox()
        self._sign_asked = ""
        self.unit, self.totals, self.real_dates = QComboBox(), QComboBox(), QComboBox()
        self._found: dict[str, str | None] = {}
        self._form = QFormLayout()
        for words, box in (
            (tr("Encoding"), self.encoding),
            (tr("Separator"), self.separator),
            (tr("Sheet"), self.sheet),
            (tr("Order of dates"), self.order),
            (tr("Real dates of the workbook"), self.real_dates),
            (tr("Decimal mark"), self.decimal),
            (tr("Unit of amounts"), self.unit),
            (tr("Rows with the name of totals"), self.totals),
        ):
            box.setAccessibleName(words)
            box.activated.connect(lambda _: self.answered.emit())
            self._form.addRow(label(words), box)
        self.preview = QTableWidget()
        self.preview.setAccessibleName(tr("First rows of the file"))
        self.preview.setTabKeyNavigation(False)  # Tab leaves the table
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        layout.addWidget(self.summary)
        layout.addLayout(self._form)
        layout.addWidget(self.preview, 1)

    def readings(self) -> dict[str, QComboBox]:
        """The boxes by what ``plan`` calls them."""
        return {
            "encoding": self.encoding,
            "delimiter": self.separator,
            "sheet": self.sheet,
            "order": self.order,
            "real_dates": self.real_dates,
            "decimal": self.decimal,
            "unit": self.unit,
            "totals": self.totals,
        }

    def chosen(self) -> dict[str, str]:
        """What was chosen, as ``plan`` takes it; not the encoding, separator, decimal mark, order and unit that the file shows
        by itself: they need not be those of another column or sheet."""
        return {
            name: box.currentData()
            for name, box in self.readings().items()
            if box.currentData() is not None
            and (name in ("sheet", "order") or self._form.isRowVisible(box))
            and box.currentData() != self._found.get(name)
        }

    def cuts_as(self, plan: Plan) -> bool:
        """Whether the boxes mean the same table as the plan: its encoding, separator and sheet."""
        boxes, source = self.readings(), plan.source
        return all(
            boxes[name].currentData() == getattr(source, name)
            for name in ("encoding", "delimiter", "sheet")
            if getattr(source, name) is not None
        )

    def show_plan(self, plan: Plan) -> None:
        """How this file is read."""
        self.summary.setText(_words(plan))
        from mentor_app.transfer.encoding import KNOWN
        from mentor_app.transfer.reading import SEPARATORS

        source, unclear = plan.source, (tr("not clear: please choose"), None)
        named = [name for name in dict.fromkeys([source.encoding, *source.encodings, *KNOWN]) if name]
        encodings: list[tuple[str, str | None]] = [(_encoding(name, source.examples.get(name)), name) for name in named]
        orders = _orders(plan)
        marks: list[tuple[str, str | None]] = [(tr("point"), "."), (tr("comma"), ",")]
        amounts = getattr(plan, "amounts", None)
        decimal = amounts.decimal if amounts is not None else None
        units, unit = _units(amounts, plan.unit_given)
        self._sign_asked = (
            _of_sign(amounts) if amounts is not None and amounts.asks_currency and not amounts.doubts else ""
        )
        self._found = {
            "encoding": source.encoding if plan.encoding_given is None and not source.encodings else None,
            "delimiter": source.delimiter if plan.delimiter_given is None else None,
            "decimal": decimal if plan.decimal_given is None else None,
            "order": plan.mapping.date_order if plan.order_given is None else None,
            "unit": unit if plan.unit_given is None else None,
        }
        if source.encodings:
            encodings.insert(0, unclear)
        if plan.mapping.date_order is None:
            orders.insert(0, unclear)
        if amounts is not None and amounts.examples:
            marks.insert(0, unclear)
        if amounts is not None and (amounts.doubts or amounts.asks_currency):
            units.insert(0, unclear)
        _offer(self.encoding, encodings, None if source.encodings else source.encoding)
        _offer(self.separator, [(tr(words), mark) for mark, words in SEPARATORS.items()], source.delimiter)
        sheets: list[tuple[str, str | None]] = [(name, name) for name in source.sheets]
        _offer(self.sheet, [unclear, *sheets] if source.twins else sheets, None if source.twins else source.sheet)
        _offer(self.order, orders, plan.mapping.date_order)
        _offer(self.decimal, marks, decimal)
        _offer(self.unit, units, unit)
        self._form.setRowVisible(self.encoding, bool(source.encoding))
        self._form.setRowVisible(self.separator, bool(source.delimiter))
        self._form.setRowVisible(self.sheet, bool(source.sheet))
        self._form.setRowVisible(self.decimal, bool(decimal) or bool(amounts is not None and amounts.examples))
        self._form.setRowVisible(self.unit, unit != "1" or plan.unit_given is not None)
        answers: list[tuple[str, str | None]] = [(tr("leave them out"), "out"), (tr("import them as deals"), "deals")]
        if plan.unsure:
            answers.insert(0, unclear)
        _offer(self.totals, answers, plan.totals_given)
        self._form.setRowVisible(self.totals, bool(plan.unsure) or plan.totals_given is not None)
        self._offer_real_dates(plan)
        self._show_rows(source.headers, source.sample, source.sample_rows)

    def _offer_real_dates(self, plan: Plan) -> None:
        """What real dates are that may have day and month swapped."""
        from mentor_app.transfer.swapped_dates import KEEP, SWAP

        swapped = plan.swapped
        self._form.setRowVisible(self.real_dates, swapped is not None)
        if swapped is None:
            return
        answers: list[tuple[str, str | None]] = [
            (tr("swap day and month: {example}", example=swapped.example(SWAP).render(current())), SWAP),
            (tr("take them as they stand: {example}", example=swapped.example(KEEP).render(current())), KEEP),
        ]
        if plan.real_dates_given is None:
            answers.insert(0, (tr("not clear: please choose"), None))
        _offer(self.real_dates, answers, plan.real_dates_given)

    def unanswered(self) -> tuple[QComboBox, str] | None:
        """The first box that still has to be answered, and what to say of it."""
        order = (
            tr("These dates could be day, month or year first. Choose the order of dates.")
            if self.order.findData("ymd") >= 0
            else tr("These dates could be day first or month first. Choose the order of dates.")
        )
        asked = (
            (
                self.encoding,
                tr("This file could be written in several encodings. Choose the one in which it reads right."),
            ),
            (self.sheet, tr("Several sheets have these columns. Choose the one to import.")),
            (self.order, order),
            (self.real_dates, tr("Day and month of the real dates may be swapped. Choose how they are read.")),
            (self.decimal, tr("These amounts could be read in two ways. Choose the decimal mark.")),
            (self.unit, self._of_unit()),
            (self.totals, tr("Some rows have the name of totals and may be deals. Choose what they are.")),
        )
        return next(
            ((box, words) for box, words in asked if self._form.isRowVisible(box) and box.currentData() is None), None
        )

    def _of_unit(self) -> str:
        """What is asked of the unit: what it is, or whose currency."""
        if self._sign_asked:
            return self._sign_asked
        return tr("The amounts may be in thousands or another unit. Choose what one of them is worth.")

    @staticmethod
    def is_open(plan: Plan) -> bool:
        """Whether anything that is asked here has to be chosen for this plan."""
        amounts = getattr(plan, "amounts", None)
        unclear = amounts is not None and not amounts.is_clear
        return (
            bool(plan.source.encodings or plan.source.twins)
            or plan.mapping.date_order is None
            or unclear
            or bool(plan.unsure)
            or _is_swapped(plan)
        )

    def _show_rows(self, headers: list[str], rows: list[list[str]], numbers: list[int]) -> None:
        self.preview.setColumnCount(len(headers))
        self.preview.setHorizontalHeaderLabels([shortened(header, 60) for header in headers])
        self.preview.setRowCount(len(rows))
        self.preview.setVerticalHeaderLabels(list(map(str, numbers)))
        for y, row in enumerate(rows):
            for x, cell in enumerate(row[: len(headers)]):
                self.preview.setItem(y, x, QTableWidgetItem(str(cell[:200])))
        self.preview.resizeColumnsToContents()


def _words(plan: Plan) -> str:
    """The file, its shape, and what the next steps have to settle."""
    from mentor_app.transfer import amounts, dates

    source = plan.source
    facts = [source.path.name]
    facts.append(plural("{n} column", "{n} columns", n=len(source.headers)))
    facts.append(tr("header in row {row}", row=source.header_row))
    lines = [" · ".join(facts)]
    if plan.left_out:
        lines.append(
            plural(
                "{n} row is no record and is left out; the last step lists it.",
                "{n} rows are no records and are left out; the last step lists them.",
                n=len(plan.left_out),
            )
        )
    lines += [note.render(current()) for note in source.notes]
    lines += [
        tr("Row {row} may be a row of totals: {words}", row=row, words=shortened(words, 60))
        for row, words in plan.unsure[:_MOST_UNSURE]
    ]
    if len(plan.unsure) > _MOST_UNSURE:
        lines.append(tr("and {n} more", n=len(plan.unsure) - _MOST_UNSURE))
    if plan.mapping.date_order is None:
        lines.append(dates.describe(plan.dates).render(current()))
    if _is_swapped(plan) and plan.swapped is not None:
        lines.append(
            tr(
                "A spreadsheet program may have swapped day and month in {columns}: the texts there, like {written}, all have a day above 12, the real dates all one up to 12.",
                columns=", ".join(map(source.place_of, plan.swapped.columns)),
                written=plan.swapped.written,
            )
        )
    column = getattr(plan, "amounts", None)
    if column is not None and column.examples:
        lines.append(amounts.describe(column).render(current()))
    if column is not None and column.doubts:
        words = " · ".join(shortened(words, 60) for words in column.doubts)
        lines.append(tr("{words}: this may say in which unit the amounts are.", words=words))
    if column is not None and column.asks_currency:
        lines.append(_of_sign(column))
    columns = plan.mapping.columns
    if "expected_on" in columns and columns.get("closed_on") == columns["expected_on"]:
        lines.append(
            tr("The file has no closing date; the expected one stands for it. Choose another in the next step.")
        )
    same_deal = getattr(plan, "same_deal", None)
    if same_deal is not None:
        lines.append(without_options(same_deal.question(source.path.name).render(current())))
    elif plan.missing and source.tables:
        names = ", ".join(source.tables)
        lines.append(
            tr(
                "The sheet {sheet} holds no table that is known here. Choose another: {names}.",
                sheet=source.sheet or "",
                names=names,
            )
        )
    elif plan.missing:
        labels = ", ".join(tr(plan.kind.fields[name]) for name in plan.missing)
        lines.append(tr("Not recognised: {fields}. Choose their columns in the next step.", fields=labels))
    return "\n".join(lines)


def _of_sign(column: AmountColumn) -> str:
    """What is asked of a sign that several currencies share."""
    codes = ", ".join(column.codes)
    return tr("{sign} may mean {codes}. Choose the currency of the amounts.", sign=column.sign, codes=codes)


def _is_swapped(plan: Plan) -> bool:
    """Whether it has to be said what real dates are that may have day and month swapped."""
    return plan.swapped is not None and plan.real_dates_given is None


def _orders(plan: Plan) -> list[tuple[str, str | None]]:
    """The orders that fit the file's dates, each with one of them as it is read then."""
    from mentor_app.transfer.dates import reading
    from mentor_app.transfer.understood import ORDERS

    offered = dict.fromkeys(filter(None, (*plan.dates.orders, plan.mapping.date_order)))
    choices: list[tuple[str, str | None]] = []
    for order in offered:
        example = reading(plan.dates, order)
        words = tr(ORDERS[order])
        choices.append((f"{words}: {example.render(current())}" if example else words, order))
    return choices


def _encoding(name: str, example: str | None) -> str:
    """An encoding, and how the file reads in it where that tells it from others."""
    return f"{name.upper()}: {shortened(example, 30)}" if example else name.upper()


def _units(amounts: AmountColumn | None, given: str | None) -> tuple[list[tuple[str, str | None]], str | None]:
    """What one of a file's amounts may be worth, and what it is taken to be; None where that has to be chosen."""
    if amounts is None:
        return [], "1"
    found = f"{amounts.unit.normalize():f}"
    if amounts.codes and not amounts.doubts:
        choices: list[tuple[str, str | None]] = [(code, code) for code in amounts.codes]
        return choices, amounts.likely or None
    unit = None if amounts.doubts else given or found
    known = dict.fromkeys([*_UNITS, *([unit] if unit else [])])
    return [(tr("in full") if one == "1" else f"× {_figure(one)}", one) for one in known], unit


def _figure(unit: str) -> str:
    return f"{int(unit):,}" if unit.isdigit() else unit


def _offer(box: QComboBox, choices: Sequence[tuple[str, object]], chosen: object) -> None:
    box.clear()
    for words, value in choices:
        box.addItem(words, value)
    box.setCurrentIndex(next((i for i, (_, value) in enumerate(choices) if value == chosen), 0))
