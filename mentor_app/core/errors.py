"""The two sorts of errors: the world's (here) and our bugs (everything else)."""

from __future__ import annotations

from typing import Any

from mentor_app.core.text import N_, Text, Translator, text


class UserError(Exception):
    """Something in the world is not as needed; says what, where and what to do, in the reader's language."""

    def __init__(self, key: str | Text, /, **values: Any) -> None:
        self.message = key if isinstance(key, Text) else text(key, **values)
        super().__init__(str(self.message))

    def __reduce__(self) -> tuple[type[UserError], tuple[Text, ...]]:
        return UserError, (self.message,)  # survives the way back from another process

    def render(self, tr: Translator) -> str:
        """The sentence in the language of ``tr``."""
        return self.message.render(tr)


class Gone(UserError):
    """A record asked for by its id was removed, or never was."""

    def __init__(self) -> None:
        super().__init__(N_("This record is not there any more."))

    def __reduce__(self) -> tuple[type[Gone], tuple[()]]:
        return Gone, ()


class Cancelled(Exception):
    """Raised inside long work when the user cancels it; the transaction rolls back."""
