"""Names in a list that nobody and nothing here bears, but that are close to one that does: asked about once each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from mentor_app.core.imports import CALLED, FORMERLY, NAMED, OUT, TAKES, Said, Unanswered
from mentor_app.core.people.list_questions import Renamed
from mentor_app.core.people.rules import match_key
from mentor_app.core.store import Connection
from mentor_app.core.text import N_, text
from mentor_app.transfer.near_names import near_names, slips

NEW = -1
"""Says that a name is one of its own, no slip."""
ALL = "*"
"""Says of whatever may be nobody's name and of which nothing else is said, now or of an earlier list."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a field of a list names: the names that are ``known``, whether they are of ``people``, and whether one that is not
    known ``makes`` something new; else its row can't be taken."""

    known: Callable[[Connection], Iterable[str]]
    people: bool = False
    makes: bool = True


def mark(words: str) -> str:
    """Words as they are remembered: known again, and not to be read, so that nothing has to be erased there."""
    return blake2b(match_key(words).encode(), digest_size=8).hexdigest()


class Misspelt(Unanswered):
    """A name that is close to a known one: a slip of the pen, or another one? ``denied`` where it was said to be new and can't be."""

    def __init__(self, name: str, known: str, makes: bool, denied: bool = False) -> None:
        super().__init__(N_("{name} is not here, but {known} is. Is that meant?"), name=name, known=known)
        self.key, self.about = NAMED + name, name
        self.choices = [(text("{known} is meant", known=known), known)]
        if makes:
            self.choices.append((text("No, {name} is new", name=name), NEW))
            self.answer = text('Say --name "{name}={known}" or --name "{name}=new".', name=name, known=known)
        elif denied:
            words = N_('This list can\'t add {name}. Say --name "{name}={known}", or correct it in the file.')
            self.answer = text(words, name=name, known=known)
        else:
            self.answer = text('Say --name "{name}={known}", or correct it in the file.', name=name, known=known)


