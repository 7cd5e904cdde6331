"""Every page, in both languages and themes, with no, normal and too much data: does it fit, is it named, translated,
in the theme's colours? Pages are kept on contact sheets to look at (tests/contact_sheets)."""

import datetime as dt
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QLabel,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mentor_app.core.location import same_for_all
from mentor_app.core.people.queries import people
from mentor_app.core.team import open_team
from mentor_app.core.text import ERASED
from mentor_app.ui.app import Shell
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from mentor_app.ui.registry import PAGES
from mentor_app.ui.settings import Settings
from mentor_app.ui.widgets.views import TabbedPage
from tests.conftest import ME, gone
from tests.idle import wait_until_idle
from tests.ui.crowd import crowd
from tests.ui.looking import foreign_colours, looked_at, untranslated

SHEETS = Path(__file__).parent.parent / "contact_sheets"
EVERYTHING = ("Everything-at-once " * 9).strip()


@dataclass(frozen=True, kw_only=True)
class Look:
    """One run through all pages: on which data, as whom, in which language and theme; with pictures or without."""

    data: str
    who: str | None
    language: str
    theme: str
    pictures: bool = False
    in_both: bool = False
    """Whether everything is seen to stand at the same place in the other theme."""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.data, (self.who or "").split(" ")[0], self.language, self.theme)))


# Geometry hangs on the data, on who looks at it and on the language. It does not hang on the theme (one look holds
# that), so each theme is seen in both languages and with all data, but not every combination of the three.
LOOKS = [
    Look(data="empty", who=None, language="en", theme="light"),
    Look(data="empty", who=None, language="zh_CN", theme="dark", pictures=True),
    Look(data="sample", who="周一", language="en", theme="dark", pictures=True),
    Look(data="erased", who="周一", language="zh_CN", theme="light"),
    Look(data="sample", who="郑培", language="zh_CN", theme="dark", pictures=True, in_both=True),
    Look(data="crowd", who=EVERYTHING, language="en", theme="light", pictures=True),
]


@pytest.fixture(scope="module")
def crowd_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with too much in it; only to be copied."""
    path = tmp_path_factory.mktemp("crowd") / "crowd.sqlite"
    store = open_team(path)
    store.act(ME, crowd, dt.date.today())
    store.close()
    return path


@pytest.fixture(scope="module")
def erased_store(tmp_path_factory: pytest.TempPathFactory, sample_store: Path) -> Path:
    """The sample company, of which all but one had themselves erased; only to be copied."""
    path = tmp_path_factory.mktemp("erased") / "erased.sqlite"
    shutil.copy(sample_store, path)
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE person SET name = ? || id WHERE name <> '周一'", (ERASED,))
        store.execute("UPDATE playbook SET title = ? WHERE state <> 'approved'", (ERASED,))
    return path


@pytest.fixture
def opened(
    qapp: QApplication, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[Look], MainWindow]]:
    """Opens a window for a look, on a copy of its data."""
    made: list[MainWindow] = []

    def open_window(look: Look) -> MainWindow:
        place, settings = tmp_path / "team.sqlite", Settings(language=look.language, theme=look.theme)
        if look.data != "empty":
            shutil.copy(request.getfixturevalue(f"{look.data}_store"), place)
        if look.who:
            store = open_team(place)
            with store.read() as connection:
                everybody = {p.name.strip(): p.id for p in people(connection)}
            store.close()
            settings.actors[same_for_all(str(place))] = [everybody[look.who]]
        window = Shell(qapp, str(place), settings, sample=False).window
        window.resize(1280, 720)
        window.show()
        made.append(window)
        return window

    yield open_window
    gone(qapp, *made)


def every_view(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Each page and further view by name, shown and idle; with the widget in front: the window, or a dialog over it."""
    for spec in PAGES:
        window.go(Place(spec.room))
        wait_until_idle(window)
        yield spec.room, window
        for view, show in window.pages[spec.room].views_to_check().items():
            show()
            wait_until_idle(window)
            dialogs = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
            yield f"{spec.room}-{view}", dialogs[-1] if dialogs else window
            for dialog in window.findChildren(QDialog):
                dialog.done(0)


