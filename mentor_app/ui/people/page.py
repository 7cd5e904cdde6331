"""People: search, sort, add, edit, confirm inferred hire dates, import."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from mentor_app.core.personal.letters import finder
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.forms import search_field
from mentor_app.ui.widgets.lists import in_order
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.table import Table
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection


def _hired(person: Person) -> str:
    if person.hired_on is None:
        return "–"
    return tr("{date} (inferred)", date=person.hired_on) if person.hired_on_inferred else person.hired_on.isoformat()


def _hired_in_brief(person: Person) -> str:
    return f"≈ {person.hired_on}" if person.hired_on_inferred and person.hired_on is not None else _hired(person)


def _share_a_name(everybody: list[Person]) -> bool:
    """Whether a number tells people apart who bear one name."""
    from mentor_app.core.people.rules import match_key

    times = Counter(match_key(one.name) for one in everybody)
    return any(one.code and times[match_key(one.name)] > 1 for one in everybody)


class PeoplePage(Page):
    """Everybody in one table."""

    room = "people"
    kinds = frozenset({"people", "pipeline"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("People"))
        from mentor_app.core.people.rules import ROLES

        self._context = context
        self._everybody: list[Person] = []
        self._read, self._wrote = False, 0
        self._sort, self._descending = "name", False
        self.search = search_field(tr("Search people"))
        self.search.textChanged.connect(self._arrange)
        self.confirm = button(tr("Confirm hire date"), self._confirm)
        self.header.addWidget(self.confirm)
        self.unmatched = button(tr("Match CRM names…"), lambda: context.go(Place("people", "unmatched")))
        self.unmatched.hide()
        self.teams_button = button(tr("Teams…"), lambda: context.go(Place("people", "teams")))
        self.header.addWidget(self.teams_button)
        self.header.addWidget(
            button(tr("Import people…"), lambda: context.go(Place("imports", "people")), shortcut="Ctrl+I")
        )
        self.header.addWidget(
            button(tr("Add person"), lambda: context.go(Place("people", "add")), primary=True, shortcut="Ctrl+N")
        )
        above = QHBoxLayout()
        above.addWidget(self.search, 1)
        above.addWidget(self.unmatched)  # in the header there is no room for it in a small window
        self.body.addLayout(above)
        columns: list[ColumnSpec[Person]] = [
            ColumnSpec("name", tr("Name"), lambda p: p.name, width=180, first=True),
            ColumnSpec("code", tr("Employee number"), lambda p: p.code or "", width=120, keep=True),
            ColumnSpec("hired_on", tr("Hired on"), _hired, width=180, keep=True, brief=_hired_in_brief),
            ColumnSpec(
                "left_on", tr("Left on"), lambda p: p.left_on.isoformat() if p.left_on else "", width=112, keep=True
            ),
            ColumnSpec("team", tr("Team"), lambda p: p.team or "", width=200, first=True),
            ColumnSpec("roles", tr("Roles"), lambda p: current().listed(tr(ROLES[r]) for r in p.roles), width=140),
            ColumnSpec("crm_names", tr("CRM names"), lambda p: ", ".join(p.crm_names)),
        ]
        self.model = RowsModel(columns, context.tasks)
        self.table = Table(self.model, tr("People"), "name")
        self.table.give_up(frozenset({"code"}), frozenset())
        self.table.offer_history("person", context.go)
        self.table.offer(tr("What is kept about this person…"), self._ask_kept)
        self.table.offer(tr("Merge with another record…"), lambda i: context.go(Place("people", "merge", i)))
        self.table.offer(tr("Remove"), self._remove, "Del")
        self.table.offer(tr("Erase personal data…"), lambda i: context.go(Place("people", "erase", i)))
        self.table.offer(tr("Removed people…"), lambda _: context.go(Place("people", "removed")))
        self.table.sorted.connect(self._sorted)
        self.table.opened.connect(self._open)
        self.table.reach_from(self.search, at_once=True)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.body.addWidget(self.table, 1)
        self.empty = label("", "muted")
        self.body.addWidget(self.empty)
        self._selected()

    @override
    def refresh(self) -> None:
        def read(connection: Connection) -> tuple[list[Person], bool]:
            from mentor_app.core.people.queries import people, unmatched_crm_names

            return people(connection), bool(unmatched_crm_names(connection))

        self._context.query(read, self._show)

    def _show(self, read: tuple[list[Person], bool]) -> None:
        known, wrote = {person.id for person in self._everybody}, max(self._context.tasks.written, default=0)
        self._everybody, unmatched = read
        self.table.give_up(frozenset() if _share_a_name(self._everybody) else frozenset({"code"}), frozenset())
        self.table.measure(self._everybody)
        new = [person.id for person in self._everybody if person.id not in known] if self._read else []
        here, self._wrote, self._read = wrote > self._wrote, wrote, True
        self.unmatched.setVisible(unmatched)
        self._arrange()
        if here and len(new) == 1 and new[0] in self.model.ids:  # added here, or added again
            self.table.choose(self.model.ids.index(new[0]))
            self.table.scrollTo(self.table.currentIndex())

    def _sorted(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._arrange()

    def _arrange(self) -> None:
        fits = finder(self.search.text())
        found = [person for person in self._everybody if fits(told(person.looked_for_by))]
        ordered = in_order(found, lambda p: getattr(p, self._sort), self._descending)
        self.model.set_ids([p.id for p in ordered], {p.id: p for p in ordered})
        self.context.setText(plural("{n} person", "{n} people", n=len(ordered)))
        nobody = tr("Nobody is here yet. Import your CRM's export or add people.")
        self.empty.setText(tr("Nobody is found.") if self._everybody else nobody)
        self.empty.setVisible(self._read and not ordered)
        self._selected()

    def _chosen(self) -> list[Person]:
        rows = [self.model.row(index.row()) for index in self.table.selectionModel().selectedRows()]
        return [person for person in rows if person is not None]

    def _selected(self) -> None:
        self.confirm.setEnabled(any(p.hired_on_inferred for p in self._chosen()))

    def _confirm(self) -> None:
        from mentor_app.core.people.actions import confirm_hire_dates

        chosen = {p.id: p.version for p in self._chosen() if p.hired_on_inferred}
        self._context.act(confirm_hire_dates, list(chosen), chosen).then(
            lambda _: self._context.toast(
                plural("{n} hire date confirmed.", "{n} hire dates confirmed.", n=len(chosen))
            )
        )

    def _ask_kept(self, person_id: int) -> None:
        from mentor_app.ui.people.personal_dialogs import ask_kept

        person = next((p for p in self._everybody if p.id == person_id), None)
        me = self._context.me
        why = None if me is not None and me.id == person_id else self._context.refusal("people.read_kept")
        if why is not None:
            self._context.refuse(why)
        elif person is not None:
            self.asking = ask_kept(self, self._context, person)

    def _remove(self, person_id: int) -> None:
        """Somebody entered by mistake; where the record is used, it says by what."""
        from mentor_app.core.personal.actions import remove_person

        person = next((p for p in self._everybody if p.id == person_id), None)
        if person is not None:
            self._context.act(remove_person, person.id, person.version)

    def _open(self, person_id: int) -> None:
        self._context.go(Place("people", "change", person_id))

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        go = self._context.go
        return {
            "person": lambda: go(Place("people", "add")),
            "teams": lambda: go(Place("people", "teams")),
            "import": lambda: go(Place("imports", "people")),
        }

    @override
    def open(self, place: Place) -> None:
        if place.id is not None:
            self._open(place.id)


PAGE = PeoplePage
