"""What made a milestone late: the chain of waits that ended when it was achieved, by cause, to the minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from posture.errors import SimulationError
from posture.model.binding import KINDS_THAT_BIND, Binder, Placed, or_else, plan_order
from posture.model.ledger import LOADS, RELIEF, TROOPS
from posture.model.milestones import Answer, answer_all, truth_of
from posture.model.outcome import Outcome, waits_between
from posture.model.plan import ConditionPlan, DrawdownPlan, MilestonePlan, Plan
from posture.model.queues import Serial

Part = tuple[str, int]
"""A cause, and the minutes it took."""


@dataclass(frozen=True, slots=True)
class Chain(Binder):
    """Follows back what a missed milestone waited for; each method covers the minutes [start, end) once, in parts."""

    def closing(self, condition: ConditionPlan, bound: int, last: int, ended_at: int | None) -> Iterator[Part]:
        """Yield what kept a condition, asked at the minute `last`, from being true until `ended_at`, or for good."""
        start, end = last + 1, or_else(ended_at, self.outcome.plan.horizon)
        cells = frozenset(condition.cells)
        if condition.at_most:
            placed = self._last_out(condition, bound, ended_at)
            phase = self._unstarted(cells) if ended_at is None else None
        else:
            placed = self._last_in(cells, last, end)
            phase = self._unstarted_towards(cells, last)
        if placed is None and phase is not None:
            yield from self.start(phase, start, end)
        elif placed is None or self._is_of_other_kinds(condition, bound, last, placed):
            yield self.condition(condition, bound, last, ended_at), end - start
        elif condition.at_most:
            yield from self._departure(placed, start, end)
        else:
            yield from self._arrival(placed, start, end)

    def _is_of_other_kinds(self, condition: ConditionPlan, bound: int, last: int, placed: Placed) -> bool:
        """Tell whether an excess for whose last serial nothing waited was one of relief or reinforcements."""
        if not condition.at_most or self.outcome.waits(*placed):
            return False
        return self._unwaited(condition, bound, last, placed) in dict(KINDS_THAT_BIND)

    def _last_out(self, condition: ConditionPlan, bound: int, ended_at: int | None) -> Placed | None:
        """Return the serial whose departure ended an excess, or the last still to go where none did."""
        leaving = list(self._leaving(frozenset(condition.cells)))
        if ended_at is None:
            ahead = [each for each in leaving if each[1].departed_at is None]
            return max(ahead, key=plan_order, default=None)
        gone = [each for each in leaving if each[1].departed_at == ended_at]
        return self._ending(gone, condition, ended_at, bound)

    def _last_in(self, cells: frozenset[int], last: int, end: int) -> Placed | None:
        """Return the serial that was last to come into some cells after `last`, by `end` or not within the run."""
        plan = self.outcome.plan
        coming = []
        for queue, serial in self._serials(None):
            arrived = or_else(serial.arrives_at, plan.horizon)
            enters = plan.queues[queue].arrival_cell in cells and plan.queues[queue].cell not in cells
            if enters and serial.planned_at < end and last < min(arrived, plan.horizon) <= end:
                coming.append((min(arrived, plan.horizon), plan_order((queue, serial)), (queue, serial)))
        return max(coming)[2] if coming else None

    def _departure(self, placed: Placed, start: int, end: int) -> Iterator[Part]:
        """Yield when a serial was planned, and what it waited for until it departed."""
        queue, serial = placed
        planned = _within(serial.planned_at, start, end)
        departed = _within(serial.departed_at, planned, end)
        if planned > start:
            yield from self._planned(placed, start, planned)
        yield from self._waits(queue, planned, departed)
        yield "plan", end - departed

    def _planned(self, placed: Placed, start: int, end: int) -> Iterator[Part]:
        """Yield why a serial was planned no earlier: its people came late, its date was moved, or the plan had it so.

        Of those who came by a tour or move, what was there before them counts until the last of that had left.
        """
        queue, serial = placed
        plan = self.outcome.plan
        drawdown = plan.drawdowns[plan.queues[queue].drawdown]
        came_by = None if serial.moved or drawdown.pace is None else self._came_by(drawdown, serial.planned_at)
        if isinstance(came_by, tuple):
            yield from self._arrival(came_by, start, end)
        elif came_by is not None:
            before = self._last_before(drawdown, serial, start)
            left_at = start if before is None else _within(before[1].departed_at, start, end)
            if before is not None:
                yield from self._departure(before, start, left_at)
            yield came_by, end - left_at
        else:
            stated = start if serial.moved else _within(self._last_deadline(drawdown), start, end)
            yield "plan", stated - start
            yield "reschedule", end - stated

    def _last_before(self, drawdown: DrawdownPlan, serial: Serial, start: int) -> Placed | None:
        """Return the last serial that left a drawdown's cells after `start` and before another was even planned."""
        gone = [
            each
            for each in self._serials(frozenset(drawdown.cells))
            if each[1].planned_at < serial.planned_at and start < or_else(each[1].departed_at, 0) <= serial.planned_at
        ]
        return max(gone, key=lambda each: (or_else(each[1].departed_at, 0), plan_order(each)), default=None)

    def _came_by(self, drawdown: DrawdownPlan, minute: int) -> Placed | str | None:
        """Return what brought people to a drawdown's cells at a minute: a serial, `tour`, `move`, or nothing."""
        queues = self.outcome.plan.queues
        for queue, serial in self._serials(None):
            if serial.arrives_at == minute and queues[queue].arrival_cell in drawdown.cells:
                return queue, serial
        there = [each for each in self.outcome.changes if each[0] == minute and each[1] in drawdown.cells]
        if any(kind == RELIEF and change < 0 for _, _, kind, change in there):
            return "tour"
        return "move" if any(kind in (TROOPS, LOADS) and change > 0 for _, _, kind, change in there) else None

    def _last_deadline(self, drawdown: DrawdownPlan) -> int:
        """Return the last planned deadline of a drawdown as it stood at first: whatever is later was moved there."""
        once, plan = self.outcome.once, self.outcome.plan
        margin = 0 if drawdown.margin is None else once[drawdown.margin]
        deadlines = [each.deadline - margin for each in drawdown.steps]
        return max(plan.begins, once[plan.phases[drawdown.phase].starts], *deadlines)

    def _arrival(self, placed: Placed, start: int, end: int) -> Iterator[Part]:
        """Yield the same, and the time it was on the road."""
        departed = _within(placed[1].departed_at, start, end)
        arrived = _within(placed[1].arrives_at, departed, end)
        yield from self._departure(placed, start, departed)
        yield "travel", arrived - departed
        yield "plan", end - arrived

    def _waits(self, queue: int, start: int, end: int) -> Iterator[Part]:
        """Yield what the serials due in a queue waited for; for `phase`, which comes first, what that waited for."""
        waits = waits_between(self.outcome.queues[queue].causes, start, end)
        for_phase = waits.pop("phase", 0)
        if for_phase:
            plan = self.outcome.plan
            yield from self.start(plan.drawdowns[plan.queues[queue].drawdown].phase, start, start + for_phase)
        yield from waits.items()

    def start(self, phase: int, start: int, end: int) -> Iterator[Part]:
        """Yield what a phase waited for: its date, that date moved, the phases before it, its gate."""
        record, plan = self.outcome.phases[phase], self.outcome.plan.phases[phase]
        planned = max(self.outcome.plan.begins, self.outcome.once[plan.starts])
        stated = _within(min(planned, record.starts_at), start, end)
        begins = _within(record.starts_at, stated, end)
        ready = _within(record.ready_at, begins, end)
        started = _within(record.started_at, ready, end)
        yield "plan", stated - start
        yield "reschedule", begins - stated
        if ready > begins:
            yield from self.done(max(plan.after, key=lambda each: (self._done_at(each), each)), begins, ready)
        yield "gate", started - ready
        yield "plan", end - started

    def done(self, phase: int, start: int, end: int) -> Iterator[Part]:
        """Yield what the part of a phase waited for that was last to be done."""
        outcome, plan = self.outcome, self.outcome.plan.phases[phase]
        if outcome.phases[phase].started_at is None or not (plan.drawdowns or plan.handovers):
            yield from self.start(phase, start, end)
            return
        horizon = outcome.plan.horizon
        ends = [(or_else(outcome.drawdowns_done_at[each], horizon), 0, each) for each in plan.drawdowns]
        ends += [(or_else(outcome.sites[each].done_at, horizon), 1, each) for each in plan.handovers]
        _, is_site, last = max(ends)
        yield from self.site(last, start, end) if is_site else self._drawn_down(last, phase, start, end)

    def _drawn_down(self, drawdown: int, phase: int, start: int, end: int) -> Iterator[Part]:
        """Yield what the serial of a drawdown waited for that was last to go."""
        plan = self.outcome.plan
        serials = [each for each in self._serials(None) if plan.queues[each[0]].drawdown == drawdown]
        if not serials:
            yield from self.start(phase, start, end)
            return
        last = max(serials, key=lambda each: (or_else(each[1].departed_at, plan.horizon), plan_order(each)))
        yield from self._departure(last, start, end)

    def site(self, index: int, start: int, end: int) -> Iterator[Part]:
        """Yield what emptied a site, then the work of its hand-over and the pauses.

        Of work that was under way at `start` the pauses are those of the whole, in proportion.
        """
        site = self.outcome.sites[index]
        begun = _within(site.begun_at, start, end)
        yield from self._emptied(index, start, begun)
        whole = or_else(site.done_at, self.outcome.plan.horizon) - or_else(site.begun_at, end)
        paused = min(site.paused_minutes, whole) * (end - begun) // whole if whole > 0 else 0
        yield "closure", paused
        yield "handover", end - begun - paused

    def _emptied(self, index: int, start: int, end: int) -> Iterator[Part]:
        """Yield what a hand-over waited for: its phase, or the last serial that left the site."""
        plan, site = self.outcome.plan.handovers[index], self.outcome.sites[index]
        started_at = self.outcome.phases[plan.phase].started_at
        leaving = list(self._serials(frozenset(plan.cells)))
        ahead = [each for each in leaving if each[1].departed_at is None] if site.begun_at is None else []
        gone = [each for each in leaving if (each[1].departed_at or 0) <= end and each[1].departed_at is not None]
        last = max(ahead or gone, key=lambda each: (each[1].departed_at or 0, plan_order(each)), default=None)
        if started_at is None or last is None or or_else(last[1].departed_at, end) < started_at:
            yield from self.start(plan.phase, start, end)
        else:
            yield from self._departure(last, start, end)


