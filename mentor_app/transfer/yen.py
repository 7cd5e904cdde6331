"""Whose ¥ stands in a file: the sign is that of the yuan and of the yen, and the rest of the file tells which is meant."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from mentor_app.core.resources import resource
from mentor_app.transfer.units import words

YUAN, YEN = "CNY", "JPY"
CODES = (YUAN, YEN)
_OF_ENCODING = {
    "cp932": YEN,
    "shift_jis": YEN,
    "euc_jp": YEN,
    "iso2022_jp": YEN,
    "gb18030": YUAN,
    "gbk": YUAN,
    "gb2312": YUAN,
}


_SIGN_OF_BACKSLASH = {"cp932": "¥", "shift_jis": "¥", "euc_kr": "₩", "cp949": "₩"}
"""Where Japan and Korea write, the byte of the backslash is their currency's sign."""
_BEFORE_FIGURES = re.compile(r"([\s(+\-▲△]*)\\(?=\s?-?\d[\d,.]*\s*[千百十万億円천백십만억원]*\s*[-)]?\s*$)")


def with_signs(rows: Iterable[list[str]], encoding: str | None) -> Iterable[list[str]]:
    """Rows of a text file with the currency's sign in place of a backslash that stands before the figures of an amount."""
    sign = _SIGN_OF_BACKSLASH.get(codecs.lookup(encoding).name) if encoding else None
    if sign is None:
        return rows
    return (
        [
            _BEFORE_FIGURES.sub(rf"\g<1>{sign}", cell) if "\\" in cell and _BEFORE_FIGURES.match(cell) else cell
            for cell in row
        ]
        for row in rows
    )


def is_shared(currencies: Iterable[str]) -> bool:
    """Whether a sign that may mean these currencies may mean either."""
    return set(CODES) <= set(currencies)


def shown(headers: Iterable[str], encoding: str | None, owners: Iterable[str], others: Iterable[str]) -> str | None:
    """The currency that a file shows by its headers, else by its encoding, by its owners or by its ``others``: names of deals
    and customers, stages. None where nothing tells."""
    people = list(owners)
    return (
        _of_words(headers)
        or _OF_ENCODING.get((encoding or "").casefold().replace("-", "_"))
        or _of_words(people)
        or (YUAN if people and all(map(_is_chinese_name, people)) else None)
        or _of_words(others)
    )


def _of_words(texts: Iterable[str]) -> str | None:
    """Yen by kana, by a character or a word that only Japanese has; yuan by a character that it lacks; None where both or neither
    stand there."""
    together = "\n".join(texts)
    signs = set(filter(lambda one: not one.isascii(), together))
    japanese = any(map(_is_japanese, signs)) or any(word in together for word in words()["japanese"])
    chinese = any("\u3400" <= one <= "\u9fff" and not _fits(one, "cp932") for one in signs)
    return None if japanese == chinese else YEN if japanese else YUAN


def _is_japanese(sign: str) -> bool:
    if "\u3041" <= sign <= "\u30fa" or "\uff66" <= sign <= "\uff9d":
        return True
    return "\u3400" <= sign <= "\u9fff" and _fits(sign, "cp932") and not (_fits(sign, "gb2312") or _fits(sign, "big5"))


def _fits(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeError:
        return False
    return True


def _is_chinese_name(name: str) -> bool:
    """Two or three characters that begin with a Chinese family's name and are all in use in China."""
    clean = name.strip()
    if not 2 <= len(clean) <= 3 or not all("\u3400" <= one <= "\u9fff" for one in clean):
        return False
    return clean[0] in _people()["surnames"] and _fits(clean, "gb2312")


@cache
def _people() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("words", "owners.json").read_text(encoding="utf-8"))
    return found
