"""Designs: what is read and refused, points in order, and samples that fill their ranges as they promise."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from posture.study.designs import Factor, latin_hypercube, make_design, parse_factor, points_at

SLOTS, DAYS = Factor("lift.trucks.slots", (1, 2, 3)), Factor("lift.trucks.cycle_days", (0.5, 4))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1,2.5,3", (1, 2.5, 3)),
        ("a=10%, 20%", ("10%", "20%")),
        ("a=2030-01-01,2030-02-01", ("2030-01-01", "2030-02-01")),
        ("a=early,null", ("early", None)),
        ("a={uniform: [1, 2]},3", ({"uniform": (1, 2)}, 3)),
        ("a=1:10:4", (1, 4, 7, 10)),
        ("a=0:1:5", (0, 0.25, 0.5, 0.75, 1)),
        ("a=0.1:0.3:3", (0.1, 0.2, 0.3)),
        ("a=-1:1.5:2", (-1.0, 1.5)),
        ("a=0%:1%:4", ("0%", "0.333333333%", "0.666666667%", "1%")),
        ("a=2030-01-01:2030-01-04:3", ("2030-01-01", "2030-01-03", "2030-01-04")),
    ],
)
def test_values_are_read_as_a_file_would_state_them(text, values):
    """Numbers, percentages, dates, words and laws in a row; low:high:n in equal steps, to the nearest day."""
    factor = parse_factor(text)

    assert factor.values == values
    assert [type(each) for each in factor.values] == [type(each) for each in values]


@pytest.mark.parametrize(
    ("text", "scale", "ends"),
    [
        ("a=2:8", "whole", (2, 8)),
        ("a=0.0:1", "number", (0, 1)),
        ("a=5%:12.5%", "percent", (5, 12.5)),
        ("a=2030-01-01:2030-01-31", "date", (741078, 741108)),
    ],
)
def test_a_range_is_of_one_kind(text, scale, ends):
    """Two whole numbers: those between; 2030-01-01 is day 741,078 of the calendar, 30 days before 2030-01-31."""
    factor = parse_factor(text)

    assert (factor.values, factor.scale, factor.ends) == ((), scale, ends)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a.b", "wanted path=a,b,c or path=low:high:n"),
        ("a=", "wanted path=a,b,c or path=low:high:n"),
        (".a=1", "wanted a path such as contingents.alpha.personnel"),
        ("a=[1", "wanted values with commas between them"),
        ("a=x:y", "found 'x', wanted a number, a percentage or a date"),
        ("a=1:2:3:4", "wanted low:high:n"),
        ("a=1:5:1", "wanted low:high:n with n from 2 to 1000"),
        ("a=1:5:many", "found 'many'"),
        ("a=5:1", "wanted its lower end first"),
        ("a=3:3", "wanted its lower end first"),
        ("a=1:50%", "wanted two numbers, two percentages or two dates"),
        ("a=2030-02-30:2030-03-01", "found '2030-02-30', wanted a date of the calendar"),
        ("a=2030-01-01:2030-01-03:4", "wanted at most 3, a day each"),
        ("a=0:1", "wanted 0.0:1 for any number between, or 0,1 for the two"),
    ],
)
def test_what_is_no_factor_is_refused_with_what_would_do(text, told):
    """Each says what was found and what was wanted; 0:1 could mean two whole numbers or any between."""
    with pytest.raises(ValueError, match="found ") as raised:
        parse_factor(text)

    assert told in str(raised.value)


def test_a_grid_is_every_combination_the_last_factor_fastest():
    """Three slots by two cycles: six points."""
    points = make_design("grid", [SLOTS, DAYS])

    assert [tuple(each.values()) for each in points] == [(1, 0.5), (1, 4), (2, 0.5), (2, 4), (3, 0.5), (3, 4)]
    assert list(points[0]) == ["lift.trucks.slots", "lift.trucks.cycle_days"]


def test_a_zip_takes_values_side_by_side():
    """First with first, second with second; two values for three are refused by name."""
    points = make_design("zip", [Factor("a", (1, 2)), DAYS])

    assert [tuple(each.values()) for each in points] == [(1, 0.5), (2, 4)]
    with pytest.raises(ValueError, match=r"found 3 for 'lift.trucks.slots', 2 for 'lift.trucks.cycle_days'"):
        make_design("zip", [SLOTS, DAYS])


def test_a_latin_hypercube_has_one_point_in_each_part():
    """Of 16 points each sixteenth of each dimension holds one: so whole numbers 1 to 4 come four times each."""
    shares = latin_hypercube(3, points=16, seed=1)
    points = points_at([Factor("a", low=1, high=4)], shares[:, :1])

    assert np.array_equal(np.sort(np.floor(shares * 16), axis=0), np.arange(16)[:, None].repeat(3, axis=1))
    assert sorted(each["a"] for each in points) == [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4


def test_a_sobol_design_is_balanced():
    """64 points, 8 in each eighth of either range; values of a list come as often as one another."""
    points = make_design("sobol", [Factor("a", low=0.0, high=8.0), Factor("b", ("x", "y"))], points=64)

    assert np.bincount([int(each["a"]) for each in points]).tolist() == [8] * 8
    assert [each["b"] for each in points].count("x") == 32


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_the_same_design_has_the_same_points_and_another_seed_others(design):
    """Any whole number is a seed, 0 and those below it too."""
    factors = [Factor("a", low="2030-01-01", high="2030-12-31"), Factor("b", low="10%", high="20%")]

    designs = [make_design(design, factors, points=32, seed=seed) for seed in (-1, 0, 1)]

    assert make_design(design, factors, points=32, seed=-1) == designs[0]
    assert designs[0] != designs[1] != designs[2] != designs[0]
    assert all("2030-01-01" <= each["a"] <= "2030-12-31" and each["b"].endswith("%") for each in designs[0])


def test_settings_of_a_sample_are_what_a_scenario_takes(scenario):
    """A date, a whole number and any number, laid over the smallest scenario and validated."""
    factors = [
        Factor("phases.exit.starts", low="2030-01-01", high="2030-01-05"),
        Factor("contingents.alpha.personnel", low=100, high=200),
        Factor("lift.trucks.cycle_days", low=0.5, high=2.5),
    ]

    for point in make_design("lhs", factors, points=4):
        varied = scenario(point)
        assert varied.parts.contingents["alpha"].personnel.plain == point["contingents.alpha.personnel"]
        assert isinstance(point["contingents.alpha.personnel"], int)


def test_a_morris_design_changes_one_factor_at_a_time():
    """11 points of three factors are two trajectories of four; each step changes one setting, each factor once."""
    pytest.importorskip("SALib", reason="the extra `sensitivity`")
    factors = [Factor(name, low=0.0, high=3.0) for name in "abc"]

    points = make_design("morris", factors, points=11)

    assert len(points) == 8
    for start in (0, 4):
        rows = np.array([list(each.values()) for each in points[start : start + 4]])
        moved = np.abs(np.diff(rows, axis=0))
        assert sorted(moved.sum(axis=0)) == sorted(moved.sum(axis=1)) == [2, 2, 2]
        assert set(rows.ravel()) <= {0, 1, 2, 3}


def test_without_salib_a_morris_design_names_the_extra(monkeypatch):
    """SALib that cannot be imported: the error says which extra brings it."""
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)

    with pytest.raises(ValueError, match=r"posture\[sensitivity\]"):
        make_design("morris", [SLOTS], points=10)


@pytest.mark.parametrize(
    ("design", "factors", "points", "told"),
    [
        ("grid", [], None, "found nothing to vary"),
        ("grid", [SLOTS, SLOTS], None, "each once"),
        ("grid", [SLOTS], 5, "as many as its factors' values make"),
        ("grid", [Factor("a", low=1, high=5)], None, "wanted values: 1:5:n"),
        ("zip", [Factor("a", low=1, high=5)], None, "wanted values: 1:5:n"),
        (
            "grid",
            [Factor(name, tuple(range(10))) for name in "abc"],
            None,
            "found 1,000 design points, wanted at most 99",
        ),
        ("lhs", [SLOTS], 100, "found 100 design points, wanted at most 99"),
        ("lhs", [SLOTS], None, "found nothing points"),
        ("sobol", [SLOTS], 50, "wanted a power of 2: 32 or 64"),
        ("morris", [SLOTS, DAYS], 2, "wanted 3 or more: one trajectory"),
        ("star", [SLOTS], 5, "wanted one of grid, zip, lhs, sobol, morris"),
    ],
)
def test_a_design_that_cannot_be_made_is_refused(design, factors, points, told):
    """Each says what would do; the most points here are 99."""
    with pytest.raises(ValueError, match="found ") as raised:
        make_design(design, factors, points=points, most=99)

    assert told in str(raised.value)


@pytest.mark.parametrize(
    "stated", [{}, {"values": (1,), "low": 0, "high": 2}, {"low": 1}, {"low": True, "high": 2}, {"values": (1,) * 1001}]
)
def test_a_factor_is_values_or_a_range(stated):
    """Neither, both, one end alone, an end that is no number, too many values."""
    with pytest.raises(ValueError, match="wanted"):
        Factor("a", **stated)
