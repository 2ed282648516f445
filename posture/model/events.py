"""Regimes and events: the state of the theatre, and what befalls the plan, when and where."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from posture.model.agenda import Agenda, Code
from posture.model.draws import POINT_BITS, ReplicationDraws
from posture.model.ledger import Ledger
from posture.model.plan import EventPlan, Plan
from posture.model.rules import choose, minutes_left


@dataclass(frozen=True, slots=True)
class Happening:
    """One time an event happened: its number (from 0), when, and where (None: nowhere in particular)."""

    event: int
    number: int
    minute: int
    location: int | None


@dataclass(slots=True)
class Clock:
    """The hazard clock of one event: the budget left of its next time, and the rate at which it is used up."""

    left: int = 0
    rate: int = 0
    since: int = 0
    count: int = 0
    """How often it has happened."""
    version: int = 0
    """Grows whenever the next time is set anew: an older entry on the agenda means nothing."""


@dataclass(slots=True)
class Theatre:
    """The regime of one replication and the events in it; `on_event` does what an event does."""

    plan: Plan
    draws: ReplicationDraws
    agenda: Agenda
    ledger: Ledger
    on_event: Callable[[Happening], None]
    regime: int | None = None
    regimes: list[tuple[int, int]] = field(default_factory=list)
    """(minute, regime) from that minute on."""
    visits: list[int] = field(init=False)
    stay: int = 0
    clocks: list[Clock] = field(init=False)
    happened: list[list[int]] = field(init=False)
    """The minutes at which each event happened."""
    happenings: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visits = [0] * len(self.plan.regimes)
        self.clocks = [Clock() for _ in self.plan.events]
        self.happened = [[] for _ in self.plan.events]

    def begin(self) -> None:
        """Enter the first regime and set every event going."""
        if self.plan.initial_regime is not None:
            self._enter(self.plan.initial_regime)
        for index, event in enumerate(self.plan.events):
            self._set_going(index, event)

    def enter(self, regime: int) -> None:
        """Enter a state anew, even from itself, and bring every rate up to date."""
        self._enter(regime)
        for index in range(len(self.plan.events)):
            self._update(index)

    def _enter(self, regime: int) -> None:
        now, plan = self.agenda.now, self.plan.regimes[regime]
        self.regime = regime
        self.stay += 1
        if self.regimes and self.regimes[-1][0] == now:
            self.regimes.pop()
        self.regimes.append((now, regime))
        visit = self.visits[regime]
        self.visits[regime] += 1
        if plan.lasts is not None:
            minutes = max(1, self.draws.use(plan.lasts, visit))
            self.agenda.call(now + minutes, Code.REGIME, 0, partial(self._leave, self.stay, visit))

    def _leave(self, stay: int, visit: int, _: object) -> None:
        """End a stay, unless an effect ended it before, and choose what follows."""
        if stay != self.stay or self.regime is None:
            return
        plan = self.plan.regimes[self.regime]
        if plan.point is None or plan.weights is None:
            return
        chosen = choose(self.draws.use(plan.point, visit), self.draws.shares[plan.weights], bits=POINT_BITS)
        self.enter(plan.then[chosen or 0])

    def _set_going(self, index: int, event: EventPlan) -> None:
        if event.gap is not None:
            self.clocks[index].left = self.draws.use(event.gap, 0)
            self._update(index)
            for minute in (event.begins, event.ends):
                if minute > self.agenda.now:
                    self.agenda.call(minute, Code.REGIME, 1 + index, lambda _: self._update(index))
        elif event.on is not None:
            if event.happens is None or self.draws.use(event.happens, 0):
                self._put_down(index, event.on)
        elif event.when is not None and event.happens is not None and self.draws.use(event.happens, 0):
            span = event.ends - event.begins
            minute = event.begins + (self.draws.use(event.when, 0) * span >> POINT_BITS)
            self._put_down(index, minute)

    def _put_down(self, index: int, minute: int) -> None:
        """Have an event happen at a minute, unless that has passed when the run begins."""
        if minute >= self.agenda.now:
            self.agenda.call(minute, Code.EVENT, index, lambda _: self._happen(index))

    def _rate(self, event: EventPlan) -> int:
        """Return the hazard a minute of an event now, in the regime that is in force."""
        if not event.begins <= self.agenda.now < event.ends:
            return 0
        value = event.rates[self.regime or 0]
        return 0 if value is None else self.draws.once[value]

    def _update(self, index: int) -> None:
        """Use up the hazard of the time since, and go on at the rate that holds now; nothing is drawn again."""
        event, clock, now = self.plan.events[index], self.clocks[index], self.agenda.now
        if event.gap is None:
            return
        clock.left -= clock.rate * (now - clock.since)
        clock.since, clock.rate = now, self._rate(event)
        self._await(index)

    def _await(self, index: int) -> None:
        clock, now = self.clocks[index], self.agenda.now
        clock.version += 1
        if clock.left <= 0:
            at = now
        elif clock.rate:
            at = now + minutes_left(clock.left, clock.rate)
        else:
            return
        if at < self.plan.horizon:
            self.agenda.call(at, Code.EVENT, index, partial(self._fall, index, clock.version))

    def _fall(self, index: int, version: int, _: object) -> None:
        """Let an event at a rate happen, and draw the budget of its next time."""
        clock, event = self.clocks[index], self.plan.events[index]
        if version != clock.version or event.gap is None:
            return
        clock.count += 1
        clock.left, clock.since = self.draws.use(event.gap, clock.count), self.agenda.now
        self._await(index)
        self._happen(index)

    def _happen(self, index: int) -> None:
        number = len(self.happened[index])
        self.happened[index].append(self.agenda.now)
        happening = Happening(index, number, self.agenda.now, self._place(index, number))
        self.happenings.append(happening)
        self.on_event(happening)

    def _place(self, index: int, number: int) -> int | None:
        """Return where an event takes place: of the places where somebody stands, by their weights."""
        event = self.plan.events[index]
        if event.place is None or event.weights is None:
            return None
        weights = [
            weight if self.ledger.present[place] > 0 else 0
            for place, weight in zip(event.locations, self.draws.shares[event.weights], strict=True)
        ]
        chosen = choose(self.draws.use(event.place, number), weights, bits=POINT_BITS)
        return None if chosen is None else event.locations[chosen]

    def count_since(self, event: int, minute: int) -> int:
        """Return how often an event happened after `minute`, up to now."""
        times = self.happened[event]
        return len(times) - bisect_right(times, minute)
