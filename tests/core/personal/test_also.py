"""Words that whoever erases somebody says to mean them, too: they go wherever they stand as whole words, and are kept nowhere."""

import datetime as dt
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from mentor_app.core import drafts
from mentor_app.core.errors import UserError
from mentor_app.core.history.before_erasing import all_places, idle, preview
from mentor_app.core.people import actions as people
from mentor_app.core.personal.actions import erase, remove_person
from mentor_app.core.personal.also import Also, checked
from mentor_app.core.personal.beside import backups_with, erase_everywhere
from mentor_app.core.personal.places import DOUBTFUL, GOES, STAYS
from mentor_app.core.personal.texts import Replacing, Theirs
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.queries import find
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.points import actions as points
from mentor_app.core.store import Store, keeping
from mentor_app.core.team import open_team
from tests.conftest import TODAY
from tests.core.history.world import person
from tests.core.personal.test_erasing import MARK, busy, figures, in_files, sound
from tests.core.points.mentoring import Camp
from tests.core.store.test_restore import shown


def told(words: str, *also: str, others: tuple[str, ...] = ()) -> str:
    """Words with "+" before what goes."""
    for begin in sorted((place[0] for place in Also(also, others).places(words)[0]), reverse=True):
        words = f"{words[:begin]}+{words[begin:]}"
    return words


@pytest.mark.parametrize(
    ("also", "words"),
    [
        ("Pri", "+Pri, +PRI! (+pri) Priya Prix +pri-mail +pri@acme.com x_+pri.pdf Apri"),
        ("Pri", "<b>+Pri</b> P<i>riya</i> +P<i>ri</i> 小+Pri来"),
        ("emp. 1050", "the +emp. 1050, +Emp.\n  1050, +emp.&nbsp;1050, emp. 10500, temp. 1050, emp. 1050.50"),
        ("1050", "+1050 1.050 1050.5 10500 1050,00 +1050, +1050. A1050 +１０５０"),
        ("小王", "+小王来了，老小，小 王"),
        ("Jörgi", "+jörgi +JÖRGI Jorgi"),
        ("Eve ⏎ Li", "+Eve\nLi +Eve Li"),
        ("nickname", "+nick-\nname and +nickname"),
    ],
)
def test_whole_words_go_in_any_capitals(also: str, words: str) -> None:
    assert told(words.replace("+", ""), *checked([also], {})) == words


def test_within_the_names_of_others_they_stay() -> None:
    others = ("Ann Li", "Bo Ann-Marie")
    words = "+Ann, Ann Li, LI, ANN; ann li. Ann-Marie Bo, +ann\n+Ann Marie"
    assert told(words.replace("+", ""), "Ann", others=others) == words
    assert told("⌫17 and 17, ⌫17/2", "17") == "⌫17 and +17, ⌫17/2"


def erased(words: str, *also: str, others: tuple[str, ...] = ()) -> str:
    """Words with "·" for each sign of what goes."""
    for begin, end in Also(also, others).places(words)[0]:
        words = f"{words[:begin]}{'·' * (end - begin)}{words[end:]}"
    return words


def test_what_stays_of_longer_words_hides_no_shorter_ones() -> None:
    others = ("Mary Jane Watson",)
    for also in (("Pri",), ("Pri", "Pri Mary"), ("Pri Mary", "with Pri", "Mary", "Pri Mary Watson of", "Pri")):
        assert erased("Pri Mary Watson", *also, others=others) == "··· Mary Watson", also
    assert erased("Pri Mary came", "Pri", "Pri Mary", others=others) == "········ came"


def test_words_that_overlap_go_as_one() -> None:
    found = Also(("Old Pri", "Pri Boss", "Pri", "Boss of"), ()).places("the Old Pri Boss of, pri")[0]
    assert dict(found) == {(4, 19): ["Old Pri", "Pri Boss", "Boss of"], (21, 24): ["Pri"]}
    assert erased("Pri Pri Pri", "Pri Pri") == "·" * 11
    assert erased("⌫17 x 17 x", "17 x") == "⌫17 x ····"


_SAID = ("Pri", "Pri Mary", "Old Pri", "Mary", "Pri Old", "Pri-Pri")


