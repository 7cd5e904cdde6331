"""How a text file is decoded and cut into columns: by what matters to what is read of it."""

from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.queries import opportunities as read_opportunities
from mentor_app.core.pipeline.queries import opportunity_ids
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities, people
from tests.conftest import ME, TODAY
from tests.transfer.files import complaints, read_in, written

HEAD = "opportunity id,owner,stage,close date,amount,remark\n"
WON = "1,Ann,Won,2024-02-01,5,fine\n"


@pytest.mark.parametrize(
    ("table", "is_asked"),
    [
        (f"As of today · 1\n{HEAD}{WON}", False),
        (HEAD + WON.replace("fine", "fine · good"), False),
        (HEAD.replace("remark", "remark · more") + WON, False),
        (HEAD + WON.replace("Ann", "An·n"), True),
        (f"Amounts in k€\n{HEAD}{WON}", True),
    ],
)
def test_the_encoding_is_asked_only_where_what_is_read_differs(
    file_store: Store, tmp_path: Path, table: str, is_asked: bool
) -> None:
    path = tmp_path / "crm.csv"
    path.write_bytes(table.encode("cp1252"))
    assert bool(opportunities.plan(file_store, path).source.encodings) is is_asked


RAGGED = HEAD.replace(",", ";") + "".join(
    f"{n};Ann;Won;2024-02-01;{n}.054,{n}5{end}\n" for n, end in enumerate((";a", ";b;too long", "", ";d", ";e, f"), 1)
)


def test_known_headers_decide_the_separator_before_the_widths_of_rows(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text(f"Deals, won and lost\n{RAGGED}", encoding="utf-8")
    made = opportunities.plan(file_store, path)
    assert (made.source.delimiter, made.source.header_row) == (";", 2)
    result = opportunities.run(file_store, ME, made, today=TODAY, dry_run=True).result
    assert (result.new, [problem.row for problem in result.rejected]) == (4, [4])


@pytest.mark.parametrize(("mark", "words"), [(",", "comma"), ("\t", "tab"), ("|", "vertical bar")])
def test_a_separator_that_cuts_nothing_is_refused(file_store: Store, tmp_path: Path, mark: str, words: str) -> None:
    path = tmp_path / "crm.csv"
    path.write_text(RAGGED, encoding="utf-8")
    with pytest.raises(UserError, match=rf"not cut into columns by this separator: {words}\. .*--separator"):
        opportunities.plan(file_store, path, delimiter=mark)


def test_a_separator_can_be_given(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Ref|Who;How\nA|Ann;Won\n", encoding="utf-8")
    assert opportunities.plan(file_store, path, delimiter=";").source.headers == ["Ref|Who", "How"]
    assert opportunities.plan(file_store, path, delimiter="|").source.headers == ["Ref", "Who;How"]
    path.write_text("Name\nAnn\n", encoding="utf-8")
    assert opportunities.plan(file_store, path, delimiter="\t").source.headers == ["Name"]


FULL = "".join(f"{n},Ann,Won,2024-02-01,{n},{'' if n % 3 else 'fine'}\n" for n in range(10, 30))


@pytest.mark.parametrize(
    ("rows", "wrong", "noted"),
    [
        (FULL + "2,Ann,Won,2024-02-01\n3,Bo,Won,2024-02-01,5,\n", [(22, "amount")], 0),
        (FULL + "2,Ann,Won\n", [(22, "close date")], 0),
        (FULL + "2,Ann,Won,2024-02-01\n3,Bo,Won\n", [(22, "amount"), (23, "close date")], 0),
        (FULL + "2,Ann,Won,2024-02-01,7\n", [], 0),  # nothing that is read
        (FULL + "\nTotal,41\n,,\nlast row\n", [], 0),
        (FULL + "".join(f"{n},Ann,Won,2024-02-01\n" for n in range(3)), [], 3),
    ],
)
def test_what_a_row_alone_lacks_is_not_read_as_empty(
    file_store: Store, tmp_path: Path, rows: str, wrong: list[tuple[int, str]], noted: int
) -> None:
    path = tmp_path / "crm.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    made = opportunities.plan(file_store, path)
    result = opportunities.run(file_store, ME, made, today=TODAY, dry_run=True).result
    assert [(problem.row, problem.column) for problem in result.rejected] == wrong
    assert all("of 6 cells" in str(problem.reason) for problem in result.rejected)
    notes = [note for note in made.understood(translator("en"))["notes"] if "fewer cells" in note]
    assert [note[:6] for note in notes] == ([f"{noted} rows"] if noted else [])


def test_a_person_in_a_row_that_was_cut_is_not_taken(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Code,Team\nAnn Lee,E1,East\nBo Li,E2\nCy Wu,E3,East\n", encoding="utf-8")
    assert complaints(read_in(people, file_store, path)) == [(3, "Team", "")]


LINK = '=HYPERLINK("https://crm.example/7","Rack ""C""")'
FORMULAS = {
    LINK: 'Rack "C"',
    '=hyperlink("https://crm.example/7")': "https://crm.example/7",
    '=HYPERLINK("https://crm.example/7";12)': "12",
    '="0012"': "0012",
    "=1+1": "=1+1",
    "=> next": "=> next",
    "=D8 Solutions": "=D8 Solutions",
}
"""Texts of cells, and what they mean."""
CALCULATED = ("=SUM(A1:A9)", "=A1+B2", "=VLOOKUP(A1;'My deals'!A:B;2;0)", "=$B$2*1.5", '=HYPERLINK("x",A1)')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_links_mean_their_texts_and_other_formulas_are_to_be_mended(
    file_store: Store, tmp_path: Path, encoding: str
) -> None:
    cells = [*FORMULAS, *CALCULATED]
    rows = [[f"K{n}", "Ann", "Won", "2024-02-01", "5", cell] for n, cell in enumerate(cells)]
    head = [*HEAD.strip().split(",")[:-1], "opportunity name"]
    made = opportunities.plan(file_store, written(tmp_path / "crm.csv", [head, *rows], encoding))
    result = opportunities.run(file_store, ME, made, today=TODAY, only_good_rows=True).result
    assert [(one.column, one.value) for one in result.rejected] == [("opportunity name", one) for one in CALCULATED]
    assert {str(one.reason)[:31] for one in result.rejected} == {"This formula was never calculat"}
    with file_store.read() as connection:
        found = read_opportunities(connection, opportunity_ids(connection))
    assert [one.name for one in sorted(found.values(), key=lambda one: one.key)] == list(FORMULAS.values())


def test_what_a_row_without_a_cell_in_the_middle_says_is_not_asked_about(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text(
        HEAD.replace(",remark", "") + FULL.replace(",fine", "").replace(",\n", "\n") + "2,Ann,2024-02-01,7\n"
    )
    result = opportunities.run(file_store, ME, opportunities.plan(file_store, path), today=TODAY, dry_run=True).result
    assert [(one.row, "has only 4 of 5 cells" in str(one.reason)) for one in result.rejected] == [(22, True)]
