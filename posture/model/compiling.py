"""From a scenario to a plan: names to indices, dates to minutes, everything in plan order, the order of ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from posture.errors import PlanError
from posture.model.asking import compile_counts, compile_milestones
from posture.model.befalling import compile_events, compile_regimes
from posture.model.plan import (
    ContingentPlan,
    DrawdownPlan,
    EventPlan,
    GatePlan,
    HandoverPlan,
    LocationPlan,
    PhasePlan,
    Plan,
    QueuePlan,
    ServerPlan,
    StepPlan,
    ToursPlan,
    UnlessPlan,
)
from posture.model.tables import Tables
from posture.scenario.clock import minute_of_deadline, minute_of_start
from posture.scenario.fields import AT_TOUR_END
from posture.scenario.findings import dotted
from posture.scenario.parts import Contingent, Lift, Station
from posture.scenario.plans import Drawdown, Gate, Handover, Phase, Unless
from posture.scenario.quantities import Expression, Plain, Quantity, kind_of
from posture.scenario.scenario import Scenario
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import Cell, cells_of

EVEN = Quantity(Plain(1.0), ("exponent",))


def compile_plan(scenario: Scenario) -> Plan:
    """Return the plan of a scenario.

    Raises
    ------
    PlanError
        The scenario has neither phases nor milestones: there is nothing to run for.
    """
    if not scenario.parts.milestones and not scenario.parts.phases:
        raise PlanError(f"{scenario.name!r} has neither phases nor milestones: there is nothing to run")
    return _Compiler(scenario.parts).compile()


class _Compiler:
    """Walks the parts of a scenario once and fills the tables of its plan."""

    def __init__(self, file: ScenarioFile) -> None:
        self.file = file
        self.tables = Tables(file)
        self.lifts = sorted(file.lift)
        self.stations = sorted(file.stations)
        self.events = sorted(file.events)
        self.phases = sorted(file.phases)
        self.gates: list[GatePlan] = []
        self.drawdowns: list[DrawdownPlan] = []
        self.handovers: list[HandoverPlan] = []
        self.queues: list[QueuePlan] = []

    def compile(self) -> Plan:
        file, tables = self.file, self.tables
        locations = tuple(self.location(name) for name in tables.locations)
        contingents = tuple(self.contingent(name, file.contingents[name]) for name in tables.contingents)
        lifts = tuple(self.server(file.lift[name], "lift", name) for name in self.lifts)
        stations = tuple(self.server(file.stations[name], "stations", name) for name in self.stations)
        regimes = compile_regimes(tables)
        phases = tuple(self.phase(name) for name in self.phases)
        drawdown_ids = [each.id for each in self.drawdowns]
        events = compile_events(tables, lifts=self.lifts, phases=self.phases, drawdowns=drawdown_ids)
        milestones = compile_milestones(tables, phases=self.phases)
        holdable = tuple(
            any(index in each.drawdowns for event in events for each in event.effects if each.verb == "hold")
            for index in range(len(self.drawdowns))
        )
        queues = tuple(self.with_concerns(each, is_holdable=holdable[each.drawdown]) for each in self.queues)
        return Plan(
            name=file.name,
            origin=file.start,
            begins=0 if file.as_of is None else minute_of_start(file.as_of.day, origin=file.start),
            horizon=minute_of_deadline(file.end, origin=file.start),
            as_of=compile_counts(tables),
            assumptions=tables.assumptions,
            values=tuple(tables.values),
            uses=tuple(tables.uses),
            shares=tuple(tables.shares),
            paces=tuple(tables.paces),
            locations=locations,
            contingents=contingents,
            lifts=lifts,
            stations=stations,
            regimes=regimes,
            initial_regime=tables.regimes.index(file.regimes.initial) if file.regimes else None,
            events=events,
            gates=tuple(self.gates),
            phases=phases,
            drawdowns=tuple(self.drawdowns),
            handovers=tuple(self.handovers),
            queues=queues,
            **self.wiring(queues),
            holdable=holdable,
            closable=tuple(self.may_close(place, events) for place in range(len(locations))),
            conditions=tuple(tables.conditions),
            milestones=milestones,
        )

    def wiring(self, queues: Sequence[QueuePlan]) -> dict[str, tuple[tuple[int, ...], ...]]:
        """Return which queues have to do with each cell, lift, station and location."""
        cells = range(len(self.tables.contingents) * len(self.tables.locations))
        members = {
            "leaving": (cells, [{each.cell} for each in queues]),
            "refilling": (cells, [set(self.drawdowns[each.drawdown].cells) for each in queues]),
            "using": (range(len(self.lifts)), [set(each.lifts) for each in queues]),
            "passing": (range(len(self.stations)), [set(each.stations) for each in queues]),
            "touching": (range(len(self.tables.locations)), [{each.location, each.destination} for each in queues]),
        }
        return {
            name: tuple(tuple(i for i, each in enumerate(sets) if one in each) for one in every)
            for name, (every, sets) in members.items()
        }

    def may_close(self, place: int, events: Sequence[EventPlan]) -> bool:
        """Tell whether an effect may ever close a location, or the plan hand it over."""
        closers = [(event, each) for event in events for each in event.effects if each.verb == "close"]
        closed = any(
            place == each.location or (each.location is None and place in event.locations) for event, each in closers
        )
        return closed or any(each.location == place for each in self.handovers)

    def location(self, name: str) -> LocationPlan:
        part = self.file.locations[name]
        limit = None if part.outside else part.capacity
        capacity = self.tables.value_or_none(limit, "count", "locations", name, "capacity")
        return LocationPlan(name, part.name or part.title or name, part.outside, capacity)

    def contingent(self, name: str, part: Contingent) -> ContingentPlan:
        tables = self.tables
        places = sorted(part.at)
        size, field = (part.loads, "loads") if part.loads is not None else (part.personnel, "personnel")
        assert size is not None, "refused by the checks"
        return ContingentPlan(
            id=name,
            label=part.title or name,
            is_loads=part.loads is not None,
            counted=part.counted,
            size=tables.value(size, "count", "contingents", name, field),
            locations=tuple(tables.locations.index(place) for place in places),
            weights=tables.weights(
                [(dotted(("contingents", name, "at", place)), part.at[place].expression) for place in places]
            ),
            tours=self.tours(name, part),
        )

    def tours(self, name: str, part: Contingent) -> ToursPlan | None:
        tours, tables = part.tours, self.tables
        if tours is None:
            return None
        path = ("contingents", name, "tours")
        return ToursPlan(
            first_ends=minute_of_start(tours.first_ends, origin=self.file.start),
            length=tables.value(tours.days, "minutes", *path, "days"),
            units=tables.value(tours.units, "count", *path, "units"),
            overlap=tables.value_or_none(tours.overlap_days, "minutes", *path, "overlap_days"),
        )

    def server(self, part: Lift | Station, section: str, name: str) -> ServerPlan:
        tables = self.tables
        return ServerPlan(
            id=name,
            slots=tables.value(part.slots, "count", section, name, "slots"),
            seats=tables.value_or_none(part.seats, "count", section, name, "seats"),
            loads=tables.value_or_none(part.loads, "count", section, name, "loads"),
        )

    def gate(self, gate: Gate | None, *path: str) -> int | None:
        if gate is None:
            return None
        place, first = dotted(path), gate.first_review
        review = self.tables.chance(gate.passes, f"{place}.gate", by="review", kind="passes")
        assert review is not None, "a gate states its chance"
        self.gates.append(
            GatePlan(
                path=place,
                every=self.tables.value(gate.review_every_days, "minutes", *path, "gate", "review_every_days"),
                review=review,
                first_review_at=None if first is None else minute_of_start(first, origin=self.file.start),
                unless=tuple(
                    self.unless(gate.unless[key], *path, "gate", "unless", key) for key in sorted(gate.unless)
                ),
            )
        )
        return len(self.gates) - 1

    def unless(self, part: Unless, *path: str) -> UnlessPlan:
        tables = self.tables
        return UnlessPlan(
            event=None if part.event is None else self.events.index(part.event),
            at_least=tables.value_or_none(part.at_least, "count", *path, "at_least"),
            within=tables.value_or_none(part.in_days, "minutes", *path, "in_days"),
            regime=None if part.regime is None else tables.regimes.index(part.regime),
            condition=None if part.strength is None else tables.condition(part.strength, *path, "strength"),
            phase=None if part.phase is None else self.phases.index(part.phase),
            location=None if part.handover is None else tables.locations.index(part.handover),
        )

    def phase(self, name: str) -> PhasePlan:
        phase = self.file.phases[name]
        index = self.phases.index(name)
        gate = self.gate(phase.gate, "phases", name)
        drawdowns = tuple(self.drawdown(name, phase, key) for key in sorted(phase.drawdowns))
        handovers = tuple(self.handover(index, name, key, phase.handovers[key]) for key in sorted(phase.handovers))
        return PhasePlan(
            id=name,
            label=phase.title or name,
            starts=self.tables.value(phase.starts, "instant", "phases", name, "starts"),
            after=tuple(sorted(self.phases.index(each) for each in phase.after or ())),
            gate=gate,
            drawdowns=drawdowns,
            handovers=handovers,
        )

    def handover(self, phase: int, phase_name: str, location: str, part: Handover) -> int:
        people = self.tables.cells(None, [location], loads=False) if "personnel" in part.after else ()
        loads = self.tables.cells(None, [location], loads=True) if "loads" in part.after else ()
        stream = dotted(("phases", phase_name, "handovers", location, "takes_days"))
        takes = self.tables.use(part.takes_days.expression, "minutes", stream)
        self.handovers.append(HandoverPlan(phase, self.tables.locations.index(location), people + loads, takes))
        return len(self.handovers) - 1

    def drawdown(self, phase_name: str, phase: Phase, key: str) -> int:
        drawdown, tables = phase.drawdowns[key], self.tables
        path = ("phases", phase_name, "drawdowns", key)
        index = len(self.drawdowns)
        cells = cells_of(self.file, drawdown.of, drawdown.at)
        destinations = sorted(drawdown.to)
        shares = [(dotted((*path, "to", each, "share")), _share(drawdown, each)) for each in destinations]
        queues = tuple(
            tuple(self.queue(index, f"{phase_name}.{key}", cell, each, drawdown) for each in destinations)
            for cell in cells
        )
        self.drawdowns.append(
            DrawdownPlan(
                id=f"{phase_name}.{key}",
                phase=self.phases.index(phase_name),
                cells=tuple(tables.cell(cell) for cell in cells),
                ranks=_ranks([location for _, location in cells], drawdown.order),
                destinations=tuple(tables.locations.index(each) for each in destinations),
                shares=tables.weights(shares),
                steps=self.steps(drawdown, path),
                pace=self.pace(drawdown, phase, path),
                margin=self.margin(drawdown, phase, path),
                gate=self.gate(drawdown.gate, *path),
                serial_size=tables.value_or_none(drawdown.serial_persons, "count", *path, "serial_persons"),
                queues=queues,
            )
        )
        return index

    def queue(self, drawdown: int, name: str, cell: Cell, destination: str, part: Drawdown) -> int:
        contingent, location = cell
        queue = f"{name}/{contingent}/{location}/{destination}"
        by, through = part.to[destination].by or (), part.to[destination].through or ()
        use, lift = self.tables.use, self.file.lift
        self.queues.append(
            QueuePlan(
                name=queue,
                drawdown=drawdown,
                contingent=self.tables.contingents.index(contingent),
                location=self.tables.locations.index(location),
                destination=self.tables.locations.index(destination),
                cell=self.tables.cell(cell),
                arrival_cell=self.tables.cell((contingent, destination)),
                lifts=tuple(self.lifts.index(each) for each in by),
                transits=tuple(
                    use(lift[each].transit_days.expression, "minutes", f"lift.{each}.transit_days/{queue}")
                    for each in by
                ),
                cycles=tuple(
                    use(lift[each].cycle_days.expression, "minutes", f"lift.{each}.cycle_days/{queue}") for each in by
                ),
                stations=tuple(self.stations.index(each) for each in through),
                services=tuple(
                    use(
                        self.file.stations[each].service_days.expression,
                        "minutes",
                        f"stations.{each}.service_days/{queue}",
                    )
                    for each in through
                ),
            )
        )
        return len(self.queues) - 1

    def with_concerns(self, queue: QueuePlan, *, is_holdable: bool) -> QueuePlan:
        names = self.tables.locations
        limited = {i for i, name in enumerate(names) if self.file.locations[name].capacity is not None}
        places = limited & {queue.location, queue.destination}
        concerns = _which(
            self.queues,
            lambda other: (
                other.name != queue.name
                and (
                    other.cell == queue.cell
                    or (is_holdable and other.drawdown == queue.drawdown)
                    or other.destination in places
                )
            ),
        )
        return replace(queue, concerns=concerns)

    def steps(self, drawdown: Drawdown, path: tuple[str, ...]) -> tuple[StepPlan, ...]:
        steps = []
        for day in sorted(drawdown.schedule):
            level = drawdown.schedule[day]
            percent = kind_of(level.expression, self.tables.kinds) == "percent"
            index = self.tables.value(level, "millionths" if percent else "count", *path, "schedule", day.isoformat())
            steps.append(StepPlan(minute_of_deadline(day, origin=self.file.start), index, percent))
        return tuple(steps)

    def pace(self, drawdown: Drawdown, phase: Phase, path: tuple[str, ...]) -> int | None:
        pace, own = (drawdown.pace, path) if drawdown.pace is not None else (phase.pace, path[:2])
        if pace == AT_TOUR_END:
            return None
        return self.tables.pace(EVEN if pace is None or isinstance(pace, str) else pace, *own, "pace")

    def margin(self, drawdown: Drawdown, phase: Phase, path: tuple[str, ...]) -> int | None:
        if drawdown.margin_days is not None:
            return self.tables.value(drawdown.margin_days, "minutes", *path, "margin_days")
        return self.tables.value_or_none(phase.margin_days, "minutes", *path[:2], "margin_days")


def _share(drawdown: Drawdown, destination: str) -> Expression:
    share = drawdown.to[destination].share
    return Plain(1.0) if share is None else share.expression


def _which(queues: Sequence[QueuePlan], wanted: Callable[[QueuePlan], bool]) -> tuple[int, ...]:
    return tuple(index for index, each in enumerate(queues) if wanted(each))


def _ranks(locations: Sequence[str], order: Sequence[str] | None) -> tuple[int, ...]:
    """Return the rank of each cell in `order`; those it does not name come after, alike."""
    names = list(order or ())
    return tuple(names.index(each) if each in names else len(names) for each in locations)
