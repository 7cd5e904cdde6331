"""Whether something that was amiss with a store's file when it was opened is so no more."""

from __future__ import annotations

from pathlib import Path

from mentor_app.core.store import Store, damage, faults, opening
from mentor_app.core.text import Text


def is_cured(store: Store) -> bool:
    """Whether one of its remarks would not be made, opened now, or it could be written to; found out at little cost."""
    if store.read_only and opening.can_be_written(Path(store.location)):
        return True
    return any(_is_past(store, remark) for remark in store.remarks)


def _is_past(store: Store, remark: Text) -> bool:
    if remark.key == faults.NOT_WRITTEN:
        return not damage.is_noted(store.location)
    if remark.key == opening.SHAPE:
        with store.read() as connection:
            return opening.has_its_shape(connection)
    if remark.key == faults.LACKS:
        with store.read() as connection:
            return opening.lost_part(connection) is None
    return False
