"""The plain name in what holds more than a name, and what names nobody."""

import pytest

from mentor_app.transfer.plain_names import names_nobody, plain_name


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("Anna Berg (anna.berg@acme.com)", "Anna Berg"),
        ("Berg, Anna <a@b.c>", "Anna Berg"),
        ("anna.berg@acme.com (Anna Berg)", "Anna Berg"),
        ("Anna Berg - Sales EMEA", "Anna Berg"),
        ("Sales EMEA - Anna Berg", "Anna Berg"),
        ("Anna Berg, Sales", "Anna Berg"),
        ("Anna Berg +49 170 1234567", "Anna Berg"),
        ("0051 Anna Berg", "Anna Berg"),
        ("王芳（华东区）", "王芳"),
        ("李雷-华东", "李雷"),
        ("华东/王芳", "王芳"),
        ("张建科_一部", "张建科"),
        ("欧阳娜娜@高新区", "欧阳娜娜"),
        ("王芳 13800001111", "王芳"),
        ("王芳13800001111", "王芳"),
        ("王芳、李雷", "王芳"),
        ("王芳经理", "王芳"),
        ("王芳 销售总监", "王芳"),
        ("Anna Berg and Tom Ray", "Anna Berg"),
    ],
)
def test_what_stands_beside_a_name_is_told_from_it(owner: str, name: str) -> None:
    assert plain_name(owner) == name


@pytest.mark.parametrize(
    "owner",
    [
        "Anna Berg", "Berg, Anna", "Owner 12345", "Test User 2", "王 芳", "欧阳 娜", "王芳2", "Mary Smith-Jones", "Anna North-West",
        "Ken North", "Sales and Marketing", "王经理", "Acme - Berlin", "Sales Rep 10001", "阿卜杜拉·买买提", "anna.berg@acme.com", "Lee, Key", "李雷 Leo",
    ],
)  # fmt: skip
def test_a_name_alone_is_left_as_it_is(owner: str) -> None:
    assert plain_name(owner) is None
    assert not names_nobody(owner)


@pytest.mark.parametrize(
    "words",
    [
        "待分配", "公共池", "公海", "公海（华东）", "公海-华东", "Unassigned", "Unassigned (EMEA)", "N/A", "-- None --", "暂无", "—", "TBD",
        "HOUSE ACCOUNT", "Sales Queue - EMEA", "un-assigned",
        "System Administrator", "CRM Admin", "系统管理员",
    ],
)  # fmt: skip
def test_words_that_name_no_owner(words: str) -> None:
    assert names_nobody(words)
    assert plain_name(words) is None


@pytest.mark.parametrize("words", ["???", "#N/A", "😀", "Tbdini", "公孙海", ""])
def test_other_words_are_no_such(words: str) -> None:
    assert not names_nobody(words)
