"""Goals: the value sought where the response is known, its interval by repeated runs, what is said where it fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from math import ceil, log, log2

import numpy as np
import pytest

from posture.study.designs import Factor
from posture.study.goals import Goal, parse_goal, respond_met, solve

NUMBER = Factor("x", low=0.0, high=10.0)
EIGHTY = Goal("out", 0.8)
SOUGHT = 4 + log(4)
"""Where 1 / (1 + exp(4 - x)) is 0.8: 5.386."""


def respond_by(chance: Callable[[float], float], *, replications: int = 1000, seed: int = 1, asked: list | None = None):
    """Return a response met with a chance that depends on the setting, each replication with one uniform for all."""
    drawn = np.random.default_rng(seed).random(replications)

    def respond(setting):
        if asked is not None:
            asked.append(setting)
        return (drawn < chance(setting)).astype(float)

    return respond


def logistic(setting: float) -> float:
    """Return a chance that rises with the setting, one half at 4."""
    return 1 / (1 + np.exp(4 - setting))


@pytest.mark.parametrize(
    ("text", "share"), [("asad-vacated>=0.8", 0.8), ("asad-vacated >= 80%", 0.8), ("asad-vacated>=.5", 0.5)]
)
def test_a_goal_is_read(text, share):
    """A milestone's id and a probability, as a number or a percentage."""
    assert parse_goal(text) == Goal("asad-vacated", share)


@pytest.mark.parametrize("text", ["asad-vacated", "asad-vacated>0.8", ">=0.8", "a>=x", "a>=1.5", "a>=0", "a>=100%"])
def test_what_is_no_goal_is_refused(text):
    """No probability between 0 and 1, no id, another sign."""
    with pytest.raises(ValueError, match=r"wanted a goal such as|wanted a probability"):
        parse_goal(text)


def test_the_least_number_is_found_to_the_tolerance():
    """The share of uniforms below the logistic reaches 0.8 where it passes the 800th of 1,000: to 0.01 by bisection."""
    uniform = np.sort(np.random.default_rng(1).random(1000))[799]
    asked: list[float] = []

    found = solve(respond_by(logistic, asked=asked), factor=NUMBER, goal=EIGHTY, tolerance=0.01)

    exact = 4 + log(uniform / (1 - uniform))
    assert (found.seeks, found.reached, found.monotone, found.replications) == ("least", "within", True, 1000)
    assert exact <= found.answer <= exact + 0.01
    assert found.low < SOUGHT < found.high
    assert len(asked) == len(set(asked)) == len(found.evaluations) <= 5 + 3 * ceil(log2(1000 / 4))


def test_the_interval_is_where_the_bounds_of_wilson_cross():
    """By brute force over all 1,001 steps: the first whose upper bound, and the first whose lower one, is 0.8."""
    respond = respond_by(logistic)
    steps = [solve_bounds(respond, round(index * 0.01, 10)) for index in range(1001)]

    found = solve(respond, factor=NUMBER, goal=EIGHTY, tolerance=0.01)

    assert found.low == pytest.approx(0.01 * next(index for index, (_, high) in enumerate(steps) if high >= 0.8))
    assert found.high == pytest.approx(0.01 * next(index for index, (low, _) in enumerate(steps) if low >= 0.8))


def solve_bounds(respond, setting: float) -> tuple[float, float]:
    """Return Wilson's interval by its formula: (p + z2/2n -+ z sqrt(p q / n + z2/4n2)) / (1 + z2/n)."""
    met, z = respond(setting), 1.959963985
    share, n = met.mean(), len(met)
    reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (share + z**2 / (2 * n) - reach) / (1 + z**2 / n), (share + z**2 / (2 * n) + reach) / (1 + z**2 / n)


def test_the_interval_covers_the_value_sought():
    """1,000 runs of 200 replications: 93 % or more of the intervals hold 5.386."""
    found = [
        solve(respond_by(logistic, replications=200, seed=seed), factor=NUMBER, goal=EIGHTY) for seed in range(1000)
    ]

    assert np.mean([each.low <= SOUGHT <= each.high for each in found]) >= 0.93


def test_a_response_with_chance_of_its_own_at_each_setting_is_not_called_other_than_monotone():
    """200 runs of a logistic without common draws: reversals by chance alone are taken for such in 95 % or more."""

    def respond(generator):
        return lambda setting: (generator.random(300) < logistic(setting)).astype(float)

    found = [solve(respond(np.random.default_rng(seed)), factor=NUMBER, goal=EIGHTY) for seed in range(200)]

    assert np.mean([each.monotone for each in found]) >= 0.95
    assert all(each.low <= each.answer <= each.high for each in found)


