"""What the window keeps for this computer's user."""

import json

from mentor_app.ui.settings import Settings


def test_no_password_stays_in_the_settings(own_home: object) -> None:
    Settings.path().parent.mkdir(parents=True, exist_ok=True)
    kept = {"actors": {"postgresql://ann:secret@db/team": [7, 3], "/team.sqlite": [1]}}
    Settings.path().write_text(json.dumps(kept))
    settings = Settings.load()
    assert settings.actors == {"postgresql://ann:***@db/team": [7, 3], "/team.sqlite": [1]}
    settings.save()
    assert "secret" not in Settings.path().read_text()
