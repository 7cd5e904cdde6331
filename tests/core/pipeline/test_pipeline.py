"""Whatever imports follow each other: the digests are what the opportunities say, and the ramp follows."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from mentor_app.core.check import problems
from mentor_app.core.people.actions import PersonDetails, add_person, assign_crm_name
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.digest import NO_DAY, compute
from mentor_app.core.pipeline.queries import ramp
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.calendar import to_day
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.store import Store
from mentor_app.core.team import open_team
from tests.conftest import FEW, ME, TODAY

DAYS = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 4, 1))
ROW = st.tuples(
    st.integers(0, 12), st.sampled_from(["Ann", "Bo", "Cy"]), st.sampled_from([OPEN, WON, LOST, VOID]), DAYS, DAYS
)


def batch(rows: list[tuple[Any, ...]]) -> Batch:
    columns: dict[str, list[Any]] = {
        "status": [r[2] for r in rows],
        "opened_on": [r[3].isoformat() if r[3] else None for r in rows],
        "closed_on": [r[4].isoformat() if r[4] and r[2] != OPEN else None for r in rows],
    }
    return Batch(
        rows=list(range(2, len(rows) + 2)),
        key=[f"K{r[0]}" for r in rows],
        owner=[r[1] for r in rows],
        columns=columns,
        problems=[],
    )


@FEW
@given(st.lists(st.lists(ROW, min_size=1, max_size=12), min_size=1, max_size=4))
def test_digests_agree_with_the_opportunities_after_any_imports(
    tmp_path_factory: Any, empty_store: Path, imports: list[list[tuple[Any, ...]]]
) -> None:
    store = open_team(shutil.copy(empty_store, tmp_path_factory.mktemp("s")))
    for rows in imports:
        store.act(ME, import_opportunities, [batch(rows)], today=TODAY, only_good_rows=True)
    with store.read() as connection:
        assert problems(connection) == []
        rows = connection.execute(
            select(opportunity.c.owner_id, opportunity.c.status, opportunity.c.opened_on, opportunity.c.closed_on)
        ).all()
        want: dict[int, list[tuple[int, int, int]]] = {}
        for owner, status, opened, closed in rows:
            want.setdefault(owner, []).append((status, to_day(opened), to_day(closed)))
        got = {owner: [tuple(line) for line in block.tolist()] for owner, block in compute(connection)}
        assert got == {owner: sorted(lines) for owner, lines in want.items()}
    store.close()


def test_a_name_given_to_another_person_takes_its_deals_along(tmp_path: Any) -> None:
    store = open_team(tmp_path / "s.sqlite")
    closed = dt.date(2024, 3, 1)
    store.act(ME, import_opportunities, [batch([(1, "ann", WON, dt.date(2024, 1, 5), closed)])], today=TODAY)
    other = store.act(ME, add_person, PersonDetails(name="Ann Lee", hired_on=dt.date(2024, 1, 1))).result
    store.act(ME, assign_crm_name, "ann", other)
    with store.read() as connection:
        curves = {c.hire.name: (c.won, c.hire.hired_on) for c in ramp(connection, TODAY).curves()}
    assert curves == {"ann": (0, None), "Ann Lee": (1, dt.date(2024, 1, 1))}
    assert NO_DAY < 0


def test_the_first_import_keeps_no_reader_waiting(store: Store) -> None:
    """Into an empty table, on a file and on a server: others read meanwhile, and all indexes are there afterwards."""
    before = {index["name"] for index in inspect(store.engine).get_indexes("opportunity")}
    read: list[int] = []

    def look(_: object) -> None:
        with store.read() as connection:
            read.append(len(connection.execute(select(opportunity.c.id)).all()))

    rows = [(n, "Ann", WON, None, dt.date(2024, 2, 1)) for n in range(3)]
    store.act(ME, import_opportunities, [batch(rows)], today=TODAY, told=look)
    look(None)
    assert read == [0, 3]
    assert {index["name"] for index in inspect(store.engine).get_indexes("opportunity")} == before
