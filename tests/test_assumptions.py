"""Drawn assumptions, and rank correlations with what comes of them: by enumeration, against scipy, and planted."""

from __future__ import annotations

from math import atanh, sqrt, tanh

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.streams import uniforms
from posture.study.assumptions import (
    LEAST_REPLICATIONS,
    assumption_values,
    correlate_ranks,
    estimate_associations,
    used_assumptions,
)
from posture.study.runs import run_scenario

ASK = {"judgement": "invented"}
HOME = "phases.exit.drawdowns.alpha-home"
NAMED = {
    "assumptions": {
        "cycle": {"value": {"uniform": [1, 30]}, "unit": "days", **ASK},
        "begin": {"value": {"uniform": ["2030-01-01", "2030-01-05"]}, "unit": "date", **ASK},
        "left": {"value": {"uniform": ["10%", "40%"]}, "unit": "percent", **ASK},
        "slow": {"value": {"times": 2, "of": "cycle"}, "unit": "days", **ASK},
        "idle": {"value": {"uniform": [0, 1]}, "unit": "share", **ASK},
        "seats": {"value": 60, "unit": "persons", **ASK},
    },
    "lift.trucks": {"slots": 1, "cycle_days": "slow", "seats": "seats"},
    "phases.exit.starts": "begin",
    f"{HOME}.schedule": {"2030-01-09": "left"},
}
"""Nothing uses `idle`; `cycle` is used through `slow` alone; `seats` is certain."""

PLANTED = {
    "assumptions": {
        "cycle": {"value": {"uniform": [10, 100]}, "unit": "days", **ASK},
        "idle": {"value": {"uniform": [0, 1]}, "unit": "share", **ASK},
    },
    "lift.trucks": {"slots": 1, "cycle_days": "cycle"},
}
"""The third serial leaves after two cycles of the only slot, and never by 9 January: the longer, the later."""


def test_values_are_those_of_the_stream_of_the_assumption(scenario):
    """Index 0 of `assumptions.cycle`, uniform between 1 and 30: 1 + 29 u; a run draws the very same."""
    plan = compile_plan(scenario(NAMED))
    values = assumption_values(plan, seed=3, replications=50)
    expected = 1 + 29 * uniforms(3, "assumptions.cycle", first=0, replications=50)[:, 0]

    assert values["cycle"].to_numpy() == pytest.approx(expected, rel=1e-12)
    assert values["slow"].to_numpy() == pytest.approx(2 * expected, rel=1e-12)
    assert (values["cycle"].to_numpy() == draw(plan, seed=3, replications=50).assumed["cycle"][:, 0]).all()


def test_values_are_in_the_unit_of_the_assumption(scenario):
    """Dates are days since 1 January, 0 to 4; percentages 10 to 40; 50 replications, from the seventh on."""
    values = assumption_values(compile_plan(scenario(NAMED)), seed=3, replications=50, first=7)

    assert values["begin"].between(0, 4).all()
    assert values["left"].between(10, 40).all()
    assert values.index.tolist() == list(range(7, 57))


def test_an_assumption_that_nothing_uses_is_left_out(scenario):
    """All but `idle`; `cycle` is used by `slow`, and that by the lift."""
    plan = compile_plan(scenario(NAMED))

    assert used_assumptions(plan) == {"cycle", "begin", "left", "slow", "seats"}
    assert list(assumption_values(plan, seed=1, replications=4)) == ["begin", "cycle", "left", "seats", "slow"]


def test_an_assumption_is_found_wherever_a_number_may_stand(scenario):
    """As a weight of where people stand, a pace, and a chance that is drawn at every review."""
    units = {"weight": "share", "chance": "probability", "pace": "exponent"}
    settings = {
        "assumptions": {each: {"value": {"uniform": [0.2, 0.8]}, "unit": units[each], **ASK} for each in units},
        "locations.hilltop": {},
        "contingents.alpha.at": {"northport": "weight", "hilltop": 1},
        "phases.exit.gate": {"review_every_days": 5, "passes": {"times": 1, "of": "chance"}, **ASK},
        f"{HOME}.pace": "pace",
    }

    assert used_assumptions(compile_plan(scenario(settings))) == {"weight", "chance", "pace"}


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_that_of_scipy(seed):
    """60 pairs of whole numbers from 0 to 9, full of ties."""
    first, second = np.random.Generator(np.random.Philox(seed)).integers(0, 10, (2, 60)).astype(float)
    found = correlate_ranks(first, first + second)

    assert found is not None
    assert found.estimate == pytest.approx(spearmanr(first, first + second).statistic, rel=1e-12)


def test_rank_correlation_by_hand():
    """1, 2, 3, 4 with 1, 3, 2, never: ranks differ by 0, 1, 1, 0, rho = 1 - 6 x 2 / (4 x 15) = 0.8."""
    found = correlate_ranks(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, np.inf]))

    assert found is not None
    assert found.estimate == pytest.approx(0.8)


