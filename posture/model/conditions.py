"""What must hold for a serial to depart, in the order in which it is asked: the first that fails is the cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from posture.model.plan import Plan
from posture.model.queues import Queue, Serial

if TYPE_CHECKING:
    from posture.model.dispatch import Dispatch


class Condition(NamedTuple):
    """One condition: the cause a serial waits for while it fails, and which queues it can ever fail for."""

    cause: str
    holds: Callable[[Queue, Serial, Dispatch], bool]
    concerns: Callable[[Queue, Plan], bool]


def gate_has_passed(queue: Queue, _: Serial, __: Dispatch) -> bool:
    """Tell whether the drawdown's gate has passed; the phase's has, or nobody would have been counted."""
    return queue.gate is None or queue.gate.passed_at is not None


def somebody_is_free_to_go(queue: Queue, _: Serial, dispatch: Dispatch) -> bool:
    """Tell whether no hold is in force, or those that keep some leave somebody free to go."""
    return dispatch.free_to_go(queue.plan.drawdown) > 0


def enough_stand_there(queue: Queue, serial: Serial, dispatch: Dispatch) -> bool:
    """Tell whether as many stand there as the serial takes: some may still be on the road."""
    return dispatch.ledger.standing[queue.plan.cell] >= dispatch.takes(queue, serial)


def both_ends_are_open(queue: Queue, _: Serial, dispatch: Dispatch) -> bool:
    """Tell whether origin and destination are open, and the destination is not handed over."""
    restrictions, plan = dispatch.restrictions, queue.plan
    return not (
        restrictions.is_closed(plan.location)
        or restrictions.is_closed(plan.destination)
        or restrictions.handed_over[plan.destination]
    )


def destination_has_room(queue: Queue, serial: Serial, dispatch: Dispatch) -> bool:
    """Tell whether those there, those on the way and the serial fit in."""
    ledger, place = dispatch.ledger, queue.plan.destination
    wanted = ledger.present[place] + ledger.bound_for[place] + dispatch.takes(queue, serial)
    return queue.capacity is None or wanted <= queue.capacity


def stations_are_passed(queue: Queue, serial: Serial, _: Dispatch) -> bool:
    """Tell whether the serial has passed all its stations."""
    return serial.passed == len(queue.plan.stations)


def a_slot_is_free(queue: Queue, _: Serial, dispatch: Dispatch) -> bool:
    """Tell whether one of the queue's lifts has a free slot."""
    return dispatch.free_lift(queue) is not None


def _may_be_closed(queue: Queue, plan: Plan) -> bool:
    return plan.closable[queue.plan.location] or plan.closable[queue.plan.destination]


CONDITIONS: tuple[Condition, ...] = (
    Condition("gate", gate_has_passed, lambda queue, _: queue.gate is not None),
    Condition("hold", somebody_is_free_to_go, lambda queue, plan: plan.holdable[queue.plan.drawdown]),
    Condition("people", enough_stand_there, lambda *_: True),
    Condition("closure", both_ends_are_open, _may_be_closed),
    Condition("room", destination_has_room, lambda queue, _: queue.capacity is not None),
    Condition("station", stations_are_passed, lambda queue, _: bool(queue.plan.stations)),
    Condition("lift", a_slot_is_free, lambda queue, _: bool(queue.plan.lifts)),
)

CAUSES = ("phase", *(each.cause for each in CONDITIONS))
"""Every cause, in the order of the rules; `phase` comes before there is a serial to ask about."""


def conditions_of(queue: Queue, plan: Plan) -> tuple[Condition, ...]:
    """Return the conditions that can ever fail for a queue's serials."""
    return tuple(each for each in CONDITIONS if each.concerns(queue, plan))


def find_cause(conditions: Sequence[Condition], queue: Queue, serial: Serial, dispatch: Dispatch) -> str | None:
    """Return what a due serial waits for, or None if it departs now."""
    for cause, holds, _ in conditions:
        if not holds(queue, serial, dispatch):
            return cause
    return None
