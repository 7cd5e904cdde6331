"""The import wizard: what is shown and imported is how the file was asked to be read last."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from mentor_app.transfer import opportunities
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import until


def test_an_older_reading_of_the_file_never_replaces_a_newer_one(
    team: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "crm.csv"
    file.write_text(
        "opportunity_id,sales_agent,deal_stage,engage_date,close_date\nA,Ann,Won,03/04/2025,05/06/2025\n",
        encoding="utf-8",
    )
    team.go(Place("imports", "opportunities"))
    wait_until_idle(team)
    wizard: Any = team.dialog
    wizard.use_file(file)
    wait_until_idle(team)
    plan, go_on = opportunities.plan, Event()

    def slowly(*args: Any, **options: Any) -> Any:
        if options.get("order") == "dmy":
            assert go_on.wait(30)
        return plan(*args, **options)

    monkeypatch.setattr(opportunities, "plan", slowly)
    for order in ("dmy", "mdy"):
        wizard.order.setCurrentIndex(wizard.order.findData(order))
        wizard.order.activated.emit(wizard.order.currentIndex())
    until(lambda: wizard.plan is not None and wizard.plan.mapping.date_order == "mdy")
    go_on.set()
    wait_until_idle(team)
    assert wizard.plan.mapping.date_order == "mdy"
    assert wizard.order.currentData() == "mdy"
    wizard.reject()
