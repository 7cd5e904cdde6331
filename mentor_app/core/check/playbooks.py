"""The rules of playbooks, asked of all rows, and what is computed from them: answers, search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from mentor_app.core.check.problem import FILES, GONE, Problem, derived, unknown, wrong
from mentor_app.core.check.rows import Row, Rows
from mentor_app.core.errors import UserError
from mentor_app.core.playbooks import published
from mentor_app.core.playbooks.rules import PlaybookDecision, PlaybookState, read_content, read_kind
from mentor_app.core.playbooks.tables import (
    playbook,
    playbook_answer,
    playbook_attachment,
    playbook_helpful,
    playbook_kind,
    playbook_part,
    playbook_review,
    playbook_version,
)
from mentor_app.core.store import attachments, search
from mentor_app.core.store.raw import read_raw
from mentor_app.core.text import ERASED, N_, TAKEN_BACK, text

TABLES = (
    *(playbook_kind, playbook, playbook_part, playbook_version, playbook_review, playbook_answer),
    *(playbook_helpful, playbook_attachment),
)


def playbooks(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Playbooks with a title, in states that follow from their versions and reviews; what readers said."""
    versions, reviews = rows.by("playbook_version", "playbook_id"), rows.by("playbook_review", "version_id")
    for playbook_id, one in rows.of("playbook").items():
        if not _state_follows(one["state"], versions.get(playbook_id, []), reviews):
            yield wrong(
                "playbook_state",
                "The state of playbook {row} does not follow from its versions and reviews.",
                "playbook",
                playbook_id,
            )
        if not one["title"].strip():
            yield wrong("name_empty", "Row {row} of {table} has no name.", "playbook", playbook_id)
    for one in rows.all("playbook_helpful"):
        if one["helpful"] not in (0, 1):
            yield unknown("playbook_helpful", one, "helpful")


