"""Columns that are taken, or asked about, for what they are called where no better one is there."""

from pathlib import Path

import pytest

from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY
from tests.transfer.files import read_in, written

GERMAN = (
    "Thema",
    "Potenzieller Kunde",
    "Vorauss. Abschlussdatum",
    "Gesch. Umsatz",
    "Status",
    "Verkäufer",
    "Erstellt am",
)


@pytest.mark.parametrize(
    ("head", "row", "fields"),
    [
        (
            GERMAN,
            ("Pumpen", "Acme", "2024-05-01", "5", "Gewonnen", "Ann", "2024-01-01"),
            {"expected_on": GERMAN[2], "amount": GERMAN[3], "owner": GERMAN[5]},
        ),
        (
            ("業務員", "客戶名稱", "项目名称", "商機階段", "金額", "結案日期"),
            ("王芳", "华兴", "许可", "報價中", "5", ""),
            {"name": "项目名称", "closed_on": "結案日期"},
        ),
        (
            ("Lead Owner", "Client", "Projekt", "Result", "Created", "Closed", "Expected"),
            ("Ann", "Acme", "Pumps", "won", "2024-01-01", "2024-05-01", "2024-04-01"),
            {
                "owner": "Lead Owner",
                "name": "Projekt",
                "status": "Result",
                "closed_on": "Closed",
                "expected_on": "Expected",
            },
        ),
        (
            ("Bezeichnung", "Kunde", "Bearbeiter", "Stand", "Abschluss am"),
            ("Pumpen", "Acme", "Ann", "Gewonnen", "2024-05-01"),
            {"name": "Bezeichnung", "owner": "Bearbeiter", "status": "Stand", "closed_on": "Abschluss am"},
        ),
        (
            ("商机编号", "商机名称", "Seller", "Outcome", "签约日期"),
            ("1", "Pumps", "Ann", "Won", "2024-05-01"),
            {"name": "商机名称", "owner": "Seller", "status": "Outcome", "closed_on": "签约日期"},
        ),
        (
            ("ID", "Thema", "Bezeichnung", "Berater", "Besitzer", "Phase", "Stand"),
            ("1", "Pumpen", "?", "?", "Ann", "Angebot", "2024-05-01"),
            {"name": "Thema", "owner": "Besitzer", "stage": "Phase"},
        ),
        (("Owner", "Lead Owner", "Stage", "Result", "ID"), ("Ann", "Bo", "open", "?", "1"), {"owner": "Owner"}),
        (
            ("Owner", "Buyer", "Matter", "Status", "Closed", "Created"),
            ("Ann", "Acme", "Pumps", "won", "2024-05-01", "2024-01-01"),
            {"account": "Buyer", "name": "Matter"},
        ),
        (
            ("Besitzer", "Kundenname", "Käufer", "Gegenstand", "Titel", "Phase", "Erstellt"),
            ("Ann", "Acme", "Acme", "Pumpen", "", "Angebot", "2024-01-01"),
            {"account": "Kundenname", "name": None, "opened_on": "Erstellt"},
        ),
        (
            ("机会", "客户简称", "负责人", "阶段", "金额", "结束日期", "创建"),
            ("水泵", "华兴", "王芳", "赢单", "5", "2024-05-01", "2024-01-01"),
            {"name": "机会", "account": "客户简称", "opened_on": "创建"},
        ),
    ],
)
def test_headers_that_stand_for_a_field(
    file_store: Store, tmp_path: Path, head: tuple[str, ...], row: tuple[str, ...], fields: dict[str, str | None]
) -> None:
    file = written(tmp_path / "a.csv", [head, row])
    plan = opportunities.plan(file_store, file)
    held = {name: plan.mapping.columns.get(name, [None])[0] for name in fields}
    assert held == fields
    assert ("status" in plan.mapping.columns) == ("status" in fields or "Status" in head)
    assert read_in(opportunities, file_store, file).new == 1


