"""Every verb: what it reads comes as words and as JSON alike; used wrongly it says why, with the right exit code."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mentor_app.cli import cli
from mentor_app.cli import run as cli_run
from tests.cli.command import ask, run

READING = {
    "camp": "people",
    "history --limit 3": "changes",
    "inbox --person 高翔": "waiting",
    "mentor 高翔": "apprentices",
    "pairings": "pairings",
    "people": "people",
    "playbooks": "playbooks",
    "playbooks search 价格": "hits",
    "points": "people",
    "points redemptions": "redemptions",
    "points rewards": "rewards",
    "points rules": "rules",
    "projects": "projects",
    "ramp": "people",
    "suggest": "pairs",
    "watch": "alerts",
}
"""What is read on the sample company, and the list the answer holds it in."""

WRONG = {
    "backup": ("--out no/such/folder/b.sqlite", 1, "no such file or folder"),
    "backups": ("X", 2, "unexpected extra argument"),
    "camp": ("--person X", 1, "Nobody is called X"),
    "capacity": ("X 3", 1, "Nobody is called X"),
    "check": ("now", 2, "unexpected extra argument"),
    "close-project": ("X won", 1, "No project is called X"),
    "closing-review": ("X --words w", 1, "Nobody is called X"),
    "complete": ("X", 1, "Nobody is called X"),
    "end-pairing": ("X --reason r", 1, "Nobody is called X"),
    "enrol": ("--person X", 1, "Nobody is called X"),
    "erase": ("X --yes", 1, "Nobody is called X"),
    "export person": ("X --out x.zip", 1, "Nobody is called X"),
    "export calendar": ("--person X --out x.ics", 1, "Nobody is called X"),
    "export charts": ("--out charts --person X", 1, "Nobody is called X"),
    "gate": ("jump --person X --stage growth", 2, "'jump' is not one of"),
    "history": ("--record X", 1, "KIND:ID"),
    "import activities": ("none.csv", 1, "none.csv"),
    "import opportunities": ("none.csv", 1, "none.csv"),
    "import pairings": ("none.csv", 1, "none.csv"),
    "import people": ("none.csv", 1, "none.csv"),
    "import projects": ("none.csv", 1, "none.csv"),
    "inbox": ("--person X", 1, "Nobody is called X"),
    "log": ("juggling --person 高翔", 2, "shadowing"),
    "merge": ("X Y --yes", 1, "Nobody is called X"),
    "mentor": ("X", 1, "Nobody is called X"),
    "new-project": ("--from-deal X", 1, "no opportunity"),
    "pair": ("X Y --project Z", 1, "Nobody is called X"),
    "pairing": ("X", 1, "Nobody is called X"),
    "pairings": ("--json=yes", 2, "does not take a value"),
    "password": ("", 1, "Say with --store which server"),
    "people": ("X", 2, "unexpected extra argument"),
    "playbooks": ("--person X", 1, "Nobody is called X"),
    "playbooks approve": ("99999", 1, ""),
    "playbooks attach": ("99999 none.pdf", 1, ""),
    "playbooks attachments": ("99999 --out", 2, "requires an argument"),
    "playbooks export": ("99999 --out x.pdf", 1, ""),
    "playbooks import": ("none.md --into 99999", 1, "none.md"),
    "playbooks new": ("juggling Title --owner 高翔", 1, "juggling"),
    "playbooks search": ("x --limit 0", 2, "0 is not in the range"),
    "playbooks send-back": ("1", 2, "Missing option '--comment'"),
    "playbooks submit": ("99999", 1, ""),
    "points": ("--person X", 1, "Nobody is called X"),
    "points approve": ("99999", 1, ""),
    "points export": ("--out no/such/folder/l.csv", 1, "can't be written"),
    "points fulfil": ("99999", 1, ""),
    "points redemptions": ("X", 2, "unexpected extra argument"),
    "points refuse": ("1", 2, "Missing option '--reason'"),
    "points request": ("X", 1, "No reward is called X"),
    "points rewards": ("X", 2, "unexpected extra argument"),
    "points rule": ("juggling 3", 1, "juggling"),
    "points rules": ("X", 2, "unexpected extra argument"),
    "points settle": ("X", 2, "unexpected extra argument"),
    "points verify": ("X", 2, "unexpected extra argument"),
    "projects": ("X", 2, "unexpected extra argument"),
    "ramp": ("--as-of yesterday", 2, "is not a date"),
    "reassign": ("高翔 Y --reason r", 1, "Nobody is called Y"),
    "redo": ("", 1, "nothing to do again"),
    "remove-person": ("X", 1, "Nobody is called X"),
    "restore": ("none.sqlite --yes", 1, "none.sqlite"),
    "roll-on": ("X --project Z", 1, "Nobody is called X"),
    "sample": ("", 1, "not empty"),
    "sign-off": ("99999", 1, ""),
    "suggest": ("--weights none.json", 1, "none.json"),
    "undo": ("--change 99999", 1, "no change number"),
    "watch": ("X", 2, "unexpected extra argument"),
}
"""One wrong use of each verb on the sample company: the arguments, the exit code, what is said."""


def verbs(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each verb that does something by itself, with its words."""
    for name, command in group.commands.items():
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield before + name, command
        if isinstance(command, click.Group):
            yield from verbs(command, f"{before}{name} ")


