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
from mentor_app.core.errors import UserError
from mentor_app.core.text import translator
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


def run(arguments: list[str]) -> int:
    """Run the command line: 0 done, 1 the world's fault (one sentence on stderr), 2 wrong usage."""
    streams.prepare()
    chosen = CliContext()
    try:
        result = cli.main(arguments, prog_name=command(), standalone_mode=False, obj=chosen)
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        error.show()
        return 2
    except click.Abort:
        return 1
    except UserError as error:
        click.echo(" ".join(error.render(translator(chosen.language)).split()), err=True)
        return 1
    except Exception as error:
        log.bug(error)
        raise
