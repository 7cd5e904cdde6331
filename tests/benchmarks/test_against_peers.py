"""Measured against the peers of the quality budgets; ratios are printed, never asserted.

Run: ``python -m pytest tests/benchmarks -m benchmark -s`` (needs the ``sqlite3`` program).
"""

import datetime as dt
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mentor_app.core.pipeline.queries import kept_ramps, ramp
from mentor_app.core.store import Store
from mentor_app.core.team import open_team
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY

pytestmark = pytest.mark.benchmark
ROWS = 1_000_000


def best(work: Callable[[], object], times: int = 5) -> float:
    """Shortest of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million opportunities of a thousand owners."""
    chance, path = random.Random(1), tmp_path_factory.mktemp("big") / "big.csv"
    days = [(dt.date(2021, 1, 1) + dt.timedelta(days=n)).isoformat() for n in range(1800)]
    with path.open("w") as file:
        file.write("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n")
        for n in range(ROWS):
            opened, luck = chance.randrange(1500), chance.random()
            stage = "Won" if luck < 0.5 else "Lost" if luck < 0.8 else "Engaging"
            closed, value = (days[opened + chance.randrange(200)], chance.randrange(9999)) if luck < 0.8 else ("", "")
            owner, account = chance.randrange(1000), chance.randrange(2000)
            file.write(
                f"{chance.getrandbits(40):010X}{n:07d},Owner {owner},GTX,Account {account},{stage},{days[opened]},{closed},{value}\n"
            )
    return path


