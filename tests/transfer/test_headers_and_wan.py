"""Marks beside a header's name, and amounts in 万 beside others in 元."""

from pathlib import Path

import pytest
from sqlalchemy import select

from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer.recognise import OPPORTUNITIES, recognise
from tests.transfer.files import read_in, written

HEAD = ["商机编号", "负责人", "阶段", "创建时间", "商机金额"]


@pytest.mark.parametrize(
    "header", ["Opportunity Owner ↑", "▲ Opportunity Owner", "*Opportunity Owner", "Opportunity Owner *"]
)
def test_marks_of_sorting_and_of_what_is_required_are_no_part_of_a_name(header: str) -> None:
    found = recognise(OPPORTUNITIES, ["Opportunity ID", header, "Stage", "Amount ↓", "Close Date ⬇"])
    assert found.columns["owner"] == [header]
    assert (found.columns["amount"], found.columns["closed_on"]) == (["Amount ↓"], ["Close Date ⬇"])


def test_the_currency_of_a_value_is_no_amount() -> None:
    found = recognise(OPPORTUNITIES, ["Deal - ID", "Deal - Owner", "Deal - Value", "Deal - Currency of Value"])
    assert found.several == {}
    assert (found.columns["amount"], found.columns["currency"]) == (["Deal - Value"], ["Deal - Currency of Value"])


def test_wan_is_in_the_currency_that_others_name(file_store: Store, tmp_path: Path) -> None:
    rows = [
        [f"K{n}", "王芳", "open", "2024-01-01", words] for n, words in enumerate(["1.2万", "8000元", "$500", "700"])
    ]
    read_in(opportunities, file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    with file_store.read() as connection:
        found = connection.execute(
            select(opportunity.c.amount_cents, opportunity.c.currency).order_by(opportunity.c.key)
        ).all()
    assert [tuple(one) for one in found] == [(1200000, "CNY"), (800000, "CNY"), (50000, "USD"), (70000, None)]


def test_wan_beside_two_such_currencies_is_a_row_to_mend(file_store: Store, tmp_path: Path) -> None:
    rows = [[f"K{n}", "王芳", "open", "2024-01-01", words] for n, words in enumerate(["1.2万", "8000元", "500港币"])]
    found = read_in(opportunities, file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    assert [(one.row, one.value) for one in found.rejected] == [(2, "1.2万")]
