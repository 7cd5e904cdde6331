"""What is unfinished: read, gone on with, discarded and brought back, also where its record is gone."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.camp.queries import standings
from mentor_app.core.logbook.actions import hand_in, save_activity
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.roles import Role
from mentor_app.core.store import Actor
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.controls import ElidedLabel
from tests.conftest import ME, TODAY
from tests.idle import wait_until_idle
from tests.ui.desk import WORDS, Desk
from tests.ui.dialog_steps import as_killed, shown


def test_drafts_are_read_gone_on_with_and_discarded(team: MainWindow) -> None:
    drafts, home = team.context.drafts, Place("home", "drafts")
    assert shown(team, home) is None
    assert team.told.text() == "Nothing is unfinished."
    gone = Place("logbook", "change", 999_999)
    drafts.put(gone, "A change", {"fields.learned": "先问再讲", "fields.seen": "", "kind": {"chosen": "case_study"}})
    drafts.put(Place("logbook", "log"), "A session", {"fields.customer": "华宇"})
    page: Any = team.pages["home"]
    wait_until_idle(team)
    assert page.unfinished.isVisible()
    dialog: Any = shown(team, home)
    titles = [dialog.list.item(row).toolTip() for row in range(dialog.list.count())]
    assert sorted(titles) == ["A change", "A session"]
    dialog.list.setCurrentRow(titles.index("A change"))
    assert "先问再讲" in dialog.words.toPlainText()
    assert "Industry case" in dialog.words.toPlainText()
    assert "case_study" not in dialog.words.toPlainText()
    dialog.drop.click()
    assert [draft.title for draft in drafts.all()] == ["A session"]
    dialog.start_afresh.click()  # undo
    assert len(drafts.all()) == 2
    wait_until_idle(team)  # the button rests after a press
    dialog.list.setCurrentRow([dialog.list.item(row).toolTip() for row in range(2)].index("A change"))
    dialog.drop.click()
    dialog.save.click()
    wait_until_idle(team)
    log: Any = team.dialog
    assert log.fields["customer"].text() == "华宇"
    as_killed(log)


def test_an_entry_that_was_not_handed_in_is_not_finished(team: MainWindow) -> None:
    me = team.store().act(ME, add_person, PersonDetails(name="Ida", roles=frozenset({Role.NEW_HIRE}))).result
    made = (
        team.store().act(Actor("Ida", me), save_activity, me, Details(kind="shadowing", customer="Huayu"), TODAY).result
    )
    team.become(me)
    page: Any = shown(team, Place("home")) or team.pages["home"]
    wait_until_idle(team)
    assert (page.unfinished.isVisible(), page.read_drafts.isVisible()) == (True, False)
    assert "Huayu" in page.unfinished.buttons[0].accessibleName()
    page.unfinished.buttons[0].click()
    wait_until_idle(team)
    assert team.here() == Place("logbook", "entries", made)


def test_what_was_handed_in_for_somebody_and_taken_back_is_not_finished(team: MainWindow) -> None:
    store, me = team.store(), team.context.me
    assert me is not None
    hire = store.act(ME, add_person, PersonDetails(name="Ida", hired_on=TODAY, roles=frozenset({Role.NEW_HIRE}))).result
    details = Details(kind="case_study", title="Huayu", held_on=TODAY, learned="Ask first")
    made = store.act(Actor(me.name, me.id), hand_in, hire, details, TODAY).result
    page: Any = shown(team, Place("home")) or team.pages["home"]

    def unfinished() -> list[str]:
        return [button.accessibleName() for button in page.unfinished.buttons if "Huayu" in button.accessibleName()]

    assert not unfinished()
    QTest.keyClick(team, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(team)
    team.go(Place("home"))
    wait_until_idle(team)
    assert len(unfinished()) == 1
    assert f"Ida · {TODAY}" in [one.text() for one in page.unfinished.findChildren(ElidedLabel)]
    next(button for button in page.unfinished.buttons if "Huayu" in button.accessibleName()).click()
    wait_until_idle(team)
    assert team.here() == Place("logbook", "entries", made)
    assert team.pages["logbook"].panel.isVisible()  # type: ignore[attr-defined]


def test_drafts_are_titled_in_the_language_of_the_window(desk: Desk) -> None:
    with desk.window.store().read() as connection:
        hire = next(one.person for one in standings(connection, TODAY) if one.stage)
    dialog: Any = shown(desk.window, Place("camp", "decide", hire.id, "held"))
    dialog.reason.insertPlainText("Score: not yet")
    dialog.reject()
    panel = desk.go(Place("logbook", id=desk.waiting[0])).panel
    panel.feedback.insertPlainText(WORDS)
    about = panel.title.text().partition(": ")[2]
    desk.other_language()
    expected = {f"暂缓 · {hire.name} · Score: not yet", f"反馈：客户影子：{about}"}
    page = desk.go(Place("home"))
    assert {button.accessibleName() for button in page.unfinished.buttons} >= expected
    drafts: Any = shown(desk.window, Place("home", "drafts"))
    assert {drafts.list.item(row).toolTip() for row in range(drafts.list.count())} == expected
    drafts.reject()


def test_without_drafts_nothing_is_left_to_press(team: MainWindow) -> None:
    team.context.drafts.put(Place("logbook", "log"), "A session", {"fields.customer": "华宇"})
    dialog: Any = shown(team, Place("home", "drafts"))
    dialog.drop.click()
    assert (dialog.list.count(), dialog.words.toPlainText()) == (0, "")
    assert not dialog.save.isEnabled()
    assert not dialog.drop.isEnabled()
    dialog.reject()


def test_of_two_drafts_of_one_form_the_one_chosen_opens(team: MainWindow) -> None:
    place, drafts = Place("logbook", "log"), team.context.drafts
    for words in ("first", "second"):
        drafts.put(place, words, {"fields.customer": words})
        drafts.leave(place)
    for words in ("first", "second"):
        dialog: Any = shown(team, Place("home", "drafts"))
        titles = [dialog.list.item(row).toolTip() for row in range(dialog.list.count())]
        dialog.list.setCurrentRow(titles.index(words))
        dialog.save.click()
        wait_until_idle(team)
        log: Any = team.dialog
        assert log.fields["customer"].text() == words
        log.reject()
    page: Any = team.pages["home"]
    wait_until_idle(team)
    for words in ("second", "first"):
        next(button for button in page.unfinished.buttons if words in button.accessibleName()).click()
        wait_until_idle(team)
        log = team.dialog
        assert log.fields["customer"].text() == words
        as_killed(log)


def test_drafts_discarded_one_after_the_other_come_back_one_after_the_other(team: MainWindow) -> None:
    drafts = team.context.drafts
    for number in range(3):
        drafts.put(Place("logbook", "feedback", number), f"draft {number}", {"feedback": str(number)})
    dialog: Any = shown(team, Place("home", "drafts"))
    for left in (2, 1):
        dialog.drop.click()
        dialog.drop.click()  # the next one has moved up: not meant
        assert len(drafts.all()) == left
        assert dialog.list.hasFocus()
        wait_until_idle(team)
    for there in (2, 3):
        dialog.start_afresh.click()
        assert len(drafts.all()) == there
    assert not dialog.start_afresh.isVisible()
    dialog.reject()
