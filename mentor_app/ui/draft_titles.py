"""What drafts are called in the window's language, whichever they were typed in."""

from __future__ import annotations

import re
from functools import cache

from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.text import LANGUAGES, N_, translator
from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.controls import labelled

HEADINGS = (
    N_("Feedback"),
    N_("Log a session"),
    N_("Plan a session"),
    N_("Write a correction"),
    N_("Score"),
    N_("Enrol people"),
    N_("Pass the gate"),
    N_("Pass with a waiver"),
    N_("Hold back"),
    N_("Reopen the last gate"),
    N_("Leave of absence"),
    N_("Move to another version"),
    N_("Programme"),
    N_("New project"),
    N_("Change project"),
    N_("Close the project"),
    N_("Criteria"),
    N_("Start pairings"),
    N_("Capacity"),
    N_("Change the goals"),
    N_("Roll on to another project"),
    N_("Give to another mentor"),
    N_("End the pairing"),
    N_("Complete the pairing"),
    N_("Closing review"),
    N_("Begin a playbook"),
    N_("New kind"),
    N_("Change kind"),
    N_("Ask for changes"),
    N_("Withdraw the approval"),
    N_("Refuse"),
    N_("New reward"),
    N_("Change reward"),
    N_("Change a rule"),
    N_("Add person"),
    N_("Edit person"),
    N_("Teams"),
    N_("Unmatched CRM names"),
    N_("Merge two records"),
    N_("Erase personal data"),
    N_("Erase somebody removed"),
    N_("Import opportunities"),
    N_("Import people"),
    N_("Import activities"),
    N_("Import projects"),
    N_("Import pairings"),
    N_("Typed for a form that was not open yet"),
    *(kind.name for kind in KINDS.values()),
)
"""What the titles of drafts begin with: that of the form, or of what the words are about."""
_FIRST = re.compile(r"(.*?)( · |: |：)", re.DOTALL)


def in_this_language(title: str) -> str:
    """A draft's title with its headings in the window's language; what somebody typed or is called stays as it is."""
    found = _FIRST.match(title)
    first, rest = (found[1], title[found.end() :]) if found else (title, "")
    key = _keys().get(first)
    if key is None:
        return title
    if found is None:
        return tr(key)
    return f"{tr(key)} · {rest}" if found[2] == " · " else labelled(tr(key), in_this_language(rest))


@cache
def _keys() -> dict[str, str]:
    """A heading in each language → its message key."""
    return {translator(language)(key): key for key in HEADINGS for language in LANGUAGES}
