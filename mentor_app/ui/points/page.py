"""Points: one's own balance with the story of every point, the team's totals, redemptions, rewards, rules."""

from __future__ import annotations

from typing import Any

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import tr
from mentor_app.ui.points.account_view import AccountFace
from mentor_app.ui.points.ledger_view import LedgerFace
from mentor_app.ui.points.redemptions_view import RedemptionsFace
from mentor_app.ui.points.rewards_view import RewardsFace
from mentor_app.ui.points.rules_view import RulesFace
from mentor_app.ui.points.team_view import TeamFace
from mentor_app.ui.widgets.views import Face, FacedPage


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


PAGE = PointsPage
