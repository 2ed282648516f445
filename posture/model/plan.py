"""The plan: a scenario compiled to one flat immutable value, everything by index and in plan order.

What is uncertain stands as a `Value`, drawn once a replication, or as a `Use`, drawn anew each time: the stream its
uniforms come from, the expression that turns them into a number, and how that becomes whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from posture.scenario.clock import date_of_minute
from posture.scenario.quantities import Expression

Whole = Literal["count", "minutes", "instant", "millionths", "hazard", "chance", "budget", "point"]
"""How a drawn number becomes whole: persons, loads and counts as they are; days to minutes; dates to minutes since
`start`; shares and percentages to millionths; rates a day to units of hazard a minute. A `chance` is 1 if the uniform
of its own stream is below the number; a `budget` is the hazard until an event; a `point` is 32 bits of the uniform."""


@dataclass(frozen=True, slots=True)
class Value:
    """One uncertain number of the plan, drawn once a replication."""

    stream: str
    expression: Expression
    whole: Whole


@dataclass(frozen=True, slots=True)
class Use:
    """One uncertain number of the plan, drawn at every use; `chance` is the stream that decides a chance."""

    stream: str
    expression: Expression
    whole: Whole
    chance: str = ""


@dataclass(frozen=True, slots=True)
class LocationPlan:
    """Where contingents stand; `capacity` indexes `Plan.values`."""

    id: str
    label: str
    outside: bool
    capacity: int | None


@dataclass(frozen=True, slots=True)
class ToursPlan:
    """When units end their tours: the first at `first_ends`; the rest indexes `Plan.values`."""

    first_ends: int
    length: int
    units: int
    overlap: int | None


@dataclass(frozen=True, slots=True)
class ContingentPlan:
    """People, or loads, counted as one; `size` indexes `Plan.values`, `weights` `Plan.shares`."""

    id: str
    label: str
    is_loads: bool
    counted: bool
    size: int
    locations: tuple[int, ...]
    weights: int
    tours: ToursPlan | None


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """A lift or a station; `slots`, `seats` and `loads` index `Plan.values`."""

    id: str
    slots: int
    seats: int | None
    loads: int | None


@dataclass(frozen=True, slots=True)
class UnlessPlan:
    """Something in whose presence no review passes; what it asks is not None.

    `at_least` and `within` index `Plan.values`, `condition` `Plan.conditions`.
    """

    event: int | None = None
    at_least: int | None = None
    within: int | None = None
    regime: int | None = None
    condition: int | None = None
    phase: int | None = None
    location: int | None = None


@dataclass(frozen=True, slots=True)
class GatePlan:
    """A decision of the phase or drawdown at `path`; `every` indexes `Plan.values`, `review` `Plan.uses`."""

    path: str
    every: int
    review: int
    first_review_at: int | None
    unless: tuple[UnlessPlan, ...]


@dataclass(frozen=True, slots=True)
class HandoverPlan:
    """A location passing on when `cells` are empty; `takes` indexes `Plan.uses`."""

    phase: int
    location: int
    cells: tuple[int, ...]
    takes: int


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A part of the plan; `starts` indexes `Plan.values`."""

    id: str
    label: str
    starts: int
    after: tuple[int, ...]
    gate: int | None
    drawdowns: tuple[int, ...]
    handovers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A level to be reached by `deadline`; `level` indexes `Plan.values`: a count, or millionths if `percent`."""

    deadline: int
    level: int
    percent: bool


@dataclass(frozen=True, slots=True)
class DrawdownPlan:
    """A planned reduction: its cells in plan order with their rank in `order`, its destinations, its queues by cell.

    `queues[i][j]` is the queue from the i-th cell to the j-th destination. `shares` indexes `Plan.shares`, `pace`
    `Plan.paces` (None: at tour end), `margin` and `serial_size` `Plan.values`.
    """

    id: str
    phase: int
    cells: tuple[int, ...]
    ranks: tuple[int, ...]
    destinations: tuple[int, ...]
    shares: int
    steps: tuple[StepPlan, ...]
    pace: int | None
    margin: int | None
    gate: int | None
    serial_size: int | None
    queues: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """The serials of one drawdown, cell and destination.

    `lifts` are in order of preference with their `transits` and `cycles`, `stations` in the order they are passed with
    their `services`; those index `Plan.uses`. `concerns` are the other queues that a departure of this one may change
    something for: of its cell, of its drawdown where that may be held, and those that fill the locations it goes from
    and to where room is limited.
    """

    name: str
    drawdown: int
    contingent: int
    location: int
    destination: int
    cell: int
    arrival_cell: int
    lifts: tuple[int, ...]
    transits: tuple[int, ...]
    cycles: tuple[int, ...]
    stations: tuple[int, ...]
    services: tuple[int, ...]
    concerns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RegimePlan:
    """A state of the theatre; `lasts` and `point` index `Plan.uses`, `weights` `Plan.shares`; None: for good."""

    id: str
    lasts: int | None
    then: tuple[int, ...]
    weights: int | None
    point: int | None


Verb = Literal["close", "hold", "hurry", "regime", "reschedule", "move"]
VERBS: tuple[Verb, ...] = ("close", "hold", "hurry", "regime", "reschedule", "move")
"""What an effect may do."""


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """One thing an event does; `verb` says which, the uses index `Plan.uses`.

    `location` of a close is None for `here`; `drawdowns` and `phases` are those that a hold or reschedule names;
    `lifts` those of a hurry.
    """

    id: str
    verb: Verb
    happens: int | None = None
    lasts: int | None = None
    location: int | None = None
    drawdowns: tuple[int, ...] = ()
    phases: tuple[int, ...] = ()
    keep: int | None = None
    lifts: tuple[int, ...] = ()
    times: int | None = None
    regime: int | None = None
    by: int | None = None
    within: int | None = None
    contingents: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    persons: int | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class EventPlan:
    """Something that may befall the plan, in the minutes [begins, ends).

    `rates` hold one index into `Plan.values` for each regime, None where it has none; `gap`, `happens`, `when` and
    `place` index `Plan.uses`, `weights` `Plan.shares`. `on` is the minute of a dated event.
    """

    id: str
    begins: int
    ends: int
    rates: tuple[int | None, ...]
    gap: int | None
    on: int | None
    happens: int | None
    when: int | None
    locations: tuple[int, ...]
    weights: int | None
    place: int | None
    effects: tuple[EffectPlan, ...]


@dataclass(frozen=True, slots=True)
class ConditionPlan:
    """Strength, or loads, of `cells` against `limit`: an index into `Plan.values`, in millionths if `percent`."""

    cells: tuple[int, ...]
    limit: int
    percent: bool
    at_most: bool


@dataclass(frozen=True, slots=True)
class CountPlan:
    """Persons counted in some cells by the day that a scenario is as of; `persons` indexes `Plan.values`."""

    persons: int
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    """A question: a `condition` of `Plan.conditions`, a `phase` done, a `location` handed over, or `parts` joined.

    It is asked of the minutes [first, last]; of a `by` that is the last minute of the day `due`. `sustained` indexes
    `Plan.values`.
    """

    id: str
    label: str
    due: date
    first: int
    last: int
    throughout: bool
    sustained: int | None
    condition: int | None
    phase: int | None
    location: int | None
    parts: tuple[int, ...]
    joined_by: Literal["all", "any"] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario compiled: flat, immutable, in plan order.

    A cell is the number contingent x locations + location; minutes count from 00:00 of `origin`.
    The run covers the minutes [`begins`, `horizon`); `begins` is 0, or the begin of the day it is as of, and `as_of`
    who had been counted by then, the narrowest selection first. `milestones` that join others come after those they
    join.
    """

    name: str
    origin: date
    begins: int
    horizon: int
    as_of: tuple[CountPlan, ...] | None
    assumptions: tuple[tuple[str, Expression], ...]
    values: tuple[Value, ...]
    uses: tuple[Use, ...]
    shares: tuple[tuple[Value, ...], ...]
    paces: tuple[Value, ...]
    locations: tuple[LocationPlan, ...]
    contingents: tuple[ContingentPlan, ...]
    lifts: tuple[ServerPlan, ...]
    stations: tuple[ServerPlan, ...]
    regimes: tuple[RegimePlan, ...]
    initial_regime: int | None
    events: tuple[EventPlan, ...]
    gates: tuple[GatePlan, ...]
    phases: tuple[PhasePlan, ...]
    drawdowns: tuple[DrawdownPlan, ...]
    handovers: tuple[HandoverPlan, ...]
    queues: tuple[QueuePlan, ...]
    leaving: tuple[tuple[int, ...], ...]
    """The queues that leave each cell."""
    refilling: tuple[tuple[int, ...], ...]
    """The queues of the drawdowns that take from each cell: an arrival there may set them free."""
    using: tuple[tuple[int, ...], ...]
    """The queues that go by each lift."""
    passing: tuple[tuple[int, ...], ...]
    """The queues that pass each station."""
    touching: tuple[tuple[int, ...], ...]
    """The queues that leave or fill each location."""
    holdable: tuple[bool, ...]
    """Whether an effect may ever hold each drawdown."""
    closable: tuple[bool, ...]
    """Whether each location may ever be closed, or handed over."""
    conditions: tuple[ConditionPlan, ...]
    milestones: tuple[MilestonePlan, ...]

    @property
    def first_day(self) -> date:
        """The day on which the run begins: the scenario's start, or the day it is as of."""
        return date_of_minute(self.begins, origin=self.origin)

    def cell(self, contingent: int, location: int) -> int:
        """Return the number of a cell."""
        return contingent * len(self.locations) + location

    def cell_names(self, cell: int) -> tuple[str, str]:
        """Return the ids of a cell's contingent and location."""
        contingent, location = divmod(cell, len(self.locations))
        return self.contingents[contingent].id, self.locations[location].id

    def is_loads(self, cell: int) -> bool:
        """Tell whether a cell holds loads of materiel and not people."""
        return self.contingents[cell // len(self.locations)].is_loads
