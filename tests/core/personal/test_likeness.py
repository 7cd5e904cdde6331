"""What may mean a person, and is not taken for the name."""

import re
from collections.abc import Sequence
from itertools import cycle
from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.personal.leftover import Leftover
from mentor_app.core.personal.likeness import Likeness
from mentor_app.core.personal.mentions import mentions
from mentor_app.core.personal.names import shortened


def judged(name: str, words: str, others: Sequence[str] = ()) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where erasing this name replaces it, and what it leaves in words that may mean the person."""
    found, like = mentions([name], others, (), shortened([name], others)[0]), Likeness([name], others)
    assert found is not None
    goes, stays = found.judged(words)
    found_alike = list(like.places(words, [*goes, *stays]))
    assert like.may_be_in(words) or not found_alike
    listed = [*stays, *found_alike]
    return goes, sorted([*listed, *Leftover([name], others).places(words, goes, listed)])


def left(name: str, words: str, others: Sequence[str] = ()) -> list[str]:
    """What erasing this name leaves in words that may mean the person."""
    return [words[begin:end] for begin, end in judged(name, words, others)[1]]


@pytest.mark.parametrize(
    ("name", "others", "words", "places"),
    [
        ("Ann Li", [], "Ann. Li~Ann *** Li~Ann, Li~Ann (called Annie) Li~Ann Li came~Ann; ann li", ["Ann. Li", "Ann *** Li", "Ann, Li", "Ann (called Annie) Li"]),
        ("Ann Li", [], "Ann Li Smith~Ann van Li~with ann or li~Li, Ann~Ann, Bob, Li", ["Ann Li", "Ann van Li"]),
        ("Ann Li", [], "annli.sales@a.com~@ann_li2~li.x.ann@a.com~joannli@a.com~AnnLi", ["annli", "li.x.ann"]),
        ("Quentin Okapi", [], "myquentinokapi2@a.com~@x.okapiquentins", ["quentinokapi", "okapiquentin"]),
        ("Quentin Okapi", [], "Quen-tin Okapi~QUEN-\nTIN OKAPI", ["Quen-tin Okapi", "QUEN-\nTIN OKAPI"]),
        ("Ann Li", ["Bob", "Tom Ann", "Li Wei"], "Tom Ann, Li Wei~Ann (Bob) Li~Ann<br>Li Wei", ["Ann (Bob) Li", "Ann<br>Li"]),
        ("Ann Li", ["Ann Li Wong"], "Ann Li Wong~Wong, Ann Li~ann.li.wong@a.com", []),
        ("Ann Li Wong", ["Li Wong", "Bo Ann"], "Mo, Ann, Li Wong~Ann Wong", ["Ann, Li Wong"]),
        ("Mary Jane Watson", ["Mary Watson"], "Mary Ann Watson~Mary Watson~Watson (Mary)", ["Mary Ann Watson", "Watson (Mary"]),
        ("Ann Li", [], "Li, Ann, Li; Ann Smith", ["Li; Ann"]),
        ("Dr. Jörg M. Weiß", [], "Jorg  Weiss? Jorg #Weiss and so Joerg: Weiß", ["Jorg #Weiss", "Joerg: Weiß"]),
        ("Anna Muller", ["Anna Müller"], "Anna Müller; it is Anna Mueller, Anna Muller", ["Anna Mueller"]),
        ("Mary Watson", ["Mary Jane Watson"], "Mary J. Watson~mary j watson~Watson, Mary J.~Mary K. Watson", ["Mary J. Watson", "mary j watson", "Watson, Mary"]),
        ("Jane Watson", ["Mary Jane Watson"], "M. Jane Watson~M.Jane Watson~Jane Watson~Mary Jane Watson", ["Jane Watson", "Jane Watson"]),
        ("Ann Li", [], "Sue-Ann Li~Ann Li-Smith~Ann Li-Deal~Ann Li-s~Ann Li - Smith", ["Ann Li", "Ann Li", "Ann Li"]),
        ("Ann Li", [], "Annli~#annli~liann~AnnLi2~A n n L i~A.n.n L.i~/in/annli123~Ann−Li~planned list~annlist", ["Annli", "annli", "liann", "AnnLi", "A n n L i", "A.n.n L.i", "annli", "Ann−Li"]),
        ("Ann Li", [], 'First name: Ann / Last name: Li~{"first": "Ann", "last": "Li"}~Ann and Bob Li', ["Ann / Last name: Li", 'Ann", "last": "Li', "Ann and Bob Li"]),
        ("Quentin Okapi", [], "𝐐𝐮𝐞𝐧𝐭𝐢𝐧 Okapi~Quеntin Оkаpi", ["𝐐𝐮𝐞𝐧𝐭𝐢𝐧 Okapi", "Quеntin Оkаpi"]),
        ("Anne-Marie Dupont", [], "Anne Dupont~Dupont (Marie)", ["Anne Dupont", "Dupont (Marie"]),
        ("Anna van Berg", [], "Anna van den Berg", ["Anna van den Berg"]),
        ("Mary Watson", ["Mary Jane Watson"], "Watson, Mary Jane~Watson: Mary", ["Watson: Mary"]),
        ("Ann Li Wong", ["Ann Li", "Bob Wong"], "Li, Ann; Wong, Bob~Ann: Wong", ["Ann: Wong"]),
        ("Mary Jane Watson", [], "MaryJaneWatson2~Mary Jane, Watson", ["MaryJaneWatson", "Mary Jane, Watson"]),
        ("Ann Li Wong", ["Ann Li", "Li Wong"], "Ann\nLi Wong~Ann Li\nWong", ["Ann\nLi Wong", "Ann Li\nWong"]),
        ("Marie Dupont", ["Anne-Marie Dupont"], "Cheers Anne\nMarie Dupont~Cheers Anne Marie Dupont", ["Marie Dupont"] * 2),
        ("Mary Watson", [], "MaryWatsonA10~éMary Watson~Mary Watsoné~a\\nMary\\nWatson~Mary Watsonville", ["MaryWatson", "Mary Watson", "Mary Watson", "Mary\\nWatson"]),
        ("Mary Watson", [], "with Rosemary Watson, Mary Watson-Holmes", ["Mary Watson"]),
        ("Ann Li", [], "Ann\n---\nLi~Bob\nLi\nAnn\nBo", ["Ann\n---\nLi", "Li\nAnn"]),
        ("李伟", [], "拜访李*伟的客户，李（伟）说，李 伟的，姓李，伟大", ["李*伟", "李（伟", "李 伟"]),
        ("李伟", ["李伟明"], "李伟明、伟 李", ["伟 李"]),
        ("李伟", [], "Li Wei~Wei Li~liwei@acme.com~LI Wei~wei.li@a.cn~Lǐ Wěi~Liwei~@liwei~li wei~Li Weiming", ["Li Wei", "Wei Li", "liwei", "LI Wei", "wei.li", "Lǐ Wěi", "Liwei", "liwei"]),
        ("单小明", [], "Shan Xiaoming~Xiao-Ming Dan~x.chanxiaoming@a.com", ["Shan Xiaoming", "Xiao-Ming Dan", "chanxiaoming"]),
        ("欧阳娜", [], "Na Ouyang~Nao Yang", ["Na Ouyang"]),
        ("吕岳", [], "LYU Yue~yue.lv@a.com", ["LYU Yue", "yue.lv"]),
        ("曾静", [], "Jing Ceng, ZENG JING", ["Jing Ceng", "ZENG JING"]),
        ("尤灿", [], "you can", []),
        ("李伟", ["Li Wei"], "Li Wei", []),
        ("Li Wei", [], "李伟", []),
        ("Ann Li", ["Ann Li Wong"], "<p>Thanks, Ann Li</p><p>Wong & Co called</p>~<td>Ann Li</td><td>Wong</td>~Ann <b>Li</b> Wong", ["Ann Li", "Ann Li"]),
        ("Ann Li", ["Ann Li Wong"], "Ann<br>Li<br>Wong~Ann Li (Wong)~Ann Li • Wong~<a title='Ann Li'>you</a>~Ann 1<hr>Li 2", ["Ann<br>Li", *["Ann Li"] * 3, "Ann 1<hr>Li"]),
        ("Max", ["Max Roth"], "<p>Max</p><p>Roth</p>~<ul><li>Max</li><li>Roth, Peter</li></ul>~Max Roth; Roth, Max", ["Max", "Max"]),
        ("Jane Watson", ["Mary Jane Watson"], "<td>Mary</td><td>Jane Watson</td>~Watson, Mary Jane~Jane Watson, Mary", ["Jane Watson", "Jane Watson"]),
        ("李伟", [], "1. 李\n2. 伟~姓李，伟大~李2伟", ["李\n2. 伟", "李2伟"]),
        ("Ann Li", ["Ann Li Wong"], "Met Ann (Li) Wong today~Ann [Li] Wong~Li (Ann) Wong~Ann “Li” Wong~Ann (Li), Wong", ["Ann (Li", "Ann [Li", "Li (Ann", "Ann “Li"]),
        ("Jane Watson", ["Mary Jane Watson"], "Mary (Jane Watson)~(Mary) Jane Watson~(Jane Watson) Mary~(Jane Watson) went", ["Jane Watson"] * 3),
        ("Ann Li", [], "Sue-\nAnn Li~Sue-\n> Ann Li~Ann Li-\nSmith~Ann (Li) Smith~(Ann Li) Smith~- Bob -\n- Ann Li", ["Ann Li", "Ann Li", "Ann Li", "Ann (Li"]),
        ("Marie Dupont", [], "Rose-\nMarie Dupont~Rose-<br>Marie Dupont", ["Marie Dupont", "Marie Dupont"]),
        ("Mary Watson", ["Mary Jane Watson"], "M. J. Watson; Mary J Watson came~Miss Watson. Mary J. Watson", ["Mary J Watson", "Mary J. Watson"]),
        ("Mark Down", [], "mark down the price~Mark down the price~we down-mark it~mark.down@a.com~Mark Down, MARK DOWN~mark@down.com", ["mark down", "Mark down", "down-mark", "mark@down"]),
        ("Anna van Berg", [], "anna van berg", []),
        *(
            ("Mary Jane Watson", others, f"with Mary {and_} Jane Watson~mary {and_} jane watson list", [f"Mary {and_} Jane Watson"])
            for and_ in ("and", "u.", "et", "y", "e", "é", "à", "ó")
            for others in ([], ["Jane Watson"])
        ),
        ("Max", ["Max Roth"], "Max R. came~R. Max~Max R came~Max S. came~Max. Right", ["Max", "Max", "Max"]),
        ("E042", [], "E: 042~E042~E: 042.5~E: 0421", ["E: 042"]),
        ("山田 太郎", [], "太郎-山田さん、太郎/山田", ["太郎/山田"]),
    ],
)  # fmt: skip
def test_what_may_mean_a_person_and_stays_is_told(name: str, others: list[str], words: str, places: list[str]) -> None:
    assert left(name, words.replace("~", " so it was of "), others) == places


NAMES = ("Jörg Weiß", "Ann Li", "Mary Jane Watson", "Sean O'Brien", "Zoë Quux")
OTHERS = ("Ann Li Wong", "Mary Watson", "Li Wei", "Tom Ann", "Bob", "Sean Roth", "Jörg Weißmann")
BETWEEN = (
    " ",
    ". ",
    ", ",
    "; ",
    "-",
    "_",
    "&nbsp;",
    "%20",
    "\n",
    "<br>",
    " (Bob) ",
    " (Kay) ",
    " *** ",
    "/",
    " van ",
    "</b> ",
)


def plainly(words: str) -> str:
    """The letters of words, one by one, in the plainest way."""
    told = "".join(one for one in normalize("NFD", words.casefold()) if not combining(one))
    return re.sub("[^a-z]", "", re.sub("<[^>]*>|&[a-z]+;|%20", "", told))


@st.composite
def told(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and a text that holds it in some form between others and other words."""
    name = draw(st.sampled_from(NAMES))
    first, last = name.split()[0], name.split()[-1]
    words = list(draw(st.permutations([first, last])))
    if draw(st.booleans()):  # within a word, too
        at = draw(st.integers(1, len(words[0]) - 1))
        words[0] = words[0][:at] + draw(st.sampled_from(["<b>", "-\n", "</i>"])) + words[0][at:]
    form = draw(st.sampled_from(BETWEEN)).join(words)
    around = st.sampled_from(["", "met ", "- ", "(", "Deal: ", *(f"{one}, " for one in OTHERS)])
    after = st.sampled_from(["", " came", ").", " Smith", " Deal", ": yes", *(f", {one}" for one in OTHERS)])
    return name, draw(around) + form + draw(after)


