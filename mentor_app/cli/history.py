"""What was done: the history, taking back, doing again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, date, echo, person_ids, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.text import Translator, text, translator

if TYPE_CHECKING:
    from mentor_app.core.history.lines import Line
    from mentor_app.core.history.reading import Entry
    from mentor_app.core.history.saves import Doing
    from mentor_app.core.store import Actor, Store


_SHOWN, _FEW = 40, 3  # values of one change printed as text, in the history and in a list; --json has them all


@cli.command()
@click.option("--record", metavar="KIND:ID", help="Only of one record, such as person:7 or pairing:3.")
@click.option("--person", "name", metavar="NAME", help="Only what this person did.")
@click.option("--user", metavar="NAME", help="Only what this computer user did, with nobody said to be working.")
@click.option("--kind", metavar="KIND", help="Only of one kind of thing, such as people, camp or pairing.")
@click.option("--since", callback=date, metavar="DATE", help="From this day on.")
@click.option("--until", callback=date, metavar="DATE", help="Until this day.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=200, help="At most so many, the newest first.")
@as_json_option
@click.pass_obj
def history(
    world: CliContext,
    record: str | None,
    name: str | None,
    user: str | None,
    kind: str | None,
    since: dt.date | None,
    until: dt.date | None,
    limit: int,
    as_json: bool,
) -> None:
    """Who did what and when, with what it was before and is after."""
    from mentor_app.core.history.lines import lines
    from mentor_app.core.history.reading import entries
    from mentor_app.core.history.wanted import Wanted, record_of
    from mentor_app.core.history.words import ROOMS

    if kind is not None and kind not in ROOMS:
        raise click.BadParameter(f"{kind!r} is none of {', '.join(ROOMS)}", param_hint="--kind")
    store, tr = world.open(), translator(world.language)
    wanted = Wanted(
        person_id=person_ids(store, (name,))[0] if name else None,
        user=user,
        record=record_of(record) if record else None,
        kind=kind,
        first_on=since,
        last_on=until,
    )
    actor = world.actor(store)
    with store.read() as connection:
        found = [
            (one, lines(connection, one.ids, actor, wanted.record)) for one in entries(connection, wanted, actor, limit)
        ]
    if as_json:
        print_json({"changes": [_plain(one, changed, tr) for one, changed in found]})
        return
    for one, changed in found:
        echo(_said(one, tr))
        _echo_lines(changed, _SHOWN, tr)


@cli.command()
@click.option("--list", "listed", is_flag=True, help="What was done and stands, the newest first; where it stays, why.")
@click.option("--change", type=int, metavar="N", help="Take back this one, by its number in the list or the history.")
@as_json_option
@click.pass_obj
def undo(world: CliContext, listed: bool, change: int | None, as_json: bool) -> None:
    """Take back the last thing that was done by whoever acts (--as)."""
    from mentor_app.core.history.reversing import CannotUndo
    from mentor_app.core.history.undo import doing
    from mentor_app.core.history.undo import undo as take_back

    store, tr = world.open(), translator(world.language)
    actor = world.actor(store)
    if listed:
        _list_undoable(store, actor, tr, as_json)
        return
    try:
        if change is None:
            _nothing_passed_over(store, actor, store.act(actor, take_back, None, trial=True).result, tr)
        done = store.act(actor, take_back, change)
    except CannotUndo as error:
        if error.first is None:
            raise
        reason = error.message
        if error.over:
            with store.read() as connection:
                before = doing(connection, error.on or 0)
            reason = text(
                "{stays} Before that you did: {what}. {reason}",
                stays=error.over[0][1],
                what=_what(store, actor, before, tr),
                reason=reason,
            )
        raise UserError("{reason} Its number is {n}: undo --change {n}.", reason=reason, n=error.first) from None
    _tell(store, actor, done.result, tr, as_json, "undone", "Taken back: {action}")


def _list_undoable(store: Store, actor: Actor, tr: Translator, as_json: bool) -> None:
    """What stands of what was done, each with what it changed; and, where taking it back would be refused now, why."""
    from mentor_app.core.history.lines import lines
    from mentor_app.core.history.reading import entry
    from mentor_app.core.history.undo import doings, refusals

    with store.read() as connection:
        found = [entry(connection, one, actor) for one in doings(connection, actor)]
        changed = {one.id: lines(connection, one.ids, actor) for one in found}
    free = [one.id for one in found if one.stays is None]
    why = refusals(store, actor, free) if store.is_written else {}
    if as_json:
        found = [replace(one, stays=why.get(one.id, one.stays)) for one in found]
        print_json({"changes": [_plain(one, changed[one.id], tr) for one in found]})
        return
    for one in found:
        echo(_said(one, tr))
        _echo_lines(changed[one.id], _FEW, tr)
        if one.stays is not None:
            echo("\t" + tr("It stays as it was done. {reason}", reason=one.stays.render(tr)))
        elif one.id in why:
            echo("\t" + tr("It would be refused now. {reason}", reason=why[one.id].render(tr)))


def _echo_lines(changed: list[Line], most: int, tr: Translator) -> None:
    for line in changed[:most]:
        echo(f"\t{_line(line, tr)}")
    if len(changed) > most:
        echo(f"\t{tr('and {n} more', n=len(changed) - most)}")


def _nothing_passed_over(store: Store, actor: Actor, meant: Doing, tr: Translator) -> None:
    """UserError where the last thing done stays: what was done before it is not what was asked for."""
    if meant.over:
        raise UserError(
            "{reason} Before that you did: {what}. To take that back instead: undo --change {n}.",
            reason=meant.over[0][1],
            what=_what(store, actor, meant, tr),
            n=meant.id,
        )


def _what(store: Store, actor: Actor, meant: Doing, tr: Translator) -> str:
    """What was done, and to what."""
    from mentor_app.core.history.reading import entry

    with store.read() as connection:
        one = entry(connection, meant, actor)
    return "".join([one.title.render(tr), *(f" · {name.render(tr)}" for name in one.about)])


@cli.command()
@as_json_option
@click.pass_obj
def redo(world: CliContext, as_json: bool) -> None:
    """Do again what was taken back last by whoever acts (--as)."""
    from mentor_app.core.history.undo import redo as do_again

    store = world.open()
    actor = world.actor(store)
    done = store.act(actor, do_again)
    _tell(store, actor, done.result, translator(world.language), as_json, "redone", "Done again: {action}")


def _tell(store: Store, actor: Actor, what: Doing, tr: Translator, as_json: bool, key: str, words: str) -> None:
    from mentor_app.core.history.reading import entry
    from mentor_app.core.history.undo import doing

    with store.read() as connection:
        one = entry(connection, what, actor)
        stays = [(entry(connection, doing(connection, i), actor), why.render(tr)) for i, why in what.over]
    if as_json:
        over = [{**_plain(newer, [], tr), "stays": why} for newer, why in stays]
        print_json({key: _plain(one, [], tr), "passed_over": over})
    else:
        for newer, why in stays:
            echo(f"{_said(newer, tr)}\n\t{why}")
        about = "".join(f" · {name.render(tr)}" for name in one.about)
        echo(tr(words, action=one.title.render(tr)) + about)


def _said(one: Entry, tr: Translator) -> str:
    about = tr.listed(name.render(tr) for name in one.about)
    marks = "" if one.fate is None else f"\t({one.fate.render(tr)})"
    return f"{one.id}\t{one.at.astimezone():%Y-%m-%d %H:%M}\t{one.by}\t{one.title.render(tr)}\t{about}{marks}"


def _line(line: Line, tr: Translator) -> str:
    from mentor_app.core.history.excerpt import apart

    before, after = apart(*(one if isinstance(one, str) else one.render(tr) for one in (line.before, line.after)))
    return f"{line.record.render(tr)} · {line.field.render(tr)}: {before} → {after}"


def _plain(one: Entry, changed: list[Line], tr: Translator) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": one.id,
        "at": one.at,
        "by": one.by,
        "action": one.action,
        "what": one.title.render(tr),
        "about": [name.render(tr) for name in one.about],
        "stands": one.stands,
        "state": one.fate.render(tr) if one.fate else None,
        "undoable": one.stands and one.stays is None,
        "stays": one.stays.render(tr) if one.stays else None,
    }
    if changed:
        plain["values"] = [
            {
                "record": line.record.render(tr),
                "field": line.field.render(tr),
                "before": line.before if isinstance(line.before, str) else line.before.render(tr),
                "after": line.after if isinstance(line.after, str) else line.after.render(tr),
            }
            for line in changed
        ]
    return plain
