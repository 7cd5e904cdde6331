"""One answer for all rows that may hold nobody answers what is asked without it, and nothing else."""

import random
from pathlib import Path

import pytest

from mentor_app.core.imports import Imported
from mentor_app.core.store import Store
from mentor_app.transfer import people
from mentor_app.transfer.misspelt import ALL, said_of
from tests.transfer.files import Row, read_in, written

HEAD = ("Name", "Employee ID", "Hire date", "Team")
GIVEN = ("Anna", "Pritpal", "Mbali", "Tom", "Chidi", "Grant")
FAMILY = ("Gill", "Dube", "Berg", "Okafor", "Dhaliwal", "Khumalo", "Sarpong-Hale", "Adomako")
POSTS = ("Freie Stelle", "REQ-2031", "Seat 5 / reserved", "Cover for Tom Gill", "Desk", "Julia Reserve", "East", "TBC")


def _called(dice: random.Random, taken: set[str]) -> str:
    """Somebody's name, or what keeps the place of one, that no row has yet."""
    while True:
        pair = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
        words = dice.choice((pair, pair, dice.choice(FAMILY), f"{dice.choice(POSTS)} {dice.randrange(9)}"))
        if words not in taken:
            taken.add(words)
            return words


def _list(dice: random.Random, before: list[Row]) -> list[Row]:
    """A list in which those of one ``before`` may be called otherwise, have left, and others come."""
    taken, rows = {one[0] for one in before}, list[Row]()
    for name, code, day, team in before:
        given, number = name.split()[0], dice.choice((code, code, code, f"M{dice.randrange(99)}"))
        names = (name, name, f"{given} {dice.choice(FAMILY)}", _called(dice, taken))
        begun = dice.choice((day, day, "2026-02-02", ""))
        rows += [(dice.choice(names), number, begun, team)] * (dice.random() < 0.9)
    for n in range(dice.randrange(5)):
        held = {"code": dice.choice(("", f"N{n}")), "day": dice.choice(("", "2026-03-02"))}
        rows.append((_called(dice, taken), held["code"], held["day"], dice.choice(("East", "West", ""))))
    dice.shuffle(rows)
    return list({row[0]: row for row in rows}.values())


def _at_once(done: Imported) -> set[str]:
    return {str(one.about) for one in done.asked if one.at_once}


def _left_out(done: Imported) -> set[str]:
    said = [str(words) for _, words in done.remarks]
    return {words.removeprefix("Left out, as was said: ") for words in said if words.startswith("Left out, as was")}


@pytest.mark.parametrize("seed", range(4))
def test_one_answer_answers_what_is_asked_without_it(file_store: Store, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)

    def read(rows: list[Row], answer: str | None = None, dry_run: bool = True) -> Imported:
        path = written(tmp_path / "list.csv", [HEAD, *rows])
        said = {} if answer is None else said_of({ALL: answer})
        return read_in(people, file_store, path, dry_run=dry_run, said=said)

    def remembered() -> set[str]:
        return set(people.plan(file_store, tmp_path / "list.csv").before.names)

    here: list[Row] = [(f"{one} {FAMILY[n]}", f"E{n}", f"202{n}-01-05", "East") for n, one in enumerate(GIVEN)]
    assert read([*here, ("Open seat", "", "", "West")], "out", dry_run=False).applied
    asked_of = 0
    for _ in range(25):
        rows = _list(dice, here)
        plain, out, new = read(rows), read(rows, "out"), read(rows, "new")
        asked = _at_once(plain)
        asked_of += len(asked)
        assert _left_out(out) == _left_out(plain) | asked, rows
        assert {one.key for one in out.asked} == {one.key for one in plain.asked if not one.at_once}, rows
        counts = [(one.new, one.updated, one.unchanged) for one in (plain, out)]
        assert counts[0] == counts[1], rows
        assert (_left_out(new), _at_once(new)) == (_left_out(plain), set()), rows
        known = remembered()
        if read(rows, "out", dry_run=False).applied:
            assert len(remembered() - known) <= len(asked), rows
            break
    assert asked_of


