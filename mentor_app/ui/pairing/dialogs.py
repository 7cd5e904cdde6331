"""Dialogs of the assignment board: what counts how much, and accepting pairs with their projects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidgetItem,
    QWidget,
)

from mentor_app.core.errors import Gone, UserError
from mentor_app.core.matching.criteria import CRITERIA, WEIGHTS
from mentor_app.core.pairing.rules import DEFAULT_CAPACITY
from mentor_app.core.projects.rules import Outcome, ProjectDetails
from mentor_app.core.text import ERASED, N_, text
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cells import CellTable
from mentor_app.ui.widgets.controls import button, label, plain_tip
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import (
    BadField,
    choice,
    date_field,
    needed_date,
    needed_reason,
    tenths_field,
    text_field,
    whole_field,
)

if TYPE_CHECKING:
    from mentor_app.core.matching.criteria import Apprentice, Mentor
    from mentor_app.core.pairing.queries import Pairing
    from mentor_app.core.pairing.story import Story
    from mentor_app.core.people.queries import Person
    from mentor_app.core.projects.queries import Project
    from mentor_app.core.store import Connection


def open_weights(window: QWidget, context: Context, place: Place) -> None:
    """Ask how much each criterion counts."""
    context.present(WeightsDialog(window, context, place))


class WeightsDialog(FormDialog):
    """The weight of each criterion; kept for this computer's user, used by the next suggestion."""

    def __init__(self, parent: QWidget, context: Context, place: Place) -> None:
        super().__init__(parent, context, tr("Criteria"), tr("Suggest"), place)
        self.stored = True
        self.form.addRow(label(tr("How much each criterion counts, from 0 (not at all) up."), "muted", wrap=True))
        self.fields: dict[str, QDoubleSpinBox] = {}
        kept = weights(context)
        for key, words in CRITERIA.items():
            field = tenths_field(0, 100, step=0.5)
            field.setValue(kept[key])
            self.fields[key] = field
            self.row(tr(words), field)
        self.buttons.insertWidget(0, button(tr("As usual"), self._reset))

    def _reset(self) -> None:
        for key, field in self.fields.items():
            field.setValue(WEIGHTS[key])

    @override
    def work(self) -> None:
        self.context.settings.weights = {key: field.value() for key, field in self.fields.items()}
        self.context.settings.save()
        self.accept()
        self.context.go(Place("pairing", "suggest"))


def weights(context: Context) -> dict[str, float]:
    """The weights kept for this user; damaged ones count as usual."""
    kept = context.settings.weights
    return {key: min(1000.0, max(0.0, kept.get(key, usual))) for key, usual in WEIGHTS.items()}


@dataclass(frozen=True)
class Planned:
    """What starting pairings needs to know: the pairs, open projects with how many work on each, the mentors' deals."""

    pairs: Sequence[tuple[Apprentice, Mentor]]
    projects: Sequence[tuple[Project, int]]
    deals: Mapping[int, list[ProjectDetails]]


def open_accept(window: QWidget, context: Context, place: Place) -> None:
    """Ask which project each pair goes with, then start the pairings; ``place.detail`` is "hire:mentor,hire:mentor"."""
    wanted = [tuple(map(int, pair)) for pair in re.findall(r"\b([0-9]{1,18}):([0-9]{1,18})\b", place.detail)]
    today = context.today()

    def read(connection: Connection) -> Planned:
        from mentor_app.core.pairing.queries import running_projects
        from mentor_app.core.pairing.suggest import board
        from mentor_app.core.projects.queries import open_deals, projects

        on = board(connection, today)
        hires, mentors = {a.id: a for a in on.apprentices}, {m.id: m for m in on.mentors}
        pairs = [(hires[a], mentors[m]) for a, m in wanted if a in hires and m in mentors]
        running = running_projects(connection)
        deals: dict[int, list[ProjectDetails]] = {}
        for owner, details in open_deals(connection, {mentor.id for _, mentor in pairs}, today):
            deals.setdefault(owner, []).append(details)
        free = [(p, running.get(p.id, 0)) for p in projects(connection) if p.outcome == Outcome.OPEN]
        return Planned(pairs, free, deals)

    def show(planned: Planned) -> None:
        if planned.pairs:
            context.present(AcceptDialog(window, context, place, planned))
        else:
            context.toast(tr("These pairs are not possible any more."))

    context.query(read, show)


