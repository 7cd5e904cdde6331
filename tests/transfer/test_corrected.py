"""A file of deals without ids that comes again corrected: what is new and what is gone are held beside each other."""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline.digest import differing
from mentor_app.core.pipeline.rules import ImportedDeals
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.understood import lines
from tests.conftest import ME, TODAY
from tests.transfer.files import Row, read_in, written

HEAD = ("Opportunity Name", "Account", "Owner", "Stage", "Created Date", "Close Date", "Amount")
PUMPS = ("Pumps", "Acme", "Ann", "Won", "2024-01-10", "2024-02-10", "5.00")
OTHERS = [
    ("Valves", "Bolt", "Ben", "Lost", "2024-01-12", "2024-03-01", "7.00"),
    ("Pipes", "Cord", "Ann", "Won", "2024-01-15", "2024-02-20", "9.00"),
]


def held(store: Store) -> list[tuple[str, ...]]:
    """The store's deals as rows of such a file."""
    o, words = opportunity.c, {1: "Won", 2: "Lost"}
    columns = (o.name, o.account, crm_name.c.name, o.status, o.opened_on, o.closed_on, o.amount_cents)
    with store.read() as connection:
        assert differing(connection) == []
        rows = connection.execute(select(*columns).join(crm_name, crm_name.c.id == o.owner_id)).all()
    return sorted((*row[:3], words[row[3]], str(row[4]), str(row[5]), f"{row[6] / 100:.2f}") for row in rows)


def named(chance: random.Random, owner: str, opened: str, closing_month: int) -> tuple[str, ...]:
    name, account = f"Deal {chance.randrange(40)}", f"Account {chance.randrange(20)}"
    stage, closed = chance.choice(["Won", "Lost"]), f"2024-{closing_month:02d}-{chance.choice([15, 20])}"
    return name, account, owner, stage, opened, closed, f"{chance.randrange(30)}.00"


def take(store: Store, path: Path, rows: list[Any], renamed: str | None = None, dry_run: bool = False) -> Any:
    plan = opportunities.plan(store, written(path, [HEAD, *rows]), renamed=renamed)
    return opportunities.run(store, ME, plan, today=TODAY, dry_run=dry_run).result


@pytest.mark.parametrize(
    ("corrected", "changes"),
    [
        ({1: "Acme GmbH"}, [("account", "Acme", "Acme GmbH")]),
        ({0: "Pumps II", 6: "6.00"}, [("name", "Pumps", "Pumps II"), ("amount", "5.00", "6.00")]),
        ({4: "2024-01-11"}, [("opened_on", "2024-01-10", "2024-01-11")]),
        ({0: "Pumps II", 3: "Lost"}, [("name", "Pumps", "Pumps II"), ("stage", "Won", "Lost")]),
        ({0: "Pumps II", 5: "2024-02-11"}, [("name", "Pumps", "Pumps II"), ("closed_on", "2024-02-10", "2024-02-11")]),
        ({1: "Acme GmbH", 2: "Ben"}, [("account", "Acme", "Acme GmbH"), ("owner", "Ann", "Ben")]),
        (
            {0: "P", 3: "Lost", 6: "0.00"},
            [("name", "Pumps", "P"), ("stage", "Won", "Lost"), ("amount", "5.00", "0.00")],
        ),
    ],
)
def test_a_corrected_deal_is_asked_about_and_keeps_its_row(
    file_store: Store, tmp_path: Path, corrected: dict[int, str], changes: list[tuple[str, str, str]]
) -> None:
    take(file_store, tmp_path / "a.csv", [PUMPS, *OTHERS])
    row = tuple(corrected.get(i, cell) for i, cell in enumerate(PUMPS))
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", [row, *OTHERS])
    done = take(file_store, tmp_path / "b.csv", [row, *OTHERS], renamed="same")
    assert [(one.field, str(one.before), str(one.after)) for one in done.renamed[0].cells] == changes
    assert (done.new, done.updated, done.unchanged, len(done.missed)) == (0, 1, 2, 0)
    assert held(file_store) == sorted([row, *OTHERS])
    file_store.act(ME, undo)
    assert held(file_store) == sorted([PUMPS, *OTHERS])
    added = take(file_store, tmp_path / "b.csv", [row, *OTHERS], renamed="new")
    assert (added.new, held(file_store)) == (1, sorted([PUMPS, row, *OTHERS]))


