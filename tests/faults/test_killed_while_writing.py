"""Killed in the middle of a write: nothing is half done."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from mentor_app.core.check import problems
from mentor_app.core.people.queries import people
from mentor_app.core.people.tables import person
from mentor_app.core.team import open_team


def test_killed_in_the_middle_of_a_write_nothing_is_half_done(tmp_path: Path) -> None:
    path = tmp_path / "team.sqlite"
    script = f"""
import os
from mentor_app.core.store import Actor
from mentor_app.core.team import open_team
from mentor_app.core.people.actions import add_person, PersonDetails
from tests.steps import step
store = open_team({str(path)!r})
store.act(Actor("me"), add_person, PersonDetails(name="Kept"))
@step
def half(session, actor):
    for i in range(500):
        add_person(session, actor, PersonDetails(name=f"Lost {{i}}"))
    os.kill(os.getpid(), 9)
store.act(Actor("me"), half)
"""
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], check=False, env=os.environ, cwd=root).returncode == -9
    with open_team(path).read() as connection:
        assert [p.name for p in people(connection)] == ["Kept"]
        assert problems(connection) == []
        assert connection.execute(select(person.c.id)).all() == [(1,)]
