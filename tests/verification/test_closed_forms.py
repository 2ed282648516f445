"""Statistics of the engine against formulas, within 4 standard errors, at pinned seeds.

Serials come apart by a constant time (`pace: even`), so that one queue before a lift is a D/G/c queue: the slot is the
server, the cycle the service, the wait for `lift` the wait. All forms are textbook: Gross, Shortle, Thompson and Harris
(2008), "Fundamentals of Queueing Theory", sections 5.2 and 5.3 (GI/M/1, GI/M/c).
"""

from __future__ import annotations

from math import comb, exp

import numpy as np
import pytest

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"


def run(scenario, settings: dict, *, replications: int, seed: int) -> list[Outcome]:
    """Return many replications of the smallest scenario with values set by path."""
    plan = compile_plan(scenario(settings))
    draws = draw(plan, seed=seed, replications=replications)
    return [simulate(plan, draws, replication=each) for each in range(replications)]


def close_to(values: list[float] | np.ndarray, expected: float) -> bool:
    """Tell whether the mean of independent values lies within 4 standard errors of a number."""
    sample = np.asarray(values, dtype=float)
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / sample.size**0.5)


def line(count: int, *, slots: int, cycle: object) -> dict:
    """Return settings of serials of one person, one a day, before a lift."""
    return {
        "contingents.alpha.personnel": count,
        f"{HOME}.schedule": {"2030-01-09": None, day_of(count - 1): 0},
        "lift.trucks": {"slots": slots, "seats": 1, "cycle_days": cycle},
        "milestones.all-out.by": "2030-01-09",
        "end": "2035-12-31",
    }


def day_of(number: int) -> str:
    """Return the date so many days after the start."""
    return str(np.datetime64("2030-01-01") + np.timedelta64(number, "D"))


def lift_waits(outcome: Outcome) -> list[float]:
    """Return the days each serial waited, in the order of departure."""
    return [(each.departed_at - each.planned_at) / DAY for each in outcome.queues[0].gone]


@pytest.mark.parametrize(("slots", "cycle"), [(1, 1), (1, 1.5), (2, 2), (3, 3.25), (4, 10), (5, 2.5)])
def test_constant_cycles_make_a_line_that_grows_evenly(scenario, slots, cycle):
    """D/D/c: the n-th of a day's rhythm (n from 0) waits floor(n / c) (cycle - c)^+ days, c slots."""
    (played,) = run(scenario, line(60, slots=slots, cycle=cycle), replications=1, seed=1)

    assert lift_waits(played) == [n // slots * max(0.0, cycle - slots) for n in range(60)]


def root_of(load: float) -> float:
    """Return sigma = exp(-(1 - sigma) / load) in (0, 1): of D/M/c with a customer a day, load = 1 / (c mu)."""
    sigma = 0.5
    for _ in range(500):
        sigma = exp(-(1 - sigma) / load)
    return sigma


def chance_of_waiting(load: float, slots: int) -> float:
    """Return the chance that a customer of D/M/c waits, by the formula of GI/M/c (Takacs 1962).

    A / (1 - sigma) with 1/A = 1/(1 - sigma) + sum over j of comb(c, j) / (C_j (1 - a_j)) (c (1 - a_j) - j) /
    (c (1 - sigma) - j), a_j = exp(-j mu) and C_j the product of a_i / (1 - a_i), i up to j.
    """
    mu = 1 / (slots * load)
    sigma, product, total = root_of(load), 1.0, 0.0
    for j in range(1, slots + 1):
        a = exp(-j * mu)
        product *= a / (1 - a)
        total += comb(slots, j) / (product * (1 - a)) * (slots * (1 - a) - j) / (slots * (1 - sigma) - j)
    return 1 / (1 / (1 - sigma) + total) / (1 - sigma)


@pytest.mark.parametrize("load", [0.5, 0.7])
def test_exponential_cycles_of_one_slot_wait_by_the_root_of_sigma(scenario, load):
    """D/M/1: a share sigma waits, the mean wait is sigma / (mu (1 - sigma)); the last of 60 serials, 1,200 times."""
    settings = line(60, slots=1, cycle={"exponential": load})
    last = [lift_waits(each)[-1] for each in run(scenario, settings, replications=1200, seed=11)]
    sigma = root_of(load)

    assert close_to(last, sigma * load / (1 - sigma))
    assert close_to([wait > 1 / DAY for wait in last], sigma)


@pytest.mark.parametrize("slots", [2, 3])
def test_exponential_cycles_of_several_slots_wait_as_many_servers_do(scenario, slots):
    """D/M/c at load 0.7: P(wait) of GI/M/c, mean wait P(wait) / (c mu (1 - sigma)); the last of 60, 1,200 times."""
    load = 0.7
    settings = line(60, slots=slots, cycle={"exponential": load * slots})
    last = [lift_waits(each)[-1] for each in run(scenario, settings, replications=1200, seed=12)]
    waiting = chance_of_waiting(load, slots)

    assert close_to([wait > 1 / DAY for wait in last], waiting)
    assert close_to(last, waiting * load / (1 - root_of(load)))


def test_the_chance_of_waiting_at_one_slot_is_sigma():
    """The formula for c slots at c = 1 gives back sigma: 0.2032 at load 1/2 (sigma = exp(-2 (1 - sigma)))."""
    assert chance_of_waiting(0.5, 1) == pytest.approx(root_of(0.5))
    assert root_of(0.5) == pytest.approx(0.2032, abs=1e-4)


@pytest.mark.parametrize("chance", [0.2, 0.5, 0.9])
def test_reviews_until_a_gate_passes_are_geometric(scenario, chance):
    """Mean 1/p, variance (1 - p)/p^2, P(first) = p, over 1,500 replications; one review a day."""
    gate = {"review_every_days": 1, "passes": chance, "judgement": "invented"}
    played = run(scenario, {"phases.exit.gate": gate}, replications=1500, seed=13)
    counts = [len(each.reviews[0]) for each in played]

    assert close_to(counts, 1 / chance)
    assert close_to([count == 1 for count in counts], chance)
    assert close_to([(count - 1 / chance) ** 2 for count in counts], (1 - chance) / chance**2)


def test_cycles_one_after_another_add_up_to_a_sum_of_triangulars(scenario):
    """The 11th serial of one slot departs after 10 cycles of triangular(8, 10, 20): mean 10 x 38/3, variance 10 x v.

    v = (a^2 + b^2 + c^2 - ab - ac - bc) / 18 = (64 + 100 + 400 - 80 - 160 - 200) / 18 = 62/9 days^2.
    """
    settings = {
        "contingents.alpha.personnel": 660,
        f"{HOME}.margin_days": 9,
        "lift.trucks": {"slots": 1, "cycle_days": {"triangular": [8, 10, 20]}},
    }
    days = [each.queues[0].gone[10].departed_at / DAY for each in run(scenario, settings, replications=1000, seed=14)]

    assert close_to(days, 10 * 38 / 3)
    assert close_to([(day - 10 * 38 / 3) ** 2 for day in days], 10 * 62 / 9)


def test_a_shared_factor_makes_cycles_move_together(scenario):
    """Named, the ten cycles are one draw: the same mean 10 x 38/3, the variance 100 x 62/9 instead of 10 x 62/9."""
    law = {"value": {"triangular": [8, 10, 20]}, "unit": "days", "judgement": "invented"}
    settings = {
        "assumptions.cycle": law,
        "contingents.alpha.personnel": 660,
        f"{HOME}.margin_days": 9,
        "lift.trucks": {"slots": 1, "cycle_days": "cycle"},
    }
    days = [each.queues[0].gone[10].departed_at / DAY for each in run(scenario, settings, replications=1000, seed=15)]

    assert close_to(days, 10 * 38 / 3)
    assert close_to([(day - 10 * 38 / 3) ** 2 for day in days], 100 * 62 / 9)


def test_an_event_at_a_rate_happens_as_often_as_poisson(scenario):
    """0.05 a day over 365 days: mean and variance 18.25; the first is exponential: none in 20 days with exp(-1)."""
    settings = {"events.shelling": {"per_day": 0.05, "judgement": "invented"}}
    played = run(scenario, settings, replications=1000, seed=16)
    counts = [len(each.happenings) for each in played]

    assert close_to(counts, 18.25)
    assert close_to([(count - 18.25) ** 2 for count in counts], 18.25)
    assert close_to([not each.happenings or each.happenings[0].minute >= 20 * DAY for each in played], exp(-1))


def test_a_place_is_open_in_the_share_that_closures_leave(scenario):
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
    }
    waits = [lift_waits(each)[0] for each in run(scenario, settings, replications=1500, seed=17)]

    assert close_to([wait == 0 for wait in waits], exp(-rate * lasts))
    assert close_to(waits, (exp(rate * lasts) - 1) / rate - lasts)


