"""Dialogs of the camp: enrol, decide at a gate, leave of absence, move to another version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QPushButton, QWidget

from mentor_app.core.camp.rules import GateDecision, StageStatus
from mentor_app.core.errors import Gone
from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.people.roles import Role
from mentor_app.core.personal.letters import finder
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, label, labelled
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import (
    choice,
    date_field,
    needed_date,
    needed_reason,
    read_date,
    search_field,
    text_field,
)
from mentor_app.ui.widgets.stage_path import window_words

if TYPE_CHECKING:
    from mentor_app.core.camp.queries import Leave, StageStanding, Standing, Version
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection


class CheckList(QListWidget):
    """People to tick."""

    def __init__(self, people: Sequence[tuple[int, str]], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        for key, words in people:
            item = QListWidgetItem(told(words))
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.addItem(item)

    def filter(self, words: str) -> None:
        """Show only those that hold all ``words``."""
        fits = finder(words)
        for at in range(self.count()):
            self.item(at).setHidden(not fits(self.item(at).text()))

    def check(self, keys: set[int]) -> None:
        """Tick these."""
        for at in range(self.count()):
            item = self.item(at)
            item.setCheckState(
                Qt.CheckState.Checked if item.data(Qt.ItemDataRole.UserRole) in keys else Qt.CheckState.Unchecked
            )

    def checked(self) -> list[int]:
        """The keys ticked."""
        items = (self.item(at) for at in range(self.count()))
        return [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]


def open_enrol(window: QWidget, context: Context, place: Place) -> None:
    """Ask whom to enrol: everybody still here who is not enrolled, new hires first."""
    today = context.today()

    def read(connection: Connection) -> tuple[list[Person], Version]:
        from mentor_app.core.camp.queries import published, standings
        from mentor_app.core.people.queries import people

        known = {s.person.id for s in standings(connection, today)}
        here = [p for p in people(connection) if p.id not in known and p.is_here(today)]
        here.sort(key=lambda p: (Role.NEW_HIRE not in p.roles, p.name))
        return here, published(connection)

    context.query(read, lambda found: context.present(EnrolDialog(window, context, place, *found)))


def open_decision(window: QWidget, context: Context, place: Place) -> None:
    """Decide at the gate of the hire ``place.id``; ``place.detail`` is the decision, and in a draft at which gate."""
    said, _, gate = place.detail.partition(" ")
    decision = next((known for known in GateDecision if known == said), None)

    def show(stands: Standing | None) -> None:
        if stands is not None and context.me is not None and context.me.id == stands.person.id:
            context.refuse(N_("Nobody decides about their own gate."))
            return
        stage = _decided_on(stands, decision) if stands is not None else None
        if stands is not None and stage is not None and decision is not None and gate in ("", stage.stage.key):
            here = replace(place, detail=f"{decision} {stage.stage.key}")
            context.present(DecisionDialog(window, context, here, stands, stage, decision))
        else:
            context.toast(tr("There is no gate to decide at any more."))

    _read_standing(context, place, show)


def _decided_on(standing: Standing, decision: GateDecision | None) -> StageStanding | None:
    """The stage at whose gate it is decided: the present one, or the last one passed, to be reopened."""
    if decision != GateDecision.REOPENED:
        return standing.current
    return next((line for line in reversed(standing.stages) if line.status == StageStatus.PASSED), None)


def open_leave(window: QWidget, context: Context, place: Place) -> None:
    """Show the leaves of absence of the person ``place.id`` and add or change one."""
    wanted = place.id or 0

    def read(connection: Connection) -> tuple[Person, list[Leave]]:
        from mentor_app.core.camp.queries import leaves_of
        from mentor_app.core.people.queries import get_person

        return get_person(connection, wanted), leaves_of(connection, [wanted]).get(wanted, [])

    context.query(read, lambda found: context.present(LeaveDialog(window, context, place, *found)))


def open_move(window: QWidget, context: Context, place: Place) -> None:
    """Show what moving the hire ``place.id`` to another version would carry over."""
    today = context.today()

    def show(stands: Standing | None) -> None:
        if stands is None:
            context.toast(Gone().render(current()))
            return

        def read(connection: Connection) -> tuple[int, list[tuple[Version, Standing | None]]]:
            from mentor_app.core.camp.queries import enrolment_version, moved, versions

            others = [v for v in versions(connection) if v.published_at is not None and v.id != stands.version_id]
            after = [(v, moved(connection, stands.person.id, v.id, today)) for v in others]
            return enrolment_version(connection, stands.person.id), after

        def ask(read: tuple[int, list[tuple[Version, Standing | None]]]) -> None:
            version, found = read
            if found:
                context.present(MoveDialog(window, context, place, stands, version, found))
            else:
                context.toast(tr("There is no other published version."))

        context.query(read, ask)

    _read_standing(context, place, show)


def _read_standing(context: Context, place: Place, show: Callable[[Standing | None], None]) -> None:
    today, wanted = context.today(), place.id or 0

    def read(connection: Connection) -> Standing | None:
        from mentor_app.core.camp.queries import standing

        return standing(connection, wanted, today)

    context.query(read, show)


class EnrolDialog(FormDialog):
    """One or many people into the newest published version."""

    not_kept = frozenset({"search"})

    def __init__(
        self, parent: QWidget, context: Context, place: Place, people: Sequence[Person], version: Version
    ) -> None:
        super().__init__(parent, context, tr("Enrol people"), tr("Enrol"), place)
        name = version.programme.name(current().language)
        self.form.addRow(
            label(
                tr("{name}, version {n}: stages are counted from the hire date.", name=name, n=version.number),
                "muted",
                wrap=True,
            )
        )
        self.search = search_field(tr("Search people"))
        dates = {p.id: p.hired_on.isoformat() if p.hired_on else tr("no hire date") for p in people}
        self.people = CheckList([(p.id, f"{p.name}  ·  {dates[p.id]}") for p in people], tr("People"))
        self.people.check({p.id for p in people if Role.NEW_HIRE in p.roles and p.hired_on})
        self.search.textChanged.connect(self.people.filter)
        self.people.itemChanged.connect(lambda _: self._count())
        self.form.addRow(self.search)
        self.form.addRow(self.people)
        self._count()

    def _count(self) -> None:
        n = len(self.people.checked())
        self.save.setText(tr("Enrol {n}", n=n))
        self.save.setEnabled(n > 0)

    @override
    def work(self) -> None:
        from mentor_app.core.camp.actions import enrol

        chosen = self.people.checked()
        enrolling = self.act(enrol, chosen, self.context.today())
        if len(chosen) > 1:  # else it is said who
            told = plural("{n} person enrolled.", "{n} people enrolled.", n=len(chosen))
            enrolling.then(lambda _: self.context.toast(told))


class DecisionDialog(FormDialog):
    """A decision at a gate with what it rests on; everything but a plain pass needs a reason."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        place: Place,
        standing: Standing,
        stage: StageStanding,
        decision: GateDecision,
    ) -> None:
        titles = {
            GateDecision.PASSED: tr("Pass the gate"),
            GateDecision.WAIVED: tr("Pass with a waiver"),
            GateDecision.HELD: tr("Hold back"),
            GateDecision.REOPENED: tr("Reopen the last gate"),
        }
        super().__init__(parent, context, titles[decision], titles[decision], place)
        self._standing, self._decision, self._stage = standing, decision, stage
        language = current().language
        self.headed(f"{standing.person.name} · {stage.stage.name(language)}")
        self.concerns = standing.person.name
        for met in stage.met:
            done = f"{met.done} / {met.requirement.count}"
            words = labelled(tr(KINDS[met.requirement.kind].name), done)
            self.form.addRow(label(words + ("" if met.met else "  –  " + tr("not met")), "" if met.met else "error"))
        self.reason = text_field(lines=3)
        self.row(
            tr("Reason (kept for good)") if decision != GateDecision.PASSED else tr("Remark (kept for good)"),
            self.reason,
        )
        if decision == GateDecision.PASSED:
            self.form.addRow(
                label(tr("Taken back, it stays in the history, followed by what takes it back."), "note", wrap=True)
            )

    @override
    def work(self) -> None:
        from mentor_app.core.camp.actions import decide

        self.act(
            decide,
            self._standing.person.id,
            self._stage.stage.key,
            self._decision,
            self.context.today(),
            self.reason.toPlainText() if self._decision == GateDecision.PASSED else needed_reason(self.reason),
        )


