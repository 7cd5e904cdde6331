"""Who works in a window: remembered for each store, and chosen by whoever sits there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from mentor_app.core.drafts import owner_of
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, told, tr
from mentor_app.ui.widgets.command_palette import Entry

if TYPE_CHECKING:
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection
    from mentor_app.ui.tasks import Task


class WorkingHere(QObject):
    """The person whom everything done here is recorded under, and those who worked here lately."""

    changed = Signal()
    """It is somebody else, or more is known of them."""
    named = Signal(str)
    """How whoever works here is called."""

    chosen = Signal()
    """Somebody has said who it is from now on."""

    def __init__(
        self, context: Context, find: Callable[[str, list[Entry]], object], place: str, is_sample: bool, window: QObject
    ) -> None:
        """``find`` lets one of many be chosen; ``place`` tells this store from others; ``is_sample``: a throw-away store, in which
        somebody is named to be."""
        super().__init__(window)
        self._context, self._find, self._place, self._is_sample = context, find, place, is_sample
        self._known: list[Person] = []

    @property
    def is_remembered(self) -> bool:
        """Whether somebody was chosen in this store before."""
        return bool(self._context.settings.actors.get(self._place))

    def owner(self) -> str:
        """Whose drafts are kept and found here: theirs who was chosen, also before the store has said who that is."""
        if self._context.me is not None:
            return owner_of(self._context.me.id)
        chosen = self._context.settings.actors.get(self._place, [])
        return owner_of(chosen[0]) if chosen and not self._context.who_is_known else self._user()

    def _user(self) -> str:
        return f"user {self._context.user}"

    def look(self) -> None:
        """Read who it is."""
        self._context.query(self._read, self._show)

    def take_over(self, old: WorkingHere) -> None:
        """Whoever worked in the old window works here from the start: drafts are looked for under their name."""
        self._show((old._context.me, old._known))
        self._context.who_is_known = old._context.who_is_known

    def _read(self, connection: Connection) -> tuple[Person | None, list[Person]]:
        """Who works here, if known, and everybody who did lately."""
        from mentor_app.core.store.history import beginning, same_beginning

        self._context.open_store()  # a sample names somebody to be
        begun, known = beginning(connection), self._context.settings.stores.get(self._place)
        other = begun is not None and (known is None or not same_beginning(known, begun))
        if begun is not None and other and not self._is_sample:
            self._context.tasks.post(partial(self._another_store, known, begun))
        chosen = self._context.settings.actors.get(self._place, [])
        if not chosen or (other and known is not None):
            return None, []
        from mentor_app.core.people.queries import people

        by_id = {p.id: p for one in chosen for p in people(connection, one)}  # others may be past reading
        return by_id.get(chosen[0]), [by_id[i] for i in chosen if i in by_id]

    def _show(self, result: tuple[Person | None, list[Person]]) -> None:
        context, before = self._context, self._context.me
        if before != result[0]:
            context.flush()  # what was typed until now is theirs who typed it
        context.me, self._known = result
        context.who_is_known = True
        me = context.me
        if me is not None:
            from mentor_app.core.people.rules import ROLES

            roles = current().listed(tr(ROLES[role]) for role in me.roles)
            self.named.emit(told(f"{me.name} · {roles}" if roles else me.name))
        else:
            self.named.emit(context.user)
        if before != me:
            self.changed.emit()

    def _another_store(self, before: str | None, now: str) -> None:
        """It is known from now on which store lies here. Where another one did, nobody is chosen in this one, and the
        drafts of that one wait until it is back."""
        settings = self._context.settings
        settings.stores[self._place] = now
        if before is not None and before != now:
            settings.actors.pop(self._place, None)
            self._context.drafts.lay_aside(before, now)
            self._context.toast(tr("Another store lies here now. Say who is working here."))
        settings.save()

    # -- choosing

    def fill(self, menu: QMenu) -> None:
        """Those who worked here lately, and the way to everybody else."""
        menu.clear()
        for person in self._known:
            action = menu.addAction(told(person.name).replace("&", "&&"), partial(self.become, person.id))
            action.setCheckable(True)
            action.setChecked(self._context.me is not None and person.id == self._context.me.id)
        if self._known:
            menu.addSeparator()
        menu.addAction(tr("Somebody else…"), self.ask)

    def ask(self) -> None:
        """Ask who is working here, among everybody still with the company."""

        def show(everybody: list[Person]) -> None:
            present = [p for p in everybody if p.is_here(self._context.today())]
            self._find(tr("Who is working here"), self.entries(present, lambda p: partial(self.become, p.id)))

        self.read_everybody(show)

    def entries(self, persons: list[Person], choose: Callable[[Person], Callable[[], object]]) -> list[Entry]:
        """People to be found by all they are called, told apart where several bear one name."""
        from mentor_app.core.people.queries import told_apart

        called = told_apart(persons)
        return [
            Entry(called[p.id], (p.team or "") if called[p.id] == p.name else "", choose(p), p.looked_for_by)
            for p in persons
        ]

    def become(self, person_id: int) -> None:
        """Act as this person from now on; remembered for this store."""
        context = self._context
        if not may_change(context):
            return
        if context.me is None:  # what was begun before anybody was chosen is theirs who now says so
            context.drafts.hand_over(self._user(), owner_of(person_id))
            context.who_is_known = False
        actors = context.settings.actors
        others = [i for i in actors.get(self._place, []) if i != person_id]
        actors[self._place] = [person_id, *others][:6]
        context.settings.save()
        self.chosen.emit()
        self.look()

    def read_everybody(self, done: Callable[[list[Person]], None]) -> Task[list[Person]]:
        """Everybody in the store."""

        def read(connection: Connection) -> list[Person]:
            from mentor_app.core.people.queries import people

            return people(connection)

        return self._context.query(read, done)


def may_change(context: Context) -> bool:
    """Keep what is typed; where that can't be done now, nothing that would end it may follow."""
    kept = context.flush()
    if not kept:
        reason = context.reason_unkept().render(current())
        context.toast(
            tr("First what you typed has to be kept on this computer, which can't be done: {reason}", reason=reason)
        )
    return kept
