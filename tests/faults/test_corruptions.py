"""The check notices every one of many corruptions, on a filled store, and never stops at one; a sound store it calls sound."""

import datetime as dt
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from sqlalchemy import Connection, create_engine
from sqlalchemy import text as sql

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.pipeline.actions import import_opportunities, remember_mapping
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.playbooks.attachments import attach_file
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from tests.conftest import ME
from tests.faults.corruptions import CORRUPTIONS, Corruption
from tests.faults.figures import count, rounds
from tests.server import copy_rows

TODAY = dt.date.today()
LONG = settings.get_current_profile_name() == "long"


def _some(corruptions: Iterable[Corruption]) -> list[Corruption]:
    """The first and the last of those that are noticed by the same; in the long form all of them."""
    alike: dict[frozenset[str], list[Corruption]] = {}
    for one in corruptions:
        alike.setdefault(frozenset(one.keys), []).append(one)
    return [one for of in alike.values() for one in (of if LONG or len(of) < 3 else [of[0], of[-1]])]


def _together(corruptions: Iterable[Corruption]) -> list[list[Corruption]]:
    """Those that are done at once, each in another table and noticed by something else. In the long form each is done alone, and so is what
    takes something away, or changes what all else rests on."""
    alone, groups = list[list[Corruption]](), list[list[Corruption]]()
    for one in corruptions:
        tables = _tables(one)
        if (
            LONG
            or re.match("DROP|CREATE", one.statements[0])
            or "trigger" in one.name
            or tables & {"person", "change", "change_set"}
        ):
            alone.append([one])
            continue
        for group in groups:
            others = [(_tables(other), other.keys) for other in group]
            if len(group) < AT_ONCE and all(not tables & names and not one.keys & keys for names, keys in others):
                group.append(one)
                break
        else:
            groups.append([one])
    return alone + groups


def _tables(corruption: Corruption) -> set[str]:
    return set(re.findall(r"(?:UPDATE|INTO|FROM) (\w+)", " ".join(corruption.statements)))


AT_ONCE = 3
ON_FILE = _some(c for c in CORRUPTIONS if c.file)
ON_SERVER = [c for i, c in enumerate(CORRUPTIONS) if c.server and (LONG or not c.file or i % 12 == 0)]
"""All of them in the long form."""


def _deals(amount: int) -> Batch:
    columns = {
        **{name: ["x", "y"] for name in ("name", "account", "product", "stage")},
        "status": [0, 1],
        "opened_on": ["2026-01-05", "2026-01-06"],
        "closed_on": [None, "2026-03-01"],
        "expected_on": ["2026-12-01", None],
        "amount_cents": [amount, 200],
    }
    return Batch(rows=[2, 3], key=["U-1", "U-2"], owner=["Stranger", "Stranger"], columns=columns, problems=[])


def go_on(store: Store, folder: Path) -> None:
    """What the sample company does not do by itself: imports twice, files, single actions one by one."""
    for amount in (100, 150):
        store.act(ME, import_opportunities, [_deals(amount)], today=TODAY)
    store.act(ME, remember_mapping, "signature", {"amount": "Betrag"})
    with store.read() as connection:
        everybody = people(connection)
        (book, owner) = connection.execute(sql("SELECT id, owner_id FROM playbook ORDER BY id LIMIT 1")).one()
    hire = next(p for p in everybody if Role.NEW_HIRE in p.roles and p.left_on is None)
    mentor = next(p for p in everybody if p.id == owner)
    details = Details(kind="sales_action", held_on=TODAY, title="First call", host_id=mentor.id)
    me = Actor(hire.name, hire.id)
    ids = [
        store.act(me, logbook.save_activity, hire.id, details, TODAY, state=ActivityState.SUBMITTED).result
        for _ in range(3)
    ]
    store.act(Actor(mentor.name, mentor.id), logbook.sign_off, ids[:2])
    store.act(me, logbook.save_activity, hire.id, details, TODAY)
    plan = folder / "plan.pdf"
    plan.write_bytes(b"%PDF-1.4 plan")
    attach_file(store, Actor(mentor.name, mentor.id), book, plan)


