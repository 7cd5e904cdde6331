"""Opening the window, or saying plainly why it can't open."""

import os
import sys


def open_window(store: str | None, language: str | None, sample: bool) -> int:
    """Open the window; where that is impossible, say plainly why and what works instead."""
    no_screen = not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and no_screen:
        print(
            "There is no screen here, so the window can't open. Everything but the window works from the command line "
            "(mentor-app --help); with a virtual screen the window opens too (xvfb-run mentor-app).",
            file=sys.stderr,
        )
        return 1
    try:
        from mentor_app.ui.app import run
    except ImportError as error:
        if "PySide6" not in str(error) and ".so" not in str(error):
            raise
        print(
            f"The window needs system libraries that are missing ({error}). On Debian or Ubuntu: "
            "sudo apt-get install qt6-qpa-plugins libxcb-cursor0. The command line works without them: mentor-app --help.",
            file=sys.stderr,
        )
        return 1
    return int(run(store, language, sample))
