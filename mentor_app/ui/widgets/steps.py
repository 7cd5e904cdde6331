"""What is done one after the other on a page and stored nowhere yet: taken back and done again there, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

State = TypeVar("State")


class Steps(Generic[State]):
    """The states of something between the steps that led from each to the next."""

    def __init__(self) -> None:
        self._done: list[tuple[str, State]] = []
        self._taken_back: list[tuple[str, State]] = []

    def __bool__(self) -> bool:
        return bool(self._done or self._taken_back)

    def note(self, words: str, before: State) -> None:
        """A step, in words, is about to be taken; what was taken back is not done again any more."""
        self._done.append((words, before))
        self._taken_back.clear()

    def back(self, now: State, possible: Callable[[State], State]) -> tuple[str, State] | None:
        """The last step that made a difference, and the state before it, as far as that is ``possible`` now; None: there is
        none."""
        return _to_another(self._done, self._taken_back, now, possible)

    def on(self, now: State, possible: Callable[[State], State]) -> tuple[str, State] | None:
        """The step taken back last, and the state after it."""
        return _to_another(self._taken_back, self._done, now, possible)

    def forget(self) -> None:
        """What was done is stored now, or of no use any more."""
        self._done.clear()
        self._taken_back.clear()


def _to_another(
    here: list[tuple[str, State]], there: list[tuple[str, State]], now: State, possible: Callable[[State], State]
) -> tuple[str, State] | None:
    while here:
        words, state = here.pop()
        state = possible(state)
        if state != now:
            there.append((words, now))
            return words, state
    return None
