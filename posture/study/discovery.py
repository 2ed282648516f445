"""Scenario discovery: boxes of inputs in which an outcome comes about more often than elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posture.scenario.distributions import Floats
from posture.study.estimates import CONFIDENCE, Interval, estimate_share

Bools = npt.NDArray[np.bool_]

PEEL = 0.05
"""Share of a box's rows that a peel takes off: the patience of Friedman and Fisher, who advise 0.05 to 0.1."""

PASTE = 0.01
"""Share of a box's rows that a paste puts back."""

LEAST_MASS = 0.05
"""Share of all rows that a box holds at least."""

MOST_BOXES = 3

LEVEL = 0.01
"""A restriction whose quasi-p-value is above this is given up: less than the usual 0.05, as each edge was sought."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """The part of an input that a box keeps to, both ends inside; None: as far as it goes.

    `quasi_p` is the chance of as many hits in the box if the restriction did nothing: a binomial of the box's rows at
    the density that the box has without it. Small values speak for it; they are no p-values, as the box was sought.
    """

    input: str
    low: float | None
    high: float | None
    quasi_p: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One box of a peeling: the share of the hits it holds, the share of hits in it, the share of rows it holds."""

    coverage: float
    density: float
    mass: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where an outcome comes about often: ranges of inputs, all of which must hold.

    `coverage` is the share of all hits that lie in it, `density` the share of its rows that are hits, `mass` the share
    of all rows that it holds; rows in a box found before it are left out of each but the wholes. Its density was
    sought and so is flattered; the interval does not know of that. `peeling` leads from all rows to the smallest box.
    """

    restrictions: tuple[Restriction, ...]
    rows: int
    hits: int
    coverage: Interval
    density: Interval
    mass: float
    peeling: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of inputs, shape (rows, inputs), with their outcome."""

    inputs: Floats
    hits: Bools

    def outside(self, limits: Floats) -> Bools:
        """Tell by row and input which values lie beyond limits, shape (2, inputs), both ends inside."""
        return np.asarray((self.inputs < limits[0]) | (self.inputs > limits[1]))

    def inside(self, limits: Floats) -> Bools:
        """Tell which rows lie within limits."""
        return np.asarray(~self.outside(limits).any(axis=1))

    def density(self, limits: Floats) -> float:
        """Return the share of the rows within limits that are hits."""
        return float(self.hits[self.inside(limits)].mean())


def discover_boxes(
    inputs: Floats,
    outcome: Bools,
    *,
    names: Sequence[str],
    peel: float = PEEL,
    least_mass: float = LEAST_MASS,
    most_boxes: int = MOST_BOXES,
    confidence: float = CONFIDENCE,
) -> list[Box]:
    """Return boxes of inputs in which an outcome comes about more often than in all, one after the other.

    Parameters
    ----------
    inputs
        Shape (rows, inputs), in any units; categories as whole numbers.
    outcome
        Whether it came about, shape (rows,).
    names
        Of the inputs.
    peel
        Share of a box's rows that one peel takes off, in (0, 0.5].
    least_mass
        Share of all rows that a box holds at least, in (0, 1).
    most_boxes
        How many boxes there are at most; each is sought among the rows outside those before it.
    confidence
        Coverage wanted of the intervals, in (0, 1).

    Returns
    -------
    list
        Empty where no box keeps a restriction: the outcome goes with no input.

    Raises
    ------
    ValueError
        Shapes that do not fit, an input that is no finite number, or an outcome that always or never came about.

    Notes
    -----
    PRIM: Friedman and Fisher (1999), "Bump hunting in high-dimensional data", Statistics and Computing 9(2), with
    peels by the gain in density for each row given up (their section 14.1), which does not favour an input with few
    values for taking off more at once. Coverage, density and quasi-p-values: Bryant and Lempert (2010), "Thinking
    inside the box", Technological Forecasting and Social Change 77(1). They leave the choice of a box from the peeling
    to the analyst; here it is the one with the greatest mass x (density - that of all), the weighted relative accuracy
    of Lavrac, Flach and Zupan (1999), ILP-99, whose greatest value is the planted box itself where there is one.
    """
    _refuse_unfit(inputs, outcome, names)
    left = _Table(np.asarray(inputs, dtype=np.float64), np.asarray(outcome, dtype=np.bool_))
    whole, boxes = left, list[Box]()
    while len(boxes) < most_boxes and 0 < left.hits.sum() < len(left.hits):
        limits, stages = _search(left, whole, peel=peel, least=least_mass * len(whole.hits))
        if np.all(np.isinf(limits)) or left.density(limits) <= whole.hits.mean():
            break
        boxes.append(_box(left, whole, limits, names=names, peeling=stages, confidence=confidence))
        outside = ~left.inside(limits)
        left = _Table(left.inputs[outside], left.hits[outside])
    return boxes


def _refuse_unfit(inputs: Floats, outcome: Bools, names: Sequence[str]) -> None:
    if inputs.ndim != 2 or inputs.shape != (len(outcome), len(names)):
        raise ValueError(f"found inputs of shape {inputs.shape}, wanted {len(outcome)} rows of {len(names)}")
    if not np.all(np.isfinite(inputs)):
        raise ValueError("found an input that is no finite number")
    if len(set(np.asarray(outcome, dtype=bool).tolist())) < 2:
        raise ValueError("found an outcome that is the same in all rows, wanted some of both")


