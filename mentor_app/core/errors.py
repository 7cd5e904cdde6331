"""The two sorts of errors: the world's (here) and our bugs (everything else)."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from mentor_app.core.text import N_, Text, Translator, text


class UserError(Exception):
    """Something in the world is not as needed; says what, where and what to do, in the reader's language.

    ``fields`` are those that it speaks of, as lists call them, the one to mend first.
    """

    fields: tuple[str, ...] = ()

    def __init__(self, key: str | Text, /, **values: Any) -> None:
        self.message = key if isinstance(key, Text) else text(key, **values)
        super().__init__(str(self.message))

    def of(self, *fields: str) -> Self:
        """The same, which speaks of these fields."""
        self.fields = fields
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return UserError, (self.message,), {"fields": self.fields}  # survives the way back from another process

    def lines(self, tr: Translator) -> list[str]:
        """The same, each of several questions in a line of its own."""
        several = getattr(dict(self.message.args).get("words"), "sentences", (self.message,))
        return [" ".join(one.render(tr).split()) for one in several]

    def render(self, tr: Translator) -> str:
        """The sentence in the language of ``tr``."""
        return self.message.render(tr)


class Gone(UserError):
    """A record asked for by its id was removed (``by`` whom, where the history tells), or never was."""

    def __init__(self, by: str = "") -> None:
        if by:
            super().__init__(_REMOVED, name=by)
        else:
            super().__init__(N_("This record is not there any more."))
        self.by = by

    def __reduce__(self) -> tuple[Any, ...]:
        return Gone, (self.by,)


_REMOVED = N_("{name} has removed this record. It can't be changed any more.")


@dataclass(frozen=True)
class Stored:
    """What a record says now in one respect, who has written that, and when; nobody and None where no history tells."""

    value: Any
    by: str
    at: dt.datetime | None


class ChangedMeanwhile(UserError):
    """A record was written by somebody else since it was read here: nothing is put over their words unseen.

    ``stored``: what it says now, by column, and what is part of it, by table; empty where it is ``gone``. ``by`` and
    ``at``: who has written or removed it last, and when.
    """

    def __init__(
        self,
        by: str = "",
        at: dt.datetime | None = None,
        stored: Mapping[str, Stored] | None = None,
        gone: bool = False,
    ) -> None:
        if gone:
            super().__init__(Gone(by).message)
        elif by:
            super().__init__(
                N_("{name} has changed this record since it was read here. Open it again and repeat your change."),
                name=by,
            )
        else:
            super().__init__(N_("Somebody else has changed this record. Open it again and repeat your change."))
        self.by, self.at, self.stored, self.gone = by, at, dict(stored or {}), gone

    def __reduce__(self) -> tuple[Any, ...]:
        return ChangedMeanwhile, (self.by, self.at, self.stored, self.gone)


class StoreFault(UserError):
    """The store itself can't be used as it is now: gone, locked, damaged, no server. What was asked may be asked again."""

    def __reduce__(self) -> tuple[Any, ...]:
        return StoreFault, (self.message,)


class PasswordNeeded(StoreFault):
    """A server asks for a password, and none is to be found for its address."""

    def __reduce__(self) -> tuple[Any, ...]:
        return PasswordNeeded, (self.message,)


class InDoubt(StoreFault):
    """The server fell silent, or the file went away, while an action was committed: whether the change set of this number and
    time is stored shows only once it answers, or is back."""

    def __init__(self, message: Text, change_set_id: int, at: dt.datetime) -> None:
        super().__init__(message)
        self.change_set_id, self.at = change_set_id, at

    def __reduce__(self) -> tuple[Any, ...]:
        return InDoubt, (self.message, self.change_set_id, self.at)


class IdentityNeeded(UserError):
    """What makes the identity of a file's rows has to be chosen anew."""


class Unsound(UserError):
    """Something is wrong in the store, of which a check of it tells all."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Unsound, (self.message,)


class StandsInTheWay(UserError):
    """Something newer rests on what is to be taken back: ``rows`` of it, as (table, id). ``key`` says so where nobody looks which."""

    def __init__(
        self, rows: Iterable[tuple[str, int]], key: str = N_("Something that was done since rests on it.")
    ) -> None:
        super().__init__(key)
        self.rows, self._key = tuple(rows), key

    def __reduce__(self) -> tuple[Any, ...]:
        return StandsInTheWay, (self.rows, self._key)

    @classmethod
    def unless_none(cls, table: str, ids: Iterable[int]) -> None:
        """Raise it where there are rows of ``table`` with these ids."""
        rows = [(table, row_id) for row_id in ids]
        if rows:
            raise cls(rows)


_REASONS = {
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.EROFS: N_("it can only be read"),
    errno.ENOENT: N_("there is no such file or folder"),
    errno.ENOTDIR: N_("a file stands where a folder should"),
    errno.EISDIR: N_("a folder stands where a file should"),
    errno.EEXIST: N_("something of that name is there already"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ELOOP: N_("its links lead in a circle"),
    errno.EFBIG: N_("the file would be too large"),
    errno.EIO: N_("the disk can't be read or written"),
    errno.EBUSY: N_("another program is using it"),
    errno.ETXTBSY: N_("another program is using it"),
}
"""What the system says by a number, in words."""


def reason_of(error: OSError) -> Text:
    """Why the system would not do something, in words that end a sentence; its own where we have none."""
    found = _REASONS.get(error.errno or 0)
    return text(found) if found is not None else text("{words}", words=error.strerror or type(error).__name__)


class Cancelled(Exception):
    """Raised inside long work when the user cancels it; the transaction rolls back."""
