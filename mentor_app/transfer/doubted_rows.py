"""Rows of a list that may be no records: what is left out, by what was said, and what is asked of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mentor_app.core.imports import CALLED, NAMED, OUT, Unanswered
from mentor_app.core.people.list_questions import Renamed, TakenOver
from mentor_app.core.people.queries import Bearer
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.listed_names import has_number_of, is_plain_change, memories
from mentor_app.transfer.misspelt import NEW, Misspelt, Names, Spelling
from mentor_app.transfer.person_names import speaks_against
from mentor_app.transfer.plain_names import names_nobody
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.recognise import PAIRINGS, PEOPLE, PROJECTS, FileKind
from mentor_app.transfer.remarks import Doubt, NoName, Reason
from mentor_app.transfer.rows_said import RowsSaid
from mentor_app.transfer.to_come import is_to_come
from mentor_app.transfer.values import EMPTY, plain

Cells = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class DoubtedRow:
    """Why a row is left ``out``; else the ``doubt`` whether it is a record, and what is asked of the number in it."""

    out: Text | None = None
    doubt: Doubt | None = None
    whose: Unanswered | None = None


class DoubtedRows:
    """The rows of a list of a ``kind`` whose records are called by a ``main`` field, and whose fields hold ``names``; ``codes``: how many
    rows have each employee number; ``said``: what was said of rows by themselves."""

    def __init__(
        self,
        kind: FileKind,
        main: str,
        names: Mapping[str, Names],
        plan: Plan,
        spelling: Spelling,
        codes: Mapping[str, int],
        said: RowsSaid,
    ) -> None:
        self._kind, self._main, self._names, self._plan, self._spelling = kind, main, names, plan, spelling
        self._doubted = {plan.clean(main, one.words) for one in plan.doubts.values()}
        """The words that are asked about row by row."""
        self._codes, self._said = codes, said
        at = plan.at()
        self._parts = sorted({"first_name", "last_name"} & at.keys(), key=at.__getitem__) if main not in at else []
        """The columns of a name in several, as they stand in the file."""

    def look(self, number: int, cell: Cells) -> DoubtedRow:
        """Look at a row, and at whoever holds the number in it."""
        in_file = " ".join(filter(None, (cell[part] for part in self._parts)))
        if in_file:
            self._spelling.also_called(cell[self._main], in_file)
        name, holder = cell.get(self._main, ""), self._said.holder(cell.get("code", ""))
        if OUT in self._said.of_row(number):
            return DoubtedRow(out=self.why_out(in_file or name))
        doubt = self._doubt(number) or self._placeholder(cell)
        if doubt is not None and sorted(in_file.split()) == sorted(doubt.words.split()):
            doubt = replace(doubt, in_file=in_file)
        has_number = doubt is not None and has_number_of(doubt, holder)
        whose = self._whose_number(cell, doubt if has_number else None, holder)
        out = self._out(cell, doubt, whose, has_number)
        if out is not None and (doubt is not None or self._said.means(number, name)):
            return DoubtedRow(out=out)
        is_answered = self._spelling.is_answered(name) or bool(self._said.of_row(number))
        return DoubtedRow(doubt=None if has_number else doubt, whose=None if is_answered else whose)

    def questions(self, row: DoubtedRow, of_names: Sequence[Unanswered]) -> list[Unanswered]:
        """What is asked of a row that is not left out, where this is asked of the names in it."""
        names = list(map(self._of_several, of_names))
        asked = [*names, row.whose] if row.whose is not None else names
        if row.doubt is None or not self._is_doubted(row.doubt) or (asked and not row.doubt.comes_first):
            return asked
        return [self._no_name(row.doubt)]

    def _of_several(self, question: Unanswered) -> Unanswered:
        """What is asked of a name; of one that several rows bear only whether it is a slip: the rest is asked of each row."""
        name = question.key.removeprefix(NAMED)
        if not isinstance(question, Renamed) or not self._said.is_one_of_several(name):
            return question
        return Misspelt(name, str(question.choices[0][1]), makes=True).of(*question.fields)

    def is_open(self, field: str, words: str) -> bool:
        """Whether a cell that can't be read keeps the place of a name that is to come: TBC, "New hire 3", 待定."""
        names = self._names.get(field)
        if self._kind is not PAIRINGS or names is None or not words:
            return False
        return names_nobody(words) or is_to_come(words) or (names.people and speaks_against(words))

    def leave_out(self, doubt: Doubt, cell: Cells) -> Text:
        """Leave a row out of the next list, too, by what was said of all that are asked about; and why it is left out."""
        self._spelling.remember_out(memories(doubt, filled(cell)))
        return self.why_out(doubt.words, doubt.shown)

    def why_out(self, words: str, shown: str = "") -> Text:
        """Why a row is left out of which somebody said that it is no record; ``shown``: its words as the file has them."""
        question = self._spelling.recalled.get(words, (None, ""))[0]
        if question is None:
            return text("Left out, as was said: {words}", words=shown or words)
        values = [value for _, value in question.choices if value != OUT]
        why = N_("Left out, as was said of an earlier list: {words}")
        if NEW in values:
            why = N_('Left out, as was said of an earlier list: {words} (--name "{words}=new" changes that)')
        elif values:
            why = N_(
                'Left out, as was said of an earlier list: {words} (--name "{words}=…" with another answer changes that)'
            )
        return text(why, words=shown or words)

    def _out(self, cell: Cells, doubt: Doubt | None, whose: Unanswered | None, has_number: bool) -> Text | None:
        """Why a row is left out that heads a team, or was said to be a remark; None where nothing of it was. Of the words that are asked about
        row by row that was said of these only. ``whose``: what is asked of its number instead."""
        if doubt is not None:
            is_open = self._is_doubted(doubt)
            if is_open and doubt.heads_team:
                heading = N_("Left out: {words} is the heading of a team")
                if self._kind is PROJECTS:
                    heading = N_("Left out: {words} is the heading of a region")
                return text(heading, words=doubt.shown)
            is_asked = is_open and (whose is not None or not has_number)
            is_by_name = whose is None or whose.key.startswith(CALLED)
            if is_by_name and self._spelling.is_left_out(
                whose or self._no_name(doubt), memories(doubt, filled(cell)), is_asked
            ):
                return self.why_out(doubt.words, doubt.shown)
        names = [name for name, one in self._names.items() if name in cell and (name == self._main or not one.makes)]
        asked = () if has_number else self._doubted
        found = (cell[one] for one in names if cell[one] not in asked and self._spelling.is_out(one, cell[one]))
        words = next(found, None)
        name = cell.get(self._main, "")
        if (
            words is None and name not in self._doubted and self._spelling.is_said_out(name)
        ):  # also of somebody who is here
            words = name
        return None if words is None else self.why_out(words)

    def _whose_number(self, cell: Cells, doubt: Doubt | None, holder: Bearer | None) -> TakenOver | None:
        """What is asked of a row with the number of a ``holder`` who is called otherwise: is that somebody's new name? Nothing where the
        name is plainly theirs with a change, and nobody said that it is somebody else's."""
        name = cell.get(self._main, "")
        if holder is None or self._spelling.is_known(self._main, name):
            return None
        is_strange = doubt is not None and not is_plain_change(doubt, holder)
        if not is_strange and not self._spelling.is_new(name):
            return None
        in_file = "" if doubt is None else doubt.in_file
        can_take, several = self._codes[holder.code] == 1, self._said.is_one_of_several(name)
        return TakenOver(holder, name, is_here=False, can_take=can_take, in_file=in_file, by_number=several)

    def _no_name(self, doubt: Doubt) -> NoName:
        """What is asked of a row that may be no record."""
        return NoName(doubt, self._names[self._main].makes).of(self._main)

    def _doubt(self, number: int) -> Doubt | None:
        """What may make a row no record, its words as names are read."""
        doubt = self._plan.doubts.get(number)
        return None if doubt is None else replace(doubt, words=self._plan.clean(self._main, doubt.words))

    def _placeholder(self, cell: Cells) -> Doubt | None:
        """What stands in place of a project's name: TBD, 待定, a dash, a year."""
        name = plain(cell.get(self._main, ""))
        if self._kind is not PROJECTS or not (names_nobody(name) or name.isdecimal() or is_to_come(name)):
            return None
        held = [words for words in cell.values() if words]
        return Doubt(words=cell[self._main], cells=" · ".join(held), reason=Reason.REMARK)

    def asks_of_rows(self, name: str) -> bool:
        """Whether it is asked of rows with this name whether they are records: what is said of the name is said of these."""
        return name in self._doubted

    def _is_doubted(self, doubt: Doubt) -> bool:
        """Whether something has to be said of a row that may be no record: nothing has of one that names what is here, unless that
        may be who signed the list."""
        signs = doubt.reason is Reason.SIGNED and self._kind == PEOPLE
        said, known = (find(self._main, doubt.words) for find in (self._spelling.is_said, self._spelling.is_known))
        return not said and (signs or not known)


def filled(cell: Cells) -> frozenset[str]:
    """The fields of a row in which something stands."""
    return frozenset(name for name, words in cell.items() if plain(words).casefold() not in EMPTY)
