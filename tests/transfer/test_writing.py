"""What is written for others never takes the place of a store, another database or what lies beside one."""

import builtins
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from errno import EPERM
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.store import Store
from mentor_app.core.team import open_team
from mentor_app.transfer.files import Figure, Folder, replacing, write_list

ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    """A store in a file that bears the ending of a list."""
    store = open_team(tmp_path / "team.xlsx")
    yield store
    store.close()


@pytest.mark.parametrize("name", ["team.xlsx", "team.xlsx-wal", "team.xlsx-shm", "team.xlsx-journal", "link.csv"])
def test_an_open_store_is_not_written_over_nor_opened(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "team.xlsx")
    before = (tmp_path / "team.xlsx").stat()
    touched: list[str] = []
    real: Any = Path.open

    def watched(path: Path, *args: Any, **kwargs: Any) -> Any:
        touched.append(path.name)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", watched)
    monkeypatch.setattr(builtins, "open", lambda *args, **kwargs: pytest.fail(f"opened {args}"))
    with pytest.raises(UserError, match="belongs to a database"), replacing(tmp_path / name) as part:
        part.write_bytes(b"")
    monkeypatch.undo()
    assert "team.xlsx" not in touched
    assert (tmp_path / "team.xlsx").stat().st_ino == before.st_ino
    assert not list(tmp_path.glob("*.part"))
    with opened.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_store_that_is_closed_is_not_written_over(tmp_path: Path) -> None:
    open_team(tmp_path / "team.csv").close()
    with pytest.raises(UserError, match="belongs to a database"):
        write_list(tmp_path / "team.csv", "List", ["a"], [["1"]])
    assert (tmp_path / "team.csv").read_bytes().startswith(b"SQLite format 3")


def test_nor_is_another_programs_database(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.csv")
    other.execute("CREATE TABLE kept (id)")
    other.close()
    with pytest.raises(UserError, match="belongs to a database"):
        write_list(tmp_path / "other.csv", "List", ["a"], [["1"]])


@pytest.mark.parametrize("name", ["list.sqlite", "list.pdf", "list"])
def test_a_list_has_one_of_its_own_endings(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"\.xlsx or \.csv"):
        write_list(tmp_path / name, "List", ["a"], [["1"]])
    assert not list(tmp_path.iterdir())


def test_an_older_list_is_replaced(tmp_path: Path) -> None:
    for words in ("1", "2"):
        write_list(tmp_path / "list.csv", "List", ["a"], [[words]])
    assert (tmp_path / "list.csv").read_text(encoding="utf-8-sig").split() == ["a", "2"]


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_no_name_of_ours_is_written_through_or_over(file_store: Store, tmp_path: Path, link: str) -> None:
    """What stands beside the target, under whatever name, is somebody's: it may be the store."""
    store, target = Path(str(file_store.location)), tmp_path / "out.csv"
    before = store.read_bytes()
    names = ["out.csv.part", "out.csv.1.part", f"out.csv.{os.getpid()}-1.part"]
    for name in names:
        getattr(tmp_path / name, link)(store)
    write_list(target, "list", ["a"], [["1"]])
    assert target.read_text(encoding="utf-8-sig").split() == ["a", "1"]
    assert store.read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("out*")) == sorted(["out.csv", *names])


def test_what_a_killed_export_left_goes_with_the_next_of_that_name(tmp_path: Path) -> None:
    """Not what is still being written, nor what is called otherwise."""
    target = tmp_path / "out.csv"
    killed = """
import os, signal, sys
from pathlib import Path
from mentor_app.transfer.files import replacing
with replacing(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    for name in ("out.csv", "other.csv"):
        subprocess.run([sys.executable, "-c", killed, str(tmp_path / name)], check=False, env={"PYTHONPATH": ROOT})
    (left,) = tmp_path.glob("out.csv.*")
    assert left.read_text() == "half"
    target.write_text("0")
    with replacing(target) as part:
        part.write_text("1")
        write_list(target, "list", ["a"], [["2"]])  # meanwhile, by another thread
        assert part.exists()
    assert target.read_text() == "1"
    assert [path.name.split(".")[0] for path in tmp_path.glob("*.part")] == ["other"]


def test_what_a_link_points_to_is_replaced_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_list(tmp_path / "link.csv", "list", ["a"], [["1"]])
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8-sig").split() == ["a", "1"]


@pytest.mark.parametrize(
    ("name", "ending"), [("../../a", "pdf"), ("a", "pdf/../../b"), ("..", ".."), ("C:\\x", "p\\..\\f")]
)
def test_a_name_of_a_file_never_leads_out_of_its_folder(tmp_path: Path, name: str, ending: str) -> None:
    """Names of attachments come from the store, which somebody may have written to."""
    assert Folder(tmp_path).file(name, ending).resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize("fault", [OSError(28, "full"), PermissionError(13, "no")])
@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_what_can_not_be_written_whole_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError, name: str
) -> None:
    """A full disk, a folder or a file that takes nothing: a sentence, what was there stays, and nothing half beside it."""
    (tmp_path / name).write_text("old")

    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    for place in ("open", "write_bytes", "replace", "touch"):
        with monkeypatch.context() as patched:
            patched.setattr(Path, place, fail)
            if (place, name[-4:]) in {("open", "xlsx"), ("write_bytes", ".csv")}:
                continue
            with pytest.raises(UserError, match=r"list\..* can't be written"):
                write_list(tmp_path / name, "List", ["a"], [["1"]])
        assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(name, "old")]


@pytest.mark.parametrize("links", [True, False], ids=["", "where a file has one name only"])
def test_what_somebody_else_writes_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def none(*_args: object, **_more: object) -> None:
        raise OSError(EPERM, "no links here")

    if not links:
        monkeypatch.setattr(os, "link", none)
    target = tmp_path / "list.csv"

    def both_write() -> None:
        with replacing(target) as part:
            part.write_text("ours")
            target.write_text("theirs")

    with pytest.raises(UserError, match="somebody else meanwhile"):
        both_write()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("list.csv", "theirs")]
    target.unlink()
    with replacing(target) as part:
        part.write_text("ours")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("list.csv", "ours")]


@pytest.mark.parametrize(
    ("words", "value", "form"),
    [
        ("45", 45, "0"),
        ("+5", 5, "+0;-0;0"),
        ("\u22122,500", -2500, "#,##0"),
        ("1,054.00", 1054, "#,##0.00"),
        ("USD 54.50", 54.5, '"USD "#,##0.00'),
        ("3 / 5", "3 / 5", "General"),
        ("–", "–", "General"),
        ("1234567890123456", "1234567890123456", "General"),
    ],
)
def test_a_figure_is_a_number_in_a_workbook_that_looks_as_it_was_shown(
    tmp_path: Path, words: str, value: object, form: str
) -> None:
    for name in ("list.xlsx", "list.csv"):
        write_list(tmp_path / name, "List", ["a"], [[Figure(words)]])
    cell = openpyxl.load_workbook(tmp_path / "list.xlsx").active["A2"]  # type: ignore[index]
    assert (cell.value, cell.number_format) == (value, form)
    assert (tmp_path / "list.csv").read_text("utf-8-sig").splitlines()[1].strip('"') == words
