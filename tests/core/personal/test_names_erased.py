"""A name goes from every row and from the history in all its forms, and from nothing else."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from sqlalchemy import select, text

from mentor_app.core.camp.actions import publish
from mentor_app.core.camp.queries import published
from mentor_app.core.history.before_erasing import preview
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.definitions import DEFINITIONS
from mentor_app.core.personal.places import Spot
from mentor_app.core.pipeline.actions import import_opportunities, remember_mapping
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.queries import find
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.points import actions as points
from mentor_app.core.store import Store
from mentor_app.core.store.history import change
from mentor_app.core.store.schema import metadata
from tests.conftest import TODAY
from tests.core.history.world import deals, person
from tests.core.personal.test_erasing import in_files, replace_part, sound
from tests.core.personal.test_mentions import WIDE
from tests.core.points.mentoring import Camp


def test_others_keep_their_names_and_words(file_store: Store) -> None:
    """A name inside another's name, or in a word, is not that person; a namesake's mentions can't be told apart."""
    at = Camp(file_store)
    at.act(pairing.end, at.pairing, TODAY, "Ann, Annabel and ann announce: ANN.")
    at.act(people.add_person, person("Ann Lee"))
    at.act(points.save_reward, "Ann Lee, Ann, 安Ann", "resource", 20)
    at.act(erase, at.hire.person_id)
    with file_store.read() as connection:
        names = {p.name for p in everybody(connection)}
        rewards = set(connection.execute(text("SELECT name FROM reward")).scalars())
    number = at.hire.person_id
    assert {f"⌫{number}", "Ann Lee", "Mo"} <= names
    assert f"Ann Lee, ⌫{number}, 安⌫{number}" in rewards
    twin = at.act(people.add_person, person("Ann Lee"))
    at.act(points.save_reward, "Of Ann Lee", "resource", 20)
    at.act(erase, twin)
    with file_store.read() as connection:
        assert "Of Ann Lee" in set(connection.execute(text("SELECT name FROM reward")).scalars())
    sound(file_store)


