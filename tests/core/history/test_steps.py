"""Ctrl+Z pressed again and again: each time something is taken back, until there is nothing; no offer leads to a refusal."""

import datetime as dt
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mentor_app.core.camp import actions as camp
from mentor_app.core.errors import UserError
from mentor_app.core.history.reading import entries, entry
from mentor_app.core.history.reversing import CannotUndo
from mentor_app.core.history.undo import doing, doings, redo, redoable, undo
from mentor_app.core.history.wanted import Wanted
from mentor_app.core.pairing import actions as pairing
from mentor_app.core.people import actions as people
from mentor_app.core.personal import actions as personal
from mentor_app.core.personal.merging import merge
from mentor_app.core.points import actions as points
from mentor_app.core.store import Actor, Store
from mentor_app.core.store.history import change_set
from mentor_app.core.team import open_team
from tests.conftest import FEW, ME, TODAY
from tests.core.history.test_undo import sound
from tests.core.history.world import DEEDS, Deed, asked, deed, looks, person, second
from tests.core.points.mentoring import Camp


def _reviewed(at: Camp) -> Deed:
    at.act(pairing.end, at.pairing, TODAY, "why")
    return deed(at.mo, pairing.review_pairing, at.pairing, "good")


def _merged(at: Camp) -> Deed:
    twin = at.act(people.add_person, person("L. U."))
    return deed(at.lead, merge, twin, at.lu.person_id)


def _erased(at: Camp) -> Deed:
    at.act(pairing.end, at.pairing, TODAY, "why")
    return deed(at.trainer, personal.erase, at.hire.person_id)


KEPT = {
    "camp.publish": lambda at: second(at) and deed(at.trainer, pairing.set_capacity, at.mo.person_id, 8),
    "pairing.review_pairing": _reviewed,
    "people.merge": _merged,
    "people.erase": _erased,
}
"""What can't be taken back, ready to be done."""


def back_to_the_beginning(store: Store, actor: Actor) -> None:
    """Press Ctrl+Z until there is nothing to take back, taking each offer of what has to go first."""
    with store.read() as connection:
        most = 2 * len(doings(connection, actor)) + 40
    for _ in range(most):
        told = refused(store, actor)
        first = told.first if isinstance(told, CannotUndo) else None
        if first is not None:
            store.act(actor, undo, first)
        elif told is not None:
            assert "nothing to take back" in str(told)
            return
    pytest.fail("it goes in a circle")


def refused(store: Store, actor: Actor) -> UserError | None:
    try:
        store.act(actor, undo)
    except UserError as error:
        return error
    return None


