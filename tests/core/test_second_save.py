"""Whoever saves second: each action of the registry is done twice on the strength of one reading, and the second is
refused, or overwrites nothing of the first."""

import datetime as dt
import json
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from mentor_app.core.camp import actions as camp
from mentor_app.core.camp.queries import enrolment_version, leaves_of, published
from mentor_app.core.camp.queries import versions as programmes
from mentor_app.core.errors import Cancelled, ChangedMeanwhile, UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.pairing.queries import capacity_version, get_pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import crm_name_versions, get_person, region_versions, teams
from mentor_app.core.personal import actions as personal
from mentor_app.core.personal import merging
from mentor_app.core.pipeline import actions as pipeline
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.queries import kinds
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.playbooks.tables import playbook
from mentor_app.core.points import actions as points
from mentor_app.core.points.queries import rewards, rules_of
from mentor_app.core.projects import actions as projects
from mentor_app.core.projects.queries import projects as all_projects
from mentor_app.core.projects.rules import Phase, ProjectDetails
from mentor_app.core.store import Store
from mentor_app.core.store.history import Operation, change
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import actions_by_name
from mentor_app.core.text import by_user
from tests.conftest import ME, TODAY
from tests.core.history.world import (
    DAY,
    DEEDS,
    Deed,
    a_kind,
    answer_of,
    asked,
    book,
    deals,
    deed,
    details,
    draft,
    part_of,
    person,
    person_called,
    second,
)
from tests.core.points.mentoring import Camp
from tests.steps import step

Twice: TypeAlias = tuple[Deed, Deed]
D = dt.date


def read(at: Camp, query: Callable[..., Any], *args: Any) -> Any:
    with at.store.read() as connection:
        return query(connection, *args)


def version_of(at: Camp, table: str, row_id: int) -> int:
    c = metadata.tables[table].c
    return int(read(at, lambda connection: connection.execute(select(c.version).where(c.id == row_id)).scalar_one()))


def both(at: Camp, action: Callable[..., Any], first: tuple[Any, ...], other: tuple[Any, ...], **read_as: Any) -> Twice:
    """Two people with other words, who have read the same."""
    return deed(at.trainer, action, *first, **read_as), deed(at.lead, action, *other, **read_as)


def _person(at: Camp) -> Twice:
    lu, version = at.lu.person_id, read(at, get_person, at.lu.person_id).version
    return both(
        at,
        people.edit_person,
        (lu, person("Lu", roles=frozenset({"mentor", "trainer"}))),  # of the person's own row nothing
        (lu, person("Lu", roles=frozenset({"mentor", "team_lead"}))),
        version=version,
    )


def _named(at: Camp) -> Twice:
    lu, version = at.lu.person_id, read(at, get_person, at.lu.person_id).version
    roles = frozenset({"mentor"})
    return both(
        at,
        people.edit_person,
        (lu, person("Lu", roles=roles, crm_names=("one",))),
        (lu, person("Lu", roles=roles, crm_names=("another",))),
        version=version,
    )


def _confirm(at: Camp) -> Twice:
    version = read(at, get_person, at.lu.person_id).version
    return both(
        at,
        people.confirm_hire_date,
        (at.lu.person_id, D(2019, 1, 1)),
        (at.lu.person_id, D(2018, 1, 1)),
        version=version,
    )


def _confirm_many(at: Camp) -> Twice:
    at.act(pipeline.import_opportunities, deals("k1", owner="Inferred"), today=TODAY)
    who = person_called(at, "Inferred")
    versions = {who: read(at, get_person, who).version}
    return (
        deed(at.trainer, people.edit_person, who, person("Inferred", hired_on=D(2019, 3, 3), crm_names=())),
        deed(at.lead, people.confirm_hire_dates, [who], versions),
    )


def _crm_name(at: Camp) -> Twice:
    at.act(people.assign_crm_name, "N1", None)
    version = read(at, crm_name_versions, ["N1"])["N1"]
    return both(at, people.assign_crm_name, ("N1", at.lu.person_id), ("N1", at.mo.person_id), version=version)


