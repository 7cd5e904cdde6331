"""A page with several views behind tabs, and single records opened in front of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Generic, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from mentor_app.ui import registry
from mentor_app.ui.context import Context, Question
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.store_notice import Offer, StoreNotice
from mentor_app.ui.widgets.controls import ElidedLabel, badge, button, leave_focus, on_keys, set_badge
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.lists import Record, SearchList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.store import Connection


_WIDEST_TITLE = 400


class Page(QWidget):
    """A page: header of 64 px (title, context, actions) over its content. Reads again when its kinds change."""

    room = ""
    """The room the page stands in; its key in the registry."""
    came_from: Place | None = None
    """Where a place of this page was asked for, on another one."""
    kinds: frozenset[str] = frozenset()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("content")
        outer = column_in(self, 0)
        header = QFrame()
        header.setObjectName("header")
        header.setFixedHeight(64)
        self.header = QHBoxLayout(header)
        self.header.setContentsMargins(24, 0, 24, 0)
        self.header.setSpacing(12)
        self.title = ElidedLabel(title, "title")
        self.title.setMaximumWidth(_WIDEST_TITLE)
        self.context = ElidedLabel("", "muted")
        self.context.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # it gives way first
        self.header.addWidget(self.title)
        self.header.addWidget(self.context, 1)
        outer.addWidget(header)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(24, 24, 24, 24)
        self.body.setSpacing(16)
        self.unread = StoreNotice()
        self.body.addWidget(self.unread)
        self._unread: dict[Question, tuple[str, Sequence[Offer]]] = {}
        outer.addLayout(self.body, 1)

    def open(self, place: Place) -> None:
        """Show a place of this page: one of its commands, a record."""

    def here(self) -> Place:
        """The place shown now, to come back to."""
        return Place(self.room)

    def step_back(self) -> bool:
        """Take back what was done last here and is stored nowhere; whether there was anything."""
        return False

    def step_on(self) -> bool:
        """Do again what was taken back here last; whether there was anything."""
        return False

    def views_to_check(self) -> dict[str, Callable[[], object]]:
        """Further views of the page by name, each shown by a call; for the test that looks at every page."""
        return {}

    def take_focus(self) -> None:
        """What had the focus is going: it is on the page's list from now on, or on nothing that a key could press."""
        lists = (found for found in self.findChildren(QAbstractItemView) if found.isVisible() and found.isEnabled())
        next((found for found in lists if found.focusPolicy() & Qt.FocusPolicy.TabFocus), self).setFocus()

    def refresh(self) -> None:
        """Read what the page shows; called when it is shown first and when its kinds changed."""

    def tell_unread(self, question: Question, why: str, offers: Sequence[Offer]) -> None:
        """Something to be shown here could not be read: say why, above where it would stand, until it can be."""
        self._unread[question] = why, offers
        self.show_unread()

    def was_read(self, question: Question) -> None:
        """What is asked by this could be read."""
        self._unread.pop(question, None)
        if self.unread.isVisibleTo(self):
            self.show_unread()

    @property
    def is_unread(self) -> bool:
        """Whether something of it could not be read."""
        return bool(self._unread)

    def read_again(self) -> None:
        """Ask anew for everything that could not be read."""
        self._unread.clear()
        self.refresh()

    def show_unread(self) -> None:
        """Say what of the view in front could not be read."""
        for question, (why, offers) in self._unread.items():
            if isinstance(question.asker, QWidget) and question.asker.isVisibleTo(self):
                self.unread.say("", why, offers, whole=False)
                return
        leave_focus(self.unread)
        self.unread.hide()


def page_of(asker: object) -> Page | None:
    """The page that something stands on; None where it stands on none."""
    widget = asker if isinstance(asker, QWidget) and isValid(asker) else None
    while widget is not None and not isinstance(widget, Page):
        widget = None if widget.isWindow() else widget.parentWidget()
    return widget


class View(QWidget):
    """What stands behind a tab, or the page of the one record ``id``.

    ``title``, ``note`` and ``mark`` (a word with its state) stand in the header beside ``buttons``.

    Of the buttons those in ``shown`` are visible; ``needs`` says which action a button is for, where it takes a role.
    ``headed`` says that any of this has changed, ``vanished`` that the record shown is not there any more.
    """

    headed = Signal()
    vanished = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.id = 0
        self.title, self.note = "", ""
        self.mark: tuple[str, str] = ("", "plain")
        self.buttons: list[QPushButton] = []
        self.shown: set[QPushButton] = set()
        self.needs: dict[QPushButton, str] = {}

    def show_id(self, key: int) -> None:
        """Show the record with this id, for views that show one."""
        self.id = key
        self.reload()

    def listed(self) -> Sequence[int]:
        """The ids of the records shown, for views that list some."""
        return ()

    def reload(self) -> None:
        """Read what is shown again."""

    def step_back(self) -> bool:
        """Take back what was done last here and is stored nowhere; whether there was anything."""
        return False

    def step_on(self) -> bool:
        """Do again what was taken back here last; whether there was anything."""
        return False

    def may(self, name: str) -> bool:
        """Whether whoever works here may do what is called ``name``."""
        return self._context.may(name)


