"""What few cases tell of the next, against closed forms, sampling and sums by hand."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import beta, gamma, nbinom

from posture.study.pooling import (
    back_loading,
    pooled_log_spread,
    predict_chance,
    predict_lognormal,
    predict_mean_wait,
    predict_rate,
)


def test_the_spread_of_kinds_is_about_the_mean_of_each():
    """Logarithms 0 and 1, and 5 and 7: squares 0.5 + 2 over 1 + 1; a kind of one tells nothing."""
    found = pooled_log_spread([[1, exp(1)], [exp(5), exp(7)], [1000]])

    assert found == pytest.approx(sqrt(2.5 / 2))


def test_kinds_of_one_tell_no_spread():
    """Two kinds, a value each."""
    with pytest.raises(ValueError, match="found no kind with two values"):
        pooled_log_spread([[3], [4]])


@pytest.mark.parametrize("scale", [0.5, 1.0, log(3)])
def test_one_value_in_one_case_tells_the_centre_alone(scale):
    """The variances stay as the prior has them, and their sum is exponential with mean s^2.

    The next value less the first is normal with twice that variance, which makes it Laplace with scale s: its quantile
    at 0.9 is s ln 5, so that the law has median 50 and 90th percentile 50 x 5^s.
    """
    found = predict_lognormal({"alpha": [50]}, scale=scale)

    assert found.median == pytest.approx(50)
    assert found.p90 == pytest.approx(50 * 5**scale, rel=0.002)


def test_the_centre_is_shared_out_over_cases_not_over_values():
    """Nine values of 8 in one case, one of 2 in another: near 4, where cases count alike, not 7, where values do."""
    found = predict_lognormal({"alpha": [8] * 9, "bravo": [2]}, scale=1)

    assert 4 < found.median < 5.5


def test_many_cases_leave_their_own_spread():
    """400 cases of one value, logarithms normal about ln 20 with deviation 0.7: the quantiles of that law.

    Standard errors: 0.7 / sqrt(400) = 0.035 of ln median; with that of the deviation, 0.7 / sqrt(800) x 1.28 = 0.032,
    0.047 of ln p90.
    """
    logs = np.random.Generator(np.random.Philox(1)).normal(log(20), 0.7, 400)

    found = predict_lognormal({str(i): [exp(each)] for i, each in enumerate(logs)}, scale=1)

    assert abs(log(found.median) - log(20)) < 4 * 0.035
    assert abs(log(found.p90) - log(20) - 0.7 * 1.2816) < 4 * 0.047


def test_a_case_more_makes_the_law_narrower():
    """Cases that agree: 10 once, twice, and in five cases."""
    ratios = []
    for cases in (1, 2, 5):
        found = predict_lognormal({str(i): [10.0] for i in range(cases)}, scale=1)
        ratios.append(found.p90 / found.median)

    assert ratios == sorted(ratios, reverse=True)


def test_units_do_not_matter():
    """Days or hours: all quantiles go along."""
    days = predict_lognormal({"alpha": [70, 133], "bravo": [79]}, scale=0.6)
    hours = predict_lognormal({"alpha": [70 * 24, 133 * 24], "bravo": [79 * 24]}, scale=0.6)

    assert (hours.median, hours.p90) == pytest.approx((days.median * 24, days.p90 * 24))


@pytest.mark.parametrize("groups", [{}, {"alpha": []}])
def test_no_value_is_no_law(groups):
    """Nothing seen at all."""
    with pytest.raises(ValueError, match="found no value in any case"):
        predict_lognormal(groups, scale=1)
    with pytest.raises(ValueError, match="found no value in any case"):
        predict_mean_wait(groups)


def test_the_law_of_a_rate_agrees_with_one_found_by_sampling():
    """Two events in one case, one in another, none in two: the same posterior by weighted draws of (mean, variation).

    400,000 draws with an effective size above 20,000; a quantile's standard error is then below 1.5 per cent.
    """
    counts, years = {"alpha": 2, "bravo": 1}, {"alpha": 1.0, "bravo": 3.0, "charlie": 0.2, "delta": 2.0}
    numbers = np.random.Generator(np.random.Philox(2))
    mean, variation = np.exp(numbers.uniform(-6, 4, 400_000)), np.abs(numbers.normal(0, 0.5, 400_000))
    shape = 1 / variation**2
    weight = np.sqrt(mean)  # the prior m^(-1/2), against draws that are even in ln m
    for case, time in years.items():
        weight *= nbinom.pmf(counts.get(case, 0), shape, 1 / (1 + mean * variation**2 * time))
    chosen = numbers.choice(mean.size, 400_000, p=weight / weight.sum())
    rates = numbers.gamma(shape[chosen], mean[chosen] * variation[chosen] ** 2)

    found = predict_rate(counts, years)

    assert weight.sum() ** 2 / (weight**2).sum() > 20_000
    assert (found.median, found.p90) == pytest.approx(tuple(np.quantile(rates, (0.5, 0.9))), rel=0.05)


def test_a_rate_is_wider_than_if_all_cases_were_one():
    """Jeffreys's Gamma(k + 1/2, T) leaves out that cases differ."""
    found = predict_rate({"alpha": 2}, {"alpha": 2.0, "bravo": 2.0, "charlie": 2.0})

    assert found.p90 > gamma.ppf(0.9, 2.5, scale=1 / 6)
    assert found.median == pytest.approx(gamma.ppf(0.5, 2.5, scale=1 / 6), rel=0.15)


