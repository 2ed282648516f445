"""Dates and minutes: the one rule for starts and deadlines, and the one rounding."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.scenario.clock import date_of_minute, minute_of_deadline, minute_of_start

ORIGIN = date(2030, 1, 1)


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2030, 1, 1), 0),
        (date(2030, 1, 2), 1440),
        (date(2029, 12, 31), -1440),
        (date(2030, 3, 31), 89 * 1440),  # clocks change that night in Europe: a day has 1,440 minutes all the same
        (date(2032, 3, 1), (365 + 365 + 31 + 29) * 1440),  # 2032 is a leap year
    ],
)
def test_a_day_begins_at_its_first_minute_and_its_deadline_is_the_next_days(day: date, start: int):
    """Minutes since 00:00 of 1 January 2030; a deadline is 24:00, so what happens on the day is in time."""
    assert minute_of_start(day, origin=ORIGIN) == start
    assert minute_of_deadline(day, origin=ORIGIN) == start + 1440


@pytest.mark.parametrize(
    ("minute", "day"),
    [(0, "2030-01-01"), (1439, "2030-01-01"), (1440, "2030-01-02"), (-1, "2029-12-31"), (-1440, "2029-12-31")],
)
def test_a_minute_lies_on_the_day_that_contains_it(minute: int, day: str):
    """[00:00, 24:00): the minute 1,440 is the next day's, the minute before the origin the day before's."""
    assert date_of_minute(minute, origin=ORIGIN).isoformat() == day


@given(st.integers(-10_000, 10_000), st.integers(0, 1439))
def test_every_minute_of_a_day_leads_back_to_it(days: int, minute: int):
    """Over 54 years around the origin."""
    day = ORIGIN + timedelta(days=days)

    assert date_of_minute(minute_of_start(day, origin=ORIGIN) + minute, origin=ORIGIN) == day
