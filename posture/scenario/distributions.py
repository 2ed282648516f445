"""The laws that uncertain values follow: parameters, range, and the inverse distribution function.

A law never draws: it answers `quantile(u)`, and who asks brings the uniform. Dates are proleptic ordinals (days,
as floats) and percentages are shares of 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Kind = Literal["number", "percent", "date"]

SMALLEST_UNIFORM = 2.0**-54
"""Stands for a uniform of exactly 0 where a law has no lower end; half the least step between uniforms."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A law with parameters; a subclass a law, `quantile` its inverse distribution function."""

    parameters: tuple[float, ...]
    kind: Kind = "number"
    low: float = -np.inf
    high: float = np.inf

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value it can take."""
        return max(self.low, self.parameters[0]), min(self.high, self.parameters[-1])

    def quantile(self, uniform: Floats) -> Floats:
        """Return the values at cumulative probabilities `uniform` in [0, 1), any shape."""
        raise NotImplementedError

    def mean(self) -> float:
        """Return the expectation, by the midpoint rule over 4,096 quantiles: for display only."""
        return float(self.quantile((np.arange(4096) + 0.5) / 4096).mean())


class Uniform(Distribution):
    """Anywhere between low and high alike: `[low, high]`."""

    __slots__ = ()

    def quantile(self, uniform: Floats) -> Floats:
        """Return low + u (high - low)."""
        low, high = self.parameters
        return low + uniform * (high - low)


class Triangular(Distribution):
    """A least, a likeliest and a greatest value joined by straight lines: `[low, mode, high]`."""

    __slots__ = ()

    def quantile(self, uniform: Floats) -> Floats:
        """Return the inverse of the two square-root branches; a point where low = high."""
        low, mode, high = self.parameters
        if low == high:
            return np.full_like(uniform, low)
        rising = low + np.sqrt(uniform * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
        return np.where(uniform < (mode - low) / (high - low), rising, falling)


class Pert(Distribution):
    """A beta law with the weight 4 on its mode: `[low, mode, high]`.

    Malcolm, Roseboom, Clark and Fazar (1959), "Application of a technique for research and development
    program evaluation", Operations Research 7(5).
    """

    __slots__ = ()

    def quantile(self, uniform: Floats) -> Floats:
        """Return the scaled inverse of the regularised incomplete beta function."""
        from scipy.special import betaincinv

        low, mode, high = self.parameters
        if low == high:
            return np.full_like(uniform, low)
        first = 1 + 4 * (mode - low) / (high - low)
        second = 1 + 4 * (high - mode) / (high - low)
        return np.asarray(low + (high - low) * betaincinv(first, second, uniform))


class Normal(Distribution):
    """The bell curve, cut to the range that has a meaning where it stands: `{mean, sd}`."""

    __slots__ = ()

    def bounds(self) -> tuple[float, float]:
        """Return the range it was cut to."""
        return self.low, self.high

    def quantile(self, uniform: Floats) -> Floats:
        """Return mean + sd times the normal quantile of `uniform` squeezed into the range."""
        from scipy.special import ndtr, ndtri

        mean, deviation = self.parameters
        if self.low > mean:  # the upper tail by its mirror image: near 1 a probability has few digits left
            mirrored = replace(self, low=2 * mean - self.high, high=2 * mean - self.low)
            return np.asarray(2 * mean - mirrored.quantile(1 - uniform))
        below, upto = ndtr((self.low - mean) / deviation), ndtr((self.high - mean) / deviation)
        squeezed = np.maximum(below + uniform * (upto - below), SMALLEST_UNIFORM)
        return np.asarray(np.clip(mean + deviation * ndtri(squeezed), self.low, self.high))


class Lognormal(Distribution):
    """A positive law with a long right tail, by its median and 90th percentile: `{median, p90}`."""

    __slots__ = ()

    def bounds(self) -> tuple[float, float]:
        """Return (0, infinity), cut where it stands."""
        return max(self.low, 0.0), self.high

    def quantile(self, uniform: Floats) -> Floats:
        """Return median (p90 / median) ** (z(u) / z(0.9)), squeezed into the range."""
        from scipy.special import ndtri

        median, ninetieth = self.parameters
        sigma = np.log(ninetieth / median) / ndtri(0.9)
        below, upto = self._cumulative(self.low, sigma), self._cumulative(self.high, sigma)
        squeezed = np.maximum(below + uniform * (upto - below), SMALLEST_UNIFORM)
        return np.asarray(np.clip(median * np.exp(sigma * ndtri(squeezed)), *self.bounds()))

    def _cumulative(self, value: float, sigma: float) -> float:
        from scipy.special import ndtr

        if value <= 0 or sigma == 0 or np.isinf(value):
            return 1.0 if value >= self.parameters[0] else 0.0
        return float(ndtr(np.log(value / self.parameters[0]) / sigma))


class Exponential(Distribution):
    """A wait without memory, by its mean: `exponential: mean`."""

    __slots__ = ()

    def bounds(self) -> tuple[float, float]:
        """Return (0, infinity), cut where it stands."""
        return 0.0, self.high

    def quantile(self, uniform: Floats) -> Floats:
        """Return -mean ln(1 - u), squeezed below the upper end."""
        (mean,) = self.parameters
        upto = -np.expm1(-self.high / mean)
        return np.asarray(-mean * np.log1p(-uniform * upto))


class Poisson(Distribution):
    """A count of independent rare happenings, by its mean: `poisson: mean`."""

    __slots__ = ()

    def bounds(self) -> tuple[float, float]:
        """Return (0, infinity), cut where it stands."""
        return 0.0, self.high

    def quantile(self, uniform: Floats) -> Floats:
        """Return the least count whose cumulative probability reaches u, squeezed below the upper end."""
        from scipy.stats import poisson

        (mean,) = self.parameters
        upto = poisson.cdf(self.high, mean)
        return np.asarray(np.clip(poisson.ppf(uniform * upto, mean), 0.0, self.high))


class Empirical(Distribution):
    """Values seen, one as likely as another: `[value, value, ...]`, sorted."""

    __slots__ = ()

    def quantile(self, uniform: Floats) -> Floats:
        """Return the floor(u n)-th of the n sorted values."""
        chosen: Floats = np.asarray(self.parameters)[(uniform * len(self.parameters)).astype(np.int64)]
        return chosen


@dataclass(frozen=True, slots=True)
class Choice(Distribution):
    """Values with weights: `{value: weight, ...}`, sorted by value."""

    weights: tuple[float, ...] = ()

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value that has a weight."""
        chosen = [value for value, weight in zip(self.parameters, self.weights, strict=True) if weight > 0]
        return min(chosen), max(chosen)

    def quantile(self, uniform: Floats) -> Floats:
        """Return the first value whose running share of the weight exceeds u."""
        running = np.cumsum(self.weights)
        index = np.searchsorted(running / running[-1], uniform, side="right")
        chosen: Floats = np.asarray(self.parameters)[np.minimum(index, len(self.parameters) - 1)]
        return chosen


LAWS: dict[str, type[Distribution]] = {
    "uniform": Uniform,
    "triangular": Triangular,
    "pert": Pert,
    "normal": Normal,
    "lognormal": Lognormal,
    "exponential": Exponential,
    "poisson": Poisson,
    "choice": Choice,
    "empirical": Empirical,
}
"""Every law by the name a file gives it."""
