"""The history as a workbook or CSV file: one row for each value that changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mentor_app.core.history.lines import Line, lines
from mentor_app.core.history.reading import entries
from mentor_app.core.history.wanted import Wanted
from mentor_app.core.text import Text, Translator, shown
from mentor_app.transfer.files import write_list

if TYPE_CHECKING:
    from mentor_app.core.store import Actor, Connection


def write_history(
    connection: Connection,
    wanted: Wanted,
    path: Path,
    reader: Actor,
    tr: Translator,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> int:
    """Write everything that fits, the newest first; returns how many changes there were."""
    found = entries(connection, wanted, reader, limit=1_000_000)
    headers = [tr(words) for words in ("Number", "When", "Who", "What", "Record", "Value", "Before", "After", "State")]

    def rows() -> Iterator[list[str | int]]:
        for at, one in enumerate(found):
            progress(at, len(found))
            known = one.at if one.at.tzinfo is not None else one.at.replace(tzinfo=dt.UTC)
            head: list[str | int] = [
                one.id,
                f"{known.astimezone():%Y-%m-%d %H:%M:%S}",
                shown(one.by, tr),
                one.title.render(tr),
            ]
            state = "" if one.fate is None else one.fate.render(tr)
            changed: list[Line | None] = [*lines(connection, one.ids, reader, wanted.record)]
            for line in changed or [None]:
                yield [*head, *_values(line, tr), state]

    write_list(path, tr("History"), headers, rows())
    return len(found)


def _values(line: Line | None, tr: Translator) -> list[str]:
    if line is None:
        return ["", "", "", ""]
    return [_said(value, tr) for value in (line.record, line.field, line.before, line.after)]


def _said(value: Text | str, tr: Translator) -> str:
    return shown(value, tr) if isinstance(value, str) else value.render(tr)
