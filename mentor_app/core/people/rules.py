"""What must hold for people, and the words that name roles and regions."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum

from mentor_app.core.errors import UserError
from mentor_app.core.people.roles import Role
from mentor_app.core.text import N_
from mentor_app.core.words import seen

ROLES = {
    Role.TEAM_LEAD: N_("Team lead"),
    Role.NEW_HIRE: N_("New hire"),
    Role.MENTOR: N_("Mentor"),
    Role.TRAINER: N_("Trainer"),
}


class RegionClass(StrEnum):
    """What the company wants of a region."""

    STRATEGIC = "strategic"
    CONSOLIDATION = "consolidation"
    CULTIVATION = "cultivation"


REGIONS = {
    "East": RegionClass.STRATEGIC,
    "South": RegionClass.STRATEGIC,
    "North": RegionClass.CONSOLIDATION,
    "Central": RegionClass.CONSOLIDATION,
    "Northwest": RegionClass.CULTIVATION,
    "Southwest": RegionClass.CULTIVATION,
}
REGION_CLASSES = {
    RegionClass.STRATEGIC: N_("Strategic"),
    RegionClass.CONSOLIDATION: N_("Consolidation"),
    RegionClass.CULTIVATION: N_("Cultivation"),
}
REGION_WORDS = {
    N_("East"): ("华东", "东区", "east"),
    N_("South"): ("华南", "南区", "south"),
    N_("North"): ("华北", "北区", "north"),
    N_("Central"): ("华中", "中区", "central"),
    N_("Northwest"): ("西北", "northwest", "north-west"),
    N_("Southwest"): ("西南", "southwest", "south-west"),
}
MAX_NAME = 200


def match_key(name: str) -> str:
    """The form in which names are compared: width, case, spacing and what can't be seen don't matter."""
    return " ".join(unicodedata.normalize("NFKC", seen(name.replace("\0", ""))).casefold().split())


def same_person(owner: str, name: str) -> bool:
    """Whether a CRM's way to write a name probably means ``name``: "Snelling, Anna" and "Anna Snelling"."""

    def words(text: str) -> list[str]:
        return sorted(match_key(text).replace(",", " ").replace(".", " ").replace("_", " ").split())

    return words(owner) == words(name)


def region_from_words(words: str) -> str | None:
    """The name of a default region meant by ``words``."""
    key = match_key(words)
    return next((name for name, names in REGION_WORDS.items() if key in names), None)


def checked_name(name: str, field: str = "name") -> str:
    """A name in one line: outer space and what can't be seen taken off, breaks and tabs read as spaces.

    UserError, which speaks of the ``field``, where nothing to be seen is left, it is too long, or it holds what is no text (BEL,
    half a character).
    """
    name = name.replace("\0", "")
    if any("\ud800" <= c <= "\udfff" for c in name):
        raise UserError("The name holds half a character. Type it anew.").of(field)
    clean = seen("".join(" " if c in _BREAKS else c for c in name)).strip(_UNSEEN)
    if all(c in _BLANK or c.isspace() or unicodedata.category(c) == "Cf" for c in clean):
        raise UserError("A name is needed.").of(field)
    if any(unicodedata.category(c) == "Cc" for c in clean):
        raise UserError("The name holds a control character. Type it anew.").of(field)
    if len(clean) > MAX_NAME:
        raise UserError("The name is longer than {n} characters.", n=MAX_NAME).of(field)
    return clean


_BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_UNSEEN = " \u00a0\u00ad\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff"
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe0e\ufe0f\uffa0"
"""Letters and marks that look like nothing."""


def check_employment(hired_on: dt.date | None, left_on: dt.date | None) -> None:
    """UserError when somebody would leave before joining."""
    if hired_on and left_on and left_on < hired_on:
        raise UserError("The leaving date {left} lies before the hire date {hired}.", left=left_on, hired=hired_on).of(
            "left_on", "hired_on"
        )
