"""Writing opportunities: one import is one transaction and one change set."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.imports import Imported, note_file
from mentor_app.core.people.actions import NEW_PERSON, Meant, add_owners, assign_crm_names
from mentor_app.core.people.rules import checked_name, match_key
from mentor_app.core.people.tables import crm_name
from mentor_app.core.pipeline import look_alikes, rules
from mentor_app.core.pipeline.orders_of_parts import as_stored
from mentor_app.core.pipeline.rules import KEY_MARK, Batch, ImportedDeals
from mentor_app.core.pipeline.salesforce import Forms
from mentor_app.core.pipeline.tables import import_mapping, opportunity, owner_digest
from mentor_app.core.pipeline.writing import Deals
from mentor_app.core.store import Actor, Session, bulk
from mentor_app.core.store.action import INVERSE, action
from mentor_app.core.store.bulk import indexes_built_last
from mentor_app.core.text import N_


@action(
    "pipeline.import",
    title=N_("Opportunities imported from a file"),
    undo=INVERSE,
    formerly=("pipeline.import_opportunities",),
    beside="A file stands over what was there: it is read, shown and confirmed first, and names what it changes.",
)
def import_opportunities(  # noqa: PLR0913  # all that is said of one file
    session: Session,
    actor: Actor,
    batches: Iterable[Batch],
    *,
    today: dt.date,
    only_good_rows: bool = False,
    dry_run: bool = False,
    add_people: bool = True,
    owners: Mapping[str, Meant] | None = None,
    renamed: Mapping[int | None, int] | None = None,
    progress: Callable[[int], None] = lambda rows: None,
    told: Callable[[ImportedDeals], None] = lambda result: None,
    file: str = "",
) -> ImportedDeals:
    """Add new opportunities, update changed ones, leave equal ones alone.

    All rows or none, unless ``only_good_rows``. ``owners`` says which person a CRM name means (None: nobody,
    NEW_PERSON: somebody to add; a text: whoever that other name of the file means); other unknown names become people when ``add_people``. ``dry_run`` does everything
    and takes it back. Rows that may be a deal of the store that was corrected are that deal where ``renamed`` says -1 of the row (of None: of
    all others), the first or second of those that they may be where it says 1 or 2, new ones where it says 0; as long as it isn't said of each, or can't be so, nothing is written. ``progress`` is told how many rows are
    read, also while they are written; it may raise to stop. ``told`` hears the outcome before anything is committed, and may raise. ``file``: what it is called.
    """
    result = ImportedDeals()
    empty = session.connection.execute(select(opportunity.c.id).limit(1)).first() is None
    book = _Owners(session, actor, result, add_people, owners or {})
    forms, keys = Forms(session, empty), _Keys(session, empty)
    seen: dict[str, int] = {}
    unsure = look_alikes.Unsure()
    deals = Deals(session, result, seen, empty, unsure, renamed or {})
    if not empty:
        batches = _compared(session, batches, progress, unsure)
    with indexes_built_last(session.connection, opportunity, when=empty):
        for batch in batches:
            result.read += len(batch.rows) + len({p.row for p in batch.problems})
            result.rejected += batch.problems
            forms.settle(batch, seen)
            keys.settle(batch, seen)
            rules.reject_bad_rows(batch, seen, today, result.rejected)
            result.totals.add(batch)
            deals.write(batch, book.ids(batch.owner))
            progress(result.read)
    deals.finish(lambda: progress(result.read))
    progress(result.read)
    session.touch(owner_digest)
    result.rejected.sort(key=lambda problem: problem.row)
    result.applied = not dry_run and (only_good_rows or not result.rejected)
    told(result)
    result.applied = result.applied and not (result.unnumbered or result.undecided)
    if not result.applied:
        session.discard()
    counts = {"added": result.new, "updated": result.updated, "unchanged": result.unchanged}
    held = deals.deals_held() if result.applied and file and result.new + result.updated else None
    note_file(session, file, **counts, rejected=len({problem.row for problem in result.rejected}), deals_held=held)
    return result


@action(
    "pipeline.remember_mapping",
    title=N_("Reading of a file remembered"),
    undo=INVERSE,
    aside=True,
    beside="Done in passing: how the file read last was understood.",
)
def remember_mapping(session: Session, actor: Actor, headers: str, mapping: dict[str, Any]) -> None:
    """Keep how a file with these headers (a signature) was read, for the next one."""
    row_id = session.connection.execute(select(import_mapping.c.id).where(import_mapping.c.headers == headers)).scalar()
    written = json.dumps(mapping, ensure_ascii=False, sort_keys=True)
    if row_id is None:
        session.insert(import_mapping, {"headers": headers, "mapping": written})
    else:
        session.update(import_mapping, row_id, {"mapping": written})


def _compared(
    session: Session,
    batches: Iterable[Batch],
    progress: Callable[[int], None],
    unsure: look_alikes.Unsure,
) -> Iterable[Batch]:
    """The rows of a file whose identity is several columns, each with the key of the deal of the store that it means; ``unsure`` gets what is not
    sure."""
    rest, read, rows = iter(batches), list[Batch](), 0
    for batch in rest:
        read.append(batch)
        if batch.key and KEY_MARK not in batch.key[0]:
            return chain(read, rest)
        rows += len(batch.rows)
        progress(rows)
    as_stored(session.connection, read)
    found = look_alikes.settle(session, read)
    unsure.keys, unsure.may_be = found.keys, found.may_be
    return read


class _Keys:
    """Which deal a key means. Programs write one number as 7, 00007 (as a workbook shows it) or with full-width
    figures (which are plain ones here already): these are one deal, under
    the name it was first given. Only where the store holds them apart they are several."""

    def __init__(self, session: Session, empty: bool) -> None:
        self._connection, self._empty = session.connection, empty
        self._padded: dict[str, str] = {}
        """A number without zeros in front → the key with them, of the store and of the rows before."""
        if not empty:
            column = opportunity.c.key
            for key in session.connection.execute(select(column).where(column >= "0", column < "1")).scalars():
                self._note(key)

    def settle(self, batch: Batch, before: Container[str]) -> None:
        """Give the rows of a batch the keys of the deals they mean; ``before`` are the keys of earlier rows."""
        keys, here = batch.key, set(batch.key)
        padded = {key for key in keys if key[:1] == "0" and _bare(key) != key}
        wanted = padded | {bare for bare in map(_bare, padded) if bare in here} | (self._padded.keys() & here)
        if not wanted and not batch.written:
            return
        asked = wanted | {_bare(key) for key in wanted} | set(batch.written.values())
        held: set[str] = set()
        if not self._empty:
            held = {row[0] for row in bulk.find(self._connection, opportunity, "key", sorted(asked), ["key"])}
        for i, (row, key) in enumerate(zip(batch.rows, keys, strict=True)):
            if key not in wanted and row not in batch.written:
                continue
            written = batch.written.get(row, key)
            meant = self._meant(key, written, held, lambda one: one in held or one in before or one in here)
            if meant != key:
                batch.written.setdefault(row, key)
                keys[i] = meant
            self._note(meant)

    def _meant(self, key: str, written: str, held: Container[str], known: Callable[[str], bool]) -> str:
        if key in held or (written != key and written in held):
            return key if key in held else written
        bare = _bare(key)
        if bare != key and known(bare):
            return bare
        return self._padded.get(bare, key)

    def _note(self, key: str) -> None:
        bare = _bare(key)
        if bare != key and self._padded.setdefault(bare, key) != key:
            self._padded[bare] = bare  # 07 and 007 are held apart: 7 is neither


def _bare(key: str) -> str:
    """A number without zeros in front; any other key as it is."""
    return key.lstrip("0") or "0" if key[:1] == "0" and key.isascii() and key.isdigit() else key


class _Owners:
    """Which crm_name row an owner's name means; looked up once for each distinct name, unknown ones are made."""

    def __init__(
        self, session: Session, actor: Actor, result: Imported, add_people: bool, chosen: Mapping[str, Meant]
    ) -> None:
        self._session, self._actor, self._result, self._add = session, actor, result, add_people
        self._same = _same_people(chosen)
        self._chosen = {match_key(name): who for name, who in chosen.items() if not isinstance(who, str)}
        statement = select(crm_name.c.match, crm_name.c.id, crm_name.c.person_id)
        rows = session.connection.execute(statement).all()
        self._ids: dict[str, int] = {row[0]: row[1] for row in rows}
        self._by_name: dict[str, int] = {}
        names = {match_key(name): name for name in chosen}
        held = {match: person_id for match, _, person_id in rows}
        left = {
            names[match]: person_id
            for match, person_id in self._chosen.items()
            if match in held
            and held[match] != person_id
            and (held[match] is None or person_id not in (None, NEW_PERSON))
        }
        assign_crm_names(session, actor, left)
        result.people_added += [name for name, person_id in left.items() if person_id == NEW_PERSON]
        for match in self._same.keys() & held.keys():
            if held[match] is None:
                assign_crm_names(session, actor, {names[match]: self._person_called(self._same[match])})

    def ids(self, names: Sequence[str]) -> list[int]:
        """The crm_name id of each name."""
        unseen = {name: match_key(name) for name in dict.fromkeys(names) if name not in self._by_name}
        strangers: dict[str, str] = {}
        for name, match in unseen.items():
            if match not in self._ids:
                strangers.setdefault(match, name)
        if strangers:
            self._make(list(strangers.values()))
        self._by_name |= {name: self._ids[match] for name, match in unseen.items()}
        return list(map(self._by_name.__getitem__, names))

    def _person_called(self, name: str) -> int | None:
        """Whom a name of the file means, somebody new included."""
        if match_key(name) not in self._ids:
            self._make([name])
        row_id = self._ids[match_key(name)]
        found: int | None = self._session.connection.execute(
            select(crm_name.c.person_id).where(crm_name.c.id == row_id)
        ).scalar()
        return found

    def _make(self, names: list[str]) -> None:
        default = NEW_PERSON if self._add else None
        same = [name for name in names if match_key(name) in self._same]
        self._chosen |= {match_key(name): self._person_called(self._same[match_key(name)]) for name in same}
        names = [name for name in names if match_key(name) not in self._ids]
        added = [name for name in names if self._chosen.get(match_key(name), default) == NEW_PERSON]
        if added:
            made = add_owners(self._session, self._actor, added)
            self._ids |= {match_key(name): row_id for name, row_id in made.items()}
            self._result.people_added += added
        for name in names:
            match = match_key(name)
            if match not in self._ids:
                values = {"name": checked_name(name), "match": match, "person_id": self._chosen.get(match)}
                self._ids[match] = self._session.insert(crm_name, values)


def _same_people(chosen: Mapping[str, Meant]) -> dict[str, str]:
    """Names of which was said that they mean whom another one does → the last of these; UserError where they go in a circle."""
    said = {match_key(name): who for name, who in chosen.items() if isinstance(who, str)}
    found = {}
    for match, who in said.items():
        way = [match]
        last = who
        while match_key(last) in said:
            if match_key(last) in way:
                raise UserError("{name} can't mean whom {other} means, and the other way round.", name=who, other=last)
            way.append(match_key(last))
            last = said[match_key(last)]
        found[match] = last
    return found
