"""What bound a missed milestone: the serial, phase or hand-over that decided it, and what that waited for longest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from posture.model.judging import keeps
from posture.model.ledger import REINFORCEMENT, RELIEF
from posture.model.outcome import Outcome
from posture.model.plan import ConditionPlan
from posture.model.queues import Serial

Placed = tuple[int, Serial]
"""A queue, and a serial of it."""

NEVER = 1 << 60
"""A minute after all others."""

KINDS_THAT_BIND = (("reinforcement", REINFORCEMENT), ("tour", RELIEF))


@dataclass(frozen=True, slots=True)
class Binder:
    """Reads off one record what bound what."""

    outcome: Outcome

    def condition(self, condition: ConditionPlan, bound: int, minute: int, ended_at: int | None) -> str:
        """Return what bound a condition that failed at `minute`, and whose failure ended at `ended_at` or never."""
        if condition.at_most:
            return self._excess(condition, bound, minute, ended_at)
        return self._shortfall(condition, minute)

    def _excess(self, condition: ConditionPlan, bound: int, minute: int, ended_at: int | None) -> str:
        """Return what bound the serial whose departure ended an excess, or the last still to go where none did."""
        cells = frozenset(condition.cells)
        if ended_at is not None:
            gone = [each for each in self._leaving(cells) if each[1].departed_at == ended_at]
            serial = self._ending(gone, condition, ended_at, bound)
        else:
            ahead = [each for each in self._leaving(cells) if each[1].departed_at is None]
            serial = max(ahead, key=plan_order, default=None)
            if serial is None and (phase := self._unstarted(cells)) is not None:
                return self.phase_start(phase)
        cause = None if serial is None else self._cause(*serial)
        return cause or self._unwaited(condition, bound, minute, serial)

    def _unwaited(self, condition: ConditionPlan, bound: int, minute: int, serial: Placed | None) -> str:
        """Return what bound an excess for which no serial waited: people of other kinds, a reschedule, or the plan."""
        for name, kind in KINDS_THAT_BIND:
            minutes, counts = self.outcome.strength(condition.cells, without=(kind,))
            if keeps(condition, counts[bisect_right(minutes, minute) - 1], bound):
                return name
        return "reschedule" if serial is not None and serial[1].moved else "plan"

    def _ending(self, gone: Sequence[Placed], condition: ConditionPlan, minute: int, bound: int) -> Placed | None:
        """Return the serial of a minute after whose departure the count was within the limit."""
        minutes, counts = self.outcome.strength(condition.cells)
        standing = counts[bisect_right(minutes, minute) - 1] + sum(serial.size for _, serial in gone)
        for queue, serial in sorted(gone, key=plan_order):
            standing -= serial.size
            if standing <= bound:
                return queue, serial
        return None

    def _unstarted(self, cells: frozenset[int]) -> int | None:
        """Return the last phase that was to move people of some cells and never started."""
        plan, phases = self.outcome.plan, self.outcome.phases
        found = [
            each.phase for each in plan.drawdowns if cells & set(each.cells) and phases[each.phase].started_at is None
        ]
        return found[-1] if found else None

    def _shortfall(self, condition: ConditionPlan, minute: int) -> str:
        """Return what bound the serial that was due to come and had not by `minute`; nobody was: moved, or planned."""
        plan, cells = self.outcome.plan, frozenset(condition.cells)
        missing = [
            (queue, serial)
            for queue, serial in self._serials(None)
            if plan.queues[queue].arrival_cell in cells
            and plan.queues[queue].cell not in cells
            and serial.planned_at <= minute
            and (serial.arrives_at is None or serial.arrives_at > minute)
        ]
        if not missing:
            if (phase := self._unstarted_towards(cells, minute)) is not None:
                return self.phase_start(phase)
            return "move" if self._moved_away(cells, minute) else "plan"
        queue, serial = max(missing, key=plan_order)
        if serial.departed_at is not None and serial.departed_at <= minute:
            return "travel"
        return self._cause(queue, serial, until=minute) or "plan"

    def _unstarted_towards(self, cells: frozenset[int], minute: int) -> int | None:
        """Return the last phase that was to have started by `minute` and to bring people to some cells, and had not."""
        plan, found = self.outcome.plan, None
        for queue in plan.queues:
            phase = plan.drawdowns[queue.drawdown].phase
            record = self.outcome.phases[phase]
            late = record.starts_at <= minute and (record.started_at is None or record.started_at > minute)
            if late and queue.arrival_cell in cells and queue.cell not in cells:
                found = phase
        return found

    def _leaving(self, cells: frozenset[int]) -> Iterator[Placed]:
        """Yield the serials that leave some cells for others than these."""
        for queue, serial in self._serials(cells):
            if self.outcome.plan.queues[queue].arrival_cell not in cells:
                yield queue, serial

    def _moved_away(self, cells: frozenset[int], minute: int) -> bool:
        """Tell whether more left some cells by `minute` than serials took and brought: a move took them.

        What happened in the minute in which the run begins is in the count that it begins with.
        """
        plan, net = self.outcome.plan, 0
        for queue, serial in self._serials(None):
            if plan.queues[queue].cell in cells and plan.begins < or_else(serial.departed_at, NEVER) <= minute:
                net -= serial.size
            if plan.queues[queue].arrival_cell in cells and plan.begins < or_else(serial.arrives_at, NEVER) <= minute:
                net += serial.size
        minutes, counts = self.outcome.strength(cells)
        return counts[bisect_right(minutes, minute) - 1] - counts[0] < net

    def _serials(self, cells: frozenset[int] | None) -> Iterator[Placed]:
        """Yield the serials of a replication that leave any of `cells`, with their queue."""
        for index, queue in enumerate(self.outcome.queues):
            if cells is None or self.outcome.plan.queues[index].cell in cells:
                for serial in queue.gone + queue.waiting:
                    yield index, serial

    def _cause(self, queue: int, serial: Serial, *, until: int | None = None) -> str | None:
        """Return what a serial waited for longest, None if it did not wait; `phase` becomes what bound that phase."""
        cause = self.outcome.longest_wait(queue, serial, until=until)
        plan = self.outcome.plan
        return self.phase_start(plan.drawdowns[plan.queues[queue].drawdown].phase) if cause == "phase" else cause

    def phase_start(self, phase: int) -> str:
        """Return what a phase waited for longest before it started: phases before it, its gate, or its date."""
        record, plan = self.outcome.phases[phase], self.outcome.plan
        ready_at = plan.horizon if record.ready_at is None else record.ready_at
        started_at = plan.horizon if record.started_at is None else record.started_at
        waits = {"phase": ready_at - record.starts_at, "gate": started_at - ready_at}
        cause = max(waits, key=lambda each: waits[each])
        if waits[cause] <= 0:
            return "plan"
        if cause == "phase":
            last = max(plan.phases[phase].after, key=lambda each: (self._done_at(each), each))
            return self.phase_done(last, record.starts_at)
        return cause

    def _done_at(self, phase: int) -> int:
        done_at = self.outcome.phases[phase].done_at
        return self.outcome.plan.horizon if done_at is None else done_at

    def phase_done(self, phase: int, due: int) -> str:
        """Return what bound the part of a phase, due at a minute, that was last to be done: a drawdown or hand-over."""
        outcome, horizon = self.outcome, self.outcome.plan.horizon
        plan = outcome.plan.phases[phase]
        if outcome.phases[phase].started_at is None or not (plan.drawdowns or plan.handovers):
            return self.phase_start(phase)
        ends = [(or_else(outcome.drawdowns_done_at[each], horizon), 0, each) for each in plan.drawdowns]
        ends += [(or_else(outcome.sites[each].done_at, horizon), 1, each) for each in plan.handovers]
        _, is_site, last = max(ends)
        return self.handover(last, due) if is_site else self._drawdown(last)

    def _drawdown(self, drawdown: int) -> str:
        """Return what bound the serial of a drawdown that was last to go."""
        plan = self.outcome.plan
        serials = [each for each in self._serials(None) if plan.queues[each[0]].drawdown == drawdown]
        if not serials:
            return "plan"
        queue, serial = max(serials, key=lambda each: (or_else(each[1].departed_at, plan.horizon), plan_order(each)))
        return self._cause(queue, serial) or ("reschedule" if serial.moved else "plan")

    def handover(self, index: int, due: int) -> str:
        """Return what bound a hand-over: the serial that emptied the site if it began after `due`; else its work."""
        plan, site = self.outcome.plan.handovers[index], self.outcome.sites[index]
        if site.begun_at is not None and site.begun_at <= due:
            end = or_else(site.done_at, self.outcome.plan.horizon)
            return "closure" if site.paused_minutes > end - site.begun_at - site.paused_minutes else "handover"
        if self.outcome.phases[plan.phase].started_at is None:
            return self.phase_start(plan.phase)
        leaving = list(self._serials(frozenset(plan.cells)))
        begun_at = or_else(site.begun_at, self.outcome.plan.horizon)
        gone = [each for each in leaving if each[1].departed_at is not None and each[1].departed_at <= begun_at]
        ahead = [each for each in leaving if each[1].departed_at is None] if site.begun_at is None else []
        last = max(ahead or gone, key=lambda each: (each[1].departed_at or 0, plan_order(each)), default=None)
        return "plan" if last is None else self._cause(*last) or ("reschedule" if last[1].moved else "plan")


def plan_order(each: Placed) -> tuple[int, int, int]:
    """Return the key that puts serials in the order of the plan: planned instant, queue, number."""
    queue, serial = each
    return serial.planned_at, queue, serial.number


def or_else(minute: int | None, otherwise: int) -> int:
    """Return a minute, or another where it is None: not within the run."""
    return otherwise if minute is None else minute
