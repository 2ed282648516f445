"""Sensitivity: indices of the Ishigami function, a variance split as it was built, effects of a line, a scenario."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from posture.scenario.distributions import Lognormal, Triangular
from posture.study.designs import Factor, points_at
from posture.study.runs import run_scenario
from posture.study.sensitivity import (
    Inputs,
    declared_inputs,
    estimate_effects,
    estimate_indices,
    respond_with,
    split_variance,
)

ASSUMED = {
    "crew-days": {"value": {"triangular": [1, 2, 6]}, "unit": "days", "judgement": "invented"},
    "slow": {"value": {"lognormal": {"median": 1, "p90": 2}}, "unit": "factor", "judgement": "invented"},
    "cycle": {"value": {"times": "slow", "of": {"uniform": [2, 4]}}, "unit": "days", "judgement": "invented"},
    "start": {"value": {"uniform": ["2030-01-01", "2030-01-05"]}, "unit": "date", "judgement": "invented"},
    "left": {"value": {"uniform": ["0%", "50%"]}, "unit": "percent", "judgement": "invented"},
    "idle": {"value": {"uniform": [0, 1]}, "unit": "days", "judgement": "invented"},
}
USING = {
    "assumptions": ASSUMED,
    "lift.trucks": {"slots": 1, "cycle_days": "cycle", "transit_days": "crew-days"},
    "phases.exit.starts": "start",
    "phases.exit.drawdowns.alpha-home.schedule": {"2030-01-09": "left"},
}


def inputs_of(*factors: Factor) -> Inputs:
    """Return ranges, each uniform, as inputs."""
    return Inputs(tuple(each.path for each in factors), lambda shares: points_at(factors, shares))


CUBE = inputs_of(*(Factor(name, low=-pi, high=pi) for name in "abc"))
UNIT = inputs_of(*(Factor(name, low=0.0, high=1.0) for name in "ab"))


def rows_of(points) -> np.ndarray:
    """Return the settings of design points, shape (points, paths)."""
    return np.array([list(each.values()) for each in points])


def ishigami(points) -> np.ndarray:
    """Return sin a + 7 sin2 b + 0.1 c^4 sin a, without any chance."""
    a, b, c = rows_of(points).T
    return (np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))[:, None]


def test_the_indices_of_the_ishigami_function():
    """S1 = 0.3139, 0.4424, 0 and ST = 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990), of 4,096 points to 0.02."""
    found = {each.input: each for each in estimate_indices(ishigami, inputs=CUBE, points=4096)}

    assert list(found) == ["a", "b", "c"]
    assert [each.first.estimate for each in found.values()] == pytest.approx([0.3139, 0.4424, 0], abs=0.02)
    assert [each.total.estimate for each in found.values()] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    for each, first, total in zip(found.values(), (0.3139, 0.4424, 0), (0.5576, 0.4424, 0.2437), strict=True):
        assert each.first.low < first < each.first.high
        assert each.total.low < total < each.total.high


def test_the_intervals_of_indices_cover_them():
    """40 seeds of 128 points, six indices each: the 95 % intervals hold 85 % or more (a bootstrap of 128 is narrow)."""
    truth = {"a": (0.3139, 0.5576), "b": (0.4424, 0.4424), "c": (0.0, 0.2437)}
    held = []
    for seed in range(40):
        for each in estimate_indices(ishigami, inputs=CUBE, points=128, seed=seed):
            first, total = truth[each.input]
            held += [each.first.low <= first <= each.first.high, each.total.low <= total <= each.total.high]

    assert np.mean(held) >= 0.85


def test_indices_are_the_same_for_the_same_seed():
    """Points and bootstrap both come from the seed; another gives others."""
    found = [estimate_indices(ishigami, inputs=CUBE, points=64, seed=seed) for seed in (1, 1, 2)]

    assert found[0] == found[1] != found[2]


def test_a_response_that_never_varies_has_no_indices():
    """Always 1: there is no variance to share out, and none to split."""

    def respond(points):
        return np.ones((len(points), 3))

    assert estimate_indices(respond, inputs=UNIT, points=8) == []
    assert split_variance(respond, inputs=UNIT, points=8).unknown is None
    assert split_variance(respond, inputs=UNIT, points=8).chance is None


def additive(deviation: float, seed: int, *, replications: int = 10):
    """Return a response sqrt(12) a + chance: variance 1 from the input, deviation^2 from chance."""
    generator = np.random.default_rng(seed)

    def respond(points):
        chance = generator.normal(0, deviation, (len(points), replications))
        return np.sqrt(12) * rows_of(points)[:, :1] + chance

    return respond


@pytest.mark.parametrize(("deviation", "share"), [(0.5, 0.8), (1, 0.5), (3, 0.1)])
def test_variance_is_split_without_bias_and_with_cover(deviation, share):
    """Share 1 / (1 + sd^2), 400 splits of 60 points x 10: variances within 4 standard errors, cover 90 % or more."""
    found = [split_variance(additive(deviation, seed), inputs=UNIT, points=60, seed=seed) for seed in range(400)]

    for values, truth in (
        ([each.variance_unknown for each in found], 1),
        ([each.variance_chance for each in found], deviation**2),
    ):
        assert np.mean(values) == pytest.approx(truth, abs=4 * np.std(values) / np.sqrt(len(values)))
    assert np.mean([each.unknown.low <= share <= each.unknown.high for each in found]) >= 0.9


def test_chance_alone_leaves_nothing_unknown():
    """No effect of the input: the estimate of its variance is below 0 about as often as above, the share never."""

    def respond_by(seed):
        generator = np.random.default_rng(seed)
        return lambda points: generator.normal(0, 1, (len(points), 5))

    found = [split_variance(respond_by(seed), inputs=UNIT, points=50, seed=seed) for seed in range(200)]

    assert 0.3 < np.mean([each.variance_unknown < 0 for each in found]) < 0.75
    assert all(each.unknown.estimate >= 0 for each in found)
    assert found[0].unknown.estimate + found[0].chance.estimate == 1


@pytest.mark.parametrize(("points", "replications"), [(1, 5), (5, 1)])
def test_a_split_wants_two_of_each(points, replications):
    """One point has nothing between, one replication nothing within."""
    with pytest.raises(ValueError, match="wanted two or more of each"):
        split_variance(additive(1, 1, replications=replications), inputs=UNIT, points=points)


def test_elementary_effects_of_a_line_are_its_slopes():
    """3 a - b: the inputs stand at 1/8, 3/8, 5/8 and 7/8, so that all the way is three quarters: 2.25 and -0.75."""
    pytest.importorskip("SALib", reason="the extra `sensitivity`")

    found = estimate_effects(lambda points: rows_of(points) @ np.array([[3.0], [-1.0]]), inputs=UNIT, points=30)

    assert [each.input for each in found] == ["a", "b"]
    assert [each.mean.estimate for each in found] == pytest.approx([2.25, -0.75])
    assert [(each.size.low, each.size.high) for each in found] == [
        pytest.approx((2.25,) * 2),
        pytest.approx((0.75,) * 2),
    ]
    assert [each.spread for each in found] == pytest.approx([0, 0], abs=1e-12)


def test_effects_that_depend_on_another_input_have_a_spread():
    """Of a b: the effect of a is that of b's level; c does nothing."""
    pytest.importorskip("SALib", reason="the extra `sensitivity`")
    inputs = inputs_of(*(Factor(name, low=0.0, high=1.0) for name in "abc"))

    found = estimate_effects(lambda points: rows_of(points)[:, :2].prod(axis=1)[:, None], inputs=inputs, points=200)

    assert found[-1].input == "c"
    assert found[-1].size.estimate == 0
    assert found[0].spread > 0.1


