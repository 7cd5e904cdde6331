"""The command line, as a schedule uses it: whole processes, exit codes, JSON."""

import datetime as dt
from pathlib import Path

from tests.cli.command import ask, run

TODAY = dt.date.today()


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


def test_activities_come_from_a_file_once(camp_store: Path, tmp_path: Path) -> None:
    day = TODAY - dt.timedelta(days=7)
    head = "新人,类型,日期,客户,分钟,所学,需求挖掘深度,师傅,商机阶段,状态"
    lines = [
        head,
        f"Ann,客户影子,{day:%Y/%m/%d},华宇机电,45分钟,先问,,Mo,需求,",
        f"Ann,客户拜访,{day:%Y年%m月%d日},宏远,30,,４,,,",
        f"Ann,客户影子,{TODAY + dt.timedelta(days=9)},鼎新,,,,Mo,,计划",
    ]
    lines[3] = lines[3].replace("计划", "已计划")
    file = tmp_path / "log.csv"
    file.write_text("\n".join(lines), encoding="gb18030")
    done = ask(camp_store, "import", "activities", str(file))
    assert (done["new"], done["rejected"]) == (3, [])
    assert done["recognised"]["columns"]["person"] == "新人"
    assert ask(camp_store, "import", "activities", str(file))["unchanged"] == 3
    file.write_text("\n".join(lines).replace("先问", "先问再答"), encoding="gb18030")
    assert ask(camp_store, "import", "activities", str(file))["updated"] == 1
    (first,) = [w for w in ask(camp_store, "inbox", "--person", "Mo")["waiting"] if w["kind"] == "shadowing"]
    run(camp_store, "--as", "Mo", "sign-off", str(first["id"]))
    file.write_text("\n".join(lines), encoding="gb18030")
    assert "Nothing was imported" in run(camp_store, "import", "activities", str(file), code=1)

    bad = tmp_path / "bad.csv"
    bad.write_text(
        "person,kind,date,customer,minutes,learned\nZed,shadowing,2026-01-01,c,5,l\nAnn,dancing,2026-01-01,c,5,l\n"
        f"Ann,shadowing,never,c,5,l\nAnn,shadowing,{day},c,soon,l\nAnn,shadowing,2001-01-01,c,5,l\nAnn,shadowing,{day},,5,l\n"
        f"Ann,shadowing,{TODAY + dt.timedelta(days=9)},c,5,l\n"
    )
    run(camp_store, "import", "activities", str(bad), code=1)
    rows = ask(camp_store, "import", "activities", str(bad), "--dry-run")["rejected"]
    assert [(r["row"], r["column"]) for r in rows] == [
        (2, "person"),
        (3, "kind"),
        (4, "date"),
        (5, "minutes"),
        (6, "person"),
        (7, "person"),
        (8, "person"),
    ]


def test_bad_rows_of_a_pairings_file_are_named(office_store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "apprentice,mentor,project,start date,end date,reason\nZed,Mo,老项目,2025-02-01,,\nAnn,Mo,None,2026-10-05,,\n"
        "Ann,Mo,鼎新一期,soon,,\nAnn,Mo,鼎新一期,2026-10-05,2026-10-01,why\nBo,Mo,鼎新一期,2026-10-05,2026-10-20,\nCy,Mo,鼎新一期,2026-10-05,,\n"
    )
    rows = ask(office_store, "import", "pairings", str(bad), "--dry-run")["rejected"]
    assert [(r["row"], r["column"]) for r in rows] == [
        (2, "apprentice"),
        (3, "apprentice"),
        (4, "start date"),
        (5, "apprentice"),
        (6, "apprentice"),
    ]
    assert "written reason" in rows[-1]["reason"]
