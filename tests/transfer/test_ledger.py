"""The ledger's end in writing, and a store held against it later: it goes on from there, or it does not."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import people
from mentor_app.core.people.roles import Role
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.merging import merge
from mentor_app.core.personal.queries import hindrance
from mentor_app.core.points.ledger import FIELDS, head
from mentor_app.core.points.queries import entries
from mentor_app.core.points.rules import GENESIS, chained
from mentor_app.core.team import open_team
from mentor_app.transfer.ledger import read_ledger
from tests.cli.command import ask, run
from tests.conftest import ME
from tests.tampering import unprotected


@pytest.fixture
def place(sample_store: Path, tmp_path: Path) -> Path:
    """A copy of the sample company to change."""
    copy = tmp_path / "s.sqlite"
    copy.write_bytes(sample_store.read_bytes())
    return copy


def _later(place: Path) -> None:
    """The store goes on: a request for a reward is approved."""
    asked = ask(place, "points", "redemptions")["redemptions"]
    waiting = next(r["id"] for r in asked if r["state"] == "requested")
    run(place, "--as", "郑培", "points", "approve", str(waiting))


def _rewritten(place: Path) -> None:
    """Somebody who knows how gives themselves points, computes the chain anew and writes the history to fit."""
    with unprotected(place) as raw:
        raw.row_factory = sqlite3.Row
        raw.execute("UPDATE point_entry SET note = 'x' WHERE id = 9")
        before = GENESIS
        for row in raw.execute("SELECT * FROM point_entry ORDER BY id").fetchall():
            values = dict(row)
            for name, read in (("occurred_on", dt.date.fromisoformat), ("at", dt.datetime.fromisoformat)):
                values[name] = read(values[name])
            before = chained(before, [values[name] for name in FIELDS])
            raw.execute("UPDATE point_entry SET hash = ? WHERE id = ?", (before, row["id"]))
            raw.execute(
                "UPDATE change SET after = json_set(after, '$.hash', ?, '$.note', ?) WHERE table_name = 'point_entry' "
                "AND row_id = ?",
                (before, values["note"], row["id"]),
            )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_store_goes_on_from_the_ledger_exported_before(place: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"ledger.{ending}"
    run(place, "--lang", "zh_CN", "points", "export", "--out", str(out))
    told = ask(place, "points")["ledger"]
    printed = read_ledger(out)
    assert len(printed.entries) == told["entries"]
    assert printed.heads == {told["entries"]: told["head"]}
    assert all(line.points is not None and line.balance is not None and line.day for line in printed.entries.values())
    _later(place)
    proof = ask(place, "points", "verify", "--against", str(out))
    assert proof["against"] == {"ok": True, "entries": told["entries"], "since": 1, "first_other": None, "reason": None}
    assert "1 since" in run(place, "points", "verify", "--against", told["head"])
    _rewritten(place)
    assert ask(place, "points", "verify")["ok"]  # in itself it fits
    assert "entry 9 is another" in run(place, "points", "verify", "--against", str(out), code=1)
    assert "No entry of this store has that hash" in run(place, "points", "verify", "--against", told["head"], code=1)


def test_an_entry_gone_from_the_end_is_missed(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "ledger.csv"
    run(place, "points", "export", "--out", str(out))
    with unprotected(place) as raw:
        last = raw.execute("SELECT max(id) FROM point_entry").fetchone()[0]
        raw.execute("DELETE FROM point_entry WHERE id = ?", (last,))
        raw.execute("DELETE FROM change WHERE table_name = 'point_entry' AND row_id = ?", (last,))
    assert f"entry {last} is another or gone" in run(place, "points", "verify", "--against", str(out), code=1)


def test_the_end_stands_below_what_carries_points_or_progress(place: Path, tmp_path: Path) -> None:
    store = open_team(place)
    with store.read() as connection:
        end = head(connection)
        mentor = next(p.name for p in people(connection) if Role.MENTOR in p.roles)
    store.close()
    line = f"Points ledger: {end.entries:,} entries, {end.hash}"
    for verb in (("points",), ("points", "--person", mentor), ("camp",)):
        assert run(place, *verb).rstrip().endswith(line)
        assert ask(place, *verb)["ledger"] == {"entries": end.entries, "head": end.hash}
    run(place, "points", "export", "--out", str(tmp_path / "l.csv"))
    assert line in (tmp_path / "l.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("what", ["points", "balance", "occurred_on", "person", "event", "note"])
def test_every_line_of_the_file_is_compared_not_only_its_end(place: Path, tmp_path: Path, what: str) -> None:
    """The file's first line says something else than the store, and carries the same hash."""
    out = tmp_path / "ledger.csv"
    run(place, "points", "export", "--out", str(out))
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    column = {"occurred_on": 1, "person": 2, "event": 3, "note": 4, "points": 5, "balance": 6}[what]
    cells = lines[2].split(",")
    cells[column] = "2020-01-01" if column == 1 else f"{cells[column]}3"
    out.write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]), encoding="utf-8")
    assert f"entry {cells[0]} is another or gone" in run(place, "points", "verify", "--against", str(out), code=1)


