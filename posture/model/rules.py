"""The pure integer rules of the model: apportioning, pace, cutting, percent. Each stands once, for every engine."""

from __future__ import annotations

from collections.abc import Sequence

MILLION = 1_000_000
PACE_POINTS = 1000
"""Steps of a pace table: T[i] is when, in millionths of the step, the share i / 1000 has gone."""

ROW_SCALE = 40
"""Bits that keep the places of serials in a row apart: exact for up to 2 ** 20 serials a count."""


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share out `total` whole persons by weights: largest remainder, ties to the earlier.

    The weights are whole numbers, not all 0. 7 over 1:1:1 are 3, 2, 2.
    Hamilton's method; Balinski and Young (1982), "Fair Representation".
    """
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
        for i in by_remainder[:left]:
            parts[i] += 1
    return parts


def lacking(shares: Sequence[int], given: Sequence[int], total: int) -> list[int]:
    """Return what each destination still lacks of its share of `total`, in millionths of a person, never below 0."""
    return [max(0, share * total - MILLION * got) for share, got in zip(shares, given, strict=True)]


def cut(persons: int, size: int) -> list[int]:
    """Cut a queue's part into full serials, the rest last."""
    full, rest = divmod(persons, size)
    return [size] * full + ([rest] if rest else [])


def place_in_row(number: int, of: int) -> int:
    """Return where the `number`-th of `of` serials of one queue stands in its row: (2k - 1) / m, as a whole number."""
    return ((2 * number - 1) << ROW_SCALE) // of


def planned_at(begins_at: int, duration: int, table: Sequence[int], *, position: int, count: int) -> int:
    """Return the minute at which the line of the pace passes the middle of the `position`-th of `count` serials.

    `table` holds the pace as `draws.pace_table` makes it; `position` counts from 1.
    """
    i, rest = divmod(500 * (2 * position - 1), count)
    done = table[i] * count + (table[i + 1] - table[i]) * rest
    return begins_at + duration * done // (MILLION * count)


def limit_of(persons: int, millionths: int, *, at_most: bool) -> int:
    """Return the limit a milestone states in percent: rounded down for `at_most`, up for `at_least`."""
    return persons * millionths // MILLION if at_most else -(-persons * millionths // MILLION)


def scaled(count: int, millionths: int) -> int:
    """Return a count times a factor in millionths, halves up."""
    return (count * millionths + MILLION // 2) // MILLION


def unit_share(persons: int, units: int, unit: int) -> int:
    """Return the part of a unit in `persons`: an equal share, the odd persons to the lower units."""
    return persons // units + (unit < persons % units)


def choose(point: int, weights: Sequence[int], *, bits: int) -> int | None:
    """Return the first place whose running weight exceeds its share of the whole at `point`; None: all weigh 0."""
    total = sum(weights)
    if not total:
        return None
    mark, running = point * total >> bits, 0
    for place, weight in enumerate(weights):
        running += weight
        if running > mark:
            return place
    return None


def minutes_left(hazard: int, rate: int) -> int:
    """Return in how many minutes a rate uses up what is left of a budget of hazard, rounded up."""
    return -(-hazard // rate)
