"""From the questions of a scenario to their plans: milestones, and who had been counted by the day it is as of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from posture.model.plan import CountPlan, MilestonePlan
from posture.model.tables import Tables
from posture.scenario.clock import minute_of_deadline, minute_of_start
from posture.scenario.questions import Milestone
from posture.scenario.scenario_file import ScenarioFile


def compile_milestones(tables: Tables, *, phases: Sequence[str]) -> tuple[MilestonePlan, ...]:
    """Return the milestones in plan order, those that are joined before their joint.

    As of a day, those due before it are left out with what joins them, and `throughout` is asked from that day on.
    """
    file = tables.file
    compiler = _Compiler(tables, phases, sorted(file.asked, key=lambda each: (_depth(each, file), each)))
    return tuple(compiler.milestone(name) for name in compiler.order)


def compile_counts(tables: Tables) -> tuple[CountPlan, ...] | None:
    """Return who had been counted by the day a scenario is as of: fewer cells first, then the newer count."""
    as_of = tables.file.as_of
    if as_of is None:
        return None
    cells = {name: tables.cells(each.of, each.at, loads=False) for name, each in as_of.strength.items()}
    age = {name: (as_of.day - (each.counted_on or as_of.day)).days for name, each in as_of.strength.items()}
    order = sorted(cells, key=lambda each: (len(cells[each]), age[each], each))
    path = ("as_of", "strength")
    return tuple(
        CountPlan(tables.value(as_of.strength[name].persons, "count", *path, name, "persons"), cells[name])
        for name in order
    )


@dataclass(frozen=True, slots=True)
class _Compiler:
    tables: Tables
    phases: Sequence[str]
    order: Sequence[str]

    def milestone(self, name: str) -> MilestonePlan:
        file, tables = self.tables.file, self.tables
        part, path = file.milestones[name], ("milestones", name)
        parts = part.all or part.any or ()
        due, first, last = _asked(part, file)
        asked = part.strength or part.loads
        field = "strength" if part.strength else "loads"
        return MilestonePlan(
            id=name,
            label=part.title or name,
            due=due,
            first=first,
            last=last,
            throughout=part.throughout is not None,
            sustained=tables.value_or_none(part.sustained_days, "minutes", *path, "sustained_days"),
            condition=None if asked is None else tables.condition(asked, *path, field),
            phase=None if part.phase is None else self.phases.index(part.phase),
            location=None if part.handover is None else tables.locations.index(part.handover),
            parts=tuple(sorted(self.order.index(each) for each in parts)),
            joined_by="all" if part.all else "any" if part.any else None,
        )


def _asked(part: Milestone, file: ScenarioFile) -> tuple[date, int, int]:
    """Return the day a milestone is due, and the first and last minute it is asked of; of a joint, the latest."""
    origin = file.start
    if part.throughout is not None:
        begin, end = part.throughout
        begin = begin if file.as_of is None else max(begin, file.as_of.day)
        return end, minute_of_start(begin, origin=origin), minute_of_deadline(end, origin=origin) - 1
    if part.by is not None:
        last = minute_of_deadline(part.by, origin=origin) - 1
        return part.by, last, last
    return max((_asked(file.milestones[each], file) for each in part.all or part.any or ()), key=lambda e: e[0])


def _depth(name: str, file: ScenarioFile) -> int:
    """Return how many joints a milestone stands above the plain ones."""
    part = file.milestones[name]
    return max((1 + _depth(each, file) for each in part.all or part.any or ()), default=0)
