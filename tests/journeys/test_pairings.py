"""Pairings in the real window: assign, roll on, somebody leaving, the closing reviews, a mentor's page, files in."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions
from mentor_app.core.pairing.queries import cycles, pairings
from mentor_app.core.pairing.watch import watch
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person, save_team
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.queries import projects
from mentor_app.core.projects.rules import Phase, ProjectDetails
from mentor_app.core.ramp.outcome import OPEN
from mentor_app.core.store import Actor
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.pairing.board_cards import MIME
from tests.conftest import ME, settled
from tests.steps import where

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
TODAY = dt.date.today()
DAY = dt.timedelta(days=1)


class Office:
    """A window on two mentors, one who is not senior yet, two hires, a lead and a project."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.bot, self.store = window, qtbot, window.store()
        self.store.act(ME, save_team, "East · Retail", "East", "Retail")
        self.store.act(ME, save_team, "South · Energy", "South", "Energy")

        def add(name: str, role: str, days: int, team: str) -> Actor:
            details = PersonDetails(name=name, hired_on=TODAY - days * DAY, roles=frozenset({role}), team=team)
            return Actor(name, self.store.act(ME, add_person, details).result)

        self.lead = add("Li", "team_lead", 900, "East · Retail")
        self.mo, self.lu = add("Mo", "mentor", 900, "East · Retail"), add("Lu", "mentor", 800, "South · Energy")
        self.young = add("Young", "mentor", 60, "South · Energy")
        self.zhou, self.ana = add("周一", "new_hire", 40, "East · Retail"), add("Ana", "new_hire", 20, "South · Energy")
        self.a = self.act(
            project_actions.save_project, ProjectDetails(name="Alpha", started_on=TODAY - 40 * DAY, region="East")
        )

    def act(self, action: Any, *args: Any, who: Actor | None = None, **more: Any) -> Any:
        return self.store.act(who or self.lead, action, *args, **more).result

    def pair(self, hire: Actor, mentor: Actor, days: int = 20) -> int:
        return int(self.act(actions.pair, hire.person_id, mentor.person_id, self.a, TODAY - days * DAY))

    def wait(self) -> None:
        settled(self.bot, self.window)

    def be(self, who: Actor) -> None:
        self.window.become(who.person_id)  # type: ignore[arg-type]
        self.wait()

    def go(self, what: Any = None) -> Any:
        self.window.go(where("pairing", what))
        self.wait()
        return self.window.pages["pairing"]

    def click(self, widget: Any) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        self.bot.mouseClick(widget, LEFT)
        self.wait()

    def key(self, widget: Any, key: Qt.Key) -> None:
        """A key on a widget of the window, which a window manager would have made the active one again."""
        self.window.activateWindow()
        self.bot.waitUntil(self.window.isActiveWindow, timeout=60_000)
        self.bot.keyClick(widget, key)
        self.wait()

    def stored(self) -> dict[str, Any]:
        with self.store.read() as connection:
            return {p.apprentice: p for p in reversed(pairings(connection))}


@pytest.fixture
def office(window: MainWindow, qtbot: QtBot) -> Office:
    made = Office(window, qtbot)
    made.be(made.lead)
    return made


def drag(view: Any, hire: int, row: int) -> tuple[bool, bool]:
    """Drag a hire over the card in a row and let go there: whether each was accepted. The events a real drag sends."""
    data = QMimeData()
    data.setData(MIME, str(hire).encode())
    at = QPointF(view.visualRect(view.cards.index(row)).center())
    nothing, move = Qt.KeyboardModifier.NoModifier, Qt.DropAction.MoveAction
    enter = QDragEnterEvent(at.toPoint(), move, data, LEFT, nothing)
    QApplication.sendEvent(view.viewport(), enter)
    over = QDragMoveEvent(at.toPoint(), move, data, LEFT, nothing)
    QApplication.sendEvent(view.viewport(), over)
    drop = QDropEvent(at, move, data, LEFT, nothing)
    if over.isAccepted():
        QApplication.sendEvent(view.viewport(), drop)
    return over.isAccepted(), over.isAccepted() and drop.isAccepted()


