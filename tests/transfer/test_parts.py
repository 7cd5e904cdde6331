"""Several rows of one deal are not taken as deals; deals that do not count any more are void; what flags say is not asked."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.deal_plan import OpportunityPlan
from tests.conftest import ME, TODAY
from tests.transfer.files import complaints, written

HEAD = ["Opportunity Name", "Account Name", "Opportunity Owner", "Stage", "Created Date", "Close Date", "Amount"]
ONE = ["Renewal", "Acme", "Ann", "Closed Won", "2024-01-02", "2024-03-04", "12"]


def taken(store: Store, path: Path, **how: object) -> list[int]:
    """The status of each deal that comes of a file, by key."""
    opportunities.run(store, ME, opportunities.plan(store, path, **how), today=TODAY)
    with store.read() as connection:
        return list(connection.execute(select(opportunity.c.status).order_by(opportunity.c.key)).scalars())


@pytest.mark.parametrize(
    ("column", "cells", "owner", "words"),
    [
        ("Split %", ("60%", "40%"), "Tom", "shares of deals.*Split %.*without its splits"),
        ("Split Owner", ("Ann", "Tom"), "Ann", "shares of deals"),
        ("Product Name", ("Seats", "Support"), "Ann", "products of deals.*without its products"),
        ("Quantity", ("1", "5"), "Ann", "products of deals"),
        ("产品名称", ("软件", "服务"), "Ann", "products of deals"),
        ("From Stage", ("Proposal", "Negotiation"), "Ann", "steps of deals.*stage of today"),
    ],
)
def test_rows_that_are_parts_of_a_deal_are_refused(
    file_store: Store, tmp_path: Path, column: str, cells: tuple[str, str], owner: str, words: str
) -> None:
    other = [*ONE[:2], owner, *ONE[3:]]
    path = written(tmp_path / "x.csv", [[*HEAD, column], [*ONE, cells[0]], [*other, cells[1]]])
    with pytest.raises(UserError, match=rf"{words}"):
        taken(file_store, path)
    alone = written(tmp_path / "y.csv", [[*HEAD, column], [*ONE, cells[0]]])
    assert taken(file_store, alone) == [WON]


STEPS = [[*ONE[:3], stage, *ONE[4:]] for stage in ("Prospecting", "Negotiation", "Closed Won")]


def others(rows: int) -> list[list[str]]:
    return [[f"Deal {n}", *ONE[1:]] for n in range(rows)]


def test_rows_that_differ_in_their_stage_alone_are_steps(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [HEAD, *STEPS])
    with pytest.raises(UserError, match=r"rows 2 and 3 are alike in everything but the stage \(Stage\)"):
        taken(file_store, path)
    many = written(tmp_path / "y.csv", [HEAD, *others(60), *STEPS])
    with pytest.raises(UserError, match=r"rows 62 and 63 are alike"):
        taken(file_store, many)
    twice = [[name, *row[1:]] for name in ("Pumps", "Rods") for row in STEPS[:2]]
    plan = opportunities.plan(file_store, written(tmp_path / "few.csv", [HEAD, *others(200), *twice]))
    assert (plan.same_deal, [str(one)[:18] for one in plan.alike]) == (None, ["2 rows are like ot"])
    likely = [[*row, f"{n}0%"] for n, row in enumerate(STEPS, 1)]
    with pytest.raises(UserError, match=r"rows 2 and 3 are alike"):
        taken(file_store, written(tmp_path / "p.csv", [[*HEAD, "Probability"], *likely]))
    dated = [[*row, f"2024-02-0{n}"] for n, row in enumerate(STEPS, 1)]
    apart = opportunities.plan(file_store, written(tmp_path / "z.csv", [[*HEAD, "Ticket"], *dated]))
    assert apart.same_deal is None
    said = {"id": ["Opportunity Name", "Stage"]}
    assert sorted(taken(file_store, path, columns=said)) == sorted([OPEN, OPEN, WON])


def test_one_pair_is_two_deals_and_so_are_two_ends(file_store: Store, tmp_path: Path) -> None:
    moved, ended = ([ONE, [*ONE[:3], stage, *ONE[4:]]] for stage in ("Proposal", "Closed Lost"))
    for rows in (moved, [*others(3), *moved], [*others(3), *ended, *([f"X{row[0]}", *row[1:]] for row in ended)]):
        assert opportunities.plan(file_store, written(tmp_path / "x.csv", [HEAD, *rows])).same_deal is None
    twice = [*others(3), *moved, *([f"X{row[0]}", *row[1:]] for row in moved)]
    assert opportunities.plan(file_store, written(tmp_path / "y.csv", [HEAD, *twice])).same_deal is not None
    same = [ONE, [*ONE[:3], " closed won", *ONE[4:]], ONE]
    assert opportunities.plan(file_store, written(tmp_path / "z.csv", [HEAD, *same])).same_deal is None


def twelve(every: int, *parts: tuple[str, float, str]) -> list[list[str]]:
    """Twelve deals, every so many of which is in the file once for each owner, share of the amount, and further cell."""
    rows = []
    for n in range(12):
        stage = ("Closed Won", "Closed Lost", "Proposal")[n % 5 % 3]
        for owner, share, cell in parts if n % every == 0 else parts[:1]:
            rows.append([f"Deal {n}", f"Customer {n}", owner, stage, f"2024-01-{n + 1:02}", f"2024-06-{n + 1:02}", f"{(n + 1) * 100 * share:.0f}", cell])  # fmt: skip
    return rows


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("column", ["", "Share", "Role"])
@pytest.mark.parametrize("shares", [(1, 1), (0.6, 0.4)])
@pytest.mark.parametrize("places", [range(8), [0, 1, 2, 3, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]])
def test_shares_of_owners_are_refused_whatever_they_are_called(
    file_store: Store, tmp_path: Path, every: int, column: str, shares: tuple[float, float], places: list[int]
) -> None:
    rows = twelve(every, ("Ann", shares[0], "60%"), ("Tom", shares[1], "40%"))
    used = [place for place in places if place < 7 or column]
    path = written(tmp_path / "x.csv", [[row[place] for place in used] for row in [[*HEAD, column], *rows]])
    with pytest.raises(UserError, match="are the same deal and differ in Opportunity Owner"):
        taken(file_store, path)


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("column", ["Item", "Position", "Artikel", "Description"])
@pytest.mark.parametrize("shares", [(1, 1, 1), (0.5, 0.3, 0.2)])
def test_lines_of_an_order_are_refused_whatever_they_are_called(
    file_store: Store, tmp_path: Path, every: int, column: str, shares: tuple[float, ...]
) -> None:
    parts = [("Ann", share, f"{n}") for n, share in enumerate(shares, 1)]
    path = written(tmp_path / "x.csv", [[*HEAD, column], *twelve(every, *parts)])
    with pytest.raises(UserError, match=f"are the same deal and differ in {column}"):
        taken(file_store, path)
    beside = [[*row, f"{row[-1]}0 pieces"] for row in twelve(every, *parts)]
    told = opportunities.plan(file_store, written(tmp_path / "y.csv", [[*HEAD, "Item No", "Size"], *beside])).same_deal
    assert told is not None
    assert told.column == "Size"


def test_equal_deals_that_are_numbered_or_sold_by_several_stay_deals(file_store: Store, tmp_path: Path) -> None:
    equal = twelve(1, ("Ann", 1, ""), ("Ann", 1, ""), ("Tom", 1, ""), ("Tom", 1, ""))
    for column in ("Position", "Ticket", "Contract"):
        rows = [[*row[:7], f"{n}"] for n, row in enumerate(equal) if column == "Position" or row[2] == "Ann"]
        path = written(tmp_path / "x.csv", [[*HEAD, column], *rows])
        assert opportunities.plan(file_store, path).same_deal is None, column


def test_deals_of_one_name_are_asked_about_where_nothing_says_that_they_are_one(
    file_store: Store, tmp_path: Path
) -> None:
    deals = [("Pilot", "Closed Won", "06", "30"), ("Pilot", "Proposal", "12", "4"), ("Audit", "Closed Won", "05", "64"), ("Audit", "Closed Lost", "07", "61"), ("Seats", "Proposal", "08", "9")]  # fmt: skip
    rows = [[name, "Ann", stage, f"2027-{month}-04", amount] for name, stage, month, amount in deals]
    path = written(tmp_path / "x.csv", [[HEAD[0], HEAD[2], HEAD[3], HEAD[5], HEAD[6]], *rows])
    with pytest.raises(UserError, match='several rows say "Pilot"'):
        taken(file_store, path)


def test_look_alikes_that_are_deals_stay_deals(file_store: Store, tmp_path: Path) -> None:
    rows = [[*ONE, "Seats"], [*ONE[:6], "13", "Support"]]
    assert taken(file_store, written(tmp_path / "x.csv", [[*HEAD, "Product Name"], *rows])) == [WON, WON]
    other = ["Tom", "Closed Won", "2024-05-02", "2024-06-04", "99"]
    same = written(
        tmp_path / "y.csv", [[*HEAD, "SKU"], ["Service", "Zeta", *other, "A"], ["Service", "Zeta", *other, "B"]]
    )
    assert taken(file_store, same, columns={"id": ["Opportunity Name", "SKU"]}) == [WON] * 4


NUMBERED = ["Opportunity ID", *HEAD]
PATHS = [
    ("Prospecting", "Proposal", "Negotiation"),
    ("Proposal", "Negotiation", "Closed Won"),
    ("Qualification", "Qualification", "Closed Lost"),
    ("Negotiation", "Closed Won", "Closed Won"),
]


def over_time(changing: bool) -> list[list[str]]:
    """Eight deals as they stood at the end of three months, month by month."""
    rows = []
    for month in range(3):
        for n in range(8):
            amount = 100 + n + 10 * month * changing
            days = [f"2024-01-{n + 1:02}", f"2024-06-{n + 1:02}"]
            rows.append([f"D{n}", f"Deal {n}", f"Customer {n}", "Ann", PATHS[n % 4][month], *days, str(amount), f"2024-0{month + 1}-28"])  # fmt: skip
    return rows


def products() -> list[list[str]]:
    """Six deals of two products each, with each one's amount."""
    deals = [
        [f"D{n}", f"Deal {n}", f"Customer {n}", "Ann", "Closed Won", f"2024-01-0{n}", f"2024-06-0{n}"]
        for n in range(1, 7)
    ]
    return [[*deal, amount, product] for deal in deals for amount, product in (("120", "Seats"), ("7", "Support"))]


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize(
    ("column", "rows", "words"),
    [
        *((one, over_time(True), f"one deal at different times .{one}.") for one in ("As of", "Month", "快照日期")),
        ("Snapshot Date", over_time(False), "one deal at different times .Snapshot Date."),
        ("", over_time(True), "alike in everything|one deal at different times .Stage."),
        ("", over_time(False), "alike in everything|one deal at different times .Stage."),
        ("Probability (%)", over_time(True), "alike in everything|one deal at different times .Stage."),
        ("Probability (%)", over_time(False), "alike in everything but the stage|one deal at different times .Stage."),
        ("Product", products(), "products of deals .Product."),
    ],
)
def test_rows_of_one_deal_are_refused_with_an_id_and_without(
    file_store: Store, tmp_path: Path, column: str, rows: list[list[str]], words: str, numbered: bool
) -> None:
    head, first, last = [*NUMBERED, column], 0 if numbered else 1, len(NUMBERED) + bool(column)
    path = written(tmp_path / "x.csv", [row[first:last] for row in [head, *rows]])
    made = opportunities.plan(file_store, path)
    assert len(made.questions()) == 1
    for only_good_rows in (True, False):
        for dry_run in (True, False):
            with pytest.raises(UserError, match=words):
                opportunities.run(file_store, ME, made, today=TODAY, only_good_rows=only_good_rows, dry_run=dry_run)


