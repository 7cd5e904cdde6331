"""What a playbook is made of, what must hold for it, when it is out of date, which questions are nearly the same."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise

from mentor_app.core.camp.programme import Name
from mentor_app.core.errors import UserError
from mentor_app.core.ramp.calendar import add_months
from mentor_app.core.text import N_
from mentor_app.core.words import tokens


class PlaybookState(StrEnum):
    """How far a playbook is; out of date is never stored, it follows from the day of the approval."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES = "changes"
    APPROVED = "approved"
    OUT_OF_DATE = "out_of_date"


class PlaybookDecision(StrEnum):
    """What a reviewer says: a comment at a passage, or what becomes of the version."""

    COMMENT = "comment"
    CHANGES = "changes"
    APPROVED = "approved"
    TAKEN_BACK = "taken_back"


class Form(StrEnum):
    """What a kind of playbook is made of."""

    SECTIONS = "sections"
    ENTRIES = "entries"


class Arises(StrEnum):
    """When a playbook of a kind is owed."""

    PAIRING = "pairing"
    MENTOR = "mentor"
    NEVER = "never"


class LineChange(StrEnum):
    """What became of a line from one version to the next."""

    SAME = "same"
    GONE = "gone"
    ADDED = "added"


STATES = {
    PlaybookState.NOT_STARTED: N_("Not started"),
    PlaybookState.DRAFT: N_("Draft"),
    PlaybookState.IN_REVIEW: N_("In review"),
    PlaybookState.CHANGES: N_("Changes asked"),
    PlaybookState.APPROVED: N_("Approved"),
    PlaybookState.OUT_OF_DATE: N_("Out of date"),
}
FORMS = {Form.SECTIONS: N_("Sections"), Form.ENTRIES: N_("Questions and answers")}
ARISES = {
    Arises.PAIRING: N_("when a pairing starts, due at its cycle's end"),
    Arises.MENTOR: N_("when a mentor takes a first apprentice"),
    Arises.NEVER: N_("only by hand"),
}
MAX_PARTS, MAX_LINE, MAX_BODY, MAX_FILES = 1000, 400, 50_000, 100
ALIKE = 0.45


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of playbook. ``template`` names the sections a new one begins with, ``goal`` how many entries are wanted.

    ``due_days`` counts from the day the obligation arises (where no cycle says when); ``months`` is how long an approved
    one stays good.
    """

    key: str
    name: Name
    form: Form
    template: tuple[Name, ...]
    goal: int
    arises: Arises
    due_days: int
    months: int


def read_kind(key: str, definition: str) -> Kind:
    """A kind as it is stored. UserError where it can't be read."""
    try:
        document = json.loads(definition)
        template = tuple(Name(one["en"], one["zh_CN"]) for one in document["template"])
        kind = Kind(
            key=key,
            name=Name(document["name"]["en"], document["name"]["zh_CN"]),
            form=Form(document["form"]),
            template=template,
            goal=int(document["goal"]),
            arises=Arises(document["arises"]),
            due_days=int(document["due_days"]),
            months=int(document["months"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            "The kind {name} can't be read: {reason}. Check the store (check), or restore a backup.",
            name=key,
            reason=str(error),
        ) from None
    check_kind(kind)
    return kind


def write_kind(kind: Kind) -> str:
    """A kind as it is stored."""
    document = asdict(kind)
    document.pop("key")
    return json.dumps(document, ensure_ascii=False)


def check_kind(kind: Kind) -> None:
    """UserError where a kind can't be."""
    if not (kind.name.en.strip() or kind.name.zh_CN.strip()):
        raise UserError("A name is needed.")
    if kind.form not in FORMS or kind.arises not in ARISES:
        raise UserError("{word} is not known here.", word=f"{kind.form}, {kind.arises}")
    if kind.form == Form.SECTIONS and not 1 <= len(kind.template) <= 60:
        raise UserError("A template has between 1 and 60 sections.")
    if not 0 <= kind.goal <= 1000 or not 1 <= kind.due_days <= 3650 or not 1 <= kind.months <= 120:
        raise UserError("Goal, days and months must be sensible numbers.")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section (title and Markdown text) or an entry (question and answer, with what it is about)."""

    title: str
    body: str = ""
    product: str | None = None
    industry: str | None = None
    stage: str | None = None
    tags: str | None = None


def clean(part: Part) -> dict[str, str | None]:
    """The part as it is stored: lines trimmed, empty ones None. UserError where one is too long."""
    values: dict[str, str | None] = {}
    for name, limit in (("title", MAX_LINE), ("product", 200), ("industry", 200), ("stage", 40), ("tags", MAX_LINE)):
        words = " ".join(str(getattr(part, name) or "").replace("\0", "").split())
        if len(words) > limit:
            raise UserError("{n} characters are too many; {most} is the most.", n=len(words), most=limit)
        values[name] = words if name == "title" else words or None
    body = (part.body or "").replace("\0", "").replace("\r\n", "\n")
    if len(body) > MAX_BODY:
        raise UserError("{n} characters are too many; {most} is the most.", n=len(body), most=MAX_BODY)
    values["body"] = body
    return values


def as_stored(part: Part) -> Part:
    """The part as the store will hold it, blanks trimmed; as it is where it can't be stored."""
    try:
        return Part(**{**asdict(part), **clean(part)})
    except UserError:
        return part


def check_complete(kind: Kind, parts: Sequence[Part]) -> None:
    """UserError where a playbook can't be handed in yet: nothing written, a question without its answer."""
    written = [part for part in parts if part.body.strip()]
    if not written:
        raise UserError("Nothing has been written yet.")
    if kind.form == Form.ENTRIES:
        for part in parts:
            if not part.title.strip() or not part.body.strip():
                raise UserError("Every entry needs its question and its answer: {title}", title=part.title or "–")


def out_of_date(approved_on: dt.date, kind: Kind, today: dt.date) -> bool:
    """Whether an approved playbook has stood for longer than its kind's months."""
    return today > add_months(approved_on, kind.months)


def likeness(question: str, other: str) -> float:
    """How alike two questions are, 0 to 1: shared pairs of neighbouring tokens over all of them (Jaccard, 1901)."""

    def pairs(words: str) -> set[tuple[str, str]]:
        found = tokens(words)
        return set(pairwise(found)) or {(token, "") for token in found}

    left, right = pairs(question), pairs(other)
    return len(left & right) / len(left | right) if left | right else 0.0


def nearly_the_same(question: str, others: Iterable[tuple[int, str]], most: int = 3) -> list[tuple[int, str, float]]:
    """(id, question, likeness) of the others that say nearly the same, the likest first."""
    found = [(i, words, likeness(question, words)) for i, words in others]
    return sorted((one for one in found if one[2] >= ALIKE), key=lambda one: -one[2])[:most]


def content(title: str, parts: Sequence[Part]) -> str:
    """A version as it is stored: JSON that never changes."""
    return json.dumps({"title": title, "parts": [asdict(part) for part in parts]}, ensure_ascii=False)


def read_content(stored: str) -> tuple[str, tuple[Part, ...]]:
    """Title and parts of a version."""
    found = json.loads(stored)
    return found["title"], tuple(Part(**part) for part in found["parts"])


def compare(old: Sequence[Part], new: Sequence[Part]) -> list[tuple[str, str]]:
    """Line by line what differs between two versions: (same | gone | added, line)."""

    def lines(parts: Sequence[Part]) -> list[str]:
        written: list[str] = []
        for part in parts:
            about = " · ".join(word for word in (part.product, part.industry, part.stage, part.tags) if word)
            written += [f"# {part.title}", *([about] if about else []), *part.body.split("\n")]
        return written

    meant = {" ": LineChange.SAME, "-": LineChange.GONE, "+": LineChange.ADDED}
    return [(meant[line[0]], line[2:]) for line in difflib.ndiff(lines(old), lines(new)) if line[0] in meant]
