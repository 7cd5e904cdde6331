"""Which column means what: the headers of well-known CRMs, in English and Chinese."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from mentor_app.core.resources import resource
from mentor_app.core.text import LANGUAGES, N_, translator
from mentor_app.transfer.list_words import headers
from mentor_app.transfer.stated_orders import without_order
from mentor_app.transfer.values import plain


def _reviewed() -> dict[str, Any]:
    """The reviewed names of a CRM's columns; of each field, earlier names win over later ones when a file has both."""
    found: dict[str, Any] = json.loads(resource("words", "columns.json").read_text(encoding="utf-8"))
    return found


_COLUMNS = _reviewed()
_OPPORTUNITY: dict[str, tuple[str, ...]] = {
    name: tuple(words) for name, words in _COLUMNS["opportunities"].items() if name != "owner id"
}
_OPPORTUNITY["owner"] += tuple(_COLUMNS["opportunities"]["owner id"])
_OWNER_IDS = frozenset(_COLUMNS["opportunities"]["owner id"])


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """What a file of this kind may hold: our fields with their labels and the headers known for them.

    ``required`` lists groups of fields of which a file needs at least one each; with a single required field a row of
    one filled cell may be a record.
    """

    name: str
    fields: dict[str, str]
    words: dict[str, tuple[str, ...]]
    dates: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    texts: frozenset[str] = frozenset({"seen", "learned", "next_step", "goals", "reason"})
    """Fields that hold more than a name: they are kept as they were typed."""

    def field(self, name: str) -> str | None:
        """Our field meant by ``name``: its own name, its label in any language, or a header known for it."""
        key = normalise(name)
        own = {
            normalise(translator(language)(label)): field
            for language in LANGUAGES
            for field, label in self.fields.items()
        }
        own |= {normalise(field): field for field in self.fields}
        return own.get(key) or next((field for field, words in self.words.items() if key in words), None)


OPPORTUNITIES = FileKind(
    name="opportunities",
    fields={
        "id": N_("Identity"),
        "name": N_("Opportunity name"),
        "owner": N_("Owner"),
        "account": N_("Account"),
        "product": N_("Product"),
        "stage": N_("Stage"),
        "status": N_("Status"),
        "is_won": N_("Is won"),
        "is_closed": N_("Is closed"),
        "life": N_("Life status"),
        "active": N_("Active"),
        "deleted": N_("Deleted"),
        "opened_on": N_("Opened on"),
        "closed_on": N_("Closed on"),
        "won_on": N_("Won on"),
        "lost_on": N_("Lost on"),
        "expected_on": N_("Expected closing"),
        "amount": N_("Amount"),
        "currency": N_("Currency"),
        "unit": N_("Unit of each row"),
    },
    words=_OPPORTUNITY,
    dates=("opened_on", "closed_on", "won_on", "lost_on", "expected_on"),
    required=(("id",), ("owner",), ("stage", "status", "won_on", "lost_on", "is_closed")),
)
PEOPLE = FileKind(
    name="people",
    fields={
        "name": N_("Name"),
        "first_name": N_("Given name"),
        "last_name": N_("Family name"),
        "code": N_("Employee number"),
        "hired_on": N_("Hired on"),
        "left_on": N_("Left on"),
        "team": N_("Team"),
        "roles": N_("Roles"),
        "crm_names": N_("CRM names"),
    },
    words=headers("people"),
    dates=("hired_on", "left_on"),
    required=(("name", "last_name"),),
)
ACTIVITIES = FileKind(
    name="activities",
    fields={
        "id": N_("Identity"),
        "person": N_("Person"),
        "kind": N_("Kind"),
        "held_on": N_("Date"),
        "at_time": N_("Time"),
        "minutes": N_("Minutes"),
        "customer": N_("Customer"),
        "title": N_("Title"),
        "phase": N_("Deal phase"),
        "part": N_("Part played"),
        "depth": N_("Depth of need discovery (1–5)"),
        "seen": N_("What was seen"),
        "learned": N_("What was learned"),
        "next_step": N_("What to try next"),
        "host": N_("Mentor"),
        "state": N_("State"),
    },
    words=headers("activities"),
    dates=("held_on",),
    required=(("person",), ("kind",), ("held_on",)),
)
PROJECTS = FileKind(
    name="projects",
    fields={
        "name": N_("Project"),
        "customer": N_("Customer"),
        "region": N_("Region"),
        "industry": N_("Industry"),
        "started_on": N_("Started on"),
        "closed_on": N_("Closed on"),
        "outcome": N_("Outcome"),
    },
    words=headers("projects"),
    dates=("started_on", "closed_on"),
    required=(("name",), ("started_on",)),
)
PAIRINGS = FileKind(
    name="pairings",
    fields={
        "apprentice": N_("Apprentice"),
        "mentor": N_("Mentor"),
        "project": N_("Project"),
        "started_on": N_("Started on"),
        "ended_on": N_("Ended on"),
        "reason": N_("Reason"),
        "goals": N_("Goals"),
    },
    words=headers("pairings"),
    dates=("started_on", "ended_on"),
    required=(("apprentice",), ("mentor",), ("project",), ("started_on",)),
)
KINDS = (OPPORTUNITIES, PEOPLE, ACTIVITIES, PROJECTS, PAIRINGS)


