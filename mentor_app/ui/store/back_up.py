"""Back up to a place of one's own: a file with everything in it, written off the GUI thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTextEdit, QWidget

from mentor_app.core.location import is_server
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.file_dialogs import ask_save
from mentor_app.ui.widgets.message_box import tell

if TYPE_CHECKING:
    from mentor_app.core.store.kept import Backup
    from mentor_app.ui.tasks import Task


def tell_of_server(window: QWidget) -> None:
    """How a store on a server is backed up, with the lines to copy."""
    lines = (
        "pg_dump --format=custom --file=team.dump --dbname=postgresql://user@server/team\n"
        "pg_restore --exit-on-error --no-owner --dbname=postgresql://user@server/team2 team.dump"
    )
    words = tr(
        "What is on a server is backed up there, with PostgreSQL's own programs. The second line brings it back into a "
        "new, empty database."
    )
    box = tell(window, tr("Backups of a server"), words, lines, shown=True)
    for field in box.findChildren(QTextEdit):  # a line to copy stands on one line
        field.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        field.setMinimumWidth(max(map(field.fontMetrics().horizontalAdvance, lines.split("\n"))) + 48)


def back_up_to(window: QWidget, context: Context) -> None:
    """Ask where to, write, say what was written."""
    if is_server(context.place()):
        tell_of_server(window)
        return

    def write(to: Path) -> None:
        def work(task: Task[Backup]) -> Backup:
            from mentor_app.core.check.backups import back_up_to, refuse_unfit

            made = back_up_to(context.open_store(), to, task.report)
            refuse_unfit(made)
            return made

        def written(made: Backup) -> None:
            size = f"{max(0.1, made.size / 1e6):,.1f}"
            context.toast(tr("Backed up to {file} ({n} MB), and found to be sound.", file=made.path, n=size))

        context.toast(tr("Backing up…"))
        context.tasks.run(work).then(written)

    stem = Path(context.place()).stem
    name = f"{stem}-{context.today():%Y-%m-%d}.sqlite"
    ask_save(window, tr("Back up to…"), name, tr("Backup (*.sqlite)"), write)
