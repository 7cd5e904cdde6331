"""Writing people, teams and CRM names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from mentor_app.core.errors import UserError
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people import rules
from mentor_app.core.people.access import roles_of, roles_refusal
from mentor_app.core.people.queries import inferred_hire_date
from mentor_app.core.people.roles import Role
from mentor_app.core.people.rules import RegionClass
from mentor_app.core.people.tables import crm_name, person, person_role, region, team
from mentor_app.core.pipeline.tables import owner_digest
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action
from mentor_app.core.text import ERASED, N_

NEW_PERSON = -1
"""Stands for a person still to be added where a CRM name is given a meaning."""
Meant = int | str | None
"""Whom a CRM name of a file means: a person, NEW_PERSON, nobody, or (a text) whoever another of its names means."""

IS_ERASED = N_(
    "This person was erased on request: no names are added to the record. Add a new record for whoever is here now."
)


@dataclass(frozen=True, kw_only=True)
class PersonDetails:
    """What a person's form or a row of a people file says. Dates None: not known."""

    name: str
    hired_on: dt.date | None = None
    left_on: dt.date | None = None
    team: str | None = None
    roles: frozenset[Role] = frozenset()
    crm_names: tuple[str, ...] = field(default=())
    code: str | None = None


@action("people.add_person", title=N_("Person added"), undo=INVERSE, beside="It adds somebody.")
def add_person(session: Session, actor: Actor, details: PersonDetails) -> int:
    """Add somebody; their own name also counts as a CRM name while nobody else carries it. Returns the id."""
    person_id = session.insert(person, _columns(session, details))
    _set_roles(session, actor, person_id, details.roles)
    for name in dict.fromkeys((details.name, *details.crm_names)):
        _claim(session, person_id, name, required=name in details.crm_names)
    return person_id


def add_owners(session: Session, actor: Actor, names: Sequence[str]) -> dict[str, int]:
    """Add the people behind CRM names that nobody carries, all at once. Returns the crm_name id of each name."""
    clean = [rules.checked_name(name) for name in names]
    people = session.insert_many(person, {"name": clean})
    keys = [rules.match_key(name) for name in clean]
    ids = session.insert_many(crm_name, {"name": clean, "match": keys, "person_id": people})
    return dict(zip(names, ids, strict=True))


@action("people.edit_person", title=N_("Person changed"), undo=INVERSE)
def edit_person(
    session: Session, actor: Actor, person_id: int, details: PersonDetails, version: int | None = None
) -> bool:
    """Make the person as in ``details``. Returns whether anything changed.

    Whoever is renamed here is not renamed in the CRM: a former name under which they have opportunities stays theirs.
    ``version``: of the person that was read; ChangedMeanwhile where they, their roles or names are others by now.
    """
    former = session.connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar_one_or_none()
    if former is not None and former.startswith(
        ERASED
    ):  # before anything else: what was read then is no reason to merge
        _stay_erased(session, person_id, former, details)
    session.expect(person, person_id, version)
    check_pairings(session, person_id, details.hired_on, details.left_on, details.roles)
    changed = session.update(person, person_id, _columns(session, details, person_id))
    changed |= _set_roles(session, actor, person_id, details.roles)
    held = session.connection.execute(select(crm_name).where(crm_name.c.person_id == person_id)).mappings().all()
    wanted = {rules.match_key(name) for name in (details.name, *details.crm_names)}
    if former is not None and rules.match_key(former) != rules.match_key(details.name):
        wanted |= {
            row["match"] for row in held if row["match"] == rules.match_key(former) and has_deals(session, row["id"])
        }
    for row in held:
        if row["match"] not in wanted:
            changed |= session.update(crm_name, row["id"], {"person_id": None})
    for name in dict.fromkeys((details.name, *details.crm_names)):
        changed |= _claim(session, person_id, name, required=name in details.crm_names)
    return changed


def _stay_erased(session: Session, person_id: int, former: str, details: PersonDetails) -> None:
    """UserError where somebody erased would have a name, an employee number or a CRM name again."""
    known = set(session.connection.execute(select(crm_name.c.match).where(crm_name.c.person_id == person_id)).scalars())
    added = {rules.match_key(name) for name in details.crm_names} - known - {rules.match_key(former)}
    if details.name != former or (details.code or "").strip() or added:
        raise UserError(IS_ERASED)


def has_deals(session: Session, crm_name_id: int) -> bool:
    """Whether opportunities go by this CRM name."""
    statement = select(owner_digest.c.crm_name_id).where(owner_digest.c.crm_name_id == crm_name_id)
    return session.connection.execute(statement.limit(1)).first() is not None


