"""People and the ramp-up from the command line."""

import datetime as dt
from pathlib import Path

import pytest

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.team import open_team
from tests.cli.command import ask, run
from tests.conftest import ME


def test_people_as_words_have_a_line_each(camp_store: Path) -> None:
    found = {p["name"]: p for p in ask(camp_store, "people")["people"]}
    assert {name: p["roles"] for name, p in found.items()} == {
        "Ann": ["new_hire"],
        "Mo": ["mentor"],
        "Tia": ["trainer"],
    }
    lines = run(camp_store, "people").splitlines()
    assert [line.split("\t")[0] for line in lines] == list(found)
    assert [line.split("\t")[3] for line in run(camp_store, "--lang", "zh_CN", "people").splitlines()] == [
        "新人",
        "师傅",
        "培训师",
    ]


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


def test_two_people_of_one_name_are_not_guessed_between(camp_store: Path) -> None:
    store = open_team(camp_store)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    store.close()
    assert "2 people are called Ann" in run(camp_store, "log", "shadowing", "--person", "Ann", code=1)