def test_accents_are_found_however_they_are_written(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    one, two = (normalize(form, "Zoë Quux") for form in ("NFC", "NFD"))
    for held, written in ((one, two), (two, one)):
        at.act(points.save_reward, f"Of {written}", "resource", 20)
        gone = at.act(people.add_person, person(held))
        at.act(erase, gone)
        file_store.scrub()
        assert in_files(Path(file_store.location), one, two) == []


COMMON = (
    "Key",
    "name",
    "Customer",
    "Aim",
    "South",
    "won",
    "Won",
    "赢单",
    "newcomer",
    "Shadow",
    "Cloud",
    "en",
    "columns",
)


def test_a_name_that_is_a_word_of_definitions_changes_none_of_them(file_store: Store) -> None:
    """Programme, kinds of playbooks, regions, teams, stages, products and how files are read: byte by byte as they were."""
    at = Camp(file_store, paired=False)
    at.act(remember_mapping, "0" * 64, {"stages": {"Won by Shadow": "won"}, "columns": {"name": ["Customer"]}})
    at.act(people.save_team, "South Customer")
    (batch,) = deals("SOUTH-1", "b", "c")
    batch.columns |= {"stage": ["赢单 Won"] * 3, "product": ["Cloud"] * 3, "name": ["South-facing, Southern", "b", "c"]}
    at.act(import_opportunities, [batch], today=TODAY)
    at.act(
        publish,
        _one(file_store, "SELECT definition FROM programme_version").replace("Growth camp", "Key camp"),
        who=at.trainer,
    )
    before = _defined(file_store)
    for name in COMMON:
        gone = at.act(people.add_person, person(f"Quuxley {name}", crm_names=(name,)))
        at.act(points.save_reward, f"For {name} and {name}ish of {name}", "resource", 20)
        with file_store.read() as connection:
            stays = [str(line) for line in preview(connection, gone).stays]
        assert any(line.startswith(f"{name} also stands in ") for line in stays), name
        at.act(erase, gone)
        assert _defined(file_store) == before, name
        with file_store.read() as connection:
            rewards = list(connection.execute(text("SELECT name FROM reward")).scalars())
            assert f"For ⌫{gone} and {name}ish of ⌫{gone}" in rewards
            assert name not in set(connection.execute(text("SELECT name FROM crm_name")).scalars())
            assert published(connection).programme.stages
    with file_store.read() as connection:
        names = set(connection.execute(text("SELECT name FROM opportunity")).scalars())
        assert any(name.endswith("-facing, Southern") and name.startswith("⌫") for name in names)
    file_store.scrub()
    assert in_files(Path(file_store.location), "Quuxley") == []
    sound(file_store)


def _one(store: Store, statement: str) -> Any:
    with store.read() as connection:
        return connection.execute(text(statement)).scalars().first()


def _defined(store: Store) -> dict[str, list[Any]]:
    """Everything definitions say, and what opportunities are known by."""
    with store.read() as connection:
        found = {
            f"{table}.{column}": sorted(connection.execute(text(f"SELECT {column} FROM {table}")).scalars(), key=str)
            for table, columns in DEFINITIONS.items()
            for column in columns
        }
        found["keys"] = sorted(connection.execute(text("SELECT key FROM opportunity")).scalars())
        kept = select(change.c.id, change.c.before, change.c.after).where(
            change.c.table_name.in_(DEFINITIONS.keys() - {"opportunity"})
        )
        found["history"] = sorted(map(str, connection.execute(kept)))
    return found


def test_where_a_definition_holds_a_name_it_is_said_and_stays(file_store: Store) -> None:
    """Also one that stood there once; and a Chinese one, which is found in texts of others as before."""
    at = Camp(file_store, paired=False)
    team = at.act(people.save_team, "墨标记组")
    at.act(people.save_team, "Another", team_id=team)
    at.act(points.save_reward, "请墨标记吃饭", "resource", 20)
    gone = at.act(people.add_person, person("墨标记"))
    with file_store.read() as connection:
        stays = [str(line) for line in preview(connection, gone).stays]
    assert "墨标记 also stands in Teams (墨标记组), and stays there, for it may be a common word." in stays
    at.act(erase, gone)
    assert _one(file_store, "SELECT name FROM reward WHERE name LIKE '请%'") == f"请⌫{gone}吃饭"
    sound(file_store)


def test_such_forms_and_the_employee_number_leave_rows_and_history(store: Store) -> None:
    at = Camp(store, paired=False)
    made = at.act(people.add_person, replace(person("Quentin Okapi"), code="EQ777"))
    forms = (WIDE, "Quen\u200btin Okapi", "EQ777", "Quentin (Okapi)", "EQ-777")
    for form in forms:
        at.act(points.save_reward, f"With {form}", "resource", 20)
    at.act(points.save_reward, "EQ7775 of Okapia", "resource", 20)
    at.act(erase, made)
    with store.read() as connection:
        names = connection.execute(select(metadata.tables["reward"].c.name)).scalars().all()
        kept = connection.execute(select(change.c.before, change.c.after)).all()
    assert sum("⌫" in name for name in names) == len(forms)
    assert "EQ7775 of Okapia" in names
    assert [
        words
        for row in kept
        for words in row
        if words
        and any(
            json.dumps(one)[1:-1] in words or one in words
            for one in (WIDE, "Quen\u200btin", '"EQ777"', "EQ777 ", "With EQ777", "EQ-777")
        )
    ] == []


def test_forms_in_characters_leave_rows_and_history(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    forms = {
        "山田 太郎": ("山田太郎", "太郎山田", "太郎, 山田"),
        "墨标记": ("墨 标记", "墨标\u3000记"),
        "墨魁": ("墨 魁",),
    }
    for form in [form for some in forms.values() for form in some]:
        at.act(points.save_reward, f"With {form}", "resource", 20)
    for called in forms:
        at.act(erase, at.act(people.add_person, person(called)))
    file_store.scrub()
    assert in_files(Path(file_store.location), *forms, *(form for some in forms.values() for form in some)) == []
    sound(file_store)


def test_forms_of_a_name_leave_rows_and_history(store: Store) -> None:
    at = Camp(store, paired=False)
    forms = ("Okapi, Quentin", "QuentinOkapi", "okapi quentin")
    rewards = [at.act(points.save_reward, f"With {form}", "resource", 20) for form in forms]
    at.act(points.save_reward, "Changed", "resource", 20, reward_id=rewards[0])
    at.act(erase, at.act(people.add_person, person("Quentin Okapi")))
    with store.read() as connection:
        held = [str(row) for row in connection.execute(select(change.c.before, change.c.after))]
        held += connection.execute(text("SELECT name FROM reward")).scalars()
        names = sorted(connection.execute(text("SELECT name FROM reward WHERE name LIKE 'With%'")).scalars())
    assert [words for words in held if "okapi" in words.casefold()] == []
    assert len(names) == len(set(names)) == 2  # two ways to write a name are two rewards still
    sound(store)


@pytest.mark.parametrize(("number", "is_sought"), [("4711", [True]), ("HZ-4711", []), ("E6", [True]), ("6", [False])])
def test_the_employee_number_that_goes_is_shown_before(file_store: Store, number: str, is_sought: list[bool]) -> None:
    at = Camp(file_store, paired=False)
    at.act(people.edit_person, at.hire.person_id, person("Quuxley", code=number, roles=frozenset({"new_hire"})))
    with file_store.read() as connection:
        shown = preview(connection, at.hire.person_id or 0)
    assert f"The employee number: {number}" in map(str, shown.goes)
    told = [str(one) for one in shown.stays if f": {number}" in str(one)]
    assert ["unless" in one for one in told] == is_sought
    at.act(erase, at.hire.person_id)
    with file_store.read() as connection:
        assert "employee number" not in " ".join(map(str, preview(connection, at.hire.person_id or 0).goes))


def test_where_a_name_of_one_word_may_be_another_word_is_shown_before(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    at.act(people.edit_person, at.hire.person_id, person("Max", roles=frozenset({"new_hire"})))
    at.act(points.save_reward, "Discount of max. 10 %, Maximum", "resource", 20)
    with file_store.read() as connection:
        shown = " ".join(map(str, preview(connection, at.hire.person_id or 0).goes))
    line = "    Discount of max. 10 %, Maximum: Discount of ›max‹. 10 %, Maximum"
    assert f"1 place in texts of others:\n{line}" in shown


def test_a_name_of_several_words_in_small_letters_is_shown_before(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    number = at.act(people.add_person, person("Rose Price"))
    for name in ("List price rose 5 %", "Of Rose Price", "rose.price@acme.com"):
        at.act(points.save_reward, name, "resource", 20)
    with file_store.read() as connection:
        shown = " ".join(map(str, preview(connection, number).goes))
    assert "1 place in texts of others:\n    List price rose 5 %: List ›price rose‹ 5 %" in shown


def test_places_that_say_the_same_are_one_line_with_their_count(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    at.act(people.edit_person, at.hire.person_id, person("Max", roles=frozenset({"new_hire"})))
    for who in (at.mo, at.lu):
        book = int(at.act(playbooks.begin, "objections", "Q&A", who=who))
        for _ in range(8):
            at.act(playbooks.save_part, book, Part(title="Price", body="Say max. 10 % off"), who=who)
    with file_store.read() as connection:
        shown = " ".join(map(str, preview(connection, at.hire.person_id or 0).goes))
    places = re.search(r"(\d+) places in texts of others:((?:\n    .*)+)", shown)
    assert places
    assert places[2] == f"\n    Price: Say ›max‹. 10 % off (× {places[1]})"


def test_the_search_finds_a_name_no_more(store: Store) -> None:
    at = Camp(store, paired=False)
    made = int(at.act(playbooks.begin, "objections", "Q&A", who=at.mo))
    at.act(playbooks.save_part, made, replace_part("Ask Quuxley", "He knows, says Quuxley"), who=at.mo)
    at.act(playbooks.submit, made, who=at.mo)
    at.act(reviewing.approve, made, who=at.trainer)
    gone = at.act(people.add_person, person("Quuxley"))
    with store.read() as connection:
        assert find(connection, "Quuxley", TODAY)
    at.act(erase, gone)
    with store.read() as connection:
        assert find(connection, "Quuxley", TODAY) == []
        assert [hit.playbook_id for hit in find(connection, "knows", TODAY)] == [made]
    sound(store)


def test_other_letters_and_parts_of_a_name_leave_rows_and_history(store: Store) -> None:
    at = Camp(store, paired=False)
    forms = ("JÖRG WEISSQUUX", "joerg.weissquux@firm.com", "Weissquux Jorg", "Jörg Weißquux", "Jo\u0308rg Weißquux")
    for form in forms:
        at.act(points.save_reward, f"With {form}", "resource", 20)
    at.act(points.save_reward, "Jörg Weissquuxhaus", "resource", 20)
    gone = at.act(people.add_person, person("Jörg Karl Weißquux"))
    with store.read() as connection:
        goes = [str(line) for line in preview(connection, gone).goes]
    assert "Also first and last name alone, for it is taken for the same person: Jörg Weißquux" in goes
    at.act(erase, gone)
    with store.read() as connection:
        held = [str(row) for row in connection.execute(select(change.c.before, change.c.after))]
        held += connection.execute(text("SELECT name FROM reward")).scalars()
    assert {word for words in held for word in re.findall(r"\w*quux\w*", words.casefold())} == {"weissquuxhaus"}
    sound(store)


def test_a_short_name_that_another_person_may_bear_stays_and_is_said(store: Store) -> None:
    at = Camp(store, paired=False)
    at.act(points.save_reward, "With Mary Quux", "resource", 20)
    gone = at.act(people.add_person, person("Mary Jane Quux"))
    at.act(people.add_person, person("Mary Quux"))
    with store.read() as connection:
        stays = [str(line) for line in preview(connection, gone).stays]
    assert "Names that somebody else here has too, where others wrote them: Mary Quux" in stays
    at.act(erase, gone)
    with store.read() as connection:
        assert "With Mary Quux" in connection.execute(text("SELECT name FROM reward")).scalars().all()


def test_what_may_mean_the_person_and_stays_is_shown_before_and_goes_as_a_crm_name(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    hire = person("Eve Li")
    number = at.act(people.add_person, hire)
    for name in ("Of Eve *** Li and Eve Li", "Of Eve (Bo) Li", "Eve Li Smith"):
        at.act(points.save_reward, name, "resource", 20)
    at.act(people.add_person, person("Bo"))
    with file_store.read() as connection:
        found = preview(connection, number)
    shown = str(found.unsure)
    assert shown.startswith("3 places that may mean this person stay. Say their words under “Also erase these words”")
    marked = {
        "Of Eve *** Li and Eve Li": "Of ›Eve *** Li‹ and Eve Li",
        "Of Eve (Bo) Li": "Of ›Eve (Bo) Li‹",
        "Eve Li Smith": "›Eve Li‹ Smith",
    }
    assert shown.splitlines()[1:] == [f"    {name}: {one}" for name, one in marked.items()]
    marked["Of Eve *** Li and Eve Li"] = f"Of ›Eve *** Li‹ and Erased person {number}"
    told = [f"    {name.replace('and Eve Li', f'and Erased person {number}')}: {one}" for name, one in marked.items()]
    assert str(found.left).splitlines()[1:] == told
    assert "erase the person once more, with their words" in str(found.left)
    at.act(people.edit_person, number, replace(hire, crm_names=("Eve *** Li", "Eve Li Smith")))
    at.act(erase, number)
    with file_store.read() as connection:
        names = set(connection.execute(text("SELECT name FROM reward")).scalars())
        assert preview(connection, number).unsure is None
    assert {f"Of ⌫{number} and ⌫{number}", "Of Eve (Bo) Li", f"⌫{number}"} <= names


def test_a_name_in_characters_is_shown_where_it_is_written_in_latin_letters(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("单 伟"))
    for name in ("Of Shan Wei", "wei.dan@acme.com", "WEI (Chan)", "Shanghai weight"):
        at.act(points.save_reward, name, "resource", 20)
    with store.read() as connection:
        shown = [line.partition(": ")[2] for line in str(preview(connection, number).unsure).splitlines()[1:]]
    assert shown == ["Of ›Shan Wei‹", "›wei.dan‹@acme.com", "›WEI (Chan)‹"]


def test_what_goes_once_it_is_erased_goes_with_a_new_person_of_the_name(file_store: Store) -> None:
    at = Camp(file_store, paired=False)
    at.act(points.save_reward, "Of Eve *** Quux", "resource", 20)
    at.act(erase, at.act(people.add_person, person("Eve Quux")))
    again = at.act(people.add_person, person("Eve Quux", crm_names=("Eve *** Quux",)))
    at.act(erase, again)
    assert _one(file_store, "SELECT name FROM reward WHERE name LIKE 'Of%'") == f"Of ⌫{again}"


def test_a_place_is_marked_in_its_text_and_line_ends_are_seen() -> None:
    spot = Spot(table="reward", row_id=1, column="name", words="Dear Bo,\r\n Ann \nLi came", begin=11, end=18, fate="")
    assert (spot.around(), spot.place) == ("Dear Bo, ⏎ ›Ann ⏎ Li‹ came", "Ann ⏎ Li")
