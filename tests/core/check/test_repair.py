"""What is computed from the rest is made anew, after a copy; what people entered stays as it is, wrong or right."""

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from mentor_app import cli
from mentor_app.core.check import problems
from mentor_app.core.check.problem import AFTER, REPAIR, SCHEMA
from mentor_app.core.check.repair import back_up, repair
from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.playbooks.queries import find
from mentor_app.core.store import Store
from mentor_app.core.store.query_cache import forget_answers
from mentor_app.core.store.schema import metadata
from mentor_app.core.store.seal import BLOCK
from mentor_app.core.team import open_team
from tests.cli.command import ask, run
from tests.conftest import ME, TODAY
from tests.tampering import unprotected

SPOILT = (
    "DROP TRIGGER review_no_update",
    "DROP INDEX ix_pairing_mentor_id",
    "DROP INDEX ix_activity_state",
    "CREATE INDEX ix_activity_state ON activity (id)",
    "UPDATE owner_digest SET opportunities = 0",
    "DELETE FROM answer_search",
    "UPDATE playbook_answer SET body = 'no'",
)
WRONG = "UPDATE reward SET cost = 1"


@pytest.fixture
def store(small_sample_store: Path, tmp_path: Path) -> Iterator[Store]:
    opened = open_team(shutil.copy(small_sample_store, tmp_path / "s.sqlite"))
    yield opened
    opened.close()


def spoil(store: Store, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(sql(statement))


def rows(store: Store, table: str) -> list[object]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(sql(f"SELECT * FROM {table} ORDER BY 1"))]


def test_what_is_derived_is_made_anew_and_nothing_else(store: Store) -> None:
    digests, answers = rows(store, "owner_digest"), [row[1:] for row in rows(store, "playbook_answer")]  # type: ignore[index]
    with store.read() as connection:
        question = str(connection.execute(sql("SELECT title FROM playbook_answer")).scalar())
        found = [hit.question for hit in find(connection, question, TODAY)]
    spoil(store, *SPOILT, WRONG)
    copies: list[Path | None] = []
    made = repair(store, lambda: copies.append(back_up(store)))
    assert {p.key for p in made.left} == {"row_changed"}
    assert made.failed == []
    assert {str(words).split()[0] for words in made.done} >= {
        "review_no_update",
        "ix_pairing_mentor_id",
        "ix_activity_state",
    }
    assert rows(store, "owner_digest") == digests
    assert [row[1:] for row in rows(store, "playbook_answer")] == answers  # type: ignore[index]
    with store.read() as connection:
        assert [hit.question for hit in find(connection, question, TODAY)] == found
        with pytest.raises(Exception, match="append-only"), store.rebuild() as writing:
            writing.execute(sql("UPDATE review SET comment = 'x'"))
    assert {row[4] for row in rows(store, "reward")} == {1}  # type: ignore[index]  # wrong, and not ours to mend
    (copy,) = copies
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert kept.execute("SELECT DISTINCT body FROM playbook_answer").fetchall() == [("no",)]


def test_whatever_stands_in_what_is_derived_and_the_numbers_given_out_last_are_set_right(store: Store) -> None:
    spoil(
        store,
        "UPDATE owner_digest SET columns = 'words', first_on = 5",
        "UPDATE playbook_answer SET body = x'00ff'",
        "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'person'",
        "UPDATE sqlite_sequence SET seq = 9999 WHERE name = 'project'",
        "DELETE FROM sqlite_sequence WHERE name = 'activity'",
        "INSERT INTO sqlite_sequence VALUES ('team', 77)",
    )
    made = repair(store, lambda: None)
    assert (made.failed, made.left) == ([], [])
    store.act(ME, add_person, PersonDetails(name="Next"))
    with store.read() as connection:
        assert problems(connection) == []


@pytest.mark.parametrize(
    "harm",
    ["DROP TABLE owner_digest", "DROP TABLE playbook_answer", "DROP TABLE answer_search",
     "ALTER TABLE playbook_answer RENAME COLUMN body TO words"],
)  # fmt: skip
def test_a_table_that_is_computed_is_made_again_with_what_is_in_it(store: Store, harm: str) -> None:
    place = store.location
    spoil(store, harm)
    found = ask(place, "check", code=1)["problems"]
    assert {one["advice"] for one in found} <= {REPAIR, SCHEMA}
    assert "made again" in run(place, "check", "--repair")
    assert ask(place, "check")["ok"]
    with closing(open_team(place)) as again:
        assert again.remarks == ()


