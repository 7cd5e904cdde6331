"""Points: one's own balance with the story of every point, the team's totals, redemptions, rewards, rules."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.points.rules import EVENTS, KINDS, REWARDS, STATES
from mentor_app.core.text import text
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.widgets.chart import ChartView
from mentor_app.ui.widgets.controls import Card, ElidedLabel, KeyFigure, as_high_as_needed, button, label
from mentor_app.ui.widgets.forms import FormDialog, choice, date_field, read_date, text_field
from mentor_app.ui.widgets.links import Link, LinkCard
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.owners import scrolling
from mentor_app.ui.widgets.table import ColumnSpec
from mentor_app.ui.widgets.views import Face, FacedPage, ListFace


def _event(entry: Any) -> str:
    if entry.kind == "spend":
        return tr(KINDS[entry.kind])
    words = tr(EVENTS[entry.event])
    if entry.kind == "reversal":
        return tr("{event}: taken back", event=words)
    return tr("{event}: the month's limit is reached", event=words) if entry.points == 0 else words


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−") if points else "0"


_ENTRY_COLUMNS = {
    "occurred_on": lambda: ColumnSpec("occurred_on", tr("Date"), lambda e: e.occurred_on.isoformat(), width=104, keep=True),
    "person": lambda: ColumnSpec("person", tr("Person"), lambda e: e.person, width=110),
    "event": lambda: ColumnSpec("event", tr("What for"), _event, width=240),
    "note": lambda: ColumnSpec("note", tr("About"), lambda e: e.note, width=130),
    "points": lambda: ColumnSpec("points", tr("Points"), lambda e: _signed(e.points), figure=True, width=84, keep=True),
    "balance": lambda: ColumnSpec("balance", tr("Balance"), lambda e: str(e.balance), figure=True, width=96, keep=True),
}  # fmt: skip


class PointsPage(FacedPage):
    """Tabs for one's own, the team, the ledger, redemptions, rewards and rules; a person's account in front of them."""

    kinds = frozenset({"points", "logbook", "camp", "pairing", "pipeline", "people", "me"})

    def __init__(self, context: Context) -> None:
        views = {
            "mine": tr("My points"), "team": tr("Team"), "ledger": tr("Ledger"), "redemptions": tr("Redemptions"),
            "rewards": tr("Rewards"), "rules": tr("Rules"),
        }  # fmt: skip
        super().__init__(context, tr("Points"), views)
        if context.me is not None and "mentor" not in context.me.roles:  # who earns none wants the team's
            self.show_face("team", start=True)

    def make(self, key: str) -> Face:
        made: dict[str, type[Face]] = {
            "mine": AccountFace, "person": AccountFace, "team": TeamFace, "ledger": LedgerFace, "redemptions": RedemptionsFace,
            "rewards": RewardsFace, "rules": RulesFace,
        }  # fmt: skip
        return made[key](self._context)

    def open(self, what: Any) -> None:
        if isinstance(what, tuple):
            self.show_face(*what)
        else:
            self.show_face(what, start=True)

    def faces(self) -> dict[str, Any]:
        def first() -> None:
            ids = self.face("team").list.model.ids
            if ids:
                self.show_face("person", ids[0])

        found: dict[str, Any] = {
            key: lambda key=key: self.show_face(key, start=True) for key in self.keys
        }  # fmt: skip
        found["person"] = first
        found["new_reward"] = lambda: self.face("rewards").add()
        found["new_rule"] = lambda: self.face("rules").add()
        return found


class AccountFace(Face):
    """Balance, what is near, what it buys, and the story of every point."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.id = 0
        self.account: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.balance, self.free = KeyFigure(tr("Balance")), KeyFigure(tr("Can be spent"))
        self.month, self.weight = KeyFigure(tr("Earned this month")), KeyFigure(tr("Promotion weight"))
        for card in (self.balance, self.free, self.month, self.weight):
            row.addWidget(card, 1)
        column.addWidget(as_high_as_needed(row))
        below = QHBoxLayout()
        below.setSpacing(16)
        left = QVBoxLayout()
        holder = QWidget()
        holder.setObjectName("content")
        right = QVBoxLayout(holder)
        right.setContentsMargins(0, 0, 8, 0)
        right.setSpacing(16)
        self.list = SearchList(
            context.tasks, tr("The story of every point"), tr("Search the points"),
            [_ENTRY_COLUMNS[key]() for key in ("occurred_on", "event", "note", "points", "balance")],
            tr("No points yet. They come by themselves: with sessions signed off, feedback, gates, cycles, first wins."),
        )  # fmt: skip
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

    def show_id(self, key: int) -> None:
        self.id = key
        self.reload()

    def reload(self) -> None:
        me, today = self._context.me, self._context.today()
        wanted = self.id or (me.id if me else 0)
        own = me is not None and wanted == me.id

        def read(connection: Any) -> Any:
            from mentor_app.core.points import queries

            return (
                queries.account(connection, wanted), queries.entries(connection, wanted),
                queries.near(connection, wanted, today), queries.redemptions(connection, wanted),
                queries.rewards(connection, offered=True), queries.by_month(connection, wanted),
            )  # fmt: skip

        self._context.query(read, lambda found: self._arrived(wanted, own, *found))

    def _arrived(
        self, wanted: int, own: bool, account: Any, entries: Any, near: Any, asked: Any, rewards: Any, months: Any
    ) -> None:
        self.account = account
        self.title = tr("My points") if own or account is None else account.name
        self.note = (
            tr("Choose at the lower left who works here.") if not wanted else account.team or "" if account else ""
        )
        balance, reserved = (account.balance, account.reserved) if account else (0, 0)
        self.balance.show_figure(str(balance), tr("{n} earned in all", n=account.earned if account else 0))
        self.free.show_figure(str(max(0, balance - reserved)), tr("{n} reserved by requests", n=reserved))
        month = f"{self._context.today():%Y-%m}"
        this_month = sum(points for when, _, points in months if when == month)
        self.month.show_figure(str(this_month), month)
        self.weight.show_figure(f"{account.weight if account else 0:g}", tr("sum of the promotion rewards handed over"))
        self.list.show_rows(entries)
        self.near.show_links([
            Link(tr(EVENTS[n.event]), n.about + (f" · {n.due}" if n.due else ""), (f"+{n.points}", "accent")) for n in near
        ])  # fmt: skip
        look = {"requested": "due", "approved": "accent", "fulfilled": "good", "refused": "bad", "withdrawn": "plain"}
        self.asked.show_links([
            Link(r.reward, r.reason or tr("{n} points", n=r.points), (tr(STATES[r.state]), look[r.state]),
                 (lambda r=r: self._withdraw(r)) if own and r.state == "requested" else None)
            for r in asked
        ])  # fmt: skip
        self.asked.setVisible(bool(asked))
        free = max(0, balance - reserved)
        self.buys.show_links([
            Link(r.name, tr("{n} more points are needed", n=r.cost - free) if r.cost > free else _stock(r),
                 (str(r.cost), "good" if r.cost <= free else "plain"),
                 (lambda r=r: self._ask(r)) if own and r.cost <= free and r.stock != 0 else None)
            for r in rewards
        ])  # fmt: skip
        self.headed.emit()

    def _ask(self, reward: Any) -> None:
        from mentor_app.core.points.actions import request, withdraw

        context = self._context
        context.act(
            request, reward.id,
            done=lambda made: context.toast(
                tr("Asked for {name}.", name=reward.name), lambda: context.act(withdraw, made.result)
            ),
        )  # fmt: skip

    def _withdraw(self, asked: Any) -> None:
        from mentor_app.core.points.actions import withdraw

        self._context.act(withdraw, asked.id, done=lambda _: self._context.toast(tr("The request is taken back.")))


