"""IsWon and IsClosed: what two yes-or-no columns leave open of how a deal stands."""

from __future__ import annotations

from collections.abc import Iterable

from mentor_app.core.ramp.outcome import LOST, OPEN, VOID, WON
from mentor_app.core.text import text
from mentor_app.transfer.values import EMPTY, Bad, Fault, plain

_YES = frozenset(
    ("true", "1", "yes", "y", "t", "x", "✓", "✔", "是", "已", "wahr", "ja", "vrai", "oui", "sí", "si", "1.0")
)
_NO = frozenset(("false", "0", "no", "n", "f", "否", "未", "falsch", "nein", "faux", "non", "0.0"))
ANY = frozenset((OPEN, WON, LOST, VOID))


def flag(cell: str) -> bool | Bad | None:
    """Yes, no, or None for an empty cell."""
    words = plain(cell).casefold()
    if isinstance(cell, Fault):
        return Bad(cell.reason)
    if words in _YES or words in _NO:
        return words in _YES
    return None if words in EMPTY else Bad(text("This is neither yes nor no."))


def possible(won: bool | None, closed: bool | None) -> frozenset[int]:
    """How a deal may stand by what is said of it; nowhere where that contradicts itself."""
    found = ANY
    if won is not None:
        found &= {WON} if won else ANY - {WON}
    if closed is not None:
        found &= ANY - {OPEN} if closed else {OPEN}
    return found


def settled(found: frozenset[int]) -> int | None:
    """The one status that is left; of a deal that is closed and not won: lost. None where it may still be several."""
    if found == {LOST, VOID}:
        return LOST
    return next(iter(found)) if len(found) == 1 else None


def told_by_row(seen: Iterable[tuple[str, str, str]]) -> set[str]:
    """Stage names of which IsWon and IsClosed say in every row how it stands, be it in one way or in several."""
    told: dict[str, bool] = {}
    for name, won, closed in seen:
        told[name.strip()] = told.get(name.strip(), True) and _settled_by(won, closed) is not None
    return {name for name, all_told in told.items() if name and all_told}


def _settled_by(won: str, closed: str) -> int | None:
    one, other = flag(won), flag(closed)
    return None if isinstance(one, Bad) or isinstance(other, Bad) else settled(possible(one, other))


def stages_by(seen: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Stage names that stand in the same way in all rows → how; from each stage, IsWon and IsClosed that stand together."""
    by_name: dict[str, set[int | None]] = {}
    for name, won, closed in seen:
        by_name.setdefault(name.strip(), set()).add(_settled_by(won, closed))
    return {
        name: status
        for name, found in by_name.items()
        if name and len(found) == 1 and (status := next(iter(found))) is not None
    }
