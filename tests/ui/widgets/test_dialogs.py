"""Every dialog there is: Enter does what it is for, Esc keeps what was typed or says that nothing was changed, and what
is typed outlives the window, character by character."""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)

import mentor_app.ui
from mentor_app.core.camp.actions import save_leave
from mentor_app.core.camp.queries import standings
from mentor_app.core.pairing.actions import set_goals
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import get_person
from mentor_app.core.store import Actor
from mentor_app.ui.draft_titles import HEADINGS
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.imports.file_page import PathField
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.forms import fields_of, value_of
from mentor_app.ui.widgets.views import RecordList
from tests.idle import wait_until_idle
from tests.ui.desk import until
from tests.ui.dialog_steps import as_killed, everything, shown, typing_in

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


FEATHERED = "ü <b>客户"


WITHOUT_PLACE = {"FormDialog", "Dialog", "StepsDialog"}  # what the others are made of


ELSEWHERE = {
    "CommentDialog",
    "CompareDialog",
    "DraftsDialog",
    "ExportDialog",
    "LeftDialog",
    "ReadDialog",
    "SecondSave",
    "DealDialog",
    "WholeDialog",
}  # opened from what is marked, shown or chosen on their page; journeys try them


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
            assert key in {
                ("home", "drafts"),
                ("logbook", "change"),
                ("playbooks", "compare"),
                ("pairing", "complete"),
                ("pairing", "review"),  # by one of the two alone
            }, key
            continue
        opened.add(type(dialog).__name__)
        if dialog.place is not None and key != ("projects", "cycle") and dialog.windowTitle() not in HEADINGS:
            faults.append(f"{key}: {dialog.windowTitle()} stays in its language in the titles of drafts")
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
            elif dialog.place is not None and team.told.text() != dialog.nothing_changed:
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
    team.go(Place("pipeline"))  # a page that lists no drafts: Home would list them anew with each
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
        focused = again.focusWidget()
        selected = isinstance(focused, QLineEdit) and focused.hasSelectedText()  # a key would replace it all
        assert not selected or isinstance(focused, PathField), key  # as another file is meant to
        QTest.keyClick(again, Qt.Key.Key_Escape)
        wait_until_idle(team)
        assert team.told.text().startswith("Kept as a draft"), key

        again = shown(team, place)
        assert again is not None, key
        again.start_afresh.click()
        assert again.values() == before, key
        assert team.context.drafts.get(place) is None, key
        QTest.keyClick(again, Qt.Key.Key_Escape)
        assert team.told.text() == again.nothing_changed, key
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


