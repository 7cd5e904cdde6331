"""Whom the rows of a list mean: whoever is here stands in one row at most, and numbers and names may have gone over to somebody else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mentor_app.core.errors import UserError
from mentor_app.core.imports import TAKES, Said
from mentor_app.core.people.actions import NEW_PERSON, PersonDetails
from mentor_app.core.people.list_questions import (
    Misnumbered,
    Namesake,
    Renamed,
    RenamedHere,
    Renumbered,
    Reused,
    TakenOver,
    WhichOne,
)
from mentor_app.core.people.list_rows import NOT_TOLD, ListRow, ListRows, Rows
from mentor_app.core.people.other_names import Mark, marks
from mentor_app.core.people.queries import Bearer
from mentor_app.core.people.rules import match_key
from mentor_app.core.personal.names import is_short_cjk, keeps_part
from mentor_app.core.store import Connection
from mentor_app.core.text import N_


class Meant:
    """Whom each of the ``rows`` means, by who is here before and by what was ``said``.

    First comes what was said; then a number beside the name of whoever has it; then numbers that go over to somebody else, as was said or as
    follows since their holder stands in another row; then numbers that nobody has, and names without one. Whoever then stands in no row may be
    called otherwise in one of those that would be somebody new.
    """

    def __init__(self, connection: Connection, rows: Rows, said: Said) -> None:
        self._list = ListRows(connection, rows, said)
        self._refused, self.remarks = self._list.refused, self._list.remarks
        self._of: dict[int, int | None] = {}
        """Row number → whom it means, None for somebody new."""
        self._row_of: dict[int, int] = {}
        """Person → the row that means them."""
        self._added: dict[str, ListRow] = {}
        """Number that nobody has → the row of somebody new who gets it."""
        self._to_ask: list[ListRow] = []
        """Rows with the number of somebody who is hardly called so."""
        self._gone: set[str] = set()
        """The numbers that go over to somebody else."""
        for step in (self._obey, self._know, self._take, self._rename, self._number, self._name, self._ask, self._tell):
            step()

    def of(self, number: int) -> tuple[int | None, PersonDetails]:
        """Whom a row means, None for somebody new, and what it says; UserError where that can't be, or has to be said first."""
        if number in self._refused:
            raise self._refused[number]
        line = self._list.rows[number]
        return self._of[number], replace(line.details, name=line.written) if line.is_renamed else line.details

    def former(self, number: int) -> Bearer | None:
        """Who had the number of a row before that goes over to somebody else."""
        holder = self._list.rows[number].holder
        return None if number not in self._of or holder is None or holder.id == self._of[number] else holder

    def released(self) -> dict[int, tuple[str, int]]:
        """Who gives a number up → the number, and the row by which that is told: their own, or the one that takes it."""
        taken = [(line, self.former(line.number)) for line in self._list.rows.values()]
        return {one.id: (one.code, self._row_of.get(one.id, line.number)) for line, one in taken if one is not None}

    def _open(self) -> list[ListRow]:
        """The rows of which nothing is decided yet."""
        return [
            one for number, one in self._list.rows.items() if number not in self._of and number not in self._refused
        ]

    def _unclaimed(self, line: ListRow) -> list[Bearer]:
        """Who has the name of a row and stands in none yet: of those without a number only who writes it so."""
        exactly = self._list.exactly(line)
        some = [one for one in self._list.named.get(line.key, ()) if one.code or one in exactly]
        return [one for one in some if one.id not in self._row_of]

    # what becomes of them

    def _mean(self, line: ListRow, person_id: int | None) -> None:
        """Let a row mean somebody. Nobody stands in two rows."""
        if person_id is not None and self._row_of.setdefault(person_id, line.number) != line.number:
            self._refuse(line, UserError(_IN_TWO_ROWS, row=self._row_of[person_id]))
            return
        self._of[line.number] = person_id
        if line.holder is not None and line.holder.id != person_id:
            self._gone.add(line.code)

    def _refuse(self, line: ListRow, error: UserError) -> None:
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

    def _check_answers(self, line: ListRow) -> None:
        """UserError where something was said of a row that can't be so, or not with what else was said."""
        if isinstance(line.by_number, str) and line.by_number != TAKES:
            raise UserError("Nobody is called {name}.", name=line.by_number).of("code")
        is_holder = line.holder is not None and line.by_number == line.holder.id
        is_somebody = isinstance(line.by_number, int) and line.by_number != NEW_PERSON
        contradict = (line.by_number == NEW_PERSON and line.is_renamed) or (is_somebody and line.by_name == NEW_PERSON)
        if contradict or (is_holder and line.takes):
            raise UserError(_CONTRADICTS, name=line.written, code=line.code or line.number)
        if TAKES in (line.by_number, line.by_name) and not line.takes:
            self._refuse_to_take(line)
        if line.takes and line.holder is not None and self._list.codes[line.code] > 1:
            raise self._taken_over(line.holder, line)

    def _refuse_to_take(self, line: ListRow) -> None:
        """UserError where somebody was said to take a number over that nobody has; a remark where they have it already."""
        if not line.code:
            words = N_(
                'No employee number stands beside {name}: there is nothing to take over (--name "{name}=takes").'
            )
            raise UserError(words, name=line.written)
        if line.holder is None:
            words = N_('Nobody has the employee number {code}: there is nothing to take over (--name "{name}=takes").')
            raise UserError(words, code=line.code, name=line.written).of("code")
        self._list.tell_done(line)

    def _is_here(self, line: ListRow) -> bool:
        """Whether somebody is called already as is written in a row."""
        return match_key(line.written) in self._list.named

    def _by_number(self, line: ListRow, person_id: int) -> int:
        """Whose a number was said to be; UserError where the name beside it is another's."""
        one = self._list.people.get(person_id)
        if one is None:
            raise UserError("Nobody is called {name}.", name=f"person:{person_id}").of("code")
        is_holder = line.holder is not None and line.holder.id == person_id
        if line.is_renamed or (self._is_here(line) and not is_holder):
            is_so = one.key == line.key or self._may_be_called(one, line)
        else:
            is_so = is_holder or keeps_part(one.name, line.written) or is_short_cjk(one.name)
        if not is_so:
            words = _IS_NOT if line.code else N_("{name} stands in row {row}: that is not {other}.")
            raise UserError(words, code=line.code, row=line.number, name=line.written, other=one.name).of("code")
        return person_id

    def _may_be_called(self, one: Bearer, line: ListRow) -> bool:
        """Whether somebody of whose name there is no row may be called as in this one, beside others of that name."""
        return not self._list.may_hold(one) and keeps_part(one.name, line.written)

    def _perhaps_renamed(self, line: ListRow) -> list[Bearer]:
        """Who stands in no row, and may be called as in this one by now: of the given name and day."""
        of_day = set(marks(line.written, line.details.hired_on, line.details.team))
        here = self._list.people.values() if of_day else ()
        left = [
            one for one in here if one.id not in self._row_of and one.key != line.key and not self._list.may_hold(one)
        ]
        return [one for one in left if not of_day.isdisjoint(marks(one.name, one.hired_on, one.team))]

    def _by_former_name(self, line: ListRow) -> int:
        """Who was said to have been called otherwise before; UserError where that may be several."""
        found = self._unclaimed(line) or self._list.named[line.key]
        if line.is_known and line.holder is not None:
            return line.holder.id
        found = line.nearest(found)
        if len(found) > 1:
            raise self._renumbered(line, found) if line.code else self._which_one(line, found)
        return found[0].id

    def _know(self) -> None:
        """A number beside the name of whoever has it means them, unless they stand in another row as was said, or perhaps."""
        known = [line for line in self._open() if line.is_known and not line.takes]
        for line in sorted(known, key=lambda one: one.holder is not None and one.is_another_day(one.holder)):
            holder = line.holder
            if holder is None:
                continue
            row = self._row_of.get(holder.id)
            is_elsewhere = row is not None and self._list.rows[row].code != line.code
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

    def _likelier(self, one: Bearer, line: ListRow) -> int | None:
        """Another row of the day when somebody joined, with the name or one that may be theirs by now, and with a number that is nobody's
        of this name."""
        for other in self._list.of_day[one.hired_on]:
            is_own = other.holder is not None and other.is_known and not other.is_another_day(other.holder)
            if other.number == line.number or is_own or other.is_new:
                continue
            if other.key == one.key or keeps_part(one.name, other.written):
                return other.number
        return None

    def _take(self) -> None:
        """Numbers that go over: as was said, and as follows where their holder stands in another row, or whoever is called so lost theirs."""
        for line in self._list.rows.values():
            if line.number in self._of and not self._may_take(line):
                self._ask_whose(line)
        before = -1
        while before < len(self._of) + len(self._refused):
            before = len(self._of) + len(self._refused)
            for line in sorted(self._open(), key=lambda one: not one.takes):
                if line.code and line.number not in self._of:
                    self._follow(line)

    def _may_take(self, line: ListRow) -> bool:
        """Whether a row whose person is known may have its number: nobody else has it, or who has stands in another row, or so it was said."""
        holder = line.holder
        if holder is None or holder.id == self._of[line.number] or line.takes or line.by_number is not None:
            return True
        return (
            line.is_known or self._is_freed(line) or any(one.code != line.code for one in self._list.called[holder.key])
        )

    def _ask_whose(self, line: ListRow) -> None:
        """Ask whether the number of somebody else is theirs who are meant by a row."""
        holder, one = line.holder, self._list.people.get(self._of[line.number] or 0)
        if holder is not None and one is not None:
            self._refuse(line, Misnumbered(line.code, holder, one, self._list.codes[line.code] == 1, ""))

    def _is_freed(self, line: ListRow) -> bool:
        """Whether who has the number of a row stands in another one, with another number."""
        row = None if line.holder is None else self._row_of.get(line.holder.id)
        return row is not None and self._list.rows[row].code != line.code

    def _follow(self, line: ListRow) -> None:
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
        pool = line.nearest(pool)
        rivals = [one for one in self._open() if one.key == line.key and not one.takes and not one.is_known]
        if not line.takes and pool and (len(rivals) > 1 or any(map(line.is_another_day, pool))):
            return
        if self._swapped(line) and not pool and line.holder is not None:
            words = UserError(_SWAPPED, name=line.written, other=line.holder.name, code=line.code)
            self._refuse(line, words)
        elif len(pool) > 1:
            self._refuse(line, self._renumbered(line, pool))
        else:
            self._mean(line, pool[0].id if pool else None)

    def _swapped(self, line: ListRow) -> list[Bearer]:
        """Who has the name of a row, and was said to have that of whoever has its number."""
        if line.holder is None or line.is_known:
            return []
        some = [one for one in self._list.named.get(line.key, ()) if one.id in self._row_of]
        return [one for one in some if match_key(self._list.rows[self._row_of[one.id]].written) == line.holder.key]

    def _rename(self) -> None:
        """A known number beside another name: who is called so has another one, or its holder is called so now where little speaks against
        it; of the others it is asked at the end."""
        for line in self._open():
            if line.holder is None:
                continue
            holder, found = line.holder, self._unclaimed(line)
            numbered = [one for one in [*found, *self._swapped(line)] if one.code]
            is_moved = line.is_another_day(holder) or holder.key in self._list.called
            if numbered and self._is_freed(line):
                self._refuse(line, self._renumbered(line, found))
            elif numbered:
                in_list = line.written if len(self._list.called[line.key]) == 1 else ""
                can_take, is_other = self._list.codes[line.code] == 1, all(map(line.is_another_day, numbered))
                self._refuse(line, Misnumbered(line.code, holder, numbered[0], can_take, in_list, is_other))
            elif found or is_moved or not keeps_part(holder.name, line.details.name):
                self._to_ask.append(line)
            else:
                self._mean(line, holder.id)

    def _number(self) -> None:
        """A number that nobody has: of whoever is called so and has none, if day and team tell that or that is one, and little speaks against
        it; of those who have another one it is asked."""
        unknown = [line for line in self._open() if line.holder is None and line.code]
        for line in sorted(unknown, key=self._distance):
            found = self._unclaimed(line)
            one = self._without_number(line, found)
            if one is not None:
                self._mean(line, one.id)
            elif found:
                self._refuse(line, self._renumbered(line, found, self._perhaps_renamed(line)))
            else:
                self._add(line)

    def _without_number(self, line: ListRow, found: Sequence[Bearer]) -> Bearer | None:
        """Who of those that are found for a row has no number yet, and gets the one in it."""
        nearest = line.nearest(found)
        one = nearest[0] if len(nearest) == 1 else None
        if one is None or one.code or line.is_another_day(one) or one.left_on not in (None, line.details.left_on):
            return None
        others = [other for other in self._list.called[line.key] if other is not line and other.holder is None]
        rivals = [other for other in others if other.number not in self._of]
        is_told = line.is_of_day(one) and all(other.distance_to(one) > line.distance_to(one) for other in rivals)
        return one if is_told or not (rivals or found[1:]) else None

    def _renumbered(self, line: ListRow, found: Sequence[Bearer], renamed: Sequence[Bearer] = ()) -> Renumbered:
        """What is asked of a row with a number that is none of those who have the name: first whoever it is likeliest."""

        def unlikely(one: Bearer) -> tuple[int, bool, bool]:
            return line.distance_to(one), line.is_another_team(one), not one.code

        return Renumbered(line.details, sorted(found, key=unlikely), renamed)

    def _name(self) -> None:
        """A name without a number: whoever is called so, the one of the day where several are; of who joined on another day it is asked, and
        where several rows may be the same person."""
        lines = [line for line in self._open() if not line.code]
        rows_of = Counter(line.key for line in lines)
        for line in sorted(lines, key=self._distance):
            found = self._likeliest(line)
            here = found[0] if len(found) == 1 else None
            is_one_of_several = rows_of[line.key] > 1
            if line.is_new and self._is_apart(line, found) and not self._may_have_moved(line, found):
                self._add(line)
            elif found and here is None:
                self._refuse(line, self._which_one(line, self._free(line)))
            elif here is None or self._is_other(here, line):
                self._add(line)
            elif here.id in self._row_of or (is_one_of_several and self._has_rival(here, line)):
                self._refuse(line, self._which_one(line, self._free(line)))
            elif self._may_be_another(here, line):
                self._refuse(line, self._which_namesake(here, line))
            else:
                self._mean(line, here.id)

    def _distance(self, line: ListRow) -> int:
        """How little speaks for a row without a number that it means one of its name."""
        return min((line.distance_to(one) for one in self._list.exactly(line)), default=0)

    def _likeliest(self, line: ListRow) -> list[Bearer]:
        """Of those who are called as in a row without a number those for whom most speaks; of several first whoever stands in no other row."""
        found = self._list.exactly(line)
        if len(found) > 1 and self._distance(line) < NOT_TOLD:
            nearest = line.nearest(found)
            return [one for one in nearest if one.id not in self._row_of] or nearest
        return self._free(line) or found[:1]

    def _free(self, line: ListRow) -> list[Bearer]:
        """Who is called as in a row without a number and stands in no other, the likeliest first."""
        free = [one for one in self._list.exactly(line) if one.id not in self._row_of]
        return sorted(free, key=line.distance_to)

    def _has_rival(self, one: Bearer, line: ListRow) -> bool:
        """Whether another row of the name that is open may be this person just as well."""
        rivals = [other for other in self._list.called[line.key] if other is not line and not other.code]
        undecided = [other for other in rivals if other.number not in self._of]
        return any(other.distance_to(one) <= line.distance_to(one) for other in undecided if not other.is_new)

    def _which_one(self, line: ListRow, candidates: Sequence[Bearer]) -> WhichOne:
        """What is asked of a row whose name several rows bear, or several people."""
        rows = self._list.called[line.key]
        others = [one for one in rows if one is not line]
        is_apart = self._is_apart(line, candidates) and all(self._are_two(line, one) for one in others)
        renamed = [one for one in self._perhaps_renamed(line) if one not in candidates]
        details = self._as_written(line)
        written = [one.number for one in rows if match_key(one.written) == match_key(line.written)]
        return WhichOne(line.number, details, written, candidates, renamed, is_apart)

    def _is_apart(self, line: ListRow, people: Sequence[Bearer]) -> bool:
        """Whether a row without a number can be somebody else's than each of these, as they are here or stand in another row."""
        rows = [self._row_of.get(one.id) for one in people]
        return all(
            line.is_apart_from(one) if row is None else self._are_two(line, self._list.rows[row])
            for one, row in zip(people, rows, strict=True)
        )

    def _are_two(self, line: ListRow, other: ListRow) -> bool:
        """Whether a row without a number can be somebody else's than another one: a number, or day or team tell them apart."""
        return bool(other.code) or line.is_apart_from(other.details)

    def _may_have_moved(self, line: ListRow, people: Sequence[Bearer]) -> bool:
        """Whether a row may be of one of these in another team: what was said of the name, not of the row, may be of an earlier list."""
        left = [one for one in people if one.id not in self._row_of]
        return line.by_number is None and any(map(line.is_of_day, left))

    def _which_namesake(self, here: Bearer, line: ListRow) -> Namesake | WhichOne:
        """What is asked of a row that may be a namesake's: by the name, unless several rows or people of that name could be meant by it."""
        if self._is_one_of_several(line) or len(self._list.exactly(line)) > 1:
            return self._which_one(line, self._free(line))
        return Namesake(here, line.details, self._perhaps_renamed(line))

    def _as_written(self, line: ListRow) -> PersonDetails:
        return replace(line.details, name=line.written)

    def _is_one_of_several(self, line: ListRow) -> bool:
        """Whether other rows bear the name of a row."""
        return len(self._list.called[line.key]) > 1

    def _taken_over(self, holder: Bearer, line: ListRow) -> TakenOver:
        """What is asked of a row with the number of somebody who is hardly called so."""
        can_take, several = self._list.codes[line.code] == 1, self._is_one_of_several(line)
        return TakenOver(holder, line.written, self._is_here(line), can_take, by_number=several)

    def _is_other(self, one: Bearer, line: ListRow) -> bool:
        """Whether somebody who joined on another day was said to be called otherwise now."""
        row = self._row_of.get(one.id)
        return row is not None and self._list.rows[row].written != line.written and line.is_another_day(one)

    def _may_be_another(self, one: Bearer, line: ListRow) -> bool:
        """Whether a row without a number may be a namesake's: of another day and another team, or beside a row that fits better."""
        is_another = line.is_another_team(one) or self._likelier(one, line) is not None
        return line.is_another_day(one) and is_another

    def _add(self, line: ListRow) -> None:
        """Let a row mean somebody new; of a number that stands in several rows only the first, of a name without one those that differ and
        of which it was said."""
        if line.code:
            twice = self._added.setdefault(line.code, line)
            same = [] if twice is line else [twice]
        else:
            some = [one for one in self._list.called[line.key] if one is not line and not one.code]
            same = [one for one in some if self._of.get(one.number, 0) is None]
        if not same or (line.is_new and not line.code and all(line.is_apart_from(one.details) for one in same)):
            self._mean(line, None)
        elif line.code or line.is_new:
            self._refuse(line, UserError(_IN_TWO_ROWS, row=same[0].number))
        else:
            self._refuse(line, self._which_one(line, []))

    def _ask(self) -> None:
        """Ask whether somebody who stands in no row is called as one that would be somebody new, or has somebody else's number."""
        left = defaultdict[Mark, list[Bearer]](list)
        for one in self._list.people.values():
            if one.id not in self._row_of:
                for mark in marks(one.name, one.hired_on, one.team):
                    left[mark].append(one)
        new = [one for one in self._list.rows.values() if self._of.get(one.number, 0) is None and not one.takes]
        with_number = {line.number for line in self._to_ask}
        for line in [*new, *self._to_ask]:
            is_anothers = line.number in with_number
            holder, name = line.holder, line.written
            of_day = marks(name, line.details.hired_on, line.details.team)
            found = [one for mark in of_day for one in left.get(mark, ()) if one.key != line.key]
            is_plain = is_anothers and holder is not None and (holder in found or keeps_part(holder.name, name))
            if found and not line.is_new and not is_plain:
                found.sort(key=lambda one: (not keeps_part(one.name, name), one.name))
                if self._is_one_of_several(line) or len({one.key for one in found}) < len(found):
                    self._refuse(line, RenamedHere(line.number, self._as_written(line), found))
                    continue
                known, *others = (one.name for one in found)
                self._refuse(line, Renamed(name, known, others, self._is_here(line)))
            elif holder is not None and is_anothers:
                self._refuse(line, self._taken_over(holder, line))

    def _tell(self) -> None:
        """Tell that somebody was said to be new who is here."""
        for line in self._list.rows.values():
            if line.is_new and self._of.get(line.number) is not None:
                self.remarks[line.number] = UserError(_IS_HERE, name=line.details.name)


_IN_TWO_ROWS = N_(
    "The same person stands in row {row} already. If these are two people, employee numbers tell them apart."
)
_CONTRADICTS = N_("Two answers about {name} ({code}) contradict each other.")
_SWAPPED = N_(
    "Two answers contradict each other: {name} would be called {other} now, and have {other}'s employee number {code}."
)
_IS_NOT = N_("{name} stands beside the employee number {code}: that is not {other}.")
_IS_HERE = N_(
    "{name} is here already, and was not added once more: another hire date or employee number tells somebody else apart."
)
