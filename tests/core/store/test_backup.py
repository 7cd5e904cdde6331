"""Backups: whole, private, thinned out by age, with their attachments; never half-written."""

import datetime as dt
import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.playbooks.tables import playbook, playbook_attachment, playbook_kind
from mentor_app.core.store import Store, attachments, backup, keeping, open_store
from mentor_app.core.store.kept import ASIDE, Backup, Reason, to_keep
from mentor_app.core.store.passing import leftovers, part_of
from mentor_app.core.team import open_team
from tests.conftest import DATA, ME

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PDF = b"%PDF-1.7 a contract"


def add(store: Store, name: str) -> int:
    return store.act(ME, add_person, PersonDetails(name=name)).result


def kept(store: Store, reason: Reason = Reason.ASKED, now: dt.datetime = NOW) -> Backup:
    with store.whole_file() as source:
        return backup.keep(source, store.location, reason, now)


def people_in(path: Path) -> list[str]:
    """Who is in a backup, by the plainest reading there is."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM person ORDER BY id")]


def attach(store: Store, tmp_path: Path, content: bytes = PDF) -> str:
    """An attachment with its row, as if of a playbook."""
    source = tmp_path / "contract.pdf"
    source.write_bytes(content)
    stored = attachments.put(attachments.folder_of(store.location), source)
    with store.engine.connect() as connection, connection.execution_options(writes=True).begin():
        ann = connection.exec_driver_sql("SELECT id FROM person LIMIT 1").scalar()
        kind = connection.execute(playbook_kind.select()).first()
        assert kind is not None
        book = connection.execute(insert(playbook).values(kind_id=kind.id, owner_id=ann, title="x", state="draft"))
        connection.execute(
            insert(playbook_attachment).values(
                playbook_id=book.inserted_primary_key[0], name="contract.pdf", kind="pdf", size=len(content),
                sha256=stored.sha256, removed=0,
            )
        )  # fmt: skip
    return stored.sha256


def test_a_backup_is_one_whole_private_file(file_store: Store) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    assert people_in(made.path) == ["Ann"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]
    assert backup.listed(file_store.location) == [made]
    assert made.at == NOW
    with closing(open_store(made.path)) as opened, opened.read() as connection:  # it is a store by itself
        assert connection.exec_driver_sql("SELECT name FROM person").scalars().all() == ["Ann"]


def test_a_backup_holds_one_state_whatever_is_written_meanwhile(file_store: Store) -> None:
    for number in range(30):
        add(file_store, f"Person {number}")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            add(file_store, "more")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for second in range(5):
            made = kept(file_store, now=NOW + dt.timedelta(seconds=second))
            with closing(sqlite3.connect(f"file:{made.path}?mode=ro", uri=True)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                people, sets = copy.execute(
                    "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM change_set)"
                ).fetchone()
                assert people == sets
    finally:
        stop.set()
        writer.join()


def test_what_is_typed_in_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "what? 100% #1 a b").mkdir()
    store = open_team(tmp_path / "what? 100% #1 a b" / "team ?#%.sqlite")
    add(store, "Ann")
    made = kept(store)
    assert made.path.parent == tmp_path / "what? 100% #1 a b" / "team ?#%.sqlite.backups"
    with backup.reading(made.path) as copy:
        assert copy.execute("SELECT name FROM person").fetchall() == [("Ann",)]
    to = tmp_path / "b?c#d%e f.sqlite"
    with store.whole_file() as source:
        backup.write(source, store.location, to)
    assert to.exists()
    store.close()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [to.name]


def test_a_store_at_home_has_its_backups_at_home(own_home: Path) -> None:
    store = open_team("~/team.sqlite")
    add(store, "Ann")
    assert kept(store).path.parent == own_home / "team.sqlite.backups"
    assert attachments.folder_of(store.location) == own_home / "team.sqlite.files"
    store.close()


def test_attachments_lie_once_beside_all_backups(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    sha256 = attach(file_store, tmp_path)
    folder = kept(file_store).path.parent
    kept(file_store, now=NOW + dt.timedelta(hours=1))
    files = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert [path.name for path in files] == [sha256]
    assert files[0].read_bytes() == PDF
    original = attachments.verified(attachments.folder_of(file_store.location), sha256)
    assert not os.path.samefile(original, files[0])
    original.write_bytes(b"changed by somebody")  # the backup does not follow
    assert files[0].read_bytes() == PDF


def test_one_file_holds_the_attachments_too(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    sha256 = attach(file_store, tmp_path)
    to = tmp_path / "all.sqlite"
    with file_store.whole_file() as source:
        backup.write(source, file_store.location, to)
    with closing(sqlite3.connect(to)) as copy:
        assert copy.execute("SELECT sha256, content FROM backup_file").fetchall() == [(sha256, PDF)]
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert not to.with_name("all.sqlite.files").exists()


@pytest.mark.parametrize("name", ["", "-wal", "-shm", "-journal"])
def test_a_backup_is_never_written_over_an_open_store(file_store: Store, name: str) -> None:
    add(file_store, "Ann")
    with pytest.raises(UserError, match="open here"), file_store.whole_file() as source:
        backup.write(source, file_store.location, Path(file_store.location + name))


def test_a_backup_is_never_written_over_a_store_that_another_program_has_open(
    file_store: Store, tmp_path: Path
) -> None:
    add(file_store, "Ann")
    place = tmp_path / "other.sqlite"
    script = (
        f"import sys; from mentor_app.core.team import open_team; s = open_team({str(place)!r}); s.read().__enter__(); "
        "print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(UserError, match="another program has open"), file_store.whole_file() as source:
        backup.write(source, file_store.location, place)
    other.communicate()


def test_a_place_that_can_not_be_written_to_is_said(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    (tmp_path / "folder").mkdir()
    for to, words in (
        (tmp_path / "nowhere" / "b.sqlite", "no such file or folder"),
        (tmp_path / "folder", "is a folder"),
        (Path("/proc/b.sqlite"), "No backup could be written to /proc/b.sqlite"),
    ):
        with pytest.raises(UserError, match=words), file_store.whole_file() as source:
            backup.write(source, file_store.location, to)
    assert not list(tmp_path.glob(".part-*"))


def first_leaf(place: Path, name: str) -> int:
    """Where the first page of an index lies that holds entries: nothing needs it to open the store."""
    with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as opened:
        root = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    with place.open("rb") as file:
        file.seek((root - 1) * 4096)
        page = file.read(4096)
    assert page[0] == 2  # an inner page of an index
    cell = int.from_bytes(page[12:14], "big")
    return (int.from_bytes(page[cell : cell + 4], "big") - 1) * 4096


def test_a_damaged_store_is_no_backup(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    for number in range(300):
        add(store, f"Person {number}")
    good = kept(store)
    store.close()
    with place.open("r+b") as file:
        file.seek(first_leaf(place, "ix_change_row"))
        file.write(b"\xff" * 4096)
    broken = open_team(place)
    with pytest.raises(UserError, match="is damaged"):
        kept(broken, now=NOW + dt.timedelta(days=1))
    broken.close()
    assert backup.listed(str(place)) == [good]


def test_daily_once_a_day_and_only_where_something_is_new(file_store: Store) -> None:
    assert keeping.keep_daily(file_store, NOW) is None  # nothing was written yet
    add(file_store, "Ann")
    assert keeping.keep_daily(file_store, NOW) is not None
    add(file_store, "Bo")
    assert keeping.keep_daily(file_store, NOW + dt.timedelta(minutes=5)) is None
    tomorrow = keeping.keep_daily(file_store, NOW + dt.timedelta(days=1))
    assert tomorrow is not None
    assert people_in(tomorrow.path) == ["Ann", "Bo"]
    assert keeping.keep_daily(file_store, NOW + dt.timedelta(days=2)) is None  # nobody wrote since
    assert [one.reason for one in backup.listed(file_store.location)] == [Reason.DAILY] * 2


_DAILY = """
import datetime as dt, sys
from pathlib import Path
from mentor_app.core.store import backup, keeping
from mentor_app.core.team import open_team
store, copy = open_team(sys.argv[1]), backup._copy
def copied(*arguments):
    print("copying", flush=True)
    sys.stdin.readline()
    copy(*arguments)
