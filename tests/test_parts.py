"""The parts of a file: strict, frozen, deaf to no unknown key; one name where a mapping may stand."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from posture.scenario.distributions import Normal
from posture.scenario.part import Part, walk
from posture.scenario.parts import Assumption, Contingent, Lift, Location, Source, Tours
from posture.scenario.plans import Drawdown
from posture.scenario.quantities import Quantity
from posture.scenario.questions import ObservedMilestone
from posture.scenario.scenario_file import fields_at

LIFT = {"slots": 2, "seats": 30, "cycle_days": 3, "transit_days": 1}
SOURCE = {"title": "An order", "publisher": "A ministry", "date": "2029"}


@pytest.mark.parametrize(
    ("part", "stated", "field"),
    [
        (Lift, LIFT, "slots"),
        (Location, {"country": "Northland"}, "country"),
        (Contingent, {"personnel": 9, "at": "northport"}, "at"),
        (Source, SOURCE, "title"),
    ],
)
def test_a_part_is_frozen_and_knows_its_keys(part: type[Part], stated: dict[str, Any], field: str):
    """It can be read and never set; one key more is refused, not left out."""
    made = part.model_validate(stated)

    with pytest.raises(ValidationError, match="frozen"):
        setattr(made, field, getattr(made, field))
    with pytest.raises(ValidationError, match="Extra inputs"):
        part.model_validate({**stated, "colour": "green"})


@pytest.mark.parametrize("raw", ["true", "yes", 1, 0, "off"])
def test_true_and_false_are_the_only_two(raw: object):
    """Nothing that looks like them is."""
    with pytest.raises(ValidationError):
        Location.model_validate({"outside": raw})


@pytest.mark.parametrize("raw", [(1.0,), (1.0, 2.0, 3.0), (True, 1.0), ("1", "2"), (float("nan"), 1.0), 7, "1, 2"])
def test_coordinates_are_two_numbers(raw: object):
    """Latitude and longitude."""
    with pytest.raises(ValidationError):
        Location.model_validate({"coordinates": raw})


def test_one_location_stands_for_the_weight_one_there():
    """`at: northport` is `at: {northport: 1}`."""
    one = Contingent.model_validate({"personnel": 9, "at": "northport"})

    assert one == Contingent.model_validate({"personnel": 9, "at": {"northport": 1}})


def test_one_destination_stands_for_all_going_there_at_once():
    """`to: home` is `to: {home: {}}`."""
    stated = {"of": "alpha", "schedule": {"2030-05-31": 0}}

    assert Drawdown.model_validate({**stated, "to": "home"}) == Drawdown.model_validate({**stated, "to": {"home": {}}})


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [
        ("days", 0, float("inf")),
        ("probability", 0, 1),
        ("persons", 0, 10_000_000),
        ("date", -float("inf"), float("inf")),
    ],
)
def test_the_laws_of_an_assumption_are_cut_to_its_unit(unit: str, low: float, high: float):
    """A bell curve of days has no days below 0; a probability none above 1."""
    value: dict[str, Any] = {"mean": "2030-01-01", "sd": 9} if unit == "date" else {"mean": 0.5, "sd": 9}
    made = Assumption.model_validate({"unit": unit, "value": {"normal": value}})

    assert isinstance(made.value.expression, Normal)
    assert made.value.expression.bounds() == (low, high)


def test_the_order_of_unit_and_value_in_a_file_does_not_matter():
    """The unit is read first either way."""
    law = {"normal": {"mean": 0.5, "sd": 9}}

    first = Assumption.model_validate({"unit": "share", "value": law})

    assert first == Assumption.model_validate({"value": law, "unit": "share"})


def test_a_contingent_has_at_least_one_unit():
    """None could not end its tour."""
    made = Tours.model_validate({"days": 180, "units": 3, "first_ends": "2030-02-01"})

    assert made.units.low == 1


@pytest.mark.parametrize("raw", ["never", "2030-01-01"])
def test_a_milestone_was_met_on_a_day_or_never(raw: str):
    """Never is a word, not a missing date."""
    assert str(ObservedMilestone.model_validate({"met_on": raw}).met_on) == raw


@pytest.mark.parametrize("raw", ["Never", "no", 0, None, "2030-13-01"])
def test_a_milestone_was_met_on_nothing_else(raw: object):
    """Neither no nor nothing."""
    with pytest.raises(ValidationError):
        ObservedMilestone.model_validate({"met_on": raw})


def test_the_walk_meets_every_part_and_quantity_with_its_path():
    """Keys are as in the file: dates as text, `from` as `from`."""
    stated = {"of": "alpha", "schedule": {"2030-05-31": 0, "2030-06-30": "50%"}, "to": {"home": {"share": 1}}}

    paths = [path for path, part in walk(Drawdown.model_validate(stated)) if isinstance(part, Quantity)]

    assert paths == [("schedule", "2030-05-31"), ("schedule", "2030-06-30"), ("to", "home", "share")]


@pytest.mark.parametrize(
    ("path", "some"),
    [
        ((), {"extends", "posture", "phases"}),
        (("lift", "any-id"), {"slots", "seats"}),
        (("phases", "p", "gate", "unless", "u"), {"event", "regime"}),
        (("events", "e", "effects", "f", "move"), {"from", "to"}),
        (("lift",), set()),
        (("nowhere", "at", "all"), set()),
        (("lift", "x", "slots", "y"), set()),
    ],
)
def test_the_keys_that_fit_at_a_path_are_known(path: tuple[str, ...], some: set[str]):
    """Where entries have ids of their own there are none; `from` is the key, whatever Python calls it."""
    names = set(fields_at(path))

    assert some <= names
    assert bool(some) == bool(names)
