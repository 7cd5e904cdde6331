"""Pauses in typing are short here."""

import pytest

from mentor_app.ui.playbooks import part_saver


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_saver, "PAUSE", 200)
