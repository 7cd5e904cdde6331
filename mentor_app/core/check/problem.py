"""What a check of the store finds: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mentor_app.core.text import N_, Text, Translator, text

REPAIR = N_("It is computed from the rest and can be repaired (check --repair).")
AFTER = N_(
    "It is computed from the rest, where something is not as it was written: it is not made anew before that is right. Restore a "
    "backup first."
)
SCHEMA = N_("It can be put back (check --repair).")
RESTORE = N_("Restore a backup copy, or set it right in the app where you know how it came about.")
RESTORE_THERE = N_(
    "Have a backup of the server brought back with pg_restore, or set it right in the app where you know how it came about."
)
REENTER = N_(
    "Restore a backup copy, or enter in the app again exactly what was written, where it can be changed there; anything else "
    "that is entered does not make it sound."
)
REENTER_THERE = N_(
    "Have a backup of the server brought back with pg_restore, or enter in the app again exactly what was written, where it can "
    "be changed there; anything else that is entered does not make it sound."
)
ONLY_RESTORE = N_("Restore a backup copy from before that; nothing that is entered in the app sets it right.")
ONLY_RESTORE_THERE = N_(
    "Have a backup of the server from before that brought back with pg_restore; nothing that is entered in the app sets it right."
)
ON_SERVER = {RESTORE: RESTORE_THERE, REENTER: REENTER_THERE, ONLY_RESTORE: ONLY_RESTORE_THERE}
"""What is advised where a backup helps: of a file, and of a server, whose backups are not the app's."""
_ADVICE = {"row_changed": REENTER, "row_gone": ONLY_RESTORE, "row_without_history": ONLY_RESTORE}
FOREIGN = N_("Find out who made it and what it does. It runs whenever the app writes there.")
STRANGE = N_("Another program made it. Find out which one, and what for; then take it out with that program.")
FILES = N_("Restore the folder of attachments from a backup copy.")
DATE = N_("Enter the right date there, or import the file that has it once more.")
GONE = "file"
"""The key of an attachment that is gone or was changed."""
AGAIN = N_("Mend what is said above first, then check again.")
COMPUTED_FROM = {
    "digest": ("opportunity", "crm_name"),
    "answers": ("playbook", "playbook_version", "playbook_review"),
}
"""What is computed from which tables."""
_HISTORY = frozenset({"change", "change_set", "change_seal"})
_CAUSES = ("file_", "table_", "column_", "value_unreadable", "row_", "history_", "import_changed")
"""How the keys of problems begin that others come of."""
_MOST = 100
"""So many problems of one kind in one table are told one by one; after that they are counted."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong. ``key`` names its kind and never changes; ``row`` is an id where one row is meant."""

    key: str
    what: Text
    table: str | None = None
    row: int | None = None
    advice: str = RESTORE
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Of an altered row: column → what was written, and what stands there."""
    called: Text | None = None
    """What the record is called, where it has a name."""
    stands_for: int = 1
    """How many problems it tells of."""

    @property
    def repairable(self) -> bool:
        """Whether it concerns only what can be computed anew."""
        return self.advice in (REPAIR, SCHEMA)

    @property
    def is_computed(self) -> bool:
        """Whether it concerns only what is computed from the rest, be that sound or not."""
        return self.repairable or self.advice == AFTER

    @property
    def is_cause(self) -> bool:
        """Whether it says that something was removed or altered; of the others many may come of that."""
        return self.key.startswith(_CAUSES)

    def render(self, tr: Translator) -> str:
        """What is wrong and what to do, in the language of ``tr``."""
        return f"{self.told(tr)} {tr(self.advice)}"

    def told(self, tr: Translator) -> str:
        """What is wrong, and with what."""
        return " ".join(one.render(tr) for one in (self.what, self.called) if one is not None)

    def __str__(self) -> str:
        return str(self.what)


def wrong(key: str, what: str, table: str | None = None, row: int | None = None, **values: Any) -> Problem:
    """A problem in what people entered; ``what`` is a message key, which may name ``{table}`` and ``{row}``."""
    advice = ONLY_RESTORE if key.startswith(("history_", "import_")) else _ADVICE.get(key, RESTORE)
    return Problem(key=key, what=text(what, table=table, row=row, **values), table=table, row=row, advice=advice)


def unknown(table: str, row: Mapping[str, Any], column: str) -> Problem:
    """A state, kind or decision that this version of the app does not know."""
    what = text(
        "Row {row} of {table} says {value} in {column}, which does not exist.",
        row=row["id"],
        table=table,
        value=row[column],
        column=column,
    )
    return Problem(key="value_unknown", what=what, table=table, row=row["id"])


def derived(key: str, what: Text, table: str | None = None, row: int | None = None) -> Problem:
    """A problem in what is computed from the rest."""
    return Problem(key=key, what=what, table=table, row=row, advice=REPAIR)


def spoilt(found: Iterable[Problem], kind: str) -> list[str]:
    """The tables from which what is computed (its ``kind``) would be computed wrong: something in them is not as it was written."""
    wrong_in = {one.table for one in found if one.table is not None and not one.is_computed}
    return sorted(wrong_in & {*COMPUTED_FROM.get({"search": "answers"}.get(kind, kind), ()), *_HISTORY})


def advised(found: list[Problem]) -> list[Problem]:
    """The same, each of what is computed from spoilt rows with the advice to set those right first."""
    kinds = {"search", *COMPUTED_FROM}
    return [
        replace(one, advice=AFTER) if one.key in kinds and one.advice == REPAIR and spoilt(found, one.key) else one
        for one in found
    ]


def first_of_each(found: Iterable[Problem]) -> Iterator[Problem]:
    """The problems, those of one kind in one table cut off after the first hundred with a word about how many follow."""
    counted: Counter[tuple[str, str | None, str]] = Counter()
    for one in found:
        kind = one.key, one.table, one.advice
        counted[kind] += 1
        if counted[kind] <= _MOST:
            yield one
    for (key, table, advice), n in counted.items():
        if n > _MOST:
            more = text("{n} more of this kind in {table}: {key}", n=n - _MOST, table=table or "–", key=key)
            yield Problem(key=key, what=more, table=table, advice=advice, stands_for=n - _MOST)
