"""The logbook: what may be done with an activity in which state, what is refused, and what each reader is shown."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.errors import UserError
from mentor_app.core.logbook import actions, rules
from mentor_app.core.logbook.kinds import KINDS, STATES, ActivityState, ReviewDecision
from mentor_app.core.logbook.queries import (
    SORTABLE,
    Filter,
    activities,
    activity_ids,
    customers,
    feedback_ids,
    inbox_ids,
    last_details,
    mentor_of,
    mentors,
)
from mentor_app.core.logbook.rules import Details
from mentor_app.core.store import Actor, Store
from tests.conftest import TODAY, one_database
from tests.core.pairing.office import Office

DAY = dt.timedelta(days=1)
DRAFT, PLANNED, SUBMITTED = ActivityState.DRAFT, ActivityState.PLANNED, ActivityState.SUBMITTED
RETURNED, SIGNED_OFF, WITHDRAWN = ActivityState.RETURNED, ActivityState.SIGNED_OFF, ActivityState.WITHDRAWN


class Book:
    """An office whose first hire, a mentor's apprentice, writes the logbook."""

    def __init__(self, store: Store) -> None:
        self.store, self.office = store, Office(store)
        self.hire, self.other, self.third = self.office.hires
        self.office.pair(self.hire, self.office.mo)
        self.me, self.mentor = Actor("Hire 0", self.hire), Actor("Mo", self.office.mo)
        self.lu = Actor("Lu", self.office.lu)

    def act(self, who: Actor, action: Callable[..., Any], *args: Any, **options: Any) -> Any:
        return self.store.act(who, action, *args, **options).result

    def write(self, state: ActivityState = SUBMITTED, who: int | None = None, **said: Any) -> int:
        details = Details(
            **{"kind": "visit", "held_on": TODAY - DAY, "customer": "华宇", "minutes": 30, "depth": 3, **said}
        )
        person_id = who or self.hire
        return int(self.act(Actor("x", person_id), actions.save_activity, person_id, details, TODAY, state=state))

    def there(self, state: ActivityState) -> int:
        """An activity in this state."""
        if state in (DRAFT, PLANNED, SUBMITTED):
            return self.write(state)
        activity_id = self.write()
        if state == SIGNED_OFF:
            self.act(self.mentor, actions.sign_off, [activity_id], "good")
        elif state == RETURNED:
            self.act(self.mentor, actions.send_back, activity_id, "more")
        else:
            self.act(self.me, actions.withdraw, [activity_id])
        return activity_id

    def state(self, activity_id: int) -> ActivityState:
        with self.store.read() as connection:
            return activities(connection, [activity_id])[activity_id].state

    def read(self, query: Callable[..., Any], *args: Any) -> Any:
        with self.store.read() as connection:
            return query(connection, *args)


@pytest.fixture
def book(store: Store) -> Book:
    return Book(store)


@pytest.fixture
def file_book(file_store: Store) -> Book:
    return Book(file_store)


DO: dict[str, Callable[[Book, int], Any]] = {
    "submit": lambda b, i: b.act(b.me, actions.submit, [i], TODAY),
    "take_back": lambda b, i: b.act(b.me, actions.take_back, i),
    "sign_off": lambda b, i: b.act(b.mentor, actions.sign_off, [i]),
    "send_back": lambda b, i: b.act(b.mentor, actions.send_back, i, "what did they say?"),
    "withdraw": lambda b, i: b.act(b.mentor, actions.withdraw, [i]),
    "restore": lambda b, i: b.act(b.mentor, actions.restore, [i]),
}
BECOMES: dict[tuple[ActivityState, str], ActivityState] = {
    (PLANNED, "submit"): SUBMITTED,
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "take_back"): DRAFT,
    (SUBMITTED, "sign_off"): SIGNED_OFF,
    (SUBMITTED, "send_back"): RETURNED,
    **{(state, "withdraw"): WITHDRAWN for state in ActivityState if state != WITHDRAWN},
    (WITHDRAWN, "restore"): SUBMITTED,
}


@pytest.mark.parametrize("name", DO)
def test_what_becomes_of_an_activity_in_each_state(file_book: Book, name: str) -> None:
    for state in ActivityState:
        activity_id = file_book.there(state)
        assert file_book.state(activity_id) == state
        expected = BECOMES.get((state, name))
        if expected is None:
            with pytest.raises(UserError):
                DO[name](file_book, activity_id)
        else:
            DO[name](file_book, activity_id)
        assert file_book.state(activity_id) == (expected or state), state


