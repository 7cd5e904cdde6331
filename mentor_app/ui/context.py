"""What pages are given: the store (once it is open), who acts, the tasks, the look, where to go. Not a global."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakSet

from PySide6.QtCore import QObject
from shiboken6 import isValid

from mentor_app.core.errors import InDoubt, StoreFault, UserError, reason_of
from mentor_app.core.people.roles import permitted
from mentor_app.core.text import N_, Text, text
from mentor_app.ui.autosave import Autosave
from mentor_app.ui.doings import in_words
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.settings import Settings
from mentor_app.ui.tasks import Task, Tasks, after, timer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from mentor_app.core.history.reading import Entry
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Actor, Connection, Done, Session, Store

P = ParamSpec("P")
T = TypeVar("T")
SLOW = 1500
"""Milliseconds after which whoever waits for an action is told so."""
ASK_AGAIN = 3000
"""Milliseconds between two questions what became of something."""
SAME: Final = object()
"""The question is the same where it is asked by the same lines of the same object."""


@dataclass(frozen=True)
class Question:
    """What the store is asked: told from others by its ``key``; ``asker`` is the object that the answer is for, ``read`` what
    answers it."""

    key: Hashable
    asker: object
    read: Callable[[Connection], object] = field(compare=False)


@dataclass(kw_only=True)
class Context:
    """Shared by the window's pages."""

    tasks: Tasks
    settings: Settings
    drafts: DraftKeeper
    open_store: Callable[[], Store]
    reopen: Callable[[], None]
    """Let go of the store, which is opened anew when it is next asked for, and read everything again."""
    place: Callable[[], str]
    """The path or address of the store, whether it can be opened or not."""
    user: str
    toast: Callable[..., None]
    """Say something in passing: the words; something offered with it (a callable), what the button is called, and whether
    it ``stays`` until then. What is said of an action just done offers to take it back."""
    go: Callable[[Place], None]
    """Show a place: a page, a record, a dialog over the present page."""
    present: Callable[[QDialog], None]
    """Open a dialog over the window, which holds it while it is open."""
    today: Callable[[], dt.date]
    take_back: Callable[[int], None] = lambda _change_set_id: None
    """Take back what a change set belongs to, and say so; where something newer rests on it, that is offered first."""
    do_again: Callable[[], None] = lambda: None
    """Do again what was taken back last, and say so."""
    tell_gone: Callable[[str], None] = lambda _words: None
    """Say that what a page showed is not there any more; not where it was just taken back here, which is said itself."""
    me: Person | None = None
    """Who was chosen to be working here; None: only the computer's user is known."""
    who_is_known: bool = True
    """False as long as somebody was chosen, but the store could not say who: nothing is done under another's name."""
    unread: Callable[[Exception, Question], object] | None = None
    """What follows where something could not be read; else the window shows it."""
    was_read: Callable[[Question], object] = lambda _question: None
    """What follows where something could be read."""
    autosaves: WeakSet[Autosave] = field(default_factory=WeakSet)

    def actor(self) -> Actor:
        """Who acts."""
        from mentor_app.core.store import Actor

        return Actor(self.me.name, self.me.id) if self.me else Actor(self.user)

    def may(self, name: str) -> bool:
        """Whether whoever works here may do what is called ``name`` (an action or permission), as core will decide."""
        return permitted(self.me.roles if self.me else None, name)

    def refusal(self, name: str) -> Text | None:
        """Why core would not let whoever works here do what is called ``name``; None where it would."""
        from mentor_app.core.people.access import refusal

        me = self.me
        if me is None:
            return refusal(name, self.user, None, None, self.today())
        return refusal(name, me.name, me.roles, me.left_on, self.today())

    def refuse(self, why: Text | str) -> None:
        """Say why something is not begun that core would not let whoever works here finish."""
        self.tasks.failed.emit(UserError(why))

    def query(self, read: Callable[[Connection], T], done: Callable[[T], object], replaces: Hashable = SAME) -> Task[T]:
        """Run ``read(connection)`` off the GUI thread and hand its result to ``done``.

        An older answer never replaces a newer one: where the same lines of the same object ask again (or the same
        ``replaces`` is given), only the latest is answered. ``replaces=None``: each is an answer of its own.
        """

        def work(_task: Task[T]) -> T:
            with self.open_store().read() as connection:
                return read(connection)

        asked = Question(_key(read, done), _owner(done)[0], read)
        task = self.tasks.run(work, asked.key if replaces is SAME else replaces, only_reads=True)
        failed = self.unread
        return task.then(done, failed and (lambda error: failed(error, asked))).afterwards(
            lambda _: self.was_read(asked)
        )

    def ledger_line(self) -> str:
        """Where the points ledger ends: stands below whatever carries points or progress out. Not for the GUI thread."""
        from mentor_app.core.points.ledger import head

        with self.open_store().read() as connection:
            return head(connection).words.render(current())

    def act(
        self, action: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Task[Done[T]]:
        """Run an action off the GUI thread; what follows is said with ``then``. Pages are told what has changed."""
        return self.act_telling(lambda _doubt: None, action, *args, **kwargs)

    def act_telling(
        self,
        told: Callable[[InDoubt], object],
        action: Callable[Concatenate[Session, Actor, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Task[Done[T]]:
        """Like ``act``; ``told`` hears, on the other thread, what is in doubt while a server is committing it."""
        from mentor_app.core.store import telling_before_commit
        from mentor_app.core.store.action import Never, action_of

        actor, known, tasks = self.actor(), self.who_is_known, self.tasks
        slow = timer(tasks, SLOW, lambda: tasks.told.emit(tr("Waiting for the store…")))
        slow.start()

        def work(_task: Task[Done[T]]) -> Done[T]:
            try:
                if not known:
                    raise UserError("Who is working here could not be read from the store yet. Try again in a moment.")
                with telling_before_commit(told):
                    return self.open_store().act(actor, action, *args, **kwargs)
            except Exception:
                tasks.count_refusal()
                raise
            finally:
                tasks.post(slow.stop)
                tasks.post(slow.deleteLater)

        task, name = tasks.act(work), action_of(action)
        task.undoable = not isinstance(name.undo, Never)
        if not (name.saves or name.aside or name.name.startswith("history.")):
            task.afterwards(lambda done: self._say_done(done, task.undoable))
        return task

    def find_out(self, doubt: InDoubt, told: Callable[[bool], object]) -> None:
        """Ask the store, until it answers, whether it has stored what it did not confirm; ``told`` is called with that."""

        def failed(error: Exception) -> None:
            if isinstance(error, StoreFault):
                after(ASK_AGAIN, self.tasks, partial(self.find_out, doubt, told))
            else:
                self.tasks.failed.emit(error)

        self.tasks.run(lambda _task: self.open_store().became(doubt), only_reads=True).then(told, failed)

    def when_back(self, fault: UserError, told: Callable[[], object]) -> None:
        """Call ``told`` once a server is back of which this ``fault`` was said; of other faults never."""
        from mentor_app.core.store import faults

        def read(_task: Task[None]) -> None:
            with self.open_store().read(trivial=True):
                pass

        def ask() -> None:
            self.tasks.run(read, only_reads=True).then(lambda _: told(), lambda _: after(ASK_AGAIN, self.tasks, ask))

        if isinstance(fault, StoreFault) and fault.message.key in faults.AWAY:
            after(ASK_AGAIN, self.tasks, ask)

    def _say_done(self, done: Done[T], undoable: bool) -> None:
        """Say what was done, and to what, where nobody else has: whatever changes something can be taken back at once."""
        made, actor = done.change_set_id, self.actor()
        if made is None or self.tasks.told_of is done:
            return

        def read(connection: Connection) -> Entry:
            from mentor_app.core.history.reading import entry
            from mentor_app.core.history.undo import doing

            return entry(connection, doing(connection, made, connected=False), actor)

        def say(one: Entry) -> None:
            if self.actor() == actor:  # what it offers to undo is nobody else's
                self.toast(tr("{action}", action=in_words(one, 1)), partial(self.take_back, made) if undoable else None)

        self.query(read, say, replaces=None)

    def autosave(
        self,
        parent: QObject,
        save: Callable[[], None],
        failed: Callable[[OSError], object] | None = None,
        leaving: Callable[[], None] = lambda: None,
    ) -> Autosave:
        """A save that follows typing; everything pending is flushed before the window closes, is rebuilt, or changes hands."""
        return Autosave(parent, save, failed or self.tell_unkept, self.autosaves, leaving)

    def tell_unkept(self, error: OSError) -> None:
        """What is typed can't be kept now; it is tried again."""
        reason = reason_of(error).render(current())
        self.toast(tr("What you type can't be kept on this computer now: {reason}", reason=reason))

    def reason_unkept(self) -> Text:
        """Why something typed could not be kept by the last ``flush()``."""
        problems = [autosave.problem for autosave in list(self.autosaves) if isValid(autosave)]
        return next(
            (reason_of(problem) for problem in problems if problem is not None), text(N_("a mistake in the app"))
        )

    def flush(self) -> bool:
        """Keep now whatever is typed anywhere; whether all of it could be kept."""
        kept = True
        for autosave in list(self.autosaves):
            if isValid(autosave):  # else its form is gone, and was flushed before
                try:
                    autosave.flush()
                except (
                    Exception
                ) as error:  # a bug in one form must not keep the others' words, nor the window, from going
                    self.tasks.failed.emit(error)
                else:
                    kept = kept and not autosave.pending
        return kept


def _key(*functions: Callable[..., object]) -> Hashable:
    """What tells one question from another: the code that asks and takes the answer, and the object it belongs to."""
    key: list[int] = []
    for owner, function in map(_owner, functions):
        key.append(id(function.__code__ if isinstance(function, FunctionType) else function))
        if owner is not None:
            key.append(id(owner))
    return tuple(key)


def _owner(function: Callable[..., object]) -> tuple[object, Callable[..., object]]:
    """The object that a function belongs to, as a method of it or within one, and the function without it."""
    owner: object = None
    if isinstance(function, MethodType):
        owner, function = function.__self__, function.__func__
    if isinstance(function, FunctionType) and "self" in function.__code__.co_freevars and function.__closure__:
        owner = function.__closure__[function.__code__.co_freevars.index("self")].cell_contents
    return owner, function
