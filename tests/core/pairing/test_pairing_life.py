"""A pairing's cycle, story, reviews, watchfulness and the mentor's page; the board and what choosing otherwise costs."""

import datetime as dt

import pytest

from mentor_app.core.camp.actions import save_leave
from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.history.undo import undo
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.logbook.queries import inbox_ids, mentor_of
from mentor_app.core.logbook.rules import Details
from mentor_app.core.matching.criteria import refusal
from mentor_app.core.pairing import actions
from mentor_app.core.pairing.actions import NewPair
from mentor_app.core.pairing.earning import mentor_on
from mentor_app.core.pairing.mentor import mentor_page
from mentor_app.core.pairing.queries import cycles, pairings, sessions, unwritten
from mentor_app.core.pairing.story import story
from mentor_app.core.pairing.suggest import board, otherwise, suggest
from mentor_app.core.pairing.watch import watch
from mentor_app.core.people.actions import PersonDetails, edit_person
from mentor_app.core.people.queries import get_person
from mentor_app.core.projects import actions as project_actions
from mentor_app.core.projects.queries import projects
from mentor_app.core.projects.rules import Phase, ProjectDetails
from mentor_app.core.store import Actor, Store
from tests.conftest import TODAY, one_database
from tests.core.pairing.office import DAY, D, Office


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


def leaves(office: Office, person_id: int, day: dt.date) -> None:
    with office.store.read() as connection:
        old = get_person(connection, person_id)
    office.act(
        edit_person,
        person_id,
        PersonDetails(name=old.name, hired_on=old.hired_on, left_on=day, team=old.team, roles=frozenset(old.roles)),
    )


def log(office: Office, hire: int, day: dt.date, host: int | None, state: str = "submitted") -> int:
    details = Details(kind="shadowing", held_on=day, minutes=30, customer="华宇", learned="l", host_id=host)
    me = Actor("hire", hire)
    return int(office.store.act(me, logbook.save_activity, hire, details, TODAY, state=state).result)


def test_several_pairings_start_together_or_not_at_all(office: Office) -> None:
    first, second, third = office.hires
    new = ProjectDetails(
        name="C",
        started_on=D(2026, 10, 1),
        customer="华宇",
        region="East",
        industry="Retail",
        planned={"signed": D(2026, 12, 24)},
    )
    made = office.act(
        actions.start_pairings,
        [NewPair(first, office.mo, office.a, "goal"), NewPair(second, office.lu, new), NewPair(third, office.lu, new)],
        D(2026, 10, 2),
    )
    with office.store.read() as connection:
        found = {p.id: p for p in pairings(connection)}
        assert [(found[i].mentor, found[i].projects, found[i].goals) for i in made] == [
            ("Mo", ("A",), "goal"),
            ("Lu", ("C",), None),
            ("Lu", ("C",), None),
        ]
        (cycle,) = [c for c in cycles(connection, {p.id for p in projects(connection)}) if c.project.name == "C"]
        assert [(p.phase, p.planned_on) for p in cycle.phases if p.planned_on] == [("signed", D(2026, 12, 24))]
    for pairing_id in made:
        office.act(actions.end, pairing_id, D(2026, 10, 3), "x")
    pairs = [
        NewPair(first, office.mo, ProjectDetails(name="D", started_on=D(2026, 10, 1))),
        NewPair(second, office.young, office.a),
    ]
    with pytest.raises(UserError, match="7th month"):
        office.act(actions.start_pairings, pairs, D(2026, 10, 4))
    with office.store.read() as connection:
        assert "D" not in {p.name for p in projects(connection)}
        assert all(p.ended_on for p in pairings(connection))


@one_database
def test_sessions_belong_to_the_pairing_of_their_day_and_mentor(office: Office) -> None:
    hire = office.hires[0]
    first = office.pair(hire, office.mo)  # from 1 October
    before = log(office, hire, D(2026, 9, 20), office.mo)
    with_mo, unnamed, with_lu = (log(office, hire, D(2026, 10, 5), host) for host in (office.mo, None, office.lu))
    log(office, hire, D(2026, 10, 6), office.mo, "draft")
    day = D(2026, 11, 1)
    second = office.act(actions.reassign, first, office.lu, day, "why")
    handover_mo, handover_none, after = (
        log(office, hire, day, office.mo),
        log(office, hire, day, None),
        log(office, hire, D(2026, 11, 9), office.lu),
    )
    planned = log(office, hire, TODAY + 3 * DAY, office.lu, "planned")
    office.act(logbook.sign_off, [with_mo], who=Actor("Mo", office.mo))
    corrected = office.act(
        logbook.correct,
        with_mo,
        Details(kind="shadowing", held_on=D(2026, 10, 7), minutes=9, customer="c", learned="l", host_id=office.mo),
        TODAY,
        who=Actor("h", hire),
    )
    office.act(logbook.sign_off, [corrected], who=Actor("Mo", office.mo))
    with office.store.read() as connection:
        mine = {p: {s.id for s in sessions(connection, [p])} for p in (first, second)}
        cycle = cycles(connection, {office.a})[0]
        assert mentor_of(connection, hire) == office.lu
        # who named nobody waits for the apprentice's own mentor, not for the whole team
        assert handover_none in inbox_ids(connection, office.lu)
        assert handover_none not in inbox_ids(connection, office.mo)
    assert mine[first] == {corrected, unnamed, handover_mo}
    assert mine[second] == {handover_none, after, planned}
    assert before not in mine[first]
    assert with_lu not in mine[first] | mine[second]
    assert {s.id for s in cycle.sessions} == mine[first] | mine[second]