def test_the_lead_assigns_mentors_by_suggestion_and_changes_what_they_know_better(office: Office) -> None:
    page = office.go()
    view = page.view("assign")
    board = view.board
    assert [a.name for a in board.hires.cards.items] == ["周一", "Ana"]  # the longest without a mentor first
    assert page.context.text() == "2 without a mentor · 2 mentors with room"
    assert not view.accepting.isEnabled()
    office.click(view.suggest)
    assert {board._mentor(m).name for m in board.plan.values()} == {"Mo", "Lu"}
    assert board.why.pair.text() == "周一 → Mo"
    assert "Best alternative: Lu" in board.why.note.text()
    assert "lower the whole plan by" in board.why.note.text()
    # keyboard: Ana to Mo instead, and pinned
    board.hires.setFocus()
    office.key(board.hires, Qt.Key.Key_Down)
    assert board.hires.chosen().name == "Ana"
    office.key(board.hires, Qt.Key.Key_Return)
    assert board.mentors.hasFocus()
    assert board.mentors.chosen().name == "Lu"
    while board.mentors.chosen().name != "Mo":
        office.key(board.mentors, Qt.Key.Key_Right if board.mentors.currentIndex().row() == 0 else Qt.Key.Key_Home)
    office.key(board.mentors, Qt.Key.Key_Return)
    office.wait()
    assert board._mentor(board.plan[office.ana.person_id]).name == "Mo"
    assert board.pinned == {office.ana.person_id}
    office.click(view.suggest)  # the rest again, around the pin
    assert board._mentor(board.plan[office.ana.person_id]).name == "Mo"
    office.click(view.accepting)
    dialog = office.window.dialog
    assert dialog.save.text() == "Start 2 pairings"
    rows = {dialog.table.item(r, 0).text(): r for r in range(2)}
    assert dialog.table.item(rows["周一 → Mo"], 1).text() == "Alpha"
    dialog.table.item(rows["Ana → Mo"], 1).setText("Beta")
    dialog.table.item(rows["Ana → Mo"], 2).setText("two visits a week")
    dialog.table.item(rows["周一 → Mo"], 0).setCheckState(Qt.CheckState.Unchecked)  # accept some
    assert dialog.save.text() == "Start 1 pairing"
    office.click(dialog.save)
    found = office.stored()
    assert set(found) == {"Ana"}
    assert (found["Ana"].mentor, found["Ana"].projects, found["Ana"].goals) == ("Mo", ("Beta",), "two visits a week")
    assert [a.name for a in board.hires.cards.items] == ["周一"]
    assert [p.name for p in _projects(office)] == ["Beta", "Alpha"]


def _projects(office: Office) -> list[Any]:
    with office.store.read() as connection:
        return projects(connection)


def test_drag_and_drop_takes_what_is_possible_and_says_why_not(office: Office) -> None:
    office.act(actions.set_capacity, office.lu.person_id, 0)
    board = office.go().view("assign").board
    rows = {m.name: row for row, m in enumerate(board.mentors.cards.items)}
    hire = office.zhou.person_id
    assert drag(board.mentors, hire, rows["Young"]) == (False, False)
    assert board.why.refusal.text() == "Young is not senior yet: mentors are in their 7th month or later."
    assert drag(board.mentors, hire, rows["Lu"]) == (False, False)
    assert board.why.refusal.text() == "Lu is full: 0 of 0 places are taken."
    assert board.plan == {}
    assert drag(board.mentors, hire, rows["Mo"]) == (True, True)
    assert board.plan == {hire: office.mo.person_id}
    assert not board.why.refusal.isVisible()
    office.click(board.why.out_button)
    assert board.plan == {}
    office.act(actions.set_capacity, office.mo.person_id, 1)
    office.go()
    board.reload()
    office.wait()
    assert drag(board.mentors, hire, rows["Mo"]) == (True, True)
    assert drag(board.mentors, office.ana.person_id, rows["Mo"]) == (False, False)  # the place is planned away
    assert "Mo is full" in board.why.refusal.text()


def test_enter_in_a_dialogs_field_saves(office: Office, qtbot: QtBot) -> None:
    view = office.go().view("assign")
    office.click(view.suggest)
    office.click(view.accepting)
    qtbot.keyClick(office.window.dialog.started, Qt.Key.Key_Return)
    office.wait()
    assert set(office.stored()) == {"周一", "Ana"}


def test_criteria_are_moved_and_kept(office: Office) -> None:
    view = office.go().view("assign")
    office.click(view.criteria)
    dialog = office.window.dialog
    dialog.fields["region"].setValue(0)
    dialog.fields["industry"].setValue(0)
    dialog.fields["load"].setValue(5)
    office.click(dialog.save)
    assert len(view.board.plan) == 2
    assert view.board.why.pair.text().startswith("周一 →")
    values = [view.board.why.lines.itemAt(i).widget().layout().itemAt(1).widget().text() for i in range(6)]
    assert values[0] == "+0.0"
    assert "+5.0" in values
    assert office.window.context.settings.weights["load"] == 5
    office.click(view.criteria)
    assert office.window.dialog.fields["load"].value() == 5


