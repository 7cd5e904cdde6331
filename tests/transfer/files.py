"""Writing little files of every kind as other programs write them, and reading them into a store."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl

from mentor_app.core.imports import Imported
from mentor_app.core.store import Store
from tests.conftest import ME, TODAY

Row = Sequence[Any]


def written(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    """Rows as a CSV file, or as a workbook with typed cells, after the file's extension."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))  # type: ignore[union-attr]
        book.save(path)
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def read_in(kind: ModuleType, store: Store, path: Path, **how: Any) -> Imported:
    """What importing the file said of itself."""
    found: Imported = kind.run(store, ME, kind.plan(store, path), today=TODAY, **how).result
    return found


def complaints(result: Imported) -> list[tuple[int, str, str]]:
    """Row, column and value of what was rejected."""
    return [(problem.row, problem.column, problem.value) for problem in result.rejected]
