"""A project's cycle on the calendar: its phases, the sessions held in it, and the frame of the pages about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.logbook.kinds import BRIEF, KINDS, PHASES, ActivityState
from mentor_app.core.logbook.kinds import STATES as LOG_STATES
from mentor_app.core.projects.rules import OUTCOMES, Phase
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.theme import THEMES
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import labelled
from mentor_app.ui.widgets.layouts import column_in, lay_out_around
from mentor_app.ui.widgets.painting import paint_line
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import View

if TYPE_CHECKING:
    from mentor_app.core.pairing.queries import Cycle, SessionLine


_LABEL = 30
"""Pixels that a phase is long at least that has a label."""


def phase_words(phase: str) -> str:
    """A phase of the default cycle translated, one of one's own as written."""
    return tr(PHASES[phase]) if phase in PHASES else phase


@dataclass(frozen=True)
class _Part:
    """A phase on the axis: from the end of the one before to its own, done or only planned; undated ones are guessed."""

    phase: Phase
    first: dt.date
    last: dt.date
    dated: bool


def laid_out(cycle: Cycle, today: dt.date) -> tuple[list[_Part], dt.date]:
    """The phases of a cycle on the calendar and where the axis ends. Phases without any date share evenly what is left."""
    project, phases = cycle.project, cycle.phases
    known = [p.done_on or p.planned_on for p in phases]
    end = max([d for d in known if d] + [project.closed_on or today, _later(project.started_on, 30)])
    open_tail = 0
    while open_tail < len(known) and known[-1 - open_tail] is None:
        open_tail += 1
    if open_tail and project.closed_on is None:
        end = max(end, _later(project.started_on, 25 * len(phases)))
    parts: list[_Part] = []
    at = project.started_on
    for i, phase in enumerate(phases):
        date = known[i]
        if date is None:  # between what is dated before and after
            after = next(((j, d) for j, d in enumerate(known[i:]) if d), (len(known) - i, end))
            date = at + (max(after[1], at) - at) / (after[0] + 1) if after[0] else after[1]
        parts.append(_Part(phase, at, max(at, date), known[i] is not None))
        at = max(at, date)
    return parts, max(end, at)


def _later(day: dt.date, days: int) -> dt.date:
    """So many days later, at most the last day there is: old stores hold it."""
    return day + dt.timedelta(days=min(days, (dt.date.max - day).days))


def label_rooms(spans: Sequence[tuple[float, float]], end: float) -> list[float]:
    """The pixels each phase on the axis, from left to right, has for its label: up to the next one's, 0 where there is none
    for it."""
    starts = [left if right - left > _LABEL else None for left, right in spans]
    rooms = []
    for at, start in enumerate(starts):
        following = next((other for other in starts[at + 1 :] if other is not None), end)
        rooms.append(0.0 if start is None else following - start - 6)
    return rooms


