"""The places in texts that erasing somebody is about, as a workbook or CSV file: one row for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mentor_app.core.history.before_erasing import all_places, idle
from mentor_app.core.text import N_, Text, Translator, shown
from mentor_app.transfer.files import write_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.store import Connection

HEADERS = (N_("What happens"), N_("Kind"), N_("Record"), N_("Value"), N_("Words around it"), N_("The place itself"))


def write_places(
    connection: Connection, person_id: int, path: Path, tr: Translator, also: Sequence[str] = ()
) -> tuple[int, Text | None]:
    """Write all of them; returns how many there are, and which words of ``also`` take nothing more away. Gone where there is no such
    person, a UserError where such words mean somebody else."""
    headers = [tr(words) for words in HEADERS]
    found = list(all_places(connection, person_id, also))
    told = (
        [one.fate.render(tr), one.kind.render(tr), one.record.render(tr), one.field.render(tr), one.around, one.place]
        for one in found
    )
    rows = [[shown(words, tr) for words in row] for row in told]
    write_list(path, tr("Places in texts"), headers, rows)
    return len(rows), idle(also, found)
