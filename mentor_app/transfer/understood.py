"""What was understood of a file, in words: what the wizard's last pages and the command line show before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mentor_app.core.history.words import field_words
from mentor_app.core.people.actions import NEW_PERSON, Meant
from mentor_app.core.text import N_, Translator
from mentor_app.transfer.stages import ALL_DEALS
from mentor_app.transfer.values import brief

ORDERS = {"ymd": N_("year first"), "dmy": N_("day first"), "mdy": N_("month first")}
MARKS = {".": N_("point"), ",": N_("comma")}
STATUS = {"won": N_("Won"), "lost": N_("Lost"), "open": N_("Open"), "void": N_("Void")}
MOVING = ("expected_on", "closed_on")
"""The days of a deal that are emptied as it goes on."""
_MOST, _LONGEST = 20, 60
_ADDED = {"projects": N_("New projects"), "pairings": N_("New pairings")}
_ALL = N_("All deals of the file")


def owners(
    count: int,
    unknown: Sequence[str],
    near: Mapping[str, str],
    meant: Mapping[str, Meant],
    no_owner: Mapping[str, int] | None = None,
    called: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """Of a file's ``count`` owners how many are somebody, which of the ``unknown`` become new people or stay nobody by what
    they are ``meant`` to be (a person, NEW_PERSON, None for nobody, whoever another name means), and which nobody has said anything of are ``near`` to
    a known name. ``no_owner`` are words that name nobody, with the number of their rows: they mean nobody unless somebody is said. ``called``: what people who may be meant are called."""
    words = no_owner or {}
    known = (
        count - len(unknown) + sum(isinstance(meant.get(name), int) and meant[name] != NEW_PERSON for name in unknown)
    )
    new = [name for name in unknown if meant.get(name, NEW_PERSON) == NEW_PERSON]
    new += [name for name in words if meant.get(name) == NEW_PERSON]
    nobody = [name for name in unknown if name in meant and meant[name] is None]
    same = {name: who for name, who in meant.items() if isinstance(who, str)}
    new += dict.fromkeys(who for who in same.values() if who not in unknown)  # plain names that stand nowhere alone
    left = {name: rows for name, rows in words.items() if meant.get(name) is None}
    return {
        "known": known,
        "new": new,
        "nobody": [*nobody, *left],
        "no_owner": left,
        "same": same,
        "meant": {name: called[who] for name, who in meant.items() if isinstance(who, int) and who in called}
        if called
        else {},
        "near": unanswered(near, meant),
    }


def unanswered(near: Mapping[str, str], meant: Mapping[str, Meant]) -> dict[str, str]:
    """Of the names ``near`` to others those of which nothing was said: neither whom they are ``meant`` to be, nor that the other
    is the same."""
    return {name: other for name, other in near.items() if name not in meant and meant.get(other) != name}


def lines(said: dict[str, Any], tr: Translator) -> list[tuple[str, str]]:
    """What ``Plan.understood`` says, as headings and words; what does not apply is left away."""
    found: list[tuple[str, str]] = []
    if said["encoding"]:
        found.append((tr("Encoding"), said["encoding"].upper().removesuffix("-SIG")))
    found.append((tr("Header row"), str(said["header_row"])))
    out = said["left_out"]
    if out:
        rows = [tr("Row {row}: {why}", row=one["row"], why=one["why"]) for one in out[:_MOST]]
        rows += [tr("and {n} more", n=len(out) - _MOST)] if len(out) > _MOST else []
        found.append((tr("Rows left out"), "\n".join(rows)))
    notes = [*said["notes"], *_reopened(0 if said.get("older") else said.get("reopened", 0), tr)]
    if notes:
        found.append((tr("To be noted"), "\n".join(notes)))
    if said["date_order"] and said["date_shown"]:
        key, example = said["date_order"], brief(said["date_read"] or said["date_example"] or "")
        order = tr(ORDERS[key])
        words = tr("{order}, as in {example}", order=order, example=example) if example else order
        is_in_no_order = example and not said["date_read"] and not example[:4].isdigit()  # 3. März 2024
        found.append((tr("Order of dates"), example if is_in_no_order else words))
    if said["decimal"]:
        mark = said["decimal"]
        found.append((tr("Decimal mark"), tr(MARKS[mark])))
    if said.get("unit", 1) != 1:
        words = f" ({said['unit_words']})" if said["unit_words"] else ""
        found.append((tr("Unit of amounts"), f"{said['unit']:,}{words}"))
    if said.get("units"):
        units = [
            f"{one['words']} = {one['unit']:,} {one['currency'] or ''}".strip() + f" ({one['rows']:,})"
            for one in said["units"]
        ]
        found.append((tr("Unit of each row"), f"{said['unit_column']}: " + " · ".join(units)))
    if said["unused"]:
        more = len(said["unused"]) - _MOST
        words = ", ".join(said["unused"][:_MOST]) + (tr(" and {n} more", n=more) if more > 0 else "")
        found.append((tr("Columns not used"), words))
    found += _identity(said.get("identity"), tr)
    found += [(tr("Perhaps older"), said["older"])] if said.get("older") else []
    found += _renamed(said.get("renamed") or (), tr)
    found += _not_in_file(said.get("not_in_file"), tr)
    if said["stages"]:
        stages = [
            f"{tr(_ALL) if one['name'] == ALL_DEALS else one['name']} = {tr(STATUS[one['status']]) if one['status'] else '?'} ({one['rows']:,})"
            for one in said["stages"]
        ]
        found.append((tr("Stages"), " · ".join(stages)))
    return (
        found
        + _cells(said, tr)
        + _totals(said, tr)
        + (_owners(said["owners"], said["people"], tr) if said.get("owners") else _added(said, tr))
    )


def _reopened(n: int, tr: Translator) -> list[str]:
    """That a file says of deals that they have not ended."""
    words = tr.plural(
        "{n} deal that was won or lost would be open again. Is this file older than the last one?",
        "{n} deals that were won or lost would be open again. Is this file older than the last one?",
        n=n,
    )
    return [words] if n else []


def _cells(said: dict[str, Any], tr: Translator) -> list[tuple[str, str]]:
    """What changes in records that are here, cell by cell and first what is emptied, and what follows from it."""
    found, cells = [], emptied_first(said.get("cells", ()))
    for heading, all_of, further in (
        (tr("Changes"), [cell_words(one, tr) for one in cells], said.get("more_cells", 0)),
        (tr("What follows"), said.get("follows", ()), 0),
    ):
        if all_of:
            left = max(len(all_of) - _MOST, 0) + further
            more = [tr("and {n} more", n=f"{left:,}")] if left else []
            found.append((heading, "\n".join([*all_of[:_MOST], *more])))
    return found


def emptied_first(cells: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Cells that change, in the order in which they are shown: first what is emptied, but for days that a deal loses as its stage changes."""
    cells = list(cells)
    staged = {cell["row"] for cell in cells if cell["field"] in ("stage", "status")}

    def goes_first(cell: Mapping[str, Any]) -> bool:
        return cell["emptied"] and not (cell["field"] in MOVING and cell["row"] in staged)

    return sorted(cells, key=lambda cell: not goes_first(cell))


