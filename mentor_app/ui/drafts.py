"""Drafts: what is typed and not finished, in small files that outlive the window."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from threading import RLock
from typing import ClassVar, TypeAlias

from PySide6.QtCore import QLockFile

from mentor_app.core import drafts
from mentor_app.core.drafts import short_hash
from mentor_app.ui.navigation import Place

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a small file can hold."""
BASE = "base"
"""Under which a draft says what stood there before."""
TYPED = "typed"
"""Under which a draft says what was typed for a form before it was open."""
_MOST_WHOLE = 1 << 62
_WINDOWS = "windows"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Something not finished: the place where it was typed, words for it, the fields as they were typed, and when."""

    place: Place
    title: str
    values: Mapping[str, Json]
    at: dt.datetime
    """In UTC."""
    window: str = field(default="", repr=False, compare=False)
    """The program in whose window it was typed."""
    file: Path = field(repr=False, compare=False)
    written: bytes = field(repr=False, compare=False)
    """What stood in the file: whoever goes on with the draft sees whether somebody else has done so since."""


class DraftKeeper:
    """Drafts of one store on this computer: small files, private to their owner, replaced as a whole.

    They hold what was typed character by character, whether it can be read as a date or number or not, and do not need
    the store: it may be locked, gone or on a server that does not answer. A place has one file; a second one begins
    where another window types at the same place, so that neither writes over the other's words, nor begins with them
    while the other is open. Changed and dropped is only what was put or taken up here. From any thread.
    """

    def __init__(
        self, folder: Path, location: str, owner: Callable[[], str], changed: Callable[[], object] = lambda: None
    ) -> None:
        self._folder, self._location = folder, location.encode("utf-8", "surrogatepass")
        self._owner, self._changed = owner, changed
        self._ours: dict[
            Path, tuple[Path, bytes]
        ] = {}  # for a place's file: the one written here, and what stands in it
        self._erased: dict[int, Callable[[str], str]] = {}
        self._lock = RLock()

    @property
    def where(self) -> Path:
        """Where these drafts lie."""
        return self._folder

    def as_now(self) -> DraftKeeper:
        """The drafts of whoever works here now, also when somebody else does by the time they are asked for."""
        owner = self._owner()
        keeper = copy(self)
        keeper._owner = lambda: owner
        return keeper

    @staticmethod
    def folder() -> Path:
        """Where drafts lie on this computer."""
        return drafts.folder()

    def put(self, place: Place, title: str, values: Mapping[str, Json]) -> None:
        """Keep a draft in place of the one put or taken up here before. OSError where that is impossible."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with self._lock:
            window = _Window.here(self._folder)
            said = {"place": place.plain(), "title": title, "values": dict(values), "at": now, "window": window}
            if any(drafts.is_about(said["place"], one) for one in self._erased):
                return
            for told in self._erased.values():
                said = drafts.retold(said, told)
            words = json.dumps(said, ensure_ascii=True).encode()
            of_place = self._path(place)
            of_place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._file_to_write(of_place)
            before = read_draft(path)
            drafts.write(path, words)
            self._ours[of_place] = path, words
        if before is None or before.title != title:
            self._changed()

    def get(self, place: Place) -> Draft | None:
        """The draft kept for a place, the newest of several, if one can be read that nobody types in another window now:
        it is gone on with here."""
        with self._lock:
            draft = self._ours_now(place)
            if draft is None:
                of_place = self._path(place)
                found = self._read_all(of_place.parent, f"{of_place.stem}*.json")
                draft = next((one for one in found if not self.is_open(one)), None)
            if draft is not None:
                self.take_up(draft)  # as it was read now: another window may have gone on with it
            return draft

    def is_open(self, draft: Draft) -> bool:
        """Whether it is, or may be, gone on with in another program's window now."""
        return _Window.is_open(self._folder, draft.window)

    def take_up(self, draft: Draft) -> None:
        """Go on with this draft: what is put at its place from now on replaces it."""
        self._ours[self._path(draft.place)] = draft.file, draft.written

    def is_taken_up(self, draft: Draft) -> bool:
        """Whether it is this one that is gone on with here, not another one of its place."""
        return self._ours.get(self._path(draft.place), (None, b""))[0] == draft.file

    def leave(self, place: Place) -> None:
        """Let the draft of this place be: what is put there from now on stands beside it."""
        self._ours.pop(self._path(place), None)

    def drop(self, place: Place) -> None:
        """What was put or taken up here is finished, or not wanted any more."""
        with self._lock:
            path, words = self._ours.pop(self._path(place), (None, b""))
            if path is not None and _bytes_of(path) == words:
                self._remove(path)

    def drop_same(self, place: Place, values: Mapping[str, Json]) -> None:
        """What ``values`` say is stored: the draft ends, unless more was typed meanwhile."""
        with self._lock:
            draft = self._ours_now(place)
            if draft is not None and draft.values == dict(values):
                self.drop(place)

    def drop_draft(self, draft: Draft) -> None:
        """Nobody wants this draft, whichever window it is of; one that was changed since stays."""
        with self._lock:
            if _bytes_of(draft.file) == draft.written:
                self._remove(draft.file)

    def move_newer(self, place: Place, to: Place, values: Mapping[str, Json], now: Mapping[str, Json]) -> None:
        """What ``values`` say is stored, at ``to``: what was typed meanwhile is a draft of that place, with ``now`` in it."""
        with self._lock:
            draft = self._ours_now(place)
            if draft is None or draft.values == dict(values) or to != place:
                self.drop(place)
            if draft is not None and draft.values != dict(values):
                self.put(to, draft.title, {**draft.values, **now})

    def lay_aside(self, before: str, now: str) -> None:
        """Another store lies at this place: the drafts of the one before wait for it, and those of this one come back."""
        here = drafts.of_store(self._folder, self._location)

        def apart(begun: str) -> Path:
            return drafts.of_store(self._folder, self._location + begun.encode("utf-8", "surrogatepass"))

        with self._lock, suppress(OSError):
            if here.exists() and not apart(before).exists():
                here.rename(apart(before))
            if apart(now).exists() and not here.exists():
                apart(now).rename(here)
            self._ours.clear()
        self._changed()

    def erase(self, person_id: int, told: Callable[[str], str]) -> None:
        """Somebody was erased on request: drafts of forms about them go and are kept no more, and no other holds their
        name, which ``told`` replaces in words."""
        with self._lock:
            before = self._erased.get(person_id, str)
            self._erased[person_id] = lambda words: told(before(words))
            with suppress(OSError):
                files = list(drafts.of_store(self._folder, self._location).glob("*/*.json"))
                drafts.erase(files, person_id, told)
            window = _Window.here(self._folder)
            for of_place, (path, _words) in list(self._ours.items()):
                now = read_draft(path)
                if now is not None and window and now.window == window:  # else it looked like another window's
                    self._ours[of_place] = path, now.written
        self._changed()

    def end_about(self, person_id: int) -> None:
        """Forms about somebody keep nothing any more: they were erased on request."""
        if person_id not in self._erased:
            self.erase(person_id, str)

    def is_back(self, person_id: int) -> None:
        """They have a name again: a backup from before was restored."""
        self._erased.pop(person_id, None)

    def hand_over(self, owner: str, to: str) -> None:
        """What ``owner`` has not finished belongs to somebody else from now on; what can't be moved stays."""
        with self._lock:
            drafts.hand_over(self._home(owner), self._home(to))
        self._changed()

    def all(self) -> list[Draft]:
        """Everything unfinished of whoever works here, the newest first."""
        return self._read_all(self._home(), "*.json")

    def _home(self, of: str | None = None) -> Path:
        return drafts.of_owner(self._folder, self._location, self._owner() if of is None else of)

    def _path(self, place: Place) -> Path:
        key = json.dumps(place.plain(), sort_keys=True).encode()
        return self._home() / f"{short_hash(key, 24)}.json"

    def _file_to_write(self, of_place: Path) -> Path:
        """The file written here before; a new one beside it where another window has written into it since."""
        path, words = self._ours.get(of_place, (of_place, None))
        if not path.exists() or (words is not None and _bytes_of(path) == words):
            return path
        return drafts.free(of_place.parent, of_place.stem)

    def _ours_now(self, place: Place) -> Draft | None:
        """What stands now in the file put or taken up here."""
        path, _words = self._ours.get(self._path(place), (None, b""))
        return read_draft(path) if path is not None else None

    @staticmethod
    def _read_all(folder: Path, names: str) -> list[Draft]:
        try:
            files = list(folder.glob(names))
        except OSError:
            return []
        found = [draft for draft in map(read_draft, files) if draft is not None]
        return sorted(found, key=lambda draft: draft.at, reverse=True)

    def _remove(self, path: Path) -> None:
        try:
            path.unlink()
        except OSError:  # there was none, or it can't be removed: then it is there again the next time
            return
        self._changed()


