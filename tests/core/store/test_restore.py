"""Going back to a backup: the preview tells what it is; windows that are open see it; nothing is lost on the way."""

import datetime as dt
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mentor_app.core.check import problems
from mentor_app.core.check.backups import doubts, examine
from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.personal.actions import erase
from mentor_app.core.store import HEAD, Actor, Store, attachments, backup, faults, open_store, restore
from mentor_app.core.store.history import beginning, reseal
from mentor_app.core.store.opening import sqlite_engine
from mentor_app.core.store.protect import lifted
from mentor_app.core.store.query_cache import QueryCache
from mentor_app.core.store.restore import Preview, Restored
from mentor_app.core.store.telling import warnings
from mentor_app.core.team import open_team
from mentor_app.core.text import by_user
from tests.conftest import DATA, ME
from tests.core.store.test_backup import NOW, PDF, add, attach, first_leaf, kept, people_in

LATER = NOW + dt.timedelta(hours=1)


def shown(store: Store, path: Path) -> Preview:
    with store.whole_file() as source:
        return restore.preview(path, source, store.location)


def restored(store: Store, path: Path, now: dt.datetime = LATER) -> Restored:
    with store.whole_file() as source:
        return restore.restore_into(source, store.location, path, ME, now)


def looked(place: Path, path: Path) -> Preview:
    store = restore.opened(str(place), lambda: open_team(place))
    try:
        return restore.look(store, str(place), path)
    finally:
        if store is not None:
            store.close()


def went_back(place: Path, path: Path) -> Restored:
    store = restore.opened(str(place), lambda: open_team(place))
    try:
        return restore.go_back(store, str(place), path, ME, LATER)
    finally:
        if store is not None:
            store.close()


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return [p.name for p in people(connection)]


def test_the_preview_says_what_the_backup_holds_and_what_would_be_undone(file_store: Store) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    assert shown(file_store, made.path).changes_since == 0
    add(file_store, "Bo")
    file_store.act(Actor("Tia"), add_person, PersonDetails(name="Cy"))
    seen = shown(file_store, made.path)
    assert (seen.then.counts["person"], seen.now and seen.now.counts["person"]) == (1, 3)
    assert seen.changes_since == 2
    assert seen.same_store
    assert (seen.then.last_by, seen.now and seen.now.last_by) == (by_user(ME.name), by_user("Tia"))


def test_what_the_store_held_before_a_backup_was_restored_is_told_as_that(file_store: Store) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    add(file_store, "Bo")
    before = restored(file_store, made.path).before
    assert before is not None
    seen = shown(file_store, before)
    assert (seen.changes_since, seen.strange, bool(seen.replaced_at)) == (None, False, True)
    assert "in this state until a backup was restored" in str(warnings(seen)[0])
    add(file_store, "Cy")
    assert shown(file_store, before).replaced_at == seen.replaced_at
    assert shown(file_store, made.path).changes_since == 2
    restored(file_store, before)
    assert names(file_store) == ["Ann", "Bo"]


def test_a_backup_that_was_altered_is_told_and_so_is_one_from_a_copy_worked_in_elsewhere(
    file_store: Store, tmp_path: Path
) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    add(file_store, "Bo")
    assert doubts(shown(file_store, made.path), examine(made.path, file_store.location)) == []
    forged, copy = tmp_path / "forged.sqlite", tmp_path / "copy.sqlite"
    for place in (forged, copy):
        shutil.copy(made.path, place)
    with closing(sqlite3.connect(forged)) as raw, raw:
        raw.execute("UPDATE person SET name = 'Anna'")
    said = [str(words) for words in doubts(shown(file_store, forged), examine(forged, file_store.location))]
    assert "finds in it: 1." in said[0]
    assert "differs from the history in name" in said[1]
    with closing(open_team(copy)) as other:
        add(other, "Elsewhere")
    (told,) = doubts(shown(file_store, copy), examine(copy, file_store.location))
    assert "was never a state of it" in str(told)


