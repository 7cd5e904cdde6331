"""Before two records become one: what would go to whom, what speaks against it, and a backup that has both."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, or_, select

from mentor_app.core.camp.tables import enrolment
from mentor_app.core.errors import Gone, UserError
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.people.tables import crm_name, person, team
from mentor_app.core.personal.merging import check, merge
from mentor_app.core.personal.names import CJK, JOINING, key_of, parts_of
from mentor_app.core.personal.pinyin import spells
from mentor_app.core.personal.queries import held, known_names
from mentor_app.core.personal.rules import USES
from mentor_app.core.store import Actor, Done, Store
from mentor_app.core.store.history import change_set
from mentor_app.core.store.keeping import keep_before_merge
from mentor_app.core.text import Text, text

_STAYS = frozenset({"change_set"})
"""Who did something when is told as it was."""
_TELLING = 3  # letters of a word that is hardly within another by chance


@dataclass(frozen=True, kw_only=True)
class MergePreview:
    """What merging would do: what ``moves`` from the one record to the other, in words; ``against``: what speaks against
    their being one person; ``hindrance``: why it can't be done (yet)."""

    name: str
    into: str
    moves: tuple[Text, ...]
    against: tuple[Text, ...]
    hindrance: Text | None


def preview(connection: Connection, person_id: int, into_id: int) -> MergePreview:
    """What merging ``person_id`` into ``into_id`` would do. Gone where one of them is not there."""
    names = {i: _name(connection, i) for i in (person_id, into_id)}
    counts = held(connection, person_id)
    if connection.execute(select(enrolment.c.id).where(enrolment.c.person_id == into_id)).first():
        counts["enrolment"] = 0  # of what there can be only once that of the other stays
    moves = [text(words, n=counts[name]) for name, words in USES.items() if name not in _STAYS and counts.get(name)]
    known = select(func.count()).select_from(crm_name).where(crm_name.c.person_id == person_id)
    carried = connection.execute(known).scalar_one()
    if carried:
        moves.append(text("CRM names: {n}", n=carried))
    hindrance = None
    try:
        check(connection, person_id, into_id, names[person_id], names[into_id])
    except UserError as error:
        hindrance = error.message
    return MergePreview(
        name=names[person_id],
        into=names[into_id],
        moves=tuple(moves),
        against=tuple(_against(connection, person_id, into_id)),
        hindrance=hindrance,
    )


def merge_backed_up(store: Store, actor: Actor, person_id: int, into_id: int, now: dt.datetime) -> Done[Path | None]:
    """Merge two records once a backup has both; its result is that backup (None on a server, which is backed up there).

    UserError where they can't be one, or the store can't be backed up; then nothing is merged.
    """
    with store.read() as connection:
        check(connection, person_id, into_id, _name(connection, person_id), _name(connection, into_id))
    kept = keep_before_merge(store, now)
    done = store.act(actor, merge, person_id, into_id)
    return Done(kept, done.changed, done.change_set_id)


def _name(connection: Connection, person_id: int) -> str:
    name = connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar()
    if name is None:
        raise Gone
    return str(name)


def _against(connection: Connection, one: int, other: int) -> list[Text]:
    """What is seldom so of two records of one person."""
    said, p = _told_apart(connection, one, other), pairing.c
    if all(
        connection.execute(
            select(p.id).where(or_(p.apprentice_id == i, p.mentor_id == i), p.ended_on.is_(None)).limit(1)
        ).first()
        for i in (one, other)
    ):
        said.append(text("Both have running pairings."))
    of = select(person.c.id, team.c.name).join(team, team.c.id == person.c.team_id).where(person.c.id.in_((one, other)))
    teams = {row[0]: row[1] for row in connection.execute(of)}
    if len(set(teams.values())) > 1:
        said.append(text("They are in different teams: {one} and {other}.", one=teams[one], other=teams[other]))
    if all(
        connection.execute(select(change_set.c.id).where(change_set.c.actor_id == i).limit(1)).first()
        for i in (one, other)
    ):
        said.append(text("Both have worked here under their own names."))
    return said


def _told_apart(connection: Connection, one: int, other: int) -> list[Text]:
    """What their records say of them that differs."""
    columns = select(person.c.id, person.c.name, person.c.code, person.c.hired_on).where(person.c.id.in_((one, other)))
    rows, names = {row.id: row for row in connection.execute(columns)}, known_names(connection)
    a, b, said = rows[one], rows[other], list[Text]()
    if not _may_name_one(names[one], names[other]):
        said.append(text("Their names have no word in common: {one} and {other}.", one=a.name, other=b.name))
    if a.code and b.code and key_of(a.code) != key_of(b.code):
        said.append(text("Their employee numbers differ: {one} and {other}.", one=a.code, other=b.code))
    if a.hired_on and b.hired_on and a.hired_on != b.hired_on:
        said.append(text("Their hire dates differ: {one} and {other}.", one=str(a.hired_on), other=str(b.hired_on)))
    return said


def _may_name_one(names: Collection[str], others: Collection[str]) -> bool:
    """Whether one of these and one of the others have a word in common, an initial of it, or a word within another
    ("jweber"), or are the same in characters and in Latin letters."""
    return any(_alike(one, other) or _alike(other, one) for one in names for other in others)


def _alike(name: str, other: str) -> bool:
    words, theirs = _words(name), _words(other)
    whole = "".join(theirs)
    return any(
        word in theirs
        or (len(word) == 1 and any(one.startswith(word) for one in theirs))
        or (len(word) >= _TELLING and word in whole)
        or any(spells(word, one) for one in theirs)
        for word in (*words, "".join(words))
    )


def _words(name: str) -> list[str]:
    """The keys of the words of a name; of one in characters, which has no blanks, each of these."""
    words = [part for word in parts_of(name) for part in JOINING.split(word)]
    return [key for word in words for one in re.findall(f"[{CJK}]|[^{CJK}]+", word) if (key := key_of(one))]
