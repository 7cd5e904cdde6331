"""The ramp-up from the command line."""

import datetime as dt
from pathlib import Path

import pytest

from tests.cli.command import ask, run


@pytest.fixture
def deals(camp_store: Path, tmp_path: Path) -> Path:
    """A store in which Ann won two deals and lost one, in her second month."""
    hired = next(p["hired_on"] for p in ask(camp_store, "people")["people"] if p["name"] == "Ann")
    file = tmp_path / "deals.csv"
    closed = dt.date.fromisoformat(hired) + dt.timedelta(days=35)
    file.write_text(
        "id,owner,stage,created,close date\n"
        + "".join(f"{n},Ann,{stage},{hired},{closed}\n" for n, stage in enumerate(("Won", "Won", "Lost")))
    )
    run(camp_store, "import", "opportunities", str(file))
    return camp_store


def test_the_ramp_of_one_as_words_and_numbers(deals: Path) -> None:
    (ann,) = ask(deals, "ramp", "--person", "Ann")["people"]
    assert (ann["name"], ann["won"], ann["lost"]) == ("Ann", 2, 1)
    assert [(m["month"], m["won"], m["lost"]) for m in ann["months"] if m["won"]] == [(2, 2, 1)]
    assert "Ann" in run(deals, "ramp", "--person", "Ann")
    assert ask(deals, "ramp", "--person", "Ann", "--as-of", ann["hired_on"])["people"][0]["won"] == 0
