"""Goals with several factors: cheap settings that reach them, judged again in draws that the search never saw."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from conftest import SMALLEST

from posture.cli import cli
from posture.study.designs import Factor
from posture.study.goals import Goal
from posture.study.knobs import turn_knobs

pytest.importorskip("optuna", reason="the extra `optimise`")

SLOTS = Factor("lift.trucks.slots", low=1, high=6)
CYCLE = Factor("lift.trucks.cycle_days", low=0, high=30)
BOTH = {SLOTS: 1.0, CYCLE: 1.0}


def found(scenario, *, dear: float = 1.0, **options: object):
    """Seek in slots and cycles of the smallest scenario, whose three serials are due every three days, by day 9."""
    return turn_knobs(
        scenario({"lift.trucks.cycle_days": 30, "lift.trucks.slots": 1}),
        {SLOTS: dear, CYCLE: 1.0},
        goal=Goal("all-out", 0.5),
        replications=3,
        **options,
    )


def test_both_ends_are_looked_at_and_which_is_worse_is_told(scenario):
    """One truck and cycles of 30 days are worse; none turned misses, all turned meets."""
    solution = found(scenario, trials=2)
    by_cost = {each.cost: each.met.estimate for each in solution.trials}

    assert solution.worse == (1, 30)
    assert by_cost == {2.0: 1.0, 0.0: 0.0}


def test_the_cheapest_that_reaches_the_goal_comes_first(scenario):
    """Three trucks at any cycle, two at up to six days, one at up to three: the first are cheapest, and found.

    Three of one to six begin at a third of the range, cost 1/3; one truck with cycles of three days costs 0.9.
    """
    solution = found(scenario, trials=60)
    costs = [each.cost for each in solution.trials if each.met.estimate >= 0.5]

    assert solution.best is solution.trials[0]
    assert costs == sorted(costs)
    assert 0.33 <= solution.best.cost < 0.5
    assert solution.best.setting["lift.trucks.slots"] >= 3


def test_a_cost_changes_what_is_cheap(scenario):
    """Trucks ten times as dear: one or two with short cycles instead of three."""
    solution = found(scenario, trials=60, dear=10.0)

    assert solution.best.setting["lift.trucks.slots"] < 3
    assert solution.best.setting["lift.trucks.cycle_days"] <= 6.5


def test_the_same_seed_seeks_the_same_way(scenario):
    """Every trial alike."""
    assert found(scenario, trials=12, seed=5).trials == found(scenario, trials=12, seed=5).trials


def test_the_best_is_judged_again_in_other_draws(scenario):
    """By a gate that passes one time in two, and one truck: luck in three replications need not last."""
    gated = scenario({"phases.exit.gate": {"review_every_days": 400, "passes": 0.5}})
    solution = turn_knobs(gated, BOTH, goal=Goal("all-out", 0.4), replications=40, trials=4)

    assert solution.best.met.estimate >= 0.4
    assert solution.fresh != solution.best.met


def test_a_goal_that_nothing_reaches_is_told(scenario):
    """A gate that never passes: nobody leaves."""
    closed = scenario({"phases.exit.gate": {"review_every_days": 30, "passes": 0}})
    solution = turn_knobs(closed, BOTH, goal=Goal("all-out", 0.5), replications=2, trials=3)

    assert (solution.best, solution.fresh) == (None, None)


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({SLOTS: 1.0}, "found 1 factors"),
        ({SLOTS: 1.0, Factor("lift.trucks.slots", low=1, high=9): 1.0}, "found 'lift.trucks.slots' twice"),
        ({SLOTS: 1.0, Factor("lift.trucks.seats", values=(30, 60)): 1.0}, "wanted a range"),
        ({SLOTS: -1.0, CYCLE: 1.0}, "wanted 0 or more"),
    ],
)
def test_what_cannot_be_turned_is_refused(scenario, factors, message):
    """One factor, one path twice, a list of values, a cost below nothing."""
    with pytest.raises(ValueError, match=message):
        turn_knobs(scenario(), factors, goal=Goal("all-out", 0.5), replications=2)


def test_the_command_turns_several_knobs(tmp_path):
    """Two `--vary`: rows as JSON, the cheapest first, and the answer in words on standard error."""
    (tmp_path / "plan.yaml").write_text(SMALLEST.replace("cycle_days: 0", "cycle_days: 30"))
    vary = ["--vary", "lift.trucks.slots=1:6", "--vary", "lift.trucks.cycle_days=0:30"]
    options = ["--goal", "all-out>=0.5", "--trials", "6", "-n", "3", "--format", "json"]
    done = CliRunner().invoke(cli, ["solve", str(tmp_path / "plan.yaml"), *vary, *options])
    rows = json.loads(done.stdout)

    assert len(rows) == 6
    assert rows[0]["is_best"]
    assert "In replications that the search never saw" in done.stderr


def test_options_of_several_knobs_need_several(tmp_path):
    """A cost with one range means nothing."""
    (tmp_path / "plan.yaml").write_text(SMALLEST)
    options = ["--vary", "lift.trucks.slots=1:6", "--goal", "all-out>=0.5", "--cost", "lift.trucks.slots=2"]
    done = CliRunner().invoke(cli, ["solve", str(tmp_path / "plan.yaml"), *options])

    assert done.exit_code == 2
    assert "wanted several" in done.stderr
