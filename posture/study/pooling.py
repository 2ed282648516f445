"""What few cases tell of the next: predictive laws, partly pooled over cases, with what is not known left in.

Everywhere a group is a case. What is returned is the law of one more value in one more case, so that the spread between
cases, the spread within one and the doubt about the centre are all in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

GRID = 21
"""Points of each axis of a grid; twice as many move no quantile by one in a thousand."""

WIDEST = 4.0
"""Where a half-normal prior is cut, in its scales: one in 16,000 lies beyond."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """The law of the next value by two of its quantiles, the parameters of the language's `lognormal`."""

    median: float
    p90: float


def pooled_log_spread(kinds: Sequence[Sequence[float]]) -> float:
    """Return the standard deviation of logarithms about the mean of their own kind, over all kinds with two or more.

    Parameters
    ----------
    kinds
        Positive values of one kind each, in any unit: a factor between two of them has none.

    Raises
    ------
    ValueError
        No kind has two values: nothing tells how far two differ.

    Notes
    -----
    The pooled within-group variance of the analysis of variance: sums of squares over sums of (n - 1).
    """
    logs = [np.log(each) for each in kinds if len(each) > 1]
    if not logs:
        raise ValueError("found no kind with two values, wanted one: nothing tells how far two values differ")
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in logs)
    return sqrt(squares / sum(len(each) - 1 for each in logs))


def predict_lognormal(
    groups: Mapping[str, Sequence[float]], *, scale: float, believed: float | None = None
) -> Predicted:
    """Return the law of one more value in one more case, of positive values that came in cases.

    Parameters
    ----------
    groups
        The values of each case, all above 0, in any unit; a case without values tells nothing.
    scale
        How far the logarithms of two values are thought to lie apart before any is seen: the spread between cases and
        the spread within one have half-normal priors whose squared scales add up to its square.
    believed
        The value that is likeliest before any is seen, such as 1 of a factor, give or take `scale` in its logarithm: it
        counts as the mean of one case more. None: nothing is believed.

    Raises
    ------
    ValueError
        There is no value at all.

    Notes
    -----
    ln y = mu + case + rest, case ~ N(0, tau^2), rest ~ N(0, sigma^2), mu ~ N(ln believed, scale^2) or flat, which is
    integrated out; tau and sigma on a grid. Given both, a case's mean has variance tau^2 + sigma^2 / n, its weight w is
    the inverse, and the next value is N(sum(w mean) / sum(w), 1 / sum(w) + tau^2 + sigma^2). Gelman et al. (2013),
    Bayesian Data Analysis, 3rd ed., 5.4; half-normal priors where groups are few: Gelman (2006), Bayesian Analysis 1.
    """
    logs = [np.log(each) for each in groups.values() if len(each)]
    if not logs:
        raise ValueError("found no value in any case, wanted one at least")
    sizes = np.array([len(each) for each in logs], dtype=np.float64)
    means = np.array([each.mean() for each in logs])
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in logs)
    half = scale / sqrt(2)
    axis = (np.arange(GRID) + 0.5) * WIDEST * half / GRID
    between, within = (each.ravel() for each in np.meshgrid(axis, axis))
    weights = 1 / (between[:, None] ** 2 + within[:, None] ** 2 / sizes)
    if believed is not None:
        weights = np.column_stack([weights, np.full(len(weights), 1 / scale**2)])
        means = np.append(means, log(believed))
    total = weights.sum(axis=1)
    centre = (weights * means).sum(axis=1) / total
    likelihood = (
        0.5 * np.log(weights).sum(axis=1)
        - 0.5 * np.log(total)
        - 0.5 * (weights * (means - centre[:, None]) ** 2).sum(axis=1)
        - (sizes.sum() - len(sizes)) * np.log(within)
        - squares / (2 * within**2)
    )
    belief = _normalised(likelihood - (between**2 + within**2) / (2 * half**2))
    spread = np.sqrt(1 / total + between**2 + within**2)
    return Predicted(*(float(np.exp(_normal_quantile(each, belief, centre, spread))) for each in (0.5, 0.9)))


def _normalised(logarithms: Floats) -> Floats:
    """Return weights that sum to 1 from their logarithms, which may be very small."""
    weights = np.exp(logarithms - logarithms.max())
    return np.asarray(weights / weights.sum())


def _normal_quantile(probability: float, belief: Floats, centre: Floats, spread: Floats) -> float:
    """Return the quantile of a mixture of normal laws."""
    from scipy.special import ndtr

    reach = 12 * float(spread.max())
    return _quantile(
        lambda value: float(belief @ ndtr((value - centre) / spread)),
        probability,
        low=float(centre.min()) - reach,
        high=float(centre.max()) + reach,
    )


def _quantile(cumulative: Callable[[float], float], probability: float, *, low: float, high: float) -> float:
    """Return where a distribution function reaches a probability between two bounds that hold it."""
    from scipy.optimize import brentq

    return float(brentq(lambda value: cumulative(value) - probability, low, high, xtol=1e-9))


