"""A dialog in steps: where one is, on and back, where the keys go, and how far the work between two steps is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QComboBox, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.layouts import Pages, show_in_scroll_area

if TYPE_CHECKING:
    from mentor_app.ui.tasks import Task

T = TypeVar("T")


class StepsDialog(Dialog):
    """Its last step only tells what was done."""

    def __init__(self, parent: QWidget, context: Context, title: str, place: Place) -> None:
        super().__init__(parent, context, title, tr("Next"), place)
        self.steps: list[str] = []
        self._titles: list[str] = []
        self._cancel: Callable[[], None] | None = None
        self._answering = ""
        """The name of the box that was answered, while something is read or tried again for it."""
        self._asked = ""
        """What was said to be answered still."""
        self.trail = label("", "muted")
        self.pages = Pages()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        self.next = self.save
        self.back = button(tr("Back"), lambda: self.go(self.pages.currentIndex() - 1))
        self.buttons.insertWidget(0, self.bar, 1)
        self.buttons.insertWidget(self.buttons.indexOf(self.save), self.back)
        content = QVBoxLayout()
        content.addWidget(self.trail)
        content.addWidget(self.pages, 1)
        self.set_content(content)

    def add_step(self, name: str, title: str, content: QWidget) -> None:
        """One more step, and what is shown on it."""
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.addWidget(content)
        self.pages.addWidget(page)
        self.steps.append(name)
        self._titles.append(title)

    @property
    def step(self) -> str:
        """The step shown."""
        return self.steps[self.pages.currentIndex()]

    def go(self, at: int | str) -> None:
        """Show the step of this number or name."""
        self.pages.setCurrentIndex(self.steps.index(at) if isinstance(at, str) else at)
        self.error.setText("")
        self._show_trail()
        last = self.step == self.steps[-1]
        self.back.setVisible(self.pages.currentIndex() > 0 and not last)
        self.cancel.setVisible(not last)
        self.next.setText(tr("Close") if last else self.wording())
        self.allow_next()
        self._focus_step()

    def wording(self) -> str:
        """What the button says that goes on from here."""
        return tr("Next")

    def allow_next(self) -> None:
        """Whether one can go on from here."""
        self.next.setEnabled(True)

    def _focus_step(self) -> None:
        """Let the keys go to the first field of the step: never to what stands above it and throws the draft away."""
        page = self.pages.currentWidget() or self.pages
        fields = (*page.findChildren(QLineEdit), *page.findChildren(QComboBox), self.next)
        open_to_keys = [one for one in fields if one.isVisibleTo(self) and one.isEnabled()] or [self.next]
        answered = (one for one in open_to_keys if self._answering and one.accessibleName() == self._answering)
        next(answered, open_to_keys[0]).setFocus()
        self._answering = ""

    def hold_focus(self) -> None:
        """Let the box that was answered keep the keys when the step is shown again."""
        answered = self.focusWidget()
        self._answering = answered.accessibleName() if isinstance(answered, QComboBox) else ""

    def in_order(self, fields: Sequence[QWidget]) -> None:
        """Let Tab go through these fields, then through the buttons."""
        for one, other in pairwise((*fields, self.cancel, self.back, self.next)):
            QWidget.setTabOrder(one, other)

    def ask(self, box: QWidget, words: str) -> None:
        """Say what is still to be answered, and where."""
        self._asked = words
        self.error.setText(words)
        show_in_scroll_area(box)
        box.setFocus()

    def ask_no_more(self, open_still: tuple[QWidget, str] | None) -> None:
        """Let go what was asked for, unless it is ``open_still``."""
        if self.error.text() == self._asked and (open_still is None or open_still[1] != self._asked):
            self.error.setText("")

    def _show_trail(self) -> None:
        at = self.pages.currentIndex()
        self.trail.setText("   ›   ".join(f"{'● ' if i == at else ''}{name}" for i, name in enumerate(self._titles)))

    @override
    def reject(self) -> None:
        """Cancel what is under way, else close."""
        if self._cancel is not None:
            self._asked_to_stop = True
            self.error.setText(tr("Cancelling…"))
            self._cancel()
        elif self.step == self.steps[-1]:
            self.finish()
        else:
            super().reject()

    # -- the work between two steps

    def follow(self, task: Task[T], done: Callable[[T], None], recovered: Callable[[], bool] = lambda: False) -> None:
        """Show how far ``task`` is; ``done`` follows it, or the fault is shown, unless one ``recovered`` from it."""
        self.setFocus()  # a button that is switched off hands its keys to the next one
        self.next.setEnabled(False)
        self.back.setEnabled(False)
        self.error.setText("")
        self.bar.setRange(0, 0)
        self.bar.show()

        self._asked_to_stop = False

        def finished(result: T) -> None:
            self._stopped()
            self.error.setText("")
            done(result)
            if self._asked_to_stop:
                self.error.setText(tr("It was too late to cancel: this had just been done."))

        def failed(error: Exception) -> None:
            self._stopped()
            if not recovered():
                self.failed(error)

        def cancelled() -> None:
            self._stopped()
            self.error.setText(tr("Cancelled; nothing was changed."))

        self._cancel = task.then(finished, failed, cancelled, self._progressed).cancel

    def _progressed(self, rows: int, total: int) -> None:
        if rows < total:
            self.bar.setRange(0, total)
            self.bar.setValue(rows)
            self.trail.setText(tr("{n} of about {total} rows", n=f"{rows:,}", total=f"{total:,}"))
        else:  # they are compared and written now
            self.bar.setRange(0, 0)
            self.trail.setText(
                plural(
                    "The row is read; the rest takes a moment.",
                    "All {n} rows are read; the rest takes a moment.",
                    n=rows,
                )
            )

    def _stopped(self) -> None:
        self._cancel = None
        self.bar.hide()
        self.next.setEnabled(True)
        self.back.setEnabled(True)
        self._show_trail()
