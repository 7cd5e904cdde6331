"""Reading the camp: so many hires, so few queries."""

import datetime as dt
from pathlib import Path

from sqlalchemy import event

from mentor_app.core.camp.queries import standings
from mentor_app.core.logbook.tables import activity
from mentor_app.core.people.tables import person
from mentor_app.core.store import Actor, Session
from mentor_app.core.team import open_team
from tests.conftest import ME
from tests.steps import step

TODAY = dt.date.today()


DAY = dt.timedelta(days=1)


@step
def year(session: Session, actor: Actor, hires: int, each: int) -> None:
    """A year of so many hires with so many activities each, straight into the tables."""
    from mentor_app.core.camp.tables import enrolment

    ids = session.insert_many(
        person,
        {"name": [f"Hire {i}" for i in range(hires)], "hired_on": [str(TODAY - (i % 365) * DAY) for i in range(hires)]},
    )
    session.insert_many(
        enrolment, {"person_id": ids, "programme_version_id": [1] * hires, "enrolled_on": [str(TODAY)] * hires}
    )
    kinds = ("shadowing", "visit", "sales_action", "case_study")
    n = hires * each
    session.insert_many(
        activity,
        {
            "person_id": [ids[i % hires] for i in range(n)],
            "kind": [kinds[i % 4] for i in range(n)],
            "state": ["submitted" if i % 10 == 0 else "signed_off" for i in range(n)],
            "held_on": [str(TODAY - (i % (1 + i % hires % 365)) * DAY) for i in range(n)],
            "customer": [f"C{i % 900}" for i in range(n)],
            "minutes": [30] * n,
            "learned": ["先问后答" * 10] * n,
        },
    )


def test_a_year_of_500_hires_is_read_in_a_handful_of_queries(tmp_path: Path) -> None:
    store = open_team(tmp_path / "big.sqlite")
    store.act(ME, year, 500, 100)
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement))
    with store.read() as connection:
        found = standings(connection, TODAY)
    assert len(found) == 500
    assert len([s for s in asked if s.startswith("SELECT")]) <= 14
    assert sum(m.done for s in found for line in s.stages for m in line.met) > 1000
    store.close()
