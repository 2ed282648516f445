"""The rules of the model once more, slowly and by the page: what the engine is compared with.

It knows nothing of the engine: it reads the content of a file (as `generated` makes it: plain numbers, percentages,
`choice` and ISO dates), looks at every queue, phase and gate at every minute at which anything can happen, and does the
first thing that is due, then looks again from the top. Of the package it uses the uniforms alone.

Present scope: phases, gates, steps, latecomers, order, shares, lifts, capacity; no events, tours, stations or sites.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor

from posture.model.streams import uniforms

DAY = 1440
PACES = {"early": 1 / 3, "even": 1.0, "late": 3.0}

Name = str
Cell = tuple[Name, Name]
"""(contingent, location)."""


def half_away(value: float) -> int:
    """Round to a whole number, halves away from zero; nothing here is negative."""
    return floor(value) + (value - floor(value) >= 0.5)


def share_out(total: int, weights: list[int] | list[Fraction]) -> list[int]:
    """Apportion by largest remainder in exact fractions, ties to the earlier."""
    quotas = [Fraction(total) * each / sum(weights) for each in weights]
    parts = [floor(each) for each in quotas]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def pace_points(pace: float) -> list[int]:
    """Return when the share i / 1000 of a step has gone, in millionths of its time."""
    return [min(half_away(10**6 * (i / 1000) ** (1 / pace)), 999_999) for i in range(1000)] + [10**6]


@dataclass
class Party:
    """A serial: persons that travel together."""

    queue: tuple[int, int, int]
    number: int
    size: int
    planned: int
    counted: int
    departed: int | None = None
    arrives: int | None = None
    lift: Name | None = None
    waits: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class GateLog:
    """A gate: what it says, when it was reviewed and when it is next."""

    path: str
    passes: float
    every: int
    first: int | None
    reviews: list[tuple[int, bool]] = field(default_factory=list)
    next_at: int | None = None

    @property
    def passed_at(self) -> int | None:
        """The minute of the review that passed."""
        return next((minute for minute, passed in self.reviews if passed), None)


@dataclass
class PhaseLog:
    """A phase and its instants."""

    name: Name
    starts: int
    after: list[Name]
    gate: GateLog | None
    ready: int | None = None
    started: int | None = None
    done: int | None = None


@dataclass
class DrawdownLog:
    """A drawdown, its steps and what its counts found."""

    name: str
    phase: PhaseLog
    cells: list[Cell]
    order: list[Name]
    destinations: list[Name]
    shares: list[int]
    ways: list[list[Name]]
    begins: list[int]
    ends: list[int]
    levels: list[tuple[bool, int]]
    points: list[int]
    gate: GateLog | None
    serial_persons: int | None
    counted: int = 0
    first_found: int | None = None
    left: int = 0
    given: list[int] = field(default_factory=list)
    recount: bool = False
    done: int | None = None


class Oracle:
    """One replication, played by the page of rules."""

    def __init__(self, content: dict, *, seed: int, replication: int) -> None:
        self.content, self.seed, self.replication = content, seed, replication
        self.origin = date.fromisoformat(content["start"])
        self.horizon = self.minute(content["end"]) + DAY
        self.locations = sorted(content["locations"])
        self.capacity = {
            name: part.get("capacity")
            for name, part in content["locations"].items()
            if not part.get("outside") and part.get("capacity") is not None
        }
        self.standing: dict[Cell, int] = defaultdict(int)
        self.coming: dict[Cell, int] = defaultdict(int)
        self.changes: dict[tuple[int, Name, Name], int] = defaultdict(int)
        for who, part in sorted(content["contingents"].items()):
            places = sorted(part["at"])
            weights = share_out(10**6, [Fraction(part["at"][each]) for each in places])
            for where, count in zip(places, share_out(part["personnel"], weights), strict=True):
                self.change(0, (who, where), count)
        lifts = content.get("lift", {})
        self.slots = {name: lifts[name]["slots"] for name in lifts}
        self.busy: list[tuple[int, Name]] = []
        self.road: list[tuple[int, Cell, int]] = []
        self.phases: list[PhaseLog] = []
        self.drawdowns: list[DrawdownLog] = []
        for name in sorted(content["phases"]):
            self.read_phase(name, content["phases"][name])
        self.gates = [each.gate for each in [*self.phases, *self.drawdowns] if each.gate]
        self.parties: list[Party] = []
        """Rules whose order decided something at some minute, and which the engine is known to read otherwise."""
        self.now = 0

    # ----- reading the file

    def minute(self, day: str) -> int:
        """Return 00:00 of a date."""
        return (date.fromisoformat(day) - self.origin).days * DAY

    def uniform(self, stream: str, index: int) -> float:
        """Return one uniform of a stream."""
        return float(uniforms(self.seed, stream, first=self.replication, replications=1, first_index=index)[0, 0])

    def number(self, quantity: object, stream: str, index: int) -> float:
        """Return a plain number, or the value that a choice takes at a uniform."""
        if not isinstance(quantity, dict):
            return float(quantity)
        weights = {float(key): weight for key, weight in quantity["choice"].items()}
        point, running = self.uniform(stream, index) * sum(weights.values()), 0.0
        for value in sorted(weights):
            running += weights[value]
            if point < running:
                return value
        return max(weights)

    def minutes(self, quantity: object, stream: str, index: int) -> int:
        """Return days as whole minutes."""
        return half_away(self.number(quantity, stream, index) * DAY)

    def read_gate(self, part: dict | None, path: str) -> GateLog | None:
        """Read a gate."""
        if part is None:
            return None
        every = max(1, self.minutes(part["review_every_days"], f"{path}.gate.review_every_days", 0))
        first = self.minute(part["first_review"]) if "first_review" in part else None
        return GateLog(path, part["passes"], every, first, next_at=first)

    def read_phase(self, name: Name, part: dict) -> None:
        """Read a phase and its drawdowns."""
        path = f"phases.{name}"
        phase = PhaseLog(
            name, max(0, self.minute(part["starts"])), part.get("after", []), self.read_gate(part.get("gate"), path)
        )
        self.phases.append(phase)
        for key in sorted(part["drawdowns"]):
            self.read_drawdown(phase, key, part["drawdowns"][key], part)

    def read_drawdown(self, phase: PhaseLog, key: Name, part: dict, phase_part: dict) -> None:
        """Read a drawdown: its steps follow one another without gaps."""
        path = f"phases.{phase.name}.drawdowns.{key}"
        margin = half_away(part.get("margin_days", phase_part.get("margin_days", 0)) * DAY)
        begins, ends, levels = [], [], []
        begin = phase.starts
        for day in sorted(part["schedule"]):
            begins.append(begin)
            begin = max(begin, self.minute(day) + DAY - margin)
            ends.append(begin)
            level = part["schedule"][day]
            is_percent = isinstance(level, str)
            levels.append((is_percent, half_away(float(level.rstrip("%")) * 10**4) if is_percent else level))
        pace = part.get("pace", phase_part.get("pace", "even"))
        destinations = sorted(part["to"])
        self.drawdowns.append(
            DrawdownLog(
                name=f"{phase.name}.{key}",
                phase=phase,
                cells=[(who, where) for who in sorted(part["of"]) for where in sorted(part["at"])],
                order=part.get("order", []),
                destinations=destinations,
                shares=share_out(10**6, [Fraction(str(part["to"][each].get("share", 1))) for each in destinations]),
                ways=[part["to"][each].get("by", []) for each in destinations],
                begins=begins,
                ends=ends,
                levels=levels,
                points=pace_points(PACES.get(pace, pace) if isinstance(pace, str) else pace),
                gate=self.read_gate(part.get("gate"), path),
                serial_persons=part.get("serial_persons"),
                given=[0] * len(destinations),
            )
        )

    # ----- the agenda

    def run(self) -> Oracle:
        """Do everything that is due, minute by minute, up to the horizon."""
        while self.now < self.horizon:
            while self.do_first_thing():
                pass
            then = min((each for each in self.instants() if each > self.now), default=self.horizon)
            self.book_waits(min(then, self.horizon))
            self.now = then
        return self

    def do_first_thing(self) -> bool:
        """Do the first thing that is due now, by its code; tell whether there was one."""
        codes = (
            self.end_something,
            self.start_phase,
            self.count_step,
            self.finish_drawdown,
            self.finish_phase,
            self.review,
            self.depart,
        )
        return any(each() for each in codes)

    def instants(self) -> list[int]:
        """Return every minute at which something is known to fall due."""
        found = [each for each, *_ in self.road] + [each for each, _ in self.busy]
        found += [each.starts for each in self.phases] + [each for one in self.drawdowns for each in one.begins]
        found += [each.planned for each in self.parties if each.departed is None]
        found += [each.next_at for each in self.gates if each.next_at is not None and each.passed_at is None]
        return found

    # ----- code 1

    def end_something(self) -> bool:
        """Let what is on the road arrive and free a slot."""
        for trip in self.road:
            minute, cell, size = trip
            if minute <= self.now:
                self.road.remove(trip)
                self.coming[cell] -= size
                self.change(self.now, cell, size)
                self.call_for_recount(cell)
                return True
        for slot in self.busy:
            if slot[0] <= self.now:
                self.busy.remove(slot)
                return True
        return False

    def change(self, minute: int, cell: Cell, count: int) -> None:
        """Change who stands in a cell, and write it down."""
        self.standing[cell] += count
        self.changes[minute, cell[1], cell[0]] += count

    def call_for_recount(self, cell: Cell) -> None:
        """Latecomers fall to the drawdown whose last step has begun and whose phase started last."""
        takers = [each for each in self.drawdowns if cell in each.cells and each.counted == len(each.begins)]
        if takers:
            latest = max(each.phase.started for each in takers)
            [each for each in takers if each.phase.started == latest][-1].recount = True

    # ----- code 5

    def start_phase(self) -> bool:
        """Start a phase whose date has come, whose predecessors are done and whose gate has passed."""
        for phase in self.phases:
            before = [each for each in self.phases if each.name in phase.after]
            if phase.started is None and phase.starts <= self.now and all(each.done is not None for each in before):
                if phase.ready is None:
                    phase.ready = self.now
                if phase.gate is None or phase.gate.passed_at is not None:
                    phase.started = self.now
                    return True
        return False

    def count_step(self) -> bool:
        """Count a step that has begun in a phase that has started, or the latecomers of a drawdown."""
        for drawdown in self.drawdowns:
            position = drawdown.counted
            if drawdown.phase.started is None:
                continue
            if position < len(drawdown.begins) and drawdown.begins[position] <= self.now:
                drawdown.counted += 1
                self.count(drawdown, position, drawdown.begins[position], drawdown.ends[position])
                return True
            if drawdown.recount:
                drawdown.recount = False
                self.count(drawdown, position - 1, self.now, self.now)
                return True
        return False

    def count(self, drawdown: DrawdownLog, position: int, begin: int, end: int) -> None:
        """Count who is there, share them out and plan their serials."""
        to_go = defaultdict(int)
        for each in self.parties:
            if each.departed is None:
                to_go[self.cell_of(each)] += each.size
        found = [self.standing[cell] + self.coming[cell] - to_go[cell] for cell in drawdown.cells]
        if drawdown.first_found is None:
            drawdown.first_found = sum(found)
        is_percent, level = drawdown.levels[position]
        if is_percent:
            level = half_away(Fraction(drawdown.first_found * level, 10**6))
        leavers = max(0, sum(found) - level)
        row = []
        for i, part in enumerate(self.by_cell(drawdown, found, leavers)):
            where = drawdown.cells[i][1]
            rank = drawdown.order.index(where) if where in drawdown.order else len(drawdown.order)
            for j, persons in enumerate(self.by_destination(drawdown, part)):
                size = self.full_serial(drawdown, j) or max(1, persons)
                sizes = [size] * (persons // size) + [persons % size] * (persons % size > 0)
                queue = (self.drawdowns.index(drawdown), i, j)
                row += [(rank, Fraction(2 * k + 1, len(sizes)), queue, each) for k, each in enumerate(sizes)]
        for j, (_, _, queue, size) in enumerate(sorted(row), start=1):
            number = sum(each.queue == queue for each in self.parties)
            planned = begin + self.time_on_line(end - begin, drawdown.points, j, len(row))
            self.parties.append(self.with_past_waits(Party(queue, number, size, planned, self.now), drawdown.phase))

    def by_cell(self, drawdown: DrawdownLog, found: list[int], leavers: int) -> list[int]:
        """Apportion leavers to cells; with an order, place by place."""
        parts = [0] * len(found)
        groups = [[i for i, cell in enumerate(drawdown.cells) if cell[1] == each] for each in drawdown.order]
        groups.append([i for i, cell in enumerate(drawdown.cells) if cell[1] not in drawdown.order])
        for group in groups:
            people = min(leavers, sum(found[i] for i in group))
            if people:
                for i, part in zip(group, share_out(people, [found[i] for i in group]), strict=True):
                    parts[i] = part
                leavers -= people
        return parts

    def by_destination(self, drawdown: DrawdownLog, persons: int) -> list[int]:
        """Apportion a cell's leavers by what each destination lacks of its share of all so far."""
        if not persons:
            return [0] * len(drawdown.shares)
        drawdown.left += persons
        lacking = [
            max(0, share * drawdown.left - 10**6 * given)
            for share, given in zip(drawdown.shares, drawdown.given, strict=True)
        ]
        parts = share_out(persons, lacking)
        drawdown.given = [given + part for given, part in zip(drawdown.given, parts, strict=True)]
        return parts

    def full_serial(self, drawdown: DrawdownLog, destination: int) -> int | None:
        """Return the size of a full serial; None: all in one."""
        by = drawdown.ways[destination]
        seats = [self.content["lift"][each]["seats"] for each in by if "seats" in self.content["lift"][each]]
        return min(seats, default=None) if by else drawdown.serial_persons

    @staticmethod
    def time_on_line(duration: int, points: list[int], j: int, n: int) -> int:
        """Return when the line passes the middle of the j-th of n serials, minutes from the step's begin."""
        i, rest = divmod(500 * (2 * j - 1), n)
        return duration * (points[i] * n + (points[i + 1] - points[i]) * rest) // (10**6 * n)

    def with_past_waits(self, party: Party, phase: PhaseLog) -> Party:
        """Book what a serial planned in the past has waited for: the phase, then its gate."""
        if party.planned < phase.ready:
            party.waits["phase"] += phase.ready - party.planned
        if max(party.planned, phase.ready) < phase.started:
            party.waits["gate"] += phase.started - max(party.planned, phase.ready)
        return party

    def finish_drawdown(self) -> bool:
        """Finish a drawdown whose last step is counted and that has nobody to go."""
        for index, drawdown in enumerate(self.drawdowns):
            ahead = any(each.queue[0] == index and each.departed is None for each in self.parties)
            if drawdown.done is None and drawdown.counted == len(drawdown.begins) and not ahead:
                drawdown.done = self.now
                return True
        return False

    def finish_phase(self) -> bool:
        """Finish a phase that has started and whose drawdowns are done."""
        for phase in self.phases:
            parts = [each.done for each in self.drawdowns if each.phase is phase]
            if phase.started is not None and phase.done is None and None not in parts:
                phase.done = self.now
                return True
        return False

    # ----- code 6

    def review(self) -> bool:
        """Review a gate: on its day, or when it is first needed, then every so often until it passes."""
        for gate in self.gates:
            due = self.is_needed(gate) if gate.next_at is None else gate.next_at <= self.now
            if gate.passed_at is None and due:
                drawn = self.uniform(f"{gate.path}.gate.review", len(gate.reviews)) < gate.passes
                gate.reviews.append((self.now, drawn))
                gate.next_at = self.now + gate.every
                return True
        return False

    def is_needed(self, gate: GateLog) -> bool:
        """Tell whether all but the gate is fulfilled: of a phase, or of a drawdown with a serial due."""
        if any(each.gate is gate and each.ready is not None for each in self.phases):
            return True
        return any(self.drawdowns[each.queue[0]].gate is gate for each in self.parties if self.is_due(each))

    # ----- code 7

    def cell_of(self, party: Party) -> Cell:
        """Return the cell a serial leaves."""
        drawdown, cell, _ = party.queue
        return self.drawdowns[drawdown].cells[cell]

    def is_due(self, party: Party) -> bool:
        """Tell whether a serial is still to go and planned by now."""
        return party.departed is None and party.planned <= self.now

    def heads(self) -> list[Party]:
        """Return the first due serial of each queue, in the order in which they are asked."""
        first: dict[tuple[int, int, int], Party] = {}
        for party in sorted(self.parties, key=lambda each: (each.planned, each.number)):
            if self.is_due(party):
                first.setdefault(party.queue, party)
        return sorted(first.values(), key=lambda each: (each.planned, each.queue))

    def cause(self, party: Party) -> str | None:
        """Return the first condition that a due serial fails."""
        drawdown = self.drawdowns[party.queue[0]]
        to = drawdown.destinations[party.queue[2]]
        if drawdown.gate is not None and drawdown.gate.passed_at is None:
            return "gate"
        if self.standing[self.cell_of(party)] < party.size:
            return "people"
        there = sum(count for (_, where), count in self.standing.items() if where == to)
        coming = sum(count for (_, where), count in self.coming.items() if where == to)
        if to in self.capacity and there + coming + party.size > self.capacity[to]:
            return "room"
        if drawdown.ways[party.queue[2]] and self.free_lift(party) is None:
            return "lift"
        return None

    def free_lift(self, party: Party) -> Name | None:
        """Return the first lift, in order of preference, with a free slot."""
        for lift in self.drawdowns[party.queue[0]].ways[party.queue[2]]:
            if sum(each == lift for _, each in self.busy) < self.slots[lift]:
                return lift
        return None

    def queue_name(self, party: Party) -> str:
        """Return drawdown/contingent/location/destination."""
        drawdown = self.drawdowns[party.queue[0]]
        who, where = self.cell_of(party)
        return f"{drawdown.name}/{who}/{where}/{drawdown.destinations[party.queue[2]]}"

    def depart(self) -> bool:
        """Let the first head go for which all conditions hold."""
        for party in self.heads():
            if self.cause(party) is None:
                self.let_go(party)
                return True
        return False

    def let_go(self, party: Party) -> None:
        """Take people out of their cell, put them on the road, take a slot."""
        origin = self.cell_of(party)
        target = (origin[0], self.drawdowns[party.queue[0]].destinations[party.queue[2]])
        party.departed = party.arrives = self.now
        party.lift = self.free_lift(party)
        if party.lift is not None:
            name, part = self.queue_name(party), self.content["lift"][party.lift]
            stream = f"lift.{party.lift}"
            party.arrives += self.minutes(part["transit_days"], f"{stream}.transit_days/{name}", party.number)
            cycle = self.minutes(part["cycle_days"], f"{stream}.cycle_days/{name}", party.number)
            self.busy.append((self.now + cycle, party.lift))
        self.change(self.now, origin, -party.size)
        self.coming[target] += party.size
        self.road.append((party.arrives, target, party.size))

    def book_waits(self, then: int) -> None:
        """Book the minutes until `then` under the cause of each queue's head."""
        causes = {each.queue: self.cause(each) for each in self.heads()}
        for party in self.parties:
            if self.is_due(party):
                party.waits[causes[party.queue]] += then - self.now


def goes_round(content: dict) -> bool:
    """Tell whether people might go in a circle in next to no time, over and over: not worth a comparison."""
    ways: dict[Name, set[Name]] = defaultdict(set)
    for phase in content["phases"].values():
        for drawdown in phase["drawdowns"].values():
            for to, part in drawdown["to"].items():
                by = part.get("by", [])
                if not by or any(_is_quick(content["lift"][each]["transit_days"]) for each in by):
                    for origin in drawdown["at"]:
                        ways[origin].add(to)
    for _ in content["locations"]:
        for origin in list(ways):
            ways[origin] |= {far for to in ways[origin] for far in ways.get(to, ())}
    return any(origin in ways[origin] for origin in ways)


def _is_quick(transit: object) -> bool:
    days = [float(each) for each in transit["choice"]] if isinstance(transit, dict) else [transit]
    return min(days) < 1 / 8
