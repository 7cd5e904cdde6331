"""A file of deals that comes a second time: nothing is overwritten and nothing doubled without a question."""

import csv
import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import redo, undo
from mentor_app.core.pipeline.digest import differing
from mentor_app.core.pipeline.salesforce import long_form
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY
from tests.transfer.files import written

WEAK = ("Opportunity Name", "Account", "Owner", "Stage", "Close Date", "Amount")
OF_2024 = ("Renewal", "Acme", "Anna Berg", "Won", "2024-03-04", "1000")
OF_2025 = ("Renewal", "Acme", "Tom Ray", "Lost", "2025-03-04", "1100")

FULL = ("Opportunity Name", "Account", "Owner", "Stage", "Created Date", "Close Date", "Amount")
MONTH = [
    ("Pumps", "Acme", "Ann", "Won", "2024-01-10", "2024-02-10", "500"),
    ("Valves", "Bolt", "Ben", "Lost", "2024-01-12", "2024-02-21", "700"),
    ("Pipes", "Cord", "Ann", "Won", "2024-01-15", "2024-02-20", "900"),
    ("Rods", "Dorn", "Cid", "Won", "2024-01-16", "2024-02-27", "2000"),
]
NEXT = [
    ("Belts", "Echo", "Ben", "Won", "2024-02-10", "2024-03-11", "50"),
    ("Cogs", "Fox", "Cid", "Lost", "2024-02-12", "2024-03-12", "70"),
    ("Gears", "Golf", "Ann", "Won", "2024-02-15", "2024-03-13", "90"),
]


def take(store: Store, folder: Path, head: Any, rows: Any, renamed: str | None = None, **how: Any) -> Any:
    file = written(folder / "deals.csv", [head, *rows])
    plan = opportunities.plan(store, file, renamed=renamed, columns=how.pop("columns", None) or {})
    return opportunities.run(store, ME, plan, today=TODAY, **how).result


def deals(store: Store) -> list[tuple[Any, ...]]:
    c = opportunity.c
    with store.read() as connection:
        assert differing(connection) == []
        rows = connection.execute(select(c.key, c.name, c.status, c.closed_on, c.amount_cents).order_by(c.id)).all()
    return [(row[0], row[1], row[2], str(row[3]), row[4]) for row in rows]


def with_ids(rows: Any, ids: Any) -> list[tuple[str, ...]]:
    return [(str(one), *row) for one, row in zip(ids, rows, strict=False)]


def asked(store: Store, folder: Path, head: Any, rows: Any, count: int) -> None:
    """So many rows are asked about; they are neither new nor changed, and nothing is written."""
    before = deals(store)
    tried = take(store, folder, head, rows, dry_run=True)
    assert len(tried.renamed) == count
    assert tried.new + tried.updated + tried.unchanged == len(rows) - count
    with pytest.raises(UserError, match="--renamed same"):
        take(store, folder, head, rows)
    assert deals(store) == before


@pytest.mark.parametrize("without", [(), (1,)])
def test_a_deal_of_a_weak_identity_is_not_overwritten_by_another_years(
    store: Store, tmp_path: Path, without: tuple[int, ...]
) -> None:
    head, first, second = (tuple(c for i, c in enumerate(r) if i not in without) for r in (WEAK, OF_2024, OF_2025))
    columns = {"id": ["Opportunity Name"]} if without else None
    take(store, tmp_path, head, [first], columns=columns)
    before = deals(store)
    asked(store, tmp_path, head, [second], 1)
    if without:
        with pytest.raises(UserError, match=r"can't be a new deal.*--map"):
            take(store, tmp_path, head, [second], renamed="new")
        assert deals(store) == before
    else:
        assert take(store, tmp_path, head, [second], renamed="new").new == 1
        assert [one[2:] for one in deals(store)] == [(1, "2024-03-04", 100_000), (2, "2025-03-04", 110_000)]
        for again in ([second], [first], [first, second], [second, first]):
            done = take(store, tmp_path, head, again)
            assert (done.unchanged, done.new, done.updated) == (len(again), 0, 0)
        store.act(ME, undo)
        assert deals(store) == before
        store.act(ME, redo)
        assert len(deals(store)) == 2
        store.act(ME, undo)
    assert take(store, tmp_path, head, [second], renamed="same").updated == 1
    assert [one[2:] for one in deals(store)] == [(2, "2025-03-04", 110_000)]
    assert take(store, tmp_path, head, [second]).unchanged == 1
    store.act(ME, undo)
    assert deals(store) == before


