"""Pairings: who mentors whom, suggestions, and every step in a pairing's life."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentor_app.cli.base import FILE, CliContext, as_json_option, cli, date, echo, on_day_option, person_ids, print_json
from mentor_app.cli.projects import find_project
from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.text import translator

if TYPE_CHECKING:
    from mentor_app.core.store import Store


@cli.command()
@as_json_option
@click.pass_obj
def pairings(world: CliContext, as_json: bool) -> None:
    """Who is and was paired with whom, on which projects."""
    from mentor_app.core.pairing.queries import pairings as query
    from mentor_app.core.pairing.rules import STATES

    with world.open().read() as connection:
        rows = query(connection)
    if as_json:
        print_json(
            {
                "pairings": [
                    {
                        "id": p.id,
                        "apprentice": p.apprentice,
                        "mentor": p.mentor,
                        "state": p.state,
                        "started_on": p.started_on,
                        "ended_on": p.ended_on,
                        "projects": p.projects,
                        "goals": p.goals,
                        "reason": p.reason,
                    }
                    for p in rows
                ]
            }
        )
        return
    tr = translator(world.language)
    for p in rows:
        until = f"{p.started_on} – {p.ended_on or ''}"
        echo(f"{p.apprentice}\t{p.mentor}\t{tr(STATES[p.state])}\t{until}\t{', '.join(p.projects)}")


@cli.command()
@click.option("--weights", "file", type=FILE, metavar="FILE", help="JSON: criterion to weight.")
@click.option("--as-of", callback=date, metavar="DATE")
@as_json_option
@click.pass_obj
def suggest(world: CliContext, file: Path | None, as_of: dt.date | None, as_json: bool) -> None:
    """The best mentors for all hires without one, at once, with reasons."""
    from mentor_app.core.matching.criteria import CRITERIA
    from mentor_app.core.pairing.suggest import suggest as query
    from mentor_app.core.store.guard import check_readable

    weights = None
    if file is not None:
        check_readable(file)
        try:
            weights = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise UserError("{file} can't be opened: {reason}", file=str(file), reason=reason_of(error)) from None
        except (ValueError, RecursionError):
            weights = None
        if not isinstance(weights, dict):
            raise UserError(
                "{file} must hold criteria and their weights as JSON, such as {example}.",
                file=file.name,
                example='{"region": 3, "gaps": 2}',
            )
    with world.open().read() as connection:
        plan = query(connection, as_of or dt.date.today(), weights)
    tr = translator(world.language)
    if as_json:
        print_json(
            {
                "pairs": [
                    {
                        "apprentice": p.apprentice.name,
                        "mentor": p.mentor.name,
                        "score": round(p.score, 6),
                        "reasons": [
                            {"criterion": name, "words": tr(CRITERIA[name]), "points": round(points, 6)}
                            for name, points in p.parts.items()
                            if points > 0
                        ],
                        "alternative": None
                        if p.alternative is None or p.alternative_score is None
                        else {
                            "mentor": p.alternative.name,
                            "score": round(p.alternative_score, 6),
                        },
                    }
                    for p in plan.pairs
                ],
                "unplaced": [{"apprentice": a.name, "reason": why.render(tr)} for a, why in plan.unplaced],
                "total": round(plan.total, 6),
            }
        )
        return
    for p in plan.pairs:
        why = tr.listed(f"{tr(CRITERIA[name])} +{points:.1f}" for name, points in p.parts.items() if points > 0)
        echo(f"{p.apprentice.name}\t{p.mentor.name}\t{p.score:.1f}\t{why}")
    for a, reason in plan.unplaced:
        echo(f"{a.name}\t–\t\t{reason.render(tr)}")


@cli.command()
@click.argument("apprentice")
@click.argument("mentor")
@click.option("--project", "name", required=True, metavar="NAME")
@click.option("--date", "started_on", callback=date, metavar="DATE", help="Today, unless said.")
@click.option("--goals", default="")
@as_json_option
@click.pass_obj
def pair(
    world: CliContext, apprentice: str, mentor: str, name: str, started_on: dt.date | None, goals: str, as_json: bool
) -> None:
    """Pair APPRENTICE with MENTOR for the cycle of a project."""
    from mentor_app.core.pairing.actions import pair as action

    store = world.open()
    first, second = person_ids(store, (apprentice, mentor))
    day = started_on or dt.date.today()
    done = store.act(world.actor(store), action, first, second, find_project(store, name), day, goals).result
    if as_json:
        print_json({"id": done, "apprentice": apprentice, "mentor": mentor, "project": name, "started_on": day})
    else:
        tr = translator(world.language)
        echo(tr("{name} is paired with {mentor}.", name=apprentice, mentor=mentor))


def _pairing(store: Store, apprentice: str, running: bool = True) -> int:
    """The apprentice's running pairing, or (with ``running`` off) their latest."""
    from mentor_app.core.pairing.queries import pairings_of

    (person_id,) = person_ids(store, (apprentice,))
    with store.read() as connection:
        candidates = pairings_of(connection, person_id)
    if not candidates or (running and candidates[0].ended_on is not None):
        raise UserError("{name} has no mentor now.", name=apprentice)
    return candidates[0].id