class LeaveDialog(FormDialog):
    """The stage clock stands still on leave; an end left empty means: not back yet.

    What is typed is each leave's own, also that of a new one; ``place.detail`` says which ("new", or its id).
    """

    stored_in: ClassVar[Mapping[str, str]] = {"first": "first_on", "last": "last_on"}

    not_kept = frozenset({"which"})

    def __init__(
        self, parent: QWidget, context: Context, place: Place, person: Person, leaves: Sequence[Leave]
    ) -> None:
        super().__init__(parent, context, tr("Leave of absence"), tr("Save"), place)
        self.headed(person.name)
        self._person_id, self._leaves = person.id, {leave.id: leave for leave in leaves}
        options: list[tuple[str, int | None]] = [(tr("New leave"), None)]
        away = tr("not back yet")
        options += [(f"{leave.first_on} – {leave.last_on or away}", leave.id) for leave in leaves]
        lasting = leaves[-1].id if leaves and leaves[-1].last_on is None else None
        wanted = place.number
        self.which = choice(options, wanted if place.detail else lasting)
        self.first, self.last, self.reason = date_field(), date_field(), QLineEdit()
        self.row(tr("Leave"), self.which)
        self.row(tr("First day"), self.first)
        self.row(tr("Last day"), self.last)
        self.row(tr("Reason"), self.reason)
        self.form.addRow(
            label(
                tr("On leave the stage clock stands still; the tenure month of the ramp-up goes on."), "note", wrap=True
            )
        )
        self.remove: QPushButton = button(tr("Remove"), self._remove)
        self.buttons.insertWidget(0, self.remove)
        self.which.currentIndexChanged.connect(lambda _: self._turn())
        self._fill()
        if not place.detail:
            self.place = self._own_place()

    def _own_place(self) -> Place:
        return Place("camp", "leave", self._person_id, str(self.which.currentData() or "new"))

    def _turn(self) -> None:
        self.autosave.flush()
        self._fill()
        self.error.setText("")
        self.begin(self._own_place())

    def _fill(self) -> None:
        leave = self._leaves.get(self.which.currentData())
        self.first.setText(str(leave.first_on) if leave else "")
        self.last.setText(str(leave.last_on) if leave and leave.last_on else "")
        self.reason.setText(leave.reason or "" if leave else "")
        self.remove.setVisible(leave is not None)
        self.stored = leave is not None

    @override
    def work(self) -> None:
        from mentor_app.core.camp.actions import save_leave

        first = needed_date(self.first)
        leave = self._leaves.get(self.which.currentData())
        last, reason = read_date(self.last), self.reason.text()
        known = (leave.id, leave.version) if leave is not None else (None, None)
        self.act(save_leave, self._person_id, first, last, reason, *known)

    def _remove(self) -> None:
        from mentor_app.core.camp.actions import remove_leave

        context, leave = self.context, self._leaves[self.which.currentData()]
        self.act(remove_leave, leave.id, leave.version).then(lambda _: context.toast(tr("Leave removed.")))


