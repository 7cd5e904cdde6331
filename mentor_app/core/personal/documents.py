"""Versions of playbooks, whose words stand in JSON: changed, gathered, and erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mentor_app.core.text import ERASED

_TEXTS = frozenset({"title", "body", "tags"})
"""What holds words in a version of a playbook; the rest are keys, products, industries and stages."""


def in_document(stored: str, change_words: Callable[[str], str]) -> str:
    """A version of a playbook with its words changed; as it was where none changes, or where it can't be read."""

    def told(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return change_words(value) if key in _TEXTS else value
        if isinstance(value, list):
            return [told(one, key) for one in value]
        return {name: told(one, name) for name, one in value.items()} if isinstance(value, dict) else value

    try:
        before = json.loads(stored)
    except (ValueError, RecursionError):
        return change_words(stored)
    after = told(before)
    return stored if after == before else json.dumps(after, ensure_ascii=False)


def texts_of(stored: str) -> list[str]:
    """The words of a version of a playbook."""
    told = list[str]()

    def keep(words: str) -> str:
        told.append(words)
        return words

    in_document(stored, keep)
    return told


def emptied(content: str) -> str:
    """A version of a playbook with its words erased."""
    found = json.loads(content)
    kept = ("stage",)
    parts = [
        {key: value if value is None or key in kept else ERASED for key, value in part.items()}
        for part in found["parts"]
    ]
    return json.dumps({"title": ERASED, "parts": parts}, ensure_ascii=False)
