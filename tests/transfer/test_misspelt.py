"""Lists that misspell a name that is here: asked about, so that no second team, person or project is made of a slip."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import func, select

from mentor_app.core.imports import Imported
from mentor_app.core.logbook.tables import activity
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people import actions
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.tables import person, region, team
from mentor_app.core.projects.actions import save_project
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.projects.tables import project
from mentor_app.core.store import Store
from mentor_app.transfer import activities, pairings, people, projects
from mentor_app.transfer.misspelt import said_of
from tests.conftest import ME, TODAY
from tests.transfer.files import written


@pytest.fixture
def team_store(file_store: Store) -> Store:
    for name, of, code in (("Anna Berg", "North Sales", "E1"), ("Bo Lind", "华东销售部", None)):
        details = PersonDetails(
            name=name, team=of, code=code, hired_on=dt.date(2020, 1, 1), roles=frozenset({"mentor"})
        )
        file_store.act(ME, actions.add_person, details)
    file_store.act(
        ME, save_project, ProjectDetails(name="Acme rollout", started_on=dt.date(2024, 1, 1), region="Coast")
    )
    return file_store


def take(store: Store, kind: ModuleType, path: Path, rows: list[list[str]], **how: Any) -> Imported:
    made = kind.plan(store, written(path, rows))
    result: Imported = kind.run(store, ME, made, today=TODAY, **how).result
    return result


def count(store: Store, table: Any) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize(
    ("kind", "rows", "known", "table"),
    [
        (people, [["Name", "Team"], ["Cy Moss", "Nroth Sales"], ["Di Roe", "Nroth Sales"]], "North Sales", team),
        (people, [["Name", "Team"], ["Cy Moss", "north sales"]], "North Sales", team),
        (people, [["Name", "Employee number"], ["Ana Berg", ""]], "Anna Berg", person),
        (projects, [["Project", "Start"], ["Acme rolout", "2024-02-01"]], "Acme rollout", project),
        (projects, [["Project", "Start", "Region"], ["New", "2024-02-01", "Cost"]], "Coast", region),
    ],
)
def test_a_slip_makes_nothing_new_before_it_is_said_to(
    team_store: Store, tmp_path: Path, kind: ModuleType, rows: list[list[str]], known: str, table: Any
) -> None:
    path, before = tmp_path / "x.csv", count(team_store, table)
    asked = take(team_store, kind, path, rows)
    if not asked.asked:  # capitals alone: a team of another name is never meant
        assert (known, rows[1][1], asked.teams_added) == ("North Sales", "north sales", [])
        assert count(team_store, table) == before
        return
    (question,) = asked.asked
    assert (asked.applied, len(asked.unanswered), count(team_store, table)) == (False, 1, before)
    assert f"but {known} is" in str(question)
    assert f'--name "{question.about}={known}"' in str(asked.unanswered[0])
    renamed, out = ([f"formerly {known}"], ["out"]) if known == "Anna Berg" else ([], [])
    assert [value for _, value in question.choices] == [known, *renamed, -1, *out]
    slip = str(question.about)
    assert take(team_store, kind, path, rows, said=said_of({slip: "Nobody Such"})).asked  # no answer to this
    meant = take(team_store, kind, path, rows, said={question.key: known}, dry_run=True)
    assert (meant.applied, meant.asked, meant.teams_added) == (False, [], [])
    new = take(team_store, kind, path, rows, said=said_of({slip: "new"}))
    assert (new.applied, count(team_store, table)) == (True, before + 1)
    assert take(team_store, kind, path, rows).asked == []  # it is here now


def test_a_slip_that_is_said_to_be_one_is_read_as_the_known_name(team_store: Store, tmp_path: Path) -> None:
    rows = [["Name", "Employee number", "Team"], ["Ana Berg", "", "Nroth Sales"], ["Cy Moss", "E7", "Nroth Sales"]]
    said = said_of({"Ana Berg": "anna berg", "Nroth Sales": "North Sales"})
    done = take(team_store, people, tmp_path / "x.csv", rows, said=said)
    assert (done.new, done.unchanged, done.teams_added, count(team_store, team)) == (1, 1, [], 2)


def test_who_is_not_here_can_not_be_new_where_a_list_speaks_of_people(team_store: Store, tmp_path: Path) -> None:
    """And the good rows alone leave out what is asked about."""
    head = ["Person", "Kind", "Date", "State"]
    log = [head, *([name, "Shadowing", "2024-03-01", "Draft"] for name in ("Ana Berg", "Bo Lind"))]
    asked = take(team_store, activities, tmp_path / "a.csv", log)
    assert ([len(one.choices) for one in asked.asked], count(team_store, activity)) == ([1], 0)
    denied = take(team_store, activities, tmp_path / "a.csv", log, said=said_of({"Ana Berg": "new"}))
    assert len(denied.asked) == 1
    assert "can't add Ana Berg" in str(denied.unanswered[0])
    good = take(team_store, activities, tmp_path / "a.csv", log, only_good_rows=True, dry_run=True)
    assert (good.new, [one.row for one in good.rejected]) == (1, [2])
    done = take(team_store, activities, tmp_path / "a.csv", log, said=said_of({"Ana Berg": "Anna Berg"}))
    assert (done.new, count(team_store, activity)) == (2, 2)
    pair = [["Apprentice", "Mentor", "Project", "Start"], ["Bo Lind", "Anna Brg", "Acme rolout", "2024-03-01"]]
    assert len(take(team_store, pairings, tmp_path / "p.csv", pair).asked) == 2
    names = said_of({"Anna Brg": "E1", "Acme rolout": "Acme rollout"})
    done = take(team_store, pairings, tmp_path / "p.csv", pair, said=names)
    assert (done.new, done.rejected, count(team_store, pairing)) == (1, [], 1)


@pytest.mark.parametrize("name", ["华南销售部", "South Sales", "North Sales 2", "Sales"])
def test_another_name_is_no_slip(team_store: Store, tmp_path: Path, name: str) -> None:
    done = take(team_store, people, tmp_path / "x.csv", [["Name", "Team"], ["Cy Moss", name]])
    assert (done.asked, done.teams_added) == ([], [name])
