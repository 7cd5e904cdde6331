"""Opening the window, or saying plainly why it can't open and what works instead.

Run as a program it answers `.ci/start` before anything is installed, so nothing but the
standard library is imported here, and the words for people only when something is to be said.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mentor_app.core.text import Translator


def open_window(store: str | None, language: str | None, sample: bool) -> int:
    """Open the window and return its exit code; where it can't open, say why on stderr and return 1."""
    obstacle = _obstacle(language) if sys.platform.startswith("linux") else ""
    if not obstacle:
        try:
            from mentor_app.ui.app import run
        except ImportError as error:
            if not _of_qt(error):
                raise
            obstacle = _lacking(language, _platforms(), str(error))
        else:
            return int(run(store, language, sample))
    print(obstacle, file=sys.stderr)
    return 1


def _of_qt(error: ImportError) -> bool:
    """Whether Qt is lacking, or a library that one of its modules needs; anything else is a bug of ours."""
    return any(part in f"{error.name} {error.path}" for part in ("PySide6", "shiboken6"))


def command() -> str:
    """What this user types to start the app: from a checkout, installed on the PATH or not, or through Python."""
    given = os.environ.get("MENTOR_APP_COMMAND")  # .ci/start says how it was called
    if given:
        return given
    if os.path.basename(sys.argv[0]) == "__main__.py":
        return f"{_typed(sys.executable)} -m mentor_app"
    return _typed(sys.argv[0])


def missing_libraries(platforms: list[str]) -> dict[str, str]:
    """Libraries that can't be loaded here and the Debian packages that bring them, for these ways to a screen."""
    import ctypes

    from mentor_app.core.resources import resource

    lacking = {}
    for line in resource("system_libraries.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        library, package, *only = line.split()
        if only and only[0] not in platforms:
            continue
        try:
            ctypes.CDLL(library)
        except OSError:
            lacking[library] = package
    return lacking


def main() -> int:
    """Answer `.ci/start`: print the Debian packages the window lacks; 1 and a sentence where none would help."""
    answering = [platform for platform in _platforms() if _answers(platform)]
    if not answering:
        print(_no_screen(None), file=sys.stderr)
        return 1
    missing = missing_libraries(answering[:1])
    if missing and not _on_debian():
        print(_lacking(None, answering[:1], ""), file=sys.stderr)
        return 1
    print(*dict.fromkeys(missing.values()))
    return 0


def _obstacle(language: str | None) -> str:
    """Why Qt could not open a window here and would abort; empty where nothing stands in its way."""
    answering = [platform for platform in _platforms() if _answers(platform)]
    if not answering:
        return _no_screen(language)
    reasons = [_reason_not_to_load(platform) for platform in answering]
    return "" if "" in reasons else _lacking(language, answering[:1], reasons[0])


def _platforms() -> list[str]:
    """The ways to a screen that Qt tries, in its order: those asked for, else what the session offers."""
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    if asked:
        names = [one.partition(":")[0] for one in asked.split(";")]
        return ["wayland" if name.startswith("wayland") else name for name in names]
    wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    return [*(["wayland"] if wayland else []), *(["xcb"] if os.environ.get("DISPLAY") else [])]


def _answers(platform: str) -> bool:
    """Whether the screen can be reached: asked as Qt asks, through the same small C library."""
    if platform not in ("xcb", "wayland"):
        return True  # offscreen, vnc and the like ask nobody
    import ctypes

    # A connection made here stays open: some servers start anew when their only client leaves.
    try:
        if platform == "wayland":
            connect = ctypes.CDLL("libwayland-client.so.0").wl_display_connect
            connect.restype = ctypes.c_void_p
            return connect(None) is not None
        xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = ctypes.c_void_p
        return not xcb.xcb_connection_has_error(ctypes.c_void_p(xcb.xcb_connect(None, None)))
    except OSError:  # the library is not there yet: at least somebody has to listen
        addresses = _addresses(platform)
        return not addresses or any(_listens(address) for address in addresses)


def _addresses(platform: str) -> list[str | tuple[str, int]]:
    """Where the screen's server would listen: paths of sockets (abstract ones with a NUL), or a host and a port; empty if unknown."""
    if platform == "wayland":
        return [os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("WAYLAND_DISPLAY") or "wayland-0")]
    host, _, screen = os.environ.get("DISPLAY", "").rpartition(":")
    number = screen.partition(".")[0]
    if not number.isdigit():
        return []
    if host in ("", "unix"):
        return [f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"]
    return [(host.rpartition("/")[2].strip("[]"), 6000 + int(number))]


def _listens(address: str | tuple[str, int]) -> bool:
    import socket

    try:
        if isinstance(address, tuple):
            socket.create_connection(address, timeout=5).close()
        else:
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(address)
    except OSError:
        return False
    return True


def _reason_not_to_load(platform: str) -> str:
    """What the dynamic loader says against Qt's plugin for this platform; empty where it loads, as it will again."""
    import ctypes

    try:
        import PySide6
    except ImportError as error:
        return str(error)
    plugin = os.path.join(PySide6.__path__[0], "Qt", "plugins", "platforms", f"libq{platform}.so")
    try:
        if os.path.exists(plugin):
            ctypes.CDLL(plugin)
    except OSError as error:
        return str(error)
    return ""


def _no_screen(language: str | None) -> str:
    """No screen, or none that answers; and what works all the same, in words this user can type."""
    tr, typed = _translator(language), command()
    named = " ".join(f"{name}={os.environ[name]}" for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name))
    if named:
        why = tr("The screen {screen} does not answer or does not let you in, so the window can't open.", screen=named)
    else:
        why = tr("There is no screen here, so the window can't open.")
    virtual = tr("On a virtual screen (package xvfb) it opens: {command}", command=f"xvfb-run {typed}")
    return "\n".join([why, _instead(tr, typed), virtual])


def _instead(tr: Translator, typed: str) -> str:
    return tr(
        "Everything but the window works all the same: {example} (every command: {help})",
        example=f"{typed} people --json", help=f"{typed} --help",
    )  # fmt: skip


def _lacking(language: str | None, platforms: list[str], reason: str) -> str:
    """Which libraries are missing and how to get them; ``reason`` where none of the known ones is."""
    tr, missing = _translator(language), missing_libraries(platforms) if sys.platform.startswith("linux") else {}
    if missing and _on_debian():
        packages = " ".join(dict.fromkeys(missing.values()))
        line = f"apt-get update && apt-get install -y --no-install-recommends {packages}"
        why = tr("The window needs libraries that are missing here. As root, this line installs them:") + "\n" + line
    elif missing:
        why = tr("The window needs libraries that are missing here. Install what brings them:")
        why += " " + ", ".join(missing)
    else:
        why = tr("The window can't open: {reason}", reason=reason)
    return why + "\n" + _instead(tr, command())


def _translator(language: str | None) -> Translator:
    from mentor_app.core.environment import system_language
    from mentor_app.core.text import translator

    return translator(language or system_language())


def _on_debian() -> bool:
    import shutil

    return shutil.which("apt-get") is not None


def _typed(program: str) -> str:
    """A program as it has to be typed here: by its name where that finds it, else by its path."""
    import shlex
    import shutil

    name = os.path.basename(program)
    found = shutil.which(name)
    return name if found and os.path.abspath(found) == os.path.abspath(program) else shlex.quote(program)


if __name__ == "__main__":
    sys.exit(main())
