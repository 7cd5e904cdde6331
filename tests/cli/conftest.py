"""Stores for the command line, made by the command line."""

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import ask, run

TODAY = dt.date.today()


@pytest.fixture(scope="session")
def camp_imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hire, a mentor and a trainer; the hire is enrolled. Only to be copied."""
    folder = tmp_path_factory.mktemp("camp")
    path, file = folder / "team.sqlite", folder / "people.csv"
    hired = TODAY - dt.timedelta(days=40)
    file.write_text(f"name,hire date,roles\nAnn,{hired},new hire\nMo,2020-01-01,mentor\nTia,2019-01-01,trainer\n")
    run(path, "import", "people", str(file))
    assert "role Trainer" in run(path, "--as", "Mo", "enrol", "--person", "Ann", code=1)
    run(path, "--as", "Tia", "enrol", "--person", "Ann")
    return _whole(path)


@pytest.fixture
def camp_store(camp_imported: Path, tmp_path: Path) -> Path:
    """A hire, a mentor and a trainer; the hire is enrolled."""
    return Path(shutil.copy(camp_imported, tmp_path))


@pytest.fixture(scope="session")
def office_imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hires, two mentors, two projects, one pairing of the past. Only to be copied."""
    folder = tmp_path_factory.mktemp("office")
    path = folder / "team.sqlite"
    (folder / "people.csv").write_text(
        "name,hire date,roles,team\nAnn,2026-10-01,new hire,华东\nBo,2026-10-01,new hire,华南\nCy,2026-10-01,new hire,华东\n"
        "Mo,2020-01-01,mentor,华东\nLu,2020-01-01,mentor,华南\n"
    )
    (folder / "projects.csv").write_text(
        "项目名称,客户,区域,行业,立项日期,结项日期,结果\n鼎新一期,鼎新电子,华东,电子,2026-10-01,,\n老项目,宏远,华南,制造,2025-01-01,2025-06-30,赢单\n"
    )
    (folder / "pairings.csv").write_text(
        "apprentice,mentor,project,start date,end date,reason\nLu,Mo,老项目,2025-02-01,2025-07-01,\n"
    )
    for kind in ("people", "projects", "pairings"):
        done = ask(path, "import", kind, str(folder / f"{kind}.csv"))
        assert done["rejected"] == [], kind
        assert ask(path, "import", kind, str(folder / f"{kind}.csv"))["unchanged"] == done["new"]
    return _whole(path)


@pytest.fixture
def office_store(office_imported: Path, tmp_path: Path) -> Path:
    """Three hires, two mentors, two projects, one pairing of the past."""
    return Path(shutil.copy(office_imported, tmp_path))


def _whole(path: Path) -> Path:
    """A store whose file holds what its log did: the log is not copied."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path
