"""Points: one's own balance with the story of every point, the team's totals, redemptions, rewards, rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mentor_app.core.people.roles import Role
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.views import TabbedPage

if TYPE_CHECKING:
    from collections.abc import Callable


class PointsPage(TabbedPage):
    """Tabs for one's own, the team, the ledger, redemptions, rewards and rules; a person's account in front of them."""

    room = "points"
    kinds = frozenset({"points", "logbook", "camp", "pairing", "projects", "pipeline", "people", "me"})

    def __init__(self, context: Context) -> None:
        views = {
            "mine": tr("My points"),
            "team": tr("Team"),
            "ledger": tr("Ledger"),
            "redemptions": tr("Redemptions"),
            "rewards": tr("Rewards"),
            "rules": tr("Rules"),
        }
        super().__init__(context, tr("Points"), views)
        if context.me is not None and Role.MENTOR not in context.me.roles:  # who earns none wants the team's
            self.show_view("team", start=True)

    @override
    def views_to_check(self) -> dict[str, Callable[[], object]]:
        def first() -> None:
            ids = self.view("team").listed()
            if ids:
                self.show_view("person", ids[0])

        views: dict[str, Callable[[], object]] = {key: partial(self.show_view, key, start=True) for key in self.keys}
        views["person"] = first
        views["new_reward"] = lambda: self._context.go(Place("points", "reward"))
        views["new_rule"] = lambda: self._context.go(Place("points", "rule"))
        return views


PAGE = PointsPage
