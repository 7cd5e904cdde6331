"""Which deals that a file leaves out are missed there: where files come again with all deals, with a region's, or with a month's."""

import json
import random
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.history.undo import redo, undo
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.held import File, among, bits, files
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
    further = deal(21)
    take(file_store, tmp_path, ALL)
    take(file_store, tmp_path, [*ALL, PILOT])
    take(file_store, tmp_path, [*ALL, PILOT, further])
    rows = [*ALL, PILOT_WON]
    assert missed(file_store, tmp_path, rows) == ["Deal 21"]
    done = take(file_store, tmp_path, rows, renamed=answer)
    assert names_of(done.missed) == [*left, "Deal 21"]
    assert missed(file_store, tmp_path, rows) == [*left, "Deal 21"]


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


def test_a_file_of_one_deal_does_not_make_it_another_file_s(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path, ALL)
    take(file_store, tmp_path, [*ALL, PILOT])
    take(file_store, tmp_path, [(*PILOT[:4], "16000.00", PILOT[5])])
    assert missed(file_store, tmp_path, ALL) == ["Pilot"]


def test_it_is_kept_which_deals_a_file_held_and_which_were_missed(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, ALL)
    take(store, tmp_path, [*ALL[:8], deal(20)])
    take(store, tmp_path, [*ALL[1:4], deal(20), deal(40)])
    with store.read() as connection:
        c = opportunity.c
        ids = {row.name: row.id for row in connection.execute(select(c.id, c.name))}

        def of(*several: int) -> int:
            return bits(ids[f"Deal {n}"] for n in several)

        assert files(connection) == [
            File(held=of(1, 2, 3, 20, 40), missed=of(0, 4, 5, 6, 7, 9, 11)),  # 8 and 10 have ended
            File(held=of(*range(8), 20), missed=of(8, 9, 10, 11)),
            File(held=of(*range(12)), missed=0),
        ]


@given(ids=st.sets(st.integers(0, 5000)), others=st.sets(st.integers(0, 5000)))
def test_deals_are_those_of_the_number_made_of_them(ids: set[int], others: set[int]) -> None:
    every = sorted(ids | others)
    assert [one for one, held in zip(every, among(every, bits(ids)), strict=True) if held] == sorted(ids)


def test_a_file_of_before_this_was_kept_counts_as_having_held_whole_imports(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path, ALL)
    take(file_store, tmp_path, [*ALL, PILOT])
    with closing(sqlite3.connect(file_store.location)) as other, other:
        pilot = other.execute("SELECT id FROM opportunity WHERE name = 'Pilot'").fetchone()[0]
        for number, held in enumerate(([1], [1, pilot]), 1):
            values = json.dumps(held), number
            other.execute("UPDATE imported_file SET deals_held = NULL, imports_held = ? WHERE id = ?", values)
    assert missed(file_store, tmp_path, ALL) == ["Pilot"]


def test_deals_that_came_with_a_file_of_all_are_a_region_s_once_its_file_has_held_them(
    store: Store, tmp_path: Path
) -> None:
    north, south = ALL[:6], ALL[6:]
    take(store, tmp_path, north)
    take(store, tmp_path, south)
    take(store, tmp_path, [*ALL, PILOT, deal(21)])
    assert missed(store, tmp_path, [*north, deal(22)]) == ["Pilot", "Deal 21"]
    take(store, tmp_path, [*south, deal(21), deal(23)])
    assert missed(store, tmp_path, [*north, deal(22)]) == ["Pilot"]
    take(store, tmp_path, [*north, deal(22)])
    take(store, tmp_path, [*south, deal(21), deal(23), deal(25)])
    asked = take(store, tmp_path, [*north, deal(22), PILOT_WON], dry_run=True)
    assert [(one.was, one.name) for one in asked.renamed] == [("Pilot", "Pilot v2")]


def test_a_deal_is_not_missed_for_ever_where_files_drop_what_has_ended(store: Store, tmp_path: Path) -> None:
    still = [deal(2 * n + 1) for n in range(12)]
    for month, gone in enumerate((0, 2, 4, 6)):
        take(store, tmp_path, [*still[gone:], *(deal(51 + 2 * n) for n in range(month))])
    left = [*still[7:], *(deal(51 + 2 * n) for n in range(3))]
    assert missed(store, tmp_path, left) == names([*still[6:7], *still[2:6]])


@pytest.mark.parametrize("between", [[], [[deal(30), deal(32)], [deal(31)]]], ids=["alone", "beside other files"])
def test_a_deal_that_is_away_twice_and_comes_again_renamed_is_asked_about(
    file_store: Store, tmp_path: Path, between: list[list[Row]]
) -> None:
    take(file_store, tmp_path, [*ALL, PILOT])
    for month in (1, 2):
        for rows in between:
            take(file_store, tmp_path, [(*row[:4], f"{month}000.00", row[5]) for row in rows])
        assert names_of(take(file_store, tmp_path, [*ALL, deal(20 + month)]).missed) == [
            *(["Deal 21"] if month == 2 else []),
            "Pilot",
        ]
    asked = take(file_store, tmp_path, [*ALL, PILOT_WON], dry_run=True)
    assert [(one.was, one.name) for one in asked.renamed] == [("Pilot", "Pilot v2")]


