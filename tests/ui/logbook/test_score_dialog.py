"""Scores by the rubric, and signing off with them."""

import sqlite3
from typing import Any

from sqlalchemy import select

from mentor_app.core.logbook.actions import save_activity
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.queries import activities
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.store import Actor
from mentor_app.core.store.history import change_set
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY, WORDS, Desk, until


def test_scored_and_signed_off_is_one_step_with_the_feedback_typed(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        hire = next(p for p in people(connection) if Role.NEW_HIRE in p.roles)
    details = Details(kind="simulation", held_on=TODAY, title="price", learned="asking")
    act, me = desk.window.store().act, Actor(hire.name, hire.id)
    made = act(me, save_activity, hire.id, details, TODAY, state=ActivityState.SUBMITTED).result
    with desk.window.store().read() as connection:
        entry = activities(connection, [made])[made]
    page = desk.go(Place("logbook", id=entry.id))
    page.panel.feedback.insertPlainText(WORDS)
    desk.go(Place("logbook", "score", entry.id))
    dialog: Any = desk.window.dialog
    for field in dialog.scores:
        field.setText("4")
    other = sqlite3.connect(desk.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dialog.both.click()
    until(lambda: "Waiting for the store" in desk.window.told.text())
    assert dialog.isVisible()  # over the feedback: nothing is typed there meanwhile
    until(lambda: not dialog.isEnabled())
    other.execute("ROLLBACK")
    other.close()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        signed = activities(connection, [entry.id])[entry.id]
        last = connection.execute(select(change_set.c.action).order_by(change_set.c.id.desc())).scalars().first()
    assert signed.reviews[-1].comment == WORDS
    assert len(signed.assessments) == 1
    assert last == "logbook.sign_off"
    assert page.panel.score.text() == "Correct the score…"
    page.panel.score.click()
    wait_until_idle(desk.window)
    dialog = desk.window.dialog
    assert [field.text() for field in dialog.scores] == ["4"] * len(dialog.scores)
    dialog.scores[0].setText("5")
    dialog.save.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        (corrected,) = activities(connection, [entry.id])[entry.id].assessments
    assert corrected.scores == (5.0, *[4.0] * (len(dialog.scores) - 1))
    assert desk.window.context.drafts.all() == []
