"""The rules of people, projects and pairings, asked of all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from mentor_app.core.check.problem import Problem, unknown, wrong
from mentor_app.core.check.rows import Row, Rows
from mentor_app.core.pairing.rules import DEFAULT_CAPACITY, PairingState
from mentor_app.core.pairing.tables import mentor_capacity, pairing, pairing_project, pairing_review
from mentor_app.core.people.roles import Role
from mentor_app.core.people.rules import RegionClass, match_key
from mentor_app.core.people.tables import crm_name, person, person_role, region, team
from mentor_app.core.projects.rules import Outcome
from mentor_app.core.projects.tables import project, project_phase

TABLES = (
    *(region, team, person, person_role, crm_name, project, project_phase),
    *(pairing, pairing_project, pairing_review, mentor_capacity),
)


def people(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Employment in order, roles and regions that exist, names that are found by what they are."""
    for one in rows.all("person"):
        if not one["name"].strip():
            yield wrong("name_empty", "Row {row} of {table} has no name.", "person", one["id"])
        if one["hired_on"] and one["left_on"] and one["left_on"] < one["hired_on"]:
            yield wrong("order", "Person {row} left before the hire.", "person", one["id"])
    for one in rows.all("person_role"):
        if one["role"] not in set(Role):
            yield unknown("person_role", one, "role")
    for one in rows.all("region"):
        if one["kind"] not in set(RegionClass):
            yield unknown("region", one, "kind")
    for one in rows.all("crm_name"):
        if match_key(one["match"]) != match_key(one["name"]):  # one kept from before may hold what can't be seen
            yield wrong("crm_name_match", "CRM name {row} is not found by its name.", "crm_name", one["id"])


