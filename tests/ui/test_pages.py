"""Every page, in both languages and themes, with no, normal and too much data: does it fit, is it named, translated,
in the theme's colours? The pages are kept as one contact sheet to look at (tests/contact_sheets)."""

import datetime as dt
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from mentor_app.core.camp import actions as camp
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people.actions import PersonDetails, add_person, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.tables import person
from mentor_app.core.pipeline.actions import Batch, import_opportunities
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import Phase, ProjectDetails
from mentor_app.core.sample.company import fill
from mentor_app.core.store import Actor, Session, open_store
from mentor_app.ui.app import Shell
from mentor_app.ui.registry import PAGES, PageSpec
from mentor_app.ui.settings import Settings
from tests.conftest import ME, gone, settled

SHEETS = Path(__file__).parent.parent / "contact_sheets"
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QTableView, QAbstractSpinBox, QPlainTextEdit)
# Words that are the same in every language.
SAME = re.compile(r"Ctrl\+\S+|CRM|CSV|XLSX?|PNG|SVG|PDF|team\.sqlite|English|Excel|ICS|Esc|Enter")


def crowd(session: Session, actor: Actor, today: dt.date) -> None:
    """Names that don't fit anywhere, thousands of them."""
    names = [f"{'Maximiliane-Alexandra ' * 7}{i} <b>&amp;" if i % 50 == 0 else f"欧阳娜娜 {i}" for i in range(1500)]
    for i, name in enumerate(names):
        hired = today - dt.timedelta(days=i % 900)
        role = ("new_hire", "mentor", "trainer", "team_lead")[i % 4]
        add_person(
            session, actor, PersonDetails(name, hired, None, f"Team {i % 90} " + "长" * (i % 90), frozenset({role}))
        )
    n = 12000
    closed = [(today - dt.timedelta(days=i % 300)).isoformat() for i in range(n)]
    columns: dict[str, list[Any]] = {
        "name": ["Deal " * 60] * n,
        "account": ["客户" * 90] * n,
        "stage": ["Won"] * n,
        "status": [1 + i % 2 for i in range(n)],
        "opened_on": closed,
        "closed_on": closed,
        "amount_cents": [10**15 + i for i in range(n)],
    }
    batch = Batch(list(range(n)), [f"K{i:0200d}" for i in range(n)], [names[i % 1500] for i in range(n)], columns, [])
    assert import_opportunities(session, actor, [batch], today=today).applied
    crowded_camp(session, today)


def crowded_pairings(session: Session, me: Actor, boss: int, mentor: int, today: dt.date, endless: str) -> None:
    """A hundred projects with endless names; a mentor with thirty apprentices, and with endless goals and reviews."""
    long = "Ein-Projekt-ohne-Ende 项目 <b>&amp; " * 6
    roles = frozenset({"mentor", "trainer"})
    edit_person(session, me, mentor, PersonDetails("Tia", today - dt.timedelta(days=900), roles=roles))
    pairing.set_capacity(session, me, mentor, 40)
    hired = select(person.c.id, person.c.hired_on).where(person.c.hired_on < today, person.c.hired_on.is_not(None))
    hires = session.connection.execute(hired.where(person.c.id.not_in([boss, mentor])).limit(30)).all()
    for i in range(100):
        details = ProjectDetails(
            f"{i} {long}"[:190], today - dt.timedelta(days=200 - i), "客户" * 90, "East", "长" * 90
        )
        made = project_actions.save_project(session, me, details)
        if i < len(hires):
            started = max(hires[i][1], today - dt.timedelta(days=90))
            at = pairing.pair(session, me, hires[i][0], mentor, made, started, endless)
            if i % 3 == 0:
                pairing.end(session, me, at, today, endless)
                pairing.review_pairing(session, Actor("Tia", mentor), at, endless)
    mine = pairing.pair(session, me, boss, mentor, made, today, endless)
    phases = [Phase(f"{i} Phase ohne Ende 阶段没有尽头"[:40], today, today if i < 5 else None) for i in range(20)]
    project_actions.save_cycle(session, me, made, phases, today)
    pairing.set_goals(session, me, mine, endless + endless)


