"""What is understood of a file: from all of its rows, shown before anything is written, asked where it could be two things."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import people
from mentor_app.core.pipeline.queries import opportunities as read_opportunities
from mentor_app.core.pipeline.queries import opportunity_ids
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities, projects
from mentor_app.transfer import people as people_file
from mentor_app.transfer.reading import open_source
from mentor_app.transfer.understood import lines
from tests.conftest import ME, TODAY
from tests.transfer.files import written

HEAD = ["opportunity_id", "sales_agent", "deal_stage", "engage_date", "close_date", "close_value"]
WON = ["Won", "2024-01-01", "2024-02-01"]


def read(store: Store, path: Path, **given: Any) -> Any:
    made = opportunities.plan(store, path, **given)
    return made, opportunities.run(store, ME, made, today=TODAY).result


def owners_of(store: Store) -> set[str]:
    with store.read() as connection:
        return {one.name for one in people(connection)}


LATE = {
    "gb18030": ["王芳", "李小明"],
    "big5": ["李小明", "陳剛"],
    "euc_kr": ["김민수", "이영희"],
    "cp1252": ["José García", "Zoë Müller"],
    "utf-8": ["王芳", "Zoë"],
    "utf-8-sig": ["王芳", "Zoë"],
    "utf-16": ["王芳", "Zoë"],
    "cp932": ["さとう", "スズキ株式会社"],
}


@pytest.mark.parametrize("encoding", LATE)
def test_the_encoding_is_decided_from_all_of_the_file(file_store: Store, tmp_path: Path, encoding: str) -> None:
    rows = [[f"K{n:05d}", "Ann Lee", *WON, "5"] for n in range(9000)]  # far more than a head of the file
    rows += [[f"L{n}", name, *WON, "5"] for n, name in enumerate(LATE[encoding])]
    made, result = read(file_store, written(tmp_path / "x.csv", [HEAD, *rows], encoding))
    assert (made.source.encoding, result.new) == (encoding, 9002)
    assert owners_of(file_store) == {"Ann Lee", *LATE[encoding]}


def test_a_file_of_two_encodings_is_refused_with_the_rows(file_store: Store, tmp_path: Path) -> None:
    start, row = ",".join(HEAD) + "\n", ",Won,2024-01-01,2024-02-01,5\n"
    for one, other in (("utf-8", "gb18030"), ("gb18030", "big5"), ("utf-8", "cp1252")):
        first, second = ("王芳李小明", "陳剛說話應該") if other != "cp1252" else ("José", "André")
        (tmp_path / "x.csv").write_bytes(f"{start}A,{first}{row}".encode(one) + f"B,{second}{row}".encode(other))
        with pytest.raises(UserError, match=r"more than one encoding.*row [23]|could be written in gb18030.*big5"):
            read(file_store, tmp_path / "x.csv")


def test_an_encoding_that_could_be_two_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(",".join(HEAD).encode() + b"\nA," + "卢路".encode("gb18030") + b",Won,2024-01-01,2024-02-01,5\n")
    with pytest.raises(UserError, match=r"utf-8 .*gb18030 \(卢路\).*--encoding"):
        read(file_store, path)
    read(file_store, path, encoding="gb18030")
    assert owners_of(file_store) == {"卢路"}
    with pytest.raises(UserError, match="hex is not an encoding"):
        read(file_store, path, encoding="hex")


@pytest.mark.parametrize(
    ("last", "left_out"),
    [
        (["SUM-0251", "Sumit Kumar", *WON, "5"], []),
        (["A2", "Total Tools", *WON, "5"], []),
        (["Total", "", "", "", "", "10"], [4]),
        (["", "合计", "", "", "", "10"], [4]),
        (["", "Grand Totals (2 records)", "", "", "", "10"], [4]),
        (["Confidential - do not distribute", "", "", "", "", ""], [4]),
        (["", "", "", "", "", "10"], [4]),
        (["", " ", "", "", "", ""], []),
    ],
)
def test_a_row_that_is_no_record_is_left_out_and_said(
    file_store: Store, tmp_path: Path, last: list[str], left_out: list[int]
) -> None:
    real = [["A0", "Ann", *WON, "5"], ["A1", "Ann", *WON, "5"]]
    made, result = read(file_store, written(tmp_path / "x.csv", [HEAD, *real, last]))
    assert ([row for row, _ in made.left_out], result.rejected) == (left_out, [])
    assert result.new == (3 if last[1] in ("Sumit Kumar", "Total Tools") else 2)
    said = made.understood(translator("zh_CN"), result)
    assert [one["row"] for one in said["left_out"]] == left_out


def test_a_broken_row_in_the_middle_is_a_row_to_mend(file_store: Store, tmp_path: Path) -> None:
    rows = [["A0", "Ann", *WON, "5"], ["A1", "", "", "", "", ""], ["", "", "", "", "", ""], ["A2", "Ann", *WON, "5"]]
    made, result = read(file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    assert [(one.row, one.column) for one in result.rejected] == [(3, "sales_agent")]
    assert made.left_out == []


def test_people_and_projects_lose_no_last_row(file_store: Store, tmp_path: Path) -> None:
    path = written(
        tmp_path / "p.csv", [["name", "hire date"], ["Ann", "2024-01-01"], ["Sumit Kumar", ""], ["Total: 2", ""]]
    )
    made = people_file.plan(file_store, path)
    assert people_file.run(file_store, ME, made, today=TODAY).result.new == 2
    assert [row for row, _ in made.left_out] == [4]
    path = written(tmp_path / "q.csv", [["项目名称", "立项日期"], ["总计项目", "2024-01-01"], ["合计", ""]])
    plan = projects.plan(file_store, path)
    assert projects.run(file_store, ME, plan, today=TODAY).result.new == 1


def test_stages_are_asked_about_all_at_once(file_store: Store, tmp_path: Path) -> None:
    rows = [
        [f"A{n}", "Ann", stage, *WON[1:], "5"] for n, stage in enumerate(["Won't buy", "预计成交", "赢单", "预计成交"])
    ]
    path = written(tmp_path / "x.csv", [HEAD, *rows])
    with pytest.raises(UserError, match="Won't buy, 预计成交"):
        read(file_store, path)
    made, result = read(file_store, path, stages={"Won't buy": "lost", "预计成交": "open"})
    assert made.stage_counts() == [("预计成交", "open", 2), ("Won't buy", "lost", 1), ("赢单", "won", 1)]
    said = made.understood(translator("en"), result)
    assert said["totals"] == {"open": 2, "won": 1, "lost": 1, "void": 0}
    assert said["closed"] == {"first": "2024-02-01", "last": "2024-02-01"}
    assert read(file_store, path)[1].unchanged == 4  # remembered


def test_a_status_decides_and_may_not_contradict_the_stage(file_store: Store, tmp_path: Path) -> None:
    head = ["id", "owner", "stage", "status", "opened", "close date"]
    rows = [
        ["1", "Ann", "Anything", "Won", "2024-01-01", "2024-02-01"],
        ["2", "Ann", "Closed Lost", "Won", "2024-01-01", "2024-02-01"],
        ["3", "Ann", "Whatever", "", "2024-01-01", ""],
    ]
    _, result = read(file_store, written(tmp_path / "x.csv", [head, *rows]))
    assert [(one.row, one.column, str(one.reason)) for one in result.rejected] == [
        (3, "stage", "The stage and the status say different things."),
        (4, "status", "No stage is given."),
    ]


def test_currencies_are_kept_apart(store: Store, tmp_path: Path) -> None:
    rows = [[f"A{n}", "王芳", *WON, amount] for n, amount in enumerate(["$1,054.00", "€5", "￥7.50", "9", "USD 1"])]
    made, result = read(store, written(tmp_path / "x.csv", [HEAD, *rows]))
    with store.read() as connection:
        held = connection.execute(
            select(opportunity.c.currency, opportunity.c.amount_cents).order_by(opportunity.c.key)
        )
        assert list(map(tuple, held)) == [("USD", 105400), ("EUR", 500), ("CNY", 750), (None, 900), ("USD", 100)]
        found = read_opportunities(connection, opportunity_ids(connection))
    assert {one.currency for one in found.values()} == {"USD", "EUR", "CNY", None}
    said = made.understood(translator("en"), result)
    assert said["currencies"] == ["CNY", "EUR", "USD"]
    assert {one["currency"]: one["won"] for one in said["amounts"]} == {None: 9, "CNY": 7.5, "EUR": 5, "USD": 1055}
    assert read(store, tmp_path / "x.csv")[1].unchanged == 5


def test_a_column_of_currencies_goes_with_the_amounts(file_store: Store, tmp_path: Path) -> None:
    head = [*HEAD, "币种"]
    rows = [
        ["A", "Ann", *WON, "5", "USD"],
        ["B", "Ann", *WON, "€5", "USD"],
        ["C", "Ann", *WON, "5", "Taler"],
        ["D", "Ann", *WON, "", "USD"],
    ]
    made, result = read(file_store, written(tmp_path / "x.csv", [head, *rows]))
    assert [(one.row, one.column) for one in result.rejected] == [(3, "币种"), (4, "币种")]
    assert made.understood(translator("en"), result)["currencies"] == ["USD"]


def test_rows_that_look_alike_are_deals_of_their_own(file_store: Store, tmp_path: Path) -> None:
    head = ["Topic", "Potential Customer", "Status", "Owner", "Created On", "Actual Close Date", "Ref"]
    rows = [["Deal", "Acme", "Won", "Ann", "2024-01-01", "2024-02-01", f"R-{n}"] for n in range(3)]
    path = written(tmp_path / "x.csv", [head, *rows])
    made, result = read(file_store, path)
    assert (result.new, result.rejected, made.proposed) == (3, [], "Ref")
    assert read(file_store, path)[1].unchanged == 3
    again = written(
        tmp_path / "y.csv", [head, *rows, ["Deal", "Acme", "Lost", "Ann", "2024-01-01", "2024-02-01", "R-9"]]
    )
    assert (read(file_store, again)[1].new, read(file_store, again)[1].unchanged) == (1, 4)
    made, _ = read(file_store, again, columns={"key": ["Ref"]}, renamed="same")
    assert (made.mapping.columns["id"], made.proposed) == (["Ref"], None)


def test_two_people_of_one_name_are_asked_about_once(file_store: Store, tmp_path: Path) -> None:
    ids = [file_store.act(ME, add_person, PersonDetails(name="王芳", code=code)).result for code in ("E1", "E2")]
    path = written(tmp_path / "x.csv", [HEAD, ["A", "王芳", *WON, "5"]])
    made = opportunities.plan(file_store, path)
    assert opportunities.shared_owners(file_store, made) == {"王芳": ids}
    with pytest.raises(UserError, match="2 people are called 王芳"):
        opportunities.run(file_store, ME, made, today=TODAY)
    opportunities.run(file_store, ME, made, today=TODAY, owners={"王芳": ids[1]})
    with file_store.read() as connection:
        (found,) = read_opportunities(connection, opportunity_ids(connection)).values()
        assert [one.crm_names for one in people(connection)] == [(), ("王芳",)]
    assert found.person == "王芳"
    assert read(file_store, path)[1].unchanged == 1


def test_texts_in_odd_shapes_are_read_or_refused(file_store: Store, tmp_path: Path) -> None:
    start = ",".join(HEAD) + "\n"
    row = "{id},{owner},Won,2024-01-01,2024-02-01,5\n"
    path = tmp_path / "x.csv"
    path.write_text("Pipeline\u2028of the year,,,,,\n" + start + row.format(id="A", owner="Ann") * 1, encoding="utf-8")
    made, result = read(file_store, path)
    assert (made.source.header_row, result.new) == (2, 1)
    path.write_text(start + row.format(id="B", owner='"Ann') + row.format(id="C", owner="Bo"), encoding="utf-8")
    with pytest.raises(UserError, match="quotation mark is not closed"):
        read(file_store, path)
    path.write_text(start + row.format(id="B", owner='"Ann') + row.format(id="C", owner='"Bo"'), encoding="utf-8")
    with pytest.raises(UserError, match="quotation mark"):
        read(file_store, path)
    path.write_text(start + row.format(id="D", owner="Ann").replace("5\n", f"{'x' * 200_000}\n"), encoding="utf-8")
    assert [one.column for one in read(file_store, path)[1].rejected] == ["close_value"]
    path.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n1\n", encoding="utf-8")
    with pytest.raises(UserError, match="columns; no table has more than"):
        read(file_store, path)
    path.write_text(start + row.format(id="E", owner="A\0nn") * 3000, encoding="utf-8")
    with pytest.raises(UserError, match="binary data"):
        read(file_store, path)


def _book(path: Path, *rows: list[Any]) -> Any:
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)  # type: ignore[union-attr]
    return book


def test_what_a_workbook_hides_is_mentioned(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = _book(
        path, ["A", "Ann", *WON, 1054.125], ["B", "Ann", *WON, 7], ["C", "Ann", *WON, "=1/0"], ["D", "Ann", *WON, 5]
    )
    sheet = book.active
    sheet["F5"].value, sheet["F5"].data_type = "#DIV/0!", "e"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.merge_cells("A8:B9")
    sheet["XFD1048576"].fill = PatternFill("solid", fgColor="FF0000")
    book.create_sheet("More").append(["x"])
    book.save(path)
    made, result = read(file_store, path)
    assert [(one.row, one.column, one.value) for one in result.rejected] == [
        (4, "close_value", "=1/0"),
        (5, "close_value", "#DIV/0!"),
    ]
    notes = " ".join(map(str, made.source.notes))
    for words in ("there are also: More", "1 row is hidden", "1 column is hidden", "1 group of cells is merged"):
        assert words in notes
    assert (result.new, result.read) == (2, 4)


def test_days_of_a_workbook_from_1904_are_right(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = _book(path, ["A", "Ann", "Won", dt.date(2024, 1, 1), 43893, 5])
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    read(file_store, path)
    with file_store.read() as connection:
        (found,) = read_opportunities(connection, opportunity_ids(connection)).values()
    assert (found.opened_on, found.closed_on) == (dt.date(2024, 1, 1), dt.date(2024, 3, 4))


def test_a_hostile_workbook_is_a_sentence(tmp_path: Path) -> None:
    import zipfile

    path, lying = tmp_path / "x.xlsx", tmp_path / "lying.xlsx"
    book = _book(path)
    book.active["XFD1048576"] = 1
    book.save(path)
    with pytest.raises(UserError, match="as far outside as cell XFD1048576"):
        open_source(path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(lying, "w") as archive:
        for item in whole.infolist():
            archive.writestr(item.filename, whole.read(item).replace(b'ref="A1:XFD1048576"', b'ref="A1:B2"'))
    with pytest.raises(UserError, match="damaged, or needs more memory"):
        open_source(lying)


def test_a_workbook_is_read_by_a_process_without_window_or_store(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    _book(path, ["A", "Ann", *WON, 5]).save(path)
    script = (
        "import sys\nfrom mentor_app.transfer import workbook_child\n"
        "list(workbook_child._read(sys.argv[1], None))\n"
        "print(sorted(name for name in ('PySide6', 'sqlalchemy', 'mentor_app.core.store') if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_everything_understood_reads_in_both_languages(file_store: Store, tmp_path: Path) -> None:
    rows = [
        ["A", "Ann", *WON, "$1,054.00"],
        ["B", "Bo", "Lost", "2024-01-01", "2024-03-01", "$7.00"],
        ["Total", "", "", "", "", "9"],
    ]
    made, result = read(file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    for language, words in (("en", ("Decimal mark", "point", "year first")), ("zh_CN", ("小数点", "点", "年在前"))):
        tr = translator(language)
        shown = lines(made.understood(tr, result), tr)
        text = "\n".join(": ".join(line) for line in shown)
        assert all(word in text for word in words), text
        assert "USD" in text
        assert "2024-02-01 – 2024-03-01" in text


def test_what_an_earlier_file_settled_says_nothing_of_the_next(file_store: Store, tmp_path: Path) -> None:
    """Only what somebody said is remembered, and it is said that it was."""

    def rows(*dates_and_amounts: tuple[str, str]) -> Path:
        deals = [["K" + day, "Ann", "Won", day, day, amount] for day, amount in dates_and_amounts]
        return written(tmp_path / f"{dates_and_amounts[0][1]}.csv", [HEAD, *deals])

    read(file_store, rows(("01/14/2026", "2.05"), ("02/03/2026", "1.5")))  # month first, and a point: it shows
    doubtful = rows(("01/04/2026", "2.054"), ("02/03/2026", "7"))
    with pytest.raises(UserError, match="day first or month first"):
        read(file_store, doubtful)
    plan = opportunities.plan(file_store, doubtful, order="dmy")
    assert plan.questions() or plan.understood(translator("en"))["questions"]  # the amount, too
    read(file_store, doubtful, order="dmy", decimal=",", renamed="same")
    read(file_store, rows(("01/15/2026", "2.05"), ("02/03/2026", "1.5")), renamed="same")  # shows the other again
    told = opportunities.plan(file_store, doubtful).understood(translator("en"))
    assert (told["date_order"], told["decimal"], told["questions"]) == ("dmy", ",", [])
    assert [note for note in told["notes"] if "As was said for an earlier file" in note and "day first" in note]
    assert [note for note in told["notes"] if "As was said for an earlier file" in note and "comma" in note]


def test_a_unit_once_said_holds_for_the_same_file_again(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [HEAD, ["K1", "Ann", *WON, "12"]])
    read(file_store, path, unit="1000")
    made, again = read(file_store, path)
    assert (again.unchanged, again.updated) == (1, 0)
    assert any("with these columns: 1000" in note for note in made.understood(translator("en"))["notes"])
    assert read(file_store, path, unit="1")[1].updated == 1


@pytest.mark.parametrize("nothing", ["N/A", "-", "#REF!", "???", "Unassigned", "未分配"])
def test_what_stands_for_nothing_is_no_identity_and_nobody(file_store: Store, tmp_path: Path, nothing: str) -> None:
    rows = [["K1", nothing, *WON, "5"], [nothing, "Ann", *WON, "6"], ["K3", "Ann", *WON, "7"]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    result = opportunities.run(file_store, ME, made, today=TODAY, only_good_rows=True).result
    is_lost = nothing in ("#REF!", "???")  # an owner may have stood there
    assert [one.row for one in result.rejected] == ([2, 3] if is_lost else [3])
    assert str(result.rejected[-1].reason) == "The row has no identity: nothing stands in opportunity_id."
    both = [
        ["Account", "Created On", *HEAD[1:3], "Amount"],
        ["", "", "Ann", "Open", "5"],
        ["A", "2024-01-01", "Ann", "Open", "5"],
    ]
    (bare,) = read(file_store, written(tmp_path / "two.csv", both))[1].rejected
    assert str(bare.reason) == (
        "Empty, but they tell deals apart: Account, Created On. Fill them in, or choose more columns as the identity: "
        'Account + Created On + sales_agent (--map "id=Account" --map "id=Created On" --map "id=sales_agent").'
    )
    plan = opportunities.plan(
        file_store, tmp_path / "two.csv", columns={"id": ["Account", "Created On", "sales_agent"]}
    )
    assert (plan.rows, opportunities.run(file_store, ME, plan, today=TODAY).result.new) == (2, 2)
    assert result.people_added == ["Ann"]
    assert opportunities.nobody_owners(file_store, made) == ({} if is_lost else {nothing: 1})
    assert list(made.owner_names.values()) == ["Ann"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("Won (100%)", "won"), ("Won (90%)", None), ("Won 10%", None), ("Lost (0%)", "lost"), ("Lost (50%)", None)],
)
def test_an_end_that_is_not_sure_is_asked_about(
    file_store: Store, tmp_path: Path, name: str, status: str | None
) -> None:
    made = opportunities.plan(
        file_store, written(tmp_path / "x.csv", [HEAD, ["K1", "Ann", name, "2024-01-01", "2024-02-01", "5"]])
    )
    assert made.stages() == {name: status}


@pytest.mark.parametrize("pair", [("owner", "Opportunity Owner"), ("close_value", "Expected Revenue")])
def test_two_names_for_the_same_are_asked_about(file_store: Store, tmp_path: Path, pair: tuple[str, str]) -> None:
    head = ["opportunity_id", "owner", "deal_stage", "engage_date", "close_date", "close_value", pair[1]]
    path = written(tmp_path / "x.csv", [head, ["K1", "Ann", *WON, "5", "7" if "R" in pair[1] else "Bo"]])
    with pytest.raises(UserError, match="several columns could be") as asked:
        read(file_store, path)
    assert all(name in str(asked.value) for name in pair)
    field = "owner" if pair[0] == "owner" else "amount"
    assert read(file_store, path, columns={field: [pair[0]]})[1].new == 1
