"""What may befall the plan: regimes of the theatre, events, and what events do."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from posture.scenario.fields import (
    REF,
    WEIGHT_OF_ONE,
    Days,
    Factor,
    Interval,
    IsoDate,
    Keep,
    Label,
    Moved,
    Name,
    PerDay,
    PerYear,
    Probability,
    Selection,
    Share,
    ShiftDays,
    Weight,
    not_empty,
    rates_of_one,
)
from posture.scenario.part import Entry, Part

HERE = "here"
ALL = "all"

_RATES_SCHEMA = {
    "anyOf": [
        {REF: "Quantity"},
        {"type": "object", "additionalProperties": {REF: "Quantity"}, "description": "by regime"},
    ]
}


class RegimeState(Entry):
    """One state of the theatre."""

    lasts_days: Interval | None = None
    """How long a stay in it lasts, days; None: for good."""
    then: Annotated[dict[Name, Weight] | None, WEIGHT_OF_ONE] = None
    """The states that may follow, with weights."""


class Regimes(Part):
    """The states of the theatre, which set the rates of events: one after the other, each for a time."""

    initial: Name
    """The state at the start."""
    states: Annotated[dict[Name, RegimeState], AfterValidator(not_empty)]
    """The states, by id."""


class Move(Part):
    """Who goes from where to where."""

    of: Selection | None = None
    """Contingents or nations; None: all that are counted."""
    origin: Selection = Field(alias="from")
    """Where from: locations, groups or countries; an outside location by its id."""
    to: Selection
    """Where to: one location, or several alike."""
    persons: Moved | None = None
    """How many, persons; at most those there, unless they come from outside."""
    share: Share | None = None
    """Which share of those there."""


class Effect(Entry):
    """One thing an event does; exactly one of close, hold, hurry, regime, reschedule and move."""

    close: Label | None = None
    """A location, or `here`: where the event took place. Nothing departs from or to it."""
    hold: Label | None = None
    """A phase, a drawdown or `all`: its departures stop, for a time or for good; starts and reviews go on."""
    keep: Keep | None = None
    """With `hold`: only the last so many are held, persons or loads: a residual."""
    hurry: Label | None = None
    """A lift, or `all`: its slots are multiplied by `times`."""
    times: Factor | None = None
    """With `hurry`: by how much; 0 stops it."""
    regime: Name | None = None
    """The state the theatre enters."""
    reschedule: Label | None = None
    """A phase, a drawdown or `all`: its instants still to come move."""
    by_days: ShiftDays | None = None
    """With `reschedule`: by so many days, to earlier where negative."""
    within_days: Days | None = None
    """With `reschedule`: compressed into so many days. With `move`: in daily parts over so many days."""
    move: Move | None = None
    """People who go from place to place at once, without lift."""
    for_days: Days | None = None
    """How long it lasts, days; for a move: when they come back. None: for good."""
    probability: Probability | None = None
    """The chance that it comes with the event; None: always."""


class Event(Entry):
    """Something that may befall the plan: at a rate, on a date, or once in a time with a probability."""

    per_day: Annotated[dict[Label, PerDay] | None, BeforeValidator(rates_of_one), WithJsonSchema(_RATES_SCHEMA)] = None
    """How often a day, for all regimes or by regime; one left out has none."""
    per_year: Annotated[dict[Label, PerYear] | None, BeforeValidator(rates_of_one), WithJsonSchema(_RATES_SCHEMA)] = (
        None
    )
    """How often a year."""
    on: IsoDate | None = None
    """The day on which it happens, at 00:00."""
    probability: Probability | None = None
    """The chance that it happens once, at any minute of the days `between`."""
    between: Annotated[tuple[IsoDate, IsoDate] | None, Field(json_schema_extra={"minItems": 2, "maxItems": 2})] = None
    """The first and last day on which it can happen; None: the whole run."""
    at: Annotated[dict[Name, Weight] | None, WEIGHT_OF_ONE] = None
    """Where it may take place, with weights; a place where nobody stands weighs 0."""
    effects: dict[Name, Effect] = Field(default_factory=dict)
    """What it does, by id."""
