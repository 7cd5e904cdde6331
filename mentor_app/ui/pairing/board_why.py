"""Why a hire and a mentor fit, criterion by criterion; what it would cost to have it so, and what can be done with the pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import ElidedLabel, button, label
from mentor_app.ui.widgets.layouts import clear

if TYPE_CHECKING:
    from mentor_app.core.matching.problem import Otherwise


class Why(Card):
    """One pair, looked at."""

    def __init__(self, assign: Callable[[], object], pin: Callable[[], object], take_out: Callable[[], object]) -> None:
        super().__init__()
        self.pair = ElidedLabel("", "cardtitle")
        self.lines = QVBoxLayout()
        self.lines.setSpacing(4)
        self.note = label("", "note", wrap=True)
        self.refusal = label("", "error", wrap=True)
        self.body.setSpacing(8)
        self.body.addWidget(self.pair)
        self.body.addLayout(self.lines)
        self.body.addWidget(self.note)
        self.body.addWidget(self.refusal)
        self.assign_button = button(tr("Assign here"), assign)
        self.pin_button = button(tr("Pin this pair"), pin)
        self.out_button = button(tr("Take out"), take_out)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for item in (self.assign_button, self.pin_button, self.out_button):
            buttons.addWidget(item)
        buttons.addStretch()
        self.body.addLayout(buttons)

    def explain(self, pair: str, parts: Mapping[str, float]) -> None:
        """Say what each criterion gives this pair, and their sum."""
        from mentor_app.core.matching.criteria import CRITERIA

        clear(self.lines)
        self.note.setText("")
        self.pair.setText(pair)
        for name, value in parts.items():
            self._line(tr(CRITERIA[name]), f"+{value:.1f}")
        self._line(tr("Fit"), f"{sum(parts.values()):.1f}", strong=True)

    def offer(self, *, planned: bool, pinned: bool, refused: str) -> None:
        """Offer what can be done with a pair that is planned or not; ``refused`` says why it can't be."""
        self.say_why_not("" if planned else refused)
        self.assign_button.setVisible(not planned)
        self.assign_button.setEnabled(not refused)
        self.pin_button.setVisible(planned)
        self.pin_button.setText(tr("Unpin") if pinned else tr("Pin this pair"))
        self.out_button.setVisible(planned)

    def say_why_not(self, why: str) -> None:
        """Say why a pair can't be; nothing where ``why`` is empty."""
        self.refusal.setText(why)
        self.refusal.setVisible(bool(why))

    def _line(self, words: str, value: str, strong: bool = False) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(ElidedLabel(words, "cardtitle" if strong else ""), 1)
        row.addWidget(label(value, "cardtitle" if strong else ""))
        self.lines.addWidget(line)


def cost_in_words(cost: Otherwise) -> str:
    """What the whole plan loses, and who would move."""
    if cost.lost is None:
        words = [tr("Fewer hires could then be placed.")]
    elif abs(cost.lost) < 0.05:
        words = [tr("The whole plan would be as good.")]
    elif cost.lost < 0:
        words = [tr("It would raise the whole plan by {n}.", n=f"{-cost.lost:.1f}")]
    else:
        words = [tr("It would lower the whole plan by {n}.", n=f"{cost.lost:.1f}")]
    moves = [
        tr("{name} would go to {mentor}.", name=a.name, mentor=new.name)
        if new is not None
        else tr("{name} would have nobody.", name=a.name)
        for a, _old, new in cost.moves
    ]
    if len(moves) > 3:
        moves = [*moves[:2], tr("{n} more would move.", n=len(moves) - 2)]
    return " ".join(words + moves)
