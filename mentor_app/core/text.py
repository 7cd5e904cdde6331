"""Words for people: message keys in English, translated at the border (window, command line, charts).

Catalogues are ordinary gettext files under resources/translations. Nothing here knows Qt, so a chart exported by a
schedule speaks the same language as the one on screen.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from mentor_app.core.resources import resource

LANGUAGES = ("en", "zh_CN")
TAKEN_BACK = "↶"
"""What stands as the words of an entry that only takes another back: the same in all languages, said in the reader's."""


@dataclass(frozen=True)
class Text:
    """A message key with its values, rendered later in the reader's language."""

    key: str
    args: tuple[tuple[str, Any], ...] = ()

    def render(self, tr: Translator) -> str:
        """The message in the language of ``tr``; values that know their own languages are rendered too."""
        values = {name: value.render(tr) if hasattr(value, "render") else value for name, value in self.args}
        return tr(self.key, **values)

    def __str__(self) -> str:
        return self.render(translator("en"))


def text(key: str, /, **values: Any) -> Text:
    """Mark ``key`` for translation and bind its values."""
    return Text(key, tuple(values.items()))


def N_(key: str) -> str:
    """Mark ``key`` for extraction; translated where it is shown."""
    return key


def said(words: str, tr: Translator) -> str:
    """What somebody said with a decision, as it is shown."""
    return tr(N_("Taken back")) if words == TAKEN_BACK else words


class Translator:
    """Callable that turns message keys into one language. Unknown keys come back in English."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, key: str, /, **values: Any) -> str:
        """The message in this language with its values filled in; KeyError where one is missing."""
        message = self._catalogue.gettext(key) if key else ""
        return message.format(**values) if values else message

    def listed(self, words: Iterable[str]) -> str:
        """Words one after the other, with the comma that this language has between things."""
        return ("、" if self.language == "zh_CN" else ", ").join(words)

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """The form that fits ``n``; ``{n}`` stands for it in both messages."""
        return self._catalogue.ngettext(one, many, n).format(n=n, **values)


@cache
def translator(language: str) -> Translator:
    """The translator for ``en`` or ``zh_CN``; any other Chinese tag means ``zh_CN``, everything else English."""
    if language.replace("-", "_").lower().startswith("zh"):
        path = resource("translations", "zh_CN", "LC_MESSAGES", "mentor_app.mo")
        with path.open("rb") as file:
            return Translator("zh_CN", gettext.GNUTranslations(file))
    return Translator("en", gettext.NullTranslations())
