"""The world's faults, made for real: each is told in a sentence that names the store and says what to do."""

import contextlib
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.store import Actor, Session, Store
from mentor_app.core.store.faults import FULL_READ, explained
from mentor_app.core.team import open_team
from mentor_app.core.text import translator
from mentor_app.ui.settings import Settings
from tests.conftest import ME, TODAY
from tests.faults.figures import count
from tests.server import running_server
from tests.steps import step


def said(words: str) -> "pytest.RaisesExc[UserError]":
    """A UserError with these words, which reads as well in Chinese."""

    def readable(error: BaseException) -> bool:
        assert isinstance(error, UserError)
        chinese = error.render(translator("zh_CN"))
        return chinese != str(error) and any("\u4e00" <= c <= "\u9fff" for c in chinese)

    return pytest.raises(UserError, match=words, check=readable)


def add(store: Store, name: str = "Ann") -> int:
    return store.act(ME, add_person, PersonDetails(name=name)).result


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return [p.name for p in people(connection)]


# a file


def test_another_program_holds_the_file(file_store: Store) -> None:
    script = f"""
import sqlite3, sys
held = sqlite3.connect({file_store.location!r}, isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    with file_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with said("in use by another program"):
        add(file_store)
    other.communicate()
    add(file_store)


@pytest.mark.parametrize("at", [100, 4096 * 3, 4096 * 20])
def test_garbage_in_the_file(tmp_path: Path, at: int) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    for i in range(300):
        add(store, f"Person {i}")
    store.close()
    with place.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * (place.stat().st_size - at))
    with said("is damaged. Restore"), contextlib.closing(open_team(place)) as broken:
        names(broken)
        add(broken)


def test_bytes_that_are_no_text(file_store: Store) -> None:
    add(file_store)
    with contextlib.closing(sqlite3.connect(file_store.location)) as other:
        other.execute("UPDATE person SET name = CAST(x'ff41fe' AS TEXT)")
        other.commit()
    with said("is damaged"):
        names(file_store)


def test_the_database_may_not_grow_any_more(file_store: Store) -> None:
    with file_store.engine.connect() as connection:  # the pool's one connection keeps it
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    @step
    def many(session: Session, actor: Actor) -> None:
        for i in range(3000):
            add_person(session, actor, PersonDetails(name=f"Person {i}"))

    with said("disk is full; nothing was changed"):
        file_store.act(ME, many)
    assert names(file_store) == []


def test_the_system_lets_no_file_grow(file_store: Store) -> None:
    add(file_store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = Path(file_store.location + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with said("can't be read or written|disk is full"):
            add(file_store, "Ben")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    add(file_store, "Cem")
    assert names(file_store) == ["Ann", "Cem"]


@contextlib.contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """Mounted there, where the tests may do that."""
    place.mkdir(exist_ok=True)
    if os.geteuid() or subprocess.run(["mount", *options, str(place)], check=False, capture_output=True).returncode:
        pytest.skip("only root mounts")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_what_a_killed_program_committed_is_not_left_out_on_a_full_disk(tmp_path: Path) -> None:
    """It stands in the log yet, which can't be read without room: rather nothing is read than what was before."""
    disk = tmp_path / "disk"
    with mounted(disk, "-t", "tmpfs", "-o", "size=3m", "tmpfs"):
        store = open_team(tmp_path / "team.sqlite")
        add(store)
        for end in ("", "-wal"):
            shutil.copyfile(f"{store.location}{end}", disk / f"team.sqlite{end}")
        store.close()
        with contextlib.suppress(OSError), (disk / "film").open("wb") as film:
            while film.write(b"x" * 512):
                film.flush()
        with said("disk is full"):
            open_team(disk / "team.sqlite")
        (disk / "film").unlink()
        with contextlib.closing(open_team(disk / "team.sqlite")) as again:
            assert names(again) == ["Ann"]


