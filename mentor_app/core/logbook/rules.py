"""What must hold for an activity, however it is reached."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import fmean
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, ActivityState, ReviewDecision, field_words
from mentor_app.core.text import N_, Listed, text

MAX_LINE, MAX_TEXT = 200, 20_000
EDITABLE = frozenset({ActivityState.PLANNED, ActivityState.DRAFT, ActivityState.RETURNED})
"""The states in which an activity may still be changed in place."""


_NOT_IN_PLACE = {
    ActivityState.SUBMITTED: N_(
        "This entry has been handed in and waits for sign-off. Take it back first, then it can be changed."
    ),
    ActivityState.SIGNED_OFF: N_("What is signed off is not changed in place; write a correction."),
    ActivityState.WITHDRAWN: N_("This entry has been withdrawn. Restore it first, then one can go on with it."),
}


class NotInPlace(UserError):
    """An entry is in a ``state`` in which its words are not changed in place; the sentence says what comes first."""

    def __init__(self, state: ActivityState) -> None:
        super().__init__(_NOT_IN_PLACE[state])
        self.state = state

    def __reduce__(self) -> tuple[Any, ...]:
        return NotInPlace, (self.state,)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What is written about an activity. Minutes are whole, ``depth`` is 1 to 5, ``at_time`` is HH:MM."""

    kind: str
    held_on: dt.date | None = None
    at_time: str | None = None
    minutes: int | None = None
    customer: str | None = None
    title: str | None = None
    phase: str | None = None
    part: str | None = None
    depth: int | None = None
    seen: str | None = None
    learned: str | None = None
    next_step: str | None = None
    host_id: int | None = None


def standing_reviews(given: Iterable[Any]) -> list[Any]:
    """The reviews of one activity, in order, but those taken back: each taking back is of the last one before it."""
    standing: list[Any] = []
    for one in given:
        if one.decision == ReviewDecision.TAKEN_BACK:
            del standing[-1:]
        else:
            standing.append(one)
    return standing


def columns(details: Details) -> dict[str, object]:
    """The details as they are stored: texts trimmed, empty ones None. UserError where a value can't be."""
    if details.kind not in KINDS:
        raise UserError("{kind} is not a kind of activity.", kind=details.kind).of("kind")
    values: dict[str, object] = {}
    for field in fields(details):
        value = getattr(details, field.name)
        if isinstance(value, str):
            value = value.replace("\0", "").strip() or None
            limit = MAX_TEXT if field.name in ("seen", "learned", "next_step") else MAX_LINE
            if value is not None and len(value) > limit:
                label = field_words(details.kind, field.name)
                raise UserError("{field} is longer than {n} characters.", field=text(label), n=limit).of(field.name)
        values[field.name] = value
    if details.minutes is not None and not 1 <= details.minutes <= 1440:
        raise UserError("Minutes lie between 1 and 1440.").of("minutes")
    if details.depth is not None and not 1 <= details.depth <= 5:
        raise UserError("The depth of need discovery lies between 1 and 5.").of("depth")
    if details.phase and details.phase not in PHASES:
        raise UserError("{word} is not a deal phase.", word=details.phase).of("phase")
    if details.part and details.part not in PARTS:
        raise UserError("{word} is not a part somebody plays.", word=details.part).of("part")
    if details.at_time and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", details.at_time):
        raise UserError("Write times like 14:30.").of("at_time")
    return values


def check_complete(details: Details, planned: bool = False) -> None:
    """UserError naming the first thing still missing; a planned activity needs its date and with whom it is."""
    if details.held_on is None:
        raise UserError("A date is needed.").of("held_on")
    for name, label in _missing(details, planned).items():
        raise UserError("{field} is needed.", field=text(label)).of(name)


def check_row(details: Details, planned: bool = False) -> None:
    """UserError naming everything still missing in a row of a list, and how it comes in all the same."""
    missing = _missing(details, planned)
    if missing and details.held_on is not None:
        raise UserError(
            "A {kind} needs: {fields}. Fill it in, or write Draft in a column State: a draft comes in as it is and counts once it is complete and handed in.",
            kind=text(KINDS[details.kind].name),
            fields=Listed(tuple(missing.values())),
        ).of(*missing)


def _missing(details: Details, planned: bool) -> dict[str, str]:
    """What is needed and not there, with its label."""
    kind = KINDS[details.kind]
    needed = [name for name in kind.needed if name in ("customer", "title")] if planned else kind.needed
    values = {name: getattr(details, name) for name in needed}
    return {
        name: kind.fields[name]
        for name, value in values.items()
        if value is None or (isinstance(value, str) and not value.strip())
    }


def check_day(
    name: str, held_on: dt.date, hired_on: dt.date | None, left_on: dt.date | None, today: dt.date, planned: bool
) -> None:
    """UserError for a day before the hire, after leaving, or (unless planned) in the future."""
    if hired_on is not None and held_on < hired_on:
        raise UserError("{date} lies before {name} was hired on {hired}.", date=held_on, name=name, hired=hired_on).of(
            "held_on"
        )
    if left_on is not None and held_on > left_on:
        raise UserError("{date} lies after {name} left on {left}.", date=held_on, name=name, left=left_on).of("held_on")
    if held_on > today and not planned:
        raise UserError("{date} lies in the future: plan it instead.", date=held_on).of("held_on")


def score(scores: Sequence[float], top: float, criteria: int) -> float:
    """The score of one assessment: the mean of its criteria, each from 0 to ``top``."""
    if len(scores) != criteria:
        raise UserError("Every criterion needs a score.")
    if not all(0 <= value <= top for value in scores):
        raise UserError("Scores lie between 0 and {top}.", top=f"{top:g}")
    return round(fmean(scores), 4)


def details_of(row: Mapping[Any, Any]) -> Details:
    """The details of a stored activity."""
    return Details(**{field.name: row[field.name] for field in fields(Details)})
