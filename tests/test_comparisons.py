"""Comparisons: what pairs with what, differences of strength, and the tables."""

from __future__ import annotations

import pytest

from posture.study.comparisons import NotComparable, compare_runs, run_comparison
from posture.study.runs import run_scenario

GATED = {"phases.exit.gate": {"review_every_days": 400, "passes": 0.5}}
"""Passed at once or, as often, never in the run."""


def test_the_first_scenario_is_the_base(scenario):
    """Three scenarios in their order: two are compared with the first, under its seed."""
    plans = {"plan": scenario(), "gated": scenario(GATED), "again": scenario()}

    comparison = run_comparison(plans, replications=20, seed=7)

    assert (comparison.base_name, list(comparison.others)) == ("plan", ["gated", "again"])
    assert (comparison.seed, comparison.replications) == (7, 20)
    assert [each.scenario for each in comparison.estimates] == ["gated", "again"]


def test_a_scenario_and_itself_differ_in_nothing(scenario):
    """Common draws: no pair differs though half are met, all of the variance is saved, every date is the same."""
    plan = scenario(GATED)

    (found,) = run_comparison({"a": plan, "b": plan}, replications=40).estimates

    assert 0 < found.met.estimate < 1
    assert (found.difference.estimate, found.variance_saved, found.order.same.estimate) == (0, 1, 1)


def test_runs_that_would_not_pair_are_refused(scenario):
    """Another seed, another number of replications, or a run alone."""
    run = run_scenario(scenario(), replications=3, seed=1)

    with pytest.raises(ValueError, match=r"3 replications under seed 2 for 'b', wanted 3 under seed 1, as for 'a'"):
        compare_runs({"a": run, "b": run_scenario(scenario(), replications=3, seed=2)})
    with pytest.raises(ValueError, match="found 4 replications"):
        compare_runs({"a": run, "b": run_scenario(scenario(), replications=4, seed=1)})
    with pytest.raises(ValueError, match="found 1 scenarios"):
        compare_runs({"a": run})
    with pytest.raises(ValueError, match="found 1 scenarios"):
        run_comparison({"a": scenario()}, replications=3)


def test_milestones_that_one_has_alone_are_named(scenario):
    """The other asks one thing more, and the third asks only that."""
    half = {"milestones.half": {"by": "2030-01-05", "strength": {"at_most": "50%"}, "judgement": "invented"}}
    plans = {"plan": scenario(), "more": scenario(half), "other": scenario(half | {"milestones.all-out": None})}

    comparison = run_comparison(plans, replications=2)

    assert [(each.scenario, each.milestone) for each in comparison.estimates] == [("more", "all-out")]
    assert comparison.not_comparable == (
        NotComparable("more", "half", "more"),
        NotComparable("other", "all-out", "plan"),
        NotComparable("other", "half", "other"),
    )


def test_what_differs_in_the_inputs_is_listed_by_path(scenario):
    """One gate more."""
    comparison = run_comparison({"plan": scenario(), "gated": scenario(GATED)}, replications=2)

    (found,) = comparison.differences()["gated"]

    assert found.path == ("phases", "exit", "gate")


def test_strength_differs_day_by_day(scenario):
    """180 leave in three serials over nine days, 240 in four: 60 more on days 0 to 2 and 4, as many on the others.

    180, 120, 120, 120, 60, 60, 60, 0 against 240, 180, 180, 120, 120, 60, 60, 0 at the ends of days 0 to 7.
    """
    plans = {"plan": scenario(), "more": scenario({"contingents.alpha.personnel": 240})}

    band = run_comparison(plans, replications=2).strength("more", at=["northport"])

    assert band.strength[2, :8].tolist() == [60, 60, 60, 0, 60, 0, 0, 0]


def test_quantiles_of_strength_are_of_differences_pair_by_pair(scenario):
    """100 or 200 against 110 or 210 by the same draw: always 10 more, though the runs themselves range over 100."""
    plans = {
        name: scenario({"contingents.alpha.personnel": {"choice": {low: 1, low + 100: 1}}})
        for name, low in (("plan", 100), ("more", 110))
    }

    band = run_comparison(plans, replications=30).strength("more")

    assert band.strength[:, 0].tolist() == [10] * 5


def test_strength_is_compared_on_the_days_that_both_cover(scenario):
    """From 1 January to the 30th of June the base and another that ends then: 181 days."""
    plans = {"plan": scenario(), "short": scenario({"end": "2030-06-30"})}

    band = run_comparison(plans, replications=2).strength("short")

    assert (band.origin, band.days) == (plans["plan"].parts.start, 181)


def test_the_table_has_a_row_a_scenario_and_milestone(scenario):
    """Shares with their intervals; days are whole numbers or missing."""
    held = {"throughout": ["2030-01-01", "2030-01-05"], "strength": {"at_least": 1}, "judgement": "invented"}
    plans = {"plan": scenario({"milestones.held": held}), "gated": scenario(GATED | {"milestones.held": held})}

    table = run_comparison(plans, replications=20).milestones()

    assert table[["scenario", "milestone"]].values.tolist() == [["gated", "held"], ["gated", "all-out"]]
    assert (table["p_met_low"] <= table["p_met"]).all()
    assert (table["difference"] == table["p_met"] - table["p_met_base"]).all()
    assert table["days_later_p50"].isna().tolist() == [True, False]
    assert str(table["days_later_p50"].dtype) == "Int32"


def test_nothing_in_common_gives_an_empty_table(scenario):
    """The base asks one thing, the other another."""
    asked = {
        "milestones.all-out": None,
        "milestones.ended": {"by": "2030-02-01", "phase": "exit", "judgement": "invented"},
    }
    comparison = run_comparison({"plan": scenario(), "other": scenario(asked)}, replications=2)

    table = comparison.milestones()

    assert table.empty
    assert list(table.columns) == ["scenario", "milestone"]
