"""Backups: making one, what there are, going back to one."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mentor_app.cli.base import (
    FILE,
    CliContext,
    as_json_option,
    check_free,
    cli,
    confirm,
    echo,
    overwrite_option,
    print_json,
)
from mentor_app.core.environment import user_name
from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.text import Translator, translator

if TYPE_CHECKING:
    from mentor_app.core.store import Store
    from mentor_app.core.store.contents import Contents
    from mentor_app.core.store.kept import Backup
    from mentor_app.core.store.restore import Preview


@cli.command()
@click.option("--out", type=FILE, help="One file with everything in it; else beside the store.")
@overwrite_option
@as_json_option
@click.pass_obj
def backup(world: CliContext, out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Back up the store, also while somebody works in it. Exit 1 where the backup is not sound, as `check` would find."""
    from mentor_app.core.check.backups import back_up, back_up_to, refuse_unfit
    from mentor_app.core.store.backup import reading
    from mentor_app.core.store.contents import contents

    world.file()
    if out is not None:
        check_free(out, overwrite)
    store = world.open()
    made = back_up(store, dt.datetime.now(dt.UTC)) if out is None else back_up_to(store, out)
    with reading(made.path) as copy:
        held = contents(copy)
    if as_json:
        print_json({"file": str(made.path), "size": made.size, **_found(made), **_plain(held)})
    refuse_unfit(made)
    if not as_json:
        tr = translator(world.language)
        echo(tr("Backed up to {file}, and found to be sound.", file=made.path) + "\n" + _told(held, tr))


@cli.command()
@as_json_option
@click.pass_obj
def backups(world: CliContext, as_json: bool) -> None:
    """The app's backups of the store, the newest first. What a killed program left half-written there goes."""
    from mentor_app.core.store.backup import reading
    from mentor_app.core.store.contents import contents
    from mentor_app.core.store.faults import MISSING
    from mentor_app.core.store.kept import REASONS, folder_of, listed
    from mentor_app.core.store.passing import sweep
    from mentor_app.core.store.telling import examined

    tr, found = translator(world.language), []
    left = len(sweep(folder_of(world.file())))
    if left:
        words = tr.plural(
            "Removed {n} half-written file that a program that was killed had left.",
            "Removed {n} half-written files that programs that were killed had left.",
            n=left,
        )
        echo(words, err=as_json)
    for one in listed(world.file()):
        held = None
        with suppress(UserError), reading(one.path) as copy:
            held = contents(copy)
        found.append((one, held))
    if not found and not Path(world.file()).exists():
        raise StoreFault(MISSING, store=world.file())
    if as_json:
        print_json(
            [
                {
                    "file": str(one.path),
                    "at": one.at,
                    "reason": one.reason,
                    "size": one.size,
                    "readable": held is not None,
                    **_found(one),
                }
                | (_plain(held) if held is not None else {})
                for one, held in found
            ]
        )
        return
    for one, held in found:
        reason = tr(REASONS[one.reason]) if one.reason else ""
        echo(f"{one.at.astimezone():%Y-%m-%d %H:%M}  {reason}\n  {one.path}")
        echo("  " + (tr("It can't be read.") if held is None else _told(held, tr)))
        if held is not None:
            echo("  " + examined(one).render(tr))
    if not found:
        echo(tr("There are no backups yet."))


@cli.command()
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--anyway", is_flag=True, help="Also where the backup was altered since the app made it, or is another company's."
)
@as_json_option
@click.pass_obj
def restore(world: CliContext, file: Path, yes: bool, anyway: bool, as_json: bool) -> None:
    """Go back to a backup: checks it, shows what it holds, asks, and backs up what it replaces."""
    from mentor_app.core.check.backups import doubts, examine
    from mentor_app.core.store import Actor
    from mentor_app.core.store.restore import go_back, look, opened

    tr, place = translator(world.language), world.file()
    store = opened(place, world.open)
    shown = look(store, place, file)
    actor = Actor(world.actor_name or user_name()) if store is None or shown.now is None else world.actor(store)
    strange = [words.render(tr) for words in doubts(shown, examine(file, place))]
    if not as_json or not yes:
        echo("\n".join([*_difference(shown, tr), *_undone(store, shown, tr), *strange]), err=as_json)
    if strange and not anyway:
        raise UserError("It was not restored. {why} Say --anyway to restore it all the same.", why=" ".join(strange))
    if not yes:
        question = (
            tr("Restore this backup?")
            if shown.now is None  # what becomes of what is there was said above
            else tr("Replace what is in the store by this? What is there now is backed up first.")
        )
        confirm(question, err=as_json)
    done = go_back(store, place, file, actor, dt.datetime.now(dt.UTC))
    before = None if done.before is None else str(done.before)
    if as_json:
        print_json({"restored": str(file), "before": before, **_plain(done.contents)})
        return
    echo(tr("The backup is restored."))
    if before is not None:
        echo(tr("What was there before is in {file}.", file=before))


def _found(made: Backup) -> dict[str, Any]:
    """Whether a backup was examined (``sound`` is null where it was not), and what was found."""
    if made.verdict is None:
        return {"sound": None}
    return {
        "sound": made.verdict.sound,
        "problems": made.verdict.problems,
        "attachments": made.verdict.files,
        "attachments_missing": made.verdict.missing,
    }


def _plain(held: Contents) -> dict[str, Any]:
    last = {"at": held.last_at, "by": held.last_by} if held.last_at is not None else None
    return {"counts": held.counts, "last_change": last, "revision": held.revision}


def _told(held: Contents, tr: Translator) -> str:
    from mentor_app.core.store.contents import COUNTED, last_change

    counts = " · ".join(f"{tr(COUNTED[table])} {n:,}" for table, n in held.counts.items() if n)
    return "\n  ".join(part for part in (counts, last_change(held).render(tr)) if part)


def _undone(store: Store | None, shown: Preview, tr: Translator) -> list[str]:
    """The last things done here that going back would undo."""
    from mentor_app.core.history.reading import done_since

    if store is None or not shown.changes_since:
        return []
    with store.read() as connection:
        return [f"  {one.render(tr)}" for one in done_since(connection, shown.then.last_id)]


def _difference(shown: Preview, tr: Translator) -> list[str]:
    """The preview, line by line."""
    from mentor_app.core.store.contents import last_change
    from mentor_app.core.store.telling import counted, warnings

    lines = [str(shown.path), last_change(shown.then).render(tr)]
    for one in counted(shown):
        now = "–" if one.now is None else f"{one.now:,}"
        lines.append(
            "  " + tr("{what}: {then} in the backup, {now} now", what=tr(one.name), then=f"{one.then:,}", now=now)
        )
    return lines + [warning.render(tr) for warning in warnings(shown)]
