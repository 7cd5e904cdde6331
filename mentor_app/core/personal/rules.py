"""What a person is used by, in words; and what stands where their name and texts were."""

from __future__ import annotations

from collections.abc import Mapping

from mentor_app.core.text import N_, Text, text

USES: Mapping[str, str] = {
    "opportunity": N_("Opportunities: {n}"),
    "enrolment": N_("Enrolments in the camp: {n}"),
    "leave": N_("Leaves of absence: {n}"),
    "gate_decision": N_("Decisions at gates: {n}"),
    "activity": N_("Activities: {n}"),
    "review": N_("Reviews of activities: {n}"),
    "assessment": N_("Scores given: {n}"),
    "pairing": N_("Pairings: {n}"),
    "pairing_review": N_("Closing reviews: {n}"),
    "point_entry": N_("Entries in the points ledger: {n}"),
    "redemption": N_("Rewards asked for: {n}"),
    "playbook": N_("Playbooks: {n}"),
    "playbook_version": N_("Versions of playbooks: {n}"),
    "playbook_review": N_("Reviews of playbooks: {n}"),
    "playbook_helpful": N_("Answers marked as helpful or not: {n}"),
    "merger": N_("Records merged: {n}"),
    "change_set": N_("Actions in the history: {n}"),
}
"""What points to a person and keeps their record from being removed: table → how many of it."""
OWN = frozenset({"person_role", "crm_name", "mentor_capacity"})
"""What is a part of a person's record and goes with it."""


GOES: Mapping[str, str] = {
    "activity": N_("Entries they wrote in the logbook (title, seen, learned, next step): {n}"),
    "review": N_("Comments on their activities, and theirs on others': {n}"),
    "gate_decision": N_("Reasons given at gates, to them or by them: {n}"),
    "leave": N_("Reasons for their leaves: {n}"),
    "pairing": N_("Goals of their pairings, and why they ended: {n}"),
    "pairing_review": N_("Closing reviews by them and about them: {n}"),
    "redemption": N_("Reasons at their rewards, or by them: {n}"),
    "playbook": N_("Playbooks of theirs that were never approved: {n}"),
    "playbook_review": N_("Comments on their playbooks, and theirs on others': {n}"),
    "playbook_attachment": N_("Files of playbooks that were never approved, or that were taken off: {n}"),
}
"""What is erased besides the name: table → how much of it."""
STAYS = (
    N_("Dates, states, scores, points and their ledger, opportunities: all figures add up as before."),
    N_("Customers, projects and what others wrote about others, but for the name in them."),
    N_(
        "Inside texts of others: a first name alone, initials, nicknames, slips of the pen. Say such words under “Also erase these words” (--also), and they go, too."
    ),
    N_("In the history, who erased it and when, without the name."),
)
"""What stays, whoever is erased."""


def listed(parts: list[Text]) -> Text:
    """Several as one, with commas between them."""
    first, *others = parts
    for other in others:
        first = text("{one}, {other}", one=first, other=other)
    return first
