"""The sample team's camp: a year of practice, gates passed, waived and missed, made by code, the same every time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.clock import month_ends
from mentor_app.core.camp.programme import Programme, Requirement, Stage
from mentor_app.core.camp.queries import published
from mentor_app.core.camp.rules import GateDecision
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, ActivityState
from mentor_app.core.logbook.rules import Details
from mentor_app.core.ramp.calendar import month_start
from mentor_app.core.store import Actor, Session

CUSTOMERS = (
    "华宇机电",
    "宏远精密",
    "Northwind Tools",
    "鼎新电子",
    "Blue Harbor Retail",
    "远航物流",
    "安康医疗",
    "Summit Energy",
)
TITLES = {
    "simulation": ("价格异议：贵三成", "First call with a CFO", "客户要求再降 10%", "Losing to the incumbent"),
    "quiz": ("智联 MES 基础", "FleetView pricing"),
    "sales_action": ("十通开发电话", "Prepared a call sheet", "整理客户档案"),
    "case_study": (
        "华宇机电如何选型",
        "How Northwind changed supplier",
        "远航物流三年复购",
        "Summit Energy: a lost bid",
    ),
    "teardown": ("竞品 A 的报价结构", "Rival B's service promise"),
    "solution_design": ("宏远精密产线方案", "Fleet renewal for Delta"),
    "negotiation": ("年度框架谈判", "Three-party negotiation"),
    "project": ("与交付部共建验收清单", "Pricing with finance"),
}
LEARNED = (
    "先确认决策链，再谈交期。",
    "Ask what they compare us with before talking price.",
    "客户沉默时不要急着让步。",
    "The user and the buyer want different things.",
    "会后当天发纪要，约好下一步。",
    "A story from the same industry opens doors.",
)
COMMENTS = (
    "开场问得好。下次先确认决策链，再谈交期。",
    "Good questions; slow down on price.",
    "纪要很清楚，继续保持。",
    "",
)
Hired = tuple[int, str, dt.date]
Host = Callable[[dt.date], Hired]


def fill_camp(
    session: Session,
    random: Random,
    hires: list[Hired],
    mentors: list[Hired],
    trainer: Hired,
    today: dt.date,
    mentor_on: Callable[[int, dt.date], Hired | None],
) -> None:
    """Enrol the hires and let them practise up to the day before ``today`` with whoever mentors them; every sixth falls behind. Nothing hangs on the
    hour at which it is made: what was answered by then was answered before midnight."""
    by = Actor(trainer[1], trainer[0])
    camp.enrol(session, by, [hire[0] for hire in hires], today)
    programme = published(session.connection).programme
    away = hires[7]
    begins = month_start(away[2], 2)
    camp.save_leave(session, by, away[0], begins, begins + dt.timedelta(days=20), "产假 parental leave")
    for i, hire in enumerate(hires):
        nearest = mentors[i % len(mentors)]

        def host(day: dt.date, hire: Hired = hire, nearest: Hired = nearest) -> Hired:
            return mentor_on(hire[0], day) or nearest

        _practise(session, random, i, hire, host, by, programme, today)


def _practise(
    session: Session,
    random: Random,
    i: int,
    hire: Hired,
    host: Host,
    trainer: Actor,
    programme: Programme,
    today: dt.date,
) -> None:
    person_id, _, hired = hire
    slow = i % 6 == 4
    for stage in programme.stages:
        start = month_start(hired, stage.first_month)
        end = month_ends(hired, [], stage.last_month) if stage.last_month else None
        over = end is not None and end < today
        if start >= today:
            break
        # one of the slow ones has not been seen for weeks
        last = max(start, min(end or today, today - dt.timedelta(days=24 if i % 12 == 4 else 1)))
        share = 0.55 if slow else 1.0 if over or i % 7 == 3 else random.uniform(0.25, 0.9)
        for requirement in stage.requirements:
            for n in range(round(requirement.count * share)):
                day = start + dt.timedelta(days=random.randrange(1 + max(0, (last - start).days)))
                _done(session, random, person_id, host, requirement, n, day, programme, today)
        if not over or slow:
            break
        assert end is not None
        if i == 9 and stage is programme.stages[0]:
            camp.decide(
                session,
                trainer,
                person_id,
                stage.key,
                GateDecision.HELD,
                end - dt.timedelta(days=9),
                "异议处理还不稳，再练一周",
            )
        _pass(session, trainer, person_id, stage, end, i)
    _open_ends(session, random, i, hire, host(today), today)


def _pass(session: Session, trainer: Actor, person_id: int, stage: Stage, end: dt.date, i: int) -> None:
    from mentor_app.core.camp.queries import standing

    stands = standing(session.connection, person_id, end)
    ready = stands is not None and stands.ready
    reason = "" if ready else "行业背景扎实，缺的一项由试讲代替 Industry background made up for it"
    camp.decide(
        session, trainer, person_id, stage.key, GateDecision.PASSED if ready else GateDecision.WAIVED, end, reason
    )


def _done(
    session: Session,
    random: Random,
    person_id: int,
    host: Host,
    requirement: Requirement,
    n: int,
    day: dt.date,
    programme: Programme,
    today: dt.date,
) -> None:
    """Log one activity and have it signed off, scored where it is."""
    kind, mentor = KINDS[requirement.kind], host(day)
    now, session.now = session.now, _at(day, dt.time(17, 30))
    activity_id = logbook.save_activity(
        session,
        Actor("sample", None),
        person_id,
        _details(random, requirement.kind, n, day, mentor[0]),
        today,
        state=ActivityState.SUBMITTED,
    )
    present = host(today)  # whoever has left meanwhile signs nothing any more
    signer = Actor(present[1], present[0])
    rubric = programme.rubric(requirement.kind)
    if kind.scored and rubric is not None:
        low = requirement.pass_mark or rubric.top / 2
        scores = [round(random.uniform(low, rubric.top) * 2) / 2 for _ in rubric.criteria]
        logbook.assess(session, signer, activity_id, scores)
    session.now = min(_at(today, dt.time()), session.now + dt.timedelta(hours=random.choice((2, 20, 26, 70))))
    logbook.sign_off(session, signer, [activity_id], random.choice(COMMENTS))
    session.now = now


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    """When it is so late on this day where the team is, in UTC."""
    return dt.datetime.combine(day, time).astimezone().astimezone(dt.UTC)


def _details(random: Random, kind: str, n: int, day: dt.date, host_id: int) -> Details:
    fields = KINDS[kind].fields
    titles = TITLES.get(kind, ("",))
    return Details(
        kind=kind,
        held_on=day,
        minutes=random.randrange(3, 9) * 10 if "minutes" in fields else None,
        customer=random.choice(CUSTOMERS) if "customer" in fields else None,
        title=titles[n % len(titles)] if "title" in fields else None,
        phase=random.choice(list(PHASES)[:4]) if "phase" in fields else None,
        part=random.choice(list(PARTS)) if "part" in fields else None,
        depth=random.randrange(2, 6) if "depth" in fields else None,
        learned=random.choice(LEARNED) if "learned" in fields else None,
        seen="客户问了三次交期。" if "seen" in fields and n % 2 == 0 else None,
        next_step="带上同行业案例。" if "next_step" in fields and n % 3 == 0 else None,
        host_id=host_id,
    )


def _open_ends(session: Session, random: Random, i: int, hire: Hired, mentor: Hired, today: dt.date) -> None:
    """What is under way: waiting for sign-off, sent back, planned, a draft."""
    person_id, name, hired = hire
    me = Actor(name, person_id)
    recent = max(hired, today - dt.timedelta(days=random.randrange(1, 9)))
    if i % 6 != 4:
        logbook.save_activity(
            session,
            me,
            person_id,
            _details(random, "shadowing", i, recent, mentor[0]),
            today,
            state=ActivityState.SUBMITTED,
        )
    if i % 5 == 1:
        back = logbook.save_activity(
            session,
            me,
            person_id,
            _details(random, "visit", i, recent, mentor[0]),
            today,
            state=ActivityState.SUBMITTED,
        )
        logbook.send_back(session, Actor(mentor[1], mentor[0]), back, "客户最后怎么说的？请补上下一步。")
    if i % 2 == 0 and i % 12 != 4:
        soon = today + dt.timedelta(days=random.randrange(1, 10))
        details = Details(
            kind="shadowing",
            held_on=soon,
            at_time="10:00",
            minutes=60,
            customer=random.choice(CUSTOMERS),
            host_id=mentor[0],
        )
        logbook.save_activity(session, me, person_id, details, today, state=ActivityState.PLANNED)
    if i % 8 == 3:
        draft = Details(kind="shadowing", held_on=recent, customer=random.choice(CUSTOMERS), host_id=mentor[0])
        logbook.save_activity(session, me, person_id, draft, today)
