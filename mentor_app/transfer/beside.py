"""A small table beside the deals, behind an empty column: a pivot by owner, whose columns mean nothing of a deal."""

from __future__ import annotations

from collections.abc import Callable

from mentor_app.transfer.reading import Source
from mentor_app.transfer.recognise import FileKind, recognise

_SHORTER = 4
"""The rows of the table beside are at least a quarter fewer."""


def columns_beside(
    kind: FileKind, source: Source, holds_figures: Callable[[str], bool], holds_days: Callable[[str], bool]
) -> frozenset[str]:
    """The columns behind the first empty one, where those before it name all that is needed, and the ones behind end rows above. It is noted
    in the ``source`` that what stands behind it is none of the records, beyond the header too."""
    headers, sample = source.headers, source.sample
    gap = next((at for at, header in enumerate(headers) if not header and not _filled(sample, at)), len(headers))
    if "amount" not in kind.fields or _filled(sample, gap):
        return frozenset()
    found = recognise(kind, headers[:gap], holds_figures, holds_days)
    known = found.columns.keys() | found.several.keys()
    if not all(any(name in known for name in group) for group in kind.required):
        return frozenset()
    source.end = gap if source.header_cells is None or gap < source.header_cells else None
    behind = [at for at in range(gap + 1, len(headers)) if headers[at]]
    last = max((max(_filled(sample, at), default=-1) for at in behind), default=-1) + 1
    is_shorter = _SHORTER * (len(sample) - last) >= len(sample)
    return frozenset(headers[at] for at in behind) if is_shorter else frozenset()


def _filled(sample: list[list[str]], at: int) -> list[int]:
    """The rows of a sample that hold something in a column."""
    return [n for n, row in enumerate(sample) if at < len(row) and row[at].strip()]
