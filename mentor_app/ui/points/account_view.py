"""One person's points: the balance, every entry with its cause, rewards in reach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mentor_app.core.points.rules import EVENTS, STATES, RedemptionState
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.overriding import override
from mentor_app.ui.points.entries import entry_columns
from mentor_app.ui.widgets.cards import KeyFigure, side_by_side
from mentor_app.ui.widgets.layouts import column_in, scrolling
from mentor_app.ui.widgets.links import Link, LinkCard
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.views import View

if TYPE_CHECKING:
    from mentor_app.core.points.queries import Account, Entry, Near, Redemption, Reward
    from mentor_app.core.store import Connection


REDEMPTION_LOOK = {
    RedemptionState.REQUESTED: "due",
    RedemptionState.APPROVED: "accent",
    RedemptionState.FULFILLED: "good",
    RedemptionState.REFUSED: "bad",
    RedemptionState.WITHDRAWN: "plain",
}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What is known of one person's points: the account (None: they earn none), every entry, what is near, what was asked for,
    what is on offer, and the points by month and event."""

    account: Account | None
    entries: list[Entry]
    near: list[Near]
    asked: list[Redemption]
    rewards: list[Reward]
    months: list[tuple[str, str, int]]


class AccountView(View):
    """Balance, what is near, what it buys, and the story of every point."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.account: Account | None = None
        column = column_in(self)
        self.balance, self.free = KeyFigure(tr("Balance")), KeyFigure(tr("Can be spent"))
        self.month, self.weight = KeyFigure(tr("Earned this month")), KeyFigure(tr("Promotion weight"))
        column.addWidget(side_by_side(self.balance, self.free, self.month, self.weight))
        below = QHBoxLayout()
        below.setSpacing(16)
        left = QVBoxLayout()
        holder = QWidget()
        holder.setObjectName("content")
        right = QVBoxLayout(holder)
        right.setContentsMargins(0, 0, 8, 0)
        right.setSpacing(16)
        self.list = SearchList(
            context.tasks,
            tr("The story of every point"),
            tr("Search the points"),
            entry_columns("occurred_on", "event", "note", "points", "balance"),
            tr(
                "No points yet. They come by themselves: with sessions signed off, feedback, gates, cycles, first wins."
            ),
        )
        self.list.model.remark = context.ledger_line
        left.addWidget(self.list, 1)
        self.near = LinkCard(tr("What is near"), tr("Nothing is near."), shown=6)
        self.asked = LinkCard(tr("Asked for"), tr("Nothing has been asked for."), shown=5)
        self.buys = LinkCard(tr("What points buy"), tr("No reward is on offer."), shown=6)
        for part in (self.near, self.asked, self.buys):
            right.addWidget(part)
        right.addStretch()
        below.addLayout(left, 3)
        below.addWidget(scrolling(holder), 2)
        column.addLayout(below, 1)

    @override
    def reload(self) -> None:
        me, today = self._context.me, self._context.today()
        wanted = self.id or (me.id if me else 0)
        own = me is not None and wanted == me.id

        def read(connection: Connection) -> Story:
            from mentor_app.core.people.queries import get_person
            from mentor_app.core.points import queries

            account = queries.account(connection, wanted)
            if account is None and wanted:
                get_person(connection, wanted)  # somebody without points, or nobody
            return Story(
                account=account,
                entries=queries.entries(connection, wanted),
                near=queries.near(connection, wanted, today),
                asked=queries.redemptions(connection, wanted),
                rewards=queries.rewards(connection, offered=True),
                months=queries.by_month(connection, wanted),
            )

        self._context.query(read, lambda story: self._arrived(wanted, own, story))

    def _arrived(self, wanted: int, own: bool, story: Story) -> None:
        account = self.account = story.account
        self.title = tr("My points") if own or account is None else account.name
        self.note = (
            tr("Choose at the lower left who works here.") if not wanted else account.team or "" if account else ""
        )
        balance, reserved = (account.balance, account.reserved) if account else (0, 0)
        self.balance.show_figure(str(balance), tr("{n} earned in all", n=account.earned if account else 0))
        self.free.show_figure(str(max(0, balance - reserved)), tr("{n} reserved by requests", n=reserved))
        month = f"{self._context.today():%Y-%m}"
        this_month = sum(points for when, _, points in story.months if when == month)
        self.month.show_figure(str(this_month), month)
        self.weight.show_figure(f"{account.weight if account else 0:g}", tr("sum of the promotion rewards handed over"))
        self.list.show_rows(story.entries)
        self.near.show_links(
            [
                Link(tr(EVENTS[n.event]), n.about + (f" · {n.due}" if n.due else ""), (f"+{n.points}", "accent"))
                for n in story.near
            ]
        )
        self.asked.show_links(
            [
                Link(
                    r.reward,
                    r.reason or plural("{n} point", "{n} points", n=r.points),
                    (tr(STATES[r.state]), REDEMPTION_LOOK[r.state]),
                    partial(self._withdraw, r) if own and r.state == RedemptionState.REQUESTED else None,
                )
                for r in story.asked
            ]
        )
        self.asked.setVisible(bool(story.asked))
        free = max(0, balance - reserved)
        self.buys.show_links(
            [
                Link(
                    r.name,
                    plural("{n} more point is needed", "{n} more points are needed", n=r.cost - free)
                    if r.cost > free
                    else _stock(r),
                    (str(r.cost), "good" if r.cost <= free else "plain"),
                    partial(self._ask, r) if own and r.cost <= free and r.stock != 0 else None,
                )
                for r in story.rewards
            ]
        )
        self.headed.emit()

    def _ask(self, reward: Reward) -> None:
        from mentor_app.core.points.actions import request

        context = self._context
        context.act(request, reward.id).then(lambda _: context.toast(tr("Asked for {name}.", name=reward.name)))

    def _withdraw(self, asked: Redemption) -> None:
        from mentor_app.core.points.actions import withdraw

        self._context.act(withdraw, asked.id).then(lambda _: self._context.toast(tr("The request is taken back.")))


def _stock(reward: Reward) -> str:
    if reward.stock == 0:
        return tr("out of stock")
    return tr("can be asked for") if reward.stock is None else tr("{n} left", n=reward.stock)
