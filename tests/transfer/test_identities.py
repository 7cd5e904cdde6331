"""What people see is what a record is: one deal, owner or stage however a program wrote it down."""

import csv
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.people import actions as people_actions
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.queries import people
from mentor_app.core.pipeline.digest import differing
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer.number_forms import shown
from tests.conftest import ME, TODAY
from tests.transfer.files import complaints, read_in, written

HEAD = ("opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date", "close_value")


def row(key: Any, owner: str = "Ann", stage: str = "Won") -> tuple[Any, ...]:
    return (key, owner, stage, "2024-01-01", "2024-02-01", "5")


def add_person(store: Store) -> int:
    return store.act(ME, people_actions.add_person, PersonDetails(name="Zita Zorn")).result


def keys(store: Store) -> list[str]:
    with store.read() as connection:
        return sorted(connection.execute(select(opportunity.c.key)).scalars())


def padded(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for cells in (HEAD, row(7), row("00008")):
        sheet.append(cells)
    sheet["A2"].number_format = "00000"
    book.save(path)
    return path


@pytest.mark.parametrize("first", ["book", "7", "00007", "７", "\u200b7\u00ad"])
def test_one_number_is_one_deal_whatever_wrote_it(store: Store, tmp_path: Path, first: str) -> None:
    rows = [HEAD, row(first), row("8")]
    made = padded(tmp_path / "a.xlsx") if first == "book" else written(tmp_path / "a.csv", rows)
    assert read_in(opportunities, store, made).new == 2
    for number in ("00007", "7", "０７", "\ufeff7", "7\u00a0"):
        again = read_in(opportunities, store, written(tmp_path / "b.csv", [HEAD, row(number), row("008")]))
        assert (again.new, again.unchanged, again.rejected) == (0, 2, [])
    assert read_in(opportunities, store, padded(tmp_path / "c.xlsx")).unchanged == 2
    assert keys(store)[0] == ("00007" if first in ("book", "00007") else "7")


def test_two_rows_that_would_be_one_deal_are_refused(file_store: Store, tmp_path: Path) -> None:
    rows = [HEAD, row("7"), row("00007"), row("0009"), row("9"), row("A1"), row("Ａ１"), row("A\u00ad1")]
    found = read_in(opportunities, file_store, written(tmp_path / "a.csv", rows))
    assert not found.applied
    assert [(one.row, one.value) for one in found.rejected] == [(3, "00007"), (5, "9"), (7, "Ａ１"), (8, "A\u00ad1")]
    assert "row 2 is called 7, which reads the same" in str(found.rejected[0].reason)


def test_deals_that_the_store_holds_apart_stay_apart(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [HEAD, row("7"), row("x"), row("y")]))
    with file_store.engine.begin() as connection:  # as they were imported before numbers that read the same were one
        for key, before in (("07", "x"), ("Ａ", "y")):
            connection.exec_driver_sql("UPDATE opportunity SET key = ? WHERE key = ?", (key, before))
    again = read_in(opportunities, file_store, written(tmp_path / "a.csv", [HEAD, row("7"), row("07"), row("Ａ")]))
    assert (again.new, again.unchanged) == (0, 3)


def test_a_number_too_long_for_a_workbook_is_no_identity(file_store: Store, tmp_path: Path) -> None:
    made = written(tmp_path / "a.xlsx", [HEAD, row(123456789012345678), row(12)])
    assert complaints(read_in(opportunities, file_store, made))[0][:2] == (2, "opportunity_id")
    made = written(tmp_path / "a.csv", [HEAD, row("1.23457E+17"), row("12E5"), row("123456789012345678")])
    assert complaints(read_in(opportunities, file_store, made)) == [(2, "opportunity_id", "1.23457E+17")]