def test_a_backup_from_before_an_erasure_is_known_as_genuine_and_a_forged_one_is_not(
    file_store: Store, tmp_path: Path
) -> None:
    def act(what: Any, *args: Any) -> Any:
        return file_store.act(Actor("Tia"), what, *args).result

    lead = act(add_person, PersonDetails(name="Lea", roles=frozenset({"team_lead"})))
    ann = act(add_person, PersonDetails(name="Annabel Quux", hired_on=dt.date(2026, 1, 1), crm_names=("quux.crm",)))
    act(add_person, PersonDetails(name="Bo"))
    made = kept(file_store)
    file_store.act(Actor("Lea", lead), erase, ann)
    add(file_store, "Cy")
    later = kept(file_store)
    file_store.act(Actor("Lea", lead), erase, 3)
    seen = shown(file_store, made.path)
    assert (seen.strange, seen.changes_since) == (False, 3)
    assert doubts(seen, examine(made.path, file_store.location)) == []
    assert "brings back personal data that was erased" in str(warnings(seen)[1])
    assert (shown(file_store, later.path).strange, shown(file_store, later.path).changes_since) == (False, 1)
    forgeries = (
        "UPDATE change SET after = replace(after, '2026-01-01', '2025-01-01') WHERE table_name = 'person'",
        "UPDATE change SET after = replace(after, 'new_hire', 'mentor'), row_id = 9 WHERE table_name = 'person_role'",
        "UPDATE change SET after = replace(after, 'Lea', 'Leo') WHERE table_name = 'person'",
        "UPDATE change_set SET actor_name = 'Mo' WHERE id = 2",
        "DELETE FROM change WHERE id = (SELECT max(id) FROM change)",
    )
    for number, forgery in enumerate(forgeries):
        forged = tmp_path / f"{number}.sqlite"
        shutil.copy(made.path, forged)
        engine = sqlite_engine(forged, journal="DELETE")
        with engine.connect() as connection, connection.execution_options(writes=True).begin(), lifted(connection):
            assert connection.exec_driver_sql(forgery).rowcount > 0
            reseal(connection)  # whoever forges seals it, too
        engine.dispose()
        assert shown(file_store, forged).strange, forgery
        (_told,) = [one for one in doubts(shown(file_store, forged), []) if "was never a state of it" in str(one)]
    before = restored(file_store, made.path).before
    assert before is not None
    assert "Annabel Quux" in names(file_store)
    for erased_there in (before, later.path):  # the way back over the erasure, and forward again
        seen = shown(file_store, erased_there)
        assert (seen.strange, seen.replaced_at is None, seen.same_store) == (False, False, True)
        assert doubts(seen, examine(erased_there, file_store.location)) == []
    forged = tmp_path / "forged.sqlite"
    shutil.copy(before, forged)
    engine = sqlite_engine(forged, journal="DELETE")
    with engine.connect() as connection, connection.execution_options(writes=True).begin(), lifted(connection):
        assert connection.exec_driver_sql(forgeries[0]).rowcount > 0
        reseal(connection)
    engine.dispose()
    assert shown(file_store, forged).strange
    file_store.act(Actor("Lea", lead), erase, 3)
    assert not shown(file_store, before).strange
    restored(file_store, before)
    assert "Annabel Quux" not in names(file_store)


