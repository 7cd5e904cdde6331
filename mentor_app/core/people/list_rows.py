"""The rows of a list of people beside who is here, and what was said of each."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.imports import CALLED, ROW, TAKES, Said
from mentor_app.core.people.actions import NEW_PERSON, PersonDetails
from mentor_app.core.people.list_questions import answer_of
from mentor_app.core.people.queries import Bearer, bearers
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import merger, person
from mentor_app.core.store import Connection
from mentor_app.core.text import N_, Listed, text

Rows = Sequence[tuple[int, PersonDetails, frozenset[str]]]


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A row of a list, with the name that whoever is meant has here; the one that is ``written`` there; what was said of the row or of the
    employee number in it, and of its name; and who has the number (``holder``) before."""

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

    def is_another_day(self, one: Bearer | PersonDetails) -> bool:
        """Whether somebody joined on another day than the list says."""
        day = self.details.hired_on
        return day is not None and one.hired_on is not None and day != one.hired_on

    def is_of_day(self, one: Bearer) -> bool:
        """Whether somebody joined on the very day that the list says."""
        return one.hired_on is not None and one.hired_on == self.details.hired_on

    def is_another_team(self, one: Bearer | PersonDetails) -> bool:
        """Whether somebody is in another team than the list says."""
        team = self.details.team
        return bool(team and one.team) and team != one.team

    def is_apart_from(self, one: Bearer | PersonDetails) -> bool:
        """Whether day or team tell the row from somebody else of the name."""
        return self.is_another_day(one) or self.is_another_team(one)

    def distance_to(self, one: Bearer) -> int:
        """How little speaks for it that somebody of the name is meant: the day and no other team, the day, at least the team, nothing, nothing
        and another day."""
        if self.is_of_day(one):
            return int(self.is_another_team(one))
        is_other = self.is_another_day(one)
        return 4 if is_other else 2 if self.details.team and self.details.team == one.team else NOT_TOLD

    def nearest(self, some: Sequence[Bearer]) -> list[Bearer]:
        """Of several of the name those for whom most speaks, if anything but the name does."""
        least = min(map(self.distance_to, some), default=NOT_TOLD)
        return [one for one in some if least >= NOT_TOLD or self.distance_to(one) == least]


NOT_TOLD = 3
"""So far from a row is whoever is told by nothing but the name."""


def which_row(name: str, rows: Sequence[tuple[int, str]]) -> UserError:
    """That an answer of a name may be about several rows: their numbers, and the employee numbers in them."""
    words = N_("Rows {rows} are called {name}: say which of them is meant ({answers}).")
    told = {"rows": ", ".join(str(number) for number, _ in rows), "name": name}
    return UserError(words, **told, answers=Listed(tuple(text("{one}", one=answer_of(*one, "…")) for one in rows)))


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
        written = [
            ListRow(
                number=number,
                written=details.name,
                details=details,
                by_number=self._said_of_row(number, details, said),
                by_name=None,
                holder=by_code.get(details.code or ""),
            )
            for number, details, _ in rows
        ]
        by_name, codes = self._said_of_names(written, said), {row.code for row in written if row.code}
        alike = Counter((row.key, row.details.hired_on) for row in written if not row.code)
        for row in written:
            told = replace(row, by_name=by_name.get(row.number))
            line = self._without_what_is_done(told, self._who_is_so(told, codes, alike[row.key, row.details.hired_on]))
            name = str(line.by_name) if line.is_renamed else line.written
            names = spelled.setdefault(match_key(name), {name})
            if len(names) == 1:  # only capitals, blanks or the width of letters tell them apart
                name = min(names)
            yield self._as_merged(replace(line, details=replace(line.details, name=name)))

    def _said_of_row(self, number: int, details: PersonDetails, said: Said) -> int | str | None:
        """What was said of a row, by its number or the employee number in it."""
        answers = {said[key] for key in (f"{ROW}{number}", details.code) if key and key in said}
        if len(answers) > 1:
            words = N_("Two answers about row {row} ({name}) contradict each other.")
            self.refused[number] = UserError(words, row=number, name=details.name)
        return min(answers, key=str, default=None)

    def _said_of_names(self, rows: Sequence[ListRow], said: Said) -> dict[int, int | str]:
        """What was said of names, by the number of the row that it is about."""
        of_rows: dict[int, int | str] = {}
        written = defaultdict[str, list[ListRow]](list)
        for row in rows:
            written[row.written].append(row)
        for name, some in written.items():
            answer = said.get(CALLED + name)
            if answer is not None:
                of_rows |= {row.number: answer for row in (some if len(some) == 1 else self._about(some, answer))}
        return of_rows

    def _about(self, rows: Sequence[ListRow], answer: int | str) -> Sequence[ListRow]:
        """Of several rows of a name the one that an answer is about: the only one that may be somebody else's and of which nothing was
        said by itself. Where that is none or several they are refused, unless the answer says of one what was said of it already."""
        in_doubt = [row for row in rows if not self._is_settled(row)]
        found = [row for row in in_doubt if row.by_number is None]
        if answer == TAKES:
            found = [row for row in found if row.holder is not None] or found
        if not in_doubt:
            self.tell_done(rows[0])
        elif any(self._is_said(row, answer) for row in in_doubt):
            return []
        elif len(found) == 1:
            return found
        elif answer != NEW_PERSON or rows[0].key in self.named:
            for row in found or in_doubt:
                self.refused[row.number] = which_row(row.written, [(one.number, one.code) for one in found or rows])
        return []

    def _is_settled(self, row: ListRow) -> bool:
        """Whether the number and the name in a row, or the name and the day, are of one who is here."""
        if row.code:
            return row.is_known and row.holder is not None and not row.is_another_day(row.holder)
        return any(map(row.is_of_day, self.exactly(row)))

    def _is_said(self, row: ListRow, answer: int | str) -> bool:
        """Whether the same was said of a row by itself."""
        one = self.people.get(row.by_number) if isinstance(row.by_number, int) else None
        return row.by_number == answer or (one is not None and one.key == match_key(str(answer)))

    def _who_is_so(self, line: ListRow, codes: Container[str], alike: int) -> list[Bearer]:
        """Who is here just as a row says: with its number and name, or with its name and day; nobody where they may be other rows, by the ``codes`` of the list,
        or because more rows are ``alike``."""
        if line.code:
            here = [line.holder] if line.is_known and line.holder is not None else []
            return [one for one in here if not line.is_another_day(one)]
        here = [one for one in self.exactly(line) if not line.is_another_day(one) and (one.code or "") not in codes]
        return here if len(here) >= alike else []

    def _without_what_is_done(self, line: ListRow, here: Sequence[Bearer]) -> ListRow:
        """A row without the answers that came true by an earlier list, which is told; ``here`` is who is so already."""
        one = next(iter(here), None)
        if one is not None and line.by_number not in (None, NEW_PERSON, TAKES, *(one.id for one in here)):
            self.tell_done(line)
            line = replace(line, by_number=None)
        if one is not None and line.is_renamed and match_key(str(line.by_name)) != line.key:
            self.tell_done(line)
            line = replace(line, by_name=None)
        elif line.is_renamed and match_key(str(line.by_name)) not in self.named:
            self.refused[line.number] = UserError("Nobody is called {name}.", name=line.by_name).of("name")
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

    def may_hold(self, one: Bearer) -> bool:
        """Whether a row bears somebody's name and may be theirs, by the day."""
        return not all(row.is_another_day(one) for row in self.called.get(one.key, ()))

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