_MARKS = " *★☆✱↑↓⇅⇵▲▼△▽▴▾⬆⬇⏶⏷\ufe0f"
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z])(?=ID$)")
_PREFIX = re.compile(r"^(?:(?:deal|opportunity|lead) ?[-:] |商机[-:：.])")


def normalise(header: str) -> str:
    """A header as it is compared: case, underscores, words run together (StageName), units in brackets, an order of dates, a prefix of the
    record's kind (Deal - Owner, Opportunity: Owner) and marks of sorting or of what is required (Owner ↑, *负责人) don't matter."""
    clean = _JOINT.sub(" ", plain(header).strip(_MARKS)).casefold().replace("_", " ")
    clean = _PREFIX.sub("", clean)
    clean = re.sub(r"\s*[\[(][^)\]]*[)\]]\s*$", "", without_order(clean)) or clean
    return " ".join(clean.rstrip(":：*").split())


_AMOUNT = sorted(_OPPORTUNITY["amount"], key=len, reverse=True)


@lru_cache(maxsize=1 << 10)
def amount_header(header: str) -> tuple[str, str] | None:
    """The name of an amount that a header begins or ends with, and what it says beside; None where it has no such name."""
    clean = re.sub(r"^(deal|opportunity|lead) - ", "", plain(header), flags=re.IGNORECASE).replace("_", " ")
    clean = clean.rstrip(":：" + _MARKS)
    for word in _AMOUNT:
        begins, ends = _around(word)
        found = begins.match(clean) or ends.fullmatch(clean)
        if found:
            return word, " ".join(part for part in found.groups() if part)
    return None


