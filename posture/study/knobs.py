"""Goals with several factors: the least change of them together with which a milestone is met often enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from posture.model.streams import stream_key
from posture.scenario.scenario import Scenario
from posture.study.designs import Factor
from posture.study.estimates import Interval, estimate_share
from posture.study.goals import Goal
from posture.study.runs import DEFAULT_REPLICATIONS, DEFAULT_SEED
from posture.study.sensitivity import Respond, respond_with
from posture.study.studies import DesignPoint

if TYPE_CHECKING:
    import optuna

DEFAULT_TRIALS = 60
"""Settings looked at: what the sampler learns by comes to about ten for each of two to four factors and the start."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were looked at: how far each factor was turned, what that costs, and P(met) under common draws."""

    setting: DesignPoint
    turned: tuple[float, ...]
    cost: float
    met: Interval


@dataclass(frozen=True, slots=True)
class KnobSolution:
    """The cheapest settings found with which a goal is reached, of several factors together.

    A factor is turned from the end at which the milestone is met more rarely, `worse`, by a share from 0 to 1 of its
    range; the cost is the sum of these shares times their weights. `best` is None where no trial reached the goal.
    `fresh` is P(met) of the best with as many replications that the search never saw: what was picked for being good
    is better in the draws it was picked by than in others. `trials` are all of them, the cheapest that reach the goal
    first.
    """

    factors: tuple[Factor, ...]
    weights: tuple[float, ...]
    worse: tuple[object, ...]
    goal: Goal
    replications: int
    best: Trial | None
    fresh: Interval | None
    trials: tuple[Trial, ...]


def turn_knobs(
    scenario: Scenario,
    factors: Mapping[Factor, float],
    *,
    goal: Goal,
    trials: int = DEFAULT_TRIALS,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> KnobSolution:
    """Seek the cheapest settings of several factors with which a milestone is met often enough.

    Parameters
    ----------
    factors
        Two or more ranges, each with its weight: what turning it through all of it costs.
    trials
        Settings to look at, besides both ends of each factor.
    replications, seed
        Of each setting, under common draws.
    executor, progress
        As of `run_scenario`.

    Raises
    ------
    ValueError
        Fewer than two factors, one path twice, values in place of a range, a weight below 0, no such milestone, or
        the extra `optimise` is not installed.
    StudyError
        Replications failed.

    Notes
    -----
    A tree-structured Parzen estimator, Bergstra et al. (2011), "Algorithms for hyper-parameter optimization", NIPS 24,
    of the cost; a setting that misses the goal costs more than any that reaches it, by as much as it falls short.
    Nothing is promised: more trials may find better.
    """
    _refuse_unfit(factors)
    knobs, weights = tuple(factors), tuple(factors.values())
    respond = respond_with(
        scenario, goal.milestone, replications=replications, seed=seed, executor=executor, progress=progress
    )
    from_low = tuple(_low_is_worse(knobs, index, respond) for index in range(len(knobs)))
    search = _Search(knobs, weights, from_low, goal, respond)
    search.run(trials, seed=seed)
    ordered = sorted(search.trials, key=lambda each: (each.met.estimate < goal.share, each.cost, -each.met.estimate))
    best = ordered[0] if ordered[0].met.estimate >= goal.share else None
    return KnobSolution(
        factors=knobs,
        weights=weights,
        worse=tuple(each.at(0.0 if low else 1.0) for each, low in zip(knobs, from_low, strict=True)),
        goal=goal,
        replications=replications,
        best=best,
        fresh=None if best is None else _judge(scenario, best, goal, replications, seed, executor, progress),
        trials=tuple(ordered),
    )


def _refuse_unfit(factors: Mapping[Factor, float]) -> None:
    if len(factors) < 2:
        raise ValueError(f"found {len(factors)} factors, wanted two or more")
    paths = [each.path for each in factors]
    if len(set(paths)) < len(paths):
        raise ValueError(f"found '{max(paths, key=paths.count)}' twice, wanted each path once")
    for each, weight in factors.items():
        if each.values:
            raise ValueError(f"found values for '{each.path}', wanted a range {each.path}=low:high to turn")
        if weight < 0:
            raise ValueError(f"found a cost of {weight:g} for '{each.path}', wanted 0 or more")


def _low_is_worse(factors: Sequence[Factor], index: int, respond: Respond) -> bool:
    """Return whether the milestone is met more rarely at the low end of a factor, wherever the others stand."""
    own = factors[index]
    others = [{each.path: each.at(share) for each in factors} for share in (0.0, 0.5, 1.0)]
    low, high = (float(respond([{**each, own.path: own.at(end)} for each in others]).mean()) for end in (0.0, 1.0))
    return low <= high


@dataclass(slots=True)
class _Search:
    """What is sought, and what was looked at."""

    factors: tuple[Factor, ...]
    weights: tuple[float, ...]
    from_low: tuple[bool, ...]
    goal: Goal
    respond: Respond
    trials: list[Trial] = field(default_factory=list)

    def run(self, trials: int, *, seed: int) -> None:
        """Look at settings: all turned, none turned, then where cheaper ones that reach the goal are likely."""
        optuna = _optuna()
        sampler = optuna.samplers.TPESampler(seed=int(stream_key(seed, "knobs")[0]) % 2**32)
        study = optuna.create_study(sampler=sampler)
        for share in (1.0, 0.0):
            study.enqueue_trial({each.path: share for each in self.factors})
        study.optimize(self._look, n_trials=trials)

    def _look(self, asked: optuna.Trial) -> float:
        turned = tuple(asked.suggest_float(each.path, 0.0, 1.0) for each in self.factors)
        trial = self.trial(turned)
        self.trials.append(trial)
        short = self.goal.share - trial.met.estimate
        return trial.cost if short <= 0 else sum(self.weights) + short

    def trial(self, turned: tuple[float, ...]) -> Trial:
        """Return what comes of turning each factor by a share of its range from its worse end."""
        shares = [each if low else 1 - each for each, low in zip(turned, self.from_low, strict=True)]
        setting = {factor.path: factor.at(share) for factor, share in zip(self.factors, shares, strict=True)}
        met = self.respond([setting])[0]
        cost = float(np.dot(self.weights, turned))
        return Trial(setting, turned, cost, estimate_share(int(met.sum()), met.size))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        wanted = "wanted the extra: pip install 'posture[optimise]'"
        raise ValueError(f"found no optuna, which seeks in several factors, {wanted}") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _judge(
    scenario: Scenario,
    best: Trial,
    goal: Goal,
    replications: int,
    seed: int,
    executor: Executor | None,
    progress: Callable[[int], None],
) -> Interval:
    """Return P(met) of the best in the replications that come after those it was picked by."""
    respond = respond_with(
        scenario,
        goal.milestone,
        replications=replications,
        seed=seed,
        common=False,
        executor=executor,
        progress=progress,
    )
    fresh = respond([best.setting, best.setting])[1]
    return estimate_share(int(fresh.sum()), fresh.size)
