"""Sites: the hand-over of a location, once its people and loads have left, in minutes on which it is open."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import simpy

from posture.model.agenda import Agenda, Code, PlanPart, Signal
from posture.model.draws import ReplicationDraws
from posture.model.ledger import LOADS, Ledger
from posture.model.plan import Plan
from posture.model.restrictions import Restrictions


@dataclass(slots=True)
class HandoverState:
    """A hand-over during a replication; an instant is None until it comes."""

    begun_at: int | None = None
    paused_minutes: int = 0
    done_at: int | None = None
    news: Signal | None = None


@dataclass(slots=True)
class Sites:
    """The hand-overs of one replication."""

    plan: Plan
    draws: ReplicationDraws
    agenda: Agenda
    ledger: Ledger
    restrictions: Restrictions
    on_done: Callable[[int], None]
    """Told the hand-over that is done."""
    states: list[HandoverState] = field(init=False)

    def __post_init__(self) -> None:
        self.states = [HandoverState() for _ in self.plan.handovers]

    def hand_over(self, index: int) -> Generator[simpy.Event, None, None]:
        """Hand over a location whose phase has started: wait until it is empty, then work while it is open."""
        plan, state = self.plan.handovers[index], self.states[index]
        code = PlanPart.SITE + index
        while not self._is_empty(plan.cells):
            yield self._news(index)
        state.begun_at = self.agenda.now
        left = self.draws.use(plan.takes, 0)
        while left > 0 or self.restrictions.is_closed(plan.location):
            closed_until = self.restrictions.closures[plan.location].until
            if closed_until > self.agenda.now:
                state.paused_minutes += closed_until - self.agenda.now
                yield self.agenda.at(closed_until, Code.ENDING, code)
                continue
            before = self.agenda.now
            yield self._news(index, self.agenda.now + left)
            left -= self.agenda.now - before
        state.done_at = self.agenda.now
        self.restrictions.handed_over[plan.location] = True
        self.on_done(index)

    def _news(self, index: int, at: int | None = None) -> Signal:
        """Return a signal for when something changed at the location, at the latest at the minute `at`."""
        signal = self.agenda.signal(Code.ENDING, PlanPart.SITE + index)
        self.states[index].news = signal
        if at is not None:
            self.agenda.call(at, Code.ENDING, PlanPart.SITE + index, lambda _: signal.fire())
        return signal

    def look(self, location: int) -> None:
        """Have the hand-overs of a location look again: somebody left, or it was closed."""
        if not self.states:
            return
        for plan, state in zip(self.plan.handovers, self.states, strict=True):
            if plan.location == location and state.news is not None:
                state.news.fire()

    def _is_empty(self, cells: Sequence[int]) -> bool:
        return not any(
            self.ledger.standing[cell] if self.ledger.kind[cell] == LOADS else self.ledger.persons(cell)
            for cell in cells
        )

    def are_done(self, handovers: Sequence[int]) -> bool:
        """Tell whether all of some hand-overs are done."""
        return all(self.states[each].done_at is not None for each in handovers)
