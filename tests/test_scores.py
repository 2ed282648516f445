"""Scores of forecasts: by hand, by enumeration of small worlds, and against closed forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations_with_replacement, product
from math import erf, exp, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.scenario.observed import Observation
from posture.study.estimates import Interval
from posture.study.forecasts import REFERENCE_CLASS, MilestoneForecast, StrengthForecast
from posture.study.scores import (
    BEST_SIMPLE,
    Score,
    ScoreCard,
    brier,
    crps,
    is_covered,
    lead_bins,
    pit_masses,
    pit_name,
    score_forecasts,
)
from posture.study.skills import (
    bin_of,
    estimate_brier_parts,
    estimate_mean,
    estimate_plain_mean,
    estimate_skill,
)

AS_OF = date(2030, 1, 1)
WORLD = (0, 1, 5)
"""What may come in a world of three points, persons."""


def strength(
    samples: Sequence[int] = (100,),
    *,
    actual: int | None = 100,
    bounds: tuple[int | None, int | None] = (None, None),
    case: str = "northport",
    lead: int = 10,
    baselines: Mapping[str, Sequence[float]] | None = None,
    scale: float = 100.0,
) -> StrengthForecast:
    """Return a forecast of a strength of 100 at the start."""
    day = AS_OF + timedelta(days=lead)
    counted = Observation(day, actual, *bounds, "invented")
    ensembles = {name: np.array(each, dtype=np.float64) for name, each in (baselines or {}).items()}
    return StrengthForecast(case, "all", AS_OF, day, counted, scale, np.array(samples, dtype=np.int64), ensembles)


def milestone(
    p: float, *, met: bool, case: str = "northport", baselines: Mapping[str, float] | None = None
) -> MilestoneForecast:
    """Return a forecast of a milestone ten days ahead."""
    return MilestoneForecast(case, "out", AS_OF, AS_OF + timedelta(days=10), met, Interval(p, p, p), baselines or {})


def found(card: ScoreCard, name: str, **part: str) -> Score:
    """Return a score that is there."""
    score = card.find(name, **part)
    assert score is not None
    return score


@pytest.mark.parametrize("observed", [-1.5, 0.0, 0.7])
def test_the_crps_of_a_normal_ensemble_is_that_of_the_normal(observed):
    """It is y (2 Phi(y) - 1) + 2 phi(y) - 1 / sqrt(pi), by Gneiting and Raftery, within 4 standard errors.

    A member x moves the score by |x - y| - E|x - X|, whose deviation over the root of the count is the standard error;
    a finite ensemble is charged E|X - X'| / 2n = 1 / (sqrt(pi) n).
    """
    members = np.random.Generator(np.random.Philox(7)).standard_normal(20_000)

    def distance(x: float) -> float:
        return x * erf(x / sqrt(2)) + sqrt(2 / pi) * exp(-(x**2) / 2)

    moves = np.abs(members - observed) - np.array([distance(each) for each in members])
    error = 4 * moves.std() / sqrt(members.size)

    assert crps(members, observed) == pytest.approx(
        distance(observed) - 1 / sqrt(pi) + 1 / (sqrt(pi) * members.size), abs=error
    )


@pytest.mark.parametrize(
    ("members", "observed", "score"),
    [((10, 0), 4, 2.5), ((0, 10), 20, 12.5), ((0, 10), 0, 2.5), ((3, 3), 7, 4.0)],
)
def test_the_crps_of_two_members_is_by_hand(members, observed, score):
    """(4 + 6) / 2 - 10 / 4; (20 + 10) / 2 - 10 / 4; (0 + 10) / 2 - 10 / 4; two that agree are one: 4."""
    assert crps(members, observed) == score


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(-10, 60))
def test_the_crps_is_the_mean_distance_less_half_that_among_members(members, observed):
    """E|X - y| - E|X - X'| / 2 summed over all pairs, in whole numbers."""
    away = sum(abs(each - observed) for each in members)
    apart = sum(abs(a - b) for a, b in product(members, repeat=2))
    count = len(members)

    assert crps(members, observed) == pytest.approx((2 * count * away - apart) / (2 * count**2), abs=1e-9)


@pytest.mark.parametrize("observed", [-3.5, 2.0, 90.0])
def test_the_crps_of_a_point_is_its_absolute_error(observed):
    """A baseline with one number is charged how far off it is."""
    assert crps([12.5], observed) == abs(12.5 - observed)


@pytest.mark.parametrize("members", [[], [[1.0]], [float("nan")]])
def test_what_is_no_ensemble_has_no_crps(members):
    """None, a table, no number."""
    with pytest.raises(ValueError, match="wanted one or more finite numbers"):
        crps(members, 1.0)


