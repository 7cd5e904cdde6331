"""What may mean a person, and is not taken for the name."""

from collections.abc import Sequence

import pytest

from mentor_app.core.personal.likeness import Likeness
from mentor_app.core.personal.mentions import mentions
from mentor_app.core.personal.names import shortened


def left(name: str, words: str, others: Sequence[str] = ()) -> list[str]:
    """What erasing this name leaves in words that may mean the person."""
    found, like = mentions([name], others, (), shortened([name], others)[0]), Likeness([name], others)
    assert found is not None
    assert like.may_be_in(words)
    return [words[begin:end] for begin, end in like.places(words, list(found.places(words)))]


@pytest.mark.parametrize(
    ("name", "others", "words", "places"),
    [
        ("Ann Li", [], "Ann. Li~Ann *** Li~Ann, Li~Ann (called Annie) Li~Ann Li came~Ann; ann li", ["Ann. Li", "Ann *** Li", "Ann, Li", "Ann (called Annie) Li"]),
        ("Ann Li", [], "Ann Li Smith~Ann van Li~with ann or li~Li, Ann~Ann, Bob, Li", ["Ann Li", "Ann van Li"]),
        ("Ann Li", [], "annli.sales@a.com~@ann_li2~li.x.ann@a.com~joannli@a.com~AnnLi", ["annli"]),
        ("Quentin Okapi", [], "myquentinokapi2@a.com~@x.okapiquentins", ["quentinokapi", "x.okapiquentin"]),
        ("Quentin Okapi", [], "Quen-tin Okapi~QUEN-\nTIN OKAPI", ["Quen-tin Okapi", "QUEN-\nTIN OKAPI"]),
        ("Ann Li", ["Bob", "Tom Ann", "Li Wei"], "Tom Ann, Li Wei~Ann (Bob) Li~Ann<br>Li Wei", ["Ann (Bob) Li", "Ann<br>Li"]),
        ("Ann Li", ["Ann Li Wong"], "Ann Li Wong~Wong, Ann Li~ann.li.wong@a.com", ["Ann Li"]),
        ("Ann Li Wong", ["Li Wong", "Bo Ann"], "Mo, Ann, Li Wong~Ann Wong", ["Ann, Li Wong"]),
        ("Mary Jane Watson", ["Mary Watson"], "Mary Ann Watson~Mary Watson~Watson (Mary)", ["Mary Ann Watson", "Watson (Mary"]),
        ("Ann Li", [], "Li, Ann, Li; Ann Smith", ["Li; Ann"]),
        ("Dr. Jörg M. Weiß", [], "Jorg  Weiss? Jorg #Weiss and so Joerg: Weiß", ["Jorg #Weiss", "Joerg: Weiß"]),
        ("Anna Muller", ["Anna Müller"], "Anna Müller; it is Anna Mueller, Anna Muller", ["Anna Mueller"]),
        ("Lu", [], "Lü and Lu; Lux", ["Lü"]),
        ("李伟", [], "拜访李*伟的客户，李（伟）说，李 伟的，姓李，伟大", ["李*伟", "李（伟", "李 伟"]),
        ("李伟", ["李伟明"], "李伟明、伟 李", ["伟 李"]),
        ("山田 太郎", [], "太郎-山田さん、太郎/山田", ["太郎/山田"]),
    ],
)  # fmt: skip
def test_what_may_mean_a_person_and_stays_is_told(name: str, others: list[str], words: str, places: list[str]) -> None:
    assert left(name, words.replace("~", " so it was of "), others) == places
