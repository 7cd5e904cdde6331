"""Actions that are taken back by another action: doing both leaves things as they were."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.logbook.tables import activity
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks.queries import attachments_of
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.playbooks.tables import playbook
from mentor_app.core.points import actions as points
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.action import Counter
from mentor_app.core.store.attachments import Stored
from mentor_app.core.store.history import change, change_set
from mentor_app.core.team import actions_by_name
from tests.conftest import TODAY
from tests.core.people.test_roles import functions
from tests.core.points.mentoring import Camp

TRIED = {
    "logbook.correct",
    "logbook.withdraw",
    "logbook.restore",
    "points.request",
    "playbooks.submit",
    "playbooks.attach",
}


@pytest.fixture
def at(file_store: Store) -> Camp:
    return Camp(file_store)


def test_every_counter_action_is_tried_here() -> None:
    assert {name for name, one in actions_by_name().items() if isinstance(one.undo, Counter)} == TRIED


def take_back(store: Store, who: Actor, change_set_id: int | None) -> None:
    """Do what the action of a change set says takes it back."""
    c = change.c
    with store.read() as connection:
        name = connection.execute(select(change_set.c.action).where(change_set.c.id == change_set_id)).scalar_one()
        undo = actions_by_name()[name].undo
        assert isinstance(undo, Counter)
        written = select(c.row_id).where(c.change_set_id == change_set_id, c.table_name == undo.table).distinct()
        ids = connection.execute(written).scalars().all()
    store.act(who, functions()[undo.action], ids[0] if undo.one else ids)
    assert len(ids) == 1


def session(at: Camp) -> int:
    """An activity, signed off."""
    return at.session(TODAY)


def standing(at: Camp, row_id: int) -> Any:
    """What an activity says, whatever its version; and the points that its mentor has."""
    with at.store.read() as connection:
        row = connection.execute(select(activity).where(activity.c.id == row_id)).mappings().one()
        return {**{name: value for name, value in row.items() if name != "version"}, "points": at.balance()}


def test_withdrawing_and_restoring(at: Camp) -> None:
    made = session(at)
    before = standing(at, made)
    done = at.store.act(at.mo, logbook.withdraw, [made])
    withdrawn = standing(at, made)
    take_back(at.store, at.mo, done.change_set_id)
    assert standing(at, made) == before != withdrawn
    at.act(logbook.withdraw, [made], who=at.mo)
    done = at.store.act(at.mo, logbook.restore, [made])
    take_back(at.store, at.mo, done.change_set_id)
    assert standing(at, made) == withdrawn


def test_a_correction(at: Camp) -> None:
    made = session(at)
    before = standing(at, made)
    details = Details(kind="shadowing", held_on=TODAY, minutes=6, customer="c", learned="l", host_id=at.mo.person_id)
    done = at.store.act(at.hire, logbook.correct, made, details, TODAY)
    take_back(at.store, at.hire, done.change_set_id)
    assert standing(at, made) == before
    at.act(logbook.correct, made, details, TODAY, who=at.hire)  # there is none any more, so another can be written


def test_asking_for_a_reward(at: Camp) -> None:
    session(at)
    reward = at.act(points.save_reward, "Pen", "resource", at.balance())
    for _ in range(2):  # all one's points, twice: they are free again
        take_back(at.store, at.mo, at.store.act(at.mo, points.request, reward).change_set_id)


@pytest.fixture
def book(at: Camp) -> int:
    """A playbook being written."""
    made: int = at.act(playbooks.begin, "objections", "Q&A", who=at.mo)
    at.act(playbooks.save_part, made, Part(title="q", body="a"), who=at.mo)
    return made


def test_handing_in_a_playbook(at: Camp, book: int) -> None:
    def state() -> str:
        with at.store.read() as connection:
            return str(connection.execute(select(playbook.c.state).where(playbook.c.id == book)).scalar_one())

    before = state()
    done = at.store.act(at.mo, playbooks.submit, book)
    assert state() != before
    take_back(at.store, at.mo, done.change_set_id)
    assert state() == before


def test_attaching_a_file(at: Camp, book: int, tmp_path: Path) -> None:
    done = at.store.act(at.mo, playbooks.attach, book, Stored("a.pdf", "pdf", 1, "0" * 64))
    take_back(at.store, at.mo, done.change_set_id)
    with at.store.read() as connection:
        assert attachments_of(connection, book) == []
