"""Reading playbooks: obligations, one playbook with its versions and what was said, the search, what readers found."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from mentor_app.core.errors import Gone
from mentor_app.core.people.tables import person, team
from mentor_app.core.playbooks import rules
from mentor_app.core.playbooks.rules import Form, Kind, Part, PlaybookDecision, PlaybookState, read_content, read_kind
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
from mentor_app.core.store import search
from mentor_app.core.store.records import read_all, read_dict


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """One playbook as lists show it; ``state`` is *out_of_date* where the approval is older than its kind allows."""

    id: int
    kind: Kind
    owner_id: int
    owner: str
    team: str | None
    title: str
    due_on: dt.date | None
    state: PlaybookState
    written: int
    """Parts with text."""
    wanted: int
    """Parts of the template, or the goal of entries."""
    approved_on: dt.date | None
    helped: int
    not_helped: int

    @property
    def owed(self) -> bool:
        """Whether somebody still has to write on it."""
        return self.state in (
            PlaybookState.NOT_STARTED,
            PlaybookState.DRAFT,
            PlaybookState.CHANGES,
            PlaybookState.OUT_OF_DATE,
        )


@dataclass(frozen=True)
class DraftPart:
    """A part as it is being written."""

    id: int
    version: int
    part: Part


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a reviewer said: the decision, or a comment at a passage of a part (its position)."""

    version: int
    decision: PlaybookDecision
    part: int | None
    passage: str | None
    words: str | None
    by: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version as it was handed in."""

    id: int
    number: int
    by: str
    at: dt.datetime
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A playbook with everything: what is being written, all versions (the newest first), all that was said."""

    playbook: Playbook
    parts: tuple[DraftPart, ...]
    versions: tuple[Version, ...]
    said: tuple[Said, ...]
    approved: int | None
    """The number of the version everybody reads."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An answer found: who wrote it, where it stands, how well it fits, how readers liked it."""

    id: int
    playbook_id: int
    question: str
    answer: str
    author: str
    playbook: str
    version: int
    product: str | None
    industry: str | None
    score: float
    helped: int
    not_helped: int
    outdated: bool


def kinds(connection: Connection) -> list[tuple[int, int, Kind]]:
    """(id, row version, kind) of all kinds, as they were added."""
    c = playbook_kind.c
    rows = connection.execute(select(c.id, c.version, c.key, c.definition).order_by(c.id))
    return [(row.id, row.version, read_kind(row.key, row.definition)) for row in rows]


def playbooks(
    connection: Connection, today: dt.date, owner_id: int | None = None, playbook_id: int | None = None
) -> list[Playbook]:
    """All playbooks (of one owner, or one), what is owed first, the earliest due first."""
    p = playbook.c
    known = {kind_id: kind for kind_id, _, kind in kinds(connection)}
    written: dict[int, int] = read_dict(
        connection,
        select(playbook_part.c.playbook_id, func.count())
        .where(func.trim(playbook_part.c.body) != "")
        .group_by(playbook_part.c.playbook_id),
    )
    approved: dict[int, dt.datetime] = {}
    r, v = playbook_review.c, playbook_version.c
    decided = (
        select(v.playbook_id, r.decision, r.at)
        .join(playbook_version, v.id == r.version_id)
        .where(r.decision.in_((PlaybookDecision.APPROVED, PlaybookDecision.TAKEN_BACK)))
        .order_by(r.id)
    )
    for row_id, decision, at in connection.execute(decided):
        if decision == PlaybookDecision.APPROVED:
            approved[row_id] = at
        else:
            approved.pop(row_id, None)
    votes = _votes(connection)
    statement = (
        select(
            p.id,
            p.kind_id,
            p.owner_id,
            person.c.name.label("owner"),
            team.c.name.label("team"),
            p.title,
            p.due_on,
            p.state,
        )
        .join(person, person.c.id == p.owner_id)
        .outerjoin(team, team.c.id == person.c.team_id)
    )
    if owner_id is not None:
        statement = statement.where(p.owner_id == owner_id)
    if playbook_id is not None:
        statement = statement.where(p.id == playbook_id)
    rows = []
    for row in connection.execute(statement):
        kind, state = known[row.kind_id], PlaybookState(row.state)
        at = approved.get(row.id)
        old = at is not None and rules.out_of_date(at.date(), kind, today)
        shown = PlaybookState.OUT_OF_DATE if state == PlaybookState.APPROVED and old else state
        yes, no = votes.get(row.id, (0, 0))
        wanted = kind.goal if kind.form == Form.ENTRIES else len(kind.template)
        rows.append(
            Playbook(
                id=row.id,
                kind=kind,
                owner_id=row.owner_id,
                owner=row.owner,
                team=row.team,
                title=row.title,
                due_on=row.due_on,
                state=shown,
                written=written.get(row.id, 0),
                wanted=wanted,
                approved_on=at.date() if at else None,
                helped=yes,
                not_helped=no,
            )
        )
    return sorted(rows, key=lambda b: (not b.owed, b.due_on is None, b.due_on or today, b.title, b.id))


