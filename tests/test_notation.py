"""How quantities are written: what each form means, what is refused and where, and back to words."""

from __future__ import annotations

import math

import pytest

from posture.scenario.distributions import Choice, Empirical, Exponential, Lognormal, Normal, Triangular, Uniform
from posture.scenario.notation import QuantityError, is_quantity, parse_expression, words
from posture.scenario.quantities import Expression, Plain, Reference, Scaled

DAY = 739_252.0
"""Days from 1 January of the year 1 (day 1) to 1 January 2025, by the proleptic Gregorian calendar."""


def parse(raw: object) -> Expression:
    """Return what stands for a value in [0, 1000]."""
    return parse_expression(raw, low=0.0, high=1000.0)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (3, Plain(3.0)),
        (0.5, Plain(0.5)),
        ("50%", Plain(0.5, "percent")),
        ("12.5 %", Plain(0.125, "percent")),
        ("2025-01-01", Plain(DAY, "date")),
        ("friction", Reference("friction")),
        ("no", Reference("no")),
        ({"uniform": (1, 2)}, Uniform((1.0, 2.0))),
        ({"uniform": ("2025-01-01", "2025-01-03")}, Uniform((DAY, DAY + 2), "date")),
        ({"triangular": ("10%", "20%", "50%")}, Triangular((0.1, 0.2, 0.5), "percent")),
        ({"normal": {"mean": 5, "sd": 2}}, Normal((5.0, 2.0), "number", 0.0, 1000.0)),
        ({"lognormal": {"median": 10, "p90": 30}}, Lognormal((10.0, 30.0), "number", 0.0, 1000.0)),
        ({"exponential": 4}, Exponential((4.0,), "number", 0.0, 1000.0)),
        ({"empirical": (9, 1, 4)}, Empirical((1.0, 4.0, 9.0))),
        ({"choice": {"60": 3, "30": 1}}, Choice((30.0, 60.0), weights=(1.0, 3.0))),
        ({"choice": {"2025-01-01": 1, "2025-01-02": 0}}, Choice((DAY, DAY + 1), "date", weights=(1.0, 0.0))),
        ({"times": "friction", "of": {"exponential": 4}}, Scaled(Reference("friction"), parse({"exponential": 4}))),
    ],
)
def test_every_form_has_its_meaning(raw: object, meant: Expression):
    """Percentages are shares of 1, dates ordinals; values are sorted, and unbounded laws cut to the range."""
    assert parse(raw) == meant