def _stock(reward: Any) -> str:
    if reward.stock == 0:
        return tr("out of stock")
    return tr("can be asked for") if reward.stock is None else tr("{n} left", n=reward.stock)


class TeamFace(ListFace):
    """Totals by month as a chart, and the promotion list with its formula."""

    page, single = "points", "person"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("The team's points")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        card = Card()
        self.chart = ChartView(context.tasks, context.settings.theme == "dark", tr("Points by month"))
        self.chart.setMinimumHeight(180)
        card.body.addWidget(self.chart, 1)
        column.addWidget(card, 4)
        self.formula = label(
            tr("Promotion weight = the sum of the weights of the promotion rewards handed over to a person. It is bought, "
               "not given: points alone do not weigh."), "note", wrap=True,
        )  # fmt: skip
        column.addWidget(self.formula)
        self.list = SearchList(
            context.tasks, tr("Promotion list"), tr("Search people"),
            [
                ColumnSpec("name", tr("Name"), lambda a: a.name, width=150),
                ColumnSpec("team", tr("Team"), lambda a: a.team or "–", width=180),
                ColumnSpec("weight", tr("Promotion weight"), lambda a: f"{a.weight:g}", figure=True, width=184, keep=True),
                ColumnSpec("earned", tr("Earned"), lambda a: str(a.earned), figure=True, width=104, keep=True),
                ColumnSpec("balance", tr("Balance"), lambda a: str(a.balance), figure=True, width=104, keep=True),
                ColumnSpec("reserved", tr("Reserved"), lambda a: str(a.reserved), figure=True, width=104, keep=True),
            ],
            tr("Nobody mentors yet."), "weight", True,
        )  # fmt: skip
        self.list.opened.connect(lambda key: context.go("points", ("person", key)))
        column.addWidget(self.list, 5)
        self.prove = button(tr("Prove the ledger"), self._verify)
        self.buttons = [self.prove]

    def read(self, connection: Any) -> Any:
        from mentor_app.core.points.queries import accounts, by_month

        return accounts(connection), by_month(connection)

    def _arrived(self, found: Any) -> None:
        rows, months = found
        self.list.show_rows(rows)
        self.note = tr("{n} people · {m} points earned", n=len(rows), m=f"{sum(a.earned for a in rows):,}")
        self.shown = set(self.buttons)
        self._draw(months)
        self.headed.emit()

    def _draw(self, found: list[tuple[str, str, int]]) -> None:
        months = sorted({month for month, _, _ in found})[-18:]
        held = {(month, event): points for month, event, points in found}
        series = {
            tr(words): [max(0, held.get((month, event), 0)) for month in months]
            for event, words in EVENTS.items()
            if any(held.get((month, event)) for month in months)
        }
        total = sum(sum(values) for values in series.values())
        title = tr("{n} points earned in {m} months", n=f"{total:,}", m=len(months)) if months else tr("No points yet")
        note = tr(
            "By the month in which it happened; what was taken back is left out. As of {date}.",
            date=self._context.today(),
        )

        def draw(figure: Any, style: Any) -> Any:
            from mentor_app.charts.points import draw_months

            return draw_months(figure, months, series, title, note, style)

        self.chart.set_drawing(draw)

    def _verify(self) -> None:
        def read(connection: Any) -> Any:
            from mentor_app.core.points.ledger import verify

            return verify(connection)

        def show(found: Any) -> None:
            from mentor_app.ui.widgets.dialogs import tell

            if found.ok:
                self._context.toast(tr("{n} entries, all as they were made.", n=found.entries))
                return
            why = found.why.render(current())
            tell(
                self,
                tr("The ledger is not whole"),
                tr("Entry {n}: {why} Restore a backup copy.", n=found.first_bad, why=why),
            )

        self._context.query(read, show)


