"""Passwords of servers, in the keyring of this computer's user: never in an address, a setting, a message or the log."""

from __future__ import annotations

from sqlalchemy import URL

from mentor_app.core.errors import UserError
from mentor_app.core.text import N_

NO_KEYRING = N_(
    "This computer has no keyring that keeps passwords. Install mentor-app[shared], or write the password to ~/.pgpass."
)
_SERVICE = "mentor-app"
_here: dict[str, str] = {}
"""Passwords for as long as this program runs, where there is no keyring."""


def kept(url: URL) -> str | None:
    """The password kept for an address; None where none is."""
    if _account(url) in _here:
        return _here[_account(url)]
    try:
        import keyring
    except ImportError:
        return None
    try:
        return keyring.get_password(_SERVICE, _account(url))
    except Exception:  # whatever a desktop's keyring raises: there is none to be had
        return None


def keep(url: URL, password: str | None) -> None:
    """Keep a password for an address, or (None) forget it. UserError where there is no keyring."""
    _here.pop(_account(url), None)
    try:
        import keyring

        if password is not None:
            keyring.set_password(_SERVICE, _account(url), password)
        elif keyring.get_password(_SERVICE, _account(url)) is not None:
            keyring.delete_password(_SERVICE, _account(url))
    except Exception:  # none is installed, locked, or of a kind that keeps nothing
        raise UserError(NO_KEYRING) from None


def use(url: URL, password: str) -> bool:
    """Keep a password for an address; where there is no keyring, it is used as long as this program runs. Whether it is kept."""
    try:
        keep(url, password)
    except UserError:
        _here[_account(url)] = password
        return False
    return True


def _account(url: URL) -> str:
    """What a password belongs to: login, server, port and database."""
    host = url.host or url.query.get("host") or "localhost"
    return f"{url.username or ''}@{host}:{url.port or url.query.get('port') or 5432}/{url.database or ''}"
