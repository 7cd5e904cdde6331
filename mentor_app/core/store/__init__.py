"""The store: one SQLite file or one PostgreSQL database, opened, migrated, read and written."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mentor_app.core import log
from mentor_app.core.errors import InDoubt, StoreFault, UserError
from mentor_app.core.location import is_server, shown
from mentor_app.core.store import damage, faults, passwords, server, stray_log
from mentor_app.core.store.action import action_of
from mentor_app.core.store.faults import explained
from mentor_app.core.store.followers import Follower
from mentor_app.core.store.guard import GONE, FileGuard, state_of
from mentor_app.core.store.history import change_set
from mentor_app.core.store.opening import SHAPE, Opened, check_folder, file_of, lost_part, open_file, prepare
from mentor_app.core.store.schema import HEAD
from mentor_app.core.store.scrubbing import scrub
from mentor_app.core.store.session import Actor, Session
from mentor_app.core.text import Text, text

if TYPE_CHECKING:
    from mentor_app.core.store.patience import Patience

__all__ = [
    "HEAD",
    "Actor",
    "Connection",
    "Done",
    "Session",
    "Store",
    "default_path",
    "file_of",
    "keep_password",
    "open_store",
    "telling_before_commit",
    "use_password",
]

_REOPEN = 20.0  # seconds that a transaction under way may take before the file is opened again regardless
P = ParamSpec("P")
T = TypeVar("T")


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


_before_commit: ContextVar[Callable[[InDoubt], object] | None] = ContextVar("before_commit", default=None)


@contextmanager
def telling_before_commit(told: Callable[[InDoubt], object]) -> Iterator[None]:
    """What is done inside tells ``told``, right before a server is asked to commit it, what is in doubt from then on until the
    server has answered: should this program end before, that can be looked up."""
    before = _before_commit.set(told)
    try:
        yield
    finally:
        _before_commit.reset(before)


class _Ending:
    """Around an action: what became of it where its server fell silent, or its file went away."""

    def __init__(self, location: str, guard: FileGuard | None) -> None:
        self._location, self._guard = location, guard
        self._mark: tuple[int, dt.datetime] | None = None
        self.is_stored = False
        """Whether it was committed."""

    def begins(self, connection: Connection, change_set_id: int | None, at: dt.datetime) -> None:
        """All is written; now it is committed. A file says at once whether it was; a server may not."""
        if change_set_id is None:
            return
        self._mark = change_set_id, at
        told = _before_commit.get()
        if told is not None and connection.dialect.name == "postgresql":
            told(self._doubt(text(faults.IN_DOUBT, store=self._location)))

    def _doubt(self, said: Text) -> InDoubt:
        assert self._mark is not None
        return InDoubt(said, *self._mark)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        if not isinstance(error, StoreFault):
            return
        cause = error.__cause__
        if self._mark is not None and isinstance(cause, DBAPIError) and cause.connection_invalidated:
            raise self._doubt(text(faults.IN_DOUBT, store=self._location)) from error
        if self.is_stored and self._guard is not None and error.message.key == GONE:
            raise self._doubt(self._guard.where_stored()) from error
        if error.message.key == faults.SILENT:
            raise StoreFault(faults.SILENT_WRITING, store=self._location) from error


class Store:
    """An open store. ``read()`` gives a connection for queries, ``act()`` runs an action in one transaction."""

    def __init__(
        self,
        engine: Engine,
        location: str,
        followers: Sequence[Follower] = (),
        guard: FileGuard | None = None,
        remarks: Sequence[Text] = (),
        read_only: bool = False,
        damaged: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self.engine = engine
        self.location = location
        self.remarks, self.read_only = tuple(remarks), read_only
        """What whoever works in it should know; whether nothing can be written."""
        self.damaged = damaged
        """Whether its file was found to be damaged: then it is read as far as it can be, and not written."""
        self.lacking: str | None = None
        """The table or column that was found missing: then it is read as far as it can be, and not written."""
        self.begun = False
        """Whether its file was made when it was opened."""
        self.followers = followers
        self._guard, self._patience = guard, patience
        self._turn, self._under_way, self._looked = Condition(), 0, damaged
        self._ended: _Ending | None = None
        self.on_notice: Callable[[Text], object] = lambda _notice: None
        """Told what happened to the store's file, to be passed on to whoever works here; from any thread."""

    @contextmanager
    def _watched(self, writes: bool = False) -> Iterator[None]:
        """Around each transaction: the file is still the one opened, and so is its log; else it is opened again.

        That waits until nobody here is in a transaction: SQLite would go on with the old log as long as one is. Of what is written
        the log is moved into the file, once it is long, only where the file is still the one opened after that, too.
        """
        if self._guard is None:
            yield
            return
        with self._turn:
            notice = self._guard.check()
            if notice is not None:
                self._turn.wait_for(lambda: self._under_way == 0, timeout=_REOPEN)
                self.engine.dispose()
                self._guard.forget_log()  # whoever was waited for has seen it without one
                self.on_notice(notice)
            elif self.read_only and self._guard.is_otherwise():
                self._turn.wait_for(lambda: self._under_way == 0, timeout=_REOPEN)
                self.engine.dispose()
            self._under_way += 1
        try:
            yield
            with self._turn:
                self._guard.check_file()
                self._guard.remember()
                is_long = writes and self._guard.is_log_long()
            if is_long:
                self._move_log()
        finally:
            with self._turn:
                self._under_way -= 1
                self._turn.notify_all()

    def check_file(self) -> None:
        """StoreFault where the store's file is gone, or is not the one any more that was opened."""
        if self._guard is not None:
            with self._turn:
                self._guard.check_file()

    def check_at_end(self) -> None:
        """The same once all is done: where the file is gone, and something was stored here, it says where that is."""
        with self._ended or nullcontext():
            self.check_file()

    def _check_before_commit(self) -> None:
        if self._guard is not None:
            with self._turn:
                self._guard.check_before_commit()

    def _move_log(self) -> None:
        """Move the log into the file as far as nobody reads what was there before; what can't be moved now goes another time."""
        with contextlib.suppress(SQLAlchemyError, sqlite3.Error):
            pooled = self.engine.raw_connection()
            try:
                pooled.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                pooled.close()

    @contextmanager
    def _explained(self, reads: bool = False) -> Iterator[None]:
        """Around each transaction: the database's complaints about the world; where pages are damaged that is remembered."""
        try:
            with explained(self.location, self.engine):
                yield
        except Exception as error:
            self.check_file()  # of another file in its place anything may go wrong
            if not isinstance(error, StoreFault):
                raise
            fault = error
            if reads and fault.message.key in faults.READING:
                raise StoreFault(faults.READING[fault.message.key], store=self.location) from fault
            if fault.message.key == faults.DAMAGED and not self._looked:
                self._looked = True
                self.look_for_damage()
            if fault.message.key == faults.PART_GONE:
                self.lacking = self._lost_part()
            raise

    def _lost_part(self) -> str | None:
        with explained(self.location, self.engine), self.engine.connect() as connection:
            return lost_part(connection)

    @property
    def is_written(self) -> bool:
        """Whether it can be written to, as far as is known."""
        return not (self.read_only or self.damaged or self.lacking)

    def check_written(self) -> None:
        """StoreFault where nothing is written to it: it can only be read, is damaged, or lacks what people entered."""
        if self.read_only:
            why = {remark.key for remark in self.remarks} & {faults.FULL_READ, faults.IS_BACKUP}
            raise StoreFault(why.pop() if why else faults.ONLY_READ, store=self.location)
        if self.damaged:
            raise StoreFault(faults.NOT_WRITTEN, store=self.location)
        if self.lacking:
            self.lacking = self._lost_part()  # a whole file may have taken its place
        if self.lacking:
            raise StoreFault(faults.LACKS, store=self.location, part=self.lacking)

    def look_for_damage(self) -> None:
        """Find out, reading all of a file, whether it is damaged; then nothing more is written to it, here and by others."""
        if self._guard is None:
            return
        self.damaged = damage.is_damaged(self.engine)
        if self.damaged:
            damage.note(self.location)
            self.on_notice(text(faults.NOT_WRITTEN, store=self.location))
        else:
            damage.forget(self.location)

    @contextmanager
    def read(self, trivial: bool = False) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the store. ``trivial``: what is asked takes a server no time, so
        that it is silent where it does not answer soon."""
        hurry = self._patience.trivial() if trivial and self._patience is not None else nullcontext()
        with self._watched(), self._explained(reads=True), hurry, self.engine.connect() as connection:
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
        self.check_written()
        watched, friendly = self._watched(writes=True), self._explained()
        ending = _Ending(self.location, self._guard)
        with log.action(name) as acting, ending, watched, friendly, self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin() as transaction:
                if connection.dialect.name == "postgresql":
                    # One writer at a time, as on SQLite: rules that look before they write can't be overtaken.
                    connection.execute(sql("SELECT pg_advisory_xact_lock(77)"))
                session = Session(connection, dt.datetime.now(dt.UTC))
                result = action(session, actor, *args, **kwargs)
                session.end(lambda: self._follow(session, actor))
                if session.discarded:
                    transaction.rollback()
                    return Done(result, frozenset(), None)
                change_set_id = session.close(actor, name)
                self._check_before_commit()
                ending.begins(connection, change_set_id, session.now)
            if change_set_id is not None:
                ending.is_stored, self._ended = True, ending
            acting.rows = session.rows
            return Done(result, frozenset(session.kinds), change_set_id)

    def became(self, doubt: InDoubt) -> bool:
        """Whether what a silent server was storing, or a file that went away, is stored here. StoreFault as long as that can't be told."""
        with self._watched(), self._explained(), self.engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                # It is held by the transaction in doubt until that has ended, one way or the other.
                connection.execute(sql("SELECT pg_advisory_xact_lock(77)"))
            found = select(change_set.c.id).where(change_set.c.id == doubt.change_set_id, change_set.c.at == doubt.at)
            return connection.execute(found).first() is not None

    def hang_up(self, writes: bool = False) -> None:
        """Wait no longer for a silent server's answers to what is being read; nor (``writes``) to what is written: it is
        stored only where that was being committed."""
        if self._patience is not None:
            self._patience.hang_up(writes)

    def _follow(self, session: Session, actor: Actor) -> None:
        for follower in self.followers:
            if session.touched(follower.watches):
                follower.load()(session, actor)

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """A connection to make anew what is computed from the rest, and parts of the schema: all of it or nothing. What
        people entered is changed by actions only."""
        with self._watched(writes=True), self._explained(), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(sql("SELECT pg_advisory_xact_lock(77)"))
                yield connection
                self._check_before_commit()

    @contextmanager
    def whole_file(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection to the file, outside any transaction: to copy all of it, or to copy all over it.

        UserError where the store is on a server.
        """
        if self._guard is None:
            raise UserError(faults.BY_THE_SERVER)
        with self._watched(writes=not self.read_only), self._explained():
            pooled = self.engine.raw_connection()
            try:
                driver = pooled.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                yield driver
            finally:
                pooled.close()

    def scrub(self) -> None:
        """Leave nothing in the file of what was erased: the database writes itself anew, without its free pages and log.

        UserError where that is not possible now, such as while another program reads; it can be done again any time.
        """
        with self._watched(), explained(self.location, self.engine):
            scrub(self.engine, self.check_file)

    def close(self) -> None:
        """Let go of the file or the server. What another file in its place must not be mixed with is set aside, and that said."""
        stray = None if self._guard is None or self.read_only else self._guard.stray()
        if stray is not None:
            self._set_log_aside(stray)
        self.engine.dispose()
        if self._guard is not None:
            self._guard.release()

    def _set_log_aside(self, stray: Path) -> None:
        place = Path(self.location).resolve()
        now = dt.datetime.now(dt.UTC)
        with contextlib.suppress(UserError, OSError):  # a folder that takes nothing, or no room: it stays where it is
            assert self._guard is not None
            in_use = self._guard.is_in_place
            kept = stray_log.keep(place, self._guard.bytes_of_file(), stray, now) if in_use else None
            if kept is not None:
                stray_log.drop(stray)
                self.on_notice(text(stray_log.KEPT, store=self.location, backup=str(kept)))
                return
            aside = stray_log.set_aside(place, now, stray, in_use)
            self.on_notice(text(stray_log.SET_ASIDE, store=self.location, aside=str(aside)))


def open_store(
    location: str | os.PathLike[str] | None = None,
    followers: Sequence[Follower] = (),
    create: bool = True,
    anew: bool = False,
) -> Store:
    """Open the store at a path or ``postgresql+psycopg://`` URL, creating (unless ``create`` is False) and migrating it.

    It is a bare store unless ``followers`` are given; a team's is opened by ``mentor_app.core.team.open_team``. Where a
    store was and is no more, or is empty, a new one begins only where ``anew`` says so.

    The folder of a file that is named has to be there. Raises UserError when the file is gone, locked, corrupt, another program's, or from a newer version of this app.
    """
    place = os.fspath(location) if location else os.fspath(default_path())
    start = time.perf_counter()
    guard: FileGuard | None = None
    patience: Patience | None = None
    if is_server(place):
        engine, patience = server.connecting(place)
        name, found = shown(place), Opened(engine, False, ())
        remarks = _prepared(found, name)
    else:
        path = file_of(place)
        if location:
            check_folder(path)
        elif create:
            with faults.file_faults(path, faults.NOT_CREATED):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(path)
        found, guard = _opened_file(path, create, anew)
        remarks = found.remarks
    log.detail(f"a {found.engine.dialect.name} store opened", 1000 * (time.perf_counter() - start))
    damaged = guard is not None and damage.is_noted(name) and damage.is_damaged(found.engine)
    if damaged:
        remarks = (*remarks, text(faults.NOT_WRITTEN, store=name))
    elif guard is not None:
        damage.forget(name)
    with explained(name, found.engine), found.engine.connect() as connection:
        lacking = lost_part(connection)
    if lacking:
        remarks = (*(one for one in remarks if one.key != SHAPE), text(faults.LACKS, store=name, part=lacking))
    opened = Store(found.engine, name, followers, guard, remarks, found.read_only, damaged, patience)
    opened.begun, opened.lacking = found.begun, lacking
    return opened


def _opened_file(path: Path, create: bool, anew: bool) -> tuple[Opened, FileGuard]:
    """A store's file, connected to and brought to this app's schema, and who watches over it from now on.

    One that was written meanwhile is opened again: what SQLite has read of it may be what was there before.
    """
    said: tuple[Text, ...] = ()
    for again in (True, True, False):
        before = state_of(path)
        found = open_file(path, create, anew)
        remarks = _prepared(found, str(path))
        said = (*said, *(one for one in found.remarks if one not in said))
        guard = FileGuard(path, faults.APPLICATION_ID)
        if found.begun or not again or not guard.was_written(before):
            break
        found.engine.dispose()
        guard.release()
    return replace(found, remarks=(*said, *remarks)), guard


def _prepared(found: Opened, name: str) -> tuple[Text, ...]:
    with explained(name, found.engine):
        try:
            return prepare(found.engine, name, read_only=found.read_only)
        except BaseException:
            found.engine.dispose()
            raise


def keep_password(place: str, password: str | None) -> None:
    """Keep the password of a server's address in the keyring, or (None) forget it. UserError where that can't be."""
    with faults.address_faults(shown(place)):
        url = make_url(place)
    passwords.keep(url, password)


def use_password(place: str, password: str) -> bool:
    """Use this password for a server's address from now on. Whether the keyring keeps it; else it ends with this program."""
    return passwords.use(make_url(place), password)
