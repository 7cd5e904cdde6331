"""Opening a store's file: whatever lies at its place, nothing is lost, adopted or made in its stead; what can be read is."""

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import StaticPool, create_engine

from mentor_app.core.check import problems
from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.store import Store, attachments, backup, derived, faults, guard, open_store, opening
from mentor_app.core.store.cure import is_cured
from mentor_app.core.store.keeping import keep_before_import, keep_daily
from mentor_app.core.store.migrate import upgrade
from mentor_app.core.store.restore import go_back
from mentor_app.core.store.schema import COLUMNS, columns_of
from mentor_app.core.team import open_team
from tests.cli.command import run
from tests.conftest import DATA, ME
from tests.core.store.test_backup import NOW, add, kept, people_in
from tests.core.store.test_guard import locks

NAMES = ["what?.sqlite", "50%25 off.sqlite", "a#b.sqlite", "a b  c.sqlite", "?mode=memory.sqlite", "商机;x&y=z.sqlite",
         ":memory:", "file:x.sqlite"]  # fmt: skip


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return [p.name for p in people(connection)]


def fault_of(open_it: Callable[[], object]) -> str:
    with pytest.raises(StoreFault) as fault:
        open_it()
    return fault.value.message.key


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name_whatever_stands_in_it(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    with closing(open_team(place)) as store:
        add(store, "Ann")
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, f"{name}-shm", f"{name}-wal"])
    with closing(open_team(place)) as store:
        assert names(store) == ["Ann"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_link_that_leads_nowhere_makes_no_store(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    place.symlink_to("away/other.sqlite")
    for anew in (False, True):
        with pytest.raises(StoreFault, match=r"is a link to .*away/other\.sqlite, where nothing is") as fault:
            open_team(place, anew=anew)
        assert fault.value.message.key == faults.LOST_LINK
    assert [path.name for path in tmp_path.iterdir()] == ["team.sqlite"]


def test_nothing_is_no_new_company(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    place.touch()
    os.utime(place, (0, 0))
    assert fault_of(lambda: open_team(place)) == faults.EMPTY
    assert place.stat().st_size == 0
    with closing(open_team(place, anew=True)) as store:
        add(store, "Ann")
    with closing(open_team(place, anew=True)) as store:  # where there is a store it is that one
        assert names(store) == ["Ann"]


def test_a_store_that_another_program_is_just_making_is_waited_for(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    script = (
        "import sys, time, pathlib; from mentor_app.core.store.opening import prepare, sqlite_engine; "
        "p = pathlib.Path(sys.argv[1]); p.touch(); print('made', flush=True); time.sleep(0.5); "
        "e = sqlite_engine(p); prepare(e, ''); e.dispose()"
    )
    maker = subprocess.Popen([sys.executable, "-c", script, str(place)], stdout=subprocess.PIPE)
    assert maker.stdout is not None
    maker.stdout.readline()
    with closing(open_team(place)) as store:
        assert names(store) == []
    maker.communicate()
    assert maker.returncode == 0


def test_a_store_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    with closing(open_team(place)) as store:
        add(store, "Ann")
        made = kept(store)
    place.unlink()
    assert fault_of(lambda: open_team(place)) == faults.MISSING
    assert not place.exists()
    with closing(open_team(place, anew=True)) as store:
        assert names(store) == []
    assert backup.listed(str(place)) == [made]


def test_the_log_of_a_store_that_is_gone_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    add(store, "Ann")
    log = Path(f"{place}-wal").read_bytes()
    shutil.copy(f"{place}-wal", tmp_path / "copy")
    store.close()
    place.unlink()
    shutil.copy(tmp_path / "copy", f"{place}-wal")
    assert fault_of(lambda: open_team(place)) == faults.MISSING
    assert Path(f"{place}-wal").read_bytes() == log
    open_team(place, anew=True).close()
    (aside,) = backup.folder_of(str(place)).glob("*-wal")
    assert aside.read_bytes() == log


def test_nothing_is_made_where_somebody_says_so(tmp_path: Path) -> None:
    assert fault_of(lambda: open_store(tmp_path / "team.sqlite", create=False)) == faults.MISSING
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size", "key"),
    [
        ("team.sqlite", 8192, faults.PERHAPS_OURS),
        ("team.sqlite", 8000, faults.NOT_OURS),
        ("team.csv", 8192, faults.NOT_OURS),
    ],
)
def test_a_file_that_may_be_a_damaged_store_is_said_to_be(tmp_path: Path, name: str, size: int, key: str) -> None:
    (tmp_path / name).write_bytes(b"\xff" * size)
    assert fault_of(lambda: open_team(tmp_path / name)) == key


def test_a_store_without_its_tables_is_not_made_anew(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    with closing(sqlite3.connect(place)) as other:
        other.execute(f"PRAGMA application_id = {faults.APPLICATION_ID}")
        other.execute("VACUUM")
    assert fault_of(lambda: open_team(place)) == faults.DAMAGED


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER point_entry_no_update",
        "DROP INDEX ix_change_row",
        "DROP TABLE owner_digest",
        "CREATE TRIGGER sly AFTER INSERT ON person BEGIN DELETE FROM point_entry; END",
    ],
)
def test_parts_that_are_missing_or_added_are_remarked(tmp_path: Path, statement: str) -> None:
    place = tmp_path / "team.sqlite"
    with closing(open_team(place)) as store:
        assert store.remarks == ()
    with closing(sqlite3.connect(place)) as other:
        other.execute(statement)
    with closing(open_team(place)) as store:
        assert [remark.key for remark in store.remarks] == [opening.SHAPE]
        add(store, "Ann")


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("DROP TABLE redemption", "redemption"),
        ("ALTER TABLE activity DROP COLUMN learned", "activity.learned"),
    ],
)
def test_what_lacks_a_table_or_column_is_read_and_neither_written_nor_backed_up_by_itself(
    tmp_path: Path, statement: str, part: str
) -> None:
    place = tmp_path / "team.sqlite"
    with closing(open_team(place)) as store:
        add(store, "Ann")
        good = keep_daily(store, NOW)
        add(store, "Bo")
    assert good is not None
    with closing(sqlite3.connect(place)) as other:
        other.execute(statement)
    with closing(open_team(place)) as store:
        assert [remark.key for remark in store.remarks] == [faults.LACKS]
        with pytest.raises(StoreFault, match=f"lacks {part}, "):
            add(store, "Cy")
        assert keep_daily(store, NOW + dt.timedelta(days=1)) is None
        with pytest.raises(StoreFault, match=f"lacks {part}, "):
            keep_before_import(store, NOW)
    assert f"lacks {part}, " in run(place, "--as", "Ann", "capacity", "Bo", "7", code=1)
    run(place, "check", code=1)
    with closing(open_team(place)) as store:
        go_back(store, store.location, good.path, ME, NOW)
        add(store, "Di")
        assert names(store) == ["Ann", "Di"]


