"""Employee numbers that go over to somebody else with a list: whoever stands beside one there has it from then on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from mentor_app.core.imports import CALLED, TAKES, Said
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.queries import STANDING, Bearer
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import person
from mentor_app.core.store import Session

Rows = Sequence[tuple[int, PersonDetails, frozenset[str]]]


def as_before(details: PersonDetails, said: Said) -> PersonDetails:
    """What a row says, with the name that whoever is meant had before the list, if that was ``said``."""
    once = said.get(CALLED + details.name)
    return details if once in (None, TAKES) else replace(details, name=str(once))


class TakenNumbers:
    """Of the ``rows`` of a list those that take a number over, as was ``said`` of one or follows from it: whoever gives a number up has the
    one of the list, and whoever was called otherwise the one beside the new name, if its holder has another one there. ``holders`` are those who
    have the numbers before."""

    def __init__(self, session: Session, rows: Rows, said: Said, holders: Mapping[str, Bearer]) -> None:
        self._holders = holders
        written = {number: details.name for number, details, _ in rows}
        rows = [(number, as_before(details, said), fields) for number, details, fields in rows]
        self._row_of = {match_key(details.name): number for number, details, _ in rows}
        self._bearers = Counter(match_key(details.name) for _, details, _ in rows)
        self._codes = Counter(details.code for _, details, _ in rows if details.code)
        c = person.c
        self._here = defaultdict[str, list[tuple[int, str | None]]](list)
        """By name who is here, and their numbers."""
        for row in session.connection.execute(select(c.id, c.name, c.code).where(STANDING)):
            self._here[match_key(row.name)].append((row.id, row.code))
        self.former: dict[int, Bearer] = {}
        """Row number → who had the number that it takes."""
        self._without: set[str] = set()
        """Who gives a number up, as names are compared."""
        self._released: dict[int, tuple[str, int]] = {}
        """Who gives a number up, that number, and the row by which that is told."""
        codes = {match_key(details.name): details.code for _, details, _ in rows}
        follows = {
            number
            for number, details, _ in rows
            if details.name != written[number] and self._has_another(holders.get(details.code or ""), codes)
        }
        for number, details, _ in rows:
            if TAKES in (said.get(CALLED + details.name), said.get(details.code or "")) or number in follows:
                self._take(number, details)
        before = -1
        while before < len(self.former):
            before = len(self.former)
            free = {code for code, _ in self._released.values()}
            for number, details, _ in rows:
                moves = details.code in free or match_key(details.name) in self._without
                if moves and number not in self.former:
                    self._take(number, details)

    @staticmethod
    def _has_another(holder: Bearer | None, codes: Mapping[str, str | None]) -> bool:
        """Whether the holder of a number has another one in the list."""
        return holder is not None and codes.get(match_key(holder.name)) not in (None, holder.code)

    def is_here(self, name: str) -> bool:
        """Whether somebody is called so."""
        return match_key(name) in self._here

    def can_be_taken(self, details: PersonDetails) -> bool:
        """Whether a row can take over the number that it holds: no other row has the number or the name, and nobody here has that name twice."""
        key = match_key(details.name)
        return self._codes[details.code or ""] == self._bearers[key] == 1 and len(self._here.get(key, ())) <= 1

    def release(self, session: Session) -> None:
        """Let everybody give up the numbers that change hands."""
        for person_id, (_, row) in self._released.items():
            with session.attempt(row):
                session.update(person, person_id, {"code": None})

    def restore(self, session: Session) -> None:
        """Give those back that nobody took, as their rows were rejected."""
        held = {row.id: row.code for row in session.connection.execute(select(person.c.id, person.c.code))}
        for person_id, (code, row) in self._released.items():
            if held[person_id] is None and code not in held.values():
                with session.attempt(row):
                    session.update(person, person_id, {"code": code})

    def _take(self, number: int, details: PersonDetails) -> None:
        holder, key = self._holders.get(details.code or ""), match_key(details.name)
        if holder is None or match_key(holder.name) == key or not self.can_be_taken(details):
            return
        self.former[number] = holder
        for person_id, name, code in [
            (holder.id, holder.name, holder.code),
            *((one, details.name, code) for one, code in self._here.get(key, ()) if code),
        ]:
            own = match_key(name)
            self._without.add(own)
            self._released[person_id] = code, self._row_of[own] if self._bearers[own] == 1 else number
