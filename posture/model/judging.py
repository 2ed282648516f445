"""Conditions on strength and loads, judged against a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from posture.model.ledger import LOADS, Ledger
from posture.model.plan import ConditionPlan
from posture.model.rules import limit_of


def limit(condition: ConditionPlan, once: Sequence[int], at_start: int) -> int:
    """Return the limit of a condition in persons or loads; a percentage is of the same selection at the start."""
    stated = once[condition.limit]
    return limit_of(at_start, stated, at_most=condition.at_most) if condition.percent else stated


def keeps(condition: ConditionPlan, count: int, bound: int) -> bool:
    """Tell whether a count keeps to the limit of a condition."""
    return count <= bound if condition.at_most else count >= bound


def is_true_now(condition: ConditionPlan, once: Sequence[int], ledger: Ledger, start: Mapping[int, int]) -> bool:
    """Tell whether a condition holds now; `start` holds the counts by cell at the start."""
    at_start = sum(start.get(cell, 0) for cell in condition.cells)
    count = sum(
        ledger.standing[cell] if ledger.kind[cell] == LOADS else ledger.persons(cell) for cell in condition.cells
    )
    return keeps(condition, count, limit(condition, once, at_start))
