"""Files kept beside the store: by what is in them, verified when opened, hostile names and contents refused."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.playbooks import actions
from mentor_app.core.playbooks.actions import detach
from mentor_app.core.playbooks.attachments import attach_file
from mentor_app.core.playbooks.queries import attachments_of
from mentor_app.core.store import attachments as kept
from tests.core.points.mentoring import Camp

PDF, PNG = b"%PDF-1.7 a plan", b"\x89PNG\r\n\x1a\n pixels"


@pytest.fixture
def at(camp: Camp) -> Camp:
    return camp


def book(at: Camp) -> int:
    return int(at.act(actions.begin, "objections", "Q", who=at.mo))


def file(folder: Path, name: str, content: bytes = PDF) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_kept_by_its_content_and_opened_verified(at: Camp, tmp_path: Path) -> None:
    owner = book(at)
    first = attach_file(at.store, at.mo, owner, file(tmp_path, "计划.pdf")).result
    source = file(tmp_path, "copy.pdf")
    attach_file(at.store, at.mo, owner, source)  # the same content under another name
    source.unlink()  # the original vanishes
    folder = kept.folder_of(at.store.location)
    with at.store.read() as connection:
        found = attachments_of(connection, owner)
        assert [(one.name, one.size) for one in found] == [("copy.pdf", len(PDF)), ("计划.pdf", len(PDF))]
        assert len({one.sha256 for one in found}) == 1
        assert problems(connection, at.store.location) == []
    assert len([p for p in folder.rglob("*") if p.is_file()]) == 1
    out = kept.copy_out(folder, found[0].sha256, tmp_path / "out.pdf")
    assert out.read_bytes() == PDF
    assert stat.S_IMODE(out.stat().st_mode) == 0o400
    stored = kept.verified(folder, found[0].sha256)
    assert not stored.stat().st_mode & 0o111
    at.act(detach, first, who=at.mo)
    with at.store.read() as connection:
        assert [one.name for one in attachments_of(connection, owner)] == ["copy.pdf"]
    at.act(detach, first, True, who=at.mo)
    with at.store.read() as connection:
        assert len(attachments_of(connection, owner)) == 2


def test_the_same_name_gets_a_number(at: Camp, tmp_path: Path) -> None:
    owner = book(at)
    attach_file(at.store, at.mo, owner, file(tmp_path, "Plan.pdf"))
    attach_file(at.store, at.mo, owner, file(tmp_path, "plan.PDF", b"%PDF-1.7 other"))
    with at.store.read() as connection:
        assert [one.name for one in attachments_of(connection, owner)] == ["Plan.pdf", "plan (2).PDF"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("run.exe", b"MZ", "not one of"),
        ("page.html", b"<html>", "not one of"),
        ("none", PDF, "not one of"),
        ("fake.pdf", b"MZ\x90\x00 a program", "not a PDF file"),
        ("fake.png", PDF, "not a PNG file"),
        ("empty.pdf", b"", "not a PDF file"),
        ("script.docx", b"#!/bin/sh", "not a DOCX file"),
    ],
)
def test_what_is_not_taken_is_refused(at: Camp, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    owner = book(at)
    with pytest.raises(UserError, match=words):
        attach_file(at.store, at.mo, owner, file(tmp_path, name, content))
    with at.store.read() as connection:
        assert attachments_of(connection, owner) == []
    folder = kept.folder_of(at.store.location)
    assert not folder.exists() or not any(p.is_file() for p in folder.rglob("*"))


def test_too_large_leaves_nothing_behind(at: Camp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_BYTES", 1 << 20)
    owner = book(at)
    with pytest.raises(UserError, match="larger than 1 MB"):
        attach_file(at.store, at.mo, owner, file(tmp_path, "big.pdf", PDF + b"x" * (1 << 20)))
    folder = kept.folder_of(at.store.location)
    assert [p for p in folder.rglob("*") if p.is_file()] == []
    with pytest.raises(UserError, match="can't be opened"):
        attach_file(at.store, at.mo, owner, tmp_path / "gone.pdf")


def test_only_the_owner_attaches_and_nothing_is_copied_for_others(at: Camp, tmp_path: Path) -> None:
    owner = book(at)
    with pytest.raises(UserError, match="written by Mo"):
        attach_file(at.store, at.lu, owner, file(tmp_path, "a.pdf"))
    assert not kept.folder_of(at.store.location).exists()


@pytest.mark.parametrize("deed", ["changed", "gone", "link"])
def test_a_file_changed_behind_the_apps_back_is_not_opened(at: Camp, tmp_path: Path, deed: str) -> None:
    owner = book(at)
    attach_file(at.store, at.mo, owner, file(tmp_path, "a.pdf"))
    folder = kept.folder_of(at.store.location)
    with at.store.read() as connection:
        (one,) = attachments_of(connection, owner)
    place = kept.verified(folder, one.sha256)
    if deed == "changed":
        os.chmod(place, 0o600)
        place.write_bytes(PDF + b"!")
    else:
        place.unlink()
        if deed == "link":
            place.symlink_to(file(tmp_path, "secret.pdf"))
    with pytest.raises(UserError, match="not the one that was kept" if deed == "changed" else "gone from"):
        kept.copy_out(folder, one.sha256, tmp_path / "out.pdf")
    assert not (tmp_path / "out.pdf").exists()
    with at.store.read() as connection:
        assert [p.key for p in problems(connection, at.store.location)] == ["file"]


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    for name, wanted in (
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\a.pdf", "a.pdf"),
        ("a\x00b\u202efdp.pdf", "abfdp.pdf"),
        ("...", "_"),
        ("x" * 500 + ".pdf", ("x" * 500 + ".pdf")[-180:]),
    ):
        assert kept.shown_name(name) == wanted
    for bad in ("../x", "a" * 63, "A" * 64, ""):
        with pytest.raises(UserError, match="damaged"):
            kept.verified(tmp_path, bad)


def test_a_server_stores_files_lie_where_they_are_said_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place: Any = "postgresql+psycopg://u:***@h/team"
    assert "h_team" in str(kept.folder_of(place))
    monkeypatch.setenv("MENTOR_APP_FILES", str(tmp_path))
    assert kept.folder_of(place) == tmp_path
