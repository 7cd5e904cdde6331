"""People: how names are compared, whom a CRM name means, what a file may change, and what is inferred."""

import datetime as dt
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.errors import Gone, UserError
from mentor_app.core.imports import RowOutcome, RowResult
from mentor_app.core.people import rules
from mentor_app.core.people.actions import (
    NEW_PERSON,
    PersonDetails,
    add_owners,
    add_person,
    assign_crm_name,
    assign_crm_names,
    confirm_hire_date,
    confirm_hire_dates,
    edit_person,
    save_team,
)
from mentor_app.core.people.listed import import_people
from mentor_app.core.people.queries import (
    get_person,
    hires,
    people,
    regions,
    team_names,
    teams,
    unmatched_crm_names,
)
from mentor_app.core.people.roles import Role
from mentor_app.core.people.rules import RegionClass
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.pipeline.rules import Batch
from mentor_app.core.ramp.curve import WON
from mentor_app.core.store import Actor, Session, Store
from tests.conftest import ME, TODAY, one_database
from tests.steps import step

D = dt.date


def add(store: Store, name: str, **said: object) -> int:
    return store.act(ME, add_person, PersonDetails(name=name, **said)).result  # type: ignore[arg-type]


def deals(store: Store, *owned: tuple[str, dt.date]) -> None:
    """Deals of these owners, opened on these days and won a month later."""
    n = len(owned)
    batch = Batch(
        rows=list(range(2, n + 2)),
        key=[f"K{i}" for i in range(n)],
        owner=[owner for owner, _ in owned],
        columns={
            "name": [None] * n,
            "account": [None] * n,
            "product": [None] * n,
            "stage": ["won"] * n,
            "status": [WON] * n,
            "opened_on": [day.isoformat() for _, day in owned],
            "closed_on": [(day + dt.timedelta(days=30)).isoformat() for _, day in owned],
            "expected_on": [None] * n,
            "amount_cents": [100] * n,
        },
        problems=[],
    )
    result = store.act(ME, import_opportunities, [batch], today=TODAY, add_people=False).result
    assert (result.new, result.rejected) == (n, [])


# names


@given(st.text(max_size=30))
def test_names_are_compared_without_width_case_and_spacing(name: str) -> None:
    key = rules.match_key(name)
    assert rules.match_key(key) == key
    assert rules.match_key(f"  {name}\t") == key
    assert rules.match_key(unicodedata.normalize("NFKC", name)) == key


@pytest.mark.parametrize(
    ("owner", "name", "same"),
    [
        ("Snelling, Anna", "Anna Snelling", True),
        ("ANNA_SNELLING", "anna snelling", True),
        ("Anna  Snelling", "Ａnna Snelling", True),
        ("王 晓明", "晓明 王", True),
        ("Anna Snelling-Lee", "Anna Snelling", False),
        ("王晓明", "王小明", False),
    ],
)
def test_a_crm_may_write_a_name_the_other_way_round(owner: str, name: str, same: bool) -> None:
    assert rules.same_person(owner, name) is same


@pytest.mark.parametrize("name", ["", "  ", "\0", "x" * 201])
def test_a_name_is_needed_and_not_endless(file_store: Store, name: str) -> None:
    with pytest.raises(UserError, match="name"):
        add(file_store, name)


# one person


def test_what_a_form_says_is_what_is_read_back(store: Store) -> None:
    key = add(store, " Ann ", code="", team="East · Retail", crm_names=("a.snelling",), roles=frozenset({Role.MENTOR}))
    details = PersonDetails(
        name="Anna",
        hired_on=D(2024, 1, 31),
        left_on=D(2026, 1, 1),
        team="South",
        roles=frozenset({Role.TRAINER, Role.NEW_HIRE}),
        crm_names=("Snelling, Anna",),
        code="E7",
    )
    assert store.act(ME, edit_person, key, details).result
    assert not store.act(ME, edit_person, key, details).result
    with store.read() as connection:
        found = get_person(connection, key)
    assert (found.name, found.code, found.team, found.region) == ("Anna", "E7", "South", "South")
    assert (found.hired_on, found.hired_on_inferred, found.left_on) == (D(2024, 1, 31), False, D(2026, 1, 1))
    assert found.roles == ("new_hire", "trainer")
    assert set(found.crm_names) == {"Anna", "Snelling, Anna"}  # the earlier ones mean nobody now


@one_database
def test_one_is_hired_before_one_leaves(store: Store) -> None:
    with pytest.raises(UserError, match="before the hire date"):
        add(store, "Ann", hired_on=D(2024, 2, 1), left_on=D(2024, 1, 31))
    add(store, "Ann", hired_on=D(2024, 2, 1), left_on=D(2024, 2, 1))
    with pytest.raises(UserError, match="not a role"):
        add(store, "Ben", roles=frozenset({"chief"}))
    with store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann"]
        with pytest.raises(Gone):
            get_person(connection, 4711)


# CRM names


