"""Set-up (.ci/start) on made-up machines: what it asks for, what it leaves alone, and what it tells whom."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mentor_app.cli import cli

ROOT = Path(__file__).parent.parent
LINE = "apt-get update && apt-get install -y --no-install-recommends "
TOOLS = ("sh", "dirname", "cat", "cksum", "tr", "head", "sed", "uniq", "touch", "rm", "env", "mkdir", "chmod")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="set-up is for Debian and its kin")

# A Python that makes environments, in which `pip` installs nothing but the program's start script.
PYTHON = f"""#!/bin/sh
case "$*" in
    "-c import venv, ensurepip") test -e "$MACHINE/has-venv" ;;
    "-m venv "*)
        mkdir -p "$3/bin" "$3/lib/python3.11"
        cat > "$3/bin/python" <<'END'
#!/bin/sh
case "$1" in
    -V) echo Python 3.11.2 ;;
    -m) bin=$(dirname "$0")
        printf '%s\\n' "#!/bin/sh" "'''exec' \\"$0\\" \\"\\$0\\" \\"\\$@\\"" "' '''" > "$bin/mentor-app"
        chmod +x "$bin/mentor-app" ;;
    -B) exec "{sys.executable}" "$@" ;;
    *) shift; echo "${{LC_ALL-unset}} $LC_CTYPE $LANG" > "$MACHINE/language"; echo "started: $*" ;;
esac
END
        chmod +x "$3/bin/python" ;;
    *) exec "{sys.executable}" "$@" ;;
