"""Why a milestone is missed: its lateness by cause, and what each cause costs when it is taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import sqrt

import numpy as np
import numpy.typing as npt

from posture.model.chains import split_lateness
from posture.model.counterfactuals import EVERYTHING, REMOVABLE, without
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all
from posture.model.plan import Plan
from posture.scenario.clock import MINUTES_PER_DAY
from posture.study.assumptions import LEAST_REPLICATIONS, Association, estimate_associations
from posture.study.estimates import CONFIDENCE, Interval, estimate_share
from posture.study.pairing import estimate_difference, met_in
from posture.study.runs import CHUNK, Run
from posture.study.workers import Chunk, run_chunks


@dataclass(frozen=True, slots=True)
class CauseShare:
    """What one cause has of a milestone's lateness, over the replications that missed it.

    `share` is of all their days late together, `days` its mean of each of them; `took_part` is the share of them that
    it delayed at all.
    """

    cause: str
    share: Interval
    days: float
    took_part: Interval


@dataclass(frozen=True, slots=True)
class Lateness:
    """The lateness of a milestone by cause, the greatest share first.

    `days` is the mean of the replications that missed, those `never` achieved within the run counting up to its end.
    """

    missed: int
    never: int
    days: float
    shares: tuple[CauseShare, ...]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The chance of a milestone with one cause taken away, under the same draws; `difference` is what it costs."""

    cause: str
    met: Interval
    without: Interval
    difference: Interval


@dataclass(frozen=True, slots=True)
class Causes:
    """Why a milestone is missed. `lateness` is None where no replication that missed it has days late."""

    milestone: str
    label: str
    due: date
    replications: int
    met: Interval
    lateness: Lateness | None
    counterfactuals: tuple[Counterfactual, ...]
    associations: tuple[Association, ...]


def estimate_lateness(run: Run, milestone: str, *, executor: Executor | None = None) -> Lateness | None:
    """Return the lateness of a milestone by cause, the replications that missed it played again.

    Returns
    -------
    Lateness or None
        None where none missed it, or none that did is so many days late.
    """
    missed = np.flatnonzero(met_in(run, milestone) == 0).tolist()
    chunks = [missed[first : first + CHUNK] for first in range(0, len(missed), CHUNK)]
    split = partial(_split_chunk, run.plan, run.seed, milestone)
    split_chunks = map(split, chunks) if executor is None else executor.map(split, chunks)
    found = [each for chunk in split_chunks for each in chunk]
    late = [parts for parts, _ in found if parts]
    if not late:
        return None
    causes = sorted({cause for each in late for cause in each})
    totals = np.array([sum(each.values()) for each in late], dtype=np.float64)
    shares = [_share(cause, late, totals) for cause in causes]
    return Lateness(
        missed=len(late),
        never=sum(1 for parts, never in found if parts and never),
        days=float(totals.mean()) / MINUTES_PER_DAY,
        shares=tuple(sorted(shares, key=lambda each: (-each.share.estimate, each.cause))),
    )


def _split_chunk(
    plan: Plan, seed: int, milestone: str, replications: Sequence[int]
) -> list[tuple[dict[str, int] | None, bool]]:
    """Return, for each of some replications in order, its lateness by cause, and whether it was never achieved."""
    first = replications[0]
    draws = draw(plan, seed=seed, first=first, replications=replications[-1] + 1 - first)
    index = next(i for i, each in enumerate(plan.milestones) if each.id == milestone)
    found = []
    for each in replications:
        outcome = simulate(plan, draws, replication=each)
        found.append((split_lateness(outcome, milestone), answer_all(outcome)[index].achieved_day is None))
    return found


def _share(cause: str, late: Sequence[dict[str, int]], totals: npt.NDArray[np.float64]) -> CauseShare:
    minutes = np.array([each.get(cause, 0) for each in late], dtype=np.float64)
    days = float(minutes.mean()) / MINUTES_PER_DAY
    return CauseShare(cause, estimate_ratio(minutes, totals), days, _share_of(minutes > 0))


