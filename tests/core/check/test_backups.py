"""Backups that somebody asks for: called sound only where a check of the store would find nothing in them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from mentor_app.core.check.backups import back_up, back_up_to, doubts, examine, refuse_unfit
from mentor_app.core.errors import UserError
from mentor_app.core.playbooks.attachments import attach_file
from mentor_app.core.store import Store, attachments
from mentor_app.core.store.kept import ASIDE, Reason, listed
from mentor_app.core.store.restore import preview
from tests.core.history.world import book
from tests.core.points.mentoring import Camp
from tests.core.store.test_backup import NOW, kept
from tests.tampering import unprotected


def altered(store: Store) -> None:
    with unprotected(store.location) as raw:
        raw.execute("UPDATE person SET name = 'Forged' WHERE id = 1")


def without_files(store: Store) -> None:
    for path in attachments.folder_of(store.location).rglob("*"):
        if path.is_file():
            path.unlink()


def with_changed_files(store: Store) -> None:
    for path in attachments.folder_of(store.location).rglob("*"):
        if path.is_file():
            path.write_bytes(b"%PDF changed")


@pytest.fixture
def whole(file_store: Store, tmp_path: Path) -> Store:
    """People, and a playbook with a file attached to it."""
    at = Camp(file_store, paired=False)
    (tmp_path / "Mo.pdf").write_bytes(b"%PDF-1.7 a contract")
    attach_file(file_store, at.mo, book(at), tmp_path / "Mo.pdf")
    return file_store


@pytest.mark.parametrize(
    ("harm", "problems", "missing", "words"),
    [
        (altered, 1, 0, "found one problem in it.*: Row 1 of person differs"),
        (without_files, 0, 1, "It lacks 1 of 1 attachments"),
        (with_changed_files, 0, 1, "It lacks 1 of 1 attachments"),
    ],
)
def test_what_is_not_sound_takes_no_file_s_place(
    whole: Store, tmp_path: Path, harm: Callable[[Store], None], problems: int, missing: int, words: str
) -> None:
    to = tmp_path / "stick.sqlite"
    refuse_unfit(back_up_to(whole, to))
    good = to.read_bytes()
    harm(whole)
    for name in ("stick-with-problems.sqlite", "stick-with-problems-2.sqlite"):
        made = back_up_to(whole, to)
        assert made.path == tmp_path / name
        assert made.verdict is not None
        assert (made.verdict.problems, made.verdict.missing, made.verdict.sound) == (problems, missing, False)
        with pytest.raises(UserError, match=words) as refused:
            refuse_unfit(made)
        assert str(made.path) in str(refused.value)
    assert to.read_bytes() == good


def test_each_backup_tells_whether_it_was_checked_and_the_last_sound_one_stays(whole: Store) -> None:
    """Whatever is made by itself afterwards, and though it is not told sound by its name."""
    sound = back_up(whole, NOW)
    kept(whole, Reason.IMPORT, NOW + dt.timedelta(hours=1))
    altered(whole)
    back_up(whole, NOW + dt.timedelta(hours=2))
    verdicts = [one.verdict for one in listed(whole.location)]
    assert [None if one is None else one.sound for one in verdicts] == [False, None, True]
    for day in range(ASIDE + 1):
        kept(whole, Reason.IMPORT, NOW + dt.timedelta(days=400 + day))
    later = listed(whole.location)
    assert later[-1].path == sound.path
    assert len(later) == ASIDE + 2
    sound.path.write_bytes(later[0].path.read_bytes())  # another file by now
    assert listed(whole.location)[-1].verdict is None


def test_a_backup_of_an_altered_store_is_not_called_altered_itself(whole: Store) -> None:
    altered(whole)
    made = back_up(whole, NOW)
    with whole.whole_file() as source:
        shown = preview(made.path, source, whole.location)
    said = [str(words) for words in doubts(shown, examine(made.path, whole.location))]
    assert said[0].startswith("This backup was not sound when it was made")
    assert "Row 1 of person differs" in said[1]
    with unprotected(made.path) as raw:
        raw.execute("UPDATE person SET name = 'Forged again' WHERE id = 1")
    assert str(doubts(shown, examine(made.path, whole.location))[0]).endswith(
        "altered this backup. Problems that the check finds in it: 1."
    )


def test_the_notes_of_backups_that_are_gone_go(whole: Store) -> None:
    for hour in range(3):
        back_up(whole, NOW - dt.timedelta(days=900, hours=hour))
    for day in range(ASIDE):
        back_up(whole, NOW + dt.timedelta(minutes=day))
    folder = listed(whole.location)[0].path.parent
    backups = {one.path.name for one in listed(whole.location)}
    assert {path.name.removesuffix(".checked") for path in folder.glob("*.checked")} == backups