def test_two_leads_at_once_the_second_is_told(office: Office) -> None:
    view = office.go().view("assign")
    office.click(view.suggest)
    office.click(view.accepting)
    office.store.act(
        office.lead, actions.pair, office.zhou.person_id, office.lu.person_id, office.a, TODAY
    )  # another window
    office.click(office.window.dialog.save)
    assert office.window.dialog.isVisible()
    assert office.window.dialog.error.text() == "周一 is paired with Lu already."
    assert set(office.stored()) == {"周一"}  # all or none


def test_a_project_lost_early_is_followed_by_another(office: Office) -> None:
    made = office.pair(office.zhou, office.mo)
    page = office.go(("pairing", made))
    view = page.view("pairing")
    assert page.title.text() == "周一 with Mo"
    assert not view.next.isVisible()
    office.go(("project", office.a))
    office.click(page.view("project").close_button)
    dialog = office.window.dialog
    dialog.outcome.setCurrentIndex(dialog.outcome.findData("lost"))
    office.click(dialog.save)
    assert page.mark.text() == "Lost"
    office.key(page, Qt.Key.Key_Escape)  # back to the pairing
    assert view.next.text() == "Roll on…"
    office.click(view.next)
    dialog = office.window.dialog
    office.click(dialog.save)
    assert dialog.error.text() == "Choose a project, or make a new one."
    office.click(dialog.new)
    office.window.dialog.name.setText("Gamma")
    office.click(office.window.dialog.save)
    assert dialog.project.currentText() == "Gamma"
    office.click(dialog.save)
    assert office.stored()["周一"].projects == ("Alpha", "Gamma")
    words = [view.events.model().index(r, 1).data() for r in range(view.events.model().rowCount())]
    assert words == ["周一 is paired with Mo.", "Bound to Alpha.", "Alpha was closed: lost.", "Rolled on to Gamma."]
    assert "Gamma" in view.timeline.accessibleName()
    assert "Alpha" in view.timeline.accessibleName()


def test_a_mentor_leaving_is_seen_at_home_and_the_apprentice_handed_over(office: Office) -> None:
    office.pair(office.zhou, office.mo)
    details = PersonDetails(
        name="Mo",
        hired_on=TODAY - 900 * DAY,
        left_on=TODAY + 10 * DAY,
        team="East · Retail",
        roles=frozenset({"mentor"}),
    )
    office.act(edit_person, office.mo.person_id, details)
    office.window.go(where("home"))
    office.wait()
    home = office.window.pages["home"]
    home.refresh()
    office.wait()
    said = [b.toolTip() or b.text() for b in home.watch.buttons]
    assert said == ["Ana", "Mo", "周一"]  # without a mentor, leaving, no session for 14 days
    office.click(home.watch.buttons[1])
    dialog = office.window.dialog
    assert dialog.windowTitle() == "Give to another mentor"
    assert [dialog.mentor.itemText(i) for i in range(dialog.mentor.count())] == ["Lu · 0 of 2"]
    office.click(dialog.save)
    assert dialog.error.text() == "A written reason is needed."
    dialog.words.setPlainText("Mo moves on")
    office.click(dialog.save)
    with office.store.read() as connection:
        now, before = pairings(connection)
    assert (now.apprentice, now.mentor, now.state, now.projects) == ("周一", "Lu", "active", ("Alpha",))
    assert (before.mentor, before.state, before.reason, before.ended_on) == ("Mo", "reassigned", "Mo moves on", TODAY)
    assert office.window.pages["pairing"].title.text() == "周一 with Lu"  # the new pairing is shown
    office.window.go(where("camp"))
    office.wait()


def test_every_alert_at_home_opens_what_solves_it(office: Office) -> None:
    made = office.pair(office.zhou, office.mo, 5)
    office.act(project_actions.save_cycle, office.a, [Phase("signed", TODAY - 4 * DAY)], TODAY)
    office.act(actions.set_capacity, office.mo.person_id, 0)
    shell = office.go()
    home = office.window.pages["home"]

    def click(kind: str) -> None:
        office.window.go(where("home"))
        home.refresh()
        office.wait()
        kinds = [alert.kind for alert in _alerts(office)]
        office.click(home.watch.buttons[kinds.index(kind)])

    click("unpaired")
    assert shell.view("assign").board.hires.chosen().name == "Ana"
    click("overrun")
    assert (shell.title.text(), shell.view("project").close_button.isVisible()) == ("Alpha", True)
    click("overloaded")
    assert (shell.title.text(), shell.mark.text()) == ("Mo", "overloaded")
    office.act(project_actions.close_project, office.a, "won", TODAY)
    click("closed")
    assert shell.view("pairing").next.text() == "Complete…"
    office.act(actions.complete, made, TODAY)
    click("review")
    assert shell.view("pairing").more_actions["remind"].isVisible()