def test_what_a_file_of_this_version_has_is_known_without_making_one() -> None:
    assert derived.names() == derived.ALL
    engine = create_engine("sqlite://", poolclass=StaticPool)
    upgrade(engine, faults.APPLICATION_ID)
    with engine.connect() as connection:
        assert columns_of(connection) == COLUMNS


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("CREATE TABLE evil (x)", "table_unknown"),
        ("CREATE VIEW evil AS SELECT * FROM person", "view_unknown"),
        ("CREATE INDEX evil ON person (name)", "index_unknown"),
        ("CREATE TRIGGER evil AFTER INSERT ON person BEGIN SELECT 1; END", "trigger_unknown"),
        ("CREATE TABLE backup_file (sha256 TEXT PRIMARY KEY, content BLOB)", None),  # a backup worked in as it is
    ],
)
def test_what_another_program_made_is_a_problem_for_the_check_and_remarked(
    tmp_path: Path, statement: str, key: str | None
) -> None:
    place = tmp_path / "team.sqlite"
    open_team(place).close()
    with closing(sqlite3.connect(place)) as other:
        other.execute(statement)
    with closing(open_team(place)) as store, store.read() as connection:
        assert [remark.key for remark in store.remarks] == [opening.SHAPE] * (key is not None)
        assert [(one.key, one.repairable) for one in problems(connection)] == [(key, False)] * (key is not None)