@settings(FEW, max_examples=max(3, FEW.max_examples // 4))
@example(["people.merge", "camp.publish", "people.add_person"])
@example(["points.decide", "people.erase", "points.fulfil"])
@given(st.lists(st.sampled_from(sorted({**DEEDS, **KEPT})), min_size=2, max_size=5))
def test_it_ends_and_offers_only_what_can_be_done(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, names: list[str]
) -> None:
    store = open_team(shutil.copy(empty_store, tmp_path_factory.mktemp("steps")))
    at = Camp(store)
    for name in names:
        try:
            who, action, args, more = {**DEEDS, **KEPT}[name](at)
            store.act(who, action, *args, **more)
        except (UserError, IndexError, AssertionError):  # what was done before does not allow it
            continue
    for actor in (at.trainer, at.hire, at.mo, at.lead, ME):
        back_to_the_beginning(store, actor)
    sound(at)
    store.close()


def test_what_only_rests_on_what_stays_is_passed_over_with_it(file_store: Store) -> None:
    at = Camp(file_store)
    at.act(pairing.set_capacity, at.mo.person_id, 7)
    before = looks(file_store)
    at.act(pairing.set_capacity, at.mo.person_id, 8)
    added = file_store.act(at.lead, people.add_person, person("B. Carter")).change_set_id
    file_store.act(at.trainer, merge, _id_of(file_store, "B. Carter"), at.lu.person_id)
    done = file_store.act(at.lead, undo).result
    assert done.action == "pairing.set_capacity"
    ((passed, why),) = done.over
    assert passed == added
    assert "rests on it, and stays" in str(why)
    with pytest.raises(CannotUndo, match=r"Two records of one person merged.* rests on it, and stays") as told:
        file_store.act(at.lead, undo, added)
    assert told.value.first is None
    assert looks(file_store)["mentor_capacity"] == before["mentor_capacity"]


def _id_of(store: Store, name: str) -> int:
    from mentor_app.core.people.queries import called

    with store.read() as connection:
        return called(connection, name)[0]


def test_what_others_did_is_passed_over_by_who_may_not_take_it_back(file_store: Store) -> None:
    at = Camp(file_store)
    at.act(pairing.set_capacity, at.mo.person_id, 7)
    made = file_store.act(at.lead, people.add_person, person("Zoë", roles=frozenset({"new_hire"}), hired_on=TODAY))
    enrolled = file_store.act(at.trainer, camp.enrol, [made.result], TODAY).change_set_id
    told = refused(file_store, at.lead)
    assert isinstance(told, CannotUndo)
    assert told.first == enrolled
    file_store.act(at.trainer, camp.move, [made.result], second(at))
    done = file_store.act(at.lead, undo).result
    assert (done.action, [i for i, _ in done.over]) == ("pairing.set_capacity", [made.change_set_id])
    assert "rests on it and has to be taken back first. Taking this back takes the role Trainer" in str(done.over[0][1])


def test_what_takes_more_than_a_key_is_passed_over_by_the_key(file_store: Store) -> None:
    at = Camp(file_store)
    request = asked(at)
    decided = file_store.act(at.trainer, points.decide, request, True).change_set_id
    reward = file_store.act(at.trainer, points.save_reward, "Pen", "resource", 5).change_set_id
    for _ in range(2):
        file_store.act(at.trainer, undo)
    with file_store.read() as connection:
        assert redoable(connection, doing(connection, reward or 0))
        assert not redoable(connection, doing(connection, decided or 0))
        newest = entries(connection, Wanted(), at.trainer, 2)
    assert [str(one.stays) for one in newest] == [
        "It takes more than a key to do this again: do it once more where you did it.",
        "It can be done again, or taken back, with the keys for that.",
    ]
    done = file_store.act(at.trainer, redo).result
    assert (done.id, [i for i, _ in done.over]) == (reward, [decided])
    with pytest.raises(CannotUndo, match=r"nothing to do again.*Redemption decided.*more than a key"):
        file_store.act(at.trainer, redo)
    with file_store.read() as connection:
        assert entry(connection, done, at.trainer).stands


def test_something_new_leaves_nothing_to_do_again_though_it_is_taken_back(file_store: Store) -> None:
    at = Camp(file_store)
    for n in (7, 8):
        file_store.act(at.trainer, pairing.set_capacity, at.mo.person_id, n)
        file_store.act(at.trainer, undo)
    done: Any = file_store.act(at.trainer, redo)
    assert done.result.at.date() == dt.datetime.now(dt.UTC).date()
    with pytest.raises(UserError, match="nothing to do again"):
        file_store.act(at.trainer, redo)


@settings(FEW, max_examples=max(3, FEW.max_examples // 4))
@example(["logbook.sign_off", "pairing.review_pairing"])
@given(st.lists(st.sampled_from(sorted({**DEEDS, **KEPT})), min_size=1, max_size=4))
def test_what_is_advised_to_be_taken_back_first_is_not_in_vain(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, names: list[str]
) -> None:
    """Whatever was done: where something is named that has to go first, and goes, nothing that is kept for good is named after it."""
    with closing(open_team(shutil.copy(empty_store, tmp_path_factory.mktemp("advice")))) as store:
        at = Camp(store)
        for name in names:
            try:
                who, action, args, more = {**DEEDS, **KEPT}[name](at)
                store.act(who, action, *args, **more)
            except (UserError, IndexError, AssertionError):  # what was done before does not allow it
                continue
        with store.read() as connection:
            done = list(connection.execute(select(change_set.c.id).order_by(change_set.c.id)).scalars())
        for set_id in done:
            advised: list[str] = []
            while True:
                why = refusal(store, at.trainer, set_id)
                if why is None or why.first is None:
                    assert not (advised and "kept for good" in str(why)), (names, set_id, advised, str(why))
                    break
                advised.append(str(why))
                store.act(at.trainer, undo, why.first)


def refusal(store: Store, actor: Actor, set_id: int) -> CannotUndo | None:
    """Take it back; or why it can't be."""
    try:
        store.act(actor, undo, set_id)
    except CannotUndo as error:
        return error
    except UserError as error:
        return CannotUndo(error.message)
    return None


def test_an_entry_that_was_signed_off_stays_and_says_so_at_once(file_store: Store) -> None:
    at = Camp(file_store)
    at.session(TODAY)
    with file_store.read() as connection:
        entered, signed = (one.id for one in entries(connection, Wanted(kind="logbook"), at.hire)[1::-1])
    told = refusal(file_store, at.hire, entered)
    assert told is not None
    assert told.first is None
    assert "“Signed off in the logbook” (Mo, " in str(told)
    assert "has left entries that are kept for good" in str(told)
    file_store.act(at.mo, undo, signed)
    assert str(refusal(file_store, at.hire, entered)) == str(told)
