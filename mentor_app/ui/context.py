"""What pages are given: the store (once it is open), who acts, the tasks, the look. Not a global."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Actor, Store
    from mentor_app.ui.settings import Settings
    from mentor_app.ui.tasks import Task, Tasks


@dataclass
class Context:
    """Shared by the window's pages."""

    tasks: Tasks
    settings: Settings
    open_store: Callable[[], Store]
    user: str
    toast: Callable[..., None]
    """Say something in passing; with ``undo`` (a callable) offers to take it back."""
    go: Callable[[str, Any], None]
    today: Callable[[], dt.date]
    me: Person | None = None
    """Who was chosen to be working here; None: only the computer's user is known."""

    def actor(self) -> Actor:
        """Who acts."""
        from mentor_app.core.store import Actor

        return Actor(self.me.name, self.me.id) if self.me else Actor(self.user)

    def query(self, read: Callable[[Any], Any], done: Callable[[Any], None]) -> Task:
        """Run ``read(connection)`` off the GUI thread and hand its result to ``done``."""

        def work(_task: Task) -> Any:
            with self.open_store().read() as connection:
                return read(connection)

        return self.tasks.run(work, done)

    def act(
        self,
        action: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None] | None = None,
        more: dict[str, Any] | None = None,
        **options: Any,
    ) -> Task:
        """Run an action off the GUI thread; ``more`` are its keyword arguments."""

        def work(_task: Task) -> Any:
            return self.open_store().act(self.actor(), action, *args, **(more or {}))

        return self.tasks.act(work, done, **options)
