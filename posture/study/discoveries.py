"""Where a milestone is missed: boxes found in one half of the replications, judged in the other, and a second opinion.

Rows are replications of a run, with its assumptions as drawn, or those of every design point of a study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from posture.scenario.distributions import Floats
from posture.scenario.findings import did_you_mean
from posture.scenario.notation import describe
from posture.scenario.scenario import Scenario
from posture.study.discovery import Bools, Box, Restriction, discover_boxes
from posture.study.estimates import CONFIDENCE, Interval
from posture.study.inputs import Input, InputTable, assumed_inputs, distinct_inputs, varied_inputs
from posture.study.runs import Run
from posture.study.studies import Study
from posture.study.trees import Leaf, Tree, grow_tree

LEAST_ROWS = 20
"""Rows in either half: with fewer a box of the least size would be a single one."""

PEELS = (0.05, 0.4)
"""Shares of a box's rows that a peel takes off, both tried: a small one finds the finer edge of what stands out, but
among two dozen inputs that hardly matter it may follow chance, where a large one finds the one that does. The choice is
made where boxes are found, and judged with them in the other half: of pure chance 3 of 20 tables have a box.
"""

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of inputs with what came of them: shape (rows, inputs) and (rows,) each."""

    inputs: tuple[Input, ...]
    values: Floats
    hits: Bools
    point: Whole
    """Rows of one point have the same inputs."""
    replication: Whole

    @property
    def names(self) -> tuple[str, ...]:
        """Of the inputs."""
        return tuple(each.name for each in self.inputs)

    def kept(self, which: Bools) -> Rows:
        """Return some of the rows."""
        return Rows(self.inputs, self.values[which], self.hits[which], self.point[which], self.replication[which])


@dataclass(frozen=True, slots=True)
class Fit:
    """How a part of the rows fares: the share of hits in it, the share of all hits, and of all rows, that it holds.

    None: no row to tell by.
    """

    rows: int
    density: Interval | None
    coverage: Interval | None
    mass: float


@dataclass(frozen=True, slots=True)
class Limit:
    """One restriction of a box, and the density of the box without it among the rows it was found in."""

    restriction: Restriction
    without: Interval


@dataclass(frozen=True, slots=True)
class JudgedBox:
    """A box with the restriction that does most first; `found` is flattered, as it was sought there, `judged` not.

    `outside` is the density of the judged rows in neither it nor a box before it, and `difference` what the density
    inside exceeds that by; None: no row to tell by.
    """

    limits: tuple[Limit, ...]
    found: Fit
    judged: Fit
    outside: Interval | None
    difference: Interval | None


@dataclass(frozen=True, slots=True)
class JudgedLeaf:
    """A leaf of the tree, and how it fares in the other half."""

    leaf: Leaf
    judged: Fit


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether box and tree put the same inputs first: as many of the tree's as the first box restricts."""

    both: tuple[str, ...]
    box_alone: tuple[str, ...]
    tree_alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scatter:
    """The judged rows by point: the inputs of each, shape (points, inputs), and its share of hits, shape (points,)."""

    table: InputTable
    shares: Floats


