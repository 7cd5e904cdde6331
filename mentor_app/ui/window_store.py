"""The store of one window: opened by whoever asks first, followed while others write to it, backed up once a day; and where
something is amiss with it, that is said with the next step."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from mentor_app.core.errors import PasswordNeeded, StoreFault, Unsound, UserError
from mentor_app.core.location import is_server, server_name, shown
from mentor_app.core.text import Text
from mentor_app.ui.context import Question
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.live import Live
from mentor_app.ui.navigation import Place
from mentor_app.ui.store_notice import Offer, StoreNotice, next_steps
from mentor_app.ui.tasks import Task, Tasks, timer
from mentor_app.ui.widgets.views import page_of

if TYPE_CHECKING:
    from mentor_app.core.store import Store

TRY_AGAIN = 3000
"""Milliseconds until a store that could not be read is tried again."""
SLOW_START = 700
"""Milliseconds after which a store that is still being opened is said to be waited for."""
LOOK_EVERY = 2000
"""Milliseconds after which it is looked whether what the bar says is so still, from the end of the last look."""
KEEP_SOON, KEEP_EVERY = 20_000, 3_600_000
"""Milliseconds until the day's backup is thought of, first and again."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """What the window does for its store."""

    is_known: Callable[[], bool]
    """Whether a store was here before: then none is made in its stead."""
    fill: Callable[[Store], object] | None
    """Fills a throw-away store; None: it is somebody's own."""
    reload: Callable[[], object]
    go: Callable[[Place], object]
    toast: Callable[[str], object]
    present: Callable[[QDialog], object]
    today: Callable[[], dt.date]


