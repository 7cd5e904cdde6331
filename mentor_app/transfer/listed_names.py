"""What the records of a list of names are called, and which of its rows may be none: remarks, counts, who signed it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from mentor_app.core.people.queries import Bearer
from mentor_app.core.people.rules import MAX_NAME, match_key
from mentor_app.core.personal.names import keeps_part
from mentor_app.transfer.below import is_figure, may_sign
from mentor_app.transfer.dates import are_days, names_month
from mentor_app.transfer.list_words import meaning
from mentor_app.transfer.person_names import is_mail_of, is_persons, may_be_name, names_office
from mentor_app.transfer.plain_names import is_whole_name, names_nobody, names_position
from mentor_app.transfer.reading import Row
from mentor_app.transfer.remarks import Doubt, Reason, reads_as_name, reads_as_remark
from mentor_app.transfer.values import plain

_OF_A_DAY = 5
"""So many characters at least has a figure that stands for a day."""
_NESTED = 3
"""So many headings stand below each other at most: a region, a city, a team."""
_SIGNERS = 3
"""So many people at most sign a list without a word for it."""
_HIRED = ((), ("code",), ("hired_on",), ("code", "hired_on"))
"""Which of the fields that a post has none of before somebody is hired may be filled."""
_WHICH_OF_KIND = re.compile(
    r"[\d一二三四五六七八九十]+(?:(?=[号名位个])|月份?)|(?<=[\u3400-\u9fff])[a-z](?![a-z])|(?<=\s)[a-z]$"
)
"""What tells posts of one kind apart, but for figures and months in letters: 实习生B, 新人二号, 拟招聘（三月）, "Open post A"."""
_BEFORE_TEAM = re.compile(
    r"(?:team|squad|group|region|office|branch|gruppe|bereich|abteilung|standort|niederlassung|agence|équipe|equipe|bureau|région)[ :]+"
    r"(?:(?:de|du|des|of) |d['’])?|(?:团队|部门|小组|区域)[:：]?"
)
_BEHIND_TEAM = re.compile(r"(?: (?:team|squad|group|region|office|branch|gruppe)|团队|小组|组|部)$")
"""Words for a team before its name and behind it."""


class ListedNames:
    """What the records of a list of names, whose columns stand at these ``places``, are called; the columns of its ``days``, and
    the one of its ``main`` name, where that and a day are enough to make a record. ``tallies`` are its rows that may count."""

    def __init__(self, places: Sequence[int], days: Sequence[int], main: int | None, tallies: Tallies) -> None:
        self._places = places
        self._tallies = tallies
        self._mains = places or ([] if main is None else [main])
        self._days = days
        self._remarks: dict[int, Doubt] = {}
        self._alone: dict[int, Doubt] = {}
        """What stands alone in its row."""
        self._heads: set[int] = set()
        """Of these the rows that one follows which holds more, as it does a heading, or headings of two or three kinds."""
        self._before: list[int] = []
        """The rows before in each of which a name stands alone."""
        self._team = ""
        """The team of the record before that holds more than a name, as teams are compared."""
        self._fuller = 0
        """How many records hold more than a name."""
        self._last: dict[int, Doubt] = {}
        """The records seen last that hold nothing but a name and a day."""
        self._more, self._bare = 0, 0
        """How many records hold more than a name and a day, and how many no more."""

    def look(self, rows: Sequence[Row]) -> None:
        """Look at some more records."""
        for number, row in rows:
            self._look_for_names(number, row)
            self._look_for_more(number, row)

    def _look_for_names(self, number: int, row: list[str]) -> None:
        name = _joined(row, self._places)
        if not 0 < len(name) <= MAX_NAME:
            return
        is_alone = not any(cell.strip() for at, cell in enumerate(row) if at not in self._places)
        if reads_as_remark(name):
            reason = Reason.ALONE_STRANGE if is_alone else Reason.REMARK
            self._remarks[number] = Doubt(words=name, cells=_cells(row), reason=reason)
        elif not is_alone:
            self._tallies.look(number, row)
            self._fuller += 1
            self._look_for_team(self._tallies.team_of(row))
            self._heads.update(self._before if len(self._before) <= _NESTED else self._before[-1:])
            self._before = []
        else:
            self._before.append(number)
            reason = Reason.ALONE if is_persons(name) else Reason.ALONE_STRANGE
            self._alone[number] = Doubt(words=name, cells=name, reason=reason)

    def _look_for_team(self, team: str) -> None:
        """Tell the heading of a team whose first record follows."""
        heading = self._alone[self._before[-1]] if self._before else None
        if heading is not None and heads(heading.words, team) and team != self._team:
            self._alone[self._before[-1]] = replace(heading, heads_team=True)
        self._team = team

    def _look_for_more(self, number: int, row: list[str]) -> None:
        """Tell records of a name and a day from those that hold more."""
        name = _joined(row, self._mains)
        if any(cell.strip() for at, cell in enumerate(row) if at not in self._mains and at not in self._days):
            self._more += 1
            self._last = {}
            return
        if not any(row[at].strip() for at in self._days):
            return
        self._bare += 1
        if name and any(row[at].strip() for at in self._days) and (self._places or may_sign(name)):
            self._last[number] = Doubt(words=name, cells=_cells(row), reason=Reason.SIGNED, is_last=True)

    def doubts(self) -> dict[int, Doubt]:
        """Row number → what may be no name: remarks, and what stands alone where two thirds of all rows hold more, where nothing speaks
        for a name, where it keeps a name's place or a team's name, or heads rows that hold more; and a last record of a name and a day where all others hold more."""
        all_alone = 2 * len(self._alone) <= self._fuller
        found = self._remarks | {
            number: one
            for number, one in self._alone.items()
            if all_alone
            or number in self._heads
            or one.reason is Reason.ALONE_STRANGE
            or _keeps_place(one.words)
            or self._tallies.is_team(one.words)
        }
        if self._bare == len(self._last) <= _SIGNERS and self._more > len(self._last):
            found = self._last | found
        return self._tallies.doubts() | found


class Tallies:
    """The rows of a list of people that may count them, by team or anything else ("East", 2), or be signed ("HR", "Li Wei",
    2026-11-26): they hold a word and a figure, or a name that reads like none, and lack what nearly all others hold."""

    def __init__(self, places: Sequence[int], days: Sequence[int], teams: Sequence[int], codes: Sequence[int]) -> None:
        self._places, self._days, self._team, self._codes = places, days, teams, codes
        self._teams: Counter[str] = Counter()
        """The names of teams, and how many rows hold them."""
        self._digits: Counter[int] = Counter()
        """How many digits the numbers of people have, where they are nothing but digits."""
        self._fills: Counter[int] = Counter()
        self._whole = 0
        """How many records are beyond doubt, and how many of these fill each column."""
        self._short: dict[int, tuple[Mapping[int, str], Doubt]] = {}
        self._parts: dict[int, tuple[Mapping[int, str], Doubt]] = {}
        """Records whose name is a part of one, or none: "Unfilled", "Future hire", 候选人A."""
        self._offices: dict[int, tuple[Mapping[int, str], Doubt]] = {}
        """Records that name an office, as whoever signs a list does: "Tom Ray", "HR Director"."""
        self._named: dict[str, list[tuple[int, Doubt]]] = defaultdict(list)
        """By name, records whose name may be that of a team."""
        self._strange: dict[int, Doubt] = {}
        """Records whose name nothing speaks for, whatever stands beside it: "Freie Stelle", REQ-2031, Chidi Okafor."""

    def may_count(self, row: Sequence[str]) -> bool:
        """Whether a row holds a word and one or two figures, and nothing else."""
        rest = [at for at, cell in enumerate(row) if cell.strip() and at not in self._places]
        name = _joined(row, self._places)
        return bool(
            0 < len(rest) < 3
            and name
            and not is_figure(name)
            and all(is_figure(row[at]) and (at not in self._days or len(plain(row[at])) < _OF_A_DAY) for at in rest)
        )

    def note_teams(self, columns: Sequence[Sequence[str]]) -> None:
        """Note the teams of some more rows, given by column."""
        for at in self._team:
            if at < len(columns):
                self._teams.update(Counter(map(match_key, filter(str.strip, columns[at]))))

    def counts(self, row: Sequence[str]) -> bool:
        """Whether a row that may count does so beyond doubt: by a team of this list, or by role."""
        name = _joined(row, self._places)
        return match_key(name) in self._teams or meaning("roles", name) is not None

    def look(self, number: int, row: Sequence[str]) -> None:
        """Look at a record that holds more than a name."""
        name, rest = _joined(row, self._places), {at: cell for at, cell in enumerate(row) if cell.strip()}
        is_count, is_signed = self.may_count(row), any(_is_day(row[at]) for at in self._team)
        self._named[match_key(name)].append((number, Doubt(words=name, cells=_cells(row), reason=Reason.STRANGE)))
        others = [cell for at, cell in rest.items() if at not in self._places and not _is_day(cell)]
        if len(others) == 1 and names_office(others[0]) and is_persons(name):
            self._offices[number] = rest, Doubt(words=name, cells=_cells(row), reason=Reason.SIGNED)
            return
        if not (is_persons(name) or any(is_mail_of(cell, name) for cell in rest.values())):
            self._strange[number] = Doubt(words=name, cells=_cells(row), reason=Reason.STRANGE)
        if is_count or is_signed or not reads_as_name(name):
            reason = Reason.SIGNED if is_signed else Reason.COUNT if is_count else Reason.REMARK
            self._short[number] = rest, Doubt(words=name, cells=_cells(row), reason=reason)
            return
        if self._keeps_place(name):
            self._parts[number] = {}, Doubt(words=name, cells=_cells(row), reason=Reason.REMARK)
        elif not is_whole_name(name):
            self._parts[number] = rest, Doubt(words=name, cells=_cells(row), reason=Reason.PART)
        self._whole += 1
        self._fills.update(list(rest))
        self._digits.update(len(plain(row[at])) for at in self._codes if plain(row[at]).isdecimal())

    def doubts(self) -> dict[int, Doubt]:
        """Row number → what may be no name, because nothing speaks for one, or the row lacks what nearly all others hold."""
        usual = {at for at, filled in self._fills.items() if filled * 5 >= self._whole * 4}
        most = {at for at in (*self._days, *self._codes) if self._fills[at] * 3 >= self._whole * 2 > 2}
        parts = {
            number: doubt
            for number, (filled, doubt) in self._parts.items()
            if doubt.reason is Reason.REMARK or not (most.issubset(filled) or any(at in filled for at in self._codes))
        }
        signed = {
            number: doubt
            for number, (filled, doubt) in self._offices.items()
            if not usual.issubset(filled) and not any(self._teams[match_key(one)] > 1 for one in filled.values())
        }
        short = {
            number: doubt
            for number, (filled, doubt) in self._short.items()
            if self._whole > 1
            and (not usual.issubset(filled) or self._has_team_of_figures(filled) or self._keeps_place(doubt.words))
            and not (doubt.reason is Reason.COUNT and self._has_number(filled))
        }
        teams = {number: doubt for team in self._teams for number, doubt in self._named.get(team, ())}
        return self._strange | teams | parts | signed | short

    def team_of(self, row: Sequence[str]) -> str:
        """The team of a row, as teams are compared."""
        return match_key(_joined(row, self._team))

    def is_team(self, name: str) -> bool:
        """Whether a team of this list is called so."""
        return match_key(name) in self._teams

    def _keeps_place(self, name: str) -> bool:
        """Whether this stands where a name will; also the name of a team of this list and a position: East Team Lead."""
        key = match_key(name)
        teams = (team for team in self._teams if team and key.startswith(team))
        return _keeps_place(name) or any(names_position(key[len(team) :]) for team in teams)

    def _has_team_of_figures(self, filled: Mapping[int, str]) -> bool:
        """Whether a figure or a day stands where others have the name of a team."""
        ours = [filled[at] for at in self._team if at in filled]
        return not all(map(is_figure, self._teams)) and any(is_figure(one) or _is_day(one) for one in ours)

    def _has_number(self, filled: Mapping[int, str]) -> bool:
        """Whether a figure is as long as the numbers of the other people."""
        return any(len(plain(filled[at])) in self._digits for at in self._codes if at in filled)


def _keeps_place(name: str) -> bool:
    """Whether this stands where a name will: TBD, 待定, Backfill, "Nachbesetzung Ray"."""
    return names_nobody(name) or names_position(name)


def heads(words: str, team: str) -> bool:
    """Whether these words are a team's name, maybe with a word for it: North, "Team Nord", "Agence de Lille", "West Squad", 华东团队."""
    key = match_key(words)
    return bool(team) and team in (key, _BEFORE_TEAM.sub("", key), _BEHIND_TEAM.sub("", key))


