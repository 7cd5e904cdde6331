"""Opening the window where it can't be opened: a sentence and exit 1 instead of Qt's abort, in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mentor_app import launch
from mentor_app.core.resources import resource

ROOT = Path(__file__).parent.parent
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m mentor_app` without a screen unless one is given."""
    plain = {name: value for name, value in os.environ.items() if name not in SCREENS}
    return subprocess.run(
        [sys.executable, "-m", "mentor_app", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**plain, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **environment},
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
class TestScreens:
    def test_no_screen(self) -> None:
        done = run(MENTOR_APP_COMMAND="sh .ci/start")
        assert done.returncode == 1
        assert done.stderr.startswith("There is no screen here")
        assert "sh .ci/start people --json" in done.stderr
        assert "xvfb-run sh .ci/start" in done.stderr

    @pytest.mark.parametrize(
        "screen",
        [
            {"DISPLAY": ":987"},
            {"DISPLAY": "localhost:987.0"},
            {"WAYLAND_DISPLAY": "wayland-987", "XDG_RUNTIME_DIR": "/nowhere"},
            {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":987"},
        ],
    )
    def test_a_screen_that_does_not_answer(self, screen: dict[str, str]) -> None:
        done = run(**screen)
        assert done.returncode == 1, done.stderr
        assert "does not answer" in done.stderr

    def test_in_chinese_by_the_environment_and_by_the_option(self) -> None:
        assert run(LC_ALL="", LC_CTYPE="C.UTF-8", LC_MESSAGES="zh_CN.UTF-8").stderr.startswith(
            "这里没有屏幕，窗口无法打开。"
        )
        done = run("--lang", "zh_CN", DISPLAY=":987")
        assert (done.returncode, done.stderr.splitlines()[0]) == (
            1,
            "屏幕 DISPLAY=:987 没有响应或不允许您连接，窗口无法打开。",
        )

    def test_before_the_screens_own_library_is_there_a_listener_is_looked_for(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        import ctypes
        import socket

        def nothing(name: str) -> None:
            raise OSError(name)

        monkeypatch.setattr(ctypes, "CDLL", nothing)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setenv("WAYLAND_DISPLAY", "here")
        monkeypatch.setenv("DISPLAY", "localhost:987")
        assert not launch._answers("wayland")
        assert not launch._answers("xcb")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "here"))
            server.listen()
            assert launch._answers("wayland")
        monkeypatch.setenv("DISPLAY", "what only Qt understands")
        assert launch._answers("xcb")


