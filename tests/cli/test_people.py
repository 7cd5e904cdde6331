"""People and the ramp-up from the command line."""

import csv
import io
import json
import re
import sqlite3
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from mentor_app import cli
from mentor_app.core import drafts
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.points.actions import save_reward
from mentor_app.core.team import open_team
from mentor_app.core.text import text
from tests.cli.command import ask, run
from tests.conftest import ME


def test_people_as_words_have_a_line_each(camp_store: Path) -> None:
    found = {p["name"]: p for p in ask(camp_store, "people")["people"]}
    assert {name: p["roles"] for name, p in found.items()} == {
        "Ann": ["new_hire"],
        "Mo": ["mentor"],
        "Tia": ["trainer"],
    }
    lines = run(camp_store, "people").splitlines()
    assert [line.split("\t")[0] for line in lines] == list(found)
    assert [line.split("\t")[3] for line in run(camp_store, "--lang", "zh_CN", "people").splitlines()] == [
        "新人",
        "师傅",
        "培训师",
    ]


def test_two_people_of_one_name_are_not_guessed_between(camp_store: Path) -> None:
    store = open_team(camp_store)
    store.act(ME, add_person, PersonDetails(name="Ann"))
    store.close()
    assert "2 people are called Ann" in run(camp_store, "log", "shadowing", "--person", "Ann", code=1)


def test_a_person_entered_by_mistake_is_removed_and_comes_back(camp_store: Path) -> None:
    assert "Actions in the history: 1" in run(camp_store, "remove-person", "Tia", code=1)
    assert run(camp_store, "remove-person", "Mo") == "Mo was removed.\n"
    assert [p["name"] for p in ask(camp_store, "people")["people"]] == ["Ann", "Tia"]
    run(camp_store, "undo")
    assert [p["name"] for p in ask(camp_store, "people")["people"]] == ["Ann", "Mo", "Tia"]


def test_somebody_is_erased_only_after_a_question_and_no_byte_is_left(camp_store: Path, own_home: Path) -> None:

    place = str(camp_store).encode()
    mine, other = (drafts.of_owner(drafts.folder(), place, drafts.owner_of(i)) for i in (1, 3))
    for home, words in ((mine, "my own words"), (other, "call Ann and 安")):
        home.mkdir(parents=True)
        said = {
            "place": {"room": "logbook"},
            "title": words,
            "values": {"seen": words},
            "at": "2026-11-24T10:00:00+00:00",
        }
        (home / "a.json").write_text(json.dumps(said))
    kept = camp_store.with_name(camp_store.name + ".backups")
    kept.mkdir(exist_ok=True)
    (kept / "20261101T080000Z-daily.sqlite").write_bytes(camp_store.read_bytes())
    run(
        camp_store,
        "--as",
        "Tia",
        "log",
        "shadowing",
        "--person",
        "Ann",
        "--date",
        "2026-11-20",
        "--minutes",
        "5",
        "--customer",
        "C",
        "--learned",
        "unmistakable",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("n\n"))
        run(camp_store, "--as", "Tia", "erase", "Ann", code=1)
    assert ask(camp_store, "people")["people"][0]["name"] == "Ann"
    said = run(camp_store, "--as", "Tia", "erase", "Ann", "--yes")
    assert "now called Erased person 1." in said
    assert all(f"{one}" in said for one in kept.glob("*.sqlite"))
    assert len(list(kept.glob("*.sqlite"))) > 1  # that of the day was made before
    for file in camp_store.parent.glob(f"{camp_store.name}*"):
        if file.is_file():
            assert re.search(rb"(?i)\bAnn\b|unmistakable", file.read_bytes()) is None, file
    assert not list(mine.glob("*"))
    assert not any(b"Ann" in log.read_bytes() for log in own_home.rglob("*.log"))
    (left,) = other.glob("*")
    assert json.loads(left.read_text())["values"]["seen"] == "call ⌫1 and 安"
    assert "已删除人员 1" in run(camp_store, "--lang", "zh_CN", "people")
    assert ask(camp_store, "points", "verify")["ok"]
    assert run(camp_store, "check")
    assert "Personal data erased" in run(camp_store, "history")
    run(camp_store, "--as", "Tia", "erase", "Erased person 1", "--yes")
    run(camp_store, "--as", "Tia", "erase", "已删除人员 1", "--yes")
    (erased,) = ask(camp_store, "ramp", "--person", "已删除人员 1")["people"]
    assert erased == ask(camp_store, "ramp", "--person", "person:1")["people"][0]
    charts = ("export", "charts", "--out", str(camp_store.parent / "charts"), "--format", "csv")
    assert ask(camp_store, *charts, "--person", "Erased person 1")["files"]
    assert "works here no more" in run(camp_store, "--as", "Erased person 1", "points", code=1)
    assert "Nobody is called Employee 1" in run(camp_store, "--as", "Tia", "erase", "Employee 1", "--yes", code=1)
    stays = run(camp_store, "--as", "Tia", "undo", code=1)
    assert "gone for good" in stays
    assert re.search(r"Before that you did: .+ undo --change \d+\.$", stays.strip())
    assert "takes the role" in run(camp_store, "--as", "Mo", "erase", "Tia", "--yes", code=1)
    for verb in (["erase", "Tia"], ["people"], ["history", "--json"]):
        assert "Nobody is called Nobody" in run(camp_store, "--as", "Nobody", *verb, code=1)


