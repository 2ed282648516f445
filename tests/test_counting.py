"""Counts by hand: who leaves which cell for where, in which row, planned when."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.model.counting import Leavers, Line, plan_leavers
from posture.model.plan import DrawdownPlan

EVEN = [1000 * i for i in range(1001)]


def drawdown(cells: int, destinations: int, *, ranks: tuple[int, ...] | None = None) -> DrawdownPlan:
    """Return a plan of so many cells and destinations, with queues 0, 1, 2, ... by cell and destination."""
    return DrawdownPlan(
        id="exit.all",
        phase=0,
        cells=tuple(range(cells)),
        ranks=ranks or (0,) * cells,
        destinations=tuple(range(destinations)),
        shares=0,
        steps=(),
        pace=0,
        margin=None,
        gate=None,
        serial_size=None,
        queues=tuple(tuple(range(i * destinations, (i + 1) * destinations)) for i in range(cells)),
    )


def plan_all(
    plan: DrawdownPlan,
    leavers: int,
    found: list[int],
    *,
    size: int | None = None,
    shares: tuple[int, ...] = (10**6,),
    so_far: Leavers | None = None,
    duration: int = 1000,
) -> list[tuple[int, int, int]]:
    """Return the serials of one count: (queue, planned, size)."""
    return plan_leavers(
        plan,
        leavers=leavers,
        found=found,
        so_far=so_far or Leavers([0] * len(shares)),
        shares=shares,
        sizes=[size] * len(found) * len(shares),
        line=Line(0, duration, EVEN),
    )


def by_queue(serials: list[tuple[int, int, int]]) -> dict[int, int]:
    """Return the persons of each queue."""
    persons: Counter[int] = Counter()
    for queue, _, size in serials:
        persons[queue] += size
    return dict(persons)


def test_cells_give_in_proportion_to_those_just_counted():
    """80 of 120 and 40 of 60 leave; of 100 over 50:30:20 leave 25, 15, 10."""
    assert by_queue(plan_all(drawdown(2, 1), 120, [120, 60])) == {0: 80, 1: 40}
    assert by_queue(plan_all(drawdown(3, 1), 50, [50, 30, 20])) == {0: 25, 1: 15, 2: 10}


def test_the_odd_person_leaves_the_earlier_cell():
    """5 of 10 and 10: 2.5 each, the first gives 3."""
    assert by_queue(plan_all(drawdown(2, 1), 5, [10, 10])) == {0: 3, 1: 2}


@pytest.mark.parametrize(
    ("leavers", "expected"), [(15, {1: 15}), (20, {1: 20}), (25, {1: 20, 0: 5}), (45, {1: 20, 0: 10, 2: 15})]
)
def test_with_an_order_the_first_place_gives_all_before_the_next(leavers, expected):
    """20 stand in the cell named first, 10 in the second, 30 in the third."""
    assert by_queue(plan_all(drawdown(3, 1, ranks=(1, 0, 2)), leavers, [10, 20, 30])) == expected


def test_contingents_at_a_place_named_in_order_give_in_proportion():
    """Two cells of one rank, 20 and 40: 30 leavers take 10 and 20; the third cell gives nobody."""
    assert by_queue(plan_all(drawdown(3, 1, ranks=(0, 0, 1)), 30, [20, 40, 50])) == {0: 10, 1: 20}


def test_an_order_puts_whole_places_one_behind_the_other_in_the_row():
    """Second cell first: its two serials, then the two of the first: middles of 1000 over 4."""
    serials = plan_all(drawdown(2, 1, ranks=(1, 0)), 40, [20, 20], size=10)

    assert serials == [(1, 125, 10), (1, 375, 10), (0, 625, 10), (0, 875, 10)]


def test_serials_of_queues_take_turns_by_their_place():
    """Three and two serials: A1 (1/3), B1 (1/2), A2 (1), B2 (3/2), A3 (5/3)."""
    serials = plan_all(drawdown(2, 1), 120, [120, 60], size=30)

    assert serials == [(0, 100, 30), (1, 300, 20 + 10), (0, 500, 30), (1, 700, 10), (0, 900, 20)]


def test_alike_places_stand_in_plan_order():
    """One serial each, all at 1/1: the order of the queues."""
    assert [queue for queue, _, _ in plan_all(drawdown(4, 1), 40, [10, 10, 10, 10])] == [0, 1, 2, 3]


def test_shares_are_kept_over_all_counts_and_cells():
    """0.4 : 0.6 over three cells of one person each: the second, the first, the second destination."""
    assert by_queue(plan_all(drawdown(3, 2), 3, [1, 1, 1], shares=(400_000, 600_000))) == {1: 1, 2: 1, 5: 1}


@pytest.mark.parametrize("destination", [0, 1])
def test_latecomers_one_by_one_end_within_one_person_of_their_share(destination):
    """Five over 0.4 : 0.6 go to the second, first, second, first, second: 2 and 3."""
    so_far, went = Leavers([0, 0]), []
    for _ in range(5):
        ((queue, _, _),) = plan_all(drawdown(1, 2), 1, [1], shares=(400_000, 600_000), so_far=so_far)
        went.append(queue)

    assert went == [1, 0, 1, 0, 1]
    assert so_far.given[destination] == (2, 3)[destination]


def test_a_destination_without_share_gets_nobody():
    """0 and 1: all to the second."""
    assert by_queue(plan_all(drawdown(1, 2), 7, [7], shares=(0, 10**6))) == {1: 7}


def test_nobody_leaves_without_leavers():
    """0 leavers: no serial, and nothing given."""
    so_far = Leavers([0])

    assert plan_all(drawdown(2, 1), 0, [9, 9], so_far=so_far) == []
    assert so_far == Leavers([0], 0)


def test_a_count_that_was_dropped_is_taken_back():
    """7 of 10 to the first destination, dropped again: 0 of 3 are given to it."""
    plan, so_far = drawdown(2, 2), Leavers([7, 3], 10)
    so_far.take_back(plan, 2, 7)

    assert so_far == Leavers([0, 3], 3)


@given(
    found=st.lists(st.integers(0, 90), min_size=1, max_size=4).filter(any),
    size=st.one_of(st.none(), st.integers(1, 40)),
    tenths=st.integers(0, 10),
    data=st.data(),
)
def test_a_count_moves_whom_it_should(found, size, tenths, data):
    """All leavers and no more, none beyond their cell, in time and in turn, and each destination near its share."""
    leavers = data.draw(st.integers(0, sum(found)))
    shares = (tenths * 100_000, (10 - tenths) * 100_000)
    serials = plan_all(drawdown(len(found), 2), leavers, found, size=size, shares=shares)
    persons = by_queue(serials)
    first = sum(count for queue, count in persons.items() if queue % 2 == 0)

    assert sum(persons.values()) == leavers
    assert all(persons.get(2 * i, 0) + persons.get(2 * i + 1, 0) <= each for i, each in enumerate(found))
    assert all(0 < each <= (size or each) for _, _, each in serials)
    assert [planned for _, planned, _ in serials] == sorted(planned for _, planned, _ in serials)
    assert all(0 <= planned < 1000 for _, planned, _ in serials)
    assert abs(first - leavers * tenths / 10) < 1
