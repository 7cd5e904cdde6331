"""Dates, times and numbers as people of both languages type them: read in one way, or named at their field."""

import datetime as dt
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mentor_app.ui.widgets.forms import BadField, read_date, read_number, read_time, read_whole

DAY = dt.date(2026, 2, 3)
READ: list[tuple[Callable[[QLineEdit], object], str, object]] = [
    *((read_date, words, DAY) for words in ("2026-02-03", "2026-2-3", "2026/2/3", "2026.02.03", "20260203")),
    *((read_date, words, DAY) for words in ("2026年2月3日", "2026 年 02 月 03 日", "２０２６－２－３", " 2026-02-03 ")),
    *((read_time, words, "09:05") for words in ("9:05", "09:05", "９：０５", "9：05")),
    (read_time, "23:59", "23:59"),
    (read_number, "３．５", 3.5),
    (read_number, "3,5", 3.5),
    (read_whole, "４５", 45),
    *((read, "  ", None) for read in (read_date, read_time, read_number, read_whole)),
]
REFUSED: list[tuple[Callable[[QLineEdit], object], str]] = [
    *((read_date, words) for words in ("3.2.2026", "02-03", "2月3日", "2026-13-01", "2026-02-30", "26-02-03", "soon")),
    *((read_time, words) for words in ("9", "24:00", "9:5", "9:60", "下午2:30", "14.30")),
    (read_number, "4x"),
    (read_whole, "3.5"),
]


def _name(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("read", "words", "said"), READ, ids=_name)
def test_what_can_be_read_in_one_way_is_read(
    qtbot: QtBot, read: Callable[[QLineEdit], object], words: str, said: object
) -> None:
    assert read(QLineEdit(words)) == said


@pytest.mark.parametrize(("read", "words"), REFUSED, ids=_name)
def test_anything_else_is_named_at_its_field(qtbot: QtBot, read: Callable[[QLineEdit], object], words: str) -> None:
    field = QLineEdit(words)
    with pytest.raises(BadField) as refused:
        read(field)
    assert refused.value.field is field
    assert field.text() == words