def test_effects_want_two_trajectories():
    """Two inputs, three points a trajectory: five are too few."""
    with pytest.raises(ValueError, match="wanted 6 or more"):
        estimate_effects(ishigami, inputs=UNIT, points=5)


def test_declared_inputs_are_the_distributions_that_anything_rests_on(scenario):
    """`cycle` rests on `slow`: its input is its own factor, 2 to 4; `idle` is used by nothing; a date is whole days."""
    found = declared_inputs(scenario(USING))
    shares = np.array([[0.5] * 5, [0.1, 0.25, 0.3, 0.9, 0.7]])

    points = found.points(shares)

    by_name = dict(zip(found.names, shares[1], strict=True))
    slow = Lognormal((1.0, 2.0)).quantile(np.array([by_name["slow"]]))[0]
    assert set(found.names) == {"crew-days", "cycle", "left", "slow", "start"}
    assert points[1] == {
        "assumptions.crew-days.value": Triangular((1.0, 2.0, 6.0)).quantile(np.array([by_name["crew-days"]]))[0],
        "assumptions.slow.value": pytest.approx(slow),
        "assumptions.cycle.value": pytest.approx(slow * (2 + 2 * by_name["cycle"])),
        "assumptions.start.value": f"2030-01-0{int(1 + 4 * by_name['start'] + 0.5)}",
        "assumptions.left.value": f"{50 * by_name['left']:.9f}%",
    }


