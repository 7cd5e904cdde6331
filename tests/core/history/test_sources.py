"""Where data came from is told: the file of an import with its counts, the backup that was restored."""

import datetime as dt
from pathlib import Path

from mentor_app.core.history.brought_back import restored_since
from mentor_app.core.history.lines import lines
from mentor_app.core.history.reading import entries
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.history.wanted import Wanted
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.backup import Reason, keep
from mentor_app.core.store.restore import go_back
from mentor_app.core.text import shown, translator
from mentor_app.transfer import opportunities, people
from mentor_app.ui.doings import in_words
from tests.conftest import ME, TODAY

ALL = Wanted()


def told(store: Store) -> tuple[str, list[str]]:
    """The newest entry: its title with what it was about, its lines."""
    with store.read() as connection:
        one = next(e for e in entries(connection, ALL, ME, 5) if e.action != "pipeline.remember_mapping")
        said = lines(connection, one.ids, ME)
    en = translator("en")
    return (
        " · ".join([str(one.title), *map(str, one.about)]),
        [shown(f"{line.record} · {line.field}: {line.before} → {line.after}", en) for line in said],
    )


def test_an_import_names_its_file_and_its_counts(file_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "folder" / "people 2026.csv"
    file.parent.mkdir()
    file.write_text("name,hire date\nAnn,2026-01-02\nBo,2026-01-03\n", encoding="utf-8")
    people.run(file_store, ME, people.plan(file_store, file), today=TODAY)
    title, said = told(file_store)
    assert title == "People imported from a file · people 2026.csv, Ann, Bo".replace(", ", " · ")
    with file_store.read() as connection:
        newest = next(one for one in entries(connection, ALL, ME) if one.about)
    assert in_words(newest, 1) == "People imported from a file · people 2026.csv"  # the file stands for its rows
    assert said[0] == "people 2026.csv · New rows: – → 2"
    assert not any(
        "Called" in line or "Rows not taken" in line for line in said
    )  # the name says it; none was not taken
    assert not any(str(tmp_path) in line for line in said)
    file_store.act(ME, undo)
    assert told(file_store)[0].startswith("Taken back: People imported from a file · people 2026.csv")
    file_store.act(ME, redo)
    deals = tmp_path / "deals.csv"
    deals.write_text(
        "id,owner,status,created,amount\n1,Ann,open,2026-02-03,5\n2,Bo,open,2026-02-14,6\n", encoding="utf-8"
    )
    opportunities.run(file_store, ME, opportunities.plan(file_store, deals), today=TODAY)
    title, said = told(file_store)
    assert title == "Opportunities imported from a file · deals.csv"
    assert "deals.csv · New rows: – → 2" in said
    with file_store.read() as connection:
        assert len(entries(connection, Wanted(kind="imports"), ME)) == 4  # with what was taken back and done again


def test_a_restore_says_which_backup_by_whom_and_the_window_is_told(file_store: Store, tmp_path: Path) -> None:
    mo = Actor("Mo", file_store.act(ME, add_person, PersonDetails(name="Mo")).result)
    file_store.act(mo, add_person, PersonDetails(name="Ann"))
    place, now = str(file_store.location), dt.datetime.now(dt.UTC)
    with file_store.whole_file() as source:
        kept = keep(source, place, Reason.DAILY, now)
    seen = file_store.act(ME, add_person, PersonDetails(name="Lu")).change_set_id or 0
    go_back(file_store, place, kept.path, Actor("root"), now)
    title, said = told(file_store)
    assert title == "Restored a backup"
    assert said[0].startswith("Backup · Last change in it: – → 20")
    assert said[1] == "Backup · By: – → Mo"
    with file_store.read() as connection:
        words = restored_since(connection, seen)
        newest = entries(connection, ALL, ME, 1)[0]
        assert restored_since(connection, newest.id) is None
    assert str(words).startswith("computer user root has restored a backup: all data was replaced by how it was on 20")
    assert str(words).endswith(", last changed by Mo.")
    go_back(file_store, place, kept.path, mo, now)
    with file_store.read() as connection:
        assert [one.by for one in entries(connection, ALL, ME, 2)] == ["Mo", "Mo"]
        assert str(restored_since(connection, newest.id)).startswith("Mo has restored a backup:")
