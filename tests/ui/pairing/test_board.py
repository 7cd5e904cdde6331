"""The board: what is planned there goes step by step, before anything that is stored."""

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from mentor_app.core.pairing import actions as pairing
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.pairing.board_cards import MIME, CardLook
from tests.idle import wait_until_idle
from tests.ui.desk import until


@pytest.fixture
def board(team: MainWindow) -> Any:
    team.go(Place("pairing", "assign"))
    wait_until_idle(team)
    page: Any = team.pages["pairing"]
    return page.view("assign").board


def press(team: MainWindow, board: Any, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    team.activateWindow()
    until(team.isActiveWindow)
    board.hires.setFocus()
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(board.hires, key, held)
    wait_until_idle(team)


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def dropped(board: Any, hire: int, *mentors: int) -> None:
    """Drag a hire over the cards of these mentors, and let go over the last one."""
    cards, data = board.mentors, QMimeData()
    data.setData(MIME, str(hire).encode())
    ids = [one.id for one in cards.cards.items]
    points = [cards.visualRect(cards.cards.index(ids.index(one))).center() for one in mentors]
    how = (Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(cards.viewport(), QDragEnterEvent(points[0], *how))
    for point in points:
        QApplication.sendEvent(cards.viewport(), QDragMoveEvent(point, *how))
    QApplication.sendEvent(cards.viewport(), QDropEvent(QPointF(points[-1]), *how))


def test_a_name_on_a_card_is_not_cut_for_the_badge_beside_it(
    team: MainWindow, board: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: dict[str, float] = {}
    monkeypatch.setattr(
        "mentor_app.ui.pairing.board_cards.paint_line",
        lambda painter, words, font, colour, left, top, room: lines.update({words: room}),
    )
    team.resize(1024, 700)
    look, cards = board.hires.cards, board.hires
    title, badge = "Alexandra Blackwood", ("128 d", "bad")
    monkeypatch.setattr(look, "_look", lambda _: CardLook(title=title, badge=badge, notes=("East", "gap", "→ Mo")))
    cards.grab()
    assert lines[title] == lines["East"] > lines["→ Mo"]  # whole, and the badge is on the last line
    title = "Ana"
    cards.grab()
    assert lines[title] < lines["East"] == lines["→ Mo"]


def test_keys_take_back_what_is_planned_and_then_what_is_stored(team: MainWindow, board: Any) -> None:
    me = team.context.me
    assert me is not None
    team.context.act(pairing.set_capacity, me.id, 7)
    wait_until_idle(team)
    hire = board.hires.cards.items[0].id
    free = [m.id for m in board.mentors.cards.items if not board.refused(hire, m)]
    assert not board.hint.isVisible()
    dropped(board, hire, free[0])
    dropped(board, hire, free[1])
    press(team, board, Qt.Key.Key_P)
    assert board.hint.isVisible()
    assert (board.plan, board.pinned) == ({hire: free[1]}, set())
    for plan, pinned in (({hire: free[1]}, {hire}), ({hire: free[0]}, {hire}), ({}, set())):
        press(team, board, Qt.Key.Key_Z, CTRL)
        assert (board.plan, board.pinned) == (plan, pinned)
    assert team.told.text().startswith("Taken back: Pair planned · ")
    press(team, board, Qt.Key.Key_Z, CTRL)
    assert team.told.text().startswith("Taken back: Mentor's capacity set · ")
    press(team, board, Qt.Key.Key_Z, CTRL, SHIFT)
    assert team.told.text().startswith("Done again: Mentor's capacity set · ")
    press(team, board, Qt.Key.Key_Z, CTRL, SHIFT)
    assert board.plan == {hire: free[0]}
    QTest.mouseClick(team.undo, Qt.MouseButton.LeftButton)
    assert board.plan == {}
    press(team, board, Qt.Key.Key_Y, CTRL)
    press(team, board, Qt.Key.Key_Delete)
    press(team, board, Qt.Key.Key_Z, CTRL)
    assert board.plan == {hire: free[0]}


def test_the_card_under_the_pointer_counts_whatever_the_way_there_crossed(team: MainWindow, board: Any) -> None:
    hire = board.hires.cards.items[0].id
    full = next(m for m in board.mentors.cards.items if m.active > m.capacity)
    free = next(m for m in board.mentors.cards.items if not board.refused(hire, m))
    dropped(board, hire, full.id)
    assert board.plan == {}
    words = f"{full.active} of {full.capacity}"
    assert board.why.refusal.text() == f"{full.name} is full: {words} place is taken."
    assert board._mentor_look(full).bar[1] == words
    assert not QToolTip.isVisible()  # it would lie under the pointer, and the drop be its own
    dropped(board, hire, full.id, free.id)
    assert board.plan == {hire: free.id}
    assert not board.why.refusal.isVisible()


def test_what_was_accepted_is_taken_back_before_what_was_planned(team: MainWindow, board: Any) -> None:
    first, second = (one.id for one in board.hires.cards.items[:2])
    mentor = next(m for m in board.mentors.cards.items if not board.refused(first, m))
    dropped(board, first, mentor.id)
    other = next(m for m in board.mentors.cards.items if not board.refused(second, m))
    dropped(board, second, other.id)
    today = team.context.today()
    new = pairing.NewPair(first, mentor.id, ProjectDetails(name="Dingxin", started_on=today))
    team.context.act(pairing.start_pairings, [new], today)
    wait_until_idle(team)
    assert board.plan == {second: other.id}
    press(team, board, Qt.Key.Key_Z, CTRL)
    assert first in {one.id for one in board.hires.cards.items}
    assert board.plan == {second: other.id}


def test_escape_leads_from_a_hire_s_record_back_to_the_board(team: MainWindow, board: Any) -> None:
    def escape() -> None:
        team.activateWindow()
        until(team.isActiveWindow)
        QTest.keyClick(team, Qt.Key.Key_Escape)
        wait_until_idle(team)

    hire = board.hires.cards.items[1].id
    at = board.hires.visualRect(board.hires.cards.index(1)).center()
    QTest.mouseClick(board.hires.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(board.hires.viewport(), Qt.MouseButton.LeftButton, pos=at)
    wait_until_idle(team)
    camp: Any = team.pages["camp"]
    assert (team.here().room, camp.stack.currentIndex()) == ("camp", 1)
    escape()
    assert team.here() == Place("pairing", "assign")
    assert board.hires.chosen().id == hire
    team.go(Place("camp"))
    wait_until_idle(team)
    camp.table.choose(0)
    camp.table.opened.emit(camp.model.ids[0])
    wait_until_idle(team)
    escape()
    assert (team.here().room, camp.stack.currentIndex()) == ("camp", 0)
