"""What the history's tables, columns and values are called: message keys, by table and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mentor_app.core.camp.rules import DECISIONS
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, ReviewDecision
from mentor_app.core.logbook.kinds import STATES as ACTIVITY_STATES
from mentor_app.core.pairing.rules import STATES as PAIRING_STATES
from mentor_app.core.people.rules import REGION_CLASSES, ROLES
from mentor_app.core.pipeline.rules import STATUS
from mentor_app.core.playbooks.rules import STATES as PLAYBOOK_STATES
from mentor_app.core.playbooks.rules import PlaybookDecision
from mentor_app.core.points.rules import AMENDED, AMENDED_WORDS, EVENTS, REWARDS, SPENT, EntryKind
from mentor_app.core.points.rules import KINDS as ENTRY_KINDS
from mentor_app.core.points.rules import STATES as REDEMPTION_STATES
from mentor_app.core.projects.rules import OUTCOMES
from mentor_app.core.text import N_, TAKEN_BACK

ROOMS = {
    "people": N_("People"),
    "camp": N_("New hires"),
    "logbook": N_("Logbook"),
    "projects": N_("Projects"),
    "pairing": N_("Pairings"),
    "playbooks": N_("Playbooks"),
    "points": N_("Points"),
    "pipeline": N_("Opportunities"),
    "imports": N_("Imported files"),
}
"""The kinds of things that change, as the window's pages are called."""

TABLES = {
    "person": N_("Person"),
    "person_role": N_("Role"),
    "crm_name": N_("CRM name"),
    "team": N_("Team"),
    "region": N_("Region"),
    "programme_version": N_("Programme"),
    "enrolment": N_("Camp"),
    "leave": N_("Leave"),
    "gate_decision": N_("Gate"),
    "activity": N_("Activity"),
    "review": N_("Review"),
    "assessment": N_("Score"),
    "project": N_("Project"),
    "project_phase": N_("Phase"),
    "pairing": N_("Pairing"),
    "pairing_project": N_("Project of the pairing"),
    "pairing_review": N_("Closing review"),
    "mentor_capacity": N_("Capacity"),
    "point_rule": N_("Point rule"),
    "redemption": N_("Redemption"),
    "reward": N_("Reward"),
    "point_entry": N_("Points"),
    "playbook_kind": N_("Kind of playbook"),
    "playbook": N_("Playbook"),
    "playbook_part": N_("Part"),
    "playbook_version": N_("Version"),
    "playbook_review": N_("Review"),
    "playbook_helpful": N_("Reader's word"),
    "playbook_attachment": N_("Attachment"),
    "opportunity": N_("Opportunity"),
    "imported_file": N_("Imported file"),
    "import_mapping": N_("Reading of a file"),
    "amended_entry": N_("Entry put right"),
    "erasure": N_("Erasure"),
    "merger": N_("Merger"),
}
"""What a row of a table is; the first of a room is what is named where several were written."""

