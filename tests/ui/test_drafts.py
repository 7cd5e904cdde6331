"""Drafts as files: private, one for each place and window, never written over by anybody else."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings

HERE, THERE = Place("logbook", "log"), Place("camp", "programme")


@pytest.fixture
def keepers(tmp_path: Path) -> tuple[DraftKeeper, DraftKeeper]:
    """Two windows of one person on one store."""

    def keeper() -> DraftKeeper:
        return DraftKeeper(tmp_path, "team.sqlite", lambda: "person 1")

    return keeper(), keeper()


def words(keeper: DraftKeeper) -> list[object]:
    return sorted(str(draft.values["words"]) for draft in keeper.all())


def test_a_draft_is_replaced_by_whoever_wrote_it(keepers: tuple[DraftKeeper, DraftKeeper]) -> None:
    one, other = keepers
    one.put(HERE, "t", {"words": "a"})
    one.put(HERE, "t", {"words": "ab"})
    one.put(THERE, "t", {"words": "elsewhere"})
    assert words(other) == ["ab", "elsewhere"]
    kept = other.get(HERE)
    assert kept is not None
    assert (kept.values, kept.title, kept.place) == ({"words": "ab"}, "t", HERE)
    assert dt.timedelta(0) <= dt.datetime.now(dt.UTC) - kept.at < dt.timedelta(minutes=1)
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert kept.file.parent.stat().st_mode & 0o777 == 0o700


def test_two_windows_at_one_place_keep_the_words_of_both(keepers: tuple[DraftKeeper, DraftKeeper]) -> None:
    one, other = keepers
    one.put(HERE, "t", {"words": "mine"})
    other.put(HERE, "t", {"words": "theirs"})
    one.put(HERE, "t", {"words": "mine, longer"})
    other.put(HERE, "t", {"words": "theirs, longer"})
    assert words(one) == ["mine, longer", "theirs, longer"]
    one.drop(HERE)
    assert words(one) == ["theirs, longer"]
    kept = one.get(HERE)  # what is left is offered where it was typed
    assert kept is not None
    assert kept.values == {"words": "theirs, longer"}


def test_a_draft_both_windows_took_up_becomes_two(keepers: tuple[DraftKeeper, DraftKeeper]) -> None:
    one, other = keepers
    one.put(HERE, "t", {"words": "begun"})
    assert other.get(HERE) is not None
    one.put(HERE, "t", {"words": "begun, here"})
    other.put(HERE, "t", {"words": "begun, there"})
    assert words(one) == ["begun, here", "begun, there"]
    other.drop_same(HERE, {"words": "begun, there"})
    assert words(one) == ["begun, here"]


def test_what_another_window_changed_is_not_dropped(keepers: tuple[DraftKeeper, DraftKeeper]) -> None:
    one, other = keepers
    one.put(HERE, "t", {"words": "begun"})
    (seen,) = other.all()
    assert other.get(HERE) is not None
    one.put(HERE, "t", {"words": "more"})
    other.drop(HERE)
    other.drop_draft(seen)
    assert words(one) == ["more"]
    one.put(HERE, "t", {"words": "more still"})
    one.drop_same(HERE, {"words": "more"})  # stored was what stood there before
    assert words(one) == ["more still"]
    (seen,) = other.all()
    other.drop_draft(seen)
    assert words(one) == []


def test_nothing_is_dropped_or_written_over_unseen(keepers: tuple[DraftKeeper, DraftKeeper]) -> None:
    one, other = keepers
    one.put(HERE, "t", {"words": "mine"})
    other.drop(HERE)
    other.drop_same(HERE, {"words": "mine"})
    other.move_newer(HERE, THERE, {"words": "stored"}, {"base": 1})
    assert words(one) == ["mine"]
    (draft,) = one.all()
    draft.file.write_text("half a file")
    other.put(HERE, "t", {"words": "theirs"})
    assert draft.file.read_text() == "half a file"
    assert words(one) == ["theirs"]


def test_what_was_typed_while_it_was_stored_moves_along(keepers: tuple[DraftKeeper, DraftKeeper]) -> None:
    one, _ = keepers
    one.put(HERE, "t", {"words": "stored"})
    one.put(HERE, "t", {"words": "stored and more"})
    one.move_newer(HERE, THERE, {"words": "stored"}, {"base": 1})
    assert [(draft.place, draft.values) for draft in one.all()] == [(THERE, {"words": "stored and more", "base": 1})]
    one.move_newer(THERE, HERE, {"words": "stored and more", "base": 1}, {})
    assert one.all() == []


def test_drafts_are_each_persons_own(tmp_path: Path) -> None:
    owner = ["person 1"]
    keeper = DraftKeeper(tmp_path, "team.sqlite", lambda: owner[0])
    keeper.put(HERE, "t", {"words": "one"})
    before = keeper.as_now()
    owner[0] = "person 2"
    assert keeper.all() == []
    keeper.put(HERE, "t", {"words": "two"})
    before.put(HERE, "t", {"words": "one, longer"})
    assert words(before) == ["one, longer"]
    assert words(keeper) == ["two"]
    assert DraftKeeper(tmp_path, "another.sqlite", lambda: owner[0]).all() == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_only_ordinary_files_are_read(keepers: tuple[DraftKeeper, DraftKeeper], tmp_path: Path) -> None:
    one, _ = keepers
    one.put(HERE, "t", {"words": "mine"})
    (draft,) = one.all()
    os.mkfifo(draft.file.with_name("pipe.json"))  # whoever opened it would wait for ever
    draft.file.with_name("link.json").symlink_to(draft.file)
    assert words(one) == ["mine"]
    Settings.path().parent.mkdir(parents=True, exist_ok=True)
    Settings.path().unlink(missing_ok=True)
    os.mkfifo(Settings.path())
    assert Settings.load() == Settings()
    Settings.path().unlink()


def test_a_full_disk_leaves_the_older_words_and_nothing_half(
    keepers: tuple[DraftKeeper, DraftKeeper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = keepers
    one.put(HERE, "t", {"words": "mine"})
    (draft,) = one.all()

    def full(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        one.put(HERE, "t", {"words": "mine and more"})
    assert words(one) == ["mine"]
    assert list(draft.file.parent.iterdir()) == [draft.file]


TYPES = """
import sys
from pathlib import Path
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.navigation import Place
keeper = DraftKeeper(Path(sys.argv[1]), "team.sqlite", lambda: "person 1")
keeper.put(Place("logbook", "log"), "t", {"words": "theirs"})
print("typed", flush=True)
sys.stdin.read()
"""


def test_what_is_typed_in_another_window_now_is_not_gone_on_with_here(tmp_path: Path) -> None:
    keeper = DraftKeeper(tmp_path, "team.sqlite", lambda: "person 1")
    with subprocess.Popen(
        [sys.executable, "-c", TYPES, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "typed\n"
        assert keeper.get(HERE) is None
        assert words(keeper) == ["theirs"]  # to be read all the same
        keeper.put(HERE, "t", {"words": "mine"})
        assert sorted(words(keeper)) == ["mine", "theirs"]
        keeper.drop(HERE)
        other.kill()
        other.wait()
        draft = keeper.get(HERE)  # its window is gone, in whatever way
    assert draft is not None
    assert draft.values == {"words": "theirs"}