@pytest.mark.parametrize(
    ("column", "key", "is_refused"),
    [
        ("ID", "", True),
        ("编号", "", True),
        ("ID", "Deal No", True),
        ("ID", "商机编码", True),
        ("Opportunity ID", "", False),
    ],
)
def test_the_ids_of_products_make_no_deals_of_them(
    file_store: Store, tmp_path: Path, column: str, key: str, is_refused: bool
) -> None:
    head = [column, key or "Remark", *NUMBERED[1:], "Product"]
    rows = [[f"L{n}", row[0] if key else "", *row[1:]] for n, row in enumerate(products())]
    path = written(tmp_path / "x.csv", [head, *rows])
    plan = opportunities.plan(file_store, path)
    assert bool(plan.same_deal) is is_refused
    if is_refused:
        with pytest.raises(UserError, match=r"rows 2 and 3 are the same deal but for that.*--map id="):
            plan.check()
        assert len(taken(file_store, path, columns={"id": [column]})) == 12, "as was said"
    alone = written(tmp_path / "y.csv", [head, *rows[::2]])
    assert opportunities.plan(file_store, alone).questions() == []


def test_an_id_that_repeats_with_other_amounts_is_refused(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [NUMBERED, *(row[:-1] for row in products())])
    with pytest.raises(UserError, match="rows 2 and 3 are the same deal and differ in Amount"):
        taken(file_store, path)


