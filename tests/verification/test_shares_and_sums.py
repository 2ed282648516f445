"""Shares of time, and sums and products of what is drawn, against formulas, within 4 standard errors."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from scipy import stats
from theory import CALM_AND_WAR, DAY, HOME, close_to, lift_waits, line, run, seeds

from posture.model.outcome import Outcome

CYCLE = {"triangular": [8, 10, 20]}
MEAN, VARIANCE = 38 / 3, 62 / 9
"""Of CYCLE: (a + b + c) / 3 days, (a^2 + b^2 + c^2 - ab - ac - bc) / 18 days^2."""


@seeds(17, replications=1000)
def test_a_place_is_open_in_the_share_that_closures_leave(scenario, seed, replications):
    """Closures of a fixed 2 days at 0.2 a day, each until max(until, now + 2): open iff none in 2 days: exp(-0.4).

    A serial planned on day 49.5 departs at once with that chance. It departs at the end of the first 2 days without an
    event that begin on day 47.5 or later; these take (exp(0.4) - 1) / 0.2 days in the mean, so it waits 2 days less.
    """
    rate, lasts = 0.2, 2
    close = {"close": "northport", "for_days": lasts}
    settings = {
        "contingents.alpha.personnel": 60,
        f"{HOME}.schedule": {"2030-01-09": None, "2030-04-09": 0},
        "events.shelling": {"per_day": rate, "effects": {"a": close}, "judgement": "invented"},
        "end": "2030-04-30",
    }
    waits = [lift_waits(each)[0] for each in run(scenario, settings, replications=replications, seed=seed)]

    assert close_to([wait == 0 for wait in waits], exp(-rate * lasts))
    assert close_to(waits, (exp(rate * lasts) - 1) / rate - lasts)


@seeds(18, replications=800)
def test_regimes_share_the_time_by_their_stays(scenario, seed, replications):
    """Calm for 3 days on average, war for 2, in turn: from day 100 on, calm with chance 3/5."""
    settings = {"regimes": {"initial": "war", "states": CALM_AND_WAR}, "end": "2030-04-30"}
    played = run(scenario, settings, replications=replications, seed=seed)
    calm = [max((minute, regime) for minute, regime in each.regimes if minute <= 100 * DAY)[1] for each in played]
    names = [each.id for each in played[0].plan.regimes]

    assert close_to([names[each] == "calm" for each in calm], 3 / 5)


def open_shares(scenario, settings: dict, *, replications: int, seed: int) -> list[float]:
    """Return in which share of the noons of days 30 to 180 northport was open: who was due then departed at once."""
    settings = line(180, slots=180, cycle=0) | {"end": "2030-07-31"} | settings
    played = run(scenario, settings, replications=replications, seed=seed)
    return [float(np.mean([wait == 0 for wait in lift_waits(each)[30:]])) for each in played]


@seeds(28, replications=100)
@pytest.mark.parametrize(
    "law", [2, {"exponential": 2}, {"uniform": [0, 4]}], ids=["constant", "exponential", "uniform"]
)
def test_a_place_that_each_event_closes_anew_is_open_whatever_the_law(scenario, law, seed, replications):
    """M/G/infinity: closed as long as any of its events still lasts, 0.2 a day of mean 2 days: open in exp(-0.2 x 2).

    Takacs (1962), "Introduction to the Theory of Queues", chapter 3: the law matters by its mean alone.
    """
    effects = {"a": {"close": "northport", "for_days": law}}
    settings = {"events.shelling": {"per_day": 0.2, "effects": effects, "judgement": "invented"}}

    assert close_to(open_shares(scenario, settings, replications=replications, seed=seed), exp(-0.2 * 2))


@seeds(29, replications=80)
def test_a_place_that_closes_only_when_open_is_open_in_the_share_of_renewal_theory(scenario, seed, replications):
    """Up 1 / (0.3 + 0.2) days in the mean, then down 1 day (with 3/5) or 4 (with 2/5), 2.2 in the mean: open 2 / 4.2.

    Nothing happens in the regimes `raided` and `struck`, which last as long as the closure that came with them.
    """
    states = {
        "quiet": {"judgement": "invented"},
        "raided": {"lasts_days": 1, "then": "quiet", "judgement": "invented"},
        "struck": {"lasts_days": 4, "then": "quiet", "judgement": "invented"},
    }
    settings = {
        "regimes": {"initial": "quiet", "states": states},
        "events.raid": closing(per_day=0.3, regime="raided", days=1),
        "events.strike": closing(per_day=0.2, regime="struck", days=4),
    }

    assert close_to(open_shares(scenario, settings, replications=replications, seed=seed), 2 / 4.2)


def closing(*, per_day: float, regime: str, days: float) -> dict[str, object]:
    """Return an event of quiet times that closes northport for as long as the regime lasts that it brings."""
    effects = {"a": {"close": "northport", "for_days": days}, "b": {"regime": regime}}
    return {"per_day": {"quiet": per_day}, "effects": effects, "judgement": "invented"}


@seeds(30, replications=150)
def test_regimes_of_any_law_share_the_time_by_visits_and_stays(scenario, seed, replications):
    """A semi-Markov chain: calm, then tense (0.7) or war (0.3); tense, then calm (0.4) or war (0.6); war, then calm.

    Visits 1 : 0.7 : 0.3 + 0.7 x 0.6 = 0.72, stays 3, 1 and 2 days in the mean: shares 3 : 0.7 : 1.44 of 5.14.
    """
    states = {
        "calm": {"lasts_days": {"uniform": [1, 5]}, "then": {"tense": 0.7, "war": 0.3}, "judgement": "invented"},
        "tense": {"lasts_days": {"triangular": [0, 1, 2]}, "then": {"calm": 0.4, "war": 0.6}, "judgement": "invented"},
        "war": {"lasts_days": {"exponential": 2}, "then": "calm", "judgement": "invented"},
    }
    played = run(scenario, {"regimes": {"initial": "war", "states": states}}, replications=replications, seed=seed)
    shares = np.array([shares_of_regimes(each, since=60 * DAY) for each in played])

    for regime, weight in enumerate([3, 0.7, 1.44]):
        assert close_to(shares[:, regime], weight / 5.14)


def shares_of_regimes(outcome: Outcome, *, since: int) -> np.ndarray:
    """Return the share of the time since a minute that was spent in each regime, in plan order."""
    minutes, regimes = zip(*outcome.regimes, strict=True)
    lasting = np.diff(np.maximum(since, [*minutes, outcome.plan.horizon]))
    return np.bincount(regimes, weights=lasting, minlength=3) / (outcome.plan.horizon - since)


@seeds(14, replications=1000)
def test_cycles_one_after_another_add_up_to_a_sum_of_triangulars(scenario, seed, replications):
    """The 11th serial of one slot departs after 10 cycles of triangular(8, 10, 20): mean 10 x 38/3, variance 10 x v.

    v = (a^2 + b^2 + c^2 - ab - ac - bc) / 18 = (64 + 100 + 400 - 80 - 160 - 200) / 18 = 62/9 days^2.
    """
    settings = {
        "contingents.alpha.personnel": 660,
        f"{HOME}.margin_days": 9,
        "lift.trucks": {"slots": 1, "cycle_days": {"triangular": [8, 10, 20]}},
    }
    days = [
        each.queues[0].gone[10].departed_at / DAY
        for each in run(scenario, settings, replications=replications, seed=seed)
    ]

    assert close_to(days, 10 * 38 / 3)
    assert close_to([(day - 10 * 38 / 3) ** 2 for day in days], 10 * 62 / 9)


@seeds(15, replications=1000)
def test_a_shared_factor_makes_cycles_move_together(scenario, seed, replications):
    """Named, the ten cycles are one draw: the same mean 10 x 38/3, the variance 100 x 62/9 instead of 10 x 62/9."""
    law = {"value": {"triangular": [8, 10, 20]}, "unit": "days", "judgement": "invented"}
    settings = {
        "assumptions.cycle": law,
        "contingents.alpha.personnel": 660,
        f"{HOME}.margin_days": 9,
        "lift.trucks": {"slots": 1, "cycle_days": "cycle"},
    }
    days = [
        each.queues[0].gone[10].departed_at / DAY
        for each in run(scenario, settings, replications=replications, seed=seed)
    ]

    assert close_to(days, 10 * 38 / 3)
    assert close_to([(day - 10 * 38 / 3) ** 2 for day in days], 100 * 62 / 9)


def transits(scenario, law: object, *, replications: int, seed: int, **settings: object) -> np.ndarray:
    """Return the days on the road of ten serials that never wait, shape (replications, 10); `settings` by path."""
    played = run(
        scenario,
        {
            **settings,
            "contingents.alpha.personnel": 10,
            "lift.trucks": {"slots": 10, "seats": 1, "cycle_days": 0, "transit_days": law},
        },
        replications=replications,
        seed=seed,
    )
    return np.array([[(s.arrives_at - s.departed_at) / DAY for s in each.queues[0].gone] for each in played])


def products_of_pairs(off: np.ndarray) -> np.ndarray:
    """Return the mean product of two different columns, for each row."""
    count = off.shape[1]
    return (off.sum(axis=1) ** 2 - (off**2).sum(axis=1)) / (count * (count - 1))


SIGMA = log(1.5) / stats.norm.ppf(0.9)
"""Of the logarithm of {median: 4, p90: 6}."""


@seeds(31, replications=400)
@pytest.mark.parametrize(
    ("law", "reference"),
    [
        ({"uniform": [2, 6]}, stats.uniform(2, 4)),
        (CYCLE, stats.triang(1 / 6, 8, 12)),
        ({"pert": [8, 10, 20]}, stats.beta(1 + 4 / 6, 1 + 20 / 6, 8, 12)),
        ({"normal": {"mean": 5, "sd": 4}}, stats.truncnorm(-1.25, np.inf, 5, 4)),
        ({"lognormal": {"median": 4, "p90": 6}}, stats.lognorm(SIGMA, scale=4)),
        ({"exponential": 4}, stats.expon(scale=4)),
        ({"poisson": 3.5}, stats.poisson(3.5)),
        ({"choice": {3: 1, 6: 3}}, stats.rv_discrete(values=([3, 6], [1 / 4, 3 / 4]))),
        ({"empirical": [1, 4, 9]}, stats.rv_discrete(values=([1, 4, 9], [1 / 3] * 3))),
    ],
    ids=["uniform", "triangular", "pert", "normal", "lognormal", "exponential", "poisson", "choice", "empirical"],
)
def test_what_is_drawn_for_each_serial_has_the_moments_and_quantiles_of_its_law(
    scenario, law, reference, seed, replications
):
    """Mean, variance and the shares up to three quantiles are those of SciPy's law; serials of a queue vary alone."""
    days = transits(scenario, law, replications=replications, seed=seed)
    off = days - reference.mean()

    assert close_to(days.mean(axis=1), reference.mean())
    assert close_to((off**2).mean(axis=1), reference.var())
    assert close_to(products_of_pairs(off), 0)
    for quantile in reference.ppf([0.1, 0.5, 0.9]):
        assert close_to((days <= quantile + 0.5 / DAY).mean(axis=1), reference.cdf(quantile))


