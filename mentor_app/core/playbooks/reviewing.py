"""Reviewing playbooks: comments at passages, changes asked for, approval and its withdrawal. Every review is kept for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select

from mentor_app.core.errors import StandsInTheWay, UserError
from mentor_app.core.people.access import require_person
from mentor_app.core.playbooks import published, rules
from mentor_app.core.playbooks.queries import approved_version, parts_of
from mentor_app.core.playbooks.rules import Part, PlaybookDecision, PlaybookState
from mentor_app.core.playbooks.tables import (
    playbook,
    playbook_answer,
    playbook_review,
    playbook_version,
)
from mentor_app.core.store import Actor, Session
from mentor_app.core.store.action import action, counter, never
from mentor_app.core.store.history import standing
from mentor_app.core.text import N_, TAKEN_BACK


@dataclass(frozen=True)
class Comment:
    """What a reviewer says at a passage: the part's position (from 0) and the words quoted."""

    part: int
    passage: str
    words: str


@action(
    "playbooks.ask_for_changes",
    title=N_("Changes to a playbook asked for"),
    undo=counter("playbooks.take_back_review", "playbook_review", again="playbooks.review_again"),
)
def ask_for_changes(
    session: Session, actor: Actor, playbook_id: int, words: str, comments: Sequence[Comment] = ()
) -> None:
    """Send the version in review back, with comments at its passages."""
    by, version = _reviewing(session, actor, "playbooks.ask_for_changes", playbook_id)
    if not words.strip() and not any(comment.words.strip() for comment in comments):
        raise UserError("Say what to change.")
    _comment(session, version, by, comments)
    _say(session, version, by, {"decision": PlaybookDecision.CHANGES, "words": words.strip() or "…"})
    session.update(playbook, playbook_id, {"state": PlaybookState.CHANGES})


@action(
    "playbooks.approve",
    title=N_("Playbook approved"),
    undo=counter("playbooks.take_back_review", "playbook_review", again="playbooks.review_again"),
)
def approve(
    session: Session, actor: Actor, playbook_id: int, words: str = "", comments: Sequence[Comment] = ()
) -> None:
    """Approve the version in review, with comments at its passages; from now on everybody finds it. Never one's own."""
    by, version = _reviewing(session, actor, "playbooks.approve", playbook_id)
    _comment(session, version, by, comments)
    _say(session, version, by, {"decision": PlaybookDecision.APPROVED, "words": words.strip() or None})
    session.update(playbook, playbook_id, {"state": PlaybookState.APPROVED})
    _publish(session, playbook_id, version)


@action(
    "playbooks.withdraw_approval",
    title=N_("Approval of a playbook withdrawn"),
    undo=counter("playbooks.take_back_review", "playbook_review", again="playbooks.review_again"),
)
def withdraw_approval(session: Session, actor: Actor, playbook_id: int, reason: str) -> None:
    """Take an approval back with a reason: nobody finds the playbook any more until it is approved again."""
    by = require_person(session, actor, "playbooks.withdraw_approval")
    if not reason.strip():
        raise UserError("A written reason is needed.")
    version = approved_version(session.connection, playbook_id)
    if version is None:
        raise UserError("This playbook is not approved.")
    _say(session, version, by, {"decision": PlaybookDecision.TAKEN_BACK, "words": reason.strip()})
    session.update(playbook, playbook_id, {"state": PlaybookState.CHANGES})
    _publish(session, playbook_id, None)


@action(
    "playbooks.take_back_review",
    title=N_("Review of a playbook taken back"),
    undo=never(N_("Review the playbook again; every review is kept for good.")),
)
def take_back_review(session: Session, actor: Actor, review_ids: Sequence[int]) -> None:
    """Let a playbook stand as before an approval, a return or a withdrawn approval; all is kept in its story.

    Not where it has been written on, handed in or reviewed since. ``review_ids`` are those of one action, comments too.
    """
    by = require_person(session, actor, "playbooks.take_back_review")
    version, decision = _decided(session, review_ids)
    row = session.row(playbook, version["playbook_id"])
    if row["owner_id"] == by:
        raise UserError("Nobody approves their own playbook.")
    later = standing(session.connection, "playbook_review", _later(session, row["id"], max(review_ids)))
    StandsInTheWay.unless_none("playbook_review", later)
    made = PlaybookState.APPROVED if decision == PlaybookDecision.APPROVED else PlaybookState.CHANGES
    if row["state"] != made:
        raise StandsInTheWay([(playbook.name, row["id"])])
    if decision == PlaybookDecision.TAKEN_BACK:
        _approve(session, row["id"], version["id"], by)
        return
    if decision == PlaybookDecision.APPROVED:
        before = approved_version(session.connection, row["id"], before=min(review_ids))
        _say(session, version["id"], by, {"decision": PlaybookDecision.TAKEN_BACK, "words": TAKEN_BACK})
        if before is not None:  # what everybody read until then
            _say(session, before, by, {"decision": PlaybookDecision.APPROVED, "words": TAKEN_BACK})
        _publish(session, row["id"], before)
    else:
        _say(session, version["id"], by, {"decision": PlaybookDecision.COMMENT, "words": TAKEN_BACK})
    session.update(playbook, row["id"], {"state": PlaybookState.IN_REVIEW})


