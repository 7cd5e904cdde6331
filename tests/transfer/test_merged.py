"""What is merged across rows belongs to each of them; only an amount may be that of all together."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY

HEAD = ["opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date", "close_value"]
OWNERS = ["Ann", "", "", "Ben", "", "Cara"]


def rows() -> list[list[Any]]:
    days = [dt.date(2024, 1, 1), dt.date(2024, 2, 1)]
    return [[f"K{n}", owner, "Won", *days, 5 + n] for n, owner in enumerate(OWNERS)]


def workbook(path: Path, *merged: str) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Deals of the year"])
    for row in (HEAD, *rows()):
        sheet.append(row)
    for area in ("B3:B5", "A1:F1", *merged):
        sheet.merge_cells(area)
    book.save(path)
    return path


def ods(path: Path) -> Path:
    def cell(words: str, spans: str = "") -> str:
        return f'<table:table-cell office:value-type="string"{spans}><text:p>{words}</text:p></table:table-cell>'

    spanned = {
        "Ann": ' table:number-columns-spanned="1" table:number-rows-spanned="3"',
        "Ben": ' table:number-rows-spanned="2"',
    }
    lines = []
    for row in (HEAD, *rows()):
        cells = [
            cell(str(one), spanned.get(str(one), "")) if one != "" else "<table:covered-table-cell/>" for one in row
        ]
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="One">{"".join(lines)}</table:table></office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def owners(store: Store) -> list[str]:
    statement = select(crm_name.c.name).join(opportunity, opportunity.c.owner_id == crm_name.c.id)
    with store.read() as connection:
        return list(connection.execute(statement.order_by(opportunity.c.key)).scalars())


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_merged_owner_is_that_of_each_row(file_store: Store, tmp_path: Path, ending: str) -> None:
    path = ods(tmp_path / "x.ods") if ending == "ods" else workbook(tmp_path / "x.xlsx", "B6:B7")
    made = opportunities.plan(file_store, path)
    opportunities.run(file_store, ME, made, today=TODAY)
    assert owners(file_store) == ["Ann", "Ann", "Ann", "Ben", "Ben", "Cara"]
    notes = made.understood(translator("en"))["notes"]
    first = 2 if ending == "ods" else 3
    assert (
        f"2 groups of cells are merged across rows; what stands in a group counts for each of its rows. The first begins in row {first}."
        in notes
    )
    assert len(notes) == (1 if ending == "ods" else 2)


def test_an_amount_is_not_counted_for_each_row(file_store: Store, tmp_path: Path) -> None:
    made = opportunities.plan(file_store, workbook(tmp_path / "x.xlsx", "B6:B7", "F4:F5"))
    found = opportunities.run(file_store, ME, made, today=TODAY).result.rejected
    assert [(one.row, one.column, one.value) for one in found] == [(4, "close_value", "6"), (5, "close_value", "6")]
