"""Files as the world writes them: hundreds of values that could mean two things, and files broken in every way.

Each is read right, asked about or refused with a reason; none is read wrong in silence, and nothing but a UserError comes
out. ``--hypothesis-profile=long`` tries forty times as many broken files, each time others.
"""

import io
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.rules import STATUS_KEYS
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import activities, opportunities, pairings, people, projects
from mentor_app.transfer.deals import typed_batches
from tests.conftest import ME, TODAY
from tests.faults.figures import count, is_long, rounds

HEAD = ("opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date", "close_value")
ROWS = 40
ASKED = "asked or refused"

# -- amounts: what a cell may be read as among others that show how their column is written

POINTS, COMMAS, PLAIN = (
    ("1,054.50", "12.75", "2,300,000.00"),
    ("1.054,50", "12,75", "2.300.000,00"),
    ("1054", "7", "250"),
)
_AMOUNTS: dict[str, tuple[Any, Any, Any]] = {
    # written: among points, among commas, among plain ones; in cents
    "1,054": (105400, ASKED, ASKED),
    "1.054": (ASKED, 105400, ASKED),
    "12,300": (1230000, ASKED, ASKED),
    "12.300": (ASKED, 1230000, ASKED),
    "1,05": (ASKED, 105, 105),
    "1.05": (105, ASKED, 105),
    "1,5": (ASKED, 150, 150),
    "1.5": (150, ASKED, 150),
    "1,0545": (ASKED, 105, 105),
    "1054.5": (105450, ASKED, 105450),
    "1054,5": (ASKED, 105450, 105450),
    "1054.125": (105412, ASKED, 105412),
    "1054,125": (ASKED, 105412, 105412),
    "1,054.00": (105400, ASKED, 105400),
    "1.054,00": (ASKED, 105400, 105400),
    "1 054,00": (ASKED, 105400, 105400),
    "1 054.00": (105400, ASKED, 105400),
    "1 054": (105400, 105400, 105400),
    "1\u00a0054,00": (ASKED, 105400, 105400),
    "1\u202f054,00": (ASKED, 105400, 105400),
    "1'054.00": (105400, ASKED, 105400),
    "1’054": (105400, 105400, 105400),
    "10 54": (ASKED, ASKED, ASKED),
    "1,2万": (ASKED, 1200000, 1200000),
    "1.2万": (1200000, ASKED, 1200000),
    "3.5亿": (35000000000, ASKED, 35000000000),
    "2k": (200000, 200000, 200000),
    "2.5K": (250000, ASKED, 250000),
    "1,054k": (105400000, ASKED, ASKED),
    "5M": (500000000, 500000000, 500000000),
    "2百万": (200000000, 200000000, 200000000),
    "￥1,054": (105400, ASKED, 105400),
    "¥1,054.00": (105400, ASKED, 105400),
    "1,054元": (105400, ASKED, 105400),
    "$1,054": (105400, ASKED, 105400),
    "$1.054": (ASKED, 105400, ASKED),
    "€1.054": (ASKED, 105400, ASKED),
    "1.054 €": (ASKED, 105400, ASKED),
    "1.054,00 €": (ASKED, 105400, 105400),
    "EUR 12": (1200, 1200, 1200),
    "12 XYZ": (ASKED, ASKED, ASKED),
    "１，０５４．００": (105400, ASKED, 105400),
    "(1,054.00)": (-105400, ASKED, -105400),
    "1,054.00-": (-105400, ASKED, -105400),
    "-1.054,00": (ASKED, -105400, -105400),
    "−3": (-300, -300, -300),
    "--3": (ASKED, ASKED, ASKED),
    "(3": (ASKED, ASKED, ASKED),
    "1,054,00": (ASKED, ASKED, ASKED),
    "1.054.00": (ASKED, ASKED, ASKED),
    "1,05,4": (ASKED, ASKED, ASKED),
    "12,34,567": (123456700, ASKED, 123456700),
    "1.234.567": (ASKED, 123456700, 123456700),
    "1,234,567": (123456700, ASKED, 123456700),
    "0,054": (ASKED, 5, 5),
    "0.054": (5, ASKED, 5),
    "1,054,000.5": (105400050, ASKED, 105400050),
    "1e5": (ASKED, ASKED, ASKED),
    "10%": (ASKED, ASKED, ASKED),
    "ten": (ASKED, ASKED, ASKED),
    "1.2万3": (ASKED, ASKED, ASKED),
    "1/2": (ASKED, ASKED, ASKED),
    "#DIV/0!": (ASKED, ASKED, ASKED),
    "=1+1": (ASKED, ASKED, ASKED),
    "12:30": (ASKED, ASKED, ASKED),
    "2024-01-01": (ASKED, ASKED, ASKED),
    "99999999999999999999": (ASKED, ASKED, ASKED),
    "1000+": (ASKED, ASKED, ASKED),
    "1,000.00 CR": (ASKED, ASKED, ASKED),
    "–1000": (-100000, -100000, -100000),
    "—1000": (-100000, -100000, -100000),
    "1000 –": (ASKED, ASKED, ASKED),
    "1000.-": (100000, 100000, 100000),
    "1000,-": (100000, 100000, 100000),
    "1.000.000,- €": (ASKED, 100000000, 100000000),
    "1000¹": (ASKED, ASKED, ASKED),
    "10ᵏ": (ASKED, ASKED, ASKED),
    "1000₂": (ASKED, ASKED, ASKED),
    "1\u200b054": (105400, 105400, 105400),
    "\ufeff250\u00ad": (25000, 25000, 25000),
}
ISO, DAYS_FIRST, MONTHS_FIRST = ("2024-03-25", "2024-01-02"), ("25/03/2024", "02/01/2024"), ("03/25/2024", "01/02/2024")
_DATES: dict[str, tuple[Any, Any, Any]] = {
    # written: among years first, days first, months first
    "03/04/2024": (ASKED, "2024-04-03", "2024-03-04"),
    "3.4.2024": (ASKED, "2024-04-03", "2024-03-04"),
    "13/04/2024": ("2024-04-13", "2024-04-13", ASKED),
    "04/13/2024": ("2024-04-13", ASKED, "2024-04-13"),
    "04/04/2024": ("2024-04-04", "2024-04-04", "2024-04-04"),
    "2024-04-03": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "2024/4/3": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "2024年4月3日": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "20240403": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "2024-04-03 10:15": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "3 April 2024": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "Apr 3, 2024": ("2024-04-03", "2024-04-03", "2024-04-03"),
    "17/03/04": (ASKED, ASKED, ASKED),
    "25/03/24": (ASKED, ASKED, ASKED),
    "3-Apr-24": (ASKED, ASKED, ASKED),
    "45385": ("2024-04-03", "2024-04-03", "2024-04-03"),
    **dict.fromkeys(("2024-04-03T10:15:00+08:00", "Wed, 3 April 2024", "2024-04-03 周三", "令和6年4月3日", "民國113年4月3日"), ("2024-04-03",) * 3),
    **dict.fromkeys(("2024-04-03 25:00", "2024-04-03 10:61", "2024-04-03T12:00:00+99:00", "2024-04-03 24:00", "Monday, 3 April 2024",
                     "2024-04-03 星期一", "29.2.2023", "113/04/03", "平成32年1月1日", "3 April 24 13:00 AM"), (ASKED, ASKED, ASKED)),
    **dict.fromkeys(("03-MARMALADE-2017", "2017-03-04 to 2017-05-01", "2017-03-04 - 2017-05-01", "0001-01-01", "9999-12-31", "1899-12-31", "2101-01-01", "2024-02-30", "2024-13-01", "2024", "03/2024", "12月31日", "soon", "Q1", "1,054", "30/02/2024", "31/31/2024", "03/04/2024 to 05/04/2024", "1704067200", "2024-W10", "yesterday", "13/2/1", "99999", "2024-1-1-1", "01/02/03/2024"), (ASKED, ASKED, ASKED)),
}  # fmt: skip
_STAGES: dict[str, str] = {
    **dict.fromkeys(("closed_won", "Closed Win", "Win", "赢", "贏單", "W\u200bON", "\ufeffＷＯＮ\u00a0", "WON", "Closed/Won", "成交", "赢单关闭", "7 - Closed Won"), "won"),
    **dict.fromkeys(("closed_lost", "Lost", "输单", "輸單", "丢单", "Closed - Lost"), "lost"),
    **dict.fromkeys(("Disqualified", "无效", "Duplicate", "作废"), "void"),
    **dict.fromkeys(("Negotiation", "方案报价", "Qualified", "商务谈判", "Proposal"), "open"),
    **dict.fromkeys(
        (
            "Ã©", "Won\ufffd", "ÓÆµ¥", "璧㈠崟", "Won¹", "Won't buy", "Almost won", "未赢单", "预计成交", "即将成交", "Not lost", "Nearly lost", "Closed", "已关闭", "不会成交", "有望赢单", "Unwon", "winner",
            "Lost contact", "won back?", "可能流失", "待签约", "Stage 5", "50%", "输入需求", "赢得信任", "失败风险", "won/lost", "open-won", "x",
        ),
        ASKED,
    ),
}  # fmt: skip
_OWNERS: dict[str, str] = {
    **dict.fromkeys(("Ann", "A\u200bnn", "\ufeffAnn\u00a0", "A\u00adnn", "\u2060Ann"), "Ann"),
    **dict.fromkeys(("王芳", "José", "Müller", "Иван", "SÃO", "«Ann»", "骁龙"), ""),
    **dict.fromkeys(("undefined", "(blank)", "待分配"), ""),  # nobody, as the words say; that is shown before it counts
    **dict.fromkeys(("JosÃ©", "å¼ ä¼Ÿ", "ÕÅÎ°", "寮犱紵", "Ann\ufffd", "锟斤拷", "Èâàí", "M¨¹ller", "M眉ller", "J?rgen", "Ann¹", "王?", "?"), ASKED),
    "Jos&eacute;": "José",  # as a web page writes it, and said so
}  # fmt: skip
"""Owners; nothing where one is read as it is written."""
_KEYS = {
    "00007": "00007",
    "７": "7",
    "A\u200b1": "A1",
    "Ã©1": ASKED,
    "1.23457E+17": ASKED,
    "锟斤拷": ASKED,
    "-": ASKED,
    "\u2800": ASKED,
}


