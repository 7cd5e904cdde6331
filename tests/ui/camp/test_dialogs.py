"""The programme, leaves and gates in their dialogs."""

import datetime as dt
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mentor_app.core.camp.actions import decide, move, publish, save_draft, save_leave
from mentor_app.core.camp.programme import Requirement, write_programme
from mentor_app.core.camp.queries import leaves_of, published, standings, versions
from mentor_app.core.store import Actor
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import TODAY
from tests.ui.dialog_steps import as_killed, shown


def test_a_leave_removed_is_put_back(team: MainWindow) -> None:
    today = dt.date.today()
    with team.store().read() as connection:
        person = standings(connection, today)[0].person.id
    day = today - dt.timedelta(900)
    one = team.store().act(Actor(team.context.me.name, team.context.me.id), save_leave, person, day, day, "外出").result
    dialog: Any = shown(team, Place("camp", "leave", person, str(one)))
    dialog.remove.click()
    wait_until_idle(team)
    team.undo.click()
    wait_until_idle(team)
    with team.store().read() as connection:
        assert (day, day, "外出") in {
            (x.first_on, x.last_on, x.reason) for x in leaves_of(connection, [person])[person]
        }


def test_who_was_moved_meanwhile_is_not_moved_unseen(team: MainWindow) -> None:
    store, today = team.store(), dt.date.today()
    me = Actor("Other", team.context.me.id if team.context.me else None)
    with store.read() as connection:
        definition = write_programme(published(connection).programme)
        hire = next(s.person.id for s in standings(connection, today) if s.current is not None)
    for _ in range(2):
        store.act(me, publish, definition)
    dialog: Any = shown(team, Place("camp", "move", hire))
    chosen, other = dialog.version.itemData(0), dialog.version.itemData(1)
    store.act(me, move, [hire], other)
    dialog.save.click()
    wait_until_idle(team)
    assert "has changed this record since" in dialog.error.text()
    with store.read() as connection:
        assert next(s.version_id for s in standings(connection, today) if s.person.id == hire) == other != chosen


def test_a_new_requirement_that_can_not_be_read_is_kept_and_holds_nobody(team: MainWindow) -> None:
    place = Place("camp", "programme")
    dialog: Any = shown(team, place)
    before = dialog.table.rowCount()
    dialog._add_requirement(Requirement("visit", 1))
    dialog.table.cellWidget(before, 2).setText("abc")
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.table.rowCount() == before + 1
    assert dialog.table.cellWidget(before, 2).text() == "abc"
    dialog.save.click()
    wait_until_idle(team)
    assert dialog.error.text() == "A pass mark is a number."
    dialog.reject()
    assert not dialog.isVisible()


def test_a_draft_that_no_rule_admits_does_not_close_its_dialog_for_good(team: MainWindow) -> None:
    place = Place("camp", "programme")
    team.context.drafts.put(place, "programme", {"programme": {"definition": "no programme", "shown": 0}})
    dialog = shown(team, place)
    assert dialog is not None
    assert dialog.error.text()  # it says why, and the draft stays as it was
    kept = team.context.drafts.get(place)
    assert kept is not None
    assert kept.values == {"programme": {"definition": "no programme", "shown": 0}}
    as_killed(dialog)


def test_a_programme_that_breaks_a_rule_is_a_draft_like_any_other(team: MainWindow) -> None:
    place = Place("camp", "programme")
    dialog: Any = shown(team, place)
    months = dialog.first.value(), dialog.last.value()
    dialog.first.setValue(9)
    dialog.last.setValue(2)
    dialog.list.setCurrentRow(1)  # the stage is taken into the programme as it is typed
    dialog.name_en.setText("")
    dialog.name_zh.setText("")
    dialog.reject()
    dialog = shown(team, place)
    assert not dialog.error.text()
    assert (dialog.name_en.text(), dialog.list.currentRow()) == ("", 1)
    dialog.list.setCurrentRow(0)
    assert (dialog.first.value(), dialog.last.value()) == (9, 2)
    dialog.save.click()  # the store takes none that nobody could follow
    wait_until_idle(team)
    assert "out of order" in dialog.error.text()
    dialog.start_afresh.click()
    dialog.list.setCurrentRow(0)
    assert (dialog.first.value(), dialog.last.value()) == months
    dialog.reject()


def test_a_stage_that_can_not_be_read_stays_chosen_and_a_removed_one_leaves_the_end_open(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("camp", "programme"))
    team.show()
    stages = dialog.list.count()
    last = max(row for row, (what, _) in enumerate(dialog._items) if what == "stage")
    open_end = dialog.programme.stages[-1].last_month
    assert open_end is None
    dialog.add_stage.click()
    dialog.remove_stage.click()
    assert dialog.list.count() == stages
    assert dialog.programme.stages[-1].last_month is None
    dialog.list.setCurrentRow(1)
    dialog.table.cellWidget(0, 2).setText("abc")
    where = dialog.list.visualItemRect(dialog.list.item(last)).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait_until_idle(team)
    assert dialog.error.text() == "A pass mark is a number."
    assert dialog.list.currentRow() == 1
    assert [index.row() for index in dialog.list.selectedIndexes()] == [1]
    as_killed(dialog)


def test_a_reason_belongs_to_its_gate(team: MainWindow) -> None:
    with team.store().read() as connection:
        hire = next(s for s in standings(connection, TODAY) if s.current is not None and s.current is not s.stages[-1])
    place = Place("camp", "decide", hire.person.id, "held")
    dialog: Any = shown(team, place)
    dialog.reason.setPlainText("not yet")
    dialog.reject()
    (draft,) = team.context.drafts.all()
    dialog = shown(team, draft.place)
    assert dialog.reason.toPlainText() == "not yet"
    dialog.done(0)
    team.store().act(team.context.actor(), decide, hire.person.id, hire.current.stage.key, "waived", TODAY, "known")
    dialog = shown(team, place)
    assert dialog.reason.toPlainText() == ""  # it is the next gate's
    dialog.reject()
    assert shown(team, draft.place) is None
    assert "no gate to decide" in team.told.text()


def test_two_who_begin_a_draft_version_do_not_write_over_each_other(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("camp", "programme"))
    with team.store().read() as connection:
        theirs = write_programme(published(connection).programme)
    team.store().act(team.context.actor(), save_draft, theirs)  # by another window
    dialog.list.setCurrentRow(0)
    dialog.name_en.setText("Mine")
    dialog.save.click()
    wait_until_idle(team)
    assert not team.dialog.isVisible()  # the other one has changed nothing of the same
    with team.store().read() as connection:
        draft = versions(connection)[0]
    assert (draft.published_at, draft.programme.stages[0].name.en) == (None, "Mine")


def test_a_leave_not_finished_says_whose_it_is(team: MainWindow) -> None:
    with team.store().read() as connection:
        person = standings(connection, TODAY)[0].person
    dialog: Any = shown(team, Place("camp", "leave", person.id, "new"))
    dialog.first.setText("2026-12-0")
    team.context.flush()
    (draft,) = team.context.drafts.all()
    assert draft.title == f"Leave of absence · {person.name} · 2026-12-0"
    as_killed(dialog)
