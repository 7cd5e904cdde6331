"""Columns that tell every row from the others."""

from __future__ import annotations

from mentor_app.transfer.unique_columns import UniqueColumns


def test_rows_without_any_between_others_change_nothing() -> None:
    """Of a batch of rows all may be held back or left out."""
    seen = UniqueColumns(["deal", "owner", "note"], {0, 1, 2})
    seen.look([("A", "B"), ("Ann", "Ann"), ("x", "y" * 65)])
    seen.look([(), (), ()])
    seen.look([("C",), ("Bo",), ("z",)])
    assert seen.best(but=()) == "deal"
