"""Points over time: what stands under the axis can be told apart at any width."""

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mentor_app.charts.points import draw_months
from mentor_app.charts.style import LIGHT


@pytest.mark.parametrize("inches", [4.5, 7.6, 14.0])
def test_the_names_of_months_do_not_run_together(inches: float) -> None:
    figure = Figure(figsize=(inches, 2.2))
    canvas = FigureCanvasAgg(figure)
    months = [f"2026-{at:02}" for at in range(1, 13)]
    draw_months(figure, months, {"Sessions": list(range(12))}, "Points", "", LIGHT)
    canvas.draw()
    boxes = [tick.get_window_extent() for tick in figure.axes[0].get_xticklabels()]
    assert len(boxes) >= (12 if inches == 14.0 else 2)
    assert all(one.x1 + 4 < other.x0 for one, other in itertools.pairwise(boxes))
