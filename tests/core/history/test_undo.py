"""Taking back and doing again: every action has its answer, and what is taken back is as if it had not been done."""

import datetime as dt
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.camp import actions as camp
from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.history.reversing import CannotUndo
from mentor_app.core.history.saves import A_ROW
from mentor_app.core.history.undo import doings, redo, refusals, to_redo, to_undo, undo
from mentor_app.core.history.wanted import sets_of_record
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.tables import activity
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.people.queries import people as everybody
from mentor_app.core.pipeline import actions as pipeline
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.playbooks import actions as playbooks
from mentor_app.core.playbooks import reviewing
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.playbooks.tables import playbook
from mentor_app.core.points import actions as points
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.action import Counter, Never
from mentor_app.core.store.history import change_set
from mentor_app.core.team import actions_by_name, open_team
from tests.conftest import FEW, ME, TODAY
from tests.core.history.world import DEEDS, book, deals, details, handed_in, looks, past_the_gate, person
from tests.core.points.mentoring import Camp
from tests.steps import step

ROUNDS = 2 if settings.get_current_profile_name() == "long" else 1
NOT_AGAIN = {"camp.decide", "points.decide"}
"""What takes more than a key to be done again."""

BESIDE = {"camp.move", "pipeline.remember_mapping", "logbook.review_again", "playbooks.review_again"}
"""What is made ready by something that stays as it was done, or is done in passing."""


@pytest.fixture
def at(camp: Camp) -> Camp:
    return camp


def test_every_action_can_be_taken_back_or_says_why_not() -> None:
    undoable = {name for name, one in actions_by_name().items() if not isinstance(one.undo, Never)}
    assert undoable - {"history.undo", "history.redo"} == set(DEEDS)
    for one in actions_by_name().values():
        if isinstance(one.undo, Never):
            assert one.undo.reason.endswith(".")
        if isinstance(one.undo, Counter):
            assert {one.undo.action, one.undo.again} - {""} <= set(actions_by_name())


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_taken_back_it_is_as_if_it_had_not_been_done(at: Camp, name: str) -> None:
    there_and_back(at, name)


def there_and_back(at: Camp, name: str) -> None:
    who, action, args, more = DEEDS[name](at)
    before = looks(at.store)
    done = at.store.act(who, action, *args, **more)
    after = looks(at.store)
    assert after != before
    for _ in range(ROUNDS):
        taken = at.store.act(who, undo, done.change_set_id)
        assert taken.result.ids == (done.change_set_id,)
        assert looks(at.store) == before
        sound(at)
        if name in NOT_AGAIN:
            with pytest.raises(CannotUndo, match="more than a key"):
                at.store.act(who, redo)
            return
        again = at.store.act(who, redo)
        assert again.result.id == done.change_set_id
        assert looks(at.store) == after
        sound(at)


def sound(at: Camp) -> None:
    with at.store.read() as connection:
        assert problems(connection) == []


@pytest.mark.parametrize("name", ["pipeline.import", "people.edit_person", "logbook.sign_off", "playbooks.approve"])
def test_it_is_the_same_on_a_server(store: Store, name: str) -> None:
    there_and_back(Camp(store), name)


