"""Where people write, and whose words those are: one list, asked when somebody's data is erased and when it is given out.

Every column that holds text is here, or holds the company's definitions (``definitions``), or no words of people
(``FIXED``); a test keeps it so.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, select

from mentor_app.core.errors import Gone
from mentor_app.core.people.rules import match_key
from mentor_app.core.people.tables import crm_name, merger, person
from mentor_app.core.personal.also import Also, Place, checked
from mentor_app.core.personal.definitions import Standing, standing
from mentor_app.core.personal.documents import emptied, in_document, texts_of
from mentor_app.core.personal.mentions import mentions, with_places_replaced
from mentor_app.core.personal.names import is_short_code, may_stand_in, shortened
from mentor_app.core.personal.numbers import goes_anywhere, is_number, tells_little
from mentor_app.core.playbooks.rules import PlaybookDecision
from mentor_app.core.playbooks.tables import playbook_attachment, playbook_review, playbook_version
from mentor_app.core.store.history import change
from mentor_app.core.tables import metadata
from mentor_app.core.text import ERASED, TAKEN_BACK

WORDS: Mapping[str, tuple[str, ...]] = {
    "person": ("name", "code"),
    "crm_name": ("name", "match"),
    "opportunity": ("key", "name", "account"),
    "leave": ("reason",),
    "gate_decision": ("reason",),
    "activity": ("customer", "title", "seen", "learned", "next_step", "code"),
    "review": ("comment",),
    "project": ("name", "customer"),
    "pairing": ("goals", "reason"),
    "pairing_review": ("words",),
    "reward": ("name",),
    "redemption": ("reason",),
    "point_entry": ("note",),
    "playbook": ("title",),
    "playbook_part": ("title", "body", "tags"),
    "playbook_version": ("content",),
    "playbook_review": ("passage", "words"),
    "playbook_answer": ("title", "body"),
    "playbook_helpful": ("question",),
    "playbook_attachment": ("name",),
    "imported_file": ("name",),
}
"""The columns in which people write."""
FIXED = {
    "change_set": ("actor_name", "action"),
    "change_seal": ("hash",),
    "installed_seal": ("hash",),
    "change": ("table_name", "operation", "before", "after"),
    "opportunity": ("currency",),
    "region": ("kind",),
    "person_role": ("role",),
    "gate_decision": ("stage", "decision", "evidence"),
    "activity": ("kind", "state", "at_time", "phase", "part", "withdrawn_from"),
    "review": ("decision",),
    "assessment": ("scores",),
    "project": ("outcome",),
    "pairing": ("state",),
    "point_rule": ("event",),
    "point_entry": ("event", "kind", "cause", "hash"),
    "amended_entry": ("seal",),
    "reward": ("kind",),
    "redemption": ("state",),
    "playbook_kind": ("key",),
    "playbook": ("state",),
    "playbook_part": ("stage",),
    "playbook_review": ("decision",),
    "playbook_attachment": ("kind", "sha256"),
    "import_mapping": ("headers",),
    "imported_file": ("imports_held", "deals_held"),
}
"""The columns whose texts are keys, states and hashes; and the history, which is gone through by itself."""
DOCUMENTS = {("playbook_version", "content")}
"""Columns that hold JSON."""
ONCE = {("activity", "code"), ("opportunity", "key"), ("project", "name"), ("reward", "name")}
"""Columns that hold each text once: two ways to write a name must not become one."""
_IDENTITY = {("opportunity", "key"), ("activity", "code")}
"""By what a record is known again in other programs: a common word in it stays, or it would not be known any more."""
_FIELD = re.compile("[^\x1f]+")
"""One of the values that are put together to a key."""


@dataclass(frozen=True, kw_only=True)
class Personal:
    """Whose rows of a table are: of whom these ``columns`` point to, and of whom the row is that ``through`` points to.

    ``erased`` are the columns whose words go, ``emptied`` those that are left empty.
    """

    columns: tuple[str, ...] = ()
    through: tuple[str, str] | None = None
    erased: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()


PERSONAL: Mapping[str, Personal] = {
    "leave": Personal(columns=("person_id",), emptied=("reason",)),
    "gate_decision": Personal(columns=("person_id", "by_id"), erased=("reason",)),
    "activity": Personal(columns=("person_id",), erased=("title", "seen", "learned", "next_step"), emptied=("code",)),
    "review": Personal(columns=("by_id",), through=("activity_id", "activity"), erased=("comment",)),
    "pairing": Personal(columns=("apprentice_id", "mentor_id"), erased=("goals", "reason")),
    "pairing_review": Personal(columns=("by_id",), through=("pairing_id", "pairing"), erased=("words",)),
    "redemption": Personal(columns=("person_id", "decided_by_id"), erased=("reason",)),
    "playbook": Personal(columns=("owner_id",), erased=("title",)),
    "playbook_part": Personal(
        through=("playbook_id", "playbook"), erased=("title", "body"), emptied=("product", "industry", "tags")
    ),
    "playbook_version": Personal(through=("playbook_id", "playbook"), erased=("content",)),
    "playbook_review": Personal(
        columns=("by_id",), through=("version_id", "playbook_version"), erased=("passage", "words")
    ),
    "playbook_attachment": Personal(through=("playbook_id", "playbook"), erased=("name",)),
}
"""What is personal of what belongs to somebody; in this order, so that what it goes through is known before."""
_SHARED = ("playbook", "playbook_part", "playbook_version", "playbook_attachment")
"""What stays of a playbook that was approved once: it is the company's knowledge by then."""


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """What belongs to somebody, now or at any time: the ids of their records, their names, and the rows of each table.

    ``held`` are names that others carry, too; ``others`` everybody else's; ``short`` are names of theirs without what stands
    between the first and the last, by which nobody else is called. ``crm`` are CRM names that mean them or nobody:
    for each what is to stand there, whether they are still there or only in the history.
    """

    ids: frozenset[int]
    names: tuple[str, ...]
    held: tuple[str, ...]
    others: tuple[str, ...]
    short: tuple[str, ...]
    crm: Mapping[int, str]
    codes: tuple[str, ...]
    """Their employee numbers, of letters and figures; also CRM names that are such numbers."""
    plain_codes: tuple[str, ...] = ()
    """Those of figures or letters alone, or of two: many another thing is numbered so."""
    codes_of_others: tuple[str, ...] = ()
    """Those that somebody else has or had, theirs among them that changed hands."""
    once_others: tuple[str, ...] = ()
    """What somebody else is called, or was at any time."""
    also: tuple[str, ...] = field(default=(), repr=False)
    """Words that were said to mean them, too."""
    nobodys: tuple[str, ...] = ()
    """CRM names that are nobody's, and stay."""
    rows: Mapping[str, frozenset[int]]
    shared: frozenset[int]
    """Their playbooks that were approved once."""
    standing: tuple[Standing, ...] = ()
    """Where their names stand in the company's definitions, which stay."""
    common: frozenset[str] = frozenset()
    """Their names, and words said, that are words of definitions: in texts of others found only as whole words."""

    @property
    def called(self) -> tuple[str, ...]:
        """Their names, but for those that are numbers."""
        return tuple(name for name in self.names if not is_number(name))


