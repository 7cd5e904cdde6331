"""Open deals of one customer of which several are missed: which of them a row is can be said, whichever is offered first."""

import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.pipeline.digest import differing
from mentor_app.core.pipeline.rules import ImportedDeals
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities, understood
from tests.conftest import ME, TODAY
from tests.transfer.files import Row, read_in, written
from tests.transfer.test_corrected import GATEWAY, HEAD, HELPLINE, PARTS, TUNDRA, month

PRINTS = ("Prints", "Tundra", "Tom", "Open", "2026-11-02", "12000")
NAMES = (
    "Support",
    "Field app",
    "Pilot",
    "Pilot phase 2",
    "Rollout",
    "Cables",
    "Edge gateway",
    "Helpline",
    "维保",
    "移动应用",
)


def take(store: Store, path: Path, renamed: Any = None, dry_run: bool = True) -> ImportedDeals:
    plan = opportunities.plan(store, path, renamed=renamed)
    return opportunities.run(store, ME, plan, today=TODAY, dry_run=dry_run).result


def held(store: Store) -> dict[int, tuple[str, int]]:
    """Name and amount of the customer's deals."""
    o = opportunity.c
    with store.read() as connection:
        assert differing(connection) == []
        rows = connection.execute(select(o.id, o.name, o.amount_cents).where(o.account == "Tundra"))
        return {row.id: (row.name, row.amount_cents // 100) for row in rows}


def offered(done: ImportedDeals) -> dict[int, tuple[str, list[str]]]:
    """Row → the deal that it is taken for, and all that it may be."""
    return {one.row: (one.was, [str(deal[0]) for deal in one.may_be]) for one in done.renamed}


def test_a_row_may_be_any_of_its_customer_s_missed_deals(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", [*TUNDRA, PRINTS]))
    path = month(tmp_path, "b", [HELPLINE])
    asked = take(file_store, path)
    assert offered(asked) == {12: ("Support", ["Support", "Field app", "Prints"])}
    third = asked.renamed[0].may_be[2]
    assert tuple(map(str, third)) == ("Prints", "Tom", "2026-11-02", "Open", "12,000.00")
    assert "Row 12 may be one of several deals, which are listed above" in str(asked.unanswered[0])
    chosen = take(file_store, path, {"12": "3"})
    assert (chosen.undecided, offered(chosen)) == ([], {12: ("Prints", offered(asked)[12][1])})
    assert [(one.field, str(one.before)) for one in chosen.renamed[0].cells][:2] == [
        ("name", "Prints"),
        ("owner", "Tom"),
    ]
    with pytest.raises(UserError, match="4 is none; the last one is 3"):
        take(file_store, path, {"12": "4"})
    before = held(file_store)
    done = take(file_store, path, {"12": "3"}, dry_run=False)
    assert (done.new, done.updated, [one.name for one in done.missed]) == (0, 1, ["Support", "Field app"])
    went_on = next(row_id for row_id, (name, _) in before.items() if name == "Prints")
    assert held(file_store) == before | {went_on: ("Helpline", 81000)}


def test_a_deal_chosen_for_one_row_is_no_other_s(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", TUNDRA))
    path = month(tmp_path, "b", [HELPLINE, GATEWAY])
    both = offered(take(file_store, path))
    assert both == {12: ("Support", ["Support", "Field app"]), 13: ("Field app", ["Field app", "Support"])}
    one = take(file_store, path, {"12": "2"})
    assert offered(one) == {12: ("Field app", both[12][1]), 13: ("Support", both[13][1])}
    assert one.undecided == [13]
    for renamed in ({"12": "2", "13": "1"}, {"12": "2", "*": "same"}):
        with pytest.raises(UserError, match="Rows 12 and 13 are said to be the same deal"):
            take(file_store, path, renamed)
    done = take(file_store, path, {"12": "2", "13": "2"}, dry_run=False)
    assert (done.new, done.updated, done.missed) == (0, 2, [])
    assert sorted(held(file_store).values()) == [("Edge gateway", 100000), ("Helpline", 81000)]


def test_a_row_that_was_not_asked_about_may_be_what_another_one_is_not(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", TUNDRA))
    path = month(tmp_path, "b", [HELPLINE, GATEWAY, PARTS])
    assert offered(take(file_store, path)).keys() == {12, 13}
    asked = take(file_store, path, {"12": "new", "13": "1"})
    assert (asked.undecided, offered(asked)[14]) == ([14], ("Support", ["Support", "Field app"]))
    with pytest.raises(UserError, match="Rows 13 and 14 are said to be the same deal"):
        take(file_store, path, {"12": "new", "13": "1", "14": "2"})
    done = take(file_store, path, {"12": "new", "13": "1", "14": "1"}, dry_run=False)
    assert (done.new, done.updated) == (1, 2)
    assert sorted(held(file_store).values()) == [("Edge gateway", 100000), ("Helpline", 81000), ("Spare parts", 7000)]


LICENCE = ("Licence", "Tundra", "Ann", "Open", "2026-12-20", "8000")
AUDIT = ("Audit", "Tundra", "Tom", "Open", "2026-11-20", "55000")
LICENCE_2027 = ("Licence 2027", *LICENCE[1:])


def test_a_deal_whose_name_went_over_to_another_can_be_said(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", [LICENCE, AUDIT]))
    path = month(tmp_path, "b", [("Licence", "Tundra", "Tom", "Open", "2026-11-29", "8500"), LICENCE_2027])
    both = offered(take(file_store, path))
    assert both == {12: ("Licence", ["Licence", "Audit"]), 13: ("Audit", ["Licence", "Audit"])}
    asked = take(file_store, path, {"13": "1"})
    assert (offered(asked)[12], asked.undecided) == (("Audit", both[12][1]), [12])
    before = held(file_store)
    done = take(file_store, path, {"13": "1", "12": "2"}, dry_run=False)
    assert (done.new, done.updated, done.missed) == (0, 2, [])
    assert held(file_store) == dict(zip(before, [("Licence 2027", 8000), ("Licence", 8500)], strict=True))
    assert take(file_store, path).unchanged == done.read, "the same file again means the same deals"
    file_store.act(ME, undo)
    done = take(file_store, path, {"12": "new", "13": "1"}, dry_run=False)
    assert (done.new, done.updated, [one.name for one in done.missed]) == (1, 1, ["Audit"])
    assert take(file_store, path).unchanged == done.read


def test_where_a_row_says_all_of_a_deal_but_its_name_the_row_of_that_name_is_asked_about(
    file_store: Store, tmp_path: Path
) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", [LICENCE]))
    other = (*LICENCE[:4], "2027-03-20", "9000")
    assert take(file_store, month(tmp_path, "b", [other, PARTS])).undecided == []
    path = month(tmp_path, "b", [other, LICENCE_2027])
    assert offered(take(file_store, path)) == {12: ("Licence", [])}
    assert offered(take(file_store, path, {"12": "new"}))[13][0] == "Licence"
    done = take(file_store, path, {"12": "new", "13": "same"}, dry_run=False)
    assert (done.new, done.updated) == (1, 1)
    assert list(held(file_store).values()) == [("Licence 2027", 8000), ("Licence", 9000)]


def test_a_deal_whose_own_row_says_much_else_can_be_said_to_be_another_row(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", [*TUNDRA, PRINTS]))
    prints = (*PRINTS[:4], "2026-11-20", "14000")
    path = month(tmp_path, "b", [TUNDRA[0], prints, HELPLINE])
    assert offered(take(file_store, path)) == {14: ("Field app", ["Field app", "Prints"])}
    asked = take(file_store, path, {"14": "2"})
    assert (asked.undecided, offered(asked)[13][0]) == ([13], "Field app")
    before = held(file_store)
    done = take(file_store, path, {"14": "2", "13": "new"}, dry_run=False)
    assert (done.new, done.updated, [one.name for one in done.missed]) == (1, 1, ["Field app"])
    now = held(file_store)
    assert [now[row_id][0] for row_id in before] == ["Support", "Field app", "Helpline"]
    assert take(file_store, path).unchanged == done.read


def test_a_deal_of_another_file_can_be_said(file_store: Store, tmp_path: Path) -> None:
    def region(name: str, *rows: Row) -> Path:
        day = "2026-05-20" if name == "North" else "2026-04-10"
        others = [(f"{name} {n}", f"{name} {n}", name, "Won" if n else "Open", day, f"{n}{day[6]}") for n in range(9)]
        return written(tmp_path / f"{name}.csv", [(*HEAD[:4], *HEAD[5:]), *others, *rows])

    for name, deal in zip(("North", "South"), TUNDRA, strict=True):
        read_in(opportunities, file_store, region(name, deal))
    path = region("South", HELPLINE)
    assert offered(take(file_store, path)) == {11: ("Field app", ["Support", "Field app"])}
    done = take(file_store, path, {"11": "1"}, dry_run=False)
    assert (done.updated, [one.name for one in done.missed]) == (1, ["Field app"])


@pytest.mark.parametrize(
    ("was", "now", "asked"),
    [
        (("Pilot", "Tundra", "Ann"), ("Pilot v2", "Tundra", "Ann"), True),
        (("Pilot", "Tundra", "Ann"), ("Pilot", "Tundra GmbH", "Ann"), True),
        (("热线", "远航物流", "Ann"), ("热线2026", "远航物流", "Ann"), True),
        (("Pilot", "Tundra", "Ann"), ("Pilot v2", "Tundra", "Tom"), False),
        (("Pilot phase 1", "Tundra", "Ann"), ("Pilot phase 2", "Tundra", "Ann"), False),
        (("Pilot", "Tundra", "Ann"), ("Cables", "Tundra", "Ann"), False),
    ],
)
def test_a_deal_called_alike_is_asked_about_in_a_file_that_holds_few(
    file_store: Store, tmp_path: Path, was: Row, now: Row, asked: bool
) -> None:
    many = [(f"Other {n}", f"Cust {n}", "Ben", "Open", "2026-12-20", f"{n}7") for n in range(40)]
    read_in(opportunities, file_store, month(tmp_path, "a", [*many, (*was, "Open", "2026-10-12", "12000")]))
    head, *rows = month(tmp_path, "b", []).read_text(encoding="utf-8").splitlines()
    path = tmp_path / "region.csv"
    path.write_text("\n".join([head, *rows[-3:], ",".join((*now, "Won", "2026-05-03", "15000"))]), encoding="utf-8")
    assert [one.was for one in take(file_store, path).renamed] == [was[0]] * asked


def test_of_a_customer_called_otherwise_all_deals_are_compared_again(file_store: Store, tmp_path: Path) -> None:
    many = [(f"Other {n}", f"Cust {n}", "Ben", "Open", "2026-12-20", f"{n}7") for n in range(40)]
    read_in(opportunities, file_store, month(tmp_path, "a", [*many, *TUNDRA, ("维保", *PRINTS[1:])]))
    head, *rows = month(tmp_path, "b", []).read_text(encoding="utf-8").splitlines()
    path = tmp_path / "region.csv"
    went_on = [(TUNDRA[0][0], "Tundra GmbH", "Grace", "Won", "2026-05-03", "70000")]
    went_on += [("Field app 2", "Tundra GmbH", "Paul", "Open", TUNDRA[1][4], TUNDRA[1][5])]
    path.write_text("\n".join([head, *rows[-3:], *map(",".join, went_on)]), encoding="utf-8")
    assert [one.was for one in take(file_store, path).renamed] == ["Support", "Field app"]


def test_all_missed_deals_of_a_customer_can_be_said_those_called_alike_first(file_store: Store, tmp_path: Path) -> None:
    olds = [(f"Deal {n:02d}", "Tundra", "Tom", "Open", "2026-12-20", f"{n}000") for n in range(14)]
    fillers = [(f"Other {n}", f"Cust {n}", "Ben", "Open", "2026-12-20", "7") for n in range(14)]
    read_in(opportunities, file_store, month(tmp_path, "a", [*olds, *fillers]))
    new = ("Deal 13 extended", "Tundra", "Ann", "Open", "2027-01-20", "77")
    (row,) = take(file_store, path := month(tmp_path, "b", [*fillers, new])).renamed
    assert (row.was, len(row.may_be)) == ("Deal 13", 14)
    assert take(file_store, path, {str(row.row): "14"}, dry_run=False).updated == 1


@pytest.mark.parametrize("owner", ["Ann", "Tom"])
def test_a_deal_of_a_customer_called_otherwise_of_which_more_changed_is_asked_about(
    file_store: Store, tmp_path: Path, owner: str
) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", [LICENCE]))
    for name, account, asked in (
        ("Licence", "Tundra GmbH", True),
        ("Cables", "Tundra GmbH", False),
    ):
        path = month(tmp_path, "b", [(name, account, owner, "Open", "2027-02-20", "6000")])
        assert [one.was for one in take(file_store, path).renamed] == ["Licence"] * asked


def said_truly(asked: ImportedDeals, truth: dict[int, str | None]) -> dict[str, str]:
    """What somebody answers who knows which deal each row is, or that it is a new one."""
    answers = {}
    for one in asked.renamed:
        if one.row in asked.undecided:
            names = [str(deal[0]) for deal in one.may_be] or [one.was]
            known = truth[one.row]
            answers[str(one.row)] = "new" if known not in names else str(names.index(known) + 1)
    return answers


@pytest.mark.parametrize("seed", range(40))
def test_whoever_knows_what_the_rows_are_can_say_it(file_store: Store, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    names = chance.sample(NAMES, len(NAMES))

    def deal(status: str = "Open") -> Row:
        day = "2026-11-{}".format if status == "Open" else "2026-08-{}".format
        owner, amount = chance.choice(["Grace", "Paul", "Tom"]), str(chance.choice([5000, 8000, 9000, 12000]))
        return names.pop(), "Tundra", owner, status, day(chance.randrange(10, 29)), amount

    olds = [deal() for _ in range(chance.randrange(1, 5))]
    went_on = {deal(chance.choice(["Open", "Won"])): old for old in olds if chance.random() < 0.8}
    rows = [*went_on, *(deal() for _ in range(chance.randrange(3)))]
    chance.shuffle(rows)
    read_in(opportunities, file_store, month(tmp_path, "a", olds))
    before = {name: row_id for row_id, (name, _) in held(file_store).items()}
    path = month(tmp_path, "b", rows)
    truth = {n: went_on[row][0] if row in went_on else None for n, row in enumerate(rows, 12)}
    answers: dict[str, str] = {}
    numbered: dict[int, tuple[Any, ...]] = {}
    for _ in range(2 * len(rows)):
        asked = take(file_store, path, answers)
        lists = {one.row: one.may_be for one in asked.renamed}
        assert {row: numbered.get(row, several) for row, several in lists.items()} == lists, "a number means one deal"
        numbered |= lists
        assert not answers.keys() & set(map(str, asked.undecided))
        some = said_truly(asked, truth)
        answers |= some if seed % 2 else dict(chance.sample([*some.items()], min(len(some), 1)))
    take(file_store, path, answers, dry_run=False)
    now = held(file_store)
    for row, old in went_on.items():
        assert now.pop(before.pop(old[0])) == (row[0], int(row[5]))
    new = {(row[0], int(row[5])) for row in rows if row not in went_on}
    assert set(now.values()) == new | {(one[0], int(one[5])) for one in olds if one[0] in before}


@pytest.mark.parametrize("seed", range(40))
def test_of_deals_called_exactly_alike_a_number_means_one_deal_whatever_is_said(
    file_store: Store, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    amounts = iter(chance.sample(range(20, 90), 12))

    def deal(status: str = "Open") -> Row:
        day = f"2026-11-{chance.randrange(10, 29)}" if status == "Open" else f"2026-0{chance.randrange(2, 9)}-04"
        name, owner = chance.choice(["Sensors", "Cables"]), chance.choice(["Grace", "Paul"])
        return name, "Tundra", owner, status, day, f"{next(amounts)}000"

    def later(row: Row) -> Row:
        row = list(row)
        for at, said in (
            (0, "Cables"),
            (2, "Tom"),
            (4, f"2026-12-{chance.randrange(10, 29)}"),
            (5, f"{row[5][:-3]}500"),
        ):
            if chance.random() < 0.5 and (at or row[3] == "Open"):
                row[at] = said
        return tuple(row)

    olds = [deal(chance.choice(["Open", "Open", "Won"])) for _ in range(chance.randrange(2, 6))]
    went_on = [(later(row), row) for row in olds if chance.random() < 0.8]
    new = [(deal(), None) for _ in range(chance.randrange(3))]
    rows = chance.sample([*went_on, *new], len(went_on) + len(new))
    read_in(opportunities, file_store, month(tmp_path, "a", olds))
    path = month(tmp_path, "b", [row for row, _ in rows])
    truth = {n: f"{int(old[5]):,}.00" if old else None for n, (_, old) in enumerate(rows, 12)}
    numbered: dict[int, tuple[Any, ...]] = {}
    for first in ({}, *({str(row): said} for row in truth for said in ("new", "1", "2"))):
        said: dict[str, str] = dict(first)
        for _ in range(2 * len(rows)):
            try:
                asked = take(file_store, path, said)
            except UserError:
                if not first:
                    raise
                break  # what is untrue may be refused
            lists = {one.row: one.may_be for one in asked.renamed}
            assert {row: numbered.get(row, several) for row, several in lists.items()} == lists
            numbered |= lists
            if not asked.undecided:
                break
            row = chance.choice(asked.undecided)
            meant = [str(deal[-1]) for deal in lists[row]]
            if truth[row] is not None and lists[row]:
                assert truth[row] in meant or first, (row, truth[row], lists)
            is_known = truth[row] in meant if lists[row] else truth[row] is not None
            said[str(row)] = "new" if not is_known else str(meant.index(truth[row]) + 1) if lists[row] else "same"


def test_the_deals_that_a_row_may_be_are_listed_with_their_numbers(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", TUNDRA))
    path = month(tmp_path, "b", [HELPLINE])
    plan = opportunities.plan(file_store, path)
    tried = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
    for language, words in (("en", "[1] Support, Grace, 2026-10-12"), ("zh_CN", "[2] Field app, Paul, 2026-10-26")):
        told = dict(understood.lines(plan.understood(tr := translator(language), tried), tr))
        assert any(words in said for said in told.values()), told


def test_a_number_said_of_a_further_row_of_a_name_is_of_the_deals_it_was_offered(
    file_store: Store, tmp_path: Path
) -> None:
    """Two rows are called alike, of which one goes on as the deal called so; what is said of the other is not said of that deal."""
    known = [
        ("Helpline", "Tundra", "Ann", "Open", "2026-11-13", "12100"),
        ("Helpline v2", "Tundra", "Ann", "Open", "2026-12-31", "66000"),
        ("Portal", "Tundra", "Ann", "Open", "2026-12-14", "21312"),
    ]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    now = [
        ("Helpline v2", "Tundra", "Ann", "Closed Won", "2026-11-13", "66000"),
        ("Helpline v2", "Tundra", "Ann", "Open", "2026-12-26", "12100"),
        ("Portal v2", "Tundra", "Ann", "Closed Won", "2026-11-09", "21312"),
    ]
    path = month(tmp_path, "b", now)
    first = offered(take(file_store, path))
    alike = ["Helpline v2", "Helpline", "Portal"]  # the one called so first, though it has a row of its own
    assert first == {13: ("Helpline", alike), 14: ("Portal", ["Portal", "Helpline", "Helpline v2"])}
    assert offered(take(file_store, path, {"13": "2"})) == first
    done = take(file_store, path, {"13": "2", "14": "1"}, dry_run=False)
    assert (done.new, done.updated, done.missed) == (0, 3, [])
    assert list(held(file_store).values()) == [("Helpline v2", 12100), ("Helpline v2", 66000), ("Portal v2", 21312)]


def test_of_names_that_each_move_one_on_the_true_deals_can_be_said(file_store: Store, tmp_path: Path) -> None:
    known = [
        ("Licence", "Tundra", "Ann", "Open", "2026-12-20", "8000"),
        ("Licence 2", "Tundra", "Ann", "Open", "2027-01-20", "8100"),
        ("Licence renewal", "Tundra", "Ann", "Open", "2027-02-20", "9000"),
    ]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    now = [("Licence", *known[1][1:4], "2027-01-25", "8100"), ("Licence 2", *known[2][1:]), ("Licence 2026", "Tundra", "Ann", "Closed Won", "2026-11-20", "8000")]  # fmt: skip
    path = month(tmp_path, "b", now)
    said: dict[str, str] = {}
    truth = {12: "Licence 2", 13: "Licence renewal", 14: "Licence"}
    while undecided := (asked := take(file_store, path, said)).undecided:
        for row in undecided:
            may_be = offered(asked)[row][1]
            said[str(row)] = str(may_be.index(truth[row]) + 1) if may_be else "same"
    done = take(file_store, path, said, dry_run=False)
    assert (done.new, done.updated, done.missed) == (0, 3, [])
    assert list(held(file_store).values()) == [("Licence 2026", 8000), ("Licence", 8100), ("Licence 2", 9000)]


def test_a_list_keeps_its_order_when_a_row_called_like_a_deal_is_said_to_be_new(
    file_store: Store, tmp_path: Path
) -> None:
    known = [
        ("Helpline", "Tundra", "Ann", "Open", "2026-12-24", "60000"),
        ("Helpline", "Tundra", "Tom", "Open", "2027-07-08", "81500"),
    ]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    now = [
        ("Maintenance", "Tundra", "Tom", "Open", "2027-07-08", "89650"),
        ("Helpline", "Tundra", "Tom", "Open", "2027-05-12", "81000"),
    ]
    path = month(tmp_path, "b", now)
    said: dict[str, str] = {}
    lists = []
    for answer in ({}, {"12": "1"}, {"13": "new"}):
        said |= answer
        asked = take(file_store, path, said)
        lists.append(next([str(deal[1]) for deal in one.may_be] for one in asked.renamed if one.row == 12))
    assert lists == [["Tom", "Ann"]] * 3
    done = take(file_store, path, said, dry_run=False)
    assert (done.new, done.updated, [one.name for one in done.missed]) == (1, 1, ["Helpline"])
    assert list(held(file_store).values()) == [("Helpline", 60000), ("Maintenance", 89650), ("Helpline", 81000)]


@pytest.mark.parametrize(
    ("portal", "sensors", "asked"),
    [
        (("2027-03-20", "121000"), ("2027-05-03", "100000"), [12, 13]),  # each says all of the other but its name
        (("2027-03-20", "100000"), ("2027-05-03", "121000"), []),  # two days may well change places
        (("2027-03-25", "121000"), ("2027-05-03", "100000"), [12]),
        (("2027-06-20", "99000"), ("2027-03-20", "121000"), []),
    ],
)
def test_names_that_two_deals_exchange_are_asked_about(
    file_store: Store, tmp_path: Path, portal: Row, sensors: Row, asked: list[int]
) -> None:
    known = [("Portal", "Tundra", "Ann", "Open", "2027-05-03", "100000"), ("Sensors", "Tundra", "Ann", "Open", "2027-03-20", "121000")]  # fmt: skip
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    path = month(tmp_path, "b", [(*known[0][:4], *portal), (*known[1][:4], *sensors)])
    tried = take(file_store, path)
    assert tried.undecided == asked


def test_a_name_that_goes_over_to_a_new_deal_while_its_own_is_renamed_and_changed_is_asked_about(
    file_store: Store, tmp_path: Path
) -> None:
    deal = ("Helpline", "Tundra", "Ann", "Open", "2027-05-03", "81500")
    read_in(opportunities, file_store, month(tmp_path, "a", [deal]))
    went_on = ("Maintenance", *deal[1:5], "89650")
    path = month(tmp_path, "b", [went_on, (*deal[:4], "2027-08-12", "20000")])
    assert take(file_store, path).undecided == [13]
    done = take(file_store, path, {"13": "new", "12": "same"}, dry_run=False)
    assert (done.new, done.updated) == (1, 1)
    assert list(held(file_store).values()) == [("Maintenance", 89650), ("Helpline", 20000)]


def test_of_deals_called_exactly_alike_a_row_stays_asked_about_when_its_deal_is_given_to_another(
    file_store: Store, tmp_path: Path
) -> None:
    known = [
        ("Sensors", "Tundra", "Ann", "Open", "2027-03-26", "45000"),
        ("Sensors", "Tundra", "Tom", "Open", "2027-06-09", "90000"),
    ]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    now = [("Sensors", "Tundra", "Ann", "Closed Won", "2026-11-09", "90000"), ("Maintenance", *known[0][1:5], "47000")]
    path = month(tmp_path, "b", now)
    first = take(file_store, path)
    lists = {one.row: [str(deal[-1]) for deal in one.may_be] for one in first.renamed}
    assert first.undecided == [12, 13]
    said = {"13": str(lists[13].index("45,000.00") + 1)}
    asked = take(file_store, path, said)
    assert asked.undecided == [12]
    assert next([str(deal[-1]) for deal in one.may_be] for one in asked.renamed if one.row == 12) == lists[12]
    said["12"] = str(lists[12].index("90,000.00") + 1)
    done = take(file_store, path, said, dry_run=False)
    assert (done.new, done.updated, done.missed) == (0, 2, [])
    assert list(held(file_store).values()) == [("Maintenance", 47000), ("Sensors", 90000)]


TWINS = [
    ("Pilot", "Tundra", "Ann", "Open", "2027-06-21", "30000"),
    ("Pilot", "Tundra", "Ann", "Won", "2026-05-12", "15000"),
    ("Support v2", "Tundra", "Ann", "Open", "2027-09-13", "30500"),
    ("Audit", "Tundra", "Tom", "Open", "2027-03-08", "100000"),
]


def test_what_is_said_of_a_row_that_is_not_asked_about_is_heard(file_store: Store, tmp_path: Path) -> None:
    """It may have been asked about before another answer was given, or put right."""
    read_in(opportunities, file_store, month(tmp_path, "a", TWINS))
    now = [
        ("Cables", "Tundra", "Tom", "Proposal", "2027-08-22", "15000"),
        ("Audit", "Tundra", "Tom", "Open", "2027-03-08", "100500"),
        ("Pilot", "Tundra", "Ann", "Open", "2027-06-21", "8000"),
        TWINS[1],
    ]
    path = month(tmp_path, "b", now)
    first = take(file_store, path)
    assert first.undecided == [12]
    audit = next(n for n, deal in enumerate(first.renamed[0].may_be, 1) if deal[0] == "Audit")
    asked = take(file_store, path, {"12": str(audit)})
    assert asked.undecided == [13]
    lists = offered(asked)
    support = str(lists[12][1].index("Support v2") + 1)
    own = str(lists[13][1].index("Audit") + 1)
    put_right = take(file_store, path, {"12": support, "13": own})
    assert (put_right.undecided, offered(put_right)[13]) == ([], ("Audit", lists[13][1]))
    with pytest.raises(UserError, match="Rows 12 and 13 are said to be the same deal"):
        take(file_store, path, {"12": support, "13": str(lists[13][1].index("Support v2") + 1)})
    with pytest.raises(UserError, match="of row 15 there is nothing to say"):
        take(file_store, path, {"12": support, "15": "new"})
    done = take(file_store, path, {"12": support, "14": "new"}, dry_run=False)
    assert (done.new, done.updated, [one.name for one in done.missed]) == (1, 2, ["Pilot"])
    assert sorted(held(file_store).values()) == sorted(
        [("Pilot", 30000), ("Pilot", 15000), ("Cables", 15000), ("Audit", 100500), ("Pilot", 8000)]
    )


def test_a_new_row_of_which_a_deal_is_said_is_that_one(file_store: Store, tmp_path: Path) -> None:
    read_in(opportunities, file_store, month(tmp_path, "a", TWINS))
    path = month(tmp_path, "b", [*TWINS[1:], ("Sensors", "Tundra", "Eve", "Open", "2028-01-02", "7000")])
    done = take(file_store, path, {"15": "1"}, dry_run=False)
    assert (done.new, done.updated, done.missed) == (0, 1, [])
    assert ("Sensors", 7000) in held(file_store).values()


def test_a_row_whose_deal_is_said_to_be_another_one_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    """Also in a file that holds few, where no other deal is missed."""
    known = [
        ("Rollout", "Tundra", "Ann", "Open", "2027-10-28", "60000"),
        ("Support", "Tundra", "Ann", "Open", "2027-11-02", "60000"),
    ]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    rows = [("Data lake", *known[0][1:3], "Negotiation", "2028-01-12", "60000"), ("Rollout", *known[1][1:])]
    path = written(tmp_path / "b.csv", [(*HEAD[:4], *HEAD[5:]), *rows])
    assert take(file_store, path).undecided == [2]
    said = {"2": str(offered(take(file_store, path))[2][1].index("Rollout") + 1)}
    asked = take(file_store, path, said)
    assert asked.undecided == [3]
    said["3"] = str(offered(asked)[3][1].index("Support") + 1)
    done = take(file_store, path, said, dry_run=False)
    assert (done.new, done.updated) == (0, 2)
    assert list(held(file_store).values()) == [("Data lake", 60000), ("Rollout", 60000)]


def test_a_name_that_went_over_to_a_deal_that_is_gone_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    known = [
        ("Spare parts", "Tundra", "Ann", "Open", "2027-02-17", "20500"),
        ("Audit", "Tundra", "Ann", "Open", "2026-12-21", "30000"),
    ]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    path = month(tmp_path, "b", [("Audit", *known[0][1:])])
    asked = take(file_store, path)
    assert offered(asked) == {12: ("Audit", ["Spare parts", "Audit"])}
    assert take(file_store, path, {"12": "1"}, dry_run=False).updated == 1
    assert list(held(file_store).values()) == [("Audit", 20500), ("Audit", 30000)]


def test_a_deal_that_has_ended_of_which_a_row_says_all_but_the_name_can_be_said(
    file_store: Store, tmp_path: Path
) -> None:
    won = ("Data lake", "Tundra", "Ann", "Won", "2026-09-15", "5000")
    known = [won, ("Pilot", "Tundra", "Ann", "Proposal", "2027-09-16", "15000")]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    path = month(tmp_path, "b", [("Pilot", *won[1:])])
    names = offered(take(file_store, path))[12][1]
    assert names == ["Data lake", "Pilot"]
    assert take(file_store, path, {"12": "1"}, dry_run=False).updated == 1
    assert list(held(file_store).values()) == [("Pilot", 5000), ("Pilot", 15000)]


ENDED = [
    ("Audit", "Tundra", "Ann", "Lost", "2025-12-09", "15500"),
    ("Cables", "Tundra", "Ann", "Lost", "2026-01-20", "15500"),
]


def test_ended_deals_that_may_be_offered_later_stand_in_a_list_from_the_start(
    file_store: Store, tmp_path: Path
) -> None:
    """Which of them is offered hangs on what else is said; what its number means does not."""
    read_in(opportunities, file_store, month(tmp_path, "a", ENDED))
    rows = [
        ("Support v2", "Tundra", "Ann", "Lost", "2026-01-22", "15500"),
        ("Audit", "Tundra", "Ann", "Open", "2026-10-31", "45500"),
        ("Cables", "Tundra", "Ann", "Open", "2026-11-30", "60500"),
    ]
    path = month(tmp_path, "b", rows)
    assert take(file_store, path).undecided == [13, 14]
    for said in ({"14": "new"}, {"13": "new"}, {"13": "new", "14": "new"}):
        assert offered(take(file_store, path, said))[12][1] == ["Audit", "Cables"]
    with pytest.raises(UserError, match="Row 12 may be one of several deals: say which"):
        take(file_store, path, {"14": "new", "12": "same"})
    for said in ({"14": "new", "12": "2"}, {"14": "new", "12": "2", "13": "new"}):
        assert offered(take(file_store, path, said))[12][0] == "Cables"
    take(file_store, path, said, dry_run=False)
    assert sorted(held(file_store).values()) == sorted(
        [("Audit", 15500), ("Support v2", 15500), ("Audit", 45500), ("Cables", 60500)]
    )


def test_of_a_row_with_an_id_there_is_nothing_to_say(file_store: Store, tmp_path: Path) -> None:
    head = ("Opportunity ID", *HEAD[:4], *HEAD[5:])
    known = [(f"I-{n}", *row) for n, row in enumerate([*TWINS[2:], *ENDED])]
    how: dict[str, Any] = {"columns": {"id": ["Opportunity ID"]}}

    def run(name: str, rows: list[Row], renamed: Any = None, dry_run: bool = True) -> ImportedDeals:
        path = written(tmp_path / f"{name}.csv", [head, *rows])
        plan = opportunities.plan(file_store, path, renamed=renamed, **how)
        return opportunities.run(file_store, ME, plan, today=TODAY, dry_run=dry_run).result

    run("a", known, dry_run=False)
    rows = [(*known[0][:6], "31000"), *known[1:]]
    assert run("b", rows).updated == 1
    for said in ("same", "new", "1"):
        with pytest.raises(UserError, match="of row 2 there is nothing to say"):
            run("b", rows, {"2": said})


def deal(name: str, account: str, status: str, day: str, amount: int, owner: str = "Ann") -> Row:
    return name, account, owner, status, day, str(amount)


LISTS: dict[str, tuple[list[Row], list[Row]]] = {
    "a row asked about because another has its deal": (
        [
            deal("Pilot", "Rover", "Open", "2026-02-10", 30000),
            deal("Cables", "Rover", "Open", "2026-12-12", 9000),
            deal("Audit", "Rover", "Lost", "2026-02-12", 30000),
            deal("Portal", "Rover", "Open", "2026-11-11", 70000),
        ],
        [
            deal("Pilot", "Rover", "Lost", "2026-02-11", 30000),
            deal("Pilot v2", "Rover", "Open", "2026-12-12", 9000),
            deal("Portal", "Rover", "Open", "2026-12-11", 70000),
        ],
    ),
    "a renamed customer": (
        [
            deal("Pilot", "Rover AG", "Open", "2026-09-01", 30000),
            deal("Check", "Rover AG", "Won", "2026-02-01", 42000),
            deal("Audit", "Rover AG", "Won", "2025-06-01", 41000),
        ],
        [
            deal("Pilot", "Rover Group", "Open", "2026-09-01", 30000),
            deal("Audit", "Rover Group", "Won", "2025-06-01", 41000),
            deal("Check", "Rover Group", "Won", "2026-02-01", 42000),
            deal("Audit", "Rover Group", "Won", "2026-02-01", 40000),
        ],
    ),
    "two renamed customers": (
        [
            deal("Data lake", "Xeno AG", "Open", "2026-04-06", 30000),
            deal("Data lake", "Yarrow AG", "Proposal", "2026-04-06", 20500),
        ],
        [
            deal("Data lake", "Xeno Group", "Open", "2026-04-06", 30000),
            deal("Data lake", "Yarrow Group", "Proposal", "2026-04-06", 20500),
            deal("Data lake", "Zephyr Corp", "Open", "2026-04-06", 20500),
        ],
    ),
    "called alike, of a renamed customer": (
        [
            deal("Pilot", "Rover AG", "Won", "2025-06-01", 100000),
            deal("Pilot", "Rover AG", "Proposal", "2026-12-23", 60500),
        ],
        [
            deal("Pilot", "Rover Group", "Won", "2025-11-17", 60500),
            deal("Pilot", "Rover Group", "Won", "2025-10-29", 100500),
        ],
    ),
}


@pytest.mark.parametrize("case", LISTS)
def test_whatever_is_said_each_row_s_list_stays_and_a_number_means_its_deal(
    file_store: Store, tmp_path: Path, case: str
) -> None:
    known, rows = LISTS[case]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    path = month(tmp_path, "b", rows)
    lists: dict[int, tuple[Any, ...]] = {}
    heard = 0
    for answers in product((None, "new", "1", "2", "3"), repeat=len(rows)):
        said = {str(row): answer for row, answer in enumerate(answers, 12) if answer is not None}
        try:
            asked = take(file_store, path, said)
        except UserError:
            continue  # two of one deal, a number too high, or nothing to say
        now = {one.row: one.may_be or (one.was,) for one in asked.renamed}
        assert {row: lists.get(row, several) for row, several in now.items() if len(several) > 1} == {
            row: several for row, several in now.items() if len(several) > 1
        }
        lists |= {row: several for row, several in now.items() if len(several) > 1}
        for one in asked.renamed:
            answer = said.get(str(one.row), "new")
            if answer != "new" and one.may_be:
                heard += 1
                meant = one.may_be[int(answer) - 1]
                assert one.was == str(meant[0])
                changed = {cell.field: str(cell.before) for cell in one.cells}
                assert changed.get("amount", str(meant[-1])) == str(meant[-1])
    assert heard


def test_the_last_place_of_a_full_list_is_no_other_deal_s_whatever_is_said(file_store: Store, tmp_path: Path) -> None:
    known = [deal(f"Order {n:03}", "Tundra", "Open", f"2027-{1 + n % 12:02}-11", 1000 + 7 * n) for n in range(108)]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    rows = [(*row[:5], str(int(row[5]) + 1)) for row in known[:106]]
    rows += [("Xray", *known[106][1:]), ("Yoke", *known[107][1:]), ("Zinc", *known[107][1:4], "2028-02-02", "5000")]
    path = month(tmp_path, "b", rows)
    last, places = 12 + len(rows) - 1, set()
    for said in ({"118": "new"}, {"119": "new"}, {"118": "new", "119": "new"}, {str(last): "99"}):
        for one in take(file_store, path, said).renamed:
            if one.row == last:
                places.add(one.may_be[98])
    assert len(places) == 1


def test_what_is_said_of_the_rest_is_no_guess(file_store: Store, tmp_path: Path) -> None:
    known, rows = LISTS["a renamed customer"]
    read_in(opportunities, file_store, month(tmp_path, "a", known))
    with pytest.raises(UserError, match="Row 15 may be one of several deals: say which"):
        take(file_store, month(tmp_path, "b", rows), {"12": "1", "13": "new", "14": "1", "rest": "same"})
