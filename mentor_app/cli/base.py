"""The root command and what every verb shares: which store, who acts, in which language."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mentor_app.core import log
from mentor_app.core.dates import check_date
from mentor_app.core.environment import system_language, user_name
from mentor_app.core.errors import UserError
from mentor_app.core.location import is_server
from mentor_app.launch import open_window

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mentor_app.core.store import Actor, Store


class CliContext:
    """What the options before the verb say: which store, who acts, in which language."""

    def __init__(self) -> None:
        self.location: str | None = None
        self.actor_name: str | None = None
        self.language = system_language()

    def choose(self, store: str | None, actor: str | None, language: str | None) -> None:
        """Take what was said; what was not stays as the environment has it."""
        self.location, self.actor_name, self.language = store, actor, language or self.language

    def open(self, create: bool = False, unsaid: Collection[str] = ()) -> Store:
        """The store chosen, opened; made where there is none and none was, if ``create`` says so: for verbs that fill one. That
        it was made, and what is amiss, is said, but for the remarks (by their message keys) that are ``unsaid``.

        UserError where --as names nobody there, or several people.
        """
        from mentor_app.core.store import faults
        from mentor_app.core.team import open_team
        from mentor_app.core.text import text, translator

        store = open_team(self.location, create)
        context = click.get_current_context(silent=True)
        if context is not None:
            context.call_on_close(lambda: self._close(store))
        begun = [text(faults.BEGUN, store=store.location)] if store.begun and self.location else []
        for remark in [*begun, *store.remarks]:
            if remark.key in unsaid:
                continue
            click.echo(remark.render(translator(self.language)), err=True)
        if store.is_written and not is_server(store.location):
            self._tidy(store)
        if self.actor_name is not None:
            self._person(
                store, self.actor_name
            )  # also where nothing will be written: a name that is nobody's is a mistake
        return store

    def _close(self, store: Store) -> None:
        """Close it, and say what became of what it held where another file was put in its place: StoreFault then."""
        from mentor_app.core.text import translator

        store.on_notice = lambda notice: click.echo(notice.render(translator(self.language)), err=True)
        try:
            store.check_at_end()
        finally:
            store.close()

    def _tidy(self, store: Store) -> None:
        if os.path.isdir(store.location + ".backups"):  # what follows is not imported for nothing
            from mentor_app.core.store.keeping import tidy

            tidy(store)

    def file(self) -> str:
        """The path of the store chosen; nothing is opened or made. UserError where it is on a server, or its folder is not there."""
        from mentor_app.core.store import default_path, faults, file_of
        from mentor_app.core.store.opening import check_folder

        if is_server(self.location or ""):
            raise UserError(faults.BY_THE_SERVER)
        if not self.location:
            return str(default_path())
        check_folder(file_of(self.location))
        return str(file_of(self.location))

    def actor(self, store: Store) -> Actor:
        """The person named with --as, else the computer's user, who is nobody in the store.

        UserError where nobody or several people have that name; only a store without people takes any. Whoever acts is
        about to write: where the day's backup was not made yet, it is made now.
        """
        self._back_up(store)
        from mentor_app.core.store import Actor

        if self.actor_name is None:
            return Actor(user_name())
        return Actor(self.actor_name, self._person(store, self.actor_name))

    def _person(self, store: Store, name: str) -> int | None:
        from mentor_app.core.people.queries import has_people
        from mentor_app.core.text import erased_number

        with store.read() as connection:
            anybody = has_people(connection)
        if not anybody:
            return None
        (found,) = person_ids(store, (name,))
        if erased_number(name):
            raise UserError("{name} was erased on request, and works here no more. Say who is working.", name=name)
        return found

    def _back_up(self, store: Store) -> None:
        from mentor_app.core.store.keeping import keep_daily
        from mentor_app.core.text import translator

        try:
            keep_daily(store, dt.datetime.now(dt.UTC))
        except UserError as error:  # it must not keep anybody from what they are doing
            click.echo(error.render(translator(self.language)), err=True)


class _File(click.Path):
    """A file or folder that is named; an empty name would mean the folder one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; wrong usage where the name is empty."""
        if value == "":
            self.fail("The name is empty.", param, ctx)
        return super().convert(value, param, ctx)


FILE = _File(path_type=Path)


def date(_context: Any, _parameter: Any, value: str | None) -> dt.date | None:
    """Click's callback for options that take a date; None where none is given."""
    try:
        return check_date(dt.date.fromisoformat(value)) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date like 2026-11-24") from None
    except UserError as error:
        raise click.BadParameter(str(error)) from None