@seeds(32, replications=400)
def test_a_product_of_independent_factors_has_the_moments_of_both(scenario, seed, replications):
    """F uniform on (1/2, 3/2), X triangular(8, 10, 20): E F E X = 38/3, variance E F^2 E X^2 - (38/3)^2.

    E F^2 = 1 + 1/12. Both are drawn for each serial: two serials have no covariance.
    """
    days = transits(scenario, {"times": {"uniform": [0.5, 1.5]}, "of": CYCLE}, replications=replications, seed=seed)
    off = days - MEAN

    assert close_to(days.mean(axis=1), MEAN)
    assert close_to((off**2).mean(axis=1), 13 / 12 * (VARIANCE + MEAN**2) - MEAN**2)
    assert close_to(products_of_pairs(off), 0)


@seeds(33, replications=400)
def test_a_shared_factor_makes_serials_covary_by_its_variance(scenario, seed, replications):
    """F as before but named, so drawn once for all: the same moments, covariance Var F (E X)^2 = (38/3)^2 / 12."""
    friction = {"value": {"uniform": [0.5, 1.5]}, "unit": "factor", "judgement": "invented"}
    named = {"assumptions.friction": friction}
    days = transits(scenario, {"times": "friction", "of": CYCLE}, replications=replications, seed=seed, **named)
    off = days - MEAN

    assert close_to(days.mean(axis=1), MEAN)
    assert close_to((off**2).mean(axis=1), 13 / 12 * (VARIANCE + MEAN**2) - MEAN**2)
    assert close_to(products_of_pairs(off), MEAN**2 / 12)