class WindowStore(QObject):
    """``notice`` says what is amiss, in the place of ``pages`` while nothing could be read yet, else above them."""

    elsewhere = Signal(str)
    """Another store is to be opened: its path."""
    readable = Signal()
    """It can be read (again)."""

    def __init__(self, window: QWidget, location: str | None, tasks: Tasks, pages: QStackedWidget, host: Host) -> None:
        super().__init__(window)
        self._window, self._location, self._tasks, self._pages, self._host = window, location, tasks, pages, host
        self._opening = Lock()
        self._store: Store | None = None
        self._away = self._anew = self._asked = self._given = self._unkept = False
        self.notice = StoreNotice()
        self.live = Live(window, tasks, host.reload, self.not_read, host.today)
        self.try_again = timer(self, TRY_AGAIN, self.read_again)
        self._slow = timer(self, SLOW_START, self._say_opening)
        self._keep = timer(self, KEEP_SOON, self._keep_daily)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY)
        self._look.timeout.connect(self.look_for_cure)
        self._unread: Question | None = None
        """What the bar says that could not be read."""
        self._slow.start()

    def place(self) -> str:
        """The path or address, whether it can be opened or not."""
        from mentor_app.core.store import default_path, file_of

        if is_server(self._location or ""):
            return shown(self._location or "")
        return str(file_of(self._location) if self._location else default_path())

    def name(self) -> str:
        """What it is called in short."""
        place = self._location or ""
        if is_server(place):
            return server_name(place)
        return Path(place).name if place else tr("This computer")

    @property
    def is_away(self) -> bool:
        """Whether it can't be read at present."""
        return self._away

    def get(self) -> Store:
        """The store, opened by whoever asks first; never on the GUI thread."""
        with self._opening:
            if self._store is None:
                from mentor_app.core.team import open_team

                opened = open_team(self._location, create=not self._host.is_known(), anew=self._anew)
                if self._host.fill is not None:
                    self._host.fill(opened)
                opened.on_notice = lambda notice: self._tasks.told.emit(notice.render(current()))
                seen = _newest(opened)
                self._store = opened
                self._tasks.post(partial(self._opened, opened, seen))
            return self._store

    def _opened(self, store: Store, seen: int) -> None:
        """It is open: what whoever works in it should know is said, and what others do is followed."""
        self._slow.stop()
        self._anew = False
        self._settled(seen)
        self._keep.start()

    def _say_remarks(self, store: Store) -> None:
        """What whoever works in it should know stands in the bar, until it is so no more."""
        remarks = [remark.render(current()) for remark in store.remarks]
        if store.read_only:
            words = tr(
                "{store} can only be read: you see everything, but nothing can be changed.", store=store.location
            )
            remarks.append(words)
        if remarks:
            offers: list[Offer] = [(tr("Hide"), self.notice.hide)]
            if _is_harmed(store):
                offers = [*self._mending(), *offers]
            self.notice.say("", "\n".join(remarks), offers, whole=False)
            self._unread = None
            self._look.start()

    def look_for_cure(self) -> None:
        """Let what the bar says go where it is so no more."""
        store, question = self._store, self._unread
        self._look.stop()
        if store is None or self._away or self.notice.isHidden():
            return

        def work(_task: Task[bool]) -> bool:
            from mentor_app.core.store.cure import is_cured

            if question is None:
                return is_cured(store)
            with store.read() as connection:
                question.read(connection)
            return True

        def seen(cured: bool) -> None:
            self._look.start()  # not before: a look that takes longer would be overtaken by the next, and so would that
            same = store is self._store and question is self._unread
            if cured and same and not (self._away or self._tasks.unfinished()):
                if question is None:
                    self.reopen()
                else:
                    self.notice.hide()

        asked = self._tasks.run(work, replaces=("look for cure", id(self)), only_reads=True)
        asked.then(seen, lambda _error: self._look.start())

    def _settled(self, seen: int) -> None:
        self._away = self._asked = False
        if self._unkept:
            self._unkept = False
            self._host.toast(
                tr("This computer has no keyring: the password is used until the app is closed, and not kept.")
            )
        self.notice.hide()
        if self._store is not None:
            self._say_remarks(self._store)
        hidden = self._pages.isHidden()
        self._pages.show()
        if hidden:  # Qt had handed the focus on to the sidebar
            self._pages.setFocus()
        self.live.follow(self._store, seen)

    def _say_opening(self) -> None:
        if self._store is None and not self._away:
            self._pages.hide()
            words = tr("Where another program holds it, that takes a few seconds.")
            self.notice.say(tr("Waiting for the store…"), words, [], whole=True)

    # -- what is amiss

    def not_read(self, error: Exception, question: Question | None = None) -> None:
        """What could not be read is said, on the page that it was asked for where only that can't be; and read again as soon
        as the store can be."""
        if not isinstance(error, StoreFault):
            self._tasks.failed.emit(error)
            return
        self._slow.stop()
        if _is_of_a_part(error):
            self._tell_of_part(error, question)
            return
        self._away = True
        self._tell(error)
        if isinstance(error, PasswordNeeded) and (not self._asked or (self._given and _is_wrong(error))):
            self.ask_password(error)
        self.try_again.start()

    def ask_password(self, fault: StoreFault) -> None:
        """Ask for the server's password and open the store with it; by itself only once for each that is wrong."""
        from mentor_app.ui.widgets.password_dialog import PasswordDialog

        self._asked, self._given = True, False

        def use(password: str) -> None:
            def work(_task: Task[bool]) -> bool:
                from mentor_app.core.store import use_password

                return use_password(self._location or "", password)

            self._tasks.run(work).then(used)

        def used(kept: bool) -> None:
            self._given, self._unkept = True, not kept
            self.read_again()

        self._host.present(PasswordDialog(self._window, self._said(fault), use))

    def _said(self, fault: StoreFault) -> str:
        """A fault in the words of the window, which asks for a password itself."""
        if _is_wrong(fault):
            return tr("The server of {store} says that the password is wrong.", store=self.place())
        if isinstance(fault, PasswordNeeded):
            return tr("The server of {store} asks for a password.", store=self.place())
        from mentor_app.core.store import guard

        if fault.message.key == guard.REPLACED:  # beside it stands the button that opens it
            return tr(
                "{store} is another file now than when it was opened. Nothing more is written to it; changes of the one before that lie "
                "beside it are set aside among the backups.",
                store=self.place(),
            )
        return _without_verb(fault.render(current()))

    def read_again(self) -> None:
        """Try whether it can be read now."""

        def done(seen: int) -> None:
            self._settled(seen)
            self.readable.emit()

        self._tasks.run(lambda _task: _newest(self.get()), replaces=("read again", id(self))).then(done, self.not_read)

    def _tell(self, fault: StoreFault) -> None:
        steps: dict[str, Offer] = {
            "again": (tr("Try again"), self.read_again),
            "restore": (tr("Restore a backup…"), partial(self._host.go, Place("store", "restore"))),
            "anew": (tr("Begin a new store"), self._begin_anew),
            "reopen": (tr("Open it"), self.reopen),
            "without": (tr("Open it without them"), partial(self._decide_on_log, False)),
            "with": (tr("Open it with them"), partial(self._decide_on_log, True)),
            "elsewhere": (tr("Open another store…"), self._ask_elsewhere),
        }
        names = ("again",) if is_server(self._location or "") else next_steps(fault.message.key)
        if isinstance(fault, PasswordNeeded) or _is_refused(fault):
            steps["password"] = (tr("Give the password…"), partial(self.ask_password, fault))
            names = ("password", *names)
        whole = self._store is None
        self._pages.setVisible(not whole)
        heading = tr("The store can't be opened")
        self.notice.say(heading, self._said(fault), [steps[name] for name in names], whole)

    def was_read(self, question: Question) -> None:
        """What was asked could be read."""
        page = page_of(question.asker)
        if page is not None:
            page.was_read(question)

    def _tell_of_part(self, fault: StoreFault, question: Question | None) -> None:
        """Something was asked for that can't be read: all else goes on."""
        offers = self.ways(fault)
        page = None if question is None else page_of(question.asker)
        if page is not None and question is not None:
            page.tell_unread(question, fault.render(current()), [*offers, (tr("Try again"), page.read_again)])
        else:
            self.notice.say("", fault.render(current()), [*offers, (tr("Hide"), self.notice.hide)], whole=False)
            self._unread = question
            if question is not None:
                self._look.start()

    def ways(self, error: Exception) -> list[Offer]:
        """What helps where something in the store is wrong, and not the store."""
        if isinstance(error, StoreFault) and _is_of_a_part(error):
            return self._mending()
        return self._mending()[:1] if isinstance(error, Unsound) else []

    def _mending(self) -> list[Offer]:
        check: Offer = (tr("Check the store…"), partial(self._host.go, Place("home", "check")))
        restore: Offer = (tr("Restore a backup…"), partial(self._host.go, Place("store", "restore")))
        return [check] if is_server(self._location or "") else [check, restore]

    def _begin_anew(self) -> None:
        self._anew = True
        self.read_again()

    def _decide_on_log(self, with_log: bool) -> None:
        """The file is opened with the changes that lie beside it, or without."""

        def work(_task: Task[Text]) -> Text:
            from mentor_app.core.store import stray_log

            return stray_log.decide(Path(self.place()), with_log, dt.datetime.now(dt.UTC))

        def done(said: Text) -> None:
            self._host.toast(said.render(current()))
            self.read_again()

        self._tasks.run(work).then(done, self.not_read)

    def _ask_elsewhere(self) -> None:
        from mentor_app.ui.widgets.file_dialogs import ask_open

        def chosen(path: Path) -> None:
            self.elsewhere.emit(str(path))

        ask_open(self._window, tr("Open another store…"), tr("Store (*.sqlite);;All files (*)"), chosen)

    # -- while it is open

    def reopen(self) -> None:
        """Let go of it, and read everything from what lies in its place now."""
        old = None
        if self._opening.acquire(blocking=False):  # else it is just being opened
            old, self._store = self._store, None
            self._opening.release()
        self.live.follow(None, 0)
        if old is not None:
            old.close()
        self.notice.hide()
        self._pages.show()
        self._slow.start()
        self.readable.emit()

    def _keep_daily(self) -> None:
        """The day's backup, where it was not made yet; thought of again every hour."""
        self._keep.start(KEEP_EVERY)
        store = self._store
        if store is None or self._host.fill is not None or not store.is_written:
            return

        def work(_task: Task[None]) -> None:
            from mentor_app.core.store.keeping import keep_daily

            keep_daily(store, dt.datetime.now(dt.UTC))

        def failed(error: Exception) -> None:
            if isinstance(error, UserError):
                self._host.toast(error.render(current()))
            else:
                self._tasks.failed.emit(error)

        self._tasks.run(work).then(None, failed)

    def stop(self) -> None:
        """Ask nothing more of it, and wait for no answer of a silent server."""
        if self._store is not None:
            self._store.hang_up(writes=True)
        self.live.close()
        self._slow.stop()
        self._look.stop()

    def close(self) -> None:
        """Let go of the file or server, once nothing is under way."""
        if self._store is not None:
            self._store.close()
            self._store = None