@pytest.mark.parametrize(("column", "first"), [("ID", 1), ("Deal No", 1001), ("Opportunity ID", 1), ("商机编号", 1)])
def test_a_column_that_numbers_rows_overwrites_nothing(
    file_store: Store, tmp_path: Path, column: str, first: int
) -> None:
    head = (column, *FULL)
    how: dict[str, Any] = {"columns": {"id": [column]}}
    take(file_store, tmp_path, head, with_ids(MONTH, range(first, 9999)), **how)
    before = deals(file_store)
    rows = with_ids(NEXT, range(first, 9999))
    tried = take(file_store, tmp_path, head, rows, dry_run=True, **how)
    assert (len(tried.renamed), tried.updated, tried.new) == (len(rows), 0, 0)
    with pytest.raises(UserError, match="Choose other columns as the identity"):
        take(file_store, tmp_path, head, rows, renamed="new", **how)
    with pytest.raises(UserError, match="Choose columns as the identity that stay with a deal"):
        take(file_store, tmp_path, head, with_ids(MONTH[::-1], range(first, 9999)), dry_run=True, **how)
    assert deals(file_store) == before


ORDINARY: list[tuple[str, dict[int, str], dict[int, str]]] = [
    ("won", {3: "Open", 6: "400"}, {3: "Won", 5: "2024-02-14", 6: "450"}),
    ("lost", {3: "Open"}, {3: "Lost", 5: "2024-03-14"}),
    ("an open deal goes on", {3: "Open"}, {3: "Negotiation", 5: "2024-06-14", 6: "450", 2: "Ben"}),
    ("amount", {}, {6: "501"}),
    ("stage", {}, {3: "Lost"}),
    ("owner", {}, {2: "Ben"}),
    ("closing day", {}, {5: "2024-02-11"}),
    ("void", {}, {3: "Disqualified", 5: "2024-04-01", 6: "0"}),
    ("opened again", {}, {3: "Open", 5: "2024-07-01"}),
    ("opened again, without a day", {}, {3: "Open", 5: "", 6: ""}),
    ("won that was lost", {}, {3: "Lost", 6: "0"}),
]


@pytest.mark.parametrize("without", [(), (4,), (0, 1), (0, 1, 4)])
@pytest.mark.parametrize("has_id", [True, False])
def test_ordinary_changes_of_deals_ask_nothing(
    file_store: Store, tmp_path: Path, without: tuple[int, ...], has_id: bool
) -> None:
    if not has_id and 0 in without:
        without = (1, 4)
    files: list[list[Any]] = [[], []]
    for n, (_, was, now) in enumerate(ORDINARY):
        old = [f"Pumps {n}", *(was.get(i, cell) for i, cell in enumerate(MONTH[0]) if i)]
        for file, row in zip(files, (old, [now.get(i, cell) for i, cell in enumerate(old)]), strict=True):
            file.append([f"A-{n}"] * has_id + [cell for i, cell in enumerate(row) if i not in without])
    head = ["Opportunity ID"] * has_id + [cell for i, cell in enumerate(FULL) if i not in without]
    take(file_store, tmp_path, head, files[0])
    if not has_id and 4 in without:  # by name and customer alone it may be next year's
        tried = take(file_store, tmp_path, head, files[1], dry_run=True)
        assert [one.name.split(" · ")[0] for one in tried.renamed] == ["Pumps 2", "Pumps 8", "Pumps 9"], tried.renamed
        done = take(file_store, tmp_path, head, files[1], renamed="same")
        assert done.updated == len(ORDINARY)
    else:
        done = take(file_store, tmp_path, head, files[1])
        assert (done.updated, done.renamed) == (len(ORDINARY), [])
    assert take(file_store, tmp_path, head, files[1]).unchanged == len(ORDINARY)


