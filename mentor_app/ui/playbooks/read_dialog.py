"""What was read from an existing document, before it is added to a playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label, shortened
from mentor_app.ui.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from mentor_app.transfer.playbooks import Book


class ReadDialog(Dialog):
    """The questions or headings that were found, and the rows that hold none; nothing is written before it is confirmed."""

    not_kept = frozenset({"titles", "left_out"})

    def __init__(self, parent: QWidget, context: Context, playbook_id: int, file: str, read: Book) -> None:
        super().__init__(parent, context, tr("Read from a file"), tr("Add"), None, 560)
        self._playbook_id, self._file, self._parts = playbook_id, file, read.parts
        content = QVBoxLayout()
        found = plural("{n} part was found in {file}.", "{n} parts were found in {file}.", n=len(read.parts), file=file)
        content.addWidget(label(found, "cardtitle", wrap=True))
        self.titles = _list(tr("Parts found"), [part.title or part.body for part in read.parts])
        content.addWidget(self.titles, 3)
        out = [tr("Row {row}: {why}", row=row, why=why.render(current())) for row, why in read.left_out]
        self.left_out = _list(tr("Rows left out"), out)
        if out:
            content.addWidget(label(plural("{n} row is left out:", "{n} rows are left out:", n=len(out))))
            content.addWidget(self.left_out, 1)
        self.set_content(content)

    @override
    def work(self) -> None:
        from mentor_app.core.playbooks.actions import save_parts

        context, file = self.context, self._file
        self.act(save_parts, self._playbook_id, self._parts).then(
            lambda made: context.toast(
                plural("{n} part read from {file}.", "{n} parts read from {file}.", n=made.result, file=file)
            )
        )


def _list(name: str, lines: list[str]) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName(name)
    made.addItems([shortened(" ".join(line.split()), 120) for line in lines])
    return made