def _twice(lines: list[str]) -> None:
    lines.insert(5, lines[5])


def _without_a_line(lines: list[str]) -> None:
    del lines[5]


def _without_the_last(lines: list[str]) -> None:
    del lines[-2]


def _without_all(lines: list[str]) -> None:
    del lines[1:-1]


def _with(column: int, words: str) -> Callable[[list[str]], None]:
    def change(lines: list[str]) -> None:
        cells = lines[5].split(",")
        cells[column] = words
        lines[5] = ",".join(cells)

    return change


@pytest.mark.parametrize(
    ("alter", "row", "words"),
    [
        (_twice, 5, "entry 5 stands in it twice"),
        (_with(1, "2026-04-24x"), 5, "“2026-04-24x” in the line of entry 5"),
        (_with(1, ""), 5, "“” in the line of entry 5"),
        (_with(5, "3 or so"), 5, "“3 or so” in the line of entry 5"),
        (_with(7, "0" * 63), 5, f"“{'0' * 63}” in the line of entry 5"),
        (_without_a_line, 5, "Entry 5 of the ledger is not in the list"),
        (_without_the_last, 0, "of the ledger is not in the list"),
        (_without_all, 1, "Entry 1 of the ledger is not in the list"),
    ],
)
def test_a_list_that_was_altered_is_not_compared_as_if_it_were_whole(
    place: Path, tmp_path: Path, alter: Callable[[list[str]], None], row: int, words: str
) -> None:
    out = tmp_path / "ledger.csv"
    run(place, "points", "export", "--out", str(out))
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    alter(lines)
    out.write_text("\n".join(lines), encoding="utf-8")
    against = ask(place, "points", "verify", "--against", str(out), code=1)["against"]
    assert words in against["reason"]
    assert against["first_other"] == row or not row


def test_a_date_as_a_spreadsheet_keeps_it_is_the_same_date(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "ledger.csv"
    run(place, "points", "export", "--out", str(out))
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    day = dt.date.fromisoformat(lines[5].split(",")[1])
    _with(1, f"{day.year}/{day.month}/{day.day} 0:00")(lines)
    out.write_text("\n".join(lines), encoding="utf-8")
    assert ask(place, "points", "verify", "--against", str(out))["against"]["ok"]


def test_a_head_printed_below_anything_counts(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "printed.txt"
    out.write_text(run(place, "--lang", "zh_CN", "camp"))
    assert ask(place, "points", "verify", "--against", str(out))["against"]["ok"]
    out.write_text(out.read_text().replace(ask(place, "points")["ledger"]["head"], "0" * 64))
    assert "is another or gone" in run(place, "points", "verify", "--against", str(out), code=1)


@pytest.mark.parametrize("given", ["nothing.csv", "f" * 63, "people.csv"])
def test_what_is_no_ledger_is_said(place: Path, tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("Name,Role\nAnn,Mentor\nBen,Mentor\n")
    said = run(place, "points", "verify", "--against", given, code=1)
    assert any(words in said for words in ("can't be opened", "64 digits", "is no exported ledger"))
    with pytest.raises(UserError):
        read_ledger(Path("people.csv"))


def test_a_list_exported_as_it_was_shown_is_compared_as_far_as_it_goes(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    run(place, "points", "export", "--out", str(out))
    *lines, end = out.read_text(encoding="utf-8-sig").splitlines()
    some = [",".join(line.split(",")[:7]) for line in [lines[0], *lines[5:9]]]
    out.write_text("\n".join([*some, end]), encoding="utf-8")
    assert ask(place, "points", "verify", "--against", str(out))["against"]["ok"]
    name = some[1].split(",")[2]
    out.write_text("\n".join([some[0], some[1].replace(name, "Nobody"), *some[2:], end]), encoding="utf-8")
    assert f"entry {some[1].split(',')[0]} is another" in run(place, "points", "verify", "--against", str(out), code=1)


def test_what_was_lawfully_changed_since_is_no_other_entry(place: Path, tmp_path: Path) -> None:
    """Somebody is renamed, two records of one become one, somebody is erased: the ledger goes on from there."""
    for lang in ("en", "zh_CN"):
        run(place, "--lang", lang, "points", "export", "--out", str(tmp_path / f"{lang}.csv"))
    store = open_team(place)
    with store.read() as connection:
        earned = {e.person_id: e.person for e in reversed(entries(connection))}
        third = next(p for p in people(connection) if p.id == list(earned)[2])
    gone, into = list(earned)[:2]
    store.act(ME, merge, gone, into)
    details = PersonDetails(name="Renamed", team=third.team, hired_on=third.hired_on, roles=frozenset(third.roles))
    store.act(ME, edit_person, third.id, details)
    with store.read() as connection:
        free = next(i for i in earned if i not in (gone, third.id) and hindrance(connection, i) is None)
    store.act(ME, erase, free)
    store.close()
    for lang in ("en", "zh_CN"):
        proof = ask(place, "points", "verify", "--against", str(tmp_path / f"{lang}.csv"))
        assert (proof["ok"], proof["against"]["first_other"]) == (True, None)
