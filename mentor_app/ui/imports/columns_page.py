"""The wizard's third step: which column means what, what tells one record from another, and what stage names mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.transfer.recognise import IDENTITY_PARTS, identity_parts
from mentor_app.transfer.stages import ALL_DEALS
from mentor_app.ui.i18n import tr
from mentor_app.ui.imports.identity_button import IdentityButton
from mentor_app.ui.imports.stages_form import Stages, StagesForm
from mentor_app.ui.widgets.controls import button, label, shortened
from mentor_app.ui.widgets.layouts import clear, scrolling

if TYPE_CHECKING:
    from mentor_app.transfer.plan import Plan


class ColumnsPage(QWidget):
    """A box for each field on the left, the stages on the right."""

    answered = Signal()
    """Somebody has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: dict[str, QComboBox] = {}
        self.identity: IdentityButton | None = None
        self._parts: list[str] = []
        """The columns of which the identity was put together."""
        self.stages = StagesForm()
        self.stages.answered.connect(self.answered.emit)
        self._fields = QHBoxLayout()
        holder = QWidget()
        holder.setObjectName("content")
        both = QHBoxLayout(holder)
        both.addLayout(self._fields, 1)
        right = QVBoxLayout()
        right.addWidget(self.stages)
        right.addStretch()
        both.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.addWidget(scrolling(holder))

    def show_plan(self, plan: Plan, stages: Stages, kept: Mapping[str, Mapping[str, object]], identity: object) -> None:
        """What was recognised; ``kept`` (of "columns" and "stages") and ``identity`` are answers given before."""
        source, columns = plan.source, plan.mapping.columns
        clear(self._fields)
        self.columns, self.identity = {}, None
        self._parts = identity_parts(columns)
        form, said, doubtful = QFormLayout(), kept["columns"], _doubtful(plan)
        form.setContentsMargins(8, 8, 8, 8)
        for name, words in plan.kind.fields.items():
            if name == "id":
                known = [str(one) for one in identity] if isinstance(identity, list) else columns.get("id", [])
                form.addRow(label(tr(words)), self._identity_button(source.headers, known, tr(words)))
                proposed = getattr(plan, "proposed", None)
                if proposed:
                    form.addRow(label(""), self._proposal(proposed))
                continue
            box = QComboBox()
            box.setAccessibleName(tr(words))
            box.addItem(tr("(none)"))
            box.addItems(source.headers)
            box.setCurrentIndex(source.headers.index(columns[name][0]) + 1 if name in columns else 0)
            if said:
                box.setCurrentIndex(max(0, box.findText(str(said[name]))) if name in said else 0)
            elif name in doubtful:
                box.setPlaceholderText(tr("please choose"))
                box.setCurrentIndex(-1)
                _mark(box, doubtful[name])
                box.setToolTip(tr("It could be {columns}.", columns=", ".join(map(source.place_of, doubtful[name]))))
            if name in IDENTITY_PARTS:
                box.activated.connect(self._put_identity_together)
            box.activated.connect(lambda _: self.answered.emit())
            self.columns[name] = box
            form.addRow(label(tr(words)), box)
        holder = QWidget()
        holder.setLayout(form)
        self._fields.addWidget(holder)
        self.stages.show_stages(stages, kept["stages"])

    def _put_identity_together(self) -> None:
        """Take the columns that are chosen now for what deals are called into their identity, while it is put together of such."""
        parts = identity_parts(self.chosen())
        if self.identity is not None and parts and set(self.identity.chosen()) == set(self._parts):
            self.identity.choose(parts)
            self._parts = parts

    def _identity_button(self, headers: Sequence[str], known: list[str], words: str) -> IdentityButton:
        self.identity = IdentityButton(list(headers), known)
        self.identity.answered.connect(self.answered.emit)
        self.identity.setAccessibleName(words)
        return self.identity

    def _proposal(self, column: str) -> QWidget:
        """A column that is different in every row, to be taken as the identity by a click."""
        take = button(tr("Use {column}: it is different in every row", column=shortened(column, 30)), lambda: None)

        def taken() -> None:
            if self.identity is not None:
                self.identity.choose([column])
                take.hide()
                self.answered.emit()

        take.clicked.connect(taken)
        return take

    def unanswered(self) -> QComboBox | None:
        """The first field that several columns could be, while none was chosen."""
        return next((box for box in self.columns.values() if box.currentIndex() < 0), None)

    def chosen(self) -> dict[str, list[str]]:
        """Field → columns, as ``plan`` takes it."""
        columns = {name: [box.currentText()] for name, box in self.columns.items() if box.currentIndex() > 0}
        if self.identity is not None and self.identity.chosen():
            columns["id"] = self.identity.chosen()
        return columns

    def stages_chosen(self) -> dict[str, str]:
        """Stage name → status, as ``plan`` takes it; what is said of all deals only where no column says it."""
        said, columns = self.stages.chosen(), self.chosen()
        has_column = any(name in columns for name in ("stage", "status", "won_on", "lost_on", "is_closed"))
        return {name: status for name, status in said.items() if name != ALL_DEALS or not has_column}


def _mark(box: QComboBox, columns: Sequence[str]) -> None:
    """Show which choices a field could be."""
    font = box.font()
    font.setBold(True)
    for column in columns:
        box.setItemData(box.findText(column), font, Qt.ItemDataRole.FontRole)


def _doubtful(plan: Plan) -> dict[str, list[str]]:
    """Fields that more than one column could be, or one that is not known by its name, and those columns."""
    return {**plan.several, **(plan.perhaps() if hasattr(plan, "perhaps") else {})}
