"""What all tests share: a home of their own, stores (SQLite files and a real PostgreSQL server, never mocks), the window,
and how long the property tests search: `pytest tests/faults --minutes=60` searches for about an hour, by chance."""

import datetime as dt
import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.util import LRUCache

from mentor_app.core import log
from mentor_app.core.sample import company
from mentor_app.core.store import Actor, Store
from mentor_app.core.team import open_team
from tests.faults.figures import figures
from tests.idle import wait_until_gone
from tests.server import running_server

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
DATA = Path(__file__).parent / "data"
TODAY = dt.date(2026, 11, 24)
ME = Actor("tester")

_everywhere = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture], "database": None}
settings.register_profile("default", max_examples=20, derandomize=True, **_everywhere)
settings.register_profile("long", max_examples=4000, print_blob=True, **_everywhere)
if settings.get_current_profile_name() in ("default", "ci"):  # the latter is chosen where a variable CI is set
    settings.load_profile("default")
FEW: settings
"""For properties that write a store for each example: a fifth as many, of whatever profile this run has."""


def __getattr__(name: str) -> settings:
    """Asked for where tests are collected, when the profile is loaded; not when this is imported, before it is."""
    if name != "FEW":
        raise AttributeError(name)
    return settings(max_examples=settings().max_examples // 5)


class CompiledStatements(LRUCache[Any, Any]):
    """Statements that SQLAlchemy has compiled, for all engines of one kind of database: each test has an engine of its own, and
    asks its store what the test before has asked another."""

    def get(self, key: Any, default: Any = None) -> Any:
        dialect, *rest = key
        return super().get((type(dialect), *rest), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        dialect, *rest = key
        super().__setitem__((type(dialect), *rest), value)


_compiled = CompiledStatements(3000)


@event.listens_for(Engine, "engine_connect")
def compile_once(connection: Connection) -> None:
    """Once in a process, as in the app, which has one engine: it was a fifth of the time of tests of a store."""
    connection.execution_options(compiled_cache=_compiled)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--minutes", type=float, help="Run the long form of the battery of faults, for about so long.")


@pytest.hookimpl(trylast=True)  # when the profile asked for is loaded
def pytest_configure(config: pytest.Config) -> None:
    """How long this run searches: said before any test is collected."""
    from tests.faults import figures as battery

    wanted = config.getoption("--minutes")
    if wanted is not None:
        battery.minutes = wanted
        examples = max(100, int(4000 * wanted / 60))
        settings.register_profile("long", max_examples=examples, print_blob=True, **_everywhere)
        settings.load_profile("long")


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: it is not looked through again each time something is thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several hands its figures on."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["figures"] = dict(figures)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    figures.update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the battery of faults has tried and what came of it."""
    if figures:
        terminalreporter.section("battery")
        for name in sorted(figures):
            terminalreporter.write_line(f"{figures[name]:>9,}  {name.replace('_', ' ')}")


def run_folder(made: pytest.TempPathFactory) -> Path:
    """What all processes of this run share."""
    return made.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else made.getbasetemp()


@pytest.fixture(scope="session", autouse=True)
def shared_caches(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is dear to make (lists of fonts) is made once a run, beside this machine's own; so are sockets."""
    base, run = tmp_path_factory.getbasetemp(), run_folder(tmp_path_factory)
    for name, folder in (("XDG_CACHE_HOME", run), ("MPLCONFIGDIR", run / "matplotlib"), ("XDG_RUNTIME_DIR", base)):
        os.environ[name] = str(folder)
    for name in [name for name in os.environ if name.startswith(("LC_", "LANG", "MENTOR_APP_"))]:
        del os.environ[name]
    os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has an empty home: no settings, stores or logs of this machine or of another test."""
    home = Path(tempfile.mkdtemp(prefix="home", dir=tmp_path_factory.getbasetemp()))  # pytest would count all there are
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home if name == "HOME" else home / name))
    yield home
    log.debug(False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server started for this run."""
    with running_server() as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """The address of a database of its own on the server, a copy of another one; gone at the end."""
    name = f"t{os.urandom(6).hex()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield str(admin.url.set(database=name).render_as_string(hide_password=False))
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new, empty store can be made, on either database."""
    if request.param == "sqlite":
        yield str(tmp_path / "team.sqlite")
        return
    with new_database(request.getfixturevalue("postgresql")) as address:
        yield address


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, made once; only to be copied, which takes less long than to make one."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite"
    open_team(path).close()
    return path


@pytest.fixture(scope="session")
def empty_database(postgresql: str) -> Iterator[str]:
    """The name of an empty store on the server, made once; only to be copied."""
    with new_database(postgresql) as address:
        open_team(address).close()
        yield str(make_url(address).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on either database."""
    with ExitStack() as held:
        if request.param == "sqlite":
            place = str(shutil.copy(request.getfixturevalue("empty_store"), tmp_path / "team.sqlite"))
        else:
            server, template = (request.getfixturevalue(name) for name in ("postgresql", "empty_database"))
            place = held.enter_context(new_database(server, template))
        opened = open_team(place)
        yield opened
        opened.close()


one_database = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""For a test of a rule that Python keeps, on fixtures that others need on either database."""


@pytest.fixture
def file_store(tmp_path: Path, empty_store: Path) -> Iterator[Store]:
    """An empty store in a file, where the database makes no difference."""
    opened = open_team(shutil.copy(empty_store, tmp_path / "team.sqlite"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def camp_made(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> tuple[Path, Any]:
    """The small company in which an apprentice is in the camp, made once; only to be copied."""
    from tests.core.points.mentoring import Camp

    return _made(Camp, Path(shutil.copy(empty_store, tmp_path_factory.mktemp("camp"))))


@pytest.fixture
def camp(camp_made: tuple[Path, Any], tmp_path: Path) -> Iterator[Any]:
    """The small company in which an apprentice is in the camp (``tests.core.points.mentoring``), in a file."""
    with _copied(*camp_made, tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def office_made(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> tuple[Path, Any]:
    """The small company to pair people in, made once; only to be copied."""
    from tests.core.pairing.office import Office

    return _made(Office, Path(shutil.copy(empty_store, tmp_path_factory.mktemp("office"))))


@pytest.fixture
def office(office_made: tuple[Path, Any], tmp_path: Path) -> Iterator[Any]:
    """The small company to pair people in (``tests.core.pairing.office``), in a file."""
    with _copied(*office_made, tmp_path) as found:
        yield found


def _made(company: Callable[[Store], Any], place: Path) -> tuple[Path, Any]:
    with closing(open_team(place)) as opened:
        made = company(opened)
    made.store = None
    return place, made


@contextmanager
def _copied(place: Path, made: Any, folder: Path) -> Iterator[Any]:
    """A company as it was made, on a copy of its store."""
    found = deepcopy(made)
    with closing(open_team(shutil.copy(place, folder / "team.sqlite"))) as found.store:
        yield found


def settled(_qtbot: Any, window: Any) -> None:
    """Wait until the window has nothing left to read, write or draw."""
    from tests.idle import wait_until_idle

    wait_until_idle(window)


@pytest.fixture
def window(qtbot: Any, qapp: Any, empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The real window in English, on the store ``team.sqlite`` where a test has put one there, else on an empty one."""
    from mentor_app.ui.app import Shell
    from mentor_app.ui.drafts import DraftKeeper
    from mentor_app.ui.settings import Settings

    monkeypatch.setattr(Settings, "path", staticmethod(lambda: tmp_path / "settings.json"))
    monkeypatch.setattr(DraftKeeper, "folder", staticmethod(lambda: tmp_path / "drafts"))
    if not (tmp_path / "team.sqlite").exists():
        shutil.copy(empty_store, tmp_path / "team.sqlite")
    shell = Shell(qapp, str(tmp_path / "team.sqlite"), Settings(language="en", theme="light"), sample=False)
    shell.window.show()
    qtbot.waitExposed(shell.window)
    settled(qtbot, shell.window)
    shell.window.shell = shell
    yield shell.window
    gone(qapp, shell.window)


def gone(qapp: Any, *windows: Any) -> None:
    """Close windows and have them deleted, and what was made for them without a parent: what is left over would be
    dressed anew with each next window."""
    from PySide6.QtCore import QEvent, Qt

    for window in windows:
        if not window.close():  # it waits for the store
            wait_until_gone(window)
    for widget in qapp.topLevelWidgets():
        if widget.windowType() != Qt.WindowType.Popup:  # a completer's list goes with its field, or Qt trips over it
            widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company, made once a run and copied for each process; only to be read or copied."""
    return _filled(tmp_path_factory, "sample")


@pytest.fixture(scope="session")
def small_sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company with a third of its newcomers, where something of everything is wanted and not much of it: what
    reads all of a store takes half as long. Only to be read or copied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "NEWCOMERS", company.NEWCOMERS[:9])
        patch.setattr(company, "SENIORS", company.SENIORS[-13:])
        return _filled(tmp_path_factory, "small")


def _filled(made: pytest.TempPathFactory, name: str) -> Path:
    """A copy for this process of a store filled once a run."""
    path, shared = made.mktemp(name) / "sample.sqlite", run_folder(made) / f"{name}.sqlite"
    with closing(sqlite3.connect(f"{shared}.lock", timeout=120, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")  # whoever comes second waits until it is whole
        if not shared.exists():
            part = shared.with_suffix(".part")
            with closing(open_team(part)) as opened:
                opened.act(ME, company.fill, dt.date.today())
            part.rename(shared)
    shutil.copy(shared, path)
    return path


@pytest.fixture
def sample(sample_store: Path, tmp_path: Path) -> Iterator[Store]:
    """The sample company, to be changed."""
    opened = open_team(shutil.copy(sample_store, tmp_path / "sample.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def pipeline_csv() -> Path:
    """The real CRM export."""
    return DATA / "sales_pipeline.csv"
