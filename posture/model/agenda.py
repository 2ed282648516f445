"""What is done next: one agenda ordered by (minute, code, index in plan order), on SimPy's."""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from posture.errors import SimulationError

MOST_ENTRIES = 2_000_000
"""Entries one replication may process: a model that makes itself due without end is stopped, not waited for."""

INDEX_BITS = 48
PART_BITS = 40


Action = Callable[[simpy.Event], None]


class Code:
    """What kind of thing an entry is: of those due at one minute, the smaller code goes first."""

    ENDING = 1
    REGIME = 2
    EVENT = 3
    TOUR = 4
    PLAN = 5
    REVIEW = 6
    DEPARTURE = 7


class PlanPart:
    """Within `Code.PLAN`: phases start, then steps are counted, then drawdowns and phases are done."""

    PHASE_STARTS = 0
    STEP_COUNTED = 1 << PART_BITS
    DRAWDOWN_DONE = 2 << PART_BITS
    PHASE_DONE = 3 << PART_BITS
    SITE = 4 << PART_BITS
    """Of endings: works of hand-over."""


class Entry(simpy.Event):
    """One line of the agenda: a process may wait for it, an action may hang on it."""

    def __init__(self, environment: simpy.Environment, delay: int, key: int, actions: list[Action]) -> None:
        self.env = environment
        self.callbacks = actions
        self._ok = True
        self._value = None
        environment.schedule(self, key, delay)  # type: ignore[arg-type]  # any whole number orders


class Signal(simpy.Event):
    """Something a process waits for that has no date yet; it comes up on the agenda once it is fired."""

    def __init__(self, environment: simpy.Environment, code: int, index: int) -> None:
        super().__init__(environment)
        self._key = (code << INDEX_BITS) | index

    def fire(self) -> None:
        """Put it on the agenda at this minute; firing it again changes nothing."""
        if not self.triggered:
            self._ok = True
            self._value = None
            self.env.schedule(self, priority=self._key)  # type: ignore[arg-type]  # as above


class Agenda:
    """The clock of one replication and what is still to come, in minutes since the scenario's start."""

    def __init__(self, *, horizon: int, begins: int = 0) -> None:
        self.environment = simpy.Environment(initial_time=begins)
        self.horizon = horizon
        self.now = begins
        """The minute it is."""
        self.entries = 0
        """How many entries have been processed."""

    def at(self, minute: int, code: int, index: int) -> Entry:
        """Return an entry at `minute`, or now if that has passed, for a process to wait for."""
        return Entry(self.environment, max(0, minute - self.now), (code << INDEX_BITS) | index, [])

    def call(self, minute: int, code: int, index: int, action: Action) -> None:
        """Do `action` at `minute`."""
        Entry(self.environment, minute - self.now, (code << INDEX_BITS) | index, [action])

    def signal(self, code: int, index: int) -> Signal:
        """Return a signal: an entry whose minute somebody else decides."""
        return Signal(self.environment, code, index)

    def start(self, process: Generator[simpy.Event, None, None]) -> None:
        """Run a process: up to its first wait at once, on from there when what it waits for comes."""
        self.environment.process(process)

    def is_busy(self) -> bool:
        """Tell whether anything else is due at this minute."""
        return self.environment.peek() == self.now

    def run(self) -> None:
        """Do what is due, in order, up to the horizon: what falls on it does not happen.

        Raises
        ------
        SimulationError
            More entries than any sensible scenario makes.
        """
        step, peek, horizon = self.environment.step, self.environment.peek, self.horizon
        for self.entries in range(MOST_ENTRIES):  # the count of entries is the loop's own variable
            minute = peek()
            if minute >= horizon:
                return
            self.now = minute  # type: ignore[assignment]  # whole minutes in, whole minutes out
            step()
        raise SimulationError(f"more than {MOST_ENTRIES} entries on the agenda by minute {self.now}")
