"""Precision: how wide intervals are when adding stops, what the looks do to their coverage, which order is settled."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from conftest import build
from scipy.signal import convolve2d
from scipy.stats import binom, norm

from posture.study.estimates import Interval, estimate_milestones, estimate_share
from posture.study.pairing import estimate_difference, met_in
from posture.study.precision import (
    compare_until_precise,
    compare_until_ranked,
    describe_precision,
    half_width,
    looks,
    parse_precisions,
    ranking_level,
    run_until_precise,
)
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


def test_what_was_added_does_not_depend_on_where_the_looks_were(gated):
    """300, then 600 in chunks of 70: other parts, the same rows as 600 at once in chunks of 200."""
    precise = run_until_precise(gated, {"all-out": 0.045}, first=300, chunk=70)

    assert [each.replications for each in precise.run.records][:5] == [70, 70, 70, 70, 20]
    assert precise.run.digest == run_scenario(gated, replications=600).digest


def test_what_a_run_has_is_not_made_again(gated):
    """Looks at 200 and 400: progress tells of 400 in all, not of 600."""
    done: list[int] = []
    run_until_precise(gated, {"all-out": 0.05}, chunk=100, progress=done.append)

    assert done == [100, 100, 100, 100]


def test_the_longest_run_is_the_last(gated):
    """0.001 would take 800,000: it stops at 800 and says that it is not reached."""
    precise = run_until_precise(gated, {"all-out": 0.001}, most=1000)

    assert (precise.run.replications, precise.reached) == (800, False)
    assert describe_precision([precise]) == (
        f"precision not reached with 800 replications, the most: all-out {precise.missed['all-out']:.3g}, wanted 0.001"
    )


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


def test_precisions_are_read_as_shares_and_percent():
    """2 % is 0.02."""
    assert parse_precisions(["a-b=0.02", " c = 2% "]) == {"a-b": 0.02, "c": 0.02}


@pytest.mark.parametrize(
    ("texts", "message"),
    [(["a"], "wanted MILESTONE=WIDTH"), (["a=x"], "found 'a=x'"), (["a=.1", "a=.2"], "two precisions for 'a'")],
)
def test_what_is_no_precision_is_refused(texts, message):
    """No width, no number, two for one milestone."""
    with pytest.raises(ValueError, match=message):
        parse_precisions(texts)


def test_scenarios_are_run_alike_until_each_is_precise(gated, scenario):
    """P = 0.3 takes 400 for 0.05, P = 1 takes 200: both have 400, the looks the same, with the rows of a run of 400."""
    found = compare_until_precise({"gated": gated, "free": scenario()}, {"all-out": 0.05})

    assert {name: each.run.replications for name, each in found.items()} == {"gated": 400, "free": 400}
    assert found["free"].widths[200]["all-out"] < 0.05
    assert found["gated"].run.digest == run_scenario(gated, replications=400).digest
    assert describe_precision(list(found.values())) == "precision reached with 400 replications"


def test_a_first_look_is_not_beyond_the_most(gated):
    """300 are more than 200."""
    with pytest.raises(ValueError, match="found a first look at 300 replications, wanted one at 1 to 200"):
        run_until_precise(gated, {"all-out": 0.1}, first=300, most=200)


def test_a_run_is_not_made_shorter(gated):
    """Five are there."""
    with pytest.raises(ValueError, match="found 5 replications"):
        extend_run(run_scenario(gated, replications=5), replications=5)


def wilson(met: np.ndarray, of: int, z: float = 1.959963984540054) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of Wilson's interval by its formula, for each number met."""
    share = met / of
    middle, half = share + z * z / (2 * of), z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def test_the_formula_enumerated_is_that_of_the_estimates():
    """Wilson's, for every number met of 40, to rounding: what is summed over below is what a run says."""
    low, high = wilson(np.arange(41), 40)
    found = [estimate_share(met, 40) for met in range(41)]

    assert [each.low for each in found] == pytest.approx(low, abs=1e-12)
    assert [each.high for each in found] == pytest.approx(high, abs=1e-12)


def coverage(p: float, width: float, *, first: int = 200, most: int = 102_400) -> float:
    """Return how often the interval holds p where adding stops, by summing over all numbers met at all looks.

    Exact but for tails below 1e-12: `going` is the probability of each number met with every look so far too wide.
    """
    going, covered, count = np.ones(1), 0.0, 0
    for total in looks(first, most):
        going = np.convolve(going, binom.pmf(np.arange(total - count + 1), total - count, p))
        low, high = wilson(np.arange(total + 1), total)
        stops = (high - low <= 2 * width) | (2 * total > most)
        covered += going[stops & (low <= p) & (p <= high)].sum()
        going[stops | (going < 1e-15)] = 0
        count = total
        if going.sum() < 1e-12:
            break
    return float(covered)


