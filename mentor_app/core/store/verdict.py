"""What was found in a backup when all of it was examined, as a check of the store examines it; noted beside each of the
app's own backups that was. A note holds only for the file as it was then."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from mentor_app.core.text import Text

END = ".checked"
"""How the name of a note ends, after the name of its backup."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How many problems the check found in a backup, and the first (None: not told any more); how many of its attachments
    (``files``) are not in it."""

    problems: int
    first: Text | None = None
    files: int
    missing: int

    @property
    def sound(self) -> bool:
        """Whether it may be called so."""
        return not (self.problems or self.missing)


def note(path: Path, verdict: Verdict) -> None:
    """Note it beside the backup, where that can be written."""
    with contextlib.suppress(OSError):
        said = {"problems": verdict.problems, "files": verdict.files, "missing": verdict.missing, "of": _state(path)}
        _note_of(path).write_text(json.dumps(said), encoding="utf-8")


def noted(path: Path) -> Verdict | None:
    """What was found in a backup; None where it was never examined, or is another file now."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        said = json.loads(_note_of(path).read_bytes())
        if said["of"] == _state(path):
            return Verdict(problems=int(said["problems"]), files=int(said["files"]), missing=int(said["missing"]))
    return None


def sweep(folder: Path) -> None:
    """Remove the notes of backups that are gone."""
    for path in folder.glob(f"*{END}"):
        if not path.with_name(path.name.removesuffix(END)).exists():
            with contextlib.suppress(OSError):
                path.unlink()


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + END)


def _state(path: Path) -> list[int]:
    state = path.stat()
    return [state.st_size, state.st_mtime_ns]
