"""Workbooks whose first sheet is a cover, whose table is hidden, and headers that a comment says more of."""

from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from openpyxl.comments import Comment
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities, people, projects
from tests.conftest import ME, TODAY

HEAD = ["Opportunity ID", "Opportunity Name", "Opportunity Owner", "Stage", "Created Date", "Close Date", "Amount"]
DEAL = ["D1", "a", "Ann", "Closed Won", "2024-01-02", "2024-03-04", 12]


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_a_cover_is_passed_over_where_one_sheet_holds_a_table(file_store: Store, tmp_path: Path) -> None:
    cover: list[list[object]] = [["Acme pipeline report"], ["for the board"]]
    one = book(tmp_path / "one.xlsx", Cover=cover, Data=[HEAD, DEAL], Notes=[["nothing", "here"]])
    plan = opportunities.plan(file_store, one)
    assert (plan.source.sheet, plan.rows, plan.questions()) == ("Data", 1, [])
    assert "The sheet Cover holds no table that is known here." in list(map(str, plan.source.notes))
    two = book(tmp_path / "two.xlsx", Cover=cover, Data=[HEAD, DEAL], Old=[HEAD, DEAL])
    with pytest.raises(UserError, match=r'Cover holds no table.*--sheet "Data", --sheet "Old"'):
        opportunities.plan(file_store, two).check()
    assert opportunities.plan(file_store, two, sheet="Old").source.sheet == "Old"


def test_a_sheet_that_is_hidden_is_said_to_be(file_store: Store, tmp_path: Path) -> None:
    for name, rows in (("empty.xlsx", []), ("bare.xlsx", [HEAD])):
        made = openpyxl.load_workbook(book(tmp_path / name, Shown=rows, Deals=[HEAD, DEAL]))
        made["Deals"].sheet_state = "hidden"
        made.save(tmp_path / name)
    with pytest.raises(UserError, match="that are shown are empty; hidden ones are not: Deals"):
        opportunities.plan(file_store, tmp_path / "empty.xlsx")
    plan = opportunities.plan(file_store, tmp_path / "bare.xlsx")
    assert (plan.source.sheet, "1 of these sheets is hidden: Deals." in map(str, plan.source.notes)) == ("Shown", True)


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("in thousands", (None, 1_200_000)),
        ("Me:\nin thousands of EUR", ("EUR", 1_200_000)),
        ("单位：万元", ("CNY", 12_000_000)),
        ("as of Friday", (None, 1200)),
    ],
)
def test_a_comment_on_the_amounts_header_is_read_and_said(
    file_store: Store, tmp_path: Path, words: str, held: tuple[str | None, int]
) -> None:
    made = openpyxl.load_workbook(book(tmp_path / "x.xlsx", Data=[["Pipeline"], HEAD, DEAL]))
    made["Data"]["G2"].comment = Comment(words, "Me")
    made["Data"]["B3"].comment = Comment("in millions", "Me")  # not on the header
    made.save(tmp_path / "x.xlsx")
    plan = opportunities.plan(file_store, tmp_path / "x.xlsx")
    assert f"A comment on Amount says: {words.rpartition(chr(10))[2]}" in list(map(str, plan.source.notes))
    opportunities.run(file_store, ME, plan, today=TODAY)
    with file_store.read() as connection:
        row = connection.execute(select(opportunity.c.currency, opportunity.c.amount_cents)).one()
    assert tuple(row) == held


@pytest.mark.parametrize(
    ("kind", "head", "row"),
    [(opportunities, HEAD, DEAL), (people, ["姓名", "工号"], ["王芳", "E1"]), (projects, ["Project", "Started on"], ["P", "2026-01-05"])],
)  # fmt: skip
def test_of_several_sheets_with_the_same_columns_one_is_asked_for(
    file_store: Store, tmp_path: Path, kind: ModuleType, head: list[object], row: list[object]
) -> None:
    other, empty = ["Other", "words"], [head]
    file = book(tmp_path / "x.xlsx", Q1=[head, row], Q2=[["Quarter 2"], head, row], Notes=[other, other], Next=empty)
    with pytest.raises(UserError, match=r'several sheets hold such a table.*--sheet "Q1", --sheet "Q2"$'):
        kind.plan(file_store, file).check()
    plan = kind.plan(file_store, file, sheet="Q2")
    assert (plan.source.sheet, plan.questions()) == ("Q2", [])
    alone = book(tmp_path / "y.xlsx", Q1=[head, row], Notes=[other, other], Next=empty)
    assert kind.plan(file_store, alone).questions() == []


PEOPLE = ["姓名", "工号", "入职日期"]


@pytest.mark.parametrize(
    ("kind", "first", "head"),
    [
        (opportunities, HEAD, [*HEAD, "Product"]),
        (opportunities, HEAD, [one for one in HEAD if one != "Stage"]),  # the won ones, say
        (opportunities, HEAD, ["Deal Name", "Customer", "Sales rep", "Deal stage", "Created", "Closed on", "Value"]),
        (opportunities, HEAD, ["商机编号", "商机名称", "负责人", "阶段", "创建日期", "成交日期", "金额"]),
        (people, PEOPLE, ["Name", "Employee ID", "Team"]),
    ],
)
def test_sheets_that_mean_the_same_are_asked_about_whatever_their_columns_are_called(
    file_store: Store, tmp_path: Path, kind: ModuleType, first: list[object], head: list[object]
) -> None:
    file = book(tmp_path / "x.xlsx", Jan=[first, DEAL], Feb=[["Pipeline"], head, DEAL])
    with pytest.raises(UserError, match=r'several sheets hold such a table.*--sheet "Jan", --sheet "Feb"$'):
        kind.plan(file_store, file).check()


@pytest.mark.parametrize(
    ("kind", "first", "head"),
    [
        (opportunities, HEAD, ["Owner", "Won", "Lost", "Amount"]),
        (opportunities, HEAD, ["Owner", "Stage", "Amount"]),
        (opportunities, HEAD, ["Project", "Customer", "Started on", "Outcome"]),
        (people, PEOPLE, ["姓名", "类型", "日期", "师傅"]),
        (people, PEOPLE, ["Name", "Remark"]),
    ],
)
def test_a_sheet_that_means_something_else_is_only_noted(
    file_store: Store, tmp_path: Path, kind: ModuleType, first: list[object], head: list[object]
) -> None:
    plan = kind.plan(file_store, book(tmp_path / "x.xlsx", Jan=[first, DEAL], Other=[head, DEAL]))
    assert (plan.source.twins, "Only the sheet Jan is read; there are also: Other." in map(str, plan.source.notes)) == (
        [],
        True,
    )
