"""What a document that stands in one column says, part by part, so that the history can tell which part changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from mentor_app.core.camp.programme import Name, parse_programme
from mentor_app.core.errors import UserError
from mentor_app.core.history import words
from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.pipeline.rules import STATUS, STATUS_KEYS
from mentor_app.core.playbooks.rules import ARISES, FORMS, read_content, read_kind
from mentor_app.core.text import N_, Text, Translator, text

if TYPE_CHECKING:
    from mentor_app.core.history.names import Names

Said: TypeAlias = "Text | str"
Parts: TypeAlias = "dict[str, tuple[Text, Said]]"
"""Part, by a key that tells it from the others → what it is called, what it says."""


@dataclass(frozen=True)
class Listed:
    """Several things one after the other, in the reader's language."""

    things: tuple[Said, ...]

    def render(self, tr: Translator) -> str:
        """With the comma that the language has between things."""
        return tr.listed(one if isinstance(one, str) else one.render(tr) for one in self.things)


def listed(things: Iterable[Said]) -> Text:
    """Several things as one text."""
    return text("{words}", words=Listed(tuple(things)))


def differences(
    names: Names, table: str, column: str, before: str | None, after: str | None
) -> Iterator[tuple[Text, Said, Said]]:
    """(what it is called, before, after) of each part of a document that changed; one that is the same says nothing."""
    read = _DOCUMENTS[table, column]
    was, now = (_parts(read, names, written) for written in (before, after))
    if was is None or now is None:
        return
    for key in [*now, *(key for key in was if key not in now)]:
        label = (now.get(key) or was[key])[0]
        values = was.get(key, (label, "–"))[1], now.get(key, (label, "–"))[1]
        if values[0] != values[1]:
            yield label, values[0], values[1]


def _parts(read: Callable[[Names, str], Parts], names: Names, written: str | None) -> Parts | None:
    """None where it can't be read."""
    try:
        return read(names, written) if written else {}
    except (UserError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _programme(_names: Names, written: str) -> Parts:
    programme = parse_programme(written)
    found: Parts = {"name": (text(N_("Name")), _name(programme.name))}
    for stage in programme.stages:
        for key, label, said in (
            ("name", N_("Name"), _name(stage.name)),
            ("aim", N_("Aim"), _name(stage.aim)),
            ("months", N_("Months"), f"{stage.first_month}–{stage.last_month or ''}"),
        ):
            found[f"{stage.key}.{key}"] = _of(stage.name, text(label)), said
        for need in stage.requirements:
            times = text("{n} ×", n=need.count)
            if need.pass_mark is not None:
                times = text("{n} ×, pass mark {mark}", n=need.count, mark=f"{need.pass_mark:g}")
            found[f"{stage.key}.need.{need.kind}"] = _of(stage.name, text(KINDS[need.kind].name)), times
    found["order"] = text(N_("Order of the stages")), listed(_name(stage.name) for stage in programme.stages)
    for rubric in programme.rubrics:
        about = text("Rubric: {kind}", kind=text(KINDS[rubric.kind].name))
        found[f"rubric.{rubric.kind}"] = about, listed([f"0–{rubric.top:g}", *map(_name, rubric.criteria)])
    return found


def _kind(_names: Names, written: str) -> Parts:
    kind = read_kind("-", written)
    return {
        "name": (text(N_("Name")), _name(kind.name)),
        "form": (text(N_("Form")), text(FORMS[kind.form])),
        "template": (text(N_("Template")), listed(map(_name, kind.template))),
        "goal": (text(N_("Goal")), str(kind.goal)),
        "arises": (text(N_("Owed")), text(ARISES[kind.arises])),
        "due_days": (text(N_("Days until it is due")), str(kind.due_days)),
        "months": (text(N_("Months it stays good")), str(kind.months)),
    }


def _content(_names: Names, written: str) -> Parts:
    title, parts = read_content(written)
    found: Parts = {"title": (text(N_("Title")), title)}
    for at, part in enumerate(parts):
        key = part.title or f"#{at}"
        while key in found:  # two parts of one title
            key += "+"
        label = text("{words}", words=part.title) if part.title else text(N_("Part"))
        about = [word for word in (part.product, part.industry, part.tags) if word]
        found[key] = label, " · ".join([*about, part.body]) if about else part.body
    return found


def _reading(names: Names, written: str) -> Parts:
    said: Mapping[str, Any] = json.loads(written)
    found: Parts = {}
    for field, columns in said.get("columns", {}).items():
        found[f"column.{field}"] = text("Column for {field}", field=_field(field)), listed(map(str, columns))
    for name, status in said.get("stages", {}).items():
        label = text("“{stage}” means", stage=name)
        found[f"stage.{name}"] = label, _status(status)
    for owner, person_id in said.get("owners", {}).items():
        found[f"owner.{owner}"] = text("“{owner}” is", owner=owner), _owner(names, person_id)
    names_said = Counter("nobody" if meant == "out" else "meant" for meant in said.get("names", {}).values())
    for what, key in (("nobody", N_("Names said to be nobody's")), ("meant", N_("Names said to mean known ones"))):
        if names_said[what]:
            found[f"names.{what}"] = text(key), str(names_said[what])
    for doubtful, unit in said.get("units", {}).items():
        found[f"unit.{doubtful}"] = text("“{words}” means the unit", words=doubtful), str(unit)
    orders = {"ymd": N_("year, month, day"), "dmy": N_("day, month, year"), "mdy": N_("month, day, year")}
    order, decimal, unit = said.get("date_order"), said.get("decimal"), said.get("unit")
    if order is not None:
        found["date_order"] = text(N_("Order of dates")), text(orders[order]) if order in orders else str(order)
    if decimal is not None:
        found["decimal"] = text(N_("Decimal mark")), str(decimal)
    if unit is not None:
        found["unit"] = text(N_("Unit of amounts")), str(unit)
    without = said.get("without") or []
    if without:
        found["without"] = text(N_("In no column")), listed(map(_field, without))
    return found


def _status(key: str) -> Said:
    return text(STATUS[STATUS_KEYS[key]]) if key in STATUS_KEYS else str(key)


def _owner(names: Names, person_id: int | None) -> Said:
    if person_id is None:
        return text(N_("nobody"))
    return names.of("person", person_id) if person_id > 0 else text(N_("somebody new"))


def _field(name: str) -> Text:
    known = words.field_words(name)
    return text(known) if known is not None else text("{words}", words=name)


def _name(name: Name) -> Text:
    return text("{words}", words=name)


def _of(stage: Name, what: Text) -> Text:
    return text("{stage}: {what}", stage=stage, what=what)


_DOCUMENTS: Mapping[tuple[str, str], Callable[[Names, str], Parts]] = {
    ("programme_version", "definition"): _programme,
    ("playbook_kind", "definition"): _kind,
    ("playbook_version", "content"): _content,
    ("import_mapping", "mapping"): _reading,
}
"""Columns that hold a whole document, and what reads it."""


def is_document(table: str, column: str) -> bool:
    """Whether a column holds a whole document."""
    return (table, column) in _DOCUMENTS
