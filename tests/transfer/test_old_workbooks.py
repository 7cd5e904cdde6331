"""XLS and ODS files made by other programs (xlwt, odfpy): what their number formats, hidden rows and errors say counts."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ask
from tests.conftest import DATA

BOOKS = DATA / "workbooks"
READ: dict[str, dict[str, list[str]]] = {
    # what the cells hold: 1234500, 2000000 and 3000 shown with #,##0,"k" (as 1,235k); they are what they are
    "scaled_down.xls": {"": ["1,234,500.00", "2,000,000.00", "3,000.00"]},
    "scaled_down.ods": {"": ["1,200,000.00", "2,000.00", "3,000.00"]},
    # 1.2, 2 and 3 shown with 0.00"万"
    "wan.xls": {"": ["12,000.00", "20,000.00", "30,000.00"]},
    "wan.ods": {"": ["12,000.00", "20,000.00", "30,000.00"]},
    "euro.xls": {"EUR": ["1.20", "2.00", "3.00"]},
    "euro.ods": {"EUR": ["1,234.50", "2.00", "3.00"]},
    "yuan.xls": {"CNY": ["1,200.00", "2.00", "3.00"]},
    "hidden_row.xls": {"": ["12.00", "2.00", "3.00"]},
    "hidden_row.ods": {"": ["12.00", "2.00", "3.00"]},
    "never_calculated.xls": {"": ["2.00", "3.00"]},
    "error.ods": {"": ["2.00", "3.00"]},
    # the days 59 to 61, of which 60 was none, with amounts of 60 and 60.25
    "leap_day.xls": {"": ["60.00", "60.25"]},
    "percent.xls": {},
    # 1000 with a raised 1 behind it; 5, struck out; 1000 struck out before 900; an owner with a mark; a stage struck out
    "marks.xls": {"": ["5.00", "5.00"]},
    "marks.ods": {"": ["5.00", "5.00"]},
}
"""Currency → the amounts of the rows that are taken."""
SAID = {
    "hidden_row": "1 row is hidden",
    "never_calculated": "1 formula gives nothing",
    "marks": "2 rows hold something that is struck out in the workbook, and are read all the same: 3, 6.",
}
MARKS = [("'1000¹'", "not an amount"), ("'1000900'", "struck out"), ("'Ann¹'", "mark of a footnote")]
REFUSED = {
    "marks.xls": MARKS,
    "marks.ods": MARKS,
    "error.ods": [("'#DIV/0!'", "holds an error")],
    "leap_day.xls": [("'1900-02-29'", "There was no 29 February 1900")] * 3,
    "percent.xls": [("'0.12'", "shown with %"), ("'2'", "shown with %"), ("'3'", "shown with %")],
}


HOW = {"yuan.xls": ("--unit", "CNY")}
"""What has to be said of a book."""


def test_every_book_is_read() -> None:
    assert {path.name for path in BOOKS.iterdir()} == set(READ)


@pytest.mark.parametrize("name", sorted(READ))
def test_what_is_shown_with_a_number_counts(tmp_path: Path, name: str) -> None:
    store = tmp_path / "team.sqlite"
    done: dict[str, Any] = ask(
        store, "import", "opportunities", str(BOOKS / name), "--only-good-rows", *HOW.get(name, ())
    )
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(store)) as connection:
        for cents, currency in connection.execute(
            "SELECT amount_cents, currency FROM opportunity WHERE amount_cents IS NOT NULL ORDER BY id"
        ):
            found.setdefault(currency or "", []).append(f"{cents / 100:,.2f}")
    assert found == READ[name]
    assert SAID.get(Path(name).stem, "") in " ".join(done["understood"].get("notes", []))
    refused = [(one["value"], one["reason"]) for one in done["rejected"]]
    assert len(refused) == len(REFUSED.get(name, []))
    for (value, reason), (expected, words) in zip(refused, REFUSED.get(name, []), strict=True):
        assert (repr(value), words in reason) == (expected, True)
