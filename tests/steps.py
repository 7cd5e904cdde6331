"""What only a test does to a store: run as an action, but not one the app has."""

from collections.abc import Callable
from typing import Any, TypeVar

from mentor_app.core.store.action import MARK, Action, never
from mentor_app.ui.navigation import Place

F = TypeVar("F", bound=Callable[..., Any])


def step(function: F) -> F:
    """Let ``Store.act`` run this function, under ``tests.`` and its name."""
    setattr(function, MARK, Action(name=f"tests.{function.__name__}", title="", undo=never("")))
    return function


def where(room: str, what: Any = None) -> Place:
    """A place by the shortest words: a room, and there a record's number, something by its name, or both as a pair."""
    if isinstance(what, int):
        return Place(room, id=what)
    return Place(room, *what) if isinstance(what, tuple) else Place(room, what or "")
