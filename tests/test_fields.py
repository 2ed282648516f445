"""The types of fields: names, dates, lists of names, quantities by unit, and how strict they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError, create_model

from posture.scenario.fields import (
    Days,
    Interval,
    IsoDate,
    Name,
    Names,
    Pace,
    SerialSize,
    Text,
    VagueDate,
    earliest,
    not_empty,
    rates_of_one,
)
from posture.scenario.part import Part
from posture.scenario.quantities import Plain, Quantity, Reference


def read(kind: Any, raw: object) -> Any:
    """Return what a field of this type makes of a value, in a part of its own."""
    holder = create_model("Holder", __base__=Part, field=(kind, ...))
    return holder.model_validate({"field": raw}).field


@pytest.mark.parametrize("name", ["a", "7", "ain-al-asad", "US_1", "P06", "NATIONAL-2010-08-24", "x" * 64])
def test_a_name_is_of_letters_digits_dashes_and_underscores(name: str):
    """What can stand in a path, a stream and a column."""
    assert read(Name, name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "a-", "a.b", "a b", "é", "x" * 65, "__class__", "a\n", "uniform", "all", "here", "early", 7, True, None],
)
def test_what_would_read_as_something_else_is_no_name(name: object):
    """Dots part paths; laws, paces and words of the language have a meaning of their own."""
    with pytest.raises(ValidationError, match="found"):
        read(Name, name)


@pytest.mark.parametrize(
    "raw",
    [86400, 0, 1704067200.0, "2030-1-1", "20300101", "2030-02-30", "0000-01-01", "2030-01-01T00:00", True, None, ""],
)
def test_a_date_is_text_of_the_calendar_and_nothing_else(raw: object):
    """Pydantic alone would read 86400 as 2 January 1970."""
    with pytest.raises(ValidationError, match="wanted a date of the calendar, YYYY-MM-DD"):
        read(IsoDate, raw)


def test_a_date_is_a_day():
    """No time of day comes with it."""
    day = read(IsoDate, "2028-02-29")

    assert (day, isinstance(day, datetime)) == (date(2028, 2, 29), False)


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("2024", date(2024, 1, 1)),
        (2024, date(2024, 1, 1)),
        ("2024-02", date(2024, 2, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_source_may_be_dated_by_year_or_month(raw: object, first: date):
    """It can have been known from the first day of it."""
    assert earliest(read(VagueDate, raw)) == first


@pytest.mark.parametrize("raw", ["2023-02-29", "2024-13", "0000", "24", "2024-2", "May 2024", True, 2024.5, -1])
def test_a_source_is_dated_by_the_calendar(raw: object):
    """29 February 2023, month 13, year 0: none of them was."""
    with pytest.raises(ValidationError, match="wanted a date"):
        read(VagueDate, raw)


@pytest.mark.parametrize(
    ("raw", "names"), [("alpha", ("alpha",)), (("alpha", "bravo"), ("alpha", "bravo")), (("b", "a"), ("b", "a"))]
)
def test_one_name_is_a_list_of_it(raw: object, names: tuple[str, ...]):
    """Order is kept: `by` is in order of preference."""
    assert read(Names, raw) == names


@pytest.mark.parametrize("raw", [(), 3, True, {"alpha": 1}, ("alpha", "alpha"), ("alpha", 3), {"alpha"}])
def test_a_list_of_names_has_some_and_each_once(raw: object):
    """Nothing, a number, a mapping, a set, the same twice."""
    with pytest.raises(ValidationError):
        read(Names, raw)


@pytest.mark.parametrize("raw", ["", "x" * 2001, 3, True, None, b"bytes"])
def test_text_is_text(raw: object):
    """Nothing is turned into it; 1 to 2,000 characters."""
    with pytest.raises(ValidationError):
        read(Text, raw)


@pytest.mark.parametrize(
    "raw",
    [True, False, None, "12", "1_000", (1,), float("nan"), float("inf"), 1e13, pytest.param(10**400, id="googols")],
)
def test_a_number_is_a_number(raw: object):
    """`true` is no 1, and '12' in quotes no 12; nothing without end, nothing beyond a million millions."""
    with pytest.raises(ValidationError, match="found"):
        read(Days, raw)


@pytest.mark.parametrize(("raw", "value"), [(3, 3.0), (0.5, 0.5), (0, 0.0), ("50%", 0.5), ("2030-01-01", 741_078.0)])
def test_a_plain_value_is_a_quantity(raw: object, value: float):
    """Whether its kind fits the unit is for the checks of meaning: an assumption may be meant."""
    assert read(Days, raw).plain == value


def test_a_quantity_knows_its_units_and_range():
    """Days are 0 or more; an interval more than 0; a serial has at least one person."""
    days, interval, size = (read(kind, 5) for kind in (Days, Interval, SerialSize))

    assert (days.units, days.low, days.above_low) == (("days",), 0.0, False)
    assert (interval.low, interval.above_low) == (0.0, True)
    assert (size.units, size.low) == (("persons",), 1)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("early", Plain(1 / 3)),
        ("even", Plain(1.0)),
        ("late", Plain(3.0)),
        (2, Plain(2.0)),
        ("back-loading", Reference("back-loading")),
    ],
)
def test_a_pace_is_a_word_an_exponent_or_an_assumption(raw: object, meant: object):
    """Early has done half of a step by an eighth of its time: (1/8)^(1/3) = 1/2."""
    quantity = read(Pace, raw)

    assert isinstance(quantity, Quantity)
    assert quantity.expression == meant


def test_the_pace_at_tour_end_is_a_word_of_its_own():
    """It is by units that are not replaced: no exponent."""
    assert read(Pace, "at-tour-end") == "at-tour-end"


@pytest.mark.parametrize(
    ("raw", "rates"),
    [
        (0.5, {"always": 0.5}),
        ("rate", {"always": "rate"}),
        ({"war": 6}, {"war": 6}),
        ({"uniform": (1, 2)}, {"always": {"uniform": (1, 2)}}),
        (None, None),
    ],
)
def test_one_rate_is_that_of_every_regime(raw: object, rates: object):
    """A mapping is by regime, unless it is one distribution."""
    assert rates_of_one(raw) == rates


def test_an_empty_mapping_is_refused_where_there_must_be_entries():
    """A schedule without dates is none."""
    with pytest.raises(Exception, match="wanted at least one entry"):
        not_empty({})
    assert not_empty({"a": 1}) == {"a": 1}
