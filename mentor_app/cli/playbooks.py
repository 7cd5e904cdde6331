"""Playbooks: what is owed, an answer in seconds, files in and out, review."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from mentor_app.cli.base import (
    FILE,
    LANGUAGE,
    CliContext,
    as_json_option,
    check_free,
    cli,
    echo,
    overwrite_option,
    person_ids,
    print_json,
)
from mentor_app.core.text import translator


@cli.group(invoke_without_command=True)
@click.option("--person", "name", metavar="NAME", help="Only what this person writes.")
@as_json_option
@click.pass_context
def playbooks(context: click.Context, name: str | None, as_json: bool) -> None:
    """All playbooks, what is owed first; with a verb, what is done with them."""
    if context.invoked_subcommand is not None:
        return
    from mentor_app.core.playbooks.queries import playbooks as query
    from mentor_app.core.playbooks.rules import STATES

    world: CliContext = context.obj
    store, tr = world.open(), translator(world.language)
    owner = person_ids(store, (name,))[0] if name else None
    with store.read() as connection:
        rows = query(connection, dt.date.today(), owner)
    if as_json:
        print_json(
            {
                "playbooks": [
                    {
                        "id": b.id,
                        "kind": b.kind.key,
                        "title": b.title,
                        "owner": b.owner,
                        "due_on": b.due_on,
                        "state": b.state,
                        "written": b.written,
                        "wanted": b.wanted,
                        "approved_on": b.approved_on,
                        "helped": b.helped,
                        "not_helped": b.not_helped,
                    }
                    for b in rows
                ]
            }
        )
        return
    for b in rows:
        echo(f"{b.id}\t{tr(STATES[b.state])}\t{b.due_on or '–'}\t{b.owner}\t{b.title}\t{b.written}/{b.wanted}")


@playbooks.command()
@click.argument("text")
@click.option("--product")
@click.option("--industry")
@click.option("--limit", type=click.IntRange(1, 200), default=20)
@as_json_option
@click.pass_obj
def search(world: CliContext, text: str, product: str | None, industry: str | None, limit: int, as_json: bool) -> None:
    """Approved answers that fit TEXT, the best first."""
    from mentor_app.core.playbooks.queries import find

    with world.open().read() as connection:
        hits = find(connection, text, dt.date.today(), limit, product, industry)
    if as_json:
        print_json(
            {
                "hits": [
                    {
                        "question": h.question,
                        "answer": h.answer,
                        "author": h.author,
                        "playbook": h.playbook,
                        "version": h.version,
                        "score": round(h.score, 6),
                        "product": h.product,
                        "industry": h.industry,
                        "helped": h.helped,
                        "not_helped": h.not_helped,
                        "out_of_date": h.outdated,
                        "id": h.id,
                    }
                    for h in hits
                ]
            }
        )
        return
    for h in hits:
        echo(f"{h.question}\n    {' '.join(h.answer.split())}\n    {h.author} · {h.playbook}\n")


@playbooks.command()
@click.argument("kind")
@click.argument("title")
@click.option("--owner", metavar="NAME", help="Who is to write it; who acts, unless said.")
@as_json_option
@click.pass_obj
def new(world: CliContext, kind: str, title: str, owner: str | None, as_json: bool) -> None:
    """Begin a playbook of a KIND (handbook, objections, …) by hand."""
    from mentor_app.core.playbooks.actions import begin

    store = world.open()
    owner_id = person_ids(store, (owner,))[0] if owner else None
    playbook_id = store.act(world.actor(store), begin, kind, title, owner_id).result
    if as_json:
        print_json({"id": playbook_id})
    else:
        echo(str(playbook_id))


@playbooks.command("import")
@click.argument("file", type=FILE)
@click.option("--into", "ident", type=int, required=True, metavar="ID", help="The playbook it goes into.")
@click.option("--replace", is_flag=True, help="Put it in the place of what is written there.")
@click.option("--dry-run", is_flag=True, help="Say what was understood, write nothing.")
@as_json_option
@click.pass_obj
def import_(world: CliContext, file: Path, ident: int, replace: bool, dry_run: bool, as_json: bool) -> None:
    """An existing playbook from a DOCX, XLSX, CSV or Markdown FILE."""
    from mentor_app.core.playbooks.actions import save_parts
    from mentor_app.transfer.playbooks import read_book

    tr, book = translator(world.language), read_book(file)
    store = world.open()
    if not as_json:
        for number, why in book.left_out:
            echo(tr("Row {row}: {why}", row=number, why=why.render(tr)))
        for part in book.parts if dry_run else ():
            echo(f"  {part.title}")
    added = len(book.parts)
    if not dry_run:
        added = store.act(world.actor(store), save_parts, ident, book.parts, replace).result
    if as_json:
        titles = [part.title for part in book.parts]
        print_json({"parts": added, "titles": titles, "applied": not dry_run, "understood": book.understood(tr)})
    else:
        echo(tr.plural("{n} part read from {file}.", "{n} parts read from {file}.", n=added, file=file.name))


@playbooks.command()
@click.argument("ident", type=int, metavar="ID")
@click.option("--out", type=FILE, required=True, metavar="FILE.docx|.pdf|.md")
@click.option("--version", "number", type=int, help="Another version than the one everybody reads.")
@click.option("--lang", type=LANGUAGE, default=None)
@overwrite_option
@click.pass_obj
def export(world: CliContext, ident: int, out: Path, number: int | None, lang: str | None, overwrite: bool) -> None:
    """A version of a playbook as DOCX, PDF or Markdown."""
    from mentor_app.core.playbooks.queries import whole
    from mentor_app.transfer.playbooks import document_of
    from mentor_app.transfer.playbooks import export as write

    tr, today = translator(lang or world.language), dt.date.today()
    with world.open().read() as connection:
        found = whole(connection, ident, today)
    check_free(out, overwrite)
    write(out, document_of(found, number, tr), tr, today)
    echo(str(out))


@playbooks.command()
@click.argument("ident", type=int, metavar="ID")
@click.pass_obj
def submit(world: CliContext, ident: int) -> None:
    """Hand a playbook in for review as its next version."""
    from mentor_app.core.playbooks.actions import submit as action

    store = world.open()
    store.act(world.actor(store), action, ident)
    tr = translator(world.language)
    echo(tr("Playbook {number} is handed in for review.", number=str(ident)))


@playbooks.command()
@click.argument("ident", type=int, metavar="ID")
@click.option("--comment", default="")
@click.pass_obj
def approve(world: CliContext, ident: int, comment: str) -> None:
    """Approve the version in review; from now on everybody finds it."""
    from mentor_app.core.playbooks.reviewing import approve as action

    store = world.open()
    store.act(world.actor(store), action, ident, comment)
    tr = translator(world.language)
    echo(tr("Playbook {number} is approved: everybody finds it now.", number=str(ident)))


@playbooks.command("send-back")
@click.argument("ident", type=int, metavar="ID")
@click.option("--comment", required=True)
@click.pass_obj
def send_back(world: CliContext, ident: int, comment: str) -> None:
    """Ask for changes."""
    from mentor_app.core.playbooks.reviewing import ask_for_changes

    store = world.open()
    store.act(world.actor(store), ask_for_changes, ident, comment)
    tr = translator(world.language)
    echo(tr("Playbook {number} is sent back with your comment.", number=str(ident)))


@playbooks.command()
@click.argument("ident", type=int, metavar="ID")
@click.argument("file", type=FILE)
@click.pass_obj
def attach(world: CliContext, ident: int, file: Path) -> None:
    """Keep a copy of FILE with a playbook."""
    from mentor_app.core.playbooks.attachments import attach_file

    store = world.open()
    echo(str(attach_file(store, world.actor(store), ident, file).result))


@playbooks.command()
@click.argument("ident", type=int, metavar="ID")
@click.option("--out", type=FILE, metavar="FOLDER", help="Write verified copies there.")
@as_json_option
@click.pass_obj
def attachments(world: CliContext, ident: int, out: Path | None, as_json: bool) -> None:
    """The files kept with a playbook."""
    from mentor_app.core.playbooks.queries import attachments_of
    from mentor_app.core.store.attachments import copy_out, folder_of
    from mentor_app.transfer.files import Folder, replacing

    store = world.open()
    with store.read() as connection:
        kept = attachments_of(connection, ident)
    if out is not None:
        with Folder(out) as given:
            for attachment in kept:
                stem = attachment.name.rpartition(".")[0]
                with replacing(given.file(stem, attachment.kind)) as part:
                    copy_out(folder_of(store.location), attachment.sha256, part)
    if as_json:
        files = [
            {"id": attachment.id, "name": attachment.name, "size": attachment.size, "sha256": attachment.sha256}
            for attachment in kept
        ]
        print_json({"attachments": files})
        return
    for attachment in kept:
        echo(f"{attachment.id}\t{attachment.size}\t{attachment.name}")
