"""What people type who look for a name finds it however it is written."""

import pytest

from mentor_app.core.personal.letters import finder


@pytest.mark.parametrize(
    ("typed", "words", "found"),
    [
        ("zoe", "Zoë Laurent", True),
        ("ZOÉ laur", "Zoë Laurent", True),
        ("zoe", "Zoe\u0308 Laurent", True),
        ("zoë", "Zoe Laurent", True),
        ("zoe", "Alonzo", False),
        ("muller", "Jörg MÜLLER", True),
        ("mueller joerg", "Jörg Müller", True),
        ("müller", "Joerg Mueller", True),
        ("muel", "Müller", True),
        ("Müller", "Miller", False),
        ("strasse", "Weiß, Hauptstraße", True),
        ("lukasz", "Łukasz", True),
        ("wei", "Ｗｅｉ", True),
        ("小明", "王小明", True),
        ("明小", "王小明", False),
        ("", "", True),
        ("  ", "Zoë", True),
    ],
)
def test_a_name_is_found_with_its_marks_or_without(typed: str, words: str, found: bool) -> None:
    assert finder(typed)(words) is found
