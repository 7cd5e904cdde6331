"""A small company to pair people in."""

import datetime as dt
from typing import Any

from mentor_app.core.pairing import actions
from mentor_app.core.people.actions import PersonDetails, add_person, save_team
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.store import Actor, Store
from tests.conftest import ME, TODAY

D = dt.date


DAY = dt.timedelta(days=1)


class Office:
    """Two mentors, three hires, two projects."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.act(ME, save_team, "East · Retail", "East", "Retail")
        store.act(ME, save_team, "South · Energy", "South", "Energy")

        def add(name: str, role: str, hired: dt.date, team: str = "East · Retail") -> int:
            details = PersonDetails(name=name, hired_on=hired, left_on=None, team=team, roles=frozenset({role}))
            return int(store.act(ME, add_person, details).result)

        self.mo = add("Mo", "mentor", D(2020, 1, 1))
        self.lu = add("Lu", "mentor", D(2021, 1, 1), "South · Energy")
        self.young = add("Young", "mentor", TODAY - 60 * DAY)
        self.lead = Actor("Li", add("Li", "team_lead", D(2018, 1, 1)))
        self.hires = [
            add(f"Hire {i}", "new_hire", D(2026, 9, 1), ("East · Retail", "South · Energy")[i % 2]) for i in range(3)
        ]
        self.a, self.b = (
            self.act(project_actions.save_project, ProjectDetails(name=n, started_on=D(2026, 9, 1))) for n in ("A", "B")
        )

    def act(self, action: Any, *args: Any, who: Actor | None = None) -> Any:
        return self.store.act(who or self.lead, action, *args).result

    def pair(self, hire: int, mentor: int) -> int:
        return int(self.act(actions.pair, hire, mentor, self.a, D(2026, 10, 1)))