@given(
    st.lists(st.sampled_from(["Pri", "Old", "Mary", "Watson", "Pri Mary Watson"]), max_size=5),
    st.sampled_from([" ", ", ", "-"]),
    st.sets(st.sampled_from(_SAID), max_size=2),
    st.sets(st.sampled_from(_SAID)),
)
@example(["Pri Mary Watson"], " ", {"Pri"}, {"Pri Mary"})
def test_saying_more_erases_no_less(words: list[str], between: str, some: set[str], more: set[str]) -> None:
    text, others = between.join(words), ("Mary Jane Watson",)
    less, all_ = (erased(text, *sorted(also), others=others) for also in (some, some | more))
    assert all(after == "·" for before, after in zip(less, all_, strict=True) if before == "·")


@given(
    st.lists(
        st.sampled_from(["Pri", "pRI", "Priya", "emp.", "1050", "Ann", "Li", "1.050", "-", ",", "\n", "小王", "<b>"])
    )
)
def test_none_is_left_but_in_names_of_others(words: list[str]) -> None:
    also = Also(("Pri", "emp. 1050", "ann"), ("Ann Li",))
    text = " ".join(words)
    for begin, end in sorted(also.places(text)[0], reverse=True):
        text = f"{text[:begin]}⌫{text[end:]}"
    assert also.places(text)[0] == {}
    assert "pri " not in f"{text} ".casefold()
    assert text.count("Ann Li") <= " ".join(words).count("Ann Li")
    assert text.count("Priya") == words.count("Priya")


@pytest.mark.parametrize("words", ["x", "5", "王", "…", " . a", "⌫17"])
def test_too_short_words_are_refused(words: str) -> None:
    with pytest.raises(UserError, match="fewer than two"):
        checked(["Pri", words], {})


@pytest.mark.parametrize("words", ["Ann Li", "ann li", "Li, Ann", "annli", "W07", "w 07", "ann.crm"])
def test_what_somebody_else_is_called_is_refused(words: str) -> None:
    others = {"Ann Li": "Ann Li", "W07": "Ann Li", "ann.crm": "Ann Li"}
    with pytest.raises(UserError, match=r"somebody else here is called, or their number: Ann Li\."):
        checked([words], others)
    assert checked(["Ann", "", " ", "ANN", "Ann  of Berlin"], others) == ("ANN", "Ann of Berlin")


def test_no_byte_is_left_of_words_said_in_anything_that_was_ever_typed(tmp_path: Path) -> None:
    path = tmp_path / "team.sqlite"
    store = open_team(path)
    at, home = busy(store), tmp_path / "drafts"
    before = figures(store)
    mine = drafts.of_owner(home, str(path).encode(), "somebody")
    mine.mkdir(parents=True)
    said = {"place": {"room": "logbook"}, "title": MARK, "values": {"seen": f"of {MARK.upper()}"}}
    (mine / "a.json").write_text(json.dumps(said))
    assert in_files(path, MARK)
    erase_everywhere(store, at.lead, at.hire.person_id or 0, home, also=(MARK,))
    assert in_files(path, MARK) == []
    assert json.loads((mine / "a.json").read_text())["values"] == {"seen": f"of ⌫{at.hire.person_id}"}
    assert figures(store) == before
    sound(store)
    store.close()
    assert in_files(path, MARK) == []


