"""Precision: how wide intervals are when adding stops, what the looks do to their coverage, which order is settled."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from posture.study.estimates import estimate_milestones, estimate_share
from posture.study.pairing import estimate_difference
from posture.study.precision import compare_until_ranked, half_width, looks, run_until_precise
from posture.study.runs import extend_run, run_scenario

GATE = {"review_every_days": 400, "passes": 0.3}
"""The phase starts if its only review passes: all-out is met with a probability of 0.3, and nothing else decides."""


@pytest.fixture
def gated(scenario):
    """Return the smallest scenario with a gate that passes three times in ten."""
    return scenario({"phases.exit.gate": GATE})


def test_looks_are_at_doublings():
    """From 200 up to 1,700: 200, 400, 800, 1,600."""
    assert list(looks(200, 1700)) == [200, 400, 800, 1600]


def test_replications_are_added_until_the_interval_is_that_narrow(gated):
    """P = 0.3: half a width of 1.96 sqrt(0.21 / n) is 0.064 at 200, 0.045 at 400, 0.032 at 800."""
    precise = run_until_precise(gated, {"all-out": 0.05})

    assert precise.run.replications == 400
    assert precise.reached
    assert list(precise.widths) == [200, 400]
    assert precise.widths[400]["all-out"] <= 0.05 < precise.widths[200]["all-out"]


def test_what_was_added_is_what_a_run_of_that_length_has(gated):
    """Byte by byte: the digest of every row."""
    precise = run_until_precise(gated, {"all-out": 0.05})

    assert precise.run.digest == run_scenario(gated, replications=400).digest


def test_the_longest_run_is_the_last(gated):
    """0.001 would take 800,000: it stops at 800 and says that it is not reached."""
    precise = run_until_precise(gated, {"all-out": 0.001}, most=1000)

    assert (precise.run.replications, precise.reached) == (800, False)


def test_a_first_look_may_be_later(gated):
    """From 300 on: 300, 600."""
    assert run_until_precise(gated, {"all-out": 0.045}, first=300).run.replications == 600


def test_every_milestone_asked_for_is_to_be_that_precise(scenario):
    """A second that nobody misses is narrow at once; the first decides."""
    both = scenario(
        {
            "phases.exit.gate": GATE,
            "milestones.some": {"by": "2030-01-09", "strength": {"at": "northport", "at_most": 180}, "judgement": "x"},
        }
    )

    assert run_until_precise(both, {"some": 0.02, "all-out": 0.05}).run.replications == 400


@pytest.mark.parametrize(
    ("wanted", "message"),
    [({}, "found no milestone"), ({"al-out": 0.1}, "did you mean 'all-out'"), ({"all-out": 0.5}, "between 0 and 0.5")],
)
def test_what_cannot_be_precise_is_refused(gated, wanted, message):
    """Nothing, a name that is none, a width that any interval has."""
    with pytest.raises(ValueError, match=message):
        run_until_precise(gated, wanted)


def test_a_run_is_not_made_shorter(gated):
    """Five are there."""
    with pytest.raises(ValueError, match="found 5 replications"):
        extend_run(run_scenario(gated, replications=5), replications=5)


def coverage(p: float, width: float, *, first: int = 200, most: int = 102_400) -> float:
    """Return how often the interval holds p where adding stops, by summing over all numbers met at all looks."""
    going, covered, count = np.ones(1), 0.0, 0
    for total in looks(first, most):
        going = np.convolve(going, binom.pmf(np.arange(total - count + 1), total - count, p))
        count = total
        likely = np.flatnonzero(going > 1e-12)
        for met in likely:
            interval = wilson(met, total)
            if interval[1] - interval[0] <= 2 * width or 2 * total > most:
                covered += going[met] * (interval[0] <= p <= interval[1])
                going[met] = 0
        if going.sum() < 1e-9:
            break
    return covered


def wilson(met: int, of: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return Wilson's interval by its formula."""
    share = met / of
    middle, half = share + z * z / (2 * of), z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


