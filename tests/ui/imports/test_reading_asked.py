"""The import wizard: what a file says that could be two things is asked about, and what was understood is shown."""

from pathlib import Path
from typing import Any

import openpyxl
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import DATA, ME
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import as_killed, shown
from tests.ui.imports.steps import choose, next_step, to_the_owners, to_the_owners_from_here


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


def test_a_column_that_may_be_the_name_is_asked_about_and_becomes_a_part_of_the_identity(
    team: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    rows = [f"Ann Nobody,Acme,Pumps {n},Won,2024-01-02,2024-02-0{n}" for n in range(1, 6)]
    file.write_text("\n".join(["Owner,Customer,Endeavour,Stage,Created,Close Date", *rows]), encoding="utf-8")
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    next_step(wizard, team)
    assert wizard.step == "columns"
    box, identity = wizard.columns_page.columns["name"], wizard.columns_page.identity
    assert (box.currentIndex(), identity.chosen()) == (-1, ["Customer", "Created"])
    assert "Several columns could be this one" in next_step(wizard, team)
    choose(box, 3)
    assert identity.chosen() == ["Customer", "Endeavour", "Created"]
    choose(box, 0)
    assert identity.chosen() == ["Customer", "Created"]
    choose(box, 3)
    for _ in range(3):
        next_step(wizard, team)
    assert (wizard.step, wizard.imported.new) == ("done", 5), wizard.error.text()
    wizard.reject()


MANY = (
    "Topic;Customer;Stage;Amount;Created On;Close Date;Owner;Ref\n"
    "Deal;Acme;Closed Won;€1.054,00;2024-01-01;2024-02-02;Anna Sneling;R0\n"
    "Deal;Acme;Almost won;€7,50;2024-01-01;2024-03-02;王芳;R1\n"
    "Deal;Acme;Closed Lost;$9;2024-01-01;2024-04-02;Bo;R2\n"
    "Total;;;1054;;;;\n"
)


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
    next_step(wizard, team)
    assert wizard.stages["Almost won"].currentData() is None
    assert "stages mean" in next_step(wizard, team)
    choose(wizard.stages["Almost won"], wizard.stages["Almost won"].findData("open"))
    proposal = next(b for b in wizard.columns_page.findChildren(QPushButton) if "Ref" in b.text())
    assert wizard.columns_page.identity.chosen() == ["Topic", "Customer", "Created On"]
    proposal.click()
    assert wizard.columns_page.identity.chosen() == ["Ref"]
    next_step(wizard, team)
    assert wizard.step == "owners"
    assert "Say who each of them is" in next_step(wizard, team)
    for name, words in (("王芳", "王芳 (E3)"), ("Anna Sneling", "Anna Snelling")):
        box = wizard.owners_page.form.boxes[name]
        assert box.currentIndex() == -1
        offered, everybody = [box.itemText(i) for i in range(box.count())], [one for _, one in wizard._file.everybody]
        if name == "王芳":
            assert offered == [one for one in everybody if one.startswith("王芳 (")]
        else:
            assert offered[:3] == ["Anna Snelling", "Add as a new person", "Leave unmatched"]
            assert sorted(offered[1:]) == sorted([*offered[1:3], *(one for one in everybody if one != "Anna Snelling")])
        choose(box, box.findText(words))
    assert next_step(wizard, team) == ""
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
    choose(stage, stage.findData("won"))  # meant otherwise after all: tried again
    wait_until_idle(team)
    assert dict(wizard.check.understood.lines)["Deals"] == "Won 2 · Lost 1"
    next_step(wizard, team)
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
    assert "several encodings" in next_step(wizard, team)
    choose(wizard.reading.encoding, wizard.reading.encoding.findData("gb18030"))
    wait_until_idle(team)
    assert wizard.reading.preview.item(0, 1).text() == "卢路"
    assert "decimal mark" in next_step(wizard, team)
    choose(wizard.reading.decimal, wizard.reading.decimal.findData(","))
    wait_until_idle(team)
    assert next_step(wizard, team) == ""
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
        choose(box, box.findText(words))
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
    assert "decimal mark" in next_step(wizard, team)
    for mark in ",.":
        choose(wizard.reading.decimal, wizard.reading.decimal.findData(mark))
        wait_until_idle(team)
    for _ in range(3 if wizard.step == "recognised" else 2):
        next_step(wizard, team)
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
    choose(wizard.reading.encoding, wizard.reading.encoding.findData("utf-8"))
    wait_until_idle(team)
    assert "not written in utf-8" in wizard.error.text()
    assert (wizard.reading.encoding.currentData(), wizard.reading.preview.item(0, 1).text()) == ("gb18030", "王芳")
    team.context.flush()
    as_killed(wizard)
    again: Any = shown(team, Place("imports", "opportunities"))
    to_the_owners(again, team)
    assert "李小明" in again.owners_page.form.boxes
    again.reject()


def test_an_answer_that_fits_the_file_no_more_is_dropped(team: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    rows = "id,owner,stage,close date\nA,卢路,Won,2024-01-01\n"
    file.write_bytes(rows.encode("gb18030"))
    wizard: Any = shown(team, Place("imports", "opportunities"))
    wizard.use_file(file)
    wait_until_idle(team)
    choose(wizard.reading.encoding, wizard.reading.encoding.findData("gb18030"))
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
    next_step(wizard, team)
    box = wizard.columns["amount"]
    assert (box.currentIndex(), "Amount [E], Amount (2) [F]" in box.toolTip()) == (-1, True)
    fonts = {box.itemText(i): box.itemData(i, Qt.ItemDataRole.FontRole) for i in range(box.count())}
    assert [name for name, font in fonts.items() if font is not None and font.bold()] == ["Amount", "Amount (2)"]
    assert "Several columns" in next_step(wizard, team)
    choose(box, box.findText("Worth (Kilotaler)"))
    assert "Choose what one of them is worth" in next_step(wizard, team)
    assert (wizard.step, wizard.reading.unit.currentData()) == ("recognised", None)
    choose(wizard.reading.unit, wizard.reading.unit.findData("1000"))
    wait_until_idle(team)
    for _ in range(2):
        assert next_step(wizard, team) == ""
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
    next_step(wizard, team)
    assert (wizard.step, "Choose the currency" in wizard.error.text()) == ("recognised", True)
    choose(box, box.findData("JPY"))
    wait_until_idle(team)
    assert (box.currentData(), box.count()) == ("JPY", 2)
    for _ in range(3):
        next_step(wizard, team)
    wait_until_idle(team)
    assert wizard.step == "check"
    assert "JPY: Won 5,400.00" in " ".join(one.text() for one in wizard.check.findChildren(QLabel))
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
    assert "Choose what one of them is worth" in next_step(wizard, team)
    choose(wizard.reading.unit, wizard.reading.unit.findData("1000"))
    wait_until_idle(team)
    assert "Choose what they are" in next_step(wizard, team)
    choose(wizard.reading.totals, wizard.reading.totals.findData("out"))
    wait_until_idle(team)
    assert next_step(wizard, team) == ""
    assert wizard.columns["unit"].currentText() == "单位"
    assert next_step(wizard, team) == ""
    assert [(row, str(why)) for row, why in wizard.plan.left_out] == [
        (4, "A row of totals: 9 · 合计 · Won · 2024-01-01 · 2024-02-01 · 12")
    ]
    for box in wizard.owners_page.form.boxes.values():
        choose(box, 1)
    assert next_step(wizard, team) == ""
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
        next_step(wizard, team)
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
    choose(box, 1)
    wait_until_idle(team)
    to_the_owners_from_here(wizard, team)
    wizard.next.click()
    wait_until_idle(team)
    assert ("Closed on", "2024-03-15 – 2024-04-02") in wizard.check.understood.lines
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


def test_one_of_several_sheets_with_the_same_columns_is_chosen_in_the_window(team: MainWindow, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for name, who in (("Q1", "Ann Berg"), ("Q2", "Bo Lind")):
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
    choose(wizard.reading.sheet, wizard.reading.sheet.findData("Q2"))
    wait_until_idle(team)
    for _ in range(4):
        if wizard.step != "done":
            wizard.next.click()
            wait_until_idle(team)
    assert "1 new" in " ".join(label.text() for label in wizard.done_page.findChildren(QLabel))
    wizard.reject()
