"""One pairing as one story: its cycle, goals, sessions, every change, the closing reviews; and the dialogs that move it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from mentor_app.core.errors import Gone
from mentor_app.core.pairing.rules import STATES, PairingState
from mentor_app.core.projects.rules import Outcome
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import button, label, shortened
from mentor_app.ui.widgets.layouts import clear, scrolling
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.table import plain_table
from mentor_app.ui.widgets.timeline import CycleView, session_columns

if TYPE_CHECKING:
    from mentor_app.core.pairing.story import Event, Story
    from mentor_app.core.projects.queries import Project
    from mentor_app.core.store import Connection

PAIRING_LOOK = {
    PairingState.ACTIVE: "accent",
    PairingState.COMPLETED: "good",
    PairingState.REASSIGNED: "plain",
    PairingState.ENDED: "plain",
}


class PairingView(CycleView):
    """A pairing's page."""

    shares = 9, 11

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.story: Story | None = None
        left, right = self.left, self.right
        left.addWidget(label(tr("Story"), "cardtitle"))
        self.events = plain_table(
            context.tasks,
            tr("Story"),
            [
                ColumnSpec("on", tr("Date"), lambda e: e.on.isoformat(), width=104, keep=True),
                ColumnSpec("words", tr("What happened"), _said, width=300, first=True),
                ColumnSpec("by", tr("Entered by"), lambda e: e.by, width=90, spare=True),
            ],
        )
        self.events.wrap()
        left.addWidget(self.events, 1)
        self.goals = Card(tr("Goals and closing reviews"))
        holder = QWidget()
        holder.setObjectName("content")
        self._texts = QVBoxLayout(holder)
        self._texts.setContentsMargins(0, 4, 0, 4)
        self.goals.body.addWidget(scrolling(holder), 1)
        right.addWidget(self.goals, 5)
        right.addWidget(label(tr("Sessions"), "cardtitle"))
        self.sessions = plain_table(context.tasks, tr("Sessions"), session_columns(False))
        self.sessions.opened.connect(lambda key: context.go(Place("logbook", id=key)))
        right.addWidget(self.sessions, 6)
        self.more = QPushButton(tr("More"))
        menu = QMenu(self)
        self.more_actions = {
            key: menu.addAction(words, work)
            for key, words, work in (
                ("goals", tr("Change the goals…"), lambda: self.start("goals")),
                ("roll_on", tr("Roll on to another project…"), lambda: self.start("roll_on")),
                ("reassign", tr("Give to another mentor…"), lambda: self.start("reassign")),
                ("end", tr("End the pairing…"), lambda: self.start("end")),
                ("complete", tr("Complete…"), lambda: self.start("complete")),
                ("remind", tr("Copy a reminder"), self.remind),
                ("close", tr("Close the project…"), self._close_project),
                (
                    "project",
                    tr("Open the project"),
                    lambda: context.go(Place("projects", "project", self._project().id)),
                ),
                (
                    "hire",
                    tr("Open the new hire"),
                    lambda: context.go(Place("camp", id=self._told().pairing.apprentice_id)),
                ),
                (
                    "mentor",
                    tr("Open the mentor"),
                    lambda: context.go(Place("pairing", "mentor", self._told().pairing.mentor_id)),
                ),
                ("history", tr("History…"), lambda: context.go(Place("history", "pairing", self.id))),
            )
        }
        self.more.setMenu(menu)
        self.plan = button(tr("Plan a session…"), self.plan_session)
        self.next = button("", lambda: self.start(self._next))
        self.next.setObjectName("primary")
        self._next = "goals"
        self.buttons = [self.more, self.plan, self.next]

    @override
    def reload(self) -> None:
        wanted, me = self.id, self._context.me
        known = self.story.pairing if self.story is not None else None
        apprentice = known.apprentice_id if known is not None and known.id == wanted else None

        def read(connection: Connection) -> tuple[Story | None, int | None]:
            from mentor_app.core.pairing.queries import pairings_of
            from mentor_app.core.pairing.story import story

            try:
                return story(connection, wanted, me.id if me else None), None
            except Gone:
                running = (p.id for p in pairings_of(connection, apprentice or 0) if p.ended_on is None)
                return None, next(running, None)

        self._context.query(read, lambda found: self._arrived(*found))

    def _told(self) -> Story:
        """The story shown; what needs it is offered only once it is here."""
        assert self.story is not None
        return self.story

    def _project(self) -> Project:
        return self._told().cycles[-1].project

    def _arrived(self, story: Story | None, running: int | None) -> None:
        """``running``: where a pairing that is gone had been handed over, the one that goes on instead."""
        if story is None:
            self._context.tell_gone(Gone().render(current()))
            self.vanished.emit()
            if running is not None:
                self._context.go(Place("pairing", "pairing", running))
        if story is None or story.pairing.id != self.id:
            return
        self.story = story
        p = story.pairing
        self.title = tr(
            "{apprentice} with {mentor}", apprentice=shortened(p.apprentice, 16), mentor=shortened(p.mentor, 16)
        )
        self.mark = (tr(STATES[p.state]), PAIRING_LOOK[p.state])
        self.note = tr("since {date}", date=p.started_on) if p.ended_on is None else f"{p.started_on} – {p.ended_on}"
        self.timeline.show_cycles(story.cycles, self._context.today())
        self.events.rows.show_all(story.events)
        self.sessions.rows.set_ids([s.id for s in story.sessions], {s.id: s for s in story.sessions})
        self._show_texts(story)
        self._show_actions(story)
        self.headed.emit()

    def _show_texts(self, story: Story) -> None:
        clear(self._texts)
        p = story.pairing
        self._say(tr("Goals agreed"), p.goals or tr("No goals were agreed."))
        if p.reason:
            self._say(tr("Reason of the end"), p.reason)
        for review in story.reviews:
            hidden = tr("Written on {date}; for the two and the team lead until both are in.", date=review.at.date())
            self._say(tr("Closing review by {name}", name=review.by), review.words or hidden)
        for _, name in story.missing:
            self._say(tr("Closing review by {name}", name=name), tr("Still to come."))
        self._texts.addStretch()

    def _say(self, title: str, words: str) -> None:
        self._texts.addWidget(label(title, "note", wrap=True))
        made = label(words, wrap=True)
        made.setContentsMargins(0, 0, 0, 8)
        self._texts.addWidget(made)

    def _show_actions(self, story: Story) -> None:
        """The one thing to do next stands in the header; the rest under More."""
        p, me = story.pairing, self._context.me
        active, outcome = p.ended_on is None, self._project().outcome
        mine = me is not None and any(who == me.id for who, _ in story.missing)
        for key, possible in (
            ("goals", active and self.may("pairing.set_goals")),
            ("roll_on", active and self.may("pairing.roll_on") and outcome in (Outcome.LOST, Outcome.CANCELLED)),
            ("reassign", active and self.may("pairing.reassign")),
            ("end", active and self.may("pairing.end")),
            ("complete", active and self.may("pairing.complete") and outcome != Outcome.OPEN),
            ("remind", bool(story.missing)),
            ("close", active and self.may("projects.close_project") and outcome == Outcome.OPEN),
        ):
            self.more_actions[key].setVisible(possible)
        self.shown = {self.more}
        if active and (self.may("logbook.for_others") or (me is not None and me.id == p.apprentice_id)):
            self.shown.add(self.plan)
        words = {
            "review": tr("Write the closing review…"),
            "complete": tr("Complete…"),
            "roll_on": tr("Roll on…"),
        }
        self._next = "review" if mine else ""
        following = {Outcome.WON: "complete", Outcome.LOST: "roll_on", Outcome.CANCELLED: "roll_on"}.get(outcome, "")
        if active and following and self.may(f"pairing.{following}"):
            self._next = following
        self.plan.setObjectName("" if self._next else "primary")
        self.plan.style().unpolish(self.plan)
        self.plan.style().polish(self.plan)
        if self._next:
            self.next.setText(words[self._next])
            self.next.setAccessibleName(words[self._next])
            self.shown.add(self.next)

    # -- what is done here

    def plan_session(self) -> None:
        """Plan a session of the two."""
        p = self._told().pairing
        self._context.go(Place("logbook", "plan", p.apprentice_id, str(p.mentor_id)))

    def _close_project(self) -> None:
        self._context.go(Place("projects", "close", self._project().id))

    def remind(self) -> None:
        """A friendly reminder for those whose closing review is missing, on the clipboard."""
        story = self._told()
        p, names = story.pairing, current().listed(name for _, name in story.missing)
        QGuiApplication.clipboard().setText(
            tr(
                "{names}: please write the closing review of the pairing {apprentice} – {mentor}, which ended on {date}. "
                "You find it in Growth Camp under Pairings.",
                names=names,
                apprentice=p.apprentice,
                mentor=p.mentor,
                date=p.ended_on,
            )
        )
        self._context.toast(tr("The reminder is on the clipboard."))

    def start(self, what: str) -> None:
        """Open the dialog for one of: goals, roll_on, reassign, end, complete, review."""
        self._context.go(Place("pairing", what, self.id))


def _said(event: Event) -> str:
    words = event.words.render(current())
    return f"{words} {event.note}" if event.note else words
