"""What bound a missed milestone, by hand: each cause, the phases behind a phase, travel, and the plan."""

from __future__ import annotations

import pytest

from posture.model.milestones import Answer, answer_all
from posture.model.outcome import Outcome

DAY = 1440
EXIT = "phases.exit.drawdowns"
HOME = f"{EXIT}.alpha-home"
MISSED = "milestones.all-out"
GATE = {"review_every_days": 5, "passes": 1, "judgement": "invented"}
HILLTOP = {"locations.hilltop": {}, f"{HOME}.to": {"home": None, "hilltop": {"by": "trucks"}}}
"""The 180 of northport go to hilltop and not home."""
ONWARD = {
    "starts": "2030-01-01",
    "after": "exit",
    "judgement": "invented",
    "drawdowns": {"bravo-home": {"of": "bravo", "at": "northport", "schedule": {"2030-01-01": 0}, "to": "home"}},
}
"""A second phase: bravo leaves northport at once when exit is done."""
BRAVO = {"contingents.bravo": {"personnel": 30, "at": "northport", "judgement": "invented"}, f"{HOME}.of": "alpha"}


LATE = [
    ("lift", {"lift.trucks": {"slots": 1, "cycle_days": 20}}),
    ("gate", {f"{HOME}.gate": {**GATE, "first_review": "2030-02-01"}}),
    ("gate", {"phases.exit.gate": {**GATE, "first_review": "2030-02-01"}}),
    ("plan", {f"{HOME}.schedule": {"2030-01-09": None, "2030-01-19": 0}}),
]
"""What makes the exit late, and what then binds it."""


def answer(outcome: Outcome, name: str = "all-out") -> Answer:
    """Return the answer of a milestone."""
    return dict(zip((each.id for each in outcome.plan.milestones), answer_all(outcome), strict=True))[name]


@pytest.mark.parametrize(
    ("cause", "settings"),
    [
        *LATE,
        ("plan", {f"{HOME}.schedule": {"2030-01-09": 60}}),
        ("plan", {"phases.exit.starts": "2030-02-01"}),
    ],
)
def test_the_longest_wait_of_the_last_serial_binds(outcome, cause, settings):
    """Due 9 January: by one slot of 20 days, by a gate on 1 February; planned later or not at all, by the plan."""
    found = answer(outcome(settings))

    assert (found.met, found.bound_by) == (False, cause)


def test_room_binds(outcome):
    """150 places for serials of 60, 60, 60: the third waits for ever, and is the last still to go."""
    found = answer(outcome({**HILLTOP, "locations.hilltop": {"capacity": 150}}))

    assert (found.met, found.days_late, found.bound_by) == (False, None, "room")


def test_people_on_the_road_bind(outcome):
    """60 arrive at southport on day 40; its drawdown counted them on the road on day 3 and plans them for that day."""
    settings = {
        "contingents.alpha.personnel": 60,
        "locations.southport": {},
        "lift.trucks.transit_days": 40,
        f"{HOME}.margin_days": 9,
        f"{HOME}.to": {"home": None, "southport": {"by": "trucks"}},
        "phases.onward": {
            "starts": "2030-01-04",
            "judgement": "invented",
            "drawdowns": {"go": {"of": "alpha", "at": "southport", "schedule": {"2030-01-04": 0}, "to": "home"}},
        },
        "milestones": {
            "all-there": {
                "by": "2030-01-20",
                "strength": {"of": "alpha", "at": "home", "at_least": 60},
                "judgement": "x",
            }
        },
    }
    found = answer(outcome(settings), "all-there")

    assert found == Answer(False, 40, 21, -60, "people")


@pytest.mark.parametrize(
    ("cause", "settings"),
    LATE,
)
def test_a_wait_for_a_phase_becomes_what_bound_the_phase_before(outcome, cause, settings):
    """Bravo's serial waits for `phase`: the phase before was late for this cause, or only as late as planned."""
    played = outcome(
        {**BRAVO, "phases.onward": ONWARD, MISSED: {"strength": {"at": "northport", "of": "bravo"}}, **settings}
    )
    queue = next(i for i, each in enumerate(played.plan.queues) if "bravo" in each.name)

    assert set(played.waits(queue, played.queues[queue].gone[0])) == {"phase"}
    assert answer(played).bound_by == cause


