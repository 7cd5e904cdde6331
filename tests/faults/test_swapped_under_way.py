"""Another file is put in the place of a store while something is done to it: the one is not mixed with the other, and that is told."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from mentor_app.core.check import problems
from mentor_app.core.errors import InDoubt, StoreFault, UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Actor, Session, guard, open_store, opening
from mentor_app.core.store.kept import folder_of
from mentor_app.core.team import open_team
from tests.conftest import ME
from tests.core.store.test_guard import linux
from tests.core.store.test_opening import add, names, overwritten, put
from tests.faults.figures import count, seconds
from tests.steps import step

ROOT = Path(__file__).parents[2]
FEW, MANY = 9, 1_500  # these have long names: more than is kept in the log
_VERB = """
import sys
from sqlalchemy import Engine, event
from mentor_app.cli import run
from mentor_app.core.store.session import Session

def wait():
    print("there", flush=True)
    sys.stdin.readline()

if sys.argv[1] == "written":
    close = Session.close
    def closing(self, actor, name):
        done = close(self, actor, name)
        wait()
        return done
    Session.close = closing
elif sys.argv[1] == "done":
    from mentor_app.cli.base import CliContext
    end = CliContext._close
    def ending(self, store):
        wait()
        end(self, store)
    CliContext._close = ending
else:
    @event.listens_for(Engine, "commit")
    def committing(connection):
        if connection.get_execution_options().get("writes"):
            wait()
