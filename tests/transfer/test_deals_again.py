"""A list of some of the deals in the same columns, below them or above: the first five once more."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from tests.transfer.files import Row, read_in, written

HEAD = ("#", "Deal name", "Customer", "Owner", "Stage", "Amount", "Created", "Closed")
DEALS = [
    (
        n,
        f"Pumps {n}",
        ("Acme", "Bolt", "Cord")[n % 3],
        ("Ann", "Bo")[n % 2],
        "Closed Won",
        100 * n,
        f"2026-01-{n:02}",
        f"2026-03-{n:02}",
    )
    for n in range(1, 13)
]
TOP = [(at, *DEALS[n][1:]) for at, n in enumerate((11, 3, 7), 1)]
SHORT = [(at, *row[1:4], "", *row[5:6], "", "") for at, row in enumerate(TOP, 1)]
SUM = ("", "Total", "", "", "", 2400, "", "")
OLD = (9, "Valves", "Acme", "Ann", "Closed Won", 55, "2026-01-30", "2026-03-30")


@pytest.mark.parametrize(("ending", "number"), [("csv", "#"), ("xlsx", "#"), ("xlsx", "Opportunity ID")])
@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, *DEALS, (), *TOP],
        [HEAD, *DEALS, (), HEAD, *TOP],
        [HEAD, *DEALS, (), ("Top 3 deals",), (), HEAD, *TOP],
        [HEAD, *DEALS, HEAD, *TOP, SUM],
        [HEAD, *DEALS, ("", "Top 3"), *SHORT],
        [HEAD, *DEALS, (), ("Owner", "2026-03", "2026-04"), ("Ann", 3, 3), ("Bo", 3, 3), (), HEAD, *TOP],
        [HEAD, *DEALS[:6], (), *DEALS[6:], (), *TOP],
        [("Top 3",), HEAD, *TOP, (), ("All deals",), HEAD, *DEALS],
        [HEAD, *TOP, (), *DEALS],
    ],
)
def test_a_list_of_some_of_the_deals_is_left_out_and_listed(
    file_store: Store, tmp_path: Path, ending: str, number: str, rows: Sequence[Row]
) -> None:
    if number != "#":
        of = {row[1]: f"A-{row[0]}" for row in DEALS}
        rows = [(of.get(row[1], row[0]) if len(row) > 1 else row[0], *row[1:]) if row else row for row in rows]
        rows = [(number, *row[1:]) if row[:1] == ("#",) else row for row in rows]
    file = written(tmp_path / f"a.{ending}", [(*row, *[""] * 8)[:8] for row in rows])
    done = read_in(opportunities, file_store, file)
    assert (done.new, done.rejected, done.applied) == (12, [], True)
    plan = opportunities.plan(file_store, file)
    assert sum("a list of some of the deals" in str(why) for _, why in plan.left_out) == 3
    assert plan.alike == []


def test_one_deal_under_a_title_is_such_a_list(file_store: Store, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", [HEAD, *DEALS, (), ("Top deal",), TOP[0], (), ("Old",), OLD])
    plan = opportunities.plan(file_store, file)
    assert [number for number, _ in plan.left_out] == [15, 16, 18]
    assert read_in(opportunities, file_store, file).new == 13


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, *DEALS, (), HEAD, TOP[0]],
        [HEAD, TOP[0], (), HEAD, *DEALS],
        [("Top deal",), HEAD, TOP[0], (), HEAD, *DEALS],
    ],
)
def test_one_deal_under_a_header_is_such_a_list(file_store: Store, tmp_path: Path, rows: Sequence[Row]) -> None:
    assert read_in(opportunities, file_store, written(tmp_path / "a.csv", rows)).new == 12


@pytest.mark.parametrize("title", [(), ("", "Top 3")])
def test_a_table_of_other_columns_without_a_header_is_not_read(
    file_store: Store, tmp_path: Path, title: Sequence[str]
) -> None:
    below = [("", row[2], row[1], row[5], row[3]) for row in TOP]
    rows = [HEAD, *DEALS, (), *([title] if title else []), *below]
    with pytest.raises(UserError, match=f"in row {len(rows) - 2} a table with other columns begins: Acme · Pumps 12 "):
        opportunities.plan(file_store, written(tmp_path / "a.xlsx", rows))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("above", "words"),
    [
        ([*TOP, ()], "3 rows above the header are not read, the first of them row 1: 1 · Pumps 12 · Acme"),
        ([("Top deal",), ("Acme", 1200, "Ann"), ()], "1 row above the header is not read: row 2: Acme · 1200 · Ann"),
        ([("All deals",), ("Date", "2026-11-20"), ("Deal", "", "", "Money", "", "Days")], ""),
    ],
)
def test_rows_above_the_header_that_hold_more_than_a_title_are_noted(
    file_store: Store, tmp_path: Path, ending: str, above: Sequence[Row], words: str
) -> None:
    rows = [(*row, *[""] * 8)[:8] for row in (*above, HEAD, *DEALS)]
    plan = opportunities.plan(file_store, written(tmp_path / f"a.{ending}", rows))
    notes = [note for note in plan.understood(translator("en"))["notes"] if "above the header" in note]
    assert [note.startswith(words) for note in notes] == ([True] if words else [])
    assert plan.rows == 12


@pytest.mark.parametrize("is_left", [True, False])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_beside_that_begins_in_the_row_of_the_header_takes_no_deal_away(
    file_store: Store, tmp_path: Path, is_left: bool, ending: str
) -> None:
    """Its first row stands among the headers; the deal itself stands below."""
    main, beside = [HEAD, *DEALS], [*TOP, *[("",) * 8] * 10]
    beside = [row[1:] for row in beside]
    pairs = [(beside[at], main[at]) if is_left else (main[at], beside[at]) for at in range(len(main))]
    rows = [(*one, "", *other) for one, other in pairs]
    assert read_in(opportunities, file_store, written(tmp_path / f"a.{ending}", rows)).new == 12


@pytest.mark.parametrize(
    ("rows", "new", "is_noted"),
    [
        ([*DEALS, (), TOP[0]], 13, True),  # perhaps a second one
        ([*DEALS, TOP[0], TOP[1]], 14, True),  # not apart from the others
        ([*DEALS[:6], (), HEAD, *DEALS[6:]], 12, False),
        ([*DEALS[:6], (), *DEALS[6:], TOP[0]], 13, True),
        ([*DEALS, (), OLD, (10, *OLD[1:5], 66, *OLD[6:])], 14, True),
    ],
)
def test_deals_that_stand_apart_and_may_be_ones_of_their_own_are_read(
    file_store: Store, tmp_path: Path, rows: Sequence[Row], new: int, is_noted: bool
) -> None:
    file = written(tmp_path / "a.xlsx", [HEAD, *rows])
    assert bool(opportunities.plan(file_store, file).alike) == is_noted
    assert read_in(opportunities, file_store, file).new == new


def moved(row: Row) -> Row:
    """The deal as it stood before."""
    return (*row[:4], "Negotiation", *row[5:7], "")


@pytest.mark.parametrize(
    "below", [[moved(TOP[0]), TOP[1], OLD], [*map(moved, TOP)], [*TOP, OLD], [*TOP[:2], (3, *TOP[2][1:5], 1, *TOP[2][6:])], [(*row[:5], 0.1, *row[6:]) for row in TOP]]
)  # fmt: skip
def test_where_only_some_stand_there_once_more_the_file_has_to_be_mended(
    file_store: Store, tmp_path: Path, below: Sequence[Row]
) -> None:
    for between in ((), HEAD):
        plan = opportunities.plan(file_store, written(tmp_path / "a.xlsx", [HEAD, *DEALS, between, *below]))
        assert plan.same_deal is not None
        assert plan.same_deal.rows == (13, 15)
        assert [str(one) for one in plan.questions()] == [str(plan.same_deal.question("a.xlsx"))]