def test_one_of_several_that_cannot_be_signed_off_is_named_and_none_is(book: Book) -> None:
    waiting, answered = book.write(), book.there(SIGNED_OFF)
    which = f"Hire 0, Customer visit of {TODAY - DAY}: This activity does not wait for sign-off any more."
    with pytest.raises(UserError, match=which):
        book.act(book.mentor, actions.sign_off, [waiting, answered])
    with pytest.raises(UserError, match=r"^This record is not there"):
        book.act(book.mentor, actions.sign_off, [waiting, 999_999])
    with pytest.raises(UserError, match=r"^This activity does not wait"):
        book.act(book.mentor, actions.sign_off, [answered])
    assert book.state(waiting) == SUBMITTED


@pytest.mark.parametrize("state", ActivityState)
def test_only_what_is_open_is_changed_in_place(file_book: Book, state: ActivityState) -> None:
    activity_id = file_book.there(state)
    details = Details(kind="visit", held_on=TODAY, customer="Delta", minutes=45, depth=5)
    change = (file_book.me, actions.save_activity, file_book.hire, details, TODAY)
    if state in rules.EDITABLE:
        file_book.act(*change, activity_id=activity_id)
        found = file_book.read(activities, [activity_id])[activity_id]
        assert found.details.customer == "Delta"
        assert found.state == (RETURNED if state == RETURNED else DRAFT)  # being mended, it is still what came back
    else:
        words = {"submitted": "Take it back first", "signed_off": "write a correction", "withdrawn": "Restore it first"}
        with pytest.raises(UserError, match=words[state]):
            file_book.act(*change, activity_id=activity_id)
    assert set(STATES) == set(ActivityState)


