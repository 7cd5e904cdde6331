"""The window's language, chosen once at start and changed by building the window anew."""

from __future__ import annotations

import re

from mentor_app.core.text import Translator, shown, translator
from mentor_app.ui.overriding import override


class WindowTranslator(Translator):
    """Leaves out what its sentences say in brackets to the command line."""

    @override
    def sentence(self, message: str) -> str:
        return without_options(message)


def without_options(words: str) -> str:
    """A sentence without what it says in brackets to the command line, "(--like this)" or a verb: the window has a place to
    choose it."""
    return _FOR_COMMANDS.sub("", words)


_FOR_COMMANDS = re.compile(r"\s*[(（](?:--[^()（）]*|check(?: --repair)?)[)）]")
_current: list[Translator] = [translator("en", WindowTranslator)]


def use(language: str) -> None:
    """Speak this language from now on."""
    _current[0] = translator(language, WindowTranslator)


def current() -> Translator:
    """The translator in use."""
    return _current[0]


def tr(key: str, /, **values: object) -> str:
    """``key`` in the window's language."""
    return _current[0](key, **values)


def plural(one: str, many: str, /, n: int, **values: object) -> str:
    """The form that fits ``n`` of what ``{n}`` counts, in the window's language."""
    return _current[0].plural(one, many, n=n, **values)


def industry(written: str | None) -> str:
    """An industry in the window's language where it is a well-known one; else as it was written."""
    from mentor_app.core.industries import known_industry

    name = known_industry(written or "")
    return written or "" if name is None else tr(name)


def told(words: str) -> str:
    """Words of the store in the window's language where they stand for something erased; else as they are."""
    return shown(words, _current[0])
