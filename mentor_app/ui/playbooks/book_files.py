"""A playbook's files: a document read in, files attached and opened, a version written out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.tasks import Task

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mentor_app.core.playbooks.queries import Attachment, Whole
    from mentor_app.core.store import Done
    from mentor_app.transfer.playbooks import Book


def read_parts(parent: QWidget, context: Context, book: int, path: Path) -> None:
    """Show the parts of an existing document; those confirmed are added to the playbook."""

    def work(_task: Task[Book]) -> Book:
        from mentor_app.transfer.playbooks import read_book

        return read_book(path)

    def show(read: Book) -> None:
        from mentor_app.ui.playbooks.read_dialog import ReadDialog

        context.present(ReadDialog(parent, context, book, path.name, read))

    context.tasks.run(work).then(show)


def attach(context: Context, book: int, path: Path) -> None:
    """Keep a copy of a file with the playbook."""

    def work(_task: Task[Done[int]]) -> Done[int]:
        from mentor_app.core.playbooks.attachments import attach_file

        return attach_file(context.open_store(), context.actor(), book, path)

    context.tasks.act(work).then(lambda _: context.toast(tr("Attached.")))


@cache
def _copies() -> TemporaryDirectory[str]:
    """Where copies lie that were opened; gone when the app ends."""
    return TemporaryDirectory(prefix="growth-camp-", ignore_cleanup_errors=True)


def open_copy(context: Context, file: Attachment) -> None:
    """Open a verified copy with the system's program for it; the kept file itself is never handed out."""

    def work(_task: Task[Path]) -> Path:
        from mentor_app.core.store.attachments import copy_out, folder_of
        from mentor_app.transfer.files import Folder

        place = Folder(Path(mkdtemp(dir=_copies().name))).file(file.name.rpartition(".")[0], file.kind)
        return copy_out(folder_of(context.open_store().location), file.sha256, place)

    def show(path: Path) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    context.tasks.run(work).then(show)


def write_document(context: Context, whole: Whole, path: Path) -> None:
    """Write the version everybody reads (or the newest) as DOCX, PDF or Markdown."""
    today, translate = context.today(), current()

    def work(_task: Task[Path]) -> Path:
        from mentor_app.transfer.playbooks import document_of, export

        export(path, document_of(whole, None, translate), translate, today)
        return path

    context.tasks.run(work).then(lambda written: context.toast(tr("Written to {file}", file=written)))
