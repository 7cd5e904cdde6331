"""Files and folders as the world has them: wrong, locked, huge, half-written. Read right, or told plainly."""

import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.queries import people
from mentor_app.core.pipeline.queries import opportunities as read_opportunities
from mentor_app.core.pipeline.queries import opportunity_ids
from mentor_app.core.ramp.outcome import WON
from mentor_app.core.store import Store
from mentor_app.core.store.history import change
from mentor_app.core.team import open_team
from mentor_app.transfer import opportunities
from mentor_app.transfer import people as people_file
from mentor_app.transfer.files import write_list
from tests.conftest import ME, TODAY

HEAD = "opportunity_id,sales_agent,deal_stage,engage_date,close_date,close_value\n"


def run(store: Store, path: Path, **given: Any) -> Any:
    made = opportunities.plan(store, path, **given)
    return opportunities.run(store, ME, made, today=TODAY).result


def amounts(store: Store) -> list[int | None]:
    with store.read() as connection:
        found = read_opportunities(connection, opportunity_ids(connection))
    return [o.amount_cents for o in sorted(found.values(), key=lambda o: o.key)]


def test_a_csv_that_calls_itself_xlsx_is_read_as_what_it_is(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    path.write_text(HEAD + "1,Ann,Won,2024-01-01,2024-02-01,5\n")
    assert run(file_store, path).new == 1


def test_a_workbook_that_calls_itself_csv_is_read_as_what_it_is(file_store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (HEAD + "1,Ann,Won,2024-01-01,2024-02-01,5").split("\n"):
        book.active.append(line.split(","))
    book.save(tmp_path / "x.xlsx")
    (tmp_path / "x.xlsx").rename(tmp_path / "x.csv")
    assert run(file_store, tmp_path / "x.csv").new == 1


def test_merged_titles_formulas_and_excels_own_dates(file_store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "Pipeline 2024"
    sheet.append(HEAD.strip().split(","))
    sheet.append(["1", "Ann", "Won", 45292, "2024-02-01", "=SUM(1,2)"])  # a formula nobody has calculated: no value
    sheet.append(["2", "Ann", "Won", "１０/１/２０２４".replace("/", "-"), "2024-12-01", "１,０５４"])
    sheet.append(["3", "Ann", "Won", "2024-01-01", "2024-02-01", "¥1,054.00"])
    sheet["A7"] = "Total"
    book.save(tmp_path / "x.xlsx")
    made = opportunities.plan(file_store, tmp_path / "x.xlsx", order="dmy", unit="CNY")
    result = opportunities.run(file_store, ME, made, today=TODAY).result
    assert [(p.row, p.column, p.value) for p in result.rejected] == [(3, "close_value", "=SUM(1,2)")]
    assert "never calculated" in str(result.rejected[0].reason)
    assert [(row, str(why)) for row, why in made.left_out] == [(7, "A row of totals: Total")]
    opportunities.run(file_store, ME, made, today=TODAY, only_good_rows=True)
    assert amounts(file_store) == [105400, 105400]
    with file_store.read() as connection:
        found = sorted(read_opportunities(connection, opportunity_ids(connection)).values(), key=lambda o: o.key)
    assert [str(o.opened_on) for o in found] == ["2024-01-10", "2024-01-01"]
    assert {o.status for o in found} == {WON}


def test_what_is_raised_or_struck_out_in_a_workbook_is_no_digit_and_no_silent_deal(
    file_store: Store, tmp_path: Path
) -> None:
    raised, struck = (lambda words: TextBlock(InlineFont(vertAlign="superscript"), words)), InlineFont(strike=True)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for key, owner, amount in (
        ("id", "owner", "amount"),
        ("1", "Ann", CellRichText("1000", raised("1"))),
        ("2", "Ann", CellRichText(TextBlock(struck, "1000"), "900")),
        ("3", CellRichText("Ann", raised("2")), 5),
        ("4", "Ann", CellRichText("10", raised("k"))),
        ("5", "Ann", 7),
    ):
        sheet.append(
            [key, owner, "Won" if key != "id" else "stage", "2024-02-01" if key != "id" else "close date", amount]
        )
    sheet["D4"] = CellRichText("February 1", raised("st"), ", 2024")
    sheet["A6"].font = openpyxl.styles.Font(strike=True)
    book.save(tmp_path / "inside.xlsx")
    _shared(tmp_path / "shared.xlsx")
    for name in ("inside.xlsx", "shared.xlsx"):
        made = opportunities.plan(file_store, tmp_path / name)
        done = opportunities.run(file_store, ME, made, today=TODAY, dry_run=True).result
        assert [(p.row, p.value) for p in done.rejected] == [(2, "1000¹"), (3, "1000900"), (4, "Ann²"), (5, "10ᵏ")]
        assert [str(note)[:55] for note in made.source.notes] == [
            "1 row holds something that is struck out in the workboo"
        ]


def _shared(path: Path) -> None:
    """The same by a program that keeps texts apart from their cells."""
    with xlsxwriter.Workbook(path) as book:
        raised, struck = book.add_format({"font_script": 1}), book.add_format({"font_strikeout": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "owner", "stage", "close date", "amount"])
        for at in range(1, 6):
            sheet.write_row(at, 0, [str(at), "Ann", "Won", "2024-02-01", 7], struck if at == 5 else None)
        sheet.write_rich_string(1, 4, "1000", raised, "1")
        sheet.write_rich_string(2, 4, struck, "1000", "900")
        sheet.write_rich_string(3, 1, "Ann", raised, "2")
        sheet.write_rich_string(3, 3, "February 1", raised, "st", ", 2024")
        sheet.write_rich_string(4, 4, "10", raised, "k")


def test_two_gigabytes_of_nothing_are_refused_at_once(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"\0" * 100)
        file.truncate(2 << 30)  # a sparse file: two gigabytes on paper
    with pytest.raises(UserError, match="binary data"):
        run(file_store, path)


def test_a_torn_workbook_and_other_zips_say_so(file_store: Store, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("readme.txt", "not a workbook")
    book = openpyxl.Workbook()
    book.active.append(["x"] * 50)
    book.save(tmp_path / "torn.xlsx")
    whole = (tmp_path / "torn.xlsx").read_bytes()
    (tmp_path / "torn.xlsx").write_bytes(whole[: len(whole) // 2])
    for name in ("other.xlsx", "torn.xlsx", "missing.csv"):
        with pytest.raises(UserError, match=name):
            run(file_store, tmp_path / name)
    with pytest.raises(UserError, match="can't be opened"):
        run(file_store, tmp_path)


def test_a_wrong_encoding_is_told_and_another_can_be_given(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + "1,李小明,成交,2024-01-01,2024-02-01,5\n").encode("big5"))
    assert run(file_store, path, encoding="big5").new == 1
    with file_store.read() as connection:
        assert [p.name for p in people(connection)] == ["李小明"]
    for wrong in ("utf-8", "klingon"):
        with pytest.raises(UserError, match=wrong):
            run(file_store, path, encoding=wrong)


def test_names_of_every_kind_come_back_as_written(file_store: Store, tmp_path: Path) -> None:
    names = [
        "A$_^\\b",
        "<b>&amp;</b>",
        '"quoted"',
        "多\n行",
        "😀",
        "\u202eright to left",
        "x" * 200,
        "=1+1",
        "%s{name}",
    ]
    lines = "".join(
        f'K{i},"{n.replace(chr(34), chr(34) * 2)}",Won,2024-01-01,2024-02-01,5\n' for i, n in enumerate(names)
    )
    (tmp_path / "a.csv").write_text(HEAD + lines, encoding="utf-8", newline="")
    assert run(file_store, tmp_path / "a.csv").new == len(names)
    with file_store.read() as connection:
        assert {p.name for p in people(connection)} == {n.replace("\n", " ").lstrip("\u202e") for n in names}


def test_a_name_too_long_is_a_row_to_mend_not_a_crash(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        HEAD + f"1,{'x' * 10000},Won,2024-01-01,2024-02-01,5\n2,Ann,Won,2024-01-01,2024-02-01,5\n"
    )
    result = run(file_store, tmp_path / "a.csv")
    assert not result.applied
    assert [(p.row, p.column) for p in result.rejected] == [(2, "sales_agent")]
    (tmp_path / "b.csv").write_text(HEAD + f"{'k' * 500},Ann,Won,2024-01-01,2024-02-01,5\n")
    assert [(p.row, p.column) for p in run(file_store, tmp_path / "b.csv").rejected] == [(2, "opportunity_id")]


def test_an_unreadable_people_row_names_the_row(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "name,hire date,leaving date\nAnn,2025-02-30,\n,2025-01-01,\nBo,2025-01-01,2024-01-01\nCy,,\nCy,,\n"
    )
    made = people_file.plan(file_store, tmp_path / "p.csv")
    result = people_file.run(file_store, ME, made, today=TODAY).result
    assert [(p.row, p.value) for p in result.rejected] == [(2, "2025-02-30"), (3, ""), (4, "2024-01-01")]
    assert [one.key for one in result.asked] == ["row:6"]


def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):  # root writes everywhere but into the kernel's own folders
        locked = Path("/proc")
    with pytest.raises(UserError, match=locked.name):
        open_team(locked / "team.sqlite")
    with pytest.raises(UserError, match=locked.name):
        write_list(locked / "list.csv", "x", ["a"], [])


def test_a_full_disk_is_told_and_nothing_is_half_done(file_store: Store, pipeline_csv: Path) -> None:
    with file_store.engine.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + 20}")  # SQLite itself then says: disk full
    with pytest.raises(UserError, match="disk is full"):
        run(file_store, pipeline_csv)
    with file_store.read() as connection:
        assert people(connection) == []


def test_exporting_where_a_folder_stands_in_the_way(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        (tmp_path / name).mkdir()
        with pytest.raises(UserError, match="can't be written"):
            write_list(tmp_path / name, "x", ["a"], [["b"]])
        assert [f.name for f in tmp_path.iterdir() if f.name.endswith(".part")] == []


def test_a_row_refused_half_way_leaves_nothing_of_it(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("name,crm names\nAnn,ann.crm\nBo,ann.crm\nCy,cy.crm\n")
    made = people_file.plan(file_store, tmp_path / "p.csv")
    done = people_file.run(file_store, ME, made, today=TODAY, only_good_rows=True)
    assert [(p.row, p.value) for p in done.result.rejected] == [(3, "ann.crm")]
    with file_store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann", "Cy"]
        inserted = connection.execute(select(change.c.after).where(change.c.table_name == "person")).scalars().all()
    assert len(inserted) == 2  # nor does the history tell of what was taken back
