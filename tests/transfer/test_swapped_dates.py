"""Dates that a spreadsheet program has swapped are asked about: of a workbook, of a CSV that came of one, of every kind of file."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities, projects
from tests.conftest import ME, TODAY
from tests.transfer.files import written

HEAD = ["opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date"]
ENDS = [dt.date(2024, 3, 15), dt.date(2024, 4, 2), dt.date(2024, 5, 20), dt.date(2024, 8, 6)]


def as_spoilt(day: dt.date, typed: str) -> dt.date | str:
    """What a day typed in one order becomes where the other is the custom."""
    first, second = (day.day, day.month) if typed == "dmy" else (day.month, day.day)
    if day.day <= 12:
        return dt.date(day.year, day.day, day.month)
    return f"{first:02}/{second:02}/{day.year}"


def spoilt(folder: Path, typed: str, ending: str) -> Path:
    rows = [[f"K{n}", "Ann", "Won", dt.date(2024, 1, 10 + n), as_spoilt(day, typed)] for n, day in enumerate(ENDS)]
    path = folder / f"x.{ending}"
    if ending == "csv":
        return written(path, [HEAD, *([str(cell) for cell in row] for row in rows)])
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(path)
    return path


def ends_of(store: Store) -> list[dt.date]:
    with store.read() as connection:
        return sorted(connection.execute(select(opportunity.c.closed_on)).scalars())


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("typed", ["dmy", "mdy"])
def test_swapped_dates_are_asked_about_and_put_right(
    file_store: Store, tmp_path: Path, typed: str, ending: str
) -> None:
    path = spoilt(tmp_path, typed, ending)
    made = opportunities.plan(file_store, path)
    with pytest.raises(UserError, match=r"close_date \[E\].*2024-02-04 = 2 April 2024.*2024-02-04 = 4 February 2024"):
        opportunities.run(file_store, ME, made, today=TODAY)
    made = opportunities.plan(file_store, path, real_dates="swap")
    opportunities.run(file_store, ME, made, today=TODAY)
    assert ends_of(file_store) == ENDS
    assert any("are swapped" in note for note in made.understood(translator("en"))["notes"])
    assert made.understood(translator("en"))["real_dates"] == "swap"


def test_they_stand_where_that_was_said(file_store: Store, tmp_path: Path) -> None:
    made = opportunities.plan(file_store, spoilt(tmp_path, "dmy", "xlsx"), real_dates="keep")
    opportunities.run(file_store, ME, made, today=TODAY)
    assert ends_of(file_store) == sorted([ENDS[0], dt.date(2024, 2, 4), ENDS[2], dt.date(2024, 6, 8)])


@pytest.mark.parametrize(
    "days",
    [
        ["15/03/2024", "2024-02-04", "2024-05-20"],  # a real date beyond the twelfth: none was swapped
        ["15/03/2024", "02/04/2024", "2024-02-04"],  # a text that would have become a date
        ["15/03/2024", "20/05/2024"],
        ["2024-02-04", "2024-08-06"],
        ["15/03/2024", "2024-04-04"],  # either way the same day
    ],
)
def test_nothing_is_asked_without_the_sign(file_store: Store, tmp_path: Path, days: list[str]) -> None:
    rows = [[f"K{n}", "Ann", "Won", "2024-01-01", day] for n, day in enumerate(days)]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    assert (made.swapped, made.questions()) == (None, [])


def test_a_column_without_texts_shares_the_fate_where_it_does_not_show_otherwise(
    file_store: Store, tmp_path: Path
) -> None:
    rows = [["A", "Ann", "Won", "2024-01-02", "15/03/2024"], ["B", "Ann", "Won", "2024-01-03", "2024-02-04"]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    assert made.swapped is not None
    assert set(made.swapped.columns) == {"engage_date", "close_date"}


def test_it_is_the_same_for_other_lists(file_store: Store, tmp_path: Path) -> None:
    rows = [["One", "15/03/2024"], ["Two", "2024-02-04"]]
    path = written(tmp_path / "x.csv", [["project", "start date"], *rows])
    with pytest.raises(UserError, match="--real-dates swap"):
        projects.run(file_store, ME, projects.plan(file_store, path), today=TODAY)
    made = projects.plan(file_store, path, real_dates="swap")
    assert made.date_parser(made.date_reading("started_on"))("2024-02-04") == "2024-04-02"
    assert projects.run(file_store, ME, made, today=TODAY).result.new == 2