def test_an_owner_and_a_stage_are_one_whatever_hides_in_them(file_store: Store, tmp_path: Path) -> None:
    rows = [HEAD, *(row(n, "王\u200b芳", stage) for n, stage in enumerate(("Xyz", "X\u200byz", "Ｘｙｚ")))]
    rows += [row(n + 3, owner) for n, owner in enumerate(("王芳", "\ufeff王芳", "王\u00ad芳\u00a0", "王芳"))]
    made = written(tmp_path / "a.csv", rows)
    assert opportunities.plan(file_store, made).unknown_stages() == ["Xyz"]
    plan = opportunities.plan(file_store, made, stages={"Xyz": "open"})
    assert opportunities.run(file_store, ME, plan, today=TODAY).result.totals.deals == {0: 3, 1: 4}
    assert plan.stage_counts() == [("Won", "won", 4), ("Xyz", "open", 3)]
    with file_store.read() as connection:
        assert [one.name for one in people(connection)] == ["王芳"]


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("00000", 7, "00007"),
        ("00000", 1234567, "1234567"),
        ('"OPP-"000', 7, "OPP-007"),
        ("000-0000", 123456, "012-3456"),
        ("0", 7, ""),
        ("#,##0", 7, ""),
        ("0.00", 7, ""),
        ("General", 7, ""),
        ("yyyy-mm-dd", 45000, ""),
        ("00000", 7.5, ""),
    ],
)
def test_a_number_is_called_what_a_workbook_shows(code: str, value: float, words: str) -> None:
    assert shown(code, value) == words


NAMED = ("Opportunity Name", "Account", "Owner", "Stage", "Created Date", "Close Date", "Amount")


def named(name: str, amount: int = 5, stage: str = "Won", account: str = "Acme", owner: str = "Ann") -> tuple[Any, ...]:
    return (name, account, owner, stage, "2024-01-01", "2024-02-01", str(amount))


def test_a_deal_renamed_in_a_file_without_ids_is_asked_about(store: Store, tmp_path: Path) -> None:
    first = written(tmp_path / "a.csv", [NAMED, named("Pumps"), named("Valves", 7), named("Pipes", 9)])
    assert read_in(opportunities, store, first).new == 3
    later = written(
        tmp_path / "b.csv",
        [NAMED, named("Pumps EMEA"), named("Valves", 7), named("Rods", 8, account="Other", owner="Ben")],
    )
    tried: Any = read_in(opportunities, store, later, dry_run=True)
    assert (tried.new, [(one.row, one.name, one.was) for one in tried.renamed]) == (1, [(2, "Pumps EMEA", "Pumps")])
    assert [one.name for one in tried.missed] == ["Pipes"]
    with pytest.raises(UserError, match="--renamed same"):
        read_in(opportunities, store, later)
    assert len(keys(store)) == 3
    made = opportunities.plan(store, later, renamed="same")
    done = opportunities.run(store, ME, made, today=TODAY).result
    assert (done.new, done.updated, done.unchanged) == (1, 1, 1)
    with store.read() as connection:
        names = set(connection.execute(select(opportunity.c.name)).scalars())
        assert differing(connection) == []
    assert names == {"Pumps EMEA", "Valves", "Pipes", "Rods"}
    again: Any = read_in(opportunities, store, later)
    assert (again.unchanged, again.renamed) == (3, [])
    store.act(ME, undo)
    assert read_in(opportunities, store, first).unchanged == 3


def test_renamed_deals_said_to_be_new_stay_so(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [NAMED, named("Pumps")]))
    later = written(tmp_path / "b.csv", [NAMED, named("Pumps EMEA")])
    made = opportunities.plan(file_store, later, renamed="new")
    assert opportunities.run(file_store, ME, made, today=TODAY).result.new == 1
    assert read_in(opportunities, file_store, later).unchanged == 1


def test_a_row_is_no_other_deal_where_that_one_is_there_too(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [NAMED, named("Pumps")]))
    both = written(tmp_path / "b.csv", [NAMED, named("Pumps"), named("Pumps EMEA")])
    assert read_in(opportunities, file_store, both).applied


