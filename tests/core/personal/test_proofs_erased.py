"""After an erasure the history, the ledger and what was imported are proved as before, and what is altered is noticed."""

import json

import pytest
from sqlalchemy import text, update

from mentor_app.core.check import problems
from mentor_app.core.check.imports import unproved
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.personal.actions import erase
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.points.ledger import verify
from mentor_app.core.points.queries import entries as entries_of
from mentor_app.core.points.rules import AMENDED
from mentor_app.core.store import Store
from mentor_app.core.store.history import change
from mentor_app.core.store.protect import lifted
from tests.conftest import TODAY
from tests.core.history.world import deals
from tests.core.personal.test_erasing import sound
from tests.core.points.mentoring import Camp


def test_history_is_append_only_again(store: Store) -> None:
    at = Camp(store)
    at.session()
    at.act(erase, at.lu.person_id)
    for statement in (
        "UPDATE change SET after = NULL",
        "DELETE FROM change_set",
        "UPDATE review SET comment = 'x'",
        "DELETE FROM point_entry",
        "UPDATE erasure SET person_id = 1",
        "UPDATE programme_version SET definition = '{}'",
    ):
        with pytest.raises(Exception, match=r"append-only|published"), store.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_tampering_with_erased_entries_is_noticed_and_an_old_head_is_found(file_store: Store) -> None:
    at = Camp(file_store)
    at.session()
    at.session(TODAY)
    with file_store.read() as connection:
        head = verify(connection).head
    at.act(pairing.end, at.pairing, TODAY, "why")
    at.act(erase, at.hire.person_id)
    with file_store.read() as connection:
        verdict = verify(connection)
        hashes = list(connection.execute(text("SELECT hash FROM point_entry")).scalars())
        notes = list(connection.execute(text("SELECT note FROM point_entry")).scalars())
        vouching = [e for e in entries_of(connection) if e.event == AMENDED]
    assert (verdict.ok, verdict.amended) == (True, 4 if len(hashes) == 5 else 2)
    assert f"{verdict.amended} with personal data put right since" in str(verdict.words)
    assert {e.note for e in vouching} == {""}  # nobody reads a hash
    assert head in hashes
    assert "Ann" not in notes
    for forged in (
        "UPDATE point_entry SET note = 'Forged' WHERE id = 1",
        "UPDATE point_entry SET occurred_on = '2026-01-01' WHERE id = 2",
        "UPDATE amended_entry SET seal = hex(randomblob(32)) WHERE id = 1",
        "DELETE FROM amended_entry WHERE id = 1",
        "UPDATE point_entry SET note = 'x' WHERE event = 'amended'",
    ):
        with file_store.engine.connect() as connection:
            for name in (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            ):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(forged)
            assert not verify(connection).ok, forged
            connection.rollback()
    sound(file_store)


def _imported(at: Camp) -> int:
    """Three deals of somebody, and as many of somebody else in the same import; the number of the former."""
    (batch,) = deals(*"abcdef", owner="Quuxley Import")
    batch.owner[3:] = ["Else"] * 3
    at.act(import_opportunities, [batch], today=TODAY)
    with at.store.read() as connection:
        return next(p.id for p in everybody(connection) if p.name == "Quuxley Import")


@pytest.mark.parametrize("column", ["name", "amount_cents", "account"])
def test_rows_imported_with_erased_words_are_compared_on_and_erasing_makes_nothing_true(
    file_store: Store, column: str
) -> None:
    at = Camp(file_store)
    who = _imported(at)
    (batch,) = deals("new", owner="Else")
    batch.columns["account"] = ["Quuxley Import & Sons"]
    at.act(import_opportunities, [batch], today=TODAY)
    at.act(erase, who)
    sound(file_store)
    with file_store.read() as connection:
        assert unproved(connection) == []
        last = connection.execute(text("SELECT max(id) FROM opportunity")).scalar()
    for row in (1, 6, last):
        with file_store.engine.connect() as connection:
            connection.execute(text(f"UPDATE opportunity SET {column} = 7 WHERE id = {row}"))
            assert "import_changed" in {one.key for one in problems(connection)}, row


def test_what_was_altered_before_an_erasure_is_told_after_it(file_store: Store) -> None:
    at = Camp(file_store)
    who = _imported(at)
    for row in (1, 2):
        with file_store.engine.connect() as connection, connection.execution_options(writes=True).begin():
            connection.execute(text(f"UPDATE opportunity SET account = 'Quuxley Import {row}' WHERE id = {row}"))
    at.act(erase, who)
    with file_store.read() as connection:
        assert [one.key for one in problems(connection)] == ["import_changed"]


def test_how_many_rows_are_not_compared_after_an_erasure_by_an_earlier_version(file_store: Store) -> None:
    at = Camp(file_store)
    _imported(at)
    with file_store.engine.connect() as connection:
        proof = json.dumps({"columns": ["name"], "seals": [[1, 600, ["a", None, None]], [700, 100, ["d"]]]})
        with lifted(connection):
            values = {"before": proof, "erasure_id": 1}
            connection.execute(update(change).where(change.c.operation == "insert_many").values(**values))
        told = [str(words) for words in unproved(connection) if "of opportunity" in str(words)]
        connection.rollback()
    assert told
    assert told[0].startswith("350 rows of opportunity were not compared")
