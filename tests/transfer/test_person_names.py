"""Who in a list of people is somebody: what speaks for a name, and what is asked where nothing does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.personal.actions import erase
from mentor_app.core.pipeline.tables import import_mapping
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import pairings, people, projects
from mentor_app.transfer.misspelt import ALL, said_of
from mentor_app.transfer.person_names import is_mail_of, is_persons, names_office
from mentor_app.transfer.understood import lines
from tests.conftest import ME
from tests.core.pairing.office import Office
from tests.transfer.files import read_in, written

SOMEBODY = (
    "Anna Berg|BERG, ANNA|Berg Anna|A. Berg|anna.berg|Ada|Mary-Jane Watson|O'Brien, Pat|Dr. Eva Schmidt|von der Heide, Max|José Álvarez|"
    "Jürgen Müller|Zdeněk Novák|Łukasz Wójcik|Søren Kjær|Þór Jónsson|Priya Raghunathan|Kwame Mensah|Siobhan O'Neill|Иван Петров|"
    "Αλέξανδρος Παπαδόπουλος|محمد علي|王芳|欧阳娜|張偉|娜 欧阳|应晓军|阿依古丽|扎西卓玛|艾力·买买提|Wang Fang|Fang Wang|Li Xiaoming|"
    "Wong Ka Ming|Nguyen Van An|Kim Min-jun|김민준|田中太郎|Darcel Schlecht|Versie Hillebrand|Mei-Mei Johns|Max Frei|Ann Newman|Johann Neumann|Karl Neu|Kate Bush|"
    "Hans Fischer|Eva Koch|Rita Sommer|Jean Petit|Luc Boulanger|Rosa Campos|Na Li|Will Price|Nina Groß|高兰英|王建中|李娜|罗兰英|高丽娟|黄金凤|肖战|闫妮|缑晓东|妫婷"
)
NOBODY = (
    "Freie Stelle|Unbesetzte Stelle|Stelle ausgeschrieben|Nachfolge Huber|Ersatz für Meier|Wird nachbesetzt|Elternzeitvertretung|"
    "Vertretung Eva Schmidt|Kein Inhaber|Neuer Mitarbeiter|Neueinstellung 2027|Planstelle 12|Praktikant 1|Ausgeschieden|Vertriebsleitung|"
    "Vacant Post|Open req 4711|REQ-2031|AE #4|Sales Rep 3|Position 7|Position frozen|New Joiner|New Hire|Summer Intern|April Hire|"
    "Maternity cover|Replacement Tom|Agency staff|Trainee|Mentors|On leave|Quota carriers|Key accounts|Region East|Poste à pourvoir|Vacante|"
    "应届生|HC预留|拟招聘|待补|岗位空缺|暂缺|招聘|预留|储备干部|高级销售|华东区|销售一部|候选人A|待招2人|신규 채용|u17|12"
    "|John Doe|Max Mustermann|张三|李某|陈小姐|赵总|余一名|Max TBC|Max N.N.|Max open|Max Desk|Max Budget|Karl gesucht|Karl Kündigung|Karl ab Mai|Karl oder Uwe|Pierre à pourvoir|Pierre ou Luc|"
    "À recruter (2)|A pourvoir|April Cohort|Grant Funded|Maya Ortiz (intern)|常州|石家庄|成都办|班长|管培生|毕业生|安排中|计划内|师傅|"
    "白班|左岸店|孙公司|钱未定|时薪工|田林店|樊城|鲁南|关外|解约|伍人|杭州|付款|骆驼|Luc Stage|Théo Alternant|Pôle Charlotte|Emma Renfort"
)


NOT_NAMED = (
    "wird noch benannt|Projekt offen|Projekt (noch offen)|Noch zu benennendes Projekt|Projekt steht noch nicht fest|Projektname folgt|"
    "À définir|A definir|projet à nommer|Nom du projet : à venir|not yet named|Unnamed project 2|Project to be defined|Open|"
    "未命名|未命名2|项目未命名|项目名称待定|尚未命名的项目|项目待命名|"
    "Phase 2 (to be confirmed)|noch offen (Angebot 4711)|Phase 2 - name to be confirmed|Offer 4711: still open|Rollout (???)|"
    "Angebot 4711 – wird noch benannt|Offre 12 [à définir]|二期（待确认）|二期-名称未定|Unknown (Q3)"
)
NAMED = "Open Banking|Acme: Projekt 2|Acme - Project 3|Open-Air 2027|Who's next? (Phase 2)|二期-未来城|Offensive|Pending Homes|Projekt Offenbach|Projet Ouverture|Folgt dem Fluss|待客之道|项目管理|无名之辈"


@pytest.mark.parametrize("name", SOMEBODY.split("|"))
def test_a_name_is_known_by_a_given_name_or_an_east_asian_surname(name: str) -> None:
    assert is_persons(name)


@pytest.mark.parametrize("words", NOBODY.split("|"))
def test_what_heads_a_section_or_keeps_a_place_is_nobody_s_name(words: str) -> None:
    assert not is_persons(words)


def test_hardly_any_common_chinese_name_is_asked_about() -> None:
    surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗肖闫付曾田董袁潘蔡蒋余于杜叶程魏苏吕丁任"
    given = (*"伟芳娜敏静丽强磊军洋杰娟艳涛超", "秀英", "桂英", "建国", "海燕", "志强", "丽娟", "婷婷")
    asked = {family + name for family in surnames for name in given if not is_persons(family + name)}
    assert asked == {"高强", "高丽", "高超", "苏军"}, "words of every day"


def test_a_mail_address_of_the_name_speaks_for_it_and_an_office_is_told() -> None:
    addresses = (
        "chidi.okafor@acme.com",
        "c.okafor@acme.com",
        "cokafor@acme.com",
        "okafor.c@acme.com",
        "OkaforChidi@acme.com",
    )
    assert all(is_mail_of(one, "Chidi Okafor") for one in addresses)
    assert not any(
        is_mail_of(one, "Freie Stelle") for one in ("hr@acme.com", "jobs@acme.com", "fs@acme.com", "Stelle", "@")
    )
    assert all(map(names_office, ("HR Director", "Personalleiterin", "人事经理", "Head of Sales Manager")))
    assert not any(map(names_office, ("East", "North Sales", "华东")))


HEAD = ("Name", "Employee ID", "Hire date", "Team")
FULL = (
    ("Anna Berg", "E1", "2026-01-05", "East"),
    ("王芳", "E2", "2026-02-05", "East"),
    ("Tom Ray", "E3", "2026-02-05", "South"),
)


def test_one_answer_is_given_of_all_that_may_be_nobody_and_holds_for_the_next_list(
    file_store: Store, tmp_path: Path
) -> None:
    rows = [
        HEAD,
        *FULL,
        ("Freie Stelle", "E4", "2027-01-01", "East"),
        ("REQ-2031", "E5", "2027-01-01", "South"),
        ("Chidi Okafor", "E6", "2026-03-01", "South"),
    ]
    path = written(tmp_path / "list.csv", rows)
    asked = read_in(people, file_store, path)
    assert ([one.about for one in asked.asked], asked.applied) == (["Freie Stelle", "REQ-2031", "Chidi Okafor"], False)
    assert 'Say --name "Freie Stelle=new"' in str(asked.unanswered[0])
    assert '--name "*=out" leaves out all 3' in str(asked.unanswered[-1])
    done = read_in(people, file_store, path, said=said_of({ALL: "out", "Chidi Okafor": "new"}))
    assert (done.people_added, done.left_out) == (["Anna Berg", "王芳", "Tom Ray", "Chidi Okafor"], 2)

    again = written(tmp_path / "list.csv", [*rows, ("Vacant Post", "", "2027-02-01", "East")])
    done = read_in(people, file_store, again, dry_run=True)
    assert ([one.about for one in done.asked], done.unchanged, done.left_out) == (["Vacant Post"], 4, 2)
    assert [(question.about, answer) for question, answer in done.recalled] == [
        ("Freie Stelle", "out"),
        ("REQ-2031", "out"),
    ]
    said = dict(lines(people.plan(file_store, again).understood(translator("en"), done), translator("en")))
    words = "Row 5: Left out, as was said of an earlier list: Freie Stelle"
    assert f'{words} (--name "Freie Stelle=new" changes that)' in said["To be noted"]
    taken = read_in(people, file_store, again, dry_run=True, said=said_of({ALL: "new"}))
    assert (taken.people_added, taken.left_out) == (["Vacant Post"], 2), "what was said of an earlier list stays"
    done = read_in(people, file_store, again, said=said_of({"Freie Stelle": "new", ALL: "out"}))
    assert (done.people_added, done.left_out) == (["Freie Stelle"], 2), "it can be said otherwise"
    assert read_in(people, file_store, again).unchanged == 5, "and holds from then on"


def test_a_heading_that_is_a_team_too_takes_nobody_of_the_team_out(file_store: Store, tmp_path: Path) -> None:
    rows = [
        ("Name", "Team", "Hire date"),
        ("Dallas", "", ""),
        ("Anna Berg", "Dallas", "2024-03-01"),
        ("Savannah", "", ""),
        ("Paul Hill", "Savannah", "2024-05-01"),
        ("San Jose", "", ""),
        ("Mary Ford", "Aurora", "2024-05-01"),
        ("Aurora", "", "2024-06-01"),
        ("Tom Ray", "", ""),
    ]
    path = written(tmp_path / "list.csv", rows)
    asked = [str(one.about) for one in read_in(people, file_store, path, dry_run=True).asked]
    assert asked == ["San Jose", "Aurora"], "Tom Ray heads nothing"
    done = read_in(people, file_store, path, said=said_of(dict.fromkeys(asked, "out")))
    told = [(row, str(words)) for row, words in done.remarks]
    assert told[:2] == [
        (2, "Left out: Dallas is the heading of a team"),
        (4, "Left out: Savannah is the heading of a team"),
    ]
    assert (done.people_added, done.left_out) == (["Anna Berg", "Paul Hill", "Mary Ford", "Tom Ray"], 4)
    assert done.teams_added == ["Dallas", "Savannah", "Aurora"]
    file_store.act(ME, add_person, PersonDetails(name="Dallas"))
    assert "Dallas" not in str(read_in(people, file_store, path, dry_run=True).remarks), "somebody is called so"


@pytest.mark.parametrize(
    ("heading", "team", "asked"),
    [
        ("Team Nord", "Nord", False),
        ("Agence de Lille", "Lille", False),
        ("Agence d'Arras", "Arras", False),
        ("West Squad", "West", False),
        ("华东团队", "华东", False),
        ("Team Paula", "Nord", True),
        ("Nord Anna", "Nord", True),
    ],
)
def test_a_heading_with_a_word_for_a_team_before_its_rows_is_left_out(
    file_store: Store, tmp_path: Path, heading: str, team: str, asked: bool
) -> None:
    rows = [("Name", "Team", "Hire date"), (heading, "", ""), ("Anna Berg", team, "2024-03-01")]
    rows += [("Tom Ray", team, "2024-03-01"), ("Ida Kern", "East", "2024-03-01")]
    done = read_in(people, file_store, written(tmp_path / "list.csv", rows), dry_run=True)
    assert ([one.about for one in done.asked], done.left_out, done.new) == ([heading] * asked, not asked, 3)


def test_how_many_rows_one_answer_is_given_of_is_counted_by_rows(office: Office, tmp_path: Path) -> None:
    head = ("Apprentice", "Mentor", "Project", "Started on")
    pairs = [
        ("Hire 0", "TBC", "A", "2026-10-01"),
        ("Hire 1", "TBC", "B", "2026-10-01"),
        ("open", "Mo", "A", "2026-10-01"),
    ]
    path = written(tmp_path / "p.csv", [head, *pairs])
    words = '--name "*=out" leaves out all 3 of which it is asked whether they belong to the list.'
    assert str(read_in(pairings, office.store, path).unanswered[-1]) == words
    assert read_in(pairings, office.store, path, said=said_of({ALL: "out"})).left_out == 3


def test_what_may_be_a_name_is_asked_about_again_once_its_row_says_something_else(
    file_store: Store, tmp_path: Path
) -> None:
    def rows(team: str, number: int) -> Path:
        joins = ("Chidi Okafor", f"E{number}", "2026-03-01", team)
        return written(
            tmp_path / "list.csv", [HEAD, *FULL, joins, (f"REQ-{number}", f"E{number + 1}", "2027-01-01", team)]
        )

    assert read_in(people, file_store, rows("East", 7), said=said_of({ALL: "out"})).applied
    assert read_in(people, file_store, rows("East", 7), dry_run=True).asked == []
    assert [one.about for one in read_in(people, file_store, rows("South", 70), dry_run=True).asked] == ["Chidi Okafor"]


@pytest.mark.parametrize(
    ("words", "code", "day", "asked"),
    [
        ("Julia Reserve", "", "", False),
        ("Julia Reserve", "E9", "2026-11-01", True),
        ("Julia Reserve", "E9", "", True),
        ("Julia Reserve", "", "2026-11-01", True),
        ("Vacant seat #4 (from Dec)", "", "2026-12-01", False),
        ("Vacant seat #4 (from Dec)", "", "", False),
        ("Vacant seat #4 (from Dec)", "E9", "2026-12-01", True),
    ],
)
def test_a_post_left_out_is_asked_about_again_once_somebody_may_be_hired(
    file_store: Store, tmp_path: Path, words: str, code: str, day: str, asked: bool
) -> None:
    before = [("Julia Reserve", "", "", "East"), ("Vacant seat #3 (from Nov)", "", "2026-11-01", "East")]
    path = written(tmp_path / "list.csv", [HEAD, *FULL, *before])
    assert read_in(people, file_store, path, said=said_of({ALL: "out"})).left_out == 2
    path = written(tmp_path / "list.csv", [HEAD, *FULL, (words, code, day, "East")])
    done = read_in(people, file_store, path, dry_run=True)
    assert [one.about for one in done.asked] == [words] * asked


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("wird gesucht", "Wird gesucht (2)"),
        ("Vacant seat #3 (from Nov)", "vacant seat (from December)"),
        ("实习生A", "实习生B"),
        ("新人二号", "新人1号"),
        ("拟招聘（三月）", "拟招聘（12月份）"),
        ("Open post A", "Open post B"),
    ],
)
def test_a_post_is_known_again_by_its_kind(file_store: Store, tmp_path: Path, before: str, now: str) -> None:
    path = written(tmp_path / "list.csv", [HEAD, *FULL, (before, "", "", "East")])
    assert read_in(people, file_store, path, said=said_of({ALL: "out"})).left_out == 1
    path = written(tmp_path / "list.csv", [HEAD, *FULL, (now, "", "", "East"), ("Desk reserved", "", "", "East")])
    done = read_in(people, file_store, path, dry_run=True)
    assert [one.about for one in done.asked] == ["Desk reserved"]


def test_who_is_here_is_left_out_too_where_somebody_says_so(file_store: Store, tmp_path: Path) -> None:
    assert read_in(people, file_store, written(tmp_path / "list.csv", [HEAD, *FULL])).new == 3
    moved = [(name, code, day, "West") for name, code, day, _ in FULL]
    path = written(tmp_path / "list.csv", [HEAD, *moved])
    for name, *_ in FULL:
        done = read_in(people, file_store, path, dry_run=True, said=said_of({name: "out"}))
        assert (done.left_out, done.updated, list(map(str, done.follows))) == (1, 2, []), name
    swapped = [(FULL[0][0], FULL[2][1], *FULL[0][2:]), FULL[1], (FULL[2][0], FULL[0][1], *FULL[2][2:])]
    path = written(tmp_path / "list.csv", [HEAD, *swapped])
    said = said_of({FULL[0][0]: "out", FULL[2][0]: "out"})
    done = read_in(people, file_store, path, dry_run=True, said=said)
    assert (done.left_out, done.updated, done.asked) == (2, 0, [])


def test_who_is_here_and_not_in_the_list_is_named(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", [HEAD, *FULL])
    assert read_in(people, file_store, path).follows == []
    file_store.act(ME, add_person, PersonDetails(name="Gone Before", left_on=dt.date(2020, 1, 1)))
    path = written(tmp_path / "list.csv", [HEAD, *FULL[1:], ("Ida Kern", "E9", "2026-05-01", "East")])
    (told,) = read_in(people, file_store, path).follows
    assert str(told) == "1 person who is here is not in this list, and stays as they are: Anna Berg"
    path = written(tmp_path / "list.csv", [HEAD, FULL[1]])
    assert read_in(people, file_store, path).follows == [], "a list of one team"


@pytest.mark.parametrize(
    "name",
    [
        "TBC",
        "Next one (name to come)",
        "noch offen",
        "Projekt N.N.",
        "Folgeauftrag (geplant)",
        "Open project",
        "新项目",
        "项目3(未定)",
        "Placeholder",
        "Open slot 2",
        "New logo (name to follow)",
        "项目3",
        "Project #4",
        *NOT_NAMED.split("|"),
    ],
)
def test_a_project_s_name_that_is_to_come_is_asked_about_and_so_is_a_heading(
    file_store: Store, tmp_path: Path, name: str
) -> None:
    rows = [
        ("Project", "Customer", "Started on"),
        ("Open Banking", "Acme", "2026-01-05"),
        ("Harbour", "", ""),
        (name, "Acme", "2026-02-05"),
        ("New York", "Acme", "2026-02-05"),
    ]
    path = written(tmp_path / "projects.csv", rows)
    assert [one.about for one in read_in(projects, file_store, path).asked] == ["Harbour", name]
    done = read_in(projects, file_store, path, said=said_of({"Harbour": "out", name: "out"}))
    assert (done.new, done.left_out, done.applied) == (2, 2, True)


def test_names_of_projects_that_begin_like_these_are_read(file_store: Store, tmp_path: Path) -> None:
    rows = [("Project", "Customer", "Started on"), *((name, "Acme", "2026-01-05") for name in NAMED.split("|"))]
    assert read_in(projects, file_store, written(tmp_path / "p.csv", rows)).new == len(rows) - 1


@pytest.mark.parametrize("name", ["wird noch benannt", "Projet à définir", "项目未命名"])
def test_a_pairing_whose_project_is_not_named_yet_is_asked_about(office: Office, tmp_path: Path, name: str) -> None:
    rows = [("Apprentice", "Mentor", "Project", "Started on"), ("Hire 0", "Mo", name, "2026-10-01")]
    asked = read_in(pairings, office.store, written(tmp_path / "p.csv", rows)).asked
    assert [one.about for one in asked] == [name]


def test_a_name_said_to_mean_somebody_is_not_asked_about_in_the_next_list(file_store: Store, tmp_path: Path) -> None:
    grace = file_store.act(ME, add_person, PersonDetails(name="Grace Park")).result
    path = written(tmp_path / "list.csv", [("Name", "Team"), ("Grace Park-Kim", "East"), ("Anna Berg", "East")])
    assert [str(one.about) for one in read_in(people, file_store, path).asked] == ["Grace Park-Kim"]
    assert read_in(people, file_store, path, said=said_of({"Grace Park-Kim": "Grace Park"})).applied
    done = read_in(people, file_store, path)
    assert (done.asked, done.unchanged, [answer for _, answer in done.recalled]) == ([], 2, ["Grace Park"])
    file_store.act(ME, erase, grace)
    with file_store.read() as connection:
        assert "Grace" not in str(connection.execute(import_mapping.select()).all()), "how a list was read names nobody"
    done = read_in(people, file_store, path, dry_run=True)
    assert (done.people_added, done.recalled) == (["Grace Park-Kim"], []), "nothing of it is kept"


def test_a_heading_beside_the_column_of_names_is_left_out_and_a_lone_number_is_wrong(
    file_store: Store, tmp_path: Path
) -> None:
    rows = [
        ("Employee ID", "Name", "Team"),
        ("Sales East", "", ""),
        ("E1", "Anna Berg", "East"),
        ("E7", "", ""),
        ("E8", "", "East"),
    ]
    path = written(tmp_path / "list.csv", rows)
    done = read_in(people, file_store, path, dry_run=True)
    assert done.people_added == ["Anna Berg"]
    wrong = [(one.row, str(one.reason)) for one in done.rejected]
    assert wrong == [(4, "A name is needed. The row holds E7."), (5, "A name is needed. The row holds E8 · East.")]
    said = dict(lines(people.plan(file_store, path).understood(translator("en"), done), translator("en")))
    assert said["Rows left out"] == "Row 2: A row without a name: Sales East"


@pytest.mark.parametrize("name", ["ANNA BERG", "Anna  Berg", " anna berg", "Anna\u00a0Berg"])
def test_capitals_and_blanks_make_nobody_new(file_store: Store, tmp_path: Path, name: str) -> None:
    file_store.act(ME, add_person, PersonDetails(name="Anna Berg", team="East"))
    path = written(tmp_path / "list.csv", [("Name", "Team"), (name, "East"), ("Tom Ray", "East")])
    done = read_in(people, file_store, path)
    assert (done.people_added, done.unchanged, done.asked) == (["Tom Ray"], 1, [])
    split = written(
        tmp_path / "split.csv", [("Prénom", "Nom", "Équipe"), ("ANNA ", "  berg", "East"), ("Ida  Mia", "Kern", "East")]
    )
    assert read_in(people, file_store, split).people_added == ["Ida Mia Kern"]


@pytest.mark.parametrize(
    ("header", "titles", "roles"),
    [
        ("Job title", ("Mentor", "New hire", "Account Executive"), ["mentor", "new_hire"]),
        ("Job title", ("Mentor", "Intern", "Team lead"), ["mentor", "team_lead"]),
        ("Job title", ("Mentor", "Sales Manager", "Intern"), []),
        ("Job title", ("Mentor", "Astronaut", "Intern"), []),
        ("Rôle", ("tuteur", "Commercial", "Nouvelle recrue"), ["mentor", "new_hire"]),
        ("Rôle", ("tuteur", "Commercial", "Astronaute"), []),
        ("Fonction", ("Mentor", "Commerciale", "Chef d'équipe"), ["mentor", "team_lead"]),
        ("Funktion", ("Mentorin", "Verkäufer", "Neuzugang"), ["mentor", "new_hire"]),
        ("Rolle", ("Mentorin", "Verkäufer", "Neuzugang"), ["mentor", "new_hire"]),
    ],
)
def test_job_titles_are_roles_where_all_of_them_are_known_as_such(
    file_store: Store, tmp_path: Path, header: str, titles: tuple[str, ...], roles: list[str]
) -> None:
    names = ("Anna Berg", "Tom Ray", "Ida Kern")
    path = written(tmp_path / "list.csv", [("Name", header), *zip(names, titles, strict=True)])
    assert read_in(people, file_store, path).applied
    with file_store.read() as connection:
        assert sorted(str(role) for one in everybody(connection) for role in one.roles) == roles


@pytest.mark.parametrize("office", ["HR Director", "Personalleiterin", "人事经理"])
def test_who_signs_with_an_office_is_asked_about(file_store: Store, tmp_path: Path, office: str) -> None:
    path = written(tmp_path / "list.csv", [HEAD, *FULL, ("Olga Sato", "", "", office)])
    assert ["did Olga Sato sign the list?" in str(one) for one in read_in(people, file_store, path).asked] == [True]
    path = written(tmp_path / "list.csv", [HEAD, *FULL, ("Olga Sato", "E9", "2026-01-05", office)])
    assert read_in(people, file_store, path, dry_run=True).new == 4


def test_a_pairing_whose_mentor_is_to_come_is_asked_about(office: Office, tmp_path: Path) -> None:
    head = ("Apprentice", "Mentor", "Project", "Started on")
    rows = [
        head,
        ("Hire 0", "Mo", "A", "2026-10-01"),
        ("Hire 1", "TBC", "B", "2026-10-01"),
        ("New hire 3", "Lu", "B", "2026-10-01"),
    ]
    path = written(tmp_path / "pairs.csv", [*rows, ("Astrid", "Lu", "B", "2026-10-01")])
    done = read_in(pairings, office.store, path, dry_run=True)
    assert ([one.about for one in done.asked], [one.row for one in done.rejected]) == (["TBC", "New hire 3"], [5])
    path = written(tmp_path / "pairs.csv", rows)
    asked = str(read_in(pairings, office.store, path, dry_run=True).unanswered[-1])
    assert asked == '--name "*=out" leaves out all 2 of which it is asked whether they belong to the list.'
    done = read_in(pairings, office.store, path, dry_run=True, said=said_of({ALL: "out"}))
    assert (done.asked, done.new, done.left_out) == ([], 1, 2)
    done = read_in(pairings, office.store, path, said=said_of({"TBC": "out", "New hire 3": "out"}))
    assert (done.new, done.left_out, done.applied) == (1, 2, True)


def test_a_signature_below_headings_is_asked_about_and_so_are_nested_headings(
    file_store: Store, tmp_path: Path
) -> None:
    heads = [("Americas", "", "", ""), ("Carolina", "", "", ""), ("Charlotte", "", "", "")]
    rows = [HEAD, *heads, *FULL, ("Kim Lee", "", "2026-11-26", "")]
    path = written(tmp_path / "list.csv", rows)
    asked = [str(one.about) for one in read_in(people, file_store, path).asked]
    assert asked == ["Americas", "Carolina", "Charlotte", "Kim Lee"]
    assert read_in(people, file_store, path, said=said_of({ALL: "out"})).new == 3


def test_a_new_surname_in_a_column_of_its_own_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    file_store.act(ME, add_person, PersonDetails(name="Maria Lopez"))
    file_store.act(ME, add_person, PersonDetails(name="Anna Berg"))
    rows = [
        ("First Name", "Last Name", "Team"),
        ("Maria", "Lopez-Kline", "East"),
        ("Anna", "Bergg", "East"),
        ("Tom", "Ray", "East"),
    ]
    path = written(tmp_path / "list.csv", rows)
    assert [one.about for one in read_in(people, file_store, path).asked] == ["Maria Lopez-Kline", "Anna Bergg"]
    said = said_of({"Maria Lopez-Kline": "formerly Maria Lopez", "Anna Bergg": "Anna Berg"})
    done = read_in(people, file_store, path, said=said)
    assert (done.people_added, done.updated) == (["Tom Ray"], 2)
    with file_store.read() as connection:
        assert [one.name for one in everybody(connection)] == ["Anna Berg", "Maria Lopez-Kline", "Tom Ray"]


def test_who_is_called_otherwise_now_keeps_the_record(file_store: Store, tmp_path: Path) -> None:
    karim = file_store.act(ME, add_person, PersonDetails(name="Karim Benhaddou", team="East")).result
    file_store.act(ME, add_person, PersonDetails(name="Anna Berg", team="East"))
    path = written(tmp_path / "list.csv", [("Name", "Team"), ("Karim Benhaddou-Smets", "South"), ("Anna Berg", "East")])
    (question,) = read_in(people, file_store, path).asked
    assert [str(words) for words, _ in question.choices] == [
        "Karim Benhaddou is meant",
        "Karim Benhaddou is called Karim Benhaddou-Smets now",
        "No, Karim Benhaddou-Smets is new",
        "It is nobody: leave the row out",
    ]
    done = read_in(people, file_store, path, said={question.key: question.choices[1][1]})
    assert (done.new, done.updated, done.unchanged, done.follows) == (0, 1, 1, [])
    with file_store.read() as connection:
        assert [(one.id, one.name, one.team) for one in everybody(connection, karim)] == [
            (karim, "Karim Benhaddou-Smets", "South")
        ]
    assert read_in(people, file_store, path).unchanged == 2