def test_a_chain_of_phases_is_followed_to_its_first_link(outcome):
    """Exit is late for lift; middle, without drawdowns, waits for exit; onward waits for middle: lift."""
    settings = {
        **BRAVO,
        "lift.trucks": {"slots": 1, "cycle_days": 20},
        "phases.middle": {"starts": "2030-01-01", "after": "exit", "judgement": "invented"},
        "phases.onward": {**ONWARD, "after": "middle"},
        MISSED: {"strength": {"at": "northport", "of": "bravo"}},
    }

    assert answer(outcome(settings)).bound_by == "lift"


def test_of_several_phases_before_the_last_done_binds(outcome):
    """Exit is done on day 7 as planned, aside on day 31 for its gate: aside decides."""
    settings = {
        **BRAVO,
        "phases.aside": {"starts": "2030-01-01", "gate": {**GATE, "first_review": "2030-02-01"}, "judgement": "x"},
        "phases.onward": {**ONWARD, "after": ["exit", "aside"]},
        MISSED: {"strength": {"at": "northport", "of": "bravo"}},
    }

    assert answer(outcome(settings)).bound_by == "gate"


def test_a_phase_that_never_starts_binds_an_excess_by_its_gate(outcome):
    """The gate never passes: no serial was ever cut, and the phase that was to move them waited for `gate`."""
    found = answer(outcome({"phases.exit.gate": {**GATE, "passes": 0}}))

    assert found == Answer(False, None, None, 180, "gate")


def test_a_phase_is_bound_by_the_part_last_to_be_done(outcome):
    """Alpha is gone on 7.5 as planned; bravo's gate opens on day 31: the phase is done then, bound by `gate`."""
    settings = {
        **BRAVO,
        f"{EXIT}.bravo-home": {**ONWARD["drawdowns"]["bravo-home"], "gate": {**GATE, "first_review": "2030-02-01"}},
        "milestones.ended": {"by": "2030-01-09", "phase": "exit", "judgement": "invented"},
    }

    assert answer(outcome(settings), "ended") == Answer(False, 31, 23, None, "gate")


def test_of_equal_waits_the_first_in_the_table_binds(outcome):
    """Planned 0; the phase's gate passes on day 10; the slot is free again on day 20: 10 gate, 10 lift: `gate`."""
    settings = {
        "contingents.alpha.personnel": 120,
        f"{HOME}.margin_days": 9,
        f"{HOME}.gate": {**GATE, "first_review": "2030-01-11"},
        "lift.trucks": {"slots": 1, "cycle_days": 10},
        "phases.exit.starts": "2030-01-01",
    }
    played = outcome(settings)

    assert played.waits(0, played.queues[0].gone[1]) == {"gate": 10 * DAY, "lift": 10 * DAY}
    assert answer(played).bound_by == "gate"


def test_who_is_missing_and_under_way_is_bound_by_travel(outcome):
    """At hilltop 180 by 9 January, the last left on 7.5 and takes 10 days: 180 short of all, by `travel`."""
    settings = {
        **HILLTOP,
        "lift.trucks.transit_days": 10,
        MISSED: {"strength": {"at": "hilltop", "at_most": None, "at_least": 180}},
    }

    assert answer(outcome(settings)) == Answer(False, 17, 9, -180, "travel")


def test_who_is_missing_and_waits_binds_by_that_wait(outcome):
    """The third serial still waits for the only slot at the end of 9 January."""
    settings = {
        **HILLTOP,
        "lift.trucks": {"slots": 1, "cycle_days": 20},
        MISSED: {"strength": {"at": "hilltop", "at_most": None, "at_least": 180}},
    }

    assert answer(outcome(settings)).bound_by == "lift"


def test_nobody_planned_to_come_is_bound_by_the_plan(outcome):
    """Everybody goes home: hilltop is 10 short for ever."""
    settings = {"locations.hilltop": {}, MISSED: {"strength": {"at": "hilltop", "at_most": None, "at_least": 10}}}
    settings["contingents.bravo"] = {"personnel": 1, "at": "hilltop", "judgement": "invented"}

    assert answer(outcome(settings)) == Answer(False, None, None, -9, "plan")


# ----- throughout


def test_a_throughout_reports_its_worst_minute(outcome):
    """180, 120 from 1.5, 60 from 4.5, 0 from 7.5; at least 100 over 3 to 6 January: 60 on the 5th, 40 short."""
    asked = {"by": None, "throughout": ["2030-01-03", "2030-01-06"], "strength": {"at_most": None, "at_least": 100}}

    assert answer(outcome({MISSED: asked})) == Answer(False, None, None, -40, "plan")


