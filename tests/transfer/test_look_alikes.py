"""Deals that look alike by their identity: in the next file each row means the deal it goes on with, or is asked about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline.digest import differing
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities, understood
from tests.conftest import ME, TODAY
from tests.transfer.files import written

HEAD = ("Opportunity Name", "Account Name", "Opportunity Owner", "Stage", "Amount", "Close Date")
DATED = (*HEAD, "Created Date")
FILLERS = [
    ("Valves", "Bolt", "Cid", "Proposal", "700", "2026-12-01"),
    ("Pipes", "Cord", "Cid", "Closed Won", "900", "2026-02-20"),
    ("Rods", "Dorn", "Dan", "Closed Lost", "2000", "2026-02-27"),
]


def take(store: Store, path: Path, rows: Sequence[Sequence[str]], renamed: str | dict[str, str] | None = None) -> Any:
    dated = len(rows[0]) == len(DATED)
    fillers = [(*row, "2026-01-05") for row in FILLERS] if dated else FILLERS
    file = written(path, [DATED if dated else HEAD, *rows, *fillers])
    return opportunities.run(store, ME, opportunities.plan(store, file, renamed=renamed), today=TODAY).result


def deals(store: Store) -> dict[int, tuple[str, str, int, str]]:
    """Of each deal but the fillers: its owner, stage, amount and the day it ended or is expected to."""
    o = opportunity.c
    columns = (o.id, crm_name.c.name.label("owner"), o.stage, o.amount_cents, o.closed_on, o.expected_on)
    with store.read() as connection:
        assert differing(connection) == []
        found = connection.execute(
            select(*columns)
            .join(crm_name, crm_name.c.id == o.owner_id)
            .where(o.account.not_in(["Bolt", "Cord", "Dorn"]))
        )
        return {
            row.id: (row.owner, row.stage, row.amount_cents // 100, str(row.closed_on or row.expected_on or ""))
            for row in found
        }


def deal(owner: str, stage: str, amount: int, ends: str = "", created: str | None = None) -> tuple[str, ...]:
    made = ("Steel call-off", "Cedar Steel", owner, stage, str(amount), ends)
    return made if created is None else (*made, created)


OPEN, WON, LOST = "Proposal", "Closed Won", "Closed Lost"


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("created", [None, "2024-01-07"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            [
                deal("Ben", OPEN, 100, "2026-10-31"),
                deal("Ben", OPEN, 100, "2026-11-30"),
                deal("Ben", OPEN, 100, "2026-12-31"),
            ],
            [
                deal("Ben", WON, 100, "2026-10-31"),
                deal("Ben", OPEN, 100, "2026-11-30"),
                deal("Ben", OPEN, 100, "2026-12-31"),
                deal("Ben", OPEN, 100, "2027-01-31"),
            ],
            id="call-offs of each month",
        ),
        pytest.param(
            [deal("Ben", OPEN, 321)],
            [deal("Ben", LOST, 321, "2026-11-03"), deal("Ben", "Qualification", 170)],
            id="lost, and a new one",
        ),
        pytest.param(
            [deal("Ben", "Qualification", 409)],
            [deal("Ben", WON, 491, "2026-11-19"), deal("Li", "Qualification", 549)],
            id="won for another amount, and a new one of somebody else",
        ),
        pytest.param(
            [deal("Ben", OPEN, 50, "2026-11-30"), deal("Ben", OPEN, 60, "2026-12-31")],
            [
                deal("Ben", WON, 50, "2026-11-20"),
                deal("Ben", OPEN, 60, "2026-12-31"),
                deal("Ben", OPEN, 65, "2027-01-31"),
            ],
            id="won before its time",
        ),
        pytest.param(
            [deal("Ben", OPEN, 50, "2026-10-31"), deal("Ben", OPEN, 50, "2026-11-30")],
            [deal("Ben", WON, 50, "2026-10-29"), deal("Ben", WON, 50, "2026-11-20")],
            id="each won some days before its time",
        ),
        pytest.param(
            [deal("Ben", OPEN, 50, "2026-10-31"), deal("Ben", OPEN, 50, "2026-11-30")],
            [
                deal("Ben", WON, 50, "2026-10-31"),
                deal("Ben", WON, 50, "2026-11-20"),
                deal("Ben", OPEN, 50, "2027-01-31"),
                deal("Ben", OPEN, 50, "2027-02-28"),
            ],
            id="call-offs two months later",
        ),
        pytest.param(
            [
                deal("Ben", WON, 10, "2024-11-15"),
                deal("Ben", WON, 11, "2025-11-15"),
                deal("Ben", OPEN, 12, "2026-11-15"),
            ],
            [
                deal("Ben", WON, 10, "2024-11-15"),
                deal("Ben", WON, 11, "2025-11-15"),
                deal("Ben", WON, 12, "2026-11-15"),
                deal("Ben", OPEN, 13, "2027-11-15"),
            ],
            id="renewals of each year",
        ),
    ],
)
def test_a_row_means_the_deal_with_which_it_shares_most(
    file_store: Store, tmp_path: Path, before: list[Any], after: list[Any], created: str | None, turned: bool
) -> None:
    """The n-th row of the first file goes on as the n-th of the second, whatever order these have."""
    first, then = ([row if created is None else (*row, created) for row in rows] for rows in (before, after))
    take(file_store, tmp_path / "a.csv", first)
    ids = list(deals(file_store))
    done = take(file_store, tmp_path / "b.csv", then[::-1] if turned else then)
    assert (done.new, len(done.missed)) == (len(then) - len(first), 0)
    found = deals(file_store)
    said = {(row[2], row[3], int(row[4]), row[5]) for row in then[len(first) :]}
    assert [found.pop(one) for one in ids] == [(row[2], row[3], int(row[4]), row[5]) for row in then[: len(first)]]
    assert set(found.values()) == said


PILOTS = [deal("Ben", OPEN, 50, "", "2026-03-17"), deal("Li", OPEN, 70, "", "2026-03-17")]


@pytest.mark.parametrize("spelt", ["17.03.2026", "2026/03/17", "2026-03-17 09:30", "17-Mar-2026"])
@pytest.mark.parametrize("won", [False, True])
def test_the_same_days_in_another_spelling_swap_no_look_alikes(
    file_store: Store, tmp_path: Path, spelt: str, won: bool
) -> None:
    take(file_store, tmp_path / "a.csv", PILOTS)
    before = deals(file_store)
    ben = deal("Ben", WON if won else OPEN, 50, "2026-11-02" if won else "", spelt)
    file = written(tmp_path / "b.csv", [DATED, deal("Li", OPEN, 70, "", spelt), ben])
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY).result
    assert (done.new, done.updated, done.unchanged) == (0, int(won), 2 - won)
    first, second = before
    changed = ("Ben", WON, 50, "2026-11-02") if won else before[first]
    assert deals(file_store) == {first: changed, second: before[second]}


@pytest.mark.parametrize("spelt", ["2026-03-17", "17.03.2026"])
def test_a_newcomer_before_a_single_deal_does_not_take_its_place(file_store: Store, tmp_path: Path, spelt: str) -> None:
    take(file_store, tmp_path / "a.csv", PILOTS[:1])
    (ben,) = deals(file_store)
    rows = [deal("Li", OPEN, 70, "", spelt), deal("Ben", OPEN, 50, "", spelt)]
    file = written(tmp_path / "b.csv", [DATED, *rows])
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY).result
    assert (done.new, done.unchanged) == (1, 1)
    assert deals(file_store)[ben] == ("Ben", OPEN, 50, "")


def test_where_two_share_as_much_it_is_asked(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path / "a.csv", [deal("Ben", OPEN, 50), deal("Ben", OPEN, 70)])
    before = deals(file_store)
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", [deal("Ben", OPEN, 81), deal("Ben", OPEN, 92)])
    assert deals(file_store) == before
    assert take(file_store, tmp_path / "b.csv", [deal("Ben", OPEN, 81), deal("Ben", OPEN, 92)], "same").updated == 2


def test_each_row_can_be_answered_by_itself(file_store: Store, tmp_path: Path) -> None:
    """One customer is corrected, and a renewal of another deal came in its place."""
    first = [("Pilot", "Acme", "Ben", OPEN, "50", "2026-12-10"), ("Licence", "Zeta", "Li", WON, "70", "2025-11-01")]
    then = [("Pilot", "Acme Ltd", "Ben", OPEN, "50", "2026-12-10"), ("Licence", "Zeta", "Li", OPEN, "77", "2026-11-01")]
    take(file_store, tmp_path / "a.csv", first)
    ids = list(deals(file_store))
    for some, words in (
        ({"2": "same"}, r"1 row .* row 3"),
        ({"3": "new"}, r"1 row .* row 2"),
        (None, "each row by itself"),
    ):
        with pytest.raises(UserError, match=words):
            take(file_store, tmp_path / "b.csv", then, some)
    with pytest.raises(UserError, match="of row 4 there is nothing to say"):
        take(file_store, tmp_path / "b.csv", then, {"4": "same", "*": "new"})
    done = take(file_store, tmp_path / "b.csv", then, {"2": "same", "*": "new"})
    assert (done.new, done.updated, [one.name for one in done.missed]) == (1, 1, ["Licence"])
    found = deals(file_store)
    assert [found[one] for one in ids] == [("Ben", OPEN, 50, "2026-12-10"), ("Li", WON, 70, "2025-11-01")]
    assert len(found) == 3


def test_where_a_row_is_said_to_be_new_the_next_one_is_offered(file_store: Store, tmp_path: Path) -> None:
    first = [deal("Ben", OPEN, 56, "2026-06-02")]
    then = [deal("Ben", WON, 56, "2026-03-26"), deal("Ben", "Negotiation", 56, "2026-04-26")]
    take(file_store, tmp_path / "a.csv", first)
    (known,) = deals(file_store)
    for said in (None, {"3": "new"}):
        with pytest.raises(UserError, match="--renamed"):
            take(file_store, tmp_path / "b.csv", then, said)
    done = take(file_store, tmp_path / "b.csv", then, {"3": "new", "2": "same"})
    assert (done.new, done.updated, [one.row for one in done.renamed]) == (1, 1, [2, 3])
    assert deals(file_store)[known] == ("Ben", WON, 56, "2026-03-26")


@pytest.mark.parametrize(
    "then",
    [
        [deal("Ben", WON, 93, "2026-03-07"), deal("Ben", "Negotiation", 73, "2026-05-16")],
        [deal("Ben", LOST, 84, "2026-03-01"), deal("Ben", "Negotiation", 84, "2026-03-29")],
        [deal("Ben", "Negotiation", 99, "2026-06-25"), deal("Ben", WON, 99, "2026-06-10")],  # two weeks behind it, or one day before
        [deal("Ben", "Negotiation", 84, "2026-06-02"), deal("Ben", WON, 84, "2026-04-20")],  # it may have been won early
        [deal("Ben", WON, 80, "2026-06-03"), deal("Ben", WON, 126, "2026-05-08")],  # one of them was closed within the month
        [deal("Ben", "Negotiation", 84, "2026-06-20"), deal("Ben", "Negotiation", 84, "2026-08-20")],  # put off by a week, or for long
    ],
)  # fmt: skip
def test_of_two_that_may_be_one_deal_it_is_asked(file_store: Store, tmp_path: Path, then: list[Any]) -> None:
    take(file_store, tmp_path / "a.csv", [deal("Ben", "Negotiation", 84, "2026-06-11")])
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", then)


def test_which_of_several_deals_a_row_is_can_be_said(file_store: Store, tmp_path: Path) -> None:
    first = [
        deal("Ben", OPEN, 40, "2026-06-02"),
        deal("Ben", OPEN, 60, "2026-08-02"),
        deal("Ben", OPEN, 80, "2026-10-02"),
    ]
    then = [deal("Ben", WON, 41, "2026-03-01"), deal("Li", OPEN, 82, "2026-06-12")]
    take(file_store, tmp_path / "a.csv", first)
    ids = list(deals(file_store))
    look = written(tmp_path / "b.csv", [HEAD, *then])
    plan = opportunities.plan(file_store, look)
    tried = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
    assert [(one.row, one.may_be[0]) for one in tried.renamed] == [
        (2, ("Steel call-off", "Ben", "2026-06-02", OPEN, "40.00")),
        (3, ("Steel call-off", "Ben", "2026-06-02", OPEN, "40.00")),
    ]
    told = understood.lines(plan.understood(translator("en"), tried), translator("en"))
    assert (
        "(--renamed 3=2): [1] Steel call-off, Ben, 2026-06-02, Proposal, 40.00 · [2] Steel call-off, Ben, 2026-08"
        in str(told)
    )
    for said, why in (
        ({"2": "3", "3": "3"}, "Rows 2 and 3 are said to be the same deal"),
        ({"2": "4", "3": "new"}, "the last one is 3"),
    ):
        with pytest.raises(UserError, match=why):
            take(file_store, tmp_path / "b.csv", then, said)
    near = [*then, deal("Ben", OPEN, 90, "2026-10-02")]  # this one changes a deal, which is shown as it was
    file = written(tmp_path / "c.csv", [HEAD, *near])
    tried = opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY, dry_run=True).result
    assert tried.updated == 1
    assert ("Steel call-off", "Ben", "2026-10-02", OPEN, "80.00") in tried.renamed[0].may_be
    done = take(file_store, tmp_path / "b.csv", then, {"2": "2", "3": "3"})
    assert (done.new, done.updated) == (0, 2)
    assert deals(file_store) == dict(zip(ids, [("Ben", OPEN, 40, "2026-06-02"), ("Ben", WON, 41, "2026-03-01"), ("Li", OPEN, 82, "2026-06-12")], strict=True))  # fmt: skip


def test_a_nearer_deal_of_another_stage_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    take(
        file_store,
        tmp_path / "a.csv",
        [deal("Ben", OPEN, 20, "2026-10-09"), deal("Ben", "Qualification", 20, "2026-11-21")],
    )
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", [deal("Ben", OPEN, 20, "2026-12-02")])


@pytest.mark.parametrize("further", [[], [deal("Ben", OPEN, 20, "2027-03-25")]], ids=["gone", "put off for long"])
def test_the_nearer_of_two_deals_is_asked_about_where_the_other_s_own_row_is_not_near_it(
    file_store: Store, tmp_path: Path, further: list[Any]
) -> None:
    take(file_store, tmp_path / "a.csv", [deal("Ben", OPEN, 20, "2026-12-06"), deal("Ben", OPEN, 20, "2026-03-17")])
    then = [deal("Ben", LOST, 20, "2026-03-16"), *further]
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", then)
    done = take(file_store, tmp_path / "b.csv", then, {"2": "2", "3": "2"} if further else {"2": "2"})
    assert len(done.renamed[0].may_be) == 2
    assert deals(file_store)[1] == ("Ben", LOST, 20, "2026-03-16")


def test_an_open_deal_of_which_owner_day_and_stage_change_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    """That the amount stays says little where many deals have the same."""
    take(file_store, tmp_path / "a.csv", [deal("Ben", "Negotiation", 1000, "2026-10-03")])
    then = [deal("Li", "Qualification", 1000, "2027-02-06")]
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", then)
    for kept in (deal("Li", "Negotiation", 1000, "2027-02-06"), deal("Li", "Qualification", 1000, "2026-10-03")):
        file = written(tmp_path / "c.csv", [HEAD, kept, *FILLERS])
        tried = opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY, dry_run=True)
        assert (tried.result.updated, tried.result.renamed) == (1, [])
    assert take(file_store, tmp_path / "b.csv", then, {"2": "new"}).new == 1


def test_what_is_said_of_one_row_takes_no_question_from_another(file_store: Store, tmp_path: Path) -> None:
    """Whether a third of the deals is in the file may hang on one row of it."""
    first = [
        deal("Ben", LOST, 50, "2026-07-20"),
        deal("Ben", OPEN, 60, "2026-09-15"),
        ("Cloud", "Orchid", "Tom", OPEN, "90", "2027-01-07"),
    ]
    then = [
        deal("Ben", OPEN, 60, "2026-12-11"),
        deal("Ben", OPEN, 60, "2027-01-14"),
        ("Cloud", "Orchid Group", "Tom", WON, "90", "2026-10-20"),
    ]
    take(file_store, tmp_path / "a.csv", first)
    file = written(tmp_path / "b.csv", [HEAD, *then])
    for said in (None, {"3": "new"}):
        plan = opportunities.plan(file_store, file, renamed=said)
        tried = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
        assert 4 in [one.row for one in tried.renamed], said


@pytest.mark.parametrize("ended", [WON, LOST])
def test_a_second_end_is_not_taken_for_the_first_one_corrected_while_another_is_open(
    file_store: Store, tmp_path: Path, ended: str
) -> None:
    take(file_store, tmp_path / "a.csv", [deal("Ben", ended, 18, "2026-02-20"), deal("Ben", OPEN, 18, "2027-02-23")])
    with pytest.raises(UserError, match="--renamed same"):
        take(file_store, tmp_path / "b.csv", [deal("Ben", ended, 18, "2026-02-27")])


def test_where_a_row_of_a_renamed_customer_is_said_to_be_new_the_next_one_is_offered(
    file_store: Store, tmp_path: Path
) -> None:
    first = [("Phase 2", "Nordwind", "Jun", OPEN, "935", "2027-02-24")]
    then = [
        ("Phase 2", "Nordwind Group", "Jun", "Negotiation", "935", "2027-03-22"),
        ("Phase 2", "Nordwind Group", "Jun", LOST, "935", "2026-03-06"),
    ]
    take(file_store, tmp_path / "a.csv", first)
    (known,) = deals(file_store)
    with pytest.raises(UserError, match=r"1 row may be a known deal .* row 3"):
        take(file_store, tmp_path / "b.csv", then, {"2": "new"})
    done = take(file_store, tmp_path / "b.csv", then, {"2": "new", "3": "same"})
    assert (done.new, done.updated, len(done.missed)) == (1, 1, 0)
    assert deals(file_store)[known] == ("Jun", LOST, 935, "2026-03-06")
    third = ("Phase 2", "Nordwind SE", "Jun", OPEN, "935", "2027-02-24")
    assert take(file_store, tmp_path / "c.csv", [*then, third], "new").new == 1


def test_a_deal_that_a_row_was_said_not_to_be_is_offered_to_the_one_with_another_customer(
    file_store: Store, tmp_path: Path
) -> None:
    take(file_store, tmp_path / "a.csv", [("Cloud", "Kite", "Anna", WON, "76", "2026-02-10")])
    (known,) = deals(file_store)
    then = [
        ("Cloud", "Kite", "Max", "Negotiation", "704", "2027-01-09"),
        ("Cloud", "Kite Group", "Anna", WON, "76", "2026-02-10"),
    ]
    with pytest.raises(UserError, match=r"1 row may be a known deal .* row 3"):
        take(file_store, tmp_path / "b.csv", then, {"2": "new"})
    done = take(file_store, tmp_path / "b.csv", then, {"2": "new", "3": "same"})
    assert (done.new, done.updated, len(done.missed)) == (1, 1, 0)
    assert deals(file_store)[known] == ("Anna", WON, 76, "2026-02-10")


def test_deals_of_one_identity_that_are_called_otherwise_are_told_by_their_names(
    file_store: Store, tmp_path: Path
) -> None:
    named = [("Steel call-off", *deal("Ben", OPEN, 40, "2026-06-02")[1:]), ("Beams", *deal("Ben", OPEN, 60, "2026-08-02")[1:])]  # fmt: skip
    asked = [("Girders", *deal("Ben", WON, 41, "2026-03-01")[1:]), ("Bolts", *deal("Ben", OPEN, 82, "2026-06-12")[1:])]
    tried: Any = None
    identity = {"id": ["Account Name", "Opportunity Owner"]}
    for name, rows in (("a.csv", named), ("b.csv", asked)):
        plan = opportunities.plan(file_store, written(tmp_path / name, [HEAD, *rows, *FILLERS]), columns=identity)
        tried = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=name == "b.csv").result
    may_be = tried.renamed[0].may_be
    assert [one[:2] for one in may_be] == [("Steel call-off", "Ben"), ("Beams", "Ben")]
