"""Words of a part that can not simply be saved: two have written it (side by side, or both in one), or it is in review."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from PySide6.QtWidgets import QWidget

from mentor_app.core.errors import ChangedMeanwhile, Stored
from mentor_app.core.logbook.kinds import PHASES
from mentor_app.core.merging import both_lists, both_texts, merge
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.playbooks.part_saver import Unsaved, kept_part
from mentor_app.ui.widgets.message_box import tell
from mentor_app.ui.widgets.second_save import Contested, Key, SecondSave

_NAMES = {
    "title": N_("Title or question"),
    "body": N_("Text in Markdown"),
    "product": N_("Product"),
    "industry": N_("Industry"),
    "stage": N_("Deal phase"),
    "tags": N_("Tags"),
}


def put_together(
    parent: QWidget, context: Context, mine: Unsaved, theirs: Part, store: Callable[[Part], object]
) -> SecondSave | None:
    """Have ``store`` called with what is made of my words and ``theirs``: at once where they are about different things,
    else when it was chosen. Returns what asks."""
    base = kept_part(mine.base or {})
    made = merge(asdict(base), asdict(mine.part), asdict(theirs))
    error = mine.overtaken or ChangedMeanwhile()
    if not made.contested:
        store(kept_part(made.values))
        return None
    fields: dict[Key, Contested] = {}
    for name in made.contested:
        here, there = getattr(mine.part, name) or "", getattr(theirs, name) or ""
        both = {"body": both_texts(base.body, here, there), "tags": both_lists(here, there, ",")}.get(name)
        fields[name,] = Contested(
            heading=tr(_NAMES[name]),
            mine=_read(name, here),
            theirs=_read(name, there),
            written=error.stored.get(name) or Stored(None, error.by, error.at),
            values=(here, there, both),
        )
    asking = SecondSave(parent, context, fields, error.by or tr("Somebody else"))

    def chosen() -> None:
        store(kept_part({**made.values, **{key[0]: value for key, value in asking.chosen().items()}}))

    asking.accepted.connect(chosen)
    asking.open()
    return asking


def _read(name: str, value: str) -> str:
    return tr(PHASES[value]) if name == "stage" and value in PHASES else value


def show_kept(parent: QWidget, context: Context, place: Place) -> bool:
    """Words typed into a part that can't be written now: to be read and copied. Whether there are any."""
    draft = context.drafts.get(place)
    if draft is None:  # made just now: it is there when the page has been read again
        return False
    part = kept_part(draft.values)
    words = tr("The part can't be written now: the playbook is in review, or the part is gone. Copy the words below.")
    about = [part.product, part.industry, part.tags]
    text = "\n\n".join([part.title, *(one for one in about if one), part.body])
    tell(parent, tr("Typed and not saved"), words, text, shown=True)
    return True