def predict_rate(counts: Mapping[str, int], years: Mapping[str, float]) -> Predicted:
    """Return the law of the rate of rare events in one more case, per year.

    Parameters
    ----------
    counts
        Events by case; a case that is not named had none.
    years
        Years by case during which an event would have been seen, all above 0.

    Raises
    ------
    ValueError
        There is no case.

    Notes
    -----
    A case's rate is Gamma with mean m and coefficient of variation c, its count given the rate Poisson, so that counts
    are negative binomial: Gelman et al. (2013), 2.6. Prior on m as Jeffreys's for one Poisson rate, m^(-1/2), on c
    half-normal(1/2): two cases in three within half the mean of it. Without spread between cases it is Jeffreys's
    posterior, Gamma(k + 1/2, T).
    """
    from scipy.special import gammaln

    if not years:
        raise ValueError("found no case, wanted one at least")
    seen = np.array([counts.get(each, 0) for each in years], dtype=np.float64)
    exposure = np.array(list(years.values()))
    middle = (seen.sum() + 0.5) / exposure.sum()
    spreads = (np.arange(GRID) + 0.5) * WIDEST / 2 / GRID
    log_mean, variation = (each.ravel() for each in np.meshgrid(np.log(middle) + np.linspace(-7, 4, 5 * GRID), spreads))
    shape, scale = 1 / variation**2, np.exp(log_mean) * variation**2
    seen_at, shape_at = np.broadcast_arrays(seen, shape[:, None])
    product = scale[:, None] * exposure
    likelihood = (
        gammaln(seen_at + shape_at)
        - gammaln(shape_at)
        + seen_at * np.log(product)
        - (seen_at + shape_at) * np.log1p(product)
    ).sum(axis=1)
    belief = _normalised(likelihood + log_mean / 2 - 2 * variation**2)  # m^(-1/2) dm = m^(1/2) d(ln m)
    return Predicted(*(_gamma_quantile(each, belief, shape, scale) for each in (0.5, 0.9)))


def _gamma_quantile(probability: float, belief: Floats, shape: Floats, scale: Floats) -> float:
    """Return the quantile of a mixture of Gamma laws."""
    from scipy.special import gammainc

    kept = belief > belief.max() * 1e-8
    belief, shape, scale = belief[kept] / belief[kept].sum(), shape[kept], scale[kept]
    return _quantile(lambda value: float(belief @ gammainc(shape, value / scale)), probability, low=0, high=1e6)


def predict_mean_wait(groups: Mapping[str, Sequence[float]]) -> float:
    """Return the mean of an exponential law for one more value of what is at least 0: waits, margins.

    Parameters
    ----------
    groups
        The values of each case, 0 included, in any unit.

    Raises
    ------
    ValueError
        There is no value at all.

    Notes
    -----
    The mean of all, times (c + 1) / c for c cases: what the conjugate law predicts if the prior is worth one case with
    that mean, so that fewer cases make a wider law. Gelman et al. (2013), 2.6.
    """
    values = [each for group in groups.values() for each in group]
    cases = sum(1 for group in groups.values() if len(group))
    if not cases:
        raise ValueError("found no value in any case, wanted one at least")
    return sum(values) / len(values) * (cases + 1) / cases


def predict_chance(passed: int, tried: int) -> tuple[float, float, float] | None:
    """Return a PERT law (low, mode, high) of a chance after so many trials; None: none was made, any chance is as good.

    Parameters
    ----------
    passed, tried
        Trials that passed, and all of them.

    Raises
    ------
    ValueError
        More passed than were tried.

    Notes
    -----
    Jeffreys's posterior Beta(passed + 1/2, failed + 1/2): its quantiles at 1 and 99 per cent, and the mode at which a
    PERT between them, whose mean is (low + 4 mode + high) / 6, has its mean.
    """
    from scipy.special import betaincinv

    if not 0 <= passed <= tried:
        raise ValueError(f"found {passed} of {tried}, wanted no more to pass than were tried")
    if tried == 0:
        return None
    first, second = passed + 0.5, tried - passed + 0.5
    low, high = (float(betaincinv(first, second, each)) for each in (0.01, 0.99))
    mode = (6 * first / (first + second) - low - high) / 4
    return low, min(max(mode, low), high), high


def back_loading(times: Sequence[float], shares: Sequence[float]) -> float:
    """Return the exponent p of a step whose share done at share x of its time is about x ** p.

    Parameters
    ----------
    times, shares
        Shares of the time and of the step, observed in order of time, from (0, 0) to (1, 1).

    Raises
    ------
    ValueError
        The ends are others, or nothing was observed between them.

    Notes
    -----
    The area under x ** p is 1 / (p + 1), so p = 1 / area - 1, the area by straight lines between what was observed. It
    weighs all of the step alike, where a fit of logarithms would weigh its first days most.
    """
    if len(times) < 3:
        raise ValueError(f"found {len(times)} observations of a step, wanted its ends and one between them")
    if (times[0], shares[0], times[-1], shares[-1]) != (0, 0, 1, 1):
        raise ValueError(f"found a step from {times[0], shares[0]} to {times[-1], shares[-1]}, wanted (0, 0) to (1, 1)")
    area = float(np.trapezoid(np.asarray(shares), np.asarray(times)))
    return 1 / area - 1


def early_to_late() -> float:
    """Return how far apart the logarithms of two exponents are thought to lie: from `even` to `early`, or to `late`."""
    return log(3)