def test_a_deal_that_went_on_in_the_file_that_corrects_its_customer_is_asked_about_too(
    file_store: Store, tmp_path: Path
) -> None:
    first = [PUMPS, ("Cogs", "Acme", "Ann", "Lost", "2024-01-11", "2024-05-02", "80.00"), *OTHERS]
    then = [
        ("Pumps", "Acme GmbH", *PUMPS[2:]),
        ("Cogs", "Acme GmbH", "Ann", "Won", "2024-01-11", "2024-03-30", "95.00"),
    ]
    take(file_store, tmp_path / "a.csv", first)
    other = [*then[1:], *OTHERS, PUMPS]  # of a customer that is called so nowhere else it may well be another deal
    assert take(file_store, tmp_path / "c.csv", other, dry_run=True).renamed == []
    tried = take(file_store, tmp_path / "b.csv", [*then, *OTHERS], dry_run=True)
    assert [(one.row, one.name) for one in tried.renamed] == [(2, "Pumps"), (3, "Cogs")]
    done = take(file_store, tmp_path / "b.csv", [*then, *OTHERS], renamed="same")
    assert (done.new, done.updated, len(done.missed)) == (0, 2, 0)
    assert held(file_store) == sorted([*then, *OTHERS])


def test_a_deal_put_off_in_another_month_s_file_that_corrects_its_customer_is_asked_about_too(
    file_store: Store, tmp_path: Path
) -> None:
    filling = [(f"Filler {n}", f"Cust {n}", *OTHERS[0][2:]) for n in range(9)]
    lumen = [
        ("Upgrade", "Lumen", "Ann", "Open", "2024-01-10", "2024-05-25", "70"),
        ("Support", "Lumen", "Ann", "Open", "2024-01-10", "2024-06-25", "5"),
    ]
    take(file_store, tmp_path / "a.csv", [*lumen, *filling])
    then = [
        ("Upgrade", "Lumen Group", "Ann", "Open", "2024-01-10", "2024-08-06", "70"),
        ("Support", "Lumen Group", *lumen[1][2:]),
    ]
    tried = take(file_store, tmp_path / "b.csv", then, dry_run=True)
    assert [(one.row, one.name) for one in tried.renamed] == [(2, "Upgrade"), (3, "Support")]


@pytest.mark.parametrize(
    ("was", "customer", "changes", "asked"),
    [
        ("Lumen Labs GmbH", "Lumen Labs GmbH Group", {3: "Won", 4: "2024-08-06"}, True),
        ("Acorn North AG", "Acorn North Ltd", {3: "Lost", 4: "2024-08-06"}, True),
        ("华信科技", "华信科技有限公司", {3: "Negotiation", 4: "2024-08-06"}, True),
        ("Acorn North AG", "Acorn South Ltd", {3: "Won", 4: "2024-08-06"}, False),
        ("Lumen Labs GmbH", "Lumen Labs GmbH Group", {3: "Won", 4: "2024-08-06", 5: "71"}, True),
        ("Lumen Labs GmbH", "Lumen Labs GmbH Group", {2: "Ben", 3: "Won", 4: "2024-08-06"}, False),
        ("Meyer GmbH", "Meyer Holding GmbH", {4: "2024-08-06"}, True),
        ("Meyer GmbH", "Meyer Holding GmbH", {4: "2024-08-06", 5: "71"}, True),
        ("Meyer AG", "Meyer & Co. KG", {4: "2024-08-06"}, True),
        ("Meyer GmbH", "Mayer GmbH", {4: "2024-08-06"}, False),
        ("华信有限公司", "华信集团", {4: "2024-08-06"}, True),
        ("有限公司", "集团", {4: "2024-08-06"}, False),
        ("Acorn AG", "Acorn AG", {0: "Training", 4: "2024-08-06"}, True),
        ("Acorn AG", "Acorn AG", {0: "Training", 3: "Won", 4: "2024-03-06"}, True),
        ("Acorn AG", "Acorn AG", {0: "Training", 4: "2024-08-06", 5: "71"}, False),
        ("Acorn AG", "Acorn AG", {0: "Training", 2: "Ben", 4: "2024-08-06"}, False),
        ("Acorn AG", "Birch AG", {0: "Training", 4: "2024-08-06"}, False),
    ],
)
def test_without_days_of_opening_an_open_deal_of_one_owner_is_asked_about_in_another_file(
    file_store: Store, tmp_path: Path, was: str, customer: str, changes: dict[int, str], asked: bool
) -> None:
    head = (*HEAD[:4], *HEAD[5:])
    deal = ("Upgrade", was, "Ann", "Open", "2024-05-25", "70")
    filling = [(f"Filler {n}", f"Cust {n}", "Ben", "Open", "2024-05-25", f"{n + 5}") for n in range(9)]
    row = tuple(changes.get(i, cell) for i, cell in enumerate((deal[0], customer, *deal[2:])))
    stages = {"Open": "open", "Negotiation": "open", "Won": "won", "Lost": "lost"}
    for name, rows in (("a", [deal, *filling]), ("b", [row, ("New", "Dorn", "Cid", "Open", "2024-07-02", "99")])):
        plan = opportunities.plan(file_store, written(tmp_path / f"{name}.csv", [head, *rows]), stages=stages)
        done = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=name == "b").result
    assert [(one.row, one.name) for one in done.renamed] == ([(2, row[0])] if asked else [])


