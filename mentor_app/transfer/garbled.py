"""Texts that were read in a wrong encoding before they came into the file, and written down so: "Ã©", "寮犱紵", "锟斤拷", "�".

Nobody is called so. Such a text is told by what it is when it is put back: bytes that are whole characters of the right
encoding, which other words hardly ever are by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mentor_app.core.text import Text, text
from mentor_app.transfer.likelihood import everyday

_SURE = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯|[\x80-\x84\x86-\x9f]")
"""What stands for characters that were lost, and controls that no text has."""
_ESCAPED = re.compile(
    r"&(?:#\d+|#x[0-9a-f]+|nbsp|[a-z]+(?:acute|grave|circ|uml|tilde|cedil|ring|slash|lig));|\\u[0-9a-f]{4}|(?:%[0-9A-F]{2}){3}|"
    r"=\?[\w-]+\?[bq]\?",
    re.IGNORECASE,
)
"""Characters as web pages, programs, addresses and mails write them: "Jos&eacute;", "\\u5f20"."""
_STRANGE = re.compile(
    r"\w[¤¦¨¬¯¶¸├┼╨╬╦╞╩╣┬┴]|[¤¦¨¬¯¶¸├┼╨╬╦╞╩╣┬┴]\w|[a-z]Ã|[A-Za-z]√|[ĂĹ][©ˇłľšťžźş§®°±µ·¸»˘…‚„†‡‰‹]"  # noqa: RUF001
    "|[A-Za-z]Г[^\\sА-яЁё]|[a-z][\uff61-\uff9f]"  # noqa: RUF001
)
"""Neighbours that no language has: letters of a table of DOS, Macintosh, Central Europe, Russia or Japan inside a Latin word."""
_WITHIN = re.compile("(?<=[A-Za-z])[\u4e00-\u9fff\uac00-\ud7a3](?=[a-z])")
_TURKISH = str.maketrans("ĞİŞ", "ÐÝÞ")
_LOST = re.compile(r"\w\?\w|\?\?|[\u3040-\u9fff\uac00-\ud7a3]\?|\?[\u3040-\u9fff\uac00-\ud7a3]")
"""Question marks where a name has letters."""
_BEHIND = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # noqa: RUF001
_SEQUENCE = re.compile(f"[Â-ß][{_BEHIND}]|[à-ï][{_BEHIND}]{{2}}|[ð-ô][{_BEHIND}]{{3}}")
_SIGNS = frozenset("\u00a0«»‘’“”‹›…–—°™®")
"""What may well stand behind a letter of a name."""
_PRINTED = _BEHIND.replace("\u0080-", "\u00a1-")
"""What of it people type."""
_BETWEEN_WORDS = re.compile(
    rf"(?:(?<=[^\W\d_])[à-ï]|(?<!\w)[àèé]) (?:[{_PRINTED}](?![^\s,;:)])|[€£¥¢¿¡§©±‹„‚µªºƒŠŒŽšœžŸ](?=[A-Za-z0-9]))"  # noqa: RUF001
)
"""The end of a word, a blank as it is typed, and a sign with a blank behind it or the beginning of another word: "café · bar", "José Šimek"."""
_NORTHERN = frozenset("ÄÖÜÅÆØäöüåæø")
_ITEM = re.compile("[·°][àâçèéêîôùÀÂÇÈÉÊÎÔÙ]")
"""The beginning of a line of a list: "·à faire"."""
_LATIN = re.compile(f"[À-ÿ{_BEHIND}]+")
_FOREIGN = re.compile("[^\x00-\x7f]+")


def reason(words: str, name: bool = False) -> Text | None:
    """Why a text can't be what somebody wrote; None where it can. Of a ``name`` question marks among its letters are one."""
    if is_garbled(words) or (name and _LOST.search(words)):
        return text("These characters were garbled before they came into the file. Export it anew, as UTF-8 or XLSX.")
    return None


