"""The window's left side: its pages, and below them language and look, who works here, and the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QVBoxLayout

from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.registry import PAGES
from mentor_app.ui.store_notice import Offer
from mentor_app.ui.widgets.controls import label, plain_tip
from mentor_app.ui.widgets.toast import Toast

_WORDS_WIDE = 150  # pixels there are for a name beside the arrow of its menu


class Sidebar(QFrame):
    """``entries`` are the pages' buttons by room; ``who`` and ``where`` have a menu each."""

    def __init__(self, go: Callable[[Place], object]) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(216)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(2)
        column.addWidget(label(tr("Growth Camp"), "appname"))
        self.entries: dict[str, QPushButton] = {}
        for number, spec in enumerate(PAGES, 1):
            entry = QPushButton(tr(spec.name))
            entry.setCheckable(True)
            entry.setAutoExclusive(True)
            entry.setToolTip(plain_tip(f"Ctrl+{number % 10}"))
            entry.clicked.connect(partial(go, Place(spec.room)))
            self.entries[spec.room] = entry
            column.addWidget(entry)
        column.addStretch()
        self.look, self.who, self.where = (QPushButton() for _ in range(3))
        for below in (self.look, self.who, self.where):
            below.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where one types
            below.setMenu(QMenu(below))
            column.addWidget(below)
        self.look.setText(tr("Language and look"))
        self.who.setAccessibleName(tr("Who is working here"))
        self.where.setAccessibleName(tr("The store and its backups"))
        self.toast = Toast(self, above=self.look, below=self.entries[PAGES[-1].room])

    def offer_looks(self, theme: str, choose: Callable[[str, str], object]) -> None:
        """The languages and themes to choose from; ``choose`` is told the setting and its value."""
        for words, field, value in (
            ("English", "language", "en"),
            ("简体中文", "language", "zh_CN"),
            (tr("Light"), "theme", "light"),
            (tr("Dark"), "theme", "dark"),
        ):
            action = self.look.menu().addAction(words, partial(choose, field, value))
            action.setCheckable(True)
            action.setChecked((current().language if field == "language" else theme) == value)

    def name_store(self, place: str, offers: Sequence[Offer]) -> None:
        """What the store is called, and what can be done with it as a whole."""
        _fit(self.where, place, Qt.TextElideMode.ElideMiddle)
        self.where.setToolTip(plain_tip(f"{tr('The store and its backups')}\n{place}"))
        for words, call in offers:
            self.where.menu().addAction(words, call)

    def name_person(self, words: str) -> None:
        """Who works here."""
        _fit(self.who, words, Qt.TextElideMode.ElideRight)
        self.who.setToolTip(plain_tip(words))


def _fit(named: QPushButton, words: str, cut: Qt.TextElideMode) -> None:
    named.ensurePolished()  # else it is measured in another font
    named.setText(named.fontMetrics().elidedText(words, cut, _WORDS_WIDE).replace("&", "&&"))