def _part(row: Any) -> Part:
    return Part(
        title=row.title, body=row.body, product=row.product, industry=row.industry, stage=row.stage, tags=row.tags
    )


def _version(row: Any) -> Version:
    title, parts = read_content(row.content)
    return Version(id=row.id, number=row.number, by=row.by, at=row.at, title=title, parts=parts)


def _votes(connection: Connection) -> dict[int, tuple[int, int]]:
    c = playbook_helpful.c
    votes: dict[int, tuple[int, int]] = {}
    for row_id, n, yes in connection.execute(
        select(c.playbook_id, func.count(), func.sum(c.helpful)).group_by(c.playbook_id)
    ):
        votes[row_id] = int(yes or 0), int(n) - int(yes or 0)
    return votes


def whole(connection: Connection, playbook_id: int, today: dt.date) -> Whole:
    """One playbook with everything. UserError when it is not there."""
    matches = playbooks(connection, today, playbook_id=playbook_id)
    if not matches:
        raise Gone
    c = playbook_part.c
    parts = select(c.id, c.version, c.title, c.body, c.product, c.industry, c.stage, c.tags).where(
        c.playbook_id == playbook_id
    )
    drafts = tuple(
        DraftPart(row.id, row.version, _part(row)) for row in connection.execute(parts.order_by(c.position, c.id)).all()
    )
    v = playbook_version.c
    handed = (
        select(v.id, v.number, person.c.name.label("by"), v.at, v.content)
        .join(person, person.c.id == v.by_id)
        .where(v.playbook_id == playbook_id)
        .order_by(v.number.desc())
    )
    versions = tuple(_version(row) for row in connection.execute(handed))
    r = playbook_review.c
    words = (
        select(
            v.number.label("version"),
            r.decision,
            r.part,
            r.passage,
            r.words,
            person.c.name.label("by"),
            r.at,
        )
        .join(playbook_version, v.id == r.version_id)
        .join(person, person.c.id == r.by_id)
        .where(v.playbook_id == playbook_id)
        .order_by(r.id)
    )
    said = tuple(read_all(connection, words, Said))
    last = [one for one in said if one.decision in (PlaybookDecision.APPROVED, PlaybookDecision.TAKEN_BACK)]
    approved = last[-1].version if last and last[-1].decision == PlaybookDecision.APPROVED else None
    return Whole(playbook=matches[0], parts=drafts, versions=versions, said=said, approved=approved)


def tracks(connection: Connection) -> tuple[list[str], list[str]]:
    """(products, industries) that answers are about, for the filters."""
    a = playbook_answer.c
    return _distinct(connection, a.product), _distinct(connection, a.industry)


def _distinct(connection: Connection, column: ColumnElement[Any]) -> list[str]:
    return list(connection.execute(select(column).where(column.is_not(None)).distinct().order_by(column)).scalars())