def _crm_names(at: Camp) -> Twice:
    at.act(people.assign_crm_name, "N2", None)
    versions = read(at, crm_name_versions, ["N2"])
    return both(at, people.assign_crm_names, ({"N2": at.lu.person_id},), ({"N2": at.mo.person_id},), versions=versions)


def _region(at: Camp) -> Twice:
    at.act(people.save_region, "Moon", "strategic")
    version = read(at, region_versions)["Moon"]
    return both(at, people.save_region, ("Moon", "cultivation"), ("Moon", "consolidation"), version=version)


def _new_region(at: Camp) -> Twice:
    return both(at, people.save_region, ("Mars", "cultivation"), ("Mars", "strategic"), version=0)


def _team(at: Camp) -> Twice:
    team = next(team for team in read(at, teams) if team.name == "T")
    return both(
        at, people.save_team, ("T", None, "Retail", team.id), ("T", None, "Energy", team.id), version=team.version
    )


def _region_of_team(at: Camp) -> Twice:
    at.act(people.save_region, "Sun", "strategic")
    own = [at.act(people.save_team, f"S{n}", "Sun") for n in (1, 2)]
    read_as = {"version": 1, "region_version": read(at, region_versions)["Sun"]}
    return both(
        at,
        people.save_team,
        ("S1", "Sun", "", own[0], "consolidation"),
        ("S2", "Sun", "", own[1], "cultivation"),
        **read_as,
    )


def _programme(at: Camp) -> Twice:
    first = draft(at)
    return both(at, camp.save_draft, (first,), (first.replace('"count": 2,', '"count": 3,'),), row_version=0)


def _thrown_away(at: Camp) -> Twice:
    at.act(camp.save_draft, draft(at), who=at.trainer)
    version = read(at, programmes)[0].row_version
    changed = draft(at).replace('"count": 2,', '"count": 7,')
    return deed(at.trainer, camp.save_draft, changed), deed(at.trainer, camp.discard_draft, version)


def _published(at: Camp) -> Twice:
    at.act(camp.save_draft, draft(at), who=at.trainer)
    version = read(at, programmes)[0].row_version
    changed = draft(at).replace('"count": 2,', '"count": 8,')
    return deed(at.trainer, camp.save_draft, changed), deed(at.trainer, camp.publish, draft(at), version)


def _moved(at: Camp) -> Twice:
    hire = at.hire.person_id or 0
    versions = {hire: read(at, enrolment_version, hire)}
    one, other = second(at), second(at)
    return both(at, camp.move, ([hire], one), ([hire], other), versions=versions)


def _leave(at: Camp) -> Twice:
    own = at.act(camp.save_leave, at.hire.person_id, TODAY, TODAY + DAY, "home", who=at.trainer)
    hire = at.hire.person_id
    (leave,) = read(at, leaves_of, [hire])[hire]
    return both(
        at,
        camp.save_leave,
        (hire, TODAY, TODAY + 2 * DAY, "home", own),
        (hire, TODAY, TODAY + DAY, "ill", own),
        version=leave.version,
    )


def _leave_removed(at: Camp) -> Twice:
    later = TODAY + 50 * DAY
    own = at.act(camp.save_leave, at.hire.person_id, later, later, "home", who=at.trainer)
    version = version_of(at, "leave", own)
    return (
        deed(at.trainer, camp.save_leave, at.hire.person_id, later, later + DAY, "longer", own),
        deed(at.lead, camp.remove_leave, own, version),
    )


def _activity(at: Camp) -> Twice:
    hire = at.hire.person_id
    own = at.act(logbook.save_activity, hire, details(at), TODAY, state="draft", who=at.hire)
    read_as = {"activity_id": own, "version": version_of(at, "activity", own)}
    return both(
        at, logbook.save_activity, (hire, details(at, "one"), TODAY), (hire, details(at, "two"), TODAY), **read_as
    )


def _handed_in(at: Camp) -> Twice:
    hire = at.hire.person_id
    own = at.act(logbook.save_activity, hire, details(at), TODAY, state="draft", who=at.hire)
    read_as = {"activity_id": own, "version": version_of(at, "activity", own)}
    return (
        deed(at.hire, logbook.save_activity, hire, details(at, "one"), TODAY, **read_as),
        deed(at.hire, logbook.hand_in, hire, details(at, "two"), TODAY, **read_as),
    )


