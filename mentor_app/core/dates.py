"""The one rule for every date that is typed, imported or written: outside living memory it is a typing error."""

from __future__ import annotations

import datetime as dt

from mentor_app.core.errors import UserError
from mentor_app.core.text import Text, text

EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 12, 31)


def out_of_range(date: dt.date) -> Text | None:
    """Why ``date`` can't be meant, None where it can."""
    if EARLIEST <= date <= LATEST:
        return None
    return text("{date} lies outside the years 1900–2100.", date=date.isoformat())


def check_date(date: dt.date) -> dt.date:
    """``date`` itself; UserError where it lies outside the years 1900–2100."""
    reason = out_of_range(date)
    if reason is not None:
        raise UserError(reason)
    return date