@action(
    "playbooks.review_again",
    title=N_("Review of a playbook given again"),
    undo=counter("playbooks.take_back_review", "playbook_review", again="playbooks.review_again"),
)
def review_again(session: Session, actor: Actor, review_ids: Sequence[int]) -> None:
    """Decide once more as in a review that was taken back."""
    require_person(session, actor, "playbooks.review_again")
    version, decision = _decided(session, review_ids)
    words = session.row(playbook_review, max(review_ids))["words"] or ""
    if decision == PlaybookDecision.APPROVED:
        approve(session, actor, version["playbook_id"], words)
    elif decision == PlaybookDecision.CHANGES:
        ask_for_changes(session, actor, version["playbook_id"], words)
    else:
        withdraw_approval(session, actor, version["playbook_id"], words)


def _decided(session: Session, review_ids: Sequence[int]) -> tuple[RowMapping, str]:
    """(the version reviewed, what was decided), of the entries one action has written."""
    rows = [session.row(playbook_review, review_id) for review_id in review_ids]
    said = next(row for row in rows if row["decision"] != PlaybookDecision.COMMENT)
    return session.row(playbook_version, said["version_id"]), said["decision"]


def _later(session: Session, playbook_id: int, review_id: int) -> list[int]:
    r, v = playbook_review.c, playbook_version.c
    statement = select(r.id).join(playbook_version, v.id == r.version_id)
    return list(session.connection.execute(statement.where(v.playbook_id == playbook_id, r.id > review_id)).scalars())


def _approve(session: Session, playbook_id: int, version_id: int, by: int) -> None:
    """Let everybody find this version, which was approved before; what has been written since stays a draft."""
    title, parts = rules.read_content(session.row(playbook_version, version_id)["content"])
    written = [part for part in parts_of(session.connection, playbook_id) if part.body.strip()]
    same = rules.content(title, written) == rules.content(title, parts)
    _say(session, version_id, by, {"decision": PlaybookDecision.APPROVED, "words": TAKEN_BACK})
    session.update(playbook, playbook_id, {"state": PlaybookState.APPROVED if same else PlaybookState.DRAFT})
    _publish(session, playbook_id, version_id)


def _comment(session: Session, version: int, by: int, comments: Sequence[Comment]) -> None:
    for comment in comments:
        if comment.words.strip():
            values = {
                "decision": PlaybookDecision.COMMENT,
                "part": comment.part,
                "passage": comment.passage[:500],
                "words": comment.words.strip(),
            }
            _say(session, version, by, values)


def _publish(session: Session, playbook_id: int, version_id: int | None) -> None:
    """Let everybody read the parts of a version, or none."""
    parts: Sequence[Part] = ()
    if version_id is not None:
        _, parts = rules.read_content(session.row(playbook_version, version_id)["content"])
    published.publish(session.connection, playbook_id, version_id, parts)
    session.touch(playbook_answer)


def _say(session: Session, version_id: int, by: int, values: Mapping[str, Any]) -> None:
    session.insert(playbook_review, {"version_id": version_id, "by_id": by, "at": session.now, **values})


def _reviewing(session: Session, actor: Actor, name: str, playbook_id: int) -> tuple[int, int]:
    """(who reviews, the version in review), where the actor may do what is called ``name``."""
    by = require_person(session, actor, name)
    row = session.row(playbook, playbook_id)
    if row["owner_id"] == by:
        raise UserError("Nobody approves their own playbook.")
    if row["state"] != PlaybookState.IN_REVIEW:
        raise UserError("This playbook is not in review.")
    c = playbook_version.c
    newest = select(c.id).where(c.playbook_id == playbook_id).order_by(c.number.desc()).limit(1)
    return by, int(session.connection.execute(newest).scalar_one())
