"""Words for people: message keys in English, translated at the border (window, command line, charts).

Catalogues are ordinary gettext files under resources/translations. Nothing here knows Qt, so a chart exported by a
schedule speaks the same language as the one on screen.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mentor_app.core.resources import resource

LANGUAGES = ("en", "zh_CN")
ERASED = "⌫"
"""What stands where words about a person were erased; with a number behind it for their name. Said in the reader's language."""
USER = "⌨"
"""What stands before and after the name of a computer's user who did something while nobody was chosen to be working there."""
NAMED = "\u2060"
"""What stands (to be seen by nobody) before the name of a person who acted and is not in the store that tells of it."""
TAKEN_BACK = "↶"
"""What stands as the words of an entry that only takes another back: the same in all languages, said in the reader's."""


@dataclass(frozen=True)
class Text:
    """A message key with its values, rendered later in the reader's language."""

    key: str
    args: tuple[tuple[str, Any], ...] = ()
    one: str = ""
    """The message for one of what is counted by ``n``, where that reads otherwise."""

    def render(self, tr: Translator) -> str:
        """The message in the language of ``tr``; values that know their own languages are rendered too."""
        values = {name: value.render(tr) if hasattr(value, "render") else value for name, value in self.args}
        return tr.plural(self.one, self.key, **values) if self.one else tr(self.key, **values)

    def __str__(self) -> str:
        return self.render(translator("en"))


def text(key: str, /, **values: Any) -> Text:
    """Mark ``key`` for translation and bind its values."""
    return Text(key, tuple(values.items()))


def plural_text(one: str, many: str, /, n: int, **values: Any) -> Text:
    """Mark both forms of a message for translation: for one, and for any other number of what ``{n}`` counts."""
    return Text(many, (("n", n), *values.items()), one)


@dataclass(frozen=True)
class Listed:
    """Message keys and messages one after the other, in the reader's language: a value of a text."""

    keys: tuple[str | Text, ...]

    def render(self, tr: Translator) -> str:
        """All of them, with the comma of the language."""
        return tr.listed(tr(key) if isinstance(key, str) else key.render(tr) for key in self.keys)

    def __str__(self) -> str:
        return self.render(translator("en"))


def N_(key: str) -> str:
    """Mark ``key`` for extraction; translated where it is shown."""
    return key


def said(words: str, tr: Translator) -> str:
    """What somebody said with a decision, as it is shown."""
    return tr(N_("Taken back")) if words == TAKEN_BACK else shown(words, tr)


def shown(words: str, tr: Translator) -> str:
    """Words of the store as they are shown: what stands for something erased in the language of ``tr``, the rest as it is."""
    if USER in words:
        words = _USER.sub(lambda found: _user(found[1], tr), words)
    return _ERASED.sub(lambda found: _erased(found[1], tr), words) if ERASED in words else words


def _user(name: str, tr: Translator) -> str:
    return name.removeprefix(NAMED) if name.startswith(NAMED) else tr(N_("computer user {name}"), name=name)


def by_user(name: str | None) -> str:
    """Who did something while nobody was chosen, as it is told: the computer's user, who is no person of the team."""
    return f"{USER}{name}{USER}" if name else "–"


_USER = re.compile(f"{USER}([^{USER}]*){USER}")
_ERASED = re.compile(f"{ERASED}(\\d+(?:/\\d+)?)?")


def _erased(number: str | None, tr: Translator) -> str:
    return tr(N_("(erased)")) if number is None else tr(N_("Erased person {n}"), n=number)


def erased_number(name: str) -> str | None:
    """The number of somebody erased who is called so, in any language; None where the name is another."""
    found = re.search(r"\d{1,18}", name)
    ways = {_erased(found[0], translator(language)) for language in LANGUAGES} if found else set()
    return found[0] if found and " ".join(name.split()) in ways else None


class Translator:
    """Callable that turns message keys into one language. Unknown keys come back in English."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, key: str, /, **values: Any) -> str:
        """The message in this language with its values filled in; KeyError where one is missing."""
        message = self.sentence(self._catalogue.gettext(key)) if key else ""
        return self._filled(message, values) if values else message

    def sentence(self, message: str) -> str:
        """A message of the catalogue as it is said, before its values are filled in."""
        return message

    def _filled(self, message: str, values: Mapping[str, Any]) -> str:
        told = {name: shown(value, self) if isinstance(value, str) else value for name, value in values.items()}
        return message.format(**told)

    def listed(self, words: Iterable[str]) -> str:
        """Words one after the other, with the comma that this language has between things."""
        return ("、" if self.language == "zh_CN" else ", ").join(words)

    def plural(self, one: str, many: str, /, n: int, **values: Any) -> str:
        """The form that fits ``n``; ``{n}`` stands for it in both messages, with a comma between thousands."""
        message = self.sentence(self._catalogue.ngettext(one, many, n))
        return self._filled(message, {"n": f"{n:,}", **values})


@cache
def translator(language: str, sort: type[Translator] = Translator) -> Translator:
    """The translator for ``en`` or ``zh_CN``; any other Chinese tag means ``zh_CN``, everything else English."""
    if language.replace("-", "_").lower().startswith("zh"):
        path = resource("translations", "zh_CN", "LC_MESSAGES", "mentor_app.mo")
        with path.open("rb") as file:
            return sort("zh_CN", gettext.GNUTranslations(file))
    return sort("en", gettext.NullTranslations())
