"""Old words out of the database's own files: what is deleted or replaced stays in free pages and logs until they are reused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from mentor_app.core.errors import UserError

_PATIENCE = 15.0  # seconds that others, who read the store just now, are waited for


def scrub(engine: Engine, check: Callable[[], None]) -> None:
    """Write the whole database anew, and empty its log, unless ``check`` raises before. Takes as much free space as the store is
    large."""
    raw = engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        if engine.dialect.name == "sqlite":
            _file(driver, check)
        else:
            _server(driver, engine)
    finally:
        raw.close()


def _file(driver: Any, check: Callable[[], None]) -> None:
    driver.execute("VACUUM")
    check()
    end = time.monotonic() + _PATIENCE
    while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > end:
            raise UserError(
                "The words are erased, but another program still reads the store, so that old pages of the file could not "
                "be emptied. Close it there and say once more that this person's data is to be erased."
            )
        time.sleep(0.1)


def _server(driver: Any, engine: Engine) -> None:
    """As far as SQL reaches: tables without their old rows, and the planner's samples taken anew. Logs and backups of the
    server itself are its keeper's to clear."""
    driver.rollback()
    before, driver.autocommit = driver.autocommit, True
    try:
        names = driver.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        for (name,) in names:
            driver.execute(f'VACUUM (FULL, ANALYZE) "{name}"')
    finally:
        driver.autocommit = before
