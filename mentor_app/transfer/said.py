"""What was said of how a file is read: kept for the next one with its headers. And what has to be said still."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from mentor_app.core.errors import UserError
from mentor_app.core.text import Text, Translator, text


@dataclass(kw_only=True)
class Reading:
    """How a file is read: field → columns, stage name → our status, date order, decimal mark, owner → person."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    date_order: str | None = None
    decimal: str | None = None
    owners: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    """Words of a header or a remark that are not known here → the unit they were said to mean."""
    unit: str | None = None
    """What one of the amounts is worth where the file says nothing of it, as somebody has said."""
    without: list[str] = field(default_factory=list)
    """Fields that no column stands for, as somebody has said."""
    names: dict[str, str] = field(default_factory=dict)
    """The mark of words in place of a name → that of the name they were said to mean, or that they are nobody's (OUT)."""

    @classmethod
    def kept(cls, written: str | None) -> Reading:
        """What was remembered, as far as it means something today."""
        known = {one.name for one in fields(cls)}
        said = json.loads(written) if written else {}
        return cls(**{name: value for name, value in said.items() if name in known})


@dataclass(frozen=True)
class Questions:
    """Sentences that follow each other, in the reader's language."""

    sentences: tuple[Text, ...]

    def render(self, tr: Translator) -> str:
        """All of them, one after the other."""
        return " ".join(one.render(tr) for one in self.sentences)

    def __str__(self) -> str:
        return " ".join(map(str, self.sentences))


def refuse(asked: Sequence[Text]) -> None:
    """UserError with everything that is asked, where anything is."""
    if asked:
        raise UserError(asked[0] if len(asked) == 1 else text("{words}", words=Questions(tuple(asked))))
