"""When the phases of a plan are meant to run: from their start to their last date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from posture.scenario.clock import date_of_minute
from posture.study.medians import at_medians
from posture.study.runs import Run


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase as planned: the median day it starts, and the last day of its schedules."""

    phase: str
    label: str
    begins: date
    ends: date


def phase_spans(run: Run) -> list[PhaseSpan]:
    """Return the phases of a run's plan that have dates to run between, in the order in which they start."""
    plan = run.plan
    outcome = at_medians(plan)
    spans = []
    for index, phase in enumerate(plan.phases):
        deadlines = [step.deadline for each in phase.drawdowns for step in plan.drawdowns[each].steps]
        begins = date_of_minute(outcome.phases[index].starts_at, origin=plan.origin)
        if deadlines:
            ends = date_of_minute(max(deadlines), origin=plan.origin) - timedelta(days=1)
            spans.append(PhaseSpan(phase.id, phase.label, begins, max(begins, ends)))
    return sorted(spans, key=lambda each: (each.begins, each.phase))
