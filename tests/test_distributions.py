"""Laws against theory: quantiles by closed form, means within rounding, truncation, order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from posture.scenario.distributions import (
    LAWS,
    Choice,
    Distribution,
    Empirical,
    Exponential,
    Lognormal,
    Normal,
    Pert,
    Poisson,
    Triangular,
    Uniform,
)


def named(value: object) -> str:
    """Return the same name for a test in every worker."""
    return type(value).__name__ if isinstance(value, Distribution) else f"{value:g}" if isinstance(value, float) else ""


GRID = np.concatenate(([0.0, 1e-12], np.linspace(0.001, 0.999, 999), [1 - 2.0**-53]))

EXAMPLES = [
    Uniform((2.0, 6.0)),
    Triangular((8.0, 10.0, 20.0)),
    Pert((8.0, 10.0, 20.0)),
    Normal((5.0, 2.0), low=0.0),
    Normal((-30.0, 5.0), low=0.0, high=1.0),
    Normal((40.0, 5.0), low=0.0, high=1.0),
    Lognormal((10.0, 30.0)),
    Lognormal((10.0, 30.0), low=0.0, high=12.0),
    Exponential((4.0,)),
    Exponential((4.0,), high=5.0),
    Poisson((3.5,)),
    Poisson((3.5,), high=4.0),
    Empirical((1.0, 4.0, 9.0)),
    Choice((30.0, 60.0, 90.0), weights=(1.0, 0.0, 3.0)),
]


@pytest.mark.parametrize("law", EXAMPLES, ids=named)
def test_quantiles_rise_and_keep_to_the_bounds(law: Distribution):
    """An inverse distribution function never falls; its values lie where `bounds` says, at both ends of [0, 1)."""
    values = law.quantile(GRID)
    low, high = law.bounds()

    assert (np.diff(values) >= 0).all()
    assert values.min() >= low
    assert values.max() <= high
    assert np.isfinite(values).all()


@pytest.mark.parametrize("law", EXAMPLES, ids=named)
def test_a_value_is_the_same_alone_and_in_a_table(law: Distribution):
    """Whoever asks for 3 x 4 values gets those of the twelve asked one by one: no replication sees another."""
    uniforms = np.linspace(0.01, 0.97, 12)
    alone = np.array([law.quantile(np.array([each]))[0] for each in uniforms])

    assert (law.quantile(uniforms.reshape(3, 4)).ravel() == alone).all()


@pytest.mark.parametrize(
    ("law", "uniform", "value"),
    [
        (Uniform((2.0, 6.0)), 0.25, 3.0),  # 2 + 4 / 4
        (Uniform((5.0, 5.0)), 0.7, 5.0),
        (Triangular((8.0, 10.0, 20.0)), 1 / 6, 10.0),  # the mode lies at (10 - 8) / (20 - 8)
        (Triangular((0.0, 0.0, 10.0)), 0.75, 5.0),  # 10 - sqrt(0.25 x 100)
        (Triangular((0.0, 10.0, 10.0)), 0.25, 5.0),  # sqrt(0.25 x 100)
        (Triangular((3.0, 3.0, 3.0)), 0.4, 3.0),
        (Pert((0.0, 5.0, 10.0)), 0.5, 5.0),  # symmetric
        (Pert((0.0, 0.0, 1.0)), 0.5, 1 - 0.5**0.2),  # beta(1, 5): 1 - (1 - u)^(1/5)
        (Pert((7.0, 7.0, 7.0)), 0.5, 7.0),
        (Normal((5.0, 2.0)), 0.975, 5 + 2 * 1.959963984540054),
        (Normal((0.0, 1.0), low=0.0), 0.5, 0.6744897501960817),  # the half normal's median: z(0.75)
        (Lognormal((10.0, 30.0)), 0.5, 10.0),
        (Lognormal((10.0, 30.0)), 0.9, 30.0),
        (Lognormal((10.0, 30.0)), 0.1, 10 / 3),  # symmetric in logarithms
        (Lognormal((10.0, 10.0)), 0.3, 10.0),  # no spread
        (Exponential((4.0,)), 0.5, 4 * math.log(2)),
        (Exponential((4.0,)), 0.0, 0.0),
        (Exponential((1.0,), high=math.log(2)), 0.5, math.log(4 / 3)),  # -ln(1 - 0.5 x 0.5)
        (Poisson((1.0,)), 0.36, 0.0),  # P(0) = 1/e = 0.368
        (Poisson((1.0,)), 0.37, 1.0),
        (Poisson((1.0,)), 0.73, 1.0),  # P(<= 1) = 2/e = 0.736
        (Poisson((1.0,)), 0.74, 2.0),
        (Poisson((1.0,), high=1.0), 0.49, 0.0),  # cut at 1, both counts weigh 1/e
        (Poisson((1.0,), high=1.0), 0.51, 1.0),
        (Empirical((1.0, 4.0, 9.0)), 0.33, 1.0),
        (Empirical((1.0, 4.0, 9.0)), 0.34, 4.0),
        (Empirical((1.0, 4.0, 9.0)), 0.999, 9.0),
        (Choice((30.0, 60.0), weights=(1.0, 3.0)), 0.24, 30.0),
        (Choice((30.0, 60.0), weights=(1.0, 3.0)), 0.26, 60.0),
        (Choice((30.0, 60.0, 90.0), weights=(0.0, 1.0, 0.0)), 0.0, 60.0),
    ],
    ids=named,
)
def test_quantiles_have_their_closed_form(law: Distribution, uniform: float, value: float):
    """Each number follows from the formula beside it, to rounding."""
    assert law.quantile(np.array([uniform]))[0] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("law", "reference"),
    [
        (Uniform((2.0, 6.0)), stats.uniform(2, 4)),
        (Triangular((8.0, 10.0, 20.0)), stats.triang(1 / 6, 8, 12)),
        (Pert((8.0, 10.0, 20.0)), stats.beta(1 + 4 / 6, 1 + 20 / 6, 8, 12)),
        (Normal((5.0, 2.0), low=0.0, high=9.0), stats.truncnorm(-2.5, 2, 5, 2)),
        (Normal((-2.0, 1.0), low=0.0), stats.truncnorm(2, np.inf, -2, 1)),
        (Lognormal((10.0, 30.0)), stats.lognorm(math.log(3) / 1.2815515655446004, scale=10)),
        (Exponential((4.0,)), stats.expon(scale=4)),
        (Exponential((4.0,), high=6.0), stats.truncexpon(1.5, scale=4)),
        (Poisson((3.5,)), stats.poisson(3.5)),
    ],
    ids=named,
)
def test_quantiles_are_those_of_another_implementation(law: Distribution, reference: stats.rv_continuous):
    """The law in SciPy by its own parameters, at 999 probabilities; 1e-9 leaves room for its root finding."""
    uniforms = np.linspace(0.001, 0.999, 999)

    assert law.quantile(uniforms) == pytest.approx(reference.ppf(uniforms), rel=1e-9)


@pytest.mark.parametrize(
    ("law", "mean", "deviation"),
    [
        (Uniform((2.0, 6.0)), 4.0, 4 / math.sqrt(12)),
        (Triangular((8.0, 10.0, 20.0)), 38 / 3, math.sqrt((64 + 100 + 400 - 80 - 160 - 200) / 18)),
        (Pert((8.0, 10.0, 20.0)), 68 / 6, math.sqrt((68 / 6 - 8) * (20 - 68 / 6) / 7)),
        (Normal((5.0, 2.0)), 5.0, 2.0),
        (Normal((0.0, 1.0), low=0.0), math.sqrt(2 / math.pi), math.sqrt(1 - 2 / math.pi)),
        (Exponential((4.0,)), 4.0, 4.0),
        (Poisson((3.5,)), 3.5, math.sqrt(3.5)),
        (Empirical((1.0, 4.0, 9.0)), 14 / 3, math.sqrt(98 / 3 - (14 / 3) ** 2)),
        (Choice((30.0, 60.0), weights=(1.0, 3.0)), 52.5, 30 * math.sqrt(3) / 4),
    ],
    ids=named,
)
def test_means_of_draws_lie_within_four_standard_errors(law: Distribution, mean: float, deviation: float):
    """100,000 draws; mean and deviation from the textbook: a triangle's mean is (8 + 10 + 20) / 3 = 38/3."""
    draws = law.quantile(np.random.default_rng(1).random(100_000))

    assert draws.mean() == pytest.approx(mean, abs=4 * deviation / math.sqrt(100_000))
    assert law.mean() == pytest.approx(mean, rel=2e-3)


