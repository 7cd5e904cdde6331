"""Backups and going back to one on bad days: killed at any step, on a full disk, where nothing can be written."""

import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.store import Store, backup, restore
from mentor_app.core.store.backup import Reason
from mentor_app.core.team import open_team
from tests.conftest import ME
from tests.core.store.test_backup import NOW, kept, people_in
from tests.faults.figures import count, rounds, seconds
from tests.faults.test_faults import mounted
from tests.steps import step

ROOT = Path(__file__).parents[2]


def crowd(store: Store, count: int, name: str = "Person") -> None:
    """Many people at once, each with a long name: a store of some size."""

    @step
    def many(session: object, actor: object) -> None:
        for number in range(count):
            add_person(session, actor, PersonDetails(name=f"{name} {number} " + "x" * 150))  # type: ignore[arg-type]

    store.act(ME, many)


def names(place: Path) -> set[str]:
    with closing(open_team(place)) as store, store.read() as connection:
        assert problems(connection) == []
        return {p.name for p in people(connection)}


def killed(place: Path, work: str, at: int) -> int:
    """Run ``work`` in a process of its own that kills itself at the ``at``-th call that changes something on the disk."""
    script = f"""
import os, sqlite3, sys
from pathlib import Path
from mentor_app.core.store import Actor, backup, restore
from mentor_app.core.team import open_team
from tests.core.store.test_backup import NOW
from tests.faults.figures import count
import mentor_app.core.store.backup as b
calls = 0
def counted(function):
    def call(*args, **kw):
        global calls
        calls += 1
        if calls == {at}:
            os.kill(os.getpid(), 9)
        return function(*args, **kw)
    return call
for module, name in ((os, "replace"), (os, "fsync"), (os, "unlink"), (os, "open")):
    setattr(module, name, counted(getattr(module, name)))
pages, b.PAGES = b.PAGES, 20
copy = b.copy_pages
def slow(source, target, progress):
    copy(source, target, counted(progress))
b.copy_pages = slow
store = open_team({str(place)!r})
calls = 0
{work}
print(calls)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, env=os.environ, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode in (0, -9), done.stderr
    return int(done.stdout or -1) if done.returncode == 0 else 0


KEEP = """
with store.whole_file() as source:
    backup.keep(source, store.location, backup.Reason.ASKED, NOW)
"""
BACK = """
with store.whole_file() as source:
    restore.restore_into(source, store.location, Path(store.location).with_name("safe.sqlite"), Actor("me"), NOW)
"""


def some_of(calls: int, many: float) -> list[int]:
    return sorted({1, calls - 1, calls, *range(1, calls, max(1, calls // int(many)))})


def test_killed_anywhere_while_backing_up(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    with closing(open_team(place)) as store:
        crowd(store, 100)
    whole = names(place)
    calls = killed(place, KEEP, -1)
    assert calls > 5
    for path in backup.folder_of(str(place)).iterdir():
        path.unlink()
    for at in some_of(calls, seconds(2, 5)):
        assert killed(place, KEEP, at) == 0
        count(kills=1)
        for made in backup.listed(str(place)):
            assert set(people_in(made.path)) == whole
            made.path.unlink()
    assert names(place) == whole


def test_killed_anywhere_while_going_back(tmp_path: Path) -> None:
    place, safe = tmp_path / "team.sqlite", tmp_path / "safe.sqlite"
    with closing(open_team(place)) as store:
        crowd(store, 60, "Then")
        with store.whole_file() as source:
            backup.write(source, store.location, safe)
        crowd(store, 80, "Since")
    then, now = set(people_in(safe)), names(place)
    calls = killed(place, BACK, -1)
    assert names(place) == then
    outcomes = set()
    for at in some_of(calls, seconds(4, 10)):
        with closing(open_team(place)) as store, store.whole_file() as source:
            forth = next(one for one in backup.listed(str(place)) if set(people_in(one.path)) == now)
            restore.restore_into(source, store.location, forth.path, ME, NOW)
        assert killed(place, BACK, at) == 0
        count(kills=1)
        left = names(place)
        assert left in (then, now), at  # never something between
        outcomes.add(left == then)
        assert any(set(people_in(one.path)) == now for one in backup.listed(str(place)))
    assert False in outcomes


def filled(film: Path) -> None:
    try:
        with film.open("wb") as file:
            while file.write(b"x" * 4096):
                file.flush()
    except OSError:
        return


def test_a_full_disk_leaves_nothing_and_takes_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "-t", "tmpfs", "-o", "size=6m", "tmpfs"):
        place = disk / "team.sqlite"
        store = open_team(place)
        crowd(store, 400)
        good = kept(store)
        crowd(store, 400, "More")
        with store.read() as connection:
            before = {p.name for p in people(connection)}
        store.engine.dispose()  # nothing but the file itself takes room
        filled(disk / "film")
        held = {path for path in disk.rglob("*") if path.is_file()}
        for work in (
            lambda source: backup.keep(source, store.location, Reason.ASKED, NOW),
            lambda source: backup.write(source, store.location, disk / "out.sqlite"),
            lambda source: restore.restore_into(source, store.location, good.path, ME, NOW),
        ):
            with pytest.raises(UserError, match="disk is full"), store.whole_file() as source:
                work(source)
            count(disk_full_points=1)
        store.engine.dispose()
        left = {path for path in disk.rglob("*") if path.is_file()} - held
        assert {path.name for path in left} <= {"team.sqlite-wal", "team.sqlite-shm"}
        (disk / "film").unlink()
        with store.read() as connection:
            assert {p.name for p in people(connection)} == before
            assert problems(connection) == []
        assert backup.listed(store.location) == [good]
        store.close()


def test_a_disk_that_fills_up_in_the_middle_of_going_back(tmp_path: Path) -> None:
    """Whatever room is left, the store is as it was or as it was then, and a sentence says which."""
    disk = tmp_path / "disk"
    outcomes = set()
    with mounted(disk, "-t", "tmpfs", "-o", "size=24m", "tmpfs"):
        place = disk / "team.sqlite"
        store = open_team(place)
        crowd(store, 300, "Then")
        good = kept(store)
        then = set(people_in(good.path))
        rooms = [200, 500, 800, 1100, 1400, 1700, 2000, 3000, 6000]  # KB
        for n in rounds(len(rooms), 5):
            room = rooms[n] if n < len(rooms) else random.randrange(100, 6000)
            count(disk_full_points=1)
            crowd(store, 300, f"Since {n}")
            with store.read() as connection:
                before = {p.name for p in people(connection)}
            store.engine.dispose()
            filled(disk / "film")
            with (disk / "film").open("r+b") as film:
                film.truncate(max(0, (disk / "film").stat().st_size - room * 1024))
            expected, why = then, "disk is full"
            try:
                with store.whole_file() as source:
                    restore.restore_into(source, store.location, good.path, ME, NOW)
            except UserError as error:
                expected, why = before, str(error)
            assert "disk is full" in why
            assert f"changed in {good.path}" not in why  # it is not the backup that is written to
            store.engine.dispose()
            (disk / "film").unlink()
            outcomes.add(expected == then)
            with store.read() as connection:
                assert {p.name for p in people(connection)} == expected, room
                assert problems(connection) == []
            assert not list(backup.folder_of(store.location).glob(".part-*"))
            for made in backup.listed(store.location):
                if made.path != good.path:
                    made.path.unlink()
            if expected == before:
                with store.whole_file() as source:
                    restore.restore_into(source, store.location, good.path, ME, NOW)
        assert outcomes == {True, False}
        store.close()
