"""Columns of a file that tell every row from the others, as an identity does."""

from __future__ import annotations

from collections.abc import Container

from mentor_app.transfer.recognise import counts_by_name


class UniqueColumns:
    """Columns in which no value comes twice and none is missing; a column drops out at the first that does."""

    def __init__(self, headers: list[str], places: set[int]) -> None:
        self._headers = headers
        self._seen: dict[int, set[str]] = {i: set() for i in places}
        self._rows = 0

    def look(self, columns: list[tuple[str, ...]]) -> None:
        """See some more rows, by column."""
        self._rows += len(columns[0]) if columns else 0
        for i in list(self._seen):
            seen = self._seen[i]
            seen.update(columns[i])
            if len(seen) != self._rows or "" in seen or max(map(len, columns[i]), default=0) > 64:
                del self._seen[i]

    def best(self, but: Container[str]) -> str | None:
        """The likeliest identity: without spaces rather than with, further left rather than right; none of ``but``."""
        if self._rows < 2:
            return None
        left = [i for i in self._seen if self._headers[i] not in but and not counts_by_name(self._headers[i])]
        order = sorted(left, key=lambda i: (any(" " in cell for cell in self._seen[i]), i))
        return self._headers[order[0]] if order else None
