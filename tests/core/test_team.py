"""Every action of the team: its names, old and new, its words in both languages, how it is taken back."""

import pkgutil
import sqlite3
import subprocess
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import get_args, get_type_hints

import pytest

import mentor_app
from mentor_app.core import team
from mentor_app.core.store.action import MARK, Counter, Inverse, Never
from mentor_app.core.store.schema import metadata
from mentor_app.core.team import FOLLOWERS, UNKNOWN, actions_by_name, open_team, title_of
from mentor_app.core.text import translator
from tests.conftest import DATA

NAMES = (Path(__file__).parent / "action_names.txt").read_text(encoding="utf-8").split()
ACTIONS = actions_by_name()


def stored_names() -> set[str]:
    """The names in the histories of all stored copies of older stores."""
    found: set[str] = set()
    for path in (DATA / "stores").glob("*.sqlite"):
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        found |= {name for (name,) in connection.execute("SELECT DISTINCT action FROM change_set")}
        connection.close()
    return found


def test_every_name_a_history_may_hold_has_words_in_both_languages() -> None:
    chinese = translator("zh_CN")
    assert len(stored_names()) > 5
    for name in {*stored_names(), *NAMES}:
        title = title_of(name)
        assert title != UNKNOWN, f"{name} has no title: an action says under formerly= what it was called"
        assert chinese(title) != title, title


def test_no_name_disappears_and_new_ones_are_written_down() -> None:
    """Names ever used stand in action_names.txt; add those of a new action there, take none out."""
    now = {name for one in ACTIONS.values() for name in (one.name, *one.formerly)}
    assert sorted(now) == sorted(NAMES)


def test_a_name_nobody_knows_is_told_in_a_neutral_sentence() -> None:
    assert title_of("future.invention") == UNKNOWN
    assert translator("zh_CN")(UNKNOWN) != UNKNOWN


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_says_how_it_is_taken_back(name: str) -> None:
    match ACTIONS[name].undo:
        case Counter(other, table, _):
            assert other in ACTIONS
            assert table in metadata.tables
        case Never(reason):
            assert reason.endswith(".")
            assert translator("zh_CN")(reason) != reason
        case undo:
            assert undo == Inverse()


STATES = {"state", "decision", "outcome", "event", "region_class"}
"""What parameters are called that take a state."""


def test_actions_take_states_and_no_bare_words() -> None:
    """Words of files and command lines become states where they come in, and are refused there."""
    taken = 0
    for module in team.ACTIONS:
        for function in vars(import_module(module)).values():
            if hasattr(function, MARK):
                for name, hint in get_type_hints(function).items():
                    if name in STATES:
                        kinds = get_args(hint) or (hint,)
                        assert all(one is NoneType or issubclass(one, StrEnum) for one in kinds), (function, name)
                        taken += 1
    assert taken >= 7


def test_every_module_with_actions_is_listed() -> None:
    """Importing everything there is registers nothing that the list does not."""
    code = (
        "from mentor_app.core.team import actions_by_name; listed = set(actions_by_name());"
        "from tests.core.test_team import import_everything; import_everything();"
        "assert set(actions_by_name()) == listed"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_followers_watch_what_their_rooms_say() -> None:
    """What a follower watches stands where it is registered, so that nothing need be imported to know it."""
    from mentor_app.core.playbooks import obligations
    from mentor_app.core.points import award

    watched = {follower.name: follower.watches for follower in FOLLOWERS}
    assert watched == {"obligations": obligations.WATCHES, "points": award.WATCHES}
    assert set().union(*watched.values()) <= set(metadata.tables)


def test_opening_a_team_imports_nothing_that_only_follows_or_computes(tmp_path: Path) -> None:
    place = tmp_path / "team.sqlite"
    open_team(place).close()
    code = (
        "import sys; from mentor_app.core.team import open_team; store = open_team(sys.argv[1]);"
        "from mentor_app.core.people.queries import people\n"
        "with store.read() as connection: people(connection)\n"
        "heavy = {'numpy', 'scipy', 'matplotlib', 'alembic', 'mentor_app.core.points', 'mentor_app.core.playbooks'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(place)], check=True, cwd=Path(__file__).parents[2])


def import_everything() -> None:
    """Import every module of core and transfer."""
    for part in ("core", "transfer"):
        package = import_module(f"{mentor_app.__name__}.{part}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)