def test_drafts_can_not_be_kept_is_said_and_tried_again(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    put: Callable[..., None] = DraftKeeper.put
    full = [True]

    def fails(keeper: DraftKeeper, *args: Any) -> None:
        if full[0]:
            full.append(True)
            if len(full) > 2:
                full[0] = False
            raise OSError(28, "No space left on device")
        put(keeper, *args)

    monkeypatch.setattr(DraftKeeper, "put", fails)
    dialog.fields["customer"].setText("华宇")
    wait_until_idle(team)
    assert "the disk is full" in dialog.draft_note.text()
    assert dialog.autosave._again.isActive()
    dialog.autosave._again.start(1)  # seconds, otherwise
    until(lambda: team.context.drafts.get(place) is not None)
    assert not dialog.draft_note.isVisible()
    kept = team.context.drafts.get(place)
    assert kept is not None
    assert kept.values["fields.customer"] == "华宇"


@pytest.mark.parametrize("key", [("projects", "cycle"), ("pairing", "accept")])
def test_what_is_typed_in_a_cell_is_kept_before_the_cell_is_left(team: MainWindow, key: tuple[str, str]) -> None:
    place = everything(team.store())[key]
    dialog: Any = shown(team, place)
    column = 1 if key == ("projects", "cycle") else 2
    typing_in(dialog, 0, column, "24.11. soon")
    assert dialog.autosave.pending
    team.context.flush()
    as_killed(dialog)
    dialog = shown(team, place)
    assert dialog.table.item(0, column).text() == "24.11. soon"
    assert dialog.table.item(0, column).data(Qt.ItemDataRole.CheckStateRole) is None  # no box where there was none


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
    for at in range(len(home.unfinished.buttons)):
        home.unfinished.buttons[at].click()
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


def test_what_is_typed_after_discarding_stays_beside_the_draft_brought_back(team: MainWindow) -> None:
    place = Place("logbook", "log")
    dialog: Any = shown(team, place)
    dialog.fields["customer"].setText("old")
    dialog.reject()
    dialog = shown(team, place)
    dialog.start_afresh.click()
    dialog.fields["customer"].setText("new")
    dialog.start_afresh.click()  # undo
    team.context.flush()
    assert dialog.fields["customer"].text() == "old"
    assert {draft.values["fields.customer"] for draft in team.context.drafts.all()} == {"old", "new"}
    as_killed(dialog)


# a draft comes back as the form it was, or not over what was stored anew


def _left(team: MainWindow, dialog: Any) -> None:
    team.context.flush()
    as_killed(dialog)


def test_a_new_form_comes_back_with_all_it_proposed(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    dialog.fields["customer"].setText("华宇")
    was = dialog.values()
    _left(team, dialog)
    tomorrow = team.context.today() + dt.timedelta(days=1)
    team.context.today = lambda: tomorrow
    again: Any = shown(team, Place("logbook", "log"))
    assert again.values() == was
    assert again.date.text() != str(tomorrow)
    as_killed(again)


def test_what_was_stored_anew_is_not_put_back_by_an_older_draft(team: MainWindow) -> None:
    place = everything(team.store())["pairing", "goals"]
    dialog: Any = shown(team, place)
    dialog.words.setPlainText("my goals")
    _left(team, dialog)
    team.store().act(team.context.actor(), set_goals, place.id, "theirs")
    again: Any = shown(team, place)
    wait_until_idle(team)
    assert again.words.toPlainText() == "theirs"
    (box,) = [box for box in again.findChildren(QMessageBox) if box.isVisible()]
    assert "my goals" in box.detailedText()
    box.done(0)
    again.words.setPlainText("theirs and mine")
    _left(team, again)
    assert sorted(str(draft.values["words"]) for draft in team.context.drafts.all()) == ["my goals", "theirs and mine"]
    again = shown(team, place)
    assert again.words.toPlainText() == "theirs and mine"
    wait_until_idle(team)
    assert not [box for box in again.findChildren(QMessageBox) if box.isVisible()]
    as_killed(again)


def test_what_was_not_typed_over_follows_the_store(team: MainWindow) -> None:
    store = team.store()
    place = everything(store)["people", "change"]
    dialog: Any = shown(team, place)
    dialog.left.setText("2030-01-01")
    _left(team, dialog)
    with store.read() as connection:
        person = get_person(connection, place.id)
    details = PersonDetails(name="Renamed", hired_on=person.hired_on, team=person.team, roles=frozenset(person.roles))
    store.act(team.context.actor(), edit_person, person.id, details)
    again: Any = shown(team, place)
    wait_until_idle(team)
    assert (again.name.text(), again.left.text()) == ("Renamed", "2030-01-01")
    assert not [box for box in again.findChildren(QMessageBox) if box.isVisible()]
    as_killed(again)


def test_a_draft_opened_again_and_again_from_home_is_one_draft(team: MainWindow) -> None:
    dialog: Any = shown(team, Place("logbook", "log"))
    dialog.fields["customer"].setText("华宇")
    dialog.reject()
    home: Any = team.pages["home"]
    for more in ("1", "2", "3"):
        wait_until_idle(team)
        (link,) = home.unfinished.buttons
        link.click()
        wait_until_idle(team)
        dialog = team.dialog
        dialog.fields["customer"].insert(more)
        dialog.reject()
    wait_until_idle(team)
    (draft,) = team.context.drafts.all()
    assert draft.values["fields.customer"] == "华宇123"
    assert "华宇123" in home.unfinished.buttons[0].accessibleName()


def test_no_form_outgrows_a_low_screen_whatever_is_said_in_it(
    team: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is about scrolls; the reason, what is said of the draft and the buttons stay in sight."""
    screen = QRect(0, 0, 1024, 620)
    low = type("Screen", (), {"availableGeometry": lambda _: screen, "availableSize": lambda _: screen.size()})()
    monkeypatch.setattr(Dialog, "screen", lambda _: low)
    outgrown, scrolls = [], set()
    for key, place in everything(team.store()).items():
        dialog = shown(team, place)
        if dialog is None:
            continue
        dialog.error.setText("It can't be saved like this. " * 12)
        dialog.offer("Your unfinished draft is here again.", "Discard the draft", dialog.discard)
        wait_until_idle(team)
        inside = dialog.rect()
        for part in (dialog.error, dialog.draft_note, dialog.start_afresh, dialog.save, dialog.cancel):
            whole = not part.isVisible() or inside.contains(QRect(part.mapTo(dialog, QPoint()), part.size()))
            if not whole or dialog.height() > screen.height() or part.height() < part.heightForWidth(part.width()):
                outgrown.append(
                    (
                        key,
                        dialog.size().toTuple(),
                        part.objectName(),
                        part.geometry().getRect(),
                        part.heightForWidth(part.width()),
                    )
                )
        if dialog.content is not None and dialog.content.verticalScrollBar().maximum():
            scrolls.add(key)
        as_killed(dialog)
    assert outgrown == []
    assert {("logbook", "log"), ("playbooks", "kind")} <= scrolls