def _removed(at: Camp) -> Twice:
    made = at.act(people.add_person, person("Zoë"))
    version = read(at, get_person, made).version
    return (
        deed(at.lead, people.edit_person, made, person("Zoé"), version),
        deed(at.lead, personal.remove_person, made, version),
    )


def _project(at: Camp) -> Twice:
    old = next(one for one in read(at, all_projects) if one.id == at.project)
    said = ProjectDetails(name=old.name, started_on=old.started_on)
    return both(
        at,
        projects.save_project,
        (replace(said, customer="one"), old.id),
        (replace(said, industry="two"), old.id),
        version=old.version,
    )


def _cycle(at: Camp) -> Twice:
    version = version_of(at, "project", at.project)
    return both(
        at,
        projects.save_cycle,
        (at.project, [Phase("signed", D(2027, 1, 1))], TODAY),
        (at.project, [Phase("solution", D(2027, 2, 1))], TODAY),
        version=version,
    )


def _capacity(at: Camp) -> Twice:
    version = read(at, capacity_version, at.mo.person_id)
    return both(at, pairing.set_capacity, (at.mo.person_id, 8), (at.mo.person_id, 9), version=version)


def _goals(at: Camp) -> Twice:
    (old,) = read(at, get_pairing, at.pairing)
    return both(at, pairing.set_goals, (at.pairing, "listen"), (at.pairing, "ask"), version=old.version)


def rule_versions(at: Camp, event: str = "session") -> dict[int, int]:
    return {rule.id: rule.version for rule in read(at, rules_of) if rule.event == event}


def _rule(at: Camp) -> Twice:
    return both(
        at,
        points.save_rule,
        ("session", 9, None, TODAY + DAY, TODAY),
        ("session", 7, None, TODAY + 2 * DAY, TODAY),
        versions=rule_versions(at),
    )


def _rule_ended(at: Camp) -> Twice:
    versions = rule_versions(at)
    return (
        deed(at.trainer, points.save_rule, "session", 8, None, TODAY + 5 * DAY, TODAY, versions),
        deed(at.lead, points.end_rule, "session", TODAY, TODAY, versions),
    )


def _reward(at: Camp) -> Twice:
    own = at.act(points.save_reward, "Pen", "resource", 5)
    old = next(one for one in read(at, rewards) if one.id == own)
    read_as = {"reward_id": own, "version": old.version}
    return both(at, points.save_reward, ("Pen", "resource", 6), ("Pen", "resource", 7), **read_as)


def _kind(at: Camp) -> Twice:
    _, version, kind = read(at, kinds)[0]
    return both(at, playbooks.save_kind, (replace(kind, months=3),), (replace(kind, months=4),), version=version)


def _new_kind(at: Camp) -> Twice:
    kind = replace(a_kind(at), key="third")
    return both(at, playbooks.save_kind, (kind,), (replace(kind, months=4),), version=0)


def _part(at: Camp) -> Twice:
    made, before = book(at), Part(title="too dear", body="value")
    part = part_of(at, made)
    return (
        deed(at.mo, playbooks.save_part, made, Part(title="too dear", body="one"), part, before=before),
        deed(at.mo, playbooks.save_part, made, Part(title="too dear", body="two"), part, before=before),
    )


def _part_removed(at: Camp) -> Twice:
    made, before = book(at), Part(title="too dear", body="value")
    part = part_of(at, made)
    return (
        deed(at.mo, playbooks.save_part, made, Part(title="too dear", body="one"), part, before=before),
        deed(at.mo, playbooks.remove_part, made, part, before),
    )


def _parts(at: Camp) -> Twice:
    made = book(at)
    version = version_of(at, playbook.name, made)
    return (
        deed(at.mo, playbooks.save_part, made, Part(title="new", body="words")),
        deed(at.mo, playbooks.save_parts, made, [Part(title="q", body="a")], True, version),
    )


