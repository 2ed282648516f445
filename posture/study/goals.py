"""Goals: the least or the latest value of one factor with which a milestone is met often enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import combinations
from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from posture.scenario.notation import describe
from posture.scenario.scenario import Scenario
from posture.study.designs import Factor
from posture.study.estimates import CONFIDENCE, Interval, estimate_share
from posture.study.pairing import estimate_difference
from posture.study.runs import DEFAULT_REPLICATIONS, DEFAULT_SEED
from posture.study.sensitivity import respond_with

COARSE_POINTS = 5
"""Points from end to end of the range that are looked at before any bisection."""

DEFAULT_STEPS = 1_000
"""Steps that a range of any numbers or percentages is cut into unless a tolerance is given."""

MOST_STEPS = 1_000_000

Met = npt.NDArray[np.float64]
"""Whether a milestone was met, 1 or 0, by replication."""

Bound = Callable[[Interval], float]

BOUNDS: tuple[Bound, ...] = (lambda each: each.estimate, lambda each: each.low, lambda each: each.high)

Reached = Literal["within", "everywhere", "nowhere", "in part"]
"""Where in the range a goal is reached: from one end up to some value; at every value or none that was looked at; or
away from the end where it is likeliest, so that no one value divides the range."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A milestone that is to be met with at least a probability, `share`."""

    milestone: str
    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"found a goal of {self.share:g}, wanted a probability between 0 and 1")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A setting that was looked at, and the probability that the milestone is met with it."""

    setting: object
    met: Interval


@dataclass(frozen=True, slots=True)
class Solution:
    """The value of a factor at which a goal begins to be reached.

    `seeks` tells whether it is the least or the greatest (of dates: the latest) value that reaches the goal: which of
    them depends on the end at which the milestone is met more often. `answer` is None where there is no such value;
    `low` and `high` are its interval in the order of the range, None: beyond that end of it. `evaluations` are all
    settings that were looked at, in the order of the range. `monotone` is False where some of them, further on towards
    the better end, was met more rarely by more than chance: other values than `answer` may then divide the range too.
    """

    factor: Factor
    goal: Goal
    replications: int
    seeks: Literal["least", "greatest"]
    reached: Reached
    answer: object
    low: object
    high: object
    monotone: bool
    evaluations: tuple[Evaluation, ...]


def parse_goal(text: str) -> Goal:
    """Read `milestone>=0.8` or `milestone>=80%`.

    Raises
    ------
    ValueError
        It is neither.
    """
    match = re.fullmatch(r"\s*([A-Za-z0-9_-]+)\s*>=\s*(\d*\.?\d+)\s*(%?)\s*", text)
    if match is None:
        raise ValueError(f"found {describe(text)}, wanted a goal such as asad-vacated>=0.8")
    return Goal(match[1], float(match[2]) / (100 if match[3] else 1))


@dataclass(frozen=True, slots=True)
class _Steps:
    """A factor's range as steps 0, 1, ..., `last`."""

    factor: Factor
    last: int
    size: float

    def setting(self, step: int) -> object:
        """Return the setting at a step."""
        if self.factor.values:
            return self.factor.values[step]
        low, high = self.factor.ends
        return self.factor.setting(min(low + step * self.size, high))


def _steps(factor: Factor, tolerance: float | None) -> _Steps:
    if factor.values:
        return _Steps(factor, len(factor.values) - 1, 1)
    low, high = factor.ends
    if factor.scale in ("whole", "date"):
        return _Steps(factor, round(high - low), 1)
    size = (high - low) / DEFAULT_STEPS if tolerance is None else tolerance
    if not (high - low) / MOST_STEPS <= size <= high - low:
        wanted = f"{(high - low) / MOST_STEPS:g} to {high - low:g}"
        raise ValueError(f"found a tolerance of {size:g} for '{factor.path}', wanted {wanted}")
    return _Steps(factor, ceil((high - low) / size - 1e-9), size)


