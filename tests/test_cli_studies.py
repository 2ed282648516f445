"""The commands about studies, as a user would give them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

from posture.cli import cli
from posture.study.studies import create_study, open_study, run_study

POINTS = [{}, {"lift.trucks.slots": 1}]


@pytest.fixture
def study(scenario, tmp_path) -> Path:
    """Make a study of two points and five replications, done, and return its folder."""
    made = create_study(tmp_path / "study", scenario(), POINTS, seed=1, replications=5)
    run_study(made)
    return made.folder


def told(*arguments: object) -> Result:
    """Return what a command printed and its exit status."""
    return CliRunner().invoke(cli, [str(each) for each in arguments], standalone_mode=False)


def test_the_status_of_a_study_says_how_far_it_is_and_what_it_found(study):
    """Two points of five replications; one part removed leaves five to do."""
    whole = told("status", study, "--format", "json")
    next((study / "outcomes").glob("p000001-*")).unlink()
    part = told("status", study, "--format", "csv")

    assert "10 of 10 done, 0 failed" in whole.stderr
    assert [row["lift.trucks.slots"] for row in json.loads(whole.stdout)] == [None, 1]
    assert "5 of 10 done" in part.stderr
    assert part.stdout.splitlines()[0].startswith("design_point,lift.trucks.slots,milestone,replications,p_met")


def test_a_study_is_resumed_and_extended(study):
    """A removed part is made again; five replications become eight, for both points."""
    digest = open_study(study).digest
    next((study / "outcomes").glob("p000001-*")).unlink()

    assert told("resume", study).return_value == 0
    assert open_study(study).digest == digest
    assert told("extend", study, "--replications", 8, "--format", "json").return_value == 0
    assert open_study(study).outcomes().num_rows == 16
    assert "wanted at least the 8" in str(told("extend", study, "-n", 3).exception)


def test_a_failed_replication_is_run_again_by_the_command_it_was_kept_with(scenario, tmp_path):
    """Too many serials: the command prints no outcome, says why, and ends with 1; a sound one prints its outcomes."""
    broken = {"contingents.alpha.personnel": 300_000, "lift.trucks.seats": 1}
    made = create_study(tmp_path / "study", scenario(), [broken, {}], seed=1, replications=1)
    assert told("resume", made.folder).return_value == 1
    (kept,) = (made.folder / "failures").iterdir()
    again = told(*json.loads(kept.read_text(encoding="utf-8"))["repeat"].split()[1:])

    assert (again.return_value, json.loads(again.stdout)) == (1, [])
    assert "SimulationError" in again.stderr
    sound = json.loads(told("rerun", made.folder, "--point", 1, "--replication", 0).stdout)
    assert [(row["milestone"], row["met"]) for row in sound] == [("all-out", True)]
    assert told("rerun", made.folder, "--failed").return_value == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say --failed"),
        (("--failed", "--replication", 0), "say --failed"),
        (("--point", 2, "--replication", 0), "wanted 0 to 1"),
    ],
)
def test_a_rerun_says_what_it_wants(study, arguments, message):
    """Neither or both of the two ways, or a point there is not."""
    assert message in str(told("rerun", study, *arguments).exception)


def test_a_sweep_is_a_row_a_point_and_milestone_and_goes_on_when_given_again(tmp_path):
    """Three numbers of slots; the second time nothing is left to do; with another seed it is refused."""
    file = tmp_path / "plan.yaml"
    file.write_text(SMALLEST, encoding="utf-8")
    command = ("sweep", file, "--set", "lift.trucks.cycle_days=9", "--vary", "lift.trucks.slots=1,2,9", "-n", 4)
    command = (*command, "--out", tmp_path / "study", "--format", "json")
    rows = json.loads(told(*command).stdout)

    assert [(row["lift.trucks.slots"], row["p_met"]) for row in rows] == [(1, 0.0), (2, 0.0), (9, 1.0)]
    assert json.loads(told(*command).stdout) == rows
    assert open_study(tmp_path / "study").missing() == []
    assert "another study" in str(told(*command, "--seed", 2).exception)


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ("lift.trucks.slots", "wanted path=a,b,c"),
        ("lift.trucks.slots=1:9", "wanted values"),
        ("no.such=1,2", "found no"),
        (None, "found nothing to vary"),
    ],
)
def test_a_sweep_of_nothing_is_told(vary, message, tmp_path):
    """No values, a range for a grid, a path there is not, nothing at all."""
    file = tmp_path / "plan.yaml"
    file.write_text(SMALLEST, encoding="utf-8")

    varied = () if vary is None else ("--vary", vary)

    assert message in str(told("sweep", file, *varied, "-n", 1, "--out", tmp_path / "study").exception)


STUDY_FILE = """
study: 1
scenario: plan.yaml
set: {lift.trucks.cycle_days: 9}
vary: {lift.trucks.slots: [1, 9], phases.exit.starts: [2030-01-01, 2030-01-02]}
replications: 2
seed: 5
"""


@pytest.fixture
def study_file(tmp_path) -> Path:
    """Write a study file beside the smallest scenario."""
    (tmp_path / "plan.yaml").write_text(SMALLEST, encoding="utf-8")
    file = tmp_path / "study.yaml"
    file.write_text(STUDY_FILE, encoding="utf-8")
    return file


def test_a_study_file_is_swept(study_file, tmp_path):
    """Four points of two replications, seed 5; with one slot and nine days a cycle nobody is out in time."""
    rows = json.loads(told("sweep", study_file, "--out", tmp_path / "study", "--format", "json").stdout)

    made = open_study(tmp_path / "study")
    assert [(row["lift.trucks.slots"], row["phases.exit.starts"][-1], row["p_met"]) for row in rows] == [
        (1, "1", 0.0),
        (1, "2", 0.0),
        (9, "1", 1.0),
        (9, "2", 1.0),
    ]
    assert (made.seed, made.replications) == (5, 2)


def test_the_command_line_goes_before_the_numbers_of_a_study_file(study_file, tmp_path):
    """Three replications, seed 0."""
    told("sweep", study_file, "-n", 3, "--seed", 0, "--out", tmp_path / "study")

    made = open_study(tmp_path / "study")
    assert (made.seed, made.replications) == (0, 3)


@pytest.mark.parametrize(
    "option",
    [("--vary", "a=1"), ("--zip",), ("--design", "lhs"), ("--points", 4), ("--set", "a=1"), ("--variant", "b")],
)
def test_what_a_study_file_states_is_not_said_twice(option, study_file, tmp_path):
    """It would be unclear which holds."""
    assert f"found {option[0]}, wanted none" in str(
        told("sweep", study_file, *option, "--out", tmp_path / "x").exception
    )


def test_an_error_in_a_design_point_is_told_at_its_place_in_the_study_file(study_file, tmp_path):
    """Line 5 of the file, which begins with an empty line."""
    study_file.write_text(STUDY_FILE.replace("trucks.slots", "truks.slots"), encoding="utf-8")

    assert "study.yaml:5:26: error: lift.truks.slots" in str(
        told("sweep", study_file, "--out", tmp_path / "x").exception
    )


def test_a_zip_goes_through_all_paths_at_once(tmp_path):
    """As `--design zip`: two points, not four; another design beside it is refused."""
    file = tmp_path / "plan.yaml"
    file.write_text(SMALLEST, encoding="utf-8")
    command = ("sweep", file, "--vary", "lift.trucks.slots=1,2", "--vary", "lift.trucks.seats=60,90", "-n", 1)
    told(*command, "--zip", "--out", tmp_path / "flag")
    told(*command, "--design", "zip", "--out", tmp_path / "named")

    points = open_study(tmp_path / "flag").points
    assert [tuple(each.values()) for each in points] == [(1, 60), (2, 90)]
    assert open_study(tmp_path / "named").points == points
    assert "wanted one of the two" in str(told(*command, "--zip", "--design", "lhs", "--out", tmp_path / "x").exception)


def test_figures_are_drawn_where_they_are_asked_for(study_file, tmp_path):
    """Lines and a heat map of the only milestone, by the sweep and by the status of its study: the same bytes."""
    swept = told("sweep", study_file, "--out", tmp_path / "study", "--figures", tmp_path / "swept")
    told("status", tmp_path / "study", "--figures", tmp_path / "later")

    names = ["heat-all-out.png", "lines.png"]
    assert sorted(each.name for each in (tmp_path / "swept").iterdir()) == names
    assert all(name in swept.stderr for name in names)
    assert all((tmp_path / "swept" / name).read_bytes() == (tmp_path / "later" / name).read_bytes() for name in names)


def test_a_design_without_lines_or_cells_says_so(tmp_path):
    """Four points of a Latin hypercube in two paths: the sweep itself is done."""
    file = tmp_path / "plan.yaml"
    file.write_text(SMALLEST, encoding="utf-8")
    command = ("sweep", file, "--vary", "lift.trucks.slots=1:4", "--vary", "lift.trucks.seats=40.0:90", "-n", 1)
    swept = told(*command, "--design", "lhs", "--points", 4, "--out", tmp_path / "x", "--figures", tmp_path / "figures")

    assert swept.return_value == 0
    assert "no figure is drawn: found a design that is no grid" in swept.stderr


def test_what_is_no_study_is_told(tmp_path):
    """A folder without a manifest."""
    assert "cannot be read" in str(told("status", tmp_path).exception)
