"""The kinds of activity and the fields each has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mentor_app.core.text import N_, Listed, Text, text

PHASES = {
    "qualified": N_("Qualified"),
    "discovery": N_("Need discovery"),
    "solution": N_("Solution"),
    "negotiation": N_("Bid and negotiation"),
    "signed": N_("Signed"),
    "delivery": N_("Delivery and collection"),
}
PARTS = {"observed": N_("Observed"), "assisted": N_("Assisted"), "led": N_("Led")}


class ActivityState(StrEnum):
    """How far an activity is; only what is signed off counts."""

    PLANNED = "planned"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SIGNED_OFF = "signed_off"
    WITHDRAWN = "withdrawn"


class ReviewDecision(StrEnum):
    """What a mentor says to an activity handed in; and that it was taken back, so that the activity waits again."""

    SIGNED_OFF = "signed_off"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"


STATES = {
    ActivityState.PLANNED: N_("Planned"),
    ActivityState.DRAFT: N_("Draft"),
    ActivityState.SUBMITTED: N_("Submitted"),
    ActivityState.RETURNED: N_("Returned"),
    ActivityState.SIGNED_OFF: N_("Signed off"),
    ActivityState.WITHDRAWN: N_("Withdrawn"),
}


LISTED = (ActivityState.DRAFT, ActivityState.PLANNED, ActivityState.SUBMITTED)
"""The states that a list can give an entry."""


def not_given_by_lists(word: str | Text) -> Text:
    """Why a list can't give this state."""
    return text(
        "{word} is no state that a list can give. Of {all} it can give these: {names}. What is submitted is signed off by a mentor.",
        word=word,
        all=Listed(tuple(STATES.values())),
        names=Listed(tuple(STATES[state] for state in LISTED)),
    )


@dataclass(frozen=True)
class Kind:
    """A kind of activity: its name, its fields in order with their labels, and those that may not stay empty."""

    name: str
    fields: dict[str, str]
    needed: tuple[str, ...]
    scored: bool = False


_SEEN, _LEARNED, _NEXT = N_("What was seen"), N_("What was learned"), N_("What to try next")
_CUSTOMER, _MINUTES, _PHASE, _PART = N_("Customer"), N_("Minutes"), N_("Deal phase"), N_("Part played")
_ANYWHERE = {
    "title": N_("Title"),
    "customer": _CUSTOMER,
    "at_time": N_("Time"),
    "phase": _PHASE,
    "part": _PART,
    "seen": _SEEN,
    "learned": _LEARNED,
    "next_step": _NEXT,
}
"""What a field with words is called where the form of its kind has none: a list may have filled it in all the same."""
KINDS = {
    "shadowing": Kind(
        N_("Shadowing session"),
        {
            "customer": _CUSTOMER,
            "minutes": _MINUTES,
            "phase": _PHASE,
            "part": _PART,
            "learned": _LEARNED,
            "seen": _SEEN,
            "next_step": _NEXT,
        },
        ("customer", "minutes", "learned"),
    ),
    "simulation": Kind(
        N_("Scenario simulation"),
        {"title": N_("Scenario"), "minutes": _MINUTES, "learned": _LEARNED, "next_step": _NEXT},
        ("title",),
        scored=True,
    ),
    "quiz": Kind(N_("Product quiz"), {"title": N_("Topic"), "learned": _LEARNED}, ("title",), scored=True),
    "sales_action": Kind(
        N_("Sales action"), {"title": N_("What was done"), "customer": _CUSTOMER, "learned": _LEARNED}, ("title",)
    ),
    "case_study": Kind(
        N_("Industry case"),
        {"title": N_("Case"), "seen": N_("What happened"), "learned": _LEARNED},
        ("title", "learned"),
    ),
    "teardown": Kind(
        N_("Competitor teardown"),
        {"title": N_("Competitor"), "seen": N_("Strengths and weaknesses"), "learned": N_("How to answer")},
        ("title", "learned"),
    ),
    "solution_design": Kind(
        N_("Solution design"),
        {"title": N_("Solution"), "customer": _CUSTOMER, "seen": N_("Needs answered"), "learned": _LEARNED},
        ("title",),
        scored=True,
    ),
    "negotiation": Kind(
        N_("Negotiation sandbox"),
        {"title": N_("Scenario"), "minutes": _MINUTES, "learned": _LEARNED, "next_step": _NEXT},
        ("title",),
        scored=True,
    ),
    "project": Kind(
        N_("Cross-department project"),
        {"title": N_("Project title"), "part": _PART, "seen": N_("Departments and result"), "learned": _LEARNED},
        ("title", "learned"),
    ),
    "visit": Kind(
        N_("Customer visit"),
        {
            "customer": _CUSTOMER,
            "minutes": _MINUTES,
            "phase": _PHASE,
            "depth": N_("Depth of need discovery (1–5)"),
            "seen": _SEEN,
            "next_step": _NEXT,
        },
        ("customer", "minutes", "depth"),
    ),
}
BRIEF = {
    "shadowing": N_("Shadowing"),
    "simulation": N_("Simulation"),
    "quiz": N_("Quiz"),
    "sales_action": N_("Action"),
    "case_study": N_("Case"),
    "teardown": N_("Teardown"),
    "solution_design": N_("Design"),
    "negotiation": N_("Sandbox"),
    "project": N_("Joint work"),
    "visit": N_("Visit"),
}
"""The names of the kinds where there is no room for more."""


def field_words(kind: str, field: str) -> str:
    """What a field with words is called in an activity of this kind, also where its form does not ask for it."""
    return KINDS[kind].fields.get(field) or _ANYWHERE[field]
