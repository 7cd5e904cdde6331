"""The import wizard: rows that may be known deals, what changes in these, and what is answered."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import as_killed, shown
from tests.ui.imports.steps import CRM, choose, next_step, to_the_owners, to_the_owners_from_here


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
        to_the_owners_from_here(wizard, team)
        if name == "泵":
            box = wizard.owners_page.form.boxes["赵铁柱（华东）"]
            assert (box.currentIndex(), box.itemText(0)) == (-1, "Add as 赵铁柱")
            choose(box, 0)
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
    choose(wizard.check.renamed.box, 0)
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
        to_the_owners_from_here(wizard, team)
        wizard.next.click()
        wait_until_idle(team)
        assert wizard.step == "check", wizard.error.text()
        if number < len(files) - 1:
            wizard.next.click()
            wait_until_idle(team)
            wizard.reject()
    return wizard


def test_rows_that_come_once_all_were_answered_are_asked_about_too(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    deal, other = "Support,Tundra,Ann Example,Open,2026-10-12,89000\n", "Pumps,Acme,Ann Example,Open,2026-10-12,5\n"
    signed = "Support signed,Tundra,Ann Example,Won,2026-08-03,97000\n"
    phase_2 = "Support phase 2,Tundra,Ann Example,Open,2026-10-12,89000\n"
    wizard = _read_after(team, tmp_path, head, [deal, other], [signed, phase_2, other])
    box = wizard.check.renamed.box
    choose(box, 1)
    wait_until_idle(team)
    assert (box.currentIndex(), "1 row has to be answered" in wizard.check.outlook.text()) == (-1, True)
    choose(box, 1)
    wait_until_idle(team)
    assert (box.currentIndex(), "to be answered" in wizard.check.outlook.text()) == (1, False)
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.new) == ("done", 2), wizard.error.text()
    wizard.reject()


def test_which_of_several_deals_that_look_alike_a_row_is_can_be_chosen(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    deals = ["Pilot,Acme,Ann Example,Open,2026-12-10,5\n", "Pilot,Acme,Ann Example,Open,2027-03-10,7\n"]
    wizard = _read_after(team, tmp_path, head, deals, ["Pilot,Acme,Ann Example,Won,2026-10-01,6\n"])
    box = wizard.check.renamed.boxes["2"]
    assert (wizard.check.renamed.box.isVisible(), wizard.focusWidget()) == (False, box)
    assert [box.itemText(i) for i in range(box.count())] == [
        "the deal Pilot · Ann Example · 2026-12-10 · Open · 5.00",
        "the deal Pilot · Ann Example · 2027-03-10 · Open · 7.00",
        "a new deal",
    ]
    choose(box, 1)
    wait_until_idle(team)
    assert "2027-03-10 → (emptied)" in str(wizard.check.understood.lines)
    changes = wizard.check.changes
    after = [changes.index(row, 4).data() for row in range(changes.rowCount())]
    assert after == ["Won", "2026-10-01", "(emptied)", "6.00"]
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 1, 0), wizard.error.text()
    wizard.reject()


def test_a_deal_chosen_for_one_row_is_offered_to_no_other(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    row = "{},Tundra,Ann Example,{},{},{}\n".format
    others = [f"Filler {n},Cust {n},Ann Example,Open,2026-12-20,5\n" for n in range(4)]
    others.append("Filler,Cust,Ann Example,Won,2026-05-20,5\n")
    deals = [row("Support", "Open", "2026-10-12", 89), row("Field app", "Open", "2026-10-26", 80)]
    then = [row("Helpline", "Open", "2026-10-12", 81), row("Gateway", "Open", "2026-11-15", 99)]
    wizard = _read_after(team, tmp_path, head, [*others, *deals], [*others, *then])
    form = wizard.check.renamed
    choose(form.box, 2)
    wait_until_idle(team)
    both = [
        "the deal Support · Ann Example · 2026-10-12 · Open · 89.00",
        "the deal Field app · Ann Example · 2026-10-26 · Open · 80.00",
    ]
    assert {n: [box.itemText(at) for at in (0, 1)] for n, box in form.boxes.items()} == {"7": both, "8": both}
    for at in (1, 0):  # the second is what the first was said to be: it is told, and nothing is lost of what was chosen
        choose(form.boxes["7"], 1)
        wait_until_idle(team)
        choose(form.boxes["8"], at)
        wait_until_idle(team)
        assert ("said to be the same deal" in wizard.error.text()) == (at == 1)
        assert [box.currentIndex() for box in form.boxes.values()] == [1, at]
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated, wizard.imported.new) == ("done", 2, 0), wizard.error.text()
    wizard.reject()


def test_a_file_that_seems_older_is_imported_only_where_that_is_said(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity ID,Owner,Stage,Created Date,Close Date\n"
    files = [
        [f"D{n},Ann Example,{end}\n" for n in range(3)] for end in ("Open,2024-01-02,", "Won,2024-01-02,2024-04-01")
    ]
    wizard = _read_after(team, tmp_path, head, files[0], files[1], files[0])
    box = wizard.check.older
    assert (box.isVisible(), wizard.focusWidget()) == (True, box)
    assert "--older" not in str(wizard.check.understood.lines)
    QTest.keyClick(wizard, Qt.Key.Key_Return)
    wait_until_idle(team)
    assert (wizard.step, "seems to be older" in wizard.error.text(), wizard.focusWidget()) == ("check", True, box)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert (box.isChecked(), wizard.error.text()) == (True, "")
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.imported.updated) == ("done", 3), wizard.error.text()
    wizard.reject()


def test_each_of_such_deals_can_be_answered_by_itself(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    rows = ["Pilot,Acme,Ann Example,Open,2026-12-10,5\n", "Licence,Zeta,Ann Example,Won,2025-11-01,7\n"]
    later = ["Pilot,Acme Ltd,Ann Example,Open,2026-12-10,5\n", "Licence,Zeta,Ann Example,Open,2026-11-01,8\n"]
    wizard = _read_after(team, tmp_path, head, rows, later)
    form = wizard.check.renamed
    choose(form.box, 2)
    wait_until_idle(team)
    assert [box.accessibleName() for box in form.boxes.values()] == ["Row 2, Pilot", "Row 3, Licence"]
    wizard.next.click()
    wait_until_idle(team)
    assert (wizard.step, wizard.focusWidget()) == ("check", form.boxes["2"])
    box = form.boxes["2"]
    box.setFocus()
    choose(box, 0)
    wait_until_idle(team)
    assert (form.boxes["2"], wizard.focusWidget(), "1 row has to be" in wizard.check.outlook.text()) == (box, box, True)
    QTest.keyClick(box, Qt.Key.Key_Tab)  # from one to the next, not back to the first
    assert wizard.focusWidget() is form.boxes["3"]
    choose(form.boxes["3"], 1)
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
    choose(wizard.check.renamed.box, 1)
    wait_until_idle(team)
    assert (wizard.step, "Choose other columns as the identity" in wizard.error.text()) == ("check", True)
    choose(wizard.check.renamed.box, 0)
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
        to_the_owners_from_here(wizard, team)
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
    row = "{name},Acme,Ann Example,Won,2024-0{n}-20,2024-1{n}-20,5\n"
    rows = [
        "Pumps,Acme,Ann Example,Won,2023-01-20,2023-02-20,8\n",
        *(row.format(name=name, n=n) for n, name in enumerate(("Valves", "Pipes"), 1)),
        "Rods,Acme,Ann Example,Won,2022-01-20,2022-02-20,9\n",
    ]
    later = [rows[0].replace("Acme", "Acme GmbH"), rows[1].replace(",5", ","), rows[2]]
    wizard: Any = None
    for number, some in enumerate((rows, later)):
        file = tmp_path / f"{number}.csv"
        file.write_text(head + "".join(some), encoding="utf-8")
        wizard = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        to_the_owners_from_here(wizard, team)
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
    assert wizard.check.outlook.text().endswith(" · 1 known deal is not in this file")
    choose(wizard.check.renamed.box, 0)
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
    choose(wizard.columns["owner"], 0)
    choose(wizard.stages["Gained"], wizard.stages["Gained"].findData("won"))
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


def test_amounts_in_thousands_of_what_is_known_are_asked_about_and_read_anew(team: MainWindow, tmp_path: Path) -> None:
    head = "Opportunity Name,Account,Owner,Stage,Created Date,Close Date,Amount\n"
    row = "{name},Acme,Ann Example,Won,2024-01-20,2024-02-20,{amount}\n"
    wizard: Any = None
    for number, amounts in enumerate(((5000, 6500, 72000), ("5", "6.5", "72"))):
        file = tmp_path / f"{number}.csv"
        rows = (row.format(name=name, amount=one) for name, one in zip(("Pumps", "Rods", "Nuts"), amounts, strict=True))
        file.write_text("".join((head, *rows)), encoding="utf-8")
        wizard = shown(team, Place("imports", "opportunities"))
        wizard.use_file(file)
        wait_until_idle(team)
        to_the_owners_from_here(wizard, team)
        next_step(wizard, team)
        if number == 0:
            next_step(wizard, team)
            wizard.reject()
    assert "5,000.00 → 5.00" in wizard.check.units.words.text()
    assert "--" not in wizard.check.units.words.text()
    assert "Choose what one of them is worth" in next_step(wizard, team)
    assert wizard.focusWidget() is wizard.check.units.box
    QTest.keyClick(wizard.check.units.box, Qt.Key.Key_Down)
    wait_until_idle(team)
    assert (wizard.check.units.isVisible(), wizard.imported.unchanged) == (False, 3)
    assert wizard.reading.unit.currentData() == "1000"
    wizard.reject()


def test_what_was_chosen_of_deals_called_exactly_alike_stays_chosen(team: MainWindow, tmp_path: Path) -> None:
    """Whatever is said of one row, the lists of the others, and of itself, are the same after it."""
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    others = [
        f"Fill {n},Cust {n},Ann Example,{'Won,2026-05' if n == 0 else 'Open,2026-12'}-20,{55 + n}\n" for n in range(9)
    ]
    known = [
        "Data lake,Rover,Bob Example,Won,2025-12-05,90000\n",
        "Data lake,Rover,Bob Example,Open,2027-05-03,24000\n",
        "Spare parts,Rover,Bob Example,Open,2027-01-11,15500\n",
        "Maintenance,Rover,Bob Example,Open,2026-12-29,100500\n",
    ]
    now = [
        known[1],
        "Data lake,Rover,Ann Example,Open,2027-05-25,24000\n",
        "Cables,Rover,Bob Example,Open,2027-01-11,15500\n",
    ]
    wizard = _read_after(team, tmp_path, head, others + known, others + now)
    form = wizard.check.renamed
    choose(form.box, form.box.findData("each"))
    wait_until_idle(team)
    texts = {row: [box.itemText(at) for at in range(box.count())] for row, box in form.boxes.items()}
    assert [text.split(" · ")[-1] for text in texts["12"]] == ["90,000.00", "15,500.00", "100,500.00", "a new deal"]
    chosen: dict[str, str] = {}
    for row, answer in (("12", "new"), ("13", "1"), ("12", "1"), ("13", "2"), ("12", "3")):
        choose(form.boxes[row], form.boxes[row].findData(answer))
        wait_until_idle(team)
        chosen[row] = answer
        assert {row: box.currentData() for row, box in form.boxes.items() if box.currentIndex() >= 0} == chosen
        assert {row: [box.itemText(at) for at in range(box.count())] for row, box in form.boxes.items()} == texts
    wizard.reject()


def test_what_was_answered_of_rows_is_asked_again_where_the_file_was_written_since(
    team: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export often has the name of the one before; the row of that number is another deal then."""
    head = "Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    other = "Pumps,Acme,Ann Example,Open,2026-10-12,5\n"
    deals = [
        f"{name},Tundra,Ann Example,Open,{day},9000\n"
        for name, day in (("Support", "2026-10-12"), ("Cables", "2026-11-02"))
    ]
    now = [
        f"{name},Tundra,Ann Example,Open,{day},9100\n"
        for name, day in (("Helpline", "2026-10-12"), ("Sensors", "2026-11-02"))
    ]
    wizard = _read_after(team, tmp_path, head, [*deals, other], [*now, other])
    form = wizard.check.renamed
    choose(form.box, form.box.findData("each"))
    wait_until_idle(team)
    choose(form.boxes["2"], form.boxes["2"].findData("new"))
    wait_until_idle(team)
    wizard.reject()

    def shown_again() -> dict[str, Any]:
        again: Any = shown(team, Place("imports", "opportunities"))
        again.use_file(tmp_path / "1.csv")
        to_the_owners(again, team)
        again.next.click()
        wait_until_idle(team)
        answers = again.check.renamed.chosen()
        again.reject()
        return dict(answers)

    assert shown_again() == {"as": "each", "2": "new"}
    written = "The file was written since: what was answered of its rows is asked again."
    said: list[str] = []
    monkeypatch.setattr(team.context, "toast", said.append)
    (tmp_path / "1.csv").write_text(head + "".join([now[1], now[0], other]), encoding="utf-8")
    assert shown_again() == {}
    assert written in said
