"""Points: one's own balance with the story of every point, the team's totals, redemptions, rewards, rules."""

from __future__ import annotations

from typing import Any

from mentor_app.core.people.roles import Role
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.widgets.views import TabbedPage


class PointsPage(TabbedPage):
    """Tabs for one's own, the team, the ledger, redemptions, rewards and rules; a person's account in front of them."""

    room = "points"
    kinds = frozenset({"points", "logbook", "camp", "pairing", "pipeline", "people", "me"})

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

    def views_to_check(self) -> dict[str, Any]:
        def first() -> None:
            ids = self.view("team").list.model.ids
            if ids:
                self.show_view("person", ids[0])

        found: dict[str, Any] = {key: lambda key=key: self.show_view(key, start=True) for key in self.keys}
        found["person"] = first
        found["new_reward"] = lambda: self._context.go(Place("points", "reward"))
        found["new_rule"] = lambda: self._context.go(Place("points", "rule"))
        return found


PAGE = PointsPage