def test_the_interval_is_that_of_fisher_with_the_error_of_bonett_and_wright():
    """Of 4, rho = 0.8: atanh 0.8 -+ 1.96 sqrt(1 + 0.32)."""
    found = correlate_ranks(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4]))
    reach = norm.ppf(0.975) * sqrt(1.32)

    assert found is not None
    assert (found.low, found.high) == pytest.approx((tanh(atanh(0.8) - reach), tanh(atanh(0.8) + reach)))


@pytest.mark.parametrize("sign", [1, -1])
def test_perfect_agreement_is_a_point(sign):
    """The ranks of u and of exp(u) are the same: rho is 1; turned round, -1."""
    values = np.linspace(-3, 3, 40)
    found = correlate_ranks(values, sign * np.exp(values))

    assert found is not None
    assert (found.estimate, found.low, found.high) == (sign, sign, sign)


def test_what_has_no_spread_has_no_correlation():
    """All the same."""
    assert correlate_ranks(np.arange(5.0), np.ones(5)) is None


def test_too_few_replications_have_no_interval():
    """Three: one fewer than the least."""
    with pytest.raises(ValueError, match="found 3 replications, wanted 4 or more"):
        correlate_ranks(np.arange(3.0), np.arange(3.0))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """1,000 samples of 100 bivariate normal pairs, r = 0.5: rho is (6 / pi) asin(r / 2) = 0.4826; 95 %, 4 errors.

    Pearson (1907), "On further methods of determining correlation": the rank correlation of normal pairs.
    """
    generator = np.random.Generator(np.random.Philox(11))
    truth = 6 / np.pi * np.arcsin(0.25)
    first, noise = generator.standard_normal((2, 1000, 100))
    second = 0.5 * first + sqrt(0.75) * noise
    found = [correlate_ranks(*pair) for pair in zip(first, second, strict=True)]
    covered = np.mean([each is not None and each.low <= truth <= each.high for each in found])

    assert covered == pytest.approx(0.95, abs=4 * sqrt(0.95 * 0.05 / 1000))


def test_a_planted_cause_is_found_first_with_the_sign_it_has(scenario):
    """Lateness rises with the cycle, never met: ties of whole days and of those never there keep rho just below 1."""
    run = run_scenario(scenario(PLANTED), replications=100)
    (found,) = estimate_associations(run, "all-out")
    late = run.milestones()["days_late"].astype("float64").fillna(np.inf).to_numpy()
    cycles = assumption_values(run.plan, seed=1, replications=100)["cycle"].to_numpy()

    assert (found.assumption, found.unit, found.met) == ("cycle", "days", None)
    assert found.lateness is not None
    assert found.lateness.estimate == pytest.approx(spearmanr(cycles, np.floor(2 * cycles)).statistic, abs=5e-4)
    assert found.lateness.estimate == pytest.approx(spearmanr(cycles, late).statistic, rel=1e-12)
    assert found.lateness.estimate > 0.99


def test_what_is_never_achieved_ranks_above_all_else(scenario):
    """Cycles of 150 to 250 days in a year: from 182 on the third never leaves, and those are the latest."""
    settings = {**PLANTED, "assumptions.cycle.value": {"uniform": [150, 250]}}
    run = run_scenario(scenario(settings), replications=100)
    (found,) = estimate_associations(run, "all-out")
    cycles = assumption_values(run.plan, seed=1, replications=100)["cycle"].to_numpy()
    late = run.milestones()["days_late"]
    ranked = np.where(late.isna(), 1e6, late.astype("float64").fillna(0))

    assert 10 < late.isna().sum() < 90
    assert found.lateness is not None
    assert found.lateness.estimate == pytest.approx(spearmanr(cycles, ranked).statistic, rel=1e-12)


def test_met_correlates_with_the_other_sign_and_a_throughout_has_no_lateness(scenario):
    """Cycles of 1 to 8 days: out by 9 January if two of them end by then; kept throughout the 9th alike."""
    settings = {
        **PLANTED,
        "assumptions.cycle.value": {"uniform": [1, 8]},
        "milestones.quiet": {
            "throughout": ["2030-01-09", "2030-01-09"],
            "strength": {"at": "northport", "at_most": 0},
            **ASK,
        },
    }
    run = run_scenario(scenario(settings), replications=60)
    (by,), (throughout,) = (estimate_associations(run, each) for each in ("all-out", "quiet"))

    assert by.met is not None
    assert by.lateness is not None
    assert by.met.high < 0 < by.lateness.low
    assert by.size == max(-by.met.estimate, by.lateness.estimate)
    assert throughout.lateness is None


def test_what_is_certain_has_no_association(scenario):
    """Of the five in use `seats` is always 60."""
    run = run_scenario(scenario(NAMED), replications=LEAST_REPLICATIONS)

    assert {each.assumption for each in estimate_associations(run, "all-out")} == {"cycle", "begin", "left", "slow"}
