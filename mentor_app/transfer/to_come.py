"""What stands in place of a project's name that is to come. Whole phrases are data (resources/words/lists.json, "to come"), with the word
for project before them, behind them, or not at all."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from mentor_app.transfer.list_words import not_named_yet
from mentor_app.transfer.values import plain

_TO_COME = re.compile(
    r"\b(?:tbc|tbd|tba|n\. ?n\.?|placeholder|platzhalter|to be named|unnamed|unbenannt|name to (?:come|follow))(?!\w)|"
    r"^(?:slot|projects?|projekt|projet|proyecto|项目|新项目) ?(?:#|no\.?|nr\.?|n°)? ?\d+$|^(?:open|new|free) (?:slot|logo)s?(?: ?#?\d+)?$|"
    r"^(?:an? )?(?:open|new|next|planned|future|further|neues?|offene[rs]?|weitere[rs]?|geplante[rs]?|nächste[rs]?) "
    r"(?:project|projekt|one|deal|order|auftrag|folgeauftrag|client|customer|kunde)\b|[(\[（【](?:geplant|planned|open|offen|未定|待定|暂定)|"
    r"未定|待定|待补|占位|待命名|^新项目",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_PARTS = re.compile(
    r"[()\[\]{}<>（）【】《》「」:：;；,，、]|\s[/|]\s|[–—]|\s-|-\s|(?<=[\u3400-\u9fff])-|-(?=[\u3400-\u9fff])"
)
"""What stands between a name and what is beside it: brackets, a dash, a colon."""
_AT_END = re.compile(r"[\W\d_]+$")


@lru_cache(maxsize=1 << 14)
def is_to_come(words: str) -> bool:
    """Whether this stands in place of a name that is to come: TBC, "Open slot 2", 项目3, "Folgeauftrag (geplant)", "Projekt wird noch
    benannt", "À définir", 项目未命名; also where a part of the words says so: "Phase 2 (to be confirmed)", "Offer 4711: still open"."""
    parts = [part.strip() for part in _PARTS.split(words) if part.strip()]
    return bool(_TO_COME.search(words)) or any(not part.strip("?？") or _says_so(part) for part in (words, *parts))


def _says_so(words: str) -> bool:
    key = _key(words)
    rest = {key, *(key.removeprefix(one) for one in _projects()), *(key.removesuffix(one) for one in _projects())}
    return any(_AT_END.sub("", one).strip() in _phrases() for one in rest)


def _key(words: str) -> str:
    """Small letters without what stands above or below them, marks or figures at the end; a blank at either end of words of an alphabet."""
    apart = unicodedata.normalize("NFD", plain(words).casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    spaced = " ".join(re.sub(r"[\W_]+", " ", _AT_END.sub("", bare)).split())
    return spaced.replace(" ", "") if _CHINESE.search(spaced) else f" {spaced} "


@cache
def _projects() -> tuple[str, ...]:
    """The words for a project and its name, the longest first."""
    return tuple(sorted(map(_key, not_named_yet("projects")), key=len, reverse=True))


@cache
def _phrases() -> frozenset[str]:
    return frozenset(_key(one).strip() for one in not_named_yet("phrases"))
