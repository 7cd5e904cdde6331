"""New hires: the board of everybody in the camp, and one hire's page with the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.camp.rules import DECISIONS, STATES, GateDecision, StageStatus
from mentor_app.core.logbook.kinds import BRIEF, KINDS
from mentor_app.core.personal.letters import finder
from mentor_app.core.text import said
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, told, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.activity_panel import ActivityPanel
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import ElidedLabel, badge, button, label, on_keys, plain_tip, set_badge, shortened
from mentor_app.ui.widgets.forms import choice, search_field
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.lists import in_order
from mentor_app.ui.widgets.rows_model import ColumnSpec, RowsModel
from mentor_app.ui.widgets.stage_path import PACE_LOOK, StagePath, pace_words
from mentor_app.ui.widgets.table import Table, plain_table
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    from mentor_app.core.camp.queries import Standing
    from mentor_app.core.camp.rules import Decision, Met
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.people.queries import Person
    from mentor_app.core.store import Connection
    from mentor_app.ui.widgets.lists import Key


_BESIDE, _ARROW = 24, 30
"""Pixels of a field beside its words, and of the arrow of a box to choose from."""


@dataclass(frozen=True)
class HireStory:
    """One hire's page: who, where they stand (None: not enrolled), every decision, every entry of the logbook."""

    person: Person
    standing: Standing | None
    decisions: list[Decision]
    activities: list[Activity]


