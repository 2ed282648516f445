"""Gates by hand: when a decision is first needed, when it is reviewed again, and what waits for it."""

from __future__ import annotations

from itertools import pairwise

from posture.model.outcome import Outcome

DAY = 1440
EXIT = "phases.exit.drawdowns"
HOME = f"{EXIT}.alpha-home"
GATE = {"review_every_days": 5, "passes": 1, "judgement": "invented"}
AT_ONCE = {f"{HOME}.margin_days": 9}


def departed(outcome: Outcome, queue: int = 0) -> list[float]:
    """Return the days on which the serials of a queue departed, by number."""
    return [each.departed_at / DAY for each in sorted(outcome.queues[queue].gone, key=lambda each: each.number)]


def reviews(outcome: Outcome, gate: int = 0) -> list[tuple[float, bool]]:
    """Return the days of the reviews of a gate, and whether it passed."""
    return [(minute / DAY, passed) for minute, passed in outcome.reviews[gate]]


def test_a_gate_of_a_drawdown_nobody_leaves_in_is_never_reviewed(outcome):
    """The level is all 180: no serial is ever due, nobody asks for the decision."""
    played = outcome({f"{HOME}.schedule": {"2030-01-09": 180}, f"{HOME}.gate": GATE})

    assert reviews(played) == []
    assert played.drawdowns_done_at == (0,)


def test_a_gate_of_a_phase_is_reviewed_even_if_nobody_would_leave(outcome):
    """All else is fulfilled on day 0: the phase needs its decision, whoever leaves in it."""
    played = outcome({f"{HOME}.schedule": {"2030-01-09": 180}, "phases.exit.gate": GATE})

    assert reviews(played) == [(0, True)]


def test_a_gate_of_a_drawdown_waits_for_that_of_its_phase(outcome):
    """Phase's gate on day 6; planned 1.5, 4.5, 7.5: two are due on day 6, when the drawdown's own is first needed."""
    settings = {"phases.exit.gate": {**GATE, "first_review": "2030-01-07"}, f"{HOME}.gate": GATE}
    played = outcome(settings)

    assert (reviews(played, 0), reviews(played, 1)) == ([(6, True)], [(6, True)])
    assert departed(played) == [6, 6, 7.5]
    assert played.waits(0, played.queues[0].gone[0]) == {"gate": 4.5 * DAY}


def test_both_gates_of_a_serial_are_one_cause(outcome):
    """Planned 1.5; the phase's gate passes on day 6, the drawdown's on day 9: 7.5 days for `gate`."""
    settings = {
        "phases.exit.gate": {**GATE, "first_review": "2030-01-07"},
        f"{HOME}.gate": {**GATE, "first_review": "2030-01-10"},
    }
    played = outcome(settings)

    assert departed(played) == [9, 9, 9]
    assert played.waits(0, played.queues[0].gone[0]) == {"gate": 7.5 * DAY}


def test_a_gate_passed_before_it_is_needed_holds_nobody_up(outcome):
    """First review on day 1, first serial due on 1.5: passed stays passed."""
    played = outcome({f"{HOME}.gate": {**GATE, "first_review": "2030-01-02"}})

    assert reviews(played) == [(1, True)]
    assert departed(played) == [1.5, 4.5, 7.5]


def test_the_interval_between_reviews_is_drawn_once(outcome):
    """Every 2 to 9 days, never passing: all reviews of a replication are the same number of minutes apart."""
    played = outcome({f"{HOME}.gate": {**GATE, "passes": 0, "review_every_days": {"uniform": [2, 9]}}})

    minutes = [minute for minute, _ in played.reviews[0]]
    gaps = {later - earlier for earlier, later in pairwise(minutes)}

    assert len(gaps) == 1
    assert 2 * DAY <= gaps.pop() <= 9 * DAY


def test_no_review_falls_on_the_horizon(outcome):
    """From day 0 every 73 days over 365: days 0, 73, 146, 219, 292; the sixth, day 365, is the horizon."""
    never = {**GATE, "passes": 0, "review_every_days": 73}
    played = outcome({"phases.exit.gate": never})

    assert [day for day, _ in reviews(played)] == [0, 73, 146, 219, 292]
    assert (played.phases[0].ready_at, played.phases[0].started_at) == (0, None)


def test_each_gate_has_draws_of_its_own(outcome):
    """Two drawdowns due at once, gates of one half: over 40 replications they do not always pass together."""
    settings = {
        **AT_ONCE,
        "contingents.bravo": {"personnel": 60, "at": "northport", "judgement": "invented"},
        f"{HOME}.of": "alpha",
        f"{HOME}.gate": {**GATE, "passes": 0.5},
        f"{EXIT}.bravo-home": {
            "of": "bravo",
            "at": "northport",
            "schedule": {"2030-01-01": 0},
            "margin_days": 1,
            "to": "home",
            "gate": {**GATE, "passes": 0.5},
        },
    }
    pairs = {tuple(one[0][1] for one in outcome(settings, replication=n).reviews) for n in range(40)}

    assert pairs == {(False, False), (False, True), (True, False), (True, True)}


def test_a_review_comes_before_the_departures_of_its_minute(outcome):
    """Alpha and bravo due on day 0, one slot: alpha's gate passes on day 0, and alpha is first in plan order."""
    settings = {
        **AT_ONCE,
        "contingents.alpha.personnel": 60,
        "contingents.bravo": {"personnel": 60, "at": "northport", "judgement": "invented"},
        "lift.trucks": {"slots": 1, "cycle_days": 4},
        f"{HOME}.of": "alpha",
        f"{HOME}.gate": GATE,
        f"{EXIT}.bravo-home": {
            "of": "bravo",
            "at": "northport",
            "schedule": {"2030-01-01": 0},
            "margin_days": 1,
            "to": {"home": {"by": "trucks"}},
        },
    }
    played = outcome(settings)

    assert reviews(played) == [(0, True)]
    assert departed(played, 0) == [0]
    assert departed(played, 1) == [4]
