"""Stores of every schema there was are brought up to date with their data, or stay as they are."""

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from mentor_app.core.camp.queries import published, standings
from mentor_app.core.check import problems
from mentor_app.core.history.undo import doings, to_redo
from mentor_app.core.pairing.queries import cycles, pairings
from mentor_app.core.pairing.story import story
from mentor_app.core.people.queries import people
from mentor_app.core.pipeline.held import File, bits, files
from mentor_app.core.playbooks.queries import attachments_of, find, whole
from mentor_app.core.points.ledger import verify
from mentor_app.core.points.queries import entries, redemptions, rules_of
from mentor_app.core.store import HEAD, Actor, migrations, open_store
from mentor_app.core.store.history import undone
from mentor_app.core.store.migrate import upgrade
from tests.conftest import DATA, TODAY


def test_a_failed_migration_rolls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(op, "bulk_insert", fail)
    with pytest.raises(RuntimeError):
        open_store(tmp_path / "team.sqlite")
    with sqlite3.connect(tmp_path / "team.sqlite") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    monkeypatch.undo()
    open_store(tmp_path / "team.sqlite").close()


@pytest.fixture
def brought_up(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Today's view of the stored copy of a revision, opened and so migrated by today's app, and found sound."""
    shutil.copy(DATA / "stores" / f"{request.param}.sqlite", tmp_path / "old.sqlite")
    store = open_store(tmp_path / "old.sqlite")
    with store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert problems(connection) == []
        yield connection
    store.close()


def of(revision: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("brought_up", [revision], indirect=True)


def test_every_revision_has_a_stored_copy_with_data_in_what_it_added() -> None:
    """A new migration needs its copy: made with a store of the last commit before the next migration."""
    versions = Path(migrations.__file__).parent / "versions"
    revisions = sorted(path.name[:4] for path in versions.glob("[0-9]*.py"))
    assert revisions[-1] == HEAD
    assert sorted(path.stem for path in (DATA / "stores").glob("*.sqlite")) == revisions
    for revision in revisions:
        with closing(sqlite3.connect(DATA / "stores" / f"{revision}.sqlite")) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
            assert connection.execute("SELECT count(*) FROM person").fetchone()[0] > 0


@of("0001")
def test_the_first_release_keeps_people_and_opportunities(brought_up: Connection) -> None:
    found = {p.name: p for p in people(brought_up)}
    assert found["李静"].roles == ("mentor", "team_lead")
    assert found["Anna Snelling"].hired_on_inferred
    assert brought_up.execute(text("SELECT count(*) FROM opportunity")).scalar() == 120
    assert published(brought_up).number == 1


@of("0002")
def test_the_second_keeps_camp_and_logbook(brought_up: Connection) -> None:
    (stands,) = standings(brought_up, TODAY)
    assert (stands.stage.key, stands.stages[0].decision.reason) == ("growth", "why not")  # type: ignore[union-attr]
    assert brought_up.execute(text("SELECT customer FROM activity WHERE state = 'signed_off'")).scalar() == "华宇机电"


@of("0003")
def test_the_third_keeps_pairings(brought_up: Connection) -> None:
    running, ended = pairings(brought_up)
    assert (running.apprentice, running.mentor, running.state) == ("Hire 1", "Lu", "active")
    told = story(brought_up, ended.id, ended.apprentice_id)
    assert [str(e.words) for e in told.events] == [
        "Hire 0 is paired with Mo.",
        "Bound to A.",
        "A was closed: lost.",
        "Rolled on to B.",
        "Ended before the cycle closed.",
        "Closing review written.",
    ]
    assert told.reviews[0].words == "Learned to listen"


@of("0004")
def test_the_fourth_keeps_goals_cycles_and_every_change_of_the_story(brought_up: Connection) -> None:
    after, other, given = pairings(brought_up)
    assert (given.apprentice, given.state, given.goals) == ("Hire 0", "reassigned", "独立完成首单")
    assert (after.apprentice, after.mentor, other.mentor) == ("Hire 0", "Lu", "Lu")
    (cycle,) = cycles(brought_up, {brought_up.execute(text("SELECT id FROM project WHERE name = 'A'")).scalar_one()})
    assert [(p.phase, p.done_on) for p in cycle.phases] == [("qualified", dt.date(2026, 9, 12)), ("试点 phase", None)]
    told = story(brought_up, given.id, given.apprentice_id)
    assert [str(e.words) for e in told.events] == [
        "Hire 0 is paired with Mo.",
        "Bound to A.",
        "Given to another mentor.",
        "Other goals were agreed.",
        "Closing review written.",
    ]
    assert told.reviews[0].by == "Mo"


@of("0005")
def test_the_fifth_keeps_rules_ledger_and_redemptions(brought_up: Connection) -> None:
    assert verify(brought_up).ok
    mo = next(p.id for p in people(brought_up) if p.name == "Mo")
    assert [(e.event, e.points) for e in entries(brought_up, mo)][-2:] == [("feedback", 1), ("session", 2)]
    assert {r.points for r in rules_of(brought_up) if r.event == "session"} == {2, 40}
    assert {(r.state, r.reason) for r in redemptions(brought_up)} == {("approved", None), ("refused", "下次 next time")}


@of("0006")
def test_the_sixth_keeps_playbooks_reviews_and_their_search(brought_up: Connection) -> None:
    (hit,) = find(brought_up, "竞品", TODAY)
    assert (hit.question, hit.author, hit.version, hit.helped) == ("你们比竞品贵", "Mo", 2, 1)
    found = whole(brought_up, hit.playbook_id, TODAY)
    assert [part.part.title for part in found.parts] == ["你们比竞品贵", "Too slow?"]
    assert [a.name for a in attachments_of(brought_up, hit.playbook_id)] == ["plan.pdf"]


@of("0007")
def test_the_seventh_keeps_what_was_taken_back(brought_up: Connection) -> None:
    lead = Actor("Li", next(p.id for p in people(brought_up) if p.name == "Li"))
    assert doings(brought_up, lead)[0].action == "pairing.end"
    taken = to_redo(brought_up, lead)
    assert taken is not None
    assert (taken.action, len(undone(brought_up))) == ("pairing.set_capacity", 2)
    assert brought_up.execute(text("SELECT count(*) FROM review WHERE decision = 'taken_back'")).scalar() == 1


@of("0008")
def test_the_eighth_keeps_currencies(brought_up: Connection) -> None:
    held = brought_up.execute(text("SELECT name, currency, amount_cents FROM opportunity WHERE currency IS NOT NULL"))
    assert sorted(map(tuple, held)) == [("乙", "USD", 230000), ("甲", "CNY", 105400)]


@of("0009")
def test_the_ninth_keeps_what_was_erased_and_merged(brought_up: Connection) -> None:
    names = {p.name for p in people(brought_up)}
    assert "⌫5" in names
    assert not {"Ann", "Momo"} & names
    verdict = verify(brought_up)
    assert (verdict.ok, verdict.amended > 0) == (True, True)


@of("0010")
def test_the_tenth_seals_who_did_what_and_when(brought_up: Connection) -> None:
    sealed = brought_up.execute(
        text("SELECT s.id, length(hash) FROM change_set s LEFT JOIN change_seal l ON l.id = s.id")
    )
    assert {length for _, length in sealed} == {64}
    brought_up.execute(text("DROP TRIGGER change_set_no_update"))
    brought_up.execute(text("UPDATE change_set SET actor_name = 'Another' WHERE id = 2"))
    assert ("history_changed", 2) in [(p.key, p.row) for p in problems(brought_up)]
    brought_up.rollback()


@of("0011")
def test_the_eleventh_names_the_file_of_an_import(brought_up: Connection) -> None:
    files = brought_up.execute(text("SELECT name, added, updated, unchanged, rejected FROM imported_file")).all()
    assert files == [("deals.csv", 2, 0, 0, 0)]


@of("0012")
def test_the_twelfth_seals_when_the_first_programme_was_put_in(brought_up: Connection) -> None:
    assert brought_up.execute(text("SELECT id, length(hash) FROM installed_seal")).all() == [(1, 64)]


@of("0013")
def test_the_thirteenth_keeps_of_which_imports_a_file_held_deals(brought_up: Connection) -> None:
    files = brought_up.execute(text("SELECT name, imports_held FROM imported_file")).all()
    assert files == [("deals.csv", None), ("february.csv", "[5]"), ("march.csv", "[5,7]")]
    assert brought_up.execute(text("SELECT name FROM opportunity WHERE id IN (5, 7)")).scalars().all() == [
        "Deal 1",
        "Deal 3",
    ]


@of("0014")
def test_the_fourteenth_keeps_which_deals_a_file_held(brought_up: Connection) -> None:
    """Of those before it is known at least which of the deals that came together they held."""
    april, march, february = files(brought_up)
    assert april == File(held=bits([6, 7, 8]), missed=bits([5]))
    assert (march, february) == (File(held=bits([5, 6, 7]), missed=0), File(held=bits([5, 6]), missed=0))


def test_a_server_store_of_the_first_release_is_brought_up_to_date(location: str) -> None:
    if not location.startswith("postgresql"):
        location += ".first"
        open(location, "wb").close()
    engine = create_engine(location if "://" in location else f"sqlite:///{location}")
    upgrade(engine, 0x4D454E54, "0001")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO person (name) VALUES ('Ann')"))
    engine.dispose()
    store = open_store(location)
    with store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann"]
        assert published(connection).number == 1
        assert [(p.key, p.table) for p in problems(connection)] == [("row_without_history", "person")]  # put in above
    store.close()
