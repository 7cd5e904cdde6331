"""What FTS5 keeps of a search index in a file, looked at table by table: whether any of it is not as FTS5 wrote it.

FTS5's own check is made on a copy in memory, for it may only be asked by writing. It does not mind what belongs to no part
of the index, nor what is missing from the list of first words; both are told from FTS5's own list of parts (its format is
described in SQLite's ``ext/fts5/fts5_index.c``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import Connection

_TABLES = {
    "data": "id, block",
    "idx": "segid, term, pgno",
    "content": "id, c0, c1",
    "docsize": "id, sz",
    "config": "k, v",
}
_AVERAGES, _PARTS = 1, 10  # rows of the table of data that are no pages
_PART, _PAGE, _PLAIN = (
    37,
    (1 << 31) - 1,
    0x3F << 31,
)  # where a page's number has its part's and its own; where a leaf has 0
_COOKIE, _HEAD = 4, 4  # bytes before the list of parts; bytes of a leaf before what it holds


def is_whole(connection: Connection, index: str, made_by: str) -> bool:
    """Whether an index of two columns in a file is as FTS5 wrote it, from its words to the last byte; what it holds may be
    anything. ``made_by`` makes an empty one."""
    held = {
        name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM {index}_{name}")]
        for name, columns in _TABLES.items()
    }
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        copy.execute(made_by)
        if sorted(copy.execute(f"SELECT k, v FROM {index}_config")) != held["config"]:
            return False
        for name, rows in held.items():
            copy.execute(f"DELETE FROM {index}_{name}")
            if rows:
                places = ", ".join("?" * len(rows[0]))
                copy.executemany(f"INSERT INTO {index}_{name} VALUES ({places})", rows)
        try:
            copy.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
        except sqlite3.Error:
            return False
    try:
        return _nothing_else({row_id: bytes(block) for row_id, block in held["data"]}, held["idx"])
    except (IndexError, TypeError, KeyError):  # the list of parts ends before it should, or is gone
        return False


def _nothing_else(data: dict[int, bytes], first_words: list[tuple[int, bytes, int]]) -> bool:
    """Whether each page belongs to a part, and just the pages on which a word begins are in the list of first words.

    Of a part that is being merged FTS5 removes the first pages, and leaves what was listed of them.
    """
    parts = {number: range(first, last + 1) for number, first, last in _parts(data[_PARTS])}
    begins = set()
    for row_id, block in data.items():
        part, page = row_id >> _PART, row_id & _PAGE
        if row_id in (_AVERAGES, _PARTS):
            continue
        leaf, pages = not row_id & _PLAIN, parts.get(part, range(0))
        if page not in pages and (leaf or page not in range(pages.start)):
            return False
        if leaf and len(block) > int.from_bytes(block[2:_HEAD], "big"):
            begins.add((part, page))
    if any(part not in parts for part, *_ in first_words):
        return False
    listed = [(part, page >> 1) for part, _, page in first_words if page >> 1 >= parts[part].start]
    return len(listed) == len(set(listed)) and set(listed) == begins


def _parts(block: bytes) -> Iterator[tuple[int, int, int]]:
    """(number, first page, last page) of each part of an index."""
    numbers = _numbers(block[_COOKIE:])
    levels, _all_parts, _writes = (next(numbers, 0) for _ in range(3))
    for _ in range(levels):
        _merging, count = next(numbers, 0), next(numbers, 0)
        for _ in range(count):
            yield next(numbers, 0), next(numbers, 0), next(numbers, 0)


def _numbers(block: bytes) -> Iterator[int]:
    """The numbers in SQLite's form of seven bits a byte; none here needs the ninth byte of that form."""
    number = 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            yield number
            number = 0
