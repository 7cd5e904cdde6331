"""Every dialog there is: Enter does what it is for, Esc keeps what was typed or says that nothing was changed, and what
is typed outlives the window, character by character."""

import datetime as dt
import importlib
import pkgutil
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

import mentor_app.ui
from mentor_app.core.camp.actions import publish, save_draft, save_leave
from mentor_app.core.camp.programme import Requirement, write_programme
from mentor_app.core.camp.queries import leaves_of, published, standings
from mentor_app.core.logbook.queries import Filter, activities, activity_ids
from mentor_app.core.pairing.actions import pair
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.pairing.suggest import suggest
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.playbooks.queries import playbooks
from mentor_app.core.points.queries import redemptions, rewards
from mentor_app.core.projects.queries import projects
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from mentor_app.ui import registry
from mentor_app.ui.app import Shell
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.forms import fields_of, value_of
from mentor_app.ui.widgets.views import RecordList
from tests.conftest import ME, gone
from tests.idle import wait_until_idle

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
FEATHERED = "ü <b>客户"
WITHOUT_PLACE = {"FormDialog", "Dialog"}  # what the others are made of
ELSEWHERE = {
    "CommentDialog",
    "CompareDialog",
    "ExportDialog",
}  # opened from what is marked or shown on their page; journeys try them


def everything(store: Store) -> dict[tuple[str, str], Place]:
    """A place for every dialog that opens by one, on the sample company's records."""
    today = dt.date.today()
    with store.read() as connection:
        stands = [s for s in standings(connection, today) if s.current is not None]
        passed = [s for s in stands if any(line.status == "passed" for line in s.stages)]
        running = [p for p in pairings(connection) if p.ended_on is None]
        ended = [p for p in pairings(connection) if p.ended_on is not None]
        books = playbooks(connection, today)
        entries = {state: activity_ids(connection, Filter(states=(state,))) for state in ("draft", "signed_off")}
        scored = activity_ids(connection, Filter(kinds=("simulation",), states=("submitted", "signed_off")))
        plan = suggest(connection, today)
        pairs = ",".join(f"{s.apprentice.id}:{s.mentor.id}" for s in plan.pairs)
        ids = {
            ("logbook", "change"): (entries["draft"] or [0])[0],
            ("logbook", "correct"): entries["signed_off"][0],
            ("logbook", "score"): scored[0],
            ("camp", "leave"): stands[0].person.id,
            ("camp", "move"): stands[0].person.id,
            ("projects", "change"): projects(connection)[0].id,
            ("projects", "cycle"): projects(connection)[0].id,
            ("projects", "close"): next(p.id for p in projects(connection) if p.outcome == "open"),
            ("pairing", "capacity"): running[0].mentor_id,
            ("pairing", "review"): ended[0].id,
            ("pairing", "plan"): running[0].id,
            ("playbooks", "changes"): books[0].id,
            ("playbooks", "withdraw"): books[0].id,
            ("playbooks", "compare"): books[0].id,
            ("points", "refuse"): redemptions(connection)[0].id,
            ("points", "reward"): rewards(connection)[0].id,
            ("people", "change"): people(connection)[0].id,
        }
        steps = {("pairing", what): running[0].id for what in ("goals", "roll_on", "reassign", "end", "complete")}
    places = {key: Place(*key, (ids | steps).get(key)) for key in registry.DIALOGS}
    places["camp", "decide"] = Place("camp", "decide", passed[0].person.id, "held")
    places["pairing", "accept"] = Place("pairing", "accept", detail=pairs)
    return places


@pytest.fixture
def team(qapp: QApplication, qtbot: QtBot, tmp_path: Path, sample_store: Path) -> Iterator[MainWindow]:
    """The sample company's window, used by its first lead, who may do everything."""
    place = tmp_path / "team.sqlite"
    shutil.copy(sample_store, place)
    store = open_team(place)
    with store.read() as connection:
        lead = next(p for p in people(connection) if Role.TEAM_LEAD in p.roles)
    details = PersonDetails(
        name=lead.name,
        hired_on=lead.hired_on,
        team=lead.team,
        roles=frozenset({Role.TEAM_LEAD, Role.TRAINER, Role.MENTOR}),
    )
    store.act(ME, edit_person, lead.id, details)
    with store.read() as connection:
        programme = published(connection).programme
    boss = Actor(lead.name, lead.id)
    store.act(boss, save_draft, write_programme(programme))
    store.act(boss, publish)  # somebody can be moved to it
    store.close()
    settings = Settings("en", "light")
    settings.actors[str(place)] = [lead.id]
    window = Shell(qapp, str(place), settings, sample=False).window
    window.show()
    qtbot.waitExposed(window)
    wait_until_idle(window)
    yield window
    gone(qapp, window)


