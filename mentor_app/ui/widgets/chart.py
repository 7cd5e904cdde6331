"""A chart on screen: drawn off the GUI thread on the very Figure that is exported, shown as a picture, numbers on
hover."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import Task, Tasks, timer

if TYPE_CHECKING:
    from mentor_app.charts.style import Drawing, Spot

_drawing = Lock()  # matplotlib's fonts are shared: one drawing at a time
_DPI = 100


class ChartView(QWidget):
    """Shows what ``draw(figure, style)`` draws; it returns the spots that explain themselves on hover."""

    def __init__(self, tasks: Tasks, dark: bool, name: str) -> None:
        super().__init__()
        self._tasks, self._dark = tasks, dark
        self._draw: Drawing | None = None
        self._image: QImage | None = None
        self._spots: list[Spot] = []
        self._wanted = 0
        self._later = timer(self, 60, self._render)
        self.setAccessibleName(name)
        self.setMinimumSize(360, 260)
        self.setMouseTracking(True)

    def set_drawing(self, draw: Drawing) -> None:
        """Draw this from now on."""
        self._draw = draw
        self._later.start()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._later.start()

    def _render(self) -> None:
        if self._draw is None or self.width() < 50:
            return
        self._wanted += 1
        wanted, draw, dark, ratio = self._wanted, self._draw, self._dark, self.devicePixelRatioF()
        size = (self.width() / _DPI, self.height() / _DPI)

        def work(_task: Task[tuple[int, QImage, list[Spot]]]) -> tuple[int, QImage, list[Spot]]:
            from mentor_app.charts.screen import picture

            with _drawing:
                data, width, height, spots = picture(draw, size, _DPI * ratio, dark)
            image = QImage(data, width, height, QImage.Format.Format_RGBA8888).copy()
            image.setDevicePixelRatio(ratio)
            return wanted, image, spots

        self._tasks.run(work, only_reads=True).then(self._arrived)

    def _arrived(self, result: tuple[int, QImage, list[Spot]]) -> None:
        wanted, image, spots = result
        if wanted == self._wanted:
            self._image, self._spots = image, spots
            self.update()

    def drawn(self) -> bool:
        """Whether the newest drawing is shown."""
        return self._image is not None and not self._later.isActive()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is not None:
            painter = QPainter(self)
            size = self._image.deviceIndependentSize()
            painter.drawImage(QRectF(0, 0, size.width(), size.height()), self._image)

    def words_at(self, x: float, y: float) -> str:
        """What is explained at a point of the widget; empty where nothing is."""
        across, up = x / max(1, self.width()), 1 - y / max(1, self.height())
        for spot in self._spots:
            if spot.left <= across <= spot.right and spot.bottom <= up <= spot.top:
                return spot.words
        return ""

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos().x(), event.pos().y())
            # Escaped: a tooltip guesses that a name is HTML.
            from html import escape

            QToolTip.showText(
                event.globalPos(), f"<p style='white-space:pre'>{escape(words)}</p>" if words else "", self
            )
            return True
        return super().event(event)
