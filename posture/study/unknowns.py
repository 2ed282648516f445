"""What a milestone hangs on, asked at once: the variance split in two, Sobol' indices, elementary effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING, Literal

from posture.scenario.scenario import Scenario
from posture.study.designs import morris, sobol
from posture.study.estimates import Interval
from posture.study.runs import DEFAULT_SEED
from posture.study.sensitivity import (
    ElementaryEffect,
    Inputs,
    Response,
    SobolIndex,
    VarianceSplit,
    declared_inputs,
    estimate_effects,
    estimate_indices,
    respond_with,
    split_variance,
)

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["split", "sobol", "morris"]

METHODS: tuple[Method, ...] = ("split", "sobol")
"""What is asked unless stated: Morris wants a library that not everybody has."""

SENSITIVITY_REPLICATIONS = 8
"""At each point."""

SPLIT_POINTS, TRAJECTORIES = 256, 10
"""Values tried for a split, and trajectories of Morris, unless stated."""

SOBOL_RUNS, LEAST_SOBOL_POINTS = 8_000, 8
"""Replications that indices take at most unless points are stated, and the fewest base points all the same."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a milestone hangs on. What was not asked for is None; indices and effects: the largest first.

    `points` are those of each method's base sample: values of a split, base points of indices, trajectories of effects.
    """

    scenario: Scenario
    milestone: str
    response: Response
    seed: int
    replications: int
    inputs: tuple[str, ...]
    points: Mapping[Method, int]
    split: VarianceSplit | None = None
    indices: tuple[SobolIndex, ...] | None = None
    effects: tuple[ElementaryEffect, ...] | None = None

    @property
    def runs(self) -> int:
        """How many replications it took in all."""
        return count_runs(len(self.inputs), points=self.points, replications=self.replications)

    @property
    def rarer(self) -> int | None:
        """About how many replications of the split came out the rarer way; None: of days late, or there is no split."""
        if self.split is None or self.response != "met":
            return None
        variance = self.split.variance_unknown + self.split.variance_chance  # share (1 - share)
        share = (1 - sqrt(max(0.0, 1 - 4 * variance))) / 2
        return round(share * self.split.points * self.split.replications)

    def rows(self) -> list[dict[str, object]]:
        """Return every estimate as plain values, a row each.

        `kind` is `share` (of the variance: of `chance` or `unknown`), `first` or `total` (indices of an assumption),
        `size`, `mean` or `spread` (of its effect: a share of replications, or days). None: there is none, as of shares
        where nothing varies.
        """
        common = {
            "milestone": self.milestone,
            "response": self.response,
            "seed": self.seed,
            "replications": self.replications,
        }
        return [
            {
                **common,
                "method": method,
                "points": self.points[method],
                "kind": kind,
                "name": name,
                **(_plain(value) if isinstance(value, Interval) else {"estimate": value, "low": None, "high": None}),
            }
            for method, kind, name, value in self._estimates()
        ]

    def _estimates(self) -> Iterator[tuple[Method, str, str, Interval | float | None]]:
        if self.split is not None:
            yield "split", "share", "chance", self.split.chance
            yield "split", "share", "unknown", self.split.unknown
        for index in self.indices or ():
            yield "sobol", "first", index.input, index.first
            yield "sobol", "total", index.input, index.total
        for effect in self.effects or ():
            yield "morris", "size", effect.input, effect.size
            yield "morris", "mean", effect.input, effect.mean
            yield "morris", "spread", effect.input, effect.spread

    def frame(self) -> pd.DataFrame:
        """Return `rows` as a table, one row an estimate."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __repr__(self) -> str:
        methods = ", ".join(self.points)
        return f"<Sensitivity of {self.milestone!r}: {methods}, {self.runs} runs, seed {self.seed}>"


def _plain(interval: Interval) -> dict[str, object]:
    return {"estimate": interval.estimate, "low": interval.low, "high": interval.high}