def _is_day(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and are_days([plain(cell)])


def _cells(row: Sequence[str]) -> str:
    """What a row holds, as it is told."""
    return _joined(row, range(len(row)), " · ")


def _joined(row: Sequence[str], places: Iterable[int], between: str = " ") -> str:
    """What the cells at these places hold."""
    return between.join(row[at].strip() for at in places if row[at].strip())


def has_number_of(doubt: Doubt, holder: Bearer | None) -> bool:
    """Whether what may be nobody's name stands beside the number of a ``holder``: then it is asked whose that is, if anything."""
    return holder is not None and doubt.reason not in (Reason.COUNT, Reason.SIGNED)


def is_plain_change(doubt: Doubt, holder: Bearer) -> bool:
    """Whether what may be nobody's name is a name in which one of the ``holder``'s words stays: Chidi Okafor, Chidi Okafor-Eze."""
    return may_be_name(doubt.words) and keeps_part(holder.name, doubt.words)


def memories(doubt: Doubt, filled: Container[str]) -> list[str]:
    """By what it is remembered that a row was said to be nobody's, and by what else it is known again: what may be a name by all that
    the row holds; a post by its kind, and by the fields that are ``filled``: once an employee number or a hire date stands there that did
    not before, somebody may have been hired."""
    if may_be_name(doubt.words):
        return [doubt.cells]
    kind = _kind_of_post(doubt.words)
    needed = {one for one in _HIRED[-1] if one in filled}
    return [" ".join((kind, *fields)) for fields in _HIRED if needed.issubset(fields)]


def _kind_of_post(words: str) -> str:
    """A post's words in small letters, whichever of its kind it is, and of whatever month: "Wird gesucht (2)", "wird gesucht ab 3. Mai";
    实习生B, 实习生2; 新人二号, 新人1号."""
    bare = _WHICH_OF_KIND.sub("", plain(words).casefold())
    return " ".join(word for word in re.sub(r"[\W\d_]+", " ", bare).split() if not names_month(word))
