"""The growth camp: where everybody stands, enrolling, gates."""

from __future__ import annotations

import datetime as dt

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, date, echo, person_ids, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.text import said, translator


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
    from mentor_app.core.points.ledger import head

    store, day, tr = world.open(), as_of or dt.date.today(), translator(world.language)
    only = person_ids(store, names) if names else None
    with store.read() as connection:
        everybody = [*standings(connection, day, only), *not_enrolled(connection, day, only)]
        end = head(connection)
    missing = [name for name in names if name not in {s.person.name for s in everybody}]
    if missing:
        raise UserError("{name} has no hire date yet: the camp is counted from it.", name=missing[0])
    if as_json:
        print_json(
            {
                "as_of": day,
                "ledger": {"entries": end.entries, "head": end.hash},
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
                                "reason": said(line.decision.reason or "", tr) or None,
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
        left = tr.listed(
            f"{tr(KINDS[m.requirement.kind].name)} {m.done}/{m.requirement.count}"
            for m in (s.current.met if s.current else ())
            if not m.met
        )
        stage = s.stage.name(world.language) if s.stage else "–"
        state = tr(STATES[s.state]) if s.enrolled else tr("not enrolled")
        echo(f"{s.person.name}\t{stage}\t{state}\t{s.gate_due or '–'}\t{left}")
    echo(end.words.render(tr))


@cli.command()
@click.option("--person", "names", multiple=True, required=True, metavar="NAME")
@click.pass_obj
def enrol(world: CliContext, names: tuple[str, ...]) -> None:
    """Enrol people in the newest version of the programme (say with --as which trainer you are)."""
    from mentor_app.core.camp.actions import enrol as action

    store = world.open()
    done = store.act(world.actor(store), action, person_ids(store, names), dt.date.today())
    tr = translator(world.language)
    echo(tr.plural("{n} person enrolled.", "{n} people enrolled.", n=done.result))


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
    echo(f"{name}: {tr(DECISIONS[key])}")
