"""Files written by the command line are opened by other programs."""

import datetime as dt
from pathlib import Path

import openpyxl
import pypdf
import vobject
from PIL import Image

from tests.cli.command import ask, run


def test_exported_files_open_elsewhere_and_are_never_overwritten(sample_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "charts"
    arguments = (
        "export",
        "charts",
        "--out",
        str(out),
        "--person",
        "王晓明",
        "--format",
        "png,svg,pdf,csv,xlsx",
        "--lang",
        "zh_CN",
    )
    files = [Path(name) for name in ask(sample_store, *arguments)["files"]]
    assert [f.name for f in files] == ["王晓明.png", "王晓明.svg", "王晓明.pdf", "王晓明.csv", "成单率爬坡.xlsx"]
    with Image.open(files[0]) as image:
        assert image.size == (1536, 864)
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 50
    assert "王晓明" in files[1].read_text(encoding="utf-8")
    words = pypdf.PdfReader(files[2]).pages[0].extract_text()
    assert "王晓明" in words
    assert "资深基准" in words
    sheet = openpyxl.load_workbook(files[4]).worksheets[0]
    ramp = ask(sample_store, "ramp", "--person", "王晓明")["people"][0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(r[3], r[6], r[7]) for r in rows] == [(m["month"], m["won"], m["lost"]) for m in ramp["months"]]
    assert rows[0][1].date().isoformat() == ramp["hired_on"]
    before = files[0].read_bytes()
    again = [Path(name).name for name in ask(sample_store, *arguments)["files"]]
    assert again[0] == "王晓明 (2).png"
    assert files[0].read_bytes() == before


def test_a_cohort_is_exported_with_its_members(sample_store: Path, tmp_path: Path) -> None:
    cohorts = {
        f"{p['hired_on'][:4]}Q{(int(p['hired_on'][5:7]) + 2) // 3}": [] for p in ask(sample_store, "people")["people"]
    }
    for p in ask(sample_store, "people")["people"]:
        cohorts[f"{p['hired_on'][:4]}Q{(int(p['hired_on'][5:7]) + 2) // 3}"].append(p["name"])
    newest = max(cohorts)
    files = ask(sample_store, "export", "charts", "--out", str(tmp_path / "o"), "--cohort", newest)["files"]
    assert {Path(f).name for f in files} == {
        *(f"{name}.png" for name in cohorts[newest]),
        f"{newest} multiples.png",
        f"{newest} overlay.png",
    }
    assert "cohorts are" in run(sample_store, "export", "charts", "--out", str(tmp_path), "--cohort", "1999Q1", code=1)


TODAY = dt.date.today()


def test_planned_sessions_open_in_another_calendar_library(camp_store: Path, tmp_path: Path) -> None:
    day = TODAY + dt.timedelta(days=4)
    for more in (("--time", "14:30", "--minutes", "90"), ()):
        run(
            camp_store,
            "log",
            "shadowing",
            "--plan",
            "--person",
            "Ann",
            "--date",
            str(day),
            "--customer",
            "华宇, <b>;机电",
            "--mentor",
            "Mo",
            *more,
        )
    out = tmp_path / "ann.ics"
    assert ask(camp_store, "export", "calendar", "--person", "Ann", "--out", str(out), "--lang", "zh_CN")["events"] == 2
    events = list(vobject.readOne(out.read_text(encoding="utf-8")).vevent_list)
    assert {e.summary.value for e in events} == {"客户影子: 华宇, <b>;机电"}
    timed = next(e for e in events if isinstance(e.dtstart.value, dt.datetime))
    assert (timed.dtstart.value.hour, timed.dtend.value - timed.dtstart.value) == (14, dt.timedelta(minutes=90))
    whole = next(e for e in events if not isinstance(e.dtstart.value, dt.datetime))
    assert (whole.dtstart.value, whole.dtend.value) == (day, day + dt.timedelta(days=1))
    assert len({e.uid.value for e in events}) == 2
