"""One person's form."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import get_person, inferred_hire_date, people, team_names
from mentor_app.core.pipeline.queries import ramp
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY
from tests.ui.dialog_steps import shown


def test_a_new_name_takes_no_deal_away_and_confirms_no_hire_date(team: MainWindow) -> None:
    store = team.store()
    with store.read() as connection:
        known = next(p for p in people(connection) if p.crm_names and inferred_hire_date(connection, p.id))
    details = PersonDetails(name=known.name, team=known.team, roles=frozenset(known.roles), crm_names=known.crm_names)
    store.act(ME, edit_person, known.id, details)
    with store.read() as connection:
        before, someone = ramp(connection, TODAY), get_person(connection, known.id)
    assert someone.hired_on_inferred
    dialog: Any = shown(team, Place("people", "change", someone.id))
    dialog.name.setText("冯程-Smith")
    dialog.save.click()
    wait_until_idle(team)
    with store.read() as connection:
        renamed, after = get_person(connection, someone.id), ramp(connection, TODAY)
    assert (renamed.name, renamed.hired_on_inferred) == ("冯程-Smith", True)
    assert someone.name in renamed.crm_names
    assert sorted((c.won, c.lost) for c in after.curves()) == sorted((c.won, c.lost) for c in before.curves())


def test_who_gives_no_roles_sees_why(team: MainWindow) -> None:
    with team.store().read() as connection:
        hire = next(p for p in people(connection) if p.roles == ("new_hire",))
    dialog: Any = shown(team, Place("people", "change", hire.id))
    assert all(box.isEnabled() for box in dialog.roles.values())
    dialog.reject()
    team.become(hire.id)
    wait_until_idle(team)
    dialog = shown(team, Place("people", "change", hire.id))
    why = f"Roles are given by trainers and team leads; {hire.name} is neither."
    assert why in [one.text() for one in dialog.findChildren(QLabel)]
    assert not any(box.isEnabled() for box in dialog.roles.values())
    dialog.reject()


def test_a_slip_makes_no_team(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    with team.store().read() as connection:
        someone, before = next(p for p in people(connection) if p.team), team_names(connection)
    dialog: Any = shown(team, Place("people", "change", someone.id))
    for typed, asked in (
        (f"{someone.team}A. Torres", f"There is no team “{someone.team}A. Torres” yet, but there is “{someone.team}”."),
        ("Moon", "There is no team “Moon” yet. To make a new team"),
    ):
        dialog.team.setCurrentText(typed)
        dialog.save.click()
        wait_until_idle(team)
        assert dialog.error.text().startswith(asked)
        assert dialog.isVisible()
    with team.store().read() as connection:
        assert team_names(connection) == before
    monkeypatch.setattr("mentor_app.ui.widgets.acting.READ_IN", 0)
    dialog.save.click()
    wait_until_idle(team)
    with team.store().read() as connection:
        assert get_person(connection, someone.id).team == "Moon"
