"""Drafts: what is typed and not finished, in small files that outlive the window."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from mentor_app.ui.navigation import Place

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a small file can hold."""
_MOST = 5_000_000  # bytes; no form holds more


@dataclass(frozen=True)
class Draft:
    """Something not finished: the place where it was typed, words for it, the fields as they were typed, and when."""

    place: Place
    title: str
    values: Mapping[str, Json]
    at: dt.datetime


class DraftKeeper:
    """Drafts of one store on this computer: a small file each, private to its owner, replaced as a whole.

    They hold what was typed character by character, whether it can be read as a date or number or not, and do not need
    the store: it may be locked, gone or on a server that does not answer.
    """

    def __init__(
        self, folder: Path, location: str, owner: Callable[[], str], changed: Callable[[], object] = lambda: None
    ) -> None:
        self._folder, self._location = folder, location.encode("utf-8", "surrogatepass")
        self._owner, self._changed = owner, changed

    def as_now(self) -> DraftKeeper:
        """The drafts of whoever works here now, also when somebody else does by the time they are asked for."""
        owner = self._owner()
        keeper = copy(self)
        keeper._owner = lambda: owner
        return keeper

    def drop_same(self, place: Place, values: Mapping[str, Json]) -> None:
        """What ``values`` say is stored: the draft ends, unless more was typed meanwhile. From any thread."""
        draft = self.get(place)
        if draft is not None and draft.values == dict(values):
            self.drop(place)

    def move_newer(self, place: Place, to: Place, values: Mapping[str, Json]) -> None:
        """What ``values`` say is stored, at ``to``: what was typed meanwhile is a draft of that place. From any thread."""
        draft = self.get(place)
        if draft is not None and draft.values != dict(values):
            self.put(to, draft.title, draft.values)
        self.drop(place)

    @staticmethod
    def folder() -> Path:
        """Where drafts lie on this computer."""
        from platformdirs import user_data_path

        return user_data_path("mentor-app", appauthor=False) / "drafts"

    def put(self, place: Place, title: str, values: Mapping[str, Json]) -> None:
        """Keep a draft in place of an older one. OSError where that is impossible."""
        path = self._path(place)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = {
            "place": place.plain(),
            "title": title,
            "values": dict(values),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        new = path.with_name(f"{path.stem}.{os.getpid()}.new")  # another window may be writing, too
        with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(said, file, ensure_ascii=True)
        known = path.exists()
        os.replace(new, path)
        if not known:
            self._changed()

    def get(self, place: Place) -> Draft | None:
        """The draft kept for a place, if there is one that can be read."""
        return self._read(self._path(place))

    def drop(self, place: Place) -> None:
        """The draft is finished, or not wanted any more."""
        try:
            self._path(place).unlink()
        except OSError:  # there was none, or it can't be removed: then it is there again the next time
            return
        self._changed()

    def all(self) -> list[Draft]:
        """Everything unfinished of whoever works here, the newest first."""
        try:
            files = list(self._home().glob("*.json"))
        except OSError:
            return []
        drafts = [draft for draft in map(self._read, files) if draft is not None]
        return sorted(drafts, key=lambda draft: draft.at, reverse=True)

    def _home(self) -> Path:
        owner = self._owner().encode("utf-8", "surrogatepass")
        return self._folder / _short_hash(self._location, 16) / _short_hash(owner, 16)

    def _path(self, place: Place) -> Path:
        key = json.dumps(place.plain(), sort_keys=True).encode()
        return self._home() / f"{_short_hash(key, 24)}.json"

    @staticmethod
    def _read(path: Path) -> Draft | None:
        try:
            if path.stat().st_size > _MOST:
                return None
            said = json.loads(path.read_text(encoding="utf-8"))
            at = dt.datetime.fromisoformat(said["at"]).astimezone(dt.UTC)
            return Draft(Place.read(said["place"]), str(said["title"]), dict(said["values"]), at)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None  # a file that is not ours, or was broken: nothing that could be brought back


def _short_hash(said: bytes, length: int) -> str:
    """A file name that tells what is said from anything else, and shows nothing of it."""
    import hashlib  # not at start

    return hashlib.sha256(said).hexdigest()[:length]