def test_the_story_tells_every_change_and_reviews_stay_private_until_both_are_in(office: Office) -> None:
    hire = office.hires[0]
    me, mo = Actor("Hire 0", hire), Actor("Mo", office.mo)
    made = office.act(actions.pair, hire, office.mo, office.a, D(2026, 10, 1), "first goals")
    office.act(
        project_actions.save_cycle, office.a, [Phase("qualified", None, D(2026, 10, 4)), Phase("Eigenes")], TODAY
    )
    office.act(actions.set_goals, made, "second goals")
    office.act(project_actions.close_project, office.a, "lost", D(2026, 10, 10))
    office.act(actions.roll_on, made, office.b, D(2026, 10, 12))
    office.act(project_actions.close_project, office.b, "won", D(2026, 11, 10))
    office.act(actions.complete, made, D(2026, 11, 11))
    with pytest.raises(UserError, match="has ended"):
        office.act(actions.set_goals, made, "third")
    with office.store.read() as connection:
        told = story(connection, made, None)
        assert [p.id for p in unwritten(connection, hire)] == [made]
    lines = [(str(e.on), str(e.words), e.note, e.by) for e in told.events]
    assert lines[:-1] == [
        ("2026-10-01", "Hire 0 is paired with Mo.", "first goals", "Li"),
        ("2026-10-01", "Bound to A.", "", "Li"),
        ("2026-10-04", "Phase done: Qualified.", "", "Li"),
        ("2026-10-10", "A was closed: lost.", "", "Li"),
        ("2026-10-12", "Rolled on to B.", "", "Li"),
        ("2026-11-10", "B was closed: won.", "", "Li"),
        ("2026-11-11", "Completed: the cycle is closed.", "", "Li"),
    ]
    assert lines[-1][1:] == ("Other goals were agreed.", "second goals", "Li")
    assert [c.project.name for c in told.cycles] == ["A", "B"]
    assert {name for _, name in told.missing} == {"Hire 0", "Mo"}

    office.act(actions.review_pairing, made, "a secret", who=me)
    for reader, seen in (
        (hire, True),
        (office.mo, True),
        (office.lead.person_id, True),
        (office.lu, False),
        (None, False),
    ):
        with office.store.read() as connection:
            found = story(connection, made, reader)
            page = mentor_page(connection, office.mo, TODAY, reader)
        assert [r.words for r in found.reviews] == ["a secret" if seen else None]
        assert any("a secret" in e.note for e in found.events) is seen
        assert [r.words for r in page.apprenticeships[0].reviews] == ["a secret" if seen else None]
    office.act(actions.review_pairing, made, "mine too", who=mo)
    with office.store.read() as connection:
        assert [r.words for r in story(connection, made, office.lu).reviews] == ["a secret", "mine too"]
        assert unwritten(connection, hire) == []


