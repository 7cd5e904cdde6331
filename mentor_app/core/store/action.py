"""Actions by name: what a store may be asked to do, what the history calls it, and how it is taken back.

An action is a plain function ``(session, actor, …)`` marked with ``@action``. Its name stands in the history for good;
where it was called otherwise before, it says so, so that history written then reads on. Nothing here knows a
capability: each registers its own, ``mentor_app.core.team`` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Inverse:
    """Taken back by reversing its row changes; what is computed from the rows, and what follows from them, follows again."""


@dataclass(frozen=True)
class Counter:
    """Taken back by another action, given the ids of the rows of ``table`` that this one wrote; ``one``: it takes one id.

    ``again`` is the action that, given the same, does it once more; empty where it takes more than that to say.
    """

    action: str
    table: str
    one: bool = False
    again: str = ""


@dataclass(frozen=True)
class Never:
    """Can't be taken back: ``reason`` (a message key) says why, and what to do instead."""

    reason: str


Undo: TypeAlias = Inverse | Counter | Never
INVERSE = Inverse()


def counter(name: str, table: str, one: bool = False, again: str = "") -> Counter:
    """Taken back by the action called ``name`` on the rows of ``table`` that were written; done again by ``again``."""
    return Counter(name, table, one, again)


def never(reason: str) -> Never:
    """Not to be taken back; ``reason`` is a message key."""
    return Never(reason)


@dataclass(frozen=True, kw_only=True)
class Action:
    """What is said of an action: ``title`` is a message key, ``formerly`` the names older histories know it by.

    ``saves``: it is done again and again while somebody types; what one person saved of one record in a row is one change.
    ``aside``: it is done in passing, by no wish of its own, and nobody takes it back by itself.
    ``beside``: why two who do it on the strength of the same reading overwrite nothing of each other's; empty: whoever does
    it second is refused, for a version that was raised, or a state that was left.
    """

    name: str
    title: str
    undo: Undo
    formerly: tuple[str, ...] = ()
    saves: bool = False
    aside: bool = False
    beside: str = ""


MARK = "__action__"
"""The attribute under which a function carries its ``Action``."""
_registered: dict[str, Action] = {}
_names: dict[str, Action] = {}
_functions: dict[str, Callable[..., Any]] = {}


def action(
    name: str,
    *,
    title: str,
    undo: Undo,
    formerly: tuple[str, ...] = (),
    saves: bool = False,
    aside: bool = False,
    beside: str = "",
) -> Callable[[F], F]:
    """Register a function as the action ``name``. ValueError where one of its names is taken: names never change hands."""

    def mark(function: F) -> F:
        entry = Action(name=name, title=title, undo=undo, formerly=formerly, saves=saves, aside=aside, beside=beside)
        taken = [known for known in (name, *formerly) if known in _names]
        if taken:
            raise ValueError(f"{taken[0]} is the name of another action")
        _names.update(dict.fromkeys((name, *formerly), entry))
        _registered[name] = entry
        _functions[name] = function
        setattr(function, MARK, entry)
        return function

    return mark


def action_of(function: Callable[..., Any]) -> Action:
    """What a function is registered as; TypeError where it is no action."""
    marked = getattr(function, MARK, None)
    if not isinstance(marked, Action):
        raise TypeError(f"{getattr(function, '__qualname__', function)!r} is no registered action")
    return marked


def function_of(name: str) -> Callable[..., Any]:
    """What does the action called ``name`` now. KeyError where none imported so far is called so."""
    return _functions[name]


def registered() -> Mapping[str, Action]:
    """The actions of every module imported so far, by their present names."""
    return MappingProxyType(_registered)


def known_as(name: str) -> Action | None:
    """The action called ``name`` now or formerly, among those imported so far."""
    return _names.get(name)
