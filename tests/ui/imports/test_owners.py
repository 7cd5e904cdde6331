"""The import wizard: whose the deals are."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import shown
from tests.ui.imports.steps import choose, to_the_owners_from_here


def test_a_new_owner_can_be_said_to_be_another_one_of_the_file(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = 'A,"Zorn, Zita",Won,2024-01-20,2024-03-15\nB,ZITA ZORN,Won,2024-01-21,2024-02-04\n'
    file.write_text("opportunity_id,sales_agent,deal_stage,engage_date,close_date\n" + rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    to_the_owners_from_here(wizard, team)
    wizard.next.click()
    box = wizard.owners_page.form.boxes["ZITA ZORN"]
    assert ("Say who each" in wizard.error.text(), box.itemText(0)) == (True, "The same as Zorn, Zita")
    assert wizard.owners_page.form.boxes["Zorn, Zita"].currentText() == "Add as a new person"
    choose(box, 0)
    assert wizard.error.text() == ""
    for _ in range(2):
        wizard.next.click()
        wait_until_idle(team)
    assert wizard.step == "done", wizard.error.text()
    assert wizard.imported.people_added == ["Zorn, Zita"]
    wizard.reject()


def test_only_namesakes_are_offered_for_a_name_that_several_bear(team: MainWindow, tmp_path: Path) -> None:
    codes = (("T7", "East"), (None, "North"))
    _, second = (
        team.store().act(ME, add_person, PersonDetails(name="Tess Twin", code=code, team=of)).result
        for code, of in codes
    )
    file = tmp_path / "crm.csv"
    rows = "A,tess twin,Won,2024-01-20,2024-03-15\nB,Zita Zorn,Won,2024-01-21,2024-02-04\n"
    file.write_text("opportunity_id,sales_agent,deal_stage,engage_date,close_date\n" + rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    to_the_owners_from_here(wizard, team)
    box = wizard.owners_page.form.boxes["tess twin"]
    offered = [box.itemText(at) for at in range(box.count())]
    assert (offered, box.currentIndex()) == (["Tess Twin (T7, East)", f"Tess Twin (#{second}, North)"], -1)
    assert "add that person under People first" in wizard.owners_page.note.text()
    wizard.next.click()
    assert (wizard.step, wizard.focusWidget()) == ("owners", box)
    QTest.keyClick(box, Qt.Key.Key_End)
    wizard.next.click()
    wait_until_idle(team)
    said = dict(wizard.check.understood.lines)["Owners"].split("\n")
    assert (wizard.step, f"tess twin is Tess Twin (#{second}, North)" in said) == ("check", True), wizard.error.text()
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.people_added) == ("done", ["Zita Zorn"]), wizard.error.text()
    wizard.reject()


def test_deals_of_nobody_may_be_left_unmatched(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "商机,负责人,阶段,创建时间\nA,未分配,open,2024-01-20\nB,未分配,open,2024-01-21\n"
    file.write_text(rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    to_the_owners_from_here(wizard, team)
    box = wizard.owners_page.form.boxes["未分配"]
    assert box.currentText() == "Leave unmatched"
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.rejected) == ("check", []), wizard.error.text()
    assert ("Owners", "0 known\n2 rows name no owner: 未分配 (2)") in wizard.check.understood.lines
    wizard.next.click()
    wait_until_idle(team)
    assert team.told.text() == "Opportunities imported from crm.csv: 2 new, 0 changed."
    wizard.reject()
    QTest.mouseClick(team.undo, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    assert team.told.text() == "Taken back: Opportunities imported from a file · crm.csv"
