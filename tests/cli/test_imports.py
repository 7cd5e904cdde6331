"""The command line, as a schedule uses it: whole processes, exit codes, JSON."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl

from mentor_app.core.team import open_team
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
    assert "New teams: 华东\n" in run(store, "import", "people", str(file), "--dry-run")
    done = ask(store, "import", "people", str(file))
    assert (done["new"], done["rejected"], done["understood"]["new_teams"]) == (2, [], ["华东"])
    again = ask(store, "import", "people", str(file))
    assert (again["unchanged"], again["understood"]["new_teams"]) == (2, [])
    (tmp_path / "moved.csv").write_text("name,team\n王晓明,华冬\n陈刚,华东\n李雷,\n韩梅梅,华北\n", encoding="utf-8")
    said = ask(store, "import", "people", str(tmp_path / "moved.csv"), "--dry-run", "--name", "李雷=new")["understood"]
    assert said["new_teams"] == ["华冬", "华北"]
    (tmp_path / "slip.csv").write_text("name,team\nCy,Nroth\nDi,Nroth\n", encoding="utf-8")
    run(store, "import", "people", str(tmp_path / "slip.csv"), "--name", "Nroth=new")
    (tmp_path / "slip.csv").write_text("name,team\nBo,Nrotth\n", encoding="utf-8")
    refused = run(store, "import", "people", str(tmp_path / "slip.csv"), code=1)
    assert 'Row 2: Nrotth is not here, but Nroth is. Is that meant? Say --name "Nrotth=Nroth" or' in refused
    elsewhere = run(store, "import", "people", str(tmp_path / "slip.csv"), "--name", "Nrottth=Nroth", code=1)
    assert "slip.csv: Nrottth stands in no row (--name)" in elsewhere
    run(store, "import", "people", str(tmp_path / "slip.csv"), "--name", "Nrotth=Nroth")
    (tmp_path / "cut.csv").write_text("name|team;hall\nCy|Nroth;3\n", encoding="utf-8")
    cut = ask(store, "import", "people", str(tmp_path / "cut.csv"), "--separator", "|", "--dry-run")
    assert (cut["recognised"]["delimiter"], cut["understood"]["unused"]) == ("|", ["team;hall"])
    wrong = run(store, "import", "people", str(tmp_path / "cut.csv"), "--separator", "comma", code=1)
    assert "not cut into columns by this separator: comma. Choose another one (--separator)." in wrong
    people = {p["name"]: p for p in ask(store, "people")["people"]}
    assert {people[name]["team"] for name in ("Bo", "Cy", "Di")} == {"Nroth"}
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
    rows = ask(camp_store, "import", "activities", str(bad), "--dry-run", "--entry", "*=new", code=1)["rejected"]
    assert [(r["row"], r["column"]) for r in rows] == [
        (2, "person"),
        (3, "kind"),
        (4, "date"),
        (5, "minutes"),
        (6, "date"),
        (7, "customer"),
        (8, "date"),
    ]


def test_many_bad_rows_are_counted_after_the_first(camp_store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("person,kind,date,customer,minutes,learned\n" + "Zed,shadowing,2026-01-01,c,5,l\n" * 33)
    told = run(camp_store, "import", "activities", str(bad), "--dry-run", "--only-good-rows")
    assert told.count("Nobody is called Zed") == 20
    assert "13 more" in told
    assert len(ask(camp_store, "import", "activities", str(bad), "--dry-run", code=1)["rejected"]) == 33


def test_of_a_very_long_value_the_beginning_is_said(camp_store: Path, tmp_path: Path) -> None:
    bad, long = tmp_path / "bad.csv", "x" * 10_000
    bad.write_text(f"person,kind,date\n{long},shadowing,2026-01-01\nAnn,{long},2026-01-01\nAnn,shadowing,{long}\n")
    words = run(camp_store, "import", "activities", str(bad), "--dry-run", "--only-good-rows")
    assert {len(line) < 800 for line in words.splitlines() if "xxx" in line} == {True}
    assert len(ask(camp_store, "import", "activities", str(bad), code=1)["rejected"][0]["value"]) == 10_000


def test_bad_rows_of_a_pairings_file_are_named(office_store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "apprentice,mentor,project,start date,end date,reason\nZed,Mo,老项目,2025-02-01,,\nAnn,Mo,没有这个,2026-10-05,,\n"
        "Ann,Mo,鼎新一期,soon,,\nAnn,Mo,鼎新一期,2026-10-05,2026-10-01,why\nBo,Mo,鼎新一期,2026-10-05,2026-10-20,\nCy,Mo,鼎新一期,2026-10-05,,\n"
    )
    rows = ask(office_store, "import", "pairings", str(bad), "--dry-run", code=1)["rejected"]
    assert [(r["row"], r["column"]) for r in rows] == [
        (2, "apprentice"),
        (3, "project"),
        (4, "start date"),
        (5, "end date"),
        (6, "reason"),
    ]
    assert "written reason" in rows[-1]["reason"]


def test_a_workbook_is_read_by_the_installed_program(tmp_path: Path) -> None:
    """The process that reads workbooks starts the program's own file anew, and must not run it."""
    book = openpyxl.Workbook()
    for row in (["name", "hire date"], ["Ann", dt.date(2024, 1, 2)]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "p.xlsx")
    program = tmp_path / "mentor-app"
    program.write_text(
        "import sys\nfrom mentor_app.__main__ import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
    )
    open_team(tmp_path / "t.sqlite").close()
    verb = ("--store", str(tmp_path / "t.sqlite"), "import", "people", str(tmp_path / "p.xlsx"), "--json")
    for start in ([str(program)], ["-m", "mentor_app"]):
        done = subprocess.run([sys.executable, *start, *verb], check=True, capture_output=True, text=True)
        assert json.loads(done.stdout)["read"] == 1
        assert done.stderr == ""


