"""The import wizard: what is shown and imported is how the file was asked to be read last."""

from pathlib import Path
from threading import Event
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.transfer import opportunities
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import DATA, ME
from tests.idle import wait_until_idle
from tests.ui.desk import until
from tests.ui.dialog_steps import as_killed, shown
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


CRM = (
    "opportunity_id,sales_agent,deal_stage,engage_date,close_date,note\n"
    "A,Ann Nobody,Gained,03/04/2025,05/06/2025,x\nB,Ben Nobody,Gained,03/04/2025,05/06/2025,y\n"
)


def _choose(box: Any, at: int) -> None:
    box.setCurrentIndex(at)
    box.activated.emit(at)


def _to_the_owners(wizard: Any, window: MainWindow) -> None:
    for _ in range(3):
        wizard.next.click()
        wait_until_idle(window)
    assert wizard.step == "owners", wizard.error.text()


def test_of_a_file_without_stages_it_is_said_how_all_its_deals_stand(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "won.csv"
    file.write_text("opportunity_id,sales_agent,created,closed\nA,Ann Nobody,2024-01-02,2024-02-02\n", encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    for _ in range(2):
        wizard.next.click()
        wait_until_idle(team)
    assert (wizard.step, wizard.error.text()[:27]) == ("columns", "No column is chosen for the")
    (box,) = wizard.stages.values()
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == "won"
    wizard.next.click()
    wait_until_idle(team)
    assert wizard.step == "owners", wizard.error.text()
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.check.stages.chosen()) == ("check", {"*": "won"})
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
    _choose(wizard.reading.order, wizard.reading.order.findData("dmy"))
    wait_until_idle(team)
    assert wizard.reading.order.findData("mdy") >= 0
    wizard.next.click()
    wait_until_idle(team)
    _choose(wizard.columns["account"], wizard.columns["account"].findText("note"))
    _choose(wizard.stages["Gained"], wizard.stages["Gained"].findData("won"))
    wizard.next.click()
    wait_until_idle(team)
    assert wizard.step == "owners"
    _choose(wizard.owners_page.form.boxes["Ann Nobody"], 1)
    _choose(wizard.owners_page.form.boxes["Ben Nobody"], 4)
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
    _to_the_owners(again, team)
    assert again.plan.mapping.date_order == "dmy"
    assert again.columns["account"].currentText() == "note"
    assert again.stages["Gained"].currentData() == "won"
    assert again.owners_page.form.chosen() == meant
    again.reject()
    assert team.told.text().startswith("Kept as a draft")

    again = shown(team, place)
    _to_the_owners(again, team)
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
    _choose(wizard.reading.order, wizard.reading.order.findData("dmy"))
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


MANY = (
    "Topic;Customer;Stage;Amount;Created On;Close Date;Owner;Ref\n"
    "Deal;Acme;Closed Won;€1.054,00;2024-01-01;2024-02-02;Anna Sneling;R0\n"
    "Deal;Acme;Almost won;€7,50;2024-01-01;2024-03-02;王芳;R1\n"
    "Deal;Acme;Closed Lost;$9;2024-01-01;2024-04-02;Bo;R2\n"
    "Total;;;1054;;;;\n"
)


def _next(wizard: Any, window: MainWindow) -> str:
    wizard.next.click()
    wait_until_idle(window)
    return str(wizard.error.text())


def test_the_wizard_asks_what_could_be_two_things_and_shows_what_it_understood(
    team: MainWindow, tmp_path: Path
) -> None:
    for name, code in (("王芳", "E2"), ("王芳", "E3"), ("Anna Snelling", "E1")):
        team.store().act(ME, add_person, PersonDetails(name=name, code=code))
    file = tmp_path / "crm.csv"
    file.write_text(MANY, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    assert "1 row is no record" in wizard.reading.summary.text()
    assert (wizard.reading.decimal.currentData(), wizard.reading.order.currentData()) == (",", "ymd")
    _next(wizard, team)
    assert wizard.stages["Almost won"].currentData() is None
    assert "stages mean" in _next(wizard, team)
    _choose(wizard.stages["Almost won"], wizard.stages["Almost won"].findData("open"))
    proposal = next(b for b in wizard.columns_page.findChildren(QPushButton) if "Ref" in b.text())
    assert wizard.columns_page.identity.chosen() == ["Topic", "Customer", "Created On"]
    proposal.click()
    assert wizard.columns_page.identity.chosen() == ["Ref"]
    _next(wizard, team)
    assert wizard.step == "owners"
    assert "Say who each of them is" in _next(wizard, team)
    for name, words in (("王芳", "王芳 (E3)"), ("Anna Sneling", "Anna Snelling")):
        box = wizard.owners_page.form.boxes[name]
        assert box.currentIndex() == -1
        offered, everybody = [box.itemText(i) for i in range(box.count())], [one for _, one in wizard._file.everybody]
        if name == "王芳":
            assert offered == [one for one in everybody if one.startswith("王芳 (")]
        else:
            assert offered[:3] == ["Anna Snelling", "Add as a new person", "Leave unmatched"]
            assert sorted(offered[1:]) == sorted([*offered[1:3], *(one for one in everybody if one != "Anna Snelling")])
        _choose(box, box.findText(words))
    assert _next(wizard, team) == ""
    assert wizard.step == "check"
    lines = dict(wizard.check.understood.lines)
    assert lines["Rows left out"] == "Row 5: A row of totals: Total · 1054"
    assert (lines["Decimal mark"], lines["Order of dates"]) == ("comma", "year first, as in 2024-01-01")
    assert lines["Deals"] == "Won 1 · Lost 1 · Open 1"
    assert lines["Sums"].splitlines() == ["EUR: Won 1,054.00 · Open 7.50", "USD: Lost 9.00"]
    assert lines["Closed on"] == "2024-02-02 – 2024-04-02"
    chosen = "王芳 is 王芳 (E3)\nAnna Sneling is Anna Snelling"
    assert lines["Owners"] == f"2 known\n1 new: Bo\n{chosen}"
    stage = wizard.check.stages.boxes["Almost won"]
    _choose(stage, stage.findData("won"))  # meant otherwise after all: tried again
    wait_until_idle(team)
    assert dict(wizard.check.understood.lines)["Deals"] == "Won 2 · Lost 1"
    _next(wizard, team)
    assert wizard.step == "done"
    assert dict(wizard.done_page.understood.lines)["Deals"] == "Won 2 · Lost 1"
    wizard.done_page.see_ramp.click()
    wait_until_idle(team)
    assert (wizard.isVisible(), team.pages["ramp"].isVisible()) == (False, True)


def test_amounts_and_encodings_that_could_be_two_things_hold_the_wizard(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "id,owner,stage,close date,amount\nA,卢路,Won,2024-01-01,1.054\n"
    file.write_bytes(rows.encode("gb18030"))
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    assert "several encodings" in _next(wizard, team)
    _choose(wizard.reading.encoding, wizard.reading.encoding.findData("gb18030"))
    wait_until_idle(team)
    assert wizard.reading.preview.item(0, 1).text() == "卢路"
    assert "decimal mark" in _next(wizard, team)
    _choose(wizard.reading.decimal, wizard.reading.decimal.findData(","))
    wait_until_idle(team)
    assert _next(wizard, team) == ""
    assert wizard.step == "columns"
    wizard.reject()


def test_another_separator_is_chosen_and_a_wrong_one_is_no_dead_end(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("id;owner;stage;close date;note\nA;Ann Nobody;Won;2024-01-01;x, y\n", encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    box = wizard.reading.separator
    assert (box.currentText(), wizard.reading.preview.columnCount()) == ("semicolon", 5)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    wait_until_idle(team)
    assert (wizard.step, wizard.error.text()) == (
        "recognised",
        "crm.csv is not cut into columns by this separator: comma. Choose another one.",
    )
    assert (box.currentText(), wizard.reading.preview.columnCount()) == ("semicolon", 5)
    file.write_text("id;owner;stage;close date|note\nA;Ann Nobody;Won;2024-01-01|x\n", encoding="utf-8")
    for words, columns in (("vertical bar", 2), ("semicolon", 4)):
        _choose(box, box.findText(words))
        wait_until_idle(team)
        assert (box.currentText(), wizard.reading.preview.columnCount()) == (words, columns)
    assert wizard.reading.chosen() == {"delimiter": ";"}
    wizard.reject()


def test_three_decimals_are_settled_by_a_leading_zero_else_asked_about(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    wizard: Any = shown(team, Place("imports", "opportunities"))
    for sure, asked in (("0.750", False), ("12.50", True)):
        rows = f"商机编号,负责人,商机阶段,结单日期,商机金额(千元)\nA,王芳,赢单,2024-01-01,{sure}\nB,王芳,赢单,2024-01-01,2.300\n"
        file.write_bytes(rows.encode("gb18030"))
        wizard.use_file(file)
        wait_until_idle(team)
        assert wizard.reading.decimal.isVisible()
        assert (wizard.reading.decimal.currentData() is None) is asked
        assert ("2.300 could be three decimals or thousands" in wizard.reading.summary.text()) is asked
    assert "decimal mark" in _next(wizard, team)
    for mark in ",.":
        _choose(wizard.reading.decimal, wizard.reading.decimal.findData(mark))
        wait_until_idle(team)
    for _ in range(3 if wizard.step == "recognised" else 2):
        _next(wizard, team)
    assert wizard.step == "check"
    assert wizard.check.problems.rowCount() == 0
    lines = dict(wizard.check.understood.lines)
    assert (lines["Sums"], lines["Unit of amounts"]) == ("CNY: Won 14,800.00", "1,000 (商机金额(千元))")
    wizard.reject()


def test_a_wrong_encoding_is_no_dead_end(team: MainWindow, tmp_path: Path) -> None:
    """It is said, the file stays read as it was, and neither this wizard nor the next one holds on to it."""
    file = tmp_path / "crm.csv"
    file.write_bytes("id,owner,stage,close date\nA,王芳,Won,2024-01-01\nB,李小明,Won,2024-01-01\n".encode("gb18030"))
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    _choose(wizard.reading.encoding, wizard.reading.encoding.findData("utf-8"))
    wait_until_idle(team)
    assert "not written in utf-8" in wizard.error.text()
    assert (wizard.reading.encoding.currentData(), wizard.reading.preview.item(0, 1).text()) == ("gb18030", "王芳")
    team.context.flush()
    as_killed(wizard)
    again: Any = shown(team, Place("imports", "opportunities"))
    _to_the_owners(again, team)
    assert "李小明" in again.owners_page.form.boxes
    again.reject()


def test_an_answer_that_fits_the_file_no_more_is_dropped(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "id,owner,stage,close date\nA,卢路,Won,2024-01-01\n"
    file.write_bytes(rows.encode("gb18030"))
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    _choose(wizard.reading.encoding, wizard.reading.encoding.findData("gb18030"))
    wait_until_idle(team)
    file.write_bytes("id,owner,stage,close date\nA,Żaneta 王芳,Won,2024-01-01\n".encode("utf-16"))
    wizard.use_file(file)
    wait_until_idle(team)
    assert (wizard.step, wizard.error.text(), wizard.reading.preview.item(0, 1).text()) == (
        "recognised",
        "",
        "Żaneta 王芳",
    )
    wizard.reject()


def test_columns_of_one_name_and_the_unit_of_a_column_chosen_late_are_asked_about(
    team: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "crm.csv"
    file.write_text(
        "id,owner,stage,close date,Amount,Amount,Worth (Kilotaler)\nA,Ann,Won,2024-01-01,5,7,9\nB,Bo,Won,2024-01-01,6,8,9\n",
        encoding="utf-8",
    )
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    _next(wizard, team)
    box = wizard.columns["amount"]
    assert (box.currentIndex(), "Amount [E], Amount (2) [F]" in box.toolTip()) == (-1, True)
    fonts = {box.itemText(i): box.itemData(i, Qt.ItemDataRole.FontRole) for i in range(box.count())}
    assert [name for name, font in fonts.items() if font is not None and font.bold()] == ["Amount", "Amount (2)"]
    assert "Several columns" in _next(wizard, team)
    _choose(box, box.findText("Worth (Kilotaler)"))
    assert "Choose what one of them is worth" in _next(wizard, team)
    assert (wizard.step, wizard.reading.unit.currentData()) == ("recognised", None)
    _choose(wizard.reading.unit, wizard.reading.unit.findData("1000"))
    wait_until_idle(team)
    for _ in range(2):
        assert _next(wizard, team) == ""
    assert (wizard.step, wizard.plan.amounts.unit) == ("owners", 1000)
    wizard.reject()


def test_whose_yen_it_is_is_asked_where_the_file_is_read(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("id,owner,stage,close date,amount\nA,Ann,Won,2024-01-01,¥5400\n", encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    box = wizard.reading.unit
    assert ([box.itemText(i) for i in range(1, box.count())], box.isVisible()) == (["CNY", "JPY"], True)
    assert "¥ may mean CNY, JPY" in wizard.reading.summary.text()
    _next(wizard, team)
    assert (wizard.step, "Choose the currency" in wizard.error.text()) == ("recognised", True)
    _choose(box, box.findData("JPY"))
    wait_until_idle(team)
    assert (box.currentData(), box.count()) == ("JPY", 2)
    for _ in range(3):
        _next(wizard, team)
    wait_until_idle(team)
    assert wizard.step == "check"
    assert "JPY: Won 5,400.00" in " ".join(one.text() for one in wizard.check.findChildren(QLabel))
    wizard.reject()


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
        _next(wizard, team)
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
        _next(wizard, team)
    assert wizard.step == "check"
    lines = dict(wizard.check.understood.lines)
    assert (lines["New people"], lines["New teams"]) == ("Li Lei, Han Mei", "Est")
    wizard.reject()


def test_rows_of_totals_and_units_of_rows_are_asked_about_and_shown(team: MainWindow, tmp_path: Path) -> None:
    file, tail = tmp_path / "crm.csv", "Won,2024-01-01,2024-02-01"
    file.write_text(
        f"id,owner,stage,created date,close date,amount,单位\nA,Ann Nobody,{tail},5,万元\nB,Ann Nobody,{tail},6,台\n9,合计,{tail},12,\n",
        encoding="utf-8",
    )
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    assert "Row 4 may be a row of totals: 9 · 合计" in wizard.reading.summary.text()
    assert "台: this may say in which unit" in wizard.reading.summary.text()
    assert "Choose what one of them is worth" in _next(wizard, team)
    _choose(wizard.reading.unit, wizard.reading.unit.findData("1000"))
    wait_until_idle(team)
    assert "Choose what they are" in _next(wizard, team)
    _choose(wizard.reading.totals, wizard.reading.totals.findData("out"))
    wait_until_idle(team)
    assert _next(wizard, team) == ""
    assert wizard.columns["unit"].currentText() == "单位"
    assert _next(wizard, team) == ""
    assert [(row, str(why)) for row, why in wizard.plan.left_out] == [
        (4, "A row of totals: 9 · 合计 · Won · 2024-01-01 · 2024-02-01 · 12")
    ]
    for box in wizard.owners_page.form.boxes.values():
        _choose(box, 1)
    assert _next(wizard, team) == ""
    said = dict(wizard.check.understood.lines)
    assert said["Unit of each row"] == "单位: 万元 = 10,000 CNY (1) · 台 = 1,000 (1)"
    assert said["Rows left out"].startswith("Row 4: A row of totals")
    wizard.reject()


def test_the_wizard_names_struck_out_rows_and_calls_a_pdf_a_pdf(team: MainWindow, tmp_path: Path) -> None:
    wizard: Any = shown(team, Place("imports", "opportunities"))
    (tmp_path / "deals.xls").write_bytes(b"%PDF-1.7 deals")
    wizard.use_file(tmp_path / "deals.xls")
    wait_until_idle(team)
    assert "deals.xls is a PDF" in " ".join(label.text() for label in wizard.findChildren(QLabel) if label.isVisible())
    wizard.use_file(DATA / "workbooks" / "marks.xls")
    wait_until_idle(team)
    for _ in range(3):
        _next(wizard, team)
    assert wizard.step == "check"
    words = " ".join(label.text() for label in wizard.check.findChildren(QLabel))
    assert "2 rows hold something that is struck out in the workbook, and are read all the same: 3, 6." in words
    wizard.reject()


def test_dates_that_may_be_swapped_are_asked_about(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "A,Ann,Won,2024-01-20,15/03/2024\nB,Ann,Won,2024-01-21,2024-02-04\n"
    file.write_text("opportunity_id,sales_agent,deal_stage,engage_date,close_date\n" + rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    box = wizard.reading.real_dates
    assert "like 15/03/2024" in wizard.reading.summary.text()
    wizard.next.click()
    assert (wizard.step, "may be swapped" in wizard.error.text(), box.hasFocus()) == ("recognised", True, True)
    assert box.itemText(1) == "swap day and month: 2024-02-04 = 2 April 2024"
    _choose(box, 1)
    wait_until_idle(team)
    _to_the_owners_from_here(wizard, team)
    wizard.next.click()
    wait_until_idle(team)
    assert ("Closed on", "2024-03-15 – 2024-04-02") in wizard.check.understood.lines
    wizard.reject()


def _to_the_owners_from_here(wizard: Any, window: MainWindow) -> None:
    for _ in range(2):
        wizard.next.click()
        wait_until_idle(window)
    assert wizard.step == "owners", wizard.error.text()


def test_a_new_owner_can_be_said_to_be_another_one_of_the_file(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = 'A,"Zorn, Zita",Won,2024-01-20,2024-03-15\nB,ZITA ZORN,Won,2024-01-21,2024-02-04\n'
    file.write_text("opportunity_id,sales_agent,deal_stage,engage_date,close_date\n" + rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    _to_the_owners_from_here(wizard, team)
    wizard.next.click()
    box = wizard.owners_page.form.boxes["ZITA ZORN"]
    assert ("Say who each" in wizard.error.text(), box.itemText(0)) == (True, "The same as Zorn, Zita")
    assert wizard.owners_page.form.boxes["Zorn, Zita"].currentText() == "Add as a new person"
    _choose(box, 0)
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
    _to_the_owners_from_here(wizard, team)
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


def test_deals_of_nobody_may_be_left_unmatched(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "商机,负责人,阶段,创建时间\nA,未分配,open,2024-01-20\nB,未分配,open,2024-01-21\n"
    file.write_text(rows, encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    _to_the_owners_from_here(wizard, team)
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


def test_deals_that_may_be_renamed_are_asked_about_once_for_all(team: MainWindow, tmp_path: Path) -> None:
    head = "商机名称,客户,负责人,阶段,创建时间,成交日期,金额\n"
    row = "{name},{who},赵铁柱（华东）,赢单,2024-01-20,2024-02-20,5\n"
    wizard: Any = None
    for name in ("泵", "水泵"):
        file = tmp_path / f"{name}.csv"
        rows = [row.format(name=f"{name}{n}", who=f"客户{n}") for n in range(3)]
        file.write_text(head + "".join(rows), encoding="utf-8")
        wizard = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        _to_the_owners_from_here(wizard, team)
        if name == "泵":
            box = wizard.owners_page.form.boxes["赵铁柱（华东）"]
            assert (box.currentIndex(), box.itemText(0)) == (-1, "Add as 赵铁柱")
            _choose(box, 0)
        wizard.next.click()
        wait_until_idle(team)
        assert wizard.step == "check", wizard.error.text()
        assert wizard.check.renamed.isVisible() == (name == "水泵")
        wizard.next.click()
        wait_until_idle(team)
        if name == "泵":
            assert wizard.step == "done", wizard.error.text()
            wizard.reject()
    assert (wizard.step, wizard.focusWidget()) == ("check", wizard.check.renamed.box)
    assert any("may be the known" in words for _, words in wizard.check.understood.lines)
    assert (" 0 new," in wizard.check.outlook.text(), "3 rows have to be" in wizard.check.outlook.text()) == (
        True,
        True,
    )
    _choose(wizard.check.renamed.box, 0)
    wait_until_idle(team)
    assert wizard.focusWidget() is wizard.check.renamed.box
    assert "have to be" not in wizard.check.outlook.text()
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 3, 0), wizard.error.text()
    wizard.reject()


def _read_after(team: MainWindow, folder: Path, head: str, *files: list[str]) -> Any:
    """The wizard before the last of these files is imported, the others are in the store."""
    wizard: Any = None
    for number, some in enumerate(files):
        file = folder / f"{number}.csv"
        file.write_text(head + "".join(some), encoding="utf-8")
        wizard = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        _to_the_owners_from_here(wizard, team)
        wizard.next.click()
        wait_until_idle(team)
        assert wizard.step == "check", wizard.error.text()
        if number < len(files) - 1:
            wizard.next.click()
            wait_until_idle(team)
            wizard.reject()
    return wizard


def test_which_of_several_deals_that_look_alike_a_row_is_can_be_chosen(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    deals = ["Pilot,Acme,Ann Example,Open,2026-12-10,5\n", "Pilot,Acme,Ann Example,Open,2027-03-10,7\n"]
    wizard = _read_after(team, tmp_path, head, deals, ["Pilot,Acme,Ann Example,Won,2026-10-01,6\n"])
    form = wizard.check.renamed
    assert [form.box.itemText(at) for at in range(2)] == ["the same deal, corrected", "a new deal"]
    _choose(form.box, 2)
    wait_until_idle(team)
    box = form.boxes["2"]
    assert [box.itemText(i) for i in range(box.count())] == [
        "the deal Ann Example · 2026-12-10 · Open · 5.00",
        "the deal Ann Example · 2027-03-10 · Open · 7.00",
        "a new deal",
    ]
    _choose(box, 1)
    wait_until_idle(team)
    assert "2027-03-10 → (emptied)" in str(wizard.check.understood.lines)
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 1, 0), wizard.error.text()
    wizard.reject()


def test_each_of_such_deals_can_be_answered_by_itself(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    rows = ["Pilot,Acme,Ann Example,Open,2026-12-10,5\n", "Licence,Zeta,Ann Example,Won,2025-11-01,7\n"]
    later = ["Pilot,Acme Ltd,Ann Example,Open,2026-12-10,5\n", "Licence,Zeta,Ann Example,Open,2026-11-01,8\n"]
    wizard = _read_after(team, tmp_path, head, rows, later)
    form = wizard.check.renamed
    _choose(form.box, 2)
    wait_until_idle(team)
    assert [box.accessibleName() for box in form.boxes.values()] == ["Row 2, Pilot", "Row 3, Licence"]
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.focusWidget()) == ("check", form.boxes["2"])
    box = form.boxes["2"]
    box.setFocus()
    _choose(box, 0)
    wait_until_idle(team)
    assert (form.boxes["2"], wizard.focusWidget(), "1 row has to be" in wizard.check.outlook.text()) == (box, box, True)
    QTest.keyClick(box, Qt.Key.Key_Tab)  # from one to the next, not back to the first
    assert wizard.focusWidget() is form.boxes["3"]
    _choose(form.boxes["3"], 1)
    wait_until_idle(team)
    assert ("Perhaps known deals", True) in [
        (name, "Taken as new deals: rows 3" in words) for name, words in wizard.check.understood.lines
    ]
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 1, 1), wizard.error.text()
    wizard.reject()


def test_a_number_of_rows_does_not_make_new_deals(team: MainWindow, tmp_path: Path) -> None:
    head = "Deal ID,Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    rows = ["K7,Pumps,Acme,Ann Example,Won,2024-02-20,5\n", "K9,Rods,Dorn,Ann Example,Won,2024-03-20,7\n"]
    later = ["K7,Belts,Bolt,Ann Example,Lost,2025-02-20,9\n", "K9,Cogs,Echo,Ann Example,Won,2025-03-20,8\n"]
    wizard = _read_after(team, tmp_path, head, rows, later)
    words = "2 rows read: 0 new, 0 updated, 0 unchanged, 0 rejected · 2 rows have to be answered"
    assert wizard.check.outlook.text() == words
    _choose(wizard.check.renamed.box, 1)
    wait_until_idle(team)
    assert (wizard.step, "Choose other columns as the identity" in wizard.error.text()) == ("check", True)
    _choose(wizard.check.renamed.box, 0)
    wait_until_idle(team)
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 2, 0), wizard.error.text()
    wizard.reject()


def test_ids_that_went_over_to_other_deals_lead_to_the_choice_of_the_identity(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    head = "Deal ID,Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    rows = ["{},Pumps,Acme,Ann Example,Won,2024-02-20,5\n", "{},Rods,Dorn,Ann Example,Won,2024-03-20,7\n"]
    wizard: Any = None
    for ids in (("K7", "K9"), ("K9", "K7")):
        file.write_text("".join([head, *(row.format(one) for row, one in zip(rows, ids, strict=True))]))
        wizard = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        _to_the_owners_from_here(wizard, team)
        wizard.next.click()
        wait_until_idle(team)
        if wizard.step == "check":
            wizard.next.click()
            wait_until_idle(team)
            wizard.reject()
    assert (wizard.step, "2 rows say what deals with another Deal ID say" in wizard.error.text()) == ("columns", True)
    assert "Opportunity Name + Account; the deals" in wizard.error.text()
    assert "--" not in wizard.error.text()
    assert wizard.focusWidget() is wizard.columns_page.identity
    menu = wizard.columns_page.identity.menu()
    menu.popup(wizard.mapToGlobal(wizard.rect().center()))
    for header in ("Deal ID", "Opportunity Name", "Account"):
        at = menu.actionGeometry(next(one for one in menu.actions() if one.data() == header)).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)
        assert menu.isVisible()
    menu.close()
    assert wizard.columns_page.identity.chosen() == ["Opportunity Name", "Account"]
    wizard.next.click()
    wait_until_idle(team)
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, len(wizard.imported.renamed)) == ("check", 2), wizard.error.text()
    wizard.reject()


def test_what_changes_in_known_deals_is_shown_and_empties_cells_unless_they_are_left(
    team: MainWindow, tmp_path: Path
) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Created Date,Close Date,Amount\n"
    row = "{name},{who},Ann Example,Won,2024-01-20,2024-02-20,{amount}\n"
    rows = [row.format(name=name, who="Acme", amount=5) for name in ("Pumps", "Valves", "Pipes", "Rods")]
    later = [rows[0].replace("Acme", "Acme GmbH"), rows[1].replace(",5", ","), rows[2]]
    wizard: Any = None
    for number, some in enumerate((rows, later)):
        file = tmp_path / f"{number}.csv"
        file.write_text(head + "".join(some), encoding="utf-8")
        wizard = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        _to_the_owners_from_here(wizard, team)
        wizard.next.click()
        wait_until_idle(team)
        assert wizard.step == "check", wizard.error.text()
        if number == 0:
            wizard.next.click()
            wait_until_idle(team)
            wizard.reject()
    said = dict(wizard.check.understood.lines)
    assert said["Perhaps known deals"] == 'Row 2 may be the known deal "Pumps": Account Acme → Acme GmbH'
    assert "Rods" in said["Not in this file"]
    _choose(wizard.check.renamed.box, 0)
    wait_until_idle(team)
    assert wizard.check.change_table.isVisible()
    assert len(wizard.imported.cells) == 2
    box = wizard.check.empty_cells
    assert (box.isVisible(), box.currentText()) == (True, "Empty what is empty in the file")
    for key, cells in ((Qt.Key.Key_End, 1), (Qt.Key.Key_Home, 2)):
        QTest.keyClick(box, key)
        wait_until_idle(team)
        assert (box.isVisible(), len(wizard.imported.cells)) == (True, cells)
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 2, 0), wizard.error.text()
    wizard.reject()


def test_the_keys_stay_on_the_answer_and_rows_are_numbered_as_in_the_file(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("A list\n\n" + CRM.replace("\nB", "\n,,,,,\nB"), encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    numbers = [
        wizard.reading.preview.verticalHeaderItem(row).text() for row in range(wizard.reading.preview.rowCount())
    ]
    assert numbers == ["4", "6"]
    wizard.reading.order.setFocus()
    QTest.keyClick(wizard.reading.order, Qt.Key.Key_Down)
    wait_until_idle(team)
    assert (wizard.reading.order.currentData(), wizard.focusWidget()) == ("dmy", wizard.reading.order)
    wizard.next.click()
    wait_until_idle(team)
    _choose(wizard.columns["owner"], 0)
    _choose(wizard.stages["Gained"], wizard.stages["Gained"].findData("won"))
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.error.text()) == ("columns", "No column is chosen for: Owner")
    assert wizard.focusWidget() is wizard.columns["owner"]
    team.context.flush()
    as_killed(wizard)

    again: Any = shown(team, Place("imports", "opportunities"))
    wait_until_idle(team)
    assert (again.draft_note.isVisible(), again.file.selectedText()) == (True, str(file))
    QTest.keyClicks(again.file, "x.csv")
    assert (again.file.text(), again.draft_note.isVisible()) == ("x.csv", False)
    again.reject()


def test_rows_that_are_parts_of_deals_go_no_further(team: MainWindow, tmp_path: Path) -> None:
    file, words = tmp_path / "crm.csv", "rows 2 and 4 tell of one deal at different times (Snapshot Date)"
    head = "opportunity_id,opportunity_name,sales_agent,deal_stage,engage_date,close_date,Snapshot Date\n"
    rows = [
        f"{deal},{deal},Ann,{stage},2025-01-0{n},2025-06-0{n},2025-0{month}-28\n"
        for month, stage in ((1, "Prospecting"), (2, "Won"))
        for n, deal in ((1, "A"), (2, "B"))
    ]
    file.write_text("".join([head, *rows]), encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    assert words in " ".join(label.text() for label in wizard.reading.findChildren(QLabel))
    for _ in range(3):
        wizard.next.click()
        wait_until_idle(team)
    assert wizard.step == "columns"
    assert words in wizard.error.text()
    wizard.reject()


def test_a_history_without_a_stage_says_what_to_export(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("opportunity_name,sales_agent,From Stage,To Stage\nA,Ann,Proposal,Won\n", encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    shown_words = " ".join(label.text() for label in wizard.reading.findChildren(QLabel))
    assert "steps of deals (From Stage, To Stage)" in shown_words
    assert "Not recognised" not in shown_words


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
            _choose(box, 1)
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
    _to_the_owners_from_here(wizard, team)
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


def test_one_of_several_sheets_with_the_same_columns_is_chosen_in_the_window(team: MainWindow, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for name, who in (("Q1", "Ann One"), ("Q2", "Bo Two")):
        sheet = made.create_sheet(name)
        sheet.append(["Name", "Employee ID"])
        sheet.append([who, name])
    made.remove(made["Sheet"])
    made.save(tmp_path / "x.xlsx")
    wizard: Any = shown(team, Place("imports", "people"))
    wizard.use_file(tmp_path / "x.xlsx")
    wait_until_idle(team)
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.error.text()) == (
        "recognised",
        "Several sheets have these columns. Choose the one to import.",
    )
    _choose(wizard.reading.sheet, wizard.reading.sheet.findData("Q2"))
    wait_until_idle(team)
    while wizard.step != "done":
        wizard.next.click()
        wait_until_idle(team)
    assert "1 new" in " ".join(label.text() for label in wizard.done_page.findChildren(QLabel))
    wizard.reject()
