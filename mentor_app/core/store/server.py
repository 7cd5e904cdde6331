"""How a PostgreSQL server is connected to: with which settings, whose password, and how long it is waited for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event

from mentor_app.core.errors import PasswordNeeded, StoreFault
from mentor_app.core.location import shown
from mentor_app.core.store import faults, passwords

if TYPE_CHECKING:
    from mentor_app.core.store.patience import Patience

_CONNECTION = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "client_encoding": "UTF8",
}
"""How long a silent server is waited for (seconds, the last in milliseconds), and how it is spoken to."""
# One stalled client must not stop every writer; and whatever the server's own settings, dates look the same.
_SETTINGS = (
    "SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '20s'; SET statement_timeout = '120s'; "
    "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'"
)


def connecting(url: str) -> tuple[Engine, Patience]:
    """What connects to a server, in our own way; and how long each connection waits for it."""
    place = shown(url)
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith("postgresql+psycopg://"):
        raise StoreFault(faults.NO_ADDRESS, store=place)
    with faults.address_faults(place):
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=_CONNECTION)
        from mentor_app.core.store.patience import Patience  # the driver, which only a server needs

    if not (engine.url.database or engine.url.query.get("dbname") or os.environ.get("PGDATABASE")):
        raise StoreFault(faults.NO_NAME, store=place)
    patience = Patience(engine.url, place)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, given: dict[str, Any]) -> Any:
        try:
            return patience.connect(*args, **given)
        except dialect.loaded_dbapi.OperationalError as error:
            login = getattr(error, "pgconn", None)  # neither the address nor ~/.pgpass had one, or not the right one
            asked = login is not None and (login.needs_password or login.used_password)
            password = passwords.kept(engine.url) if asked else None
            if password is None:
                raise
        try:
            return patience.connect(*args, **{**given, "password": password})
        except dialect.loaded_dbapi.OperationalError as error:
            if getattr(error, "pgconn", None) is not None and error.pgconn.used_password:
                raise PasswordNeeded(faults.WRONG_PASSWORD, store=place) from error
            raise

    # First of all listeners: what the driver asks of a server with another encoding comes back as bytes.
    @event.listens_for(engine, "connect", insert=True)
    def configure(connection: Any, _record: Any) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise StoreFault(faults.ENCODING, store=place, encoding=encoding)
        connection.execute(_SETTINGS)
        connection.commit()

    return engine, patience
