"""Exported charts and their numbers, opened with other programs' libraries."""

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pypdf
import pytest
from PIL import Image

from mentor_app.core.errors import UserError
from mentor_app.core.ramp.calendar import to_day
from mentor_app.core.ramp.curve import LOST, WON, Company, Deals, Hire, company
from mentor_app.transfer import charts, files

NASTY = "=cmd <b>&amp; $x_1$ ../a\\b: 王"


@pytest.fixture
def team() -> Company:
    """Three hires of two quarters with a deal a month each; the last one's name is not well-behaved."""
    hires = [
        Hire(key=1, name="Ann", hired_on=dt.date(2025, 1, 31)),
        Hire(key=2, name="Ann", hired_on=dt.date(2025, 2, 1)),
        Hire(key=3, name=NASTY, hired_on=dt.date(2025, 7, 1)),
    ]
    owner, closed = np.repeat(np.arange(3), 8), [to_day(dt.date(2025, 4 + n % 8, 20)) for n in range(24)]
    days = np.array(closed, np.int32)
    status = np.array([(WON, LOST)[n % 2] for n in range(24)], np.int32)
    return company(hires, Deals(owner.astype(np.int32), status, days - 10, days), dt.date(2025, 12, 1))


def test_every_format_shows_the_same_hire(team: Company, tmp_path: Path) -> None:
    written = charts.export(team, [2], [], tmp_path, ["png", "svg", "pdf", "csv", "xlsx"], "zh_CN")
    png, svg, pdf, table, book = written
    assert all(path.parent == tmp_path for path in written)  # the name leads nowhere else
    with Image.open(png) as image:
        assert image.size == (1536, 864)
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 50
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")  # a name is no markup in it
    assert "$x_1$" in svg.read_text(encoding="utf-8")
    assert "资深基准" in pypdf.PdfReader(pdf).pages[0].extract_text()
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "姓名"
    assert {row[0] for row in rows[1:]} == {"'" + NASTY}  # no spreadsheet runs it
    sheet = openpyxl.load_workbook(book).worksheets[0]
    cells = list(sheet.iter_rows(min_row=2))
    assert all(row[0].data_type == "s" for row in cells)
    months = team.curve(2).months
    assert [(row[3].value, row[6].value, row[7].value) for row in cells] == [(m.month, m.won, m.lost) for m in months]
    assert sum(row[6].value + row[7].value for row in cells) > 0  # type: ignore[operator]


def test_two_of_one_name_get_a_file_each_and_nothing_is_overwritten(team: Company, tmp_path: Path) -> None:
    names = [path.name for path in charts.export(team, [0, 1], [], tmp_path, ["png"], "en")]
    assert names == ["Ann.png", "Ann (2).png"]
    before = (tmp_path / "Ann.png").read_bytes()
    assert [path.name for path in charts.export(team, [0], [], tmp_path, ["png"], "en")] == ["Ann (3).png"]
    assert (tmp_path / "Ann.png").read_bytes() == before
    assert [path.name for path in charts.export(team, [0], [], tmp_path, ["png"], "en", overwrite=True)] == ["Ann.png"]
    assert (tmp_path / "Ann.png").read_bytes() == before  # the same chart is the same file


def test_a_cohort_is_its_members_and_two_pictures_of_all(team: Company, tmp_path: Path) -> None:
    names = {path.name for path in charts.export(team, [], ["2025Q1"], tmp_path, ["svg"], "en")}
    assert names == {"Ann.svg", "Ann (2).svg", "2025Q1 multiples.svg", "2025Q1 overlay.svg"}


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda team, to: charts.export(team, [0], [], to, ["gif"], "en"), "gif is not a format"),
        (lambda team, to: charts.export(team, [0], [], to, [], "en"), "is not a format"),
        (lambda team, to: charts.export(team, [], ["1999Q1"], to, ["png"], "en"), "2025Q1, 2025Q3"),
    ],
)
def test_what_can_not_be_done_is_said_before_anything_is_written(
    team: Company, tmp_path: Path, ask: Callable[[Company, Path], object], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        ask(team, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_", ["png", "csv", "xlsx"])
def test_a_full_disk_leaves_no_empty_folder(
    team: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_new_beside", full)
    (tmp_path / "there").mkdir()
    for folder in ("there", "new/deep"):
        with pytest.raises(UserError, match="the disk is full"):
            charts.export(team, [0], [], tmp_path / folder, [format_], "en")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_cancelling_leaves_whole_files_only(team: Company, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        charts.export(team, [0, 2], [], tmp_path, ["png", "csv"], "en", progress=stop)
    (only,) = tmp_path.iterdir()
    with Image.open(only) as image:
        image.load()
        assert image.size == (1536, 864)
