"""Killed in the middle of awarding points: the ledger is whole, and what is missing is awarded once."""

import random
import subprocess
import sys
from pathlib import Path

from mentor_app.core.check import problems
from mentor_app.core.points.award import settle_all
from mentor_app.core.points.ledger import verify
from mentor_app.core.store import Actor
from mentor_app.core.team import open_team
from tests.core.points.mentoring import Camp
from tests.faults.figures import count

_WORK = """
import sys
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.store import Actor
from mentor_app.core.team import open_team
from tests.conftest import TODAY
store = open_team(sys.argv[1])
mo, hire = Actor("Mo", 1), Actor("Ann", 5)
print("ready", flush=True)
while True:
    details = Details(kind="shadowing", held_on=TODAY, minutes=5, customer="c", learned="l", host_id=1)
    made = store.act(hire, logbook.save_activity, 5, details, TODAY, state="submitted").result
    store.act(mo, logbook.sign_off, [made], "good")
    print("signed off", flush=True)
"""


def test_the_ledger_survives_being_killed(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    Camp(store)
    store.close()
    chance = random.Random(5)
    for _ in range(4):
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORK, str(place)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert worker.stdout is not None
        for _ in range(1 + chance.randint(1, 8)):  # ready, and some sessions signed off; then in the middle of the next
            worker.stdout.readline()
        worker.kill()
        count(kills=1)
        worker.wait()
        worker.stdout.close()
        store = open_team(place)
        with store.read() as connection:
            found = verify(connection)
            assert (found.ok, problems(connection)) == (True, [])
        assert store.act(Actor("Li", 4), settle_all).result == 0  # sign-off and award stood or fell together
        store.close()
    assert found.entries > 4
