"""The three users of the camp in the real window: the hire logs, the mentor signs off, the trainer decides."""

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import vobject
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.queries import standing
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.queries import Filter, activities, activity_ids
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Actor
from mentor_app.ui.main_window import MainWindow
from tests.conftest import ME, settled
from tests.steps import where

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
TODAY = dt.date.today()
DAY = dt.timedelta(days=1)


class Crew:
    """A window on a store with a hire, a mentor and a trainer; the hire is enrolled."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.bot = window, qtbot
        store = window.store()

        def add(name: str, role: str, hired: dt.date) -> Actor:
            details = PersonDetails(name=name, hired_on=hired, roles=frozenset({role}), team="East · Retail")
            return Actor(name, store.act(ME, add_person, details).result)

        self.hire = add("周一", "new_hire", TODAY - 50 * DAY)
        self.mentor = add("Mo", "mentor", TODAY - 900 * DAY)
        self.trainer = add("Tia", "trainer", TODAY - 900 * DAY)
        store.act(self.trainer, camp.enrol, [self.hire.person_id], TODAY)  # type: ignore[list-item]

    def be(self, who: Actor) -> None:
        self.window.become(who.person_id)  # type: ignore[arg-type]
        self.wait()

    def wait(self) -> None:
        settled(self.bot, self.window)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key on the window itself, which a real window manager would have made the active one again."""
        self.window.activateWindow()
        self.bot.waitUntil(self.window.isActiveWindow, timeout=60_000)
        self.bot.keyClick(self.window, key, modifier)
        self.wait()

    def go(self, key: str, what: Any = None) -> Any:
        self.window.go(where(key, what))
        self.wait()
        return self.window.pages[key]

    def log(self, kind: str = "shadowing", **values: Any) -> int:
        details = Details(
            kind=kind,
            held_on=TODAY - 2 * DAY,
            minutes=30,
            customer="华宇机电",
            title="t",
            learned="l",
            depth=3,
            host_id=self.mentor.person_id,
            **values,
        )
        store = self.window.store()
        return store.act(
            self.hire, logbook.save_activity, self.hire.person_id, details, TODAY, state="submitted"
        ).result  # type: ignore[arg-type]

    def stored(self) -> list[Any]:
        with self.window.store().read() as connection:
            ids = activity_ids(connection, Filter(self.hire.person_id), descending=False)
            found = activities(connection, ids)
        return sorted(found.values(), key=lambda a: a.id)

    def stands(self) -> Any:
        with self.window.store().read() as connection:
            return standing(connection, self.hire.person_id, TODAY)  # type: ignore[arg-type]


@pytest.fixture
def crew(window: MainWindow, qtbot: QtBot) -> Crew:
    return Crew(window, qtbot)


def test_the_new_hire_logs_a_session_by_keyboard_and_a_crash_loses_nothing(crew: Crew, qtbot: QtBot) -> None:
    window = crew.window
    crew.log()  # yesterday's entry: its mentor and customer are today's defaults
    crew.be(crew.hire)
    home = window.pages["home"]
    assert home.title.text() == "Hello, 周一"
    assert [b.text() for b in home.next_steps.buttons] == ["Product quiz", "Scenario simulation", "Shadowing session"]
    crew.press(Qt.Key.Key_L, CTRL)
    dialog = crew.window.dialog
    assert dialog.host.currentText() == "Mo"
    assert dialog.fields["minutes"].text() == "30"
    customer = QApplication.focusWidget()
    assert customer is dialog.fields["customer"]
    customer.insert("华宇")  # as an input method does; QTest types Latin only
    assert customer.completer().completionModel() is not None
    customer.completer().setCompletionPrefix("华宇")
    assert customer.completer().currentCompletion() == "华宇机电"
    customer.clear()
    qtbot.keyClicks(customer, "Blue Harbor")
    crew.wait()
    (draft,) = window.context.drafts.all()  # kept while it is typed
    assert draft.values["fields.customer"] == "Blue Harbor"
    dialog._over = True
    dialog.done(0)  # as if the power had gone

    crew.press(Qt.Key.Key_L, CTRL)
    dialog = crew.window.dialog
    assert dialog.fields["customer"].text() == "Blue Harbor"
    assert "unfinished draft" in dialog.draft_note.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    crew.wait()
    assert dialog.error.text() == "What was learned is needed."
    dialog.fields["learned"].setFocus()
    qtbot.keyClicks(dialog.fields["learned"], "Ask first <b>")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    crew.wait()
    assert not dialog.isVisible()
    found = crew.stored()
    assert [(a.state, a.details.learned) for a in found] == [("submitted", "l"), ("submitted", "Ask first <b>")]
    assert "waits for sign-off" in window.told.text()
    qtbot.mouseClick(window.undo, LEFT)
    crew.wait()
    assert crew.stored()[-1].state == "draft"


