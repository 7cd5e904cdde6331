"""What was answered about each file: proposed again when the file comes back to the wizard."""

from __future__ import annotations

from collections.abc import Mapping

from mentor_app.core.imports import ROW
from mentor_app.ui.drafts import Json

_OF_ROWS = ("renamed", "older")
"""What was answered of rows by their numbers, or of all that the file says."""


class Answers:
    """By the name of the file as it was given, and by the part of the wizard that asked."""

    def __init__(self, kept: Json = None) -> None:
        self._by_file: dict[str, Json] = dict(kept) if isinstance(kept, dict) else {}

    def as_kept(self) -> Json:
        """All of them, as a draft holds them."""
        return dict(self._by_file)

    def of(self, file: str, part: str) -> dict[str, Json]:
        """What was answered to one part of the wizard."""
        said = self._said(file).get(part)
        return said if isinstance(said, dict) else {}

    def identity(self, file: str) -> Json:
        """The columns chosen as the identity; None where nobody was asked."""
        return self._said(file).get("identity")

    def add(self, file: str, said: Mapping[str, Json]) -> None:
        """Answers given just now, in place of earlier ones to the same parts."""
        self._by_file[file] = {**self._said(file), **said}

    def forget(self, file: str, part: str) -> bool:
        """Drop what was answered to a part: it may not fit the file any more. Whether there was anything."""
        rest = {name: said for name, said in self._said(file).items() if name != part}
        known = rest != self._said(file)
        self._by_file[file] = rest
        return known

    def read(self, file: str, stamp: str) -> bool:
        """Note that the file was read, as it is now. Where it was written since it was read before, drop what was answered of its rows by their numbers:
        they may be other rows. Whether there was anything."""
        said = self._said(file)
        rest = dict(said)
        if said.get("stamp") not in (None, stamp):
            rest = {part: answers for part, answers in said.items() if part not in _OF_ROWS}
            if "rows" in said:
                rest["rows"] = {key: answer for key, answer in self.of(file, "rows").items() if not key.startswith(ROW)}
        dropped = any(said.get(part) and rest.get(part) != said[part] for part in (*_OF_ROWS, "rows"))
        self._by_file[file] = {**rest, "stamp": stamp}
        return dropped

    def _said(self, file: str) -> dict[str, Json]:
        said = self._by_file.get(file)
        return said if isinstance(said, dict) else {}
