"""Columns of dates of one file that are written in different orders."""

from pathlib import Path

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY
from tests.transfer.files import written

HEAD = ["Opportunity ID", "Opportunity Name", "Opportunity Owner", "Stage", "Created Date", "Close Date"]


def book(path: Path, *days: tuple[str, str]) -> Path:
    return written(path, [HEAD, *([f"D{n}", "a", "Ann", "Closed Won", *pair] for n, pair in enumerate(days))])


def days(store: Store, path: Path, **how: object) -> list[tuple[str, str]]:
    result = opportunities.run(store, ME, opportunities.plan(store, path, **how), today=TODAY).result
    assert result.rejected == []
    with store.read() as connection:
        rows = connection.execute(select(opportunity.c.opened_on, opportunity.c.closed_on).order_by(opportunity.c.key))
        return [(str(one), str(other)) for one, other in rows]


def test_columns_that_each_show_their_order_are_read_so(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ("25/01/2024", "03/04/2024"), ("02/01/2024", "03/25/2024"))
    assert days(file_store, path) == [("2024-01-25", "2024-03-04"), ("2024-01-02", "2024-03-25")]
    notes = [str(note) for note in opportunities.plan(file_store, path)._notes()]
    assert any("Close Date are read in an order of their own" in note for note in notes)


def test_of_columns_that_do_not_show_it_it_can_be_said(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ("02/01/2024", "03/04/2024"))
    with pytest.raises(UserError, match="COLUMN=ORDER"):
        days(file_store, path)
    said = {"Created Date": "dmy", "Close Date": "mdy"}
    assert days(file_store, path, orders=said) == [("2024-01-02", "2024-03-04")]
    with pytest.raises(UserError, match=r"no column of dates called Stage.*: .*Created Date.*, .*Close Date"):
        opportunities.plan(file_store, path, orders={"Stage": "dmy"})


def test_what_was_said_of_one_column_does_not_answer_for_the_other(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ("02/01/2024", "03/04/2024"))
    for one in ("Close Date", "close date"):
        made = opportunities.plan(file_store, path, orders={one: "mdy"})
        assert (made.mapping.date_order, made.dates.examples) == (None, ("02/01/2024",))
    with pytest.raises(UserError, match=r"Dates like 02/01/2024 could be.*COLUMN=ORDER"):
        days(file_store, path, orders={"Close Date": "mdy"})
    assert days(file_store, path, orders={"close date": "mdy"}, order="dmy") == [("2024-01-02", "2024-03-04")]


def test_a_header_that_states_an_order_still_answers_for_the_others(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    head = [*HEAD[:4], "Created Date (MM/DD/YYYY)", HEAD[5]]
    written(path, [head, ["D1", "a", "Ann", "Closed Won", "02/01/2024", "03/04/2024"]])
    assert days(file_store, path) == [("2024-02-01", "2024-03-04")]


def test_a_column_that_is_torn_in_itself_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ("25/01/2024", "03/25/2024"), ("01/26/2024", "25/03/2024"))
    with pytest.raises(UserError, match="--date-order"):
        days(file_store, path)


def test_a_date_written_for_a_spreadsheet_as_a_text_is_that_date(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ('="2023-11-13"', '="25/03/2024"'), ("2023-11-14", '="03/04/2024"'))
    assert days(file_store, path) == [("2023-11-13", "2024-03-25"), ("2023-11-14", "2024-04-03")]
    bare = path.read_text().replace('"=""', '="').replace('"""', '"')
    assert ',="2023-11-13",' in bare
    path.write_text(bare)
    assert days(file_store, path) == [("2023-11-13", "2024-03-25"), ("2023-11-14", "2024-04-03")]


def test_an_order_that_all_dates_of_a_column_contradict_is_refused(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ("02/01/2024", "31/12/2024"), ("02/01/2024", "03/04/2024"))
    with pytest.raises(
        UserError, match=r"dates of .*Close Date.* are not month first: 31/12/2024\. They can be: day first"
    ):
        opportunities.plan(file_store, path, orders={"Close Date": "mdy"})
    with pytest.raises(UserError, match="two orders were said of the dates"):
        opportunities.plan(file_store, path, orders={"Created Date": "mdy", "created date": "dmy"})
    assert days(file_store, path, orders={"Close Date": "dmy"}, order="mdy")[0] == ("2024-02-01", "2024-12-31")


def test_an_order_that_all_dates_contradict_is_refused(file_store: Store, tmp_path: Path) -> None:
    path = book(tmp_path / "x.csv", ("02/01/2024", "31/12/2024"))
    with pytest.raises(UserError, match="not month first: 31/12/2024"):
        opportunities.plan(file_store, path, order="mdy")
