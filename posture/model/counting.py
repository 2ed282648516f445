"""What one count of a drawdown makes: leavers by cell, by destination, cut into serials, put in a row, planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posture.model.plan import DrawdownPlan
from posture.model.rules import apportion, cut, lacking, place_in_row, planned_at

Planned = tuple[int, int, int]
"""(queue, planned minute, persons)."""


@dataclass(slots=True)
class Leavers:
    """Who of a drawdown was ever to leave: `left` in all, `given[j]` of them to its j-th destination."""

    given: list[int]
    left: int = 0

    def take_back(self, plan: DrawdownPlan, queue: int, size: int) -> None:
        """Take back leavers whose serial was dropped, to be counted again."""
        place = next(row.index(queue) for row in plan.queues if queue in row)
        self.given[place] -= size
        self.left -= size


@dataclass(frozen=True, slots=True)
class Line:
    """How strength is to fall in a step: from when on, for how many minutes, at which pace (as `draws.pace_table`)."""

    begins_at: int
    duration: int
    table: Sequence[int]


def plan_leavers(
    plan: DrawdownPlan,
    *,
    leavers: int,
    found: Sequence[int],
    so_far: Leavers,
    shares: Sequence[int],
    sizes: Sequence[int | None],
    line: Line,
) -> list[Planned]:
    """Turn the leavers of one count into planned serials, in the order of their row.

    Parameters
    ----------
    leavers
        How many are to leave, persons, at most the sum of `found`.
    found
        Persons just counted in each cell of the drawdown.
    so_far
        Who was to leave before; brought up to date.
    shares
        Of its destinations, in millionths.
    sizes
        Of a full serial, by queue of the whole plan; None: all in one.
    line
        That strength is to follow in the step.
    """
    if not leavers:
        return []
    row: list[tuple[int, int, int, int]] = []
    for position, persons in enumerate(found_leavers(plan, leavers, found)):
        for queue, part in zip(plan.queues[position], _by_destination(persons, so_far, shares), strict=True):
            serials = cut(part, sizes[queue] or part) if part else []
            for k, size in enumerate(serials, start=1):
                row.append((plan.ranks[position], place_in_row(k, len(serials)), queue, size))
    row.sort()
    return [
        (queue, planned_at(line.begins_at, line.duration, line.table, position=j, count=len(row)), size)
        for j, (_, _, queue, size) in enumerate(row, start=1)
    ]


def found_leavers(plan: DrawdownPlan, leavers: int, found: Sequence[int]) -> list[int]:
    """Apportion leavers to cells by the people counted there; a rank gives all it has before the next gives any."""
    parts = [0] * len(found)
    for rank in sorted(set(plan.ranks)):
        cells = [i for i, each in enumerate(plan.ranks) if each == rank]
        standing = sum(found[i] for i in cells)
        persons = min(leavers, standing)
        if persons:
            for i, part in zip(cells, apportion(persons, [found[i] for i in cells]), strict=True):
                parts[i] = part
        leavers -= persons
    return parts


def _by_destination(persons: int, so_far: Leavers, shares: Sequence[int]) -> list[int]:
    """Apportion a cell's leavers by what each destination still lacks of its share of all leavers so far."""
    if not persons:
        return [0] * len(shares)
    so_far.left += persons
    parts = apportion(persons, lacking(shares, so_far.given, so_far.left))
    so_far.given = [given + part for given, part in zip(so_far.given, parts, strict=True)]
    return parts


def plan_tour_ends(
    plan: DrawdownPlan,
    *,
    leavers: int,
    found: Sequence[int],
    so_far: Leavers,
    shares: Sequence[int],
    ends: Sequence[tuple[int, Sequence[int]]],
) -> tuple[list[Planned], int]:
    """Turn the leavers of one count into serials that go at the end of their unit's tour.

    Parameters
    ----------
    ends
        The tour ends to use, the last first: the minute, and the unit's share in each cell of the drawdown.

    Returns
    -------
    tuple
        One serial a queue and end, and how many leavers the ends could not give, to be planned otherwise.
    """
    ahead = found_leavers(plan, leavers, found)
    planned: list[Planned] = []
    for minute, unit in ends:
        for position, share in enumerate(unit):
            part = min(share, ahead[position])
            ahead[position] -= part
            for queue, persons in zip(plan.queues[position], _by_destination(part, so_far, shares), strict=True):
                if persons:
                    planned.append((queue, minute, persons))
    return planned, sum(ahead)
