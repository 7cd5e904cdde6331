"""What was done, in the words of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.ui.i18n import current

if TYPE_CHECKING:
    from mentor_app.core.history.reading import Entry


def in_words(one: Entry, most: int = 9) -> str:
    """What was done, and to what; of more than ``most`` things only the first."""
    named = [name.render(current()) for name in one.about]
    rest = [] if one.first_is_all else ["…"]
    about = current().listed(named if len(named) <= most else [named[0], *rest])
    title = one.title.render(current())
    return f"{title} · {about}" if about else title
