"""The timeline on its card: whatever arrives, the page has made room for it before it is painted."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from mentor_app.core.projects.rules import Phase
from mentor_app.ui import i18n
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.table import plain_table
from mentor_app.ui.widgets.timeline import CycleView, Timeline, label_rooms
from tests.conftest import TODAY


class Story(CycleView):
    """A page about a cycle with tables that take all the room there is, as the real ones have."""

    def __init__(self) -> None:
        context: Any = SimpleNamespace(settings=Settings(language="en", theme="light"), tasks=None)
        super().__init__(context)
        columns = [ColumnSpec("words", "Words", str)]
        self.left.addWidget(plain_table(context.tasks, "Left", columns), 1)
        self.right.addWidget(plain_table(context.tasks, "Right", columns), 1)


def cycle(name: str) -> Any:
    project = SimpleNamespace(name=name, started_on=TODAY, closed_on=None, outcome="open")
    phases = [Phase("discovery", TODAY + dt.timedelta(days=20), None)]
    return SimpleNamespace(project=project, phases=phases, sessions=[], bound=[])


def test_labels_keep_off_each_other_and_the_line_of_today_off_them(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = [(5.0, 12.0), (12.0, 20.0), (20.0, 240.0), (240.0, 300.0), (300.0, 310.0), (310.0, 312.0)]
    rooms = label_rooms(spans, 700.0)
    assert [room > 0 for room in rooms] == [False, False, True, True, False, False]
    assert (20 + rooms[2] < 240, 240 + rooms[3] > 600) == (True, True)  # over those without a label, not over another
    one = Timeline("light")
    qtbot.addWidget(one)
    story = cycle("P" * 90)  # a title without an end
    story.phases = [Phase(" ", TODAY + dt.timedelta(days=60), None)]
    story.project.started_on = TODAY - dt.timedelta(days=60)
    one.resize(500, 1)
    one.show_cycles([story], TODAY)
    line = QFontMetrics(one._note).height()
    drawn = one.grab().toImage()
    assert "today" in one.words_at(QPointF(250, line + 8))
    monkeypatch.setattr(one, "_mark_today", lambda *_: None)
    without = one.grab().toImage()
    marked = {y for x in range(500) for y in range(drawn.height()) if drawn.pixel(x, y) != without.pixel(x, y)}
    assert marked
    assert marked <= set(range(line + 2, line + 32))  # between the title and the labels


@pytest.mark.parametrize("cycles", [1, 3])
def test_the_card_is_whole_as_soon_as_its_data_are_there(qtbot: QtBot, cycles: int) -> None:
    i18n.use("en")
    page = Story()
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    qtbot.waitExposed(page)
    page.timeline.show_cycles([cycle(f"P{i}") for i in range(cycles)], TODAY)
    # as it would be painted now, before any event is delivered
    title = next(label for label in page.findChildren(QLabel) if label.text() == "Cycle")
    card = title.parentWidget()
    assert title.height() >= title.sizeHint().height()
    assert not title.geometry().intersects(page.timeline.geometry())
    assert card.rect().contains(page.timeline.geometry())
