"""One playbook: written part by part and kept while it is typed, read as it will look, reviewed at its passages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QDialog,
    QMenu,
    QPushButton,
    QVBoxLayout,
)

from mentor_app.core.errors import Gone
from mentor_app.core.playbooks.rules import STATES, Form, Part, PlaybookState, as_stored
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.playbooks.book_files import attach, open_copy, read_parts, write_document
from mentor_app.ui.playbooks.part_form import PartForm
from mentor_app.ui.playbooks.part_list import PartList
from mentor_app.ui.playbooks.part_meeting import put_together, show_kept
from mentor_app.ui.playbooks.part_saver import NEW, PartSaver, Unsaved, part_place
from mentor_app.ui.playbooks.review import Review
from mentor_app.ui.tasks import after
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.file_dialogs import ask_open, ask_save
from mentor_app.ui.widgets.layouts import row_in
from mentor_app.ui.widgets.links import Link, LinkCard
from mentor_app.ui.widgets.views import View

if TYPE_CHECKING:
    from mentor_app.core.history.brought_back import Removal
    from mentor_app.core.playbooks.queries import Attachment, Whole
    from mentor_app.core.store import Connection

PLAYBOOK_LOOK = {
    PlaybookState.NOT_STARTED: "plain",
    PlaybookState.DRAFT: "plain",
    PlaybookState.IN_REVIEW: "accent",
    PlaybookState.CHANGES: "bad",
    PlaybookState.APPROVED: "good",
    PlaybookState.OUT_OF_DATE: "due",
}


class PlaybookEditor(View):
    """Parts at the left, the chosen one in the middle, how it reads and what was said at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.whole: Whole | None = None
        self.mine = self.writable = False
        self._editing: int | None = None
        self._wanted: str | None = None
        self._stored: dict[int, Part] = {}
        self.meeting: QDialog | None = None
        self._begun_over: Part | None = None
        self._removed_here: int | None = None
        self._written: int | None = None
        self._new = self._drafts_read = False
        self._drafts_of: int | None = None
        row = row_in(self)
        self.parts = PartList(self.add, self._move, self._remove)
        self.parts.chosen.connect(self._chosen)
        row.addWidget(self.parts, 5)
        self.form = PartForm(context)
        self.form.typed.connect(self._typed)
        self.form.theirs_wanted.connect(self._put_together)
        self.form.mine_wanted.connect(self._store_instead)
        self.form.mine_dropped.connect(self._drop_mine)
        row.addWidget(self.form, 8)
        row.addLayout(self._build_right(), 7)
        self._build_actions()
        self._saver = PartSaver(self, context, self._part_taken, self._part_overtaken, self._say_unsaved)
        self._autosave = context.autosave(self, self.keep, leaving=self._saver.save_typed)

    def _build_right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self.review = Review(self._context, lambda: self.parts.at)
        column.addWidget(self.review, 1)
        self.files = LinkCard(tr("Attachments"), tr("None"), shown=5)
        column.addWidget(self.files)
        return column

    def _build_actions(self) -> None:
        self.more = QPushButton(tr("More"))
        menu = QMenu(self)
        self.more_actions = {
            key: menu.addAction(words, work)
            for key, words, work in (
                ("attach", tr("Attach a file…"), self._attach),
                ("import", tr("Read from a file…"), self._import),
                ("export", tr("Export…"), self._export),
                ("compare", tr("Compare versions…"), self.compare),
                ("take_back", tr("Take back from review"), self._take_back),
                ("withdraw", tr("Withdraw the approval…"), self.review.withdraw),
                ("history", tr("History…"), lambda: self._context.go(Place("history", "playbook", self.id))),
            )
        }
        self.more.setMenu(menu)
        self.submit = button(tr("Hand in for review"), self._submit, primary=True)
        self.changes = button(tr("Ask for changes…"), self.review.ask_for_changes)
        self.approve = button(tr("Approve"), self.review.approve, primary=True)
        self.buttons = [self.more, self.changes, self.submit, self.approve]

    # -- reading

    @override
    def show_id(self, key: int) -> None:
        if key != self.id:
            self._autosave.flush()
            self.id, self.whole, self._editing, self._stored = key, None, None, {}
            self._wanted, self._drafts_read, self._new = None, False, False
            self.review.turn_to(key)
        self.reload()

    @property
    def part(self) -> str:
        """The part that is written here now, as ``choose`` takes it; empty where none is."""
        return "" if self._editing is None else str(self._editing or "new")

    def choose(self, part: str) -> None:
        """Show this part (its id, or "new" for one begun and not stored) once it, and its draft, has been read."""
        self._autosave.flush()
        self._wanted, self._drafts_read = part, False
        self.reload()

    @override
    def reload(self) -> None:
        wanted, today, part, actor = self.id, self._context.today(), self._editing, self._context.actor()
        typed = {part or NEW, *self._saver.keys_of(wanted)} - {NEW}

        def read(connection: Connection) -> tuple[Whole, list[Attachment], str | None, dict[int, Removal]] | None:
            from mentor_app.core.history.brought_back import brought_back_by, removals
            from mentor_app.core.playbooks.queries import attachments_of, whole

            by = brought_back_by(connection, "playbook_part", part, actor) if part else None
            try:
                found = whole(connection, wanted, today)
            except Gone:
                return None
            missing = typed - {draft.id for draft in found.parts}
            gone = removals(connection, "playbook_part", missing, actor) if missing else {}
            return found, attachments_of(connection, wanted), by, gone

        self._context.query(read, lambda found: self._left(wanted) if found is None else self._arrived(*found, part))

    def _left(self, book: int) -> None:
        """The playbook is not there any more; what was typed for it stands among the drafts."""
        if book == self.id:
            self._autosave.flush()
            self._context.tell_gone(Gone().render(current()))
            self.vanished.emit()

    def _arrived(
        self, whole: Whole, files: list[Attachment], by: str | None, gone: dict[int, Removal], part: int | None
    ) -> None:
        if whole.playbook.id != self.id:
            return
        removed = {key: _who_removed(removal) for key, removal in gone.items()}
        if part == self._editing:
            if by is not None:
                self._hold_what_went(whole, tr("{name} took it back", name=by))
            elif part in gone and self._is_written_here(gone[part]):
                self._hold_what_went(whole, removed[part])
        if self._removed_here in gone:
            self._removed_here = None
        self._saver.look_again(self.id, {draft.id: draft.part for draft in whole.parts}, removed)
        self.whole = whole
        book = whole.playbook
        me = self._context.me
        self.mine = me is None or me.id == book.owner_id
        self.writable = self.mine and book.state != PlaybookState.IN_REVIEW
        self.title = book.title
        self.mark = (tr(STATES[book.state]), PLAYBOOK_LOOK[book.state])
        parts = [book.kind.name(current().language), book.owner]
        if book.due_on is not None and book.owed:
            late = (self._context.today() - book.due_on).days
            parts.append(
                plural("{n} day overdue", "{n} days overdue", n=late)
                if late > 0
                else tr("due {date}", date=book.due_on)
            )
        if book.helped or book.not_helped:
            parts.append(tr("helped {yes}, did not help {no}", yes=book.helped, no=book.not_helped))
        self.note = " · ".join(parts)
        self._take_up_drafts()
        self._show_list()
        reviews = self.may("playbooks.approve") and me is not None and me.id != book.owner_id
        reading = book.state == PlaybookState.IN_REVIEW
        self.shown = {self.more}
        if self.writable:
            self.shown.add(self.submit)
        if reading and reviews:
            self.shown |= {self.changes, self.approve}
        self.review.show_book(whole, may_comment=reading and reviews)
        self.files.show_links(
            [
                Link(file.name, open=partial(open_copy, self._context, file), badge=(_size(file.size), "plain"))
                for file in files
            ]
        )
        self.files.setVisible(bool(files))
        self.more_actions["attach"].setVisible(self.mine)
        self.more_actions["import"].setVisible(self.writable)
        self.more_actions["take_back"].setVisible(self.mine and reading)
        self.more_actions["withdraw"].setVisible(reviews and whole.approved is not None)
        self.more_actions["compare"].setVisible(len(whole.versions) > 1)
        self.more_actions["export"].setVisible(bool(whole.versions))
        self.headed.emit()

    def _hold_what_went(self, whole: Whole, reason: str) -> None:
        """What stands in the form was taken back or removed elsewhere, or a backup from before was restored: the words stay
        here, and one decides what becomes of them."""
        key = self._editing
        if not key or not self.writable or self._is_unsaved(key):
            return  # what is being typed is held back when it is saved
        mine = self.form.part()
        now = next((draft.part for draft in whole.parts if draft.id == key), None)
        if (mine.body.strip() or mine.title.strip()) and (now is None or as_stored(now) != as_stored(mine)):
            with suppress(OSError):
                self._saver.hold(self.id, key, self.title, mine, reason, gone=now is None)

    def _is_written_here(self, removal: Removal) -> bool:
        """Whether somebody is at work on the part shown, and has neither removed it here nor taken back that it was made."""
        here = self._editing == self._removed_here or (removal.own and removal.back)
        return not here and (self._editing == self._written or self._is_typing())

    def _is_typing(self) -> bool:
        """Whether the next key would go into the part shown."""
        focused = self.window().focusWidget()
        return focused is not None and self.form.isAncestorOf(focused)

    def _items(self) -> list[tuple[int | None, Part]]:
        """What is listed: the draft for its writer, else the version in review, or the one everybody reads; for those who
        review where nobody reads one yet, what was handed in last."""
        whole = self._known()
        if self.writable:
            self._stored = {draft.id: draft.part for draft in whole.parts}
            begun = self._saver.of_part(self.id, NEW)
            typing = self._editing == NEW and self._autosave.pending  # what was read just now does not know of it yet
            self._new = begun is not None or typing or (self._new and self._editing in (NEW, None))
            items: list[tuple[int | None, Part]] = [(draft.id, draft.part) for draft in whole.parts]
            if self._new:
                items.append((NEW, begun.part if begun is not None else Part(title="")))
            return items + self._removed_elsewhere()
        versions = {v.number: v for v in whole.versions}
        reviewed = whole.playbook.state == PlaybookState.IN_REVIEW
        if whole.approved is None:
            reviewed |= self.may("playbooks.approve")
        number = max(versions, default=0) if reviewed else whole.approved or 0
        if number in versions:
            return [(None, part) for part in versions[number].parts]
        return [(None, draft.part) for draft in whole.parts if self.mine]

    def _removed_elsewhere(self) -> list[tuple[int | None, Part]]:
        """Parts that are gone, with what was typed into them here and not stored."""
        found = {key: self._saver.of_part(self.id, key) for key in self._saver.keys_of(self.id)}
        gone: dict[int | None, Part] = {
            key: one.part for key, one in found.items() if one and key != NEW and key not in self._stored
        }
        if self._editing and self._editing not in self._stored and (self._autosave.pending or self._editing in gone):
            gone[self._editing] = self.form.part()
        return list(gone.items())

    def _is_unsaved(self, key: int) -> bool:
        return self._autosave.pending or self._saver.of_part(self.id, key) is not None

    def _known(self) -> Whole:
        """The playbook shown; what needs it can be reached only once it is here."""
        assert self.whole is not None
        return self.whole

    def _show_list(self) -> None:
        items, kept = self._items(), self.parts.at
        self._shown_items = items
        keys = [str(key) for key, _ in items]
        chosen = str(NEW) if self._wanted == "new" else self._wanted
        if chosen in keys:
            kept, self._wanted = keys.index(chosen), None
        elif self._editing is not None and str(self._editing) in keys:
            kept = keys.index(str(self._editing))
        elif self._editing and self._is_typing():
            self.parts.list.setFocus()  # it is gone: no key is meant for the one shown in its place
        unwritable = self._wanted if not (self.writable and self._wanted == "new") else None
        if unwritable and show_kept(self, self._context, Place("playbooks", "part", self.id, unwritable)):
            self._wanted = None
        wanted = self._known().playbook.wanted
        self.parts.fill([part for _, part in items], kept, wanted, self.writable)
        self._show_part()

    def _chosen(self) -> None:
        if self.whole is not None:  # else another playbook is just being read
            self._wanted = None
            self._show_part()

    def _show_part(self) -> None:
        row = self.parts.at
        key, part = self._shown_items[row] if 0 <= row < len(self._shown_items) else (None, Part(title=""))
        unsaved = self._saver.of_part(self.id, key) if self.writable and key is not None else None
        same = self.writable and key is not None and key == self._editing
        if same and (self._autosave.pending or unsaved is not None or as_stored(self.form.part()) == as_stored(part)):
            self._say_unsaved()
            return  # what is being typed stands, as do its cursor and its blanks
        if not (self._editing is None and key is None and self._autosave.pending):
            self._autosave.flush()
        self._written = self._written if key == self._editing else None
        self._editing = key
        unsaved = self._saver.of_part(self.id, key) if self.writable and key is not None else None  # kept just now
        if unsaved is not None:
            part = unsaved.part
        entry = self._known().playbook.kind.form == Form.ENTRIES
        self.form.show_part(part, entry, self.writable)
        self.form.setVisible(self.writable)
        self.review.show_text(part.body, "" if self.writable else part.title)
        self._point_out_alike()
        self._say_unsaved()

    # -- writing

    def _typed(self) -> None:
        if not self.writable or self.whole is None:
            return
        if self._editing is None:
            self._editing = NEW
        self._written = self._editing
        if not self._autosave.pending:  # what is read again before this is kept was not seen by whoever types
            self._begun_over = self._stored.get(self._editing)
        self.form.saved.setText("")
        self.review.show_text(self.form.text.toPlainText())
        self._point_out_alike()
        self._autosave.touch()

    def _point_out_alike(self) -> None:
        asks = self.writable and self._known().playbook.kind.form == Form.ENTRIES
        others = [part.title for key, part in self._shown_items if key != self._editing]
        self.form.alike.look(self.form.heading.text() if asks else "", self.id, others)

    def keep(self) -> None:
        """Keep what is typed: on this computer at once, in the store when typing pauses. OSError where it can't be."""
        self._autosave.forget()
        key = self._editing
        if self.whole is not None and key is not None and self.writable:
            part, before = self.form.part(), self._stored.get(key)
            if self._saver.of_part(self.id, key) is not None or as_stored(before or Part(title="")) != as_stored(part):
                self._saver.keep(self.id, key, self.title, part, self._begun_over)
                return
            self._context.drafts.drop(part_place(self.id, key))
        self._saver.keep_drafts()

    def _part_taken(self, book: int, key: int, stored: int, part: Part, newer: bool) -> None:
        if book != self.id:
            return
        self._stored[stored] = part
        if key == NEW:
            self._new = False
            self._wanted = str(stored) if self._wanted == "new" else self._wanted
        if self._editing == key:
            self._editing = self._written = stored
            self._begun_over = part  # whoever types goes on from there, also where it was typed before it was stored
            if not newer:
                self.form.saved.setText(tr("Saved."))

    def _part_overtaken(self, book: int, _key: int) -> None:
        """Somebody else has written the part since it was read here: what is typed stands, and one says what is right."""
        if book == self.id:
            self.reload()

    def _put_together(self) -> None:
        """My words and theirs as they stand by now side by side; what is chosen is stored."""
        self._autosave.flush()
        book, wanted, today = self.id, self._editing, self._context.today()

        def read(connection: Connection) -> list[Part]:
            from mentor_app.core.playbooks.queries import whole

            return [draft.part for draft in whole(connection, book, today).parts if draft.id == wanted]

        def show(parts: list[Part]) -> None:
            mine = self._saver.of_part(book, wanted) if wanted is not None else None
            if (self.id, self._editing) == (book, wanted) and wanted is not None and mine is not None and parts:
                self.meeting = put_together(
                    self, self._context, mine, parts[0], partial(self._store_mine, wanted, parts[0])
                )
            elif not parts:
                self.reload()  # removed since: says so, and what can be done now

        self._context.query(read, show)

    def _store_instead(self) -> None:
        if self._editing is not None:
            theirs = self._stored.get(self._editing, Part(title=""))  # where it is gone, it is made anew
            self._autosave.flush()
            self._store_mine(self._editing, theirs)

    def _store_mine(self, key: int, theirs: Part, part: Part | None = None) -> None:
        self.form.text.setFocus()
        self._saver.store_mine(self.id, key, theirs, part)
        if part is not None:
            self._editing = None  # shown with the words of both
            self._show_list()
        self._say_unsaved()

    def _drop_mine(self) -> None:
        if self._editing is None:
            return
        self._autosave.flush()
        book, key, drafts = self.id, self._editing, self._context.drafts.as_now()
        mine = self._saver.of_part(book, key)
        self._saver.drop_mine(book, key)
        self._editing = None  # shown as it is stored
        left = self.parts.list if mine is not None and mine.gone else self.form.text
        left.setFocus()  # no key is meant for the next part
        self._show_list()
        self.reload()  # they may have gone on since
        if mine is not None:
            self._context.toast(tr("Draft discarded."), lambda: self._mine_again(drafts, book, key, mine))

    def _mine_again(self, drafts: DraftKeeper, book: int, key: int, mine: Unsaved) -> None:
        try:
            mine.keep(part_place(book, key))
        except OSError as error:
            self._context.tell_unkept(error)
            return
        drafts.leave(part_place(book, key))
        self._context.go(Place("playbooks", "part", book, str(key)))

    def _once_saved(self, follow: Callable[[], object]) -> None:
        """Do this once everything typed in this playbook is stored, if it is still shown then."""
        self._autosave.touch()
        self._autosave.flush()
        book = self.id
        self._saver.once_saved(book, lambda: follow() if book == self.id else None)

    def _say_unsaved(self) -> None:
        """Say what of this playbook the store would not take: the part shown, else another one by its title."""
        self.form.setEnabled(True)
        unsaved = self._saver.of_part(self.id, self._editing) if self._editing is not None else None
        self.form.say_unsaved(unsaved)
        if unsaved is not None:
            return
        others = sorted((one for one in self._saver.of_book(self.id) if one.reason), key=lambda one: one.held)
        if others:
            self.form.say_other(others[0])
        elif not self._autosave.pending and self.form.saved.text() != tr("Saved."):
            self.form.saved.setText("")

    def _take_up_drafts(self) -> None:
        """What was typed into parts of this playbook and not stored, before the window was closed or made anew."""
        me = self._context.me.id if self._context.me is not None else None
        if (self._drafts_read and self._drafts_of == me) or not self.writable:
            return
        self._drafts_read, self._drafts_of = True, me
        stored = {draft.id: draft.part for draft in self._known().parts}
        keys = self._saver.take_up(self.id, self.title, stored)
        if self._editing in keys and not self._autosave.pending:
            self._editing = None  # shown as it is stored until now
        if any(key != NEW and key not in stored for key in keys):
            after(0, self, self.reload)  # asks who removed them
        if self._saver.of_book(self.id):
            self.form.saved.setText(tr("What was not saved yet is here again."))
            after(0, self, self._saver.save_all)

    def add(self) -> None:
        """A new section or entry at the end, once what is typed is stored; it is stored itself when something stands in it."""
        self.parts.list.setFocus()  # meanwhile nothing goes into the part shown
        self.form.setEnabled(False)
        self._once_saved(self._begin_new)

    def _begin_new(self) -> None:
        self._new, self._editing, self._wanted = True, None, "new"
        self.form.setEnabled(True)
        self._show_list()
        self.form.heading.setFocus()

    def _move(self, by: int) -> None:
        from mentor_app.core.playbooks.actions import move_part

        def move() -> None:
            if self._editing:
                self._context.act(move_part, self.id, self._editing, by)

        self._once_saved(move)

    def _remove(self) -> None:
        if self._editing is not None:
            self._once_saved(self._remove_saved)

    def _remove_saved(self) -> None:
        from mentor_app.core.playbooks.actions import remove_part

        context, book, gone = self._context, self.id, self._editing
        if gone == NEW:  # nothing typed yet
            self._new, self._editing = False, None
            self._show_list()
        if not gone or gone not in self._stored:
            return
        part, self._editing, self._removed_here = self._stored[gone], None, gone
        self.parts.rest()
        context.act(remove_part, book, gone, before=part).then(lambda _: context.toast(tr("Removed.")))

    def _submit(self) -> None:
        from mentor_app.core.playbooks.actions import submit

        context, book = self._context, self.id
        handed = tr("Handed in; it waits for review.")
        self._once_saved(lambda: context.act(submit, book).then(lambda _: context.toast(handed)))

    def _take_back(self) -> None:
        from mentor_app.core.playbooks.actions import take_back

        context, book = self._context, self.id
        self._once_saved(lambda: context.act(take_back, book))

    def _import(self) -> None:
        kinds = "DOCX, XLSX, CSV, Markdown (*.docx *.xlsx *.csv *.md *.txt)"
        ask_open(self, tr("Read from a file…"), kinds, partial(read_parts, self, self._context, self.id))

    def _attach(self) -> None:
        ask_open(self, tr("Attach a file…"), "", partial(attach, self._context, self.id))

    def _export(self) -> None:
        from mentor_app.transfer.files import safe_name

        if self.whole is None:
            return
        kinds, write = "DOCX (*.docx);;PDF (*.pdf);;Markdown (*.md)", partial(write_document, self._context, self.whole)
        ask_save(self, tr("Export…"), safe_name(self.title) + ".docx", kinds, write)

    def compare(self) -> None:
        """Two versions side by side, line by line."""
        self._context.go(Place("playbooks", "compare", self.id))


def _who_removed(removal: Removal) -> str:
    return tr("{name} took it back", name=removal.by) if removal.back else tr("{name} removed it", name=removal.by)


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, size >> 10)} KB"
