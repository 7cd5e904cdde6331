"""A list of people: whom each row means, and what becomes of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import ColumnElement, select

from mentor_app.core.errors import UserError
from mentor_app.core.imports import CALLED, OUT, TAKES, Keep, RowOutcome, RowResult, Said, Unanswered, finish, keep_all
from mentor_app.core.people import rules
from mentor_app.core.people.actions import NEW_PERSON, PersonDetails, add_person, edit_person, has_deals
from mentor_app.core.people.queries import STANDING, Bearer, get_person, numbered_bearers
from mentor_app.core.people.tables import crm_name, merger, person
from mentor_app.core.people.taken_numbers import TakenNumbers, as_before
from mentor_app.core.personal.names import keeps_part
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import INVERSE, action
from mentor_app.core.text import N_, text


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

    A person is found by code where the file has one, else by name: whoever has no code yet is given the one of the only
    row with their name. Of a new number with the name of somebody who has another one, ``numbers`` says whose it is:
    somebody's who is here, or NEW_PERSON's, and by CALLED what somebody was called before; where it does not, the row is ``Renumbered``. A known number beside the name of somebody
    with another one is ``Misnumbered`` until it is said that its holder is called so now, and ``TakenOver`` where that name is hardly
    its holder's; there TAKES gives the number to whoever is called so, or adds them. Says what became of each row; where
    ``keep`` says no, nothing of it stays.
    """
    results: list[RowOutcome] = []
    seen: dict[int, int] = {}
    rows = list(rows)
    bearers = Counter(rules.match_key(details.name) for _, details, _ in rows)
    listed = Counter(details.code for _, details, _ in rows if details.code)
    said_of = {key: value for key, value in (numbers or {}).items() if not key.startswith(CALLED)}
    if said_of.keys() - listed:
        raise UserError("No row has the employee number {number}.", number=min(said_of.keys() - listed))
    bearing = numbered_bearers(session.connection)
    holders = {one.code: one for found in bearing.values() for one in found}
    others = {name: [one for one in found if one.code not in listed] for name, found in bearing.items()}
    spelled = _spelled(session)
    taken = TakenNumbers(session, rows, numbers or {}, holders)
    taken.release(session)
    for number, written, fields in rows:
        remark: UserError | None = None
        once = (numbers or {}).get(CALLED + written.name)
        takes, once = once == TAKES or said_of.get(written.code or "") == TAKES, None if once == TAKES else once
        said = _as_here(as_before(written, numbers or {}), spelled)
        try:
            if takes and number not in taken.former:
                _refuse_to_take(said, holders.get(said.code or ""), taken.is_here(said.name))
            person_id, details = _find(
                session,
                said,
                bearers[rules.match_key(said.name)],
                said_of if once is None else None,
                partial(_whose, others, said_of, once is not None),
            )
            if said_of.get(said.code or "") != person_id:
                _check_number(person_id, said, bearing, holders, taken, bearers)
            details = details if once is None else replace(details, name=written.name)
            if person_id in seen:
                raise UserError("The same person stands in row {row} already.", row=seen[person_id])
            with session.attempt(number):
                if number in taken.former:
                    former = taken.former[number]
                    remark = UserError(_NO_MORE, code=former.code, name=details.name, holder=former.name)
                if person_id is None:
                    person_id, outcome = add_person(session, actor, details), RowResult.NEW
                    spelled[rules.match_key(details.name)].add(details.name)
                else:
                    merged, kept = _merge(session, person_id, details, fields)
                    remark = UserError(_STAYS, names=", ".join(kept), name=merged.name) if kept else remark
                    outcome = (
                        RowResult.UPDATED if edit_person(session, actor, person_id, merged) else RowResult.UNCHANGED
                    )
            seen[person_id] = number
            results.append((number, outcome, remark))
        except UserError as error:
            results.append((number, RowResult.REJECTED, error))
    taken.restore(session)
    return finish(session, results, keep, file)


_RENUMBERED = N_(
    "{name} is here with the employee number {code} ({team}). Is this the same person with a new number, or somebody else of this name?"
)


class Renumbered(Unanswered):
    """Somebody of this name is here with another employee number: the same person with a new one, or somebody else?"""

    def __init__(self, details: PersonDetails, candidates: Sequence[Bearer]) -> None:
        here = candidates[0]
        super().__init__(
            _RENUMBERED,
            name=here.name,
            code=", ".join(one.code for one in candidates),
            team=here.team or "–",
        )
        self.of("code")
        self.key = details.code or ""
        self.about = f"{details.name} ({self.key})"
        same = [(text("{name}, {code}: the same person", name=one.name, code=one.code), one.id) for one in candidates]
        self.choices = [*same, (text("Somebody else of this name"), NEW_PERSON)]
        self.answer = text(
            'Say --person "{number}={code}" for the same person, or --person "{number}=new".',
            number=self.key,
            code=here.code,
        )


