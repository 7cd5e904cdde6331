"""What only a test does to a store: run as an action, but not one the app has."""

from collections.abc import Callable
from typing import Any, TypeVar

from mentor_app.core.store.actions import MARK, Action, never

F = TypeVar("F", bound=Callable[..., Any])


def step(function: F) -> F:
    """Let ``Store.act`` run this function, under ``tests.`` and its name."""
    setattr(function, MARK, Action(name=f"tests.{function.__name__}", title="", undo=never("")))
    return function
