"""What a server did not confirm that it stored, or what a file held that went away: the draft of it says so, and it is looked up, also by the next window, before
anybody hands it in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from mentor_app.core.errors import InDoubt
from mentor_app.core.text import N_, text
from mentor_app.ui.drafts import BASE, Draft, Json
from mentor_app.ui.i18n import tr

if TYPE_CHECKING:
    from mentor_app.ui.context import Context

_DOUBT = "doubt"
_STORED = "stored"
_IN_DOUBT = N_(
    "Whether this was stored when it was saved last is not known yet. It is being looked up, and said here; until then it is "
    "not saved again."
)


def noted(doubt: InDoubt | None, stored_before: bool = False) -> dict[str, Json]:
    """What a draft says of a doubt, beside what stood there before; or that it was stored, and goes on since."""
    said: dict[str, Json] = {} if doubt is None else {_DOUBT: [doubt.change_set_id, doubt.at.isoformat()]}
    return {**said, _STORED: True} if stored_before else said


def was_stored(values: Mapping[str, Json]) -> bool:
    """Whether what a draft goes on from is stored already."""
    base = values.get(BASE)
    return isinstance(base, dict) and base.get(_STORED) is True


def doubt_of(values: Mapping[str, Json]) -> InDoubt | None:
    """The doubt that a draft speaks of."""
    base = values.get(BASE)
    match base.get(_DOUBT) if isinstance(base, dict) else None:
        case [int(number), str(at)]:
            try:
                return InDoubt(text(_IN_DOUBT), number, dt.datetime.fromisoformat(at))
            except ValueError:  # written by others
                return None
    return None


def look_up(context: Context) -> None:
    """Look up what became of everything that was in doubt when a window closed: what is stored is no draft any more."""
    for draft in context.drafts.all():
        doubt = doubt_of(draft.values)
        if doubt is not None and not context.drafts.is_open(draft):
            context.find_out(doubt, partial(_found_out, context, draft))


def _found_out(context: Context, draft: Draft, stored: bool) -> None:
    if stored:
        context.drafts.drop_draft(draft)
        context.toast(tr("Stored after all, and no draft any more: {title}", title=draft.title))
