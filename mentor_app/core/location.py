"""Where a store is: the path of a file, or a server's address. Known before anything is opened, and cheap to ask."""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qsl, unquote, urlsplit

_ADDRESS = re.compile(r"\w+(\+\w+)?://")


def is_server(place: str) -> bool:
    """Whether a location is a server's address."""
    return _ADDRESS.match(place) is not None


def shown(place: str) -> str:
    """A location as it may be shown, logged and kept: without its password, wherever that stands."""
    if "://" not in place:
        return place
    hidden = re.sub(r"(://[^:/@?]*):.*@", r"\1:***@", place)
    return re.sub(r"(?i)([?&][a-z]*passw[a-z]*=)[^&]*", r"\1***", hidden)


def server_name(address: str) -> str:
    """What a store on a server is called in short: its database and the host."""
    parts = urlsplit(address)
    said = dict(parse_qsl(parts.query))
    name = unquote(parts.path.strip("/")) or said.get("dbname") or os.environ.get("PGDATABASE", "")
    host = said.get("host") or parts.netloc.rpartition("@")[2] or os.environ.get("PGHOST") or "localhost"
    return " · ".join(filter(None, (name, host)))


def same_for_all(place: str) -> str:
    """What tells stores apart, however a path is written and whatever the password is now; empty stays empty."""
    return shown(place) if is_server(place) or not place else os.path.realpath(os.path.expanduser(place))
