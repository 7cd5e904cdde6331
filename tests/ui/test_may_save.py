"""No form opens for writing to somebody whose save core would refuse."""

import inspect
import re
from importlib import import_module
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.roles import ACCESS, Needs, roles_for
from mentor_app.core.store.action import action_of
from mentor_app.ui import registry
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import everything, shown
from tests.ui.test_roles import works_here

_IMPORTED = re.compile(r"from (mentor_app\.core\.\w+\.actions) import (.+)")


def saved_by(where: str) -> set[str]:
    """What takes a role of all that the dialogs which a function opens may do, by the names of the actions."""
    opener: Any = registry.load(where)
    module = inspect.getmodule(opener)
    names = re.findall(r"\b([A-Z]\w+Dialog)\(", inspect.getsource(opener))
    found = {
        action_of(getattr(import_module(room), name.strip())).name
        for dialog in names
        for room, line in _IMPORTED.findall(inspect.getsource(getattr(module, dialog)))
        for name in line.split(",")
        if name.strip().islower()  # else a class that an action takes
    }
    return {name for name in found if isinstance(ACCESS.get(name), Needs)}


@pytest.mark.parametrize("key", sorted(registry.DIALOGS))
def test_what_a_dialog_does_takes_no_other_role_than_it_is_opened_for(key: tuple[str, str]) -> None:
    for name in saved_by(registry.DIALOGS[key]):
        assert key in registry.SAVED_BY, name
        assert set(roles_for(registry.SAVED_BY[key])) <= set(roles_for(name)), name
    if key in registry.SAVED_BY:
        assert isinstance(ACCESS[registry.SAVED_BY[key]], Needs)


def test_whoever_may_not_save_reads_it_with_the_reason_or_is_told_at_once(team: MainWindow) -> None:
    store = team.store()
    places = everything(store)
    plain = store.act(ME, add_person, PersonDetails(name="Nobody's Role")).result
    for me in (plain, None):
        works_here(team, me)
        for key, name in registry.SAVED_BY.items():
            why = team.context.refusal(name)
            if why is None:
                continue
            told: list[Exception] = []
            team.context.tasks.failed.connect(told.append)
            dialog: Any = shown(team, places[key])
            team.context.tasks.failed.disconnect(told.append)
            for box in [*team._errors]:
                box[1].done(0)
            if registry.to_read(places[key]):
                assert dialog is not None, key
                assert str(why) in dialog.error.text()
                assert writable(dialog) == [], key
                dialog.cancel.click()
            else:
                assert dialog is None, key
                assert [str(error) for error in told] == [str(why)], key
        wait_until_idle(team)


def writable(dialog: Any) -> list[str]:
    """What somebody could type into, choose or press, but closing and what only shows another part."""
    free = {getattr(dialog, name, None) for name in dialog.not_kept} | {dialog.cancel}
    found = []
    for field in dialog.findChildren(QWidget):
        if not field.isVisibleTo(dialog) or field in free:
            continue
        types = isinstance(field, QLineEdit | QPlainTextEdit | QAbstractSpinBox) and not field.isReadOnly()
        chooses = isinstance(field, QComboBox | QPushButton) and field.isEnabled()
        if types or chooses:
            found.append(field.accessibleName() or type(field).__name__)
    return [*found, *(["save"] if dialog.save.isEnabled() else [])]


def test_every_part_of_the_programme_can_be_read_by_who_may_not_change_it(team: MainWindow) -> None:
    works_here(team, team.store().act(ME, add_person, PersonDetails(name="Nobody's Role")).result)
    dialog: Any = shown(team, Place("camp", "programme"))
    names = []
    for row in range(dialog.list.count()):
        dialog.list.setCurrentRow(row)
        assert writable(dialog) == []
        names.append(dialog.name_en.text())
    assert len(set(names)) >= 3
    dialog.list.setCurrentRow(0)
    assert dialog.first.lineEdit().width() > 20  # the figures can be seen
    assert dialog.list.isEnabled()
    dialog.cancel.click()
    assert team.context.drafts.all() == []


def test_an_entry_of_somebody_else_is_only_to_be_read(team: MainWindow) -> None:
    place = everything(team.store())["logbook", "correct"]
    works_here(team, team.store().act(ME, add_person, PersonDetails(name="Nobody's Role")).result)
    dialog: Any = shown(team, place)
    assert "Nobody's Role can't do this: it takes the role" in dialog.error.text()
    assert writable(dialog) == []
    dialog.cancel.click()