def test_regimes_share_the_time_by_their_stays(scenario):
    """Calm for 3 days on average, war for 2, in turn: from day 100 on, calm with chance 3/5."""
    states = {
        "calm": {"lasts_days": {"exponential": 3}, "then": "war", "judgement": "invented"},
        "war": {"lasts_days": {"exponential": 2}, "then": "calm", "judgement": "invented"},
    }
    played = run(scenario, {"regimes": {"initial": "war", "states": states}}, replications=1000, seed=18)
    calm = [max((minute, regime) for minute, regime in each.regimes if minute <= 100 * DAY)[1] for each in played]
    names = [each.id for each in played[0].plan.regimes]

    assert close_to([names[each] == "calm" for each in calm], 3 / 5)


def test_a_place_is_chosen_by_its_weight(scenario):
    """Northport 3, hilltop 1, where bravo stands: of the events on day 1, three in four fall on northport."""
    settings = {
        "locations.hilltop": {},
        "contingents.bravo": {"personnel": 5, "at": "hilltop", "judgement": "invented"},
        "events.shelling": {"on": "2030-01-02", "at": {"northport": 3, "hilltop": 1}, "judgement": "invented"},
    }
    played = run(scenario, settings, replications=1000, seed=19)
    places = [each.plan.locations[each.happenings[0].location].id for each in played]

    assert close_to([place == "northport" for place in places], 3 / 4)


def test_an_event_with_a_probability_falls_at_a_uniform_minute(scenario):
    """Chance 0.6 in [10, 30): it happens in 0.6 of all, in the mean on day 20 with variance 400/12."""
    event = {"probability": 0.6, "between": ["2030-01-11", "2030-01-30"], "judgement": "invented"}
    played = run(scenario, {"events.shelling": event}, replications=1500, seed=20)
    days = [each.happenings[0].minute / DAY for each in played if each.happenings]

    assert close_to([bool(each.happenings) for each in played], 0.6)
    assert close_to(days, 20)
    assert close_to([(day - 20) ** 2 for day in days], 400 / 12)
    assert all(10 <= day < 30 for day in days)