def test_of_names_that_differ_in_a_number_alone_nothing_is_asked_in_another_file(
    file_store: Store, tmp_path: Path
) -> None:
    head = (*HEAD[:4], *HEAD[5:])
    filling = [(f"Filler {n}", f"Cust {n}", "Ben", "Open", "2024-05-25", f"{n + 5}") for n in range(9)]
    for name, rows in (
        ("a", [("Phase 1", "Acorn AG", "Ann", "Open", "2024-05-25", "70"), *filling]),
        ("b", [("Phase 2", "Acorn AG", "Ann", "Open", "2024-08-06", "70")]),
    ):
        plan = opportunities.plan(file_store, written(tmp_path / f"{name}.csv", [head, *rows]), stages={"Open": "open"})
        done = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=name == "b").result
    assert (done.new, done.renamed) == (1, [])


@pytest.mark.parametrize(
    ("left", "others", "asked"),
    [
        ({1: "Acme Group", 3: "Won", 5: "2024-05-20", 6: "95.00"}, 4, True),
        ({1: "Acme Group", 3: "Won", 5: "2024-05-20", 6: "95.00"}, 1, True),
        ({1: "Zeta", 3: "Won", 5: "2024-05-20", 6: "95.00"}, 1, False),  # half of what is known is missing
        ({1: "Zeta", 4: "2024-01-11", 5: "2024-05-20", 6: "95.00"}, 4, False),  # opened on another day
        ({0: "Rods", 1: "Zeta", 5: "2024-05-20", 6: "95.00"}, 4, True),  # owner and day of opening
    ],
)
def test_in_a_file_of_nearly_all_a_row_and_a_deal_that_are_left_are_asked_about(
    file_store: Store, tmp_path: Path, left: dict[int, str], others: int, asked: bool
) -> None:
    lone = (*PUMPS[:3], "Open", PUMPS[4], "2024-06-25", PUMPS[6])
    fillers = [(f"Filler {n}", f"Cust {n}", "Ben", *OTHERS[0][3:]) for n in range(others)]
    take(file_store, tmp_path / "a.csv", [lone, *fillers])
    rows = [tuple(left.get(i, cell) for i, cell in enumerate(lone)), *fillers]
    tried = take(file_store, tmp_path / "b.csv", rows, dry_run=True)
    assert ([one.row for one in tried.renamed], tried.new) == ([2] if asked else [], 0 if asked else 1)
    if asked:
        done = take(file_store, tmp_path / "b.csv", rows, renamed="same")
        assert (done.new, done.updated) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "opened", "asked"),
    [
        ({0: "New pilot", 2: "Ben", 3: "Won", 5: "2024-06-20"}, True, True),
        ({0: "New pilot", 2: "Ben", 3: "Won", 5: "2024-06-20"}, False, True),
        ({0: "Cables", 2: "Ben", 3: "Won", 5: "2024-06-20"}, True, True),
        ({0: "Cables", 2: "Ben", 6: "71.00"}, True, True),
        ({0: "Cables", 2: "Ben", 3: "Won", 5: "2024-06-20", 6: "71.00"}, True, True),
        ({0: "Cables", 2: "Ben", 4: "2024-03-02", 5: "2024-06-20"}, True, False),  # opened later, it is another one
        ({0: "Pilot phase 1 v2", 3: "Won", 5: "2024-06-20", 6: "92.00"}, False, True),
        ({0: "Pilot phase 1 v2", 1: "Lumen Holding", 6: "77.00"}, False, True),
        ({0: "Pilot phase 1 v2", 2: "Ben", 6: "92.00"}, False, True),  # to be closed on the same day
        ({0: "Pilot phase 2", 2: "Ben", 6: "92.00"}, False, False),
        ({0: "Pilot phase 2", 3: "Won", 5: "2024-06-20", 6: "92.00"}, False, False),
        ({0: "Cables", 3: "Won", 5: "2024-06-20", 6: "92.00"}, False, False),
        ({0: "Pilot phase 1 v2", 2: "Ben", 3: "Won", 5: "2024-06-20", 6: "92.00"}, False, True),
        ({0: "Phase 1 of a pilot", 2: "Ben", 3: "Won", 5: "2024-06-20", 6: "92.00"}, False, True),
    ],
)
def test_an_open_deal_of_which_much_changed_while_it_ended_is_asked_about(
    file_store: Store, tmp_path: Path, changes: dict[int, str], opened: bool, asked: bool
) -> None:
    deal = ("Pilot phase 1", "Lumen Oy", "Ann", "Open", "2024-01-10", "2024-05-25", "70.00")
    rows = [tuple(changes.get(i, cell) for i, cell in enumerate(deal)), *OTHERS]
    for name, these in (("a", [deal, *OTHERS]), ("b", rows)):
        table = [row if opened else (*row[:4], *row[5:]) for row in (HEAD, *these)]
        plan = opportunities.plan(file_store, written(tmp_path / f"{name}.csv", table))
        done = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=name == "b").result
    assert [one.was for one in done.renamed] == (["Pilot phase 1"] if asked else [])


