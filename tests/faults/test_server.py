"""A team's server with its faults: readers beside a writer, a client that stalls, opening at once, passwords, silence."""

import contextlib
import copy
import datetime as dt
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import psycopg
import pytest
from keyring.backend import KeyringBackend
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from mentor_app.core.check import problems
from mentor_app.core.check.repair import repair
from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.points.actions import request, save_reward, withdraw
from mentor_app.core.points.ledger import verify
from mentor_app.core.store import HEAD, Actor, Session, Store, blueprint, keep_password, passwords
from mentor_app.core.store import server as server_of
from mentor_app.core.team import open_team
from mentor_app.transfer import opportunities
from tests.cli.command import ask, run
from tests.conftest import DATA, ME, TODAY, gone
from tests.core.history.world import DEEDS
from tests.core.points.mentoring import Camp
from tests.faults.figures import count, is_long, seconds
from tests.faults.test_faults import Server, add, guarded, names, said
from tests.server import copy_rows, running_server
from tests.steps import step
from tests.transfer.files import written

TIMES, CLIENTS = 20, 4


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that asks ann and ben for their passwords."""
    with running_server() as process:
        yield guarded(Server(process))


@pytest.fixture
def opened(server: Server) -> Iterator[Store]:
    store = open_team(server.address(server.database()))
    yield store
    store.close()


@pytest.fixture(scope="module")
def filled(server: Server, sample_store: Path) -> str:
    """A database that holds the sample company; only to be copied."""
    database = server.database()
    store = open_team(server.address(database))
    copy_rows(sample_store, store)
    store.close()
    return database


@pytest.fixture
def sample(server: Server, filled: str) -> Iterator[Store]:
    """The sample company on the server, to be changed."""
    store = open_team(server.address(server.database(f"TEMPLATE {filled}")))
    yield store
    store.close()


def test_only_readers_see_one_unchanging_state(opened: Store) -> None:
    """The isolation of a reader's connection goes with the reader: an action must see what it has waited for."""
    show = text("SELECT current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')")
    for _ in range(3):
        with opened.read() as connection:
            assert connection.execute(show).scalar() == "repeatable read on"
        with opened.engine.connect() as connection:  # the very connection that the reader gave back
            assert connection.execute(show).scalar() == "read committed off"
        seen: list[object] = []

        @step
        def look(session: Session, actor: Actor, seen: list[object] = seen) -> None:
            seen.append(session.connection.execute(show).scalar())

        opened.act(ME, look)
        assert seen == ["read committed off"]
    assert opened.engine.pool.status().startswith("Pool size: 5  Connections in pool: 1 ")


def _deals(amount: int) -> Batch:
    columns: dict[str, list[Any]] = {
        **{name: ["x", "y"] for name in ("name", "account", "product", "stage")},
        "status": [1, amount % 2 + 1],
        "opened_on": ["2026-01-05", "2026-01-06"],
        "closed_on": ["2026-03-01", "2026-03-02"],
        "expected_on": [None, None],
        "amount_cents": [amount, 200],
    }
    return Batch(rows=[2, 3], key=["U-1", "U-2"], owner=["Lu", "Lu"], columns=columns, problems=[])


def test_readers_beside_a_writer_raise_no_false_alarm(sample: Store) -> None:
    with sample.read() as connection:
        rich = connection.execute(
            text("SELECT person_id FROM point_entry GROUP BY person_id ORDER BY sum(points) DESC LIMIT 1")
        ).scalar_one()
        name = connection.execute(select(person.c.name).where(person.c.id == rich)).scalar_one()
    reward = sample.act(ME, save_reward, "Book", "resource", 1).result
    over, faults, written = threading.Event(), list[BaseException](), list[int]()

    def write() -> None:
        try:
            while not over.is_set():
                asked = sample.act(Actor(name, rich), request, reward).result
                sample.act(Actor(name, rich), withdraw, asked)
                who = add(sample, f"Person {len(written)}")
                sample.act(ME, edit_person, who, PersonDetails(name=f"Person {len(written)}", hired_on=TODAY))
                sample.act(ME, import_opportunities, [_deals(len(written))], today=TODAY)
                written.append(who)
        except BaseException as error:
            faults.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for at in range(TIMES):
            with sample.read() as connection:
                assert verify(connection).ok
                assert ramp(connection, TODAY).hires
            if is_long() or at % 4 == 0:
                with sample.read() as connection:
                    assert problems(connection) == []
    finally:
        over.set()
        writer.join()
    assert faults == []
    count(server_readings_beside_a_writer=TIMES, server_writes_meanwhile=len(written), server_false_alarms=0)
    assert len(written) > TIMES // 20


