"""What was said of rows of a list of people: by their numbers, by the employee numbers in them, and of names that several bear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mentor_app.core.errors import UserError
from mentor_app.core.imports import CALLED, NAMED, OUT, ROW, Said
from mentor_app.core.people.list_rows import which_row
from mentor_app.core.people.listed import check_said_of_rows
from mentor_app.core.people.queries import Bearer
from mentor_app.core.people.rules import match_key


@dataclass(frozen=True, kw_only=True)
class NamedRow:
    """A row of a list, the name and the employee number in it."""

    number: int
    name: str
    code: str


class RowsSaid:
    """What was ``said`` of these rows, where ``holders`` have the employee numbers."""

    def __init__(self, rows: Sequence[NamedRow], said: Said, holders: Mapping[str, Bearer]) -> None:
        self._said, self._holders = said, holders
        self._rows = {row.number: row for row in rows}
        self._named = defaultdict[str, list[NamedRow]](list)
        for row in rows:
            self._named[row.name].append(row)

    def check(self) -> None:
        """UserError where something was said of a row or an employee number that the list does not have."""
        check_said_of_rows(self._said, {row.code for row in self._rows.values()}, self._rows.keys())

    def is_one_of_several(self, name: str) -> bool:
        """Whether several rows bear a name."""
        return len(self._named[name]) > 1

    def of_row(self, number: int) -> list[int | str]:
        """What was said of a row by itself."""
        row = self._rows.get(number)
        keys = [] if row is None else [f"{ROW}{number}", row.code]
        return [self._said[key] for key in keys if key and key in self._said]

    def has_more_to_say(self, number: int) -> bool:
        """Whether anything was said of a row but that it is to be left out."""
        row = self._rows.get(number)
        keys = [] if row is None or self.is_one_of_several(row.name) else [NAMED + row.name, CALLED + row.name]
        return any(
            one != OUT for one in [*self.of_row(number), *(self._said[key] for key in keys if key in self._said)]
        )

    def holder(self, code: str) -> Bearer | None:
        """Who has an employee number."""
        return self._holders.get(code)

    def means(self, number: int, name: str) -> bool:
        """Whether what was said of a name, that it is to be left out, is about this row of it."""
        return not self.is_one_of_several(name) or self._doubted(name) == [number]

    def unclear(self, number: int, name: str) -> UserError | None:
        """That it can't be told of which row of a name it was said that it is to be left out, where this may be one."""
        is_out = OUT in (self._said.get(NAMED + name), self._said.get(CALLED + name))
        doubted = self._doubted(name) if is_out and self.is_one_of_several(name) else []
        if len(doubted) < 2 or number not in doubted:
            return None
        return which_row(name, [(one, self._rows[one].code) for one in doubted])

    def _doubted(self, name: str) -> list[int]:
        """The rows of a name of which one was said to be left out by it: those that may be somebody else's and of which nothing was said by
        itself, if there are any; none where one is left out by itself."""
        rows = self._named[name]
        in_doubt = [row for row in rows if not self._is_settled(row)]
        if any(OUT in self.of_row(row.number) for row in rows):
            return []
        unsaid = [row for row in in_doubt if not self.of_row(row.number)]
        return [row.number for row in unsaid or in_doubt or rows]

    def _is_settled(self, row: NamedRow) -> bool:
        """Whether the number in a row is of somebody who is called so."""
        holder = self._holders.get(row.code)
        return holder is not None and holder.key == match_key(row.name)

    def of_rows(self, numbers: Iterable[int]) -> Said:
        """What was said of these rows by themselves."""
        rows = [self._rows[number] for number in numbers]
        keys = {key for row in rows for key in (f"{ROW}{row.number}", row.code)}
        return {key: answer for key, answer in self._said.items() if key in keys}
