"""People and the ramp-up from the command line."""

from pathlib import Path
from typing import Any

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.team import open_team
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


def test_a_list_with_numbers_gives_them_to_those_who_are_here_and_makes_nobody_twice(tmp_path: Path) -> None:
    store, file = tmp_path / "team.sqlite", tmp_path / "people.csv"

    def read(words: str, *more: str) -> Any:
        file.write_text(words, encoding="utf-8")
        return ask(store, "import", "people", str(file), *more)

    assert read("name\n李雷\n")["understood"]["people"] == {"new": ["李雷"], "namesakes": []}
    done = read("name,code\n李雷,E9\n")
    assert (done["new"], done["updated"], done["understood"]["people"]["new"]) == (0, 1, [])
    done = read("name,code\n李雷,E9\n李雷,E10\n")  # numbers tell them apart, and it is said
    assert (done["new"], done["understood"]["people"]) == (1, {"new": ["李雷"], "namesakes": ["李雷"]})
    said = run(store, "import", "people", str(file), "--dry-run")
    assert "2 unchanged" in said
    read("name\n韩梅梅\n")
    done = read("name,code\n韩梅梅,E1\n韩梅梅,E2\n", "--dry-run")
    assert ["without an employee number" in one["reason"] for one in done["rejected"]] == [True, True]
    file.write_text("name,code\n韩梅梅,E1\n王芳,E3\n", encoding="utf-8")
    said = run(store, "import", "people", str(file), "--dry-run")
    assert "New people: 王芳" in said
    assert len(ask(store, "people")["people"]) == 3
