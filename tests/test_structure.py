"""How the source hangs together: no circle of imports, and every module of core has its place in the order by kind."""

import tomllib
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
ORDER = (
    "Tables know nothing but the store",
    "Rules read nothing",
    "Queries know no action",
    "Actions know nothing of what follows from them",
    "What follows knows not where it is put together",
)
"""The contracts that put core's modules in order, each kind's before the next one's."""
WORDS = {"text", "errors", "resources"}
"""What core says anything with: messages, and where their catalogues lie."""
TOOLS = WORDS | {"dates", "environment", "location", "log", "words"}
"""Modules of core that know no capability, open to the store."""
BESIDE = ("mentor_app.core.store", "mentor_app.core.history", "mentor_app.core.sample")
"""Below all kinds, and above them: they have contracts of their own."""


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom when the program runs, also within functions; imports for types alone are left out."""
    return grimp.build_graph("mentor_app", cache_dir=None)


def contracts() -> dict[str, dict[str, list[str]]]:
    """The import-linter contracts, by name."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return {one["name"]: one for one in tomllib.load(file)["tool"]["importlinter"]["contracts"]}


def test_no_imports_go_in_a_circle() -> None:
    imports = {module: graph().find_modules_directly_imported_by(module) for module in graph().modules}
    assert len(imports) > 150
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def rooms() -> list[str]:
    """The modules of core's rooms."""
    return [
        module
        for module in graph().modules
        if module.startswith("mentor_app.core.") and module.count(".") == 3 and not module.startswith(BESIDE)
    ]


@pytest.mark.parametrize("module", sorted(rooms()))
def test_every_module_of_core_has_a_kind(module: str) -> None:
    """A new module of a room is named in the contract of its kind, unless its name says it."""
    known = contracts()
    kinds = [name for name in ORDER if any(fnmatch(module, pattern) for pattern in known[name]["source_modules"])]
    assert len(kinds) == 1, kinds


def test_each_kind_is_kept_from_all_that_come_after_it() -> None:
    known = contracts()
    for at, name in enumerate(ORDER):
        later = {module for other in ORDER[at + 1 :] for module in known[other]["source_modules"]}
        later -= {"mentor_app.core.ramp.*", "mentor_app.core.matching.*"}  # plain values, open to all
        assert later <= set(known[name]["forbidden_modules"]), name
        assert "mentor_app.core.team" in known[name]["forbidden_modules"]


def children_of_core() -> set[str]:
    """The rooms of core and the modules beside them, by their names within it."""
    return {module.removeprefix("mentor_app.core.") for module in graph().find_children("mentor_app.core")}


@pytest.mark.parametrize(
    ("contract", "known"),
    [
        ("The store knows no capability", TOOLS | {"store"}),
        ("Charts know of core only the ramp-up's plain data, and words", WORDS | {"ramp"}),
    ],
)
def test_what_may_know_little_of_core_is_kept_from_all_the_rest(contract: str, known: set[str]) -> None:
    """A new room of core is named where it must not be known."""
    forbidden = {module.removeprefix("mentor_app.core.") for module in contracts()[contract]["forbidden_modules"]}
    assert forbidden - {"sqlalchemy"} == children_of_core() - known


def test_every_room_has_its_layer() -> None:
    layers = set(contracts()["Rooms: the ways in over ui over transfer over charts over core"]["layers"])
    assert layers == graph().find_children("mentor_app")
