"""`posture why` and `posture explain`, as a user would ask."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from posture.cli import cli
from posture.study.runs import run_scenario
from posture.study.store import write_run

LATE = {"lift.trucks": {"slots": 1, "cycle_days": 20}}


@pytest.fixture
def saved(scenario, tmp_path) -> str:
    """Save a run in which the one slot is late, and return its folder."""
    write_run(run_scenario(scenario(LATE), replications=10), tmp_path / "run")
    return str(tmp_path / "run")


def told(*arguments: object) -> Result:
    """Return what a command printed and its exit status."""
    return CliRunner().invoke(cli, [str(each) for each in arguments], standalone_mode=False)


def test_it_says_what_binds_and_what_it_costs(saved, tmp_path):
    """Everything is late by the lift; without it all are met: it costs 100 points. A figure where one is asked for."""
    table = told("why", saved, "--milestone", "all-out", "--out", tmp_path / "figures")
    rows = json.loads(told("why", saved, "--milestone", "all-out", "--format", "json").stdout)

    assert "lateness by cause" in table.stdout
    assert "With one cause taken away" in table.stdout
    assert {each.name for each in (tmp_path / "figures").iterdir()} == {"why-all-out.png"}
    assert any("lift" in row.values() for row in rows)


def test_a_milestone_there_is_not_is_told(saved):
    """With the ids there are."""
    assert "wanted one of all-out" in str(told("why", saved, "--milestone", "none").exception)


def test_a_replication_is_told_as_a_story(saved):
    """What bound the milestone it missed; a replication there is not is told."""
    told_of = told("explain", saved, 3, "--milestone", "all-out").stdout

    assert told_of.startswith("Replication 3 under seed 1")
    assert "lift" in told_of
    assert "replication" in str(told("explain", saved, 10).exception)
