"""Dates and levels to draw against: phases as planned, milestones as levels, and when each milestone was achieved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pyarrow.compute as pc

from posture.model.draws import ReplicationDraws, draw, strengths_at_start
from posture.model.judging import limit
from posture.model.plan import MilestonePlan, PhasePlan, Plan
from posture.scenario.clock import MINUTES_PER_DAY, date_of_minute
from posture.scenario.notation import words
from posture.scenario.quantities import Plain
from posture.scenario.selections import Cell
from posture.study.estimates import Interval, estimate_achieved, estimate_milestones
from posture.study.runs import Run


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """When a phase is planned to be under way: from its start, at its median, to the last date of its schedules."""

    phase: str
    label: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Target:
    """A milestone on a strength, as a level on a day, or from the day `first` to the day `due`.

    `level` is in persons, every uncertain value at its median; `percent` is what was stated, where that is of the
    strength at the start.
    """

    milestone: str
    label: str
    first: date | None
    due: date
    at_most: bool
    level: int
    percent: str | None


@dataclass(frozen=True, slots=True)
class MilestoneTimeline:
    """When a milestone was due, and the share of replications that had achieved it by each date that changed it.

    `first` is the first day of a `throughout`, which has no dates and shares; `met_on` is what was observed.
    """

    milestone: str
    label: str
    first: date | None
    due: date
    met: Interval
    dates: tuple[date, ...]
    shares: tuple[float, ...]
    met_on: date | Literal["never"] | None


def planned_spans(plan: Plan) -> tuple[PhaseSpan, ...]:
    """Return when each phase with a schedule is planned to be under way within the run, the earliest first."""
    once = draw(plan, seed=None, replications=1).once[0]
    spans = (_span(plan, each, starts_at=int(once[each.starts])) for each in plan.phases)
    return tuple(sorted((each for each in spans if each is not None), key=lambda each: (each.first, each.phase)))


def _span(plan: Plan, phase: PhasePlan, *, starts_at: int) -> PhaseSpan | None:
    deadlines = [step.deadline for index in phase.drawdowns for step in plan.drawdowns[index].steps]
    if not deadlines or starts_at >= plan.horizon:
        return None
    first = date_of_minute(max(0, starts_at), origin=plan.origin)
    last = date_of_minute(min(max(deadlines), plan.horizon) - 1, origin=plan.origin)
    return PhaseSpan(phase.id, phase.label, first, max(first, last))


def median_targets(run: Run, milestones: Iterable[str]) -> tuple[Target, ...]:
    """Return milestones on strength as levels, those due first first.

    Parameters
    ----------
    milestones
        Ids; those that ask for no strength are left out.
    """
    wanted = set(milestones)
    medians = draw(run.plan, seed=None, replications=1).of(0)
    targets = [
        _target(run, each, medians)
        for each in run.plan.milestones
        if each.id in wanted and each.condition is not None and run.scenario.parts.milestones[each.id].strength
    ]
    return tuple(sorted(targets, key=lambda each: (each.due, each.milestone)))


def _target(run: Run, milestone: MilestonePlan, medians: ReplicationDraws) -> Target:
    condition = run.plan.conditions[milestone.condition or 0]
    at_start = sum(count for cell, count in strengths_at_start(medians) if cell in condition.cells)
    strength = run.scenario.parts.milestones[milestone.id].strength
    quantity = None if strength is None else strength.at_most or strength.at_least
    is_plain = quantity is not None and isinstance(quantity.expression, Plain)
    return Target(
        milestone=milestone.id,
        label=milestone.label,
        first=first_day(run.plan, milestone),
        due=milestone.due,
        at_most=condition.at_most,
        level=limit(condition, medians.once, at_start),
        percent=words(quantity) if condition.percent and is_plain else None,
    )


def first_day(plan: Plan, milestone: MilestonePlan) -> date | None:
    """Return the first day of a `throughout`; None for a `by`."""
    return date_of_minute(milestone.first, origin=plan.origin) if milestone.throughout else None


def last_day(plan: Plan) -> date:
    """Return the last day of the run."""
    return plan.origin + timedelta(days=plan.horizon // MINUTES_PER_DAY - 1)


def estimate_timelines(run: Run) -> tuple[MilestoneTimeline, ...]:
    """Return when each milestone was due, achieved and observed, those due first first."""
    plans = {each.id: each for each in run.plan.milestones}
    curves = {each.milestone: each for each in estimate_achieved(run)}
    observed = run.scenario.parts.observed.milestones
    timelines = []
    for each in estimate_milestones(run):
        curve = curves.get(each.milestone)
        timelines.append(
            MilestoneTimeline(
                milestone=each.milestone,
                label=each.label,
                first=first_day(run.plan, plans[each.milestone]),
                due=each.due,
                met=each.met,
                dates=curve.dates if curve else (),
                shares=curve.shares if curve else (),
                met_on=observed[each.milestone].met_on if each.milestone in observed else None,
            )
        )
    return tuple(timelines)


def dates_covered(timelines: Iterable[MilestoneTimeline]) -> tuple[date, date]:
    """Return the first and the last date among milestones; a year that stands for none where there are none."""
    days = [day for each in timelines for day in (each.first, each.due, *each.dates) if day is not None]
    return (min(days), max(days)) if days else (date(2000, 1, 1), date(2000, 12, 31))


def moved_cells(run: Run) -> set[Cell]:
    """Return the cells whose strength changes after the start in any replication, as (contingent, location)."""
    changes = run.table("changes")
    later = changes.filter(pc.greater(changes["minute"], run.plan.begins)).select(["contingent", "location"])
    rows = later.group_by(["contingent", "location"]).aggregate([]).to_pylist()
    return {(each["contingent"], each["location"]) for each in rows}