sys.exit(run(sys.argv[2:]))
"""


def copied(place: Path, other: Path) -> None:
    subprocess.run(["cp", str(other), str(place)], check=True)


def moved(place: Path, other: Path) -> None:
    os.replace(shutil.copy(other, other.with_name("moved.sqlite")), place)


def copied_without_log(place: Path, other: Path) -> None:
    copied(place, other)
    for end in ("-wal", "-shm"):
        place.with_name(place.name + end).unlink()


SWAPS = (copied, moved, copied_without_log)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return _made(tmp_path / "team.sqlite", "Ann", 5)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return _made(tmp_path / "other.sqlite", "Stranger", 40)


def _made(path: Path, name: str, times: int) -> Path:
    with closing(open_team(path)) as store:
        for number in range(times):
            add(store, f"{name} {number}")
    return path


def _deals(folder: Path, much: int) -> Path:
    path = folder / "deals.csv"
    rows = (f"K{n},{'long ' * 600}{n},Cust {n},Ann 1,Proposal,{n},2026-12-01" for n in range(much))
    path.write_text("\n".join(["Id,Opportunity Name,Account,Owner,Stage,Amount,Close Date", *rows]))
    return path


def _import_until(moment: str, place: Path, much: int, then: Callable[[], None]) -> tuple[int, str]:
    """Import so many deals by the command line; something happens at this ``moment`` of it. The exit code, and what was complained of."""
    words = [sys.executable, "-c", _VERB, moment, "--store", str(place), "import", "opportunities"]
    with subprocess.Popen(
        [*words, str(_deals(place.parent, much))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as verb:
        assert verb.stdout is not None
        assert "there\n" in iter(verb.stdout.readline, "")
        then()
        _, complained = verb.communicate("\n" * 9)
        return verb.returncode, complained


def _is_sound(place: Path) -> bool:
    with closing(sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True)) as look:
        return bool(look.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


@linux
@pytest.mark.parametrize("swap", SWAPS)
def test_an_import_over_another_file_is_not_committed(
    place: Path, other: Path, swap: Callable[[Path, Path], None]
) -> None:
    code, complained = _import_until("written", place, FEW, lambda: swap(place, other))
    assert (code, place.read_bytes() == other.read_bytes()) == (1, True)
    assert "is another file now than when it was opened" in complained
    with closing(open_team(place)) as store:
        assert not store.remarks
        assert len(names(store)) == 40


@linux
@pytest.mark.parametrize("swap", SWAPS)
def test_of_an_import_that_was_being_committed_nothing_gets_into_another_file(
    place: Path, other: Path, swap: Callable[[Path, Path], None]
) -> None:
    """What it wrote is in the log, and is kept."""
    code, complained = _import_until("committing", place, MANY, lambda: swap(place, other))
    assert (code, place.read_bytes() == other.read_bytes()) == (1, True)
    assert "is another file now than when it was opened" in complained
    (aside,) = folder_of(str(place)).glob("*-aside.sqlite-wal")
    assert str(aside) in complained
    assert aside.stat().st_size > 1000 * 4096
    with closing(open_team(place)) as store:
        assert not store.remarks
        assert len(names(store)) == 40


@linux
def test_an_import_into_a_file_that_is_gone_is_not_committed(place: Path) -> None:
    away, before = place.with_name("away.sqlite"), place.read_bytes()
    code, complained = _import_until("written", place, FEW, lambda: place.rename(away) and None)
    assert code == 1
    assert "is not there any more" in complained
    assert away.read_bytes() == before
    assert not place.exists()


def _rename_folder(place: Path) -> Path:
    return place.parent.rename(place.parent.with_name("renamed")) / place.name


def _rename_file(place: Path) -> Path:
    return place.rename(place.with_name("away.sqlite"))


def _delete_all(place: Path) -> Path:
    for end in ("", "-wal", "-shm"):
        place.with_name(place.name + end).unlink()
    return place


@linux
@pytest.mark.parametrize("moment", ["committing", "done"])
@pytest.mark.parametrize(
    ("move", "said"),
    [
        (_rename_folder, "It is stored, in the file that was moved"),
        (_rename_file, "team.sqlite-wal, which stayed behind"),
        (_delete_all, "a copy may lack it"),
    ],
)
def test_of_an_import_that_was_stored_before_the_file_went_away_it_is_said_where_it_is(
    tmp_path: Path, moment: str, move: Callable[[Path], Path], said: str
) -> None:
    """Nobody is told to do again what was done."""
    (tmp_path / "folder").mkdir()
    place = _made(tmp_path / "folder" / "team.sqlite", "Ann", 5)
    went: list[Path] = []
    code, complained = _import_until(moment, place, FEW, lambda: went.append(move(place)))
    assert (code, place.exists()) == (1, False)
    assert said in complained
    assert "try again" not in complained
    if move is _rename_file:
        went[0].rename(place)  # as it is advised
    if move is not _delete_all:
        with closing(open_team(place if place.exists() else went[0])) as store, store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM opportunity").scalar() == FEW


@linux
def test_whether_it_was_stored_is_known_once_the_file_is_back(place: Path) -> None:
    away = place.with_name("away.sqlite")

    def move(_connection: object) -> None:
        place.rename(away)

    with closing(open_team(place)) as store:
        event.listen(store.engine, "commit", move)
        with pytest.raises(InDoubt) as told:
            store.act(ME, add_person, PersonDetails(name="Bo"))
        event.remove(store.engine, "commit", move)
        assert told.value.message.key == guard.LEFT_IN_LOG
        with pytest.raises(StoreFault) as gone:
            store.became(told.value)
        assert gone.value.message.key == guard.GONE
        away.rename(place)
        assert store.became(told.value)
        assert not store.became(InDoubt(told.value.message, told.value.change_set_id + 1, told.value.at))
        assert names(store).count("Bo") == 1


@linux
def test_without_a_swap_such_an_import_is_in_the_file(place: Path) -> None:
    """So that the tests above try what they say."""
    assert _import_until("committing", place, MANY, lambda: None) == (0, "")
    with closing(open_team(place)) as store, store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM opportunity").scalar() == MANY


@linux
def test_an_action_whose_log_was_removed_is_not_committed(place: Path) -> None:
    """It would be in a file without a name."""

    @step
    def removing(session: Session, actor: Actor) -> None:
        add_person(session, actor, PersonDetails(name="Lost"))
        place.with_name(place.name + "-wal").unlink()

    with closing(open_team(place)) as store:
        add(store, "Bo")
        told: list[object] = []
        store.on_notice = told.append
        with pytest.raises(UserError) as refused:
            store.act(ME, removing)
        assert refused.value.message.key == guard.LOG_GONE
        add(store, "Cy")
        assert len(told) == 1
        assert {"Bo", "Cy"} <= set(names(store))
        assert "Lost" not in names(store)
    with closing(open_team(place)) as store:
        assert {"Bo", "Cy"} <= set(names(store))
    assert _is_sound(place)


@linux
def test_what_goes_wrong_over_another_file_is_told_as_that(place: Path, other: Path) -> None:
    content = other.read_bytes()

    @step
    def failing(_session: Session, _actor: Actor) -> None:
        overwritten(place, put(content))
        raise KeyError

    with closing(open_team(place)) as store:
        add(store, "Bo")
        with pytest.raises(StoreFault) as told:
            store.act(ME, failing)
        assert told.value.message.key == guard.REPLACED


@linux
@pytest.mark.parametrize("swap", [copied, moved])
def test_a_file_that_is_replaced_while_it_is_opened_is_read_as_a_whole(
    place: Path, other: Path, monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path, Path], None]
) -> None:
    """What SQLite has read of it before is not taken for a part of it."""
    prepare, swapped = opening.prepare, iter([True])

    def prepared(*args: object, **kwargs: object) -> object:
        done = prepare(*args, **kwargs)  # type: ignore[arg-type]
        if next(swapped, False):
            swap(place, other)
        return done

    monkeypatch.setattr("mentor_app.core.store.prepare", prepared)
    with closing(open_team(place)) as store:
        add(store, "Bo")
        assert sorted(names(store)) == sorted(["Bo", *(f"Stranger {number}" for number in range(40))])
        with store.read() as connection:
            assert problems(connection) == []
    assert _is_sound(place)


def test_a_log_that_grew_long_is_moved_into_the_file(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    with closing(open_store(place)) as store:
        for number in range(400):
            add(store, f"Person {number}")
        assert place.with_name("team.sqlite-wal").stat().st_size < 1500 * 4096
        with closing(sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True)) as look:
            assert look.execute("SELECT count(*) FROM person").fetchone()[0] > 100


_BUSY = """
import random, sys, time
from pathlib import Path
from mentor_app.core.store import guard
from mentor_app.core.store.backup import keep
from mentor_app.core.store.kept import Reason
from mentor_app.core.team import open_team
from tests.core.store.test_opening import add, names
import datetime as dt