class Timeline(QWidget):
    """Cycles one below the other on one calendar: phases done and planned, sessions as dots, today as a line."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self._colours = {role: QColor(value) for role, value in THEMES[theme].items()}
        self._cycles: list[Cycle] = []
        self._today = dt.date.min
        self._spots: list[tuple[QRectF, str]] = []
        self._note, self._strong = QFont(self.font()), QFont(self.font())
        self._note.setPixelSize(12)
        self._strong.setPixelSize(12)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._row = 3 * (QFontMetrics(self._note).height() + 2) + 34
        self._make_room(1)

    def show_cycles(self, cycles: Sequence[Cycle], today: dt.date) -> None:
        """Draw these."""
        self._cycles, self._today = list(cycles), today
        self._make_room(len(cycles))
        words = []
        for cycle in cycles:
            done = [phase_words(p.phase) for p in cycle.phases if p.done_on]
            words.append(
                plural(
                    "{project}: {done} of {all} phases done, {n} session",
                    "{project}: {done} of {all} phases done, {n} sessions",
                    project=cycle.project.name,
                    done=len(done),
                    all=len(cycle.phases),
                    n=len(cycle.sessions),
                )
            )
        self.setAccessibleName("; ".join(words) or tr("Timeline"))
        self.update()

    def _make_room(self, cycles: int) -> None:
        """As high as so many cycles are; what lies around makes room before the next painting, not after it."""
        height = self._row * max(1, cycles) + 4
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)
            lay_out_around(self)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._spots = []
        if not self._cycles:
            return
        laid = [laid_out(cycle, self._today) for cycle in self._cycles]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = min(cycle.project.started_on for cycle in self._cycles)
        last = max([end for _, end in laid] + [s.held_on for c in self._cycles for s in c.sessions])
        days = max(1, (last - first).days)

        def x(date: dt.date) -> float:
            return 5 + (self.width() - 10) * min(1.0, max(0.0, (date - first).days / days))

        for at, (cycle, (parts, _)) in enumerate(zip(self._cycles, laid, strict=True)):
            title = self._cycle(painter, at * self._row, cycle, parts, x)
            if first <= self._today <= last:
                self._mark_today(painter, at * self._row, x(self._today), title)
        painter.end()

    def _mark_today(self, painter: QPainter, top: float, at: float, title: float) -> None:
        """A line across the bar and the dots, between the words above and below; said where the title (so wide) leaves room."""
        note, words = QFontMetrics(self._note), tr("today")
        high = top + note.height() + 3
        painter.setPen(QPen(self._colours["muted"], 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(at, high), QPointF(at, high + 25))
        self._spots.append((QRectF(at - 4, high, 8, 14), labelled(words, str(self._today))))
        wide = note.horizontalAdvance(words)
        left = min(at - wide / 2, self.width() - 5 - wide)
        if left > title + 12:
            paint_line(painter, words, self._note, self._colours["muted"], left, top, wide + 2)

    def _cycle(
        self, painter: QPainter, top: float, cycle: Cycle, parts: list[_Part], x: Callable[[dt.date], float]
    ) -> float:
        """Paint one cycle; returns how far its title reaches."""
        c, note = self._colours, QFontMetrics(self._note)
        project = cycle.project
        line = note.height() + 2
        words = f"{project.name} · {tr(OUTCOMES[project.outcome])}"
        if project.closed_on:
            words += f" {project.closed_on}"
        paint_line(painter, words, self._strong, c["text"], 5, top, self.width() - 10)
        dots, bar = top + line + 8, top + line + 18
        for stretch in cycle.bound:
            end = stretch.last_on or max(self._today, stretch.first_on)
            area = QRectF(x(stretch.first_on), dots - 7, max(2.0, x(end) - x(stretch.first_on)), 14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(c["tint"])
            painter.drawRoundedRect(area, 7, 7)
        by_day: dict[dt.date, list[SessionLine]] = {}
        for session in cycle.sessions:
            by_day.setdefault(session.held_on, []).append(session)
        for day, several in by_day.items():
            planned = all(s.state == ActivityState.PLANNED for s in several)
            painter.setPen(QPen(c["accent"], 1.5))
            painter.setBrush(c["panel"] if planned else c["accent"])
            painter.drawEllipse(QPointF(x(day), dots), 3.5, 3.5)
            said = [f"{day}  {tr(KINDS[s.kind].name)}{': ' + s.subject if s.subject else ''}" for s in several]
            self._spots.append((QRectF(x(day) - 5, dots - 6, 10, 12), "\n".join(said)))
        rooms = label_rooms([(x(part.first), x(part.last)) for part in parts], self.width())
        for part, room in zip(parts, rooms, strict=True):
            left, right = x(part.first), x(part.last)
            done = part.phase.done_on is not None
            late = not done and part.phase.planned_on is not None and part.phase.planned_on < self._today
            late = late and project.closed_on is None
            area = QRectF(left + 1, bar, max(2.0, right - left - 2), 8)
            colour = c["accent"] if done else c["due"] if late else c["line"]
            painter.setPen(Qt.PenStyle.NoPen if part.dated else QPen(c["line"], 1, Qt.PenStyle.DashLine))
            painter.setBrush(colour if part.dated else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 3, 3)
            name, date = phase_words(part.phase.phase), _date_words(part.phase, late)
            if room:
                paint_line(painter, name, self._note, c["text"] if done else c["muted"], left + 1, bar + 11, room)
                if note.horizontalAdvance(date) <= room:
                    paint_line(
                        painter, date, self._note, c["due"] if late else c["muted"], left + 1, bar + 11 + line, room
                    )
            self._spots.append((QRectF(left, bar - 2, max(6.0, right - left), 12 + 2 * line), f"{name}\n{date}"))
        return 5 + QFontMetrics(self._strong).horizontalAdvance(words)

    def words_at(self, at: QPointF) -> str:
        """What is explained at a point."""
        return next((words for area, words in self._spots if area.contains(at)), "")

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(QPointF(event.pos()))
            QToolTip.showText(
                event.globalPos(), f"<p style='white-space:pre'>{escape(words)}</p>" if words else "", self
            )
            return True
        return super().event(event)


def _date_words(phase: Phase, late: bool) -> str:
    if phase.done_on:
        return tr("done {date}", date=phase.done_on)
    if phase.planned_on:
        return tr("was due {date}", date=phase.planned_on) if late else tr("planned {date}", date=phase.planned_on)
    return tr("no date yet")


def session_columns(with_person: bool) -> list[ColumnSpec[SessionLine]]:
    """Columns for the sessions of pairings."""
    columns: list[ColumnSpec[SessionLine]] = [
        ColumnSpec("held_on", tr("Date"), lambda s: s.held_on.isoformat(), width=104, keep=True),
        ColumnSpec("person", tr("Apprentice"), lambda s: s.person, width=106, first=True, spare=True),
        ColumnSpec(
            "kind",
            tr("Kind"),
            lambda s: tr(KINDS[s.kind].name),
            width=140,
            whole=True,
            brief=lambda s: tr(BRIEF[s.kind]),
        ),
        ColumnSpec("subject", tr("About"), lambda s: s.subject, width=110),
        ColumnSpec("state", tr("State"), lambda s: tr(LOG_STATES[s.state]), width=98, keep=True),
    ]
    return columns if with_person else [column for column in columns if column.key != "person"]


class CycleView(View):
    """A page about a cycle: its timeline above, two columns below, ``shares`` wide."""

    shares = 1, 1

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        column = column_in(self)
        card = Card(tr("Cycle"))
        self.timeline = Timeline(context.settings.theme)
        card.body.addWidget(self.timeline)
        column.addWidget(card)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.left, self.right = QVBoxLayout(), QVBoxLayout()
        for part, share in zip((self.left, self.right), self.shares, strict=True):
            part.setSpacing(8)
            row.addLayout(part, share)
        column.addLayout(row, 1)
