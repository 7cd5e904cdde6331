"""Files that give the amounts of known deals in another unit than before."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY
from tests.transfer.files import read_in, written

HEAD = ("Opportunity Name", "Account", "Owner", "Stage", "Created Date", "Close Date", "Amount")
AMOUNTS = ("81250", "9000", "700", "12345.67", "5000")


def file(path: Path, amounts: list[str] | tuple[str, ...], *ids: str) -> Path:
    deals = [(f"Deal {n}", f"Firm {n}", "Ann", "Won", "2024-01-01", "2024-02-02", one) for n, one in enumerate(amounts)]
    rows = [HEAD, *deals]
    return written(
        path,
        [(*id_, *row) for id_, row in zip([("Deal ID",), *((one,) for one in ids)], rows, strict=True)]
        if ids
        else rows,
    )


def times(factor: str) -> list[str]:
    return [f"{Decimal(one) * Decimal(factor):f}" for one in AMOUNTS]


def held(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.execute(select(opportunity.c.amount_cents).order_by(opportunity.c.name)).scalars())


@pytest.mark.parametrize(
    ("factor", "unit", "words"),
    [("0.001", "1000", "1,000 times smaller"), ("1000", "0.001", "1,000 times larger"), ("0.0001", "10000", "10,000 ")],
)
@pytest.mark.parametrize("ids", [(), ("a", "b", "c", "d", "e")])
def test_amounts_that_all_change_by_one_power_of_ten_are_asked_about(
    file_store: Store, tmp_path: Path, factor: str, unit: str, words: str, ids: tuple[str, ...]
) -> None:
    read_in(opportunities, file_store, file(tmp_path / "a.csv", AMOUNTS, *ids))
    before, later = held(file_store), file(tmp_path / "b.csv", times(factor), *ids)
    with pytest.raises(
        UserError, match=rf"the amounts of \d known deals would be {words}.*--unit {unit}\).*--unit 1\)"
    ):
        read_in(opportunities, file_store, later)
    assert held(file_store) == before
    said = opportunities.plan(file_store, later, unit=unit)
    result = opportunities.run(file_store, ME, said, today=TODAY).result
    assert (result.unchanged, held(file_store)) == (5, before)
    assert read_in(opportunities, file_store, later).unchanged == 5
    as_it_stands = opportunities.plan(file_store, later, unit="1", renamed="same")
    opportunities.run(file_store, ME, as_it_stands, today=TODAY)
    assert held(file_store) == [round(cents * Decimal(factor)) for cents in before]


@pytest.mark.parametrize(
    "amounts", [("81.25", "9", *AMOUNTS[2:]), ("8125", "900", "70", "1234.57", "500"), ("81.25", "9", ".7", "13", "6")]
)
def test_a_few_amounts_or_other_changes_are_none_of_a_unit(
    file_store: Store, tmp_path: Path, amounts: tuple[str, ...]
) -> None:
    read_in(opportunities, file_store, file(tmp_path / "a.csv", AMOUNTS))
    assert read_in(opportunities, file_store, file(tmp_path / "b.csv", amounts)).updated