class MoveDialog(FormDialog):
    """What carries over is shown before anybody is moved."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        place: Place,
        standing: Standing,
        enrolment: int,
        offered: Sequence[tuple[Version, Standing | None]],
    ) -> None:
        super().__init__(parent, context, tr("Move to another version"), tr("Move"), place, 560)
        self.headed(standing.person.name)
        self._standing, self._enrolment = standing, enrolment
        self._after = {version.id: after for version, after in offered}
        self.version = choice([(tr("Version {n}", n=version.number), version.id) for version, _ in offered])
        self.row(tr("Version"), self.version)
        self.preview = label("", wrap=True)
        self.form.addRow(self.preview)
        self.version.currentIndexChanged.connect(lambda _: self._show())
        self._show()

    def _show(self) -> None:
        language, lines = current().language, []
        after = self._after[self.version.currentData()]
        for line in after.stages if after else ():
            met = current().listed(
                f"{tr(KINDS[m.requirement.kind].name)} {m.done}/{m.requirement.count}" for m in line.met
            )
            state = (
                tr("passed, carries over")
                if line.status == StageStatus.PASSED
                else tr("now")
                if line.status == StageStatus.CURRENT
                else tr("ahead")
            )
            lines.append(f"{line.stage.name(language)} ({window_words(line.stage)}) – {state}: {met}")
        self.preview.setText("\n".join(lines))

    @override
    def work(self) -> None:
        from mentor_app.core.camp.actions import move

        hire = self._standing.person.id
        self.act(move, [hire], self.version.currentData(), {hire: self._enrolment})
