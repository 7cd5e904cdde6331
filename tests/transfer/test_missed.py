"""Which deals that a file leaves out are missed there: where files come again with all deals, with a region's, or with a month's."""

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.history.undo import redo, undo
from mentor_app.core.imports import imported_file
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.team import open_team
from mentor_app.transfer import opportunities
from mentor_app.transfer.deals import typed_batches
from tests.conftest import FEW, ME, TODAY
from tests.transfer.files import Row, written

HEAD = ("Opportunity Name", "Account", "Owner", "Stage", "Amount", "Close Date")
WITH_IDS = ("Opportunity ID", *HEAD)
PILOT = ("Pilot", "Tundra", "Ann", "Proposal", "15000.00", "2026-12-20")
PILOT_WON = ("Pilot v2", "Tundra", "Ann", "Won", "15000.00", "2026-11-03")


def deal(n: int) -> tuple[str, ...]:
    """One that looks like no other: half of them are open."""
    status, end = (("Won", date(2025, 1, 1) + timedelta(n)), ("Proposal", date(2027, 1, 1) + timedelta(n)))[n % 2]
    return f"Deal {n}", f"Customer {n}", f"Owner {n % 3}", status, f"{n + 10}00.00", end.isoformat()


ALL = [deal(n) for n in range(12)]


def take(store: Store, folder: Path, rows: Sequence[Row], renamed: str | None = None, dry_run: bool = False) -> Any:
    head = WITH_IDS if len(rows[0]) > len(HEAD) else HEAD
    plan = opportunities.plan(store, written(folder / "deals.csv", [head, *rows]), renamed=renamed)
    return opportunities.run(store, ME, plan, today=TODAY, dry_run=dry_run).result


def missed(store: Store, folder: Path, rows: Sequence[Row]) -> list[str]:
    return [one.name for one in take(store, folder, rows, dry_run=True).missed]


def names(rows: Iterable[Row]) -> list[str]:
    return [row[0] for row in rows]


def test_a_deal_that_came_alone_is_missed_in_a_file_of_all(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, ALL)
    take(store, tmp_path, [*ALL, PILOT])
    assert missed(store, tmp_path, ALL) == ["Pilot"]
    asked = take(store, tmp_path, [*ALL, PILOT_WON], dry_run=True)
    assert [(one.was, one.name) for one in asked.renamed] == [("Pilot", "Pilot v2")]
    assert asked.new == 0


@pytest.mark.parametrize(("answer", "left"), [("same", []), ("new", ["Pilot"])])
def test_what_is_missed_stays_so_whatever_is_answered(
    file_store: Store, tmp_path: Path, answer: str, left: list[str]
) -> None:
    further = deal(20)
    take(file_store, tmp_path, ALL)
    take(file_store, tmp_path, [*ALL, PILOT])
    take(file_store, tmp_path, [*ALL, PILOT, further])
    rows = [*ALL, PILOT_WON]
    assert missed(file_store, tmp_path, rows) == ["Deal 20"]
    done = take(file_store, tmp_path, rows, renamed=answer)
    assert names_of(done.missed) == [*left, "Deal 20"]
    assert missed(file_store, tmp_path, rows) == [*left, "Deal 20"]


def names_of(found: Iterable[Any]) -> list[str]:
    return [one.name for one in found]


def test_another_region_s_deals_are_elsewhere(store: Store, tmp_path: Path) -> None:
    north, south = ALL[:6], ALL[6:]
    for more in ([], [deal(20)], [deal(20), deal(22)]):
        take(store, tmp_path, [*north, *more])
        take(store, tmp_path, [*south, *(deal(int(row[0].split()[1]) + 1) for row in more)])
    assert missed(store, tmp_path, [*north, deal(22)]) == ["Deal 20"]
    assert missed(store, tmp_path, [*south, deal(21)]) == ["Deal 23"]


