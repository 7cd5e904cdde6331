"""Whom the rows of a list mean: whoever is here stands in one row at most, and numbers and names may have gone over to somebody else."""

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
from mentor_app.core.people.list_questions import (
    Misnumbered,
    Namesake,
    Renamed,
    RenamedHere,
    Renumbered,
    Reused,
    TakenOver,
)
from mentor_app.core.people.queries import Bearer, bearers
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import merger, person
from mentor_app.core.personal.names import is_short_cjk, keeps_part, key_of, parts_of
from mentor_app.core.store import Connection
from mentor_app.core.text import N_

Rows = Sequence[tuple[int, PersonDetails, frozenset[str]]]


@dataclass(frozen=True, kw_only=True)
class _Line:
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


class Meant:
    """Whom each of the ``rows`` means, by who is here before and by what was ``said``.

    First comes what was said; then a number beside the name of whoever has it; then numbers that go over to somebody else, as was said or as
    follows since their holder stands in another row; then numbers that nobody has, and names without one. Whoever then stands in no row may be
    called otherwise in one of those that would be somebody new.
    """

    def __init__(self, connection: Connection, rows: Rows, said: Said) -> None:
        here = bearers(connection)
        self._by_id = {one.id: one for one in here}
        self._by_name = defaultdict[str, list[Bearer]](list)
        for one in here:
            self._by_name[one.key].append(one)
        self._of: dict[int, int | None] = {}
        """Row number → whom it means, None for somebody new."""
        self._row_of: dict[int, int] = {}
        """Person → the row that means them."""
        self._added: dict[str, _Line] = {}
        """Number that nobody has → the row of somebody new who gets it."""
        self._refused: dict[int, UserError] = {}
        self._to_ask: list[_Line] = []
        """Rows with the number of somebody who is hardly called so."""
        self.remarks: dict[int, UserError] = {}
        """Row number → why what was said of it changes nothing."""
        self._gone: set[str] = set()
        """The numbers that go over to somebody else."""
        self._said_of = {key.removeprefix(CALLED) for key in said if key.startswith(CALLED)}
        self._merged = _merged(connection)
        self._lines = {line.number: line for line in self._read(rows, said)}
        self._codes = Counter(line.code for line in self._lines.values() if line.code)
        self._called = defaultdict[str, list[_Line]](list)
        self._of_day = defaultdict[dt.date | None, list[_Line]](list)
        for line in self._lines.values():
            self._called[line.key].append(line)
            self._of_day[line.details.hired_on].append(line)
        for step in (self._obey, self._know, self._take, self._rename, self._number, self._name, self._ask, self._tell):
            step()

    def of(self, number: int) -> tuple[int | None, PersonDetails]:
        """Whom a row means, None for somebody new, and what it says; UserError where that can't be, or has to be said first."""
        if number in self._refused:
            raise self._refused[number]
        line = self._lines[number]
        return self._of[number], replace(line.details, name=line.written) if line.is_renamed else line.details

    def former(self, number: int) -> Bearer | None:
        """Who had the number of a row before that goes over to somebody else."""
        holder = self._lines[number].holder
        return None if number not in self._of or holder is None or holder.id == self._of[number] else holder

    def released(self) -> dict[int, tuple[str, int]]:
        """Who gives a number up → the number, and the row by which that is told: their own, or the one that takes it."""
        taken = [(line, self.former(line.number)) for line in self._lines.values()]
        return {one.id: (one.code, self._row_of.get(one.id, line.number)) for line, one in taken if one is not None}

    # what the rows say

    def _read(self, rows: Rows, said: Said) -> Iterable[_Line]:
        by_code = {one.code: one for one in self._by_id.values() if one.code}
        spelled = {key: {one.name for one in some} for key, some in self._by_name.items()}
        times = Counter(details.name for _, details, _ in rows)
        for number, details, _ in rows:
            written, holder = details.name, by_code.get(details.code or "")
            line = _Line(
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

    def _without_what_is_done(self, line: _Line, is_namesake: bool) -> _Line:
        """A row without the answers that came true by an earlier list, which is told, or that are about another row of the name."""
        here = [line.holder] if line.is_known and line.holder is not None else [] if line.code else self._exactly(line)
        one = next((one for one in here if not line.is_another_day(one)), None)
        if one is not None and line.by_number not in (None, NEW_PERSON, TAKES, one.id):
            self._tell_done(line)
            line = replace(line, by_number=None)
        if one is not None and line.is_renamed and match_key(str(line.by_name)) != line.key:
            self._tell_done(line)
            line = replace(line, by_name=None)
        elif line.is_renamed and match_key(str(line.by_name)) not in self._by_name:
            self._refused[line.number] = UserError("Nobody is called {name}.", name=line.by_name).of("name")
        elif line.is_known and one is not None and is_namesake:
            line = replace(line, by_name=None)
        return line

    def _tell_done(self, line: _Line) -> None:
        self.remarks[line.number] = UserError(_IS_SO, name=line.written)

    def _as_merged(self, line: _Line) -> _Line:
        """A row with the number, or without one the name, of a record that was merged into another means that one."""
        by = ("code", line.code) if line.code else ("name", line.details.name.strip())
        into = self._by_id.get(self._merged.get(by, 0)) if line.holder is None else None
        if into is None or (not line.code and self._exactly(line)):
            return line
        return replace(line, details=replace(line.details, name=into.name, code=into.code or None), holder=into)

    def _exactly(self, line: _Line) -> list[Bearer]:
        """Who is called exactly as in a row."""
        return [one for one in self._by_name.get(line.key, ()) if one.name == line.details.name.strip()]

    def _open(self) -> list[_Line]:
        """The rows of which nothing is decided yet."""
        return [one for number, one in self._lines.items() if number not in self._of and number not in self._refused]

    def _unclaimed(self, line: _Line) -> list[Bearer]:
        """Who has the name of a row and stands in none yet: of those without a number only who writes it so."""
        exactly = self._exactly(line)
        some = [one for one in self._by_name.get(line.key, ()) if one.code or one in exactly]
        return [one for one in some if one.id not in self._row_of]

    # what becomes of them

    def _mean(self, line: _Line, person_id: int | None) -> None:
        """Let a row mean somebody. Nobody stands in two rows."""
        if person_id is not None and self._row_of.setdefault(person_id, line.number) != line.number:
            self._refuse(line, UserError(_IN_TWO_ROWS, row=self._row_of[person_id]))
            return
        self._of[line.number] = person_id
        if line.holder is not None and line.holder.id != person_id:
            self._gone.add(line.code)

    def _refuse(self, line: _Line, error: UserError) -> None:
        self._of.pop(line.number, None)
        self._refused[line.number] = error

    def _obey(self) -> None:
        """Decide what was said of rows; whom several answers mean, the first has."""
        for line in self._open():
            if line.by_number is None and line.by_name is None:
                continue
            try:
                self._check_answers(line)
                if isinstance(line.by_number, int) and line.by_number != NEW_PERSON:
                    self._mean(line, self._by_number(line, line.by_number))
                elif line.is_renamed and line.by_number != NEW_PERSON:
                    self._mean(line, self._by_former_name(line))
            except UserError as error:
                self._refuse(line, error)

    def _check_answers(self, line: _Line) -> None:
        """UserError where something was said of a row that can't be so, or not with what else was said."""
        alike = [one for one in self._lines.values() if one.written == line.written and one.by_name is not None]
        if line.by_name not in (None, TAKES) and line.by_number is None and line.code and len(alike) > 1:
            raise UserError(_WHICH_ROW, name=line.written, code=line.code).of("code")
        if isinstance(line.by_number, str) and line.by_number != TAKES:
            raise UserError("Nobody is called {name}.", name=line.by_number).of("code")
        is_holder = line.holder is not None and line.by_number == line.holder.id
        is_somebody = isinstance(line.by_number, int) and line.by_number != NEW_PERSON
        contradict = (line.by_number == NEW_PERSON and line.is_renamed) or (is_somebody and line.by_name == NEW_PERSON)
        if (contradict and len(alike) == 1) or (is_holder and line.takes):
            raise UserError(_CONTRADICTS, name=line.written, code=line.code)
        if TAKES in (line.by_number, line.by_name) and not any(one.takes for one in (line, *alike)):
            self._refuse_to_take(line)
        if line.takes and line.holder is not None and self._codes[line.code] > 1:
            raise TakenOver(line.holder, line.written, self._is_here(line), can_take=False)

    def _refuse_to_take(self, line: _Line) -> None:
        """UserError where somebody was said to take a number over that nobody has; a remark where they have it already."""
        if not line.code:
            words = N_(
                'No employee number stands beside {name}: there is nothing to take over (--name "{name}=takes").'
            )
            raise UserError(words, name=line.written)
        if line.holder is None:
            words = N_('Nobody has the employee number {code}: there is nothing to take over (--name "{name}=takes").')
            raise UserError(words, code=line.code, name=line.written).of("code")
        self._tell_done(line)

    def _is_here(self, line: _Line) -> bool:
        """Whether somebody is called already as is written in a row."""
        return match_key(line.written) in self._by_name

    def _by_number(self, line: _Line, person_id: int) -> int:
        """Whose a number was said to be; UserError where the name beside it is another's."""
        one = self._by_id.get(person_id)
        if one is None:
            raise UserError("Nobody is called {name}.", name=f"person:{person_id}").of("code")
        is_holder = line.holder is not None and line.holder.id == person_id
        if line.is_renamed or (self._is_here(line) and not is_holder):
            is_so = one.key == line.key or self._may_be_called(one, line)
        else:
            is_so = is_holder or keeps_part(one.name, line.written) or is_short_cjk(one.name)
        if not is_so:
            raise UserError(_IS_NOT, code=line.code, name=line.written, other=one.name).of("code")
        return person_id

    def _may_be_called(self, one: Bearer, line: _Line) -> bool:
        """Whether somebody of whose name there is no row may be called as in this one, beside others of that name."""
        return one.key not in self._called and keeps_part(one.name, line.written)

    def _perhaps_renamed(self, line: _Line) -> list[Bearer]:
        """Who stands in no row, and may be called as in this one by now: of the given name and day."""
        of_day = set(_joined(line.written, line.details.hired_on, line.details.team))
        here = self._by_id.values() if of_day else ()
        left = [one for one in here if one.id not in self._row_of and one.key not in self._called]
        return [one for one in left if not of_day.isdisjoint(_joined(one.name, one.hired_on, one.team))]

    def _by_former_name(self, line: _Line) -> int:
        """Who was said to have been called otherwise before; UserError where that may be several."""
        found = self._unclaimed(line) or self._by_name[line.key]
        if line.is_known and line.holder is not None:
            return line.holder.id
        if len(found) > 1:
            found = [one for one in found if one.hired_on and one.hired_on == line.details.hired_on] or found
        if len(found) > 1:
            raise (
                Renumbered(line.details, found)
                if line.code
                else UserError(_SEVERAL, n=len(found), name=line.details.name)
            )
        return found[0].id

    def _know(self) -> None:
        """A number beside the name of whoever has it means them, unless they stand in another row as was said, or perhaps."""
        known = [line for line in self._open() if line.is_known and not line.takes]
        for line in sorted(known, key=lambda one: one.holder is not None and one.is_another_day(one.holder)):
            holder = line.holder
            if holder is None:
                continue
            row = self._row_of.get(holder.id)
            is_elsewhere = row is not None and self._lines[row].code != line.code
            is_another_day = line.is_another_day(holder)
            likelier = self._likelier(holder, line) if is_another_day else None
            if is_elsewhere and (is_another_day or line.is_new):
                self._mean(line, None)
            elif is_elsewhere and row is not None:
                self._refuse(line, Reused(line.details, [holder], row))
            elif line.is_new and is_another_day:
                self._mean(line, None)
            elif likelier is not None or (is_another_day and line.is_another_team(holder)):
                self._refuse(
                    line,
                    Reused(line.details, sorted(self._unclaimed(line), key=lambda one: one is not holder), likelier),
                )
            else:
                self._mean(line, holder.id)

    def _likelier(self, one: Bearer, line: _Line) -> int | None:
        """Another row of the day when somebody joined, with the name or one that may be theirs by now, and with a number that is nobody's
        of this name."""
        for other in self._of_day[one.hired_on]:
            is_own = other.holder is not None and other.is_known and not other.is_another_day(other.holder)
            if other.number == line.number or is_own or other.is_new:
                continue
            if other.key == one.key or keeps_part(one.name, other.written):
                return other.number
        return None

    def _take(self) -> None:
        """Numbers that go over: as was said, and as follows where their holder stands in another row, or whoever is called so lost theirs."""
        for line in self._lines.values():
            if line.number in self._of and not self._may_take(line):
                self._ask_whose(line)
        before = -1
        while before < len(self._of) + len(self._refused):
            before = len(self._of) + len(self._refused)
            for line in sorted(self._open(), key=lambda one: not one.takes):
                if line.code and line.number not in self._of:
                    self._follow(line)

    def _may_take(self, line: _Line) -> bool:
        """Whether a row whose person is known may have its number: nobody else has it, or who has stands in another row, or so it was said."""
        holder = line.holder
        if holder is None or holder.id == self._of[line.number] or line.takes or line.by_number is not None:
            return True
        return line.is_known or self._is_freed(line) or any(one.code != line.code for one in self._called[holder.key])

    def _ask_whose(self, line: _Line) -> None:
        """Ask whether the number of somebody else is theirs who are meant by a row."""
        holder, one = line.holder, self._by_id.get(self._of[line.number] or 0)
        if holder is not None and one is not None:
            self._refuse(line, Misnumbered(line.code, holder, one, self._codes[line.code] == 1, ""))

    def _is_freed(self, line: _Line) -> bool:
        """Whether who has the number of a row stands in another one, with another number."""
        row = None if line.holder is None else self._row_of.get(line.holder.id)
        return row is not None and self._lines[row].code != line.code

    def _follow(self, line: _Line) -> None:
        """Decide a row that takes a number over, or is of somebody who lost theirs."""
        found = [one for one in self._unclaimed(line) if one is not line.holder]
        lost = [one for one in found if one.code in self._gone]
        if line.is_new:
            self._mean(line, None)
            return
        if not line.takes and not lost and not self._is_freed(line):
            return
        pool = lost or found
        if line.takes:
            pool = [one for one in pool if not (line.is_another_day(one) and line.is_another_team(one))]
        if len(pool) > 1:
            pool = [one for one in pool if one.hired_on and one.hired_on == line.details.hired_on] or pool
        rivals = [one for one in self._open() if one.key == line.key and not one.takes and not one.is_known]
        if not line.takes and pool and (len(rivals) > 1 or any(map(line.is_another_day, pool))):
            return
        if self._swapped(line) and not pool and line.holder is not None:
            words = UserError(_SWAPPED, name=line.written, other=line.holder.name, code=line.code)
            self._refuse(line, words)
        elif len(pool) > 1:
            self._refuse(line, Renumbered(line.details, pool))
        else:
            self._mean(line, pool[0].id if pool else None)

    def _swapped(self, line: _Line) -> list[Bearer]:
        """Who has the name of a row, and was said to have that of whoever has its number."""
        if line.holder is None or line.is_known:
            return []
        some = [one for one in self._by_name.get(line.key, ()) if one.id in self._row_of]
        return [one for one in some if match_key(self._lines[self._row_of[one.id]].written) == line.holder.key]

    def _rename(self) -> None:
        """A known number beside another name: who is called so has another one, or its holder is called so now where little speaks against
        it; of the others it is asked at the end."""
        for line in self._open():
            if line.holder is None:
                continue
            holder, found = line.holder, self._unclaimed(line)
            numbered = [one for one in [*found, *self._swapped(line)] if one.code]
            is_moved = line.is_another_day(holder) or holder.key in self._called
            if numbered and self._is_freed(line):
                self._refuse(line, Renumbered(line.details, found))
            elif numbered:
                in_list = line.written if len(self._called[line.key]) == 1 else ""
                can_take, is_other = self._codes[line.code] == 1, all(map(line.is_another_day, numbered))
                self._refuse(line, Misnumbered(line.code, holder, numbered[0], can_take, in_list, is_other))
            elif found or is_moved or not keeps_part(holder.name, line.details.name):
                self._to_ask.append(line)
            else:
                self._mean(line, holder.id)

    def _number(self) -> None:
        """A number that nobody has: of whoever is called so and has none, if that is one and little speaks against it; of those who have
        another one it is asked."""
        unknown = [line for line in self._open() if line.holder is None and line.code]
        rivals = Counter(line.key for line in self._open() if line.holder is None)
        for line in unknown:
            found = self._unclaimed(line)
            one = found[0] if len(found) == 1 and not found[0].code and rivals[line.key] == 1 else None
            if one is not None and not line.is_another_day(one) and one.left_on in (None, line.details.left_on):
                self._mean(line, one.id)
            elif found:
                self._refuse(line, Renumbered(line.details, found, self._perhaps_renamed(line)))
            else:
                self._add(line)

    def _name(self) -> None:
        """A name without a number: whoever is called so, the one of the day where several are; of who joined on another day it is asked."""
        lines = [line for line in self._open() if not line.code]
        for line in sorted(lines, key=lambda one: any(map(one.is_another_day, self._exactly(one)))):
            found = self._exactly(line)
            if len(found) > 1:
                found = [one for one in found if one.hired_on and one.hired_on == line.details.hired_on] or found
            here = found[0] if len(found) == 1 else None
            if line.is_new and all(map(line.is_another_day, found)):
                self._add(line)
            elif here is None and found:
                self._refuse(line, UserError(_SEVERAL, n=len(found), name=line.details.name))
            elif here is None or self._is_other(here, line):
                self._add(line)
            elif here.id not in self._row_of and self._may_be_another(here, line):
                self._refuse(line, Namesake(here, line.details, self._perhaps_renamed(line)))
            else:
                self._mean(line, here.id)

    def _is_other(self, one: Bearer, line: _Line) -> bool:
        """Whether somebody who joined on another day was said to be called otherwise now."""
        row = self._row_of.get(one.id)
        return row is not None and self._lines[row].written != line.written and line.is_another_day(one)

    def _may_be_another(self, one: Bearer, line: _Line) -> bool:
        """Whether a row without a number may be a namesake's: of another day and another team, or beside a row that fits better."""
        is_another = line.is_another_team(one) or self._likelier(one, line) is not None
        return line.is_another_day(one) and is_another

    def _add(self, line: _Line) -> None:
        """Let a row mean somebody new; of a name or a number that stands in several rows not before one without a number."""
        if line.code:
            twice = self._added.setdefault(line.code, line)
        else:
            same = (one for one in self._called[line.key] if self._of.get(one.number, 0) is None)
            twice = next(same, line)
        if twice is not line:
            self._refuse(line, UserError(_IN_TWO_ROWS, row=twice.number))
        else:
            self._mean(line, None)

    def _ask(self) -> None:
        """Ask whether somebody who stands in no row is called as one that would be somebody new, or has somebody else's number."""
        left = defaultdict[_Joined, list[Bearer]](list)
        for one in self._by_id.values():
            if one.id not in self._row_of:
                for joined in _joined(one.name, one.hired_on, one.team):
                    left[joined].append(one)
        new = [one for one in self._lines.values() if self._of.get(one.number, 0) is None and not one.takes]
        with_number = {line.number for line in self._to_ask}
        for line in [*new, *self._to_ask]:
            is_anothers = line.number in with_number
            holder, name = line.holder, line.written
            of_day = _joined(name, line.details.hired_on, line.details.team)
            found = [one for joined in of_day for one in left.get(joined, ()) if one.key != line.key]
            is_plain = is_anothers and holder is not None and (holder in found or keeps_part(holder.name, name))
            if found and not line.is_new and not is_plain:
                found.sort(key=lambda one: (not keeps_part(one.name, name), one.name))
                if line.code and len(self._called[line.key]) > 1:
                    self._refuse(line, RenamedHere(line.details, found))
                    continue
                known, *others = (one.name for one in found)
                self._refuse(line, Renamed(name, known, others, self._is_here(line)))
            elif holder is not None and is_anothers:
                self._refuse(line, TakenOver(holder, name, self._is_here(line), self._codes[line.code] == 1))

    def _tell(self) -> None:
        """Tell of what was said of a name and changes no row of it: of somebody new unless one is, of what is so already."""
        heard = {
            line.written for line in self._lines.values() if line.by_name is not None or line.number in self.remarks
        }
        for line in self._lines.values():
            if line.written in self._said_of - heard:
                self._tell_done(line)
        added = {line.written for line in self._lines.values() if self._of.get(line.number, 0) is None}
        for line in self._lines.values():
            if line.is_new and self._of.get(line.number) is not None and line.written not in added:
                self.remarks[line.number] = UserError(_IS_HERE, name=line.details.name)


_Joined = tuple[str | None, ...]


def _joined(name: str, hired_on: dt.date | None, team: str | None) -> list[_Joined]:
    """By what somebody may be known under another name: the day they joined and the given name; in characters the team, and all but one of
    them. Nothing where that is not known, or no surname is told from it."""
    if hired_on is None:
        return []
    day = hired_on.isoformat()
    if is_short_cjk(name):
        return [(day, team, f"{name[:at]}_{name[at + 1 :]}") for at in range(len(name))] if team else []
    given, *more = parts_of(name)
    return [(day, key_of(given))] if more else []


def _merged(connection: Connection) -> Mapping[tuple[str, str], int]:
    """By "code" or "name" and that of records that were merged into another: which one."""
    c = person.c
    found = defaultdict[tuple[str, str], set[int]](set)
    went = select(c.name, c.code, merger.c.into_id).join(person, c.id == merger.c.person_id)
    for row in connection.execute(went):
        found["name", row.name].add(row.into_id)
        found["code", row.code or ""].add(row.into_id)
    return {by: min(into) for by, into in found.items() if len(into) == 1 and by[1]}


_IN_TWO_ROWS = N_(
    "The same person stands in row {row} already. If these are two people, employee numbers tell them apart."
)
_SEVERAL = N_("{n} people are called {name}. Add an employee number column.")
_WHICH_ROW = N_('Several rows are called {name}: say it of the employee number (--person "{code}=…").')
_CONTRADICTS = N_("Two answers about {name} ({code}) contradict each other.")
_SWAPPED = N_(
    "Two answers contradict each other: {name} would be called {other} now, and have {other}'s employee number {code}."
)
_IS_NOT = N_("{name} stands beside the employee number {code}: that is not {other}.")
_IS_SO = N_("{name} is here already as the row says: what was said of it changes nothing.")
_IS_HERE = N_(
    "{name} is here already, and was not added once more: another hire date or employee number tells somebody else apart."
)
