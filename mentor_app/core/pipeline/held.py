"""Which deals the files that were imported held: kept with each import, for the files to come."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_ as or_bits
from zlib import compress, decompress

from sqlalchemy import Connection, func, or_, select

from mentor_app.core.imports import imported_file
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store.history import Operation, change

MOST_FILES = 500
"""Of so many files at most, the last ones, it is looked at what they held."""


@dataclass(frozen=True, kw_only=True)
class File:
    """The deals that a file held once it was imported, and those that were missed in it: numbers whose bits are the deals' ids."""

    held: int
    missed: int

    def written(self) -> str:
        """As it is kept with the import."""
        return " ".join(map(_packed, (self.held, self.missed)))


def bits(ids: Iterable[int]) -> int:
    """The number whose bits are these ids."""
    several = list(ids)
    if not several:
        return 0
    field = bytearray(max(several) // 8 + 1)
    for one in several:
        field[one >> 3] |= 1 << (one & 7)
    return int.from_bytes(field, "little")


def among(ids: Sequence[int], field: int) -> list[bool]:
    """Of each of these ids whether it is one of the number's bits."""
    whole = field.to_bytes(max([*ids, field.bit_length()], default=0) // 8 + 1, "little")
    return [bool(whole[one >> 3] >> (one & 7) & 1) for one in ids]


def files(connection: Connection) -> list[File]:
    """What the files imported last held, the newest first. Of those of before this was kept it is only known of which deals that were inserted
    together they held a third or more: they count as having held all of these."""
    c = imported_file.c
    known = select(c.deals_held, c.imports_held).where(or_(c.deals_held.is_not(None), c.imports_held.is_not(None)))
    rows = connection.execute(known.order_by(c.id.desc()).limit(MOST_FILES)).all()
    together = dict(inserted_together(connection)) if any(deals is None for deals, _ in rows) else {}
    found = list[File]()
    for deals, imports in rows:
        if deals is None:
            held, missed = reduce(or_bits, (together.get(first, 0) for first in json.loads(imports)), 0), 0
        else:
            held, missed = map(_unpacked, deals.split(" "))
        found.append(File(held=held, missed=missed))
    return found


def inserted_together(connection: Connection) -> Iterator[tuple[int, int]]:
    """The first id of what was inserted together, and the number whose bits are all these ids; first those that came otherwise, as of 0."""
    c = change.c
    many = select(c.after).where(
        c.table_name == opportunity.name, c.row_id.is_(None), c.operation == Operation.INSERT_MANY
    )
    starts = {first for after in connection.execute(many).scalars() for first, _ in json.loads(after)}
    end = (connection.execute(select(func.max(opportunity.c.id))).scalar() or 0) + 1
    for first, following in pairwise(sorted({0, *starts, end})):
        yield first, (1 << following) - (1 << first)


def _packed(field: int) -> str:
    return b64encode(compress(field.to_bytes((field.bit_length() + 7) // 8, "little"))).decode()


def _unpacked(written: str) -> int:
    return int.from_bytes(decompress(b64decode(written)), "little")
