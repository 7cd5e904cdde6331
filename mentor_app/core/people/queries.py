"""Reading people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, Table, func, select, text, union

from mentor_app.core.errors import Gone
from mentor_app.core.people.roles import Role
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name, erasure, person, person_role, region, team
from mentor_app.core.personal.letters import otherwise_written
from mentor_app.core.pipeline.tables import owner_digest
from mentor_app.core.ramp.hire import Hire
from mentor_app.core.store import contents
from mentor_app.core.store.records import read_all, read_dict

STANDING = text(contents.STANDING)
"""Of people: not a record that was merged into another of the same person."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person as lists and forms show them."""

    id: int
    version: int
    name: str
    code: str | None
    hired_on: dt.date | None
    hired_on_inferred: bool
    left_on: dt.date | None
    erased_on: dt.date | None
    """When their personal data was erased on request."""
    team: str | None
    region: str | None
    industry: str | None
    roles: tuple[Role, ...]
    crm_names: tuple[str, ...]

    def is_here(self, day: dt.date) -> bool:
        """Whether they have not left by this day, nor were erased: nobody counts any more on who was."""
        return (self.left_on is None or self.left_on >= day) and not self.was_erased(day)

    def was_erased(self, day: dt.date) -> bool:
        """Whether their personal data was erased by this day: they are listed nowhere any more, only counted."""
        return self.erased_on is not None and self.erased_on <= day

    @property
    def looked_for_by(self) -> str:
        """All that somebody may type who looks for this person."""
        return " ".join([self.name, self.code or "", self.team or "", *self.crm_names, *self.roles])


def also_found(connection: Connection, named: Table, word: str) -> list[int]:
    """Ids of those in ``named`` (people, CRM names) whose names hold a word as it may be typed, but not letter by letter."""
    rows = connection.execute(select(named.c.id, named.c.name)).all()
    found = set(otherwise_written((name for _, name in rows), word))
    return [key for key, name in rows if name in found]


def people(connection: Connection, person_id: int | None = None) -> list[Person]:
    """Everybody (or one), by name. A missing hire date is inferred from the first opportunity, and marked so."""
    first = (
        select(crm_name.c.person_id, func.min(owner_digest.c.first_on).label("first_on"))
        .join(owner_digest, owner_digest.c.crm_name_id == crm_name.c.id)
        .group_by(crm_name.c.person_id)
        .subquery()
    )
    gone = (
        select(erasure.c.person_id, func.min(erasure.c.at).label("erased_at")).group_by(erasure.c.person_id).subquery()
    )
    shown = (person, team.c.name.label("team"), region.c.name.label("region"), team.c.industry)
    statement = (
        select(*shown, first.c.first_on, gone.c.erased_at)
        .outerjoin(team, team.c.id == person.c.team_id)
        .outerjoin(region, region.c.id == team.c.region_id)
        .outerjoin(first, first.c.person_id == person.c.id)
        .outerjoin(gone, gone.c.person_id == person.c.id)
        .where(STANDING)
        .order_by(person.c.name, person.c.id)
    )
    roles: dict[int, list[Role]] = {}
    names: dict[int, list[str]] = {}
    role_rows = select(person_role.c.person_id, person_role.c.role).order_by(person_role.c.role)
    name_rows = select(crm_name.c.person_id, crm_name.c.name).where(crm_name.c.person_id.is_not(None))
    if person_id is not None:
        statement = statement.where(person.c.id == person_id)
        role_rows = role_rows.where(person_role.c.person_id == person_id)
        name_rows = name_rows.where(crm_name.c.person_id == person_id)
    for holder, role in connection.execute(role_rows):
        roles.setdefault(holder, []).append(Role(role))
    for holder, name in connection.execute(name_rows.order_by(crm_name.c.id)):
        names.setdefault(holder, []).append(name)
    return [
        Person(
            id=row["id"],
            version=row["version"],
            name=row["name"],
            code=row["code"],
            hired_on=row["hired_on"] or row["first_on"],
            hired_on_inferred=row["hired_on"] is None and row["first_on"] is not None,
            left_on=row["left_on"],
            erased_on=row["erased_at"].date() if row["erased_at"] is not None else None,
            team=row["team"],
            region=row["region"],
            industry=row["industry"],
            roles=tuple(roles.get(row["id"], ())),
            crm_names=tuple(names.get(row["id"], ())),
        )
        for row in connection.execute(statement).mappings()
    ]


def get_person(connection: Connection, person_id: int) -> Person:
    """One person; Gone where there is none with this id."""
    matches = people(connection, person_id)
    if not matches:
        raise Gone
    return matches[0]


def has_people(connection: Connection) -> bool:
    """Whether the store holds anybody yet."""
    return connection.execute(select(person.c.id).limit(1)).first() is not None


def called(connection: Connection, name: str) -> list[int]:
    """The ids of everybody of exactly this name, else of whoever has it as employee number."""
    ids = list(connection.execute(select(person.c.id).where(person.c.name == name, STANDING)).scalars())
    return ids or list(connection.execute(select(person.c.id).where(person.c.code == name, STANDING)).scalars())


def told_apart(everybody: Sequence[Person]) -> dict[int, str]:
    """What people are called where one has to be chosen: by their names, with number and team where several bear one."""
    times = Counter(match_key(one.name) for one in everybody)
    return {
        one.id: one.name
        if times[match_key(one.name)] == 1
        else f"{one.name} ({', '.join(filter(None, (one.code or f'#{one.id}', one.team)))})"
        for one in everybody
    }


