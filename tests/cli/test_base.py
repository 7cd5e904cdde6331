"""What every verb shares, as a schedule meets it: whole processes, exit codes, sentences in the reader's language."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mentor_app.core.team import open_team
from tests.cli.command import ask, run


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own."""
    command = [sys.executable, "-m", "mentor_app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def test_done_is_0_and_what_was_asked_for_is_on_stdout(tmp_path: Path) -> None:
    open_team(tmp_path / "team.sqlite").close()
    done = process("--store", str(tmp_path / "team.sqlite"), "check", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"ok": True, "problems": []}


@pytest.mark.parametrize(
    ("language", "sentence"), [("C.UTF-8", "Nothing was imported"), ("zh_CN.UTF-8", "没有导入任何数据")]
)
def test_the_worlds_fault_is_1_and_one_sentence(tmp_path: Path, language: str, sentence: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("id,owner,stage,close date\n1,Ann,Won,\n")
    store = str(tmp_path / "team.sqlite")
    done = process(
        "--store", store, "import", "opportunities", str(bad), LC_ALL="", LC_CTYPE="C.UTF-8", LC_MESSAGES=language
    )
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("ramp", "--as-of", "yesterday"),
        ("export", "charts", "--out", "charts"),
        ("export", "charts", "--out", "charts", "--all", "--format", "gif"),
        ("juggle",),
        ("--sample", "check"),
        ("--store", "", "--as", "X", "import", "people", "people.csv"),
        ("backup", "--out", ""),
        ("export", "charts", "--all", "--out", ""),
        ("import", "people", ""),
    ],
)
def test_wrong_usage_is_2_and_leaves_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = process("--store", str(tmp_path / "team.sqlite"), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")
    assert not (tmp_path / "charts").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="another way to close a pipe")
@pytest.mark.parametrize(("file", "code", "people"), [("people.csv", 0, 300), ("nowhere.csv", 1, 0)])
def test_who_stops_reading_decides_nothing(tmp_path: Path, file: str, code: int, people: int) -> None:
    """Neither what is done, nor how it ends."""
    place, rows = tmp_path / "team.sqlite", "".join(f"Person {n},2026-01-01\n" for n in range(300))
    (tmp_path / "people.csv").write_text(f"name,hire date\n{rows}")
    reads, writes = os.pipe()
    os.close(reads)
    command = [
        sys.executable,
        "-m",
        "mentor_app",
        "--store",
        str(place),
        "import",
        "people",
        str(tmp_path / file),
        "--name",
        "*=new",
    ]
    done = subprocess.run(command, stdout=writes, stderr=writes, check=False)
    os.close(writes)
    assert done.returncode == code
    assert len(ask(place, "people")["people"]) == people


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no disk that is always full")
@pytest.mark.parametrize(
    ("arguments", "to", "code", "sentence"),
    [
        (("import", "people", "people.csv"), "> /dev/full", 3, "carried out to its end, but"),
        (("people", "--json"), "> /dev/full", 3, "could not be written: the disk is full."),
        (("--help",), "> /dev/full", 3, "could not be written: the disk is full."),
        (("import", "people", "nowhere.csv"), "> /dev/full", 1, "nowhere.csv"),
        (("import", "people", "people.csv"), ">&-", 0, "could not be written: standard output is closed."),
        (("people", "--json"), "> /dev/full 2>&1", 3, ""),
    ],
)
def test_what_can_t_be_shown_is_done_and_said(
    tmp_path: Path, arguments: tuple[str, ...], to: str, code: int, sentence: str
) -> None:
    (tmp_path / "people.csv").write_text("name\nAnn\nBo\n")
    place = tmp_path / "team.sqlite"
    open_team(place).close()
    command = [sys.executable, "-m", "mentor_app", "--store", str(place), *arguments]
    shell = ["sh", "-c", f'"$@" {to}', "sh", *command]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path, env=environment)
    assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr
    assert done.stderr.count("\n") == (1 if sentence else 0)
    assert len(ask(place, "people")["people"]) == (2 if "people.csv" in arguments else 0)


def test_the_environment_says_which_store_and_who_acts(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,hire date,roles\nAnn,2026-10-01,new hire\nMo,2020-01-01,mentor\n")
    place = {"MENTOR_APP_STORE": str(tmp_path / "team.sqlite")}
    assert process("import", "people", str(people), **place).returncode == 0
    refused = process("enrol", "--person", "Ann", MENTOR_APP_ACTOR="Mo", **place)
    assert refused.returncode == 1
    assert "role Trainer" in refused.stderr


@pytest.mark.parametrize("arguments", [(), ("people",)])
@pytest.mark.parametrize("said", ["", " "])
def test_an_empty_variable_is_not_the_usual_store(said: str, arguments: tuple[str, ...]) -> None:
    refused = process(*arguments, MENTOR_APP_STORE=said)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "MENTOR_APP_STORE is empty. Unset it for the usual store." in refused.stderr


@pytest.mark.parametrize(
    ("name", "why"), [("Moe", "Nobody is called Moe."), ("", "Nobody is called ."), ("Ann", "2 people are called Ann.")]
)
def test_a_name_that_is_not_one_persons_acts_as_nobody(tmp_path: Path, name: str, why: str) -> None:
    store, people, more = tmp_path / "team.sqlite", tmp_path / "people.csv", tmp_path / "more.csv"
    people.write_text("employee number,name,roles\n1,Ann,new hire\n2,Ann,trainer\n3,Mo,mentor\n")
    more.write_text("employee number,name\n4,Bo\n")
    run(store, "--as", "Whoever sets it up", "import", "people", str(people))  # nobody has a name yet
    assert why in run(store, "--as", name, "points", "settle", code=1)
    assert why in run(store, "--as", name, "import", "people", str(more), code=1)
    assert [one["name"] for one in ask(store, "people")["people"]] == ["Ann", "Ann", "Mo"]
    run(store, "points", "settle")  # the computer's user
    refused = process("--store", str(store), "points", "settle", MENTOR_APP_ACTOR=name or "Moe")
    assert (refused.returncode, refused.stdout) == (1, "")


def test_who_acts_is_said_to_verbs_not_to_the_window(tmp_path: Path) -> None:
    assert "--as is for verbs" in run(tmp_path / "team.sqlite", "--as", "Mo", code=2)