class Unnumbered(Unanswered):
    """Somebody of this name is here without an employee number, who joined on another day or has left: the same person, or somebody else?"""

    def __init__(self, details: PersonDetails, person_id: int, hired_on: dt.date | None) -> None:
        words = N_(
            "{name} is here without an employee number (hired on: {day}). Is this the same person, or somebody else of this name?"
        )
        super().__init__(words, name=details.name, day=hired_on or "–")
        self.of("code")
        self.key = details.code or ""
        self.about = f"{details.name} ({self.key})"
        self.choices = [
            (text("{name}: the same person", name=details.name), person_id),
            (text("Somebody else of this name"), NEW_PERSON),
        ]
        self.answer = text(
            'Say --person "{number}={name}" for the same person, or --person "{number}=new".',
            number=self.key,
            name=details.name,
        )


def _spelled(session: Session) -> dict[str, set[str]]:
    """How the names of everybody who is here are written, by what they are compared by."""
    found = defaultdict[str, set[str]](set)
    for name in session.connection.execute(select(person.c.name).where(STANDING)).scalars():
        found[rules.match_key(name)].add(name)
    return found


def _as_here(details: PersonDetails, spelled: Mapping[str, set[str]]) -> PersonDetails:
    """What a row says, its name as it is written here where only capitals, blanks or the width of letters tell them apart."""
    here = spelled.get(rules.match_key(details.name), set())
    return replace(details, name=min(here)) if len(here) == 1 else details


def _whose(bearers: Mapping[str, Sequence[Bearer]], said: Said, is_known: bool, details: PersonDetails) -> int | None:
    """Whose a number is that nobody has yet, by what was ``said`` of it; None for somebody new. Renumbered where that has to be
    said: one of the ``bearers`` of the name may have it now; the only one has, where the row ``is_known`` to be one's."""
    candidates, answer = bearers.get(rules.match_key(details.name), ()), said.get(details.code or "")
    if is_known and len(candidates) == 1:
        return candidates[0].id
    if not candidates or answer == NEW_PERSON:
        return None
    if answer not in {one.id for one in candidates}:
        raise Renumbered(details, candidates)
    return int(answer)


class Misnumbered(Unanswered):
    """The number is one person's and the name another's: a slip, unless the first is called so now, or it is the other's now (``can_take``)."""

    def __init__(self, code: str, holder: Bearer, named: Bearer, can_take: bool) -> None:
        super().__init__(
            _OF_TWO if can_take else _OF_ANOTHER, code=code, holder=holder.name, name=named.name, other=named.code
        )
        self.of("code")
        self.key, self.about = code, f"{named.name} ({code})"
        self.choices = [(text("{holder} is called {name} now", holder=holder.name, name=named.name), holder.id)]
        words = N_('Where {holder} is called so now, say --person "{code}={code}".')
        if can_take:
            self.choices.append((text(_GOES_OVER, name=named.name, holder=holder.name), TAKES))
            words = N_('Say --name "{name}=takes", or --person "{code}={code}" where {holder} is called so now.')
        self.answer = text(words, holder=holder.name, name=named.name, code=code)


_OF_ANOTHER = N_(
    "{code} is the employee number of {holder}, and {name} is here with {other}. Correct the number, unless {holder} is called {name} now."
)
_OF_TWO = N_(
    "{code} is the employee number of {holder}, and {name} is here with {other}. Is the number {name}'s now, or is {holder} called {name} now?"
)
_GOES_OVER = N_("The number is {name}'s now; {holder} has the one in the list, or none")


class TakenOver(Unanswered):
    """The number is somebody's who is hardly called so: called so now, or somebody else under a number that is taken?
    ``is_here``: whether somebody is called so already; ``can_take``: whether it may be theirs now; ``in_file``: the name as the file
    has it, where that is in another order."""

    def __init__(self, holder: Bearer, name: str, is_here: bool, can_take: bool, in_file: str = "") -> None:
        key, name = CALLED + name, in_file or name
        super().__init__(_WHOSE_NOW if can_take else _OF_THEIR_OWN, code=holder.code, holder=holder.name, name=name)
        self.of("name")
        self.key, self.about = key, f"{name} ({holder.code})"
        self.choices = [(text("{holder} is called {name} now", holder=holder.name, name=name), holder.name)]
        if can_take:
            self.choices.append((text(_GOES_OVER, name=name, holder=holder.name), TAKES))
            out = text("It is nobody: leave the row out")
            words = N_('Say --name "{name}=formerly {holder}", --name "{name}=takes" or --name "{name}=out".')
        else:
            out = text("It is somebody else, or nobody: leave the row out")
            words = N_(
                'Say --name "{name}=formerly {holder}" or --name "{name}=out", or correct the number in the file.'
            )
        if is_here and can_take:
            words = N_('Say --name "{name}=formerly {holder}" or --name "{name}=takes".')
        elif is_here:
            words = N_('Say --name "{name}=formerly {holder}", or correct the number in the file.')
        else:
            self.choices.append((out, OUT))
        self.answer = text(words, name=name, holder=holder.name)