def test_a_name_that_is_a_word_of_the_programme_is_told_and_breaks_nothing(camp_store: Path, own_home: Path) -> None:

    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Quuxley", crm_names=("Key", "shadowing")))
    home = drafts.of_owner(drafts.folder(), str(camp_store).encode(), drafts.owner_of(3))
    home.mkdir(parents=True)
    said = {"place": {"room": "Key"}, "title": "of Key", "values": {"kind": "shadowing", "seen": "Key and shadowing"}}
    (home / "a.json").write_text(json.dumps(said))
    before = ask(camp_store, "camp")
    for language, line in (
        ("en", "Key also stands in Programme (key), and stays there, for it may be a common word."),
        ("zh_CN", "“Key”也出现在训练计划（key）中，可能是普通词语，因此予以保留。"),
    ):
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
            patch.setattr("sys.stdin", io.StringIO("n\n"))
            cli.run(["--store", str(camp_store), "--lang", language, "--as", "Tia", "erase", "Quuxley"])
        assert line in [told.strip() for told in out.getvalue().splitlines()]
    run(camp_store, "--as", "Tia", "erase", "Quuxley", "--yes")
    assert ask(camp_store, "camp") == before
    assert run(camp_store, "check")
    left = json.loads((home / "a.json").read_text())
    assert left == {
        "place": {"room": "Key"},
        "title": "of ⌫4",
        "values": {"kind": "shadowing", "seen": "⌫4 and ⌫4"},
    }


def test_what_may_mean_somebody_and_stays_is_told_before_and_after(camp_store: Path) -> None:
    store = open_team(camp_store)
    store.act(ME, add_person, PersonDetails(name="Eve Quuxley"))
    store.act(ME, save_reward, "Eve, Quuxley", "resource", 20)
    store.close()

    def asked(name: str) -> str:
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as said:
            patch.setattr("sys.stdin", io.StringIO("n\n"))
            cli.run(["--store", str(camp_store), "--as", "Tia", "erase", name])
        return said.getvalue()

    stays = "    Eve, Quuxley: ›Eve, Quuxley‹"
    assert "1 place that may mean this person stays. " in asked("Eve Quuxley")
    assert stays in asked("Eve Quuxley")
    said = run(camp_store, "--as", "Tia", "erase", "Eve Quuxley", "--yes")
    assert stays in said
    assert "For it to go, too, erase the person once more" in said
    again = "Erased person " + re.findall(r"Erased person (\d+)", said)[0]
    assert "Nothing more: it was erased before." in asked(again)


