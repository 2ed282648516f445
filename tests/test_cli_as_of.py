"""Runs as of a day and with counts of their own, as a user would ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

import posture
from posture.cli import cli


@pytest.fixture
def plan(tmp_path, monkeypatch) -> Path:
    """Write the smallest scenario and counts beside it: 90 of 180 on 3 January; run in that folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text(SMALLEST)
    (tmp_path / "counts.csv").write_text("date,actual,low,high,source\n2030-01-03,90,,,a paper\n")
    return tmp_path / "plan.yaml"


def told(*arguments: object) -> Result:
    """Return what `posture run` printed and its exit status."""
    return CliRunner().invoke(cli, ["run", *(str(each) for each in arguments)], standalone_mode=False)


def test_a_run_begins_on_the_day_with_the_counts_given(plan):
    """As of the 4th, 90 counted at northport: the folder says the day, and the fan begins with them."""
    done = told(plan, "-n", 2, "--as-of", "2030-01-04", "--observed", "counts.csv:at=northport")
    (folder,) = Path("runs").iterdir()
    run = posture.read_run(folder)

    assert done.exception is None
    assert "-as-of-2030-01-04-" in folder.name
    assert posture.estimate_band(run).strength[:, 0].tolist() == [90] * 5


def test_counts_without_a_day_are_drawn_and_change_nothing(plan):
    """The same outcomes; the counts are in the folder."""
    told(plan, "-n", 2, "--observed", "counts.csv:of=alpha:at=northport", "--out", "with")
    told(plan, "-n", 2, "--out", "without")

    assert posture.read_run("with").digest == posture.read_run("without").digest
    assert posture.read_run("with").scenario.observations()["counts"][0].actual == 90


def test_whole_histories_are_weighed_by_the_counts(plan):
    """Every replication agrees alike with the plan, 120 on the 3rd and 90 counted: both are effective, 2 are few."""
    done = told(
        plan, "-n", 2, "--as-of", "2030-01-04", "--observed", "counts.csv", "--given", "path", "--format", "json"
    )

    assert json.loads(done.stdout)[0]["p_met"] == 1
    assert "Weighed by 1 counts up to 2030-01-04: 2 of 2 replications are effective" in done.stderr
    assert "warning" in done.stderr


def test_settings_win_over_what_was_known(plan):
    """The personnel of a setting, laid over last."""
    done = told(plan, "-n", 1, "--as-of", "2030-01-04", "--set", "as_of.strength.seen={at: northport, persons: 30}")
    (folder,) = Path("runs").iterdir()

    assert done.exception is None
    assert posture.estimate_band(posture.read_run(folder)).strength[0, 0] == 30


def test_a_milestone_that_was_due_before_the_day_cannot_be_required(plan):
    """All-out was due on the 9th; another is still open. Nothing is run, and it is said why."""
    later = "milestones.later={by: 2030-03-01, phase: exit, judgement: invented}"
    done = told(plan, "-n", 2, "--as-of", "2030-01-15", "--set", later, "--require", "all-out>=0.5")

    assert "found no milestone 'all-out', which was due before the day of the run" in str(done.exception)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--as-of", "yesterday"], "yesterday"),
        (["--as-of", "2031-05-01"], "wanted a day from 2030-01-01 to 2030-12-31"),
        (["--given", "path"], "wanted it with --as-of"),
        (["--observed", "counts.csv:in=northport"], "wanted FILE:of=NAME"),
        (["--observed", "none.csv"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told(plan, options, message):
    """No date, one outside the run, half an option, no such file."""
    assert message in str(told(plan, "-n", 2, *options).exception)