class _Window:
    """Which programs are open: each holds a lock that ends with it, however it ends."""

    _lock = RLock()
    _mine: ClassVar[dict[Path, tuple[str, QLockFile]]] = {}

    @classmethod
    def here(cls, folder: Path) -> str:
        """What this program is called in its drafts; empty where it can't hold a lock."""
        with cls._lock:
            if folder not in cls._mine:
                name = os.urandom(16).hex()
                place = folder / _WINDOWS
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                held = QLockFile(str(place / name))
                held.setStaleLockTime(0)  # a window may be open for days
                if not held.tryLock(0):
                    return ""
                cls._mine[folder] = name, held
            return cls._mine[folder][0]

    @classmethod
    def is_open(cls, folder: Path, window: str) -> bool:
        """Whether another program of this name is open."""
        if not re.fullmatch("[0-9a-f]{32}", window) or window == cls._mine.get(folder, ("",))[0]:
            return False
        file = folder / _WINDOWS / window
        if not file.exists():
            return False
        lock = QLockFile(str(file))
        lock.setStaleLockTime(0)
        free = lock.tryLock(0)
        if free:
            lock.unlock()
        return not free


def legible(value: Json) -> Iterator[str]:
    """Everything legible in what a draft holds."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != BASE:  # what stood there before is none of the words typed
                yield from legible(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from legible(inner)
    elif isinstance(value, str) and value.strip():
        yield value


def read_draft(path: Path) -> Draft | None:
    """The draft in a file; None where the file is not ours, or was broken: nothing that could be brought back."""
    try:
        found = path.lstat()
        if (
            not S_ISREG(found.st_mode) or found.st_size > drafts.MOST
        ):  # a pipe would wait for ever, a link lead anywhere
            return None
        written = path.read_bytes()
        said = json.loads(written, parse_int=_whole)
        at = dt.datetime.fromisoformat(said["at"]).astimezone(dt.UTC)
        at.astimezone()  # a time this computer can say
        place, values = Place.read(said["place"]), dict(said["values"])
        return Draft(
            place=place,
            title=str(said["title"]),
            values=values,
            at=at,
            window=str(said.get("window") or ""),
            file=path,
            written=written,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _whole(digits: str) -> int:
    """A whole number that a database or a field can hold; ValueError for any other: no draft of ours has one."""
    number = int(digits) if len(digits) < 20 else _MOST_WHOLE
    if abs(number) >= _MOST_WHOLE:
        raise ValueError(digits[:40])
    return number


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
