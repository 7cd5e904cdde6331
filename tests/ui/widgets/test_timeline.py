"""The timeline on its card: whatever arrives, the page has made room for it before it is painted."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from mentor_app.core.projects.rules import Phase
from mentor_app.ui import i18n
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.table import ColumnSpec, plain_table
from mentor_app.ui.widgets.timeline import CycleView
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
