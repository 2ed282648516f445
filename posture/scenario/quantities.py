"""Uncertain quantities: numbers, shared assumptions and distributions; they never draw.

A quantity is an expression. Its leaves are plain values, references to named assumptions and
distributions; a distribution answers `quantile(u)`, and who asks brings the uniform.
Dates are proleptic ordinals (days, as floats) and percentages are shares of 1 inside an expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt

from posture.scenario.distributions import Distribution, Floats, Kind

MOST_PERSONS = 10_000_000
"""No force is larger; more is a slip of the pen."""

MOST_WHOLE = 2.0**53
"""The greatest whole number: beyond it floats skip some."""

UNITS: dict[str, tuple[float, float]] = {
    "probability": (0.0, 1.0),
    "share": (0.0, 1.0),
    "percent": (0.0, np.inf),
    "persons": (0.0, MOST_PERSONS),
    "loads": (0.0, MOST_PERSONS),
    "days": (0.0, np.inf),
    "date": (-np.inf, np.inf),
    "per_day": (0.0, np.inf),
    "per_year": (0.0, np.inf),
    "exponent": (0.0, np.inf),
    "factor": (0.0, np.inf),
}
"""Every unit with the range its values can have; unbounded laws are truncated to it."""

MOST: dict[str, float] = {
    "days": 100_000,
    "per_day": 10_000,
    "per_year": 1_000_000,
    "exponent": 1_000,
    "factor": 1_000_000,
}
"""What no plain or bounded value exceeds; a law without an upper end may, and is cut where whole numbers end."""

KIND_OF_UNIT: dict[str, Kind] = {**dict.fromkeys(UNITS, "number"), "percent": "percent", "date": "date"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A value stated outright."""

    value: float
    kind: Kind = "number"

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value it can take."""
        return self.value, self.value


@dataclass(frozen=True, slots=True)
class Reference:
    """A named assumption, drawn once a replication and shared by all who name it."""

    assumption: str


@dataclass(frozen=True, slots=True)
class Scaled:
    """One expression times another: a shared factor on a slip of its own."""

    times: Expression
    of: Expression


Expression = Plain | Reference | Scaled | Distribution


@dataclass(frozen=True, slots=True)
class Quantity:
    """An expression with the units that fit where it stands, and the range it must keep to."""

    expression: Expression
    units: tuple[str, ...]
    low: float = -np.inf
    high: float = np.inf
    above_low: bool = False
    """True: `low` itself is out of range."""

    def references(self) -> Iterator[str]:
        """Yield the names of the assumptions it rests on."""
        yield from references(self.expression)

    @property
    def plain(self) -> float | None:
        """The value where it is stated outright, else None."""
        return self.expression.value if isinstance(self.expression, Plain) else None


def references(expression: Expression) -> Iterator[str]:
    """Yield the names of the assumptions an expression rests on, each as often as it stands there."""
    if isinstance(expression, Reference):
        yield expression.assumption
    elif isinstance(expression, Scaled):
        yield from references(expression.times)
        yield from references(expression.of)


Range = tuple[float, float]


def bounds(expression: Expression, assumptions: Mapping[str, Range]) -> Range:
    """Return the least and greatest value; `assumptions` holds those of every name it rests on."""
    if isinstance(expression, Reference):
        return assumptions[expression.assumption]
    if isinstance(expression, Scaled):
        factors = bounds(expression.times, assumptions)
        values = bounds(expression.of, assumptions)
        products = [a * b if a and b else 0.0 for a in factors for b in values]
        return min(products), max(products)
    return expression.bounds()


def kind_of(expression: Expression, assumptions: Mapping[str, Kind]) -> Kind:
    """Return number, percent or date; `assumptions` holds those of every name it rests on."""
    if isinstance(expression, Reference):
        return assumptions[expression.assumption]
    if isinstance(expression, Scaled):
        return kind_of(expression.of, assumptions)
    return expression.kind


def in_order(assumptions: Mapping[str, Expression]) -> tuple[list[str], list[str]]:
    """Order names so that each comes after those it rests on.

    Returns
    -------
    tuple
        The names that can be ordered and rest on nothing unknown; then the first circle found, or nothing.
    """
    sorter = TopologicalSorter({name: sorted(set(references(each))) for name, each in assumptions.items()})
    circle: list[str] = []
    try:
        sorter.prepare()
    except CycleError as error:
        circle = list(error.args[1])
    sound: dict[str, None] = {}
    while ready := sorter.get_ready():
        for name in sorted(ready):
            if name in assumptions and all(each in sound for each in references(assumptions[name])):
                sound[name] = None
        sorter.done(*ready)
    return list(sound), circle


def to_whole(values: Floats, *, scale: float = 1.0, origin: float = 0.0) -> npt.NDArray[np.int64]:
    """Round (values - origin) x scale to whole numbers by column, halves away from zero.

    The one rounding of the project, for arrays of any shape; beyond `MOST_WHOLE` it is that.
    """
    scaled = np.clip((values - origin) * scale, -MOST_WHOLE, MOST_WHOLE)
    size = np.abs(scaled)
    whole = np.floor(size)
    whole += size - whole >= 0.5
    return np.copysign(whole, scaled).astype(np.int64)
