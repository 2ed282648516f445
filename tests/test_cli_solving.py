"""`posture solve`, as a user would ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

from posture.cli import cli


@pytest.fixture
def plan(tmp_path) -> Path:
    """Write the smallest scenario, with cycles of three days, and return its file."""
    file = tmp_path / "plan.yaml"
    file.write_text(SMALLEST.replace("cycle_days: 0", "cycle_days: 4"), encoding="utf-8")
    return file


def told(*arguments: object) -> Result:
    """Return what a command printed and its exit status."""
    return CliRunner().invoke(cli, ["solve", *(str(each) for each in arguments)], standalone_mode=False)


def test_the_least_slots_that_do_are_found(plan):
    """Three serials three days apart, cycles of four: one slot sends them on 1.5, 5.5 and 9.5, too late; two do."""
    found = told(plan, "--vary", "lift.trucks.slots=1:9", "--goal", "all-out>=0.8", "-n", 20, "--format", "json")
    rows = json.loads(found.stdout)

    assert found.return_value == 0
    assert {(row["answer"], row["reached"], row["monotone"]) for row in rows} == {(2, "within", True)}
    assert "The least value that reaches P(all-out) of 80% is 2" in found.stderr


def test_a_goal_that_nothing_reaches_ends_with_one(plan):
    """Cycles of 20 to 30 days on one slot: never in time."""
    found = told(
        plan,
        "--set",
        "lift.trucks.slots=1",
        "--vary",
        "lift.trucks.cycle_days=20:30",
        "--goal",
        "all-out>=50%",
        "-n",
        5,
    )

    assert found.return_value == 1
    assert "is reached nowhere" in found.stdout


@pytest.mark.parametrize(
    ("vary", "goal", "message"),
    [
        ("lift.trucks.slots", "all-out>=0.8", "wanted path=a,b,c"),
        ("lift.trucks.slots=1:9", "all-out", "wanted a goal"),
        ("lift.trucks.slots=1:9", "none>=0.8", "none"),
    ],
)
def test_what_cannot_be_sought_is_told(plan, vary, goal, message):
    """No range, no goal, no such milestone."""
    assert message in str(told(plan, "--vary", vary, "--goal", goal).exception)