def check_pairings(
    session: Session,
    person_id: int,
    hired_on: dt.date | None,
    left_on: dt.date | None,
    roles: frozenset[Role] | None = None,
) -> None:
    """UserError where a pairing would come to lie outside the person's employment, or lose its mentor's role.

    A running pairing may outlast the leaving date: it is then ended or reassigned.
    """
    p = pairing.c
    held = select(p.mentor_id, p.started_on, p.ended_on).where(
        or_(p.mentor_id == person_id, p.apprentice_id == person_id)
    )
    for mentor_id, started_on, ended_on in session.connection.execute(held):
        if hired_on is not None and started_on < hired_on:
            raise UserError("A pairing began on {date}; the hire date can't lie after it.", date=started_on).of(
                "hired_on"
            )
        last = ended_on or started_on
        if left_on is not None and left_on < last:
            raise UserError("A pairing lasted until {date}; the leaving date can't lie before it.", date=last).of(
                "left_on"
            )
        if roles is not None and mentor_id == person_id and ended_on is None and Role.MENTOR not in roles:
            raise UserError("The role Mentor stays while there are apprentices: reassign them first.").of("roles")


def keep_rules(session: Session) -> None:
    """UserError where people, as something taken back left them, break a rule."""
    ids = {row.row_id for row in session.changed(person)}
    ids |= {(row.after or row.before)["person_id"] for row in session.changed(person_role)}
    for person_id in sorted(ids):
        row = session.connection.execute(select(person).where(person.c.id == person_id)).mappings().one_or_none()
        if row is not None:
            rules.check_employment(row["hired_on"], row["left_on"])
            roles = roles_of(session.connection, person_id)
            check_pairings(session, person_id, row["hired_on"], row["left_on"], roles)


@action("people.confirm_hire_date", title=N_("Hire date confirmed"), undo=INVERSE)
def confirm_hire_date(
    session: Session, actor: Actor, person_id: int, hired_on: dt.date | None = None, version: int | None = None
) -> dt.date:
    """Turn an inferred hire date (or a given one) into a confirmed one, and return it. ``version``: of the person read."""
    session.expect(person, person_id, version)
    date = hired_on or inferred_hire_date(session.connection, person_id)
    if date is None:
        raise UserError("There is no opportunity to infer a hire date from. Enter the date.")
    left_on = session.connection.execute(select(person.c.left_on).where(person.c.id == person_id)).scalar_one()
    rules.check_employment(date, left_on)
    check_pairings(session, person_id, date, left_on)
    session.update(person, person_id, {"hired_on": date})
    return date


@action(
    "people.confirm_hire_dates",
    title=N_("Hire dates confirmed"),
    undo=INVERSE,
    formerly=("mentor_app.ui.pages.people.confirm_hire_dates",),
)
def confirm_hire_dates(
    session: Session, actor: Actor, person_ids: Iterable[int], versions: Mapping[int, int] | None = None
) -> list[dt.date]:
    """Confirm several inferred hire dates in one change set; ``versions``: of the people as they were read, by id."""
    read = versions or {}
    return [confirm_hire_date(session, actor, person_id, version=read.get(person_id)) for person_id in person_ids]


@action("people.assign_crm_name", title=N_("CRM name given to a person"), undo=INVERSE)
def assign_crm_name(
    session: Session, actor: Actor, name: str, person_id: int | None, version: int | None = None
) -> None:
    """Say whom a CRM name means; their opportunities follow at once. ``version``: of the name that was read."""
    row = _crm_row(session, name)
    said = select(person.c.name).where(person.c.id == person_id)
    if (session.connection.execute(said).scalar() or "").startswith(ERASED) and (row is None or row[1] != person_id):
        raise UserError(IS_ERASED)
    session.expect(crm_name, row and row[0], version)
    if row is None:
        clean = rules.checked_name(name, "crm_names")
        session.insert(crm_name, {"name": clean, "match": rules.match_key(clean), "person_id": person_id})
    else:
        session.update(crm_name, row[0], {"person_id": person_id})


@action("people.assign_crm_names", title=N_("CRM names given to people"), undo=INVERSE)
def assign_crm_names(
    session: Session, actor: Actor, owners: Mapping[str, int | None], versions: Mapping[str, int] | None = None
) -> int:
    """Say whom several CRM names mean, in one change set; ``NEW_PERSON`` adds somebody of that name. Returns how many.

    ``versions``: of the names as they were read; ChangedMeanwhile where one means somebody else by now.
    """
    read = versions or {}
    for name, person_id in owners.items():
        if person_id == NEW_PERSON:
            add_person(session, actor, PersonDetails(name=name))
        else:
            assign_crm_name(session, actor, name, person_id, read.get(name))
    return len(owners)


