"""The ledger: who stands where, what is on the road, and what it refuses."""

from __future__ import annotations

import pytest

from posture.errors import SimulationError
from posture.model.compiling import compile_plan
from posture.model.ledger import RELIEF, TROOPS, Ledger
from posture.model.plan import Plan


@pytest.fixture
def plan(scenario) -> Plan:
    """Alpha at hilltop (cell 0), home (1, outside) and northport (2)."""
    return compile_plan(scenario({"locations.hilltop": {}}))


def test_who_departs_is_on_the_road_until_arrived(plan):
    """50 of 180 leave northport for hilltop: 130 there, 50 bound for hilltop; then 50 there and nobody on the road."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.depart(10, 2, 0, 50)
    on_the_road = (list(ledger.standing), ledger.coming[0], ledger.bound_for[0], ledger.present[0])
    ledger.arrive(30, 0, 50)

    assert on_the_road == ([0, 0, 130], 50, 50, 0)
    assert (ledger.standing, ledger.coming[0], ledger.bound_for[0], ledger.present[0]) == ([50, 0, 130], 0, 0, 50)
    assert ledger.close() == ((0, 2, TROOPS, 180), (10, 2, TROOPS, -50), (30, 0, TROOPS, 50))


def test_the_record_holds_net_changes_in_order(plan):
    """At minute 10 hilltop gets 30 and gives 30: no row there; the rows stand by cell."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.depart(10, 2, 0, 30)
    ledger.arrive(10, 0, 30)
    ledger.depart(10, 0, 1, 30)
    ledger.arrive(10, 1, 30)

    assert ledger.close() == ((0, 2, TROOPS, 180), (10, 1, TROOPS, 30), (10, 2, TROOPS, -30))


def test_nobody_leaves_who_is_not_there(plan):
    """181 of 180."""
    ledger = Ledger(plan, [(2, 180)])

    with pytest.raises(SimulationError, match="181 leave cell 2 at minute 5, where 180 stand"):
        ledger.depart(5, 2, 1, 181)


def test_persons_created_are_found(plan):
    """One more at the end than at the start, with nobody beyond to have come from."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.add(5, 0, 1)

    with pytest.raises(SimulationError, match="181 persons and loads at the end, 180 at the start"):
        ledger.close()


def test_who_comes_from_beyond_is_booked_there(plan):
    """10 more at hilltop, 10 fewer beyond: they add up."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.add(5, 0, 10)
    ledger.abroad -= 10

    assert ledger.close()[-1] == (5, 0, TROOPS, 10)


def test_a_negative_strength_inside_is_found(plan):
    """5 taken from hilltop, where nobody is, and put to northport: they add up, but -5 stand there."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.add(7, 0, -5)
    ledger.add(7, 2, 5)

    with pytest.raises(SimulationError, match="-5 troops stand in cell 0 at minute 7"):
        ledger.close()


def test_an_outside_account_may_fall_below_nothing(plan):
    """5 come from home, where the file says nobody stands: no limit there."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.add(7, 1, -5)
    ledger.add(7, 2, 5)

    assert ledger.close()[1:] == ((7, 1, TROOPS, -5), (7, 2, TROOPS, 5))


def test_persons_of_all_kinds_fill_a_place(plan):
    """180 troops and 20 relief: 200 present, 180 that a drawdown may count."""
    ledger = Ledger(plan, [(2, 180)])
    ledger.add_extra(3, 2, RELIEF, 20)

    assert (ledger.present[2], ledger.standing[2], ledger.persons(2)) == (200, 180, 200)


def test_loads_fill_no_room(scenario):
    """40 loads stand and travel, and are no persons."""
    plan = compile_plan(
        scenario({"locations.hilltop": {}, "contingents.crates": {"loads": 40, "at": "hilltop", "judgement": "x"}})
    )
    cell, target = plan.cell(1, 0), plan.cell(1, 2)
    ledger = Ledger(plan, [(2, 180), (cell, 40)])
    ledger.depart(4, cell, target, 15)

    assert (ledger.present[0], ledger.bound_for[2], ledger.persons(cell)) == (0, 0, 0)
    assert (ledger.standing[cell], ledger.coming[target]) == (25, 15)