def test_cases_that_agree_leave_the_pooled_rate():
    """Thirty cases of 100 events in 50 years each: two a year, and hardly any spread (0.02 of the mean, or less)."""
    years = {str(i): 50.0 for i in range(30)}

    found = predict_rate(dict.fromkeys(years, 100), years)

    assert found.median == pytest.approx(2, rel=0.03)
    assert found.p90 < 2.4


def test_no_case_has_no_rate():
    """No time under which anything could have been seen."""
    with pytest.raises(ValueError, match="found no case"):
        predict_rate({}, {})


def test_no_event_is_no_proof_of_none():
    """None in 10 years: more than nothing, less than one in the time watched."""
    found = predict_rate({}, {"alpha": 4.0, "bravo": 6.0})

    assert 0 < found.median < 0.1
    assert found.p90 < 1 / 3


@pytest.mark.parametrize(
    ("groups", "mean"),
    [({"alpha": [10, 20]}, 30), ({"alpha": [10, 20], "bravo": [0]}, 15), ({"alpha": [], "b": [4]}, 8)],
)
def test_a_mean_wait_grows_by_the_case_that_is_foreseen(groups, mean):
    """15 x 2 of one case; 10 x 3 / 2 of two; a case without values is none: 4 x 2."""
    assert predict_mean_wait(groups) == mean


@pytest.mark.parametrize(("passed", "tried"), [(1, 3), (1, 4), (0, 2), (5, 5)])
def test_a_chance_has_the_mean_of_its_posterior(passed, tried):
    """PERT has the mean (low + 4 mode + high) / 6, Jeffreys's Beta (k + 1/2) / (n + 1)."""
    low, mode, high = predict_chance(passed, tried)

    assert (low, high) == pytest.approx(beta.ppf([0.01, 0.99], passed + 0.5, tried - passed + 0.5))
    assert (low + 4 * mode + high) / 6 == pytest.approx((passed + 0.5) / (tried + 1), abs=0.05)


def test_no_trial_tells_no_chance():
    """Nothing was tried; and no more can pass than were."""
    assert predict_chance(0, 0) is None
    with pytest.raises(ValueError, match="found 3 of 2"):
        predict_chance(3, 2)


@pytest.mark.parametrize("exponent", [1 / 3, 1.0, 2.0, 8.0])
def test_an_exponent_is_found_again(exponent):
    """A thousand points of x ** p; the area by straight lines is off by less than 0.2 per cent."""
    times = np.linspace(0, 1, 1001)

    assert back_loading(times.tolist(), (times**exponent).tolist()) == pytest.approx(exponent, rel=0.005)


def test_an_exponent_comes_from_the_area():
    """A quarter done at half time: 1/16 + 5/16 = 3/8 under the lines, 8/3 - 1."""
    assert back_loading([0, 0.5, 1], [0, 0.25, 1]) == pytest.approx(5 / 3)


@pytest.mark.parametrize(
    ("times", "shares", "message"),
    [([0, 1], [0, 1], "found 2 observations"), ([0, 0.5, 1], [0, 0.5, 0.9], "wanted .0, 0. to .1, 1.")],
)
def test_a_step_needs_its_ends_and_something_between(times, shares, message):
    """Two ends fit any exponent."""
    with pytest.raises(ValueError, match=message):
        back_loading(times, shares)


def test_what_is_believed_agrees_with_the_sum_over_every_parameter():
    """One case with 2 and 8, 1 believed give or take a factor of 3: median and P90 by a sum over mu, tau and sigma."""
    scale, logs = np.log(3), np.log([2.0, 8.0])
    mu, tau, sigma = (
        each.ravel()
        for each in np.meshgrid(np.linspace(-5, 6, 221), *[(np.arange(60) + 0.5) * 4 * scale / np.sqrt(2) / 60] * 2)
    )
    mean, error = logs.mean(), np.sqrt(tau**2 + sigma**2 / 2)
    weight = -0.5 * (mu / scale) ** 2 - (tau**2 + sigma**2) / scale**2
    weight += (
        -0.5 * ((mean - mu) / error) ** 2 - np.log(error) - np.log(sigma) - np.sum((logs - mean) ** 2) / 2 / sigma**2
    )
    belief, spread = np.exp(weight - weight.max()), np.sqrt(tau**2 + sigma**2)
    law = predict_lognormal({"a": [2, 8]}, scale=scale, believed=1)

    for value, share in ((law.median, 0.5), (law.p90, 0.9)):
        assert np.sum(belief * ndtr((np.log(value) - mu) / spread)) / belief.sum() == pytest.approx(share, abs=0.004)


def test_what_is_believed_gives_way_to_many_cases():
    """Forty cases at 9, 1 believed: the median is near 9; of one case it is between the two."""
    many = predict_lognormal({f"c{i}": [9.0 + 0.01 * i] for i in range(40)}, scale=np.log(3), believed=1)
    one = predict_lognormal({"a": [9.0]}, scale=np.log(3), believed=1)

    assert many.median == pytest.approx(9.2, rel=0.03)
    assert 1.5 < one.median < 6
