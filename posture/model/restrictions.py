"""What restricts departures for a time: closures, holds and hurries, kept as numbers and never as queues."""

from __future__ import annotations

from dataclasses import dataclass, field

from posture.model.agenda import Agenda
from posture.model.draws import ReplicationDraws
from posture.model.plan import Plan
from posture.model.rules import scaled

NOBODY_GOES = 1 << 60
"""The keep of a hold that keeps everybody."""


@dataclass(slots=True, eq=False)
class Restriction:
    """One effect in force until a minute, with the number it sets: a hold's keep, a hurry's factor in millionths."""

    until: int = 0
    number: int = 0

    def strike(self, now: int, until: int, number: int = 0) -> None:
        """Come into force, or come again: the later end and the larger number hold."""
        self.number = max(self.number, number) if now < self.until else number
        self.until = max(self.until, until)


@dataclass(slots=True)
class Restrictions:
    """Everything that restricts departures in one replication."""

    plan: Plan
    draws: ReplicationDraws
    agenda: Agenda
    closures: list[Restriction] = field(init=False)
    """By location."""
    holds: list[list[Restriction]] = field(init=False)
    """By drawdown: the holds that ever named it."""
    hurries: list[list[Restriction]] = field(init=False)
    """By lift."""
    handed_over: list[bool] = field(init=False)
    """By location."""

    def __post_init__(self) -> None:
        self.closures = [Restriction() for _ in self.plan.locations]
        self.holds = [[] for _ in self.plan.drawdowns]
        self.hurries = [[] for _ in self.plan.lifts]
        self.handed_over = [False for _ in self.plan.locations]

    def is_closed(self, location: int) -> bool:
        """Tell whether nothing departs from or to a location."""
        return self.agenda.now < self.closures[location].until

    def keep(self, drawdown: int) -> int | None:
        """Return how many of a drawdown must stay: the largest keep in force; None: no hold is."""
        now = self.agenda.now
        return max((each.number for each in self.holds[drawdown] if now < each.until), default=None)

    def slots(self, lift: int) -> int:
        """Return how many slots a lift has now: of several hurries the largest counts, but 0 outranks them."""
        slots = self.draws.once[self.plan.lifts[lift].slots]
        factors = [each.number for each in self.hurries[lift] if self.agenda.now < each.until]
        if not factors:
            return slots
        return 0 if 0 in factors else scaled(slots, max(factors))
