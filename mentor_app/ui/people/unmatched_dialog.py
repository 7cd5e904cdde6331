"""Saying whom the CRM's names mean that are left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.owners import OwnersForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QComboBox

    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection


def open_unmatched(window: QWidget, context: Context, place: Place) -> None:
    """Ask whom the names mean that own opportunities but nobody carries."""

    def read(connection: Connection) -> tuple[list[tuple[str, int]], list[Person], dict[str, int]]:
        from mentor_app.core.people.queries import crm_name_versions, people, unmatched_crm_names

        names = unmatched_crm_names(connection)
        return names, people(connection), crm_name_versions(connection, [name for name, _ in names])

    context.query(read, lambda found: context.present(UnmatchedDialog(window, context, place, *found)))


class UnmatchedDialog(Dialog):
    """CRM names that own opportunities but mean nobody yet."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        place: Place,
        names: Sequence[tuple[str, int]],
        people: Sequence[Person],
        versions: Mapping[str, int],
    ) -> None:
        super().__init__(parent, context, tr("Unmatched CRM names"), tr("Save"), place)
        self.resize(620, 480)
        self._versions = versions
        self._form = OwnersForm()
        self._form.show_names(
            [name for name, _ in names],
            [(p.id, p.name) for p in people],
            [plural("{n} opportunity", "{n} opportunities", n=n) for _, n in names],
            new=False,
        )
        self.boxes: Mapping[str, QComboBox] = self._form.boxes
        content = QVBoxLayout()
        content.addWidget(
            label(tr("These names own opportunities that count for nobody. Say whom they mean."), wrap=True)
        )
        content.addWidget(self._form, 1)
        self.set_content(content)

    @override
    def work(self) -> None:
        from mentor_app.core.people.actions import assign_crm_names

        chosen = {name: who for name, who in self._form.chosen().items() if isinstance(who, int)}
        self.act(assign_crm_names, chosen, self._versions)
