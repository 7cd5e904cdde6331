"""The sample team's pairings: a year of projects, some won, lost, handed on, overdue, made by code, the same every time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from mentor_app.core.pairing import actions
from mentor_app.core.people.queries import get_person
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import CYCLE, Outcome, Phase, ProjectDetails
from mentor_app.core.store import Actor, Session

Hired = tuple[int, str, dt.date]
DAY = dt.timedelta(days=1)
CUSTOMERS = (
    "华宇机电",
    "Northwind Tools",
    "鼎新电子",
    "Blue Harbor Retail",
    "远航物流",
    "Orchid Health",
    "宏远精密",
    "Summit Energy",
    "恒瑞零售",
    "Delta Freight",
    "星河半导体",
    "Polar Devices",
    "瑞丰能源",
    "Keystone Motors",
    "安康医疗",
    "金桥制造",
)
WORK = ("产线升级", "rollout", "二期扩容", "renewal", "试点", "framework deal")
GOALS = (
    "独立完成两次需求访谈；能讲清三个行业案例。",
    "Lead one negotiation; write the account plan alone.",
    "从旁听到主讲：每周一次客户拜访。",
    "Close the first deal of one's own within the cycle.",
)
BY_MENTOR = (
    "需求挖掘进步很大，报价还要更稳。",
    "Listens well now; ready for a customer of her own.",
    "执行力强，方案表达再精炼一些。",
)
BY_HIRE = (
    "师傅带我见了六次客户，最受用的是会前提纲。",
    "I learned to ask before I present.",
    "每次复盘都很具体，谢谢师傅。",
)


@dataclass
class _Time:
    """Who mentored whom from when to when (None: still)."""

    hire: int
    mentor: Hired
    first: dt.date
    last: dt.date | None


def fill_pairings(
    session: Session, hires: list[Hired], mentors: list[Hired], left: tuple[Hired, dt.date], lead: Hired, today: dt.date
) -> Callable[[int, dt.date], Hired | None]:
    """Pair the hires up to ``today``; ``left`` is a mentor who has left meanwhile, and when.

    Returns who mentored a hire on a day (or next to it, where nobody did). The three newest have no mentor.
    """
    random, by = Random(20261119), Actor(lead[1], lead[0])
    times: list[_Time] = []
    load = {mentor[0]: 0 for mentor in mentors}
    names = iter(f"{CUSTOMERS[i % len(CUSTOMERS)]} · {WORK[i % len(WORK)]}" for i in range(200))

    def free(at: int, but: int = 0) -> Hired:
        """The next mentor, round the table, with the fewest apprentices."""
        turned = [*mentors[at % len(mentors) :], *mentors[: at % len(mentors)]]
        return min((m for m in turned if m[0] != but), key=lambda m: load[m[0]])

    def project(hire: Hired, first: dt.date, days: int, closed: dt.date | None, outcome: Outcome) -> int:
        name, who = next(names), get_person(session.connection, hire[0])
        details = ProjectDetails(
            name=name, started_on=first, customer=name.split(" · ")[0], region=who.region, industry=who.industry
        )
        project_id = project_actions.save_project(session, by, details)
        phases: list[Phase] = []
        for at, phase in enumerate(CYCLE, 1):
            planned = first + days * at // len(CYCLE) * DAY
            done = planned + random.randrange(-3, 9) * DAY
            before = phases[-1].done_on if phases else first
            held = done <= today - 4 * DAY and before is not None and (closed is None or done <= closed)
            phases.append(Phase(phase, planned, max(done, before) if held and before else None))
        project_actions.save_cycle(session, by, project_id, phases, today)
        if closed is not None and outcome != Outcome.OPEN:
            project_actions.close_project(session, by, project_id, outcome, closed)
        return project_id

    def pair(at: int, hire: Hired, mentor: Hired, bound: int, first: dt.date, last: dt.date | None) -> int:
        pairing_id = actions.pair(session, by, hire[0], mentor[0], bound, first, GOALS[at % len(GOALS)], past=last)
        times.append(_Time(hire[0], mentor, first, last))
        return pairing_id

    def review(at: int, pairing_id: int, mentor: Hired, hire: Hired, day: dt.date, both: bool = True) -> None:
        now, session.now = session.now, dt.datetime.combine(day + 2 * DAY, dt.time(9, 15), dt.UTC)
        actions.review_pairing(session, Actor(mentor[1], mentor[0]), pairing_id, BY_MENTOR[at % len(BY_MENTOR)])
        if both:
            actions.review_pairing(session, Actor(hire[1], hire[0]), pairing_id, BY_HIRE[at % len(BY_HIRE)])
        session.now = now

    for i, hire in enumerate(hires[:-2]):
        first = hire[2] + random.randrange(5, 16) * DAY
        days = random.randrange(110, 165)
        closed = first + days * DAY
        mentor = free(i)
        if i == 5:  # the mentor leaves in the middle: handed over on the last day
            bound = project(hire, first, days + 40, None, Outcome.OPEN)
            made = pair(i, hire, left[0], bound, first, left[1])
            after = free(i)
            actions.reassign(session, by, made, after[0], left[1], f"{left[0][1]}离职，交接给{after[1]}")
            times.append(_Time(hire[0], after, left[1], None))
            load[after[0]] += 1
            continue
        if i == len(hires) - 3:  # ended early, nobody found yet
            ended = today - 12 * DAY
            made = pair(i, hire, mentor, project(hire, first, days, None, Outcome.OPEN), first, ended)
            actions.end(session, by, made, ended, "师傅调任华南，项目另有人接 The mentor moved to another region")
            continue
        if closed < today - 10 * DAY:
            bound = project(hire, first, days, closed, Outcome.WON)
            made = pair(i, hire, mentor, bound, first, closed)
            actions.complete(session, by, made, closed)
            review(i, made, mentor, hire, closed, both=i % 4 != 1)
            first, days, mentor = (
                closed + random.randrange(3, 8) * DAY,
                random.randrange(110, 165),
                free(i + 3, mentor[0]),
            )
            if first + 20 * DAY > today or i == 6:
                continue
        if i == 18:  # one mentor takes a second apprentice
            mentor = max(mentors, key=lambda m: load[m[0]] * (m[0] != mentor[0]))
        if i % 5 == 2 and first + 60 * DAY < today:  # lost early, and on with another
            lost = first + 45 * DAY
            bound = project(hire, first, days, lost, Outcome.OPEN)
            made = pair(i, hire, mentor, bound, first, None)
            project_actions.close_project(session, by, bound, Outcome.LOST, lost)
            actions.roll_on(session, by, made, project(hire, lost, days, None, Outcome.OPEN), lost + 4 * DAY)
        elif i == 9:  # won the day before yesterday, not completed yet
            bound = project(hire, first, days, today - 2 * DAY, Outcome.OPEN)
            pair(i, hire, mentor, bound, first, None)
            project_actions.close_project(session, by, bound, Outcome.WON, today - 2 * DAY)
        else:  # some have taken longer than planned
            short = max(30, (today - first).days - 9) if i % 8 == 3 else days + 40
            pair(i, hire, mentor, project(hire, first, short, None, Outcome.OPEN), first, None)
        load[mentor[0]] += 1
    crowded = max(mentors, key=lambda m: load[m[0]])
    actions.set_capacity(session, by, crowded[0], max(1, load[crowded[0]] - 1))
    for at, mentor in enumerate(mentors[::5]):
        if mentor is not crowded:
            actions.set_capacity(session, by, mentor[0], 3 - at % 2)

    def on(hire: int, day: dt.date) -> Hired | None:
        mine = [time for time in times if time.hire == hire]
        held = [t for t in mine if t.first <= day and (t.last is None or day < t.last)]
        near = held or sorted(mine, key=lambda t: abs((t.first - day).days))
        return near[0].mentor if near else None

    return on