def test_further_words_go_with_the_person_and_afterwards(camp_store: Path, tmp_path: Path, own_home: Path) -> None:
    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Eve Quuxley", code="1050"))
        store.act(ME, save_reward, "Eve Quuxley (Berlin, 1050)", "resource", 20)
        store.act(ME, save_reward, "quinnie and QUINNIE", "resource", 20)
        store.act(ME, save_reward, "For quuxi", "resource", 20)

    def names() -> list[str]:
        return [one["name"] for one in ask(camp_store, "points", "rewards")["rewards"]]

    erase = ("--as", "Tia", "erase", "Eve Quuxley", "--also", "Quinnie", "--also", "Berlin, 1050")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as said:
        patch.setattr("sys.stdin", io.StringIO("n\n"))
        cli.run(["--store", str(camp_store), *erase])
    told = [line.strip() for line in said.getvalue().splitlines()]
    assert "“Quinnie”, as you say, as whole words in any capitals: 2 places in texts" in told
    assert "“Berlin, 1050”, as you say, as whole words in any capitals: 1 place in texts" in told
    assert "may mean this person" not in said.getvalue()
    file = tmp_path / "places.csv"
    assert "4" in run(camp_store, *erase, "--places", str(file))
    assert file.read_text(encoding="utf-8-sig").count("\ngoes,") == 4
    for words, why in (
        ("", "No words stand behind --also"),
        (" ", "No words"),
        ("Q", "fewer than two"),
        ("Mo", "somebody else here is called, or their number: Mo."),
    ):
        for more in ((), ("--yes",), ("--places", str(tmp_path / "none.csv"))):
            assert why in run(camp_store, *erase, "--also", words, *more, code=1)
    assert "quinnie and QUINNIE" in names()
    said_then = run(camp_store, *erase, "--yes")
    who = re.findall(r"Erased person (\d+)", said_then)[0]
    gone = f"Erased person {who}"
    assert {f"{gone} ({gone})", f"{gone} and {gone}", "For quuxi"} <= set(names())
    run(camp_store, "--as", "Tia", "erase", gone, "--also", "Quuxi", "--yes")
    assert f"For {gone}" in names()
    for place in (camp_store.parent, own_home):
        for one in (
            found for found in place.rglob("*") if found.is_file() and found.parent.name != f"{camp_store.name}.backups"
        ):
            assert one == file or re.search(rb"(?i)quinnie|quuxi|berlin", one.read_bytes()) is None, one
    assert run(camp_store, "check")


@pytest.mark.parametrize("more", [(), ("--yes",), ("--places", "places.csv")])
@pytest.mark.parametrize(("language", "line"), [("en", "For these words nothing more goes"), ("zh_CN", "以下词语没有")])
def test_words_that_find_nothing_are_told(
    camp_store: Path, tmp_path: Path, more: tuple[str, ...], language: str, line: str
) -> None:
    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Eve Quuxley"))
        store.act(ME, save_reward, "For quuxi", "resource", 20)
    said = ("--also", "Quinnie", "--also", "Quuxi", *(str(tmp_path / one) if "." in one else one for one in more))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.setattr("sys.stdin", io.StringIO("n\n"))
        cli.run(["--store", str(camp_store), "--lang", language, "--as", "Tia", "erase", "Eve Quuxley", *said])
    (told,) = [one for one in out.getvalue().splitlines() if one.startswith(line)]
    assert told.endswith("“Quinnie”")