def _within(minute: int | None, start: int, end: int) -> int:
    """Return a minute brought into [start, end]; None, not within the run, is its end."""
    return end if minute is None else max(start, min(minute, end))


def split_lateness(outcome: Outcome, milestone: str) -> dict[str, int] | None:
    """Return the minutes from the end of the day a milestone was due to when it was achieved, by cause.

    What the chain that closed it waited for at each of these minutes: nothing before the due date counts. Never
    achieved is taken as achieved at the horizon. None: it was met, or what decided is a `throughout`, never late.

    Raises
    ------
    SimulationError
        The parts do not add up to the lateness: waits are missing in the record.
    """
    plan, answers = outcome.plan, answer_all(outcome)
    index = next(i for i, each in enumerate(plan.milestones) if each.id == milestone)
    decided = plan.milestones[_deciding(plan, answers, index)]
    if answers[index].met or decided.throughout:
        return None
    ended_at, parts = _follow(outcome, decided)
    causes: Counter[str] = Counter()
    for cause, minutes in parts:
        causes[cause] += minutes
    late = ended_at - decided.last - 1
    if sum(causes.values()) != late:
        raise SimulationError(f"the causes of {milestone!r} add up to {sum(causes.values())} of {late} minutes late")
    return dict(+causes)


def _deciding(plan: Plan, answers: Sequence[Answer], index: int) -> int:
    """Return the milestone that decided a missed one: itself, or of those it joins the latest (of `any` the first)."""
    milestone = plan.milestones[index]
    missed = [each for each in milestone.parts if not answers[each].met]
    if milestone.joined_by is None or not missed:
        return index
    decides = max if milestone.joined_by == "all" else min
    late = [answers[each].days_late for each in missed]
    part = decides(zip(late, missed, strict=True), key=lambda each: (each[0] is None, each[0] or 0))[1]
    return _deciding(plan, answers, part)


def _follow(outcome: Outcome, milestone: MilestonePlan) -> tuple[int, Iterator[Part]]:
    """Return when a missed milestone was achieved, the horizon at the latest, and the parts of its lateness."""
    chain, start, horizon = Chain(outcome), milestone.last + 1, outcome.plan.horizon
    if milestone.condition is not None:
        condition = outcome.plan.conditions[milestone.condition]
        truth, _, bound = truth_of(outcome, milestone, condition)
        ended_at = truth.achieved(milestone.last)
        return or_else(ended_at, horizon), chain.closing(condition, bound, milestone.last, ended_at)
    if milestone.phase is not None:
        end = or_else(outcome.phases[milestone.phase].done_at, horizon)
        return end, chain.done(milestone.phase, start, end)
    sites = [i for i, each in enumerate(outcome.plan.handovers) if each.location == milestone.location]
    if not sites:
        return horizon, iter([("plan", horizon - start)])
    first = min(sites, key=lambda each: or_else(outcome.sites[each].done_at, horizon))
    end = or_else(outcome.sites[first].done_at, horizon)
    return end, chain.site(first, start, end)