def test_words_go_from_rows_history_and_search(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("Eve Quux"))
    reward = at.act(points.save_reward, "Dinner with quuxi", "resource", 20)
    at.act(points.save_reward, "Dinner with QUUXI, twice", "resource", 20, reward_id=reward)
    at.act(people.assign_crm_name, "quuxi", None)
    made = int(at.act(playbooks.begin, "objections", "Q&A", who=at.mo))
    at.act(playbooks.save_part, made, Part(title="too dear", body="Ask Quuxi, and wait", tags="price"), who=at.mo)
    at.act(playbooks.save_part, made, Part(title="too late", body="wait", tags="quuxi", product="X-1"), who=at.mo)
    at.act(playbooks.submit, made, who=at.mo)
    at.act(reviewing.approve, made, who=at.trainer)
    with store.read() as connection:
        assert find(connection, "quuxi", TODAY)
    at.act(erase, number, also=("Quuxi",))
    with store.read() as connection:
        assert connection.execute(text("SELECT name FROM reward")).scalars().all() == [f"Dinner with ⌫{number}, twice"]
        kept = connection.execute(text("SELECT coalesce(before, '') || coalesce(after, '') FROM change")).scalars()
        assert [words for words in kept if "quuxi" in words.casefold()] == []
        assert "quuxi" not in connection.execute(text("SELECT name FROM crm_name")).scalars().all()
        assert not find(connection, "quuxi", TODAY)
        assert [hit.question for words in ("price", "X-1") for hit in find(connection, words, TODAY)] == [
            "too dear",
            "too late",
        ]
    sound(store)


def test_what_is_shown_before_is_what_goes(store: Store) -> None:
    at = Camp(store, paired=False)
    at.act(people.add_person, person("Zoe Lee"))
    number = at.act(people.add_person, replace(person("Eve Quux"), code="1050"))
    for name in ("Eve Quux (Berlin, 1050)", "1050 boxes", "EQ and eq", "Eve Quux", "Zoe Lee and Zoe"):
        at.act(points.save_reward, name, "resource", 20)
    with store.read() as connection:
        before, found = preview(connection, number), preview(connection, number, ("eq", "Berlin, 1050", "Zoe"))
        places = [
            (one.place, str(one.fate)) for one in all_places(connection, number, ("eq", "Berlin, 1050", "Zoe", "Eve"))
        ]
    assert before.places == 1
    assert found.places == 1  # within the name of Zoe Lee
    goes = "\n".join(map(str, found.goes))
    assert "“eq”, as you say, as whole words in any capitals: 2 places in texts\n" in goes
    assert "“Berlin, 1050”, as you say, as whole words in any capitals: 1 place in texts\n" in goes
    assert (
        "part of what others here are called, or of their numbers, and stays there: Zoe Lee. By itself it goes" in goes
    )
    assert sorted(places) == sorted(
        [("Eve Quux", GOES)] * 2
        + [("Berlin, 1050", GOES), ("EQ", GOES), ("eq", GOES), ("Zoe", DOUBTFUL), ("Zoe", STAYS)]
    )
    at.act(erase, number, also=("eq", "Berlin, 1050", "Zoe"))
    gone = f"⌫{number}"
    with store.read() as connection:
        names = set(connection.execute(text("SELECT name FROM reward")).scalars())
    assert names == {f"{gone} ({gone})", "1050 boxes", f"{gone} and {gone}", gone, f"Zoe Lee and {gone}"}


def test_numbers_and_shorter_names_of_others_stay_whole(store: Store) -> None:
    """A number in the preview may be said as a word; it is no part of another's number then, nor a name of a longer one."""
    at = Camp(store, paired=False)
    for name, code in (
        ("Ann Li", "HR-1050"),
        ("Bo Chen", "EMP 1050/2"),
        ("Dr. Wei Zhang", None),
        ("Mary Jane Watson", "A7"),
    ):
        at.act(people.add_person, replace(person(name), code=code))
    number = at.act(people.add_person, replace(person("Eve Quux"), code="1050"))
    stays = ("Ann Li (HR-1050)", "hr-1050 came", "EMP 1050/2", "Wei Zhang and Mary Watson, Mary Jane Watson")
    for name in (*stays, "1050 came, Wei and mary"):
        at.act(points.save_reward, name, "resource", 20)
    said = ("1050", "Wei", "Mary")
    with store.read() as connection:
        places = {one.place for one in all_places(connection, number, said) if str(one.fate) in (GOES, DOUBTFUL)}
        goes = "\n".join(map(str, preview(connection, number, said).goes))
    assert places == {"1050", "Wei", "mary"}
    assert "or of their numbers, and stays there: EMP 1050/2 · HR-1050. By itself it goes" in goes
    at.act(erase, number, also=said)
    with store.read() as connection:
        names = set(connection.execute(text("SELECT name FROM reward")).scalars())
    assert names == {*stays, f"⌫{number} came, ⌫{number} and ⌫{number}"}