@pytest.mark.parametrize(
    ("p", "width", "expected"),
    [(0.1, 0.02, 0.947), (0.3, 0.02, 0.949), (0.5, 0.02, 0.950), (0.21, 0.05, 0.931), (0.134, 0.04, 0.929)],
)
def test_looking_more_than_once_costs_two_points_of_coverage_at_the_worst(p, width, expected):
    """From 200 up by doubling, by enumeration: little where all runs end at one look, two points where most do.

    0.21 at 0.05: 98 % of runs need 400; the 2 % that are narrow enough at 200 met so few that they do not hold 0.21.
    """
    assert coverage(p, width) == pytest.approx(expected, abs=0.0006)


def test_the_average_coverage_of_all_looks_is_that_of_one():
    """P(met) of 0.05 to 0.5 by hundredths, the rest is the mirror image: 0.950 for half a width of 0.05."""
    found = [coverage(p / 100, 0.05) for p in range(5, 51)]

    assert np.mean(found) == pytest.approx(0.95, abs=0.003)
    assert min(found) >= 0.9295


TIMES, SIZE = 1000, 10
"""Runs, and replications in each."""


@pytest.fixture(scope="module")
def met() -> dict[float, np.ndarray]:
    """Return whether all-out was met in a thousand runs of ten, by the P of its gate: one person, one serial.

    Replications are independent, so that a thousand runs of ten are cut from one of ten thousand.
    """
    small = {"contingents.alpha.personnel": 1, "end": "2030-01-10"}
    gates = {p: {"phases.exit.gate": {"review_every_days": 20, "passes": p}} for p in (0.3, 0.45)}
    runs = {p: run_scenario(build(small | gate), replications=TIMES * SIZE, chunk=5000) for p, gate in gates.items()}
    return {p: met_in(run, "all-out").reshape(TIMES, SIZE) for p, run in runs.items()}


def assert_held(intervals: list[Interval], truth: float, *, exact: float) -> None:
    """Assert that as many intervals hold the truth as should, within four standard errors of their share."""
    held = np.mean([each.low <= truth <= each.high for each in intervals])

    assert held == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / len(intervals)))


def test_intervals_of_a_thousand_runs_hold_the_truth(met):
    """P(met) is 0.3: Wilson's intervals hold it where 1 to 5 of ten are met, which is 92.4 % of runs."""
    intervals = {count: estimate_share(count, SIZE) for count in range(SIZE + 1)}
    holding = [count for count, each in intervals.items() if each.low <= 0.3 <= each.high]
    exact = float(binom.pmf(holding, SIZE, 0.3).sum())

    assert holding == [1, 2, 3, 4, 5]
    assert_held([intervals[int(each.sum())] for each in met[0.3]], 0.3, exact=exact)


def test_paired_intervals_of_a_thousand_comparisons_hold_the_truth(met):
    """Gates of 0.3 and 0.45 under common draws: 15 in 100 pairs differ, all one way, so the difference is 0.15.

    How many of ten do is binomial: the exact coverage is the sum over the counts whose interval holds 0.15.
    """
    intervals = [estimate_difference(np.repeat([1.0, 0.0], [count, SIZE - count])) for count in range(SIZE + 1)]
    holding = [count for count, each in enumerate(intervals) if each.low <= 0.15 <= each.high]
    apart = met[0.45] - met[0.3]

    assert apart.min() == 0
    assert_held([estimate_difference(each) for each in apart], 0.15, exact=float(binom.pmf(holding, SIZE, 0.15).sum()))


def ranked_by_chance(differing: float, *, most: int) -> float:
    """Return how often two equal scenarios are ranked, by summing over all numbers of pairs that differ either way."""
    counts = tuple(looks(200, most))
    z = norm.ppf((1 + ranking_level(pairs=1, looks=len(counts))) / 2)
    going, ranked, before = np.ones((1, 1)), 0.0, 0
    for count in counts:
        more = np.arange(int(binom.ppf(1 - 1e-12, count - before, differing / 2)) + 1)
        one = binom.pmf(more, count - before, differing / 2)
        other = [binom.pmf(more, count - before - each, differing / (2 - differing)) for each in more]
        going, before = convolve2d(going, one[:, None] * other), count
        up, down = np.ogrid[: going.shape[0], : going.shape[1]]
        centre = (up - down) / (count + 2)
        apart = np.abs(centre) > z * np.sqrt(((up + down + 2) / (count + 2) - centre**2) / (count + 2))
        ranked += going[apart].sum()
        going[apart] = 0
    return float(ranked)


@pytest.mark.parametrize("differing", [0.01, 0.05, 0.1, 0.2])
def test_equal_scenarios_are_seldom_ranked(differing):
    """Pairs differ as often one way as the other; looks at 200, 400, 800: 0.004 to 0.038, below 5 %."""
    assert 0 < ranked_by_chance(differing, most=800) < 0.04


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
