"""Gates: one decision of a phase or drawdown, reviewed until it passes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import simpy

from posture.model.agenda import Agenda, Code, Signal
from posture.model.draws import ReplicationDraws
from posture.model.plan import GatePlan


@dataclass(slots=True)
class GateState:
    """A gate during a replication: whether it was asked for, its reviews, when it passed."""

    asked: Signal
    reviews: list[tuple[int, bool]] = field(default_factory=list)
    passed_at: int | None = None

    def ask(self) -> bool:
        """Say that the decision is needed: it is first reviewed at this minute. True the first time."""
        first = not self.asked.triggered
        self.asked.fire()
        return first


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews the gates: what forbids a review to pass, and whom it tells."""

    agenda: Agenda
    draws: ReplicationDraws
    is_forbidden: Callable[[GatePlan], bool]
    """Whether any `unless` of a gate holds now."""
    on_pass: Callable[[int], None]

    def review(self, gates: Sequence[GateState], index: int) -> Generator[simpy.Event, None, None]:
        """Review one gate: when first needed or on its day, then every so many days until it passes."""
        gate, plan = gates[index], self.draws.plan.gates[index]
        every = max(1, self.draws.once[plan.every])
        if plan.first_review_at is None:
            yield gate.asked
        else:
            yield self.agenda.at(self._first_review(plan.first_review_at, every), Code.REVIEW, index)
        while not self._passes(gate, index):
            yield self.agenda.at(self.agenda.now + every, Code.REVIEW, index)
        gate.passed_at = self.agenda.now
        self.on_pass(index)

    def _first_review(self, first: int, every: int) -> int:
        """Return the first review of a calendar in the run: as of a day, those before it have passed."""
        missed = max(0, self.draws.plan.begins - first)
        return first + -(-missed // every) * every

    def _passes(self, gate: GateState, index: int) -> bool:
        """Hold one review and return whether it passes."""
        plan = self.draws.plan.gates[index]
        drawn = self.draws.use(plan.review, len(gate.reviews)) == 1
        passes = drawn and not self.is_forbidden(plan)
        gate.reviews.append((self.agenda.now, passes))
        return passes