@settings(FEW, max_examples=max(4, FEW.max_examples // 3))
@given(st.lists(st.sampled_from(sorted(set(DEEDS) - BESIDE)), min_size=2, max_size=5))
def test_whatever_was_done_is_taken_back_from_the_last_to_the_first(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, names: list[str]
) -> None:
    store = open_team(shutil.copy(empty_store, tmp_path_factory.mktemp("undo")))
    at = Camp(store)
    states: list[tuple[Actor, int, dict[str, Any]]] = []
    act = store.act

    def kept(who: Actor, action: Any, *args: Any, **more: Any) -> Any:
        before = looks(store)
        done = act(who, action, *args, **more)
        if done.change_set_id is not None:
            states.append((who, done.change_set_id, before))
        return done

    store.act = kept  # type: ignore[method-assign]
    for name in names:
        try:
            who, action, args, more = DEEDS[name](at)
            store.act(who, action, *args, **more)
        except (UserError, IndexError):  # what was done before does not allow it
            continue
    store.act = act  # type: ignore[method-assign]
    for who, change_set_id, before in reversed(states):
        with store.read() as connection:
            chosen = next((d for d in doings(connection, who) if change_set_id in d.ids), None)
        if chosen is None or isinstance(actions_by_name()[chosen.action].undo, Never):
            continue  # taken back with what it was a row with; or it stays
        if chosen.id == change_set_id and len(chosen.ids) == 1:
            stays = ""
            try:
                act(who, undo, change_set_id)
            except UserError as error:
                stays = str(error)
            if re.search("kept for good", stays):
                break  # a review taken back still speaks of what was reviewed
            assert not stays, names
            assert looks(store) == before, names
    sound(at)
    store.close()


def test_the_last_thing_this_person_did_and_nobody_elses(at: Camp) -> None:
    mine = at.store.act(at.lead, pairing.set_capacity, at.mo.person_id, 5).change_set_id
    other = at.store.act(at.trainer, camp.enrol, [at.lu.person_id], TODAY).change_set_id
    at.store.act(at.lead, pipeline.remember_mapping, "x", {})  # in passing
    with at.store.read() as connection:
        assert to_undo(connection, at.lead).id == mine  # type: ignore[union-attr]
        assert to_undo(connection, at.trainer).id == other  # type: ignore[union-attr]
        assert to_undo(connection, at.lu) is to_redo(connection, at.lu) is None
    with pytest.raises(UserError, match="nothing to take back"):
        at.store.act(at.lu, undo)
    with pytest.raises(UserError, match="nothing to do again"):
        at.store.act(at.lead, redo)


def test_undo_and_redo_go_through_all_one_has_done(at: Camp) -> None:
    sets = [at.store.act(at.trainer, pairing.set_capacity, at.mo.person_id, n).change_set_id for n in (4, 5, 6)]
    gone = [at.store.act(at.trainer, undo).result.id for _ in sets]
    assert gone == sets[::-1]
    assert [at.store.act(at.trainer, redo).result.id for _ in sets] == sets
    at.store.act(at.trainer, undo)
    at.store.act(at.trainer, camp.enrol, [at.lu.person_id], TODAY)  # something else: there is nothing to do again
    with at.store.read() as connection:
        assert to_redo(connection, at.trainer) is None
    assert at.store.act(at.trainer, undo).result.action == "camp.enrol"
    assert at.store.act(at.trainer, undo).result.id == sets[1]


def test_what_something_newer_rests_on_stays_and_says_what(at: Camp) -> None:
    made = at.store.act(at.lead, people.add_person, person("Zoë"))
    paired = at.store.act(at.trainer, camp.enrol, [made.result], TODAY)
    with pytest.raises(CannotUndo, match=r"“Enrolled in the camp” \(Tia, 20.*\) rests on it") as told:
        at.store.act(at.lead, undo)
    assert told.value.first == paired.change_set_id
    at.store.act(at.trainer, undo, told.value.first)
    at.store.act(at.lead, undo)
    with at.store.read() as connection:
        assert "Zoë" not in {p.name for p in everybody(connection)}


def test_a_newer_change_of_the_same_column_stands_in_the_way_of_another_it_does_not(at: Camp) -> None:
    lu = at.lu.person_id
    first = at.store.act(at.lead, people.edit_person, lu, person("Lu", team="Two")).change_set_id
    second = at.store.act(at.trainer, people.edit_person, lu, person("Lu", team="Three")).change_set_id
    with pytest.raises(CannotUndo) as told:
        at.store.act(at.lead, undo, first)
    assert told.value.first == second
    at.store.act(at.trainer, undo)
    at.store.act(at.trainer, people.confirm_hire_date, lu, dt.date(2019, 1, 1))
    at.store.act(at.lead, undo, first)
    with at.store.read() as connection:
        (found,) = everybody(connection, lu)
        assert (found.team, found.hired_on) == ("T", dt.date(2019, 1, 1))


def test_a_row_that_says_something_else_behind_the_history_is_not_overwritten(at: Camp) -> None:
    first = at.store.act(at.lead, people.edit_person, at.lu.person_id, person("Lulu")).change_set_id
    with at.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET name = 'Forged' WHERE name = 'Lulu'")
    with pytest.raises(CannotUndo):
        at.store.act(at.lead, undo, first)


def test_an_import_is_one_and_goes_with_the_people_it_made(at: Camp) -> None:
    before = looks(at.store)
    done = at.store.act(at.lead, pipeline.import_opportunities, deals(*"abc", owner="New One"), today=TODAY)
    newer = at.store.act(at.lead, pipeline.import_opportunities, deals("b", owner="New One", cents=7), today=TODAY)
    with pytest.raises(CannotUndo) as told:
        at.store.act(at.lead, undo, done.change_set_id)
    assert told.value.first == newer.change_set_id
    for _ in range(2):
        at.store.act(at.lead, undo)
    assert looks(at.store) == before
    with at.store.read() as connection:
        assert "New One" not in {p.name for p in everybody(connection)}
    at.store.act(at.lead, redo)
    again = at.store.act(at.lead, pipeline.import_opportunities, deals(*"abc", owner="New One"), today=TODAY).result
    assert (again.new, again.unchanged) == (0, 3)


def test_an_import_of_somebody_elses_under_newer_ones_says_which(at: Camp) -> None:
    """Rows made many at once by one import, and changed many at once by the next, rest on the person of a third."""
    made = at.store.act(at.trainer, people.add_person, person("New One"))
    first, second = (
        at.store.act(at.lead, pipeline.import_opportunities, deals("x", owner="New One", cents=n), today=TODAY)
        for n in (1000, 1500)
    )
    for rests in (second, first):
        with pytest.raises(CannotUndo, match=r"\(Li, 20.*\) rests on it") as told:
            at.store.act(at.trainer, undo, made.change_set_id)
        assert told.value.first == rests.change_set_id
        assert "rests on it" in str(refusals(at.store, at.trainer, [made.change_set_id])[made.change_set_id])
        with at.store.read() as connection:
            deal = connection.execute(select(opportunity.c.id)).scalars().one()
            assert first.change_set_id in sets_of_record(connection, "opportunity", deal)
        at.store.act(at.lead, undo)
    at.store.act(at.trainer, undo)
    with at.store.read() as connection:
        assert "New One" not in {p.name for p in everybody(connection)}


@settings(FEW, max_examples=max(4, FEW.max_examples // 3))
@given(st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from("abc"), min_size=1), st.integers(1, 3)), max_size=5))
def test_a_chain_of_imports_by_two_is_taken_back_by_what_the_refusals_name(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, chain: list[tuple[bool, set[str], int]]
) -> None:
    with closing(open_team(shutil.copy(empty_store, tmp_path_factory.mktemp("chain")))) as store:
        at = Camp(store)
        before = looks(store)
        made = store.act(at.trainer, people.add_person, person("New One")).change_set_id
        assert made is not None
        for leads, keys, cents in chain:
            batch = deals(*sorted(keys), owner="New One", cents=cents)
            at.act(pipeline.import_opportunities, batch, today=TODAY, who=at.lead if leads else at.trainer)
        while made in refusals(store, at.lead, [made]):
            with pytest.raises(CannotUndo) as told:
                at.act(undo, made)
            assert (told.value.first or 0) > made
            at.act(undo, told.value.first)
        at.act(undo, made)
        assert looks(store) == before
        sound(at)


def test_a_sign_off_stays_under_a_gate_that_rests_on_it_and_under_a_correction(at: Camp) -> None:
    made = at.session(TODAY)
    with at.store.read() as connection:
        signed = connection.execute(select(change_set.c.id).order_by(change_set.c.id.desc())).scalars().first()
    past_the_gate(at)
    with pytest.raises(CannotUndo, match="Decision at a gate"):
        at.store.act(at.mo, undo, signed)
    at.store.act(at.trainer, undo)
    at.act(logbook.correct, made, details(at, "more"), TODAY, who=at.hire)
    with pytest.raises(CannotUndo, match="Correction written"):
        at.store.act(at.mo, undo, signed)
    at.store.act(at.hire, undo)
    at.store.act(at.mo, undo, signed)
    assert at.balance() == 0
    assert at.said()[-1] == ("session", "reversal", -2)


def test_rules_hold_after_taking_back(at: Camp) -> None:
    """What was ended is not running again beside what was begun since, nor without a free place, nor without a mentor."""
    at.act(pairing.set_capacity, at.mo.person_id, 1)
    ended = at.store.act(at.lead, pairing.end, at.pairing, TODAY, "why").change_set_id
    paired = at.store.act(at.trainer, pairing.pair, at.hire.person_id, at.lu.person_id, at.project, TODAY)
    with pytest.raises(CannotUndo) as told:
        at.store.act(at.lead, undo, ended)
    assert told.value.first == paired.change_set_id
    at.store.act(at.trainer, undo)
    two = at.act(people.add_person, person("Two", hired_on=dt.date(2026, 9, 1), roles=frozenset({"new_hire"})))
    taken = at.store.act(at.trainer, pairing.pair, two, at.mo.person_id, at.project, TODAY)
    with pytest.raises(UserError, match="Mo is full"):
        at.store.act(at.lead, undo, ended)
    at.store.act(at.trainer, undo, taken.change_set_id)
    at.store.act(at.lead, undo, ended)
    with pytest.raises(CannotUndo, match="Mo is full"):
        at.store.act(at.trainer, redo)
    at.store.act(at.lead, redo)
    at.act(people.edit_person, at.mo.person_id, person("Mo", roles=frozenset()))
    with pytest.raises(UserError, match="does not have the role Mentor"):
        at.store.act(at.lead, undo, ended)
    sound(at)


def test_a_reassignment_is_not_taken_back_into_a_full_place(at: Camp) -> None:
    at.act(pairing.set_capacity, at.mo.person_id, 1)
    done = at.store.act(at.lead, pairing.reassign, at.pairing, at.lu.person_id, TODAY, "why").change_set_id
    two = at.act(people.add_person, person("Two", hired_on=dt.date(2026, 9, 1), roles=frozenset({"new_hire"})))
    at.act(pairing.pair, two, at.mo.person_id, at.project, TODAY, who=at.trainer)
    with pytest.raises(CannotUndo, match=r"reassigned to another mentor” can't be taken back now\. Mo is full: 1 of 1"):
        at.store.act(at.lead, undo, done)
    at.act(pairing.set_capacity, at.mo.person_id, 2)
    before = looks(at.store)
    at.store.act(at.lead, undo, done, trial=True)
    assert looks(at.store) == before
    at.store.act(at.lead, undo, done)
    sound(at)


def test_what_is_handed_in_is_a_draft_again_with_its_words(at: Camp) -> None:
    """Whether it was begun with handing in, or a draft before, which did not say it all."""
    c, who = activity.c, at.hire.person_id
    begun = at.act(logbook.save_activity, who, details(at, "l"), TODAY, who=at.hire)
    for draft in (None, begun):
        made = at.act(logbook.hand_in, who, details(at, "all of it"), TODAY, activity_id=draft, who=at.hire)
        for act, state in ((undo, "draft"), (redo, "submitted")):
            at.store.act(at.hire, act)
            with at.store.read() as connection:
                row = connection.execute(select(c.state, c.learned).where(c.id == made)).one()
            assert tuple(row) == (state, "all of it")
    sound(at)


def test_words_and_handing_in_are_taken_back_one_after_the_other(at: Camp) -> None:
    """Each time another text of the same field: nothing stands in its own way."""
    c, who = activity.c, at.hire.person_id
    made = at.act(logbook.save_activity, who, details(at, "one"), TODAY, who=at.hire)
    at.act(logbook.save_activity, who, details(at, "two"), TODAY, activity_id=made, who=at.hire)
    at.act(logbook.hand_in, who, details(at, "three"), TODAY, activity_id=made, who=at.hire)
    seen = []
    while True:
        with at.store.read() as connection:
            row = connection.execute(select(c.state, c.learned).where(c.id == made)).one_or_none()
        seen.append(row and tuple(row))
        if row is None:
            break
        at.store.act(at.hire, undo)
    assert seen == [("submitted", "three"), ("draft", "three"), ("draft", "one"), None]
    sound(at)


def test_what_stands_in_the_way_is_never_what_is_taken_back(at: Camp) -> None:
    """Of two who changed one value, the first can't do again what they took back while the other's is undone, too."""
    lu = at.lu.person_id
    mine = at.store.act(at.lead, people.edit_person, lu, person("Lu", team="One", roles=frozenset({"mentor"})))
    theirs = at.store.act(at.trainer, people.edit_person, lu, person("Lu", team="Two", roles=frozenset({"mentor"})))
    at.store.act(at.trainer, undo, theirs.change_set_id)
    at.store.act(at.lead, undo, mine.change_set_id)
    with pytest.raises(CannotUndo) as caught:
        at.store.act(at.trainer, redo)
    assert caught.value.first is None
    at.store.act(at.lead, redo)
    at.store.act(at.trainer, redo)
    sound(at)


def test_nothing_unreviewed_becomes_approved_by_taking_back(at: Camp) -> None:
    made = book(at, "approved")
    first = at.store.act(at.mo, playbooks.save_parts, made, [Part(title="a", body="one")]).change_set_id
    at.store.act(at.mo, playbooks.save_parts, made, [Part(title="b", body="two")])
    at.store.act(at.mo, undo, first)
    assert _state(at, made) == "draft"  # b is there still, and nobody has read it
    at.store.act(at.mo, playbooks.submit, made)
    at.store.act(at.mo, undo)
    at.store.act(at.mo, undo)
    assert _state(at, made) == "draft"  # as approved, but for the version handed in since
    sound(at)


def test_what_was_handed_in_and_approved_says_whose_approval_rests_on_it(at: Camp) -> None:
    made = book(at, "approved")
    with at.store.read() as connection:
        (handed,) = connection.execute(
            select(change_set.c.id).where(change_set.c.action == "playbooks.submit")
        ).scalars()
    words = str(refusals(at.store, at.mo, [handed])[handed])
    assert words.startswith("“Playbook approved” (")
    assert "rests on it and has to be taken back first. Somebody else did this: taking it back takes the role" in words
    with pytest.raises(CannotUndo) as told:
        at.store.act(at.mo, undo)
    assert str(told.value).count("Playbook handed in") == 1
    assert _state(at, made) == "approved"


def test_a_change_of_an_approved_playbook_taken_back_leaves_it_approved(at: Camp) -> None:
    made = book(at, "approved")
    at.store.act(at.mo, playbooks.save_parts, made, [Part(title="a", body="one")])
    at.store.act(at.mo, undo)
    assert _state(at, made) == "approved"
    sound(at)


def _state(at: Camp, made: int) -> str:
    with at.store.read() as connection:
        return str(connection.execute(select(playbook.c.state).where(playbook.c.id == made)).scalar_one())


def test_points_that_were_spent_meanwhile(at: Camp) -> None:
    at.rich(50)
    reward = at.act(points.save_reward, "Book", "resource", 40)
    asked = at.store.act(at.mo, points.request, reward).change_set_id
    at.store.act(at.mo, undo)
    at.act(points.request, reward, who=at.mo)
    with pytest.raises(UserError):
        at.store.act(at.mo, redo)
    assert asked is not None


def test_a_rule_under_which_nothing_was_earned_is_taken_back_though_the_one_before_gave_some(at: Camp) -> None:
    at.session()
    before = looks(at.store)
    for day, worth in ((TODAY, 9), (TODAY + dt.timedelta(days=9), 8)):
        at.store.act(at.trainer, points.save_rule, "session", worth, None, day, TODAY)
    at.store.act(at.trainer, points.end_rule, "session", TODAY, TODAY)
    changed = looks(at.store)
    for _ in range(3):
        at.store.act(at.trainer, undo)
        sound(at)
    assert looks(at.store) == before
    for _ in range(3):
        at.store.act(at.trainer, redo)
    assert looks(at.store) == changed
    assert at.said() == [("session", "award", 2)]


@pytest.mark.parametrize("in_place", [False, True])
def test_what_a_rule_has_given_is_named_and_taken_back_before_the_rule(at: Camp, in_place: bool) -> None:
    if in_place:
        at.act(points.save_rule, "session", 7, None, TODAY, TODAY)
    before = looks(at.store)
    rule = at.store.act(at.trainer, points.save_rule, "session", 50, None, TODAY, TODAY).change_set_id
    made = handed_in(at)
    signed = at.store.act(at.mo, logbook.sign_off, [made]).change_set_id
    with pytest.raises(CannotUndo, match=r"“Signed off in the logbook” \(Mo, 20.*\) rests on it and has to be") as told:
        at.store.act(at.trainer, undo)
    assert told.value.first == signed
    at.store.act(at.trainer, undo, signed)
    assert at.store.act(at.trainer, undo, rule).result.id == rule
    assert looks(at.store)["point_rule"] == before["point_rule"]
    at.act(logbook.sign_off, [made], who=at.mo)
    assert at.balance() == (7 if in_place else 2)
    sound(at)
    with pytest.raises(CannotUndo, match="Signed off in the logbook"):
        at.store.act(at.trainer, redo)


def test_the_approval_before_holds_again(at: Camp) -> None:
    made = book(at, "approved")
    at.act(playbooks.save_part, made, Part(title="too slow", body="fast"), who=at.mo)
    at.act(playbooks.submit, made, who=at.mo)
    before = looks(at.store)
    at.store.act(at.trainer, reviewing.approve, made)
    assert len(looks(at.store)["playbook_answer"]) == 2
    at.store.act(at.trainer, undo)
    assert looks(at.store) == before
    assert len(before["playbook_answer"]) == 1
    at.store.act(at.trainer, redo)
    at.act(playbooks.save_part, made, Part(title="more", body="more"), who=at.mo)
    with pytest.raises(CannotUndo, match="Part of a playbook written"):
        at.store.act(at.trainer, undo)


def test_only_who_did_it_or_runs_the_camp_takes_it_back(at: Camp) -> None:
    done = at.store.act(at.hire, logbook.save_activity, at.hire.person_id, details(at), TODAY).change_set_id
    for who in (at.lu, at.mo):
        with pytest.raises(UserError, match="takes the role"):
            at.store.act(who, undo, done)
    at.store.act(at.trainer, undo, done)
    ends = at.store.act(at.lead, pairing.end, at.pairing, TODAY, "why").change_set_id
    at.act(people.edit_person, at.lead.person_id, person("Li", roles=frozenset({"new_hire"})))
    with pytest.raises(UserError, match="takes the role"):
        at.store.act(at.lead, undo, ends)


def test_what_is_kept_for_good_says_so(at: Camp) -> None:
    at.act(pairing.end, at.pairing, TODAY, "why")
    at.act(pairing.review_pairing, at.pairing, "good", who=at.mo)
    with pytest.raises(CannotUndo, match=r"“Closing review written”: A closing review is kept as it was written"):
        at.store.act(at.mo, undo)
    for number, why in ((1 << 40, "no change"), (None, "nothing to take back")):
        with pytest.raises(UserError, match=why):
            at.store.act(at.mo, undo, number)


def test_saves_in_a_row_are_one_and_end_where_somebody_else_or_something_else_comes(at: Camp) -> None:
    made = book(at)
    with at.store.read() as connection:
        part = to_undo(connection, at.mo)
        assert part is not None

    def save(words: str, who: Actor = at.mo) -> int:
        return int(
            at.store.act(who, playbooks.save_part, made, Part(title="too dear", body=words), row).change_set_id or 0
        )

    row = next(iter(playbook_parts(at, made)))
    first = [save(words) for words in ("v", "va", "val")]
    with at.store.read() as connection:
        assert to_undo(connection, at.mo).ids == tuple(first[::-1])  # type: ignore[union-attr]
    save("between", ME)
    second = [save(words) for words in ("valu", "value!")]
    with at.store.read() as connection:
        assert [d.ids for d in doings(connection, at.mo)[:2]] == [tuple(second[::-1]), tuple(first[::-1])]
    at.store.act(at.mo, undo)
    assert playbook_parts(at, made)[row] == "between"
    at.store.act(at.mo, redo)
    assert playbook_parts(at, made)[row] == "value!"


def playbook_parts(at: Camp, made: int) -> dict[int, str]:
    from mentor_app.core.playbooks.tables import playbook_part

    with at.store.read() as connection:
        c = playbook_part.c
        return {row.id: row.body for row in connection.execute(select(c.id, c.body).where(c.playbook_id == made))}


@pytest.mark.parametrize(
    ("said", "together"),
    [
        (("The board", "The board decides", "The board decides in May."), [3]),
        (("The board decids", "The board decides"), [2]),
        (("The board decides", "Who decides? The board decides"), [2]),
        (("The board decides", ""), [1, 1]),
        (("Ok", ""), [1, 1]),
        (("The board decides", "Prices are too high"), [1, 1]),
        (("The board decides in May.", "The board decides in", "The board decides", "The board"), [1, 3]),
        (("决策人是采购总监，预算在五月批准。", "决策人是采购总监。", "价格"), [1, 1, 1]),
    ],
)
def test_words_that_are_taken_out_are_a_change_of_their_own(
    at: Camp, said: tuple[str, ...], together: list[int]
) -> None:
    made = handed_in(at)
    at.act(logbook.take_back, made, who=at.hire)
    sets = [
        at.store.act(
            at.hire, logbook.save_activity, at.hire.person_id, details(at, words), TODAY, activity_id=made
        ).change_set_id
        for words in said
    ]
    with at.store.read() as connection:
        mine = [one.ids for one in doings(connection, at.hire) if one.ids[-1] in sets]
    assert [len(ids) for ids in mine] == together[::-1]
    assert sorted(i for ids in mine for i in ids) == sets


def test_saves_far_apart_are_changes_of_their_own(at: Camp) -> None:
    made = handed_in(at)
    at.act(logbook.take_back, made, who=at.hire)

    @step
    def later(session: Any, actor: Actor, words: str, minutes: int) -> None:
        session.now += dt.timedelta(minutes=minutes)
        logbook.save_activity(session, actor, at.hire.person_id or 0, details(at, words), TODAY, activity_id=made)

    from mentor_app.core.store.action import MARK

    setattr(later, MARK, getattr(logbook.save_activity, MARK))
    far = int(A_ROW.total_seconds() // 60) + 1
    sets = [at.store.act(at.hire, later, str(n), minutes).change_set_id for n, minutes in enumerate((0, 1, far + 1))]
    with at.store.read() as connection:
        assert [d.ids for d in doings(connection, at.hire)[:2]] == [(sets[2],), (sets[1], sets[0])]