class LedgerFace(ListFace):
    """Every entry of everybody."""

    page, single = "points", ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Ledger")
        self.show_list(SearchList(
            context.tasks, tr("Points ledger"), tr("Search the ledger"),
            [
                ColumnSpec("id", tr("Entry"), lambda e: str(e.id), figure=True, width=84, keep=True),
                *(_ENTRY_COLUMNS[key]() for key in ("occurred_on", "person", "event", "note", "points", "balance")),
            ],
            tr("No points yet. They come by themselves: with sessions signed off, feedback, gates, cycles, first wins."),
        ))  # fmt: skip
        self.settle = button(tr("Award the past"), self._settle)
        self.export = button(tr("Export this list…"), self.list.table.export)
        self.buttons = [self.settle, self.export]

    def read(self, connection: Any) -> Any:
        from mentor_app.core.points.queries import entries

        return entries(connection)

    def said(self, rows: Any) -> str:
        return tr("{n} entries", n=f"{len(rows):,}")

    def _settle(self) -> None:
        from mentor_app.core.points.actions import settle_all

        context = self._context
        context.act(settle_all, done=lambda made: context.toast(tr("{n} entries added.", n=made.result)))


class RedemptionsFace(ListFace):
    """What has been asked for; what waits for a decision first."""

    page, single = "points", ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Redemptions")
        self.show_list(SearchList(
            context.tasks, tr("Redemptions"), tr("Search redemptions"),
            [
                ColumnSpec("requested_at", tr("Asked on"), lambda r: str(r.requested_at.date()), width=104, keep=True),
                ColumnSpec("person", tr("Person"), lambda r: r.person, width=120),
                ColumnSpec("reward", tr("Reward"), lambda r: r.reward, width=220),
                ColumnSpec("points", tr("Points"), lambda r: str(r.points), figure=True, width=84, keep=True),
                ColumnSpec("state", tr("State"), lambda r: tr(STATES[r.state]), width=104, keep=True),
                ColumnSpec("decided_by", tr("Decided by"), lambda r: r.decided_by or "–", width=110),
                ColumnSpec("reason", tr("Reason"), lambda r: r.reason or "", width=150),
            ],
            tr("Nothing has been asked for."),
        ))  # fmt: skip
        self.approve = button(tr("Approve"), self._approve, primary=True)
        self.refuse = button(tr("Refuse…"), self._refuse)
        self.hand = button(tr("Handed over"), self._fulfil)
        self.buttons = [self.hand, self.refuse, self.approve]
        self.list.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())

    def read(self, connection: Any) -> Any:
        from mentor_app.core.points.queries import redemptions

        return redemptions(connection)

    def _arrived(self, rows: Any) -> None:
        super()._arrived(rows)
        if rows:
            self.list.table.selectRow(0)
        self._selected()

    def said(self, rows: Any) -> str:
        return tr("{n} wait for a decision", n=sum(r.state == "requested" for r in rows))

    def _chosen(self) -> Any:
        rows = self.list.table.selectionModel().selectedRows()
        return self.list.model.row(rows[0].row()) if rows else None

    def _selected(self) -> None:
        chosen, me = self._chosen(), self._context.me
        other = chosen is not None and me is not None and me.id != chosen.person_id
        for item, state in ((self.approve, "requested"), (self.refuse, "requested"), (self.hand, "approved")):
            item.setEnabled(other and chosen.state == state)
            item.setToolTip("" if other else tr("Somebody else than who asked decides."))

    def _approve(self) -> None:
        from mentor_app.core.points.actions import decide

        self._context.act(decide, self._chosen().id, True, done=lambda _: self._context.toast(tr("Approved.")))

    def _refuse(self) -> None:
        self.dialog = RefuseDialog(self, self._context, self._chosen())
        self.dialog.open()

    def _fulfil(self) -> None:
        from mentor_app.core.points.actions import fulfil

        self._context.act(fulfil, self._chosen().id, done=lambda _: self._context.toast(tr("Handed over.")))


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