overwrite_option = click.option("--overwrite", is_flag=True, help="Replace a file of that name.")


def check_free(path: Path, overwrite: bool) -> None:
    """UserError where a folder of that name is there, or a file, and nobody has said that it may be replaced."""
    if os.path.isdir(path):
        raise UserError("{file} is a folder. Give the name of a file in it.", file=str(path))
    if not overwrite and os.path.lexists(path):
        raise UserError("{file} is there already. Choose another name, or say --overwrite.", file=str(path))


on_day_option = click.option("--date", "day", callback=date, metavar="DATE", help="Today, unless said.")


STORE = "MENTOR_APP_STORE"
LANGUAGE = click.Choice(["en", "zh_CN"])
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", envvar=STORE, help="A store file, or a postgresql+psycopg:// URL.")
@click.option(
    "--as", "actor", envvar="MENTOR_APP_ACTOR", help="Who acts: a person of the store; recorded in the history."
)
@click.option("--lang", type=LANGUAGE, default=None, help="Language of messages and of the window.")
@click.option("--sample", is_flag=True, help="Open the window on a throw-away store with an invented company.")
@click.option("--debug", is_flag=True, help="Log more, and to stderr too.")
@click.version_option(package_name="mentor-app", prog_name="mentor-app")
@click.pass_context
def cli(
    context: click.Context, store: str | None, actor: str | None, lang: str | None, sample: bool, debug: bool
) -> None:
    """Onboarding and mentorship for sales teams. Without a verb, the window opens."""
    if debug:
        log.debug()
    if not (os.environ.get(STORE, "-") if store is None else store).strip():  # Click takes an empty variable for none
        if context.get_parameter_source("store") is not ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{STORE} is empty. Unset it for the usual store.")
        raise click.UsageError("--store is empty. Leave it out for the usual store.")
    context.ensure_object(CliContext).choose(store, actor, lang)
    if context.invoked_subcommand is None:
        if context.get_parameter_source("actor") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--as is for verbs; in the window one says there who one is.")
        context.exit(open_window(store, lang, sample))
    if sample:
        raise click.UsageError("--sample opens the window; to fill a store, use the verb `sample`.")


def person_ids(store: Store, names: tuple[str, ...]) -> list[int]:
    """Ids of the people named, or numbered as person:7, or erased ones as they are called now; a name nobody or several
    people have is the world's fault."""
    from mentor_app.core.people.queries import called, codes_of, people
    from mentor_app.core.text import ERASED, erased_number

    ids_of_names = []
    with store.read() as connection:
        for name in names:
            numbered = re.fullmatch(r"person:(\d{1,18})", name)
            ids = [p.id for p in people(connection, int(numbered[1]))] if numbered else called(connection, name)
            erased = erased_number(name)
            if not ids and erased:
                ids = called(connection, f"{ERASED}{erased}")
            if not ids:
                raise UserError("Nobody is called {name}.", name=name)
            if len(ids) > 1:
                raise shared_name(name, ids, codes_of(connection, ids))
            ids_of_names.append(ids[0])
    return ids_of_names


def shared_name(name: str, ids: Sequence[int], codes: list[str]) -> UserError:
    """Several people bear a name: what to say instead."""
    if len(codes) == len(ids):
        return UserError(
            "{n} people are called {name}. Say the employee number instead: {codes}.",
            n=len(ids),
            name=name,
            codes=", ".join(codes),
        )
    return UserError(
        "{n} people are called {name}. Say which by number: {numbers}.",
        n=len(ids),
        name=name,
        numbers=", ".join(f"person:{i}" for i in ids),
    )


def echo(words: str, err: bool = False) -> None:
    """Print what may hold words of the store: what was erased on request is said in the language chosen."""
    from mentor_app.core.text import shown, translator

    context = click.get_current_context(silent=True)
    world = context.find_object(CliContext) if context is not None else None
    click.echo(shown(words, translator(world.language)) if world is not None else words, err=err)


def confirm(question: str, err: bool = True) -> None:
    """Ask; UserError where the answer is not yes, or there is nobody to answer."""
    try:
        if sys.stdin is not None and click.confirm(question, err=err):
            return
    except click.Abort:
        click.echo(err=err)  # the question's line has no end
    raise UserError("Nothing was done.")


def print_json(value: Any) -> None:
    """Print as JSON, dates and instants as ISO text."""
    echo(json.dumps(value, ensure_ascii=False, indent=1, default=lambda d: d.isoformat()))
