"""The window: a sidebar and the page chosen in it. It knows the pages' names, not what is in them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from mentor_app.core import log
from mentor_app.core.drafts import owner_of
from mentor_app.core.errors import InDoubt, StoreFault, UserError
from mentor_app.core.location import is_server, same_for_all
from mentor_app.core.people.roles import Role
from mentor_app.ui import registry
from mentor_app.ui.context import Context
from mentor_app.ui.doubts import look_up
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.erased import ErasedMeanwhile
from mentor_app.ui.i18n import current, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.opening import Opening
from mentor_app.ui.overriding import override
from mentor_app.ui.registry import PAGES
from mentor_app.ui.settings import Settings
from mentor_app.ui.store_notice import Offer, with_notice
from mentor_app.ui.taking_back import TakingBack
from mentor_app.ui.tasks import Task, Tasks
from mentor_app.ui.widgets.command_palette import CommandPalette, Entry
from mentor_app.ui.widgets.controls import label, on_keys, plain_tip
from mentor_app.ui.widgets.layouts import row_in
from mentor_app.ui.widgets.toast import Toast
from mentor_app.ui.widgets.views import Page
from mentor_app.ui.window_store import Host, WindowStore

if TYPE_CHECKING:
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection, Store
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
        self._location, self._fill = location, fill_sample
        self._seen: dict[str, bool] = {}
        self._has_painted = False
        self._warned_at = self._waits_since = -WARNED_FOR
        self._errors: list[tuple[Exception, QMessageBox]] = []
        self._known: list[Person] = []
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
        )
        self.pages: dict[str, Page] = {}
        self._buttons: dict[str, QPushButton] = {}
        whole = QWidget()
        row = row_in(whole, 0)
        row.addWidget(self._sidebar(settings))
        row.addWidget(with_notice(self.kept.notice, self.stack), 1)
        self._whole = whole
        self.setCentralWidget(whole)
        self.taking_back = TakingBack(self, self.context)
        self.context.take_back = self.taking_back.take_back
        self.erased = ErasedMeanwhile(self, self.context, self._tell_erased)
        for number, spec in enumerate(PAGES, 1):
            on_keys(self, f"Ctrl+{number % 10}", partial(self.go, Place(spec.room)))
        on_keys(self, "Ctrl+Z", self.taking_back.undo)
        for keys in ("Ctrl+Shift+Z", "Ctrl+Y"):
            on_keys(self, keys, self.taking_back.redo)
        on_keys(self, "Ctrl+K", self.find_anything)
        on_keys(self, "F5", self.reload)
        on_keys(self, "Ctrl+L", self.log)
        on_keys(self, "Ctrl+F", partial(self.go, Place("playbooks", "search")))
        self.go(Place("home"))
        self.stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.stack.setFocus()
        self._once_painted(self.erased.begin)
        if fill_sample or settings.actors.get(self._place()):
            self._once_painted(lambda: self.context.query(self._read_me, self._show_me))

    # -- who works here

    def _read_me(self, connection: Connection) -> tuple[Person | None, list[Person]]:
        """Who works here, if known, and everybody who did lately."""
        from mentor_app.core.store.history import beginning, same_beginning

        self.store()  # a sample names somebody to be
        begun, known = beginning(connection), self.context.settings.stores.get(self._place())
        other = begun is not None and (known is None or not same_beginning(known, begun))
        if begun is not None and other and not self._fill:
            self.tasks.post(partial(self._another_store, known, begun))
        chosen = self.context.settings.actors.get(self._place(), [])
        if not chosen or (other and known is not None):
            return None, []
        from mentor_app.core.people.queries import people

        by_id = {p.id: p for p in people(connection) if p.id in chosen}
        return by_id.get(chosen[0]), [by_id[i] for i in chosen if i in by_id]

    def _show_me(self, result: tuple[Person | None, list[Person]]) -> None:
        before = self.context.me
        if before != result[0]:
            self.context.flush()  # what was typed until now is theirs who typed it
        self.context.me, self._known = result
        self.context.who_is_known = True
        me = self.context.me
        if me is not None:
            from mentor_app.core.people.rules import ROLES

            roles = current().listed(tr(ROLES[role]) for role in me.roles)
            words = told(f"{me.name} · {roles}" if roles else me.name)
        else:
            words = self.context.user
        self.who.setToolTip(plain_tip(words))
        self.who.setText(self.who.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 150).replace("&", "&&"))
        if before != me:
            self._changed(frozenset({"me"}))
            if is_server(self._location or ""):
                look_up(self.context)

    def _another_store(self, before: str | None, now: str) -> None:
        """It is known from now on which store lies here. Where another one did, nobody is chosen in this one, and the
        drafts of that one wait until it is back."""
        settings = self.context.settings
        settings.stores[self._place()] = now
        if before is not None and before != now:
            settings.actors.pop(self._place(), None)
            self.context.drafts.lay_aside(before, now)
            self.toast(tr("Another store lies here now. Say who is working here."))
        settings.save()

    def take_over(self, old: MainWindow) -> None:
        """Whoever worked in the old window works here from the start: drafts are looked for under their name."""
        self._show_me((old.context.me, old._known))
        self.context.who_is_known = old.context.who_is_known

    def tell_again(self, old: MainWindow) -> None:
        """What went wrong in the old window and was not read yet."""
        for error, box in old._errors:
            if isValid(box) and box.isVisible():
                self.show_error(error)

    def _place(self) -> str:
        """What tells this store from others, in the settings and for its drafts."""
        return same_for_all(self._location or "")

    def _fill_who(self) -> None:
        self._who_menu.clear()
        for person in self._known:
            action = self._who_menu.addAction(told(person.name).replace("&", "&&"), partial(self.become, person.id))
            action.setCheckable(True)
            action.setChecked(self.context.me is not None and person.id == self.context.me.id)
        if self._known:
            self._who_menu.addSeparator()
        self._who_menu.addAction(tr("Somebody else…"), self.choose_me)

    def choose_me(self) -> None:
        """Ask who is working here, among everybody still with the company."""

        def show(everybody: list[Person]) -> None:
            present = [p for p in everybody if p.left_on is None or p.left_on >= self.context.today()]
            entries = [Entry(p.name, p.team or "", partial(self.become, p.id)) for p in present]
            self.finder = CommandPalette(self, tr("Who is working here"), entries)
            self.finder.open()

        self._people(show)

    def become(self, person_id: int) -> None:
        """Act as this person from now on; remembered for this store."""
        if not self._may_change():
            return
        if self.context.me is None:  # what was begun before anybody was chosen is theirs who now says so
            self.context.drafts.hand_over(self._user(), owner_of(person_id))
            self.context.who_is_known = False
        self._toast.hide()  # what it offers to undo was another's doing
        actors = self.context.settings.actors
        others = [i for i in actors.get(self._place(), []) if i != person_id]
        actors[self._place()] = [person_id, *others][:6]
        self.context.settings.save()
        self.context.query(self._read_me, self._show_me)

    def _people(self, done: Callable[[list[Person]], None]) -> None:
        def read(connection: Connection) -> list[Person]:
            from mentor_app.core.people.queries import people

            return people(connection)

        self.context.query(read, done)

    def log(self) -> None:
        """Ctrl+L, from anywhere: log a session."""
        self.go(Place("logbook", "log"))

    def find_anything(self) -> None:
        """Ctrl+K: pages and commands at once, people as soon as they are read."""
        entries = [Entry(tr(spec.name), tr("page"), partial(self.go, Place(spec.room))) for spec in PAGES]
        for spec in PAGES:
            entries += [Entry(tr(words), tr(spec.name), partial(self.go, place)) for words, place in spec.commands]
        entries.append(Entry(tr("Log a session"), "Ctrl+L", self.log))
        entries.append(Entry(tr("Find an answer"), "Ctrl+F", lambda: self.go(Place("playbooks", "search"))))
        entries.append(Entry(tr("Undo"), "Ctrl+Z", self.taking_back.undo))
        entries.append(Entry(tr("Redo"), "Ctrl+Shift+Z", self.taking_back.redo))
        entries.append(Entry(tr("Who is working here"), "", self.choose_me))
        entries += [Entry(words, "", call) for words, call in self._about_store()]
        entries.append(Entry(tr("Read everything again"), "F5", self.reload))
        self.finder = finder = CommandPalette(self, tr("Find pages, people, commands"), entries)
        finder.open()

        def add(everybody: list[Person]) -> None:
            rooms = {p.id: "camp" if Role.NEW_HIRE in p.roles else "people" for p in everybody}
            finder.add(
                [
                    Entry(p.name, p.team or tr("person"), partial(self.go, Place(rooms[p.id], id=p.id)))
                    for p in everybody
                ]
            )

        self._people(add)

    def _sidebar(self, settings: Settings) -> QWidget:
        side = QFrame()
        side.setObjectName("sidebar")
        side.setFixedWidth(216)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(2)
        column.addWidget(label(tr("Growth Camp"), "appname"))
        for number, spec in enumerate(PAGES, 1):
            entry = QPushButton(tr(spec.name))
            entry.setCheckable(True)
            entry.setAutoExclusive(True)
            entry.setToolTip(plain_tip(f"Ctrl+{number % 10}"))
            entry.clicked.connect(partial(self.go, Place(spec.room)))
            self._buttons[spec.room] = entry
            column.addWidget(entry)
        column.addStretch()
        menu = QMenu(self)
        for words, field, value in (
            ("English", "language", "en"),
            ("简体中文", "language", "zh_CN"),
            (tr("Light"), "theme", "light"),
            (tr("Dark"), "theme", "dark"),
        ):
            action = menu.addAction(words, partial(self._set, field, value))
            action.setCheckable(True)
            action.setChecked((current().language if field == "language" else settings.theme) == value)
        look = QPushButton(tr("Language and look"))
        look.setMenu(menu)
        look.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where one types
        column.addWidget(look)
        self._toast = Toast(side, above=look)
        self.told, self.undo = self._toast.told, self._toast.offer
        self.who = QPushButton(self.context.user)
        self.who.setAccessibleName(tr("Who is working here"))
        self._who_menu = QMenu(self)
        self._who_menu.aboutToShow.connect(self._fill_who)
        self.who.setMenu(self._who_menu)
        self.who.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        place = self.kept.name()
        self.where = QPushButton(
            self.fontMetrics().elidedText(place, Qt.TextElideMode.ElideMiddle, 150).replace("&", "&&")
        )
        self.where.setAccessibleName(tr("The store and its backups"))
        self.where.setToolTip(plain_tip(f"{tr('The store and its backups')}\n{place}"))
        self.where.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        backups = QMenu(self)
        for words, call in self._about_store():
            backups.addAction(words, call)
        self.where.setMenu(backups)
        column.addWidget(self.who)
        column.addWidget(self.where)
        return side

    def _about_store(self) -> list[Offer]:
        """What can be done with the store as a whole."""
        return [
            (tr("Back up to…"), self.back_up),
            (tr("Restore a backup…"), partial(self.go, Place("store", "restore"))),
        ]

    def back_up(self) -> None:
        """Ask where to write a file with everything in it."""
        cast("Callable[[QWidget, Context], None]", registry.load("mentor_app.ui.store.back_up:back_up_to"))(
            self, self.context
        )

    def _may_change(self) -> bool:
        """Keep what is typed; where that can't be done now, nothing that would end it may follow."""
        kept = self.context.flush()
        if not kept:
            reason = self.context.reason_unkept().render(current())
            self.toast(
                tr("First what you typed has to be kept on this computer, which can't be done: {reason}", reason=reason)
            )
        return kept

    def _set(self, field: str, value: str) -> None:
        if not self._may_change():
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

    def reload(self) -> None:
        """Read everything again that is shown; what is not, when it is shown next."""
        self.context.query(self._read_me, self._show_me)
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
        self.stack.setCurrentWidget(self.pages[room])
        if not self._seen.get(room):
            self._seen[room] = True
            self._once_painted(self.pages[room].refresh)
        if place.what or place.id is not None:
            if before.room != room:
                self.pages[room].came_from = before
            self.pages[room].open(place)

    def _open(self, opener: registry.Opener, place: Place) -> None:
        """Open a form, which mostly reads something first."""
        if self._opening is not None:
            self._opening.end()
        awaited = self._asked_for(opener, place)
        self._opening = Opening(self, self.tasks, place, awaited, lambda: self.kept.is_away) if awaited else None

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
        return next(page.here() for page in self.pages.values() if page is self.stack.currentWidget())

    def present(self, dialog: QDialog) -> None:
        """Open a dialog over the window; it is deleted when it is closed and the next one opens."""
        if self.dialog is not None and not self.dialog.isVisible():
            self.dialog.deleteLater()
        self.dialog = dialog
        opening, self._opening = self._opening, None
        if opening is not None and not opening.waits:
            opening = None
        if opening is not None:
            opening.waiting.done(0)
        self.erased.look()
        place = getattr(dialog, "place", None)
        why = self._refusal(place) or getattr(dialog, "refused", None)
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

    def _drafts_changed(self) -> None:
        """Home lists what is unfinished; from any thread."""
        self.tasks.post(lambda: self._changed(frozenset({"drafts"})))

    def _owner(self) -> str:
        """Whose drafts are kept and found here: theirs who was chosen, also before the store has said who that is."""
        if self.context.me is not None:
            return owner_of(self.context.me.id)
        chosen = self.context.settings.actors.get(self._place(), [])
        return owner_of(chosen[0]) if chosen and not self.context.who_is_known else self._user()

    def _user(self) -> str:
        return f"user {self.context.user}"

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
            self.context.query(self._read_me, self._show_me)
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

    def toast(self, words: str, offered: Callable[[], object] | None = None, offer: str = "") -> None:
        """Say something in passing; with ``offered`` there is a button for it, called ``offer`` or Undo.

        What is said of an action just done offers to take it back.
        """
        done = self.tasks.delivering
        if offered is None and done is not None and done.change_set_id is not None and self.tasks.undoable:
            offered = partial(self.taking_back.take_back, done.change_set_id)
        self.tasks.told_of = done
        self._toast.say(words, offered, offer)

    def show_error(self, error: Exception) -> None:
        """The world's errors in a sentence; our bugs with a report to copy. The window stays up."""
        from mentor_app.ui.widgets.message_box import tell

        if isinstance(error, InDoubt):
            self.context.find_out(error, self._tell_stored)
        if isinstance(error, UserError):
            said = error.render(current())
            if any(isValid(box) and box.isVisible() and box.informativeText() == said for _, box in self._errors):
                return
            self._errors.append((error, tell(self, tr("That did not work"), said)))
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
        self.kept.stop()
        self.tasks.close()
        self.kept.close()
        super().closeEvent(event)
