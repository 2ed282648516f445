"""The questions: milestones, and what was observed of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from posture.scenario.conditions import LoadsCondition, StrengthCondition
from posture.scenario.fields import Days, IsoDate, Name, Names, Persons, Selection, Text, check_date
from posture.scenario.part import Entry, Part


class Milestone(Entry):
    """A condition asked of the record: met or not."""

    by: IsoDate | None = None
    """The day at whose end it must hold."""
    throughout: Annotated[tuple[IsoDate, IsoDate] | None, Field(json_schema_extra={"minItems": 2, "maxItems": 2})] = (
        None
    )
    """The first and last day of a time during which it must hold at every minute."""
    strength: StrengthCondition | None = None
    """Persons present against a limit."""
    loads: LoadsCondition | None = None
    """Loads left against a limit."""
    phase: Name | None = None
    """The phase that must be done."""
    handover: Name | None = None
    """The location that must be handed over."""
    sustained_days: Days | None = None
    """How long it must hold to count, days; a spell that the end of the run cuts counts."""
    all: Names | None = None
    """Milestones that must all be met."""
    any: Names | None = None
    """Milestones of which one must be met."""


class ObservedStrength(Entry):
    """Counts of a selection, as published."""

    file: Text
    """A CSV file beside the scenario: date, actual, low, high, source."""
    of: Selection | None = None
    """Contingents or nations; None: all that are counted."""
    at: Selection | None = None
    """Locations, groups or countries; None: all that are not outside."""


class ObservedMilestone(Entry):
    """When a milestone was met."""

    met_on: Annotated[
        date | Literal["never"],
        BeforeValidator(lambda raw: raw if raw == "never" else check_date(raw)),
        WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"const": "never"}]}),
    ]
    """The day it was met, or never."""


class Standing(Entry):
    """How many of a selection stand there on the day that a scenario is as of."""

    persons: Persons
    """How many, persons."""
    counted_on: IsoDate | None = None
    """The day of the count."""
    of: Selection | None = None
    """Contingents or nations; None: all that are counted."""
    at: Selection | None = None
    """Locations, groups or countries; None: all that are not outside."""


class AsOf(Part):
    """A day from which the rest is simulated: what is known on it replaces what would have been drawn."""

    day: IsoDate
    """The run begins at its 00:00; the scenario's start stays the base of percents, tours and calendars."""
    strength: dict[Name, Standing] = Field(default_factory=dict)
    """What was counted by then, by an id of its own; who was not counted stands on the line of the plan."""


class Observed(Part):
    """What happened; a run reads none of it but what was counted up to the day it is as of."""

    strength: dict[Name, ObservedStrength] = Field(default_factory=dict)
    """Counts over time, by an id of their own."""
    milestones: dict[Name, ObservedMilestone] = Field(default_factory=dict)
    """Milestones that were met, by their id."""
