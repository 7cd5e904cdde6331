"""What is asked of the rows of a list of people: whose a number or a name is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mentor_app.core.imports import CALLED, FORMERLY, NAMED, OUT, ROW, TAKES, Unanswered
from mentor_app.core.people.actions import NEW_PERSON, PersonDetails
from mentor_app.core.people.queries import Bearer
from mentor_app.core.people.rules import match_key
from mentor_app.core.text import N_, Listed, Text, text

_RENUMBERED = N_(
    "{name} is here with the employee number {code} ({team}). Is this the same person with a new number, or somebody else of this name?"
)
_UNNUMBERED = N_(
    "{name} is here without an employee number (hired on: {day}). Is this the same person, or somebody else of this name?"
)
_IS_CALLED = N_("{known} is here, and not in this list. Is {known} called {name} now?")
_SOMEBODY_ELSE = N_("Somebody else of this name")
_SAME = N_("{name}: the same person")


class Renumbered(Unanswered):
    """Somebody of this name is here with another employee number, or with none: the same person with a new one, or somebody else? Of the
    ``candidates`` the first is the likeliest."""

    def __init__(self, details: PersonDetails, candidates: Sequence[Bearer], renamed: Sequence[Bearer] = ()) -> None:
        numbered = [one for one in candidates if one.code]
        here = candidates[0]
        codes = ", ".join(one.code for one in numbered)
        if here.code:
            super().__init__(_RENUMBERED, name=here.name, code=codes, team=here.team or "–")
        else:
            super().__init__(_UNNUMBERED, name=here.name, day=here.hired_on or "–")
        self.of("code")
        self.key = details.code or ""
        said = {"day": details.hired_on or "–", "team": details.team or "–"}
        self.about = text("{name} ({code}: {day}, {team})", name=details.name, code=self.key, **said)
        called = [(text(_CALLED_NOW, holder=one.name, name=details.name), one.id) for one in renamed]
        same = [(_same(one, candidates), one.id) for one in candidates]
        self.choices = [*same, *called, (text(_SOMEBODY_ELSE), NEW_PERSON)]
        self.answer = text(
            'Say --person "{number}={code}" for the same person, or --person "{number}=new".',
            number=self.key,
            code=here.code or f"person:{here.id}",
        )
        if renamed:
            words = N_('{one} Where {holder} is called {name} now: --person "{number}={code}".')
            self.answer = text(words, one=self.answer, number=self.key, **_told(renamed[0], details))


def _told(holder: Bearer, details: PersonDetails) -> dict[str, object]:
    """Somebody who may be called otherwise now, and how an answer names them."""
    return {"holder": holder.name, "name": details.name, "code": holder.code or f"person:{holder.id}"}


class RenamedHere(Unanswered):
    """Of several rows of one name one may be somebody's (of the ``found``) who stands in no row: asked of the row, not of the name."""

    def __init__(self, row: int, details: PersonDetails, found: Sequence[Bearer]) -> None:
        super().__init__(_IS_CALLED, known=found[0].name, name=details.name)
        self.of("name")
        new = text("No, {name} is new", name=details.name)
        _ask_of_row(
            self, row, details, [*_called_now(found, details.name), (new, NEW_PERSON), (text(_NOBODY), OUT)], found
        )


class WhichOne(Unanswered):
    """A name that several rows bear (their numbers), or several people: whom does the one in this row mean? Of the ``candidates`` nobody stands
    in another row, and the ``renamed`` may be called so now. ``is_apart``: whether it tells the row from others that it is somebody else's."""

    def __init__(
        self,
        row: int,
        details: PersonDetails,
        rows: Sequence[int],
        candidates: Sequence[Bearer],
        renamed: Sequence[Bearer],
        is_apart: bool,
    ) -> None:
        key = match_key(details.name)
        of_name = [one for one in candidates if one.key == key]
        told = {"name": details.name, "row": row, "day": details.hired_on or "–", "team": details.team or "–"}
        if len(rows) > 1:
            words = N_("Rows {rows} are called {name}. Who is the one in row {row} (hired on: {day}, team: {team})?")
            asked = text(words, rows=", ".join(map(str, rows)), **told)
        elif len(of_name) < 2:
            asked = text("Who is {name} in row {row} (hired on: {day}, team: {team})?", **told)
        else:
            words = N_(
                "{n} people are called {name}. Which of them is the one in row {row} (hired on: {day}, team: {team})?"
            )
            asked = text(words, n=len(of_name), **told)
        alone = text("{one} If these are two people, employee numbers tell them apart.", one=asked)
        super().__init__(asked if is_apart else alone)
        self.of("name")
        words = N_("{name}, {apart}: the same person")
        same = [(text(words, name=one.name, apart=_apart(one)), one.id) for one in of_name]
        called = [*(one for one in candidates if one.key != key), *renamed]
        new = [(text(_SOMEBODY_ELSE), NEW_PERSON)] if is_apart else []
        choices = [*same, *_called_now(called, details.name), *new, (text(_NOBODY), OUT)]
        _ask_of_row(self, row, details, choices, [*candidates, *renamed])


