"""Serials in their queues, and the lifts and stations that serve them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from posture.model.gates import GateState
from posture.model.plan import Plan, QueuePlan


@dataclass(slots=True)
class Serial:
    """Persons, or loads, that travel together; `number` counts from 0 in its queue and is never used twice.

    It has `passed` so many stations. One that is planned for a `tour_end` leaves then with its unit, as far as it was
    `let_go` when the successor came. It was `moved` if a reschedule did that.
    """

    planned_at: int
    number: int
    size: int
    passed: int = 0
    is_served: bool = False
    tour_end: int | None = None
    let_go: int = 0
    moved: bool = False
    departed_at: int | None = None
    arrives_at: int | None = None
    lift: int | None = None

    def __lt__(self, other: Serial) -> bool:
        return (self.planned_at, self.number) < (other.planned_at, other.number)


@dataclass(slots=True)
class Server:
    """A lift or a station during a replication: how many slots it has, and how many of them are busy."""

    slots: int
    busy: int = 0


@dataclass(slots=True)
class Queue:
    """The serials of one drawdown, cell and destination: those still to go in order, those gone, and why it waited.

    `size` is that of a full serial (None: all in one), `capacity` that of the destination in persons (None: no limit).
    `causes` holds (minute, cause) from that minute on, None where nobody due waited.
    """

    index: int
    plan: QueuePlan
    gate: GateState | None
    size: int | None
    capacity: int | None
    waiting: list[Serial] = field(default_factory=list)
    gone: list[Serial] = field(default_factory=list)
    causes: list[tuple[int, str | None]] = field(default_factory=list)
    cause: str | None = None
    numbers: int = 0
    is_stale: bool = False

    def note(self, minute: int, cause: str | None) -> None:
        """Record what the queue waits for from `minute` on; the last word of a minute counts."""
        if cause != self.cause:
            self.cause = cause
            if self.causes and self.causes[-1][0] == minute:
                self.causes.pop()
            if not self.causes or self.causes[-1][1] != cause:
                self.causes.append((minute, cause))

    def find(self, number: int) -> Serial | None:
        """Return a serial still to go by its number; the head first: it mostly is."""
        if self.waiting and self.waiting[0].number == number:
            return self.waiting[0]
        return next((each for each in self.waiting if each.number == number), None)

    def next_number(self) -> int:
        """Return a number for a new serial."""
        self.numbers += 1
        return self.numbers - 1

    def claimants(self, now: int) -> Iterator[Serial]:
        """Yield the due serials that may do something now: the head, and whoever may enter the next station."""
        stations = len(self.plan.stations)
        least = stations + 1  # the fewest stations that any serial before has entered
        for position, serial in enumerate(self.waiting):
            if serial.planned_at > now or least == 0:
                return
            entered = serial.passed + serial.is_served
            if position == 0 or (not serial.is_served and serial.passed < min(least, stations)):
                yield serial
            least = min(least, entered)


def open_queues(plan: Plan, once: Sequence[int], gates: Sequence[GateState]) -> list[Queue]:
    """Return the queues of a plan, empty."""
    return [_open_queue(plan, index, once, gates) for index in range(len(plan.queues))]


def _open_queue(plan: Plan, index: int, once: Sequence[int], gates: Sequence[GateState]) -> Queue:
    queue = plan.queues[index]
    drawdown = plan.drawdowns[queue.drawdown]
    is_loads = plan.contingents[queue.contingent].is_loads
    servers = [plan.lifts[each] for each in queue.lifts] + [plan.stations[each] for each in queue.stations]
    sizes = [each.loads if is_loads else each.seats for each in servers]
    stated = [once[each] for each in sizes if each is not None]
    alone = None if drawdown.serial_size is None else once[drawdown.serial_size]
    capacity = None if is_loads else plan.locations[queue.destination].capacity
    return Queue(
        index=index,
        plan=queue,
        gate=None if drawdown.gate is None else gates[drawdown.gate],
        size=min(stated) if stated else alone,
        capacity=None if capacity is None else once[capacity],
    )