EDITS: dict[str, list[Callable[[Camp], Twice]]] = {
    "people.edit_person": [_person, _named],
    "people.confirm_hire_date": [_confirm],
    "people.confirm_hire_dates": [_confirm_many],
    "people.assign_crm_name": [_crm_name],
    "people.assign_crm_names": [_crm_names],
    "people.save_region": [_region, _new_region],
    "people.save_team": [_team, _region_of_team],
    "camp.save_draft": [_programme],
    "camp.discard_draft": [_thrown_away],
    "camp.publish": [_published],
    "camp.move": [_moved],
    "camp.save_leave": [_leave],
    "camp.remove_leave": [_leave_removed],
    "logbook.save_activity": [_activity],
    "logbook.hand_in": [_handed_in],
    "people.remove_person": [_removed],
    "projects.save_project": [_project],
    "projects.save_cycle": [_cycle],
    "pairing.set_capacity": [_capacity],
    "pairing.set_goals": [_goals],
    "points.save_rule": [_rule],
    "points.end_rule": [_rule_ended],
    "points.save_reward": [_reward],
    "playbooks.save_kind": [_kind, _new_kind],
    "playbooks.save_part": [_part],
    "playbooks.remove_part": [_part_removed],
    "playbooks.save_parts": [_parts],
}
"""Each action that writes over what was read, and two who do it on the strength of one reading."""

NOT_HERE = {
    "history.undo": "what is taken back is named, and taken back once: see tests/core/history",
    "history.redo": "what is done again is named, and done again once: see tests/core/history",
    "sample.fill": "only an empty store is filled: see tests/core/sample",
    "store.restore": "the whole store is changed for another one: see tests/core/store/test_restore",
}
"""What is about no record."""


def test_every_action_is_looked_at() -> None:
    actions = actions_by_name()
    refused = {name for name, one in actions.items() if not one.beside}
    assert set(EDITS) <= refused
    for name, one in actions.items():
        assert one.beside == "" or (one.beside[0].isupper() and one.beside.endswith(".")), name
    assert refused - set(EDITS) - set(NOT_HERE) == set(REFUSED) | REFUSED_ONCE
    assert set(actions) - refused == set(BESIDE)


@pytest.fixture
def at(camp: Camp) -> Camp:
    return camp


def _clash(at: Camp, first: Deed, other: Deed) -> ChangedMeanwhile:
    """Do both; the second is told what is stored, by whom and since when, and nothing of it is done."""
    who, action, args, more = first
    done = at.store.act(who, action, *args, **more)
    assert done.change_set_id is not None
    last = read(at, _last_change)
    with pytest.raises(ChangedMeanwhile) as caught:
        at.store.act(other[0], other[1], *other[2], **other[3])
    assert read(at, _last_change) == last
    return caught.value


def _last_change(connection: Any) -> Any:
    return connection.execute(select(change.c.id).order_by(change.c.id.desc()).limit(1)).scalar()


def test_who_saves_second_is_refused_whatever_the_record(store: Store) -> None:
    """All edits one after the other in one store, on either database."""
    at, tried = Camp(store), 0
    at.act(people.edit_person, at.lead.person_id, person("Li", roles=frozenset({"team_lead", "trainer"})))
    for name, examples in EDITS.items():
        for example in examples:
            first, other = example(at)
            error = _clash(at, first, other)
            assert error.by == first[0].name, name
            assert error.at is not None, name
            assert abs(error.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=10), name
            assert first[0].name in str(error), name
            copy = pickle.loads(pickle.dumps(error))
            assert (copy.by, copy.at, copy.stored) == (error.by, error.at, error.stored), name
            tried += 1
            if name == "camp.publish":
                at.act(camp.discard_draft, who=at.trainer)
    assert tried >= len(EDITS)


def test_what_is_stored_now_is_told_by_column_and_part(store: Store) -> None:
    at = Camp(store)
    lu, version = at.lu.person_id or 0, read(at, get_person, at.lu.person_id).version
    roles = frozenset({"mentor", "trainer"})
    at.act(people.edit_person, lu, person("Lulu", roles=frozenset({"mentor"})), who=at.trainer)
    at.act(people.edit_person, lu, person("Lulu", roles=roles, hired_on=D(2019, 1, 1)), who=at.lead)
    with pytest.raises(ChangedMeanwhile) as caught:
        at.act(people.edit_person, lu, person("Lu"), version)
    told = caught.value
    assert (told.by, told.stored["name"].value, told.stored["name"].by) == ("Li", "Lulu", "Tia")
    assert (told.stored["hired_on"].value, told.stored["hired_on"].by) == (D(2019, 1, 1), "Li")
    assert {row["role"] for row in told.stored["person_role"].value} == roles
    assert told.stored["person_role"].by == "Li"
    assert told.stored["crm_name"].by == "Tia"  # the new name, as a CRM name
    assert told.stored["code"].by == by_user("tester")  # who added them


