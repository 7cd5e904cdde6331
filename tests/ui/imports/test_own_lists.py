"""The lists that this app exports, read back: each heading is known as the field it is, in either language."""

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from mentor_app.core.text import LANGUAGES
from mentor_app.transfer import activities, opportunities, pairings, people, projects
from mentor_app.ui.app import Shell
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.table import Table
from tests.conftest import gone
from tests.idle import wait_until_idle

LISTS: list[tuple[Place, ModuleType]] = [
    (Place("pipeline"), opportunities),
    (Place("people"), people),
    (Place("logbook", "activities"), activities),
    (Place("projects", "projects"), projects),
    (Place("pairing", "pairings"), pairings),
]
CALLED = {"key": "id", "projects": "project"}
"""Columns that have another key than the field."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exported_list_is_read_back_by_its_headings(
    qapp: QApplication, sample_store: Path, tmp_path: Path, language: str
) -> None:
    place = tmp_path / "team.sqlite"
    shutil.copy(sample_store, place)
    window: Any = Shell(qapp, str(place), Settings(language=language, theme="light"), sample=False).window
    window.show()
    wait_until_idle(window)
    store = window.context.open_store()
    for at, kind in LISTS:
        window.go(at)
        wait_until_idle(window)
        table = next(one for one in window.stack.currentWidget().findChildren(Table) if one.isVisible())
        for ending in ("csv", "xlsx"):
            file = tmp_path / f"{kind.__name__}.{ending}"
            table.export_to(file)
            wait_until_idle(window)
            plan = kind.plan(store, file)
            headings = {CALLED.get(one.key, one.key): [one.heading] for one in table.rows.columns}
            headings = {name: heading for name, heading in headings.items() if name in plan.kind.fields}
            assert {name: plan.mapping.columns.get(name) for name in headings} == headings
            assert plan.questions() == []
    gone(qapp, window)
