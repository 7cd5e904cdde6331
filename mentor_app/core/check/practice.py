"""The rules of the camp and the logbook, asked of all rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from sqlalchemy import Connection

from mentor_app.core.camp.programme import Programme, read_programme
from mentor_app.core.camp.rules import PASSES, GateDecision
from mentor_app.core.camp.tables import enrolment, gate_decision, leave, programme_version
from mentor_app.core.check.problem import Problem, unknown, wrong
from mentor_app.core.check.rows import Row, Rows
from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, ActivityState, ReviewDecision
from mentor_app.core.logbook.rules import columns, details_of
from mentor_app.core.logbook.tables import activity, assessment, review
from mentor_app.core.text import N_, TAKEN_BACK

TABLES = (programme_version, enrolment, leave, gate_decision, activity, review, assessment)


def camp(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Versions of the programme that can be followed, leaves apart, decisions at gates in order and on evidence."""
    programmes: dict[int, Programme] = {}
    for row_id, one in rows.of("programme_version").items():
        try:
            programmes[row_id] = read_programme(one["definition"])
        except UserError as error:
            yield wrong(
                "programme_unreadable",
                "Version {n} of the programme can't be read: {reason}",
                "programme_version",
                row_id,
                n=one["number"],
                reason=error.message,
            )
    numbers = sorted(one["number"] for one in rows.all("programme_version"))
    if numbers != list(range(1, len(numbers) + 1)) and numbers and len(numbers) == len(rows.ids["programme_version"]):
        yield wrong("numbering", "The versions of the programme are not numbered without a gap.", "programme_version")
    drafts = [one for one in rows.all("programme_version") if one["published_at"] is None]
    for one in drafts[1:]:
        yield wrong("programme_drafts", "Row {row} of {table} is a second draft.", "programme_version", one["id"])
    for one in rows.all("enrolment"):
        if one["programme_version_id"] in {draft["id"] for draft in drafts}:
            yield wrong(
                "enrolment_draft", "Enrolment {row} is for a version that is not published.", "enrolment", one["id"]
            )
    for leaves in rows.by("leave", "person_id").values():
        held = sorted(leaves, key=lambda one: one["first_on"])
        for one in held:
            if one["last_on"] and one["last_on"] < one["first_on"]:
                yield wrong("order", "Leave {row} ends before it begins.", "leave", one["id"])
        for before, after in pairwise(held):
            if before["last_on"] is None or after["first_on"] <= before["last_on"]:
                yield wrong("leave_twice", "Leave {row} overlaps another.", "leave", after["id"])
    for decisions in rows.by("gate_decision", "person_id").values():
        yield from _gates(decisions, programmes, rows)


def _gates(decisions: list[Row], programmes: Mapping[int, Programme], rows: Rows) -> Iterator[Problem]:
    """All decisions about one person, in order."""
    standing: list[str] = []
    for one in decisions:
        programme = programmes.get(one["programme_version_id"])
        reason: str | None = None
        if one["decision"] not in set(GateDecision):
            reason = N_("Gate decision {row} says {value}, which does not exist.")
        elif one["by_id"] == one["person_id"]:
            reason = N_("Gate decision {row} was made by the person it is about.")
        elif one["decision"] != GateDecision.PASSED and not (one["reason"] or "").strip():
            reason = N_("Gate decision {row} lacks its reason.")
        elif programme is not None and one["stage"] not in {stage.key for stage in programme.stages}:
            reason = N_("Gate decision {row} is about a stage that does not exist.")
        elif programme is not None and not _in_turn(one, programme, standing):
            reason = N_("Gate decision {row} does not follow from those before it.")
        elif not _on_evidence(one, programme, rows):
            reason = N_("The evidence of gate decision {row} does not hold.")
        if reason is not None:
            yield wrong("gate_decision", reason, "gate_decision", one["id"], value=one["decision"])
        if one["decision"] in PASSES and one["stage"] not in standing:
            standing.append(one["stage"])
        elif one["decision"] == GateDecision.REOPENED and one["stage"] in standing:
            standing.remove(one["stage"])


def _in_turn(one: Row, programme: Programme, standing: list[str]) -> bool:
    """Whether the gate decided about was the one to be decided about."""
    keys = [stage.key for stage in programme.stages]
    passed = [key for key in keys if key in standing]
    if one["decision"] == GateDecision.REOPENED and one["reason"] == TAKEN_BACK:
        return True  # a decision taken back, whatever it was
    if one["decision"] == GateDecision.REOPENED:
        return bool(passed) and passed[-1] == one["stage"]
    return bool(one["stage"] == next((key for key in keys if key not in standing), None))