DEALS = "opportunity_id,sales_agent,deal_stage,engage_date,close_date,close_value\n"


def test_what_was_understood_is_said_before_anything_is_written(tmp_path: Path, pipeline_csv: Path) -> None:
    store = tmp_path / "team.sqlite"
    said = ask(store, "import", "opportunities", str(pipeline_csv), "--dry-run")["understood"]
    assert (said["encoding"], said["header_row"], said["left_out"], said["date_order"], said["decimal"]) == (
        "utf-8",
        1,
        [],
        "ymd",
        None,
    )
    assert said["stages"][0] == {"name": "Won", "status": "won", "rows": 4238}
    assert said["totals"] == {"won": 4238, "lost": 2473, "open": 2089, "void": 0}
    assert said["closed"] == {"first": "2017-03-01", "last": "2017-12-31"}
    assert (said["currencies"], len(said["owners"]["new"])) == ([], 30)
    words = run(store, "import", "opportunities", str(pipeline_csv), "--dry-run")
    assert words.index("Stages: Won = Won (4,238)") < words.index("8,800 rows read")
    assert ask(store, "people")["people"] == []


def test_every_import_says_what_it_understood(tmp_path: Path) -> None:
    store = tmp_path / "team.sqlite"
    files = {
        "people": "name,hire date\nAnn,25/03/2024\nMo,01/01/2020\n",
        "projects": "project,started\nP,2024-01-01\n",
        "activities": "person,kind,date,customer,minutes,learned\nAnn,shadowing,2024-05-01,c,5,l\n",
        "pairings": "apprentice,mentor,project,start date\nAnn,Mo,P,2024-05-01\nTotal,,,\n",
    }
    for kind, words in files.items():
        (tmp_path / f"{kind}.csv").write_text(words)
        look, code = ("import", kind, str(tmp_path / f"{kind}.csv"), "--dry-run"), kind in ("activities", "pairings")
        said = ask(store, *look, code=int(code))["understood"]  # nobody of them is here
        assert {
            "encoding",
            "header_row",
            "left_out",
            "date_order",
            "decimal",
            "stages",
            "currencies",
            "totals",
            "closed",
        } <= said.keys()
        assert (said["header_row"], said["date_order"]) == (1, "dmy" if kind == "people" else "ymd")
        assert [one["row"] for one in said["left_out"]] == ([3] if kind == "pairings" else [])