def test_all_windows_see_the_state_of_then_in_the_same_file(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    ours, theirs = open_team(place), open_team(place)
    notices: list[object] = []
    theirs.on_notice = notices.append
    add(ours, "Ann")
    made = kept(ours)
    add(theirs, "Bo")
    inode = place.stat().st_ino
    done = restored(ours, made.path)
    assert place.stat().st_ino == inode
    assert names(ours) == names(theirs) == ["Ann"]
    add(theirs, "Cy")
    assert names(ours) == ["Ann", "Cy"]
    assert notices == []
    assert done.before is not None
    assert people_in(done.before) == ["Ann", "Bo"]
    ours.close()
    theirs.close()


def test_who_comes_back_is_nobody_else(file_store: Store) -> None:
    """No number is given out twice, neither a person's nor a change's, and the history says what happened."""
    add(file_store, "Ann")
    made = kept(file_store)
    bo = add(file_store, "Bo")
    with file_store.read() as connection:
        last = connection.exec_driver_sql("SELECT max(id) FROM change_set").scalar()
        begun = beginning(connection)
    restored(file_store, made.path)
    cy = add(file_store, "Cy")
    assert cy > bo
    with file_store.read() as connection:
        rows = connection.exec_driver_sql("SELECT id, action, actor_name FROM change_set ORDER BY id").all()
        assert beginning(connection) == begun
        assert problems(connection) == []
    assert [row.action for row in rows] == ["people.add_person", "store.restore", "people.add_person"]
    assert rows[1].id > (last or 0)
    assert rows[1].actor_name == ME.name


def test_answers_kept_of_before_are_not_given_afterwards(file_store: Store) -> None:
    cache: QueryCache[list[str]] = QueryCache(8)

    def asked() -> list[str]:
        with file_store.read() as connection:
            return cache.get(connection, "names", lambda: [p.name for p in people(connection)])

    add(file_store, "Ann")
    made = kept(file_store)
    add(file_store, "Bo")
    assert asked() == ["Ann", "Bo"]
    restored(file_store, made.path)
    assert asked() == ["Ann"]
    add(file_store, "Cy")
    assert asked() == ["Ann", "Cy"]


def test_going_back_and_forth_again(file_store: Store) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    add(file_store, "Bo")
    forth = restored(file_store, made.path).before
    assert forth is not None
    restored(file_store, forth, LATER + dt.timedelta(hours=1))
    assert names(file_store) == ["Ann", "Bo"]


def test_a_reader_under_way_keeps_its_state(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    ours, theirs = open_team(place), open_team(place)
    add(ours, "Ann")
    made = kept(ours)
    add(ours, "Bo")
    with theirs.read() as connection:
        assert len(people(connection)) == 2
        restored(ours, made.path)
        assert len(people(connection)) == 2
    assert names(theirs) == ["Ann"]
    ours.close()
    theirs.close()


def test_what_is_written_meanwhile_is_in_the_backup_made_before(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the backup of what is replaced and the replacing somebody writes: it is begun again."""
    add(file_store, "Ann")
    made = kept(file_store)
    other = open_team(file_store.location)
    note, wrote = restore._note, []

    def write_then_note(*arguments: object) -> None:
        if not wrote:
            wrote.append(add(other, "Late"))
        note(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(restore, "_note", write_then_note)
    done = restored(file_store, made.path)
    assert names(file_store) == ["Ann"]
    assert done.before is not None
    assert people_in(done.before) == ["Ann", "Late"]
    other.close()


def test_where_people_go_on_writing_it_is_given_up(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    other = open_team(file_store.location)
    note = restore._note

    def write_then_note(*arguments: object) -> None:
        add(other, "Late")
        note(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(restore, "_note", write_then_note)
    with pytest.raises(UserError, match="again and again"):
        restored(file_store, made.path)
    assert names(file_store) == ["Ann", "Late", "Late", "Late"]
    other.close()


def test_a_store_another_program_holds_is_left_alone(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_WAIT", 0.2)
    add(file_store, "Ann")
    made = kept(file_store)
    add(file_store, "Bo")
    script = (
        f"import sqlite3, sys; c = sqlite3.connect({file_store.location!r}, isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with file_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with pytest.raises(UserError, match="in use by another program"):
        restored(file_store, made.path)
    holder.communicate()
    assert names(file_store) == ["Ann", "Bo"]
    assert not list(backup.folder_of(file_store.location).glob(".part-*"))


def test_attachments_come_back(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    sha256 = attach(file_store, tmp_path)
    beside = kept(file_store).path
    alone = tmp_path / "alone.sqlite"
    with file_store.whole_file() as source:
        backup.write(source, file_store.location, alone)
    folder = attachments.folder_of(file_store.location)
    for path in (beside, alone):
        attachments.verified(folder, sha256).unlink()
        seen = shown(file_store, path)
        assert (seen.files, seen.files_missing) == (1, 0)
        restored(file_store, path)
        assert attachments.verified(folder, sha256).read_bytes() == PDF
    with file_store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        assert "backup_file" not in tables
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0


def test_an_attachment_that_no_folder_can_hold_is_missing(file_store: Store, tmp_path: Path) -> None:
    """Beside a file of so long a name no folder with its attachments can lie."""
    add(file_store, "Ann")
    attach(file_store, tmp_path)
    far = tmp_path / f"{'n' * 247}.sqlite"
    shutil.copyfile(kept(file_store).path, far)
    shutil.rmtree(attachments.folder_of(file_store.location))
    assert shown(file_store, far).files_missing == 1
    restored(file_store, far)
    assert shown(file_store, far).files_missing == 1


def test_an_attachment_that_is_nowhere_is_said(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    sha256 = attach(file_store, tmp_path)
    attachments.verified(attachments.folder_of(file_store.location), sha256).unlink()
    made = kept(file_store)
    assert shown(file_store, made.path).files_missing == 1


@pytest.mark.parametrize("revision", ["0001", "0004", HEAD])
def test_a_backup_of_an_older_app_is_brought_up_to_date(file_store: Store, revision: str) -> None:
    old = DATA / "stores" / f"{revision}.sqlite"
    untouched = old.read_bytes()
    with closing(sqlite3.connect(f"file:{old}?mode=ro&immutable=1", uri=True)) as there:
        merged = "(SELECT person_id FROM merger)" if revision >= "0009" else "(0)"
        query = f"SELECT name FROM person WHERE id NOT IN {merged} ORDER BY name"
        everybody = [name for (name,) in there.execute(query)]
    restored(file_store, old)
    assert sorted(names(file_store)) == everybody
    with file_store.read() as connection:
        assert problems(connection) == []
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
    assert old.read_bytes() == untouched
    assert sorted(path.name for path in old.parent.iterdir() if path.name.startswith(revision)) == [old.name]


def test_another_store_s_backup_is_told_apart(file_store: Store, tmp_path: Path) -> None:
    other = open_team(tmp_path / "other.sqlite")
    add(other, "Else")
    made = kept(other)
    other.close()
    add(file_store, "Ann")
    seen = shown(file_store, made.path)
    assert seen.same_store is False
    assert seen.changes_since is None


def test_what_is_no_backup_is_refused(file_store: Store, tmp_path: Path) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    damaged, newer, foreign, empty = (tmp_path / f"{n}.sqlite" for n in ("damaged", "newer", "foreign", "empty"))
    whole = made.path.read_bytes()
    damaged.write_bytes(whole[:-8192] + b"\xff" * 8192)
    newer.write_bytes(whole)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE t (x)")
    empty.touch()
    (tmp_path / "words.txt").write_text("a letter, and no backup\n" * 400)
    for path, words in (
        (damaged, "is damaged: nothing was restored from it. Choose another backup"),
        (newer, "newer version"),
        (foreign, "not a mentor-app store"),
        (empty, "is empty .0 bytes.: nothing was restored from it"),
        (tmp_path / "words.txt", "damaged|not a mentor-app store"),
        (tmp_path / "nowhere", "no such file"),
        (tmp_path, "a folder stands"),
        (Path(file_store.location), "open here"),
    ):
        with pytest.raises(UserError, match=words):
            restored(file_store, path)
        assert names(file_store) == ["Ann"]


def test_in_the_place_of_a_store_that_can_not_be_opened(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    add(store, "Ann")
    made = kept(store)
    store.close()
    place.write_bytes(b"\0" * 8192)
    with pytest.raises(UserError):
        open_team(place)
    seen = looked(place, made.path)
    assert seen.now is None
    assert seen.then.counts["person"] == 1
    done = went_back(place, made.path)
    assert done.before is not None
    assert done.before.read_bytes() == b"\0" * 8192
    store = open_team(place)
    assert names(store) == ["Ann"]
    store.close()


def test_in_the_place_of_a_store_that_is_gone(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    add(store, "Ann")
    made = kept(store)
    store.close()
    place.unlink()
    assert went_back(place, made.path).before is None
    store = open_team(place)
    assert names(store) == ["Ann"]
    store.close()


def test_a_store_whose_pages_are_damaged_is_kept_as_it_is_and_replaced(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    store = open_team(place)
    for number in range(300):
        add(store, f"Person {number}")
    made = kept(store)
    store.close()
    with place.open("r+b") as file:
        at = first_leaf(place, "ix_change_row")
        file.seek(at)
        file.write(b"\xff" * 4096)
    done = went_back(place, made.path)
    assert done.before is not None
    assert done.before.read_bytes()[at : at + 4096] == b"\xff" * 4096
    store = open_store(place)
    assert len(names(store)) == 300
    with store.read() as connection:
        assert problems(connection) == []
    store.close()


def test_a_foreign_file_is_not_replaced(tmp_path: Path, file_store: Store) -> None:
    add(file_store, "Ann")
    made = kept(file_store)
    foreign = tmp_path / "letter.txt"
    foreign.write_text("Dear all")
    with pytest.raises(UserError) as refused:
        went_back(foreign, made.path)
    assert refused.value.message.key == faults.NOT_OURS
    assert foreign.read_text() == "Dear all"


def test_two_at_once(tmp_path: Path) -> None:
    """Two programs restore at the same time: one after the other, or one gives up; never a mixture."""
    place = tmp_path / "team.sqlite"
    stores = [open_team(place), open_team(place)]
    add(stores[0], "Ann")
    made = kept(stores[0])
    for number in range(50):
        add(stores[0], f"P{number}")
    refused: list[Exception] = []

    def go(store: Store) -> None:
        try:
            restored(store, made.path)
        except UserError as error:
            refused.append(error)

    threads = [threading.Thread(target=go, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) < 2
    assert names(stores[0]) == names(stores[1]) == ["Ann"]
    for store in stores:
        with store.read() as connection:
            assert problems(connection) == []
        store.close()
