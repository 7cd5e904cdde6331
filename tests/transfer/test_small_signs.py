"""Figures, words and faults as programs of other places write them."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import LOST, WON
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer.amounts import look_at, parse_amount
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.totals import names_totals
from mentor_app.transfer.values import Bad
from tests.transfer.files import read_in, written


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