def answer_of(row: int, code: str, who: str) -> str:
    """How whom a row means is said on the command line: by the employee number in it, or else by its own."""
    return f'--person "{code}={who}"' if code else f'--row "{row}={who}"'


def _ask_of_row(
    asked: Unanswered,
    row: int,
    details: PersonDetails,
    choices: Sequence[tuple[Text, int | str]],
    people: Sequence[Bearer],
) -> None:
    """Let it be asked of a row by the employee number in it, or else by its own, and by what tells it from others of its name; these
    ``people`` can be chosen."""
    code = details.code or ""
    asked.key, asked.choices = code or f"{ROW}{row}", choices
    about = N_("{name} (row {row}: {day}, {team})")
    asked.about = text(about, name=details.name, row=row, day=details.hired_on or "–", team=details.team or "–")
    if code:
        asked.about = f"{details.name} ({code})"
    told = [(one.id, one.code or f"person:{one.id}") for one in people]
    who: dict[int | str, str] = dict([*told, (NEW_PERSON, "new")])
    said = [
        text("{answer} ({words})", answer=answer_of(row, code, who.get(value, str(value))), words=words)
        for words, value in choices
    ]
    asked.answer = text("Say {answers}.", answers=Listed(tuple(said)))


def _called_now(some: Sequence[Bearer], name: str) -> list[tuple[Text, int | str]]:
    """That one of these is called so now, by what tells them apart."""
    times = Counter(one.key for one in some)
    alone = [one for one in some if times[one.key] == 1]
    told = {
        one.id: text(_CALLED_NOW, holder=one.name, name=name)
        if one in alone
        else text("{holder}, {apart}, is called {name} now", holder=one.name, apart=_apart(one), name=name)
        for one in some
    }
    return [(words, person_id) for person_id, words in told.items()]


def _apart(one: Bearer) -> Text | str:
    """What tells somebody from others of the name."""
    return one.code or text("hired on {day}, {team}", day=one.hired_on or "–", team=one.team or "–")


def _same(one: Bearer, candidates: Sequence[Bearer]) -> Text:
    """That one of the candidates is meant, by what tells them apart."""
    if one.code:
        return text("{name}, {code}: the same person", name=one.name, code=one.code)
    alike = [other for other in candidates if other.hired_on == one.hired_on and not other.code]
    if len(alike) > 1:
        return text("{name}, {apart}: the same person", name=one.name, apart=_apart(one))
    if len(candidates) > 1:
        return text("{name}, hired on {day}: the same person", name=one.name, day=one.hired_on or "–")
    return text(_SAME, name=one.name)


_ANOTHER_DAY = N_(
    "{name} is here (hired on: {day}, team: {team}), and the list says {other_day}, {other_team}. Is this the same person, or somebody else of this name?"
)


def _both(here: Bearer, details: PersonDetails) -> dict[str, object]:
    """Day and team of somebody who is here, and those that the list says."""
    said = {"other_day": details.hired_on or "–", "other_team": details.team or "–"}
    return {"name": here.name, "day": here.hired_on or "–", "team": here.team or "–", **said}


class Reused(Unanswered):
    """The number and the name are of somebody who is here (the first of the ``candidates``), but the ``other`` row may be that
    person, or day and team are not theirs: is it somebody else who has the number now?"""

    def __init__(self, details: PersonDetails, candidates: Sequence[Bearer], other: int | None) -> None:
        holder = candidates[0]
        words = N_(
            "{code} is the employee number of {name} (hired on: {day}), but row {row} may be this person, too. Is it the same person here, or somebody else of this name?"
        )
        if other is None:
            super().__init__(_ANOTHER_DAY, **_both(holder, details))
        else:
            super().__init__(words, code=holder.code, name=holder.name, day=holder.hired_on or "–", row=other)
        self.of("code")
        self.key, self.about = holder.code, f"{details.name} ({holder.code})"
        self.choices = [*((_same(one, candidates), one.id) for one in candidates), (text(_SOMEBODY_ELSE), NEW_PERSON)]
        self.answer = text(
            'Say --person "{number}={code}" for the same person, or --person "{number}=new".',
            number=self.key,
            code=holder.code,
        )


class Namesake(Unanswered):
    """A row without a number has the name of somebody who is here, but joined on another day: the same person, or somebody else?"""

    def __init__(self, here: Bearer, details: PersonDetails, renamed: Sequence[Bearer] = ()) -> None:
        super().__init__(_ANOTHER_DAY, **_both(here, details))
        self.of("name")
        self.key, self.about = CALLED + details.name, details.name
        called = [(text(_CALLED_NOW, holder=one.name, name=details.name), one.name) for one in renamed]
        self.choices = [(text(_SAME, name=here.name), here.name), *called, (text(_SOMEBODY_ELSE), NEW_PERSON)]
        self.answer = text('Say --name "{name}={name}" for the same person, or --name "{name}=new".', name=details.name)
        if renamed:
            words = N_('{one} Where {holder} is called {name} now: --name "{name}=formerly {holder}".')
            self.answer = text(words, one=self.answer, holder=renamed[0].name, name=details.name)


