"""Deals of files without ids that look like others of the store under another name: all else equal, and those others gone from
the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.store import bulk

_TELLING = ("amount_cents", "opened_on", "closed_on", "account")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A row of the file (values of the columns named) and the deal it looks like: its id and the same columns."""

    new: tuple[Any, ...]
    id: int
    old: tuple[Any, ...]


def pairs(
    connection: Connection, names: Sequence[str], rows: Collection[tuple[Any, ...]], in_file: Container[str]
) -> list[Pair]:
    """The ``rows`` (values of ``names``, the key first) that look like one deal of the store under another name, and no other
    row does; ``in_file`` are the keys of the whole file. Of two rows or deals alike in all but the name none is taken."""
    named = "name" if "name" in names else "account"
    if named not in names:
        return []
    alike = [i for i, name in enumerate(names) if name not in ("key", named)]
    telling = [i for i in alike if names[i] in _TELLING]
    owner = names.index("owner_id")
    news: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        if sum(row[i] is not None for i in telling) > 1:
            news[tuple(row[i] for i in alike)].append(row)
    olds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    owners = sorted({row[owner] for same in news.values() for row in same})
    for held in bulk.find(connection, opportunity, "owner_id", owners, [*names, "id"]) if owners else ():
        if KEY_MARK in held[0] and held[0] not in in_file:
            olds[tuple(held[i] for i in alike)].append(held)
    return [
        Pair(new=same[0], id=olds[what][0][-1], old=tuple(olds[what][0][:-1]))
        for what, same in news.items()
        if len(same) == len(olds.get(what, ())) == 1 and _differ_once(same[0][0], olds[what][0][0])
    ]


def _differ_once(one: str, other: str) -> bool:
    """Whether two identities have the same parts but for one."""
    parts, others = one.split(KEY_MARK), other.split(KEY_MARK)
    return len(parts) == len(others) and sum(a != b for a, b in zip(parts, others, strict=True)) == 1