class AcceptDialog(FormDialog):
    """One row a pair: ticked or not, its project (an open one, a deal of the mentor's, or a new name), its goals."""

    def __init__(self, parent: QWidget, context: Context, place: Place, planned: Planned) -> None:
        super().__init__(parent, context, tr("Start pairings"), "", place, 860)
        pairs, projects, deals = planned.pairs, planned.projects, planned.deals
        self._pairs = pairs
        self._open = {project.name: project for project, _ in projects}
        self._deals = {details.name: details for several in deals.values() for details in several}
        self.started = date_field(context.today())
        self.row(tr("First day"), self.started)
        self.table = CellTable(len(pairs), tr("Pairs"), [tr("Pair"), tr("Project"), tr("Goals")])
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
            pair = QTableWidgetItem(told(f"{hire.name} → {mentor.name}"))
            pair.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            pair.setCheckState(Qt.CheckState.Checked)
            pair.setToolTip(plain_tip(pair.text()))
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

    def _best(self, hire: Apprentice, own: list[str], projects: Sequence[tuple[Project, int]], taken: set[str]) -> str:
        """An open project of the hire's own track nobody works on yet, else the mentor's newest deal, else a new one."""
        near = [
            (p.industry == hire.industry, p.name)
            for p, running in projects
            if not running and p.region == hire.region and p.name not in taken
        ]
        if near:
            return max(near)[1]
        free = [name for name in own if name not in taken]
        return free[0] if free else tr("First project of {name}", name=hire.name[:120])

    @override
    def values(self) -> dict[str, Json]:
        """Kept by pair, not by row: another one may be gone by the time the draft is here again."""
        values = super().values()
        rows = values.pop("table", [])
        keys = [f"{hire.id}:{mentor.id}" for hire, mentor in self._pairs]
        return values | {
            f"pair {key}": row for key, row in zip(keys, rows if isinstance(rows, list) else [], strict=True)
        }

    @override
    def restore(self, values: dict[str, Json]) -> None:
        now = self.values()
        keys = [f"pair {hire.id}:{mentor.id}" for hire, mentor in self._pairs]
        rows: list[Json] = [values.get(key, now[key]) for key in keys]
        super().restore(
            {**{name: value for name, value in values.items() if not name.startswith("pair ")}, "table": rows}
        )
        gone = [name for name in values if name.startswith("pair ") and name not in keys]
        if gone:
            self.error.setText(
                plural(
                    "{n} pair of the draft is not possible any more.",
                    "{n} pairs of the draft are not possible any more.",
                    n=len(gone),
                )
            )

    def _rows(self) -> list[int]:
        return [row for row, _ in enumerate(self._pairs) if self._cell(row, 0).checkState() == Qt.CheckState.Checked]

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.table.item(row, column)
        assert item is not None  # every cell was set
        return item

    def _count(self) -> None:
        rows = self._rows()
        self.save.setText(current().plural("Start {n} pairing", "Start {n} pairings", len(rows)))
        self.save.setAccessibleName(self.save.text())
        self.save.setEnabled(bool(rows))
        names = {self._cell(row, 1).text().strip() for row in rows}
        new = len([name for name in names if name and name not in self._open])
        self.note.setText(
            tr(
                "New projects: {n}, with the usual cycle. F2 changes a project or goals, Space ticks a pair.",
                n=new,
            )
        )

    @override
    def work(self) -> None:
        from mentor_app.core.pairing.actions import NewPair, start_pairings

        started = needed_date(self.started)
        chosen = []
        for row in self._rows():
            hire, mentor = self._pairs[row]
            name, goals = self._cell(row, 1).text().strip(), self._cell(row, 2).text()
            if not name:
                raise UserError(text("{name} needs a project.", name=hire.name))
            project: int | ProjectDetails
            if name in self._open:
                project = self._open[name].id
            else:
                project = self._deals.get(name) or ProjectDetails(
                    name=name, started_on=started, customer=None, region=hire.region, industry=hire.industry
                )
            chosen.append(NewPair(hire.id, mentor.id, project, goals))
        self.act(start_pairings, chosen, started).then(
            lambda done: self.context.toast(
                current().plural("{n} pairing started.", "{n} pairings started.", len(done.result))
            )
        )