def codes_of(connection: Connection, person_ids: Iterable[int]) -> list[str]:
    """The employee numbers of these people, as far as they have any."""
    c = person.c
    found = select(c.code).where(c.id.in_(list(person_ids)), c.code.is_not(None)).order_by(c.id)
    return list(connection.execute(found).scalars())


def people_by_name(connection: Connection) -> dict[str, list[int]]:
    """Name, CRM name or employee number, as names are compared → ids of the people it means."""
    ids_by_name: dict[str, list[int]] = {}
    for name, person_id in connection.execute(select(person.c.name, person.c.id).where(STANDING)):
        ids_by_name.setdefault(match_key(name), []).append(person_id)
    known = select(crm_name.c.match, crm_name.c.person_id).where(crm_name.c.person_id.is_not(None))
    for match, person_id in connection.execute(known):
        if match not in ids_by_name:
            ids_by_name[match] = [person_id]
    for code, person_id in connection.execute(select(person.c.code, person.c.id).where(person.c.code.is_not(None))):
        ids_by_name.setdefault(match_key(code), [person_id])
    return ids_by_name


def names_in_use(connection: Connection) -> list[str]:
    """Everything people are called by: names, CRM names and employee numbers."""
    codes = select(person.c.code).where(person.c.code.is_not(None))
    crm_names = select(crm_name.c.name).where(crm_name.c.person_id.is_not(None))
    return list(connection.execute(union(select(person.c.name).where(STANDING), crm_names, codes)).scalars())


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """Somebody who is here under a name, and the employee number, "" for none."""

    id: int
    name: str
    code: str
    team: str | None
    hired_on: dt.date | None
    left_on: dt.date | None

    @cached_property
    def key(self) -> str:
        """The name as names are compared."""
        return match_key(self.name)


def bearers(connection: Connection) -> list[Bearer]:
    """Everybody who is here, as they were added."""
    c = person.c
    here = select(
        c.id, c.name, func.coalesce(c.code, "").label("code"), team.c.name.label("team"), c.hired_on, c.left_on
    )
    return read_all(connection, here.outerjoin(team, team.c.id == c.team_id).where(STANDING).order_by(c.id), Bearer)


def namesakes(connection: Connection) -> dict[str, list[int]]:
    """Names, as they are compared, that several people bear → those people."""
    ids_by_name: dict[str, list[int]] = {}
    everybody = select(person.c.name, person.c.id).where(STANDING).order_by(person.c.id)
    for name, person_id in connection.execute(everybody):
        ids_by_name.setdefault(match_key(name), []).append(person_id)
    return {name: ids for name, ids in ids_by_name.items() if len(ids) > 1}


def known_names(connection: Connection) -> list[str]:
    """Everybody's name, and the CRM names that mean somebody."""
    names = list(connection.execute(select(person.c.name).order_by(person.c.id)).scalars())
    known = select(crm_name.c.name).where(crm_name.c.person_id.is_not(None)).order_by(crm_name.c.id)
    return list(dict.fromkeys([*names, *connection.execute(known).scalars()]))


def crm_matches(connection: Connection) -> set[str]:
    """CRM names that mean somebody, as names are compared."""
    return set(connection.execute(select(crm_name.c.match).where(crm_name.c.person_id.is_not(None))).scalars())


def inferred_hire_date(connection: Connection, person_id: int) -> dt.date | None:
    """The day of the person's first opportunity."""
    statement = (
        select(func.min(owner_digest.c.first_on))
        .join(crm_name, crm_name.c.id == owner_digest.c.crm_name_id)
        .where(crm_name.c.person_id == person_id)
    )
    return connection.execute(statement).scalar()


def hires(connection: Connection) -> list[Hire]:
    """Everybody as the ramp-up sees them."""
    return [
        Hire(
            key=p.id,
            name=p.name,
            hired_on=p.hired_on,
            inferred=p.hired_on_inferred,
            left_on=p.left_on,
            erased=p.erased_on is not None,
        )
        for p in people(connection)
    ]


@dataclass(frozen=True, kw_only=True)
class Team:
    """One team with its region and industry track."""

    id: int
    version: int
    name: str
    region: str | None
    industry: str | None


def teams(connection: Connection) -> list[Team]:
    """All teams, by name."""
    statement = (
        select(team.c.id, team.c.version, team.c.name, region.c.name.label("region"), team.c.industry)
        .outerjoin(region, region.c.id == team.c.region_id)
        .order_by(team.c.name)
    )
    return read_all(connection, statement, Team)


def region_versions(connection: Connection) -> dict[str, int]:
    """The version of each region, by its name."""
    return read_dict(connection, select(region.c.name, region.c.version))


def regions(connection: Connection) -> list[tuple[str, str]]:
    """(name, class) of all regions, as they were added."""
    statement = select(region.c.name, region.c.kind).order_by(region.c.id)
    return [(name, kind) for name, kind in connection.execute(statement)]


def team_names(connection: Connection) -> list[str]:
    """Names of all teams, in order."""
    return list(connection.execute(select(team.c.name).order_by(team.c.name)).scalars())


def crm_name_versions(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The version of each of these CRM names."""
    return read_dict(connection, select(crm_name.c.name, crm_name.c.version).where(crm_name.c.name.in_(list(names))))


def unmatched_crm_names(connection: Connection) -> list[tuple[str, int]]:
    """CRM names that own opportunities and mean nobody yet, with how many each owns."""
    count = owner_digest.c.opportunities
    statement = (
        select(crm_name.c.name, count)
        .join(owner_digest, owner_digest.c.crm_name_id == crm_name.c.id)
        .where(crm_name.c.person_id.is_(None), count > 0)
        .order_by(count.desc(), crm_name.c.name)
    )
    return [(name, count) for name, count in connection.execute(statement)]
