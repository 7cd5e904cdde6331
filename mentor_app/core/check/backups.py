"""A backup looked at before it takes the store's place: whether anybody has altered it."""

from __future__ import annotations

from pathlib import Path

from mentor_app.core.check import Step, problems
from mentor_app.core.check.problem import Problem
from mentor_app.core.store.opening import sqlite_engine
from mentor_app.core.store.restore import Preview, brought_up
from mentor_app.core.store.telling import company
from mentor_app.core.text import Text, text


def examine(path: Path, location: str, step: Step = lambda _done, _all: None) -> list[Problem]:
    """Everything wrong with the backup at ``path``, asked of a copy of it, but for what can be computed anew: its history,
    ledger and rows as a check of the store would find them. UserError where it can't be restored at all."""
    with brought_up(path, location) as copy:
        engine = sqlite_engine(copy, journal="DELETE")
        try:
            with engine.connect() as connection:
                return [one for one in problems(connection, step=step) if not one.repairable]
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
        first = [one.what for one in found[:3]]
        said.append(
            text(
                "Somebody or something has altered this backup. Problems that the check finds in it: {n}.", n=len(found)
            )
        )
        said += first
    return said
