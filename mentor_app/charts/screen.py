"""A chart as pixels, for a screen."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg

from mentor_app.charts.style import DARK, LIGHT, Drawing, Spot, new_figure


def picture(draw: Drawing, size: tuple[float, float], dpi: float, dark: bool) -> tuple[bytes, int, int, list[Spot]]:
    """RGBA bytes, width and height in pixels, and the spots; ``size`` in inches."""
    figure = new_figure(*size)
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    spots = draw(figure, DARK if dark else LIGHT)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
    width, height = canvas.get_width_height()
    return bytes(canvas.buffer_rgba()), width, height, spots  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
