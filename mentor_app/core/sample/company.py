"""An invented Chinese-and-English sales company: one year of history, made by code, the same every time."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, add_person, save_team
from mentor_app.core.people.roles import Role
from mentor_app.core.people.rules import REGIONS
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.points import actions as points
from mentor_app.core.points.award import settle_all
from mentor_app.core.points.queries import accounts, rewards
from mentor_app.core.points.rules import RewardKind
from mentor_app.core.ramp.calendar import add_months, tenure_month
from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.sample.camp import Hired, fill_camp
from mentor_app.core.sample.pairings import fill_pairings
from mentor_app.core.sample.playbooks import fill_playbooks
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import action, never
from mentor_app.core.text import N_

INDUSTRIES = ("Manufacturing", "Electronics", "Retail", "Logistics", "Healthcare", "Energy")
LEADS = ("李静", "Grace Miller", "赵敏", "周建国", "Tom Becker", "马超")
SENIORS = (
    "陈刚",
    "王芳",
    "Luis Prado",
    "刘洋",
    "Hannah Lee",
    "黄志强",
    "吴秀英",
    "David Novak",
    "徐磊",
    "孙丽",
    "Emily Clarke",
    "胡军",
    "朱琳",
    "Marco Rossi",
    "郭涛",
    "何静怡",
    "Nina Petrova",
    "高翔",
)
NEWCOMERS = (
    "王晓明",
    "Ana Torres",
    "孙蕾",
    "周一",
    "Ben Carter",
    "林小雨",
    "张伟",
    "Chloe Martin",
    "杨帆",
    "Jonas Weber",
    "许诺",
    "何俊",
    "Priya Nair",
    "唐婉",
    "冯雪",
    "Sam O'Neil",
    "邓超然",
    "Zoë Laurent",
    "曹阳",
    "彭博文",
    "Mia Tanaka",
    "蒋欣",
    "蔡明",
    "欧阳娜",
)
ACCOUNTS = (
    "华宇机电",
    "宏远精密",
    "Northwind Tools",
    "鼎新电子",
    "Blue Harbor Retail",
    "远航物流",
    "安康医疗",
    "Summit Energy",
    "金桥制造",
    "Orchid Health",
    "星河半导体",
    "Delta Freight",
    "恒瑞零售",
    "Polar Devices",
    "瑞丰能源",
    "Keystone Motors",
)
PRODUCTS = ("智联 MES", "FleetView", "云仓 WMS", "PowerSense", "InsightCRM")
STAGES = {OPEN: "方案 Solution", WON: "赢单 Won", LOST: "输单 Lost", VOID: "无效 Void"}
REWARDS: tuple[tuple[str, str, int, int | None, float | None], ...] = (
    ("行业报告一份 Industry report", RewardKind.RESOURCE, 40, 10, None),
    ("晋升权重 +1 Promotion weight +1", RewardKind.PROMOTION, 100, None, 1.0),
    ("外部销售课程名额 External sales course", RewardKind.RESOURCE, 120, 4, None),
)
_LEFT, _LEAVES = 11, 4  # of the seniors: who has left, who is about to
# Close rates by tenure months: what management saw before the camp, and the way between.
EARLY, MIDDLE, SENIOR = 0.32, 0.56, 0.77


@action(
    "sample.fill",
    title=N_("Filled with the sample team"),
    undo=never(N_("Open another store to work without the sample team.")),
    formerly=("sample.company.fill",),
)
def fill(session: Session, actor: Actor, today: dt.date) -> int:
    """Fill an empty store; returns how many people it holds then. UserError when somebody is there already."""
    if session.connection.execute(select(person.c.id).limit(1)).first():
        raise UserError("The store is not empty; the sample team would mix with your people.")
    random = Random(20261118)
    regions = list(REGIONS)
    teams = []
    for region, industry in zip(regions, INDUSTRIES, strict=True):
        teams.append(f"{region} · {industry}")
        save_team(session, actor, teams[-1], region, industry)
    everybody: list[tuple[str, dt.date, dt.date | None]] = []

    def join(name: str, hired: dt.date, team: str | None, *roles: Role, left: dt.date | None = None) -> Hired:
        person_id = add_person(
            session, actor, PersonDetails(name=name, hired_on=hired, left_on=left, team=team, roles=frozenset(roles))
        )
        everybody.append((name, hired, left))
        return person_id, name, hired

    trainer = join("郑培", today - dt.timedelta(days=1900), None, Role.TRAINER)
    leads = []
    for i, name in enumerate(LEADS):
        leads.append(join(name, today - dt.timedelta(days=1500 + 61 * i), teams[i], Role.TEAM_LEAD))
    mentors, hires = [], []
    for i, name in enumerate(SENIORS):
        left = today + dt.timedelta(days={_LEFT: -40, _LEAVES: 20}[i]) if i in (_LEFT, _LEAVES) else None
        mentor = join(name, today - dt.timedelta(days=620 + 53 * i), teams[i % 6], Role.MENTOR, left=left)
        if i == _LEFT and left is not None:
            gone = mentor, left
        else:
            mentors.append(mentor)
    for i, name in enumerate(NEWCOMERS):
        hired = add_months(today, -11 + i * 10 // 24) + dt.timedelta(days=random.randrange(3, 20))
        if i >= len(NEWCOMERS) - 2:  # two have only just begun
            hired = today - dt.timedelta(days=9 if i == len(NEWCOMERS) - 2 else 3)
        hires.append(join(name, hired, teams[(i * 5) % 6], Role.NEW_HIRE))
    _opportunities(session, actor, random, everybody[1 + len(LEADS) :], today)
    mentor_on = fill_pairings(session, hires, mentors, gone, leads[0], today)
    fill_camp(session, random, hires, mentors, trainer, today, mentor_on)
    fill_playbooks(session, mentors, trainer)
    _redeem(session, mentors, trainer)
    return len(everybody)


def _redeem(session: Session, mentors: list[Hired], trainer: Hired) -> None:
    """The richest mentors ask for rewards: one has theirs, one is refused, one waits."""
    by = Actor(trainer[1], trainer[0])
    for name, kind, cost, stock, promotes in REWARDS:
        points.save_reward(session, by, name, kind, cost, stock=stock, weight=promotes)
    settle_all(session, by)
    report, course, weight = (
        rewards(session.connection)[0],
        rewards(session.connection)[2],
        rewards(session.connection)[1],
    )
    rich = [a for a in accounts(session.connection) if a.id in {mentor[0] for mentor in mentors}][:4]
    for who, wanted, step in zip(
        rich, (weight, course, report, report), ("fulfil", "approve", "refuse", "ask"), strict=True
    ):
        asked = points.request(session, Actor(who.name, who.id), wanted.id)
        if step != "ask":
            points.decide(
                session, by, asked, step != "refuse", "本季名额已满 None left this quarter" if step == "refuse" else ""
            )
        if step == "fulfil":
            points.fulfil(session, by, asked)


def _opportunities(
    session: Session, actor: Actor, random: Random, sellers: list[tuple[str, dt.date, dt.date | None]], today: dt.date
) -> None:
    """Deals with closing days first; outcomes are then dealt out so that each group has exactly its rate."""
    start = add_months(today, -12)
    deals: list[tuple[str, dt.date, dt.date | None, int]] = []
    groups: dict[float, list[tuple[str, dt.date, dt.date]]] = {EARLY: [], MIDDLE: [], SENIOR: []}
    for name, hired, left in sellers:
        begin, end = max(hired, start + dt.timedelta(days=1)), min(left or today, today)
        newcomer = hired > start
        day = begin + dt.timedelta(days=random.randrange(9, 21) if newcomer else random.randrange(1, 6))
        while day < end:
            opened = max(hired, day - dt.timedelta(days=random.randrange(8, 75)))
            month = tenure_month(hired, day)
            rate = EARLY if month <= 3 else MIDDLE if month < 7 else SENIOR
            if random.random() < 0.04:
                deals.append((name, opened, day, VOID))
            else:
                groups[rate].append((name, opened, day))
            day += dt.timedelta(days=random.randrange(2, 12) if newcomer else random.randrange(3, 13))
        for _ in range(random.randrange(2, 6) if left is None else 0):
            deals.append((name, max(hired, today - dt.timedelta(days=random.randrange(2, 60))), None, OPEN))
    for rate, group in groups.items():
        random.shuffle(group)
        wins = round(rate * len(group))
        deals += [(*deal, WON if i < wins else LOST) for i, deal in enumerate(group)]
    deals.sort(key=lambda deal: (deal[1], deal[0], deal[2] or today, deal[3]))
    rows = range(2, len(deals) + 2)
    accounts = [ACCOUNTS[random.randrange(len(ACCOUNTS))] for _ in deals]
    products = [PRODUCTS[random.randrange(len(PRODUCTS))] for _ in deals]
    columns: dict[str, list[Any]] = {
        "name": [f"{a} – {p}" for a, p in zip(accounts, products, strict=True)],
        "account": accounts,
        "product": products,
        "stage": [STAGES[status] for *_, status in deals],
        "status": [status for *_, status in deals],
        "opened_on": [opened.isoformat() for _, opened, _, _ in deals],
        "closed_on": [closed.isoformat() if closed else None for _, _, closed, _ in deals],
        "expected_on": [None if closed else (today + dt.timedelta(days=30)).isoformat() for _, _, closed, _ in deals],
        "amount_cents": [random.randrange(20, 900) * 100_000 for _ in deals],
    }
    batch = Batch(
        rows=list(rows),
        key=[f"S{row:06d}" for row in rows],
        owner=[deal[0] for deal in deals],
        columns=columns,
        problems=[],
    )
    result = import_opportunities(session, actor, [batch], today=today)
    assert not result.rejected, result.rejected[:3]