def test_deals_that_are_missed_for_the_first_time_are_named_first(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, [*ALL, PILOT])
    first = take(store, tmp_path, [*ALL[:1], *ALL[2:], PILOT])
    assert (names_of(first.missed), first.newly_missed) == (["Deal 1"], 1)
    take(store, tmp_path, [*ALL[:1], *ALL[2:], ("Other", *PILOT_WON[1:])], renamed="new")
    then = take(store, tmp_path, ALL[4:], dry_run=True)
    assert names_of(then.missed)[-2:] == ["Deal 1", "Pilot"]
    assert then.newly_missed == len(then.missed) - 2
    assert str(then.outcome[-1]).endswith(f"are not in this file ({then.newly_missed} for the first time)")


def test_what_has_ended_is_missed_once(store: Store, tmp_path: Path) -> None:
    """Files of open deals leave it out ever after."""
    take(store, tmp_path, ALL)
    still = [row for row in ALL if row[3] != "Won"]
    assert names_of(take(store, tmp_path, [*still, deal(21)]).missed) == names(row for row in ALL if row[3] == "Won")
    assert names_of(take(store, tmp_path, [*still[1:], deal(21), deal(23)]).missed) == ["Deal 1"]
    assert names_of(take(store, tmp_path, [*still[1:], deal(23), deal(25)]).missed) == ["Deal 21", "Deal 1"]


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


Regions = tuple[list[Row], list[Row]]


def rounds(store: Store, folder: Path, regions: Regions, serial: "count[int]", sizes: Iterable[int]) -> None:
    """The two regions' files in turn, with so many new deals each."""
    for turn, size in enumerate(sizes):
        regions[turn % 2].extend(deal(next(serial)) for _ in range(size))
        take(store, folder, regions[turn % 2])


@FEW
@given(
    first=st.lists(st.integers(2, 4), max_size=4).filter(lambda several: len(several) % 2 == 0),
    then=st.lists(st.integers(1, 4), min_size=2, max_size=4).filter(lambda several: len(several) % 2 == 0),
    chance=st.randoms(use_true_random=False),
)
def test_of_regions_only_the_file_s_own_deals_are_missed_whatever_file_of_all_came_before_or_between(
    tmp_path: Path, empty_store: Path, first: list[int], then: list[int], chance: random.Random
) -> None:
    store, serial = fresh(tmp_path, empty_store), count()
    regions: Regions = ([deal(next(serial)) for _ in range(3)], [deal(next(serial)) for _ in range(3)])
    rounds(store, tmp_path, regions, serial, first)
    take(store, tmp_path, [*regions[0], *regions[1], deal(next(serial))])
    rounds(store, tmp_path, regions, serial, then)
    for own in regions:
        out = chance.sample(own, chance.randint(0, len(own) // 2))
        left = missed(store, tmp_path, [row for row in own if row not in out])
        assert [name for name in left if name not in names(out)] in ([], [f"Deal {6 + sum(first)}"])
        assert set(names(out)) <= set(left)
    store.close()


@FEW
@given(
    sizes=st.lists(st.integers(2, 5), min_size=2, max_size=5),
    chance=st.randoms(use_true_random=False),
    twice=st.booleans(),
)
def test_of_a_file_of_all_deals_after_regions_files_each_region_s_are_missed(
    tmp_path: Path, empty_store: Path, sizes: list[int], chance: random.Random, twice: bool
) -> None:
    store, serial = fresh(tmp_path, empty_store), count()
    regions = [[deal(next(serial)) for _ in range(size)] for size in sizes]
    for rows in regions:
        take(store, tmp_path, rows)
    every = [row for rows in regions for row in rows]
    out = [row for rows in regions for row in chance.sample(rows, chance.randint(0, len(rows) // 2))]
    rest = [row for row in every if row not in out]
    if twice:
        take(store, tmp_path, [*rest, deal(91)])
        assert missed(store, tmp_path, [*rest, deal(91), deal(93)]) == [
            r[0] for r in every if r in out and r[3] != "Won"
        ]
    else:
        assert missed(store, tmp_path, rest) == [r[0] for r in every if r in out]
    store.close()


@FEW
@given(
    months=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1)), min_size=1, max_size=4),
    chance=st.randoms(use_true_random=False),
)
def test_of_files_of_open_deals_those_that_left_are_missed(
    tmp_path: Path, empty_store: Path, months: list[tuple[int, int]], chance: random.Random
) -> None:
    """As long as half of what the first file held is there."""
    store, serial = fresh(tmp_path, empty_store), count(101, 2)
    ended, here, away = [deal(2 * n) for n in range(3)], [deal(2 * n + 1) for n in range(12)], list[str]()
    take(store, tmp_path, [*ended, *here])
    for month, (come, leave) in enumerate(months):
        out = chance.sample(here, leave)
        away += names(out)
        here = [row for row in here if row not in out] + [deal(next(serial)) for _ in range(come)]
        assert sorted(names_of(take(store, tmp_path, here).missed)) == sorted(
            [*away, *(names(ended) if not month else [])]
        )
    store.close()
