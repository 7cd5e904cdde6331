"""What a corrected list changes is shown cell by cell before it is written: as many as differ in the store afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.imports import Imported
from mentor_app.core.logbook.tables import activity
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.people.tables import person, region
from mentor_app.core.points.tables import point_entry
from mentor_app.core.projects.tables import project
from mentor_app.core.store import Store
from mentor_app.core.team import FOLLOWERS
from mentor_app.core.text import translator
from mentor_app.transfer.understood import lines
from tests.core.pairing.office import Office
from tests.transfer.files import read_in, written
from tests.transfer.test_lists import BASE, KINDS

KEYS = {"people": "employee id", "activities": "id", "projects": "project", "pairings": "apprentice"}
VALUES: dict[str, dict[str, list[str]]] = {
    "people": {
        "name": ["Ann", "Bo", "Cy"],
        "hire date": ["", "2024-01-01", "2024-02-01"],
        "leaving date": ["", "2026-01-01", "2023-01-01"],
        "team": ["", "North", "West"],
        "roles": ["", "mentor", "mentor, trainer", "sales rep"],
        "crm names": ["", "a.b", "c.d", "c.d; e.f"],
    },
    "activities": {
        "person": ["Hire 0", "Hire 1"],
        "kind": ["visit", "sales action"],
        "date": ["2026-10-05", "2026-10-06"],
        "time": ["", "9:05", "10:00"],
        "minutes": ["", "60", "1:30"],
        "customer": ["", "Acme", "Beta"],
        "mentor": ["", "Mo", "Lu", "Hire 0"],
        "seen": ["", "s", "t\nu"],
        "state": ["draft", "planned", "done"],
        "depth": ["", "3", "9"],
    },
    "projects": {
        "started on": ["2026-01-01", "2026-01-02"],
        "customer": ["", "C", "D"],
        "region": ["", "East", "South"],
        "industry": ["", "I"],
        "closed on": ["", "2026-06-01"],
        "outcome": ["", "won", "lost"],
    },
    "pairings": {
        "mentor": ["Mo"],
        "ended on": ["", "2026-10-20", "2026-10-21"],
        "reason": ["", "moved"],
        "goals": ["", "listen", "ask"],
    },
}


@pytest.fixture
def office(office: Office) -> Office:
    office.store.followers = FOLLOWERS
    return office


def in_store(store: Store, kind: str) -> dict[tuple[Any, str], Any]:
    """(key, field) → value, asked of the store without a word of what imports say."""
    with store.read() as connection:
        if kind == "people":
            fields = ("name", "hired_on", "left_on", "team", "roles", "crm_names")
            return {
                (one.code, name): sorted(value) if isinstance(value := getattr(one, name), tuple) else value
                for one in everybody(connection)
                for name in fields
            }
        rows = {
            "activities": select(activity, activity.c.code.label("key")),
            "projects": select(project, region.c.name.label("region"), project.c.name.label("key")).outerjoin(region),
            "pairings": select(pairing, person.c.name.label("key")).join(
                person, person.c.id == pairing.c.apprentice_id
            ),
        }[kind]
        unsaid = {"id", "version", "key", "code", "submitted_at", "region_id"} | (
            {"state"} if kind == "pairings" else set()
        )
        called = {"person_id": "person", "host_id": "host"}
        return {
            (row["key"], called.get(name, name)): value
            for row in connection.execute(rows).mappings()
            for name, value in row.items()
            if name not in unsaid
        }


def listed(path: Path, kind: str, said: list[dict[str, str]]) -> Path:
    rows = [{**BASE[kind], **one, KEYS[kind]: _key(kind, n)} for n, one in enumerate(said)]
    return written(path, [list(rows[0]), *(list(row.values()) for row in rows)])


def _key(kind: str, n: int) -> str:
    return f"Hire {n}" if kind == "pairings" else f"K{n}"


def rows_of(kind: str) -> st.SearchStrategy[list[dict[str, str]]]:
    row = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES[kind].items()})
    return st.lists(row, min_size=3, max_size=3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_cells_shown_are_those_that_differ_afterwards(office: Office, tmp_path: Path, kind: str) -> None:
    seen = set()

    @settings(max_examples=settings().max_examples // 6)
    @given(rows_of(kind), rows_of(kind))
    def corrected(first: list[dict[str, str]], then: list[dict[str, str]]) -> None:
        how: dict[str, Any] = {"only_good_rows": True, "empty_cells": True}
        read_in(KINDS[kind], office.store, listed(tmp_path / "list.csv", kind, first), **how)
        before = in_store(office.store, kind)
        file = listed(tmp_path / "list.csv", kind, then)
        shown = read_in(KINDS[kind], office.store, file, dry_run=True, **how)
        assert in_store(office.store, kind) == before
        done = read_in(KINDS[kind], office.store, file, **how)
        after = in_store(office.store, kind)
        differ = {(key, name) for (key, name), value in after.items() if before.get((key, name), value) != value}
        told = [(_key(kind, cell.row - 2), cell.field) for cell in shown.cells]
        assert sorted(told) == sorted(differ)
        assert shown.cells == done.cells
        empty = {at for at in differ if after[at] in (None, "", [])}
        assert {(_key(kind, cell.row - 2), cell.field) for cell in shown.cells if cell.emptied} == empty
        assert len({cell.row for cell in shown.cells}) == done.updated
        seen.update(name for _, name in differ)

    corrected()
    assert len(seen) >= 2, "hardly anything was changed"


def test_what_follows_is_said_beside_the_cells(office: Office, tmp_path: Path) -> None:
    """A pairing that ends: how it stands then, the points for its mentor, the playbook that is not owed any more."""
    done = {"project": "A", "started on": "2026-09-01", "closed on": "2026-10-20", "outcome": "won"}
    running = BASE["pairings"] | {"ended on": "", "reason": ""}
    other = running | {"apprentice": "Hire 1", "project": "B", "mentor": "Lu"}

    def said(kind: str, rows: list[dict[str, str]], dry_run: bool) -> Imported:
        path = written(tmp_path / f"{kind}.csv", [list(rows[0]), *(list(row.values()) for row in rows)])
        return read_in(KINDS[kind], office.store, path, dry_run=dry_run, empty_cells=True)

    owed = [str(words) for words in said("pairings", [running, other], False).follows]
    assert any("Mo owes the playbook" in words for words in owed)
    said("projects", [done], False)
    rows = [running | {"ended on": "2026-10-21"}, other | {"ended on": "2026-10-20", "reason": "moved"}]
    trial = said("pairings", rows, True)
    words = [str(one) for one in trial.follows]
    assert "Hire 0 with Mo: Active → Completed" in words, words
    assert "Hire 1 with Lu: Active → Ended" in words, words
    assert [one for one in words if one.startswith("The playbook") and one.endswith("falls away.")]
    (earned,) = [one for one in words if one.startswith("Mo earns ")]
    assert said("pairings", rows, False).follows == trial.follows
    with office.store.read() as connection:
        points = (
            connection.execute(select(point_entry.c.points).where(point_entry.c.person_id == office.mo)).scalars().all()
        )
    assert f"Mo earns {sum(points)} points: " in earned
    plan = KINDS["pairings"].plan(office.store, tmp_path / "pairings.csv")
    assert dict(lines(plan.understood(translator("en"), trial), translator("en")))["What follows"] == "\n".join(words)
