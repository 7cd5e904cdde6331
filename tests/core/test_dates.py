"""One rule for every date, wherever it is typed or imported."""

import datetime as dt
from pathlib import Path

import pytest

from mentor_app.core.dates import EARLIEST, LATEST, check_date
from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person, confirm_hire_date, edit_person
from mentor_app.core.store import Store
from tests.cli.command import ask, run
from tests.conftest import ME


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(1899, 12, 31), dt.date(2101, 1, 1), dt.date(9999, 12, 31)])
def test_a_date_outside_living_memory_is_written_nowhere(file_store: Store, day: dt.date) -> None:
    with pytest.raises(UserError, match="outside the years 1900–2100"):
        check_date(day)
    with pytest.raises(UserError, match="outside the years"):
        file_store.act(ME, add_person, PersonDetails(name="Ann", hired_on=day))
    ann = file_store.act(ME, add_person, PersonDetails(name="Ann")).result
    with pytest.raises(UserError, match="outside the years"):
        file_store.act(ME, edit_person, ann, PersonDetails(name="Ann", left_on=day))
    with pytest.raises(UserError, match="outside the years"):
        file_store.act(ME, confirm_hire_date, ann, day)


def test_the_first_and_the_last_day_are_dates() -> None:
    assert (check_date(EARLIEST), check_date(LATEST)) == (dt.date(1900, 1, 1), dt.date(2100, 12, 31))


def test_dates_of_options_and_files_are_looked_at_alike(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "people.csv"
    file.write_text("name,hire date\nAnn,0001-01-01\nBo,9999-12-31\nCy,2020-01-01\n")
    rejected = ask(store, "import", "people", str(file), "--dry-run", code=1)["rejected"]
    assert [(one["row"], one["column"], one["value"]) for one in rejected] == [
        (2, "hire date", "0001-01-01"),
        (3, "hire date", "9999-12-31"),
    ]
    assert "1900–2100" in run(store, "ramp", "--as-of", "9999-12-31", code=2)
