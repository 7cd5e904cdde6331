"""What follows from an action: only where it watches, in the same transaction, seeing exactly what was written."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.people.tables import person, team
from mentor_app.core.store import Actor, Session, open_store
from mentor_app.core.store.followers import Follow, Follower
from mentor_app.core.store.history import change, encode
from tests.conftest import ME
from tests.steps import step


@step
def name_people(session: Session, actor: Actor, names: list[str]) -> None:
    for name in names:
        session.insert(person, {"name": name})


@step
def name_many(session: Session, actor: Actor, names: list[str]) -> None:
    session.insert_many(person, {"name": names})


def follower(function: Follow, *watches: str) -> Follower:
    return Follower(name="test", watches=frozenset(watches), load=lambda: function)


@pytest.mark.parametrize("write", [name_people, name_many])
@pytest.mark.parametrize(("watches", "called"), [("person", 1), ("team", 0)])
def test_a_follower_runs_once_after_an_action_that_wrote_what_it_watches(
    tmp_path: Path, write: Callable[..., None], watches: str, called: int
) -> None:
    calls: list[Actor] = []
    store = open_store(tmp_path / "t.sqlite", [follower(lambda session, actor: calls.append(actor), watches)])
    store.act(ME, write, ["a", "b"])
    assert calls == [ME] * called
    store.act(ME, write, [])
    assert calls == [ME] * called


def test_what_follows_is_imported_only_then(tmp_path: Path) -> None:
    def load() -> Follow:
        raise AssertionError("imported too early")

    store = open_store(tmp_path / "t.sqlite", [Follower(name="test", watches=frozenset({"team"}), load=load)])
    store.act(ME, name_people, ["a"])


def test_what_fails_afterwards_takes_the_action_with_it(tmp_path: Path) -> None:
    def fail(session: Session, actor: Actor) -> None:
        session.insert(team, {"name": "half"})
        raise RuntimeError

    store = open_store(tmp_path / "t.sqlite", [follower(fail, "person")])
    with pytest.raises(RuntimeError):
        store.act(ME, name_people, ["a"])
    with store.read() as connection:
        assert connection.execute(select(person.c.id)).all() == connection.execute(select(change.c.id)).all() == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["insert", "update", "delete", "fail"]),
        st.integers(0, 5),
        st.text("ab", min_size=1, max_size=2),
    )
)


@given(steps=steps)
@settings(max_examples=30, deadline=None)
def test_a_session_says_of_its_rows_what_the_history_will(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, steps: list[tuple[str, int, str]]
) -> None:
    seen: list[tuple[int, str, Any, Any]] = []

    @step
    def work(session: Session, actor: Actor) -> None:
        rows: list[int] = []
        for what, at, name in steps:
            if what == "insert":
                rows.append(session.insert(person, {"name": name}))
            elif what == "fail":  # a part that fails leaves no trace
                with suppress(RuntimeError), session.attempt():
                    session.insert(person, {"name": "never"})
                    raise RuntimeError
            elif rows and what == "update":
                session.update(person, rows[at % len(rows)], {"name": name})
            elif rows:
                session.delete(person, rows.pop(at % len(rows)))
        session.insert(team, {"name": "t"})
        seen.extend((c.row_id, c.operation, c.before, c.after) for c in session.changed(person))

    store = open_store(shutil.copy(empty_store, tmp_path_factory.mktemp("s")))
    store.act(ME, work)
    c = change.c
    with store.read() as connection:
        kept = [
            (row_id, operation, json.loads(before or "{}"), json.loads(after or "{}"))
            for row_id, operation, before, after in connection.execute(
                select(c.row_id, c.operation, c.before, c.after).where(c.table_name == "person").order_by(c.id)
            )
        ]
    store.close()
    assert kept == [(i, o, json.loads(encode(dict(b))), json.loads(encode(dict(a)))) for i, o, b, a in seen]


def test_a_part_that_fails_takes_its_bulk_rows_along_in_the_history_too(tmp_path: Path) -> None:
    @step
    def work(session: Session, actor: Actor) -> None:
        session.insert_many(person, {"name": ["a", "b"]})
        with suppress(RuntimeError), session.attempt():
            session.insert_many(person, {"name": ["never"]})
            raise RuntimeError
        session.insert_many(person, {"name": ["c"]})

    store = open_store(tmp_path / "t.sqlite")
    store.act(ME, work)
    with store.read() as connection:
        ids = connection.execute(select(person.c.id).order_by(person.c.id)).scalars().all()
        kept = [
            json.loads(after) for after in connection.execute(select(change.c.after).order_by(change.c.id)).scalars()
        ]
    assert [i for ranges in kept for first, last in ranges for i in range(first, last + 1)] == ids
    store.close()
