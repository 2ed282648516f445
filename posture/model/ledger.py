"""Who stands where: persons and loads by cell and kind; every change a row, none created or lost."""

from __future__ import annotations

from collections.abc import Sequence

from posture.errors import SimulationError
from posture.model.plan import Plan

KINDS = ("troops", "relief", "reinforcement", "loads")
"""What is counted in a cell, by index."""

TROOPS, RELIEF, REINFORCEMENT, LOADS = range(4)

Change = tuple[int, int, int, int]
"""(minute, cell, kind, net change)."""


class Ledger:
    """The accounts of one replication.

    `standing[cell]` counts those that a drawdown may count: troops, or loads; `extra[kind][cell]` relief and
    reinforcements; `coming[cell]` those on the road to it. `present[location]` and `bound_for[location]` add up persons
    of all contingents and kinds, for capacity. Who is beyond all locations stands in one account, `abroad`.
    """

    def __init__(self, plan: Plan, strengths: Sequence[tuple[int, int]]) -> None:
        size = len(plan.contingents) * len(plan.locations)
        self._locations = len(plan.locations)
        self._outside = [each.outside for each in plan.locations]
        self.kind = [LOADS if plan.is_loads(cell) else TROOPS for cell in range(size)]
        self.standing = [0] * size
        self.extra = {RELIEF: [0] * size, REINFORCEMENT: [0] * size}
        self.coming = [0] * size
        self.present = [0] * self._locations
        self.bound_for = [0] * self._locations
        self.abroad = 0
        self.rows: list[Change] = []
        for cell, count in strengths:
            self.add(plan.begins, cell, count)
        self.total = sum(self.standing)

    def persons(self, cell: int) -> int:
        """Return the persons of all kinds in a cell; in a cell of loads, nobody."""
        if self.kind[cell] == LOADS:
            return 0
        return self.standing[cell] + self.extra[RELIEF][cell] + self.extra[REINFORCEMENT][cell]

    def depart(self, minute: int, origin: int, destination: int, count: int) -> None:
        """Take troops or loads out of a cell and put them on the road to another."""
        if self.standing[origin] < count:
            raise SimulationError(
                f"{count} leave cell {origin} at minute {minute}, where {self.standing[origin]} stand"
            )
        self.add(minute, origin, -count)
        self.coming[destination] += count
        if self.kind[destination] != LOADS:
            self.bound_for[destination % self._locations] += count

    def arrive(self, minute: int, destination: int, count: int) -> None:
        """Take troops or loads off the road and put them into a cell."""
        self.coming[destination] -= count
        if self.kind[destination] != LOADS:
            self.bound_for[destination % self._locations] -= count
        self.add(minute, destination, count)

    def add(self, minute: int, cell: int, count: int) -> None:
        """Change those standing in a cell; whoever calls takes them from somewhere."""
        kind = self.kind[cell]
        self.standing[cell] += count
        if kind != LOADS:
            self.present[cell % self._locations] += count
        self.rows.append((minute, cell, kind, count))

    def add_extra(self, minute: int, cell: int, kind: int, count: int) -> None:
        """Change the relief or reinforcements in a cell; whoever calls takes them from somewhere."""
        self.extra[kind][cell] += count
        self.present[cell % self._locations] += count
        self.rows.append((minute, cell, kind, count))

    def close(self) -> tuple[Change, ...]:
        """Check that nobody was created or lost and return the record: net changes, ordered.

        Raises
        ------
        SimulationError
            The accounts do not add up, or somebody stands negative inside.
        """
        extra = sum(sum(cells) for cells in self.extra.values())
        now = sum(self.standing) + extra + sum(self.coming) + self.abroad
        if now != self.total:
            raise SimulationError(f"{now} persons and loads at the end, {self.total} at the start")
        net: dict[tuple[int, int, int], int] = {}
        for minute, cell, kind, change in self.rows:
            key = minute, cell, kind
            net[key] = net.get(key, 0) + change
        record = sorted((*key, change) for key, change in net.items() if change)
        self._refuse_negative(record)
        return tuple(record)

    def _refuse_negative(self, record: Sequence[Change]) -> None:
        standing: dict[tuple[int, int], int] = {}
        for minute, cell, kind, change in record:
            count = standing[cell, kind] = standing.get((cell, kind), 0) + change
            if count < 0 and not self._outside[cell % self._locations]:
                raise SimulationError(f"{count} {KINDS[kind]} stand in cell {cell} at minute {minute}")
        for cell, kind in enumerate(self.kind):
            if standing.get((cell, kind), 0) != self.standing[cell]:
                raise SimulationError("the record does not add up to the strengths at the end")
