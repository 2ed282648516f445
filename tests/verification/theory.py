"""What theory says, and how near the engine comes: many replications, means within 4 standard errors, seeds.

The formulas of queues are those of Gross, Shortle, Thompson and Harris (2008), "Fundamentals of Queueing Theory".
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from math import comb, exp, factorial, prod

import numpy as np
import numpy.typing as npt
import pytest

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.scenario.scenario import Scenario

DAY = 1440
HOME = "phases.exit.drawdowns.alpha-home"
LAST_OF_A_STEP = "2030-01-09"
"""The deadline of the smallest scenario's one step."""
CALM_AND_WAR = {
    "calm": {"lasts_days": {"exponential": 3}, "then": "war", "judgement": "invented"},
    "war": {"lasts_days": {"exponential": 2}, "then": "calm", "judgement": "invented"},
}
"""Two regimes, in turn."""


def seeds(pinned: int, *, replications: int) -> pytest.MarkDecorator:
    """Run a test at a pinned seed, and every night at a fresh one with eight times the replications.

    A failure shows both among the arguments at its head: pinned in place of these, they fail again. A mean of few
    skewed values lies further from theory, in its own standard errors, than a normal law has it: hence the eight.
    """
    at_night = pytest.param(secrets.randbits(32), 8 * replications, marks=pytest.mark.nightly, id="fresh")
    return pytest.mark.parametrize(
        ("seed", "replications"), [pytest.param(pinned, replications, id="pinned"), at_night]
    )


def run(
    scenario: Callable[..., Scenario], settings: Mapping[str, object], *, replications: int, seed: int
) -> list[Outcome]:
    """Return many replications of the smallest scenario with values set by path."""
    plan = compile_plan(scenario(settings))
    draws = draw(plan, seed=seed, replications=replications)
    return [simulate(plan, draws, replication=each) for each in range(replications)]


def close_to(values: npt.ArrayLike, expected: float) -> bool:
    """Tell whether the mean of independent values, one a replication, is within 4 standard errors of a number."""
    sample = np.asarray(values, dtype=float)
    return bool(abs(sample.mean() - expected) <= 4 * sample.std(ddof=1) / sample.size**0.5)


def day_of(number: int) -> str:
    """Return the date so many days after the start."""
    return str(np.datetime64("2030-01-01") + np.timedelta64(number, "D"))


def lift_waits(outcome: Outcome) -> list[float]:
    """Return the days each serial of the first queue waited, in the order of departure."""
    return [(each.departed_at - each.planned_at) / DAY for each in outcome.queues[0].gone]


def line(count: int, *, slots: int, cycle: object) -> dict[str, object]:
    """Return settings of serials of one person, one a day, before a lift."""
    return {
        "contingents.alpha.personnel": count,
        f"{HOME}.schedule": {LAST_OF_A_STEP: None, day_of(count - 1): 0},
        "lift.trucks": {"slots": slots, "seats": 1, "cycle_days": cycle},
        "milestones.all-out.by": LAST_OF_A_STEP,
        "end": "2035-12-31",
    }


def crowd(days: int, *, slots: int, cycle: object, transit: object = 0) -> dict[str, object]:
    """Return settings of serials of one person that come at random, one a day in the mean, for so many days.

    Nobody stands there at the start. An event at a rate brings a person from home, who is a latecomer and so a serial
    planned at that minute: arrivals are a Poisson process.
    """
    come = {"of": "alpha", "from": "home", "to": "northport", "persons": 1}
    return {
        "contingents.alpha.personnel": 0,
        f"{HOME}.schedule": {LAST_OF_A_STEP: None, day_of(0): 0},
        "lift.trucks": {"slots": slots, "seats": 1, "cycle_days": cycle, "transit_days": transit},
        "events.coming": {"per_day": 1, "effects": {"a": {"move": come}}, "judgement": "invented"},
        "end": day_of(days - 1),
    }


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


def erlang_c(load: float, slots: int) -> float:
    """Return the chance that a customer of M/M/c waits, load = lambda / (c mu) (Erlang 1917)."""
    offered = load * slots
    all_busy = offered**slots / factorial(slots) / (1 - load)
    return all_busy / (sum(offered**n / factorial(n) for n in range(slots)) + all_busy)


def shares_down(machines: int, repairers: int, *, up: float, repair: float) -> list[float]:
    """Return the share of time with n of M machines down, n from 0, times up and repairs exponential by their means.

    p_n is to p_(n-1) as (M - n + 1) / up to min(n, c) / repair: balance of machines that break and are repaired.
    """
    steps = [(machines - n + 1) * repair / (min(n, repairers) * up) for n in range(1, machines + 1)]
    weights = [prod(steps[:n]) for n in range(machines + 1)]
    return [each / sum(weights) for each in weights]
