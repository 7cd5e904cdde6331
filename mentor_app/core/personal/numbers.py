"""Employee numbers in texts. A short one may be another thing as well ("the A10 to Utrecht", customer "Garage A10 Nord"): it is theirs
beside their name, or behind a word for such a number, and in its very letters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from mentor_app.core.personal.letters import Reading
from mentor_app.core.personal.names import LETTER_OR_FIGURE, is_short_code, key_of
from mentor_app.core.personal.reading import as_shown

_FEW = 4  # letters and figures
_NEAR = 40  # characters in which the name or the word stands, with tags of a page
_LISTED = r"(?!.*[)\]）]\s*[,，])"
"""Of another entry of a list: "Bo (A10), Ann"."""
_BEFORE = r"(?<![^\W\d_])"
_OPEN = r"#=(（【\"'-"
_UNTIL_IT = rf"[\s.:：{_OPEN}]{{0,4}}(?:(?:is|was|are|were|ist|war|sind|为|是|は|는|은)[\s:：]*)?"
_UNTIL = f"{_UNTIL_IT}$"
_STAFF = r"(?:employee|empl?\.?|staff|personnel|payroll|mitarbeiter|personal|pers\.?)[ -]?"
_N = r"n(?:[.]?[°º]|[uú]m(?:ero)?s?\.?|[or]?\.) ?"
_IN_CHARACTERS = r"(?:员工|職工|职工|人员|員工)(?:编号|編號|号|號| ?ID)|工号|工號|[工胸]牌[号號]|(?:社員|従業員|職員)番号|사번|(?:사원|직원) ?번호"
_LABEL = (
    rf"{_BEFORE}(?:{_STAFF}(?:numbers?|nos?\b|nrn?|nummern?|ids?)|ma[ -]?(?:nrn?|nummern?)\b|matricule|matr\b|"
    rf"{_N}(?:de )?emplead[oa]s?|(?:(?:{_N}|numeri )(?:di )?)?matricol[ae])|{_IN_CHARACTERS}"
)
_LABELS = (
    rf"{_BEFORE}(?:{_STAFF}(?:numbers|nos\b|nrn|nummern|ids)|ma[ -]?(?:nrn|nummern)|matricules|{_N}(?:de )?emplead[oa]s|"
    rf"(?:numeri (?:di )?)?matricole)|{_IN_CHARACTERS}"
)
"""The same of several; in characters there is no plural."""
_SOMEBODY = r"employee|mitarbeiter(?:in)?|staff|empl?\b\.?"
_SOMEBODY_TOLD = rf"{_BEFORE}(?:{_SOMEBODY})|员工|职工|人员|員工"
_OWN = (
    re.compile(rf"(?:{_LABEL}){_UNTIL}", re.IGNORECASE),
    re.compile(rf"(?:{_SOMEBODY_TOLD})[\s:：{_OPEN}]{{0,4}}$", re.IGNORECASE),
)
"""Words for an employee number, and for an employee."""
_NUMBERED = rf"(?:{_BEFORE}(?:numbers?|nos?(?=[.:])|nrn?|nummern?|ids?|n[.]?[°º]|n[.]o)|№|编号|編號)"
_ANY = re.compile(f"{_NUMBERED}{_UNTIL}", re.IGNORECASE)
"""Words for any number."""
_BESIDE = re.compile(
    rf"{_LISTED}(?:[^\w.!?;。！？；]|_|\.(?!\s)){{0,6}}(?:(?:{_LABEL}|{_NUMBERED}){_UNTIL_IT})?", re.IGNORECASE
)
"""What may stand between the name and the number; a sentence ends nowhere in it."""
_OPENED = rf"[ \u00a0\u3000]?[(\[（]\s?(?:(?:{_LABEL}|{_NUMBERED}|{_SOMEBODY_TOLD}){_UNTIL_IT})?"
_BRACKETED = re.compile(_OPENED, re.IGNORECASE)
"""What stands between the name and the number where that is in brackets of its own behind it."""
_IN_BRACKETS = re.compile(rf"{_OPENED}(?P<number>[^\s()\[\]（）]{{1,30}})\s?[)\]）]", re.IGNORECASE)
_NAMED = re.compile(r"[ \u00a0\u3000]?[(\[（]?\s?")
"""What stands between the number and the name where that follows at once."""
_IN_CHARACTERS_BEFORE = re.compile(rf"(?:{_IN_CHARACTERS}|员工|职工|職工|人员|員工){_UNTIL}")
_STAFF_BEHIND = re.compile(r"\s?号?\s?的?(?:员工|職工|职工|人员|員工)\s?[:：(（【]?\s?")
"""What says behind a number that it is the employee's whose name follows: 8888号员工王秀英."""
_NUMBER_OF_STAFF = re.compile(r"\s?(?:号\s?的?|的)(?:员工|職工|职工|人员|員工)")
"""What says behind a number that it is an employee's, and no count of them."""
_OF_THE_NAME = re.compile(rf"[^\w.!?;。！？；]{{0,3}}的?(?:{_IN_CHARACTERS}){_UNTIL_IT}", re.IGNORECASE)
"""What says between a name and a number that the one is the other's: 王秀英工号8888."""
_BEFORE_NAME = re.compile(r"[ \u00a0\u3000]?的?[(\[（]?\s?")
_BEGINS = r"(?:^|[^\w\s]\s*|[\r\n\t\x1f]\s*)"
_LABELLED = re.compile(rf"{_BEGINS}(?:{_LABEL}){_UNTIL}", re.IGNORECASE)
"""A word for an employee number with which something begins: not that of somebody who is named before it."""
_LISTING = re.compile(rf"{_BEGINS}(?:{_LABELS}){_UNTIL}", re.IGNORECASE)
"""The same before a list of them."""
_BARE = re.compile(rf"{_BEGINS}(?:编号|編號){_UNTIL}", re.IGNORECASE)
"""A word that is as often one for an employee number as for another."""
_ITEM = r"(?=[a-zA-Z-]{0,8}\d)[a-zA-Z\d-]{1,12}"
_THEN = r"\s?(?:[,，、;；&/]|\b(?:and|und|or|oder|y|e|et)\b|和|及|与|與|と|[,，] (?:and|und|or))\s?"
_LIST_BEFORE = re.compile(rf"(?<![\w.,-])(?:{_ITEM}{_THEN}){{1,15}}$", re.IGNORECASE)
_LIST_BEHIND = re.compile(rf"(?:{_THEN}{_ITEM}){{1,15}}(?![\w-])", re.IGNORECASE)
_LONG_LIST = 100  # characters
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
_END = re.compile(
    r"[!?。！？\r\n]|(?<![^\W\d_])(?P<short>(?:empl?|mitarb|pers|nos?|nrn?|num|n|matr?|ma|ref|reg|id|mrs?|ms|dr|prof|hr|fr|st|ca|"
    r"approx|tel|ext|dept|abt)\.)|(?-i:\.(?=\s+[^\W\da-zß-ÿ_]|\s*$))",
    re.IGNORECASE,
)
"""Where a sentence ends, if it is no ``short`` for a word; "empl. no. 1050" goes on."""
_CURRENCY = r"[€$£¥￥]|\b(?:EUR|USD|GBP|CHF|JPY|CNY|RMB)\b"
_AMOUNT = re.compile(rf"\s?(?:{_CURRENCY}|[%‰元万円원])")
_AMOUNT_BEFORE = re.compile(rf"(?:{_CURRENCY})\s?$")
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


