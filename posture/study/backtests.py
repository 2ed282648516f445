"""Back-tests: past drawdowns forecast as of every day on which something was known, against what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from posture.model.draws import ReplicationDraws, draw, strengths_at_start
from posture.model.judging import limit
from posture.model.plan import MilestonePlan
from posture.model.standing import planned_strengths
from posture.model.streams import uniforms
from posture.model.tables import Tables
from posture.scenario.clock import date_of_minute
from posture.scenario.observed import Observation
from posture.scenario.scenario import Scenario
from posture.study.baselines import Asked, Known, foretell_milestone, foretell_strength
from posture.study.conditioning import COUNT_ERROR
from posture.study.derivation import refitted, slips_without
from posture.study.estimates import daily_strength, estimate_milestones
from posture.study.forecasts import MilestoneForecast, StrengthForecast
from posture.study.runs import DEFAULT_SEED, Run, run_scenario
from posture.study.scores import ScoreCard, score_forecasts

DEFAULT_REPLICATIONS = 400
"""Of each forecast: 100 beyond each end of the middle half, and two minutes for a case of three years."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """Cases replayed: every forecast with what came of it, and its scores."""

    cases: Mapping[str, Scenario]
    replications: int
    seed: int
    left_out: bool
    """Whether each case was left out of the record that its assumptions were derived from."""
    strengths: tuple[StrengthForecast, ...]
    milestones: tuple[MilestoneForecast, ...]
    card: ScoreCard


def run_backtest(
    cases: Mapping[str, Scenario],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    leave_out: bool = True,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Backtest:
    """Forecast past drawdowns as of every day on which something was announced, and monthly; score the forecasts.

    Parameters
    ----------
    cases
        Scenarios with something observed, by the name of the case: the stem of its file.
    replications, seed
        Of each forecast.
    leave_out
        Whether each case rests on assumptions derived from the other cases alone; else on what ships.
    executor
        A `concurrent.futures.Executor` to spread replications over; None: this process.
    progress
        Told 1 whenever a forecast is made.

    Raises
    ------
    ValueError
        None of the cases has anything to be foretold.
    ScenarioError
        A case is not valid as of some day, or its observed figures cannot be read.
    """
    strengths: list[StrengthForecast] = []
    milestones: list[MilestoneForecast] = []
    for name, scenario in cases.items():
        fitted = refitted(scenario, without=name) if leave_out else scenario
        case = _Case(name, fitted, scenario.observations(), slips_without(name))
        for day in forecast_days(scenario):
            known = fitted.as_of(day)
            run = run_scenario(known, replications=replications, seed=seed, executor=executor)
            announced = _Announced(run, day)
            strengths += case.foretell_strengths(run, announced)
            milestones += case.foretell_milestones(run, announced)
            progress(1)
    if not strengths and not milestones:
        raise ValueError(f"found nothing to foretell in {', '.join(cases)}, wanted `observed` counts or milestones")
    card = score_forecasts(strengths, milestones)
    return Backtest(dict(cases), replications, seed, leave_out, tuple(strengths), tuple(milestones), card)


def forecast_days(scenario: Scenario) -> list[date]:
    """Return the days a case is forecast as of: its start, each announcement, the first of each month.

    Up to the last thing that was observed: after it nothing is left to foretell.
    """
    parts = scenario.parts
    observed = [row.day for rows in scenario.observations().values() for row in rows]
    observed += [each.met_on for each in parts.observed.milestones.values() if isinstance(each.met_on, date)]
    observed += [parts.milestones[name].by or parts.end for name in _missed(scenario)]
    last = min(parts.end, max(observed, default=parts.start))
    announced = [each.announced for each in parts.revisions.values()]
    months = _firsts_of_months(parts.start, last)
    return sorted({day for day in (parts.start, *announced, *months) if parts.start <= day < last})


def _missed(scenario: Scenario) -> list[str]:
    """Return the milestones that never came: they are settled when they are due."""
    observed, asked = scenario.parts.observed.milestones, scenario.parts.milestones
    return [name for name, each in observed.items() if each.met_on == "never" and name in asked]


def _firsts_of_months(start: date, last: date) -> Iterator[date]:
    day = start.replace(day=1)
    while day <= last:
        yield day
        day = (day + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True)
class _Case:
    """One past drawdown: its scenario, what was counted, and how late the dated targets of the others were."""

    name: str
    scenario: Scenario
    counted: Mapping[str, Sequence[Observation]]
    slips: Sequence[int | None]

    def foretell_strengths(self, run: Run, announced: _Announced) -> Iterator[StrengthForecast]:
        """Yield what a run as of a day says of every later count."""
        day = announced.day
        for name, rows in self.counted.items():
            later = [each for each in rows if day < each.day <= self.scenario.parts.end]
            if not later:
                continue
            part = self.scenario.parts.observed.strength[name]
            known = announced.known(announced.cells(part.of, part.at), rows)
            daily = daily_strength(run, of=part.of, at=part.at)
            for each in later:
                yield StrengthForecast(
                    case=self.name,
                    selection=name,
                    as_of=day,
                    day=each.day,
                    observation=each,
                    scale=max(1.0, known.start[1]),
                    samples=_as_counted(daily[:, (each.day - run.plan.first_day).days], run, f"{name}/{each.day}"),
                    baselines=foretell_strength(known, each.day, slips=self.slips),
                )

    def foretell_milestones(self, run: Run, announced: _Announced) -> Iterator[MilestoneForecast]:
        """Yield what a run as of a day says of every milestone that is still open and whose outcome is on record."""
        day, observed = announced.day, self.scenario.parts.observed.milestones
        plans = {each.id: each for each in run.plan.milestones}
        for estimate in estimate_milestones(run):
            outcome = observed.get(estimate.milestone)
            if outcome is None or (isinstance(outcome.met_on, date) and outcome.met_on <= day):
                continue
            known, asked = announced.asked(plans[estimate.milestone], self._rows_by_cells(announced))
            yield MilestoneForecast(
                case=self.name,
                milestone=estimate.milestone,
                as_of=day,
                due=estimate.due,
                met=isinstance(outcome.met_on, date) and outcome.met_on <= estimate.due,
                p_met=estimate.met,
                baselines=foretell_milestone(known, asked, slips=self.slips),
            )

    def _rows_by_cells(self, announced: _Announced) -> dict[frozenset[int], Sequence[Observation]]:
        """Return the counts by the cells that they are of."""
        parts = self.scenario.parts.observed.strength
        return {frozenset(announced.cells(parts[name].of, parts[name].at)): rows for name, rows in self.counted.items()}


def _as_counted(strength: npt.NDArray[np.int32], run: Run, stream: str) -> npt.NDArray[np.int64]:
    """Return what may be published where so many stand: a count errs by a twentieth, nobody is nobody.

    The error is normal, independent of everything else, and that of weighting by likelihood (`conditioning`).
    """
    from scipy.special import ndtri

    drawn = uniforms(run.seed, f"backtest.count/{stream}", first=0, replications=run.replications, width=1)[:, 0]
    counted = np.rint(strength * (1 + COUNT_ERROR * ndtri(drawn)))
    return np.asarray(np.maximum(0, counted), dtype=np.int64)


class _Announced:
    """The plan as it was known on a day, every uncertain number at its median: what simple rules go by."""

    def __init__(self, run: Run, day: date) -> None:
        self.run, self.plan, self.day = run, run.plan, day
        self.draws: ReplicationDraws = draw(run.plan, seed=None, replications=1).of(0)
        self.start = dict(strengths_at_start(self.draws))

    def cells(self, of: Sequence[str] | None, at: Sequence[str] | None) -> tuple[int, ...]:
        """Return the cells of people that a selection names."""
        return Tables(self.run.scenario.parts).cells(of, at, loads=False)

    def known(self, cells: Sequence[int], rows: Sequence[Observation]) -> Known:
        """Return what is known on the day of a selection: its start, its counts, the levels announced for it."""
        start = float(sum(self.start.get(cell, 0) for cell in cells))
        counted = [(each.day, each.counted) for each in rows if each.day <= self.day]
        return Known(
            as_of=self.day,
            start=(self.plan.origin, start),
            counted=tuple((when, count) for when, count in counted if count is not None),
            targets=tuple(self._targets(frozenset(cells))),
        )

    def _targets(self, cells: frozenset[int]) -> Iterator[tuple[date, float]]:
        """Yield what a selection is to be down to at the end of each step that takes from it."""
        drawdowns = [each for each in self.plan.drawdowns if not cells.isdisjoint(each.cells)]
        for deadline in sorted({step.deadline for each in drawdowns for step in each.steps}):
            standing = planned_strengths(self.draws, minute=deadline)
            yield date_of_minute(deadline - 1, origin=self.plan.origin), float(sum(standing[cell] for cell in cells))

    def asked(
        self, milestone: MilestonePlan, rows: Mapping[frozenset[int], Sequence[Observation]]
    ) -> tuple[Known, Asked]:
        """Return a milestone as the baselines see it: a limit on a selection, or nothing that can be counted."""
        if milestone.condition is None:
            return self.known((), ()), Asked(milestone.due, None, at_most=True)
        condition = self.plan.conditions[milestone.condition]
        base = sum(self.start.get(cell, 0) for cell in condition.cells)
        asked = Asked(milestone.due, float(limit(condition, self.draws.once, base)), at_most=condition.at_most)
        return self.known(condition.cells, rows.get(frozenset(condition.cells), ())), asked