@pytest.mark.parametrize(
    ("was", "now", "is_asked"),
    [
        (("Closed Won", "2025-03-10"), ("Negotiation", "2026-12-10"), True),
        (("Closed Won", "2025-03-10"), ("Negotiation", ""), True),
        (("Closed Won", "2025-03-10"), ("Negotiation", "2025-03-10"), False),
        (("Closed Lost", "2025-03-10"), ("Prospecting", "2026-03-10"), True),
        (("Negotiation", "2025-12-10"), ("Prospecting", "2026-12-10"), True),
        (("Prospecting", "2025-01-10"), ("Closed Won", "2025-12-10"), True),
        (("Negotiation", "2026-07-10"), ("Negotiation", "2026-12-10"), False),
        (("Prospecting", "2026-07-10"), ("Closed Won", "2026-10-10"), False),
        (("Prospecting", "2026-07-10"), ("Closed Won", "2026-10-10", "1400"), False),
        (("Prospecting", "2026-07-10"), ("Closed Won", "2026-07-10", "8000"), False),
        (("Prospecting", "2026-07-10"), ("Closed Won", "2026-10-10", "1500"), True),
        (("Prospecting", "2026-07-10"), ("Negotiation", "2026-08-10", "600"), True),
    ],
)
def test_next_years_deal_is_not_taken_for_this_years_where_nothing_says_when_it_was_opened(
    file_store: Store, tmp_path: Path, was: tuple[str, str], now: tuple[str, ...], is_asked: bool
) -> None:
    """The win would be gone without a word."""

    def row(stage: str, day: str, amount: str = "1000") -> tuple[str, ...]:
        return ("Renewal", "Acme", "Ann Lee", stage, day, amount)

    other = ("Pumps", "Bolt", "Ann Lee", "Closed Won", "2025-01-10", "70")
    take(file_store, tmp_path, WEAK, [row(*was), other])
    if not is_asked:
        assert take(file_store, tmp_path, WEAK, [row(*now), other]).updated == 1
        return
    asked(file_store, tmp_path, WEAK, [row(*now), other], 1)
    before = deals(file_store)
    assert take(file_store, tmp_path, WEAK, [row(*now), other], renamed="new").new == 1
    assert deals(file_store)[: len(before)] == before


@pytest.mark.parametrize(
    ("now", "is_asked"),
    [
        ({3: "Won", 5: "2025-02-10", 6: "550"}, True),
        ({3: "Lost", 5: "2025-02-10"}, True),
        ({5: "2025-02-10"}, False),
        ({5: "2024-02-17", 6: "550"}, False),
    ],
)
@pytest.mark.parametrize("has_id", [True, False])
def test_a_win_that_would_end_a_year_later_and_otherwise_is_asked_about(
    file_store: Store, tmp_path: Path, now: dict[int, str], has_id: bool, is_asked: bool
) -> None:
    head, ids = ["Opportunity ID"] * has_id + [*FULL], [[f"A{n}"] * has_id for n in range(len(MONTH))]
    rows = [[now.get(i, cell) for i, cell in enumerate(MONTH[0])], *MONTH[1:]]
    before, after = ([[*key, *row] for key, row in zip(ids, of, strict=True)] for of in (MONTH, rows))
    take(file_store, tmp_path, head, before)
    if is_asked:
        asked(file_store, tmp_path, head, after, 1)
    else:
        assert take(file_store, tmp_path, head, after).updated == 1


def test_an_open_deal_of_which_only_name_and_customer_stay_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    first = ("Audit", "Falcon", "Tom Ray", "Proposal", "", "878")
    take(file_store, tmp_path, WEAK, [first, OF_2024])
    asked(file_store, tmp_path, WEAK, [("Audit", "Falcon", "Anna Lee", "Qualification", "", "569"), OF_2024], 1)
    assert (
        take(file_store, tmp_path, WEAK, [("Audit", "Falcon", "Anna Lee", "Qualification", "", "878"), OF_2024]).updated
        == 1
    )


SHORT = ["006A0000006Vm9r", "006A0000006Vm9s", "006A0000006vm9r", "006b000000aBcDe"]
LONG = [long_form(one) for one in SHORT]


def test_the_checksum_of_a_long_salesforce_id() -> None:
    assert long_form("001A0000006Vm9r") == "001A0000006Vm9rIAC"
    assert long_form("00530000003xqAb") == "00530000003xqAbAAI"