_COLUMNS = {
    "name": N_("Name"),
    "code": N_("Employee number"),
    "hired_on": N_("Hired on"),
    "left_on": N_("Left on"),
    "team_id": N_("Team"),
    "region_id": N_("Region"),
    "industry": N_("Industry"),
    "kind": N_("Kind"),
    "person_id": N_("Person"),
    "role": N_("Role"),
    "number": N_("Number"),
    "definition": N_("Content"),
    "published_at": N_("Published"),
    "programme_version_id": N_("Programme version"),
    "enrolled_on": N_("Enrolled on"),
    "first_on": N_("From"),
    "last_on": N_("Until"),
    "reason": N_("Reason"),
    "stage": N_("Stage"),
    "decision": N_("Decision"),
    "by_id": N_("By"),
    "decided_on": N_("Decided on"),
    "state": N_("State"),
    "held_on": N_("Date"),
    "at_time": N_("Time"),
    "minutes": N_("Minutes"),
    "customer": N_("Customer"),
    "title": N_("Title"),
    "phase": N_("Phase"),
    "part": N_("Part played"),
    "depth": N_("Depth of need discovery"),
    "seen": N_("What was seen"),
    "learned": N_("What was learned"),
    "next_step": N_("What to try next"),
    "host_id": N_("Mentor"),
    "revises_id": N_("Corrects"),
    "submitted_at": N_("Handed in"),
    "comment": N_("Comment"),
    "scores": N_("Scores"),
    "score": N_("Score"),
    "started_on": N_("Started on"),
    "closed_on": N_("Closed on"),
    "outcome": N_("Outcome"),
    "opportunity_id": N_("Opportunity"),
    "planned_on": N_("Planned for"),
    "done_on": N_("Done on"),
    "position": N_("Place"),
    "apprentice_id": N_("Apprentice"),
    "mentor_id": N_("Mentor"),
    "ended_on": N_("Ended on"),
    "goals": N_("Goals"),
    "project_id": N_("Project"),
    "words": N_("Words"),
    "capacity": N_("Capacity"),
    "event": N_("What for"),
    "points": N_("Points"),
    "per_month": N_("At most a month"),
    "balance": N_("Balance"),
    "occurred_on": N_("Date"),
    "note": N_("About"),
    "cost": N_("Cost"),
    "stock": N_("Stock"),
    "weight": N_("Weight"),
    "offered": N_("On offer"),
    "reward_id": N_("Reward"),
    "requested_at": N_("Asked for"),
    "decided_by_id": N_("Decided by"),
    "decided_at": N_("Decided on"),
    "fulfilled_at": N_("Handed over"),
    "key": N_("Key"),
    "kind_id": N_("Kind"),
    "owner_id": N_("Owner"),
    "pairing_id": N_("Pairing"),
    "due_on": N_("Due on"),
    "body": N_("Text"),
    "product": N_("Product"),
    "tags": N_("Tags"),
    "content": N_("Content"),
    "passage": N_("Passage"),
    "question": N_("Question"),
    "helpful": N_("Helped"),
    "size": N_("Bytes"),
    "removed": N_("Taken off"),
    "account": N_("Account"),
    "status": N_("Status"),
    "opened_on": N_("Opened on"),
    "expected_on": N_("Expected on"),
    "amount_cents": N_("Amount"),
    "currency": N_("Currency"),
    "mapping": N_("Reading"),
    "into_id": N_("Merged into"),
    "added": N_("New rows"),
    "updated": N_("Changed rows"),
    "unchanged": N_("Unchanged rows"),
    "rejected": N_("Rows not taken"),
}
_ELSEWHERE = {
    ("crm_name", "name"): N_("CRM name"),
    **{
        (table, "name"): N_("Called")
        for table in ("team", "region", "project", "reward", "playbook_attachment", "import_mapping", "imported_file")
    },
    ("playbook_review", "part"): N_("Part"),
    ("playbook_attachment", "kind"): N_("Kind of file"),
    ("opportunity", "key"): N_("Identity"),
    ("opportunity", "name"): N_("Opportunity name"),
    ("activity", "code"): N_("Key in the file"),
}
UNSAID = frozenset(
    {
        "id",
        "version",
        "match",
        "hash",
        "cause",
        "turn",
        "rule_id",
        "evidence",
        "at",
        "withdrawn_from",
        "sha256",
        "headers",
        "activity_id",
        "playbook_id",
        "version_id",
        "entry_id",
        "anchor_id",
        "seal",
        "imports_held",
        "deals_held",
    }
)
"""Columns that say nothing to a reader, or what the record's name says already."""
AGAIN = N_("It can be done again, or taken back, with the keys for that.")
"""What is said of taking back and doing again, which are not taken back from a list."""
_YES = {0: N_("no"), 1: N_("yes")}
_REVIEWS = {
    ReviewDecision.SIGNED_OFF: N_("Signed off"),
    ReviewDecision.RETURNED: N_("Returned"),
    ReviewDecision.TAKEN_BACK: N_("Taken back"),
}
_SENT_BACK_TAKEN_BACK = "changes taken back"
_PLAYBOOK_REVIEWS = {
    PlaybookDecision.COMMENT: N_("Comment"),
    PlaybookDecision.CHANGES: N_("Changes asked"),
    PlaybookDecision.APPROVED: N_("Approved"),
    PlaybookDecision.TAKEN_BACK: N_("Taken back"),
    _SENT_BACK_TAKEN_BACK: N_("Sending back taken back"),
}
_VALUES: Mapping[tuple[str, str], Mapping[Any, str]] = {
    ("person_role", "role"): {str(k): v for k, v in ROLES.items()},
    ("region", "kind"): {str(k): v for k, v in REGION_CLASSES.items()},
    ("gate_decision", "decision"): {str(k): v for k, v in DECISIONS.items()},
    ("activity", "kind"): {k: v.name for k, v in KINDS.items()},
    ("activity", "state"): {str(k): v for k, v in ACTIVITY_STATES.items()},
    ("activity", "phase"): dict(PHASES),
    ("activity", "part"): dict(PARTS),
    ("review", "decision"): {str(k): v for k, v in _REVIEWS.items()},
    ("project", "outcome"): {str(k): v for k, v in OUTCOMES.items()},
    ("project_phase", "phase"): dict(PHASES),
    ("pairing", "state"): {str(k): v for k, v in PAIRING_STATES.items()},
    ("point_rule", "event"): {str(k): v for k, v in EVENTS.items()},
    ("point_entry", "event"): {
        str(k): v for k, v in {**EVENTS, SPENT: ENTRY_KINDS[EntryKind.SPEND], AMENDED: AMENDED_WORDS}.items()
    },
    ("point_entry", "kind"): {str(k): v for k, v in ENTRY_KINDS.items()},
    ("reward", "kind"): {str(k): v for k, v in REWARDS.items()},
    ("reward", "offered"): _YES,
    ("redemption", "state"): {str(k): v for k, v in REDEMPTION_STATES.items()},
    ("playbook", "state"): {str(k): v for k, v in PLAYBOOK_STATES.items()},
    ("playbook_review", "decision"): {str(k): v for k, v in _PLAYBOOK_REVIEWS.items()},
    ("playbook_part", "stage"): dict(PHASES),
    ("playbook_helpful", "helpful"): _YES,
    ("playbook_attachment", "removed"): _YES,
    ("opportunity", "status"): dict(STATUS),
}