@pytest.mark.parametrize(
    ("head", "cells", "asked"),
    [
        (("Owner", "Kunde", "Angelegenheit"), ("Acme", "Pumps {n}"), {"name": ["Angelegenheit"]}),
        (("Owner", "Deal name", "Bought by"), ("Pumps", "Firm {n}"), {"account": ["Bought by"]}),
        (("Owner", "Kunde", "Angelegenheit", "ID"), ("Acme", "Pumps {n}", "A{n}"), {}),
        (("Owner", "Kunde", "Way"), ("Acme", "by phone"), {}),
        (("Owner", "Deal name", "Contact"), ("Pumps", "Ann {n}"), {}),
        (("Owner", "Deal name", "Reference"), ("Pumps", "OP-{n}"), {}),
    ],
)
def test_a_column_of_texts_that_may_be_the_name_or_the_customer_is_asked_about(
    file_store: Store, tmp_path: Path, head: tuple[str, ...], cells: tuple[str, ...], asked: dict[str, list[str]]
) -> None:
    rows = [("Ann", *(one.format(n=n) for one in cells), "open", f"2024-05-0{n}", f"2024-01-0{n}") for n in range(1, 6)]
    file = written(tmp_path / "a.csv", [(*head, "Stage", "Close Date", "Created"), *rows])
    plan = opportunities.plan(file_store, file)
    assert plan.perhaps() == asked
    for name, columns in asked.items():
        assert any(f"{name}=" in str(one) for one in plan.questions())
        none = opportunities.plan(file_store, file, columns={name: []})
        assert none.questions() == []
        chosen = opportunities.plan(file_store, file, columns={name: columns})
        assert chosen.questions() == []
        assert set(chosen.mapping.columns["id"]) == {head[1], head[2], "Created"}


@pytest.mark.parametrize(
    ("header", "stage", "asked"),
    [
        ("签约/预计日期", "won", True),
        ("Closed / expected", "lost", True),
        ("Day of it", "won", True),
        ("Closed / expected", "open", False),
    ],
)
def test_a_column_of_days_that_may_be_the_closing_date_is_asked_about(
    file_store: Store, tmp_path: Path, header: str, stage: str, asked: bool
) -> None:
    rows = [("ID", "Owner", "Stage", header, "Note"), ("1", "Ann", stage, "2024-05-01", "2 days")]
    plan = opportunities.plan(file_store, written(tmp_path / "a.csv", rows))
    assert plan.perhaps() == ({"closed_on": [header]} if asked else {})
    assert any("closed_on=" in str(one) for one in plan.questions()) == asked
    none = opportunities.plan(file_store, plan.source.path, columns={"closed_on": []})
    assert none.questions() == []
    chosen = opportunities.plan(file_store, plan.source.path, columns={"closed_on": [header]})
    assert chosen.questions() == []


@pytest.mark.parametrize(
    ("stages", "perhaps"), [({}, ["Day of closing"]), ({"*": "won"}, ["Day of closing"]), ({"*": "open"}, [])]
)
def test_the_closing_date_is_asked_about_together_with_the_stage(
    file_store: Store, tmp_path: Path, stages: dict[str, str], perhaps: list[str]
) -> None:
    file = written(tmp_path / "a.csv", [("ID", "Who", "Day of closing"), ("1", "Ann", "2024-05-01")])
    plan = opportunities.plan(file_store, file, stages=stages)
    assert plan.missing == (["owner"] if stages else ["owner", "stage"])
    assert plan.perhaps().get("closed_on", []) == perhaps


@pytest.mark.parametrize("header", ["Closed", "Abgeschlossen", "结单"])
@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("n/a", False),
        ("-", False),
        ("k. A.", False),
        ("#NV", False),
        ("offen", False),
        ("未定", False),
        ("tbd", True),
        ("2026-02-30", True),
    ],
)
def test_a_cell_that_is_no_day_does_not_take_the_closing_date_from_the_others(
    file_store: Store, tmp_path: Path, header: str, cell: str, wrong: bool
) -> None:
    rows = [(str(n), "Ann", "won", f"2024-05-0{n}", "2024-01-02") for n in range(1, 6)]
    rows.append(("6", "Ann", "open", cell, "2024-01-02"))
    file = written(tmp_path / "a.csv", [("ID", "Owner", "Stage", header, "Created"), *rows])
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY, dry_run=True).result
    assert done.new == (5 if wrong else 6)
    assert [(one.row, one.column, one.value) for one in done.rejected] == ([(7, header, cell)] if wrong else [])


def test_a_pivot_beside_the_deals_means_nothing_of_them(file_store: Store, tmp_path: Path) -> None:
    head = ("Owner", "Deal", "Stage", "Amount", "Close Date", "", "Owner", "Sum of Amount", "Id")
    deals = [("Ann", f"Deal {n}", "won", 10, f"2024-01-0{n}") for n in range(1, 9)]
    pivot = [("", "Ann", 70, "a"), ("", "Bo", 10, "b"), ("", "Grand Total", 80, "c"), *[("", "", "", "")] * 5]
    rows = [(*deal, *beside) for deal, beside in zip(deals, pivot, strict=True)]
    plan = opportunities.plan(file_store, written(tmp_path / "a.xlsx", [head, *rows]))
    assert plan.questions() == []
    assert {plan.mapping.columns[name][0] for name in ("owner", "amount", "id")} == {"Owner", "Amount", "Deal"}
    assert (plan.rows, plan.left_out, plan.unsure, plan.proposed) == (8, [], [], None)
    full = [(*deal, "", "Ann", 7, f"x{n}") for n, deal in enumerate(deals)]
    beyond = opportunities.plan(file_store, written(tmp_path / "b.xlsx", [head, *full]))
    assert beyond.several["owner"] == ["Owner", "Owner (2)"]


