"""The integer rules by hand, and against exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.model.rules import (
    MILLION,
    PACE_POINTS,
    apportion,
    choose,
    cut,
    lacking,
    limit_of,
    minutes_left,
    place_in_row,
    planned_at,
    scaled,
    unit_share,
)

EVEN = [1000 * i for i in range(PACE_POINTS + 1)]
"""The line of an even pace, without the cut below its end."""

weights = st.lists(st.integers(0, MILLION), min_size=1, max_size=6).filter(any)


@pytest.mark.parametrize(
    ("total", "shares", "parts"),
    [
        (7, [1, 1, 1], [3, 2, 2]),
        (8, [1, 1, 1], [3, 3, 2]),
        (1, [1, 2, 2], [0, 1, 0]),
        (10, [0, 3, 0], [0, 10, 0]),
        (0, [4, 5], [0, 0]),
        (100, [333_334, 333_333, 333_333], [34, 33, 33]),
        (21, [6, 7, 39, 24, 24], [1, 2, 8, 5, 5]),
    ],
)
def test_apportions_by_the_largest_remainder(total, shares, parts):
    """Whole quotas first, the rest by remainder, ties to the earlier; the last: 1.26, 1.47, 8.19, 5.04, 5.04."""
    assert apportion(total, shares) == parts


@given(total=st.integers(0, 10_000_000), shares=weights)
def test_apportioned_parts_keep_to_their_quota(total, shares):
    """They sum to the total, each is its exact quota rounded down or up, and weight 0 gets nobody."""
    parts = apportion(total, shares)
    quotas = [Fraction(total * share, sum(shares)) for share in shares]

    assert sum(parts) == total
    assert all(floor(quota) <= part <= ceil(quota) for part, quota in zip(parts, quotas, strict=True))


@given(total=st.integers(0, 10_000), shares=weights)
def test_who_is_rounded_up_has_the_larger_remainder(total, shares):
    """Of one rounded up and one rounded down, the first has the larger remainder, or the same and comes earlier."""
    parts = apportion(total, shares)
    rests = [Fraction(total * share, sum(shares)) - part for part, share in zip(parts, shares, strict=True)]
    up = [(1 + rest, -i) for i, rest in enumerate(rests) if rest < 0]
    down = [(rest, -i) for i, rest in enumerate(rests) if rest >= 0]

    assert not up or not down or min(up) > max(down)


def test_what_is_lacking_is_never_below_nothing():
    """Shares 0.4 and 0.6 of 5 are 2 and 3: given 3 and 1, the first lacks 0 (not -1) and the second 2."""
    assert lacking([400_000, 600_000], [3, 1], 5) == [0, 2 * MILLION]


@pytest.mark.parametrize(
    ("persons", "size", "serials"),
    [(200, 60, [60, 60, 60, 20]), (120, 60, [60, 60]), (59, 60, [59]), (3, 1, [1, 1, 1]), (0, 60, [])],
)
def test_cuts_into_full_serials_the_rest_last(persons, size, serials):
    """200 over seats of 60: 60, 60, 60, 20."""
    assert cut(persons, size) == serials


@given(st.tuples(st.integers(1, 2000), st.integers(1, 2000)), st.tuples(st.integers(1, 2000), st.integers(1, 2000)))
def test_places_in_a_row_stand_in_the_order_of_their_fractions(one, other):
    """(2k - 1) / m as whole numbers: smaller, equal and larger exactly as the fractions are."""
    (k, m), (i, n) = (min(one), max(one)), (min(other), max(other))
    exact = Fraction(2 * k - 1, m) - Fraction(2 * i - 1, n)
    found = place_in_row(k, m) - place_in_row(i, n)

    assert (found > 0, found < 0) == (exact > 0, exact < 0)


def test_neighbours_in_the_longest_row_stay_apart():
    """2 ** 20 and 2 ** 20 - 1 serials: the places of their first lie 2 ** -40 apart, the least there is."""
    assert place_in_row(1, 2**20 - 1) > place_in_row(1, 2**20)


@given(begins=st.integers(0, 10**6), duration=st.integers(0, 10**6), count=st.integers(1, 300), data=st.data())
def test_even_is_the_exact_middle(begins, duration, count, data):
    """A + D (2j - 1) // (2n), for every n and j."""
    j = data.draw(st.integers(1, count))

    assert planned_at(begins, duration, EVEN, position=j, count=count) == begins + duration * (2 * j - 1) // (2 * count)


def test_a_step_of_no_length_plans_everybody_at_its_begin():
    """D = 0: all at a."""
    assert {planned_at(77, 0, EVEN, position=j, count=5) for j in range(1, 6)} == {77}


def test_nobody_is_planned_at_the_deadline_itself():
    """Even a table of one jump at its end: the last of 300 lies on its last column, below 10 ** 6."""
    jump = [0, *[MILLION - 1] * (PACE_POINTS - 1), MILLION]

    assert planned_at(0, 10_000, jump, position=300, count=300) == 9999


@pytest.mark.parametrize(
    ("persons", "millionths", "most", "least"),
    [(181, 333_000, 60, 61), (200, 500_000, 100, 100), (3, 1_000_000, 3, 3), (7, 0, 0, 0), (1, 1, 0, 1)],
)
def test_a_limit_in_percent_is_rounded_to_the_strict_side(persons, millionths, most, least):
    """33.3 % of 181 are 60.273: at most 60, at least 61."""
    assert (limit_of(persons, millionths, at_most=True), limit_of(persons, millionths, at_most=False)) == (most, least)


@pytest.mark.parametrize(
    ("count", "millionths", "value"), [(5, 500_000, 3), (3, 500_000, 2), (1, 499_999, 0), (7, 0, 0), (4, 2_500_000, 10)]
)
def test_scales_a_count_halves_up(count, millionths, value):
    """Half of 5 is 3, half of 3 is 2; what is scaled is never negative, so up is away from zero."""
    assert scaled(count, millionths) == value


@given(persons=st.integers(0, 5000), units=st.integers(1, 30))
def test_unit_shares_add_up_with_the_odd_persons_in_the_lower(persons, units):
    """They sum to all, do not rise, and differ by one at most."""
    parts = [unit_share(persons, units, each) for each in range(units)]

    assert sum(parts) == persons
    assert parts == sorted(parts, reverse=True)
    assert max(parts) - min(parts) <= 1


def test_a_point_chooses_by_running_weight():
    """Two bits over weights 1, 0, 3: the points 0, 1, 2, 3 mark 0, 1, 2, 3 of 4: the first, then the third."""
    assert [choose(point, [1, 0, 3], bits=2) for point in range(4)] == [0, 2, 2, 2]
    assert choose(3, [0, 0], bits=2) is None


@pytest.mark.parametrize(("hazard", "rate", "minutes"), [(10, 5, 2), (11, 5, 3), (1, 5, 1), (0, 5, 0)])
def test_hazard_is_used_up_at_the_end_of_a_minute(hazard, rate, minutes):
    """10 at 5 a minute are 2 minutes, 11 are 3."""
    assert minutes_left(hazard, rate) == minutes
