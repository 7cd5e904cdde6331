"""Every verb that reads or writes a file is given what is none: it ends with a sentence, waits for nobody, changes nothing."""

import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from mentor_app.cli import cli
from mentor_app.core.environment import own_folders
from tests.cli.command import ask, run

READING = (
    "import activities PATH",
    "import opportunities PATH",
    "import pairings PATH",
    "import people PATH",
    "import projects PATH",
    "playbooks attach 1 PATH",
    "playbooks import PATH --into 1",
    "restore PATH --yes",
    "suggest --weights PATH",
)
WRITING = (
    "backup --out PATH",
    "erase 高翔 --places PATH",
    "export calendar --person 高翔 --out PATH",
    "export person 高翔 --out PATH",
    "playbooks export APPROVED --out PATH",
    "points export --out PATH",
)
ENDS = {
    "backup": ".sqlite",
    "erase": ".csv",
    "export calendar": ".ics",
    "export person": ".zip",
    "playbooks export": ".md",
    "points export": ".csv",
}
"""The ending of what each of them writes, by its first words."""
FOLDERS = ("export charts --all --out PATH", "playbooks attachments 1 --out PATH")
"""What writes into a folder."""

PATIENCE = 30
"""Seconds for one verb, or a few that are quick: it is only to end what would never end."""

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")


@pytest.fixture(autouse=True)
def impatient(small_sample_store: Path) -> Iterator[None]:
    """Whoever opens a pipe would wait for ever; here, not long, once there is a store."""

    def too_long(_signal: int, _frame: object) -> None:
        raise AssertionError("still waiting")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, Path]:
    """Names of all sorts of endings that stand for no file one could read."""
    return _hostile(tmp_path, (".md", ".pdf", ".xlsx", ".ics", ".zip", ""))


def _hostile(tmp_path: Path, ends: Iterable[str]) -> dict[str, Path]:
    made: dict[str, Path] = {}
    for end in ends:
        made[f"pipe{end}"] = tmp_path / f"pipe{end}"
        os.mkfifo(made[f"pipe{end}"])
        made[f"loop{end}"] = tmp_path / f"loop{end}"
        made[f"loop{end}"].symlink_to(made[f"loop{end}"].name)
        made[f"folder{end}"] = tmp_path / f"folder{end}"
        made[f"folder{end}"].mkdir()
        made[f"long{end}"] = tmp_path / ("长" * 100 + end)
        made[f"in a file{end}"] = Path(__file__) / f"x{end}"
    return made


def _end(line: str) -> str:
    return next((end for verb, end in ENDS.items() if line.startswith(verb)), "")


def _words(line: str, path: Path, store: Path) -> list[str]:
    said = {"PATH": str(path)}
    if "APPROVED" in line:
        said["APPROVED"] = next(str(book["id"]) for book in ask(store, "playbooks")["playbooks"] if book["approved_on"])
    return [said.get(word, word) for word in line.split()]


