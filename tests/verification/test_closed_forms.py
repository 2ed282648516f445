"""How often, when and where: reviews and events against formulas, within 4 standard errors."""

from __future__ import annotations

from bisect import bisect_right
from math import exp

import numpy as np
import pytest
from theory import CALM_AND_WAR, DAY, close_to, run, seeds

from posture.model.outcome import Outcome


@seeds(13, replications=1000)
@pytest.mark.parametrize("chance", [0.2, 0.5, 0.9])
def test_reviews_until_a_gate_passes_are_geometric(scenario, chance, seed, replications):
    """Mean 1/p, variance (1 - p)/p^2, P(first) = p; one review a day."""
    gate = {"review_every_days": 1, "passes": chance, "judgement": "invented"}
    played = run(scenario, {"phases.exit.gate": gate}, replications=replications, seed=seed)
    counts = [len(each.reviews[0]) for each in played]

    assert close_to(counts, 1 / chance)
    assert close_to([count == 1 for count in counts], chance)
    assert close_to([(count - 1 / chance) ** 2 for count in counts], (1 - chance) / chance**2)


@seeds(26, replications=1000)
def test_reviews_that_a_war_forbids_follow_a_chain_of_two_states(scenario, seed, replications):
    """One a day from a calm on, p = 1/2, none passes in war; calm ends at a = 1/3 a day, war at b = 1/2.

    Seen once a day it is a Markov chain that stays calm with s = (b + a exp(-a - b)) / (a + b). The means from calm and
    from war, E = 1 + (1 - p) (s E + (1 - s) W) and W = E + 1 / P(war ends in a day), give E = (1 + (1 - p) a / b) / p.
    The second passes with (1 - p) s p.
    """
    p, a, b = 1 / 2, 1 / 3, 1 / 2
    unless = {"at-war": {"regime": "war"}}
    settings = {
        "regimes": {"initial": "calm", "states": CALM_AND_WAR},
        "phases.exit.gate": {"review_every_days": 1, "passes": p, "unless": unless, "judgement": "invented"},
        "end": "2030-04-30",
    }
    counts = [len(each.reviews[0]) for each in run(scenario, settings, replications=replications, seed=seed)]
    stays = (b + a * exp(-a - b)) / (a + b)

    assert close_to(counts, (1 + (1 - p) * a / b) / p)
    assert close_to([count == 1 for count in counts], p)
    assert close_to([count == 2 for count in counts], (1 - p) * stays * p)


@seeds(16, replications=1000)
def test_an_event_at_a_rate_happens_as_often_as_poisson(scenario, seed, replications):
    """0.05 a day over 365 days: mean and variance 18.25; the first is exponential: none in 20 days with exp(-1)."""
    settings = {"events.shelling": {"per_day": 0.05, "judgement": "invented"}}
    played = run(scenario, settings, replications=replications, seed=seed)
    counts = [len(each.happenings) for each in played]

    assert close_to(counts, 18.25)
    assert close_to([(count - 18.25) ** 2 for count in counts], 18.25)
    assert close_to([not each.happenings or each.happenings[0].minute >= 20 * DAY for each in played], exp(-1))


@seeds(19, replications=1000)
def test_a_place_is_chosen_by_its_weight(scenario, seed, replications):
    """Northport 3, hilltop 1, where bravo stands: of the events on day 1, three in four fall on northport."""
    settings = {
        "locations.hilltop": {},
        "contingents.bravo": {"personnel": 5, "at": "hilltop", "judgement": "invented"},
        "events.shelling": {"on": "2030-01-02", "at": {"northport": 3, "hilltop": 1}, "judgement": "invented"},
    }
    played = run(scenario, settings, replications=replications, seed=seed)
    places = [each.plan.locations[each.happenings[0].location].id for each in played]

    assert close_to([place == "northport" for place in places], 3 / 4)


@seeds(20, replications=1500)
def test_an_event_with_a_probability_falls_at_a_uniform_minute(scenario, seed, replications):
    """Chance 0.6 in [10, 30): it happens in 0.6 of all, in the mean on day 20 with variance 400/12."""
    event = {"probability": 0.6, "between": ["2030-01-11", "2030-01-30"], "judgement": "invented"}
    played = run(scenario, {"events.shelling": event}, replications=replications, seed=seed)
    days = [each.happenings[0].minute / DAY for each in played if each.happenings]

    assert close_to([bool(each.happenings) for each in played], 0.6)
    assert close_to(days, 20)
    assert close_to([(day - 20) ** 2 for day in days], 400 / 12)
    assert all(10 <= day < 30 for day in days)


@seeds(27, replications=200)
def test_events_in_each_regime_are_poisson_at_its_rate(scenario, seed, replications):
    """0.1 a day in calm, 1 in war: given T days in a regime, the count less rate x T has mean 0, variance rate x T.

    The calm and the war count are independent given the days: their deviations have no product in the mean. What falls
    at a minute was used up in the minute before, and belongs to the regime of that.
    """
    rates = np.array([0.1, 1.0])
    settings = {
        "regimes": {"initial": "calm", "states": CALM_AND_WAR},
        "events.shelling": {"per_day": {"calm": 0.1, "war": 1}, "judgement": "invented"},
    }
    played = run(scenario, settings, replications=replications, seed=seed)
    due = np.array([days_in_regimes(each) * rates for each in played])
    off = (np.array([counts_in_regimes(each) for each in played]) - due) / np.sqrt(due)

    for regime in range(2):
        assert close_to(off[:, regime], 0)
        assert close_to(off[:, regime] ** 2, 1)
    assert close_to(off[:, 0] * off[:, 1], 0)


def days_in_regimes(outcome: Outcome) -> np.ndarray:
    """Return the days spent in each regime, in plan order."""
    minutes, regimes = zip(*outcome.regimes, strict=True)
    lasting = np.diff([*minutes, outcome.plan.horizon]) / DAY
    return np.bincount(regimes, weights=lasting, minlength=len(outcome.plan.regimes))


def counts_in_regimes(outcome: Outcome) -> np.ndarray:
    """Return how many events happened in each regime, in plan order."""
    minutes, regimes = zip(*outcome.regimes, strict=True)
    reigning = [regimes[bisect_right(minutes, each.minute - 1) - 1] for each in outcome.happenings]
    return np.bincount(reigning, minlength=len(outcome.plan.regimes))
