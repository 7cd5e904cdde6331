"""Refusing a request, changing a reward or a rule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from mentor_app.core.errors import Gone
from mentor_app.core.points.rules import EVENTS, REWARDS, PointEvent, RewardKind
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import check_box, label
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import (
    choice,
    date_field,
    needed_date,
    needed_reason,
    read_number,
    read_whole,
    text_field,
    whole_field,
)

if TYPE_CHECKING:
    from mentor_app.core.points.queries import Redemption, Reward
    from mentor_app.core.points.rules import Rule
    from mentor_app.core.store import Connection


def open_refuse(window: QWidget, context: Context, place: Place) -> None:
    """Refuse the request ``place.id``."""

    def read(connection: Connection) -> Redemption | None:
        from mentor_app.core.points.queries import redemptions

        return next((asked for asked in redemptions(connection) if asked.id == place.id), None)

    def show(asked: Redemption | None) -> None:
        if asked is None:
            context.toast(tr("This request is not there any more."))
        elif context.me is not None and context.me.id == asked.person_id:
            context.refuse(N_("Nobody decides on their own request."))
        else:
            context.present(RefuseDialog(window, context, place, asked))

    context.query(read, show)


def open_reward(window: QWidget, context: Context, place: Place) -> None:
    """Change the reward ``place.id``, or add one."""

    def read(connection: Connection) -> Reward | None:
        from mentor_app.core.points.queries import rewards

        found = next((reward for reward in rewards(connection) if reward.id == place.id), None)
        if found is None and place.id is not None:
            raise Gone
        return found

    context.query(read, lambda reward: context.present(RewardDialog(window, context, place, reward)))


def open_rule(window: QWidget, context: Context, place: Place) -> None:
    """Change the rule for the event ``place.detail``."""

    def read(connection: Connection) -> list[Rule]:
        from mentor_app.core.points.queries import rules_of

        return rules_of(connection)

    context.query(read, lambda rules: context.present(RuleDialog(window, context, place, rules)))


class RefuseDialog(FormDialog):
    """A refusal needs its reason."""

    def __init__(self, parent: QWidget, context: Context, place: Place, asked: Redemption) -> None:
        super().__init__(parent, context, tr("Refuse"), tr("Refuse"), place)
        self._asked = asked
        self.headed(f"{asked.person} · {asked.reward}")
        self.reason = text_field()
        self.row(tr("Reason (kept for good)"), self.reason)

    @override
    def work(self) -> None:
        from mentor_app.core.points.actions import decide

        self.act(decide, self._asked.id, False, needed_reason(self.reason))


class RewardDialog(FormDialog):
    """A reward with its price, stock and (for promotion weight) its weight."""

    def __init__(self, parent: QWidget, context: Context, place: Place, reward: Reward | None) -> None:
        super().__init__(parent, context, tr("Change reward") if reward else tr("New reward"), tr("Save"), place)
        self.stored = reward is not None
        self.makes_new = not self.stored
        self._reward, self.concerns = reward, reward.name if reward else ""
        self.name = QLineEdit(reward.name if reward else "")
        self.kind = choice([(tr(words), key) for key, words in REWARDS.items()], reward.kind if reward else None)
        self.cost = whole_field(1, 1_000_000, reward.cost if reward else 50)
        self.stock = QLineEdit("" if reward is None or reward.stock is None else str(reward.stock))
        self.stock.setPlaceholderText(tr("empty: as many as are asked for"))
        self.weight = QLineEdit("" if reward is None or reward.weight is None else f"{reward.weight:g}")
        self.offered = check_box(tr("On offer"), reward is None or reward.offered)
        self.row(tr("Reward name"), self.name)
        self.row(tr("Kind"), self.kind)
        self.row(tr("Points"), self.cost)
        self.row(tr("In stock"), self.stock)
        self.row(tr("Weight"), self.weight)
        self.form.addRow(label(""), self.offered)
        self.kind.currentIndexChanged.connect(lambda _: self._kind())
        self._kind()

    def _kind(self) -> None:
        self.form.setRowVisible(self.weight, self.kind.currentData() == RewardKind.PROMOTION)

    @override
    def work(self) -> None:
        from mentor_app.core.points.actions import save_reward

        promotion = self.kind.currentData() == RewardKind.PROMOTION
        stock, weight = read_whole(self.stock), read_number(self.weight) if promotion else None
        if promotion and weight is None:
            weight = 1.0
        old = self._reward
        self.act(
            save_reward,
            self.name.text(),
            self.kind.currentData(),
            self.cost.value(),
            stock=stock,
            weight=weight,
            offered=self.offered.isChecked(),
            reward_id=old.id if old else None,
            version=old.version if old else None,
        )


class RuleDialog(FormDialog):
    """From a day on an event earns so much; the rule before ends the day before. What is typed is each event's own."""

    not_kept = frozenset({"for_event"})

    def __init__(self, parent: QWidget, context: Context, place: Place, rules: list[Rule]) -> None:
        super().__init__(parent, context, tr("Change a rule"), tr("Save"), place)
        self.stored = True
        self._rules = rules
        self.for_event = choice([(tr(words), key) for key, words in EVENTS.items()], place.detail or None)
        self.points = whole_field(0, 10_000)
        self.most = QLineEdit()
        self.most.setPlaceholderText(tr("empty: no limit"))
        self.first = date_field(context.today())
        self.row(tr("What for"), self.for_event)
        self.row(tr("Points"), self.points)
        self.row(tr("At most a month"), self.most)
        self.row(tr("From"), self.first)
        self.form.addRow(label(tr("What was earned before stays as it is."), "note", wrap=True))
        self.for_event.currentIndexChanged.connect(lambda _: self._turn())
        self._fill()
        self.place = self._own_place()

    def _own_place(self) -> Place:
        return Place("points", "rule", detail=self.for_event.currentData())

    def _turn(self) -> None:
        self.autosave.flush()
        self._fill()
        self.error.setText("")
        self.begin(self._own_place())

    def _fill(self) -> None:
        self.concerns = self.for_event.currentText()
        now = [r for r in self._rules if r.event == self.for_event.currentData() and r.last_on is None]
        self.points.setValue(now[0].points if now else 0)
        self.most.setText("" if not now or now[0].per_month is None else str(now[0].per_month))
        self.first.setText(self.context.today().isoformat())

    @override
    def work(self) -> None:
        from mentor_app.core.points.actions import save_rule

        points, most, first_on = self.points.value(), read_whole(self.most), needed_date(self.first)
        told = self._in_words(points, most, first_on)
        self.act(
            save_rule,
            PointEvent(self.for_event.currentData()),
            points,
            most,
            first_on,
            self.context.today(),
            {rule.id: rule.version for rule in self._rules if rule.event == self.for_event.currentData()},
        ).then(lambda done: self.context.toast(told) if done.change_set_id is not None else None)

    def _in_words(self, points: int, most: int | None, first_on: dt.date) -> str:
        """What the event earned, and earns from then on."""
        day_before = first_on - dt.timedelta(days=1)
        before = [
            rule
            for rule in self._rules
            if rule.event == self.for_event.currentData()
            and rule.first_on <= first_on
            and (rule.last_on is None or rule.last_on >= day_before)
        ]
        old = max(before, key=lambda rule: rule.first_on, default=None)
        told = [tr("Points: {before} → {after}", before="–" if old is None else old.points, after=points)]
        limit = None if old is None else old.per_month
        if limit != most:
            limits = ("–" if one is None else one for one in (limit, most))
            told.append(
                tr("At most a month: {before} → {after}", **dict(zip(("before", "after"), limits, strict=True)))
            )
        return "\n".join([self.for_event.currentText(), *told])
