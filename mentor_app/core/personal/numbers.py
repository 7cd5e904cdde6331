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
_BEFORE = r"(?<![^\W\d_])"
_OPEN = r"#=(（【\"'-"
_UNTIL_IT = rf"[\s.:：{_OPEN}]{{0,4}}(?:(?:is|was|ist|war|为|是|は)[\s:：]*)?"
_UNTIL = f"{_UNTIL_IT}$"
_NUMBER = r"(?:numbers?|nos?\b|nr|nummern?|id)"
_LABEL = (
    rf"{_BEFORE}(?:(?:employee|emp\.?|staff|personnel|payroll|mitarbeiter|personal|pers\.?)[ -]?{_NUMBER}|matricule|matr\b)|"
    r"(?:员工|職工|职工|人员|員工)(?:编号|編號|号|號| ?ID)|工号|工號|社員番号|사번"
)
_SOMEBODY = r"employee|mitarbeiter(?:in)?|staff|emp\b"
_OWN = (
    re.compile(rf"(?:{_LABEL}){_UNTIL}", re.IGNORECASE),
    re.compile(rf"(?:{_BEFORE}(?:{_SOMEBODY})|员工|职工|人员|員工)[\s:：{_OPEN}]{{0,4}}$", re.IGNORECASE),
)
"""Words for an employee number, and for an employee."""
_NUMBERED = rf"(?:{_BEFORE}(?:number|no(?=[.:])|nr|nummer|id|n[.]?[°º]|n[.]o)|№|编号|編號)"
_ANY = re.compile(f"{_NUMBERED}{_UNTIL}", re.IGNORECASE)
"""Words for any number."""
_BESIDE = re.compile(
    rf"{_LISTED}(?:[^\w.!?;。！？；]|_|\.(?!\s)){{0,6}}(?:(?:{_LABEL}|{_NUMBERED}){_UNTIL_IT})?", re.IGNORECASE
)
"""What may stand between the name and the number; a sentence ends nowhere in it."""
_OPENED = rf"[ \u00a0\u3000]?[(\[（]\s?(?:(?:{_LABEL}|{_NUMBERED}){_UNTIL_IT})?"
_BRACKETED = re.compile(_OPENED, re.IGNORECASE)
"""What stands between the name and the number where that is in brackets of its own behind it."""
_IN_BRACKETS = re.compile(rf"{_OPENED}(?P<number>[^\s()\[\]（）]{{1,30}})\s?[)\]）]", re.IGNORECASE)
_NAMED = re.compile(r"[ \u00a0\u3000]?[(\[（]?\s?")
"""What stands between the number and the name where that follows at once."""
_LABELLED = re.compile(rf"(?:^|[^\w\s]\s*|[\r\n\t\x1f]\s*)(?:{_LABEL}){_UNTIL}", re.IGNORECASE)
"""A word for an employee number with which something begins: not that of somebody who is named before it."""
_ENDS = re.compile(r"\s*(?:$|[,;.!?)）\]】，；。！？、|·<]|[\r\n\x1f])")
"""What stands behind a number with which something ends."""
_OTHER_THING = re.compile(r"\s?(?:号?(?:楼|座|栋|幢|室|厅|馆|车间)|号线|高速|公路|国道|出口)")
"""What makes a building or a road of a number."""
_TOLD = re.compile(
    rf"(?P<none>(?:{_BEFORE}(?:non|not|no|kein\w*|nicht|ohne)[ -]+|[非无無没沒]有?))?(?:{_LABEL}|{_NUMBERED}){_UNTIL}",
    re.IGNORECASE,
)
"""A word for a number, also where it says that it is none of an employee's."""
_SENTENCE = re.compile(r"[!?;。！？；\r\n\x1f]|\.(?=\s|$)")
_JOINS = " \u00a0\u3000,，:：()[]（）–-'’s的"
"""What stands between somebody's name and the number that is said to be theirs."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAMED_BEFORE = re.compile(r"[^\W_]\s?[,:：，(（–-]\s*$")
"""Something else is named before the word for a number: Dingxin: employee number 1050."""
_NAME_FOLLOWS = re.compile(r"\s?[,，]\s?[A-ZÄÖÜÀ-Þ][^\W\d_]")
_LONGEST = 4  # words, or characters, of a name
_PAIR = 2  # letters or figures


def may_be_another(code: str) -> bool:
    """Whether a number may be another thing where nothing tells that it is theirs."""
    return len(key_of(code)) <= _FEW


def tells_little(code: str) -> bool:
    """Whether a number has figures or letters only, or no more than two of them: then many another thing is called so."""
    return len(code) <= _PAIR or code.isdecimal() or code.isalpha()


def is_number(name: str) -> bool:
    """Whether a name is rather a number, which may be another thing."""
    return name.isdecimal() or (may_be_another(name) and any(sign.isdecimal() for sign in name))


def in_brackets(words: str, at: int) -> str:
    """The number that stands there in brackets of its own; "" where there is none."""
    found = _IN_BRACKETS.match(words, at)
    return found["number"] if found else ""


class ShortNumbers:
    """Finds these employee numbers where something tells that they are theirs; those that tell little where that is sure."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._told = [as_shown(code).words for code in codes]
        told = "|".join(map(re.escape, self._told))
        self._any = re.compile(
            rf"(?<!{LETTER_OR_FIGURE})(?<!\d[.,-])(?:{told})(?!{LETTER_OR_FIGURE})"
            rf"(?![.,-]\d|[:–-]\s?{LETTER_OR_FIGURE}{{0,3}}\d)"
        )

    def judged(self, words: str, names: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], bool]]:
        """From where to where in words they stand, where the name stands in these places, and whether they go there; those that tell
        little and stay only beside the name or behind a word for an employee."""
        if not self._told:
            return
        read, found = as_shown(words), list[tuple[int, int]]()
        for match in self._any.finditer(read.words):
            begin, end = place = read.begins[match.start()], read.ends[match.end() - 1]
            if any(a < end and begin < b for a, b in names):
                continue
            is_other = _OTHER_THING.match(words, end) is not None
            is_told = _is_beside(words, begin, end, names) or _is_behind(words, begin, *_OWN)
            is_little = tells_little(match[0])
            goes = is_surely_theirs(words, begin, end, names) or (
                not is_little and (is_told or _is_behind(words, begin, _ANY))
            )
            if goes and not is_other:
                found.append(place)
                yield place, True
            elif is_little and (is_told or _is_beside(words, begin, end, found)):
                found.append(place)
                yield place, False