def test_everything_said_about_an_activity_is_read_back(book: Book) -> None:
    activity_id = book.write(learned=" Ask first. ", seen="", next_step=None, host_id=book.office.mo)
    book.act(book.mentor, actions.send_back, activity_id, "and then?")
    book.act(book.me, actions.submit, [activity_id], TODAY)
    book.act(book.mentor, actions.sign_off, [activity_id], "")
    found = book.read(activities, [activity_id])[activity_id]
    assert (found.person, found.host, found.state, found.subject) == ("Hire 0", "Mo", SIGNED_OFF, "华宇")
    assert (found.details.learned, found.details.seen) == ("Ask first.", None)
    assert [(r.decision, r.comment, r.by) for r in found.reviews] == [
        (ReviewDecision.RETURNED, "and then?", "Mo"),
        (ReviewDecision.SIGNED_OFF, None, "Mo"),
    ]
    assert book.read(activities, []) == {}
    scored = book.write(kind="simulation", title="Price", customer=None, depth=None)
    for who, scores in ((book.mentor, [4, 3, 5, 4]), (book.lu, [2, 2, 2, 2])):
        book.act(who, actions.assess, scored, scores)
    found = book.read(activities, [scored])[scored]
    assert [(a.by, a.scores, a.score) for a in found.assessments] == [
        ("Mo", (4, 3, 5, 4), 4.0),
        ("Lu", (2, 2, 2, 2), 2.0),
    ]
    assert (found.score, found.subject) == (3.0, "Price")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "nap"}, "not a kind of activity"),
        ({"minutes": 0}, "Minutes lie between"),
        ({"minutes": 1441}, "Minutes lie between"),
        ({"depth": 6}, "depth of need discovery"),
        ({"phase": "later"}, "not a deal phase"),
        ({"part": "slept"}, "not a part"),
        ({"at_time": "24:00"}, "Write times like"),
        ({"customer": "x" * 201}, "longer than 200"),
        ({"seen": "x" * 20_001}, "longer than 20000"),
    ],
)
def test_a_value_that_can_not_be_is_refused_even_in_a_draft(said: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        rules.columns(Details(**{"kind": "visit", **said}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_may_be_unfinished_and_what_is_handed_in_not(kind: str) -> None:
    rules.columns(Details(kind=kind))
    with pytest.raises(UserError, match="date is needed"):
        rules.check_complete(Details(kind=kind))
    whole = {"customer": "c", "title": "t", "minutes": 5, "depth": 1, "learned": "l"}
    rules.check_complete(Details(kind=kind, held_on=TODAY, **whole))
    for name in KINDS[kind].needed:
        with pytest.raises(UserError, match="is needed"):
            rules.check_complete(Details(kind=kind, held_on=TODAY, **{**whole, name: None}))


@given(st.lists(st.floats(0, 5), min_size=1, max_size=6))
def test_a_score_is_the_mean_of_its_criteria(scores: list[float]) -> None:
    mean = rules.score(scores, 5, len(scores))
    assert min(scores) - 1e-4 <= mean <= max(scores) + 1e-4
    assert mean == pytest.approx(sum(scores) / len(scores), abs=1e-4)
    for wrong in ([*scores, 1.0], [*scores[:-1], 5.1], [*scores[:-1], -0.1]):
        with pytest.raises(UserError):
            rules.score(wrong, 5, len(scores))


def test_lists_are_filtered_searched_and_sorted(book: Book) -> None:
    first = book.write(customer="Northwind 100%", held_on=TODAY - 3 * DAY, minutes=90)
    second = book.write(kind="case_study", title="How 华宇 chose", learned="l", customer=None, minutes=None, depth=None)
    draft = book.write(DRAFT, held_on=None)
    others = book.write(who=book.other, customer="Delta")
    gone = book.there(WITHDRAWN)

    def ids(**wanted: Any) -> list[int]:
        return book.read(activity_ids, Filter(**wanted))

    assert set(ids()) == {first, second, draft, others}
    assert ids(states=(WITHDRAWN,)) == [gone]
    assert set(ids(person_id=book.hire, states=(SUBMITTED,))) == {first, second}
    assert ids(kinds=("case_study",)) == [second]
    assert ids(words="100%") == [first]
    assert ids(words="100_") == []
    assert ids(words="hire 华宇 chose") == [second]
    assert book.read(activity_ids, Filter(), "held_on", True)[-1] == draft  # unknown values stand last
    assert book.read(activity_ids, Filter(), "minutes", False)[-1] == second
    for column in SORTABLE:
        assert set(book.read(activity_ids, Filter(), column, False)) == set(ids())


@one_database
def test_what_names_nobody_waits_for_the_mentor_or_for_the_team(book: Book) -> None:
    own, other = book.write(), book.write(who=book.other)
    named = book.write(host_id=book.office.lu)
    book.write(DRAFT)
    office = book.office
    assert book.read(inbox_ids, office.mo) == [own]  # their apprentice's
    assert book.read(inbox_ids, office.lu) == [other, named]  # of their own team, without a mentor; and what names them
    assert book.read(inbox_ids, book.hire) == []
    assert book.read(mentor_of, book.hire) == office.mo
    assert book.read(mentor_of, book.other) is None
    assert {name for _, name, _ in book.read(mentors, TODAY)} == {"Mo", "Lu", "Young", "Li"}


@one_database
def test_what_was_written_last_helps_with_the_next(book: Book) -> None:
    assert book.read(last_details, book.hire, "visit") is None
    book.write(customer="Delta")
    last = book.write(customer="华宇", phase="solution")
    book.write(DRAFT, kind="shadowing", customer="Acme", depth=None)
    book.act(book.mentor, actions.send_back, last, "why?")
    book.write(who=book.other, customer="Zeta")
    assert book.read(last_details, book.hire, "visit").phase == "solution"
    assert book.read(feedback_ids, book.hire) == [last]
    known = book.read(customers, book.hire)
    assert (set(known[:3]), known[3]) == ({"Delta", "华宇", "Acme"}, "Zeta")  # one's own first
    assert book.read(customers, None)[0] == "Zeta"


@one_database
def test_what_was_sent_back_stays_on_top_however_much_is_signed_off_since(book: Book) -> None:
    back = book.there(RETURNED)
    later = [book.there(SIGNED_OFF) for _ in range(7)]
    assert book.read(feedback_ids, book.hire) == [back, *later[:2:-1]]


@one_database
def test_a_correction_says_something_else(book: Book) -> None:
    activity_id = book.there(SIGNED_OFF)
    same = book.read(activities, [activity_id])[activity_id].details
    with pytest.raises(UserError, match="Change something first"):
        book.act(book.me, actions.correct, activity_id, same, TODAY)
    book.act(book.me, actions.correct, activity_id, replace(same, minutes=77), TODAY)
