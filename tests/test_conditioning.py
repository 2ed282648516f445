"""Weighting by a whole path: posteriors that can be worked out, and how many replications are left of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import posture
from posture.study.conditioning import Weights, estimate_weighted, weigh, weighted_band, wilson
from posture.study.estimates import daily_strength, estimate_milestones, estimate_share
from posture.study.runs import run_scenario

FILE = """
posture: 1
name: Counted on the way
start: 2030-01-01
end: 2030-12-31
sources: {PRESS: {title: A count, publisher: A paper, date: 2030-02-01}}
locations:
  northport: {country: Northland}
  home: {outside: true}
contingents:
  alpha: {nation: Alphaland, personnel: PERSONNEL, at: northport, judgement: invented}
phases:
  exit:
    starts: 2030-02-01
    judgement: invented
    drawdowns: {alpha-home: {of: alpha, schedule: {2030-06-30: 500}, to: home}}
milestones:
  few: {by: 2030-01-20, strength: {at: northport, at_most: 1000}, judgement: invented}
  later: {by: 2030-03-31, strength: {at: northport, at_most: 1000}, judgement: invented}
observed:
  strength: {alpha: {file: alpha.csv, of: alpha}}
"""


@pytest.fixture
def counted(tmp_path):
    """Build a scenario with one count on 10 January."""

    def build(personnel: str, row: str):
        (tmp_path / "s.yaml").write_text(FILE.replace("PERSONNEL", personnel))
        (tmp_path / "alpha.csv").write_text(f"date,actual,low,high,source\n{row}\n")
        return posture.load(tmp_path / "s.yaml")

    return build


def test_a_normal_prior_and_a_normal_count_make_the_normal_posterior(counted):
    """N(1000, 100) and 1,100 counted with 5 %, 55: posterior mean 1076.8, deviation 48.2, by precision weighting."""
    run = run_scenario(counted("{normal: {mean: 1000, sd: 100}}", "2030-01-10,1100,,,PRESS"), replications=4000)
    weights = weigh(run, date(2030, 1, 10))
    first = daily_strength(run)[:, 0]
    mean = float(weights.share @ first)

    assert mean == pytest.approx(1076.8, abs=4 * 48.2 / weights.effective**0.5)
    assert float(weights.share @ (first - mean) ** 2) ** 0.5 == pytest.approx(48.2, rel=0.06)


def test_effective_replications_are_what_the_overlap_leaves(counted):
    """(E w)^2 / E w^2 for those normals: prior and error variances v and s give 0.532 of all replications.

    With v = 10000, s = 3025, d = 100: E w = sqrt(s/(v+s)) exp(-d2/2(v+s)), E w2 = sqrt(s/(2v+s)) exp(-d2/(2v+s)).
    """
    v, s, d = 10000.0, 3025.0, 100.0
    first = (s / (v + s)) * np.exp(-(d**2) / (v + s))
    second = (s / (2 * v + s)) ** 0.5 * np.exp(-(d**2) / (2 * v + s))
    run = run_scenario(counted("{normal: {mean: 1000, sd: 100}}", "2030-01-10,1100,,,PRESS"), replications=4000)
    weights = weigh(run, date(2030, 1, 10))

    assert weights.effective / 4000 == pytest.approx(first / second, rel=0.05)


def test_two_possible_forces_and_a_count_of_one_leave_that_one(counted):
    """1,000 or 2,000 at even odds, 2,000 counted: `few` is met by nobody left."""
    run = run_scenario(counted("{choice: {1000: 1, 2000: 1}}", "2030-01-10,2000,,,PRESS"), replications=200)
    weights = weigh(run, date(2030, 1, 10))
    first = daily_strength(run)[:, 0]
    (estimate,) = [each for each in estimate_weighted(run, weights) if each.milestone == "few"]

    assert weights.share[first == 2000].sum() == pytest.approx(1)
    assert weights.effective == pytest.approx((first == 2000).sum())
    assert estimate.met.estimate == pytest.approx(0, abs=1e-12)


def test_equal_weights_say_what_the_run_says(counted):
    """Nothing counted by then: every estimate is the plain one, with the interval of all replications."""
    run = run_scenario(counted("{uniform: [800, 1400]}", "2030-01-10,1100,,,PRESS"), replications=100)
    weights = weigh(run, date(2030, 1, 9))

    assert (weights.effective, weights.counts) == (pytest.approx(100), 0)
    for weighted, plain in zip(estimate_weighted(run, weights), estimate_milestones(run), strict=True):
        assert weighted.met.estimate == pytest.approx(plain.met.estimate)
        assert (weighted.met.low, weighted.met.high) == pytest.approx((plain.met.low, plain.met.high))
        assert (weighted.days_late, weighted.bound_by) == (plain.days_late, plain.bound_by)


def test_what_was_due_before_the_day_is_left_out(counted):
    """`few` was due on 20 January: by 1 February only `later` is a question."""
    run = run_scenario(counted("1200", "2030-01-10,1200,,,PRESS"), replications=5)

    assert [each.milestone for each in estimate_weighted(run, weigh(run, date(2030, 2, 1)))] == ["later"]


def test_an_upper_bound_weighs_down_what_is_above_it(counted):
    """Fewer than 1,000, of 800 or 1,200: Phi(4) against Phi(-4), nearly all on 800; half would be even odds."""
    run = run_scenario(counted("{choice: {800: 1, 1200: 1}}", "2030-01-10,,,1000,PRESS"), replications=200)
    weights = weigh(run, date(2030, 1, 10))
    first = daily_strength(run)[:, 0]

    assert weights.share[first == 800].sum() == pytest.approx(1, abs=1e-4)


def test_a_count_that_nothing_agrees_with_leaves_few_and_says_so(counted):
    """1,200 at most, 5,000 counted: the nearest replication takes nearly all the weight."""
    run = run_scenario(counted("{uniform: [800, 1200]}", "2030-01-10,5000,,,PRESS"), replications=300)
    weights = weigh(run, date(2030, 1, 10))

    assert weights.effective < 100
    assert weights.is_small


def test_the_weighted_fan_is_of_the_weighted_replications(counted):
    """1,000 or 2,000, 2,000 counted: every quantile of the first day is 2,000."""
    run = run_scenario(counted("{choice: {1000: 1, 2000: 1}}", "2030-01-10,2000,,,PRESS"), replications=50)
    band = weighted_band(run, weigh(run, date(2030, 1, 10)))

    assert band.strength[:, 0].tolist() == [2000] * 5


def test_equal_weights_make_the_plain_fan(counted):
    """The same order statistics, day by day."""
    run = run_scenario(counted("{uniform: [800, 1400]}", "2030-01-10,1100,,,PRESS"), replications=40)
    equal = Weights(date(2030, 1, 1), np.full(40, 1 / 40), 40.0, 0)

    assert (weighted_band(run, equal).strength == posture.estimate_band(run).strength).all()


def test_the_interval_of_a_share_is_wilsons_of_any_number():
    """23 of 100: the same as of counted successes."""
    counted, weighted = estimate_share(23, 100), wilson(0.23, 100.0)

    assert (weighted.low, weighted.high) == pytest.approx((counted.low, counted.high))


def test_an_error_of_nothing_is_refused(counted):
    """A count without error would rule out every replication but those that hit it."""
    run = run_scenario(counted("1200", "2030-01-10,1200,,,PRESS"), replications=2)
    with pytest.raises(ValueError, match="wanted a share above 0"):
        weigh(run, date(2030, 1, 10), error=0)
