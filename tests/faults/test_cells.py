"""Any one cell of any table turned into another value, behind the app's back: the check names the table it stands in.

What it can't notice is listed here, each with the reason why.
"""

import random
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.logbook.actions import assess
from mentor_app.core.pairing.actions import review_pairing
from mentor_app.core.people.actions import add_person, save_team
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.merging import merge
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.store import Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team
from tests.conftest import TODAY
from tests.core.history.world import DEEDS, deals, handed_in, person
from tests.core.points.mentoring import Camp
from tests.faults.figures import count, is_long, rounds

UNSEEN = {
    ("playbook_answer", "id"): "made anew with each approval; nothing that is kept points to it",
    ("sqlite_sequence", "seq of playbook_answer"): "numbers skipped in what is made anew mean nothing",
}
"""(table, column) → why a change is not noticed."""
ELSEWHERE = {
    "change": {"change_set"},
    "undoing": {"change_set"},
    "change_seal": {"change_set"},
    "installed_seal": {"programme_version"},
}
"""What is named in the place of a table: a seal says that something of a change set is another, not what."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A small company in which everything was done once, some of it taken back, with rows in every table."""
    store = open_team(tmp_path_factory.mktemp("cells") / "team.sqlite")
    at = Camp(store)
    for name in sorted(DEEDS, key=lambda one: (not one.startswith("points"), one)):
        try:
            who, action, args, more = DEEDS[name](at)
            store.act(who, action, *args, **more)
        except (UserError, IndexError, AssertionError):  # what was done before does not allow it
            continue
    store.act(at.lead, import_opportunities, deals("one", "two", owner="Ann"), today=TODAY, file="a.csv")
    store.act(at.mo, assess, handed_in(at, kind="simulation", title="Price", customer=None), [3, 3, 3, 3])
    with store.read() as connection:
        ended = connection.exec_driver_sql("SELECT id FROM pairing WHERE ended_on IS NOT NULL AND mentor_id = ?",
                                           (at.mo.person_id,)).scalar()  # fmt: skip
    store.act(at.mo, review_pairing, ended, "good")
    store.act(at.trainer, save_team, "Lost", "East", "Retail")
    store.act(at.trainer, undo)
    twin = at.act(add_person, person("Twin"))
    store.act(at.lead, merge, twin, at.act(add_person, person("Other")))
    store.act(at.lead, erase, at.hire.person_id)
    yield store
    store.close()


def cells(connection: Connection) -> list[tuple[str, str, int, Any]]:
    """(table, column, rowid, value) of every cell of every table."""
    found = []
    for name, table in sorted(metadata.tables.items()):
        names = [column.name for column in table.columns]
        quoted = ", ".join(f'"{one}"' for one in names)
        for row in connection.exec_driver_sql(f'SELECT rowid, {quoted} FROM "{name}"').all():
            found += [(name, column, row[0], value) for column, value in zip(names, row[1:], strict=True)]
    for row in connection.exec_driver_sql("SELECT rowid, name, seq FROM sqlite_sequence").all():
        found += [("sqlite_sequence", f"seq of {row[1]}", row[0], row[2]), ("sqlite_sequence", "name", row[0], row[1])]
    return found


def others(value: Any, chance: random.Random) -> list[Any]:
    """What a cell might say instead: something like it, nothing, and something of another kind."""
    near: Any = b"\x00\xff"
    if isinstance(value, int):
        near = value + chance.choice((1, 7, 10_000))
    elif isinstance(value, float):
        near = value + 0.5
    elif isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        near = value[:at] + chance.choice("x0 ") + value[at:]
        if len(value) >= 10 and value[4:5] == value[7:8] == "-":  # a day: another one
            near = value[:9] + ("1" if value[9] != "1" else "2") + value[10:]
    elif isinstance(value, bytes):
        near = bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    elif value is None:
        near = chance.choice((1, "x", "2026-01-01"))
    return [near, None if value is not None else 0, "words" if value != "words" else 5]


def test_any_cell_turned_into_another_is_noticed_and_its_table_named(company: Store) -> None:
    chance = random.Random() if is_long() else random.Random(17)
    with company.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            driver.execute(f"PRAGMA {pragma}")
        assert problems(connection) == []
        connection.rollback()
        chosen, missed = _some(cells(connection), chance), set()
        for n in rounds(len(chosen) if not is_long() else 100, 10):
            cell = chosen[n % len(chosen)]
            noticed = _noticed(connection, cell, chance)
            count(cells_altered=1, cells_noticed=noticed)
            missed |= set() if noticed else {cell[:2]}
        connection.rollback()
        for pragma in ("foreign_keys = ON", "ignore_check_constraints = OFF"):
            driver.execute(f"PRAGMA {pragma}")
    assert missed <= UNSEEN.keys(), sorted(missed - UNSEEN.keys())
    assert {table for table, *_ in chosen} == {*metadata.tables, "sqlite_sequence"}


def _some(found: list[tuple[str, str, int, Any]], chance: random.Random) -> list[tuple[str, str, int, Any]]:
    """All in any order; in the short form one of each fourth column of each table."""
    chance.shuffle(found)
    if is_long():
        return found
    tables: dict[str, dict[str, tuple[str, str, int, Any]]] = {}
    for cell in found:
        tables.setdefault(cell[0], {})[cell[1]] = cell
    return [cell for held in tables.values() for cell in list(held.values())[::4]]


def _noticed(connection: Connection, cell: tuple[str, str, int, Any], chance: random.Random) -> bool:
    table, column, row, value = cell
    name = column if table != "sqlite_sequence" or column == "name" else "seq"
    other = chance.choice(others(value, chance))
    held = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all())
    for trigger in held:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
    try:
        connection.exec_driver_sql(f'UPDATE "{table}" SET "{name}" = ? WHERE rowid = ?', (other, row))
        if connection.exec_driver_sql(f'SELECT "{name}" IS ? FROM "{table}" WHERE rowid = ?', (value, row)).scalar():
            return True  # it says the same, only written otherwise
        for made in held.values():
            connection.exec_driver_sql(made)
        named = {problem.table for problem in problems(connection)}
    except DBAPIError:  # the database itself does not take it
        return True
    finally:
        connection.rollback()
    return bool(named & {table, *ELSEWHERE.get(table, ()), column.removeprefix("seq of "), str(value)})
