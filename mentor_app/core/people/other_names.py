"""By what somebody may be known under another name than before."""

from __future__ import annotations

import datetime as dt

from mentor_app.core.personal.names import is_short_cjk, key_of, parts_of

Mark = tuple[str | None, ...]


def marks(name: str, hired_on: dt.date | None, team: str | None) -> list[Mark]:
    """By what somebody may be known under another name: the day they joined and the given name; in characters the team, and all but one of
    them. Nothing where that is not known, or no surname is told from it."""
    if hired_on is None:
        return []
    day = hired_on.isoformat()
    if is_short_cjk(name):
        return [(day, team, f"{name[:at]}_{name[at + 1 :]}") for at in range(len(name))] if team else []
    given, *more = parts_of(name)
    return [(day, key_of(given))] if more else []
