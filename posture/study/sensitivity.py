"""Sensitivity: which assumptions a milestone hangs on, and how much of its variance is chance instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from posture.errors import StudyError
from posture.model.compiling import compile_plan
from posture.model.draws import evaluate
from posture.model.plan import Plan
from posture.model.streams import uniforms
from posture.scenario.distributions import Floats, Kind
from posture.scenario.findings import did_you_mean
from posture.scenario.notation import describe
from posture.scenario.quantities import MOST, Expression, Plain, kind_of
from posture.scenario.scenario import Scenario
from posture.study.assumptions import used_assumptions
from posture.study.designs import MORRIS_LEVELS, PERCENT_DECIMALS, morris, sobol
from posture.study.estimates import CONFIDENCE, Interval
from posture.study.runs import CHUNK, DEFAULT_SEED
from posture.study.timelines import last_day
from posture.study.workers import Chunk, Failure, finished

if TYPE_CHECKING:
    from posture.study.studies import DesignPoint

RESAMPLES = 999
"""Bootstrap samples behind an interval: its ends are the 25th and the 975th of them."""

Respond = Callable[[Sequence["DesignPoint"]], Floats]
"""A response at design points, by replication: shape (points, replications)."""

Response = Literal["met", "days_late"]

Resting = Sequence[tuple[str, Expression]]
"""Assumptions by name, each after those it rests on."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is not known: inputs that vary independently, each by a uniform of its own.

    `points` turns uniforms, shape (points, inputs), into design points.
    """

    names: tuple[str, ...]
    points: Callable[[Floats], tuple[DesignPoint, ...]]


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """The share of a response's variance that goes with an input: alone, and with all it interacts with."""

    input: str
    first: Interval
    total: Interval


@dataclass(frozen=True, slots=True)
class ElementaryEffect:
    """How a response changes as an input goes from its least to its greatest value, on average over the others.

    `size` is the mean of the absolute effects (mu* of Morris); `mean` of the effects with their signs; `spread` their
    standard deviation, which is 0 where the effect is the same whatever the others are.
    """

    input: str
    size: Interval
    mean: Interval
    spread: float


@dataclass(frozen=True, slots=True)
class VarianceSplit:
    """The variance of a response in one replication: what is from the assumptions, and what from chance.

    `variance_unknown` is Var(E[Y | assumptions]), below 0 where chance alone hides it; `variance_chance` the mean of
    Var(Y | assumptions); `unknown` is the share of the first in their sum, None where nothing varies.
    """

    points: int
    replications: int
    variance_unknown: float
    variance_chance: float
    unknown: Interval | None

    @property
    def chance(self) -> Interval | None:
        """The share of chance: what is left."""
        known = self.unknown
        return None if known is None else Interval(1 - known.estimate, 1 - known.high, 1 - known.low)


def declared_inputs(scenario: Scenario) -> Inputs:
    """Return the assumptions that anything in a scenario rests on, each with its own distribution.

    An input is a distribution and bears the name of its assumption. Of an assumption that is another one times a
    distribution it is that distribution alone: what the other one does to it goes with the other. The factor of one
    that is a distribution times a distribution is an input of its own, `NAME.times`.

    Notes
    -----
    Points set `assumptions.NAME.value`: numbers up to what a file may state of their unit, dates to the day.
    """
    plan = compile_plan(scenario)
    used = used_assumptions(plan)
    resting = [(name, expression) for name, expression in plan.assumptions if name in used]
    kinds: dict[str, Kind] = {}
    for name, expression in resting:
        kinds[name] = kind_of(expression, kinds)
    streams = _streams(resting)
    fixed = [name for name, expression in resting if not isinstance(expression, Plain)]
    most = {name: MOST.get(scenario.parts.assumptions[name].unit, np.inf) for name in fixed}

    def points(shares: Floats) -> tuple[DesignPoint, ...]:
        columns = {stream: shares[:, [index]] for index, stream in enumerate(streams)}
        assumed = _evaluated(resting, columns.__getitem__)
        capped = {name: np.minimum(assumed[name], most[name]) for name in fixed}
        values = {name: np.broadcast_to(each, (len(shares), 1))[:, 0] for name, each in capped.items()}
        return tuple(
            {f"assumptions.{name}.value": _stated(float(column[row]), kinds[name]) for name, column in values.items()}
            for row in range(len(shares))
        )

    return Inputs(tuple(each.removeprefix("assumptions.") for each in streams), points)


