"""Files of single rows (people, activities, projects, pairings): rows are read one by one, bad ones become problems."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from mentor_app.core.errors import UserError
from mentor_app.core.history import under_way
from mentor_app.core.imports import NAMED, OUT, TAKES, Imported, Problem, RowOutcome, RowResult, Said, Unanswered
from mentor_app.core.people.queries import Bearer
from mentor_app.core.people.rules import checked_name, match_key
from mentor_app.core.store import Actor, Connection, Done, Session, Store
from mentor_app.core.store.keeping import keep_before_import
from mentor_app.core.text import N_, Listed, Text, plural_text, text
from mentor_app.transfer import garbled, short_rows
from mentor_app.transfer.doubted_rows import Cells, DoubtedRows, filled
from mentor_app.transfer.misspelt import Names, Spelling, rest
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.planning import make_plan
from mentor_app.transfer.recognise import FileKind
from mentor_app.transfer.remarks import Doubt, NoName, Reason, of_all
from mentor_app.transfer.rows_said import NamedRow, RowsSaid
from mentor_app.transfer.values import Bad, Fault, brief, plain

_LONG = 200
"""A text of so many characters is no name."""
_NAMED = 10
"""So many people who are not in a list are named."""

_NOTHING_ELSE = N_("The row is left out: what else was said of it changes nothing.")
_UNHEARD = N_("{name} is taken as it stands: what was said of this name changes nothing.")

R = TypeVar("R")


class BadCell(Exception):
    """A cell that can't be read: its field and why."""

    def __init__(self, field: str, reason: Text) -> None:
        super().__init__(field)
        self.field, self.reason = field, reason


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of a file: its number, its cells by field (trimmed), what tells it from others, and the fields' headers."""

    number: int
    cell: Cells
    code: str
    parse: Mapping[str, Callable[[str], Any]]
    headers: Mapping[str, str]
    fields: frozenset[str]
    """What the row says something of; where empty cells are to leave what is here, only what is not empty."""
    keeps: bool = False
    """Whether empty cells leave what is here."""
    composed: bool = False
    """Whether several columns tell it from others, for want of one that does."""

    def date(self, field: str) -> dt.date | None:
        """The date in a field, None where it is empty; BadCell where it is none."""
        parsed = self.parse[field](self.cell[field]) if field in self.parse else None
        if isinstance(parsed, Bad):
            raise BadCell(field, parsed.reason)
        return dt.date.fromisoformat(parsed) if parsed else None


