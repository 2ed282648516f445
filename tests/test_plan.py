"""The plan: everything by index in the order of ids, dates as minutes, whatever the order of the file."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from posture.errors import PlanError
from posture.model.compiling import compile_plan
from posture.model.plan import Plan

DAY = 1440
EXIT = "phases.exit.drawdowns"
HOME = f"{EXIT}.alpha-home"
LIFT = {"slots": 1, "cycle_days": 1, "transit_days": 1, "judgement": "invented"}


@pytest.fixture
def plan(scenario) -> Plan:
    """Two contingents at two places, two lifts in order of preference, two steps, a second phase after the first."""
    return compile_plan(
        scenario(
            {
                "locations.beach": {},
                "contingents.bravo": {"personnel": 60, "at": "beach", "judgement": "invented"},
                "lift.planes": LIFT,
                f"{HOME}.of": ["bravo", "alpha"],
                f"{HOME}.at": ["northport", "beach"],
                f"{HOME}.order": ["northport", "beach"],
                f"{HOME}.schedule": {"2030-01-19": "10%", "2030-01-09": "50%"},
                f"{HOME}.to.home.by": ["trucks", "planes"],
                "phases.above": {"starts": "2030-02-01", "after": "exit", "judgement": "invented"},
            }
        )
    )


def test_everything_stands_in_the_order_of_ids(plan):
    """Not that of the file: beach before home, planes before trucks, above before exit, alpha before bravo."""
    assert [each.id for each in plan.locations] == ["beach", "home", "northport"]
    assert [each.id for each in plan.contingents] == ["alpha", "bravo"]
    assert [each.id for each in plan.lifts] == ["planes", "trucks"]
    assert [each.id for each in plan.phases] == ["above", "exit"]
    assert [plan.cell_names(cell) for cell in plan.drawdowns[0].cells] == [
        ("alpha", "beach"),
        ("alpha", "northport"),
        ("bravo", "beach"),
        ("bravo", "northport"),
    ]


def test_lists_keep_their_own_order(plan):
    """`by` and `order`: trucks are preferred, northport empties first."""
    assert [plan.lifts[each].id for each in plan.queues[0].lifts] == ["trucks", "planes"]
    assert plan.drawdowns[0].ranks == (1, 0, 1, 0)


def test_a_queue_is_a_drawdown_a_cell_and_a_destination(plan):
    """Four cells to one destination: four queues, by name phase.drawdown/contingent/location/destination."""
    assert [each.name for each in plan.queues] == [
        "exit.alpha-home/alpha/beach/home",
        "exit.alpha-home/alpha/northport/home",
        "exit.alpha-home/bravo/beach/home",
        "exit.alpha-home/bravo/northport/home",
    ]
    assert plan.drawdowns[0].queues == ((0,), (1,), (2,), (3,))


def test_dates_are_minutes_and_deadlines_end_their_day(plan):
    """From 1 January: 00:00 of 1 February is day 31; the steps end at 24:00 of the 9th and the 19th; H is day 365."""
    steps = plan.drawdowns[0].steps

    assert [each.deadline for each in steps] == [9 * DAY, 19 * DAY]
    assert (plan.origin, plan.horizon) == (date(2030, 1, 1), 365 * DAY)
    assert plan.milestones[0].last == 9 * DAY - 1


def test_streams_are_named_by_path_and_user(plan):
    """Of values: their path; of a use: the lift's path and the queue."""
    queue = plan.queues[1]

    assert plan.uses[queue.transits[0]].stream == "lift.trucks.transit_days/exit.alpha-home/alpha/northport/home"
    assert plan.uses[queue.cycles[1]].stream == "lift.planes.cycle_days/exit.alpha-home/alpha/northport/home"
    assert plan.values[plan.contingents[0].size].stream == "contingents.alpha.personnel"
    assert plan.values[plan.drawdowns[0].steps[1].level].stream.endswith("schedule.2030-01-19")


def test_a_pace_or_margin_of_the_phase_is_drawn_once_for_all_who_take_it(scenario):
    """The stream is the phase's; a drawdown with its own has its own."""
    plan = compile_plan(
        scenario(
            {
                "contingents.bravo": {"personnel": 60, "at": "northport", "judgement": "invented"},
                "phases.exit.pace": {"uniform": [1, 3]},
                "phases.exit.margin_days": {"uniform": [1, 3]},
                f"{HOME}.of": "alpha",
                f"{EXIT}.bravo-home": {
                    "of": "bravo",
                    "at": "northport",
                    "schedule": {"2030-01-09": 0},
                    "to": "home",
                    "pace": {"uniform": [1, 3]},
                },
            }
        )
    )
    alpha, bravo = plan.drawdowns

    assert [plan.paces[each.pace].stream for each in (alpha, bravo)] == ["phases.exit.pace", f"{EXIT}.bravo-home.pace"]
    assert plan.values[alpha.margin].stream == "phases.exit.margin_days"
    assert alpha.margin == bravo.margin


def test_joined_milestones_come_after_those_they_join(scenario):
    """`a-joint` sorts first by id and still stands last."""
    plan = compile_plan(scenario({"milestones.a-joint": {"all": ["all-out"], "judgement": "invented"}}))

    assert [each.id for each in plan.milestones] == ["all-out", "a-joint"]
    assert plan.milestones[1].parts == (0,)


def test_nothing_can_be_changed(plan):
    """A plan is frozen through and through."""
    with pytest.raises(FrozenInstanceError):
        plan.horizon = 0
    with pytest.raises(FrozenInstanceError):
        plan.queues[0].cell = 1


def test_nothing_to_run_for_is_an_error(scenario):
    """Neither phases nor milestones."""
    with pytest.raises(PlanError, match="neither phases nor milestones"):
        compile_plan(scenario({"phases": {"exit": None}, "milestones": {"all-out": None}}))
