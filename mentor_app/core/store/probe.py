"""Why a server can't be reached or turns a login away, found out step by step.

libpq tells it only in words, and in the server's language. So: the name is looked up, the port tried, a login begun
(PostgreSQL's protocol 3.0, "Message Flow: Start-up": what a server refuses before it asks for a password comes with its
SQLSTATE), and at last another database tried with the same name and password. Nothing is changed on the server.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import BinaryIO

from sqlalchemy import URL

NO_HOST, REFUSED, SILENT, PASSWORD = "no host", "refused", "silent", "password"
NO_ENTRY, WRONG_LOGIN, NO_GRANT = "28000", "28P01", "42501"
"""SQLSTATEs. NO_ENTRY may only mean that a server insists on encryption, which the real login uses."""
_PATIENCE = 2.5  # seconds for each step: a first attempt has waited before
_PROTOCOL = 3 << 16


def why(url: URL) -> str | None:
    """NO_HOST, REFUSED, SILENT, PASSWORD or a SQLSTATE; None where nothing stands in the way (any more)."""
    try:
        with _connected(*address(url)) as server:
            state = _greeting(server, url)
    except socket.gaierror:
        return NO_HOST
    except (ConnectionRefusedError, FileNotFoundError):
        return REFUSED
    except OSError:  # no answer in time, no way to the host, hung up at once
        return SILENT
    if state not in (None, NO_ENTRY, WRONG_LOGIN):
        return state
    found = _login(url)
    return state if found is None and state is not None else found


def is_silent(url: URL) -> bool:
    """Whether nobody answers there."""
    try:
        with _connected(*address(url)) as server:
            _greeting(server, url)
    except OSError:
        return True
    return False


def address(url: URL) -> tuple[str, int]:
    """The (first) host, or the folder of a local server's socket, and the port."""
    host = url.host or _first(url.query.get("host")) or os.environ.get("PGHOST") or "localhost"
    port = url.port or _first(url.query.get("port")) or os.environ.get("PGPORT") or 5432
    return host.split(",")[0], int(str(port).split(",", maxsplit=1)[0])


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value


def _connected(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout=_PATIENCE)
    server = socket.socket(socket.AF_UNIX)
    try:
        server.settimeout(_PATIENCE)
        server.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        server.close()
        raise
    return server


def _greeting(server: socket.socket, url: URL) -> str | None:
    """The SQLSTATE with which the server refuses to begin; None where it asks for a password or lets one in."""
    user = url.username or _first(url.query.get("user")) or os.environ.get("PGUSER") or "postgres"
    words = b"\0".join([b"user", user.encode(), b"database", (url.database or user).encode(), b"", b""])
    server.sendall(struct.pack("!ii", len(words) + 8, _PROTOCOL) + words)
    with server.makefile("rb") as answers:
        return _refusal(answers)


def _refusal(answers: BinaryIO) -> str | None:
    while head := answers.read(5):
        kind, length = struct.unpack("!ci", head)
        body = answers.read(length - 4)
        if kind == b"E":  # an error: fields of a letter and words each, C being the SQLSTATE
            codes = [field[1:] for field in body.split(b"\0") if field[:1] == b"C"]
            return codes[0].decode() if codes else None
        if kind == b"Z" or (kind == b"R" and struct.unpack("!i", body[:4])[0] != 0):
            return None
    raise OSError("no answer")


def _login(url: URL) -> str | None:
    """Log in to a database that every server has, and ask it about ours."""
    import psycopg

    said = {key: _first(value) for key, value in url.query.items()}
    own = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    login = {**said, **{key: value for key, value in own.items() if value}, "connect_timeout": 3}
    refused = None
    for database in ("postgres", "template1"):
        try:
            with psycopg.connect(**{**login, "dbname": database}) as connection:  # type: ignore[arg-type]  # libpq's own
                row = connection.execute("SELECT has_database_privilege(%s, 'CONNECT')", [url.database]).fetchone()
                return None if row and row[0] else NO_GRANT
        except psycopg.OperationalError as error:
            if error.pgconn is not None and error.pgconn.needs_password:
                return PASSWORD
            if error.pgconn is not None and error.pgconn.used_password:
                refused = WRONG_LOGIN
        except psycopg.Error as error:
            return error.sqlstate
    return refused
