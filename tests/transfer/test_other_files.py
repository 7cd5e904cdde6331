"""Files under a wrong name: each is called what it is, in one sentence with the next step, and in no case read as something else."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities, people
from tests.transfer.files import complaints, read_in

CSV = b"opportunity_id,sales_agent,deal_stage,close_date\n1,Ann,Won,2024-02-01\n"


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


def compound(name: str) -> bytes:
    """An old compound file with a part of this name, as far as it is looked at."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + name.encode("utf-16-le") + bytes(64)


FILES = {
    "deals.pdf.csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
    "gzip.csv": (gzip.compress(CSV), "packed (GZIP)"),
    "zip.csv": (zipped("deals.csv"), "packed (ZIP)"),
    "seven.csv": (b"7z\xbc\xaf\x27\x1c\x00\x04", "packed (7z)"),
    "picture.xlsx": (b"\x89PNG\r\n\x1a\n", "is a picture"),
    "rtf.csv": (b"{\\rtf1\\ansi deals}", "text document"),
    "base.csv": (b"SQLite format 3\x00" + bytes(84), "is a database"),
    "deals.json": (b'[{"id": 1, "owner": "Ann"}]', "is JSON"),
    "pretty.json": (b'{\n  "deals": [\n    {"id": 1}\n  ]\n}\n', "is JSON"),
    "lines.csv": (b'{"id": 1, "owner": "Ann"}\n{"id": 2, "owner": "Bo"}\n', "is JSON"),
    "rows.csv": (b'[["id", "owner"],\n["1", "Ann"]]\n', "is JSON"),
    "old.xls": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>\n'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>',
        "workbook as XML",
    ),
    "other.xml": (b"<deals>\n <deal id='1'/></deals>", "is XML"),
    "mail.csv": (b"Received: from x by y\r\nFrom: ann@x\r\nMIME-Version: 1.0\r\n\r\na,b\r\n1,2\r\n", "is a mail"),
    "page.xls": (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=x\n\n--x\n", "saved web page"),
    "sheet.numbers": (zipped("Index/Document.iwa", "preview.jpg"), "In Numbers choose File"),
    "letter.xlsx": (zipped("word/document.xml", "[Content_Types].xml"), "is a document"),
    "locked.xlsx": (compound("EncryptedPackage"), "protected by a password"),
    "letter.xls": (compound("WordDocument"), "is a document"),
    "mail.xls": (compound("__properties_version1.0"), "is a mail"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_table_is_called_what_it_is(file_store: Store, tmp_path: Path, name: str) -> None:
    held, words = FILES[name]
    (tmp_path / name).write_bytes(held)
    for kind in (opportunities, people):
        with pytest.raises(UserError) as told:
            kind.plan(file_store, tmp_path / name)
        assert (name in str(told.value), words in str(told.value), str(told.value).endswith(".")) == (True, True, True)


@pytest.mark.parametrize(
    "head", [b"[id],[owner],[stage],[close date]", b"<id>,<owner>,<stage>,<close date>", b"{id},owner,stage,close date"]
)
def test_a_table_with_odd_headers_is_a_table(file_store: Store, tmp_path: Path, head: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(head + b"\n1,Ann,Won,2024-02-01\n")
    made = opportunities.plan(file_store, tmp_path / "a.csv")
    assert (made.rows, made.source.headers[0].encode()) == (1, head.split(b",")[0])


PAGE = """<html><head><meta charset="{charset}"><title>x</title><style>td {{color: red}}</style></head><body><h3>{title}</h3>
<table border=1><tr><th>商机编号</th><th>负责人</th><th>阶段</th><th>成交日期</th><th>金额</th></tr>
<tr><td>00001</td><td>王芳 &amp; Co</td><td>赢单</td><td><span style="display:none">20240301</span>2024-03-01</td><td>1,054.50</td></tr>
<tr style="display:none"><td>2<td>张&#20255;<td>输单<td>2024-03-02<td>1000<sup>1</sup></tr>
<tr><td>3</td><td><s>李</s></td><td>赢单</td><td>2024-03-04</td><td>12.5</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "utf-16"])
def test_a_table_of_a_web_page_is_read_as_it_is_shown(file_store: Store, tmp_path: Path, charset: str) -> None:
    (tmp_path / "export.xls").write_bytes(PAGE.format(charset=charset, title="商机").encode(charset))
    done = read_in(opportunities, file_store, tmp_path / "export.xls", only_good_rows=True)
    assert complaints(done) == [(3, "金额", "1000¹")]
    assert done.people_added == ["王芳 & Co", "李"]
    made = opportunities.plan(file_store, tmp_path / "export.xls")
    assert [str(note)[:22] for note in made.source.notes] == ["1 row is hidden in the", "1 row holds something "]
    with file_store.read() as connection:
        found = connection.execute(select(opportunity.c.key, opportunity.c.amount_cents).order_by("key")).all()
    assert [tuple(one) for one in found] == [("00001", 105450), ("3", 1250)]


def test_what_a_web_page_says_around_its_table_counts(file_store: Store, tmp_path: Path) -> None:
    page = PAGE.format(charset="utf-8", title="金额单位：万元")
    (tmp_path / "a.xls").write_text(page.replace("<sup>1</sup>", ""), encoding="utf-8")
    assert opportunities.plan(file_store, tmp_path / "a.xls").amounts.unit == 10000
    two = page.replace("</body>", "<table><tr><td>Filter</td><td>all</td></tr></table></body>")
    (tmp_path / "b.xls").write_text(two, encoding="utf-8")
    notes = [str(note) for note in opportunities.plan(file_store, tmp_path / "b.xls").source.notes]
    assert "Only the sheet Table 1 is read; there are also: Table 2." in notes
    with pytest.raises(UserError, match="no column was recognised"):
        opportunities.plan(file_store, tmp_path / "b.xls", sheet="Table 2").check()
    more = "<table><tr><td>Deal ID<td>Owner<td>Stage</tr><tr><td>9<td>Ann<td>Won</tr></table>"
    (tmp_path / "c.xls").write_text(two.replace("</body>", more), encoding="utf-8")
    with pytest.raises(UserError, match=r'several sheets hold such a table.*--sheet "Table 1", --sheet "Table 3"'):
        opportunities.plan(file_store, tmp_path / "c.xls").check()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<td>3</td>", "<td rowspan=2>3</td>"),
        ("<td>12.5</td>", "<td><table><tr><td>12.5</td></tr></table></td>"),
        ("<td>12.5</td>", "<td><select><option>12.5<option>13</select></td>"),
        ("<td>12.5</td>", "<td style='display: none'>12.5</td>"),
        ("<table border=1>", "<p>"),
    ],
)
def test_a_web_page_that_says_nothing_dependable_is_not_read(
    file_store: Store, tmp_path: Path, before: str, after: str
) -> None:
    page = PAGE.format(charset="utf-8", title="x").replace(before, after)
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    with pytest.raises(UserError, match=r"a\.xls is a web page"):
        opportunities.plan(file_store, tmp_path / "a.xls")
