"""Colours, fonts and the few drawing habits all charts share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = [  # Figure among them: who hands a drawing over names its type, but knows no matplotlib
    "DARK",
    "LIGHT",
    "MARKERS",
    "PEOPLE",
    "Drawing",
    "Figure",
    "Spot",
    "Style",
    "clean_axes",
    "new_figure",
    "only_axes",
    "prepare",
    "visible",
]


@dataclass(frozen=True, kw_only=True)
class Style:
    """The roles of design.md that a chart needs."""

    background: str
    text: str
    muted: str
    line: str
    accent: str
    tint: str
    band: str
    cohort: str
    shade: str


LIGHT = Style(
    background="#FFFFFF",
    text="#1B2430",
    muted="#566273",
    line="#DDE2E9",
    accent="#0B6B62",
    tint="#D5E6E4",
    band="#E8C47A",
    cohort="#8A94A3",
    shade="#EEF1F5",
)
DARK = Style(
    background="#1C2229",
    text="#E8ECF1",
    muted="#A3AEBB",
    line="#303944",
    accent="#4CC2B4",
    tint="#24423F",
    band="#6B5526",
    cohort="#76818F",
    shade="#14181D",
)

# Okabe & Ito, "Color universal design" (2008): told apart by colour-blind readers too; yellow left out on white.
PEOPLE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place on the figure, in fractions of its size from the lower left, and the words shown when pointed at."""

    left: float
    bottom: float
    right: float
    top: float
    words: str


Drawing: TypeAlias = Callable[[Figure, Style], list[Spot]]
"""Draws a chart on an empty figure, and says which spots of it explain themselves."""


@cache
def prepare() -> None:
    """Fonts that hold Chinese wherever we run; no mathtext; text that stays text in PDF."""
    from pylopdf_fonts_zh_cn import __file__ as fonts

    font_manager.fontManager.addfont(str(Path(fonts).parent / "NotoSansSC-Regular.otf"))
    mpl.rcParams.update(
        {
            "font.family": list(_families()),
            "font.size": 9,
            "text.hinting": "none",
            "text.parse_math": False,
            "axes.unicode_minus": False,
            "svg.fonttype": "path",
            "svg.hashsalt": "mentor-app",
            "pdf.fonttype": 3,
        }
    )


@cache
def _families() -> tuple[str, ...]:
    """Fonts in the order in which a character is looked for: Chinese and Latin, signs, and emoji where the system has
    them as outlines (coloured pictures can't be drawn)."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return ("Noto Sans SC", "DejaVu Sans", *(name for name in _EMOJI if name in installed))


_EMOJI = ("Segoe UI Emoji", "Noto Emoji", "Symbola")


@cache
def _drawable() -> frozenset[int]:
    """The characters that one of our fonts holds."""
    prepare()
    fonts = (font_manager.get_font(font_manager.findfont(name)) for name in _families())
    return frozenset(code for font in fonts for code in font.get_charmap())


def new_figure(width: float = 9.6, height: float = 5.4) -> Figure:
    """An empty figure, in inches."""
    prepare()
    return Figure(figsize=(width, height))


def only_axes(figure: Figure, rect: tuple[float, float, float, float]) -> Axes:
    """The one pair of axes of a figure, empty. Kept where it is there already: making axes and their ticks anew for
    each of many charts would cost as much as drawing them."""
    if [axes.get_label() for axes in figure.axes] != ["only"]:
        figure.clear()
        return figure.add_axes(rect, label="only")
    axes = figure.axes[0]
    for artist in (*axes.lines, *axes.collections, *axes.texts, *axes.patches, *figure.texts):
        artist.remove()
    axes.set_position(rect)
    return axes


def clean_axes(axes: Axes, style: Style) -> None:
    """Hairlines at the quarters, no frame, percent on the left."""
    axes.set_facecolor(style.background)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.grid(axis="y", color=style.line, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=style.muted, length=0, labelsize=8)
    for spine in axes.spines.values():
        spine.set_visible(False)


_JOINED = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|.[\U0001f3fb-\U0001f3ff\ufe0f]*(?:\u200d.[\U0001f3fb-\U0001f3ff\ufe0f]*)+)"
)
_BOX, _JOINERS = "□", "\u200d\ufe0f"


def visible(name: str, limit: int = 40) -> str:
    """A name on one line: control characters shown as spaces, very long ones shortened with an ellipsis, and a box for
    each character (an emoji made of several is one) that no font here holds."""
    clean = "".join(c if c.isprintable() or c in _JOINERS else " " for c in name)
    clean = _JOINED.sub(_BOX, clean)
    clean = "".join(c if ord(c) in _drawable() else _BOX for c in clean)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
