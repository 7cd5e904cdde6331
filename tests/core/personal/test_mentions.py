"""How names are found in texts."""

import re
from collections.abc import Sequence
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.personal.letters import as_read, in_any_way
from mentor_app.core.personal.mentions import mentions
from mentor_app.core.personal.names import looked_for, may_stand_in, shortened


def told_of(name: str, words: str, others: Sequence[str] = (), neutral: str = "X") -> str:
    """The words with the name replaced, where these others are kept here."""
    found = mentions([name], others, (), shortened([name], others)[0])
    assert found is not None
    return found.replaced(words, neutral)


@pytest.mark.parametrize(
    "form",
    [
        "Okapi, Quentin",
        "okapi,quentin",
        "Quentin  Okapi",
        "OKAPI QUENTIN",
        "Okapi，Quentin",
        "QuentinOkapi",
        "okapiquentin",
        "quentin.okapi",
        "Quentin_Okapi",
        "Quentin’ Okapi",
        "Okapi-Quentin",
        "Quentin/Okapi",
        "Quentin%20Okapi",
        "Qu<b>ent</b>in Okapi",
        'Quentin<span class="a"> </span>Okapi',
        "Quen-\ntin Okapi",
        "quentin-\r\nokapi",
        "Quentin%20%4Fkapi",
        "Quentin (Quinn) Okapi",
        'Quentin "Quinn" Okapi',
        "Quentin (Okapi)",
        "Quentin M. Okapi",
        "Quentin\u2010Okapi",
        "Quentin&nbsp;Okapi",
        "Quentin&#32;Okapi",
        "Okapi | Quentin",
    ],
)
@pytest.mark.parametrize("called", ["Quentin Okapi", "Okapi, Quentin"])
def test_forms_of_a_name_of_several_words_are_found(called: str, form: str) -> None:
    assert told_of(called, f"of {form}, 和 {form} 说", ["Ann"]) == "of X, 和 X 说"


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("Ann Li", "Ann Lincoln and Joann Li, Hermann Liebig: plann list", None),
        ("Ann Li", "met Ann. Likes golf. Ann Li, Ann Lis deal, 和Ann Li说", "met Ann. Likes golf. X, Xs deal, 和X说"),
        (
            "Ann Li",
            "annli@firm.com, liann@firm.com, AnnLi, @annli, planned annli",
            "X@firm.com, X@firm.com, X, @X, planned annli",
        ),
        ("Will May", "Goodwill mayor: I will maybe come. He will. May I?", None),
        ("Quentin Okapi", "Maquentin Okapiole", None),
        ("Quentin Okapi", "Quentin Okapi2026.pdf, v2Quentin Okapi", "X2026.pdf, v2X"),
        ("Quentin Okapi", "Quentin. Okapi zoo", None),
        ("Quentin Okapi", "my “Quentin” Okapi, Quentin (Okapi, my boss)", "my X, X(, my boss)"),
        ("HR-1042", "HR1042, HR 1042; HR-\n1042 hr_1042 HR-10425", "X, X; X X HR-10425"),
        ("E06", "E06, e06; E 06 FE06 E065 E06.5 和E06说", "X, X; E 06 FE06 E065 E06.5 和X说"),
        ("E777", "E777, E 777, E-777, e777. E777.5 E7771 AE777 1.E777", "X, X, X, X. E777.5 E7771 AE777 1.E777"),
    ],
)
def test_no_part_of_another_word_is_taken_for_a_name(name: str, words: str, told: str | None) -> None:
    assert told_of(name, words, ["Ann"]) == (told or words)


WIDE = "Ｑｕｅｎｔｉｎ\u3000Ｏｋａｐｉ"


def test_letters_of_another_width_and_between_which_something_unseen_stands_are_read_as_people_read_them() -> None:
    pattern = mentions(["Quentin Okapi"], ["Quentin M. Okapi", "Ann"])
    assert pattern is not None
    words = f"\u200b，Ａｎｎ of {WIDE}! Quen\u200btin Oka\u00adpi, Quentin M. Okapi, Quentin N. Okapi"
    told = pattern.replaced(words, "X")
    assert told == "\u200b，Ａｎｎ of X! X, Quentin M. Okapi, X"


def test_forms_of_a_name_are_neither_words_nor_somebody_else() -> None:
    found = mentions(["Ma Ke", "Lee Ann"], ["Ann Lee"])
    assert found is not None
    words = "make women, Ann Lee, Lee Ann, MaKe, KeMa, Quentin"
    assert found.replaced(words, "X") == "make women, Ann Lee, X, X, X, Quentin"