def test_why_somebody_cant_be_erased_is_told_before_places_are_looked_for(
    camp_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(*_: object) -> None:
        raise AssertionError("places were looked for")

    monkeypatch.setattr("mentor_app.core.history.before_erasing.preview", look)
    monkeypatch.setattr("mentor_app.core.personal.queries.hindrance", lambda *_: text("Not yet."))
    assert "Not yet." in run(camp_store, "--as", "Tia", "erase", "Ann", code=1)
    monkeypatch.setattr("mentor_app.core.personal.queries.hindrance", lambda *_: None)
    with pytest.raises(AssertionError, match="were looked for"):
        cli.run(["--store", str(camp_store), "--as", "Tia", "erase", "Ann"])


def test_all_places_are_written_to_a_file_and_nothing_is_erased(camp_store: Path, tmp_path: Path) -> None:
    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Eve Quuxley"))
        store.act(ME, save_reward, "⌫9 for Eve Quuxley, for Mary Eve Quuxley", "resource", 20)
        store.act(ME, save_reward, "Eve: Quuxley", "resource", 20)
    file = tmp_path / "places.csv"
    assert "3" in run(camp_store, "erase", "Eve Quuxley", "--places", str(file))
    with file.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.reader(told))
    assert rows[0] == ["What happens", "Kind", "Record", "Value", "Words around it", "The place itself"]
    both = "Erased person 9 for Eve Quuxley, for Mary Eve Quuxley"
    first, second = (
        both.replace("for Eve Quuxley", "for ›Eve Quuxley‹"),
        both.replace("y Eve Quuxley", "y ›Eve Quuxley‹"),
    )
    assert [[row[0], *row[3:]] for row in rows[1:]] == [
        ["goes", "Called", first, "Eve Quuxley"],
        ["goes, may be another word, name or number", "Called", second, "Eve Quuxley"],
        ["stays, may mean this person", "Called", "›Eve: Quuxley‹", "Eve: Quuxley"],
    ]
    assert rows[1][1:3] == ["Reward", both]
    assert "is there already" in run(camp_store, "erase", "Eve Quuxley", "--places", str(file), code=1)
    run(camp_store, "erase", "Eve Quuxley", "--places", str(tmp_path / "places.xlsx"))
    refused = run(camp_store, "erase", "Eve Quuxley", "--places", str(tmp_path / "places.txt"), code=1)
    assert "Choose one of these endings" in refused
    assert "Eve Quuxley" in run(camp_store, "people")


def test_somebody_removed_is_erased_by_name_or_number(camp_store: Path) -> None:
    run(camp_store, "remove-person", "Mo")
    assert "Nobody is called Nobody" in run(camp_store, "--as", "Tia", "erase", "Nobody", code=1)
    for name in ("Mo", "person:2"):
        assert "now called Erased person 2." in run(camp_store, "--as", "Tia", "erase", name, "--yes")
    for file in camp_store.parent.glob(f"{camp_store.name}*"):
        assert not file.is_file() or re.search(rb'"Mo"', file.read_bytes()) is None, file
    assert "erased on request" in run(camp_store, "undo", code=1)
    assert run(camp_store, "check")
    for name in ("person:2", "Erased person 2"):
        assert "now called Erased person 2." in run(
            camp_store, "--as", "Tia", "erase", name, "--also", "Quuxi", "--yes"
        )


def test_merged_by_command_the_drafts_go_with_the_record(camp_store: Path) -> None:
    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Twin"))
    place = str(camp_store).encode()
    old, new = (drafts.of_owner(drafts.folder(), place, drafts.owner_of(i)) for i in (4, 2))
    for home, words in ((old, "of the twin"), (new, "of Mo")):
        home.mkdir(parents=True)
        (home / "a.json").write_text(json.dumps({"values": {"seen": words}}))
    said = run(camp_store, "merge", "Twin", "Mo", "--yes")
    assert "Drafts on this computer that are Mo's now: 1" in said
    assert said.startswith(
        "This speaks against their being one person:\n  Their names have no word in common: Twin and Mo"
    )
    assert not list(old.glob("*.json"))
    assert sorted(json.loads(file.read_text())["values"]["seen"] for file in new.glob("*.json")) == [
        "of Mo",
        "of the twin",
    ]


@pytest.mark.parametrize("arguments", [("erase", "Ann"), ("merge", "Ann", "Mo")])
@pytest.mark.parametrize("answer", ["n\n", "", None])
def test_without_a_yes_nothing_is_done_and_that_is_said(
    camp_store: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], answer: str | None
) -> None:
    monkeypatch.setattr("sys.stdin", None if answer is None else io.StringIO(answer))
    said = run(camp_store, "--as", "Tia", *arguments, code=1)
    assert said.endswith("Nothing was done.\n")
    assert [p["name"] for p in ask(camp_store, "people")["people"]] == ["Ann", "Mo", "Tia"]