def test_a_full_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=3m", "tmpfs"):
        store = open_team(tmp_path / "disk" / "team.sqlite")
        add(store)
        with contextlib.suppress(OSError), (tmp_path / "disk" / "film").open("wb") as film:
            while film.write(b"x" * 4096):
                film.flush()
        with said("disk is full; nothing was changed"):
            for i in range(100):
                add(store, f"Person {i}")
        count(disk_full_points=1)
        (tmp_path / "disk" / "film").unlink()
        add(store, "Cem")
        assert {"Ann", "Cem"} <= set(names(store))
        store.close()
        with contextlib.suppress(OSError), (tmp_path / "disk" / "film").open("wb") as film:
            while film.write(b"x" * 512):
                film.flush()
        with contextlib.closing(open_team(tmp_path / "disk" / "team.sqlite")) as full:
            assert {"Ann", "Cem"} <= set(names(full))
            assert [remark.key for remark in full.remarks] == [FULL_READ]
            with said("can be read, and nothing can be changed"):
                add(full)
        count(disk_full_points=1)
        (tmp_path / "disk" / "film").unlink()
        with contextlib.closing(open_team(tmp_path / "disk" / "team.sqlite")) as store:
            add(store, "Dee")
        (tmp_path / "disk" / "team.sqlite").unlink()
        with contextlib.suppress(OSError), (tmp_path / "disk" / "film").open("wb") as film:
            while film.write(b"x" * 512):
                film.flush()
        with said("disk is full"):
            open_team(tmp_path / "disk" / "new.sqlite")
        count(disk_full_points=1)


def test_a_disk_that_turns_read_only(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        store = open_team(disk / "team.sqlite")
        add(store)
        store.close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        reading = open_team(disk / "team.sqlite")
        assert names(reading) == ["Ann"]
        with said("can only be read here"):
            add(reading, "Ben")
        reading.close()
        with said("can't be created: it can only be read"):
            open_team(disk / "other.sqlite")


def test_a_file_nobody_may_change(file_store: Store) -> None:
    with file_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with said("can't be written to"):
        add(file_store)


def test_a_file_replaced_by_a_folder_while_open(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    store.close()
    for file in tmp_path.iterdir():
        file.unlink()
    place.mkdir()
    with said("is another file now|is a folder"):
        names(store)
    with said("is a folder"):
        open_team(place)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    store = open_team(tmp_path / "deep" / "team.sqlite")
    store.close()
    (tmp_path / "deep").rename(tmp_path / "away")
    with said("is not there any more"):
        names(store)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/dev/null", "not a file that can hold a store"),
        ("/proc/nowhere/team.sqlite", "there is no folder /proc/nowhere"),
        ("/proc/1/team.sqlite", "can't be created"),
        ("x" * 300, "can't be read|can't be created"),
        ("nul\0.sqlite", "can't be read|can't be created"),
    ],
)
def test_places_that_can_hold_no_store(place: str, words: str) -> None:
    with said(words):
        open_team(place)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system knows no such names")
def test_a_path_in_another_encoding(tmp_path: Path) -> None:
    place = os.fsdecode(os.fsencode(tmp_path) + "/商机.sqlite".encode("gbk"))
    store = open_team(place)
    store.act(ME, add_person, PersonDetails(name="Ann", hired_on=TODAY))
    with store.read() as connection:
        assert len(ramp(connection, TODAY).hires) == 1
    store.close()
    settings = Settings(language="en", theme="light", actors={place: [1]})
    settings.save()
    assert Settings.load().actors == {place: [1]}


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with said("can't be created"):
        open_team(tmp_path / "file" / "team.sqlite")


