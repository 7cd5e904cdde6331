"""In which rows names may stand, and the places in texts of others: where the name goes; where it may be another word or name ("max. 10 %",
"Mary Ann Li"), and goes all the same; and where something may mean the person, and stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, Table, and_, cast, or_, select

from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name
from mentor_app.core.personal.also import LINE_END
from mentor_app.core.personal.leftover import Leftover
from mentor_app.core.personal.letters import OTHERWISE, bare, in_any_way, plain
from mentor_app.core.personal.likeness import DISGUISED, Likeness
from mentor_app.core.personal.mentions import bracketed
from mentor_app.core.personal.names import (
    CJK,
    TITLES,
    given_names,
    in_capitals,
    in_small_letters,
    is_code,
    is_one_word,
    key_of,
    looked_for,
    parts_of,
    spellings,
)
from mentor_app.core.personal.numbers import in_brackets, is_surely_theirs, may_be_another, names_beside
from mentor_app.core.personal.reading import CODED, DIVIDED
from mentor_app.core.personal.texts import DOCUMENTS, WORDS, Replacing, Theirs
from mentor_app.core.tables import metadata
from mentor_app.core.text import N_

GOES, DOUBTFUL, STAYS = N_("goes"), N_("goes, may be another word, name or number"), N_("stays, may mean this person")
_LONGEST = 80
_DOUBTED = re.compile(r"[\t\r\n·|+/]|\s[a-z]\s")
"""What may stand between two people rather than within the name of one; a small letter may be a word ("Quentin w Okapi")."""
_LONGER = re.compile(r"[._/-]\d")
"""What goes on with a number."""
_LIST = re.compile(r"[,，;；、|•/\t\r\n]")
_BEFORE = re.compile(r"(?P<start>^|[.!?:。！？：\r\n]\s*|[-•*]\s+)?(?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*)[^\S\x1f]+$")
_FEW = 60  # characters in which the word before a name stands
_COMMON = TITLES | {
    "and",
    "by",
    "for",
    "from",
    "in",
    "met",
    "of",
    "the",
    "to",
    "with",
    "customer",
    "mentor",
    "am",
    "bei",
    "der",
    "die",
    "für",
    "mit",
    "und",
    "von",
    "vom",
    "kunde",
    "kollege",
}
"""Words before a name that are no part of it, also where they begin with a capital."""
_GAP = 4  # characters between two syllables of a name
_SOME = 500  # asked for, or read, at once
_MANY = 8  # pieces for which a database takes longer than it takes to read everything
_NAMES = ("person", "crm_name")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place in a text, and what happens there: one of ``GOES``, ``DOUBTFUL``, ``STAYS``."""

    table: str
    row_id: int
    column: str
    words: str
    begin: int
    end: int
    fate: str
    said: Sequence[str] = ()
    """The words, of those said to mean the person, for which it goes, or more of it than the name."""
    gone: Sequence[tuple[int, int]] = ()
    """From where to where in the same words the name goes."""

    def once_erased(self, neutral: str) -> Spot:
        """The same as it stands there afterwards."""
        words, begin, end, last = "", self.begin, self.end, 0
        for a, b in self.gone:
            words, last = words + self.words[last:a] + neutral, b
            begin += (len(neutral) - b + a) * (b <= self.begin)
            end += (len(neutral) - b + a) * (b <= self.end)
        return replace(self, words=words + self.words[last:], begin=begin, end=end, gone=())

    @property
    def is_listed(self) -> bool:
        """Whether the signs of a list stand in it, so that it is rather two entries than one."""
        return _LIST.search(self.words, self.begin, self.end) is not None

    @property
    def place(self) -> str:
        """What stands in the place itself."""
        return _in_one_line(self._shortened)

    @property
    def _shortened(self) -> str:
        whole = self.words[self.begin : self.end]
        return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"

    def around(self, size: int = 40) -> str:
        """The place, marked (›Ann Li‹), with the words around it, as many as fit into so many characters."""
        before, behind = self.words[max(self.begin - size, 0) : self.begin], self.words[self.end : self.end + size]
        if self.begin > size:
            before = "…" + (before.partition(" ")[2] or before)
        if self.end + size < len(self.words):
            behind = (behind.rpartition(" ")[0] or behind) + "…"
        return _in_one_line(f"{before}›{self._shortened}‹{behind}")


def _in_one_line(words: str) -> str:
    return " ".join(re.sub(r"\s*[\r\n]\s*", f" {LINE_END} ", words).split())


def with_names(connection: Connection, table: Table, names: Sequence[str], pieces: Iterable[str] = ()) -> set[int]:
    """Rows in whose words one of these names, or ``pieces`` of others, may stand: asked of the database, which looks at a million of
    them quickly."""
    return _with_any(connection, table, [*_pieces(names), *((one,) for one in pieces)])


