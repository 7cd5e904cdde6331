"""Summaries (pivots) instead of lists of deals: said once what they are, and which file is needed."""

from pathlib import Path
from typing import Any

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer.summary import summary_of
from tests.transfer.files import written

ANN, BEN, SUMS = (
    ("Ann Lee", "100", "1,200.50", "", "300"),
    ("Ben Ray", "50", "0", "10", "60"),
    ("Grand Total", 1, 2, 3, 4),
)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("Owner", "Jan 2024", "Feb 2024", "Mar-24", "Grand Total"), ANN, BEN, SUMS], "Owner down, Jan 2024, Feb 2024, Mar-24 …"),
        ([("Owner", "Prospecting", "Negotiation", "Closed Won", "Closed Lost"), ANN, BEN], "Owner down, Prospecting,"),
        ([("", "2024/1", "2024/2", "2024/3", "2024-04-01"), ANN, BEN], "– down, 2024/1, 2024/2, 2024/3 … across"),
        ([("负责人", "1月", "2024年二季度", "Q3", "合计"), ANN, BEN], "负责人 down, 1月, 2024年二季度, Q3 … across"),
        ([("Region", "Owner", "Q1", "Q2"), ("East", *ANN[:3]), ("West", *BEN[:3])], "Region + Owner down, Q1, Q2 across"),
        ([("Sum of Amount", "Column Labels", "", "", ""), ("Row Labels", "Jan", "Feb", "Mar", "Total"), ANN, BEN], "Row Labels down, Jan,"),
        ([("行标签", "求和项:金额", "计数项:商机", "", ""), ANN[:3], BEN[:3]], "行标签 down, 求和项:金额, 计数项:商机 across"),
        ([ANN, BEN], "is a summary without a header"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_summary_is_called_one_and_says_what_is_needed(
    file_store: Store, tmp_path: Path, rows: list[tuple[Any, ...]], said: str, kind: str
) -> None:
    with pytest.raises(UserError, match="one row per deal") as refused:
        opportunities.plan(file_store, written(tmp_path / f"p.{kind}", rows))
    assert (str(refused.value).count("summary"), said in str(refused.value)) == (1, True), str(refused.value)


@pytest.mark.parametrize(
    "rows",
    [
        [("Deal", "Owner", "Stage", "Jan", "Feb"), ("Pumps", "Ann", "Won", "5", "6")],
        [("Owner", "Won", "Lost"), ("Ann", "2024-01-05", ""), ("Ben", "", "2024-02-05")],
        [("Owner", "Stage", "Amount"), ("Ann", "Won", "5")],
        [("Owner", "Amount", "Total"), ("Ann", "5", "6")],
        [("Owner", "Q1", "Q2"), ("Ann", "good", "bad")],
        [("Name", "May", "June"), ("Ann", "x", "y")],
        [("1001", "5", "6"), ("1002", "7", "8")],
    ],
)
def test_what_only_looks_like_a_summary_is_none(rows: list[tuple[str, ...]]) -> None:
    assert summary_of(rows) is None
