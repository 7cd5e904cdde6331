"""Dialogs of the assignment board: what counts how much, and accepting pairs with their projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from mentor_app.core.errors import UserError
from mentor_app.core.matching.criteria import CRITERIA, WEIGHTS
from mentor_app.core.pairing.rules import DEFAULT_CAPACITY
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.text import text
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.controls import ElidedLabel, button, label, shortened
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import choice, date_field, read_date, text_field


class WeightsDialog(FormDialog):
    """The weight of each criterion; kept for this computer's user, used by the next suggestion."""

    def __init__(self, parent: QWidget, context: Context, done: Any) -> None:
        super().__init__(parent, context, tr("Criteria"), tr("Suggest"))
        self._done = done
        self.form.addRow(label(tr("How much each criterion counts, from 0 (not at all) up."), "muted", wrap=True))
        self.fields: dict[str, QDoubleSpinBox] = {}
        kept = weights(context)
        for key, words in CRITERIA.items():
            field = QDoubleSpinBox(minimum=0, maximum=100, decimals=1, singleStep=0.5)
            field.setValue(kept[key])
            self.fields[key] = field
            self.row(tr(words), field)
        self.buttons.insertWidget(0, button(tr("As usual"), self._reset))

    def _reset(self) -> None:
        for key, field in self.fields.items():
            field.setValue(WEIGHTS[key])

    def work(self) -> None:
        self.context.settings.weights = {key: field.value() for key, field in self.fields.items()}
        self.context.settings.save()
        self.accept()
        self._done()


def weights(context: Context) -> dict[str, float]:
    """The weights kept for this user; damaged ones count as usual."""
    kept = context.settings.weights
    return {key: min(1000.0, max(0.0, kept.get(key, usual))) for key, usual in WEIGHTS.items()}


def open_accept(parent: QWidget, context: Context, pairs: Sequence[tuple[Any, Any]], done: Any) -> None:
    """Ask which project each (hire, mentor) goes with, then start the pairings."""

    def read(connection: Any) -> Any:
        from mentor_app.core.pairing.queries import bindings
        from mentor_app.core.pairing.tables import pairing_project
        from mentor_app.core.projects.queries import open_deals, projects

        running: dict[int, int] = {}
        for bound in bindings(connection, pairing_project.c.last_on.is_(None)):
            running[bound.project_id] = running.get(bound.project_id, 0) + 1
        deals: dict[int, list[ProjectDetails]] = {}
        for owner, details in open_deals(connection, {mentor.id for _, mentor in pairs}, context.today()):
            deals.setdefault(owner, []).append(details)
        return [(p, running.get(p.id, 0)) for p in projects(connection) if p.outcome == "open"], deals

    def show(result: Any) -> None:
        parent.dialog = AcceptDialog(parent, context, pairs, *result, done)  # type: ignore[attr-defined]
        parent.dialog.open()  # type: ignore[attr-defined]

    context.query(read, show)