def shown(window: MainWindow, place: Place) -> Dialog | None:
    """The dialog that opens at a place; None where that place has nothing to ask now."""
    window.dialog = None
    window.go(place)
    wait_until_idle(window)
    dialog = window.dialog
    assert dialog is None or isinstance(dialog, Dialog)
    return dialog if dialog is not None and dialog.isVisible() else None


def as_killed(dialog: Dialog) -> None:
    """The dialog is gone without having been asked: what it kept so far is what there is."""
    dialog._over = True
    dialog.autosave.forget()
    dialog.done(0)


def classes(of: type = Dialog) -> set[type]:
    """All kinds of dialog (or of something else) that the app has."""
    for module in pkgutil.walk_packages(mentor_app.ui.__path__, "mentor_app.ui."):
        importlib.import_module(module.name)

    def below(cls: type) -> Iterator[type]:
        for sub in cls.__subclasses__():
            yield sub
            yield from below(sub)

    return {cls for cls in below(of) if cls.__module__.startswith("mentor_app.")}


@pytest.mark.parametrize("base", [Dialog, RecordList])
def test_every_kind_does_what_its_base_leaves_open(base: type) -> None:
    kinds = classes(base)
    ends = {cls for cls in kinds if not any(issubclass(other, cls) and other is not cls for other in kinds)}
    assert ends
    for cls in ends:  # Qt's classes do not look at this themselves
        assert [n for n in dir(cls) if getattr(getattr(cls, n, None), "__isabstractmethod__", False)] == [], cls


def test_enter_does_what_the_dialog_is_for_and_esc_says_that_nothing_was_changed(team: MainWindow) -> None:
    opened: set[str] = set()
    store = team.store()
    faults = []
    for key, place in everything(store).items():
        dialog = shown(team, place)
        if dialog is None:
            assert key in {("logbook", "change"), ("playbooks", "compare"), ("pairing", "complete")}, key
            continue
        opened.add(type(dialog).__name__)
        done: list[int] = []
        dialog.work = lambda done=done: done.append(1)  # type: ignore[method-assign]
        for name, field in fields_of(dialog).items():
            if dialog.save.isEnabled() and field.isVisible() and field.isEnabled():
                tried = _enter(field)
                if tried and len(done) != 1:
                    faults.append(f"{key}: Enter in {name} did it {len(done)} times")
                done.clear()
        for field in dialog.findChildren(QPlainTextEdit):
            if not field.isReadOnly() and field.isVisible() and dialog.save.isEnabled():
                field.setFocus()
                QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
                if len(done) != 1:
                    faults.append(f"{key}: Ctrl+Enter in a text did it {len(done)} times")
                done.clear()
        if dialog.isVisible():
            team.told.setText("")
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            wait_until_idle(team)
            if dialog.isVisible():
                faults.append(f"{key}: Esc leaves it open")
            elif dialog.place is not None and team.told.text() != "Nothing was changed.":
                faults.append(f"{key}: Esc said {team.told.text()!r}")
    assert faults == []
    assert opened | ELSEWHERE | WITHOUT_PLACE >= {cls.__name__ for cls in classes()}


def _enter(field: QWidget) -> bool:
    if isinstance(field, QComboBox) and field.isEditable():
        field = field.lineEdit()
    if not isinstance(field, QLineEdit | QAbstractSpinBox | QComboBox):
        return False
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    return True


def test_what_is_typed_into_any_dialog_outlives_it(team: MainWindow) -> None:
    tried: set[str] = set()
    for key, place in everything(team.store()).items():
        dialog = shown(team, place)
        if dialog is None or dialog.place is None:
            continue
        texts = {n: f for n, f in fields_of(dialog, dialog.not_kept).items() if _takes_text(f)}
        if not texts:
            dialog.reject()
            continue
        before = dialog.values()
        typed = {name: _type(field) for name, field in texts.items()}
        assert dialog.autosave.pending, key  # another test waits until it saves by itself
        team.context.flush()
        kept = team.context.drafts.get(dialog.place)
        assert kept is not None, key
        as_killed(dialog)

        again = shown(team, place)
        assert again is not None, key
        assert {name: value_of(fields_of(again)[name]) for name in typed} == typed, key
        assert again.draft_note.isVisible(), key
        QTest.keyClick(again, Qt.Key.Key_Escape)
        wait_until_idle(team)
        assert team.told.text().startswith("Kept as a draft"), key

        again = shown(team, place)
        assert again is not None, key
        again.start_afresh.click()
        assert again.values() == before, key
        assert team.context.drafts.get(place) is None, key
        QTest.keyClick(again, Qt.Key.Key_Escape)
        assert team.told.text() == "Nothing was changed.", key
        tried.add(type(again).__name__)
    assert len(tried) >= 15