def test_a_slip_and_a_deal_exported_twice_are_told_row_by_row(file_store: Store, tmp_path: Path) -> None:
    deals = [[f"D{n}", f"Deal {n}", f"Customer {n}", *ONE[2:]] for n in range(30)]
    slip = ["D7", "Another", "Somebody", *ONE[2:]]
    moved_on = [*deals[9][:4], "Closed Lost", *deals[9][5:]]
    path = written(tmp_path / "x.csv", [NUMBERED, *deals, *deals[3:6], slip, moved_on])
    result = opportunities.run(file_store, ME, opportunities.plan(file_store, path), today=TODAY).result
    assert [row for row, *_ in complaints(result)] == [32, 33, 34, 35, 36]


def bought_again(opened: str | None) -> list[list[str]]:
    """Twelve customers who buy the same thing every month."""
    rows = []
    for n in range(1, 13):
        for m in range(1, 6):
            days = [opened or f"2024-0{m}-{n:02}", f"2024-0{m + 1}-{n:02}"]
            stage = "Closed Won" if m < 5 else "Proposal"
            rows.append(["Seats", f"Customer {n}", "Ann", stage, *days, "100", f"2024-0{m}", "Seats"])
    return rows


@pytest.mark.parametrize("opened", [None, "2023-12-31"])
@pytest.mark.parametrize("places", [range(9), range(7), [0, 1, 2, 3, 5, 6, 7]])
def test_who_buys_the_same_again_has_several_deals(
    file_store: Store, tmp_path: Path, opened: str | None, places: list[int]
) -> None:
    rows = [[*HEAD, "Month", "Product"], *bought_again(opened)]
    path = written(tmp_path / "x.csv", [[row[place] for place in places] for row in rows])
    assert len(taken(file_store, path)) == 60


