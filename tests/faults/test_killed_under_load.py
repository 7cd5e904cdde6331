"""kill -9 at any moment while everything is done that can be done: what was said to be done is there, and nothing by halves."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from mentor_app.core.check import problems
from mentor_app.core.store.history import change, change_set
from mentor_app.core.team import open_team
from tests.faults.figures import count, seconds

BUSY = """
import random, sys
from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.team import open_team
from tests.core.history.world import DEEDS
from tests.core.points.mentoring import Camp

place, seed = sys.argv[1], int(sys.argv[2])
store = open_team(place)
act = store.act

def told(who, action, *args, **more):
    done = act(who, action, *args, **more)
    if done.change_set_id is not None:
        print(done.change_set_id, flush=True)
    return done

store.act = told
at, chance = Camp(store), random.Random(seed)
names = sorted(DEEDS)
while True:
    try:
        who, action, args, more = DEEDS[chance.choice(names)](at)
        store.act(who, action, *args, **more)
        if chance.random() < 0.3:
            store.act(who, undo)
            if chance.random() < 0.5:
                store.act(who, redo)
    except (UserError, IndexError, TypeError):
        continue
"""


def killed(place: Path, seed: int, after: float) -> list[int]:
    """Let a process work on a new store and kill it after so many seconds; the change sets it said were kept."""
    started = [sys.executable, "-c", BUSY, str(place), str(seed)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=root) as busy:
        assert busy.stdout is not None
        first = busy.stdout.readline()
        time.sleep(after)
        os.kill(busy.pid, signal.SIGKILL)
        return [int(line) for line in (first, *busy.stdout) if line.strip().isdecimal() and line.endswith("\n")]


def test_what_was_done_is_there_and_nothing_by_halves(tmp_path: Path) -> None:
    chance, until = random.Random(17), time.monotonic() + seconds(8, 25)
    kills = 0
    while kills < 3 or time.monotonic() < until:
        place = tmp_path / f"{kills}.sqlite"
        kept = killed(place, kills, chance.uniform(0, 1.5))
        kills += 1
        store = open_team(place)
        with store.read() as connection:
            there = set(connection.execute(select(change_set.c.id)).scalars())
            lost = set(kept) - there
            count(kills=1, actions_committed=len(kept), actions_lost=len(lost))
            assert not lost
            bare = (
                select(func.count())
                .select_from(change_set)
                .where(change_set.c.id.not_in(select(change.c.change_set_id)))
            )
            assert connection.execute(bare).scalar() == 0
            assert problems(connection) == []
        store.close()
        for file in tmp_path.glob(f"{kills - 1}.sqlite*"):
            file.unlink()