def crowded_camp(session: Session, today: dt.date) -> None:
    """Somebody with every role and the longest texts, in a camp of hundreds."""
    endless = "Nie-endender-Satz ohne Ende <b>&amp; 这句话没有尽头 " * 80
    roles = frozenset({"new_hire", "mentor", "trainer", "team_lead"})
    boss = add_person(
        session, ME, PersonDetails("Everything-at-once " * 9, today - dt.timedelta(days=400), roles=roles)
    )
    trainer = add_person(
        session, ME, PersonDetails("Tia", today - dt.timedelta(days=900), roles=frozenset({"trainer"}))
    )
    me, other = Actor("boss", boss), Actor("Tia", trainer)
    crowded_pairings(session, me, boss, trainer, today, endless)
    hires = list(session.connection.execute(select(person.c.id).where(person.c.hired_on < today).limit(400)).scalars())
    camp.enrol(session, other, [*hires, boss], today)
    for i, hire in enumerate([*hires[:60], *[boss] * 12]):
        details = Details(
            "visit", today, "10:00", 1440, "客户" * 90, None, "negotiation", "led", 5, endless, endless, endless, None
        )
        made = logbook.save_activity(session, me, hire, details, today, state="submitted" if i % 3 else "planned")
        if i % 3 == 1:
            logbook.send_back(session, other, made, endless)
    camp.decide(session, other, boss, "newcomer", "held", today, endless)
    camp.save_leave(session, other, boss, today, None, "x" * 400)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A store with nothing, with the sample team, with too much."""
    folder = tmp_path_factory.mktemp("stores")
    found = {name: folder / f"{name}.sqlite" for name in ("empty", "sample", "crowd")}
    for name, path in found.items():
        store = open_store(path)
        if name != "empty":
            store.act(ME, fill if name == "sample" else crowd, dt.date.today())  # type: ignore[arg-type]
        store.close()
    return found


@pytest.fixture(scope="module", autouse=True)
def contact_sheet() -> Iterator[None]:
    """All pages of this run on one picture for each kind of data."""
    shutil.rmtree(SHEETS, ignore_errors=True)
    (SHEETS / "pages").mkdir(parents=True)
    yield
    for kind in ("empty", "sample", "crowd"):
        shots = sorted((SHEETS / "pages").glob(f"{kind}_*.png"))
        if shots:
            sheet = Image.new("RGB", (4 * 640, -(-len(shots) // 4) * 360), "white")
            for at, shot in enumerate(shots):
                with Image.open(shot) as image:
                    sheet.paste(image.convert("RGB").resize((636, 356)), (at % 4 * 640, at // 4 * 360))
            sheet.save(SHEETS / f"{kind}.png")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("data", ["empty", "sample", "crowd"])
def test_every_page_fits_is_named_translated_and_in_the_themes_colours(
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    stores: dict[str, Path],
    language: str,
    theme: str,
    data: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Settings, "path", staticmethod(lambda: tmp_path / "settings.json"))
    monkeypatch.setattr("mentor_app.ui.app.user_name", lambda: "用户")
    shutil.copy(stores[data], tmp_path / "team.sqlite")
    settings = Settings(language, theme)
    if data != "empty":
        store = open_store(stores[data])
        with store.read() as connection:
            everybody = {p.name.strip(): p.id for p in people(connection)}
        store.close()
        name = {"light": "周一", "dark": "郑培"}[theme] if data == "sample" else ("Everything-at-once " * 9).strip()
        settings.actors[str(tmp_path / "team.sqlite")] = [everybody[name]]
    shell = Shell(qapp, str(tmp_path / "team.sqlite"), settings, sample=False)
    window = shell.window
    window.resize(1280, 720)
    window.show()
    faults: list[str] = []

    def look(spec: PageSpec, view: str) -> None:
        qtbot.wait(150)
        settled(qtbot, window)
        window.grab().save(str(SHEETS / "pages" / f"{data}_{spec.key}{view}_{language}_{theme}.png"))
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.grab().save(str(SHEETS / "pages" / f"{data}_{spec.key}{view}_{language}_{theme}.png"))
        for widget in window.findChildren(QWidget):
            if widget.isVisible():
                faults.extend(f"{spec.key}{view}: {fault}" for fault in looked_at(widget))
                if language == "zh_CN" and data == "empty":
                    faults.extend(f"{spec.key}{view}: not translated: {words}" for words in untranslated(widget))

    for spec in PAGES:
        window.go(spec.key)
        look(spec, "")
        for view, show in window.pages[spec.key].views_to_check().items():
            show()
            look(spec, f"-{view}")
            for dialog in window.findChildren(QDialog):
                dialog.done(0)
    size = window.width(), window.height()
    gone(qapp, window)
    assert size == (1280, 720), "a page forced the window larger"
    assert not faults, "\n".join(dict.fromkeys(faults))


def looked_at(widget: QWidget) -> Iterator[str]:
    """What is wrong with one widget."""
    if widget.styleSheet():
        yield f"{widget} has colours of its own"
    if isinstance(widget, QLabel) and widget.text():
        if widget.textFormat() != Qt.TextFormat.PlainText:
            yield f"{widget.text()!r} might be taken for HTML"
        if not widget.toolTip():
            wanted = widget.sizeHint()
            need = widget.heightForWidth(widget.width()) if widget.wordWrap() else wanted.height()
            if widget.height() < need - 1 or (not widget.wordWrap() and widget.width() < wanted.width() - 1):
                yield f"{widget.text()!r} is cut off: {widget.size()} for {wanted}, {need} high"
    if isinstance(widget, (QPushButton, QCheckBox)) and widget.width() < widget.sizeHint().width() - 1:
        yield f"button {widget.text()!r} is cut off"
    if isinstance(widget, QTableView) and widget.model() is not None:
        header = widget.horizontalHeader()
        for at in range(header.count()):
            words = str(widget.model().headerData(at, Qt.Orientation.Horizontal))
            tip = widget.model().headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
            if not tip and header.sectionSize(at) < header.fontMetrics().horizontalAdvance(words) + 22:
                yield f"heading {words!r} is cut off"
    if isinstance(widget, CONTROLS) and not inner(widget):
        if not (widget.accessibleName() or getattr(widget, "text", str)()):
            yield f"{widget} has no accessible name"
        # of an exclusive group Qt leaves the chosen one in the tab order, arrows reach the others
        exclusive = isinstance(widget, QAbstractButton) and widget.autoExclusive()
        if widget.isEnabled() and not exclusive and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield f"{widget.accessibleName()} is outside the tab order"


def inner(widget: QWidget) -> bool:
    """Whether a control is only a part of another (the field of a combo box, its arrows)."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, CONTROLS):
            return True
        parent = parent.parentWidget()
    return False