def test_the_least_whole_number_is_found_exactly():
    """Met in all replications from 37 on: 37 of 1 to 100, and the interval is that number."""
    found = solve(respond_by(lambda slots: float(slots >= 37)), factor=Factor("x", low=1, high=100), goal=EIGHTY)

    assert (found.answer, found.low, found.high) == (37, 37, 37)
    assert isinstance(found.answer, int)


def test_the_latest_date_is_found_to_the_day():
    """A chance that falls by 1 % a day from 1 on 1 January: 0.8 on the 21st; the uniforms are 0.0005, 0.0015, ..."""
    first, drawn = date(2030, 1, 1), (np.arange(1000) + 0.5) / 1000

    def respond(day):
        return (drawn < 1 - 0.01 * (date.fromisoformat(day) - first).days).astype(float)

    found = solve(respond, factor=Factor("x", low="2030-01-01", high="2030-03-31"), goal=EIGHTY)

    assert (found.seeks, found.answer) == ("greatest", (first + timedelta(days=20)).isoformat())
    assert found.low < found.answer < found.high


def test_values_in_a_row_are_searched_like_a_range():
    """Met with 0.1, 0.5, 0.85 and 0.95: the third is the least."""
    chances = {"a": 0.1, "b": 0.5, "c": 0.85, "d": 0.95}

    found = solve(respond_by(chances.__getitem__), factor=Factor("x", tuple(chances)), goal=EIGHTY)

    assert (found.answer, found.low, found.high) == ("c", "c", "c")


def test_a_goal_that_no_value_reaches():
    """Met with at most a half: no answer, no interval, and five settings looked at."""
    found = solve(respond_by(lambda x: x / 20), factor=NUMBER, goal=EIGHTY)

    assert (found.reached, found.answer, found.low, found.high) == ("nowhere", None, None, None)
    assert [each.setting for each in found.evaluations] == [0, 2.5, 5, 7.5, 10]


def test_a_goal_that_every_value_reaches():
    """Met with 0.9 or more: the least value is the end of the range, and so open at that end."""
    found = solve(respond_by(lambda x: 0.9 + x / 100), factor=NUMBER, goal=EIGHTY)

    assert (found.reached, found.answer, found.low, found.high, len(found.evaluations)) == ("everywhere", 0, None, 0, 5)


def test_an_interval_is_open_where_a_bound_does_not_cross():
    """Up to 0.81 of 1,000: the estimate reaches 0.8, its lower bound never."""
    found = solve(respond_by(lambda x: 0.081 * x, seed=3), factor=NUMBER, goal=EIGHTY)

    assert found.low is not None
    assert found.high is None


def test_a_response_that_turns_is_called_so():
    """Up to 0.95 at 5 and down again to 0.1 at either end: no one value divides the range, but some reach the goal."""
    found = solve(respond_by(lambda x: 0.95 - 0.034 * (x - 5) ** 2), factor=NUMBER, goal=EIGHTY)

    assert (found.monotone, found.reached, found.answer) == (False, "in part", None)
    assert max(each.met.estimate for each in found.evaluations) >= 0.8


def test_a_dip_before_the_better_end_bounds_the_answer():
    """0.9 up to 2, 0.3 up to 6, 0.95 from there: not monotone, and from 6 on everything that was looked at reaches."""
    found = solve(respond_by(lambda x: 0.9 if x < 2 else 0.3 if x < 6 else 0.95), factor=NUMBER, goal=EIGHTY)

    assert (found.monotone, found.reached) == (False, "within")
    assert found.answer == pytest.approx(6, abs=0.01)
    assert all(each.met.estimate >= 0.8 for each in found.evaluations if each.setting >= found.answer)


@pytest.mark.parametrize("tolerance", [0, -1, 20, float("nan")])
def test_a_tolerance_that_does_not_fit_is_refused(tolerance):
    """The range is 10 wide."""
    with pytest.raises(ValueError, match="tolerance"):
        solve(respond_by(logistic), factor=NUMBER, goal=EIGHTY, tolerance=tolerance)


def test_the_slots_that_a_scenario_needs(scenario):
    """Due on days 1.5, 4.5 and 7.5, cycles of 4 days: by one slot the last goes on 9.5, past day 9, by two in time."""
    base = scenario({"lift.trucks": {"slots": 1, "cycle_days": 4, "transit_days": 0}})

    found = solve(
        respond_met(base, milestone="all-out", path="lift.trucks.slots", replications=20),
        factor=Factor("lift.trucks.slots", low=1, high=5),
        goal=Goal("all-out", 0.5),
    )

    assert (found.answer, found.low, found.high, found.seeks) == (2, 2, 2, "least")


def test_an_unknown_milestone_is_refused_with_the_nearest(scenario):
    """`all-outt` is near `all-out`."""
    with pytest.raises(ValueError, match="did you mean 'all-out'"):
        respond_met(scenario(), milestone="all-outt", path="lift.trucks.slots")
