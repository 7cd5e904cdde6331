"""Backups examined as the store is: when somebody asks for one, before it is called sound; and before one takes the store's
place, whether anybody has altered it."""

from __future__ import annotations

import datetime as dt
from functools import partial, reduce
from pathlib import Path

from mentor_app.core.check import Step, problems
from mentor_app.core.check.problem import FILES, GONE, Problem
from mentor_app.core.errors import Unsound, UserError
from mentor_app.core.store import Store, backup, verdict
from mentor_app.core.store.kept import Backup, Reason
from mentor_app.core.store.opening import sqlite_engine
from mentor_app.core.store.restore import Preview, brought_up
from mentor_app.core.store.telling import company
from mentor_app.core.store.verdict import Verdict
from mentor_app.core.text import N_, Text, plural_text, text

ALTERED = N_("Somebody or something has altered this backup. Problems that the check finds in it: {n}.")
ALTERED_BEFORE = N_(
    "This backup was not sound when it was made, for somebody or something had altered the store before. Problems that the check "
    "finds in it: {n}."
)
HOLDS_MORE = N_(
    "{file} was left as it is: it holds changes that the store does not have, for the store is an older copy, or people went on "
    "in two copies. What the store holds now lies in {beside}. To go back to {file}, restore it; else back up under another name."
)


def back_up(store: Store, now: dt.datetime, step: Step = lambda _done, _all: None) -> Backup:
    """Back a store's file up among the app's backups because somebody asks for it, and examine the copy."""
    with store.whole_file() as source:
        look = partial(_wrong_with, location=store.location, step=step)
        return backup.keep(source, store.location, Reason.ASKED, now, step, look=look)


def back_up_to(store: Store, to: Path, step: Step = lambda _done, _all: None) -> Backup:
    """Write a backup of a store's file to a place of somebody's own, once the copy was examined (see ``backup.write``)."""
    with store.whole_file() as source:
        look = partial(_wrong_with, location=store.location, step=step)
        return backup.write(source, store.location, to, step, look)


def refuse_unfit(made: Backup) -> None:
    """UserError where a backup did not become what was asked for: something was found in it (Unsound), or what it was to replace
    holds more; what, and which file it is in."""
    found, said = made.verdict, list[Text]()
    if made.spared is not None:
        said.append(text(HOLDS_MORE, file=str(made.spared), beside=str(made.path)))
    is_unsound = found is not None and not found.sound
    if found is not None and is_unsound:
        said += _unsound(made.path, found)
    if said:
        raise (Unsound if is_unsound else UserError)(
            reduce(lambda whole, more: text("{one} {other}", one=whole, other=more), said)
        )


def _unsound(path: Path, found: Verdict) -> list[Text]:
    said = [text("The backup is not sound. It lies in {file} and took no other file's place.", file=str(path))]
    if found.missing:
        said.append(
            text("It lacks {n} of {all} attachments, which are gone or were changed.", n=found.missing, all=found.files)
        )
        said.append(text(FILES))
    if found.problems:
        said.append(
            plural_text(
                "The check found one problem in it; check the store (check) to see what to do: {first}",
                "The check found {n} problems in it; check the store (check) to see them all. The first: {first}",
                n=found.problems,
                first=found.first,
            )
        )
    return said


def _wrong_with(copy: Path, location: str, step: Step) -> list[Text]:
    """Everything that a check of the store finds in a copy of it; attachments that are gone or were changed are counted by
    whoever copies them."""
    engine = sqlite_engine(copy, journal="DELETE")
    try:
        with engine.connect() as connection:
            return [one.what for one in problems(connection, location, step) if one.key != GONE]
    finally:
        engine.dispose()


def examine(path: Path, location: str, step: Step = lambda _done, _all: None) -> list[Problem]:
    """Everything wrong with the backup at ``path``, asked of a copy of it, but for what can be computed anew: its history,
    ledger and rows as a check of the store would find them. UserError where it can't be restored at all."""
    with brought_up(path, location) as copy:
        engine = sqlite_engine(copy, journal="DELETE")
        try:
            with engine.connect() as connection:
                return [one for one in problems(connection, step=step) if not one.is_computed]
        finally:
            engine.dispose()


def doubts(shown: Preview, found: list[Problem]) -> list[Text]:
    """Why a backup should not be restored without a second thought; nothing where it is this store's, as the app made it."""
    said = []
    if shown.now is not None and shown.same_store is False:
        theirs, ours = company(shown.then), company(shown.now)
        said.append(text("It is another company's: in the backup {theirs}; here {ours}.", theirs=theirs, ours=ours))
    if shown.strange:
        said.append(
            text(
                "It says that it is this store's, but was never a state of it: somebody worked in a copy, or altered it."
            )
        )
    if found:
        made = verdict.noted(shown.path)
        said.append(text(ALTERED if made is None or not made.problems else ALTERED_BEFORE, n=len(found)))
        said += [one.what for one in found[:3]]
    return said
