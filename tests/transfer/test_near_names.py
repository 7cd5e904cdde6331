"""Owners that may mean somebody known, or each other."""

import pytest

from mentor_app.transfer.near_names import near_names, slips

KNOWN = ["Anna Berg", "Ben Cole", "王芳", "李小明", "Jo Ann Smith", "Owner 1", "Test User", "Ann"]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Anna Berg (anna.berg@acme.com)", "Anna Berg"),
        ("anna.berg@acme.com", "Anna Berg"),
        ("A. Berg", "Anna Berg"),
        ("Anna B.", "Anna Berg"),
        ("Anna M. Berg", "Anna Berg"),
        ("Berg, Anna", "Anna Berg"),
        ("Anna Brg", "Anna Berg"),
        ("Anna Berg - Sales EMEA", "Anna Berg"),
        ("Anna Berg; Ben Cole", "Anna Berg"),
        ("0051 Anna Berg", "Anna Berg"),
        ("王芳（华东区）", "王芳"),
        ("王芳-华东区", "王芳"),
        ("华东/王芳", "王芳"),
        ("王 芳", "王芳"),
        ("李晓明", "李小明"),
        ("Jo Smith", "Jo Ann Smith"),
        ("Ann (Sales)", "Ann"),
        ("Owner 2", None),
        ("Owner 12", None),
        ("Test User 2", None),
        ("Anna Kern", None),
        ("Berg", None),
        ("张芳", None),
    ],
)
def test_additions_and_slips_are_seen(name: str, known: str | None) -> None:
    assert near_names([name], KNOWN).get(name) == known


def test_new_owners_of_one_file_are_compared_with_each_other() -> None:
    names = ["Berg, Anna", "ANNA BERG", "A. Berg", "Dora Fink", "Dora Fnik", "王芳（华东）", "王芳（华南）"]
    assert near_names(names, []) == {
        "ANNA BERG": "Berg, Anna", "A. Berg": "Berg, Anna", "Dora Fnik": "Dora Fink", "王芳（华东）": "王芳", "王芳（华南）": "王芳",
    }  # fmt: skip
    apart = ["张小明", "张小红", "Jon Lee", "Jan Lee", "Person A", "Person B", *(f"Owner {n}" for n in range(20))]
    assert near_names(apart, []) == {}


def test_a_known_one_comes_before_another_of_the_file() -> None:
    assert near_names(["Berg, Anna", "Anna Berg (old)"], ["Anna Berg"]) == {
        "Berg, Anna": "Anna Berg", "Anna Berg (old)": "Anna Berg",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("Tom Ray #7", "Tom Ray"),
        ("王芳经理", "王芳"),
        ("Mueller, Juergen", "Müller, Jürgen"),
        ("Jose Nunez", "José Núñez"),
        ("Dr. Anna Berg", "Anna Berg"),
        ("tom.ray@acme.com", "Tom Ray"),
        ("Anna Berg and Tom Ray", "Anna Berg"),
    ],
)
def test_the_plain_well_written_name_is_offered_wherever_it_stands(worse: str, better: str) -> None:
    assert near_names([worse, better], []) == near_names([better, worse], []) == {worse: better}


def test_numbers_tell_two_of_one_name_apart() -> None:
    assert near_names(["Tom Ray #7", "Tom Ray #8"], []) == {}


def test_of_four_letters_two_may_be_exchanged_and_none_be_another() -> None:
    assert slips(["Wset", "Esat", "Eats", "Nest", "Weat", "Wes"], ["West", "East"]) == {
        "Wset": "West",
        "Esat": "East",
        "Eats": "East",
    }
    assert slips(["East"], ["West"]) == {}
