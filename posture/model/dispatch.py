"""When a serial departs: the heads of the queues, the stations and lifts that serve them, and the waits.

Nothing is reserved while waiting. Whenever something changed, the heads it may concern are read again at the end
of the minute; the first condition that a due head does not meet is the cause its queue waits for.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from functools import partial
from heapq import heappop, heappush
from typing import Protocol

from posture.errors import SimulationError
from posture.model.agenda import Agenda, Code
from posture.model.conditions import conditions_of, find_cause
from posture.model.draws import ReplicationDraws
from posture.model.gates import GateState
from posture.model.ledger import Ledger
from posture.model.plan import Plan
from posture.model.queues import Queue, Serial, Server, open_queues
from posture.model.restrictions import Restrictions

MOST_SERIALS = 200_000
"""Serials one replication may cut: one seat for each of a million persons is a mistake, not a plan."""

EVERYBODY = 1 << 60


class Listener(Protocol):
    """Who wants to know what moved."""

    def to_go(self, drawdown: int, change: int) -> None:
        """Hear that a drawdown has more, or fewer, serials to go."""

    def arrived(self, cell: int) -> None:
        """Hear that troops or loads have come to a cell."""

    def left(self, location: int) -> None:
        """Hear that somebody has left a location."""


class Dispatch:
    """The queues of one replication, and the one place where serials depart."""

    def __init__(
        self,
        plan: Plan,
        *,
        agenda: Agenda,
        ledger: Ledger,
        draws: ReplicationDraws,
        gates: Sequence[GateState],
        restrictions: Restrictions,
        listener: Listener,
    ) -> None:
        self.plan, self.agenda, self.ledger, self.restrictions, self.listener = (
            plan,
            agenda,
            ledger,
            restrictions,
            listener,
        )
        self.lifts = [Server(draws.once[each.slots]) for each in plan.lifts]
        self.stations = [Server(draws.once[each.slots]) for each in plan.stations]
        self.queues = open_queues(plan, draws.once, gates)
        self.sizes = [each.size for each in self.queues]
        self.in_serials = [0] * len(ledger.standing)
        """Those of each cell who are in a serial still to go."""
        self._conditions = [conditions_of(each, plan) for each in self.queues]
        self._draws = draws
        self._serials = 0
        self._stale: list[tuple[int, int, int]] = []
        self._is_rung = False

    def plan_serials(
        self, serials: Sequence[tuple[int, int, int]], *, tour_end: int | None = None, moved: bool = False
    ) -> None:
        """Take up new serials, each (queue, planned minute, size), in the order of their row.

        They go with the unit whose tour ends at `tour_end`, and say whether a reschedule `moved` them.

        Raises
        ------
        SimulationError
            The replication has cut more serials than any sensible scenario does.
        """
        self._serials += len(serials)
        if self._serials > MOST_SERIALS:
            raise SimulationError(f"more than {MOST_SERIALS} serials: too few seats, or people sent in a circle")
        for index, planned_at, size in serials:
            queue = self.queues[index]
            self.in_serials[queue.plan.cell] += size
            self._join(queue, Serial(planned_at, queue.next_number(), size, tour_end=tour_end, moved=moved))
            self.listener.to_go(queue.plan.drawdown, 1)
        self._ring_if_stale()

    def touch(self, queues: Sequence[int], *, cause: str | None = None) -> None:
        """Have queues with a due head read again at the end of this minute; `cause`: those that wait for it."""
        for index in queues:
            queue = self.queues[index]
            concerned = queue.cause is not None if cause is None else queue.cause == cause
            if (concerned or queue.plan.stations) and not queue.is_stale:
                self._mark(queue)
        self._ring_if_stale()

    def set_slots(self, lift: int) -> None:
        """Bring a lift's slots up to date after a hurry came or went."""
        self.lifts[lift].slots = self.restrictions.slots(lift)
        self.touch(self.plan.using[lift])

    def free_to_go(self, drawdown: int) -> int:
        """Return how many of a drawdown the holds in force leave free to go."""
        keep = self.restrictions.keep(drawdown)
        if keep is None:
            return EVERYBODY
        return max(0, sum(self.ledger.standing[cell] for cell in self.plan.drawdowns[drawdown].cells) - keep)

    def takes(self, queue: Queue, serial: Serial) -> int:
        """Return how many of a serial would go now: all, or as many as the holds let go."""
        if not self.plan.holdable[queue.plan.drawdown]:
            return serial.size
        return min(serial.size, self.free_to_go(queue.plan.drawdown))

    def free_lift(self, queue: Queue) -> int | None:
        """Return the first lift in the queue's order of preference that has a free slot."""
        for lift in queue.plan.lifts:
            if self.lifts[lift].busy < self.lifts[lift].slots:
                return lift
        return None

    def move_plans(self, queues: Sequence[int], moved: Callable[[int], int]) -> None:
        """Move the planned instants of serials that are not due yet."""
        now = self.agenda.now
        for index in queues:
            queue = self.queues[index]
            for serial in queue.waiting:
                if serial.planned_at > now:
                    serial.planned_at, serial.moved = moved(serial.planned_at), True
            queue.waiting.sort()
            if queue.waiting:
                self._await_head(queue)
        self._ring_if_stale()

    def dissolve(self, queue: Queue, serial: Serial, count: int) -> None:
        """Take people out of a serial still to go; an emptied serial is no more."""
        serial.size -= count
        self.in_serials[queue.plan.cell] -= count
        if not serial.size:
            was_head = queue.waiting[0] is serial
            queue.waiting.remove(serial)
            self.listener.to_go(queue.plan.drawdown, -1)
            if was_head:
                self._look_at_next(queue)

    def leave_with_unit(self, queue: Queue, serial: Serial) -> None:
        """Let those of a serial go that were let go with their unit; the rest become ordinary serials, cut to size."""
        now, plan = self.agenda.now, queue.plan
        queue.waiting.remove(serial)
        going = min(serial.let_go, self.ledger.standing[plan.cell])
        rest = serial.size - going
        self.in_serials[plan.cell] -= serial.size
        if going:
            serial.size, serial.departed_at, serial.arrives_at = going, now, now
            queue.gone.append(serial)
            self.ledger.depart(now, plan.cell, plan.arrival_cell, going)
            self.ledger.arrive(now, plan.arrival_cell, going)
            self.listener.left(plan.location)
        if rest:
            size = queue.size or rest
            pieces = [size] * (rest // size) + ([rest % size] if rest % size else [])
            self.plan_serials([(queue.index, now, each) for each in pieces])
        self.listener.to_go(plan.drawdown, -1)
        self._look_at_next(queue)
        self._recheck(plan.concerns)
        self._ring_if_stale()

    def _join(self, queue: Queue, serial: Serial) -> None:
        if queue.waiting and serial < queue.waiting[-1]:
            insort(queue.waiting, serial)
        else:
            queue.waiting.append(serial)
        if queue.waiting[0] is serial or (queue.plan.stations and serial.planned_at > self.agenda.now):
            self._await(queue, serial.planned_at)
        elif queue.plan.stations:
            self._mark(queue)

    def _await_head(self, queue: Queue) -> None:
        self._await(queue, queue.waiting[0].planned_at)

    def _await(self, queue: Queue, planned_at: int) -> None:
        """Read a queue when a serial of it is due: at the end of this minute, or of a later one."""
        if planned_at <= self.agenda.now:
            self._mark(queue)
        else:
            self.agenda.call(planned_at, Code.DEPARTURE, 0, partial(self._come_due, queue))

    def _come_due(self, queue: Queue, _: object) -> None:
        if not queue.is_stale:
            self._mark(queue)
        if self.agenda.is_busy():
            self._ring_if_stale()  # others may come due at this minute: they are read together, in plan order
        else:
            self._read()

    def _look_at_next(self, queue: Queue) -> None:
        """Turn to the next serial of a queue whose head has gone."""
        if queue.cause is not None:
            queue.note(self.agenda.now, None)
        if queue.waiting:
            self._await_head(queue)

    def _mark(self, queue: Queue) -> None:
        now, waiting = self.agenda.now, queue.waiting
        if not waiting or waiting[0].planned_at > now:
            return
        queue.is_stale = True
        for serial in queue.claimants(now) if queue.plan.stations else waiting[:1]:
            heappush(self._stale, (serial.planned_at, queue.index, serial.number))

    def _ring_if_stale(self) -> None:
        """Have the stale queues read at the end of this minute."""
        if self._stale and not self._is_rung:
            self._is_rung = True
            self.agenda.call(self.agenda.now, Code.DEPARTURE, 0, self._answer)

    def _answer(self, _: object) -> None:
        self._is_rung = False
        self._read()

    def _read(self) -> None:
        """Read the serials that something may have changed for, the first planned first, and let go who may."""
        stale = self._stale
        while stale:
            _, index, number = heappop(stale)
            queue = self.queues[index]
            queue.is_stale = False
            serial = queue.find(number)
            if serial is None or not self._let_go(queue, serial):
                continue
            if stale and self.agenda.is_busy():
                self._ring_if_stale()  # what this made due at this minute goes first
                return

    def _let_go(self, queue: Queue, serial: Serial) -> bool:
        """Let a serial depart, or enter its next station, if all holds; else note what the queue waits for.

        Returns
        -------
        bool
            Whether this made something due that comes before the next departure: who left, or a review.
        """
        is_head = queue.waiting[0] is serial
        cause = find_cause(self._conditions[queue.index], queue, serial, self)
        if cause is None and is_head:
            self._depart(queue)
            return True
        if cause == "station" and not serial.is_served:
            self._enter(queue, serial)
        if is_head:
            queue.note(self.agenda.now, cause)
        if cause == "gate" and queue.gate is not None:
            return queue.gate.ask()
        return False

    def _enter(self, queue: Queue, serial: Serial) -> None:
        """Have a serial served by its next station, if that has a free slot."""
        station = self.stations[queue.plan.stations[serial.passed]]
        if station.busy >= station.slots:
            return
        station.busy += 1
        serial.is_served = True
        minutes = self._draws.use(queue.plan.services[serial.passed], serial.number)
        index = (queue.index << 24) | serial.number
        self.agenda.call(self.agenda.now + minutes, Code.ENDING, index, partial(self._served, queue, serial))
        self._mark(queue)  # the next serial may follow where there is another slot

    def _served(self, queue: Queue, serial: Serial, _: object) -> None:
        station = queue.plan.stations[serial.passed]
        self.stations[station].busy -= 1
        serial.is_served = False
        serial.passed += 1
        self.touch(self.plan.passing[station])

    def _depart(self, queue: Queue) -> None:
        """Let the head of a queue go, by lift where it has one, and have read again whom that may concern."""
        now, plan = self.agenda.now, queue.plan
        serial = queue.waiting.pop(0)
        if self.plan.holdable[plan.drawdown]:
            self._split(queue, serial)
        serial.departed_at = now
        queue.gone.append(serial)
        self.in_serials[plan.cell] -= serial.size
        self.ledger.depart(now, plan.cell, plan.arrival_cell, serial.size)
        if plan.lifts:
            self._board(queue, serial, now)
        else:
            serial.arrives_at = now
            self._arrive(queue, serial, None)
        self._look_at_next(queue)
        self._recheck(plan.concerns)
        self.listener.left(plan.location)
        self.listener.to_go(plan.drawdown, -1)

    def _split(self, queue: Queue, serial: Serial) -> None:
        """Leave those behind whom a hold keeps: a serial of the same instant with the queue's next number."""
        going = self.takes(queue, serial)
        if going < serial.size:
            rest = Serial(
                serial.planned_at, queue.next_number(), serial.size - going, serial.passed, moved=serial.moved
            )
            serial.size = going
            insort(queue.waiting, rest)
            self.listener.to_go(queue.plan.drawdown, 1)

    def _board(self, queue: Queue, serial: Serial, now: int) -> None:
        """Take a slot for a cycle and travel for the transit; both drawn for this serial and lift."""
        plan = queue.plan
        lift = self.free_lift(queue)
        assert lift is not None, "the last condition found a free slot"
        place = plan.lifts.index(lift)
        transit = self._draws.use(plan.transits[place], serial.number)
        cycle = self._draws.use(plan.cycles[place], serial.number)
        serial.lift, serial.arrives_at = lift, now + transit
        self.lifts[lift].busy += 1
        index = (queue.index << 24) | serial.number
        self.agenda.call(now + transit, Code.ENDING, index, partial(self._arrive, queue, serial))
        self.agenda.call(now + cycle, Code.ENDING, index, partial(self._free, lift))

    def _recheck(self, queues: Sequence[int]) -> None:
        for index in queues:
            queue = self.queues[index]
            if queue.cause is not None and not queue.is_stale:
                self._mark(queue)

    def _arrive(self, queue: Queue, serial: Serial, _: object) -> None:
        cell = queue.plan.arrival_cell
        self.ledger.arrive(self.agenda.now, cell, serial.size)
        refilling = self.plan.refilling[cell]
        if refilling:
            self.touch(refilling)
            self.listener.arrived(cell)

    def _free(self, lift: int, _: object) -> None:
        state = self.lifts[lift]
        was_full = state.busy >= state.slots
        state.busy -= 1
        if was_full:
            self.touch(self.plan.using[lift], cause="lift")