def _on_evidence(one: Row, programme: Programme | None, rows: Rows) -> bool:
    """Evidence names activities of the person and kind; a pass without waiver has enough of them."""
    try:
        evidence = {str(kind): [int(i) for i in ids] for kind, ids in json.loads(one["evidence"]).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False
    for kind, ids in evidence.items():
        for activity_id in ids:
            held = rows.of("activity").get(activity_id)
            if activity_id not in rows.ids.get("activity", ()) or len(set(ids)) < len(ids):
                return False
            if held is not None and (held["person_id"], held["kind"]) != (one["person_id"], kind):
                return False
    if programme is None or one["decision"] != GateDecision.PASSED:
        return True
    stage = programme.stage(one["stage"])
    return all(len(evidence.get(r.kind, [])) >= r.count for r in stage.requirements)


def logbook(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Activities that can be, signed off by somebody else, corrected in a line; scores that are the mean of theirs."""
    reviews, assessed = rows.by("review", "activity_id"), rows.by("assessment", "activity_id")
    for row_id, one in rows.of("activity").items():
        reason = _activity(one, rows)
        signed = [r for r in _standing(reviews.get(row_id, ())) if r["decision"] == ReviewDecision.SIGNED_OFF]
        counts = ActivityState.SIGNED_OFF in (one["state"], one["withdrawn_from"])
        if counts and not signed and "review" not in rows.missing:
            yield wrong("sign_off", "Activity {row} counts as signed off, but nobody signed it.", "activity", row_id)
        if signed and not counts:
            yield wrong("sign_off", "Activity {row} was signed off, but does not count as that.", "activity", row_id)
        if reason is not None:
            yield wrong("activity", reason, "activity", row_id)
    for one in rows.all("review"):
        held = rows.of("activity").get(one["activity_id"])
        if one["decision"] not in set(ReviewDecision):
            yield unknown("review", one, "decision")
        if held is not None and held["person_id"] == one["by_id"]:
            yield wrong("sign_off", "Review {row} is by the person it is about.", "review", one["id"])
        if one["decision"] == ReviewDecision.RETURNED and not (one["comment"] or "").strip():
            yield wrong("sign_off", "Review {row} returns without a comment.", "review", one["id"])
    for activity_id, given in assessed.items():
        held = rows.of("activity").get(activity_id)
        for one in given:
            if held is not None and (held["person_id"] == one["by_id"] or not _scored(held["kind"])):
                yield wrong(
                    "score",
                    "Score {row} is by the person it is about, or of a kind that is not scored.",
                    "assessment",
                    one["id"],
                )
            if not _mean(one):
                yield wrong("score", "Score {row} is not the mean of its parts.", "assessment", one["id"])


def _standing(given: Iterable[Row]) -> list[Row]:
    """The reviews of one activity, in order, but those taken back."""
    standing: list[Row] = []
    for one in given:
        if one["decision"] == ReviewDecision.TAKEN_BACK:
            del standing[-1:]
        else:
            standing.append(one)
    return standing


def _scored(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].scored


def _mean(one: Row) -> bool:
    try:
        scores = [float(value) for value in json.loads(one["scores"])]
        return bool(scores) and min(scores) >= 0 and abs(sum(scores) / len(scores) - one["score"]) < 1e-3
    except (ValueError, TypeError, RecursionError):
        return False


def _activity(one: Row, rows: Rows) -> str | None:
    """Why an activity can't be as it is; a message key."""
    try:
        columns(details_of(one))
    except UserError:
        return N_("Activity {row} holds what can't be entered.")
    reason: str | None = None
    if one["state"] not in set(ActivityState):
        reason = N_("Activity {row} is in a state that does not exist.")
    elif (one["state"] == ActivityState.WITHDRAWN) != (one["withdrawn_from"] is not None):
        reason = N_("Activity {row} is withdrawn, but not from a state, or the other way round.")
    elif one["host_id"] == one["person_id"]:
        reason = N_("In activity {row} somebody is their own mentor.")
    elif one["state"] == ActivityState.SUBMITTED and one["submitted_at"] is None:
        reason = N_("Activity {row} waits for sign-off without having been handed in.")
    return reason or _correction(one, rows)


def _correction(one: Row, rows: Rows) -> str | None:
    """What is wrong with an activity as a correction of another; a message key."""
    corrected = rows.of("activity").get(one["revises_id"]) if one["revises_id"] is not None else None
    if corrected is not None and (corrected["person_id"], corrected["kind"]) != (one["person_id"], one["kind"]):
        return N_("Activity {row} corrects one of another person or kind.")
    seen, at = {one["id"]}, corrected
    while at is not None and at["id"] not in seen:
        seen.add(at["id"])
        at = rows.of("activity").get(at["revises_id"]) if at["revises_id"] is not None else None
    return N_("Activity {row} corrects itself.") if at is not None else None