@seeds(34, replications=1500)
def test_the_way_of_a_serial_is_the_sum_of_its_station_and_its_road(scenario, seed, replications):
    """Triangular(8, 10, 20) in the station, then lognormal of median 4 and 90th percentile 6 on the road, alone there.

    Means and variances add up: 38/3 + 4 exp(s^2 / 2) and 62/9 + 16 exp(s^2) (exp(s^2) - 1), s = ln(3/2) / z(0.9).
    """
    settings = {
        "contingents.alpha.personnel": 60,
        "lift.trucks": {"cycle_days": 1, "transit_days": {"lognormal": {"median": 4, "p90": 6}}},
        "stations.wash": {"slots": 1, "seats": 60, "service_days": CYCLE, "judgement": "invented"},
        f"{HOME}.to": {"home": {"through": ["wash"], "by": "trucks"}},
    }
    alone = [each.queues[0].gone[0] for each in run(scenario, settings, replications=replications, seed=seed)]
    days = np.array([(each.arrives_at - each.planned_at) / DAY for each in alone])
    mean = MEAN + 4 * exp(SIGMA**2 / 2)

    assert close_to(days, mean)
    assert close_to((days - mean) ** 2, VARIANCE + 16 * exp(SIGMA**2) * (exp(SIGMA**2) - 1))


