"""People and their ramp-up."""

from __future__ import annotations

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, print_json
from mentor_app.core.text import translator


@cli.command()
@as_json_option
@click.pass_obj
def people(world: CliContext, as_json: bool) -> None:
    """List everybody."""
    from mentor_app.core.people.queries import people as query
    from mentor_app.core.people.rules import ROLES

    with world.open().read() as connection:
        everybody = query(connection)
    if as_json:
        print_json(
            {
                "people": [
                    {
                        "name": p.name,
                        "code": p.code,
                        "hired_on": p.hired_on,
                        "hired_on_inferred": p.hired_on_inferred,
                        "left_on": p.left_on,
                        "team": p.team,
                        "region": p.region,
                        "roles": p.roles,
                        "crm_names": p.crm_names,
                    }
                    for p in everybody
                ]
            }
        )
        return
    tr = translator(world.language)
    for p in everybody:
        mark = f" ({tr('inferred')})" if p.hired_on_inferred else ""
        roles = tr.listed(tr(ROLES[role]) for role in p.roles)
        click.echo(f"{p.name}\t{p.hired_on or '–'}{mark}\t{p.team or ''}\t{roles}")