def test_what_could_be_two_things_is_refused_with_what_to_say(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    file.write_text(DEALS + "A,Ann,Nearly won,03/04/2024,05/06/2024,1.054\n")
    words = run(store, "import", "opportunities", str(file), code=1)
    for part in ("--date-order", "--decimal", "--stage", "Nearly won", "03/04/2024", "1.054"):
        assert part in words
    assert "dmy: 03/04/2024 = 3 April 2024. mdy: 03/04/2024 = 4 March 2024." in words
    refused = ["--date-order", "ymd", "--decimal", "comma", "--stage", "Nearly won=won"]
    assert "--date-order" in run(store, "import", "opportunities", str(file), *refused, code=1)
    said = ["--date-order", "dmy", "--decimal", "comma", "--stage", "Nearly won=won"]
    done = ask(store, "import", "opportunities", str(file), *said)
    assert (done["new"], done["understood"]["amounts"][0]["won"]) == (1, 1054)


def test_the_order_of_a_column_and_a_currency_can_be_said(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    file.write_text(DEALS + "A,Ann,Won,03/04/2024,05/06/2024,¥54\n", encoding="utf-8")
    created, closed = DEALS.strip().split(",")[3:5]
    refused = run(store, "import", "opportunities", str(file), code=1)
    assert ("COLUMN=ORDER" in refused, "--unit JPY" in refused) == (True, True)
    assert "is not dmy" in run(store, "import", "opportunities", str(file), "--date-order", f"{created}=dd", code=2)
    twice = ["--date-order", f"{created}=dmy", "--date-order", f"{created}=mdy"]
    assert "two orders of the same dates" in run(store, "import", "opportunities", str(file), *twice, code=2)
    said = ["--date-order", f"{created}=dmy", "--date-order", f"{closed}=mdy", "--unit", "JPY"]
    done = ask(store, "import", "opportunities", str(file), *said)["understood"]
    assert done["closed"] == {"first": "2024-05-06", "last": "2024-05-06"}
    assert done["amounts"] == [{"currency": "JPY", "won": 54}]


def test_a_decimal_mark_that_was_said_is_kept_to(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    amounts = ["0.750", "1.054", "12.500", "2.300"]
    rows = [f"D{i},王芳,赢单,2024-01-01,2024-02-01,{amount}" for i, amount in enumerate(amounts)]
    heading = "商机编号,负责人,商机阶段,创建时间,结单日期,商机金额(千元)"
    file.write_bytes("\n".join([heading, *rows, "合计,,,,,16.604"]).encode("gb18030"))
    look = ["import", "opportunities", str(file), "--encoding", "gb18030", "--dry-run"]
    for said in ([], ["--decimal", "point", "--unit", "1000"]):
        told = ask(store, *look, *said)
        assert (told["rejected"], told["understood"]["amounts"][0]["won"]) == ([], 16604)
    told = ask(store, *look, "--decimal", "comma", code=1)
    assert [(one["row"], one["column"], one["value"]) for one in told["rejected"]] == [(2, "商机金额(千元)", "0.750")]
    file.write_bytes(file.read_bytes().replace(b"0.750", b"0.75"))
    assert "--decimal" in run(store, *look, code=1)
    assert ask(store, *look, "--decimal", "point")["understood"]["amounts"][0]["won"] == 16604


def test_owners_that_are_nearly_somebody_are_pointed_out(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    (tmp_path / "people.csv").write_text("name,code\nAnna Snelling,E1\n王芳,E2\n王芳,E3\n")
    run(store, "import", "people", str(tmp_path / "people.csv"))
    file.write_text(DEALS + "A,Anna Sneling,Won,2024-01-01,2024-02-01,5\n", encoding="utf-8")
    words = run(store, "import", "opportunities", str(file), code=1)
    assert "close to Anna Snelling" in words
    assert "--owner" in words
    said = ask(store, "import", "opportunities", str(file), "--dry-run", code=1)["understood"]
    assert (said["owners"]["near"], said["rows"]) == ({"Anna Sneling": "Anna Snelling"}, 1)
    assert ["close to Anna Snelling" in question for question in said["questions"]] == [True]
    look = ["import", "opportunities", str(file), "--dry-run", "--owner"]
    for who, known, new, nobody in (("E1", 1, 0, 0), ("new", 0, 1, 0), ("nobody", 0, 0, 1)):
        words, name = run(store, *look, f"Anna Sneling={who}"), "Anna Sneling"
        assert f"Owners: {known} known" in words
        assert ("1 new: Anna" in words, "1 left unmatched: Anna" in words) == (bool(new), bool(nobody))
        assert "close to" not in words
        assert ask(store, *look, f"Anna Sneling={who}")["understood"]["owners"] == {
            "known": known, "new": [name] * new, "nobody": [name] * nobody, "no_owner": {}, "same": {}, "near": {},
            "meant": {name: "Anna Snelling"} if known else {},
        }  # fmt: skip
    assert ask(store, "import", "opportunities", str(file), "--owner", "Anna Sneling=E1")["people_added"] == []
    file.write_text(DEALS + "B,王芳,Won,2024-01-01,2024-02-01,5\n", encoding="utf-8")
    words = run(store, "import", "opportunities", str(file), code=1)
    assert "E2, E3" in words
    assert (
        "E2, E3" in ask(store, "import", "opportunities", str(file), "--dry-run", code=1)["understood"]["questions"][0]
    )
    for who in ("new", "nobody", "E1"):
        for dry in ((), ("--dry-run",)):
            refused = run(store, "import", "opportunities", str(file), "--owner", f"王芳={who}", *dry, code=1)
            assert '--owner "王芳=E2", with one of the employee numbers E2, E3. Add anybody else' in refused
    assert "王芳 is 王芳 (E3)" in run(store, *look[:-1], "--owner", "王芳=E3")
    run(store, "import", "opportunities", str(file), "--owner", "王芳=E3")
    assert {one["code"]: one["crm_names"] for one in ask(store, "people")["people"] if one["name"] == "王芳"} == {
        "E2": [],
        "E3": ["王芳"],
    }
    assert run(store, "import", "opportunities", str(file), "--owner", "Nobody=new", code=1)


def test_deals_of_nobody_are_shown_or_left_unmatched(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    file.write_text(DEALS + "A,N/A,Open,2024-01-01,,5\nB,Ann,Open,2024-01-01,,5\n", encoding="utf-8")
    look = ["import", "opportunities", str(file)]
    told = ask(store, *look, "--dry-run")
    assert (told["rejected"], told["understood"]["owners"]["no_owner"]) == ([], {"N/A": 1})
    assert "1 row names no owner: N/A (1)" in run(store, *look, "--dry-run")
    told = ask(store, *look)
    assert (told["new"], told["people_added"], told["understood"]["owners"]["nobody"]) == (2, ["Ann"], ["N/A"])
    assert ask(store, *look, "--owner", "N/A=Ann")["understood"]["owners"]["no_owner"] == {}


def test_the_plain_name_is_proposed_where_more_stands_beside_it(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    owners = ["王芳（华东区）", "王芳 13800001111", '"Berg, Anna <a@b.c>"', "公海-华东"]
    rows = "".join(f"{n},{owner},Open,2024-01-01,,5\n" for n, owner in enumerate(owners))
    file.write_text(DEALS + rows, encoding="utf-8")
    look = ["import", "opportunities", str(file)]
    words = run(store, *look, code=1)
    assert '"王芳（华东区）=王芳"' in words
    assert '"*=plain"' in words
    told = ask(store, *look, "--dry-run", "--owner", "*=plain")["understood"]["owners"]
    assert (told["near"], told["new"], told["no_owner"]) == ({}, ["王芳", "Anna Berg"], {"公海-华东": 1})
    told = ask(store, *look, "--owner", "王芳 13800001111=new", "--owner", "*=plain")
    assert sorted(told["people_added"]) == ["Anna Berg", "王芳", "王芳 13800001111"]
    people = {one["name"]: sorted(one["crm_names"]) for one in ask(store, "people")["people"]}
    assert people["王芳"] == ["王芳", "王芳（华东区）"]
    assert people["Anna Berg"] == ["Anna Berg", "Berg, Anna <a@b.c>"]
    assert ask(store, *look)["unchanged"] == 4


def test_two_ways_to_write_a_new_owner_are_one_person_where_that_is_said(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "x.csv"
    rows = ['A,"Berg, Anna"', "B,ANNA BERG", "C,A. Berg", "D,Ben Cole"]
    file.write_text(DEALS + "".join(f"{row},Won,2024-01-01,2024-02-01,5\n" for row in rows), encoding="utf-8")
    words = run(store, "import", "opportunities", str(file), code=1)
    assert "ANNA BERG is nobody yet, but close to Berg, Anna" in words
    same = ["--owner", "Berg, Anna=ANNA BERG", "--owner", "A. Berg=Berg, Anna"]
    told = ask(store, "import", "opportunities", str(file), *same, "--dry-run")["understood"]["owners"]
    assert (told["new"], told["same"], told["near"]) == (
        ["ANNA BERG", "Ben Cole"], {"Berg, Anna": "ANNA BERG", "A. Berg": "Berg, Anna"}, {},
    )  # fmt: skip
    assert ask(store, "import", "opportunities", str(file), *same)["people_added"] == ["ANNA BERG", "Ben Cole"]
    people = {one["name"]: one["crm_names"] for one in ask(store, "people")["people"]}
    assert {name: sorted(names) for name, names in people.items()} == {
        "ANNA BERG": ["A. Berg", "ANNA BERG", "Berg, Anna"],
        "Ben Cole": ["Ben Cole"],
    }
    assert ask(store, "import", "opportunities", str(file))["unchanged"] == 4
    circle = ["--owner", "Carl Ott=Ott, Carl", "--owner", "Ott, Carl=Carl Ott"]
    file.write_text(
        DEALS
        + "".join(f"{n},{who},Won,2024-01-01,2024-02-01,5\n" for n, who in (("E", "Carl Ott"), ("F", '"Ott, Carl"')))
    )
    assert "the other way round" in run(store, "import", "opportunities", str(file), *circle, code=1)


def test_a_questions_file_is_looked_at_before_it_is_written(tmp_path: Path, empty_store: Path) -> None:
    store, file = Path(shutil.copy(empty_store, tmp_path)), tmp_path / "q.csv"
    file.write_text("客户异议,标准话术\n太贵,先问\n,没有问题\n", encoding="gb18030")
    done = ask(store, "playbooks", "import", str(file), "--into", "1", "--dry-run")
    assert (done["titles"], done["applied"], done["understood"]["encoding"]) == (["太贵"], False, "gb18030")
    assert [one["row"] for one in done["understood"]["left_out"]] == [3]
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "标准话术" in run(store, "playbooks", "import", str(file), "--into", "1", code=1)


def test_totals_units_and_owners_by_number_are_asked_about(tmp_path: Path) -> None:
    store, file, tail = tmp_path / "team.sqlite", tmp_path / "x.csv", "Won,2024-01-01,2024-02-01"
    file.write_text(
        f"Id,OwnerId,StageName,CreatedDate,CloseDate,Amount,Unit\nA,0051,{tail},5,k EUR\nB,0051,{tail},6,score\n9,Total,{tail},12,\n"
    )
    look = ["import", "opportunities", str(file)]
    words = run(store, *look, code=1)
    assert all(part in words for part in ("--totals out", "row 4 (9 · Total", "--unit 1", "score"))
    look += ["--unit", "20", "--totals", "out"]
    told = ask(store, *look, "--dry-run", code=1)["understood"]
    assert [(one["words"], one["unit"], one["currency"], one["rows"]) for one in told["units"]] == [
        ("k EUR", 1000, "EUR", 1),
        ("score", 20, None, 1),
    ]
    assert {one["currency"]: one["won"] for one in told["amounts"]} == {"EUR": 5000, None: 120}
    assert "The file names owners by numbers: 0051" in run(store, *look, "--dry-run", code=1)
    assert "The file names owners by numbers: 0051" in run(store, *look, code=1)
    words = run(store, *look, "--owner", "0051=new", "--dry-run")
    assert "Unit of each row: Unit: k EUR = 1,000 EUR (1)" in words
    assert ask(store, *look, "--owner", "0051=new")["new"] == 2


def test_what_a_corrected_list_changes_is_said_and_emptied_cells_are_wished(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "p.csv"
    file.write_text("Personalnummer,Name,Team,Eintrittsdatum\nE1,Ann,North,2024-01-01\nE2,Bo,North,2024-01-01\n")
    run(store, "import", "people", str(file))
    file.write_text("Personalnummer,Name,Team,Eintrittsdatum\nE1,Ann,,2024-02-01\nE2,Bo,North,2024-01-01\n")
    look = ["import", "people", str(file)]
    told = ask(store, *look, "--dry-run", code=1)
    empty = {
        "row": 2,
        "record": "Ann",
        "column": "Team",
        "field": "team",
        "before": "North",
        "after": "",
        "emptied": True,
    }
    later = {"column": "Eintrittsdatum", "field": "hired_on", "before": "2024-01-01", "after": "2024-02-01"}
    assert told["understood"]["cells"] == [{**empty, **later, "emptied": False}, empty]
    assert (told["updated"], told["understood"]["questions"]) == (
        1,
        [
            "1 cell would be emptied. Say whether that is meant (--empty-cells), or whether it stays as it is (--keep-cells)."
        ],
    )
    assert "(--empty-cells)" in run(store, *look, "--dry-run", code=1)
    assert "(--empty-cells)" in run(store, *look, "--only-good-rows", code=1)
    assert {one["team"] for one in ask(store, "people")["people"]} == {"North"}
    kept = ask(store, *look, "--keep-cells", "--dry-run")["understood"]
    assert [(one["field"], one["emptied"]) for one in kept["cells"]] == [("hired_on", False)]
    words = run(store, *look, "--empty-cells", "--dry-run")
    assert (
        "Changes: Row 2, Ann, Team: North → (emptied)\n    Row 2, Ann, Eintrittsdatum: 2024-01-01 → 2024-02-01\n"
        in words
    )
    assert ask(store, *look, "--empty-cells")["applied"]
    assert {one["team"] for one in ask(store, "people")["people"]} == {"North", None}
    file.write_text("name,team\n" + "".join(f"N{n},T\n" for n in range(30)))
    assert '--name "*=out" leaves out all 30' in run(store, *look, code=1)
    assert "*=old is neither" in run(store, *look, "--name", "*=old", code=2)
    run(store, *look, "--name", "*=new")
    file.write_text("name,team\n" + "".join(f"N{n},U\n" for n in range(30)))
    assert len(ask(store, *look, "--dry-run")["understood"]["cells"]) == 30
    assert "    and 10 more\n" in run(store, *look, "--dry-run")


def test_a_deal_that_is_hardly_the_same_is_not_overwritten_unasked(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "d.csv"
    head = "No,Opportunity Name,Account,Owner,Stage,Close Date,Amount\n"
    file.write_text(head + "1,Renewal,Acme,Ann,Won,2024-03-04,1000\n7,Pumps,Bolt,Ben,Open,2024-05-01,5\n")
    look = ["import", "opportunities", str(file)]
    weak = [*look, "--map", "id=Opportunity Name", "--map", "id=Account"]
    run(store, *weak)
    file.write_text(head + "1,Renewal,Acme,Tom,Lost,2025-03-04,1100\n7,Pumps,Bolt,Ben,Won,2024-05-09,6\n")
    told = ask(store, *weak, "--dry-run", code=1)
    assert (told["read"], told["new"], told["updated"], told["unchanged"]) == (2, 0, 1, 0)
    question = 'may be a known deal that changed, or another one: row 2, Renewal: "Ann" → "Tom"'
    assert question in run(store, *weak, code=1)
    words = run(store, *weak, "--renamed", "new", "--dry-run")
    assert (
        'Row 2 may be the known deal "Renewal": Owner Ann → Tom · Stage Won → Lost · Close Date 2024-03-04 → 2025'
        in words
    )
    told = ask(store, *weak, "--renamed", "new")
    assert (told["new"], told["updated"]) == (1, 1)
    assert ask(store, *weak)["unchanged"] == 2
    numbered = [*look, "--map", "id=No"]
    assert ask(store, *numbered, "--renamed", "new")["new"] == 2
    file.write_text(head + "1,Belts,Cord,Tom,Won,2025-04-04,20\n7,Cogs,Dorn,Ann,Lost,2025-04-09,6\n")
    refused = run(store, *numbered, "--renamed", "new", code=1)
    assert 'Opportunity Name + Account (--map "id=Opportunity Name" --map "id=Account")' in refused
    for wrong in ("maybe", "x=same", "2=maybe", "=same", "2", "2=0", "2=100", "*=2"):
        assert "[ROW=|rest=]same|new|1-99" in run(store, *numbered, "--renamed", wrong, code=2)
    assert "of row 9 there is nothing to say" in run(
        store, *numbered, "--renamed", "9=same", "--renamed", "same", code=1
    )
    assert "of the deals that row 2 may be, 3 is none" in run(store, *numbered, "--renamed", "2=3", code=1)
    each = [*numbered, "--renamed", "2=same", "--renamed", "3=same"]
    assert "They are taken as these deals." in run(store, *each, "--dry-run")
    assert ask(store, *each)["updated"] == 2


def test_an_older_export_is_confirmed_before_it_stands_over_a_newer_one(tmp_path: Path) -> None:
    store, head = tmp_path / "team.sqlite", "Opportunity ID,Owner,Stage,Created Date,Close Date\n"
    for name, end in (("old", "Open,2024-01-02,2024-05-01\n"), ("new", "Won,2024-01-02,2024-04-01\n")):
        (tmp_path / f"{name}.csv").write_text(head + "".join(f"D{n},Ann,{end}" for n in range(3)))
        run(store, "import", "opportunities", str(tmp_path / f"{name}.csv"))
    old = ["import", "opportunities", str(tmp_path / "old.csv")]
    assert "old.csv: This file seems to be older than what is here" in run(store, *old, code=1)
    told = ask(store, *old, "--dry-run", code=1)
    assert (told["applied"], "seems to be older" in told["understood"]["older"]) == (False, True)
    assert ask(store, *old, "--older")["updated"] == 3


def test_whose_a_new_number_is_has_to_be_said(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "p.csv"
    file.write_text("code,name\nE1,Ann\n")
    run(store, "import", "people", str(file))
    file.write_text("code,name\nE9,Ann\n")
    look = ["import", "people", str(file)]
    told = ask(store, *look, "--dry-run", code=1)
    assert (told["rejected"], "same person" in told["understood"]["questions"][0]) == ([], True)
    assert '--person "E9=E1" for the same person, or --person "E9=new"' in run(store, *look, code=1)
    assert ask(store, *look, "--dry-run", "--person", "E9=new")["people_added"] == ["Ann"]
    assert "Nobody is called E7" in run(store, *look, "--person", "E9=E7", code=1)
    assert "No row has the employee number E8" in run(store, *look, "--person", "E8=new", code=1)
    run(store, *look, "--person", "E9", code=2)
    assert ask(store, *look, "--person", "E9=E1")["understood"]["cells"][0]["after"] == "E9"
    assert ask(store, *look, "--person", "E9=E1")["unchanged"] == 1  # said once more
    assert [one["code"] for one in ask(store, "people")["people"]] == ["E9"]


def test_a_name_in_two_columns_is_answered_as_it_is_asked_about(tmp_path: Path) -> None:
    file, place = tmp_path / "people.csv", tmp_path / "team.sqlite"
    people = "".join(f"{name},East,2024-01-01\n" for name in ("Anna,Berg", "Tom,Ray", "Li,Wei", "Max,Vogt"))
    file.write_text(f"First name,Last name,Team,Hire date\n{people}Open,Position,East,\n", encoding="utf-8")
    assert '--name "Open Position=out"' in run(place, "import", "people", str(file), code=1)
    assert "4 new" in run(place, "import", "people", str(file), "--name", "Open Position=out")


def test_a_row_without_a_number_is_answered_by_its_own(tmp_path: Path) -> None:
    head, ann = "Name,Team,Hire date", "Ann Berg,North,2024-01-10"
    store, file = tmp_path / "team.sqlite", tmp_path / "people.csv"
    file.write_text(f"{head}\n{ann}\n", encoding="utf-8")
    run(store, "import", "people", str(file))
    file.write_text(f"{head}\n{ann}\nAnn Berg,South,2026-01-05\n", encoding="utf-8")
    asked = run(store, "import", "people", str(file), code=1)
    assert '--row "3=new" (Somebody else of this name)' in asked
    assert "The list has no row 9" in run(store, "import", "people", str(file), "--row", "9=new", code=1)
    assert "1 row was left out" in run(store, "import", "people", str(file), "--row", "3=out", "--dry-run")
    assert "1 new" in run(store, "import", "people", str(file), "--row", "3=new")
