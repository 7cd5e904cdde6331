"""A company in which everything can be done, and what it all looks like: to do, take back, do again, and compare."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.queries import decisions, published
from mentor_app.core.camp.rules import passed_stages
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.listed import import_people
from mentor_app.core.personal import actions as personal
from mentor_app.core.pipeline import actions as pipeline
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.queries import attachments_of, kinds
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.playbooks.tables import playbook_answer, playbook_part
from mentor_app.core.points import actions as points
from mentor_app.core.points.queries import rules_of
from mentor_app.core.points.tables import point_entry
from mentor_app.core.projects import actions as projects
from mentor_app.core.projects.rules import Outcome, Phase, ProjectDetails
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.attachments import Stored
from mentor_app.core.store.schema import metadata
from tests.conftest import TODAY
from tests.core.points.mentoring import Camp

D = dt.date
DAY = dt.timedelta(days=1)
Deed: TypeAlias = tuple[Actor, Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def looks(store: Store) -> dict[str, Any]:
    """All that is true of a store: every row but those kept for good, without versions; points; what is found and drawn."""
    with store.read() as connection:
        found = {name: _rows(connection, name) for name in sorted(metadata.tables)}
        entries = connection.execute(select(point_entry.c.person_id, point_entry.c.points)).all()
        passed = {person_id: passed_stages(given) for person_id, given in decisions(connection).items()}
    balances: dict[int, int] = {}
    for person_id, gained in entries:
        balances[person_id] = balances.get(person_id, 0) + gained
    gates = {
        key: {stage: (one.decision, one.reason, one.decided_on) for stage, one in v.items()}
        for key, v in passed.items()
        if v
    }
    found["point_rule"] = _in_force(store)
    return {**found, "balances": {k: v for k, v in balances.items() if v}, "gates": gates}


def _in_force(store: Store) -> list[tuple[Any, ...]]:
    """What each event earns from which day on, whichever rows say so."""
    with store.read() as connection:
        rules = sorted(rules_of(connection), key=lambda rule: (rule.event, rule.first_on))
    spans: list[tuple[Any, ...]] = []
    for rule in rules:
        gives = (rule.event, rule.points, rule.per_month)
        last = spans[-1] if spans else None
        if last is not None and last[:3] == gives and last[4] == rule.first_on - DAY:
            spans[-1] = (*last[:4], rule.last_on)
        else:
            spans.append((*gives, rule.first_on, rule.last_on))
    return spans


def _rows(connection: Connection, name: str) -> Any:
    table = metadata.tables[name]
    if table.info.get("append_only") or name in ("change", "change_set", "change_seal", "installed_seal", "undoing"):
        return None
    unseen = {"version"} | ({"id", "version_id"} if table is playbook_answer else set())
    columns = [column for column in table.columns if column.name not in unseen]
    gone = {"activity": "withdrawn", "redemption": "withdrawn"}.get(name)
    rows = connection.execute(select(*columns)).mappings()
    return sorted(str(dict(row)) for row in rows if row.get("state") != (gone or 0) and row.get("removed") != 1)


def details(at: Camp, words: str = "l", **more: Any) -> Details:
    given = {"kind": "shadowing", "held_on": TODAY, "minutes": 5, "customer": "c", "host_id": at.mo.person_id}
    return Details(**{**given, "learned": words, **more})


def handed_in(at: Camp, **more: Any) -> int:
    return int(
        at.act(logbook.save_activity, at.hire.person_id, details(at, **more), TODAY, state="submitted", who=at.hire)
    )


def deals(*keys: str, owner: str = "Ann", status: int = 1, cents: int = 100) -> list[Batch]:
    n = len(keys)
    columns = {
        "status": [status] * n,
        "opened_on": ["2026-10-01"] * n,
        "closed_on": [None if status == 0 else "2026-10-20"] * n,
        "expected_on": [None] * n,
        "amount_cents": [cents] * n,
    }
    return [Batch(rows=list(range(2, n + 2)), key=list(keys), owner=[owner] * n, columns=columns, problems=[])]


def book(at: Camp, state: str = "draft") -> int:
    made = int(at.act(playbooks.begin, "objections", "Q&A", who=at.mo))
    at.act(playbooks.save_part, made, Part(title="too dear", body="value"), who=at.mo)
    if state != "draft":
        at.act(playbooks.submit, made, who=at.mo)
    if state == "approved":
        at.act(reviewing.approve, made, who=at.trainer)
    return made


def part_of(at: Camp, made: int) -> int:
    with at.store.read() as connection:
        found = select(playbook_part.c.id).where(playbook_part.c.playbook_id == made)
        return int(connection.execute(found).scalars().first() or 0)


def answer_of(at: Camp, made: int) -> int:
    with at.store.read() as connection:
        found = select(playbook_answer.c.id).where(playbook_answer.c.playbook_id == made)
        return int(connection.execute(found).scalars().first() or 0)


def asked(at: Camp, decided: bool = False) -> int:
    at.rich(50)
    reward = at.act(points.save_reward, "Book", "resource", 20, stock=3)
    made = int(at.act(points.request, reward, who=at.mo))
    if decided:
        at.act(points.decide, made, True, who=at.trainer)
    return made


def draft(at: Camp) -> str:
    from mentor_app.core.camp.programme import write_programme

    with at.store.read() as connection:
        return write_programme(published(connection).programme).replace('"count": 1,', '"count": 2,')


def second(at: Camp) -> int:
    """Another published version of the programme."""
    at.act(camp.save_draft, draft(at), who=at.trainer)
    at.act(camp.publish, who=at.trainer)
    with at.store.read() as connection:
        return published(connection).id


def past_the_gate(at: Camp, decision: str = "waived") -> None:
    at.act(camp.decide, at.hire.person_id, "newcomer", decision, TODAY, "why", who=at.trainer)


def person(name: str, **more: Any) -> PersonDetails:
    return PersonDetails(**{"name": name, "hired_on": D(2020, 1, 1), "team": "T", **more})


def deed(who: Actor, action: Callable[..., Any], *args: Any, **more: Any) -> Deed:
    return who, action, args, more


def project(at: Camp, name: str = "Q") -> int:
    return int(at.act(projects.save_project, ProjectDetails(name=name, started_on=D(2026, 9, 1))))


def closed(at: Camp, outcome: Outcome = Outcome.WON) -> None:
    at.act(projects.close_project, at.project, outcome, TODAY - DAY)


def after(_done: Any, then: Deed) -> Deed:
    return then


def a_kind(at: Camp) -> Any:
    with at.store.read() as connection:
        return kinds(connection)[0][2]


def attached(at: Camp) -> int:
    made = book(at)
    at.act(playbooks.attach, made, Stored("a.pdf", "pdf", 1, "0" * 64), who=at.mo)
    with at.store.read() as connection:
        return attachments_of(connection, made)[0].id


def removing(at: Camp, made: int) -> Deed:
    return deed(at.mo, playbooks.remove_part, made, part_of(at, made))


def moving(at: Camp, made: int) -> Deed:
    at.act(playbooks.save_part, made, Part(title="q", body="a"), who=at.mo)
    return deed(at.mo, playbooks.move_part, made, part_of(at, made), 1)


FULL = frozenset({"name", "hired_on", "left_on", "team", "roles", "code"})

DEEDS: dict[str, Callable[[Camp], Deed]] = {
    "people.add_person": lambda at: deed(
        at.lead, people.add_person, person("Zoë", crm_names=("Z",), roles=frozenset({"mentor"}))
    ),
    "people.edit_person": lambda at: deed(
        at.lead, people.edit_person, at.lu.person_id, person("Lulu", team="New", roles=frozenset({"trainer"}))
    ),
    "people.confirm_hire_date": lambda at: deed(at.lead, people.confirm_hire_date, at.lu.person_id, D(2019, 5, 5)),
    "people.confirm_hire_dates": lambda at: after(
        at.act(pipeline.import_opportunities, deals("k", owner="New One"), today=TODAY),
        deed(at.lead, people.confirm_hire_dates, [person_called(at, "New One")]),
    ),
    "people.assign_crm_name": lambda at: deed(at.lead, people.assign_crm_name, "Ann X", at.hire.person_id),
    "people.assign_crm_names": lambda at: deed(
        at.lead, people.assign_crm_names, {"B": at.mo.person_id, "C": people.NEW_PERSON}
    ),
    "people.remove_person": lambda at: deed(
        at.lead, personal.remove_person, at.act(people.add_person, person("Zoë", roles=frozenset({"mentor"})))
    ),
    "people.save_region": lambda at: deed(at.lead, people.save_region, "Moon", "strategic"),
    "people.save_team": lambda at: deed(at.lead, people.save_team, "East", "East", "Retail"),
    "people.import": lambda at: deed(
        at.lead,
        import_people,
        [(2, person("Lu", team="X"), FULL), (3, person("New", roles=frozenset({"new_hire"})), FULL)],
        file="people.csv",
    ),
    "pipeline.import": lambda at: after(
        at.act(pipeline.import_opportunities, deals("a", "b", status=0), today=TODAY),
        deed(
            at.lead,
            pipeline.import_opportunities,
            [*deals("a", "c", "d"), *deals("e", owner="Stranger"), *deals("f", owner="Known but nobody")],
            today=TODAY,
            owners={"Known but nobody": None},
            file="deals.csv",
        ),
    ),
    "pipeline.remember_mapping": lambda at: deed(
        at.lead, pipeline.remember_mapping, "x", {"columns": {"amount": ["Sum"]}}
    ),
    "camp.save_draft": lambda at: deed(at.trainer, camp.save_draft, draft(at)),
    "camp.discard_draft": lambda at: after(
        at.act(camp.save_draft, draft(at), who=at.trainer), deed(at.trainer, camp.discard_draft)
    ),
    "camp.enrol": lambda at: deed(at.trainer, camp.enrol, [at.lu.person_id], TODAY),
    "camp.move": lambda at: after(None, deed(at.trainer, camp.move, [at.hire.person_id], second(at))),
    "camp.save_leave": lambda at: deed(at.trainer, camp.save_leave, at.hire.person_id, TODAY, TODAY + DAY, "home"),
    "camp.remove_leave": lambda at: deed(
        at.trainer, camp.remove_leave, at.act(camp.save_leave, at.hire.person_id, TODAY, None, "x", who=at.trainer)
    ),
    "camp.decide": lambda at: deed(
        at.trainer, camp.decide, at.hire.person_id, "newcomer", "waived", TODAY, "good enough"
    ),
    "logbook.save_activity": lambda at: deed(
        at.hire, logbook.save_activity, at.hire.person_id, details(at), TODAY, state="submitted"
    ),
    "logbook.hand_in": lambda at: deed(
        at.hire,
        logbook.hand_in,
        at.hire.person_id,
        details(at),
        TODAY,
        activity_id=at.act(logbook.save_activity, at.hire.person_id, details(at), TODAY, who=at.hire),
    ),
    "logbook.submit": lambda at: deed(
        at.hire,
        logbook.submit,
        [at.act(logbook.save_activity, at.hire.person_id, details(at), TODAY, state="draft", who=at.hire)],
        TODAY,
    ),
    "logbook.take_back": lambda at: deed(at.hire, logbook.take_back, handed_in(at)),
    "logbook.sign_off": lambda at: deed(at.mo, logbook.sign_off, [handed_in(at), handed_in(at)], "good"),
    "logbook.send_back": lambda at: deed(at.mo, logbook.send_back, handed_in(at), "say more"),
    "logbook.review_again": lambda at: deed(at.mo, logbook.review_again, reviews_taken_back(at)),
    "logbook.correct": lambda at: deed(at.hire, logbook.correct, at.session(TODAY), details(at, "more"), TODAY),
    "logbook.withdraw": lambda at: deed(at.mo, logbook.withdraw, [at.session(TODAY)]),
    "logbook.restore": lambda at: after(None, deed(at.mo, logbook.restore, withdrawn(at))),
    "logbook.import": lambda at: deed(
        at.lead,
        logbook.import_activities,
        [logbook.Row(number=2, code="k", person_id=at.hire.person_id, details=details(at), state="submitted")],
        TODAY,
    ),
    "projects.save_project": lambda at: deed(
        at.lead, projects.save_project, ProjectDetails(name="Q", started_on=D(2026, 9, 1), region="East")
    ),
    "projects.save_cycle": lambda at: deed(
        at.lead, projects.save_cycle, at.project, [Phase("signed", D(2027, 1, 1))], TODAY
    ),
    "projects.close_project": lambda at: deed(at.lead, projects.close_project, at.project, Outcome.WON, TODAY),
    "projects.import": lambda at: deed(
        at.lead,
        projects.import_projects,
        [
            (2, ProjectDetails(name="P", started_on=D(2026, 8, 1)), frozenset()),
            (3, ProjectDetails(name="R", started_on=D(2026, 9, 1)), frozenset()),
        ],
    ),
    "pairing.set_capacity": lambda at: deed(at.lead, pairing.set_capacity, at.mo.person_id, 9),
    "pairing.pair": lambda at: after(
        at.act(pairing.end, at.pairing, TODAY - DAY, "why"),
        deed(at.lead, pairing.pair, at.hire.person_id, at.lu.person_id, at.project, TODAY),
    ),
    "pairing.start_pairings": lambda at: after(
        at.act(pairing.end, at.pairing, TODAY - DAY, "why"),
        deed(
            at.lead,
            pairing.start_pairings,
            [pairing.NewPair(at.hire.person_id, at.lu.person_id, ProjectDetails(name="N", started_on=TODAY - DAY))],
            TODAY,
        ),
    ),
    "pairing.roll_on": lambda at: after(
        closed(at, Outcome.LOST), deed(at.lead, pairing.roll_on, at.pairing, project(at), TODAY)
    ),
    "pairing.complete": lambda at: after(closed(at), deed(at.lead, pairing.complete, at.pairing, TODAY)),
    "pairing.end": lambda at: deed(at.lead, pairing.end, at.pairing, TODAY, "why"),
    "pairing.reassign": lambda at: deed(at.lead, pairing.reassign, at.pairing, at.lu.person_id, TODAY, "why"),
    "pairing.set_goals": lambda at: deed(at.lead, pairing.set_goals, at.pairing, "listen"),
    "pairing.import": lambda at: after(
        at.act(pairing.end, at.pairing, TODAY - DAY, "why"),
        deed(
            at.lead,
            pairing.import_pairings,
            [
                pairing.PairingRow(
                    number=2,
                    apprentice_id=at.hire.person_id,
                    mentor_id=at.lu.person_id,
                    project="P",
                    started_on=TODAY,
                    ended_on=None,
                    reason="",
                    goals="g",
                )
            ],
        ),
    ),
    "points.save_rule": lambda at: deed(at.trainer, points.save_rule, "session", 9, None, TODAY + DAY, TODAY),
    "points.end_rule": lambda at: deed(at.trainer, points.end_rule, "session", TODAY, TODAY),
    "points.save_reward": lambda at: deed(at.trainer, points.save_reward, "Pen", "resource", 5),
    "points.request": lambda at: after(
        at.rich(50), deed(at.mo, points.request, at.act(points.save_reward, "Pen", "resource", 5))
    ),
    "points.decide": lambda at: deed(at.trainer, points.decide, asked(at), True),
    "points.fulfil": lambda at: deed(at.trainer, points.fulfil, asked(at, decided=True)),
    "playbooks.save_kind": lambda at: deed(at.trainer, playbooks.save_kind, replace(a_kind(at), key="third")),
    "playbooks.begin": lambda at: deed(at.mo, playbooks.begin, "handbook", "H"),
    "playbooks.save_part": lambda at: deed(at.mo, playbooks.save_part, book(at), Part(title="q", body="a")),
    "playbooks.save_parts": lambda at: deed(
        at.mo, playbooks.save_parts, book(at), [Part(title="q", body="a"), Part(title="r", body="b")], True
    ),
    "playbooks.remove_part": lambda at: removing(at, book(at)),
    "playbooks.move_part": lambda at: moving(at, book(at)),
    "playbooks.submit": lambda at: deed(at.mo, playbooks.submit, book(at)),
    "playbooks.ask_for_changes": lambda at: deed(
        at.trainer, reviewing.ask_for_changes, book(at, "in_review"), "mend", [reviewing.Comment(0, "value", "what?")]
    ),
    "playbooks.approve": lambda at: deed(
        at.trainer, reviewing.approve, book(at, "in_review"), "fine", [reviewing.Comment(0, "value", "nice")]
    ),
    "playbooks.withdraw_approval": lambda at: deed(
        at.trainer, reviewing.withdraw_approval, book(at, "approved"), "wrong price"
    ),
    "playbooks.review_again": lambda at: deed(at.trainer, reviewing.review_again, approvals_taken_back(at)),
    "playbooks.rate": lambda at: deed(at.hire, playbooks.rate, answer_of(at, book(at, "approved")), True),
    "playbooks.attach": lambda at: deed(at.mo, playbooks.attach, book(at), Stored("a.pdf", "pdf", 1, "0" * 64)),
    "playbooks.detach": lambda at: deed(at.mo, playbooks.detach, attached(at)),
}
"""An example of each action that can be taken back, ready to be done."""


def person_called(at: Camp, name: str) -> int:
    from mentor_app.core.people.queries import called

    with at.store.read() as connection:
        return called(connection, name)[0]


def withdrawn(at: Camp) -> list[int]:
    made = [at.session(TODAY)]
    at.act(logbook.withdraw, made, who=at.mo)
    return made


def _latest(at: Camp, table: str) -> list[int]:
    with at.store.read() as connection:
        c = metadata.tables[table].c
        return [int(connection.execute(select(c.id).order_by(c.id.desc())).scalars().first() or 0)]


def reviews_taken_back(at: Camp) -> list[int]:
    at.session(TODAY)
    given = _latest(at, "review")
    at.act(logbook.take_back_review, given, who=at.mo)
    return given


def approvals_taken_back(at: Camp) -> list[int]:
    book(at, "approved")
    given = _latest(at, "playbook_review")
    at.act(reviewing.take_back_review, given, who=at.trainer)
    return given
