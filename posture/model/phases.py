"""Phases and the drawdowns in them: when they start, what their steps count, when they are done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import simpy

from posture.model.agenda import Agenda, Code, PlanPart, Signal
from posture.model.counting import Leavers, Line, Planned, plan_leavers, plan_tour_ends
from posture.model.dispatch import Dispatch
from posture.model.draws import ReplicationDraws
from posture.model.gates import GateState
from posture.model.ledger import Ledger
from posture.model.plan import DrawdownPlan, PhasePlan
from posture.model.rules import MILLION, PACE_POINTS, scaled
from posture.model.sites import Sites
from posture.model.standing import found_at_start
from posture.model.tours import Calendar
from posture.scenario.clock import MINUTES_PER_DAY


@dataclass(slots=True)
class PhaseState:
    """A phase during a replication; an instant is None until it comes.

    It is ready when its start has come and the phases before it are done; it starts when its gate has passed too and
    no hold stops it.
    """

    plan: PhasePlan
    starts_at: int
    ready_at: int | None = None
    started_at: int | None = None
    done_at: int | None = None
    news: Signal | None = None


@dataclass(slots=True)
class StepState:
    """One step: when it begins, its planned deadline, and whether a reschedule moved either."""

    begins_at: int
    ends_at: int
    moved: bool = False

    def move(self, now: int, moved: Callable[[int], int]) -> None:
        """Move what is still to come of it."""
        before = self.begins_at, self.ends_at
        self.begins_at, self.ends_at = (moved(each) if each > now else each for each in before)
        self.moved = self.moved or (self.begins_at, self.ends_at) != before


@dataclass(slots=True)
class DrawdownState:
    """A drawdown during a replication: what its counts have found, how many serials are still to go."""

    plan: DrawdownPlan
    steps: list[StepState]
    leavers: Leavers
    first_found: int | None = None
    counted: int = 0
    """Steps that have begun."""
    to_go: int = 0
    recount_is_due: bool = False
    done_at: int | None = None
    news: Signal | None = None


@dataclass(slots=True)
class Progress:
    """The plan's progress through one replication."""

    draws: ReplicationDraws
    agenda: Agenda
    ledger: Ledger
    gates: Sequence[GateState]
    calendar: Calendar
    dispatch: Dispatch = field(init=False)
    sites: Sites = field(init=False)
    phases: list[PhaseState] = field(default_factory=list)
    drawdowns: list[DrawdownState] = field(default_factory=list)
    by_cell: dict[int, list[int]] = field(default_factory=dict)
    """The drawdowns that take from a cell."""

    def begin(self) -> None:
        """Set up phases and drawdowns and put the start of each phase on the agenda."""
        plan, once = self.draws.plan, self.draws.once
        self.phases = [PhaseState(each, max(plan.begins, once[each.starts])) for each in plan.phases]
        self.drawdowns = [self._open_drawdown(each) for each in plan.drawdowns]
        for index, drawdown in enumerate(plan.drawdowns):
            for cell in drawdown.cells:
                self.by_cell.setdefault(cell, []).append(index)
        for index in range(len(self.phases)):
            self.agenda.start(self._start_phase(index))

    def _open_drawdown(self, plan: DrawdownPlan) -> DrawdownState:
        once = self.draws.once
        margin = 0 if plan.margin is None else once[plan.margin]
        begins_at = self.phases[plan.phase].starts_at
        steps = []
        for step in plan.steps:
            steps.append(StepState(begins_at, max(begins_at, step.deadline - margin)))
            begins_at = steps[-1].ends_at
        return DrawdownState(plan, steps, Leavers([0] * len(plan.destinations)), found_at_start(self.draws, plan))

    def _start_phase(self, index: int) -> Generator[simpy.Event, None, None]:
        """Wait for the phase's date, for the phases before it and for its gate; then start it."""
        phase, begins = self.phases[index], self.draws.plan.begins
        while self.agenda.now < phase.starts_at:
            yield self._phase_news(index, phase.starts_at)
        if phase.starts_at == begins:
            yield self.agenda.at(begins, Code.PLAN, PlanPart.PHASE_STARTS + index)
        while any(self.phases[each].done_at is None for each in phase.plan.after):
            yield self._phase_news(index)
        phase.ready_at = self.agenda.now
        if phase.plan.gate is not None:
            gate = self.gates[phase.plan.gate]
            gate.ask()
            while gate.passed_at is None:
                yield self._phase_news(index)
        phase.started_at = self.agenda.now
        for each in phase.plan.drawdowns:
            self.agenda.start(self._count_steps(each))
        for each in phase.plan.handovers:
            self.agenda.start(self.sites.hand_over(each))
        self.look_whether_phase_is_done(index)

    def _phase_news(self, index: int, at: int | None = None) -> Signal:
        """Return a signal for when something the phase waits for has come, at the latest at the minute `at`."""
        signal = self.agenda.signal(Code.PLAN, PlanPart.PHASE_STARTS + index)
        self.phases[index].news = signal
        if at is not None:
            self.agenda.call(at, Code.PLAN, PlanPart.PHASE_STARTS + index, lambda _: signal.fire())
        return signal

    def tell_phase(self, index: int) -> None:
        """Have a phase look again whether it may go on."""
        news = self.phases[index].news
        if news is not None:
            news.fire()

    def gate_passed(self, gate: int) -> None:
        """Go on with what waited for a gate."""
        for index, phase in enumerate(self.phases):
            if phase.plan.gate == gate:
                self.tell_phase(index)
        for drawdown in self.drawdowns:
            if drawdown.plan.gate == gate:
                self.dispatch.touch(_queues(drawdown.plan), cause="gate")

    def look_whether_phase_is_done(self, index: int) -> None:
        """Put the end of a phase on the agenda if its drawdowns and hand-overs are done."""
        plan = self.phases[index].plan
        drawdowns = all(self.drawdowns[each].done_at is not None for each in plan.drawdowns)
        if drawdowns and self.phases[index].done_at is None and self.sites.are_done(plan.handovers):
            self.agenda.call(
                self.agenda.now, Code.PLAN, PlanPart.PHASE_DONE + index, lambda _: self._finish_phase(index)
            )

    def _finish_phase(self, index: int) -> None:
        """Note that a phase is done, for good; whoever waits for it looks again."""
        if self.phases[index].done_at is not None:
            return
        self.phases[index].done_at = self.agenda.now
        for other, phase in enumerate(self.phases):
            if index in phase.plan.after:
                self.tell_phase(other)

    def _count_steps(self, index: int) -> Generator[simpy.Event, None, None]:
        """Count each step of a drawdown when it begins, or now if that has passed."""
        drawdown = self.drawdowns[index]
        self._note_late_start(drawdown)
        yield self.agenda.at(self.agenda.now, Code.PLAN, PlanPart.STEP_COUNTED + index)
        for position, step in enumerate(drawdown.steps):
            while self.agenda.now < step.begins_at:
                yield self._step_news(index, step.begins_at)
            self._count(drawdown, position)
            drawdown.counted += 1
        self._look_whether_drawdown_is_done(index)

    def _step_news(self, index: int, at: int) -> Signal:
        """Return a signal for the begin of a drawdown's next step, or for when that was moved."""
        signal = self.agenda.signal(Code.PLAN, PlanPart.STEP_COUNTED + index)
        self.drawdowns[index].news = signal
        self.agenda.call(at, Code.PLAN, PlanPart.STEP_COUNTED + index, lambda _: signal.fire())
        return signal

    def _note_late_start(self, drawdown: DrawdownState) -> None:
        """Book what its serials will have waited for before they were counted: phases before, the gate."""
        phase, now, begins = self.phases[drawdown.plan.phase], self.agenda.now, self.draws.plan.begins
        assert phase.ready_at is not None, "a phase is ready before it starts"
        for index in _queues(drawdown.plan):
            queue = self.dispatch.queues[index]
            if phase.ready_at > begins:
                queue.note(begins, "phase")
            if now > phase.ready_at:
                queue.note(phase.ready_at, "gate")
            queue.note(now, None)

    def _count(self, drawdown: DrawdownState, position: int, *, late: bool = False, again: bool = False) -> None:
        """Count who is there, and plan serials for those above the step's level; latecomers at this minute."""
        found = [self._found(cell) for cell in drawdown.plan.cells]
        if drawdown.first_found is None:
            drawdown.first_found = sum(found)
        step, pace = drawdown.steps[position], drawdown.plan.pace
        leavers = max(0, sum(found) - self._level(drawdown, position))
        if late:
            self.dispatch.plan_serials(self._cut(drawdown, leavers, found, Line(self.agenda.now, 0, AT_ONCE)))
        elif pace is None:
            begins_at = self.agenda.now if again else step.begins_at
            self._plan_at_tour_ends(drawdown, leavers, found, (begins_at, step.ends_at), moved=again or step.moved)
        else:
            line = Line(step.begins_at, max(0, step.ends_at - step.begins_at), self.draws.paces[pace])
            self.dispatch.plan_serials(self._cut(drawdown, leavers, found, line), moved=step.moved)

    def _cut(self, drawdown: DrawdownState, leavers: int, found: Sequence[int], line: Line) -> list[Planned]:
        """Cut the leavers of a count into serials along a line."""
        return plan_leavers(
            drawdown.plan,
            leavers=leavers,
            found=found,
            so_far=drawdown.leavers,
            shares=self.draws.shares[drawdown.plan.shares],
            sizes=self.dispatch.sizes,
            line=line,
        )

    def _plan_at_tour_ends(
        self, drawdown: DrawdownState, leavers: int, found: Sequence[int], step: tuple[int, int], *, moved: bool
    ) -> None:
        """Plan leavers for the last tour ends of a step [begin, end), and whom these cannot give for its last day."""
        plan, now, (begins_at, ends_at) = drawdown.plan, self.agenda.now, step
        planned, left = plan_tour_ends(
            plan,
            leavers=leavers,
            found=found,
            so_far=drawdown.leavers,
            shares=self.draws.shares[plan.shares],
            ends=self.calendar.ends_of(plan.cells, counted_at=now, before=ends_at, standing=self.ledger.standing),
        )
        for serial in planned:
            self.dispatch.plan_serials([serial], tour_end=serial[1], moved=moved)
        taken = [sum(size for queue, _, size in planned if queue in row) for row in plan.queues]
        rest = [count - gone for count, gone in zip(found, taken, strict=True)]
        line = Line(max(begins_at, ends_at - MINUTES_PER_DAY), 0, AT_ONCE)
        self.dispatch.plan_serials(self._cut(drawdown, left, rest, line), moved=moved)

    def _found(self, cell: int) -> int:
        """Return the troops or loads in a cell or on the way to it who are in no serial."""
        return max(0, self.ledger.standing[cell] + self.ledger.coming[cell] - self.dispatch.in_serials[cell])

    def _level(self, drawdown: DrawdownState, position: int) -> int:
        step = drawdown.plan.steps[position]
        level = self.draws.once[step.level]
        return scaled(drawdown.first_found or 0, level) if step.percent else level

    def to_go(self, drawdown: int, change: int) -> None:
        """Count the serials of a drawdown that are still to go."""
        state = self.drawdowns[drawdown]
        state.to_go += change
        if not state.to_go:
            self._look_whether_drawdown_is_done(drawdown)

    def left(self, location: int) -> None:
        """Have the sites look whether a location is empty now."""
        self.sites.look(location)

    def arrived(self, cell: int) -> None:
        """Have latecomers counted by the drawdown whose last step has begun and whose phase started last."""
        takers = [each for each in self.by_cell.get(cell, ()) if self._last_step_began(self.drawdowns[each])]
        if not takers:
            return
        last = max(takers, key=lambda each: (self.phases[self.drawdowns[each].plan.phase].started_at or 0, each))
        if not self.drawdowns[last].recount_is_due:
            self.drawdowns[last].recount_is_due = True
            self.agenda.call(self.agenda.now, Code.PLAN, PlanPart.STEP_COUNTED + last, lambda _: self._recount(last))

    def _last_step_began(self, drawdown: DrawdownState) -> bool:
        return drawdown.counted == len(drawdown.steps)

    def _recount(self, index: int) -> None:
        drawdown = self.drawdowns[index]
        drawdown.recount_is_due = False
        self._count(drawdown, len(drawdown.steps) - 1, late=True)

    def _look_whether_drawdown_is_done(self, index: int) -> None:
        drawdown = self.drawdowns[index]
        if drawdown.done_at is None and self._last_step_began(drawdown) and not drawdown.to_go:
            self.agenda.call(
                self.agenda.now, Code.PLAN, PlanPart.DRAWDOWN_DONE + index, lambda _: self._finish_drawdown(index)
            )

    def _finish_drawdown(self, index: int) -> None:
        drawdown = self.drawdowns[index]
        if drawdown.done_at is None and self._last_step_began(drawdown) and not drawdown.to_go:
            drawdown.done_at = self.agenda.now
            self.look_whether_phase_is_done(drawdown.plan.phase)

    def reschedule(self, phases: Sequence[int], drawdowns: Sequence[int], moved: Callable[[int], int]) -> None:
        """Move every instant of phases and drawdowns that is still to come."""
        now = self.agenda.now
        for index in phases:
            phase = self.phases[index]
            if phase.starts_at > now and phase.ready_at is None:
                phase.starts_at = moved(phase.starts_at)
                self.tell_phase(index)
        for index in drawdowns:
            self._reschedule_drawdown(index, moved)

    def _reschedule_drawdown(self, index: int, moved: Callable[[int], int]) -> None:
        drawdown, now = self.drawdowns[index], self.agenda.now
        for step in drawdown.steps:
            step.move(now, moved)
        queues = _queues(drawdown.plan)
        if drawdown.plan.pace is None:
            self._plan_tour_ends_again(drawdown, queues)
        else:
            self.dispatch.move_plans(queues, moved)
        if drawdown.news is not None:
            drawdown.news.fire()

    def _plan_tour_ends_again(self, drawdown: DrawdownState, queues: Sequence[int]) -> None:
        """Drop the serials still ahead and count the step under way again, from now to its new deadline."""
        if not drawdown.counted:
            return
        now = self.agenda.now
        for index in queues:
            queue = self.dispatch.queues[index]
            for serial in [each for each in queue.waiting if each.planned_at > now]:
                drawdown.leavers.take_back(drawdown.plan, index, serial.size)
                self.dispatch.dissolve(queue, serial, serial.size)
        self._count(drawdown, drawdown.counted - 1, again=True)

    def last_deadline(self, drawdowns: Sequence[int]) -> int:
        """Return the last planned deadline of some drawdowns."""
        return max((each.ends_at for index in drawdowns for each in self.drawdowns[index].steps), default=0)


AT_ONCE = [0] * PACE_POINTS + [MILLION]
"""The pace of a step without length: it plans everybody at its begin."""


def _queues(plan: DrawdownPlan) -> list[int]:
    return [each for row in plan.queues for each in row]