def _file(path: Path, column: str, among: Sequence[str], value: str, late: bool) -> Path:
    """A file whose one column holds ``among`` again and again, and ``value`` once, early or late."""
    at = HEAD.index(column)
    rows = []
    for n in range(ROWS):
        row = [f"K{n}", "Ann", "Won", "2023-01-01", "2024-12-31", "5"]
        row[at] = among[n % len(among)]
        rows.append(row)
    rows[ROWS - 2 if late else 0][at] = value
    rows[ROWS - 2 if late else 0][4] = "2024-12-30"
    path.write_text("\n".join(";".join(f'"{cell}"' for cell in row) for row in [HEAD, *rows]), encoding="utf-8")
    return path


def _read(store: Store, path: Path, field: str) -> Any:
    """What the cell was read as; ASKED where the file is asked about, or its row refused."""
    plan = opportunities.plan(store, path)
    if plan.questions():
        assert all(str(question) for question in plan.questions())
        return ASKED
    for batch in typed_batches(plan):
        here = [at for at, day in enumerate(batch.columns["closed_on"]) if day == "2024-12-30"]
        if here:
            return {"owner": batch.owner, "key": batch.key, **batch.columns}[field][here[0]]
    return ASKED


def _cases() -> Iterator[tuple[str, str, Sequence[str], str, Any]]:
    for written, meant in _AMOUNTS.items():
        for among, right in zip((POINTS, COMMAS, PLAIN), meant, strict=True):
            yield "close_value", "amount_cents", among, written, right
    for written, days in _DATES.items():
        for among, right in zip((ISO, DAYS_FIRST, MONTHS_FIRST), days, strict=True):
            yield "engage_date", "opened_on", among, written, right
    for written, status in _STAGES.items():
        yield "deal_stage", "status", ("Won", "Lost"), written, STATUS_KEYS.get(status, ASKED)
    for written, owner in _OWNERS.items():
        yield "sales_agent", "owner", ("Bo", "Cy"), written, owner or written
    for written, key in _KEYS.items():
        yield "opportunity_id", "key", [f"K{n}" for n in range(ROWS)], written, key


