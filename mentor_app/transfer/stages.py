"""What a CRM's stage names mean: a reviewed list of whole names (resources/words/stages.json), and nothing beside it.

A name that is not on the list means nothing here and is asked about: "Won't buy", "Almost won", 预计成交 hold the words
of a won deal and are none.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache

from mentor_app.core.pipeline.rules import STATUS_KEYS
from mentor_app.core.ramp.outcome import LOST, VOID, WON
from mentor_app.core.resources import resource
from mentor_app.core.words import seen
from mentor_app.transfer.values import plain

ALL_DEALS = "*"
"""Stands for a stage name where it is said of all deals of a file without stages how they stand."""
_NUMBERED = re.compile(r"^(?:\d{1,2}\s*[.)、:\-]|[(\[]\s*\d{1,2}\s*[)\]])\s*(?=\D)")
_PIPELINE = re.compile(r"(?<=\S)\s*[(（](?!in |not |im )[^()（）]*(?:pipeline|管道)[)）]\s*$", re.IGNORECASE)
"""The name of a pipeline, behind that of the stage."""
_SHARE = re.compile(r"\s*[(\[]?\s*\d{1,3}(?:\.\d+)?\s*%\s*[)\]]?\s*$")


def stage_status(name: str) -> int | None:
    """Our status for a stage name of the reviewed list, however it is numbered or punctuated; None for any other, and for an
    end that is said to be less than sure."""
    status, share = _named(name), _SHARE.search(unicodedata.normalize("NFKC", name))
    if share is not None and status in (WON, LOST, VOID):
        sure = float(re.sub(r"[^\d.]", "", share[0])) == (100 if status == WON else 0)
        return status if sure else None
    return status


def is_void_by_life(cell: str) -> bool | None:
    """Whether a cell of the column that says whether a deal counts at all (生命状态: 正常, 作废) says that it does not; None for words
    that are not known."""
    words = plain(cell).casefold()
    return _lives().get(words)


@cache
def _lives() -> dict[str, bool]:
    lives = json.loads(resource("words", "stages.json").read_text(encoding="utf-8"))["life"]
    return {plain(word).casefold(): kind == "void" for kind, listed in lives.items() for word in listed}


def _named(name: str) -> int | None:
    names, shells = _reviewed()
    key = _key(_PIPELINE.sub("", name))
    if key in names:
        return names[key]
    if not key.isascii():
        for shell in shells:
            if not shell.isascii() and key.startswith(shell) and key[len(shell) :].strip() in names:
                return names[key[len(shell) :].strip()]
        return None
    return names.get(" ".join(word for word in key.split() if word not in shells))


@cache
def _reviewed() -> tuple[dict[str, int], frozenset[str]]:
    words = json.loads(resource("words", "stages.json").read_text(encoding="utf-8"))
    names = {_key(name): STATUS_KEYS[status] for status, listed in words["names"].items() for name in listed}
    return names, frozenset(words["shells"])


def _key(name: str) -> str:
    """A name as it is compared: width, case, marks between words, a number before and a share behind don't matter."""
    clean = unicodedata.normalize("NFKC", seen(name)).strip()
    clean = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", clean).casefold()
    clean = _SHARE.sub("", _NUMBERED.sub("", clean)) or clean
    return " ".join(re.sub(r"[\s_\-–—:：/|·.,()\[\]<>]+", " ", clean).split())