@pytest.mark.parametrize(
    ("held", "said"),
    [("0012", "0005"), ("0012", "0011"), ("0008", "0007"), ("0013", "0012"), ("0014", "0013"), ("0009", "0014")],
)
def test_a_store_that_names_another_version_than_it_is_of_says_so_and_is_not_copied(
    tmp_path: Path, held: str, said: str
) -> None:
    place = tmp_path / "team.sqlite"
    engine = opening.sqlite_engine(place)
    upgrade(engine, faults.APPLICATION_ID, held)
    engine.dispose()
    with closing(sqlite3.connect(place)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = ?", (said,))
    for _ in range(2):
        assert fault_of(lambda: open_team(place)) == faults.DISAGREES
    assert backup.listed(str(place)) == []
    assert faults.DISAGREES in faults.LOST  # so that a backup may take its place


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005"])
def test_a_store_brought_up_to_date_has_the_shape_of_a_new_one(tmp_path: Path, revision: str) -> None:
    shutil.copy(DATA / "stores" / f"{revision}.sqlite", tmp_path / "old.sqlite")
    shapes = []
    for name in ("old", "new"):
        with closing(open_store(tmp_path / f"{name}.sqlite")) as store, store.read() as connection:
            shapes.append(connection.exec_driver_sql("PRAGMA user_version").scalar())
    assert shapes[0] == shapes[1] != 0


def test_the_last_change_is_read_at_the_start(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    with closing(open_team(place)) as store:
        for number in range(300):
            add(store, f"Person {number}")
    with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as look:
        root = look.execute("SELECT rootpage FROM sqlite_master WHERE name = 'change_set'").fetchone()[0]
    with place.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    assert fault_of(lambda: open_team(place)) == faults.DAMAGED


def by_nobody(work: Callable[[], None]) -> None:
    """Do it as a user without rights, for permissions mean nothing to root."""
    if os.geteuid():
        work()
        return
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody can reach; pytest's own are their owner's alone."""
    folder = Path(tempfile.mkdtemp(prefix="mentor-app-shared-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o555), (0o444, 0o777), (0o666, 0o555)])
@pytest.mark.parametrize("name", ["team.sqlite", "a?b#c%d e.sqlite"])
def test_a_store_that_can_only_be_read_is_read(shared: Path, file: int, folder: int, name: str) -> None:
    place = shared / name
    with closing(open_team(place)) as store:
        add(store, "Ann")
    place.chmod(file)
    shared.chmod(folder)
    whole = place.read_bytes()

    def work() -> None:
        with closing(open_team(place)) as store:
            assert store.read_only
            assert names(store) == ["Ann"]
            with pytest.raises(UserError, match="can only be read here"):
                store.act(ME, add_person, PersonDetails(name="Bo"))
            assert names(store) == ["Ann"]

    by_nobody(work)
    shared.chmod(0o777)
    assert place.read_bytes() == whole
    assert [path.name for path in shared.iterdir()] == [name]


@pytest.mark.parametrize("moved", [False, True])
def test_where_its_last_changes_can_not_be_read_it_is_said_what_to_copy(
    shared: Path, tmp_path: Path, moved: bool
) -> None:
    place, there = tmp_path / "team.sqlite", shared / "team.sqlite"
    with closing(open_team(place)) as store:
        add(store, "Ann")
        if moved:  # out of the log, which stays as an empty file
            with store.whole_file() as raw:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for end in ("", "-wal"):
            Path(shutil.copy(f"{place}{end}", f"{there}{end}")).chmod(0o444)
    shared.chmod(0o555)

    def read() -> None:
        with closing(open_team(there)) as store:
            assert names(store) == ["Ann"]

    def refused() -> None:
        for opened in (open_team, lambda path: backup.reading(path).__enter__()):
            with pytest.raises(UserError, match=r"team\.sqlite-wal beside it\. Copy both"):
                opened(there)

    by_nobody(read if moved else refused)


def test_what_others_write_into_a_store_that_is_only_read_is_seen(shared: Path) -> None:
    """Whether they have it open now, or come and go while it is open here."""
    place = shared / "team.sqlite"
    with closing(open_team(place)) as store:
        add(store, "Ann")
    place.chmod(0o644)
    reader, writer = os.pipe(), os.pipe()  # the reader says that it is ready, the writer that it has written

    def read() -> None:
        with closing(open_team(place)) as store:
            assert store.read_only
            seen = [names(store)]
            for _ in range(2):
                os.write(reader[1], b"x")
                os.read(writer[0], 1)
                seen.append(names(store))
        assert seen == [["Ann"], ["Ann", "Bo"], ["Ann", "Bo", "Cy"]]

    child = os.fork()
    if child == 0:
        code = 1
        try:
            by_nobody(read)
            code = 0
        finally:
            os._exit(code)
    os.read(reader[0], 1)
    writing = open_team(place)
    add(writing, "Bo")
    for end in ("-wal", "-shm"):
        Path(f"{place}{end}").chmod(0o644)
    os.write(writer[1], b"x")
    os.read(reader[0], 1)
    add(writing, "Cy")
    writing.close()
    os.write(writer[1], b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for end in (*reader, *writer):
        os.close(end)


def test_an_older_store_that_can_only_be_read_says_what_to_do(shared: Path) -> None:
    place = shared / "team.sqlite"
    shutil.copy(DATA / "stores" / "0003.sqlite", place)
    place.chmod(0o444)
    shared.chmod(0o555)
    by_nobody(lambda: _assert_old(place))
    shared.chmod(0o777)


def _assert_old(place: Path) -> None:
    assert fault_of(lambda: open_team(place)) == faults.OLD_READ_ONLY


def overwritten(place: Path, with_what: Callable[[Path], None]) -> None:
    """Another process writes into the very file."""
    child = os.fork()
    if child == 0:
        with_what(place)
        os._exit(0)
    os.waitpid(child, 0)


def cut(size: int) -> Callable[[Path], None]:
    return lambda place: os.truncate(place, size)


def put(content: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        handle = os.open(place, os.O_WRONLY | os.O_TRUNC)
        os.write(handle, content)

    return write


@pytest.mark.parametrize("harm", ["empty", "half", "letter", "other store", "first page"])
@pytest.mark.parametrize("checkpointed", [True, False])
def test_a_file_written_over_while_it_is_open_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str, checkpointed: bool
) -> None:
    place, other = tmp_path / "team.sqlite", tmp_path / "other.sqlite"
    with closing(open_team(other)) as store:
        add(store, "Stranger")
    with closing(open_team(place)) as store:
        for number in range(50):
            add(store, f"Person {number}")
    store = open_team(place)
    names(store)
    add(store, "Ann")
    if checkpointed:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint")
        names(store)
    harms = {
        "empty": cut(0),
        "half": cut(place.stat().st_size // 2),
        "letter": put(b"Dear all, " * 5000),
        "other store": put(other.read_bytes()),
        "first page": put(b"\0" * 4096),
    }
    overwritten(place, harms[harm])
    left = place.stat().st_size
    monkeypatch.setattr(guard, "_LOOKS", (0.0, 0.01))
    for work in (lambda: names(store), lambda: add(store, "Bo"), lambda: names(store)):
        assert fault_of(work) == (guard.REPLACED if harm == "other store" else guard.OVERWRITTEN)
    assert place.stat().st_size == left  # nothing was written to it


def test_what_sqlite_itself_does_to_the_file_is_no_alarm(tmp_path: Path) -> None:
    """Moving the log, shrinking, a backup of another company restored by another program."""
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    for number in range(200):
        add(store, f"Person {number}")
    kept_here = kept(store)
    stranger = open_team(tmp_path / "other.sqlite")
    add(stranger, "Stranger")
    other = kept(stranger)
    stranger.close()
    held = locks(place)
    script = """
import sys, sqlite3
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
c.execute("CREATE TABLE t (x)"); c.execute("INSERT INTO t VALUES (zeroblob(4000000))"); c.execute("DROP TABLE t")
c.execute("VACUUM"); c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""
    subprocess.run([sys.executable, "-c", script, str(place)], check=True)
    assert len(names(store)) == 200
    assert locks(place) == held
    restore = [sys.executable, "-m", "mentor_app", "--store", str(place), "restore", str(other.path)]
    subprocess.run([*restore, "--yes", "--anyway"], check=True, capture_output=True)
    assert names(store) == ["Stranger"]
    subprocess.run([*restore[:-1], str(kept_here.path), "--yes", "--anyway"], check=True, capture_output=True)
    assert len(names(store)) == 200
    store.close()


def test_a_network_drive_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "share one" / "team.sqlite"
    place.parent.mkdir()
    info = tmp_path / "mountinfo"
    spelt = str(place.parent).replace(" ", r"\040")
    info.write_text(
        "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        f"35 21 0:40 / {spelt} rw,relatime shared:2 - nfs4 server:/export rw,vers=4.2\n"
        "36 21 0:41 / /elsewhere rw - cifs //server/x rw\n"
    )
    monkeypatch.setattr(opening, "_MOUNTS", info)
    assert opening.network_system(place) == "nfs4"
    assert opening.network_system(tmp_path / "team.sqlite") == ""
    with closing(open_team(place)) as store:
        assert [remark.key for remark in store.remarks] == [opening.NETWORK]
        add(store, "Ann")
        assert names(store) == ["Ann"]
    assert attachments.folder_of(store.location).parent == place.parent


def test_a_backup_is_looked_at_and_not_written(file_store: Store) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    whole = made.path.read_bytes()
    with closing(open_team(made.path)) as opened:
        assert [remark.key for remark in opened.remarks] == [faults.IS_BACKUP]
        assert not is_cured(opened)
        with pytest.raises(StoreFault, match="restore it"):
            add(opened, "Bo")
    assert people_in(made.path) == ["Ann"]
    assert "restore it" in run(made.path, "capacity", "Ann", "3", code=1)
    assert made.path.read_bytes() == whole
    assert [path.name for path in made.path.parent.iterdir() if made.path.stem in path.name] == [made.path.name]
