"""Milestones: questions to the record of a replication, each with its answer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from posture.model.binding import Binder
from posture.model.judging import keeps, limit
from posture.model.outcome import Outcome
from posture.model.plan import ConditionPlan, MilestonePlan
from posture.model.truth import Truth, truth_since
from posture.scenario.clock import MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one milestone in one replication.

    `achieved_day` counts days from the scenario's start, None where it was never achieved before the horizon;
    `days_late` is None then, and for `throughout`. `persons_over` (or loads) is above 0 over a limit, below 0 short of
    one, None where nothing is counted. `bound_by` says what made it miss, None if it was met.
    """

    met: bool
    achieved_day: int | None
    days_late: int | None
    persons_over: int | None
    bound_by: str | None


def answer_all(outcome: Outcome) -> list[Answer]:
    """Return what became of every milestone of a plan, in its order: those that are joined before their joint."""
    answers: list[Answer] = []
    for milestone in outcome.plan.milestones:
        answers.append(_join(milestone, answers) if milestone.joined_by else _Asked(milestone, outcome).answer())
    return answers


@dataclass(slots=True)
class _Asked:
    """One milestone and the record it is asked of."""

    milestone: MilestonePlan
    outcome: Outcome

    def answer(self) -> Answer:
        milestone, outcome = self.milestone, self.outcome
        if milestone.condition is not None:
            return self._answer_condition(outcome.plan.conditions[milestone.condition])
        done_at = self._handed_over_at() if milestone.phase is None else outcome.phases[milestone.phase].done_at
        truth = truth_since(done_at)
        met = truth.at(milestone.last)
        return self._by(met, truth.achieved(milestone.last), None, None if met else self._bound_done())

    def _handed_over_at(self) -> int | None:
        sites = zip(self.outcome.plan.handovers, self.outcome.sites, strict=True)
        return min(
            (s.done_at for p, s in sites if p.location == self.milestone.location and s.done_at is not None),
            default=None,
        )

    def _bound_done(self) -> str:
        binder = Binder(self.outcome)
        if self.milestone.phase is not None:
            return binder.phase_done(self.milestone.phase, self.milestone.last)
        sites = [i for i, each in enumerate(self.outcome.plan.handovers) if each.location == self.milestone.location]
        return binder.handover(sites[0], self.milestone.last) if sites else "plan"

    def _answer_condition(self, condition: ConditionPlan) -> Answer:
        milestone, outcome = self.milestone, self.outcome
        truth, counts, bound = truth_of(outcome, milestone, condition)
        if milestone.throughout:
            return self._answer_throughout(condition, truth, counts, bound)
        met, achieved_at = truth.at(milestone.last), truth.achieved(milestone.last)
        over = 0 if met else counts[bisect_right(truth.minutes, milestone.last) - 1] - bound
        bound_by = None if met else Binder(outcome).condition(condition, bound, milestone.last, achieved_at)
        return self._by(met, achieved_at, over, bound_by)

    def _by(self, met: bool, achieved_at: int | None, over: int | None, bound_by: str | None) -> Answer:
        day = None if achieved_at is None else achieved_at // MINUTES_PER_DAY
        late = None if day is None else day - self.milestone.last // MINUTES_PER_DAY
        return Answer(met, day, late, over, bound_by)

    def _answer_throughout(self, condition: ConditionPlan, truth: Truth, counts: Sequence[int], bound: int) -> Answer:
        milestone, minutes = self.milestone, truth.minutes
        if truth.throughout(milestone.first, milestone.last):
            return Answer(True, milestone.last // MINUTES_PER_DAY, None, 0, None)
        first, last = bisect_right(minutes, milestone.first) - 1, bisect_right(minutes, milestone.last)
        pick = max if condition.at_most else min
        worst = pick(range(first, last), key=lambda i: counts[i])
        minute = max(milestone.first, minutes[worst])
        bound_by = Binder(self.outcome).condition(condition, bound, minute, truth.achieved(minute))
        return Answer(False, None, None, counts[worst] - bound, bound_by)


def truth_of(outcome: Outcome, milestone: MilestonePlan, condition: ConditionPlan) -> tuple[Truth, Sequence[int], int]:
    """Return when the condition of a milestone held, the counts it was judged by, and its limit."""
    minutes, counts = outcome.strength(condition.cells)
    at_start = sum(count for cell, count in outcome.start if cell in condition.cells)
    bound = limit(condition, outcome.once, at_start)
    truth = Truth(minutes, [keeps(condition, each, bound) for each in counts])
    if milestone.sustained is not None:
        truth = truth.sustained(outcome.once[milestone.sustained], horizon=outcome.plan.horizon)
    return truth, counts, bound


def _join(milestone: MilestonePlan, answers: Sequence[Answer]) -> Answer:
    """Return the answer of a joint: met if all (one) of its parts are, achieved with the latest (earliest) of them.

    Never is above every number; a missed `throughout` among `all` leaves both empty. What bound it is what bound the
    part that decided: the latest of `all`, the earliest of `any`.
    """
    parts = [answers[each] for each in milestone.parts]
    every = milestone.joined_by == "all"
    met = all(each.met for each in parts) if every else any(each.met for each in parts)
    missed = [each for each in parts if not each.met]
    decides = max if every else min
    decided = decides(missed, key=_lateness) if not met else None
    days = [each.achieved_day for each in parts]
    late = [each.days_late for each in parts if each.days_late is not None or each.achieved_day is None]
    return Answer(
        met,
        _extreme(days, every=every),
        _extreme(late, every=every) if late else None,
        None,
        None if decided is None else decided.bound_by,
    )


def _lateness(each: Answer) -> tuple[bool, int]:
    return each.days_late is None, each.days_late or 0


def _extreme(values: Sequence[int | None], *, every: bool) -> int | None:
    """Return the largest (smallest) of some values, None above them all."""
    known = [each for each in values if each is not None]
    if every:
        return max(known) if len(known) == len(values) else None
    return min(known, default=None)