def _alerts(office: Office) -> list[Any]:
    with office.store.read() as connection:
        return watch(connection, TODAY)


def test_a_project_is_made_from_a_deal_in_the_window(office: Office) -> None:
    columns: dict[str, list[Any]] = {
        "name": ["MES"],
        "account": ["华宇机电"],
        "stage": ["x"],
        "status": [OPEN],
        "opened_on": [str(TODAY - 9 * DAY)],
        "closed_on": [None],
        "expected_on": [str(TODAY + 30 * DAY)],
        "amount_cents": [100],
    }
    office.store.act(
        office.lead,
        import_opportunities,
        [Batch(rows=[2], key=["K1"], owner=["Mo"], columns=columns, problems=[])],
        today=TODAY,
    )
    view = office.go("projects").view("projects")
    office.click(view.new)
    office.window.dialog.deal.setCurrentIndex(office.window.dialog.deal.findText("MES"))
    office.window.dialog.deal.activated.emit(1)
    assert (office.window.dialog.customer.text(), office.window.dialog.region.currentData()) == ("华宇机电", "East")
    office.click(office.window.dialog.save)
    with office.store.read() as connection:
        cycle = next(c for c in cycles(connection, {p.id for p in projects(connection)}) if c.project.name == "MES")
    assert cycle.project.opportunity_id == 1
    assert max(p.planned_on for p in cycle.phases if p.planned_on) == TODAY + 30 * DAY


def test_no_session_for_two_weeks_is_solved_by_planning_one(office: Office) -> None:
    made = office.pair(office.zhou, office.mo, 20)
    office.pair(office.ana, office.lu, 3)
    home = office.window.pages["home"]
    office.window.go(where("home"))
    home.refresh()
    office.wait()
    assert [b.text() for b in home.watch.buttons] == ["周一"]
    office.click(home.watch.buttons[0])
    log = office.window.dialog  # type: ignore[attr-defined]
    assert (log.person.currentText(), log.host.currentText()) == ("周一", "Mo")
    log.date.setText((TODAY + 2 * DAY).isoformat())
    log.fields["customer"].setText("华宇机电")
    assert log.windowTitle() == "Plan a session"
    office.click(log.save)
    office.window.go(where("home"))
    office.wait()
    assert home.watch.buttons == []
    view = office.go(("pairing", made)).view("pairing")
    assert [s.state for s in view.story.sessions] == ["planned"]


def test_a_session_is_planned_by_the_two_and_by_who_may_log_for_others(office: Office) -> None:
    made = office.pair(office.zhou, office.mo, 20)
    for who, may in ((office.ana, False), (office.zhou, True), (office.mo, True), (office.lead, True)):
        office.be(who)
        assert office.go(("pairing", made)).view("pairing").plan.isVisible() == may
    office.be(office.ana)
    office.window.go(Place("logbook", "plan", office.zhou.person_id, str(office.mo.person_id)))
    office.wait()
    assert office.window.dialog is None or not office.window.dialog.isVisible()
    assert [error.message.key for error, _ in office.window._errors] == [
        "{name} can't do this: it takes the role {role}."
    ]


def test_a_cycle_that_closed_is_completed_and_both_write_what_only_they_and_the_lead_read(office: Office) -> None:
    made = office.pair(office.zhou, office.mo)
    office.act(project_actions.save_cycle, office.a, [Phase("signed", TODAY - DAY, TODAY - DAY)], TODAY)
    office.act(project_actions.close_project, office.a, "won", TODAY)
    page = office.go(("pairing", made))
    view = page.view("pairing")
    assert view.next.text() == "Complete…"
    office.click(view.next)
    office.click(office.window.dialog.save)
    assert (page.mark.text(), office.stored()["周一"].state) == ("Completed", "completed")
    texts = lambda: [view._texts.itemAt(i).widget().text() for i in range(view._texts.count() - 1)]  # noqa: E731
    assert texts().count("Still to come.") == 2
    view.more_actions["remind"].trigger()
    assert "周一" in QGuiApplication.clipboard().text()
    office.be(office.zhou)
    office.window.go(where("home"))
    office.wait()
    home = office.window.pages["home"]
    office.click(home.reviews.buttons[0])
    assert office.window.dialog.windowTitle() == "Closing review"
    office.click(office.window.dialog.save)
    assert office.window.dialog.error.text() == "A review needs words."
    office.window.dialog.words.setPlainText("师傅很好 <b>")
    office.click(office.window.dialog.save)
    office.go(("pairing", made))
    assert "师傅很好 <b>" in texts()
    office.be(office.young)
    view.reload()
    office.wait()
    assert "师傅很好 <b>" not in texts()
    assert any("for the two and the team lead" in words for words in texts())
    office.be(office.mo)
    office.go(("review", made))
    office.window.dialog.words.setPlainText("ready")
    office.click(office.window.dialog.save)
    office.be(office.young)
    view.reload()
    office.wait()
    assert "师傅很好 <b>" in texts()
    assert "ready" in texts()


