"""Employee numbers in texts. A short one may be another thing as well ("the A10 to Utrecht", customer "Garage A10 Nord"): it is theirs
beside their name, or behind a word for such a number, and in its very letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mentor_app.core.personal.names import LETTER_OR_FIGURE, key_of
from mentor_app.core.personal.reading import as_shown

_FEW = 4  # letters and figures
_NEAR = 40  # characters in which the name or the word stands, with tags of a page
_LISTED = r"(?!.*[)\]）]\s*[,，])"
"""Of another entry of a list: "Bo (A10), Ann"."""
_BESIDE = re.compile(rf"{_LISTED}(?:[^\w.!?;。！？；]|_|\.(?!\s)){{0,6}}")
"""What may stand between the name and the number; a sentence ends nowhere in it."""
_OPENED = re.compile(r"[ \u00a0\u3000]?[(\[（]\s?")
"""What stands between the name and the number where that is in brackets of its own behind it."""
_BEFORE = r"(?<![^\W\d_])"
_UNTIL = r"[\s.:：#=(（\"'-]{0,4}(?:(?:is|was|ist|war|为|是)[\s:：]*)?$"
_OWN = re.compile(
    rf"(?:{_BEFORE}(?:employee|mitarbeiter(?:in)?|"
    r"(?:employee|staff|personnel|payroll|mitarbeiter|personal|pers\.?)[ -]?(?:number|no|nr|nummer|id))|"
    rf"(?:员工|职工|人员)(?:编号|号)?|工号){_UNTIL}",
    re.IGNORECASE,
)
"""Words for an employee number."""
_ANY = re.compile(rf"(?:{_BEFORE}(?:number|no(?=[.:])|nr|nummer|id)|编号){_UNTIL}", re.IGNORECASE)
"""Words for any number."""


def may_be_another(code: str) -> bool:
    """Whether a number may be another thing where nothing tells that it is theirs."""
    return len(key_of(code)) <= _FEW


class ShortNumbers:
    """Finds these employee numbers where something tells that they are theirs."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._told = [re.escape(as_shown(code).words) for code in codes]
        self._any = re.compile(
            rf"(?<!{LETTER_OR_FIGURE})(?<!\d[.,-])(?:{'|'.join(self._told)})(?!{LETTER_OR_FIGURE})(?![.,-]\d)"
        )

    def places(self, words: str, names: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """From where to where in words they stand, where the name stands in these places."""
        if not self._told:
            return
        read = as_shown(words)
        for match in self._any.finditer(read.words):
            begin, end = read.begins[match.start()], read.ends[match.end() - 1]
            is_within = any(a < end and begin < b for a, b in names)
            if not is_within and (_is_beside(words, begin, end, names) or _is_behind(words, begin, _OWN, _ANY)):
                yield begin, end


def is_surely_theirs(words: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether the number that stands there can hardly be another thing: in brackets behind the name, or behind a word for such numbers."""
    closes = words[end : end + 2].strip()[:1] in (")", "]", "）")
    is_bracketed = any(b <= begin and _OPENED.fullmatch(words, b, begin) for _, b in names)
    return (closes and is_bracketed) or _is_behind(words, begin, _OWN)


def _is_beside(words: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    gaps = [(b, begin) for _, b in names if b <= begin] + [(end, a) for a, _ in names if end <= a]
    return any(b - a <= _NEAR and _BESIDE.fullmatch(as_shown(words[a:b]).words) is not None for a, b in gaps)


def _is_behind(words: str, begin: int, *told: re.Pattern[str]) -> bool:
    before = as_shown(words[max(begin - _NEAR, 0) : begin]).words
    return any(one.search(before) for one in told)
