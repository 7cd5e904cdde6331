"""Personal data from the window: given out, erased after a look at what goes, records merged and removed."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QScrollArea
from sqlalchemy import select, text

from mentor_app.core.drafts import owner_of
from mentor_app.core.pairing.queries import pairings
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.people.queries import get_person, people
from mentor_app.core.people.tables import crm_name
from mentor_app.core.personal.actions import remove_person
from mentor_app.core.personal.beside import erase_everywhere
from mentor_app.core.points.actions import save_reward
from mentor_app.core.store import backup
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.conftest import ME
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import shown


def menu(page: Any, words: str) -> QAction:
    return next(action for action in page.table.actions() if action.text() == words)


def page_at(team: MainWindow, person_id: int) -> Any:
    team.go(Place("people"))
    wait_until_idle(team)
    page: Any = team.pages["people"]
    page.table.selectRow(page.model.ids.index(person_id))
    return page


def free(team: MainWindow) -> Any:
    """Somebody without a running pairing."""
    with team.store().read() as connection:
        from mentor_app.core.pairing.queries import pairings

        busy = {i for p in pairings(connection) if p.ended_on is None for i in (p.mentor_id, p.apprentice_id)}
        return next(p for p in people(connection) if p.id not in busy and len(p.name) > 1)


def test_erased_only_after_a_tick_and_nothing_is_left(team: MainWindow) -> None:
    who = free(team)
    page = page_at(team, who.id)
    menu(page, "Erase personal data…").trigger()
    wait_until_idle(team)
    dialog: Any = team.dialog
    told = " ".join(found.text() for found in dialog.findChildren(QLabel))
    assert who.name in told
    assert "all figures add up as before" in told
    assert not dialog.save.isEnabled()
    QTest.mouseClick(dialog.understood, Qt.MouseButton.LeftButton, pos=dialog.understood.rect().center() * 0.2)
    if not dialog.understood.isChecked():
        dialog.understood.click()
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    with team.store().read() as connection:
        assert get_person(connection, who.id).name == f"⌫{who.id}"
    place = Path(team.store().location)
    for file in place.parent.glob(f"{place.name}*"):
        assert not file.is_file() or who.name.encode() not in file.read_bytes()
    page = page_at(team, who.id)
    row = page.model.ids.index(who.id)
    assert page.model.data(page.model.index(row, 0)) == f"Erased person {who.id}"


def test_of_two_of_one_name_it_is_said_which_one_is_erased(team: MainWindow) -> None:
    who = free(team)
    team.store().act(ME, add_person, PersonDetails(name=who.name, code="Z-77", team="Far away"))
    with team.store().read() as connection:
        other = next(one.id for one in people(connection) if one.code == "Z-77")
    page = page_at(team, other)
    menu(page, "Erase personal data…").trigger()
    wait_until_idle(team)
    dialog: Any = team.dialog
    told = [found.text() for found in dialog.findChildren(QLabel)]
    assert f"Erase what is kept about {who.name} (Z-77, Far away)?" in told
    assert f"· The name in this person's own record and in its history: {who.name}" in told


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800)])
def test_what_goes_has_as_much_room_as_the_window_allows(team: MainWindow, size: tuple[int, int]) -> None:
    team.resize(*size)
    who = free(team)
    with team.store().engine.begin() as connection:
        places = "Ask {name} 1, or Mary {name}".replace("{name}", who.name)
        connection.execute(text("UPDATE activity SET seen = :words || id WHERE id < 40"), {"words": places})
    dialog: Any = shown(team, Place("people", "erase", who.id))
    area = next(one for one in dialog.findChildren(QScrollArea) if one.accessibleName() == "What goes and what stays")
    assert dialog.width() >= min(920, size[0] - 110)
    assert dialog.height() <= size[1]
    assert area.verticalScrollBar().maximum() == 0 or dialog.height() > size[1] - 90
    for part in (dialog.understood, dialog.save):
        assert dialog.rect().contains(part.mapTo(dialog, part.rect().bottomRight()))
    dialog.reject()


def test_once_it_is_erased_what_stays_is_a_click_away(team: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley")).result
    for at in range(30):
        team.store().act(ME, save_reward, f"With Eve: Quuxley {at}", "resource", 20)
    dialog: Any = shown(team, Place("people", "erase", made))
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "selectFile", lambda _, name: asked.append(name))
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "All places as a file…").click()
    assert asked == ["Places of Eve Quuxley.xlsx"]
    team.findChild(QFileDialog).reject()
    dialog.understood.click()
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    assert team._toast.told.text() == (
        f"Erased. The record is now called Erased person {made}. 30 places that may mean this person stay."
    )
    assert not team._toast._end.isActive()  # it waits
    QTest.mouseClick(team._toast.offer, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    listed: Any = team.dialog
    assert "erase the person once more" in " ".join(found.text() for found in listed.findChildren(QLabel))
    last = "With Eve: Quuxley 29: With ›Eve: Quuxley‹ 29"
    assert listed.places.toPlainText().splitlines()[-1] == last
    assert listed.places.verticalScrollBar().maximum() == 0 or listed.height() > team.height() - 110
    assert listed.width() >= min(920, team.width() - 110)
    QTest.keyClick(listed, Qt.Key.Key_Escape)
    assert not listed.isVisible()
    QTest.mouseClick(team._toast.offer, Qt.MouseButton.LeftButton)  # once more
    wait_until_idle(team)
    again: Any = team.dialog
    assert again.places.toPlainText().splitlines()[-1] == last
    QTest.keyClick(again, Qt.Key.Key_Escape)
    team.toast("Something else")
    assert not team._toast.offer.isVisible()


def test_words_typed_go_too_once_their_places_were_shown(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley", code="1050")).result
    row = team.store().act(ME, save_reward, "Evix asked, emp. 1050 asked", "resource", 20).result
    drafts = team.context.drafts
    drafts.put(Place("points", "reward"), "Of evix", {"name": "Of evix"})
    dialog: Any = shown(team, Place("people", "erase", made))

    def told() -> str:
        wait_until_idle(team)
        return " ".join(found.text() for found in dialog.findChildren(QLabel) if found.isVisibleTo(dialog))

    dialog.understood.click()
    QTest.keyClicks(dialog.also, "evix")
    assert not dialog.understood.isEnabled()
    assert not dialog.save.isEnabled()
    assert "“evix”, as you say, as whole words in any capitals: 1 place in texts" in told()
    assert dialog.understood.isEnabled()
    assert not dialog.understood.isChecked()
    QTest.keyClick(dialog.also, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.also, "x")
    assert "fewer than two letters" in told()
    assert not dialog.understood.isEnabled()
    QTest.keyClick(dialog.also, Qt.Key.Key_Backspace)
    QTest.keyClicks(dialog.also, "Emp. 1050")
    assert "“Emp. 1050”, as you say" in told()
    assert "fewer than two letters" not in told()
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "All places as a file…").click()
    (asked,) = dialog.findChildren(QFileDialog)
    file = Path(team.store().location).with_name("places.csv")
    asked.fileSelected.emit(str(file))
    asked.reject()
    wait_until_idle(team)
    assert file.read_text(encoding="utf-8-sig").count("\ngoes,") == 2
    file.unlink()
    dialog.understood.click()
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    QTest.keyClicks(dialog.also, "x")  # by now it is being erased
    assert dialog.also.toPlainText().endswith("1050")
    wait_until_idle(team)
    with team.store().read() as connection:
        name = connection.execute(text("SELECT name FROM reward WHERE id = :id"), {"id": row}).scalar()
    assert name == f"⌫{made} asked, ⌫{made} asked"
    drafts.put(Place("points", "reward"), "Of evix", {"name": "Of EVIX, soon"})  # by a form that was open
    assert [one.values for one in drafts.all()] == [{"name": f"Of ⌫{made}, soon"}]
    place = Path(team.store().location)
    for one in (*place.parent.glob(f"{place.name}*"), *drafts.where.rglob("*")):
        assert not one.is_file() or b"evix" not in one.read_bytes().lower(), one


def test_words_that_find_nothing_are_told_where_they_are_typed(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley")).result
    team.store().act(ME, save_reward, "Of evix", "resource", 20)
    dialog: Any = shown(team, Place("people", "erase", made))
    assert not dialog.idle.isVisible()
    dialog.also.setPlainText("evix\nquinnie")
    wait_until_idle(team)
    assert dialog.idle.isVisible()
    assert dialog.idle.text().endswith("or only within names: “quinnie”")
    dialog.also.setPlainText("evix")
    wait_until_idle(team)
    assert not dialog.idle.isVisible()
    dialog.reject()


def test_that_places_of_words_are_looked_for_is_shown_until_they_are_found(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley")).result
    dialog: Any = shown(team, Place("people", "erase", made))
    assert not dialog.bar.isVisible()
    QTest.keyClicks(dialog.also, "evix")
    dialog._look_again.stop()
    dialog._ask()
    assert dialog.bar.isVisible()
    assert (dialog.bar.minimum(), dialog.bar.maximum()) == (0, 0)  # nobody knows how long
    assert not dialog.understood.isEnabled()
    wait_until_idle(team)
    assert not dialog.bar.isVisible()
    assert dialog.understood.isEnabled()
    dialog.reject()


def test_words_typed_and_not_erased_are_kept_nowhere(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley")).result
    dialog: Any = shown(team, Place("people", "erase", made))
    QTest.keyClicks(dialog.also, "evix")
    wait_until_idle(team)
    dialog.autosave.flush()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    wait_until_idle(team)
    assert team.context.drafts.all() == []
    again: Any = shown(team, Place("people", "erase", made))
    assert again.also.toPlainText() == ""
    again.reject()


def test_who_was_removed_and_erased_is_found_again(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley")).result
    team.store().act(ME, remove_person, made)
    erase_everywhere(team.store(), ME, made)
    dialog: Any = shown(team, Place("people", "removed"))
    assert f"Erased person {made} · {made}" in [dialog.who.itemText(at) for at in range(dialog.who.count())]
    dialog.reject()


def test_what_keeps_from_erasing_is_a_click_away(team: MainWindow) -> None:
    with team.store().read() as connection:
        running = next(p for p in pairings(connection) if p.ended_on is None)
    dialog: Any = shown(team, Place("people", "erase", running.apprentice_id))
    assert not dialog.understood.isEnabled()
    words = f"Open the pairing {running.apprentice} → {running.mentor}"
    QTest.mouseClick(next(b for b in dialog.findChildren(QPushButton) if b.text() == words), Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    assert not dialog.isVisible()
    assert team.here() == Place("pairing", "pairing", running.id)


def test_a_form_open_on_somebody_erased_meanwhile_says_so_and_gives_no_name_back(team: MainWindow) -> None:
    who = free(team)
    dialog: Any = shown(team, Place("people", "change", who.id))
    dialog.crm_names.setText("back.again")
    erase_everywhere(team.store(), ME, who.id)  # as another window does
    dialog.save.click()
    wait_until_idle(team)
    assert "This person was erased on request" in dialog.error.text()
    assert dialog.meeting is None
    dialog.reject()
    wait_until_idle(team)
    with team.store().read() as connection:
        assert get_person(connection, who.id).name == f"⌫{who.id}"
        assert "back.again" not in get_person(connection, who.id).crm_names
        assert connection.execute(select(crm_name).where(crm_name.c.name == "back.again")).first() is None
    kept = [one.read_text() for one in team.context.drafts.where.rglob("*.json")]
    assert not any("back.again" in one for one in kept)  # nor is it kept as a draft


def test_who_is_erased_elsewhere_stands_in_no_draft_of_forms_open_here(team: MainWindow) -> None:
    """Neither in that of their own form, which says so and keeps nothing on, nor in that of another."""
    who = free(team)
    drafts = team.context.drafts
    other, own = Place("points", "reward"), Place("people", "change", who.id)
    drafts.put(other, f"Reward · {who.name}", {"name": f"Dinner with {who.name}"})
    dialog: Any = shown(team, own)
    QTest.keyClicks(dialog.hired, "5")
    dialog.autosave.flush()
    assert drafts.get(own) is not None
    erase_everywhere(team.store(), ME, who.id)  # as another program does, which does not know of these drafts
    drafts.put(other, f"Reward · {who.name}", {"name": f"Dinner with {who.name}, soon"})
    team.tasks.changed.emit(frozenset({"people"}))  # as it is told within a second
    wait_until_idle(team)
    assert "was erased on request" in dialog.error.text()
    assert not dialog.save.isEnabled()
    QTest.keyClicks(dialog.hired, "6")
    dialog.autosave.touch()
    dialog.autosave.flush()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    wait_until_idle(team)
    drafts.put(other, f"Reward · {who.name}", {"name": f"Lunch with {who.name}"})
    kept = [one.read_text() for one in drafts.where.rglob("*.json")]
    assert [json.loads(one)["values"] for one in kept] == [{"name": f"Lunch with ⌫{who.id}"}]
    assert not any(ascii(who.name)[1:-1] in one for one in kept)
    drafts.drop(other)
    assert drafts.all() == []


def test_erasing_once_more_takes_drafts_about_the_record(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Quuxley")).result
    erase_everywhere(team.store(), ME, made, team.context.drafts.where)
    for place in (Place("people", "change", made), Place("camp", "leave", made), Place("people", "change", 1)):
        team.context.drafts.put(place, "Quuxley", {"name": "Quuxley"})
    assert erase_everywhere(team.store(), ME, made, team.context.drafts.where).result.again
    assert [draft.place.id for draft in team.context.drafts.all()] == [1]


def test_where_the_name_is_a_common_word_it_is_said_before(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Quuxley", crm_names=("South",))).result
    dialog: Any = shown(team, Place("people", "erase", made))
    told = [found.text() for found in dialog.findChildren(QLabel)]
    assert "· South also stands in Regions (South), and stays there, for it may be a common word." in told
    dialog.reject()


def test_what_may_mean_the_person_and_stays_is_said_before(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Eve Quuxley")).result
    team.store().act(ME, save_reward, "Eve, Quuxley", "resource", 20)
    dialog: Any = shown(team, Place("people", "erase", made))
    told = [found.text() for found in dialog.findChildren(QLabel)]
    (stays,) = [words for words in told if words.startswith("· 1 place that may mean this person stays. ")]
    assert stays.splitlines()[1:] == ["    Eve, Quuxley: ›Eve, Quuxley‹"]
    to_file = next(b for b in dialog.findChildren(QPushButton) if b.text() == "All places as a file…")
    QTest.mouseClick(to_file, Qt.MouseButton.LeftButton)
    (asked,) = dialog.findChildren(QFileDialog)
    file = Path(team.store().location).with_name("places.csv")
    asked.fileSelected.emit(str(file))
    asked.reject()
    wait_until_idle(team)
    assert "Eve, Quuxley" in file.read_text(encoding="utf-8-sig")
    dialog.reject()


def test_who_still_has_a_pairing_is_told_in_place(team: MainWindow) -> None:
    with team.store().read() as connection:
        from mentor_app.core.pairing.queries import pairings

        busy = next(p.mentor_id for p in pairings(connection) if p.ended_on is None)
    dialog: Any = shown(team, Place("people", "erase", busy))
    assert not dialog.understood.isEnabled()
    assert not dialog.save.isEnabled()
    assert "pairing of theirs is running" in dialog.error.text()
    dialog.reject()


def test_two_records_become_one(team: MainWindow) -> None:
    who = free(team)
    made = team.store().act(ME, add_person, PersonDetails(name=f"{who.name} II", crm_names=("second.crm",))).result
    page = page_at(team, made)
    menu(page, "Merge with another record…").trigger()
    wait_until_idle(team)
    dialog: Any = team.dialog
    assert dialog.into.currentData() is None
    assert not (dialog.understood.isEnabled())
    assert not (dialog.save.isEnabled())
    dialog.into.setFocus()
    QTest.keyClicks(dialog.into, who.name)
    assert dialog.into.currentData() is not None
    dialog.into.setCurrentIndex(dialog.into.findData(who.id))
    for keys in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        QTest.keyClick(dialog.into, Qt.Key.Key_Return, keys)
        wait_until_idle(team)
    assert dialog.isVisible()  # Enter in the list only chooses
    with team.store().read() as connection:
        assert made in {p.id for p in people(connection)}
    assert f"This goes from {who.name} II to {who.name}:" in dialog.goes.text()
    assert "CRM names: 2" in dialog.goes.text()
    assert not dialog.against.isVisible()
    dialog.understood.click()
    assert dialog.save.isEnabled()
    other = dialog.into.currentIndex() % (dialog.into.count() - 1) + 1
    dialog.into.setCurrentIndex(other)
    assert not (dialog.understood.isChecked())
    assert not (dialog.save.isEnabled())
    dialog.into.setCurrentIndex(dialog.into.findData(who.id))
    wait_until_idle(team)
    dialog.understood.click()
    drafts = {owner: team.context.drafts._home(owner_of(owner)) for owner in (made, who.id)}
    drafts[made].mkdir(parents=True)
    said = {"place": {"room": "logbook"}, "title": "t", "values": {"seen": "kept"}, "at": "2026-11-24T10:00:00+00:00"}
    (drafts[made] / "a-1.json").write_text(json.dumps(said))
    dialog.save.click()
    wait_until_idle(team)
    assert [json.loads(one.read_text())["values"] for one in drafts[who.id].glob("*.json")] == [{"seen": "kept"}]
    with team.store().read() as connection:
        assert made not in {p.id for p in people(connection)}
        assert "second.crm" in get_person(connection, who.id).crm_names
    newest = backup.listed(team.store().location)[0]
    assert newest.reason == backup.Reason.MERGE
    assert newest.path.name in team._toast.told.text()
    with backup.reading(newest.path) as held:
        assert held.execute("SELECT count(*) FROM merger WHERE person_id = ?", (made,)).fetchone() == (0,)
        assert held.execute("SELECT name FROM person WHERE id = ?", (made,)).fetchone() == (f"{who.name} II",)


def test_what_speaks_against_two_records_being_one_is_told(team: MainWindow) -> None:
    with team.store().read() as connection:
        from mentor_app.core.pairing.queries import pairings

        teams = {p.id: p.team for p in people(connection)}
        mentors = sorted({p.mentor_id for p in pairings(connection) if p.ended_on is None})
        one, other = next((a, b) for a in mentors for b in mentors if a != b and teams[a] != teams[b])
        hired = next(p.apprentice_id for p in pairings(connection) if p.mentor_id == one)
    dialog: Any = shown(team, Place("people", "merge", one))
    dialog.into.setCurrentIndex(dialog.into.findData(other))
    wait_until_idle(team)
    assert "Both have running pairings." in dialog.against.text()
    assert f"different teams: {teams[one]} and {teams[other]}." in dialog.against.text()
    dialog.into.setCurrentIndex(dialog.into.findData(hired))
    wait_until_idle(team)
    assert "they are two people" in dialog.error.text()
    assert not dialog.understood.isEnabled()
    dialog.reject()


def test_removed_and_back(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Mistake")).result
    page = page_at(team, made)
    menu(page, "Remove").trigger()
    wait_until_idle(team)
    assert made not in page.model.ids
    team.taking_back.undo()
    wait_until_idle(team)
    assert made in page.model.ids


def test_somebody_removed_is_found_and_erased(team: MainWindow) -> None:
    made = team.store().act(ME, add_person, PersonDetails(name="Quuxley")).result
    page = page_at(team, made)
    menu(page, "Remove").trigger()
    wait_until_idle(team)
    page.table.selectRow(0)
    menu(page, "Removed people…").trigger()
    wait_until_idle(team)
    dialog: Any = team.dialog
    assert not dialog.save.isEnabled()
    QTest.keyClicks(dialog.who, "Quux")
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    erasing: Any = team.dialog
    assert "Quuxley" in " ".join(found.text() for found in erasing.findChildren(QLabel))
    erasing.understood.click()
    QTest.mouseClick(erasing.save, Qt.MouseButton.LeftButton)
    wait_until_idle(team)
    place = Path(team.store().location)
    for file in place.parent.glob(f"{place.name}*"):
        assert not file.is_file() or b"Quuxley" not in file.read_bytes()
    again: Any = shown(team, Place("people", "removed"))
    assert [again.who.itemText(at) for at in range(again.who.count())] == ["", f"Erased person {made} · {made}"]


def test_what_is_kept_is_written_where_one_says(
    team: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = free(team)
    page = page_at(team, who.id)
    menu(page, "What is kept about this person…").trigger()
    dialog = page.asking
    dialog.fileSelected.emit(str(tmp_path / "kept.zip"))
    dialog.close()
    wait_until_idle(team)
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        assert archive.testzip() is None
        assert who.name in archive.read("README.txt").decode()