_reason = click.option("--reason", required=True, help="Kept for good.")


@cli.command("pairing")
@click.argument("apprentice")
@as_json_option
@click.pass_obj
def story(world: CliContext, apprentice: str, as_json: bool) -> None:
    """The whole story of APPRENTICE's running (or latest) pairing."""
    from mentor_app.core.pairing.rules import STATES
    from mentor_app.core.pairing.story import story as query

    store, tr = world.open(), translator(world.language)
    pairing_id, me = _pairing(store, apprentice, running=False), world.actor(store).person_id
    with store.read() as connection:
        told = query(connection, pairing_id, me)
    p = told.pairing
    if as_json:
        print_json(
            {
                "id": p.id,
                "apprentice": p.apprentice,
                "mentor": p.mentor,
                "state": p.state,
                "started_on": p.started_on,
                "ended_on": p.ended_on,
                "goals": p.goals,
                "reason": p.reason,
                "projects": p.projects,
                "sessions": [
                    {"id": s.id, "date": s.held_on, "kind": s.kind, "subject": s.subject, "state": s.state}
                    for s in told.sessions
                ],
                "reviews": [{"by": r.by, "words": r.words} for r in told.reviews],
                "missing_reviews": [name for _, name in told.missing],
                "story": [{"date": e.on, "by": e.by, "words": e.words.render(tr), "note": e.note} for e in told.events],
            }
        )
        return
    echo(f"{p.apprentice} – {p.mentor}\t{tr(STATES[p.state])}")
    for event in told.events:
        echo("\t".join([str(event.on), event.words.render(tr), " ".join(event.note.split()), event.by]))


@cli.command()
@as_json_option
@click.pass_obj
def watch(world: CliContext, as_json: bool) -> None:
    """What in the pairings needs a team lead's hand today."""
    from mentor_app.core.pairing.rules import ALERT_KINDS
    from mentor_app.core.pairing.watch import watch as query

    tr = translator(world.language)
    with world.open().read() as connection:
        found = query(connection, dt.date.today())
    if as_json:
        alerts = [
            {"kind": a.kind, "person": a.name, "since": a.since, "words": a.words.render(tr), "pairing": a.pairing_id}
            for a in found
        ]
        print_json({"alerts": alerts})
        return
    for a in found:
        echo(f"{tr(ALERT_KINDS[a.kind])}\t{a.name}\t{a.since}\t{a.words.render(tr)}")


@cli.command("roll-on")
@click.argument("apprentice")
@click.option("--project", "name", required=True, metavar="NAME")
@on_day_option
@click.pass_obj
def roll_on(world: CliContext, apprentice: str, name: str, day: dt.date | None) -> None:
    """Go on with another project after APPRENTICE's present one was lost."""
    from mentor_app.core.pairing.actions import roll_on as action

    store = world.open()
    pairing_id = _pairing(store, apprentice)
    store.act(world.actor(store), action, pairing_id, find_project(store, name), day or dt.date.today())
    tr = translator(world.language)
    echo(tr("{name} goes on with the project {project}.", name=apprentice, project=name))