@pytest.mark.parametrize(
    "head",
    [
        ("Bearbeiter", "Kunde", "Vorhaben", "Stand", "Betrag (EUR)", "Abgeschlossen", "Angelegt"),
        ("Owner", "Account", "Deal name", "Status", "Amount (EUR)", "Close Date", "Created"),
        ("负责人", "客户", "标题", "结果", "金额（元）", "成交日期", "建档"),
    ],
)
def test_of_columns_that_stand_there_twice_it_is_asked_which_one_is_meant(
    file_store: Store, tmp_path: Path, head: tuple[str, ...]
) -> None:
    rows = [("Ann", f"Acme {n}", f"Deal {n}", "won", 10, f"2026-02-0{n}", "2026-01-05") for n in range(1, 9)]
    plan = opportunities.plan(file_store, written(tmp_path / "a.xlsx", [(*row, *row) for row in (head, *rows)]))
    fields = {"owner", "account", "name", "status", "amount", "opened_on"}
    assert (plan.several.keys() >= fields, plan.missing) == (True, [])
    said = {name: plan.several[name][:1] for name in plan.several}
    again = opportunities.plan(file_store, plan.source.path, columns=said)
    assert (again.questions(), again.rows) == ([], 8)
    assert again.mapping.columns["id"] == [head[2], head[1], head[6]]


def test_a_small_table_beside_takes_no_column_from_deals_with_short_headers(file_store: Store, tmp_path: Path) -> None:
    """What it is headed by is better known than what they are called."""
    head = ("Bearbeiter", "Kunde", "Vorhaben", "Stand", "Betrag (EUR)", "Abgeschlossen", "Angelegt")
    deals = [("Ann", f"Kunde {n}", f"Deal {n}", "Gewonnen", 10, f"2026-02-0{n}", "2026-01-05") for n in range(1, 9)]
    for n, top in enumerate(
        (("Name", "Summe"), ("Status", "Anzahl"), ("Besitzer", "Umsatz"), ("Bezeichnung", "Summe"))
    ):
        rows = [
            (*head, "", *top),
            *((*deal, "", *(("Deal 9", 90) if at < 3 else ("", ""))) for at, deal in enumerate(deals)),
        ]
        plan = opportunities.plan(file_store, written(tmp_path / f"{n}.xlsx", rows))
        assert plan.questions() == []
        held = {name: found[0] for name, found in plan.mapping.columns.items() if name in ("name", "owner", "status")}
        assert held == {"name": "Vorhaben", "owner": "Bearbeiter", "status": "Stand"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("first", "gap"), [(0, 1), (2, 1), (2, 2), (0, 0), (2, 0)], ids=["header", "below", "wide gap", "tight", "tight below"]
)  # fmt: skip
def test_a_titled_table_beside_that_is_wider_than_its_title_takes_no_deal_away(
    file_store: Store, tmp_path: Path, ending: str, first: int, gap: int
) -> None:
    head = ("Owner", "Deal", "Stage", "Amount", "Close Date")
    rows = [head, *(("Ann", f"Deal {n}", "won", n, f"2024-01-0{n}") for n in range(1, 9))]
    top = [("Top 2",), ("Deal", "Owner", "Amount"), ("Deal 8", "Ann", 8), ("Deal 7", "Ann", 7)]
    beside = [("",) * 3] * first + [(*one, "", "", "")[:3] for one in top] + [("",) * 3] * 9
    table = [(*row, *[""] * gap, *part) for row, part in zip(rows, beside, strict=False)]
    file = written(tmp_path / f"a.{ending}", table)
    plan = opportunities.plan(file_store, file)
    assert plan.questions() == []
    done = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
    if gap:
        assert (done.new, done.rejected) == (8, [])
        assert any("beside the table" in one for one in plan.understood(translator("en"))["notes"])
    else:
        assert [(one.row, one.value) for one in done.rejected][-1:] == [(first + 4, "Deal 7" if first else "Ann")]
        assert ("empty column before it" in str(done.rejected[0].reason)) == (ending == "xlsx")


def test_a_row_that_a_separator_too_many_made_longer_is_no_table_beside(file_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = [f"Ann,Deal {n},won,{n},2024-01-0{n},2024-01-01" for n in range(1, 9)]
    file.write_text(
        "\n".join(["Owner,Deal,Stage,Amount,Close Date,Created", *rows, "Lee, Ann, Jr,Deal 9,open,9,,2024-01-01"])
    )
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, file), today=TODAY, dry_run=True).result
    assert [one.row for one in done.rejected] == [10]