def test_what_would_cut_the_name_or_number_of_somebody_else_in_two_stays() -> None:
    others = ("Ann Li", "Wei Zhang", "Bo Chen", "王小明", "HR-1050")
    for also, words in (
        ("Li Wei", "Ann Li\nWei Zhang, +Li Wei came"),
        ("Chen, Ann", "Bo Chen, Ann Li"),
        ("明来", "王小明来了"),
        ("找王", "找王小明"),
        ("1050 left", "HR-1050 left"),
        ("from Bo", "from Bo Chen"),
        ("Ann Li from Berlin", "+Ann Li from Berlin"),
    ):
        assert told(words.replace("+", ""), also, others=others) == words, also


def test_what_somebody_else_was_called_or_numbered_before_goes_in_doubt(store: Store) -> None:
    at = Camp(store, paired=False)
    other = at.act(people.add_person, replace(person("Eva Olden"), code="7788"))
    at.act(people.edit_person, other, replace(person("Eva Newman"), code="9911"))
    number = at.act(people.add_person, person("Eve Quux"))
    for name in ("Eva Newman (7788)", "Eva Olden x", "Olden y"):
        at.act(points.save_reward, name, "resource", 20)
    with store.read() as connection:
        found = [(one.place, str(one.fate)) for one in all_places(connection, number, ("7788", "Olden"))]
    crm_name = ("Eva Olden", STAYS)  # nobody's by now
    assert sorted(found) == [("7788", DOUBTFUL), crm_name, ("Olden", DOUBTFUL), ("Olden", STAYS)]


@pytest.mark.parametrize("words", ["Mary Watson", "Watson, Mary", "watson mary", "Mary J. Watson", "M. Watson", "MJW"])
def test_what_is_a_form_of_the_name_of_somebody_else_goes_in_doubt(store: Store, words: str) -> None:
    at = Camp(store, paired=False)
    at.act(people.add_person, person("Mary Jane Watson"))
    number = at.act(people.add_person, person("Eve Quux"))
    at.act(points.save_reward, f"{words} and Mary Jane Watson", "resource", 20)
    with store.read() as connection:
        found = [(one.place, str(one.fate)) for one in all_places(connection, number, (words,))]
        goes = "\n".join(map(str, preview(connection, number, (words,)).goes))
    assert found == [(words, DOUBTFUL)]
    assert "1 place in texts. It may also mean somebody else here, now or before (Mary Jane Watson), and goes" in goes
    at.act(erase, number, also=(words,))
    with store.read() as connection:
        left = connection.execute(text("SELECT name FROM reward")).scalar()
    assert left == f"⌫{number} and Mary Jane Watson"


def test_a_part_of_a_form_of_the_name_of_somebody_else_stays() -> None:
    words = "Mary Watson; Watson, Mary; Mary J. Watson; +Mary"
    assert told(words.replace("+", ""), "Mary", others=("Mary Jane Watson",)) == words


def test_words_for_which_nothing_more_goes_are_told(store: Store) -> None:
    at = Camp(store, paired=False)
    at.act(people.add_person, person("Zoe Lee"))
    number = at.act(people.add_person, person("Eve Quux"))
    for name in ("Zoe Lee came", "Eve Quux (Berlin) and quuxi"):
        at.act(points.save_reward, name, "resource", 20)
    said = ("Quinnie", "Zoe", "Eve", "quuxi", "quux (berlin", "  quinnie ")
    with store.read() as connection:
        found, none = preview(connection, number, said), preview(connection, number, ("quuxi",))
    assert str(found.idle).endswith("in none, or only within names: “quinnie” · “Zoe” · “Eve”")
    assert "Quinnie" not in " ".join(map(str, found.goes))
    assert "“quux (berlin”, as you say, as whole words in any capitals: 1 place in texts" in " ".join(
        map(str, found.goes)
    )
    assert none.idle is None


def test_of_many_words_for_which_nothing_goes_some_are_told() -> None:
    words = [f"word{n}" for n in range(13)]
    assert str(idle(words, [])).endswith(" · “word11” · and 1 more")
    assert str(idle(words[:12], [])).endswith(" · “word11”")