def goes_anywhere(name: str) -> bool:
    """Whether a name goes wherever it stands; one that is a number goes where an employee number of its kind does."""
    return not is_number(name) or not (is_short_code(name) or tells_little(name))


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
        sentences: _Sentences | None = None
        for match in self._any.finditer(read.words):
            begin, end = place = read.begins[match.start()], read.ends[match.end() - 1]
            if any(a < end and begin < b for a, b in names):
                continue
            goes, is_listed = _fate(match[0], words, place, names)
            if not goes and not is_listed and tells_little(match[0]):
                sentences = sentences or _Sentences(read, names)
                is_listed = _is_beside(words, begin, end, found) or (
                    sentences.name_it(begin) and not _is_amount(words, begin, end)
                )
            if goes or is_listed:
                found.append(place)
                yield place, goes


def _fate(number: str, words: str, place: tuple[int, int], names: Sequence[tuple[int, int]]) -> tuple[bool, bool]:
    """Whether a number goes from its place for what stands around it, and whether it is listed where it stays."""
    begin, end = place
    first, _ = _list_around(words, begin, end)
    is_told = _is_beside(words, begin, end, names) or _is_behind(words, first, *_OWN)
    is_told = is_told or _NUMBER_OF_STAFF.match(as_shown(words[end : end + _NEAR]).words) is not None
    is_little = tells_little(number)
    goes = is_surely_theirs(words, begin, end, names) or (not is_little and (is_told or _is_behind(words, begin, _ANY)))
    if goes and _OTHER_THING.match(words, end) is None:
        return True, False
    return False, is_little and (is_told or (_is_alone(words, end) and _is_behind(words, first, _BARE)))