def test_clients_at_once_break_no_rule(opened: Store) -> None:
    """Each does at random whatever can be done, and takes it back and does it again, all in one company."""
    at, lasts = Camp(opened), seconds(3, 10)
    over, faults, done = time.monotonic() + lasts, list[BaseException](), list[int]()

    def client(seed: int) -> None:
        chance, names = random.Random(seed), sorted(DEEDS)
        store = open_team(opened.engine.url.render_as_string(hide_password=False))
        mine = copy.copy(at)
        mine.store = store
        try:
            while time.monotonic() < over:
                with contextlib.suppress(UserError):
                    try:
                        who, action, args, more = DEEDS[chance.choice(names)](mine)
                    except (IndexError, AssertionError, StopIteration):
                        continue  # what another did meanwhile leaves nothing to do it with
                    done.append(store.act(who, action, *args, **more).change_set_id or 0)
                    if chance.random() < 0.3:
                        store.act(who, undo)
                        store.act(who, redo)
        except BaseException as error:
            faults.append(error)
        finally:
            store.close()

    clients = [
        threading.Thread(target=client, args=(n if not is_long() else random.randrange(1 << 30),))
        for n in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    with opened.read() as connection:
        broken = problems(connection)
    count(
        server_clients=CLIENTS, server_seconds=round(lasts), server_actions=len(done), server_broken_rules=len(broken)
    )
    assert (faults, broken) == ([], [])
    assert len(done) > CLIENTS


def test_a_client_that_stalls_stops_nobody_for_long(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for it gets a sentence; the server lets it go, and the next one gets through."""
    quick = server_of._SETTINGS.replace("'15s'", "'500ms'").replace("'20s'", "'2s'")
    assert quick != server_of._SETTINGS
    monkeypatch.setattr(server_of, "_SETTINGS", quick)
    address = server.address(server.database())
    stalled, other = open_team(address), open_team(address)
    holds, told = threading.Event(), list[BaseException]()

    @step
    def stall(session: Session, actor: Actor) -> None:
        add_person(session, actor, PersonDetails(name="Half"))
        holds.set()
        time.sleep(4)
        add_person(session, actor, PersonDetails(name="Done"))

    def client() -> None:
        try:
            stalled.act(ME, stall)
        except BaseException as error:
            told.append(error)

    thread = threading.Thread(target=client)
    thread.start()
    assert holds.wait(60)
    with said("writing to .* for long; nothing was changed"):
        add(other)
    thread.join()
    assert [isinstance(error, UserError) and "has ended" in str(error) for error in told] == [True]
    add(other, "Next")
    assert names(other) == ["Next"]
    stalled.close()
    other.close()


def test_the_client_s_encoding_is_pinned(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database = server.database()
    server.run(
        f"ALTER DATABASE {database} SET client_encoding = 'GBK'", "ALTER ROLE postgres SET client_encoding = 'LATIN1'"
    )
    monkeypatch.setenv("PGCLIENTENCODING", "GBK")
    store = open_team(server.address(database))
    add(store, "邓超然 Zoë 😀")
    assert names(store) == ["邓超然 Zoë 😀"]
    with store.read() as connection:
        assert connection.execute(text("SHOW client_encoding")).scalar() == "UTF8"
    store.close()
    server.run("ALTER ROLE postgres RESET client_encoding")


# opened by several at once

_OPEN = "import sys; from mentor_app.core.team import open_team; open_team(sys.argv[1]).close()"


def _together(location: str, processes: int = 5) -> list[str]:
    """Open a store in so many processes at once; what went wrong in them."""
    started = [
        subprocess.Popen([sys.executable, "-c", _OPEN, location], stderr=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    said_by_each = [process.communicate()[1] for process in started]
    return [words[-600:] for process, words in zip(started, said_by_each, strict=True) if process.returncode]


def test_five_processes_make_a_new_store_at_once(location: str) -> None:
    assert _together(location) == []
    store = open_team(location)
    with store.read() as connection:
        assert problems(connection) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]
    store.close()


def test_five_processes_bring_an_old_store_up_to_date_at_once(tmp_path: Path) -> None:
    place = tmp_path / "old.sqlite"
    place.write_bytes((DATA / "stores" / "0001.sqlite").read_bytes())
    assert _together(str(place)) == []
    store = open_team(place)
    with store.read() as connection:
        assert problems(connection) == []
    store.close()


# passwords


def _everything_in(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file() and file.name != ".pgpass")


@pytest.fixture
def ann_s(server: Server) -> str:
    """A database that ann, who needs her password, may use."""
    database = server.database()
    server.run(f"GRANT CREATE ON DATABASE {database} TO ann")
    server.run("GRANT ALL ON SCHEMA public TO ann", database=database)
    return server.address(database, "ann")


def test_a_password_in_pgpass_is_enough(ann_s: str, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with said("asks for a password. Keep one with the verb"):
        open_team(ann_s)
    passwords = own_home / ".pgpass"
    passwords.write_text("*:*:*:ann:right/one\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    run(ann_s, "people")
    assert b"right/one" not in _everything_in(own_home)


class Keyring(KeyringBackend):
    """One that keeps passwords for as long as the test lasts."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def ring() -> Iterator[Keyring]:
    before, made = keyring.get_keyring(), Keyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_keyring_is_asked_where_the_server_wants_a_password(
    ann_s: str, ring: Keyring, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def prompt(_words: str, hide_input: bool = False, err: bool = False) -> str:
        asked.append(hide_input)
        return "right/one"

    monkeypatch.setattr("click.prompt", prompt)
    assert "Kept in the keyring" in run(ann_s, "password")
    assert asked == [True]
    assert list(ring.held.values()) == ["right/one"]
    run(ann_s, "people")
    assert b"right/one" not in _everything_in(own_home)
    run(ann_s, "password", "--forget")
    assert ring.held == {}
    with said("asks for a password"):
        open_team(ann_s)


def test_without_a_keyring_it_is_said(ann_s: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.prompt", lambda *_args, **_kwargs: "right/one")
    monkeypatch.setitem(sys.modules, "keyring", None)
    error = run(ann_s, "password", code=1)
    assert "no keyring" in error
    assert "right" not in error
    with said("asks for a password"):
        open_team(ann_s)


def test_a_wrong_password_in_the_keyring_is_a_wrong_password(ann_s: str, ring: Keyring) -> None:
    keep_password(ann_s, "guess/ed")
    with said("password kept for it is wrong") as fault:
        open_team(ann_s)
    assert "guess" not in str(fault.value)
    assert "is wrong" in run(ann_s, "people", code=1)


def test_a_password_in_the_address_stays_out_of_everything(ann_s: str, own_home: Path) -> None:
    whole = ann_s.replace("ann@", "ann:right/one@")
    run(whole, "people")
    told = run(whole, "pair", "nobody", "nobody", "--project", "x", code=1)
    store = open_team(whole)
    assert "right" not in store.location + told
    store.close()
    assert b"right/one" not in _everything_in(own_home)


# what an account may do, other programs' databases, and silence


def test_an_account_that_may_make_no_schema_checks_all_the_rest(
    server: Server, opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(opened)
    database = str(opened.engine.url.database)
    server.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO ann", database=database)
    monkeypatch.setattr(blueprint, "_known", {})
    told = ask(server.address(database, "ann:right/one"), "check")
    assert (told["ok"], told["problems"]) == (True, [])
    assert "may not make a schema" in told["not_examined"][0]
    assert "not_examined" not in ask(server.address(database), "check")


def test_an_account_with_the_help_s_grants_works(server: Server, opened: Store, own_home: Path) -> None:
    """As the page of help gives them; without them the server's own words say what is lacking."""
    add(opened, "Grace")
    database = str(opened.engine.url.database)
    page = (Path("resources/help/en/data.md")).read_text(encoding="utf-8")
    grants = [line.strip().removesuffix(";") for line in page.splitlines() if line.startswith("    GRANT")]
    assert len(grants) == 3
    address = server.address(database, "ann:right/one")
    with said("lacks a right .* permission denied for table"):
        open_team(address)
    server.run(*grants[:1], "GRANT SELECT ON ALL TABLES IN SCHEMA public TO ann", database=database)
    hers = open_team(address)
    with said("lacks a right .* permission denied for "):
        add(hers)
    server.run(*grants, database=database)
    add(hers)
    assert names(hers) == ["Ann", "Grace"]
    head = ["opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date", "close_value"]
    rows = [[f"K{n}", "Grace", "Won", "2024-01-01", "2024-02-01", "5"] for n in range(3)]
    for n in (2, 3):  # what is added together takes its numbers together
        deals = opportunities.plan(hers, written(own_home / f"{n}.csv", [head, *rows[:n]]))
        assert opportunities.run(hers, ME, deals, today=dt.date(2024, 3, 1)).result.applied
    with hers.read() as connection:
        assert connection.execute(text("SELECT count(*), max(id) FROM opportunity")).one() == (3, 3)
    hers.close()


def test_an_address_without_a_database_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database = server.database()
    with said("names no database"):
        open_team(server.address(""))
    monkeypatch.setenv("PGDATABASE", database)
    open_team(server.address("")).close()


def test_a_reader_who_waits_in_vain_is_not_told_of_changes(opened: Store) -> None:
    with said("stopped reading because"), opened.read() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '50ms'"))
        connection.execute(text("SELECT pg_sleep(5)"))


def test_a_server_s_store_is_repaired(sample: Store) -> None:
    with sample.engine.begin() as connection:
        for statement in (
            "DROP TRIGGER review_append_only ON review",
            "ALTER TABLE point_entry DISABLE TRIGGER point_entry_append_only",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
            "ALTER TABLE pairing DROP CONSTRAINT ck_pairing_two",
            "DROP INDEX ix_pairing_active",
            "UPDATE owner_digest SET opportunities = 0",
            "DELETE FROM answer_search",
            "DROP TABLE playbook_answer",
        ):
            connection.exec_driver_sql(statement)
    made = repair(sample, lambda: None)
    assert (made.failed, [str(p) for p in made.left]) == ([], [])
    assert len(made.done) >= 7
    for table in ("review", "point_entry"):
        with pytest.raises(DBAPIError, match="append-only"), sample.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE customers (id int)",
        "CREATE TABLE person (id int); CREATE TABLE change_set (id int)",
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0006')",
        "CREATE TABLE person (id int); CREATE TABLE change_set (id int); CREATE TABLE change (id int)",
    ],
)
def test_a_database_of_another_program_is_not_adopted(server: Server, statement: str) -> None:
    database = server.database()
    server.run(*statement.split("; "), database=database)
    with said("not a mentor-app store|does not say which version"):
        open_team(server.address(database))
    with psycopg.connect(server.address(database)) as connection:
        ours = connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'opportunity'").fetchone()
        assert ours == (0,)


def test_the_command_line_ends_within_seconds_where_a_server_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://ann@127.0.0.1:{silent.getsockname()[1]}/team"
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "mentor_app", "--store", address, "people"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "does not answer" in done.stderr
        assert time.monotonic() - began < 20


_WINDOW = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from mentor_app.ui import app

def close():
    print(time.time(), flush=True)
    QApplication.instance().closeAllWindows()

real = app.Shell.build
def build(shell):
    QTimer.singleShot(1500, close)
    return real(shell)
app.Shell.build = build
sys.exit(app.run(sys.argv[1], "en", False))
"""


def test_the_window_closes_within_a_second_where_a_server_is_silent() -> None:
    """The process, too: Python would wait for the thread that waits for the server."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://ann@127.0.0.1:{silent.getsockname()[1]}/team"
        done = subprocess.run([sys.executable, "-c", _WINDOW, address], capture_output=True, text=True, check=True)
        assert time.time() - float(done.stdout.split()[0]) < 2.5  # with all that Python and Qt put away


def test_instants_are_the_same_on_both(store: Store) -> None:
    """Aware and in UTC, whatever the database keeps; one without a time zone is refused."""
    add(store)
    with store.read() as connection:
        from mentor_app.core.store.history import change_set

        at = connection.execute(select(change_set.c.at)).scalar_one()
    assert at.utcoffset() == dt.timedelta(0)
    assert abs(dt.datetime.now(dt.UTC) - at) < dt.timedelta(minutes=5)
    with pytest.raises(Exception, match="time zone"), store.engine.begin() as connection:
        connection.execute(change_set.insert().values(at=dt.datetime.now(), actor_name="x", action="y"))  # noqa: DTZ005


@pytest.mark.parametrize("kept", [True, False])
def test_the_window_asks_for_the_password_until_it_is_right(
    kept: bool, ann_s: str, ring: Keyring, qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLabel

    from mentor_app.ui.app import Shell
    from mentor_app.ui.drafts import DraftKeeper
    from mentor_app.ui.settings import Settings
    from mentor_app.ui.widgets.password_dialog import PasswordDialog

    monkeypatch.setattr(Settings, "path", staticmethod(lambda: tmp_path / "settings.json"))
    monkeypatch.setattr(DraftKeeper, "folder", staticmethod(lambda: tmp_path / "drafts"))
    monkeypatch.setattr(passwords, "_here", {})
    if not kept:
        monkeypatch.setitem(sys.modules, "keyring", None)
    shell = Shell(qapp, ann_s, Settings(language="en", theme="light"), sample=False)
    window: Any = shell.window
    window.show()
    qtbot.waitUntil(lambda: isinstance(window.dialog, PasswordDialog) and window.dialog.isVisible(), timeout=60_000)
    assert not window.dialog.save.isEnabled()
    asked = window.dialog
    QTest.keyClicks(window.dialog.field, "wrong")
    window.dialog.save.click()
    qtbot.waitUntil(lambda: window.dialog is not asked and window.dialog.isVisible(), timeout=60_000)
    assert any("password is wrong" in words.text() for words in window.dialog.findChildren(QLabel))
    QTest.keyClicks(window.dialog.field, "right/one")
    window.dialog.save.click()
    qtbot.waitUntil(lambda: window.kept._store is not None and not window.tasks.busy(), timeout=60_000)
    assert list(ring.held.values()) == (["right/one"] if kept else [])
    assert ("no keyring" in window.told.text()) is not kept
    assert not window._errors
    gone(qapp, window)
    assert b"right/one" not in _everything_in(tmp_path)


def test_a_password_given_here_outdoes_a_wrong_one_from_elsewhere(
    ann_s: str, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in ~/.pgpass or PGPASSWORD that was changed on the server since."""
    monkeypatch.setenv("PGPASSWORD", "of last year")
    with said("refuses the login"):
        open_team(ann_s)
    keep_password(ann_s, "right/one")
    open_team(ann_s).close()
