"""Rows become records by the names of their columns."""

from dataclasses import dataclass

import pytest
from sqlalchemy import literal, select

from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.store import Store
from mentor_app.core.store.records import read_all, read_dict


@dataclass(frozen=True, kw_only=True)
class Line:
    id: int
    state: ActivityState
    note: str = "none"


def test_columns_are_matched_by_label_in_any_order(store: Store) -> None:
    statement = select(literal("draft").label("state"), literal(7).label("id"))
    with store.read() as connection:
        (line,) = read_all(connection, statement, Line)
        assert line == Line(id=7, state=ActivityState.DRAFT)
        assert isinstance(line.state, ActivityState)
        assert read_dict(connection, select(literal("key"), literal(1))) == {"key": 1}


@pytest.mark.parametrize("labels", [("id",), ("id", "state", "more"), ("id", "state", "state"), ("state", "note")])
def test_labels_that_are_not_the_record_s_fields_are_refused_even_without_rows(
    store: Store, labels: tuple[str, ...]
) -> None:
    statement = select(*(literal("draft").label(label) for label in labels)).where(literal(1) == 0)
    with store.read() as connection, pytest.raises(TypeError, match="Line is not made of"):
        read_all(connection, statement, Line)