def test_the_pert_mean_weighs_its_mode_four_times():
    """(8 + 4 x 10 + 20) / 6 = 68/6, as Malcolm and others have it (1959); to the four decimals that are shown."""
    assert Pert((8.0, 10.0, 20.0)).mean() == pytest.approx(68 / 6, abs=5e-5)


@pytest.mark.parametrize("far", [4.0, 6.0, 8.0])
def test_a_bell_curve_cut_far_out_keeps_its_digits_on_either_side(far: float):
    """Cut above `far` standard deviations, its excess times `far` is nearly exponential: the median is near ln 2 / far.

    Eight is the farthest that a file may say. The two tails are mirror images, though near 1 a probability has few
    digits left; the next term of Mills' ratio is (1 + ln 2 / 2) / far^2.
    """
    half = np.array([0.5])
    above = Normal((0.0, 1.0), low=far).quantile(half)[0] - far
    below = -far - Normal((0.0, 1.0), high=-far).quantile(half)[0]

    assert above == pytest.approx(below, rel=1e-6)
    assert above == pytest.approx(math.log(2) / far, rel=1.5 / far**2)


def test_laws_are_cut_and_not_clipped():
    """A normal cut at its mean has no lump there: its quartile is z(0.625) = 0.3186, that of a clipped one 0."""
    assert Normal((0.0, 1.0), low=0.0).quantile(np.array([0.25]))[0] == pytest.approx(0.3186393639643752)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(sorted),
    st.integers(0, 2**53 - 1).map(lambda each: each * 2.0**-53),
    st.sampled_from([Triangular, Pert]),
)
@settings(max_examples=150, deadline=None)
def test_three_points_in_order_never_lead_outside(points: list[float], uniform: float, law: type[Distribution]):
    """Whatever the points, for every uniform a generator can give: rounding may cost one part in 1e12."""
    value = law(tuple(points)).quantile(np.array([uniform]))[0]
    room = 1e-12 * max(1.0, abs(points[0]), abs(points[2]))

    assert points[0] - room <= value <= points[2] + room


def test_every_law_has_an_example_here():
    """A law that is added must be added above."""
    assert {type(each) for each in EXAMPLES} == set(LAWS.values())
