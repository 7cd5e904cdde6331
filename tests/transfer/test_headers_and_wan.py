"""What stands beside a header's name, the order of dates it states, and amounts in 万 beside others in 元."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.history.words import column_words
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.core.text import LANGUAGES, translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.recognise import ACTIVITIES, OPPORTUNITIES, recognise
from tests.conftest import ME, TODAY
from tests.transfer.files import read_in, written

HEAD = ["商机编号", "负责人", "阶段", "创建时间", "商机金额"]


@pytest.mark.parametrize(
    "header", ["Opportunity Owner ↑", "▲ Opportunity Owner", "*Opportunity Owner", "Opportunity Owner *"]
)
def test_marks_of_sorting_and_of_what_is_required_are_no_part_of_a_name(header: str) -> None:
    found = recognise(OPPORTUNITIES, ["Opportunity ID", header, "Stage", "Amount ↓", "Close Date ⬇"])
    assert found.columns["owner"] == [header]
    assert (found.columns["amount"], found.columns["closed_on"]) == (["Amount ↓"], ["Close Date ⬇"])


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            "Verkaufschancen-ID|Thema|Besitzer|Potenzieller Kunde|Erstellt am|Tatsächliches Abschlussdatum|Statusgrund|Tatsächlicher Umsatz",
            "id name owner account opened_on closed_on status amount",
        ),
        (
            "Thema|Besitzer|Status|Tatsächl. Umsatz|Tatsächl. Abschlussdatum|Voraussichtl. Abschlussdatum|Eröffnet am",
            "name owner status amount closed_on expected_on opened_on",
        ),
        (
            "Opportunity-Name|Opportunity-Inhaber|Phase|Betrag Währung|Betrag|Schlusstermin|Erstelldatum",
            "name owner stage currency amount closed_on opened_on",
        ),
        ("销售机会名称|销售机会所有人|销售阶段|销售金额（元）|结单日期", "name owner stage amount closed_on"),
        (
            "Nom de l'opportunité|Propriétaire de l'opportunité|Nom du compte|Étape|Date de création|Date de clôture|Montant",
            "name owner account stage opened_on closed_on amount",
        ),
        (
            "Nombre de la oportunidad|Propietario de la oportunidad|Nombre de la cuenta|Etapa|Fecha de creación|Fecha de cierre|Importe",
            "name owner account stage opened_on closed_on amount",
        ),
        (
            "商談名|商談所有者|取引先名|フェーズ|作成日|完了予定日|金額",
            "name owner account stage opened_on closed_on amount",
        ),
    ],
)
def test_the_headings_of_other_languages_are_known(headers: str, fields: str) -> None:
    found = recognise(OPPORTUNITIES, headers.split("|"))
    expected = dict(zip(fields.split(), headers.split("|"), strict=True))
    assert {name: columns[0] for name, columns in found.columns.items() if name in expected} == expected
    assert found.several == {}


def test_the_currency_of_a_value_is_no_amount() -> None:
    found = recognise(OPPORTUNITIES, ["Deal - ID", "Deal - Owner", "Deal - Value", "Deal - Currency of Value"])
    assert found.several == {}
    assert (found.columns["amount"], found.columns["currency"]) == (["Deal - Value"], ["Deal - Currency of Value"])


def test_wan_is_in_the_currency_that_others_name(file_store: Store, tmp_path: Path) -> None:
    rows = [
        [f"K{n}", "王芳", "open", "2024-01-01", words] for n, words in enumerate(["1.2万", "8000元", "$500", "700"])
    ]
    read_in(opportunities, file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    with file_store.read() as connection:
        found = connection.execute(
            select(opportunity.c.amount_cents, opportunity.c.currency).order_by(opportunity.c.key)
        ).all()
    assert [tuple(one) for one in found] == [(1200000, "CNY"), (800000, "CNY"), (50000, "USD"), (70000, None)]


def test_wan_beside_two_such_currencies_is_a_row_to_mend(file_store: Store, tmp_path: Path) -> None:
    rows = [[f"K{n}", "王芳", "open", "2024-01-01", words] for n, words in enumerate(["1.2万", "8000元", "500港币"])]
    found = read_in(opportunities, file_store, written(tmp_path / "x.csv", [HEAD, *rows]))
    assert [(one.row, one.value) for one in found.rejected] == [(2, "1.2万")]


def _deals(store: Store) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(select(opportunity).order_by(opportunity.c.key)).all())


def _sums(store: Store) -> list[tuple[str | None, int]]:
    with store.read() as connection:
        found = connection.execute(select(opportunity.c.currency, opportunity.c.amount_cents)).all()
    return sorted(((one, cents) for one, cents in found), key=lambda one: (one[0] or "", one[1]))


@pytest.mark.parametrize(
    ("units", "sums"),
    [
        (["元", "万元", "万"], [("CNY", 20000), ("CNY", 200000000), ("CNY", 200000000)]),
        (["RMB", "CNY 万", "k"], [("CNY", 20000), ("CNY", 20000000), ("CNY", 200000000)]),
        (["千", "万", "亿"], [(None, 20000000), (None, 200000000), (None, 2000000000000)]),
    ],
)
def test_one_currency_makes_one_sum_however_its_units_are_written(
    file_store: Store, tmp_path: Path, units: list[str], sums: list[tuple[str | None, int]]
) -> None:
    rows = [[f"K{n}", "王芳", "open", "2024-01-01", "200", unit] for n, unit in enumerate(units)]
    found = read_in(opportunities, file_store, written(tmp_path / "x.csv", [[*HEAD, "单位"], *rows]))
    assert found.rejected == []
    assert _sums(file_store) == sums


@pytest.mark.parametrize("others", [["元", "港币"], ["USD", "USD k"]])
def test_a_unit_that_may_be_in_several_currencies_is_a_row_to_mend(
    file_store: Store, tmp_path: Path, others: list[str]
) -> None:
    rows = [[f"K{n}", "王芳", "open", "2024-01-01", "200", unit] for n, unit in enumerate([*others, "万"])]
    found = read_in(opportunities, file_store, written(tmp_path / "x.csv", [[*HEAD, "单位"], *rows]))
    assert [(one.row, one.column, one.value) for one in found.rejected] == [(4, "单位", "万")]


def test_the_header_says_in_which_currency_a_unit_is(file_store: Store, tmp_path: Path) -> None:
    rows = [[f"K{n}", "王芳", "open", "2024-01-01", "2", unit] for n, unit in enumerate(["万", "万元"])]
    head = [*HEAD[:-1], "商机金额(万元)", "单位"]
    read_in(opportunities, file_store, written(tmp_path / "x.csv", [head, *rows]))
    assert _sums(file_store) == [("CNY", 2000000), ("CNY", 2000000)]


@pytest.mark.parametrize(
    ("opened", "closed", "written_as", "order"),
    [
        ("创建日期(日/月/年)", "成交日期", "03/04/2024", "dmy"),
        ("Created Date", "Close Date (MM/DD/YYYY)", "03/04/2024", "mdy"),
        ("Created Date", "close date mm/dd", "03/04/2024", "mdy"),
        ("Created Date", "Close Date (DD.MM.YY)", "10.01.24", "dmy"),
        ("Created Date", "Close Date (yy-mm-dd)", "10-01-24", "ymd"),
        ("Created Date", "Close Date", "03/04/2024", None),
        ("Created Date", "Close Date (DM)", "03/04/2024", None),
    ],
)
def test_an_order_stated_in_a_header_decides(
    file_store: Store, tmp_path: Path, opened: str, closed: str, written_as: str, order: str | None
) -> None:
    rows = [["id", "owner", "stage", opened, closed], ["K1", "Ann", "Won", written_as, written_as]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", rows))
    assert made.mapping.columns["closed_on"] == [closed]
    assert (made.mapping.date_order, bool(made.questions())) == (order, order is None)


@pytest.mark.parametrize("given", [None, "dmy", "mdy"])
def test_each_header_decides_the_order_of_its_own_dates(file_store: Store, tmp_path: Path, given: str | None) -> None:
    head = ["id", "owner", "stage", "Created (MM/DD/YYYY)", "Closed (DD/MM/YYYY)"]
    rows = [head, ["K1", "Ann", "Won", "01/02/2024", "04/03/2024"], ["K2", "Ann", "Won", "02/25/2024", "25/04/2024"]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", rows), order=given)
    assert made.questions() == []
    notes = made.understood(translator("en"))["notes"]
    assert (
        "The dates in Closed (DD/MM/YYYY) are read as its header says: day first, 25/04/2024 = 25 April 2024." in notes
    )
    opportunities.run(file_store, ME, made, today=TODAY)
    days = [(str(one.opened_on), str(one.closed_on)) for one in _deals(file_store)]
    assert days == [("2024-01-02", "2024-03-04"), ("2024-02-25", "2024-04-25")]


def test_an_answer_holds_for_the_columns_that_state_no_order(file_store: Store, tmp_path: Path) -> None:
    head = ["id", "owner", "stage", "Created (MM/DD/YYYY)", "Closed (DD/MM/YYYY)", "Expected close date"]
    rows = [head, ["K1", "Ann", "Won", "01/02/2024", "04/03/2024", "05/06/2024"]]
    path = written(tmp_path / "x.csv", rows)
    asked = opportunities.plan(file_store, path).questions()
    assert len(asked) == 1
    assert "05/06/2024 = 5 June 2024" in str(asked[0])
    opportunities.run(file_store, ME, opportunities.plan(file_store, path, order="mdy"), today=TODAY)
    only = _deals(file_store)[0]
    days = [str(day) for day in (only.opened_on, only.closed_on, only.expected_on)]
    assert days == ["2024-01-02", "2024-03-04", "2024-05-06"]


def test_dates_that_contradict_their_header_are_asked_about(file_store: Store, tmp_path: Path) -> None:
    rows = [["id", "owner", "stage", "Close Date (DD/MM/YYYY)"], ["K1", "Ann", "Won", "04/15/2024"]]
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", rows))
    assert "says day first, but dates like 04/15/2024" in str(made.questions()[0])
    assert made.dates.orders == ("mdy",)
    made = opportunities.plan(file_store, written(tmp_path / "x.csv", rows), order="mdy")
    assert made.questions() == []


def test_a_date_of_three_readings_is_shown_in_each(file_store: Store, tmp_path: Path) -> None:
    rows = [["id", "owner", "stage", "Close Date"], ["K1", "Ann", "Won", "10.01.24"]]
    asked = str(opportunities.plan(file_store, written(tmp_path / "x.csv", rows)).questions()[0])
    assert "day, month or year first" in asked
    assert all(f"10.01.24 = {day}" in asked for day in ("10 January 2024", "1 October 2024", "24 January 2010"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_deal_is_called_is_read_back_from_what_is_kept_about_somebody(language: str) -> None:
    tr = translator(language)
    headings = {key: tr(column_words("opportunity", key) or "") for key in ("name", "account", "product", "stage")}
    found = recognise(OPPORTUNITIES, ["Record", *headings.values()])
    assert {key: found.columns.get(key) for key in headings} == {key: [one] for key, one in headings.items()}
    assert recognise(ACTIVITIES, [tr("About")]).columns["title"] == [tr("About")]
