"""A mentor's page: apprentices now and before, their camp progress and ramp-up beside each other, sessions, reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.core.pairing.rules import DEFAULT_CAPACITY, STATES, PairingState
from mentor_app.core.ramp.interval import percent
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, industry, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.cards import Card, KeyFigure, side_by_side
from mentor_app.ui.widgets.chart import ChartView
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.table import plain_table
from mentor_app.ui.widgets.views import View

if TYPE_CHECKING:
    from mentor_app.charts.style import Figure, Spot, Style
    from mentor_app.core.pairing.mentor import Apprenticeship, MentorPage
    from mentor_app.core.ramp.curve import Curve
    from mentor_app.core.store import Connection

_CHARTED = 8


class MentorView(View):
    """Figures first, then one line an apprentice, then their curves on the same axes."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.page: MentorPage | None = None
        column = column_in(self)
        self.load, self.done = KeyFigure(tr("Apprentices now")), KeyFigure(tr("Pairings completed"))
        self.held, self.written = KeyFigure(tr("Sessions")), KeyFigure(tr("Closing reviews"))
        column.addWidget(side_by_side(self.load, self.done, self.held, self.written))
        column.addWidget(label(tr("Apprentices"), "cardtitle"))
        self.apprentices = plain_table(
            context.tasks,
            tr("Apprentices"),
            [
                ColumnSpec("name", tr("Apprentice"), lambda a: a.pairing.apprentice, width=106, first=True),
                ColumnSpec("pairing", tr("Pairing"), _pairing, width=184, keep=True),
                ColumnSpec("project", tr("Project"), lambda a: " → ".join(a.pairing.projects), width=110),
                ColumnSpec("camp", tr("Camp"), _camp, width=110),
                ColumnSpec("rate", tr("Close rate"), _rate, figure=True, width=140, keep=True),
                ColumnSpec(
                    "sessions", tr("Sessions"), lambda a: str(a.sessions), figure=True, width=96, keep=True, spare=True
                ),
                ColumnSpec(
                    "last", tr("Last session"), lambda a: str(a.last_session or "–"), width=124, keep=True, spare=True
                ),
                ColumnSpec("reviews", tr("Reviews"), _reviews, width=96, keep=True),
            ],
        )
        self.apprentices.opened.connect(lambda key: context.go(Place("pairing", "pairing", key)))
        column.addWidget(self.apprentices, 3)
        card = Card()
        self.chart = ChartView(context.tasks, context.settings.theme == "dark", tr("Ramp-up of the apprentices"))
        self.chart.setMinimumHeight(190)
        card.body.addWidget(self.chart, 1)
        self.nothing = label(tr("No apprentice has closed a deal yet."), "muted", wrap=True)
        card.body.addWidget(self.nothing)
        column.addWidget(card, 4)
        self.capacity = button(tr("Capacity…"), lambda: context.go(Place("pairing", "capacity", self.id)))
        self.assign = button(tr("Assign apprentices"), lambda: context.go(Place("pairing", "assign")), primary=True)
        self.buttons = [self.capacity, self.assign]
        self.needs = {self.capacity: "pairing.set_capacity", self.assign: "pairing.start_pairings"}

    @override
    def reload(self) -> None:
        wanted, me, today = self.id, self._context.me, self._context.today()

        def read(connection: Connection) -> MentorPage:
            from mentor_app.core.pairing.mentor import mentor_page

            return mentor_page(connection, wanted, today, me.id if me else None)

        self._context.query(read, self._arrived)

    def _arrived(self, page: MentorPage) -> None:
        if page.person.id != self.id:
            return
        self.page = page
        who, mentor, lines = page.person, page.mentor, page.apprenticeships
        self.title = who.name
        parts = [tr(who.region) if who.region else "", industry(who.industry)]
        if who.left_on is not None:
            gone = who.left_on < self._context.today()
            parts.append(tr("left on {date}", date=who.left_on) if gone else tr("leaves on {date}", date=who.left_on))
        self.note = " · ".join(part for part in parts if part)
        active = [a for a in lines if a.pairing.ended_on is None]
        over = mentor is not None and len(active) > mentor.capacity
        full = mentor is not None and len(active) == mentor.capacity
        self.mark = (tr("overloaded"), "bad") if over else (tr("full"), "plain") if full else ("", "plain")
        places = mentor.capacity if mentor is not None else DEFAULT_CAPACITY
        self.load.show_figure(
            str(len(active)), plural("of {n} place", "of {n} places", n=places) if mentor else tr("no mentor any more")
        )
        ended = [a for a in lines if a.pairing.ended_on is not None]
        completed = sum(a.pairing.state == PairingState.COMPLETED for a in ended)
        self.done.show_figure(str(completed), tr("{n} ended otherwise", n=len(ended) - completed))
        last = max((a.last_session for a in lines if a.last_session), default=None)
        self.held.show_figure(
            str(sum(a.sessions for a in lines)), tr("the last on {date}", date=last) if last else tr("none yet")
        )
        written = sum(len(a.reviews) for a in ended)
        self.written.show_figure(
            f"{written} / {2 * len(ended)}",
            plural("of both sides of {n} pairing", "of both sides of {n} pairings", n=len(ended)),
        )
        self.apprentices.rows.set_ids([a.pairing.id for a in lines], {a.pairing.id: a for a in lines})
        curves = {a.curve.hire.key: a.curve for a in lines if a.curve is not None and a.curve.won + a.curve.lost}
        self.chart.setVisible(bool(curves))
        self.nothing.setVisible(not curves)
        if curves:
            self._draw(page, tuple(curves.values())[:_CHARTED])
        self.shown = {item for item in self.buttons if mentor and self.may(self.needs[item])}
        self.headed.emit()

    def _draw(self, page: MentorPage, curves: tuple[Curve, ...]) -> None:
        today, translate = self._context.today(), current()

        def draw(figure: Figure, style: Style) -> list[Spot]:
            from mentor_app.charts.ramp import CohortChart, draw_multiples

            data = CohortChart(
                name=page.person.name, curves=curves, benchmark=page.benchmark, median=(), as_of=today, mentor=True
            )
            return draw_multiples(figure, data, style, translate, _CHARTED)

        self.chart.set_drawing(draw)


def _pairing(line: Apprenticeship) -> str:
    p = line.pairing
    return f"{tr(STATES[p.state])} " + (
        tr("since {date}", date=p.started_on) if p.ended_on is None else str(p.ended_on)
    )


def _camp(line: Apprenticeship) -> str:
    stands = line.standing
    if stands is None:
        return tr("not enrolled")
    if stands.stage is None or stands.current is None:
        return tr("Camp finished")
    needed = sum(m.requirement.count for m in stands.current.met) or 1
    done = sum(min(m.done, m.requirement.count) for m in stands.current.met)
    return f"{stands.stage.name(current().language)} {done}/{needed}"


def _rate(line: Apprenticeship) -> str:
    if line.curve is None or not line.curve.won + line.curve.lost:
        return "–"
    rate = line.curve.overall
    return f"{percent(rate.value)} ({percent(rate.low)}–{percent(rate.high)})"


def _reviews(line: Apprenticeship) -> str:
    return tr("under way") if line.pairing.ended_on is None else tr("{n} of 2", n=len(line.reviews))