def test_a_crm_name_means_one_person(store: Store) -> None:
    ann = add(store, "Ann", crm_names=("A. S.",))
    with pytest.raises(UserError, match="already belongs to somebody else"):
        add(store, "Ben", crm_names=("a. s.",))
    other_ann = add(store, "Ann")  # one's own name is claimed only while nobody has it
    with store.read() as connection:
        assert set(get_person(connection, ann).crm_names) == {"Ann", "A. S."}
        assert get_person(connection, other_ann).crm_names == ()
    store.act(ME, assign_crm_name, "A. S.", other_ann)
    store.act(ME, assign_crm_names, {"ann": None, "New One": NEW_PERSON, "Nobody": None})
    with store.read() as connection:
        assert get_person(connection, other_ann).crm_names == ("A. S.",)
        assert get_person(connection, ann).crm_names == ()
        assert [p.name for p in people(connection)] == ["Ann", "Ann", "New One"]
        assert unmatched_crm_names(connection) == []  # without deals they are nobody's question


def test_owners_nobody_knows_become_people_at_once(store: Store) -> None:
    @step
    def owners(session: Session, actor: Actor) -> dict[str, int]:
        return add_owners(session, actor, ["Ann", "张伟"])

    ids = store.act(ME, owners).result
    assert set(ids) == {"Ann", "张伟"}
    with store.read() as connection:
        assert [(p.name, p.crm_names) for p in people(connection)] == [("Ann", ("Ann",)), ("张伟", ("张伟",))]


def test_a_hire_date_is_inferred_from_the_first_deal_until_it_is_confirmed(store: Store) -> None:
    ann, ben = add(store, "Ann"), add(store, "Ben")
    store.act(ME, assign_crm_name, "Somebody", None)
    deals(store, ("Ann", D(2026, 3, 5)), ("Ann", D(2026, 2, 1)), ("Somebody", D(2026, 1, 1)))
    with store.read() as connection:
        found = get_person(connection, ann)
        assert (found.hired_on, found.hired_on_inferred) == (D(2026, 2, 1), True)
        assert get_person(connection, ben).hired_on is None
        assert unmatched_crm_names(connection) == [("Somebody", 1)]
        assert [(h.name, h.inferred) for h in hires(connection)] == [("Ann", True), ("Ben", False)]
    with pytest.raises(UserError, match="no opportunity to infer"):
        store.act(ME, confirm_hire_dates, [ann, ben])
    with store.read() as connection:
        assert get_person(connection, ann).hired_on_inferred  # all or none
    assert store.act(ME, confirm_hire_date, ann).result == D(2026, 2, 1)
    store.act(ME, confirm_hire_date, ben, D(2026, 1, 31))
    with store.read() as connection:
        assert [(p.hired_on, p.hired_on_inferred) for p in people(connection)] == [
            (D(2026, 2, 1), False),
            (D(2026, 1, 31), False),
        ]


def test_whoever_is_renamed_keeps_the_deals_of_the_former_name(store: Store) -> None:
    ann, ben = add(store, "Ann", crm_names=("a.s.",)), add(store, "Ben")
    deals(store, ("Ann", D(2026, 3, 5)), ("a.s.", D(2026, 2, 1)))
    store.act(ME, edit_person, ann, PersonDetails(name="Anna", crm_names=("a.s.",)))
    store.act(ME, edit_person, ben, PersonDetails(name="Benny"))
    with store.read() as connection:
        assert set(get_person(connection, ann).crm_names) == {"Ann", "a.s.", "Anna"}
        assert get_person(connection, ben).crm_names == ("Benny",)  # under "Ben" nobody has a deal
        assert get_person(connection, ann).hired_on == D(2026, 2, 1)
    store.act(ME, edit_person, ann, PersonDetails(name="Anna", crm_names=("a.s.",)))  # now taken away on purpose
    with store.read() as connection:
        assert set(get_person(connection, ann).crm_names) == {"a.s.", "Anna"}
        assert unmatched_crm_names(connection) == [("Ann", 1)]


# teams and regions


@one_database
def test_teams_and_regions_are_known_by_their_names_in_both_languages(store: Store) -> None:
    first = store.act(ME, save_team, "East · Retail", "华东", "Retail").result
    store.act(ME, save_team, "Own", "Overseas", None, region_class=RegionClass.STRATEGIC)
    with pytest.raises(UserError, match="already a team"):
        store.act(ME, save_team, "Own")
    assert store.act(ME, save_team, "East · Energy", "East", "Energy", first).result == first
    with store.read() as connection:
        assert [(t.name, t.region, t.industry) for t in teams(connection)] == [
            ("East · Energy", "East", "Energy"),
            ("Own", "Overseas", None),
        ]
        assert team_names(connection) == ["East · Energy", "Own"]
        kinds = dict(regions(connection))
    assert (kinds["East"], kinds["Overseas"]) == ("strategic", "strategic")


# a file of people

Line = tuple[int, PersonDetails, frozenset[str]]
ALL = frozenset({"name", "code", "hired_on", "left_on", "team", "roles", "crm_names"})