def test_no_table_is_filled_from_what_is_forged_and_no_copy_made_where_nothing_can_be_done(store: Store) -> None:
    _forge(store, FORGED[0])
    spoil(store, "DROP TABLE owner_digest")
    place = store.location
    made = repair(store, lambda: pytest.fail("nothing can be done"))
    assert ["were not made anew" in str(words) for words in made.failed] == [True]
    assert "table_missing" in {p.key for p in made.left}
    run(place, "check", "--repair", code=1)
    assert not list(Path(place).parent.glob("s.sqlite.backups/*repair*"))


def test_a_sound_store_is_neither_copied_nor_written(store: Store) -> None:
    made = repair(store, lambda: pytest.fail("there is nothing to do"))
    assert (made.done, made.failed, made.left) == ([], [], [])


def test_what_can_t_be_made_is_said_and_the_rest_is_done(store: Store) -> None:
    spoil(
        store,
        "DROP INDEX ix_opportunity_key",
        "DROP INDEX ix_pairing_mentor_id",
        "UPDATE opportunity SET key = 'twice' WHERE id IN (1, 2)",
    )
    made = repair(store, lambda: None)
    assert [str(words).split()[:3] for words in made.failed] == [["Not", "done:", "“ix_opportunity_key"]]
    assert [str(words) for words in made.done] == ["ix_pairing_mentor_id was made again."]
    assert {p.key for p in made.left} == {"index_missing", "duplicate", "import_changed"}


FORGED = (
    "UPDATE opportunity SET amount_cents = amount_cents + 100, status = 1 WHERE id = 5",
    "UPDATE playbook_version SET content = replace(content, '。', '！')",
    "UPDATE person SET name = 'Forged' WHERE id = 3",
    "UPDATE point_entry SET points = points + 5 WHERE id = (SELECT max(id) FROM point_entry)",
    "INSERT INTO region (name, kind) VALUES ('Forged', 'strategic')",
    "DELETE FROM review WHERE id = (SELECT max(id) FROM review)",
    "UPDATE change SET after = replace(after, 'name', 'nome') WHERE id = 7",
    "UPDATE change_seal SET hash = 'f' WHERE id = 1",
)


@pytest.mark.parametrize("forged", FORGED)
def test_a_repair_makes_nothing_forged_the_truth(store: Store, forged: str) -> None:
    """With everything computed spoilt as well: rows, history and seals stay as they are, and what is forged is told as before;
    nor is anything computed from it."""
    _forge(store, forged)
    spoil(store, "UPDATE owner_digest SET opportunities = 7", "UPDATE playbook_answer SET body = 'no'", SPOILT[1])
    with store.read() as connection:
        before = [p for p in problems(connection) if not p.is_computed]
    kept = {name: rows(store, name) for name in metadata.tables if name not in ("owner_digest", "playbook_answer")}
    made = repair(store, lambda: None)
    assert before
    assert [p for p in made.left if not p.is_computed] == before
    assert {name: rows(store, name) for name in kept} == kept
    digests = "opportunity" in forged or "change" in forged
    assert {p.key for p in made.left if p.advice == AFTER} >= ({"digest"} if digests else set())
    assert any("were not made anew" in str(words) for words in made.failed) == (digests or "playbook" in forged)


