"""The history: from what it holds, every row can be computed as it was at any time, forwards and backwards."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.tables import person, team
from mentor_app.core.store import Actor, Session, Store
from mentor_app.core.store.history import Operation, change, changes_of
from mentor_app.core.team import open_team
from mentor_app.core.text import by_user
from tests.conftest import FEW, ME
from tests.steps import step

Row = dict[str, Any]
NAMES = st.sampled_from(["East", "华东", "South", "a\nb", '"', "Zoë"])
INDUSTRIES = st.none() | st.sampled_from(["Retail", "能源"])


@step
def write(session: Session, actor: Actor, row_id: int | None, values: Row | None) -> int:
    """Insert (no id), delete (no values) or update a team."""
    if row_id is None:
        assert values is not None
        return session.insert(team, values)
    if values is None:
        session.delete(team, row_id)
    else:
        session.update(team, row_id, values)
    return row_id


def rows(store: Store) -> dict[int, Row]:
    """The teams as they are, without their versions, which the history does not keep."""
    with store.read() as connection:
        found = connection.execute(select(team)).mappings().all()
    return {row["id"]: {key: value for key, value in row.items() if key not in ("id", "version")} for row in found}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store to copy, which is quicker than making one."""
    path = tmp_path_factory.mktemp("template") / "t.sqlite"
    open_team(path).close()
    return path


@FEW
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["insert", "update", "delete"]), INDUSTRIES), max_size=12))
def test_rows_follow_from_their_history_and_the_history_from_any_row(
    tmp_path_factory: pytest.TempPathFactory, template: Path, steps: list[tuple[int, str, str | None]]
) -> None:
    place = tmp_path_factory.mktemp("history") / "team.sqlite"
    place.write_bytes(template.read_bytes())
    store = open_team(place)
    ids: list[int] = []
    states = [rows(store)]
    for number, (at, what, industry) in enumerate(steps):
        alive = [i for i in ids if i in states[-1]]
        if what == "insert" or not alive:
            ids.append(store.act(ME, write, None, {"name": f"Team {number}", "industry": industry}).result)
        elif what == "update":
            store.act(ME, write, alive[at % len(alive)], {"industry": industry})
        else:
            store.act(ME, write, alive[at % len(alive)], None)
        if (now := rows(store)) != states[-1]:
            states.append(now)
    with store.read() as connection:
        history = changes_of(connection, team, ids)
    store.close()
    assert len(history) == len(states) - 1  # what changed nothing left nothing
    empty = {"name": None, "region_id": None, "industry": None}

    table: dict[int, Row] = {}
    for done, after in zip(history, states[1:], strict=True):
        if done.operation == Operation.DELETE:
            del table[done.row_id]
        else:
            table[done.row_id] = {**table.get(done.row_id, empty), **done.after}
        assert table == after
    for undone, before in zip(reversed(history), reversed(states[:-1]), strict=True):
        if undone.operation == Operation.INSERT:
            del table[undone.row_id]
        else:
            table[undone.row_id] = {
                key: value
                for key, value in {**table.get(undone.row_id, {}), **undone.before}.items()
                if key not in ("id", "version")
            }
        assert table == before


def test_who_did_it_is_a_person_or_the_computers_user(store: Store) -> None:
    chief = store.act(ME, add_person, PersonDetails(name="Chief")).result
    team_id = store.act(Actor("Chief", chief), write, None, {"name": "East"}).result
    store.act(ME, write, team_id, {"name": "West"})
    store.act(ME, write, team_id, {"name": "West"})
    with store.read() as connection:
        made, renamed = changes_of(connection, team, [team_id])
        assert (made.by, made.operation, made.after) == ("Chief", Operation.INSERT, {"name": "East"})
        assert (renamed.by, renamed.before, renamed.after) == (by_user(ME.name), {"name": "East"}, {"name": "West"})
        assert changes_of(connection, team, []) == changes_of(connection, person, [team_id + 100]) == []


def test_a_part_that_fails_leaves_no_trace(store: Store) -> None:
    @step
    def partly(session: Session, actor: Actor) -> list[str]:
        told = []
        for name, good in (("East", True), ("Lost", False), ("Gone", False), ("West", True)):
            try:
                with session.attempt():
                    session.insert(team, {"name": name})
                    if not good:
                        raise UserError("Not this one.")
                told.append(name)
            except UserError:
                told.append("refused")
        return told

    done = store.act(ME, partly)
    assert done.result == ["East", "refused", "refused", "West"]
    with store.read() as connection:
        kept = connection.execute(select(change.c.after).where(change.c.change_set_id == done.change_set_id)).scalars()
        assert [json.loads(after)["name"] for after in kept] == ["East", "West"]


def test_a_dry_run_returns_its_result_and_leaves_nothing(store: Store) -> None:
    @step
    def dry(session: Session, actor: Actor) -> int:
        row_id = session.insert(team, {"name": "East"})
        session.discard()
        return row_id

    done = store.act(ME, dry)
    assert done.result > 0
    assert (done.changed, done.change_set_id, rows(store)) == (frozenset(), None, {})


def test_a_row_that_is_gone_or_was_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    @step
    def update(session: Session, actor: Actor, row_id: int, version: int) -> bool:
        return session.update(team, row_id, {"industry": "Retail"}, version)

    team_id = store.act(ME, write, None, {"name": "East"}).result
    assert store.act(ME, update, team_id, 1).result
    for row_id, version in ((team_id, 1), (team_id + 100, 1)):
        with pytest.raises(UserError, match=r"tester has changed this record|not there any more"):
            store.act(ME, update, row_id, version)
    assert rows(store)[team_id]["industry"] == "Retail"


def test_many_rows_at_once_are_kept_as_ranges(store: Store) -> None:
    @step
    def many(session: Session, actor: Actor) -> list[range]:
        parts = [
            session.insert_many(team, {"name": [f"Team {part} {i}" for i in range(n)]})
            for part, n in enumerate((3, 0, 2))
        ]
        session.insert_many(person, {"name": ["Ann"]})
        return [*parts, session.insert_many(team, {"name": ["Last"]})]

    done = store.act(ME, many)
    first, none, second, last = done.result
    assert list(none) == []
    with store.read() as connection:
        kept = connection.execute(
            select(change.c.table_name, change.c.operation, change.c.after)
            .where(change.c.change_set_id == done.change_set_id)
            .order_by(change.c.id)
        ).all()
    assert [row.operation for row in kept] == [Operation.INSERT_MANY] * 3
    assert [row.table_name for row in kept] == ["team", "person", "team"]
    assert json.loads(kept[0].after) == [[first[0], second[-1]]]  # consecutive parts are one range
    assert json.loads(kept[2].after) == [[last[0], last[-1]]]
    assert done.changed == {"people"}