@pytest.mark.parametrize("called", ["山田 太郎", "山田\u3000太郎", "山田・太郎"])
@pytest.mark.parametrize(
    "form",
    ["山田太郎", "山田 太郎", "山田\u3000太郎", "山田・太郎", "太郎山田", "太郎 山田", "太郎, 山田", "山田，太郎"],
)
def test_a_name_in_characters_is_found_however_it_is_spaced(called: str, form: str) -> None:
    assert told_of(called, f"拜访{form}、山田花子", ["山田花子"]) == "拜访X、山田花子"
    assert any(piece in form for piece in looked_for(called))


@pytest.mark.parametrize("form", ["山田太郎", "山田 太郎", "山 田太郎", "山田太 郎", "山田\u3000太郎", "山田・太郎"])
def test_a_name_in_characters_without_a_space_is_found_with_one(form: str) -> None:
    assert told_of("山田太郎", f"拜访{form}的客户") == "拜访X的客户"
    assert any(piece in form for piece in looked_for("山田太郎"))


@pytest.mark.parametrize(
    ("called", "others", "words", "told"),
    [
        ("王芳", [], "王 芳：王\u3000芳、王芳", "X：X、X"),
        ("王芳", [], "王.芳、王．芳", "X、X"),
        ("Ann Berg", [], "Ann-Berg Ann_Berg ann.berg@acme.com", "X X X@acme.com"),
        ("王芳", [], "小王 芳姐", "小王 芳姐"),  # the end of one word and the beginning of another
        ("李 明", [], "李明 明李 李 明 明 李 明_李 李-明", "X X X X X X"),
        ("王芳2", [], "拜访王芳2的客户", "拜访X的客户"),
        ("EQ7775", [], "工号EQ7775的，EQ77750、eq7775", "工号X的，EQ77750、X"),
        ("李 明", [], "说明李总的意见", "说明李总的意见"),
        ("山田太郎", ["山田太郎一"], "山田 太郎一、山田 太郎", "山田 太郎一、X"),
        ("山田 太郎", ["山田太郎"], "山田太郎、太郎山田", "山田太郎、X"),  # somebody else is called so
        ("山田太郎", ["太郎 山田"], "太郎山田、太郎 山田、山田太郎", "太郎山田、太郎 山田、X"),
        ("İlker Işık", [], "İlker Işık, i\u0307lker işık, ilker ışık", "X, X, X"),
    ],
)
def test_forms_in_characters_are_neither_words_nor_somebody_else(
    called: str, others: list[str], words: str, told: str
) -> None:
    assert told_of(called, words, others) == told


JAPANESE = ["山田 花子", "鈴木 太郎", "山田 太郎丸", "小山田 太郎"]


LATIN = ["Ann Okapi", "Quentin Lee"]


@pytest.mark.parametrize(
    ("name", "others", "words", "left"),
    [
        *(
            ("山田 太郎", JAPANESE, words, words)
            for words in (
                "鈴木太郎、山田花子",
                "鈴木太郎, 山田花子",
                "鈴木 太郎 山田 花子",
                "佐藤太郎 山田花子",
                "鈴木太郎 山田 太郎丸",
                "佐藤太郎 山田次郎",  # known to nobody
            )
        ),
        ("山田 太郎", JAPANESE, "山田太郎 太郎山田 太郎, 山田 太郎 山田", "⌫ ⌫ ⌫ ⌫"),
        ("Quentin Okapi", LATIN, "met Ann Okapi, Quentin Lee and others", "met Ann Okapi, Quentin Lee and others"),
        ("Quentin Okapi", LATIN, "Ann Okapi Quentin Lee", "Ann Okapi Quentin Lee"),
        ("Quentin Okapi", [], "Ann Okapi, Quentin Lee", "Ann Okapi, Quentin Lee"),
        ("Quentin Okapi", LATIN, "met Okapi, Quentin today; Quentin Okapi Lee", "met ⌫ today; Quentin Okapi Lee"),
        ("Okapi, Quentin", LATIN, "Ann Okapi, Quentin Lee and Quentin Okapi", "Ann Okapi, Quentin Lee and ⌫"),
    ],
)
def test_two_names_beside_each_other_are_not_one_turned_round(
    name: str, others: list[str], words: str, left: str
) -> None:
    assert told_of(name, words, others, "⌫") == left