esac
"""
APT = """#!/bin/sh
echo "$*" >> "$MACHINE/apt.log"
case "$*" in *python3-venv*) touch "$MACHINE/has-venv" ;; esac
case "$*" in *install*nowhere*) sed -i /nowhere/d "$CHECKOUT/resources/system_libraries.txt" ;; esac
"""


class Machine:
    """A folder of programs for the PATH, and a checkout of what set-up reads."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.checkout, self.bin = folder, folder / "my app 应用", folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or "")
        self.program("python3", PYTHON)
        self.program("apt-get", APT)
        self.user(1000)
        (folder / "has-venv").touch()
        for name in (".ci/start", ".ci/constraints.txt", "pyproject.toml", "mentor_app/__init__.py",
                     "mentor_app/launch.py", *(f"mentor_app/core/{n}.py" for n in ("__init__", "environment", "resources", "text")),
                     "resources/system_libraries.txt", "resources/translations/zh_CN/LC_MESSAGES/mentor_app.mo"):  # fmt: skip
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.checkout / name)
        self.libraries("")

    def libraries(self, text: str) -> None:
        """What a window needs here."""
        (self.checkout / "resources/system_libraries.txt").write_text(f"# library, package\n{text}", encoding="utf-8")

    def program(self, name: str, text: str) -> None:
        """Put a program on the PATH."""
        (self.bin / name).write_text(text, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def user(self, number: int) -> None:
        """Who is at work; 0 is root."""
        self.program("id", f"#!/bin/sh\necho {number}\n")

    def start(self, *arguments: str, code: int = 0, **environment: str) -> tuple[str, str]:
        """Run set-up from inside the checkout: what it prints, and what it says."""
        done = subprocess.run(
            ["sh", ".ci/start", *arguments],
            cwd=self.checkout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": str(self.bin), "LANG": "C.UTF-8", "MACHINE": str(self.folder), "CHECKOUT": str(self.checkout),
                **environment,
            },
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout.strip(), done.stderr

    def installed(self) -> list[str]:
        """What was asked of apt-get."""
        log = self.folder / "apt.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("verb", [["people", "--json"], ["--help"], ["--version"], ["--store", "x.sqlite", "check"]])
def test_a_verb_needs_no_library_and_no_rights(machine: Machine, verb: list[str]) -> None:
    machine.libraries("libnowhere.so.1 libnowhere1\n")
    out, said = machine.start(*verb)
    assert out == f"started: {' '.join(verb)}"
    assert "Setting up Python packages" in said
    assert machine.installed() == []
    assert machine.start(*verb) == (out, "")


def test_without_rights_the_whole_line_to_paste_is_shown_once(machine: Machine) -> None:
    (machine.folder / "has-venv").unlink()
    machine.libraries("libc.so.6 libc6\nlibnowhere.so.1 libnowhere1\nlibwayland-nowhere.so.1 libnowhere2 wayland\n")
    _, said = machine.start("people", code=1)
    assert said.splitlines()[1:] == [LINE + "python3-venv"]
    _, said = machine.start(code=1, QT_QPA_PLATFORM="offscreen")
    assert said.splitlines()[1:] == [LINE + "python3-venv libnowhere1"]
    assert not (machine.checkout / ".venv").exists()
    assert machine.installed() == []


def test_without_python_too(machine: Machine) -> None:
    (machine.bin / "python3").unlink()
    machine.libraries("liba.so.1 liba1\nlibb.so.1 liba1\nlibx.so.1 libx1 xcb\nlibw.so.1 libw1 wayland\n")
    assert machine.start(code=1)[1].splitlines()[1:] == [LINE + "python3-venv"]
    assert machine.start(code=1, DISPLAY=":0")[1].splitlines()[1:] == [LINE + "python3-venv liba1 libx1"]
    assert machine.start(code=1, WAYLAND_DISPLAY="w")[1].splitlines()[1:] == [LINE + "python3-venv liba1 libw1"]


def test_root_gets_what_is_missing_and_the_window(machine: Machine) -> None:
    machine.user(0)
    (machine.folder / "has-venv").unlink()
    machine.libraries("libnowhere.so.1 libnowhere1\n")
    out, _ = machine.start("--sample", QT_QPA_PLATFORM="offscreen")
    assert out == "started: --sample"
    assert machine.installed()[1].endswith(" python3-venv libnowhere1")
    assert len(machine.installed()) == 2


def test_sudo_is_used_where_it_asks_nothing(machine: Machine) -> None:
    machine.libraries("libnowhere.so.1 libnowhere1\n")
    machine.program("sudo", "#!/bin/sh\nexit 1\n")
    assert machine.start(code=1, QT_QPA_PLATFORM="offscreen")[1].splitlines()[1:] == [LINE + "libnowhere1"]
    machine.program("sudo", '#!/bin/sh\n[ "$1" = -n ] || exec "$@"\n')
    assert machine.start(QT_QPA_PLATFORM="offscreen")[0].startswith("started:")
    assert machine.installed()[-1].endswith(" libnowhere1")


def test_no_screen_is_said_before_anything_is_set_up(machine: Machine) -> None:
    machine.user(0)
    machine.libraries("libnowhere.so.1 libnowhere1\n")
    for screen, words in (({}, "There is no screen here"), ({"DISPLAY": ":987"}, "The screen DISPLAY=:987")):
        _, said = machine.start(code=1, **screen)
        assert said.startswith(words)
        assert "sh .ci/start people --json" in said
    assert "没有屏幕" in machine.start("--lang", "zh_CN", code=1)[1]
    assert machine.installed() == []
    assert not (machine.checkout / ".venv").exists()


def test_where_there_is_no_apt_the_library_is_named(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    machine.libraries("libnowhere.so.1 libnowhere1\n")
    _, said = machine.start(code=1, QT_QPA_PLATFORM="offscreen")
    assert "libnowhere.so.1" in said
    assert "apt" not in said
    (machine.folder / "has-venv").unlink()
    assert "Python 3.11" in machine.start("people", code=1)[1]


@pytest.mark.parametrize("what", ["moved", "without its Python", "with another Python"])
def test_a_folder_that_can_not_run_any_more_is_set_up_again(machine: Machine, what: str) -> None:
    machine.start("people")
    environment = machine.checkout / ".venv"
    if what == "moved":
        machine.checkout = machine.checkout.rename(machine.folder / "elsewhere 别处")
        environment = machine.checkout / ".venv"
    elif what == "without its Python":
        (environment / "bin/python").unlink()
    else:
        (environment / "lib/python3.11").rename(environment / "lib/python3.10")
    out, said = machine.start("people")
    assert out == "started: people"
    assert "setting it up again" in said
    assert str(environment) in (environment / "bin/mentor-app").read_text(encoding="utf-8")
    assert machine.start("people") == (out, "")


def test_an_environment_linked_from_elsewhere_is_used_and_never_removed(machine: Machine) -> None:
    machine.start("people")
    first = machine.checkout
    second = machine.folder / "second"
    shutil.copytree(first, second, ignore=shutil.ignore_patterns(".venv"))
    (second / ".venv").symlink_to(first / ".venv")
    machine.checkout = second
    assert machine.start("people") == ("started: people", "")
    (first / ".venv/bin/mentor-app").write_text("#!/another/place/.venv/bin/python\n", encoding="utf-8")
    machine.start("people")
    assert (first / ".venv/bin/python").exists()
    assert not (second / ".venv").is_symlink()


def test_it_speaks_chinese(machine: Machine) -> None:
    (machine.folder / "has-venv").unlink()
    for chosen in ([], ["--lang", "zh_CN"]):
        _, said = machine.start(*chosen, "people", code=1, LANG="C.UTF-8" if chosen else "zh_CN.UTF-8")
        assert said.startswith("缺少系统软件包")


@pytest.mark.parametrize("given", [{"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, {"LANG": "zh_CN.UTF-8"}])
def test_a_language_the_system_lacks_stays_and_characters_are_utf_8(machine: Machine, given: dict[str, str]) -> None:
    """Else Python would read the path of its own environment as ASCII, and end before a line of ours."""
    machine.program("locale", "#!/bin/sh\necho ANSI_X3.4-1968\n")
    assert machine.start("people", **given)[0] == "started: people"
    assert (machine.folder / "language").read_text().strip() == "unset C.UTF-8 zh_CN.UTF-8"


def test_a_language_the_system_has_is_left_alone(machine: Machine) -> None:
    machine.program("locale", "#!/bin/sh\necho UTF-8\n")
    machine.start("people", LC_ALL="C.UTF-8", LANG="zh_CN.UTF-8")
    assert (machine.folder / "language").read_text().split() == ["C.UTF-8", "zh_CN.UTF-8"]


def test_for_the_tests_no_screen_is_wanted(machine: Machine) -> None:
    machine.libraries("libc.so.6 libc6\n")
    machine.start("--test")
    assert [one.name[:6] for one in (machine.checkout / ".venv").glob(".*")] == [".test-"]
    assert machine.start("people") == ("started: people", "")


def test_it_knows_the_options_that_open_a_window() -> None:
    script = (ROOT / ".ci/start").read_text(encoding="utf-8")
    named = set(re.findall(r"--[a-z]+(?==?\*?[ |)])", script.split("look_at() {")[1].split("esac")[0]))
    options = [option for option in cli.params if isinstance(option, click.Option)]
    opening = {name for option in options for name in option.opts if not option.is_eager}
    assert named == opening | {"--test"}
