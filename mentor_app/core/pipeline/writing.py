"""The deals of a file into the store: new ones, changed ones, and those that may be known ones corrected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, compress, takewhile
from typing import Any

from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.pipeline import digest
from mentor_app.core.pipeline.choices import Choices
from mentor_app.core.pipeline.held import File, bits
from mentor_app.core.pipeline.less_in_common import begun_alike, left_over, went_on
from mentor_app.core.pipeline.look_alikes import Numbers, Unsure
from mentor_app.core.pipeline.missed import Earlier, Gone, gone
from mentor_app.core.pipeline.older import Age
from mentor_app.core.pipeline.other_deal import called_otherwise, hardly_the_same, says_much_else
from mentor_app.core.pipeline.other_key import moved, same_otherwise, to_look_at, written_otherwise
from mentor_app.core.pipeline.renamed import (
    Pair,
    Row,
    deals,
    near,
    new_names,
    of_customers,
    pairs,
    pairs_and_more,
)
from mentor_app.core.pipeline.rules import KEY_MARK, REST, Batch, ImportedDeals
from mentor_app.core.pipeline.scaled import Scales
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.pipeline.telling import Telling
from mentor_app.core.ramp.outcome import LOST, OPEN, WON
from mentor_app.core.store import Session, bulk


class Deals:
    """What the rows of a file come to. Rows that are new by their identity wait for the end: only then is known which deals are gone
    from the file, and may be the same."""

    def __init__(
        self,
        session: Session,
        result: ImportedDeals,
        seen: dict[str, int],
        empty: bool,
        unsure: Unsure,
        corrected: Mapping[int | None, int],
    ) -> None:
        self._session, self._result, self._seen, self._empty = session, result, seen, empty
        self._unsure, self._corrected = unsure, corrected
        self._telling = Telling(session.connection, result, seen)
        self._ledger = digest.Ledger()
        self._age, self._scales = Age(), Scales()
        self._names: list[str] = []
        self._inserted: list[range] = []
        """The ids of what was inserted."""
        self._missed: Sequence[int] = ()
        self._held: list[Row] = []
        """Rows that are new by their identity."""
        self._changed: list[Pair] = []
        """Rows whose identity is made of several columns, and of which the deals that have it say something else."""
        self._doubted: list[Pair] = []
        """Rows whose identity is known, but which are hardly the same deal."""
        self._refused: set[str] = set()
        self._otherwise: set[str] = set()
        """The keys of deals whose identity is only written otherwise in the file."""
        self._found = 0
        """Rows of the file that are known by an identity of several columns."""
        self._open_here, self._has_ended = 0, False
        """How many of these were open, and whether any row of the file is not."""
        self._composed = False
        self._unsaid: frozenset[str] = frozenset()
        self._ends_expected = False

    def write(self, batch: Batch, owner_ids: list[int]) -> None:
        """Insert the new rows of one batch, or hold them back; update the changed ones."""
        self._refused.update(batch.refused)
        self._unsaid, self._ends_expected = batch.unsaid, batch.ends_expected
        columns: dict[str, Sequence[Any]] = {"key": batch.key, **batch.columns, "owner_id": owner_ids}
        self._names = names = list(columns)
        if not batch.key:
            return
        if not self._empty:
            self._age.see(columns["opened_on"], () if batch.ends_expected else columns["closed_on"])
        self._composed = self._composed or KEY_MARK in batch.key[0]
        self._has_ended = self._has_ended or any(status != OPEN for status in batch.columns["status"])
        known = [] if self._empty else bulk.find(self._session.connection, opportunity, "key", batch.key, names)
        if known:
            self._found += len(known)
            at = names.index("status")
            self._open_here += sum(row[at] == OPEN for row in known)
            same = set(known)
            rows = [row for row in zip(*columns.values(), strict=True) if row not in same]
            kept = {row[0]: row for row in known} if rows else {}
            if self._ends_expected:
                rows = [self._as_ended(names, row, kept[row[0]]) if row[0] in kept else row for row in rows]
            if self._unsaid or self._ends_expected:
                rows = [row for row in rows if row[0] not in kept or self._whole(names, row, kept[row[0]]) not in same]
            self._result.unchanged += len(batch.key) - len(rows)
            self._update_known([row for row in rows if row[0] in kept], kept)
            new = [row for row in rows if row[0] not in kept]
            columns = dict(zip(names, zip(*new, strict=True), strict=True)) if new else dict.fromkeys(names, ())
        if self._empty:
            self._insert(columns)
        else:
            self._held += zip(*columns.values(), strict=True)

    def finish(self, goes_on: Callable[[], object] = lambda: None) -> None:
        """Write what was held back: as the deals that the rows may be where these are ``corrected``, where 0 says so as
        new ones; where that was not said of each, only what need not be asked. Say which deals are not in the file; bring the digests up to date.

        ``goes_on`` is called between the steps, which may take seconds each, and may raise to stop."""
        if not self._empty and self._names:
            self._write_held(goes_on)
            goes_on()
            self._result.older = self._age.shown(self._session.connection)
            self._result.scaled = self._scales.found()
            self._telling.currency(self._names)
        self._ledger.apply(self._session.connection)

    def deals_held(self) -> str:
        """Which deals the file holds, and which are missed in it, as it is kept for the files to come."""
        held: Iterable[int] = chain.from_iterable(self._inserted)
        if not self._empty:
            others = self._refused | self._otherwise
            in_file = self._seen.keys() | others if others else self._seen
            rows = self._session.connection.execute(select(opportunity.c.id, opportunity.c.key))
            held = [row_id for row_id, key in rows if key in in_file]
        missed = bits(self._missed)  # of deals called alike, a row may have the key of one and be another
        return File(held=bits(held) & ~missed, missed=missed).written()

    def _write_held(self, goes_on: Callable[[], object]) -> None:
        connection, names = self._session.connection, self._names
        in_file = self._seen.keys() | self._refused if self._refused else self._seen
        earlier = Earlier(connection)
        away = gone(connection, earlier, in_file, found=self._found, composed=self._composed)
        changed, self._changed = self._changed, []
        self._take_known(changed, away)
        if self._composed and self._held:
            away = self._respelled(away, earlier)
        goes_on()
        found = same_otherwise(connection, names, self._held, in_file)
        goes_on()
        self._result.moved = moved(names, [one for one in self._doubted if KEY_MARK not in one.new[0]])
        self._let_go(found)
        looked = to_look_at(connection, names, self._held, in_file, found, away, earlier)
        also, looked = pairs_and_more(connection, names, self._held, looked, earlier)
        self._let_go(also)
        goes_on()
        found += also
        away = earlier.with_found(away, {one.id for one in found})
        found += self._of_renamed_customers(looked, found)
        if self._composed:
            while more := self._with_less_in_common(away, found):
                found += more
                away = earlier.with_found(away, {one.id for one in more})
            found += self._of_renamed_customers(looked, found)
        self._scales.see(names, found)
        shown = {one.new[0] for one in found + self._doubted}
        told = partial(self._told, shown)
        choices = self._choices(away.and_those(looked), found, told)
        found = self._chosen(choices, found, told)
        said = {one: told(one) for one in found}
        self._telling.corrected(names, said, choices, partial(self._whole, names))
        self._write_chosen(said)
        goes_on()
        self._held.sort(key=lambda row: self._seen[row[0]])
        if self._held:
            self._insert(dict(zip(names, zip(*self._held, strict=True), strict=True)))
        paired = {one.id for one in found if said[one] != 0}
        missed = [row_id for row_id in away.missed if row_id not in paired]
        others = [one.id for one in self._doubted if one.id not in paired]
        missed += earlier.apart(others).missed
        if looked.missed:  # by other identities
            earlier.holds(one.id for one in found)
            missed += earlier.apart(looked.but(paired.union(missed)).all).missed
        self._missed, self._result.newly_missed = earlier.newly_first(missed)
        known = dict(deals(connection, names, self._missed))
        rows = [known[row_id] for row_id in self._missed]
        self._telling.missed(names, rows)
        self._age.see_missing(names, rows)

    def _of_renamed_customers(self, looked: Gone, found: Sequence[Pair]) -> list[Pair]:
        """The rows still held back that are perhaps deals of customers which the rows ``found`` call otherwise: a deal may have gone on in the very
        file that corrects its customer."""
        customers = new_names(self._names, found)
        if not customers or not self._held:
            return []
        connection, names = self._session.connection, self._names
        theirs = of_customers(connection, looked.but({one.id for one in found}), list(customers))
        more = pairs(connection, names, self._held, theirs, customers)
        self._let_go(more)
        return more

    def _with_less_in_common(self, away: Gone, found: Sequence[Pair]) -> list[Pair]:
        """The rows still held back that are perhaps deals, by what little they have in common; ``found`` are those that have more."""
        connection, names = self._session.connection, self._names
        rest = away.but({one.id for one in found})
        few = left_over(connection, names, self._held, rest.missed, self._found + len(found))
        self._let_go(few)
        rest = rest.but({one.id for one in few})
        alike = begun_alike(connection, names, self._held, [*rest.missed, *rest.elsewhere])
        self._let_go(alike)
        rest = rest.but({one.id for one in alike})
        on = went_on(connection, names, self._held, rest.missed, self._open_here if self._has_ended else 0)
        self._let_go(on)
        return few + alike + on

    def _told(self, shown: Collection[str], one: Pair) -> int | None:
        """What was said of a row that may be a deal. What was said of all is said of those (by their keys) that were ``shown`` before; of all
        others, that of REST."""
        of_all = self._corrected.get(None if one.new[0] in shown else REST)
        return self._corrected.get(self._seen[one.new[0]], of_all)

    def _chosen(self, choices: Choices, offered: Sequence[Pair], told: Callable[[Pair], int | None]) -> list[Pair]:
        """The rows that may be deals, each with the one that was said of it; then those that may be deals of which was said that the rows first offered are
        others; round by round, as these are declined, too."""
        found, every, asked = list[Pair](), list[Pair](), [*self._doubted, *offered]
        ids = {one.new[0] for one in self._doubted if KEY_MARK not in one.new[0]}
        choices.offer([one for one in asked if one.new[0] not in ids])
        while True:
            every += asked
            asked = [*found, *asked]
            known = {one.new[0] for one in self._doubted}
            found = choices.settle(asked, known)
            settled = known.union(one.new[0] for one in found)
            self._held += [one.new for one in asked if one.new[0] not in settled]
            kept = {one.id for one in found if told(one) != 0}
            given = {one.id for one in found if told(one)}
            free = [one for one in every if one.id not in kept]
            keys = {one.old[0] for one in free}
            doubted = [one.id in given or self._is_less_like(one, keys) for one in self._changed]
            asked = list(compress(self._changed, doubted))
            self._changed = [one for one, held in zip(self._changed, doubted, strict=True) if not held]
            self._doubted += asked
            asked += self._offered_next(free)
            if not asked:
                asked = choices.said([row for row in self._held if self._is_said(row[0])])
                self._let_go(asked)
            if not asked:
                return found
            choices.offer(asked)
            self._check_which(asked, choices, told)

    def _check_which(self, asked: Sequence[Pair], choices: Choices, told: Callable[[Pair], int | None]) -> None:
        """UserError where a row that is offered a deal only once others were answered is said to be that one: with other answers it would be another."""
        for one in asked:
            if told(one) == -1 and not choices.is_sure_of(one):
                row = self._seen[one.new[0]]
                raise UserError("Row {row} may be one of several deals: say which (--renamed {row}=1).", row=row)

    def _is_said(self, key: str) -> bool:
        """Whether something was said of a row by itself; one that has an id of one column is no other deal than that has."""
        return KEY_MARK in key and self._seen[key] in self._corrected

    def _is_less_like(self, one: Pair, keys: Collection[str]) -> bool:
        """Whether the deal that a row surely is is less like it than one of these."""
        liker = takewhile(one.old[0].__ne__, self._unsure.may_be.get(one.new[0], ()))
        return any(key in keys for key in liker)

    def _choices(self, away: Gone, found: Sequence[Pair], told: Callable[[Pair], int | None]) -> Choices:
        """What rows may be: deals that are ``away``, or that other rows are, of which that is doubted; but none that another surely is. Some were ``found`` to
        look like deals."""
        known = {one.old[0] for one in (*self._doubted, *self._changed)}
        alike = {key for several in self._unsure.may_be.values() for key in several}
        sure = [key for key in alike if key in self._seen and key not in known]
        ids = bulk.find(self._session.connection, opportunity, "key", sure, ["id"]) if sure else []
        return Choices(
            self._session.connection,
            self._names,
            offered=found,
            doubted=self._doubted,
            changed=self._changed,
            away=away,
            held={row[0] for row in ids},
            told=told,
            rows=self._seen,
            alike=self._unsure.may_be,
        )

    def _write_chosen(self, said: Mapping[Pair, int | None]) -> None:
        """Update the deals that rows were said to be; what is a new one is held, to be inserted. A row whose identity is that of another deal gets one
        of its own."""
        names, known = self._names, {one.new[0]: one.id for one in self._doubted}
        self._update_pairs(self._changed)
        self._update_pairs([one for one, answer in said.items() if answer and known.get(one.new[0]) == one.id])
        same = [one for one, answer in said.items() if answer and one.new[0] not in known]
        other = [one for one, answer in said.items() if answer and known.get(one.new[0], one.id) != one.id]
        kept = {one.new[0] for one, answer in said.items() if answer != 0}
        new = [one for one in self._doubted if one.new[0] not in kept]
        rows = self._further([*other, *new])
        olds = [(one.id, *one.old) for one in [*same, *other]]
        news = [*(one.new for one in same), *rows[: len(other)]]
        self._update(names, olds, [(old[0], *row) for old, row in zip(olds, news, strict=True)])
        self._held += dict.fromkeys(one.new for one, answer in said.items() if answer == 0 and one.new[0] not in known)
        self._held += rows[len(other) :]
        asked = {self._seen[row[0]] for row in (*(one.new for one in said), *self._held)}
        self._result.unasked = sorted({row for row in self._corrected if row not in (None, REST)} - asked)

    def _offered_next(self, free: Sequence[Pair]) -> list[Pair]:
        """The rows that may be deals that were offered for others, which are none or another one."""
        if not free:
            return []
        connection, names = self._session.connection, self._names
        of = Gone(missed=sorted({one.id for one in free}), elsewhere=[])
        found = self._sharing_identity(free)
        self._let_go(found)
        more = pairs(connection, names, self._held, of.but({one.id for one in found}), new_names(names, free))
        self._let_go(more)
        found += more
        if self._composed:
            left = of.but({one.id for one in found}).missed
            on = went_on(connection, names, self._held, left, self._open_here if self._has_ended else 0)
            self._let_go(on)
            found += on
        return found

    def _sharing_identity(self, free: Sequence[Pair]) -> list[Pair]:
        """The rows still held back that share an identity with these deals, the likest first."""
        deals_by_key = {one.old[0]: one for one in free}
        perhaps = sorted(
            (rank, at, key)
            for at, row in enumerate(self._held)
            for rank, key in enumerate(self._unsure.may_be.get(row[0], ()))
            if key in deals_by_key
        )
        found = dict[int, str]()
        for _, at, key in perhaps:
            if at not in found and key not in found.values():
                found[at] = key
        return [
            Pair(new=self._held[at], id=deals_by_key[key].id, old=deals_by_key[key].old) for at, key in found.items()
        ]

    def _respelled(self, away: Gone, earlier: Earlier) -> Gone:
        """Take the rows whose identity is only written otherwise than that of a deal as this one; the deals that are still away."""
        found = written_otherwise(
            self._names, self._held, near(self._session.connection, self._names, self._held, away)
        )
        self._let_go(found)
        self._otherwise = {one.old[0] for one in found}
        changed = [one for one in found if self._whole(self._names, one.new, one.old)[1:] != one.old[1:]]
        self._result.unchanged += len(found) - len(changed)
        self._take_known(changed)
        known = {one.id for one in found}
        return earlier.with_found(away, known).but(known)

    def _whole(self, names: Sequence[str], new: Row, old: Row) -> Row:
        """A row with what the deal says that it becomes, where the file has no column for that. Of a deal that ends with it no day is expected any
        more."""
        new = self._as_ended(names, new, old)
        if not self._unsaid:
            return new
        begins = len(new) - len(names)
        status = begins + names.index("status")
        row, ends = list(new), old[status] == OPEN != new[status]
        for name in self._unsaid:
            at = begins + names.index(name)
            if row[at] is None and not (ends and name == "expected_on"):
                row[at] = old[at]
        return tuple(row)

    def _as_ended(self, names: Sequence[str], new: Row, old: Row) -> Row:
        """A row with the day on which its deal ended, where the file says only on which it was expected to."""
        begins = len(new) - len(names)
        at, status = begins + names.index("closed_on"), begins + names.index("status")
        if not self._ends_expected or new[status] == OPEN or old[at] is None:
            return new
        return (*new[:at], old[at], *new[at + 1 :])

    def _let_go(self, found: Sequence[Pair]) -> None:
        """Hold these rows back no longer as new ones."""
        known = {one.new[0] for one in found}
        if known:
            self._held = [row for row in self._held if row[0] not in known]

    def _further(self, doubted: Sequence[Pair]) -> list[Row]:
        """The rows of these that are hardly the deals of their identity, as further deals of it; one identity of one column has but one."""
        self._result.unnumbered = sum(KEY_MARK not in one.new[0] for one in doubted)
        several = [one.new for one in doubted if KEY_MARK in one.new[0]]
        numbers = Numbers(self._session.connection, self._seen) if several else None
        rows = []
        for row in several:
            assert numbers is not None
            key = numbers.next(row[0])
            self._seen[key] = self._seen[row[0]]
            rows.append((key, *row[1:]))
        return rows

    def _insert(self, columns: Mapping[str, Sequence[Any]]) -> None:
        count = len(columns["key"])
        if count:
            self._inserted.append(self._session.insert_many(opportunity, columns))
            self._book(1, list(columns), list(columns.values()))
            self._result.new += count

    def _update_known(self, changed: list[Row], kept: Mapping[str, Row]) -> None:
        """Update deals that are known by their keys."""
        if not changed:
            return
        keys = [row[0] for row in changed]
        ids = dict(bulk.find(self._session.connection, opportunity, "key", keys, ["key", "id"]))
        found = [Pair(new=row, id=ids[row[0]], old=kept[row[0]]) for row in changed]
        if self._composed:
            self._changed += found
        else:
            self._take_known(found)

    def _take_known(self, changed: Sequence[Pair], away: Gone | None = None) -> None:
        """Update these deals, but for those that are hardly the same, or of which something was said; ``away`` are those gone from the file."""
        self._scales.see(self._names, changed)
        names, others = self._names, list[Row]()
        if away is not None and "account" in names and (rows := says_much_else(names, changed)):
            customers = sorted({row[names.index("account")] for row in rows} - {None})
            theirs = of_customers(self._session.connection, away, customers)
            others = [row for _, row in deals(self._session.connection, names, theirs.missed)]
        hardly, renamed = hardly_the_same(names), called_otherwise(names, changed, self._held, others)
        doubted = [
            one.old[0] in self._unsure.keys
            or one.old[0] in renamed
            or self._is_said(one.new[0])
            or hardly(one.old[0], one.old, one.new)
            for one in changed
        ]
        self._doubted += compress(changed, doubted)
        sure = [one for one, held in zip(changed, doubted, strict=True) if not held]
        if self._composed:  # it may be said yet that another row is the deal
            self._changed += sure
        else:
            self._update_pairs(sure)

    def _update_pairs(self, known: Sequence[Pair]) -> None:
        """Update deals that keep their keys."""
        old, new = [(one.id, *one.old[1:]) for one in known], [(one.id, *one.new[1:]) for one in known]
        self._update(self._names[1:], old, new, [one.new[0] for one in known])

    def _update(self, names: Sequence[str], old: Sequence[Row], new: Sequence[Row], keys: Sequence[str] = ()) -> None:
        """Update deals, given as (id, values …); ``keys`` are those of the file's rows, where they are not among the values."""
        if not new:
            return
        new = [self._whole(names, *pair) for pair in zip(new, old, strict=True)]
        self._session.update_many(opportunity, names, old, new)
        self._age.see_changes(names, old, new)
        at = 1 + names.index("status")
        self._result.reopened += sum(a[at] in (WON, LOST) and b[at] == OPEN for a, b in zip(old, new, strict=True))
        before, after = ([*zip(*rows, strict=True)][1:] for rows in (old, new))
        self._book(-1, names, before)
        self._book(1, names, after)
        self._result.updated += len(new)
        self._telling.cells(names, keys or [row[1] for row in new], old, new)

    def _book(self, sign: int, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        owner, status, opened, closed = (
            columns[names.index(name)] for name in ("owner_id", "status", "opened_on", "closed_on")
        )
        self._ledger.book(sign, owner, status, opened, closed)