def test_planning_ahead_and_the_calendar(crew: Crew, qtbot: QtBot, tmp_path: Path) -> None:
    crew.be(crew.hire)
    crew.window.log()
    crew.wait()
    dialog = crew.window.dialog
    dialog.fields["customer"].setText("宏远")
    dialog.fields["at_time"].setText("14:30")
    dialog.date.setText(str(TODAY + 3 * DAY))
    qtbot.mouseClick(dialog.plan, LEFT)
    crew.wait()
    assert [(a.state, a.details.at_time) for a in crew.stored()] == [("planned", "14:30")]
    page = crew.go("logbook")
    page.export_calendar(tmp_path / "plan.ics")
    crew.wait()
    (one,) = vobject.readOne((tmp_path / "plan.ics").read_text(encoding="utf-8")).vevent_list
    assert one.summary.value == "Shadowing session: 宏远"
    assert [b.text() for b in crew.go("home").planned.buttons] == ["Shadowing session: 宏远"]


def test_the_mentor_signs_off_sends_back_scores_and_signs_many(crew: Crew, qtbot: QtBot) -> None:
    first, second, third = crew.log(), crew.log(), crew.log()
    simulation = crew.log("simulation")
    crew.be(crew.mentor)
    home = crew.window.pages["home"]
    assert len(home.inbox.buttons) == 4
    page = crew.go("logbook", "inbox")
    assert list(page.model.ids) == [first, second, third, simulation]  # the oldest first
    assert page.panel.activity.id == first
    qtbot.mouseClick(page.panel.send_back, LEFT)
    crew.wait()
    box = next(b for b in crew.window.children() if b.inherits("QMessageBox"))
    assert "comment is needed" in box.informativeText()  # type: ignore[attr-defined]
    box.close()  # type: ignore[attr-defined]
    page.panel.feedback.insertPlainText("补上下一步")
    qtbot.mouseClick(page.panel.send_back, LEFT)
    crew.wait()
    assert list(page.model.ids) == [second, third, simulation]
    page.table.selectAll()
    qtbot.mouseClick(page.sign_all, LEFT)
    crew.wait()
    assert [a.state for a in crew.stored()] == ["returned", "submitted", "submitted", "submitted"]  # all or none
    next(b for b in crew.window.children() if b.inherits("QMessageBox")).close()  # type: ignore[attr-defined]
    page.table.clearSelection()
    for row in (0, 1):
        page.table.selectionModel().select(
            page.model.index(row, 0),
            page.table.selectionModel().SelectionFlag.Select | page.table.selectionModel().SelectionFlag.Rows,
        )
    qtbot.mouseClick(page.sign_all, LEFT)
    crew.wait()
    assert [a.state for a in crew.stored()] == ["returned", "signed_off", "signed_off", "submitted"]
    assert not page.panel.sign.isVisible()  # a simulation is signed off with its score
    qtbot.mouseClick(page.panel.score, LEFT)
    crew.wait()
    qtbot.mouseClick(crew.window.dialog.both, LEFT)
    assert "has no score yet" in crew.window.dialog.error.text()  # nothing is given that nobody gave
    for field, words in zip(crew.window.dialog.scores, itertools.cycle(["4,5", "4.5"]), strict=False):
        field.setText("45")
        qtbot.mouseClick(crew.window.dialog.both, LEFT)
        assert "45 is not from 0 to" in crew.window.dialog.error.text()
        field.setText(words)
    qtbot.mouseClick(crew.window.dialog.both, LEFT)
    crew.wait()
    last = crew.stored()[-1]
    assert (last.state, last.score) == ("signed_off", 4.5)
    assert not len(page.model.ids)
    crew.be(crew.hire)
    feedback = crew.go("home").feedback
    assert [b.text() for b in feedback.buttons] == ["Shadowing session: 华宇机电"]