@pytest.mark.parametrize(
    ("new", "then", "asked"),
    [
        ([("Cables", "Lumen")], "Won", True),
        ([("Cables", "Lumen")], "Open", False),  # a file of open deals leaves those out that ended
        ([("Pilot phase II", "Lumen")], "Won", False),
        ([("Cables", "Lumen"), ("Pumps", "Lumen")], "Won", True),  # one of both
        ([("Cables", "Acme")], "Won", False),
        ([("Cables", "Cust 3"), ("Pilot phase 1", "Lumen")], "Won", False),  # nothing is missing
    ],
)
def test_a_customer_s_new_row_is_asked_about_where_its_open_deal_is_missed(
    file_store: Store, tmp_path: Path, new: list[tuple[str, str]], then: str, asked: bool
) -> None:
    head = (*HEAD[:4], *HEAD[5:])
    fillers = [(f"Filler {n}", f"Cust {n}", "Ben", "Open", "2024-05-20", f"{n + 5}") for n in range(5)]
    deal = ("Pilot phase 1", "Lumen", "Ann", "Open", "2024-05-25", "70")
    take_in = partial(opportunities.plan, file_store, stages={"Open": "open"})
    read = take_in(written(tmp_path / "a.csv", [head, deal, *fillers]))
    opportunities.run(file_store, ME, read, today=TODAY)
    rows = [(*one, "Ben", "Open", "2024-06-30", "92") if one != deal[:2] else deal for one in new]
    changed_ones = [(*fillers[0][:3], then, "2024-05-30", "5"), *fillers[1:]]
    plan = take_in(written(tmp_path / "b.csv", [head, *rows, *changed_ones]))
    done = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
    assert [one.was for one in done.renamed] == (["Pilot phase 1"] if asked else [])


TUNDRA = [
    ("Support", "Tundra", "Grace", "Open", "2026-10-12", "89000"),
    ("Field app", "Tundra", "Paul", "Open", "2026-10-26", "80000"),
]
TWO_SIGNS = [("维保", "华东电力", "陈静", "Open", "2026-10-12", "89000"), ("移动应用 2026", *TUNDRA[1][1:])]
SIGNED = ("Support – signed", "Tundra", "Paul", "Won", "2026-08-03", "97000")
HELPLINE = ("Helpline", *TUNDRA[0][1:4], "2026-12-01", "81000")
GATEWAY = ("Edge gateway", *TUNDRA[1][1:4], "2026-11-15", "100000")
PARTS = ("Spare parts", "Tundra", "Tom", "Open", "2026-12-20", "7000")
PHASE_2 = ("Support phase 2", *TUNDRA[0][1:])


