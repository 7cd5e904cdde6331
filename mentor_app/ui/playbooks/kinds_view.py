"""The kinds of playbooks as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentor_app.core.playbooks.rules import ARISES, FORMS
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from mentor_app.core.playbooks.rules import Kind
    from mentor_app.core.store import Connection


@dataclass(frozen=True)
class KindRow:
    """A kind with its id."""

    id: int
    kind: Kind


class KindsView(RecordList[KindRow]):
    """The kinds with their templates and rules."""

    kind = "playbook_kind"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Kinds")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Kinds"),
                tr("Search kinds"),
                [
                    ColumnSpec("name", tr("Kind of playbook"), lambda k: k.kind.name(current().language), width=220),
                    ColumnSpec("form", tr("Form"), lambda k: tr(FORMS[k.kind.form]), width=130),
                    ColumnSpec("arises", tr("Is owed"), lambda k: tr(ARISES[k.kind.arises]), width=240),
                    ColumnSpec(
                        "size",
                        tr("Parts wanted"),
                        lambda k: str(k.kind.goal or len(k.kind.template)),
                        figure=True,
                        width=128,
                        keep=True,
                    ),
                    ColumnSpec(
                        "months", tr("Good for months"), lambda k: str(k.kind.months), figure=True, width=140, keep=True
                    ),
                ],
                tr("There is no kind yet."),
                order={
                    "name": lambda k: k.kind.name.en,
                    "form": lambda k: k.kind.form,
                    "arises": lambda k: k.kind.arises,
                    "months": lambda k: k.kind.months,
                    "size": lambda k: k.kind.goal or len(k.kind.template),
                },
            )
        )
        self.list.opened.connect(self._open)
        self.new = button(tr("New kind…"), self.add, primary=True)
        self.buttons = [self.new]
        self.needs = {self.new: "playbooks.save_kind"}

    @override
    def read(self, connection: Connection) -> list[KindRow]:
        from mentor_app.core.playbooks.queries import kinds

        return [KindRow(kind_id, kind) for kind_id, _, kind in kinds(connection)]

    def add(self) -> None:
        """A further kind."""
        self._open(None)

    def _open(self, kind_id: int | None) -> None:
        if self.may("playbooks.save_kind"):
            self._context.go(Place("playbooks", "kind", kind_id))
        else:
            self._context.toast(tr("Trainers define the kinds."))
