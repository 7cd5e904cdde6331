"""Figures, words and faults as programs of other places write them."""

from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.ramp.outcome import LOST, WON
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer.amounts import Amount, look_at, parse_amount
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.totals import names_totals
from mentor_app.transfer.values import Bad


def test_a_figure_that_is_to_be_a_text_is_a_figure_and_a_rounded_one_is_none() -> None:
    assert parse_amount(look_at(['="12.50"']))('="12.50"') == Amount(1250)
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