def month(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    """Deals of one customer in a file of others of which some have ended, without ids or days of opening."""
    fillers = [(f"Filler {n}", f"Cust {n}", "Ben", "Open", "2026-12-20", f"{n + 5}") for n in range(9)]
    ended = [("Filler", "Cust", "Ben", "Won", "2026-05-20", "5")]
    return written(folder / f"{name}.csv", [(*HEAD[:4], *HEAD[5:]), *fillers, *ended, *rows])


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        (TUNDRA, [TUNDRA[0], GATEWAY, PARTS], {"Field app": "Edge gateway"}),
        (TUNDRA, [HELPLINE, GATEWAY], {"Support": "Helpline", "Field app": "Edge gateway"}),
        (TUNDRA, [HELPLINE], {"Support": "Helpline"}),
        (TUNDRA, [SIGNED, GATEWAY], {"Support": "Support – signed", "Field app": "Edge gateway"}),
        (TUNDRA, [*TUNDRA, PARTS, PHASE_2], {}),
        (
            TWO_SIGNS,
            [("维保服务", "华东电力", "李磊", "Won", "2026-08-03", "97000"), TWO_SIGNS[1]],
            {"维保": "维保服务"},
        ),
        (
            TWO_SIGNS,
            [("维保（续）", "华东电力", "陈静", "Open", "2026-11-12", "91000"), TWO_SIGNS[1]],
            {"维保": "维保（续）"},
        ),
    ],
)
def test_of_a_customer_with_new_rows_and_missed_deals_nothing_is_doubled_unasked(
    file_store: Store, tmp_path: Path, before: Sequence[Row], after: Sequence[Row], asked: dict[str, str]
) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", before))
    done = read_in(opportunities, file_store, month(tmp_path, "b", after), dry_run=True)
    assert {one.was: one.name for one in done.renamed} == asked


def test_it_is_asked_unless_the_file_lacks_more_open_deals_than_it_holds(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", TUNDRA))
    (rows,) = [month(tmp_path, "b", [HELPLINE]).read_text(encoding="utf-8-sig").splitlines()]
    open_rows = [row for row in rows if "Filler " in row]
    for fewer, asked in ((3, ["Support"]), (4, [])):
        left = "\n".join(row for row in rows if row not in open_rows[:fewer])
        (tmp_path / "c.csv").write_text(left, encoding="utf-8")
        done = read_in(opportunities, file_store, tmp_path / "c.csv", dry_run=True)
        assert [one.was for one in done.renamed] == asked, fewer


def test_an_answer_for_all_is_none_of_rows_that_come_only_then(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", TUNDRA))
    path = month(tmp_path, "b", [SIGNED, TUNDRA[1], PHASE_2])

    def take(renamed: Any, dry_run: bool) -> ImportedDeals:
        plan = opportunities.plan(file_store, path, renamed=renamed)
        return opportunities.run(file_store, ME, plan, today=TODAY, dry_run=dry_run).result

    assert [(one.was, one.name) for one in take(None, True).renamed] == [("Support", "Support phase 2")]
    asked = take("new", True)
    assert (asked.undecided, asked.applied, asked.updated) == ([12], False, 0)
    assert "say of row 12 by itself" in str(asked.unanswered[0])
    assert "--renamed rest=new" in str(asked.unanswered[0])
    done = take({"*": "new", "12": "same"}, False)
    assert (done.new, done.updated) == (1, 1)
    file_store.act(ME, undo)
    assert take({"*": "new", "rest": "new"}, False).new == 2


def test_look_alikes_of_which_one_is_corrected_are_in_the_question(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path / "a.csv", [PUMPS, PUMPS, *OTHERS])
    for rows in ([("Pumps II", *PUMPS[1:]), PUMPS], [PUMPS, ("Pumps II", *PUMPS[1:])]):
        tried = take(file_store, tmp_path / "b.csv", [*rows, *OTHERS], dry_run=True)
        assert [(one.was, one.name) for one in tried.renamed] == [("Pumps", "Pumps II")]
    twins = [("Pumps II", *PUMPS[1:]), ("Pumps III", *PUMPS[1:])]
    done = take(file_store, tmp_path / "b.csv", [*twins, *OTHERS], renamed="same")
    assert (done.updated, held(file_store)) == (2, sorted([*twins, *OTHERS]))


def test_of_look_alikes_each_row_means_the_deal_that_says_the_same(file_store: Store, tmp_path: Path) -> None:
    """Their numbers say only how many stood before them: where the first is gone, the second is not it."""
    lost = (*PUMPS[:3], "Lost", *PUMPS[4:6], "4.00")
    won_again = (*PUMPS[:6], "8.00")
    take(file_store, tmp_path / "a.csv", [PUMPS, lost, *OTHERS])
    for rows in ([lost, PUMPS, *OTHERS], [*OTHERS, lost, PUMPS]):
        again = take(file_store, tmp_path / "b.csv", rows)
        assert (again.new, again.updated, again.unchanged) == (0, 0, 4)
    gone = take(file_store, tmp_path / "b.csv", [lost, *OTHERS], dry_run=True)
    assert (gone.updated, gone.unchanged, [one.name for one in gone.missed]) == (0, 3, ["Pumps"])
    renamed = [("Pumps II", *PUMPS[1:]), lost, *OTHERS]
    tried = take(file_store, tmp_path / "b.csv", renamed, dry_run=True)
    assert ([one.name for one in tried.renamed], tried.updated) == (["Pumps II"], 0)
    changed = take(file_store, tmp_path / "b.csv", [(*lost[:6], "4.50"), *OTHERS], dry_run=True)
    assert [(str(cell.before), str(cell.after)) for cell in changed.cells] == [("4.00", "4.50")]
    more = take(file_store, tmp_path / "b.csv", [won_again, lost, PUMPS, *OTHERS], renamed="new")
    assert (more.new, more.updated, held(file_store)) == (1, 0, sorted([won_again, lost, PUMPS, *OTHERS]))
    done = take(file_store, tmp_path / "b.csv", [renamed[0], lost, won_again, *OTHERS], renamed="same")
    assert (done.updated, held(file_store)) == (1, sorted([renamed[0], lost, won_again, *OTHERS]))


WITH_IDS = [("Id", *HEAD), ("A1", *PUMPS), ("A2", *OTHERS[0]), ("A3", *OTHERS[1])]


def changed(row: tuple[str, ...], **cells: str) -> tuple[str, ...]:
    at = {"amount": -1, "closed": -2, "stage": -4, "key": 0}
    found = list(row)
    for name, cell in cells.items():
        found[at[name]] = cell
    return tuple(found)


@pytest.mark.parametrize("which", [[1, 2, 3], [1, 2], [1]])
def test_ids_that_come_first_with_changed_rows_double_nothing_unasked(
    file_store: Store, tmp_path: Path, which: list[int]
) -> None:
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [row[1:] for row in WITH_IDS]))
    rows = [changed(row, amount="9999.00") if i in which else row for i, row in enumerate(WITH_IDS)]
    path = written(tmp_path / "b.csv", rows)
    with pytest.raises(UserError, match="--renamed same"):
        read_in(opportunities, file_store, path)
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, path, renamed="same"), today=TODAY).result
    assert (done.new, done.updated, held(file_store)) == (0, 3, sorted(row[1:] for row in rows[1:]))
    assert read_in(opportunities, file_store, path).unchanged == 3
    back = written(
        tmp_path / "c.csv", [changed(row[1:], amount="1.00") if i == 2 else row[1:] for i, row in enumerate(rows)]
    )
    with pytest.raises(UserError, match="--renamed same"):
        read_in(opportunities, file_store, back)


