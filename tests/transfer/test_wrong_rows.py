"""Rows of lists that break a rule: the column that the rule speaks of is named, and what stands there."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import ModuleType

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import activities, opportunities, pairings, people, projects, understood
from tests.conftest import ME, TODAY
from tests.core.pairing.office import Office
from tests.transfer.files import complaints, read_in, written

LISTS: dict[str, tuple[ModuleType, dict[str, str]]] = {
    "people": (
        people,
        {"name": "Bo", "code": "E7", "hired": "2024-01-01", "left": "", "team": "East", "crm names": ""},
    ),
    "logbook": (
        activities,
        {"person": "Hire 0", "kind": "visit", "date": "2026-10-05", "customer": "C", "minutes": "60", "depth": "3"},
    ),
    "projects": (projects, {"project": "P", "started on": "2026-01-01", "closed on": "", "outcome": ""}),
    "pairings": (
        pairings,
        {
            "apprentice": "Hire 0",
            "mentor": "Mo",
            "project": "A",
            "started on": "2026-10-01",
            "ended on": "",
            "reason": "",
        },
    ),
}


@pytest.mark.parametrize(
    ("kind", "said", "column"),
    [
        ("people", {"left": "2023-05-06"}, "left"),
        ("people", {"name": "Mo", "code": "", "hired": "2027-01-01", "left": "2026-09-09", "team": ""}, "left"),
        ("people", {"team": "T" * 201}, "team"),
        ("people", {"crm names": "Lu"}, "crm names"),
        ("logbook", {"depth": "6"}, "depth"),
        ("logbook", {"minutes": "5000"}, "minutes"),
        ("logbook", {"customer": "C" * 201}, "customer"),
        ("logbook", {"date": "2027-01-01"}, "date"),
        ("logbook", {"date": "2026-08-01"}, "date"),
        ("logbook", {"customer": ""}, "customer"),
        ("projects", {"closed on": "2025-12-31", "outcome": "won"}, "closed on"),
        ("projects", {"closed on": "2026-05-05"}, "closed on"),
        ("projects", {"project": "P" * 201}, "project"),
        ("pairings", {"started on": "2026-08-01"}, "started on"),
        ("pairings", {"ended on": "2026-09-09", "reason": "moved"}, "ended on"),
        ("pairings", {"ended on": "2026-10-09"}, "reason"),
        ("pairings", {"mentor": "Young"}, "mentor"),
        ("pairings", {"mentor": "Hire 0"}, "mentor"),
    ],
)
def test_a_rule_names_the_column_it_speaks_of_and_what_stands_there(
    office: Office, tmp_path: Path, kind: str, said: dict[str, str], column: str
) -> None:
    module, base = LISTS[kind]
    row = base | said
    done = read_in(module, office.store, written(tmp_path / "x.csv", [list(row), list(row.values())]))
    assert complaints(done) == [(2, column, row[column])], done.rejected


def test_a_field_that_the_list_has_no_column_for_is_not_named(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [("name", "left"), ("Mo", "2019-01-01"), ("Bo", "")])
    assert complaints(read_in(people, office.store, path)) == [(2, "left", "2019-01-01")]
    path = written(
        tmp_path / "y.csv", [("apprentice", "mentor", "project", "started on"), ("Young", "Mo", "A", "2026-10-01")]
    )
    assert read_in(pairings, office.store, path).new == 1
    path = written(tmp_path / "z.csv", [("name", "roles"), ("Mo", "trainer")])
    assert complaints(read_in(people, office.store, path)) == [(2, "roles", "trainer")]
    path = written(tmp_path / "q.csv", [("project", "started on", "outcome"), ("A", "2026-09-01", "won")])
    assert complaints(read_in(projects, office.store, path)) == [(2, "outcome", "won")]


def test_the_cell_that_is_too_many_is_shown(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [("name", "code"), ("Bo", "E7"), ("Cy", "E8", "", "2024-01-01")])
    assert complaints(read_in(people, office.store, path)) == [(3, "", "2024-01-01")]


def test_what_a_rule_speaks_of_comes_back_from_another_process() -> None:
    assert pickle.loads(pickle.dumps(UserError("A date is needed.").of("held_on"))).fields == ("held_on",)


SPLIT = "Nr;Name;Account;Owner;Stage;Created Date;Close Date;Amount\n"
GOOD = "R1;Alpha;Acme;Ann Lee;Won;03.04.2026;17.05.2026;2.000,00\n"


@pytest.mark.parametrize("rows", [GOOD, ""])
def test_a_row_of_too_many_cells_is_set_aside_before_anything_is_asked(
    file_store: Store, tmp_path: Path, rows: str
) -> None:
    wide = "R3;Rag; 3;Acme;David Novak;Won;03.04.2026;17.05.2026;2.000,00\n"
    path = tmp_path / "x.csv"
    path.write_text(SPLIT + rows + wide, encoding="utf-8")
    columns = {"id": ["Nr"], "owner": ["Owner"], "stage": ["Stage"]}
    plan = opportunities.plan(file_store, path, columns=columns)
    known = ["Ann Lee"] if rows else []
    assert (plan.unknown_stages(), opportunities.unknown_owners(file_store, plan)) == ([], known)
    done = opportunities.run(file_store, ME, plan, today=TODAY, only_good_rows=True).result
    assert (done.read, done.new, done.people_added) == (2 if rows else 1, len(known), known)
    assert [str(one.reason) for one in done.rejected] == ["The row has more cells than the header."]
    assert "David Novak" not in opportunities.plan(file_store, path).mapping.stages
    path.write_text(SPLIT + rows + wide.replace("Rag; 3", "Rag 3"), encoding="utf-8")
    assert opportunities.plan(file_store, path).stages() == {"Won": "won"}


def test_a_row_of_too_many_cells_is_not_asked_whom_it_means(office: Office, tmp_path: Path) -> None:
    rows = [("person", "kind", "date"), ("Hire 0", "quiz", "2026-10-05"), ("Hire 00", "quiz", "2026-10-05", "x")]
    done = read_in(activities, office.store, written(tmp_path / "x.csv", rows))
    assert (done.asked, [problem.row for problem in done.rejected][-1:]) == ([], [3])


def test_an_owner_of_bad_rows_alone_is_not_told_as_new(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(SPLIT.replace(";", ",") + "1,A,B,Ann,Won,2026-01-01,2026-02-01,5\n2,A,B,Bo,Won,x,x,5\n")
    plan = opportunities.plan(file_store, path, columns={"id": ["Nr"]})
    done = opportunities.run(file_store, ME, plan, today=TODAY, only_good_rows=True).result
    unknown = ["Ann", "Bo"]
    said = plan.understood(translator("en"), done) | {"owners": understood.owners(2, unknown, {}, {})}
    assert dict(understood.lines(said, translator("en")))["Owners"] == "0 known\n1 new: Ann"
