"""Projects: all with their cycles, a new one, one closed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, date, echo, on_day_option, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.text import translator

if TYPE_CHECKING:
    from mentor_app.core.store import Store


def find_project(store: Store, name: str) -> int:
    """The id of the project called so; UserError where none is."""
    from mentor_app.core.projects.queries import projects as query

    with store.read() as connection:
        ids = [p.id for p in query(connection) if p.name == name]
    if not ids:
        raise UserError("No project is called {name}.", name=name)
    return ids[0]


@cli.command()
@as_json_option
@click.pass_obj
def projects(world: CliContext, as_json: bool) -> None:
    """All projects with their cycles."""
    from mentor_app.core.pairing.queries import cycles
    from mentor_app.core.projects.queries import projects as query
    from mentor_app.core.projects.rules import OUTCOMES

    tr = translator(world.language)
    with world.open().read() as connection:
        rows = cycles(connection, {p.id for p in query(connection)})
    if as_json:
        print_json(
            {
                "projects": [
                    {
                        "id": c.project.id,
                        "name": c.project.name,
                        "customer": c.project.customer,
                        "region": c.project.region,
                        "industry": c.project.industry,
                        "started_on": c.project.started_on,
                        "closed_on": c.project.closed_on,
                        "outcome": c.project.outcome,
                        "phases": [
                            {"phase": p.phase, "planned_on": p.planned_on, "done_on": p.done_on} for p in c.phases
                        ],
                        "pairings": [p.id for p in c.pairings],
                    }
                    for c in rows
                ]
            }
        )
        return
    for c in rows:
        done = sum(p.done_on is not None for p in c.phases)
        until = f"{c.project.started_on} – {c.project.closed_on or ''}"
        echo(f"{c.project.name}\t{tr(OUTCOMES[c.project.outcome])}\t{until}\t{done}/{len(c.phases)}")


@cli.command("new-project")
@click.argument("name", required=False)
@click.option("--customer")
@click.option("--region")
@click.option("--industry")
@click.option("--started", "started_on", callback=date, metavar="DATE", help="Today, unless said.")
@click.option("--from-deal", "key", metavar="ID", help="An opportunity of the CRM: its name, customer, dates, track.")
@as_json_option
@click.pass_obj
def new_project(
    world: CliContext,
    name: str | None,
    customer: str | None,
    region: str | None,
    industry: str | None,
    started_on: dt.date | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Make a project with the default cycle, by hand or from a deal."""
    from dataclasses import replace

    from mentor_app.core.projects.actions import save_project
    from mentor_app.core.projects.queries import from_opportunity, opportunity_called
    from mentor_app.core.projects.rules import ProjectDetails

    store, today = world.open(), dt.date.today()
    if key is not None:
        with store.read() as connection:
            details = from_opportunity(connection, opportunity_called(connection, key), today)
    elif name:
        details = ProjectDetails(name=name, started_on=started_on or today)
    else:
        raise click.UsageError("Give a NAME or --from-deal ID.")
    given: dict[str, Any] = {
        "name": name,
        "customer": customer,
        "region": region,
        "industry": industry,
        "started_on": started_on,
    }
    details = replace(details, **{field: value for field, value in given.items() if value})
    project_id = store.act(world.actor(store), save_project, details).result
    if as_json:
        print_json({"id": project_id, "name": details.name})
    else:
        echo(details.name)


@cli.command("close-project")
@click.argument("name")
@click.argument("outcome", type=click.Choice(["won", "lost", "cancelled"]))
@on_day_option
@click.pass_obj
def close_project(world: CliContext, name: str, outcome: str, day: dt.date | None) -> None:
    """Close the cycle of the project NAME."""
    from mentor_app.core.projects.actions import close_project as action
    from mentor_app.core.projects.rules import OUTCOMES, Outcome

    store, tr = world.open(), translator(world.language)
    store.act(world.actor(store), action, find_project(store, name), Outcome(outcome), day or dt.date.today())
    echo(tr("The project {name} is closed: {outcome}.", name=name, outcome=tr(OUTCOMES[Outcome(outcome)])))