def test_an_import_that_is_taken_back_tells_nothing(store: Store, tmp_path: Path) -> None:
    """Only the file of all that changed a deal shows that the one that came by itself is among them."""
    take(store, tmp_path, ALL)
    take(store, tmp_path, [PILOT])
    assert missed(store, tmp_path, ALL) == []
    take(store, tmp_path, [*ALL, (*PILOT[:4], "16000.00", PILOT[5])])
    assert missed(store, tmp_path, ALL) == ["Pilot"]
    store.act(ME, undo)
    assert missed(store, tmp_path, ALL) == []
    store.act(ME, redo)
    assert missed(store, tmp_path, ALL) == ["Pilot"]


def test_a_file_that_held_a_deal_once_counts_only_until_another_one_does(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path, ALL)
    take(file_store, tmp_path, [*ALL, PILOT])
    take(file_store, tmp_path, [(*PILOT[:4], "16000.00", PILOT[5])])
    assert missed(file_store, tmp_path, ALL) == []


def test_it_is_kept_of_which_imports_a_file_held_a_third(store: Store, tmp_path: Path) -> None:
    second, third = [deal(n) for n in range(20, 23)], [deal(n) for n in range(30, 33)]
    take(store, tmp_path, ALL)
    take(store, tmp_path, second)
    take(store, tmp_path, [*ALL[:3], second[0], *third])
    take(store, tmp_path, [*ALL[:4], third[0], deal(40)])
    take(store, tmp_path, [*ALL[:4], third[0]])
    with store.read() as connection:
        c = opportunity.c
        ids = {row.name: row.id for row in connection.execute(select(c.id, c.name))}
        written_down = connection.execute(select(imported_file.c.imports_held).order_by(imported_file.c.id)).scalars()
        assert list(written_down) == [
            "[" + ",".join(str(ids[f"Deal {n}"]) for n in first) + "]" for first in ([0], [20], [20, 30], [0, 30, 40])
        ]


def test_where_nothing_is_kept_only_what_came_together_counts(store: Store, tmp_path: Path) -> None:
    def unnamed(rows: Sequence[Row]) -> None:
        """As the sample company is brought in."""
        plan = opportunities.plan(store, written(tmp_path / "deals.csv", [HEAD, *rows]))
        store.act(ME, import_opportunities, typed_batches(plan), today=TODAY)

    unnamed(ALL)
    unnamed([*ALL, PILOT])
    assert missed(store, tmp_path, ALL) == []
    assert missed(store, tmp_path, [*ALL[:4], PILOT]) == names(ALL[4:])