def test_a_projects_cycle_is_edited_and_drawn_with_its_sessions(office: Office) -> None:
    office.pair(office.zhou, office.mo, 30)
    details = Details(
        kind="shadowing", held_on=TODAY - 5 * DAY, minutes=30, customer="华宇", learned="l", host_id=office.mo.person_id
    )
    office.store.act(office.zhou, logbook.save_activity, office.zhou.person_id, details, TODAY, state="submitted")
    page = office.go("projects")
    listed = page.view("projects").list
    listed.search.setText("alp")
    assert [listed.model.row(i).name for i in range(listed.model.rowCount())] == ["Alpha"]
    listed.table.selectRow(0)
    listed.table.setFocus()
    office.key(listed.table, Qt.Key.Key_Return)
    view = page.view("project")
    assert [view.sessions.model().index(0, c).data() for c in range(2)] == [str(TODAY - 5 * DAY), "周一"]
    office.click(view.cycle_button)
    dialog = office.window.dialog
    dialog.table.item(0, 2).setText("yesterday")
    office.click(dialog.save)
    assert dialog.error.text() == "yesterday is not a date. Write dates like 2026-01-31."
    dialog.table.item(0, 2).setText((TODAY - 9 * DAY).isoformat())
    dialog.table.setCurrentCell(1, 0)
    dialog.add()
    dialog.table.item(2, 0).setText("试点")
    dialog.table.setCurrentCell(6, 0)
    dialog.remove()
    dialog.table.setCurrentCell(2, 0)
    dialog.move_phase(-1)
    office.click(dialog.save)
    with office.store.read() as connection:
        phases = cycles(connection, {office.a})[0].phases
    assert [p.phase for p in phases] == ["qualified", "试点", "discovery", "solution", "negotiation", "signed"]
    assert phases[0].done_on == TODAY - 9 * DAY
    view.timeline.grab()
    assert any("华宇" in words for _, words in view.timeline._spots)
    assert any("试点" in words for _, words in view.timeline._spots)
    assert view.timeline.accessibleName() == "Alpha: 1 of 6 phases done, 1 session"


def test_a_mentors_page_and_capacity(office: Office) -> None:
    first = office.pair(office.zhou, office.mo, 30)
    office.act(actions.end, first, TODAY - 10 * DAY, "x")
    office.pair(office.ana, office.mo, 5)
    page = office.go(("mentor", office.mo.person_id))
    view = page.view("mentor")
    model = view.apprentices.model()
    assert [model.index(r, 0).data() for r in range(2)] == ["Ana", "周一"]
    assert (view.load.value.text(), view.load.note.text()) == ("1", "of 2 places")
    office.click(view.capacity)
    office.window.dialog.places.setValue(0)
    office.click(office.window.dialog.save)
    assert page.mark.text() == "overloaded"
    view.apprentices.selectRow(0)
    view.apprentices.setFocus()
    office.key(view.apprentices, Qt.Key.Key_Return)
    assert page.title.text() == "Ana with Mo"


def test_projects_and_pairings_come_in_by_the_wizard(office: Office, tmp_path: Path) -> None:
    for kind, rows in (
        ("projects", "name,customer,started_on,outcome\nDelta,华宇,2026-01-05,open\nBad,x,,open\n"),
        ("pairings", f"apprentice,mentor,project,started_on\n周一,Mo,Delta,{TODAY - 9 * DAY}\n"),
    ):
        file = tmp_path / f"{kind}.csv"
        file.write_text(rows, encoding="utf-8")
        office.window.go(where("imports", kind))
        wizard = office.window.dialog
        assert wizard.windowTitle() == f"Import {kind}"
        wizard.use_file(file)
        office.wait()
        while wizard.step != wizard.steps[-1]:
            if wizard.check.good_only.isVisible():
                wizard.check.good_only.setChecked(True)
                office.wait()
            office.click(wizard.next)
        wizard.done(0)
        office.wait()
    assert "Delta" in [p.name for p in _projects(office)]
    assert office.stored()["周一"].projects == ("Delta",)