def test_ids_numbered_anew_with_one_row_changed_double_nothing_unasked(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, written(tmp_path / "a.csv", WITH_IDS))
    rows = [WITH_IDS[0], *(changed(row, key=f"B{i}") for i, row in enumerate(WITH_IDS[1:]))]
    rows[2] = changed(rows[2], stage="Won", amount="8.00")
    path = written(tmp_path / "b.csv", rows)
    with pytest.raises(UserError, match="3 rows"):
        read_in(opportunities, file_store, path)
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, path, renamed="same"), today=TODAY).result
    assert (done.new, done.updated, held(file_store)) == (0, 3, sorted(row[1:] for row in rows[1:]))
    more = ("C1", "Pumps", "Acme", "Ann", "Won", "2024-01-10", "2024-05-10", "6.00")
    later = read_in(opportunities, file_store, written(tmp_path / "c.csv", [WITH_IDS[0], more]))
    assert later.new == 1, "a new deal has a new id"


@pytest.mark.parametrize(("closed", "asked"), [("2024-03-18", True), ("2024-02-20", False)])
def test_next_month_s_deal_of_the_same_name_is_no_correction(
    file_store: Store, tmp_path: Path, closed: str, asked: bool
) -> None:
    """Without a day of opening the name is all that tells; a correction of some days is ordinary."""
    head, row = (*HEAD[:4], *HEAD[5:]), (*PUMPS[:4], *PUMPS[5:])
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [head, row]))
    path = written(tmp_path / "b.csv", [head, changed(row, closed=closed)])
    if asked:
        with pytest.raises(UserError, match="--renamed same"):
            read_in(opportunities, file_store, path)
        new = opportunities.run(file_store, ME, opportunities.plan(file_store, path, renamed="new"), today=TODAY).result
        assert (new.new, new.updated) == (1, 0)
    else:
        assert read_in(opportunities, file_store, path).updated == 1


