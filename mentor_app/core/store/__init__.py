"""The store: one SQLite file or one PostgreSQL database, opened, migrated, read and written."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy import text as sql

from mentor_app.core import log
from mentor_app.core.errors import StoreFault
from mentor_app.core.location import is_server, shown
from mentor_app.core.store import faults
from mentor_app.core.store.action import action_of
from mentor_app.core.store.faults import explained
from mentor_app.core.store.followers import Follower
from mentor_app.core.store.guard import FileGuard, is_open
from mentor_app.core.store.history import Actor, Session
from mentor_app.core.store.schema import HEAD
from mentor_app.core.store.scrubbing import scrub
from mentor_app.core.text import Text

__all__ = ["HEAD", "Actor", "Connection", "Done", "Session", "Store", "default_path", "open_store"]

_REOPEN = 20.0  # seconds that a transaction under way may take before the file is opened again regardless
P = ParamSpec("P")
T = TypeVar("T")
_APPLICATION_ID = 0x4D454E54  # "MENT": tells our files from other programs' SQLite files


@dataclass(frozen=True)
class Done(Generic[T]):
    """What an action returned, and which kinds of things it changed."""

    result: T
    changed: frozenset[str]
    change_set_id: int | None


def default_path() -> Path:
    """The store in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("mentor-app", appauthor=False) / "mentor-app.sqlite"


class Store:
    """An open store. ``read()`` gives a connection for queries, ``act()`` runs an action in one transaction."""

    def __init__(
        self, engine: Engine, location: str, followers: Sequence[Follower] = (), guard: FileGuard | None = None
    ) -> None:
        self.engine = engine
        self.location = location
        self.followers = followers
        self._guard = guard
        self._turn, self._under_way = Condition(), 0
        self.on_notice: Callable[[Text], object] = lambda _notice: None
        """Told what happened to the store's file, to be passed on to whoever works here; from any thread."""

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Around each transaction: the file is still the one opened, and so is its log; else it is opened again.

        That waits until nobody here is in a transaction: SQLite would go on with the old log as long as one is.
        """
        if self._guard is None:
            yield
            return
        with self._turn:
            notice = self._guard.check()
            if notice is not None:
                self._turn.wait_for(lambda: self._under_way == 0, timeout=_REOPEN)
                self.engine.dispose()
                self.on_notice(notice)
            self._under_way += 1
        try:
            yield
            self._guard.remember()
        finally:
            with self._turn:
                self._under_way -= 1
                self._turn.notify_all()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the store."""
        with self._watched(), explained(self.location, self.engine), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Only here: an action takes its snapshot anew for each statement, or it would not see what the action
                # it had waited for has written.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    def act(
        self, actor: Actor, action: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        """Run ``action(session, actor, …)``: all its changes and their history are committed together, or none.

        TypeError where the function is no registered action.
        """
        name = action_of(action).name
        watched, friendly = self._watched(), explained(self.location, self.engine)
        with log.action(name) as acting, watched, friendly, self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin() as transaction:
                if connection.dialect.name == "postgresql":
                    # One writer at a time, as on SQLite: rules that look before they write can't be overtaken.
                    connection.execute(sql("SELECT pg_advisory_xact_lock(77)"))
                session = Session(connection, dt.datetime.now(dt.UTC))
                result = action(session, actor, *args, **kwargs)
                if session.discarded:
                    transaction.rollback()
                    return Done(result, frozenset(), None)
                for follower in self.followers:
                    if session.touched(follower.watches):
                        follower.load()(session, actor)
                change_set_id = session.close(actor, name)
            acting.rows = session.rows
            return Done(result, frozenset(session.kinds), change_set_id)

    def scrub(self) -> None:
        """Leave nothing in the file of what was erased: the database writes itself anew, without its free pages and log.

        UserError where that is not possible now, such as while another program reads; it can be done again any time.
        """
        with self._watched(), explained(self.location, self.engine):
            scrub(self.engine)

    def close(self) -> None:
        """Let go of the file or the server."""
        self.engine.dispose()
        if self._guard is not None:
            self._guard.release()