def projects(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Cycles in order, closed where they have an outcome."""
    for one in rows.all("project"):
        if one["outcome"] not in set(Outcome):
            yield unknown("project", one, "outcome")
        if (one["outcome"] == Outcome.OPEN) != (one["closed_on"] is None):
            yield wrong(
                "order",
                "Project {row} is closed without an outcome, or has one without being closed.",
                "project",
                one["id"],
            )
        if one["closed_on"] and one["closed_on"] < one["started_on"]:
            yield wrong("order", "Project {row} closed before it started.", "project", one["id"])
    for project_id, found in rows.by("project_phase", "project_id").items():
        phases = sorted(found, key=lambda p: p["position"])
        names = [p["phase"].strip().casefold() for p in phases]
        done = [p["done_on"] for p in phases if p["done_on"]]
        if (
            [p["position"] for p in phases] != list(range(len(phases)))
            or len(set(names)) < len(names)
            or not all(names)
        ):
            yield wrong("cycle", "The phases of project {row} are not in one row.", "project", project_id)
        if any(after < before for before, after in pairwise(done)):
            yield wrong("order", "The phases of project {row} ended out of order.", "project", project_id)


def pairings(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Who may mentor whom, one at a time, bound to projects, reviewed by the two."""
    for one in rows.all("pairing"):
        yield from _pairing(one, rows)
    for apprentice, found in rows.by("pairing", "apprentice_id").items():
        held = sorted(found, key=lambda p: (p["started_on"], p["ended_on"] is None, p["ended_on"] or p["started_on"]))
        for before, after in pairwise(held):
            if before["ended_on"] is None or after["started_on"] < before["ended_on"]:
                yield wrong(
                    "pairing_twice",
                    "Person {who} has two pairings at once: {row} and {other}.",
                    "pairing",
                    after["id"],
                    who=apprentice,
                    other=before["id"],
                )
    yield from _circles(rows)
    for one in rows.all("pairing_review"):
        pair = rows.of("pairing").get(one["pairing_id"])
        if pair is not None and one["by_id"] not in (pair["apprentice_id"], pair["mentor_id"]):
            yield wrong("pairing_review", "Closing review {row} is by neither of the two.", "pairing_review", one["id"])
    for one in rows.all("mentor_capacity"):
        if not 0 <= one["capacity"] <= 50:
            yield wrong("capacity", "Capacity {row} is not between 0 and 50.", "mentor_capacity", one["id"])


def _pairing(one: Row, rows: Rows) -> Iterator[Problem]:
    def broken(key: str, what: str, **values: Any) -> Problem:
        return wrong(key, what, "pairing", one["id"], **values)

    if one["state"] not in set(PairingState):
        yield unknown("pairing", one, "state")
    if (one["state"] == PairingState.ACTIVE) != (one["ended_on"] is None):
        yield broken("order", "Pairing {row} has ended and is active, or neither.")
    if one["ended_on"] and one["ended_on"] < one["started_on"]:
        yield broken("order", "Pairing {row} ended before it started.")
    if one["apprentice_id"] == one["mentor_id"]:
        yield broken("pairing_self", "In pairing {row} somebody mentors themselves.")
    for key in ("apprentice_id", "mentor_id"):
        who = rows.of("person").get(one[key])
        if who is None:
            continue
        if who["hired_on"] and one["started_on"] < who["hired_on"]:
            yield broken("pairing_before_hire", "Pairing {row} began before {name} was hired.", name=who["name"])
        if who["left_on"] and max(one["started_on"], one["ended_on"] or one["started_on"]) > who["left_on"]:
            yield broken("pairing_after_leaving", "Pairing {row} lasted longer than {name} was here.", name=who["name"])
    roles = {r["role"] for r in rows.all("person_role") if r["person_id"] == one["mentor_id"]}
    if one["ended_on"] is None and Role.MENTOR not in roles:
        yield broken("pairing_no_mentor", "The mentor of pairing {row} does not have the role.")
    if one["state"] in (PairingState.REASSIGNED, PairingState.ENDED) and not (one["reason"] or "").strip():
        yield broken("reason_missing", "Pairing {row} ended without a reason.")
    yield from _bound(one, rows)


def _bound(one: Row, rows: Rows) -> Iterator[Problem]:
    """The projects a pairing went through: one after the other, the last as long as the pairing."""
    bound = sorted((b for b in rows.all("pairing_project") if b["pairing_id"] == one["id"]), key=lambda b: b["id"])
    if not bound and "pairing_project" not in rows.missing:
        yield wrong("pairing_unbound", "Pairing {row} is bound to no project.", "pairing", one["id"])
    for at, b in enumerate(bound):
        running = rows.of("project").get(b["project_id"])
        last = at == len(bound) - 1
        fits = b["first_on"] >= one["started_on"] and (b["last_on"] is None) == (last and one["ended_on"] is None)
        fits &= b["last_on"] is None or b["last_on"] >= b["first_on"]
        if running is not None:
            fits &= b["first_on"] >= running["started_on"]
            closed = running["closed_on"] is not None and (b["last_on"] is None or running["closed_on"] <= b["last_on"])
            fits &= closed or not (last and one["state"] == PairingState.COMPLETED)
        if not fits:
            yield wrong(
                "pairing_project",
                "Pairing {pairing} and the project it is bound to in row {row} don't fit.",
                "pairing_project",
                b["id"],
                pairing=one["id"],
            )


def _circles(rows: Rows) -> Iterator[Problem]:
    above = {p["apprentice_id"]: p["mentor_id"] for p in rows.all("pairing") if p["ended_on"] is None}
    for start in above:
        at, seen = above.get(start), {start}
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at == start and start == min(seen):
            yield wrong("pairing_circle", "Person {row} is, in a row of pairings, their own mentor.", "person", start)


def capacities(rows: Rows, highest: Mapping[int, int]) -> Iterator[Problem]:
    """Mentors with more apprentices than they ever had places for; ``highest`` is the most places each ever had."""
    for mentor, held in rows.by("pairing", "mentor_id").items():
        active = [p for p in held if p["ended_on"] is None]
        places = max(highest.get(mentor, 0), DEFAULT_CAPACITY)  # before anybody set it, it was that
        if len(active) > places:
            yield wrong(
                "capacity",
                "Person {row} mentors {n}, but has places for {places}.",
                "person",
                mentor,
                n=len(active),
                places=places,
            )
