"""The logbook's page: the list, the chosen entry, and what may be done with it."""

import pytest

from mentor_app.core.logbook.actions import withdraw
from mentor_app.core.logbook.queries import Filter, activities, activity_ids
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import WORDS, Desk, until


def test_the_feedback_for_an_entry_withdrawn_since_is_read_beside_it(desk: Desk) -> None:
    chosen = desk.waiting[0]
    page = desk.go(Place("logbook", id=chosen))
    page.panel.feedback.insertPlainText(WORDS)
    desk.window.store().act(desk.window.context.actor(), withdraw, [chosen])
    desk.close_and_open()
    page = desk.go(Place("logbook", "feedback", chosen))
    assert (page.panel.activity.id, page.panel.feedback.toPlainText()) == (chosen, WORDS)
    assert page.panel.feedback.isVisible()
    desk.go(Place("logbook", id=999_999))
    assert page.panel.activity is None  # nobody else's stands there in its place
    assert desk.window.told.text()


@pytest.mark.parametrize(
    ("answer", "becomes"), [("sign", "signed_off"), ("send_back", "returned"), ("withdraw", "withdrawn")]
)
def test_an_answer_is_given_to_one_entry_and_the_list_has_the_focus(desk: Desk, answer: str, becomes: str) -> None:
    chosen = desk.waiting[0]
    page = desk.go(Place("logbook", id=chosen) if answer == "withdraw" else Place("logbook", "inbox"))
    first, panel = page.panel.activity.id, page.panel
    panel.feedback.insertPlainText("more, please")
    button = getattr(panel, answer)
    assert button.isVisible()
    with desk.window.store().read() as connection:
        before = activities(connection, activity_ids(connection, Filter()))
    row = page.table.currentIndex().row()
    button.setFocus()
    button.click()
    until(lambda: not desk.window.tasks.busy() and panel.resting and panel.activity is not None)
    assert page.table.hasFocus()
    assert answer == "withdraw" or page.table.currentIndex().row() == min(row, page.model.rowCount() - 1)
    desk.window.stack.setFocus()  # as a click on a button at rest does
    for further in (button, panel.sign, panel.send_back, panel.withdraw, page.sign_all):
        further.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        after = activities(connection, list(before))
    moved = {key: found.state for key, found in after.items() if found.state != before[key].state}
    assert moved == {first: becomes}
    assert page.table.hasFocus()
    assert panel.sign.isEnabled()  # a moment later the next one may be answered