def is_garbled(words: str) -> bool:
    """Whether these words were read in a wrong encoding."""
    if _ESCAPED.search(words):
        return True
    if words.isascii():
        return False
    if _SURE.search(words) or _STRANGE.search(words):
        return True
    if any(_is_latin_as_wide(found[0]) for found in _WITHIN.finditer(words)):
        return True
    return (
        any(map(_utf_8_as_latin, {words, words.translate(_TURKISH)}))
        or _others_as_latin(words)
        or _utf_8_as_wide(words)
    )


def _utf_8_as_latin(words: str) -> bool:
    """UTF-8 read as Western European: "Ã©" for é, "å¼ ä¼Ÿ" for 张伟. Programs make ordinary spaces of those in it; behind a letter
    such a space tells nothing by itself, nor with a sign that stands between words ("André  was", "café “Paris”", "café · bar")."""
    weak = 0
    for found in _SEQUENCE.finditer(words.replace(" ", "\u00a0")):
        try:
            letter = _bytes(found[0]).decode("utf-8")
        except UnicodeDecodeError:
            continue
        inside = words[found.end() : found.end() + 1].isalnum()
        is_spaced = " " in words[found.start() : found.end()]
        if set(found[0][1:]) <= _SIGNS and (is_spaced or not inside) and found[0][0] != "Â":
            continue  # the end of a quotation
        if _BETWEEN_WORDS.match(words, found.start()):
            continue
        if len(found[0]) > 2 or found[0][0] in "ÂÃÄÅ":
            if letter.isalpha() or found[0][0] in "ÂâïãĂð":
                return True
        elif letter.isalpha():
            weak += 1  # Cyrillic, Greek, Hebrew …: never one letter alone
    return weak > 1


def _others_as_latin(words: str) -> bool:
    """Chinese or Cyrillic of two bytes or one a letter, read as Western European: "ÕÅÎ°" for 张伟, "Èâàí" for Иван."""
    for found in _LATIN.finditer(words):
        beside = words[max(0, found.start() - 1) : found.start()] + words[found.end() : found.end() + 1]
        if any(map(str.isalpha, beside)) or beside.isalnum() or not any(map(str.isalpha, found[0])):
            continue
        if set(found[0]) <= _NORTHERN or (_ITEM.fullmatch(found[0]) and (found[0] != words or found[0][1] in "àé")):
            continue
        if len(found[0]) >= 4 and found[0].isalpha():
            return True
        try:
            if all(map(_is_common, _bytes(found[0]).decode("gb2312"))):
                return True
        except UnicodeDecodeError:
            continue
    return False


def _utf_8_as_wide(words: str) -> bool:
    """UTF-8 read as something else that is not Western European: "寮犱紵" for 张伟, "РђРЅРЅР°" for Анна."""
    for run in _FOREIGN.findall(words):
        if all(map(_is_common, run)):
            continue
        for encoding, put_back in _put_back(run):
            is_likely = len(run) >= 4 and (encoding != "gb18030" or put_back < "\u0600")
            if put_back.isalpha() and (is_likely or all(map(_is_common, put_back))):
                return True
    return False


def _is_latin_as_wide(letter: str) -> bool:
    """An accented letter read as a Chinese or Korean one: "M眉ller" for Müller."""
    for encoding in ("gb18030", "cp949", "big5"):
        try:
            if letter.encode(encoding).decode("utf-8") < "\u0180":
                return True
        except UnicodeError:
            continue
    return False


def _put_back(run: str) -> Iterator[tuple[str, str]]:
    for encoding in ("gb18030", "cp1251", "cp1250", "cp437"):
        try:
            yield encoding, run.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue


def _bytes(words: str) -> bytes:
    return b"".join(c.encode("latin-1") if c < "\u0100" else c.encode("cp1252") for c in words)


def _is_common(c: str) -> bool:
    """A Chinese character of everyday words, or one of the common half."""
    known = everyday()
    if c in known["zh_CN"] or c in known["zh_TW"] or c in known["ja"]:
        return True
    try:
        return "\u4e00" <= c <= "\u9fff" and 0xB0 <= c.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False