@pytest.mark.parametrize("called", ["Jörg Weiß", "Joerg Weiss", "Jörg Weiss", "Jo\u0308rg Weiß", "Weiß, Jörg"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("JÖRG WEISS, JOERG WEISS, JÖRG WEIẞ", "X, X, X"),
        ("joerg.weiss@a.de, jorg.weiss@a.de, joergweiss@a.de, jörgweiß@a.de", "X@a.de, X@a.de, X@a.de, X@a.de"),
        ("of Weiss Jorg; Weiß, Jörg; Joerg Weiss; Jo\u0308rg Weiß; Jórg Weiss.", "of X; X; X; X; X."),
        ("Jörg Weißens, Jörg Weiss' and JÖRG WEISSENS deals", "Xens, X' and XENS deals"),
        ("Jörg Weissbach; Jürg Weiß; Jorge Weiss; Jörg. Weiß ist die Wand", None),
    ],
)
def test_letters_are_found_with_their_marks_without_and_the_german_way(
    called: str, words: str, told: str | None
) -> None:
    assert told_of(called, words) == (told or words)


@pytest.mark.parametrize(
    ("called", "others", "words", "told"),
    [
        *(
            (called, [], words, told)
            for called in ("Anna van Berg", "van Berg, Anna")
            for words, told in (
                ("anna.vanberg@firm.com, vanberg.anna@firm.com", "X@firm.com, X@firm.com"),
                ("with van Berg, Anna and Berg, Anna van", "with X and X"),
                ("Anna Vanberg, Anna Berg; Berg, Anna", "X, X; X"),
                ("Hanna van Berg; Anna van Bergen; Anna. Van Berg; Anna and Berg", None),
            )
        ),
        ("Mary Jane Watson", [], "Mary Watson, mary.watson@a.com, maryjane.watson@a.com", "X, X@a.com, X@a.com"),
        (
            "Watson, Mary J.",
            ["Mary Watson"],
            "Watson, Mary J; Mary J Watson; Mary J. Watson; Mary Watson",
            "X; X; X; Mary Watson",
        ),
        ("Mary Jane Watson", ["Mary Watson"], "Mary Watson; Mary-Jane Watson", "Mary Watson; X"),
        ("Mary Jane Watson", ["Mary Ann Watson"], "Mary Watson, Mary Ann Watson", "Mary Watson, Mary Ann Watson"),
        ("Mary Jane Watson", [], "Mary and Watson; Mary. Watson; Mary Watsonville", None),
        ("Dr. Jörg Weiß", [], "Jörg Weiß; Dr. Weiß", "X; Dr. Weiß"),
        ("Anna Müller", ["Anna Muller"], "Anna Müller; Anna Muller; Anna Mueller", "X; Anna Muller; X"),
        ("Anna Muller", ["Anna Müller"], "Anna Müller; Anna Muller; Anna Mueller", "Anna Müller; X; Anna Mueller"),
        ("Anna Müller", ["Anna Müller-Kern"], "Anna Mueller-Kern, Anna Mueller", "Anna Mueller-Kern, X"),
        ("Pat O'Brien", [], "pat.obrien@a.com, Pat O’Brien, Pat OBrien", "X@a.com, X, X"),
        ("Anne-Marie Li", [], "annemarie.li@a.com, Anne Marie Li", "X@a.com, X"),
        ("Lu", [], "Lu, Lü, lu", "X, Lü, X"),  # of one word alone, another letter is often another name
        ("Michael Novak", [], "Michal Novak", None),
        ("Nguyễn Văn An", [], "nguyenvanan@a.com, NGUYEN VAN AN", "X@a.com, X"),
        ("Γιώργος Παπάς", [], "ΓΙΩΡΓΟΣ ΠΑΠΑΣ", "X"),
    ],
)
def test_parts_of_names_are_found_joined_turned_and_without_what_stands_between(
    called: str, others: list[str], words: str, told: str | None
) -> None:
    assert told_of(called, words, others) == (told or words)