def test_several_deals_of_one_name_and_nothing_else_to_know_them_by_are_asked_about(
    store: Store, tmp_path: Path
) -> None:
    head = ("Opportunity Name", "Owner", "Stage", "Close Date", "Amount")
    rows = [
        ("Renewal", "Ann", "Won", "2024-01-31", "100"),
        ("Licence", "Ben", "Lost", "2024-01-31", "200"),
        ("Renewal", "Ben", "Won", "2024-02-28", "300"),
    ]
    file = written(tmp_path / "deals.csv", [head, *rows])
    with pytest.raises(
        UserError, match=r'say "Renewal".*--map "id=Opportunity Name" --map "id=Close Date"\).*export one row'
    ):
        opportunities.run(store, ME, opportunities.plan(store, file), today=TODAY)
    plan = opportunities.plan(store, file, columns={"id": ["Opportunity Name", "Close Date"]})
    assert opportunities.run(store, ME, plan, today=TODAY).result.new == 3
    alone = opportunities.plan(store, file, columns={"id": ["Opportunity Name"]})
    assert [str(one) for one in alone.questions()] == []
    once = written(tmp_path / "once.csv", [head, *rows[:2]])
    assert opportunities.plan(store, once, columns={}).same_name is None


@pytest.mark.parametrize("header", ["Account", "Created Date"])
def test_what_many_deals_share_is_no_identity_by_itself(file_store: Store, tmp_path: Path, header: str) -> None:
    """Nor are the many deals of a customer, or of a day, told to be one deal."""
    one, other = ("Zeta", "Acme") if header == "Account" else ("2024-01-02", "2024-01-03")
    deals = [(one, 1), (one, 2), (other, 3), (other, 4), (one, 5)]
    rows = [(what, "Ann", "Won" if n % 2 else "Lost", f"2024-0{n}-28", f"{n}00") for what, n in deals]
    head = (header, "Owner", "Stage", "Close Date", "Amount")
    file = written(tmp_path / "deals.csv", [head, *rows])
    with pytest.raises(UserError, match=f'say "{one}", and nothing beside {header}.*--map "id=Close Date"'):
        opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY)
    plan = opportunities.plan(file_store, file, columns={"id": [header, "Close Date"]})
    assert opportunities.run(file_store, ME, plan, today=TODAY).result.new == 5


def test_the_same_rows_in_another_order_change_nothing(store: Store, tmp_path: Path, pipeline_csv: Path) -> None:
    """Of some thousand deals without ids many look alike, and differ in their owner alone."""
    with pipeline_csv.open(encoding="utf-8", newline="") as file:
        head, *rows = [row[1:] for row in csv.reader(file)]
    rows = [row for row in rows if row[head.index("account")] and row[head.index("engage_date")]]
    read_in(opportunities, store, written(tmp_path / "a.csv", [head, *rows]))
    random.Random(7).shuffle(rows)
    again = read_in(opportunities, store, written(tmp_path / "b.csv", [head, *rows]))
    assert (again.unchanged, again.updated, again.new) == (len(rows), 0, 0)


def test_with_an_import_it_is_taken_back_how_its_file_was_read(store: Store, tmp_path: Path) -> None:
    """Else the next file would be read by an identity that nobody wants any more."""
    head = ("Opportunity ID", "Opportunity Name", "Owner", "Stage", "Close Date")
    path = written(tmp_path / "a.csv", [head, ("A1", "Pumps", "Ann", "Won", "2024-01-31")])

    def identity() -> list[str]:
        return opportunities.plan(store, path).mapping.columns["id"]

    read_in(opportunities, store, path)
    chosen = opportunities.plan(store, path, columns={"id": ["Opportunity Name", "Close Date"]}, renamed="same")
    opportunities.run(store, ME, chosen, today=TODAY)
    assert identity() == ["Opportunity Name", "Close Date"]
    store.act(ME, undo)
    assert identity() == ["Opportunity ID"]
    store.act(ME, redo)
    assert identity() == ["Opportunity Name", "Close Date"]
    other = add_person(store)
    again = opportunities.plan(store, path)
    assert opportunities.run(store, ME, again, today=TODAY).result.unchanged == 1
    again.mapping.columns["id"] = ["Opportunity Name"]
    again.remember(store, ME)  # in passing, after something else
    store.act(ME, undo)
    with store.read() as connection:
        assert other not in {one.id for one in people(connection)}
    assert identity() == ["Opportunity Name"]
