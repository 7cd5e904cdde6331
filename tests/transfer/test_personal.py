"""What is kept about a person: whole, for programs and for people, and nothing about others but their names."""

import csv
import datetime as dt
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mentor_app.core import drafts
from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.people import actions as people
from mentor_app.core.personal.actions import erase
from mentor_app.core.playbooks.attachments import attach_file
from mentor_app.core.store import Store
from mentor_app.core.text import translator
from mentor_app.transfer import activities, opportunities
from mentor_app.transfer.personal import write_personal
from tests.conftest import TODAY
from tests.core.history.world import DEEDS, book, details, person
from tests.core.personal.test_erasing import marked
from tests.core.points.mentoring import Camp
from tests.transfer.files import read_in

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def written(at: Camp, path: Path, language: str = "en", who: Any = None) -> zipfile.ZipFile:
    write_personal(at.store, who or at.lead, at.hire.person_id or 0, path, translator(language), NOW)
    return zipfile.ZipFile(path)


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_about_somebody_and_nothing_about_others(store: Store, tmp_path: Path, language: str) -> None:
    at = Camp(store)
    at.act(
        logbook.save_activity,
        at.hire.person_id,
        details(at, "my words", seen="=1+1", next_step="-ask"),
        TODAY,
        state="submitted",
        who=at.hire,
    )
    at.act(logbook.save_activity, at.lu.person_id, details(at, "words of Lu"), TODAY, state="draft", who=at.lu)
    archive = written(at, tmp_path / "ann.zip", language)
    assert archive.testzip() is None
    assert subprocess.run(["python3", "-m", "zipfile", "-t", str(tmp_path / "ann.zip")], check=False).returncode == 0
    whole = json.loads(archive.read("data.json"))
    assert whole["about"]["person"] == "Ann"
    assert {"person", "person_role", "crm_name", "enrolment", "activity", "pairing"} <= whole["records"].keys()
    assert whole["records"]["activity"][0]["host_name"] == "Mo"
    assert [one["action"] for one in whole["actions"]] == ["logbook.save_activity"]
    assert whole["changes"][0]["table_name"] == "person"
    text = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "my words" in text
    assert "words of Lu" not in text
    (line,) = rows(archive, "tables/activity.csv")
    assert {"'=1+1", "'-ask", "my words"} <= set(line.values())
    assert ("What was seen" in line) == (language == "en")
    readme = archive.read("README.txt").decode()
    assert "Everything that this store keeps about Ann" in readme
    assert "关于Ann的全部内容" in readme
    assert all(f"{name}: " in readme for name in archive.namelist() if name.startswith("tables/"))
    assert os.stat(tmp_path / "ann.zip").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_deals_are_read_back_from_what_was_written(file_store: Store, tmp_path: Path, language: str) -> None:
    at = Camp(file_store)
    file = tmp_path / "deals.csv"
    file.write_text(
        "Opportunity ID,Opportunity Name,Account Name,Owner,Stage,Created Date,Close Date,Amount,Currency\n"
        "006A,Acme – CRM,Acme,Ann,Closed Won,2026-09-13,2026-10-14,1200.50,EUR\n"
        "006B,Beta – CRM,Beta,Ann,Proposal,2026-09-15,,900,EUR\n"
        "006C,Beta – CRM,Beta,Ann,Closed Lost,2026-09-15,2026-10-15,900,EUR\n"
    )
    assert read_in(opportunities, file_store, file).new == 3
    file.write_bytes(written(at, tmp_path / "ann.zip", language).read("tables/opportunity.csv"))
    plan = opportunities.plan(file_store, file)
    assert plan.mapping.columns["id"] == [translator(language)("Identity")]
    back = read_in(opportunities, file_store, file)
    assert (back.unchanged, back.new, back.updated, back.rejected) == (3, 0, 0, [])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Signed off is no state that a list can give. Of Planned, Draft, Submitted, Returned, Signed off, Withdrawn it"),
        ("zh_CN", "已确认不是名单里能写的状态。已计划、草稿、待确认、已退回、已确认、已撤回之中，名单里可以写："),
    ],
)  # fmt: skip
def test_entries_come_back_as_they_are_and_no_list_signs_one_off(
    file_store: Store, tmp_path: Path, language: str, said: str
) -> None:
    at, tr = Camp(file_store), translator(language)
    at.session()
    at.session()
    at.act(
        logbook.save_activity,
        at.hire.person_id,
        details(at, "mine", seen="much"),
        TODAY,
        state="submitted",
        who=at.hire,
    )
    file = tmp_path / "activity.csv"
    file.write_bytes(written(at, tmp_path / "ann.zip", language).read("tables/activity.csv"))
    back = read_in(activities, file_store, file)
    assert (back.unchanged, back.new, back.updated, back.rejected) == (3, 0, 0, [])
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    words = [tr(name) for name in ("New hire", "Date", "Kind", "About", "State")]
    ours = csv.DictReader(lines)
    about = [
        (one[tr("Person")], one[tr("Date")], one[tr("Kind")], one[tr("Customer")], one[tr("State")]) for one in ours
    ]
    file.write_text("\n".join(map(",".join, [words, *about])), encoding="utf-8-sig")
    assert read_in(activities, file_store, file).unchanged == 3
    signed = next(line for line in lines if tr("Signed off") in line)
    other = signed.replace("2026-10-05", "2026-10-06")
    file.write_text("\n".join([lines[0], signed, other]), encoding="utf-8-sig")
    again = read_in(activities, file_store, file)
    (problem,) = again.rejected
    assert (again.unchanged, problem.row, problem.column) == (1, 3, tr("State"))
    assert problem.reason.render(tr).startswith(said)


