"""Pairings files: the past of a team comes in, people are found by their names, wrong rows are named."""

import datetime as dt
from pathlib import Path

import pytest

from mentor_app.core.pairing.queries import pairings as read_pairings
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.transfer import pairings
from tests.conftest import ME
from tests.core.pairing.office import Office
from tests.transfer.files import complaints, read_in, written

D = dt.date
HEAD = ("徒弟", "师傅", "项目", "结对日期", "结束日期", "结束原因", "目标")


def stored(office: Office) -> list[tuple[object, ...]]:
    with office.store.read() as connection:
        return sorted((p.apprentice, p.mentor, p.state, p.started_on, p.ended_on) for p in read_pairings(connection))


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_running_and_past_ones_come_in_once(office: Office, tmp_path: Path, extension: str) -> None:
    path = written(
        tmp_path / f"p.{extension}",
        [
            HEAD,
            ("hire 0", "MO", "A", "2026/10/1", "2026-10-20", "换区域", ""),
            ("Hire 0", "Lu", "A", "2026/10/21", "", "", "独立完成首单"),
        ],
    )
    done = read_in(pairings, office.store, path)
    assert (done.new, done.rejected) == (2, [])
    assert stored(office) == [
        ("Hire 0", "Lu", "active", D(2026, 10, 21), None),
        ("Hire 0", "Mo", "ended", D(2026, 10, 1), D(2026, 10, 20)),
    ]
    assert read_in(pairings, office.store, path).unchanged == 2


def test_wrong_rows_are_named_and_nothing_is_kept(office: Office, tmp_path: Path) -> None:
    office.store.act(ME, add_person, PersonDetails(name="Mo"))  # a second one
    path = written(
        tmp_path / "p.csv",
        [
            ("apprentice", "mentor", "project", "start date", "end date", "reason"),
            ("Zed", "Lu", "A", "2026-10-01", "", ""),
            ("", "Lu", "A", "2026-10-01", "", ""),
            ("Hire 0", "Mo", "A", "2026-10-01", "", ""),
            ("Hire 0", "Lu", "A", "soon", "", ""),
            ("Hire 0", "Lu", "A", "", "", ""),
            ("Hire 1", "Hire 0", "A", "2026-10-01", "", ""),
            ("Hire 1", "Lu", "Nothing", "2026-10-01", "", ""),
            ("Hire 1", "Lu", "A", "2026-10-09", "2026-10-01", "why"),
            ("Hire 1", "Lu", "A", "2026-10-01", "2026-10-09", ""),
        ],
    )
    done = read_in(pairings, office.store, path)
    assert complaints(done)[:5] == [
        (2, "apprentice", "Zed"),
        (3, "apprentice", ""),
        (4, "mentor", "Mo"),
        (5, "start date", "soon"),
        (6, "start date", ""),
    ]
    assert [problem.row for problem in done.rejected] == list(range(2, 11))
    assert stored(office) == []


def test_known_pairings_come_without_their_project_and_a_new_one_is_refused_once(
    office: Office, tmp_path: Path
) -> None:
    ann, ben = ("Hire 0", "Mo", "A", "2026-10-01", "", "", ""), ("Hire 1", "Lu", "A", "2026-10-02", "", "", "")
    assert read_in(pairings, office.store, written(tmp_path / "a.csv", [HEAD, ann, ben])).new == 2
    bare = [(*row[:2], *row[3:]) for row in (HEAD, (*ann[:6], "首单"), ben)]
    done = read_in(pairings, office.store, written(tmp_path / "b.csv", bare))
    assert (done.updated, done.unchanged, done.rejected) == (1, 1, [])
    more = written(tmp_path / "c.csv", [*bare, ("Hire 2", "Lu", "2026-10-02", "", "", "")])
    (lacking, why) = map(str, pairings.plan(office.store, more).questions())
    assert "no column was recognised as Project" in lacking
    assert why == "c.csv: a pairing goes with a project; only pairings that are here already may come without one."