def test_a_scenario_without_assumptions_has_no_inputs(scenario):
    """Nothing varies: said before anything is run."""
    with pytest.raises(ValueError, match="found no assumption that varies"):
        estimate_indices(ishigami, inputs=declared_inputs(scenario()), points=8)


def test_a_fixed_assumption_leaves_all_other_draws_as_they_were(scenario):
    """A point is a run of the scenario with its values; common draws are replications 0, 1, ... of the seed."""
    base = scenario(USING)
    points = declared_inputs(base).points(np.array([[0.2] * 5, [0.9] * 5]))

    found = respond_with(base, "all-out", response="days_late", replications=6, seed=5)(points)

    for row, point in zip(found, points, strict=True):
        alone = run_scenario(base.vary(point), replications=6, seed=5).milestones()["days_late"]
        assert row.tolist() == alone.fillna(356).tolist()


def test_independent_draws_go_on_where_the_last_point_ended(scenario):
    """Two alike points of 4 replications are the first 8 of one run."""
    base = scenario({"lift.trucks": {"slots": 1, "cycle_days": {"exponential": 3}}})

    found = respond_with(base, "all-out", replications=4, seed=2, common=False)([{}, {}])

    assert found.ravel().tolist() == run_scenario(base, replications=8, seed=2).milestones()["met"].tolist()


def test_days_late_are_cut_at_the_end_of_the_run(scenario):
    """Held for good: never achieved, so late by the 356 days from 9 January to the end of the year."""
    held = scenario({"phases.exit.gate": {"review_every_days": 400, "passes": 0}})

    assert respond_with(held, "all-out", response="days_late", replications=2)([{}]).tolist() == [[356, 356]]


def test_a_share_of_variance_that_is_all_of_the_assumption(scenario):
    """Whether a gate passes is settled by an assumption that is 0 or 1: nothing is chance, and its index is 1."""
    base = scenario(
        {
            "assumptions.yes": {"value": {"choice": {0: 1, 1: 1}}, "unit": "probability", "judgement": "invented"},
            "phases.exit.gate": {"review_every_days": 400, "passes": "yes"},
        }
    )
    inputs = declared_inputs(base)

    split = split_variance(respond_with(base, "all-out", replications=2, common=False), inputs=inputs, points=20)
    (index,) = estimate_indices(respond_with(base, "all-out", replications=1), inputs=inputs, points=16)

    assert (split.variance_chance, split.unknown.estimate) == (0, 1)
    assert (index.input, index.total.estimate) == ("yes", pytest.approx(1, abs=0.2))


@pytest.mark.parametrize(
    ("milestone", "settings", "told"),
    [
        ("all-outt", {}, "did you mean 'all-out'"),
        (
            "all-out",
            {"milestones.all-out": {"by": None, "throughout": ["2030-01-09", "2030-01-20"]}},
            "found no days late of 'all-out'",
        ),
    ],
)
def test_a_milestone_without_days_late_is_refused(scenario, milestone, settings, told):
    """An unknown one at once, a `throughout` when it is run."""
    with pytest.raises(ValueError, match=told):
        respond_with(scenario(settings), milestone, response="days_late", replications=1)([{}])
