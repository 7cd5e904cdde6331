"""A file between the wizard's steps: how it will be read, and for opportunities whom its owners could mean."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from mentor_app.ui.imports.stages_form import Stages

if TYPE_CHECKING:
    from mentor_app.core.store import Store
    from mentor_app.transfer.plan import Plan


def stamp_of(path: Path) -> str:
    """Another one where the file was written since; that it can't be read is told by whoever reads it."""
    with suppress(OSError):
        found = path.stat()
        return f"{found.st_size} {found.st_mtime_ns}"
    return ""


@dataclass(kw_only=True)
class FileRead:
    """A file as it will be read; for opportunities also its stages, its owners that nobody or several people are called,
    and everybody they could be."""

    plan: Plan
    stamp: str
    """Tells whether it was written since."""
    unknown: list[str] = field(default_factory=list)
    shared: dict[str, list[int]] = field(default_factory=dict)
    """Names that several people bear, and those people."""
    nobodies: dict[str, int] = field(default_factory=dict)
    """What stands in an owner's place and names nobody, and how many rows hold it."""
    near: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    """Of these, those that hold more than a name, and that name."""
    likely: dict[str, list[int | str]] = field(default_factory=dict)
    """People whose names those in ``near`` are close to; or another name of the file."""
    everybody: list[tuple[int, str]] = field(default_factory=list)
    stages: Stages = ()

    def take_owners(self, store: Store, transfer: ModuleType) -> None:
        """Find out who the file's owners are."""
        from mentor_app.core.people.queries import people, told_apart

        self.unknown = transfer.unknown_owners(store, self.plan)
        self.shared = transfer.shared_owners(store, self.plan)
        self.near = transfer.near_owners(store, self.unknown)
        self.plain = transfer.plain_owners(store, self.near)
        self.nobodies = transfer.nobody_owners(store, self.plan)
        with store.read() as connection:
            everybody = people(connection)
        by_name: dict[str, list[int]] = {}
        for one in everybody:
            for name in {one.name, *one.crm_names}:
                by_name.setdefault(name, []).append(one.id)
        strangers = set(self.unknown)
        self.likely = {
            name: [known] if known in strangers else [*by_name.get(known, [known])] for name, known in self.near.items()
        }
        self.everybody = list(told_apart(everybody).items())

    def owners(self, chosen: Mapping[str, int | str | None]) -> dict[str, object]:
        """Owners known and new, as ``lines`` of mentor_app.transfer.understood takes them."""
        from mentor_app.transfer import understood

        count = len(self.plan.owner_names)  # type: ignore[attr-defined]
        called = dict(self.everybody)
        return {"owners": understood.owners(count, self.unknown, self.near, chosen, self.nobodies, called)}
