"""A form that is saved as it was opened writes nothing, and says so."""

from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import everything, shown

FORMS = [
    ("people", "change"),
    ("projects", "change"),
    ("projects", "cycle"),
    ("pairing", "capacity"),
    ("pairing", "goals"),
    ("points", "reward"),
    ("points", "rule"),
]


def test_what_is_saved_unchanged_is_not_written(team: MainWindow) -> None:
    places = everything(team.store()) | {("points", "rule"): Place("points", "rule", detail="session")}
    said = {}
    for key in FORMS:
        with team.store().read() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM change_set").scalar()
        dialog = shown(team, places[key])
        assert dialog is not None, key
        team.told.setText("")
        dialog.save.click()
        wait_until_idle(team)
        with team.store().read() as connection:
            after = connection.exec_driver_sql("SELECT count(*) FROM change_set").scalar()
        said[key] = (dialog.isVisible(), after == before, team.told.text())
    assert said == dict.fromkeys(FORMS, (False, True, "Nothing was changed."))
