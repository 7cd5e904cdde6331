"""Columns that only count the rows of a file: 序号, No., 1, 2, 3. Such a number stays with its place, not with its deal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mentor_app.transfer.recognise import counts_by_name


class RunningNumbers:
    """Looks for columns that count; one drops out at the first cell that does not."""

    def __init__(self, headers: Sequence[str], places: Iterable[int]) -> None:
        self._headers = headers
        self._named = {i for i in places if counts_by_name(headers[i])}
        self._last: dict[int, int] = {}
        self._step: dict[int, int] = {}
        self._open = set(places)

    def look(self, columns: Sequence[Sequence[str]]) -> None:
        """See some more rows, by column."""
        for i in list(self._open):
            first = columns[i][0].strip() if columns[i] else "0"
            if not first.isdecimal() or not self._goes_on(i, columns[i]):
                self._open.discard(i)

    def _goes_on(self, place: int, cells: Sequence[str]) -> bool:
        numbers = [int(cell) if cell.isdecimal() else None for cell in map(str.strip, cells)]
        if None in numbers:
            return False
        if place in self._named or not numbers:
            return True
        found: list[int] = [number for number in numbers if number is not None]
        if place not in self._step:
            self._step[place] = -1 if len(found) > 1 and found[1] < found[0] else 1
            if self._step[place] == 1 and found[0] > 1:
                return False
        step = self._step[place]
        start = self._last.get(place, found[0] - step) + step
        self._last[place] = found[-1]
        return found == list(range(start, start + step * len(found), step))

    def found(self) -> set[str]:
        """The columns that count: by their name and with nothing but figures, or from 0 or 1 on, or down to there."""
        ending = {i for i in self._open if self._step.get(i) != -1 or self._last[i] <= 1}
        return {self._headers[i] for i in ending}
