"""¥ is the sign of two currencies: read as the rest of the file shows, else asked about."""

from pathlib import Path

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY
from tests.transfer.files import written

ENGLISH = ["Opportunity ID", "Opportunity Name", "Opportunity Owner", "Stage", "Created Date", "Close Date", "Amount"]
JAPANESE = ["商談 ID", "商談名", "商談所有者", "ステージ", "作成日", "クローズ日", "金額"]
CHINESE = ["商机编号", "商机名称", "负责人", "商机阶段", "创建时间", "成交日期", "金额"]


def deal(owner: str, amount: str, name: str = "Deal", stage: str = "Closed Won") -> list[str]:
    return ["D1", name, owner, stage, "2024-01-02", "2024-03-04", amount]


def held(store: Store, path: Path, unit: str | None = None) -> list[tuple[str | None, int]]:
    opportunities.run(store, ME, opportunities.plan(store, path, unit=unit), today=TODAY)
    with store.read() as connection:
        return list(map(tuple, connection.execute(select(opportunity.c.currency, opportunity.c.amount_cents))))


@pytest.mark.parametrize(
    ("head", "row", "encoding", "code"),
    [
        (JAPANESE, deal("山田 太郎", "￥1,200,000"), "cp932", "JPY"),
        (ENGLISH, deal("佐藤 さくら", "¥1,200,000"), "utf-8", "JPY"),
        (ENGLISH, deal("広沢 健", "¥1,200,000"), "utf-8", "JPY"),
        (["Amount (¥)" if one == "Amount" else one for one in ENGLISH], deal("佐藤 さくら", "1200000"), "utf-8", "JPY"),
        (CHINESE, deal("Ann", "¥1,200,000", "ソニー"), "utf-8", "CNY"),
        (ENGLISH, deal("王芳", "￥1,200,000"), "utf-8", "CNY"),
        (ENGLISH, deal("Ann", "￥1,200,000", "华宇机电"), "gb18030", "CNY"),
        (ENGLISH, deal("Ann", "￥1,200,000", stage="赢单"), "utf-8", "CNY"),
    ],
)
def test_the_file_shows_whose_yen_it_is(
    file_store: Store, tmp_path: Path, head: list[str], row: list[str], encoding: str, code: str
) -> None:
    assert held(file_store, written(tmp_path / "x.csv", [head, row], encoding)) == [(code, 120_000_000)]


def test_where_nothing_shows_it_it_is_asked_once_and_remembered(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [ENGLISH, deal("Ann", "¥1,200,000")])
    with pytest.raises(UserError, match=r"¥ may mean CNY, JPY.*--unit JPY"):
        held(file_store, path)
    assert held(file_store, path, "JPY") == [("JPY", 120_000_000)]
    assert held(file_store, path) == [("JPY", 120_000_000)]
    assert held(file_store, path, "CNY") == [("CNY", 120_000_000)]
    assert held(file_store, path, "1000 JPY") == [("JPY", 120_000_000_000)]


def test_a_currency_that_was_said_leaves_the_unit_of_the_header(file_store: Store, tmp_path: Path) -> None:
    head = ["Amount (万)" if one == "Amount" else one for one in ENGLISH]
    path = written(tmp_path / "x.csv", [head, deal("Ann", "¥12")])
    assert held(file_store, path, "JPY") == [("JPY", 12_000_000)]


def test_crowns_are_asked_about_too(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [ENGLISH, deal("Ann", "100 kr")])
    with pytest.raises(UserError, match=r"kr may mean SEK, NOK, DKK"):
        held(file_store, path)
    assert held(file_store, path, "DKK") == [("DKK", 10_000)]
    assert held(file_store, path) == [("DKK", 10_000)]
    assert held(file_store, written(tmp_path / "y.csv", [ENGLISH, deal("Ann", "10 Ft")])) == [("HUF", 1000)]


KOREAN = ["영업기회 ID", "영업기회 이름", "소유자", "단계", "만든 날짜", "마감일", "금액"]


@pytest.mark.parametrize(
    ("head", "owner", "encoding", "code", "amounts"),
    [
        (JAPANESE, "山田 太郎", "cp932", "JPY", {"\\1,200,000": 120_000_000, "-\\500": -50_000, "\\12万": 12_000_000}),
        (KOREAN, "김민수", "euc_kr", "KRW", {"\\1,200,000": 120_000_000, "(\\500)": -50_000}),
    ],
)
def test_a_backslash_before_figures_is_the_sign_of_the_encoding(
    file_store: Store, tmp_path: Path, head: list[str], owner: str, encoding: str, code: str, amounts: dict[str, int]
) -> None:
    won = "受注" if code == "JPY" else "수주"
    rows = [[f"D{n}", *deal(owner, one, "a\\5 b", won)[1:]] for n, one in enumerate(amounts)]
    path = written(tmp_path / "x.csv", [head, *rows], encoding)
    fields = dict(
        zip(("id", "name", "owner", "stage", "opened_on", "closed_on", "amount"), ([one] for one in head), strict=True)
    )
    made = opportunities.plan(file_store, path, encoding=encoding, columns=fields, stages={won: "won"})
    assert opportunities.run(file_store, ME, made, today=TODAY).result.rejected == []
    with file_store.read() as connection:
        found = list(connection.execute(select(opportunity.c.currency, opportunity.c.amount_cents, opportunity.c.name)))
    assert list(map(tuple, found)) == [(code, cents, "a\\5 b") for cents in amounts.values()]


def test_elsewhere_a_backslash_is_none(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [CHINESE, deal("王芳", "\\1,200", stage="赢单")], "gb18030")
    made = opportunities.run(file_store, ME, opportunities.plan(file_store, path), today=TODAY)
    assert [one.value for one in made.result.rejected] == ["\\1,200"]