def records_of(connection: Connection, person_id: int) -> frozenset[int]:
    """The ids of somebody's record and of those merged into it."""
    merged = connection.execute(select(merger.c.person_id).where(merger.c.into_id == person_id)).scalars()
    return frozenset({person_id, *merged})


def theirs(connection: Connection, person_id: int, also: Iterable[str] = ()) -> Theirs:
    """Everything of a person, and of the records merged into theirs; asked of the rows and of the history.

    Somebody removed is a person still, as long as the history tells of them; and whoever was removed under a name that is
    only this person's by now is the same. ``also`` are words that mean them, too. Gone where nothing tells of such a person,
    Refused where such words mean somebody else.
    """
    ids = records_of(connection, person_id)
    said = _Said(connection)
    if not any(said.values("person", "name", row) for row in ids):
        raise Gone
    neutral = f"{ERASED}{person_id}"
    also = checked(also, _of_others(connection, ids))
    names, held, others, crm = _names(connection, said, ids, neutral, also)
    ids |= _removed_namesakes(connection, said, (*names, *also))
    crm |= dict.fromkeys(_gone_crm_names(connection, said, ids, (*names, *also)), neutral)
    rows: dict[str, frozenset[int]] = {}
    for table, personal in PERSONAL.items():
        found = {row for column in personal.columns for row in said.pointing(table, column, ids)}
        if personal.through is not None:
            column, parent = personal.through
            found |= said.pointing(table, column, rows[parent])
        rows[table] = frozenset(found)
    c, v = playbook_review.c, playbook_version.c
    approved = select(v.playbook_id).join(playbook_review, c.version_id == v.id)
    approved = approved.where(c.decision == PlaybookDecision.APPROVED)
    shared = rows["playbook"] & set(connection.execute(approved).scalars())
    for table in _SHARED:
        column = "playbook_id"
        of_shared = shared if table == "playbook" else said.pointing(table, column, shared)
        rows[table] = rows[table] - of_shared
    a = playbook_attachment.c
    taken_off = select(a.id).where(a.playbook_id.in_(shared), a.removed == 1)
    rows["playbook_attachment"] |= set(connection.execute(taken_off).scalars())
    short, doubtful = shortened([name for row in ids for name in said.values("person", "name", row)], others)
    there, common = standing(connection, (*names, *also))
    nobodys = select(crm_name.c.id, crm_name.c.name).where(crm_name.c.person_id.is_(None)).order_by(crm_name.c.name)
    codes = _codes(said, ids) | {name for name in names if is_number(name) and len(name) > 1}
    return Theirs(
        ids=ids,
        names=names,
        held=(*held, *doubtful),
        others=others,
        short=tuple(short),
        crm=crm,
        codes=tuple(sorted(code for code in codes if not tells_little(code))),
        plain_codes=tuple(sorted(filter(tells_little, codes))),
        codes_of_others=tuple(
            sorted(_codes(said, said.column("person", "code").keys() - ids) | set(filter(is_number, others)))
        ),
        once_others=_ever_called(said, said.column("person", "name").keys() - ids),
        also=also,
        nobodys=tuple(row.name for row in connection.execute(nobodys) if row.id not in crm),
        rows=rows,
        shared=shared,
        standing=tuple(there),
        common=common,
    )


