"""Home: each role's own first page. A hire's next steps, a mentor's inbox, a trainer's gates, a lead's stuck people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.core.people.roles import Role
from mentor_app.ui.context import Context
from mentor_app.ui.draft_titles import in_this_language
from mentor_app.ui.home.data import HomeData, read_home
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cards import Card, KeyFigure, side_by_side
from mentor_app.ui.widgets.controls import badge, button, label, labelled, points_apart, set_badge, shortened
from mentor_app.ui.widgets.layouts import as_high_as_needed, scrolling
from mentor_app.ui.widgets.links import Link, LinkCard
from mentor_app.ui.widgets.views import Page

if TYPE_CHECKING:
    from mentor_app.core.camp.queries import Standing
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.pairing.mentor import ApprenticeNow
    from mentor_app.core.pairing.watch import Alert
    from mentor_app.core.people.queries import Person
    from mentor_app.core.playbooks.queries import Playbook
    from mentor_app.core.ramp.curve import Company
    from mentor_app.ui.drafts import Draft
    from mentor_app.ui.widgets.stage_path import StagePath


class HomePage(Page):
    """Cards appear with the roles of whoever works here; without anybody chosen, the company's figures."""

    room = "home"
    kinds = frozenset({"people", "pipeline", "camp", "logbook", "pairing", "projects", "playbooks", "drafts", "me"})

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Home"))
        self._context = context
        self._not_handed_in: list[Link] = []
        self._reader: int | None = None
        self.imports = button(
            tr("Import opportunities…"), lambda: context.go(Place("imports", "opportunities")), shortcut="Ctrl+I"
        )
        self.log = button(tr("Log a session") + "  Ctrl+L", lambda: context.go(Place("logbook", "log")), primary=True)
        self.log.setAccessibleName(tr("Log a session"))
        self.header.addWidget(self.imports)
        self.header.addWidget(self.log)
        holder = QWidget()
        holder.setObjectName("content")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        self.area = scrolling(holder)
        self.body.addWidget(self.area, 1)
        self._build_figures(column)
        self._build_mine(column)
        self._build_lists(column)
        self._build_steps(column)
        column.addStretch()
        for part in (
            self.figures,
            self.mine,
            self.inbox,
            self.apprentices,
            self.gates,
            self.stuck,
            self.feedback,
            self.planned,
            self.watch,
            self.reviews,
            self.books,
            self.unfinished,
            self.steps,
        ):
            part.hide()

    # -- the parts

    def _build_figures(self, column: QVBoxLayout) -> None:
        self.newcomers = KeyFigure(tr("Close rate in the first 3 months"))
        self.seniors = KeyFigure(tr("Senior benchmark"))
        self.gap = KeyFigure(tr("Gap to the seniors"))
        self.people = KeyFigure(tr("People"))
        self.figures = side_by_side(self.newcomers, self.seniors, self.gap, self.people)
        column.addWidget(self.figures)

    def _build_mine(self, column: QVBoxLayout) -> None:
        self.mine = Card()
        head = QHBoxLayout()
        self.stage = label("", "cardtitle")
        self.pace = badge("–")
        self.pace_note = label("", "muted", wrap=True)
        head.addWidget(self.stage)
        head.addWidget(self.pace)
        head.addWidget(self.pace_note, 1)
        self.mine.body.addLayout(head)
        self._path_at = self.mine.body.count()
        self.path: StagePath | None = None
        self.next_steps = LinkCard(tr("My next three steps"), tr("Everything is done: ask for the gate."), shown=3)
        column.addWidget(self.mine)

    def _build_lists(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        left, right = QVBoxLayout(), QVBoxLayout()
        self.inbox = LinkCard(tr("Waiting for my sign-off"), tr("Nothing waits for you."), shown=7)
        self.apprentices = LinkCard(tr("My apprentices"), tr("Nobody is paired with you now."))
        self.gates = LinkCard(tr("Ready for the gate"), tr("Nobody is ready for the gate yet."))
        self.stuck = LinkCard(tr("Stuck"), tr("Nobody is stuck."), shown=8)
        self.feedback = LinkCard(tr("My mentor's feedback"), tr("No feedback yet. It appears with the first sign-off."))
        self.planned = LinkCard(tr("Planned"), tr("Nothing is planned. Ctrl+L, then “Plan it”."))
        self.watch = LinkCard(tr("Pairings that need you"), tr("Every pairing is well."), shown=28)
        self.reviews = LinkCard(tr("Closing reviews to write"), "")
        self.books = LinkCard(tr("Playbooks"), "", shown=6)
        self.unfinished = LinkCard(tr("Not finished"), "", shown=6)
        self.read_drafts = button(tr("Read or discard…"), lambda: self._context.go(Place("home", "drafts")))
        self.unfinished.body.addWidget(self.read_drafts, alignment=Qt.AlignmentFlag.AlignLeft)
        for card in (self.unfinished, self.next_steps, self.inbox, self.reviews, self.books, self.gates, self.stuck):
            left.addWidget(card)
        for card in (self.feedback, self.planned, self.apprentices, self.watch):
            right.addWidget(card)
        left.addStretch()
        right.addStretch()
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        column.addWidget(as_high_as_needed(row))
        self.next_steps.hide()

    def _build_steps(self, column: QVBoxLayout) -> None:
        self.steps = Card(tr("Next steps"))
        self.step = label("", wrap=True)
        self.steps.body.addWidget(self.step)
        row = QHBoxLayout()
        self.who = button(tr("Say who works here…"), lambda: self.window().choose_me())  # type: ignore[attr-defined]
        self.ramp = button(tr("See the ramp-up"), lambda: self._context.go(Place("ramp")))
        self.confirm = button(tr("Check hire dates"), lambda: self._context.go(Place("people")))
        for item in (self.who, self.ramp, self.confirm):
            row.addWidget(item)
        row.addStretch()
        self.steps.body.addLayout(row)
        column.addWidget(self.steps)

    # -- reading

    @override
    def refresh(self) -> None:
        today, me = self._context.today(), self._context.me
        signs = me is not None and self._context.may("logbook.sign_off")
        overview = me is not None and self._context.may("home.overview")
        self._context.query(
            lambda connection: read_home(connection, me, today, signs=signs, overview=overview),
            lambda data: self._show(me, set(me.roles) if me else set(), data),
        )

    # -- showing

    def _show(self, me: Person | None, roles: set[Role], data: HomeData) -> None:
        from mentor_app.core.camp.rules import Pace

        if me != self._context.me:  # read anew it is another object, but the same person
            return
        reader = me.id if me is not None else None
        if reader != self._reader:
            self._reader = reader
            self.area.verticalScrollBar().setValue(0)
        self.title.setText(tr("Hello, {name}", name=shortened(me.name, 24)) if me else tr("Home"))
        self.context.setText(self._context.today().strftime("%Y-%m-%d"))
        self.figures.setVisible(data.company is not None)
        self.steps.setVisible(data.company is not None)
        if data.company is not None:
            self._show_figures(data.company, data.deals)
        self._show_mine(Role.NEW_HIRE in roles, data)
        self._not_handed_in = [
            Link(
                self._entry(a, "", lambda: None).words,
                " · ".join([a.person] * (a.person_id != me.id) + [str(a.details.held_on or tr("no date"))]),
                (tr("not handed in"), "due"),
                self._to(Place("logbook", id=a.id)),
            )
            for a in data.not_handed_in
            if me is not None
        ]
        self._show_unfinished()
        self.inbox.setVisible(data.signs)
        self.inbox.show_links(
            [self._entry(a, a.person, partial(self._to_inbox, a.id)) for a in data.inbox]
            + [Link(tr("All {n}", n=data.waiting), open=lambda: self._context.go(Place("logbook", "inbox")))]
            * (data.waiting > len(data.inbox))
        )
        self.apprentices.setVisible(Role.MENTOR in roles)
        self.apprentices.show_links([self._apprentice(one) for one in data.apprentices])
        ready = [s for s in data.board if s.ready]
        stuck = sorted((s.stuck_since, at, s) for at, s in enumerate(data.board) if s.stuck_since)
        self.watch.setVisible(data.overview)
        self.watch.show_links(self._alerts(data.alerts))
        self.reviews.setVisible(bool(data.reviews))
        self.reviews.show_links(
            [
                Link(
                    f"{p.apprentice} – {p.mentor}",
                    tr("ended on {date}", date=p.ended_on),
                    (tr("write"), "due"),
                    self._to(Place("pairing", "review", p.id)),
                )
                for p in data.reviews
            ]
        )
        self.books.setVisible(bool(data.books))
        self.books.show_links([self._book(b) for b in data.books])
        self.gates.setVisible(data.overview)
        self.stuck.setVisible(data.overview)
        self.gates.show_links([self._hire(s, tr("decide"), "good") for s in ready])
        self.stuck.show_links(
            [
                self._hire(s, tr("since {date}", date=since), "bad" if s.state == Pace.BEHIND else "due")
                for since, _, s in stuck
            ]
        )

    def _show_mine(self, hire: bool, data: HomeData) -> None:
        stands = data.standing
        for part in (self.mine, self.next_steps, self.feedback, self.planned):
            part.setVisible(hire)
        if not hire:
            return
        from mentor_app.ui.widgets.stage_path import PACE_LOOK, StagePath, pace_words

        if self.path is None:
            self.path = StagePath()
            self.mine.body.addWidget(self.path)
        self.path.setVisible(stands is not None)
        if stands is None:
            self.stage.setText(tr("You are not enrolled in the camp yet."))
            set_badge(self.pace, "", "plain")
            self.pace_note.setText(tr("Ask your trainer."))
            self.next_steps.hide()
        else:
            from mentor_app.core.camp.rules import STATES

            language = current().language
            name = stands.stage.name(language) if stands.stage else tr("Camp finished")
            self.stage.setText(tr("My stage: {name}", name=name))
            set_badge(self.pace, tr(STATES[stands.state]), PACE_LOOK[stands.state])
            mentor = " · " + tr("mentor: {name}", name=shortened(stands.mentor, 24)) if stands.mentor else ""
            self.pace_note.setText(pace_words(stands) + mentor)
            self.path.show_standing(stands)
            self.next_steps.setVisible(stands.stage is not None)
            self.next_steps.show_links(self._next(stands, data.planned))
        self.feedback.show_links([self._feedback(a) for a in data.feedback])
        self.planned.show_links(
            [
                self._entry(
                    a,
                    f"{a.details.held_on} {a.details.at_time or ''}",
                    self._to(Place("logbook", id=a.id)),
                )
                for a in data.planned
            ]
        )

    def _next(self, stands: Standing, planned: Sequence[Activity]) -> list[Link]:
        """What is missing before the gate, the furthest from done first; with the day where one is planned."""
        from mentor_app.core.logbook.kinds import KINDS

        missing = [m for m in stands.current.met if not m.met] if stands.current else []
        missing.sort(key=lambda m: m.done / m.requirement.count)
        links = []
        for met in missing:
            kind = met.requirement.kind
            soon = next((a for a in planned if a.details.kind == kind), None)
            note = tr("planned for {date}", date=soon.details.held_on) if soon else tr("plan or log the next one")
            if met.requirement.pass_mark is not None:
                note += " · " + tr("pass mark {mark}", mark=f"{met.requirement.pass_mark:g}")
            links.append(
                Link(
                    tr(KINDS[kind].name),
                    note,
                    (f"{met.done} / {met.requirement.count}", "due"),
                    self._to(Place("logbook", "log", detail=kind)),
                )
            )
        return links

    def _to(self, place: Place) -> Callable[[], None]:
        return partial(self._context.go, place)

    def _entry(self, a: Activity, note: str, opens: Callable[[], object]) -> Link:
        from mentor_app.core.logbook.kinds import KINDS, ActivityState

        kind = tr(KINDS[a.details.kind].name)
        words = labelled(kind, a.subject)
        return Link(words, f"{note} · {a.details.held_on}" if a.state == ActivityState.SUBMITTED else note, open=opens)

    def _feedback(self, a: Activity) -> Link:
        from mentor_app.core.logbook.kinds import ActivityState
        from mentor_app.core.logbook.rules import standing_reviews

        last = [r for r in standing_reviews(a.reviews) if r.comment][-1]
        back = a.state == ActivityState.RETURNED
        link = self._entry(a, "", self._to(Place("logbook", id=a.id)))
        mark = (tr("sent back"), "bad") if back else ("", "plain")
        return Link(link.words, labelled(last.by, last.comment or ""), mark, link.open)

    def _hire(self, stands: Standing, mark: str, look: str) -> Link:
        from mentor_app.ui.widgets.stage_path import pace_words

        name = stands.stage.name(current().language) if stands.stage else ""
        note = " · ".join(filter(None, (name, pace_words(stands))))
        return Link(stands.person.name, note, (mark, look), self._to(Place("camp", id=stands.person.id)))

    def _apprentice(self, one: ApprenticeNow) -> Link:
        """Somebody whom the reader mentors, with their stage and what waits for the reader."""
        waits = tr("{n} to sign off", n=one.waiting) if one.waiting else ""
        if one.standing is None:
            place = Place("pairing", "pairing", one.pairing_id)
            return Link(one.name, tr("not enrolled"), (waits, "due"), self._to(place))
        return self._hire(one.standing, waits, "due")

    def _book(self, book: Playbook) -> Link:
        """A playbook to write, with its due date, or one to review."""
        from mentor_app.core.playbooks.rules import PlaybookState

        late = book.due_on is not None and book.due_on < self._context.today()
        mark = (
            (tr("review"), "accent")
            if book.state == PlaybookState.IN_REVIEW
            else (tr("overdue"), "bad")
            if late
            else (tr("write"), "due")
        )
        note = (
            book.owner
            if book.state == PlaybookState.IN_REVIEW
            else tr("due {date}", date=book.due_on)
            if book.due_on
            else ""
        )
        return Link(book.title, note, mark, self._to(Place("playbooks", "book", book.id)))

    def _alerts(self, alerts: Sequence[Alert]) -> list[Link]:
        """The most pressing kind first, of each the first few, one's own team's before the others'."""
        from mentor_app.core.pairing.rules import ALERT_KINDS, AlertKind
        from mentor_app.core.pairing.watch import UNPAIRED_DAYS

        me = self._context.me
        links: list[Link] = []
        for kind, words in ALERT_KINDS.items():
            of_kind = sorted((a for a in alerts if a.kind == kind), key=lambda a: me is None or a.team != me.team)
            links += [self._alert(a) for a in of_kind[:3]]
            if len(of_kind) > 3:
                where = Place("pairing", "assign")
                if kind != AlertKind.UNPAIRED:
                    where = Place("pairing", "pairings", detail=kind)
                more = tr("{n} more: {kind}", n=len(of_kind) - 3, kind=tr(words))
                waited = kind == AlertKind.UNPAIRED
                note = (
                    plural("waiting longer than {n} day", "waiting longer than {n} days", n=UNPAIRED_DAYS)
                    if waited
                    else ""
                )
                links.append(Link(more, note, open=self._to(where)))
        return links

    def _alert(self, alert: Alert) -> Link:
        """What is wrong in a pairing; a click opens what solves it."""
        from mentor_app.core.pairing.rules import ALERT_KINDS, AlertKind

        places = {
            AlertKind.UNPAIRED: Place("pairing", "hire", alert.person_id),
            AlertKind.SILENT: Place("pairing", "plan", alert.pairing_id),
            AlertKind.OVERRUN: Place("projects", id=alert.project_id),
            AlertKind.OVERLOADED: Place("pairing", "mentor", alert.person_id),
            AlertKind.REVIEW: Place("pairing", id=alert.pairing_id),
            AlertKind.LEAVING: Place("pairing", "reassign", alert.pairing_id),
            AlertKind.CLOSED: Place("pairing", id=alert.pairing_id),
        }
        look = "bad" if alert.kind in (AlertKind.UNPAIRED, AlertKind.LEAVING, AlertKind.OVERLOADED) else "due"
        words = alert.words.render(current())
        return Link(
            alert.name,
            words,
            (tr(ALERT_KINDS[alert.kind]), look),
            self._to(places[alert.kind]),
        )

    def _show_figures(self, company: Company, deals: int) -> None:
        from mentor_app.core.ramp.interval import percent, wilson

        won, lost = company.pooled(1, 3)
        early, senior = wilson(won, won + lost), company.benchmark.rate
        self.newcomers.show_figure(
            percent(early.value),
            plural(
                "90% interval {low}–{high} · {n} deal",
                "90% interval {low}–{high} · {n} deals",
                low=percent(early.low),
                high=percent(early.high),
                n=won + lost,
            )
            if early.value is not None
            else tr("No closings in these months yet"),
        )
        basis = tr("all time") if company.benchmark.since is None else tr("last 12 months")
        self.seniors.show_figure(
            percent(senior.value),
            plural(
                "90% interval {low}–{high} · {n} person, {basis}",
                "90% interval {low}–{high} · {n} people, {basis}",
                low=percent(senior.low),
                high=percent(senior.high),
                n=company.benchmark.people,
                basis=basis,
            )
            if senior.value is not None
            else tr("Nobody has closed a deal in their 7th month or later yet"),
        )
        self.gap.show_figure(points_apart(early.value, senior.value), tr("percentage points"))
        listed = [company.hires[i] for i in company.listed]
        inferred = sum(hire.inferred for hire in listed)
        self.people.show_figure(
            str(len(listed)),
            " · ".join(
                [
                    plural("{n} opportunity", "{n} opportunities", n=deals),
                    plural("{n} hire date inferred", "{n} hire dates inferred", n=inferred),
                ]
            ),
        )
        self.ramp.setVisible(deals > 0)
        self.confirm.setVisible(inferred > 0)
        self.who.setVisible(self._context.me is None and bool(listed))
        if not deals:
            words = tr(
                "Import your CRM's export to see how each new hire's close rate climbs. Any CRM's CSV or "
                "Excel file will do; nothing is written before you have seen what was recognised."
            )
        elif inferred:
            words = plural(
                "{n} hire date is inferred from the first opportunity. Confirm it so that the months of tenure are right.",
                "{n} hire dates are inferred from the first opportunity. Confirm them so that the months of tenure are right.",
                n=inferred,
            )
        elif self._context.me is None:
            words = tr("Say who works here: the page then shows what waits for you.")
        else:
            words = ""
        self.step.setText(words)
        self.steps.setVisible(bool(words))

    def _show_unfinished(self) -> None:
        """What was typed somewhere and not finished: a click goes on with it."""
        links = [
            Link(
                in_this_language(draft.title),
                tr("typed on {date}", date=f"{draft.at.astimezone():%Y-%m-%d %H:%M}"),
                (tr("draft"), "due"),
                partial(self._go_on, draft),
            )
            for draft in self._context.drafts.all()
        ]
        self.read_drafts.setVisible(bool(links))
        links += self._not_handed_in
        self.unfinished.show_links(links)
        self.unfinished.setVisible(bool(links))

    def _go_on(self, draft: Draft) -> None:
        """With this draft, not with another one of the same place."""
        self._context.drafts.take_up(draft)
        self._context.go(draft.place)

    def _to_inbox(self, activity_id: int) -> None:
        self._context.go(Place("logbook", "inbox"))
        self._context.go(Place("logbook", id=activity_id))


PAGE = HomePage
