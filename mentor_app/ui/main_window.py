"""The window: a sidebar and the page chosen in it. It knows the pages' names, not what is in them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QWidget,
)
from shiboken6 import isValid

from mentor_app.core import log
from mentor_app.core.errors import InDoubt, StoreFault, UserError
from mentor_app.core.location import is_server, same_for_all
from mentor_app.core.people.roles import Role
from mentor_app.ui import registry
from mentor_app.ui.context import Context
from mentor_app.ui.customers_found import customer_entries, read_customers
from mentor_app.ui.doubts import look_up
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.erased import ErasedMeanwhile
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.opening import Opening
from mentor_app.ui.overriding import override
from mentor_app.ui.registry import PAGES
from mentor_app.ui.settings import Settings
from mentor_app.ui.sidebar import Sidebar
from mentor_app.ui.store_notice import Offer, with_notice
from mentor_app.ui.taking_back import TakingBack
from mentor_app.ui.tasks import Task, Tasks
from mentor_app.ui.widgets.command_palette import CommandPalette, Entry
from mentor_app.ui.widgets.controls import has_focus, on_keys
from mentor_app.ui.widgets.layouts import row_in
from mentor_app.ui.widgets.page_keys import PageKeys
from mentor_app.ui.widgets.views import Page
from mentor_app.ui.window_store import Host, WindowStore
from mentor_app.ui.working_here import WorkingHere, may_change

if TYPE_CHECKING:
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Store
    from mentor_app.core.text import Text
    from mentor_app.ui.widgets.dialogs import Dialog


WARNED_FOR = 10.0
"""Seconds for which a warning before closing counts: more may be typed after that."""


PRESSED_FOR = 0.5
"""Seconds in which closing again is the same wish: the keys are still held."""


class MainWindow(QMainWindow):
    """Paints at once; the store is opened by the first query, off the GUI thread."""

    restyle = Signal()
    painted = Signal()

    def __init__(self, location: str | None, settings: Settings, user: str, fill_sample: bool = False) -> None:
        super().__init__()
        self.setWindowTitle(tr("Growth Camp"))
        self.resize(1280, 800)
        if settings.maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self._location, self._fill = location, fill_sample
        self._seen: dict[str, bool] = {}
        self._has_painted = False
        self._warned_at = self._waits_since = -WARNED_FOR
        self._errors: list[tuple[Exception, QMessageBox]] = []
        self.dialog: QDialog | None = None
        self._opening: Opening | None = None
        self.tasks = Tasks(self)
        self.tasks.changed.connect(self._changed)
        self.tasks.failed.connect(self.show_error)
        self.tasks.told.connect(self.toast)
        drafts = DraftKeeper(self._drafts_folder(), self._place(), self._owner, self._drafts_changed)
        self.stack = QStackedWidget()
        host = Host(
            is_known=lambda: self._place() in settings.stores,
            fill=self._fill_sample if fill_sample else None,
            reload=self.reload,
            go=self.go,
            toast=self.toast,
            present=self.present,
            today=dt.date.today,
        )
        self.kept = WindowStore(self, location, self.tasks, self.stack, host)
        self.kept.readable.connect(self._readable)
        self.context = Context(
            tasks=self.tasks,
            settings=settings,
            drafts=drafts,
            open_store=self.store,
            reopen=self.kept.reopen,
            place=self.kept.place,
            user=user,
            toast=self.toast,
            go=self.go,
            present=self.present,
            today=dt.date.today,
            who_is_known=not settings.actors.get(self._place()),
            unread=self.kept.not_read,
            was_read=self.kept.was_read,
        )
        self.pages: dict[str, Page] = {}
        self._working = WorkingHere(self.context, self._find, self._place(), fill_sample, self)
        self.become, self.choose_me = self._working.become, self._working.ask
        side = self._sidebar(settings)
        whole = QWidget()
        row = row_in(whole, 0)
        row.addWidget(side)
        row.addWidget(with_notice(self.kept.notice, self.stack, side.toast.foot), 1)
        self._whole = whole
        self.setCentralWidget(whole)
        self.taking_back = TakingBack(self, self.context, self._page)
        self.context.tell_gone = lambda words: None if self.taking_back.is_telling else self.toast(words)
        self.erased = ErasedMeanwhile(self, self.context, self._tell_erased)
        self._take_keys()
        self.go(Place("home"))
        self.stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.stack.setFocus()
        self._once_painted(self.erased.begin)
        if fill_sample or self._working.is_remembered:
            self._once_painted(self._working.look)

    def _take_keys(self) -> None:
        for number, spec in enumerate(PAGES, 1):
            on_keys(self, f"Ctrl+{number % 10}", partial(self.go, Place(spec.room)))
        on_keys(self, "Ctrl+Z", self.taking_back.undo)
        for keys in ("Ctrl+Shift+Z", "Ctrl+Y"):
            on_keys(self, keys, self.taking_back.redo)
        on_keys(self, "Ctrl+K", self.find_anything)
        on_keys(self, "F5", self.read_anew)
        on_keys(self, "Ctrl+L", self.log)
        on_keys(self, "Ctrl+E", partial(self.go, Place("ramp", "export")))
        on_keys(self, "Ctrl+Shift+E", self._export_list)
        on_keys(self, "Ctrl+F", partial(self.go, Place("playbooks", "search")))
        self._quit_on_keys(self)
        PageKeys(self)

    def _quit_on_keys(self, shown: QWidget) -> None:
        """Ctrl+Q in a window or dialog, and what else this desktop quits with, closes the app."""
        for keys in {QKeySequence("Ctrl+Q"), *QKeySequence.keyBindings(QKeySequence.StandardKey.Quit)}:
            on_keys(shown, keys.toString(), self.close)

    def take_over(self, old: MainWindow) -> None:
        """Whoever worked in the old window works here from the start: drafts are looked for under their name."""
        self._working.take_over(old._working)

    def _somebody_else(self) -> None:
        """Somebody else works here from now on."""
        self._changed(frozenset({"me"}))
        if is_server(self._location or ""):
            look_up(self.context)

    def _sidebar(self, settings: Settings) -> Sidebar:
        side, working = Sidebar(self.go), self._working
        side.offer_looks(settings.theme, self._set)
        side.name_store(self.kept.name(), self._about_store())
        side.name_person(self.context.user)
        side.who.menu().aboutToShow.connect(lambda: working.fill(side.who.menu()))
        working.named.connect(side.name_person)
        working.changed.connect(self._somebody_else)
        working.chosen.connect(side.toast.hide)  # what it offers to undo was another's doing
        self._buttons, self.who, self.where = side.entries, side.who, side.where
        self._toast = side.toast
        self.told, self.undo = self._toast.told, self._toast.offer
        return side

    def tell_again(self, old: MainWindow) -> None:
        """What went wrong in the old window and was not read yet."""
        for error, box in old._errors:
            if isValid(box) and box.isVisible():
                self.show_error(error)

    def _place(self) -> str:
        """What tells this store from others, in the settings and for its drafts."""
        return same_for_all(self._location or "")

    def log(self) -> None:
        """Ctrl+L, from anywhere: log a session."""
        self.go(Place("logbook", "log"))

    def _export_list(self) -> None:
        """Ctrl+Shift+E: the list that has the focus, else the first one of the page."""
        from mentor_app.ui.widgets.table import Table

        lists = [found for found in self._page().findChildren(Table) if found.isVisible()]
        lists.sort(key=lambda found: not has_focus(found))
        if lists:
            lists[0].export()
        else:
            self.toast(tr("There is no list here to export."))

    def _find(self, words: str, entries: list[Entry]) -> CommandPalette:
        self.finder = CommandPalette(self, words, entries)
        self.finder.open()
        return self.finder

    def find_anything(self) -> None:
        """Ctrl+K: pages and commands at once, people and customers as soon as they are read."""
        entries = [Entry(tr(spec.name), tr("page"), partial(self.go, Place(spec.room))) for spec in PAGES]
        for spec in PAGES:
            entries += [Entry(tr(words), tr(spec.name), partial(self.go, place)) for words, place in spec.commands]
        entries.append(Entry(tr("Log a session"), "Ctrl+L", self.log))
        entries.append(Entry(tr("Find an answer"), "Ctrl+F", lambda: self.go(Place("playbooks", "search"))))
        entries.append(Entry(tr("Undo"), "Ctrl+Z", self.taking_back.undo))
        entries.append(Entry(tr("Redo"), "Ctrl+Shift+Z", self.taking_back.redo))
        entries.append(Entry(tr("Who is working here"), "", self.choose_me))
        entries += [Entry(words, "", call) for words, call in self._about_store()]
        entries.append(Entry(tr("Read everything again"), "F5", self.read_anew))
        entries.append(Entry(tr("Quit"), "Ctrl+Q", self.close))
        finder = self._find(tr("Find pages, people, commands"), entries)

        def add(everybody: list[Person]) -> None:
            rooms = {p.id: "camp" if Role.NEW_HIRE in p.roles else "people" for p in everybody}
            finder.add(self._working.entries(everybody, lambda p: partial(self.go, Place(rooms[p.id], id=p.id))))
            read_customers(self.context, lambda found: finder.add(customer_entries(found, self.go)))

        def failed(error: Exception) -> None:
            if isinstance(error, StoreFault):
                finder.tell_unread(tr("People are not looked for: {reason}", reason=error.render(current())))
            self.kept.not_read(error)

        self._working.read_everybody(add).then(add, failed)

    def _about_store(self) -> list[Offer]:
        """What can be done with the store as a whole."""
        return [
            (tr("Back up to…"), self.back_up),
            (tr("Restore a backup…"), partial(self.go, Place("store", "restore"))),
            (tr("Check the store…"), partial(self.go, Place("home", "check"))),
        ]

    def back_up(self) -> None:
        """Ask where to write a file with everything in it."""
        cast("Callable[[QWidget, Context], None]", registry.load("mentor_app.ui.store.back_up:back_up_to"))(
            self, self.context
        )

    def _set(self, field: str, value: str) -> None:
        if not may_change(self.context):
            return
        setattr(self.context.settings, field, value)
        self.context.settings.save()
        self.restyle.emit()

    def store(self) -> Store:
        """The store, opened by whoever asks first; never on the GUI thread."""
        return self.kept.get()

    def _fill_sample(self, store: Store) -> None:
        """An invented company in a throw-away store, seen by its lead."""
        from mentor_app.core.people.queries import people
        from mentor_app.core.sample.company import fill

        with store.read() as connection:
            empty = not people(connection)
        if empty:
            store.act(self.context.actor(), fill, self.context.today())
            with store.read() as connection:
                lead = next((p.id for p in people(connection) if Role.TEAM_LEAD in p.roles), None)
            self.context.settings.actors.setdefault(self._place(), [lead] if lead else [])

    def read_anew(self) -> None:
        """Read everything again, also what is computed only once for each state of the store."""
        from mentor_app.core.store.query_cache import forget_answers

        forget_answers()
        self.reload()

    def reload(self) -> None:
        """Read everything again that is shown; what is not, when it is shown next."""
        self._working.look()
        for key, page in self.pages.items():
            self._seen[key] = page is self.stack.currentWidget()
            if self._seen[key]:
                page.refresh()

    def go(self, place: Place) -> None:
        """Show a place: a dialog over the present page, or a page and what is meant there."""
        opener = registry.dialog(place)
        if opener is not None:
            why = self._refusal(place)
            if why is None or registry.to_read(place):
                self._open(opener, place)
            else:
                self.context.refuse(why)
            return
        if registry.SHOWN_ON.get(place.room, place.room) not in {spec.room for spec in PAGES}:
            self.toast(tr("This place is not there any more."))
            return
        room = registry.SHOWN_ON.get(place.room, place.room)
        if room not in self.pages:
            where = next(spec.where for spec in PAGES if spec.room == room)
            page = cast("Callable[[Context], Page]", registry.load(where))(self.context)
            self.pages[room] = page
            self.stack.addWidget(page)
        self.context.flush()
        before = self.here()
        self._buttons[room].setChecked(True)
        page = self.pages[room]
        chosen = page.focusWidget()
        self.stack.setCurrentWidget(page)
        if chosen is None or not chosen.isVisible():  # never here before: Qt would take the first button
            page.take_focus()
        else:
            chosen.setFocus()
        if not self._seen.get(room):
            self._seen[room] = True
            self._once_painted(self.pages[room].refresh)
        elif self.pages[room].is_unread:  # what another program spoilt it may have set right, which tells no one
            self._once_painted(self.pages[room].read_again)
        if place.what or place.detail or place.id is not None:
            if before.room != room:
                self.pages[room].came_from = before
            self.pages[room].open(place)

    def _open(self, opener: registry.Opener, place: Place) -> None:
        """Open a form, which mostly reads something first."""
        if self._opening is not None:
            self._opening.end()
        awaited = self._asked_for(opener, place)
        self._opening = Opening(self, self.context, place, awaited, lambda: self.kept.is_away) if awaited else None

    def _asked_for(self, opener: registry.Opener, place: Place) -> frozenset[Task[Any]]:
        """What the store is asked first for a form; nothing where it stands open at once."""
        before, shown = self.tasks.under_way(), self.dialog
        opener(self, self.context, place)
        return self.tasks.under_way() - before if self.dialog is shown else frozenset()

    def _once_painted(self, call: Callable[[], object]) -> None:
        """Make ``call`` soon, but not before the first painting: reading loads much that painting need not wait for."""
        if self._has_painted:
            QTimer.singleShot(0, call)
        else:
            self.painted.connect(call, Qt.ConnectionType.QueuedConnection)

    def here(self) -> Place:
        """The place shown now."""
        return self._page().here()

    def _page(self) -> Page:
        return next(page for page in self.pages.values() if page is self.stack.currentWidget())

    def present(self, dialog: QDialog) -> None:
        """Open a dialog over the window; it is deleted when it is closed and the next one opens."""
        if self.dialog is not None and not self.dialog.isVisible():
            self.dialog.deleteLater()
        self.dialog = dialog
        self._quit_on_keys(dialog)
        opening, self._opening = self._opening, None
        if opening is not None and not opening.waits:
            opening = None
        self.erased.look()
        place = getattr(dialog, "place", None)
        why = self._refusal(place) or getattr(dialog, "refused", None)
        if opening is not None:
            opening.comes(place if why is None else None)
        if why is None:
            dialog.open()
        else:
            from mentor_app.ui.widgets.only_read import open_to_read

            open_to_read(cast("Dialog", dialog), why.render(current()))
        if opening is not None:
            opening.opened(dialog)

    def _refusal(self, place: Place | None) -> Text | None:
        """Why whoever works here may not save the dialog at a place; None where they may."""
        name = registry.SAVED_BY.get((place.room, place.what)) if place is not None else None
        return self.context.refusal(name) if name is not None else None

    def _drafts_folder(self) -> Path:
        """Beside a throw-away store, else with this computer's user."""
        return Path(str(self._location)).parent / "drafts" if self._fill else DraftKeeper.folder()

    def _owner(self) -> str:
        """Whose drafts are kept and found here."""
        return self._working.owner()

    def _drafts_changed(self) -> None:
        """Home lists what is unfinished; from any thread."""
        self.tasks.post(lambda: self._changed(frozenset({"drafts"})))

    def _readable(self) -> None:
        """The store can be read (again): what was said of it is not so any more."""
        for error, box in self._errors:
            if isinstance(error, StoreFault) and isValid(box):
                box.close()
        self.reload()
        opening = self._opening
        opener = registry.dialog(opening.place) if opening is not None and opening.waits else None
        if opening is not None and opener is not None:
            awaited = self._asked_for(opener, opening.place)
            if awaited:
                opening.awaits(awaited)

    def _changed(self, kinds: frozenset[str]) -> None:
        if "people" in kinds:
            self._working.look()
            self.erased.look()
        for key, page in self.pages.items():
            if page.kinds & kinds:
                self._seen[key] = page is self.stack.currentWidget()
                if self._seen[key]:
                    page.refresh()

    def _tell_erased(self, gone: frozenset[int]) -> None:
        """A form open on somebody erased meanwhile says so."""
        from mentor_app.core.drafts import is_about
        from mentor_app.ui.widgets.dialogs import Dialog

        form = self.dialog
        if not isinstance(form, Dialog) or not isValid(form) or not form.isVisible() or form.place is None:
            return
        place = form.place.plain()
        if any(is_about(place, person_id) for person_id in gone) and place.get("what") != "erase":
            form.record_erased(
                tr("This person was erased on request meanwhile: nothing typed here is kept. Close the form.")
            )

    def take_focus(self) -> None:
        """Something of the window's own goes that had the focus: the page takes it."""
        page = self.stack.currentWidget()
        if isinstance(page, Page) and page.isVisible():
            page.take_focus()
        else:
            self.stack.setFocus()

    def toast(
        self, words: str, offered: Callable[[], object] | None = None, offer: str = "", stays: bool = False
    ) -> None:
        """Say something in passing; with ``offered`` there is a button for it, called ``offer`` or Undo; what ``stays`` waits for something else.

        What is said of an action just done offers to take it back.
        """
        done = self.tasks.delivering
        if offered is None and done is not None and done.change_set_id is not None and self.tasks.undoable:
            offered = partial(self.taking_back.take_back, done.change_set_id)
        self.tasks.told_of = done
        self._toast.say(words, offered, offer, stays)

    def show_error(self, error: Exception) -> None:
        """The world's errors in a sentence; our bugs with a report to copy. The window stays up."""
        from mentor_app.ui.widgets.message_box import tell

        if isinstance(error, InDoubt):
            self.context.find_out(error, self._tell_stored)
        if isinstance(error, UserError):
            said = error.render(current())
            if any(isValid(box) and box.isVisible() and box.informativeText() == said for _, box in self._errors):
                return
            box = tell(self, tr("That did not work"), said)
            for words, call in self.kept.ways(error):
                box.addButton(words, box.ButtonRole.ActionRole).clicked.connect(
                    lambda _checked=False, call=call: call()
                )
            self._errors.append((error, box))
            return
        report = "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])
        log.bug(error)
        box = tell(
            self, tr("Something went wrong in the app"), tr("Nothing was half-written. Please report this."), report
        )
        self._errors.append((error, box))
        copy = box.addButton(tr("Copy report"), box.ButtonRole.ActionRole)
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(report))

    def _tell_stored(self, stored: bool) -> None:
        self.toast(
            tr("What you saved last is stored after all.") if stored else tr("What you saved last was not stored.")
        )

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            self.painted.emit()

    def _keep_size(self) -> None:
        """Opened next time, the window fills the screen as it does now."""
        settings = self.context.settings
        if settings.maximised != self.isMaximized():
            settings.maximised = self.isMaximized()
            settings.save()

    def _close_after_work(self, refusals: int) -> None:
        """Close, unless something asked for was not done meanwhile: it has just been said, and is to be read."""
        if self.tasks.refusals > refusals:
            self._waits_since = -WARNED_FOR
            self._whole.setEnabled(True)
        else:
            self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is typed, let what is being written end: what follows from it (a draft that ends with its entry) does,
        too. Nobody waits for what is only being read.

        Whoever closes a second time does not wait for it, nor for what can't be kept.
        """
        since = time.monotonic() - self._warned_at
        if not self.context.flush() and not PRESSED_FOR < since <= WARNED_FOR:
            self._warned_at += since if since > WARNED_FOR else 0
            event.ignore()
            self.toast(tr("What you typed can't be kept. Close once more to close without it."))
            return
        waits = self._waits_since > 0
        if self.tasks.unfinished() and not (waits and time.monotonic() - self._waits_since > PRESSED_FOR):
            event.ignore()
            if not waits:
                self._waits_since = time.monotonic()
                self._whole.setEnabled(False)
                self.toast(tr("Waiting for the store…"))
                self.tasks.cancel_all()
                self.tasks.once_written(partial(self._close_after_work, self.tasks.refusals))
            return
        self._keep_size()
        self.kept.stop()
        self.tasks.close()
        self.kept.close()
        super().closeEvent(event)