class RewardsFace(ListFace):
    """What points buy."""

    page, single = "points", ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Rewards")
        self.show_list(SearchList(
            context.tasks, tr("Rewards"), tr("Search rewards"),
            [
                ColumnSpec("name", tr("Reward"), lambda r: r.name, width=260),
                ColumnSpec("kind", tr("Kind"), lambda r: tr(REWARDS[r.kind]), width=150),
                ColumnSpec("cost", tr("Points"), lambda r: str(r.cost), figure=True, width=96, keep=True),
                ColumnSpec("stock", tr("In stock"), lambda r: "–" if r.stock is None else str(r.stock), figure=True, width=104,
                           keep=True),
                ColumnSpec("weight", tr("Weight"), lambda r: "–" if r.weight is None else f"{r.weight:g}", figure=True, width=104,
                           keep=True),
                ColumnSpec("offered", tr("Offered"), lambda r: tr("yes") if r.offered else tr("no"), width=104, keep=True),
            ],
            tr("There is no reward yet."), "cost",
        ))  # fmt: skip
        self.list.opened.connect(self._edit)
        self.new = button(tr("New reward…"), self.add, primary=True)
        self.buttons = [self.new]

    def read(self, connection: Any) -> Any:
        from mentor_app.core.points.queries import rewards

        return rewards(connection)

    def said(self, rows: Any) -> str:
        return tr("{n} on offer", n=sum(r.offered for r in rows))

    def add(self) -> None:
        """A new reward."""
        self._open(None)

    def _edit(self, key: int) -> None:
        self._open(next(r for r in self.list._rows if r.id == key))

    def _open(self, reward: Any) -> None:
        if self.may("trainer", "team_lead"):
            self.dialog = RewardDialog(self, self._context, reward)
            self.dialog.open()


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
            save_reward, self.name.text(), self.kind.currentData(), self.cost.value(), stock, weight, self.offered.isChecked(),
            old.id if old else None, old.version if old else None,
        )  # fmt: skip


class RulesFace(ListFace):
    """What earns how much, since when and until when."""

    page, single = "points", ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Rules")
        self.show_list(SearchList(
            context.tasks, tr("Rules"), tr("Search rules"),
            [
                ColumnSpec("event", tr("What for"), lambda r: tr(EVENTS[r.event]), width=260),
                ColumnSpec("points", tr("Points"), lambda r: str(r.points), figure=True, width=96, keep=True),
                ColumnSpec("per_month", tr("At most a month"), lambda r: "–" if r.per_month is None else str(r.per_month), figure=True,
                           width=160, keep=True),
                ColumnSpec("first_on", tr("From"), lambda r: r.first_on.isoformat(), width=112, keep=True),
                ColumnSpec("last_on", tr("Until"), lambda r: str(r.last_on or "–"), width=112, keep=True),
            ],
            tr("There is no rule yet."),
        ))  # fmt: skip
        self.list.opened.connect(lambda key: self._open(next(r for r in self.list._rows if r.id == key)))
        self.new = button(tr("Change a rule…"), self.add, primary=True)
        self.buttons = [self.new]

    def read(self, connection: Any) -> Any:
        from mentor_app.core.points.queries import rules_of

        return rules_of(connection)

    def said(self, rows: Any) -> str:
        return tr("what was earned stays as it is")

    def add(self) -> None:
        """Another rule for an event, from a day on."""
        self._open(None)

    def _open(self, rule: Any) -> None:
        if self.may("trainer", "team_lead"):
            self.dialog = RuleDialog(self, self._context, self.list._rows, rule)
            self.dialog.open()


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


PAGE = PointsPage