@given(told())
def test_whatever_a_reader_takes_for_the_name_goes_or_is_shown_and_no_other_name_changes(one: tuple[str, str]) -> None:
    name, words = one
    others = [other for other in OTHERS if other != name]
    found, like = mentions([name], others, (), shortened([name], others)[0]), Likeness([name], others)
    assert found is not None
    taken = list(found.places(words))
    shown = list(like.places(words, taken)) if like.may_be_in(words) else []
    first, last = (plainly(part) for part in (name.split()[0], name.split()[-1]))
    kept = found.replaced(words, "\u232b")
    for other in others:
        pattern = rf"(?<!\w){re.escape(other)}(?!\w)"
        assert len(re.findall(pattern, kept)) >= len(re.findall(pattern, words))
    is_others = any(plainly(other) in (first + last, last + first) for other in others)
    if not taken and not shown and not is_others:
        between = [r"\([A-Z][a-z]+\)", r"\bvan\b", *(rf"\b{re.escape(other)}\b" for other in others)]
        rest = plainly(re.sub("|".join(between), "", words))
        assert first + last not in rest
        assert last + first not in rest


NAMESAKES = (
    ("Karl Meyer", "Jan Meyer", "Jan Karl", "Meyer Jan Olsen"),
    ("Anne-Marie Dupont", "Marie Dupont", "Anne Dupont"),
    ("Ann Li Wong", "Ann Li", "Li Wong", "Bob Wong"),
    ("Mary Jane Watson", "Jane Watson", "Mary Watson", "Tom Mary"),
)