NAMES = ("Jörg Weiß", "Joerg Weiss", "Anna van Berg", "Zoë Quux", "İlker Işık", "Samuel Haas", "李 明")
AROUND = st.text("0 .,;:!?‐—和说的\u200b\u00ad😀\n\t()<>@'\"＊ab", max_size=12)
"""What may stand beside a name; its letters are in none of them."""


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and a way to write it."""
    name = draw(st.sampled_from(NAMES))
    parts = name.split()
    if draw(st.booleans()):
        parts = [*parts[1:], parts[0]]
    told = draw(st.sampled_from([" ", "_", "-", "\u00a0"])).join(parts)
    for mark, plain in (("ö", "oe"), ("ß", "ss"), ("ë", "e")):
        told = told.replace(mark, plain) if draw(st.booleans()) else told
    told = draw(st.sampled_from([str, str.upper, str.lower]))(told)
    told = normalize(draw(st.sampled_from(["NFC", "NFD"])), told)
    return name, draw(st.sampled_from(["", "\u200b", "\u00ad"])).join(told)


@given(written(), AROUND, AROUND)
def test_a_name_goes_in_each_form_and_what_stands_around_it_stays(
    name_and_form: tuple[str, str], before: str, after: str
) -> None:
    name, form = name_and_form
    before, after = re.sub("[ab‐]*$", "", before) + " ", " " + after
    assert told_of(name, before + form + after) == f"{before}X{after}"
    assert may_stand_in([name])(form)
    (piece,) = looked_for(name)
    assert re.search("".join(f"[{some}]" if some else ".*" for some in in_any_way(piece)), as_read(form).words)


@given(st.sampled_from(NAMES), st.text(max_size=40))
def test_nothing_changes_where_no_name_stands(name: str, words: str) -> None:
    if not may_stand_in([name])(words):
        assert told_of(name, words) == words


@pytest.mark.parametrize(
    ("name", "others", "words", "told"),
    [
        ("Ann Li", ["Ann Li Wong", "Bob Wong"], "Bob Wong, Ann Li, Max Roth", "Bob Wong, X, Max Roth"),
        ("Ann Li", ["Ann Li Wong"], "with Wong, Ann Li; Ann Li Wong", "with Wong, Ann Li; Ann Li Wong"),
        ("Mary Jane Watson", ["Mary Watson"], "Mary Watson, Mary Jane Watson", "Mary Watson, X"),
        ("Mary Jane Watson", ["Mary Watson"], "Watson, Mary Jane; Watson, Mary", "X; Watson, Mary"),
        ("Ann Lee", ["Ben Ann", "Lee Cox"], "Ben Ann, Lee Cox", "Ben Ann, Lee Cox"),
        ("Ann Li", ["Tom Ann", "Li Wei"], "Tom Ann\nLi Wei\n\nAnn\nLi came, Ann, Li Wei", "Tom Ann\nLi Wei\n\nX came, Ann, Li Wei"),
        ("Ann Li", ["Ann Li Wong", "Bob Wong"], "- Bob Wong\n- Ann Li\n- Bob", "- Bob Wong\n- X\n- Bob"),
        ("Ann Li", ["Ann Li Wong", "Bob Wong"], "Bob Wong|Ann Li, Bob Wong • Ann Li, Bob Wong (Ann Li)", "Bob Wong|X, Bob Wong • X, Bob Wong (X)"),
        ("Ann Li", ["Mary Ann Li", "Ann Li Wong", "Wong Fang"], "Tom, Mary, Ann Li, Wong Fang", "Tom, Mary, X, Wong Fang"),
        ("Ann Li Wong", ["Li Wong", "Bo Ann"], "Mo, Ann, Li Wong; - Ann\n- Li Wong; Ann/Li Wong", "Mo, Ann, Li Wong; - Ann\n- Li Wong; Ann/Li Wong"),
        ("Jane Watson", ["Mary Jane Watson", "Mary Watson"], "Jane Watson\nMary Watson, Jane Watson", "X\nMary Watson, X"),
        ("Mary Jane Watson", ["Jane Watson"], "Tom, Mary, Jane Watson, Bob", "Tom, Mary, Jane Watson, Bob"),
        ("Jörg Weiß", ["Jörg Weißmann"], "Weiß, Jörg / Weißmann, Jörg, Weiß, Jörg", "X / Weißmann, Jörg, X"),
        ("Jan Berg", ["Berg Olsen"], "Jan\nBerg Olsen", "Jan\nBerg Olsen"),
        ("Sean O'Brien", [], "Sean O\u02bcBrien, Sean O′Brien, Sean O&rsquo;Brien, Sean OʼBrienʼs", "X, X, X, Xʼs"),
        ("Ann-Eve Li", [], "Ann&#8209;Eve Li, <b>Ann-Eve</b> Li, <b>With Ann-Eve</b> Li", "X, <b>X</b>, <b>With X</b>"),
        ("Jörg Weiß", ["Jörg Weißmann"], "J%C3%B6rg%20Wei%C3%9F, J&ouml;rg Wei&szlig;, Jörg Weiß<i>mann</i>, Jörg Weiß-\nmann", "X, X, Jörg Weiß<i>mann</i>, Jörg Weiß-\nmann"),
        ("Ann Li", ["Bob", "Tom Ann", "Li Wei"], "Ann (Bob) Li; Tom Ann<br>Li Wei; Ann (Annie) Li; Tom Ann (Rome) Li Wei", "Ann (Bob) Li; Tom Ann<br>Li Wei; X; Tom Ann (Rome) Li Wei"),
        ("Ann Li", ["Bob Wong"], "Ann Li Smith; Ann Li Bob Wong; Ann Li PhD; Ann Li CRM; ann li Smith; Ann Li. Smith", "Ann Li Smith; X Bob Wong; X PhD; X CRM; X Smith; X. Smith"),
        ("Max", ["Max Roth", "Jo Ann Max"], "Present Max Roth Bob Wong; Max; Ann Max, Max Bob; jo-ann.max@a.com; Max. Roth", "Present Max Roth Bob Wong; X; Ann X, X Bob; jo-ann.max@a.com; X. Roth"),
        ("Ann Li", [], 'Ann "Li"; Ann __Li__; __Li__ Ann; Ann_Li_2; Met Ann Li Monday; Ann Li Freitag', "X; X; X; X_2; Met X Monday; X Freitag"),
        ("Sean O'Brien", [], "Sean O´Brien, Sean O`Brien, Sean O‘Brien, Sean O&#39;Brien", "X, X, X, X"),
        *(
            ("Jan Meyer", ["Karl Meyer"], words.replace("~", blank), told.replace("~", blank))
            for blank in (" ", "\n", "\t", "\n\n", "\n> ", "  ")
            for words, told in (
                ("Karl~Meyer, Jan~Meyer", "Karl~Meyer, X"),
                ("Present: Karl~Meyer, Jan, Tom", "Present: Karl~Meyer, Jan, Tom"),
                ("Karl~Meyer + Jan~Meyer", "Karl~Meyer + X"),
            )
        ),
        ("Jan Meyer", ["Karl Meyer"], "Roth, Max\nMeyer, Jan\nBerg, Bo", "Roth, Max\nX\nBerg, Bo"),
        ("Ann Li", ["Ann Li Wong", "Li Wong", "Bob Wong"], "Bob Wong, Ann Li\nWong,\nLi Wong", "Bob Wong, Ann Li\nWong,\nLi Wong"),
        ("李伟", ["李伟明"], "和李\n伟、李 \r\n 伟去，李伟明", "和X、X去，李伟明"),
        ("欧阳娜娜", [], "和欧\n阳娜娜、欧阳\n娜娜去", "和X、X去"),
    ],
)  # fmt: skip
def test_in_a_list_of_names_and_over_the_end_of_a_line_a_name_is_found(
    name: str, others: list[str], words: str, told: str
) -> None:
    assert told_of(name, words, others) == told


def test_a_figure_behind_a_name_stays_one_of_its_own() -> None:
    assert told_of("王芳", "王芳2号方案", neutral="⌫1") == "⌫1 2号方案"
    assert told_of("Ann Li", "ann.li2@x.com, Ann Li2. So", neutral="⌫1") == "⌫1_2@x.com, ⌫1 2. So"


@pytest.mark.parametrize(
    ("name", "others", "words", "left"),
    [
        ("Ann Li", ["Ann Li Wong"], "Regards,\nAnn Li\nWong Industries", ["Ann Li"]),
        ("Ann Li", ["Ann Li Wong"], "Ann Li\tWong Ltd; - Ann Li\n- Wong's", ["Ann Li", "Ann Li"]),
        ("Ann Li", ["Ann Li Wong"], "Ann Li - Wong", ["Ann Li"]),
        ("Ann Li", ["Ann Li Wong"], "met Ann Li Wong today\nand Bob", []),
        ("Max", ["Max Roth"], "Ask Max\nRoth knows too; Max Roth", ["Max"]),
        ("Max", ["Max Roth"], "Call Max — Roth is out", ["Max"]),
        ("李伟", ["李伟明"], "请李伟明天打电话", ["李伟"]),
        ("李伟", ["李伟明"], "与李伟明、王芳", []),
    ],
)
def test_where_a_namesake_may_only_seem_to_begin_is_known(
    name: str, others: list[str], words: str, left: list[str]
) -> None:
    found = mentions([name], others)
    assert found is not None
    assert [words[begin:end] for begin, end in found.judged(words)[1]] == left
    assert found.replaced(words, "X") == words


@pytest.mark.parametrize("between", [" + ", " · ", " - ", "\n", ", ", " / ", " | "])
def test_a_namesake_behind_a_sign_of_a_list_stays(between: str) -> None:
    words = f"Present: Mary{between}Jane Watson{between}Max Roth"
    assert told_of("Mary Jane Watson", words, ["Jane Watson", "Max Roth"]) == words
