"""Rows become records by the names of their columns."""

from dataclasses import dataclass

import pytest
from sqlalchemy import literal, select

from mentor_app.core.logbook.kinds import ActivityState
from mentor_app.core.store import Store
from mentor_app.core.store.records import among, read_all, read_dict


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


def test_a_column_holds_one_of_more_values_than_there_may_be_parameters(store: Store) -> None:
    names = ["Söhne KG", "it's 100 % \\ “华宇”", *map(str, range(70_000))]
    said = literal(names[1]).label("said")
    with store.read() as connection:
        for values, count in ((names, 1), (names[:1], 0), ([], 0)):
            found = connection.execute(select(said).where(among(connection, said, values))).all()
            assert len(found) == count


@pytest.mark.parametrize("labels", [("id",), ("id", "state", "more"), ("id", "state", "state"), ("state", "note")])
def test_labels_that_are_not_the_record_s_fields_are_refused_even_without_rows(
    store: Store, labels: tuple[str, ...]
) -> None:
    statement = select(*(literal("draft").label(label) for label in labels)).where(literal(1) == 0)
    with store.read() as connection, pytest.raises(TypeError, match="Line is not made of"):
        read_all(connection, statement, Line)