def cell_words(cell: Mapping[str, Any], tr: Translator) -> str:
    """One changed cell: where it stands, what it was and what it becomes."""
    place = tr("Row {row}, {record}, {column}", row=cell["row"], record=cell["record"], column=cell["column"])
    after = cell_after(cell, tr)
    return f"{place}: {_short(cell['before']) or '–'} → {after}"


def cell_after(cell: Mapping[str, Any], tr: Translator) -> str:
    """What a cell becomes: where it is emptied, that, or what is inferred instead."""
    return cell.get("instead") or tr("(emptied)") if cell["emptied"] else _short(cell["after"])


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _identity(identity: dict[str, Any] | None, tr: Translator) -> list[tuple[str, str]]:
    if not identity or not identity["columns"]:
        return []
    words = " + ".join(identity["columns"])
    if identity["proposed"]:
        words += "\n" + tr(
            "{column} is different in every row and could be the identity.",
            column=identity["proposed"],
        )
    return [(tr("Identity"), words)]


def _renamed(rows: Sequence[dict[str, Any]], tr: Translator) -> list[tuple[str, str]]:
    """Rows that may be known deals that changed, what differs, and what they are taken as."""
    if not rows:
        return []
    words = [
        tr(
            'Row {row} may be the known deal "{was}": {changes}',
            row=one["row"],
            was=_short(one["was"]),
            changes=" · ".join(_change_words(cell, tr) for cell in one["changes"]) or tr("written otherwise"),
        )
        + _others(one, tr)
        for one in rows[:_MOST]
    ]
    words += [tr("and {n} more", n=len(rows) - _MOST)] if len(rows) > _MOST else []
    of: dict[str, list[int]] = {}
    for one in rows:
        if one["taken_as"] is not None:
            of.setdefault(one["taken_as"], []).append(one["row"])
    if list(map(len, of.values())) == [len(rows)]:
        words.append(tr("They are taken as these deals.") if "same" in of else tr("They are taken as new deals."))
    else:
        named = {answer: ", ".join(map(str, numbers)) for answer, numbers in of.items() if numbers}
        words += [tr("Taken as these deals: rows {rows}", rows=named["same"])] if "same" in named else []
        words += [tr("Taken as new deals: rows {rows}", rows=named["new"])] if "new" in named else []
    return [(tr("Perhaps known deals"), "\n".join(words))]


def _others(row: Mapping[str, Any], tr: Translator) -> str:
    """Which deals a row may be, where these look alike."""
    if not row["may_be"]:
        return ""
    deals = " · ".join(f"[{n}] {deal.replace(' · ', ', ')}" for n, deal in enumerate(row["may_be"], 1))
    return "\n    " + tr(
        "It may be one of these (--renamed {row}={n}): {deals}", row=row["row"], n=row["shown"], deals=deals
    )