class _Sentences:
    """The sentences, or lines, of a text in which a name stands."""

    def __init__(self, read: Reading, names: Sequence[tuple[int, int]]) -> None:
        ends = (one for one in _END.finditer(read.words) if one["short"] is None) if names else ()
        self._ends = [read.begins[one.start()] for one in ends]
        self._named = {bisect_left(self._ends, at) for begin, end in names for at in (begin, end)}

    def name_it(self, at: int) -> bool:
        """Whether what stands there stands in one of them."""
        return bisect_left(self._ends, at) in self._named


def is_surely_theirs(words: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether the number that stands there can hardly be another thing: in brackets behind the name, or by itself, or before the name,
    behind a word for such numbers."""
    closes = words[end : end + 2].strip()[:1] in (")", "]", "）")
    if closes and any(b <= begin and _BRACKETED.fullmatch(words, b, begin) for _, b in names):
        return True
    if _is_said_to_be_theirs(words, begin, end, names):
        return True
    first, last = _list_around(words, begin, end)
    if (first, last) != (begin, end) and _is_alone(words, last) and _is_behind(words, first, _LISTING):
        return True
    is_before = any(end <= a and _NAMED.fullmatch(words, end, a) for a, _ in names)
    return (is_before or _is_alone(words, end)) and _is_behind(words, begin, _LABELLED)


def _is_said_to_be_theirs(words: str, begin: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether a word for an employee, or for the number of one, in characters joins the number to the name right beside it."""
    if any(
        b <= begin and _OF_THE_NAME.fullmatch(as_shown(words[b:begin]).words) for _, b in names if begin - b <= _NEAR
    ):
        return True
    follows = [as_shown(words[end:a]).words for a, _ in names if end <= a <= end + _NEAR]
    if any(_STAFF_BEHIND.fullmatch(one) for one in follows):
        return True
    return any(map(_BEFORE_NAME.fullmatch, follows)) and _is_behind(words, begin, _IN_CHARACTERS_BEFORE)


def _list_around(words: str, begin: int, end: int) -> tuple[int, int]:
    """From where to where the list of numbers stands in which this one does; its own place where there is none."""
    before = _LIST_BEFORE.search(words[max(begin - _LONG_LIST, 0) : begin])
    behind = _LIST_BEHIND.match(words, end, end + _LONG_LIST)
    return begin - len(before[0]) if before else begin, behind.end() if behind else end


def _is_alone(words: str, end: int) -> bool:
    """Whether something ends with what ends there."""
    return _ENDS.match(as_shown(words[end : end + _NEAR]).words) is not None


def _is_amount(words: str, begin: int, end: int) -> bool:
    return _AMOUNT.match(words, end) is not None or _AMOUNT_BEFORE.search(words[max(begin - 5, 0) : begin]) is not None


def names_beside(words: str, begin: int, end: int) -> tuple[list[str], bool]:
    """What may be a name right before the number that stands there, or before the word for it, and right behind it; and whether it is said to be no
    employee's, something else is named before it (Dingxin: employee number 1050), or a word with a capital follows that begins another entry."""
    begin, end = _list_around(words, begin, end)
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