class Renamed(Unanswered):
    """A name that is not here, and somebody who may be called so now: ``known``, or one of ``others``. ``is_here``: whether somebody else
    has the name already."""

    def __init__(self, name: str, known: str, others: Sequence[str] = (), is_here: bool = False) -> None:
        words = N_("{name} is not here, but {known} is. Is that meant?")
        if is_here:
            words = _IS_CALLED
        super().__init__(words, name=name, known=known)
        self.of("name")
        self.key, self.about = NAMED + name, name
        called = [(text(_CALLED_NOW, holder=one, name=name), FORMERLY + one) for one in (known, *others)]
        slip = [] if is_here else [(text("{known} is meant", known=known), known)]
        new, out = text("No, {name} is new", name=name), text(_NOBODY)
        self.choices = [*slip, *called, (new, NEW_PERSON), (out, OUT)]
        answer = N_(
            'Say --name "{name}={known}", --name "{name}=formerly {known}", --name "{name}=new" or, of nobody, --name "{name}=out".'
        )
        if is_here:
            answer = N_('Say --name "{name}=formerly {known}", --name "{name}=new" or, of nobody, --name "{name}=out".')
        self.answer = text(answer, name=name, known=known)


_NOBODY = N_("It is nobody: leave the row out")
_CALLED_NOW = N_("{holder} is called {name} now")


class Misnumbered(Unanswered):
    """The number is one person's and the name another's: a slip, unless the first is called so now, or it is the other's now (``can_take``).
    ``in_list``: how the one that is named is called there, where that row can be told by the name alone; ``may_be_other``: whether somebody else
    of that name may be meant, who joined on another day."""

    def __init__(
        self, code: str, holder: Bearer, named: Bearer, can_take: bool, in_list: str, may_be_other: bool = False
    ) -> None:
        super().__init__(
            _OF_TWO if can_take else _OF_ANOTHER, code=code, holder=holder.name, name=named.name, other=named.code
        )
        self.of("code")
        self.key, self.about = code, f"{named.name} ({code})"
        self.choices = [(text(_CALLED_NOW, holder=holder.name, name=named.name), holder.id)]
        words = N_('Where {holder} is called so now, say --person "{code}={code}".')
        if can_take:
            self.choices.append((text(_GOES_OVER, name=named.name, holder=holder.name), TAKES))
            words = N_('Say --person "{code}=takes", or --person "{code}={code}" where {holder} is called so now.')
        if can_take and in_list:
            words = N_('Say --name "{name}=takes", or --person "{code}={code}" where {holder} is called so now.')
        self.answer = text(words, holder=holder.name, name=in_list, code=code)
        if may_be_other:
            self.choices.append((text(_SOMEBODY_ELSE), NEW_PERSON))
            self.answer = text(
                '{one} Of somebody else of this name: --person "{code}=new".', one=self.answer, code=code
            )


_OF_ANOTHER = N_(
    "{code} is the employee number of {holder}, and {name} is here with {other}. Correct the number, unless {holder} is called {name} now."
)
_OF_TWO = N_(
    "{code} is the employee number of {holder}, and {name} is here with {other}. Is the number {name}'s now, or is {holder} called {name} now?"
)
_GOES_OVER = N_("It is {name}'s now; {holder} has another, or none")


class TakenOver(Unanswered):
    """The number is somebody's who is hardly called so: called so now, or somebody else under a number that is taken?
    ``is_here``: whether somebody is called so already; ``can_take``: whether it may be theirs now; ``in_file``: the name as the file
    has it, where that is in another order. ``by_number``: whether it is asked of the number, since other rows have the name, too."""

    def __init__(
        self, holder: Bearer, name: str, is_here: bool, can_take: bool, in_file: str = "", by_number: bool = False
    ) -> None:
        key, name = CALLED + name, in_file or name
        super().__init__(_WHOSE_NOW if can_take else _OF_THEIR_OWN, code=holder.code, holder=holder.name, name=name)
        self.of("name")
        self.key, self.about = key, f"{name} ({holder.code})"
        self.choices = [(text(_CALLED_NOW, holder=holder.name, name=name), holder.name)]
        if can_take:
            self.choices.append((text(_GOES_OVER, name=name, holder=holder.name), TAKES))
            out = text(_NOBODY)
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
        if by_number:
            leave_out = [] if (out, OUT) in self.choices else [(out, OUT)]
            choices = [(self.choices[0][0], holder.id), *self.choices[1:], *leave_out]
            _ask_of_row(self, 0, PersonDetails(name=name, code=holder.code), choices, [holder])


_WHOSE_NOW = N_(
    "{code} is the employee number of {holder}. Is {holder} called {name} now, or is the number {name}'s now?"
)
_OF_THEIR_OWN = N_(
    "{code} is the employee number of {holder}. Is {holder} called {name} now? Somebody else needs a number of their own."
)
