"""Study files: what they ask for, each error at its place; and the same asked for in Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALLEST

from posture.errors import ScenarioError
from posture.study.study_files import factor_of, is_study_file, read_study_file, sweep

WHOLE = """
study: 1
scenario: plan.yaml
set: {lift.trucks.cycle_days: 9}
vary:
  lift.trucks.slots: [1, 2]
  phases.exit.starts: {low: 2030-01-01, high: 2030-01-03, n: 3}
  lift.trucks.seats: 30:60:2
replications: 4
seed: 7
"""


@pytest.fixture
def write(tmp_path):
    """Write a study file beside the smallest scenario, and return its path."""
    (tmp_path / "plan.yaml").write_text(SMALLEST, encoding="utf-8")

    def written(text: str) -> Path:
        path = tmp_path / "study.yaml"
        path.write_text(text.lstrip(), encoding="utf-8")
        return path

    return written


def test_a_study_file_states_scenario_and_design(write):
    """Two slots, three days, two sizes: twelve points; nine days a cycle in each; four replications, seed 7."""
    asked = read_study_file(write(WHOLE))

    assert len(asked.points) == 12
    assert asked.points[1] == {"lift.trucks.slots": 1, "phases.exit.starts": "2030-01-01", "lift.trucks.seats": 60}
    assert asked.points[-1]["phases.exit.starts"] == "2030-01-03"
    assert asked.scenario.document.content["lift"]["trucks"]["cycle_days"] == 9
    assert (asked.replications, asked.seed) == (4, 7)


def test_what_the_caller_states_goes_before_the_file(write):
    """Seed 0 is a seed."""
    asked = read_study_file(write(WHOLE), seed=0, replications=2)

    assert (asked.replications, asked.seed) == (2, 0)


def test_a_sampled_design_has_as_many_points_as_stated(write):
    """Eight of a Latin hypercube over 1 to 8 slots: each number once."""
    text = "study: 1\nscenario: plan.yaml\nvary: {lift.trucks.slots: '1:8'}\ndesign: lhs\npoints: 8\n"
    asked = read_study_file(write(text))

    assert sorted(each["lift.trucks.slots"] for each in asked.points) == list(range(1, 9))
    assert (asked.replications, asked.seed) == (1000, 1)


def test_a_variant_is_taken_and_a_shipped_scenario_found(write):
    """The library has agreement-2024 with its variant calm."""
    text = "study: 1\nscenario: agreement-2024\nvariant: calm\nvary: {assumptions.go-ahead.value: [0.2, 0.4]}\n"
    asked = read_study_file(write(text))

    assert asked.scenario.taken == ("calm",)


HEAD = "study: 1\nscenario: plan.yaml\n"
VARY = "vary: {lift.trucks.slots: [1, 2]}\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (HEAD + VARY + "replicatons: 4\n", "4:1", "did you mean 'replications'?"),
        ("study: 2\nscenario: plan.yaml\n" + VARY, "1:8", "wanted 1"),
        (HEAD, "1:1", "found no `vary`"),
        ("study: 1\nscenario: plam.yaml\n" + VARY, "2:11", "did you mean 'plan.yaml'?"),
        (HEAD + VARY + "variant: calm\n", "4:10", "found no variant 'calm'"),
        (HEAD + VARY + "design: lsh\n", "4:9", "did you mean 'lhs'?"),
        (HEAD + VARY + "design: lhs\n", "4:9", "wanted 1 or more"),
        (HEAD + VARY + "seed: x\n", "4:7", "wanted a whole number"),
        (HEAD + VARY + "replications: 0\n", "4:15", "wanted a whole number from 1"),
        (HEAD + VARY + "replications: true\n", "4:15", "found true"),
        (HEAD + VARY + "set: 4\n", "4:6", "wanted a mapping"),
        (HEAD + VARY + "variant: 4\n", "4:10", "wanted a name"),
        (HEAD + "vary: {lift.trucks.slots: {lo: 1, high: 2}}\n", "3:27", "did you mean 'low'?"),
        (HEAD + "vary: {lift.trucks.slots: {low: 1}}\n", "3:27", "without high"),
        (HEAD + "vary: {lift.trucks.slots: late}\n", "3:27", "wanted a list of values"),
        (HEAD + "vary: {lift.trucks.slots: 4}\n", "3:27", "wanted a list of values"),
        (HEAD + "vary: {lift.trucks.slots: 1:9}\n", "3:7", "a design that samples"),
        (HEAD + "vary: {}\n", "3:7", "found nothing to vary"),
        (HEAD + VARY + "set: {lift.truks.seats: 4}\n", "4:25", "did you mean 'trucks'?"),
    ],
)
def test_every_error_has_its_place_and_says_what_would_do(write, text, place, message):
    """Line and column of the key that means nothing, else of the value."""
    with pytest.raises(ScenarioError) as caught:
        read_study_file(write(text))

    assert f"study.yaml:{place}: error: " in str(caught.value)
    assert message in str(caught.value)


def test_all_errors_are_told_at_once(write):
    """A seed and a number of replications that are none, and a range upside down."""
    with pytest.raises(ScenarioError) as caught:
        read_study_file(write(HEAD + "vary: {lift.trucks.slots: 9:1:3}\nseed: x\nreplications: -1\n"))

    assert len(caught.value.findings) == 3


def test_an_error_of_a_design_point_is_told_where_the_file_varies_it(write):
    """Raised when the study runs, of a setting that stands in no file: line 4 of the study's."""
    asked = read_study_file(write(HEAD + "vary:\n  lift.truks.slots: [1, 2]\n"))

    with pytest.raises(ScenarioError, match=r"study.yaml:4:21: error: .*did you mean 'trucks'"), asked.placing():
        asked.scenario.vary(asked.points[0])