@pytest.mark.parametrize(
    ("raw", "words_of", "at"),
    [
        (True, "found true, wanted a number, the id of an assumption or a distribution", ()),
        (None, "found nothing", ()),
        ((1, 2), "found a list of 2", ()),
        ("12", "found '12', wanted a number: digits, without quotes", ()),
        ("1_000", "found '1_000', wanted a number: digits, without quotes", ()),
        ("1,000", "found '1,000', wanted a number, a percentage, a date", ()),
        ("2025-02-30", "found '2025-02-30', wanted a date of the calendar", ()),
        (10**400, "wanted a number up to a million millions", ()),
        (math.nan, "wanted a number up to a million millions", ()),
        (math.inf, "wanted a number up to a million millions", ()),
        ("a b", "found 'a b', wanted a number", ()),
        ("x" * 65, "wanted a number", ()),
        ({}, "found an empty mapping, wanted one of uniform", ()),
        ({"gamma": 1}, "found the keys gamma, wanted one of uniform", ()),
        ({"uniform": (1, 2), "pert": (1, 2, 3)}, "found the keys pert, uniform, wanted one of", ()),
        ({"times": 2}, "found the keys times, wanted one of", ()),
        ({"uniform": (2, 1)}, "found [2, 1], wanted values in the order low <= high", ("uniform",)),
        ({"uniform": (1, 2, 3)}, "found a list of 3, wanted a list of 2 values", ("uniform",)),
        ({"pert": (1, 3, 2)}, "found [1, 3, 2], wanted values in the order low <= mode <= high", ("pert",)),
        ({"uniform": (1, "2%")}, "found a mixture of numbers, percentages or dates", ("uniform",)),
        ({"uniform": (1, "other")}, "found 'other', wanted a number, a percentage or a date", ("uniform", 1)),
        ({"uniform": (1, True)}, "found true, wanted a number, a percentage or a date", ("uniform", 1)),
        ({"normal": (1, 2)}, "found a list of 2, wanted {mean: ..., sd: ...}", ("normal",)),
        ({"normal": {"mean": 1, "sd": 0}}, "found sd 0, wanted a standard deviation above 0", ("normal",)),
        ({"normal": {"mean": -9, "sd": 1}}, "found mean -9, wanted a mean within reach of 0 to 1000", ("normal",)),
        ({"lognormal": {"median": 3, "p90": 2}}, "found [3, 2], wanted 0 < median <= p90", ("lognormal",)),
        ({"lognormal": {"median": 0, "p90": 2}}, "found [0, 2], wanted 0 < median <= p90", ("lognormal",)),
        ({"lognormal": {"median": 2000, "p90": 3000}}, "found median 2000, wanted a median from 0", ("lognormal",)),
        ({"exponential": 0}, "found 0, wanted a mean above 0", ("exponential",)),
        ({"poisson": -1}, "found -1, wanted a mean above 0", ("poisson",)),
        ({"exponential": "2025-01-01"}, "found a date, wanted numbers: exponential starts at 0", ("exponential",)),
        ({"empirical": ()}, "found a list of 0, wanted a list of values", ("empirical",)),
        ({"choice": {}}, "found a mapping, wanted values with weights", ("choice",)),
        ({"choice": {"1": -1}}, "found -1, wanted a weight, 0 or more", ("choice", "1")),
        ({"choice": {"1": 0, "2": 0}}, "found weights that are all 0", ("choice",)),
        ({"choice": {"1": 1, "2%": 1}}, "found a mixture", ("choice",)),
        ({"choice": {"one": 1}}, "found 'one', wanted a number, a percentage or a date", ("choice", "one")),
        ({"times": 2, "of": {"uniform": (2, 1)}}, "found [2, 1], wanted values in the order", ("of", "uniform")),
        ({"times": {"pert": (2, 1, 3)}, "of": 1}, "found [2, 1, 3], wanted values in the order", ("times", "pert")),
    ],
)
def test_what_means_nothing_is_refused_at_its_place(raw: object, words_of: str, at: tuple[str | int, ...]):
    """What was found, what would do, and the way inside the quantity."""
    with pytest.raises(QuantityError) as caught:
        parse(raw)

    assert words_of in str(caught.value)
    assert caught.value.at == at


@pytest.mark.parametrize("points", [(2, 2), (0, 1000)])
def test_a_law_may_be_a_point(points: tuple[int, int]):
    """Equal ends are in order."""
    assert parse({"uniform": points}).bounds() == points


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (1234567, "1,234,567"),
        (0.3333333333, "0.333333"),
        ("50%", "50%"),
        ("2025-01-01", "2025-01-01"),
        ("friction", "friction"),
        ({"pert": (0.2, 0.4, 0.7)}, "pert(0.2, 0.4, 0.7)"),
        ({"normal": {"mean": "2025-01-01", "sd": 3}}, "normal(mean 2025-01-01, sd 3)"),
        ({"normal": {"mean": "2025-01-01", "sd": 0.25}}, "normal(mean 2025-01-01, sd 0.25)"),
        ({"lognormal": {"median": 10, "p90": 30}}, "lognormal(median 10, p90 30)"),
        ({"choice": {"30": 1, "60": 2}}, "choice(30: 1, 60: 2)"),
        ({"times": "friction", "of": 20}, "friction x 20"),
    ],
)
def test_a_quantity_is_said_in_one_line(raw: object, line: str):
    """As its file would write it, others than whole numbers to six digits; the deviation of a date is in days."""
    quantity = parse_expression(raw, low=-math.inf, high=math.inf)

    assert words(quantity) == line


@pytest.mark.parametrize(
    ("node", "is_one"),
    [
        ({"pert": (1, 2, 3)}, True),
        ({"times": 1, "of": 2}, True),
        ({"of": 1}, False),
        ({"pert": (1, 2, 3), "note": "x"}, False),
        ({}, False),
        (3, False),
    ],
)
def test_a_mapping_is_one_quantity_by_its_keys(node: object, is_one: bool):
    """One law, or times with of: merged never, replaced whole."""
    assert is_quantity(node) is is_one
