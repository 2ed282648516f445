"""When a condition holds during a replication, as change points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """Change points (minute, whether it holds from there on), the first when the run begins or before."""

    minutes: Sequence[int]
    holds: Sequence[bool]

    def at(self, minute: int) -> bool:
        """Tell whether it holds at a minute."""
        return self.holds[bisect_right(self.minutes, minute) - 1]

    def achieved(self, last: int) -> int | None:
        """Return when the spell that `last` lies in began; else when the first later spell begins; else None."""
        position = bisect_right(self.minutes, last) - 1
        if not self.holds[position]:
            later = zip(self.minutes[position + 1 :], self.holds[position + 1 :], strict=True)
            return next((minute for minute, holds in later if holds), None)
        while position > 0 and self.holds[position - 1]:
            position -= 1
        return self.minutes[position]

    def throughout(self, first: int, last: int) -> bool:
        """Tell whether it holds at every minute of [first, last]."""
        inside = (h for m, h in zip(self.minutes, self.holds, strict=True) if first < m <= last)
        return self.at(first) and all(inside)

    def sustained(self, minutes: int, *, horizon: int) -> Truth:
        """Return the truth less the spells shorter than `minutes`, unless the horizon cuts them."""
        kept = list(self.holds)
        for begin, end in self._spells():
            stops = self.minutes[end] if end < len(self.minutes) else horizon
            if stops < horizon and stops - self.minutes[begin] < minutes:
                kept[begin:end] = [False] * (end - begin)
        return Truth(self.minutes, kept)

    def _spells(self) -> list[tuple[int, int]]:
        """Return the spells of truth as slices of the change points."""
        spells, begin = [], None
        for position, holds in enumerate([*self.holds, False]):
            if holds and begin is None:
                begin = position
            elif not holds and begin is not None:
                spells.append((begin, position))
                begin = None
        return spells


def truth_since(minute: int | None) -> Truth:
    """Return the truth of what comes true once, at a minute, for good; None: never."""
    if minute is None:
        return Truth([0], [False])
    return Truth([0], [True]) if minute <= 0 else Truth([0, minute], [False, True])