def small_screen_needs(window: MainWindow) -> QSize:
    """The least the window can be with the page shown, and with what else may come to stand in its header."""
    page: Any = window.stack.currentWidget()
    view: Any = page.stack.currentWidget() if isinstance(page, TabbedPage) else None
    buttons = view.buttons if view is not None else page.findChildren(QPushButton)
    hidden = [one for one in buttons if one.isHidden() and page.header.indexOf(one) >= 0]
    if page.room == "camp":  # its list and its hires have different ones
        hidden = []
    for one in hidden:
        one.show()
    page.header.activate()
    least = window.minimumSizeHint()
    for one in hidden:
        one.hide()
    return least


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_fits_is_named_translated_and_in_the_themes_colours(
    opened: Callable[[Look], MainWindow], look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mentor_app.ui.app.user_name", lambda: "用户")
    window = opened(look)
    faults: list[str] = []
    sheet = ContactSheet(SHEETS / f"{look}.png")
    stood: dict[str, list[tuple[str, QRect]]] = {}
    for view, front in every_view(window):
        if look.in_both:
            stood[view] = places(front)
        if look.data != "crowd":  # its names are as long as they may be
            least = small_screen_needs(window)
            if least.width() > 1024 or least.height() > 700:
                faults.append(f"{view}: more than a small screen has: {least}")
        if look.pictures:
            sheet.add(front)
        for widget in window.findChildren(QWidget):
            if widget.isVisible():
                faults.extend(f"{view}: {fault}" for fault in looked_at(widget))
                if look.language == "zh_CN" and look.data == "empty":
                    faults.extend(f"{view}: not translated: {words}" for words in untranslated(widget))
    if look.pictures:
        sheet.save()
    assert (window.width(), window.height()) == (1280, 720), "a page forced the window larger"
    assert not faults, "\n".join(dict.fromkeys(faults))
    if look.in_both:
        stand_the_same(stood, opened(replace(look, theme="light")))


def places(front: QWidget) -> list[tuple[str, QRect]]:
    """Everything that is seen and where it stands, but for what passes."""
    passing = front.findChild(QFrame, "toast")
    found = (
        widget
        for widget in front.findChildren(QWidget)
        if widget.isVisible() and widget is not passing and not (passing and passing.isAncestorOf(widget))
    )
    return [(type(widget).__name__, widget.geometry()) for widget in found]


def stand_the_same(stood: dict[str, list[tuple[str, QRect]]], other: MainWindow) -> None:
    """The theme changes no geometry: what is measured in one holds in the other."""
    seen = {view: places(front) for view, front in every_view(other)}
    assert list(seen) == list(stood)
    for view, expected in stood.items():
        assert [pair for pair in zip(expected, seen[view], strict=False) if pair[0] != pair[1]][:3] == [], view
        assert len(seen[view]) == len(expected), view


class ContactSheet:
    """Pages side by side on one picture, four to a row, half their size."""

    def __init__(self, path: Path) -> None:
        self._path, self._shots = path, list[QPixmap]()

    def add(self, widget: QWidget) -> None:
        """Take a picture of a widget as it is now."""
        half, how = widget.size() / 2, Qt.TransformationMode.SmoothTransformation
        room = half.boundedTo(QSize(636, 356))
        self._shots.append(widget.grab().scaled(room, Qt.AspectRatioMode.KeepAspectRatio, how))

    def save(self) -> None:
        """Write the sheet."""
        sheet = QPixmap(4 * 640, -(-len(self._shots) // 4) * 360)
        sheet.fill(Qt.GlobalColor.gray)
        painter = QPainter(sheet)
        for at, shot in enumerate(self._shots):
            painter.drawPixmap(at % 4 * 640, at // 4 * 360, shot)
        painter.end()
        self._path.parent.mkdir(exist_ok=True)
        assert sheet.save(str(self._path), quality=85)  # of a PNG: how long it is packed


def test_colours_are_named_only_in_the_theme() -> None:
    ui = Path(__file__).parent.parent.parent / "mentor_app" / "ui"
    sources = [path for path in ui.rglob("*.py") if path.name != "theme.py"]
    assert len(sources) > 50
    for path in sources:
        assert list(foreign_colours(path.read_text(encoding="utf-8"))) == [], path


def test_the_binding_keeps_count_of_none(qtbot: QtBot) -> None:
    """PySide 6.12.0 on Python 3.11 dropped a reference to None with each call: hours later the app fell over."""
    words = QLabel()
    qtbot.addWidget(words)
    before = sys.getrefcount(None)
    for _ in range(500):
        words.setText("x")
    assert abs(sys.getrefcount(None) - before) < 250
