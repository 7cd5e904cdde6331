"""Names that are not well-behaved are drawn as typed."""

import datetime as dt
import io

import numpy as np
import pytest

from mentor_app.charts.ramp import CohortChart, HireChart, draw_hire, draw_multiples, draw_overlay
from mentor_app.charts.screen import picture
from mentor_app.charts.style import LIGHT, new_figure, visible
from mentor_app.core.ramp.calendar import to_day
from mentor_app.core.ramp.curve import Deals, company
from mentor_app.core.ramp.hire import Hire
from mentor_app.core.ramp.outcome import WON
from mentor_app.core.text import translator


def test_what_no_font_here_holds_is_a_box_and_one_for_each_sign() -> None:
    assert visible("Ann 🚀 👨\u200d👩\u200d👧 🇨🇳 王 ✓") == "Ann □ □ □ 王 ✓"
    figure = new_figure()
    figure.text(0.1, 0.5, visible("🚀👍🏽"))
    figure.savefig(io.BytesIO(), format="png")  # a missing sign would be a warning, and so an error


@pytest.mark.parametrize(
    "name",
    ["A$_$", "A$B$", "x^2_\\", "<b>&%", "王晓明", "😀", "\u202eabc", "a\nb\x07", "\"'", "长" * 10000, "$\\frac$"],
)
def test_names_are_drawn_as_typed(name: str) -> None:
    hire = Hire(key=1, name=name, hired_on=dt.date(2025, 1, 31))
    closed = np.array([to_day(dt.date(2025, m, 20)) for m in range(2, 12)], np.int32)
    zero = np.zeros(10, np.int32)
    found = company([hire], Deals(zero, zero + WON, closed - 10, closed), dt.date(2025, 12, 1))
    one = HireChart(curve=found.curve(0), benchmark=found.benchmark, median=(), as_of=found.as_of)
    many = CohortChart(name=name, curves=(found.curve(0),), benchmark=found.benchmark, median=(), as_of=found.as_of)
    figure = new_figure()
    spots = draw_hire(figure, one, LIGHT, translator("zh_CN"))
    figure.canvas.draw()
    shown = "".join(c if c.isprintable() else " " for c in name)[:30]
    assert any(shown in text.get_text() for text in figure.texts)
    assert len(spots) == len(found.curve(0).months)
    for draw in (draw_overlay, draw_multiples):
        pixels, width, height, _ = picture(lambda f, s, d=draw: d(f, many, s, translator("en")), (9, 5), 80, False)
        assert len(pixels) == width * height * 4