@one_database
def test_what_needs_a_leads_hand_is_seen_and_solved(office: Office) -> None:
    first, second, third = office.hires

    def alerts(day: dt.date = TODAY) -> set[tuple[str, str]]:
        with office.store.read() as connection:
            return {(a.kind, a.name) for a in watch(connection, day)}

    assert alerts() == {("unpaired", f"Hire {i}") for i in range(3)}
    assert alerts(D(2026, 9, 8)) == set()  # seven days are not more than seven
    assert len(alerts(D(2026, 9, 9))) == 3
    made = office.pair(first, office.mo)
    assert {("unpaired", "Hire 1"), ("unpaired", "Hire 2"), ("silent", "Hire 0")} == alerts()
    assert ("silent", "Hire 0") not in alerts(D(2026, 10, 14))
    assert ("silent", "Hire 0") in alerts(D(2026, 10, 15))
    planned = log(office, first, TODAY + DAY, office.mo, "planned")
    assert ("silent", "Hire 0") not in alerts()  # planning one solves it
    office.act(logbook.withdraw, [planned], who=Actor("h", first))
    log(office, first, TODAY - 13 * DAY, office.mo)
    assert ("silent", "Hire 0") not in alerts()
    office.act(project_actions.save_cycle, office.a, [Phase("qualified", D(2026, 11, 1))], TODAY)
    assert ("overrun", "Hire 0") in alerts()
    assert ("overrun", "Hire 0") not in alerts(D(2026, 11, 1))
    office.pair(second, office.mo)
    office.act(actions.set_capacity, office.mo, 1)
    assert ("overloaded", "Mo") in alerts()
    leaves(office, office.mo, TODAY + 30 * DAY)
    assert ("leaving", "Mo") in alerts()
    assert ("leaving", "Mo") not in alerts(TODAY - DAY)
    office.act(project_actions.close_project, office.a, "won", TODAY)
    assert {("closed", "Hire 0"), ("closed", "Hire 1")} <= alerts()
    office.act(actions.complete, made, TODAY)
    assert {("review", "Mo"), ("review", "Hire 0")} <= alerts()
    assert ("closed", "Hire 0") not in alerts()
    office.act(actions.review_pairing, made, "w", who=Actor("h", first))
    assert ("review", "Hire 0") not in alerts()
    assert ("overloaded", "Mo") not in alerts()
    assert ("unpaired", "Hire 2") in alerts()
    office.act(actions.set_capacity, office.lu, 5)
    office.act(actions.pair, third, office.lu, office.b, TODAY)
    assert ("unpaired", "Hire 2") not in alerts()


@one_database
def test_the_mentors_page_holds_apprentices_now_and_before(office: Office) -> None:
    first, second, _ = office.hires
    ended = office.pair(first, office.mo)
    log(office, first, D(2026, 10, 5), office.mo)
    log(office, first, D(2026, 10, 8), office.mo)
    office.act(actions.end, ended, D(2026, 10, 20), "moved")
    office.pair(second, office.mo)
    with office.store.read() as connection:
        page = mentor_page(connection, office.mo, TODAY, office.lead.person_id)
    assert [(a.pairing.apprentice, a.pairing.state, a.sessions, a.last_session) for a in page.apprenticeships] == [
        ("Hire 1", "active", 0, None),
        ("Hire 0", "ended", 2, D(2026, 10, 8)),
    ]
    assert page.mentor is not None
    assert (page.mentor.active, page.mentor.capacity) == (1, 2)
    assert all(a.curve is not None for a in page.apprenticeships)


@one_database
def test_pinned_pairs_are_held_and_otherwise_says_what_it_costs(office: Office) -> None:
    first, second, third = office.hires
    for mentor in (office.mo, office.lu):
        office.act(actions.set_capacity, mentor, 1)
    with office.store.read() as connection:
        best = suggest(connection, TODAY)
        pinned = suggest(connection, TODAY, pinned={second: office.mo})
        cost = otherwise(connection, TODAY, None, {}, second, office.mo)
        impossible = otherwise(connection, TODAY, None, {}, second, office.young)
    assert len(best.pairs) == 2
    assert {(p.apprentice.id, p.mentor.id) for p in pinned.pairs} >= {(second, office.mo)}
    assert [str(why) for _, why in pinned.unplaced] == ["All free places went to pairs that fit better."]
    assert cost.lost == pytest.approx(best.total - pinned.total)
    assert cost.lost > 0
    assert impossible.lost is None
    with office.store.read() as connection:
        wrong = suggest(connection, TODAY, pinned={first: office.young})
        full = suggest(connection, TODAY, pinned={first: office.mo, second: office.mo})
    assert "not senior yet" in str({a.id: w for a, w in wrong.unplaced}[first])
    assert [(p.apprentice.id) for p in full.pairs if p.mentor.id == office.mo] == [first]
    assert third


@one_database
def test_what_is_impossible_on_the_board_says_why(office: Office) -> None:
    office.act(actions.pair, office.lu, office.mo, office.a, D(2026, 10, 1))
    leaves(office, office.mo, TODAY + 100 * DAY)
    with office.store.read() as connection:
        on = board(connection, TODAY)
        hire = on.apprentices[0]
        said = {m.name: str(refusal(hire, m, on.circles) or "") for m in on.mentors}
        plan = suggest(connection, TODAY)
    assert said == {"Mo": "", "Lu": "", "Young": "Young is not senior yet: mentors are in their 7th month or later."}
    mo = next(m for m in on.mentors if m.name == "Mo")
    assert str(refusal(hire, mo, on.circles, taken=1)) == "Mo is full: 2 of 2 places are taken."
    assert str(refusal(hire, mo, {(hire.id, mo.id)})) == "Mo is an apprentice of Hire 0, directly or in a row."
    assert {p.mentor.name for p in plan.pairs} == {"Lu"}  # whoever is known to leave is not suggested