def _change_words(cell: Mapping[str, Any], tr: Translator) -> str:
    """What a cell was and becomes, where its row is named already."""
    after = cell_after(cell, tr)
    return f"{cell['column']} {_short(cell['before']) or '–'} → {after}"


def _not_in_file(missed: Mapping[str, Any] | None, tr: Translator) -> list[tuple[str, str]]:
    """Deals that came with an earlier file of which this one holds others, and that it leaves out."""
    if not missed or not missed["deals"]:
        return []
    left = missed["deals"] - _MOST
    called = zip(missed["names"][:_MOST], missed["accounts"], strict=False)
    first = [_short(name if account in (None, name) else f"{name} ({account})") for name, account in called]
    names = ", ".join(first) + (tr(" and {n} more", n=f"{left:,}") if left > 0 else "")
    words = tr.plural(
        "{n} deal of such files is not in this one and stays as it is: {names}",
        "{n} deals of such files are not in this one and stay as they are: {names}",
        n=missed["deals"],
        names=names,
    )
    newly = missed["for_the_first_time"]
    if newly != missed["deals"]:
        words = tr("{one} ({m} for the first time, named first)", one=words, m=f"{newly:,}")
    return [(tr("Not in this file"), words)]


def _totals(said: dict[str, Any], tr: Translator) -> list[tuple[str, str]]:
    found = []
    totals = said["totals"]
    if totals["won"] is not None:
        counts = {tr(STATUS[name]): n for name, n in totals.items() if n}
        found.append((tr("Deals"), " · ".join(f"{words} {n:,}" for words, n in counts.items()) or "0"))
    sums = []
    for one in said.get("amounts", ()):
        parts = [f"{tr(STATUS[name])} {one[name]:,.2f}" for name in STATUS if one.get(name)]
        if parts:
            currency = one["currency"] or tr("(no currency)")
            sums.append(tr("{currency}: {sums}", currency=currency, sums=" · ".join(parts)))
    if sums:
        found.append((tr("Sums"), "\n".join(sums)))
    if said["closed"]["first"]:
        found.append((tr("Closed on"), f"{said['closed']['first']} – {said['closed']['last']}"))
    for name, span in said.get("spans", {}).items():
        found.append((tr(field_words(name) or name), f"{span['first']} – {span['last']}"))
    return found


def _added(said: Mapping[str, Any], tr: Translator) -> list[tuple[str, str]]:
    """Who and what is new, by name."""
    found, people = [], said["people"]
    for heading, names in (
        (tr("New people"), people["new"] if people else ()),
        (tr("Of a name somebody has already"), people["namesakes"] if people else ()),
        *((tr(_ADDED[kind]), names) for kind, names in (said.get("new_records") or {}).items() if names),
        (tr("New teams"), said.get("new_teams") or ()),
    ):
        if names:
            more = len(names) - _MOST
            words = ", ".join(map(_short, names[:_MOST])) + (tr(" and {n} more", n=more) if more > 0 else "")
            found.append((heading, words))
    return found


def _owners(owners: dict[str, Any], people: dict[str, list[str]] | None, tr: Translator) -> list[tuple[str, str]]:
    """Who the owners are; once the rows were tried, only the ``people`` are new whom a good row names."""
    words = [tr("{n} known", n=owners["known"])]
    new = [name for name in owners["new"] if people is None or name in people["new"]]
    if new:
        named = ", ".join(new[:_MOST]) + (" …" if len(new) > _MOST else "")
        words.append(tr("{n} new: {names}", n=len(new), names=named))
    nobody = [name for name in owners["nobody"] if name not in owners["no_owner"]]
    if nobody:
        named = ", ".join(nobody[:_MOST]) + (" …" if len(nobody) > _MOST else "")
        words.append(tr("{n} left unmatched: {names}", n=len(nobody), names=named))
    if owners["no_owner"]:
        named = ", ".join(f"{name} ({n:,})" for name, n in list(owners["no_owner"].items())[:_MOST])
        words.append(
            tr.plural(
                "{n} row names no owner: {names}",
                "{n} rows name no owner: {names}",
                n=sum(owners["no_owner"].values()),
                names=named,
            )
        )
    for name, other in list(owners["meant"].items())[:_MOST]:
        words.append(tr("{name} is {other}", name=_short(name), other=other))
    if len(owners["meant"]) > _MOST:
        words.append(tr("and {n} more", n=len(owners["meant"]) - _MOST))
    words += [tr("{name} is the same as {other}", name=name, other=other) for name, other in owners["same"].items()]
    words += [tr("{name} is close to {known}", name=name, known=known) for name, known in owners["near"].items()]
    return [(tr("Owners"), "\n".join(words))]
