"""From uniforms to whole numbers: every value of a plan by column, for many replications at once.

An engine draws nothing: it asks here and sees only whole minutes, whole persons, whole millionths and 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from posture.errors import PlanError
from posture.model.plan import Plan, Use, Value, Whole
from posture.model.rules import MILLION, PACE_POINTS, apportion
from posture.model.streams import uniforms
from posture.scenario.clock import MINUTES_PER_DAY
from posture.scenario.quantities import Expression, Plain, Reference, Scaled, to_whole

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

FIRST_WIDTH = 8
"""Uses drawn at first; a number that is used more often is drawn again twice as wide."""

TIE_DIGITS = 7
"""Digits of a remainder, in millionths: those that differ by less are equal, as 1:4:1 has it in exact numbers."""

POINT_BITS = 32
"""Bits of a uniform that choose a place, a state or a minute."""

HAZARD = 10**12
"""Units of hazard in one expected event."""


@dataclass(slots=True)
class Draws:
    """The draws of a plan for replications [first, first + replications).

    `once` has shape (replications, values) in the order of `Plan.values`; `shares[g]` (replications, members),
    each row summing to a million; `paces[p]` (replications, 1001). Columns by use are made when first asked for:
    every value is a pure function of its stream, replication and index, so when does not matter.
    """

    plan: Plan
    seed: int | None
    first: int
    replications: int
    once: Wholes
    shares: tuple[Wholes, ...]
    paces: tuple[Wholes, ...]
    assumed: dict[str, Floats]
    columns: dict[int, list[list[int]]] = field(default_factory=dict)

    def of(self, replication: int) -> ReplicationDraws:
        """Return the draws of one replication, as whole numbers of Python."""
        row = replication - self.first
        if not 0 <= row < self.replications:
            raise IndexError(
                f"replication {replication} is not among {self.first} to {self.first + self.replications - 1}"
            )
        return ReplicationDraws(
            plan=self.plan,
            once=self.once[row].tolist(),
            shares=tuple(group[row].tolist() for group in self.shares),
            paces=tuple(memoryview(table[row]) for table in self.paces),
            row=row,
            draws=self,
        )

    def widened(self, use: int, index: int) -> list[list[int]]:
        """Return the column of a use, by row and index, drawn again wide enough for `index`."""
        width = FIRST_WIDTH
        while width <= index:
            width *= 2
        column: list[list[int]] = self._column(self.plan.uses[use], width).tolist()
        self.columns[use] = column
        return column

    def _column(self, use: Use, width: int) -> Wholes:
        if use.whole == "budget":
            return np.maximum(1, to_whole(-np.log1p(-self._uniforms(use.stream, width)), scale=HAZARD))
        if use.whole == "point":
            return np.floor(self._uniforms(use.stream, width) * 2.0**POINT_BITS).astype(np.int64)
        values = self._values(use.expression, use.stream, width)
        if use.whole == "chance":
            return (self._uniforms(use.chance, width) < values).astype(np.int64)
        return _whole(values, use.whole, self.plan)

    def _uniforms(self, stream: str, width: int) -> Floats:
        return _uniforms(self.seed, stream, first=self.first, replications=self.replications, width=width)

    def _values(self, expression: Expression, stream: str, width: int) -> Floats:
        drawn = evaluate(expression, stream, uniform=lambda name: self._uniforms(name, width), assumed=self.assumed)
        return np.broadcast_to(drawn, (self.replications, width))


@dataclass(frozen=True, slots=True)
class ReplicationDraws:
    """The draws of one replication: what an engine sees.

    `once` follows `Plan.values`, `shares` `Plan.shares`, `paces` `Plan.paces`.
    """

    plan: Plan
    once: list[int]
    shares: tuple[list[int], ...]
    paces: tuple[memoryview[int], ...]
    row: int
    draws: Draws

    def use(self, use: int, index: int) -> int:
        """Return the `index`-th draw (from 0) of a number that is drawn at every use."""
        try:
            return self.draws.columns[use][self.row][index]
        except (KeyError, IndexError):
            return self.draws.widened(use, index)[self.row][index]


def strengths_at_start(draws: ReplicationDraws) -> list[tuple[int, int]]:
    """Share out each contingent over where it stands, by its weights: (cell, persons or loads)."""
    plan, strengths = draws.plan, list[tuple[int, int]]()
    for index, contingent in enumerate(plan.contingents):
        parts = apportion(draws.once[contingent.size], draws.shares[contingent.weights])
        strengths += [(plan.cell(index, place), part) for place, part in zip(contingent.locations, parts, strict=True)]
    return strengths


def _uniforms(seed: int | None, stream: str, *, first: int, replications: int, width: int = 1) -> Floats:
    if seed is None:
        return np.full((replications, width), 0.5)
    return uniforms(seed, stream, first=first, replications=replications, width=width)


def draw(plan: Plan, *, seed: int | None, replications: int, first: int = 0) -> Draws:
    """Draw everything of a plan that is drawn once a replication; the rest follows when an engine asks.

    Parameters
    ----------
    plan
        What to draw for.
    seed
        Of the study, any whole number; None: nothing is drawn, every uncertain value is its median.
    replications, first
        How many, and the number of the first: replication 4711 alone is `first=4711, replications=1`.
    """

    def uniform(stream: str) -> Floats:
        return _uniforms(seed, stream, first=first, replications=replications)

    assumed: dict[str, Floats] = {}
    for name, expression in plan.assumptions:
        assumed[name] = evaluate(expression, f"assumptions.{name}", uniform=uniform, assumed=assumed)

    def values(value: Value) -> Floats:
        drawn = evaluate(value.expression, value.stream, uniform=uniform, assumed=assumed)
        return np.broadcast_to(drawn, (replications, 1))[:, 0]

    once = np.empty((replications, len(plan.values)), dtype=np.int64)
    for index, value in enumerate(plan.values):
        once[:, index] = _whole(values(value), value.whole, plan)
    return Draws(
        plan=plan,
        seed=seed,
        first=first,
        replications=replications,
        once=once,
        shares=tuple(share_out([values(each) for each in group], group) for group in plan.shares),
        paces=tuple(pace_table(values(each)) for each in plan.paces),
        assumed=assumed,
    )


def evaluate(
    expression: Expression, stream: str, *, uniform: Callable[[str], Floats], assumed: dict[str, Floats]
) -> Floats:
    """Return the values of an expression, shape (replications, width) or what broadcasts to it.

    A distribution takes the uniforms of `stream`; inside `times`, of `stream` with `.times` after it, so that
    scaling a distribution leaves its own draws as they were.
    """
    return _evaluate(expression, stream, "", uniform=uniform, assumed=assumed)


def _evaluate(
    expression: Expression, stream: str, way: str, *, uniform: Callable[[str], Floats], assumed: dict[str, Floats]
) -> Floats:
    if isinstance(expression, Plain):
        return np.full((1, 1), expression.value)
    if isinstance(expression, Reference):
        return assumed[expression.assumption]
    if isinstance(expression, Scaled):
        factor = _evaluate(expression.times, stream, f"{way}.times", uniform=uniform, assumed=assumed)
        return factor * _evaluate(expression.of, stream, f"{way}.of", uniform=uniform, assumed=assumed)
    while way.endswith(".of"):
        way = way.removesuffix(".of")
    return expression.quantile(uniform(stream + way))


def _whole(values: Floats, whole: Whole, plan: Plan) -> Wholes:
    if whole == "minutes":
        return to_whole(values, scale=MINUTES_PER_DAY)
    if whole == "hazard":
        return to_whole(values, scale=HAZARD / MINUTES_PER_DAY)
    if whole == "instant":
        return to_whole(values, scale=MINUTES_PER_DAY, origin=plan.origin.toordinal())
    if whole == "millionths":
        return to_whole(values, scale=MILLION)
    return to_whole(values)


def share_out(columns: list[Floats], group: tuple[Value, ...]) -> Wholes:
    """Turn weights into whole millionths that sum to a million, by column: largest remainder, ties to the earlier.

    Returns
    -------
    ndarray
        Shape (replications, members).

    Raises
    ------
    PlanError
        All weights of a replication are 0: nothing says where anybody stands.
    """
    weights = np.stack(columns, axis=1)
    totals = weights.sum(axis=1, keepdims=True)
    if not np.all(totals > 0):
        raise PlanError(f"the weights of {', '.join(each.stream for each in group)} are all 0 in some replications")
    exact = weights / totals * MILLION
    whole = np.floor(exact)
    left = MILLION - whole.sum(axis=1).astype(np.int64)
    order = np.argsort(-np.round(exact - whole, TIE_DIGITS), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    parts: Wholes = whole.astype(np.int64) + (ranks < left[:, None])
    return parts


def pace_table(paces: Floats) -> Wholes:
    """Return, for each pace, when the share i / 1000 of a step has gone, in millionths of its time.

    T[i] = round(10 ** 6 (i / 1000) ** (1 / pace)), at most 999,999; T[1000] = 10 ** 6. Shape (replications, 1001).
    """
    shares = np.arange(PACE_POINTS + 1) / PACE_POINTS
    unique, inverse = np.unique(paces, return_inverse=True)
    table = np.minimum(to_whole(shares ** (1 / unique[:, None]), scale=MILLION), MILLION - 1)
    table[:, PACE_POINTS] = MILLION
    tables: Wholes = table[inverse]
    return tables
