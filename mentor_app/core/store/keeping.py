"""When the app backs a store up by itself: daily, and before much is written into it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import suppress
from pathlib import Path

from mentor_app.core.errors import StoreFault, UserError
from mentor_app.core.location import is_server
from mentor_app.core.store import Store, backup
from mentor_app.core.store.backup import holds_all, keep
from mentor_app.core.store.kept import Backup, Reason, folder_of, listed
from mentor_app.core.store.passing import one_at_a_time
from mentor_app.core.text import N_

NOT_MERGED = N_("Nothing was merged, for the store could not be backed up before. {reason}")
NOT_IMPORTED = N_("Nothing was imported, for the store could not be backed up before. {reason}")

_PATIENCE = 30.0  # seconds that another program is waited for which makes the same backup


def keep_daily(store: Store, now: dt.datetime) -> Backup | None:
    """Back up a store that was not backed up today, by the clock of this computer, and holds something new; cheap where
    there is nothing to do. What a killed program left goes then, too. What is on a server is backed up there, and one that is
    known to be damaged, or to lack something, not by itself: good backups would go for it."""
    if is_server(store.location) or not store.is_written:
        return None
    tidy(store)
    today = now.astimezone().date()
    if not _is_due(store.location, today) or not _has_new(store):
        return None
    with one_at_a_time(folder_of(store.location), "daily", _PATIENCE):  # another window may be making it just now
        return _keep_new(store, Reason.DAILY, now) if _is_due(store.location, today) else None


def tidy(store: Store) -> None:
    """Remove what nobody needs any more beside a store: what killed programs left, and attachments kept for backups that are
    gone. Cheap where there are none; what can't be removed now goes another time."""
    if is_server(store.location) or not folder_of(store.location).is_dir():
        return
    with suppress(UserError, OSError, sqlite3.Error), store.whole_file() as source:
        backup.tidy(source, store.location)


def keep_before_import(store: Store, now: dt.datetime) -> Backup | None:
    """Back up a store before much is written into it, unless a backup holds it all. UserError where that can't be done."""
    return _keep_before(store, Reason.IMPORT, now, NOT_IMPORTED)


def keep_before_merge(store: Store, now: dt.datetime) -> Path | None:
    """Back up a store before two records in it become one, unless a backup holds it all, and say which backup has both;
    None on a server, which is backed up there. UserError where that can't be done."""
    made = _keep_before(store, Reason.MERGE, now, NOT_MERGED)
    return next((one.path for one in [made, *listed(store.location)] if one is not None), None)


def _keep_before(store: Store, reason: Reason, now: dt.datetime, why_not: str) -> Backup | None:
    store.check_written()
    if is_server(store.location):
        return None
    try:
        return _keep_new(store, reason, now)
    except StoreFault:
        raise
    except UserError as error:
        raise UserError(why_not, reason=error.message) from error


def _has_new(store: Store) -> bool:
    with store.whole_file() as source:
        return not holds_all(source, store.location)


def _keep_new(store: Store, reason: Reason, now: dt.datetime) -> Backup | None:
    with store.whole_file() as source:
        return None if holds_all(source, store.location) else keep(source, store.location, reason, now)


def _is_due(location: str, today: dt.date) -> bool:
    daily = [one for one in listed(location) if one.reason == Reason.DAILY]
    return not any(one.at.astimezone().date() == today for one in daily[:1])
