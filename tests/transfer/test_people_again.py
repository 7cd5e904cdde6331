"""Lists of people that come month after month: whoever has a namesake, a new name, a new number or somebody's old one is doubled or
overwritten by none that was answered, and every answer is obeyed or refused in words."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.imports import Imported
from mentor_app.core.people.tables import person
from mentor_app.core.store import Store
from mentor_app.transfer import people
from mentor_app.transfer.misspelt import said_of
from tests.conftest import ME
from tests.transfer.files import read_in, written

HEAD = ("Name", "Employee ID", "Team", "Hire date")
Row = tuple[str, str, str, str]
ANN: Row = ("Ann Berg", "E1", "North", "2024-01-10")
TOM: Row = ("Tom Ray", "E2", "North", "2024-02-01")
PRIYA: Row = ("Priya Silva", "E3", "South", "2024-03-15")
FANG: Row = ("王芳", "E5", "East", "2023-05-02")
BASE = [ANN, TOM, PRIYA, FANG]
MANY: list[Row] = [
    ("Ann Schmidt", "E1", "North", "2024-01-10"),
    ("Ann Ray", "E2", "South", "2023-02-01"),
    ("Tom Ray", "E3", "North", "2024-02-01"),
]
NAMESAKE: Row = ("Tom Ray", "E9", "South", "2024-06-01")
"""Somebody else who is called as one of these."""


def but(row: Row, name: str = "", code: str = "", team: str = "", day: str = "") -> Row:
    return name or row[0], code or row[1], team or row[2], day or row[3]


class Office:
    """A store, and the ids of its people by the numbers they had at first."""

    def __init__(self, store: Store, folder: Path, rows: list[Row]) -> None:
        self._store, self._path = store, folder / "people.csv"
        assert self.read(rows).new == len(rows)
        with store.read() as connection:
            found = connection.execute(select(person.c.code, person.c.name, person.c.id)).all()
        self.ids = {row.code or row.name: row.id for row in found}

    def read(self, rows: list[Row], **how: Any) -> Imported:
        return read_in(people, self._store, written(self._path, [HEAD, *rows]), **how)

    def everybody(self) -> dict[int, Row]:
        with self._store.read() as connection:
            rows = connection.execute(select(person).order_by(person.c.id)).mappings().all()
        return {row["id"]: (row["name"], row["code"] or "", "", str(row["hired_on"] or "")) for row in rows}

    def take_back(self) -> None:
        self._store.act(ME, undo)


@pytest.mark.parametrize(
    ("before", "now", "asked", "names", "numbers"),
    [
        (  # two exchange their numbers, and one of them has a namesake
            [*BASE, NAMESAKE],
            [(but(ANN, code="E2"), "E1"), (but(TOM, code="E1"), "E2"), (NAMESAKE, "E9")],
            ["E1", "E2"],
            {"Ann Berg": "takes"},
            {},
        ),
        (
            [*BASE, NAMESAKE],
            [(but(ANN, code="E2"), "E1"), (but(TOM, code="E1"), "E2"), (NAMESAKE, "E9")],
            ["E1", "E2"],
            {},
            {"E1": "takes"},
        ),
        (  # a chain
            [*BASE, NAMESAKE],
            [(but(ANN, code="E2"), "E1"), (but(TOM, code="E77"), "E2"), (NAMESAKE, "E9")],
            ["E2", "E77"],
            {"Ann Berg": "takes"},
            {},
        ),
        (
            [*BASE, NAMESAKE],
            [(but(ANN, code="E2"), "E1"), (but(TOM, code="E77"), "E2"), (NAMESAKE, "E9")],
            ["E2", "E77"],
            {"Ann Berg": "takes"},
            {"E77": "E2"},
        ),
        (  # the number goes over to a namesake who joins
            BASE,
            [(but(ANN, code="E71"), "E1"), (but(ANN, code="E1", team="South", day="2024-10-01"), "")],
            ["E1", "E71"],
            {},
            {"E71": "E1", "E1": "new"},
        ),
        (
            BASE,
            [(but(ANN, "Ann Kuhn", "E71"), "E1"), (but(ANN, team="South", day="2024-10-01"), "")],
            ["E1", "name:Ann Kuhn"],
            {"Ann Kuhn": "formerly Ann Berg"},
            {},
        ),
        (
            BASE,
            [(but(ANN, "Ann Kuhn", "E71"), "E1"), (but(ANN, team="South", day="2024-10-01"), "")],
            ["E1", "name:Ann Kuhn"],
            {"Ann Kuhn": "formerly Ann Berg"},
            {"E1": "new"},
        ),
        (  # two of a name exchange their numbers
            [*BASE, NAMESAKE],
            [(ANN, "E1"), (but(TOM, code="E9"), "E2"), (but(NAMESAKE, code="E2"), "E9")],
            ["E2", "E9"],
            {},
            {"E2": "E9", "E9": "E2"},
        ),
        (  # married with a new number, and somebody new has the old name, or the old number
            BASE,
            [(but(ANN, "Ann Kuhn", "E71"), "E1"), (("Ann Berg", "E9", "South", "2024-10-01"), "")],
            ["E9", "name:Ann Kuhn"],
            {"Ann Kuhn": "formerly Ann Berg"},
            {},
        ),
        (
            BASE,
            [(but(ANN, "Ann Kuhn", "E71"), "E1"), (("Olga Petrov", "E1", "South", "2024-10-01"), "")],
            ["called:Olga Petrov", "name:Ann Kuhn"],
            {"Ann Kuhn": "formerly Ann Berg"},
            {},
        ),
        (  # married into the name of somebody who is here
            [*BASE, ("Ann Kuhn", "E7", "South", "2022-01-03")],
            [(but(ANN, "Ann Kuhn", "E71"), "E1"), (("Ann Kuhn", "E7", "South", "2022-01-03"), "E7")],
            ["E71"],
            {},
            {"E71": "E1"},
        ),
        (  # names exchanged with numbers, and a third who married into one of them
            MANY,
            [(but(MANY[0], "Ann Ray", "E9"), "E1"), (but(MANY[1], code="E3"), "E2"), (but(MANY[2], code="E2"), "E3")],
            ["E2", "E3", "E9"],
            {},
            {"E2": "takes", "E3": "takes", "E9": "E1"},
        ),
        (  # married into the name of somebody who has another number now, too
            MANY,
            [(but(MANY[0], "Ann Ray", "E9"), "E1"), (but(MANY[1], code="E8"), "E2"), (MANY[2], "E3")],
            ["E8", "E9"],
            {},
            {"E8": "E2", "E9": "E1"},
        ),
        (  # or who stands in another list
            MANY,
            [(but(MANY[0], "Ann Ray", "E9"), "E1"), (MANY[2], "E3")],
            ["E9"],
            {},
            {"E9": "E1"},
        ),
        (  # the old number is that of somebody new who has a namesake in another list
            [*MANY, ("Tom Berg", "E5", "South", "2024-04-01")],
            [(but(MANY[0], "Ann Kuhn", "E9"), "E1"), (("Tom Berg", "E1", "North", "2025-05-05"), "")],
            ["E1", "name:Ann Kuhn"],
            {"Ann Kuhn": "formerly Ann Schmidt"},
            {"E1": "new"},
        ),
        (BASE, [(but(FANG, "王方", "E55"), "E5")], ["name:王方"], {"王方": "formerly 王芳"}, {}),
    ],
)
def test_the_true_answer_can_be_given_and_comes_true(
    file_store: Store,
    tmp_path: Path,
    before: list[Row],
    now: list[tuple[Row, str]],
    asked: list[str],
    names: dict[str, str],
    numbers: dict[str, str],
) -> None:
    office = Office(file_store, tmp_path, before)
    first, rows = office.everybody(), [row for row, _ in now]
    trial = office.read(rows, dry_run=True)
    assert (sorted(one.key for one in trial.asked), trial.rejected, trial.people_added) == (asked, [], [])
    ids = {"new": -1, "takes": "takes"} | office.ids
    said = said_of(names) | {code: ids[who] for code, who in numbers.items()}
    done = office.read(rows, said=said)
    assert (done.applied, done.unanswered, done.rejected) == (True, [], [])
    after = office.everybody()
    wanted = {office.ids[who]: row for row, who in now if who}
    assert {one: after[one] for one in wanted} == {one: (*row[:2], "", row[3]) for one, row in wanted.items()}
    newcomers = sorted(row for one, row in after.items() if one not in first)
    assert newcomers == sorted((row[0], row[1], "", row[3]) for row, who in now if not who)
    again = [
        office.read(rows),
        office.read(rows, said=said_of(names) | {c: i for c, i in said.items() if i in (-1, "takes")}),
    ]
    assert [(one.unchanged, one.asked, one.rejected) for one in again] == [(len(rows), [], [])] * 2, "said once more"
    office.take_back()
    assert office.everybody() == first


def test_whoever_came_in_under_an_old_name_or_number_leaves_the_question_who_had_it(
    file_store: Store, tmp_path: Path
) -> None:
    office = Office(file_store, tmp_path, BASE)
    married = but(ANN, "Ann Kuhn", "E71")
    for row, said in (
        (("Ann Berg", "E9", "South", "2024-10-01"), {"E9": -1}),
        (("Olga Petrov", "E1", "South", "2024-10-01"), said_of({"Olga Petrov": "takes"})),
    ):
        done = office.read([married, row, TOM], said=said)
        assert ([one.key for one in done.asked], done.people_added) == (["name:Ann Kuhn"], [row[0]])


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (("Ann Berg", "South", "2024-10-01"), True),
        (("Ann Berg", "North", "2024-10-01"), False),
        (("Ann Berg", "South", "2024-01-10"), False),
        (("Ann Berg", "", "2024-10-01"), False),
    ],
)
def test_a_namesake_of_another_day_and_team_in_a_list_without_numbers_is_asked_about(
    file_store: Store, tmp_path: Path, row: tuple[str, ...], asked: bool
) -> None:
    def read(*rows: tuple[str, ...], **how: Any) -> Imported:
        table = [("Name", "Team", "Hire date"), *rows, ("Tom Ray", "North", "2024-02-01")]
        return read_in(people, file_store, written(tmp_path / "p.csv", table), empty_cells=True, **how)

    here = ("Ann Berg", "North", "2024-01-10")
    assert read(here).new == 2
    done = read(row, dry_run=True)
    assert ([one.key for one in done.asked], done.updated) == (["called:Ann Berg"] * asked, int(not asked))
    if asked:
        (same, new) = (value for _, value in done.asked[0].choices)
        assert read(row, dry_run=True, said={"called:Ann Berg": same}).updated == 1
        for said in ({"called:Ann Berg": new}, said_of({"Ann Berg": "new"})):
            assert read(row, dry_run=True, said=said).namesakes == ["Ann Berg"]
        assert read(row, said=said).new == 1
        assert [read(one).unchanged for one in (here, row)] == [2, 2], "the day tells them apart"
        assert read(row, said=said).unchanged == 2, "said once more"
        assert read(here, row).unchanged == 3


def test_another_day_and_team_beside_a_known_number_and_name_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, BASE)
    for row in (but(ANN, day="2024-10-01"), but(ANN, team="South"), but(ANN, "Ann Kuhn", team="South")):
        assert [office.read([row, TOM], dry_run=True).asked, office.read([row, TOM], dry_run=True).updated] == [[], 1]
    row = but(ANN, team="South", day="2024-10-01")
    (asked,) = office.read([row, TOM]).asked  # the list of another team
    assert [value for _, value in asked.choices] == [office.ids["E1"], -1]
    assert office.read([row, TOM], said={"E1": office.ids["E1"]}, dry_run=True).updated == 1
    assert office.read([row, TOM], said={"E1": -1}).new == 1
    done = office.read([but(ANN, code="E71"), PRIYA])
    assert (done.asked, office.everybody()[office.ids["E1"]][1]) == ([], "E71"), "day and team tell it"


def test_of_two_rows_of_one_name_it_is_asked_which_is_which(file_store: Store, tmp_path: Path) -> None:
    ann, joins = but(ANN, code=" "), but(ANN, code=" ", team="South", day="2024-10-01")
    office = Office(file_store, tmp_path, [ann, TOM])
    (asked,) = office.read([joins, ann, TOM], dry_run=True).asked
    assert (asked.key, [value for _, value in asked.choices]) == ("row:2", [-1, "out"])
    assert str(asked.about) == "Ann Berg (row 2: 2024-10-01, South)"
    assert office.read([joins, ann, TOM], dry_run=True, said={"row:2": "out"}).unchanged == 2
    done = office.read([joins, ann, TOM], said={"row:2": -1})
    assert (done.applied, done.namesakes) == (True, ["Ann Berg"])
    assert [office.read(rows).unchanged for rows in ([joins, ann, TOM], [ann, joins, TOM])] == [3, 3]


def test_two_rows_that_nothing_tells_apart_are_no_two_people(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, [but(FANG, code=" "), TOM])
    rows = [but(FANG, code=" "), but(FANG, code=" ")]
    both = [office.ids["王芳"], "out"]
    answers: list[dict[str, Any]] = [{}, said_of({"王芳": "new"}), {"row:3": -1}]
    for said, choices in zip(answers, [[both, both], [both, both], [["out"]]], strict=True):
        done = office.read(rows, said=said)
        assert (done.applied, [[value for _, value in one.choices] for one in done.asked]) == (False, choices)
        assert all("employee numbers tell them apart" in str(one) for one in done.asked)


def test_two_who_are_called_alike_from_the_same_month_on_are_told_by_their_rows(
    file_store: Store, tmp_path: Path
) -> None:
    anns = [but(ANN, code=" "), ("Ann Ray", " ", "South", "2023-02-01")]
    office = Office(file_store, tmp_path, [*anns, TOM])
    rows = [but(anns[1], "Ann Kuhn"), but(anns[0], "Ann Kuhn"), TOM]
    ids = [office.ids["Ann Ray"], office.ids["Ann Berg"]]
    trial = office.read(rows, dry_run=True)
    assert [(one.key, one.choices[0][1]) for one in trial.asked] == [("row:2", ids[0]), ("row:3", ids[1])]
    refused = office.read(rows, said=said_of({"Ann Kuhn": "formerly Ann Ray"}))
    assert [str(one.reason) for one in refused.rejected] == [
        'Rows 2, 3 are called Ann Kuhn: say which of them is meant (--row "2=…", --row "3=…").'
    ] * 2
    done = office.read(rows, said={"row:2": ids[0], "row:3": ids[1]})
    assert (done.applied, done.updated, done.new) == (True, 2, 0)
    assert [office.everybody()[one][3] for one in ids] == ["2023-02-01", "2024-01-10"]


def test_a_row_of_a_name_that_several_bear_is_left_out_alone(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, MANY)
    rows = [but(MANY[0], "Ann Ray", "E9"), MANY[1], MANY[2]]
    for said in (said_of({"Ann Ray": "out"}), {"E9": "out"}, {"row:2": "out"}):
        done = office.read(rows, dry_run=True, said=said)
        assert (done.left_out, done.unchanged, done.asked, done.rejected) == (1, 2, [], [])
    rows[1] = but(MANY[1], code="E8")
    done = office.read(rows, dry_run=True, said=said_of({"Ann Ray": "out"}))
    assert (done.left_out, len(done.rejected)) == (0, 2)
    assert '--person "E9=…", --person "E8=…"' in str(done.rejected[0].reason)
    done = office.read(rows, dry_run=True, said=said_of({"Ann Ray": "out"}) | {"E8": office.ids["E2"]})
    assert (done.left_out, done.updated, done.rejected) == (1, 1, [])


def test_what_else_is_said_of_a_row_that_is_left_out_is_no_error(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, MANY)
    row = but(MANY[2], code="E33")
    done = office.read([*MANY[:2], row], said=said_of({"Tom Ray": "out"}) | {"E33": office.ids["E3"]})
    assert (done.left_out, done.unanswered) == (1, [])
    assert "what else was said of it changes nothing" in str(done.remarks[-1][1])


LISTS: list[list[Row]] = [
    [ANN, TOM],
    [but(ANN, code="E2"), but(TOM, code="E1")],
    [but(ANN, code="E71"), but(ANN, team="South", day="2024-10-01"), TOM],
    [but(ANN, "Ann Kuhn", "E71"), but(ANN, team="South", day="2024-10-01"), TOM],
    [but(ANN, "Ann Kuhn", "E2"), TOM],
    [but(ANN, code=" ", team="South", day="2024-10-01"), TOM],
    [but(TOM, code="E77"), NAMESAKE, ANN],
]


@pytest.mark.parametrize("rows", LISTS)
def test_every_answer_is_obeyed_or_refused_in_words(file_store: Store, tmp_path: Path, rows: list[Row]) -> None:
    office = Office(file_store, tmp_path, [ANN, TOM, PRIYA, NAMESAKE])
    names = {row[0] for row in rows}
    answers: list[dict[str, Any]] = [
        said_of({name: said})
        for name, said in product(sorted(names), ["new", "takes", "out", "formerly Ann Berg", "formerly Nobody Here"])
    ]
    answers += [
        {row[1]: said}
        for row, said in product(rows, [-1, "takes", *office.ids.values(), "Nobody Here"])
        if row[1].strip()
    ]
    without = told(office.read(rows, dry_run=True))
    for said in answers:
        done = office.read(rows, dry_run=True, said=said)
        ((key, value),) = said.items()
        assert told(done) != without or is_true(office, rows, key, value), f"{said} was not heard"


def told(done: Imported) -> list[Any]:
    """What is said of a list, and what becomes of it."""
    cells = [(cell.row, cell.field, cell.after) for cell in done.cells]
    return [
        cells,
        done.people_added,
        done.left_out,
        [str(why) for _, why in done.remarks],
        [str(one.reason) for one in done.rejected],
        [str(one) for one in done.asked],
    ]


def is_true(office: Office, rows: list[Row], key: str, value: Any) -> bool:
    """Whether an answer says what would be so without it."""
    if key.startswith("name:"):
        return bool(value == f"formerly {key.removeprefix('name:')}")
    return value == office.ids.get(key) and any(row[1] == key and row in [*BASE, NAMESAKE] for row in rows)


def test_who_left_and_comes_back_under_another_name_and_number_is_asked_about(
    file_store: Store, tmp_path: Path
) -> None:
    head = (*HEAD, "Left on")
    for rows in ([(*ANN, "2025-01-31"), (*TOM, "")], [(*but(ANN, "Ann Kuhn", "E71"), ""), (*TOM, "")]):
        done = read_in(people, file_store, written(tmp_path / "people.csv", [head, *rows]))
    assert ([one.key for one in done.asked], done.applied) == (["name:Ann Kuhn"], False)


def test_two_answers_of_which_one_says_new_and_the_other_somebody_contradict(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, BASE)
    said = said_of({"Tom Walsh": "new"}) | {"E33": office.ids["E2"]}
    done = office.read([but(TOM, "Tom Walsh", "E33")], said=said)
    assert (done.applied, len(done.rejected)) == (False, 1)
    assert "Two answers about Tom Walsh (E33) contradict each other" in str(done.rejected[0].reason)


HERE: list[Row] = [ANN, TOM, PRIYA, FANG, NAMESAKE]
KINDS: dict[str, list[Row]] = {
    "unchanged": [PRIYA],
    "changed": [but(PRIYA, team="North")],
    "of another number": [but(PRIYA, code="E33")],
    "of another's number": [but(PRIYA, code="E1")],
    "called otherwise": [but(PRIYA, "Priya Kuhn")],
    "called otherwise, with another number": [but(PRIYA, "Priya Kuhn", "E33")],
    "new": [("Olga Petrov", "E8", "South", "2026-10-01")],
    "two of one name, unchanged": [TOM, NAMESAKE],
    "two of one name, one with another number": [but(TOM, code="E22"), NAMESAKE],
    "two of one name, both with other numbers": [but(TOM, code="E22"), but(NAMESAKE, code="E99")],
    "twice": [PRIYA, PRIYA],
    "without numbers": [but(PRIYA, code=" ")],
    "two of one name, without numbers": [but(TOM, code=" "), but(NAMESAKE, code=" ")],
    "a namesake without a number": [but(PRIYA, code=" "), but(PRIYA, code=" ", team="North", day="2026-10-01")],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("has_left", [False, True])
def test_every_answer_of_every_kind_of_row_is_obeyed_refused_or_told_to_change_nothing(
    file_store: Store, tmp_path: Path, kind: str, has_left: bool
) -> None:
    office = Office(file_store, tmp_path, HERE)
    if has_left:
        head, rows_left = (*HEAD, "Left on"), [(*row, "2026-09-30") for row in (PRIYA, TOM)]
        assert read_in(people, file_store, written(tmp_path / "left.csv", [head, *rows_left])).updated == 2
    rows = [*KINDS[kind], ANN]
    answers: list[dict[str, Any]] = [
        said_of({name: said})
        for name in sorted({row[0] for row in KINDS[kind]})
        for said in (
            "new",
            "takes",
            "out",
            "formerly Ann Berg",
            "formerly Priya Silva",
            "formerly Nobody",
            "Ann Berg",
            "Nobody",
        )
    ]
    of_rows = [row[1] for row in KINDS[kind] if row[1].strip()] + [f"row:{at}" for at in range(2, len(rows) + 1)]
    answers += [{key: said} for key in of_rows for said in (-1, "takes", "out", *office.ids.values(), "Nobody")]
    without = office.read(rows, dry_run=True)
    for said in answers:
        try:
            done = office.read(rows, dry_run=True, said=said)
        except UserError:
            continue
        ((key, value),) = said.items()
        assert told(done) != told(without) or is_so(office, done, rows, key, value), f"{said} was not heard"


def is_so(office: Office, done: Imported, rows: list[Row], key: str, value: Any) -> bool:
    """Whether an answer came true as it would have without it, says what stands in the row, or is of one that is refused."""
    if key.startswith("name:"):
        name, was = key.removeprefix("name:"), str(value).removeprefix("formerly ")
        changed = [(cell.before, cell.after) for cell in done.cells if cell.field == "name"]
        return name in (was, *done.people_added) or (was, name) in changed
    numbers = [at for at, row in enumerate(rows, 2) if key in (row[1], f"row:{at}")]
    row = rows[numbers[0] - 2]
    is_refused = {one.row for one in done.rejected}.issuperset(numbers)
    is_known = value == office.ids.get(row[1]) or any(row[0] == one[0] and value == office.ids[one[1]] for one in HERE)
    return is_known or is_refused or (value == -1 and row[0] in done.people_added)


def test_of_a_name_like_a_known_one_in_several_rows_only_the_slip_is_asked(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, [but(TOM, "Tom Raymond", " ")])
    rows = [("Tom Raymomd", " ", "North", "2025-02-01"), ("Tom Raymomd", " ", "South", "2026-02-01")]
    (asked,) = office.read(rows, dry_run=True).asked
    assert [value for _, value in asked.choices] == ["Tom Raymond", -1]
    done = office.read(rows, dry_run=True, said=said_of({"Tom Raymomd": "new"}))
    assert [one.key for one in done.asked] == ["row:3"]


NAMESAKES: list[Row] = [("Ann Berg", "", "North", "2024-01-10"), ("Ann Berg", "", "South", "2023-02-01")]
JOINS: Row = ("Ann Berg", "", "West", "2025-06-01")


@pytest.fixture
def two_anns(file_store: Store, tmp_path: Path) -> Office:
    """Two of one name without numbers, the first of whom is person 1."""
    office = Office(file_store, tmp_path, [NAMESAKES[0], TOM])
    assert office.read([*NAMESAKES, TOM], said={"row:3": -1}).new == 1
    return office


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([JOINS, NAMESAKES[1], TOM], {"row:2": -1}),
        ([NAMESAKES[1], JOINS, TOM], {"row:3": -1}),
        ([JOINS, TOM, but(NAMESAKES[1], team="East")], {"row:2": -1}),
        ([JOINS, TOM], {"row:2": -1}),
        ([but(NAMESAKES[0], "Ann Walsh"), JOINS, NAMESAKES[1], TOM], {"name:Ann Walsh": "formerly Ann Berg"}),
        (
            [but(NAMESAKES[0], "Ann Walsh"), but(JOINS, team="North"), NAMESAKES[1], TOM],
            {"name:Ann Walsh": "formerly Ann Berg"},
        ),
    ],
)
def test_a_namesake_in_a_list_without_numbers_overwrites_none_of_several_unasked(
    two_anns: Office, rows: list[Row], asked: dict[str, Any]
) -> None:
    office, before = two_anns, two_anns.everybody()
    assert office.read(rows, dry_run=True).updated == (rows[-1][2] == "East")
    office.read(rows, said=asked)
    said = asked | {one.key: -1 for one in office.read(rows, said=asked, dry_run=True).asked}
    assert office.read(rows, said=said).applied
    after = office.everybody()
    assert {one: row[3] for one, row in after.items() if one in before} == {one: row[3] for one, row in before.items()}
    assert [row[3] for one, row in after.items() if one not in before] == ["2025-06-01"]
    assert (office.read(rows).unchanged, office.read(rows, said=said).unchanged) == (len(rows), len(rows))


def test_first_numbers_of_two_of_one_name_are_theirs_whom_day_and_team_tell(two_anns: Office) -> None:
    numbered = [but(NAMESAKES[1], code="E8"), but(NAMESAKES[0], code="E7"), TOM]
    done = two_anns.read(numbered)
    assert (done.asked, done.updated, done.new) == ([], 2, 0)
    assert sorted(row[1:] for row in two_anns.everybody().values()) == [
        ("E2", "", "2024-02-01"),
        ("E7", "", "2024-01-10"),
        ("E8", "", "2023-02-01"),
    ]
    assert two_anns.read(numbered).unchanged == 3


def test_a_number_is_theirs_whom_day_and_team_tell_though_a_namesake_joins(file_store: Store, tmp_path: Path) -> None:
    rows = [but(FANG, code="A1"), ("王芳", "A9", "East", "2024-09-01")]
    office = Office(file_store, tmp_path, [but(FANG, code=" "), TOM])
    one = office.ids["王芳"]
    answers: list[dict[str, Any]] = [{}, {"A9": -1}, {"A1": one, "A9": -1}]
    for said in answers:
        done = office.read(rows, said=said, dry_run=True)
        assert (done.asked, done.rejected, done.updated, done.namesakes) == ([], [], 1, ["王芳"])
    assert office.read(rows).applied
    assert office.everybody()[one][1] == "A1"


def test_of_the_first_number_of_one_of_two_it_is_asked_whether_the_likeliest_has_it(two_anns: Office) -> None:
    ids = list(two_anns.everybody())
    rows = [("Ann Berg", "E8", "South", "2023-02-10"), ("Ann Berg", "E7", "North", "2024-01-20"), TOM]
    asked = two_anns.read(rows, dry_run=True).asked
    assert [str(one.about) for one in asked] == ["Ann Berg (E8: 2023-02-10, South)", "Ann Berg (E7: 2024-01-20, North)"]
    likeliest = [ids[2], ids[0]]
    assert [one.choices[0][1] for one in asked] == likeliest
    assert [f"=person:{who}" in str(one.answer) for one, who in zip(asked, likeliest, strict=True)] == [True, True]
    (other,) = two_anns.read(rows, dry_run=True, said={"E8": ids[2]}).asked
    assert f'"E7=person:{ids[0]}"' in str(other.answer), "the name alone would be refused: two are called so"
    assert two_anns.read(rows, said={"E8": ids[2], "E7": ids[0]}).updated == 2


@pytest.mark.parametrize("team", ["West", "East"])
def test_of_two_who_join_on_a_day_one_may_have_a_number_and_the_other_none(
    file_store: Store, tmp_path: Path, team: str
) -> None:
    office = Office(file_store, tmp_path, [ANN, TOM])
    rows = [ANN, TOM, ("Ann Berg", "E9", "East", "2025-03-02"), ("Ann Berg", "", team, "2025-03-02")]
    (asked,) = office.read(rows, dry_run=True).asked
    assert (asked.key, [value for _, value in asked.choices]) == ("row:5", [-1, "out"])
    assert office.read(rows, said={"row:5": -1}).new == 2
    for said in ({}, {"row:5": -1}, {"E9": -1, "row:5": -1}):
        assert office.read(rows, said=said).unchanged == 4
    joins = [*rows, JOINS]
    assert office.read(joins, said={"row:6": -1}).new == 1
    assert office.read(joins, said={"row:6": -1}).unchanged == 5


def test_the_one_with_a_number_being_here_the_other_of_the_day_is_somebody_else(
    file_store: Store, tmp_path: Path
) -> None:
    office = Office(file_store, tmp_path, [ANN, TOM])
    rows = [but(ANN, code=" "), TOM, ANN]
    (asked,) = office.read(rows, dry_run=True).asked
    assert asked.key == "row:2"
    assert office.read(rows, said={"row:2": -1}).new == 1
    assert office.read(rows).unchanged == 3


def test_the_team_tells_two_of_one_name_and_day_apart(file_store: Store, tmp_path: Path) -> None:
    north = but(ANN, code=" ")
    west, south = but(north, team="West"), but(north, team="South")
    office = Office(file_store, tmp_path, [north, TOM])
    (asked,) = office.read([south, north, TOM], dry_run=True).asked
    assert (asked.key, [value for _, value in asked.choices]) == ("row:2", [-1, "out"])
    both = office.read([south, west, TOM], dry_run=True).asked
    assert [[value for _, value in one.choices] for one in both] == [[office.ids["Ann Berg"], -1, "out"]] * 2
    assert office.read([south, west, TOM], dry_run=True, said={"row:2": -1}).new == 1
    assert office.read([south, north, TOM], said={"row:2": -1}).new == 1
    for rows in ([south, north, TOM], [north, south, TOM]):
        assert [office.read(rows).unchanged, office.read(rows, said={"row:2": -1}).unchanged] == [3, 3]
    done = office.read([west, south, TOM])
    assert (done.asked, done.updated, done.new) == ([], 1, 0), "who is left of the day moved"
    alone = office.read([north, TOM], said=said_of({"Ann Berg": "new"}), dry_run=True)
    assert alone.new == 0, "an answer of a name may be an earlier list's"


def test_two_of_one_name_and_day_in_a_first_list_are_told_by_their_teams(file_store: Store, tmp_path: Path) -> None:
    office = Office(file_store, tmp_path, [TOM])
    north = but(ANN, code=" ")
    rows = [north, but(north, team="South"), TOM]
    (asked,) = office.read(rows, dry_run=True).asked
    assert (asked.key, [value for _, value in asked.choices]) == ("row:3", [-1, "out"])
    assert office.read(rows, said={"row:3": -1}).new == 2
    assert office.read(rows).unchanged == 3


def test_nobody_is_counted_where_one_of_two_of_a_name_is_left(two_anns: Office) -> None:
    one, other = but(NAMESAKES[0], "Ann Walsh"), but(NAMESAKES[0], team="West")
    (asked,) = two_anns.read([one, other, TOM], said=said_of({"Ann Walsh": "formerly Ann Berg"}), dry_run=True).asked
    assert str(asked).startswith("Who is Ann Berg in row 3 (hired on: 2024-01-10, team: West)?")


@pytest.mark.parametrize("code", ["E5", ""])
@pytest.mark.parametrize("team", ["East", "North"])
def test_who_marries_into_the_name_of_somebody_of_the_same_day_can_be_said(
    file_store: Store, tmp_path: Path, code: str, team: str
) -> None:
    huber = ("Anna Huber", code, "North", "2025-01-31")
    koch = ("Anna Koch", "", team, "2025-01-31")
    office = Office(file_store, tmp_path, [huber, koch, TOM])
    married = [huber, ("Anna Huber", "", team, "2025-01-31"), TOM]
    said = {"row:2": office.ids[code or "Anna Huber"]} if not code and team == "North" else {}
    done = office.read(married, said={**said, "row:3": office.ids["Anna Koch"]})
    assert (done.asked, done.updated, done.new) == ([], 1, 0)
    assert [row[0] for row in office.everybody().values()] == ["Anna Huber", "Anna Huber", TOM[0]]
    assert office.read(married, said={**said, "row:3": office.ids["Anna Koch"]}).unchanged == 3
