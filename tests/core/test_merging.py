"""Putting together what two people made of one record."""

from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.merging import both_lists, both_texts, merge

RECORDS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2))


@given(RECORDS, RECORDS, RECORDS)
def test_nothing_of_either_goes_without_being_asked_about(
    base: dict[str, int], mine: dict[str, int], stored: dict[str, int]
) -> None:
    made = merge(base, mine, stored)
    for name in {*base, *mine, *stored}:
        before, here, there = base.get(name), mine.get(name), stored.get(name)
        changed = {value for value in (here, there) if value != before}
        if len(changed) == 2:
            assert name in made.contested
        else:
            assert name not in made.contested
            assert made.values.get(name) == (changed.pop() if changed else before)
        assert (name in made.brought) == (here == before != there)


def test_both_texts_hold_every_line_of_each() -> None:
    assert both_texts("a", "a\nmine", "a\ntheirs") == "a\ntheirs\nmine"
    assert both_texts("a\n", "a\nmine", "a\ntheirs\n") == "a\ntheirs\nmine"
    assert both_texts("old", "mine", "theirs") == "theirs\n\nmine"
    assert both_texts("a", "a b", "a b c") == "a b c"
    assert both_texts("", "", "theirs") == "theirs"


@given(st.text("ab\n "), st.text("ab\n "), st.text("ab\n "))
def test_no_word_of_either_is_missing_in_both(base: str, mine: str, stored: str) -> None:
    together = both_texts(base, base + mine, base + stored)
    for words in (mine, stored):
        assert words.strip() in together


def test_both_lists_name_everybody_once() -> None:
    assert both_lists("one; two", "two;three") == "two; three; one"
