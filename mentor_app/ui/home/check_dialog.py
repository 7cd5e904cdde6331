"""Is the store sound? Looked at off the GUI thread, told in words; what is computed from the rest can be made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from mentor_app.core.check.problem import Problem
    from mentor_app.core.check.repair import Repaired
    from mentor_app.core.text import Text
    from mentor_app.ui.tasks import Task


def open_check(window: QWidget, context: Context, place: Place) -> None:
    """Check the store, and show what was found."""
    context.present(CheckDialog(window, context))


class CheckDialog(Dialog):
    """A bar while it is looked at, then a sentence and the problems, to be read and copied."""

    not_kept = frozenset({"words"})

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent, context, tr("Check the store"), tr("Repair what can be"), None, 760)
        self.setMinimumHeight(420)
        self.cancel.setText(tr("Close"))
        self.said = label("", wrap=True)
        self.words = QPlainTextEdit(readOnly=True)
        self.words.setAccessibleName(tr("What was found"))
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(self.said)
        column.addWidget(self.bar)
        column.addWidget(self.words, 1)
        self.restore_button = button(tr("Restore a backup…"), self._restore)
        self.restore_button.hide()
        column.addWidget(self.restore_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_content(column)
        self._task: Task[tuple[Repaired, list[Text], Path | None]] | None = None
        self.finished.connect(lambda _: self._stop())
        self._look(False)

    def _look(self, repair: bool) -> None:
        self.said.setText(tr("The store is being repaired…") if repair else tr("Every row is being looked at…"))
        self.bar.setRange(0, 0)
        self.bar.show()
        self.save.setEnabled(False)
        open_store = self.context.open_store

        def work(task: Task[tuple[Repaired, list[Text], Path | None]]) -> tuple[Repaired, list[Text], Path | None]:
            from mentor_app.core.check import examine, not_looked_at
            from mentor_app.core.check.repair import Repaired, back_up
            from mentor_app.core.check.repair import repair as mend
            from mentor_app.core.history.found_wrong import called

            store, copies = open_store(), list[Path | None]()
            if repair:
                made = mend(store, lambda: copies.append(back_up(store)))
            else:
                notes: list[Problem] = []
                made = Repaired(done=[], failed=[], left=examine(store, task.report, notes), notes=notes)
            made = replace(made, left=called(store, made.left), notes=called(store, made.notes))
            with store.read() as connection:
                return made, not_looked_at(connection), copies[0] if copies else None

        self._task = self.context.tasks.run(work)
        self._task.then(lambda found: self._show(*found), self._failed, progress=self._progress)

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _failed(self, error: Exception) -> None:
        self._task = None
        self.bar.hide()
        self.said.setText(tr("The store could not be looked at."))
        self.context.tasks.failed.emit(error)

    def _show(self, made: Repaired, unseen: list[Text], copy: Path | None) -> None:
        from mentor_app.core.check.problem import ON_SERVER

        self._task = None
        self.bar.hide()
        if made.left:
            count = len(made.left)
            self.said.setText(current().plural("The store has one problem.", "The store has {n} problems.", count))
        else:
            self.said.setText(tr("The store is sound."))
        lines = [] if copy is None else [tr("The store as it was is kept in {file}.", file=copy)]
        lines += [words.render(current()) for words in (*made.done, *made.failed)]
        for advice in dict.fromkeys(one.advice for one in made.left):
            held = (one for one in made.left if one.advice == advice)
            lines += ["", tr(advice), *(f"· {one.told(current())}" for one in held)]
        lines += ["", *(one.told(current()) for one in made.notes)] if made.notes else []
        lines += [words.render(current()) for words in unseen]
        self.words.setPlainText("\n".join(lines).strip())
        self.words.setVisible(bool(lines))
        self.save.setEnabled(any(problem.repairable for problem in made.left) and not made.failed)
        self.restore_button.setVisible(any(problem.advice in ON_SERVER for problem in made.left))
        if made.done:
            self.context.tasks.changed.emit(frozenset({"pipeline", "playbooks"}))

    def _restore(self) -> None:
        self.reject()
        self.context.go(Place("store", "restore"))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @override
    def work(self) -> None:
        self._look(True)
