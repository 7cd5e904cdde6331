"""What the computer says about its user: who it is, which language they speak."""

from __future__ import annotations

import os
from pathlib import Path


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


def own_folders() -> set[Path]:
    """Where the app keeps what is its own on this computer: the usual store, drafts, settings, what it keeps to go on, the log."""
    from platformdirs import user_config_path, user_data_path, user_log_path, user_state_path

    found = (user_data_path, user_config_path, user_state_path, user_log_path)
    return {Path(os.path.realpath(path("mentor-app", appauthor=False))) for path in found}