def test_everything_typed_by_the_person_stands_in_it(file_store: Store, tmp_path: Path) -> None:
    """Whatever could be done was done; each row that erasing would touch is given out before."""
    at = Camp(file_store)
    act = file_store.act

    def typed(who: Any, action: Any, *args: Any, **more: Any) -> Any:
        args, more = marked(action, args, more)
        return act(who, action, *args, **more)

    file_store.act = typed  # type: ignore[method-assign]
    for name in DEEDS:
        try:
            who, action, args, more = DEEDS[name](at)
            file_store.act(who, action, *args, **more)
        except (UserError, IndexError, AssertionError):
            continue
    file_store.act = act  # type: ignore[method-assign]
    whole = json.loads(written(at, tmp_path / "ann.zip").read("data.json"))
    from mentor_app.core.personal.texts import theirs

    with file_store.read() as connection:
        of = theirs(connection, at.hire.person_id or 0)
    for table, ids in of.rows.items():
        given = {row["id"] for row in whole["records"].get(table, [])}
        in_history = {row["row_id"] for row in whole["changes"] if row["table_name"] == table}
        assert ids <= given | in_history, table


def test_drafts_and_attached_files_are_in_it(file_store: Store, tmp_path: Path) -> None:
    at = Camp(file_store)
    made = book(at)
    for folder in ("a", "b"):
        file = tmp_path / folder / "计划=.pdf"
        file.parent.mkdir()
        file.write_bytes(b"%PDF-1.7 " + folder.encode())
        attach_file(file_store, at.mo, made, file)
    home = drafts.of_owner(
        drafts.folder(), os.path.realpath(file_store.location).encode(), drafts.owner_of(at.mo.person_id or 0)
    )
    home.mkdir(parents=True)
    (home / "a.json").write_text(json.dumps({"title": "t", "values": {"seen": "half a sen"}}))
    (home / "b.json").write_text("broken")
    done = write_personal(file_store, at.mo, at.mo.person_id or 0, tmp_path / "mo.zip", translator("en"), NOW)
    assert (done.drafts, done.files) == (1, 2)
    archive = zipfile.ZipFile(tmp_path / "mo.zip")
    assert json.loads(archive.read("drafts.json"))[0]["values"] == {"seen": "half a sen"}
    assert archive.read("attachments/计划=.pdf") == b"%PDF-1.7 a"
    assert archive.read("attachments/计划= (2).pdf") == b"%PDF-1.7 b"


def test_who_may_and_where(file_store: Store, tmp_path: Path) -> None:
    at = Camp(file_store)
    assert written(at, tmp_path / "own.zip", who=at.hire)
    with pytest.raises(UserError, match="given to them, by them"):
        written(at, tmp_path / "other.zip", who=at.lu)
    with pytest.raises(UserError, match=r"as \.zip"):
        written(at, tmp_path / "x.csv")
    with pytest.raises(UserError, match="can't be written"):
        written(at, tmp_path / "no" / "x.zip")
    with pytest.raises(UserError, match="belongs to a database"):
        _over_store(at)
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix == ".zip") == ["own.zip"]


def _over_store(at: Camp) -> None:
    link = Path(at.store.location).with_suffix(".link.zip")
    link.symlink_to(at.store.location)
    try:
        written(at, link)
    finally:
        link.unlink()


def test_a_full_disk_leaves_nothing(file_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = Camp(file_store)

    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(UserError, match="the disk is full"):
        written(at, tmp_path / "ann.zip")
    assert not list(tmp_path.glob("ann*"))


def test_of_somebody_erased_only_what_stayed_is_given(file_store: Store, tmp_path: Path) -> None:
    at = Camp(file_store, paired=False)
    at.act(people.edit_person, at.hire.person_id, person("Quuxley", roles=frozenset({"new_hire"})))
    at.act(erase, at.hire.person_id)
    archive = written(at, tmp_path / "x.zip")
    text = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Quuxley" not in text
    assert "Erased person" in archive.read("tables/person.csv").decode()
