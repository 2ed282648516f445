"""A plan as a readable timetable: phases, serials by month, lift, gates, milestones, assumptions with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posture.model.compiling import compile_plan
from posture.model.outcome import Outcome
from posture.model.plan import VERBS
from posture.scenario.comparing import origins, written
from posture.scenario.conditions import LoadsCondition, StrengthCondition
from posture.scenario.events import Event
from posture.scenario.fields import ALWAYS
from posture.scenario.findings import dotted, printable
from posture.scenario.notation import words
from posture.scenario.part import Entry
from posture.scenario.parts import Lift
from posture.scenario.plans import Drawdown, Gate, Phase, Unless
from posture.scenario.questions import Milestone
from posture.scenario.scenario import Scenario
from posture.study.medians import PlannedMonth, at_medians, planned_months

GAP = "  "
MONTHS = "Planned departures by month, persons (serials), every uncertain value at its median, every gate open"


def timetable(scenario: Scenario) -> str:
    """Return the plan of a scenario as text, in plan order."""
    outcome = at_medians(compile_plan(scenario))
    parts = scenario.parts
    blocks = [
        [scenario.title, f"{parts.start} to {parts.end}, scenario {scenario.hash[:8]}"],
        ["Strength at the start, persons (medians)", *_strengths(outcome)],
        ["Tours", *_tours(scenario)],
        ["Phases", *_phases(scenario)],
        [MONTHS, *_months(planned_months(outcome))],
        ["Lift", *_lift(scenario)],
        ["Stations", *_stations(scenario)],
        ["Regimes", *_regimes(scenario)],
        ["What may befall it", *_events(scenario)],
        ["Gates", *_gates(scenario)],
        ["Milestones", *_milestones(scenario)],
        ["Assumptions", *_assumptions(scenario)],
        ["Variants", *_variants(scenario)],
        ["Sources", *_sources(scenario)],
    ]
    text = "\n\n".join(
        "\n".join([block[0], *(f"  {line}" for line in block[1:])]) for block in blocks if len(block) > 1
    )
    return "\n".join(printable(line) for line in text.split("\n")) + "\n"


def _aligned(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Return rows with their columns lined up, those in `right` at the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(GAP.join(cells).rstrip())
    return lines


def _strengths(outcome: Outcome) -> list[str]:
    plan = outcome.plan
    start = {cell: count for cell, count in outcome.start if count}
    contingents = [
        i for i in range(len(plan.contingents)) if any(plan.cell(i, j) in start for j in range(len(plan.locations)))
    ]
    places = [j for j in range(len(plan.locations)) if any(plan.cell(i, j) in start for i in contingents)]
    rows = [["", *(plan.locations[j].id for j in places), "in all"]]
    for i in contingents:
        counts = [start.get(plan.cell(i, j), 0) for j in places]
        rows.append([plan.contingents[i].id, *(f"{each:,}" if each else "-" for each in counts), f"{sum(counts):,}"])
    return _aligned(rows, right=range(1, len(places) + 2))


def _tours(scenario: Scenario) -> list[str]:
    rows = []
    for name, each in sorted(scenario.parts.contingents.items()):
        if (tours := each.tours) is not None:
            units = f"{words(tours.units)} units of {words(tours.days)} days"
            overlap = f"overlap {words(tours.overlap_days, none='0')} days"
            rows.append([name, units, f"the first ends {tours.first_ends}", overlap])
    return _aligned(rows)


def _phases(scenario: Scenario) -> Iterator[str]:
    for name, phase in sorted(scenario.parts.phases.items()):
        after = f", after {', '.join(phase.after)}" if phase.after else ""
        gated = ", behind its gate" if phase.gate else ""
        yield f"{name}: starts {words(phase.starts)}{after}{gated}"
        rows = [_drawdown(key, each, phase) for key, each in sorted(phase.drawdowns.items())]
        yield from (f"  {line}" for line in _aligned(rows))
        for place, each in sorted(phase.handovers.items()):
            yield f"  hands over {place} after {' and '.join(each.after)}, in {words(each.takes_days)} days"


def _drawdown(name: str, drawdown: Drawdown, phase: Phase) -> list[str]:
    who = f"{', '.join(drawdown.of or ('all',))} at {', '.join(drawdown.at or ('all',))}"
    steps = ", ".join(f"{day}: {words(level)}" for day, level in sorted(drawdown.schedule.items()))
    ways = []
    for place, destination in sorted(drawdown.to.items()):
        share = f" {words(destination.share)}" if destination.share else ""
        through = f" through {' and '.join(destination.through)}" if destination.through else ""
        by = f" by {' or '.join(destination.by)}" if destination.by else ""
        ways.append(f"{place}{share}{through}{by}")
    pace = words(drawdown.pace or phase.pace, none="even")
    margin = words(drawdown.margin_days or phase.margin_days, none="0")
    return [name, who, f"to {steps}", f"pace {pace}", f"margin {margin} days", f"-> {', '.join(ways)}"]


def _months(planned: list[PlannedMonth]) -> list[str]:
    if not planned:
        return []
    drawdowns = sorted({each.drawdown for each in planned})
    months = sorted({each.month for each in planned})
    found = {(each.drawdown, each.month): f"{each.persons:,} ({each.serials})" for each in planned}
    rows = [["", *drawdowns]]
    rows += [[f"{month:%Y-%m}", *(found.get((each, month), "-") for each in drawdowns)] for month in months]
    return _aligned(rows, right=range(1, len(drawdowns) + 1))


def _lift(scenario: Scenario) -> list[str]:
    rows = [
        [
            name,
            f"{words(lift.slots)} slots of {_size(lift)}",
            f"cycle {words(lift.cycle_days)} days",
            f"transit {words(lift.transit_days)} days",
            _provenance(lift),
        ]
        for name, lift in sorted(scenario.parts.lift.items())
    ]
    return _aligned(rows)


def _size(lift: Lift) -> str:
    """Return how many persons, or loads, one serial of a lift may have."""
    sizes = [(lift.seats, "persons"), (lift.loads, "loads")]
    return " or ".join(f"{words(size)} {unit}" for size, unit in sizes if size is not None) or "any size"


def _stations(scenario: Scenario) -> list[str]:
    stations = sorted(scenario.parts.stations.items())
    rows = [
        [name, f"{words(each.slots)} slots", f"{words(each.service_days)} days", _provenance(each)]
        for name, each in stations
    ]
    return _aligned(rows)


def _gates(scenario: Scenario) -> list[str]:
    rows = []
    for name, phase in sorted(scenario.parts.phases.items()):
        gates: list[tuple[str, Gate | None]] = [(name, phase.gate)]
        gates += [(f"{name}.{key}", each.gate) for key, each in sorted(phase.drawdowns.items())]
        rows += [_gate(path, gate) for path, gate in gates if gate is not None]
    return _aligned(rows)


def _gate(path: str, gate: Gate) -> list[str]:
    first = f"first on {gate.first_review}" if gate.first_review else "first when needed"
    passes = f"each passes with {words(gate.passes)}"
    if gate.unless:
        passes += f", unless {' or '.join(_unless(each) for _, each in sorted(gate.unless.items()))}"
    return [path, f"reviewed every {words(gate.review_every_days)} days", first, passes, _provenance(gate)]


def _unless(condition: Unless) -> str:
    """Return what keeps a gate shut, in words."""
    if condition.event is not None:
        within = f" within {words(condition.in_days)} days" if condition.in_days else ""
        return f"{words(condition.at_least, none='1')} of {condition.event}{within}"
    if condition.strength is not None:
        return _limit(condition.strength)
    if condition.regime is not None:
        return f"in {condition.regime}"
    return f"{condition.phase} is done" if condition.phase else f"{condition.handover} is handed over"


def _milestones(scenario: Scenario) -> list[str]:
    ordered = sorted(scenario.parts.milestones.items(), key=lambda each: (_due(each[1]), each[0]))
    return _aligned([[name, _due(each), _question(each), _provenance(each)] for name, each in ordered])


def _due(milestone: Milestone) -> str:
    if milestone.throughout:
        return f"{milestone.throughout[0]} to {milestone.throughout[1]}"
    return f"by {milestone.by}" if milestone.by else "-"


def _question(milestone: Milestone) -> str:
    asked = milestone.strength or milestone.loads
    return _event_asked(milestone) if asked is None else _limit(asked)


def _limit(asked: StrengthCondition | LoadsCondition) -> str:
    who, where = ", ".join(asked.of or ("all",)), ", ".join(asked.at or ("everywhere",))
    limit = f"at most {words(asked.at_most)}" if asked.at_most else f"at least {words(asked.at_least)}"
    return f"{who} at {where}: {limit}"


def _event_asked(milestone: Milestone) -> str:
    """Return what a milestone without a limit asks: a phase, a hand-over, or other milestones."""
    if milestone.phase is not None:
        return f"{milestone.phase} is done"
    if milestone.handover is not None:
        return f"{milestone.handover} is handed over"
    joint = "all" if milestone.all else "any"
    return f"{joint} of {', '.join(milestone.all or milestone.any or ())}"


def _regimes(scenario: Scenario) -> list[str]:
    regimes = scenario.parts.regimes
    rows = []
    for name, state in sorted(regimes.states.items()) if regimes else ():
        stay = f"lasts {words(state.lasts_days)} days" if state.lasts_days else "lasts for good"
        then = ", ".join(f"{other} {words(weight)}" for other, weight in sorted((state.then or {}).items()))
        first = "at the start" if regimes and name == regimes.initial else ""
        rows.append([name, first, stay, f"then {then}" if then else "", _provenance(state)])
    return _aligned(rows)


def _variants(scenario: Scenario) -> list[str]:
    return _aligned([[name, each.title or ""] for name, each in sorted(scenario.parts.variants.items())])


def _events(scenario: Scenario) -> list[str]:
    rows = []
    for name, event in sorted(scenario.parts.events.items()):
        effects = ", ".join(
            f"{key}: {next(verb for verb in VERBS if getattr(each, verb) is not None)}"
            for key, each in sorted(event.effects.items())
        )
        rows.append([name, _how_often(event), effects or "no effect", _provenance(event)])
    return _aligned(rows)


def _how_often(event: Event) -> str:
    """Return when an event may happen, in words."""
    when = f", {event.between[0]} to {event.between[1]}" if event.between else ""
    for unit, rates in (("a day", event.per_day), ("a year", event.per_year)):
        if rates:
            by_regime = ", ".join(
                f"{words(rate)} {unit}" + ("" if key == ALWAYS else f" in {key}") for key, rate in rates.items()
            )
            return by_regime + when
    return f"on {event.on}" if event.on else f"once with {words(event.probability)}{when}"


def _assumptions(scenario: Scenario) -> list[str]:
    rows = [
        [name, words(each.value), each.unit, _provenance(each)]
        for name, each in sorted(scenario.parts.assumptions.items())
    ]
    return _aligned(rows)


def _provenance(entry: Entry) -> str:
    sources = ", ".join(entry.source or ())
    judgement = f"judgement: {entry.judgement}" if entry.judgement else ""
    return "; ".join(each for each in (sources, judgement) if each)


def _sources(scenario: Scenario) -> list[str]:
    rows = [[name, each.date, each.publisher, each.title] for name, each in sorted(scenario.parts.sources.items())]
    return _aligned(rows)


def origin_lines(scenario: Scenario) -> list[str]:
    """Return every value of a scenario with the file and line that set it, by path."""
    rows = [(f"{dotted(path)}: {written(value)}", str(mark)) for path, value, mark in origins(scenario.document)]
    width = min(100, max((len(text) for text, _ in rows), default=0))
    return [printable(f"{text.ljust(width)}  {mark}") for text, mark in rows]