@cache
def _around(word: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds a header that begins, and one that ends, with a name of an amount, and what it says beside."""
    name, edge = re.escape(word).replace(r"\ ", " +"), r"(?!\w)" if word.isascii() else ""
    begins, ends = rf"(?:{name}){edge}(.*)$", rf"(.*){edge.replace('!', '<!')}(?:{name})(\s*[(\[].*)?"
    return re.compile(begins, re.IGNORECASE), re.compile(ends, re.IGNORECASE)


def _words(name: str) -> re.Pattern[str]:
    """Words of the reviewed list, Latin ones as whole words."""
    listed = sorted(_COLUMNS[name], key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" if one.isascii() else one for one in listed))


_PERHAPS, _PERIODS, _OTHERS = frozenset(_COLUMNS["perhaps_amount"]), _words("perhaps_words"), _words("other_words")

_ENDS = _words("names_closing")


def perhaps_amount(header: str) -> bool:
    """Whether a header names a sum that may be a deal's amount or may be another one: ACV, MRR, 报价金额, 含税; not where it
    says that it is another one: weighted, paid, 回款."""
    name = normalise(header)
    if name in _PERHAPS:
        return True
    return not _OTHERS.search(name) and bool(_PERIODS.search(name) or amount_header(header))


def is_owner_number(header: str) -> bool:
    """Whether a column of this name holds numbers of owners rather than their names."""
    return normalise(header) in _OWNER_IDS


def counts_by_name(header: str) -> bool:
    """Whether a column of this name counts the rows of its file: 序号, No., #."""
    return normalise(header).rstrip(". ") in _COLUMNS["row_number"]


def may_count_by_name(header: str) -> bool:
    """Whether a column of this name may count rows as well as hold an identity: 编号."""
    return normalise(header) in _COLUMNS["perhaps_row_number"]


def may_number_parts(header: str) -> bool:
    """Whether a column of this name, an identity, may be that of products or shares as well as that of deals: ID, Record ID."""
    return normalise(header) in _COLUMNS["perhaps_of_parts"]


def may_be_identity(header: str) -> bool:
    """Whether a column of this name could tell deals apart: not a sum, a reason, a stage that was left, a share."""
    name = normalise(header)
    return name not in _COLUMNS["no_identity"] and names_parts(name) is None and not amount_header(header)


def holds_other_texts(header: str) -> bool:
    """Whether a column of this name holds texts that are neither names of deals nor of customers: a contact, an address, a source."""
    return normalise(header) in _COLUMNS["other_texts"]


def names_parts(name: str) -> str | None:
    """What rows may be of a deal where a column of this (normalised) name stands beside them: splits, products, history,
    snapshots; months, which may as well be those of deals."""
    return next((kind for kind, listed in _COLUMNS["parts"].items() if name in listed), None)


def goes_with_stage(name: str) -> bool:
    """Whether a column of this (normalised) name changes as the stage does: probability, forecast category."""
    return name in _COLUMNS["goes_with_stage"]


def known_headers(kind: FileKind) -> frozenset[str]:
    """Every header that means something for files of this kind."""
    return frozenset(word for words in kind.words.values() for word in words)


@dataclass(frozen=True)
class Recognised:
    """What the headers of a file mean: field → columns (several only for a composed identity).

    ``several`` are fields that more than one column of the same name could be.
    """

    columns: dict[str, list[str]]
    several: dict[str, list[str]]


def recognise(
    kind: FileKind,
    headers: list[str],
    are_figures: Callable[[str], bool] = lambda _: True,
    are_days: Callable[[str], bool] = lambda _: True,
) -> Recognised:
    """What the headers mean. A column serves one field, except expected closing. ``are_figures`` says of a column whether
    figures stand in it, ``are_days`` whether days do."""
    by_name: dict[str, list[str]] = {}
    for header in filter(None, headers):
        by_name.setdefault(_name(kind, header), []).append(header)
    columns: dict[str, list[str]] = {}
    several: dict[str, list[str]] = {}
    for field, words in kind.words.items():
        match = next((by_name[word] for word in words if word in by_name), None)
        if match is None and field == "amount":
            match = by_name.get("")
        if match is None:
            continue
        exact = _of_one_field(kind, field, match, by_name)
        if field == "amount":
            exact += [
                header
                for name, found in by_name.items()
                for header in found
                if header not in exact and _may_be_amount(kind, name, header) and are_figures(header)
            ]
        if len(exact) > 1:
            several[field] = exact
        elif exact not in columns.values() and all(exact[0] not in found for found in several.values()):
            columns[field] = exact
    if kind is OPPORTUNITIES:
        if not _CLOSING & (columns.keys() | several.keys()):
            perhaps = [one for word in _COLUMNS["perhaps_closed_on"] for one in by_name.get(word, ()) if are_days(one)]
            columns |= {"closed_on": perhaps} if len(perhaps) == 1 else {}
        _take_likely(columns, several, by_name, are_days)
        _complete(columns, several)
    elif kind is PEOPLE:
        _put_names_together(columns)
    elif kind is ACTIVITIES and "id" not in columns:
        parts = [
            columns[name][0]
            for name in ("person", "kind", "held_on", "customer", "title", "at_time")
            if name in columns
        ]
        if parts:
            columns["id"] = parts
    return Recognised(columns, several)


def _take_likely(
    columns: dict[str, list[str]],
    several: dict[str, list[str]],
    by_name: dict[str, list[str]],
    are_days: Callable[[str], bool],
) -> None:
    """Take a column for what it may be called where nothing else stands for that: the day expected where days stand in it, the status where it is not
    the day of a snapshot (Stand). Of several of the same name it could be each."""
    for field, others in (
        ("name", {"name"}),
        ("account", {"account"}),
        ("owner", {"owner"}),
        ("status", {"status", "stage"}),
        ("expected_on", {"expected_on"}),
    ):
        perhaps = [one for word in _COLUMNS[f"perhaps_{field}"] for one in by_name.get(word, ())]
        if not others.isdisjoint(columns.keys() | several.keys()) or len({*map(normalise, perhaps)}) != 1:
            continue
        is_day = field == "expected_on"
        if is_day == are_days(perhaps[0]) or not (is_day or names_parts(normalise(perhaps[0]))):
            (columns if len(perhaps) == 1 else several)[field] = perhaps


def names_closing(header: str) -> bool:
    """Whether a header has a word for the end of a deal: 签约/预计日期, Closed / expected."""
    return bool(_ENDS.search(normalise(header)))


def is_table(kind: FileKind, headers: list[str]) -> bool:
    """Whether these are the headers of a file of this kind rather than of another one: all that it needs is among them, and more."""
    if len(known_headers(kind).intersection(map(normalise, headers))) < 2:
        return False
    found = _held(kind, headers)
    return found > 1 and found >= max(_held(other, headers) for other in KINDS)


def _held(kind: FileKind, headers: list[str]) -> int:
    """How many columns of a file of this kind these headers name; 0 where one that is needed is missing."""
    found = recognise(kind, headers)
    fields = found.columns.keys() | found.several.keys()
    if not all(any(name in fields for name in group) for group in kind.required):
        return 0
    return len({column for columns in (*found.columns.values(), *found.several.values()) for column in columns})


def _of_one_field(kind: FileKind, field: str, match: list[str], by_name: dict[str, list[str]]) -> list[str]:
    """The columns that could be a field, of which those in ``match`` have its likeliest name."""
    bare = [header for header in match if not re.search(r"[)\]]\s*$", header)]
    exact = bare if len(bare) == 1 and f"{bare[0]} (2)" not in match else match
    if field not in _BELIEVED:
        return exact
    # The wrong one would be believed: another name for the same counts as much. An owner's number is only taken where no
    # column has the name, and the day that is said to be the actual one before any other.
    rivals = [by_name[word] for word in kind.words[field] if word in by_name and by_name[word] is not match]
    found = list(dict.fromkeys([*exact, *(header for rival in rivals for header in rival)]))
    better = [
        header
        for header in found
        if (field == "owner" and normalise(header) not in _OWNER_IDS)
        or (field == "closed_on" and ACTUAL.search(normalise(header)))
    ]
    return better or found


_BELIEVED = frozenset(
    ("amount", "owner", "currency", "unit", "stage", "status", "opened_on", "closed_on", "won_on", "lost_on")
)
ACTUAL = re.compile(r"actual|tatsächl|实际|實際|^deal closed on$|^date closed$")
"""The name of a day on which a deal was really closed: many CRMs put the expected one of open deals beside it."""


def _may_be_amount(kind: FileKind, name: str, header: str) -> bool:
    return perhaps_amount(header) and not any(name in words for words in kind.words.values())


def _name(kind: FileKind, header: str) -> str:
    """What a header is called: without a unit beside it, where it is that of an amount; "" where it is a unit alone."""
    name = normalise(header)
    if any(name in words for words in kind.words.values()):
        return name
    if kind is not OPPORTUNITIES:
        return name.rstrip(".。")
    from mentor_app.transfer.units import read

    found = amount_header(header)
    if found is not None and not read(found[1]).strange and not _PERIODS.search(name) and not _OTHERS.search(name):
        return found[0]
    said = read(header)
    alone = bool(said.currencies) and not said.strange and not said.wordy
    return "" if alone else name


def _put_names_together(columns: dict[str, list[str]]) -> None:
    """A whole name needs no other; beside given names alone, what is called a name is that of the family."""
    if "name" in columns and "first_name" in columns and "last_name" not in columns:
        columns["last_name"] = columns.pop("name")
    if "name" in columns or "last_name" not in columns:
        columns.pop("first_name", None)
        columns.pop("last_name", None)


_CLOSING = frozenset(("closed_on", "won_on", "lost_on"))


def _complete(columns: dict[str, list[str]], several: dict[str, list[str]]) -> None:
    if not _CLOSING & (columns.keys() | several.keys()) and "expected_on" in columns:
        columns["closed_on"] = columns["expected_on"]
    if "id" not in columns and "id" not in several:
        parts = identity_parts(columns)
        if parts:
            columns["id"] = parts


IDENTITY_PARTS = ("name", "account", "opened_on")
"""Fields that together tell deals apart."""


def identity_parts(columns: dict[str, list[str]]) -> list[str]:
    """The columns that together tell deals apart where no column is their identity."""
    return [columns[field][0] for field in IDENTITY_PARTS if field in columns]


def in_order(identity: Iterable[str], columns: Mapping[str, list[str]]) -> list[str]:
    """The columns of an identity in the order in which it is put together, whatever the file's: by what they mean, the others by their headers."""
    meaning = [column for field in IDENTITY_PARTS for column in columns.get(field, [])[:1]]
    return sorted(
        identity, key=lambda one: (meaning.index(one) if one in meaning else len(meaning), one.casefold(), one)
    )


def further_identity(columns: dict[str, list[str]], now: list[str]) -> list[str]:
    """Columns that tell deals apart where those that are the identity ``now`` don't: what makes an identity otherwise, else a day or
    what else there is beside."""
    parts = identity_parts(columns)
    beside = [columns[field][0] for field in ("closed_on", "expected_on", "amount", "owner") if field in columns]
    return parts if parts != now else [*parts, *beside[:1]]


def chosen_by(identity: Iterable[str]) -> str:
    """How the command line is told of these columns of an identity."""
    return " ".join(f'--map "id={column}"' for column in identity)


def signature(kind: FileKind, headers: list[str]) -> str:
    """Names a file layout: the same headers in any order give the same signature."""
    return hashlib.sha256("\x1f".join([kind.name, *sorted(headers)]).encode()).hexdigest()
