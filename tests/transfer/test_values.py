"""How CRMs write dates, amounts, names of files."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.transfer.files import neutral, safe_name
from mentor_app.transfer.values import Bad, date_order, decimal_comma, parse_amount, parse_date, stage_status


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1,054.00", 105400),
        ("￥1,054", 105400),
        ("1.2万", 1200000),
        ("１０５４", 105400),
        ("(1,054)", -105400),
        ("$1,054.5", 105450),
        ("1054 元", 105400),
        ("EUR 12", 1200),
        ("", None),
        ("-", None),
        ("0", 0),
        ("-3", -300),
    ],
)
def test_amounts(written: str, cents: int | None) -> None:
    assert parse_amount(False)(written) == cents


def test_decimal_commas_are_seen_in_the_column() -> None:
    assert decimal_comma(["1.054,00", "3"])
    assert not decimal_comma(["1,054.00", "1,054"])
    assert parse_amount(True)("1.054,50") == 105450
    assert isinstance(parse_amount(False)("a lot"), Bad)


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
            *(["%d-%b-%y"] if date.year >= 2000 else []),
        ),
        "dmy": ("%d.%m.%Y", "%d/%m/%Y"),
        "mdy": ("%m/%d/%Y",),
    }
    for order, formats in ways.items():
        for form in formats:
            assert parse_date(order)(date.strftime(form)) == date.isoformat(), form


def test_the_order_is_seen_only_where_it_can_be() -> None:
    assert date_order(["03/04/2024", "25/04/2024"]) == "dmy"
    assert date_order(["03/04/2024", "04/25/2024"]) == "mdy"
    assert date_order(["03/04/2024"]) is None
    assert date_order(["2024-04-03", ""]) == "ymd"
    assert isinstance(parse_date("dmy")("04/25/2024"), Bad)
    assert isinstance(parse_date("ymd")("soon"), Bad)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Closed Won", WON),
        ("赢单", WON),
        ("Closed - Lost", LOST),
        ("输单", LOST),
        ("无效", VOID),
        ("Disqualified", VOID),
        ("Negotiation", OPEN),
        ("方案报价", OPEN),
        ("未成交", LOST),
        ("成交", WON),
        ("Deleted", VOID),
        ("Gewonnen", WON),
        ("Verloren", LOST),
    ],
)
def test_stage_names(name: str, status: int) -> None:
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
