"""The plan: phases, their gates, drawdowns and hand-overs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from posture.scenario.conditions import StrengthCondition
from posture.scenario.fields import (
    ONLY_DESTINATION,
    Count,
    Days,
    Interval,
    IsoDate,
    Level,
    Name,
    Names,
    Pace,
    Probability,
    Selection,
    SerialSize,
    Share,
    Start,
    not_empty,
    one_or_more,
)
from posture.scenario.part import Entry, Part


class Unless(Part):
    """Something in whose presence no review of a gate passes: one of these."""

    event: Name | None = None
    """An event that came too often: `at_least` times within the last `in_days`."""
    at_least: Count | None = None
    """How often."""
    in_days: Days | None = None
    """Within how many days before the review."""
    regime: Name | None = None
    """A regime that is in force."""
    strength: StrengthCondition | None = None
    """A strength that holds."""
    phase: Name | None = None
    """A phase that is done."""
    handover: Name | None = None
    """A location that is handed over."""


class Gate(Entry):
    """One decision that a phase or drawdown waits for; passed is passed."""

    review_every_days: Interval
    """Days from one review to the next."""
    passes: Probability
    """The chance that one review passes, drawn for each review."""
    first_review: IsoDate | None = None
    """The day of the first review; None: when the decision is first needed."""
    unless: dict[Name, Unless] = Field(default_factory=dict)
    """No review passes while any of these holds."""


class Destination(Entry):
    """Where leavers go, and how."""

    share: Share | None = None
    """The share of the drawdown's leavers that go there; may be left out where there is one destination."""
    through: Names | None = None
    """Stations they pass first, in this order."""
    by: Names | None = None
    """Lifts in order of preference; None: they go at once."""


class Drawdown(Entry):
    """A planned reduction of strength."""

    of: Selection | None = None
    """Contingents or nations; None: all."""
    at: Selection | None = None
    """Locations, groups or countries; None: all that are not outside."""
    schedule: Annotated[dict[IsoDate, Level], AfterValidator(not_empty)]
    """The level to be reached by the end of each day, persons loads, or percent of those first found."""
    to: Annotated[dict[Name, Destination], ONLY_DESTINATION, AfterValidator(not_empty)]
    """Where they go: one location, or a share and lifts for each."""
    pace: Pace | None = None
    """How early in each step people go: early, even, late, an exponent, or at-tour-end: by units that are not
    replaced; None: as the phase says, else even."""
    margin_days: Days | None = None
    """How long before each date planners aim; None: as the phase says, else 0."""
    gate: Gate | None = None
    """A decision this drawdown waits for on its own."""
    order: Names | None = None
    """Its locations, the one that empties first first; None: all at once."""
    serial_persons: SerialSize | None = None
    """The size of a serial that goes without lift, persons; None: all at once."""


class Handover(Entry):
    """A location passing on, once its people (and, where stated, its loads) have left."""

    after: Annotated[
        tuple[Literal["personnel", "loads"], ...],
        BeforeValidator(one_or_more),
        Field(min_length=1),
        WithJsonSchema(
            {
                "anyOf": [
                    {"enum": ["personnel", "loads"]},
                    {"type": "array", "items": {"enum": ["personnel", "loads"]}, "minItems": 1},
                ]
            }
        ),
    ] = ("personnel",)
    """What must have left first."""
    takes_days: Days
    """How long it takes, days on which the location is open."""


class Phase(Entry):
    """A named part of the plan that starts and is done."""

    starts: Start
    """The earliest day it starts."""
    after: Names | None = None
    """Phases that must be done first."""
    gate: Gate | None = None
    """A decision it waits for."""
    pace: Pace | None = None
    """The pace of its drawdowns that state none."""
    margin_days: Days | None = None
    """The margin of its drawdowns that state none."""
    drawdowns: dict[Name, Drawdown] = Field(default_factory=dict)
    """Its planned reductions of strength."""
    handovers: dict[Name, Handover] = Field(default_factory=dict)
    """The locations it hands over, by their id."""
