"""Full-text search of answers behind one interface: FTS5 on SQLite, a weighted tsvector on PostgreSQL.

Chinese has no spaces between words: every CJK character stands alone in the index, and a run of them is searched as a
phrase; so two characters find what they should and nothing else, on both databases alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import text as sql

from mentor_app.core.words import CJK, runs, tokens

INDEX = "answer_search"
_MADE_BY = f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, body, tokenize='unicode61')"
_FEW = 8
"""With fewer answers than this, those that hold only some of the words are looked for, too."""


def create(connection: Connection) -> None:
    """Make the index; part of a migration."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_MADE_BY)
        return
    connection.exec_driver_sql(f"CREATE TABLE {INDEX} (id integer PRIMARY KEY, words tsvector NOT NULL)")
    connection.exec_driver_sql(f"CREATE INDEX ix_{INDEX}_words ON {INDEX} USING gin (words)")


def put(connection: Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Index (id, title, body); ids are new."""
    values = [{"id": i, "title": " ".join(tokens(t)), "body": " ".join(tokens(b))} for i, t, b in rows]
    if not values:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sql(f"INSERT INTO {INDEX} (rowid, title, body) VALUES (:id, :title, :body)"), values)
    else:
        connection.execute(
            sql(
                f"INSERT INTO {INDEX} (id, words) VALUES (:id, setweight(to_tsvector('simple', :title), 'A') || "
                "setweight(to_tsvector('simple', :body), 'D'))"
            ),
            values,
        )


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take these out of the index."""
    column = "rowid" if connection.dialect.name == "sqlite" else "id"
    if ids:
        connection.execute(sql(f"DELETE FROM {INDEX} WHERE {column} = :id"), [{"id": i} for i in ids])


def clear(connection: Connection) -> None:
    """Empty the index and make it anew, whatever has become of it."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {INDEX}")
    create(connection)


def is_whole(connection: Connection) -> bool:
    """Whether the index is as the database wrote it, whatever it holds; on a server nothing of it can be got at but that."""
    from mentor_app.core.store import search_file  # for a check only

    return connection.dialect.name != "sqlite" or search_file.is_whole(connection, INDEX, _MADE_BY)


def differing(connection: Connection, rows: Sequence[tuple[int, str, str]]) -> set[int]:
    """Ids whose entries in the index are not what ``put`` would make of ``rows``, or that are too many there."""
    values: list[dict[str, Any]] = [
        {"id": i, "title": " ".join(tokens(t)), "body": " ".join(tokens(b))} for i, t, b in rows
    ]
    if connection.dialect.name != "sqlite":
        wanted = sql(
            "SELECT s.words = setweight(to_tsvector('simple', :title), 'A') || "
            f"setweight(to_tsvector('simple', :body), 'D') FROM {INDEX} s WHERE id = :id"
        )
        held = set(connection.execute(sql(f"SELECT id FROM {INDEX}")).scalars())
        same = {value["id"] for value in values if connection.execute(wanted, value).scalar()}
        return (held | {value["id"] for value in values}) - same
    with _compared(connection, values):
        columns = f"SELECT term, doc, col, offset FROM temp.{INDEX}"
        spread = f"{columns}_held EXCEPT {columns}_made"
        missing = f"{columns}_made EXCEPT {columns}_held"
        found = connection.exec_driver_sql(f"SELECT doc FROM ({spread}) UNION SELECT doc FROM ({missing})").scalars()
        texts = "SELECT rowid, title, body FROM"
        other = connection.exec_driver_sql(
            f"SELECT rowid FROM ({texts} main.{INDEX} EXCEPT {texts} temp.{INDEX}_wanted) UNION "
            f"SELECT rowid FROM ({texts} temp.{INDEX}_wanted EXCEPT {texts} main.{INDEX})"
        ).scalars()
        return {*found, *other}


@contextmanager
def _compared(connection: Connection, values: Sequence[dict[str, Any]]) -> Iterator[None]:
    """An index as it should be beside the one there is, and the words of both, for as long as they are compared."""
    made = (f"{INDEX}_wanted", f"{INDEX}_held", f"{INDEX}_made")
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.{made[0]} USING fts5(title, body, tokenize='unicode61')")
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.{made[1]} USING fts5vocab('main', '{INDEX}', 'instance')")
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.{made[2]} USING fts5vocab('temp', '{made[0]}', 'instance')")
    try:
        if values:
            insert = f"INSERT INTO temp.{made[0]} (rowid, title, body) VALUES (:id, :title, :body)"
            connection.execute(sql(insert), values)
        yield
    finally:
        for name in reversed(made):
            connection.exec_driver_sql(f"DROP TABLE temp.{name}")


def rebuild(connection: Connection) -> None:
    """Make the index anew from what it holds, so that nothing of words taken out is left in it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')")


def find(
    connection: Connection, words: str, limit: int = 20, among: str = "", **values: object
) -> list[tuple[int, float]]:
    """(id, score) of what fits best, the best first; titles count more than bodies. The last word may be unfinished.

    First whatever holds every word; where that is little, also what holds some of them (or some pairs of Chinese
    characters). ``among`` is a SQL condition on the table playbook_answer (``a``) with its ``values``.
    """
    parts = runs(words)
    if not parts:
        return []
    hits = _ask(connection, _all(connection, parts), limit, among, values)
    if len(hits) < min(limit, _FEW):
        loose = _any(connection, parts)
        if loose:
            known = {i for i, _ in hits}
            lowest = min((score for _, score in hits), default=1.0)
            more = [(i, s) for i, s in _ask(connection, loose, limit, among, values) if i not in known]
            highest = max((score for _, score in more), default=1.0) or 1.0
            # whatever holds only a part stands below whatever holds all
            hits += [(i, min(lowest, 1.0) * 0.5 * s / highest) for i, s in more]
    return hits[:limit]


def _ask(
    connection: Connection, query: str, limit: int, among: str, values: dict[str, object]
) -> list[tuple[int, float]]:
    where = f"AND {among}" if among else ""
    if connection.dialect.name == "sqlite":
        join = f"JOIN playbook_answer a ON a.id = {INDEX}.rowid" if among else ""
        statement = (
            f"SELECT {INDEX}.rowid, -bm25({INDEX}, 6.0, 1.0) AS score FROM {INDEX} {join} "
            f"WHERE {INDEX} MATCH :query {where} ORDER BY score DESC, {INDEX}.rowid LIMIT :limit"
        )
    else:
        join = "JOIN playbook_answer a ON a.id = s.id" if among else ""
        statement = (
            f"SELECT s.id, ts_rank_cd('{{0.1, 0.2, 0.4, 1.0}}', s.words, q, 1) AS score FROM to_tsquery('simple', :query) q, "
            f"{INDEX} s {join} WHERE s.words @@ q {where} ORDER BY score DESC, s.id LIMIT :limit"
        )
    rows = connection.execute(sql(statement), {"query": query, "limit": limit, **values})
    return [(int(row[0]), float(row[1])) for row in rows]


def _phrase(connection: Connection, run: str, unfinished: bool) -> str:
    """One word of a query: a run of CJK characters as a phrase, a Latin word as it is or as a beginning."""
    several = tokens(run)
    if connection.dialect.name == "sqlite":
        quoted = '"' + " ".join(several) + '"'
        return f"{quoted}*" if unfinished and not re.match(f"[{CJK}]", run) else quoted
    last = ":*" if unfinished and not re.match(f"[{CJK}]", run) else ""
    return " <-> ".join(f"'{token}'" for token in several) + last


def _all(connection: Connection, parts: Sequence[str]) -> str:
    glue = " AND " if connection.dialect.name == "sqlite" else " & "
    phrases = [_phrase(connection, run, at == len(parts) - 1) for at, run in enumerate(parts)]
    return glue.join(f"({p})" if connection.dialect.name != "sqlite" else p for p in phrases)


def _any(connection: Connection, parts: Sequence[str]) -> str:
    """What is left when not every word must be there: pairs of CJK characters, Latin words of three letters and more."""
    pieces: list[str] = []
    for run in parts:
        if re.match(f"[{CJK}]", run):
            pieces += [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 2 else [run]
        elif len(run) > 2:
            pieces.append(run)
    glue = " OR " if connection.dialect.name == "sqlite" else " | "
    wanted = [_phrase(connection, piece, False) for piece in dict.fromkeys(pieces[:24])]
    return glue.join(f"({p})" if connection.dialect.name != "sqlite" else p for p in wanted)
