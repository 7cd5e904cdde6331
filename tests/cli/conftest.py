"""Stores for the command line, made by the command line."""

import datetime as dt
from pathlib import Path

import pytest

from tests.cli.command import ask, run

TODAY = dt.date.today()


@pytest.fixture
def camp_store(tmp_path: Path) -> Path:
    """A hire, a mentor and a trainer; the hire is enrolled."""
    path, file = tmp_path / "team.sqlite", tmp_path / "people.csv"
    hired = TODAY - dt.timedelta(days=40)
    file.write_text(f"name,hire date,roles\nAnn,{hired},new hire\nMo,2020-01-01,mentor\nTia,2019-01-01,trainer\n")
    run(path, "import", "people", str(file))
    assert "role Trainer" in run(path, "--as", "Mo", "enrol", "--person", "Ann", code=1)
    run(path, "--as", "Tia", "enrol", "--person", "Ann")
    return path


@pytest.fixture
def office_store(tmp_path: Path) -> Path:
    """Three hires, two mentors, two projects, one pairing of the past."""
    path = tmp_path / "team.sqlite"
    (tmp_path / "people.csv").write_text(
        "name,hire date,roles,team\nAnn,2026-10-01,new hire,华东\nBo,2026-10-01,new hire,华南\nCy,2026-10-01,new hire,华东\n"
        "Mo,2020-01-01,mentor,华东\nLu,2020-01-01,mentor,华南\n"
    )
    (tmp_path / "projects.csv").write_text(
        "项目名称,客户,区域,行业,立项日期,结项日期,结果\n鼎新一期,鼎新电子,华东,电子,2026-10-01,,\n老项目,宏远,华南,制造,2025-01-01,2025-06-30,赢单\n"
    )
    (tmp_path / "pairings.csv").write_text(
        "apprentice,mentor,project,start date,end date,reason\nLu,Mo,老项目,2025-02-01,2025-07-01,\n"
    )
    for kind in ("people", "projects", "pairings"):
        done = ask(path, "import", kind, str(tmp_path / f"{kind}.csv"))
        assert done["rejected"] == [], kind
        assert ask(path, "import", kind, str(tmp_path / f"{kind}.csv"))["unchanged"] == done["new"]
    return path
