"""The agenda: what is done first at a minute, what joins it there, and where it stops."""

from __future__ import annotations

import pytest

from posture.errors import SimulationError
from posture.model import agenda as module
from posture.model.agenda import Agenda, Code, PlanPart


def test_entries_come_by_minute_code_and_index():
    """Written down in the wrong order: minute first, then code, then index."""
    agenda, done = Agenda(horizon=10), []
    for minute, code, index in [(5, 7, 0), (5, 1, 2), (3, 7, 9), (5, 1, 1), (5, 6, 0)]:
        agenda.call(minute, code, index, lambda _, key=(minute, code, index): done.append(key))
    agenda.run()

    assert done == [(3, 7, 9), (5, 1, 1), (5, 1, 2), (5, 6, 0), (5, 7, 0)]


def test_the_codes_stand_in_the_order_of_the_table():
    """Endings, regimes, events, tours, plan, reviews, departures: 1 to 7."""
    codes = (Code.ENDING, Code.REGIME, Code.EVENT, Code.TOUR, Code.PLAN, Code.REVIEW, Code.DEPARTURE)

    assert codes == (1, 2, 3, 4, 5, 6, 7)


def test_the_plan_starts_counts_and_is_done_in_this_order():
    """Within code 5, whatever the index: phases start, steps are counted, drawdowns are done, phases are done."""
    agenda, done = Agenda(horizon=10), []
    parts = {"done": PlanPart.PHASE_DONE, "gone": PlanPart.DRAWDOWN_DONE, "counted": PlanPart.STEP_COUNTED}
    for name, part in {**parts, "started": PlanPart.PHASE_STARTS + 999}.items():
        agenda.call(1, Code.PLAN, part, lambda _, name=name: done.append(name))
    agenda.run()

    assert done == ["started", "counted", "gone", "done"]


def test_what_falls_due_at_this_minute_joins_it_even_with_a_smaller_code():
    """A departure at minute 4 makes an arrival due at once: it comes before the next departure of that minute."""
    agenda, done = Agenda(horizon=10), []

    def depart(_: object) -> None:
        done.append("departure")
        agenda.call(4, Code.ENDING, 0, lambda _: done.append("arrival"))

    agenda.call(4, Code.DEPARTURE, 0, depart)
    agenda.call(4, Code.DEPARTURE, 1, lambda _: done.append("next departure"))
    agenda.run()

    assert done == ["departure", "arrival", "next departure"]


def test_nothing_happens_at_the_horizon():
    """Minutes 8 and 9 of a run to 9: the first only."""
    agenda, done = Agenda(horizon=9), []
    for minute in (8, 9):
        agenda.call(minute, Code.ENDING, 0, lambda _, minute=minute: done.append(minute))
    agenda.run()

    assert done == [8]


def test_a_process_that_waits_for_a_passed_minute_goes_on_now():
    """At minute 5 it waits for minute 3: still minute 5."""
    agenda, seen = Agenda(horizon=10), []

    def process():
        yield agenda.at(5, Code.PLAN, 0)
        yield agenda.at(3, Code.PLAN, 0)
        seen.append(agenda.now)

    agenda.start(process())
    agenda.run()

    assert seen == [5]


def test_a_signal_fires_once():
    """Fired twice at minute 2: whoever waits goes on once, at minute 2."""
    agenda, seen = Agenda(horizon=10), []
    signal = agenda.signal(Code.PLAN, 0)

    def process():
        yield signal
        seen.append(agenda.now)

    agenda.start(process())
    agenda.call(2, Code.ENDING, 0, lambda _: signal.fire())
    agenda.call(2, Code.ENDING, 1, lambda _: signal.fire())
    agenda.run()

    assert seen == [2]


def test_a_model_that_makes_itself_due_without_end_is_stopped(monkeypatch):
    """An entry that is due again at its own minute: after the budget (here 100) an error, not a wait for ever."""
    monkeypatch.setattr(module, "MOST_ENTRIES", 100)
    agenda, times = Agenda(horizon=10), []

    def again(_: object) -> None:
        times.append(agenda.now)
        agenda.call(agenda.now, Code.ENDING, 0, again)

    agenda.call(7, Code.ENDING, 0, again)
    with pytest.raises(SimulationError, match="more than 100 entries on the agenda by minute 7"):
        agenda.run()

    assert times == [7] * 100