def test_no_value_is_read_wrong_in_silence(file_store: Store, tmp_path: Path) -> None:
    tried, refused, wrong = 0, 0, []
    for column, field, among, written, right in _cases():
        for late in (False, True):
            found = _read(file_store, _file(tmp_path / "x.csv", column, among, written, late), field)
            tried += 1
            refused += found == ASKED and right != ASKED
            if found not in (right, ASKED):
                wrong.append((written, among, late, found, right))
    count(values_tried=tried, values_silently_wrong=len(wrong), values_asked_without_need=refused)
    assert (wrong, tried > 900) == ([], True)
    assert refused <= tried // 20


def test_numbers_of_a_workbook_are_read_as_they_are(file_store: Store, tmp_path: Path) -> None:
    numbers = [1054.125, 0.5, 1054, -3, 12.75, 1e9, 2.300, 1234567.891]
    book = openpyxl.Workbook()
    for row in [HEAD, *([f"K{n}", "Ann", "Won", "2023-01-01", "2024-01-01", value] for n, value in enumerate(numbers))]:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.active.append(["K8", "Ann", "Won", "2023-01-01", "2024-01-01", "1.054,00"])  # type: ignore[union-attr]
    book.save(tmp_path / "x.xlsx")
    (batch,) = typed_batches(opportunities.plan(file_store, tmp_path / "x.xlsx"))
    assert batch.columns["amount_cents"][:-1] == [round(number * 100) for number in numbers[:-1]] + [123456789]
    assert batch.columns["amount_cents"][-1] == 105400