def _of_others(connection: Connection, ids: Collection[int]) -> dict[str, str]:
    """By which names and numbers somebody else is known now, with what they are called."""
    p, c = person.c, crm_name.c
    known = select(c.name, p.name.label("whose")).join(person, p.id == c.person_id).where(p.id.not_in(ids))
    found = {row.name: row.whose for row in connection.execute(known)}
    for row in connection.execute(select(p.name, p.code).where(p.id.not_in(ids))):
        found |= {called: row.name for called in (row.name, row.code) if called}
    return {called: whose for called, whose in found.items() if ERASED not in called}


def _codes(said: _Said, ids: Collection[int]) -> set[str]:
    ever = {code for row in ids for code in said.values("person", "code", row) if isinstance(code, str)}
    return {code for code in ever if len(code) > 1}


def _ever_called(said: _Said, ids: Collection[int]) -> tuple[str, ...]:
    ever = {name for row in ids for name in said.values("person", "name", row) if isinstance(name, str)}
    return tuple(sorted(name for name in ever if len(name) > 1 and ERASED not in name))


def removed(connection: Connection) -> dict[int, set[str]]:
    """Records of people that are no more, with the names by which the history tells of them."""
    return _gone(connection, _Said(connection, ("person",)))


def _gone(connection: Connection, said: _Said, table: Table = person) -> dict[int, set[str]]:
    """Rows that are no more, with the names they ever had."""
    standing = set(connection.execute(select(table.c.id)).scalars())
    ever = said.column(table.name, "name")
    return {row: {name for name in names if name} for row, names in ever.items() if row not in standing}