def _pieces(names: Iterable[str]) -> list[Sequence[str]]:
    return [(word,) for word in sorted({piece for name in spellings(names) for piece in looked_for(name)})]


def _with_any(
    connection: Connection,
    table: Table,
    pieces: Iterable[Sequence[str]],
    spaced: Collection[str] = (),
    beside: Iterable[tuple[str, str]] = (),
) -> set[int]:
    """Rows in whose words all of these pieces, of any of these, may stand; or any of those ``spaced`` letter by letter or in
    letters that look like theirs, or two ``beside`` each other."""
    is_file = connection.dialect.name == "sqlite"
    columns, pieces = [table.c[name] for name in WORDS[table.name]], list(pieces)
    read = pieces if len(pieces) > _MANY else []
    there: list[ColumnElement[bool]] = [
        and_(*(_like(column, _in_any_letters(word, is_file), is_file) for word in words))
        for column in columns
        for words in pieces
        if not read
    ]
    if pieces:  # what is read otherwise than it is written is looked at one by one
        signs = f"[{OTHERWISE}{DISGUISED if spaced else ''}]"
        there += [_like(column, signs, is_file) for column in columns]
        one = "?" if is_file else "."
        letters = [one.join(_in_any_letters(letter, is_file) for letter in word) for word in spaced]
        letters += [
            f"{_in_any_letters(first, is_file)}{one * gap}{_in_any_letters(second, is_file)}"
            for first, second in beside
            for gap in range(_GAP + 1)
        ]
        there += [_like(column, word, is_file) for column in columns for word in letters]
        there += [_like(column, coded, is_file) for column in columns for coded in CODED]
        there += [column.contains(ending) for column in columns for ending in DIVIDED]
        documents = [column for column in columns if (table.name, column.name) in DOCUMENTS]
        there += [column.contains(sign) for column in documents for sign in ("\\u", "-\\n", "-\\r")]
    found = set(_read_through(connection, table, columns, read)) if read else set[int]()
    for at in range(0, len(there), _SOME):
        found |= set(connection.execute(select(table.c.id).where(or_(*there[at : at + _SOME]))).scalars())
    return found


def _read_through(
    connection: Connection, table: Table, columns: Sequence[Column[Any]], pieces: Sequence[Sequence[str]]
) -> Iterator[int]:
    """Rows in whose words all of these pieces, of any of these, may stand: quicker than a database finds so many of them."""
    wanted = [[bare(piece).lstrip("e") for piece in some] for some in pieces]
    every = connection.execute(select(table.c.id, *columns), execution_options={"yield_per": _SOME})
    for rows in every.partitions():
        told = [(row[0], bare("\n".join(value for value in row[1:] if value))) for row in rows]
        together = "\n".join(words for _, words in told)
        here = [some for some in wanted if all(piece in together for piece in some)]
        yield from (row_id for row_id, words in told if any(all(piece in words for piece in some) for some in here))


def _like(column: Column[Any], pattern: str, is_file: bool) -> ColumnElement[bool]:
    around = "*" if is_file else ""
    return cast(column, String).op("GLOB" if is_file else "~", is_comparison=True)(f"{around}{pattern}{around}")


def _in_any_letters(word: str, is_file: bool) -> str:
    """The word as a pattern of the database; it may find more."""
    one, some = ("?", "*") if is_file else (".", ".*")
    return "".join((f"[{signs}]" if signs.isalnum() else one) if signs else some for signs in in_any_way(word))


def spots(connection: Connection, of: Theirs, replacing: Replacing) -> Iterator[Spot]:
    """All places in texts, as they are now, in which the name goes or something may mean the person."""
    names = [name for name in of.called if name not in of.common]
    like, left_over = Likeness(names, of.others), Leftover((*names, *of.short, *of.codes), of.others)
    # one piece is enough of a name in letters, for the other may be divided
    pieces: list[Sequence[str]] = [
        some for one in like.outer for some in ([one] if _is_sign(one[0]) else [one[:1], one[1:]])
    ]
    pieces += [*_pieces((*of.names, *of.codes, *of.plain_codes, *of.short)), *((one,) for one in replacing.also.pieces)]
    pieces = list(dict.fromkeys(pieces))
    spaced = sorted({some[0] for one in like.outer for some in (one[:1], one[1:]) if not _is_sign(some[0])})
    doubts = _Doubts(of)
    for table in (metadata.tables[name] for name in WORDS if name not in _NAMES):
        columns = [table.c[name] for name in WORDS[table.name]]
        ids = sorted(_with_any(connection, table, pieces, spaced, like.read))
        for at in range(0, len(ids), _SOME):
            some = select(table.c.id, *columns).where(table.c.id.in_(ids[at : at + _SOME])).order_by(table.c.id)
            for row_id, *values in connection.execute(some):
                for column, value in zip(columns, values, strict=True):
                    texts = replacing.kept(table.name, row_id, column.name, value) if isinstance(value, str) else ()
                    for words in texts:
                        spot = partial(_spot, table.name, row_id, column.name, words)
                        taken, left = replacing.judged(table.name, column.name, words)
                        said = replacing.said(table.name, column.name, words)
                        for place in taken:
                            inside = [some for at, some in said.items() if place[0] <= at[0] and at[1] <= place[1]]
                            here = list(dict.fromkeys(chain.from_iterable(inside)))
                            is_doubtful = not replacing.also.doubtful.isdisjoint(here) or (
                                place not in said and doubts.are_about(words, *place, taken)
                            )
                            yield replace(spot(place, DOUBTFUL if is_doubtful else GOES), said=here)
                        listed = list(left)
                        if like.outer and like.may_be_in(words):
                            listed += like.places(words, [*taken, *left])
                        listed += left_over.places(words, taken, listed)
                        for place in sorted(listed):
                            yield replace(spot(bracketed(words, *place), STAYS), gone=taken)
    yield from _owners(connection, of, replacing)


