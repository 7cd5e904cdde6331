"""In which rows names may stand, and the places in texts of others that are to be judged by people: where a name of one word may be another
word ("max. 10 %"), and goes all the same; and where something may mean the person, and stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, Table, and_, cast, or_, select

from mentor_app.core.personal.letters import OTHERWISE, in_any_way
from mentor_app.core.personal.likeness import Likeness
from mentor_app.core.personal.mentions import mentions
from mentor_app.core.personal.names import CJK, is_one_word, looked_for, spellings
from mentor_app.core.personal.reading import CODED, DIVIDED
from mentor_app.core.personal.texts import DOCUMENTS, WORDS, Replacing, Theirs
from mentor_app.core.tables import metadata

_AROUND = 12
_LONGEST = 80
_SOME = 500  # asked for at once
_NAMES = ("person", "crm_name")


def with_names(connection: Connection, table: Table, names: Sequence[str]) -> set[int]:
    """Rows in whose words one of these names may stand: asked of the database, which looks at a million of them quickly."""
    words = sorted({piece for name in spellings(names) for piece in looked_for(name)})
    return _with_any(connection, table, [(word,) for word in words])


def _with_any(connection: Connection, table: Table, pieces: Iterable[Sequence[str]]) -> set[int]:
    """Rows in whose words all of these pieces, of any of these, may stand."""
    is_file = connection.dialect.name == "sqlite"
    columns = [table.c[name] for name in WORDS[table.name]]
    there: list[ColumnElement[bool]] = [
        and_(*(_like(column, _in_any_letters(word, is_file), is_file) for word in words))
        for column in columns
        for words in pieces
    ]
    if there:  # what is read otherwise than it is written is looked at one by one
        there += [_like(column, f"[{OTHERWISE}]", is_file) for column in columns]
        there += [_like(column, coded, is_file) for column in columns for coded in CODED]
        there += [column.contains(ending) for column in columns for ending in DIVIDED]
        documents = [column for column in columns if (table.name, column.name) in DOCUMENTS]
        there += [column.contains(sign) for column in documents for sign in ("\\u", "-\\n", "-\\r")]
    found: set[int] = set()
    for at in range(0, len(there), _SOME):
        found |= set(connection.execute(select(table.c.id).where(or_(*there[at : at + _SOME]))).scalars())
    return found


def _like(column: Column[Any], pattern: str, is_file: bool) -> ColumnElement[bool]:
    around = "*" if is_file else ""
    return cast(column, String).op("GLOB" if is_file else "~", is_comparison=True)(f"{around}{pattern}{around}")


def _in_any_letters(word: str, is_file: bool) -> str:
    """The word as a pattern of the database; it may find more."""
    one, some = ("?", "*") if is_file else (".", ".*")
    return "".join((f"[{signs}]" if signs.isalnum() else one) if signs else some for signs in in_any_way(word))


def doubtful_places(connection: Connection, of: Theirs) -> list[str]:
    """What stands around each such place."""
    names = [name for name in of.names if is_one_word(name)]
    return list(_found(connection, of, names)) if names else []


def _found(connection: Connection, of: Theirs, names: list[str]) -> Iterator[str]:
    found = mentions(names, of.others, of.common)
    for table in (metadata.tables[name] for name in WORDS if name not in _NAMES and found is not None):
        columns = [table.c[name] for name in WORDS[table.name] if (table.name, name) not in DOCUMENTS]
        ids = sorted(with_names(connection, table, names) - set(of.rows.get(table.name, ()))) if columns else []
        for at in range(0, len(ids), _SOME):
            some = select(*columns).where(table.c.id.in_(ids[at : at + _SOME])).order_by(table.c.id)
            for words in (value for row in connection.execute(some) for value in row if isinstance(value, str)):
                if found is not None:
                    yield from (_shown(words, *one) for one in found.places(words))


def places_left(connection: Connection, of: Theirs, replacing: Replacing) -> list[str]:
    """What stands around each place in texts of others, as they are now, that may mean the person and stays."""
    like = Likeness([name for name in of.names if name not in of.common], of.others)
    return list(_left(connection, like, replacing)) if like.outer else []


def _left(connection: Connection, like: Likeness, replacing: Replacing) -> Iterator[str]:
    # one piece is enough of a name in letters, for the other may be divided
    pieces = [some for one in like.outer for some in ([one] if _is_sign(one[0]) else [one[:1], one[1:]])]
    for table in (metadata.tables[name] for name in WORDS if name not in _NAMES):
        columns = [table.c[name] for name in WORDS[table.name]]
        ids = sorted(_with_any(connection, table, pieces))
        for at in range(0, len(ids), _SOME):
            some = select(table.c.id, *columns).where(table.c.id.in_(ids[at : at + _SOME])).order_by(table.c.id)
            for row_id, *values in connection.execute(some):
                for column, value in zip(columns, values, strict=True):
                    texts = replacing.kept(table.name, row_id, column.name, value) if isinstance(value, str) else ()
                    for words in filter(like.may_be_in, texts):
                        taken = replacing.places(table.name, column.name, words)
                        yield from (_shown(words, *one) for one in like.places(words, taken))


def _is_sign(piece: str) -> bool:
    return re.fullmatch(f"[{CJK}]", piece) is not None


def _shown(words: str, begin: int, end: int) -> str:
    first, last = max(begin - _AROUND, 0), min(end, begin + _LONGEST) + _AROUND
    before, behind = ("…" if first else ""), ("…" if last < len(words) else "")
    return " ".join(f"{before}{words[first:last]}{behind}".split())
