"""A CRM's export into the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mentor_app.core.errors import IdentityNeeded, UserError
from mentor_app.core.imports import Imported
from mentor_app.core.people.actions import Meant
from mentor_app.core.people.queries import crm_matches, known_names, namesakes
from mentor_app.core.people.rules import match_key
from mentor_app.core.pipeline import actions
from mentor_app.core.pipeline.rules import REST, Corrected, ImportedDeals, Older
from mentor_app.core.store import Actor, Done, Store
from mentor_app.core.store.keeping import keep_before_import
from mentor_app.core.text import N_, Text, plural_text, text
from mentor_app.transfer.collector import no_collector
from mentor_app.transfer.deal_plan import OpportunityPlan
from mentor_app.transfer.deals import typed_batches
from mentor_app.transfer.deals_said import why_older, why_scaled
from mentor_app.transfer.near_names import near_names
from mentor_app.transfer.plain_names import plain_name
from mentor_app.transfer.planning import make_plan
from mentor_app.transfer.recognise import OPPORTUNITIES
from mentor_app.transfer.said import refuse


def plan(
    store: Store,
    path: Path,
    renamed: str | Mapping[str, str] | None = None,
    keep_cells: bool = False,
    older: bool = False,
    **given: Any,
) -> OpportunityPlan:
    """Recognise a CRM's export; see ``make_plan`` for what else can be given. ``renamed`` is what was said of rows that may be
    deals of the store that were corrected: "same", or "new". ``keep_cells``: empty cells leave what deals say. ``older``: it is imported though it seems older than what is here."""
    made = make_plan(OPPORTUNITIES, store, path, made=OpportunityPlan, **given)
    assert isinstance(made, OpportunityPlan)
    made.renamed_given, made.keep_cells, made.older_given = renamed, keep_cells, older
    return made


def unknown_owners(store: Store, plan: OpportunityPlan) -> list[str]:
    """Owners of the file whose names mean nobody yet, in the order in which they appear."""
    with store.read() as connection:
        known = crm_matches(connection)
    return [name for match, name in plan.owner_names.items() if match not in known]


def nobody_owners(store: Store, plan: OpportunityPlan) -> dict[str, int]:
    """What stands in an owner's place in the file and names nobody, with how many rows hold it: such deals are left unmatched,
    unless it was said whose they are."""
    with store.read() as connection:
        known = crm_matches(connection)
    return {name: plan.nobody_rows[match] for match, name in plan.nobodies.items() if match not in known}


def near_owners(store: Store, names: Sequence[str]) -> dict[str, str]:
    """Of these names, which mean nobody yet, those that may mean a known one → that one; or another of these names, if
    both may be one person; or the plain name of what holds more than that."""
    with store.read() as connection:
        return near_names(names, known_names(connection))


def plain_owners(store: Store, near: Mapping[str, str]) -> dict[str, str]:
    """Of the names that ``near_owners`` found those that hold more than a name, and that name, which means nobody yet."""
    with store.read() as connection:
        known = set(known_names(connection))
    return {name: other for name, other in near.items() if other not in known and other == plain_name(name)}


def shared_owners(store: Store, plan: OpportunityPlan) -> dict[str, list[int]]:
    """Owners of the file whose name several people bear, and it has not been said here whom it means: name → people."""
    with store.read() as connection:
        several = namesakes(connection)
    return {
        name: several[match]
        for match, name in plan.owner_names.items()
        if match in several and plan.mapping.owners.get(match) not in several[match]
    }


def run(
    store: Store,
    actor: Actor,
    plan: OpportunityPlan,
    *,
    today: dt.date,
    only_good_rows: bool = False,
    dry_run: bool = False,
    owners: Mapping[str, Meant] | None = None,
    add_people: bool = True,
    progress: Callable[[int, int], None] = lambda rows, total: None,
    told: Callable[[Imported], None] = lambda result: None,
) -> Done[ImportedDeals]:
    """Import the file as planned, and remember how it was read. ``owners`` says whom its names mean. ``told`` hears the outcome before it is committed.

    UserError where something is still open, also whom a name means that several people bear, and whether deals were corrected.
    """

    def heard(result: ImportedDeals) -> None:
        result.left_out = len(plan.left_out)
        result.rejected = [replace(one, column=_as_in_file(plan, one.column)) for one in result.rejected]
        if result.moved:
            raise IdentityNeeded(_ids_moved(plan, result.moved))
        if result.scaled is not None and plan.may_be_scaled:
            result.unanswered.append(why_scaled(plan, result.scaled))
        elif result.undecided:
            result.unanswered.append(_asked(plan, result))
        if result.older is not None and not plan.older_given:
            result.unanswered.append(_is_older(plan, result.older))
        _refuse_strangers(plan, result)
        if result.unnumbered:
            raise IdentityNeeded(_numbers_rows(plan, result.unnumbered))
        told(result)
        if result.applied:
            refuse(result.unanswered)

    plan.check()
    chosen = dict.fromkeys(nobody_owners(store, plan)) | dict(owners or {})
    shared = shared_owners(store, plan)
    for name in shared:
        if chosen.get(name) not in shared[name]:
            raise UserError(
                "{n} people are called {name}. Say which of them is meant.",
                n=len(shared[name]),
                name=name,
            )
        plan.mapping.owners[match_key(name)] = chosen[name]  # type: ignore[assignment]
    if not dry_run:
        keep_before_import(store, dt.datetime.now(dt.UTC))
    with no_collector():
        done = store.act(
            actor,
            actions.import_opportunities,
            typed_batches(plan),
            today=today,
            only_good_rows=only_good_rows,
            dry_run=dry_run,
            owners=chosen,
            add_people=add_people,
            progress=lambda rows: progress(rows, plan.rows),
            renamed=_by_row(plan.renamed_given),
            told=heard,
            file=plan.source.path.name,
        )
    if done.result.applied:
        plan.remember(store, actor)
    return done


def _by_row(given: str | Mapping[str, str] | None) -> dict[int | None, int]:
    """What was said of all rows that may be known deals (under None), of those that come then (under REST), or of each: 0 for new ones, -1 for the deals that are shown, else which of
    those that they may be."""
    said = {"*": given} if isinstance(given, str) else given or {}
    which, rows = {"new": 0, "same": -1}, {"*": None, "rest": REST}
    return {
        rows[row] if row in rows else int(row): which[answer] if answer in which else int(answer)
        for row, answer in said.items()
    }


def _refuse_strangers(plan: OpportunityPlan, result: ImportedDeals) -> None:
    """UserError where something is said of a row that is not asked about, or that it is a known deal where it looks like none, or like fewer."""
    if result.unasked:
        raise UserError(
            "{file}: of row {row} there is nothing to say: it says just what is known already, has the id of a known deal, or holds no deal.",
            file=plan.source.path.name,
            row=result.unasked[0],
        )
    most = {one.row: max(len(one.may_be), 1) for one in result.renamed}
    for row, which in _by_row(plan.renamed_given).items():
        if row not in (None, REST) and which and row not in most:
            raise UserError(
                "{file}: row {row} is not one that may be a known deal.", file=plan.source.path.name, row=row
            )
        if row not in (None, REST) and which > most.get(row, which):
            raise UserError(
                "{file}: of the deals that row {row} may be, {which} is none; the last one is {n}.",
                file=plan.source.path.name,
                row=row,
                which=which,
                n=most[row],
            )


def _asked(plan: OpportunityPlan, result: ImportedDeals) -> Text:
    """What has to be said of rows that may be known deals."""
    waiting = [one for one in result.renamed if one.is_known is None]
    several = next((one for one in waiting if one.may_be), None)
    if several is None:
        return _asked_of_all(plan, result, waiting)
    return text(
        "{asked} Row {row} may be one of several deals, which are listed above: the first of them is --renamed {row}=1.",
        asked=_asked_of_all(plan, result, waiting),
        row=several.row,
    )


def _asked_of_all(plan: OpportunityPlan, result: ImportedDeals, waiting: Sequence[Corrected]) -> Text:
    """What has to be said of these rows, whatever else they may be."""
    first = waiting[0]
    cell = next(iter(first.cells), None)
    if None in _by_row(plan.renamed_given):
        return plural_text(
            "{file}: with what was said of the others, {n} more row may be a known deal that changed, or another one: say of row {row} by itself what it is (--renamed {row}=same, --renamed {row}=new, or of all that comes then --renamed rest=new).",
            "{file}: with what was said of the others, {n} more rows may be known deals that changed, or other ones: say of each by itself what it is, as of row {row} (--renamed {row}=same, --renamed {row}=new, or of all that comes then --renamed rest=new).",
            n=len(waiting),
            file=plan.source.path.name,
            row=first.row,
        )
    return plural_text(
        '{file}: {n} row may be a known deal that changed, or another one: row {row}, {name}: "{before}" → "{after}". Say what it is: this deal (--renamed same), or a new one (--renamed new).',
        '{file}: {n} rows may be known deals that changed, or other ones; the first is row {row}, {name}: "{before}" → "{after}". Say what they are: these deals (--renamed same), new ones (--renamed new), or each row by itself (--renamed {row}=same).',
        n=len(waiting),
        file=plan.source.path.name,
        row=first.row,
        name=first.name,
        before=first.was if cell is None else cell.before,
        after=first.name if cell is None else cell.after,
    )


def _is_older(plan: OpportunityPlan, older: Older) -> Text:
    """What has to be confirmed of a file that seems older than what is here."""
    words = N_("{file}: {reason} Import it all the same only if that is meant (--older).")
    return text(words, file=plan.source.path.name, reason=why_older(older))


def _numbers_rows(plan: OpportunityPlan, rows: int) -> Text:
    """Why rows can't be new deals under the identity that they have, and what to do."""
    return plural_text(
        "{file}: {n} row can't be a new deal: what stands in {column} is the identity of another one. That column seems only to number rows, or to say too little. Choose other columns as the identity: {ways}.",
        "{file}: {n} rows can't be new deals: what stands in {column} is the identity of other ones. That column seems only to number rows, or to say too little. Choose other columns as the identity: {ways}.",
        n=rows,
        file=plan.source.path.name,
        **_other_identity(plan),
    )


def _ids_moved(plan: OpportunityPlan, rows: int) -> Text:
    """Why the ids of a file can't be taken as identity, and what to do."""
    return plural_text(
        "{file}: {n} row says what a deal with another {column} says: it went over to another deal since the last file. Choose columns as the identity that stay with a deal: {ways}; the deals that are here already will be found by them.",
        "{file}: {n} rows say what deals with another {column} say: these went over to other deals since the last file. Choose columns as the identity that stay with a deal: {ways}; the deals that are here already will be found by them.",
        n=rows,
        file=plan.source.path.name,
        **_other_identity(plan),
    )


def _other_identity(plan: OpportunityPlan) -> dict[str, str | Text]:
    """The column that is the identity now, and how to choose others."""
    return {"column": plan.mapping.columns["id"][0], "ways": plan.other_identity()}


def _as_in_file(plan: OpportunityPlan, column: str) -> str:
    """A column as the file calls it, where a rule speaks of a field; nothing where the file has none for it."""
    if column not in plan.kind.fields:
        return column
    return " + ".join(plan.mapping.columns.get(column, ()))