guard._LONG = 12  # pages: the log is moved again and again
place, who, until = sys.argv[1], sys.argv[2], time.monotonic() + float(sys.argv[3])
chance, added = random.Random(who), 0
while time.monotonic() < until:
    store = open_team(place)
    for _ in range(chance.randrange(1, 40)):
        add(store, f"{who} {added}")
        added += 1
        if chance.random() < 0.1:
            names(store)
        if chance.random() < 0.02:
            with store.whole_file() as source:
                keep(source, place, Reason.ASKED, dt.datetime.now(dt.UTC))
    store.close()
print(added)
"""
_OTHER_PROGRAM = """
import sqlite3, sys, time
until = time.monotonic() + float(sys.argv[2])
while time.monotonic() < until:
    look = sqlite3.connect(sys.argv[1], timeout=5)
    for how in ("PASSIVE", "FULL", "TRUNCATE"):
        look.execute(f"PRAGMA wal_checkpoint({how})").fetchall()
        time.sleep(0.01)
    look.close()
"""


def test_several_that_write_at_once_are_no_alarm_to_each_other(place: Path) -> None:
    """Windows, commands, backups, and another program, each of which moves the log into the file under the others."""
    lasts = seconds(3, 5)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", *words, str(lasts)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for words in (
            [_BUSY, str(place), "Bo"],
            [_BUSY, str(place), "Cy"],
            [_BUSY, str(place), "Di"],
            [_OTHER_PROGRAM, str(place)],
        )
    ]
    chance, until, checks = random.Random(1), time.monotonic() + lasts, 0
    while time.monotonic() < until:
        verb = [sys.executable, "-m", "mentor_app", "--store", str(place), chance.choice(["people", "check"])]
        done = subprocess.run(verb, capture_output=True, text=True, check=False, cwd=ROOT)
        assert (done.returncode, done.stderr) == (0, "")
        checks += 1
    said = [(one.communicate(), one.returncode) for one in started]
    assert [(complained, code) for (_, complained), code in said] == [("", 0)] * 4
    added = sum(int(out) for (out, _), _ in said if out)
    count(writes_at_once=added, verbs_beside_them=checks, alarms_for_nothing=0)
    assert added > 20
    with closing(open_team(place)) as store:
        assert not store.remarks
        assert len(names(store)) == 5 + added
    assert _is_sound(place)