def test_how_many_rows_are_asked_about_is_one_number_and_the_others_are_named(
    file_store: Store, tmp_path: Path
) -> None:
    before = [HEAD, ("Anna Berg", "E1", "2026-01-05", "East"), ("Tom Ray", "E2", "2026-01-05", "East")]
    assert read_in(people, file_store, written(tmp_path / "list.csv", before)).applied
    posts = [("Desk", "", "", "East"), ("Desk", "", "", "West"), ("REQ-2031", "", "", "West")]
    rows = [*before[:2], *posts, ("Ida Kern", "E2", "2026-03-01", "East")]
    asked = read_in(people, file_store, written(tmp_path / "list.csv", rows))
    assert str(asked.outcome[-1]) == "4 rows have to be answered"
    assert [str(one) for one in asked.unanswered[-2:]] == [
        '--name "*=out" leaves out all 3 of which it is asked whether they belong to the list, --name "*=new" takes them all.',
        "What else is asked, as whose an employee number is, is answered of each row by itself.",
    ]


@pytest.mark.parametrize("head", [("Last name", "First name"), ("First name", "Last name")])
def test_a_name_in_two_columns_is_asked_about_as_it_stands_in_the_file(
    file_store: Store, tmp_path: Path, head: tuple[str, str]
) -> None:
    def row(family: str, given: str, *more: str) -> Row:
        return [*((family, given) if head[0] == "Last name" else (given, family)), *more]

    def posted(code: str) -> Path:
        rows = [row("Berg", "Anna", "East", "E1"), row("Stelle 310", "genehmigt", "East", code)]
        return written(tmp_path / "list.csv", [(*head, "Team", "Employee ID"), *rows])

    path = posted("")
    words = "Stelle 310 genehmigt" if head[0] == "Last name" else "genehmigt Stelle 310"
    (asked,) = read_in(people, file_store, path).asked
    assert (asked.about, str(asked.answer)) == (words, f'Say --name "{words}=new" or --name "{words}=out".')
    for said in ({asked.key: "out"}, said_of({words: "out"})):
        done = read_in(people, file_store, path, dry_run=True, said=said)
        assert [str(why) for _, why in done.remarks] == [f"Left out, as was said: {words}"]
    assert read_in(people, file_store, path, said=said).applied
    again = read_in(people, file_store, path)
    assert str(again.remarks[0][1]).endswith(f'{words} (--name "{words}=new" changes that)')
    held = [(*head, "Team", "Employee ID"), row("Ray", "Tom", "East", "E2")]
    assert read_in(people, file_store, written(tmp_path / "list.csv", held)).applied
    path = posted("E2")
    (asked,) = read_in(people, file_store, path).asked
    assert (asked.about, f'--name "{words}=takes"' in str(asked.answer)) == (f"{words} (E2)", True)
    for answer in ("out", "takes", "formerly Tom Ray"):
        assert read_in(people, file_store, path, dry_run=True, said=said_of({words: answer})).asked == []


def test_what_is_left_out_again_says_only_what_can_be_said_otherwise(file_store: Store, tmp_path: Path) -> None:
    before = [HEAD, ("Anna Berg", "E1", "2026-01-05", "East"), ("Tom Ray", "E2", "2026-01-05", "East")]
    path = written(tmp_path / "list.csv", [*before, ("Seat Ann Berg: NN", "", "", "East")])
    assert read_in(people, file_store, path, said=said_of({ALL: "out"})).applied
    path = written(tmp_path / "list.csv", [*before[:2], ("Seat of Tom: NN", "E2", "", "East")])
    assert read_in(people, file_store, path, said=said_of({"Seat of Tom: NN": "out"})).applied
    (told,) = read_in(people, file_store, path).remarks
    assert str(told[1]).endswith('(--name "Seat of Tom: NN=…" with another answer changes that)')