def test_what_is_gone_is_told_too(at: Camp) -> None:
    hire = at.hire.person_id
    own = at.act(camp.save_leave, hire, TODAY, TODAY, "home", who=at.trainer)
    at.act(camp.remove_leave, own, who=at.trainer)
    with pytest.raises(ChangedMeanwhile) as caught:
        at.act(camp.save_leave, hire, TODAY, TODAY, "ill", own, 1)
    assert (caught.value.by, caught.value.stored) == ("Tia", {})


def test_taking_back_a_part_raises_the_whole_too(at: Camp) -> None:
    """Who has read the record before the undo does not write over it either."""
    lu = at.lu.person_id or 0
    done = at.store.act(at.lead, people.edit_person, lu, person("Lu", roles=frozenset({"mentor", "trainer"})))
    version = read(at, get_person, lu).version
    at.store.act(at.lead, undo, done.change_set_id)
    with pytest.raises(ChangedMeanwhile):
        at.act(people.edit_person, lu, person("Lu", roles=frozenset({"trainer"})), version)


def test_what_failed_inside_an_action_raises_nothing_and_hides_nothing(at: Camp) -> None:
    lu = at.lu.person_id or 0

    @step
    def half(session: Any, actor: Any) -> None:
        with suppress(Cancelled), session.attempt():
            people.assign_crm_name(session, actor, "X", lu)
            raise Cancelled
        people.assign_crm_name(session, actor, "Y", lu)

    before = read(at, get_person, lu).version
    at.store.act(ME, half)
    assert read(at, get_person, lu).version == before + 1


# -- what is refused by the state it was left in

REFUSED = (
    "people.merge",
    "camp.enrol",
    "logbook.submit",
    "logbook.take_back",
    "logbook.sign_off",
    "logbook.send_back",
    "logbook.review_again",
    "logbook.correct",
    "logbook.withdraw",
    "logbook.restore",
    "projects.close_project",
    "pairing.pair",
    "pairing.start_pairings",
    "pairing.roll_on",
    "pairing.complete",
    "pairing.end",
    "pairing.reassign",
    "points.decide",
    "points.fulfil",
    "playbooks.submit",
    "playbooks.ask_for_changes",
    "playbooks.approve",
    "playbooks.withdraw_approval",
    "playbooks.review_again",
)
REFUSED_ONCE = {
    "camp.take_back_decision",
    "logbook.take_back_review",
    "pairing.review_pairing",
    "points.take_back_decision",
    "points.withdraw",
    "playbooks.take_back",
    "playbooks.take_back_review",
}


@pytest.mark.parametrize("name", [*REFUSED, *sorted(REFUSED_ONCE)])
def test_a_step_is_done_once(at: Camp, name: str) -> None:
    deeds = {**DEEDS, **ONCE}
    who, action, args, more = deeds[name](at)
    at.store.act(who, action, *args, **more)
    with pytest.raises(UserError):
        at.store.act(who, action, *args, **more)


ONCE: dict[str, Callable[[Camp], Deed]] = {
    "people.merge": lambda at: deed(
        at.lead, merging.merge, at.act(people.add_person, person("Twin")), at.act(people.add_person, person("Other"))
    ),
    "camp.take_back_decision": lambda at: deed(
        at.trainer,
        camp.take_back_decision,
        [at.act(camp.decide, at.hire.person_id, "newcomer", "waived", TODAY, "why", who=at.trainer)],
    ),
    "logbook.take_back_review": lambda at: deed(at.mo, logbook.take_back_review, _reviewed(at)),
    "pairing.review_pairing": lambda at: (
        at.act(pairing.end, at.pairing, TODAY, "why"),
        deed(at.mo, pairing.review_pairing, at.pairing, "good"),
    )[1],
    "points.take_back_decision": lambda at: deed(at.trainer, points.take_back_decision, [asked(at, decided=True)]),
    "points.withdraw": lambda at: deed(at.mo, points.withdraw, asked(at)),
    "playbooks.take_back": lambda at: deed(at.mo, playbooks.take_back, book(at, "in_review")),
    "playbooks.take_back_review": lambda at: deed(at.trainer, reviewing.take_back_review, _approved(at)),
}