def _search(left: _Table, whole: _Table, *, peel: float, least: float) -> tuple[Floats, tuple[Stage, ...]]:
    """Return the limits of the best of a peeling's boxes, pasted and rid of idle limits, and what each held first."""
    stages, candidates = list[Stage](), list[Floats]()
    for limits in _peeling(left, peel=peel, least=least):
        hits = left.hits[left.inside(limits)]
        stages.append(Stage(float(hits.sum() / whole.hits.sum()), float(hits.mean()), len(hits) / len(whole.hits)))
        candidates.append(_without_idle(left, _pasted(left, limits)))
    return max(candidates, key=lambda each: _worth(left, each)), tuple(stages)


def _worth(table: _Table, limits: Floats) -> float:
    """Return the rows of a box times what its density exceeds that of all by."""
    return float(np.sum(table.hits[table.inside(limits)] - table.hits.mean()))


def _peeling(table: _Table, *, peel: float, least: float) -> Iterator[Floats]:
    """Yield the limits of smaller and smaller boxes, the first of all rows, as long as they hold `least` rows."""
    limits = np.array([[-np.inf], [np.inf]]).repeat(table.inputs.shape[1], axis=1)
    while True:
        yield limits
        inside = table.inside(limits)
        rows, hits = table.inputs[inside], table.hits[inside]
        best, smaller = 0.0, None
        for side, index, edge, kept in _peels(rows, peel):
            count = int(kept.sum())
            if count < max(least, 1):
                continue
            gain = float(hits[kept].mean() - hits.mean()) / (len(hits) - count)
            if smaller is None or gain > best:
                best, smaller = gain, limits.copy()
                smaller[side, index] = edge
        if smaller is None or hits.all():
            return
        limits = smaller


def _peels(rows: Floats, peel: float) -> Iterator[tuple[int, int, float, Bools]]:
    """Yield what could be peeled off: (end, input, its new limit, which rows are kept); equal values go together."""
    taken = max(1, int(peel * len(rows)))
    for index in range(rows.shape[1]):
        column = rows[:, index]
        ordered = np.sort(column)
        above = ordered[ordered > ordered[taken - 1]]
        below = ordered[ordered < ordered[-taken]]
        if len(above):
            yield 0, index, float(above[0]), column >= above[0]
        if len(below):
            yield 1, index, float(below[-1]), column <= below[-1]


def _pasted(table: _Table, limits: Floats) -> Floats:
    """Return the limits moved out again as long as the density of the box does not fall."""
    while True:
        outside = table.outside(limits)
        beyond = outside.sum(axis=1)
        inside = table.hits[beyond == 0]
        best, larger = float(inside.mean()), None
        for side, index in zip(*np.nonzero(np.isfinite(limits)), strict=True):
            alone = outside[:, index] & (beyond == 1)
            edge, added = _next_rows(table, alone, limits, (int(side), int(index)), max(1, int(PASTE * len(inside))))
            density = float((inside.sum() + added.sum()) / (len(inside) + len(added)))
            if density >= best:
                best, larger = density, limits.copy()
                larger[side, index] = edge
        if larger is None:
            return limits
        limits = larger


def _next_rows(table: _Table, alone: Bools, limits: Floats, end: tuple[int, int], count: int) -> tuple[float, Bools]:
    """Return where an end of a box must be to take in the next `count` rows, and whether these are hits.

    `alone` are the rows that only this input keeps out. Rows of equal value come together; the end is open if no more
    are left.
    """
    sign = (1, -1)[end[0]]
    column = sign * table.inputs[:, end[1]]
    there = alone & (column < sign * limits[end])
    ordered = np.sort(column[there])[::-1]
    edge = ordered[count - 1] if len(ordered) > count else -np.inf
    return float(sign * edge), table.hits[there & (column >= edge)]


def _without_idle(table: _Table, limits: Floats) -> Floats:
    """Return the limits without the inputs whose restriction does nothing, the least convincing given up first."""
    while True:
        values = _quasi_p(table, limits)
        if not values or max(values.values()) <= LEVEL:
            return limits
        limits = limits.copy()
        limits[:, max(values, key=lambda each: values[each])] = -np.inf, np.inf


def _quasi_p(table: _Table, limits: Floats) -> dict[int, float]:
    """Return the quasi-p-value of each input that limits restrict, by its index."""
    from scipy.stats import binom

    outside = table.outside(limits)
    beyond = outside.sum(axis=1)
    inside = table.hits[beyond == 0]
    restricted = np.nonzero(np.isfinite(limits).any(axis=0))[0].tolist()
    without = [float(table.hits[beyond == outside[:, index]].mean()) for index in restricted]
    return dict(zip(restricted, binom.sf(inside.sum() - 1, len(inside), without).tolist(), strict=True))


def _box(
    left: _Table,
    whole: _Table,
    limits: Floats,
    *,
    names: Sequence[str],
    peeling: tuple[Stage, ...],
    confidence: float,
) -> Box:
    hits = left.hits[left.inside(limits)]
    ends = [[float(end) if np.isfinite(end) else None for end in side] for side in limits]
    restrictions = [
        Restriction(names[index], ends[0][index], ends[1][index], quasi_p)
        for index, quasi_p in _quasi_p(left, limits).items()
    ]
    return Box(
        restrictions=tuple(sorted(restrictions, key=lambda each: (each.quasi_p, each.input))),
        rows=len(hits),
        hits=int(hits.sum()),
        coverage=estimate_share(int(hits.sum()), int(whole.hits.sum()), confidence=confidence),
        density=estimate_share(int(hits.sum()), len(hits), confidence=confidence),
        mass=len(hits) / len(whole.hits),
        peeling=peeling,
    )
