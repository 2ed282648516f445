"""Inputs: settings and drawn assumptions as numbers, and which of them are one and the same."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from posture.study.inputs import Input, InputTable, assumed_inputs, distinct_inputs, is_grid, varied_inputs
from posture.study.runs import run_scenario
from posture.study.studies import create_study

ASK = {"judgement": "invented"}
NAMED = {
    "assumptions": {
        "cycle": {"value": {"uniform": [1, 30]}, "unit": "days", "title": "A cycle", **ASK},
        "begin": {"value": {"uniform": ["2030-01-01", "2030-01-05"]}, "unit": "date", **ASK},
        "left": {"value": {"uniform": ["10%", "40%"]}, "unit": "percent", **ASK},
    },
    "lift.trucks.cycle_days": "cycle",
    "phases.exit.starts": "begin",
    "phases.exit.drawdowns.alpha-home.schedule": {"2030-01-09": "left"},
}
POINTS = [
    {"assumptions.left.value": "10%", "phases.exit.starts": "2030-01-01", "phases.exit.pace": "late", "lift.a": 1},
    {"assumptions.left.value": "12.5%", "phases.exit.starts": "2030-01-03", "phases.exit.pace": "even", "lift.a": 2.5},
    {"assumptions.left.value": "40%", "phases.exit.starts": "2030-01-02", "lift.a": 1},
]


def table(*columns: list[float]) -> InputTable:
    """Return a table of numbers named a, b, ..."""
    inputs = tuple(Input(name, name, "", "number") for name in "abcdef"[: len(columns)])
    return InputTable(inputs, np.array(columns, dtype=np.float64).T)


def test_settings_are_numbers_of_their_kind(scenario, tmp_path):
    """Percentages 10 to 40, dates as ordinals, categories by their place in the design, numbers as they are."""
    study = create_study(tmp_path / "study", scenario(NAMED), POINTS, seed=1, replications=1)

    found = varied_inputs(study)

    day = date(2030, 1, 1).toordinal()
    assert [each.kind for each in found.inputs] == ["percent", "date", "category", "number"]
    assert found.values.T.tolist() == [[10, 12.5, 40], [day, day + 2, day + 1], [0, 1, 2], [1, 2.5, 1]]
    assert found.inputs[2].categories == ("late", "even", None)
    assert [(each.label, each.unit) for each in found.inputs[:2]] == [("left", "percent"), ("phases.exit.starts", "")]


def test_drawn_assumptions_are_numbers_of_their_unit(scenario):
    """Dates from 1 to 5 January as ordinals, percentages 10 to 40, days as they are, each by its title."""
    found = assumed_inputs(run_scenario(scenario(NAMED), replications=20))

    day = date(2030, 1, 1).toordinal()
    ends = {"begin": (day, day + 4), "cycle": (1, 30), "left": (10, 40)}
    assert [(each.name, each.label, each.kind) for each in found.inputs] == [
        ("begin", "begin", "date"),
        ("cycle", "A cycle", "number"),
        ("left", "left", "percent"),
    ]
    assert all(
        (low <= found.column(name)).all() and (found.column(name) <= high).all() for name, (low, high) in ends.items()
    )


def test_of_inputs_that_go_wholly_together_the_first_is_kept():
    """Twice a is b, c falls as a rises, d is always 5; e ties where a does not and is an input of its own."""
    found, left_out = distinct_inputs(table([1, 2, 3], [2, 4, 6], [9, 5, 1], [5, 5, 5], [1, 1, 2]))

    assert [each.name for each in found.inputs] == ["a", "e"]
    assert found.values.shape == (3, 2)
    assert left_out == (("b", "a"), ("c", "a"))


@pytest.mark.parametrize(
    ("columns", "is_one"),
    [
        (([1, 2, 3],), True),
        (([1, 1, 2, 2], [5, 6, 5, 6]), True),
        (([1, 1, 2], [5, 6, 5]), False),
        (([1, 2, 3], [3, 1, 2]), False),
        ((), False),
    ],
)
def test_a_grid_has_every_combination(columns, is_one):
    """Three values of one; two by two; a corner missing; a sample; nothing."""
    assert is_grid(table(*columns)) == is_one
