"""The logbook's page: the list, the chosen entry, and what may be done with it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from mentor_app.core.logbook.actions import save_activity, sign_off, withdraw
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.queries import Filter, activities, activity_ids, inbox_ids
from mentor_app.core.store import Actor
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY, WORDS, Desk, until

SUBMITTED = ActivityState.SUBMITTED
ROWS = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


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
    for further in (button, panel.sign, panel.send_back, panel.withdraw, panel.correct, panel.edit, page.sign_all):
        further.click()
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        after = activities(connection, list(before))
    moved = {key: found.state for key, found in after.items() if found.state != before[key].state}
    assert moved == {first: becomes}
    assert desk.window.dialog is None  # nor was the form of another entry opened by what had moved there
    assert page.table.hasFocus()
    assert panel.sign.isEnabled()  # a moment later the next one may be answered


def test_presses_just_after_an_answer_answer_nothing_however_many_and_are_told_so(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    panel, first = page.panel, page.panel.activity.id
    with desk.window.store().read() as connection:
        waiting = activity_ids(connection, Filter(states=(SUBMITTED,)))

    def press() -> None:
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    press()
    until(lambda: not desk.window.tasks.busy() and panel.resting and panel.activity.id != first)
    assert panel.said.text() == panel.sign.toolTip() == page.sign_all.toolTip() != ""
    assert not panel.sign.isEnabled()
    began: list[bool] = []
    panel.rests.connect(began.append)
    for presses in (1, 2, 3):
        press()
        assert began == [True] * presses  # the pause begins anew
        assert panel.said.text().startswith("That press did nothing")
    for at_rest in (panel.sign, page.sign_all):
        panel.said.clear()
        QTest.mouseClick(at_rest, Qt.MouseButton.LeftButton)
        assert panel.said.text().startswith("That press did nothing")
    assert began == [True] * 5
    assert desk.window.told.text().startswith("Signed off in the logbook · ")
    assert desk.window.undo.isVisible()  # nor did the remark take the place of the offer to take it back
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        left = activity_ids(connection, Filter(states=(SUBMITTED,)))
    assert set(waiting) - set(left) == {first}
    assert panel.sign.isEnabled()
    assert not panel.sign.toolTip()


def test_the_key_for_signing_off_says_why_an_entry_is_not_signed_off_with_it(desk: Desk) -> None:
    chosen = desk.waiting[0]
    store, by = desk.window.store(), Actor(desk.other.name, desk.other.id)
    store.act(by, sign_off, [chosen])
    page = desk.go(Place("logbook", id=chosen))
    QTest.keyClick(page.table, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.said.text() == f"Nothing was done: {desk.other.name} has signed this entry off already."
    store.act(by, withdraw, [chosen])
    desk.go(Place("logbook", id=chosen))
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.said.text() == "Nothing was done: this entry is not handed in. It is: Withdrawn."
    desk.go(Place("logbook", id=desk.waiting[1]))
    assert page.panel.activity.id != chosen
    assert page.panel.said.text() == ""


def test_sending_back_stands_where_no_other_button_ever_does(desk: Desk) -> None:
    """The next entry may need a score first: what is pressed for signing off must not send it back."""
    page = desk.go(Place("logbook", "inbox"))
    panel, entry = page.panel, page.panel.activity
    places = []
    for kind, details in (
        (entry.details.kind, entry.details),
        ("simulation", replace(entry.details, kind="simulation")),
    ):
        panel.show_activity(replace(entry, details=details))
        until(lambda shown=kind == "simulation": panel.score.isVisible() == shown)
        places.append((panel.send_back.geometry(), (panel.score if kind == "simulation" else panel.sign).geometry()))
    (back, sign), (back_again, score) = places
    assert back == back_again
    assert not back.intersects(sign)
    assert not back.intersects(score)


def test_after_several_the_one_that_moved_up_is_chosen(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    entry, store = page.panel.activity, desk.window.store()
    for customer in ("Blue Harbor", "华宇"):
        details = replace(entry.details, customer=customer, held_on=TODAY)
        store.act(Actor(entry.person, entry.person_id), save_activity, entry.person_id, details, TODAY, state=SUBMITTED)
    page.refresh()
    wait_until_idle(desk.window)
    ids = list(page.model.ids)
    assert len(ids) >= 3
    page.table.choose(0)
    page.table.selectionModel().select(page.model.index(1, 0), ROWS)
    page.sign_all.click()
    wait_until_idle(desk.window)
    assert page.panel.activity.id == ids[2]


def test_what_somebody_else_signs_off_meanwhile_stays_with_the_words_typed_about_it(desk: Desk) -> None:
    """No other entry slips under the words, and no key signs it off."""
    page = desk.go(Place("logbook", "inbox"))
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    page.table.choose(0)
    wait_until_idle(desk.window)
    chosen = page.panel.activity.id
    page.panel.feedback.setFocus()
    QTest.keyClicks(page.panel.feedback, "ask first")
    desk.window.store().act(Actor(desk.other.name, desk.other.id), sign_off, [chosen])
    desk.window.reload()
    until(lambda: page.panel.activity is not None and page.panel.activity.state == "signed_off")
    wait_until_idle(desk.window)
    assert (page.panel.activity.id, page.panel.feedback.toPlainText()) == (chosen, "ask first")
    assert page.panel.feedback.hasFocus()
    QTest.keyClick(page.panel.feedback, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        assert len(connection.execute(text("SELECT id FROM review WHERE comment = 'ask first'")).all()) == 0


@pytest.mark.parametrize("focus", ["table", "sign", "feedback of a window in the background"])
def test_no_key_signs_off_another_entry_than_the_one_that_was_read(desk: Desk, qtbot: QtBot, focus: str) -> None:
    page = desk.go(Place("logbook", "inbox"))
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    page.table.choose(0)
    wait_until_idle(desk.window)
    panel, chosen, waiting = page.panel, page.panel.activity.id, list(page.model.ids)
    assert len(waiting) > 1
    if focus == "table":
        page.table.setFocus()
    elif focus == "sign":
        panel.sign.setFocus()
    else:
        panel.feedback.setFocus()
        elsewhere = QWidget()
        qtbot.addWidget(elsewhere)
        elsewhere.show()
        elsewhere.activateWindow()
        until(lambda: not panel.feedback.hasFocus())
    desk.window.store().act(Actor(desk.other.name, desk.other.id), sign_off, [chosen])
    desk.window.reload()
    wait_until_idle(desk.window)
    assert panel.activity.id == chosen
    assert desk.window.told.text().startswith(f"{desk.other.name} has answered this entry: Signed off.")
    desk.window.activateWindow()
    QTest.keyClicks(desk.window.focusWidget(), " ask")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(desk.window)
    with desk.window.store().read() as connection:
        after = activities(connection, waiting)
    assert [key for key, found in after.items() if found.state != "submitted"] == [chosen]
    page.table.choose(page.model.ids.index(next(key for key in waiting if key != chosen)))
    wait_until_idle(desk.window)
    assert panel.activity.id != chosen  # whoever chooses the next one goes on with it
    assert panel.sign.isVisible()


def test_what_one_signed_off_oneself_elsewhere_is_no_news(desk: Desk) -> None:
    """As by "Save and sign off", or by doing it again: the next entry stands there, and nobody is told of oneself."""
    page = desk.go(Place("logbook", "inbox"))
    page.table.choose(0)
    wait_until_idle(desk.window)
    chosen = page.panel.activity.id
    desk.window.told.setText("")
    desk.window.store().act(desk.window.context.actor(), sign_off, [chosen])
    desk.window.reload()
    wait_until_idle(desk.window)
    assert (page.panel.activity.id == chosen, desk.window.told.text()) == (False, "")


def test_enter_presses_a_button_of_the_panel(desk: Desk) -> None:
    page = desk.go(Place("logbook", "inbox"))
    page.table.choose(0)
    wait_until_idle(desk.window)
    page.panel.send_back.setFocus()
    QTest.keyClick(page.panel.send_back, Qt.Key.Key_Return)
    wait_until_idle(desk.window)
    assert "comment" in " ".join(str(error) for error, _ in desk.window._errors)
    desk.window._errors[-1][1].close()


@pytest.mark.parametrize("meanwhile", ["there", "on another page"])
def test_whoever_works_here_next_sees_no_entry_of_the_list_before_and_nothing_untrue_is_said(
    desk: Desk, meanwhile: str
) -> None:
    page = desk.go(Place("logbook", "inbox"))
    with desk.window.store().read() as connection:
        lists = {who.id: inbox_ids(connection, who.id) for who in (desk.me, desk.other)}
    desk.window.become(desk.me.id)
    wait_until_idle(desk.window)
    own = next(i for i in lists[desk.me.id] if i not in lists[desk.other.id])
    page.table.choose(page.model.ids.index(own))
    wait_until_idle(desk.window)
    assert page.panel.activity.id == own
    if meanwhile == "on another page":
        desk.go(Place("people"))
    desk.window.become(desk.other.id)
    wait_until_idle(desk.window)
    desk.go(Place("logbook", "inbox"))
    assert list(page.model.ids) == lists[desk.other.id]
    shown = page.panel.activity
    assert shown.id in lists[desk.other.id] if lists[desk.other.id] else shown is None
    assert page.panel.send_back.isVisible() == (shown is not None)
    assert not any(word in desk.window.told.text() for word in ("answered", "dealt with", "not there"))


def test_what_is_filtered_out_is_not_said_to_be_answered(desk: Desk) -> None:
    page = desk.go(Place("logbook"))
    wait_until_idle(desk.window)
    page.table.choose(0)
    wait_until_idle(desk.window)
    shown = page.panel.activity.id
    page.search.setText("nothing is called so")
    wait_until_idle(desk.window)
    assert page.panel.activity is None or page.panel.activity.id != shown
    assert "answered" not in desk.window.told.text()


def test_in_a_narrow_window_it_is_read_what_each_entry_is_about(desk: Desk) -> None:
    desk.window.resize(1024, 700)
    page = desk.go(Place("logbook", "inbox"))
    table, keys = page.table, [column.key for column in page.model.columns]
    about = keys.index("subject")
    words = [table.model().index(row, about).data() for row in range(len(page.model.ids))]
    assert words
    right = table.columnViewportPosition(about) + table.columnWidth(about)
    assert right <= table.viewport().width()
    assert all(table.fontMetrics().horizontalAdvance(said) < table.columnWidth(about) - 8 for said in words)
    assert table.isColumnHidden(keys.index("state"))
    page.view.setCurrentIndex(0)
    page.view.activated.emit(0)
    wait_until_idle(desk.window)
    assert not table.isColumnHidden(keys.index("state"))
    assert page.search.fontMetrics().horizontalAdvance(page.search.placeholderText()) < page.search.width() - 16
    desk.window.resize(1500, 900)
    wait_until_idle(desk.window)
    assert not any(table.isColumnHidden(at) for at in range(len(keys)))