@pytest.mark.parametrize(("one", "other"), [(SHORT, LONG), (LONG, SHORT)])
def test_the_two_forms_of_a_salesforce_id_are_one_deal(
    store: Store, tmp_path: Path, one: list[str], other: list[str]
) -> None:
    head = ("Opportunity ID", *FULL)
    take(store, tmp_path, head, with_ids(MONTH, one))
    before = deals(store)
    for ids in (other, one, other):
        done = take(store, tmp_path, head, with_ids(MONTH, ids))
        assert (done.unchanged, done.new, done.updated) == (4, 0, 0)
    changed = [(*MONTH[0][:6], "501"), *MONTH[1:]]
    assert take(store, tmp_path, head, with_ids(changed, other)).updated == 1
    assert take(store, tmp_path, head, with_ids(MONTH, one)).updated == 1
    assert deals(store) == before
    both = with_ids(MONTH, other) + with_ids(MONTH, one)
    assert len(take(store, tmp_path, head, both, dry_run=True).rejected) == 4
    wrong = [key[:15] + "AAB" for key in LONG]
    assert take(store, tmp_path, head, with_ids(NEXT, wrong)).new == 3


def test_a_deal_that_comes_under_another_id_is_asked_about(store: Store, tmp_path: Path) -> None:
    with_id, without = ("Opportunity ID", *FULL), FULL
    forms: list[tuple[Any, Any]] = [
        (with_id, with_ids(MONTH, ["A1", "A2", "A3", "A4"])),
        (without, MONTH),
        (with_id, with_ids(MONTH, ["B1", "B2", "B3", "B4"])),
    ]
    take(store, tmp_path, *forms[0])
    for head, rows in (*forms[1:], forms[0], forms[1], forms[0]):
        before = deals(store)
        asked(store, tmp_path, head, rows, 4)
        tried = take(store, tmp_path, head, rows, dry_run=True)
        assert [cell.field for cell in tried.renamed[0].cells] == ["id"]
        done = take(store, tmp_path, head, rows, renamed="same")
        assert (done.new, done.updated, len(deals(store))) == (0, 4, 4)
        after = deals(store)
        assert [one[1:] for one in after] == [one[1:] for one in before]
        assert take(store, tmp_path, head, rows).unchanged == 4
        store.act(ME, undo)
        assert deals(store) == before
        store.act(ME, redo)
        assert deals(store) == after
    head, rows = forms[1]
    assert take(store, tmp_path, head, rows, renamed="new").new == 4
    assert take(store, tmp_path, head, rows).unchanged == 4


def test_deals_that_say_little_are_not_taken_for_each_other(file_store: Store, tmp_path: Path) -> None:
    head = ("Opportunity ID", "Owner", "Stage", "Close Date", "Amount")
    rows = [(f"A{n}", "Ann", "Won", "2024-02-01", "5") for n in range(2)]
    take(file_store, tmp_path, head, rows)
    done = take(file_store, tmp_path, head, [(f"B{n}", *row[1:]) for n, row in enumerate(rows)])
    assert (done.new, done.renamed) == (2, [])


SPARSE = ("Opportunity ID", "Account", "Owner", "Product", "Stage", "Created Date", "Close Date", "Amount")


def early(n: int, key: str = "A", account: str = "") -> tuple[str, ...]:
    return (f"{key}{n}", account, f"Ann {'xyz'[n % 3]}", f"Plan {n % 4}", "Prospecting", "", "", "")


@pytest.mark.parametrize("account", ["", "Acme"])
@pytest.mark.parametrize("others", [0, 8])
def test_deals_that_say_little_are_asked_about_where_the_whole_file_is_numbered_anew(
    file_store: Store, tmp_path: Path, account: str, others: int
) -> None:
    full = [(f"A{n}", f"Bolt {n}", "Ann x", "Plan", "Won", f"2024-01-{n:02}", f"2024-02-{n:02}", "9") for n in range(10, 10 + others)]  # fmt: skip
    take(file_store, tmp_path, SPARSE, [*full, *(early(n, account=account) for n in range(6))])
    anew = [("Z" + row[0], *row[1:]) for row in (*full, *(early(n, account=account) for n in range(6)))]
    asked(file_store, tmp_path, SPARSE, anew, len(anew))
    assert take(file_store, tmp_path, SPARSE, anew, renamed="same").updated == len(anew)
    assert len(deals(file_store)) == len(anew)
    month = [*anew[:others], early(99, "N", account), ("N100", "Cord", "Ann x", "Plan", "Won", "2024-05-01", "2024-06-01", "9")]  # fmt: skip
    done = take(file_store, tmp_path, SPARSE, month)
    assert (done.new, done.renamed) == (2, [])


