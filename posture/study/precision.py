"""Precision: replications are added until intervals are narrow enough, or until the order of scenarios is settled.

Looks are few: at a first number of replications and at each doubling of it. What a run has is kept, so that the outcome
is that of a run with as many replications from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations

from posture.scenario.findings import did_you_mean
from posture.scenario.scenario import Scenario
from posture.study.comparisons import Comparison, compare_runs
from posture.study.estimates import CONFIDENCE, Interval, estimate_milestones
from posture.study.pairing import estimate_difference, met_in
from posture.study.runs import DEFAULT_SEED, Run, extend_run, start_run

FIRST_LOOK = 200
"""The fewest replications that are looked at: of fewer an interval says little about its own width."""

MOST = 102_400
"""Where adding stops: nine doublings of the first look, a width of 0.003 either way at the widest."""


@dataclass(frozen=True)
class Precise:
    """A run that went on until its intervals were narrow enough, or until its longest.

    `widths` has half the width of each interval asked for at each look, by the replications it had then.
    """

    run: Run
    wanted: Mapping[str, float]
    widths: Mapping[int, Mapping[str, float]]

    @property
    def reached(self) -> bool:
        """Whether every interval is as narrow as was wanted."""
        last = self.widths[self.run.replications]
        return all(last[name] <= width for name, width in self.wanted.items())


@dataclass(frozen=True)
class Ranking:
    """A comparison that went on until the order of its scenarios in one milestone was settled, or until its longest.

    `order` has the scenarios by P(met), the likeliest first; `unsettled` the pairs whose difference may yet be none.
    """

    comparison: Comparison
    milestone: str
    order: tuple[str, ...]
    unsettled: tuple[tuple[str, str], ...]


def looks(first: int, most: int) -> Iterator[int]:
    """Yield the numbers of replications that are looked at: `first`, then its doublings up to `most`.

    Raises
    ------
    ValueError
        The first is below one, or above the most.
    """
    if not 1 <= first <= most:
        raise ValueError(f"found {first} replications at first and {most} at most, wanted the first among them")
    while first <= most:
        yield first
        first *= 2


def run_until_precise(
    scenario: Scenario,
    wanted: Mapping[str, float],
    *,
    first: int = FIRST_LOOK,
    most: int = MOST,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Precise:
    """Run a scenario until the interval of each milestone asked for is narrow enough.

    Parameters
    ----------
    wanted
        Half the width that the 95 % Wilson interval of P(met) may have, by milestone, in (0, 0.5).
    first, most
        Replications at the first look; where to stop though it is not reached, at a doubling of the first.
    seed, executor, progress
        As of `run_scenario`.

    Raises
    ------
    ValueError
        No such milestone, a width that is none, or a first look beyond the last.

    Notes
    -----
    Looking more than once does little to the coverage of these intervals, as they stop at a width and not at a
    verdict: at a width of 0.02 it is 0.947, 0.949 and 0.950 where P(met) is 0.1, 0.3 and 0.5, by summing over every way
    the looks can go (tests/test_precision.py).
    """
    run = start_run(scenario, seed=seed)
    _refuse_unfit(wanted, {each.id for each in run.plan.milestones})
    widths: dict[int, dict[str, float]] = {}
    for count in looks(first, most):
        run = extend_run(run, replications=count, executor=executor, progress=progress)
        met = {each.milestone: each.met for each in estimate_milestones(run)}
        widths[count] = {name: half_width(met[name]) for name in wanted}
        if all(widths[count][name] <= width for name, width in wanted.items()):
            break
    return Precise(run, dict(wanted), widths)


def _refuse_unfit(wanted: Mapping[str, float], known: set[str]) -> None:
    if not wanted:
        raise ValueError("found no milestone, wanted at least one with the width of its interval")
    for name, width in wanted.items():
        if name not in known:
            raise ValueError(f"found no milestone '{name}'{did_you_mean(name, known)}")
        if not 0 < width < 0.5:
            raise ValueError(f"found a precision of {width:g} for '{name}', wanted one between 0 and 0.5")


def half_width(interval: Interval) -> float:
    """Return half the width of an interval."""
    return (interval.high - interval.low) / 2


def compare_until_ranked(
    scenarios: Mapping[str, Scenario],
    milestone: str,
    *,
    first: int = FIRST_LOOK,
    most: int = MOST,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Ranking:
    """Run scenarios under common draws until it is settled in which of them a milestone is met more often.

    Parameters
    ----------
    scenarios
        Two or more, by name.
    milestone
        One that all of them have.
    first, most, seed, executor, progress
        As of `run_until_precise`, for each of them.

    Raises
    ------
    ValueError
        Fewer than two scenarios, one without the milestone, or a first look beyond the last.

    Notes
    -----
    A pair is settled when the Bonett-Price interval of its paired difference lies on one side of 0; its level is such
    that all pairs at all looks together err in no more than 5 % (Bonferroni), so that it does not matter how often one
    looks. Pairs that are equal in truth are never settled.
    """
    if len(scenarios) < 2:
        raise ValueError(f"found {len(scenarios)} scenarios to rank, wanted two or more")
    runs = {name: start_run(each, seed=seed) for name, each in scenarios.items()}
    for name, run in runs.items():
        known = {each.id for each in run.plan.milestones}
        if milestone not in known:
            raise ValueError(f"found no milestone '{milestone}' in '{name}'{did_you_mean(milestone, known)}")
    pairs = list(combinations(runs, 2))
    level = 1 - (1 - CONFIDENCE) / (len(pairs) * len(list(looks(first, most))))
    unsettled: list[tuple[str, str]] = pairs
    for count in looks(first, most):
        runs = {
            name: extend_run(each, replications=count, executor=executor, progress=progress)
            for name, each in runs.items()
        }
        unsettled = [(one, other) for one, other in pairs if _may_be_equal(runs[one], runs[other], milestone, level)]
        if not unsettled:
            break
    shares = {name: float(met_in(each, milestone).mean()) for name, each in runs.items()}
    order = tuple(sorted(shares, key=lambda each: -shares[each]))
    return Ranking(compare_runs(runs), milestone, order, tuple(unsettled))


def _may_be_equal(one: Run, other: Run, milestone: str, level: float) -> bool:
    apart = estimate_difference(met_in(other, milestone) - met_in(one, milestone), confidence=level)
    return apart.low <= 0 <= apart.high