@dataclass(frozen=True, kw_only=True)
class RowFile(Generic[R]):
    """How files of one kind are read and written.

    ``reader(connection)`` gives a function from a line to what an action takes (BadCell where it can't be);
    ``write(store, actor, rows, today, keep, file, said)`` runs that action, which says what became of each row. ``main`` is the field
    under which a complaint is shown that speaks of no field of the file; ``naming`` gives a row's number and what it names there, where that is
    not a cell. ``known`` are the names there are, where new ones are people; ``teams`` those
    of teams, where rows can make new ones. ``names``: what the cells of a field name, of which one that is misspelt is asked about. ``here`` are the names of whoever would
    stand in a list of all, and ``holders`` whose each number is; ``whole`` puts the main name together where it stands in several columns; ``called`` is what a new record is called that is nobody.
    """

    kind: FileKind
    main: str
    reader: Callable[[Connection], Callable[[Line], R]]
    write: Callable[..., Done[list[RowOutcome]]]
    naming: Callable[[R], tuple[int, str]] | None = None
    known: Callable[[Connection], set[str]] | None = None
    teams: Callable[[Connection], set[str]] | None = None
    names: Mapping[str, Names] = field(default_factory=dict)
    here: Callable[[Connection, dt.date], list[str]] | None = None
    holders: Callable[[Connection], Mapping[str, Bearer]] | None = None
    whole: Callable[[Cells], str] | None = None
    called: Callable[[Cells], str] | None = None

    def plan(self, store: Store, path: Path, **given: Any) -> Plan:
        """Recognise a file; see ``make_plan`` for what can be given."""
        return make_plan(self.kind, store, path, **given)

    def run(
        self,
        store: Store,
        actor: Actor,
        plan: Plan,
        *,
        today: dt.date,
        only_good_rows: bool = False,
        dry_run: bool = False,
        progress: Callable[[int, int], None] = lambda rows, total: None,
        told: Callable[[Imported], None] = lambda result: None,
        empty_cells: bool | None = None,
        said: Said | None = None,
    ) -> Done[Imported]:
        """Import the file as planned, all rows or (when asked) the good ones, and remember how it was read.

        ``told`` hears the outcome before it is committed. Where cells would be emptied, that has to be wished (``empty_cells``; False leaves them as they are).
        ``said`` answers what is asked of names, and of rows.
        """
        plan.check()
        self._check_takes(said or {})
        result = Imported()
        with store.read() as connection:
            spelling = Spelling(connection, self.names, said or {}, plan.before.names)
            rows_said = self._rows_said(connection, plan, said or {})
            rows, misspelt = self._read(connection, plan, result, progress, empty_cells is False, spelling, rows_said)
            self._tell_unheard(plan, spelling, result)
            result.recalled = list(spelling.recalled.values())
            known = self.known(connection) if self.known is not None else None
            teams = self.teams(connection) if self.teams is not None else None
        bad_cells = bool(result.rejected)
        named = dict(map(self.naming, rows)) if self.naming is not None else {}

        def keep(session: Session, written: Sequence[RowOutcome]) -> bool:
            outcomes = [*misspelt, *written]
            bad = bad_cells or any(became == RowResult.REJECTED for _, became, _ in outcomes)
            result.cells = under_way.cells(session)
            result.asked = _questions(outcomes)
            result.rows_asked = len({number for number, _, one in outcomes if isinstance(one, Unanswered)})
            result.unanswered = [] if only_good_rows else [self._question(outcomes, one) for one in result.asked]
            result.unanswered += [] if only_good_rows else of_all(outcomes)
            emptied = sum(cell.emptied for cell in result.cells)
            if emptied and not empty_cells:
                result.unanswered.append(
                    plural_text(
                        "{n} cell would be emptied. Say whether that is meant (--empty-cells), or whether it stays as it is (--keep-cells).",
                        "{n} cells would be emptied. Say whether that is meant (--empty-cells), or whether they stay as they are (--keep-cells).",
                        n=emptied,
                    )
                )
            result.applied = not dry_run and not result.unanswered and (only_good_rows or not bad)
            told_of = outcomes if only_good_rows else _without_questions(outcomes)
            self._tell(plan, told_of, result, named)
            if known is not None:
                self._tell_names(
                    [named[number] for number, became, _ in outcomes if became == RowResult.NEW], result, known
                )
            if self.called is not None:
                new = self._rows(plan, outcomes, RowResult.NEW)
                result.records_added = [self.called(self._read_cells(plan, row, spelling)) for row in new]
            if teams is not None:
                self._tell_teams(plan, outcomes, result, teams, spelling)
            session.at_end(lambda: look(session))
            return result.applied

        def look(session: Session) -> None:
            result.follows = under_way.follows(session)
            if self.here is not None and not result.asked and not result.rejected:
                result.follows += _missing(
                    self.here(session.connection, today), [*named.values(), *result.names_left_out], result.new
                )
            told(result)

        if not dry_run:
            keep_before_import(store, dt.datetime.now(dt.UTC))
        of_rows = rest(said or {}) if self.holders is None else rows_said.of_rows(named)
        done = self.write(store, actor, rows, today, keep, plan.source.path.name, {**of_rows, **spelling.renamed})
        if result.applied:
            plan.mapping.names = spelling.to_remember
            plan.remember(store, actor)
        return Done(result, done.changed, done.change_set_id)

    def _check_takes(self, said: Said) -> None:
        """UserError where somebody was said to take a number over, and lists of this kind hold none."""
        name = next((key for key, value in said.items() if value == TAKES), None)
        if name is not None and self.holders is None:
            words = N_('This list holds no employee numbers: there is nothing to take over (--name "{name}=takes").')
            raise UserError(words, name=name.removeprefix(NAMED))

    @staticmethod
    def _question(outcomes: Sequence[RowOutcome], asked: Unanswered) -> Text:
        """What has to be said before a row can be taken."""
        row = next(number for number, _, problem in outcomes if problem is asked)
        return text("Row {row}: {why} {answer}", row=row, why=asked.message, answer=asked.answer)

    def _read(
        self,
        connection: Connection,
        plan: Plan,
        result: Imported,
        progress: Callable[[int, int], None],
        keeps: bool,
        spelling: Spelling,
        rows_said: RowsSaid,
    ) -> tuple[list[R], list[RowOutcome]]:
        """The rows that can be read, and those whose names are asked about; for the others ``result`` says why not."""
        rows = [(n, row) for numbers, block, _ in plan.records() for n, row in zip(numbers, block, strict=True)]
        result.read, result.left_out = len(rows), len(plan.left_out)
        at, headers = plan.at(), plan.source.headers
        identity = [headers.index(column) for column in plan.mapping.columns.get("id", [])]
        parse = {name: plan.date_parser(plan.date_reading(name)) for name in self.kind.dates if name in at}
        read = self.reader(connection)
        named = {name: headers[column] for name, column in at.items()}
        codes = Counter(plan.clean("code", row[at["code"]]) for _, row in rows) if "code" in at else Counter()
        doubts = DoubtedRows(self.kind, self.main, self.names, plan, spelling, codes, rows_said)
        good, asked = [], list[RowOutcome]()
        for done, (number, row) in enumerate(rows):
            if done % 100 == 0:
                progress(done, len(rows))
            cell = self._cells(plan, row)
            doubted = doubts.look(number, cell)
            if doubted.out is not None:
                self._leave_out(result, number, doubted.out, cell.get(self.main, ""))
                result.remarks += [(number, text(_NOTHING_ELSE))] if rows_said.has_more_to_say(number) else []
                continue
            problem = self._broken(plan, number, row, cell)
            if problem is None and not doubts.asks_of_rows(cell.get(self.main, "")):
                problem = self._unclear(plan, rows_said, number, cell)
            if problem is not None:
                result.rejected.append(problem)
                continue
            meant, questions = self._meant(cell, spelling)
            questions = doubts.questions(doubted, questions)
            at_once = spelling.at_once(questions)
            if at_once == OUT and doubted.doubt is not None:
                self._leave_out(result, number, doubts.leave_out(doubted.doubt, cell))
                continue
            if questions and at_once is None:
                asked += [(number, RowResult.REJECTED, question) for question in questions]
                continue
            said = {at[name]: meant[name] for name in at if name in plan.escaped or meant[name] != cell[name]}
            code = " · ".join(plain(said.get(column, row[column])) for column in identity)[:200]
            try:
                line = Line(
                    number=number,
                    cell=meant,
                    code=code,
                    parse=parse,
                    headers=named,
                    fields=filled(cell) if keeps else frozenset(cell),
                    keeps=keeps,
                    composed=len(identity) > 1,
                )
                good.append(read(line))
                self._note_dates(line, result)
            except BadCell as error:
                value = cell.get(error.field, "")
                if doubts.is_open(error.field, value):
                    question = NoName(Doubt(words=value, cells=_told(row), reason=Reason.OPEN), False)
                    if spelling.at_once([question]) == OUT:
                        self._leave_out(result, number, doubts.why_out(value))
                    else:
                        asked.append((number, RowResult.REJECTED, question.of(error.field)))
                    continue
                result.rejected.append(Problem(number, self._column(plan, error.field), value, error.reason))
        return good, asked

    def _cells(self, plan: Plan, row: Sequence[str]) -> dict[str, str]:
        """The cells of a row by field, with the main name, which may stand in several columns."""
        cell = {name: plan.clean(name, row[column]) for name, column in plan.at().items()}
        if self.whole is not None and self.main not in cell:
            cell[self.main] = self.whole(cell)
        return cell

    def _by_number(self, plan: Plan) -> dict[int, dict[str, str]]:
        """The cells of all rows."""
        records = plan.records()
        return {n: self._cells(plan, row) for numbers, rows, _ in records for n, row in zip(numbers, rows, strict=True)}

    def _rows_said(self, connection: Connection, plan: Plan, said: Said) -> RowsSaid:
        """What was said of the rows of a list of people by themselves; of others nothing is. UserError where there is no such row."""
        if self.holders is None:
            return RowsSaid([], {}, {})
        cells = self._by_number(plan).items()
        named = [NamedRow(number=n, name=cell.get(self.main, ""), code=cell.get("code", "")) for n, cell in cells]
        found = RowsSaid(named, said, self.holders(connection))
        found.check()
        return found

    def _unclear(self, plan: Plan, said: RowsSaid, number: int, cell: Cells) -> Problem | None:
        """Why it can't be told whether a row is to be left out: so it was said of its name, and others bear that."""
        name = cell.get(self.main, "")
        error = said.unclear(number, name)
        return None if error is None else Problem(number, self._column(plan, self.main), name, error.message)

    def _tell_unheard(self, plan: Plan, spelling: Spelling, result: Imported) -> None:
        """Remark what was said of names that are taken as they stand; of a person's the import says what became of it."""
        if self.holders is None or not spelling.has_unheard:
            return
        first: dict[str, tuple[int, bool]] = {}
        for number, cell in self._by_number(plan).items():
            for name in sorted(self.names.keys() & cell.keys(), key=lambda one: one != self.main):
                first.setdefault(cell[name], (number, name == self.main))
        for name, (number, is_main) in first.items():
            if spelling.is_unheard(name, is_main):
                result.remarks.append((number, text(_UNHEARD, name=name)))

    @staticmethod
    def _leave_out(result: Imported, number: int, why: Text, name: str = "") -> None:
        result.names_left_out.append(name)
        result.read, result.left_out = result.read - 1, result.left_out + 1
        result.remarks.append((number, why))

    def _broken(self, plan: Plan, number: int, row: Sequence[str], cell: Cells) -> Problem | None:
        """Why a row can't be taken whatever it means: a fault, cells beyond the header, garbled text."""
        fault = next(((name, row[at]) for name, at in plan.at().items() if isinstance(row[at], Fault)), None)
        if fault is not None and isinstance(fault[1], Fault):
            return Problem(number, self._column(plan, fault[0]), str(fault[1]), fault[1].reason)
        short = short_rows.problem_of(plan.source, number, plan.at()) if plan.source.short else None
        if short is not None and number not in plan.doubts:
            return short
        if len(row) > len(plan.source.headers):
            beyond = next(filter(str.strip, row[len(plan.source.headers) :]), "")
            return Problem(number, "", beyond.strip(), text("The row has more cells than the header."))
        for name, words in cell.items():
            reason = garbled.reason(words) if not words.isascii() and len(words) < _LONG else None
            if reason is not None:
                return Problem(number, self._column(plan, name), words, reason)
        return None

    def _meant(self, cell: Cells, spelling: Spelling) -> tuple[Cells, list[Unanswered]]:
        """The cells with names as they are here, and what has to be asked of them; whoever has a number is known by it."""
        meant, asked = dict(cell), list[Unanswered]()
        is_known_by_number = bool(cell.get("code")) and not spelling.is_said(self.main, cell.get(self.main, ""))
        for name in self.names.keys() & cell.keys() - ({self.main} if is_known_by_number else set()):
            try:
                meant[name] = spelling.meant(name, cell[name])
            except Unanswered as question:
                asked.append(question)
        return meant, asked

    def _note_dates(self, line: Line, result: Imported) -> None:
        """Widen the span of each column of dates by those of a row."""
        for name in self.kind.dates:
            day = line.date(name)
            if day is not None:
                first, last = result.spans.get(name, (day, day))
                result.spans[name] = (min(first, day), max(last, day))

    def _tell(self, plan: Plan, outcomes: Sequence[RowOutcome], result: Imported, named: Mapping[int, str]) -> None:
        """Put what became of the rows into ``result``."""
        said = [(number, became, problem) for number, became, problem in outcomes if problem is not None]
        result.remarks += [(number, one.message) for number, became, one in said if became != RowResult.REJECTED]
        result.remarks.sort(key=lambda one: one[0])
        bad = {number: one for number, became, one in said if became == RowResult.REJECTED}
        if bad:
            texts = {n: row for numbers, block, _ in plan.records() for n, row in zip(numbers, block, strict=True)}
            result.rejected += [
                self._problem(plan, number, texts[number], one, named.get(number, "")) for number, one in bad.items()
            ]
            result.rejected.sort(key=lambda one: one.row)
        count = Counter(outcome for _, outcome, _ in outcomes)
        result.new, result.updated, result.unchanged = (
            count[RowResult.NEW],
            count[RowResult.UPDATED],
            count[RowResult.UNCHANGED],
        )

    def _problem(self, plan: Plan, number: int, row: Sequence[str], error: UserError, named: str) -> Problem:
        """Why a row is rejected, at the first field of the file that the rule speaks of; ``named`` is whom or what it names."""
        at = plan.at()
        field = next((name for name in error.fields if name in at), self.main)
        value = row[at[field]].strip() if field in at else named
        why = error.message
        if not value and field == self.main:
            why = text("{why} The row holds {cells}.", why=why, cells=_told(row))
        return Problem(number, self._column(plan, field), value, why)

    @staticmethod
    def _tell_names(names: list[str], result: Imported, known: set[str]) -> None:
        """Who is new, and which of them bears a name that somebody else has."""
        times = Counter(map(match_key, names))
        result.people_added = names
        result.namesakes = [
            name for name in dict.fromkeys(names) if times[match_key(name)] > 1 or match_key(name) in known
        ]

    def _tell_teams(
        self, plan: Plan, outcomes: Sequence[RowOutcome], result: Imported, known: set[str], spelling: Spelling
    ) -> None:
        """Which teams the rows make."""
        if "team" in plan.at():
            at, rows = plan.at()["team"], self._rows(plan, outcomes, RowResult.NEW, RowResult.UPDATED)
            named = [plan.clean("team", row[at]) for row in rows]
            names = dict.fromkeys(checked_name(spelling.meant("team", name)) for name in named if name.strip())
            result.teams_added = [name for name in names if name not in known]

    def _read_cells(self, plan: Plan, row: Sequence[str], spelling: Spelling) -> Cells:
        """The cells of a row that was taken, with names as they are here."""
        cell = {name: plan.clean(name, row[at]) for name, at in plan.at().items()}
        return {name: spelling.meant(name, words) for name, words in cell.items()}

    @staticmethod
    def _rows(plan: Plan, outcomes: Sequence[RowOutcome], *became: RowResult) -> list[list[str]]:
        """The rows that ``became`` this."""
        meant = {number for number, outcome, _ in outcomes if outcome in became}
        return [
            row
            for numbers, rows, _ in plan.records()
            for number, row in zip(numbers, rows, strict=True)
            if number in meant
        ]

    @staticmethod
    def _column(plan: Plan, field: str) -> str:
        """The file's name for a field; empty where it has none. A name may be put together of two columns."""
        columns = plan.mapping.columns
        return (columns.get(field) or (columns.get("last_name") if field == "name" else None) or [""])[0]