class RecordList(View, Generic[Record]):
    """A list to search; Enter opens the record ``records`` says it holds."""

    records: Place | None = None

    kind = ""
    """What the rows are in the history; empty where they have none of their own."""

    def show_list(self, listing: SearchList[Record]) -> None:
        """Fill the view with this list."""
        self.list = listing
        if self.kind:
            listing.table.offer_history(self.kind, self._context.go)
        if self.records is not None:
            place = self.records
            listing.opened.connect(lambda key: self._context.go(replace(place, id=key)))
        column = column_in(self)
        column.addWidget(listing)

    @abstractmethod
    def read(self, connection: Connection) -> Sequence[Record]:
        """The rows."""

    @override
    def listed(self) -> Sequence[int]:
        return self.list.model.ids

    @override
    def reload(self) -> None:
        self._context.query(self.read, self._arrived)

    def _arrived(self, rows: Sequence[Record]) -> None:
        self.list.show_rows(rows)
        self.note = self.said(rows)
        self.shown = {item for item in self.buttons if item not in self.needs or self.may(self.needs[item])}
        self.headed.emit()

    def said(self, rows: Sequence[Record]) -> str:
        """What the header says of them."""
        return ""


class TabbedPage(Page):
    """``views`` are the views behind tabs, by key, with their names; the first one opens. Esc goes back."""

    def __init__(self, context: Context, title: str, views: dict[str, str]) -> None:
        super().__init__(title)
        self._context = context
        self.back = button("‹", self.go_back)
        self.back.setAccessibleName(tr("Back"))
        self.back.setToolTip(tr("Back") + "  Esc")
        self.header.insertWidget(0, self.back)
        self.mark = badge("–")
        self.header.insertWidget(2, self.mark)
        self.tabs = QTabBar(drawBase=False, expanding=False)
        self.tabs.setAccessibleName(tr("Views"))
        self.keys = tuple(views)
        for words in views.values():
            self.tabs.addTab(words)
        self.body.addWidget(self.tabs)
        self.stack = QStackedLayout()
        self.body.addLayout(self.stack, 1)
        self._views: dict[str, View] = {}
        self._trail: list[tuple[str, int]] = [(self.keys[0], 0)]
        self._buttons: list[QPushButton] = []
        self.tabs.currentChanged.connect(lambda at: self.show_view(self.keys[at], start=True))
        on_keys(self, "Escape", self.go_back)
        self.show_view(self.keys[0], start=True)

    @override
    def open(self, place: Place) -> None:
        if place.id is not None:
            known = (self.room, place.what) in registry.VIEWS
            self.show_view(place.what if known else registry.RECORDS[place.room], place.id)
        elif place.what in self.keys:
            self.show_view(place.what, start=True)

    @override
    def here(self) -> Place:
        key, item = self._trail[-1]
        return Place(self.room, key, item or None)

    def view(self, key: str) -> View:
        """The view with this key; made when first needed."""
        if key not in self._views:
            maker = cast("Callable[[Context], View]", registry.load(registry.VIEWS[self.room, key]))
            view = maker(self._context)
            self._views[key] = view
            self.stack.addWidget(view)
            view.headed.connect(self._head)
            view.vanished.connect(partial(self._leave, key))
            for item in view.buttons:
                self.header.addWidget(item)
                item.hide()
                self._buttons.append(item)
        return self._views[key]

    def show_view(self, key: str, item: int = 0, start: bool = False) -> None:
        """Bring a view to the front; with ``start`` there is nothing to go back to."""
        if start:
            self._trail = [(key, item)]
        elif self._trail[-1] != (key, item):
            self._trail.append((key, item))
        view = self.view(key)
        self.stack.setCurrentWidget(view)
        if key in self.keys and self.tabs.currentIndex() != self.keys.index(key):
            self.tabs.blockSignals(True)
            self.tabs.setCurrentIndex(self.keys.index(key))
            self.tabs.blockSignals(False)
        self.tabs.setVisible(key in self.keys)
        if key in self.keys:
            view.reload()
        else:
            view.show_id(item)
        self._head()

    def go_back(self) -> None:
        """To the view before."""
        if len(self._trail) > 1:
            self._trail.pop()
            key, item = self._trail.pop()
            if self._trail:
                self.show_view(key, item)
            else:
                self.show_view(key, item, start=True)

    @override
    def step_back(self) -> bool:
        return self._views[self._trail[-1][0]].step_back()

    @override
    def step_on(self) -> bool:
        return self._views[self._trail[-1][0]].step_on()

    def _leave(self, key: str) -> None:
        """What a view showed is gone (taken back, or removed elsewhere): to the view before, else to the first one."""
        if self._trail[-1][0] != key:
            return
        if len(self._trail) > 1:
            self.go_back()
        else:
            self.show_view(self.keys[0], start=True)

    def _head(self) -> None:
        view = self._views[self._trail[-1][0]]
        offered = view.shown.intersection(view.buttons)
        for item in {*self._buttons} - offered:  # first: with the buttons of two views the window would grow
            item.hide()
        self.back.setVisible(len(self._trail) > 1)
        self.title.setText(view.title)
        self.context.setText(view.note)
        set_badge(self.mark, *view.mark)
        for item in offered:
            item.show()
        self.show_unread()

    @override
    def refresh(self) -> None:
        self.view(self._trail[-1][0]).reload()