def is_surely_theirs(words: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether the number that stands there can hardly be another thing: in brackets behind the name, or by itself, or before the name,
    behind a word for such numbers."""
    closes = words[end : end + 2].strip()[:1] in (")", "]", "）")
    if closes and any(b <= begin and _BRACKETED.fullmatch(words, b, begin) for _, b in names):
        return True
    is_before = any(end <= a and _NAMED.fullmatch(words, end, a) for a, _ in names)
    is_alone = is_before or _ENDS.match(as_shown(words[end : end + _NEAR]).words) is not None
    return is_alone and _is_behind(words, begin, _LABELLED)


def names_beside(words: str, begin: int, end: int) -> tuple[list[str], bool]:
    """What may be a name right before the number that stands there, or before the word for it, and right behind it; and whether it is said to be no
    employee's, something else is named before it (Dingxin: employee number 1050), or a word with a capital follows that begins another entry."""
    before, behind = words[max(begin - 2 * _NEAR, 0) : begin], words[end : end + _NEAR]
    told = _TOLD.search(as_shown(before).words)
    is_none = told is not None and (told["none"] is not None or _NAME_FOLLOWS.match(behind) is not None)
    if told is not None and len(as_shown(before).words) == len(before):
        before = before[: told.start()]
        is_none = is_none or _NAMED_BEFORE.search(before) is not None
    before, behind = _SENTENCE.split(before.rstrip(_JOINS))[-1], _SENTENCE.split(behind)[0].lstrip(_JOINS)
    ahead, after = _WORD.findall(before)[-_LONGEST:], _WORD.findall(behind)[:_LONGEST]
    found = [" ".join(ahead[-n:]) for n in range(1, len(ahead) + 1)]
    found += [" ".join(after[:n]) for n in range(1, len(after) + 1)]
    signs = range(2, _LONGEST + 1)
    return [*found, *(before[-n:] for n in signs), *(behind[:n] for n in signs)], is_none


def _is_beside(words: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    gaps = [(b, begin) for _, b in names if b <= begin] + [(end, a) for a, _ in names if end <= a]
    return any(b - a <= _NEAR and _BESIDE.fullmatch(as_shown(words[a:b]).words) is not None for a, b in gaps)


def _is_behind(words: str, begin: int, *told: re.Pattern[str]) -> bool:
    more = "x" if begin > _NEAR else ""
    before = more + as_shown(words[max(begin - _NEAR, 0) : begin]).words
    return any(one.search(before) for one in told)
