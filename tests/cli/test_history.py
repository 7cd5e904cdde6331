"""The history, undo and redo from the command line."""

from pathlib import Path

from tests.cli.command import ask, run


def test_the_history_is_told_filtered_and_as_json(camp_store: Path) -> None:
    told = ask(camp_store, "history")["changes"]
    assert [one["action"] for one in told] == ["camp.enrol", "pipeline.remember_mapping", "people.import"]
    assert (told[0]["by"], told[0]["about"], told[0]["undoable"]) == ("Tia", ["Ann"], True)
    assert told[0]["values"][0] == {
        "record": "Ann",
        "field": "Programme version",
        "before": "–",
        "after": "Programme, version 1",
    }
    assert [one["id"] for one in ask(camp_store, "history", "--person", "Tia")["changes"]] == [told[0]["id"]]
    user = told[2]["by"].removeprefix("computer user ")
    assert [one["id"] for one in ask(camp_store, "history", "--user", user)["changes"]] == [
        one["id"] for one in told[1:]
    ]
    assert ask(camp_store, "history", "--user", "Tia")["changes"] == []
    assert [one["id"] for one in ask(camp_store, "history", "--kind", "people")["changes"]] == [told[2]["id"]]
    assert [one["id"] for one in ask(camp_store, "history", "--record", "person:1")["changes"]] == [
        told[0]["id"],
        told[2]["id"],
    ]
    assert [one["id"] for one in ask(camp_store, "history", "--record", "person:2")["changes"]] == [told[2]["id"]]
    assert ask(camp_store, "history", "--until", "2020-01-01")["changes"] == []
    assert len(ask(camp_store, "history", "--limit", "1")["changes"]) == 1
    assert "KIND:ID" in run(camp_store, "history", "--record", "Ann", code=1)
    assert "\tTia\tEnrolled in the camp\tAnn" in run(camp_store, "history")
    assert "从文件导入" in run(camp_store, "--lang", "zh_CN", "history")


def test_undo_takes_back_ones_own_last_and_redo_does_it_again(camp_store: Path) -> None:
    listed = ask(camp_store, "--as", "Tia", "undo", "--list")["changes"]
    assert [one["action"] for one in listed] == ["camp.enrol"]
    assert ask(camp_store, "--as", "Mo", "undo", "--list")["changes"] == []
    assert "nothing to take back" in run(camp_store, "--as", "Mo", "undo", code=1)
    undone = ask(camp_store, "--as", "Tia", "undo")["undone"]
    assert (undone["id"], undone["what"], undone["stands"]) == (listed[0]["id"], "Enrolled in the camp", False)
    assert [one["stands"] for one in ask(camp_store, "history", "--person", "Tia")["changes"]] == [True, False]
    assert ask(camp_store, "--as", "Tia", "redo")["redone"]["stands"]
    assert "nothing to do again" in run(camp_store, "--as", "Tia", "redo", code=1)
    assert run(camp_store, "--as", "Tia", "undo") == "Taken back: Enrolled in the camp · Ann\n"
    assert run(camp_store, "--as", "Tia", "--lang", "zh_CN", "redo").startswith("已重做：")


def test_what_can_t_be_taken_back_says_why_in_the_list(camp_store: Path) -> None:
    run(camp_store, "erase", "Mo", "--yes")
    told = run(camp_store, "undo", "--list")
    assert "It stays as it was done. What was erased on request is gone for good" in told
    assert "应要求删除的内容已永久删除" in run(camp_store, "--lang", "zh_CN", "undo", "--list")
    (erased,) = [one for one in ask(camp_store, "undo", "--list")["changes"] if one["action"] == "people.erase"]
    assert not erased["undoable"]


