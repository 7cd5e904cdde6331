"""Points over time: stacked bars, one a month, labelled beside the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mentor_app.charts.style import PEOPLE, Spot, Style, clean_axes, only_axes, visible

_HATCHES = ("", "//", "", "..", "", "xx")  # told apart in grey print, too


_MONTH = 0.72
"""Inches that the name of a month takes under the axis, with the gap to the next one."""


def draw_months(
    figure: Figure, months: Sequence[str], series: Mapping[str, Sequence[int]], title: str, note: str, style: Style
) -> list[Spot]:
    """``series`` holds points by month for each label, in the order of ``months``."""
    figure.set_facecolor(style.background)
    width, height = figure.get_size_inches()
    axes = only_axes(figure, (0.6 / width, 0.62 / height, 1 - 2.7 / width, 1 - 1.35 / height))
    clean_axes(axes, style)
    figure.text(0.2 / width, 1 - 0.3 / height, title, fontsize=11, color=style.text)
    figure.text(0.2 / width, 0.12 / height, note, fontsize=7, color=style.muted)
    totals = [0] * len(months)
    spots: list[Spot] = []
    bars = []
    for i, (label, values) in enumerate(series.items()):
        colour = PEOPLE[i % len(PEOPLE)]
        drawn = axes.bar(
            range(len(months)),
            values,
            bottom=totals,
            width=0.7,
            color=colour,
            hatch=_HATCHES[i % len(_HATCHES)],
            edgecolor=style.background,
            linewidth=0.6,
        )
        bars.append((label, colour, drawn))
        totals = [t + v for t, v in zip(totals, values, strict=True)]
    top = max([*totals, 10])
    axes.set_ylim(0, top * 1.12)
    axes.set_yticks(MaxNLocator(4, integer=True).tick_values(0, top))
    axes.set_yticklabels([f"{tick:.0f}" for tick in axes.get_yticks()])
    axes.set_ylim(0, top * 1.12)
    fitting = max(1, int((width - 2.7) / _MONTH))
    step = max(1, -(-len(months) // fitting))
    axes.set_xticks(range(0, len(months), step), [months[i] for i in range(0, len(months), step)])
    axes.set_xlim(-0.6, max(3, len(months)) - 0.4)
    for at, total in enumerate(totals):
        axes.text(at, total + top * 0.02, str(total), ha="center", fontsize=7.5, color=style.muted)
    for i, (label, colour, _) in enumerate(reversed(bars)):
        y = 1 - (0.55 + 0.24 * i) / height
        figure.text(1 - 1.95 / width, y, "■", color=colour, fontsize=9, va="center")
        figure.text(1 - 1.75 / width, y, visible(label, 26), color=style.text, fontsize=8, va="center")
    inverse = figure.transFigure.inverted()
    for at, month in enumerate(months):
        (left, bottom), (right, upper) = (
            inverse.transform(axes.transData.transform(point)) for point in ((at - 0.4, 0), (at + 0.4, top * 1.1))
        )
        said = [f"{label}: {series[label][at]}" for label in series if series[label][at]]
        spots.append(
            Spot(left=left, bottom=bottom, right=right, top=upper, words="\n".join([f"{month}: {totals[at]}", *said]))
        )
    return spots