class AcceptDialog(FormDialog):
    """One row a pair: ticked or not, its project (an open one, a deal of the mentor's, or a new name), its goals."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        pairs: Sequence[tuple[Any, Any]],
        projects: Sequence[tuple[Any, int]],
        deals: Mapping[int, list[ProjectDetails]],
        done: Any,
    ) -> None:
        super().__init__(parent, context, tr("Start pairings"), "", 860)
        self._pairs, self._done = pairs, done
        self._open = {project.name: project for project, _ in projects}
        self._deals = {details.name: details for several in deals.values() for details in several}
        self.started = date_field(context.today())
        self.row(tr("First day"), self.started)
        self.table = QTableWidget(len(pairs), 3)
        self.table.setAccessibleName(tr("Pairs"))
        self.table.setHorizontalHeaderLabels([tr("Pair"), tr("Project"), tr("Goals")])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setShowGrid(False)
        self.table.verticalHeader().setDefaultSectionSize(36)
        for at in range(3):
            self.table.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        taken: set[str] = set()
        choices: list[list[str]] = []
        for row, (hire, mentor) in enumerate(pairs):
            own = [details.name for details in deals.get(mentor.id, [])]
            best = self._best(hire, own, projects, taken)
            taken.add(best)
            choices.append([*own[:20], *self._open])
            pair = QTableWidgetItem(f"{hire.name} → {mentor.name}")
            pair.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            pair.setCheckState(Qt.CheckState.Checked)
            pair.setToolTip(pair.text())
            self.table.setItem(row, 0, pair)
            self.table.setItem(row, 1, QTableWidgetItem(best))
            self.table.setItem(row, 2, QTableWidgetItem(""))
        self.table.setItemDelegateForColumn(1, _ProjectDelegate(self.table, choices))
        self.table.itemChanged.connect(lambda _: self._count())
        self.table.setMinimumHeight(min(12, len(pairs) + 2) * 36 + 8)
        self.form.addRow(self.table)
        self.note = label("", "note", wrap=True)
        self.form.addRow(self.note)
        self._count()

    def _best(self, hire: Any, own: list[str], projects: Sequence[tuple[Any, int]], taken: set[str]) -> str:
        """An open project of the hire's own track nobody works on yet, else the mentor's newest deal, else a new one."""
        near = [
            (p.industry == hire.industry, p.name)
            for p, running in projects
            if not running and p.region == hire.region and p.name not in taken
        ]
        if near:
            return str(max(near)[1])
        free = [name for name in own if name not in taken]
        return free[0] if free else tr("First project of {name}", name=hire.name[:120])

    def _rows(self) -> list[int]:
        return [r for r in range(self.table.rowCount()) if self.table.item(r, 0).checkState() == Qt.CheckState.Checked]

    def _count(self) -> None:
        rows = self._rows()
        self.save.setText(current().plural("Start {n} pairing", "Start {n} pairings", len(rows)))
        self.save.setAccessibleName(self.save.text())
        self.save.setEnabled(bool(rows))
        names = {self.table.item(row, 1).text().strip() for row in rows}
        new = len([name for name in names if name and name not in self._open])
        self.note.setText(
            tr(
                "New projects: {n}, with the usual cycle. F2 changes a project or goals, Space ticks a pair.",
                n=new,
            )
        )

    def work(self) -> None:
        from mentor_app.core.pairing.actions import NewPair, start_pairings

        started = read_date(self.started)
        if started is None:
            raise UserError(text("A date is needed."))
        chosen = []
        for row in self._rows():
            hire, mentor = self._pairs[row]
            name, goals = self.table.item(row, 1).text().strip(), self.table.item(row, 2).text()
            if not name:
                raise UserError(text("{name} needs a project.", name=hire.name))
            project: int | ProjectDetails
            if name in self._open:
                project = self._open[name].id
            else:
                project = self._deals.get(name) or ProjectDetails(name, started, None, hire.region, hire.industry)
            chosen.append(NewPair(hire.id, mentor.id, project, goals))
        self.act(start_pairings, chosen, started, done=lambda made: self._done(made.result))


class _ProjectDelegate(QStyledItemDelegate):
    """A box with the projects to choose from, in which a new name can be typed."""

    def __init__(self, parent: QWidget, choices: Sequence[Sequence[str]]) -> None:
        super().__init__(parent)
        self._choices = choices

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        box = QComboBox(parent, editable=True)
        box.setAccessibleName(tr("Project"))
        box.addItems(list(dict.fromkeys(self._choices[index.row()])))
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data()))

    def setModelData(self, editor: QWidget, model: Any, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentText())


class CapacityDialog(FormDialog):
    """How many apprentices a mentor may have at a time."""

    def __init__(self, parent: QWidget, context: Context, page: Any) -> None:
        super().__init__(parent, context, tr("Capacity"), tr("Save"))
        self._person = page.person
        self.form.addRow(ElidedLabel(page.person.name, "cardtitle"))
        self.places = QSpinBox(minimum=0, maximum=50)
        self.places.setValue(page.mentor.capacity if page.mentor else DEFAULT_CAPACITY)
        self.row(tr("Apprentices at a time"), self.places)
        self.form.addRow(label(tr("Running pairings stay, also where they are more than that."), "note", wrap=True))

    def work(self) -> None:
        from mentor_app.core.pairing.actions import set_capacity

        self.act(set_capacity, self._person.id, self.places.value())


class MoveOnDialog(FormDialog):
    """One step in the life of a pairing, with the fields it needs and the rule that goes with it."""

    def __init__(self, parent: QWidget, context: Context, story: Any, what: str, found: Any) -> None:
        titles = {
            "goals": tr("Change the goals"),
            "roll_on": tr("Roll on to another project"),
            "reassign": tr("Give to another mentor"),
            "end": tr("End the pairing"),
            "complete": tr("Complete the pairing"),
            "review": tr("Closing review"),
        }
        super().__init__(parent, context, titles[what], titles[what] if what != "review" else tr("Hand in"))
        self._what, self._pairing, project = what, story.pairing, story.cycles[-1].project
        p = story.pairing
        self.form.addRow(label(f"{shortened(p.apprentice, 16)} – {shortened(p.mentor, 16)}", "cardtitle"))
        self.mentor, self.project, self.day = choice([]), choice([]), date_field(context.today())
        self.words = text_field(p.goals if what == "goals" else "", 5 if what in ("goals", "review") else 3)
        if what == "reassign":
            room = [m for m in found if m.id not in (p.mentor_id, p.apprentice_id) and m.barred is None]
            room.sort(key=lambda m: (m.active >= m.capacity, m.name))
            for m in room:
                self.mentor.addItem(f"{m.name} · " + tr("{n} of {all}", n=m.active, all=m.capacity), m.id)
            self.row(tr("New mentor"), self.mentor)
        if what == "roll_on":
            for one in found:
                if one.outcome == "open" and one.id != project.id:
                    self.project.addItem(one.name, one.id)
            self.row(tr("Project"), self.project)
            self.new = button(tr("New project…"), self._new_project)
            self.form.addRow(self.new)
        if what == "complete":
            self.day.setText(str(max(context.today(), project.closed_on)))
        if what not in ("goals", "review"):
            self.row(tr("Date"), self.day)
        if what in ("reassign", "end"):
            self.row(tr("Reason (kept for good)"), self.words)
        elif what in ("goals", "review"):
            self.row(tr("Goals") if what == "goals" else tr("Your review"), self.words)
        notes = {
            "review": tr(
                "What worked, what you learned, what you would do otherwise. It can't be changed afterwards. "
                "Until both are in, only the two of you and team leads can read it."
            ),
            "complete": tr("{name} is closed. Both are then asked for a closing review.", name=project.name[:80]),
            "end": tr("Both are then asked for a closing review."),
            "reassign": tr("The project goes along to the new mentor. Both are asked for a closing review."),
            "roll_on": tr("The pairing stays; its story keeps both projects."),
        }
        if what in notes:
            self.form.addRow(label(notes[what], "note", wrap=True))

    def _new_project(self) -> None:
        from mentor_app.ui.projects.dialogs import open_project

        def then(project_id: int) -> None:
            def read(connection: Any) -> Any:
                from mentor_app.core.projects.queries import projects

                return projects(connection, project_id)

            def add(found: Any) -> None:
                self.project.addItem(found[0].name, project_id)
                self.project.setCurrentIndex(self.project.count() - 1)

            self.context.query(read, add)

        open_project(self, self.context, then=then)

    def _day(self) -> dt.date:
        day = read_date(self.day)
        if day is None:
            raise UserError(text("A date is needed."))
        return day

    def work(self) -> None:
        from mentor_app.core.pairing import actions

        key, words, toast = self._pairing.id, self.words.toPlainText(), self.context.toast
        if self._what == "goals":
            self.act(actions.set_goals, key, words)
        elif self._what == "review":
            self.act(actions.review_pairing, key, words, done=lambda _: toast(tr("Thank you. The review is in.")))
        elif self._what == "complete":
            self.act(actions.complete, key, self._day(), done=lambda _: toast(tr("The pairing is completed.")))
        elif self._what == "end":
            self.act(actions.end, key, self._day(), words, done=lambda _: toast(tr("The pairing has ended.")))
        elif self._what == "roll_on":
            if self.project.currentData() is None:
                raise UserError(text("Choose a project, or make a new one."))
            self.act(actions.roll_on, key, self.project.currentData(), self._day())
        else:
            if self.mentor.currentData() is None:
                raise UserError(text("There is no other mentor."))
            go = self.context.go
            self.act(
                actions.reassign,
                key,
                self.mentor.currentData(),
                self._day(),
                words,
                done=lambda made: go("pairing", ("pairing", made.result)),
            )
