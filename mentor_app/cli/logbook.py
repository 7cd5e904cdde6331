"""The logbook: logging, what waits for a sign-off, signing off."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, date, echo, person_ids, print_json
from mentor_app.core.text import translator


@cli.command()
@click.argument("kind", metavar="KIND")
@click.option("--person", "name", required=True, metavar="NAME")
@click.option("--date", "held_on", callback=date, metavar="DATE", help="Today, unless said.")
@click.option("--time", "at_time", metavar="HH:MM")
@click.option("--customer")
@click.option("--title", help="Scenario, topic, case …")
@click.option("--minutes", type=int)
@click.option("--phase", metavar="PHASE", help="qualified, discovery, solution, negotiation, signed, delivery")
@click.option("--part", metavar="PART", help="observed, assisted, led")
@click.option("--depth", type=int, metavar="1-5")
@click.option("--seen")
@click.option("--learned")
@click.option("--next", "next_step")
@click.option("--mentor", metavar="NAME", help="Whose sign-off it waits for.")
@click.option("--draft", "state", flag_value="draft", help="Keep it unfinished.")
@click.option("--plan", "state", flag_value="planned", help="It is still to come.")
@as_json_option
@click.pass_obj
def log(
    world: CliContext,
    /,
    kind: str,
    name: str,
    held_on: dt.date | None,
    mentor: str | None,
    state: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Log an activity of KIND (shadowing, simulation, visit …) and hand it in for sign-off."""
    from mentor_app.core.logbook.actions import hand_in, save_activity
    from mentor_app.core.logbook.kinds import KINDS, ActivityState
    from mentor_app.core.logbook.rules import Details

    if kind not in KINDS:
        raise click.BadParameter(f"choose from {', '.join(KINDS)}", param_hint="KIND")
    store, today = world.open(), dt.date.today()
    (person_id,) = person_ids(store, (name,))
    host = person_ids(store, (mentor,))[0] if mentor else None
    details = Details(kind=kind, held_on=held_on or today, host_id=host, **said)
    actor, saved = world.actor(store), ActivityState(state or ActivityState.SUBMITTED)
    if saved == ActivityState.SUBMITTED:
        activity_id = store.act(actor, hand_in, person_id, details, today).result
    else:
        activity_id = store.act(actor, save_activity, person_id, details, today, state=saved).result
    if as_json:
        print_json({"id": activity_id, "state": saved})
    else:
        tr = translator(world.language)
        echo(tr("Logged: {kind} of {name}, {date}.", kind=tr(KINDS[kind].name), name=name, date=details.held_on))


@cli.command()
@click.option("--person", "name", required=True, metavar="NAME", help="Whose sign-off is waited for.")
@as_json_option
@click.pass_obj
def inbox(world: CliContext, name: str, as_json: bool) -> None:
    """What waits for somebody's sign-off, the oldest first."""
    from mentor_app.core.logbook.kinds import KINDS
    from mentor_app.core.logbook.queries import activities, inbox_ids

    store, tr = world.open(), translator(world.language)
    (person_id,) = person_ids(store, (name,))
    with store.read() as connection:
        ids = inbox_ids(connection, person_id)
        found = activities(connection, ids)
    waiting = [found[i] for i in ids]
    if as_json:
        print_json(
            {
                "waiting": [
                    {
                        "id": a.id,
                        "person": a.person,
                        "kind": a.details.kind,
                        "date": a.details.held_on,
                        "subject": a.subject,
                        "submitted_at": a.submitted_at,
                        "score": a.score,
                    }
                    for a in waiting
                ]
            }
        )
        return
    for a in waiting:
        echo(f"{a.id}\t{a.details.held_on}\t{a.person}\t{tr(KINDS[a.details.kind].name)}\t{a.subject}")


@cli.command("sign-off")
@click.argument("ids", nargs=-1, type=int, required=True)
@click.option("--comment", default="")
@click.option("--score", "scores", metavar="4,3.5,…", help="Scores by the rubric's criteria, before signing off.")
@click.pass_obj
def sign_off(world: CliContext, ids: tuple[int, ...], comment: str, scores: str | None) -> None:
    """Sign activities off (say with --as who you are)."""
    from mentor_app.core.logbook import actions

    store = world.open()
    actor = world.actor(store)
    try:
        given = [float(one) for one in scores.split(",")] if scores else None
    except ValueError:
        raise click.BadParameter(f"{scores!r} is not numbers", param_hint="--score") from None
    done = store.act(actor, actions.sign_off, ids, comment, given)
    tr = translator(world.language)
    echo(tr.plural("{n} activity signed off.", "{n} activities signed off.", n=done.result))
