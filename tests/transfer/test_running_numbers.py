"""A column that only counts the rows of a file is never proposed as the identity, nor taken by its name, and warned of where somebody
takes it."""

from pathlib import Path

import pytest

from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.deal_plan import OpportunityPlan
from tests.transfer.files import written

HEAD = ["商机名称", "客户名称", "负责人", "销售阶段", "创建时间", "成交日期"]


def numbered(path: Path, header: str, numbers: list[str]) -> Path:
    rows = [[one, f"Deal {n}", "Acme", "王芳", "赢单", "2024-01-10", "2024-03-15"] for n, one in enumerate(numbers)]
    return written(path, [[header, *HEAD], *rows])


def notes(plan: OpportunityPlan) -> str:
    return " ".join(plan.understood(translator("en"))["notes"])


@pytest.mark.parametrize("header", ["序号", "No.", "#", "行号", "Nr.", "Lfd. Nr.", "Row", "Anything"])
@pytest.mark.parametrize("numbers", [["1", "2", "3"], ["0", "1", "2"], ["3", "2", "1"]])
def test_it_is_not_proposed(file_store: Store, tmp_path: Path, header: str, numbers: list[str]) -> None:
    made = opportunities.plan(file_store, numbered(tmp_path / "x.csv", header, numbers))
    assert (made.mapping.columns["id"], made.proposed) == (["商机名称", "客户名称", "创建时间"], None)
    assert "counts" not in notes(made)
    given = opportunities.plan(file_store, tmp_path / "x.csv", columns={"key": [header]})
    assert given.mapping.columns["id"] == [header]
    assert f"The identity {header} counts the rows" in notes(given)


def test_by_its_name_it_counts_whatever_was_filtered_out(file_store: Store, tmp_path: Path) -> None:
    made = opportunities.plan(
        file_store, numbered(tmp_path / "x.csv", "序号", ["2", "7", "31"]), columns={"key": ["序号"]}
    )
    assert "counts the rows" in notes(made)
    made = opportunities.plan(file_store, numbered(tmp_path / "x.csv", "序号", ["D-2", "D-7", "D-31"]))
    assert made.proposed is None


@pytest.mark.parametrize("numbers", [["1001", "1002", "1003"], ["1", "3", "2"], ["R1", "R2", "R3"], ["1", "2", "2x"]])
def test_other_numbers_may_be_an_identity(file_store: Store, tmp_path: Path, numbers: list[str]) -> None:
    made = opportunities.plan(file_store, numbered(tmp_path / "x.csv", "Ref", numbers))
    assert made.proposed == "Ref"
    said = opportunities.plan(file_store, tmp_path / "x.csv", columns={"key": ["商机名称", "客户名称"]})
    assert said.proposed is None, "nobody is told to take another than was said"
    made = opportunities.plan(file_store, numbered(tmp_path / "x.csv", "商机编号", numbers))
    assert (made.mapping.columns["id"], notes(made)) == (["商机编号"], "")


def test_a_name_that_may_mean_both_is_decided_by_the_numbers(file_store: Store, tmp_path: Path) -> None:
    made = opportunities.plan(file_store, numbered(tmp_path / "x.csv", "编号", ["1", "2", "3"]))
    assert made.mapping.columns["id"] == ["商机名称", "客户名称", "创建时间"]
    assert "编号 counts the rows of the file and is not taken" in notes(made)
    assert len({key for batch in opportunities.typed_batches(made) for key in batch.key}) == 3
    made = opportunities.plan(file_store, tmp_path / "x.csv", columns={"key": ["编号"]})
    assert made.mapping.columns["id"] == ["编号"]
    made = opportunities.plan(file_store, numbered(tmp_path / "x.csv", "编号", ["8", "5", "6"]))
    assert made.mapping.columns["id"] == ["编号"]


def test_no_column_that_means_something_else_is_proposed(file_store: Store, tmp_path: Path) -> None:
    rows = [["Deal", one, "王芳", "赢单", "2024-01-10", "2024-03-15"] for one in ("Acme", "Dunder", "Initech")]
    assert opportunities.plan(file_store, written(tmp_path / "x.csv", [HEAD, *rows])).proposed is None


@pytest.mark.parametrize(("sum_", "said"), [("9", "序号"), ("10", "序号, 预计金额")])
def test_rows_that_are_alike_are_told_with_all_that_differs(
    file_store: Store, tmp_path: Path, sum_: str, said: str
) -> None:
    rows = [[str(n), f"Deal {n}", "Acme", "王芳", "赢单", f"2024-01-{n:02}", "2024-03-15", "9"] for n in range(1, 13)]
    more = [*rows, ["13", *rows[2][1:7], sum_]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", [["序号", *HEAD, "预计金额"], *more]))
    assert f"1 row is like another one but for {said} (rows 4 and 14)" in notes(made)