def test_what_an_early_deal_lacked_is_filled_in(file_store: Store, tmp_path: Path) -> None:
    """Its created date is a part of its identity: it would stay open beside the one that is won."""
    head = SPARSE[1:]
    take(file_store, tmp_path, head, [early(n, account=f"Acme {n}")[1:] for n in range(5)])
    later = [(f"Acme {n}", *early(n)[2:4], "Won", f"2025-06-0{n + 1}", f"2025-08-0{n + 1}", f"9{n}") for n in range(5)]
    asked(file_store, tmp_path, head, later, 5)
    assert take(file_store, tmp_path, head, later, renamed="same").updated == 5
    assert {status for _, _, status, *_ in deals(file_store)} == {1}


@pytest.mark.parametrize("way", ["{d}.{m}.{y}", "{m}/{d}/{y}", "{y}年{m}月{d}日", "{y}{m}{d}", "{y}/{m}/{d} 00:00"])
def test_days_written_otherwise_in_an_identity_are_the_same_days(file_store: Store, tmp_path: Path, way: str) -> None:
    def otherwise(row: tuple[str, ...]) -> tuple[str, ...]:
        y, m, d = row[4].split("-")
        return (*row[:4], way.format(y=y, m=m, d=d), *row[5:])

    take(file_store, tmp_path, FULL, MONTH)
    before = deals(file_store)
    done = take(file_store, tmp_path, FULL, list(map(otherwise, MONTH)))
    assert (done.unchanged, done.renamed, len(done.missed), deals(file_store)) == (4, [], 0, before)
    later = [otherwise((*MONTH[0][:6], "501")), *map(otherwise, MONTH[1:])]
    assert take(file_store, tmp_path, FULL, later).updated == 1
    other_year = [otherwise((*OF[:5], "2026-01-05", "3")) for OF in MONTH[:1]]
    done = take(file_store, tmp_path, FULL, [*other_year, *map(otherwise, MONTH[1:])], dry_run=True)
    assert (done.new, done.unchanged) == (0, 3)


def test_an_open_deal_that_is_renamed_won_and_given_another_amount_is_asked_about(
    file_store: Store, tmp_path: Path
) -> None:
    head = (*FULL, "Product")
    old = [(*row, "GTX") for row in [(*MONTH[0][:3], "Open", *MONTH[0][4:]), *MONTH[1:]]]
    new = [("Pumps II", "Acme", "Ann", "Won", "2024-01-10", "2024-02-14", "650", "GTX"), *old[1:]]
    take(file_store, tmp_path, head, old)
    asked(file_store, tmp_path, head, new, 1)