def _owners(connection: Connection, of: Theirs, replacing: Replacing) -> Iterator[Spot]:
    """The CRM names that are nobody's: those that go with the name or with words said, and those in which either stands, which stay."""
    c, said = crm_name.c, {match_key(words): words for words in of.also}
    rows = connection.execute(select(c.id, c.name, c.match).where(c.person_id.is_(None)).order_by(c.id))
    for row in rows:
        if replacing.value("crm_name", row.id, "name", row.name) != row.name:
            here = [said[row.match]] if row.match in said else []
            fate = GOES if replacing.also.doubtful.isdisjoint(here) else DOUBTFUL
            yield replace(_spot("crm_name", row.id, "name", row.name, (0, len(row.name)), fate), said=here)
        elif any(replacing.judged("crm_name", "name", row.name)):
            yield _spot("crm_name", row.id, "name", row.name, (0, len(row.name)), STAYS)


def _spot(table: str, row_id: int, column: str, words: str, place: tuple[int, int], fate: str) -> Spot:
    begin, end = place
    return Spot(table=table, row_id=row_id, column=column, words=words, begin=begin, end=end, fate=fate)


def _is_sign(piece: str) -> bool:
    return re.fullmatch(f"[{CJK}]", piece) is not None


class _Doubts:
    """Tells where a name that goes may be another word, the end of a longer name, two names beside each other, or somebody else's; and
    a short number another thing."""

    def __init__(self, of: Theirs) -> None:
        self._one_word = {key_of(name) for name in spellings(of.called) if is_one_word(name)}
        self._capitals = in_capitals((*spellings(of.called), *of.short))
        self._numbers = set(map(key_of, filter(may_be_another, of.codes)))
        self._codes = set(map(key_of, (*of.codes, *filter(is_code, of.called))))
        self._plain = set(map(key_of, of.plain_codes)) - set(map(key_of, of.called))
        self._of_others = set(map(key_of, of.codes_of_others))
        self._only_of_others = self._of_others - set(map(key_of, (*of.codes, *of.plain_codes)))
        self._others = {key_of(" ".join(parts_of(name))) for name in of.others}
        self._first = {key_of(parts_of(name)[0]) for name in of.others}

    def are_about(self, words: str, begin: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
        key = key_of(words[begin:end])
        if key in self._numbers | self._codes | self._plain:
            return self._is_another_number(key, words, begin, end, taken)
        is_small = in_small_letters(words[begin:end], self._capitals) and words[end : end + 1] != "@"
        is_others = key_of(in_brackets(words, end)) in self._only_of_others
        if is_small or is_others or key in self._one_word or _DOUBTED.search(words, begin, end):
            return True
        before = _BEFORE.search(words[max(begin - _FEW, 0) : begin])
        if before is None or not before["word"][0].isupper() or (len(before["word"]) > 1 and before["word"].isupper()):
            return False
        word = key_of(before["word"])
        begins = before["start"] is not None  # where any word has a capital
        if word in _COMMON or (begins and word not in self._first and plain(before["word"]) not in given_names()):
            return False
        beside = words[max(begin - _FEW, 0) : begin].split()
        return not any(key_of(" ".join(beside[-n:])) in self._others for n in (1, 2, 3))

    def _is_another_number(self, key: str, words: str, begin: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
        """Whether a number (by its ``key``) may be another thing, or somebody else's beside whose name it stands."""
        names = [(a, b) for a, b in taken if key_of(words[a:b]) not in self._numbers | self._plain]
        if key in self._numbers and not is_surely_theirs(words, begin, end, names):
            return True
        named, is_none = names_beside(words, begin, end)
        beside = set(map(key_of, named))
        is_theirs = not beside.isdisjoint(key_of(words[a:b]) for a, b in names)
        if not is_theirs and (is_none or key in self._of_others or not self._others.isdisjoint(beside)):
            return True
        return key not in self._numbers and key in self._codes and _LONGER.match(words, end) is not None
