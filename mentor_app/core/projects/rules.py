"""What must hold for projects and their cycles. Pure functions on plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import PHASES
from mentor_app.core.text import N_


class Outcome(StrEnum):
    """How a project's cycle ended, or that it runs."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CANCELLED = "cancelled"


OUTCOMES = {
    Outcome.OPEN: N_("Open"),
    Outcome.WON: N_("Won"),
    Outcome.LOST: N_("Lost"),
    Outcome.CANCELLED: N_("Cancelled"),
}
CYCLE = tuple(PHASES)
"""The phases of the default project cycle, in order."""
MAX_PHASES = 20


@dataclass(frozen=True, kw_only=True)
class ProjectDetails:
    """What is said about a project. ``closed_on`` goes with an outcome other than open."""

    name: str
    started_on: dt.date
    customer: str | None = None
    region: str | None = None
    industry: str | None = None
    outcome: Outcome = Outcome.OPEN
    closed_on: dt.date | None = None
    opportunity_id: int | None = None
    planned: Mapping[str, dt.date] = field(default_factory=dict)
    """Planned ends of phases, by their keys, for a new project."""


@dataclass(frozen=True)
class Phase:
    """One phase of a project's cycle: a key of the default cycle or words of one's own, planned and actual end."""

    phase: str
    planned_on: dt.date | None = None
    done_on: dt.date | None = None


def check_cycle(phases: Sequence[Phase], started_on: dt.date, today: dt.date) -> None:
    """UserError where a cycle has no phases, two of one name, or dates out of order, before its start or ahead of now."""
    if not 1 <= len(phases) <= MAX_PHASES:
        raise UserError("A cycle has between 1 and {n} phases.", n=MAX_PHASES)
    names = [phase.phase.strip().casefold() for phase in phases]
    if not all(names) or max(map(len, names)) > 40:
        raise UserError("A phase needs a name of at most 40 characters.")
    if len(set(names)) < len(names):
        raise UserError("Two phases have the same name.")
    for dates in ([p.planned_on for p in phases], [p.done_on for p in phases]):
        known = [date for date in dates if date is not None]
        if known and known[0] < started_on:
            raise UserError("{date} lies before the project started on {start}.", date=known[0], start=started_on)
        for before, after in pairwise(known):
            if after < before:
                raise UserError("{date} lies before the phase before it, {before}.", date=after, before=before)
    late = next((p.done_on for p in phases if p.done_on is not None and p.done_on > today), None)
    if late is not None:
        raise UserError("{date} lies in the future: plan it instead.", date=late)
