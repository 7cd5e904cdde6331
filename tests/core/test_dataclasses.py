"""Records of five fields or more are made by keyword: two swapped ids would not be noticed."""

import dataclasses
import importlib
import pkgutil

import pytest

import mentor_app

BY_PLACE = {"ColumnSpec": 3}
"""Fields that may be given by their place: a column's key, heading and text, as in a table's head."""


def _modules() -> list[str]:
    found = pkgutil.walk_packages(mentor_app.__path__, "mentor_app.")
    return [
        module.name for module in found if ".migrations" not in module.name and not module.name.endswith("__main__")
    ]


@pytest.mark.parametrize("name", _modules())
def test_large_records_are_made_by_keyword(name: str) -> None:
    module = importlib.import_module(name)
    for value in vars(module).values():
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == name:
            fields = dataclasses.fields(value)
            by_place = [field.name for field in fields if field.init and not field.kw_only]
            allowed = BY_PLACE.get(value.__name__, 0) if len(fields) >= 5 else len(fields)
            assert len(by_place) <= allowed, f"{value.__name__} takes {', '.join(by_place)} by place"