backup._copy = copied
print("ready", flush=True)
sys.stdin.readline()
print("made" if keeping.keep_daily(store, dt.datetime.now(dt.UTC)) else "nothing", flush=True)
"""


def test_two_windows_make_the_day_s_backup_once(file_store: Store) -> None:
    """The second begins while the first one copies, and makes none of its own; nothing of a passing name is left."""
    add(file_store, "Ann")
    command = [sys.executable, "-c", _DAILY, file_store.location]
    windows = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    def heard(window: subprocess.Popen[str]) -> str:
        assert window.stdout is not None
        return window.stdout.readline().strip()

    def told(window: subprocess.Popen[str]) -> None:
        assert window.stdin is not None
        window.stdin.write("\n")
        window.stdin.flush()

    assert [heard(window) for window in windows] == ["ready", "ready"]
    told(windows[0])
    assert heard(windows[0]) == "copying"
    told(windows[1])
    told(windows[1])  # in case it copied, too
    time.sleep(0.5)
    told(windows[0])
    assert [heard(window) for window in windows] == ["made", "nothing"]
    for window in windows:
        window.communicate()
    names = [path.name for path in backup.folder_of(file_store.location).iterdir()]
    assert [one.path.name for one in backup.listed(file_store.location)] == names
    assert len(names) == 1


def test_before_an_import_unless_a_backup_holds_it_all(file_store: Store) -> None:
    add(file_store, "Ann")
    made = keeping.keep_before_import(file_store, NOW)
    assert made is not None
    assert made.reason == Reason.IMPORT
    assert keeping.keep_before_import(file_store, NOW + dt.timedelta(minutes=1)) is None
    add(file_store, "Bo")
    assert keeping.keep_before_import(file_store, NOW + dt.timedelta(minutes=2)) is not None


def test_before_a_migration(tmp_path: Path) -> None:
    old = DATA / "stores" / "0003.sqlite"
    place = tmp_path / "team.sqlite"
    place.write_bytes(old.read_bytes())
    open_store(place).close()
    (made,) = backup.listed(str(place))
    assert made.reason == Reason.UPDATE
    with backup.reading(made.path) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)
    open_store(place).close()
    assert backup.listed(str(place)) == [made]


def test_without_a_backup_nothing_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "team.sqlite"
    place.write_bytes((DATA / "stores" / "0003.sqlite").read_bytes())
    (tmp_path / "team.sqlite.backups").write_text("in the way")
    with pytest.raises(UserError, match=r"could not be backed up before\. No backup could be written"):
        open_store(place)
    with closing(sqlite3.connect(place)) as still:
        assert still.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)


def made_at(moments: list[tuple[dt.datetime, Reason]]) -> list[Backup]:
    found = [
        Backup(path=Path(f"{n}"), at=at, reason=reason, size=1)
        for n, (at, reason) in enumerate(moments)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)


def test_thinning_keeps_seven_days_five_weeks_twelve_months() -> None:
    noon = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
    every_day = made_at([(noon - dt.timedelta(days=n), Reason.DAILY) for n in range(800)])
    kept_days = [one.at.date() for one in to_keep(every_day)]
    assert kept_days[:7] == [noon.date() - dt.timedelta(days=n) for n in range(7)]
    # the newest of each of five weeks (Sundays, but for the running one) and of each of twelve months
    sundays = [dt.date(2026, 11, 22), dt.date(2026, 11, 15), dt.date(2026, 11, 8), dt.date(2026, 11, 1)]
    months = [dt.date(2026, m, 1) - dt.timedelta(days=1) for m in range(11, 1, -1)] + [dt.date(2025, 12, 31)]
    assert set(kept_days) == {*kept_days[:7], *sundays, *months}


def test_thinning_loses_nothing_that_the_rule_asks_for() -> None:
    """Whatever was made when: every day of the newest seven, week of five, month of twelve that has a backup has one
    afterwards; thinning twice takes nothing more; the newest always stays."""
    chance = random.Random(17)
    for _ in range(200):
        start = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
        moments = [
            (start - dt.timedelta(hours=chance.randrange(24 * 500)), chance.choice(list(Reason)))
            for _ in range(chance.randrange(1, 80))
        ]
        every = made_at(moments)
        left = to_keep(every)
        assert to_keep(left) == left
        assert left[0] == every[0]
        periods: list[tuple[int, Callable[[dt.datetime], object]]] = [
            (7, lambda at: at.astimezone().date()),
            (5, lambda at: at.astimezone().isocalendar()[:2]),
            (12, lambda at: (at.astimezone().year, at.astimezone().month)),
        ]
        for count, of in periods:
            newest = list(dict.fromkeys(of(one.at) for one in every))[:count]
            assert set(newest) <= {of(one.at) for one in left}
        assert len(left) <= 7 + 5 + 12 + ASIDE


def test_thinning_takes_files_and_the_attachments_nobody_needs(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    gone = attach(file_store, tmp_path)
    first = kept(file_store, Reason.DAILY, NOW - dt.timedelta(days=600))
    with file_store.engine.connect() as connection, connection.execution_options(writes=True).begin():
        connection.exec_driver_sql("DELETE FROM playbook_attachment")
    stays = attach(file_store, tmp_path, b"%PDF-1.7 another")
    for months in range(12):
        kept(file_store, Reason.DAILY, NOW - dt.timedelta(days=31 * months))
    assert not first.path.exists()
    files = {path.name for path in (first.path.parent / "files").rglob("*") if path.is_file()}
    assert files == {stays}
    assert gone != stays


def test_what_a_killed_program_left_goes_later(file_store: Store) -> None:
    add(file_store, "Ann")
    folder = backup.folder_of(file_store.location)
    folder.mkdir()
    for name, age in ((".part-old.sqlite", 7200), (".part-new.sqlite", 60)):
        (folder / name).write_text("half")
        then = time.time() - age
        os.utime(folder / name, (then, then))
    kept(file_store)
    assert Counter(path.suffix for path in folder.iterdir()) == {".sqlite": 2}
    assert (folder / ".part-new.sqlite").exists()
    assert len(backup.listed(file_store.location)) == 1


def test_what_a_killed_program_left_goes_at_the_next_opening_or_backup_elsewhere(
    file_store: Store, tmp_path: Path
) -> None:
    """Also where nothing is due, and where it was one file in somebody's own folder."""
    add(file_store, "Ann")
    now = dt.datetime.now(dt.UTC)
    assert keeping.keep_daily(file_store, now) is not None
    folder, elsewhere = backup.folder_of(file_store.location), tmp_path / "elsewhere"
    elsewhere.mkdir()
    for place in (folder, elsewhere):
        for name in (".part-old.sqlite", ".part-old.sqlite-journal", ".part-somebody's.txt"):
            (place / name).write_text("half")
            os.utime(place / name, (now.timestamp() - 7200,) * 2)
    assert keeping.keep_daily(file_store, now) is None
    with file_store.whole_file() as source:
        backup.write(source, file_store.location, elsewhere / "b.sqlite")
    for place in (folder, elsewhere):
        assert [path.name for path in place.glob(".part-*")] == [".part-somebody's.txt"]


_KILLED = """
import os, sys
from pathlib import Path
from mentor_app.core.store.passing import part_of
with part_of(Path(sys.argv[1])) as part:
    part.with_name(part.name + "-journal").write_text("half")
    print(part.name, flush=True)
    sys.stdin.read()
"""


def test_what_is_being_written_stays_and_what_a_killed_program_left_goes_at_once(file_store: Store) -> None:
    add(file_store, "Ann")
    folder = backup.folder_of(file_store.location)
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        with part_of(folder) as mine:
            keeping.tidy(file_store)
            assert {path.name for path in leftovers(folder)} == {mine.name, name, f"{name}-journal"}
        assert not mine.exists()
        other.kill()
        other.wait()
    keeping.tidy(file_store)
    assert list(folder.iterdir()) == []


def test_a_server_is_not_backed_up_here(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    add(store, "Ann")
    assert keeping.keep_daily(store, NOW) is None
    assert keeping.keep_before_import(store, NOW) is None
    with pytest.raises(UserError, match="pg_dump"), store.whole_file():
        pass