class TestLibraries:
    @pytest.fixture(autouse=True)
    def lacking(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine with a screen but without two of the libraries."""
        import ctypes

        real = ctypes.CDLL

        def load(name: str) -> object:
            if name in ("libGL.so.1", "libxcb-cursor.so.0") or "platforms" in name:
                raise OSError(f"{name}: cannot open shared object file: No such file or directory")
            return real(None)

        monkeypatch.setattr(ctypes, "CDLL", load)
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        monkeypatch.setenv("MENTOR_APP_COMMAND", "mentor-app")
        monkeypatch.setattr(launch, "_answers", lambda platform: True)

    def test_on_debian_a_line_to_paste_names_what_cures(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(launch, "_on_debian", lambda: True)
        assert launch.open_window(None, "en", False) == 1
        said = capsys.readouterr().err
        assert "\napt-get update && apt-get install -y --no-install-recommends libgl1 libxcb-cursor0\n" in said
        assert "mentor-app people --json" in said
        launch.open_window(None, "zh_CN", False)
        assert capsys.readouterr().err.startswith("这里缺少窗口所需的系统库")

    def test_elsewhere_the_libraries_are_named(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(launch, "_on_debian", lambda: False)
        assert launch.open_window(None, "en", False) == 1
        said = capsys.readouterr().err
        assert "libGL.so.1, libxcb-cursor.so.0" in said
        assert "apt-get" not in said

    def test_set_up_is_told_the_packages(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(launch, "_on_debian", lambda: True)
        assert launch.main() == 0
        assert capsys.readouterr().out == "libgl1 libxcb-cursor0\n"
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
        assert launch.main() == 0
        assert capsys.readouterr().out == "libgl1\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the libraries of Linux")
@pytest.mark.parametrize("plugin", ["libqxcb.so", "libqwayland.so", "libqoffscreen.so"])
def test_every_library_that_qt_names_is_on_the_list(plugin: str) -> None:
    import PySide6

    qt = Path(PySide6.__path__[0]) / "Qt"
    listed = set(re.findall(r"^lib\S+", resource("system_libraries.txt").read_text(encoding="utf-8"), re.MULTILINE))
    base = {f"lib{name}" for name in ("stdc++.so.6", "m.so.6", "gcc_s.so.1", "c.so.6", "pthread.so.0", "dl.so.2")}
    needed = _needed(qt / "plugins" / "platforms" / plugin, qt / "lib")
    assert {"libGL.so.1", "libfontconfig.so.1"} <= needed - base
    assert needed - base <= listed


def _needed(file: Path, folder: Path) -> set[str]:
    """Libraries a file names beyond those in ``folder``, and what these name in their turn."""
    waiting, seen, outside = [file], {file}, set()
    while waiting:
        for match in re.findall(rb"\0(lib[\w.+-]+\.so\.\d+)(?=\0)", waiting.pop().read_bytes()):
            inside = folder / match.decode()
            if not inside.exists():
                outside.add(match.decode())
            elif inside not in seen:
                seen.add(inside)
                waiting.append(inside)
    return outside


class TestCommand:
    """What the messages tell a user to type."""

    @pytest.fixture(autouse=True)
    def plain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("MENTOR_APP_COMMAND", raising=False)

    def test_as_set_up_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MENTOR_APP_COMMAND", "sh .ci/start")
        assert launch.command() == "sh .ci/start"

    def test_by_name_only_where_that_finds_it(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        program = tmp_path / "my folder" / "mentor-app"
        program.parent.mkdir()
        program.touch(mode=0o755)
        monkeypatch.setattr(sys, "argv", [str(program)])
        monkeypatch.setenv("PATH", "/usr/bin")
        assert launch.command() == f"'{program}'"
        monkeypatch.setenv("PATH", str(program.parent))
        assert launch.command() == "mentor-app"

    def test_through_python(self) -> None:
        said = run("nonsense")
        assert said.returncode == 2
        assert "-m mentor_app" in said.stderr


def test_version_is_said_without_a_screen() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "mentor-app")


def test_no_verb_needs_qt(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['PySide6'] = None\nsys.modules['shiboken6'] = None\n", encoding="utf-8"
    )
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    store = ("--store", str(tmp_path / "team.sqlite"))
    for arguments in (["--help"], ["--version"], [*store, "sample"], [*store, "people", "--json"], [*store, "check"],
                      [*store, "export", "charts", "--all", "--out", str(tmp_path / "charts"), "--format", "csv"]):  # fmt: skip
        done = run(*arguments, **environment)
        assert done.returncode == 0, (arguments, done.stderr)
    refused = run(*store, **environment, QT_QPA_PLATFORM="offscreen")
    assert refused.returncode == 1
    assert refused.stderr.startswith("The window can't open: ")


def test_the_window_imports_no_words_before_it_opens() -> None:
    look = (
        "import sys\nfrom mentor_app import launch\nassert not launch._obstacle(None)\n"
        "print(*(n for n in ('click', 'mentor_app.core.text', 'socket') if n in sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("error", "of_qt"),
    [
        (ImportError("No module named 'PySide6'", name="PySide6"), True),
        (ImportError("libGL.so.1: cannot open", name="PySide6.QtWidgets", path="/x/PySide6/QtWidgets.abi3.so"), True),
        (ImportError("libx.so", name=None, path="/x/shiboken6/Shiboken.abi3.so"), True),
        (ImportError("cannot import name 'PySide6_thing.so'", name="mentor_app.ui.app", path="/x/app.py"), False),
    ],
)
def test_only_what_qt_lacks_is_told_as_such(error: ImportError, of_qt: bool) -> None:
    assert launch._of_qt(error) is of_qt