def _takes_text(field: QWidget) -> bool:
    return isinstance(field, QLineEdit | QPlainTextEdit) and field.isVisible() and field.isEnabled()


def _type(field: Any) -> str:
    """Type something no field can read as a date or number; returns what stands in it then."""
    field.setFocus()
    field.selectAll()
    if isinstance(field, QLineEdit):
        field.insert(FEATHERED)
        return str(field.text())
    field.insertPlainText(FEATHERED + "\n2")
    return str(field.toPlainText())


@pytest.mark.parametrize(
    ("field", "words"), [("date", "11-27"), ("date", "24.11."), ("fields.minutes", "45 min"), ("fields.at_time", "2pm")]
)
def test_what_can_not_be_read_is_kept_as_typed_and_named_at_its_field(team: MainWindow, field: str, words: str) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    target = fields_of(dialog)[field]
    target.setText(words)
    wait_until_idle(team)
    as_killed(dialog)
    dialog = shown(team, place)
    target = fields_of(dialog)[field]
    assert target.text() == words
    if field != "fields.at_time":
        dialog.save.click()
        assert words in dialog.error.text()
        assert QApplication.focusWidget() is target


def test_another_kind_of_activity_keeps_what_is_typed(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    dialog.fields["learned"].setPlainText("Ask first")
    dialog.fields["customer"].setText("华宇")
    kind = dialog.kind
    kind.setFocus()
    for _ in range(3):  # arrows over the closed list
        QTest.keyClick(kind, Qt.Key.Key_Down)
        assert QApplication.focusWidget() is kind
    assert kind.currentIndex() == 3
    wait_until_idle(team)
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.kind.currentIndex() == 3
    dialog.kind.setCurrentIndex(0)
    assert dialog.fields["learned"].toPlainText() == "Ask first"
    assert dialog.fields["customer"].text() == "华宇"


FIRST_KIND = {"customer": "华宇", "minutes": "45 min", "at_time": "14:30", "learned": "Ask first", "next_step": "call"}


@pytest.mark.parametrize("restarts", [1, 2])
def test_opening_a_draft_of_another_kind_loses_no_field_of_the_first(team: MainWindow, restarts: int) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    first = dialog.kind.currentIndex()
    for name, words in FIRST_KIND.items():
        _fill(dialog.fields[name], words)
    dialog.kind.setCurrentIndex(next(i for i in range(dialog.kind.count()) if i != first))
    team.context.flush()
    before = team.context.drafts.get(place)
    assert before is not None
    for _ in range(restarts):
        as_killed(dialog)
        dialog = shown(team, place)
        team.context.flush()
        kept = team.context.drafts.get(place)
        assert kept is not None
        assert kept.values == before.values
    dialog.kind.setCurrentIndex(first)
    assert {name: value_of(dialog.fields[name]) for name in FIRST_KIND} == FIRST_KIND
    dialog.discard()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert team.told.text() == "Nothing was changed."


def test_a_change_of_an_entry_to_another_kind_outlives_the_window(team: MainWindow) -> None:
    with team.store().read() as connection:
        drafts = activity_ids(connection, Filter(states=("draft", "submitted", "planned")))
        entries = activities(connection, drafts)
    entry = next(e for e in entries.values() if e.details.kind == "shadowing" and e.details.customer)
    place = Place("logbook", "change", entry.id)
    dialog: Any = shown(team, place)
    _fill(dialog.fields["customer"], "")  # emptied is typed, too
    _fill(dialog.fields["learned"], "Ask first")
    first = dialog.kind.currentIndex()
    dialog.kind.setCurrentIndex(dialog.kind.findData("case_study"))
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    dialog.kind.setCurrentIndex(first)
    assert dialog.fields["customer"].text() == ""
    assert dialog.fields["learned"].toPlainText() == "Ask first"


def _fill(field: Any, words: str) -> None:
    (field.setPlainText if isinstance(field, QPlainTextEdit) else field.setText)(words)


def test_no_kind_of_activity_makes_the_form_leave_the_screen(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    screen = dialog.screen().availableGeometry()
    dialog.move(dialog.x(), screen.bottom() - dialog.frameGeometry().height())
    heights = []
    for at in [*range(dialog.kind.count()), 0]:
        dialog.kind.setCurrentIndex(at)
        wait_until_idle(team)
        assert dialog.frameGeometry().bottom() <= screen.bottom(), dialog.kind.currentData()
        heights.append(dialog.height())
    assert heights[-1] == heights[0]  # no higher than its fields after a kind with more of them
    assert len(set(heights)) > 1
    dialog.resize(dialog.width(), 300)
    assert dialog.height() <= 320  # a low screen: the fields are scrolled


@pytest.mark.parametrize(
    ("place", "chooser", "typed"),
    [(Place("camp", "leave"), "which", "reason"), (Place("points", "rule"), "for_event", "most")],
    ids=["leave", "rule"],
)
def test_what_is_typed_is_each_choices_own(team: MainWindow, place: Place, chooser: str, typed: str) -> None:
    if place.what == "leave":
        today = dt.date.today()
        with team.store().read() as connection:
            person = standings(connection, today)[0].person.id
        for at in (900, 800):
            day = today - dt.timedelta(at)
            team.store().act(Actor(team.context.me.name, team.context.me.id), save_leave, person, day, day)
        place = Place("camp", "leave", person)
    dialog: Any = shown(team, place)
    box, field = getattr(dialog, chooser), getattr(dialog, typed)
    here = box.currentIndex()
    other = here + 1 if here + 1 < box.count() else here - 1
    field.setText("12 words")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down if other > here else Qt.Key.Key_Up)
    assert box.currentIndex() == other
    assert field.text() != "12 words"
    field.setText("34 words")
    box.setCurrentIndex(here)
    assert field.text() == "12 words"
    team.context.flush()
    as_killed(dialog)
    drafts = {draft.values[typed]: draft.place for draft in team.context.drafts.all()}
    assert set(drafts) == {"12 words", "34 words"}
    for words, of in drafts.items():
        again: Any = shown(team, of)
        assert getattr(again, typed).text() == words
        assert getattr(again, chooser).currentIndex() == (here if words == "12 words" else other)
        as_killed(again)


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


def test_a_draft_of_a_team_opens_that_team(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(1)
    dialog.industry.setText("12 words")
    team.context.flush()
    as_killed(dialog)
    (draft,) = team.context.drafts.all()
    dialog = shown(team, draft.place)
    assert dialog.list.currentRow() == 1
    assert dialog.industry.text() == "12 words"


def test_a_project_keeps_its_deal_and_what_was_typed_beside_it(team: MainWindow) -> None:
    place = Place("projects", "new", detail="stay")
    dialog: Any = shown(team, place)
    dialog.customer.setText("华宇")
    dialog.deal.setFocus()
    for _ in range(2):
        QTest.keyClick(dialog.deal, Qt.Key.Key_Down)
    deal = dialog._deals[dialog.deal.currentData()]
    assert dialog.customer.text() == "华宇"
    assert (dialog.name.text(), dialog.started.text()) == (deal.name, deal.started_on.isoformat())
    dialog.name.setText("Line 3")
    QTest.keyClick(dialog.deal, Qt.Key.Key_Down)
    assert dialog.name.text() == "Line 3"
    chosen = dialog.deal.currentData()
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.deal.currentData() == chosen
    dialog.save.click()
    wait_until_idle(team)
    with team.store().read() as connection:
        made = next(p for p in projects(connection) if p.name == "Line 3")
    assert (made.opportunity_id, made.customer) == (chosen, "华宇")


def test_the_wheel_changes_no_closed_box(team: MainWindow) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    dialog: Any = shown(team, Place("logbook", "log"))
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(dialog.kind.mapToGlobal(QPoint(5, 5))),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        NO_MODIFIER,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(dialog.kind, event)
    assert dialog.kind.currentIndex() == 0


def test_steady_typing_is_kept_within_a_second(team: MainWindow, qtbot: QtBot) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    customer = dialog.fields["customer"]
    behind = []
    for _ in range(40):  # a key every 60 ms: the pause after which a draft is kept never comes
        QTest.keyClick(customer, Qt.Key.Key_A)
        qtbot.wait(60)  # the speed of typing is what is tried here
        kept = team.context.drafts.get(place)
        behind.append(len(customer.text()) - len(kept.values["fields.customer"] if kept else ""))
    assert max(behind) <= 1000 / 60


def test_drafts_can_not_be_kept_is_said_and_tried_again(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    put: Callable[..., None] = DraftKeeper.put
    full = [True]

    def fails(keeper: DraftKeeper, *args: Any) -> None:
        if full[0]:
            full.append(True)
            if len(full) > 3:
                full[0] = False
            raise OSError(28, "No space left on device")
        put(keeper, *args)

    monkeypatch.setattr(DraftKeeper, "put", fails)
    dialog.fields["customer"].setText("华宇")
    wait_until_idle(team)
    assert "the disk is full" in dialog.draft_note.text()
    kept = team.context.drafts.get(place)
    assert kept is not None
    assert kept.values["fields.customer"] == "华宇"


def _typing_in(dialog: Any, row: int, column: int, words: str) -> QLineEdit:
    """Somebody is typing in a cell of the dialog's table and has not left it."""
    table = dialog.table
    table.setFocus()
    table.setCurrentCell(row, column)
    table.editItem(table.item(row, column))
    editor = table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.clear()
    QTest.keyClicks(editor, words)
    return editor


@pytest.mark.parametrize("key", [("projects", "cycle"), ("pairing", "accept")])
def test_what_is_typed_in_a_cell_is_kept_before_the_cell_is_left(team: MainWindow, key: tuple[str, str]) -> None:
    place = everything(team.store())[key]
    dialog: Any = shown(team, place)
    column = 1 if key == ("projects", "cycle") else 2
    _typing_in(dialog, 0, column, "24.11. soon")
    assert dialog.autosave.pending
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.table.item(0, column).text() == "24.11. soon"
    assert dialog.table.item(0, column).data(Qt.ItemDataRole.CheckStateRole) is None  # no box where there was none


def test_ctrl_enter_saves_the_cell_being_typed(team: MainWindow) -> None:
    place = everything(team.store())["projects", "cycle"]
    dialog: Any = shown(team, place)
    started = dialog._project.started_on
    day = str(started + dt.timedelta(days=1))
    for row in range(dialog.table.rowCount()):
        dialog.table.item(row, 1).setText("")
        dialog.table.item(row, 2).setText("")
    editor = _typing_in(dialog, 0, 1, day)
    QTest.keyPress(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until_idle(team)
    assert not dialog.isVisible(), dialog.error.text()
    again: Any = shown(team, place)
    assert again.table.item(0, 1).text() == day


def test_goals_stay_with_their_pair_when_another_is_gone(team: MainWindow) -> None:
    place = everything(team.store())["pairing", "accept"]
    dialog: Any = shown(team, place)
    goals = {f"{hire.id}:{mentor.id}": f"goals of {hire.name}" for hire, mentor in dialog._pairs}
    for row, (hire, mentor) in enumerate(dialog._pairs):
        dialog.table.item(row, 2).setText(goals[f"{hire.id}:{mentor.id}"])
    team.context.flush()
    first, mentor = dialog._pairs[0]
    as_killed(dialog)
    with team.store().read() as connection:
        project = next(p.id for p in projects(connection) if p.outcome == "open")
    team.store().act(team.context.actor(), pair, first.id, mentor.id, project, dt.date.today())
    dialog = shown(team, place)
    kept = {f"{h.id}:{m.id}": dialog.table.item(row, 2).text() for row, (h, m) in enumerate(dialog._pairs)}
    assert len(kept) == len(goals) - 1
    assert kept == {key: words for key, words in goals.items() if key in kept}
    assert "1 pairs" in dialog.error.text()


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


def test_a_discarded_draft_comes_back_in_the_dialog_itself(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    dialog.fields["learned"].setPlainText("Ask first")
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    dialog.start_afresh.click()
    assert dialog.fields["learned"].toPlainText() == ""
    assert dialog.start_afresh.text() == "Undo"
    dialog.start_afresh.click()
    assert dialog.fields["learned"].toPlainText() == "Ask first"
    team.context.flush()
    assert team.context.drafts.get(place) is not None


def test_nothing_is_typed_or_pressed_while_it_is_saved(team: MainWindow) -> None:
    import sqlite3

    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    for name, words in (("customer", "华宇"), ("minutes", "30")):
        dialog.fields[name].setText(words)
    dialog.fields["learned"].setPlainText("Ask first")
    other = sqlite3.connect(team.store().engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dialog.fields["learned"].setFocus()
    QTest.keyPress(dialog.fields["learned"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isEnabled()  # no key gets through
    dialog.reject()
    dialog.do(lambda: pytest.fail("done a second time"))
    assert dialog.isVisible()
    assert team.context.drafts.get(place) is not None  # until it is saved
    other.execute("ROLLBACK")
    other.close()
    wait_until_idle(team)
    assert not dialog.isVisible(), dialog.error.text()
    assert team.context.drafts.get(place) is None
    with team.store().read() as connection:
        newest = max(activity_ids(connection, Filter(words="Ask first")))
        assert activities(connection, [newest])[newest].state == "submitted"


def test_a_bug_in_one_form_holds_neither_it_nor_the_window(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Exception] = []
    team.tasks.failed.disconnect()
    team.tasks.failed.connect(told.append)
    dialog: Any = shown(team, Place("logbook", "log"))
    dialog.fields["customer"].setText("华宇")

    def broken() -> dict[str, Any]:
        raise AssertionError("a bug")

    monkeypatch.setattr(dialog, "changed_values", broken)
    team.context.flush()
    dialog.reject()
    wait_until_idle(team)
    assert not dialog.isVisible()
    assert len(told) >= 2


def test_what_can_not_be_kept_is_not_said_to_be(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    monkeypatch.setattr(DraftKeeper, "put", full)
    dialog.fields["customer"].setText("华宇")
    team.told.setText("")
    dialog.reject()
    assert dialog.isVisible()
    assert "once more" in dialog.error.text()
    assert team.told.text() == ""
    dialog.reject()
    assert not dialog.isVisible()
    assert "Kept" not in team.told.text()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[" * 100_000,
        '{"place": {"room": "logbook"}, "title": "t", "values": {}, "at": "2026-11-24T10:00:00"}',
        '{"place": {"room": "logbook", "id": 99999999999999999999999}, "title": "t", "values": {}, "at": "2026-11-24"}',
        '{"place": {"room": "nowhere"}, "title": "t", "values": {"x": 1}, "at": "2026-11-24T10:00:00+00:00"}',
        '{"place": {"room": "logbook", "what": "log"}, "title": "t", "values": {"fields.depth": 1e308}, '
        '"at": "2026-11-24T10:00:00+08:00"}',
    ],
)
def test_a_broken_draft_breaks_nothing(team: MainWindow, said: str) -> None:
    drafts = team.context.drafts
    drafts.put(Place("logbook", "log"), "good", {"fields.customer": "华宇"})
    (file,) = drafts._home().glob("*.json")
    file.with_name("other.json").write_text(said, encoding="utf-8")
    home: Any = team.pages["home"]
    home.refresh()
    wait_until_idle(team)
    assert "good" in [b.accessibleName() for b in home.unfinished.buttons]
    for button in home.unfinished.buttons:
        button.click()
        wait_until_idle(team)
        if team.dialog is not None:
            team.dialog.done(0)


def test_two_windows_do_not_end_each_others_drafts(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    dialog.fields["customer"].setText("mine")
    team.context.flush()
    team.context.drafts.put(place, "another window", {"fields.customer": "theirs"})
    dialog.finish()
    draft = team.context.drafts.get(place)
    assert draft is not None
    assert draft.values == {"fields.customer": "theirs"}


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


def test_a_team_saved_twice_stays_as_it_was_saved(team: MainWindow) -> None:
    """What the dialog itself fills in is no typing of anybody's: it would come back as a draft and wipe the region."""
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    region = dialog.region.currentText()
    assert region
    for words in ("Retail", "Finance"):
        dialog.industry.setText(words)
        dialog.save.click()
        wait_until_idle(team)
        assert not dialog.draft_note.isVisible()
        assert (dialog.region.currentText(), dialog.industry.text()) == (region, words)
    assert team.context.drafts.all() == []
    dialog.reject()
    dialog = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    assert (dialog.region.currentText(), dialog.industry.text()) == (region, "Finance")
    as_killed(dialog)


def test_nothing_is_typed_into_a_dialog_that_saves_and_stays(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("people", "teams"))
    dialog.list.setCurrentRow(0)
    dialog.industry.setText("Retail")
    other = sqlite3.connect(str(team._location), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dialog.save.click()
    assert not dialog.isEnabled()
    other.execute("ROLLBACK")
    wait_until_idle(team)
    assert dialog.isEnabled()
    assert dialog.isVisible()
    as_killed(dialog)


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