class CampPage(Page):
    """The board; Enter opens a hire, Esc goes back to it, or to where the hire was asked for."""

    room = "camp"
    kinds = frozenset({"camp", "logbook", "pairing", "pipeline", "people", "me"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("New hires"))
        self._context = context
        self._all: list[Standing] = []
        self._read = False
        self._sort, self._descending = "stuck_since", False
        self._wanted: int | None = None
        self.back = button("‹", self.go_back)
        self.back.setAccessibleName(tr("Back"))
        self.back.setToolTip(tr("Back") + "  Esc")
        self.header.insertWidget(0, self.back)
        self.pace = badge("–")
        self.header.insertWidget(2, self.pace)
        self.programme = button(tr("Programme…"), lambda: context.go(Place("camp", "programme")))
        self.listing = button(tr("Export this list…"), self._export_list)
        self.enrol = button(tr("Enrol…"), lambda: context.go(Place("camp", "enrol")), primary=True)
        self.more = QPushButton(tr("More"))
        menu = QMenu(self)
        self.more_actions = {
            key: menu.addAction(words, work)
            for key, words, work in (
                (GateDecision.HELD, tr("Hold back…"), lambda: self._decide(GateDecision.HELD)),
                (GateDecision.WAIVED, tr("Pass with a waiver…"), lambda: self._decide(GateDecision.WAIVED)),
                (GateDecision.REOPENED, tr("Reopen the last gate…"), lambda: self._decide(GateDecision.REOPENED)),
                ("leave", tr("Leave of absence…"), lambda: self._start("leave")),
                ("move", tr("Move to another version…"), lambda: self._start("move")),
                ("ramp", tr("See the ramp-up"), lambda: context.go(Place("ramp", "person", self._hire().person.id))),
                ("history", tr("History…"), lambda: context.go(Place("history", "person", self._hire().person.id))),
            )
        }
        self.more.setMenu(menu)
        self.passing = button(tr("Pass the gate"), lambda: self._decide(GateDecision.PASSED), primary=True)
        for item in (self.listing, self.programme, self.enrol, self.more, self.passing):
            self.header.addWidget(item)
        self.stack = QStackedLayout()
        board, self._page = QWidget(), QWidget()
        self._build_board(board)
        self._build_hire(self._page)
        self.stack.addWidget(board)
        self.stack.addWidget(self._page)
        self.body.addLayout(self.stack, 1)
        on_keys(self, "Escape", self.go_back)
        self.show_board()

    # -- the board

    def _build_board(self, board: QWidget) -> None:
        column = column_in(board)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        self.filters: dict[str, QComboBox] = {}
        for key, words in (
            ("stage", tr("All stages")),
            ("state", tr("All states")),
            ("team", tr("All teams")),
            ("region", tr("All regions")),
            ("mentor", tr("All mentors")),
        ):
            box = choice([(words, None)])
            box.setAccessibleName(words)
            box.setMinimumContentsLength(4)  # else five of them ask for more than a small screen has
            box.setMinimumWidth(box.fontMetrics().horizontalAdvance(words) + _BESIDE + _ARROW)
            box.setMaximumWidth(150)
            box.activated.connect(lambda _: self._arrange())
            self.filters[key] = box
            filters.addWidget(box)
        self.search = search_field(tr("Search new hires"))
        self.search.textChanged.connect(lambda _: self._arrange())
        self.search.setMinimumWidth(
            self.search.fontMetrics().horizontalAdvance(self.search.placeholderText()) + _BESIDE
        )
        filters.addWidget(self.search, 1)
        column.addLayout(filters)
        columns: list[ColumnSpec[Standing]] = [
            ColumnSpec("name", tr("Name"), lambda s: s.person.name, width=120, first=True),
            ColumnSpec("stage", tr("Stage"), _stage, width=112, whole=True),
            ColumnSpec(
                "month", tr("Month"), lambda s: str(s.tenure_month), figure=True, width=80, keep=True, spare=True
            ),
            ColumnSpec("state", tr("State"), lambda s: tr(STATES[s.state]), width=80, whole=True),
            ColumnSpec("gate_due", tr("Gate due"), lambda s: str(s.gate_due or "–"), width=104, keep=True),
            ColumnSpec("left", tr("Still to do"), _left, width=260),
            ColumnSpec("mentor", tr("Mentor"), lambda s: s.mentor or "–", width=100, first=True),
            ColumnSpec("stuck_since", tr("Stuck since"), lambda s: str(s.stuck_since or "–"), width=128, keep=True),
        ]
        self.model = RowsModel(columns, self._context.tasks)
        self.model.remark = self._context.ledger_line
        self.table = Table(self.model, tr("New hires"), "stuck_since")
        self.table.offer_history("person", self._context.go)
        self.table.sorted.connect(self._sorted)
        self.table.opened.connect(self.show_hire)
        self.table.reach_from(self.search, at_once=True)
        column.addWidget(self.table, 1)
        self.empty = label("", "muted", wrap=True)
        column.addWidget(self.empty)

    @override
    def refresh(self) -> None:
        today = self._context.today()

        def read(connection: Connection) -> list[Standing]:
            from mentor_app.core.camp.queries import standings

            return standings(connection, today)

        self._context.query(read, self._arrived)

    def _arrived(self, standings: list[Standing]) -> None:
        self._all, self._read = standings, True
        self.table.measure(standings)
        language = current().language
        values: dict[str, dict[str, str]] = {
            "stage": {s.stage.key: s.stage.name(language) for s in standings if s.stage},
            "state": {s.state: tr(STATES[s.state]) for s in standings},
            "team": {s.person.team: s.person.team for s in standings if s.person.team},
            "region": {s.person.region: tr(s.person.region) for s in standings if s.person.region},
            "mentor": {s.mentor: s.mentor for s in standings if s.mentor},
        }
        for key, box in self.filters.items():
            kept, first = box.currentData(), box.itemText(0)
            box.clear()
            box.addItem(first, None)
            for value, words in (
                values[key].items() if key == "stage" else sorted(values[key].items(), key=lambda v: str(v[1]))
            ):
                box.addItem(told(words), value)
            box.setCurrentIndex(max(0, box.findData(kept)) if kept else 0)
        self._arrange()
        if self._wanted is not None:
            self.show_hire(self._wanted)

    def _arrange(self) -> None:
        wanted = {key: box.currentData() for key, box in self.filters.items()}
        looked_for = finder(self.search.text())

        def fits(s: Standing) -> bool:
            held = {
                "stage": s.stage.key if s.stage else None,
                "state": s.state,
                "team": s.person.team,
                "region": s.person.region,
                "mentor": s.mentor,
            }
            said = f"{s.person.name} {s.person.team or ''} {s.mentor or ''}"
            return all(v is None or held[k] == v for k, v in wanted.items()) and looked_for(said)

        stages = {stage.key: i for s in self._all[:1] for i, stage in enumerate(s.programme.stages)}
        keys: dict[str, Key[Standing]] = {
            "name": lambda s: s.person.name,
            "stage": lambda s: stages.get(s.stage.key, 9) if s.stage else 99,
            "month": lambda s: s.tenure_month,
            "state": lambda s: list(STATES).index(s.state),
            "gate_due": lambda s: s.gate_due,
            "left": lambda s: sum(not m.met for m in s.current.met) if s.current else 0,
            "mentor": lambda s: s.mentor,
            "stuck_since": lambda s: s.stuck_since,
        }
        ordered = in_order(filter(fits, self._all), keys[self._sort], self._descending)
        self.model.set_ids([s.person.id for s in ordered], {s.person.id: s for s in ordered})
        stuck = sum(s.stuck_since is not None for s in self._all)
        ready = sum(s.ready for s in self._all)
        if self.stack.currentIndex() == 0 and self._read:  # that nobody is there is said once that is known
            self.context.setText(
                tr(
                    "{n} in the camp · {ready} ready for the gate · {stuck} stuck",
                    n=len(self._all),
                    ready=ready,
                    stuck=stuck,
                )
            )
        self.empty.setText(
            tr("Nobody is in the camp yet. Enrol people: their stages are counted from the hire date.")
            if not self._all
            else tr("Nobody fits these filters.")
        )
        self.empty.setVisible(self._read and not ordered)

    def _sorted(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._arrange()

    def go_back(self) -> None:
        """From a hire to where they were asked for; else to all of them."""
        place, self.came_from = self.came_from, None
        if self.stack.currentIndex() == 1:
            self.show_board()
            if place is not None:
                self._context.go(place)

    def show_board(self) -> None:
        """All new hires."""
        self._wanted = None
        self.stack.setCurrentIndex(0)
        self.title.setText(tr("New hires"))
        for item in (self.back, self.pace, self.more, self.passing):
            item.hide()
        for item in (self.listing, self.programme, self.enrol):
            item.show()
        self._arrange()

    # -- one hire

    def _build_hire(self, page: QWidget) -> None:
        column = column_in(page)
        self.path = StagePath()
        card = Card()
        card.body.addWidget(self.path)
        self.held = ElidedLabel("", "muted")
        card.body.addWidget(self.held)
        column.addWidget(card)
        row = QHBoxLayout()
        row.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(8)
        self.stage_of = choice([])
        self.stage_of.setAccessibleName(tr("Stage"))
        self.stage_of.activated.connect(lambda _: self._show_requirements())
        left.addWidget(self.stage_of)
        columns: list[ColumnSpec[Met]] = [
            ColumnSpec(
                "kind",
                tr("Requirement"),
                lambda m: tr(KINDS[m.requirement.kind].name),
                width=170,
                whole=True,
                brief=lambda m: tr(BRIEF[m.requirement.kind]),
            ),
            ColumnSpec(
                "done", tr("Done"), lambda m: f"{m.done} / {m.requirement.count}", figure=True, width=72, keep=True
            ),
            ColumnSpec("score", tr("Best score"), _score, figure=True, width=140, keep=True),
            ColumnSpec("met", tr("Left"), _missing, width=100, keep=True),
        ]
        self.requirement_table = plain_table(self._context.tasks, tr("Requirements"), columns)
        self.requirements = self.requirement_table.rows
        self.requirement_table.selectionModel().selectionChanged.connect(lambda *_: self._show_evidence())
        left.addWidget(self.requirement_table, 3)
        left.addWidget(label(tr("Decisions"), "cardtitle"))
        story: list[ColumnSpec[Decision]] = [
            ColumnSpec("on", tr("Date"), lambda d: str(d.decided_on), width=112, keep=True),
            ColumnSpec("stage", tr("Stage"), self._stage_name, width=80, whole=True),
            ColumnSpec("what", tr("Decision"), lambda d: tr(DECISIONS[d.decision]), width=110, whole=True),
            ColumnSpec("by", tr("By"), lambda d: d.by, width=80, first=True, spare=True),
            ColumnSpec("reason", tr("Reason"), lambda d: said(d.reason or "", current()), width=170),
        ]
        self.story_table = plain_table(self._context.tasks, tr("Decisions"), story)
        self.story = self.story_table.rows
        left.addWidget(self.story_table, 2)
        row.addLayout(left, 5)
        right = QVBoxLayout()
        right.setSpacing(8)
        self.evidence_title = label(tr("Evidence"), "cardtitle")
        right.addWidget(self.evidence_title)
        evidence: list[ColumnSpec[Activity]] = [
            ColumnSpec("held_on", tr("Date"), lambda a: str(a.details.held_on or "–"), width=112, keep=True),
            ColumnSpec("subject", tr("About"), lambda a: a.subject, width=150, yields=True),
            ColumnSpec("state", tr("State"), _evidence_state, width=110, whole=True),
        ]
        self.evidence_table = plain_table(self._context.tasks, tr("Evidence"), evidence)
        self.evidence = self.evidence_table.rows
        self.evidence_table.selectionModel().selectionChanged.connect(lambda *_: self._show_activity())
        right.addWidget(self.evidence_table, 5)
        self.panel = ActivityPanel(self._context)
        right.addWidget(self.panel, 6)
        self.panel.answering.connect(self.evidence_table.setFocus)
        row.addLayout(right, 4)
        column.addLayout(row, 1)
        self._activities: list[Activity] = []

    def show_hire(self, person_id: int) -> None:
        """One hire's page."""
        self._wanted = person_id
        today = self._context.today()

        def read(connection: Connection) -> HireStory:
            from mentor_app.core.camp.queries import decisions, standing
            from mentor_app.core.logbook.queries import Filter, activities, activity_ids
            from mentor_app.core.people.queries import get_person

            ids = activity_ids(connection, Filter(person_id))
            entries = activities(connection, ids)
            return HireStory(
                get_person(connection, person_id),
                standing(connection, person_id, today),
                decisions(connection, [person_id]).get(person_id, []),
                [entries[i] for i in ids],
            )

        self._context.query(read, self._show_hire)

    def _show_hire(self, story: HireStory) -> None:
        who, stands, self._activities = story.person, story.standing, story.activities
        if self._wanted != who.id:
            return
        if stands is None:
            self.show_board()  # not whom it showed before: what is done there is done to whoever is wanted
            self._context.toast(tr("{name} is not enrolled in the camp yet.", name=who.name))
            return
        self._all = [stands if s.person.id == who.id else s for s in self._all] or [stands]
        self.stack.setCurrentIndex(1)
        self.title.setText(shortened(who.name, 24))
        self.title.setToolTip(plain_tip(who.name))
        set_badge(self.pace, tr(STATES[stands.state]), PACE_LOOK[stands.state])
        self.context.setText(pace_words(stands))
        me = self._context.me
        decides = self._context.may("camp.decide") and me is not None and me.id != who.id
        self.back.show()
        for item in (self.listing, self.programme, self.enrol):
            item.hide()
        self.more.show()
        self.passing.setVisible(stands.stage is not None)
        self.passing.setEnabled(decides and stands.ready)
        if me is None:
            self.passing.setToolTip(tr("Choose first who is working here: this is recorded under a person's name."))
        else:
            waiver = tr("Not everything is met; under More it can be passed with a written waiver.")
            self.passing.setToolTip(plain_tip("" if stands.ready else waiver))
        passed = any(line.status == StageStatus.PASSED for line in stands.stages)
        for key in (GateDecision.HELD, GateDecision.WAIVED):
            self.more_actions[key].setEnabled(decides and stands.stage is not None)
        self.more_actions[GateDecision.REOPENED].setEnabled(decides and passed)
        self.path.show_standing(stands)
        held = stands.held
        self.held.setText(
            tr("Held back on {date} by {name}: {reason}", date=held.decided_on, name=held.by, reason=held.reason)
            if held
            else ""
        )
        self.held.setVisible(held is not None)
        shown = self.stage_of.currentData()
        self.stage_of.clear()
        language = current().language
        for line in stands.stages:
            self.stage_of.addItem(f"{line.stage.name(language)} – {line.stage.aim(language)}", line.stage.key)
        default = stands.stage.key if stands.stage else stands.stages[-1].stage.key
        self.stage_of.setCurrentIndex(max(0, self.stage_of.findData(shown if self._same(who.id, shown) else default)))
        self._last_shown = who.id
        self.story.show_all(story.decisions)
        self._show_requirements()

    _last_shown: int | None = None
    _filling = False
    _listed: tuple[int | None, str | None] | None = None

    def _same(self, person_id: int, stage: str | None) -> bool:
        return self._last_shown == person_id and stage is not None

    def _hire(self) -> Standing:
        return next(s for s in self._all if s.person.id == self._wanted)

    def _stage_name(self, decision: Decision) -> str:
        names = [s.name for s in self._hire().programme.stages if s.key == decision.stage]
        return names[0](current().language) if names else decision.stage

    def _show_requirements(self) -> None:
        line = next(x for x in self._hire().stages if x.stage.key == self.stage_of.currentData())
        kept = max(0, self.requirement_table.currentIndex().row())
        self._filling = True
        self.requirements.show_all(line.met)
        self.requirement_table.choose(min(kept, len(line.met) - 1))
        self._filling = False
        self._show_evidence()

    def _show_evidence(self) -> None:
        if self._filling:
            return
        rows = self.requirement_table.selectionModel().selectedRows()
        met = self.requirements.row(rows[0].row()) if rows else None
        entries = [a for a in self._activities if met is not None and a.details.kind == met.requirement.kind]
        used = set(met.evidence) if met is not None else set()
        entries.sort(
            key=lambda a: (a.id not in used, -(a.details.held_on.toordinal() if a.details.held_on else 0), a.id)
        )
        self.evidence_title.setText(
            tr("Evidence: {kind}", kind=tr(KINDS[met.requirement.kind].name)) if met is not None else tr("Evidence")
        )
        ids, chosen = [a.id for a in entries], self.panel.activity
        self._filling = True
        self.evidence.set_ids(ids, {a.id: a for a in entries})
        listed = (self._wanted, met.requirement.kind if met is not None else None)
        same, self._listed = listed == self._listed, listed
        if chosen is not None and chosen.id in ids:  # what is being read, and answered, stays chosen
            self.evidence_table.choose(ids.index(chosen.id))
        elif same and chosen is not None:
            self.evidence_table.clearSelection()  # it is gone, and no key is meant for another
        elif entries:
            self.evidence_table.choose(0)
        self._filling = False
        self._show_activity()

    def _show_activity(self) -> None:
        if self._filling:
            return
        rows = self.evidence_table.selectionModel().selectedRows()
        self.panel.show_activity(self.evidence.row(rows[0].row()) if rows else None)

    # -- what is done here

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        go = self._context.go
        views: dict[str, Callable[[], object]] = {
            "programme": lambda: go(Place("camp", "programme")),
            "enrol": lambda: go(Place("camp", "enrol")),
        }
        if len(self.model.ids):
            views["hire"] = lambda: self.show_hire(self.model.ids[0])
            views["decision"] = lambda: self._decide(GateDecision.HELD)
            views["leave"] = lambda: self._start("leave")
        return views

    @override
    def open(self, place: Place) -> None:
        if place.id is not None:
            self.show_hire(place.id)

    def _decide(self, decision: str) -> None:
        self._context.go(Place("camp", "decide", self._hire().person.id, decision))

    def _start(self, what: str) -> None:
        self._context.go(Place("camp", what, self._hire().person.id))

    def _export_list(self) -> None:
        self.table.export()


def _stage(standing: Standing) -> str:
    return standing.stage.name(current().language) if standing.stage else tr("Finished")


def _left(standing: Standing) -> str:
    if standing.current is None:
        return "–"
    if standing.ready:
        return tr("Ready for the gate")
    return current().listed(
        f"{tr(KINDS[m.requirement.kind].name)} {m.done}/{m.requirement.count}"
        for m in standing.current.met
        if not m.met
    )


def _score(met: Met) -> str:
    if met.requirement.pass_mark is None:
        return "–"
    best = "–" if met.best_score is None else f"{met.best_score:.1f}"
    return tr("{best} (pass {mark})", best=best, mark=f"{met.requirement.pass_mark:g}")


def _missing(met: Met) -> str:
    return tr("met") if met.met else tr("{n} missing", n=met.requirement.count - met.done)


def _evidence_state(activity: Activity) -> str:
    from mentor_app.core.logbook.kinds import STATES as LOG_STATES

    words = tr(LOG_STATES[activity.state])
    return f"{words} · {activity.score:.1f}" if activity.score is not None else words


PAGE = CampPage