@dataclass(frozen=True, slots=True)
class About:
    """What was asked, and of what."""

    milestone: str
    label: str
    failed: bool
    """True: a hit is a miss; False: a hit is a milestone met."""
    is_study: bool
    """True: rows are replications of design points; False: of a run."""
    title: str
    scenario_hash: str
    seed: int


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where a milestone is missed, or met: boxes of inputs, and a tree as a check.

    `left_out` are inputs that go wholly with an earlier one, each with that. `share` is that of hits among all judged
    rows. Of an outcome that is the same in all rows there are neither boxes nor splits.
    """

    about: About
    inputs: tuple[Input, ...]
    left_out: tuple[tuple[str, str], ...]
    points: int
    found_in: int
    """Replications in which boxes and tree were sought."""
    judged_in: int
    share: Interval
    boxes: tuple[JudgedBox, ...]
    tree: Tree
    leaves: tuple[JudgedLeaf, ...]
    scatter: Scatter

    @property
    def agreement(self) -> Agreement:
        """Whether the first box and the tree put the same inputs first."""
        box = [each.restriction.input for each in self.boxes[0].limits] if self.boxes else []
        tree = [name for name, _ in self.tree.gains][: len(box) or None]
        return Agreement(
            both=tuple(each for each in box if each in tree),
            box_alone=tuple(each for each in box if each not in tree),
            tree_alone=tuple(each for each in tree if each not in box),
        )

    def input(self, name: str) -> Input:
        """Return an input by its name."""
        return next(each for each in self.inputs if each.name == name)


def discover_run(run: Run, milestone: str, *, failed: bool = True) -> Discovery:
    """Return where a milestone of a run is missed (met, unless `failed`), by the assumptions as drawn.

    Raises
    ------
    ValueError
        There is no such milestone, no assumption that varies, or there are fewer than 40 replications.
    """
    about = _about(run.scenario, milestone, seed=run.seed, failed=failed, is_study=False)
    outcomes = _only(run.table("outcomes"), milestone)
    return _discover(about, outcomes, assumed_inputs(run), point=_whole(outcomes, "replication"))


def discover_study(study: Study, milestone: str, *, failed: bool = True) -> Discovery:
    """Return where a milestone of a study is missed (met, unless `failed`), by what the study varies.

    Raises
    ------
    ValueError
        There is no such milestone, nothing varies, or there are too few replications done: two at least, and 20 rows
        in either half.
    """
    about = _about(study.scenario, milestone, seed=study.seed, failed=failed, is_study=True)
    outcomes = _only(study.outcomes(), milestone)
    return _discover(about, outcomes, varied_inputs(study), point=_whole(outcomes, "design_point"))


def _about(scenario: Scenario, milestone: str, *, seed: int, failed: bool, is_study: bool) -> About:
    known = scenario.parts.asked
    if milestone not in known:
        raise ValueError(f"found no milestone {describe(milestone)}{did_you_mean(milestone, known)}")
    label = known[milestone].title or milestone
    return About(milestone, label, failed, is_study, scenario.title, scenario.hash, seed)


def _only(outcomes: pa.Table, milestone: str) -> pa.Table:
    return outcomes.filter(pc.equal(outcomes["milestone"], milestone))


def _whole(outcomes: pa.Table, name: str) -> Whole:
    return np.asarray(outcomes[name].to_numpy(), dtype=np.int64)


def _discover(about: About, outcomes: pa.Table, table: InputTable, *, point: Whole) -> Discovery:
    """Return what is found in the first half of the replications, judged in the second."""
    distinct, left_out = distinct_inputs(table)
    met = np.asarray(outcomes["met"].to_numpy(zero_copy_only=False), dtype=np.bool_)
    replication = _whole(outcomes, "replication")
    rows = Rows(distinct.inputs, distinct.values[point], ~met if about.failed else met, point, replication)
    seen = np.unique(replication)
    first = np.isin(replication, seen[: len(seen) // 2])
    found, judged = rows.kept(first), rows.kept(~first)
    _refuse_few(found, judged)
    boxes = _sought(found)
    tree = grow_tree(found.values, found.hits, names=rows.names)
    leaves = [JudgedLeaf(each, _fit(judged, each.holds(judged.values, names=rows.names))) for each in tree.leaves]
    return Discovery(
        about=about,
        inputs=distinct.inputs,
        left_out=left_out,
        points=len(np.unique(point)),
        found_in=len(seen) // 2,
        judged_in=len(seen) - len(seen) // 2,
        share=_certain(_fit(judged, np.ones(len(judged.hits), dtype=np.bool_)).density),
        boxes=tuple(_judged(boxes, found, judged)),
        tree=tree,
        leaves=tuple(leaves),
        scatter=_scatter(judged),
    )


def _sought(found: Rows) -> list[Box]:
    """Return the boxes of the peel whose first box is worth most: its rows times what its density exceeds all by."""
    if len(set(found.hits.tolist())) < 2:
        return []
    sought = [discover_boxes(found.values, found.hits, names=found.names, peel=each) for each in PEELS]
    return max(sought, key=lambda boxes: boxes[0].hits - boxes[0].rows * found.hits.mean() if boxes else 0.0)


def _refuse_few(found: Rows, judged: Rows) -> None:
    if not found.inputs:
        raise ValueError("found no assumption that varies, wanted one or more")
    if min(len(found.hits), len(judged.hits)) < LEAST_ROWS:
        count = len(found.hits) + len(judged.hits)
        raise ValueError(f"found {count} replications in all, wanted {2 * LEAST_ROWS} or more, to find and to judge")


def _judged(boxes: Sequence[Box], found: Rows, judged: Rows) -> list[JudgedBox]:
    """Return boxes with how each fares among the rows outside those before it, by half."""
    outside = [np.ones(len(each.hits), dtype=np.bool_) for each in (found, judged)]
    made = []
    for box in boxes:
        inside = [left & inside_of(rows, box.restrictions) for left, rows in zip(outside, (found, judged), strict=True)]
        limits = [_limit(box, each, found, outside[0]) for each in box.restrictions]
        outside = [left & ~kept for left, kept in zip(outside, inside, strict=True)]
        fits, beside = (_fit(found, inside[0]), _fit(judged, inside[1])), _fit(judged, outside[1]).density
        order = sorted(limits, key=lambda each: (each.without.estimate, each.restriction.input))
        made.append(JudgedBox(tuple(order), *fits, beside, difference_of(fits[1].density, beside)))
    return made


def difference_of(one: Interval | None, other: Interval | None) -> Interval | None:
    """Return what a share exceeds another by, with its interval; None: one of them is not known.

    Notes
    -----
    Newcombe (1998), "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17(8), method 10. Shares under common draws go together, which makes the interval wider than it need be.
    """
    if one is None or other is None:
        return None
    estimate = one.estimate - other.estimate
    below = sqrt((one.estimate - one.low) ** 2 + (other.high - other.estimate) ** 2)
    above = sqrt((one.high - one.estimate) ** 2 + (other.estimate - other.low) ** 2)
    return Interval(estimate, estimate - below, estimate + above)


def _limit(box: Box, restriction: Restriction, found: Rows, left: Bools) -> Limit:
    others = [each for each in box.restrictions if each is not restriction]
    return Limit(restriction, _certain(_fit(found, left & inside_of(found, others)).density))


def inside_of(rows: Rows, restrictions: Sequence[Restriction]) -> Bools:
    """Tell which rows keep to all restrictions."""
    inside = np.ones(len(rows.hits), dtype=np.bool_)
    for each in restrictions:
        column = rows.values[:, rows.names.index(each.input)]
        inside &= (column >= (-inf if each.low is None else each.low)) & (
            column <= (inf if each.high is None else each.high)
        )
    return inside


def _certain(interval: Interval | None) -> Interval:
    if interval is None:
        raise ValueError("found no rows to tell by")
    return interval


def _fit(rows: Rows, inside: Bools) -> Fit:
    """Return how the rows inside fare, with intervals by replication."""
    _, codes = np.unique(rows.replication, return_inverse=True)
    hits, kept, both = (
        np.bincount(codes, weights=each).astype(np.float64) for each in (rows.hits, inside, rows.hits & inside)
    )
    return Fit(
        rows=int(kept.sum()),
        density=estimate_ratio(both, kept),
        coverage=estimate_ratio(both, hits),
        mass=float(inside.mean()),
    )


def estimate_ratio(parts: Floats, wholes: Floats, *, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the share that parts have in wholes, over replications, with its interval; None: the wholes are 0.

    Parameters
    ----------
    parts, wholes
        Counts by replication, shape (replications,). Replications are independent; what is counted within one, such as
        its design points under common draws, need not be.
    confidence
        Coverage wanted, in (0, 1).

    Notes
    -----
    Variance of a ratio by linearisation: Cochran (1977), "Sampling Techniques", 3rd ed., section 6.4. Interval: that of
    Wilson for as many independent rows as have this variance; Dean and Pagano (2015), "Evaluating confidence interval
    methods for binomial proportions in clustered surveys", J. Survey Statistics and Methodology 3(4). Of a share of 0
    or 1, which has no variance, as many as there are replications that count.
    """
    from scipy.stats import norm

    total, count = float(wholes.sum()), int(np.count_nonzero(wholes))
    if not total:
        return None
    share = float(parts.sum()) / total
    spread = share * (1 - share)
    residual = parts - share * wholes
    variance = float(residual @ residual) / total**2 * count / (count - 1) if count > 1 else spread
    effective = float(count) if not spread else spread / variance if variance else inf
    z = float(norm.ppf((1 + confidence) / 2))
    middle, reach = share + z**2 / (2 * effective), z * sqrt(spread / effective + (z / (2 * effective)) ** 2)
    shrink = 1 + z**2 / effective
    return Interval(share, max(0.0, (middle - reach) / shrink), min(1.0, (middle + reach) / shrink))


def _scatter(judged: Rows) -> Scatter:
    _, first, codes = np.unique(judged.point, return_index=True, return_inverse=True)
    shares = np.bincount(codes, weights=judged.hits) / np.bincount(codes)
    return Scatter(InputTable(judged.inputs, judged.values[first]), shares)