def test_a_crm_name_of_nobody_is_shown_whether_it_goes_or_stays(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("Eve Quux"))
    for owner in ("quuxi", "Quuxi B.", "nobody"):
        at.act(people.assign_crm_name, owner, None)
    with store.read() as connection:
        found = [(str(one.kind), one.place, str(one.fate)) for one in all_places(connection, number, ("QUUXI",))]
        goes = preview(connection, number, ("QUUXI",)).goes
    assert found == [("CRM name", "quuxi", DOUBTFUL), ("CRM name", "Quuxi B.", STAYS)]
    assert any(
        "It also stands in CRM names that are nobody's, and stays there: Quuxi B.. Say" in str(one) for one in goes
    )
    assert any("1 place in texts. It also stands" in str(one) and "\n    quuxi: ›quuxi‹" in str(one) for one in goes)
    at.act(erase, number, also=("QUUXI",))
    with store.read() as connection:
        names = connection.execute(text("SELECT name FROM crm_name WHERE person_id IS NULL ORDER BY id")).scalars()
        assert list(names) == [f"⌫{number}/2", "Quuxi B.", "nobody"]


def test_where_a_crm_name_of_nobody_holds_words_said_they_go_from_texts_in_doubt(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("Eve Quux"))
    for owner in ("Quuxi South", "Eve Quux (North)", "Quuxington"):
        at.act(people.assign_crm_name, owner, None)
    for name in ("Quuxi South told", "nicky told"):
        at.act(points.save_reward, name, "resource", 20)

    def fates(*also: str) -> list[tuple[str, str]]:
        with store.read() as connection:
            return sorted((one.place, str(one.fate)) for one in all_places(connection, number, also))

    assert fates() == [("Eve Quux (North)", STAYS)]
    north, nick = ("Eve Quux (North)", STAYS), ("nicky", GOES)
    assert fates("quuxi", "nicky") == [north, ("Quuxi", DOUBTFUL), ("Quuxi South", STAYS), nick]
    assert fates("quuxi", "Quuxi South", "nicky") == [north, ("Quuxi South", GOES), ("Quuxi South", GOES), nick]


@pytest.mark.parametrize("own", [(), ("eve.crm",)])
def test_crm_names_of_nobody_go_one_erasure_after_another(store: Store, own: tuple[str, ...]) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, replace(person("Eve Quux"), crm_names=own))
    for owner in ("quuxa", "quuxb", "quuxc"):
        at.act(people.assign_crm_name, owner, None)
    for also in ((), ("quuxa",), ("quuxb",), ("quuxc",)):
        at.act(erase, number, also=also)
    with store.read() as connection:
        names = connection.execute(text("SELECT name FROM crm_name WHERE name LIKE '⌫%' ORDER BY id")).scalars().all()
    assert len(set(names)) == len(names) == len(own) + 4
    assert set(names) == {f"⌫{number}", *(f"⌫{number}/{n}" for n in range(2, len(names) + 1))}
    sound(store)


def test_what_is_there_once_is_told_apart_one_erasure_after_another(store: Store) -> None:
    """Also where the number that tells it apart is there by now, or there is no room for it."""
    at = Camp(store, paired=False)
    number, end = at.act(people.add_person, person("Eve Quux")), "x" * 190
    rows = [at.act(points.save_reward, f"{word} {end}", "resource", 20) for word in ("quuxa", "quuxb", "quuxc")]
    first = f"⌫{number} {end}"[:200]
    ending = f" ({rows[1]})"
    at.act(points.save_reward, f"{first[: 200 - len(ending)]}{ending}", "resource", 20)
    for also in ("quuxa", "quuxb", "quuxc"):
        at.act(erase, number, also=(also,))
    with store.read() as connection:
        names = connection.execute(text("SELECT name FROM reward ORDER BY id")).scalars().all()
    assert names[0] == first
    assert [name[-2 * len(ending) :] for name in names[1:3]] == [2 * ending, f"xxxx ({rows[2]})"]
    assert max(map(len, names)) <= 200
    sound(store)