@st.composite
def named(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """A name, those of others, and a text of such names in one line."""
    names = draw(st.sampled_from(NAMESAKES))
    name = draw(st.sampled_from(names))
    words = draw(st.sampled_from(["", "Present: ", "We met "]))
    for at in range(draw(st.integers(1, 3))):
        between = draw(st.sampled_from([", ", " + ", "; ", " / ", " and ", " - "])) if at else ""
        words += between + draw(st.sampled_from(names))
    return name, [other for other in names if other != name], words + draw(st.sampled_from(["", " today", ", Bo"]))


@given(named(), st.lists(st.sampled_from([" ", "  ", "\u00a0", "\n", "\r\n> ", "\n\n", "\t"]), min_size=1, max_size=4))
def test_the_end_of_a_line_is_read_as_a_blank_or_what_it_divides_is_shown(
    one: tuple[str, list[str], str], blanks: list[str]
) -> None:
    name, others, words = one
    spaces = cycle(blanks)
    broken = re.sub(" ", lambda _: next(spaces), words)

    def letters(text: str, places: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        return {(len(re.sub("[\\s>]", "", text[:a])), len(re.sub("[\\s>]", "", text[:b]))) for a, b in places}

    goes, (also, shown) = letters(words, judged(name, words, others)[0]), judged(name, broken, others)
    assert letters(broken, also) <= goes
    seen = letters(broken, shown)
    assert all(any(a < end and begin < b for a, b in seen) for begin, end in goes - letters(broken, also))


JOINS = st.sampled_from([" ", "\n", "\n> ", "</p><p>", "<b> ", "</td><td>", "<br>", " <i>", " (", ") ", " [", "] ", "-", " – ", " — ", "\n- ", "\n• ", ' "', '" ', "“", ", ", "; ", ". ", ": ", " / ", "|", "\t", " 2. "])  # fmt: skip


@st.composite
def joined(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """A name, those of others, and their words in a row with anything between."""
    names = draw(st.sampled_from(NAMESAKES))
    name, pieces = draw(st.sampled_from(names)), draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
    words = [word for one in pieces for word in one.split()]
    text = "".join(f"{word}{draw(JOINS)}" for word in words)
    others = draw(st.lists(st.sampled_from([one for one in names if one != name]), unique=True))
    return name, others, draw(st.sampled_from(["", "Met ", "<p>", "- "])) + text + draw(st.sampled_from(["", "came"]))


@given(joined())
def test_wherever_the_words_of_a_name_are_left_in_order_they_are_listed(one: tuple[str, list[str], str]) -> None:
    name, others, words = one
    goes, listed = judged(name, words, others)
    left = re.sub("<[^>]*>", lambda tag: (" " if tag[0] in ("<b>", "<i>") else "\n") * len(tag[0]), words)
    for begin, end in goes:
        left = left[:begin] + "x" * (end - begin) + left[end:]
    pattern = r"[\W\d_]+".join(re.findall(r"\w+", name))
    for found in re.finditer(rf"\b{pattern}\b", left):
        begin, end = found.span()
        theirs = [
            (one.start(1), one.end(1))
            for other in others
            for way in [other.replace("-", " "), *_turned(other)]
            for one in re.finditer(rf"\b(?=({way.replace(' ', '[ -]+')})\b)", left)
        ]
        is_listed = any(a <= begin and end <= b for a, b in listed)
        is_of_one = any(a <= begin and end <= b for a, b in theirs)
        is_of_two = any(a <= begin < b <= c < end <= d for a, b in theirs for c, d in theirs)
        assert is_listed or is_of_one or is_of_two, found[0]


def _turned(name: str) -> list[str]:
    words = name.split()
    return [f"{' '.join(words[at:])},? {' '.join(words[:at])}" for at in range(1, len(words))]