def versions(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """Kinds and versions that can be read, numbered in a row."""
    for one in rows.all("playbook_kind"):
        try:
            read_kind(one["key"], one["definition"])
        except (UserError, AttributeError, RecursionError) as error:
            reason = error.message if isinstance(error, UserError) else str(error)
            yield wrong(
                "kind_unreadable",
                "Kind {row} of playbooks can't be read: {reason}",
                "playbook_kind",
                one["id"],
                reason=reason,
            )
    for one in rows.all("playbook_version"):
        if not _readable(one["content"]):
            yield wrong(
                "version_unreadable", "Version {row} of a playbook can't be read.", "playbook_version", one["id"]
            )
    for playbook_id, held in rows.by("playbook_version", "playbook_id").items():
        if sorted(one["number"] for one in held) != list(range(1, len(held) + 1)):
            what = N_("The versions of playbook {row} are not numbered without a gap.")
            yield wrong("numbering", what, "playbook", playbook_id)


def reviews(_connection: Connection, rows: Rows) -> Iterator[Problem]:
    """By others than the owner, with words where words are needed."""
    for one in rows.all("playbook_review"):
        version = rows.of("playbook_version").get(one["version_id"])
        reviewed = rows.of("playbook").get(version["playbook_id"]) if version is not None else None
        if one["decision"] not in set(PlaybookDecision):
            yield unknown("playbook_review", one, "decision")
        if reviewed is not None and reviewed["owner_id"] == one["by_id"]:
            yield wrong("playbook_review", "Review {row} of a playbook is by its owner.", "playbook_review", one["id"])
        speaks = one["decision"] not in (PlaybookDecision.APPROVED, PlaybookDecision.TAKEN_BACK)
        if speaks and not (one["words"] or "").strip():
            yield wrong("playbook_review", "Review {row} of a playbook has no words.", "playbook_review", one["id"])


def _readable(content: str) -> bool:
    try:
        title, parts = read_content(content)
        return isinstance(title, str) and all(
            isinstance(part.title, str) and isinstance(part.body, str) for part in parts
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _state_follows(state: str, versions: Sequence[Row], reviews: dict[Any, list[Row]]) -> bool:
    if state not in set(PlaybookState) - {PlaybookState.OUT_OF_DATE}:
        return False
    newest = max(versions, key=lambda one: one["number"], default=None)
    decided = [one["decision"] for one in _decided(reviews.get(newest["id"], []))] if newest is not None else []
    if state == PlaybookState.NOT_STARTED:
        return newest is None
    if state == PlaybookState.IN_REVIEW:
        return newest is not None and not decided
    if state == PlaybookState.APPROVED:
        return bool(decided) and decided[-1] == PlaybookDecision.APPROVED
    if state == PlaybookState.CHANGES:
        return bool(_last_word(versions, reviews)) and _last_word(versions, reviews) != PlaybookDecision.APPROVED
    return True


def _last_word(versions: Sequence[Row], reviews: dict[Any, list[Row]]) -> str | None:
    said = [one for v in versions for one in _decided(reviews.get(v["id"], []))]
    return str(max(said, key=lambda one: one["id"])["decision"]) if said else None


def _decided(said: Sequence[Row]) -> list[Row]:
    """What was decided about a version, in order, but what was taken back."""
    decided: list[Row] = []
    for one in said:
        if one["words"] == TAKEN_BACK:
            before = decided[-1]["decision"] if decided else None
            if one["decision"] != PlaybookDecision.APPROVED or before == PlaybookDecision.TAKEN_BACK:
                del decided[-1:]
        elif one["decision"] != PlaybookDecision.COMMENT:
            decided.append(one)
    return decided


def answers(connection: Connection, rows: Rows) -> Iterator[Problem]:
    """What everybody reads and searches against what was approved."""
    if playbook_answer.name in rows.missing or any(
        not _readable(one["content"]) for one in rows.all("playbook_version")
    ):
        return  # said above, and nothing to compare with
    held: dict[int, list[dict[str, Any]]] = {}
    entries: dict[int, list[int]] = {}
    for row in (raw.values for raw in read_raw(connection, playbook_answer)):
        held.setdefault(row["playbook_id"], []).append({name: v for name, v in row.items() if name != "id"})
        entries.setdefault(row["playbook_id"], []).append(row["id"])
    stands = published.standing(connection)
    indexed: list[tuple[int, str, str]] = []
    belongs: dict[int, int] = {}
    for playbook_id in sorted(i for i in stands.keys() | held.keys() if isinstance(i, int)):
        version_id, parts = stands.get(playbook_id, (0, ()))
        if held.get(playbook_id, []) != published.answers(playbook_id, version_id, parts):
            yield derived(
                "answers",
                text("The answers of playbook {row} differ from what was approved.", row=playbook_id),
                "playbook_answer",
                playbook_id,
            )
            continue
        indexed += [(i, *published.searched(part)) for i, part in zip(entries.get(playbook_id, []), parts, strict=True)]
        belongs.update(dict.fromkeys(entries.get(playbook_id, []), playbook_id))
    try:
        lost = search.differing(connection, indexed)
        whole = bool(lost) or search.is_whole(connection)
    except DBAPIError:
        whole = False
    if not whole:
        yield derived("search", text("The search of playbooks is damaged."), search.INDEX)
        return
    known = {belongs.get(i) for i in lost}
    for found in sorted(i for i in known if i is not None):
        yield derived(
            "search",
            text("The search of playbook {row} differs from what was approved.", row=found),
            search.INDEX,
            found,
        )
    others = {i for ids in entries.values() for i in ids} - belongs.keys()
    if lost - belongs.keys() - others:
        yield derived("search", text("The search finds what was never approved."), search.INDEX)


def files(rows: Rows, location: str) -> Iterator[Problem]:
    """Attachments: what is said of them, and the files themselves, by size and hash."""
    folder = attachments.folder_of(location)
    for one in rows.all("playbook_attachment"):
        if (
            one["kind"] not in attachments.KINDS
            or not re.fullmatch(r"[0-9a-f]{64}", one["sha256"])
            or one["removed"] not in (0, 1)
        ):
            yield wrong("attachment", "Attachment {row} can't be as it is.", "playbook_attachment", one["id"])
            continue
        if one["removed"] and one["name"] == ERASED and not attachments.has(folder, one["sha256"]):
            continue  # deleted on request
        try:
            place = attachments.verified(folder, one["sha256"])
            if place.stat().st_size != one["size"]:
                yield wrong(
                    "attachment", "Attachment {row} has another size than was noted.", "playbook_attachment", one["id"]
                )
        except (UserError, OSError) as error:
            reason = error.message if isinstance(error, UserError) else str(error)
            if attachments.has(folder, one["sha256"]):
                what = text("Attachment {name}: {reason}", name=one["name"], reason=reason)
            else:
                what = text("Attachment {name} is gone from {folder}.", name=one["name"], folder=str(folder))
            yield Problem(key=GONE, what=what, table="playbook_attachment", row=one["id"], advice=FILES)