# -- broken files


def _rows(chance: random.Random) -> list[list[str]]:
    """Some rows with whatever people put into cells."""
    odd = [
        "",
        "王芳",
        'a "b" c',
        "x\ny",
        "a,b;c\td",
        "1,054.00",
        "１０",
        "2024-13-45",
        "\u2028",
        "\ufeff",
        "=1+1",
        "é",
        "😀",
        "-",
        "x" * 300,
        "\u202e",
        "0",
        "Total",
        "合计",
        " ",
    ]
    rows = [list(HEAD)]
    for n in range(chance.randrange(1, 30)):
        row = [
            f"K{n}",
            chance.choice(["Ann", "王芳", "José"]),
            chance.choice(["Won", "Lost", "赢单", "Demo"]),
            "2024-01-02",
            "2024-02-03",
            "5",
        ]
        for _ in range(chance.randrange(3)):
            row[chance.randrange(6)] = chance.choice(odd)
        rows.append(row[: chance.choice([6, 6, 6, 6, 5, 1])] + [""] * chance.choice([0, 0, 0, 2]))
    return rows


def _csv(chance: random.Random) -> bytes:
    mark = chance.choice([",", ";", "\t", "|"])
    quote = chance.choice(
        [lambda cell: cell, lambda cell: '"' + cell.replace('"', '""') + '"', lambda cell: f'"{cell}"']
    )
    text = chance.choice(["\n", "\r\n", "\r"]).join(mark.join(map(quote, row)) for row in _rows(chance))
    encoding = chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "cp1252"])
    return text.encode(encoding, "replace")


def _xlsx(chance: random.Random) -> bytes:
    book = openpyxl.Workbook()
    for row in _rows(chance):
        book.active.append(["".join(c for c in cell if c.isprintable() or c == "\n") for cell in row])  # type: ignore[union-attr]
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _ods(chance: random.Random) -> bytes:
    from xml.sax.saxutils import escape

    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in [[cell.replace("\n", " ") for cell in row] for row in _rows(chance)]
    )
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="T">{cells}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
        archive.writestr("META-INF/manifest.xml", "<x/>")
    return held.getvalue()


