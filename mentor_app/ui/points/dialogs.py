"""Refusing a request, changing a reward or a rule."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.points.rules import EVENTS, REWARDS
from mentor_app.core.text import text
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.widgets.controls import ElidedLabel, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import choice, date_field, read_date, text_field


class RefuseDialog(FormDialog):
    """A refusal needs its reason."""

    def __init__(self, parent: QWidget, context: Context, asked: Any) -> None:
        super().__init__(parent, context, tr("Refuse"), tr("Refuse"))
        self._asked = asked
        self.form.addRow(ElidedLabel(f"{asked.person} · {asked.reward}", "cardtitle"))
        self.reason = text_field()
        self.row(tr("Reason (kept for good)"), self.reason)

    def work(self) -> None:
        from mentor_app.core.points.actions import decide

        self.act(decide, self._asked.id, False, self.reason.toPlainText())


class RewardDialog(FormDialog):
    """A reward with its price, stock and (for promotion weight) its weight."""

    def __init__(self, parent: QWidget, context: Context, reward: Any) -> None:
        super().__init__(parent, context, tr("Change reward") if reward else tr("New reward"), tr("Save"))
        self._reward = reward
        self.name = QLineEdit(reward.name if reward else "")
        self.kind = choice([(tr(words), key) for key, words in REWARDS.items()], reward.kind if reward else None)
        self.cost = QSpinBox(minimum=1, maximum=1_000_000)
        self.cost.setValue(reward.cost if reward else 50)
        self.stock = QLineEdit("" if reward is None or reward.stock is None else str(reward.stock))
        self.stock.setPlaceholderText(tr("empty: as many as are asked for"))
        self.weight = QLineEdit("" if reward is None or reward.weight is None else f"{reward.weight:g}")
        self.offered = QCheckBox(tr("On offer"), checked=reward is None or reward.offered)
        self.row(tr("Name"), self.name)
        self.row(tr("Kind"), self.kind)
        self.row(tr("Points"), self.cost)
        self.row(tr("In stock"), self.stock)
        self.row(tr("Weight"), self.weight)
        self.form.addRow(label(""), self.offered)
        self.kind.currentIndexChanged.connect(lambda _: self._kind())
        self._kind()

    def _kind(self) -> None:
        self.form.setRowVisible(self.weight, self.kind.currentData() == "promotion")

    def work(self) -> None:
        from mentor_app.core.points.actions import save_reward

        promotion = self.kind.currentData() == "promotion"
        try:
            stock = int(self.stock.text()) if self.stock.text().strip() else None
            weight = float(self.weight.text() or "1") if promotion else None
        except ValueError:
            raise UserError(text("Stock and weight are numbers.")) from None
        old = self._reward
        self.act(
            save_reward,
            self.name.text(),
            self.kind.currentData(),
            self.cost.value(),
            stock,
            weight,
            self.offered.isChecked(),
            old.id if old else None,
            old.version if old else None,
        )


class RuleDialog(FormDialog):
    """From a day on an event earns so much; the rule before ends the day before."""

    def __init__(self, parent: QWidget, context: Context, rules: list[Any], rule: Any) -> None:
        super().__init__(parent, context, tr("Change a rule"), tr("Save"))
        self._rules = rules
        self.event = choice([(tr(words), key) for key, words in EVENTS.items()], rule.event if rule else None)
        self.points = QSpinBox(minimum=0, maximum=10_000)
        self.most = QLineEdit()
        self.most.setPlaceholderText(tr("empty: no limit"))
        self.first = date_field(context.today())
        self.row(tr("What for"), self.event)
        self.row(tr("Points"), self.points)
        self.row(tr("At most a month"), self.most)
        self.row(tr("From"), self.first)
        self.form.addRow(label(tr("What was earned before stays as it is."), "note", wrap=True))
        self.event.currentIndexChanged.connect(lambda _: self._chosen())
        self._chosen()

    def _chosen(self) -> None:
        now = [r for r in self._rules if r.event == self.event.currentData() and r.last_on is None]
        self.points.setValue(now[0].points if now else 0)
        self.most.setText("" if not now or now[0].per_month is None else str(now[0].per_month))

    def work(self) -> None:
        from mentor_app.core.points.actions import save_rule

        first = read_date(self.first)
        if first is None:
            raise UserError(text("A date is needed."))
        try:
            most = int(self.most.text()) if self.most.text().strip() else None
        except ValueError:
            raise UserError(text("The limit is a whole number.")) from None
        self.act(save_rule, self.event.currentData(), self.points.value(), most, first, self.context.today())