def _removed_namesakes(connection: Connection, said: _Said, names: Iterable[str]) -> set[int]:
    keys = {match_key(name) for name in names}
    return {row for row, ever in _gone(connection, said).items() if not keys.isdisjoint(map(match_key, ever))}


def _gone_crm_names(connection: Connection, said: _Said, ids: Collection[int], names: Iterable[str]) -> set[int]:
    """CRM names that are no more, and meant one of these people or are called as they are."""
    keys = {match_key(name) for name in names}
    gone, meant = _gone(connection, said, crm_name), said.pointing("crm_name", "person_id", ids)
    return {row for row, ever in gone.items() if row in meant or not keys.isdisjoint(map(match_key, ever))}


def _names(
    connection: Connection, said: _Said, ids: frozenset[int], neutral: str, also: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], dict[int, str]]:
    c = crm_name.c
    others = set(connection.execute(select(person.c.name).where(person.c.id.not_in(ids))).scalars())
    others |= set(connection.execute(select(c.name).where(c.person_id.not_in(ids))).scalars())
    known = {match_key(name) for name in others}
    ever = {name for row in ids for name in said.values("person", "name", row)}
    ever |= {
        name for row in said.pointing("crm_name", "person_id", ids) for name in said.values("crm_name", "name", row)
    }
    ever = {name for name in ever if isinstance(name, str) and ERASED not in name}
    names = sorted((name for name in ever if match_key(name) not in known), key=lambda name: (-len(name), name))
    held = sorted(name for name in ever if match_key(name) in known)
    keys = {match_key(name) for name in (*names, *also)}
    rows = connection.execute(select(c.id, c.name, c.match, c.person_id).order_by(c.id)).all()
    crm = {row.id: row.name for row in rows if row.person_id in ids or (row.person_id is None and row.match in keys)}
    stands = {row.name for row in rows if row.name.startswith(ERASED)}  # of an erasure before: stays as it is called
    taken = {row.match for row in rows}
    spare = (name for name in _numbered(neutral) if match_key(name) not in taken)
    crm = {row_id: name if name in stands else next(spare) for row_id, name in crm.items()}
    return tuple(names), tuple(held), tuple(sorted(others)), crm


def _numbered(neutral: str) -> Iterator[str]:
    yield neutral
    yield from (f"{neutral}/{n}" for n in count(2))