def _share_of(sample: npt.NDArray[np.bool_] | npt.NDArray[np.float64]) -> Interval:
    """Return the share of replications in which something is so: one value each, 1 or 0."""
    return estimate_share(int(sample.sum()), len(sample))


def estimate_ratio(
    parts: npt.NDArray[np.float64], totals: npt.NDArray[np.float64], *, confidence: float = CONFIDENCE
) -> Interval:
    """Return the share that some parts have of their totals, all together, with its interval.

    Parameters
    ----------
    parts, totals
        One value a replication each, shape (replications,), in one unit; 0 <= part <= total, and not every total 0.
    confidence
        Coverage wanted, in (0, 1).

    Notes
    -----
    The ratio of means r, with the variance sum((part - r total)^2) / (n (n - 1) mean(total)^2) and Student's t:
    Cochran (1977), "Sampling Techniques", 3rd edition, section 6.4. One replication says nothing of others: 0 to 1.
    """
    from scipy.stats import t

    n = len(parts)
    ratio = float(parts.sum() / totals.sum())
    if n == 1:
        return Interval(ratio, 0.0, 1.0)
    spread = float(np.sum(np.square(parts - ratio * totals))) / (n * (n - 1))
    reach = float(t.ppf((1 + confidence) / 2, n - 1)) * sqrt(spread) / float(totals.mean())
    return Interval(ratio, max(0.0, ratio - reach), min(1.0, ratio + reach))


def estimate_counterfactuals(
    run: Run,
    milestone: str,
    *,
    causes: Sequence[str] = (*REMOVABLE, EVERYTHING),
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Counterfactual]:
    """Return what each cause costs a milestone: the run again without it, under the same draws.

    Parameters
    ----------
    causes
        Which to take away, one at a time; those the plan has nothing of are left out.
    executor, progress
        As of `run_scenario`, for each of these runs.

    Returns
    -------
    list of Counterfactual
        The costliest first, all of them together last.

    Notes
    -----
    The differences of single causes need not add up to that of all: some bind only where others do not.
    """
    met = met_in(run, milestone)
    found = []
    for cause in causes:
        plan = without(run.plan, cause)
        if plan is run.plan:
            continue
        chunks = [Chunk(plan, run.seed, each.first, each.replications) for each in run.records]
        records = tuple(run_chunks(chunks, executor=executor, progress=progress))
        met_without = met_in(replace(run, plan=plan, records=records), milestone)
        found.append(
            Counterfactual(cause, _share_of(met), _share_of(met_without), estimate_difference(met_without - met))
        )
    return sorted(found, key=lambda each: (each.cause == EVERYTHING, -each.difference.estimate, each.cause))


def estimate_causes(
    run: Run,
    milestone: str,
    *,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Causes:
    """Return why a milestone is missed: its lateness by cause, what each cause costs, what it goes with.

    Parameters
    ----------
    milestone
        Its id.
    executor, progress
        As of `run_scenario`, for each of the runs with a cause taken away.

    Raises
    ------
    ValueError
        The scenario has no such milestone.
    StudyError
        Replications failed; raised after the others have finished.
    """
    plans = {each.id: each for each in run.plan.milestones}
    if milestone not in plans:
        raise ValueError(f"found no milestone {milestone!r}, wanted one of {', '.join(sorted(plans)) or 'none'}")
    return Causes(
        milestone=milestone,
        label=plans[milestone].label,
        due=plans[milestone].due,
        replications=run.replications,
        met=_share_of(met_in(run, milestone)),
        lateness=estimate_lateness(run, milestone, executor=executor),
        counterfactuals=tuple(estimate_counterfactuals(run, milestone, executor=executor, progress=progress)),
        associations=tuple(estimate_associations(run, milestone) if run.replications >= LEAST_REPLICATIONS else ()),
    )