def test_a_throughout_ends_with_its_last_day(outcome):
    """The last leave on 7.5, 8 January: at least 60 throughout 1 to 7 January is met, on the 7th."""
    asked = {"by": None, "throughout": ["2030-01-01", "2030-01-07"], "strength": {"at_most": None, "at_least": 60}}

    assert answer(outcome({MISSED: asked})) == Answer(True, 6, None, 0, None)


@pytest.mark.parametrize(("first", "over"), [("2030-01-02", 60), ("2030-01-05", 0), ("2030-01-06", None)])
def test_a_throughout_begins_at_midnight_of_its_first_day(outcome, first, over):
    """At most 60 (from 4.5 on): 120 stand on the 2nd and on the morning of the 5th; from the 6th on it is met."""
    asked = {"by": None, "throughout": [first, "2030-01-20"], "strength": {"at": "northport", "at_most": 60}}
    found = answer(outcome({MISSED: asked}))

    assert found.met == (over is None)
    assert found.persons_over == {"2030-01-02": 120, "2030-01-05": 60, "2030-01-06": 0}[first]


def test_an_excess_throughout_that_ends_later_is_bound_by_who_ended_it(outcome):
    """Empty throughout 10 to 15 January; one slot of 20 days: the last leave on 41.5 after 34 days for `lift`."""
    settings = {
        "lift.trucks": {"slots": 1, "cycle_days": 20},
        MISSED: {"by": None, "throughout": ["2030-01-10", "2030-01-15"]},
    }

    assert answer(outcome(settings)) == Answer(False, None, None, 120, "lift")


def test_a_phase_that_never_starts_binds_a_shortfall_by_its_gate(outcome):
    """180 are to come to hilltop in a phase whose gate never passes."""
    settings = {
        **HILLTOP,
        "phases.exit.gate": {**GATE, "passes": 0},
        MISSED: {"strength": {"at": "hilltop", "at_most": None, "at_least": 100}},
    }

    assert answer(outcome(settings)).bound_by == "gate"


def test_a_shift_inside_the_selection_does_not_end_its_excess(outcome):
    """On day 5 bravo leaves hilltop after 5 days for `gate`, and alpha shifts there from northport: 120, then 60."""
    settings = {
        "locations.hilltop": {},
        "contingents.alpha.personnel": 60,
        "contingents.bravo": {"personnel": 60, "at": "hilltop", "judgement": "invented"},
        f"{HOME}.of": "alpha",
        f"{HOME}.schedule": {"2030-01-09": None, "2030-01-10": 0},
        f"{HOME}.to": {"home": None, "hilltop": {}},
        f"{EXIT}.bravo-home": {
            "of": "bravo",
            "at": "hilltop",
            "schedule": {"2030-01-01": 0},
            "margin_days": 1,
            "to": "home",
            "gate": {**GATE, "first_review": "2030-01-06"},
        },
        MISSED: {"by": "2030-01-03", "strength": {"at": ["northport", "hilltop"], "at_most": 60}},
    }

    assert answer(outcome(settings)) == Answer(False, 5, 3, 60, "gate")


@pytest.mark.parametrize(("by", "cause"), [("2030-01-09", "gate"), ("2030-02-01", "handover")])
def test_a_hand_over_begun_late_is_bound_by_what_emptied_the_site(outcome, by, cause):
    """Empty on 1 February, gate; handed over two days later: due before it is empty, the gate; else the hand-over."""
    found = answer(
        outcome(
            {
                f"{HOME}.gate": {**GATE, "first_review": "2030-02-01"},
                "phases.exit.handovers": {"northport": {"takes_days": 2, "judgement": "invented"}},
                MISSED: {"by": by, "strength": None, "phase": "exit"},
            }
        )
    )

    assert (found.met, found.bound_by) == (False, cause)


def test_serials_counted_after_a_reschedule_were_moved_by_it(outcome):
    """Put off by 30 days on day 1, before the phase starts on day 5 and anybody is counted: late by the reschedule."""
    later = {"on": "2030-01-02", "effects": {"later": {"reschedule": "exit", "by_days": 30}}, "judgement": "invented"}
    found = answer(outcome({"phases.exit.starts": "2030-01-06", "events.later": later}))

    assert (found.met, found.bound_by) == (False, "reschedule")
