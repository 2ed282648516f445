"""Tours: the units of a contingent go home in turn, relieved one for one but for those planned to go unreplaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from posture.model.agenda import Agenda, Code
from posture.model.dispatch import Dispatch
from posture.model.draws import ReplicationDraws
from posture.model.ledger import RELIEF, TROOPS, Ledger
from posture.model.queues import Queue, Serial
from posture.model.rules import unit_share

COME, GO = 0, 1 << 32
"""Within `Code.TOUR`: successors come, then tours end."""


@dataclass(frozen=True, slots=True)
class TourEnd:
    """A unit's tour ends: 00:00 of a day, its successor comes before."""

    contingent: int
    number: int
    unit: int
    units: int
    ends_at: int
    relieved_at: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every tour end of a replication, by contingent in the order of dates: ends keep their dates, whatever comes."""

    draws: ReplicationDraws
    ends: tuple[tuple[TourEnd, ...], ...]
    """Those that are relieved within the run."""

    def ends_of(
        self, cells: Sequence[int], *, counted_at: int, before: int, standing: Sequence[int]
    ) -> list[tuple[int, list[int]]]:
        """Return the tour ends a step can use, the last first, each with its unit's share in each cell at the count.

        Of a contingent these are the ends whose relief is not due before the count and that come before the planned
        deadline; at most the last of each unit.
        """
        plan, found = self.draws.plan, []
        for contingent in sorted({cell // len(plan.locations) for cell in cells}):
            ends = self.ends[contingent] if before <= plan.horizon else _ends(self.draws, contingent, until=before)
            usable = [each for each in ends if counted_at <= each.relieved_at and each.ends_at < before]
            for end in usable[-usable[-1].units :] if usable else ():
                own = [cell // len(plan.locations) == contingent for cell in cells]
                shares = [
                    unit_share(standing[cell], end.units, end.unit) if mine else 0
                    for cell, mine in zip(cells, own, strict=True)
                ]
                found.append((end.ends_at, shares))
        return sorted(found, key=lambda each: -each[0])


def open_calendar(draws: ReplicationDraws) -> Calendar:
    """Return the tour ends of a replication up to the horizon; one whose relief was due before the run is skipped."""
    contingents, horizon = range(len(draws.plan.contingents)), draws.plan.horizon
    return Calendar(draws, tuple(tuple(_ends(draws, index, until=horizon)) for index in contingents))


def _ends(draws: ReplicationDraws, contingent: int, *, until: int) -> Iterator[TourEnd]:
    """Yield the tour ends of a contingent whose successor comes before a minute, which may lie beyond the run."""
    tours, once = draws.plan.contingents[contingent].tours, draws.once
    if tours is None:
        return
    length, units = max(1, once[tours.length]), max(1, once[tours.units])
    overlap = 0 if tours.overlap is None else once[tours.overlap]
    number = 0
    while (ends_at := tours.first_ends + length * number // units) - overlap < until:
        if ends_at - overlap >= draws.plan.begins:
            yield TourEnd(contingent, number, number % units, units, ends_at, ends_at - overlap)
        number += 1


@dataclass(slots=True)
class Tours:
    """The rotations of one replication: at each end a successor comes for whoever is not let go unreplaced."""

    calendar: Calendar
    agenda: Agenda
    ledger: Ledger
    dispatch: Dispatch
    relieved: dict[TourEnd, list[tuple[int, int]]] = field(default_factory=dict)
    """For each end whose successor has come: (cell, how many came)."""

    def begin(self) -> None:
        """Put every tour end on the agenda."""
        for contingent in self.calendar.ends:
            for end in contingent:
                index = end.contingent << 16 | end.number & 0xFFFF
                self.agenda.call(end.relieved_at, Code.TOUR, COME + index, partial(self._relieve, end))
                self.agenda.call(end.ends_at, Code.TOUR, GO + index, partial(self._end, end))

    def _relieve(self, end: TourEnd, _: object) -> None:
        """Bring the unit's successor to each location, less those who are let go without one."""
        now, came = self.agenda.now, []
        freed: dict[int, int] = {}
        for cell in self._cells(end):
            let_go = sum(self._let_go(queue, serial, freed) for queue, serial in self._planned(end, cell))
            count = max(0, unit_share(self.ledger.standing[cell], end.units, end.unit) - let_go)
            if count:
                self.ledger.abroad -= count
                self.ledger.add_extra(now, cell, RELIEF, count)
                self._room_changed(cell)
                came.append((cell, count))
        self.relieved[end] = came

    def _room_changed(self, cell: int) -> None:
        """Have those bound for the location of a cell look again: there is more room there, or less."""
        plan = self.dispatch.plan
        self.dispatch.touch(plan.touching[cell % len(plan.locations)])

    def _cells(self, end: TourEnd) -> list[int]:
        """Return the cells inside where troops of the contingent stand."""
        plan = self.dispatch.plan
        cells = [plan.cell(end.contingent, place) for place, each in enumerate(plan.locations) if not each.outside]
        return [cell for cell in cells if self.ledger.standing[cell] > 0 and self.ledger.kind[cell] == TROOPS]

    def _planned(self, end: TourEnd, cell: int) -> list[tuple[Queue, Serial]]:
        """Return the serials that are planned to leave a cell with this unit."""
        plan = self.dispatch.plan
        queues = [self.dispatch.queues[each] for each in plan.leaving[cell]]
        return [(queue, serial) for queue in queues for serial in queue.waiting if serial.tour_end == end.ends_at]

    def _let_go(self, queue: Queue, serial: Serial, freed: dict[int, int]) -> int:
        """Let as many of a serial go as gate and holds allow now; `freed` counts those of its drawdown before it."""
        if queue.gate is not None and queue.gate.passed_at is None:
            queue.gate.ask()
            return 0
        drawdown = queue.plan.drawdown
        serial.let_go = max(0, min(serial.size, self.dispatch.free_to_go(drawdown) - freed.get(drawdown, 0)))
        freed[drawdown] = freed.get(drawdown, 0) + serial.let_go
        return serial.let_go

    def _end(self, end: TourEnd, _: object) -> None:
        """End the tour: the relieved go and their relief takes over; those let go leave; the rest wait as others do."""
        now = self.agenda.now
        for cell, count in self.relieved.pop(end, ()):
            going = max(0, min(count, self.ledger.standing[cell]))
            self.ledger.add_extra(now, cell, RELIEF, -count)
            self.ledger.add(now, cell, count - going)
            self.ledger.abroad += going
            self._room_changed(cell)
            if going < count:  # some of the unit left while it was relieved: its relief is more than it replaces
                self.dispatch.touch(self.dispatch.plan.refilling[cell])
                self.dispatch.listener.arrived(cell)
        plan = self.dispatch.plan
        for place in range(len(plan.locations)):
            for queue, serial in self._planned(end, plan.cell(end.contingent, place)):
                self.dispatch.leave_with_unit(queue, serial)
