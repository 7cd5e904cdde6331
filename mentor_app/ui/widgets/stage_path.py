"""The camp as a path: one bar a stage, filled as far as it is met, its name and window below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from mentor_app.core.camp.rules import GateDecision, Pace, StageStatus
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import label
from mentor_app.ui.widgets.layouts import clear, column_in, row_in

if TYPE_CHECKING:
    from mentor_app.core.camp.programme import Stage
    from mentor_app.core.camp.queries import StageStanding, Standing

PACE_LOOK = {Pace.EARLY: "accent", Pace.ON_TIME: "good", Pace.BEHIND: "bad", Pace.FINISHED: "plain"}


def pace_words(standing: Standing) -> str:
    """Why somebody is early, on time or behind, in words."""
    month = tr("month {n}", n=standing.tenure_month)
    if standing.state == Pace.FINISHED:
        return tr("finished the camp · {month}", month=month)
    words = month
    if standing.gate_due is not None:
        words = tr("{month}, gate due {date}", month=month, date=standing.gate_due)
    if standing.days_away:
        words += " · " + tr("{n} d of leave stopped the clock", n=standing.days_away)
    if standing.on_leave:
        words += " · " + tr("on leave now")
    return words


class Bar(QFrame):
    """A thin bar filled from the left; its colours are the theme's accent and line."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = max(0.0, min(1.0, share))
        self.setFixedHeight(6)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().mid())
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        if self.share > 0:
            painter.setBrush(self.palette().link())
            painter.drawRoundedRect(QRectF(0, 0, self.width() * self.share, self.height()), 3, 3)


class StagePath(QWidget):
    """All stages of somebody's camp side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._row = row_in(self, 8)

    def show_standing(self, standing: Standing) -> None:
        """Draw this standing."""
        clear(self._row)
        for line in standing.stages:
            needed = sum(m.requirement.count for m in line.met) or 1
            done = sum(min(m.done, m.requirement.count) for m in line.met)
            share = (
                1.0
                if line.status == StageStatus.PASSED
                else done / needed
                if line.status == StageStatus.CURRENT
                else 0.0
            )
            part = QWidget()
            column = column_in(part, 4)
            column.addWidget(Bar(share))
            name = label(line.stage.name(current().language), "cardtitle" if line.status == StageStatus.CURRENT else "")
            column.addWidget(name)
            column.addWidget(label(f"{window_words(line.stage)} · {_status(line)}", "note"))
            self._row.addWidget(part, 1)


def window_words(stage: Stage) -> str:
    """A stage's window in words."""
    if stage.last_month is None:
        return tr("from month {n} on", n=stage.first_month)
    return tr("months {first}–{last}", first=stage.first_month, last=stage.last_month)


def _status(line: StageStanding) -> str:
    if line.decision is not None and line.status == StageStatus.PASSED:
        words = tr("passed with a waiver") if line.decision.decision == GateDecision.WAIVED else tr("passed")
        return f"{words} {line.decision.decided_on}"
    return tr("now") if line.status == StageStatus.CURRENT else tr("ahead")