def test_two_records_of_one_name_are_told_apart_by_number_and_merged(camp_store: Path) -> None:
    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Mo", crm_names=("mo.crm",)))
    told = run(camp_store, "merge", "Mo", "Tia", code=1)
    assert "2 people are called Mo. Say which by number: person:2, person:4." in told
    kept = camp_store.with_name(f"{camp_store.name}.backups")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("n\n"))
        run(camp_store, "--as", "Tia", "merge", "person:4", "person:2", code=1)
    assert len([p for p in ask(camp_store, "people")["people"] if p["name"] == "Mo"]) == 2
    with closing(open_team(camp_store)) as store:
        store.act(ME, add_person, PersonDetails(name="Zoe"))  # no backup has this yet
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("y\n"))
        told = run(camp_store, "--as", "Tia", "merge", "person:4", "person:2")
    assert "This goes from Mo to Mo:\n  CRM names: 1\n" in told
    (made,) = kept.glob("*-merge*.sqlite")
    assert f"This backup has both records: {made}" in told
    with closing(sqlite3.connect(made)) as held:
        assert held.execute("SELECT count(*) FROM person WHERE name = 'Mo'").fetchone() == (2,)
    (found,) = [p for p in ask(camp_store, "people")["people"] if p["name"] == "Mo"]
    assert (found["id"], found["crm_names"]) == (2, ["Mo", "mo.crm"])
    assert "takes the role" in run(camp_store, "--as", "Mo", "merge", "Ann", "Tia", "--yes", code=1)
    assert "can't be told apart" in run(camp_store, "--as", "Tia", "undo", code=1)
    assert "Nobody is called person:4" in run(camp_store, "merge", "person:4", "Tia", "--yes", code=1)


def test_a_list_with_numbers_gives_them_to_those_who_are_here_and_makes_nobody_twice(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "people.csv"

    def read(words: str, *more: str, code: int = 0) -> Any:
        file.write_text(words, encoding="utf-8")
        return ask(store, "import", "people", str(file), *more, code=code)

    assert read("name\n李雷\n")["understood"]["people"] == {"new": ["李雷"], "namesakes": []}
    done = read("name,code\n李雷,E9\n")
    assert (done["new"], done["updated"], done["understood"]["people"]["new"]) == (0, 1, [])
    done = read("name,code\n李雷,E9\n李雷,E10\n")  # numbers tell them apart, and it is said
    assert (done["new"], done["understood"]["people"]) == (1, {"new": ["李雷"], "namesakes": ["李雷"]})
    said = run(store, "import", "people", str(file), "--dry-run")
    assert "2 unchanged" in said
    read("name\n韩梅梅\n")
    done = read("name,code\n韩梅梅,E1\n韩梅梅,E2\n", "--dry-run", code=1)
    assert ["without an employee number" in one for one in done["understood"]["questions"]] == [True, True]
    done = read("name,code\n韩梅梅,E1\n韩梅梅,E2\n", "--dry-run", "--person", "E1=韩梅梅")
    assert (done["updated"], done["understood"]["people"]["new"]) == (1, ["韩梅梅"])
    assert "Nobody is called Zoe." in run(store, "import", "people", str(file), "--person", "E1=Zoe", code=1)
    exchanged = "name,code\n韩梅梅,E9\n李雷,E7\n"
    assert read(exchanged, "--dry-run", "--person", "E9=takes", "--person", "E7=new")["new"] == 1
    file.write_text("name,code\n韩梅梅,E1\n王芳,E3\n", encoding="utf-8")
    said = run(store, "import", "people", str(file), "--dry-run")
    assert "New people: 王芳" in said
    assert len(ask(store, "people")["people"]) == 3
