"""What the computer says about its user: who it is, which language they speak."""

from __future__ import annotations

import os


def user_name() -> str:
    """The computer's user; "unknown" where even that can't be told."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def system_language() -> str:
    """zh_CN where the environment is Chinese, else en."""
    words = (os.environ.get(name, "") for name in ("MENTOR_APP_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh_CN" if next((w for w in words if w), "").startswith("zh") else "en"