def test_real_deals_without_their_ids_are_deals(file_store: Store, tmp_path: Path) -> None:
    real = Path("tests/data/sales_pipeline.csv")
    assert opportunities.plan(file_store, real).same_deal is None
    rows = [line.split(",")[1:] for line in real.read_text(encoding="utf-8").splitlines()]
    open_ones = [rows[0], *(row for row in rows if "Engaging" in row or "Prospecting" in row)]
    for deals in (rows, open_ones):
        assert opportunities.plan(file_store, written(tmp_path / "x.csv", deals)).same_deal is None


@pytest.mark.parametrize("numbered", [True, False])
def test_steps_may_have_days_of_their_own(file_store: Store, tmp_path: Path, numbered: bool) -> None:
    rows = [[*row[:5], f"2024-03-{n + 1:02}", *row[6:8]] for n, row in enumerate(over_time(True))]
    path = written(tmp_path / "x.csv", [row[0 if numbered else 1 :] for row in [NUMBERED, *rows]])
    with pytest.raises(UserError, match=r"one deal at different times \(Stage\)"):
        taken(file_store, path)


def test_a_history_that_says_no_stage_of_today_is_refused(file_store: Store, tmp_path: Path) -> None:
    head = ["Opportunity Name", "Opportunity Owner", "From Stage", "To Stage", "Amount", "Last Modified"]
    rows = [["Deal", "Ann", "Proposal", "Negotiation", "5", "2024-02-01"]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", [head, *rows]))
    assert [str(one) for one in made.questions()] == [
        "x.csv: the rows are steps of deals (From Stage, To Stage), and none says how its deal stands today. Export one row per deal with its stage of today, without its history."
    ]


CHINESE = ["商机编号", "商机名称", "负责人", "商机阶段", "创建时间", "成交日期"]


@pytest.mark.parametrize("column", ["生命状态", "life_status", "状态"])
def test_a_deal_that_does_not_count_any_more_is_void(file_store: Store, tmp_path: Path, column: str) -> None:
    stages = [("赢单", "正常"), ("赢单", "作废"), ("输单", ""), ("方案报价", "审核中"), ("方案报价", "已作废")]
    rows = [[f"A{n}", "a", "王芳", stage, "2024-01-02", "2027-03-04" if stage == "方案报价" else "2024-03-04", life] for n, (stage, life) in enumerate(stages)]  # fmt: skip
    path = written(tmp_path / "x.csv", [[*CHINESE, column], *rows])
    assert taken(file_store, path) == [WON, VOID, LOST, OPEN, VOID]
    made = opportunities.plan(file_store, path)
    said = made.understood(translator("en"))
    assert any(f"2 rows are void by their {column}" in note for note in said["notes"])
    assert [one["name"] for one in said["stages"]] == ["赢单", "方案报价", "输单"]


def test_a_life_that_is_not_known_is_said(file_store: Store, tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.csv", [[*CHINESE, "生命状态"], ["A1", "a", "王芳", "赢单", "2024-01-02", "2024-03-04", "冬眠"]]
    )
    made = opportunities.run(file_store, ME, opportunities.plan(file_store, path), today=TODAY)
    assert complaints(made.result) == [(2, "生命状态", "冬眠")]


def test_what_flags_settle_in_every_row_is_not_asked(file_store: Store, tmp_path: Path) -> None:
    head = [*CHINESE, "Is Won", "Is Closed"]
    rows = [[f"A{n}", "a", "王芳", "Done", "2024-01-02", "2024-03-04", *flags] for n, flags in enumerate([("TRUE", "TRUE"), ("FALSE", "TRUE")])]  # fmt: skip
    path = written(tmp_path / "x.csv", [head, *rows])
    assert taken(file_store, path) == [WON, LOST]
    made = opportunities.plan(file_store, path)
    assert made.stage_counts() == []
    unsaid = written(tmp_path / "y.csv", [head, *rows, ["A2", "a", "王芳", "Done", "2024-01-02", "2024-03-04", "", ""]])
    with pytest.raises(UserError, match="what these stages mean: Done"):
        taken(file_store, unsaid)


def test_no_sum_and_no_reason_is_proposed_as_identity(file_store: Store, tmp_path: Path) -> None:
    head = [*HEAD, "Est. Revenue", "Status Reason", "Ticket"]
    rows = [[*ONE, "12", "late", "T-1"], [f"{ONE[0]} 2", *ONE[1:], "13", "early", "T-2"]]
    path = written(tmp_path / "x.csv", [head, *rows])
    assert opportunities.plan(file_store, path, columns={"amount": ["Amount"]}).proposed == "Ticket"


@pytest.mark.parametrize("deals", [2, 5, 30])
@pytest.mark.parametrize("without", [(), (4,)])
def test_lines_that_differ_in_their_amount_alone_are_asked_about(
    file_store: Store, tmp_path: Path, deals: int, without: tuple[int, ...]
) -> None:
    """So are deals that the file holds several times."""
    rows = [
        [f"Seats {n}", f"Acme {n}", "Ann", "Closed Won", f"2024-05-{n % 28 + 1:02}", f"2024-06-{n % 27 + 1:02}", str(n * 10 + line)]
        for n in range(deals)
        for line in range(2 + n % 2)
    ]  # fmt: skip
    twice = [row for row in rows if row[6].endswith("0")] * 3

    def plan(some: list[list[str]], **how: Any) -> OpportunityPlan:
        kept = [[cell for i, cell in enumerate(row) if i not in without] for row in [HEAD, *some]]
        return opportunities.plan(file_store, written(tmp_path / "x.csv", kept), **how)

    lines = plan(rows).same_deal
    assert lines is not None
    assert (lines.kind, lines.column, lines.rows) == ("versions", HEAD[6], (2, 3))
    equal = plan(twice).same_deal
    assert equal is not None
    assert (equal.kind, equal.rows) == ("equal", (2, 2 + deals))
    own = {"id": [HEAD[0], HEAD[1], HEAD[6]]}
    assert plan(rows, columns=own).same_deal is None
    made = plan(twice, columns={"id": [HEAD[0], HEAD[1]]})
    assert made.same_deal is None
    assert opportunities.run(file_store, ME, made, today=TODAY).result.new == 3 * deals


def test_lines_with_numbers_of_their_own_are_lines(file_store: Store, tmp_path: Path) -> None:
    items = ("Router", "Switch", "Cable")
    rows = [
        [*ONE[:4], f"2024-01-{n:02}", f"2024-02-{n:02}", str(n * 7 + line), f"L{n}{line}", items[line]]
        for n in range(1, 21)
        for line in range(2 + n % 2)
    ]
    rows = [[f"Deal {row[4]}", *row[1:]] for row in rows]
    found = opportunities.plan(file_store, written(tmp_path / "x.csv", [[*HEAD, "Row Key", "Item"], *rows])).same_deal
    assert found is not None
    assert (found.kind, found.column) == ("versions", "Item")


def test_a_few_look_alikes_among_many_deals_stay_deals(file_store: Store, tmp_path: Path) -> None:
    rows = [["Seats", f"Acme {n}", "Ann", "Closed Won", "2024-05-01", f"2024-06-{n:02}", "9"] for n in range(1, 21)]
    more = [*rows, rows[0], [*rows[1][:6], "10"], [*rows[2][:6], "11"]]
    more += [[*rows[3][:2], "Tom", *rows[3][3:]], [*rows[4][:3], "Proposal", *rows[4][4:]]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", [HEAD, *more]))
    assert made.same_deal is None
    assert made.understood(translator("en"))["notes"] == [
        "1 row equals another one in everything (rows 2 and 22), and is taken as a deal of its own.",
        "2 rows are like others but for Amount (the first: rows 3 and 23), and are taken as deals of their own.",
        "1 row is like another one but for Opportunity Owner (rows 5 and 25), and is taken as a deal of its own.",
        "1 row is like another one but for Stage (rows 6 and 26), and is taken as a deal of its own.",
    ]
    assert sorted(taken(file_store, tmp_path / "x.csv")) == sorted([WON] * 24 + [OPEN])