class _ProjectDelegate(QStyledItemDelegate):
    """A box with the projects to choose from, in which a new name can be typed."""

    def __init__(self, parent: QWidget, choices: Sequence[Sequence[str]]) -> None:
        super().__init__(parent)
        self._choices = choices

    @override
    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        box = QComboBox(parent, editable=True)
        box.setAccessibleName(tr("Project"))
        box.addItems(list(dict.fromkeys(self._choices[index.row()])))
        return box

    @override
    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data()))

    @override
    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentText())


def open_capacity(window: QWidget, context: Context, place: Place) -> None:
    """Ask how many apprentices the mentor ``place.id`` may have at a time."""
    today, wanted = context.today(), place.id or 0

    def read(connection: Connection) -> tuple[Person, int, int]:
        from mentor_app.core.pairing.queries import capacity_version, mentors
        from mentor_app.core.people.queries import get_person

        known = {m.id: m.capacity for m in mentors(connection, today)}
        return get_person(connection, wanted), known.get(wanted, DEFAULT_CAPACITY), capacity_version(connection, wanted)

    context.query(read, lambda found: context.present(CapacityDialog(window, context, place, *found)))


class CapacityDialog(FormDialog):
    """How many apprentices a mentor may have at a time."""

    stored_in: ClassVar[Mapping[str, str]] = {"places": "capacity"}

    def __init__(
        self, parent: QWidget, context: Context, place: Place, person: Person, capacity: int, version: int
    ) -> None:
        super().__init__(parent, context, tr("Capacity"), tr("Save"), place)
        self.stored = True
        self._person, self._version = person, version
        self.headed(person.name)
        self.places = whole_field(0, 50, capacity)
        self.row(tr("Apprentices at a time"), self.places)
        self.form.addRow(label(tr("Running pairings stay, also where they are more than that."), "note", wrap=True))

    @override
    def work(self) -> None:
        from mentor_app.core.pairing.actions import set_capacity

        self.act(set_capacity, self._person.id, self.places.value(), self._version)


def open_plan(window: QWidget, context: Context, place: Place) -> None:
    """Plan a session of the two of the pairing ``place.id``."""
    wanted = place.id or 0

    def read(connection: Connection) -> list[Pairing]:
        from mentor_app.core.pairing.queries import get_pairing

        return get_pairing(connection, wanted)

    def show(pairings: list[Pairing]) -> None:
        for pairing in pairings:
            context.go(Place("logbook", "plan", pairing.apprentice_id, str(pairing.mentor_id)))
        if not pairings:
            context.toast(Gone().render(current()))

    context.query(read, show)


@dataclass(frozen=True)
class StepChoices:
    """What a step of a pairing offers: mentors to hand over to, open projects to roll on to."""

    mentors: Sequence[Mentor] = ()
    projects: Sequence[Project] = ()


def open_step(window: QWidget, context: Context, place: Place) -> None:
    """A step in the life of the pairing ``place.id``: goals, roll_on, reassign, end, complete, review."""
    today, me, what, wanted = context.today(), context.me, place.what, place.id or 0

    def read(connection: Connection) -> tuple[Story, StepChoices]:
        from mentor_app.core.pairing.queries import mentors
        from mentor_app.core.pairing.story import story
        from mentor_app.core.projects.queries import projects

        told = story(connection, wanted, me.id if me else None)
        if what == "reassign":
            return told, StepChoices(mentors=mentors(connection, today))
        return told, StepChoices(projects=projects(connection) if what == "roll_on" else ())

    def show(found: tuple[Story, StepChoices]) -> None:
        two = (found[0].pairing.apprentice_id, found[0].pairing.mentor_id)
        if what == "review" and (me is None or me.id not in two):
            context.refuse(N_("A closing review is written by the mentor or the apprentice."))
        else:
            context.present(StepDialog(window, context, place, *found))

    context.query(read, show)


