"""Calendar dates to and from whole minutes; the one rule for starts and deadlines."""

from __future__ import annotations

from datetime import date, timedelta

MINUTES_PER_DAY = 1440


def minute_of_start(day: date, *, origin: date) -> int:
    """Return the minute at which `day` begins, counted from 00:00 of `origin`."""
    return (day - origin).days * MINUTES_PER_DAY


def minute_of_deadline(day: date, *, origin: date) -> int:
    """Return the minute at which `day` ends: what happens on the day is in time."""
    return minute_of_start(day, origin=origin) + MINUTES_PER_DAY


def date_of_minute(minute: int, *, origin: date) -> date:
    """Return the calendar day that `minute` falls on."""
    return origin + timedelta(days=minute // MINUTES_PER_DAY)
