"""Figures, words and faults as programs of other places write them."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import LOST, WON
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.amounts import look_at, parse_amount
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.totals import names_totals
from mentor_app.transfer.understood import lines
from mentor_app.transfer.values import Bad
from tests.conftest import ME, TODAY
from tests.transfer.files import complaints, read_in, written


def test_a_rounded_figure_is_none() -> None:
    rounded = parse_amount(look_at(["1.2E+06"]))("1.2E+06")
    assert isinstance(rounded, Bad)
    assert "first figures" in str(rounded.reason)


@pytest.mark.parametrize(
    ("name", "status"),
    [("受注", WON), ("失注", LOST), ("成立", WON), ("不成立", LOST), ("Cierre ganado", WON), ("Cierre perdido", LOST)],
)
def test_stages_of_other_languages_are_known(name: str, status: int) -> None:
    assert stage_status(name) == status


def test_german_words_for_totals_are_known() -> None:
    assert [names_totals(word) for word in ("Mittelwert", "Anzahl", "Anzahl: 12", "Mittelwert AG")] == [True] * 3 + [False]  # fmt: skip


def test_a_workbook_that_was_cut_off_is_said_to_be_damaged(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04" + b"\x14\x00\x06\x00" + bytes(range(200)))
    with pytest.raises(UserError, match="is damaged: it is not a complete workbook") as said:
        opportunities.plan(file_store, tmp_path / "x.xlsx")
    assert "EOCD" not in str(said.value)


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("xl/_rels/workbook.xml.rels", 30),  # another name than in the directory
        ("xl/worksheets/sheet1.xml", 90),  # packed bytes
        ("xl/workbook.xml", 90),
    ],
)
def test_a_workbook_with_a_damaged_byte_is_told_in_a_sentence_of_ours(
    file_store: Store, tmp_path: Path, part: str, place: int
) -> None:
    path = written(tmp_path / "x.xlsx", [["opportunity id", "owner", "stage", "close date"], ["1", "Ann", "Won", "x"]])
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(part).header_offset + place
    held = bytearray(path.read_bytes())
    held[at] ^= 0x84
    path.write_bytes(held)
    with pytest.raises(UserError) as said:
        opportunities.plan(file_store, path)
    assert str(said.value).startswith("x.xlsx can't be read as a workbook: it is damaged, or needs more memory")


def test_a_leap_day_that_there_was_not_is_a_row_to_mend(file_store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["opportunity id", "owner", "stage", "close date", "amount"])
    for n, day in enumerate((59, 60, 60.75, 61)):
        sheet.append([f"K{n}", "Ann", "Won", day, 60])
        sheet.cell(n + 2, 4).number_format = "yyyy-mm-dd"
    book.save(tmp_path / "x.xlsx")
    made = opportunities.plan(file_store, tmp_path / "x.xlsx")
    result = opportunities.run(file_store, ME, made, today=TODAY, only_good_rows=True).result
    assert complaints(result) == [(3, "close date", "1900-02-29"), (4, "close date", "1900-02-29")]
    assert str(result.rejected[0].reason).startswith("There was no 29 February 1900")
    assert result.new == 2


AS_TEXTS = ('="ID"', "Deal", "Customer", '="Owner"', "Stage", "Close Date", "Amount", "Rest")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "xlsx"])
def test_what_is_written_as_a_formula_to_be_a_text_is_that_text(
    file_store: Store, tmp_path: Path, encoding: str
) -> None:
    """However late in the file, and whatever it is: a header, an id, a name, a day, an amount."""
    plain = [[f"A{n}", f"Deal {n}", "Acme", "Ann Lee", "Won", "2024-02-05", "5", "x"] for n in range(30)]
    rows = [
        *plain,
        [f'="{cell}"' for cell in ("0012", "Pumps", "Bolt, 王", "Ann Lee", "Won", "2024-02-06", "12.50", "x")],
    ]
    if encoding == "xlsx":
        path, book = tmp_path / "x.xlsx", openpyxl.Workbook()
        for y, row in enumerate([AS_TEXTS, *rows], 1):
            for x, cell in enumerate(row, 1):
                one = book.active.cell(y, x, cell)  # type: ignore[union-attr]
                one.data_type = "s"  # a text, which the library would take for a formula
        book.save(path)
    else:
        path = written(tmp_path / "x.csv", [AS_TEXTS, *rows], encoding)
    result = read_in(opportunities, file_store, path)
    assert (result.new, result.rejected) == (31, [])
    c = opportunity.c
    with file_store.read() as connection:
        found = connection.execute(select(c.key, c.name, c.account, c.closed_on, c.amount_cents).where(c.key == "0012"))
        assert found.one() == ("0012", "Pumps", "Bolt, 王", dt.date(2024, 2, 6), 1250)
        assert connection.execute(select(person.c.name)).scalars().all() == ["Ann Lee"]


WHOLE = [("Deal", "Customer", "Owner", "Stage", "Close Date", "Amount"), *(("Pumps", f"Acme {n}", "Ann Lee", "Won", "2024-02-05", "12") for n in range(3))]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "end", "cut"),
    [
        (("1234.50", "80.00", "7.10"), "98", True),
        (("1234.50", "80.00", "7.10"), "98.7", True),
        (("1234.50", "80.00", "7.10"), "9.70", False),
        (("1234.50", "80.00", "7.10"), "twelve", False),
        (("1.234", "8.000", "7.100"), "980", False),
        (("1234.5", "80", "7.10"), "9", False),
        (("2024-02-05", "2024-03-05", "2024-04-05"), "2024-05-1", True),
        (("1000", "2000", "3000"), "400", False),
        (("1000", "2000", "3000"), "", True),
        (("1000", "", "3000"), "", False),
    ],
)
def test_a_file_that_ends_within_its_last_cell_is_refused(
    file_store: Store, tmp_path: Path, cells: tuple[str, ...], end: str, cut: bool
) -> None:
    path = written(tmp_path / "x.csv", [WHOLE[0], *((*row[:-1], cell) for row, cell in zip(WHOLE[1:], cells, strict=True))])  # fmt: skip
    whole = path.read_text(encoding="utf-8") + f"Rods,Bolt,Tom Ray,Won,2024-02-05,{end}"
    path.write_text(whole, encoding="utf-8")
    if cut:
        lacks = f"{end} is shorter" if end else "is empty, while all above have one"
        with pytest.raises(UserError, match=f"row 5, whose last cell {lacks}"):
            opportunities.plan(file_store, path)
    path.write_text(whole if not cut else whole + "\n", encoding="utf-8")
    assert opportunities.plan(file_store, path).rows == 4


@pytest.mark.parametrize(("end", "cut"), [("Rods", False), ("Rods,Bolt,To", True), ("Rods,Bolt,Tom Ray,Op", True), ("Rods,Bolt,Tom Ray,Won,2024-03-0", True), ("Total,,,", True)])  # fmt: skip
def test_a_file_that_ends_within_a_row_is_refused(file_store: Store, tmp_path: Path, end: str, cut: bool) -> None:
    path = written(tmp_path / "x.csv", WHOLE)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + end, encoding="utf-8")
    if cut:
        with pytest.raises(UserError, match=r"ends within row 5, which has \d of 6 cells.* cut off"):
            opportunities.plan(file_store, path)
    else:  # as a remark below the table
        assert [row for row, _ in opportunities.plan(file_store, path).left_out] == [5]
    for ending in (whole + end + "\n", whole.rstrip() + "\nRods,Bolt\n" + end, whole.rstrip("\r\n")):
        path.write_text(ending, encoding="utf-8")
        assert opportunities.plan(file_store, path).rows >= 3


def test_when_something_was_changed_last_is_not_proposed_as_the_identity(file_store: Store, tmp_path: Path) -> None:
    head = (*WHOLE[0], "Modified", "更新时间", "Ref")
    moments = [("2024-02-05 10:00", f"2024年2月{n}日", f"20{n}-{n}") for n in range(1, 4)]
    rows = [(*row, f"{day}:0{n}", other, ref) for n, (row, (day, other, ref)) in enumerate(zip(WHOLE[1:], moments, strict=True))]  # fmt: skip
    assert opportunities.plan(file_store, written(tmp_path / "x.csv", [head, *rows])).proposed == "Ref"


@pytest.mark.parametrize(
    ("cell", "cents", "currency"),
    [
        ("$(1,500.00)", -150000, "USD"),
        ("(1.500,00) €", -150000, "EUR"),
        ("€ (7,50)", -750, "EUR"),
        ("EUR(12)", -1200, "EUR"),
    ],
)
def test_brackets_of_a_negative_amount_may_stand_inside_its_currency(cell: str, cents: int, currency: str) -> None:
    found = parse_amount(look_at([cell]))(cell)
    assert (getattr(found, "cents", found), getattr(found, "currency", None)) == (cents, currency)


@pytest.mark.parametrize("cell", ["ca. (1500)", "$(5)(6)", "-$(5)", "5 (2)"])
def test_other_brackets_are_no_amounts(cell: str) -> None:
    assert isinstance(parse_amount(look_at([cell]))(cell), Bad)


def test_a_known_header_tells_the_encoding(file_store: Store, tmp_path: Path) -> None:
    head = ("Thema", "Besitzer", "Phase", "Betrag", "Währung", "Erstellt am")
    path = written(tmp_path / "x.csv", [head, ("A", "Ann", "offen", "5", "EUR", "2024-01-02")], "cp1252")
    source = opportunities.plan(file_store, path).source
    assert (source.encoding, source.encodings) == ("cp1252", ())


@pytest.mark.parametrize(("day", "shown"), [(dt.date(2024, 1, 2), False), ("1704153600000", False), ("2024/1/2", True)])
def test_the_order_of_dates_is_told_where_dates_are_texts(
    file_store: Store, tmp_path: Path, day: object, shown: bool
) -> None:
    path = written(tmp_path / "x.xlsx", [("ID", "Owner", "Stage", "Created"), ("1", "Ann", "open", day)])
    said = opportunities.plan(file_store, path).understood(translator("en"))
    assert ("Order of dates" in dict(lines(said, translator("en")))) == shown


def test_of_a_file_without_currencies_it_is_said_what_known_and_new_deals_have(
    file_store: Store, tmp_path: Path
) -> None:
    head = ("ID", "Owner", "Stage", "Created", "Amount", "Currency")
    read_in(
        opportunities, file_store, written(tmp_path / "a.csv", [head, ("1", "Ann", "open", "2024-01-02", "5", "EUR")])
    )
    rows = [head[:5], ("1", "Ann", "open", "2024-01-02", "6"), ("2", "Ann", "open", "2024-01-02", "7")]
    plan = opportunities.plan(file_store, written(tmp_path / "b.csv", rows))
    result = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
    assert any(
        "known deals keep the one that they have (EUR), new ones have none" in one
        for one in plan.understood(translator("en"), result)["notes"]
    )
