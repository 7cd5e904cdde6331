"""The command line, as a schedule uses it: whole processes, exit codes, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from PIL import Image


def run(store: Path | str, *arguments: str, code: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mentor_app", "--store", str(store), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def ask(store: Path | str, *arguments: str) -> Any:
    return json.loads(run(store, *arguments, "--json"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.sqlite"
    run(path, "sample")
    return path


def test_the_real_export_from_import_to_ramp(tmp_path: Path, pipeline_csv: Path) -> None:
    store = tmp_path / "team.sqlite"
    done = ask(store, "import", "opportunities", str(pipeline_csv))
    assert (done["read"], done["new"], done["rejected"]) == (8800, 8800, [])
    assert done["recognised"]["columns"]["owner"] == "sales_agent"
    assert ask(store, "import", "opportunities", str(pipeline_csv))["unchanged"] == 8800
    people = ask(store, "people")["people"]
    assert len(people) == 30
    assert {p["hired_on_inferred"] for p in people} == {True}
    found = ask(store, "ramp", "--person", "Anna Snelling", "--as-of", "2017-12-31")
    anna = found["people"][0]
    assert (anna["won"], anna["lost"], anna["open"], anna["hired_on"]) == (208, 128, 112, "2016-10-29")
    assert found["benchmark"]["people"] == 30
    assert ask(store, "check") == {"ok": True, "problems": []}


def test_exit_codes_and_sentences(tmp_path: Path) -> None:
    store = tmp_path / "team.sqlite"
    bad = tmp_path / "bad.csv"
    bad.write_text("id,owner,stage,close date\n1,Ann,Won,\n")
    assert "Nothing was imported" in run(store, "import", "opportunities", str(bad), code=1)
    assert "没有导入任何数据" in run(store, "import", "opportunities", str(bad), code=1, LC_ALL="zh_CN.UTF-8")
    assert "Nobody is called X" in run(store, "ramp", "--person", "X", code=1)
    run(store, "ramp", "--as-of", "yesterday", code=2)
    run(store, "export", "charts", "--out", str(tmp_path), code=2)
    run(store, "export", "charts", "--out", str(tmp_path), "--all", "--format", "gif", code=2)
    assert "no screen" in run(store, code=1, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")


def test_a_people_file_with_chinese_headers(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "people.csv"
    file.write_text(
        "姓名,入职日期,角色,区域,CRM名称\n王晓明,2026/3/1,新人,华东,wangxm;xm.wang\n陈刚,,师傅,华东,\n",
        encoding="gb18030",
    )
    done = ask(store, "import", "people", str(file))
    assert (done["new"], done["rejected"]) == (2, [])
    assert ask(store, "import", "people", str(file))["unchanged"] == 2
    people = {p["name"]: p for p in ask(store, "people")["people"]}
    assert people["王晓明"]["hired_on"] == "2026-03-01"
    assert people["王晓明"]["roles"] == ["new_hire"]
    assert people["王晓明"]["crm_names"] == ["王晓明", "wangxm", "xm.wang"]
    assert people["陈刚"]["region"] == "East"


def test_the_sample_company_tells_the_story(sample: Path) -> None:
    found = ask(sample, "ramp")
    early = [m for p in found["people"] for m in p["months"] if m["month"] <= 3]
    won, lost = sum(m["won"] for m in early), sum(m["lost"] for m in early)
    assert round(won / (won + lost), 2) == 0.32
    assert round(found["benchmark"]["rate"], 2) == 0.77
    assert ask(sample, "check")["ok"]
    assert "not empty" in run(sample, "sample", code=1)


def test_exported_files_open_elsewhere_and_are_never_overwritten(sample: Path, tmp_path: Path) -> None:
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
    files = [Path(name) for name in ask(sample, *arguments)["files"]]
    assert [f.name for f in files] == ["王晓明.png", "王晓明.svg", "王晓明.pdf", "王晓明.csv", "成单率爬坡.xlsx"]
    with Image.open(files[0]) as image:
        assert image.size == (1536, 864)
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 50
    assert "王晓明" in files[1].read_text(encoding="utf-8")
    words = pypdf.PdfReader(files[2]).pages[0].extract_text()
    assert "王晓明" in words
    assert "资深基准" in words
    sheet = openpyxl.load_workbook(files[4]).worksheets[0]
    ramp = ask(sample, "ramp", "--person", "王晓明")["people"][0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(r[3], r[6], r[7]) for r in rows] == [(m["month"], m["won"], m["lost"]) for m in ramp["months"]]
    assert rows[0][1].date().isoformat() == ramp["hired_on"]
    before = files[0].read_bytes()
    again = [Path(name).name for name in ask(sample, *arguments)["files"]]
    assert again[0] == "王晓明 (2).png"
    assert files[0].read_bytes() == before


def test_a_cohort_is_exported_with_its_members(sample: Path, tmp_path: Path) -> None:
    cohorts = {f"{p['hired_on'][:4]}Q{(int(p['hired_on'][5:7]) + 2) // 3}": [] for p in ask(sample, "people")["people"]}
    for p in ask(sample, "people")["people"]:
        cohorts[f"{p['hired_on'][:4]}Q{(int(p['hired_on'][5:7]) + 2) // 3}"].append(p["name"])
    newest = max(cohorts)
    files = ask(sample, "export", "charts", "--out", str(tmp_path / "o"), "--cohort", newest)["files"]
    assert {Path(f).name for f in files} == {
        *(f"{name}.png" for name in cohorts[newest]),
        f"{newest} multiples.png",
        f"{newest} overlay.png",
    }
    assert "cohorts are" in run(sample, "export", "charts", "--out", str(tmp_path), "--cohort", "1999Q1", code=1)
