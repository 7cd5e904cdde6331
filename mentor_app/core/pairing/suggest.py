"""Suggestions: one optimal assignment of all hires without a mentor, explained; and what choosing otherwise costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection, select

from mentor_app.core.matching.problem import Board, Otherwise, Plan, best_plan, cost_of
from mentor_app.core.pairing.queries import mentors, unpaired
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.store.records import read_dict


def board(connection: Connection, today: dt.date) -> Board:
    """What the assignment board shows."""
    hires, teachers = unpaired(connection, today), mentors(connection, today)
    p = pairing.c
    above: dict[int, int] = read_dict(connection, select(p.apprentice_id, p.mentor_id).where(p.ended_on.is_(None)))
    waiting = {hire.id for hire in hires}
    circles = set()
    for mentor in teachers:
        at: int | None = above.get(mentor.id)
        while at is not None:
            if at in waiting:
                circles.add((at, mentor.id))
            at = above.get(at)
    return Board(tuple(hires), tuple(teachers), frozenset(circles))


def suggest(
    connection: Connection,
    today: dt.date,
    weights: Mapping[str, float] | None = None,
    pinned: Mapping[int, int] | None = None,
) -> Plan:
    """One optimal assignment of all unpaired hires to mentors with room; existing pairings and ``pinned`` are kept."""
    return best_plan(board(connection, today), weights, pinned)


def otherwise(
    connection: Connection,
    today: dt.date,
    weights: Mapping[str, float] | None,
    pinned: Mapping[int, int],
    apprentice_id: int,
    mentor_id: int,
) -> Otherwise:
    """What happens to the plan where ``apprentice_id`` goes to ``mentor_id`` and everybody else as well as can be."""
    return cost_of(board(connection, today), weights, pinned, apprentice_id, mentor_id)