def months() -> tuple[list[str], list[list[list[str]]]]:
    """Real deals that are closed, by the month in which they were."""
    with Path("tests/data/sales_pipeline.csv").open(encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    day = head.index("close_date")
    return head, [[row for row in rows if row[day][:7] == m] for m in sorted({row[day][:7] for row in rows} - {""})]


@pytest.mark.parametrize("renamed", [None, "same", "new"])
def test_ids_that_went_over_to_other_deals_are_refused_and_another_identity_finds_the_deals(
    store: Store, tmp_path: Path, renamed: str | None
) -> None:
    head, rows = ("Deal ID", *FULL), MONTH + NEXT
    take(store, tmp_path, head, with_ids(rows, [f"D{i:03}" for i in range(7)]))
    before, moved = deals(store), with_ids(rows, [f"D{i:03}" for i in range(1, 8)])
    with pytest.raises(UserError, match=r'5 rows say what deals with another Deal ID say.*--map "id=Opportunity Name"'):
        take(store, tmp_path, head, moved, renamed=renamed, dry_run=renamed is None)
    assert deals(store) == before
    columns = {"id": ["Opportunity Name", "Account", "Created Date"]}
    again = take(store, tmp_path, head, moved, renamed="same", columns=columns)
    assert (again.new, again.updated) == (0, len(rows))
    assert [one[1:] for one in deals(store)] == [one[1:] for one in before]
    assert take(store, tmp_path, head, moved, columns=columns).unchanged == len(rows)


@pytest.mark.parametrize(
    "corrected",
    [
        {6: "1100"},
        {2: "Ben"},
        {3: "Lost"},
        {5: "2024-03-01"},
        {6: "1100", 2: "Ben"},
        {3: "Open", 5: ""},
        {1: "Acme Ltd"},
    ],
)
def test_a_corrected_deal_under_another_id_is_asked_about_among_others_that_keep_theirs(
    store: Store, tmp_path: Path, corrected: dict[int, str]
) -> None:
    head, rows = ("Deal ID", *FULL), with_ids(MONTH + NEXT, ["D0", "D1", "D2", "D3", "D4", "D5", "D6"])
    take(store, tmp_path, head, rows)
    first = list(MONTH[0])
    for at, cell in corrected.items():
        first[at] = cell
    again = [("X0", *first), *rows[1:]]
    asked(store, tmp_path, head, again, 1)
    take(store, tmp_path, head, again, renamed="same")
    assert [one[0] for one in deals(store)] == ["X0", "D1", "D2", "D3", "D4", "D5", "D6"]
    assert take(store, tmp_path, head, again).unchanged == 7
    store.act(ME, undo)
    both = take(store, tmp_path, head, again, renamed="new")
    assert (both.new, [one.name for one in both.missed]) == (1, ["Pumps"])


def test_an_open_deal_won_under_another_id_is_asked_about(store: Store, tmp_path: Path) -> None:
    head, rows = ("Deal ID", *FULL), with_ids(MONTH + NEXT, ["D0", "D1", "D2", "D3", "D4", "D5", "D6"])
    take(store, tmp_path, head, [("D0", *MONTH[0][:3], "Open", MONTH[0][4], "", "450"), *rows[1:]])
    asked(store, tmp_path, head, [("X0", *MONTH[0]), *rows[1:]], 1)


def test_new_deals_of_a_rolling_file_with_ids_are_not_asked_about(store: Store, tmp_path: Path) -> None:
    """The first deals drop out, the same customers buy the same again."""
    head, first = ("Deal ID", *FULL), with_ids(MONTH, ["D0", "D1", "D2", "D3"])
    take(store, tmp_path, head, first)
    anew = [(*row[:4], "2024-03-01", "2024-04-01", row[6]) for row in MONTH[:2]]
    later = [*first[2:], *with_ids(anew, ["D4", "D5"])]
    done = take(store, tmp_path, head, later)
    assert (done.new, done.unchanged, done.renamed, len(done.missed)) == (2, 2, [], 2)


def test_real_deals_of_one_month_after_the_other_ask_nothing(file_store: Store, tmp_path: Path) -> None:
    head, parts = months()
    for rows in parts:
        done = take(file_store, tmp_path, head, rows)
        assert (done.renamed, done.updated, done.new) == ([], 0, len(rows))


def test_real_deals_under_other_ids_some_corrected_are_the_same_if_that_is_said(
    file_store: Store, tmp_path: Path
) -> None:
    """Of the open ones among them nothing but owner, product and day of opening is said."""
    with Path("tests/data/sales_pipeline.csv").open(encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    at, opened, account = (head.index(name) for name in ("close_value", "engage_date", "account"))
    rows = [row for row in rows if row[opened][:7] == "2017-07"]
    assert sum(not row[account] for row in rows) > 50
    take(file_store, tmp_path, head, rows)
    again = [["N" + row[0], *row[1:]] for row in rows]
    for row in [one for one in again if one[at]][::20]:
        row[at] = str(float(row[at]) + 11)
    done = take(file_store, tmp_path, head, again, renamed="same")
    assert (done.new, done.updated, len(done.missed)) == (0, len(again), 0)
    assert take(file_store, tmp_path, head, again).unchanged == len(again)


def test_real_deals_without_ids_are_hardly_ever_taken_for_others(file_store: Store, tmp_path: Path) -> None:
    """They have no names: one in sixteen was opened on the day of another of its customer. In four months one differs from such a one in
    nothing but the day of its end, as if that had been corrected."""
    head, parts = months()
    assert head[0] == "opportunity_id"
    all_new = {"*": "new", "rest": "new"}
    done = [take(file_store, tmp_path, head[1:], [row[1:] for row in rows], renamed=all_new) for rows in parts[:4]]
    assert [one.updated for one in done] == [0, 0, 0, 1]
    assert [one.new + one.updated for one in done] == list(map(len, parts[:4]))


def test_whatever_comes_nothing_changes_unasked_but_in_ordinary_ways(file_store: Store, tmp_path: Path) -> None:
    """Files of few names, customers and days, with numbers that only count: every won or lost deal that ends on another day and with another
    owner or amount was asked about, and with "new" it stays."""
    chance = random.Random(3)
    for identity in ("ID", None):
        head = ("ID", *WEAK) if identity else WEAK
        how: dict[str, Any] = {"columns": {"id": ["ID"]}} if identity else {}
        for _ in range(8):
            rows = [
                (
                    chance.choice(["Renewal", "Licence"]),
                    chance.choice(["Acme", "Bolt", "Cord"]),
                    chance.choice(["Ann", "Ben"]),
                    chance.choice(["Won", "Lost"]),
                    f"2024-0{chance.randrange(1, 9)}-04",
                    str(chance.randrange(1, 6)),
                )
                for _ in range(chance.randrange(1, 6))
            ]
            rows = with_ids(rows, range(1, 9)) if identity else rows
            before = {one[0]: one for one in deals(file_store)}
            tried = take(file_store, tmp_path, head, rows, dry_run=True, **how)
            if tried.renamed and not identity:
                take(file_store, tmp_path, head, rows, renamed={"*": "new", "rest": "new"}, **how)
            elif tried.renamed:
                take(file_store, tmp_path, head, rows, renamed="same", **how)
                file_store.act(ME, undo)
                assert {one[0]: one for one in deals(file_store)} == before
                file_store.act(ME, redo)
                assert take(file_store, tmp_path, head, rows, **how).unchanged == len(rows)
                file_store.act(ME, undo)
            else:
                take(file_store, tmp_path, head, rows, **how)
            after = {one[0]: one for one in deals(file_store)}
            for key, (_, name, status, closed, cents) in before.items():
                now = after[key]
                assert now[3] == closed or (now[1], now[2], now[4]) == (name, status, cents) or identity
            if not (tried.renamed and identity):
                again = take(file_store, tmp_path, head, rows, **how)
                assert again.unchanged == len(rows), (again.renamed, rows)


def test_deals_of_another_file_are_not_missed_where_ids_went_over(file_store: Store, tmp_path: Path) -> None:
    head = ("Opportunity ID", *FULL)
    far = [(f"Far {n}", "Zeta", "Ann", "Won", f"2024-01-{n:02}", "2024-02-15", "5") for n in range(1, 9)]
    take(file_store, tmp_path, head, with_ids(far, range(90, 99)))
    take(file_store, tmp_path, head, with_ids(MONTH, range(1, 9)))
    columns = {"id": ["Opportunity Name", "Account", "Created Date"]}
    rows = with_ids([*MONTH[:3], NEXT[0]], range(2, 9))
    done = take(file_store, tmp_path, head, rows, renamed="same", columns=columns)
    assert (done.updated, done.new, [one.name for one in done.missed]) == (3, 1, ["Rods"])


@pytest.mark.parametrize(
    "left_out", [("Created Date",), ("Created Date", "Expected Close Date"), ("Expected Close Date", "Account")]
)
def test_a_column_that_a_file_does_not_have_says_nothing_of_known_deals(
    file_store: Store, tmp_path: Path, left_out: tuple[str, ...]
) -> None:
    head = [
        "ID",
        "Opportunity Name",
        "Account",
        "Owner",
        "Created Date",
        "Close Date",
        "Expected Close Date",
        "Stage",
        "Amount",
    ]
    rows = [
        ["D1", "A", "Huayu", "Ann", "2026-05-05", "", "2027-01-25", "Open", "100"],
        ["D2", "B", "Kite", "Tom", "2026-05-06", "2026-07-01", "2026-06-25", "Won", "200"],
    ]
    how: dict[str, Any] = {"columns": {"id": ["ID"]}}
    take(file_store, tmp_path, head, rows, **how)
    before = deals(file_store)
    kept = [i for i, name in enumerate(head) if name not in left_out]
    narrow = [[row[i] for i in kept] for row in rows]
    done = take(file_store, tmp_path, [head[i] for i in kept], narrow, **how)
    assert (done.unchanged, done.updated, deals(file_store)) == (2, 0, before)
    narrow[1][-1] = "250"
    done = take(file_store, tmp_path, [head[i] for i in kept], narrow, **how)
    assert (done.unchanged, [cell.field for cell in done.cells]) == (1, ["amount"])
    with file_store.read() as connection:
        assert differing(connection) == []
