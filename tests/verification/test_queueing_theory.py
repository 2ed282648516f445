"""Lines of serials before lifts and stations against the theory of queues, within 4 standard errors.

The slot is the server, the cycle the service, the wait for `lift` the wait. Serials come apart by a constant time
(`pace: even`) and make D/G/c, or by an event at a rate and make M/G/c. All forms are textbook: Gross, Shortle, Thompson
and Harris (2008), "Fundamentals of Queueing Theory", sections 2 (M/M/c, finite sources), 4 (series) and 5 (M/G/1,
GI/M/1, GI/M/c).
"""

from __future__ import annotations

import numpy as np
import pytest
from theory import (
    DAY,
    HOME,
    chance_of_waiting,
    close_to,
    crowd,
    day_of,
    erlang_c,
    lift_waits,
    line,
    root_of,
    run,
    seeds,
    shares_down,
)

from posture.model.outcome import Outcome

WARM_UP, COUNTED = 40, 200
"""Serials of a replication left out because the line was empty at first, and serials counted after them."""
DAYS = 300
"""In which they come, one a day in the mean: 60 fewer are 3.5 standard deviations of a Poisson count."""


@pytest.mark.parametrize(("slots", "cycle"), [(1, 1), (1, 1.5), (2, 2), (3, 3.25), (4, 10), (5, 2.5)])
def test_constant_cycles_make_a_line_that_grows_evenly(scenario, slots, cycle):
    """D/D/c: the n-th of a day's rhythm (n from 0) waits floor(n / c) (cycle - c)^+ days, c slots."""
    (played,) = run(scenario, line(60, slots=slots, cycle=cycle), replications=1, seed=1)

    assert lift_waits(played) == [n // slots * max(0.0, cycle - slots) for n in range(60)]


@seeds(11, replications=700)
@pytest.mark.parametrize("load", [0.5, 0.7])
def test_exponential_cycles_of_one_slot_wait_by_the_root_of_sigma(scenario, load, seed, replications):
    """D/M/1: a share sigma waits, the mean wait is sigma / (mu (1 - sigma)); by the last of 60 serials."""
    settings = line(60, slots=1, cycle={"exponential": load})
    last = [lift_waits(each)[-1] for each in run(scenario, settings, replications=replications, seed=seed)]
    sigma = root_of(load)

    assert close_to(last, sigma * load / (1 - sigma))
    assert close_to([wait > 0 for wait in last], sigma)


@seeds(12, replications=700)
@pytest.mark.parametrize("slots", [2, 3])
def test_exponential_cycles_of_several_slots_wait_as_many_servers_do(scenario, slots, seed, replications):
    """D/M/c at load 0.7: P(wait) of GI/M/c, mean wait P(wait) / (c mu (1 - sigma)); by the last of 60."""
    load = 0.7
    settings = line(60, slots=slots, cycle={"exponential": load * slots})
    last = [lift_waits(each)[-1] for each in run(scenario, settings, replications=replications, seed=seed)]
    waiting = chance_of_waiting(load, slots)

    assert close_to([wait > 0 for wait in last], waiting)
    assert close_to(last, waiting * load / (1 - root_of(load)))


def test_the_chance_of_waiting_at_one_slot_is_sigma():
    """The formula for c slots at c = 1 gives back sigma: 0.2032 at load 1/2 (sigma = exp(-2 (1 - sigma)))."""
    assert chance_of_waiting(0.5, 1) == pytest.approx(root_of(0.5))
    assert root_of(0.5) == pytest.approx(0.2032, abs=1e-4)


def waits_in_a_crowd(scenario, settings: dict, *, replications: int, seed: int) -> list[np.ndarray]:
    """Return the days that serials waited once the line had settled, an array for each replication."""
    played = run(scenario, settings, replications=replications, seed=seed)
    return [np.array(lift_waits(each)[WARM_UP : WARM_UP + COUNTED]) for each in played]


@seeds(36, replications=70)
@pytest.mark.parametrize("slots", [2, 3])
def test_serials_that_come_at_random_wait_by_the_formula_of_erlang(scenario, slots, seed, replications):
    """M/M/c at load 1/2: P(wait) is C(c, a), the mean wait C(c, a) / (c mu - lambda) = C(c, a), lambda 1, c mu 2."""
    settings = crowd(DAYS, slots=slots, cycle={"exponential": slots / 2})
    waits = waits_in_a_crowd(scenario, settings, replications=replications, seed=seed)

    assert close_to([(each > 0).mean() for each in waits], erlang_c(0.5, slots))
    assert close_to([each.mean() for each in waits], erlang_c(0.5, slots))


@seeds(22, replications=70)
@pytest.mark.parametrize(
    ("cycle", "square"),
    [({"exponential": 0.5}, 2 * 0.5**2), (0.5, 0.5**2), ({"uniform": [0, 1]}, 1 / 3)],
    ids=["exponential", "constant", "uniform"],
)
def test_one_slot_makes_wait_by_the_second_moment_of_its_cycle(scenario, cycle, square, seed, replications):
    """M/G/1 at load 1/2: P(wait) = 1/2, mean wait lambda E[S^2] / (2 (1 - load)) (Pollaczek 1930, Khinchine 1932).

    With lambda = 1 that is E[S^2]: 1/2, 1/4 and 1/3 of a day.
    """
    waits = waits_in_a_crowd(scenario, crowd(DAYS, slots=1, cycle=cycle), replications=replications, seed=seed)

    assert close_to([(each > 0).mean() for each in waits], 1 / 2)
    assert close_to([each.mean() for each in waits], square / (2 * (1 - 1 / 2)))


def test_erlang_and_finite_sources_give_back_what_is_known_by_heart():
    """C(1, a) = a; C(2, 1) = 1/3; of one machine that is up 3 days and in repair 1, a quarter of the time is down."""
    assert erlang_c(0.4, 1) == pytest.approx(0.4)
    assert erlang_c(0.5, 2) == pytest.approx(1 / 3)
    assert shares_down(1, 1, up=3, repair=1) == pytest.approx([3 / 4, 1 / 4])


@seeds(23, replications=70)
def test_a_line_behind_a_station_is_as_long_as_one_that_comes_at_random(scenario, seed, replications):
    """M/M/1 after M/M/1: who leaves the first is Poisson again (Burke 1956), so means add up.

    In the station 1 / (1/0.4 - 1) = 2/3 of a day, then 0.5 x 0.5 / (1 - 0.5) = 1/2 of a day for the lift.
    """
    settings = crowd(DAYS, slots=1, cycle={"exponential": 0.5})
    settings |= {
        "stations.wash": {"slots": 1, "seats": 1, "service_days": {"exponential": 0.4}, "judgement": "invented"},
        f"{HOME}.to": {"home": {"through": ["wash"], "by": "trucks"}},
    }
    waits = waits_in_a_crowd(scenario, settings, replications=replications, seed=seed)

    assert close_to([each.mean() for each in waits], 2 / 3 + 1 / 2)


@seeds(24, replications=600)
def test_those_on_the_road_are_poisson_when_they_come_at_random(scenario, seed, replications):
    """M/G/infinity: with lambda = 1, transits of triangular(1, 2, 6), mean 3, there are 3 on the road, variance 3."""
    settings = crowd(10, slots=99, cycle=0, transit={"triangular": [1, 2, 6]})
    played = run(scenario, settings, replications=replications, seed=seed)
    gone = [each.queues[0].gone for each in played]
    underway = [sum(serial.departed_at <= 9 * DAY < serial.arrives_at for serial in each) for each in gone]

    assert close_to(underway, 3)
    assert close_to([(count - 3) ** 2 for count in underway], 3)


@seeds(25, replications=60)
@pytest.mark.parametrize("repairers", [1, 2])
def test_machines_that_break_are_down_in_the_shares_of_a_finite_source(scenario, repairers, seed, replications):
    """M/M/c//M: four machines up for 3 days in the mean, repaired in 1, by one or two: p_n, n = 0 to 4, of the time.

    A machine is a contingent of one person: broken at northport, repaired by a station, up as long as it is on the
    road back there from hilltop. From day 30, when the four that were broken at the start no longer matter.
    """
    machines = ["alpha", "bravo", "charlie", "delta"]
    settings = {
        **{f"contingents.{each}": {"personnel": 1, "at": "northport", "judgement": "invented"} for each in machines},
        "locations.hilltop": {},
        "stations.shop": {"slots": repairers, "seats": 1, "service_days": {"exponential": 1}, "judgement": "invented"},
        "lift.trucks": {"slots": 4, "seats": 1, "cycle_days": 0, "transit_days": {"exponential": 3}},
        "phases.exit.drawdowns": {
            "alpha-home": None,
            "broken": leave("northport", "hilltop", through=["shop"]),
            "working": leave("hilltop", "northport", by="trucks"),
        },
        "end": day_of(149),
    }
    played = run(scenario, settings, replications=replications, seed=seed)
    down = np.array([shares_standing(each, "northport", since=30 * DAY, most=4) for each in played])

    for number, share in enumerate(shares_down(4, repairers, up=3, repair=1)):
        assert close_to(down[:, number], share)


def leave(origin: str, destination: str, **way: object) -> dict[str, object]:
    """Return a drawdown that everybody leaves a place by who ever comes there."""
    return {
        "of": ["alpha", "bravo", "charlie", "delta"],
        "at": origin,
        "schedule": {day_of(0): 0},
        "to": {destination: way},
    }


def shares_standing(outcome: Outcome, place: str, *, since: int, most: int) -> list[float]:
    """Return in which share of the time since a minute 0, 1, ... persons stood at a place."""
    plan = outcome.plan
    location = [each.id for each in plan.locations].index(place)
    minutes, strengths = outcome.strength(plan.cell(who, location) for who in range(len(plan.contingents)))
    lasting = np.diff(np.maximum(since, [*minutes, plan.horizon]))
    return (np.bincount(strengths, weights=lasting, minlength=most + 1) / (plan.horizon - since)).tolist()