@pytest.fixture(scope="module")
def on_file(small_sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("corrupted")
    store = open_team(shutil.copy(small_sample_store, folder / "team.sqlite"))
    go_on(store, folder)
    yield store
    store.close()


@pytest.fixture(scope="module")
def on_server(postgresql: str, small_sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sql("CREATE DATABASE corrupted"))
    folder = tmp_path_factory.mktemp("corrupted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MENTOR_APP_FILES", str(folder / "files"))
        store = open_team(admin.url.set(database="corrupted").render_as_string(hide_password=False))
        copy_rows(small_sample_store, store)
        go_on(store, folder)
        yield store
        store.close()
    with admin.connect() as connection:
        connection.execute(sql("DROP DATABASE corrupted WITH (FORCE)"))
    admin.dispose()


def _noticed(connection: Connection, location: str, corruption: Corruption) -> list[str]:
    for statement in corruption.statements:
        connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name != "sqlite" else statement)
    return [p.key for p in problems(connection, location)]


def _triggers(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("corruptions", _together(ON_FILE), ids=lambda of: ", ".join(c.name for c in of))
def test_the_check_notices_it_in_a_file(on_file: Store, corruptions: list[Corruption]) -> None:
    """Everything is done in one transaction that is taken back; what protects rows is put back before the check."""
    with on_file.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            driver.execute(f"PRAGMA {pragma}")
        held = _triggers(connection)
        about_triggers = "trigger" in corruptions[0].name
        for name in () if about_triggers else held:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in (statement for one in corruptions for statement in one.statements):
            connection.exec_driver_sql(statement)
        dropped = any(words in corruptions[0].statements[0] for words in ("DROP TABLE", "DROP COLUMN"))
        for made in () if about_triggers or dropped else held.values():
            connection.exec_driver_sql(made)
        found = [p.key for p in problems(connection, on_file.location)]
        connection.rollback()
        for pragma in ("foreign_keys = ON", "ignore_check_constraints = OFF"):
            driver.execute(f"PRAGMA {pragma}")
    missed = [one.name for one in corruptions if one.keys.isdisjoint(found)]
    count(corruptions_injected=len(corruptions), corruptions_noticed=len(corruptions) - len(missed))
    assert missed == [], found


@pytest.mark.parametrize("corruption", ON_SERVER, ids=lambda c: c.name)
def test_the_check_notices_it_on_a_server(on_server: Store, corruption: Corruption) -> None:
    with on_server.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        found = _noticed(connection, "postgresql://somewhere", corruption)
        connection.rollback()
    noticed = bool(corruption.keys & set(found))
    count(corruptions_injected=1, corruptions_noticed=noticed)
    assert noticed, found


def test_a_filled_store_is_sound(on_file: Store, on_server: Store) -> None:
    for store in (on_file, on_server):
        with store.read() as connection:
            assert problems(connection, store.location) == []


def test_there_are_many(on_file: Store) -> None:
    assert len({c.name for c in CORRUPTIONS}) == len(CORRUPTIONS)
    assert len(ON_FILE) >= 80
    assert len(ON_SERVER) >= (120 if LONG else 10)


def _mutated(whole: bytes, seed: int) -> bytes:
    """A file with some bytes changed, a stretch of it made noise, or a page put in another's place."""
    random, spoilt = Random(seed), bytearray(whole)
    if seed % 3 == 0:
        for _ in range(random.randrange(1, 4)):
            spoilt[random.randrange(4096, len(spoilt))] = random.randrange(256)
    elif seed % 3 == 1:
        at, noise = random.randrange(4096, len(spoilt)), random.randbytes(random.randrange(1, 3000))
        spoilt[at : at + len(noise)] = noise
    else:
        to, of = (random.randrange(1, len(spoilt) // 4096) * 4096 for _ in range(2))
        spoilt[to : to + 4096] = spoilt[of : of + 4096]
    return bytes(spoilt)


def _says(place: Path) -> list[str]:
    """Everything a file says to SQLite."""
    with closing(sqlite3.connect(place)) as raw:
        return list(raw.iterdump())


def test_a_file_spoilt_anywhere_is_told_in_sentences_or_says_the_same_still(
    small_sample_store: Path, tmp_path: Path
) -> None:
    place, whole = tmp_path / "spoilt.sqlite", small_sample_store.read_bytes()
    for seed in rounds(12, 6):
        count(files_spoilt=1)
        for file in tmp_path.iterdir():
            file.unlink()
        place.write_bytes(_mutated(whole, seed))
        try:
            with closing(open_team(place)) as store, store.read() as connection:
                found = [str(problem) for problem in problems(connection)]
        except UserError as error:
            found = [str(error)]
        assert found or _says(place) == _says(small_sample_store), seed