def run(store: Store, rows: Sequence[Line], **options: object) -> list[tuple[int, RowResult, str]]:
    outcomes: list[RowOutcome] = store.act(ME, import_people, rows, **options).result  # type: ignore[arg-type]
    return [(number, result, str(error.message) if error else "") for number, result, error in outcomes]


@one_database
def test_a_file_finds_people_by_number_or_name_and_changes_only_its_columns(store: Store) -> None:
    ann = add(store, "Ann", code="E1", hired_on=D(2024, 1, 1), team="East", roles=frozenset({Role.MENTOR}))
    add(store, "Ben", crm_names=("B.",))
    rows = [
        (2, PersonDetails(name="Anna", code="E1"), frozenset({"name", "code"})),
        (3, PersonDetails(name="Ben", crm_names=("Benny",)), frozenset({"name", "crm_names"})),
        (4, PersonDetails(name="Cem", team="South"), ALL),
    ]
    assert run(store, rows) == [(2, "updated", ""), (3, "updated", ""), (4, "new", "")]
    assert [result for _, result, _ in run(store, rows)] == [RowResult.UNCHANGED] * 3
    with store.read() as connection:
        found = get_person(connection, ann)
        assert (found.name, found.team, found.hired_on, found.roles) == ("Anna", "East", D(2024, 1, 1), ("mentor",))
        everybody = {p.name: p for p in people(connection)}
    assert set(everybody["Ben"].crm_names) == {"Ben", "Benny"}  # a list names all there are
    assert everybody["Cem"].region == "South"


@one_database
def test_bad_rows_of_a_file_are_told_and_the_caller_says_whether_the_rest_stands(store: Store) -> None:
    add(store, "Twin")
    add(store, "Twin")
    rows = [
        (2, PersonDetails(name="Ann"), ALL),
        (3, PersonDetails(name=" Ann "), ALL),
        (4, PersonDetails(name="Twin"), ALL),
        (5, PersonDetails(name="Ben", hired_on=D(2024, 1, 2), left_on=D(2024, 1, 1)), ALL),
    ]
    strict = run(store, rows, keep=lambda _, outcomes: all(error is None for _, _, error in outcomes))
    assert [(number, result) for number, result, _ in strict] == [
        (2, RowResult.NEW),
        (3, RowResult.REJECTED),
        (4, RowResult.REJECTED),
        (5, RowResult.REJECTED),
    ]
    assert [
        "Who is the one in row 3" in strict[1][2],
        "2 people are called Twin" in strict[2][2],
        "before" in strict[3][2],
    ] == [True] * 3
    with store.read() as connection:
        assert {p.name for p in people(connection)} == {"Twin"}
    run(store, rows)
    with store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann", "Twin", "Twin"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\0",
        "\u200b",
        "\u3000\u200d\ufeff",
        "\u2800",
        "\u3164\u115f",
        "\u202e",
        "Bell\x07",
        "Esc\x1b",
        "Half\ud83d",
    ],
)
@one_database
def test_a_name_that_is_none_is_refused_wherever_names_are_entered(store: Store, name: str) -> None:
    add(store, "Ann")
    for entered in (
        lambda: add(store, name),
        lambda: add(store, "Bo", crm_names=(name,)),
        lambda: store.act(ME, edit_person, 1, PersonDetails(name=name)),
        lambda: store.act(ME, assign_crm_name, name, 1),
        lambda: store.act(ME, save_team, name),
        lambda: deals(store, (name, D(2026, 1, 1))),
    ):
        with pytest.raises(UserError):
            entered()
    with store.read() as connection:
        assert [p.name for p in people(connection)] == ["Ann"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann\nLee", "Ann Lee"),
        ("\u200bAnn\u200b ", "Ann"),
        ("Ann\tLee\r\n", "Ann Lee"),
        ("\ufeff张伟", "张伟"),
        ("Zoë ❤️", "Zoë ❤️"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
@one_database
def test_a_name_stands_in_one_line_without_what_cant_be_seen(store: Store, typed: str, kept: str) -> None:
    add(store, typed)
    with store.read() as connection:
        (found,) = people(connection)
    assert (found.name, found.crm_names) == (kept, (kept,))


@given(st.text(st.characters(), max_size=12))
def test_whatever_is_typed_as_a_name_is_refused_or_can_be_written_and_seen(typed: str) -> None:
    try:
        kept = rules.checked_name(typed)
    except UserError:
        return
    kept.encode()
    assert kept == rules.checked_name(kept)
    assert len(kept.splitlines()) == 1
    assert any(unicodedata.category(c)[0] not in "CZ" or unicodedata.category(c) in ("Cn", "Co") for c in kept)


def test_half_a_character_is_a_sentence_wherever_it_is_typed(store: Store) -> None:
    from mentor_app.core.people.queries import called

    with pytest.raises(UserError, match="half a character"):
        add(store, "Ann", code="\ud800")
    with pytest.raises(UserError, match="half a character"), store.read() as connection:
        called(connection, "\udcff")
