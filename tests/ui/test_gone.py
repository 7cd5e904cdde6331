"""Places of records that are gone: each says so; none is a crash, a form about nothing, or a click without an answer."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.logbook.actions import save_activity
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.actions import PersonDetails, add_person, save_team
from mentor_app.core.people.queries import people
from mentor_app.core.points.actions import save_reward
from mentor_app.core.projects.actions import save_project
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.store import Actor
from mentor_app.ui import registry
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.forms import fields_of, set_value
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import shown

D = dt.date
NOBODY = 999_999
NO_RECORD = {
    ("home", "check"),
    ("pairing", "weights"),
    ("pairing", "accept"),
    ("people", "add"),
    ("points", "rule"),
    ("people", "teams"),
    ("people", "unmatched"),
    ("camp", "enrol"),
    ("camp", "programme"),
    ("playbooks", "begin"),
    ("logbook", "log"),
    ("logbook", "plan"),
    ("people", "removed"),
    ("store", "restore"),
    *((room, what) for room, what in registry.DIALOGS if room == "imports"),
}
"""Dialogs about no single record: they open, whatever id a place may name."""
DETAILS = {("camp", "decide"): "held"}
PLACES = [
    *(Place(room, what, NOBODY, DETAILS.get((room, what), "")) for room, what in registry.DIALOGS),
    *(Place(room, what, NOBODY) for room, what in registry.RECORDS.items()),
    Place("pairing", "mentor", NOBODY),
    Place("logbook", id=NOBODY),
    Place("camp", id=NOBODY),
    Place("playbooks", "part", NOBODY, "1"),
    Place("playbooks", "comment", NOBODY, "0: words"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.room}-{place.what}")
def test_a_record_that_is_gone_is_said_to_be(team: MainWindow, place: Place) -> None:
    failed: list[object] = []
    team.tasks.failed.connect(failed.append)
    team.told.setText("")
    team.dialog = None
    team.go(place)
    wait_until_idle(team)
    assert [error for error in failed if not isinstance(error, UserError)] == []
    dialog: Any = team.dialog
    opened = dialog is not None and dialog.isVisible()
    if (place.room, place.what) in NO_RECORD:
        assert opened or team.told.text()
    else:
        assert not opened
        assert failed or team.told.text()
    if opened:
        dialog.done(0)


MADE: dict[tuple[str, str], tuple[Callable[[int], tuple[Any, ...]], str]] = {
    ("people", "change"): (lambda _: (add_person, PersonDetails(name="Grace")), "name"),
    ("projects", "change"): (lambda _: (save_project, ProjectDetails(name="Q", started_on=D(2026, 9, 1))), "name"),
    ("points", "reward"): (lambda _: (save_reward, "Pen", "resource", 5), "name"),
    ("logbook", "change"): (lambda me: (save_activity, me, Details(kind="shadowing"), dt.date.today()), "learned"),
    ("people", "teams"): (lambda _: (save_team, "Moon"), "name"),
}
"""Records that can be removed while somebody has their form open: how one is made, and a field to write in."""


@pytest.mark.parametrize("key", MADE, ids="-".join)
def test_of_what_was_removed_meanwhile_it_is_said_by_whom_and_the_words_stay(
    team: MainWindow, key: tuple[str, str]
) -> None:
    store, me = team.store(), team.context.me
    make, name = MADE[key]
    action, *args = make(me.id)
    with store.read() as connection:
        other = next(p for p in people(connection) if "trainer" in p.roles and p.id != me.id)
    done = store.act(team.context.actor(), action, *args)
    dialog: Any = shown(team, Place(*key, done.result))
    field = next(key for key in fields_of(dialog) if key.endswith(name))
    set_value(fields_of(dialog)[field], "words of mine")
    store.act(Actor(other.name, other.id), undo, done.change_set_id)
    dialog.save.click()
    wait_until_idle(team)
    assert dialog.isVisible()
    assert dialog.error.text() == (
        f"{other.name} has removed this record. It can't be changed any more. "
        "What you typed stays a draft, to be read and copied on Home under “Not finished”."
    )
    dialog.reject()
    assert [field in draft.values for draft in team.context.drafts.all()] == [True]
    drafts: Any = shown(team, Place("home", "drafts"))
    assert "words of mine" in drafts.words.toPlainText()
    drafts.reject()
