"""Every verb but the window, a module for each capability. A verb imports what it needs when it needs it."""

from __future__ import annotations

import click

from mentor_app.cli import (
    backups,
    camp,
    export,
    history,
    imports,
    logbook,
    pairing,
    people,
    playbooks,
    points,
    projects,
    ramp,
    store,
    streams,
)
from mentor_app.cli.base import CliContext, cli
from mentor_app.core import log
from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.text import N_, text, translator
from mentor_app.launch import command

__all__ = [
    "backups",
    "camp",
    "cli",
    "export",
    "history",
    "imports",
    "logbook",
    "pairing",
    "people",
    "playbooks",
    "points",
    "projects",
    "ramp",
    "run",
    "store",
]


_NONE_THERE = N_(
    "There is no store at {store}. Name another file with --store, or begin one: `import` and `sample` do, and the window."
)


def run(arguments: list[str]) -> int:
    """Run the command line: 0 done, 1 the world's fault (one sentence on stderr), 2 wrong usage, 3 done, but not shown."""
    lost, chosen = streams.prepare(), CliContext()
    return _shown(_run(arguments, chosen), lost, chosen.language)


def _shown(code: int, lost: streams.Lost, language: str) -> int:
    """The exit code, once it is said where what was printed could not be written."""
    error = lost.why()
    if error is None:
        return code
    reason = text("standard output is closed") if lost.closed else reason_of(error)
    said = text("What the command printed could not be written: {reason}.", reason=reason)
    if code == 0:
        said = text(
            "The command was carried out to its end, but what it printed could not be written: {reason}.", reason=reason
        )
    click.echo(said.render(translator(language)), err=True)
    return code or (0 if lost.closed else 3)


def _for_commands(error: UserError) -> UserError:
    """The same, where it advises what only the window can do: with what is done on the command line."""
    from mentor_app.core.store import faults, file_of
    from mentor_app.core.store.opening import was_there

    values = dict(error.message.args)
    if error.message.key == faults.MISSING and not was_there(file_of(str(values["store"]))):
        return UserError(_NONE_THERE, **values)
    instead = {
        faults.EMPTY: N_(
            "{store} is empty (0 bytes): what was in it is lost. Restore a backup (backups, restore). Commands begin no new store in "
            "its place: the window does, or name another file with --store."
        ),
        faults.MISSING: N_(
            "{store} is not there (any more). Bring it back, or restore a backup (backups, restore). Commands begin no new store in "
            "its place: the window does, or name another file with --store."
        ),
    }
    words = instead.get(error.message.key)
    return error if words is None else UserError(words, **values)


def _run(arguments: list[str], chosen: CliContext) -> int:
    try:
        result = cli.main(arguments, prog_name=command(), standalone_mode=False, obj=chosen)
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        error.show()
        return 2
    except click.Abort:
        return 1
    except UserError as error:
        for line in _for_commands(error).lines(translator(chosen.language)):
            click.echo(line, err=True)
        return 1
    except Exception as error:
        log.bug(error)
        raise