def test_a_study_file_is_told_from_a_scenario(write, tmp_path):
    """By its key `study`; a name of the library is no file."""
    assert is_study_file(write(WHOLE))
    assert not is_study_file(tmp_path / "plan.yaml")
    assert not is_study_file("agreement-2024")


@pytest.mark.parametrize(
    ("written", "values"),
    [
        (range(1, 4), (1, 2, 3)),
        (np.array([0.5, 1.0]), (0.5, 1.0)),
        ([date(2030, 1, 1)], ("2030-01-01",)),
        ({"low": date(2030, 1, 1), "high": date(2030, 1, 3), "n": 2}, ("2030-01-01", "2030-01-03")),
        ("10%:20%:2", ("10%", "20%")),
    ],
)
def test_values_of_python_are_as_a_file_states_them(written, values):
    """Whole numbers of numpy, dates of the calendar, percentages."""
    assert factor_of("a.b", written).values == values


def test_a_sweep_in_python_is_the_study_of_its_file(write, tmp_path):
    """The same points, seed and replications of the same scenario have the same outcomes, by one worker or as many."""
    asked = read_study_file(write(WHOLE))
    varied = {
        "lift.trucks.slots": [1, 2],
        "phases.exit.starts": "2030-01-01:2030-01-03:3",
        "lift.trucks.seats": (30, 60),
    }
    made = sweep(asked.scenario, vary=varied, replications=4, seed=7, out=tmp_path / "one")
    again = sweep(asked.scenario, vary=varied, replications=4, seed=7, out=tmp_path / "one")

    assert made.points == asked.points
    assert made.outcomes().num_rows == 48
    assert again.digest == made.digest


def test_a_sweep_of_nothing_is_refused(scenario, tmp_path):
    """No path, no replication."""
    with pytest.raises(ValueError, match="found nothing to vary"):
        sweep(scenario(), vary={}, out=tmp_path / "study")
    with pytest.raises(ValueError, match="found 0 replications"):
        sweep(scenario(), vary={"lift.trucks.slots": [1]}, replications=0, out=tmp_path / "study")