def _forge(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        triggers = connection.execute(sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)
        for _, made in triggers:
            connection.exec_driver_sql(made)


def test_without_a_copy_nothing_is_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(store, *SPOILT)

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(UserError, match="the disk is full"):
        repair(store, lambda: back_up(store))
    monkeypatch.undo()
    with store.read() as connection:
        assert {p.key for p in problems(connection)} == {
            *("trigger_missing", "index_missing", "index_changed", "digest", "answers"),
        }


def test_an_index_that_does_not_fit_its_table_is_filled_again(store: Store) -> None:
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        (made,) = driver.execute("SELECT sql FROM sqlite_master WHERE name = 'ix_person_name'").fetchone()
        driver.execute("PRAGMA writable_schema = ON")  # the index forgets about rows written meanwhile
        driver.execute("UPDATE sqlite_master SET sql = sql || ' WHERE 0' WHERE name = 'ix_person_name'")
        driver.execute("PRAGMA writable_schema = RESET")
        driver.execute("REINDEX ix_person_name")
        driver.execute("PRAGMA writable_schema = ON")
        driver.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'ix_person_name'", (made,))
        driver.execute("PRAGMA writable_schema = RESET")
    with store.read() as connection:
        assert {p.key for p in problems(connection)} == {"index_damaged"}
    assert repair(store, lambda: None).left == []


def test_the_command_line_checks_and_repairs(store: Store) -> None:
    spoil(store, *SPOILT)
    place = store.location
    said = run(place, "check", code=1)
    assert "problems" in said
    told = run(place, "--lang", "zh_CN", "check", "--repair")
    assert "已重新计算商机汇总" in told
    assert list(Path(place).parent.glob("s.sqlite.backups/*repair*"))
    assert ask(place, "check") == {"ok": True, "problems": []}


def test_a_problem_has_a_kind_a_place_and_advice(store: Store) -> None:
    spoil(store, WRONG)
    with store.read() as connection:
        found = problems(connection)
    assert {(p.key, p.table, p.row) for p in found} == {("row_changed", "reward", i) for i in (1, 2, 3)}
    assert "Row 1 of reward differs from the history in cost." in str(found[0])
    assert "Restore a backup copy" in found[0].advice


@pytest.mark.parametrize(
    ("harm", "first"),
    [
        ("DELETE FROM region WHERE id = 4", "Row 4 of region was removed behind the app's back."),
        ("DELETE FROM person WHERE id = 3", "Row 3 of person was removed behind the app's back."),
        ("UPDATE team SET region_id = 77 WHERE id = 1", "Row 1 of team differs from the history in region_id."),
        ("DELETE FROM change WHERE id = 2", "Row 2 of change was removed."),
    ],
)
def test_what_was_done_comes_before_what_follows_from_it(store: Store, harm: str, first: str) -> None:
    store.close()
    with unprotected(store.location) as raw:
        raw.execute(harm)
    told = [one["problem"] for one in ask(store.location, "check", code=1)["problems"]]
    at = next(at for at, one in enumerate(told) if one.startswith(first))
    assert at < 2
    assert not any("points to" in one for one in told[:at])


def test_many_of_one_kind_are_counted(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(store, "UPDATE activity SET seen = 'x'")
    with store.read() as connection:
        found = [p for p in problems(connection) if p.key == "row_changed"]
    assert len(found) == 101
    assert str(found[-1]).endswith("more of this kind in activity: row_changed")
    activities = len(rows(store, "activity"))
    store.close()
    assert cli.run(["--store", store.location, "check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert sum("differs from the history" in line for line in told) == 12
    assert f"and {activities - 12:,} more" in told


def _deals(first: int, count: int, amount: int) -> Batch:
    columns = {
        **{name: ["x"] * count for name in ("name", "account", "product", "stage")},
        "status": [0] * count,
        "opened_on": ["2026-01-05"] * count,
        **{name: [None] * count for name in ("closed_on", "expected_on")},
        "amount_cents": [amount] * count,
    }
    keys = [f"B{i}" for i in range(first, first + count)]
    return Batch(rows=list(range(count)), key=keys, owner=["Ann"] * count, columns=columns, problems=[])


def test_rows_imported_and_updated_in_bulk_are_proved(tmp_path: Path) -> None:
    """Also those that a later import changed: what stood there before is known from what it replaced."""
    store = open_team(tmp_path / "bulk.sqlite")
    n = 3 * BLOCK + 7
    for first, count, amount in ((0, n, 100), (0, BLOCK, 200), (10, BLOCK, 300), (n, 5, 1)):
        store.act(ME, import_opportunities, [_deals(first, count, amount)], today=TODAY)
    with store.read() as connection:
        assert problems(connection) == []
        number = connection.execute(sql("SELECT min(id) FROM opportunity WHERE amount_cents = 300")).scalar_one()
    for row in (number, n, n + 5):
        spoil(store, f"UPDATE opportunity SET account = 'y' WHERE id = {row}")
        with store.read() as connection:
            (found,) = problems(connection)
        values = dict(found.what.args)
        assert found.key == "import_changed"
        assert values["first"] <= row <= values["last"]
        assert values["last"] - values["first"] <= 2 * BLOCK
        spoil(store, f"UPDATE opportunity SET account = 'x' WHERE id = {row}")
    store.close()
    with unprotected(store.location) as raw:
        raw.execute("UPDATE change SET before = replace(before, ',200,', ',201,') WHERE operation = 'update_many'")
    store = open_team(store.location)
    with store.read() as connection:
        assert [p.key for p in problems(connection)] == ["history_changed", "import_changed"]
    store.close()


def test_figures_kept_from_before_a_repair_are_computed_anew(store: Store) -> None:
    """No history tells that what they rest on was made anew."""
    today = dt.date.today()

    def rate() -> float | None:
        with store.read() as connection:
            return ramp(connection, today).benchmark.rate

    right = rate()
    with store.engine.begin() as connection:
        connection.execute(sql("DELETE FROM owner_digest WHERE crm_name_id > 12"))
    forget_answers()
    assert rate() != right
    repair(store, lambda: None)
    assert rate() == right
