"""Playbooks: obligations, writing, versions that never change, review, and a search that finds in both languages."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.playbooks import actions, reviewing
from mentor_app.core.playbooks.queries import alike, find, kinds, playbooks, tracks, whole
from mentor_app.core.playbooks.reviewing import Comment
from mentor_app.core.playbooks.rules import (
    Kind,
    Name,
    Part,
    PlaybookState,
    compare,
    likeness,
    nearly_the_same,
    out_of_date,
)
from mentor_app.core.playbooks.tables import playbook_review, playbook_version
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import Phase
from mentor_app.core.store import Actor, Store
from mentor_app.core.words import marks, tokens
from tests.conftest import TODAY, one_database
from tests.core.points.mentoring import Camp
from tests.steps import step

D = dt.date
DAY = dt.timedelta(days=1)


@pytest.fixture
def at(store: Store) -> Camp:
    return Camp(store)


def owed(at: Camp, who: Actor | None = None, today: dt.date = TODAY) -> list[Any]:
    with at.store.read() as connection:
        return playbooks(connection, today, (who or at.mo).person_id)


def ready(at: Camp, *entries: Part, who: Actor | None = None) -> int:
    """A Q&A by Mo with these entries, approved."""
    book = next((b.id for b in owed(at, who) if b.kind.key == "objections"), None)
    if book is None:
        book = at.act(actions.begin, "objections", "百问百答", who=who or at.mo)
    at.act(actions.save_parts, book, entries, True, who=who or at.mo)
    at.act(actions.submit, book, who=who or at.mo)
    at.act(reviewing.approve, book, who=at.lead)
    return int(book)


def search(at: Camp, words: str, **more: Any) -> list[str]:
    with at.store.read() as connection:
        return [hit.question for hit in find(connection, words, TODAY, **more)]


@one_database
def test_obligations_arise_by_rule_and_follow_the_cycle(at: Camp) -> None:
    found = {b.kind.key: b for b in owed(at)}  # the camp's pairing began on 1 October
    assert set(found) == {"handbook", "objections"}
    assert found["handbook"].title == "客户攻坚手册 · Ann"
    assert (found["handbook"].state, found["handbook"].wanted, found["objections"].wanted) == ("not_started", 7, 100)
    assert found["objections"].due_on == D(2026, 10, 1) + 180 * DAY
    at.act(project_actions.save_cycle, at.project, [Phase("signed", D(2026, 12, 24))], TODAY)
    assert {b.kind.key: b.due_on for b in owed(at)}["handbook"] == D(2026, 12, 24)
    at.act(pairing.reassign, at.pairing, at.lu.person_id, TODAY, "why")
    assert [b.kind.key for b in owed(at)] == ["objections"]  # nothing was begun on the handbook
    assert {b.kind.key for b in owed(at, at.lu)} == {"handbook", "objections"}
    with at.store.read() as connection:
        assert problems(connection) == []


@one_database
def test_pairings_entered_afterwards_oblige_to_nothing(at: Camp) -> None:
    at.act(pairing.end, at.pairing, TODAY - 5 * DAY, "moved")
    rows = [
        pairing.PairingRow(
            number=2,
            apprentice_id=at.hire.person_id,
            mentor_id=at.lu.person_id,
            project="P",
            started_on=TODAY - 4 * DAY,
            ended_on=TODAY - DAY,
            reason="why",
            goals="",
        )
    ]
    assert [r[1] for r in at.act(pairing.import_pairings, rows)] == ["new"]
    assert owed(at, at.lu) == []


@one_database
def test_a_handbook_is_begun_with_its_template_and_kept_when_the_mentor_changes(at: Camp) -> None:
    book = next(b.id for b in owed(at) if b.kind.key == "handbook")
    with at.store.read() as connection:
        one = whole(connection, book, TODAY)
    assert [p.part.title for p in one.parts][:2] == ["客户与背景 Customer and background", "决策链 Decision chain"]
    first = one.parts[0]
    at.act(
        actions.save_part,
        book,
        Part(title=first.part.title, body="华宇机电，**年销** 5000 万"),
        first.id,
        first.version,
        who=at.mo,
    )
    with pytest.raises(UserError, match="Mo has changed this record"):
        at.act(actions.save_part, book, Part(title="x", body="y"), first.id, first.version, who=at.mo)
    with pytest.raises(UserError, match="written by Mo"):
        at.act(actions.save_part, book, Part(title="x", body="y"), first.id, who=at.lu)
    at.act(pairing.reassign, at.pairing, at.lu.person_id, TODAY, "why")
    assert next(b for b in owed(at) if b.id == book).state == "draft"


def test_from_draft_to_approved_and_the_points_that_follow(at: Camp) -> None:
    book = next(b.id for b in owed(at) if b.kind.key == "objections")
    with pytest.raises(UserError, match="Nothing has been written"):
        at.act(actions.submit, book, who=at.mo)
    part = at.act(
        actions.save_part,
        book,
        Part(title="太贵了怎么办？", body="先问与谁比。", product="智联 MES", industry="制造", tags="价格"),
        who=at.mo,
    )
    half = at.act(actions.save_part, book, Part(title="还没有答案"), who=at.mo)
    with pytest.raises(UserError, match="its question and its answer: 还没有答案"):
        at.act(actions.submit, book, who=at.mo)
    at.act(actions.remove_part, book, half, who=at.mo)
    at.act(actions.submit, book, who=at.mo)
    for action, args, who, words in (
        (actions.save_part, (book, Part(title="a", body="b")), at.mo, "in review is not changed"),
        (reviewing.approve, (book,), at.mo, "role Trainer"),
        (reviewing.ask_for_changes, (book, " "), at.lead, "Say what to change"),
        (reviewing.approve, (book,), at.hire, "role Trainer"),
    ):
        with pytest.raises(UserError, match=words):
            at.act(action, *args, who=who)
    assert search(at, "太贵") == []  # not before it is approved
    at.act(reviewing.ask_for_changes, book, "nearly", [Comment(0, "先问", "whom exactly?")], who=at.lead)
    with at.store.read() as connection:
        one = whole(connection, book, TODAY)
    assert one.playbook.state == "changes"
    assert [(s.decision, s.part, s.passage, s.words) for s in one.said] == [
        ("comment", 0, "先问", "whom exactly?"),
        ("changes", None, None, "nearly"),
    ]
    at.act(
        actions.save_part,
        book,
        Part(title="太贵了怎么办？", body="先问客户与谁比。", product="智联 MES", industry="制造", tags="价格"),
        part,
        who=at.mo,
    )
    at.act(actions.submit, book, who=at.mo)
    assert at.balance() == 0
    at.act(reviewing.approve, book, "good", who=at.trainer)
    assert (search(at, "太贵"), at.said()) == (["太贵了怎么办？"], [("playbook", "award", 20)])
    # a newer version earns nothing more; until it is approved the old one is found
    at.act(actions.save_part, book, Part(title="竞品更便宜？", body="比总成本。"), who=at.mo)
    assert owed(at)[0].state in ("draft", "not_started")
    at.act(actions.submit, book, who=at.mo)
    assert search(at, "竞品") == []
    at.act(reviewing.approve, book, who=at.trainer)
    assert search(at, "竞品") == ["竞品更便宜？"]
    assert at.balance() == 20
    with pytest.raises(UserError, match="Nothing has changed"):
        at.act(actions.submit, book, who=at.mo)
    with at.store.read() as connection:
        one = whole(connection, book, TODAY)
        assert [v.number for v in one.versions] == [3, 2, 1]
        assert [p.body for p in one.versions[2].parts] == ["先问与谁比。"]
        assert one.approved == 3
        changed = compare(one.versions[2].parts, one.versions[1].parts)
        assert ("gone", "先问与谁比。") in changed
        assert ("added", "先问客户与谁比。") in changed
    at.act(reviewing.withdraw_approval, book, "wrong price", who=at.lead)
    assert (search(at, "竞品"), at.balance()) == ([], 0)
    assert at.act(_settle) == 0
    with at.store.read() as connection:
        assert problems(connection) == []


@step
def _settle(session: Any, actor: Actor) -> int:
    from mentor_app.core.points.award import settle

    return settle(session)


def test_versions_and_reviews_never_change(at: Camp) -> None:
    ready(at, Part(title="q", body="a"))
    for table in (playbook_version, playbook_review):
        for statement in (update(table).values(by_id=1), delete(table)):
            with pytest.raises(DBAPIError, match="append-only"), at.store.engine.begin() as connection:
                connection.execute(statement)


@one_database
def test_approved_ones_age(at: Camp) -> None:
    ready(at, Part(title="q", body="a"))
    today = dt.date.today()  # approvals carry the clock's time

    def state(day: dt.date) -> str:
        return str(next(b for b in owed(at, today=day) if b.kind.key == "objections").state)

    assert state(today) == "approved"
    assert state(today + 360 * DAY) == "approved"
    assert state(today + 370 * DAY) == "out_of_date"
    with at.store.read() as connection:
        kind = next(k for _, _, k in kinds(connection) if k.key == "objections")
        assert find(connection, "q", today + 370 * DAY)[0].outdated
    assert not out_of_date(D(2026, 1, 31), kind, D(2027, 1, 31))
    assert out_of_date(D(2026, 1, 31), kind, D(2027, 2, 1))


def test_a_trainer_defines_a_further_kind(at: Camp) -> None:
    kind = Kind(
        key="debrief",
        name=Name("Debrief", "复盘"),
        form="sections",
        template=(Name("What happened", "经过"),),
        goal=0,
        arises="pairing",
        due_days=30,
        months=6,
    )
    with pytest.raises(UserError, match="role Trainer"):
        at.act(actions.save_kind, kind, who=at.mo)
    at.act(actions.save_kind, kind, who=at.trainer)
    at.act(pairing.reassign, at.pairing, at.lu.person_id, TODAY, "why")
    assert {b.kind.key for b in owed(at, at.lu)} == {"handbook", "objections", "debrief"}
    with pytest.raises(UserError, match="between 1 and 60 sections"):
        at.act(
            actions.save_kind,
            Kind(key="x", name=Name("X"), form="sections", template=(), goal=0, arises="never", due_days=30, months=6),
            who=at.trainer,
        )


def test_nearly_the_same_questions_are_pointed_out() -> None:
    assert likeness("价格太高怎么办？", "价格太高，怎么办") == 1.0
    assert likeness("Your price is too high", "your price is TOO high!") == 1.0
    assert likeness("价格太高怎么办", "竞品有什么优势") == 0.0
    others = [(1, "你们的价格太高了怎么办"), (2, "交期多久"), (3, "价格太高怎么办")]
    assert [i for i, _, _ in nearly_the_same("价格太高怎么办？", others)] == [3, 1]


OBJECTIONS = (
    Part(
        title="你们比竞品贵三成，为什么选你们？",
        body="先问比的是哪一项，再谈总拥有成本：停机一小时损失多少。",
        product="智联 MES",
        industry="制造",
        tags="价格 竞品",
    ),
    Part(
        title="预算今年已经用完了",
        body="分期验收，明年一季度付款；先做试点。",
        product="智联 MES",
        industry="制造",
        tags="价格 时间",
    ),
    Part(
        title="现在不是时候，等明年再说",
        body="问清等待的代价，用同行业案例说明晚一年的损失。",
        product=None,
        industry="零售",
        tags="时间",
    ),
    Part(
        title="没听说过你们公司，怎么相信？",
        body="给三家同规模客户的联系方式，约实地参观。",
        product=None,
        industry=None,
        tags="信任",
    ),
    Part(
        title="我们已经有供应商了",
        body="不求替换，先解决现供应商做不到的一件事。",
        product="FleetView",
        industry="物流",
        tags="竞品",
    ),
    Part(
        title="Your price is too high",
        body="Ask what they compare with, then talk total cost of ownership.",
        product="FleetView",
        industry="Logistics",
        tags="price",
    ),
    Part(
        title="We are happy with our current vendor",
        body="Find the one thing the incumbent cannot do.",
        product="FleetView",
        industry="Logistics",
        tags="competitor",
    ),
    Part(
        title="Call me next quarter",
        body="Agree on what must be true by then; send a short plan.",
        product=None,
        industry="Retail",
        tags="timing",
    ),
    Part(
        title="How do we know you will still exist in five years?",
        body="Show audited figures and three references.",
        product=None,
        industry=None,
        tags="trust",
    ),
    Part(
        title="数据安全谁来保证？",
        body="出示等保三级证书，数据不出厂区。",
        product="智联 MES",
        industry="制造",
        tags="信任 安全",
    ),
)


def test_the_search_finds_real_objections_in_both_languages(at: Camp) -> None:
    ready(at, *OBJECTIONS)
    for words, wanted in (
        ("贵", "你们比竞品贵三成，为什么选你们？"),
        ("竞品", "你们比竞品贵三成，为什么选你们？"),
        ("预算", "预算今年已经用完了"),
        ("明年再说", "现在不是时候，等明年再说"),
        ("相信 公司", "没听说过你们公司，怎么相信？"),
        ("供应商", "我们已经有供应商了"),
        ("数据安全", "数据安全谁来保证？"),
        ("price", "Your price is too high"),
        ("pric", "Your price is too high"),
        ("too high price", "Your price is too high"),
        ("VENDOR", "We are happy with our current vendor"),
        ("next quarter", "Call me next quarter"),
        ("references audited", "How do we know you will still exist in five years?"),
        ("fleetview 供应商", "我们已经有供应商了"),
        ("ｐｒｉｃｅ", "Your price is too high"),
        ("客户说我们没听说过你们公司", "没听说过你们公司，怎么相信？"),
    ):
        assert search(at, words)[:1] == [wanted], words
    assert set(search(at, "价格太贵")) == {
        "你们比竞品贵三成，为什么选你们？",
        "预算今年已经用完了",
    }  # both are about the price
    assert search(at, "贵三成") == ["你们比竞品贵三成，为什么选你们？"]
    assert search(at, "成三贵") == []  # order matters, no false hit
    assert search(at, "区块链") == search(at, "") == search(at, "  ,;()\"*'") == []
    assert set(search(at, "供应商", product="FleetView")) == {"我们已经有供应商了"}
    assert search(at, "供应商", industry="制造") == []
    with at.store.read() as connection:
        assert tracks(connection) == (
            ["FleetView", "智联 MES"],
            sorted(["Logistics", "Retail", "制造", "物流", "零售"]),
        )
        hit = find(connection, "贵三成", TODAY)[0]
    assert (hit.author, hit.version, hit.product) == ("Mo", 1, "智联 MES")
    assert hit.score > 0


def test_titles_weigh_more_and_what_holds_all_stands_first(at: Camp) -> None:
    ready(at, Part(title="交付", body="价格"), Part(title="价格", body="交付"), Part(title="价格与交付", body="都谈"))
    assert search(at, "价格")[0] in ("价格", "价格与交付")
    assert search(at, "价格 交付")[0] == "价格与交付"


def test_hostile_queries_are_only_words(at: Camp) -> None:
    ready(at, *OBJECTIONS)
    for words in (
        '"',
        "price AND",
        "NOT price",
        "a* OR b",
        "title:price",
        "price) --",
        "'; DROP TABLE person",
        "& | !",
        "\0",
        "x" * 5000,
        "价" * 3000,
    ):
        search(at, words)
    assert search(at, "price OR")[0] == "Your price is too high"
    with at.store.read() as connection:
        assert problems(connection) == []


@one_database
def test_readers_say_what_helped_and_authors_see_it(at: Camp) -> None:
    book = ready(at, Part(title="q", body="a"))
    with at.store.read() as connection:
        hit = find(connection, "q", TODAY)[0]
    with pytest.raises(UserError, match="Choose first"):
        at.act(actions.rate, hit.id, True, who=Actor("somebody"))
    at.act(actions.rate, hit.id, True, who=at.hire)
    at.act(actions.rate, hit.id, False, who=at.lu)
    at.act(actions.rate, hit.id, False, who=at.hire)  # one's last word counts
    mine = next(b for b in owed(at) if b.id == book)
    assert (mine.helped, mine.not_helped) == (0, 2)
    at.act(actions.save_part, book, Part(title="q2", body="a2"), who=at.mo)
    at.act(actions.submit, book, who=at.mo)
    at.act(reviewing.approve, book, who=at.lead)  # a newer version keeps what was said about the question
    with at.store.read() as connection:
        assert [(h.helped, h.not_helped) for h in find(connection, "q", TODAY) if h.question == "q"] == [(0, 2)]


def test_matches_are_marked() -> None:
    assert marks("你们的价格太高", "价格") == [(3, 5)]
    assert marks("Price is PRICE", "price") == [(0, 5), (9, 14)]
    assert marks("价格太高怎么办", "价格太贵") == [(0, 3)]
    assert marks("abc", "") == []
    assert tokens("ＭＥＳ太Ｇood 价格") == ["mes", "太", "good", "价", "格"]


def test_questions_nearly_the_same_are_found_in_others_playbooks(at: Camp) -> None:
    book = ready(at, *OBJECTIONS)
    with at.store.read() as connection:
        assert alike(connection, "Your price is much too high", 0) == ["Your price is too high"]
        assert alike(connection, "没听说过你们公司，怎么相信", 0) == ["没听说过你们公司，怎么相信？"]
        assert alike(connection, "Your price is much too high", book) == []  # one's own are compared in place
        assert alike(connection, "nothing like it", 0) == []


@one_database
def test_what_is_approved_is_not_due_another_day(at: Camp) -> None:
    handbook = next(b for b in owed(at) if b.kind.key == "handbook")
    at.act(actions.save_parts, handbook.id, [Part(title="客户", body="华宇")], True, who=at.mo)
    at.act(project_actions.save_cycle, at.project, [Phase("signed", D(2026, 12, 24))], TODAY)
    at.act(actions.submit, handbook.id, who=at.mo)
    at.act(reviewing.approve, handbook.id, who=at.lead)
    at.act(project_actions.save_cycle, at.project, [Phase("signed", D(2027, 1, 31))], TODAY)
    with at.store.read() as connection:
        (found,) = playbooks(connection, TODAY, playbook_id=handbook.id)
    assert (found.state, found.due_on) == (PlaybookState.APPROVED, D(2026, 12, 24))
    assert isinstance(found.state, PlaybookState)