def _told(row: Sequence[str]) -> str:
    return brief(" · ".join(filter(None, map(str.strip, row))))


def _missing(here: Sequence[str], listed: Iterable[str], new: int) -> list[Text]:
    """Who is here and not in a list that names half of them or more."""
    keys = set(map(match_key, listed))
    missing = [name for name in here if match_key(name) not in keys]
    if not missing or len(here) - new - len(missing) < len(missing):
        return []
    words = plural_text(
        "{n} person who is here is not in this list, and stays as they are: {names}",
        "{n} people who are here are not in this list, and stay as they are: {names}",
        n=len(missing),
        names=Listed(tuple(text("{name}", name=name) for name in missing[:_NAMED])),
    )
    return [words]


def _questions(outcomes: Sequence[RowOutcome]) -> list[Unanswered]:
    """What has to be said of rows; of one thing once."""
    asked: dict[str, Unanswered] = {}
    for _, _, problem in outcomes:
        if isinstance(problem, Unanswered):
            asked.setdefault(problem.key, problem)
    return list(asked.values())


def _without_questions(outcomes: Sequence[RowOutcome]) -> list[RowOutcome]:
    """The rows that are taken or wrong: of the others somebody only has to say something."""
    return [one for one in outcomes if not isinstance(one[2], Unanswered)]


def person_meant(people: Mapping[str, list[int]], field: str, name: str) -> int | None:
    """The person a cell means, None for an empty one; BadCell where nobody or several people are called so."""
    if not name:
        return None
    person_ids = people.get(match_key(name), [])
    if not person_ids:
        raise BadCell(field, text("Nobody is called {name}.", name=brief(name)))
    if len(person_ids) > 1:
        raise BadCell(
            field,
            text(
                "{n} people are called {name}. Write the employee number instead.", n=len(person_ids), name=brief(name)
            ),
        )
    return person_ids[0]
