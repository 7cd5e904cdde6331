"""Running Alembic's one history of schema changes, on either database, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from mentor_app.core.store.schema import shape


def upgrade(engine: Engine, application_id: int, revision: str = "head") -> None:
    """Bring the database to ``revision``; an interruption leaves the schema as it was."""
    with engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            if (
                engine.dialect.name == "postgresql"
            ):  # several may open a new store at once: one makes it, the others wait
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(77)")
            fill(connection, revision)
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA application_id = {application_id}")
                connection.exec_driver_sql(f"PRAGMA user_version = {shape(connection)}")


def fill(connection: Connection, revision: str = "head") -> None:
    """Make, or bring up to date, what a store is made of, in the transaction under way."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