def test_a_created_date_that_has_a_time_now_is_the_same_day(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path / "a.csv", [PUMPS, *OTHERS])
    rows = [(*row[:4], f"{row[4]} 14:05", *row[5:]) for row in (PUMPS, *OTHERS)]
    again = take(file_store, tmp_path / "b.csv", rows)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 3)


def test_deals_that_are_gone_are_named_with_their_customers_and_stay(store: Store, tmp_path: Path) -> None:
    fillers = [(f"Filler {n}", f"Cust {n}", *OTHERS[0][2:]) for n in range(20)]
    take(store, tmp_path / "a.csv", [PUMPS, *OTHERS, *fillers])
    tr = translator("en")
    for rows, count, words in (
        (
            [PUMPS, *fillers],
            2,
            "2 deals of such files are not in this one and stay as they are: Valves (Bolt), Pipes (Cord)",
        ),
        ([PUMPS, *fillers[12:]], 14, "Filler 11 (Cust 11)"),
    ):
        made = opportunities.plan(store, written(tmp_path / "b.csv", [HEAD, *rows]))
        done = opportunities.run(store, ME, made, today=TODAY).result
        said = made.understood(tr, done)
        assert (said["not_in_file"]["deals"], len(said["not_in_file"]["accounts"]), done.renamed) == (count, count, [])
        assert words in dict(lines(said, tr))["Not in this file"]
    assert len(held(store)) == 23


def test_a_deal_that_a_row_is_said_not_to_be_is_not_named_alone_among_many_that_are_not_here(
    file_store: Store, tmp_path: Path
) -> None:
    head = (*HEAD[:4], *HEAD[5:])
    rows = [(f"Filler {n}", f"Cust {n}", "Ben", "Won", "2024-03-01", "7") for n in range(9)]
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [head, *rows]))
    file = written(tmp_path / "b.csv", [head, ("Filler 1", "Cust 1", "Ann", "Open", "2025-03-01", "70"), rows[2]])
    for said in ("new", "same"):
        plan = opportunities.plan(file_store, file, renamed=said)
        assert opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result.missed == []


def test_a_row_that_can_not_be_read_is_in_the_file_all_the_same(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path / "a.csv", [PUMPS, *OTHERS])
    rows = [(*PUMPS[:5], "2024-02-31", "5.00"), ("Pumps II", *PUMPS[1:]), *OTHERS]
    tried = take(file_store, tmp_path / "b.csv", rows, dry_run=True)
    assert (len(tried.rejected), tried.renamed, len(tried.missed)) == (1, [], 0)


def test_another_month_and_another_region_ask_nothing(file_store: Store, tmp_path: Path) -> None:
    chance = random.Random(4)
    for month in range(1, 5):
        for owners in ("Ann", "Ben"), ("Cid", "Dan"):
            rows = [
                named(chance, chance.choice(owners), f"2024-{month:02d}-{chance.randrange(1, 28):02d}", month + 1)
                for _ in range(15)
            ]
            rows.append(("Licence", "Acme", owners[0], "Won", f"2024-{month:02d}-01", f"2024-{month:02d}-28", "5.00"))
            done = take(file_store, tmp_path / "a.csv", rows)
            assert (done.renamed, len(done.missed)) == ([], 0)


def test_with_same_the_store_holds_what_the_corrected_file_says(file_store: Store, tmp_path: Path) -> None:
    chance = random.Random(7)
    days = [f"2024-{month:02d}-{day:02d}" for month in range(1, 5) for day in range(1, 29)]
    rows: list[tuple[str, ...]] = []
    corrections = 0
    for _ in range(12):
        rows += [
            named(chance, f"Owner {chance.randrange(4)}", chance.choice(days), chance.randrange(5, 9))
            for _ in range(chance.randrange(1, 6))
        ]
        take(file_store, tmp_path / "a.csv", rows, renamed="same")
        assert held(file_store) == sorted(rows)
        for at in chance.sample(range(len(rows)), min(3, len(rows))):
            row = list(rows[at])
            for part in chance.sample(range(7), chance.randrange(1, 3)):
                row[part] = chance.choice(
                    [["Deal X"], ["Account X"], ["Owner 9"], ["Lost"], days, ["2024-09-01"], ["99.00"]][part]
                )
            rows[at] = tuple(row)
        corrections += take(file_store, tmp_path / "b.csv", rows, renamed="same").updated
        assert held(file_store) == sorted(rows)
    assert corrections > 20


