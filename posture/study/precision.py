"""Precision: replications are added until intervals are narrow enough, or until the order of scenarios is settled.

Looks are few: at a first number of replications and at each doubling of it. What a run has is kept, so that the outcome
is that of a run with as many replications from the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations

from posture.scenario.findings import did_you_mean
from posture.scenario.scenario import Scenario
from posture.study.comparisons import Comparison, compare_runs
from posture.study.estimates import CONFIDENCE, Interval, estimate_share
from posture.study.pairing import estimate_difference, met_in
from posture.study.runs import CHUNK, DEFAULT_SEED, Run, extend_run, start_run

FIRST_LOOK = 200
"""The fewest replications that are looked at: of fewer an interval says little about its own width."""

MOST = 102_400
"""Where adding stops: nine doublings of the first look, a width of 0.003 either way at the widest."""

Runs = Mapping[str, Run]


@dataclass(frozen=True)
class Precise:
    """A run that went on until its intervals were narrow enough, or until its longest.

    `widths` has half the width of each interval asked for at each look, by the replications it had then.
    """

    run: Run
    wanted: Mapping[str, float]
    widths: Mapping[int, Mapping[str, float]]

    @property
    def missed(self) -> dict[str, float]:
        """Half the width of each interval that is wider than was wanted, by milestone."""
        last = self.widths[self.run.replications]
        return {name: last[name] for name, width in self.wanted.items() if last[name] > width}

    @property
    def reached(self) -> bool:
        """Whether every interval is as narrow as was wanted."""
        return not self.missed


@dataclass(frozen=True)
class Ranking:
    """A comparison that went on until the order of its scenarios in one milestone was settled, or until its longest.

    `order` has the scenarios by P(met), the likeliest first; `unsettled` the pairs whose difference may yet be none.
    """

    comparison: Comparison
    milestone: str
    order: tuple[str, ...]
    unsettled: tuple[tuple[str, str], ...]


def parse_precisions(texts: Iterable[str]) -> dict[str, float]:
    """Read `milestone=0.02` or `milestone=2%`, one a milestone.

    Raises
    ------
    ValueError
        One is neither, or a milestone has two.
    """
    found: dict[str, float] = {}
    for text in texts:
        match = re.fullmatch(r"\s*([A-Za-z0-9_-]+)\s*=\s*(\d*\.?\d+)\s*(%?)\s*", text)
        if match is None:
            raise ValueError(f"found {text!r}, wanted MILESTONE=WIDTH, such as asad-vacated=0.02")
        if match[1] in found:
            raise ValueError(f"found two precisions for '{match[1]}', wanted one")
        found[match[1]] = float(match[2]) / (100 if match[3] else 1)
    return found


def describe_precision(found: Sequence[Precise]) -> str:
    """Return in a line how many replications it took, or that these were the most, with what is still too wide."""
    count = f"{found[0].run.replications:,} replications"
    wanted = found[0].wanted
    widest = {name: max(each.missed.get(name, 0) for each in found) for name in wanted}
    missed = [f"{name} {width:.3g}, wanted {wanted[name]:g}" for name, width in widest.items() if width]
    return (
        f"precision not reached with {count}, the most: {'; '.join(missed)}"
        if missed
        else f"precision reached with {count}"
    )


def looks(first: int, most: int) -> Iterator[int]:
    """Yield the numbers of replications that are looked at: `first`, then its doublings up to `most`.

    Raises
    ------
    ValueError
        The first is below one, or above the most.
    """
    if not 1 <= first <= most:
        raise ValueError(f"found a first look at {first:,} replications, wanted one at 1 to {most:,}")
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
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> Precise:
    """Run a scenario until the interval of each milestone asked for is narrow enough.

    Parameters
    ----------
    wanted
        Half the width that the 95 % Wilson interval of P(met) may have, by milestone, in (0, 0.5).
    first, most
        Replications at the first look; where to stop though it is not reached, at a doubling of the first.
    seed, executor, chunk, progress
        As of `run_scenario`.

    Raises
    ------
    ValueError
        No such milestone, a width that is none, or a first look beyond the last.
    PlanError, StudyError
        As of `run_scenario`.

    Notes
    -----
    Stopping at a width costs some coverage: an early look is narrow enough just when the share met is far from P(met).
    Summed over every way that the looks can go (tests/test_precision.py), from 200 up, for P(met) of 0.05 to 0.95 in
    thousandths and widths of 0.05, 0.04, 0.03 and 0.02, an interval holds P(met) with a probability of 0.950 on average
    and of 0.929 at the worst: where nearly all runs, not all, need one doubling more. At 200 replications and no other
    look, it is 0.951 and 0.938. The narrower the interval, the less it costs: Chow and Robbins (1965), "On the
    asymptotic theory of fixed-width sequential confidence intervals for the mean", Ann. Math. Statist. 36, 457-462.
    """
    return compare_until_precise(
        {scenario.name: scenario},
        wanted,
        first=first,
        most=most,
        seed=seed,
        executor=executor,
        chunk=chunk,
        progress=progress,
    )[scenario.name]


def compare_until_precise(
    scenarios: Mapping[str, Scenario],
    wanted: Mapping[str, float],
    *,
    first: int = FIRST_LOOK,
    most: int = MOST,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Precise]:
    """Run scenarios under common draws, each as often as the others, until all are as precise as one is to be.

    Parameters
    ----------
    scenarios
        One or more, by name.
    wanted, first, most, seed, executor, chunk, progress
        As of `run_until_precise`, for each of them.

    Raises
    ------
    ValueError, PlanError, StudyError
        As of `run_until_precise`.
    """
    runs = {name: start_run(each, seed=seed) for name, each in scenarios.items()}
    _refuse_unfit(wanted, runs)
    widths: dict[str, dict[int, dict[str, float]]] = {name: {} for name in runs}

    def enough(made: Runs) -> bool:
        for name, run in made.items():
            widths[name][run.replications] = _half_widths(run, wanted)
        return all(Precise(run, wanted, widths[name]).reached for name, run in made.items())

    made = _extend_until(enough, runs, counts=looks(first, most), executor=executor, chunk=chunk, progress=progress)
    return {name: Precise(run, dict(wanted), widths[name]) for name, run in made.items()}


def _refuse_unfit(wanted: Mapping[str, float], runs: Runs) -> None:
    if not wanted:
        raise ValueError("found no milestone, wanted at least one with the width of its interval")
    for milestone, width in wanted.items():
        _refuse_unknown(milestone, runs)
        if not 0 < width < 0.5:
            raise ValueError(f"found a precision of {width:g} for '{milestone}', wanted one between 0 and 0.5")


def _refuse_unknown(milestone: str, runs: Runs) -> None:
    for name, run in runs.items():
        known = {each.id for each in run.plan.milestones}
        if milestone not in known:
            raise ValueError(f"found no milestone '{milestone}' in '{name}'{did_you_mean(milestone, known)}")


def _half_widths(run: Run, milestones: Iterable[str]) -> dict[str, float]:
    counts = {name: int(met_in(run, name).sum()) for name in milestones}
    return {name: half_width(estimate_share(count, run.replications)) for name, count in counts.items()}


def half_width(interval: Interval) -> float:
    """Return half the width of an interval."""
    return (interval.high - interval.low) / 2


def _extend_until(
    enough: Callable[[Runs], bool],
    runs: Runs,
    *,
    counts: Iterable[int],
    executor: Executor | None,
    chunk: int,
    progress: Callable[[int], None],
) -> Runs:
    """Return the runs as long as the first of `counts` that is enough, else as the last; what they have is kept."""
    for count in counts:
        runs = {
            name: extend_run(each, replications=count, executor=executor, chunk=chunk, progress=progress)
            for name, each in runs.items()
        }
        if enough(runs):
            break
    return runs


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
    PlanError, StudyError
        As of `run_scenario`.

    Notes
    -----
    A pair is settled when the Bonett-Price interval of its paired difference lies on one side of 0. Its level is
    1 - 0.05 / (pairs x looks), counting every look up to `most`: Bonferroni's inequality, after Dunn (1961), "Multiple
    comparisons among means", JASA 56, 52-64. So all pairs at all looks together err in no more than 5 %, as far as the
    intervals keep their level; that two equal scenarios are ranked has a probability of 0.038 or less by summing over
    every way that three looks can go, where up to a fifth of pairs differ (tests/test_precision.py). What is equal in
    truth runs on to the last look.
    """
    if len(scenarios) < 2:
        raise ValueError(f"found {len(scenarios)} scenarios to rank, wanted two or more")
    started = {name: start_run(each, seed=seed) for name, each in scenarios.items()}
    _refuse_unknown(milestone, started)
    counts = tuple(looks(first, most))
    level = ranking_level(pairs=len(started) * (len(started) - 1) // 2, looks=len(counts))
    runs = _extend_until(
        lambda made: not _unsettled(made, milestone, level=level),
        started,
        counts=counts,
        executor=executor,
        chunk=CHUNK,
        progress=progress,
    )
    shares = {name: float(met_in(each, milestone).mean()) for name, each in runs.items()}
    order = tuple(sorted(shares, key=lambda each: -shares[each]))
    return Ranking(compare_runs(runs), milestone, order, _unsettled(runs, milestone, level=level))


def ranking_level(*, pairs: int, looks: int) -> float:
    """Return the confidence of each interval at which all pairs at all looks together err in no more than 5 %."""
    return 1 - (1 - CONFIDENCE) / (pairs * looks)


def _unsettled(runs: Runs, milestone: str, *, level: float) -> tuple[tuple[str, str], ...]:
    """Return the pairs whose difference may yet be none."""
    met = {name: met_in(each, milestone) for name, each in runs.items()}
    apart = {
        (one, other): estimate_difference(met[other] - met[one], confidence=level)
        for one, other in combinations(met, 2)
    }
    return tuple(pair for pair, each in apart.items() if each.low <= 0 <= each.high)