def untranslated(widget: QWidget) -> Iterator[str]:
    """English words shown in the Chinese window of an empty store."""
    shown = [
        getattr(widget, name)()
        for name in ("text", "placeholderText", "toolTip", "accessibleName")
        if hasattr(widget, name) and not (name == "text" and isinstance(widget, QLineEdit))
    ]
    if isinstance(widget, QComboBox):
        shown += [widget.itemText(at) for at in range(widget.count())]
    if isinstance(widget, QTableView) and widget.model() is not None:
        shown += [
            str(widget.model().headerData(at, Qt.Orientation.Horizontal)) for at in range(widget.model().columnCount())
        ]
    for words in shown:
        if isinstance(words, str) and re.search(r"[A-Za-z]{3}", SAME.sub("", words)):
            yield words


def test_colours_are_named_only_in_the_theme() -> None:
    ui = Path(__file__).parent.parent.parent / "mentor_app" / "ui"
    for path in ui.rglob("*.py"):
        if path.name != "theme.py":
            assert not re.search(r"#[0-9A-Fa-f]{6}\b|QColor\(\"|setStyleSheet", path.read_text(encoding="utf-8")), path


def test_the_binding_keeps_count_of_none(qtbot: QtBot) -> None:
    """PySide 6.12.0 on Python 3.11 dropped a reference to None with each call: hours later the app fell over."""
    words = QLabel()
    qtbot.addWidget(words)
    before = sys.getrefcount(None)
    for _ in range(500):
        words.setText("x")
    assert abs(sys.getrefcount(None) - before) < 250