def _xls(chance: random.Random) -> bytes:
    """The beginning of an old workbook, and anything behind it."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00"
        + chance.randbytes(chance.randrange(480, 4096))
    )


def _mutated(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes lost, doubled, swapped or replaced."""
    data = bytearray(whole)
    for _ in range(chance.randrange(6)):
        at, size = chance.randrange(len(data) or 1), chance.choice([1, 1, 2, 8, 200])
        what = chance.randrange(6)
        if what == 0:
            del data[at : at + size]
        elif what == 1:
            data[at:at] = chance.randbytes(size)
        elif what == 2:
            data[at:at] = data[at : at + size] * 3
        elif what == 3:
            data[at : at + size] = bytes(chance.choice(b'"\n\r,;\0\xff\x80<>&/0A') for _ in range(size))
        elif what == 4:
            del data[at:]
        elif data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
    return bytes(data)


def _inside(whole: bytes, chance: random.Random) -> bytes:
    """An archive whose parts are mutated, and which is whole itself."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive, zipfile.ZipFile(held, "w") as broken:
        for item in archive.infolist():
            part = archive.read(item)
            broken.writestr(item.filename, _mutated(part, chance) if chance.random() < 0.4 else part)
    return held.getvalue()


def _crashes(
    store: Store, tmp_path: Path, make: Callable[[random.Random], bytes], tries: Iterable[int], seed: int
) -> tuple[int, int, list[str]]:
    """How many files were tried, how many refused with a sentence, and what came out that is none."""
    tried, refused, crashes, sentences = 0, 0, [], []
    for n in tries:
        tried += 1
        chance = random.Random(seed + n)
        path = tmp_path / "file.bin"
        path.write_bytes(make(chance))
        kind: Any = chance.choice([opportunities, opportunities, people, activities, projects, pairings])
        try:
            plan = kind.plan(store, path, **_answers(kind, chance))
            plan.understood(translator("zh_CN"))
            done = kind.run(store, ME, plan, today=TODAY, dry_run=True).result
            assert done.read == plan.rows
            for problem in done.rejected:
                assert problem.reason.render(translator("zh_CN"))
        except UserError as error:
            refused += 1
            sentences.append(error.render(translator("zh_CN")))
        except Exception as error:
            crashes.append(f"seed {seed + n}: {type(error).__name__}: {error}")
    assert all(sentences)
    return tried, refused, crashes


def _answers(kind: Any, chance: random.Random) -> dict[str, Any]:
    """What somebody may have said of the file, so that more of it is read than its first question."""
    said: dict[str, Any] = {"order": chance.choice([None, "dmy", "mdy", "ymd"])}
    if kind is opportunities and chance.random() < 0.8:
        odd = (
            "Demo",
            "王芳",
            "é",
            "0",
            "１０",
            "Total",
            "合计",
            "=1+1",
            "😀",
            "a,b;c\td",
            "1,054.00",
            "2024-13-45",
            "x" * 300,
        )
        said |= {"stages": dict.fromkeys(odd, "open"), "decimal": chance.choice([".", ","])}
    return said


@pytest.mark.parametrize(
    ("make", "short"),
    [
        (_csv, 150),
        (lambda chance: _mutated(_csv(chance), chance), 200),
        (lambda chance: _mutated(_xlsx(chance), chance), 5),
        (lambda chance: _inside(_xlsx(chance), chance), 8),
        (lambda chance: _inside(_ods(chance), chance), 5),
        (_xls, 4),
    ],
    ids=["texts", "mutated texts", "mutated workbooks", "workbooks mutated inside", "open documents", "old workbooks"],
)
def test_no_broken_file_does_more_than_be_refused(
    file_store: Store, tmp_path: Path, make: Callable[[random.Random], bytes], short: int
) -> None:
    seed = random.randrange(1 << 40) if is_long() else 1
    tried, refused, crashes = _crashes(file_store, tmp_path, make, rounds(short, 4), seed)
    count(files_mutated=tried, files_refused=refused, files_crashed=len(crashes))
    assert crashes == []
