"""Discoveries: a planted threshold is found in one half and holds in the other, and intervals know of common draws."""

from __future__ import annotations

import numpy as np
import pytest

from posture.study.discoveries import (
    Agreement,
    Discovery,
    Rows,
    _sought,
    difference_of,
    discover_run,
    discover_study,
    estimate_ratio,
)
from posture.study.estimates import Interval, estimate_share
from posture.study.inputs import Input
from posture.study.runs import Run, run_scenario
from posture.study.studies import Study, create_study, run_study

ASK = {"judgement": "invented"}
PLANTED = {
    "assumptions": {
        "cycle": {"value": {"uniform": [1, 7]}, "unit": "days", **ASK},
        "road": {"value": {"uniform": [1, 3]}, "unit": "days", **ASK},
        "slow": {"value": {"times": 2, "of": "road"}, "unit": "days", **ASK},
    },
    "lift.trucks": {"slots": 1, "cycle_days": "cycle", "transit_days": "slow"},
}
"""The last of three serials leaves after two cycles of the only slot: the cycle alone decides whether by 9 January.

How long they are on the road is nothing to northport, which they have left; `slow` and `road` are one and the same.
"""


@pytest.fixture(scope="module")
def run() -> Run:
    """Return 400 replications of the planted threshold."""
    from conftest import build

    return run_scenario(build(PLANTED), replications=400)


def study(scenario, folder, points, *, replications) -> Study:
    """Return a study, done."""
    made = create_study(folder, scenario(PLANTED), points, seed=1, replications=replications)
    run_study(made)
    return made


def gap(found: Discovery) -> tuple[float, float]:
    """Return the longest cycle of a milestone met and the shortest of one missed, among the judged replications."""
    cycle, missed = found.scatter.table.column("cycle"), found.scatter.shares == 1
    return cycle[~missed].max(), cycle[missed].min()


def test_a_planted_threshold_is_found_and_holds_in_the_other_half(run):
    """Missed wherever the cycle is longer than a threshold, nowhere else: density 1 and all of the misses, judged.

    The edge may be a paste away from the threshold: 2 % of the rows on either side.
    """
    found = discover_run(run, "all-out")

    (box,) = found.boxes
    (limit,) = box.limits
    last_met, first_missed = gap(found)
    assert (limit.restriction.input, limit.restriction.high) == ("cycle", None)
    assert last_met < first_missed
    assert limit.restriction.low == pytest.approx(first_missed, abs=0.02 * 6 + 0.1)
    assert box.judged.density.estimate > 0.95
    assert box.judged.coverage.estimate > 0.95
    assert box.judged.density.low < box.judged.density.estimate
    assert limit.without == box_of_all(run)
    assert (found.found_in, found.judged_in, found.points) == (200, 200, 400)


def box_of_all(run: Run):
    """Return the share missed among the first 200 replications: what a box without its only restriction holds."""
    missed = ~run.table("outcomes")["met"].to_numpy(zero_copy_only=False)[:200]
    return estimate_ratio(missed.astype(float), np.ones(200))


def test_the_tree_agrees_on_a_planted_threshold(run):
    """It splits by the cycle first, and so does the box."""
    found = discover_run(run, "all-out")

    assert found.tree.gains[0][0] == "cycle"
    assert found.agreement == Agreement(both=("cycle",), box_alone=(), tree_alone=())
    assert max(each.judged.density.estimate for each in found.leaves) > 0.9


def test_what_is_met_lies_where_nothing_is_missed(run):
    """The other side of the same threshold."""
    found = discover_run(run, "all-out", failed=False)

    (limit,) = found.boxes[0].limits
    assert (limit.restriction.input, limit.restriction.low) == ("cycle", None)
    assert found.share.estimate == pytest.approx(1 - discover_run(run, "all-out").share.estimate)


def test_a_faint_threshold_is_found_among_many_inputs_that_do_nothing():
    """Missed with 0.7 above 0.6 of the first of 24 inputs, with 0.4 below, 400 rows: the first box is about it.

    The two shares are six standard errors apart, 0.3 by 0.05, and the greatest of 24 that mean nothing about two.
    """
    for seed in range(3):
        generator = np.random.default_rng(seed)
        values = generator.random((400, 24))
        hits = generator.random(400) < np.where(values[:, 0] > 0.6, 0.7, 0.4)
        inputs = tuple(Input(f"x{index}", "", "", "number") for index in range(24))

        boxes = _sought(Rows(inputs, values, hits, np.arange(400), np.arange(400)))

        assert "x0" in {each.input for each in boxes[0].restrictions}


def test_an_assumption_that_goes_wholly_with_another_is_left_out(run):
    """`slow` is `road` times 2."""
    found = discover_run(run, "all-out")

    assert [each.name for each in found.inputs] == ["cycle", "road"]
    assert found.left_out == (("slow", "road"),)