_WHOSE_NOW = N_(
    "{code} is the employee number of {holder}. Is {holder} called {name} now, or is the number {name}'s now?"
)
_OF_THEIR_OWN = N_(
    "{code} is the employee number of {holder}. Is {holder} called {name} now? Somebody else needs a number of their own."
)


_NO_MORE = N_("The employee number {code} is {name}'s now, and {holder}'s no more.")


def _refuse_to_take(details: PersonDetails, holder: Bearer | None, is_here: bool) -> None:
    """UserError where somebody was said to take a number that nobody has; TakenOver where it can't be theirs."""
    if not details.code:
        words = N_('No employee number stands beside {name}: there is nothing to take over (--name "{name}=takes").')
        raise UserError(words, name=details.name)
    if holder is None:
        words = N_('Nobody has the employee number {code}: there is nothing to take over (--name "{name}=takes").')
        raise UserError(words, code=details.code, name=details.name).of("code")
    if rules.match_key(holder.name) != rules.match_key(details.name):
        raise TakenOver(holder, details.name, is_here, can_take=False)


def _check_number(
    person_id: int | None,
    details: PersonDetails,
    bearing: Mapping[str, Sequence[Bearer]],
    holders: Mapping[str, Bearer],
    taken: TakenNumbers,
    names: Container[str],
) -> None:
    """Misnumbered where the number is somebody's who is not called so, and somebody else who is has another one; TakenOver where
    the name hardly is the holder's with a change, another hire date is said, or the old name is one of the list's ``names``, too; by what
    everybody was called before the file."""
    key, holder = rules.match_key(details.name), holders.get(details.code or "")
    if holder is None or holder.id != person_id:
        return
    namesakes = bearing.get(key, ())
    if namesakes and holder not in namesakes:
        raise Misnumbered(holder.code, holder, namesakes[0], taken.can_be_taken(details))
    was = rules.match_key(holder.name)
    is_moved = bool(details.hired_on and holder.hired_on and details.hired_on != holder.hired_on)
    if was != key and (was in names or is_moved or not keeps_part(holder.name, details.name)):
        raise TakenOver(holder, details.name, taken.is_here(details.name), taken.can_be_taken(details))


def _refuse_another_day(session: Session, person_id: int, details: PersonDetails) -> None:
    """Unnumbered where whoever is here without a number has left, or joined on another day than the list says."""
    c = person.c
    here = session.connection.execute(select(c.hired_on, c.left_on).where(c.id == person_id)).one()
    is_moved = details.hired_on and here.hired_on and details.hired_on != here.hired_on
    if is_moved or (here.left_on and details.left_on != here.left_on):
        raise Unnumbered(details, person_id, here.hired_on)


def _find(
    session: Session,
    details: PersonDetails,
    bearers: int,
    said: Said | None,
    whose: Callable[[PersonDetails], int | None],
) -> tuple[int | None, PersonDetails]:
    """Whom a row means, None for a new person, and what it says; ``bearers`` are the rows of the file with that name;
    ``said`` is what was said of numbers (None where it was said whom the row means), ``whose`` tells of a number that nobody has yet.

    Of a record that was merged into another it means that one, with its name and number.
    """
    c = person.c
    if details.code:
        known = _standing_or_merged_into(session, c.code == details.code, details)
        if known is not None:
            return known
    named = c.name == details.name.strip()
    some = select(c.id).where(named, STANDING, *([c.code.is_(None)] if details.code else []))
    person_ids = session.connection.execute(some).scalars().all()
    if said is not None and details.code and said.get(details.code) == NEW_PERSON:
        return None, details
    if details.code and person_ids and (len(person_ids) > 1 or bearers > 1):
        raise UserError(
            "It can't be told whether this is {name} who is here without an employee number. Give that person a number first.",
            name=details.name,
        )
    if len(person_ids) > 1:
        raise UserError(
            "{n} people are called {name}. Add an employee number column.", n=len(person_ids), name=details.name
        )
    if person_ids:
        if said is not None and details.code and said.get(details.code) != person_ids[0]:
            _refuse_another_day(session, person_ids[0], details)
        return person_ids[0], details
    if details.code:
        return whose(details), details
    return _standing_or_merged_into(session, named, details) or (None, details)


def _standing_or_merged_into(
    session: Session, where: ColumnElement[bool], details: PersonDetails
) -> tuple[int, PersonDetails] | None:
    """The one person who answers, or into whose record the one who does was merged; None where that is nobody."""
    c = person.c
    standing = session.connection.execute(select(c.id).where(where, STANDING)).scalars().all()
    if len(standing) == 1:
        return standing[0], details
    went_to = select(merger.c.into_id).join(person, c.id == merger.c.person_id).where(where).distinct()
    into = session.connection.execute(went_to).scalars().all()
    if standing or len(into) != 1:
        return None
    row = session.row(person, into[0])
    return into[0], replace(details, name=row["name"], code=row["code"])


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