def _reviewed(at: Camp) -> list[int]:
    at.session(TODAY)
    return _newest(at, "review")


def _approved(at: Camp) -> list[int]:
    book(at, "approved")
    return _newest(at, "playbook_review")


def _newest(at: Camp, table: str) -> list[int]:
    c = metadata.tables[table].c
    return [read(at, lambda connection: connection.execute(select(c.id).order_by(c.id.desc())).scalars().first())]


# -- what stands beside each other

BESIDE = (
    "people.erase",
    "people.add_person",
    "people.import",
    "pipeline.import",
    "pipeline.remember_mapping",
    "projects.import",
    "pairing.import",
    "logbook.import",
    "logbook.assess",
    "camp.decide",
    "points.request",
    "points.settle_all",
    "playbooks.begin",
    "playbooks.move_part",
    "playbooks.rate",
    "playbooks.attach",
    "playbooks.detach",
)
"""What says why it may be done twice."""
OTHERWISE = {
    "people.import",
    "pipeline.import",
    "projects.import",
    "logbook.import",  # a file is meant to stand over what was there
    "pipeline.remember_mapping",  # and so is how the last one was read
    "points.settle_all",  # there is nothing left the second time: see tests/core/points
    "playbooks.move_part",  # by one place, from wherever it stands
}
"""What may move what the first has written, and says so."""


@pytest.mark.parametrize("name", [name for name in BESIDE if name not in OTHERWISE])
def test_what_stands_beside_overwrites_nothing(at: Camp, name: str) -> None:
    """Of what the first has written, every value stands, whatever the second adds; a refusal is as good."""
    first, other = PAIRS[name](at) if name in PAIRS else (DEEDS[name](at),) * 2
    done = at.store.act(first[0], first[1], *first[2], **first[3])
    before = read(at, _written, done.change_set_id)
    try:
        at.store.act(other[0], other[1], *other[2], **other[3])
    except UserError:
        return
    assert read(at, _written, done.change_set_id) == before


def _written(connection: Any, change_set_id: int | None) -> list[Any]:
    """What the rows say now that a change set wrote, in what it wrote."""
    rows = connection.execute(select(change).where(change.c.change_set_id == change_set_id)).mappings().all()
    found = []
    for row in rows:
        if row["row_id"] is None or row["operation"] == Operation.DELETE:
            continue
        table = metadata.tables[row["table_name"]]
        now = connection.execute(select(table).where(table.c.id == row["row_id"])).mappings().one_or_none()
        found.append((row["table_name"], row["row_id"], now and {k: str(now[k]) for k in json.loads(row["after"])}))
    return found


def _rated(at: Camp) -> Twice:
    answer = answer_of(at, book(at, "approved"))
    return deed(at.hire, playbooks.rate, answer, True), deed(at.lu, playbooks.rate, answer, False)


def _assessed(at: Camp) -> Twice:
    said = details(at, kind="simulation", title="s")
    own = at.act(logbook.save_activity, at.hire.person_id, said, TODAY, state="submitted", who=at.hire)
    rubric = read(at, published).programme.rubric("simulation")
    high, low = ([score] * len(rubric.criteria) for score in (rubric.top, 1))
    return deed(at.mo, logbook.assess, own, high), deed(at.lu, logbook.assess, own, low)


PAIRS: dict[str, Callable[[Camp], Twice]] = {
    "playbooks.rate": _rated,
    "logbook.assess": _assessed,
    "people.erase": lambda at: (deed(at.lead, personal.erase, at.lu.person_id),) * 2,
}
"""Two with other words, where the example alone would say the same twice."""