_PARTS = (
    "Eve Quux",
    "Eve",
    "1050",
    "PN-1050",
    "(PN-1050)",
    "Kit Roe",
    "HR-7",
    "Roe, Kit",
    "Quux",
    ",",
    "from",
    "\n",
    "77",
)


@given(
    st.lists(st.sampled_from(_PARTS), min_size=1, max_size=7),
    st.sets(st.sampled_from(["1050", "Eve", "Roe", "Quux from", "77"])),
)
def test_each_place_is_told_once(parts: list[str], also: set[str]) -> None:
    of = Theirs(
        ids=frozenset({9}), names=("Eve Quux",), held=(), others=("Kit Roe", "HR-7"), short=(), crm={}, codes=("PN-1050",),
        plain_codes=("77",), once_others=("PN-1050",), also=tuple(sorted(also)), rows={}, shared=frozenset(),
    )  # fmt: skip
    goes, left = Replacing(9, of).judged("reward", "name", " ".join(parts))
    places = sorted([*goes, *left])
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_what_is_said_of_an_employee_number_is_true_once_it_is_said_as_a_word(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, replace(person("Eve Quux"), code="1050"))
    with store.read() as connection:
        alone, said = (" ".join(map(str, preview(connection, number, also).stays)) for also in ((), ("1050",)))
    assert "employee number inside texts of others" in alone
    assert "employee number inside texts of others" not in said


def test_words_that_are_refused_are_told_and_nothing_is_done(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("Eve Quux"))
    with store.read() as connection:
        found = preview(connection, number, ("Mo",))
    assert "“Mo” is also what somebody else here is called" in str(found.refused)
    with pytest.raises(UserError, match="“Mo” is also what"):
        at.act(erase, number, also=("Mo",))
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM erasure")).scalar() == 0
        assert preview(connection, number).refused is None


@pytest.mark.parametrize("is_removed", [False, True])
def test_who_was_erased_before_is_erased_again_with_further_words(store: Store, is_removed: bool) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("Eve Quux"))
    at.act(points.save_reward, "Of Eve: Quux, and quuxi", "resource", 20)
    if is_removed:
        at.act(remove_person, number)
    at.act(erase, number)
    assert at.act(erase, number, also=(" ",)).again
    with store.read() as connection:
        assert "1 place in texts" in str(preview(connection, number, ("Quuxi",)).goes[0])
    assert not at.act(erase, number, also=("Quuxi", "Eve: Quux")).again
    with store.read() as connection:
        assert connection.execute(text("SELECT name FROM reward")).scalars().all() == [f"Of ⌫{number}, and ⌫{number}"]
        kept = connection.execute(text("SELECT coalesce(before, '') || coalesce(after, '') FROM change")).scalars()
        assert not any("quuxi" in words for words in kept)
    sound(store)


def test_words_of_the_programme_stay_there_and_in_what_a_record_is_known_by(store: Store) -> None:
    at = Camp(store, paired=False)
    number = at.act(people.add_person, person("Eve Quux"))
    at.act(points.save_reward, "Key and quuxi", "resource", 20)
    with store.read() as connection:
        stays = [str(one) for one in preview(connection, number, ("Key",)).stays]
    assert "Key also stands in Programme (key), and stays there, for it may be a common word." in stays
    at.act(erase, number, also=("Key",))
    with store.read() as connection:
        assert connection.execute(text("SELECT name FROM reward")).scalars().all() == [f"⌫{number} and quuxi"]
    sound(store)


def test_a_backup_from_before_further_words_were_erased_is_named(file_store: Store) -> None:
    at, now = Camp(file_store, paired=False), dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    number = at.act(people.add_person, person("Eve Quux"))
    at.act(points.save_reward, "Of quuxi", "resource", 20)
    at.act(erase, number)
    kept = keeping.keep_daily(file_store, now)
    assert kept is not None
    assert backups_with(file_store, number) == []
    assert [one.path for one in backups_with(file_store, number, ("Quuxi",))] == [kept.path]
    assert shown(file_store, kept.path).erased_since == ()
    at.act(erase, number, also=("Quuxi",))
    assert [one.path for one in backups_with(file_store, number)] == [kept.path]
    assert shown(file_store, kept.path).erased_since == (number,)
