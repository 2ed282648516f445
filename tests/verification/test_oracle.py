"""The engine against the rules written down a second time: every serial, change, review and wait."""

from __future__ import annotations

import pytest
from generated import contents, play_content
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Oracle, goes_round

from posture.model.outcome import Outcome

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

comparable = contents().filter(lambda content: not goes_round(content))


def record(outcome: Outcome) -> dict[str, object]:
    """Return what the engine found, in the words of the oracle."""
    plan = outcome.plan
    serials = {}
    for index, queue in enumerate(outcome.queues):
        for each in queue.gone + queue.waiting:
            lift = None if each.lift is None else plan.lifts[each.lift].id
            waits = outcome.waits(index, each) if each.planned_at < plan.horizon else {}
            serials[plan.queues[index].name, each.number] = (
                each.size,
                each.planned_at,
                each.departed_at,
                each.arrives_at,
                lift,
                waits,
            )
    changes = {}
    for minute, cell, _, change in outcome.changes:
        who, where = plan.cell_names(cell)
        changes[minute, where, who] = change
    return {
        "serials": serials,
        "changes": changes,
        "phases": {
            part.id: (each.ready_at, each.started_at, each.done_at)
            for part, each in zip(plan.phases, outcome.phases, strict=True)
        },
        "drawdowns": list(outcome.drawdowns_done_at),
        "reviews": {gate.path: list(each) for gate, each in zip(plan.gates, outcome.reviews, strict=True)},
    }


def expected(oracle: Oracle) -> dict[str, object]:
    """Return what the oracle found."""
    serials = {
        (oracle.queue_name(each), each.number): (
            each.size,
            each.planned,
            each.departed,
            each.arrives,
            each.lift,
            {cause: minutes for cause, minutes in each.waits.items() if minutes and cause is not None},
        )
        for each in oracle.parties
    }
    return {
        "serials": serials,
        "changes": {key: change for key, change in oracle.changes.items() if change},
        "phases": {each.name: (each.ready, each.started, each.done) for each in oracle.phases},
        "drawdowns": [each.done for each in oracle.drawdowns],
        "reviews": {each.path: each.reviews for each in oracle.gates},
    }


@settings(max_examples=120, deadline=None, suppress_health_check=CHECKS)
@given(content=comparable, seed=st.integers(0, 50), replication=st.integers(0, 3))
def test_engine_and_rules_agree_on_every_serial(content, seed, replication):
    """Queues, lifts with preferences, capacity, gates, phases in turn, latecomers: the same to the minute."""
    outcome = play_content(content, seed=seed, replication=replication)
    oracle = Oracle(content, seed=seed, replication=replication).run()

    found, wanted = record(outcome), expected(oracle)

    for part in wanted:
        assert found[part] == wanted[part], part


@pytest.mark.nightly
@settings(max_examples=5000, deadline=None, suppress_health_check=CHECKS)
@given(content=comparable, seed=st.integers(0, 10_000), replication=st.integers(0, 3))
def test_engine_and_rules_agree_on_many_more(content, seed, replication):
    """The same over 5,000 scenarios."""
    outcome = play_content(content, seed=seed, replication=replication)
    oracle = Oracle(content, seed=seed, replication=replication).run()

    assert record(outcome) == expected(oracle)