@one_database
def test_employment_is_not_moved_away_from_under_a_pairing(office: Office) -> None:
    hire = office.hires[0]
    made = office.pair(hire, office.mo)
    details = {"team": "East · Retail", "roles": frozenset({"new_hire"})}
    with pytest.raises(UserError, match="hire date can't lie after it"):
        office.act(edit_person, hire, PersonDetails(name="Hire 0", hired_on=D(2026, 10, 2), **details))  # type: ignore[arg-type]
    with pytest.raises(UserError, match="leaving date can't lie before it"):
        leaves(office, office.mo, D(2026, 9, 30))
    with pytest.raises(UserError, match="role Mentor stays"):
        office.act(edit_person, office.mo, PersonDetails(name="Mo", hired_on=D(2020, 1, 1), team="East · Retail"))
    with pytest.raises(UserError, match="can't close before"):
        office.act(project_actions.close_project, office.a, "lost", D(2026, 9, 15))
    with pytest.raises(UserError, match="can't start later"):
        office.act(project_actions.save_project, ProjectDetails(name="A", started_on=D(2026, 10, 15)), office.a)
    office.act(actions.end, made, D(2026, 10, 9), "x")
    with pytest.raises(UserError, match="lasted until 2026-10-09"):
        leaves(office, office.mo, D(2026, 10, 8))
    office.act(edit_person, office.mo, PersonDetails(name="Mo", hired_on=D(2020, 1, 1), team="East · Retail"))
    with office.store.read() as connection:
        assert problems(connection) == []


@one_database
def test_approved_playbooks_speak_for_a_mentor(office: Office) -> None:
    from mentor_app.core.playbooks import actions as books
    from mentor_app.core.playbooks import reviewing
    from mentor_app.core.playbooks.rules import Part

    lu = Actor("Lu", office.lu)
    for at in range(2):
        book = office.act(books.begin, "objections", f"Q&A {at}", who=lu)
        office.act(books.save_part, book, Part(title="q", body="a"), who=lu)
        office.act(books.submit, book, who=lu)
        with office.store.read() as connection:
            assert next(m for m in board(connection, TODAY).mentors if m.name == "Lu").playbooks == at
        office.act(reviewing.approve, book)
    with office.store.read() as connection:
        plan = suggest(
            connection, TODAY, {"region": 0, "industry": 0, "gaps": 0, "load": 0, "record": 0, "playbooks": 4}
        )
    assert {p.mentor.name: p.parts["playbooks"] for p in plan.pairs} == {"Lu": 4.0, "Mo": 0.0}


@one_database
def test_nobody_is_called_silent_while_on_leave(office: Office) -> None:
    hire = office.hires[0]
    office.pair(hire, office.mo)

    def silent(day: dt.date) -> bool:
        with office.store.read() as connection:
            return ("silent", "Hire 0") in {(a.kind, a.name) for a in watch(connection, day)}

    assert silent(TODAY)
    first, last = TODAY - 3 * DAY, TODAY + 2 * DAY
    office.act(save_leave, hire, first, last, "ill")
    assert [silent(day) for day in (first - DAY, first, TODAY, last, last + DAY)] == [True, False, False, False, True]


@one_database
def test_a_day_belongs_to_the_mentor_of_that_day(office: Office) -> None:
    hire = office.hires[0]
    made = office.pair(hire, office.mo)
    with office.store.read() as connection:
        began = next(p for p in pairings(connection) if p.id == made).started_on
    ended = began + 20 * DAY
    office.act(actions.end, made, ended, "moved")
    with office.store.read() as connection:
        held = [mentor_on(connection, hire, day) for day in (began - DAY, began, ended, ended + DAY)]
    assert held == [None, office.mo, office.mo, None]


def test_an_end_is_taken_back_though_the_mentor_has_more_than_places_unless_somebody_took_the_place(
    store: Store,
) -> None:
    office = Office(store)
    first = office.pair(office.hires[0], office.mo)
    office.pair(office.hires[1], office.mo)
    office.act(actions.set_capacity, office.mo, 1)
    office.act(actions.end, first, TODAY - DAY, "why")
    assert office.store.act(office.lead, undo).result.action == "pairing.end"
    with store.read() as connection:
        assert len([one for one in pairings(connection) if one.mentor_id == office.mo and one.ended_on is None]) == 2
    office.act(actions.set_capacity, office.mo, 2)
    ended = office.store.act(office.lead, actions.end, first, TODAY - DAY, "why")
    office.act(actions.pair, office.hires[2], office.mo, office.a, TODAY)
    with pytest.raises(UserError, match="Mo is full"):
        office.store.act(office.lead, undo, ended.change_set_id)
