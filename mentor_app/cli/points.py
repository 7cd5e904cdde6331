"""Mentoring points: balances and their stories, rules, rewards, redemptions, proving the ledger."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentor_app.cli.base import (
    FILE,
    CliContext,
    as_json_option,
    check_free,
    cli,
    date,
    echo,
    overwrite_option,
    person_ids,
    print_json,
)
from mentor_app.core.errors import UserError
from mentor_app.core.text import N_, Text, shown, text, translator

if TYPE_CHECKING:
    from mentor_app.core.points.printed import Printed
    from mentor_app.core.points.queries import Entry
    from mentor_app.core.store import Store
    from mentor_app.core.text import Translator


@cli.group(invoke_without_command=True)
@click.option("--person", "name", metavar="NAME", help="One person's balance with the story of every point.")
@as_json_option
@click.pass_context
def points(context: click.Context, name: str | None, as_json: bool) -> None:
    """Who has how many points; with a verb, what is done about them."""
    if context.invoked_subcommand is not None:
        return
    from mentor_app.core.points.ledger import head
    from mentor_app.core.points.queries import accounts, entries, near

    world: CliContext = context.obj
    store, tr = world.open(), translator(world.language)
    only = person_ids(store, (name,)) if name else None
    with store.read() as connection:
        chosen = [a for a in accounts(connection) if only is None or a.id in only]
        story = entries(connection, only[0]) if only else []
        soon = near(connection, only[0], dt.date.today()) if only else []
        end = head(connection)
    if as_json:
        people = [
            {
                "person": a.name,
                "team": a.team,
                "balance": a.balance,
                "reserved": a.reserved,
                "available": a.available,
                "earned": a.earned,
                "promotion_weight": a.weight,
            }
            for a in chosen
        ]
        whole: dict[str, object] = {"people": people, "ledger": {"entries": end.entries, "head": end.hash}}
        if only:
            whole["entries"] = [_entry(e) for e in story]
            whole["near"] = [{"event": n.event, "about": n.about, "points": n.points, "due": n.due} for n in soon]
        print_json(whole)
        return
    for a in chosen:
        echo(f"{a.name}\t{a.balance}\t{a.available}\t{a.earned}")
    for e in story:
        echo(f"{e.occurred_on}\t{e.points:+d}\t{e.balance}\t{_words(e, tr)}\t{e.note}")
    echo(end.words.render(tr))


def _entry(e: Entry) -> dict[str, object]:
    return {
        "id": e.id,
        "date": e.occurred_on,
        "person": e.person,
        "event": e.event,
        "kind": e.kind,
        "points": e.points,
        "balance": e.balance,
        "cause": e.cause,
        "note": e.note,
        "entered_at": e.at,
        "hash": e.hash,
    }


def _words(e: Entry, tr: Translator) -> str:
    from mentor_app.core.points.rules import event_words

    return event_words(e.event, e.kind, e.points).render(tr)


@points.command()
@click.option(
    "--against",
    metavar="FILE|HASH",
    help="An exported ledger, or the hash below a report: does the store go on from it?",
)
@as_json_option
@click.pass_obj
def verify(world: CliContext, against: str | None, as_json: bool) -> None:
    """Prove that nobody has changed, removed or added an entry. Exit 1 where somebody has."""
    from mentor_app.core.points.ledger import goes_on
    from mentor_app.core.points.ledger import verify as query
    from mentor_app.core.points.printed import goes_on_from

    known = None if against is None else _known(against)
    with world.open().read() as connection:
        verdict = query(connection)
        onward = None
        if known is not None:
            onward = goes_on(connection, known) if isinstance(known, str) else goes_on_from(connection, known)
    tr = translator(world.language)
    faults: list[Text] = []
    if verdict.why is not None:
        faults.append(
            text(
                "The points ledger is wrong at entry {row}: {reason} Check the store (check), or restore a backup.",
                row=verdict.first_bad,
                reason=verdict.why,
            )
        )
    if onward is not None and onward.why is not None:
        faults.append(onward.why)
    told = f"{verdict.words.render(tr)} {verdict.head}"
    if onward is not None and onward.ok:
        went = tr.plural(
            "The ledger goes on from there: {n} entry then, {m} since.",
            "The ledger goes on from there: {n} entries then, {m} since.",
            n=onward.before,
            m=onward.since,
        )
        told = f"{told}\n{went}"
    if as_json:
        whole: dict[str, object] = {
            "ok": not faults,
            "entries": verdict.entries,
            "amended": verdict.amended,
            "head": verdict.head,
            "first_bad": verdict.first_bad,
            "reason": verdict.why.render(tr) if verdict.why else None,
        }
        if onward is not None:
            whole["against"] = {
                "ok": onward.ok,
                "entries": onward.before,
                "since": onward.since,
                "first_other": onward.first_other,
                "reason": onward.why.render(tr) if onward.why else None,
            }
        print_json(whole)
        if faults:
            raise click.exceptions.Exit(1)
    elif faults:
        raise UserError(faults[0]) if len(faults) == 1 else UserError("{one} {other}", one=faults[0], other=faults[1])
    else:
        echo(told)


def _known(against: str) -> Printed | str:
    """What is to be compared with: a hash, or the entries of an exported ledger."""
    from mentor_app.transfer.ledger import read_ledger

    if re.fullmatch(r"[0-9a-fA-F]{64}", against.strip()):
        return against.strip().lower()
    if re.fullmatch(r"[0-9a-fA-F]{32,}", against.strip()):
        raise UserError("A hash of the ledger has 64 digits; this one has {n}.", n=len(against.strip()))
    return read_ledger(Path(against))


@points.command()
@click.option("--out", type=FILE, required=True, metavar="FILE.xlsx|FILE.csv")
@overwrite_option
@click.pass_obj
def export(world: CliContext, out: Path, overwrite: bool) -> None:
    """The whole ledger as a workbook or CSV file."""
    from mentor_app.core.points.ledger import head
    from mentor_app.core.points.printed import HEADINGS
    from mentor_app.core.points.queries import entries
    from mentor_app.transfer.files import write_list

    tr = translator(world.language)
    with world.open().read() as connection:
        oldest_first, end = list(reversed(entries(connection))), head(connection)
    headings = [tr(words) for words in HEADINGS.values()]
    rows: list[list[str | int | dt.date]] = [
        [e.id, e.occurred_on, shown(e.person, tr), _words(e, tr), shown(e.note, tr), e.points, e.balance, e.hash]
        for e in oldest_first
    ]
    rows.append([end.words.render(tr)])
    check_free(out, overwrite)
    write_list(out, tr("Points ledger"), headings, rows)
    echo(str(out))


@points.command()
@click.pass_obj
def settle(world: CliContext) -> None:
    """Award what the past has earned and was not yet in the ledger; a second time adds nothing."""
    from mentor_app.core.points.award import settle_all

    tr, store = translator(world.language), world.open()
    added = store.act(world.actor(store), settle_all).result
    echo(tr.plural("{n} entry added.", "{n} entries added.", n=added))


@points.command()
@as_json_option
@click.pass_obj
def rules(world: CliContext, as_json: bool) -> None:
    """What earns how much, since when and until when."""
    from mentor_app.core.points.queries import rules_of
    from mentor_app.core.points.rules import EVENTS

    with world.open().read() as connection:
        rows = rules_of(connection)
    if as_json:
        print_json(
            {
                "rules": [
                    {
                        "event": r.event,
                        "points": r.points,
                        "per_month": r.per_month,
                        "from": r.first_on,
                        "to": r.last_on,
                    }
                    for r in rows
                ]
            }
        )
        return
    tr = translator(world.language)
    for r in rows:
        echo(f"{tr(EVENTS[r.event])}\t{r.points}\t{r.per_month or '–'}\t{r.first_on} – {r.last_on or ''}")


@points.command()
@click.argument("event")
@click.argument("worth", type=int)
@click.option("--per-month", type=int, help="The most a person can earn by it in a month.")
@click.option("--from", "first_on", callback=date, metavar="DATE", help="Today, unless said.")
@click.pass_obj
def rule(world: CliContext, event: str, worth: int, per_month: int | None, first_on: dt.date | None) -> None:
    """From a day on, EVENT earns WORTH points; what was earned stays."""
    from mentor_app.core.points.actions import save_rule
    from mentor_app.core.points.rules import EVENTS, earning_event

    earns, store, today = earning_event(event), world.open(), dt.date.today()
    store.act(world.actor(store), save_rule, earns, worth, per_month, first_on or today, today)
    tr = translator(world.language)
    said = tr.plural(
        "From {date} on this earns {n} point: {event}.",
        "From {date} on this earns {n} points: {event}.",
        n=worth,
        date=first_on or today,
        event=tr(EVENTS[earns]),
    )
    echo(said)


@points.command()
@as_json_option
@click.pass_obj
def rewards(world: CliContext, as_json: bool) -> None:
    """What points buy."""
    from mentor_app.core.points.queries import rewards as query

    with world.open().read() as connection:
        rows = query(connection)
    if as_json:
        print_json(
            {
                "rewards": [
                    {
                        "name": r.name,
                        "kind": r.kind,
                        "cost": r.cost,
                        "stock": r.stock,
                        "weight": r.weight,
                        "offered": r.offered,
                    }
                    for r in rows
                ]
            }
        )
        return
    for r in rows:
        echo(f"{r.name}\t{r.cost}\t{'∞' if r.stock is None else r.stock}")


@points.command()
@click.argument("reward")
@as_json_option
@click.pass_obj
def request(world: CliContext, reward: str, as_json: bool) -> None:
    """Ask for REWARD; who asks is said with --as."""
    from mentor_app.core.points.actions import request as action
    from mentor_app.core.points.queries import rewards as query

    store = world.open()
    with store.read() as connection:
        reward_ids = [r.id for r in query(connection) if r.name == reward]
    if not reward_ids:
        raise UserError("No reward is called {name}.", name=reward)
    redemption_id = store.act(world.actor(store), action, reward_ids[0]).result
    if as_json:
        print_json({"id": redemption_id, "reward": reward})
    else:
        echo(str(redemption_id))


@points.command()
@as_json_option
@click.pass_obj
def redemptions(world: CliContext, as_json: bool) -> None:
    """Rewards asked for: what waits for a decision first."""
    from mentor_app.core.points.queries import redemptions as query
    from mentor_app.core.points.rules import STATES

    with world.open().read() as connection:
        rows = query(connection)
    if as_json:
        print_json(
            {
                "redemptions": [
                    {
                        "id": r.id,
                        "person": r.person,
                        "reward": r.reward,
                        "points": r.points,
                        "state": r.state,
                        "decided_by": r.decided_by,
                        "reason": r.reason,
                    }
                    for r in rows
                ]
            }
        )
        return
    tr = translator(world.language)
    for r in rows:
        echo(f"{r.id}\t{tr(STATES[r.state])}\t{r.person}\t{r.reward}\t{r.points}")


def _decide(world: CliContext, ident: int, approve: bool, reason: str) -> None:
    from mentor_app.core.points.actions import decide

    store: Store = world.open()
    store.act(world.actor(store), decide, ident, approve, reason)
    said = N_("Request {number} is approved; its points are spent.") if approve else N_("Request {number} is refused.")
    tr = translator(world.language)
    echo(tr(said, number=str(ident)))


@points.command()
@click.argument("ident", type=int, metavar="ID")
@click.pass_obj
def approve(world: CliContext, ident: int) -> None:
    """Approve a request; its points are spent now."""
    _decide(world, ident, True, "")


@points.command()
@click.argument("ident", type=int, metavar="ID")
@click.option("--reason", required=True)
@click.pass_obj
def refuse(world: CliContext, ident: int, reason: str) -> None:
    """Refuse a request with a reason; its points are free again."""
    _decide(world, ident, False, reason)


@points.command()
@click.argument("ident", type=int, metavar="ID")
@click.pass_obj
def fulfil(world: CliContext, ident: int) -> None:
    """Say that an approved reward has been handed over."""
    from mentor_app.core.points.actions import fulfil as action

    store = world.open()
    store.act(world.actor(store), action, ident)
    tr = translator(world.language)
    echo(tr("The reward of request {number} is handed over.", number=str(ident)))
