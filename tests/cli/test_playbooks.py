"""Playbooks from the command line: searched, brought in, reviewed, exported."""

import datetime as dt
import json
from pathlib import Path

import pypdf
import pytest
from docx import Document as Word

from mentor_app.core.history.before_erasing import preview
from mentor_app.core.playbooks.queries import find, whole
from mentor_app.core.team import open_team
from mentor_app.core.text import translator
from mentor_app.transfer.playbooks import document_of
from tests.cli.command import ask, run

TODAY = dt.date.today()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A lead, two mentors, and a pairing that obliges one of them to write."""
    path, people = tmp_path / "team.sqlite", tmp_path / "people.csv"
    began = TODAY - dt.timedelta(days=20)
    people.write_text(
        f"name,hire date,roles\nMo,2020-01-01,mentor\nLu,2020-01-01,mentor\nLi,2020-01-01,team lead\nAnn,{began},new hire\n"
    )
    run(path, "import", "people", str(people))
    run(path, "--as", "Li", "new-project", "Alpha", "--customer", "C", "--started", str(began))
    run(path, "--as", "Li", "pair", "Ann", "Mo", "--project", "Alpha", "--date", str(began))
    return path


def ready(place: Path, text: Path) -> int:
    """An approved playbook of objections, with what the file says in it."""
    books = ask(place, "playbooks", "--person", "Mo")["playbooks"]
    book = next(b["id"] for b in books if b["kind"] == "objections")
    run(place, "--as", "Mo", "playbooks", "import", str(text), "--into", str(book))
    run(place, "--as", "Mo", "playbooks", "submit", str(book))
    run(place, "--as", "Li", "playbooks", "approve", str(book))
    return int(book)


def test_the_command_line_searches_imports_and_exports(place: Path, tmp_path: Path) -> None:
    (tmp_path / "first.md").write_text("## 你们比竞品贵\n\n先问与谁比。\n", encoding="utf-8")
    book = ready(place, tmp_path / "first.md")
    hits = ask(place, "playbooks", "search", "竞品")["hits"]
    assert [(h["question"], h["answer"], h["author"], h["version"]) for h in hits] == [
        ("你们比竞品贵", "先问与谁比。", "Mo", 1)
    ]
    assert hits[0]["score"] > 0
    (tmp_path / "more.md").write_text("## 没预算\n\n分期。\n", encoding="utf-8")
    done = json.loads(
        run(place, "--as", "Mo", "playbooks", "import", str(tmp_path / "more.md"), "--into", str(book), "--json")
    )
    assert (done["parts"], done["titles"], done["applied"]) == (1, ["没预算"], True)
    assert "written by Mo" in run(place, "--as", "Lu", "playbooks", "submit", str(book), code=1)
    run(place, "--as", "Mo", "playbooks", "submit", str(book))
    run(place, "--as", "Li", "playbooks", "send-back", str(book), "--comment", "more")
    run(place, "--as", "Mo", "playbooks", "submit", str(book))
    run(place, "--as", "Li", "playbooks", "approve", str(book))
    assert [h["question"] for h in ask(place, "playbooks", "search", "预算")["hits"]] == ["没预算"]
    run(place, "playbooks", "export", str(book), "--out", str(tmp_path / "b.docx"), "--lang", "zh_CN")
    assert Word(str(tmp_path / "b.docx")).paragraphs[0].text == "异议处理百问百答 · Mo"
    listed = {b["kind"]: b for b in ask(place, "playbooks", "--person", "Mo")["playbooks"]}
    assert (listed["objections"]["state"], listed["handbook"]["state"]) == ("approved", "not_started")
    store = open_team(place)
    with store.read() as connection:
        assert find(connection, "预算", TODAY)[0].version == 3
        assert document_of(whole(connection, book, TODAY), None, translator("en")).parts[1].title == "没预算"
    store.close()


def test_one_is_begun_and_its_files_come_back_as_they_were(place: Path, tmp_path: Path) -> None:
    made = ask(place, "--as", "Lu", "playbooks", "new", "objections", "Lu 的百问")
    mine = next(b for b in ask(place, "playbooks", "--person", "Lu")["playbooks"] if b["id"] == made["id"])
    assert (mine["title"], mine["owner"], mine["written"]) == ("Lu 的百问", "Lu", 0)
    plan = tmp_path / "计划.pdf"
    plan.write_bytes(b"%PDF-1.7 a plan")
    run(place, "--as", "Lu", "playbooks", "attach", str(made["id"]), str(plan))
    assert "written by Lu" in run(place, "--as", "Mo", "playbooks", "attach", str(made["id"]), str(plan), code=1)
    out = tmp_path / "out"
    out.mkdir()
    (kept,) = ask(place, "playbooks", "attachments", str(made["id"]), "--out", str(out))["attachments"]
    assert kept["name"] == "计划.pdf"
    assert [path.read_bytes() for path in out.iterdir()] == [b"%PDF-1.7 a plan"]


def test_an_older_version_and_every_format_can_be_exported(place: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    first.write_text("## 太贵\n\n先问。\n", encoding="utf-8")
    second.write_text("## 太慢\n\n再问。\n", encoding="utf-8")
    book = str(ready(place, first))
    run(place, "--as", "Mo", "playbooks", "import", str(second), "--into", book, "--replace")
    run(place, "--as", "Mo", "playbooks", "submit", book)
    run(place, "--as", "Li", "playbooks", "approve", book, "--comment", "good")
    run(place, "playbooks", "export", book, "--out", str(tmp_path / "new.md"))
    run(place, "playbooks", "export", book, "--out", str(tmp_path / "old.md"), "--version", "1")
    assert "太慢" in (tmp_path / "new.md").read_text(encoding="utf-8")
    assert "太贵" in (tmp_path / "old.md").read_text(encoding="utf-8")
    run(place, "playbooks", "export", book, "--out", str(tmp_path / "b.pdf"), "--lang", "zh_CN")
    assert "太慢" in pypdf.PdfReader(tmp_path / "b.pdf").pages[0].extract_text()
    assert "is written as .docx, .pdf, .md" in run(
        place, "playbooks", "export", book, "--out", str(tmp_path / "b.rtf"), code=1
    )
    assert "no version" in run(
        place, "playbooks", "export", book, "--out", str(tmp_path / "c.md"), "--version", "9", code=1
    )


def test_somebody_named_in_a_playbook_handed_in_is_shown_before_being_erased(tmp_path: Path) -> None:
    place, file = tmp_path / "team.sqlite", tmp_path / "q.csv"
    people = tmp_path / "p.csv"
    people.write_text("name,roles\nMo,mentor\n王芳,new hire\n", encoding="utf-8")
    run(place, "import", "people", str(people))
    run(place, "--as", "Mo", "playbooks", "new", "objections", "QA")
    file.write_text("question,answer\nWho?,Ask 王芳\n", encoding="utf-8")
    run(place, "--as", "Mo", "playbooks", "import", str(file), "--into", "1")
    run(place, "--as", "Mo", "playbooks", "submit", "1")
    store = open_team(place)
    with store.read() as connection:
        shown = " ".join(map(str, preview(connection, 2).goes))
    store.close()
    assert "2 places in texts of others:\n    Who?: Ask ›王芳‹\n    QA: Ask ›王芳‹" in shown