@pytest.mark.parametrize("truth", list(combinations_with_replacement(WORLD, 6)))
def test_nobody_betters_the_crps_of_the_truth(truth):
    """All 28 ensembles of six over three points: expected over the truth, the truth alone has the least."""
    ensembles = list(combinations_with_replacement(WORLD, 6))
    expected = {each: sum(crps(each, came) for came in truth) / 6 for each in ensembles}

    assert min(expected, key=expected.__getitem__) == truth
    assert sorted(expected.values())[1] > expected[truth] + 1e-9


@pytest.mark.parametrize("truth", range(7))
def test_nobody_betters_the_brier_score_of_the_truth(truth):
    """Forecasts in sixths of what comes in `truth` of six: (p - q)^2 + q (1 - q), least at p = q."""
    expected = [sum(brier(p / 6, met=came < truth) for came in range(6)) / 6 for p in range(7)]

    assert expected == pytest.approx([((p - truth) / 6) ** 2 + truth * (6 - truth) / 36 for p in range(7)])
    assert int(np.argmin(expected)) == truth


def test_what_is_no_probability_has_no_brier_score():
    """90 for 90 %."""
    with pytest.raises(ValueError, match="found the probability 90, wanted one from 0 to 1"):
        brier(90, met=True)


@pytest.mark.parametrize(("percent", "low", "high"), [(50, 25, 75), (80, 10, 90), (90, 5, 95)])
def test_a_band_reaches_from_one_order_statistic_to_another(percent, low, high):
    """Members 1 to 100, upside down: the 90 % band is 5 to 95, both ends in it, 4 and 96 outside."""
    members = np.arange(100, 0, -1)

    covered = [each for each in range(102) if is_covered(members, each, percent=percent)]

    assert covered == list(range(low, high + 1))


def test_the_pit_of_a_calibrated_forecaster_is_flat_with_ties():
    """Four members and what comes, each 0, 1 or 5 alike: over all 243 outcomes every tenth holds a tenth."""
    outcomes = list(product(WORLD, repeat=5))

    mean = sum(pit_masses(np.array(members), came) for *members, came in outcomes) / len(outcomes)

    assert mean == pytest.approx(np.full(10, 0.1))


