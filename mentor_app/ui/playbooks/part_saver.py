"""Parts of playbooks on their way to the store: kept on this computer at once, offered to the store until it takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mentor_app.core.errors import ChangedMeanwhile, Gone, UserError
from mentor_app.core.playbooks.rules import Part, as_stored
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import DraftKeeper, Json
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.tasks import Task, timer
from mentor_app.ui.widgets.controls import labelled

if TYPE_CHECKING:
    from mentor_app.core.store import Actor, Done

PAUSE = 2000
"""Milliseconds without a key after which the store is given what was typed. A draft on this computer follows much closer:
the store keeps every text it was ever given."""
AT_MOST = 20_000
"""Milliseconds of steady typing after which the store is given it anyway."""
TRY_AGAIN = 3000
"""Milliseconds until what the store would not take is offered to it again."""
NEW = 0
"""The part that begins with its first key, until the store has given it its id."""


@dataclass(kw_only=True)
class Unsaved:
    """A part as it is typed, who typed it, what stood there before, and why the store has not taken it yet."""

    part: Part
    book: str
    actor: Actor
    drafts: DraftKeeper
    base: dict[str, Json] | None = None
    reason: str = ""
    stored: int = 0
    """The id the store has given it, from the moment it has: the window hears of it later, or never where it is closed."""
    taken: bool = False
    """Whether the store holds this very text, from that moment."""
    kept: bool = False
    """Whether this very text is a draft on this computer."""
    held: bool = False
    """Whether somebody else has written or removed the part since: then it stays a draft until whoever typed it decides."""
    gone: bool = False
    """Whether the part has been removed since: it is made anew where whoever typed wants so."""
    overtaken: ChangedMeanwhile | None = None
    """Who that was and when, where the store has just said so."""

    def keep(self, place: Place) -> None:
        """As a draft of ``place``."""
        self.drafts.put(place, labelled(self.book, self.part.title), self.values())
        self.kept = True

    def values(self) -> dict[str, Json]:
        """What a draft holds of it."""
        return asdict(self.part) | ({"base": self.base} if self.base else {})


class PartSaver(QObject):
    """Saves parts one after the other, in whatever playbook they stand.

    ``taken(book, key, stored, was, newer)`` is told of each that is stored: under which key it was typed and which id it
    has, and whether more was typed meanwhile. ``overtaken(book, key)``: somebody else has written or removed the part since; what is
    typed here is held back from the store. ``rested()``: nothing more can be done now.
    """

    def __init__(
        self,
        parent: QObject,
        context: Context,
        taken: Callable[[int, int, int, Part, bool], None],
        overtaken: Callable[[int, int], None],
        rested: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self._context, self._taken, self._overtaken, self._rested = context, taken, overtaken, rested
        self._unsaved: dict[tuple[int, int], Unsaved] = {}
        self._saving = False
        self._followers: list[tuple[int, Callable[[], object]]] = []
        self._pause = timer(self, PAUSE, self.save_all)
        self._longest = timer(self, AT_MOST, self.save_all)
        self._again = timer(self, TRY_AGAIN, self.save_all)

    def of_part(self, book: int, key: int) -> Unsaved | None:
        """What was typed into this part and is not stored."""
        return self._unsaved.get((book, key))

    def of_book(self, book: int) -> list[Unsaved]:
        """Everything typed in this playbook and not stored."""
        return [unsaved for (of, _), unsaved in self._unsaved.items() if of == book]

    def keys_of(self, book: int) -> list[int]:
        """The parts of this playbook into which was typed what is not stored."""
        return [key for of, key in self._unsaved if of == book]

    def keep(self, book: int, key: int, title: str, part: Part, before: Part | None) -> None:
        """Take a part as it is typed now, over ``before``: a draft on this computer, until the store has it.

        OSError where it can't be a draft now; then the store is asked at once.
        """
        drafts, earlier = self._context.drafts.as_now(), self.of_part(book, key)
        if earlier is None or earlier.part != part:
            unsaved = Unsaved(part=part, book=title, actor=self._context.actor(), drafts=drafts)
            if earlier is not None:
                unsaved.base = asdict(earlier.part) if earlier.taken else earlier.base
                unsaved.stored, unsaved.held, unsaved.gone = earlier.stored, earlier.held, earlier.gone
                unsaved.reason = earlier.reason * earlier.held
            elif before is not None:
                unsaved.base = asdict(before)
            self._unsaved[book, key] = unsaved
        try:
            self.keep_drafts()
        except OSError:
            self.save_all()
            raise
        self._wait_for_a_pause()

    def _wait_for_a_pause(self) -> None:
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def save_typed(self) -> None:
        """Offer the store now what waits for a pause in typing."""
        if self._pause.isActive():
            self.save_all()

    def hold(self, book: int, key: int, title: str, part: Part, reason: str, gone: bool) -> None:
        """Keep a part that was stored and is not any more, until whoever wrote it decides. OSError where it can't be kept."""
        unsaved = Unsaved(part=part, book=title, actor=self._context.actor(), drafts=self._context.drafts.as_now())
        unsaved.base, unsaved.held, unsaved.reason, unsaved.gone = asdict(part), True, reason, gone
        self._unsaved[book, key] = unsaved
        self.keep_drafts()

    def look_again(self, book: int, stored: Mapping[int, Part], removed: Mapping[int, str]) -> None:
        """What is held back, by what is stored now: ``removed`` says of parts who removed them; one may be back again."""
        back = False
        for (of, key), unsaved in self._unsaved.items():
            if of != book or not unsaved.held:
                continue
            if key in removed:
                unsaved.gone, unsaved.reason = True, removed[key]
            elif unsaved.gone and key in stored:
                same = unsaved.base is not None and as_stored(kept_part(unsaved.base)) == as_stored(stored[key])
                unsaved.gone, unsaved.held, back = False, not same, back or same
                unsaved.reason = "" if same else tr("it was written elsewhere meanwhile")
        if back:
            self.save_all()

    def keep_drafts(self) -> None:
        """Keep on this computer what the store has not taken yet; OSError where that is impossible now."""
        for (book, key), unsaved in list(self._unsaved.items()):
            if not unsaved.kept:
                unsaved.keep(part_place(book, unsaved.stored or key))

    def once_saved(self, book: int, follow: Callable[[], object]) -> None:
        """Do this once everything typed in this playbook is stored; where it can't be, say so instead."""
        self._followers.append((book, follow))
        self.save_all()

    def store_mine(self, book: int, key: int, theirs: Part, part: Part | None = None) -> None:
        """What was held back (or ``part``, made of both) is wanted after all, in place of ``theirs``."""
        unsaved = self.of_part(book, key)
        if unsaved is not None:
            unsaved.held, unsaved.reason, unsaved.base, unsaved.kept = False, "", asdict(theirs), False
            unsaved.part = part or unsaved.part
            with suppress(OSError):
                self.keep_drafts()
            self.save_all()

    def drop_mine(self, book: int, key: int) -> None:
        """What was held back is not wanted any more."""
        unsaved = self._unsaved.pop((book, key), None)
        if unsaved is not None:
            unsaved.drafts.drop(part_place(book, unsaved.stored or key))

    def take_up(self, book: int, title: str, stored: Mapping[int, Part]) -> set[int]:
        """Go on with what was typed here and not stored before the window was closed or made anew; returned are the
        parts this concerns. What was typed before a part was written elsewhere is held back."""
        drafts, actor = self._context.drafts.as_now(), self._context.actor()
        keys: set[int] = set()
        for (of, key), unsaved in list(self._unsaved.items()):
            chosen = drafts.get(part_place(book, key)) if of == book and unsaved.held and unsaved.kept else None
            if chosen is not None and kept_part(chosen.values) != unsaved.part:  # another one of this part was opened
                del self._unsaved[of, key]
        for draft in sorted(drafts.all(), key=lambda one: not drafts.is_taken_up(one)):  # else the newest first
            place = draft.place
            if (place.room, place.what, place.id) != ("playbooks", "part", book) or drafts.is_open(draft):
                continue
            key = place.number or NEW
            part = kept_part(draft.values)
            base = draft.values.get("base")
            here = stored.values() if key == NEW else [stored[key]] if key in stored else []
            if as_stored(part) in map(as_stored, here):
                drafts.drop_draft(draft)
            elif (book, key) not in self._unsaved:  # a second one: the next time
                drafts.take_up(draft)
                unsaved = Unsaved(part=part, book=title, actor=actor, drafts=drafts)
                unsaved.base, unsaved.kept = base if isinstance(base, dict) else None, True
                if unsaved.base is not None and key in stored:
                    unsaved.held = as_stored(kept_part(unsaved.base)) != as_stored(stored[key])
                    unsaved.reason = tr("it was written elsewhere meanwhile") if unsaved.held else ""
                elif key != NEW and key not in stored:
                    unsaved.held, unsaved.gone, unsaved.reason = True, True, tr("the part was removed meanwhile")
                self._unsaved[book, key] = unsaved
                keys.add(key)
        return keys

    def save_all(self) -> None:
        """Offer the store everything it has not taken yet."""
        for waiting in (self._pause, self._longest, self._again):
            waiting.stop()
        if not self._saving:
            self._save_next(list(self._unsaved))

    def _save_next(self, keys: list[tuple[int, int]]) -> None:
        keys = [key for key in keys if key in self._unsaved and not self._unsaved[key].held]
        self._saving = bool(keys)
        if not keys:
            self._ended()
            return
        from mentor_app.core.playbooks.actions import save_part

        (book, key), context = keys[0], self._context
        unsaved = self._unsaved[book, key]
        place, typed = part_place(book, key), unsaved.values()

        def work(_task: Task[Done[int]]) -> Done[int]:
            def save(part_id: int | None) -> Done[int]:
                before = kept_part(unsaved.base) if unsaved.base is not None and part_id is not None else None
                return context.open_store().act(
                    unsaved.actor, save_part, book, unsaved.part, part_id=part_id, before=before
                )

            try:
                done = save(key or None)
            except Gone:
                if not unsaved.gone:
                    raise  # never made anew unasked
                done = save(None)
            unsaved.stored, unsaved.taken = done.result, True
            with suppress(OSError):  # here, for the window may be closed before it hears of it
                unsaved.drafts.move_newer(place, part_place(book, done.result), typed, {"base": asdict(unsaved.part)})
            context.tasks.post(lambda: self._part_stored(book, key, done.result, unsaved))  # before pages read again
            return done

        def refused(error: Exception) -> None:
            now = self._unsaved.get((book, key))
            if isinstance(error, ChangedMeanwhile) and now is not None:  # never put over the newer words by itself
                now.held, now.reason, now.overtaken = True, tr("it was written elsewhere meanwhile"), error
                now.gone = False
                self._overtaken(book, key)
            elif isinstance(error, Gone) and now is not None and key != NEW:
                now.held, now.reason, now.gone = True, tr("the part was removed meanwhile"), True
                self._overtaken(book, key)
            elif now is not None:
                now.reason = error.render(current()) if isinstance(error, UserError) else str(error)
            if not isinstance(error, UserError):
                context.tasks.failed.emit(error)
            self._save_next(keys[1:])

        context.tasks.act(work).then(lambda _: self._save_next(keys if keys[0] in self._unsaved else keys[1:]), refused)

    def _part_stored(self, book: int, key: int, stored: int, was: Unsaved) -> None:
        newer = self._unsaved.pop((book, key), was)
        if newer is not was:  # typed meanwhile
            newer.base, newer.stored, newer.gone = asdict(was.part), stored, False
            self._unsaved[book, stored] = newer
            with suppress(OSError):
                newer.keep(part_place(book, stored))
            if stored != key:
                newer.drafts.drop(part_place(book, key))
        self._taken(book, key, stored, was.part, newer is not was)

    def _ended(self) -> None:
        if self._unsaved:
            if any(not unsaved.reason for unsaved in self._unsaved.values()):  # typed while others were being saved
                if self._followers:
                    self.save_all()
                    return
                self._wait_for_a_pause()
            if any(unsaved.reason and not unsaved.held for unsaved in self._unsaved.values()):
                self._again.start()
        followers, self._followers = self._followers, []
        for book, follow in followers:
            reasons = [unsaved.reason for unsaved in self.of_book(book)]
            if reasons:
                self._context.toast(tr("First everything typed must be saved: {reason}", reason=reasons[0]))
            else:
                follow()
        self._rested()


def part_place(book: int, key: int) -> Place:
    """Where a draft of a part belongs."""
    return Place("playbooks", "part", book, str(key) if key else "new")


def kept_part(values: Mapping[str, Json]) -> Part:
    """The part a draft holds."""

    def kept(name: str) -> str | None:
        value = values.get(name)
        return value if isinstance(value, str) else None

    return Part(
        title=kept("title") or "",
        body=kept("body") or "",
        product=kept("product"),
        industry=kept("industry"),
        stage=kept("stage"),
        tags=kept("tags"),
    )
