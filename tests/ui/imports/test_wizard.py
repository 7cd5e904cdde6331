"""The import wizard: what is shown and imported is how the file was asked to be read last."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.transfer import opportunities
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.desk import until
from tests.ui.dialog_steps import as_killed, shown
from tests.ui.imports.steps import CRM, choose, next_step, to_the_owners, to_the_owners_from_here
from tests.ui.looking import looked_at


def test_an_older_reading_of_the_file_never_replaces_a_newer_one(
    team: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "crm.csv"
    file.write_text(
        "opportunity_id,sales_agent,deal_stage,engage_date,close_date\nA,Ann,Won,03/04/2025,05/06/2025\n",
        encoding="utf-8",
    )
    team.go(Place("imports", "opportunities"))
    wait_until_idle(team)
    wizard: Any = team.dialog
    wizard.use_file(file)
    wait_until_idle(team)
    plan, go_on = opportunities.plan, Event()

    def slowly(*args: Any, **options: Any) -> Any:
        if options.get("order") == "dmy":
            assert go_on.wait(30)
        return plan(*args, **options)

    monkeypatch.setattr(opportunities, "plan", slowly)
    for order in ("dmy", "mdy"):
        wizard.reading.order.setCurrentIndex(wizard.reading.order.findData(order))
        wizard.reading.order.activated.emit(wizard.reading.order.currentIndex())
    until(lambda: wizard.plan is not None and wizard.plan.mapping.date_order == "mdy")
    go_on.set()
    wait_until_idle(team)
    assert wizard.plan.mapping.date_order == "mdy"
    assert wizard.reading.order.currentData() == "mdy"
    wizard.reject()


def test_a_file_and_all_answers_about_it_outlive_the_wizard(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text(CRM, encoding="utf-8")
    place = Place("imports", "opportunities")
    wizard: Any = shown(team, place)
    wizard.use_file(file)
    wait_until_idle(team)
    assert [wizard.reading.order.itemText(i) for i in range(1, wizard.reading.order.count())] == [
        "day first: 03/04/2025 = 3 April 2025",
        "month first: 03/04/2025 = 4 March 2025",
    ]
    choose(wizard.reading.order, wizard.reading.order.findData("dmy"))
    wait_until_idle(team)
    assert wizard.reading.order.findData("mdy") >= 0
    wizard.next.click()
    wait_until_idle(team)
    choose(wizard.columns["account"], wizard.columns["account"].findText("note"))
    choose(wizard.stages["Gained"], wizard.stages["Gained"].findData("won"))
    wizard.next.click()
    wait_until_idle(team)
    assert wizard.step == "owners"
    choose(wizard.owners_page.form.boxes["Ann Nobody"], 1)
    choose(wizard.owners_page.form.boxes["Ben Nobody"], 4)
    meant = wizard.owners_page.form.chosen()
    team.context.flush()
    as_killed(wizard)

    home: Any = team.pages["home"]
    wait_until_idle(team)
    assert [button.accessibleName() for button in home.unfinished.buttons] == [
        f"Import opportunities · crm.csv · {tmp_path}"
    ]
    again: Any = shown(team, place)
    assert (again.step, again.file.text(), again.draft_note.isVisible()) == ("file", str(file), True)
    to_the_owners(again, team)
    assert again.plan.mapping.date_order == "dmy"
    assert again.columns["account"].currentText() == "note"
    assert again.stages["Gained"].currentData() == "won"
    assert again.owners_page.form.chosen() == meant
    again.reject()
    assert team.told.text().startswith("Kept as a draft")

    again = shown(team, place)
    to_the_owners(again, team)
    for _ in range(2):  # the trial, the import
        again.next.click()
        wait_until_idle(team)
    assert again.step == "done"
    assert team.context.drafts.all() == []
    again.reject()
    assert not again.isVisible()


def test_answers_belong_to_their_file(team: MainWindow, tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    for file in (one, two):
        file.write_text(CRM, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(one)
    wait_until_idle(team)
    choose(wizard.reading.order, wizard.reading.order.findData("dmy"))
    wait_until_idle(team)
    wizard.use_file(two)
    wait_until_idle(team)
    assert wizard.plan.mapping.date_order is None
    wizard.use_file(one)
    wait_until_idle(team)
    assert wizard.plan.mapping.date_order == "dmy"
    wizard.start_afresh.click()
    assert (wizard.step, wizard.file.text()) == ("file", "")
    wizard.reject()
    assert team.told.text() == "Nothing was imported."


def test_nothing_of_the_check_is_cut_off(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = [
        f'K{n},François Lefèvre de la Tour {n},Won,2024-01-01,"{sign}1,054.50"'
        for n, sign in enumerate(["€", "$", "£", "CN¥", "₩"] * 3)
    ]
    file.write_text("\n".join(["id,owner,stage,close date,amount", *rows, "Z,Ann,Won,soon,twelve"]), encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.resize(760, 560)
    wizard.use_file(file)
    wait_until_idle(team)
    for _ in range(3):
        next_step(wizard, team)
    assert wizard.step == "check"
    wait_until_idle(team)
    wrong = [bad for one in wizard.check.findChildren(QWidget) if one.isVisible() for bad in looked_at(one)]
    assert (wrong, wizard.check.understood.height() > 200) == ([], True)
    wizard.reject()


def test_the_check_names_the_teams_that_people_make(team: MainWindow, tmp_path: Path) -> None:
    team.store().act(ME, add_person, PersonDetails(name="Ann Known", team="East"))
    file = tmp_path / "people.csv"
    file.write_text("name,team\nLi Lei,East\nHan Mei,Est\n", encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "people"))
    wizard.use_file(file)
    wait_until_idle(team)
    for _ in range(2):
        next_step(wizard, team)
    assert wizard.step == "check"
    lines = dict(wizard.check.understood.lines)
    assert (lines["New people"], lines["New teams"]) == ("Li Lei, Han Mei", "Est")
    wizard.reject()


def test_the_keys_stay_in_the_step_where_a_draft_was_put_back(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,hire date\nZoë,1921-03-01\n", encoding="utf-8")
    place = Place("imports", "people")
    wizard: Any = shown(team, place)
    wizard.file.setText(str(file))
    team.context.flush()
    as_killed(wizard)
    wizard = shown(team, place)
    assert wizard.start_afresh.isVisible()
    for step in ("recognised", "columns", "check"):
        wizard.next.setFocus()
        QTest.keyClick(wizard.next, Qt.Key.Key_Space)
        assert wizard.focusWidget() is not wizard.start_afresh
        wait_until_idle(team)
        assert wizard.step == step
        assert wizard.pages.currentWidget().isAncestorOf(wizard.focusWidget()) or wizard.focusWidget() is wizard.next
    assert ("Hired on", "1921-03-01 – 1921-03-01") in wizard.check.understood.lines
    wizard.reject()


def test_a_draft_that_is_here_again_makes_the_wizard_no_higher(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "".join(f"{at},Nobody {at},Stage {at % 14},2025-04-03,2025-06-05,x\n" for at in range(40))
    file.write_text(CRM.partition("\n")[0] + "\n" + rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    wizard.reject()
    wizard = shown(team, Place("imports", "opportunities"))
    assert wizard.draft_note.isVisible()
    heights = {wizard.height()}
    for step in ("recognised", "columns", "owners", "check"):
        wizard.next.click()
        wait_until_idle(team)
        for box in wizard.stages.values() if wizard.step == "columns" else ():
            choose(box, 1)
        assert wizard.step == step
        heights.add(wizard.height())
    assert max(heights) <= 660, heights
    wizard.reject()


def test_who_cancels_too_late_is_told(team: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "crm.csv"
    file.write_text(
        "opportunity_id,sales_agent,deal_stage,engage_date,close_date\nA,Zita Zorn,Won,2024-01-20,2024-03-15\n"
    )
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    to_the_owners_from_here(wizard, team)
    wizard.next.click()
    wait_until_idle(team)
    run, go_on = opportunities.run, Event()

    def too_late(*args: Any, progress: Any, **how: Any) -> Any:
        done = run(*args, **how)
        progress(1, 1)
        assert go_on.wait(30)
        return done

    monkeypatch.setattr(opportunities, "run", too_late)
    wizard.next.click()
    until(lambda: "The row is read" in wizard.trail.text())
    wizard.cancel.click()
    assert (wizard.step, wizard.error.text()) == ("check", "Cancelling…")
    go_on.set()
    wait_until_idle(team)
    assert (wizard.step, "too late to cancel" in wizard.error.text()) == ("done", True)
    wizard.reject()


def test_columns_that_mean_nothing_else_are_ticked_as_the_identity_in_any_order(
    team: MainWindow, tmp_path: Path
) -> None:
    file, days = tmp_path / "crm.csv", ("2026-03-05", "2026-04-05", "2026-05-05")
    columns = {"Place": ("Ash", "Ash", "Elm"), "Kind": ("Rods", "Rods", "Nuts"), "Owner": ("Ann Example",) * 3}
    columns |= {"Stage": ("won", "lost", "won"), "Close Date": days}
    found = []
    for names in (tuple(columns), ("Kind", "Stage", "Close Date", "Owner", "Place")):
        rows = [names, *zip(*(columns[name] for name in names), strict=True)]
        file.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
        wizard: Any = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        next_step(wizard, team)
        menu = wizard.columns_page.identity.menu()
        menu.popup(wizard.mapToGlobal(wizard.rect().center()))
        for action in menu.actions():
            if action.isChecked() != (action.data() in ("Place", "Kind")):
                QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        menu.close()
        for _ in range(3):
            next_step(wizard, team)
        assert wizard.step == "done", wizard.error.text()
        found.append((wizard.imported.new, wizard.imported.unchanged))
        wizard.reject()
    assert found == [(3, 0), (0, 3)]
