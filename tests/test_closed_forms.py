"""Statistics against theory: queues, reviews, sums and shares, each within four standard errors, with pinned seeds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.stats import triang

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.scenario.clock import MINUTES_PER_DAY
from posture.study.runs import run_scenario

DRAWDOWN = "phases.exit.drawdowns.alpha-home"
SERIALS = 240
"""Enough for the last serial to have forgotten the first: the queues below relax within some twenty."""


def play_many(scenario, settings: dict[str, object], *, replications: int) -> list[Outcome]:
    """Run the smallest scenario, changed by path, many times."""
    plan = compile_plan(scenario(settings))
    draws = draw(plan, seed=20, replications=replications)
    return [simulate(plan, draws, replication=each) for each in range(replications)]


def last_waits(scenario, *, slots: int, cycle_days: float, replications: int) -> np.ndarray:
    """Return how long the last of 240 serials, planned a day apart, waited for lift with exponential cycles, days."""
    settings = {
        "contingents.alpha.personnel": 60 * SERIALS,
        f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-08-28": 0},
        "lift.trucks": {"slots": slots, "cycle_days": {"exponential": cycle_days}},
    }
    outcomes = play_many(scenario, settings, replications=replications)
    assert {len(each.queues[0].gone) + len(each.queues[0].waiting) for each in outcomes} == {SERIALS}
    return np.array([each.waits(0, each.queues[0].gone[-1]).get("lift", 0) for each in outcomes]) / MINUTES_PER_DAY


def assert_within(sample: np.ndarray, expected: float) -> None:
    """Assert that a mean is within four standard errors of theory, and a minute more: minutes are rounded."""
    error = sample.std(ddof=1) / np.sqrt(sample.size)
    assert abs(sample.mean() - expected) < 4 * error + 1 / MINUTES_PER_DAY, (sample.mean(), expected, error)


def test_waits_at_one_exponential_slot_are_those_of_d_m_1(scenario):
    """One arrival a day, mean cycle 0.7 days: W = sigma / (mu (1 - sigma)), sigma = exp(-mu (1 - sigma)).

    Kleinrock (1975), "Queueing Systems" I, section 6.2 (G/M/1 with constant gaps).
    """
    mu = 1 / 0.7
    sigma = brentq(lambda s: s - np.exp(-mu * (1 - s)), 1e-9, 1 - 1e-9)

    waits = last_waits(scenario, slots=1, cycle_days=0.7, replications=400)

    assert_within(waits, sigma / (mu * (1 - sigma)))


@pytest.mark.parametrize(("slots", "cycle_days"), [(2, 1.5), (3, 2.2)])
def test_waits_at_several_exponential_slots_are_those_of_d_m_c(scenario, slots, cycle_days):
    """The chain embedded at arrivals, by linear algebra: between two of them it falls at rate min(n, c) mu.

    Kleinrock (1975), section 6.5 (G/M/m); who finds n >= c waits (n - c + 1) / (c mu) on average.
    """
    most, mu = 120, 1 / cycle_days
    death = np.zeros((most + 1, most + 1))
    for n in range(1, most + 1):
        death[n, n - 1], death[n, n] = min(n, slots) * mu, -min(n, slots) * mu
    after_a_day = expm(death)
    steps = np.array([after_a_day[min(n + 1, most)] for n in range(most + 1)])
    found = np.linalg.matrix_power(steps, 4096)[0]
    expected = sum(found[n] * (n - slots + 1) / (slots * mu) for n in range(slots, most + 1))

    waits = last_waits(scenario, slots=slots, cycle_days=cycle_days, replications=400)

    assert_within(waits, expected)


def test_the_number_of_reviews_is_geometric(scenario):
    """Each passes with 0.3: on average 1 / 0.3 reviews, and 0.3 of the gates pass at the first."""
    settings = {"phases.exit.gate": {"review_every_days": 0.5, "passes": 0.3}}

    counts = np.array([len(each.reviews[0]) for each in play_many(scenario, settings, replications=1500)])

    assert_within(counts, 1 / 0.3)
    assert_within((counts == 1).astype(float), 0.3)


def test_travel_is_triangular_and_its_sums_are_sums(scenario):
    """Three transits of triangular(8, 10, 20): a mean of 38/3 each; their variances add up (scipy's law)."""
    settings = {"lift.trucks.transit_days": {"triangular": [8, 10, 20]}}
    law = triang(c=(10 - 8) / (20 - 8), loc=8, scale=12)

    outcomes = play_many(scenario, settings, replications=1000)
    sums = (
        np.array([sum(s.arrives_at - s.departed_at for s in each.queues[0].gone) for each in outcomes])
        / MINUTES_PER_DAY
    )

    assert law.mean() == pytest.approx(38 / 3)
    assert_within(sums, 38)
    assert_within((sums - 38) ** 2, 3 * law.var())


def test_the_share_of_replications_met_is_binomial(scenario):
    """One review on the day of the deadline, passing with 0.4: met in 0.4 of the replications."""
    settings = {
        f"{DRAWDOWN}.margin_days": 300,
        "phases.exit.gate": {"review_every_days": 300, "passes": 0.4, "first_review": "2030-01-09"},
    }

    met = run_scenario(scenario(settings), replications=1500).milestones()["met"].to_numpy(dtype=float)

    assert_within(met, 0.4)


def test_the_share_of_time_in_a_regime_is_that_of_its_stays(scenario):
    """Calm for 20 days on average, storm for 5: a fifth of the time in storm, from day 100 on."""
    settings = {
        "regimes": {
            "initial": "calm",
            "states": {
                "calm": {"lasts_days": {"exponential": 20}, "then": "storm"},
                "storm": {"lasts_days": {"exponential": 5}, "then": "calm"},
            },
        }
    }

    shares = []
    for each in play_many(scenario, settings, replications=300):
        times = [*each.regimes, (each.plan.horizon, 0)]
        spans = [(max(a, 144_000), max(b, 144_000), state) for (a, state), (b, _) in pairwise(times)]
        shares.append(sum(b - a for a, b, state in spans if state == 1) / (each.plan.horizon - 144_000))

    assert_within(np.array(shares), 0.2)


def test_events_at_a_rate_are_as_many_as_their_rate_says(scenario):
    """0.5 a day for 365 days: 182.5 events, with the variance of a Poisson count."""
    settings = {"events.attack": {"per_day": 0.5, "judgement": "invented"}}

    counts = np.array([len(each.happenings) for each in play_many(scenario, settings, replications=400)], dtype=float)

    assert_within(counts, 182.5)
    assert_within((counts - 182.5) ** 2, 182.5)
