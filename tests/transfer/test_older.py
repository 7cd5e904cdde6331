"""An older export after a newer one: said before anything is written, by the history and by what the file lacks."""

from pathlib import Path
from typing import Any

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import opportunities
from mentor_app.transfer.understood import lines
from tests.conftest import ME, TODAY
from tests.transfer.files import written

HEAD = ("Opportunity ID", "Opportunity Name", "Owner", "Stage", "Created Date", "Close Date", "Amount")
Deals = list[tuple[Any, ...]]


def deals(count: int, **now: tuple[int, Any]) -> Deals:
    """Deals that were opened one a day, all open; ``now`` says of a column what its first so many rows say instead."""
    rows = [
        [f"A{n}", f"Deal {n}", "Ann", "Open", f"2024-01-{n:02d}", "2024-06-30", "5.00"] for n in range(1, count + 1)
    ]
    for column, (first, cell) in now.items():
        for row in rows[:first]:
            row[HEAD.index(column.replace("_", " "))] = cell
    return [tuple(row) for row in rows]


def take(store: Store, path: Path, rows: Deals, **given: Any) -> Any:
    plan = opportunities.plan(store, written(path, [HEAD, *rows]), **given)
    return opportunities.run(store, ME, plan, today=TODAY).result


WON = {"Stage": (4, "Won"), "Close_Date": (4, "2024-03-01")}
LOST = {"Stage": (4, "Lost"), "Close_Date": (4, "2024-03-01")}
BACK = "at least {n} of {n} deals that it changes get a value back"
NEWEST = "its last day is 2024-01-06, and it lacks the 4 newest deals, of up to 2024-01-10"


@pytest.mark.parametrize(
    ("before", "file", "why"),
    [
        ([deals(6), deals(6, **WON)], deals(6), BACK.format(n=4)),
        ([deals(6, **WON), deals(6, **LOST)], deals(6, **WON), BACK.format(n=4)),
        ([deals(6), deals(6, Amount=(6, "7.00"))], deals(6, Amount=(3, "7.00")), BACK.format(n=3)),
        ([deals(6), deals(6, Owner=(6, "Ben"))], deals(6, Amount=(6, "8.00")), BACK.format(n=6)),
        ([deals(10, Amount=(6, "7.00"))], deals(6), NEWEST),
        # a deal opened again, a further change, what was never here, what changes nothing, a part that lacks others
        ([deals(6), deals(6, Stage=(1, "Won"), Close_Date=(1, "2024-03-01"))], deals(6), None),
        ([deals(9), deals(9, Amount=(3, "7.00"))], deals(9, Amount=(9, "5.00"), Owner=(9, "Ben")), None),
        ([deals(6), deals(6, Amount=(6, "7.00"))], deals(6, Amount=(6, "9.00")), None),
        ([deals(10)], deals(6), None),
        ([deals(10, Amount=(6, "7.00"))], deals(10)[4:], None),
        ([deals(10, Amount=(6, "7.00"))], deals(6, Stage=(1, "Won"), Close_Date=(1, "2024-03-01")), None),
    ],
)
def test_a_file_that_is_older_is_said_to_be_so_and_has_to_be_confirmed(
    file_store: Store, tmp_path: Path, before: list[Deals], file: Deals, why: str | None
) -> None:
    for rows in before:
        take(file_store, tmp_path / "a.csv", rows)
    if why is None:
        assert take(file_store, tmp_path / "b.csv", file).older is None
        return
    with pytest.raises(UserError, match=r"\(--older\)") as refused:
        take(file_store, tmp_path / "b.csv", file)
    assert why in str(refused.value)
    path = written(tmp_path / "b.csv", [HEAD, *file])
    plan = opportunities.plan(file_store, path, older=True)
    tried = opportunities.run(file_store, ME, plan, today=TODAY, dry_run=True).result
    assert why in dict(lines(plan.understood(translator("en"), tried), translator("en")))["Perhaps older"]
    assert opportunities.run(file_store, ME, plan, today=TODAY).result.updated


def test_what_an_import_wrote_that_was_taken_back_makes_no_file_older(file_store: Store, tmp_path: Path) -> None:
    take(file_store, tmp_path / "a.csv", deals(6))
    take(file_store, tmp_path / "b.csv", deals(6, **WON))
    file_store.act(ME, undo)
    assert take(file_store, tmp_path / "b.csv", deals(6, **WON)).updated == 4
