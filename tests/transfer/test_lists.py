"""Corrected lists: whatever one column says otherwise is taken, or the row is rejected with the reason; never dropped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from mentor_app.core.errors import UserError
from mentor_app.core.history.lines import lines as history_lines
from mentor_app.core.history.reading import entries
from mentor_app.core.history.undo import undo
from mentor_app.core.history.wanted import Wanted
from mentor_app.core.imports import Imported
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.tables import activity
from mentor_app.core.pairing import actions as pairing_actions
from mentor_app.core.pairing.tables import pairing, pairing_project
from mentor_app.core.people.queries import get_person
from mentor_app.core.people.tables import crm_name, person, person_role, team
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.rules import Outcome
from mentor_app.core.projects.tables import project
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import activities, opportunities, pairings, people, projects
from mentor_app.transfer.clock import minutes_of, time_of_day
from mentor_app.transfer.list_words import headers, meaning
from mentor_app.transfer.misspelt import ALL, said_of
from mentor_app.transfer.recognise import ACTIVITIES, PAIRINGS, PEOPLE, PROJECTS
from mentor_app.transfer.understood import lines
from tests.conftest import ME
from tests.core.pairing.office import Office
from tests.transfer.files import read_in, written

D = dt.date
TABLES = {
    "people": (person, person_role, crm_name, team),
    "activities": (activity,),
    "projects": (project,),
    "pairings": (pairing, pairing_project),
}
KINDS: dict[str, ModuleType] = {
    "people": people,
    "activities": activities,
    "projects": projects,
    "pairings": pairings,
}
UPDATED, NEW = "updated", "new"


def stored(store: Store, kind: str) -> list[Any]:
    with store.read() as connection:
        return [
            sorted(str([v for k, v in row.items() if k not in ("version", "submitted_at", "id")]) for row in found)
            for table in TABLES[kind]
            for found in [connection.execute(table.select()).mappings().all()]
        ]


def imported(office: Office, kind: str, tmp_path: Path, rows: list[dict[str, str]], **how: Any) -> Imported:
    path = written(tmp_path / "list.csv", [list(rows[0]), *(list(row.values()) for row in rows)])
    return read_in(KINDS[kind], office.store, path, empty_cells=True, **how)


BASE: dict[str, dict[str, str]] = {
    "people": {
        "name": "Ann",
        "employee id": "E1",
        "hire date": "2024-01-01",
        "leaving date": "2026-01-01",
        "team": "North",
        "roles": "mentor",
        "crm names": "ann.b",
    },
    "activities": {
        "id": "7",
        "person": "Hire 0",
        "kind": "visit",
        "date": "2026-10-05",
        "time": "9:05",
        "minutes": "60",
        "customer": "Acme",
        "title": "first",
        "phase": "solution",
        "part": "observed",
        "depth": "3",
        "seen": "s",
        "learned": "l",
        "next step": "n",
        "mentor": "Mo",
        "state": "draft",
    },
    "projects": {
        "project": "P",
        "started on": "2026-01-01",
        "customer": "C",
        "region": "East",
        "industry": "I",
        "closed on": "2026-06-01",
        "outcome": "won",
    },
    "pairings": {
        "apprentice": "Hire 0",
        "mentor": "Mo",
        "project": "A",
        "started on": "2026-10-01",
        "ended on": "2026-10-20",
        "reason": "moved",
        "goals": "listen",
    },
}
CHANGES: dict[str, list[tuple[str, str, str]]] = {
    "people": [
        ("name", "Anna", UPDATED),
        ("employee id", "E2", "same person with a new number"),
        ("hire date", "2024-02-01", UPDATED),
        ("hire date", "", UPDATED),
        ("leaving date", "2026-02-01", UPDATED),
        ("leaving date", "", UPDATED),
        ("team", "West", UPDATED),
        ("team", "", UPDATED),
        ("roles", "mentor, trainer", UPDATED),
        ("roles", "sales rep", UPDATED),
        ("roles", "", UPDATED),
        ("crm names", "ann.c", UPDATED),
        ("crm names", "ann.b; ann.c", UPDATED),
        ("crm names", "", UPDATED),
    ],
    "activities": [
        ("person", "Hire 1", UPDATED),
        ("kind", "sales action", UPDATED),
        ("date", "2026-10-06", UPDATED),
        ("time", "10:00", UPDATED),
        ("time", "", UPDATED),
        ("minutes", "1:30", UPDATED),
        ("customer", "Beta", UPDATED),
        ("title", "second", UPDATED),
        ("title", "", UPDATED),
        ("phase", "signed", UPDATED),
        ("part", "led", UPDATED),
        ("depth", "4", UPDATED),
        ("seen", "", UPDATED),
        ("learned", "more", UPDATED),
        ("next step", "else", UPDATED),
        ("mentor", "Lu", UPDATED),
        ("mentor", "Hire 0", "their own mentor"),
        ("state", "planned", UPDATED),
        ("id", "8", NEW),
    ],
    "projects": [
        ("project", "Q", NEW),
        ("started on", "2026-01-02", UPDATED),
        ("customer", "D", UPDATED),
        ("customer", "", UPDATED),
        ("region", "South", UPDATED),
        ("industry", "J", UPDATED),
        ("closed on", "2026-07-01", UPDATED),
        ("closed on", "", "needs its closing date"),
        ("outcome", "lost", UPDATED),
        ("outcome", "open", "needs its closing date"),
    ],
    "pairings": [
        ("apprentice", "Hire 1", NEW),
        ("mentor", "Lu", "earlier pairing lasted"),
        ("project", "B", "bound to the project A"),
        ("started on", "2026-09-15", "earlier pairing lasted"),
        ("ended on", "2026-10-10", UPDATED),
        ("ended on", "", "no day on which the pairing ended"),
        ("reason", "left us", UPDATED),
        ("reason", "", "written reason"),
        ("goals", "ask", UPDATED),
        ("goals", "", UPDATED),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_one_column_says_otherwise_is_taken_or_rejected(office: Office, tmp_path: Path, kind: str) -> None:
    base, known = BASE[kind], {"people": PEOPLE, "activities": ACTIVITIES, "projects": PROJECTS, "pairings": PAIRINGS}
    assert imported(office, kind, tmp_path, [base]).new == 1
    assert {known[kind].field(header) for header in base} == set(known[kind].fields) - {"first_name", "last_name"}
    assert {column for column, _, _ in CHANGES[kind]} == base.keys(), "a column is not tried"
    first = stored(office.store, kind)
    for column, value, expected in CHANGES[kind]:
        done = imported(office, kind, tmp_path, [{**base, column: value}])
        if expected == UPDATED:
            assert (done.updated, done.rejected) == (1, []), (column, value)
            assert stored(office.store, kind) != first, (column, value)
            assert imported(office, kind, tmp_path, [{**base, column: value}]).unchanged == 1, (column, value)
            assert imported(office, kind, tmp_path, [base]).updated == 1, (column, value)
        elif expected == NEW:
            assert done.new == 1, (column, value)
            office.store.act(ME, undo)
        else:
            complaints = [*(problem.reason for problem in done.rejected), *done.asked]
            assert [expected in str(words) for words in complaints] == [True], (column, complaints)
        if kind != "people":  # names and teams of before stay known
            assert stored(office.store, kind) == first, (column, value)


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("people", ("name", "employee id")),
        ("activities", ("id", "person", "kind", "date")),
        ("projects", ("project", "started on")),
        ("pairings", ("apprentice", "mentor", "project", "started on")),
    ],
)
def test_a_column_that_is_not_there_says_nothing(
    office: Office, tmp_path: Path, kind: str, kept: tuple[str, ...]
) -> None:
    imported(office, kind, tmp_path, [BASE[kind]])
    first = stored(office.store, kind)
    done = imported(office, kind, tmp_path, [{name: BASE[kind][name] for name in kept}])
    assert (done.unchanged, done.rejected) == (1, [])
    assert stored(office.store, kind) == first


def test_a_list_that_gives_no_reason_any_more_completes_no_pairing(office: Office, tmp_path: Path) -> None:
    project = {"project": "A", "started on": "2026-09-01", "closed on": "2026-10-20", "outcome": "won"}
    imported(office, "pairings", tmp_path, [BASE["pairings"]])
    assert imported(office, "projects", tmp_path, [project]).rejected == []
    done = imported(office, "pairings", tmp_path, [BASE["pairings"] | {"reason": ""}])
    assert ["would count as completed" in str(problem.reason) for problem in done.rejected] == [True]
    with office.store.read() as connection:
        assert connection.execute(select(pairing.c.state)).scalars().all() == ["ended"]


def test_a_running_pairing_is_corrected_and_ended_and_the_history_says_how(office: Office, tmp_path: Path) -> None:
    row = BASE["pairings"] | {"ended on": "", "reason": "", "goals": ""}
    imported(office, "pairings", tmp_path, [row])
    assert imported(office, "pairings", tmp_path, [row | {"goals": "listen"}]).updated == 1
    ended = row | {"goals": "ask", "ended on": "2026-10-20", "reason": "moved"}
    assert imported(office, "pairings", tmp_path, [ended]).updated == 1
    with office.store.read() as connection:
        newest = entries(connection, Wanted(), ME)[0]
        told = {
            str(line.field): (str(line.before), str(line.after)) for line in history_lines(connection, newest.ids, ME)
        }
        now = connection.execute(pairing.select()).mappings().one()
    assert (now["goals"], now["reason"], now["ended_on"], now["state"]) == ("ask", "moved", D(2026, 10, 20), "ended")
    assert told["Goals"] == ("listen", "ask")
    assert told["Ended on"] == ("–", "2026-10-20")
    again = imported(office, "pairings", tmp_path, [row])
    assert "does not make it run again" in str(again.rejected[0].reason)
    office.store.act(ME, undo)
    with office.store.read() as connection:
        now = connection.execute(pairing.select()).mappings().one()
    assert (now["goals"], now["ended_on"]) == ("listen", None)


def test_an_end_is_not_moved_into_the_next_pairing_and_one_row_counts(office: Office, tmp_path: Path) -> None:
    first = BASE["pairings"]
    then = first | {"mentor": "Lu", "started on": "2026-10-20", "ended on": "", "reason": ""}
    assert imported(office, "pairings", tmp_path, [first, then]).new == 2
    done = imported(office, "pairings", tmp_path, [first | {"ended on": "2026-10-25"}, then])
    assert "next pairing began on 2026-10-20" in str(done.rejected[0].reason)
    done = imported(office, "pairings", tmp_path, [first, first])
    assert [(p.row, "row 2 already" in str(p.reason)) for p in done.rejected] == [(3, True)]


def test_a_pairing_that_went_on_elsewhere_is_still_the_one_of_the_list(office: Office, tmp_path: Path) -> None:
    row = BASE["pairings"] | {"ended on": "", "reason": ""}
    imported(office, "pairings", tmp_path, [row])
    with office.store.read() as connection:
        found = connection.execute(pairing.select()).mappings().one()["id"]
    office.act(project_actions.close_project, office.a, Outcome.LOST, D(2026, 10, 15))
    office.act(pairing_actions.roll_on, found, office.b, D(2026, 10, 20))
    assert imported(office, "pairings", tmp_path, [row]).unchanged == 1


def test_what_was_handed_in_is_not_taken_back_by_a_list(office: Office, tmp_path: Path) -> None:
    row = BASE["activities"]
    imported(office, "activities", tmp_path, [row])
    assert imported(office, "activities", tmp_path, [row | {"state": "done"}]).updated == 1
    with office.store.read() as connection:
        now = connection.execute(activity.select()).mappings().one()
    assert now["state"] == "submitted"
    assert now["submitted_at"] is not None
    done = imported(office, "activities", tmp_path, [row])
    assert "does not take it back" in str(done.rejected[0].reason)
    office.store.act(office.lead, logbook.send_back, now["id"], "more")
    assert imported(office, "activities", tmp_path, [row | {"state": "done"}]).unchanged == 1


def test_a_crm_name_deals_go_by_stays_and_that_is_said(office: Office, tmp_path: Path) -> None:
    deals = written(
        tmp_path / "deals.csv", [("id", "owner", "stage", "close date"), ("1", "Hire 0", "Won", "2026-10-10")]
    )
    read_in(opportunities, office.store, deals)
    with office.store.read() as connection:
        assert connection.execute(crm_name.select().where(crm_name.c.name == "Hire 0")).mappings().one()["person_id"]
    rows = [("name", "employee id", "crm names"), ("Hire 0", "H0", "h0")]
    read_in(people, office.store, written(tmp_path / "p.csv", rows))
    rows = [("name", "employee id", "crm names"), ("Hira", "H0", "h0")]
    read_in(people, office.store, written(tmp_path / "p.csv", rows), said={"called:Hira": "Hire 0"})
    done = read_in(people, office.store, written(tmp_path / "p.csv", rows))
    assert (done.unchanged, len(done.remarks)) == (1, 1)
    plan = people.plan(office.store, tmp_path / "p.csv")
    said = dict(lines(plan.understood(translator("en"), done), translator("en")))
    assert "Row 2: Hira keeps the CRM names Hire 0" in said["To be noted"]


# -- headers and words


@pytest.mark.parametrize(
    "header",
    [
        "Personalnummer;Name;Eintrittsdatum;Austrittsdatum;Team;Rolle",
        "Personnel No.;Last Name;First Name;Entry date;Exit date;Department;Role",
        "Mitarbeiter-Nr.;Nachname;Vorname;Eintritt;Austritt;Abteilung;Rolle",
        "Staff ID;Vorname;Name;Eingetreten am;Last day;Team;Roles",
        "工号;姓;名;入职日期;离职日期;部门;角色",
        "员工编号;姓名;入司日期;离职时间;所属部门;身份",
    ],
)
def test_peoples_lists_of_other_programs_are_read(file_store: Store, tmp_path: Path, header: str) -> None:
    cells = {"family": "Wu", "given": "An", "whole": "An Wu"}
    if "姓" in header and "姓名" not in header:
        cells = {"family": "欧阳", "given": "娜", "whole": "欧阳娜"}
    of = {"Last Name": "family", "Nachname": "family", "姓": "family", "First Name": "given", "Vorname": "given"}
    of |= {"名": "given", "姓名": "whole", "Name": "family" if "Vorname" in header else "whole"}
    names = header.split(";")
    days = iter(["2024-01-15", "2025-02-28"])
    row = []
    for at, name in enumerate(names):
        if name in of:
            row.append(cells[of[name]])
        elif at == 0:
            row.append("0007")
        elif at == len(names) - 1:
            row.append("组长")
        else:
            row.append("Nord" if at == len(names) - 2 else next(days))
    path = written(tmp_path / "people.csv", [names, row])
    done = read_in(people, file_store, path)
    assert (done.new, done.rejected, done.people_added) == (1, [], [cells["whole"]])
    with file_store.read() as connection:
        one = get_person(connection, connection.execute(person.select()).mappings().one()["id"])
    assert (one.name, one.code, one.team, one.roles) == (cells["whole"], "0007", "Nord", ("team_lead",))
    assert (one.hired_on, one.left_on) == (D(2024, 1, 15), D(2025, 2, 28))


@pytest.mark.parametrize("kind", ["people", "activities", "projects", "pairings"])
def test_no_header_means_two_fields(kind: str) -> None:
    words = [word for listed in headers(kind).values() for word in listed]
    if kind == "activities":
        words.remove("时间")  # a day, or beside a day a time
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(
    ("group", "word", "key"),
    [
        ("roles", "团队主管", "team_lead"),
        ("roles", "Team Leader", "team_lead"),
        ("roles", "Sales Rep", "none"),
        ("roles", "new_hire", "new_hire"),
        ("roles", "Sales Rep?", None),
        ("kinds", "陪访", "shadowing"),
        ("kinds", "模拟演练", "simulation"),
        ("kinds", "Role-Play", "simulation"),
        ("kinds", "coffee", None),
        ("states", "已完成", "submitted"),
        ("outcomes", "进行", "open"),
    ],
)
def test_words_are_known_as_wholes(group: str, word: str, key: str | None) -> None:
    assert meaning(group, word) == key


def test_an_unknown_word_is_answered_with_those_there_are(office: Office, tmp_path: Path) -> None:
    for kind, column, value, known in (
        ("people", "roles", "wizard", "Team lead, New hire, Mentor, Trainer"),
        ("activities", "kind", "coffee", "Shadowing session, Scenario simulation"),
        ("projects", "outcome", "maybe", "Open, Won, Lost, Cancelled"),
    ):
        done = imported(office, kind, tmp_path, [{**BASE[kind], column: value}])
        assert [(p.column, p.value, known in str(p.reason)) for p in done.rejected] == [(column, value, True)]
    assert "团队" not in str(done.rejected[0].reason)
    assert "进行中" in done.rejected[0].reason.render(translator("zh_CN"))


def test_the_days_of_a_list_are_shown(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "p.csv", [("name", "hire date"), ("Ann", "1921-03-01"), ("Bob", "2020-05-06")])
    done = read_in(people, office.store, path, dry_run=True)
    understood = people.plan(office.store, path).understood(translator("en"), done)
    assert understood["spans"] == {"hired_on": {"first": "1921-03-01", "last": "2020-05-06"}}
    assert ("Hired on", "1921-03-01 – 2020-05-06") in lines(understood, translator("en"))


def test_a_count_below_the_people_is_nobody(file_store: Store, tmp_path: Path) -> None:
    rows = [("Personnel No.", "Last Name", "First Name"), (12, "Berg", "Anna"), ("Total", 1, "")]
    path = written(tmp_path / "p.xlsx", rows)
    assert read_in(people, file_store, path).people_added == ["Anna Berg"]


# -- times, durations, what is missing


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("9:05", "09:05"), ("09:05:00", "09:05"), ("2024-03-01 09:05:00", "09:05"), ("9：05", "09:05"), ("9.05", "09:05"),
        ("2:30 pm", "14:30"), ("12:10 AM", "00:10"), ("2pm", "14:00"), ("下午2:30", "14:30"), ("14点30分", "14:30"),
        ("14点半", "14:30"), ("中午12:30", "12:30"), ("14 Uhr", "14:00"), ("14h30", "14:30"),
        ("25:00", None), ("9:65", None), ("13:00 pm", None), ("0.4", None), ("9", None), ("9:", None), ("soon", None),
    ],
)  # fmt: skip
def test_times_of_day(words: str, time: str | None) -> None:
    assert time_of_day(words) == time


@pytest.mark.parametrize(
    ("words", "header", "minutes"),
    [
        ("90", "", 90), ("90.0", "", 90), ("90 min", "", 90), ("90分钟", "", 90), ("1:30:00", "", 90), ("1:30", "", 90),
        ("01:30:00", "", 90), ("1 day, 6:00:00", "", 1800), ("1小时30分", "", 90), ("1小时", "", 60), ("1.5小时", "", 90),
        ("半小时", "", 30), ("1个半小时", "", 90), ("一小时", "", 60), ("1.5 h", "", 90), ("1h 30m", "", 90), ("2 Std.", "", 120),
        ("1.5", "Dauer (h)", 90), ("2", "时长（小时）", 120), ("2", "Hours", 120), ("90", "时长（分钟）", 90), ("90", "with", 90),
        ("1.5", "", None), ("1:30:20", "", None), ("abc", "", None), ("-30", "", None), ("0.01 h", "", None), ("1:75", "", None),
    ],
)  # fmt: skip
def test_durations(words: str, header: str, minutes: int | None) -> None:
    assert minutes_of(words, header) == minutes


def test_an_old_row_says_all_that_is_missing_and_comes_in_as_a_draft(office: Office, tmp_path: Path) -> None:
    row = {"学员": "Hire 0", "类型": "陪访", "日期": "2026-10-05", "时间": "9:05", "导师": "Mo"}
    done = imported(office, "activities", tmp_path, [row])
    assert "Customer, Minutes, What was learned" in str(done.rejected[0].reason)
    assert imported(office, "activities", tmp_path, [row | {"状态": "草稿"}]).new == 1
    with office.store.read() as connection:
        assert connection.execute(activity.select()).mappings().one()["at_time"] == "09:05"


def test_a_hire_date_that_is_only_inferred_refuses_nothing(office: Office, tmp_path: Path) -> None:
    deals = [("id", "owner", "stage", "created date"), ("1", "刘洋", "Negotiation", "2026-10-10")]
    read_in(opportunities, office.store, written(tmp_path / "deals.csv", deals))
    row = BASE["activities"] | {"person": "刘洋", "state": "done"}
    assert imported(office, "activities", tmp_path, [row]).new == 1
    pair = BASE["pairings"] | {"apprentice": "刘洋"}
    assert imported(office, "pairings", tmp_path, [pair]).new == 1
    confirmed = written(tmp_path / "p.csv", [("name", "hire date"), ("刘洋", "2026-10-02")])
    assert "A pairing began" in str(read_in(people, office.store, confirmed).rejected[0].reason)
    mentor = BASE["pairings"] | {"apprentice": "Hire 1", "mentor": "刘洋"}
    read_in(people, office.store, written(tmp_path / "p.csv", [("name", "roles"), ("刘洋", "mentor")]))
    assert "only inferred" in str(imported(office, "pairings", tmp_path, [mentor]).rejected[0].reason)


# -- people with another number, entries with an emptied cell, projects that are not named


NUMBERED = ("employee id", "name", "team")


def test_a_new_number_for_a_known_name_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    def read(*rows: tuple[str, str, str], **how: Any) -> Imported:
        return read_in(people, file_store, written(tmp_path / "p.csv", [NUMBERED, *rows]), **how)

    def codes() -> list[str | None]:
        with file_store.read() as connection:
            return list(connection.execute(select(person.c.code).order_by(person.c.id)).scalars())

    assert read(("E1", "Ann", "North"), ("E2", "Bo", "North")).new == 2
    for name in ("Ann", "ann", "Ann\u00a0"):
        done = read(("E9", name, "North"), ("E2", "Bo", "North"))
        assert (done.applied, codes()) == (False, ["E1", "E2"])
        assert "Ann is here with the employee number E1 (North)" in str(done.asked[0])
        assert '--person "E9=E1"' in str(done.unanswered[0])
    with file_store.read() as connection:
        ann = connection.execute(select(person.c.id).where(person.c.code == "E1")).scalar_one()
    same = {"said": {"E9": ann}}
    trial = read(("E9", "Ann", "North"), dry_run=True, **same)
    assert [(cell.field, cell.before, cell.after) for cell in trial.cells] == [("code", "E1", "E9")]
    assert read(("E9", "Ann", "North"), **same).updated == 1
    assert codes() == ["E9", "E2"]
    assert read(("E8", "Ann", "South"), said={"E8": -1}).namesakes == ["Ann"]
    assert codes() == ["E9", "E2", "E8"]
    assert read(("E7", "Ann", ""), ("E8", "Ann", "South"), ("E9", "Ann", "North"), empty_cells=True).new == 1
    with pytest.raises(UserError, match="No row has the employee number E5"):
        read(("E2", "Bo", "North"), said={"E5": -1})


def test_a_known_number_beside_another_s_name_is_asked_about(file_store: Store, tmp_path: Path) -> None:
    def read(*rows: tuple[str, str], **how: Any) -> Imported:
        return read_in(
            people, file_store, written(tmp_path / "p.csv", [NUMBERED, *((*row, "North") for row in rows)]), **how
        )

    assert read(("E1", "Ann"), ("E6", "Bob"), ("E7", "Cy")).new == 3
    slipped = read(("E1", "Bob"), ("E7", "Cy"))
    assert (slipped.applied, [str(one) for one in slipped.asked]) == (
        False,
        [
            "E1 is the employee number of Ann, and Bob is here with E6. Is the number Bob's now, or is Ann called Bob now?"
        ],
    )
    assert '--person "E1=E1"' in str(slipped.unanswered[0])
    swapped = read(("E1", "Bob"), ("E6", "Ann"))
    assert [one.key for one in swapped.asked] == ["E1", "E6"]  # both, and nothing is said of CRM names
    assert swapped.rejected == []
    with file_store.read() as connection:
        ann = connection.execute(select(person.c.id).where(person.c.code == "E1")).scalar_one()
    assert read(("E1", "Bob"), ("E6", "Bob"), said={"E1": ann}).updated == 1  # Ann is called so now
    assert read(("E1", "Bob"), ("E6", "Bob")).unchanged == 2
    assert read(("E7", "Cy Young")).updated == 1  # a name in which a word stays is shown, not asked


@pytest.mark.parametrize(
    ("listed", "codes"),
    [
        ("E1 Tom", "Anna:- Tom:E1 Cy:E3 Di:-"),
        ("E1 Tom, E2 Anna", "Anna:E2 Tom:E1 Cy:E3 Di:-"),
        ("E2 Anna, E1 Tom", "Anna:E2 Tom:E1 Cy:E3 Di:-"),
        ("E3 Anna, E2 Cy, E1 Tom", "Anna:E3 Tom:E1 Cy:E2 Di:-"),
        ("E2 Cy, E1 Tom", "Anna:- Tom:E1 Cy:E2 Di:-"),
        ("E9 Anna, E1 Tom", "Anna:E9 Tom:E1 Cy:E3 Di:-"),
        ("E2 Zoe, E1 Tom", "Anna:- Tom:E1 Cy:E3 Di:- Zoe:E2"),
        ("E1 Di, E3 Anna", "Anna:E3 Tom:E2 Cy:- Di:E1"),
    ],
)
def test_whoever_has_a_number_in_the_list_gets_it(file_store: Store, tmp_path: Path, listed: str, codes: str) -> None:
    family = {"Anna": "Fielding", "Tom": "Bexley", "Cy": "Moss", "Di": "Roe", "Zoe": "Hart"}

    def read(rows: str, **how: Any) -> Imported:
        lines = [
            (code, f"{name} {family[name]}", "North")
            for code, _, name in (one.partition(" ") for one in rows.split(", "))
        ]
        return read_in(people, file_store, written(tmp_path / "p.csv", [NUMBERED, *lines]), **how)

    def held() -> str:
        with file_store.read() as connection:
            rows = connection.execute(select(person.c.name, person.c.code).order_by(person.c.id)).all()
        return " ".join(f"{row.name.split()[0]}:{row.code or '-'}" for row in rows)

    assert read("E1 Anna, E2 Tom, E3 Cy,  Di").new == 4
    before = held()
    asked = next(one for one in read(listed).asked if str(one).startswith("E1 "))
    name = f"{'Di' if 'E1 Di' in listed else 'Tom'} {family['Di' if 'E1 Di' in listed else 'Tom']}"
    assert [value for _, value in asked.choices][1:] == ["takes"]
    assert f'--name "{name}=takes"' in str(asked.answer)
    trial = read(listed, dry_run=True, said={asked.key: "takes"})
    assert len({str(cell.record) for cell in trial.cells}) == len(trial.cells), "one cell of each"
    assert read(listed, said=said_of({name: "takes"})).applied
    assert (held(), read(listed).unchanged) == (codes, len(listed.split(", ")))
    file_store.act(ME, undo)
    assert held() == before


def test_numbers_stay_where_a_row_that_takes_one_is_rejected(file_store: Store, tmp_path: Path) -> None:
    head = (*NUMBERED, "hire date", "leaving date")

    def read(*rows: tuple[str, ...], **how: Any) -> Imported:
        return read_in(people, file_store, written(tmp_path / "p.csv", [head, *rows]), **how)

    before = [("E1", "Anna Fielding", "North", "", ""), ("E2", "Tom Bexley", "North", "", "")]
    assert read(*before).new == 2
    wrong = ("E1", "Tom Bexley", "North", "2026-02-02", "2020-01-01")
    done = read(wrong, said=said_of({"Tom Bexley": "takes"}), only_good_rows=True)
    assert (len(done.rejected), read(*before).unchanged) == (1, 2)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("E9", "Tom Bexley", "North"), "Nobody has the employee number E9"),
        (("", "Tom Bexley", "North"), "No employee number stands beside Tom Bexley"),
    ],
)
def test_there_has_to_be_a_number_to_take_over(
    file_store: Store, tmp_path: Path, row: tuple[str, ...], why: str
) -> None:
    path = written(tmp_path / "p.csv", [NUMBERED, row, ("E1", "Anna Fielding", "North")])
    (wrong,) = read_in(people, file_store, path, said=said_of({"Tom Bexley": "takes"})).rejected
    assert f"{why}: there is nothing to take over" in str(wrong.reason)
    path = written(tmp_path / "j.csv", [("project", "started on"), ("Harbour", "2026-01-05")])
    with pytest.raises(UserError, match="no employee numbers"):
        read_in(projects, file_store, path, said=said_of({"Harbour": "takes"}))


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        ("Marta Silva", "Priya Nair", True),
        ("Lisa Orr", "Zbyněk Wszebor", True),
        ("张伟", "岗位待补", True),
        ("妫婷", "罗秀英", True),
        ("Tom Ray", "Freie Stelle", True),
        ("Thandeka Mkhwanazi", "Thandeka Mkhwanazi-Botha", False),
        ("Zbyněk Wszebor", "Zbyněk Wszebor-Kuc", False),
        ("Anna Berg", "Anna Schmidt", False),
        ("Max Frei", "Maximilian Frey", False),
        ("妫婷", "妫婷婷", False),
        ("妫婷", "罗婷", True),
        ("王芳", "王强", True),
        ("Anna Berg", "Jan Berg", True),
        ("Serigne Ndiaye", "Ndiaye-Fall, Serigne", False),
        ("王芳", "Fang Wang", False),
        ("Łukasz Wójcik", "WOJCIK, L.", False),
    ],
)
def test_a_number_that_somebody_else_comes_under_is_asked_about(
    file_store: Store, tmp_path: Path, before: str, now: str, asked: bool
) -> None:
    def read(name: str, **how: Any) -> Imported:
        rows = [NUMBERED, ("E1", name, "North"), ("E2", "Ann Hill", "North"), ("E3", "Bob Lee", "North")]
        return read_in(people, file_store, written(tmp_path / "p.csv", rows), **how)

    assert read(before, said={f"name:{before}": -1}).new == 3
    done = read(now)
    assert ([one.key for one in done.asked], done.updated) == ([f"called:{now}"] * asked, 0 if asked else 1)
    if asked:
        assert str(done.asked[0]) == (
            f"E1 is the employee number of {before}. Is {before} called {now} now, or is the number {now}'s now?"
        )
        assert f'--name "{now}=formerly {before}"' in str(done.unanswered[0])
        (_, called), _, (_, left_out) = done.asked[0].choices
        out = [read(now, said=said, dry_run=True) for said in ({f"called:{now}": left_out}, {f"name:{now}": "out"})]
        assert [(one.left_out, one.asked, one.updated) for one in out] == [(1, [], 0)] * 2
        by_words = read(now, said={f"name:{now}": f"formerly {before}"}, dry_run=True)
        assert (by_words.asked, by_words.updated) == ([], 1)
        assert read(now, said={f"called:{now}": called}).updated == 1
    assert (read(now).unchanged, read(now).asked) == (3, [])


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Lea Fuchs", "Seat Lea Fuchs: Tessa Humeq"),
        ("Lea Fuchs", "Open (was Lea Fuchs)"),
        ("巫马驰", "巫马驰远"),
        ("Lea Fuchs", "Lea Fuchs-Berg"),
    ],
)
def test_new_renames_nobody_whose_number_stands_there(file_store: Store, tmp_path: Path, before: str, now: str) -> None:
    def read(name: str, **how: Any) -> Imported:
        rows = [NUMBERED, ("E1", name, "North"), ("E2", "Ann Hill", "North")]
        return read_in(people, file_store, written(tmp_path / "p.csv", rows), **how)

    assert read(before, said=said_of({ALL: "new"})).new == 2
    everybody = said_of({ALL: "new"})
    is_plain = now == "Lea Fuchs-Berg"
    assert read(now, said=everybody, dry_run=True).updated == is_plain
    for said in (everybody, said_of({now: "new"}))[is_plain:]:
        asked = read(now, said=said)
        assert [str(one) for one in asked.asked] == [
            f"E1 is the employee number of {before}. Is {before} called {now} now, or is the number {now}'s now?"
        ]
        assert (f'--name "{now}=formerly {before}"' in str(asked.unanswered[0]), asked.updated) == (True, 0)
    assert read(now, said=said_of({now: before}), dry_run=True).unchanged == 2, "a slip"
    assert read(now, said=said_of({now: f"formerly {before}"}), dry_run=True).updated == 1
    assert read(now, said=said_of({now: "out"})).left_out == 1
    again = read(now, dry_run=True)
    assert ([answer for _, answer in again.recalled], again.left_out) == (
        [] if is_plain else ["out"],
        int(not is_plain),
    )


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ([("Ann Roth", "1", "2020-01-06")], []),
        ([("Ann Roth", "1", "2026-11-16")], ["called:Ann Roth"]),
        ([("Ann Roth", "1", "2020-01-06"), ("Ann Berg", "9", "2020-01-06")], ["9", "called:Ann Roth"]),
    ],
)
def test_a_name_that_changes_with_the_hire_date_or_stands_there_twice_is_asked_about(
    file_store: Store, tmp_path: Path, now: list[tuple[str, ...]], asked: list[str]
) -> None:
    def read(*rows: tuple[str, ...]) -> Imported:
        head = ("Name", "Employee ID", "Hire date")
        more = [(f"{name} Hill", f"8{n}", "2020-01-06") for n, name in enumerate(("Bo", "Tom", "Eve"))]
        return read_in(people, file_store, written(tmp_path / "p.csv", [head, *rows, *more]))

    assert read(("Ann Berg", "1", "2020-01-06")).new == 4
    assert sorted(one.key for one in read(*now).asked) == asked


def test_whoever_takes_a_number_over_is_new_and_its_holder_stays_without_one(file_store: Store, tmp_path: Path) -> None:
    def read(*rows: tuple[str, str], **how: Any) -> Imported:
        rest = [(*row, "North") for row in (*rows, ("E2", "Ann Hill"), ("E3", "Bob Lee"))]
        return read_in(people, file_store, written(tmp_path / "p.csv", [NUMBERED, *rest]), **how)

    def codes() -> dict[str, str | None]:
        with file_store.read() as connection:
            return {row.name: row.code for row in connection.execute(select(person.c.name, person.c.code))}

    assert read(("E1", "Marta Silva")).new == 3
    before = codes()
    asked = read(("E1", "Priya Nair"))
    assert [value for _, value in asked.asked[0].choices] == ["Marta Silva", "takes", "out"]
    assert '--name "Priya Nair=takes"' in str(asked.unanswered[0])
    for said in ({"called:Priya Nair": "takes"}, said_of({"Priya Nair": "takes"})):
        trial = read(("E1", "Priya Nair"), dry_run=True, said=said)
        assert [(cell.field, cell.before, str(cell.after), str(cell.record)) for cell in trial.cells] == [
            ("code", "E1", "(none any more)", "Marta Silva")
        ]
        assert [str(why) for _, why in trial.remarks] == [
            "The employee number E1 is Priya Nair's now, and Marta Silva's no more."
        ]
        assert (trial.people_added, trial.unchanged, trial.unanswered) == (["Priya Nair"], 2, [])
    assert read(("E1", "Priya Nair"), said=said).applied
    assert codes() == {**before, "Marta Silva": None, "Priya Nair": "E1"}
    assert read(("E1", "Priya Nair"), said=said).unchanged == 3, "said once more"
    file_store.act(ME, undo)
    assert codes() == before

    twice = read(("E1", "Priya Nair"), ("E1", "Marta Silva"), said=said)
    assert ([value for _, value in twice.asked[0].choices], codes()) == (["Marta Silva", "out"], before)
    namesake = read(("E1", "Ann Hill"), said=said_of({"Ann Hill": "takes"}), dry_run=True)
    assert (namesake.people_added, namesake.namesakes) == (["Ann Hill"], ["Ann Hill"]), "who is here has another row"
    with file_store.read() as connection:
        marta = connection.execute(select(person.c.id).where(person.c.code == "E1")).scalar_one()
    for rows in ([("E1", "Priya Nair"), ("E9", "Marta Silva")], [("E9", "Marta Silva"), ("E1", "Priya Nair")]):
        moved = read(*rows, said={**said, "E9": marta})
        assert (moved.new, codes()) == (1, {**before, "Marta Silva": "E9", "Priya Nair": "E1"}), "she has another"
        file_store.act(ME, undo)


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ([("Marta Weiss", "North", "2020-02-03")], True),
        ([("WEISS, Marta", "North", "2020-02-03")], True),
        ([("Marta Weiss", "South", "2020-02-03")], True),
        ([("Marta Weiss", "North", "2020-02-04")], False),
        ([("Martin Weiss", "North", "2020-02-03")], False),
        ([("Marta Weiss", "North", "2020-02-03"), ("Marta Silva", "North", "2020-02-03")], False),
    ],
)
def test_a_new_surname_without_a_number_is_asked_about(
    file_store: Store, tmp_path: Path, now: list[tuple[str, ...]], asked: bool
) -> None:
    def read(*rows: tuple[str, ...], **how: Any) -> Imported:
        head, rest = ("Name", "Team", "Hire date"), ("Tom Ray", "North", "2020-02-03")
        return read_in(people, file_store, written(tmp_path / "p.csv", [head, *rows, rest]), **how)

    assert read(("Marta Silva", "North", "2020-02-03")).new == 2
    done = read(*now)
    name = now[0][0]
    assert [str(one) for one in done.asked] == [f"{name} is not here, but Marta Silva is. Is that meant?"] * asked
    if asked:
        assert f'--name "{name}=formerly Marta Silva"' in str(done.unanswered[0])
        assert read(*now, said=said_of({name: "new"}), dry_run=True).new == 1
        assert read(*now, said=said_of({name: "Marta Silva"}), dry_run=True).new == 0
        assert read(*now, said=said_of({name: "formerly Marta Silva"})).updated == 1
        assert (read(*now).asked, read(*now).unchanged) == ([], 2)


@pytest.mark.parametrize(
    ("day", "left", "asked"),
    [("2024-01-01", "", False), ("", "", False), ("2026-10-15", "", True), ("2024-01-01", "2026-03-31", True)],
)
def test_a_namesake_with_a_number_is_not_taken_for_whoever_has_none_unasked(
    file_store: Store, tmp_path: Path, day: str, left: str, asked: bool
) -> None:
    def read(*row: str, **how: Any) -> Imported:
        table = [("Name", "Employee ID", "Hire date", "Leaving date", "Team"), row, ("Tom Ray", "E2", "", "", "North")]
        return read_in(people, file_store, written(tmp_path / "p.csv", table), **how)

    assert read("Marta Silva", "", "2024-01-01", left, "North").new == 2
    row = ("Marta Silva", "E30", day, "", "South")
    if not asked:
        assert (done := read(*row)).updated == 1, done.asked
        return
    (question,) = read(*row, dry_run=True).asked
    assert "here without an employee number" in str(question)
    (same, person_id), (_, new) = question.choices
    assert str(question.answer) == f'Say --person "E30=person:{person_id}" for the same person, or --person "E30=new".'
    assert (str(same), read(*row, dry_run=True, empty_cells=True, said={"E30": person_id}).updated) == (
        "Marta Silva: the same person",
        1,
    )
    assert read(*row, said={"E30": new}).new == 1
    with file_store.read() as connection:
        rows = connection.execute(select(person.c.code).where(person.c.name == "Marta Silva").order_by(person.c.id))
        assert rows.scalars().all() == [None, "E30"]
    assert read(*row).unchanged == 2


@pytest.mark.parametrize("numbers", [("E9", "E10"), ("", "")])
def test_of_several_of_a_given_name_and_day_each_new_surname_is_asked_about(
    file_store: Store, tmp_path: Path, numbers: tuple[str, str]
) -> None:
    def read(*rows: tuple[str, str], **how: Any) -> Imported:
        table = [("Name", "Employee ID", "Hire date"), *((*row, "2020-02-03") for row in rows), ("Tom Ray", "E2", "")]
        return read_in(people, file_store, written(tmp_path / "p.csv", table), **how)

    before = [("Marta Silva", numbers[0] and "E1"), ("Marta Lopes", numbers[0] and "E3")]
    assert read(*before).new == 3
    now = [("Marta Weiss", numbers[0]), ("Marta Kern", numbers[1])]
    asked = read(*now, dry_run=True).asked
    former = ["formerly Marta Lopes", "formerly Marta Silva"]
    assert [[said for _, said in one.choices if str(said) in former] for one in asked] == [former] * 2
    one = {"Marta Weiss": "formerly Marta Silva", "Marta Kern": "new"}
    assert (done := read(*now, said=said_of(one), dry_run=True)).new == 1, done.asked
    both = {"Marta Weiss": "formerly Marta Silva", "Marta Kern": "formerly Marta Lopes"}
    done = read(*now, said=said_of(both))
    assert (done.new, done.updated, done.asked, read(*now).unchanged) == (0, 2, [], 3)


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        ([("Marta Weiss", "E9")], {"Marta Weiss": "E9", "Tom Ray": "E2"}),
        ([("Marta Weiss", "E2"), ("Tom Ray", "E5")], {"Marta Weiss": "E2", "Tom Ray": "E5"}),
        ([("Tom Ray", "E1"), ("Marta Weiss", "E2")], {"Marta Weiss": "E2", "Tom Ray": "E1"}),
        ([("Marta Weiss", "E1")], {"Marta Weiss": "E1", "Tom Ray": "E2"}),
        ([("Marta Weiss", "E2")], None),
    ],
)
def test_a_new_surname_with_a_new_number_is_asked_about_once(
    file_store: Store, tmp_path: Path, now: list[tuple[str, str]], codes: dict[str, str] | None
) -> None:
    def read(*rows: tuple[str, str], **how: Any) -> Imported:
        days = {"Marta": "2020-02-03", "Tom": "2020-03-02"}
        table = [("Name", "Employee ID", "Hire date"), *((*row, days[row[0].split()[0]]) for row in rows)]
        return read_in(people, file_store, written(tmp_path / "p.csv", table), **how)

    assert read(("Marta Silva", "E1"), ("Tom Ray", "E2")).new == 2
    is_hers = now == [("Marta Weiss", "E1")]  # known by her number
    asked = read(*now, dry_run=True)
    hers = [one for one in asked.asked if str(one.about).startswith("Marta Weiss")]
    assert ["formerly Marta Silva" in [said for _, said in one.choices] for one in hers] == [True] * (not is_hers)
    done = read(*now, said={} if is_hers else said_of({"Marta Weiss": "formerly Marta Silva"}))
    if codes is None:  # nothing says that the number is Tom's no more
        assert (done.applied, len(done.asked)) == (False, 1)
        return
    with file_store.read() as connection:
        rows = connection.execute(select(person.c.name, person.c.code, person.c.id).order_by(person.c.id)).all()
    assert {row.name: row.code for row in rows} == codes
    assert [row.name for row in rows] == ["Marta Weiss", "Tom Ray"]
    assert (done.new, read(*now).unchanged) == (0, len(now))


def test_an_emptied_cell_is_the_same_entry_of_a_logbook(office: Office, tmp_path: Path) -> None:
    row = {name: value for name, value in BASE["activities"].items() if name != "id"} | {"state": ""}
    assert imported(office, "activities", tmp_path, [row]).new == 1
    for name in ("time", "customer", "title"):
        other = row | {name: ""}
        done = imported(office, "activities", tmp_path, [other])
        if name == "customer":
            assert (done.new, done.updated) == (0, 0), "a visit needs its customer"
            continue
        assert (done.new, [(c.field, c.emptied) for c in done.cells]) == (
            0,
            [({"time": "at_time"}.get(name, name), True)],
        )
        assert imported(office, "activities", tmp_path, [other]).unchanged == 1
        assert imported(office, "activities", tmp_path, [row]).updated == 1
    assert imported(office, "activities", tmp_path, [row, row | {"time": ""}]).new == 1, (
        "the first row is the first entry"
    )
    assert imported(office, "activities", tmp_path, [row | {"time": "11:00"}]).new == 0
    with office.store.read() as connection:
        assert connection.execute(select(activity.c.at_time).order_by(activity.c.id)).scalars().all() == [
            "09:05",
            "11:00",
        ]
    day = row | {"date": "2026-10-08"}
    assert imported(office, "activities", tmp_path, [day, day | {"time": "12:00"}], said={"*": "new"}).new == 2
    done = imported(office, "activities", tmp_path, [day | {"time": ""}])
    assert "can't be told which entry" in str(done.rejected[0].reason)


def test_an_empty_project_is_missing(office: Office, tmp_path: Path) -> None:
    done = imported(office, "pairings", tmp_path, [BASE["pairings"] | {"project": ""}])
    assert [(p.column, str(p.reason)) for p in done.rejected] == [("project", "The project is missing.")]


# -- names


def test_hard_spaces_are_spaces_and_what_a_web_page_escapes_is_read(office: Office, tmp_path: Path) -> None:
    rows = [
        {"project": "Q\u00a0&amp;\u3000R", "started on": "2026-01-01", "customer": "A&amp;B\u202fCo"},
        {"project": "S", "started on": "2026-01-01", "customer": "C &lt;x&gt;"},
    ]
    path = written(tmp_path / "list.csv", [list(rows[0]), *(list(row.values()) for row in rows)])
    plan = projects.plan(office.store, path)
    done = projects.run(office.store, ME, plan, today=D(2026, 11, 24)).result
    assert done.new == 2
    with office.store.read() as connection:
        found = connection.execute(select(project.c.name, project.c.customer).order_by(project.c.id)).all()
    assert [tuple(row) for row in found[-2:]] == [("Q & R", "A&B Co"), ("S", "C <x>")]
    said = dict(lines(plan.understood(translator("en"), done), translator("en")))["To be noted"]
    assert "customer is written as in a web page: A&amp;B\u202fCo is read as A&B Co." in said
    assert imported(office, "projects", tmp_path, rows).unchanged == 2
    rows[1]["customer"] = "C & D"  # not the whole column
    assert imported(office, "projects", tmp_path, rows).updated == 2
    with office.store.read() as connection:
        assert connection.execute(select(project.c.customer).where(project.c.name == "Q & R")).scalar() == "A&amp;B Co"


def test_messages_call_fields_as_the_reader_does(file_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "p.csv", [("what", "when"), ("P", "2026-01-01")])
    with pytest.raises(UserError) as error:
        projects.plan(file_store, path).check()
    assert "recognised as Project, Started on" in str(error.value)
    assert "项目、开始日期" in error.value.render(translator("zh_CN"))
    columns = {"项目": ["what"], "Started on": ["when"]}
    assert projects.plan(file_store, path, columns=columns).mapping.columns == {
        "name": ["what"],
        "started_on": ["when"],
    }
    with pytest.raises(UserError, match="fields are: Project, Customer, Region"):
        projects.plan(file_store, path, columns={"x": ["what"]})
