"""The store itself: a sample in it, and whether it is sound."""

from __future__ import annotations

import datetime as dt

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.text import translator


@cli.command()
@click.pass_obj
def sample(world: CliContext) -> None:
    """Fill the empty store with an invented sales company."""
    from mentor_app.core.sample.company import fill

    store = world.open()
    done = store.act(world.actor(store), fill, dt.date.today())
    click.echo(translator(world.language)("The sample team is ready: {n} people.", n=done.result))


@cli.command()
@as_json_option
@click.pass_obj
def check(world: CliContext, as_json: bool) -> None:
    """Is the store sound?"""
    from mentor_app.core.check import problems
    from mentor_app.core.playbooks.attachments import missing_files

    tr = translator(world.language)
    store = world.open()
    with store.read() as connection:
        complaints = [
            problem.render(tr) for problem in [*problems(connection), *missing_files(connection, store.location)]
        ]
    if as_json:
        print_json({"ok": not complaints, "problems": complaints})
    else:
        click.echo("\n".join(complaints) or tr("The store is sound."))
    if complaints:
        raise UserError("The store has {n} problems.", n=len(complaints))
