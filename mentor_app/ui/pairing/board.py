"""The assignment board: hires without a mentor, mentors, why they fit; by mouse and by keyboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.personal.letters import finder
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, industry, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.pairing.board_cards import GAP, CardLook, Cards, CardsModel, MentorCards
from mentor_app.ui.pairing.board_why import Why, cost_in_words
from mentor_app.ui.pairing.dialogs import weights
from mentor_app.ui.widgets.controls import label, on_keys
from mentor_app.ui.widgets.forms import choice, search_field
from mentor_app.ui.widgets.layouts import row_in
from mentor_app.ui.widgets.lists import in_order
from mentor_app.ui.widgets.steps import Steps

if TYPE_CHECKING:
    import numpy as np
    from _typeshed import SupportsRichComparison
    from numpy.typing import NDArray

    from mentor_app.core.matching.criteria import Apprentice, Mentor
    from mentor_app.core.matching.problem import Board, Otherwise, Plan
    from mentor_app.core.store import Connection

_Planned = tuple[dict[int, int], set[int]]
"""Which mentor each hire is to have, and the hires whose pair is held."""


class BoardView(QWidget):
    """Choose, suggest, pin, drop; what is planned here is written only when it is accepted."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.board: Board | None = None
        self.plan: dict[int, int] = {}
        """Which mentor each hire is to have."""
        self.pinned: set[int] = set()
        self._reasons: dict[int, str] = {}
        self._steps = Steps[_Planned]()
        self._wanted: int | None = None
        self._asked = 0
        self._counts: Counter[int] = Counter()
        self._scored: tuple[Apprentice | None, dict[int, float]] = (None, {})
        self._build()

    def _build(self) -> None:
        theme = self._context.settings.theme
        row = row_in(self, 16 - GAP)
        left, middle, right = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self.why = Why(self._assign_here, self.toggle_pin, self.take_out)
        for column in (left, middle, right):
            column.setSpacing(8)
        self.search = search_field(tr("Search hires and mentors"))
        self.search.setToolTip(tr("Search hires and mentors"))
        self.search.textChanged.connect(lambda _: self._arrange())
        self.order = choice(
            [(tr("By name"), "name"), (tr("By free places"), "places"), (tr("By fit for the hire"), "fit")]
        )
        self.order.setAccessibleName(tr("Order of the mentors"))
        self.order.setMinimumWidth(90)
        self.order.setMinimumContentsLength(5)  # the search beside it needs the room more
        self.order.activated.connect(lambda _: self._arrange())
        left.addWidget(self._heading(tr("Without a mentor")))
        self.hires = Cards(CardsModel(self._hire_look, True), theme, tr("Without a mentor"), 3, False)
        self.hires.setDragEnabled(True)
        self.hires.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.hires.entered.connect(self._to_mentors)
        self.hires.doubled.connect(lambda key: self._context.go(Place("camp", id=key)))
        self.hires.selectionModel().currentChanged.connect(lambda *_: self._chosen_hire())
        left.addWidget(self.hires, 1)
        head = QHBoxLayout()
        head.addWidget(label(tr("Mentors"), "cardtitle"))
        head.addWidget(self.search, 1)
        head.addWidget(self.order)
        head.addSpacing(GAP)
        middle.addLayout(head)
        self.mentors = MentorCards(CardsModel(self._mentor_look, False), theme, tr("Mentors"), self.refused)
        self.mentors.dropped.connect(self.assign)
        self.mentors.turned_away.connect(self.why.say_why_not)
        self.mentors.entered.connect(self._assign_here)
        self.mentors.doubled.connect(lambda key: self._context.go(Place("pairing", "mentor", key)))
        self.mentors.selectionModel().currentChanged.connect(lambda *_: self._explain())
        middle.addWidget(self.mentors, 1)
        right.addWidget(self._heading(tr("Why")))
        right.addWidget(self.why)
        right.addStretch()
        keys = tr(
            "Nothing is stored before you accept. Ctrl+Z takes back the last pin or drag, Ctrl+Shift+Z does it again."
        )
        self.hint = label(keys, "note", wrap=True)
        self.hint.hide()
        right.addWidget(self.hint)
        row.addLayout(left, 27)
        row.addLayout(middle, 44)
        row.addLayout(right, 29)
        self.empty = label("", "muted", wrap=True)
        left.addWidget(self.empty)
        for view, key, work in (
            (self.hires, "Delete", self.take_out),
            (self.hires, "P", self.toggle_pin),
            (self.mentors, "Backspace", self.hires.setFocus),
            (self.mentors, "Ctrl+Return", self._open_mentor),
        ):
            on_keys(view, key, work, Qt.ShortcutContext.WidgetShortcut)
        for cards, make in ((self.hires, self._hire_menu), (self.mentors, self._mentor_menu)):
            cards.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            cards.customContextMenuRequested.connect(partial(self._show_menu, cards, make))

    def _show_menu(self, cards: QAbstractItemView, make: Callable[[], QMenu], at: QPoint) -> None:
        menu = make()
        menu.exec(cards.viewport().mapToGlobal(at))

    def _open_mentor(self) -> None:
        mentor = self.mentors.chosen()
        if mentor is not None:
            self.mentors.doubled.emit(mentor.id)

    def _heading(self, words: str) -> QWidget:
        """A heading as high as the field beside the middle one, so that all three columns begin in one line."""
        made = label(words, "cardtitle")
        made.setMinimumHeight(self.search.sizeHint().height())
        return made

    # -- reading

    def reload(self) -> None:
        """Read hires and mentors again; what is planned stays where it still can be."""
        today = self._context.today()

        def read(connection: Connection) -> Board:
            from mentor_app.core.pairing.suggest import board

            return board(connection, today)

        self._context.query(read, self._arrived)

    def _arrived(self, board: Board) -> None:
        self.board = board
        planned = set(self.plan)
        self.plan, self.pinned = self._possible((self.plan, self.pinned))
        if planned - {a.id for a in board.apprentices}:  # accepted: that is what was done last
            self._steps.forget()
        self._arrange()

    def _possible(self, planned: _Planned) -> _Planned:
        """What of a plan can still be: of those who are here now."""
        here = {a.id for a in self.board.apprentices} if self.board is not None else set()
        teachers = {m.id for m in self._mentors()}
        plan = {a: m for a, m in planned[0].items() if a in here and m in teachers}
        return plan, planned[1] & set(plan)

    def show_hire(self, person_id: int) -> None:
        """Select this hire as soon as they are there."""
        self._wanted = person_id
        self._arrange()

    def _arrange(self) -> None:
        board = self.board
        if board is None:
            return
        self._counts, self._scored = Counter(self.plan.values()), (None, {})
        looked_for = finder(self.search.text())
        hire, mentor = self._wanted or _id(self.hires.chosen()), _id(self.mentors.chosen())

        def fits(item: Apprentice | Mentor) -> bool:
            region = tr(item.region) if item.region else ""
            return looked_for(
                f"{item.name} {item.region or ''} {region} {item.industry or ''} {industry(item.industry)}"
            )

        waiting = in_order(sorted(board.apprentices, key=lambda a: a.name), lambda a: a.since)
        hires = [a for a in waiting if fits(a)] or waiting
        if self._wanted in {a.id for a in hires}:
            self._wanted = None
        self.hires.cards.show(hires)
        self.hires.choose(hire)
        by = self.order.currentData()
        scores = self.scores()
        keys: dict[str, Callable[[Mentor], SupportsRichComparison]] = {
            "name": lambda m: (m.barred is not None, m.name),
            "places": lambda m: (-self._free(m), m.name),
            "fit": lambda m: (m.barred is not None, self._free(m) <= 0, -scores.get(m.id, 0.0), m.name),
        }
        fitting = [m for m in board.mentors if fits(m)]
        self.mentors.cards.show(sorted(fitting or board.mentors, key=keys[by]))
        self.mentors.choose(mentor)
        none = tr("Every new hire has a mentor.") if board.mentors or board.apprentices else ""
        self.empty.setText(none if not waiting else "")
        self.empty.setVisible(not waiting)
        self.hires.setVisible(bool(waiting))
        if not board.mentors:
            self.empty.setText(tr("Nobody has the role Mentor yet. Give it on the page People."))
            self.empty.show()
        self._explain()
        self.hint.setVisible(bool(self._steps))
        self.changed.emit()

    def _mentors(self) -> Sequence[Mentor]:
        return self.board.mentors if self.board is not None else ()

    def _free(self, mentor: Mentor) -> int:
        return mentor.places - self._planned(mentor.id)

    def _planned(self, mentor_id: int, but: int | None = None) -> int:
        return self._counts[mentor_id] - (but is not None and self.plan.get(but) == mentor_id)

    def scores(self) -> dict[int, float]:
        """The fit of every mentor for the selected hire."""
        hire = self.hires.chosen()
        if hire is None:
            return {}
        if self._scored[0] is not hire:
            mentors, parts = self._mentors(), self._parts(hire, self._mentors()).values()
            self._scored = hire, {m.id: float(sum(values[0, at] for values in parts)) for at, m in enumerate(mentors)}
        return self._scored[1]

    def _parts(self, hire: Apprentice, mentors: Sequence[Mentor]) -> dict[str, NDArray[np.float64]]:
        """What each criterion gives this hire with each of these mentors: arrays of one row, a column a mentor."""
        from mentor_app.core.matching.criteria import parts

        count = weights(self._context)
        return {name: count[name] * values for name, values in parts([hire], mentors).items()}

    # -- what the cards say

    def _hire_look(self, hire: Apprentice) -> CardLook:
        days = (self._context.today() - hire.since).days if hire.since else None
        badge = ("", "plain")
        if days is not None:
            words = tr("today") if days <= 0 else tr("{n} d", n=days)
            badge = (words, "bad" if days > 7 else "due" if days > 2 else "plain")
        gaps = sorted(hire.gaps.items(), key=lambda gap: -gap[1])
        month = tr("month {n}", n=hire.month)
        gap = f"{month} · " + tr("gap: {kind}", kind=tr(KINDS[gaps[0][0]].name)) if gaps else month
        mentor = self._mentor(self.plan.get(hire.id))
        last: tuple[str, ...] = ()
        if mentor is not None:
            pin = " · " + tr("pinned") if hire.id in self.pinned else ""
            last = (f"→ {mentor.name}{pin}",)
        elif hire.id in self._reasons:
            last = (self._reasons[hire.id],)
        return CardLook(title=hire.name, badge=badge, notes=(_track(hire), gap, *last), accent=mentor is not None)

    def _mentor_look(self, mentor: Mentor) -> CardLook:
        planned = self._planned(mentor.id)
        taken = mentor.active + planned
        badge = ("", "plain")
        if planned:
            waiting = self.board.apprentices if self.board is not None else ()
            hires = [a.name for a in waiting if self.plan.get(a.id) == mentor.id]
            words = (
                tr("for {name}", name=hires[0]) if planned == 1 else plural("for {n} hire", "for {n} hires", n=planned)
            )
            badge = (words, "accent")
        elif mentor.barred is not None:
            badge = (tr("not senior yet"), "plain")
        elif taken >= mentor.capacity:
            badge = (tr("full"), "plain")
        record = tr("{n} completed", n=mentor.completed) if mentor.completed else tr("first apprentice")
        if mentor.active and not mentor.completed:
            record = tr("first under way")
        if mentor.playbooks:
            record = f"{record} · " + plural("{n} playbook", "{n} playbooks", n=mentor.playbooks)
        if mentor.leaves_on is not None:
            record = tr("leaves on {date}", date=mentor.leaves_on)
        score = self.scores().get(mentor.id) if self.hires.chosen() is not None and mentor.barred is None else None
        fit = "" if score is None else tr("fit {score}", score=f"{score:.1f}") + " · "
        share = taken / mentor.capacity if mentor.capacity else 1.0
        words = tr("{n} of {all}", n=taken, all=mentor.capacity)
        quiet = mentor.barred is not None or (taken >= mentor.capacity and not planned)
        return CardLook(
            title=mentor.name, badge=badge, notes=(fit + _track(mentor), record), bar=(share, words), quiet=quiet
        )

    def _mentor(self, mentor_id: int | None) -> Mentor | None:
        return next((m for m in self._mentors() if m.id == mentor_id), None)

    # -- why

    def _chosen_hire(self) -> None:
        """Another hire: the mentor planned for them is looked at, and every card says how it fits."""
        hire = self.hires.chosen()
        if hire is not None and hire.id in self.plan:
            self.mentors.choose(self.plan[hire.id])
        if self.order.currentData() == "fit" and not self.hires.cards.signalsBlocked():
            scores, chosen = self.scores(), _id(self.mentors.chosen())
            self.mentors.cards.show(
                sorted(self.mentors.cards.items, key=lambda m: (m.barred is not None, -scores.get(m.id, 0.0)))
            )
            self.mentors.choose(self.plan.get(_id(hire) or 0, chosen))
        self.mentors.cards.redraw()
        self._explain()

    def _explain(self) -> None:
        """Criterion by criterion why the selected hire and mentor fit, and what it would cost to have it so."""
        if self.board is None:
            return
        hire, mentor = self.hires.chosen(), self.mentors.chosen()
        self.why.setVisible(hire is not None and mentor is not None)
        if hire is None or mentor is None:
            return
        parts = {name: float(values[0, 0]) for name, values in self._parts(hire, [mentor]).items()}
        self.why.explain(f"{hire.name} → {mentor.name}", parts)
        here, refused = self.plan.get(hire.id) == mentor.id, self.refused(hire.id, mentor)
        self.why.offer(planned=here, pinned=hire.id in self.pinned, refused=refused)
        if self.plan and not refused:
            self._ask_cost(hire, mentor, here)

    def _ask_cost(self, hire: Apprentice, mentor: Mentor, here: bool) -> None:
        """What the whole plan loses with this pair, or, for one of the plan, with the next best mentor."""
        self._asked += 1
        asked, today, count = self._asked, self._context.today(), weights(self._context)
        pinned = {a: self.plan[a] for a in self.pinned if here or a != hire.id}
        other = mentor
        if here:
            scores = self.scores()
            others = [
                m
                for m in self._mentors()
                if m.id not in (mentor.id, hire.id) and m.places and (hire.id, m.id) not in self._circles()
            ]
            if not others:
                self.why.note.setText(tr("There is no other mentor for this hire."))
                return
            other = max(others, key=lambda m: (scores[m.id], -m.id))

        def read(connection: Connection) -> Otherwise:
            from mentor_app.core.pairing.suggest import otherwise

            return otherwise(connection, today, count, pinned, hire.id, other.id)

        self._context.query(read, lambda cost: self._show_cost(asked, other, here, cost))

    def _circles(self) -> frozenset[tuple[int, int]]:
        return self.board.circles if self.board is not None else frozenset()

    def _show_cost(self, asked: int, other: Mentor, here: bool, cost: Otherwise) -> None:
        if asked != self._asked:
            return
        score = self.scores().get(other.id, 0.0)
        words = tr("Best alternative: {name}, fit {score}.", name=other.name, score=f"{score:.1f}") if here else ""
        self.why.note.setText(f"{words} {cost_in_words(cost)}".strip())

    # -- doing

    def refused(self, hire_id: int, mentor: Mentor) -> str:
        """Why a hire can't be given to a mentor, in words; empty where they can."""
        from mentor_app.core.matching.criteria import refusal

        waiting = self.board.apprentices if self.board is not None else ()
        hire = next((a for a in waiting if a.id == hire_id), None)
        if hire is None:
            return tr("This record is not there any more.")
        why = refusal(hire, mentor, self._circles(), self._planned(mentor.id, hire_id))
        return why.render(current()) if why is not None else ""

    def assign(self, hire_id: int, mentor_id: int) -> None:
        """Plan this pair and hold it; the next suggestion is computed around it."""
        self._note(tr("Pair planned"), hire_id, mentor_id)
        self.plan[hire_id] = mentor_id
        self.pinned.add(hire_id)
        self._reasons.pop(hire_id, None)
        self.hires.choose(hire_id)
        self.mentors.choose(mentor_id)
        self._redraw()

    def _assign_here(self) -> None:
        hire, mentor = self.hires.chosen(), self.mentors.chosen()
        if hire is None or mentor is None:
            return
        why = self.refused(hire.id, mentor)
        if why and self.plan.get(hire.id) != mentor.id:
            self.why.say_why_not(why)
            return
        self.assign(hire.id, mentor.id)
        waiting = [a.id for a in self.hires.cards.items if a.id not in self.plan]
        if waiting:
            self.hires.choose(waiting[0])
        self.hires.setFocus()

    def _to_mentors(self) -> None:
        """From a hire to the mentors: to the one planned, or the best with room."""
        hire = self.hires.chosen()
        if hire is None:
            return
        scores = self.scores()
        free = [m for m in self.mentors.cards.items if not self.refused(hire.id, m)]
        best = max(free, key=lambda m: (scores.get(m.id, 0.0), -m.id)).id if free else None
        self.mentors.choose(self.plan.get(hire.id, best))
        self.mentors.setFocus()

    def take_out(self) -> None:
        """Take the selected hire's pair out of the plan."""
        hire = self.hires.chosen()
        if hire is not None and hire.id in self.plan:
            self._note(tr("Pair taken out"), hire.id, self.plan[hire.id])
            del self.plan[hire.id]
            self.pinned.discard(hire.id)
            self._redraw()

    def toggle_pin(self) -> None:
        """Hold the selected hire's pair when suggesting again, or let it go."""
        hire = self.hires.chosen()
        if hire is not None and hire.id in self.plan:
            words = tr("Pair no longer pinned") if hire.id in self.pinned else tr("Pair pinned")
            self._note(words, hire.id, self.plan[hire.id])
            self.pinned ^= {hire.id}
            self._redraw()

    # -- taking back what is planned only

    def _note(self, words: str, hire_id: int, mentor_id: int) -> None:
        """A step with one pair is about to be taken."""
        waiting = self.board.apprentices if self.board is not None else ()
        hire = next((a.name for a in waiting if a.id == hire_id), "")
        mentor = self._mentor(mentor_id)
        self._steps.note(f"{words} · {hire} → {mentor.name if mentor else ''}", self._now())

    def _now(self) -> _Planned:
        return dict(self.plan), set(self.pinned)

    def step_back(self) -> bool:
        """Take back the last pin, drag or suggestion; False where none is left."""
        return self._step(
            self._steps.back(self._now(), self._possible), "Taken back: {action}", self.step_on, tr("Redo")
        )

    def step_on(self) -> bool:
        """Do again what was taken back last here."""
        return self._step(
            self._steps.on(self._now(), self._possible), "Done again: {action}", self.step_back, tr("Undo")
        )

    def _step(self, to: tuple[str, _Planned] | None, said: str, other: Callable[[], object], offer: str) -> bool:
        if to is None:
            return False
        words, (self.plan, self.pinned) = to
        self._reasons = {hire: why for hire, why in self._reasons.items() if hire not in self.plan}
        self._arrange()
        self._context.toast(tr(said, action=words), other, offer)
        return True

    def _redraw(self) -> None:
        self._counts = Counter(self.plan.values())
        self.hires.cards.redraw()
        self.mentors.cards.redraw()
        self._explain()
        self.hint.setVisible(bool(self._steps))
        self.changed.emit()

    def suggest(self) -> None:
        """Compute the best plan around what is pinned."""
        today, count = self._context.today(), weights(self._context)
        pinned = {hire: self.plan[hire] for hire in self.pinned}

        def read(connection: Connection) -> Plan:
            from mentor_app.core.pairing.suggest import suggest

            return suggest(connection, today, count, pinned)

        self._context.query(read, self._suggested)

    def _suggested(self, plan: Plan) -> None:
        self.board = plan.board
        self._steps.note(tr("Mentors suggested"), self._now())
        self.plan = {pair.apprentice.id: pair.mentor.id for pair in plan.pairs}
        self.pinned &= set(self.plan)
        self._reasons = {hire.id: why.render(current()) for hire, why in plan.unplaced}
        self._arrange()
        self._chosen_hire()
        if not plan.pairs:
            self._context.toast(
                next(iter(self._reasons.values()), tr("Every new hire has a mentor."))
                if plan.unplaced
                else tr("Every new hire has a mentor.")
            )

    def _hire_menu(self) -> QMenu:
        menu, hire = QMenu(self), self.hires.chosen()
        if hire is not None:
            menu.addAction(tr("Open the new hire"), lambda: self._context.go(Place("camp", id=hire.id)))
            if hire.id in self.plan:
                menu.addAction(tr("Pin or unpin") + "\tP", self.toggle_pin)
                menu.addAction(tr("Take out") + "\tDel", self.take_out)
        return menu

    def _mentor_menu(self) -> QMenu:
        menu, mentor = QMenu(self), self.mentors.chosen()
        if mentor is not None:
            menu.addAction(tr("Assign here") + "\tEnter", self._assign_here)
            menu.addAction(
                tr("Open the mentor") + "\tCtrl+Enter", lambda: self._context.go(Place("pairing", "mentor", mentor.id))
            )
            menu.addAction(tr("Capacity…"), lambda: self._context.go(Place("pairing", "capacity", mentor.id)))
        return menu


def _id(item: Apprentice | Mentor | None) -> int | None:
    return None if item is None else item.id


def _track(item: Apprentice | Mentor) -> str:
    """Region and industry."""
    parts = [tr(item.region) if item.region else "", industry(item.industry)]
    return " · ".join(part for part in parts if part) or "–"
