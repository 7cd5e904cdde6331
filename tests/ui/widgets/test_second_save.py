"""Two who change one record: what both have changed is chosen, the rest goes together, and nothing typed is lost."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from mentor_app.core.camp.actions import save_draft
from mentor_app.core.camp.programme import Name, write_programme
from mentor_app.core.camp.queries import published, versions
from mentor_app.core.history.undo import undo
from mentor_app.core.logbook.actions import save_activity
from mentor_app.core.logbook.queries import activities
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing.queries import cycles
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person, save_team
from mentor_app.core.people.queries import Person, get_person, people, teams
from mentor_app.core.projects.actions import save_cycle
from mentor_app.core.projects.queries import projects
from mentor_app.core.store.changes import newest
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.second_save import SecondSave
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY
from tests.ui.dialog_steps import as_killed, shown


def _somebody(team: MainWindow) -> Person:
    with team.store().read() as connection:
        return next(
            p for p in people(connection) if p.hired_on and not p.hired_on_inferred and p.id != team.context.me.id
        )


def _details(person: Person, **more: Any) -> PersonDetails:
    said = PersonDetails(
        name=person.name,
        hired_on=person.hired_on,
        left_on=person.left_on,
        team=person.team,
        roles=frozenset(person.roles),
        crm_names=tuple(name for name in person.crm_names if name != person.name),
        code=person.code,
    )
    return replace(said, **more)


def _now(team: MainWindow, person: Person) -> Person:
    with team.store().read() as connection:
        return get_person(connection, person.id)


def _saved(team: MainWindow, dialog: Any) -> Any:
    """Press Save; what asks, if anything does."""
    dialog.save.click()
    wait_until_idle(team)
    asking = dialog.meeting if isValid(dialog) else None
    return asking if asking is not None and asking.isVisible() else None


def test_what_only_one_of_them_changed_goes_together_and_is_told(team: MainWindow) -> None:
    person = _somebody(team)
    dialog: Any = shown(team, Place("people", "change", person.id))
    roles = frozenset({*person.roles, "trainer"} ^ {"mentor"})
    team.store().act(ME, edit_person, person.id, _details(person, team="Elsewhere", roles=roles))
    dialog.crm_names.setText("one; two")
    with team.store().read() as connection:
        before = newest(connection)
    assert _saved(team, dialog) is None
    now = _now(team, person)
    assert (now.team, set(now.roles), {"one", "two"} <= set(now.crm_names)) == ("Elsewhere", set(roles), True)
    assert f"{ME.name} has changed this meanwhile" in team.told.text()
    assert "Team" in team.told.text()
    assert "CRM names" not in team.told.text()
    assert not team.dialog.isVisible()
    assert team.context.drafts.all() == []
    with team.store().read() as connection:
        assert newest(connection) == before + 1  # one change, taken back as one
    team.store().act(team.context.actor(), undo, before + 1)
    assert _now(team, person).team == "Elsewhere"
    assert not {"one", "two"} & set(_now(team, person).crm_names)


def test_what_both_changed_is_chosen_field_by_field(team: MainWindow) -> None:
    team.store().act(ME, save_team, "Mine")
    person = _somebody(team)
    dialog: Any = shown(team, Place("people", "change", person.id))
    theirs = _details(person, name="Their Name", team="Theirs", crm_names=("theirs",))
    team.store().act(ME, edit_person, person.id, theirs)
    dialog.name.setText("My Name")
    dialog.team.setCurrentText("Mine")
    dialog.crm_names.setText("mine")
    asking = _saved(team, dialog)
    assert isinstance(asking, SecondSave)
    name, of_team, names = asking._groups.values()
    assert ME.name in name.buttons()[1].text()
    assert "Their Name" in name.buttons()[1].accessibleName()
    assert names.checkedId() == 2
    asking.save.click()  # nothing is chosen for the name yet
    assert "Choose what is to stand in Name" in asking.error.text()
    assert _now(team, person).name == "Their Name"
    name.button(0).click()
    of_team.button(1).click()
    asking.save.click()
    wait_until_idle(team)
    now = _now(team, person)
    assert (now.name, now.team) == ("My Name", "Theirs")
    assert {"theirs", "mine"} <= set(now.crm_names)
    assert team.context.drafts.all() == []
    assert team.dialog is not dialog
    assert not team.dialog.isVisible()


def test_going_back_loses_nothing_and_asks_again(team: MainWindow) -> None:
    person = _somebody(team)
    dialog: Any = shown(team, Place("people", "change", person.id))
    team.store().act(ME, edit_person, person.id, _details(person, name="Their Name"))
    dialog.name.setText("My Name")
    asking = _saved(team, dialog)
    QTest.keyClick(asking, Qt.Key.Key_Escape)
    wait_until_idle(team)
    assert dialog.isVisible()
    assert dialog.name.text() == "My Name"
    assert "Not saved yet" in dialog.error.text()
    assert _now(team, person).name == "Their Name"
    (draft,) = team.context.drafts.all()
    assert draft.values["name"] == "My Name"
    asking = _saved(team, dialog)
    first = asking._groups[("name",)].button(0)
    assert asking.focusWidget() is first  # by keys alone
    QTest.keyClick(first, Qt.Key.Key_Space)
    QTest.keyClick(first, Qt.Key.Key_Return)
    wait_until_idle(team)
    assert _now(team, person).name == "My Name"


def test_a_rule_broken_by_both_together_leaves_the_form_with_both(team: MainWindow) -> None:
    person = _somebody(team)
    dialog: Any = shown(team, Place("people", "change", person.id))
    team.store().act(ME, edit_person, person.id, _details(person, team="Theirs"))
    dialog.left.setText("2001-01-01")  # before they were hired
    assert _saved(team, dialog) is None
    fresh: Any = team.dialog
    assert fresh.isVisible()
    assert fresh is not dialog
    assert fresh.error.text()
    assert (fresh.left.text(), fresh.team.currentText()) == ("2001-01-01", "Theirs")
    as_killed(fresh)


def test_a_record_that_is_gone_leaves_the_words(team: MainWindow) -> None:
    made = team.store().act(team.context.actor(), add_person, PersonDetails(name="New One"))
    dialog: Any = shown(team, Place("people", "change", made.result))
    team.store().act(ME, undo, made.change_set_id)
    dialog.name.setText("My Name")
    assert _saved(team, dialog) is None
    assert dialog.isVisible()
    assert dialog.name.text() == "My Name"
    assert dialog.error.text()
    as_killed(dialog)


def test_a_team_is_put_together_too(team: MainWindow) -> None:
    with team.store().read() as connection:
        one = teams(connection)[0]
    dialog: Any = shown(team, Place("people", "teams", one.id))
    team.store().act(ME, save_team, one.name, one.region, "Theirs", one.id)
    dialog.name.setText("My Team")
    assert _saved(team, dialog) is None
    with team.store().read() as connection:
        now = next(each for each in teams(connection) if each.id == one.id)
    assert (now.name, now.industry) == ("My Team", "Theirs")
    as_killed(team.dialog)


def test_a_table_is_put_together_cell_by_cell(team: MainWindow) -> None:
    with team.store().read() as connection:
        project = next(each for each in projects(connection) if each.outcome == "open")
        phases = cycles(connection, {project.id})[0].phases
    dialog: Any = shown(team, Place("projects", "cycle", project.id))
    theirs = [replace(phases[0], planned_on=TODAY), *phases[1:]]
    team.store().act(ME, save_cycle, project.id, theirs, TODAY)
    last = dialog.table.rowCount() - 1
    dialog.table.item(last, 1).setText("2031-01-31")
    assert _saved(team, dialog) is None
    with team.store().read() as connection:
        now = cycles(connection, {project.id})[0].phases
    assert (now[0].planned_on, str(now[last].planned_on)) == (TODAY, "2031-01-31")


def test_of_the_programme_each_stage_is_put_together_by_itself(team: MainWindow) -> None:
    with team.store().read() as connection:
        programme = published(connection).programme
    first, second, *others = programme.stages
    dialog: Any = shown(team, Place("camp", "programme"))
    theirs = replace(first, name=Name("Theirs", "他们")), replace(second, aim=Name("Aim of theirs", "")), *others
    team.store().act(ME, save_draft, write_programme(replace(programme, stages=theirs)))
    dialog.list.setCurrentRow(0)
    dialog.name_en.setText("Mine")
    asking = _saved(team, dialog)
    (group,) = asking._groups.values()
    assert "Theirs | 他们" in group.buttons()[1].accessibleName()
    group.button(0).click()
    asking.save.click()
    wait_until_idle(team)
    with team.store().read() as connection:
        stages = versions(connection)[0].programme.stages
    assert (stages[0].name.en, stages[1].aim.en) == ("Mine", "Aim of theirs")
    assert stages[2:] == programme.stages[2:]


def test_an_entry_of_the_logbook_keeps_the_words_of_both(team: MainWindow) -> None:
    me, store = team.context.actor(), team.store()
    said = Details(kind="shadowing", held_on=TODAY, minutes=5, customer="c", learned="before")
    own = store.act(me, save_activity, me.person_id, said, TODAY, state="draft").result
    dialog: Any = shown(team, Place("logbook", "change", own))
    store.act(
        me, save_activity, me.person_id, replace(said, learned="before\ntheirs"), TODAY, activity_id=own, state="draft"
    )
    dialog.fields["learned"].setPlainText("before\nmine")
    dialog.fields["customer"].setText("my customer")
    asking = _saved(team, dialog)
    asking.save.click()
    wait_until_idle(team)
    with store.read() as connection:
        now = activities(connection, [own])[own].details
    assert (now.learned, now.customer) == ("before\ntheirs\nmine", "my customer")
