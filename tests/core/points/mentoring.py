"""A small company in which one mentor's apprentice is in the camp."""

import datetime as dt
from typing import Any

from mentor_app.core.camp import actions as camp
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.rules import Details
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people.actions import PersonDetails, add_person
from mentor_app.core.points import actions
from mentor_app.core.points.queries import account, entries
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import ProjectDetails
from mentor_app.core.store import Actor, Store
from tests.conftest import ME, TODAY

D = dt.date
DAY = dt.timedelta(days=1)


OCTOBER = D(2026, 10, 5)


class Camp:
    """A mentor, a second one, an apprentice in the camp, a trainer, a lead; the apprentice is paired since 1 October."""

    def __init__(self, store: Store, paired: bool = True) -> None:
        self.store = store

        def add(name: str, role: str, hired: dt.date) -> Actor:
            return Actor(
                name,
                store.act(
                    ME,
                    add_person,
                    PersonDetails(name=name, hired_on=hired, left_on=None, team="T", roles=frozenset({role})),
                ).result,
            )

        self.mo, self.lu = add("Mo", "mentor", D(2020, 1, 1)), add("Lu", "mentor", D(2020, 1, 1))
        self.trainer, self.lead = add("Tia", "trainer", D(2020, 1, 1)), add("Li", "team_lead", D(2020, 1, 1))
        self.hire = add("Ann", "new_hire", D(2026, 9, 1))
        self.act(camp.enrol, [self.hire.person_id], TODAY, who=self.trainer)
        self.project = self.act(project_actions.save_project, ProjectDetails(name="P", started_on=D(2026, 9, 1)))
        if paired:
            self.pairing = self.act(pairing.pair, self.hire.person_id, self.mo.person_id, self.project, D(2026, 10, 1))

    def act(self, action: Any, *args: Any, who: Actor | None = None, **more: Any) -> Any:
        return self.store.act(who or self.lead, action, *args, **more).result

    def session(self, day: dt.date = OCTOBER, host: Actor | None = None, comment: str = "") -> int:
        details = Details(
            kind="shadowing", held_on=day, minutes=5, customer="c", learned="l", host_id=(host or self.mo).person_id
        )
        made = self.act(logbook.save_activity, self.hire.person_id, details, TODAY, state="submitted", who=self.hire)
        self.act(logbook.sign_off, [made], comment, who=host or self.mo)
        return int(made)

    def said(self, who: Actor | None = None) -> list[tuple[str, str, int]]:
        with self.store.read() as connection:
            return [(e.event, e.kind, e.points) for e in reversed(entries(connection, (who or self.mo).person_id))]

    def balance(self, who: Actor | None = None) -> int:
        with self.store.read() as connection:
            found = account(connection, (who or self.mo).person_id)  # type: ignore[arg-type]
        return found.balance if found else 0

    def rich(self, points: int) -> None:
        """Give Mo points by a session worth that many."""
        self.act(actions.save_rule, "session", points, None, TODAY, TODAY)
        self.session(TODAY)
        assert self.balance() == points
