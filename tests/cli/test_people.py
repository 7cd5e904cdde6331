"""People and the ramp-up from the command line."""

from pathlib import Path

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


def test_a_person_entered_by_mistake_is_removed_and_comes_back(camp_store: Path) -> None:
    assert "Actions in the history: 1" in run(camp_store, "remove-person", "Tia", code=1)
    assert run(camp_store, "remove-person", "Mo") == "Mo was removed.\n"
    assert [p["name"] for p in ask(camp_store, "people")["people"]] == ["Ann", "Tia"]
    run(camp_store, "undo")
    assert [p["name"] for p in ask(camp_store, "people")["people"]] == ["Ann", "Mo", "Tia"]
