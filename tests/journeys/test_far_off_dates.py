"""A store of an early version, which took any date: with days of the years 1 and 9999 in every column it is read, shown,
checked and set right like any other."""

import datetime as dt
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import Date

from mentor_app.core.check import problems
from mentor_app.core.check.problem import Problem
from mentor_app.core.history.undo import undo
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.store import Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team
from mentor_app.ui.navigation import Place
from mentor_app.ui.registry import PAGES
from tests.cli.command import run
from tests.cli.test_verbs import READING
from tests.conftest import ME, gone
from tests.tampering import unprotected
from tests.ui.desk import Desk, let_two_do_everything

FIRST, LAST = "0001-01-01", "9999-12-31"


def spoil(place: Path) -> None:
    with unprotected(place) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for table in metadata.tables.values():
            for column in table.columns:
                if isinstance(column.type, Date) and not table.info.get("derived"):
                    put = f"UPDATE {table.name} SET {column.name} = CASE id % 3 WHEN 1 THEN '{FIRST}' ELSE '{LAST}' END"
                    raw.execute(f"{put} WHERE id % 3 AND {column.name} IS NOT NULL")


@pytest.fixture
def old(tmp_path: Path, sample_store: Path) -> Path:
    place = tmp_path / "old.sqlite"
    shutil.copy(sample_store, place)
    return place


def test_every_verb_reads_it_and_the_check_says_what_to_do(old: Path) -> None:
    spoil(old)
    for asked in READING:
        run(old, *asked.split())
    said = run(old, "check", "--json", code=1)
    assert "not_examined" not in said


def test_it_is_set_right_and_that_is_not_taken_back(old: Path) -> None:
    with closing(open_team(old)) as store:
        who = store.act(ME, add_person, PersonDetails(name="Old", hired_on=dt.date(2020, 1, 1))).result
        with unprotected(old) as raw:
            raw.execute("UPDATE person SET hired_on = ? WHERE id = ?", (FIRST, who))
        store.act(ME, edit_person, who, PersonDetails(name="Older", hired_on=dt.date.min))
        store.act(ME, edit_person, who, PersonDetails(name="Older", hired_on=dt.date(2020, 1, 1)))
        stays = store.act(ME, undo, trial=True).result.over[0][1]
        assert "0001-01-01 lies outside the years" in str(stays)
        assert [p for p in problems_of(store) if p.key == "date_far_off"] == []


def problems_of(store: Store) -> list[Problem]:
    with store.read() as connection:
        return problems(connection)


def test_every_page_shows_it(old: Path, qapp: QApplication) -> None:
    desk = Desk(qapp, old, let_two_do_everything(old))
    gone(qapp, desk.window)
    spoil(old)
    desk.open()
    failed: list[Exception] = []
    desk.window.tasks.failed.connect(failed.append)
    for spec in PAGES:
        desk.go(Place(spec.room))
    for what, room in (("person", "people"), ("person", "camp"), ("person", "ramp"), ("pairing", "pairing")):
        for number in (1, 2, 3):
            desk.go(Place(room, what, number))
    assert failed == []
    gone(qapp, desk.window)
