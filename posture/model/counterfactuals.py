"""Plans with one cause of lateness taken away: what would be if no gate, hold or shortage of lift stood in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from posture.model.plan import EffectPlan, Plan, Use, Value
from posture.scenario.quantities import Plain, Range, bounds

WITHOUT_LIMIT = 1_000_000
"""Slots of a lift or station that is never short of them: more than a replication may have serials."""

EVERYTHING = "everything"
"""The name for all causes taken away together."""


def without(plan: Plan, cause: str) -> Plan:
    """Return a plan with one cause taken away; whatever else is drawn keeps its draws.

    Parameters
    ----------
    cause
        One of `REMOVABLE`, or `EVERYTHING` for all of them.

    Returns
    -------
    Plan
        The same plan, itself, where it has nothing of that cause.

    Raises
    ------
    ValueError
        What cannot be taken away: it is no name of a cause, or, as `plan` and `people`, what all the others act on.

    Notes
    -----
    Draws are pure functions of their streams' names, which nothing here renames. Serials keep their size: a lift or
    station without limit still has its seats. A closed location and one handed over both book `closure`; only effects
    that close are taken away.
    """
    if cause == EVERYTHING:
        for each in REMOVABLE:
            plan = without(plan, each)
        return plan
    if cause not in _REMOVERS:
        raise ValueError(f"found cause {cause!r}, wanted one of {', '.join((*REMOVABLE, EVERYTHING))}")
    altered = _REMOVERS[cause](plan)
    return plan if altered == plan else altered


def _without_gates(plan: Plan) -> Plan:
    phases = tuple(replace(each, gate=None) for each in plan.phases)
    drawdowns = tuple(replace(each, gate=None) for each in plan.drawdowns)
    return replace(plan, phases=phases, drawdowns=drawdowns, gates=())


def _without_verb(verb: str) -> Callable[[Plan], Plan]:
    return lambda plan: _with_effects(plan, lambda each: each.verb != verb)


def _with_effects(plan: Plan, stays: Callable[[EffectPlan], bool]) -> Plan:
    """Return a plan whose events, which happen as before, do only what `stays`."""
    events = tuple(replace(each, effects=tuple(filter(stays, each.effects))) for each in plan.events)
    return replace(plan, events=events)


def _without_slowing(plan: Plan) -> Plan:
    """Return a plan without the hurries that stop a lift or may slow it; those that can only speed it up stay."""
    ranges: dict[str, Range] = {}
    for name, expression in plan.assumptions:
        ranges[name] = bounds(expression, ranges)

    def only_speeds_up(effect: EffectPlan) -> bool:
        return effect.times is not None and bounds(plan.uses[effect.times].expression, ranges)[0] >= 1

    return _with_effects(plan, lambda each: each.verb != "hurry" or only_speeds_up(each))


def _without_room(plan: Plan) -> Plan:
    return replace(plan, locations=tuple(replace(each, capacity=None) for each in plan.locations))


def _without_stations(plan: Plan) -> Plan:
    """Return a plan whose stations take no time and have a slot for everybody."""
    if not any(each.stations for each in plan.queues):
        return plan
    plan, slots = _with_value(plan, WITHOUT_LIMIT)
    plan, none = _with_use(plan)
    stations = tuple(replace(each, slots=slots) for each in plan.stations)
    queues = tuple(replace(each, services=(none,) * len(each.services)) for each in plan.queues)
    return replace(plan, stations=stations, queues=queues)


def _without_short_lift(plan: Plan) -> Plan:
    """Return a plan whose lifts always have a free slot: each serial goes by the one it prefers."""
    if not plan.lifts:
        return plan
    plan, slots = _with_value(_without_slowing(plan), WITHOUT_LIMIT)
    return replace(plan, lifts=tuple(replace(each, slots=slots) for each in plan.lifts))


def _without_travel(plan: Plan) -> Plan:
    """Return a plan in which whoever departs is there; cycles of lift stay as long as they are."""
    if not any(each.transits for each in plan.queues):
        return plan
    plan, none = _with_use(plan)
    return replace(plan, queues=tuple(replace(each, transits=(none,) * len(each.transits)) for each in plan.queues))


def _without_handover_work(plan: Plan) -> Plan:
    """Return a plan whose hand-overs are done as soon as they begin, on open locations."""
    if not plan.handovers:
        return plan
    plan, none = _with_use(plan)
    return replace(plan, handovers=tuple(replace(each, takes=none) for each in plan.handovers))


def _without_overlap(plan: Plan) -> Plan:
    """Return a plan whose units are relieved the minute their tour ends: nobody is there twice."""
    contingents = tuple(
        each if each.tours is None else replace(each, tours=replace(each.tours, overlap=None))
        for each in plan.contingents
    )
    return replace(plan, contingents=contingents)


def _with_value(plan: Plan, number: int) -> tuple[Plan, int]:
    """Return a plan with one more value, a plain count, and its index."""
    value = Value("", Plain(float(number)), "count")
    return replace(plan, values=(*plan.values, value)), len(plan.values)


def _with_use(plan: Plan) -> tuple[Plan, int]:
    """Return a plan with one more use, of no time at all, and its index."""
    return replace(plan, uses=(*plan.uses, Use("", Plain(0.0), "minutes"))), len(plan.uses)


_REMOVERS: dict[str, Callable[[Plan], Plan]] = {
    "gate": _without_gates,
    "hold": _without_verb("hold"),
    "closure": _without_verb("close"),
    "room": _without_room,
    "station": _without_stations,
    "lift": _without_short_lift,
    "travel": _without_travel,
    "handover": _without_handover_work,
    "tour": _without_overlap,
    "reschedule": _without_verb("reschedule"),
    "move": _without_verb("move"),
    "hurry": _without_slowing,
}

REMOVABLE = tuple(_REMOVERS)
"""The causes that can be taken away, in the order of the rules."""