def _without_verb(words: str) -> str:
    """The same without the command that does what stands on a button beside it."""
    return re.sub(r" ?[(（]check --log[)）]", "", words)


def _is_wrong(fault: StoreFault) -> bool:
    """Whether a password was given, and was not the right one."""
    from mentor_app.core.store import faults

    return fault.message.key == faults.WRONG_PASSWORD


def _is_refused(fault: StoreFault) -> bool:
    """Whether the server refused the name or a password that stands elsewhere: another one can be given here."""
    from mentor_app.core.store import faults

    return fault.message.key == faults.LOGIN


def _is_of_a_part(fault: StoreFault) -> bool:
    """Whether only something in the store is missing or can't be read, and not the store."""
    from mentor_app.core.store import faults

    return fault.message.key in faults.OF_A_PART


def _is_harmed(store: Store) -> bool:
    """Whether what is remarked of it is that something in it is missing, another program's, or damaged."""
    from mentor_app.core.store import faults
    from mentor_app.core.store.opening import SHAPE

    return not {SHAPE, faults.LACKS, faults.NOT_WRITTEN}.isdisjoint(remark.key for remark in store.remarks)


def _newest(store: Store) -> int:
    """The number of the last change that whoever reads from now on sees."""
    from mentor_app.core.store.changes import newest

    with store.read(trivial=True) as connection:
        return newest(connection)