def find(
    connection: Connection,
    words: str,
    today: dt.date,
    limit: int = 20,
    product: str | None = None,
    industry: str | None = None,
) -> list[Hit]:
    """The approved answers that fit best, the best first."""
    among, values = [], {}
    if product:
        among.append("a.product = :product")
        values["product"] = product
    if industry:
        among.append("a.industry = :industry")
        values["industry"] = industry
    scores = dict(search.find(connection, words, limit, " AND ".join(among), **values))
    if not scores:
        return []
    a, v = playbook_answer.c, playbook_version.c
    statement = (
        select(
            a.id,
            a.playbook_id,
            a.title,
            a.body,
            person.c.name.label("author"),
            playbook.c.title.label("playbook"),
            v.number,
            a.product,
            a.industry,
            v.at,
            playbook.c.kind_id,
        )
        .join(playbook, playbook.c.id == a.playbook_id)
        .join(playbook_version, v.id == a.version_id)
        .join(person, person.c.id == playbook.c.owner_id)
        .where(a.id.in_(list(scores)))
    )
    known = {kind_id: kind for kind_id, _, kind in kinds(connection)}
    rows = connection.execute(statement).all()
    c = playbook_helpful.c
    votes: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    asked = select(c.playbook_id, c.question, c.helpful).where(c.playbook_id.in_({row.playbook_id for row in rows}))
    for playbook_id, question, helpful in connection.execute(asked):
        votes[playbook_id, question][0 if helpful else 1] += 1
    hits = []
    for row in rows:
        yes, no = votes[row.playbook_id, row.title]
        old = rules.out_of_date(row.at.date(), known[row.kind_id], today)
        hits.append(
            Hit(
                id=row.id,
                playbook_id=row.playbook_id,
                question=row.title,
                answer=row.body,
                author=row.author,
                playbook=row.playbook,
                version=row.number,
                product=row.product,
                industry=row.industry,
                score=scores[row.id],
                helped=yes,
                not_helped=no,
                outdated=old,
            )
        )
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))


def alike(connection: Connection, question: str, playbook_id: int) -> list[str]:
    """Questions of other playbooks that everybody reads and that say nearly the same, the likest first."""
    a = playbook_answer.c
    near = [i for i, _ in search.find(connection, question, 30, "a.playbook_id <> :own", own=playbook_id)]
    rows = connection.execute(select(a.id, a.title).where(a.id.in_(near))).all()
    return [title for _, title, _ in rules.nearly_the_same(question, [(row.id, row.title) for row in rows])]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a playbook."""

    id: int
    name: str
    kind: str
    size: int
    sha256: str


def attachments_of(connection: Connection, playbook_id: int) -> list[Attachment]:
    """The files of a playbook, by name."""
    c = playbook_attachment.c
    statement = select(c.id, c.name, c.kind, c.size, c.sha256).where(c.playbook_id == playbook_id, c.removed == 0)
    return read_all(connection, statement.order_by(c.name, c.id), Attachment)


def approved_version(connection: Connection, playbook_id: int, before: int | None = None) -> int | None:
    """The version everybody reads: the newest approved one, unless that approval was taken back.

    ``before``: as it was before the review with this id.
    """
    r, v = playbook_review.c, playbook_version.c
    statement = (
        select(r.version_id, r.decision)
        .join(playbook_version, v.id == r.version_id)
        .where(v.playbook_id == playbook_id, r.decision.in_((PlaybookDecision.APPROVED, PlaybookDecision.TAKEN_BACK)))
        .order_by(r.id.desc())
        .limit(1)
    )
    if before is not None:
        statement = statement.where(r.id < before)
    row = connection.execute(statement).one_or_none()
    return None if row is None or row.decision == PlaybookDecision.TAKEN_BACK else int(row.version_id)


def parts_of(connection: Connection, playbook_id: int) -> list[Part]:
    """The parts being written, in order."""
    c = playbook_part.c
    statement = select(c.title, c.body, c.product, c.industry, c.stage, c.tags).where(c.playbook_id == playbook_id)
    return read_all(connection, statement.order_by(c.position, c.id), Part)
