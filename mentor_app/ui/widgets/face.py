"""A face of a page that has several: it says what the header shows for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from mentor_app.ui.context import Context


class Face(QWidget):
    """``title``, ``note`` and ``mark`` (a word with its state) stand in the header beside ``buttons``.

    Of the buttons those in ``shown`` are visible. ``headed`` says that any of this has changed.
    """

    headed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.title, self.note = "", ""
        self.mark: tuple[str, str] = ("", "plain")
        self.buttons: list[QPushButton] = []
        self.shown: set[QPushButton] = set()

    def show_id(self, key: int) -> None:
        """Show the record with this id, for faces that show one."""

    def reload(self) -> None:
        """Read what is shown again."""

    def may(self, *roles: str) -> bool:
        """Whether whoever works here carries one of these roles; with nobody chosen nothing is kept back."""
        me: Any = self._context.me
        return me is None or bool(set(roles) & set(me.roles))