def _evaluated(resting: Resting, uniform: Callable[[str], Floats]) -> dict[str, Floats]:
    assumed: dict[str, Floats] = {}
    for name, expression in resting:
        assumed[name] = evaluate(expression, f"assumptions.{name}", uniform=uniform, assumed=assumed)
    return assumed


def _streams(resting: Resting) -> tuple[str, ...]:
    """Return the streams that assumptions take a uniform of, in the order in which they are drawn."""
    asked: list[str] = []

    def middle(stream: str) -> Floats:
        asked.append(stream)
        return np.full((1, 1), 0.5)

    _evaluated(resting, middle)
    return tuple(asked)


def _stated(value: float, kind: Kind) -> object:
    """Return a value of an expression as a file states it."""
    if kind == "date":
        return date.fromordinal(floor(value + 0.5)).isoformat()
    return f"{100 * value:.{PERCENT_DECIMALS}f}%" if kind == "percent" else value


def respond_with(
    scenario: Scenario,
    milestone: str,
    *,
    response: Response = "met",
    replications: int,
    seed: int = DEFAULT_SEED,
    common: bool = True,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Respond:
    """Return the response of a milestone at design points of a scenario.

    Parameters
    ----------
    response
        `met`: 1 or 0; `days_late`: min(days_late, k), k being the days that the run goes on after the due date.
    replications, seed
        How many at each point, and the seed of all.
    common
        True: every point has replications 0, 1, ... and so the same draws, as indices and effects want it. False: each
        point has the next ones, so that their chance is independent, as a split of variance wants it.
    executor, progress
        As of `run_scenario`.

    Raises
    ------
    ValueError
        The scenario has no such milestone, or that has no days late. What is returned raises ScenarioError where a
        point makes no valid scenario, and StudyError where replications failed.
    """
    if milestone not in (known := scenario.parts.asked):
        raise ValueError(f"found no milestone {describe(milestone)}{did_you_mean(milestone, known)}")

    def chunks(points: Sequence[DesignPoint]) -> Iterator[Chunk]:
        for index, settings in enumerate(points):
            plan = compile_plan(scenario.vary(settings))
            start = 0 if common else index * replications
            for first in range(0, replications, CHUNK):
                yield Chunk(plan, seed, start + first, min(CHUNK, replications - first), index)

    def respond(points: Sequence[DesignPoint]) -> Floats:
        responses = np.empty((len(points), replications))
        failures: list[Failure] = []
        for chunk, records, failed in finished(chunks(points), executor=executor):
            progress(chunk.count)
            failures += failed
            if not failed:
                rows = records.outcomes.filter(pc.equal(records.outcomes["milestone"], milestone))
                first = chunk.first if common else chunk.first - chunk.point * replications
                answers = (
                    np.asarray(rows["met"].to_numpy()) if response == "met" else _days_late(rows, chunk.plan, milestone)
                )
                responses[chunk.point, first : first + chunk.count] = answers
        if failures:
            raise StudyError(sorted(failures))
        return responses

    return respond


def _days_late(rows: pa.Table, plan: Plan, milestone: str) -> Floats:
    (asked,) = (each for each in plan.milestones if each.id == milestone)
    undated = pc.and_(pc.is_valid(rows["achieved"]), pc.is_null(rows["days_late"]))
    if asked.throughout or pc.any(undated).as_py():
        raise ValueError(f"found no days late of '{milestone}', which is of a `throughout`: wanted the response met")
    most = (last_day(plan) - asked.due).days
    return np.minimum(np.asarray(rows["days_late"].fill_null(most).to_numpy(), dtype=np.float64), most)


def estimate_indices(respond: Respond, *, inputs: Inputs, points: int, seed: int = DEFAULT_SEED) -> list[SobolIndex]:
    """Return Sobol' indices of the mean response over replications, the largest total first; none if nothing varies.

    Parameters
    ----------
    respond
        Under common draws: chance that differs from point to point would be counted into every total index.
    inputs
        What varies.
    points, seed
        Of the base sample, a power of 2; `respond` is asked for points x (inputs + 2).

    Raises
    ------
    ValueError
        `points` is no power of 2, or there is no input.

    Notes
    -----
    Saltelli et al. (2010), "Variance based sensitivity analysis of model output", Computer Physics Communications
    181(2), by scipy; intervals are quantiles of its estimates over resampled points: Archer, Saltelli and Sobol'
    (1997), "Sensitivity measures, ANOVA-like techniques and the use of bootstrap", J. Stat. Comp. Sim. 58(2).
    """
    count = _some(inputs)
    base = sobol(2 * count, points=points, seed=seed)
    first, second = base[:, :count], base[:, count:]
    pages = [np.where(np.arange(count) == index, second, first) for index in range(count)]
    answers = respond(inputs.points(np.concatenate([first, second, *pages]))).mean(axis=1).reshape(count + 2, points)
    if np.ptp(answers[:2]) == 0:
        return []
    estimates = _indices(answers)
    samples = [_indices(answers[:, rows]) for rows in _resampled(points, seed) if np.ptp(answers[:2, rows])]
    ends = _ends(np.array(samples))
    found = [
        SobolIndex(
            name, *(Interval(float(estimates[order, index]), *ends[:, order, index].tolist()) for order in (0, 1))
        )
        for index, name in enumerate(inputs.names)
    ]
    return sorted(found, key=lambda each: (-each.total.estimate, each.input))


def _some(inputs: Inputs) -> int:
    if not inputs.names:
        raise ValueError("found no assumption that varies, wanted one or more that the scenario rests on")
    return len(inputs.names)


def _indices(answers: Floats) -> Floats:
    """Return first and total indices, shape (2, inputs), of answers at A, B and each AB, shape (inputs + 2, points)."""
    from scipy.stats import sobol_indices

    pages = [*answers[2:], answers[0]]  # scipy fails on an input alone: one more, which does nothing
    functions = {"f_A": answers[:1], "f_B": answers[1:2], "f_AB": np.array(pages)[:, None]}
    found = sobol_indices(func=functions, n=answers.shape[1])
    return np.array([found.first_order, found.total_order])[:, :-1]


def _resampled(count: int, seed: int) -> npt.NDArray[np.int64]:
    """Return which of `count` are in each bootstrap sample, shape (RESAMPLES, count)."""
    drawn = uniforms(seed, "sensitivity.bootstrap", first=0, replications=RESAMPLES, width=count)
    return np.floor(drawn * count).astype(np.int64)


def _ends(samples: Floats) -> Floats:
    """Return the two quantiles over the first axis that leave out as much at either end."""
    outside = (1 - CONFIDENCE) / 2
    return np.quantile(samples, [outside, 1 - outside], axis=0)


def split_variance(respond: Respond, *, inputs: Inputs, points: int, seed: int = DEFAULT_SEED) -> VarianceSplit:
    """Return how much of a response's variance is from what is not known, and how much is chance.

    Parameters
    ----------
    respond
        With independent chance at each point (`common=False`), two replications or more.
    inputs, seed
        As of `estimate_indices`.
    points
        Values of the inputs that are tried, two or more.

    Raises
    ------
    ValueError
        Fewer than two points or replications, or no input.

    Notes
    -----
    Law of total variance, Var(Y) = Var(E[Y | X]) + E[Var(Y | X)], by one-way analysis of variance: with n replications
    at each X, the mean square between points, MSB, has expectation n Var(E[Y | X]) + E[Var(Y | X)], that within, MSW,
    E[Var(Y | X)], so that (MSB - MSW) / n is unbiased: Searle, Casella and McCulloch (1992), "Variance Components",
    section 3.5. A share below 0 is given as 0; intervals resample points.
    """
    streams = [f"sensitivity.points.{index}" for index in range(_some(inputs))]
    shares = [uniforms(seed, each, first=0, replications=points) for each in streams]
    answers = respond(inputs.points(np.concatenate(shares, axis=1)))
    replications = answers.shape[1]
    if points < 2 or replications < 2:
        raise ValueError(f"found {points} points of {replications} replications, wanted two or more of each")
    means, within = answers.mean(axis=1), answers.var(axis=1, ddof=1)
    unknown, chance = _components(means, within, replications)
    share, interval = float(_share(unknown, chance)), None
    if not np.isnan(share):
        rows = _resampled(points, seed)
        samples = _share(*_components(means[rows], within[rows], replications))
        interval = Interval(share, *_ends(samples[~np.isnan(samples)]).tolist())
    return VarianceSplit(points, replications, float(unknown), float(chance), interval)


def _components(means: Floats, within: Floats, replications: int) -> tuple[Floats, Floats]:
    """Return the variance between points and that within them, over the last axis."""
    chance = within.mean(axis=-1)
    return means.var(axis=-1, ddof=1) - chance / replications, chance


def _share(unknown: Floats, chance: Floats) -> Floats:
    """Return the share of the first of two variances, below 0 as 0; nan: both are 0."""
    above = np.maximum(unknown, 0)
    with np.errstate(invalid="ignore"):
        return np.asarray(above / (above + chance))


def estimate_effects(
    respond: Respond, *, inputs: Inputs, points: int, seed: int = DEFAULT_SEED
) -> list[ElementaryEffect]:
    """Return the elementary effects of inputs on the mean response over replications, the largest first.

    Parameters
    ----------
    respond, inputs, seed
        As of `estimate_indices`; each input is set to the middles of four equally likely parts.
    points
        As many whole trajectories of inputs + 1 points as it has room for, two or more.

    Raises
    ------
    ValueError
        There is room for fewer than two trajectories, there is no input, or SALib is not installed.

    Notes
    -----
    Morris (1991), see `designs.morris`; mu* by Campolongo, Cariboni and Saltelli (2007), "An effective screening design
    for sensitivity analysis of large models", Environmental Modelling and Software 22(10). An effect is the change of
    the response over that of the input's level, the way from the first level to the last being 1.
    """
    count = _some(inputs)
    trajectories = points // (count + 1)
    if trajectories < 2:
        raise ValueError(f"found {points} points, wanted {2 * (count + 1)} or more: two trajectories")
    shares = morris(count, points=points, seed=seed)
    middles = (shares * (MORRIS_LEVELS - 1) + 0.5) / MORRIS_LEVELS
    answers = respond(inputs.points(middles)).mean(axis=1).reshape(trajectories, count + 1)
    steps = np.diff(shares.reshape(trajectories, count + 1, count), axis=1)
    effects = np.sum(np.diff(answers, axis=1)[:, :, None] / np.where(steps == 0, np.inf, steps), axis=1)
    rows = _resampled(trajectories, seed)
    sizes, means = (_ends(each[rows].mean(axis=1)).T.tolist() for each in (np.abs(effects), effects))
    found = [
        ElementaryEffect(
            input=name,
            size=Interval(float(np.abs(effects[:, index]).mean()), *sizes[index]),
            mean=Interval(float(effects[:, index].mean()), *means[index]),
            spread=float(effects[:, index].std(ddof=1)),
        )
        for index, name in enumerate(inputs.names)
    ]
    return sorted(found, key=lambda each: (-each.size.estimate, each.input))
