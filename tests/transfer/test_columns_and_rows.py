"""What columns and rows of an export mean: units and currencies beside amounts, sums that may be the amount, rows of totals."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.rules import STATUS_KEYS
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.deals import typed_batches
from mentor_app.transfer.recognise import OPPORTUNITIES, normalise, recognise
from mentor_app.transfer.understood import lines
from tests.conftest import ME, TODAY
from tests.transfer.files import read_in, written

HEAD = ["id", "owner", "stage", "created date", "close date"]
DEAL = ["Ann", "Won", "2024-01-01", "2024-02-01"]
ASKED = "asked"


def deals(path: Path, head: list[str], *rows: list[Any]) -> Path:
    """A file of won deals with these further columns."""
    return written(path, [[*HEAD, *head], *([f"K{n}", *DEAL, *row] for n, row in enumerate(rows))])


def amounts(store: Store, path: Path, **given: Any) -> Any:
    """Key → amount in full and its currency, or what is said against it; or that the file is asked about."""
    plan = opportunities.plan(store, path, **given)
    if plan.questions():
        return ASKED
    found: dict[str, Any] = {}
    for batch in typed_batches(plan):
        sums = batch.columns.get("amount_cents", [None] * len(batch.key))
        codes = batch.columns.get("currency", [None] * len(batch.key))
        found |= {
            key: (None if cents is None else cents / 100, code)
            for key, cents, code in zip(batch.key, sums, codes, strict=True)
        }
        found |= {f"K{one.row - 2}": (one.column, one.value) for one in batch.problems}
    return found


@pytest.mark.parametrize(
    ("head", "rows", "meant"),
    [
        (["amount", "单位"], [["5", "元"], ["5", "万元"], ["5", "千元"]], [(5, "CNY"), (50_000, "CNY"), (5000, "CNY")]),
        (["amount", "Unit"], [["5", "USD k"], ["7", "USD k"]], [(5000, "USD"), (7000, "USD")]),
        (["amount", "金额单位"], [["5", "k"], ["7", ""], ["", ""]], [(5000, None), ("金额单位", ""), (None, None)]),
        (["金额(万元)", "单位"], [["5", "万元"], ["5", "元"]], [(50_000, "CNY"), ("单位", "元")]),
        (["金额(元)", "单位"], [["5", "元"], ["5", "万元"]], [(5, "CNY"), ("单位", "万元")]),
        (["amount", "unit", "币种"], [["7", "万", "USD"], ["5", "万元", "USD"]], [(70_000, "USD"), ("unit", "万元")]),
        (["amount", "unit"], [["5万", "万元"], ["7k", "元"]], [("amount", "5万"), (7000, "CNY")]),
        (["amount", "Units"], [["5", "10"], ["7", "3"]], [(5, None), (7, None)]),  # a quantity
        (["amount", "unit"], [["5", "Kilotaler"], ["7", "USD k"]], ASKED),
        (["amount", "单位"], [["5", "公安局"], ["7", "华宇"]], ASKED),
        (["amount", "Scale"], [["5", "1000"], ["7", "1000000"]], ASKED),
        (["amount", "量"], [["5", "万元"], ["7", "元"]], ASKED),
        (["amount", "Crncy"], [["5", "USD"], ["7", "EUR"]], ASKED),
        (["amount", "currency"], [["$3", "HKD"], ["¥5", "JPY"], ["¥5", "CNY"], ["$5", "USD"]], [(3, "HKD"), (5, "JPY"), (5, "CNY"), (5, "USD")]),
        (["amount", "currency"], [["€5", "USD"], ["¥5", "USD"], ["HK$5", "HKD"]], [("currency", "USD"), ("currency", "USD"), (5, "HKD")]),
        (["amount", "currency"], [["$3", "HKD"], ["$3", ""]], [(3, "HKD"), ("amount", "$3")]),
        (["amount", "currency"], [["5", "$"], ["5", "HK$"], ["JPY 5", "¥"]], [("currency", "$"), (5, "HKD"), (5, "JPY")]),
        (["Amount ($)", "currency"], [["5", "HKD"], ["5", "EUR"], ["5", "USD"], ["5", ""]], [(5, "HKD"), ("currency", "EUR"), (5, "USD"), ("Amount ($)", "5")]),
    ],
)  # fmt: skip
def test_unit_and_currency_beside_an_amount(
    file_store: Store, tmp_path: Path, head: list[str], rows: list[list[str]], meant: Any
) -> None:
    right = meant if meant == ASKED else {f"K{n}": one for n, one in enumerate(meant)}
    assert amounts(file_store, deals(tmp_path / "x.csv", head, *rows)) == right


def test_a_unit_that_is_not_known_is_asked_about_once(file_store: Store, tmp_path: Path) -> None:
    path = deals(tmp_path / "x.csv", ["amount", "unit"], ["5", "Kilotaler"], ["7", "USD k"])
    with pytest.raises(UserError, match=r"unit \[G\] seems to say the unit.*Kilotaler.*--unit"):
        opportunities.run(file_store, ME, opportunities.plan(file_store, path), today=TODAY)
    plan = opportunities.plan(file_store, path, unit="1000")
    opportunities.run(file_store, ME, plan, today=TODAY)
    assert amounts(file_store, path) == {"K0": (5000, None), "K1": (7000, "USD")}  # remembered
    tr = translator("zh_CN")
    assert ("每行的单位", "unit: Kilotaler = 1,000 (1) · USD k = 1,000 USD (1)") in lines(plan.understood(tr), tr)
    with pytest.raises(UserError, match="Say no unit of your own"):
        opportunities.plan(file_store, path, unit="1").check()
    assert amounts(file_store, path, columns={"unit": [""]}) == {"K0": (5, None), "K1": (7, None)}


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["Amount", "ACV"], ASKED),
        (["Amount", "MRR (USD)"], ASKED),
        (["Amount", "Total Contract Value"], ASKED),
        (["金额", "年化金额"], ASKED),
        (["商机金额", "合同总额"], ASKED),
        (["含税金额", "不含税金额"], ASKED),
        (["商机金额", "含税"], ASKED),
        (["Amount", "Budget"], ASKED),
        (["Amount", "Weighted Amount"], "Amount"),
        (["商机金额", "已回款金额"], "商机金额"),
        (["Amount", "Discount amount"], "Amount"),
        (["MRR"], ASKED),
        (["Annual Contract Value"], ASKED),
        (["年化金额"], ASKED),
        (["TCV"], "TCV"),
        (["合同总额"], "合同总额"),
        (["含税金额"], "含税金额"),
    ],
)
def test_sums_that_may_be_the_amount_are_asked_about(
    file_store: Store, tmp_path: Path, names: list[str], taken: str
) -> None:
    plan = opportunities.plan(file_store, deals(tmp_path / "x.csv", names, *[["5", "6"][: len(names)]] * 3))
    if taken == ASKED:
        asked = " ".join(map(str, plan.questions()))
        assert all(name in asked for name in names)
    else:
        assert (plan.questions(), plan.mapping.columns["amount"]) == ([], [taken])


def test_what_is_no_figure_is_no_rival_of_the_amount(file_store: Store, tmp_path: Path) -> None:
    path = deals(tmp_path / "x.csv", ["Amount", "Price", "含税", "ACV"], ["5", "list price", "是", ""])
    assert amounts(file_store, path) == {"K0": (5, None)}


def test_the_reviewed_names_of_columns_are_compared_as_headers_are() -> None:
    names = [word for words in OPPORTUNITIES.words.values() for word in words]
    assert [word for word in names if normalise(word) != word] == []
    assert sorted(names) == sorted(set(names))
    assert recognise(OPPORTUNITIES, ["OwnerId", "Owner.Name"]).columns["owner"] == ["Owner.Name"]
    assert recognise(OPPORTUNITIES, ["商机名称", "负责人", "阶段", "结束日期"]).columns["closed_on"] == ["结束日期"]


TABLE = ["id", "owner", "account", "stage", "created date", "close date", "amount", "No."]
TWO = [
    ["1", "Ann", "Acme", "Won", "2024-01-01", "2024-02-01", "100", ""],
    ["2", "Bo", "Bell", "Won", "2024-01-01", "2024-02-01", "200", ""],
]
FULL = TWO[0][3:6]


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        (["5", "合计", "", *FULL, "300", ""], "out"),
        (["Total", "Total", "", "Won", "", "", "300", ""], "out"),
        (["", "Ann Lee Total", "", "", "", "", "300", ""], "out"),
        (["", "王芳 汇总", "", "", "", "", "7", ""], "out"),
        (["7", "Subtotal", "", *FULL, "300", ""], "out"),
        (["Sum", "", "", *FULL, "9", ""], "out"),  # nobody's
        (["", "", "Итого", "", "", "", "300", ""], "out"),
        (["5", "Ann", "", *FULL, "300", "总计"], "asked"),  # of another table beside this one, perhaps
        (["5", "Ann", "Acme", *FULL, "7", "Grand Total"], "noted"),
        (["5", "", "Acme", *FULL, "7", "Grand Total"], "noted"),
        (["5", "合计", "", *FULL, "301", ""], "asked"),
        (["Total", "Ann", "Acme", *FULL, "9", ""], "asked"),
        (["5", "Ann", "Total", *FULL, "300", ""], "asked"),
        (["5", "Ann", "Total Energies", *FULL, "300", ""], "asked"),
        (["5", "Ann", "Total", *FULL, "7", ""], "noted"),
        (["5", "Ann", "Total Energies", *FULL, "7", ""], "deal"),
        (["5", "Ann", "合计科技", *FULL, "7", ""], "deal"),
        (["5", "Sumit Kumar", "Sum 41 Ltd", *FULL, "300", ""], "deal"),
        (["TOTAL-5", "Ann", "Acme", *FULL, "7", ""], "deal"),
    ],
)
def test_a_row_of_totals_is_told_by_its_words_and_its_sum(
    file_store: Store, tmp_path: Path, row: list[str], meant: str
) -> None:
    path = written(tmp_path / "x.csv", [TABLE, *TWO, row])
    plan = opportunities.plan(file_store, path)
    found = "asked" if plan.questions() else "out" if plan.left_out else "noted" if plan.noted else "deal"
    assert found == meant
    assert plan.rows == (2 if meant == "out" else 3)
    if meant == "asked":
        assert "row 4 (" in str(plan.questions()[0])
        for said, rows in (("out", 2), ("deals", 3)):
            plan = opportunities.plan(file_store, path, totals=said)
            assert (plan.questions(), plan.rows, len(plan.left_out)) == ([], rows, 3 - rows)
    elif meant == "noted":
        assert "is read as a deal: row 4" in plan.understood(translator("en"))["notes"][0]


def test_totals_of_groups_and_above_the_table(file_store: Store, tmp_path: Path) -> None:
    def total(words: str, amount: str) -> list[str]:
        return ["9", words, "", *FULL, amount, ""]

    more = [[str(n), "Cy", "Dell", *FULL, "1.050,50", ""] for n in (3, 4)]
    rows = [
        total("Summe", "2.401,00"),
        *TWO,
        total("Zwischensumme", "300,00"),
        *more,
        total("小计", "2.101"),
        total("Total", "2.401"),
    ]
    plan = opportunities.plan(file_store, written(tmp_path / "x.csv", [TABLE, *rows]))
    assert [row for row, _ in plan.left_out] == [2, 5, 8, 9]


def test_a_sum_that_was_never_calculated_is_a_row_of_totals_all_the_same(file_store: Store, tmp_path: Path) -> None:
    file = deals(tmp_path / "crm.xlsx", ["amount"], [5], [5])
    book = load_workbook(file)
    book.active.append(["合计", None, None, None, None, "=SUM(F2:F3)"])
    book.save(file)
    assert [row for row, _ in opportunities.plan(file_store, file).left_out] == [4]
    assert amounts(file_store, file) == {"K0": (5, None), "K1": (5, None)}


def test_a_header_in_the_middle_is_left_out_or_refused(file_store: Store, tmp_path: Path) -> None:
    head = [*HEAD, "amount", "amount"]
    rows = [["1", *DEAL, "5", ""], ["2", *DEAL, "6", ""]]
    path = written(tmp_path / "x.csv", [head, rows[0], ["\ufeffid", *head[1:]], rows[1]])
    plan = opportunities.plan(file_store, path, columns={"amount": ["amount"]})
    assert ([str(why)[:16] for _, why in plan.left_out], plan.rows, plan.questions()) == (["The header again"], 2, [])
    for other in (
        ["id", "stage", "owner", *head[3:]],
        ["Deal ID", "Deal owner", "Stage", "Created", "Closed Date", "Value", ""],
    ):
        with pytest.raises(UserError, match="row 3 is a header with other columns"):
            opportunities.plan(file_store, written(tmp_path / "y.csv", [head, rows[0], other, rows[1]]))


SALESFORCE = ["Id", "Name", "StageName", "IsWon", "IsClosed", "OwnerId", "Owner.Name", "CreatedDate", "CloseDate", "Amount", "CurrencyIsoCode"]  # fmt: skip


def statuses(store: Store, path: Path) -> Any:
    """Of each row its status, or column and value of what is said against it."""
    plan = opportunities.plan(store, path)
    if plan.questions():
        return ASKED
    (batch,) = typed_batches(plan)
    names = {number: name for name, number in STATUS_KEYS.items()}
    found: dict[int, Any] = {row: names[one] for row, one in zip(batch.rows, batch.columns["status"], strict=True)}
    found |= {one.row: (one.column, one.value) for one in batch.problems}
    return [found[row] for row in sorted(found)]


@pytest.mark.parametrize(
    ("rows", "meant"),
    [
        ([("Closed Won", "true", "true"), ("Prospecting", "0", "0"), ("Closed Lost", "False", "1")], ["won", "open", "lost"]),
        ([("Signed PO", "true", "true"), ("Gone", "false", "true"), ("Talks", "false", "false")], ["won", "lost", "open"]),
        ([("Duplicate", "no", "yes"), ("", "是", "是")], ["void", "won"]),
        ([("Closed Won", "false", "true"), ("Demo", "true", "true")], [("IsClosed", "true")] * 2),
        ([("Closed Won", "true", "false"), ("Closed Won", "maybe", "true")], [("IsClosed", "false"), ("IsWon", "maybe")]),
        ([("Foo", "true", "true"), ("Foo", "false", "true")], ["won", "lost"]),
        ([("Foo", "", "true")], ASKED),
    ],
)  # fmt: skip
def test_won_and_closed_agree_with_the_stage_or_say_it(
    file_store: Store, tmp_path: Path, rows: list[tuple[str, str, str]], meant: Any
) -> None:
    deals_made = [
        [f"006{n}", "D", *row, "005A", "Ann", "2024-01-01", "2024-02-01", "5", "USD"] for n, row in enumerate(rows)
    ]
    assert statuses(file_store, written(tmp_path / "x.csv", [SALESFORCE, *deals_made])) == meant


INTERNAL = {
    "salesforce": (",".join(SALESFORCE), "1,D,Closed Won,true,true,005A,Ann,2024-01-01,2024-02-01,5,USD"),
    "hubspot": ("hs_object_id,dealname,dealstage,createdate,closedate,hubspot_owner_id,amount,deal_currency_code,hs_is_closed_won,hs_is_closed",
                "1,D,90210,2024-01-01,2024-02-01,Ann,5,USD,true,true"),
    "dynamics": ("opportunityid,name,owneridname,statecode,salesstage,createdon,actualclosedate,estimatedclosedate,actualvalue,transactioncurrencyidname",
                 "1,D,Ann,Won,Close,2024-01-01,2024-02-01,2024-03-01,5,USD"),
    "pipedrive": ("id,title,owner_name,org_name,status,stage_id,value,currency,add_time,won_time,lost_time,weighted_value",
                  "1,D,Ann,X,won,3,5,USD,2024-01-01 10:00:00,2024-02-01 10:00:00,,5"),
    "纷享销客": ("商机2.0编号,商机名称,客户名称,商机阶段,阶段状态,商机金额(元),预计成交日期,实际成交日期,负责人,创建时间,赢率,币种",
              "1,D,X,赢单,赢单,5,2024-03-01,2024-02-01,Ann,2024-01-01 10:00,100%,CNY"),
    "销售易": ("opportunityId,opportunityName,accountName,saleStage,money,closeDate,ownerName,createdAt", "1,D,X,赢单,5,2024-02-01,Ann,2024-01-01"),
}  # fmt: skip


@pytest.mark.parametrize("crm", INTERNAL)
def test_internal_names_of_crms_are_known(file_store: Store, tmp_path: Path, crm: str) -> None:
    path = written(tmp_path / "x.csv", [line.split(",") for line in INTERNAL[crm]])
    assert (amounts(file_store, path)["1"][0], statuses(file_store, path)) == (5, ["won"])
    (batch,) = typed_batches(opportunities.plan(file_store, path))
    assert (batch.owner, batch.columns["opened_on"], batch.columns["closed_on"]) == (
        ["Ann"],
        ["2024-01-01"],
        ["2024-02-01"],
    )


@pytest.mark.parametrize(
    ("head", "meant"),
    [
        (["Close Date", "Closed Date", "Created Date", "Stage"], "closed_on"),
        (["Closing Date", "Closed Time", "Created Date", "Stage"], "closed_on"),
        (["Close Date", "Created Date", "立项日期", "Stage"], "opened_on"),
        (["Close Date", "Created Date", "Stage", "Deal Stage"], "stage"),
        (["Close Date", "Created Date", "Stage", "Currency", "币种"], "currency"),
        (["Close Date", "Actual Close Date", "Created Date", "Stage"], None),
        (["Close Date", "Est. Close Date", "Created Date", "Stage", "Status"], None),
    ],
)
def test_two_columns_that_could_be_the_same_are_asked_about(head: list[str], meant: str | None) -> None:
    found = recognise(OPPORTUNITIES, ["id", "owner", *head])
    assert list(found.several) == ([meant] if meant else [])
    if "Actual Close Date" in head:
        assert found.columns["closed_on"] == ["Actual Close Date"]


def test_rows_marked_as_deleted_and_a_second_line_of_the_header_are_left_out(file_store: Store, tmp_path: Path) -> None:
    head = [*HEAD, "amount", "IsDeleted"]
    rows = [["", "", "", "(start)", "(end)", "(万元)", ""], ["1", *DEAL, "5", "false"], ["2", *DEAL, "5", "true"]]
    again = [one.upper() for one in head]
    plan = opportunities.plan(file_store, written(tmp_path / "x.csv", [head, *rows, again]))
    assert ([row for row, _ in plan.left_out], plan.rows, plan.amounts.unit) == ([2, 4, 5], 1, 10_000)


def test_a_column_called_closed_is_the_closing_day_where_days_stand_in_it(file_store: Store, tmp_path: Path) -> None:
    head = "Deal,Owner,Stage,Created,Closed,Amount"
    for cells, expected in ((("03/25/2025", "2025-03-26"), ["Closed"]), (("Yes", "No"), None), (("", ""), None)):
        path = tmp_path / "deals.csv"
        path.write_text("\n".join([head, *(f"P{n},Bo,Won,2025-01-01,{day},5" for n, day in enumerate(cells))]))
        assert opportunities.plan(file_store, path).mapping.columns.get("closed_on") == expected


def test_a_row_that_breaks_a_rule_names_the_file_s_own_column(file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Deal,Owner,Stage,Created,End\nP1,Bo,Won,2025-01-01,\nP2,Bo,Lost,2025-02-01,2025-01-01\n")
    with_end, without = (opportunities.plan(file_store, path, columns={"closed_on": one}) for one in (["End"], []))
    for plan, expected in ((with_end, ["End", "End"]), (without, ["", ""])):
        result = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
        assert [one.column for one in result.rejected] == expected


DEALS = [
    ("Opportunity ID", "Opportunity Name", "Owner", "Stage", "Created Date", "Close Date", "Amount"),
    ("006A1", "Acme CRM", "Anna Berg", "Closed Won", "2026-01-13", "2026-03-14", "1200.50"),
    ("006A2", "Beta CRM", "Tom Ray", "Proposal", "2026-01-15", "", "900"),
    ("006A3", "Gamma CRM", "Tom Ray", "Closed Lost", "2026-01-15", "2026-03-15", "800"),
]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "below",
    [
        [("Owner", "Sum of Amount"), ("Anna Berg", "1200.50"), ("Tom Ray", "1700"), ("Grand Total", "2900.50")],
        [("Closed Won", "1", "1200.50"), ("Proposal", "1", "900"), ("Closed Lost", "1", "800")],
        [("Summary",), ("", "行标签", "计数项:金额"), ("", "Anna Berg", "1"), ("", "Tom Ray", "2")],
        [("", "", "Owner", "Count", "Amount"), ("", "", "Anna Berg", "1", "1200.50"), ("", "", "Tom Ray", "2", "1700")],
        [("Verkäufer", "Summe"), ("Anna Berg", "1200.50"), ("Tom Ray", "1700"), ("Gesamtergebnis", "2900.50")],
        [("Besitzer", "Gesamt"), ("Anna Berg", "1200.50"), ("Tom Ray", "1700"), ("Gesamt", "2900.50")],
        [("Top 2",), ("1", "Tom Ray", "1700"), ("2", "Anna Berg", "1200.50")],
        [("", "Rank", "Account", "Won"), ("", "1.", "Acme", "1700"), ("", "2.", "Beta", "1200.50")],
        [("Owner", "Won", "Lost", "Open"), ("Anna Berg", "1", "0", "0"), ("Tom Ray", "0", "1", "1"), ("Total", "1", "1", "1")],
        [("By stage",), ("Seller", "Proposal", "Closed Won", "Total"), ("Anna Berg", "0", "1", "1"), ("Tom Ray", "1", "0", "1")],
    ],
)  # fmt: skip
def test_a_small_table_below_the_deals_is_left_out_and_listed(
    file_store: Store, tmp_path: Path, ending: str, below: list[tuple[str, ...]]
) -> None:
    rest = [(*row, *[""] * 7)[:7] for row in ((), *below)]
    path = written(tmp_path / f"deals.{ending}", [*DEALS, *rest])
    done = read_in(opportunities, file_store, path)
    assert (done.new, done.left_out, done.rejected, done.applied) == (3, len(below), [], True)
    said = opportunities.plan(file_store, path).left_out
    assert sum("small table below the deals" in str(why) for _, why in said) >= len(below) - 1


@pytest.mark.parametrize(
    "below",
    [
        [(), ("006A4", "Delta CRM", "", "", "", "", "500")],
        [("Anna Berg", "1200.50")],
        [(), ("006A5", "500"), ("006A6", "600")],
        [(), ("Owner", "Sum of Amount"), ("Anna Berg", "1200.50"), (), ("006A4", "Delta CRM", "Tom Ray", "Proposal", "2026-01-15", "", "500")],
    ],
)  # fmt: skip
def test_what_may_be_deals_is_not_left_out_as_a_table_below(
    file_store: Store, tmp_path: Path, below: list[tuple[str, ...]]
) -> None:
    rest = [(*row, *[""] * 7)[:7] for row in below]
    done = read_in(opportunities, file_store, written(tmp_path / "deals.csv", [*DEALS, *rest]))
    assert (done.rejected != [], done.applied) == (True, False)
