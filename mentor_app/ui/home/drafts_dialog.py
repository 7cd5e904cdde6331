"""Everything begun and not finished: to be read, gone on with or discarded, also where its record is gone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPlainTextEdit, QWidget

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES
from mentor_app.ui.context import Context
from mentor_app.ui.draft_titles import in_this_language
from mentor_app.ui.drafts import Draft, Json, legible
from mentor_app.ui.i18n import told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import timer
from mentor_app.ui.widgets.controls import button, plain_tip
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.meant import REST


def open_drafts(window: QWidget, context: Context, place: Place) -> None:
    """The drafts of whoever works here."""
    if context.drafts.all():
        context.present(DraftsDialog(window, context))
    else:
        context.toast(tr("Nothing is unfinished."))


_NAMES = {"kind": {key: kind.name for key, kind in KINDS.items()}, "fields.phase": PHASES, "fields.part": PARTS}
"""What stands for a word to choose in the form for an entry of the logbook."""


def _named(draft: Draft) -> dict[str, Json]:
    """What a draft holds, choices by their names."""
    values = dict(draft.values)
    for field, names in _NAMES.items() if draft.place.room == "logbook" else ():
        value = values.get(field)
        key = value.get("chosen") if isinstance(value, dict) else None
        if isinstance(key, str) and key in names:
            values[field] = tr(names[key])
    return values


class DraftsDialog(Dialog):
    """The list on the left, the chosen draft's words on the right."""

    not_kept = frozenset({"list", "words"})

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent, context, tr("Not finished"), tr("Go on"), None, 760)
        self.setMinimumHeight(420)
        self.cancel.setText(tr("Close"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Drafts"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _: self.save.click())
        self.words = QPlainTextEdit(readOnly=True)
        self.words.setAccessibleName(tr("What was typed"))
        self.drop = button(tr("Discard the draft"), self._drop)
        self.buttons.insertWidget(0, self.drop)
        content = QHBoxLayout()
        content.setSpacing(16)
        content.addWidget(self.list, 1)
        content.addWidget(self.words, 1)
        self.set_content(content)
        self._dropped: list[Draft] = []
        self._rest = timer(self, REST, lambda: self._show(self.list.currentRow()))
        self._fill(0)
        self.list.setFocus()

    def _fill(self, row: int) -> None:
        self._all = self.context.drafts.all()
        self.list.blockSignals(True)
        self.list.clear()
        for draft in self._all:
            title = in_this_language(draft.title)
            self.list.addItem(told(f"{draft.at.astimezone():%Y-%m-%d %H:%M}  {title}"))
            self.list.item(self.list.count() - 1).setToolTip(plain_tip(title))
        self.list.setCurrentRow(min(row, len(self._all) - 1))
        self.list.blockSignals(False)
        self._show(self.list.currentRow())

    def _show(self, row: int) -> None:
        chosen = row >= 0
        self.words.setPlainText(told("\n\n".join(legible(_named(self._all[row])))) if chosen else "")
        self.save.setEnabled(chosen)
        self.drop.setEnabled(chosen and not self._rest.isActive())

    def _drop(self) -> None:
        row = self.list.currentRow()
        drafts = self.context.drafts.as_now()
        self._dropped.append(self._all[row])
        drafts.drop_draft(self._all[row])
        self._rest.start()  # the next draft moves up: no second press is meant for it
        self._fill(row)
        self.list.setFocus()

        def again() -> None:
            draft = self._dropped[-1]
            try:
                drafts.put(draft.place, draft.title, draft.values)
            except OSError as error:  # the offer stands: to be taken when there is room
                reason = reason_of(error)
                self.failed(UserError("The draft can't be kept on this computer: {reason}", reason=reason))
                return
            drafts.leave(draft.place)
            self._dropped.pop()
            self._fill(row)
            self.list.setFocus()
            if self._dropped:
                self.offer(tr("Draft discarded."), tr("Undo"), again)
            else:
                self.draft_note.hide()
                self.start_afresh.hide()

        self.offer(tr("Draft discarded."), tr("Undo"), again)

    @override
    def work(self) -> None:
        draft: Draft = self._all[self.list.currentRow()]
        self.finish()
        self.context.drafts.take_up(draft)
        self.context.go(draft.place)
