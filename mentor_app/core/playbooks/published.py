"""What everybody reads of the playbooks: the parts of each version approved last, as answers and in the search.

Both are computed from versions and reviews, and can be made anew from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from mentor_app.core.playbooks.rules import Part, PlaybookDecision, read_content
from mentor_app.core.playbooks.tables import playbook_answer, playbook_review, playbook_version
from mentor_app.core.store import search

Standing: TypeAlias = dict[int, tuple[int, tuple[Part, ...]]]
"""By playbook: the version that everybody reads, and its parts."""
_DECIDES = (PlaybookDecision.APPROVED, PlaybookDecision.TAKEN_BACK)


def standing(connection: Connection) -> Standing:
    """What stands approved; ValueError, KeyError or TypeError where a version can't be read."""
    r, v = playbook_review.c, playbook_version.c
    decided = (
        select(v.playbook_id, v.id, v.content, r.decision)
        .join(playbook_review, r.version_id == v.id)
        .where(r.decision.in_(_DECIDES))
        .order_by(r.id)
    )
    stands: Standing = {}
    for playbook_id, version_id, stored, decision in connection.execute(decided):
        stands.pop(playbook_id, None)
        if decision == PlaybookDecision.APPROVED:
            stands[playbook_id] = version_id, read_content(stored)[1]
    return stands


def answers(playbook_id: int, version_id: int, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The rows of a version's answers, in order."""
    return [
        {
            "playbook_id": playbook_id,
            "version_id": version_id,
            "position": position,
            "title": part.title,
            "body": part.body,
            "product": part.product,
            "industry": part.industry,
        }
        for position, part in enumerate(parts)
    ]


def searched(part: Part) -> tuple[str, str]:
    """What of an answer is found by its title, and by its text."""
    return " ".join(word for word in (part.title, part.tags, part.product, part.industry) if word), part.body


def publish(connection: Connection, playbook_id: int, version_id: int | None, parts: Sequence[Part] = ()) -> None:
    """Put the parts of a version into the search, in the place of what stood there for this playbook; None: nothing."""
    a = playbook_answer.c
    old = list(connection.execute(select(a.id).where(a.playbook_id == playbook_id)).scalars())
    search.remove(connection, old)
    if old:
        connection.execute(playbook_answer.delete().where(a.playbook_id == playbook_id))
    if version_id is not None:
        search.put(connection, list(_insert(connection, playbook_id, version_id, parts)))


def _insert(
    connection: Connection, playbook_id: int, version_id: int, parts: Sequence[Part]
) -> Iterator[tuple[int, str, str]]:
    for values, part in zip(answers(playbook_id, version_id, parts), parts, strict=True):
        key = connection.execute(playbook_answer.insert().values(**values)).inserted_primary_key
        assert key is not None
        yield int(key[0]), *searched(part)


def publish_all(connection: Connection) -> int:
    """Make all answers and the whole search anew; returns how many answers there are."""
    stands = standing(connection)
    connection.execute(playbook_answer.delete())
    search.clear(connection)
    for playbook_id, (version_id, parts) in sorted(stands.items()):
        publish(connection, playbook_id, version_id, parts)
    return sum(len(parts) for _, parts in stands.values())
