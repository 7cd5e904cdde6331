"""Every verb but the window. Each imports what it needs when it needs it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mentor_app.core.environment import system_language, user_name
from mentor_app.core.errors import UserError
from mentor_app.core.text import translator

if TYPE_CHECKING:
    from mentor_app.core.pipeline.actions import Imported
    from mentor_app.core.ramp.curve import Company
    from mentor_app.core.store import Actor, Store


class World:
    """What the options before the verb say: which store, who acts, in which language."""

    def __init__(self, store: str | None, actor: str | None, language: str) -> None:
        self.location, self.actor_name, self.language = store, actor, language

    def open(self) -> Store:
        """The store chosen, opened."""
        from mentor_app.core.store import open_store

        return open_store(self.location)

    def actor(self, store: Store) -> Actor:
        """The person named with --as where the store knows them, else the computer's user."""
        from sqlalchemy import select

        from mentor_app.core.people.tables import person
        from mentor_app.core.store import Actor

        name = self.actor_name or user_name()
        with store.read() as connection:
            found = connection.execute(select(person.c.id).where(person.c.name == name)).scalars().all()
        return Actor(name, found[0] if self.actor_name and len(found) == 1 else None)


def _date(_context: Any, _parameter: Any, value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date like 2026-11-24") from None


_LANGUAGE = click.Choice(["en", "zh_CN"])
_json = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", envvar="MENTOR_APP_STORE", help="A store file, or a postgresql+psycopg:// URL.")
@click.option("--as", "actor", envvar="MENTOR_APP_ACTOR", help="Who acts; recorded in the history.")
@click.option("--lang", type=_LANGUAGE, default=None, help="Language of messages and of the window.")
@click.option("--sample", is_flag=True, help="Open the window on a throw-away store with an invented company.")
@click.version_option(package_name="mentor-app")
@click.pass_context
def cli(context: click.Context, store: str | None, actor: str | None, lang: str | None, sample: bool) -> None:
    """Onboarding and mentorship for sales teams. Without a verb, the window opens."""
    context.obj = World(store, actor, lang or system_language())
    if context.invoked_subcommand is None:
        from mentor_app.__main__ import open_window

        context.exit(open_window(store, lang, sample))
    if sample:
        raise click.UsageError("--sample opens the window; to fill a store, use the verb `sample`.")


@cli.group("import")
def import_() -> None:
    """Read people or opportunities from CSV, XLSX or XLS."""


def _columns(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        field, mark, column = pair.partition("=")
        if not mark or not column:
            raise click.BadParameter(f"{pair!r} is not FIELD=COLUMN", param_hint="--map")
        found.setdefault(field.strip(), []).append(column)
    return found


def _stages(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, _, status = pair.rpartition("=")
        if not name or status not in ("won", "lost", "void", "open"):
            raise click.BadParameter(f"{pair!r} is not NAME=won|lost|void|open", param_hint="--stage")
        found[name] = status
    return found


def _import_options(command: Any) -> Any:
    for option in (
        _json,
        click.option("--dry-run", is_flag=True, help="Check everything, write nothing."),
        click.option("--only-good-rows", is_flag=True, help="Import what is right, list what is not."),
        click.option("--encoding", help="Instead of the recognised one."),
        click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"])),
        click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN"),
        click.option("--sheet", help="Which sheet of a workbook."),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@import_.command("opportunities")
@_import_options
@click.option("--stage", "stages", multiple=True, metavar="NAME=won|lost|void|open")
@click.pass_obj
def import_opportunities(world: World, /, stages: tuple[str, ...], **options: Any) -> None:
    """Import a CRM's opportunities; unknown owners become people."""
    chosen = _stages(stages)
    from mentor_app.transfer import opportunities

    _import(world, opportunities, stages=chosen, **options)


@import_.command("people")
@_import_options
@click.pass_obj
def import_people(world: World, /, **options: Any) -> None:
    """Import people with their dates, teams, roles and CRM names."""
    from mentor_app.transfer import people

    _import(world, people, **options)


@import_.command("activities")
@_import_options
@click.pass_obj
def import_activities(world: World, /, **options: Any) -> None:
    """Import activities into the logbook; they wait for sign-off."""
    from mentor_app.transfer import activities

    _import(world, activities, **options)


@import_.command("projects")
@_import_options
@click.pass_obj
def import_projects(world: World, /, **options: Any) -> None:
    """Import projects; one is known by its name."""
    from mentor_app.transfer import projects

    _import(world, projects, **options)


@import_.command("pairings")
@_import_options
@click.pass_obj
def import_pairings(world: World, /, **options: Any) -> None:
    """Import pairings of the past and present; their people and projects must be there."""
    from mentor_app.transfer import pairings

    _import(world, pairings, **options)


def _import(
    world: World, module: Any, file: Path, sheet: str | None, columns: tuple[str, ...], date_order: str | None,
    encoding: str | None, only_good_rows: bool, dry_run: bool, as_json: bool, **more: Any,
) -> None:  # fmt: skip
    """Plan and run an import with the transfer ``module`` of its kind, and say what it did."""
    mapped = _columns(columns)
    store = world.open()
    plan = module.plan(store, file, sheet=sheet, encoding=encoding, columns=mapped, order=date_order, **more)
    done = module.run(
        store, world.actor(store), plan, today=dt.date.today(), only_good_rows=only_good_rows, dry_run=dry_run
    )
    _imported(world, done.result, plan.recognised(), dry_run, as_json)


def _imported(world: World, result: Imported, recognised: dict[str, Any], dry_run: bool, as_json: bool) -> None:
    tr = translator(world.language)
    if as_json:
        rejected = [
            {"row": p.row, "column": p.column, "value": p.value, "reason": p.reason.render(tr)} for p in result.rejected
        ]
        _print_json(
            {
                "read": result.read, "new": result.new, "updated": result.updated, "unchanged": result.unchanged,
                "rejected": rejected, "applied": result.applied, "people_added": result.people_added,
                "recognised": recognised,
            }
        )  # fmt: skip
    else:
        click.echo(
            tr(
                "{read} rows read: {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected",
                read=result.read, new=result.new, updated=result.updated, unchanged=result.unchanged,
                rejected=len({p.row for p in result.rejected}),
            )
        )  # fmt: skip
        for p in result.rejected:
            place = tr("Row {row}, {column}", row=p.row, column=p.column) if p.column else tr("Row {row}", row=p.row)
            click.echo(f"  {place}: {p.value!r} – {p.reason.render(tr)}")
    if not result.applied and not dry_run:
        raise UserError("Nothing was imported: {n} rows are wrong. Mend them, or import only the good rows.",
                        n=len({p.row for p in result.rejected}))  # fmt: skip


@cli.command()
@_json
@click.pass_obj
def people(world: World, as_json: bool) -> None:
    """List everybody."""
    from mentor_app.core.people.queries import people as query

    with world.open().read() as connection:
        found = query(connection)
    if as_json:
        _print_json(
            {
                "people": [
                    {
                        "name": p.name, "code": p.code, "hired_on": p.hired_on, "hired_on_inferred": p.hired_on_inferred,
                        "left_on": p.left_on, "team": p.team, "region": p.region, "roles": p.roles,
                        "crm_names": p.crm_names,
                    }
                    for p in found
                ]
            }
        )  # fmt: skip
        return
    tr = translator(world.language)
    for p in found:
        mark = f" ({tr('inferred')})" if p.hired_on_inferred else ""
        click.echo(f"{p.name}\t{p.hired_on or '–'}{mark}\t{p.team or ''}\t{', '.join(p.roles)}")


def _chosen(company: Company, names: tuple[str, ...]) -> list[int]:
    """Indexes of the people named; a name nobody has is the world's fault."""
    found = []
    for name in names:
        matches = [i for i, hire in enumerate(company.hires) if hire.name == name]
        if not matches:
            raise UserError("Nobody is called {name}.", name=name)
        found += matches
    return found


@cli.command()
@click.option("--person", "names", multiple=True, metavar="NAME")
@click.option("--as-of", callback=_date, metavar="DATE")
@click.option("--include-inherited", is_flag=True)
@_json
@click.pass_obj
def ramp(world: World, names: tuple[str, ...], as_of: dt.date | None, include_inherited: bool, as_json: bool) -> None:
    """Close rates by tenure month, with the senior benchmark."""
    from mentor_app.core.pipeline.queries import ramp as query

    with world.open().read() as connection:
        company = query(connection, as_of or dt.date.today(), include_inherited)
    indexes = _chosen(company, names) if names else range(len(company.hires))
    curves = [company.curve(i) for i in indexes]
    b = company.benchmark
    if as_json:
        _print_json(
            {
                "as_of": company.as_of,
                "benchmark": {
                    "won": b.won, "lost": b.lost, "rate": b.rate.value, "low": b.rate.low, "high": b.rate.high,
                    "people": b.people, "since": b.since, "all_time": b.since is None,
                },
                "data_from": company.first_closing,
                "data_until": company.data_until,
                "people": [
                    {
                        "name": c.hire.name, "hired_on": c.hire.hired_on, "hired_on_inferred": c.hire.inferred,
                        "won": c.won, "lost": c.lost, "open": c.open, "void": c.void, "inherited": c.inherited,
                        "before_hire": c.before_hire,
                        "months": [
                            {
                                "month": m.month, "won": m.won, "lost": m.lost, "rate": m.rate.value, "low": m.rate.low,
                                "high": m.rate.high, "trend": t.value, "starts_on": m.starts_on, "ends_on": m.ends_on,
                                "covered": m.covered, "complete": m.full,
                            }
                            for m, t in zip(c.months, c.trend, strict=True)
                        ],
                    }
                    for c in curves
                ],
            }
        )  # fmt: skip
        return
    from mentor_app.core.ramp.interval import Rate

    tr = translator(world.language)

    def shown(rate: Rate) -> str:
        return "–" if rate.value is None else f"{rate.value:.0%} ({rate.low:.0%}–{rate.high:.0%})"

    basis = tr("all time") if b.since is None else tr("since {date}", date=b.since)
    click.echo(tr("Senior benchmark: {rate}, {n} people, {basis}", rate=shown(b.rate), n=b.people, basis=basis))
    for c in curves:
        click.echo(f"{c.hire.name}\t{c.won}/{c.won + c.lost}\t{shown(c.overall)}")


def _person_ids(store: Store, names: tuple[str, ...]) -> list[int]:
    """Ids of the people named; a name nobody or several people have is the world's fault."""
    from sqlalchemy import select

    from mentor_app.core.people.tables import person

    found = []
    with store.read() as connection:
        for name in names:
            ids = connection.execute(select(person.c.id).where(person.c.name == name)).scalars().all()
            if not ids:
                raise UserError("Nobody is called {name}.", name=name)
            if len(ids) > 1:
                raise UserError("{n} people are called {name}.", n=len(ids), name=name)
            found.append(ids[0])
    return found


@cli.command()
@click.option("--person", "names", multiple=True, metavar="NAME")
@click.option("--as-of", callback=_date, metavar="DATE")
@_json
@click.pass_obj
def camp(world: World, names: tuple[str, ...], as_of: dt.date | None, as_json: bool) -> None:
    """Where everybody stands in the growth camp, and what is left before the gate.

    New hires not enrolled yet are shown as they would stand.
    """
    from mentor_app.core.camp.queries import not_enrolled, standings
    from mentor_app.core.camp.rules import STATES
    from mentor_app.core.logbook.kinds import KINDS

    store, day, tr = world.open(), as_of or dt.date.today(), translator(world.language)
    only = _person_ids(store, names) if names else None
    with store.read() as connection:
        found = [*standings(connection, day, only), *not_enrolled(connection, day, only)]
    missing = [name for name in names if name not in {s.person.name for s in found}]
    if missing:
        raise UserError("{name} has no hire date yet: the camp is counted from it.", name=missing[0])
    if as_json:
        _print_json(
            {
                "as_of": day,
                "people": [
                    {
                        "name": s.person.name, "enrolled": s.enrolled, "stage": s.stage.name(world.language) if s.stage else None,
                        "stage_key": s.stage.key if s.stage else None, "tenure_month": s.tenure_month,
                        "clock_month": s.clock_month, "state": s.state, "gate_due": s.gate_due, "ready": s.ready,
                        "on_leave": s.on_leave, "days_away": s.days_away, "stuck_since": s.stuck_since,
                        "requirements": [
                            {
                                "kind": m.requirement.kind, "needed": m.requirement.count, "done": m.done,
                                "pass_mark": m.requirement.pass_mark, "best_score": m.best_score, "met": m.met,
                            }
                            for m in (s.current.met if s.current else ())
                        ],
                        "gates": [
                            {
                                "stage": line.stage.key, "decision": line.decision.decision, "by": line.decision.by,
                                "on": line.decision.decided_on, "reason": line.decision.reason,
                            }
                            for line in s.stages if line.decision
                        ],
                    }
                    for s in found
                ],
            }
        )  # fmt: skip
        return
    for s in found:
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
def enrol(world: World, names: tuple[str, ...]) -> None:
    """Enrol people in the newest version of the programme (say with --as which trainer you are)."""
    from mentor_app.core.camp.actions import enrol as action

    store = world.open()
    done = store.act(world.actor(store), action, _person_ids(store, names), dt.date.today())
    tr = translator(world.language)
    click.echo(tr("{n} people enrolled.", n=done.result))


@cli.command()
@click.argument("kind", metavar="KIND")
@click.option("--person", "name", required=True, metavar="NAME")
@click.option("--date", "held_on", callback=_date, metavar="DATE", help="Today, unless said.")
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
@_json
@click.pass_obj
def log(
    world: World, /, kind: str, name: str, held_on: dt.date | None, mentor: str | None, state: str | None, as_json: bool,
    **said: Any,
) -> None:  # fmt: skip
    """Log an activity of KIND (shadowing, simulation, visit …) and hand it in for sign-off."""
    from mentor_app.core.logbook.actions import save_activity
    from mentor_app.core.logbook.kinds import KINDS
    from mentor_app.core.logbook.rules import Details

    if kind not in KINDS:
        raise click.BadParameter(f"choose from {', '.join(KINDS)}", param_hint="KIND")
    store, today = world.open(), dt.date.today()
    (person_id,) = _person_ids(store, (name,))
    host = _person_ids(store, (mentor,))[0] if mentor else None
    details = Details(kind, held_on or today, host_id=host, **said)
    done = store.act(world.actor(store), save_activity, person_id, details, today, state=state or "submitted").result
    if as_json:
        _print_json({"id": done, "state": state or "submitted"})
    else:
        tr = translator(world.language)
        click.echo(tr("Logged: {kind} of {name}, {date}.", kind=tr(KINDS[kind].name), name=name, date=details.held_on))


@cli.command()
@click.option("--person", "name", required=True, metavar="NAME", help="Whose sign-off is waited for.")
@_json
@click.pass_obj
def inbox(world: World, name: str, as_json: bool) -> None:
    """What waits for somebody's sign-off, the oldest first."""
    from mentor_app.core.logbook.kinds import KINDS
    from mentor_app.core.logbook.queries import activities, inbox_ids

    store, tr = world.open(), translator(world.language)
    (person_id,) = _person_ids(store, (name,))
    with store.read() as connection:
        ids = inbox_ids(connection, person_id)
        found = activities(connection, ids)
    waiting = [found[i] for i in ids]
    if as_json:
        _print_json(
            {
                "waiting": [
                    {
                        "id": a.id, "person": a.person, "kind": a.details.kind, "date": a.details.held_on,
                        "subject": a.subject, "submitted_at": a.submitted_at, "score": a.score,
                    }
                    for a in waiting
                ]
            }
        )  # fmt: skip
        return
    for a in waiting:
        click.echo(f"{a.id}\t{a.details.held_on}\t{a.person}\t{tr(KINDS[a.details.kind].name)}\t{a.subject}")


@cli.command("sign-off")
@click.argument("ids", nargs=-1, type=int, required=True)
@click.option("--comment", default="")
@click.option("--score", "scores", metavar="4,3.5,…", help="Scores by the rubric's criteria, before signing off.")
@click.pass_obj
def sign_off(world: World, ids: tuple[int, ...], comment: str, scores: str | None) -> None:
    """Sign activities off (say with --as who you are)."""
    from mentor_app.core.logbook import actions

    store = world.open()
    actor = world.actor(store)
    if scores:
        try:
            given = [float(one) for one in scores.split(",")]
        except ValueError:
            raise click.BadParameter(f"{scores!r} is not numbers", param_hint="--score") from None
        for activity_id in ids:
            store.act(actor, actions.assess, activity_id, given)
    done = store.act(actor, actions.sign_off, ids, comment)
    tr = translator(world.language)
    click.echo(tr("{n} activities signed off.", n=done.result))


@cli.command()
@click.argument("decision", type=click.Choice(["pass", "waive", "hold", "reopen"]))
@click.option("--person", "name", required=True, metavar="NAME")
@click.option("--stage", required=True, metavar="KEY", help="newcomer, growth, senior")
@click.option("--reason", default="")
@click.pass_obj
def gate(world: World, decision: str, name: str, stage: str, reason: str) -> None:
    """Decide at a gate (say with --as which trainer you are)."""
    from mentor_app.core.camp.actions import decide
    from mentor_app.core.camp.rules import DECISIONS

    store, tr = world.open(), translator(world.language)
    (person_id,) = _person_ids(store, (name,))
    key = {"pass": "passed", "waive": "waived", "hold": "held", "reopen": "reopened"}[decision]
    store.act(world.actor(store), decide, person_id, stage, key, dt.date.today(), reason)
    click.echo(f"{name}: {tr(DECISIONS[key])}")


@cli.command()
@_json
@click.pass_obj
def pairings(world: World, as_json: bool) -> None:
    """Who is and was paired with whom, on which projects."""
    from mentor_app.core.pairing.queries import pairings as query
    from mentor_app.core.pairing.rules import STATES

    with world.open().read() as connection:
        found = query(connection)
    if as_json:
        _print_json(
            {
                "pairings": [
                    {
                        "id": p.id, "apprentice": p.apprentice, "mentor": p.mentor, "state": p.state,
                        "started_on": p.started_on, "ended_on": p.ended_on, "projects": p.projects, "goals": p.goals,
                        "reason": p.reason,
                    }
                    for p in found
                ]
            }
        )  # fmt: skip
        return
    tr = translator(world.language)
    for p in found:
        until = f"{p.started_on} – {p.ended_on or ''}"
        click.echo(f"{p.apprentice}\t{p.mentor}\t{tr(STATES[p.state])}\t{until}\t{', '.join(p.projects)}")


@cli.command()
@click.option("--weights", "file", type=click.Path(path_type=Path), metavar="FILE", help="JSON: criterion to weight.")
@click.option("--as-of", callback=_date, metavar="DATE")
@_json
@click.pass_obj
def suggest(world: World, file: Path | None, as_of: dt.date | None, as_json: bool) -> None:
    """The best mentors for all hires without one, at once, with reasons."""
    from mentor_app.core.pairing.queries import suggest as query
    from mentor_app.core.pairing.rules import CRITERIA

    weights = None
    if file is not None:
        try:
            weights = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise UserError("{file} can't be opened: {reason}", file=str(file), reason=error.strerror) from None
        except ValueError:
            weights = None
        if not isinstance(weights, dict):
            raise UserError("{file} must hold criteria and their weights as JSON, such as {example}.", file=file.name,
                            example='{"region": 3, "gaps": 2}')  # fmt: skip
    with world.open().read() as connection:
        plan = query(connection, as_of or dt.date.today(), weights)
    tr = translator(world.language)
    if as_json:
        _print_json(
            {
                "pairs": [
                    {
                        "apprentice": p.apprentice.name, "mentor": p.mentor.name, "score": round(p.score, 6),
                        "reasons": [
                            {"criterion": name, "words": tr(CRITERIA[name]), "points": round(points, 6)}
                            for name, points in p.parts.items() if points > 0
                        ],
                        "alternative": None if p.alternative is None or p.alternative_score is None else {
                            "mentor": p.alternative.name, "score": round(p.alternative_score, 6),
                        },
                    }
                    for p in plan.pairs
                ],
                "unplaced": [{"apprentice": a.name, "reason": why.render(tr)} for a, why in plan.unplaced],
                "total": round(plan.total, 6),
            }
        )  # fmt: skip
        return
    for p in plan.pairs:
        why = ", ".join(f"{tr(CRITERIA[name])} +{points:.1f}" for name, points in p.parts.items() if points > 0)
        click.echo(f"{p.apprentice.name}\t{p.mentor.name}\t{p.score:.1f}\t{why}")
    for a, reason in plan.unplaced:
        click.echo(f"{a.name}\t–\t\t{reason.render(tr)}")


@cli.command()
@click.argument("apprentice")
@click.argument("mentor")
@click.option("--project", "name", required=True, metavar="NAME")
@click.option("--date", "started_on", callback=_date, metavar="DATE", help="Today, unless said.")
@click.option("--goals", default="")
@_json
@click.pass_obj
def pair(
    world: World, apprentice: str, mentor: str, name: str, started_on: dt.date | None, goals: str, as_json: bool
) -> None:
    """Pair APPRENTICE with MENTOR for the cycle of a project."""
    from mentor_app.core.pairing.actions import pair as action
    from mentor_app.core.pairing.queries import projects

    store = world.open()
    first, second = _person_ids(store, (apprentice, mentor))
    with store.read() as connection:
        found = [p.id for p in projects(connection) if p.name == name]
    if not found:
        raise UserError("No project is called {name}.", name=name)
    day = started_on or dt.date.today()
    done = store.act(world.actor(store), action, first, second, found[0], day, goals).result
    if as_json:
        _print_json({"id": done, "apprentice": apprentice, "mentor": mentor, "project": name, "started_on": day})
    else:
        tr = translator(world.language)
        click.echo(tr("{name} is paired with {mentor}.", name=apprentice, mentor=mentor))


@cli.group()
def export() -> None:
    """Write files for others."""


@export.command("charts")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--person", "names", multiple=True, metavar="NAME")
@click.option("--cohort", "cohorts", multiple=True, metavar="2026Q3")
@click.option("--all", "everybody", is_flag=True)
@click.option("--format", "formats", default="png", metavar="png,svg,pdf,csv,xlsx")
@click.option("--lang", type=_LANGUAGE, default=None)
@click.option("--as-of", callback=_date, metavar="DATE")
@click.option("--include-inherited", is_flag=True)
@click.option("--overwrite", is_flag=True, help="Replace files of the same name instead of numbering new ones.")
@_json
@click.pass_obj
def export_charts(
    world: World, out: Path, names: tuple[str, ...], cohorts: tuple[str, ...], everybody: bool, formats: str,
    lang: str | None, as_of: dt.date | None, include_inherited: bool, overwrite: bool, as_json: bool,
) -> None:  # fmt: skip
    """Export ramp-up charts and their numbers."""
    if not (names or cohorts or everybody):
        raise click.UsageError("Say whose charts: --person, --cohort or --all.")
    wanted = [name.strip().lower() for name in formats.split(",") if name.strip()]
    from mentor_app.transfer.charts import IMAGES, TABLES
    from mentor_app.transfer.charts import export as write

    if not wanted or set(wanted) - {*IMAGES, *TABLES}:
        raise click.BadParameter("choose from png,svg,pdf,csv,xlsx", param_hint="--format")
    from mentor_app.core.pipeline.queries import ramp as query

    with world.open().read() as connection:
        company = query(connection, as_of or dt.date.today(), include_inherited)
    indexes = list(range(len(company.hires))) if everybody else _chosen(company, names)
    files = write(company, indexes, cohorts, out, wanted, lang or world.language, overwrite)
    if as_json:
        _print_json({"files": [str(path) for path in files]})
    else:
        for path in files:
            click.echo(str(path))


@export.command("calendar")
@click.option("--person", "name", required=True, metavar="NAME")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE.ics")
@click.option("--lang", type=_LANGUAGE, default=None)
@_json
@click.pass_obj
def export_calendar(world: World, name: str, out: Path, lang: str | None, as_json: bool) -> None:
    """Write somebody's planned activities as a calendar."""
    from mentor_app.core.logbook.queries import Filter, activities, activity_ids
    from mentor_app.transfer.calendar import write_calendar

    store = world.open()
    (person_id,) = _person_ids(store, (name,))
    with store.read() as connection:
        ids = activity_ids(connection, Filter(person_id, states=("planned",)), descending=False)
        found = activities(connection, ids)
    n = write_calendar(out, [found[i] for i in ids], dt.datetime.now(dt.UTC), translator(lang or world.language))
    if as_json:
        _print_json({"files": [str(out)], "events": n})
    else:
        click.echo(str(out))


@cli.command()
@click.pass_obj
def sample(world: World) -> None:
    """Fill the empty store with an invented sales company."""
    from mentor_app.core.sample import fill

    store = world.open()
    done = store.act(world.actor(store), fill, dt.date.today())
    click.echo(translator(world.language)("The sample team is ready: {n} people.", n=done.result))


@cli.command()
@_json
@click.pass_obj
def check(world: World, as_json: bool) -> None:
    """Is the store sound?"""
    from mentor_app.core.check import problems

    tr = translator(world.language)
    with world.open().read() as connection:
        found = [problem.render(tr) for problem in problems(connection)]
    if as_json:
        _print_json({"ok": not found, "problems": found})
    else:
        click.echo("\n".join(found) or tr("The store is sound."))
    if found:
        raise UserError("The store has {n} problems.", n=len(found))


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=lambda d: d.isoformat()))


def run(arguments: list[str]) -> int:
    """Run the command line: 0 done, 1 the world's fault (one sentence on stderr), 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        result = cli.main(arguments, prog_name="mentor-app", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        error.show()
        return 2
    except click.Abort:
        return 1
    except UserError as error:
        click.echo(" ".join(error.render(translator(system_language())).split()), err=True)
        return 1
