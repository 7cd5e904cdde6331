"""The camp and its logbook."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, date, person_ids, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.text import translator

if TYPE_CHECKING:
    pass


@cli.command()
@click.option("--person", "names", multiple=True, metavar="NAME")
@click.option("--as-of", callback=date, metavar="DATE")
@as_json_option
@click.pass_obj
def camp(world: CliContext, names: tuple[str, ...], as_of: dt.date | None, as_json: bool) -> None:
    """Where everybody stands in the growth camp, and what is left before the gate.

    New hires not enrolled yet are shown as they would stand.
    """
    from mentor_app.core.camp.queries import not_enrolled, standings
    from mentor_app.core.camp.rules import STATES
    from mentor_app.core.logbook.kinds import KINDS

    store, day, tr = world.open(), as_of or dt.date.today(), translator(world.language)
    only = person_ids(store, names) if names else None
    with store.read() as connection:
        everybody = [*standings(connection, day, only), *not_enrolled(connection, day, only)]
    missing = [name for name in names if name not in {s.person.name for s in everybody}]
    if missing:
        raise UserError("{name} has no hire date yet: the camp is counted from it.", name=missing[0])
    if as_json:
        print_json(
            {
                "as_of": day,
                "people": [
                    {
                        "name": s.person.name,
                        "enrolled": s.enrolled,
                        "stage": s.stage.name(world.language) if s.stage else None,
                        "stage_key": s.stage.key if s.stage else None,
                        "tenure_month": s.tenure_month,
                        "clock_month": s.clock_month,
                        "state": s.state,
                        "gate_due": s.gate_due,
                        "ready": s.ready,
                        "on_leave": s.on_leave,
                        "days_away": s.days_away,
                        "stuck_since": s.stuck_since,
                        "requirements": [
                            {
                                "kind": m.requirement.kind,
                                "needed": m.requirement.count,
                                "done": m.done,
                                "pass_mark": m.requirement.pass_mark,
                                "best_score": m.best_score,
                                "met": m.met,
                            }
                            for m in (s.current.met if s.current else ())
                        ],
                        "gates": [
                            {
                                "stage": line.stage.key,
                                "decision": line.decision.decision,
                                "by": line.decision.by,
                                "on": line.decision.decided_on,
                                "reason": line.decision.reason,
                            }
                            for line in s.stages
                            if line.decision
                        ],
                    }
                    for s in everybody
                ],
            }
        )
        return
    for s in everybody:
        left = ", ".join(
            f"{tr(KINDS[m.requirement.kind].name)} {m.done}/{m.requirement.count}"
            for m in (s.current.met if s.current else ())
            if not m.met
        )
        stage = s.stage.name(world.language) if s.stage else "–"
        state = tr(STATES[s.state]) if s.enrolled else tr("not enrolled")
        click.echo(f"{s.person.name}\t{stage}\t{state}\t{s.gate_due or '–'}\t{left}")


@cli.command()
@click.option("--person", "names", multiple=True, required=True, metavar="NAME")
@click.pass_obj
def enrol(world: CliContext, names: tuple[str, ...]) -> None:
    """Enrol people in the newest version of the programme (say with --as which trainer you are)."""
    from mentor_app.core.camp.actions import enrol as action

    store = world.open()
    done = store.act(world.actor(store), action, person_ids(store, names), dt.date.today())
    tr = translator(world.language)
    click.echo(tr("{n} people enrolled.", n=done.result))


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
    from mentor_app.core.logbook.actions import save_activity
    from mentor_app.core.logbook.kinds import KINDS, ActivityState
    from mentor_app.core.logbook.rules import Details

    if kind not in KINDS:
        raise click.BadParameter(f"choose from {', '.join(KINDS)}", param_hint="KIND")
    store, today = world.open(), dt.date.today()
    (person_id,) = person_ids(store, (name,))
    host = person_ids(store, (mentor,))[0] if mentor else None
    details = Details(kind=kind, held_on=held_on or today, host_id=host, **said)
    saved = ActivityState(state or ActivityState.SUBMITTED)
    activity_id = store.act(world.actor(store), save_activity, person_id, details, today, state=saved).result
    if as_json:
        print_json({"id": activity_id, "state": saved})
    else:
        tr = translator(world.language)
        click.echo(tr("Logged: {kind} of {name}, {date}.", kind=tr(KINDS[kind].name), name=name, date=details.held_on))


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
        click.echo(f"{a.id}\t{a.details.held_on}\t{a.person}\t{tr(KINDS[a.details.kind].name)}\t{a.subject}")


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
    click.echo(tr("{n} activities signed off.", n=done.result))


@cli.command()
@click.argument("decision", type=click.Choice(["pass", "waive", "hold", "reopen"]))
@click.option("--person", "name", required=True, metavar="NAME")
@click.option("--stage", required=True, metavar="KEY", help="newcomer, growth, senior")
@click.option("--reason", default="")
@click.pass_obj
def gate(world: CliContext, decision: str, name: str, stage: str, reason: str) -> None:
    """Decide at a gate (say with --as which trainer you are)."""
    from mentor_app.core.camp.actions import decide
    from mentor_app.core.camp.rules import DECISIONS, GateDecision

    store, tr = world.open(), translator(world.language)
    (person_id,) = person_ids(store, (name,))
    key = {
        "pass": GateDecision.PASSED,
        "waive": GateDecision.WAIVED,
        "hold": GateDecision.HELD,
        "reopen": GateDecision.REOPENED,
    }[decision]
    store.act(world.actor(store), decide, person_id, stage, key, dt.date.today(), reason)
    click.echo(f"{name}: {tr(DECISIONS[key])}")
