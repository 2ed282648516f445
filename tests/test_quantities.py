"""Expressions: what they rest on, how far they reach, in which order they are evaluated, how they become whole."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.scenario.distributions import Exponential, Normal, Triangular, Uniform
from posture.scenario.quantities import (
    KIND_OF_UNIT,
    MOST_WHOLE,
    UNITS,
    Expression,
    Plain,
    Quantity,
    Reference,
    Scaled,
    bounds,
    in_order,
    kind_of,
    references,
    to_whole,
)

FRICTION, DELAY = Reference("friction"), Reference("delay")


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (Plain(3), []),
        (Uniform((1, 2)), []),
        (FRICTION, ["friction"]),
        (Scaled(FRICTION, DELAY), ["friction", "delay"]),
        (Scaled(FRICTION, Scaled(FRICTION, Plain(2))), ["friction", "friction"]),
    ],
)
def test_an_expression_names_what_it_rests_on(expression: Expression, names: list[str]):
    """Each name as often as it stands there."""
    assert list(references(expression)) == names


@pytest.mark.parametrize(
    ("expression", "extent"),
    [
        (Plain(3), (3, 3)),
        (Triangular((8, 10, 20)), (8, 20)),
        (Exponential((4,), high=9.0), (0, 9)),
        (Normal((5, 2), low=0.0), (0, math.inf)),
        (FRICTION, (1, 3)),
        (Scaled(FRICTION, Uniform((10, 20))), (10, 60)),
        (Scaled(FRICTION, Uniform((-10, 20))), (-30, 60)),  # 3 x -10, 3 x 20
        (Scaled(Exponential((1,)), Plain(0)), (0, 0)),  # without end times nothing is nothing
        (Scaled(Plain(0), Normal((5, 2))), (0, 0)),
        (Scaled(FRICTION, DELAY), (5, 30)),
    ],
)
def test_an_expression_reaches_as_far_as_its_parts_let_it(expression: Expression, extent: tuple[float, float]):
    """Friction lies between 1 and 3, the delay between 5 and 10; a product's ends are products of ends."""
    assert bounds(expression, {"friction": (1.0, 3.0), "delay": (5.0, 10.0)}) == extent


def test_the_kind_of_a_product_is_that_of_what_is_scaled():
    """A factor times a percentage is a percentage."""
    kinds = {"friction": "number", "cut": "percent"}

    assert kind_of(Scaled(FRICTION, Reference("cut")), kinds) == "percent"
    assert kind_of(Uniform((739_000, 739_010), "date"), kinds) == "date"


def test_assumptions_come_after_those_they_rest_on():
    """In the order a, b, c, for c rests on b and b on a; whatever rests on nothing comes by name."""
    order, circle = in_order({"c": Reference("b"), "b": Scaled(Reference("a"), Plain(2)), "a": Plain(1), "z": Plain(1)})

    assert (order, circle) == (["a", "z", "b", "c"], [])


def test_what_rests_on_a_circle_or_on_nothing_known_is_left_out():
    """There are a and b on each other, c on a, d on one that is not there; e is sound."""
    order, circle = in_order(
        {"a": Reference("b"), "b": Reference("a"), "c": Reference("a"), "d": Reference("none"), "e": Plain(1)}
    )

    assert order == ["e"]
    assert sorted(set(circle)) == ["a", "b"]


def test_forty_assumptions_of_the_one_before_twice_are_no_burden():
    """2^40 leaves if spelled out; by name there are forty steps, and the last reaches to 2^(2^6) for six of them."""
    values: dict[str, Expression] = {"a0": Plain(2.0)}
    values |= {f"a{n}": Scaled(Reference(f"a{n - 1}"), Reference(f"a{n - 1}")) for n in range(1, 41)}
    known: dict[str, tuple[float, float]] = {}
    for name in in_order(values)[0]:
        known[name] = bounds(values[name], known)

    assert known["a6"] == (2.0**64, 2.0**64)
    assert known["a40"] == (math.inf, math.inf)


def test_a_plain_quantity_is_its_value_and_any_other_is_not():
    """Three stated outright; a distribution that is a point is none."""
    assert Quantity(Plain(3), ("days",)).plain == 3
    assert Quantity(Uniform((3, 3)), ("days",)).plain is None


def test_every_unit_has_a_kind_and_a_range():
    """Percentages and dates are written in their own way, all others as numbers."""
    assert {unit for unit, kind in KIND_OF_UNIT.items() if kind != "number"} == {"percent", "date"}
    assert all(low < high for low, high in UNITS.values())


@given(st.floats(-1e9, 1e9))
def test_rounding_is_that_of_exact_decimals(value: float):
    """Halves away from zero, as the decimal module rounds the exact value of a float."""
    assert to_whole(np.array([value])).tolist() == [int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))]


def test_wholes_are_scaled_and_counted_from_an_origin():
    """Day 2.5 after the origin is minute 3,600; half a minute goes up, half a minute before the origin down."""
    days = np.array([12.5, 10 + 0.5 / 1440, 10 - 0.5 / 1440])

    assert to_whole(days, scale=1440, origin=10).tolist() == [3600, 1, -1]


def test_what_is_beyond_whole_numbers_is_cut_there():
    """Cast as it is, 1e30 would come out as a negative number."""
    wholes = to_whole(np.array([1e30, -1e30, math.inf]))

    assert wholes.tolist() == [MOST_WHOLE, -MOST_WHOLE, MOST_WHOLE]


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (0.0, 0),
        (0.5, 1),
        (-0.5, -1),
        (1.5, 2),
        (2.5, 3),  # to the even one it would be 2
        (-2.5, -3),
        (0.49999999999999994, 0),  # the greatest float below a half: adding 0.5 first would make it 1
        (2.0**52 + 1, 2**52 + 1),
        (-(2.0**53), -(2**53)),
    ],
)
def test_halves_are_rounded_away_from_zero(value: float, whole: int):
    """The rounding that a reader does by hand."""
    assert to_whole(np.array([value])).tolist() == [whole]
