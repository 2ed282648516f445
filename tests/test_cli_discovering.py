"""The command that finds where a milestone fails, as a user would give it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

from posture.cli import cli
from posture.cli.discovering import discover
from posture.scenario.scenario import load
from posture.study.runs import run_scenario
from posture.study.store import write_run
from posture.study.studies import create_study, run_study

UNKNOWN = """assumptions:
  cycle: {value: {uniform: [1, 7]}, unit: days, judgement: invented}
"""
"""How long the only slot takes to come back decides alone whether the last of three serials leaves in time."""


@pytest.fixture
def file(tmp_path) -> Path:
    """Write the smallest scenario with one slot and a cycle that is not known."""
    text = SMALLEST.replace("assumptions: {}\n", UNKNOWN).replace("slots: 9", "slots: 1")
    path = tmp_path / "plan.yaml"
    path.write_text(text.replace("cycle_days: 0", "cycle_days: cycle"), encoding="utf-8")
    return path


def told(*arguments: object) -> Result:
    """Return what the command printed and its exit status."""
    return CliRunner().invoke(discover, [str(each) for each in arguments], standalone_mode=False)


def test_the_command_belongs_to_the_others():
    """As every command does."""
    assert cli.commands["discover"] is discover


def test_a_scenario_is_run_and_its_boxes_printed_with_the_check(file):
    """Missed where the cycle is long: a box, a tree, and in words that both say the same."""
    printed = told(file, "--milestone", "all-out", "-n", 200).stdout

    assert "found in 100 replications, judged in 100 others, seed 1" in printed
    assert "at least" in printed
    assert "The check: a classification tree" in printed
    assert "Box 1 holds out of sample" in printed
    assert "The check, a tree, agrees: it puts the same first, cycle" in printed


def test_the_other_side_is_where_it_is_met(file):
    """The box of what is met goes up to a cycle, that of what is missed from one on."""
    command = (file, "--milestone", "all-out", "-n", 200, "--format", "json")
    missed, met = json.loads(told(*command, "--failed").stdout)[0], json.loads(told(*command, "--met").stdout)[0]

    assert (missed["high"], met["low"]) == (None, None)
    assert met["high"] == pytest.approx(missed["low"], abs=0.5)


def test_a_saved_run_and_a_study_are_asked_as_they_are(file, tmp_path):
    """The run of 200 has the rows of the scenario run again; the study varies the cycle from 1 to 6 days."""
    scenario = load(file)
    write_run(run_scenario(scenario, replications=200), tmp_path / "run")
    points = [{"assumptions.cycle.value": days} for days in range(1, 7)]
    study = create_study(tmp_path / "study", scenario, points, seed=1, replications=8)
    run_study(study)
    asked = ("--milestone", "all-out", "--format", "csv")

    assert told(tmp_path / "run", *asked).stdout == told(file, "-n", 200, *asked).stdout
    assert ",assumptions.cycle.value,days,4.0,," in told(tmp_path / "study", *asked).stdout


def test_the_figure_is_drawn_where_it_is_asked_for(file, tmp_path):
    """Its name is that of the milestone."""
    printed = told(file, "--milestone", "all-out", "-n", 100, "--figures", tmp_path / "figures").stderr

    assert (tmp_path / "figures" / "discovery-all-out.png").is_file()
    assert "discovery-all-out.png" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--milestone", "all-oot", "-n", 40), "did you mean 'all-out'"),
        (("--milestone", "all-out", "-n", 10), "wanted 40 or more"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(file, arguments, message):
    """A milestone there is not, too few replications."""
    assert message in str(told(file, *arguments).exception)


def test_a_folder_is_not_run_again(file, tmp_path):
    """What its replications are was said when it was made; a folder of neither kind is told."""
    write_run(run_scenario(load(file), replications=4), tmp_path / "run")

    assert "found -n, wanted none of it" in str(told(tmp_path / "run", "--milestone", "all-out", "-n", 9).exception)
    assert "cannot be read" in str(told(tmp_path, "--milestone", "all-out").exception)
