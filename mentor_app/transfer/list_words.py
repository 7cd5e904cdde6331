"""What headers and words of people's, logbook, project and pairing lists mean: a reviewed list (resources/words/lists.json),
and the names the window gives them in either language. Whole words only: any other word is not known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, STATES, not_given_by_lists
from mentor_app.core.people.roles import Role
from mentor_app.core.people.rules import ROLES, match_key
from mentor_app.core.projects.rules import OUTCOMES
from mentor_app.core.resources import resource
from mentor_app.core.text import LANGUAGES, Listed, Text, text, translator
from mentor_app.transfer.values import brief

NO_ROLE = "none"
"""What a word is that means somebody without a role of this app: a sales rep."""
_NAMES: Mapping[str, Mapping[str, str]] = {
    "roles": {str(role): name for role, name in ROLES.items()},
    "kinds": {key: kind.name for key, kind in KINDS.items()},
    "phases": PHASES,
    "parts": PARTS,
    "states": {str(state): name for state, name in STATES.items()},
    "outcomes": {str(outcome): name for outcome, name in OUTCOMES.items()},
}
"""The things a word can mean, by group: our key and what the window calls it."""


@cache
def _reviewed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("words", "lists.json").read_text(encoding="utf-8"))
    return found


def headers(kind: str) -> dict[str, tuple[str, ...]]:
    """Of a kind of list the headers known for each field; earlier ones win where a file has several."""
    return {field: tuple(words) for field, words in _reviewed()["columns"][kind].items()}


def words_below(group: str) -> tuple[str, ...]:
    """The words that begin rows below a list, which are none of its records: those of a count, or of who signed it."""
    return tuple(_reviewed()["below"][group])


def not_named_yet(group: str) -> tuple[str, ...]:
    """The phrases that stand in place of a name that is to come, or the words for the project that has none."""
    return tuple(_reviewed()["to come"][group])


def job_titles() -> tuple[str, ...]:
    """Headers of a column that holds roles where all its words are known ones."""
    return tuple(_reviewed()["job titles"])


def meaning(group: str, word: str) -> str | None:
    """Our key for a ``word`` of a group; None where it is not known."""
    return _meanings(group).get(_key(word))


def roles_meant(words: Iterable[str]) -> frozenset[Role] | Text:
    """The roles that words name, or why one of them can't be read."""
    found = {word: meaning("roles", word) for word in words}
    strange = next((word for word, role in found.items() if role is None), None)
    if strange is not None:
        return not_known("roles", strange)
    return frozenset(Role(role) for role in found.values() if role and role != NO_ROLE)


def not_known(group: str, word: str) -> Text:
    """Why a word can't be read: what could stand there."""
    if group == "states":
        return not_given_by_lists(brief(word))
    return text(
        "{word} is not known here. Write one of these: {names}.",
        word=brief(word),
        names=Listed(tuple(_NAMES[group].values())),
    )


@cache
def _meanings(group: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, name in _NAMES[group].items():
        for said in (key, *(translator(language)(name) for language in LANGUAGES)):
            found.setdefault(_key(said), key)
    for key, words in _reviewed().get(group, {}).items():
        for word in words:
            found.setdefault(_key(word), key)
    return found


def _key(word: str) -> str:
    return match_key(word).replace("_", " ").rstrip(".。")
