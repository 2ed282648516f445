"""Scores over cases: means, skills and the parts of the Brier score, with bootstrap intervals over whole cases.

Forecasts of one case share its history, so that they are no independent trials: only cases are drawn anew. Of few cases
percentile intervals are too narrow: for normal means, those of n cases hold the truth as often as Student's t of n - 1
degrees stays within 1.96 sqrt((n - 1) / n), which is 0.85 for five cases and 0.93 for twenty, not 0.95.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posture.model.streams import uniforms
from posture.study.estimates import CONFIDENCE

Floats = npt.NDArray[np.float64]

RESAMPLES = 5_000
SEED = 1
FEWEST_CASES = 3
"""Of fewer there is no interval: two cases have only three different resamples."""

BIN_EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Of forecast probabilities: a bin holds its lower edge, the last one both; the nearly certain stand apart."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic of scores with its bootstrap interval.

    `value` is None where the baseline makes no error at all but the forecasts do: their skill has no lower bound.
    An end is None where there is none: both of fewer than three cases, the lower one of a skill without bound.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class CaseSums:
    """Values of forecasts summed by case: `sums` has shape (cases, values), `counts` of forecasts (cases, 1)."""

    sums: Floats
    counts: Floats

    @property
    def cases(self) -> int:
        """How many cases."""
        return len(self.counts)

    @property
    def means(self) -> Floats:
        """The mean of each case, shape (cases, values)."""
        return self.sums / self.counts


def sum_by_case(values: Floats, *, cases: Sequence[str]) -> CaseSums:
    """Return sums by case of values of shape (forecasts, values); `cases` has the case of each forecast."""
    names, rows = np.unique(np.asarray(cases, dtype=np.str_), return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, rows, values)
    return CaseSums(sums, np.bincount(rows).astype(np.float64)[:, None])


def estimate_mean(values: Floats, *, cases: Sequence[str]) -> list[Estimate]:
    """Return the mean over cases of the mean in each: every case weighs the same, however many forecasts it has.

    Parameters
    ----------
    values
        Shape (forecasts, values): an estimate for each column.
    cases
        The case of each forecast.
    """
    by_case = sum_by_case(values, cases=cases)
    return _estimate(lambda times: times @ by_case.means / by_case.cases, cases=by_case.cases)


def estimate_plain_mean(values: Floats, *, cases: Sequence[str]) -> list[Estimate]:
    """Return the mean over forecasts, each weighing the same; arguments as of `estimate_mean`."""
    by_case = sum_by_case(values, cases=cases)
    return _estimate(lambda times: times @ by_case.sums / (times @ by_case.counts), cases=by_case.cases)


def estimate_skill(scores: Floats, *, against: Floats, cases: Sequence[str]) -> Estimate:
    """Return 1 - score / baseline, both the mean over cases of the mean in each.

    Parameters
    ----------
    scores
        Of the forecasts, shape (forecasts,); less is better, 0 is best.
    against
        Of baselines for the same, shape (forecasts, baselines). Of several, that of the least mean score counts, chosen
        anew in every resample: the interval holds what the choice owes to chance.
    cases
        The case of each forecast.
    """
    by_case = sum_by_case(np.column_stack([scores, against]), cases=cases)

    def skill(times: Floats) -> Floats:
        means = times @ by_case.means / by_case.cases
        own, best = means[:, :1], means[:, 1:].min(axis=1, keepdims=True)
        ratio: Floats = np.divide(own, best, out=np.where(own > 0, np.inf, 1.0), where=best > 0)
        return 1 - ratio

    return _estimate(skill, cases=by_case.cases)[0]


def estimate_brier_parts(forecast: Floats, *, met: Floats, cases: Sequence[str]) -> dict[str, Estimate]:
    """Return the parts of the plain mean Brier score, which is reliability - resolution + uncertainty + within.

    Parameters
    ----------
    forecast, met
        Probabilities, and 1 for what was met, else 0, shape (forecasts,).
    cases
        The case of each forecast.

    Notes
    -----
    Murphy (1973), "A new vector partition of the probability score", J. Applied Meteorology 12(4), over the bins of
    `BIN_EDGES`. As forecasts in a bin differ, the three parts leave a rest, `within`: their variance in the bins less
    twice their covariance with what was met: Stephenson, Coelho and Jolliffe (2008), "Two extra components in the Brier
    score decomposition", Weather and Forecasting 23(4). Of few forecasts reliability comes out too large, as do
    most of its resamples.
    """
    inside = np.eye(len(BIN_EDGES) - 1)[bin_of(forecast)]
    columns = (np.ones_like(forecast), forecast, met, forecast**2, forecast * met)
    by_case = sum_by_case(np.concatenate([inside * each[:, None] for each in columns], axis=1), cases=cases)

    def parts(times: Floats) -> Floats:
        count, p, o, pp, po = np.split(times @ by_case.sums, len(columns), axis=1)
        of, share = count.sum(axis=1), o.sum(axis=1) / count.sum(axis=1)
        safe = np.maximum(count, 1)  # an empty bin has only sums of 0
        reliability = ((p - o) ** 2 / safe).sum(axis=1) / of
        resolution = (count * (o / safe - share[:, None]) ** 2).sum(axis=1) / of
        within = (pp - p**2 / safe - 2 * (po - p * o / safe)).sum(axis=1) / of
        return np.column_stack([reliability, resolution, share * (1 - share), within])

    names = ("reliability", "resolution", "uncertainty", "within")
    return dict(zip(names, _estimate(parts, cases=by_case.cases), strict=True))


def bin_of(forecast: Floats) -> npt.NDArray[np.int64]:
    """Return which bin of `BIN_EDGES` each probability is in, shape (forecasts,)."""
    return np.searchsorted(BIN_EDGES[1:-1], forecast, side="right").astype(np.int64)


def _estimate(statistic: Callable[[Floats], Floats], *, cases: int) -> list[Estimate]:
    """Return estimates of what a statistic makes of how often each case counts, with percentile intervals.

    Parameters
    ----------
    statistic
        From shape (samples, cases) to (samples, values).
    cases
        How many there are, one or more.

    Notes
    -----
    Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13; the ends are order statistics.
    """
    values = statistic(np.ones((1, cases)))[0]
    if cases < FEWEST_CASES:
        return [Estimate(_finite(each), None, None) for each in values]
    outside = (1 - CONFIDENCE) / 2
    ends = np.quantile(statistic(_resampled(cases)), [outside, 1 - outside], axis=0, method="inverted_cdf")
    return [Estimate(*map(_finite, each)) for each in zip(values, *ends, strict=True)]


def _resampled(cases: int) -> Floats:
    """Return how often each case is in each bootstrap sample, shape (RESAMPLES, cases)."""
    drawn = uniforms(SEED, "scores.bootstrap", first=0, replications=RESAMPLES, width=cases)
    chosen = np.floor(drawn * cases).astype(np.int64) + cases * np.arange(RESAMPLES)[:, None]
    times = np.bincount(chosen.ravel(), minlength=RESAMPLES * cases)
    return times.reshape(RESAMPLES, cases).astype(np.float64)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
