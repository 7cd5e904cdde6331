"""The store: one SQLite file or one PostgreSQL database, opened, migrated, read and written."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError

from mentor_app.core.errors import UserError
from mentor_app.core.store.actions import action_of
from mentor_app.core.store.history import Actor, Session

__all__ = ["Actor", "Connection", "Done", "Session", "Store", "default_path", "open_store"]

P = ParamSpec("P")
T = TypeVar("T")
HEAD = "0006"
_EARNING = frozenset(
    {"activity", "review", "gate_decision", "pairing", "opportunity", "crm_name", "person", "playbook_review"}
)
_OBLIGING = frozenset({"pairing", "pairing_project", "project_phase", "project"})
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


Follower = Callable[[Session, Actor], None]
"""Runs at the end of every action, in its transaction, over what it changed."""


class Store:
    """An open store. ``read()`` gives a connection for queries, ``act()`` runs an action in one transaction."""

    def __init__(self, engine: Engine, location: str, followers: Sequence[Follower] = ()) -> None:
        self.engine = engine
        self.location = location
        self.followers = followers

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the store."""
        with _friendly(self.location), self.engine.connect() as connection:
            yield connection

    def act(
        self, actor: Actor, action: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        """Run ``action(session, actor, …)``: all its changes and their history are committed together, or none.

        TypeError where the function is no registered action.
        """
        name = action_of(action).name
        with _friendly(self.location), self.engine.connect() as connection:
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
                for follow in self.followers:
                    follow(session, actor)
                change_set_id = session.close(actor, name)
            return Done(result, frozenset(session.kinds), change_set_id)

    def close(self) -> None:
        """Let go of the file or the server."""
        self.engine.dispose()


def open_store(location: str | os.PathLike[str] | None = None) -> Store:
    """Open the store at a path or ``postgresql+psycopg://`` URL, creating and migrating it as needed.

    Raises UserError when the file is locked, corrupt, another program's, or from a newer version of this app.
    """
    place = os.fspath(location) if location else os.fspath(default_path())
    is_url = bool(re.match(r"\w+(\+\w+)?://", place))
    shown = _shown(place)
    with _friendly(shown):
        engine = _postgresql(place) if is_url else _sqlite(Path(place).expanduser())
        try:
            _prepare(engine, shown)
        except BaseException:
            engine.dispose()
            raise
    return Store(engine, shown, (_oblige, _award))


def _oblige(session: Session, actor: Actor) -> None:
    """What a pairing obliges its mentor to write."""
    if any(step["table_name"] in _OBLIGING for step in session.changes):
        from mentor_app.core.playbooks.obligations import follow

        follow(session, actor)


def _award(session: Session, actor: Actor) -> None:
    """Mentoring points follow from what an action did; what awards them is imported when something may have earned."""
    if any(step["table_name"] in _EARNING for step in session.changes):
        from mentor_app.core.points.award import follow

        follow(session, actor)


def _shown(place: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", place)


def _postgresql(url: str) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith("postgresql+psycopg://"):
        raise UserError("{store} is not a store address. Give a file or postgresql+psycopg://…", store=_shown(url))
    try:
        return create_engine(url)
    except ImportError:
        raise UserError("PostgreSQL needs the driver: install mentor-app[shared].") from None


def _sqlite(path: Path) -> Engine:
    if path.is_dir():
        raise UserError("{store} is a folder. Give the name of a store file in it.", store=str(path))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise UserError(
            "{store} can't be created: {reason}. Choose another place with --store.",
            store=str(path),
            reason=error.strerror,
        ) from None
    with path.open("rb") as file:
        start = file.read(100)
    # Looked at before connecting, for connecting would already switch a foreign file to our journal mode. A store
    # killed right after its creation has its first page only, the rest in the log beside it.
    application = int.from_bytes(start[68:72], "big")
    fresh = application == 0 and (path.stat().st_size <= 4096 or path.with_name(path.name + "-wal").exists())
    if start and (start[:16] != b"SQLite format 3\0" or not (application == _APPLICATION_ID or fresh)):
        raise UserError("{store} is not a mentor-app store. Nothing in it was touched.", store=str(path))
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise UserError("{store} can't be written to. Change its permissions or choose another store.", store=str(path))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 5})

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
        tables = engine.dialect.get_table_names(connection)
        revision = None
        if "alembic_version" in tables:
            revision = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
        if engine.dialect.name == "sqlite" and tables:
            application = connection.execute(sql("PRAGMA application_id")).scalar()
            if application != _APPLICATION_ID:
                raise UserError("{store} is not a mentor-app store. Nothing in it was touched.", store=shown)
    if revision == HEAD:
        return
    if revision is None and tables and engine.dialect.name == "postgresql" and "change_set" in tables:
        raise UserError("{store} is not a mentor-app store. Nothing in it was touched.", store=shown)
    if revision is not None and revision > HEAD:
        raise UserError("{store} was written by a newer version of the app. Install that version.", store=shown)
    from mentor_app.core.store.migrate import upgrade

    upgrade(engine, _APPLICATION_ID)


@contextmanager
def _friendly(shown: str) -> Iterator[None]:
    """Turn the database's complaints about the world into sentences; leave our bugs alone."""
    try:
        yield
    except IntegrityError:
        raise
    except (OperationalError, DatabaseError) as error:
        raise (_explain(error, shown) or error) from error


def _explain(error: DBAPIError, shown: str) -> UserError | None:
    words = str(error.orig).lower()
    if "locked" in words or "busy" in words:
        return UserError("{store} is in use by another program. Close it there and try again.", store=shown)
    if "malformed" in words or "not a database" in words or "corrupt" in words:
        return UserError("{store} is damaged. Restore a backup copy of it.", store=shown)
    if "full" in words:
        return UserError("The disk is full; nothing was changed in {store}. Free some space.", store=shown)
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return UserError("{store} can't be written to. Change its permissions or choose another store.", store=shown)
    if "connection" in words:
        return UserError("The server of {store} does not answer: {reason}", store=shown, reason=str(error.orig))
    return None
