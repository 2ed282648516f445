"""What events do: closures, holds, hurries, regimes, reschedules and moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from posture.model.agenda import Agenda, Code
from posture.model.dispatch import Dispatch
from posture.model.draws import ReplicationDraws
from posture.model.events import Happening, Theatre
from posture.model.moves import Movers
from posture.model.phases import Progress
from posture.model.plan import EffectPlan, Plan
from posture.model.restrictions import NOBODY_GOES, Restriction, Restrictions


@dataclass(slots=True)
class Effects:
    """Does what events do in one replication; effects act in plan order."""

    plan: Plan
    draws: ReplicationDraws
    agenda: Agenda
    dispatch: Dispatch
    restrictions: Restrictions
    progress: Progress
    movers: Movers
    theatre: Theatre = field(init=False)
    holds: dict[tuple[int, str], Restriction] = field(default_factory=dict)
    """Of each effect that ever held, by event and id."""
    hurries: dict[tuple[int, str], Restriction] = field(default_factory=dict)

    def act(self, happening: Happening) -> None:
        """Do everything an event does, each effect with a probability if its own draw says so."""
        for effect in self.plan.events[happening.event].effects:
            if effect.happens is None or self.draws.use(effect.happens, happening.number):
                ACTIONS[effect.verb](self, effect, happening)

    def _until(self, effect: EffectPlan, number: int) -> int:
        """Return until when an effect lasts: for its time, or to the horizon."""
        if effect.lasts is None:
            return self.plan.horizon
        return self.agenda.now + self.draws.use(effect.lasts, number)

    def close(self, effect: EffectPlan, happening: Happening) -> None:
        """Close a location: nothing departs from or to it, works of hand-over pause."""
        place = happening.location if effect.location is None else effect.location
        if place is None:
            return
        until = self._until(effect, happening.number)
        self.restrictions.closures[place].strike(self.agenda.now, until)
        self.progress.sites.look(place)
        self._reread(self.plan.touching[place], until)

    def hold(self, effect: EffectPlan, happening: Happening) -> None:
        """Stop departures, down to the keep if there is one; starts, reviews, services and hand-overs go on."""
        restriction = self.holds.setdefault((happening.event, effect.id), Restriction())
        keep = NOBODY_GOES if effect.keep is None else self.draws.use(effect.keep, happening.number)
        until = self._until(effect, happening.number)
        restriction.strike(self.agenda.now, until, keep)
        for drawdown in effect.drawdowns:
            if restriction not in self.restrictions.holds[drawdown]:
                self.restrictions.holds[drawdown].append(restriction)
        queues = [i for i, each in enumerate(self.plan.queues) if each.drawdown in effect.drawdowns]
        self._reread(queues, until)

    def _reread(self, queues: tuple[int, ...] | list[int], until: int) -> None:
        """Have queues read again now, and when what restricts them is over."""
        self.dispatch.touch(queues)
        if until < self.plan.horizon:
            self.agenda.call(until, Code.ENDING, 0, lambda _: self.dispatch.touch(queues))

    def hurry(self, effect: EffectPlan, happening: Happening) -> None:
        """Multiply the slots of lifts for a time; 0 stops them."""
        restriction = self.hurries.setdefault((happening.event, effect.id), Restriction())
        until = self._until(effect, happening.number)
        times = 0 if effect.times is None else self.draws.use(effect.times, happening.number)
        restriction.strike(self.agenda.now, until, times)
        for lift in effect.lifts:
            if restriction not in self.restrictions.hurries[lift]:
                self.restrictions.hurries[lift].append(restriction)
            self.dispatch.set_slots(lift)
            if until < self.plan.horizon:
                self.agenda.call(until, Code.ENDING, 0, partial(self._over, lift))

    def _over(self, lift: int, _: object) -> None:
        self.dispatch.set_slots(lift)

    def enter(self, effect: EffectPlan, _: Happening) -> None:
        """Enter a regime anew."""
        if effect.regime is not None:
            self.theatre.enter(effect.regime)

    def reschedule(self, effect: EffectPlan, happening: Happening) -> None:
        """Move every instant still to come of phases and drawdowns: by days, or compressed within days."""
        now = self.agenda.now
        if effect.by is not None:
            shift = self.draws.use(effect.by, happening.number)
            self.progress.reschedule(effect.phases, effect.drawdowns, lambda x: max(now, x + shift))
        elif effect.within is not None:
            within = self.draws.use(effect.within, happening.number)
            span = self.progress.last_deadline(effect.drawdowns) - now
            if within < span:
                self.progress.reschedule(effect.phases, effect.drawdowns, lambda x: now + (x - now) * within // span)

    def move(self, effect: EffectPlan, happening: Happening) -> None:
        """Move people from place to place at once, without lift."""
        self.movers.move(effect, happening)


ACTIONS: dict[str, Callable[[Effects, EffectPlan, Happening], None]] = {
    "close": Effects.close,
    "hold": Effects.hold,
    "hurry": Effects.hurry,
    "move": Effects.move,
    "regime": Effects.enter,
    "reschedule": Effects.reschedule,
}
