"""Tours by hand: units that are not replaced, whom they cannot give, and what a reschedule does to them."""

from __future__ import annotations

from posture.model.milestones import answer_all
from posture.scenario.clock import MINUTES_PER_DAY

DRAWDOWN = "phases.exit.drawdowns.alpha-home"
UNITS = {
    "contingents.alpha.personnel": 300,
    "contingents.alpha.tours": {"days": 270, "units": 3, "first_ends": "2030-02-10"},
    f"{DRAWDOWN}.pace": "at-tour-end",
    f"{DRAWDOWN}.to": "home",
}


def test_whom_tour_ends_cannot_give_leaves_on_the_last_day_of_the_step(outcome):
    """To 0 by day 60: the one end before, on day 40, gives its hundred; two hundred are planned for day 59."""
    done = outcome({**UNITS, f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-03-01": 0}})

    gone = [(each.size, each.departed_at / MINUTES_PER_DAY) for each in done.queues[0].gone]
    assert gone == [(100, 40), (200, 59)]


def test_a_step_without_any_tour_end_leaves_on_its_last_day(outcome):
    """To 0 by day 20, the first tour ends on day 40: everybody on day 19."""
    done = outcome({**UNITS, f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-01-20": 0}})

    assert [(each.size, each.departed_at / MINUTES_PER_DAY) for each in done.queues[0].gone] == [(300, 19)]


def test_a_phase_that_starts_after_the_last_day_makes_them_late_by_what_it_waited_for(outcome):
    """To 0 by day 20, the gate passes on day 30: planned for day 19 as ever, so eleven days for the gate."""
    gate = {"review_every_days": 30, "passes": 1, "first_review": "2030-01-31"}
    done = outcome({**UNITS, f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-01-20": 0}, "phases.exit.gate": gate})

    (serial,) = done.queues[0].gone
    assert (serial.planned_at / MINUTES_PER_DAY, serial.departed_at / MINUTES_PER_DAY) == (19, 30)
    assert done.waits(0, serial) == {"gate": 11 * MINUTES_PER_DAY}


def test_a_rescheduled_tour_end_is_what_bound_the_milestone(outcome):
    """To 200 by day 140; on day 100 all moves by 200 days, and the last tour end before the new deadline is used."""
    done = outcome(
        {
            **UNITS,
            f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-05-20": 200},
            "events.shock": {"on": "2030-04-11", "effects": {"later": {"reschedule": "exit", "by_days": 200}}},
            "milestones.all-out": {"by": "2030-05-20", "strength": {"at": "northport", "at_most": 200}},
        }
    )

    (answer,) = answer_all(done)
    assert not answer.met
    assert answer.bound_by == "reschedule"


def test_a_step_put_off_beyond_the_run_uses_the_ends_beyond_it(outcome):
    """To 200 by day 300, put off by 200: of the ends 40, 130, ..., 490 the last before 500. Nobody leaves in 365."""
    done = outcome(
        {
            **UNITS,
            f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-10-27": 200},
            "events.shock": {"on": "2030-01-06", "effects": {"later": {"reschedule": "exit", "by_days": 200}}},
        }
    )

    (queue,) = done.queues
    assert queue.gone == ()
    assert [(each.size, each.planned_at / MINUTES_PER_DAY) for each in queue.waiting] == [(100, 490)]


def test_relief_that_replaces_nobody_is_counted_as_latecomers(outcome):
    """One unit of 300, relieved on day 30, leaves on 35.5, not on 40: its relief is 300 above the level, and goes."""
    done = outcome(
        {
            "contingents.alpha.personnel": 300,
            "contingents.alpha.tours": {"days": 270, "units": 1, "first_ends": "2030-02-10", "overlap_days": 10},
            f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-02-04": 300, "2030-02-05": 0},
            f"{DRAWDOWN}.to": "home",
        }
    )

    assert [(each.size, each.departed_at / MINUTES_PER_DAY) for each in done.queues[0].gone] == [(300, 35.5), (300, 40)]