@cli.command()
@click.argument("apprentice")
@click.argument("mentor")
@_reason
@on_day_option
@click.pass_obj
def reassign(world: CliContext, apprentice: str, mentor: str, reason: str, day: dt.date | None) -> None:
    """Give APPRENTICE to another MENTOR on the same project."""
    from mentor_app.core.pairing.actions import reassign as action

    store = world.open()
    (mentor_id,) = person_ids(store, (mentor,))
    pairing_id = _pairing(store, apprentice)
    store.act(world.actor(store), action, pairing_id, mentor_id, day or dt.date.today(), reason)
    tr = translator(world.language)
    echo(tr("{name} is paired with {mentor}.", name=apprentice, mentor=mentor))


@cli.command("end-pairing")
@click.argument("apprentice")
@_reason
@on_day_option
@click.pass_obj
def end_pairing(world: CliContext, apprentice: str, reason: str, day: dt.date | None) -> None:
    """End APPRENTICE's pairing before its cycle closes."""
    from mentor_app.core.pairing.actions import end as action

    store = world.open()
    store.act(world.actor(store), action, _pairing(store, apprentice), day or dt.date.today(), reason)
    tr = translator(world.language)
    echo(tr("The pairing of {name} has ended.", name=apprentice))


@cli.command()
@click.argument("apprentice")
@on_day_option
@click.pass_obj
def complete(world: CliContext, apprentice: str, day: dt.date | None) -> None:
    """Complete APPRENTICE's pairing, its project's cycle being closed."""
    from mentor_app.core.pairing.actions import complete as action

    store = world.open()
    store.act(world.actor(store), action, _pairing(store, apprentice), day or dt.date.today())
    tr = translator(world.language)
    echo(tr("The pairing of {name} is completed.", name=apprentice))


@cli.command("closing-review")
@click.argument("apprentice")
@click.option("--words", required=True)
@click.pass_obj
def closing_review(world: CliContext, apprentice: str, words: str) -> None:
    """Write one's closing review of APPRENTICE's latest pairing; who writes is said with --as."""
    from mentor_app.core.pairing.actions import review_pairing as action

    store = world.open()
    store.act(world.actor(store), action, _pairing(store, apprentice, running=False), words)
    tr = translator(world.language)
    echo(tr("The closing review of the pairing of {name} is kept.", name=apprentice))


@cli.command()
@click.argument("mentor")
@click.argument("places", type=int)
@click.pass_obj
def capacity(world: CliContext, mentor: str, places: int) -> None:
    """How many apprentices MENTOR may have at a time."""
    from mentor_app.core.pairing.actions import set_capacity as action

    store = world.open()
    (person_id,) = person_ids(store, (mentor,))
    store.act(world.actor(store), action, person_id, places)
    said = translator(world.language).plural(
        "{name} may have {n} apprentice at a time.", "{name} may have {n} apprentices at a time.", n=places, name=mentor
    )
    echo(said)


@cli.command()
@click.argument("name")
@as_json_option
@click.pass_obj
def mentor(world: CliContext, name: str, as_json: bool) -> None:
    """A mentor's apprentices, now and before, with their camp progress and close rates."""
    from mentor_app.core.pairing.mentor import mentor_page
    from mentor_app.core.pairing.rules import STATES
    from mentor_app.core.ramp.interval import percent

    store, tr = world.open(), translator(world.language)
    (person_id,) = person_ids(store, (name,))
    with store.read() as connection:
        page = mentor_page(connection, person_id, dt.date.today(), world.actor(store).person_id)
    if as_json:
        lines = [
            {
                "apprentice": a.pairing.apprentice,
                "state": a.pairing.state,
                "started_on": a.pairing.started_on,
                "ended_on": a.pairing.ended_on,
                "projects": a.pairing.projects,
                "sessions": a.sessions,
                "last_session": a.last_session,
                "reviews": len(a.reviews),
                "stage": a.standing.stage.key if a.standing and a.standing.stage else None,
                "won": a.curve.won if a.curve else 0,
                "closed": a.curve.won + a.curve.lost if a.curve else 0,
            }
            for a in page.apprenticeships
        ]
        places = page.mentor.capacity if page.mentor else None
        print_json({"mentor": name, "capacity": places, "apprentices": lines})
        return
    for a in page.apprenticeships:
        rate = percent(a.curve.overall.value) if a.curve else "–"
        echo(f"{a.pairing.apprentice}\t{tr(STATES[a.pairing.state])}\t{a.sessions}\t{rate}")
