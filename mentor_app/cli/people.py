"""People and their ramp-up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentor_app.cli.base import (
    CliContext,
    as_json_option,
    check_free,
    cli,
    confirm,
    echo,
    overwrite_option,
    person_ids,
    print_json,
)
from mentor_app.core.errors import UserError
from mentor_app.core.text import ERASED, Translator, text, translator

if TYPE_CHECKING:
    from mentor_app.core.personal.beside import Kept
    from mentor_app.core.store import Store


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
                        "id": p.id,
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
    inferred = tr("inferred")
    for p in everybody:
        mark = f" ({inferred})" if p.hired_on_inferred else ""
        roles = tr.listed(tr(ROLES[role]) for role in p.roles)
        echo(f"{p.name}\t{p.hired_on or '–'}{mark}\t{p.team or ''}\t{roles}")


@cli.command("remove-person")
@click.argument("name", metavar="PERSON")
@click.pass_obj
def remove_person(world: CliContext, name: str) -> None:
    """Remove a person who was entered by mistake and is used nowhere."""
    from mentor_app.core.personal.actions import remove_person as act

    store, tr = world.open(), translator(world.language)
    (person_id,) = person_ids(store, (name,))
    removed = store.act(world.actor(store), act, person_id).result
    echo(tr("{name} was removed.", name=removed))


@cli.command()
@click.argument("name", metavar="PERSON")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--places", type=click.Path(path_type=Path), help="Only write all places in texts here, as .csv or .xlsx."
)
@click.option(
    "--also", multiple=True, metavar="WORDS", help="Erase these words, too, wherever they stand: a nickname, say."
)
@overwrite_option
@click.pass_obj
def erase(world: CliContext, name: str, yes: bool, places: Path | None, also: tuple[str, ...], overwrite: bool) -> None:
    """Erase a person's name and texts for good; figures, points and dates stay."""
    from mentor_app.core.history.before_erasing import preview
    from mentor_app.core.personal.also import as_told
    from mentor_app.core.personal.beside import backups_with, drafts_of, erase_everywhere
    from mentor_app.core.personal.queries import hindrance

    if not all(as_told([words]) for words in also):
        raise UserError(text("No words stand behind --also. Say those that are to go, or leave it out."))
    store, tr = world.open(), translator(world.language)
    actor = world.actor(store)  # first: where the day's backup is made now, it is one of those that still hold the name
    person_id = _to_erase(store, name)
    if places is not None:
        _write_places(store, person_id, places, also, overwrite, tr)
        return
    with store.read() as connection:
        why_not = hindrance(connection, person_id)
        if why_not is not None:
            raise UserError(why_not)
        found = preview(connection, person_id, also)
    if found.refused is not None:
        raise UserError(found.refused)
    unsure = found.unsure.render(tr) if found.unsure is not None else ""
    if not yes:
        goes = [line.render(tr) for line in found.goes]
        unfinished = len(drafts_of(store.location, person_id))
        if unfinished:
            goes.append(tr("Their drafts on this computer: {n}", n=unfinished))
        echo(tr("This goes, for good:"))
        echo("\n".join(f"  {line}" for line in goes or [tr("Nothing more: it was erased before.")]))
        echo(tr("This stays:"))
        echo("\n".join(f"  {line}" for line in (*(line.render(tr) for line in found.stays), unsure) if line))
    if found.idle is not None:
        echo(found.idle.render(tr))
    kept = backups_with(store, person_id, also)
    if not yes:
        _say_backups(kept, tr)
        confirm(tr("Erase it? It can't be taken back."))
    erase_everywhere(store, actor, person_id, also=also)
    echo(tr("Erased. The record is now called {name}.", name=f"{ERASED}{person_id}"))
    if yes:
        if found.left is not None:
            echo(found.left.render(tr))
        _say_backups(kept, tr)


def _write_places(
    store: Store, person_id: int, path: Path, also: tuple[str, ...], overwrite: bool, tr: Translator
) -> None:
    from mentor_app.transfer.places import write_places

    check_free(path, overwrite)
    with store.read() as connection:
        n, idle = write_places(connection, person_id, path, tr, also)
    echo(tr("Places written to {file}: {n}", file=path, n=n))
    if idle is not None:
        echo(idle.render(tr))


def _to_erase(store: Store, name: str) -> int:
    """Whom the name, or the number, means; where nobody here, somebody removed of whom the history still tells."""
    from mentor_app.core.people.queries import called
    from mentor_app.core.people.rules import match_key
    from mentor_app.core.personal.texts import removed
    from mentor_app.core.text import erased_number

    with store.read() as connection:
        here, gone = called(connection, name), removed(connection)
    for person_id, names in gone.items():
        is_numbered = name == f"person:{person_id}" or erased_number(name) == str(person_id)
        if is_numbered or (not here and match_key(name) in map(match_key, names)):
            return person_id
    return person_ids(store, (name,))[0]


def _say_backups(kept: list[Kept], tr: Translator) -> None:
    if kept:
        echo(tr("These backups still hold the name and texts; delete them when you no longer need them:"))
        echo("\n".join(f"  {one.at.astimezone():%Y-%m-%d %H:%M}\t{one.path}" for one in kept))
    echo(tr("Copies and backups that somebody put elsewhere are not known here."))


@cli.command()
@click.argument("name", metavar="PERSON")
@click.argument("into", metavar="INTO")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def merge(world: CliContext, name: str, into: str, yes: bool) -> None:
    """Make two records of one person one: everything of PERSON belongs to INTO."""
    import datetime as dt

    from mentor_app.core.personal.before_merging import merge_backed_up, preview
    from mentor_app.core.personal.beside import drafts_of, hand_over_drafts

    store, tr = world.open(), translator(world.language)
    old, new = person_ids(store, (name, into))
    actor = world.actor(store)
    with store.read() as connection:
        found = preview(connection, old, new)
    if found.hindrance is not None:
        raise UserError(found.hindrance)
    if not yes:
        echo(tr("This goes from {name} to {other}:", name=found.name, other=found.into))
        echo("\n".join(f"  {line.render(tr)}" for line in found.moves) or f"  {tr('Nothing rests on this record.')}")
    if found.against:
        echo(tr("This speaks against their being one person:"))
        echo("\n".join(f"  {line.render(tr)}" for line in found.against))
    if not yes:
        confirm(tr("Merge them? It can't be taken back."))
    kept = merge_backed_up(store, actor, old, new, dt.datetime.now(dt.UTC)).result
    unfinished = len(drafts_of(store.location, old))
    hand_over_drafts(store.location, old, new)
    echo(tr("{name} is one with {other} now.", name=name, other=into))
    if unfinished:
        echo(tr("Drafts on this computer that are {name}'s now: {n}", name=into, n=unfinished))
    if kept is not None:
        echo(tr("This backup has both records: {file}", file=kept))
