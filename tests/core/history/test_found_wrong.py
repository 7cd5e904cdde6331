"""What the check finds is told with the names of the records, whatever stands in them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mentor_app.core.check import examine
from mentor_app.core.history.found_wrong import called
from mentor_app.core.store import Store
from mentor_app.core.team import open_team
from tests.core.points.mentoring import Camp


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE person SET name = 'Bo' WHERE name = 'Ann'", "It is: Bo (Name: Ann → Bo)."),
        ("UPDATE person SET hired_on = '2025-13-40' WHERE name = 'Ann'", "It is: Ann."),
        ("UPDATE person SET hired_on = '2026-09-02', version = 'x' WHERE name = 'Ann'", "It is: Ann."),
        ("UPDATE activity SET minutes = 'long'", "something unreadable in minutes."),
        ("UPDATE pairing SET mentor_id = 2", "It is: Ann with Lu (Mentor: Mo → Lu)."),
        ("UPDATE pairing SET mentor_id = 99", "(Mentor: Mo → Person)"),
        ("DELETE FROM project", "It is: P."),
        ("UPDATE point_entry SET points = points + 7", "It is: Mo (Points: 2 → 9)."),
    ],
)
def test_it_is_told_with_its_name(file_store: Store, harm: str, said: str) -> None:
    Camp(file_store).session()
    place = Path(file_store.location)
    file_store.close()
    with closing(sqlite3.connect(place)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(harm)
        raw.commit()
    with closing(open_team(place)) as store:
        told = [f"{one} {one.called}" for one in called(store, examine(store))]
    assert [one for one in told if said in one], told
