"""`posture compare`, as a user would give it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

from posture.cli import cli

VARIANTS = """
variants:
  slow: {title: One slot, set: {lift.trucks.slots: 1, lift.trucks.cycle_days: 5}}
  fast: {title: Early, set: {phases.exit.pace: early}}
"""


@pytest.fixture
def plan(tmp_path) -> str:
    """Write the smallest scenario with two variants and return its file."""
    file = tmp_path / "plan.yaml"
    file.write_text(SMALLEST + VARIANTS, encoding="utf-8")
    return str(file)


def told(*arguments: object) -> Result:
    """Return what a command printed and its exit status."""
    return CliRunner().invoke(cli, ["compare", *(str(each) for each in arguments)], standalone_mode=False)


def test_variants_are_compared_with_their_scenario(plan, tmp_path):
    """One slot of five days is too late in every replication, `early` in none: -100 points and 0; differences first."""
    table = told(plan, "--variants", "all", "-n", 20, "--out", tmp_path / "figures")
    rows = json.loads(told(plan, "--variants", "slow, fast", "-n", 20, "--format", "json").stdout)

    assert "lift.trucks.slots: 9 -> 1" in table.stdout
    assert {each.name for each in (tmp_path / "figures").iterdir()} == {"scoreboard.png", "strength.png"}
    assert [(row["scenario"], row["difference"]) for row in rows] == [("slow", -1.0), ("fast", 0.0)]


def test_a_waterfall_splits_the_change_over_what_sets_two_apart(plan, tmp_path):
    """Nine slots of five days are enough, one slot of none too: neither change alone does harm, both together do."""
    out = tmp_path / "figures"
    made = told(plan, "--variants", "slow", "-n", 10, "--waterfall", "all-out", "--format", "json", "--out", out)
    found = {row["what"]: row["estimate"] for row in json.loads(made.stdout)}

    assert (found["base"], found["part"], found["interaction"], found["other"]) == (1.0, 0.0, -1.0, 0.0)
    assert (out / "waterfall-all-out.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name another scenario"),
        (("--variants", "slow,fast", "--waterfall", "all-out"), "wanted two"),
        (("--variants", "slow", "--waterfall", "none"), "no milestone 'none'"),
        (("--variants", "sloww"), "did you mean 'slow'"),
    ],
)
def test_what_cannot_be_compared_is_told(plan, arguments, message):
    """Nothing to compare with, a waterfall of three, a milestone or variant there is not."""
    assert message in str(told(plan, *arguments).exception)
