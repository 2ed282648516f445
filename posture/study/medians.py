"""The plan at its medians: every uncertain value at its middle, every gate open, no event. What was planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.model.plan import Plan
from posture.scenario.clock import date_of_minute


@dataclass(frozen=True, slots=True)
class PlannedMonth:
    """What one drawdown plans for a month: how many serials, how many persons."""

    drawdown: str
    month: date
    """Its first day."""
    serials: int
    persons: int


def at_medians(plan: Plan) -> Outcome:
    """Return the replication in which every uncertain value is its median, no gate is shut and nothing befalls."""
    phases = tuple(replace(each, gate=None) for each in plan.phases)
    drawdowns = tuple(replace(each, gate=None) for each in plan.drawdowns)
    ungated = replace(plan, phases=phases, drawdowns=drawdowns, gates=(), events=())
    return simulate(ungated, draw(ungated, seed=None, replications=1), replication=0)


def planned_months(outcome: Outcome) -> list[PlannedMonth]:
    """Return the serials that were planned, by drawdown and month, whenever they went."""
    plan = outcome.plan
    months: dict[tuple[int, date], tuple[int, int]] = {}
    for queue, record in zip(plan.queues, outcome.queues, strict=True):
        for serial in record.gone + record.waiting:
            key = queue.drawdown, date_of_minute(serial.planned_at, origin=plan.origin).replace(day=1)
            serials, persons = months.get(key, (0, 0))
            months[key] = serials + 1, persons + serial.size
    return [PlannedMonth(plan.drawdowns[key[0]].id, key[1], *months[key]) for key in sorted(months)]