def test_the_pit_of_an_overconfident_forecaster_is_high_at_both_ends():
    """Four of five, 0 or 9 where 99 members say 4 or 5: all in the outer bins, at 1/100 each; 4 or 5 is in the middle.

    Of ties the places are shared: 4 with 50 members and itself spreads over 0 to 0.51.
    """
    members = np.array([4] * 50 + [5] * 49)

    masses = [pit_masses(members, came) for came in (0, 9, 4)]

    assert masses[0] == pytest.approx([1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    assert masses[1] == pytest.approx([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    assert masses[2] == pytest.approx([10 / 51] * 5 + [1 / 51] + [0] * 4)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(-1, 10))
def test_the_pit_masses_of_a_forecast_add_up_to_one(members, came):
    """Whatever the ties, nothing is lost and nothing below 0."""
    masses = pit_masses(np.array(members), came)

    assert masses.sum() == pytest.approx(1)
    assert masses.min() >= 0


def test_the_outer_bins_tell_the_overconfident_from_the_calibrated():
    """What comes is a place of 0 to 99. Said so: outer mass 0.2; half as wide: over 0.5; twice as wide: below 0.2."""
    rng = {"right": np.arange(100), "narrow": np.arange(25, 75), "wide": np.arange(-50, 150)}

    outer = {
        name: found(score_forecasts([strength(each, actual=came) for came in range(100)], []), "pit-outer").value
        for name, each in rng.items()
    }

    assert outer["right"] == pytest.approx(0.2, abs=0.01)
    assert outer["narrow"] > 0.5
    assert outer["wide"] < 0.01


def test_brier_parts_are_by_hand_where_forecasts_in_a_bin_agree():
    """Said 0.2, 0.2, 0.8, 0.8; came 0, 1, 1, 1: 0.065 - 0.0625 + 0.1875 = 0.19, nothing within the bins."""
    met = np.array([0.0, 1.0, 1.0, 1.0])

    parts = estimate_brier_parts(np.array([0.2, 0.2, 0.8, 0.8]), met=met, cases=["a"] * 4)

    values = [each.value for each in parts.values()]
    assert list(parts) == ["reliability", "resolution", "uncertainty", "within"]
    assert values == pytest.approx([0.5 * 0.09 + 0.5 * 0.04, 0.0625, 0.1875, 0.0])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_brier_parts_add_up_to_the_plain_mean(forecasts):
    """Reliability - resolution + uncertainty + what is within the bins, whatever was said and came."""
    said, met = (np.array(each, dtype=np.float64) for each in zip(*forecasts, strict=True))

    parts = {k: each.value for k, each in estimate_brier_parts(said, met=met, cases=["a"] * said.size).items()}

    total = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
    assert total == pytest.approx(np.mean((said - met) ** 2), abs=1e-12)


def test_a_bin_of_probabilities_holds_its_lower_edge_and_the_last_one_both():
    """Edges 0, 0.1, 0.3, 0.5, 0.7, 0.9, 1."""
    said = np.array([0, 0.0999, 0.1, 0.3, 0.6999, 0.7, 0.9, 1.0])

    assert bin_of(said).tolist() == [0, 0, 1, 2, 3, 4, 5, 5]


def test_bootstrap_intervals_hold_the_mean_as_often_as_theory_says():
    """Twenty normal cases, 1,000 times over: Student's t of 19 within 1.96 sqrt(19 / 20): 0.929; 4 standard errors."""
    from scipy.stats import t

    values = np.random.Generator(np.random.Philox(3)).standard_normal((20, 1_000))
    expected = 1 - 2 * t.sf(1.959964 * sqrt(19 / 20), 19)

    estimates = estimate_mean(values, cases=[f"{row}" for row in range(20)])

    held = np.mean([each.low <= 0 <= each.high for each in estimates])
    assert held == pytest.approx(expected, abs=4 * sqrt(expected * (1 - expected) / 1_000))


def test_the_ends_of_an_interval_are_those_of_all_resamples():
    """Three cases of mean 0, 1 and 10: of 27 resamples one is all 0 and one all 10, 3.7 % each, more than 2.5 %."""
    estimate = estimate_mean(np.array([[0.0], [1.0], [8.0], [12.0]]), cases=["a", "b", "c", "c"])[0]

    assert (estimate.value, estimate.low, estimate.high) == (pytest.approx(11 / 3), 0, 10)


def test_whole_cases_are_drawn_anew_and_not_forecasts():
    """Three cases that are the same inside and to each other, however much forecasts differ: no spread."""
    values = np.array([[0.0], [1.0]] * 3)

    for estimate in (estimate_mean, estimate_plain_mean):
        interval = estimate(values, cases=["a", "a", "b", "b", "c", "c"])[0]

        assert (interval.value, interval.low, interval.high) == (0.5, 0.5, 0.5)


def test_two_cases_have_no_interval():
    """There are only three different resamples of two."""
    estimate = estimate_mean(np.array([[0.0], [1.0]]), cases=["a", "b"])[0]

    assert (estimate.value, estimate.low, estimate.high) == (0.5, None, None)


def test_the_skill_against_oneself_is_nothing():
    """1 - s / s in every resample, to rounding."""
    scores = np.random.Generator(np.random.Philox(5)).random(30)
    cases = [f"{row % 7}" for row in range(30)]

    skill = estimate_skill(scores, against=scores[:, None], cases=cases)

    assert [skill.value, skill.low, skill.high] == pytest.approx([0, 0, 0], abs=1e-12)


def test_the_best_baseline_is_chosen_anew_in_every_resample():
    """Own 1 everywhere; baselines 0, 9, 9 and 9, 0, 9: both mean 6; a resample of the first case alone finds 0."""
    against = np.array([[0.0, 9.0], [9.0, 0.0], [9.0, 9.0]])

    skill = estimate_skill(np.ones(3), against=against, cases=["a", "b", "c"])

    assert skill.value == pytest.approx(5 / 6)
    assert skill.low is None
    assert skill.high == pytest.approx(8 / 9)


def test_what_makes_no_error_is_not_bettered():
    """Against a baseline that is always right: no skill to state, and 0 for who is always right too."""
    right = np.zeros((3, 1))

    skills = [estimate_skill(np.full(3, own), against=right, cases=["a", "b", "c"]).value for own in (0.1, 0.0)]

    assert skills == [None, 0]


def test_every_case_weighs_the_same_in_the_headline():
    """Off by 40 of 100 once in one case, by nothing three times in another: 0.2; plain: 0.1."""
    forecasts = [strength([60], case="eastport"), *[strength([100])] * 3]

    card = score_forecasts(forecasts, [])

    assert [found(card, name).value for name in ("crps", "crps-plain")] == pytest.approx([0.2, 0.1])
    assert found(card, "crps", scope="case", part="eastport").value == pytest.approx(0.4)
    assert (found(card, "crps").forecasts, found(card, "crps").cases) == (4, 2)


def test_skill_is_against_each_baseline_where_it_foretold():
    """Off by 10; `late` foretold the first alone, so that `flat` is the best simple one; the class of others is not.

    Against `late`, off by 40: 1 - 10 / 40; `flat`, by 20: 1 - 10 / 20; `plan`, by 30; the class of others, by 1.
    """
    both = {"flat": [80.0], "plan": [130.0], REFERENCE_CLASS: [99.0]}
    forecasts = [strength([90], baselines={**both, "late": [60.0]}), strength([90], baselines=both)]

    card = score_forecasts(forecasts, [])

    skills = {each.baseline: each for each in card.scores if (each.scope, each.name) == ("all", "crps-skill")}
    assert {name: each.value for name, each in skills.items()} == pytest.approx(
        {"flat": 0.5, "plan": 2 / 3, "late": 0.75, REFERENCE_CLASS: -9, BEST_SIMPLE: 0.5}
    )
    assert (skills["late"].forecasts, skills[BEST_SIMPLE].forecasts, skills[BEST_SIMPLE].chosen) == (1, 2, "flat")


def test_bounds_are_scored_at_their_middle_and_one_alone_is_not():
    """80 to 100: 90 against 100 said, 0.1; from 80 up: left out."""
    between = strength(actual=None, bounds=(80, 100))
    above = strength(actual=None, bounds=(80, None))

    card = score_forecasts([between, above], [])

    assert (between.counted, above.counted) == (90, None)
    assert (found(card, "crps").value, found(card, "crps").forecasts, card.unscored) == (pytest.approx(0.1), 1, 1)


def test_leads_fall_into_bins_that_begin_where_the_last_one_ended():
    """0 and 29 days in the first, 30 and 59 in the second, 240 and 900 in the last; none in between: no row."""
    card = score_forecasts([strength(lead=each) for each in (0, 29, 30, 59, 240, 900)], [])

    counts = {each.part: each.forecasts for each in card.scores if (each.scope, each.name) == ("lead", "crps")}

    assert counts == {"0-29": 2, "30-59": 2, "240+": 2}
    assert lead_bins() == ("0-29", "30-59", "60-119", "120-239", "240+")


def test_coverage_counts_forecasts_and_cases():
    """Of a case with one in the band and one with one of three: 2 of 4 with Wilson's 15 to 85 %; by case 2 / 3."""
    members = range(1, 101)
    forecasts = [
        strength(members, actual=50, case="eastport"),
        *[strength(members, actual=each) for each in (9, 50, 99)],
    ]

    card = score_forecasts(forecasts, [])

    share = found(card, "coverage-80")
    assert [share.value, share.low, share.high] == pytest.approx([0.5, 0.150, 0.850], abs=5e-4)
    assert found(card, "coverage-80-by-case").value == pytest.approx(2 / 3)


def test_the_pit_histogram_is_among_the_scores():
    """99 members, what came below all of them: all in the first of ten."""
    card = score_forecasts([strength(range(1, 100), actual=0)], [])

    assert [found(card, pit_name(index)).value for index in range(10)] == [1, *[0] * 9]
    assert pit_name(9) == "pit-10"


def test_milestones_are_scored_and_binned():
    """0.8 met and 0.2 missed: 0.04 against the 0.25 of a half said, and two bins with what came in each."""
    half = {"half": 0.5}
    forecasts = [milestone(0.8, met=True, baselines=half), milestone(0.2, met=False, baselines=half)]

    card = score_forecasts([], forecasts)

    values = [found(card, "brier").value, found(card, "brier-skill", baseline="half").value]
    assert values == pytest.approx([0.04, 1 - 0.04 / 0.25])
    bins = [(each.low, each.high, each.forecast, each.observed.estimate) for each in card.reliability[:2]]
    assert bins == [(0.1, 0.3, 0.2, 0), (0.7, 0.9, 0.8, 1)]


def test_no_forecasts_have_no_scores():
    """Nothing to divide by."""
    card = score_forecasts([], [])

    assert (card.scores, card.reliability, card.unscored, card.find("crps")) == ((), (), 0, None)


def test_rows_are_plain_values():
    """As a frame takes them."""
    row = score_forecasts([strength([90])], []).rows()[0]

    assert row == {
        "scope": "all",
        "part": "all",
        "name": "crps",
        "baseline": None,
        "value": pytest.approx(0.1),
        "low": None,
        "high": None,
        "forecasts": 1,
        "cases": 1,
        "chosen": None,
    }


@pytest.mark.parametrize(
    ("forecast", "message"),
    [
        (strength(lead=-3), "as of 2030-01-01, 3 days too late to be one"),
        (strength(scale=0), "found a scale of 0 persons for northport"),
        (strength([]), "wanted one or more finite numbers"),
    ],
)
def test_what_is_no_forecast_is_refused(forecast, message):
    """Made after the day; of nobody; without members."""
    with pytest.raises(ValueError, match=message):
        score_forecasts([forecast], [])
