"""How CRMs write dates, amounts, names of files."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.transfer.amounts import Amount, AmountColumn, describe, parse_amount
from mentor_app.transfer.amounts import look_at as look_at_amounts
from mentor_app.transfer.dates import DateColumns, parse_date, reading
from mentor_app.transfer.dates import look_at as look_at_dates
from mentor_app.transfer.files import neutral, safe_name
from mentor_app.transfer.stages import stage_status
from mentor_app.transfer.values import Bad, Number


def cents(column: AmountColumn, written: str) -> object:
    found = parse_amount(column)(written)
    return found.cents if isinstance(found, Amount) else found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,054.00", 105400),
        ("￥1,054", 105400),
        ("1.2万", 1200000),
        ("3.5亿", 35_000_000_000),
        ("2k", 200000),
        ("１０５４", 105400),
        ("(1,054.0)", -105400),
        ("1,054.5-", -105450),
        ("\u22123", -300),
        ("$1,054.5", 105450),
        ("1054 元", 105400),
        ("1.2 万元", 1200000),
        ("EUR 12", 1200),
        ("1 054,00", 105400),
        ("1'054.00", 105400),
        ("1.054.000", 105400000),
        ("12,34,567.5", 123456750),
        ("1,05", 105),
        ("1,2万", 1200000),
        ("0.125", 12),
        ("1054.125", 105412),
        (".5", 50),
        ("", None),
        ("-", None),
        ("0", 0),
        ("-3", -300),
    ],
)
def test_an_amount_alone_in_its_column(written: str, expected: int | None) -> None:
    column = look_at_amounts([written])
    assert column.is_clear
    assert cents(column, written) == expected


@pytest.mark.parametrize("written", ["1.054", "1,054", "12.300", "€1,054", "1,054 €", "$1.054", "-1,054", "1,054k"])
def test_one_group_of_three_alone_could_be_either(written: str) -> None:
    column = look_at_amounts([written])
    assert column.examples == (written,)
    assert isinstance(parse_amount(column)(written), Bad)
    assert cents(look_at_amounts([written], chosen="."), written) != cents(
        look_at_amounts([written], chosen=","), written
    )


@pytest.mark.parametrize(
    "written",
    [
        "1,05,4",
        "1,0544,000",
        "1000¹",
        "10²",
        "①②",
        "1000①",
        "1.05.4",
        "10 54",
        "1,054.00.1",
        "12,345,67",
        "a lot",
        "1.2万3",
        "--5",
        "(5",
        "10%",
        "1e5",
        "=1+1",
        "0,054,000",
    ],
)
def test_what_is_no_amount_is_none(written: str) -> None:
    assert isinstance(parse_amount(look_at_amounts([written]))(written), Bad)


def test_the_whole_column_decides_the_decimal_mark() -> None:
    assert look_at_amounts(["1.054,00", "3"]).decimal == ","
    assert look_at_amounts(["1,054.00", "1,054"]).decimal == "."
    assert look_at_amounts(["1,054", "2,300,000"]).decimal == "."
    assert look_at_amounts(["3", "5"]).decimal is None
    assert look_at_amounts(["1,054"], header="金额").decimal == "."
    assert cents(look_at_amounts(["1.054,50"]), "1.054,50") == 105450
    assert set(look_at_amounts(["1.054,00", "1,054.00"]).examples) == {"1.054,00", "1,054.00"}
    mixed = look_at_amounts(["1.054,50", "USD 1,500"])
    assert mixed.examples == ("USD 1,500", "1.054,50")
    assert cents(look_at_amounts(["1.054,50", "USD 1,500"], chosen=","), "USD 1,500") == 150
    assert isinstance(parse_amount(look_at_amounts(["1.054,00"]))("1,054.00"), Bad)


@pytest.mark.parametrize("sure", ["0.750", "1054.125", "1,234.567", "12 500.125"])
def test_three_decimals_that_can_be_nothing_else_settle_the_column(sure: str) -> None:
    for header in ("Amount", "商机金额"):
        column = look_at_amounts(["1.054", "2.300", sure, "12.500"], header)
        assert (column.decimal, column.is_clear) == (".", True)
        assert [cents(column, one) for one in ("1.054", "2.300", "12.500")] == [105, 230, 1250]
        other = str.maketrans(".,", ",.")
        column = look_at_amounts(["1,054", sure.translate(other), "12,500"])
        assert cents(column, "12,500") == 1250


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["12.50", "2.300"], "2.300"),
        (["12,50", "2,300"], "2,300"),
        (["0.5", "2.300"], "2.300"),
        (["1,500", "1.500"], "1.500"),
        (["1.054", "12.500"], "1.054"),
    ],
)
def test_three_decimals_or_thousands_are_asked_about_and_the_answer_holds(cells: list[str], doubtful: str) -> None:
    column = look_at_amounts(cells)
    assert doubtful in column.examples
    assert doubtful in str(describe(column))
    assert isinstance(cents(column, doubtful), Bad)
    for mark in ".,":
        said = look_at_amounts(cells, chosen=mark)
        assert said.is_clear
        for cell in cells:
            point_only, comma_only = cell in ("12.50", "0.5"), cell == "12,50"
            if (point_only and mark == ",") or (comma_only and mark == "."):
                assert "does not fit" in str(cents(said, cell).reason)  # type: ignore[attr-defined]
            else:
                plain = cell.replace("." if mark == "," else ",", "").replace(mark, ".")
                assert cents(said, cell) == int(Decimal(plain) * 100)


def test_numbers_of_a_workbook_have_no_mark() -> None:
    column = look_at_amounts([Number(1054.125), "1.054,00"])
    assert (cents(column, Number(1054.125)), cents(column, "1.054,00")) == (105412, 105400)
    assert Number(1054.5) != "1054.5"
    assert {Number(7): 1}.get("7") is None
    assert (str(Number(7)), Number(7) == Number(7.0)) == ("7", True)


@pytest.mark.parametrize(
    ("header", "written", "expected", "currency"),
    [
        ("金额(万元)", "1.2", 1_200_000, "CNY"),
        ("金额（亿元）", "3.5", 35_000_000_000, "CNY"),
        ("Amount (USD)", "5", 500, "USD"),
        ("revenue (M$)", "5", 500_000_000, "USD"),
        ("Amount in thousands", "5", 500_000, None),
        ("Amount (k EUR)", "5", 500_000, "EUR"),
        ("商机金额/万元", "2", 2_000_000, "CNY"),
        ("Amount", "US$5", 500, "USD"),
        ("Amount", "5 港元", 500, "HKD"),
        ("Amount", "5", 500, None),
    ],
)
def test_units_and_currencies_of_headers_and_cells(
    header: str, written: str, expected: int, currency: str | None
) -> None:
    assert parse_amount(look_at_amounts([written], header))(written) == Amount(expected, currency)


def test_units_and_currencies_that_contradict_each_other_are_no_amounts() -> None:
    for header, *column in (
        ("金额(万元)", "1.2万"),
        ("Amount (USD)", "€5"),
        ("Amount", "¥5", "JPY 7"),
        ("Amount", "$5", "HK$ 7"),
        ("Amount", "$5 EUR"),
        ("Amount", "5 XYZ"),
    ):
        assert isinstance(parse_amount(look_at_amounts(column, header))(column[0]), Bad), column
    assert parse_amount(look_at_amounts(["$5", "USD 7"]))("$5") == Amount(500, "USD")


@given(
    st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", ".")])
)
def test_every_way_to_group_means_that_amount(amount: Decimal, marks: tuple[str, str]) -> None:
    group, point = marks
    written = f"{amount:,.2f}".replace(",", "G").replace(".", point).replace("G", group)
    assert cents(look_at_amounts([written]), written) == int(amount * 100)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)))
def test_every_way_to_write_a_date_means_that_date(date: dt.date) -> None:
    ways = {
        "ymd": (
            "%Y-%m-%d",
            "%Y/%m/%d",
            "%Y年%m月%d日",
            "%Y-%m-%d 10:15",
            "%Y%m%d",
            "%d-%b-%Y",
            "%b %d, %Y",
            *(["%d-%b-%y"] if 1970 <= date.year < 2050 else []),
        ),
        "dmy": ("%d.%m.%Y", "%d/%m/%Y"),
        "mdy": ("%m/%d/%Y",),
    }
    for order, formats in ways.items():
        for form in formats:
            assert parse_date(order)(date.strftime(form)) == date.isoformat(), form


def test_all_dates_together_show_their_order() -> None:
    def order(*written: str) -> str | None:
        return look_at_dates(written).order

    assert order("03/04/2024", "25/04/2024") == "dmy"
    assert order("03/04/2024", "04/25/2024") == "mdy"
    assert order("03/04/2024") is None
    assert order("2024-04-03", "") == "ymd"
    assert order("2024-04-03", "03/04/2017") is None  # years first elsewhere tell nothing of days and months
    assert order("04/04/2024") == "dmy"
    assert order("17/03/04") is None
    assert order("31/12/99") == "dmy"
    assert look_at_dates(["25/04/2024", "04/25/2024"]).examples == ("04/25/2024", "25/04/2024")
    assert isinstance(parse_date("dmy")("04/25/2024"), Bad)
    assert isinstance(parse_date("ymd")("03/04/2024"), Bad)


@pytest.mark.parametrize(
    "written",
    [
        "soon", "03-MARMALADE-2017", "2017-03-04 to 2017-05-01", "2017-03-04 - 2017-05-01", "0001-01-01", "9999-12-31",
        "1899-12-31", "2101-01-01", "2024-02-30", "2024", "31012024", "2024/1", "12月31日", "113/12/31", "1704067200", "25/13/2024",
        "2024-03-04 25:00", "2024-03-04 10:61", "2024-03-04 10:15:75", "2024-03-04T12:00:00+99:00", "2024-03-04 24:00", "4 March 2024 13:05 AM",
        "Tuesday, 4 March 2024", "2024-03-04 周二", "29.2.2023", "115/03/04", "令和元年3月4日", "平成32年1月1日", "R6.3.4",
        "1-Jan-60", "2024-01-01 25 o'clock", "2024-01-01, 2024-02-01", "Q1 2024", "99999",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(written: str) -> None:
    for order in ("ymd", "dmy", "mdy", None):
        assert isinstance(parse_date(order)(written), Bad), written


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-04T10:15:00.000Z", "2024-03-04 10:15:00 +0800", "2024/3/4 上午10:15", "2024年3月4日 10时15分", "2024-03-04 周一",
        "4 March 2024", "4th Mar, 2024", "Mon, 04 Mar 2024 10:15:00 GMT", "March 4, 2024 10:15 AM", "20240304", "45355", "45355.4", "4. März 2024",
        "令和6年3月4日", "民國113年3月4日", "中华民国113年3月4日 星期一", "2024-03-04T23:59:60+05:30", "2024-03-04 13:05 PM",
    ],
)  # fmt: skip
def test_a_time_of_day_may_stand_behind_a_date(written: str) -> None:
    assert parse_date("ymd")(written) == "2024-03-04"


def test_years_of_two_digits_among_years_of_four_are_not_read() -> None:
    column = look_at_dates(["2024-03-01", "17/03/04"])
    assert column == DateColumns(order="ymd", long_years=True, possible=column.possible, example=column.example)
    assert isinstance(parse_date(column.order, long_years=column.long_years)("17/03/04"), Bad)


@pytest.mark.parametrize(
    ("written", "orders"),
    [
        (["01/02/2026"], {"dmy": "1 February 2026", "mdy": "2 January 2026"}),
        (["01/02/26"], {"dmy": "1 February 2026", "mdy": "2 January 2026", "ymd": "26 February 2001"}),
        (["01/02/2026", "25/02/2026"], {"dmy": "25 February 2026"}),
        (["25/04/2024", "04/25/2024"], {"dmy": "25 April 2024", "mdy": "25 April 2024"}),
        (["2026-02-01"], {"ymd": None}),
        ([], {"ymd": None}),
    ],
)
def test_only_orders_that_fit_are_offered_with_a_date_as_it_is_read(
    written: list[str], orders: dict[str, str | None]
) -> None:
    column = look_at_dates(written)
    assert set(column.orders) == set(orders)
    for order, words in orders.items():
        example = reading(column, order)
        assert (str(example).split(" = ")[1] if example else None) == words
    assert reading(look_at_dates(["01/02/2026"]), "ymd") is None


def test_a_workbooks_days_are_counted_from_1900_or_1904() -> None:
    assert parse_date("ymd")(Number(45355)) == "2024-03-04"
    assert parse_date("ymd", counts_from_1904=True)(Number(45355 - 1462)) == "2024-03-04"
    assert isinstance(parse_date("ymd")(Number(2024)), Bad)
    assert [parse_date("ymd")(written) for written in ("00059", "00061")] == ["1900-02-28", "1900-03-01"]
    leap_day = parse_date("ymd")("00060")
    assert isinstance(leap_day, Bad)
    assert str(leap_day.reason).startswith("There was no 29 February 1900")
    assert parse_date("ymd", counts_from_1904=True)("00060") == "1904-03-01"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *(
            (name, WON)
            for name in (
                "Closed Won",
                "closed_won",
                "ClosedWon",
                "Closed Win",
                "Win",
                "赢",
                "赢单",
                "贏單",
                "成交",
                "6. Closed Won",
                "Closed/Won",
                "赢单(100%)",
                "Deal Won",
                "商机赢单",
                "Gewonnen",
                "Closed won (Sales Pipeline)",
            )
        ),
        *((name, LOST) for name in ("Closed - Lost", "输单", "未成交", "Verloren", "輸單", "closed_lost")),
        *((name, VOID) for name in ("无效", "Disqualified", "Deleted", "已取消", "無效")),
        *(
            (name, OPEN)
            for name in (
                "Negotiation",
                "Negotiation/Review",
                "方案报价",
                "Prospecting",
                "Engaging",
                "需求确认",
                "談判",
                "Proposal/Price Quote",
                "Contract sent (Sales Pipeline)",
            )
        ),
        *(
            (name, None)
            for name in (
                "Won't buy",
                "Almost won",
                "Not won",
                "Won?",
                "未赢单",
                "预计成交",
                "即将成交",
                "Closed",
                "已关闭",
                "签约",
                "Stage 3",
                "Likely win",
                "Won (not in pipeline)",
                "Won (lost renewal)",
                "winter deal",
                "possibly lost",
                "差点赢单",
                "",
            )
        ),
    ],
)
def test_stage_names(name: str, status: int | None) -> None:
    assert stage_status(name) == status


@given(st.text())
def test_file_names_are_safe_everywhere(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe.encode("utf-8", "surrogatepass")) <= 151
    assert not set('<>:"/\\|?*\0\n') & set(safe)
    assert safe.split(".")[0].casefold() not in {"con", "nul", "com1"}
    assert safe[-1] not in " ."


def test_formulas_are_neutralised() -> None:
    assert [neutral(v) for v in ("=1+1", "+x", "-x", "@x", "a=b", -3)] == ["'=1+1", "'+x", "'-x", "'@x", "a=b", -3]
    signed = ["+5", "-3", "-0.5", "+12%", "-1,054.00"]  # numbers with their sign run nothing
    assert [neutral(v) for v in signed] == signed
    assert [neutral(v) for v in ("+5+1", "-3;", "+", "+1=2")] == ["'+5+1", "'-3;", "'+", "'+1=2"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1er janvier 2024", "2024-01-01"),
        ("1º maggio 2024", "2024-05-01"),
        ("2 janvier 2024", "2024-01-02"),
        ("3 févr. 2024", "2024-02-03"),
        ("2 stycznia 2024", "2024-01-02"),
        ("05 марта 2024 г.", "2024-03-05"),
        ("15 мая 2024", "2024-05-15"),
        ("5.Dez.2024", "2024-12-05"),
        ("2 de enero de 2024", "2024-01-02"),
        ("12. srpna 2024", "2024-08-12"),
    ],
)
def test_months_are_known_in_common_languages(written: str, day: str) -> None:
    assert parse_date(None)(written) == day


def test_a_month_that_means_two_is_not_read() -> None:
    found = parse_date(None)("2 listopada 2024")
    assert isinstance(found, Bad)
    assert "another language" in str(found.reason)


@pytest.mark.parametrize(
    ("written", "order"),
    [
        (["02.01.24", "25.03.24", "11.04.24", "17.05.24", "28.06.24"], "dmy"),
        (["24.01.02", "24.03.25", "24.04.11", "24.05.17", "24.06.28"], "ymd"),
        (["02.01.24", "25.03.24"], None),
        (["02.01.24", "25.03.18", "11.04.13", "17.05.29", "28.06.07"], None),
    ],
)
def test_years_of_two_digits_are_where_they_are_close_to_each_other(written: list[str], order: str | None) -> None:
    assert look_at_dates(written).order == order
