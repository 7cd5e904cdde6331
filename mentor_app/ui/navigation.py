"""Places in the window: pages, records, dialogs. Pages know places, not each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True)
class Place:
    """Where to go: a room, what there (a tab, a record's view, a dialog, a command), and which record.

    ``Place("pairing", id=7)`` is the record itself; ``detail`` says what else has to be known (which decision, which part).
    """

    room: str
    what: str = ""
    id: int | None = None
    detail: str = ""

    @property
    def number(self) -> int | None:
        """The id, or place in a list, that ``detail`` says; None where it says none."""
        return int(self.detail) if _NUMBER.fullmatch(self.detail) else None

    def plain(self) -> dict[str, str | int]:
        """The place as JSON can hold it."""
        parts = {"room": self.room, "what": self.what, "id": self.id, "detail": self.detail}
        return {name: value for name, value in parts.items() if value is not None and value != ""}

    @classmethod
    def read(cls, plain: Mapping[str, object]) -> Place:
        """The place that ``plain`` said; ValueError where it is none."""
        room, what, key, detail = (plain.get(name) for name in ("room", "what", "id", "detail"))
        if not isinstance(room, str) or not isinstance(key, int | None) or abs(key or 0) >= 1 << 62:
            raise ValueError(plain)
        return cls(room, str(what or ""), key, str(detail or ""))
