"""Conditioning on a whole path: replications from the start, weighted by how well each agrees with what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from posture.scenario.observed import Observation
from posture.study.estimates import (
    CONFIDENCE,
    HISTORIES,
    QUANTILES,
    Band,
    Interval,
    MilestoneEstimate,
    daily_strength,
    estimate_milestones,
)
from posture.study.runs import Run

Floats = npt.NDArray[np.float64]

COUNT_ERROR = 0.05
"""Standard error of a published count, as a share of it: rounded figures, and two ways to count apart by more."""

FEW = 100
"""Fewer effective replications than these say little: the interval of a share is then wider than 20 points."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """How much each replication of a run weighs, given what was counted by a day.

    `share` has shape (replications,) and sums to 1; `effective` is the number of equal replications that would say as
    much; `counts` how many counts they were weighed by.
    """

    day: date
    share: Floats
    effective: float
    counts: int

    @property
    def is_small(self) -> bool:
        """Whether so few replications agree with what was counted that little can be said."""
        return self.effective < FEW


def weigh(run: Run, day: date, *, error: float = COUNT_ERROR) -> Weights:
    """Weigh the replications of a run by the likelihood of what was counted up to a day.

    Parameters
    ----------
    run
        From the scenario's start, under the plan as it was known on `day` (`Scenario.revised`).
    day
        The last day whose counts are used, of those that the run covers.
    error
        Standard error of a count, as a share of it; where low and high are further apart, a quarter of that range.

    Notes
    -----
    Counts err independently and normally; of one bound alone the likelihood is the chance that the count keeps to it.
    Importance weights, w proportional to the likelihood; effective number (sum w)^2 / sum w^2: Kish (1965), "Survey
    Sampling", section 11.7; Liu (2001), "Monte Carlo Strategies in Scientific Computing", section 2.5.

    Raises
    ------
    ValueError
        The error is not above 0.
    """
    if not error > 0:
        raise ValueError(f"found an error of {error:g}, wanted a share above 0")
    likelihood, counts = np.zeros(run.replications), 0
    last = min(day, run.scenario.parts.end)
    for name, rows in run.scenario.observations().items():
        used = [each for each in rows if run.plan.first_day <= each.day <= last]
        if used:
            part = run.scenario.parts.observed.strength[name]
            daily = daily_strength(run, of=part.of, at=part.at)
            for each in used:
                likelihood += _log_likelihood(daily[:, (each.day - run.plan.first_day).days], each, error=error)
        counts += len(used)
    weights = np.exp(likelihood - likelihood.max())
    share = weights / weights.sum()
    return Weights(day, share, float(1 / np.sum(share**2)), counts)


def _log_likelihood(strength: npt.NDArray[np.int32], row: Observation, *, error: float) -> Floats:
    """Return the logarithm of how likely a count is, up to a constant, if so many stand there."""
    from scipy.special import log_ndtr

    counted, bound = row.counted, row.high if row.low is None else row.low
    size = counted if counted is not None else float(bound or 0)
    spread = 0.0 if row.low is None or row.high is None else (row.high - row.low) / 4
    deviation = max(1.0, error * size, spread)
    if counted is not None:
        likelihood: Floats = -0.5 * np.square((strength - counted) / deviation, dtype=np.float64)
        return likelihood
    sign = 1 if row.low is None else -1
    bounded: Floats = log_ndtr(sign * (size - strength) / deviation)
    return bounded


def estimate_weighted(run: Run, weights: Weights) -> list[MilestoneEstimate]:
    """Return what the weighted replications say of each milestone that is not yet due, those due first first.

    Their intervals are Wilson's of as many replications as are effective.
    """
    outcomes = run.table("outcomes")
    estimates = []
    for plain in estimate_milestones(run):
        if plain.due < weights.day:
            continue
        rows = outcomes.filter(pc.equal(outcomes["milestone"], plain.milestone))
        met = rows["met"].to_numpy()
        late = _quantiles(rows["days_late"].to_pylist(), weights.share, (0.1, 0.5, 0.9))
        achieved = [None if each is None else each.toordinal() for each in rows["achieved"].to_pylist()]
        (median,) = _quantiles(achieved, weights.share, (0.5,))
        causes = _cause_shares(rows["bound_by"].to_pylist(), weights.share)
        missed = float(weights.share[~met].sum())
        bound_by = max(sorted(causes), key=lambda each: causes[each]) if causes else None
        (over,) = _quantiles(rows["persons_over"].to_pylist(), weights.share * ~met, (0.5,))
        estimates.append(
            replace(
                plain,
                met=wilson(min(1.0, float(weights.share[met].sum())), weights.effective),
                median_achieved=None if median is None else date.fromordinal(median),
                days_late=(late[0], late[1], late[2]),
                persons_over=over,
                bound_by=bound_by,
                bound_share=None if bound_by is None else min(1.0, causes[bound_by] / missed),
            )
        )
    return estimates


def wilson(share: float, of: float) -> Interval:
    """Return a share with Wilson's interval for a number of trials that need not be whole; see `estimate_share`."""
    from scipy.stats import norm

    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def _quantiles(values: Sequence[int | None], weights: Floats, shares: Sequence[float]) -> list[int | None]:
    """Return the least values that at least each share of the weight does not exceed; None is above every number."""
    total = float(weights.sum())
    if total <= 0:
        return [None] * len(shares)
    numbers = np.array([np.inf if each is None else each for each in values], dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    running = np.cumsum(weights[order]) / total
    places = np.minimum(np.searchsorted(running, np.array(shares) - 1e-9), len(order) - 1)
    return [None if np.isinf(each) else int(each) for each in numbers[order][places]]


def _cause_shares(causes: Sequence[str | None], weights: Floats) -> dict[str, float]:
    """Return the weight of each cause; one that bound only replications without any weight is none."""
    shares: dict[str, float] = {}
    for cause, weight in zip(causes, weights.tolist(), strict=True):
        if cause is not None and weight > 0:
            shares[cause] = shares.get(cause, 0.0) + weight
    return shares


def weighted_band(
    run: Run,
    weights: Weights,
    *,
    of: Sequence[str] | None = None,
    at: Sequence[str] | None = None,
    quantiles: Sequence[float] = QUANTILES,
) -> Band:
    """Return the fan of a selection's strength in the weighted replications; the heaviest are its histories.

    Parameters
    ----------
    of, at, quantiles
        As of `estimate_band`.
    """
    daily = daily_strength(run, of=of, at=at)
    heaviest = np.argsort(-weights.share, kind="stable")[:HISTORIES]
    order = np.argsort(daily, axis=0, kind="stable")
    running = np.cumsum(weights.share[order], axis=0)
    rows = [np.minimum((running < each - 1e-9).sum(axis=0), run.replications - 1) for each in quantiles]
    columns = np.arange(daily.shape[1])
    strength = np.stack([daily[order[row, columns], columns] for row in rows]).astype(np.int64)
    return Band(
        tuple(quantiles),
        run.plan.first_day,
        strength=strength,
        histories=daily[heaviest].astype(np.int64),
        before=(run.plan.first_day - run.plan.origin).days,
    )
