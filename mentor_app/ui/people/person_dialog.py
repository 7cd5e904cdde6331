"""One person's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.text import ERASED
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import check_box, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import date_field, list_field, read_date

if TYPE_CHECKING:
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection
    from mentor_app.core.text import Text


def open_person(window: QWidget, context: Context, place: Place) -> None:
    """The form of the person ``place.id``, or for a new one."""

    actor = context.actor()

    def read(connection: Connection) -> tuple[Person | None, list[str], Text | None]:
        from mentor_app.core.people.access import roles_refusal
        from mentor_app.core.people.queries import people, team_names

        known = people(connection, place.id) if place.id is not None else []
        return (known[0] if known else None), team_names(connection), roles_refusal(connection, actor)

    def show(found: tuple[Person | None, list[str], Text | None]) -> None:
        person, teams, fixed = found
        if person is None and place.id is not None:
            context.toast(tr("This person is not there any more."))
        else:
            context.present(PersonDialog(window, context, place, person, teams, fixed))

    context.query(read, show)


class PersonDialog(FormDialog):
    """Name, dates, team, roles, and the names carried in the CRM."""

    stored_in: ClassVar[Mapping[str, str]] = {
        "hired": "hired_on",
        "left": "left_on",
        "team": "team_id",
        "crm_names": "crm_name",
        "roles": "person_role",
    }

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        place: Place,
        person: Person | None,
        teams: list[str],
        fixed: Text | None = None,
    ) -> None:
        """``fixed``: why whoever works here gives no roles."""
        from mentor_app.core.people.rules import ROLES

        super().__init__(parent, context, tr("Edit person") if person else tr("Add person"), tr("Save"), place)
        self.stored = person is not None
        self.makes_new = not self.stored
        self._teams = frozenset(teams)
        self._person, self.concerns = person, person.name if person else ""
        self.name = QLineEdit(told(person.name) if person else "")
        self._erased = tuple(n for n in person.crm_names if ERASED in n) if person else ()
        if person and ERASED in person.name:  # a name erased on request stays so
            self.name.setReadOnly(True)
        self.hired = date_field(person.hired_on if person else None)
        self.left = date_field(person.left_on if person else None)
        self.team = QComboBox(editable=True)
        self.team.addItems(["", *teams])
        self.team.setCurrentText(person.team or "" if person else "")
        others = [n for n in person.crm_names if n not in (person.name, *self._erased)] if person else []
        self.crm_names = list_field(others)
        self.roles = {key: check_box(tr(words), bool(person and key in person.roles)) for key, words in ROLES.items()}
        self.row(tr("Name"), self.name)
        self.row(tr("Hired on"), self.hired)
        self.row(tr("Left on"), self.left)
        self.row(tr("Team"), self.team)
        self.row(tr("CRM names"), self.crm_names)
        self.form.addRow(label(""), label(tr("The name itself counts as one of them."), "note", wrap=True))
        boxes = QGridLayout()
        for n, box in enumerate(self.roles.values()):
            boxes.addWidget(box, *divmod(n, 2))
        self.form.addRow(label(tr("Roles")), boxes)
        if fixed is not None:
            for box in self.roles.values():
                box.setEnabled(False)
            self.form.addRow(label(""), label(fixed.render(current()), "note", wrap=True))
        if person and person.hired_on_inferred:
            note = label(
                tr(
                    "The hire date is inferred. Another one entered here is a confirmed one; “Confirm hire date” in the list confirms this one."
                ),
                "note",
                wrap=True,
            )
            self.form.addRow(label(""), note)

    @override
    def work(self) -> None:
        from mentor_app.core.people.actions import PersonDetails, add_person, edit_person

        hired_on = read_date(self.hired)
        if self._person is not None and self._person.hired_on_inferred and hired_on == self._person.hired_on:
            hired_on = None  # nobody has said so
        typed = self.crm_names.text().replace("；", ";").split(";")
        details = PersonDetails(
            name=self._person.name if self._person and self.name.isReadOnly() else self.name.text(),
            hired_on=hired_on,
            left_on=read_date(self.left),
            team=self.team.currentText().strip() or None,
            roles=frozenset(key for key, box in self.roles.items() if box.isChecked()),
            crm_names=(*self._erased, *(name for name in map(str.strip, typed) if name)),
            code=self._person.code if self._person else None,
        )
        if details.team and details.team not in self._teams and not self.sure(self._no_team(details.team)):
            self.team.setFocus()
            return
        if self._person:
            self.act(edit_person, self._person.id, details, self._person.version)
        else:
            self.act(add_person, details)

    def _no_team(self, name: str) -> str:
        """What is asked of a team nobody knows, so that a slip makes none."""
        alike = {" ".join(known.casefold().split()): known for known in self._teams}
        meant = alike.get(" ".join(name.casefold().split())) or next(
            (known for known in sorted(self._teams, key=len, reverse=True) if known in name), None
        )
        if meant is not None:
            return tr(
                "There is no team “{name}” yet, but there is “{meant}”. To make a new team, press Save once more.",
                name=name,
                meant=meant,
            )
        return tr("There is no team “{name}” yet. To make a new team, press Save once more.", name=name)

    @override
    def failed(self, error: Exception) -> None:
        """Of somebody erased meanwhile nothing typed is kept as a draft either."""
        from mentor_app.core.people.actions import IS_ERASED

        super().failed(error)
        if isinstance(error, UserError) and error.message.key == IS_ERASED and self._person is not None:
            self._drafts.end_about(self._person.id)
            self.record_erased(error.render(current()))