def test_a_correction_and_a_withdrawal_from_the_panel(crew: Crew, qtbot: QtBot) -> None:
    first = crew.log()
    crew.window.store().act(crew.mentor, logbook.sign_off, [first])
    crew.be(crew.hire)
    page = crew.go("logbook", first)
    assert page.panel.activity.id == first
    qtbot.mouseClick(page.panel.correct, LEFT)
    crew.wait()
    dialog = crew.window.dialog
    dialog.fields["learned"].setPlainText("what I really learned")
    qtbot.mouseClick(dialog.save, LEFT)
    crew.wait()
    assert [(a.state, a.revises_id) for a in crew.stored()] == [("signed_off", None), ("submitted", first)]
    page = crew.go("logbook", crew.stored()[-1].id)
    qtbot.mouseClick(page.panel.withdraw, LEFT)
    crew.wait()
    assert [a.id for a in crew.stored()] == [first]
    qtbot.mouseClick(crew.window.undo, LEFT)
    crew.wait()
    assert len(crew.stored()) == 2


def test_the_trainer_decides_at_the_gate_on_evidence(crew: Crew, qtbot: QtBot) -> None:
    shadow = crew.log()
    crew.window.store().act(crew.mentor, logbook.sign_off, [shadow])
    crew.be(crew.trainer)
    page = crew.go("camp")
    assert page.context.text() == "1 in the camp · 0 ready for the gate · 0 stuck"
    crew.window.activateWindow()
    qtbot.waitUntil(crew.window.isActiveWindow, timeout=60_000)
    page.table.setFocus()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    crew.wait()
    assert page.title.text() == "周一"
    assert "month 2, gate due" in page.context.text()
    row = next(y for y in range(4) if page.requirements.index(y, 0).data() == "Shadowing session")
    page.requirement_table.selectRow(row)
    assert page.requirements.index(row, 1).data() == "1 / 6"
    assert [page.evidence.index(y, 1).data() for y in range(page.evidence.rowCount())] == ["华宇机电"]
    assert page.panel.activity.id == shadow  # the evidence is one click away
    assert not page.passing.isEnabled()
    assert "written waiver" in page.passing.toolTip()

    page.more_actions["held"].trigger()
    crew.wait()
    crew.window.dialog.reason.setPlainText("再练两周")
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    assert "Held back" in page.held.text()
    page.more_actions["waived"].trigger()
    crew.wait()
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    assert crew.window.dialog.error.text() == "A written reason is needed."
    crew.window.dialog.reason.setPlainText("ten years in the trade")
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    assert crew.stands().stage.key == "growth"
    page.show_hire(crew.hire.person_id)
    crew.wait()
    page.more_actions["reopened"].trigger()
    crew.wait()
    crew.window.dialog.reason.setPlainText("not true after all")
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    page.show_hire(crew.hire.person_id)
    crew.wait()
    told = [[page.story.index(y, x).data() for x in (1, 2, 3)] for y in range(page.story.rowCount())]
    assert told == [
        ["Newcomer", "Held back", "Tia"],
        ["Newcomer", "Passed with a waiver", "Tia"],
        ["Newcomer", "Reopened", "Tia"],
    ]
    crew.press(Qt.Key.Key_Escape)
    assert page.title.text() == "New hires"


def test_leave_is_entered_and_stops_the_clock(crew: Crew, qtbot: QtBot) -> None:
    crew.be(crew.trainer)
    page = crew.go("camp", crew.hire.person_id)
    due = crew.stands().gate_due
    page.more_actions["leave"].trigger()
    crew.wait()
    crew.window.dialog.first.setText(str(TODAY - 20 * DAY))
    crew.window.dialog.last.setText(str(TODAY - 30 * DAY))
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    assert "before it begins" in crew.window.dialog.error.text()
    crew.window.dialog.last.setText(str(TODAY - 11 * DAY))
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    assert crew.stands().gate_due == due + 10 * DAY
    assert "10 d of leave" in page.context.text()


