"""Who stands where when the run begins: at the start, or on the day that a scenario is as of."""

from __future__ import annotations

from bisect import bisect_right

from posture.model.counting import found_leavers
from posture.model.draws import ReplicationDraws, strengths_at_start
from posture.model.plan import DrawdownPlan
from posture.model.rules import MILLION, PACE_POINTS, apportion, scaled


def strengths_at_begin(draws: ReplicationDraws) -> list[tuple[int, int]]:
    """Return who stands where when the run begins: (cell, persons or loads).

    As of a day each counted selection stands at its count, shared out over its cells by what stood there at the start;
    of selections that overlap, the one with fewer people at the start comes first and the larger gives the rest. Who
    was not counted stands on the line that the schedules plan for the day.
    """
    start = strengths_at_start(draws)
    if draws.plan.as_of is None:
        return start
    at_start, standing = dict(start), planned_strengths(draws, minute=draws.plan.begins)
    settled: set[int] = set()
    for count in sorted(draws.plan.as_of, key=lambda each: sum(at_start.get(cell, 0) for cell in each.cells)):
        rest = max(0, draws.once[count.persons] - sum(standing[each] for each in count.cells if each in settled))
        cells = [each for each in count.cells if each not in settled]
        by_start, by_plan = ([each.get(cell, 0) for cell in cells] for each in (at_start, standing))
        weights = by_start if any(by_start) else by_plan if any(by_plan) else [1] * len(cells)
        if cells:
            standing.update(zip(cells, apportion(rest, weights), strict=True))
        settled.update(cells)
    return sorted(standing.items())


def planned_strengths(draws: ReplicationDraws, *, minute: int) -> dict[int, int]:
    """Return who would stand where at a minute if every schedule were kept to its line, by cell.

    Drawdowns take their turn in the order in which their phases are to start; nothing holds them, nobody is on the
    road. At tour ends the line is even.
    """
    plan = draws.plan
    standing = dict.fromkeys(range(len(plan.contingents) * len(plan.locations)), 0)
    standing.update(strengths_at_start(draws))
    for drawdown in sorted(plan.drawdowns, key=lambda each: draws.once[plan.phases[each.phase].starts]):
        _draw_down(drawdown, draws, standing, minute=minute)
    return standing


def found_at_start(draws: ReplicationDraws, drawdown: DrawdownPlan) -> int | None:
    """Return of how many the percentages of a drawdown are that was under way before the run began: those at the start.

    None: its phase starts in the run, or nobody knows when it did: it follows another or waits for a gate.
    """
    phase = draws.plan.phases[drawdown.phase]
    is_under_way = draws.plan.begins > 0 and draws.once[phase.starts] < draws.plan.begins
    if not is_under_way or phase.after or phase.gate is not None:
        return None
    at_start = dict(strengths_at_start(draws))
    return sum(at_start.get(cell, 0) for cell in drawdown.cells)


def _draw_down(drawdown: DrawdownPlan, draws: ReplicationDraws, standing: dict[int, int], *, minute: int) -> None:
    """Move those of one drawdown whom its line has leave by a minute."""
    plan, once = draws.plan, draws.once
    begins_at = max(0, once[plan.phases[drawdown.phase].starts])
    margin = 0 if drawdown.margin is None else once[drawdown.margin]
    at_start = found_at_start(draws, drawdown)
    base = sum(standing[cell] for cell in drawdown.cells) if at_start is None else at_start
    for step in drawdown.steps:
        if begins_at >= minute:  # nobody has gone yet, even where the step has no length
            return
        ends_at = max(begins_at, step.deadline - margin)
        found = [standing[cell] for cell in drawdown.cells]
        level = scaled(base, once[step.level]) if step.percent else once[step.level]
        gone = _share_gone(draws, drawdown.pace, minute - begins_at, ends_at - begins_at)
        leavers = scaled(max(0, sum(found) - level), gone)
        for cell, persons in zip(drawdown.cells, found_leavers(drawdown, leavers, found), strict=True):
            _move(drawdown, draws, standing, cell=cell, persons=persons)
        begins_at = ends_at


def _share_gone(draws: ReplicationDraws, pace: int | None, passed: int, duration: int) -> int:
    """Return the share of a step's leavers who have gone, in millionths, when so many of its minutes have passed.

    The line of `rules.planned_at` read the other way: from the time to the share.
    """
    if passed >= duration:
        return MILLION
    time = MILLION * passed // duration
    if pace is None:
        return time
    table = draws.paces[pace]
    i = bisect_right(table, time) - 1
    return (i * MILLION + MILLION * (time - table[i]) // (table[i + 1] - table[i])) // PACE_POINTS


def _move(
    drawdown: DrawdownPlan, draws: ReplicationDraws, standing: dict[int, int], *, cell: int, persons: int
) -> None:
    plan = draws.plan
    standing[cell] -= persons
    parts = apportion(persons, draws.shares[drawdown.shares])
    for place, part in zip(drawdown.destinations, parts, strict=True):
        standing[plan.cell(cell // len(plan.locations), place)] += part
