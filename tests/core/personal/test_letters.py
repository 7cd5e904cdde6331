"""What people type who look for a name finds it however it is written."""

import subprocess
import sys

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
        ("wangjing", "王静", True),
        ("wang jing", "王静 · East", True),
        ("jing Wang", "王静", True),
        ("WJ", "王静", True),
        ("wangj", "王静", True),
        ("wangjing", "王静怡", True),
        ("wangjin", "王军", False),
        ("wl", "王静", False),
        ("zengjing", "曾静", True),
        ("lvbu", "吕布", True),
        ("lubu", "吕布", True),
        ("xi'an", "西安", True),
        ("wangjing", "王 jing", False),
        ("", "", True),
        ("  ", "Zoë", True),
    ],
)
def test_a_name_is_found_with_its_marks_or_without(typed: str, words: str, found: bool) -> None:
    assert finder(typed)(words) is found


def test_how_chinese_is_read_is_loaded_only_when_somebody_types_it() -> None:
    asked = "from mentor_app.core.personal.letters import finder as f; import sys"
    for typed, words, loaded in (("王", "王静", False), ("ann", "Ann", False), ("wj", "王静", True)):
        code = f"{asked}; f({typed!r})({words!r}); sys.exit('pypinyin' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == loaded, typed
