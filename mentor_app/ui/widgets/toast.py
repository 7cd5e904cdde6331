"""A word in passing, at the foot of the sidebar, where it covers nothing; it may offer one thing to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import button, label, leave_focus, plain_tip, shortened

SHOWN_FOR, OFFERED_FOR = 5_000, 12_000
"""Milliseconds for which a word stands, and one that offers something to do."""
_ROOM = 160  # characters there is room for


class Toast(QFrame):
    """The last thing said, until it has been shown long enough or something else is said."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("toast")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        self.told, self.offer = label("", wrap=True), button(tr("Undo"), self._take)
        self.offer.setObjectName("undo")
        self.offer.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where one works
        self._take_back: Callable[[], object] | None = None
        column.addWidget(self.told)
        column.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()
        self._end = timer(self, SHOWN_FOR, self.hide)

    def say(self, words: str, offered: Callable[[], object] | None = None, offer: str = "") -> None:
        """Say ``words``; with ``offered`` there is a button for it, called ``offer`` or Undo."""
        self.told.setText(shortened(words, _ROOM))
        self.told.setToolTip(plain_tip(words if len(words) > _ROOM else ""))
        self._take_back = offered
        self.offer.setText(offer or tr("Undo"))
        self.offer.setAccessibleName(offer or tr("Undo"))
        self.offer.setVisible(offered is not None)
        self.show()
        self._end.start(OFFERED_FOR if offered is not None else SHOWN_FOR)

    @override
    def setVisible(self, visible: bool) -> None:
        """Where its button was reached by keys, the focus goes back to the page, not on along the sidebar."""
        if not visible:
            leave_focus(self)
        super().setVisible(visible)

    def _take(self) -> None:
        self.hide()
        offered, self._take_back = self._take_back, None
        if offered is not None:
            offered()
