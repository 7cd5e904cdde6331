"""A server that stands still: the system takes what is sent to it, and nobody answers."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import event, text

from mentor_app.core.errors import InDoubt, UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Actor, Store, patience, probe
from mentor_app.core.store import server as server_of
from mentor_app.core.store.changes import newest
from mentor_app.core.team import open_team
from tests.faults.test_faults import Server, add, names, said
from tests.server import go_on, running_server, silenced, stop


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as process:
        yield Server(process)


@pytest.fixture
def store(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(patience, "SILENCE", 0.3)
    monkeypatch.setattr(probe, "_PATIENCE", 0.3)
    monkeypatch.setitem(server_of._CONNECTION, "connect_timeout", 2)
    opened = open_team(server.address(server.database()))
    yield opened
    opened.close()


def test_nobody_waits_long_for_an_answer(server: Server, store: Store) -> None:
    names(store)
    began = time.monotonic()
    with silenced(server.process):
        with said("does not answer"), store.read(trivial=True) as connection:
            newest(connection)
        assert time.monotonic() - began < 2
    assert names(store) == []


def test_what_was_not_begun_is_not_stored(server: Server, store: Store) -> None:
    names(store)
    with silenced(server.process), said("does not answer; nothing was stored"):
        add(store)
    assert names(store) == []


def test_a_server_at_work_is_waited_for(store: Store) -> None:
    with store.read() as connection:
        assert connection.execute(text("SELECT pg_sleep(1.2), 7")).one()[1] == 7


def test_nobody_need_wait(server: Server, store: Store) -> None:
    """Closing, say: what only reads is given up at once, though the server as such answers."""
    failed: list[UserError] = []

    def read() -> None:
        try:
            with store.read() as connection:
                connection.execute(text("SELECT pg_sleep(20)"))
        except UserError as error:
            failed.append(error)

    reading = threading.Thread(target=read)
    reading.start()
    time.sleep(0.3)
    began = time.monotonic()
    store.hang_up()
    reading.join()
    assert time.monotonic() - began < 1
    assert "does not answer" in str(failed[0])


@pytest.mark.parametrize("stored", [True, False])
def test_a_commit_without_an_answer_is_looked_up(server: Server, store: Store, stored: bool) -> None:
    """Both ways: the server goes on and commits; or its process ends before it could."""
    pid: list[int] = []

    @event.listens_for(store.engine, "commit", once=True)
    def fall_silent(connection: object) -> None:
        if stored:
            stop(server.process)
            return
        pid.append(connection.connection.driver_connection.info.backend_pid)  # type: ignore[attr-defined]
        server.run(f"SELECT pg_terminate_backend({pid[0]})")

    try:
        with pytest.raises(InDoubt, match="not known yet") as fault:
            store.act(Actor("Ann"), add_person, PersonDetails(name="Grace"))
    finally:
        go_on(server.process)
    assert store.became(fault.value) is stored
    assert names(store) == (["Grace"] if stored else [])