def _with_a_path(command: click.Command, words: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _with_a_path(inner, f"{words} {name}".strip())
    elif any(isinstance(parameter.type, click.Path) for parameter in command.params):
        yield words


def test_every_verb_with_a_path_is_tried() -> None:
    tried = READING + WRITING + FOLDERS
    missing = [verb for verb in _with_a_path(cli, "") if not any(line.startswith(f"{verb} ") for line in tried)]
    assert not missing


@pytest.mark.parametrize("line", READING)
def test_what_is_no_file_is_not_read(small_sample_store: Path, hostile: dict[str, Path], line: str) -> None:
    for sort, path in hostile.items():
        said = run(small_sample_store, *_words(line, path, small_sample_store), code=1)
        assert said.strip(), sort


@pytest.mark.parametrize("line", WRITING)
def test_nothing_is_written_over_what_is_no_file(small_sample_store: Path, tmp_path: Path, line: str) -> None:
    """With the ending that the verb writes; what else it may be called is refused whatever stands there."""
    for sort, path in _hostile(tmp_path, [_end(line), ""]).items():
        if sort.startswith("loop"):
            continue
        before = path.stat() if os.path.exists(path) else None
        for more in ([], ["--overwrite"]):
            signal.alarm(PATIENCE)
            said = run(small_sample_store, *_words(line, path, small_sample_store), *more, code=1)
            assert said.strip(), sort
        if before is not None:
            assert path.stat().st_ino == before.st_ino, sort
    assert not [left for left in tmp_path.iterdir() if left.name.endswith(".part")]


@pytest.mark.parametrize("line", FOLDERS)
def test_no_folder_is_made_where_none_can_be(small_sample_store: Path, hostile: dict[str, Path], line: str) -> None:
    for sort in ("pipe", "loop", "long", "in a file"):
        said = run(small_sample_store, *_words(line, hostile[sort], small_sample_store), code=1)
        assert said.strip(), sort


def test_a_user_nobody_knows_is_not_taken_for_a_folder() -> None:
    assert "a user this computer does not know" in run("~nobody-of-that-name/team.sqlite", "people", code=1)
    assert not Path("~nobody-of-that-name").exists()


def test_weights_nested_too_deep_are_none(small_sample_store: Path, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    assert "must hold criteria" in run(small_sample_store, "suggest", "--weights", str(tmp_path / "deep.json"), code=1)


@pytest.mark.parametrize("line", WRITING)
@pytest.mark.parametrize("link", [False, True], ids=["a file", "a link"])
def test_nothing_is_replaced_unasked(small_sample_store: Path, tmp_path: Path, line: str, link: bool) -> None:
    end = _end(line)
    there = tmp_path / f"there{end}"
    there.write_text("somebody's work")
    named = tmp_path / f"link{end}" if link else there
    if link:
        named.symlink_to(there)
    assert "is there already" in run(small_sample_store, *_words(line, named, small_sample_store), code=1)
    assert there.read_text() == "somebody's work"
    run(small_sample_store, *_words(line, named, small_sample_store), "--overwrite")
    assert there.read_bytes() != b"somebody's work"


@pytest.mark.parametrize("line", WRITING)
def test_no_store_and_nothing_of_its_own_is_written_over(small_sample_store: Path, tmp_path: Path, line: str) -> None:
    """Not even where somebody says so: the store by any name, what SQLite keeps beside it, its attachments and backups."""
    end, kept = _end(line), Path(f"{small_sample_store}.files/ab/kept")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("an attachment")
    (tmp_path / f"hard{end}").hardlink_to(small_sample_store)
    (tmp_path / f"soft{end}").symlink_to(small_sample_store)
    names = [
        small_sample_store,
        tmp_path / f"hard{end}",
        tmp_path / f"soft{end}",
        small_sample_store.parent / ".." / small_sample_store.parent.name / small_sample_store.name,
        *(small_sample_store.with_name(small_sample_store.name + beside) for beside in ("-wal", "-shm", "-journal")),
        kept,
        kept.with_name(f"new{end}"),
        Path(f"{small_sample_store}.backups") / f"new{end}",
    ]
    before, people = small_sample_store.stat().st_ino, run(small_sample_store, "people")
    for name in names:
        for more in ([], ["--overwrite"]):
            assert run(small_sample_store, *_words(line, name, small_sample_store), *more, code=1).strip(), name
    assert (small_sample_store.stat().st_ino, kept.read_text()) == (before, "an attachment")
    assert (run(small_sample_store, "people"), [one.name for one in kept.parent.iterdir()]) == (people, ["kept"])


@pytest.mark.parametrize("line", WRITING + FOLDERS)
def test_nothing_is_put_among_what_the_app_keeps_for_itself(small_sample_store: Path, line: str) -> None:
    end = _end(line)
    for folder in own_folders():
        for inner in (folder, folder / "log"):
            inner.mkdir(parents=True, exist_ok=True)
            said = run(small_sample_store, *_words(line, inner / f"new{end}", small_sample_store), code=1)
            assert "the app keeps its own files" in said
            assert not (inner / f"new{end}").exists()


@pytest.mark.parametrize("line", WRITING)
def test_a_file_is_what_its_ending_says(small_sample_store: Path, tmp_path: Path, line: str) -> None:
    for end in (".exe", ".docx.bin", ""):
        assert "ending" in run(small_sample_store, *_words(line, tmp_path / f"out{end}", small_sample_store), code=1)
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("line", FOLDERS)
def test_a_folder_of_the_store_takes_nothing_and_names_in_others_are_left_alone(
    small_sample_store: Path, tmp_path: Path, line: str
) -> None:
    for end in (".files", ".backups"):
        said = run(
            small_sample_store, *_words(line, Path(f"{small_sample_store}{end}") / "ab", small_sample_store), code=1
        )
        assert "keeps its own files" in said
    line = line.replace("--all", "--person 高翔")
    folder = tmp_path / "out"
    run(small_sample_store, *_words(line, folder, small_sample_store))
    first = sorted(folder.iterdir())
    for file in first:
        file.unlink()
        file.symlink_to("nowhere")
    run(small_sample_store, *_words(line, folder, small_sample_store))
    assert all(file.is_symlink() and not file.exists() for file in first)


def test_an_empty_name_of_a_store_is_not_the_usual_one() -> None:
    assert "--store is empty" in run("", "people", code=2)


@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("line", FOLDERS)
def test_no_folder_takes_a_name_that_sqlite_needs(small_sample_store: Path, line: str, end: str) -> None:
    """SQLite would find a folder where it looks for its log, and nobody could open the store."""
    named = Path(f"{small_sample_store}{end}")
    assert "belongs to a database" in run(small_sample_store, *_words(line, named, small_sample_store), code=1)
    assert not named.is_dir()
