"""What a backup holds and how it differs from now, in words, for the window and the command line alike."""

from __future__ import annotations

from dataclasses import dataclass

from mentor_app.core.store.contents import COUNTED, Contents, instant, last_change
from mentor_app.core.store.kept import Backup
from mentor_app.core.store.restore import Preview
from mentor_app.core.text import ERASED, Text, plural_text, text


@dataclass(frozen=True)
class Counted:
    """One kind of thing: what it is called (a message key), how many there were, how many there are (None: unknown)."""

    name: str
    then: int
    now: int | None


def counted(shown: Preview) -> list[Counted]:
    """How many of what there were then, and are now."""
    return [
        Counted(COUNTED[table], then, None if shown.now is None else shown.now.counts[table])
        for table, then in shown.then.counts.items()
    ]


def examined(made: Backup) -> Text:
    """Whether a backup was checked when it was made, and what was found."""
    found = made.verdict
    if found is None:
        return text("all pages read and compared, not checked")
    if found.sound:
        return text("checked and sound")
    if not found.missing:
        return plural_text("not sound: {n} problem", "not sound: {n} problems", n=found.problems)
    missing = plural_text("{n} attachment missing", "{n} attachments missing", n=found.missing)
    if not found.problems:
        return text("not sound: {missing}", missing=missing)
    return plural_text(
        "not sound: {n} problem, {missing}", "not sound: {n} problems, {missing}", n=found.problems, missing=missing
    )


def company(held: Contents) -> Text:
    """Whose a store is, as far as it tells by itself: how many people, the first of them, since when."""
    since = "–"
    begun = instant(held.beginning)
    if begun is not None:
        since = f"{begun.astimezone():%Y-%m-%d}"
    count, names = held.counts["person"], ", ".join(held.names)
    if not names:
        return text("nobody yet, begun on {since}", since=since)
    if count > len(held.names):
        return text("{names} and {n} more, begun on {since}", names=names, n=count - len(held.names), since=since)
    return text("{names}, begun on {since}", names=names, since=since)


def warnings(shown: Preview) -> list[Text]:
    """What whoever goes back has to know: what would be undone, whose backup it is, what is lacking."""
    said = []
    if shown.same_store is False:
        said.append(text("This is a backup of another store. All that is here now would be replaced by it."))
        if shown.now is not None:
            said.append(text("What is here now: {last}", last=last_change(shown.now)))
    elif not shown.is_there:
        said.append(text("No store is there now: nothing is replaced."))
    elif shown.now is None:
        said.append(text("What is there now can't be read; it is set aside."))
    elif shown.changes_since:
        said.append(
            plural_text(
                "Since then there was {n} action here; it would be undone.",
                "Since then there were {n} actions here; they would be undone.",
                n=shown.changes_since,
            )
        )
    elif shown.changes_since == 0:
        said.append(text("Nothing has been changed with this app since then."))
    elif shown.replaced_at is not None:
        when = f"{shown.replaced_at.astimezone():%Y-%m-%d %H:%M}"
        said.append(text("The store was in this state until a backup was restored on {when}.", when=when))
    else:
        said.append(text("This is a state that the store did not pass through: what is newer can't be told."))
    if shown.erased_since:
        who = ", ".join(f"{ERASED}{number}" for number in shown.erased_since)
        said.append(text("It brings back personal data that was erased on request since: {names}.", names=who))
    if shown.files_missing:
        said.append(
            text("{n} of {all} attachments are neither in the backup nor here.", n=shown.files_missing, all=shown.files)
        )
    return said