def test_every_verb_is_here() -> None:
    assert sorted(name for name, _ in verbs()) == sorted(WRONG)


def test_every_verb_says_what_it_is_for() -> None:
    for name, command in verbs():
        assert command.help, name
        assert all(o.help for o in command.params if isinstance(o, click.Option) and o.name == "as_json"), name


@pytest.mark.parametrize("asked", READING)
def test_words_and_json_hold_the_same(sample_store: Path, asked: str) -> None:
    found = ask(sample_store, *asked.split())[READING[asked]]
    assert found
    said = run(sample_store, *asked.split()).splitlines()
    assert len(said) >= len(found)
    first = {value for value in found[0].values() if isinstance(value, str) and value and "_" not in value}
    assert not first or any(value.splitlines()[0] in line for value in first for line in said)


@pytest.mark.parametrize("verb", [verb for verb in WRONG if verb != "sample" and not verb.startswith("import ")])
def test_no_other_verb_begins_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, code, _words = WRONG[verb]
    for words in (arguments, ""):
        assert cli_run(["--store", "new.sqlite", *verb.split(), *words.split()]) in (code, 1, 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "verb", ["check", "check --log with", "history", "undo --list", "backup", "backups", "people", "points verify"]
)
def test_where_there_is_no_store_that_is_said_and_how_to_begin_one(tmp_path: Path, verb: str) -> None:
    said = run(tmp_path / "new.sqlite", *verb.split(), code=1)
    assert len(said.splitlines()) == 1
    assert f"There is no store at {tmp_path / 'new.sqlite'}" in said
    assert "begin one" in said


@pytest.mark.parametrize("left", ["-wal", "-shm", "-journal", ".files/a"])
def test_what_was_left_beside_a_store_keeps_another_from_being_begun_there(tmp_path: Path, left: str) -> None:
    place = tmp_path / "team.sqlite"
    beside = tmp_path / f"team.sqlite{left}"
    beside.parent.mkdir(exist_ok=True)
    beside.touch()
    for verb in ("check", "sample"):
        assert "is not there (any more)" in run(place, verb, code=1)
    assert not place.exists()
    assert beside.exists()


@pytest.mark.parametrize("verb", WRONG)
def test_wrong_use_is_told_and_changes_nothing(
    sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sample_store.read_bytes()
    arguments, code, words = WRONG[verb]
    said = run(sample_store, "--as", "郑培", *verb.split(), *arguments.split(), code=code)
    assert words in said
    assert said.strip()
    assert "Traceback" not in said
    assert sample_store.read_bytes() == before
    assert list(tmp_path.iterdir()) == []