def test_an_outcome_that_is_always_the_same_has_no_box(scenario):
    """A cycle of a day at most is never too long: share 0 of 20, and neither boxes nor splits."""
    calm = PLANTED | {"assumptions.cycle.value": {"uniform": [0.5, 1]}}
    found = discover_run(run_scenario(scenario(calm), replications=40), "all-out")

    assert (found.boxes, found.tree.gains) == ((), ())
    assert (found.share.estimate, found.share.low) == (0, 0)
    assert found.share.high == pytest.approx(estimate_share(0, 20).high, rel=1e-12)
    assert found.agreement == Agreement((), (), ())


def test_a_study_is_asked_by_what_it_varies(scenario, tmp_path):
    """Cycles of 1 to 6 days by 1 and 3 slots: missed from 4 days on with one slot, a quarter of the points, always.

    The last of three serials leaves two cycles after the first: 8 days are too long for 9 January. Either restriction
    alone holds six points, half of them missed; shares that never vary have intervals that are points.
    """
    points = [
        {"assumptions.cycle.value": cycle, "lift.trucks.slots": slots} for slots in (1, 3) for cycle in range(1, 7)
    ]
    found = discover_study(study(scenario, tmp_path / "study", points, replications=8), "all-out")

    (box,) = found.boxes
    limits = [(each.restriction.input, each.restriction.low, each.restriction.high) for each in box.limits]
    assert limits == [("assumptions.cycle.value", 4, None), ("lift.trucks.slots", None, 1)]
    assert [each.without for each in box.limits] == [Interval(0.5, 0.5, 0.5)] * 2
    assert (box.judged.density.estimate, box.judged.coverage.estimate, box.judged.mass) == (1, 1, 0.25)
    assert (box.outside.estimate, box.difference.estimate) == (0, 1)
    assert (found.points, found.found_in, found.judged_in, found.about.is_study) == (12, 4, 4, True)
    assert found.scatter.shares.tolist() == [0, 0, 0, 1, 1, 1] + [0] * 6
    assert found.share == Interval(0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("milestone", "replications", "message"),
    [("all-oot", 4, "did you mean 'all-out'"), ("all-out", 39, "found 39 replications in all, wanted 40")],
)
def test_what_cannot_be_asked_is_told(scenario, milestone, replications, message):
    """A milestone there is not; fewer than 20 rows in a half."""
    made = run_scenario(scenario(PLANTED), replications=replications)

    with pytest.raises(ValueError, match=message):
        discover_run(made, milestone)


def test_a_scenario_without_anything_unknown_is_refused(scenario):
    """The smallest has no assumption."""
    with pytest.raises(ValueError, match="no assumption that varies"):
        discover_run(run_scenario(scenario(), replications=40), "all-out")


def test_a_difference_has_the_interval_of_newcombe():
    """His table II, 56 of 70 against 48 of 80: 0.2 from 0.0524 to 0.3339 by method 10."""
    found = difference_of(estimate_share(56, 70), estimate_share(48, 80))

    assert found.estimate == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert difference_of(None, found) is None


def test_a_ratio_of_single_rows_has_the_interval_of_wilson():
    """600 of 2,000 independent rows have the variance of 1,999: ends within a 2,000th of their distance, 0.02."""
    hits = np.repeat([1.0, 0.0], [600, 1400])
    found, wilson = estimate_ratio(hits, np.ones(2000)), estimate_share(600, 2000)

    assert found.estimate == 0.3
    assert found.low == pytest.approx(wilson.low, abs=0.02 / 2000)
    assert found.high == pytest.approx(wilson.high, abs=0.02 / 2000)


def test_rows_that_are_alike_within_a_replication_count_once():
    """Five design points that always come out the same: the interval is that of one, not of five times the rows."""
    hits = np.repeat([1.0, 0.0], [12, 28])
    alike, single = estimate_ratio(5 * hits, np.full(40, 5.0)), estimate_ratio(hits, np.ones(40))

    assert (alike.low, alike.high) == pytest.approx((single.low, single.high), rel=1e-12)


def test_a_ratio_that_never_varies_is_a_point_and_one_of_nothing_is_none():
    """Two of four in each replication; none of twenty is as none of twenty rows; no whole, no ratio."""
    found = estimate_ratio(np.full(10, 2.0), np.full(10, 4.0))

    assert found.low == found.high == found.estimate == 0.5
    assert estimate_ratio(np.zeros(20), np.ones(20)).high == pytest.approx(estimate_share(0, 20).high, rel=1e-12)
    assert estimate_ratio(np.zeros(20), np.zeros(20)) is None


def test_the_interval_of_a_ratio_covers_as_often_as_it_says():
    """400 samples of 60 replications, each of 5 rows with a chance of its own, 0.3 at the mean: 95 % cover it.

    Four standard errors of a share of 400 around 0.95: 0.044.
    """
    generator = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        chance = generator.beta(0.6, 1.4, 60)
        found = estimate_ratio(generator.binomial(5, chance).astype(float), np.full(60, 5.0))
        covered += found.low <= 0.3 <= found.high

    assert covered / 400 == pytest.approx(0.95, abs=0.044)
