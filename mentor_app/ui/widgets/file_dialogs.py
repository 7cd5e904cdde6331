"""Asking for a file or folder, without a look into the files shown.

Qt's own dialog opens files to find out what they are. Where one of them is the store's, closing it again drops every lock
that SQLite holds on it in this process (POSIX locks belong to the process, not to the handle), and the next program that
touches the store removes its log under us. The icons given here are told by the name alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileInfo
from PySide6.QtGui import QAbstractFileIconProvider, QIcon
from PySide6.QtWidgets import QApplication, QFileDialog, QStyle, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.overriding import override


def ask_open(parent: QWidget, title: str, filters: str, then: Callable[[Path], object]) -> QFileDialog:
    """Ask for an existing file; ``then`` is called with the one chosen. ``filters`` as Qt writes them: "XLSX (*.xlsx)"."""
    dialog = _dialog(parent, title, filters, then)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def ask_save(parent: QWidget, title: str, name: str, filters: str, then: Callable[[Path], object]) -> QFileDialog:
    """Ask where to write, ``name`` proposed; the name's ending follows the filter chosen, and an existing file is asked about."""
    dialog = _dialog(parent, title, filters, then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))

    def follow(chosen: str) -> None:
        suffix = chosen.partition("*.")[2].rstrip(")").split(" ")[0]
        dialog.setDefaultSuffix(suffix)
        typed = dialog.selectedFiles()
        if typed and suffix:
            dialog.selectFile(Path(typed[0]).with_suffix(f".{suffix}").name)

    dialog.filterSelected.connect(follow)
    dialog.open()
    return dialog


def ask_folder(parent: QWidget, title: str, then: Callable[[Path], object]) -> QFileDialog:
    """Ask for an existing folder."""
    dialog = _dialog(parent, title, "", then)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()
    return dialog


_icons: list[_PlainIcons] = []
_last: list[str] = []


def _dialog(parent: QWidget, title: str, filters: str, then: Callable[[Path], object]) -> QFileDialog:
    dialog = QFileDialog(parent, title, _last[-1] if _last else str(_home()), filters)
    if sys.platform.startswith("linux"):  # a desktop's own dialog would look into files here, too
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    if not _icons:  # it must outlive every dialog: Qt does not own it
        _icons.append(_PlainIcons())
    dialog.setIconProvider(_icons[0])

    # Qt's own Chinese lacks these two
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("Look in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, tr("Files of type:"))

    def chosen(path: str) -> None:
        _last[:] = [str(Path(path).parent)]
        then(Path(path))

    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _home() -> Path:
    """Where people keep their files; never the folder the app happens to run in."""
    documents = Path.home() / "Documents"
    return documents if documents.is_dir() else Path.home()


class _PlainIcons(QAbstractFileIconProvider):
    """A folder or a file, told by its name."""

    @override
    def icon(self, of: QFileInfo | QAbstractFileIconProvider.IconType) -> QIcon:
        folder = of.isDir() if isinstance(of, QFileInfo) else of != QAbstractFileIconProvider.IconType.File
        style = QApplication.style()
        return style.standardIcon(QStyle.StandardPixmap.SP_DirIcon if folder else QStyle.StandardPixmap.SP_FileIcon)

    @override
    def type(self, info: QFileInfo) -> str:
        return "" if info.isDir() else info.suffix().upper()
