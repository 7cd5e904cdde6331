"""The app's backups of a store: what there are, why each was made, what was found in it, and which of them stay."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mentor_app.core.store import verdict
from mentor_app.core.store.verdict import Verdict
from mentor_app.core.text import N_

DAYS, WEEKS, MONTHS, ASIDE = 7, 5, 12, 10
"""How many of the app's backups stay: the newest daily one of so many days, weeks and months that have one (where there is
none, the newest), and the last few that were made before something or when asked."""
ASIDE_END = "-aside.sqlite"
_NAME = re.compile(r"(?P<at>\d{8}T\d{6})Z-(?P<reason>[a-z]+)(-(?P<number>\d+))?\.sqlite")


class Reason(StrEnum):
    """Why a backup was made."""

    DAILY = "daily"
    IMPORT = "import"
    MERGE = "merge"
    UPDATE = "update"
    RESTORE = "restore"
    REPAIR = "repair"
    ASKED = "asked"


REASONS = {
    Reason.DAILY: N_("daily"),
    Reason.IMPORT: N_("before an import"),
    Reason.MERGE: N_("before a merge"),
    Reason.UPDATE: N_("before an update"),
    Reason.RESTORE: N_("before restoring"),
    Reason.REPAIR: N_("before a repair"),
    Reason.ASKED: N_("made when asked"),
}
"""The reasons in words."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup: its file, when it was made (UTC), why (None: not the app's own), its size in bytes, and what was found in it
    (None: all its pages were read and it was compared with the store, no more); ``spared`` is the backup in whose place it would lie, had that not
    more in its history than the store."""

    path: Path
    at: dt.datetime
    reason: Reason | None
    size: int
    verdict: Verdict | None = None
    spared: Path | None = None


def folder_of(location: str) -> Path:
    """Where the app keeps a store's backups: beside its file, whatever link leads there."""
    return Path(os.path.realpath(location) + ".backups")


def is_kept(path: Path) -> bool:
    """Whether a file is one of the backups that the app keeps of some store."""
    real = Path(os.path.realpath(path))
    return real.parent.suffix == ".backups" and _NAME.fullmatch(real.name) is not None


def set_aside_before(location: str) -> list[Path]:
    """The stores that were moved here when a backup took their place, with what SQLite kept beside them."""
    with contextlib.suppress(OSError, ValueError):
        return sorted(folder_of(location).glob(f"*{ASIDE_END}*"))
    return []


def listed(location: str) -> list[Backup]:
    """The app's backups of a store, the newest first."""
    found: list[tuple[dt.datetime, int, Backup]] = []
    with contextlib.suppress(OSError, ValueError):  # ValueError: a name no folder can have
        for path in folder_of(location).iterdir():
            named = _NAME.fullmatch(path.name)
            if named is not None and named["reason"] in set(Reason):
                at = dt.datetime.strptime(named["at"], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
                one = Backup(
                    path=path,
                    at=at,
                    reason=Reason(named["reason"]),
                    size=path.stat().st_size,
                    verdict=verdict.noted(path),
                )
                found.append((at, number_of(path.name), one))
    found.sort(key=lambda entry: entry[:2], reverse=True)
    return [one for _, _, one in found]


def thin_out(location: str) -> list[Path]:
    """Remove the app's backups that are not to be kept any more."""
    backups = listed(location)
    kept = {one.path for one in to_keep(backups)}
    removed = [one.path for one in backups if one.path not in kept]
    for path in removed:
        with contextlib.suppress(OSError):
            path.unlink()
    verdict.sweep(folder_of(location))
    return removed


def to_keep(backups: list[Backup]) -> list[Backup]:
    """Of backups, the newest first, those that stay: by days, weeks and months, and the last made before something; and
    whatever was made since, the last one that was found to be sound."""
    kept: dict[Path, Backup] = {}
    for count, period in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        found: dict[str, list[Backup]] = {}
        for one in backups:
            found.setdefault(one.at.astimezone().strftime(period), []).append(one)
        for group in list(found.values())[:count]:
            one = next((one for one in group if one.reason == Reason.DAILY), group[0])
            kept[one.path] = one
    for one in [one for one in backups if one.reason != Reason.DAILY][:ASIDE]:
        kept[one.path] = one
    for one in [one for one in backups if one.verdict is not None and one.verdict.sound][:1]:
        kept[one.path] = one
    return [one for one in backups if one.path in kept]


def number_of(name: str) -> int:
    """Which of the backups made in one second it is, by its name; 0: none of the app's."""
    named = _NAME.fullmatch(name)
    return int(named["number"] or 1) if named is not None else 0