def test_a_folder_that_may_not_be_looked_into(tmp_path: Path) -> None:
    if not os.geteuid():  # permissions mean nothing to root: look as nobody
        child = os.fork()
        if child == 0:
            os.setuid(65534)
            os._exit(0 if _refused_to_nobody(tmp_path) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        return
    (tmp_path / "shut").mkdir(mode=0)
    with said("can't be read"):
        open_team(tmp_path / "shut" / "team.sqlite")


def _refused_to_nobody(tmp_path: Path) -> bool:
    try:
        open_team(tmp_path / "team.sqlite")  # pytest's folders are their owner's alone
    except UserError as error:
        return "can't be read: permission denied" in str(error)
    return False


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM alembic_version", "does not say which version"),
        ("DROP TABLE alembic_version", "does not say which version"),
        ("UPDATE alembic_version SET version_num = 'b3c1'", "does not say which version"),
        ("INSERT INTO alembic_version VALUES ('0001')", "does not say which version"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version of the app"),
    ],
)
def test_a_store_that_does_not_say_its_version(store: Store, statement: str, words: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))
    location = store.engine.url.render_as_string(hide_password=False).removeprefix("sqlite:///")
    with said(words):
        open_team(location)


def test_a_newer_app_changes_the_schema_meanwhile(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE person RENAME COLUMN code TO number"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with said("newer version of the app"):
        names(store)


def test_our_bugs_stay_bugs_and_tell_nobody_s_data(store: Store) -> None:
    @step
    def twice(session: Session, actor: Actor) -> None:
        for _ in range(2):
            session.insert(person, {"name": "Ann Secret", "code": "number 007"})

    with pytest.raises(IntegrityError) as bug:
        store.act(ME, twice)
    assert "Secret" not in str(bug.value)
    assert "007" not in str(bug.value)
    with pytest.raises(DBAPIError), store.read() as connection:
        connection.execute(text("SELECT nonsense"))


# an address


@pytest.mark.parametrize(
    "address", ["mysql://u:secret@h/d", "postgresql://u:secret@h:port/d", "postgresql+psycopg://u:secret@[::1/d"]
)
def test_what_is_no_address_is_told_without_its_password(address: str) -> None:
    with pytest.raises(UserError, match="not a store address") as fault:
        open_team(address)
    assert "secret" not in str(fault.value)


def test_a_host_nobody_knows() -> None:
    with said("no server nowhere.invalid"):
        open_team("postgresql://ann:secret@nowhere.invalid/team")
    with pytest.raises(UserError, match="no server nowhere") as fault:
        open_team("postgresql://ann:se@cret@nowhere.invalid/team")
    assert "cret" not in str(fault.value)


def test_a_port_nobody_listens_at() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with said(f"No database server runs on 127.0.0.1 at port {port}"):
        open_team(f"postgresql://ann@127.0.0.1:{port}/team")
    with said("No database server runs on /tmp/nowhere at port 5432"):
        open_team("postgresql:///team?host=/tmp/nowhere")


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    from mentor_app.core.store import probe, server

    monkeypatch.setitem(server._CONNECTION, "connect_timeout", 2)
    monkeypatch.setattr(probe, "_PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with said("does not answer"):
            open_team(f"postgresql://ann@127.0.0.1:{silent.getsockname()[1]}/team")
        assert time.monotonic() - began < 8


def test_something_that_is_no_database_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    rude.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with said("does not answer"):
            open_team(f"postgresql://ann@127.0.0.1:{rude.getsockname()[1]}/team")


# a server


class Server:
    """A PostgreSQL server of this module's own, whose configuration may be spoilt."""

    def __init__(self, process: Any) -> None:
        self.process, self.folder = process, process.pgdata
        self.socket = self.process.get_uri().split("host=")[1]
        self.count = 0

    def address(self, database: str, login: str = "postgres") -> str:
        return f"postgresql://{login}@/{database}?host={self.socket}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def loaded(self) -> object:
        """When a new connection's configuration was read."""
        with psycopg.connect(self.address("postgres")) as connection:
            return connection.execute("SELECT pg_conf_load_time()").fetchone()

    def database(self, options: str = "") -> str:
        self.count += 1
        self.run(f"CREATE DATABASE d{self.count} {options}")
        return f"d{self.count}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that asks ann and ben for their passwords."""
    with running_server() as process:
        yield guarded(Server(process))


def guarded(started: Server) -> Server:
    access = started.folder / "pg_hba.conf"
    part = access.with_suffix(".new")
    part.write_text("local all ann,ben scram-sha-256\n" + access.read_text())
    part.replace(access)  # at once: the server may be reading it since its start
    started.run("CREATE ROLE ann LOGIN PASSWORD 'right/one'", "CREATE ROLE ben LOGIN PASSWORD 'b'")
    before = started.loaded()
    started.run("SELECT pg_reload_conf()")
    deadline = time.monotonic() + 60
    while started.loaded() == before:
        assert time.monotonic() < deadline, "the server does not read its configuration again"
    return started


def test_a_wrong_password_and_none(server: Server) -> None:
    with said("refuses the login; check name and password"):
        open_team(server.address("postgres", "ann:wrong"))
    with said("asks for a password"):
        open_team(server.address("postgres", "ann"))
    with said("refuses the login; check name and password"):
        open_team(server.address("postgres", "nobody:x"))


def test_a_database_that_is_not_there(server: Server) -> None:
    with said("no database nowhere"):
        open_team(server.address("nowhere"))
    with pytest.raises(UserError, match="no database nowhere") as fault:
        open_team(server.address("nowhere", "ann:right/one"))
    assert "right" not in str(fault.value)


def test_a_database_one_may_not_enter(server: Server) -> None:
    database = server.database()
    server.run(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    with said("lacks a right on the server"):
        open_team(server.address(database, "ann:right/one"))


def test_an_account_without_grants(server: Server) -> None:
    database = server.database()
    with said("lacks a right on the server"):  # may not create tables
        open_team(server.address(database, "ann:right/one"))
    open_team(server.address(database)).close()
    with said("lacks a right on the server"):  # may not read them
        open_team(server.address(database, "ann:right/one"))


def test_no_connection_free(server: Server) -> None:
    server.run("CREATE ROLE cem LOGIN CONNECTION LIMIT 1", "ALTER ROLE ben CONNECTION LIMIT 1")
    database = server.database()
    with psycopg.connect(server.address(database, "cem")), said("no connection free"):
        open_team(server.address(database, "cem"))
    # counted after the password was right: only the server's words tell
    with psycopg.connect(server.address(database, "ben:b")), said("too many connections for role"):
        open_team(server.address(database, "ben:b"))
    server.run(f"ALTER DATABASE {database} CONNECTION LIMIT 0", "ALTER ROLE ben CONNECTION LIMIT -1")
    with said("does not let this app in: .* too many connections for database"):
        open_team(server.address(database, "ben:b"))


def test_a_database_that_is_not_in_utf8(server: Server) -> None:
    for encoding in ("LATIN1", "SQL_ASCII"):
        database = server.database(f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        with said(f"keeps text as {encoding}"):
            open_team(server.address(database))


def test_another_program_s_database(server: Server) -> None:
    database = server.database()
    server.run("CREATE TABLE person (x int)", "CREATE TABLE alembic_version (version_num text)", database=database)
    with said("not a mentor-app store"):
        open_team(server.address(database))


@pytest.fixture
def opened(server: Server) -> Iterator[Store]:
    store = open_team(server.address(server.database()))
    yield store
    store.close()


def test_a_server_that_can_only_be_read(server: Server, opened: Store) -> None:
    server.run(f"ALTER DATABASE {opened.engine.url.database} SET default_transaction_read_only = on")
    opened.close()
    with said("can only be read"):
        add(opened)
    assert names(opened) == []


def _within(store: Store, *statements: str) -> None:
    """Run statements inside an action."""

    @step
    def action(session: Session, actor: Actor) -> None:
        for statement in statements:
            session.connection.execute(text(statement))

    store.act(ME, action)


def test_a_lock_that_is_not_let_go(opened: Store) -> None:
    with opened.engine.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(77)"))
        with opened.engine.connect() as connection:  # the pool gives it to the action
            connection.execute(text("SET lock_timeout = '200ms'"))
            connection.commit()
        with said("writing to .* for long; nothing was changed"):
            add(opened)
        with opened.engine.connect() as connection:
            connection.execute(text("SET lock_timeout = '15s'"))
            connection.commit()
    add(opened)


def test_work_the_server_stops(opened: Store) -> None:
    with said("took too long"):
        _within(opened, "SET LOCAL statement_timeout = '100ms'", "SELECT pg_sleep(5)")
    add(opened)


def until_gone(store: Store, process: int) -> None:
    """Wait until the server has ended one of its processes."""
    deadline = time.monotonic() + 60
    with store.engine.connect() as other:
        here = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :process")
        while other.execute(here, {"process": process}).scalar():
            other.rollback()
            assert time.monotonic() < deadline, "the server does not let go"


def test_a_client_that_stalls_is_let_go_by_the_server(opened: Store) -> None:
    @step
    def stalls(session: Session, actor: Actor) -> None:
        add_person(session, actor, PersonDetails(name="Ann"))
        me = session.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        session.connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '200ms'"))
        until_gone(opened, me)
        add_person(session, actor, PersonDetails(name="Ben"))

    with said("connection to the server .* has ended"):
        opened.act(ME, stalls)
    assert names(opened) == []
    add(opened)


def test_a_connection_the_server_ends(opened: Store) -> None:
    with said("connection to the server .* has ended"):
        _within(opened, "SELECT pg_terminate_backend(pg_backend_pid())")
    add(opened)  # with a new one


def test_two_who_wait_for_each_other(opened: Store) -> None:
    ids = [add(opened, "Ann"), add(opened, "Ben")]
    ready = threading.Barrier(2)
    told: list[str] = []

    def crosswise(first: int, second: int) -> None:
        rename = text("UPDATE person SET name = 'x' WHERE id = :id")
        try:
            with explained(opened.location, opened.engine), opened.engine.begin() as connection:
                connection.execute(text("SET LOCAL deadlock_timeout = '100ms'"))
                connection.execute(rename, {"id": first})
                ready.wait(60)
                connection.execute(rename, {"id": second})
        except UserError as error:
            told.append(str(error))

    threads = [threading.Thread(target=crosswise, args=pair) for pair in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [words.startswith("Two people changed") for words in told] == [True]


def test_readers_see_one_state_and_write_nothing(opened: Store) -> None:
    add(opened)
    with opened.read() as connection:
        before = connection.execute(select(person.c.name)).all()
        add(opened, "Ben")
        assert connection.execute(select(person.c.name)).all() == before
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar()
        assert (isolation, connection.execute(text("SHOW transaction_read_only")).scalar()) == ("repeatable read", "on")
    assert names(opened) == ["Ann", "Ben"]


def test_the_server_s_own_settings_do_not_leak_in(server: Server) -> None:
    database = server.database()
    server.run(
        f"ALTER DATABASE {database} SET datestyle = 'German'",
        f"ALTER DATABASE {database} SET timezone = 'Asia/Shanghai'",
    )
    store = open_team(server.address(database))
    with store.read() as connection:
        assert connection.execute(text("SELECT DATE '2026-11-24'::text, current_setting('timezone')")).one() == (
            "2026-11-24",
            "UTC",
        )
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "15s"
    store.close()


def test_several_open_a_new_store_at_once(server: Server) -> None:
    address, stores, faults = server.address(server.database()), [], []

    def first() -> None:
        try:
            stores.append(open_team(address))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=first) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    add(stores[0])
    assert all(names(store) == ["Ann"] for store in stores)
    for store in stores:
        store.close()


def test_a_server_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    with running_server() as process:
        server = Server(process)
        store = open_team(server.address(server.database()))
        add(store)
    with said("No database server runs on"):
        names(store)
    store.close()
