"""A corrected list in the window: which cells change, which are emptied, whose a new number is; nothing before that is said."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import inferred_hire_date, people, team_names
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.rules import Corrected
from mentor_app.ui.imports.renamed_form import RenamedForm
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import as_killed, shown
from tests.ui.looking import looked_at

D = dt.date


def _to_the_check(window: MainWindow, file: Path) -> Any:
    wizard: Any = shown(window, Place("imports", "people"))
    wizard.use_file(file)
    wait_until_idle(window)
    for _ in range(2):
        wizard.next.click()
        wait_until_idle(window)
    assert wizard.step == "check"
    return wizard


def _code_and_left(window: MainWindow, name: str) -> list[tuple[Any, Any]]:
    c = person.c
    with window.store().read() as connection:
        return [
            (row.code, row.left_on)
            for row in connection.execute(select(c.code, c.left_on).where(c.name == name).order_by(c.id))
        ]


def test_what_was_asked_for_goes_once_it_is_answered(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("工号,name,hire date\nK1,Ann Newman,2024-02-03\nK2,,2024-02-03\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    page = wizard.check
    wizard.next.click()
    assert ("choose to leave these rows out" in wizard.error.text(), wizard.focusWidget()) == (True, page.good_only)
    QTest.keyClick(page.good_only, Qt.Key.Key_Space)
    assert (page.good_only.isChecked(), wizard.error.text()) == (True, "")
    QTest.keyClick(page.good_only, Qt.Key.Key_Space)
    wizard.next.click()
    assert "choose to leave these rows out" in wizard.error.text()
    wizard.reject()


def test_a_list_that_is_here_already_leaves_no_draft(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("工号,name,hire date\nK1,Ann Newman,2024-02-03\n", encoding="utf-8")
    for new in (1, 0):
        wizard = _to_the_check(team, file)
        team.context.flush()
        assert (wizard.imported.new, len(team.context.drafts.all())) == (new, 1)
        if new:
            QTest.keyClick(wizard, Qt.Key.Key_Escape)
            assert len(team.context.drafts.all()) == 1
            wizard = _to_the_check(team, file)
            wizard.next.click()
            wait_until_idle(team)
        QTest.keyClick(wizard, Qt.Key.Key_Escape)
        assert team.context.drafts.all() == []
    assert team.told.text() == "Nothing was imported."


def test_emptied_cells_are_wished_before_anything_is_written(team: MainWindow, tmp_path: Path) -> None:
    for name, code in (("Ann Known", "K1"), ("Bo Known", "K2")):
        team.store().act(ME, add_person, PersonDetails(name=name, code=code, team="East"))
    file = tmp_path / "people.csv"
    file.write_text("工号,name,team,hire date\nK1,Ann Known,,2024-02-03\nK2,Bo Known,East,\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    page = wizard.check
    rows = [[page.changes.index(row, column).data() for column in range(5)] for row in range(page.changes.rowCount())]
    assert rows == [
        ["2", "Ann Known", "team", "East", "(emptied)"],
        ["2", "Ann Known", "hire date", "–", "2024-02-03"],
    ]
    box = page.empty_cells
    assert [box.itemText(at) for at in range(2)] == ["Empty 1 cell, as the list says", "Leave these cells as they are"]
    assert (box.currentIndex(), wizard.focusWidget()) == (-1, box)
    wrong = [bad for one in page.findChildren(QWidget) if one.isVisible() for bad in looked_at(one)]
    assert wrong == []
    page.change_table.setFocus()
    QTest.keyClick(page.change_table, Qt.Key.Key_Tab)
    assert wizard.focusWidget() is box, "a table lets the Tab key go"
    page.change_table.setFocus()
    wizard.next.click()
    assert (wizard.step, "empties cells" in wizard.error.text(), wizard.focusWidget()) == ("check", True, box)
    QTest.keyClick(box, Qt.Key.Key_End)
    wait_until_idle(team)
    assert [page.changes.index(at, 2).data() for at in range(page.changes.rowCount())] == ["hire date"]
    QTest.keyClick(box, Qt.Key.Key_Home)
    wait_until_idle(team)
    assert (page.changes.rowCount(), box.currentIndex()) == (2, 0)
    wizard.next.click()
    wait_until_idle(team)
    assert wizard.step == "done"
    assert "Row 2, Ann Known, team: East → (emptied)" in dict(wizard.done_page.understood.lines)["Changes"]
    wizard.reject()


def test_a_new_number_is_asked_about_and_the_answer_kept(team: MainWindow, tmp_path: Path) -> None:
    team.store().act(ME, add_person, PersonDetails(name="Ann Known", code="K1"))
    file = tmp_path / "people.csv"
    file.write_text("code,name\nK9,Ann Known\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    box = wizard.check.questions.boxes["K9"]
    assert (wizard.focusWidget(), box.currentIndex()) == (box, -1)
    wizard.next.click()
    assert (wizard.step, "Say what these rows are" in wizard.error.text()) == ("check", True)
    assert [box.itemText(at) for at in range(2)] == ["Ann Known, K1: the same person", "Somebody else of this name"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    wait_until_idle(team)
    assert wizard.check.changes.index(0, 4).data() == "K9"
    as_killed(wizard)
    wizard = _to_the_check(team, file)
    box = wizard.check.questions.boxes["K9"]
    assert (box.currentIndex(), wizard.check.unanswered()) == (0, None)
    QTest.keyClick(box, Qt.Key.Key_Down)
    wait_until_idle(team)
    assert (wizard.imported.new, wizard.imported.cells) == (1, [])
    QTest.keyClick(box, Qt.Key.Key_Up)
    wait_until_idle(team)
    wizard.next.click()
    wait_until_idle(team)
    assert _code_and_left(team, "Ann Known") == [("K9", None)]
    wizard.reject()


def test_a_slip_is_read_as_the_name_that_is_meant(team: MainWindow, tmp_path: Path) -> None:
    team.store().act(ME, add_person, PersonDetails(name="Ann Known", code="K1", team="North Sales"))
    file = tmp_path / "people.csv"
    file.write_text("code,name,team\nK8,Cy Moss,Nroth Sales\nK9,Di Roe,Nroth Sales\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    (box,) = wizard.check.questions.boxes.values()
    assert (wizard.focusWidget(), box.currentIndex(), box.accessibleName()) == (box, -1, "Nroth Sales")
    assert [box.itemText(at) for at in range(2)] == ["North Sales is meant", "No, Nroth Sales is new"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    wait_until_idle(team)
    assert (wizard.imported.new, wizard.imported.teams_added) == (2, [])
    wizard.next.click()
    wait_until_idle(team)
    with team.store().read() as connection:
        assert "Nroth Sales" not in team_names(connection)
    wizard.reject()


def test_what_stands_alone_and_may_be_no_name_is_asked_about(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,code,team\nDi Roe,K9,East\nHR v2,,\n2 people,,\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    (box,) = wizard.check.questions.boxes.values()
    assert (wizard.focusWidget(), box.currentIndex(), box.accessibleName()) == (box, -1, "HR v2")
    assert [box.itemText(at) for at in range(2)] == ["HR v2 is somebody", "It is nobody: leave the row out"]
    QTest.keyClick(box, Qt.Key.Key_End)
    wait_until_idle(team)
    said = dict(wizard.check.understood.lines)
    assert (wizard.imported.new, said["Rows left out"]) == (1, "Row 4: A remark below the table: 2 people")
    assert "Row 3: Left out, as was said: HR v2" in said["To be noted"]
    wizard.next.click()
    wait_until_idle(team)
    assert (_code_and_left(team, "Di Roe"), _code_and_left(team, "HR v2")) == ([("K9", None)], [])
    wizard.reject()


def test_whoever_comes_under_the_number_of_another_is_asked_about(team: MainWindow, tmp_path: Path) -> None:
    team.store().act(ME, add_person, PersonDetails(name="Marta Silva", code="K8", team="East"))
    file = tmp_path / "people.csv"
    file.write_text("name,code,team\nDi Roe,K9,East\nInes Prado,K8,East\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    (box,) = wizard.check.questions.boxes.values()
    assert (box.accessibleName(), box.currentIndex()) == ("Ines Prado (K8)", -1)
    taken = "It is Ines Prado's now; Marta Silva has another, or none"
    for key, said in ((Qt.Key.Key_End, (1, 0, 1)), (Qt.Key.Key_Up, (2, 0, 0)), (Qt.Key.Key_Home, (1, 1, 0))):
        QTest.keyClick(box, key)
        wait_until_idle(team)
        assert (wizard.imported.new, wizard.imported.updated, wizard.imported.left_out) == said
        if key == Qt.Key.Key_Up:
            assert (box.currentText(), wizard.check.changes.index(0, 4).data()) == (taken, "(none any more)")
            assert wizard.check.unanswered() is None
    wizard.next.click()
    wait_until_idle(team)
    assert (_code_and_left(team, "Ines Prado"), _code_and_left(team, "Marta Silva")) == ([("K8", None)], [])
    wizard.reject()


def test_two_people_who_exchange_their_numbers_are_asked_about_once(team: MainWindow, tmp_path: Path) -> None:
    for name, code in (("Anna Fielding", "K8"), ("Tom Bexley", "K9")):
        team.store().act(ME, add_person, PersonDetails(name=name, code=code, team="East"))
    file = tmp_path / "people.csv"
    file.write_text("name,code,team\nTom Bexley,K8,East\nAnna Fielding,K9,East\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    first, second = wizard.check.questions.boxes.values()
    assert (first.isVisible(), second.isVisible()) == (True, True)
    QTest.keyClick(first, Qt.Key.Key_End)
    wait_until_idle(team)
    assert first.currentText() == "It is Tom Bexley's now; Anna Fielding has another, or none"
    assert (second.isVisible(), wizard.check.unanswered(), wizard.imported.updated) == (False, None, 2)
    QTest.keyClick(first, Qt.Key.Key_Home)
    wait_until_idle(team)
    assert (second.isVisible(), wizard.check.unanswered()[0]) == (True, second)
    QTest.keyClick(first, Qt.Key.Key_End)
    wait_until_idle(team)
    wizard.next.click()
    wait_until_idle(team)
    assert (_code_and_left(team, "Tom Bexley"), _code_and_left(team, "Anna Fielding")) == (
        [("K8", None)],
        [("K9", None)],
    )
    wizard.reject()


def test_an_old_number_that_a_namesake_has_now_is_asked_about(team: MainWindow, tmp_path: Path) -> None:
    team.store().act(ME, add_person, PersonDetails(name="Anna Fielding", code="K8", hired_on=D(2024, 1, 10)))
    file = tmp_path / "people.csv"
    rows = ["Anna Fielding,K71,2024-01-10", "Anna Fielding,K8,2024-10-01"]
    file.write_text("\n".join(["name,code,hire date", *rows]), encoding="utf-8")
    wizard = _to_the_check(team, file)
    old, new = (wizard.check.questions.boxes[code] for code in ("K8", "K71"))
    assert [old.itemText(at) for at in range(old.count())] == [
        "Anna Fielding, K8: the same person",
        "Somebody else of this name",
    ]
    assert (old.isVisible(), new.isVisible()) == (True, True)
    QTest.keyClick(old, Qt.Key.Key_End)
    wait_until_idle(team)
    assert (wizard.check.unanswered(), new.isVisible()) == (None, False), "one answer settles both"
    assert (wizard.imported.new, wizard.imported.updated, wizard.imported.rejected) == (1, 1, [])
    wizard.next.click()
    wait_until_idle(team)
    assert sorted(code for code, _ in _code_and_left(team, "Anna Fielding")) == ["K71", "K8"]
    wizard.reject()


def test_a_long_question_leaves_room_for_the_others(team: MainWindow, tmp_path: Path) -> None:
    team.store().act(ME, add_person, PersonDetails(name="Grant Proctor", code="K8", team="East"))
    long = "To be hired in place of Grant Proctor"
    file = tmp_path / "people.csv"
    file.write_text(f"name,code,team\nDi Roe,K9,East\n{long},K8,East\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    page = wizard.check.questions
    area = page.parentWidget().parentWidget().parentWidget()
    assert area.horizontalScrollBar().maximum() == 0
    (told,) = [one for one in page.findChildren(QLabel) if one.text() == f"{long} (K8)"]
    assert told.height() <= 3 * told.fontMetrics().lineSpacing() < told.width()
    box = page.boxes[f"called:{long}"]
    QTest.keyClick(box, Qt.Key.Key_Home)
    wait_until_idle(team)
    assert box.toolTip() == box.currentText() == f"Grant Proctor is called {long} now"
    assert box.width() > box.fontMetrics().horizontalAdvance(box.currentText()), "an answer is read as a whole"
    wizard.reject()


def test_all_that_may_be_nobody_is_answered_at_once_and_remembered(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "name,code,team\nDi Roe,K9,East\nFreie Stelle,K10,East\nREQ-7,K11,East\nChidi Okafor,K12,East\n",
        encoding="utf-8",
    )
    wizard = _to_the_check(team, file)
    page = wizard.check.questions
    assert (list(page.boxes), page.take_all.isVisible()) == (
        ["name:Freie Stelle", "name:REQ-7", "name:Chidi Okafor"],
        True,
    )
    page.leave_all.click()
    wait_until_idle(team)
    assert (wizard.imported.new, wizard.imported.left_out, wizard.imported.asked) == (1, 3, [])
    QTest.keyClick(page.boxes["name:Chidi Okafor"], Qt.Key.Key_Home)
    wait_until_idle(team)
    assert wizard.imported.people_added == ["Di Roe", "Chidi Okafor"]
    wizard.next.click()
    wait_until_idle(team)
    wizard.reject()

    file.write_text(f"{file.read_text('utf-8')}Vacant Post,K13,East\nREQ-8,K14,East\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    page = wizard.check.questions
    said = {about.removeprefix("name:"): box.currentData() for about, box in page.boxes.items()}
    assert said == {"Freie Stelle": "out", "REQ-7": "out", "Vacant Post": None, "REQ-8": "out"}
    assert "1 row may hold nobody." in [one.text() for one in page.findChildren(QLabel)]
    words = "Row 3: Left out, as was said of an earlier list: Freie Stelle"
    assert words in dict(wizard.check.understood.lines)["To be noted"].split("\n")
    page.take_all.click()
    wait_until_idle(team)
    assert wizard.imported.people_added == ["Vacant Post"], "what was said of an earlier list stays"
    assert words in dict(wizard.check.understood.lines)["To be noted"].split("\n")
    QTest.keyClick(page.boxes["name:REQ-8"], Qt.Key.Key_Home)
    page.leave_all.click()
    page.take_all.click()
    wait_until_idle(team)
    assert wizard.imported.people_added == ["Vacant Post", "REQ-8"], "what was said by itself stays"
    assert page.boxes["name:REQ-8"].toolTip() == "It belongs to the list"
    QTest.keyClick(page.boxes["name:Vacant Post"], Qt.Key.Key_End)
    wait_until_idle(team)
    assert (wizard.imported.people_added, page.take_all.isVisible()) == (["REQ-8"], False)
    wizard.reject()


def test_tab_goes_from_one_question_to_the_next_and_to_the_buttons_last(team: MainWindow, tmp_path: Path) -> None:
    for name, code in (("Ann Known", "K1"), ("Bo Known", "K2")):
        team.store().act(ME, add_person, PersonDetails(name=name, code=code, team="East"))
    file = tmp_path / "people.csv"
    file.write_text("工号,name,team\nK9,Ann Known,East\nK2,Bo Known,\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    page = wizard.check
    (question,) = page.questions.boxes.values()
    assert wizard.focusWidget() is question
    seen = []
    for _ in range(5):
        QTest.keyClick(wizard.focusWidget(), Qt.Key.Key_Tab)
        seen.append(wizard.focusWidget())
    assert seen == [page.change_table, page.empty_cells, wizard.cancel, wizard.back, wizard.next]


def test_an_emptied_hire_date_says_which_one_is_inferred_instead(team: MainWindow, tmp_path: Path) -> None:
    with team.store().read() as connection:
        hired = {one.id: one for one in people(connection) if one.hired_on and not one.hired_on_inferred}
        inferred = {key: inferred_hire_date(connection, key) for key in hired}
    who, day = next((hired[key], day) for key, day in inferred.items() if day is not None)
    file = tmp_path / "people.csv"
    file.write_text(f"name,hire date\n{who.name},\n", encoding="utf-8")
    wizard = _to_the_check(team, file)
    assert wizard.check.changes.index(0, 4).data() == f"{day} (inferred)"
    assert wizard.check.empty_cells.isVisible()
    wizard.reject()


def test_what_changes_has_the_room_there_is(team: MainWindow, tmp_path: Path) -> None:
    lines = ["code,name,team"]
    for n in range(12):
        team.store().act(ME, add_person, PersonDetails(name=f"Known {n}", code=f"K{n}", team="East"))
        lines.append(f"K{n},Known {n},West")
    file = tmp_path / "people.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    wizard = _to_the_check(team, file)
    wizard.resize(900, 640)
    wait_until_idle(team)
    table = wizard.check.change_table
    assert table.viewport().height() >= 6 * table.rowHeight(0)
    wizard.reject()


def test_an_answer_that_is_offered_anew_keeps_the_keys(qtbot: QtBot) -> None:
    deals = [("Ann", "2026-12-10"), ("Ann", "2027-03-10"), ("Bo", "2027-04-10")]
    one = Corrected(row=2, name="Pilot", was="Pilot", cells=(), may_be=tuple(deals[:2]))
    form = RenamedForm()
    qtbot.addWidget(form)
    form.show_asked([one], {"as": "each"})
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    before = form.boxes["2"]
    before.setFocus()
    form.show_asked([replace(one, may_be=tuple(deals))], {"as": "each"})
    after = form.boxes["2"]
    QApplication.processEvents()
    assert (after is not before, after.count(), QApplication.focusWidget()) == (True, len(deals) + 1, after)
