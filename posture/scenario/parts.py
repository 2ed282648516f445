"""Who and what there is: sources, assumptions, locations, contingents, lift, stations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from posture.scenario.fields import (
    WEIGHT_OF_ONE,
    Count,
    Days,
    Interval,
    IsoDate,
    Label,
    Loads,
    LoadSize,
    Name,
    OfUnit,
    Persons,
    SerialSize,
    Text,
    Units,
    VagueDate,
    Weight,
    not_empty,
)
from posture.scenario.part import Entry, Part


class Source(Part):
    """Something published that a figure rests on."""

    title: Text
    """Its title."""
    publisher: Text
    """Who published it."""
    date: VagueDate
    """When: YYYY, YYYY-MM or YYYY-MM-DD."""
    url: Text | None = None
    """Where it can be read."""
    restates: VagueDate | None = None
    """The day whose knowledge it restates, where it was published later."""
    note: Text | None = None
    """How it was read."""


class Assumption(Entry):
    """What is not known, by name: drawn once a replication and shared by all who name it."""

    unit: Literal[
        "probability",
        "share",
        "percent",
        "persons",
        "loads",
        "days",
        "date",
        "per_day",
        "per_year",
        "exponent",
        "factor",
    ]
    """What it counts; it must fit where it is used."""
    value: OfUnit
    """A number or a distribution; it may rest on other assumptions."""


class Location(Entry):
    """Where contingents stand."""

    name: Text | None = None
    """What figures call it."""
    country: Label | None = None
    """The country it lies in; `at: Iraq` selects by it."""
    groups: tuple[Label, ...] = ()
    """Groups it belongs to; `at: federal-iraq` selects by them."""
    capacity: Persons | None = None
    """The most persons that serials may bring it to, persons; None: no limit."""
    outside: bool = False
    """True: nobody there counts, and there is no limit."""
    coordinates: tuple[float, float] | None = None
    """Latitude and longitude, degrees."""


class Tours(Part):
    """When the units of a contingent end their tours, in turn, relieved one for one."""

    days: Interval
    """How long a tour is."""
    units: Units
    """How many units share the contingent; one of them ends its tour every days / units."""
    first_ends: IsoDate
    """The day, at its 00:00, on which the first unit ends its tour."""
    overlap_days: Days | None = None
    """How long before that its successor comes; None: at once."""


class Contingent(Entry):
    """People, or loads of materiel, that move and are counted as one."""

    nation: Label | None = None
    """Whose they are; `of: US` selects by it."""
    personnel: Persons | None = None
    """How many in all, persons; either this or `loads`."""
    loads: Loads | None = None
    """How many loads of materiel in all."""
    at: Annotated[dict[Name, Weight], WEIGHT_OF_ONE, AfterValidator(not_empty)]
    """Where they stand: one location, or a weight for each, sharing out `personnel` or `loads`."""
    counted: bool = True
    """False: in no strength unless a milestone names it."""
    tours: Tours | None = None
    """When its units end their tours; None: they stay."""


class Lift(Entry):
    """Shared transport: a serial takes a slot for a cycle."""

    slots: Count
    """How many serials it serves at once."""
    seats: SerialSize | None = None
    """The most persons one serial may have, persons."""
    loads: LoadSize | None = None
    """The most loads one serial may have, loads."""
    cycle_days: Days
    """How long a serial keeps its slot: loading, way and way back."""
    transit_days: Days
    """How long a serial is on the road, days."""


class Station(Entry):
    """What a serial passes before it loads: a wash rack, customs. Its slots are taken one serial each."""

    slots: Count
    """How many serials it serves at once."""
    seats: SerialSize | None = None
    """The most persons one serial may have, persons."""
    loads: LoadSize | None = None
    """The most loads one serial may have, loads."""
    service_days: Days
    """How long it serves a serial, days."""