@seeds(35, replications=600)
def test_a_random_number_of_random_moves_is_a_compound_poisson(scenario, seed, replications):
    """0.2 moves a day for 100 days, each of Poisson(3) persons: mean 20 x 3 = 60, variance 20 E N^2 = 20 (3 + 9)."""
    move = {"of": "alpha", "from": "home", "to": "hilltop", "persons": {"poisson": 3}}
    come = {"per_day": 0.2, "between": ["2030-01-01", "2030-04-10"], "effects": {"a": {"move": move}}}
    settings = {"locations.hilltop": {}, "events.coming": {**come, "judgement": "invented"}, "end": "2030-04-15"}
    played = run(scenario, settings, replications=replications, seed=seed)
    hilltop = [each.id for each in played[0].plan.locations].index("hilltop")
    persons = [each.strength([each.plan.cell(0, hilltop)])[1][-1] for each in played]

    assert close_to(persons, 60)
    assert close_to([(count - 60) ** 2 for count in persons], 20 * (3 + 9))


@seeds(41, replications=400)
def test_two_assumptions_are_drawn_apart(scenario, seed, replications):
    """A margin of uniform [1, 5] days and a transit of the same law: their correlation over 400 is 0 within 4 / 20."""
    between = {"value": {"uniform": [1, 5]}, "unit": "days", "judgement": "invented"}
    settings = {
        "assumptions": {"margin": between, "road": between},
        f"{HOME}.margin_days": "margin",
        "lift.trucks.transit_days": "road",
    }
    first = [each.queues[0].gone[0] for each in run(scenario, settings, replications=replications, seed=seed)]
    pairs = np.array([(each.planned_at, each.arrives_at - each.departed_at) for each in first], dtype=float)

    assert abs(np.corrcoef(pairs.T)[0, 1]) <= 4 / replications**0.5