class StepDialog(FormDialog):
    """One step in the life of a pairing, with the fields it needs and the rule that goes with it."""

    stored_in: ClassVar[Mapping[str, str]] = {"words": "goals"}

    def __init__(self, parent: QWidget, context: Context, place: Place, story: Story, choices: StepChoices) -> None:
        what = place.what
        titles = {
            "goals": tr("Change the goals"),
            "roll_on": tr("Roll on to another project"),
            "reassign": tr("Give to another mentor"),
            "end": tr("End the pairing"),
            "complete": tr("Complete the pairing"),
            "review": tr("Closing review"),
        }
        save = titles[what] if what != "review" else tr("Hand in")
        super().__init__(parent, context, titles[what], save, place)
        self.stored = what == "goals"
        self._what, self._pairing, project = what, story.pairing, story.cycles[-1].project
        p = story.pairing
        self.headed(f"{p.apprentice} – {p.mentor}")
        self.mentor, self.project, self.day = choice([]), choice([]), date_field(context.today())
        self.words = text_field(
            p.goals if what == "goals" and p.goals != ERASED else "", 5 if what in ("goals", "review") else 3
        )
        if what == "reassign":
            room = [m for m in choices.mentors if m.id not in (p.mentor_id, p.apprentice_id) and m.barred is None]
            room.sort(key=lambda m: (m.active >= m.capacity, m.name))
            for m in room:
                self.mentor.addItem(told(m.name) + " · " + tr("{n} of {all}", n=m.active, all=m.capacity), m.id)
            self.row(tr("New mentor"), self.mentor)
        if what == "roll_on":
            self._current, self._asked = project.id, False
            self._offer(choices.projects)
            self.row(tr("Project"), self.project)
            self.new = button(tr("New project…"), self._ask_new)
            self.form.addRow(self.new)
            context.tasks.changed.connect(self._look_again)
        if what == "complete":
            self.day.setText(str(max(context.today(), project.closed_on or context.today())))
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

    def _ask_new(self) -> None:
        self._asked = True
        self.context.go(Place("projects", "new", detail="stay"))

    def _offer(self, projects: Sequence[Project]) -> None:
        """Offer every other open project; one that was asked for here is chosen at once, somebody else's is not."""
        for project in projects:
            if (
                project.outcome == Outcome.OPEN
                and project.id != self._current
                and self.project.findData(project.id) < 0
            ):
                self.project.addItem(told(project.name), project.id)
                if self._asked:
                    self._asked = False
                    self.project.setCurrentIndex(self.project.count() - 1)

    def _look_again(self, kinds: frozenset[str]) -> None:
        if not kinds & {"pairing", "projects"}:
            return

        def read(connection: Connection) -> list[Project]:
            from mentor_app.core.projects.queries import projects

            return projects(connection)

        self.context.query(read, self._offer)

    @override
    def work(self) -> None:
        from mentor_app.core.pairing import actions

        key, words, toast = self._pairing.id, self.words.toPlainText(), self.context.toast
        if self._what == "goals":
            self.act(actions.set_goals, key, words, self._pairing.version).then(
                lambda _: toast(tr("The goals are changed."))
            )
        elif self._what == "review":
            self.act(actions.review_pairing, key, words).then(lambda _: toast(tr("Thank you. The review is in.")))
        elif self._what == "complete":
            self.act(actions.complete, key, needed_date(self.day)).then(
                lambda _: toast(tr("The pairing is completed."))
            )
        elif self._what == "end":
            self.act(actions.end, key, needed_date(self.day), needed_reason(self.words)).then(
                lambda _: toast(tr("The pairing has ended."))
            )
        elif self._what == "roll_on":
            if self.project.currentData() is None:
                raise BadField(self.project, "Choose a project, or make a new one.")
            self.act(actions.roll_on, key, self.project.currentData(), needed_date(self.day))
        else:
            if self.mentor.currentData() is None:
                raise BadField(self.mentor, "There is no other mentor.")
            go, day, reason = self.context.go, needed_date(self.day), needed_reason(self.words)
            self.act(actions.reassign, key, self.mentor.currentData(), day, reason).then(
                lambda made: go(Place("pairing", "pairing", made.result))
            )
