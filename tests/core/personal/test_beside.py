"""What lies beside the store when somebody is erased: backups, attachments, old pages."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, text

from mentor_app.core.check import problems
from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.people import actions as people
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.beside import backups_with, erase_everywhere
from mentor_app.core.playbooks.attachments import attach_file
from mentor_app.core.store import Store, attachments, backup, keeping, scrubbing
from tests.core.history.world import book
from tests.core.personal.test_erasing import added_and_removed, sound
from tests.core.points.mentoring import Camp
from tests.core.store.test_restore import shown


def test_backups_with_somebody_are_named_also_once_they_are_removed(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    made = added_and_removed(at)
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    with_them = keeping.keep_daily(file_store, now)
    assert with_them is not None
    assert [one.path for one in backups_with(file_store, made)] == [with_them.path]
    at.act(erase, made)
    assert shown(file_store, with_them.path).erased_since == (made,)
    assert keeping.keep_daily(file_store, now + dt.timedelta(days=1)) is not None
    assert [one.path for one in backups_with(file_store, made)] == [with_them.path]


def test_a_copy_that_a_killed_backup_left_is_named_like_a_backup(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    folder = backup.folder_of(file_store.location)
    folder.mkdir()
    with closing(sqlite3.connect(folder / ".part-whole.sqlite")) as copy, file_store.whole_file() as source:
        source.backup(copy)
    (folder / ".part-half.sqlite").write_bytes(b"SQLite for")
    (folder / ".part-half.sqlite-journal").write_bytes(b"pages")
    (folder / "notes.sqlite").write_bytes(b"")
    found = {one.path.name for one in backups_with(file_store, at.hire.person_id or 0)}
    assert found == {".part-whole.sqlite", ".part-half.sqlite", ".part-half.sqlite-journal"}


def test_a_full_disk_while_old_pages_are_emptied_is_told_and_ended_later(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Camp(file_store, paired=False)

    def full() -> None:
        raise StoreFault("The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(file_store, "scrub", full)
        with pytest.raises(UserError, match=r"erase this person once more, who is now called Erased person \d"):
            erase_everywhere(file_store, at.lead, at.hire.person_id or 0)
    assert erase_everywhere(file_store, at.lead, at.hire.person_id or 0).result.again


def test_a_reader_in_another_program_is_waited_for_and_named(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Camp(file_store, paired=False)
    monkeypatch.setattr(scrubbing, "_PATIENCE", 0.2)

    @event.listens_for(file_store.engine, "connect")
    def wait_shortly(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    file_store.engine.dispose()
    other = sqlite3.connect(file_store.location, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM person").fetchall()
    with pytest.raises(UserError, match="another program"):
        erase_everywhere(file_store, at.lead, at.hire.person_id or 0)
    other.close()
    erase_everywhere(file_store, at.lead, at.hire.person_id or 0)


def test_attached_files_of_what_was_never_approved_are_deleted(file_store: Store, tmp_path: Path) -> None:
    at = Camp(file_store, paired=False)
    mine, shared = book(at), book(at, "approved")
    kept = attachments.folder_of(file_store.location)
    for made, words in ((mine, b"mine"), (mine, b"both"), (shared, b"both")):
        (tmp_path / "Mo.pdf").write_bytes(b"%PDF-1.7 " + words)
        attach_file(file_store, at.mo, made, tmp_path / "Mo.pdf")
    erase_everywhere(file_store, at.lead, at.mo.person_id or 0)
    assert sorted(f.read_bytes()[9:] for f in kept.rglob("*") if f.is_file()) == [b"both"]
    with file_store.read() as connection:
        assert problems(connection, file_store.location) == []
        names = set(connection.execute(text("SELECT name FROM playbook_attachment")).scalars())
    assert names == {"⌫", f"⌫{at.mo.person_id}.pdf"}
    sound(file_store)


def test_with_the_backups_named_the_attachments_kept_for_them_go(file_store: Store, tmp_path: Path) -> None:
    """Also where another backup was made since, and not before the last one that has them."""
    at = Camp(file_store, paired=False)
    mo, now = at.mo.person_id or 0, dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    mine, shared = book(at), book(at, "approved")
    for made, words in ((mine, b"Quuxley, mine"), (shared, b"everybody's")):
        (tmp_path / "Mo.pdf").write_bytes(b"%PDF-1.7 " + words)
        attach_file(file_store, at.mo, made, tmp_path / "Mo.pdf")
    for day in (0, 1):
        assert keeping.keep_daily(file_store, now + dt.timedelta(days=day)) is not None
        at.act(people.assign_crm_name, f"crm {day}", None)
    named = [one.path for one in backups_with(file_store, mo)]
    files = backup.folder_of(file_store.location) / "files"
    assert [path.read_bytes()[9:] for path in named if files in path.parents] == [b"Quuxley, mine"]
    erase_everywhere(file_store, at.lead, mo)
    assert keeping.keep_daily(file_store, now + dt.timedelta(days=2)) is not None
    first, second = (one.path for one in backup.listed(file_store.location) if one.path in named)
    for path in (first, second):
        keeping.tidy(file_store)
        assert sum(file.is_file() for file in files.rglob("*")) == 2
        path.unlink()
    keeping.tidy(file_store)
    left = [path for path in Path(file_store.location).parent.rglob("*") if path.is_file() and path.parent != tmp_path]
    assert [path for path in left if b"Quuxley" in path.read_bytes()] == []
    assert [file.read_bytes()[9:] for file in files.rglob("*") if file.is_file()] == [b"everybody's"]
    assert backups_with(file_store, mo) == []
