"""When the app backs a store up by itself: daily, and before much is written into it."""

from __future__ import annotations

import datetime as dt

from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.location import is_server
from mentor_app.core.store import Store
from mentor_app.core.store.backup import Backup, Reason, folder_of, holds_all, keep, listed, sweep
from mentor_app.core.text import N_

NOT_IMPORTED = N_("Nothing was imported, for the store could not be backed up before. {reason}")


def keep_daily(store: Store, now: dt.datetime) -> Backup | None:
    """Back up a store that was not backed up today, by the clock of this computer, and holds something new; cheap where
    there is nothing to do. What a killed program left goes then, too. What is on a server is backed up there."""
    if is_server(store.location):
        return None
    sweep(folder_of(store.location))
    if not _is_due(store.location, now.astimezone().date()):
        return None
    return _keep_new(store, Reason.DAILY, now)


def keep_before_import(store: Store, now: dt.datetime) -> Backup | None:
    """Back up a store before much is written into it, unless a backup holds it all. UserError where that can't be done."""
    if is_server(store.location):
        return None
    try:
        return _keep_new(store, Reason.IMPORT, now)
    except StoreFault:
        raise
    except UserError as error:
        raise UserError(NOT_IMPORTED, reason=error.message) from error


def _keep_new(store: Store, reason: Reason, now: dt.datetime) -> Backup | None:
    with store.whole_file() as source:
        return None if holds_all(source, store.location) else keep(source, store.location, reason, now)


def _is_due(location: str, today: dt.date) -> bool:
    daily = [one for one in listed(location) if one.reason == Reason.DAILY]
    return not any(one.at.astimezone().date() == today for one in daily[:1])
