"""A list of people, and what becomes of them."""

from __future__ import annotations

from collections.abc import Container, Iterable

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.imports import CALLED, NAMED, ROW, Keep, RowOutcome, RowResult, Said, finish, keep_all
from mentor_app.core.people import rules
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person, has_deals
from mentor_app.core.people.meant import Meant
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action
from mentor_app.core.text import N_


@action(
    "people.import",
    title=N_("People imported from a file"),
    undo=INVERSE,
    formerly=(
        "people.import_file",
        "people.import_people",
        "mentor_app.transfer.people._run",
        "mentor_app.transfer.people._write",
        "mentor_app.transfer.people.import_file",
    ),
    beside="A file stands over what was there: it is read, shown and confirmed first, and names what it changes.",
)
def import_people(
    session: Session,
    actor: Actor,
    rows: Iterable[tuple[int, PersonDetails, frozenset[str]]],
    keep: Keep = keep_all,
    file: str = "",
    numbers: Said | None = None,
) -> list[RowOutcome]:
    """Add or update people from (row number, details, fields the file has).

    ``Meant`` tells whom each row means. What was said is in ``numbers``: by employee number whose it is (somebody's who is here, NEW_PERSON's, or
    by TAKES of whoever stands beside it), by ROW and a row's number whom it means alike, by CALLED and a name what somebody was called before,
    TAKES or NEW_PERSON. Says what became of each row; where ``keep`` says no, nothing of it stays.
    """
    results: list[RowOutcome] = []
    rows, said = list(rows), numbers or {}
    check_said_of_rows(said, {details.code or "" for _, details, _ in rows}, {number for number, _, _ in rows})
    meant = Meant(session.connection, rows, said)
    _release(session, meant)
    for number, _, fields in rows:
        remark = meant.remarks.get(number)
        try:
            person_id, details = meant.of(number)
            with session.attempt(number):
                former = meant.former(number)
                if former is not None:
                    is_namesake = rules.match_key(former.name) == rules.match_key(details.name)
                    words = _ANOTHERS if is_namesake else _NO_MORE
                    remark = UserError(words, code=former.code, name=details.name, holder=former.name)
                if person_id is None:
                    add_person(session, actor, details)
                    outcome = RowResult.NEW
                else:
                    merged, kept = _merge(session, person_id, details, fields)
                    remark = UserError(_STAYS, names=", ".join(kept), name=merged.name) if kept else remark
                    outcome = (
                        RowResult.UPDATED if edit_person(session, actor, person_id, merged) else RowResult.UNCHANGED
                    )
            results.append((number, outcome, remark))
        except UserError as error:
            results.append((number, RowResult.REJECTED, error))
    _restore(session, meant)
    return finish(session, results, keep, file)


def check_said_of_rows(said: Said, codes: Container[str], numbers: Container[int]) -> None:
    """UserError where something was said of an employee number or a row that the list does not have."""
    for key in sorted(said):
        if key.startswith((CALLED, NAMED)):
            continue
        row = key.removeprefix(ROW)
        if key.startswith(ROW) and not (row.isdecimal() and int(row) in numbers):
            raise UserError("The list has no row {row}.", row=row)
        if not key.startswith(ROW) and key not in codes:
            raise UserError("No row has the employee number {number}.", number=key)


_NO_MORE = N_("The employee number {code} is {name}'s now, and {holder}'s no more.")
_ANOTHERS = N_("The employee number {code} is another {name}'s now.")


def _release(session: Session, meant: Meant) -> None:
    """Let everybody give up the numbers that go over to somebody else."""
    for person_id, (_, row) in meant.released().items():
        with session.attempt(row):
            session.update(person, person_id, {"code": None})


def _restore(session: Session, meant: Meant) -> None:
    """Give those numbers back that nobody took, as their rows were rejected."""
    held = {row.id: row.code for row in session.connection.execute(select(person.c.id, person.c.code))}
    for person_id, (code, row) in meant.released().items():
        if held[person_id] is None and code not in held.values():
            with session.attempt(row):
                session.update(person, person_id, {"code": code})


_STAYS = N_(
    "{name} keeps the CRM names {names}, which the list does not name: opportunities go by them. They are taken out on the person's page."
)


def _merge(
    session: Session, person_id: int, details: PersonDetails, fields: frozenset[str]
) -> tuple[PersonDetails, list[str]]:
    """What a file says of somebody, and beside it what it has no column for; and CRM names that stay although it does not
    name them, because opportunities go by them."""
    old = get_person(session.connection, person_id)
    held = select(crm_name.c.id, crm_name.c.name).where(crm_name.c.person_id == person_id)
    said = {rules.match_key(name) for name in (details.name, *details.crm_names)}
    if "crm_names" in fields:
        said.add(rules.match_key(old.name))
    unsaid = [row for row in session.connection.execute(held) if rules.match_key(row.name) not in said]
    kept = [row.name for row in unsaid if "crm_names" not in fields or has_deals(session, row.id)]
    merged = PersonDetails(
        name=details.name,
        hired_on=details.hired_on if "hired_on" in fields else None if old.hired_on_inferred else old.hired_on,
        left_on=details.left_on if "left_on" in fields else old.left_on,
        team=details.team if "team" in fields else old.team,
        roles=details.roles if "roles" in fields else frozenset(old.roles),
        crm_names=(*details.crm_names, *kept),
        code=details.code or old.code,
    )
    return merged, kept if "crm_names" in fields else []
