"""Questions that say nearly the same as the one being written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import ElidedLabel

if TYPE_CHECKING:
    from mentor_app.core.store import Connection


class Alike(ElidedLabel):
    """Names them: those of this playbook at once, those of others when typing pauses."""

    def __init__(self, context: Context) -> None:
        super().__init__("", "error")
        self._context = context
        self._asked = 0
        self._question, self._book = "", 0
        self._titles: list[str] = []
        self._elsewhere = timer(self, 300, self._look_elsewhere)

    def look(self, question: str, book: int, others: Sequence[str]) -> None:
        """Name what is like ``question`` among ``others``, the further questions of its playbook, and elsewhere."""
        self._asked += 1
        self._question, self._book = question, book
        titles: list[str] = []
        self._elsewhere.stop()
        if question.strip():
            from mentor_app.core.playbooks.rules import nearly_the_same

            titles = [title for _, title, _ in nearly_the_same(question, [(0, other) for other in others])]
            self._elsewhere.start()
        self._show(titles)

    def _look_elsewhere(self) -> None:
        asked, question, own = self._asked, self._question, self._book

        def read(connection: Connection) -> list[str]:
            from mentor_app.core.playbooks.queries import alike

            return alike(connection, question, own)

        def show(titles: list[str]) -> None:
            if asked == self._asked and titles:
                self._show([*self._titles, *titles])

        self._context.query(read, show)

    def _show(self, titles: list[str]) -> None:
        self._titles = titles
        self.setText(tr("Nearly the same: {titles}", titles=" · ".join(titles)) if titles else "")
        self.setVisible(bool(titles))