def plan_points(
    inputs: int,
    *,
    methods: Iterable[Method] = METHODS,
    points: int | None = None,
    replications: int = SENSITIVITY_REPLICATIONS,
) -> dict[Method, int]:
    """Return the points of each method's base sample.

    Parameters
    ----------
    inputs
        How many there are: the more, the fewer points of indices.
    points
        The same for each method; None: as many as a few minutes allow where a replication takes ten milliseconds.
    replications
        At each point.
    """
    affordable = max(LEAST_SOBOL_POINTS, SOBOL_RUNS // ((inputs + 2) * replications))
    usual: dict[Method, int] = {
        "split": SPLIT_POINTS,
        "sobol": 1 << (affordable.bit_length() - 1),
        "morris": TRAJECTORIES,
    }
    return {method: usual[method] if points is None else points for method in methods}


def count_runs(inputs: int, *, points: Mapping[Method, int], replications: int) -> int:
    """Return how many replications the methods take in all, of as many points each as `plan_points` gives."""
    each: dict[Method, int] = {"split": 1, "sobol": inputs + 2, "morris": inputs + 1}
    return replications * sum(each[method] * count for method, count in points.items())


def estimate_sensitivity(
    scenario: Scenario,
    milestone: str,
    *,
    response: Response = "met",
    points: Mapping[Method, int] | None = None,
    replications: int = SENSITIVITY_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Sensitivity:
    """Return what a milestone hangs on, by each of some methods, over the assumptions as declared.

    Parameters
    ----------
    response
        See `respond_with`.
    points
        The methods, and the points of each one's base sample; None: those of `plan_points`.
    replications
        At each point: under the same draws for indices and effects, under independent ones for a split.
    seed, executor, progress
        As of `run_scenario`.

    Raises
    ------
    ValueError
        There is no such milestone, or it has no days late; no assumption varies; points or replications are too few,
        those of indices no power of 2; SALib is not installed. All but the days late before anything is run.
    StudyError
        Replications failed.
    """
    inputs = declared_inputs(scenario)
    points = plan_points(len(inputs.names), replications=replications) if points is None else points
    asked = partial(
        respond_with,
        scenario,
        milestone,
        response=response,
        replications=replications,
        seed=seed,
        executor=executor,
        progress=progress,
    )
    alike, apart = asked(common=True), asked(common=False)
    _refuse_early(inputs, points=points, replications=replications, seed=seed)
    trajectories = points.get("morris", 0) * (len(inputs.names) + 1)
    indices = estimate_indices(alike, inputs=inputs, points=points["sobol"], seed=seed) if "sobol" in points else None
    effects = estimate_effects(alike, inputs=inputs, points=trajectories, seed=seed) if trajectories else None
    return Sensitivity(
        scenario,
        milestone,
        response,
        seed,
        replications,
        inputs.names,
        points,
        split=split_variance(apart, inputs=inputs, points=points["split"], seed=seed) if "split" in points else None,
        indices=None if indices is None else tuple(indices),
        effects=None if effects is None else tuple(effects),
    )


def _refuse_early(inputs: Inputs, *, points: Mapping[Method, int], replications: int, seed: int) -> None:
    """Raise at once what would be raised minutes later, when the methods before have run."""
    count = len(inputs.names)
    if not points:
        raise ValueError("found no method, wanted one or more of split, sobol, morris")
    for method in ("split", "morris"):
        if points.get(method, 2) < 2:
            raise ValueError(f"found {points[method]} points for {method}, wanted two or more")
    if "split" in points and replications < 2:
        raise ValueError(f"found {replications} replications at each point, wanted two or more to split the variance")
    if "sobol" in points and count:
        sobol(2 * count, points=points["sobol"], seed=seed)
    if "morris" in points and count:
        morris(count, points=count + 1, seed=seed)


def clear_leaders(ranked: Sequence[tuple[str, Interval]]) -> tuple[str, ...]:
    """Return the fewest of some inputs, the largest first, whose intervals all lie above those of all others.

    None where there is no such cut: the intervals are too wide to rank anything by them.
    """
    for count in range(1, len(ranked)):
        if min(each.low for _, each in ranked[:count]) > max(each.high for _, each in ranked[count:]):
            return tuple(name for name, _ in ranked[:count])
    return ()