def test_the_list_says_what_changed_and_what_would_be_refused_now(camp_store: Path) -> None:
    imported = next(one for one in ask(camp_store, "history")["changes"] if one["action"] == "people.import")
    listed = {one["id"]: one for one in ask(camp_store, "undo", "--list")["changes"]}
    assert not listed[imported["id"]]["undoable"]
    assert "Somebody it made has worked here since" in listed[imported["id"]]["stays"]  # Tia did
    assert listed[imported["id"]]["values"] == imported["values"]
    (enrolled,) = ask(camp_store, "--as", "Tia", "undo", "--list")["changes"]
    assert enrolled["undoable"]
    told = run(camp_store, "undo", "--list")
    assert "It would be refused now. Somebody it made has worked here since" in told
    assert len(ask(camp_store, "history")["changes"]) == 3  # trying leaves nothing behind
    run(camp_store, "--as", "Tia", "points", "rule", "session", "7")
    assert "Points: 2 → 7" in run(camp_store, "--as", "Tia", "undo", "--list")


def test_what_rests_on_it_is_named_with_its_number(camp_store: Path) -> None:
    for places in ("7", "8"):
        run(camp_store, "--as", "Tia", "capacity", "Mo", places)
    later, first = (one["id"] for one in ask(camp_store, "--as", "Tia", "undo", "--list")["changes"][:2])
    told = run(camp_store, "--as", "Tia", "undo", "--change", str(first), code=1)
    assert "“Mentor's capacity set” (Tia" in told
    assert told.endswith(f"Its number is {later}: undo --change {later}.\n")
    run(camp_store, "--as", "Tia", "undo", "--change", str(later))
    run(camp_store, "--as", "Tia", "undo", "--change", str(first))


def test_what_stays_is_told_before_what_rests_on_what_was_done_before_it(camp_store: Path) -> None:
    run(camp_store, "--as", "Tia", "capacity", "Mo", "7")
    run(camp_store, "capacity", "Mo", "8")
    run(camp_store, "--as", "Tia", "erase", "Ann", "--yes")
    told = run(camp_store, "--as", "Tia", "undo", code=1)
    assert told.startswith("“Personal data erased” stays as it was done. ")
    assert "Before that you did: Mentor's capacity set · Mo. “Mentor's capacity set” (computer user " in told


def test_an_import_is_taken_back_with_the_people_it_made(tmp_path: Path) -> None:
    place, file = tmp_path / "team.sqlite", tmp_path / "people.csv"
    file.write_text("name,roles\nAnn,new hire\nMo,mentor\n")
    run(place, "import", "people", str(file))
    run(place, "undo")
    assert ask(place, "people")["people"] == []
    run(place, "redo")
    assert [p["name"] for p in ask(place, "people")["people"]] == ["Ann", "Mo"]


def test_an_import_under_other_peoples_imports_names_them(camp_store: Path) -> None:
    file = camp_store.with_name("list.csv")
    file.write_text("name,hire date,roles\nAnna Newman,2026-09-01,new hire\n")
    run(camp_store, "--as", "Tia", "import", "people", str(file))
    for amount in (1000, 1500):
        file.write_text(f"id,owner,amount,status,created\nX1,Anna Newman,{amount},open,2026-10-01\n")
        run(camp_store, "--as", "Mo", "import", "opportunities", str(file))
    for _ in range(2):
        rests = ask(camp_store, "--as", "Mo", "undo", "--list")["changes"][0]["id"]
        told = run(camp_store, "--as", "Tia", "undo", code=1)
        assert "(Mo, 20" in told
        assert told.endswith(f"Its number is {rests}: undo --change {rests}.\n")
        assert "rests on it" in run(camp_store, "--as", "Tia", "undo", "--list")
        (listed,) = ask(camp_store, "--as", "Tia", "undo", "--list")["changes"][:1]
        assert "rests on it" in run(camp_store, "--as", "Tia", "undo", "--change", str(listed["id"]), code=1)
        assert "以它为依据" in run(camp_store, "--lang", "zh_CN", "--as", "Tia", "undo", code=1)
        run(camp_store, "--as", "Mo", "undo")
    assert run(camp_store, "--as", "Tia", "undo").startswith("Taken back: ")


def test_what_has_earned_points_is_not_unmade(office_store: Path) -> None:
    """Mentoring points stay in the ledger, and so does the mentor who earned them."""
    for _ in range(2):
        run(office_store, "undo")
    assert ask(office_store, "projects")["projects"] == []
    assert "kept for good" in run(office_store, "undo", code=1)
    run(office_store, "redo")
    run(office_store, "redo")
    assert len(ask(office_store, "pairings")["pairings"]) == 1