@action("people.save_region", title=N_("Region saved"), undo=INVERSE)
def save_region(session: Session, actor: Actor, name: str, kind: RegionClass, version: int | None = None) -> int:
    """Add a region, or give one another class (strategic, consolidation, cultivation). Returns its id.

    ``version``: of the region that was read, 0 where there was none.
    """
    clean = rules.region_from_words(name) or rules.checked_name(name)
    known_id = session.connection.execute(select(region.c.id).where(region.c.name == clean)).scalar()
    session.expect(region, known_id, version)
    if known_id is None:
        return session.insert(region, {"name": clean, "kind": kind})
    session.update(region, known_id, {"kind": kind})
    return int(known_id)


@action("people.save_team", title=N_("Team saved"), undo=INVERSE)
def save_team(
    session: Session,
    actor: Actor,
    name: str,
    region_name: str | None = None,
    industry: str | None = None,
    team_id: int | None = None,
    region_class: RegionClass | None = None,
    version: int | None = None,
    region_version: int | None = None,
) -> int:
    """Add a team, or change the one with ``team_id``, and its region's class where one is given. Returns its id.

    ``version``: of the team that was read; ``region_version``: of the region, 0 where there was none.
    """
    session.expect(team, team_id, version)
    if region_name and region_class:
        save_region(session, actor, region_name, region_class, region_version)
    values = {
        "name": rules.checked_name(name),
        "region_id": region_id(session, region_name) if region_name else None,
        "industry": (industry or "").strip() or None,
    }
    taken = session.connection.execute(select(team.c.id).where(team.c.name == values["name"])).scalar()
    if taken is not None and taken != team_id:
        raise UserError("There is already a team called {name}.", name=name)
    if team_id is None:
        return session.insert(team, values)
    session.update(team, team_id, values)
    return team_id


def _columns(session: Session, details: PersonDetails, person_id: int | None = None) -> dict[str, object]:
    rules.check_employment(details.hired_on, details.left_on)
    code = (details.code or "").strip() or None
    holder = select(person.c.id, person.c.name).where(person.c.code == code, person.c.id != (person_id or 0))
    other = session.connection.execute(holder).first() if code else None
    if other is not None:
        raise UserError("The employee number {code} is that of {name}.", code=code, name=other.name).of("code")
    return {
        "name": rules.checked_name(details.name),
        "code": code,
        "hired_on": details.hired_on,
        "left_on": details.left_on,
        "team_id": _team_id(session, details.team) if details.team else None,
    }


def _team_id(session: Session, name: str) -> int:
    clean = rules.checked_name(name, "team")
    team_id = session.connection.execute(select(team.c.id).where(team.c.name == clean)).scalar()
    if team_id is not None:
        return int(team_id)
    known = rules.region_from_words(clean)
    return session.insert(team, {"name": clean, "region_id": region_id(session, known) if known else None})


def region_id(session: Session, name: str) -> int:
    """The id of a region, by its name in either language; a new one is added as a cultivation region."""
    name = rules.region_from_words(name) or name
    found = session.connection.execute(select(region.c.id).where(region.c.name == name)).scalar()
    return found if found is not None else session.insert(region, {"name": name, "kind": RegionClass.CULTIVATION})


def _set_roles(session: Session, actor: Actor, person_id: int, roles: frozenset[Role]) -> bool:
    unknown = roles - set(Role)
    if unknown:
        raise UserError("{role} is not a role.", role=sorted(unknown)[0]).of("roles")
    held = session.connection.execute(select(person_role).where(person_role.c.person_id == person_id)).mappings().all()
    refused = roles_refusal(session.connection, actor) if {row["role"] for row in held} != roles else None
    if refused is not None:
        raise UserError(refused).of("roles")
    for row in held:
        if row["role"] not in roles:
            session.delete(person_role, row["id"])
    missing = sorted(roles - {row["role"] for row in held})
    for role in missing:
        session.insert(person_role, {"person_id": person_id, "role": role})
    return bool(missing) or len(held) + len(missing) != len(roles)


def _crm_row(session: Session, name: str) -> tuple[int, int | None] | None:
    row = session.connection.execute(
        select(crm_name.c.id, crm_name.c.person_id).where(crm_name.c.match == rules.match_key(name))
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _claim(session: Session, person_id: int, name: str, required: bool) -> bool:
    """Let ``name`` mean this person. Where it means somebody else, complain only if it was asked for."""
    row = _crm_row(session, name)
    if row is None:
        clean = rules.checked_name(name, "crm_names")
        session.insert(crm_name, {"name": clean, "match": rules.match_key(clean), "person_id": person_id})
        return True
    if row[1] is None:
        return session.update(crm_name, row[0], {"person_id": person_id})
    if row[1] != person_id and required:
        raise UserError("The CRM name {name} already belongs to somebody else.", name=name).of("crm_names")
    return False
