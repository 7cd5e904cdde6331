"""Projects files: read in both languages, once, wrong rows named, nothing of a wrong file kept."""

import datetime as dt
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.projects.queries import projects as read_projects
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import pairings, projects
from mentor_app.transfer.misspelt import said_of
from mentor_app.transfer.understood import lines
from tests.core.pairing.office import Office
from tests.transfer.files import complaints, read_in, written

D = dt.date


def stored(store: Store) -> dict[str, tuple[object, ...]]:
    with store.read() as connection:
        return {p.name: (p.customer, p.outcome, p.started_on, p.closed_on) for p in read_projects(connection)}


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_chinese_headers_outcomes_and_typed_dates(file_store: Store, tmp_path: Path, extension: str) -> None:
    start = D(2026, 9, 1) if extension == "xlsx" else "2026/9/1"
    path = written(
        tmp_path / f"p.{extension}",
        [
            ("项目名称", "客户", "行业", "立项日期", "结项日期", "结果"),
            ("鼎新一期", "鼎新电子", "电子", start, None, "进行中"),
            ("老项目", "宏远", "制造", "2025-01-01", "2025-06-30", "赢单"),
            ("丢的", "启明", None, "2025-01-01", "2025-02-01", "丢单"),
        ],
    )
    done = read_in(projects, file_store, path)
    assert (done.new, done.rejected, done.applied) == (3, [], True)
    assert stored(file_store) == {
        "鼎新一期": ("鼎新电子", "open", D(2026, 9, 1), None),
        "老项目": ("宏远", "won", D(2025, 1, 1), D(2025, 6, 30)),
        "丢的": ("启明", "lost", D(2025, 1, 1), D(2025, 2, 1)),
    }
    again = read_in(projects, file_store, path)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 3)


def test_what_is_new_is_named_before_it_is_written_and_regions_head_their_rows(office: Office, tmp_path: Path) -> None:
    rows = [
        ("Project", "Customer", "Region", "Started on"),
        ("Nordics", "", "", ""),
        ("Fjord", "Acme", "Nordics", "2026-01-05"),
        ("Harbour", "Bolt", "Nordics", "2026-02-05"),
        ("Region West", "", "", ""),
        ("Delta", "Cord", "West", "2026-02-05"),
        ("Ida", "", "", ""),
        ("Sound", "Dorn", "West", "2026-02-05"),
    ]

    def told(kind: ModuleType, path: Path, **how: Any) -> dict[str, str]:
        done = read_in(kind, office.store, path, **how)
        return dict(lines(kind.plan(office.store, path).understood(translator("en"), done), translator("en")))

    path = written(tmp_path / "projects.csv", rows)
    asked = read_in(projects, office.store, path, dry_run=True)
    assert [str(words) for _, words in asked.remarks] == [
        "Left out: Nordics is the heading of a region",
        "Left out: Region West is the heading of a region",
    ]
    assert [one.about for one in asked.asked] == ["Ida"]
    assert told(projects, path, said=said_of({"Ida": "out"}))["New projects"] == "Fjord, Harbour, Delta, Sound"
    pairs = [("Apprentice", "Mentor", "Project", "Started on"), ("Hire 0", "Mo", "Fjord", "2026-10-01")]
    assert told(pairings, written(tmp_path / "pairings.csv", pairs))["New pairings"] == "Hire 0 – Mo"


def test_wrong_rows_are_named_and_nothing_is_kept(file_store: Store, tmp_path: Path) -> None:
    path = written(
        tmp_path / "p.csv",
        [
            ("project", "customer", "started on", "closed on", "outcome"),
            ("Good", "C", "2026-01-02", "", ""),
            ("Odd", "C", "2026-01-02", "", "maybe"),
            ("Undated", "C", "", "", ""),
            ("Unreal", "C", "2026-02-31", "", ""),
            ("Backwards", "C", "2026-03-01", "2026-01-01", "won"),
        ],
    )
    done = read_in(projects, file_store, path)
    assert complaints(done)[:3] == [(3, "outcome", "maybe"), (4, "started on", ""), (5, "started on", "2026-02-31")]
    assert done.rejected[-1].row == 6
    assert (done.applied, stored(file_store)) == (False, {})
    assert read_in(projects, file_store, path, only_good_rows=True).new == 1
    assert set(stored(file_store)) == {"Good"}


def test_hostile_names_are_only_names(file_store: Store, tmp_path: Path) -> None:
    names = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "Robert'); DROP TABLE project;--", "{name} %s $x$"]
    path = written(tmp_path / "p.csv", [("project", "started on"), *((name, "2026-01-02") for name in names)])
    assert read_in(projects, file_store, path).new == len(names)
    assert sorted(stored(file_store)) == sorted(names)


def test_a_file_without_a_needed_column_is_refused(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "p.csv", [("project", "customer"), ("A", "C")])
    with pytest.raises(UserError, match="recognised as Started on"):
        read_in(projects, file_store, path)
    assert stored(file_store) == {}


@pytest.mark.parametrize("name", ["TBD", "N.N.", "待定", "空缺", "-", "2026"])
def test_what_stands_in_place_of_a_project_s_name_is_asked_about(file_store: Store, tmp_path: Path, name: str) -> None:
    rows = [("Project", "Customer", "Started on"), ("Harbour", "Acme", "2026-01-05"), (name, "Bolt", "2026-01-06")]
    path = written(tmp_path / "p.csv", rows)
    asked = read_in(projects, file_store, path, dry_run=True).asked
    assert [f"{name} does not read like a name" in str(one) for one in asked] == [True]
    for answer, new in (("out", 1), ("new", 2)):
        done = read_in(projects, file_store, path, dry_run=True, said=said_of({name: answer}))
        assert (done.new, done.asked) == (new, [])
