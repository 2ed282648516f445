"""`posture sensitivity`, as a user would ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

from posture.cli import cli

GATED = SMALLEST.replace(
    "assumptions: {}",
    """assumptions:
  opens: {value: {choice: {0: 1, 1: 1}}, unit: probability, judgement: invented}
  other: {value: {choice: {0: 1, 1: 1}}, unit: probability, judgement: invented}""",
).replace(
    "    drawdowns:",
    """    gate: {review_every_days: 400, passes: opens}
    drawdowns:""",
)
"""Whether all leave is settled by `opens`, 0 or 1; nothing rests on `other`."""

THROUGHOUT = ("--set", "milestones.all-out.by=null", "--set", "milestones.all-out.throughout=[2030-01-09, 2030-01-20]")


@pytest.fixture
def plan(tmp_path) -> Path:
    """Write a scenario of one gate that opens or not, and return its file."""
    file = tmp_path / "plan.yaml"
    file.write_text(GATED, encoding="utf-8")
    return file


def told(*arguments: object) -> Result:
    """Return what a command printed and its exit status."""
    return CliRunner().invoke(cli, ["sensitivity", *(str(each) for each in arguments)], standalone_mode=False)


def test_a_gate_that_is_not_known_makes_all_of_the_variance(plan):
    """All is `opens`: chance makes 0 %; of one assumption there is nothing to rank. 16 and 16 x 3 points of 4: 256."""
    found = told(plan, "--milestone", "all-out", "--points", 16, "-n", 4)

    assert found.exit_code == 0
    assert "256 replications in all, 4 at each point, seed 1" in found.stdout
    assert "Chance makes 0.0% (0.0 to 0.0%) of the variance of all-out, what is not known 100.0%" in found.stdout
    assert "only about" in found.stdout
    assert "ahead" not in found.stdout


def test_rows_for_machines_hold_every_estimate_and_words_go_to_standard_error(plan):
    """The shares of a split add up to 1; first and total index of the one assumption are 1 but for sampling."""
    found = told(plan, "--milestone", "all-out", "--points", 32, "-n", 2, "--format", "json")
    rows = {(row["kind"], row["name"]): row for row in json.loads(found.stdout)}

    assert set(rows) == {("share", "chance"), ("share", "unknown"), ("first", "opens"), ("total", "opens")}
    assert rows["share", "chance"]["estimate"] + rows["share", "unknown"]["estimate"] == 1
    assert rows["total", "opens"]["estimate"] == pytest.approx(1, abs=0.2)
    assert "Chance makes" in found.stderr


def test_days_late_and_workers(plan):
    """Two workers give the rows of one, of the days late too."""
    asked = (plan, "--milestone", "all-out", "--of", "days-late", "--points", 8, "-n", 2, "--format", "csv")

    assert told(*asked, "--workers", 2).stdout == told(*asked).stdout
    assert ",days_late," in told(*asked).stdout


def test_the_figure_is_drawn_where_one_is_asked_for(plan, tmp_path):
    """A folder, and a file named for the milestone in it."""
    found = told(plan, "--milestone", "all-out", "--method", "split", "--points", 4, "-n", 2, "--out", tmp_path / "out")

    assert [each.name for each in (tmp_path / "out").iterdir()] == ["sensitivity-all-out.png"]
    assert "sensitivity-all-out.png" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--milestone", "all-outt"), "did you mean 'all-out'"),
        (("--milestone", "all-out", "--points", 12), "wanted a power of 2: 8 or 16"),
        (("--milestone", "all-out", "-n", 1), "wanted two or more to split the variance"),
        (("--milestone", "all-out", "--set", "assumptions.opens.value=1"), "no assumption that varies"),
        (
            ("--milestone", "all-out", "--of", "days-late", *THROUGHOUT),
            "wanted the response met",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(plan, arguments, message):
    """A usage error that says what was found and wanted."""
    found = told(plan, *arguments)

    assert type(found.exception).__name__ == "UsageError"
    assert message in str(found.exception)
