"""Errors of meaning in quantities: assumptions that are none, units that do not fit, values out of range."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from posture.scenario.checking import Checker
from posture.scenario.distributions import Kind
from posture.scenario.findings import Path
from posture.scenario.quantities import (
    KIND_OF_UNIT,
    MOST,
    UNITS,
    Expression,
    Plain,
    Quantity,
    Scaled,
    bounds,
    in_order,
    kind_of,
    references,
)

LONGEST_CIRCLE = 12
"""Assumptions of a circle that a message lists."""

SCALED_DATE = "found a date in `of`, wanted something that can be scaled: a date has no multiple"


def check_quantities(checker: Checker) -> None:
    """Check that assumptions exist, form no circle, fit by unit, and keep to the range of the field."""
    file = checker.file
    values = {name: each.value.expression for name, each in file.assumptions.items()}
    for name, value in values.items():
        checker.expect("assumptions", sorted(set(references(value))), ("assumptions", name, "value"))
    order, circle = in_order(values)
    if circle:
        shown = " -> ".join(circle if len(circle) <= LONGEST_CIRCLE else [*circle[:LONGEST_CIRCLE], "..."])
        checker.report(("assumptions", min(circle), "value"), f"found a circle: {shown}, wanted none")
    kinds: dict[str, Kind] = {}
    misfits: set[str] = set()
    for name in order:
        kinds[name] = kind_of(values[name], kinds)
        unit, here = file.assumptions[name].unit, ("assumptions", name, "value")
        _check_factors(checker, values[name], here)
        if kinds[name] == "date" and isinstance(values[name], Scaled):
            checker.report(here, SCALED_DATE)
        elif kinds[name] != KIND_OF_UNIT[unit]:
            misfits.add(name)
            checker.report(here, f"found a {_word(kinds[name])}, wanted {_wanted_kind(unit)}: its unit is {unit}")
        else:
            _check_range(checker, Quantity(values[name], (unit,), *UNITS[unit]), here)
    for path, part in checker.walked:
        if isinstance(part, Quantity) and path[0] != "assumptions":
            _check_quantity(checker, part, path, kinds, misfits)


def _word(kind: Kind) -> str:
    return "percentage" if kind == "percent" else kind


def _wanted_kind(unit: str) -> str:
    return {"number": "a number", "percent": "a percentage such as 25%", "date": "a date such as 2025-02-01"}[
        KIND_OF_UNIT[unit]
    ]


def _check_quantity(
    checker: Checker, quantity: Quantity, path: Path, kinds: Mapping[str, Kind], doubtful: set[str]
) -> None:
    """Report a quantity by unit and range; of one that rests on a `doubtful` assumption enough is said."""
    assumptions = checker.file.assumptions
    named = sorted(set(quantity.references()))
    if not checker.expect("assumptions", named, path) or not set(named) <= set(kinds) - doubtful:
        return
    sound = _check_factors(checker, quantity.expression, path)
    value = _scaled_value(quantity.expression)
    misfits = [name for name in references(value) if assumptions[name].unit not in quantity.units]
    for name in misfits:
        unit = assumptions[name].unit
        checker.report(path, f"found '{name}', whose unit is {unit}, wanted {' or '.join(quantity.units)}")
    if misfits or not sound:
        return
    kind = kind_of(value, kinds)
    if kind == "date" and isinstance(quantity.expression, Scaled):
        checker.report(path, SCALED_DATE)
    elif kind not in {KIND_OF_UNIT[unit] for unit in quantity.units}:
        wanted = " or ".join(dict.fromkeys(_wanted_kind(unit) for unit in quantity.units))
        checker.report(path, f"found a {_word(kind)}, wanted {wanted}")
    else:
        _check_range(checker, quantity, path)


def _scaled_value(expression: Expression) -> Expression:
    while isinstance(expression, Scaled):
        expression = expression.of
    return expression


def _check_factors(checker: Checker, expression: Expression, path: Path) -> bool:
    """Report every assumption that scales something and is no factor; True if there is none."""
    factors: list[str] = []
    while isinstance(expression, Scaled):
        factors.extend(references(expression.times))
        expression = expression.of
    assumptions = checker.file.assumptions
    misfits = [name for name in factors if name in assumptions and assumptions[name].unit != "factor"]
    for name in misfits:
        checker.report(path, f"found '{name}', whose unit is {assumptions[name].unit}, wanted factor")
    return not misfits


def _check_range(checker: Checker, quantity: Quantity, path: Path) -> None:
    low, high = bounds(quantity.expression, checker.ranges)
    unit = quantity.units[0]
    word = "" if unit == "factor" and len(quantity.units) > 1 else f" {unit}"  # a count of slots or units
    most = min(quantity.high, MOST.get(unit, inf))
    wanted = None
    if low < quantity.low or (quantity.above_low and low <= quantity.low and isinstance(quantity.expression, Plain)):
        least = _number(quantity.low)
        wanted = f"{unit} above {least}" if quantity.above_low else f"at least {least}{word}"
    elif high > quantity.high:
        extent = f"from {_number(quantity.low)} to {_number(quantity.high)}"
        wanted = f"a {unit} {extent}" if unit in ("probability", "share") else f"{extent}{word}"
    elif low > most or most < high < inf:
        wanted = f"at most {_number(most)}{word}"
    elif path[-1] in ("slots", "units") and quantity.plain is not None and quantity.plain != int(quantity.plain):
        wanted = f"a whole number of {path[-1]}"
    if wanted is not None:
        checker.report(path, f"found {_extent(low, high)}, wanted {wanted}")


def _extent(low: float, high: float) -> str:
    if high == inf:
        return f"values from {_number(low)} up, without end"
    return _number(low) if low == high else f"values from {_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,.12g}"
