"""Too much data: hundreds of people, thousands of deals, endless names, everything at once."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from mentor_app.core.camp import actions as camp
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import Phase, ProjectDetails
from mentor_app.core.store import Actor, Session
from tests.conftest import ME
from tests.steps import step


@step
def crowd(session: Session, actor: Actor, today: dt.date) -> None:
    """Names that don't fit anywhere, hundreds of them."""
    names = [f"{'Maximiliane-Alexandra ' * 7}{i} <b>&amp;" if i % 50 == 0 else f"欧阳娜娜 {i}" for i in range(600)]
    for i, name in enumerate(names):
        hired = today - dt.timedelta(days=i % 900)
        role = ("new_hire", "mentor", "trainer", "team_lead")[i % 4]
        add_person(
            session,
            actor,
            PersonDetails(
                name=name,
                hired_on=hired,
                left_on=None,
                team=f"Team {i % 90} " + "长" * (i % 90),
                roles=frozenset({role}),
            ),
        )
    n = 12000
    closed = [(today - dt.timedelta(days=i % 300)).isoformat() for i in range(n)]
    columns: dict[str, list[Any]] = {
        "name": ["Deal " * 60] * n,
        "account": ["客户" * 90] * n,
        "stage": ["Won"] * n,
        "status": [1 + i % 2 for i in range(n)],
        "opened_on": closed,
        "closed_on": closed,
        "amount_cents": [10**15 + i for i in range(n)],
    }
    batch = Batch(
        rows=list(range(n)),
        key=[f"K{i:0200d}" for i in range(n)],
        owner=[names[i % 600] for i in range(n)],
        columns=columns,
        problems=[],
    )
    assert import_opportunities(session, actor, [batch], today=today).applied
    crowded_camp(session, today)


def crowded_pairings(session: Session, me: Actor, boss: int, mentor: int, today: dt.date, endless: str) -> None:
    """A hundred projects with endless names; a mentor with thirty apprentices, and with endless goals and reviews."""
    long = "Ein-Projekt-ohne-Ende 项目 <b>&amp; " * 6
    roles = frozenset({"mentor", "trainer"})
    edit_person(session, me, mentor, PersonDetails(name="Tia", hired_on=today - dt.timedelta(days=900), roles=roles))
    pairing.set_capacity(session, me, mentor, 40)
    hired = select(person.c.id, person.c.hired_on).where(person.c.hired_on < today, person.c.hired_on.is_not(None))
    hires = session.connection.execute(hired.where(person.c.id.not_in([boss, mentor])).limit(30)).all()
    for i in range(100):
        details = ProjectDetails(
            name=f"{i} {long}"[:190],
            started_on=today - dt.timedelta(days=200 - i),
            customer="客户" * 90,
            region="East",
            industry="长" * 90,
        )
        made = project_actions.save_project(session, me, details)
        if i < len(hires):
            started = max(hires[i][1], today - dt.timedelta(days=90))
            at = pairing.pair(session, me, hires[i][0], mentor, made, started, endless)
            if i % 3 == 0:
                pairing.end(session, me, at, today, endless)
                pairing.review_pairing(session, Actor("Tia", mentor), at, endless)
    mine = pairing.pair(session, me, boss, mentor, made, today, endless)
    phases = [Phase(f"{i} Phase ohne Ende 阶段没有尽头"[:40], today, today if i < 5 else None) for i in range(20)]
    project_actions.save_cycle(session, me, made, phases, today)
    pairing.set_goals(session, me, mine, endless + endless)


def crowded_camp(session: Session, today: dt.date) -> None:
    """Somebody with every role and the longest texts, in a camp of hundreds."""
    endless = "Nie-endender-Satz ohne Ende <b>&amp; 这句话没有尽头 " * 80
    roles = frozenset({"new_hire", "mentor", "trainer", "team_lead"})
    boss = add_person(
        session, ME, PersonDetails(name="Everything-at-once " * 9, hired_on=today - dt.timedelta(days=400), roles=roles)
    )
    trainer = add_person(
        session, ME, PersonDetails(name="Tia", hired_on=today - dt.timedelta(days=900), roles=frozenset({"trainer"}))
    )
    me, other = Actor("boss", boss), Actor("Tia", trainer)
    crowded_pairings(session, me, boss, trainer, today, endless)
    hires = list(session.connection.execute(select(person.c.id).where(person.c.hired_on < today).limit(400)).scalars())
    camp.enrol(session, other, [*hires, boss], today)
    for i, hire in enumerate([*hires[:60], *[boss] * 12]):
        details = Details(
            kind="visit",
            held_on=today,
            at_time="10:00",
            minutes=1440,
            customer="客户" * 90,
            title=None,
            phase="negotiation",
            part="led",
            depth=5,
            seen=endless,
            learned=endless,
            next_step=endless,
            host_id=None,
        )
        made = logbook.save_activity(session, me, hire, details, today, state="submitted" if i % 3 else "planned")
        if i % 3 == 1:
            logbook.send_back(session, other, made, endless)
    camp.decide(session, other, boss, "newcomer", "held", today, endless)
    camp.save_leave(session, other, boss, today, None, "x" * 400)
