"""Starting pairings, and steps in their life."""

import datetime as dt
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.pairing.actions import pair, reassign, set_goals
from mentor_app.core.pairing.queries import get_pairing, mentors, pairings
from mentor_app.core.projects.queries import projects
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import as_killed, everything, shown


def test_goals_stay_with_their_pair_when_another_is_gone(team: MainWindow) -> None:
    place = everything(team.store())["pairing", "accept"]
    dialog: Any = shown(team, place)
    goals = {f"{hire.id}:{mentor.id}": f"goals of {hire.name}" for hire, mentor in dialog._pairs}
    for row, (hire, mentor) in enumerate(dialog._pairs):
        dialog.table.item(row, 2).setText(goals[f"{hire.id}:{mentor.id}"])
    team.context.flush()
    first, mentor = dialog._pairs[0]
    as_killed(dialog)
    with team.store().read() as connection:
        project = next(p.id for p in projects(connection) if p.outcome == "open")
    team.store().act(team.context.actor(), pair, first.id, mentor.id, project, dt.date.today())
    dialog = shown(team, place)
    kept = {f"{h.id}:{m.id}": dialog.table.item(row, 2).text() for row, (h, m) in enumerate(dialog._pairs)}
    assert len(kept) == len(goals) - 1
    assert kept == {key: words for key, words in goals.items() if key in kept}
    assert "1 pair " in dialog.error.text()


def test_goals_of_two_leads_do_not_replace_each_other_unseen(team: MainWindow) -> None:
    with team.store().read() as connection:
        running = next(p for p in pairings(connection) if p.ended_on is None)
    dialog: Any = shown(team, Place("pairing", "goals", running.id))
    team.store().act(team.context.actor(), set_goals, running.id, "theirs")  # by another window
    dialog.words.setPlainText("mine")
    dialog.save.click()
    wait_until_idle(team)
    assert dialog.isVisible()
    assert dialog.words.toPlainText() == "mine"
    dialog.meeting.save.click()  # both, where nobody says otherwise
    wait_until_idle(team)
    with team.store().read() as connection:
        (saved,) = get_pairing(connection, running.id)
    assert saved.goals == "theirs\n\nmine"


def test_planning_from_a_pairing_opens_a_form_that_plans(team: MainWindow) -> None:
    key = everything(team.store())["pairing", "plan"].id
    team.go(Place("pairing", id=key))
    wait_until_idle(team)
    view: Any = team.pages["pairing"]
    view.view("pairing").plan_session()
    wait_until_idle(team)
    dialog: Any = team.dialog
    assert (dialog.windowTitle(), dialog.save.accessibleName()) == ("Plan a session", "Plan it")
    as_killed(dialog)


@pytest.mark.parametrize("what", ["end", "reassign"])
def test_where_a_reason_is_needed_it_can_be_typed_at_once(team: MainWindow, what: str) -> None:
    dialog: Any = shown(team, everything(team.store())["pairing", what])
    dialog.save.setFocus()
    dialog.save.click()
    wait_until_idle(team)
    assert dialog.error.text() == "A written reason is needed."
    assert dialog.focusWidget() is dialog.words
    as_killed(dialog)


@pytest.mark.parametrize("begun", [Place("pairing", "pairings"), Place("home")])
def test_a_pairing_that_is_taken_back_leaves_no_page_behind(team: MainWindow, begun: Place) -> None:
    """What goes on instead is shown, wherever it was handed over."""
    key = everything(team.store())["pairing", "reassign"].id
    assert key is not None
    with team.store().read() as connection:
        before = get_pairing(connection, key)[0]
        other = next(
            m.id for m in mentors(connection, dt.date.today()) if m.id != before.mentor_id and m.active < m.places
        )
    team.go(begun)
    wait_until_idle(team)
    if begun.room == "pairing":
        team.go(Place("pairing", id=key))
        wait_until_idle(team)
    done = team.store().act(team.context.actor(), reassign, key, other, dt.date.today(), "why")
    for place in (Place("pairing", id=done.result), Place("history"), Place("pairing")):
        team.go(place)
        wait_until_idle(team)
    page: Any = team.pages["pairing"]
    assert page.view("pairing").story.pairing.id == done.result
    QTest.keyClick(team, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(team)
    assert (page.here(), team.dialog) == (Place("pairing", "pairing", key), None)
    assert page.title.text().endswith(before.mentor)


def test_goals_that_are_changed_are_told_with_a_way_back(team: MainWindow) -> None:
    dialog: Any = shown(team, everything(team.store())["pairing", "goals"])
    dialog.words.setPlainText("close two deals")
    dialog.save.click()
    wait_until_idle(team)
    assert (team._toast.told.text(), team._toast.offer.isVisible()) == ("The goals are changed.", True)