@pytest.mark.parametrize(("p", "expected"), [(0.1, 0.947), (0.3, 0.949), (0.5, 0.950)])
def test_looking_more_than_once_leaves_the_coverage(p, expected):
    """Half a width of 0.02, from 200 up by doubling, by enumeration: within half a point of 95 %."""
    interval = estimate_share(60, 200)

    assert wilson(60, 200) == pytest.approx((interval.low, interval.high))
    assert coverage(p, 0.02) == pytest.approx(expected, abs=0.0006)


def test_intervals_of_a_thousand_runs_hold_the_truth(gated):
    """P(met) is 0.3: of 1,000 runs of 30, cut from one of 30,000, Wilson's intervals hold it as often as they should.

    Exact for 30: the sum of the binomial over the counts whose interval holds 0.3, four standard errors either way.
    """
    met = run_scenario(gated, replications=30_000, chunk=3000).table("outcomes")["met"].to_numpy().reshape(1000, 30)
    exact = sum(binom.pmf(k, 30, 0.3) for k in range(31) if wilson(k, 30)[0] <= 0.3 <= wilson(k, 30)[1])

    held = [wilson(int(each.sum()), 30) for each in met]
    share = np.mean([low <= 0.3 <= high for low, high in held])
    assert share == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 1000) ** 0.5)


def test_paired_intervals_of_a_thousand_comparisons_hold_the_truth(scenario):
    """Gates of 0.3 and 0.45 under common draws, 15 points apart: intervals of 40 pairs hold that in 93 % or more."""
    sides = [scenario({"phases.exit.gate": {**GATE, "passes": p}}) for p in (0.3, 0.45)]
    met = [run_scenario(each, replications=40_000, chunk=4000).table("outcomes")["met"].to_numpy() for each in sides]
    apart = (met[1].astype(float) - met[0].astype(float)).reshape(1000, 40)

    held = [estimate_difference(each) for each in apart]
    assert np.mean([each.low <= 0.15 <= each.high for each in held]) >= 0.93


def test_the_order_of_scenarios_is_settled_as_soon_as_every_pair_is(scenario):
    """P of 0.3, 0.5 and 0.9 under common draws: 20 points and more apart, settled at the first look."""
    scenarios = {f"p{p}": scenario({"phases.exit.gate": {**GATE, "passes": p}}) for p in (0.3, 0.9, 0.5)}
    ranking = compare_until_ranked(scenarios, "all-out")

    assert ranking.order == ("p0.9", "p0.5", "p0.3")
    assert (ranking.unsettled, ranking.comparison.replications) == ((), 200)


def test_a_small_difference_takes_longer(scenario):
    """P of 0.30 and 0.31: pairs differ in one of a hundred; settled when some have, and not at the first look."""
    scenarios = {f"p{p}": scenario({"phases.exit.gate": {**GATE, "passes": p}}) for p in (0.30, 0.31)}
    ranking = compare_until_ranked(scenarios, "all-out", most=6400)

    assert ranking.unsettled == ()
    assert ranking.order == ("p0.31", "p0.3")
    assert 200 < ranking.comparison.replications <= 6400


def test_what_is_equal_is_never_settled(gated):
    """Nine trucks or eight: the same history in every replication; it stops at the most and says which pair."""
    ranking = compare_until_ranked({"nine": gated, "eight": gated.vary({"lift.trucks.slots": 8})}, "all-out", most=400)

    assert ranking.unsettled == (("nine", "eight"),)
    assert ranking.comparison.replications == 400


def test_a_milestone_that_one_of_them_lacks_is_refused(gated):
    """The second has another name for it."""
    other = {"all-out": None, "gone": {"by": "2030-01-09", "phase": "exit", "judgement": "invented"}}
    renamed = gated.vary({f"milestones.{name}": value for name, value in other.items()})
    with pytest.raises(ValueError, match="found no milestone 'all-out' in 'renamed'"):
        compare_until_ranked({"gated": gated, "renamed": renamed}, "all-out")


def test_half_a_width_is_that_of_the_run(gated):
    """0.3 of 200 or so."""
    (estimate,) = estimate_milestones(run_scenario(gated, replications=200))

    assert half_width(estimate.met) == pytest.approx(0.063, abs=0.003)