CHANGES = {
    "nothing": lambda row: row,
    "put off": lambda row: (*row[:-1], "2027-06-20"),
    "won": lambda row: (*row[:-3], "Won", row[-2], "2026-10-08"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("before", "now"), [("", "K"), ("K", ""), ("K", "L")], ids=["given", "taken", "exchanged"])
def test_what_moved_on_beside_deals_under_other_ids_is_asked_about_and_the_rest_missed(
    file_store: Store, tmp_path: Path, before: str, now: str, change: str
) -> None:
    def under(ids: str, rows: Sequence[Row]) -> list[tuple[str, ...]]:
        return [(*([f"{ids}{row[0].split()[1]}"] if ids else []), *row) for row in rows]

    changed = [CHANGES[change](row) if row[0] in ("Deal 3", "Deal 7") else row for row in ALL]
    take(file_store, tmp_path, under(before, ALL))
    rows = under(now, [row for row in changed if row[0] != "Deal 5"])
    asked = take(file_store, tmp_path, rows, dry_run=True)
    assert sorted(names_of(asked.renamed)) == sorted(name for name in names(ALL) if name != "Deal 5")
    assert (asked.new, names_of(asked.missed)) == (0, ["Deal 5"])
    done = take(file_store, tmp_path, rows, renamed="same")
    assert (done.new, done.updated, names_of(done.missed)) == (0, 11, ["Deal 5"])


def test_what_moved_on_beside_deals_whose_customers_are_called_otherwise_is_asked_about(
    file_store: Store, tmp_path: Path
) -> None:
    """None is known by its identity; most are found as deals that may be another month's, which shows that it is this one."""
    take(file_store, tmp_path, ALL)
    rows = [(row[0], f"{row[1]} AG", *row[2:]) for row in ALL if row[0] != "Deal 5"]
    rows = [CHANGES["won"](row) if row[0] == "Deal 3" else row for row in rows]
    asked = take(file_store, tmp_path, rows, dry_run=True)
    assert (asked.new, len(asked.renamed), names_of(asked.missed)) == (0, 11, ["Deal 5"])


def test_deals_whose_days_are_written_otherwise_are_in_the_file(file_store: Store, tmp_path: Path) -> None:
    head = (*HEAD, "Created Date")

    def created(rows: Sequence[Row], way: str) -> list[tuple[str, ...]]:
        return [(*row, date(2024, 1, 13 + n).strftime(way)) for n, row in enumerate(rows)]

    for way, lacking in (("%Y-%m-%d", 0), ("%d.%m.%Y", 1)):
        rows = created(ALL, way)[lacking:]
        plan = opportunities.plan(file_store, written(tmp_path / "deals.csv", [head, *rows]))
        done = opportunities.run(file_store, ME, plan, today=TODAY).result
    assert (done.unchanged, names_of(done.missed)) == (11, ["Deal 0"])


# -- any months


def fresh(folder: Path, empty: Path, serial: "count[int]" = count()) -> Store:  # noqa: B008  # one for all
    path = folder / f"{next(serial)}.sqlite"
    path.write_bytes(empty.read_bytes())
    return open_team(path)


@FEW
@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5), chance=st.randoms(use_true_random=False))
def test_of_files_of_all_deals_each_that_is_left_out_is_missed(
    tmp_path: Path, empty_store: Path, sizes: list[int], chance: random.Random
) -> None:
    """Whichever month they came in, as long as a third of all is there."""
    store, here = fresh(tmp_path, empty_store), list[Row]()
    for size in sizes:
        here += [deal(len(here) + n) for n in range(size)]
        take(store, tmp_path, here)
    out = chance.sample(here, chance.randint(0, 2 * len(here) // 3))
    assert missed(store, tmp_path, [row for row in here if row not in out]) == [r[0] for r in here if r in out]
    store.close()


@FEW
@given(sizes=st.lists(st.integers(1, 4), min_size=4, max_size=8), chance=st.randoms(use_true_random=False))
def test_of_regions_in_turn_only_the_file_s_own_deals_are_missed(
    tmp_path: Path, empty_store: Path, sizes: list[int], chance: random.Random
) -> None:
    store, regions, serial = fresh(tmp_path, empty_store), (list[Row](), list[Row]()), count()
    for turn, size in enumerate(sizes):
        own = regions[turn % 2]
        own += [deal(next(serial)) for _ in range(size)]
        take(store, tmp_path, own)
    for own in regions:
        out = chance.sample(own, chance.randint(0, 2 * len(own) // 3))
        assert missed(store, tmp_path, [row for row in own if row not in out]) == [r[0] for r in own if r in out]
    store.close()


@FEW
@given(sizes=st.lists(st.integers(2, 5), min_size=2, max_size=5), chance=st.randoms(use_true_random=False))
def test_of_months_by_themselves_only_the_month_s_own_deals_are_missed(
    tmp_path: Path, empty_store: Path, sizes: list[int], chance: random.Random
) -> None:
    store, months, serial = fresh(tmp_path, empty_store), list[list[Row]](), count()
    for size in sizes:
        months.append([deal(next(serial)) for _ in range(size)])
        assert take(store, tmp_path, months[-1]).missed == []
    again = chance.choice(months)
    assert missed(store, tmp_path, [*again[1:], deal(90)]) == names(again[:1])
    store.close()
