"""The check in the window: from Ctrl+K, told in words, repaired on the spot."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import text

from mentor_app.core.check import problems
from mentor_app.ui.i18n import current
from mentor_app.ui.main_window import MainWindow
from tests.idle import wait_until_idle

_FIRST = "SELECT min(crm_name_id) FROM owner_digest"


def _checked(team: MainWindow) -> Any:
    QTest.keyClick(team, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(team.finder.field, "check the")
    QTest.keyClick(team.finder.field, Qt.Key.Key_Return)
    wait_until_idle(team)
    return team.dialog


def test_a_sound_store_is_called_sound(team: MainWindow) -> None:
    dialog = _checked(team)
    assert dialog.said.text() == "The store is sound."
    assert not dialog.save.isEnabled()
    assert not dialog.bar.isVisible()
    dialog.cancel.click()


def test_what_is_found_is_told_and_repaired(team: MainWindow) -> None:
    store = team.store()
    with store.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_activity_state"))
        connection.execute(text(f"UPDATE owner_digest SET opportunities = 0 WHERE crm_name_id = ({_FIRST})"))
        owner = connection.execute(text(f"SELECT name FROM crm_name WHERE id = ({_FIRST})")).scalar_one()
        name, industry = connection.execute(text("SELECT name, industry FROM team ORDER BY id LIMIT 1")).one()
        connection.execute(text("UPDATE team SET industry = 'x' WHERE id = (SELECT min(id) FROM team)"))
    dialog = _checked(team)
    assert dialog.said.text() == "The store has 3 problems."
    record, part = "differs from the history in industry", "The index ix_activity_state of activity is missing."
    assert record in dialog.words.toPlainText().partition(part)[0]
    assert f"It is: {name} (Industry: {industry} → x)." in dialog.words.toPlainText()
    assert f"The summary of {owner} differs from the opportunities." in dialog.words.toPlainText()
    with store.read() as connection:
        assert [part in one.what.render(current()) for one in problems(connection)] == [False, True, False]
    dialog.save.click()
    wait_until_idle(team)
    assert dialog.said.text() == "The store has one problem."
    assert "ix_activity_state was made again." in dialog.words.toPlainText()
    assert not dialog.save.isEnabled()
    assert list(Path(store.location).parent.glob("*.backups/*repair*"))
    dialog.restore_button.click()
    assert type(team.dialog).__name__ == "RestoreDialog"
    team.dialog.reject()


def test_what_can_not_be_repaired_now_is_not_offered_again(team: MainWindow) -> None:
    store = team.store()
    with store.engine.begin() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(f"UPDATE owner_digest SET opportunities = 0 WHERE crm_name_id = ({_FIRST})"))
        connection.execute(text("UPDATE opportunity SET amount_cents = 5 WHERE id = (SELECT min(id) FROM opportunity)"))
    dialog = _checked(team)
    assert "it is not made anew before that is right" in dialog.words.toPlainText()
    dialog.save.click()
    wait_until_idle(team)
    assert "were not made anew" in dialog.words.toPlainText()
    assert not dialog.save.isEnabled()
    assert dialog.restore_button.isVisible()
    dialog.cancel.click()
