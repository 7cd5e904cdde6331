"""The way in: the window, or a verb of the command line."""

import os
import sys

from mentor_app.launch import open_window


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    if getattr(sys, "frozen", False):  # the installed program starts itself again to draw charts on another core
        from multiprocessing import freeze_support

        freeze_support()
    store = os.environ.get("MENTOR_APP_STORE")
    if len(sys.argv) == 1 and (
        store is None or store.strip()
    ):  # the window alone needs no command line, which takes a tenth
        sys.exit(open_window(store, None, False))
    from mentor_app.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