def open_store(location: str | os.PathLike[str] | None = None, followers: Sequence[Follower] = ()) -> Store:
    """Open the store at a path or ``postgresql+psycopg://`` URL, creating and migrating it as needed.

    It is a bare store unless ``followers`` are given; a team's is opened by ``mentor_app.core.team.open_team``.

    Raises UserError when the file is locked, corrupt, another program's, or from a newer version of this app.
    """
    place = os.fspath(location) if location else os.fspath(default_path())
    is_url = is_server(place)
    start = time.perf_counter()
    engine = _postgresql(place) if is_url else _sqlite(file_of(place))
    with explained(shown(place), engine):
        try:
            _prepare(engine, shown(place))
        except BaseException:
            engine.dispose()
            raise
    log.detail(f"a {engine.dialect.name} store opened", 1000 * (time.perf_counter() - start))
    guard = None if is_url else FileGuard(file_of(place))
    return Store(engine, shown(place), followers, guard)


def file_of(place: str) -> Path:
    """The file that a store's location means. UserError where it begins with a user this computer does not know."""
    try:
        return Path(place).expanduser()
    except RuntimeError:
        raise StoreFault(faults.NO_USER, store=place) from None


def _postgresql(url: str) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith("postgresql+psycopg://"):
        raise StoreFault(faults.NO_ADDRESS, store=shown(url))
    with faults.address_faults(shown(url)):
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=_PATIENCE)

    # First of all listeners: what the driver asks of a server with another encoding comes back as bytes.
    @event.listens_for(engine, "connect", insert=True)
    def configure(connection: Any, _record: Any) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise StoreFault(faults.ENCODING, store=shown(url), encoding=encoding)
        connection.execute(_SETTINGS)
        connection.commit()

    return engine


_PATIENCE = {
    "connect_timeout": 8,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""How long a silent server is waited for: seconds, the last in milliseconds."""
# One stalled client must not stop every writer; and whatever the server's own settings, dates look the same.
_SETTINGS = (
    "SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '20s'; "
    "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'"
)


def _sqlite(path: Path) -> Engine:
    with faults.file_faults(path):
        if path.is_dir():
            raise StoreFault(faults.FOLDER, store=str(path))
        if path.exists() and not path.is_file():
            raise StoreFault(faults.NO_FILE, store=str(path))
    with faults.file_faults(path, faults.NOT_CREATED):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    start = b""
    if not is_open(path):
        with faults.file_faults(path), path.open("rb") as file:
            start = file.read(100)
    # Looked at before connecting, for connecting would already switch a foreign file to our journal mode. A store
    # killed right after its creation has its first page only, the rest in the log beside it.
    application = int.from_bytes(start[68:72], "big")
    fresh = application == 0 and (path.stat().st_size <= 4096 or path.with_name(path.name + "-wal").exists())
    if start and (start[:16] != b"SQLite format 3\0" or not (application == _APPLICATION_ID or fresh)):
        raise StoreFault(faults.NOT_OURS, store=str(path))
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreFault(faults.READ_ONLY, store=str(path))
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True, connect_args={"timeout": 5})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transaction handling would leave half a migration behind; BEGIN is emitted below instead.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _prepare(engine: Engine, shown: str) -> None:
    """Bring the schema to HEAD; refuse what is not ours or is newer than we are."""
    with engine.connect() as connection:
        tables = set(engine.dialect.get_table_names(connection))
        if tables:
            if not _is_ours(connection, tables):
                raise StoreFault(faults.NOT_OURS, store=shown)
            revisions = faults.stored_revisions(connection)
            faults.check_revision(revisions, HEAD, shown)
            if revisions == [HEAD]:
                return
    from mentor_app.core.store.migrate import upgrade

    upgrade(engine, _APPLICATION_ID)


def _is_ours(connection: Connection, tables: set[str]) -> bool:
    """Whether a database that holds something holds a store: a file by its mark, a server's by its oldest tables."""
    if connection.dialect.name == "sqlite":
        return connection.execute(sql("PRAGMA application_id")).scalar() == _APPLICATION_ID
    return {"person", "change_set", "change"} <= tables
