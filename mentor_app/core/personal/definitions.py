"""What a company's programme, regions, stages and the like are called: words that erasing a person never changes, for they
mean the same whoever is called so. Where a person's name stands in them is told instead."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from mentor_app.core.personal.forms import part_of_words, whole_word
from mentor_app.core.personal.letters import bare
from mentor_app.core.personal.names import spellings
from mentor_app.core.personal.reading import as_shown
from mentor_app.core.store.history import change
from mentor_app.core.tables import metadata
from mentor_app.core.text import N_

DEFINITIONS: Mapping[str, tuple[str, ...]] = {
    "team": ("name", "industry"),
    "region": ("name",),
    "opportunity": ("product", "stage"),
    "import_mapping": ("mapping",),
    "programme_version": ("definition",),
    "project": ("industry",),
    "project_phase": ("phase",),
    "playbook_kind": ("definition",),
    "playbook_part": ("product", "industry"),
    "playbook_answer": ("product", "industry"),
}
"""The columns in which the company's own words stand."""
WHERE: Mapping[str, str] = {
    "team": N_("Teams"),
    "region": N_("Regions"),
    "opportunity": N_("Products and stages of opportunities"),
    "import_mapping": N_("How files were read"),
    "programme_version": N_("Programme"),
    "project": N_("Industries of projects"),
    "project_phase": N_("Phases of projects"),
    "playbook_kind": N_("Kinds of playbooks"),
    "playbook_part": N_("Products and industries of playbooks"),
    "playbook_answer": N_("Products and industries of playbooks"),
}
"""The same in words."""
_WORD = re.compile(r"[^\W_]+")
_JSON = frozenset({"import_mapping", "programme_version", "playbook_kind"})
_MANY = frozenset({"opportunity"})
"""Whose history is too long to be read through for this."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A name that is a word of definitions, too: where (a key of ``WHERE``), and in which words."""

    name: str
    table: str
    words: tuple[str, ...]


def standing(connection: Connection, names: Iterable[str]) -> tuple[list[Standing], frozenset[str]]:
    """Where these names stand in definitions, now or in their history; and which are words of their own there, as common
    words are: a team is often called after a person, so its name makes none common."""
    told = [(table, words, as_shown(words).words) for table, words in _all(connection)]
    found, common = list[Standing](), set[str]()
    together = bare("\n".join(read for _, _, read in told))
    for name in names:
        ways = spellings([name])
        if not ways or not all(word in together for word in _WORD.findall(bare(ways[0]))):
            continue
        inside = re.compile(part_of_words(ways[0]), re.IGNORECASE)
        alone = re.compile(whole_word(ways[0]), re.IGNORECASE)
        by_place: dict[str, dict[str, None]] = defaultdict(dict)
        for table, words, read in told:
            if inside.search(read):
                by_place[table][words] = None
                if table != "team" and len(name.split()) == 1 and alone.search(read):
                    common.update((name, *ways))
        found += [Standing(name=name, table=table, words=tuple(words)) for table, words in by_place.items()]
    return found, frozenset(common)


def _all(connection: Connection) -> Iterator[tuple[str, str]]:
    """(table, words) of every definition; those in history, too."""
    for name, columns in DEFINITIONS.items():
        for column in columns:
            value = metadata.tables[name].c[column]
            for stored in connection.execute(select(value).where(value.is_not(None)).distinct()).scalars():
                yield from _strings(name, stored)
    c = change.c
    kept = select(c.table_name, c.before, c.after).where(c.table_name.in_(sorted(DEFINITIONS.keys() - _MANY)))
    for name, *both in connection.execute(kept):
        for side in (json.loads(words) for words in both if words):
            if isinstance(side, dict):
                for column in DEFINITIONS[name]:
                    if isinstance(side.get(column), str):
                        yield from _strings(name, side[column])


def _strings(table: str, stored: str) -> Iterator[tuple[str, str]]:
    if table not in _JSON:
        yield table, stored
        return
    try:
        told = json.loads(stored)
    except (ValueError, RecursionError):
        told = stored
    for words in _texts(told):
        yield table, words


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
