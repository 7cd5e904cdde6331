"""Projects: their cycles, and deals that become one."""

from typing import Any

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.pairing.queries import cycles
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.queries import from_opportunity, open_deals
from mentor_app.core.projects.rules import Phase
from mentor_app.core.ramp.outcome import LOST, OPEN
from mentor_app.core.store import Store
from tests.conftest import TODAY
from tests.core.pairing.office import DAY, D, Office


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


def test_a_cycle_is_edited_phase_by_phase(office: Office) -> None:
    def phases() -> list[Phase]:
        with office.store.read() as connection:
            return list(cycles(connection, {office.a})[0].phases)

    assert [p.phase for p in phases()] == ["qualified", "discovery", "solution", "negotiation", "signed", "delivery"]
    wanted = [
        Phase("qualified", D(2026, 9, 10), D(2026, 9, 12)),
        Phase("试点 pilot", D(2026, 10, 1)),
        Phase("signed", None, None),
    ]
    office.act(project_actions.save_cycle, office.a, wanted, TODAY)
    assert phases() == wanted
    office.act(
        project_actions.save_cycle, office.a, list(reversed([Phase("x"), *wanted[:2]])), D(2030, 1, 1)
    ) if False else None
    for bad, words in (
        ([], "between 1 and"),
        ([Phase("a"), Phase(" A ")], "same name"),
        ([Phase("")], "needs a name"),
        ([Phase("a", D(2026, 8, 1))], "before the project started"),
        ([Phase("a", None, TODAY + DAY)], "in the future"),
        (
            [Phase("a", None, D(2026, 11, 2)), Phase("b"), Phase("c", None, D(2026, 11, 1))],
            "before the phase before it",
        ),
    ):
        with pytest.raises(UserError, match=words):
            office.act(project_actions.save_cycle, office.a, bad, TODAY)
    assert phases() == wanted


def test_a_deal_becomes_a_project(office: Office) -> None:
    columns: dict[str, list[Any]] = {
        "name": ["MES", "MES", None],
        "account": ["华宇机电", "Delta", "Orchid"],
        "stage": ["x"] * 3,
        "status": [OPEN, OPEN, LOST],
        "opened_on": ["2026-10-05", "2026-10-06", "2026-09-01"],
        "closed_on": [None, None, "2026-10-01"],
        "expected_on": ["2026-12-01", None, None],
        "amount_cents": [100] * 3,
    }
    office.store.act(
        office.lead,
        import_opportunities,
        [Batch(rows=[2, 3, 4], key=["K1", "K2", "K3"], owner=["Mo"] * 3, columns=columns, problems=[])],
        today=TODAY,
    )
    with office.store.read() as connection:
        deals = open_deals(connection, {office.mo, office.lu}, TODAY)
        assert [(owner, d.name, d.customer) for owner, d in deals] == [
            (office.mo, "MES", "Delta"),
            (office.mo, "MES (K1)", "华宇机电"),
        ]
        first = deals[1][1]
        assert (first.region, first.industry, first.started_on, first.planned) == (
            "East",
            "Retail",
            D(2026, 10, 5),
            {"signed": D(2026, 12, 1)},
        )
        lost = from_opportunity(connection, 3, TODAY)
        assert (lost.name, lost.outcome, lost.closed_on) == ("Orchid", "lost", D(2026, 10, 1))
    office.act(project_actions.save_project, first)
    with office.store.read() as connection:
        assert [d.name for _, d in open_deals(connection, {office.mo}, TODAY)] == ["MES"]  # no project twice
