"""Where somebody stands in the camp: what counts for which gate, and whether they are early, on time or behind.

Pure functions on plain values. A signed-off activity counts for one stage only: a passed gate has used up its evidence,
what is left counts for the stages after it, the earliest first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mentor_app.core.camp.clock import Leaves, clock_month, month_ends
from mentor_app.core.camp.programme import Programme, Requirement, Stage
from mentor_app.core.text import N_


class Pace(StrEnum):
    """How somebody keeps up with the stage's window."""

    EARLY = "early"
    ON_TIME = "on_time"
    BEHIND = "behind"
    FINISHED = "finished"


class GateDecision(StrEnum):
    """What is decided at a gate; the last decision on a gate is the one that stands."""

    PASSED = "passed"
    WAIVED = "waived"
    HELD = "held"
    REOPENED = "reopened"


class StageStatus(StrEnum):
    """A stage of somebody's camp: behind them, the one they are in, still to come."""

    PASSED = "passed"
    CURRENT = "current"
    AHEAD = "ahead"


STATES = {
    Pace.EARLY: N_("Ahead"),
    Pace.ON_TIME: N_("On time"),
    Pace.BEHIND: N_("Behind"),
    Pace.FINISHED: N_("Finished"),
}
DECISIONS = {
    GateDecision.PASSED: N_("Passed"),
    GateDecision.WAIVED: N_("Passed with a waiver"),
    GateDecision.HELD: N_("Held back"),
    GateDecision.REOPENED: N_("Reopened"),
}
PASSES = frozenset({GateDecision.PASSED, GateDecision.WAIVED})
QUIET_DAYS = 14


@dataclass(frozen=True)
class Counted:
    """A signed-off activity; ``score`` is the mean of its assessors' scores."""

    id: int
    kind: str
    held_on: dt.date
    score: float | None = None


@dataclass(frozen=True)
class Met:
    """How far a requirement is met. ``evidence`` are the activities it would use, at most ``needed``."""

    requirement: Requirement
    done: int
    best_score: float | None
    evidence: tuple[int, ...]

    @property
    def met(self) -> bool:
        """Whether enough is done."""
        return self.done >= self.requirement.count


def evaluate(stages: Iterable[Stage], counted: Iterable[Counted], used: Collection[int]) -> list[tuple[Met, ...]]:
    """For each of ``stages`` (those whose gates are not passed, in order) what is met, by activities not ``used``."""
    pool: dict[str, list[Counted]] = {}
    for activity in sorted(counted, key=lambda a: (a.held_on, a.id)):
        if activity.id not in used:
            pool.setdefault(activity.kind, []).append(activity)
    result = []
    for stage in stages:
        line = []
        for requirement in stage.requirements:
            practised = pool.get(requirement.kind, [])
            good = [a for a in practised if reaches(requirement, a.score)]
            taken = good[: requirement.count]
            scores = [a.score for a in practised if a.score is not None]
            line.append(Met(requirement, len(good), max(scores, default=None), tuple(a.id for a in taken)))
            gone = {a.id for a in taken}
            pool[requirement.kind] = [a for a in practised if a.id not in gone]
        result.append(tuple(line))
    return result


def reaches(requirement: Requirement, score: float | None) -> bool:
    """Whether an activity with this score counts for the requirement."""
    return requirement.pass_mark is None or (score is not None and score >= requirement.pass_mark)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided at a gate: by whom, when, why, and on which evidence."""

    stage: str
    decision: GateDecision
    reason: str | None
    by: str
    decided_on: dt.date
    evidence: Mapping[str, tuple[int, ...]]
    """Kind → ids of the activities it rested on."""


def passed_stages(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The gates that stand passed after all decisions, in their order; reopening takes a pass back."""
    standing: dict[str, Decision] = {}
    for decision in decisions:
        if decision.decision in PASSES:
            standing[decision.stage] = decision
        elif decision.decision == GateDecision.REOPENED:
            standing.pop(decision.stage, None)
    return standing


def current_stage(programme: Programme, passed: Collection[str]) -> Stage | None:
    """The first stage whose gate is not passed; None when the camp is finished."""
    return next((stage for stage in programme.stages if stage.key not in passed), None)


def pace(hired: dt.date, leaves: Leaves, stage: Stage | None, as_of: dt.date) -> tuple[Pace, dt.date | None]:
    """(early, on_time, behind or finished; the day the stage's gate is due, None where it has none)."""
    if stage is None:
        return Pace.FINISHED, None
    due = month_ends(hired, leaves, stage.last_month) if stage.last_month is not None else None
    if due is not None and as_of > due:
        return Pace.BEHIND, due
    if clock_month(hired, leaves, as_of) < stage.first_month:
        return Pace.EARLY, due
    return Pace.ON_TIME, due


def stuck_since(
    state: Pace, due: dt.date | None, ready: bool, away: bool, last_practised: dt.date | None, as_of: dt.date
) -> dt.date | None:
    """Since when somebody is stuck: behind since the day after the gate was due, or nothing practised for 14 days.

    Ready for the gate, on leave or finished is not stuck (ready and behind is: somebody has to decide).
    """
    if state == Pace.BEHIND and due is not None:
        return due + dt.timedelta(days=1)
    if state == Pace.FINISHED or ready or away or last_practised is None:
        return None
    return last_practised if (as_of - last_practised).days >= QUIET_DAYS else None
