"""Moves: people who go from place to place at once, in daily parts, and come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from posture.model.agenda import Agenda, Code
from posture.model.dispatch import Dispatch
from posture.model.draws import ReplicationDraws
from posture.model.events import Happening
from posture.model.ledger import REINFORCEMENT, Ledger
from posture.model.phases import Progress
from posture.model.plan import EffectPlan, Plan
from posture.model.restrictions import Restrictions
from posture.model.rules import apportion, scaled
from posture.scenario.clock import MINUTES_PER_DAY


@dataclass(slots=True)
class Movers:
    """The moves of one replication."""

    plan: Plan
    draws: ReplicationDraws
    agenda: Agenda
    ledger: Ledger
    dispatch: Dispatch
    restrictions: Restrictions
    progress: Progress

    def move(self, effect: EffectPlan, happening: Happening) -> None:
        """Move people in equal daily parts, the first at once; each part goes back after its time."""
        number = happening.number
        origins = [self.plan.cell(who, place) for who in effect.contingents for place in effect.origins]
        outside = all(self.plan.locations[place].outside for place in effect.origins)
        persons = self._how_many(effect, number, origins, outside=outside)
        if persons <= 0:
            return
        minutes = 0 if effect.within is None else self.draws.use(effect.within, number)
        days = max(1, -(-minutes // MINUTES_PER_DAY))
        lasts = None if effect.lasts is None else self.draws.use(effect.lasts, number)
        for day, part in enumerate(apportion(persons, [1] * days)):
            action = partial(self._part, effect, part, lasts, outside)
            if day == 0:
                action(None)
            elif part:
                at = self.agenda.now + day * MINUTES_PER_DAY
                self.agenda.call(at, Code.EVENT, happening.event, action)

    def _how_many(self, effect: EffectPlan, number: int, origins: Sequence[int], *, outside: bool) -> int:
        there = sum(max(0, self.ledger.standing[cell]) for cell in origins)
        if effect.persons is not None:
            wanted = self.draws.use(effect.persons, number)
            return wanted if outside else min(wanted, there)
        return 0 if effect.share is None else scaled(there, self.draws.use(effect.share, number))

    def _part(self, effect: EffectPlan, persons: int, lasts: int | None, outside: bool, _: object) -> None:
        """Move one part, and put its way back on the agenda."""
        targets = [each for each in effect.targets if not self.restrictions.handed_over[each]]
        if not targets:
            return
        gone: list[tuple[int, int, int, int]] = []
        for origin, count in self._from(effect, persons, outside=outside):
            kind = REINFORCEMENT if outside and lasts is not None else self.ledger.kind[origin]
            who, place = divmod(origin, len(self.plan.locations))
            for target, part in zip(targets, apportion(count, [1] * len(targets)), strict=True):
                if part and target != place:
                    self._shift(origin, self.plan.cell(who, target), part, kind, outward=True)
                    gone.append((origin, self.plan.cell(who, target), part, kind))
        if lasts is not None and gone:
            self.agenda.call(self.agenda.now + lasts, Code.ENDING, 0, partial(self._return, gone))

    def _from(self, effect: EffectPlan, persons: int, *, outside: bool) -> list[tuple[int, int]]:
        """Apportion movers over the cells they come from, by who stands there; from outside alike."""
        cells = [self.plan.cell(who, place) for who in effect.contingents for place in effect.origins]
        weights = [1 if outside else max(0, self.ledger.standing[cell]) for cell in cells]
        there = sum(weights)
        if not there:
            return []
        return list(zip(cells, apportion(persons if outside else min(persons, there), weights), strict=True))

    def _return(self, gone: Sequence[tuple[int, int, int, int]], _: object) -> None:
        """Bring a part back where it came from: as many of it as are still there."""
        for origin, cell, count, kind in gone:
            there = self.ledger.extra[kind][cell] if kind == REINFORCEMENT else self.ledger.standing[cell]
            if (back := min(count, max(0, there))) > 0:
                self._shift(cell, origin, back, kind, outward=False)

    def _shift(self, origin: int, target: int, count: int, kind: int, *, outward: bool) -> None:
        """Take people from one cell to another at once; serials they were in shrink."""
        now, ledger = self.agenda.now, self.ledger
        if kind == REINFORCEMENT:
            base, extra, sign = (origin, target, 1) if outward else (target, origin, -1)
            ledger.add(now, base, -count * sign)
            ledger.add_extra(now, extra, REINFORCEMENT, count * sign)
        else:
            self._leave_serials(origin, count)
            ledger.add(now, origin, -count)
            ledger.add(now, target, count)
        for cell in (origin, target):
            self.dispatch.touch(self.plan.refilling[cell])
            self.dispatch.touch(self.plan.touching[cell % len(self.plan.locations)])
        self.progress.left(origin % len(self.plan.locations))
        if kind != REINFORCEMENT and self.plan.refilling[target]:
            self.progress.arrived(target)

    def _leave_serials(self, cell: int, count: int) -> None:
        """Dissolve what movers leave behind: those in no serial go first, then those of the last serials, backwards."""
        free = self.ledger.standing[cell] + self.ledger.coming[cell] - self.dispatch.in_serials[cell]
        short = count - max(0, free)
        queues = [self.dispatch.queues[each] for each in self.plan.leaving[cell]]
        ahead = sorted(
            ((each.planned_at, queue.index, each.number, queue, each) for queue in queues for each in queue.waiting),
            key=lambda e: e[:3],
        )
        while short > 0 and ahead:
            *_, queue, serial = ahead.pop()
            taken = min(short, serial.size)
            self.dispatch.dissolve(queue, serial, taken)
            short -= taken
