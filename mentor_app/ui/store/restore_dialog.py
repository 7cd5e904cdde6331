"""Going back to a backup: what there is, what it holds beside what is there now, and doing it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.errors import UserError
from mentor_app.core.location import is_server
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.store.back_up import back_up_to, tell_of_server
from mentor_app.ui.widgets.controls import button, label, plain_tip, signed
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.file_dialogs import ask_open
from mentor_app.ui.widgets.layouts import clear

if TYPE_CHECKING:
    from mentor_app.core.store import Store
    from mentor_app.core.store.kept import Backup
    from mentor_app.core.store.restore import Preview, Restored
    from mentor_app.core.text import Text
    from mentor_app.ui.tasks import Task


def open_restore(window: QWidget, context: Context, _place: Place) -> None:
    """The backups there are, or how a server is backed up."""
    if is_server(context.place()):
        tell_of_server(window)
    else:
        context.present(RestoreDialog(window, context))


class RestoreDialog(Dialog):
    """The backups on the left, what the chosen one holds on the right."""

    not_kept = frozenset({"list", "anyway"})

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent, context, tr("Restore a backup"), tr("Restore"), None, 820)
        self.setMinimumHeight(460)
        self.cancel.setText(tr("Close"))
        self._found: list[Backup] = []
        self._shown: Preview | None = None
        self._doubts: list[Text] | None = None
        self._task: Task[Restored] | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Backups"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._chosen)
        self.last = label("", "cardtitle", wrap=True)
        self.warning = label("", wrap=True)
        self.doubt = label("", "error", wrap=True)
        self.doubt.hide()
        self.note = label("", "note", wrap=True)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(6)
        self.grid.setColumnStretch(0, 1)
        self.anyway = QCheckBox()
        self.anyway.toggled.connect(lambda _: self._offer())
        self.anyway.hide()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.hide()
        self.other = button(tr("Another file…"), self._ask_other)
        self.write = button(tr("Back up to…"), lambda: back_up_to(self, context))
        for place, item in enumerate((self.other, self.write)):
            item.setAutoDefault(False)
            self.buttons.insertWidget(place, item)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.last)
        right.addLayout(self.grid)
        right.addWidget(self.warning)
        right.addWidget(self.doubt)
        right.addWidget(self.anyway)
        right.addWidget(self.note)
        right.addStretch()
        right.addWidget(self.bar)
        content = QHBoxLayout()
        content.setSpacing(24)
        content.addWidget(self.list, 2)
        content.addLayout(right, 3)
        self.set_content(content)
        self._show(None)
        context.tasks.run(lambda _task: self._read()).then(self._arrived, self.failed)

    def _read(self) -> list[Backup]:
        from mentor_app.core.store.kept import listed

        return listed(self.context.place())

    def _arrived(self, found: list[Backup]) -> None:
        from mentor_app.core.store.kept import REASONS
        from mentor_app.core.store.telling import examined

        self._found = [*found]
        self.list.clear()
        for one in found:
            why = tr(REASONS[one.reason]) if one.reason else one.path.name
            known = examined(one).render(current())
            self.list.addItem(f"{one.at.astimezone():%Y-%m-%d %H:%M}  {why}\n{known}")
            tip = f"{one.path}\n{one.size / 1e6:,.1f} MB\n{known}"
            self.list.item(self.list.count() - 1).setToolTip(plain_tip(tip))
        self._show(None)
        self.list.setFocus()

    def _ask_other(self) -> None:
        ask_open(self, tr("Restore a backup"), tr("Backup (*.sqlite);;All files (*)"), self.look_at)

    def _chosen(self, row: int) -> None:
        if 0 <= row < len(self._found):
            self.look_at(self._found[row].path)

    def look_at(self, path: Path) -> None:
        """Show what a backup holds."""
        self.error.setText("")
        if not any(one.path == path for one in self._found):
            self.list.setCurrentRow(-1)

        def read(_task: Task[Preview]) -> Preview:
            from mentor_app.core.store import restore

            return restore.look(self._store(), self.context.place(), path)

        def refused(error: Exception) -> None:
            self._show(None)
            self.failed(error)

        self.context.tasks.run(read, replaces=("preview", id(self))).then(self._show, refused)

    def _store(self) -> Store | None:
        """The store, on another thread; None where it is lost, or there is none."""
        from mentor_app.core.store import restore

        return restore.opened(self.context.place(), self.context.open_store)

    def _show(self, shown: Preview | None) -> None:
        self._shown, self._doubts = shown, None
        self.anyway.setChecked(False)
        self.anyway.hide()
        self.doubt.hide()
        clear(self.grid)
        self._offer()
        if shown is None:
            self.last.setText(tr("Choose a backup to see what it holds.") if self._found else "")
            self.warning.setText("" if self._found else tr("There are no backups yet."))
            self.note.setText("")
            return
        from mentor_app.core.store.contents import last_change
        from mentor_app.core.store.telling import counted, warnings

        named = [] if any(one.path == shown.path for one in self._found) else [str(shown.path)]
        self.last.setText("\n".join([*named, last_change(shown.then).render(current())]))
        self._row(0, ("", tr("Backup"), tr("Now"), tr("Difference")), "muted")
        for at, one in enumerate(counted(shown), 1):
            now = "–" if one.now is None else f"{one.now:,}"
            difference = "–" if one.now is None else "0" if one.now == one.then else signed(one.then - one.now)
            self._row(at, (tr(one.name), f"{one.then:,}", now, difference))
        self.warning.setText("\n".join(said.render(current()) for said in warnings(shown)))
        self.note.setText(
            tr("What is there now is backed up first. Open windows show the restored data by themselves.")
        )
        self._make_room()
        self._tell_since(shown)
        self._examine(shown)

    def _tell_since(self, shown: Preview) -> None:
        """Name the last things done here that going back would undo."""
        if not shown.changes_since:
            return

        def read(_task: Task[list[Text]]) -> list[Text]:
            from mentor_app.core.history.reading import done_since

            with self.context.open_store().read() as connection:
                return done_since(connection, shown.then.last_id)

        def tell(found: list[Text]) -> None:
            if self._shown is not shown:
                return
            lines = [f"· {one.render(current())}" for one in found]
            lines += ["…"] if (shown.changes_since or 0) > len(found) else []
            self.warning.setText("\n".join([self.warning.text(), *lines]))
            self._make_room()

        self.context.tasks.run(read, only_reads=True, replaces=("since", id(self))).then(tell, lambda _error: None)

    def _examine(self, shown: Preview) -> None:
        """Whether anybody has altered it since it was made; until that is known it is not restored."""

        def look(task: Task[list[Text]]) -> list[Text]:
            from mentor_app.core.check.backups import doubts, examine

            return doubts(shown, examine(shown.path, self.context.place(), task.report))

        def known(said: list[Text]) -> None:
            self._doubts = said
            self.doubt.setText("\n".join(words.render(current()) for words in said))
            self.doubt.setVisible(bool(said))
            self.anyway.setText(
                tr("Restore it all the same") if said else tr("Put it in the place of what is there now, for everybody")
            )
            self.anyway.setVisible(self._asks())
            self._offer()
            self._make_room()

        self.context.tasks.run(look, replaces=("examine", id(self))).then(known, self.failed)

    def _offer(self) -> None:
        """It can be restored once it is known whether it is as it was made, and somebody says that it is to take the place of all."""
        known = self._shown is not None and self._doubts is not None
        self.save.setEnabled(known and self._task is None and (self.anyway.isChecked() or not self._asks()))

    def _asks(self) -> bool:
        """Whether it has to be said: where something is here now, or the backup is doubtful."""
        return bool(self._doubts) or (self._shown is not None and self._shown.now is not None)

    def _row(self, at: int, cells: tuple[str, ...], name: str = "") -> None:
        for column, words in enumerate(cells):
            cell: QLabel = label(words, name)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            cell.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.grid.addWidget(cell, at, column)

    @override
    def work(self) -> None:
        if self._shown is None or self._task is not None:
            return
        if not self.context.flush():
            raise UserError("First what you typed has to be kept on this computer, which can't be done: {reason}",
                            reason=self.context.reason_unkept())  # fmt: skip
        path, actor, context = self._shown.path, self.context.actor(), self.context

        def go_back(task: Task[Restored]) -> Restored:
            from mentor_app.core.store import restore

            now = dt.datetime.now(dt.UTC)
            return restore.go_back(self._store(), context.place(), path, actor, now, progress=task.report)

        self.save.setEnabled(False)
        self.list.setEnabled(False)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._task = context.tasks.run(go_back).then(self._done, self._failed, self._stopped, self._progress)

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _done(self, done: Restored) -> None:
        from mentor_app.core.store.kept import ASIDE_END

        self._task = None
        self.context.reopen()
        before = done.before
        if before is None:
            words = tr("The backup is restored.")
        elif ASIDE_END in before.name:  # it could not be read, and is no backup
            where = f"{before.parent.name}/{before.name}"
            words = tr("The backup is restored. What was there before lies beside it: {file}", file=where)
        else:
            words = tr("The backup is restored. What was there before is the newest in the list.")
        self.context.toast(words)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._stopped()
        self.failed(error)

    def _stopped(self) -> None:
        self._task = None
        self.bar.hide()
        self.list.setEnabled(True)
        self._offer()

    @override
    def reject(self) -> None:
        """Stop what is under way, else close."""
        if self._task is not None:
            self._task.cancel()
        else:
            super().reject()