@cache
def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table in which words may be erased: those people write in, and what goes with the records of one."""
    emptied = PERSONAL[table].emptied if table in PERSONAL else ()
    return tuple(dict.fromkeys((*WORDS.get(table, ()), *emptied)))


class _Said:
    """What rows say, or ever said, that they belong to: those of all tables, or of ``only`` some."""

    def __init__(self, connection: Connection, only: Collection[str] = ()) -> None:
        wanted = {table: {*one.columns, *(one.through or ())[:1]} for table, one in PERSONAL.items()}
        wanted |= {"person": {"name", "code"}, "crm_name": {"person_id", "name"}}
        wanted = {table: columns for table, columns in wanted.items() if not only or table in only}
        self._values: dict[tuple[str, str], dict[int, set[Any]]] = defaultdict(lambda: defaultdict(set))
        for name, columns in wanted.items():
            table, some = metadata.tables[name], sorted(columns)
            for row in connection.execute(select(table.c.id, *(table.c[column] for column in some))):
                for column, value in zip(some, row[1:], strict=True):
                    self._values[name, column][row[0]].add(value)
        for _, name, row_id, side in sides(connection, wanted):
            for column in wanted[name] & side.keys():
                self._values[name, column][row_id].add(side[column])

    def pointing(self, table: str, column: str, ids: Collection[int]) -> set[int]:
        """The rows that said at any time that they belong to one of these."""
        return {row for row, values in self._values[table, column].items() if not values.isdisjoint(ids)}

    def column(self, table: str, column: str) -> Mapping[int, set[Any]]:
        """Everything that ever stood in a column, by row."""
        return self._values[table, column]

    def values(self, table: str, column: str, row: int) -> set[Any]:
        """Everything that ever stood in a column of a row."""
        return self._values[table, column].get(row, set())


def sides(connection: Connection, tables: Collection[str]) -> Iterator[tuple[int, str, int, dict[str, Any]]]:
    """(change, table, row, values) of everything the history holds of these tables, before and after."""
    c = change.c
    statement = select(c.id, c.table_name, c.row_id, c.before, c.after).where(c.table_name.in_(list(tables)))
    for change_id, name, row_id, *both in connection.execute(statement.order_by(c.id)):
        for side in (json.loads(words) for words in both if words):
            if row_id is not None:
                yield change_id, name, row_id, side
            elif isinstance(side, dict) and "rows" in side:
                for row in side["rows"]:
                    yield change_id, name, row[0], dict(zip(side["columns"], row, strict=True))


class Replacing:
    """What stands in each place once somebody's data is erased: the same wherever the same value stood, so that rows and
    their history go on fitting each other."""

    def __init__(self, person_id: int, of: Theirs) -> None:
        self.neutral = f"{ERASED}{person_id}"
        self.touched: dict[str, set[int]] = defaultdict(set)
        """The rows of each table whose words are replaced, as far as is known by now."""
        self.doubled: dict[tuple[str, int | None], str] = {}
        """Rows, by table and id, whose ``ONCE`` would be that of another row, with what tells them apart: it stands behind it."""
        self._of = of
        self._crm = of.crm
        self._may_hold_name = may_stand_in((*of.names, *of.codes, *of.plain_codes, *of.short))
        called = (*filter(goes_anywhere, of.names), *(code for code in of.codes if not is_short_code(code)))
        numbers = [*filter(is_short_code, of.codes), *of.plain_codes]
        self._mentions = mentions(called, of.others, of.common, of.short, numbers)
        unmistakable = [name for name in called if name not in of.common]
        self._unmistakable = mentions(unmistakable, of.others, (), of.short, numbers)
        once = (*of.codes_of_others, *of.once_others)
        self.also = Also(of.also, of.others, once, of.nobodys)
        unmistakable = [words for words in of.also if words not in of.common]
        self._also_unmistakable = Also(unmistakable, of.others, once) if of.common else self.also

    def value(self, table: str, row: int | None, column: str, value: Any) -> Any:
        """What is to stand in a column of a row where ``value`` stands."""
        if not isinstance(value, str) or column not in columns_of(table):
            return value
        new = self._value(table, row, column, value)
        if new and new != value and (table, column) in ONCE and (table, row) in self.doubled:
            ending, length = self.doubled[table, row], _length(table, column)
            new = f"{new[: length and length - len(ending)]}{ending}"
        if new != value and row is not None:
            self.touched[table].add(row)
        return new

    def _value(self, table: str, row: int | None, column: str, value: str) -> str | None:
        if table == "person":
            return (None if column == "code" else self.neutral) if row in self._of.ids else value
        if table == "crm_name":
            if row is None or row not in self._crm:
                return value
            return self._crm[row] if column == "name" else match_key(self._crm[row])
        personal = PERSONAL.get(table)
        if personal is not None and row in self._of.rows[table]:
            if column in personal.emptied:
                return None
            if column in personal.erased and value not in ("", TAKEN_BACK):
                return emptied(value) if (table, column) in DOCUMENTS else ERASED
        return self._in_others(table, column, value) if column in WORDS[table] else value

    def _in_others(self, table: str, column: str, value: str) -> str:
        if (table, column) in _IDENTITY:
            told = _FIELD.sub(lambda field: self._replaced(field[0], is_identity=True), value)
        else:
            told = in_document(value, self.mention) if (table, column) in DOCUMENTS else self.mention(value)
        return told[: _length(table, column)] if told != value else value

    def kept(self, table: str, row: int, column: str, value: str) -> Sequence[str]:
        """The texts of a value that are not erased as a whole."""
        personal = PERSONAL.get(table, Personal())
        if row in self._of.rows.get(table, ()) and column in (*personal.erased, *personal.emptied):
            return ()
        return texts_of(value) if (table, column) in DOCUMENTS else (value,)

    def judged(
        self, table: str, column: str, words: str
    ) -> tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]]:
        """From where to where in such a text the name is replaced; and where it stands and is left, for it may begin or end the
        name of another."""
        if (table, column) not in _IDENTITY:
            return self._judged(words)
        goes, left = list[tuple[int, int]](), list[tuple[int, int]]()
        for part in _FIELD.finditer(words):
            for told, some in zip((goes, left), self._judged(part[0], is_identity=True), strict=True):
                told += [(part.start() + begin, part.start() + end) for begin, end in some]
        return goes, left

    def said(self, table: str, column: str, words: str) -> Mapping[tuple[int, int], Sequence[str]]:
        """Where in such a text, but for within the names, words stand that were said to mean the person, those that overlap as one; and
        which."""
        is_identity = (table, column) in _IDENTITY
        found = self._unmistakable if is_identity else self._mentions
        named = found.places(words) if found is not None and self.also.words and self._may_hold_name(words) else ()
        also = self._also_unmistakable if is_identity else self.also
        return {
            place: said
            for place, said in also.places(words)[0].items()
            if not any(_holds(name, place) for name in named)
        }

    def _judged(
        self, words: str, is_identity: bool = False
    ) -> tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]]:
        """The same of one field."""
        found = self._unmistakable if is_identity else self._mentions
        also = self._also_unmistakable if is_identity else self.also
        said, kept = also.places(words)
        named, left = found.judged(words) if found is not None and self._may_hold_name(words) else ([], [])
        goes = _joined([*named, *said])
        stays = {one for one in (*left, *kept) if not any(_meet(one, other) for other in goes)}
        return goes, sorted(one for one in stays if not any(one != other and _holds(other, one) for other in stays))

    def may_change(self, table: str, column: str, values: Iterable[Any]) -> bool:
        """Whether any of these values of a column may come to be another; quicker than asking of each."""
        if column not in columns_of(table) or (self._mentions is None and not self.also.words):
            return column in columns_of(table)
        if table in PERSONAL or table in ("person", "crm_name") or (table, column) in DOCUMENTS:
            return True
        words = "\n".join(value for value in values if isinstance(value, str))
        return self._may_hold_name(words) or self.also.may_be_in(words)

    def is_gone(self, table: str, row: int | None) -> bool:
        """Whether what the row stands for is deleted with the words, so that nothing of it can come back."""
        return table == playbook_attachment.name and row in self._of.rows.get(table, ())

    def touch_any(self, table: str, rows: Sequence[int]) -> bool:
        """Whether words of any of these rows were, or are to be, replaced."""
        return not self.touched.get(table, set()).isdisjoint(rows)

    def mention(self, words: str) -> str:
        """Words with the name of the person replaced wherever it stands in them, but inside the names of others."""
        return self._replaced(words)

    def in_field(self, words: str) -> str:
        """The same of a field as it was typed or chosen; one that holds a common word and nothing else is chosen."""
        return words if match_key(words) in {match_key(name) for name in self._of.common} else self.mention(words)

    def _replaced(self, words: str, is_identity: bool = False) -> str:
        return with_places_replaced(words, self._judged(words, is_identity)[0], self.neutral)

    def is_named(self, words: str) -> bool:
        """Whether these words are one of the person's names."""
        key = match_key(words)
        return (
            any(key == match_key(name) for name in (*self._of.names, *self._of.also))
            or self.mention(words.strip()) == self.neutral
        )


def _length(table: str, column: str) -> int | None:
    """How many characters a column holds, if it doesn't hold any number of them."""
    length: int | None = getattr(metadata.tables[table].c[column].type, "length", None)
    return length


def _meet(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _holds(one: Place, other: Place) -> bool:
    return one[0] <= other[0] and other[1] <= one[1]


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, those that overlap as one."""
    found = list[tuple[int, int]]()
    for begin, end in sorted(places):
        if found and begin < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found