def test_what_changes_in_known_deals_is_shown_and_of_very_many_the_first(file_store: Store, tmp_path: Path) -> None:
    head = ("Opportunity ID", "Owner", "Stage", "Created Date", "Close Date", "Amount")
    rows = [(f"A{n}", "Ann", "Won", "2024-01-01", "2024-02-01", "5") for n in range(150)]
    read_in(opportunities, file_store, written(tmp_path / "a.csv", [head, *rows]))
    later = [(*row[:2], "Lost", *row[3:5], "1,234.50") for row in rows]
    tried = read_in(opportunities, file_store, written(tmp_path / "b.csv", [head, *later]), dry_run=True)
    assert (tried.updated, len(tried.cells), tried.more_cells) == (150, 200, 100)
    first = [(one.row, str(one.record), one.field, str(one.before), str(one.after)) for one in tried.cells[:2]]
    assert first == [(2, "A0", "stage", "Won", "Lost"), (2, "A0", "amount", "5.00", "1,234.50")]


def test_of_look_alikes_that_went_on_the_amount_tells_more_than_the_stage(file_store: Store, tmp_path: Path) -> None:
    def deal(stage: str, amount: str, closed: str = "") -> tuple[str, ...]:
        return changed(PUMPS, stage=stage, amount=amount, closed=closed)

    take(file_store, tmp_path / "a.csv", [deal("Prospecting", "249.00"), deal("Proposal", "53.00"), *OTHERS])
    gone_on = [deal("Lost", "53.00", "2024-06-01"), deal("Proposal", "249.00")]
    done = take(file_store, tmp_path / "b.csv", [*gone_on, *OTHERS], dry_run=True)
    assert {str(cell.before) for cell in done.cells}.isdisjoint({"249.00", "53.00"})
    assert (done.updated, done.new, done.renamed) == (2, 0, [])


@pytest.mark.parametrize("turn", [1, -1])
def test_of_look_alikes_of_two_owners_each_stays_its_owner_s(file_store: Store, tmp_path: Path, turn: int) -> None:
    def deal(owner: str, stage: str) -> tuple[str, ...]:
        return changed((*PUMPS[:2], owner, *PUMPS[3:]), stage=stage, closed="2024-06-01" if stage == "Lost" else "")

    take(file_store, tmp_path / "a.csv", [deal("Ann", "Prospecting"), deal("Ben", "Proposal"), *OTHERS])
    done = take(
        file_store, tmp_path / "b.csv", [*[deal("Ben", "Lost"), deal("Ann", "Proposal")][::turn], *OTHERS], dry_run=True
    )
    assert (done.updated, {cell.field for cell in done.cells}) == (2, {"stage", "closed_on"})


def test_sums_of_known_deals_are_said_in_the_currency_that_they_keep(file_store: Store, tmp_path: Path) -> None:
    rows = [(*HEAD, "Currency"), (*PUMPS, "EUR"), (*OTHERS[0], "EUR")]
    read_in(opportunities, file_store, written(tmp_path / "a.csv", rows))
    for more, code in ([], "EUR"), ([OTHERS[1]], None):
        plan = opportunities.plan(
            file_store, written(tmp_path / "b.csv", [HEAD, *(row[:-1] for row in rows[1:]), *more])
        )
        done = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
        assert [one["currency"] for one in plan.understood(translator("en"), done)["amounts"]] == [code]


def test_that_an_older_file_opens_deals_again_is_said_first(file_store: Store, tmp_path: Path) -> None:
    then = [(*row[:3], "Open", row[4], "", row[6]) for row in OTHERS]
    now = [(*PUMPS[:5], "2024-02-11", PUMPS[6]), *OTHERS]

    def told(path: Path, rows: list[Any]) -> str:
        plan = opportunities.plan(file_store, written(path, [HEAD, *rows]))
        result = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
        return dict(lines(plan.understood(translator("en"), result), translator("en"))).get("To be noted", "")

    take(file_store, tmp_path / "a.csv", [PUMPS, *OTHERS])
    assert "older" not in told(tmp_path / "b.csv", now)
    assert told(tmp_path / "c.csv", [PUMPS, *then]).startswith("2 deals that were won or lost would be open again.")
