"""The same words in a notebook as on the command line: compare, why, explain."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

import posture


@pytest.fixture
def late(scenario) -> posture.Run:
    """Run the smallest scenario on one truck with cycles of four days: the last serial is half a day late."""
    return posture.run(scenario({"lift.trucks.slots": 1, "lift.trucks.cycle_days": 4}), replications=20)


@pytest.fixture
def ax():
    """Return axes of their own."""
    return Figure().add_subplot()


def test_why_shows_what_each_cause_costs(late):
    """Everybody waits for the one truck: without waits for lift all are in time, 100 points."""
    causes = late.why("all-out")
    (lift,) = [each for each in causes.counterfactuals if each.cause == "lift"]

    assert lift.difference.estimate == 1
    assert "lift" in causes._repr_html_()
    assert repr(causes) == "<Causes of 'all-out', 20 replications>"


def test_why_is_drawn_on_the_axes_given(late, ax):
    """A bar a cause, and everything together."""
    assert late.plot.why("all-out", ax=ax) is ax
    assert any("lift" in each.get_text() for each in ax.texts)


def test_why_of_no_milestone_is_refused(late):
    """Names that do exist are listed."""
    with pytest.raises(ValueError, match="found no milestone 'none', wanted one of all-out"):
        late.why("none")


def test_a_replication_is_explained_as_on_the_command_line(late):
    """Dated sentences, the same text."""
    from posture.view.explanation import explain

    told = late.replication(3).explain("all-out")

    assert told == explain(late, 3, milestone="all-out")
    assert told._repr_html_().startswith("<pre>")


def test_a_replication_that_was_not_run_is_refused(late):
    """Twenty have been: 0 to 19."""
    with pytest.raises(ValueError, match="found replication 20, wanted 0 to 19"):
        late.replication(20)


def test_scenarios_are_compared_by_names_of_ones_own(scenario):
    """One truck is late in every replication, nine in none: a difference of 100 points."""
    few = scenario({"lift.trucks.slots": 1, "lift.trucks.cycle_days": 4})
    compared = posture.compare({"few": few, "many": scenario()}, replications=20)
    (estimate,) = compared.estimates

    assert (compared.base_name, estimate.scenario, estimate.difference.estimate) == ("few", "many", 1)
    assert "lift.trucks" in compared._repr_html_()


def test_variants_are_compared_with_the_scenario_they_are_of(scenario):
    """Two of its own, by their ids."""
    variants = {name: {"set": {"lift.trucks.slots": slots}} for name, slots in (("one", 1), ("two", 2))}
    compared = posture.compare(scenario({"variants": variants}), variants=["one", "two"], replications=5)

    assert list(compared.others) == ["one", "two"]
    assert isinstance(compared.plot.scoreboard(), Figure)
    assert isinstance(compared.plot.strength(at="northport"), Figure)


def test_two_scenarios_of_one_name_are_refused(scenario):
    """Both stand in smallest.yaml: a mapping would tell them apart."""
    with pytest.raises(ValueError, match="wanted a mapping with names of your own"):
        posture.compare(scenario(), scenario({"lift.trucks.slots": 1}), replications=2)


def test_variants_of_several_scenarios_are_refused(scenario):
    """Which would they be of."""
    with pytest.raises(ValueError, match="found variants of 2 scenarios, wanted those of one"):
        posture.compare(scenario(), "agreement-2024", variants=["calm"], replications=2)


def test_a_goal_is_sought_by_the_words_of_the_command_line(scenario):
    """One truck with cycles of four days is late, two are in time: two is the least that does."""
    few = scenario({"lift.trucks.slots": 1, "lift.trucks.cycle_days": 4})
    solution = posture.solve(few, vary="lift.trucks.slots=1:9", goal="all-out>=0.8", replications=20)

    assert solution.answer == 2
    assert repr(solution).startswith("The least value that reaches P(all-out) of 80% is 2")
    assert "lift.trucks.slots" in solution._repr_html_()


def test_a_run_goes_on_until_it_is_precise(scenario):
    """A gate of one half: half a width of 0.05 takes 400 replications, doubled from 200."""
    gated = scenario({"phases.exit.gate": {"review_every_days": 400, "passes": 0.5}})

    assert posture.run(gated, precision={"all-out": 0.05}).replications == 400
