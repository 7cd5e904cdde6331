"""The store itself: a sample in it, and whether it is sound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, echo, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.location import is_server
from mentor_app.core.text import Translator, plural_text, translator

if TYPE_CHECKING:
    from mentor_app.core.check.problem import Problem

_TOLD = 12  # problems of one kind that are printed; --json has them all


@cli.command()
@click.pass_obj
def sample(world: CliContext) -> None:
    """Fill the empty store with an invented sales company."""
    from mentor_app.core.sample.company import fill
    from mentor_app.core.store.faults import BEGUN

    tr, store = translator(world.language), world.open(create=True, unsaid={BEGUN})  # that it is ready says so
    done = store.act(world.actor(store), fill, dt.date.today())
    echo(tr.plural("The sample team is ready: {n} person.", "The sample team is ready: {n} people.", n=done.result))


@cli.command()
@click.option("--repair", is_flag=True, help="Make anew what is computed from the rest, after a copy of the store.")
@click.option(
    "--log",
    type=click.Choice(["with", "without"]),
    help="Open a file that was put in its place with the changes that lie beside it, or without.",
)
@as_json_option
@click.pass_obj
def check(world: CliContext, repair: bool, log: str | None, as_json: bool) -> None:
    """Is the store sound? Exit 1 where it is not. A history cut back cleanly only a printed head shows: points verify --against."""
    from mentor_app.core.check import examine, not_looked_at
    from mentor_app.core.check.repair import Repaired, back_up
    from mentor_app.core.check.repair import repair as mend
    from mentor_app.core.history.found_wrong import called
    from mentor_app.core.store.faults import LACKS
    from mentor_app.core.store.opening import SHAPE
    from mentor_app.core.store.stray_log import decide

    tr = translator(world.language)
    if log is not None:
        decided = decide(Path(world.file()), log == "with", dt.datetime.now(dt.UTC))
        click.echo(decided.render(tr), err=True)
    store = world.open(unsaid={SHAPE, LACKS})  # the check says which parts
    kept: list[Path | None] = []
    if repair:
        made = mend(store, lambda: kept.append(back_up(store)))
    else:
        notes: list[Problem] = []
        made = Repaired(done=[], failed=[], left=examine(store, notes=notes), notes=notes)
    with store.read() as connection:
        unseen = [words.render(tr) for words in not_looked_at(connection)]
    made = replace(made, left=called(store, made.left), notes=called(store, made.notes))
    done, failed = ([words.render(tr) for words in said] for said in (made.done, made.failed))
    copies = [str(path) for path in kept if path is not None]
    if as_json:
        found = [
            {"key": p.key, "table": p.table, "row": p.row, "problem": p.told(tr), "advice": tr(p.advice)}
            for p in made.left
        ]
        whole: dict[str, object] = {"ok": not made.left, "problems": found}
        if made.notes:
            whole["notes"] = [{"key": p.key, "table": p.table, "row": p.row, "note": p.told(tr)} for p in made.notes]
        if unseen:
            whole["not_examined"] = unseen
        print_json({**whole, "done": done, "failed": failed, "copies": copies} if repair else whole)
    else:
        said = [tr("The store as it was is kept in {file}.", file=path) for path in copies]
        said += [tr("Nothing was repaired.")] if repair and made.left and not done else []
        said += [*done, *failed, *_problems(made.left, tr), *(p.told(tr) for p in made.notes), *unseen]
        echo("\n".join(said if made.left else [*said, tr("The store is sound.")]))
    if made.left:
        raise UserError(plural_text("The store has one problem.", "The store has {n} problems.", n=len(made.left)))


def _problems(found: list[Problem], tr: Translator) -> Iterator[str]:
    """A line for each problem, those of one kind together; of many the first."""
    kinds: dict[str, list[Problem]] = {}
    for one in found:
        kinds.setdefault(one.key, []).append(one)
    for alike in kinds.values():
        yield from (one.render(tr) for one in alike[:_TOLD])
        if len(alike) > _TOLD:
            yield tr("and {n} more", n=sum(one.stands_for for one in alike[_TOLD:]))


@cli.command()
@click.option("--forget", is_flag=True, help="Take it out of the keyring again.")
@click.pass_obj
def password(world: CliContext, forget: bool) -> None:
    """Keep the password of the server given with --store in this computer's keyring. Asks for it."""
    from mentor_app.core.store import keep_password

    tr = translator(world.language)
    if not world.location or not is_server(world.location):
        raise UserError("Say with --store which server the password is for: postgresql+psycopg://name@host/database")
    try:
        secret = None if forget else click.prompt(tr("Password"), hide_input=True, err=True)
    except click.Abort:
        click.echo(err=True)  # the question's line has no end
        raise UserError("Nothing was done.") from None
    keep_password(world.location, secret)
    echo(tr("The keyring does not have it any more.") if forget else tr("Kept in the keyring."))
