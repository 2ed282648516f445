"""Classification trees: a second opinion on where an outcome comes about, by splits in two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posture.scenario.distributions import Floats

Bools = npt.NDArray[np.bool_]

DEEPEST = 3
"""Splits from all rows to a leaf: more are not read."""

LEAST_SHARE = 0.05
"""Share of all rows that a leaf holds at least: as much as a box of `discovery`."""

CUTS = 19
"""Edges tried of an input: its twentieths, as a box of `discovery` is peeled by."""

LEVEL = 0.01
"""A split is made if chance alone had found as good a one among all tried with at most this probability."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One side of a split: rows up to, or above, an edge of an input."""

    input: str
    edge: float
    above: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a tree ends: the cuts that lead there, all of which hold, and what share of the rows there are hits."""

    cuts: tuple[Cut, ...]
    rows: int
    hits: int

    def holds(self, inputs: Floats, *, names: Sequence[str]) -> Bools:
        """Tell which rows of inputs, shape (rows, inputs), end here."""
        inside = np.ones(len(inputs), dtype=np.bool_)
        for each in self.cuts:
            column = inputs[:, list(names).index(each.input)]
            inside &= column > each.edge if each.above else column <= each.edge
        return inside


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree as its leaves, those of fewest hits first, and what each input does in it.

    `gains` are shares of the Gini impurity of all rows that the splits of an input take away, the greatest first; an
    input without a split is not among them.
    """

    leaves: tuple[Leaf, ...]
    gains: tuple[tuple[str, float], ...]


def grow_tree(inputs: Floats, outcome: Bools, *, names: Sequence[str]) -> Tree:
    """Return the tree of an outcome; a single leaf where it goes with no input.

    Parameters
    ----------
    inputs
        Shape (rows, inputs), in any units.
    outcome
        Whether it came about, shape (rows,).
    names
        Of the inputs.

    Notes
    -----
    CART: Breiman, Friedman, Olshen and Stone (1984), "Classification and Regression Trees": splits by the greatest fall
    in Gini impurity. They prune by cross-validation; here a split is made if its chi-square is significant after
    Bonferroni's correction for all the splits tried with it, as in CHAID: Kass (1980), "An exploratory technique for
    investigating large quantities of categorical data", Applied Statistics 29(2).
    """
    whole = _Node(inputs, outcome, ())
    least = max(1, int(LEAST_SHARE * len(outcome)))
    gains: dict[str, float] = {}
    leaves = list(_grown(whole, names=names, least=least, gains=gains))
    total = whole.impurity
    ranked = sorted(((name, gain / total) for name, gain in gains.items()), key=lambda each: (-each[1], each[0]))
    return Tree(tuple(sorted(leaves, key=lambda each: (each.hits / each.rows, each.rows))), tuple(ranked))


@dataclass(frozen=True, slots=True)
class _Node:
    """Rows of inputs with their outcome, and the cuts that led to them."""

    inputs: Floats
    outcome: Bools
    cuts: tuple[Cut, ...]

    @property
    def impurity(self) -> float:
        """The Gini impurity times the rows."""
        return _impurity(int(self.outcome.sum()), len(self.outcome))

    def side(self, name: str, index: int, edge: float, *, above: bool) -> _Node:
        """Return the rows on one side of an edge."""
        kept = self.inputs[:, index] > edge if above else self.inputs[:, index] <= edge
        return _Node(self.inputs[kept], self.outcome[kept], (*self.cuts, Cut(name, edge, above)))


def _impurity(hits: int, rows: int) -> float:
    return 2 * hits * (rows - hits) / rows


def _grown(node: _Node, *, names: Sequence[str], least: int, gains: dict[str, float]) -> Iterator[Leaf]:
    """Yield the leaves below a node, and add what its splits gain to `gains`."""
    best = _best_split(node, least=least) if len(node.cuts) < DEEPEST else None
    if best is None:
        yield Leaf(node.cuts, len(node.outcome), int(node.outcome.sum()))
        return
    index, edge, gain = best
    gains[names[index]] = gains.get(names[index], 0.0) + gain
    for above in (False, True):
        yield from _grown(node.side(names[index], index, edge, above=above), names=names, least=least, gains=gains)


def _best_split(node: _Node, *, least: int) -> tuple[int, float, float] | None:
    """Return the split of the greatest gain: (input, edge, gain); None: none is significant.

    The chi-square of a split is its rows times the share of the impurity that it takes away.
    """
    from scipy.stats import chi2

    if not node.impurity:
        return None
    rows, hits = len(node.outcome), int(node.outcome.sum())
    tried, best = 0, (0, 0.0, 0.0)
    for index in range(node.inputs.shape[1]):
        column = node.inputs[:, index]
        for edge in _edges(column):
            below = column <= edge
            count, found = int(below.sum()), int(node.outcome[below].sum())
            if least <= count <= rows - least:
                tried += 1
                gain = node.impurity - _impurity(found, count) - _impurity(hits - found, rows - count)
                best = max(best, (index, edge, gain), key=lambda each: each[2])
    chance = tried * float(chi2.sf(rows * best[2] / node.impurity, 1))
    return best if tried and best[2] > 0 and chance <= LEVEL else None


def _edges(column: Floats) -> list[float]:
    """Return the values that a column is cut above: all but the greatest where there are few, else its twentieths."""
    values = np.unique(column)
    if len(values) > CUTS + 1:
        values = np.unique(np.quantile(column, np.arange(1, CUTS + 1) / (CUTS + 1), method="lower"))
        return [float(each) for each in values]
    return [float(each) for each in values[:-1]]