_FIELDS = {
    "id": N_("Identity"),
    "owner": N_("Owner"),
    "active": N_("Active"),
    "won_on": N_("Won on"),
    "lost_on": N_("Lost on"),
    "expected_on": N_("Expected closing"),
    "amount": N_("Amount"),
    "team": N_("Team"),
    "roles": N_("Roles"),
    "crm_names": N_("CRM names"),
    "person": N_("Person"),
    "host": N_("Mentor"),
    "mentor": N_("Mentor"),
    "apprentice": N_("Apprentice"),
    "project": N_("Project"),
    "region": N_("Region"),
}
"""What a file's fields are called that no column of the store is called like."""


def field_words(field: str) -> str | None:
    """What a field of a file is called; None where nothing is known of it."""
    return _FIELDS.get(field) or _COLUMNS.get(field)


def column_words(table: str, column: str) -> str | None:
    """What a column is called; None where it is not said. KeyError where nothing is known of it."""
    return (
        None
        if column in UNSAID or (table, column) == ("imported_file", "name")
        else _ELSEWHERE.get((table, column)) or _COLUMNS[column]
    )


def as_meant(review: Mapping[str, Any]) -> Mapping[str, Any]:
    """A review of a playbook as it is told: what takes a sending back back is kept as a comment without words of its own."""
    if review.get("decision") == PlaybookDecision.COMMENT and review.get("words") == TAKEN_BACK:
        return {**review, "decision": _SENT_BACK_TAKEN_BACK, "words": None}
    return review


def value_words(table: str, column: str, value: object) -> str | None:
    """What a value that stands for something is called; None where it speaks for itself."""
    return _VALUES.get((table, column), {}).get(value)
