"""Errors of meaning in quantities: assumptions that are none, units that do not fit, values out of range."""

from __future__ import annotations

from collections.abc import Mapping

from posture.scenario.checking import Checker
from posture.scenario.distributions import Kind
from posture.scenario.findings import Path
from posture.scenario.part import walk
from posture.scenario.quantities import (
    KIND_OF_UNIT,
    UNITS,
    Plain,
    Quantity,
    Range,
    Scaled,
    bounds,
    in_order,
    kind_of,
    references,
)


def check_quantities(checker: Checker) -> None:
    """Check that assumptions exist, form no circle, fit by unit, and keep to the range of the field."""
    file = checker.file
    values = {name: each.value.expression for name, each in file.assumptions.items()}
    for name, value in values.items():
        checker.expect("assumptions", sorted(set(references(value))), ("assumptions", name, "value"))
    order, circle = in_order(values)
    if circle:
        checker.report(("assumptions", min(circle), "value"), f"found a circle: {' -> '.join(circle)}")
    kinds: dict[str, Kind] = {}
    ranges: dict[str, Range] = {}
    for name in order:
        kinds[name], ranges[name] = kind_of(values[name], kinds), bounds(values[name], ranges)
        unit = file.assumptions[name].unit
        here = ("assumptions", name, "value")
        if kinds[name] != KIND_OF_UNIT[unit]:
            checker.report(here, f"found a {_word(kinds[name])}, wanted {_wanted_kind(unit)}: its unit is {unit}")
        else:
            _check_range(checker, Quantity(values[name], (unit,), *UNITS[unit]), here, ranges)
    for path, part in walk(file):
        if isinstance(part, Quantity) and path[0] != "assumptions":
            _check_quantity(checker, part, path, kinds, ranges)


def _word(kind: Kind) -> str:
    return "percentage" if kind == "percent" else kind


def _wanted_kind(unit: str) -> str:
    return {"number": "a number", "percent": "a percentage such as 25%", "date": "a date such as 2025-02-01"}[
        KIND_OF_UNIT[unit]
    ]


def _check_quantity(
    checker: Checker, quantity: Quantity, path: Path, kinds: Mapping[str, Kind], ranges: Mapping[str, Range]
) -> None:
    assumptions = checker.file.assumptions
    named = sorted(set(quantity.references()))
    if not checker.expect("assumptions", named, path) or not set(named) <= set(kinds):
        return
    value = quantity.expression
    factors: list[str] = []
    while isinstance(value, Scaled):
        factors.extend(references(value.times))
        value = value.of
    misfits = [(name, quantity.units) for name in references(value) if assumptions[name].unit not in quantity.units]
    misfits += [(name, ("factor",)) for name in factors if assumptions[name].unit != "factor"]
    for name, units in misfits:
        checker.report(path, f"found '{name}', whose unit is {assumptions[name].unit}, wanted {' or '.join(units)}")
    kind = kind_of(value, kinds)
    if not misfits and kind not in {KIND_OF_UNIT[unit] for unit in quantity.units}:
        checker.report(
            path, f"found a {_word(kind)}, wanted {' or '.join(_wanted_kind(unit) for unit in quantity.units)}"
        )
    elif not misfits:
        _check_range(checker, quantity, path, ranges)


def _check_range(checker: Checker, quantity: Quantity, path: Path, ranges: Mapping[str, Range]) -> None:
    low, high = bounds(quantity.expression, ranges)
    unit = quantity.units[0]
    if low < quantity.low or (quantity.above_low and low <= quantity.low and isinstance(quantity.expression, Plain)):
        wanted = f"{unit} above {quantity.low:g}" if quantity.above_low else f"at least {quantity.low:g} {unit}"
        checker.report(path, f"found {_extent(low, high)}, wanted {wanted}")
    elif high > quantity.high:
        checker.report(path, f"found {_extent(low, high)}, wanted a {unit} from {quantity.low:g} to {quantity.high:g}")
    elif path[-1] == "slots" and quantity.plain is not None and quantity.plain != int(quantity.plain):
        checker.report(path, f"found {quantity.plain:g}, wanted a whole number of slots")


def _extent(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"values from {low:g} to {high:g}"
