"""The rows of a list of people beside who is here, and what was said of each."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.imports import CALLED, TAKES, Said
from mentor_app.core.people.actions import NEW_PERSON, PersonDetails
from mentor_app.core.people.queries import Bearer, bearers
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import merger, person
from mentor_app.core.store import Connection
from mentor_app.core.text import N_

Rows = Sequence[tuple[int, PersonDetails, frozenset[str]]]


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A row of a list, with the name that whoever is meant has here; the one that is ``written`` there; what was said of its number and of
    its name; and who has the number (``holder``) before."""

    number: int
    written: str
    details: PersonDetails
    by_number: int | str | None
    by_name: int | str | None
    holder: Bearer | None

    @cached_property
    def key(self) -> str:
        """The name as names are compared."""
        return match_key(self.details.name)

    @property
    def code(self) -> str:
        """The employee number, "" for none."""
        return self.details.code or ""

    @property
    def is_known(self) -> bool:
        """Whether whoever has the number is called so."""
        return self.holder is not None and self.holder.key == self.key

    @property
    def takes(self) -> bool:
        """Whether it was said that somebody else's number went over to whoever stands here."""
        is_so = self.holder is not None and self.is_known and not self.is_another_day(self.holder)
        return self.holder is not None and not is_so and TAKES in (self.by_number, self.by_name)

    @property
    def is_renamed(self) -> bool:
        """Whether it was said what whoever stands here was called before."""
        return isinstance(self.by_name, str) and self.by_name != TAKES

    @property
    def is_new(self) -> bool:
        """Whether it was said that somebody new stands here."""
        return self.by_number == NEW_PERSON or (self.by_number is None and self.by_name == NEW_PERSON)

    def is_another_day(self, one: Bearer) -> bool:
        """Whether somebody joined on another day than the list says."""
        day = self.details.hired_on
        return day is not None and one.hired_on is not None and day != one.hired_on

    def is_another_team(self, one: Bearer) -> bool:
        """Whether somebody is in another team than the list says."""
        team = self.details.team
        return bool(team and one.team) and team != one.team


class ListRows:
    """All rows of a list, by what they are looked up by, and everybody who is here."""

    def __init__(self, connection: Connection, rows: Rows, said: Said) -> None:
        self.people = {one.id: one for one in bearers(connection)}
        self.named = defaultdict[str, list[Bearer]](list)
        """Who is here, by their names as these are compared."""
        for one in self.people.values():
            self.named[one.key].append(one)
        self.refused: dict[int, UserError] = {}
        """Row number → why it can't be taken as was said."""
        self.remarks: dict[int, UserError] = {}
        """Row number → why what was said of it changes nothing."""
        self._merged = _merged(connection)
        self.rows = {row.number: row for row in self._read(rows, said)}
        self.codes = Counter(row.code for row in self.rows.values() if row.code)
        self.called = defaultdict[str, list[ListRow]](list)
        self.of_day = defaultdict[dt.date | None, list[ListRow]](list)
        for row in self.rows.values():
            self.called[row.key].append(row)
            self.of_day[row.details.hired_on].append(row)

    def _read(self, rows: Rows, said: Said) -> Iterable[ListRow]:
        by_code = {one.code: one for one in self.people.values() if one.code}
        spelled = {key: {one.name for one in some} for key, some in self.named.items()}
        times = Counter(details.name for _, details, _ in rows)
        for number, details, _ in rows:
            written, holder = details.name, by_code.get(details.code or "")
            line = ListRow(
                number=number,
                written=written,
                details=details,
                by_number=said.get(details.code) if details.code else None,
                by_name=said.get(CALLED + written),
                holder=holder,
            )
            line = self._without_what_is_done(line, times[written] > 1)
            name = str(line.by_name) if line.is_renamed else written
            names = spelled.setdefault(match_key(name), {name})
            if len(names) == 1:  # only capitals, blanks or the width of letters tell them apart
                name = min(names)
            yield self._as_merged(replace(line, details=replace(details, name=name)))

    def _without_what_is_done(self, line: ListRow, is_namesake: bool) -> ListRow:
        """A row without the answers that came true by an earlier list, which is told, or that are about another row of the name."""
        here = [line.holder] if line.is_known and line.holder is not None else [] if line.code else self.exactly(line)
        one = next((one for one in here if not line.is_another_day(one)), None)
        if one is not None and line.by_number not in (None, NEW_PERSON, TAKES, one.id):
            self.tell_done(line)
            line = replace(line, by_number=None)
        if one is not None and line.is_renamed and match_key(str(line.by_name)) != line.key:
            self.tell_done(line)
            line = replace(line, by_name=None)
        elif line.is_renamed and match_key(str(line.by_name)) not in self.named:
            self.refused[line.number] = UserError("Nobody is called {name}.", name=line.by_name).of("name")
        elif line.is_known and one is not None and is_namesake:
            line = replace(line, by_name=None)
        return line

    def tell_done(self, line: ListRow) -> None:
        """Remark that what was said of a row is so already."""
        self.remarks[line.number] = UserError(_IS_SO, name=line.written)

    def _as_merged(self, line: ListRow) -> ListRow:
        """A row with the number, or without one the name, of a record that was merged into another means that one."""
        by = ("code", line.code) if line.code else ("name", line.details.name.strip())
        into = self.people.get(self._merged.get(by, 0)) if line.holder is None else None
        if into is None or (not line.code and self.exactly(line)):
            return line
        return replace(line, details=replace(line.details, name=into.name, code=into.code or None), holder=into)

    def exactly(self, line: ListRow) -> list[Bearer]:
        """Who is called exactly as in a row."""
        return [one for one in self.named.get(line.key, ()) if one.name == line.details.name.strip()]


def _merged(connection: Connection) -> Mapping[tuple[str, str], int]:
    """By "code" or "name" and that of records that were merged into another: which one."""
    c = person.c
    found = defaultdict[tuple[str, str], set[int]](set)
    went = select(c.name, c.code, merger.c.into_id).join(person, c.id == merger.c.person_id)
    for row in connection.execute(went):
        found["name", row.name].add(row.into_id)
        found["code", row.code or ""].add(row.into_id)
    return {by: min(into) for by, into in found.items() if len(into) == 1 and by[1]}


_IS_SO = N_("{name} is here already as the row says: what was said of it changes nothing.")