@dataclass(slots=True)
class _Search:
    """What has been looked at of a response so far, by step: met or not by replication, and the probability."""

    respond: Callable[[object], Met]
    steps: _Steps
    confidence: float
    met: dict[int, Met] = field(default_factory=dict)
    shares: dict[int, Interval] = field(default_factory=dict)

    def share(self, step: int) -> Interval:
        """Return the probability at a step, from what is known or by looking."""
        if step not in self.shares:
            met = np.asarray(self.respond(self.steps.setting(step)), dtype=np.float64)
            if any(len(each) != len(met) for each in self.met.values()):
                raise ValueError("found unlike numbers of replications, wanted common draws: as many for each setting")
            self.met[step] = met
            self.shares[step] = estimate_share(int(met.sum()), len(met), confidence=self.confidence)
        return self.shares[step]

    def crossing(self, bound: Bound, share: float, *, good: int, bad: int) -> int | None:
        """Return the step furthest from the `good` end up to which a bound reaches a share, or None: not even that.

        The first step known not to reach, going from `good` to `bad`, and the one before it are the ends of the
        bisection. All the way: `bad` itself.
        """

        def reaches(step: int) -> bool:
            return bound(self.share(step)) >= share

        known = sorted(self.met, reverse=good > bad)
        if not reaches(known[0]):
            return None
        failing = next((each for each in known if not reaches(each)), None)
        if failing is None:
            return bad
        holding = known[known.index(failing) - 1]
        while abs(failing - holding) > 1:
            middle = (failing + holding) // 2
            if reaches(middle):
                holding = middle
            else:
                failing = middle
        return holding

    def is_monotone(self, *, good: int, bad: int) -> bool:
        """Tell whether no known step nearer to the good end was met more rarely, by the paired differences.

        The level of each interval is shared out over all pairs (Bonferroni), so that a monotone response is called so
        with at least the confidence asked for.
        """
        known = sorted(self.met, reverse=bad > good)
        pairs = list(combinations(known, 2))
        level = 1 - (1 - self.confidence) / max(1, len(pairs))
        falls = [(each, to) for each, to in pairs if self.shares[to].estimate < self.shares[each].estimate]
        return all(
            estimate_difference(self.met[better] - self.met[worse], confidence=level).high >= 0
            for worse, better in falls
        )


def solve(
    respond: Callable[[object], Met],
    *,
    factor: Factor,
    goal: Goal,
    tolerance: float | None = None,
    confidence: float = CONFIDENCE,
) -> Solution:
    """Return the least or greatest value of a factor that reaches a goal, by bisection on common draws.

    Parameters
    ----------
    respond
        Whether the milestone is met with a setting, 1 or 0, shape (replications,): for each setting the same number
        of replications under the same draws.
    factor
        A range, or values in an order in which the response is thought to rise or fall.
    goal
        What is to be reached.
    tolerance
        The error allowed of a number or percentage, in its own unit; None: a thousandth of the range. Whole numbers
        and dates are found exactly.
    confidence
        Coverage wanted of every interval, in (0, 1).

    Returns
    -------
    Solution
        At most 5 + 3 ceil(log2(steps / 4)) settings are looked at where they are met the more often the nearer to the
        better end, steps being whole numbers, days or tolerances.

    Raises
    ------
    ValueError
        The tolerance fits no step of the range, or numbers of replications differ.

    Notes
    -----
    The interval holds every value at which the Wilson interval of P(met) holds the goal, its ends found by the same
    bisection: where P(met) is monotone, it covers the value sought as often as Wilson's covers a probability.
    """
    search = _Search(respond, _steps(factor, tolerance), confidence)
    last = search.steps.last
    for each in sorted({round(index * last / (COARSE_POINTS - 1)) for index in range(COARSE_POINTS)}):
        search.share(each)
    good, bad = _direction(search, last)
    answer, edges = _crossings(search, goal.share, good=good, bad=bad)
    shares = dict(sorted(search.shares.items()))
    return Solution(
        factor=factor,
        goal=goal,
        replications=len(search.met[0]),
        seeks="least" if good > bad else "greatest",
        reached=_reached(answer, bad, any(each.estimate >= goal.share for each in shares.values())),
        answer=None if answer is None else search.steps.setting(answer),
        low=None if edges[0] is None else search.steps.setting(edges[0]),
        high=None if edges[1] is None else search.steps.setting(edges[1]),
        monotone=search.is_monotone(good=good, bad=bad),
        evaluations=tuple(Evaluation(search.steps.setting(step), share) for step, share in shares.items()),
    )


def _crossings(
    search: _Search, share: float, *, good: int, bad: int
) -> tuple[int | None, tuple[int | None, int | None]]:
    """Return the step at which the estimate crosses a share, and in the order of the range those of its bounds.

    What is looked at for one may show that another holds less far: then all are sought again.
    """
    while True:
        known = len(search.met)
        answer, cautious, hopeful = (search.crossing(each, share, good=good, bad=bad) for each in BOUNDS)
        if len(search.met) == known:
            break
    beyond = None if hopeful == bad else hopeful
    return answer, ((beyond, cautious) if good > bad else (cautious, beyond))


def _direction(search: _Search, last: int) -> tuple[int, int]:
    """Return the end at which the milestone is met more often, and the other; alike: the last is the better."""
    first = search.share(0).estimate > search.share(last).estimate
    return (0, last) if first else (last, 0)


def _reached(answer: int | None, bad: int, reaching: bool) -> Reached:
    if answer is None:
        return "in part" if reaching else "nowhere"
    return "everywhere" if answer == bad else "within"


def respond_met(
    scenario: Scenario,
    *,
    milestone: str,
    path: str,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Callable[[object], Met]:
    """Return what `solve` asks: whether a milestone is met with a setting of a path, by replication, as `respond_with`.

    Raises
    ------
    ValueError
        The scenario has no such milestone.
    """
    respond = respond_with(
        scenario, milestone, replications=replications, seed=seed, executor=executor, progress=progress
    )
    return lambda setting: np.asarray(respond([{path: setting}])[0])