class Spelling:
    """How the names of a list's fields are to be read, by what was ``said`` of them, now or ``before``."""

    def __init__(
        self, connection: Connection, names: Mapping[str, Names], said: Said, before: Mapping[str, str]
    ) -> None:
        self._names = names
        called = {key[len(CALLED) :]: value for key, value in said.items() if key.startswith(CALLED)}
        self._said = {key[len(NAMED) :]: value for key, value in said.items() if key.startswith(NAMED)}
        self._said |= {
            name: value if value in (NEW, OUT, TAKES) else f"{FORMERLY}{value}" for name, value in called.items()
        }
        self._before = before
        self.recalled: dict[str, tuple[Unanswered, str]] = {}
        """What would have been asked, had it not been said of an earlier list, and the answer."""
        new = {mark(name) for name, what in self._said.items() if what == NEW}
        self._renames = any(one.people and one.makes for one in names.values())
        """Whether the list may give somebody another name."""
        self.to_remember = {name: what for name, what in before.items() if name not in new}
        """What was said of names, for the next list: what is new is known then."""
        self._known = {field: {match_key(one): one for one in some.known(connection)} for field, some in names.items()}
        self._marks = {
            field: {mark(name): name for name in known.values()} if before else {}
            for field, known in self._known.items()
        }
        self._read: dict[tuple[str, str], str] = {}
        self._heard: set[str] = set()
        """The names of which it changed something what was said of them."""
        self.renamed: dict[str, int | str] = {}
        """CALLED and a name → what whoever is called so now was called before, that the number beside it is theirs now, or that they are new."""
        for name in self._said:
            self._note_renamed(name)

    def _note_renamed(self, name: str) -> None:
        said = self._said[name]
        if not self._renames or name == ALL:
            return
        if said in (NEW, TAKES):
            self.renamed[CALLED + name] = said
        elif self.is_renamed(name) or match_key(str(said)) == match_key(name):
            once = str(said).removeprefix(FORMERLY)
            known = (one.get(match_key(once)) for field, one in self._known.items() if self._names[field].people)
            self.renamed[CALLED + name] = next(filter(None, known), once)

    @property
    def has_unheard(self) -> bool:
        """Whether what was said of any name changed nothing."""
        return bool(self._said.keys() - self._heard - {ALL})

    def is_unheard(self, name: str, is_main: bool) -> bool:
        """Whether what was said of a name changed nothing; of a person's the import hears all but slips."""
        said = self._said.get(name)
        is_slip = (
            said not in (NEW, OUT, TAKES) and not self.is_renamed(name) and match_key(str(said)) != match_key(name)
        )
        return said is not None and name not in self._heard and (is_slip or not is_main)

    def also_called(self, name: str, in_file: str) -> None:
        """What was said of a name as its columns stand ``in_file`` holds for the ``name``, too."""
        if in_file in self._said and name not in self._said:
            self._said[name] = self._said[in_file]
            self._note_renamed(name)

    def meant(self, field: str, name: str) -> str:
        """The name that a cell means. Misspelt where that has to be said."""
        if field not in self._names or not name.strip():
            return name
        if (field, name) not in self._read:
            self._read[field, name] = self._find(field, name)
        return self._read[field, name]

    def is_known(self, field: str, name: str) -> bool:
        """Whether a name is here, or was said to mean one that is."""
        known = self._known.get(field, {})
        return match_key(name) in known or match_key(str(self._said.get(name, ""))) in known

    def is_left_out(self, question: Unanswered, memories: Sequence[str], is_open: bool) -> bool:
        """Whether what a ``question`` is about, which may be nobody's name, was said to be none by itself; what was said of an earlier list
        holds where it ``is_open``, and is told by any of its ``memories``."""
        words, marks = question.key.partition(":")[2], list(map(mark, memories))
        said = self._said.get(words)
        before = next((self._before[one] for one in marks if one in self._before), None) if is_open else None
        if said in (NEW, TAKES):
            for one in marks:
                self.to_remember.pop(one, None)
        if (said or before) != OUT:
            return False
        if is_open:
            self.remember_out(memories)
        if said is None and before is not None:
            self.recalled[words] = question, before
        return True

    def remember_out(self, memories: Sequence[str]) -> None:
        """Leave out in the next list, too, what is known again by the first of these ``memories``."""
        self.to_remember[mark(memories[0])] = OUT

    def at_once(self, questions: Sequence[Unanswered]) -> int | str | None:
        """What was said of all rows that may be nobody's, where that answers all ``questions`` that are asked of a row."""
        said = self._said.get(ALL)
        answers = all(one.at_once and said in [value for _, value in one.choices] for one in questions)
        return said if questions and answers else None

    def is_said(self, field: str, name: str) -> bool:
        """Whether a name that may be none was said to be one of its own, or to mean one that is here."""
        said = self._said.get(name)
        return said == NEW or match_key(str(said).removeprefix(FORMERLY)) in self._known.get(field, {})

    def is_new(self, name: str) -> bool:
        """Whether a name was said to be one of its own, by itself."""
        return self._said.get(name) == NEW

    def is_renamed(self, name: str) -> bool:
        """Whether somebody was said to be called so now."""
        return str(self._said.get(name)).startswith(FORMERLY)

    def is_answered(self, name: str) -> bool:
        """Whether it was said that somebody is called so now, or has the number beside it now."""
        return self.is_renamed(name) or self._said.get(name) == TAKES

    def is_said_out(self, name: str) -> bool:
        """Whether somebody said of this very name that its row is to be left out."""
        return self._said.get(name) == OUT

    def is_out(self, field: str, name: str) -> bool:
        """Whether a name that is not here was said to be a remark."""
        return self._said.get(name) == OUT and match_key(name) not in self._known.get(field, {})

    def _find(self, field: str, name: str) -> str:
        names, known, said = self._names[field], self._known[field], self._said.get(name)
        here = known.get(match_key(name))
        if here is not None and not self.is_renamed(name):
            return name if names.people else here  # of teams and projects one is told from another by capitals, too
        if said is not None:
            meant = known.get(match_key(str(said)))
        else:
            meant = self._marks[field].get(self._before.get(mark(name), ""))
        once = known.get(match_key(str(said).removeprefix(FORMERLY))) if self.is_renamed(name) else None
        if once is not None and names.people and names.makes:
            return name
        if meant is not None:
            self._heard.add(name)
            self.to_remember[mark(name)] = mark(meant)
            if said is None:
                self.recalled[name] = self._question(names, name, meant).of(field), meant
            return meant
        near = (near_names if names.people else slips)([name], known.values()).get(name)
        near = known.get(match_key(near)) if near is not None else None
        if near is None or (said == NEW and names.makes):
            self._heard |= {name} if near is not None else set()
            return name
        raise self._question(names, name, near, said == NEW).of(field)

    @staticmethod
    def _question(names: Names, name: str, known: str, denied: bool = False) -> Unanswered:
        """What is asked of a name that is close to a known one."""
        return Renamed(name, known) if names.people and names.makes else Misspelt(name, known, names.makes, denied)


def rest(said: Said) -> Said:
    """What was said of anything but names."""
    return {key: value for key, value in said.items() if not key.startswith((NAMED, CALLED))}


def said_of(names: Mapping[str, str]) -> Said:
    """Names and what was said of them, as answers; ``new`` for one of its own."""
    return {NAMED + name: NEW if meant == "new" else meant for name, meant in names.items()}