def test_a_programme_is_edited_published_and_somebody_moved(crew: Crew, qtbot: QtBot) -> None:
    crew.be(crew.trainer)
    page = crew.go("camp")
    qtbot.mouseClick(page.programme, LEFT)
    crew.wait()
    editor = crew.window.dialog
    assert [editor.list.item(i).text() for i in range(3)] == ["Newcomer", "Growth", "Senior"]
    editor.table.cellWidget(0, 2).setText("hundred")
    editor.list.setCurrentRow(1)
    assert editor.error.text() == "A pass mark is a number."
    editor.table.cellWidget(0, 2).setText("90")
    editor.table.cellWidget(2, 1).setValue(2)
    editor.list.setCurrentRow(3)
    assert (
        editor.criteria.toPlainText()
        == "Opening | 开场\nNeed discovery | 需求挖掘\nHandling objections | 异议处理\nAgreeing the next step | 推进下一步"
    )
    editor.criteria.setPlainText("Opening | 开场\nClosing | 收尾")
    qtbot.mouseClick(editor.publish, LEFT)
    assert "never changes again" in editor.error.text()
    editor._warned_of = (editor._warned_of[0], editor._warned_of[1] - 10)  # it has been read
    qtbot.mouseClick(editor.publish, LEFT)
    crew.wait()
    assert "Version 2 is published" in crew.window.told.text()
    assert [m.requirement.count for m in crew.stands().current.met] == [2, 3, 6, 4]  # nobody is moved unasked
    page = crew.go("camp", crew.hire.person_id)
    page.more_actions["move"].trigger()
    crew.wait()
    assert "Shadowing session 0/2" in crew.window.dialog.preview.text()
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    stands = crew.stands()
    assert [(m.requirement.count, m.requirement.pass_mark) for m in stands.current.met] == [
        (2, 90.0),
        (3, 3.5),
        (2, None),
        (4, None),
    ]
    assert [c.en for c in stands.programme.rubric("simulation").criteria] == ["Opening", "Closing"]


def test_many_are_enrolled_at_once_and_the_board_is_exported_as_shown(crew: Crew, qtbot: QtBot, tmp_path: Path) -> None:
    store = crew.window.store()
    for i in range(5):
        hired = TODAY - (120 if i % 2 else 20) * DAY
        team = "North · Energy" if i % 2 else "East · Retail"
        store.act(
            ME, add_person, PersonDetails(name=f"Hire {i}", hired_on=hired, team=team, roles=frozenset({"new_hire"}))
        )
    crew.be(crew.trainer)
    page = crew.go("camp")
    qtbot.mouseClick(page.enrol, LEFT)
    crew.wait()
    assert crew.window.dialog.save.text() == "Enrol 5"
    qtbot.mouseClick(crew.window.dialog.save, LEFT)
    crew.wait()
    assert page.model.rowCount() == 6
    # The stuck ones first: longest without practice or behind the gate.
    assert [page.model.index(y, 0).data() for y in range(3)] == ["周一", "Hire 1", "Hire 3"]
    page.filters["region"].setCurrentIndex(page.filters["region"].findData("North"))
    page.filters["region"].activated.emit(1)
    page.filters["state"].setCurrentIndex(page.filters["state"].findData("behind"))
    page.filters["state"].activated.emit(1)
    assert page.model.rowCount() == 2
    page.table.export_to(tmp_path / "board.xlsx")
    crew.wait()
    rows = list(openpyxl.load_workbook(tmp_path / "board.xlsx").active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[0] for row in rows[1:-1]] == ["Hire 1", "Hire 3"]
    assert str(rows[-1][0]).startswith("Points ledger: 0 entries")
    assert rows[1][3] == "Behind"
    stuck = crew.go("home").stuck
    assert [b.text() for b in stuck.buttons][:3] == ["周一", "Hire 1", "Hire 3"]
    qtbot.mouseClick(stuck.buttons[1], LEFT)
    crew.wait()
    assert crew.window.pages["camp"].title.text() == "Hire 1"
