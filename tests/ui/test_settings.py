"""What the window keeps for this computer's user."""

import json

from mentor_app.ui.settings import Settings
from tests.ui.desk import Desk


def test_no_password_stays_in_the_settings(own_home: object) -> None:
    Settings.path().parent.mkdir(parents=True, exist_ok=True)
    kept = {"actors": {"postgresql://ann:secret@db/team": [7, 3], "/team.sqlite": [1]}}
    Settings.path().write_text(json.dumps(kept))
    settings = Settings.load()
    assert settings.actors == {"postgresql://ann:***@db/team": [7, 3], "/team.sqlite": [1]}
    settings.save()
    assert "secret" not in Settings.path().read_text()


def test_a_maximised_window_stays_so_in_another_theme_and_when_opened_again(desk: Desk) -> None:
    desk.window.showMaximized()
    desk.other_theme()
    assert desk.window.isMaximized()
    desk.close_and_open()
    assert desk.window.isMaximized()
    desk.window.showNormal()
    desk.close_and_open()
    assert not desk.window.isMaximized()