@pytest.fixture(scope="module")
def full(export: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_team(tmp_path_factory.mktemp("full") / "full.sqlite")
    opportunities.run(store, ME, opportunities.plan(store, export), today=TODAY)
    return store


def test_import_against_sqlite(export: Path, tmp_path: Path) -> None:
    peer = best(
        lambda: subprocess.run(["sqlite3", str(tmp_path / "peer.db"), f".import --csv {export} t"], check=True), 1
    )
    store = open_team(tmp_path / "ours.sqlite")

    def ours() -> None:
        opportunities.run(store, ME, opportunities.plan(store, export), today=TODAY)

    first, again = best(ours, 1), best(ours, 1)
    print(
        f"\nimport of {ROWS:,}: {first:.1f} s, again {again:.1f} s, sqlite3 {peer:.1f} s: {first / peer:.1f} ×, {again / peer:.1f} ×"
    )


def test_company_ramp_against_duckdb(full: Store, export: Path, tmp_path: Path) -> None:
    import duckdb

    peer = duckdb.connect(str(tmp_path / "peer.duckdb"))
    peer.execute(f"CREATE TABLE o AS SELECT * FROM read_csv('{export}', nullstr='')")
    query = """
        WITH h AS (SELECT sales_agent a, min(engage_date) h FROM o GROUP BY 1)
        SELECT a, date_diff('month', h, close_date) - (day(close_date) < least(day(h), day(last_day(close_date))))::int + 1 m,
        count(*) FILTER (deal_stage = 'Won'), count(*) FILTER (deal_stage = 'Lost')
        FROM o JOIN h ON a = sales_agent WHERE deal_stage IN ('Won', 'Lost') GROUP BY 1, 2"""

    def ours() -> None:
        kept_ramps.clear()
        with full.read() as connection:
            ramp(connection, TODAY)

    theirs, mine = best(lambda: peer.execute(query).fetchall()), best(ours)
    print(f"\nramp of a company: {mine:.3f} s, DuckDB {theirs:.3f} s: {mine / theirs:.2f} ×")


def test_start_against_an_empty_window(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    empty = "from PySide6.QtWidgets import *; from PySide6.QtCore import QTimer; a=QApplication([]); w=QMainWindow(); w.show(); QTimer.singleShot(0, a.quit); a.exec()"
    start = f"""
import os, sys
from PySide6.QtCore import QTimer
from mentor_app.ui import app
class Quick(app.MainWindow):
    def __init__(self, *args):
        super().__init__(*args)
        if sys.argv[1] == "paint":
            self.painted.connect(lambda: os._exit(0))
        else:
            self.poll = QTimer(self, interval=5, timeout=lambda: self.pages["home"].people.value.text() != "–" and os._exit(0))
            self.poll.start()
app.MainWindow = Quick
app.run({str(tmp_path / "team.sqlite")!r}, None, False)
"""
    from mentor_app.core.sample.company import fill

    store = open_team(tmp_path / "team.sqlite")
    store.act(ME, fill, TODAY)
    store.close()

    def process(*command: str) -> float:
        return best(lambda: subprocess.run([sys.executable, "-c", *command], check=True, env=environment))

    peer, paint, home = process(empty), process(start, "paint"), process(start, "home")
    print(
        f"\nempty window {peer:.2f} s; first paint {paint:.2f} s: {paint / peer:.1f} ×; home {home:.2f} s: {home / peer:.1f} ×"
    )


def test_exporting_200_charts(full: Store, tmp_path: Path) -> None:
    from mentor_app.charts.ramp import draw_hire
    from mentor_app.charts.style import LIGHT, new_figure
    from mentor_app.core.text import translator
    from mentor_app.transfer.charts import export, hire_chart

    with full.read() as connection:
        company = ramp(connection, TODAY)

    def fresh() -> None:
        for i in range(20):
            figure = new_figure()
            draw_hire(figure, hire_chart(company, i), LIGHT, translator("en"))
            figure.savefig(tmp_path / f"{i}.png", dpi=160)

    peer = best(fresh, 1) * 10
    mine = best(lambda: export(company, range(200), [], tmp_path / "out", ["png"], "en"), 1)
    print(f"\n200 charts: {mine:.1f} s, fresh figures {peer:.1f} s: {mine / peer:.2f} ×")


def test_memory_after_start(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    said = "print(next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1], flush=True)"
    empty = f"from PySide6.QtWidgets import *; from PySide6.QtCore import QTimer; a=QApplication([]); w=QMainWindow(); w.show(); QTimer.singleShot(1500, a.quit); a.exec(); {said}"
    ours = f"""
from PySide6.QtCore import QTimer
from mentor_app.ui import app
class Timed(app.MainWindow):
    def __init__(self, *args):
        super().__init__(*args)
        QTimer.singleShot(1500, self.close)
app.MainWindow = Timed
app.run({str(tmp_path / "team.sqlite")!r}, None, False)
{said}
"""
    from mentor_app.core.sample.company import fill

    store = open_team(tmp_path / "team.sqlite")
    store.act(ME, fill, TODAY)
    store.close()

    def kib(script: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", script], check=True, env=environment, capture_output=True, text=True
        )
        return int(done.stdout.split()[-1])

    peer, mine = kib(empty), kib(ours)
    print(f"\nmemory: empty window {peer / 1024:.0f} MiB, ours {mine / 1024:.0f} MiB: {mine / peer:.2f} ×")


def test_pages_on_more_data(
    full: Store, export: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page, and one hire's ramp-up, on the million against the first hundredth and tenth of it."""
    from PySide6.QtWidgets import QApplication

    from mentor_app.ui.app import Shell
    from mentor_app.ui.main_window import MainWindow
    from mentor_app.ui.navigation import Place
    from mentor_app.ui.registry import PAGES
    from mentor_app.ui.settings import Settings

    monkeypatch.setattr(Settings, "path", staticmethod(lambda: tmp_path / "settings.json"))
    lines = export.read_text().splitlines(keepends=True)
    places = {1_000_000: full.location}
    for rows in (10_000, 100_000):
        kept = [line for line in lines[1:] if int(line.split(",")[1].split()[1]) < rows // 1000]
        (tmp_path / "part.csv").write_text(lines[0] + "".join(kept))
        store = open_team(tmp_path / f"{rows}.sqlite")
        opportunities.run(store, ME, opportunities.plan(store, tmp_path / "part.csv"), today=TODAY)
        store.close()
        places[rows] = store.location
    times: dict[tuple[int, str], float] = {}
    app = QApplication.instance()
    for rows, place in places.items():
        shell = Shell(app, place, Settings(language="en", theme="light"), False)  # type: ignore[arg-type]
        shell.window.show()

        def opened(key: str, window: MainWindow = shell.window) -> None:
            while window.tasks.busy():
                qtbot.wait(1)
            window._seen.pop(key, None)
            if key == "pipeline" and key in window.pages:
                window.pages[key].model.set_ids([])  # type: ignore[attr-defined]
            window.go(Place(key))
            qtbot.wait(1)
            if key == "pipeline":  # open once its first rows stand; the rest of the ids follow
                while not window.pages[key].model.rowCount() or "…" in window.pages[key].model.index(0, 0).data():  # type: ignore[attr-defined]
                    qtbot.wait(1)
                return
            while window.tasks.busy() or (key == "ramp" and not window.pages["ramp"].chart.drawn()):  # type: ignore[attr-defined]
                qtbot.wait(1)

        for spec in PAGES:
            opened(spec.room)
            times[rows, spec.room] = best(partial(opened, spec.room), 3)
        shell.window.close()
    for spec in PAGES:
        a, b, c = (times[rows, spec.room] for rows in (10_000, 100_000, 1_000_000))
        print(
            f"\n{spec.room}: {a * 1000:.0f}, {b * 1000:.0f}, {c * 1000:.0f} ms for 10 k, 100 k, 1 M: {c / b:.1f} × on 10 ×, {c / a:.1f} × on 100 ×"
        )


def test_assigning_2000_hires_to_800_mentors() -> None:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    from mentor_app.core.matching.assign import assign

    chance = np.random.default_rng(3)
    scores, capacity = chance.uniform(0, 10, (2000, 800)), chance.integers(1, 5, 800)
    allowed = chance.random((2000, 800)) < 0.95
    matrix = np.repeat(np.where(allowed, scores, -1e5), capacity, axis=1)
    theirs = best(lambda: linear_sum_assignment(matrix, maximize=True), 3)
    mine = best(lambda: assign(scores, allowed, capacity), 3)
    print(f"\n2,000 hires to 800 mentors: {mine:.2f} s, the bare solver {theirs:.2f} s: {mine / theirs:.2f} ×")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
def test_search_over_100_000_entries(store: Store) -> None:
    from sqlalchemy import insert
    from sqlalchemy import text as sql

    from mentor_app.core.people.actions import PersonDetails, add_person
    from mentor_app.core.playbooks import actions
    from mentor_app.core.playbooks.queries import find
    from mentor_app.core.playbooks.tables import playbook_answer, playbook_version
    from mentor_app.core.store import Actor, search

    chance = random.Random(1)
    chinese = "价格竞品预算时间信任供应商交期质量服务合同付款试点领导决策数据安全系统成本风险案例客户方案需求竞争优势"
    english = [
        "price",
        "budget",
        "vendor",
        "timing",
        "trust",
        "quality",
        "delivery",
        "contract",
        "pilot",
        "decision",
        "data",
        "security",
        "cost",
        "risk",
        "case",
        "need",
    ]
    mo = store.act(ME, add_person, PersonDetails(name="Mo")).result
    book = store.act(Actor("Mo", mo), actions.begin, "objections", "Q&A").result
    with store.engine.begin() as connection:
        stored = {"playbook_id": book, "number": 1, "content": '{"title": "t", "parts": []}', "by_id": mo}
        connection.execute(insert(playbook_version).values(at=dt.datetime.now(dt.UTC), **stored))
        for at in range(1, 100_001, 5000):
            rows = []
            for i in range(at, at + 5000):
                glue, words = ("", chinese) if i % 2 else (" ", english)
                title, body = (glue.join(chance.choice(words) for _ in range(n)) for n in (12, 60))
                rows.append(
                    {"id": i, "playbook_id": book, "version_id": 1, "position": i, "title": title, "body": body}
                )
            connection.execute(insert(playbook_answer), rows)
            search.put(connection, [(row["id"], row["title"], row["body"]) for row in rows])
    bare = {
        "sqlite": "SELECT rowid, bm25(answer_search) AS s FROM answer_search WHERE answer_search MATCH :q ORDER BY s LIMIT 50",
        "postgresql": "SELECT id, ts_rank_cd(words, q) AS s FROM answer_search, to_tsquery('simple', :q) q WHERE words @@ q "
        "ORDER BY s DESC LIMIT 50",
    }[store.engine.dialect.name]
    with store.read() as connection:
        for words in ("价格", "price", "pri", "price budget", "预算 付款"):
            query = search._all(connection, search.runs(words))
            theirs = best(partial(lambda q: connection.execute(sql(bare), {"q": q}).all(), query))
            mine = best(partial(find, connection, words, TODAY, 50))
            ratio = f"{mine * 1000:.0f} ms, bare {theirs * 1000:.0f} ms: {mine / theirs:.2f} ×"
            print(f"\n{store.engine.dialect.name} {words}: {ratio}")
