"""Pairs: intervals and variance by hand and by repeated samples, order and lateness where the answer is known."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from posture.study.pairing import NEVER, PairedMilestone, estimate_difference, estimate_pairs, variance_saved
from posture.study.runs import run_scenario


def gate(passes: float, *, days: int = 400) -> dict[str, object]:
    """Return a gate that passes at once with a chance, else at a review so many days later: by 400 past the end."""
    return {"phases.exit.gate": {"review_every_days": days, "passes": passes}}


def pair(base, other, *, replications: int = 400) -> PairedMilestone:
    """Return the one milestone of two scenarios as a pair."""
    runs = [run_scenario(each, replications=replications) for each in (base, other)]
    return next(iter(estimate_pairs(*runs, scenario="other")))


def test_the_interval_is_that_of_bonett_and_price():
    """Of 10 pairs 3 only in the other, 1 only in the base: 4/12 - 2/12 -+ 1.959964 sqrt((6/12 - 1/36) / 12)."""
    difference = estimate_difference(np.array([1, 1, 1, -1, 0, 0, 0, 0, 0, 0], dtype=float))

    reach = 1.959963985 * sqrt((6 / 12 - 1 / 36) / 12)
    assert difference.estimate == pytest.approx(0.2)
    assert (difference.low, difference.high) == pytest.approx((1 / 6 - reach, 1 / 6 + reach))


def test_the_interval_keeps_to_what_is_possible_and_never_shrinks_to_a_point():
    """5 pairs that all differ: 5/7 + 1.96 sqrt((7/7 - 25/49) / 7) = 1.23, cut at 1; 5 that never do: -+ 0.396."""
    every, none = estimate_difference(np.ones(5)), estimate_difference(np.zeros(5))

    assert every.high == 1
    assert (none.low, none.high) == pytest.approx((-1.959963985 * sqrt(2) / 7, 1.959963985 * sqrt(2) / 7))


@pytest.mark.parametrize("chances", [(0.2, 0.1, 0.7), (0.05, 0.02, 0.93), (0.6, 0.1, 0.3)])
def test_the_interval_covers_the_difference(chances):
    """1,000 samples of 60 pairs, met in the other alone, in the base alone, or as often: 93 % or more are right."""
    samples = np.random.default_rng(1).choice([1.0, -1.0, 0.0], p=chances, size=(1000, 60))
    truth = chances[0] - chances[1]

    found = [estimate_difference(each) for each in samples]

    assert np.mean([each.low <= truth <= each.high for each in found]) >= 0.93


def test_variance_saved_by_nested_chances():
    """Of 10 equal chances 3 meet it in the base, they and 3 more in the other: 2 x 0.3 x 0.4 / (0.21 + 0.24)."""
    base, other = (np.array([1.0] * met + [0.0] * (10 - met)) for met in (3, 6))

    assert variance_saved(base, other) == pytest.approx(0.24 / 0.45)


def test_variance_saved_at_its_ends():
    """The same in both saves all of it, independent ones nothing, opposite ones cost as much; none where none is."""
    base = np.array([1.0, 1.0, 0.0, 0.0])

    assert variance_saved(base, base) == 1
    assert variance_saved(base, np.array([1.0, 0.0, 1.0, 0.0])) == 0
    assert variance_saved(base, 1 - base) == -1
    assert variance_saved(np.ones(4), np.zeros(4)) is None


def test_a_likelier_gate_under_common_draws(scenario):
    """Passed if one uniform is below 0.3, or 0.6: earlier in 0.3 of all, later in none, and the variance as nested."""
    found = pair(scenario(gate(0.3)), scenario(gate(0.6)))

    base, other = found.met_base.estimate, found.met.estimate
    assert found.difference.estimate == pytest.approx(0.3, abs=4 * sqrt(0.21 / 400))
    assert found.order.earlier.estimate == pytest.approx(found.difference.estimate)
    assert (found.order.later.estimate, found.order.same.estimate) == (0, pytest.approx(1 - (other - base)))
    assert found.variance_saved == pytest.approx(2 * base * (1 - other) / (base * (1 - base) + other * (1 - other)))


def test_lateness_counts_what_was_never_achieved_as_k(scenario):
    """Out on 8 January, a day early, or never: k is 356 days, 31 December less 9 January; -1 - 356 in 0.3 of all."""
    found = pair(scenario(gate(0.3)), scenario(gate(0.6)))

    assert found.lateness.days == (-357, 0, 0)
    assert found.lateness.censored_days == 356
    assert found.lateness.censored.estimate == pytest.approx(1 - found.met_base.estimate)


def test_runs_of_other_lengths_are_judged_by_the_days_they_share(scenario):
    """Passed on 1 January or 20 July, after the other has ended on 30 June, 172 days late: the same in every pair."""
    passes = gate(0.5, days=200)

    found = pair(scenario(passes), scenario(passes | {"end": "2030-06-30"}), replications=60)

    assert found.order.same.estimate == 1
    assert found.lateness.censored_days == 172
    assert found.lateness.days == (0, 0, 0)
    assert 0 < found.lateness.censored.estimate < 1


def test_order_and_lateness_follow_the_tables(scenario):
    """Two slots and cycles drawn anew: earlier, same and later, and the median, counted row by row."""
    cycle = {"slots": 1, "cycle_days": {"exponential": 2}, "transit_days": 1}
    runs = [
        run_scenario(scenario({"lift.trucks": cycle, "phases.exit.pace": pace}), replications=50)
        for pace in ("even", {"uniform": [0.5, 2]})
    ]

    found = next(iter(estimate_pairs(*runs, scenario="other")))

    base, other = (run.milestones() for run in runs)
    days = (other["achieved"] - base["achieved"]).dt.days
    late = sorted(other["days_late"] - base["days_late"])
    shares = [(days < 0).mean(), (days == 0).mean(), (days > 0).mean()]
    order = found.order
    assert [each.estimate for each in (order.earlier, order.same, order.later)] == pytest.approx(shares)
    assert 0 < shares[0] < 1
    assert found.lateness.days == (late[4], late[24], late[44])


@pytest.mark.parametrize("joined", [False, True])
def test_what_has_no_dates_has_no_order(scenario, joined):
    """A `throughout` has no days late, nor has a joint of such alone."""
    held = {"throughout": ["2030-01-01", "2030-01-05"], "strength": {"at": "northport", "at_least": 1}}
    settings: dict[str, object] = {"milestones.a": {**held, "judgement": "invented"}}
    if joined:
        settings["milestones.all-out"] = None
        settings["milestones.b"] = {"any": ["a"], "judgement": "invented"}
    run = run_scenario(scenario(settings), replications=3)

    found = {each.milestone: each for each in estimate_pairs(run, run, scenario="same")}

    undated = found["b" if joined else "a"]
    assert (undated.order, undated.lateness) == (None, None)


def test_never_is_after_every_day_a_run_can_reach():
    """A hundred thousand years of days fit below it."""
    assert NEVER > 100_000 * 366
