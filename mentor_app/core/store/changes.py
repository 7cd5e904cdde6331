"""What has been written since: how windows learn of what others do."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from mentor_app.core.store.history import change, change_set
from mentor_app.core.store.schema import metadata


def newest(connection: Connection) -> int:
    """The number of the last change; 0 where nothing was written yet. It only ever grows, also where a backup is restored."""
    return connection.execute(select(func.max(change_set.c.id))).scalar() or 0


def kinds_since(connection: Connection, last_id: int, own: Collection[int]) -> frozenset[str]:
    """Which kinds of things changed after the change ``last_id``, but for the changes ``own``; all there are where a backup
    was restored, or something was written that is not known here."""
    statement = (
        select(change_set.c.id, change.c.table_name)
        .outerjoin(change, change.c.change_set_id == change_set.c.id)
        .where(change_set.c.id > last_id)
        .distinct()
    )
    tables = {name for set_id, name in connection.execute(statement).all() if set_id not in own}
    known = {name: str(table.info["kind"]) for name, table in metadata.tables.items() if "kind" in table.info}
    return frozenset(known[name] for name in tables) if tables <= known.keys() else frozenset(known.values())
